// Package apitest tests the generated packages, which are thrown away and made
// anew and so can hold no test of their own.
package apitest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/pinecone-community/assistant-go/auth"
	control202501 "github.com/pinecone-community/assistant-go/gen/2025-01/control"
	data202501 "github.com/pinecone-community/assistant-go/gen/2025-01/data"
	evaluation202501 "github.com/pinecone-community/assistant-go/gen/2025-01/evaluation"
	control202604 "github.com/pinecone-community/assistant-go/gen/2026-04/control"
	data202604 "github.com/pinecone-community/assistant-go/gen/2026-04/data"
	evaluation202604 "github.com/pinecone-community/assistant-go/gen/2026-04/evaluation"
	control202607 "github.com/pinecone-community/assistant-go/gen/2026-07/control"
	data202607 "github.com/pinecone-community/assistant-go/gen/2026-07/data"
	evaluation202607 "github.com/pinecone-community/assistant-go/gen/2026-07/evaluation"
	"github.com/pinecone-community/assistant-go/internal/rest"
)

// plane is a generated package. typed and stock make its two clients of a
// server, with an editor.
type plane struct {
	version, name string
	typed, stock  func(server string, edit auth.RequestEditorFn) (any, error)
}

var planes = []plane{
	{"2025-01", "control",
		func(server string, edit auth.RequestEditorFn) (any, error) {
			return control202501.New(control202501.WithBaseURL(server), control202501.WithRequestEditorFn(edit))
		},
		func(server string, edit auth.RequestEditorFn) (any, error) {
			return control202501.NewClient(server, control202501.WithRequestEditorFn(edit))
		}},
	{"2025-01", "data",
		func(server string, edit auth.RequestEditorFn) (any, error) {
			return data202501.New(server, data202501.WithRequestEditorFn(edit))
		},
		func(server string, edit auth.RequestEditorFn) (any, error) {
			return data202501.NewClient(server, data202501.WithRequestEditorFn(edit))
		}},
	{"2025-01", "evaluation",
		func(server string, edit auth.RequestEditorFn) (any, error) {
			return evaluation202501.New(evaluation202501.WithBaseURL(server), evaluation202501.WithRequestEditorFn(edit))
		},
		func(server string, edit auth.RequestEditorFn) (any, error) {
			return evaluation202501.NewClient(server, evaluation202501.WithRequestEditorFn(edit))
		}},
	{"2026-04", "control",
		func(server string, edit auth.RequestEditorFn) (any, error) {
			return control202604.New(control202604.WithBaseURL(server), control202604.WithRequestEditorFn(edit))
		},
		func(server string, edit auth.RequestEditorFn) (any, error) {
			return control202604.NewClient(server, control202604.WithRequestEditorFn(edit))
		}},
	{"2026-04", "data",
		func(server string, edit auth.RequestEditorFn) (any, error) {
			return data202604.New(server, data202604.WithRequestEditorFn(edit))
		},
		func(server string, edit auth.RequestEditorFn) (any, error) {
			return data202604.NewClient(server, data202604.WithRequestEditorFn(edit))
		}},
	{"2026-04", "evaluation",
		func(server string, edit auth.RequestEditorFn) (any, error) {
			return evaluation202604.New(evaluation202604.WithBaseURL(server), evaluation202604.WithRequestEditorFn(edit))
		},
		func(server string, edit auth.RequestEditorFn) (any, error) {
			return evaluation202604.NewClient(server, evaluation202604.WithRequestEditorFn(edit))
		}},
	{"2026-07", "control",
		func(server string, edit auth.RequestEditorFn) (any, error) {
			return control202607.New(control202607.WithBaseURL(server), control202607.WithRequestEditorFn(edit))
		},
		func(server string, edit auth.RequestEditorFn) (any, error) {
			return control202607.NewClient(server, control202607.WithRequestEditorFn(edit))
		}},
	{"2026-07", "data",
		func(server string, edit auth.RequestEditorFn) (any, error) {
			return data202607.New(server, data202607.WithRequestEditorFn(edit))
		},
		func(server string, edit auth.RequestEditorFn) (any, error) {
			return data202607.NewClient(server, data202607.WithRequestEditorFn(edit))
		}},
	{"2026-07", "evaluation",
		func(server string, edit auth.RequestEditorFn) (any, error) {
			return evaluation202607.New(evaluation202607.WithBaseURL(server), evaluation202607.WithRequestEditorFn(edit))
		},
		func(server string, edit auth.RequestEditorFn) (any, error) {
			return evaluation202607.NewClient(server, evaluation202607.WithRequestEditorFn(edit))
		}},
}

