package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/pinecone-community/assistant-go/internal/jsonscan"
	"github.com/pinecone-community/assistant-go/internal/upload"
)

func TestPathParam(t *testing.T) {
	values := []string{
		"plain", "with space", "ünïcödé", "日本語", "🦔", "a/b", "/", "//", "a\\b", "%", "100%", "%2F", "%2e%2e", "%zz",
		"a?b=c", "a#b", "a;b", "a+b", "a&b=c", "a:b", "@", "a,b", "$", "!*'()", "[x]", "{x}", "|", "^", "~", `"`, "<>",
		"...", ". ", "..a", "a..", "../etc", "a/../../b", "./", "\r\nX: y", "\x00", "\t", "\x7f", "\xff\xfe", strings.Repeat("x", 4096),
	}
	for _, prefix := range []string{"", "/pinecone/assistant", "/a%2Fb/%C3%A9/x;y/assistant"} {
		server := newWitness(t, nil)
		client := newClient(t, server.URL+prefix, nil)
		for _, value := range values {
			if err := Empty(t.Context(), newCall(client).Path("/files/").PathParam("name", value).Path("/").PathParam("id", "tail")); err != nil {
				t.Errorf("%q: %v", value, err)
			}
		}
		seen := server.seen()
		if len(seen) != len(values) {
			t.Fatalf("%d requests, want %d", len(seen), len(values))
		}
		for i, value := range values {
			segment, before := strings.CutPrefix(seen[i].uri, prefix+"/files/")
			segment, after := strings.CutSuffix(segment, "/tail")
			got, err := url.PathUnescape(segment)
			if !before || !after || err != nil || got != value || strings.ContainsAny(segment, "/?#") {
				t.Errorf("%q below %q was sent as %q", value, prefix, seen[i].uri)
			}
		}
	}
}

func TestPathParamRefused(t *testing.T) {
	for _, value := range []string{"", ".", ".."} {
		server := newWitness(t, nil)
		err := Empty(t.Context(), newCall(newClient(t, server.URL, nil)).Path("/files/").PathParam("assistant_name", value))
		if err == nil || !strings.Contains(err.Error(), "assistant_name") {
			t.Errorf("%q: error %v", value, err)
		}
		if got := server.seen(); len(got) != 0 {
			t.Errorf("%q was sent: %v", value, got)
		}
	}
}

func TestPathParamLimits(t *testing.T) {
	id := Limit{Min: 1, Max: 8, Pattern: `^[A-Za-z0-9_-]+$`, Match: Matches}
	tests := []struct {
		limit Limit
		value string
		want  string // in the error; "" for no error
	}{
		{id, "a", ""},
		{id, "a_B-9", ""},
		{id, "12345678", ""},
		{id, "123456789", "id has 9 characters, want 1 to 8"},
		{id, "", "id has 0 characters"},
		{id, "a b", `id is "a b", want it to match ^[A-Za-z0-9_-]+$`},
		{id, "a\n", `id is "a\n"`},
		{id, "..", `id is ".."`},
		{Limit{Max: 3}, "日本語", ""},
		{Limit{Max: 3}, "日本語x", "4 characters"},
		{Limit{Min: 2}, strings.Repeat("x", 1000), ""},
		{Limit{Pattern: "b", Match: Matches}, "abc", ""},
		{Limit{}, "a/b", ""},
		{Limit{}, "..", "not a name"},
	}
	for _, tt := range tests {
		server := newWitness(t, nil)
		err := Empty(t.Context(), newCall(newClient(t, server.URL, nil)).Path("/").PathParam("id", tt.value, tt.limit))
		if tt.want == "" {
			if err != nil {
				t.Errorf("%q: error %v", tt.value, err)
			} else if got := server.one(t).uri; got != "/"+url.PathEscape(tt.value) {
				t.Errorf("%q was sent as %s", tt.value, got)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) || len(server.seen()) != 0 {
			t.Errorf("%q: error %v, want one with %s; sent %v", tt.value, err, tt.want, server.seen())
		}
	}
}

func FuzzPathParam(f *testing.F) {
	for _, value := range []string{"", ".", "..", "a/b", "%2F", "?#;+", "\x00\xff", "é"} {
		f.Add(value)
	}
	uris := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { uris <- r.RequestURI }))
	f.Cleanup(server.Close)
	client := newClient(f, server.URL+"/assistant", server.Client())
	f.Fuzz(func(t *testing.T, value string) {
		err := Empty(t.Context(), newCall(client).Path("/files/").PathParam("name", value).Path("/tail"))
		if value == "" || value == "." || value == ".." {
			if err == nil {
				t.Fatalf("%q was sent as %s", value, <-uris)
			}
			return
		}
		if err != nil {
			t.Fatalf("%q: %v", value, err)
		}
		uri := <-uris
		segments := strings.Split(uri, "/")
		if len(segments) != 5 || segments[1] != "assistant" || segments[2] != "files" || segments[4] != "tail" || strings.ContainsAny(uri, "?#") {
			t.Fatalf("%q was sent as %s", value, uri)
		}
		if got, err := url.PathUnescape(segments[3]); err != nil || got != value || got == "." || got == ".." {
			t.Fatalf("%q arrived as %q, error %v", value, got, err)
		}
	})
}

