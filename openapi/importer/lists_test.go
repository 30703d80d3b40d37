package main

import (
	"slices"
	"testing"

	"github.com/pinecone-community/assistant-go/internal/compile"
)

func TestListDirectives(t *testing.T) {
	const head, line, tail = "package tools\n\n", "//go:generate go run ./openapi/generate openapi/", "//go:generate other\n"
	got, err := listDirectives(head+line+"2025-01\n"+line+"2026-04\n"+tail, []string{"2025-01", "2026-10.rc", "2026-10"})
	if want := head + line + "2025-01\n" + line + "2026-10.rc\n" + line + "2026-10\n" + tail; got != want || err != nil {
		t.Errorf("error %v, text\n%s", err, got)
	}
	if _, err := listDirectives(head, nil); err == nil {
		t.Error("no error without a line to go by")
	}
}

func TestListRows(t *testing.T) {
	const head, tail = "A\n\n<!-- row of a version: | [VERSION](VERSION.md) | | -->\n| version | by |\n|---|---|\n", "\nB\n\n| 2025-01 | other table |\n"
	got, err := listRows(head+"| [2026-04](2026-04.md) | us |\n| [2024-10](2024-10.md) | gone |\n"+tail, []string{"2025-01", "2026-04", "2026-10.rc"})
	want := head + "| [2026-10.rc](2026-10.rc.md) | |\n| [2026-04](2026-04.md) | us |\n| [2025-01](2025-01.md) | |\n" + tail
	if got != want || err != nil {
		t.Errorf("error %v, text\n%s\nwant\n%s", err, got, want)
	}
	if _, err := listRows("A\n", nil); err == nil {
		t.Error("no error without a table")
	}
}

func TestNewestBefore(t *testing.T) {
	versions := []string{"2025-01", "2026-10", "2025-10", "2026-10.rc"}
	slices.SortFunc(versions, compile.CompareVersions)
	for version, want := range map[string]string{"2024-10": "2025-01", "2025-01": "2025-10", "2025-10": "2025-01", "2026-10": "2026-10.rc", "2026-10.rc": "2025-10", "2027-01": "2026-10"} {
		if got := newestBefore(versions, version); got != want {
			t.Errorf("%s: %s, want %s", version, got, want)
		}
	}
}
