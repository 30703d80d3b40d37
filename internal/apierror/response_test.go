package apierror

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
)

func TestFromServer(t *testing.T) {
	resp := fetch(t, "/assistant/assistants/a%2Fb?filter=hidden", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Pinecone-Request-Id", "abc")
		w.Header().Set("X-Request-Id", "other")
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, `{"status":404,"error":{"code":"NOT_FOUND","message":"Assistant \"a/b\" not found"}}`)
	})
	var err error = FromResponse(resp)
	const want = `pinecone: GET /assistant/assistants/a%2Fb: 404 NOT_FOUND: Assistant "a/b" not found (request id abc)`
	if err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
	var e *Error
	if !errors.As(err, &e) || !errors.Is(err, ErrNotFound) || e.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%+v", e)
	}
}

func TestRequestID(t *testing.T) {
	resp := reply(500, "", "")
	resp.Header.Set("x-request-id", "second choice")
	if e := FromResponse(resp); e.RequestID != "second choice" {
		t.Errorf("request id %q", e.RequestID)
	}
}

// A response that is shorter than its Content-Length is cut short.
func TestCutShort(t *testing.T) {
	const sent = `{"status":500,"error":{"message":"out of m`
	resp := fetch(t, "/p", func(w http.ResponseWriter, _ *http.Request) {
		conn, buf, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		buf.WriteString("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 1000\r\n\r\n" + sent)
		buf.Flush()
	})
	err := FromResponse(resp)
	if !errors.Is(err, io.ErrUnexpectedEOF) || !errors.Is(err, ErrServer) {
		t.Errorf("cause %v", err.Unwrap())
	}
	const want = `pinecone: GET /p: 500: response cut short: unexpected EOF: "{\"status\":500,\"error\":{\"message\":\"out of m"`
	if err.Error() != want || string(err.Body) != sent {
		t.Errorf("got  %s\nwant %s", err, want)
	}
}

func TestReadFailure(t *testing.T) {
	for _, cause := range []error{context.Canceled, errors.New("connection reset")} {
		resp := reply(429, "", "")
		resp.Body = io.NopCloser(iotest.ErrReader(cause))
		if err := FromResponse(resp); !errors.Is(err, cause) || !errors.Is(err, ErrRateLimited) || err.Message != "Too Many Requests" {
			t.Errorf("%v", err)
		}
	}
}

type closeCounter struct {
	io.Reader
	read, closed int
}

func (c *closeCounter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read += n
	return n, err
}

func (c *closeCounter) Close() error {
	c.closed++
	return nil
}

func TestBodyLimit(t *testing.T) {
	for _, size := range []int{0, 1, MaxBody - 1, MaxBody, MaxBody + 1, 10 * MaxBody} {
		body := &closeCounter{Reader: strings.NewReader(strings.Repeat("x", size))}
		resp := reply(500, "", "")
		resp.Body = body
		e := FromResponse(resp)
		if want := min(size, MaxBody); len(e.Body) != want || body.read != want || body.closed != 0 {
			t.Errorf("size %d: %d bytes kept, %d read, %d times closed; want %d, %d, 0", size, len(e.Body), body.read, body.closed, want, want)
		}
		if e := FromSuccess(reply(200, "", ""), bytes.Repeat([]byte("x"), size), nil); len(e.Body) != min(size, MaxBody) {
			t.Errorf("FromSuccess, size %d: %d bytes kept", size, len(e.Body))
		}
	}
}

func TestBareResponse(t *testing.T) {
	for name, resp := range map[string]*http.Response{
		"no request": {StatusCode: 500},
		"no URL":     {StatusCode: 500, Request: &http.Request{}},
	} {
		e := FromResponse(resp)
		if e.StatusCode != 500 || e.Message != "Internal Server Error" || e.Path != "" || e.RequestID != "" {
			t.Errorf("%s: %v", name, e)
		}
		if _, ok := e.RetryAfter(); ok {
			t.Errorf("%s: RetryAfter", name)
		}
		if e := FromSuccess(resp, nil, nil); e.Unwrap() == nil {
			t.Errorf("%s: FromSuccess: %v", name, e)
		}
	}
}

