package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// change is an entry of oasdiff's changelog: a change at a place in an
// operation.
type change struct {
	ID             string
	Text           string
	Level          int // 3: breaks callers, 2: may break them, 1: does not
	Operation      string
	Path           string
	BaseSource     source
	RevisionSource source
}

// source is the position of a change in a spec.
type source struct{ Line, Column int }

// oasdiffModule is the pinned version of oasdiff. It is not in go.mod, as it
// needs a newer Go than this module.
const oasdiffModule = "github.com/oasdiff/oasdiff@v1.35.0"

// differ returns oasdiff's changelog for two spec files, without overlays.
type differ func(ctx context.Context, base, head string) ([]change, error)

// install builds oasdiff into a folder. It prefers the module cache over the
// proxy, so that a second run needs no network.
func install(ctx context.Context, folder string) (differ, error) {
	settings, err := output(ctx, "", nil, "go", "env", "GOMODCACHE", "GOPROXY")
	if err != nil {
		return nil, err
	}
	cache, proxy, _ := strings.Cut(strings.TrimSpace(settings), "\n")
	cache = "/" + strings.TrimPrefix(filepath.ToSlash(cache), "/") + "/cache/download"
	env := []string{"GOBIN=" + folder, "GOPROXY=file://" + cache + "," + proxy, "GOOS=", "GOARCH=", "GOFLAGS=", "GOWORK=off"}
	if _, err := output(ctx, folder, env, "go", "install", oasdiffModule); err != nil {
		return nil, err
	}
	return oasdiff(filepath.Join(folder, "oasdiff")), nil
}

// oasdiff returns a differ that runs the given oasdiff program.
func oasdiff(program string) differ {
	return func(ctx context.Context, base, head string) ([]change, error) {
		out, err := output(ctx, "", nil, program, "changelog", "--format", "json", base, head)
		if err != nil {
			return nil, err
		}
		var changes []change
		if err := json.Unmarshal([]byte(out), &changes); err != nil {
			return nil, fmt.Errorf("oasdiff changelog: %w", err)
		}
		return changes, nil
	}
}

// output runs a program in a folder with additional environment variables and
// returns its standard output. An error includes its standard error.
func output(ctx context.Context, dir string, env []string, program string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return string(out), fmt.Errorf("%s %s: %w: %s", filepath.Base(program), strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return string(out), nil
}

// fact is a change of a spec, with all operations that it affects.
type fact struct {
	id       string
	breaking bool
	text     string
	places   []string // operations
}

// facts merges the changes that come from the same lines of the specs: many
// operations may use a schema, each in several responses.
func facts(changes []change) []fact {
	type origin struct {
		id, text   string
		base, head source
	}
	var order []origin
	found := map[origin]*fact{}
	for _, c := range changes {
		key := origin{id: c.ID, base: c.BaseSource, head: c.RevisionSource}
		if c.BaseSource == (source{}) && c.RevisionSource == (source{}) {
			key.text = c.Text
		}
		text := plainText(c.Text)
		f := found[key]
		if f == nil {
			f = &fact{id: c.ID, breaking: c.Level > 1, text: text}
			found[key] = f
			order = append(order, key)
		}
		// The shortest text has the shortest path to the schema.
		if len(text) < len(f.text) {
			f.text = text
		}
		if place := strings.TrimSpace(c.Operation + " " + c.Path); place != "" && !slices.Contains(f.places, place) {
			f.places = append(f.places, place)
		}
	}
	var list []fact
	for _, key := range order {
		list = append(list, *found[key])
	}
	return list
}

// statusOf matches the response that oasdiff names for a change of a schema in
// its body.
var statusOf = regexp.MustCompile("(?: (?:to|from) the response with the `([^`]*)` status| for(?: the)?(?: response)? status `([^`]*)`)(?: \\(media type: [^)]*\\))?")

// plainText returns the text of a change of a schema without the places where
// the schema is used.
func plainText(text string) string {
	text = statusOf.ReplaceAllStringFunc(text, func(s string) string {
		status := statusOf.FindStringSubmatch(s)
		if strings.HasPrefix(status[1]+status[2], "2") {
			return ""
		}
		return " of errors"
	})
	return strings.NewReplacer("#/components/schemas/", "", "/items/`", "[]`", "/items/", "[].", "/items`", "[]`").Replace(text)
}

// onWire matches the ids of changes of names in requests and responses, which
// have their own section.
var onWire = regexp.MustCompile(`^(endpoint-(added|removed)|api-removed.*|(new|request|response).*-(parameter|property|header|status|media-type|body)(-added|-removed)?)$`)

// decodes matches changes that break clients with a closed set of values. The
// generated clients accept any value.
var decodes = regexp.MustCompile(`^response-property-enum-value-added$`)

// specLines are the report's lines about facts.
type specLines struct {
	breaking []string
	values   []string // new values in responses
	other    []string
	wired    int // number of facts that are listed under requests and responses
}

func writeFacts(list []fact) specLines {
	var l specLines
	list = slices.DeleteFunc(slices.Clone(list), func(f fact) bool {
		wired := !f.breaking && onWire.MatchString(f.id)
		if wired {
			l.wired++
		}
		return wired
	})
	for _, f := range mergeValues(mergePlaces(list)) {
		line := f.text
		if len(f.places) > 0 {
			line += ": " + operations(f.places)
		}
		switch {
		case decodes.MatchString(f.id):
			l.values = append(l.values, line)
		case f.breaking:
			l.breaking = append(l.breaking, line)
		default:
			l.other = append(l.other, line)
		}
	}
	return l
}

// mergePlaces merges facts with the same text.
func mergePlaces(list []fact) []fact {
	var merged []fact
	for _, f := range list {
		i := slices.IndexFunc(merged, func(m fact) bool { return m.id == f.id && m.text == f.text })
		if i < 0 {
			merged = append(merged, f)
			continue
		}
		for _, place := range f.places {
			if !slices.Contains(merged[i].places, place) {
				merged[i].places = append(slices.Clone(merged[i].places), place)
			}
		}
	}
	return merged
}

// mergeValues merges facts that differ only in an enum value.
func mergeValues(list []fact) []fact {
	var merged []fact
	at := map[string]int{}
	for _, f := range list {
		before, rest, _ := strings.Cut(f.text, "`")
		value, after, ok := strings.Cut(rest, "`")
		key := strings.Join([]string{before, after, strings.Join(f.places, " ")}, "\n")
		if i, known := at[key]; ok && known && strings.Contains(f.id, "enum-value") {
			after = strings.Replace(after, " enum value ", " enum values ", 1)
			head, _ := strings.CutSuffix(strings.Replace(merged[i].text, " enum value ", " enum values ", 1), after)
			merged[i].text = head + ", `" + value + "`" + after
			continue
		}
		at[key] = len(merged)
		merged = append(merged, f)
	}
	return merged
}

// operations lists up to four operations, or else their number.
func operations(places []string) string {
	if len(places) > 4 {
		return strconv.Itoa(len(places)) + " operations"
	}
	return quoteAll(places)
}
