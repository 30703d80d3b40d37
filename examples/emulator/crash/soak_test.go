//go:build soak

package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestCrash(t *testing.T) {
	var out bytes.Buffer
	err := run(t.Context(), []string{"-rounds", "3", "-seed", "1"}, &out)
	t.Logf("%s", &out)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "after 3 kills: ") {
		t.Error("no result")
	}
}