func TestFromSuccess(t *testing.T) {
	var syntax *json.SyntaxError
	decodeErr := json.Unmarshal([]byte(`{"id":`), &struct{}{})
	if !errors.As(decodeErr, &syntax) {
		t.Fatal(decodeErr)
	}
	tests := []struct {
		name, contentType, body string
		cause                   error
		want                    string
	}{
		{"not JSON", "text/html", "<html>\n<b>Log in</b>", nil, `200: response is not JSON but text/html: "<html> <b>Log in</b>"`},
		{"no content type", "", "hello", nil, `200: response is not JSON but of no content type: "hello"`},
		{"content type with a line break", "a\nb", "", nil, "200: response is not JSON but a b"},
		{"not decodable", "application/json", `{"id":`, decodeErr, `200: unexpected end of JSON input: "{\"id\":"`},
		{"empty", "application/json", "", io.EOF, "200: EOF"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body := []byte(tt.body)
			resp := reply(200, tt.contentType, "")
			resp.Header.Set("X-Request-Id", "abc")
			e := FromSuccess(resp, body, tt.cause)
			want := "pinecone: GET /assistant/assistants/x: " + tt.want + " (request id abc)"
			if e.Error() != want {
				t.Errorf("got  %s\nwant %s", e, want)
			}
			if tt.cause != nil && !errors.Is(e, tt.cause) {
				t.Errorf("cause %v, want %v", e.Unwrap(), tt.cause)
			}
			for _, kind := range kinds {
				if errors.Is(e, kind) {
					t.Errorf("matches %v", kind)
				}
			}
			clear(body)
			if string(e.Body) != tt.body {
				t.Error("the body is shared with the caller")
			}
		})
	}
}

func TestNothingIsShared(t *testing.T) {
	resp := reply(500, "text/plain", "x")
	resp.Header["Via"] = []string{"proxy " + testKey}
	e := FromResponse(resp)
	if got := resp.Header.Get("Via"); got != "proxy "+testKey {
		t.Errorf("the response's own header has changed: %q", got)
	}
	resp.Header["Via"][0] = "changed"
	if got := e.Header.Get("Via"); got != "proxy REDACTED" {
		t.Errorf("Via = %q", got)
	}
}

func TestAfterRedirect(t *testing.T) {
	resp := fetch(t, "/first", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/first" {
			http.Redirect(w, r, "/second?q=hidden", http.StatusFound)
			return
		}
		w.WriteHeader(http.StatusForbidden)
	})
	if got, want := FromResponse(resp).Error(), "pinecone: GET /second: 403: Forbidden"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestHead(t *testing.T) {
	rec := httptest.NewRecorder()
	rec.WriteHeader(http.StatusNotFound)
	resp := rec.Result()
	resp.Request = httptest.NewRequest(http.MethodHead, "/p", nil)
	if got, want := FromResponse(resp).Error(), "pinecone: HEAD /p: 404: Not Found"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestFromEvent(t *testing.T) {
	for name, test := range map[string]struct {
		event  string
		status int
		is     error
		want   string
	}{
		"with its status":      {`{"status":429,"error":{"code":"TOO_MANY_REQUESTS","message":"slow down"}}`, 429, ErrRateLimited, "429 TOO_MANY_REQUESTS: slow down"},
		"a status of success":  {`{"status":200,"error":{"code":"INTERNAL","message":"m"}}`, 200, nil, "200 INTERNAL: m"},
		"no status":            {`{"error":{"message":"m"}}`, 200, nil, "200: m"},
		"a status that is not": {`{"status":"x","error":"m"}`, 200, nil, "200: m"},
		"the key":              {`{"status":401,"error":{"message":"bad key ` + testKey + `"}}`, 401, ErrUnauthorized, "401: bad key REDACTED"},
	} {
		t.Run(name, func(t *testing.T) {
			resp := reply(http.StatusOK, "text/event-stream", "")
			err := FromEvent(resp, []byte(test.event))
			if err.StatusCode != test.status || !strings.Contains(err.Error(), ": "+test.want) {
				t.Errorf("status %d, %v", err.StatusCode, err)
			}
			if test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("%v is not %v", err, test.is)
			}
			if strings.Contains(string(err.Body), testKey) {
				t.Errorf("the body has the key: %s", err.Body)
			}
		})
	}
}

