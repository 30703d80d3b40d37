package document

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func sample(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// document returns a docx file with a body.
func document(t *testing.T, body string) string {
	t.Helper()
	var file bytes.Buffer
	archive := zip.NewWriter(&file)
	part, err := archive.Create("word/document.xml")
	if err == nil {
		_, err = fmt.Fprintf(part, `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>%s</w:body></w:document>`, body)
	}
	if err == nil {
		err = archive.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return file.String()
}

// render shows sentences, with the pages of those that have one.
func render(sentences []Sentence) string {
	var text strings.Builder
	for i, s := range sentences {
		if i > 0 && s.Paragraph != sentences[i-1].Paragraph {
			text.WriteString("/ ")
		}
		if s.Page > 0 {
			fmt.Fprintf(&text, "%d:", s.Page)
		}
		fmt.Fprintf(&text, "%s| ", s.Text)
	}
	return strings.TrimSpace(text.String())
}

func read(name, content string) ([]Sentence, error) {
	return KindOf(name).Read(strings.NewReader(content), int64(len(content)))
}

func TestRead(t *testing.T) {
	const (
		page  = `<w:br w:type="page"/>`
		noted = `<w:lastRenderedPageBreak/>`
	)
	paragraph := func(runs string) string { return `<w:p><w:r>` + runs + `</w:r></w:p>` }
	text := func(s string) string { return `<w:t>` + s + `</w:t>` }
	tests := []struct{ name, file, content, want string }{
		{"sentences", "a.txt", "One is here. Two?  Three! four\nfive.", "One is here.| Two?| Three! four five.|"},
		{"paragraphs", "a.txt", "One\r\n\r\nTwo.\n \nThree", "One| / Two.| / Three|"},
		{"abbreviations", "a.txt", "At 6 p.m. Mr. Gray left. Then", "At 6 p.m. Mr. Gray left.| Then|"},
		{"number first", "a.txt", "It is 3.5 feet. 12 more. “So?” Yes", "It is 3.5 feet.| 12 more.| “So?”| Yes|"},
		{"byte-order mark", "a.txt", "\ufeffOne.", "One.|"},
		{"extension in upper case", "A.TXT", "One.", "One.|"},
		{"Markdown", "a.md", "# Title\ntext\nmore\n- one\n- two\n1. Three\n\n## Sub #2\n*end*", "Title| / text more| / one| / two| / 1. Three| / Sub #2| / *end*|"},
		{"JSON", "a.json", `{"a":{"b":[1,"two"],"c":true},"d":null,"e":1.50}`, "a.b: 1| / a.b: two| / a.c: true| / e: 1.50|"},
		{"JSON text", "a.json", `"One. Two."`, "One.| Two.|"},
		{"Word", "a.docx", document(t, paragraph(text("One")+`<w:tab/>`+text("two."))+paragraph(text("Three"))), "1:One two.| / 1:Three|"},
		{"Word, pages", "a.docx", document(t, paragraph(text("One."))+paragraph(page)+paragraph(noted+text("Two.")+noted+text("Three."))), "1:One.| / 2:Two.| / 3:Three.|"},
		{"Word, other text", "a.docx", document(t, paragraph(`<w:instrText>PAGE</w:instrText>`+text("One"))), "1:One|"},
		{"PDF", "a.pdf", sample(t, "testdata/typeset.pdf"), "1:Notes on the flood tide| / 1:The final reading of the gauge was five feet.| " +
			"1:Two offshore buoys broke loose and drifted for eleven miles before the tug found them; one of them was never recovered.| / " +
			"1:The office of the harbor master is on the first floor.| / 2:-2-| / 2:This is the second page.|"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sentences, err := read(tt.file, tt.content)
			if err != nil {
				t.Fatal(err)
			}
			if got := render(sentences); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestUnreadable(t *testing.T) {
	var other bytes.Buffer
	archive := zip.NewWriter(&other)
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	pdf := sample(t, "testdata/typeset.pdf")
	tests := []struct{ name, file, content, want string }{
		{"empty", "a.txt", "", "no text"},
		{"blank", "a.md", " \n\n", "no text"},
		{"not UTF-8", "a.txt", "\xff", "not UTF-8"},
		{"JSON cut", "a.json", `{"a":`, "cannot be read as json"},
		{"JSON with more", "a.json", `{} {}`, "goes on"},
		{"JSON without a value", "a.json", `{}`, "no text"},
		{"no zip", "a.docx", "x", "cannot be read as doc_x"},
		{"zip without a document", "a.docx", other.String(), "cannot be read as doc_x"},
		{"document that is no XML", "a.docx", document(t, "<w:p>"), "word/document.xml"},
		{"JSON that is deep", "a.json", strings.Repeat("[", 5<<20), "nested deeper"},
		{"JSON that grows", "a.json", `{"` + strings.Repeat("x", 1<<20) + `":[` + strings.Repeat("1,", 1<<20) + `1]}`, "bytes of text"},
		{"document that grows", "a.docx", document(t, "<w:p>"+strings.Repeat("<w:r><w:t>wave </w:t></w:r>", 3<<20)+"</w:p>"), "bytes of text"},
		{"document that is deep", "a.docx", document(t, strings.Repeat("<w:p>", 1<<20)), "nested deeper"},
		{"PDF of many objects", "a.pdf", strings.Replace(pdf, "/Size", "/Size 99999999999 /Size", 1), "Size is 99999999999"},
		{"PDF with a password", "a.pdf", strings.Replace(pdf, "/Size", "/Encrypt << /Filter /Standard /V 1 /R 2 /O (x) /U (x) /P 0 >> /ID [(x) (x)] /Size", 1), "cannot be read as pdf"},
		{"no PDF", "a.pdf", "x", "cannot be read as pdf"},
		{"PDF cut", "a.pdf", pdf[:len(pdf)/2], "cannot be read as pdf"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sentences, err := read(tt.file, tt.content)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s, error %v; want %q", render(sentences), err, tt.want)
			}
		})
	}
}

// A damaged PDF may be read or not, but never ends the emulator.
func TestDamagedPDF(t *testing.T) {
	content := sample(t, "testdata/typeset.pdf")
	for at := 0; at < len(content); at += 97 {
		damaged := content[:at] + "\x00]>>" + content[min(at+4, len(content)):]
		_, _ = read("a.pdf", damaged)
	}
}

// A file that takes too long is given up.
func TestDeadline(t *testing.T) {
	content := &limited{strings.NewReader("x"), time.Now().Add(-time.Second)}
	for _, kind := range kinds {
		if _, err := kind.extract(content, 1); !errors.Is(err, errTooLong) {
			t.Errorf("%s: %v", kind.Name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	pdf, err := os.ReadFile("testdata/typeset.pdf")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(".pdf", pdf)
	f.Add(".json", []byte(`{"a":{"b":[1,"two"],"c":true},"d":null}`))
	f.Add(".md", []byte("# Title\n- one\n1. Two. Three"))
	f.Fuzz(func(t *testing.T, extension string, content []byte) {
		kind := kinds[extension]
		if kind == nil {
			return
		}
		sentences, err := kind.Read(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			return
		}
		var again []Sentence
		for _, passage := range Passages(sentences) {
			if text := Text(passage.Sentences); text == "" || !utf8.ValidString(text) || len(text) > maxPassage+maxSentence {
				t.Errorf("passage %q", text)
			}
			again = append(again, passage.Sentences...)
		}
		if !slices.Equal(again, sentences) {
			t.Errorf("the passages have other sentences than %+v", sentences)
		}
	})
}

func TestLongSentence(t *testing.T) {
	for name, text := range map[string]string{
		"words":   strings.Repeat("wave ", 1000),
		"no word": strings.Repeat("é", 2*maxSentence),
		"no text": strings.Repeat("\x80 \xff", maxSentence),
	} {
		sentences := Sentences(text)
		if len(sentences) < 2 {
			t.Errorf("%s: %d sentences", name, len(sentences))
		}
		for _, sentence := range sentences {
			if len(sentence) > maxSentence || !utf8.ValidString(sentence) {
				t.Errorf("%s: a sentence of %d bytes, valid %t", name, len(sentence), utf8.ValidString(sentence))
			}
		}
	}
}

func TestSampleDocuments(t *testing.T) {
	const folder = "../../../quickstart/documents/"
	for file, want := range map[string]string{
		"keepers-handbook.md":    "Light the lamp 30 minutes before sunset.|",
		"station.json":           "light.lens: First-order Fresnel lens with 980 prisms, installed in 1874.|",
		"storm-log.txt":          "January 14, 6:10 p.m. Barometer at 28.9 inches and falling.| Wind southwest, force 8.|",
		"maintenance-manual.pdf": "2:It has to take over within 15 seconds after the main switch is opened.|",
	} {
		sentences, err := read(file, sample(t, folder+file))
		if err != nil {
			t.Fatal(err)
		}
		if got := render(sentences); !strings.Contains(got, want) {
			t.Errorf("%s: %s", file, got)
		}
	}
}
