package corpus

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEntries(t *testing.T) {
	entries, err := Entries()
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) < 200 {
		t.Errorf("%d entries", len(entries))
	}
	fields := make(map[string]int)
	for _, entry := range entries {
		fields[entry.Field]++
		if n := len(strings.Fields(entry.Text)); n < 70 || n > 130 {
			t.Errorf("%s: %d words", entry.Title, n)
		}
	}
	if len(fields) < 10 {
		t.Errorf("fields %v", fields)
	}
}

func TestDocuments(t *testing.T) {
	documents, err := Documents()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Documents()
	if err != nil {
		t.Fatal(err)
	}
	named := make(map[string]bool)
	of := make(map[string]int)
	for i, document := range documents {
		if named[document.Name] {
			t.Errorf("two documents have the name %s", document.Name)
		}
		named[document.Name] = true
		of[filepath.Ext(document.Name)]++
		if !bytes.Equal(document.Content, again[i].Content) {
			t.Errorf("%s differs between two calls", document.Name)
		}
	}
	for _, format := range formats {
		if of[format.extension] < 40 {
			t.Errorf("%d documents of the format %s", of[format.extension], format.extension)
		}
	}
}

func TestQuestions(t *testing.T) {
	documents, err := Documents()
	if err != nil {
		t.Fatal(err)
	}
	titles := make(map[string]string)
	for _, document := range documents {
		titles[document.Name] = document.Title
	}
	questions, err := Questions()
	if err != nil {
		t.Fatal(err)
	}
	of := make(map[string]int)
	for _, question := range questions {
		title, ok := titles[question.Answer]
		if !ok {
			t.Errorf("no document %s", question.Answer)
			continue
		}
		of[filepath.Ext(question.Answer)]++
		// A title of one word can hardly be avoided.
		if strings.Contains(title, " ") && strings.Contains(strings.ToLower(question.Text), strings.ToLower(title)) {
			t.Errorf("%q contains the title of %s", question.Text, question.Answer)
		}
	}
	for _, format := range formats {
		if of[format.extension] != 4 {
			t.Errorf("%d questions about documents of the format %s, want 4", of[format.extension], format.extension)
		}
	}
}

func TestFileName(t *testing.T) {
	for title, want := range map[string]string{
		"Smoke":                           "smoke",
		"The surgeon's knot":              "the-surgeons-knot",
		"El Niño":                         "el-niño",
		"Garamond, and the roman letter.": "garamond-and-the-roman-letter",
	} {
		if got := fileName(title); got != want {
			t.Errorf("%s: %s, want %s", title, got, want)
		}
	}
}

func TestWrite(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new")
	if err := Write(folder); err != nil {
		t.Fatal(err)
	}
	documents, err := Documents()
	if err != nil {
		t.Fatal(err)
	}
	for _, document := range documents {
		content, err := os.ReadFile(filepath.Join(folder, document.Name))
		if err != nil || !bytes.Equal(content, document.Content) {
			t.Errorf("%s: %d bytes, error %v", document.Name, len(content), err)
		}
	}
	if found, err := os.ReadDir(folder); err != nil || len(found) != len(documents) {
		t.Errorf("%d files, error %v", len(found), err)
	}
}
