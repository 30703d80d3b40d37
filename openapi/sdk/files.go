package main

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var (
	// anyVersion is a version of the API.
	anyVersion = regexp.MustCompile(`\b20\d\d-\d\d\b`)
	// importHelper is what the TypeScript compiler writes for an import; its
	// releases differ in it.
	importHelper = regexp.MustCompile(`(?ms)^var __importStar = .*?^\}(?:\)\(\))?;\n`)
)

// compareFiles compares the generated code of a plane in two releases of the SDK.
func compareFiles(before, after string) (differences []string, summary string, err error) {
	old, err := readFolder(before)
	if err != nil {
		return nil, "", err
	}
	files, err := readFolder(after)
	if err != nil {
		return nil, "", err
	}
	all := maps.Clone(files)
	maps.Copy(all, old)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		was, existed := old[name]
		is, exists := files[name]
		switch {
		case !existed:
			differences = append(differences, name+": new")
		case !exists:
			differences = append(differences, name+": gone")
		case was != is:
			differences = append(differences, fmt.Sprintf("%s: changed: %s", name, firstDifference(was, is)))
		}
	}
	return differences, fmt.Sprintf("%d files", len(all)), nil
}

// readFolder reads the code and the declarations of a plane, without what differs
// from one release to the next for other reasons than the API's.
func readFolder(folder string) (map[string]string, error) {
	texts := map[string]string{}
	err := filepath.WalkDir(folder, func(at string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name := entry.Name()
		if name == "runtime.d.ts" || !slices.Contains([]string{".js", ".ts"}, filepath.Ext(name)) {
			return nil
		}
		text, err := os.ReadFile(at)
		if err != nil {
			return err
		}
		path, err := filepath.Rel(folder, at)
		texts[filepath.ToSlash(path)] = importHelper.ReplaceAllString(anyVersion.ReplaceAllString(string(text), "VERSION"), "")
		return err
	})
	return texts, err
}

func firstDifference(was, is string) string {
	old, lines := strings.Split(was, "\n"), strings.Split(is, "\n")
	for i := range min(len(old), len(lines)) {
		if old[i] != lines[i] {
			return fmt.Sprintf("line %d was %q and is %q", i+1, old[i], lines[i])
		}
	}
	return fmt.Sprintf("%d lines and %d", len(old), len(lines))
}
