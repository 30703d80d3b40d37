package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/program"
)

// bodySize is the limit of a body other than an upload, in bytes.
const bodySize = 10 << 20

func requestAttacks() []attack {
	chat := func(message string) []byte {
		return []byte(`{"messages":[{"role":"user","content":"` + message + `"}]}`)
	}
	together := func(times int, path string, content func() []byte) func(context.Context, *target) (string, error) {
		return func(ctx context.Context, t *target) (string, error) {
			return t.together(ctx, times, path, content())
		}
	}
	return []attack{
		{"16 chats of 10 MB, a million objects", together(16, "/chat/"+assistant, func() []byte {
			return []byte(`{"messages":[` + string(fill(`{"a":1},`, bodySize-64)) + `{}]}`)
		})},
		{"64 chats of 600 KB of objects", together(64, "/chat/"+assistant, func() []byte {
			return []byte(`{"messages":[` + string(fill(`{"a":1},`, 600<<10)) + `{}]}`)
		})},
		{"16 chats of 100,000 messages", together(16, "/chat/"+assistant, func() []byte {
			return []byte(`{"messages":[` + string(fill(`{"role":"user","content":"tide"},`, 33*100_000)) + `{"content":"tide"}]}`)
		})},
		{"16 chats, a question of a million words", together(16, "/chat/"+assistant, func() []byte {
			var words strings.Builder
			for n := 0; words.Len() < bodySize-1024; n++ {
				fmt.Fprintf(&words, "w%x ", n)
			}
			return chat(words.String())
		})},
		{"16 evaluations of single letters", together(16, "/evaluation/metrics/alignment", func() []byte {
			text := string(fill("b c d. ", bodySize/100))
			return fmt.Appendf(nil, `{"question":"How?","answer":%q,"ground_truth_answer":%q}`, text, string(fill("b c d f g h j k ", bodySize*9/10/2)))
		})},
		{"16 contexts whose filter has 500 lists of 10,000 values", together(16, "/chat/"+assistant+"/context", func() []byte {
			list := `{"a":{"$in":[` + string(fill("1,", 10_000)) + `1]}},`
			return []byte(`{"query":"tide","filter":{"$or":[` + string(fill(list, bodySize-len(list))) + `{"a":1}]}}`)
		})},
		{"filter of 10,000 levels", together(4, "/chat/"+assistant+"/context", func() []byte {
			return []byte(`{"query":"tide","filter":` + strings.Repeat(`{"$and":[`, 4990) + `{"a":1}` + strings.Repeat(`]}`, 4990) + `}`)
		})},
		{"numbers, keys and texts that JSON allows", oddJSON},
		{"64 messages of 100 MB to an MCP server", func(ctx context.Context, t *target) (string, error) {
			return t.manyRaw(ctx, 64, func(conn net.Conn) error {
				text := fill("wave ", 1<<20)
				if _, err := fmt.Fprintf(conn, "POST /mcp/assistants/%s HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer %s\r\nAccept: application/json, text/event-stream\r\n"+
					"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"", assistant, t.Key, 100<<20); err != nil {
					return err
				}
				for range 100 {
					if _, err := conn.Write(text); err != nil {
						return err
					}
				}
				return nil
			})
		}},
		{"200 chats that stall", func(ctx context.Context, t *target) (string, error) {
			return t.manyRaw(ctx, 200, func(conn net.Conn) error {
				_, err := fmt.Fprintf(conn, "%sContent-Length: %d\r\n\r\n%s", t.head("POST", "/chat/"+assistant, "application/json"), 9<<20, fill("[", 9<<20-1024))
				return err
			})
		}},
		{"64 uploads with 9 MB of headers in their forms", func(ctx context.Context, t *target) (string, error) {
			return t.manyRaw(ctx, 64, func(conn net.Conn) error {
				_, err := fmt.Fprintf(conn, "%sContent-Length: %d\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s",
					t.head("POST", "/files/"+assistant, "multipart/form-data; boundary=b"), 10<<20, fill("a", 9<<20))
				return err
			})
		}},
		{"500 requests whose headers stop at 1.5 MB", func(ctx context.Context, t *target) (string, error) {
			return t.manyRaw(ctx, 500, func(conn net.Conn) error {
				_, err := fmt.Fprintf(conn, "%sX-Wave: %s", t.head("GET", "/assistants", ""), fill("a", 3<<19))
				return err
			})
		}},
		{"64 requests with a million headers", func(ctx context.Context, t *target) (string, error) {
			var lines strings.Builder
			for n := 0; lines.Len() < 2<<20-1024; n++ {
				fmt.Fprintf(&lines, "%x:\n", n)
			}
			return t.manyRaw(ctx, 64, func(conn net.Conn) error {
				_, err := fmt.Fprintf(conn, "%s%s\r\n", t.head("GET", "/assistants", ""), lines.String())
				return err
			})
		}},
		{"1,000 requests with headers of 1.9 MB", func(ctx context.Context, t *target) (string, error) {
			headers := string(fill("a", 19<<20/10))
			group, ctx := errgroup.WithContext(ctx)
			group.SetLimit(8)
			for n := range 1000 {
				group.Go(func() error {
					req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.URL+"/assistants", nil)
					if err != nil {
						return err
					}
					req.Header = http.Header{"Api-Key": {t.Key}, "X-Wave": {fmt.Sprint(n) + headers}}
					resp, err := t.HTTP.Do(req)
					if err != nil {
						return nil //nolint:nilerr // the emulator may close the connection
					}
					_, err = io.Copy(io.Discard, resp.Body)
					return errors.Join(err, resp.Body.Close())
				})
			}
			return "responses or closed connections", group.Wait()
		}},
		{"10,000 connections without a request", func(ctx context.Context, t *target) (string, error) {
			return t.manyRaw(ctx, 10_000, func(net.Conn) error { return nil })
		}},
		{"10,000 connections kept open after a request", func(ctx context.Context, t *target) (string, error) {
			return t.manyRaw(ctx, 10_000, func(conn net.Conn) error {
				if _, err := fmt.Fprintf(conn, "%s\r\n", t.head("GET", "/assistants", "")); err != nil {
					return err
				}
				resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
				if err != nil {
					return err
				}
				_, err = io.Copy(io.Discard, resp.Body)
				return errors.Join(err, resp.Body.Close())
			})
		}},
		{"10,000 files, filters and listings", listings},
		{"a chunked body without an end", func(ctx context.Context, t *target) (string, error) {
			return t.manyRaw(ctx, 1, func(conn net.Conn) error {
				if _, err := fmt.Fprintf(conn, "%sTransfer-Encoding: chunked\r\n\r\n", t.head("POST", "/chat/"+assistant, "application/json")); err != nil {
					return err
				}
				for {
					if _, err := fmt.Fprintf(conn, "100000\r\n%s\r\n", fill("[", 1<<20)); err != nil {
						return err // the emulator has closed the connection
					}
				}
			})
		}},
	}
}

