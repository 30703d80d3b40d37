package compile

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

const (
	examplesVersion = "2099-02"
	probePath       = `
  /probes/{assistant_name}/{number}:
    post:
      operationId: send_probe
      description: Sends a probe.
      parameters:
        - {name: assistant_name, in: path, required: true, schema: {type: string}}
        - {name: number, in: path, required: true, schema: {type: integer}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/OperationModel'}}}}}
`
)

// compileExamples compiles the newest version with an additional operation and
// an overlay action for it.
func compileExamples(t *testing.T, action string) (examples string, notes []Note, err error) {
	t.Helper()
	root := newTree(t)
	spec := readFile(t, filepath.Join(root, "openapi/2026-04/data.yaml"))
	writeFile(t, filepath.Join(root, "openapi", examplesVersion, "data.yaml"), replace(t, spec, newPaths, newPaths+probePath))
	overlay := filepath.Join(root, "openapi", "data"+overlaySuffix)
	writeFile(t, overlay, readFile(t, overlay)+action)
	result, err := Version(root, examplesVersion)
	if err != nil {
		return "", nil, err
	}
	return string(result.Files["gen/"+examplesVersion+"/data/"+exampleFile]), result.Notes, nil
}

// exampleAction returns an action that adds x-example to the operation.
func exampleAction(value string) string {
	return "\n  - target: $.paths['/probes/{assistant_name}/{number}'].post\n    description: Examples.\n    update:\n      x-example:" + value + "\n"
}

func TestExamplesFile(t *testing.T) {
	for name, test := range map[string]struct {
		action string
		want   []string // texts in the file
		absent string
		note   string
		err    string
	}{
		"none": {
			want: []string{"func ExampleAPI_SendProbe() {\n\tctx := context.Background()\n\teditor, err := auth.FromEnv()",
				`result, err := api.SendProbe(ctx, "assistant-name", 1)`},
			note: "POST /probes/{assistant_name}/{number} x-example has no example of SendProbe, SendProbeAndWait",
		},
		"for the method": {
			action: exampleAction(" 'return err'"),
			want:   []string{"func ExampleAPI_SendProbe() {\n\tlog.Fatal(err)\n}", `api.SendProbeAndWait(ctx, "assistant-name", 1, nil)`},
			note:   "x-example has no example of SendProbeAndWait",
		},
		"by name": {
			action: exampleAction("\n        SendProbe: |\n          fmt.Println(api.SendProbe(ctx, \"a\", 2))\n        SendProbeAndWait: fmt.Println(1)\n        File.WithProgress: fmt.Println(data.APIVersion)"),
			want: []string{"func ExampleAPI_SendProbeAndWait() {\n\tfmt.Println(1)\n}",
				"func ExampleFile_WithProgress() {\n\tfmt.Println(data.APIVersion)\n}", "\tfmt.Println(api.SendProbe(ctx, \"a\", 2))"},
		},
		"of a name that is not there": {
			action: exampleAction("\n        SendProbe: fmt.Println(1)\n        SendProbeAndWait: fmt.Println(2)\n        SendProbes: fmt.Println(3)"),
			absent: "SendProbes",
			note:   "x-example: the package has no SendProbes",
		},
		"of a name twice": {
			action: exampleAction("\n        Chat: fmt.Println(1)"),
			err:    "x-example: Chat already has an example",
		},
		"that does not parse": {
			action: exampleAction("\n        SendProbe: if {"),
			err:    "POST /probes/{assistant_name}/{number}: x-example: SendProbe: missing condition",
		},
		"not a name": {
			action: exampleAction("\n        send probe: fmt.Println()"),
			err:    `x-example: "send probe": want the name of a function, a type, or a method`,
		},
		"not code": {
			action: exampleAction(" 7"),
			err:    "x-example: want code, or code by the name of a function or type",
		},
		"empty": {
			action: exampleAction("\n        SendProbe: ''"),
			err:    "x-example: SendProbe: want a text",
		},
	} {
		t.Run(name, func(t *testing.T) {
			examples, notes, err := compileExamples(t, test.action)
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) || strings.Contains(err.Error(), "\n") {
					t.Fatalf("error %v, want %q in one line", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := parser.ParseFile(token.NewFileSet(), exampleFile, examples, parser.SkipObjectResolution); err != nil {
				t.Error(err)
			}
			for _, want := range test.want {
				if !strings.Contains(examples, want) {
					t.Errorf("no %q in\n%s", want, examples)
				}
			}
			if test.absent != "" && strings.Contains(examples, test.absent) {
				t.Errorf("there is %q", test.absent)
			}
			var found []string
			for _, note := range notes {
				found = append(found, note.Place+" "+note.Text)
			}
			if all := strings.Join(found, "\n"); (test.note == "") != (all == "") || !strings.Contains(all, test.note) {
				t.Errorf("notes %q, want %q", all, test.note)
			}
		})
	}
}
