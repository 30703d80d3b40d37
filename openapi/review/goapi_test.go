package main

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
)

// What apidiff prints of the data plane, shortened.
const diff = `Incompatible changes:
- (*API).DeleteFile: changed from func(context.Context, string) error to func(context.Context, string) (*OperationModel, error)
- APIVersion: value changed from "2025-01" to "2026-04"
- AssistantFileModel.PercentDone: removed
- ClientInterface.ListOperations: added
- ClientWithResponsesInterface.ListOperationsWithResponse: added
- ClientInterface.DeleteFile: changed from func() to func(string)
- SnippetType: removed
- UploadFileHTTPResponse.JSON200: removed
Compatible changes:
- (*API).ListOperations: added
- (*Client).ListOperations: added
- ChatRequest.Temperature: added
- ClientInterface.ListOperations: added
- ImageModel: added
- ModelGPT5: added
- NewListOperationsRequest: added
- ErrTeapot: added
- ParseListOperationsHTTPResponse: added
- Ptr: added
- SnippetModel.MarshalJSON: added
- UploadFileHTTPResponse202Headers: added
`

func TestClassify(t *testing.T) {
	changes, err := parseAPIDiff(diff)
	if err != nil {
		t.Fatal(err)
	}
	got := classify(changes, map[string]string{
		"ImageModel": "type", "ModelGPT5": "constant", "Ptr": "function", "ErrTeapot": "variable", "SnippetModel.MarshalJSON": "method",
	})
	want := goChanges{
		removed: []string{"`AssistantFileModel.PercentDone`", "`SnippetType`"},
		changed: []string{
			"`(*API).DeleteFile`: changed from `func(context.Context, string) error` to `func(context.Context, string) (*OperationModel, error)`",
			"`APIVersion`: value changed from `\"2025-01\"` to `\"2026-04\"`",
		},
		stock:       []string{"changed: `ClientInterface.DeleteFile`", "removed: `UploadFileHTTPResponse.JSON200`"},
		stockBreaks: 2,
		stockMore:   4,
		gained:      []string{"`ClientInterface.ListOperations`", "`ClientWithResponsesInterface.ListOperationsWithResponse`"},
		added: []string{
			"2 methods: `(*API).ListOperations`, `SnippetModel.MarshalJSON`",
			"1 function: `Ptr`",
			"1 type: `ImageModel`",
			"1 field: `ChatRequest.Temperature`",
			"1 constant: `ModelGPT5`",
			"1 variable: `ErrTeapot`",
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	if got.breaks() != 6 {
		t.Errorf("%d breaks, want 6", got.breaks())
	}
}

// A method that another interface than the stock ones gains does break.
func TestClassifyOtherInterface(t *testing.T) {
	got := classify([]apiChange{{"HttpRequestDoer.Close", "added", true}}, nil)
	if got.breaks() != 1 || got.gained != nil {
		t.Errorf("%+v", got)
	}
}

func TestParseAPIDiffUnexpected(t *testing.T) {
	for _, out := range []string{"panic\n", "Incompatible changes:\n  - X: removed\n", "- X removed\n"} {
		if changes, err := parseAPIDiff(out); err == nil {
			t.Errorf("%q: %v", out, changes)
		}
	}
}

func TestOfTypes(t *testing.T) {
	var got []string
	for _, change := range ofTypes([]apiChange{
		{name: "Error"}, {name: "Error.Code"}, {name: "(*Error).Is"}, {name: "(Error).As"}, {name: "Errors"}, {name: "Other.Error"},
	}, []string{"Error"}) {
		got = append(got, change.name)
	}
	if want := []string{"Error", "Error.Code", "(*Error).Is", "(Error).As"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestDeclarations(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.go": `package a

import (
	"example.com/m/internal/deep/rest"
	"net/http"
)

type (
	Option  = rest.Option
	Client  = http.Client
	Request struct{ http.Request }
)

func (Request) Value()    {}
func (*Request) Pointer() {}
func New()                {}

const One, Two = 1, 2

var Three = 3
`,
		"a_test.go": "package a\n\nfunc TestOnly() {}\n",
		"notes.txt": "func Text()\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kinds, aliases, err := declarations(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"Option": "type", "Client": "type", "Request": "type", "Request.Value": "method",
		"New": "function", "One": "constant", "Two": "constant", "Three": "variable",
	}
	if !maps.Equal(kinds, want) {
		t.Errorf("kinds %v, want %v", kinds, want)
	}
	if want := map[string][]string{"internal/deep/rest": {"Option"}}; !reflect.DeepEqual(aliases, want) {
		t.Errorf("aliases %v, want %v", aliases, want)
	}
}
