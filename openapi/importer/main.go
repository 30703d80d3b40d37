// Importer turns a folder of published Pinecone Assistant specs into the form
// that this project keeps under openapi/.
//
//	go run ./openapi/importer -from DIR -to openapi/2026-04
//
// The facts of the published specs are carried over; their prose is not.
// Descriptions come from the spec that stands at the destination already, then
// from the other versions beside it, each found by its place in the document.
// Places that are left without a description are listed.
//
// Nothing is written unless all three planes could be imported.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// planes are the parts of the API, one spec file each.
var planes = []string{"control", "data", "evaluation"}

func main() {
	if err := run(os.Args[1:], os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "importer:", err)
		}
		os.Exit(1)
	}
}

func run(args []string, log io.Writer) error {
	flags := flag.NewFlagSet("importer", flag.ContinueOnError)
	flags.SetOutput(log)
	from := flags.String("from", "", "`folder` with the published specs of one version")
	to := flags.String("to", "", "`folder` to write control.yaml, data.yaml and evaluation.yaml to, named after the version")
	prose := flags.String("prose", "", "`folder` of version folders to take descriptions from (default: the one that holds -to)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *from == "" || *to == "" || flags.NArg() > 0 {
		return errors.New("want -from FOLDER and -to FOLDER, and nothing else")
	}
	version := filepath.Base(filepath.Clean(*to))
	if *prose == "" {
		*prose = filepath.Dir(filepath.Clean(*to))
	}

	sources, err := findPlanes(*from)
	if err != nil {
		return err
	}
	specs := make(map[string][]byte, len(planes))
	for _, plane := range planes {
		known, err := readProse(*prose, version, plane)
		if err != nil {
			return err
		}
		spec, missing, err := importSpec(sources[plane], version, known)
		if err != nil {
			return err
		}
		specs[plane+".yaml"] = spec
		for _, place := range missing {
			fmt.Fprintf(log, "%s.yaml: no description: %s\n", plane, place)
		}
	}
	return writeAll(*to, specs)
}

// findPlanes finds the spec of each plane in a folder by the words of its file
// name. The folder may hold the specs of Pinecone's other APIs as well.
func findPlanes(folder string) (map[string]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	found := make(map[string]string, len(planes))
	for _, plane := range planes {
		var all, assistant []string
		for _, entry := range entries {
			name := entry.Name()
			words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
				return !unicode.IsLetter(r)
			})
			isSpec := slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(name))
			if entry.IsDir() || !isSpec || !slices.Contains(words, plane) {
				continue
			}
			all = append(all, name)
			if slices.Contains(words, "assistant") {
				assistant = append(assistant, name)
			}
		}
		if len(assistant) > 0 {
			all = assistant
		}
		switch len(all) {
		case 0:
			return nil, fmt.Errorf("%s: no spec of the %s plane (a .yaml, .yml or .json file with %q in its name)", folder, plane, plane)
		case 1:
			found[plane] = filepath.Join(folder, all[0])
		default:
			return nil, fmt.Errorf("%s: which one is the spec of the %s plane? %s", folder, plane, strings.Join(all, ", "))
		}
	}
	return found, nil
}

// writeAll writes the files into folder, all or none: each is complete beside
// its destination before the first is renamed over it.
func writeAll(folder string, files map[string][]byte) (err error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	staged := make(map[string]string, len(files))
	defer func() {
		for temporary := range staged {
			err = errors.Join(err, os.Remove(temporary))
		}
	}()
	for name, content := range files {
		file, err := os.CreateTemp(folder, "."+name+".*")
		if err != nil {
			return err
		}
		staged[file.Name()] = filepath.Join(folder, name)
		_, err = file.Write(content)
		if err := errors.Join(err, file.Chmod(0o644), file.Close()); err != nil {
			return err
		}
	}
	for temporary, destination := range staged {
		if err := os.Rename(temporary, destination); err != nil {
			return err
		}
		delete(staged, temporary)
	}
	return nil
}
