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

// change is one entry of oasdiff's changelog: what became of one place in one
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

// source is where a change stands in a spec.
type source struct{ Line, Column int }

// oasdiffModule is the program that compares specs, pinned, and outside go.mod: it
// needs a newer Go than this module does.
const oasdiffModule = "github.com/oasdiff/oasdiff@v1.35.0"

// differ returns what oasdiff's changelog says of two specs in files, without
// overlays.
type differ func(ctx context.Context, base, head string) ([]change, error)

// install builds oasdiff into a folder. What is in the module cache is taken from
// there, so that nothing is downloaded twice and a second run needs no network.
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

// oasdiff runs a program that is oasdiff.
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

// output runs a program in a folder, with more environment, and returns what it
// prints. If it fails, the error is what it complains about.
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

// fact is one change of a spec, wherever it shows.
type fact struct {
	id       string
	breaking bool
	text     string
	places   []string // operations
}

// facts puts the changes together that come from the same lines of the specs: a
// schema is used by many operations, in each by many replies.
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
		// The shortest has the least of the way to the schema.
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

// statusOf matches what the changelog says of the reply in which a change shows,
// if that is not what changed.
var statusOf = regexp.MustCompile("(?: (?:to|from) the response with the `([^`]*)` status| for(?: the)?(?: response)? status `([^`]*)`)(?: \\(media type: [^)]*\\))?")

// plainText is what the changelog says of a schema, wherever it is used.
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

// onWire matches the changes that are names in requests and replies, which have
// a section of their own.
var onWire = regexp.MustCompile(`^(endpoint-(added|removed)|api-removed.*|(new|request|response).*-(parameter|property|header|status|media-type|body)(-added|-removed)?)$`)

// decodes matches changes that break clients that know a closed set of values.
// The generated ones take any value.
var decodes = regexp.MustCompile(`^response-property-enum-value-added$`)

// specLines is what the report says of facts.
type specLines struct {
	breaking []string
	values   []string // new values in replies
	other    []string
	wired    int // further facts that the wire's lines have
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

// mergePlaces puts facts in one that say the same of several places.
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

// mergeValues puts facts in one that differ in a value of an enum only.
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

// operations names up to four operations, and counts more.
func operations(places []string) string {
	if len(places) > 4 {
		return strconv.Itoa(len(places)) + " operations"
	}
	return quoteAll(places)
}
