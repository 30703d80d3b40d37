package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of a file's size, which are those of the service's Standard plan.
const (
	maxFileBytes = 10 << 20
	maxPDFBytes  = 100 << 20
)

// kind is a kind of file that the service takes.
type kind struct {
	name        string // as the type of a reference
	contentType string
	maxBytes    int
	extract     func(content []byte) ([]page, error)
}

// page is a page of a file; its number is 0 in a kind that has no pages. Blank
// lines part its paragraphs.
type page struct {
	number int
	text   string
}

// kinds by extension, which alone decides.
var kinds = map[string]*kind{
	".txt":  {"text", "text/plain; charset=utf-8", maxFileBytes, extractText},
	".md":   {"markdown", "text/markdown; charset=utf-8", maxFileBytes, extractMarkdown},
	".json": {"json", "application/json", maxFileBytes, extractJSON},
	".pdf":  {"pdf", "application/pdf", maxPDFBytes, extractPDF},
	".docx": {"doc_x", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", maxFileBytes, extractDocx},
}

func extensions() []string { return slices.Sorted(maps.Keys(kinds)) }

// read returns the sentences of a file. A file without any is an error.
func read(kind *kind, content []byte) ([]sentence, error) {
	pages, err := kind.extract(content)
	if err != nil {
		return nil, fmt.Errorf("the file cannot be read as %s: %w", kind.name, err)
	}
	sentences := split(pages)
	if len(sentences) == 0 {
		return nil, errors.New("the file has no text")
	}
	return sentences, nil
}

func extractText(content []byte) ([]page, error) {
	if !utf8.Valid(content) {
		return nil, errors.New("it is not UTF-8")
	}
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	return []page{{text: strings.ReplaceAll(string(content), "\r\n", "\n")}}, nil
}

var (
	headingLine  = regexp.MustCompile(`(?m)^(#{1,6}[ \t].*)$`)
	blockMark    = regexp.MustCompile(`(?m)^[ \t]*(?:#{1,6}|[-*+])[ \t]+`)
	numberedItem = regexp.MustCompile(`(?m)^[ \t]*(\d{1,3}\.[ \t])`)
)

// extractMarkdown makes headings and items paragraphs of their own, without
// their marks. Numbers of items and marks inside a line stay.
func extractMarkdown(content []byte) ([]page, error) {
	pages, err := extractText(content)
	if err != nil {
		return nil, err
	}
	text := headingLine.ReplaceAllString(pages[0].text, "$1\n")
	text = blockMark.ReplaceAllString(text, "\n\n")
	pages[0].text = numberedItem.ReplaceAllString(text, "\n\n$1")
	return pages, nil
}

// extractJSON makes a paragraph of each value, under its path: `light.range: 21`.
func extractJSON(content []byte) ([]page, error) {
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	var text strings.Builder
	if err := writeJSON(&text, decoder, ""); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("it goes on after its value")
	}
	return []page{{text: text.String()}}, nil
}

func writeJSON(text *strings.Builder, decoder *json.Decoder, path string) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	delim, nested := token.(json.Delim)
	if !nested {
		if path != "" {
			path += ": "
		}
		if token != nil {
			fmt.Fprintf(text, "%s%v\n\n", path, token)
		}
		return nil
	}
	for decoder.More() {
		inner := path // the items of a list have the list's path
		if delim == '{' {
			name, err := decoder.Token()
			if err != nil {
				return err
			}
			inner = strings.TrimPrefix(path+"."+fmt.Sprint(name), ".")
		}
		if err := writeJSON(text, decoder, inner); err != nil {
			return err
		}
	}
	_, err = decoder.Token() // the closing delimiter
	return err
}
