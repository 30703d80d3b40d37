package interop

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"testing"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
	"github.com/pinecone-community/assistant-go/gen/2025-01/control"
)

// create is the command of Pinecone's page on authentication that creates an
// assistant, with another host.
const create = `curl "$URL/assistant/assistants" \
  -H "Api-Key: $PINECONE_API_KEY" \
  -H "Content-Type: application/json" \
  -H "X-Pinecone-API-Version: 2025-01" \
  -d '{
  "name": "example-assistant",
  "instructions": "Use American English for spelling and grammar.",
  "region":"us"
}'`

// run runs a command line with curl and returns the JSON object that it prints.
func run(t *testing.T, line, url, key string) map[string]any {
	t.Helper()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Fatalf("the test requires curl: %v", err)
	}
	command := exec.CommandContext(t.Context(), "sh", "-c", line)
	command.Env = append(command.Environ(), "URL="+url, "PINECONE_API_KEY="+key, "NO_PROXY=*")
	var stderr bytes.Buffer
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	var response map[string]any
	if err := json.Unmarshal(output, &response); err != nil {
		t.Fatalf("%q: %v", output, err)
	}
	return response
}

func TestCurl(t *testing.T) {
	service := emulator.Start(t, emulator.WithPace(time.Millisecond))
	created := run(t, create, service.URL, service.Key)
	if created["name"] != "example-assistant" || created["status"] != "Initializing" {
		t.Errorf("created %v", created)
	}

	editor, err := auth.APIKey(service.Key)
	if err != nil {
		t.Fatal(err)
	}
	ctl, err := control.New(control.WithRequestEditorFn(editor), control.WithBaseURL(service.URL+"/assistant"))
	if err != nil {
		t.Fatal(err)
	}
	found, err := ctl.WaitForAssistant(t.Context(), "example-assistant")
	if err != nil {
		t.Fatal(err)
	}
	if found.Instructions != "Use American English for spelling and grammar." || found.Host != created["host"] {
		t.Errorf("found %+v", found)
	}
}

func TestCurlWrongKey(t *testing.T) {
	service := emulator.Start(t)
	response := run(t, create, service.URL, "wrong")
	if response["status"] != 401.0 {
		t.Errorf("response %v", response)
	}
}
