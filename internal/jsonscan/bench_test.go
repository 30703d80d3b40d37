package jsonscan

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// Types of a chunk and of a context response, as the generator writes them.
type (
	chunk interface{ isChunk() }

	contentChunk struct {
		Type   string  `json:"type"`
		ID     string  `json:"id"`
		Model  string  `json:"model"`
		Delta  delta   `json:"delta"`
		Filter results `json:"content_filter_results"`
	}
	delta struct {
		Content string `json:"content"`
	}
	results struct {
		Spec    enum `json:"spec"`
		Results any  `json:"results"`
	}
	context struct {
		ID       string    `json:"id"`
		Snippets []snippet `json:"snippets"`
	}
	snippet struct {
		Value *textSnippet
		raw   []byte
	}
	textSnippet struct {
		Type      string    `json:"type"`
		Content   string    `json:"content"`
		Score     float32   `json:"score"`
		Reference reference `json:"reference"`
	}
	reference struct {
		Value *pdfReference
		raw   []byte
	}
	pdfReference struct {
		Type  string `json:"type"`
		File  file   `json:"file"`
		Pages []int  `json:"pages"`
	}
	file struct {
		ID        string         `json:"id"`
		Name      string         `json:"name"`
		Size      int64          `json:"size"`
		Metadata  map[string]any `json:"metadata"`
		CreatedOn time.Time      `json:"created_on"`
		UpdatedOn time.Time      `json:"updated_on"`
		Status    enum           `json:"status"`
		SignedURL string         `json:"signed_url"`
	}
)

func (*contentChunk) isChunk() {}

func decodeChunk(d *Decoder) chunk {
	if d.Kind("type") == "content_chunk" {
		return Member(d, (*contentChunk).decodeJSON)
	}
	return nil
}

func (v *contentChunk) decodeJSON(d *Decoder) {
	for more := d.Object(); more; more = d.NextMember() {
		switch string(d.Name()) {
		case "type":
			v.Type = d.String()
		case "id":
			v.ID = d.String()
		case "model":
			v.Model = d.String()
		case "delta":
			v.Delta.decodeJSON(d)
		case "content_filter_results":
			v.Filter.decodeJSON(d)
		default:
			d.Skip()
		}
	}
}

func (v *delta) decodeJSON(d *Decoder) {
	for more := d.Object(); more; more = d.NextMember() {
		switch string(d.Name()) {
		case "content":
			v.Content = d.String()
		default:
			d.Skip()
		}
	}
}

func (v *results) decodeJSON(d *Decoder) {
	for more := d.Object(); more; more = d.NextMember() {
		switch string(d.Name()) {
		case "spec":
			v.Spec = enum(d.String())
		case "results":
			v.Results = d.Any()
		default:
			d.Skip()
		}
	}
}

func (v *context) decodeJSON(d *Decoder) {
	for more := d.Object(); more; more = d.NextMember() {
		switch string(d.Name()) {
		case "id":
			v.ID = d.String()
		case "snippets":
			v.Snippets = List(d, (*snippet).decodeJSON)
		default:
			d.Skip()
		}
	}
}

func (v *snippet) decodeJSON(d *Decoder) {
	start := d.Position()
	if d.Kind("type") == "text" {
		v.Value = Member(d, (*textSnippet).decodeJSON)
	} else {
		d.Skip()
	}
	v.raw = d.Since(start)
}

func (v *textSnippet) decodeJSON(d *Decoder) {
	for more := d.Object(); more; more = d.NextMember() {
		switch string(d.Name()) {
		case "type":
			v.Type = d.String()
		case "content":
			v.Content = d.String()
		case "score":
			v.Score = float32(d.Float(32))
		case "reference":
			v.Reference.decodeJSON(d)
		default:
			d.Skip()
		}
	}
}

func (v *reference) decodeJSON(d *Decoder) {
	start := d.Position()
	if d.Kind("type") == "pdf" {
		v.Value = Member(d, (*pdfReference).decodeJSON)
	} else {
		d.Skip()
	}
	v.raw = d.Since(start)
}

func (v *pdfReference) decodeJSON(d *Decoder) {
	for more := d.Object(); more; more = d.NextMember() {
		switch string(d.Name()) {
		case "type":
			v.Type = d.String()
		case "file":
			v.File.decodeJSON(d)
		case "pages":
			v.Pages = List(d, Int[int])
		default:
			d.Skip()
		}
	}
}

