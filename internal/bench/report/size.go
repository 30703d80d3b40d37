package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Hello clients, which are the folders below hello.
const (
	helloBare    = "bare"
	helloProject = "assistant"
)

var hellos = []string{helloProject, helloBare, "stock", "openai", "anthropic", "gopinecone"}

// sizeResults are binaries that were built with the same flags.
type sizeResults struct {
	flags string
	bytes map[string]int64 // by hello client
}

func measureSizes(folder string) ([]sizeResults, error) {
	var results []sizeResults
	for _, link := range []string{"-s -w", ""} {
		result := sizeResults{flags: "-trimpath", bytes: map[string]int64{}}
		args := []string{"build", "-trimpath"}
		if link != "" {
			args = append(args, "-ldflags", link)
			result.flags += fmt.Sprintf(" -ldflags '%s'", link)
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
			result.bytes[hello] = info.Size()
		}
		results = append(results, result)
	}
	return results, nil
}
