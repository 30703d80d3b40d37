package corpus

import (
	"bytes"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// made is the date of all documents, so that their bytes do not change.
var made = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// encodePDF sets an entry on cards of the size A7. The longer texts take two of
// them, and a sentence can go on from one to the next.
func encodePDF(e Entry) ([]byte, error) {
	doc := fpdf.NewCustom(&fpdf.InitType{UnitStr: "mm", Size: fpdf.SizeType{Wd: 74, Ht: 105}})
	doc.SetCreationDate(made)
	doc.SetModificationDate(made)
	doc.SetCatalogSort(true)
	doc.SetTitle(e.Title, true)
	doc.SetMargins(7, 8, 7)
	doc.SetAutoPageBreak(true, 8)
	encode := doc.UnicodeTranslatorFromDescriptor("cp1252") // that of the built-in fonts
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
