package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
)

// fileSize is the limit of a file other than a PDF, in bytes.
const fileSize = 10 << 20

// fill repeats a text up to a size in bytes.
func fill(text string, size int) []byte { return []byte(strings.Repeat(text, size/len(text))) }

func textAttacks() []attack {
	nested := func(levels, length int) func() []byte {
		return func() []byte {
			name := `{"` + strings.Repeat("n", length) + `":`
			return []byte(strings.Repeat(name, levels) + "1" + strings.Repeat("}", levels))
		}
	}
	return []attack{
		upload("JSON of 900 levels with long names", "a.json", nested(900, 9300)),
		upload("JSON of a million levels", "a.json", nested(1_000_000, 1)),
		upload("JSON, brackets", "a.json", func() []byte { return fill("[", fileSize) }),
		upload("JSON of many fields", "a.json", func() []byte {
			var text bytes.Buffer
			text.WriteString(`{"":0`)
			for n := 0; text.Len() < fileSize-32; n++ {
				fmt.Fprintf(&text, `,"%d":%d`, n, n)
			}
			text.WriteString("}")
			return text.Bytes()
		}),
		upload("JSON, many values under a long name", "a.json", func() []byte {
			return []byte(`{"` + strings.Repeat("n", 1<<20) + `":[` + strings.Repeat("1,", 4<<20) + "1]}")
		}),
		upload("JSON, one string", "a.json", func() []byte { return []byte(`"` + strings.Repeat("n", fileSize-2) + `"`) }),
		upload("JSON of short sentences", "a.json", func() []byte { return []byte("[" + string(fill(`"a.",`, fileSize-8)) + "1]") }),
		upload("JSON, one number", "a.json", func() []byte { return fill("1", fileSize) }),
		upload("JSON, one name", "a.json", func() []byte { return []byte(`{"` + strings.Repeat("n", fileSize-8) + `":1}`) }),
		upload("JSON of blanks", "a.json", func() []byte { return []byte("[" + strings.Repeat(" ", fileSize-3) + "1]") }),
		upload("JSON of escapes", "a.json", func() []byte { return []byte(`"` + string(fill(`\ud800`, fileSize-8)) + `"`) }),
		upload("text of a million words", "a.txt", func() []byte {
			var text bytes.Buffer
			for n := 0; text.Len() < fileSize-32; n++ {
				fmt.Fprintf(&text, "w%xw ", n*2654435761)
			}
			return text.Bytes()
		}),
		upload("text without spaces, Chinese", "a.txt", func() []byte { return fill("灯台", fileSize) }),
		upload("text of combining characters", "a.txt", func() []byte { return fill("\u0301", fileSize) }),
		upload("text, one word", "a.txt", func() []byte { return fill("n", fileSize) }),
		upload("text, one line", "a.txt", func() []byte { return fill("Wave and wind ", fileSize) }),
		upload("text of short sentences", "a.txt", func() []byte { return fill("A. ", fileSize) }),
		upload("text of short paragraphs", "a.txt", func() []byte { return fill("A.\n\n", fileSize) }),
		upload("text of blank lines", "a.txt", func() []byte { return fill(" \n", fileSize) }),
		upload("Markdown of headings", "a.md", func() []byte { return fill("# A\n", fileSize) }),
		upload("Markdown of items", "a.md", func() []byte { return fill("- 1. a\n", fileSize) }),
		upload("text with an invalid last byte", "a.txt", func() []byte { return append(fill("The tide is high. ", fileSize-1), 0xff) }),
		upload("text in UTF-16", "a.txt", func() []byte { return append([]byte{0xff, 0xfe}, fill("a\x00", fileSize-2)...) }),
		upload("text of NUL bytes", "a.txt", func() []byte { return make([]byte, fileSize) }),
	}
}

// word returns a Word document whose main part write writes.
func word(write func(io.Writer)) []byte {
	var file bytes.Buffer
	archive := zip.NewWriter(&file)
	archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	if part, err := archive.Create("word/document.xml"); err == nil {
		write(part)
	}
	_ = archive.Close() // in memory
	return file.Bytes()
}

