// Package corpus has 200 short documents in the five file formats of the service,
// and questions, each answered by a known document.
package corpus

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

//go:embed entries/*.txt questions.txt
var files embed.FS

// Entry is the text of a document.
type Entry struct {
	Field string // subject, such as "clocks"
	Title string
	Text  string
}

// Document is an entry encoded as a file.
type Document struct {
	Entry
	Name    string // file name: the title and the extension of the format
	Content []byte
}

// Question is a question phrased as a reader would.
type Question struct {
	Text   string
	Answer string // name of the document that answers the question
}

// formats lists the file formats. Documents use them in turn.
var formats = []struct {
	extension string
	encode    func(Entry) ([]byte, error)
}{
	{".txt", encodeText},
	{".md", encodeMarkdown},
	{".json", encodeJSON},
	{".pdf", encodePDF},
	{".docx", encodeDocx},
}

// Entries returns all entries, sorted by field.
func Entries() ([]Entry, error) {
	var entries []Entry
	names, err := fs.Glob(files, "entries/*.txt")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		field := strings.TrimSuffix(filepath.Base(name), ".txt")
		for part := range strings.SplitSeq("\n"+string(text), "\n# ") {
			if part = strings.TrimSpace(part); part == "" {
				continue
			}
			title, body, found := strings.Cut(part, "\n")
			if !found {
				return nil, fmt.Errorf("%s: %q has no text", name, title)
			}
			entries = append(entries, Entry{field, title, strings.TrimSpace(body)})
		}
	}
	return entries, nil
}

// Documents returns all entries encoded as files. The bytes are the same in every
// call.
func Documents() ([]Document, error) {
	entries, err := Entries()
	if err != nil {
		return nil, err
	}
	documents := make([]Document, len(entries))
	for i, entry := range entries {
		format := formats[i%len(formats)]
		content, err := format.encode(entry)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", entry.Title, err)
		}
		documents[i] = Document{entry, fileName(entry.Title) + format.extension, content}
	}
	return documents, nil
}

// Write writes all documents to a folder, which it creates if necessary.
func Write(folder string) error {
	documents, err := Documents()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, document := range documents {
		if err := os.WriteFile(filepath.Join(folder, document.Name), document.Content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Questions returns all questions.
func Questions() ([]Question, error) {
	text, err := files.ReadFile("questions.txt")
	if err != nil {
		return nil, err
	}
	var questions []Question
	for line := range strings.Lines(string(text)) {
		answer, question, found := strings.Cut(strings.TrimSpace(line), ": ")
		if !found {
			return nil, fmt.Errorf("questions.txt: %q, want a file name, a colon and a question", line)
		}
		questions = append(questions, Question{question, answer})
	}
	return questions, nil
}

// fileName returns a title as a file name: in lower case, with hyphens between the
// words and without apostrophes.
func fileName(title string) string {
	title = strings.ToLower(strings.ReplaceAll(title, "'", ""))
	return strings.Join(strings.FieldsFunc(title, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), "-")
}
