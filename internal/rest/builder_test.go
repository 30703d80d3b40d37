package rest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// TestRequest compares the styles with the examples of the OpenAPI
// specification.
func TestRequest(t *testing.T) {
	type color struct {
		R int `json:"R"`
		G int `json:"G"`
	}
	colors := []string{"blue", "black"}
	zero, no := 0, false
	form := Param{Name: "color", Style: "form", Explode: true}
	tests := map[string]struct {
		build func(*Request)
		want  string // the URL and the header X, or the error
	}{
		"nothing":                {func(*Request) {}, "/v1/x"},
		"form":                   {func(r *Request) { r.Query(form, "blue") }, "/v1/x?color=blue"},
		"form, exploded list":    {func(r *Request) { r.Query(form, colors) }, "/v1/x?color=blue&color=black"},
		"form, list":             {func(r *Request) { r.Query(Param{Name: "color", Style: "form"}, colors) }, "/v1/x?color=blue,black"},
		"form, exploded object":  {func(r *Request) { r.Query(form, color{100, 200}) }, "/v1/x?G=200&R=100"},
		"pipes":                  {func(r *Request) { r.Query(Param{Name: "color", Style: "pipeDelimited"}, colors) }, "/v1/x?color=blue|black"},
		"spaces":                 {func(r *Request) { r.Query(Param{Name: "color", Style: "spaceDelimited"}, colors) }, "/v1/x?color=blue%20black"},
		"deep object":            {func(r *Request) { r.Query(Param{Name: "color", Style: "deepObject", Explode: true}, color{100, 200}) }, "/v1/x?color[G]=200&color[R]=100"},
		"JSON":                   {func(r *Request) { r.Query(Param{Name: "f", Style: "json"}, map[string]any{"a": "<&>"}) }, "/v1/x?f=%7B%22a%22%3A%22%3C%26%3E%22%7D"},
		"text":                   {func(r *Request) { r.Query(Param{Name: "a b", Style: "text"}, "c&d") }, "/v1/x?a+b=c%26d"},
		"two":                    {func(r *Request) { r.Query(form, "blue"); r.Query(Param{Name: "n", Style: "form"}, 7) }, "/v1/x?color=blue&n=7"},
		"escapes":                {func(r *Request) { r.Query(form, "a=b&c d/é") }, "/v1/x?color=a%3Db%26c+d%2F%C3%A9"},
		"optional, zero":         {func(r *Request) { r.Query(form, ""); r.Query(form, 0); r.Query(form, []string(nil)) }, "/v1/x"},
		"optional, nil pointer":  {func(r *Request) { r.Query(form, (*int)(nil)) }, "/v1/x"},
		"optional, zero pointed": {func(r *Request) { r.Query(form, &zero); r.Query(Param{Name: "b", Style: "form"}, &no) }, "/v1/x?color=0&b=false"},
		"required, zero":         {func(r *Request) { r.Query(Param{Name: "n", Style: "form", Required: true}, 0) }, "/v1/x?n=0"},
		"optional, nil":          {func(r *Request) { r.Query(form, nil) }, "/v1/x"},
		"required, nil":          {func(r *Request) { r.Query(Param{Name: "n", Style: "form", Required: true}, nil) }, "GET /x: n is nil"},
		"required, nil pointer":  {func(r *Request) { r.Query(Param{Name: "n", Style: "form", Required: true}, (*int)(nil)) }, "GET /x: n is nil"},
		"header":                 {func(r *Request) { r.Header(Param{Name: "X", Style: "simple"}, colors) }, "/v1/x blue,black"},
		"header, zero":           {func(r *Request) { r.Header(Param{Name: "X", Style: "simple"}, "") }, "/v1/x"},
		"no style":               {func(r *Request) { r.Query(Param{Name: "n", Style: "sideways"}, colors) }, "GET /x: n: "},
		"no JSON":                {func(r *Request) { r.Query(Param{Name: "n", Style: "json"}, map[string]any{"a": func() {}}) }, "GET /x: n: "},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := NewRequest(http.MethodGet, "https://host/v1/", "/x")
			test.build(r)
			req, err := r.Build("", nil)
			if err != nil {
				if !strings.HasPrefix(err.Error(), test.want) || strings.HasPrefix(test.want, "/v1") {
					t.Errorf("error %v, want %s", err, test.want)
				}
				return
			}
			got := strings.TrimSpace(strings.TrimPrefix(req.URL.String(), "https://host") + " " + req.Header.Get("X"))
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// A path parameter is one segment of the path.
func TestRequestPath(t *testing.T) {
	simple := Param{Name: "name", Style: "simple", Required: true}
	for value, want := range map[any]string{
		"a":      "https://host/files/a/x",
		"a/b":    "https://host/files/a%2Fb/x",
		"a?b#c":  "https://host/files/a%3Fb%23c/x",
		"é %":    "https://host/files/%C3%A9%20%25/x",
		"...":    "https://host/files/.../x",
		"{name}": "https://host/files/%7Bname%7D/x",
		7:        "https://host/files/7/x",
		"":       "POST /files/{name}/x: name is empty",
		".":      `POST /files/{name}/x: name is ".", which is not a name`,
		"..":     `POST /files/{name}/x: name is "..", which is not a name`,
	} {
		for _, p := range []Param{simple, {Name: "name", Style: "text", Required: true}} {
			r := NewRequest(http.MethodPost, "https://host", "/files/{name}/x")
			r.Path(p, value)
			var got string
			if req, err := r.Build("text/plain", strings.NewReader("x")); err != nil {
				got = err.Error()
			} else if got = req.URL.String(); req.ContentLength != 1 || req.GetBody == nil || req.Header.Get("Content-Type") != "text/plain" {
				t.Errorf("%v: %+v", value, req)
			}
			if got != want {
				t.Errorf("%q: got %s, want %s", value, got, want)
			}
		}
	}
	for server, want := range map[string]string{"": "base URL", "host": "base URL", "https://user:secret@ho st": "base URL"} {
		if _, err := NewRequest(http.MethodGet, server, "/x").Build("", nil); err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: error %v", server, err)
		}
	}
}

func TestMarshalBody(t *testing.T) {
	body, err := MarshalBody(map[string]string{"a": "<&>"})
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := io.ReadAll(body); string(text) != `{"a":"<&>"}` {
		t.Errorf("%s", text)
	}
	if _, err := MarshalBody(func() {}); err == nil || !strings.HasPrefix(err.Error(), "request body: ") {
		t.Errorf("error %v", err)
	}
}

// Do sends the key to no other origin, and no error shows it.
func TestDoRedirect(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the other origin gets %v", r.Header)
	}))
	defer other.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+"/"+r.Header.Get("Api-Key"), http.StatusTemporaryRedirect)
	}))
	defer server.Close()
	for name, doer := range map[string]Doer{"default": DefaultDoer(), "plain": &http.Client{}} {
		req, err := NewRequest(http.MethodGet, server.URL, "/x").Build("", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := Do(t.Context(), doer, req, []Editor{withKey})
		if err == nil {
			resp.Body.Close()
		}
		hidden(t, name, err)
	}
}

