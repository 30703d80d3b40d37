package emulator

import (
	"slices"
	"testing"
)

func TestTerms(t *testing.T) {
	got := terms("The lenses' prisms: how often were they cleaned, in 2026?")
	if want := []string{"lens", "prism", "clean", "2026"}; !slices.Equal(got, want) {
		t.Errorf("terms %q", got)
	}
	for _, forms := range [][]string{{"wash", "washes", "washed", "washing"}, {"prism", "prisms"}, {"store", "stores", "stored", "storing"}} {
		for _, form := range forms {
			if stem(form) != stem(forms[0]) {
				t.Errorf("%s and %s: %s and %s", form, forms[0], stem(form), stem(forms[0]))
			}
		}
	}
}

func TestScores(t *testing.T) {
	texts := [][]string{terms("the lamp"), terms("the lamp and the bell"), terms("the bell"), nil}
	got := scores(texts, terms("lamp bell"))
	if got[1] <= got[0] || got[1] <= got[2] || got[0] == 0 || got[3] != 0 {
		t.Errorf("scores %v", got)
	}
	if got := scores(texts, terms("lamp tide gull wave")); got[0] != 0 {
		t.Errorf("one of four terms scores %v", got)
	}
	if got := scores(texts, nil); slices.Max(got) != 0 {
		t.Errorf("no terms score %v", got)
	}
	if got := scores(nil, terms("lamp")); len(got) != 0 {
		t.Errorf("no texts score %v", got)
	}
}
