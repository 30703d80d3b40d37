package document

import (
	"archive/zip"
	"bytes"
	"context"
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

// document returns a Word document with a body.
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

// render formats sentences, with their pages if they have any.
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

// maxTestText replaces the default limit of the text, which takes long to read with the
// race detector.
const maxTestText = 6 << 20

func read(name, content string) (sentences []Sentence, err error) {
	for passage, err := range KindOf(name).passages(context.Background(), strings.NewReader(content), int64(len(content)), limits{time.Hour, maxTestText, MaxPages}) {
		if err != nil {
			return sentences, err
		}
		sentences = append(sentences, passage.Sentences...)
	}
	return sentences, nil
}

// typeset is the text of testdata/typeset.pdf, as render formats it.
const typeset = "1:Notes on the flood tide| / 1:The final reading of the gauge was five feet.| " +
	"1:Two offshore buoys broke loose and drifted for eleven miles before the tug found them; one of them was never recovered.| / " +
	"1:The office of the harbor master is on the first floor.| / 2:-2-| / 2:This is the second page.|"

// nest returns the beginning of nested JSON objects, each with a name of the given
// length.
func nest(levels, length int) string {
	return strings.Repeat(`{"`+strings.Repeat("n", length)+`":`, levels)
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
		{"JSON that is wide and deep", "a.json", nest(999, 100) + `"One."` + strings.Repeat("}", 999), "…" + strings.Repeat("n", 54) + "." + strings.Repeat("n", 100) + "." + strings.Repeat("n", 100) + ": One.|"},
		{"JSON text in paragraphs", "a.json", `["One\n\nTwo"]`, "One| / Two|"},
		{"Markdown marks", "a.md", "   ## Sub\n\t* one\n#no\n####### none\n1234. none\n7. last", "Sub| / one #no ####### none 1234. none| / 7. last|"},
		{"one line", "a.txt", strings.TrimSpace(strings.Repeat("The tide is high. ", 3)), "The tide is high.| The tide is high.| The tide is high.|"},
		{"PDF of many objects", "a.pdf", strings.Replace(sample(t, "testdata/typeset.pdf"), "/Size", "/Size 99999999999 /Size", 1), typeset},
		{"PDF", "a.pdf", sample(t, "testdata/typeset.pdf"), typeset},
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
		{"JSON with more", "a.json", `{} {}`, "data after the value"},
		{"JSON without a value", "a.json", `{}`, "no text"},
		{"not a zip", "a.docx", "x", "cannot be read as doc_x"},
		{"zip without a document", "a.docx", other.String(), "cannot be read as doc_x"},
		{"document that is not XML", "a.docx", document(t, "<w:p>"), "word/document.xml"},
		{"JSON that is deep", "a.json", strings.Repeat("[", 1<<20), "nested deeper"},
		{"JSON that grows", "a.json", `{"` + strings.Repeat("x", 1<<20) + `":[` + strings.Repeat("1,", 1<<20) + `1]}`, "bytes of text"},
		{"document that grows", "a.docx", document(t, "<w:p>"+strings.Repeat("<w:r><w:t>wave </w:t></w:r>", 1<<18)+"</w:p>"), "bytes of text"},
		{"document that is deep", "a.docx", document(t, strings.Repeat("<w:p>", 1<<20)), "nested deeper"},
		{"PDF with a password", "a.pdf", strings.Replace(pdf, "/Size", "/Encrypt << /Filter /Standard /V 1 /R 2 /O (x) /U (x) /P 0 >> /ID [(x) (x)] /Size", 1), "cannot be read as pdf"},
		{"not a PDF", "a.pdf", "x", "cannot be read as pdf"},
		{"empty PDF", "a.pdf", "", "empty file"},
		{"UTF-16", "a.txt", "\xff\xfeO\x00n\x00e\x00", "UTF-16"},
		{"UTF-16, big-endian", "a.md", "\xfe\xff\x00O\x00n\x00e", "UTF-16"},
		{"JSON that is UTF-16", "a.json", "\xff\xfe{\x00}\x00", "cannot be read as json"},
		{"not UTF-8 at the end", "a.md", strings.Repeat("The tide is high. ", 100_000) + "\xe2\x82", "not UTF-8"},
		{"document with a large tag", "a.docx", document(t, "<w:p "+strings.Repeat("a='' ", 1<<20)+"/>"), "a tag or a run of text"},
		{"document with a large run of text", "a.docx", document(t, "<w:p><w:r><w:t>"+strings.Repeat("wave ", 1<<20)+"</w:t></w:r></w:p>"), "a tag or a run of text"},
		{"document of crossed elements", "a.docx", document(t, "<w:p><w:r></w:p></w:r>"), "unexpected </p>"},
		{"document that is cut", "a.docx", document(t, "<w:p><w:r>")[:200], "cannot be read as doc_x"},
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

// The time limit and the context apply to every kind of file.
func TestTimeLimitAndContext(t *testing.T) {
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	for extension, kind := range kinds {
		content := "The tide is high."
		if extension == ".pdf" {
			content = sample(t, "testdata/typeset.pdf")
		}
		var got error
		for _, err := range kind.passages(t.Context(), strings.NewReader(content), int64(len(content)), limits{-1, maxTestText, MaxPages}) {
			got = err
		}
		if got == nil || !strings.Contains(got.Error(), "takes longer than") {
			t.Errorf("%s, time limit: error %v", kind.Name, got)
		}
		for _, err := range kind.Passages(canceled, strings.NewReader(content), int64(len(content)), MaxPages) {
			got = err
		}
		if !errors.Is(got, context.Canceled) {
			t.Errorf("%s, canceled: error %v", kind.Name, got)
		}
	}
}

// A caller may stop the iteration over passages.
func TestStopIteration(t *testing.T) {
	content := strings.Repeat("The tide is high. ", 10_000)
	taken := 0
	for _, err := range KindOf("a.txt").Passages(t.Context(), strings.NewReader(content), int64(len(content)), MaxPages) {
		if err != nil {
			t.Fatal(err)
		}
		if taken++; taken == 3 {
			break
		}
	}
	if taken != 3 {
		t.Errorf("%d passages", taken)
	}
}

func TestPages(t *testing.T) {
	content := sample(t, "testdata/typeset.pdf") // of 2 pages
	for pages, want := range map[int]string{2: "", 1: "2 pages, limit 1"} {
		var got error
		for _, got = range KindOf("a.pdf").Passages(t.Context(), strings.NewReader(content), int64(len(content)), pages) {
		}
		if want == "" && got != nil || want != "" && (got == nil || !strings.Contains(got.Error(), want)) {
			t.Errorf("limit of %d pages: error %v, want %q", pages, got, want)
		}
	}
}

// faulty is a content whose reader returns an error.
type faulty struct{ err error }

func (f faulty) ReadAt([]byte, int64) (int, error) { return 0, f.err }

// An error of the content's reader is a ContentError.
func TestContentError(t *testing.T) {
	want := errors.New("no disk")
	for _, kind := range kinds {
		var got error
		for _, got = range kind.Passages(t.Context(), faulty{want}, 100, MaxPages) {
		}
		fault := (*ContentError)(nil)
		if !errors.As(got, &fault) || !errors.Is(got, want) {
			t.Errorf("%s: error %v, want a ContentError of %v", kind.Name, got, want)
		}
	}
}

// A damaged PDF does not crash the process.
func TestDamagedPDF(t *testing.T) {
	content := sample(t, "testdata/typeset.pdf")
	for at := 0; at < len(content); at += 293 {
		damaged := content[:at] + "\x00]>>" + content[min(at+4, len(content)):]
		_, _ = read("a.pdf", damaged)
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
		for passage, err := range kind.Passages(t.Context(), bytes.NewReader(content), int64(len(content)), MaxPages) {
			if err != nil {
				return
			}
			if text := Text(passage.Sentences); text == "" || !utf8.ValidString(text) || len(text) > maxPassage {
				t.Errorf("passage %q", text)
			}
			if first := passage.Sentences[0]; !slices.Equal(Decode(Encode(passage.Sentences), first.Page, first.Paragraph), passage.Sentences) {
				t.Errorf("%+v is decoded as %+v", passage.Sentences, Decode(Encode(passage.Sentences), first.Page, first.Paragraph))
			}
		}
	})
}

func TestLongSentence(t *testing.T) {
	for name, text := range map[string]string{
		"words":     strings.Repeat("wave ", 1000),
		"no spaces": strings.Repeat("é", 2*maxSentence),
		"not UTF-8": strings.Repeat("\x80 \xff", maxSentence),
	} {
		sentences := Sentences(text)
		if len(sentences) < 2 {
			t.Errorf("%s: %d sentences", name, len(sentences))
		}
		for _, sentence := range sentences {
			if len(sentence) > maxSentence || !utf8.ValidString(sentence) {
				t.Errorf("%s: sentence of %d bytes, valid %t", name, len(sentence), utf8.ValidString(sentence))
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
