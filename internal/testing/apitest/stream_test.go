package apitest

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	data202501 "github.com/pinecone-community/assistant-go/gen/2025-01/data"
	data202604 "github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

// event is an event of a recorded stream and the text that it adds to the
// answer.
type event struct{ data, text string }

// chatEvents is an answer of the chat endpoint. chatReply is the same answer
// without a stream.
var chatEvents = []event{
	{`{"type":"message_start","id":"0000000000000000468323be9d266e55","model":"gpt-4o-2024-11-20","role":"assistant"}`, ""},
	{`{"type":"content_chunk","id":"0000000000000000468323be9d266e55","model":"gpt-4o-2024-11-20","delta":{"content":"The "}}`, "The "},
	{`{"type":"content_chunk","id":"0000000000000000468323be9d266e55","model":"gpt-4o-2024-11-20","delta":{"content":"\"error\" of 2023 is 5 \u20ac — “gut”.\n"}}`, "\"error\" of 2023 is 5 € — “gut”.\n"},
	{`{"type":"citation","id":"0000000000000000468323be9d266e55","model":"gpt-4o-2024-11-20","citation":{"position":36,"references":[{"file":{"status":"Available","id":"070513b3-022f-4966-b583-a9b12e0920ff","name":"10-K.pdf","metadata":{"my_key":[1,"x"]},"updated_on":"2024-10-01T01:02:03.123456789Z","created_on":"2024-10-01T01:02:03Z","signed_url":"https://storage.example/10-K.pdf?X-Sig=a%2Fb&x=y"},"pages":[1,2]}]}}`, ""},
	{`{"type":"content_chunk","id":"0000000000000000468323be9d266e55","model":"gpt-4o-2024-11-20","delta":{"content":"That is all."}}`, "That is all."},
	{`{"type":"message_end","id":"0000000000000000468323be9d266e55","model":"gpt-4o-2024-11-20","finish_reason":"stop","usage":{"prompt_tokens":9736,"completion_tokens":102,"total_tokens":9838}}`, ""},
}

const chatReply = `{"id":"0000000000000000468323be9d266e55","model":"gpt-4o-2024-11-20","finish_reason":"stop",
"message":{"role":"assistant","content":"The \"error\" of 2023 is 5 € — “gut”.\nThat is all."},
"citations":[{"position":36,"references":[{"file":{"status":"Available","id":"070513b3-022f-4966-b583-a9b12e0920ff","name":"10-K.pdf","metadata":{"my_key":[1,"x"]},"updated_on":"2024-10-01T01:02:03.123456789Z","created_on":"2024-10-01T01:02:03Z","signed_url":"https://storage.example/10-K.pdf?X-Sig=a%2Fb&x=y"},"pages":[1,2]}]}],
"usage":{"prompt_tokens":9736,"completion_tokens":102,"total_tokens":9838}}`

// completionEvents is an answer of the completions endpoint, including chunks
// that the spec does not describe.
var completionEvents = []event{
	{`{"id":"chatcmpl-1","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"model":"gpt-4o"}`, ""},
	{`{"id":"chatcmpl-1","choices":[{"index":0,"delta":{"role":null,"content":"The "},"finish_reason":"null"}],"model":"gpt-4o"}`, "The "},
	{`{"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":"answer [1, pp. 1]"},"finish_reason":""}],"model":"gpt-4o"}`, "answer [1, pp. 1]"},
	{`{"id":"chatcmpl-1","choices":[{"index":0,"delta":{"role":null,"content":" is “42”."}}],"model":"gpt-4o"}`, " is “42”."},
	{`{"id":"chatcmpl-1","choices":[{"index":0,"delta":null,"finish_reason":"stop"}],"model":"gpt-4o"}`, ""},
	{`{"id":"chatcmpl-1","choices":[],"model":"gpt-4o","usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}`, ""},
}

