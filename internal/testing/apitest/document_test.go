package apitest

import (
	"testing"

	"github.com/pinecone-community/assistant-go/auth"
	control202501 "github.com/pinecone-community/assistant-go/gen/2025-01/control"
)

// The client sends the request that Pinecone's authentication page shows as a
// curl command:
//
//	curl "https://api.pinecone.io/assistant/assistants" \
//	  -H "Api-Key: $PINECONE_API_KEY" \
//	  -H "Content-Type: application/json" \
//	  -H "X-Pinecone-API-Version: 2025-01" \
//	  -d '{ "name": …, "instructions": …, "region":"us" }'
func TestRequestOfTheAuthenticationPage(t *testing.T) {
	t.Setenv("PINECONE_API_KEY", "YOUR_API_KEY")
	editor, err := auth.FromEnv()
	if err != nil {
		t.Fatal(err)
	}
	server, requests := recorder(t)
	api, err := control202501.New(control202501.WithBaseURL(server), control202501.WithRequestEditorFn(editor))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = api.CreateAssistant(t.Context(), control202501.CreateAssistantRequest{
		Name:         "example-assistant",
		Instructions: "Use American English for spelling and grammar.",
		Region:       control202501.RegionUS,
	})

	got := requests()[0]
	if got.method != "POST" || got.uri != "/assistant/assistants" {
		t.Errorf("%s %s", got.method, got.uri)
	}
	for name, want := range map[string]string{
		"Api-Key":                "YOUR_API_KEY",
		"Content-Type":           "application/json",
		"X-Pinecone-API-Version": "2025-01",
	} {
		if values := got.header.Values(name); len(values) != 1 || values[0] != want {
			t.Errorf("%s: %q, want %q", name, values, want)
		}
	}
	want := `{
	  "name": "example-assistant",
	  "instructions": "Use American English for spelling and grammar.",
	  "region":"us"
	}`
	if !sameJSON(t, got.body, want) {
		t.Errorf("body %s, want %s", got.body, want)
	}
}
