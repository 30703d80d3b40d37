package apitest

import (
	"strings"
	"testing"

	data202604 "github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

// Names that would select another path are errors, and no request is sent.
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
