package cite

import (
	"slices"
	"testing"

	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

func TestAnswer(t *testing.T) {
	reference := func(file string, pages ...int) data.ReferenceModel {
		return data.ReferenceModel{File: data.AssistantFileModel{Name: file}, Pages: pages}
	}
	highlighted := reference("c.txt")
	highlighted.Highlight = data.HighlightModel{Type: "text", Content: "Eins."}
	tests := []struct {
		name      string
		answer    string
		citations []data.CitationModel
		text      string
		sources   []string
	}{
		{"none", "Eins.", nil, "Eins.", nil},
		{"characters, not bytes", "Öäü. Zwei.", []data.CitationModel{{Position: 4, References: []data.ReferenceModel{reference("a.pdf", 1, 2)}}},
			"Öäü.[1] Zwei.", []string{"a.pdf, p. 1, 2"}},
		{"unsorted, the same twice", "Eins. Zwei.", []data.CitationModel{
			{Position: 11, References: []data.ReferenceModel{reference("b.txt"), highlighted}},
			{Position: 5, References: []data.ReferenceModel{reference("b.txt")}},
		}, "Eins.[1] Zwei.[1][2]", []string{"b.txt", `c.txt: "Eins."`}},
		{"out of range", "Eins.", []data.CitationModel{
			{Position: -1, References: []data.ReferenceModel{reference("a")}}, {Position: 99, References: []data.ReferenceModel{reference("b")}},
		}, "[1]Eins.[2]", []string{"a", "b"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text, sources := Answer(tt.answer, tt.citations)
			if text != tt.text || !slices.Equal(sources, tt.sources) {
				t.Errorf("%s\n%q", text, sources)
			}
		})
	}
}