func TestQuery(t *testing.T) {
	type kind string
	tests := []struct {
		name  string
		build func(*Call)
		want  string
	}{
		{"none", func(*Call) {}, ""},
		{"in the order of the calls", func(c *Call) {
			c.Query("z", "1", false)
			c.QueryInt("a", 2, false)
			c.QueryBool("m", true, false)
			c.Query("b", "3", false)
		}, "z=1&a=2&m=true&b=3"},
		{"zero values, optional", func(c *Call) {
			c.Query("s", "", false)
			c.QueryInt("i", 0, false)
			c.QueryBool("b", false, false)
			c.QueryJSON("j", nil, false, 0)
		}, ""},
		{"zero values, required", func(c *Call) {
			c.Query("s", "", true)
			c.QueryInt("i", 0, true)
			c.QueryBool("b", false, true)
			c.QueryJSON("j", map[string]any{}, true, 0)
		}, "s=&i=0&b=false&j=%7B%7D"},
		{"an absent one between others", func(c *Call) {
			c.Query("a", "1", false)
			c.Query("b", "", false)
			c.Query("c", "3", false)
		}, "a=1&c=3"},
		{"escapes", func(c *Call) { c.Query("a&b", "c d+e%&f=g#h/?ü\r\n;", false) },
			"a%26b=c+d%2Be%25%26f%3Dg%23h%2F%3F%C3%BC%0D%0A%3B"},
		{"integers", func(c *Call) { c.QueryInt("min", math.MinInt64, false); c.QueryInt("max", math.MaxInt64, false) },
			"min=-9223372036854775808&max=9223372036854775807"},
		{"empty map", func(c *Call) { c.QueryJSON("filter", map[string]any{}, false, 0) }, "filter=%7B%7D"},
		{"map", func(c *Call) {
			c.QueryJSON("filter", map[string]any{"my_key": map[string]any{"$in": []any{"a b", 1}}}, false, 0)
		}, "filter=%7B%22my_key%22%3A%7B%22%24in%22%3A%5B%22a+b%22%2C1%5D%7D%7D"},
		{"the same name twice", func(c *Call) { c.Query("a", "1", false); c.Query("a", "2", false) }, "a=1&a=2"},
		{"exploded array", func(c *Call) { c.QueryStyled("id", "form", true, []string{"a b", "c&d", "é"}, true) },
			"id=a+b&id=c%26d&id=%C3%A9"},
		{"array", func(c *Call) { c.QueryStyled("id", "form", false, []string{"a b", "c,d"}, true) }, "id=a+b,c%2Cd"},
		{"array of a named type", func(c *Call) { c.QueryStyled("id", "form", true, []kind{"x", "y"}, true) }, "id=x&id=y"},
		{"array with spaces between", func(c *Call) { c.QueryStyled("id", "spaceDelimited", false, []string{"a", "b c"}, true) },
			"id=a%20b+c"},
		{"array between others", func(c *Call) {
			c.Query("a", "1", false)
			c.QueryStyled("id", "form", true, []int{1, 2}, true)
			c.Query("z", "2", false)
		}, "a=1&id=1&id=2&z=2"},
		{"empty deep object between others", func(c *Call) {
			c.Query("a", "1", false)
			c.QueryStyled("d", "deepObject", true, map[string]string{}, true)
			c.Query("z", "2", false)
		}, "a=1&z=2"},
		{"styled zero values, optional", func(c *Call) {
			c.QueryStyled("n", "form", true, nil, false)
			c.QueryStyled("a", "form", true, []string(nil), false)
			c.QueryStyled("p", "form", true, (*int)(nil), false)
			c.QueryStyled("f", "form", true, 0.0, false)
		}, ""},
		{"styled zero value, required", func(c *Call) { c.QueryStyled("f", "form", true, 0.0, true) }, "f=0"},
		{"map at its limit", func(c *Call) { c.QueryJSON("filter", map[string]any{"a": 1}, false, 7) }, "filter=%7B%22a%22%3A1%7D"},
		{"number", func(c *Call) { c.QueryStyled("score", "form", true, 0.5, true) }, "score=0.5"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := newWitness(t, nil)
			call := newCall(newClient(t, server.URL+"/assistant", nil)).Path("/files")
			tt.build(call)
			if err := Empty(t.Context(), call); err != nil {
				t.Fatal(err)
			}
			want := "/assistant/files"
			if tt.want != "" {
				want += "?" + tt.want
			}
			if got := server.one(t).uri; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestHeader(t *testing.T) {
	server := newWitness(t, nil)
	call := newCall(newClient(t, server.URL, nil))
	call.Header("x-one", "1")
	call.Header("X-None", "")
	call.Header("accept", "text/plain")
	if err := Empty(t.Context(), call); err != nil {
		t.Fatal(err)
	}
	got := server.one(t).header
	if _, found := got["X-None"]; found || got.Get("X-One") != "1" || !slices.Equal(got.Values("Accept"), []string{"text/plain"}) {
		t.Errorf("sent %v", got)
	}
	if _, found := got["Content-Type"]; found {
		t.Errorf("a request without a body has a content type: %v", got)
	}
}

func TestJSONBody(t *testing.T) {
	tests := []struct {
		name  string
		value any
		want  string
	}{
		{"struct", struct {
			Name string `json:"name"`
			Rest string `json:"rest,omitempty"`
		}{Name: "ü<&>"}, `{"name":"ü<&>"}`},
		{"keys as they are", map[string]any{"my_key": map[string]any{"Ünï": nil}}, `{"my_key":{"Ünï":null}}`},
		{"empty object", struct{}{}, "{}"},
		{"nil", nil, "null"},
		{"large", strings.Repeat("x", 1<<20), `"` + strings.Repeat("x", 1<<20) + `"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := newWitness(t, nil)
			var replay []string
			editor := func(_ context.Context, req *http.Request) error {
				for range 2 {
					body, err := req.GetBody()
					if err != nil {
						return err
					}
					text, err := io.ReadAll(body)
					if err != nil {
						return err
					}
					replay = append(replay, string(text))
				}
				return nil
			}
			call := NewCall(newClient(t, server.URL, nil), http.MethodPut, []Editor{editor}).JSON(tt.value)
			if err := Empty(t.Context(), call); err != nil {
				t.Fatal(err)
			}
			got := server.one(t)
			if got.method != "PUT" || got.body != tt.want || got.length != int64(len(tt.want)) || len(got.encoding) != 0 {
				t.Errorf("%s of %d bytes, encoding %v: %.100s", got.method, got.length, got.encoding, got.body)
			}
			if got := got.header.Values("Content-Type"); !slices.Equal(got, []string{"application/json"}) {
				t.Errorf("content type %q", got)
			}
			if !slices.Equal(replay, []string{tt.want, tt.want}) {
				t.Errorf("GetBody gives %.100q", replay)
			}
		})
	}
}

// An invalid call returns its first error. No editor runs and no request is
// sent.
func TestCallRefused(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing.txt")
	tests := []struct {
		name  string
		build func(*Call)
		want  string
		is    error
	}{
		{"JSON of a channel", func(c *Call) { c.JSON(make(chan int)) }, "POST /files: request body: ", nil},
		{"JSON of NaN", func(c *Call) { c.JSON(map[string]any{"a": math.NaN()}) }, "request body: ", nil},
		{"query of a function", func(c *Call) { c.QueryJSON("filter", map[string]any{"a": func() {}}, false, 0) }, "filter: ", nil},
		{"query longer than its limit", func(c *Call) { c.QueryJSON("filter", map[string]any{"a": 1}, false, 6) }, "filter: 7 bytes", nil},
		{"unknown style", func(c *Call) { c.QueryStyled("ids", "square", true, []string{"a"}, true) }, "ids: ", nil},
		{"styled nil", func(c *Call) { c.QueryStyled("ids", "form", true, nil, true) }, "ids is nil", nil},
		{"styled nil pointer", func(c *Call) { c.QueryStyled("ids", "form", true, (*int)(nil), true) }, "ids: ", nil},
		{"bad literal", func(c *Call) { c.Path("/%zz") }, "%zz", nil},
		{"missing file", func(c *Call) { c.Form(upload.FilePart("file", upload.OpenFile(missing))) }, "missing.txt", os.ErrNotExist},
		{"file that is gone since", func(c *Call) {
			name := filepath.Join(t.TempDir(), "gone.txt")
			if err := os.WriteFile(name, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			c.Form(upload.FilePart("file", upload.OpenFile(name)))
			if err := os.Remove(name); err != nil {
				t.Fatal(err)
			}
		}, `file "gone.txt"`, os.ErrNotExist},
		{"no file", func(c *Call) { c.Form(upload.FilePart("file", upload.File{})) }, "file: ", nil},
		{"the first of two", func(c *Call) { c.PathParam("first", "").PathParam("second", "") }, "first", nil},
		{"a later good body", func(c *Call) { c.PathParam("first", ".."); c.JSON("x") }, "first", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := newWitness(t, nil)
			editor := func(context.Context, *http.Request) error {
				t.Error("an editor was run")
				return nil
			}
			call := NewCall(newClient(t, server.URL, nil, editor), http.MethodPost, []Editor{editor}).Path("/files")
			tt.build(call)
			_, err := JSON(t.Context(), call, jsonscan.Any)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "second") {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
			if tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("error %v is not %v", err, tt.is)
			}
			if got := server.seen(); len(got) != 0 {
				t.Errorf("sent %v", got)
			}
		})
	}
}

func TestForm(t *testing.T) {
	server := newWitness(t, nil)
	client := newClient(t, server.URL, nil)
	metadata := upload.JSONPart("metadata", map[string]any{"my_key": 1}, 0)
	for _, file := range []upload.File{
		upload.FileBytes("a.txt", []byte("content")),
		upload.FileReader("a.txt", io.MultiReader(strings.NewReader("content"))),
	} {
		call := NewCall[Editor](client, http.MethodPost, nil).Path("/files").Form(upload.FilePart("file", file), metadata)
		if err := Empty(t.Context(), call); err != nil {
			t.Fatal(err)
		}
	}
	seen := server.seen()
	for i, got := range seen {
		if !strings.HasPrefix(got.header.Get("Content-Type"), "multipart/form-data; boundary=") ||
			!strings.Contains(got.body, "\r\n\r\ncontent\r\n") || !strings.Contains(got.body, `{"my_key":1}`) {
			t.Errorf("sent %+v", got)
		}
		if known := i == 0; known != (got.length == int64(len(got.body))) || known == slices.Equal(got.encoding, []string{"chunked"}) {
			t.Errorf("%d bytes as %d, encoding %q", len(got.body), got.length, got.encoding)
		}
	}
}

// The client's editors run before the call's. All see the complete request.
func TestEditors(t *testing.T) {
	type key struct{}
	ctx := context.WithValue(t.Context(), key{}, "value")
	server := newWitness(t, nil)
	var order []string
	editor := func(name string) Editor {
		return func(got context.Context, req *http.Request) error {
			order = append(order, name)
			body, err := io.ReadAll(req.Body)
			if err != nil {
				return err
			}
			req.Body, err = req.GetBody()
			if want := server.URL + "/assistant/files/a%2Fb?limit=3"; req.URL.String() != want || "http://"+req.Host+req.URL.RequestURI() != want {
				t.Errorf("%s: URL %s, host %s", name, req.URL, req.Host)
			}
			if req.Method != "POST" || string(body) != `"x"` || req.ContentLength != 3 || req.Header.Get("Content-Type") != "application/json" || req.Header.Get("X-One") != "1" {
				t.Errorf("%s: %s %q of %d bytes, %v", name, req.Method, body, req.ContentLength, req.Header)
			}
			if got.Value(key{}) != "value" || req.Context().Value(key{}) != "value" {
				t.Errorf("%s: not the caller's context", name)
			}
			req.Header.Add("X-Order", name)
			return err
		}
	}
	client := newClient(t, server.URL+"/assistant", nil, editor("client 1"), editor("client 2"))
	call := NewCall(client, http.MethodPost, []Editor{editor("call 1"), editor("call 2")})
	call.Header("X-One", "1")
	call.JSON("x")
	call.QueryInt("limit", 3, false)
	call.Path("/files/").PathParam("name", "a/b")
	if err := Empty(ctx, call); err != nil {
		t.Fatal(err)
	}
	want := []string{"client 1", "client 2", "call 1", "call 2"}
	if got := server.one(t); !slices.Equal(order, want) || !slices.Equal(got.header.Values("X-Order"), want) || got.body != `"x"` {
		t.Errorf("order %q, sent %+v", order, got)
	}
}

func TestEditorsOfOtherTypes(t *testing.T) {
	type RequestEditorFn func(context.Context, *http.Request) error
	var nothing RequestEditorFn
	add := RequestEditorFn(func(_ context.Context, req *http.Request) error {
		req.Header.Add("X-Count", "1")
		return nil
	})
	server := newWitness(t, nil)
	client, err := New(server.URL, DefaultDoer(), []RequestEditorFn{add}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := Empty(t.Context(), NewCall(client, http.MethodGet, []RequestEditorFn{add})); err != nil {
		t.Fatal(err)
	}
	if got := server.one(t).header.Values("X-Count"); len(got) != 2 {
		t.Errorf("%d editors have run", len(got))
	}
	err = Empty(t.Context(), NewCall(client, http.MethodGet, []RequestEditorFn{add, nothing}))
	if err == nil || !strings.Contains(err.Error(), "request editor 2 of the call is nil") {
		t.Errorf("nil editor: error %v", err)
	}
	server.one(t)
}

// closeCounter counts the calls of Close.
type closeCounter struct {
	io.ReadCloser
	closed int
}

func (c *closeCounter) Close() error {
	c.closed++
	return c.ReadCloser.Close()
}

// An editor's error is returned as it is. No request is sent and the body is
// closed.
func TestEditorFails(t *testing.T) {
	refused := errors.New("refused")
	fail := func(context.Context, *http.Request) error { return refused }
	name := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(name, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name         string
		client, call []Editor
	}{
		{"the client's", []Editor{fail}, nil},
		{"the call's", nil, []Editor{fail}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := newWitness(t, nil)
			var original io.Reader
			var body *closeCounter
			watch := func(_ context.Context, req *http.Request) error {
				original = req.Body
				body = &closeCounter{ReadCloser: req.Body}
				req.Body = body
				return nil
			}
			never := func(context.Context, *http.Request) error {
				t.Error("the next editor was run")
				return nil
			}
			client := newClient(t, server.URL, nil, append([]Editor{watch}, tt.client...)...)
			call := NewCall(client, http.MethodPost, append(tt.call, never)).Form(upload.FilePart("file", upload.OpenFile(name)))
			if _, err := JSON(t.Context(), call, jsonscan.Any); err != refused {
				t.Errorf("error %v", err)
			}
			if body.closed != 1 {
				t.Errorf("the body was closed %d times", body.closed)
			}
			if _, err := io.Copy(io.Discard, original); !errors.Is(err, os.ErrClosed) {
				t.Errorf("the file is still open: reading it, error %v", err)
			}
			if got := server.seen(); len(got) != 0 {
				t.Errorf("sent %v", got)
			}
		})
	}
	t.Run("without a body", func(t *testing.T) {
		if err := Empty(t.Context(), newCall(newClient(t, "http://127.0.0.1:1", nil, fail))); !errors.Is(err, refused) {
			t.Errorf("error %v", err)
		}
	})
}

// The changes that editors make to one request do not reach the next request.
func TestRequestsShareNothing(t *testing.T) {
	server := newWitness(t, nil)
	spoil := func(_ context.Context, req *http.Request) error {
		req.Header.Add("X-Count", "1")
		for name := range req.Header {
			req.Header[name][0] = "spoilt"
		}
		req.URL.Path, req.URL.RawPath, req.URL.RawQuery = "/spoilt", "", "spoilt"
		req.Host = "spoilt"
		return nil
	}
	client := newClient(t, server.URL+"/assistant", nil)
	for _, editors := range [][]Editor{{spoil}, nil, {spoil}, nil} {
		if err := Empty(t.Context(), NewCall(client, http.MethodPost, editors).Path("/files").JSON(1)); err != nil {
			t.Fatal(err)
		}
	}
	seen := server.seen()
	for i, got := range seen {
		if i%2 == 0 {
			if got.uri != "/spoilt?spoilt" || got.host != "spoilt" || got.header.Get("Accept") != "spoilt" {
				t.Errorf("the editor has no effect: %+v", got)
			}
			continue
		}
		if got.uri != "/assistant/files" || "http://"+got.host != server.URL || got.header.Get("Accept") != "application/json" ||
			got.header.Get(VersionHeader) != testVersion || got.header.Get("Content-Type") != "application/json" || got.header.Get("X-Count") != "" {
			t.Errorf("spoilt by the request before: %+v", got)
		}
	}
}

// The changes that editors make to one attempt do not reach the next attempt,
// which sends the same body.
func TestAttemptsShareNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type sent struct {
			count []string
			body  string
			url   string
		}
		var attempts []sent
		options := DefaultOptions(testVersion)
		editor := func(_ context.Context, req *http.Request) error {
			req.Header.Add("X-Count", "1")
			req.URL.Path += "/edited"
			return nil
		}
		client, err := New("https://h", doerFunc(func(req *http.Request) (*http.Response, error) {
			body, err := io.ReadAll(req.Body)
			if err != nil {
				return nil, err
			}
			attempts = append(attempts, sent{req.Header.Values("X-Count"), string(body), req.URL.String()})
			resp := okResponse("{}")
			if len(attempts) <= options.MaxRetries {
				resp.StatusCode = http.StatusServiceUnavailable
			}
			return resp, nil
		}), []Editor{editor}, options)
		if err != nil {
			t.Fatal(err)
		}
		if err := Empty(t.Context(), NewCall[Editor](client, http.MethodPut, nil).Path("/x").JSON("body")); err != nil {
			t.Fatal(err)
		}
		if len(attempts) != options.MaxRetries+1 || options.MaxRetries < 1 {
			t.Errorf("%d attempts", len(attempts))
		}
		for i, got := range attempts {
			if !slices.Equal(got.count, []string{"1"}) || got.body != `"body"` || got.url != "https://h/x/edited" {
				t.Errorf("attempt %d: %+v", i+1, got)
			}
		}
	})
}

func TestConcurrentCalls(t *testing.T) {
	server := newWitness(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"path":%q,"values":%q}`, r.URL.Path, strings.Join(r.Header.Values("X-Value"), ","))
	})
	client := newClient(t, server.URL, nil, func(_ context.Context, req *http.Request) error {
		req.Header.Add("X-Value", "client")
		return nil
	})
	var group sync.WaitGroup
	for i := range 50 {
		group.Go(func() {
			name := fmt.Sprint("n", i)
			call := NewCall(client, http.MethodPost, []Editor{func(_ context.Context, req *http.Request) error {
				req.Header.Add("X-Value", name)
				return nil
			}})
			got, err := JSON(t.Context(), call.Path("/").PathParam("name", name).JSON(name), jsonscan.Other[struct{ Path, Values string }])
			if err != nil || got.Path != "/"+name || got.Values != "client,"+name {
				t.Errorf("%s: %+v, error %v", name, got, err)
			}
		})
	}
	group.Wait()
}