const completionReply = `{"id":"chatcmpl-1","choices":[{"index":0,"message":{"role":"assistant","content":"The answer [1, pp. 1] is “42”."},"finish_reason":"stop"}],
"model":"gpt-4o","usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}`

// wire returns a stream as the service writes it, with a heartbeat in the
// middle, and the offset at which the data of each event ends.
func wire(events []event) (stream string, ends []int) {
	var b strings.Builder
	for i, e := range events {
		if i == 3 {
			b.WriteString(": ping\n\n")
		}
		b.WriteString("data:" + e.data)
		ends = append(ends, b.Len())
		b.WriteString("\n\n")
	}
	return b.String(), ends
}

// rawDoer responds with the bytes of an HTTP response. After them, reading
// fails with end.
type rawDoer struct {
	head string
	body string
	end  error
}

func (d rawDoer) Do(req *http.Request) (*http.Response, error) {
	text := io.MultiReader(strings.NewReader(d.head+d.body), iotest.ErrReader(d.end))
	return http.ReadResponse(bufio.NewReader(text), req)
}

const streamHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"

// newData returns a client of the data plane that uses doer.
func newData(t *testing.T, doer data202604.HttpRequestDoer, opts ...data202604.Option) *data202604.API {
	t.Helper()
	api, err := data202604.New("service.example", append([]data202604.Option{data202604.WithHTTPClient(doer)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return api
}

func newData202501(t *testing.T, doer data202501.HttpRequestDoer, opts ...data202501.Option) *data202501.API {
	t.Helper()
	api, err := data202501.New("service.example", append([]data202501.Option{data202501.WithHTTPClient(doer)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return api
}

// streamOf returns a doer whose response is a complete stream.
func streamOf(text string) rawDoer {
	return rawDoer{streamHead + "Connection: close\r\n\r\n", text, io.EOF}
}

// A stream that is cut at any byte yields either the complete answer or an
// error and the events before it.
func TestStreamsCutAnywhere(t *testing.T) {
	cuts := map[string]func(whole, part string) rawDoer{
		"clean, in chunks": func(_, part string) rawDoer {
			chunk := ""
			if part != "" {
				chunk = fmt.Sprintf("%x\r\n%s\r\n", len(part), part)
			}
			return rawDoer{streamHead + "Transfer-Encoding: chunked\r\n\r\n", chunk + "0\r\n\r\n", io.EOF}
		},
		"clean, of no length": func(_, part string) rawDoer { return streamOf(part) },
		"last chunk missing": func(_, part string) rawDoer {
			chunk := ""
			if part != "" {
				chunk = fmt.Sprintf("%x\r\n%s\r\n", len(part), part)
			}
			return rawDoer{streamHead + "Transfer-Encoding: chunked\r\n\r\n", chunk, io.EOF}
		},
		"in a chunk": func(whole, part string) rawDoer {
			return rawDoer{streamHead + "Transfer-Encoding: chunked\r\n\r\n", fmt.Sprintf("%x\r\n%s", len(whole)+1, part), io.EOF}
		},
		"reset": func(_, part string) rawDoer {
			return rawDoer{streamHead + "Connection: close\r\n\r\n", part, syscall.ECONNRESET}
		},
		"short": func(whole, part string) rawDoer {
			return rawDoer{fmt.Sprintf("%sContent-Length: %d\r\n\r\n", streamHead, len(whole)+1), part, io.EOF}
		},
	}
	streams := []struct {
		name   string
		events []event
		last   int // index of the event that completes the answer
		// collect returns the text of the answer, the number of its citations,
		// and the answer itself.
		collect func(t *testing.T, doer rawDoer) (text string, citations int, reply any, err error)
	}{
		{"chat", chatEvents, 5, func(t *testing.T, doer rawDoer) (string, int, any, error) {
			r, err := data202604.CollectChat(newData(t, doer).ChatStream(t.Context(), "a", data202604.ChatRequest{}))
			return r.Message.Content, len(r.Citations), r, err
		}},
		{"chat 2025-01", chatEvents, 5, func(t *testing.T, doer rawDoer) (string, int, any, error) {
			r, err := data202501.CollectChat(newData202501(t, doer).ChatStream(t.Context(), "a", data202501.ChatRequest{}))
			return r.Message.Content, len(r.Citations), r, err
		}},
		{"completions", completionEvents, 4, func(t *testing.T, doer rawDoer) (string, int, any, error) {
			r, err := data202604.CollectChatCompletion(newData(t, doer).ChatCompletionStream(t.Context(), "a", data202604.ChatCompletionRequest{}))
			if len(r.Choices) == 0 {
				return "", 0, r, err
			}
			return r.Choices[0].Message.Content, 0, r, err
		}},
		{"completions 2025-01", completionEvents, 4, func(t *testing.T, doer rawDoer) (string, int, any, error) {
			r, err := data202501.CollectChatCompletion(newData202501(t, doer).ChatCompletionStream(t.Context(), "a", data202501.ChatCompletionRequest{}))
			if len(r.Choices) == 0 {
				return "", 0, r, err
			}
			return r.Choices[0].Message.Content, 0, r, err
		}},
	}
	for _, stream := range streams {
		whole, ends := wire(stream.events)
		for name, cut := range cuts {
			if strings.Contains(stream.name, "2025-01") && name != "clean, in chunks" && name != "reset" {
				continue // the same code as another stream
			}
			clean := strings.HasPrefix(name, "clean")
			t.Run(stream.name+" "+name, func(t *testing.T) {
				_, _, want, err := stream.collect(t, streamOf(whole))
				if err != nil {
					t.Fatal(err)
				}
				for at := range len(whole) + 1 {
					came, wantText, wantCitations := 0, "", 0
					for i, end := range ends {
						if !clean {
							end += len("\n\n")
						}
						if at >= end {
							came++
							wantText += stream.events[i].text
							if strings.Contains(stream.events[i].data, `"citation"`) {
								wantCitations++
							}
						}
					}
					text, citations, reply, err := stream.collect(t, cut(whole, whole[:at]))
					if text != wantText || citations != wantCitations {
						t.Fatalf("byte %d: %q with %d citations, want %q with %d (error %v)", at, text, citations, wantText, wantCitations, err)
					}
					switch {
					case came == len(ends) && !reflect.DeepEqual(reply, want):
						t.Fatalf("byte %d: got %+v, want all of it", at, reply)
					case came > stream.last && err != nil:
						t.Fatalf("byte %d: error %v", at, err)
					case err == nil && came <= stream.last:
						t.Fatalf("byte %d: %d events are taken for the whole stream", at, came)
					case err == nil: // only bytes after the answer may be missing
						continue
					}
					var failure *data202604.StreamError
					if !errors.As(err, &failure) || failure.Events != came {
						t.Fatalf("byte %d: error %v, want one after %d events", at, err, came)
					}
					if !errors.Is(err, io.ErrUnexpectedEOF) {
						t.Fatalf("byte %d: error %v", at, err)
					}
				}
			})
		}
	}
}

// The same holds for a TCP connection that the server resets.
func TestStreamsCutOnTheNetwork(t *testing.T) {
	whole, _ := wire(chatEvents)
	var at atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cut := at.Load()
		_, _ = io.Copy(io.Discard, r.Body)
		conn, buffer, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = fmt.Fprintf(buffer, "%sTransfer-Encoding: chunked\r\n\r\n%x\r\n%s", streamHead, len(whole), whole[:cut])
		_ = buffer.Flush()
		if cut%2 == 0 {
			_ = conn.(*net.TCPConn).SetLinger(0)
		}
		conn.Close()
	}))
	defer server.Close()
	api, err := data202604.New(server.URL, data202604.WithHTTPClient(server.Client()))
	if err != nil {
		t.Fatal(err)
	}
	for cut := 0; cut <= len(whole); cut += 41 {
		at.Store(int64(cut))
		r, err := data202604.CollectChat(api.ChatStream(t.Context(), "a", data202604.ChatRequest{}))
		var failure *data202604.StreamError
		// A reset may discard everything that was sent, including the header of
		// the response.
		if reset := cut%2 == 0 && errors.Is(err, syscall.ECONNRESET); err == nil || !reset && (!errors.As(err, &failure) || !errors.Is(err, io.ErrUnexpectedEOF)) {
			t.Errorf("byte %d: got %+v, error %v", cut, r, err)
		}
	}
}

func TestCollectEqualsTheReply(t *testing.T) {
	reply := func(body string) rawDoer {
		return rawDoer{fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", len(body)), body, io.EOF}
	}
	chat, _ := wire(chatEvents)
	completion, _ := wire(completionEvents)
	const choices = `{"id":"c","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"ab"},"finish_reason":"stop"},{"index":1,"message":{"role":"assistant","content":"xy"},"finish_reason":"length"}]}`
	const chosen = `data:{"id":"c","model":"m","choices":[{"index":1,"delta":{"role":"assistant","content":"x"}},{"index":0,"delta":{"role":"assistant","content":"a"}}]}

data:{"id":"c","choices":[{"index":0,"delta":{"content":"b"},"finish_reason":"stop"}]}

data:{"id":"c","choices":[{"index":1,"delta":{"content":"y"},"finish_reason":"length"}]}

`
	for _, test := range []struct {
		name      string
		want, got func(*testing.T) (any, error)
	}{
		{"chat", func(t *testing.T) (any, error) {
			return newData(t, reply(chatReply)).Chat(t.Context(), "a", data202604.ChatRequest{})
		}, func(t *testing.T) (any, error) {
			return data202604.CollectChat(newData(t, streamOf(chat)).ChatStream(t.Context(), "a", data202604.ChatRequest{}))
		}},
		{"chat 2025-01", func(t *testing.T) (any, error) {
			return newData202501(t, reply(chatReply)).Chat(t.Context(), "a", data202501.ChatRequest{})
		}, func(t *testing.T) (any, error) {
			return data202501.CollectChat(newData202501(t, streamOf(chat)).ChatStream(t.Context(), "a", data202501.ChatRequest{}))
		}},
		{"completion", func(t *testing.T) (any, error) {
			return newData(t, reply(completionReply)).ChatCompletion(t.Context(), "a", data202604.ChatCompletionRequest{})
		}, func(t *testing.T) (any, error) {
			return data202604.CollectChatCompletion(newData(t, streamOf(completion)).ChatCompletionStream(t.Context(), "a", data202604.ChatCompletionRequest{}))
		}},
		{"completion 2025-01", func(t *testing.T) (any, error) {
			return newData202501(t, reply(completionReply)).ChatCompletion(t.Context(), "a", data202501.ChatCompletionRequest{})
		}, func(t *testing.T) (any, error) {
			return data202501.CollectChatCompletion(newData202501(t, streamOf(completion)).ChatCompletionStream(t.Context(), "a", data202501.ChatCompletionRequest{}))
		}},
		{"several choices", func(t *testing.T) (any, error) {
			return newData(t, reply(choices)).ChatCompletion(t.Context(), "a", data202604.ChatCompletionRequest{})
		}, func(t *testing.T) (any, error) {
			return data202604.CollectChatCompletion(newData(t, streamOf(chosen)).ChatCompletionStream(t.Context(), "a", data202604.ChatCompletionRequest{}))
		}},
	} {
		want, err := test.want(t)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		got, err := test.got(t)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: error %v, got\n%+v\nwant\n%+v", test.name, err, got, want)
		}
	}
}

func beforeText(stream, text string) string {
	before, _, _ := strings.Cut(stream, text)
	return before
}

func TestStreamTexts(t *testing.T) {
	join := func(texts iter.Seq2[string, error]) (all string, failure error) {
		for text, err := range texts {
			if err != nil {
				failure = err
			} else if text == "" {
				failure = errors.New("an empty piece")
			}
			all += text
		}
		return all, failure
	}
	const choices = `data:{"choices":[{"index":1,"delta":{"content":"no"}},{"index":0,"delta":{"content":"a"}}]}

data:{"choices":[{"index":0,"delta":{"content":"b"},"finish_reason":"stop"}]}

`
	chat, _ := wire(chatEvents)
	completion, _ := wire(completionEvents)
	for stream, test := range map[string]struct {
		text, want string
		fails      bool
	}{
		"chat":              {chat, "The \"error\" of 2023 is 5 € — “gut”.\nThat is all.", false},
		"chat cut":          {beforeText(chat, "That is"), "The \"error\" of 2023 is 5 € — “gut”.\n", true},
		"completion":        {completion, "The answer [1, pp. 1] is “42”.", false},
		"completion cut":    {beforeText(completion, " is “"), "The answer [1, pp. 1]", true},
		"completion choice": {choices, "ab", false},
	} {
		for _, old := range []bool{false, true} {
			var texts iter.Seq2[string, error]
			switch isChat := strings.HasPrefix(stream, "chat"); {
			case isChat && old:
				texts = data202501.ChatText(newData202501(t, streamOf(test.text)).ChatStream(t.Context(), "a", data202501.ChatRequest{}))
			case isChat:
				texts = data202604.ChatText(newData(t, streamOf(test.text)).ChatStream(t.Context(), "a", data202604.ChatRequest{}))
			case old:
				texts = data202501.ChatCompletionText(newData202501(t, streamOf(test.text)).ChatCompletionStream(t.Context(), "a", data202501.ChatCompletionRequest{}))
			default:
				texts = data202604.ChatCompletionText(newData(t, streamOf(test.text)).ChatCompletionStream(t.Context(), "a", data202604.ChatCompletionRequest{}))
			}
			got, err := join(texts)
			var failure *data202604.StreamError
			if got != test.want || errors.As(err, &failure) != test.fails || err != nil && !test.fails {
				t.Errorf("%s: got %q, error %v, want %q", stream, got, err, test.want)
			}
		}
	}
}

// An out-of-range index of a choice is an error; the chunks before it are kept.
func TestHostileChoices(t *testing.T) {
	for _, index := range []string{"-1", "1024", "1000000000", "9223372036854775807", "-9223372036854775808"} {
		text := `data:{"id":"c","choices":[{"index":0,"delta":{"content":"a"}}]}` + "\n\n" +
			`data:{"choices":[{"index":` + index + `,"delta":{"content":"x"},"finish_reason":"stop"}]}` + "\n\n"
		stream := newData(t, streamOf(text)).ChatCompletionStream(t.Context(), "a", data202604.ChatCompletionRequest{})
		r, err := data202604.CollectChatCompletion(stream)
		if err == nil || !strings.Contains(err.Error(), "answer "+index) || len(r.Choices) != 1 || r.Choices[0].Message.Content != "a" {
			t.Errorf("%s: %+v, error %v", index, r, err)
		}
	}
}

// The field stream of a request depends on the method, not on the caller's
// body.
func TestStreamIsInTheBody(t *testing.T) {
	type sent struct {
		path, accept string
		stream       any
	}
	var mu sync.Mutex
	var got []sent
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		got = append(got, sent{r.URL.Path, r.Header.Get("Accept"), body["stream"]})
	}))
	defer server.Close()
	api, err := data202604.New(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, stream := range []bool{false, true} {
		chat := data202604.ChatRequest{Stream: stream, Messages: []data202604.Message{{Role: "user", Content: "q"}}}
		completion := data202604.ChatCompletionRequest{Stream: stream, Messages: chat.Messages}
		chats, completions := api.ChatStream(t.Context(), "a", chat), api.ChatCompletionStream(t.Context(), "a", completion)
		mu.Lock()
		if len(got) != 0 {
			t.Fatalf("sent before the loop: %v", got)
		}
		mu.Unlock()
		for range 2 { // the second loop sends no request
			if _, err := data202604.CollectChat(chats); err == nil {
				t.Error("an empty response is no error")
			}
			if _, err := data202604.CollectChatCompletion(completions); err == nil {
				t.Error("an empty response is no error")
			}
		}
		_, _ = api.Chat(t.Context(), "a", chat)
		_, _ = api.ChatCompletion(t.Context(), "a", completion)
		want := []sent{
			{"/assistant/chat/a", "text/event-stream", true}, {"/assistant/chat/a/chat/completions", "text/event-stream", true},
			{"/assistant/chat/a", "application/json", nil}, {"/assistant/chat/a/chat/completions", "application/json", nil},
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("sent %v, want %v", got, want)
		}
		got = nil
		if chat.Stream != stream || completion.Stream != stream {
			t.Error("the caller's body was changed")
		}
	}
}

// Chunks of unknown types are yielded with their raw JSON, which the caller may
// keep.
func TestUnknownChunks(t *testing.T) {
	const first, second = `{"type":"thinking","id":"x", "text":"<é>\u0041" ,"deep":{"a":[1,2.50]}}`, `{"no":"type"}`
	chat, _ := wire(chatEvents)
	more := "data:" + strings.Replace(chatEvents[1].data, "The ", strings.Repeat("x", 64<<10), 1) + "\n\n" // overwrites the read buffer
	text := "data:" + first + "\n\ndata:" + second + "\n\n" + more + chat
	var unknown []*data202604.UnknownChatChunk
	known := 0
	for chunk, err := range newData(t, streamOf(text)).ChatStream(t.Context(), "a", data202604.ChatRequest{}) {
		if err != nil {
			t.Fatal(err)
		}
		if u, ok := chunk.(*data202604.UnknownChatChunk); ok {
			unknown = append(unknown, u)
		} else {
			known++
		}
	}
	if len(unknown) != 2 || known != len(chatEvents)+1 {
		t.Fatalf("%d unknown chunks, %d known", len(unknown), known)
	}
	if unknown[0].Type != "thinking" || string(unknown[0].Raw) != first || unknown[1].Type != "" || string(unknown[1].Raw) != second {
		t.Errorf("got %q %s, %q %s", unknown[0].Type, unknown[0].Raw, unknown[1].Type, unknown[1].Raw)
	}
	r, err := data202604.CollectChat(newData(t, streamOf(text)).ChatStream(t.Context(), "a", data202604.ChatRequest{}))
	if err != nil || !strings.HasSuffix(r.Message.Content, "That is all.") {
		t.Errorf("got %+v, error %v", r, err)
	}
}

// A null, empty or "null" finish_reason does not end an answer.
func TestFinishReasonsThatAreNone(t *testing.T) {
	for _, none := range []string{`"null"`, `""`, `null`} {
		text := `data:{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":` + none + "}]}\n\n"
		r, err := data202604.CollectChatCompletion(newData(t, streamOf(text)).ChatCompletionStream(t.Context(), "a", data202604.ChatCompletionRequest{}))
		if !errors.Is(err, io.ErrUnexpectedEOF) || len(r.Choices) != 1 || r.Choices[0].Message.Content != "a" {
			t.Errorf("%s: got %+v, error %v", none, r, err)
		}
	}
}

// A citation can be longer than any read buffer.
func TestLargeCitation(t *testing.T) {
	chat, _ := wire(chatEvents)
	long := strings.Repeat("x", 5<<20)
	text := strings.Replace(chat, "X-Sig=a", "X-Sig="+long, 1)
	r, err := data202604.CollectChat(newData(t, streamOf(text)).ChatStream(t.Context(), "a", data202604.ChatRequest{}))
	if err != nil || len(r.Citations) != 1 || !strings.Contains(r.Citations[0].References[0].File.SignedURL, long) {
		t.Errorf("%d citations, error %v", len(r.Citations), err)
	}
	api := newData(t, streamOf(text), data202604.WithMaxEventBytes(1<<20))
	r, err = data202604.CollectChat(api.ChatStream(t.Context(), "a", data202604.ChatRequest{}))
	var failure *data202604.StreamError
	if !errors.As(err, &failure) || !strings.Contains(err.Error(), "more than 1048576 bytes") || !strings.HasPrefix(r.Message.Content, "The ") {
		t.Errorf("got %+v, error %v", r, err)
	}
}

// An error event is the same error type wherever it occurs in a stream.
func TestStreamErrors(t *testing.T) {
	const problem = `{"status":429,"error":{"code":"TOO_MANY_REQUESTS","message":"slow down"}}`
	chat, _ := wire(chatEvents)
	before, _, _ := strings.Cut(chat, "data:"+chatEvents[4].data)
	for name, doer := range map[string]rawDoer{
		"in the stream": streamOf(before + "data:" + problem + "\n\n"),
		"at its start":  streamOf("data:" + problem + "\n\n"),
		"with 200":      {"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n", problem, io.EOF},
		"with 429":      {"HTTP/1.1 429 No\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n", problem, io.EOF},
	} {
		api := newData(t, doer, data202604.WithMaxRetries(0))
		r, err := data202604.CollectChat(api.ChatStream(t.Context(), "a", data202604.ChatRequest{}))
		var reply *data202604.Error
		if !errors.As(err, &reply) || !errors.Is(err, data202604.ErrRateLimited) || reply.Message != "slow down" || reply.Path != "/assistant/chat/a" {
			t.Errorf("%s: error %v", name, err)
		}
		if name == "in the stream" && (len(r.Citations) != 1 || r.Message.Role != "assistant") {
			t.Errorf("%s: got %+v", name, r)
		}
	}
	// A field "error" that is null is not an error.
	text := strings.ReplaceAll(chat, `"id":"0000`, `"error":null,"id":"0000`)
	if _, err := data202604.CollectChat(newData(t, streamOf(text)).ChatStream(t.Context(), "a", data202604.ChatRequest{})); err != nil {
		t.Errorf("error %v", err)
	}
}

// No connection and no goroutine outlives a loop that is left or canceled. The
// test uses a real server and the default client of New.
func TestStreamsLeaveNothing(t *testing.T) {
	var mu sync.Mutex
	states := map[net.Conn]http.ConnState{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "data:"+chatEvents[0].data+"\n\n")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	server.Config.ConnState = func(conn net.Conn, state http.ConnState) {
		mu.Lock()
		defer mu.Unlock()
		states[conn] = state
	}
	server.Start()
	defer server.Close()
	api, err := data202604.New(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	before := runtime.NumGoroutine()
	const rounds = 20
	for i := range rounds {
		ctx, cancel := context.WithCancel(t.Context())
		chunks := 0
		for _, err := range api.ChatStream(ctx, "a", data202604.ChatRequest{}) {
			if err != nil {
				if i%2 == 0 || err != context.Canceled {
					t.Error(err)
				}
				break
			}
			chunks++
			if i%2 == 0 {
				break
			}
			cancel()
		}
		cancel()
		if chunks != 1 {
			t.Errorf("%d chunks", chunks)
		}
	}
	hang := time.After(5 * time.Minute)
	for { // the server notices a closed connection later
		open := 0
		mu.Lock()
		for _, state := range states {
			if state != http.StateClosed {
				open++
			}
		}
		total := len(states)
		mu.Unlock()
		goroutines := runtime.NumGoroutine()
		if open == 0 && total == rounds && goroutines <= before {
			return
		}
		select {
		case <-hang:
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d of %d connections are open, %d goroutines, %d before:\n%s", open, total, goroutines, before, stacks[:runtime.Stack(stacks, true)])
		case <-time.After(time.Millisecond):
		}
	}
}
