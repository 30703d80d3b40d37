//go:build interop

package interop

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
)

// node is the folder of the scripts and of the packages that npm has installed.
const node = "node"

// TestNode calls every operation with Pinecone's TypeScript SDK, and chat completions
// with OpenAI's client.
func TestNode(t *testing.T) {
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	defer table.Flush()
	fmt.Fprintln(table, "client\tcheck\tresult")
	for _, client := range []struct{ name, script, argument string }{
		{"@pinecone-database/pinecone 9.0.0", "pinecone.mjs", "pinecone-9"},
		{"@pinecone-database/pinecone 8.2.0", "pinecone.mjs", "pinecone-8"},
		{"openai 7.57.0", "openai.mjs", ""},
	} {
		t.Run(client.name, func(t *testing.T) {
			service := start(t, emulator.WithControl())
			command := exec.CommandContext(t.Context(), "node", client.script, client.argument)
			command.Dir = node
			command.Env = append(command.Environ(), "URL="+service.URL, "KEY="+service.Key, "ASSISTANT="+name, "NO_PROXY=*")
			var stderr bytes.Buffer
			command.Stderr = &stderr
			began := time.Now()
			output, err := command.Output()
			if err != nil {
				t.Fatalf("%v\n%s", err, &stderr)
			}
			checks := 0
			for lines := bufio.NewScanner(bytes.NewReader(output)); lines.Scan(); {
				var check struct{ Name, Error string }
				if err := json.Unmarshal(lines.Bytes(), &check); err != nil {
					t.Errorf("%s prints %q, want JSON: %v", client.script, lines.Text(), err)
					continue
				}
				checks++
				result := "ok"
				if check.Error != "" {
					result = check.Error
					t.Errorf("%s: %s", check.Name, check.Error)
				}
				fmt.Fprintf(table, "%s\t%s\t%s\n", client.name, check.Name, result)
			}
			if checks == 0 {
				t.Errorf("%s makes no checks", client.script)
			}
			t.Logf("%d checks in %v", checks, time.Since(began).Round(time.Millisecond))
		})
	}
}
