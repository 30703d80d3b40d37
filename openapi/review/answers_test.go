package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"sync"
)

// answers contains the recorded changelogs of oasdiff for the tests' specs. With
// the build tag oasdiff, the tests run oasdiff and compare its changelogs with the
// recorded ones; with -update, they record them again.
var answers = recorded{file: "testdata/oasdiff.json"}

// ask returns a differ that runs oasdiff. It is nil without the build tag.
var ask func() (differ, error)

type recorded struct {
	file    string
	mutex   sync.Mutex
	known   map[string][]change
	updated map[string][]change
}

func (r *recorded) diff(ctx context.Context, base, head string) ([]change, error) {
	var texts []byte
	for _, file := range []string{base, head} {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		texts = fmt.Appendf(texts, "%s\x00", text)
	}
	key := fmt.Sprintf("%x", sha256.Sum256(texts))[:16]
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.known == nil {
		r.known, r.updated = map[string][]change{}, map[string][]change{}
		text, err := os.ReadFile(r.file)
		if err == nil {
			err = json.Unmarshal(text, &r.known)
		}
		if err != nil && ask == nil {
			return nil, err
		}
	}
	known, ok := r.known[key]
	if ask == nil {
		if !ok {
			return nil, errors.New("no recorded changelog of these specs: go test -tags oasdiff ./openapi/review -update")
		}
		return known, nil
	}
	oasdiff, err := ask()
	if err != nil {
		return nil, err
	}
	said, err := oasdiff(ctx, base, head)
	if err != nil {
		return nil, err
	}
	r.updated[key] = said
	if !*update && (!ok || len(known)+len(said) > 0 && !reflect.DeepEqual(known, said)) {
		return nil, fmt.Errorf("the changelog of oasdiff differs from %s: go test -tags oasdiff ./openapi/review -update", r.file)
	}
	return said, nil
}

func (r *recorded) write() error {
	if len(r.updated) == 0 {
		return nil
	}
	text, err := json.MarshalIndent(r.updated, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(r.file, append(text, '\n'), 0o644)
}
