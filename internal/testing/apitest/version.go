// Package apitest tests the generated packages. The generated tests of each
// version call [Run], which tests what holds in all versions. The tests in this
// package test what only some versions have.
package apitest

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/internal/apierror"
	"github.com/pinecone-community/assistant-go/internal/rest"
	"github.com/pinecone-community/assistant-go/internal/testing/spectest"
	"github.com/pinecone-community/assistant-go/internal/upload"
)

// Plane is a generated package.
type Plane struct {
	Name, APIVersion string
	// The functions of the package with these names.
	New, NewClient, WithBaseURL, WithHTTPClient, WithRequestEditorFn any
}

// typed returns a client of the typed layer.
func (p Plane) typed(t *testing.T, server string, edit auth.RequestEditorFn) any {
	t.Helper()
	return p.typedOver(t, server, edit, http.DefaultClient)
}

// typedOver returns a client of the typed layer with an HTTP client.
func (p Plane) typedOver(t *testing.T, server string, edit auth.RequestEditorFn, client *http.Client) any {
	t.Helper()
	newAPI := reflect.ValueOf(p.New)
	var args []reflect.Value
	if newAPI.Type().NumIn() > 1 {
		args = append(args, reflect.ValueOf("example.com")) // a host, which the base URL overrides
	}
	args = append(args, p.editor(edit), reflect.ValueOf(p.WithBaseURL).Call([]reflect.Value{reflect.ValueOf(server)})[0],
		reflect.ValueOf(p.WithHTTPClient).Call([]reflect.Value{reflect.ValueOf(client)})[0])
	return made(t, newAPI.Call(args))
}

// stock returns a client of oapi-codegen.
func (p Plane) stock(t *testing.T, server string, edit auth.RequestEditorFn) any {
	t.Helper()
	return made(t, reflect.ValueOf(p.NewClient).Call([]reflect.Value{reflect.ValueOf(server), p.editor(edit)}))
}

func (p Plane) editor(edit auth.RequestEditorFn) reflect.Value {
	with := reflect.ValueOf(p.WithRequestEditorFn)
	return with.Call([]reflect.Value{reflect.ValueOf(edit).Convert(with.Type().In(0))})[0]
}

func made(t *testing.T, results []reflect.Value) any {
	t.Helper()
	if err, ok := results[1].Interface().(error); ok {
		t.Fatal(err)
	}
	return results[0].Interface()
}

// Run tests the packages of a version.
func Run(t *testing.T, version string, planes ...Plane) {
	for _, p := range planes {
		t.Run(p.Name, func(t *testing.T) {
			if p.APIVersion != version {
				t.Errorf("APIVersion is %s, want %s", p.APIVersion, version)
			}
			t.Run("Operations", func(t *testing.T) { testOperations(t, version, p) })
			t.Run("Stock", func(t *testing.T) { testStock(t, version, p) })
			t.Run("Version", func(t *testing.T) { testVersion(t, version, p) })
			t.Run("Errors", func(t *testing.T) { testErrors(t, p) })
			t.Run("Enums", func(t *testing.T) { testEnums(t, version, p) })
		})
	}
}

// root returns a path in the module's root.
func root(elements ...string) string {
	_, self, _, _ := runtime.Caller(0)
	return filepath.Join(append([]string{filepath.Dir(self), "../../.."}, elements...)...)
}

// recorded is a request as a server saw it.
type recorded struct {
	method, uri, body string
	header            http.Header
}

// recorder starts a server that records requests and responds with status 418.
// Its URL has the path that all planes require.
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

// operationMethods returns the methods of a typed client that send one request
// for an operation: they take request editors, return an error, and do not
// wait.
func operationMethods(client any) []string {
	var names []string
	for i := range reflect.TypeOf(client).NumMethod() {
		method := reflect.TypeOf(client).Method(i)
		last := method.Type.In(method.Type.NumIn() - 1)
		returns := method.Type.Out(method.Type.NumOut() - 1)
		if !strings.HasSuffix(method.Name, "AndWait") && strings.HasSuffix(last.String(), ".RequestEditorFn") && returns == reflect.TypeFor[error]() {
			names = append(names, method.Name)
		}
	}
	return names
}

