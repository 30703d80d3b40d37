package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
	"github.com/pinecone-community/assistant-go/examples/internal/exampletest"
	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
	"github.com/pinecone-community/assistant-go/gen/2026-07/evaluation"
)

const (
	deleted  = "DELETE /assistant/assistants/example-assistant OK"
	evaluate = "/assistant/evaluation/metrics/alignment"
	answered = "question,answer,ground_truth\n" +
		"Colour?,It is blue.,It is blue.\n" +
		"Height?,It is 20 feet high.,It is 12 feet high. It is red.\n"
)

// scores runs the program against the emulator.
func scores(ctx context.Context, t *testing.T, r *exampletest.Recorder, input string, args ...string) (out, status string, err error) {
	t.Helper()
	exampletest.Serve(t)
	return program(ctx, t, r, input, args...)
}

// program runs the program with the key of the environment, or with an emulator of
// its own.
func program(ctx context.Context, t *testing.T, r *exampletest.Recorder, input string, args ...string) (out, status string, err error) {
	t.Helper()
	var outBuf, statusBuf bytes.Buffer
	err = run(ctx, args, strings.NewReader(input), &outBuf, &statusBuf, r.Client(t))
	return outBuf.String(), statusBuf.String(), err
}

func TestSample(t *testing.T) {
	t.Setenv(auth.EnvAPIKey, "")
	r := &exampletest.Recorder{}
	out, _, err := program(t.Context(), t, r, "")
	want := `line  correctness  completeness  alignment  question
2     1.00         0.75          0.86       How often are the prisms cleaned, and what are they washed with?
3     `
	if err != nil || !strings.HasPrefix(out, want) || strings.Count(out, "\n") != 6 || !strings.Contains(out, "\nmean  ") {
		t.Errorf("error %v\n%s", err, out)
	}
	if r.Last() != deleted {
		t.Errorf("last request %s", r.Last())
	}
}

// If all answers are given, no assistant is created or asked.
func TestTable(t *testing.T) {
	r := &exampletest.Recorder{}
	out, _, err := scores(t.Context(), t, r, answered, "-")
	const want = `line  correctness  completeness  alignment  question
2     1.00         1.00          1.00       Colour?
3     0.00         0.00          0.00       Height?
mean  0.50         0.50          0.50
`
	if err != nil || out != want {
		t.Errorf("error %v\n%s", err, out)
	}
	if got := strings.Join(r.Requests(), ", "); got != "POST "+evaluate+" OK, POST "+evaluate+" OK" {
		t.Errorf("requests %s", got)
	}
}

func TestCSV(t *testing.T) {
	// A byte-order mark, an extra column, another column order, line breaks and
	// quotes.
	const input = "\uFEFFground_truth,note,answer,question\r\n" +
		"\"It is \"\"blue\"\".\",x,\"It is\nblue.\",\" Colour,\nor not? \"\r\n" +
		"The lamp is lit 30 minutes before sunset.,y, ,When is the lamp lit?\r\n"
	file := filepath.Join(t.TempDir(), "rows.csv")
	if err := os.WriteFile(file, []byte(input), 0o600); err != nil {
		t.Fatal(err)
	}
	r := &exampletest.Recorder{}
	out, _, err := scores(t.Context(), t, r, "", "-csv", file)
	if err != nil || r.Last() != deleted {
		t.Fatalf("error %v, last request %s", err, r.Last())
	}
	records, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil || len(records) != 3 {
		t.Fatalf("error %v\n%s", err, out)
	}
	if got, want := fmt.Sprintf("%q", records[1]), `["Colour,\nor not?" "It is\nblue." "It is \"blue\"." "1" "1" "1"]`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := records[2]; !strings.Contains(got[1], "30 minutes before sunset") || got[4] != "1" {
		t.Errorf("%q", got)
	}
}

// At most -parallel rows are scored at the same time, and the results are in
// the order of the rows.
func TestParallel(t *testing.T) {
	const rows, parallel = 12, 3
	var input strings.Builder
	input.WriteString("question,answer,ground_truth\n")
	for i := range rows {
		fmt.Fprintf(&input, "Question %d?,It is %d.,It is %d.\n", i, i, i)
	}
	var mu sync.Mutex
	now, most := 0, 0
	full := make(chan struct{}) // closed when parallel rows are being scored
	r := &exampletest.Recorder{Instead: func(*http.Request) (*http.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		now++
		if now > most {
			if most = now; most == parallel {
				close(full)
			}
		}
		mu.Unlock()
		<-full
		mu.Lock()
		now--
		return nil, nil
	}}
	out, _, err := scores(t.Context(), t, r, input.String(), "-parallel", "3", "-")
	if err != nil || most != parallel {
		t.Fatalf("error %v, %d at a time", err, most)
	}
	lines := strings.Split(out, "\n")
	for i := range rows {
		if got := lines[1+i]; !strings.HasPrefix(got, fmt.Sprint(i+2)) || !strings.HasSuffix(got, fmt.Sprintf("Question %d?", i)) {
			t.Errorf("line %d: %s", i, got)
		}
	}
}

