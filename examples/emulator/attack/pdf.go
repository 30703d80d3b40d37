package main

import (
	"bytes"
	"compress/zlib"
	"context"
	"fmt"
	"strings"

	"golang.org/x/sync/errgroup"
)

// pdf returns a PDF with the objects, the first of which is the catalog. The fields in
// trailer are added to its trailer.
func pdf(trailer string, objects ...string) []byte {
	var file bytes.Buffer
	file.WriteString("%PDF-1.7\n")
	var offsets []int
	for i, object := range objects {
		offsets = append(offsets, file.Len())
		fmt.Fprintf(&file, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	xref := file.Len()
	fmt.Fprintf(&file, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range offsets {
		fmt.Fprintf(&file, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&file, "trailer\n<< /Root 1 0 R /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, trailer, xref)
	return file.Bytes()
}

// stream returns a stream object whose content is compressed the given number of times.
func stream(dictionary string, content []byte, times int) string {
	filters := ""
	for range times {
		var packed bytes.Buffer
		w, _ := zlib.NewWriterLevel(&packed, zlib.BestCompression)
		_, _ = w.Write(content)
		_ = w.Close()
		content = packed.Bytes()
		filters += " /FlateDecode"
	}
	return fmt.Sprintf("<< %s /Length %d /Filter [%s] >>\nstream\n%s\nendstream", dictionary, len(content), filters, content)
}

// onPage returns a PDF of one page with a content stream, which is object 5. The others
// are objects from 6 on.
func onPage(content string, others ...string) []byte {
	return pdf("", append([]string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R /Resources << /Font << /F 4 0 R >> /XObject << /X 6 0 R >> >> >>",
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
		content,
	}, others...)...)
}

// show returns a content stream with text operators.
func show(text string) []byte { return []byte("BT /F 12 Tf 72 720 Td " + text + " ET") }

func pdfAttacks() []attack {
	files := []struct {
		name    string
		content func() []byte
	}{
		{"PDF, ordinary, before PDFium is compiled", func() []byte { return onPage(stream("", show("(The tide is high.) Tj"), 1)) }},
		{"PDF of 600 bytes that names 2,000,000,000 objects", func() []byte {
			return bytes.Replace(onPage(stream("", show("(The tide is high.) Tj"), 0)), []byte("/Size 6"), []byte("/Size 2000000000"), 1)
		}},
		{"PDF, content of 200 MB, packed", func() []byte { return onPage(stream("", fill("0 0 m ", 200<<20), 1)) }},
		{"PDF, content of 200 MB of zeros, packed twice", func() []byte { return onPage(stream("", make([]byte, 200<<20), 2)) }},
		{"PDF, 8,000,000 characters on a page", func() []byte { return onPage(stream("", show(string(fill("(wavewave) Tj ", 14_000_000))), 1)) }},
		{"PDF, one text of 20 MB", func() []byte { return onPage(stream("", show("("+string(fill("wave ", 20<<20))+") Tj"), 1)) }},
		{"PDF, forms in forms, 10^9 times", func() []byte {
			var forms []string
			for n := range 9 {
				forms = append(forms, stream(fmt.Sprintf("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X %d 0 R >> >>", 7+n),
					fill("/X Do ", 60), 0))
			}
			forms = append(forms, stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", show("(wave) Tj"), 0))
			return onPage(stream("", []byte("/X Do"), 0), forms...)
		}},
		{"PDF, a form that contains itself", func() []byte {
			return onPage(stream("", []byte("/X Do"), 0), stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >>", []byte("/X Do /X Do"), 0))
		}},
		{"PDF, 2,000,000,000 pages", func() []byte {
			return pdf("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2000000000 >>")
		}},
		{"PDF, 20,000 empty pages", func() []byte {
			return pdf("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids ["+strings.Repeat("3 0 R ", 20_000)+"] /Count 20000 >>",
				"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>")
		}},
		{"PDF, arrays in arrays", func() []byte {
			return pdf("", "<< /Type /Catalog /Pages 2 0 R /X "+strings.Repeat("[", 5<<20)+" >>", "<< /Type /Pages /Kids [] /Count 0 >>")
		}},
		{"PDF, a predictor of 2^31 columns", func() []byte {
			return onPage(stream("/DecodeParms << /Predictor 15 /Columns 2147483647 /Colors 32 /BitsPerComponent 16 >>", show("(wave) Tj"), 1))
		}},
		{"PDF, objects that refer to each other", func() []byte {
			return pdf("/Info 3 0 R", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", "4 0 R", "3 0 R")
		}},
		{"PDF, cross-references in a circle", func() []byte {
			file := pdf("/Prev 9", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>")
			at := bytes.LastIndex(file, []byte("xref\n0"))
			return bytes.Replace(file, []byte("/Prev 9"), fmt.Appendf(nil, "/Prev %d", at), 1)
		}},
		{"PDF, a map of 65,536 characters to long texts", func() []byte {
			return pdf("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
				"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R /Resources << /Font << /F 4 0 R >> >> >>",
				"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>", stream("", show("("+string(fill("w", 1<<20))+") Tj"), 1),
				stream("", []byte("1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfchar <77> <"+string(fill("0077", 4*512))+"> endbfchar"), 1))
		}},
		{"PDF that is encrypted without a known password", func() []byte {
			return bytes.Replace(onPage(stream("", show("(wave) Tj"), 0)), []byte("/Size"), []byte("/Encrypt << /Filter /Standard /V 1 /R 2 /O (x) /U (x) /P 0 >> /ID [(x) (x)] /Size"), 1)
		}},
		{"PDF, empty", func() []byte { return nil }},
		{"PDF, an index of 2^31 references", func() []byte {
			file := "%PDF-1.7\n" + "1 0 obj\n" + stream("/Type /XRef /Root 2 0 R /Size 2147483647 /Index [0 2147483647] /W [1 2147483647 2]", make([]byte, 1<<20), 1) + "\nendobj\n"
			return []byte(file + "startxref\n9\n%%EOF\n")
		}},
		{"PDF, an object stream that contains itself", func() []byte {
			return pdf("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", stream("/Type /ObjStm /N 2000000000 /First 10 /Extends 3 0 R", fill("3 0 ", 1<<20), 1))
		}},
		{"PDF, a letter that shows itself", func() []byte {
			return pdf("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
				"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R /Resources << /Font << /F 4 0 R >> >> >>",
				"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /CharProcs << /w 5 0 R >> /Encoding << /Differences [119 /w] >> /FirstChar 119 /LastChar 119 /Widths [9] /Resources << /Font << /F 4 0 R >> >> >>",
				stream("", show("("+string(fill("w", 1<<16))+") Tj"), 1))
		}},
		{"PDF, a map of all characters", func() []byte {
			return pdf("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
				"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R /Resources << /Font << /F 4 0 R >> >> >>",
				"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>", stream("", show("(wave) Tj"), 1),
				stream("", []byte("1 begincodespacerange <00000000> <ffffffff> endcodespacerange 1 beginbfrange <00000000> <ffffffff> <0000> endbfrange"), 1))
		}},
		{"PDF, pages in pages, 100,000 levels", func() []byte {
			objects := []string{"<< /Type /Catalog /Pages 2 0 R >>"}
			for n := range 100_000 {
				objects = append(objects, fmt.Sprintf("<< /Type /Pages /Kids [%d 0 R] /Count 1 >>", 3+n))
			}
			return pdf("", append(objects, "<< /Type /Page /MediaBox [0 0 9 9] >>")...)
		}},
		{"PDF of 100 MB that is not a PDF", func() []byte { return append([]byte("%PDF-1.7\n"), fill("1 0 obj ", 99<<20)...) }},
		{"PDF of 90 MB with a page", func() []byte {
			return onPage(stream("", show("(The tide is high.) Tj"), 0), stream("", make([]byte, 90<<20), 0))
		}},
	}
	var all []attack
	for _, f := range files {
		all = append(all, upload(f.name, "a.pdf", f.content))
	}
	together := func(memory bool) func(context.Context, *target) (string, error) {
		return func(ctx context.Context, t *target) (string, error) {
			if memory {
				t.memory = true
				if err := t.stop(); err != nil {
					return "", err
				}
				if err := t.start(ctx); err != nil {
					return "", err
				}
				if err := t.Create(ctx, assistant); err != nil {
					return "", err
				}
			}
			contents := map[string][]byte{
				"0.txt": fill("A.\n\n", fileSize), "1.txt": fill("n", fileSize), "2.json": []byte("[" + string(fill(`"a.",`, fileSize-8)) + "1]"),
				"3.docx": body("", "<w:p><w:r><w:t>Wave wind tide. </w:t></w:r></w:p>", 60<<20, "")(), "4.pdf": files[4].content(), "5.pdf": files[2].content(),
				"6.pdf": files[len(files)-1].content(), "7.md": fill("# A\n", fileSize),
			}
			group, ctx := errgroup.WithContext(ctx)
			for name, content := range contents {
				for range 2 {
					group.Go(func() error {
						_, err := t.upload(ctx, name, content)
						return err
					})
				}
			}
			return fmt.Sprintf("%d files", 2*len(contents)), group.Wait()
		}
	}
	return append(all, attack{"many of these at once", together(false)}, attack{"many of these at once, in memory", together(true)})
}
