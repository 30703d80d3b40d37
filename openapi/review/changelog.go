package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// entry is an entry of a changelog.
type entry struct{ title, text string }

// topmostEntry reads the first level-two section of a changelog.
func topmostEntry(t tree, file string) (entry, error) {
	text, err := os.ReadFile(filepath.Join(t.dir, filepath.FromSlash(file)))
	if err != nil {
		return entry{}, err
	}
	_, rest, ok := strings.Cut("\n"+string(text), "\n## ")
	if !ok {
		return entry{}, fmt.Errorf("%s has no entry (a heading of level two)", file)
	}
	section, _, _ := strings.Cut(rest, "\n## ")
	title, text2, _ := strings.Cut(section, "\n")
	return entry{strings.TrimSpace(title), text2}, nil
}

var (
	code       = regexp.MustCompile("`[^`]+`")
	identifier = regexp.MustCompile(`[\p{L}_][\p{L}\p{N}_]*`)
)

// unnamed returns the names that the entry does not mention in code spans. All
// parts of a name, such as Thing and Size of Thing.Size, must be there, in any
// order. The name of a package or version may be outside of code spans.
func (e entry) unnamed(names []string) []string {
	words := map[string]bool{}
	for _, span := range code.FindAllString(e.text, -1) {
		for _, word := range identifiers(span) {
			words[word] = true
		}
	}
	var missing []string
	for _, name := range names {
		isPackage := strings.Contains(name, "-")
		if isPackage && !strings.Contains(e.text, name) || !isPackage && slices.ContainsFunc(identifiers(name), func(word string) bool { return !words[word] }) {
			missing = append(missing, name)
		}
	}
	return missing
}

// identifiers returns the parts of a name without the receivers API and Client.
func identifiers(name string) []string {
	words := identifier.FindAllString(name, -1)
	if len(words) > 1 && (words[0] == "API" || words[0] == "Client") {
		words = words[1:]
	}
	return words
}

// checkChangelog records the breaking changes that the topmost entry of the
// head's changelog does not name. The entry of a released version does not
// count.
func (r *report) checkChangelog(head tree, file string) error {
	breaking := slices.Concat(r.removed, r.main.broken)
	if len(breaking) == 0 {
		return nil
	}
	e, err := topmostEntry(head, file)
	if err != nil {
		return err
	}
	if r.released != "" && slices.Contains(strings.Fields(e.title), r.released) {
		r.unnamed, r.entry = breaking, e.title+", which is already released"
		return nil
	}
	r.unnamed, r.entry = e.unnamed(breaking), e.title
	return nil
}
