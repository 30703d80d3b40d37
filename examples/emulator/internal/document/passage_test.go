package document

import (
	"fmt"
	"strings"
	"testing"
)

func TestPassages(t *testing.T) {
	long := strings.Repeat("The tide is high today. ", 30) // 30 sentences, 720 bytes
	tests := []struct{ name, text, want string }{
		{"short", "One.\n\nTwo.", "(2)"},
		{"more than maxPassage", long + long, "(42) (18)"},
		{"headings", "Lens\n\n" + long + "\n\nLamp\n\nPosition\n\n" + long, "Lens(31) Lamp(32)"},
		{"small sections together", "Lens\n\nIt is clear.\n\nLamp\n\nIt is lit.", "Lens(4)"},
		{"two passages with one heading", "Lens\n\n" + long + long, "Lens(43) Lens(18)"},
		{"list", "Wash it;\n\ndry it.", "(2)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for passage, err := range KindOf("a.txt").Passages(t.Context(), strings.NewReader(tt.text), int64(len(tt.text)), MaxPages) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, fmt.Sprintf("%s(%d)", passage.Heading, len(passage.Sentences)))
				if size := len(Text(passage.Sentences)); size > maxPassage {
					t.Errorf("passage of %d bytes", size)
				}
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("got %s, want %s", strings.Join(got, " "), tt.want)
			}
		})
	}
}