// call calls a method. It gets the arguments between the context and the
// editors from fill. It returns the result, if the method has one, and the
// error.
func call(t *testing.T, client any, method string, fill func(i int, kind reflect.Type) reflect.Value) (result any, err error) {
	t.Helper()
	m := reflect.ValueOf(client).MethodByName(method)
	if !m.IsValid() {
		t.Fatalf("%T has no method %s", client, method)
	}
	args := []reflect.Value{reflect.ValueOf(t.Context())}
	for i := 1; i < m.Type().NumIn()-1; i++ { // the last parameter is the editors
		args = append(args, fill(i-1, m.Type().In(i)))
	}
	results := m.Call(args)
	err, _ = results[len(results)-1].Interface().(error)
	if resp, ok := results[0].Interface().(*http.Response); ok && resp != nil {
		resp.Body.Close()
	}
	if len(results) > 1 {
		result = results[0].Interface()
	}
	return result, err
}

// anything returns an argument for any parameter, with a value in every field.
func anything(_ int, kind reflect.Type) reflect.Value { return filled(kind) }

// filled returns a value of a type with a value in every field.
func filled(kind reflect.Type) reflect.Value {
	v := reflect.New(kind).Elem()
	switch kind.Kind() {
	case reflect.String:
		v.SetString("an-id_1")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(42)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(0.5)
	case reflect.Pointer:
		v.Set(reflect.New(kind.Elem()))
		v.Elem().Set(filled(kind.Elem()))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(kind, 1, 1))
		v.Index(0).Set(filled(kind.Elem()))
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]any{"my_key": "ü&=", "n": 1.5}))
	case reflect.Struct:
		if kind == reflect.TypeFor[upload.File]() {
			return reflect.ValueOf(upload.FileBytes("a.txt", []byte("text")))
		}
		for i := range kind.NumField() {
			// The typed layer sets Stream itself.
			if kind.Field(i).IsExported() && kind.Field(i).Name != "Stream" {
				v.Field(i).Set(filled(kind.Field(i).Type))
			}
		}
	}
	return v
}

// testOperations calls each operation with everything that its spec lists. It
// compares the request, the response and the decoded value with the spec:
// nothing may be lost in either direction.
func testOperations(t *testing.T, version string, p Plane) {
	spec := spectest.LoadStrict(t, version, p.Name)
	probe, requests := recorder(t)
	prober := p.typed(t, probe, newEditor(t))
	missing := spec.Operations()
	for _, method := range operationMethods(prober) {
		_, _ = call(t, prober, method, anything)
		if len(requests()) == 0 {
			t.Errorf("%s: sends nothing", method)
			continue
		}
		last := requests()[len(requests())-1]
		req := httptest.NewRequestWithContext(t.Context(), last.method, last.uri, http.NoBody)
		operation := spec.Operation(req)
		if operation == nil {
			t.Errorf("%s: sends %s %s, which is not in the spec", method, last.method, last.uri)
			continue
		}
		missing = slices.DeleteFunc(missing, func(id string) bool { return id == operation.OperationID })
		t.Run(method, func(t *testing.T) { testOperation(t, p, spec, method, operation) })
	}
	for _, id := range missing {
		t.Logf("%s: no method calls it once", id) // such as an operation that only streams
	}
}

func testOperation(t *testing.T, p Plane, spec *spectest.Spec, method string, operation *openapi3.Operation) {
	status, header, body, want := spectest.SampleReply(t, operation)
	var seen []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		var err error
		if seen, err = io.ReadAll(req.Body); err != nil {
			t.Error(err)
		}
		for name := range header {
			w.Header().Set(name, header.Get(name))
		}
		w.WriteHeader(status)
		_, _ = w.Write(body)
	}))
	defer server.Close()
	client := &http.Client{Transport: spectest.Transport(t, http.DefaultTransport, spec)}

	var sent any
	var paths []*openapi3.Parameter
	for _, parameter := range operation.Parameters {
		if parameter.Value.In == openapi3.ParameterInPath {
			paths = append(paths, parameter.Value)
		}
	}
	got, err := call(t, p.typedOver(t, server.URL+"/assistant", newEditor(t), client), method, func(i int, kind reflect.Type) reflect.Value {
		switch {
		case i < len(paths):
			return decoded(spectest.Sample(t, paths[i].Schema.Value), kind)
		case kind.Kind() == reflect.Pointer && operation.RequestBody == nil, kind.Kind() == reflect.Pointer && strings.HasSuffix(kind.String(), "Params"):
			return filledParameters(t, operation, kind)
		}
		media := operation.RequestBody.Value.Content["application/json"]
		if media == nil {
			return filled(kind)
		}
		sent = spectest.Sample(t, media.Schema.Value)
		if object, ok := sent.(map[string]any); ok {
			delete(object, "stream") // the typed layer sets it
		}
		return decoded(sent, kind)
	})
	if err != nil {
		t.Fatal(err)
	}
	if sent != nil {
		compareJSON(t, "the request", seen, sent)
	}
	if want != nil && reflect.ValueOf(got).Kind() == reflect.Pointer && !strings.HasSuffix(reflect.TypeOf(got).String(), "Result") {
		again, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		compareJSON(t, "the result", again, want)
	}
}

