package emulator

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// Errors of arbitrary requests have the API's error format and a short message of one
// line.
func TestErrorFormat(t *testing.T) {
	f := startWithLamp(t)
	long := strings.Repeat("x", 2<<20)
	chat := func(content string) string { return `{"messages":[{"role":"user","content":"` + content + `"}]}` }
	upload, uploadHeader := form(t, field{"file", long + ".txt", "hello"})
	nameless, namelessHeader := form(t, field{long, "", "hello"})
	strange, strangeHeader := form(t, field{"file", "\xff.txt", "hello"})
	for _, test := range []struct {
		name    string
		method  string
		path    string
		header  http.Header
		body    string
		status  int
		code    string
		message string
	}{
		{"unknown method", "FROB", "/assistant/assistants", nil, "", 405, codeUnimplemented, "method FROB is not supported by /assistant/assistants in 2026-04, want GET, POST"},
		{"unknown version of 1 MB", "GET", "/assistant/assistants", http.Header{versionHeader: {long[:1<<20-100]}}, "", 403, codeForbidden, "Invalid API version"},
		{"unknown method of an unknown path", "FROB", "/assistant/nothing", nil, "", 404, codeNotFound, "FROB /assistant/nothing is not an operation"},
		{"options", "OPTIONS", "/assistant/files/a", nil, "", 405, codeUnimplemented, "GET, POST"},
		{"root", "GET", "/", nil, "", 404, codeNotFound, "paths begin with /assistant"},
		{"base path", "GET", "/assistant", nil, "", 404, codeNotFound, "paths begin with /assistant"},
		{"base path with a slash", "GET", "/assistant/", nil, "", 404, codeNotFound, "not an operation"},
		{"trailing slash", "GET", "/assistant/assistants/", nil, "", 404, codeNotFound, "not an operation"},
		{"two slashes", "GET", "/assistant//assistants", nil, "", 404, codeNotFound, "not an operation"},
		{"dots", "GET", "/assistant/../assistant/assistants", nil, "", 404, codeNotFound, "not an operation"},
		{"without /assistant", "GET", "/assistants", nil, "", 404, codeNotFound, "want /assistant/assistants"},
		{"upload without /assistant", "POST", "/files/a", nil, "", 404, codeNotFound, "want /assistant/files/a"},
		{"chat without /assistant", "POST", "/chat/a", nil, chat("hi"), 404, codeNotFound, "want /assistant/chat/a"},
		{"disabled faults", "POST", "/emulator/faults", nil, "{}", 404, codeNotFound, "/emulator/faults"},
		{"signed, no signature", "GET", "/signed/a/lamp", nil, "", 403, codeForbidden, "invalid or has expired"},
		{"signed, another method", "POST", "/signed/a/lamp", nil, "", 404, codeNotFound, "not a signed URL"},
		{"signed, no file", "GET", "/signed/a", nil, "", 404, codeNotFound, "not a signed URL"},
		{"file name of 2 MB", "POST", "/assistant/files/a", uploadHeader, upload, 400, codeInvalidArgument, "the limit of a file name is 1024"},
		{"field name of 2 MB", "POST", "/assistant/files/a", namelessHeader, nameless, 400, codeInvalidArgument, "the headers of a form part exceed 65536 bytes"},
		{"URL of more than 1 MB", "GET", "/assistant/files/a?filter=" + long[:1<<20], nil, "", 414, codeInvalidArgument, "the limit is 1048576"},
		{"name of 1 MB", "GET", "/assistant/files/a/" + long[:1<<20-100], nil, "", 404, codeNotFound, "File"},
		{"model of 2 MB", "POST", "/assistant/chat/a", nil, `{"model":"` + long + `","messages":[{"content":"hi"}]}`, 400, codeInvalidArgument, "Invalid model"},
		{"role of 2 MB", "POST", "/assistant/chat/a", nil, `{"messages":[{"content":"hi","role":"` + long + `"}]}`, 400, codeInvalidArgument, "role"},
		{"region of 2 MB", "POST", "/assistant/assistants", nil, `{"name":"b","region":"` + long + `"}`, 400, codeInvalidArgument, "region"},
		{"content type of 1 MB", "POST", "/assistant/assistants", http.Header{"Content-Type": {long[:1<<20-100]}}, "{}", 400, codeInvalidArgument, "Content-Type"},
		{"byte order mark", "POST", "/assistant/chat/a", nil, "\ufeff" + chat("hi"), 400, codeInvalidArgument, "byte order mark"},
		{"UTF-16", "POST", "/assistant/chat/a", nil, "\xff\xfe{\x00}\x00", 400, codeInvalidArgument, "UTF-16"},
		{"not UTF-8", "POST", "/assistant/chat/a", nil, chat("\xff"), 400, codeInvalidArgument, "not UTF-8"},
		{"filter that is not UTF-8", "GET", "/assistant/files/a?filter=%7B%22a%22:%22%ff%22%7D", nil, "", 400, codeInvalidArgument, "filter"},
		{"query that is not encoded", "GET", "/assistant/files/a?limit=%zz", nil, "", 400, codeInvalidArgument, "the query cannot be read"},
		{"query with a semicolon", "GET", "/assistant/files/a?limit=5;x=1", nil, "", 400, codeInvalidArgument, "semicolon"},
		{"query of 20,000 parameters", "GET", "/assistant/files/a?limit=0" + strings.Repeat("&x=1", 20_000), nil, "", 400, codeInvalidArgument, "the query cannot be read"},
		{"file name that is not UTF-8", "POST", "/assistant/files/a", strangeHeader, strange, 400, codeInvalidArgument, "the name is not UTF-8"},
		{"500,001 values", "POST", "/assistant/chat/a", nil, `{"messages":[` + strings.Repeat("1,", 500_000) + "1]}", 400, codeInvalidArgument, "more than 500000 values"},
		{"a list", "POST", "/assistant/chat/a", nil, "[]", 400, codeInvalidArgument, "body"},
		{"a string", "POST", "/assistant/chat/a", nil, `"x"`, 400, codeInvalidArgument, "body"},
		{"null", "POST", "/assistant/chat/a", nil, "null", 400, codeInvalidArgument, "body"},
		{"blanks", "POST", "/assistant/chat/a", nil, "  \n", 400, codeInvalidArgument, "body: empty"},
		{"two values", "POST", "/assistant/chat/a", nil, chat("hi") + chat("hi"), 400, codeInvalidArgument, "body"},
		{"deep", "POST", "/assistant/chat/a", nil, `{"filter":` + strings.Repeat(`{"$not":`, 20_000) + "1" + strings.Repeat("}", 20_001), 400, codeInvalidArgument, "depth"},
		{"body at the limit", "POST", "/assistant/chat/a", nil, chat(strings.Repeat("x", maxBodyBytes-len(chat("")))), 200, "", ""},
		{"body beyond the limit", "POST", "/assistant/chat/a", nil, chat(strings.Repeat("x", maxBodyBytes-len(chat(""))+1)), 400, codeInvalidArgument, "larger than 10485760 bytes"},
		{"body of 100 MB", "POST", "/assistant/chat/a", nil, chat(strings.Repeat("x", 100<<20)), 400, codeInvalidArgument, "larger than 10485760 bytes"},
		{"body of an evaluation of 20 MB", "POST", "/assistant/evaluation/metrics/alignment", nil, `{"question":"` + strings.Repeat("x", 20<<20) + `"}`, 422, "", "larger than 10485760 bytes"},
		{"top_k out of range", "POST", "/assistant/chat/a/context", nil, `{"query":"hi","top_k":1e300}`, 400, codeInvalidArgument, "top_k"},
		{"top_k with a fraction", "POST", "/assistant/chat/a/context", nil, `{"query":"hi","top_k":1.5}`, 400, codeInvalidArgument, "top_k"},
	} {
		t.Run(test.name, func(t *testing.T) {
			resp, text := f.exchange(t, test.method, test.path, test.header, test.body)
			if test.status == 200 {
				if resp.StatusCode != 200 {
					t.Errorf("status %d: %.300s", resp.StatusCode, text)
				}
				return
			}
			if len(text) > 2000 || resp.Header.Get("Content-Type") != jsonType {
				t.Errorf("response of %d bytes, Content-Type %q", len(text), resp.Header.Get("Content-Type"))
			}
			if test.code == "" {
				if message, _ := decoded(t, text)["message"].(string); resp.StatusCode != test.status || !strings.Contains(message, test.message) {
					t.Errorf("status %d: %s", resp.StatusCode, text)
				}
				return
			}
			checkRefusal(t, resp.StatusCode, text, test.status, test.code, test.message)
			if (resp.Header.Get("Allow") != "") != (test.status == 405) {
				t.Errorf("Allow: %q", resp.Header.Get("Allow"))
			}
		})
	}
}