// A nil argument is an error that names the argument.
func TestDoNil(t *testing.T) {
	failed := errors.New("it")
	for want, do := range map[string]struct {
		ctx     context.Context
		doer    Doer
		editors []Editor
	}{
		"the context is nil":      {nil, DefaultDoer(), nil},
		"HTTP client is nil":      {t.Context(), nil, nil},
		"request editor 2 is nil": {t.Context(), DefaultDoer(), []Editor{withKey, nil}},
		"it":                      {t.Context(), DefaultDoer(), []Editor{func(context.Context, *http.Request) error { return failed }}},
	} {
		req, err := NewRequest(http.MethodGet, "http://127.0.0.1:1", "/x").Build("", nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp, err := Do(do.ctx, do.doer, req, do.editors); err == nil || err.Error() != want {
			if err == nil {
				resp.Body.Close()
			}
			t.Errorf("error %v, want %s", err, want)
		}
	}
	var none *http.Client
	if _, err := guarded(none); err == nil {
		t.Error("a nil *http.Client is no error")
	}
	own := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return nil }}
	if got, err := guarded(own); err != nil || got != Doer(own) {
		t.Errorf("a client with a CheckRedirect of its own became %v, error %v", got, err)
	}
}

// An error of an editor closes the body, as a Doer would.
func TestDoClosesBody(t *testing.T) {
	body := &countedBody{ReadCloser: io.NopCloser(strings.NewReader("x")), closed: new(atomic.Int64)}
	req, err := NewRequest(http.MethodPost, "http://127.0.0.1:1", "/x").Build("text/plain", body)
	if err != nil {
		t.Fatal(err)
	}
	failed := errors.New("it")
	resp, err := Do(t.Context(), DefaultDoer(), req, []Editor{func(context.Context, *http.Request) error { return failed }})
	if err == nil {
		resp.Body.Close()
	}
	if !errors.Is(err, failed) || body.closed.Load() != 1 {
		t.Errorf("error %v, closed %d times", err, body.closed.Load())
	}
}