// decoded returns the Go value for a JSON value, or a filled value if the Go
// type differs from the spec's.
func decoded(value any, kind reflect.Type) reflect.Value {
	v := reflect.New(kind)
	text, err := json.Marshal(value)
	if err == nil && json.Unmarshal(text, v.Interface()) == nil {
		return v.Elem()
	}
	return filled(kind)
}

// filledParameters returns all optional parameters of an operation.
func filledParameters(t *testing.T, operation *openapi3.Operation, kind reflect.Type) reflect.Value {
	params := reflect.New(kind.Elem())
	for i := range kind.Elem().NumField() {
		field := kind.Elem().Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		value := filled(field.Type)
		for _, parameter := range operation.Parameters {
			if parameter.Value.Name == name && parameter.Value.Schema != nil {
				value = decoded(spectest.Sample(t, parameter.Value.Schema.Value), field.Type)
			}
		}
		params.Elem().Field(i).Set(value)
	}
	return params
}

func compareJSON(t *testing.T, what string, got []byte, want any) {
	t.Helper()
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if !sameJSON(t, string(got), string(text)) {
		t.Errorf("%s is\n%s\nwant\n%s", what, got, text)
	}
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	decode := func(text string) (value any) {
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			t.Errorf("%v in %s", err, text)
		}
		return value
	}
	x, y := decode(a), decode(b)
	return reflect.DeepEqual(x, y)
}

// testStock compares the requests of the typed layer with those of the stock
// client.
func testStock(t *testing.T, version string, p Plane) {
	server, requests := recorder(t)
	typed := p.typed(t, server, newEditor(t))
	stock := p.stock(t, server, newEditor(t, auth.WithVersion(version)))
	compared := 0
	for _, operation := range operationMethods(typed) {
		if _, ok := reflect.TypeOf(stock).MethodByName(operation); !ok {
			continue // the stock client does not build multipart bodies
		}
		if _, err := call(t, typed, operation, anything); err == nil {
			t.Errorf("%s: no error for status 418", operation)
		}
		if _, err := call(t, stock, operation, anything); err != nil {
			t.Errorf("%s: stock: %v", operation, err)
		}
		last := requests()[len(requests())-2:]
		compareRequests(t, operation, last[0], last[1])
		compared++
	}
	if compared == 0 {
		t.Error("nothing was compared")
	}
}

func compareRequests(t *testing.T, operation string, typed, stock recorded) {
	t.Helper()
	typedPath, typedQuery, _ := strings.Cut(typed.uri, "?")
	stockPath, stockQuery, _ := strings.Cut(stock.uri, "?")
	if typed.method != stock.method || typedPath != stockPath {
		t.Errorf("%s: typed sends %s %s, stock %s %s", operation, typed.method, typedPath, stock.method, stockPath)
	}
	if !sameQuery(t, typedQuery, stockQuery) {
		t.Errorf("%s: typed sends the query %s, stock %s", operation, typedQuery, stockQuery)
	}
	if typed.body != stock.body {
		t.Errorf("%s: typed sends\n%s\nstock\n%s", operation, typed.body, stock.body)
	}
	for _, name := range []string{"Api-Key", rest.VersionHeader, "Content-Type", "User-Agent"} {
		if got, want := typed.header.Values(name), stock.header.Values(name); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: typed sends %s %q, stock %q", operation, name, got, want)
		}
	}
}

// sameQuery compares queries. It ignores the order of parameters and the escape
// sequence of a blank.
func sameQuery(t *testing.T, a, b string) bool {
	t.Helper()
	parse := func(query string) map[string][]string {
		return httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/?"+query, http.NoBody).URL.Query()
	}
	return reflect.DeepEqual(parse(a), parse(b))
}

