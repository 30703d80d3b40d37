package apitest

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	control202501 "github.com/pinecone-community/assistant-go/gen/2025-01/control"
	data202501 "github.com/pinecone-community/assistant-go/gen/2025-01/data"
	control202604 "github.com/pinecone-community/assistant-go/gen/2026-04/control"
	data202604 "github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

// book is a server of pages by token. The response for an unknown token is 404.
type book struct {
	*httptest.Server
	asked []url.Values
}

func newBook(t *testing.T, pages map[string]string) *book {
	t.Helper()
	b := new(book)
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.asked = append(b.asked, r.URL.Query())
		page, ok := pages[r.URL.Query().Get("pagination_token")]
		w.Header().Set("Content-Type", "application/json")
		if !ok {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = io.WriteString(w, page)
	}))
	t.Cleanup(b.Close)
	return b
}

func (b *book) data(t *testing.T) *data202604.API {
	t.Helper()
	api, err := data202604.New(b.URL)
	if err != nil {
		t.Fatal(err)
	}
	return api
}

func page(next, list string, ids ...string) string {
	var elements []string
	for _, id := range ids {
		elements = append(elements, fmt.Sprintf(`{"id":%q,"name":%q}`, id, id))
	}
	text := fmt.Sprintf(`{%q:[%s]`, list, strings.Join(elements, ","))
	if next != "" {
		text += fmt.Sprintf(`,"pagination":{"next":%q}`, next)
	}
	return text + "}"
}

func TestAllFiles(t *testing.T) {
	const odd = "t/2+ &=é" // tokens are opaque
	b := newBook(t, map[string]string{"": page(odd, "files", "1", "2"), odd: page("t3", "files"), "t3": page("", "files", "3")})
	params := &data202604.ListFilesParams{Filter: map[string]any{"year": map[string]any{"$gt": 2020}}, Limit: 2}
	var got []string
	for file, err := range b.data(t).AllFiles(t.Context(), "a", params) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, file.ID)
		if want := map[string]int{"1": 1, "2": 1, "3": 3}[file.ID]; len(b.asked) != want {
			t.Errorf("with file %s, %d pages were asked for, want %d", file.ID, len(b.asked), want)
		}
	}
	if !slices.Equal(got, []string{"1", "2", "3"}) || len(b.asked) != 3 {
		t.Errorf("got %q from %v", got, b.asked)
	}
	for i, token := range []string{"", odd, "t3"} {
		want := url.Values{"filter": {`{"year":{"$gt":2020}}`}, "limit": {"2"}}
		if token != "" {
			want.Set("pagination_token", token)
		}
		if !reflect.DeepEqual(b.asked[i], want) {
			t.Errorf("page %d was asked for with %v, want %v", i+1, b.asked[i], want)
		}
	}
	if params.PaginationToken != "" || params.Limit != 2 || len(params.Filter) != 1 {
		t.Errorf("the caller's params were changed: %+v", params)
	}
}

// An iterator begins at the caller's page token. Changes to the params after
// the call have no effect.
func TestAllFilesFromAToken(t *testing.T) {
	b := newBook(t, map[string]string{"from": page("t2", "files", "1"), "t2": page("", "files", "2")})
	params := &data202604.ListFilesParams{PaginationToken: "from", Limit: 1}
	files := b.data(t).AllFiles(t.Context(), "a", params)
	params.PaginationToken, params.Limit = "other", 7
	var got []string
	for file, err := range files {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, file.ID)
	}
	if fmt.Sprint(got) != "[1 2]" || b.asked[0].Get("pagination_token") != "from" || b.asked[1].Get("limit") != "1" {
		t.Errorf("got %q from %v", got, b.asked)
	}
	if params.PaginationToken != "other" || params.Limit != 7 {
		t.Errorf("the caller's params were changed: %+v", params)
	}
}

func TestAllFilesBreak(t *testing.T) {
	b := newBook(t, map[string]string{"": page("t2", "files", "1", "2")})
	for range b.data(t).AllFiles(t.Context(), "a", nil) {
		break
	}
	if len(b.asked) != 1 {
		t.Errorf("asked for %v", b.asked)
	}
}

func TestAllFilesFail(t *testing.T) {
	for name, test := range map[string]struct {
		pages map[string]string
		want  string
		is    error
	}{
		"an error in the middle":     {map[string]string{"": page("gone", "files", "1")}, "[1]", data202604.ErrNotFound},
		"the same token":             {map[string]string{"": page("b", "files", "1"), "b": page("b", "files", "2")}, "[1 2]", nil},
		"a cycle":                    {map[string]string{"": page("b", "files", "1"), "b": page("c", "files", "2"), "c": page("b", "files", "3")}, "[1 2 3]", nil},
		"a page that cannot be read": {map[string]string{"": page("b", "files", "1"), "b": `{"files":`}, "[1]", nil},
	} {
		b := newBook(t, test.pages)
		var got []string
		var failure error
		for file, err := range b.data(t).AllFiles(t.Context(), "a", nil) {
			if failure != nil {
				t.Fatalf("%s: it goes on after %v", name, failure)
			}
			if failure = err; err == nil {
				got = append(got, file.ID)
			}
		}
		if fmt.Sprint(got) != test.want || failure == nil || test.is != nil && !errors.Is(failure, test.is) || len(b.asked) > 3 {
			t.Errorf("%s: got %q, error %v, asked for %v", name, got, failure, b.asked)
		}
	}
}

func TestAllOperations(t *testing.T) {
	b := newBook(t, map[string]string{"": page("t2", "operations", "1"), "t2": page("", "operations", "2")})
	params := &data202604.ListOperationsParams{Status: "Failed"}
	var got []string
	for operation, err := range b.data(t).AllOperations(t.Context(), "a", params) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, operation.ID)
	}
	if fmt.Sprint(got) != "[1 2]" || len(b.asked) != 2 || b.asked[0].Get("status") != "Failed" || b.asked[1].Get("status") != "Failed" || params.PaginationToken != "" {
		t.Errorf("got %q from %v", got, b.asked)
	}
}

func TestAllAssistants(t *testing.T) {
	b := newBook(t, map[string]string{"": page("t2", "assistants", "1"), "t2": page("", "assistants", "2")})
	api, err := control202604.New(control202604.WithBaseURL(b.URL))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for assistant, err := range api.AllAssistants(t.Context(), &control202604.ListAssistantsParams{Limit: 1}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, assistant.Name)
	}
	if fmt.Sprint(got) != "[1 2]" || len(b.asked) != 2 || b.asked[1].Get("limit") != "1" {
		t.Errorf("got %q from %v", got, b.asked)
	}
}

// Versions without pagination iterate over their only page.
func TestAllOfOneList(t *testing.T) {
	b := newBook(t, map[string]string{"": `{"files":[{"id":"1"},{"id":"2"}],"assistants":[{"name":"1"},{"name":"2"}]}`})
	api, err := data202501.New(b.URL)
	if err != nil {
		t.Fatal(err)
	}
	ctl, err := control202501.New(control202501.WithBaseURL(b.URL))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for file, err := range api.AllFiles(t.Context(), "a", nil) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, file.ID)
	}
	for assistant, err := range ctl.AllAssistants(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, assistant.Name)
	}
	if fmt.Sprint(got) != "[1 2 1 2]" || len(b.asked) != 2 {
		t.Errorf("got %q from %v", got, b.asked)
	}
}