// The scores before a failure are not lost.
func TestFailure(t *testing.T) {
	r := &exampletest.Recorder{Instead: func(req *http.Request) (*http.Response, error) {
		body, err := req.GetBody()
		if err != nil {
			return nil, err
		}
		if text, err := io.ReadAll(body); err != nil || !bytes.Contains(text, []byte("Height?")) {
			return nil, err
		}
		return &http.Response{StatusCode: http.StatusForbidden, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
	}}
	out, _, err := scores(t.Context(), t, r, answered, "-parallel", "1", "-")
	if !errors.Is(err, evaluation.ErrForbidden) || !strings.HasPrefix(err.Error(), "line 3: ") {
		t.Errorf("error %v", err)
	}
	if !strings.Contains(out, "\n2     1.00") || strings.Contains(out, "Height?") || !strings.Contains(out, "mean  1.00") {
		t.Errorf("output\n%s", out)
	}
}

func TestInterrupt(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	r := &exampletest.Recorder{Instead: func(req *http.Request) (*http.Response, error) {
		if req.URL.Path == evaluate {
			interrupt()
			return nil, req.Context().Err()
		}
		return nil, nil
	}}
	out, _, err := scores(ctx, t, r, "")
	if !errors.Is(err, context.Canceled) || out != "" || r.Last() != deleted {
		t.Errorf("error %v, last request %s\n%s", err, r.Last(), out)
	}
}

func TestWrongKey(t *testing.T) {
	running := emulator.Start(t)
	t.Setenv(auth.EnvAPIKey, "wrong-key")
	for _, input := range []string{answered, sampleRows} {
		var out, status bytes.Buffer
		err := run(t.Context(), []string{"-url", running.URL + "/assistant", "-"}, strings.NewReader(input), &out, &status, (&exampletest.Recorder{}).Client(t))
		if !errors.Is(err, control.ErrUnauthorized) {
			t.Fatalf("error %v", err)
		}
		if all := err.Error() + status.String() + out.String(); strings.Contains(all, "wrong-key") {
			t.Errorf("the key is shown: %s", all)
		}
	}
}

// Invalid input is an error before a request is sent.
func TestBadInput(t *testing.T) {
	for _, tt := range []struct {
		name, input string
		args        []string
		want        []string
	}{
		{"no file", "", []string{"nowhere.csv"}, []string{"open nowhere.csv"}},
		{"two files", "", []string{"a.csv", "b.csv"}, []string{`"a.csv" "b.csv"`, "one at most"}},
		{"no workers", answered, []string{"-parallel", "0", "-"}, []string{"-parallel is 0"}},
		{"nothing", "", []string{"-"}, []string{"no header row"}},
		{"no rows", "question,answer,ground_truth\n", []string{"-"}, []string{"no rows"}},
		{"other columns", "q,a\n1,2\n", []string{"-"}, []string{`["q" "a"]`, "want question, answer and ground_truth"}},
		{"no answers", "question,ground_truth\n1,2\n", []string{"-"}, []string{"want question, answer and ground_truth"}},
		{"bad rows", "question,answer,ground_truth\na,b,c\n ,b,c\n\"x\ny\",b,c\na,b,\na,b\na,b,c,d\n", []string{"-"},
			[]string{"line 3: ", "line 6: ", "line 7: ", "line 8: "}},
		{"only bad rows", "question,answer,ground_truth\n,,\n", []string{"-"}, []string{"line 2: want 3 fields"}},
		{"bad quotes", "question,answer,ground_truth\n,b,c\na,\"b\" ,c\n", []string{"-"}, []string{"line 2: ", "line 3, column"}},
		{"no assistant", sampleRows, []string{"-documents", "nowhere", "-"}, []string{"-documents: open nowhere"}},
	} {
		r := &exampletest.Recorder{}
		out, _, err := scores(t.Context(), t, r, tt.input, tt.args...)
		if err == nil || out != "" || len(r.Requests()) != 0 {
			t.Errorf("%s: error %v, requests %q\n%s", tt.name, err, r.Requests(), out)
			continue
		}
		for _, want := range tt.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: no %q in %v", tt.name, want, err)
			}
		}
		if strings.Contains(err.Error(), "line 4") {
			t.Errorf("%s: a good row is named: %v", tt.name, err)
		}
	}
}