// testEnums checks that each value of an enum in the spec has a constant.
func testEnums(t *testing.T, version string, p Plane) {
	constants := map[string]bool{}
	for _, file := range parse(t, root("gen", version, p.Name)) {
		ast.Inspect(file, func(node ast.Node) bool {
			value, ok := node.(*ast.ValueSpec)
			if ok && value.Type != nil {
				for _, v := range value.Values {
					if literal, ok := v.(*ast.BasicLit); ok {
						if text, err := strconv.Unquote(literal.Value); err == nil {
							constants[text] = true
						}
					}
				}
			}
			return true
		})
	}
	var spec any
	text, err := os.ReadFile(root("openapi", version, p.Name+".yaml"))
	if err == nil {
		err = yaml.Unmarshal(text, &spec)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range enumValues(spec) {
		if !constants[value] {
			t.Errorf("the value %q of an enum is no constant", value)
		}
	}
}

// enumValues returns the values of all string enums in a spec.
func enumValues(node any) []string {
	var values []string
	switch node := node.(type) {
	case map[string]any:
		enum, _ := node["enum"].([]any)
		for _, value := range enum {
			if text, ok := value.(string); ok && text != "true" && text != "false" { // an enum of both is a bool
				values = append(values, text)
			}
		}
		for _, below := range node {
			values = append(values, enumValues(below)...)
		}
	case []any:
		for _, below := range node {
			values = append(values, enumValues(below)...)
		}
	}
	return values
}

// testVersion checks that a package sends its own version, whatever auth's
// default is, and another only on request.
func testVersion(t *testing.T, version string, p Plane) {
	for name, layer := range map[string]struct {
		make func(*testing.T, string, auth.RequestEditorFn) any
		opts []auth.Option
		want string
	}{
		"typed":                 {p.typed, nil, version},
		"typed, told otherwise": {p.typed, []auth.Option{auth.WithVersion("2099-01")}, "2099-01"},
		"stock":                 {p.stock, []auth.Option{auth.WithVersion(version)}, version},
		"stock, told nothing":   {p.stock, nil, auth.DefaultVersion},
	} {
		server, requests := recorder(t)
		client := layer.make(t, server, newEditor(t, layer.opts...))
		called := false
		for _, operation := range operationMethods(p.typed(t, server, newEditor(t))) {
			if _, ok := reflect.TypeOf(client).MethodByName(operation); ok && !called {
				_, _ = call(t, client, operation, anything)
				called = true
			}
		}
		if !called {
			t.Fatal("no operation to call")
		}
		if got := requests()[0].header.Values(rest.VersionHeader); len(got) != 1 || got[0] != layer.want {
			t.Errorf("%s: the version on the wire is %q, want %s once", name, got, layer.want)
		}
	}
}

// testErrors checks that every operation returns the same error for a response
// that is not a success.
func testErrors(t *testing.T, p Plane) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Pinecone-Request-Id", "request-1")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"status":404,"error":{"code":"NOT_FOUND","message":"no such thing","details":{"a":1}}}`)
	}))
	defer s.Close()
	client := p.typed(t, s.URL, newEditor(t))
	for _, operation := range operationMethods(client) {
		_, err := call(t, client, operation, anything)
		checkNotFound(t, operation, err)
	}
}

func checkNotFound(t *testing.T, operation string, err error) {
	t.Helper()
	var apiErr *apierror.Error
	if !errors.As(err, &apiErr) {
		t.Errorf("%s: %T is not an *Error: %v", operation, err, err)
		return
	}
	if apiErr.StatusCode != http.StatusNotFound || apiErr.Code != "NOT_FOUND" || apiErr.Message != "no such thing" ||
		apiErr.RequestID != "request-1" || !bytes.Equal(apiErr.Details, []byte(`{"a":1}`)) {
		t.Errorf("%s: %+v", operation, apiErr)
	}
	if apiErr.Method == "" || !strings.HasPrefix(apiErr.Path, "/") {
		t.Errorf("%s: error of %q %q", operation, apiErr.Method, apiErr.Path)
	}
	if !errors.Is(err, apierror.ErrNotFound) || errors.Is(err, apierror.ErrServer) {
		t.Errorf("%s: is of the wrong kind: %v", operation, err)
	}
	if strings.Contains(err.Error(), "test-key") || strings.Contains(err.Error(), "\n") {
		t.Errorf("%s: %q", operation, err)
	}
}
