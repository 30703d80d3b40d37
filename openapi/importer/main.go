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
//
//	go run ./openapi/importer -from DIR -version 2026-10
//
// brings the version in, or up to date: the specs, what goes with them, and the
// generated code. It is `make import`, and is run at the root of the module.
// Nothing is written unless the generated code compiles.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"unicode"
)

// planes are the parts of the API, one spec file each.
var planes = []string{"control", "data", "evaluation"}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := run(ctx, os.Args[1:], os.Stderr)
	stop()
	if err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "importer:", err)
		}
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, log io.Writer) error {
	flags := flag.NewFlagSet("importer", flag.ContinueOnError)
	flags.SetOutput(log)
	from := flags.String("from", "", "`folder` with the published specs of one version")
	to := flags.String("to", "", "`folder` to write control.yaml, data.yaml and evaluation.yaml to, named after the version")
	prose := flags.String("prose", "", "`folder` of version folders to take descriptions from (default: the one that holds -to)")
	version := flags.String("version", "", "`version` to bring into the module, instead of -to")
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch {
	case *from == "" || (*to == "") == (*version == "") || flags.NArg() > 0:
		return errors.New("want -from FOLDER and either -to FOLDER or -version VERSION, and nothing else")
	case *version != "" && *prose != "":
		return errors.New("-prose goes with -to: -version takes descriptions from the module's specs")
	case *version != "":
		return bringIn(ctx, ".", *version, *from, log)
	case *prose == "":
		*prose = filepath.Dir(filepath.Clean(*to))
	}
	return importSpecs(*from, *to, *prose, log)
}

// importSpecs imports the specs of the version that the folder to is named
// after.
func importSpecs(from, to, prose string, log io.Writer) error {
	version := filepath.Base(filepath.Clean(to))
	sources, err := findPlanes(from)
	if err != nil {
		return err
	}
	specs := make(map[string][]byte, len(planes))
	for _, plane := range planes {
		known, err := readProse(prose, version, plane)
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
	return writeAll(to, specs)
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
