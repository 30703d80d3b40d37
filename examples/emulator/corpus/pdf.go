package corpus

import (
	"bytes"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// made is the date of all documents. It is fixed so that their bytes do not change.
var made = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// encodePDF encodes an entry as a PDF with pages of size A7. A longer text takes two
// pages, and a sentence can continue on the second.
func encodePDF(e Entry) ([]byte, error) {
	doc := fpdf.NewCustom(&fpdf.InitType{UnitStr: "mm", Size: fpdf.SizeType{Wd: 74, Ht: 105}})
	doc.SetCreationDate(made)
	doc.SetModificationDate(made)
	doc.SetCatalogSort(true)
	doc.SetTitle(e.Title, true)
	doc.SetMargins(7, 8, 7)
	doc.SetAutoPageBreak(true, 8)
	encode := doc.UnicodeTranslatorFromDescriptor("cp1252") // encoding of the built-in fonts
	doc.AddPage()
	doc.SetFont("Times", "B", 14)
	doc.MultiCell(0, 6, encode(e.Title), "", "L", false)
	doc.Ln(3)
	doc.SetFont("Times", "", 12)
	doc.MultiCell(0, 5.5, encode(e.Text), "", "L", false)
	var b bytes.Buffer
	err := doc.Output(&b)
	return b.Bytes(), err
}
