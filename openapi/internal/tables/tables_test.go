package tables

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the tables of openapi/README.md")

// The tables of the README match the vocabulary and the overlays.
func TestReadme(t *testing.T) {
	const file = "../../README.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want, err := Rewrite("../../..", string(text))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(want, "| `x-wait` | ") || !strings.Contains(want, "| all | `$.info` |") {
		t.Errorf("tables are missing:\n%s", want)
	}
	if want == string(text) {
		return
	}
	if !*update {
		t.Fatal("the tables of openapi/README.md are out of date: go test ./openapi/internal/tables -update")
	}
	if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestRewrite(t *testing.T) {
	const file = "a\n<!-- vocabulary: x -->\nold\n<!-- end of vocabulary -->\nb\n<!-- overlays: y -->\n<!-- end of overlays -->\nc\n"
	once, err := Rewrite("../../..", file)
	if err != nil {
		t.Fatal(err)
	}
	twice, err := Rewrite("../../..", once)
	if err != nil || once != twice {
		t.Errorf("the second time it writes something else: %v", err)
	}
	if strings.Contains(once, "old") || !strings.HasPrefix(once, "a\n<!-- vocabulary: x -->\n\n| extension ") || !strings.HasSuffix(once, "\n<!-- end of overlays -->\nc\n") {
		t.Errorf("it writes\n%s", once)
	}
	if got, err := Rewrite("nowhere", "no comments\n"); got != "no comments\n" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := Rewrite("../../..", "a\n<!-- overlays: y -->\n"); err == nil {
		t.Error("no error for a section without an end")
	}
}