// The code and the message of a long or truncated body are found wherever they
// are.
func TestCodeOfLongBodies(t *testing.T) {
	long := strings.Repeat("x", MaxBody)
	deep := strings.Repeat(`[{"code":"INNER","a":`, 1000) + "1" + strings.Repeat("}]", 1000)
	const inner = `"code":"ALREADY_EXISTS","message":"it is taken"`
	tests := map[string]struct{ body, code, message string }{
		"details behind":           {`{"error":{` + inner + `,"details":"` + long + `"},"status":409}`, "ALREADY_EXISTS", "it is taken"},
		"details before":           {`{"status":409,"error":{"details":"` + long + `",` + inner + `}}`, "ALREADY_EXISTS", "it is taken"},
		"members before":           {`{"trace":["` + long + `"],"error":{` + inner + `}}`, "ALREADY_EXISTS", "it is taken"},
		"nested":                   {`{"trace":` + deep + `,"n":-1.5e3,"t":true,"z":null,"long":"` + long + `","error":{` + inner + `}}`, "ALREADY_EXISTS", "it is taken"},
		"quotes and backslashes":   {`{"trace":"` + strings.Repeat(`\"\\`, MaxBody) + `","error":{` + inner + `}}`, "ALREADY_EXISTS", "it is taken"},
		"an odd boundary":          {`{"trace":"x` + strings.Repeat(`\"\\`, MaxBody) + `","error":{` + inner + `}}`, "ALREADY_EXISTS", "it is taken"},
		"white space":              {"\ufeff \n{" + strings.Repeat(" ", MaxBody) + `"error" : { "code" : "ALREADY_EXISTS" , "message":"it is taken" } }`, "ALREADY_EXISTS", "it is taken"},
		"a long message":           {`{"error":{"message":"` + long + `","code":"ALREADY_EXISTS"}}`, "ALREADY_EXISTS", long[:maxText-3] + "…"},
		"a message of escapes":     {`{"error":{"message":"` + strings.Repeat(`\u00e9`, MaxBody) + `","code":"ALREADY_EXISTS"}}`, "ALREADY_EXISTS", strings.Repeat("é", (maxText-3)/2) + "…"},
		"evaluation":               {`{"details":"` + long + `","message":"it is taken"}`, "", "it is taken"},
		"a gateway":                {`{"details":["` + long + `"],"code":5,"message":"it is taken"}`, "5", "it is taken"},
		"error of text":            {`{"details":"` + long + `","error":"it is taken"}`, "", "it is taken"},
		"the nested one counts":    {`{"code":"OUTER","message":"outer","details":"` + long + `","error":{` + inner + `}}`, "ALREADY_EXISTS", "it is taken"},
		"cut in the details":       {`{"error":{` + inner + `,"details":"x`, "ALREADY_EXISTS", "it is taken"},
		"cut in the details, long": {`{"error":{` + inner + `,"details":"` + long, "ALREADY_EXISTS", "it is taken"},
		"the key":                  {`{"details":"` + long + `","error":{"code":"` + testKey + `","message":"` + strings.Repeat("y", maxText-20) + testKey + `"}}`, "REDACTED", strings.Repeat("y", maxText-20) + "REDACTED"},
	}
	for name, tt := range tests {
		for form, e := range map[string]*Error{
			"response": FromResponse(reply(429, "application/json", tt.body)),
			"event":    FromEvent(reply(200, "application/json", ""), []byte(tt.body)),
		} {
			if e.Code != tt.code || e.Message != tt.message {
				t.Errorf("%s, %s: code %q, message %.600q", name, form, e.Code, e.Message)
			}
			if conflict := errors.Is(e, ErrConflict); form == "response" && conflict != (tt.code == "ALREADY_EXISTS") {
				t.Errorf("%s: conflict %t", name, conflict)
			}
			if len(e.Body) > MaxBody {
				t.Errorf("%s: %d bytes kept", name, len(e.Body))
			}
		}
	}
}

// Searching an endless body for its code stops at a limit and keeps nothing.
func TestEndlessBody(t *testing.T) {
	for name, start := range map[string]string{"in a string": `{"details":"`, "in white space": "{", "in a number": `{"code":1`} {
		resp := reply(500, "application/json", "")
		fill := byte('1')
		if name == "in white space" {
			fill = ' '
		}
		body := &closeCounter{Reader: io.MultiReader(strings.NewReader(start), endless(fill))}
		resp.Body = body
		if e := FromResponse(resp); e.StatusCode != 500 || len(e.Body) != MaxBody {
			t.Errorf("%s: %d bytes kept", name, len(e.Body))
		}
		if most := maxScan + MaxBody + 4096; body.read > most {
			t.Errorf("%s: %d bytes read, want %d at most", name, body.read, most)
		}
	}
}

type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

func TestVersionThatIsNotServed(t *testing.T) {
	const hint = `the request asked for version 2026-10: import the package of another version`
	for body, want := range map[string]bool{
		"Invalid API version": true, `{"message":"Invalid API version"}`: true,
		`{"status":403,"error":{"code":"FORBIDDEN","message":"Invalid API Version: 2026-10"}}`: true,
		"Forbidden": false, "": false,
	} {
		resp := reply(403, "", body)
		resp.Request.Header.Set("X-Pinecone-API-Version", "2026-10")
		err := FromResponse(resp)
		if got := strings.Contains(err.Error(), hint) && strings.Contains(err.Error(), "auth.WithVersion"); got != want || !errors.Is(err, ErrForbidden) {
			t.Errorf("%s: %v", body, err)
		}
		resp = reply(404, "", body)
		if err := FromResponse(resp); strings.Contains(err.Error(), "asked for version") {
			t.Errorf("404 %s: %v", body, err)
		}
	}
}

func TestRetryAfterIsShown(t *testing.T) {
	resp := reply(429, "", "slow down")
	resp.Header.Set("Retry-After", "90")
	if got := FromResponse(resp).Error(); !strings.HasSuffix(got, "429: slow down (retry after 1m30s)") {
		t.Error(got)
	}
	resp.Header.Set("X-Request-Id", "abc")
	if got := FromResponse(resp).Error(); !strings.HasSuffix(got, " (request id abc, retry after 1m30s)") {
		t.Error(got)
	}
}