// listings uploads 10,000 files, filters them and lists them.
func listings(ctx context.Context, t *target) (string, error) {
	group, uploads := errgroup.WithContext(ctx)
	group.SetLimit(16)
	for n := range 10_000 {
		group.Go(func() error {
			_, err := t.Upload(uploads, assistant, fmt.Sprint(n, ".txt"), strings.NewReader("The tide is high."))
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return "", err
	}
	var outcomes []string
	for _, filter := range []string{
		// Each of these is as large as a filter may be, and none of the files matches.
		`{"$or":[` + strings.Repeat(`{"a":1},`, 499) + `{"a":2}]}`, `{"$and":[` + strings.Repeat(`{"a":{"$nin":[1]}},`, 499) + `{"b":2}]}`,
		`{"$or":[` + strings.Repeat(`{"a":{"$in":[`+strings.Repeat("1,", 9_999)+`1]}},`, 48) + `{"a":1}]}`,
	} {
		outcome, err := t.together(ctx, 16, "/chat/"+assistant+"/context", []byte(`{"query":"tide","filter":`+filter+`}`))
		if err != nil {
			return "", fmt.Errorf("filter %.30s: %w", filter, err)
		}
		outcomes = append(outcomes, outcome)
		if len(filter) < 1<<19 { // short enough for the query of a URL
			outcome, err := status(t.JSON(ctx, http.MethodGet, "/files/"+assistant+"?filter="+url.QueryEscape(filter), nil, nil))
			if err != nil {
				return "", fmt.Errorf("list, filter %.30s: %w", filter, err)
			}
			outcomes = append(outcomes, outcome)
		}
	}
	_, err := t.manyRaw(ctx, 200, func(conn net.Conn) error {
		_, err := fmt.Fprintf(conn, "GET /assistant/files/%s HTTP/1.1\r\nHost: x\r\nApi-Key: %s\r\nX-Pinecone-Api-Version: 2025-01\r\n\r\n", assistant, t.Key)
		return err
	})
	if err != nil {
		return "", err
	}
	outcome, err := t.together(ctx, 64, "/chat/"+assistant+"/context", []byte(`{"query":"tide","top_k":64,"snippet_size":8192}`))
	return strings.Join(append(outcomes, outcome), ", "), err
}

// oddJSON sends JSON whose numbers, keys or strings Go cannot represent, or decodes
// lossily.
func oddJSON(ctx context.Context, t *target) (string, error) {
	var outcomes []string
	for _, body := range []string{
		`{"query":"tide","top_k":1e999}`, `{"query":"tide","top_k":1` + strings.Repeat("0", 1<<20) + `}`, `{"query":"tide","query":"wave"}`,
		`{"query":"\ud800"}`, "{\"query\":\"\xff\"}", `{"query":"\u0000"}`, `{"query":"tide","filter":{"` + strings.Repeat("n", 1<<20) + `":1}}`,
		`{"query":"tide","filter":{"a":{"$gt":1e308}}}`, `{"query":"tide","filter":{"\u0000":"\u0000"}}`,
	} {
		_, err := t.Send(ctx, http.MethodPost, "/chat/"+assistant+"/context", "application/json", strings.NewReader(body))
		outcome, err := status(err)
		if err != nil {
			return "", fmt.Errorf("%.40s: %w", body, err)
		}
		outcomes = append(outcomes, outcome)
	}
	return strings.Join(outcomes, ", "), nil
}

// status returns the status of a response to a call that returned err. A response of
// 300 or more must be below 500 and have the API's error format with a message.
func status(err error) (string, error) {
	var refused *program.Error
	if err == nil {
		return "200", nil
	}
	if !errors.As(err, &refused) || refused.Status >= http.StatusInternalServerError {
		return "", err
	}
	var body struct {
		Message string
		Error   struct{ Code, Message string }
	}
	if err := json.Unmarshal([]byte(refused.Text), &body); err != nil {
		return "", fmt.Errorf("%w: %w", refused, err)
	}
	if body.Message == "" && (body.Error.Message == "" || body.Error.Code == "") {
		return "", refused
	}
	return fmt.Sprint(refused.Status), nil
}

// together sends a request many times concurrently.
func (t *target) together(ctx context.Context, times int, path string, body []byte) (string, error) {
	outcomes := make([]string, times)
	group, ctx := errgroup.WithContext(ctx)
	for n := range times {
		group.Go(func() (err error) {
			_, err = t.Send(ctx, http.MethodPost, path, "application/json", bytes.NewReader(body))
			outcomes[n], err = status(err)
			return err
		})
	}
	err := group.Wait()
	return outcomes[0], err
}

// head returns the request line and the headers of a request.
func (t *target) head(method, path, contentType string) string {
	head := fmt.Sprintf("%s /assistant%s HTTP/1.1\r\nHost: localhost\r\nApi-Key: %s\r\nX-Pinecone-Api-Version: 2026-04\r\n", method, path, t.Key)
	if contentType != "" {
		head += "Content-Type: " + contentType + "\r\n"
	}
	return head
}

// manyRaw opens connections, calls use for each and keeps them open. While they are
// open, the emulator must serve another request. The outcome is the status line of the
// first connection.
func (t *target) manyRaw(ctx context.Context, connections int, use func(net.Conn) error) (string, error) {
	host := strings.TrimSuffix(strings.TrimPrefix(t.URL, "http://"), "/assistant")
	open := make([]net.Conn, connections)
	defer func() {
		for _, conn := range open {
			if conn != nil {
				_ = conn.Close()
			}
		}
	}()
	group := new(errgroup.Group)
	group.SetLimit(500)
	for n := range connections {
		group.Go(func() (err error) {
			if open[n], err = new(net.Dialer).DialContext(ctx, "tcp", host); err != nil {
				return err
			}
			_ = open[n].SetDeadline(time.Now().Add(20 * time.Second))
			_ = use(open[n]) // the emulator may close it
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return "", err
	}
	if err := t.JSON(ctx, http.MethodGet, "/assistants", nil, nil); err != nil {
		return "", err
	}
	response := make([]byte, 1<<10)
	_ = open[0].SetReadDeadline(time.Now().Add(2 * time.Second))
	n, _ := open[0].Read(response)
	first, _, _ := strings.Cut(string(response[:n]), "\r\n")
	return cmp.Or(first, "no response"), nil
}
