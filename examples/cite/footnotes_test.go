package cite

import (
	"slices"
	"testing"

	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

func reference(file string, pages ...int) data.Reference {
	return data.Reference{File: data.AssistantFile{Name: file}, Pages: pages}
}

func citation(position int, references ...data.Reference) data.Citation {
	return data.Citation{Position: position, References: references}
}

// whole returns a complete answer with footnote numbers, and the sources.
func whole(answer string, citations []data.Citation) (text string, sources []string) {
	var f Footnotes
	for _, citation := range citations {
		text += f.Cite(citation)
	}
	text += f.Text(answer) + f.End()
	return text, f.Sources
}

func TestWholeAnswer(t *testing.T) {
	highlighted := reference("c.txt")
	highlighted.Highlight = data.Highlight{Type: "text", Content: "Eins."}
	tests := []struct {
		name      string
		answer    string
		citations []data.Citation
		text      string
		sources   []string
	}{
		{"none", "Eins.", nil, "Eins.", nil},
		{"characters, not bytes", "Öäü. Zwei.", []data.Citation{citation(4, reference("a.pdf", 1, 2))},
			"Öäü.[1] Zwei.", []string{"a.pdf, p. 1, 2"}},
		{"unsorted, the same twice", "Eins. Zwei.", []data.Citation{
			citation(11, reference("b.txt"), highlighted), citation(5, reference("b.txt")),
		}, "Eins.[1] Zwei.[1][2]", []string{"b.txt", `c.txt: "Eins."`}},
		{"out of range", "Eins.", []data.Citation{
			citation(-1, reference("a")), citation(99, reference("b")),
		}, "[1]Eins.[2]", []string{"a", "b"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text, sources := whole(tt.answer, tt.citations)
			if text != tt.text || !slices.Equal(sources, tt.sources) {
				t.Errorf("%s\n%q", text, sources)
			}
		})
	}
}

// Footnotes in an answer that arrives in pieces: each step is a text or a
// citation and the text that can be written then.
func TestFootnotesOfStream(t *testing.T) {
	type step struct {
		text string
		cite []data.Citation
		want string
	}
	text := func(text, want string) step { return step{text, nil, want} }
	cite := func(position int, want string, references ...data.Reference) step {
		return step{"", []data.Citation{citation(position, references...)}, want}
	}
	a, b := reference("a"), reference("b")
	tests := []struct {
		name    string
		steps   []step
		end     string
		sources []string
	}{
		{"right behind its text", []step{text("Eins.", "Eins."), cite(5, "[1]", a), text(" Zwei.", " Zwei."), cite(11, "[2]", b)}, "", []string{"a", "b"}},
		{"behind the space too", []step{text("Eins. ", "Eins."), cite(5, "[1]", a), text("Zwei.", " Zwei.")}, "", []string{"a"}},
		{"in the space", []step{text("Ö.  ", "Ö."), cite(3, "", a), text("Zwei.", " [1] Zwei.")}, "", []string{"a"}},
		{"late", []step{text("Eins. Zwei. ", "Eins. Zwei."), cite(5, "[1]", a), text("Drei", " Drei")}, "", []string{"a"}},
		{"ahead of its text", []step{cite(7, "", b), cite(5, "", a), text("Ei", "Ei"), text("ns. Zw", "ns.[1] Z[2]w")}, "", []string{"a", "b"}},
		{"ahead of all text", []step{text("Eins.", "Eins."), cite(9, "", a, b)}, "[1][2]", []string{"a", "b"}},
		{"only space follows", []step{text("Eins.", "Eins."), text(" ", ""), cite(6, "", a), text("\n", " [1]")}, "", []string{"a"}},
		{"nothing", nil, "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var f Footnotes
			for i, step := range tt.steps {
				got := f.Text(step.text)
				for _, citation := range step.cite {
					got += f.Cite(citation)
				}
				if got != step.want {
					t.Errorf("step %d: %q, want %q", i, got, step.want)
				}
			}
			if end := f.End(); end != tt.end || !slices.Equal(f.Sources, tt.sources) {
				t.Errorf("at the end %q and %q, want %q and %q", end, f.Sources, tt.end, tt.sources)
			}
		})
	}
}
