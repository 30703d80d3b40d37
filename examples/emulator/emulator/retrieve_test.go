package emulator

import (
	"database/sql"
	"slices"
	"strings"
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

func TestTermsOfOtherScripts(t *testing.T) {
	for text, want := range map[string][]string{
		"Café au lait, cafe\u0301": {"cafe", "au", "lait", "cafe"},
		"灯台の灯り":                    {"灯台", "台の", "の灯", "灯り"},
		"灯, 第2灯台abc":               {"灯", "第", "2", "灯台", "abc"},
		"한국 маяк":                  {"한국", "маяк"},
	} {
		if got := terms(text); !slices.Equal(got, want) {
			t.Errorf("%s: %q", text, got)
		}
	}
}

// stem returns the same terms as the database's index.
func TestTermsMatchIndex(t *testing.T) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, statement := range []string{
		"CREATE VIRTUAL TABLE words USING fts5 (text, tokenize = 'porter unicode61 remove_diacritics 2')",
		"CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, row)",
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	texts := sample(t, "../../quickstart/documents/keepers-handbook.md") + sample(t, "../../quickstart/documents/storm-log.txt") +
		" Cafés naïve Ångström generations generators relational conditional agreed controlling happy skies university sensibilities " +
		strings.Repeat("x", 100) + "ing"
	found := 0
	for _, word := range words(texts) {
		if _, err := db.ExecContext(t.Context(), "DELETE FROM words"); err != nil {
			t.Fatal(err)
		}
		if _, err := db.ExecContext(t.Context(), "INSERT INTO words VALUES (?)", word); err != nil {
			t.Fatal(err)
		}
		var term string
		if err := db.QueryRowContext(t.Context(), "SELECT term FROM vocabulary").Scan(&term); err != nil {
			t.Fatal(err)
		}
		if got := stem(word); got != term {
			t.Errorf("%s: term %s, want that of the index, %s", word, got, term)
		}
		found++
	}
	if found < 250 {
		t.Errorf("%d words, want at least 250", found)
	}
}

func TestScores(t *testing.T) {
	texts := [][]string{terms("the lamp"), terms("the lamp and the bell"), terms("the bell"), nil}
	got := scores(texts, terms("lamp bell"))
	if got[1] <= got[0] || got[1] <= got[2] || got[0] == 0 || got[3] != 0 {
		t.Errorf("scores %v", got)
	}
	if got := scores(texts, nil); slices.Max(got) != 0 {
		t.Errorf("scores without terms: %v", got)
	}
	if got := scores(nil, terms("lamp")); len(got) != 0 {
		t.Errorf("scores without texts: %v", got)
	}
}
