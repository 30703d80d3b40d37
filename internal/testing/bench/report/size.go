package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Names of the hello clients, which are folders in hello.
const (
	helloBare    = "bare"
	helloProject = "assistant"
)

var hellos = []string{helloProject, helloBare, "stock", "openai", "anthropic", "gopinecone"}

// sizeResults are the sizes of binaries that were built with the same flags.
type sizeResults struct {
	Flags string
	Bytes map[string]int64 // by hello client
}

func measureSizes(folder string) ([]sizeResults, error) {
	var results []sizeResults
	for _, link := range []string{"-s -w", ""} {
		result := sizeResults{Flags: "-trimpath", Bytes: map[string]int64{}}
		args := []string{"build", "-trimpath"}
		if link != "" {
			args = append(args, "-ldflags", link)
			result.Flags += fmt.Sprintf(" -ldflags '%s'", link)
		}
		for _, hello := range hellos {
			binary := filepath.Join(folder, hello)
			cmd := exec.Command("go", append(args, "-o", binary, "./hello/"+hello)...) //nolint:noctx // it ends by itself
			cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
			cmd.Stderr = os.Stderr
			if err := cmd.Run(); err != nil {
				return nil, fmt.Errorf("%s: %w", hello, err)
			}
			info, err := os.Stat(binary)
			if err != nil {
				return nil, err
			}
			result.Bytes[hello] = info.Size()
		}
		results = append(results, result)
	}
	return results, nil
}