// These are requests that Go's client does not send.
func TestRawRequests(t *testing.T) {
	f := startWithLamp(t)
	for _, test := range []struct{ request, want string }{
		{"GET http://other/assistant/assistants HTTP/1.1\r\n", "200 OK"},
		{"OPTIONS * HTTP/1.1\r\n", "200 OK"}, // response of net/http
		{"CONNECT /assistant/assistants HTTP/1.1\r\n", "405 Method Not Allowed"},
		{"TRACE /assistant/assistants HTTP/1.1\r\n", "405 Method Not Allowed"},
		{"GET /assistant/assistants/%zz HTTP/1.1\r\n", "400 Bad Request"}, // response of net/http
		{"GET /assistant/assistants/%2e%2e HTTP/1.1\r\n", "404 Not Found"},
		{strings.Repeat("X", 4000) + " /assistant/nothing HTTP/1.1\r\n", "404 Not Found"},
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(f.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.WriteString(conn, test.request+"Host: a\r\nConnection: close\r\nApi-Key: "+f.Key+"\r\n\r\n")
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(conn)
		if err != nil || !strings.HasPrefix(string(text), "HTTP/1.1 "+test.want) || len(text) > 2000 {
			t.Errorf("%.100q: %q, error %v", test.request, text, err)
		}
		conn.Close()
	}
}
