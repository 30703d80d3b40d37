// Package documents embeds the documents of the examples, so that an example
// runs from any folder.
package documents

import "embed"

// FS has the files.
//
//go:embed *.json *.md *.pdf *.txt
var FS embed.FS

// Document is a file and its metadata, which filters can use.
type Document struct {
	Name     string
	Metadata map[string]any
}

// All lists the documents. They are about one subject and have all file types
// that the service accepts but docx.
var All = []Document{
	{"keepers-handbook.md", map[string]any{"kind": "manual", "year": 2025}},
	{"maintenance-manual.pdf", map[string]any{"kind": "manual", "year": 2026}},
	{"station.json", map[string]any{"kind": "data", "year": 2026}},
	{"storm-log.txt", map[string]any{"kind": "log", "year": 2026}},
}
