package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

func extractText(r io.ReaderAt, size int64) ([]page, error) {
	content := make([]byte, size)
	if _, err := io.ReadFull(io.NewSectionReader(r, 0, size), content); err != nil {
		return nil, err
	}
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
func extractMarkdown(content io.ReaderAt, size int64) ([]page, error) {
	pages, err := extractText(content, size)
	if err != nil {
		return nil, err
	}
	text := headingLine.ReplaceAllString(pages[0].text, "$1\n")
	text = blockMark.ReplaceAllString(text, "\n\n")
	pages[0].text = numberedItem.ReplaceAllString(text, "\n\n$1")
	return pages, nil
}

// extractJSON makes a paragraph of each value, under its path: `light.range: 21`.
func extractJSON(content io.ReaderAt, size int64) ([]page, error) {
	decoder := json.NewDecoder(io.NewSectionReader(content, 0, size))
	decoder.UseNumber()
	var text strings.Builder
	if err := writeJSON(&text, decoder, "", 0); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("it goes on after its value")
	}
	return []page{{text: text.String()}}, nil
}

func writeJSON(text *strings.Builder, decoder *json.Decoder, path string, depth int) error {
	token, err := decoder.Token()
	switch {
	case err != nil:
		return err
	case depth > maxDepth:
		return errTooDeep
	case text.Len() > maxTextBytes:
		return errTooMuch
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
		if err := writeJSON(text, decoder, inner, depth+1); err != nil {
			return err
		}
	}
	_, err = decoder.Token() // the closing delimiter
	return err
}
