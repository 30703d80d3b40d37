// Generate compiles the specs of a version of the API into gen/VERSION:
//
//	go run ./openapi/generate openapi/2026-04
//
// Run it at the root of the module. An error names what cannot be compiled and
// leaves gen unchanged.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/pinecone-community/assistant-go/internal/compile"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("want one folder of specs, openapi/VERSION")
	}
	folder := filepath.Clean(args[0])
	root := filepath.Dir(filepath.Dir(folder))
	result, err := compile.Version(root, filepath.Base(folder))
	if err != nil {
		return err
	}
	for name, text := range result.Files {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