func (v *file) decodeJSON(d *Decoder) {
	for more := d.Object(); more; more = d.NextMember() {
		switch string(d.Name()) {
		case "id":
			v.ID = d.String()
		case "name":
			v.Name = d.String()
		case "size":
			v.Size = d.Int(64)
		case "metadata":
			v.Metadata = d.Map()
		case "created_on":
			v.CreatedOn = d.Time()
		case "updated_on":
			v.UpdatedOn = d.Time()
		case "status":
			v.Status = enum(d.String())
		case "signed_url":
			v.SignedURL = d.String()
		default:
			d.Skip()
		}
	}
}

const chunkJSON = `{"type":"content_chunk","id":"0000000000000000a1b2c3d4e5f60718","model":"gpt-4o-2024-11-20","delta":{"content":"Hello world"}}`

// passage is text as in documents: its 220 bytes contain three line breaks, two
// quotation marks, and three letters beyond ASCII.
const passage = "The harbour office keeps two ledgers: one for the ships that arrive and\n" +
	"one for those that are \"expected\". Clément reads both at a café on the\n" +
	"quay, notes what differs, and sends it to Müller before the noon tide\n"

// contextJSON returns a response of 16 snippets, about 46 KB.
func contextJSON(kindFirst bool) []byte {
	first, last := `"type":"text",`, ""
	if !kindFirst {
		first, last = "", `,"type":"text"`
	}
	content, err := json.Marshal(strings.Repeat(passage, 10))
	if err != nil {
		panic(err)
	}
	one := `{` + first + `"content":` + string(content) + `,"score":0.8512345,"reference":{"type":"pdf","file":{"status":"Available","id":"3fa85f64-5717-4562-b3fc-2c963f66afa6",` +
		`"name":"report-2026.pdf","size":1073470,"metadata":{"year":2026,"team":"x"},"created_on":"2026-01-02T03:04:05.123456Z","updated_on":"2026-01-02T03:04:05Z","signed_url":null},"pages":[1,2]}` + last + `}`
	return []byte(`{"id":"x","snippets":[` + strings.Repeat(one+",", 15) + one + `]}`)
}

func BenchmarkChunk(b *testing.B) {
	data := []byte(chunkJSON)
	b.Run("Decoder", func(b *testing.B) {
		b.ReportAllocs()
		var d Decoder
		for b.Loop() {
			d.Reset(data, false)
			c := decodeChunk(&d)
			if err := d.End(); err != nil || c == nil {
				b.Fatal(c, err)
			}
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := json.Unmarshal(data, new(contentChunk)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkContext(b *testing.B) {
	for name, data := range map[string][]byte{"kind first": contextJSON(true), "kind last": contextJSON(false)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				var v context
				if err := Unmarshal(data, &v, (*context).decodeJSON, true); err != nil || len(v.Snippets) != 16 {
					b.Fatal(v, err)
				}
			}
		})
	}
	data := contextJSON(true)
	for name, unmarshal := range standards {
		b.Run(name+" flat", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				var v flatContext
				if err := unmarshal(data, &v); err != nil || len(v.Snippets) != 16 {
					b.Fatal(v, err)
				}
			}
		})
	}
}

// flatContext is a context response without unions.
type flatContext struct {
	ID       string `json:"id"`
	Snippets []struct {
		Type      string       `json:"type"`
		Content   string       `json:"content"`
		Score     float32      `json:"score"`
		Reference pdfReference `json:"reference"`
	} `json:"snippets"`
}

// standards are the standard library's decoders.
var standards = map[string]func([]byte, any) error{"encoding-json": json.Unmarshal}

// Decoding an event allocates its struct and its new strings, and nothing else.
func TestChunkAllocations(t *testing.T) {
	data := []byte(chunkJSON)
	var d Decoder
	got := testing.AllocsPerRun(100, func() {
		d.Reset(data, false)
		decodeChunk(&d)
		if d.End() != nil {
			t.Fatal(d.End())
		}
	})
	if got > 3 {
		t.Errorf("%v allocations, want at most 3", got)
	}
}