// recorded is a request as a server saw it.
type recorded struct {
	method, uri, body string
	header            http.Header
}

// recorder starts a server that keeps what it is asked and answers status 418.
// Its URL has the path that all planes need.
func recorder(t *testing.T) (server string, requests func() []recorded) {
	t.Helper()
	var seen []recorded
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			t.Error(err)
		}
		seen = append(seen, recorded{req.Method, req.RequestURI, string(body), req.Header})
		w.WriteHeader(http.StatusTeapot)
	}))
	t.Cleanup(s.Close)
	return s.URL + "/assistant", func() []recorded { return seen }
}

func newEditor(t *testing.T, opts ...auth.Option) auth.RequestEditorFn {
	t.Helper()
	editor, err := auth.APIKey("test-key", opts...)
	if err != nil {
		t.Fatal(err)
	}
	return editor
}

// call calls a method with a sample of everything that it takes and returns its
// error.
func call(t *testing.T, client any, method string) error {
	t.Helper()
	m := reflect.ValueOf(client).MethodByName(method)
	if !m.IsValid() {
		t.Fatalf("%T has no method %s", client, method)
	}
	args := []reflect.Value{reflect.ValueOf(t.Context())}
	for i := 1; i < m.Type().NumIn()-1; i++ { // the last are the editors
		arg := sample(m.Type().In(i), 0)
		if method == "UpsertFile" && i == 2 {
			arg = reflect.ValueOf("an-id_1") // the one name that the client holds against a pattern
		}
		args = append(args, arg)
	}
	results := m.Call(args)
	err, _ := results[len(results)-1].Interface().(error)
	if resp, ok := results[0].Interface().(*http.Response); ok && resp != nil {
		resp.Body.Close()
	}
	return err
}

// sample returns a value that has something in every field.
func sample(kind reflect.Type, depth int) reflect.Value {
	if kind == reflect.TypeFor[data202604.File]() {
		return reflect.ValueOf(data202604.FileBytes("a.txt", []byte("text")))
	}
	v := reflect.New(kind).Elem()
	switch kind.Kind() {
	case reflect.String:
		v.SetString("a b/c%ü?&")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(42)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(0.5)
	case reflect.Pointer:
		v.Set(reflect.New(kind.Elem()))
		v.Elem().Set(sample(kind.Elem(), depth+1))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(kind, 1, 1))
		v.Index(0).Set(sample(kind.Elem(), depth+1))
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]any{"my_key": "ü&=", "n": 1.5}))
	case reflect.Struct:
		for i := range kind.NumField() {
			// Which of the two the typed layer wants is for it to say.
			if kind.Field(i).IsExported() && kind.Field(i).Name != "Stream" {
				v.Field(i).Set(sample(kind.Field(i).Type, depth+1))
			}
		}
	}
	return v
}

// operationMethods are the methods of a typed client that call an operation once:
// they take request editors, and return an error.
func operationMethods(client any) []string {
	var names []string
	for i := range reflect.TypeOf(client).NumMethod() {
		method := reflect.TypeOf(client).Method(i)
		last := method.Type.In(method.Type.NumIn() - 1)
		returns := method.Type.Out(method.Type.NumOut() - 1)
		if strings.HasSuffix(last.String(), ".RequestEditorFn") && returns == reflect.TypeFor[error]() {
			names = append(names, method.Name)
		}
	}
	return names
}

// The stock client is oapi-codegen's; the typed layer builds its requests by
// itself. Both have to be the same.
func TestTypedAndStockSendTheSame(t *testing.T) {
	for _, p := range planes {
		t.Run(p.version+" "+p.name, func(t *testing.T) {
			server, requests := recorder(t)
			typed, err := p.typed(server, newEditor(t))
			if err != nil {
				t.Fatal(err)
			}
			stock, err := p.stock(server, newEditor(t, auth.WithVersion(p.version)))
			if err != nil {
				t.Fatal(err)
			}
			compared := 0
			for _, operation := range operationMethods(typed) {
				if _, ok := reflect.TypeOf(stock).MethodByName(operation); !ok {
					continue // a multipart body, which the stock client leaves to its caller
				}
				if err := call(t, typed, operation); err == nil {
					t.Errorf("%s: no error for status 418", operation)
				}
				if err := call(t, stock, operation); err != nil {
					t.Errorf("%s: stock: %v", operation, err)
				}
				last := requests()[len(requests())-2:]
				compareRequests(t, operation, last[0], last[1])
				compared++
			}
			if compared == 0 {
				t.Error("nothing was compared")
			}
		})
	}
}