// body returns a function that returns a Word document whose body repeats a text, up to
// a size in bytes, between two other texts.
func body(before, text string, size int, after string) func() []byte {
	return func() []byte {
		return word(func(w io.Writer) {
			_, _ = io.WriteString(w, `<w:document xmlns:w="w"><w:body>`+before)
			block := fill(text, max(1<<20, len(text)))
			for n := 0; n < size; n += len(block) {
				_, _ = w.Write(block)
			}
			_, _ = io.WriteString(w, after+`</w:body></w:document>`)
		})
	}
}

func docxAttacks() []attack {
	return []attack{
		upload("Word, 400 MB of text", "a.docx", body("", "<w:p><w:r><w:t>wave wind tide </w:t></w:r></w:p>", 400<<20, "")),
		upload("Word, 60 MB of text", "a.docx", body("", "<w:p><w:r><w:t>Wave wind tide. </w:t></w:r></w:p>", 60<<20, "")),
		upload("Word, one run of 400 MB", "a.docx", body("<w:p><w:r><w:t>", "wave ", 400<<20, "</w:t></w:r></w:p>")),
		upload("Word, a tag with 400 MB of attributes", "a.docx", body("<w:p ", "a='' ", 400<<20, "/>")),
		upload("Word, many namespaces", "a.docx", body("", "<w:p xmlns:a='a' xmlns:b='b' xmlns:c='c'>", 60<<20, "")),
		upload("Word, elements in elements", "a.docx", body("", "<w:p>", 60<<20, "")),
		upload("Word, a comment of 400 MB", "a.docx", body("<!--", "wave ", 400<<20, "-->")),
		upload("Word, page breaks", "a.docx", body("", "<w:br w:type='page'/><w:t>a</w:t>", 60<<20, "")),
		upload("Word, entities", "a.docx", func() []byte {
			return word(func(w io.Writer) {
				_, _ = io.WriteString(w, `<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><d><t>&b;</t></d>`)
			})
		}),
		upload("Word, processing instructions", "a.docx", body("", "<?a b?>", 60<<20, "")),
		upload("Word, CDATA of 400 MB", "a.docx", body("<w:p><w:r><w:t><![CDATA[", "wave ", 400<<20, "]]></w:t></w:r></w:p>")),
		upload("Word, a document type of 400 MB", "a.docx", func() []byte {
			return word(func(w io.Writer) {
				_, _ = io.WriteString(w, "<!DOCTYPE d [")
				for range 400 {
					_, _ = w.Write(fill(`<!ENTITY a "b">`, 1<<20))
				}
			})
		}),
		upload("Word, a directory of 200,000 parts", "a.docx", directory),
		upload("Word that is encrypted", "a.docx", func() []byte { return append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 1<<20)...) }),
		upload("Word, many parts", "a.docx", func() []byte {
			var file bytes.Buffer
			archive := zip.NewWriter(&file)
			for n := 0; file.Len() < fileSize*4/10; n++ {
				_, _ = archive.CreateRaw(&zip.FileHeader{Name: fmt.Sprint(n)})
			}
			_ = archive.Close()
			return file.Bytes()
		}),
		upload("Word, parts with long paths", "a.docx", func() []byte {
			var file bytes.Buffer
			archive := zip.NewWriter(&file)
			for n := 0; file.Len() < fileSize*4/10; n++ {
				_, _ = archive.CreateRaw(&zip.FileHeader{Name: fmt.Sprint(n) + strings.Repeat("/a", 32_000)})
			}
			_ = archive.Close()
			return file.Bytes()
		}),
	}
}

// directory returns an archive whose directory lists one part many times.
func directory() []byte {
	var file bytes.Buffer
	archive := zip.NewWriter(&file)
	_, _ = archive.Create("word/document.xml")
	_ = archive.Close()
	at := bytes.Index(file.Bytes(), []byte("PK\x01\x02"))
	end := bytes.Index(file.Bytes(), []byte("PK\x05\x06"))
	entry, last := file.Bytes()[at:end], file.Bytes()[end:]
	count := (fileSize - at - len(last)) / len(entry)
	all := slices.Concat(file.Bytes()[:at], bytes.Repeat(entry, count), last)
	fields := all[len(all)-len(last):]
	binary.LittleEndian.PutUint16(fields[8:], uint16(count))
	binary.LittleEndian.PutUint16(fields[10:], uint16(count))
	binary.LittleEndian.PutUint32(fields[12:], uint32(count*len(entry)))
	return all
}
