package main

import (
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/pinecone-community/assistant-go/internal/compile"
)

// lists are the files that list the versions, with the functions that update
// them.
var lists = map[string]func(text string, versions []string) (string, error){
	"generate.go":       listDirectives,
	"README.md":         listRows,
	"openapi/README.md": listRows,
}

var directive = regexp.MustCompile(`(?m)^//go:generate go run \./openapi/generate openapi/\S+\n`)

// listDirectives writes a go:generate line for each version, oldest first.
func listDirectives(text string, versions []string) (string, error) {
	at := directive.FindStringIndex(text)
	if at == nil {
		return "", errors.New("no go:generate line for ./openapi/generate")
	}
	var lines strings.Builder
	for _, version := range versions {
		lines.WriteString("//go:generate go run ./openapi/generate openapi/" + version + "\n")
	}
	return text[:at[0]] + lines.String() + directive.ReplaceAllString(text[at[0]:], ""), nil
}

// versionTable matches a table with a row for each version, newest first. The
// comment before the table has the row of a new version.
var versionTable = regexp.MustCompile(`(?s)<!-- row of a version: (\|[^\n]*\|) -->\n(\|[^\n]*\n\|[^\n]*\n)((?:\|[^\n]*\n)*)`)

var versionCell = regexp.MustCompile(`20\d\d-\d\d(?:\.[a-z][a-z0-9]*)?`)

// listRows writes a row for each version into each table of versions. It keeps
// existing rows.
func listRows(text string, versions []string) (string, error) {
	if !versionTable.MatchString(text) {
		return "", errors.New("no table of versions (a comment \"row of a version\" before it)")
	}
	return versionTable.ReplaceAllStringFunc(text, func(table string) string {
		parts := versionTable.FindStringSubmatch(table)
		rows := map[string]string{}
		for row := range strings.Lines(parts[3]) {
			rows[versionCell.FindString(row)] = row
		}
		text := strings.TrimSuffix(table, parts[3])
		for _, version := range slices.Backward(versions) {
			row, ok := rows[version]
			if !ok {
				row = strings.ReplaceAll(parts[1], "VERSION", version) + "\n"
			}
			text += row
		}
		return text
	}), nil
}

// rewrite replaces the text of a file by the result of change.
func rewrite(file string, change func(text string) (string, error)) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	changed, err := change(string(text))
	if err != nil || changed == string(text) {
		return err
	}
	return os.WriteFile(file, []byte(changed), 0o644)
}

// newestBefore returns the newest version before the given one, or else the
// oldest after it, or "" if there is no other.
func newestBefore(versions []string, version string) string {
	nearest := ""
	for _, other := range versions {
		if c := compile.CompareVersions(other, version); c < 0 || c > 0 && nearest == "" {
			nearest = other
		}
	}
	return nearest
}