func compareRequests(t *testing.T, operation string, typed, stock recorded) {
	t.Helper()
	typedPath, typedQuery, _ := strings.Cut(typed.uri, "?")
	stockPath, stockQuery, _ := strings.Cut(stock.uri, "?")
	if typed.method != stock.method || typedPath != stockPath {
		t.Errorf("%s: typed sends %s %s, stock %s %s", operation, typed.method, typedPath, stock.method, stockPath)
	}
	if !sameQuery(t, typedQuery, strings.ReplaceAll(stockQuery, "%5Cu0026", "%26")) { // it escapes for HTML, too
		t.Errorf("%s: typed sends the query %s, stock %s", operation, typedQuery, stockQuery)
	}
	// The stock client escapes for HTML.
	if want := strings.NewReplacer(`\u0026`, "&", `\u003c`, "<", `\u003e`, ">").Replace(stock.body); typed.body != want {
		t.Errorf("%s: typed sends\n%s\nstock\n%s", operation, typed.body, stock.body)
	}
	for _, name := range []string{"Api-Key", rest.VersionHeader, "Content-Type", "User-Agent"} {
		if got, want := typed.header.Values(name), stock.header.Values(name); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: typed sends %s %q, stock %q", operation, name, got, want)
		}
	}
}

// Each package speaks its own version whatever auth's default is, and another
// one only when it is told to.
func TestVersionOnTheWire(t *testing.T) {
	for _, p := range planes {
		for _, layer := range []struct {
			name string
			make func(string, auth.RequestEditorFn) (any, error)
			opts []auth.Option
			want string
		}{
			{"typed", p.typed, nil, p.version},
			{"typed, told otherwise", p.typed, []auth.Option{auth.WithVersion("2099-01")}, "2099-01"},
			{"stock", p.stock, []auth.Option{auth.WithVersion(p.version)}, p.version},
			{"stock, told nothing", p.stock, nil, auth.DefaultVersion},
		} {
			t.Run(strings.Join([]string{p.version, p.name, layer.name}, " "), func(t *testing.T) {
				server, requests := recorder(t)
				client, err := layer.make(server, newEditor(t, layer.opts...))
				if err != nil {
					t.Fatal(err)
				}
				typed, err := p.typed(server, newEditor(t))
				if err != nil {
					t.Fatal(err)
				}
				_ = call(t, client, operationMethods(typed)[0])
				if got := requests()[0].header.Values(rest.VersionHeader); len(got) != 1 || got[0] != layer.want {
					t.Errorf("the version on the wire is %q, want %s once", got, layer.want)
				}
			})
		}
	}
	for name, version := range map[string]string{
		"2025-01 control": control202501.APIVersion, "2025-01 data": data202501.APIVersion, "2025-01 evaluation": evaluation202501.APIVersion,
		"2026-04 control": control202604.APIVersion, "2026-04 data": data202604.APIVersion, "2026-04 evaluation": evaluation202604.APIVersion,
		"2026-07 control": control202607.APIVersion, "2026-07 data": data202607.APIVersion, "2026-07 evaluation": evaluation202607.APIVersion,
	} {
		if !strings.HasPrefix(name, version+" ") {
			t.Errorf("%s: APIVersion is %s", name, version)
		}
	}
}

// A reply that does not say success is the same error in every package, from
// every operation.
func TestEveryOperationReturnsTheOneError(t *testing.T) {
	for _, p := range planes {
		t.Run(p.version+" "+p.name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Pinecone-Request-Id", "request-1")
				w.WriteHeader(http.StatusNotFound)
				_, _ = io.WriteString(w, `{"status":404,"error":{"code":"NOT_FOUND","message":"no such thing","details":{"a":1}}}`)
			}))
			defer s.Close()
			client, err := p.typed(s.URL, newEditor(t))
			if err != nil {
				t.Fatal(err)
			}
			for _, operation := range operationMethods(client) {
				checkNotFound(t, operation, call(t, client, operation))
			}
		})
	}
}

// Names that would lead elsewhere never reach the wire.
func TestPathParametersAreChecked(t *testing.T) {
	server, requests := recorder(t)
	api, err := data202604.New(server)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", ".", ".."} {
		_, err := api.DescribeFile(t.Context(), "assistant", name, nil)
		if err == nil || !strings.Contains(err.Error(), "assistant_file_id") {
			t.Errorf("%q: error %v does not name the parameter", name, err)
		}
	}
	if n := len(requests()); n > 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// sameQuery compares queries without regard to order and to how a blank is
// escaped.
func sameQuery(t *testing.T, a, b string) bool {
	t.Helper()
	parse := func(query string) map[string][]string {
		req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "/?"+query, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		return req.URL.Query()
	}
	return reflect.DeepEqual(parse(a), parse(b))
}
