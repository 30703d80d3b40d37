package batch

import (
	"bytes"
	"errors"
	"os"
	"regexp"
	"testing"
)

func TestReport(t *testing.T) {
	for name, test := range map[string]struct {
		dry  bool
		want string
		err  string
	}{
		"real": {false, `hello 1
uploaded "a \"b\".txt"
uploaded "\x1b]0;x\a.md"
failed "ö.pdf": no PDF

These have failed:
  "ö.pdf": no PDF
2 uploaded, 1 unchanged, 0 deleted, 1 failed; 15 bytes in 0.0 s
`, "1 failed"},
		"dry": {true, `hello 1
would be uploaded "a \"b\".txt"
would be uploaded "\x1b]0;x\a.md"
failed "ö.pdf": no PDF

These have failed:
  "ö.pdf": no PDF
would be: 2 uploaded, 1 unchanged, 0 deleted, 1 failed; 15 bytes in 0.0 s
`, "1 failed"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			r := NewReport(&out)
			r.Dry = test.dry
			r.Line("hello %d", 1)
			r.Note(Outcome{What: "uploaded", Path: `a "b".txt`, Bytes: 10})
			r.Note(Outcome{What: "uploaded", Path: "\x1b]0;x\a.md", Bytes: 5})
			r.Note(Outcome{What: "unchanged", Path: "c.txt", Quiet: true})
			r.Note(Outcome{What: Failed, Path: "ö.pdf", Err: errors.New("no PDF")})
			err := r.Summary("uploaded", "unchanged", "deleted", Failed)
			if got := regexp.MustCompile(`in [\d.]+ s`).ReplaceAllString(out.String(), "in 0.0 s"); got != test.want {
				t.Errorf("got\n%s", got)
			}
			if err == nil || err.Error() != test.err {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestSummaryOfSuccess(t *testing.T) {
	r := NewReport(&bytes.Buffer{})
	r.Note(Outcome{What: "uploaded"})
	if err := r.Summary("uploaded", Failed); err != nil {
		t.Error(err)
	}
}

// A report to a file has no bars.
func TestReportToFile(t *testing.T) {
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if r := NewReport(file); r.bars != nil {
		t.Error("there are bars")
	}
}
