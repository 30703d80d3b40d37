package cite

import (
	"encoding/json"
	"testing"

	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

func TestReference(t *testing.T) {
	const file = `"file":{"id":"1","name":"a.pdf"}`
	for reply, want := range map[string]string{
		`{"type":"text",` + file + `}`:                  "a.pdf",
		`{"type":"markdown",` + file + `}`:              "a.pdf",
		`{"type":"json",` + file + `}`:                  "a.pdf",
		`{"type":"pdf",` + file + `,"pages":[3,4]}`:     "a.pdf, p. 3, 4",
		`{"type":"pdf",` + file + `,"pages":[]}`:        "a.pdf",
		`{"type":"doc_x",` + file + `,"pages":[7]}`:     "a.pdf, p. 7",
		`{"type":"video",` + file + `,"seconds":[1,2]}`: `a source of the new type "video"`,
		`null`: "a source without a name",
	} {
		var reference data.SnippetReference
		if err := json.Unmarshal([]byte(reply), &reference); err != nil {
			t.Fatal(err)
		}
		if got := Reference(reference); got != want {
			t.Errorf("%s is %s, want %s", reply, got, want)
		}
	}
}
