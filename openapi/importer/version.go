package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// versionForm is what Pinecone's versions look like.
var versionForm = regexp.MustCompile(`^20\d\d-(0[1-9]|1[0-2])$`)

// bringIn brings a version into the module in the folder tree, or up to date
// there: its specs from the published ones in from; its configurations and
// overlays, where it has none, from the newest other version; its lines in
// generate.go; the generated code. All of it is made in a copy. The module is
// changed when the generated code compiles, all at once, and left as it is when
// there is an error. log gets the files that have changed.
func bringIn(ctx context.Context, tree, version, from string, log io.Writer) (err error) {
	if !versionForm.MatchString(version) {
		return fmt.Errorf("version %q: want one such as 2026-10", version)
	}
	work, err := copyTree(tree)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, work.remove()) }()

	specs := filepath.Join(work.folder, "openapi")
	if err := importSpecs(from, filepath.Join(specs, version), specs, log); err != nil {
		return err
	}
	base, err := newestBeside(specs, version)
	if err != nil {
		return err
	}
	copied, err := addCompanions(specs, base, version)
	if err != nil {
		return err
	}
	if err := checkCompanions(specs, version, copied); err != nil {
		return err
	}
	if err := addToGenerate(filepath.Join(work.folder, "generate.go"), base, version); err != nil {
		return err
	}
	if err := compile(ctx, work.folder, version); err != nil {
		return err
	}
	changed, err := work.moveInto(tree)
	if err != nil {
		return err
	}
	if len(changed) == 0 {
		fmt.Fprintf(log, "%s: nothing has changed\n", version)
	}
	for _, name := range changed {
		fmt.Fprintln(log, name)
	}
	return nil
}

// newestBeside returns the newest version in a folder of version folders that is
// not the one given, "" if there is none.
func newestBeside(specs, version string) (string, error) {
	entries, err := os.ReadDir(specs)
	if err != nil {
		return "", err
	}
	for _, entry := range slices.Backward(entries) {
		if name := entry.Name(); entry.IsDir() && name != version && versionForm.MatchString(name) {
			return name, nil
		}
	}
	return "", nil
}

// companions are what stands beside a spec.
var companions = []string{".config.yaml", ".overlay.yaml"}

// addCompanions gives the planes of a version the configurations and overlays
// that they lack, as the base has them. copied are the originals by the copies:
// slashed paths below the module's root.
func addCompanions(specs, base, version string) (copied map[string]string, err error) {
	copied = map[string]string{}
	for _, plane := range planes {
		for _, companion := range companions {
			to := filepath.Join(specs, version, plane+companion)
			if _, err := os.Stat(to); !errors.Is(err, fs.ErrNotExist) {
				if err != nil {
					return nil, err
				}
				continue
			}
			if base == "" {
				return nil, fmt.Errorf("openapi/%s has no %s, and there is no other version to take it from", version, plane+companion)
			}
			text, err := os.ReadFile(filepath.Join(specs, base, plane+companion))
			if err != nil {
				return nil, err
			}
			if err := os.WriteFile(to, []byte(renameVersion(string(text), base, version)), 0o644); err != nil {
				return nil, err
			}
			copied[path.Join("openapi", version, plane+companion)] = path.Join("openapi", base, plane+companion)
		}
	}
	return copied, nil
}

// renameVersion changes the version in a companion's paths and in the title of
// an overlay. What an overlay's descriptions say of a version stays true.
func renameVersion(text, from, to string) string {
	text = strings.ReplaceAll(text, "/"+from+"/", "/"+to+"/")
	head, actions, ok := strings.Cut(text, "\nactions:")
	if !ok {
		return text
	}
	return strings.ReplaceAll(head, from, to) + "\nactions:" + actions
}

// addToGenerate gives a version the lines in generate.go that the base has, in
// the order of the versions. Lines that are there already stay.
func addToGenerate(file, base, version string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	added, err := addDirectives(string(text), base, version)
	if err != nil {
		return fmt.Errorf("generate.go: %w", err)
	}
	return os.WriteFile(file, []byte(added), 0o644)
}

func addDirectives(text, base, version string) (string, error) {
	paragraphs := strings.Split(strings.TrimRight(text, "\n"), "\n\n")
	var added []string
	at := len(paragraphs)
	for i, paragraph := range paragraphs {
		switch of := versionOf(paragraph); {
		case of == version:
			return text, nil
		case of > version:
			at = min(at, i)
		}
		if versionOf(paragraph) == base && base != "" {
			added = append(added, strings.ReplaceAll(paragraph, "/"+base, "/"+version))
		}
	}
	if len(added) == 0 {
		return "", fmt.Errorf("no line names openapi/%s, to be repeated for %s", base, version)
	}
	return strings.Join(slices.Insert(paragraphs, at, added...), "\n\n") + "\n", nil
}

// versionOf returns the version that a paragraph of directives is about, "" for
// any other paragraph.
func versionOf(paragraph string) string {
	_, after, ok := strings.Cut(paragraph, " openapi/20")
	if !ok || !strings.HasPrefix(paragraph, "//go:generate ") || len(after) < len("26-10") {
		return ""
	}
	return "20" + after[:len("26-10")]
}
