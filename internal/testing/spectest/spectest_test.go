package spectest

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// reports is a Reporter that keeps what is reported.
type reports []string

func (r *reports) Errorf(format string, args ...any) {
	*r = append(*r, fmt.Sprintf(format, args...))
}

func TestTransportReports(t *testing.T) {
	spec := Load(t, "2026-04", "data")
	form := func(parts string) string {
		return "--b\r\n" + strings.ReplaceAll(parts, "\n", "\r\n") + "\r\n--b--\r\n"
	}
	const file = "Content-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\nContent-Type: application/pdf\n\n%PDF"
	const operation = `{"id":"o","operation_type":"upload_file","status":"Processing","created_on":"2026-01-02T03:04:05Z"}`
	for name, test := range map[string]struct {
		method, target, contentType, body string
		noKey                             bool
		status                            int
		reply                             string
		want                              string // "" if nothing is reported
	}{
		"fine":               {method: "GET", target: "/assistant/files/a", status: 200, reply: `{"files":[]}`},
		"fine, error":        {method: "GET", target: "/assistant/files/a", status: 429, reply: `{"status":429,"error":{"code":"TOO_MANY_REQUESTS","message":"m"}}`},
		"fine, body":         {method: "POST", target: "/assistant/chat/a/context", contentType: "application/json", body: `{"query":"q"}`, status: 200, reply: `{"snippets":[],"usage":{}}`},
		"fine, form":         {method: "POST", target: "/assistant/files/a", contentType: "multipart/form-data; boundary=b", body: form(file), status: 202, reply: operation},
		"other path":         {method: "GET", target: "/assistant/nothing", status: 200, reply: `{}`, want: "no spec has this operation"},
		"other method":       {method: "PATCH", target: "/assistant/files/a", status: 200, reply: `{}`, want: "no spec has this operation"},
		"other root":         {method: "GET", target: "/files/a", status: 200, reply: `{}`, want: "not below /assistant"},
		"no key":             {method: "GET", target: "/assistant/files/a", noKey: true, status: 200, reply: `{"files":[]}`, want: "no Api-Key"},
		"bad query":          {method: "GET", target: "/assistant/operations/a?limit=101", status: 200, reply: `{}`, want: "limit"},
		"bad filter":         {method: "GET", target: "/assistant/files/a?filter=[", status: 200, reply: `{}`, want: "filter"},
		"bad body":           {method: "POST", target: "/assistant/chat/a", contentType: "application/json", body: `{"messages":1}`, status: 200, reply: `{}`, want: "messages"},
		"no body":            {method: "POST", target: "/assistant/chat/a", contentType: "application/json", body: `{}`, status: 200, reply: `{}`, want: "messages"},
		"no file":            {method: "POST", target: "/assistant/files/a", contentType: "multipart/form-data; boundary=b", body: form("Content-Disposition: form-data; name=\"metadata\"\n\n{}"), status: 202, reply: operation, want: "file"},
		"unknown field":      {method: "POST", target: "/assistant/files/a", contentType: "multipart/form-data; boundary=b", body: form("Content-Disposition: form-data; name=\"other\"\n\n{}"), status: 202, reply: operation, want: "other"},
		"metadata no JSON":   {method: "POST", target: "/assistant/files/a", contentType: "multipart/form-data; boundary=b", body: form("Content-Disposition: form-data; name=\"metadata\"\n\nx"), status: 202, reply: operation, want: "metadata"},
		"metadata no object": {method: "POST", target: "/assistant/files/a", contentType: "multipart/form-data; boundary=b", body: form(file + "\n--b\nContent-Disposition: form-data; name=\"metadata\"\n\n[1]"), status: 202, reply: operation, want: "metadata"},
		"bad response":       {method: "GET", target: "/assistant/files/a/f", status: 200, reply: `{"id":"f"}`, want: "name"},
		"bad enum":           {method: "GET", target: "/assistant/files/a/f", status: 200, reply: `{"id":"f","name":"n","status":"Shelved"}`, want: "status"},
		"bad time":           {method: "GET", target: "/assistant/files/a/f", status: 200, reply: `{"id":"f","name":"n","created_on":"yesterday"}`, want: "created_on"},
		"bad error":          {method: "GET", target: "/assistant/files/a/f", status: 404, reply: `{"message":"m"}`, want: "status"},
		"bad union":          {method: "POST", target: "/assistant/chat/a/context", contentType: "application/json", body: `{"query":"q"}`, status: 200, reply: `{"snippets":[{"type":"table"}],"usage":{}}`, want: "snippets"},
	} {
		t.Run(name, func(t *testing.T) {
			var got reports
			base := roundTripper(func(req *http.Request) (*http.Response, error) {
				if body, _ := io.ReadAll(req.Body); string(body) != test.body {
					t.Errorf("the request's body became %q", body)
				}
				return &http.Response{
					StatusCode: test.status,
					Header:     http.Header{"Content-Type": {"application/json"}, "Location": {"/operations/a/o"}},
					Body:       io.NopCloser(strings.NewReader(test.reply)),
					Request:    req,
				}, nil
			})
			req, err := http.NewRequestWithContext(t.Context(), test.method, "http://localhost"+test.target, strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			if test.contentType != "" {
				req.Header.Set("Content-Type", test.contentType)
			}
			if !test.noKey {
				req.Header.Set("Api-Key", "k")
			}
			resp, err := Transport(&got, base, spec).RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if body, _ := io.ReadAll(resp.Body); string(body) != test.reply {
				t.Errorf("the response's body became %q", body)
			}
			all := strings.Join(got, "\n")
			if test.want == "" && all != "" || !strings.Contains(all, test.want) {
				t.Errorf("reported %q, want %q", all, test.want)
			}
		})
	}
}
