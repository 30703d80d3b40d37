package rest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// book is a list of pages. The token of a page is its number.
type book struct {
	pages map[string][]int
	next  map[string]string
	fail  string // token that returns an error
	asked []string
}

var errPage = errors.New("no such page")

func (b *book) page(_ context.Context, token string) ([]int, string, error) {
	b.asked = append(b.asked, token)
	if b.fail != "" && token == b.fail {
		return nil, "", errPage
	}
	return b.pages[token], b.next[token], nil
}

func TestPages(t *testing.T) {
	pages := map[string][]int{"": {1, 2}, "b": {3}, "c": {}, "d": {4, 5}}
	tests := []struct {
		name  string
		next  map[string]string
		fail  string
		stop  int // element at which the loop breaks
		want  []int
		asked []string
		error string
	}{
		{"all", map[string]string{"": "b", "b": "c", "c": "d"}, "", 0, []int{1, 2, 3, 4, 5}, []string{"", "b", "c", "d"}, ""},
		{"one", nil, "", 0, []int{1, 2}, []string{""}, ""},
		{"break in the first", map[string]string{"": "b"}, "", 1, []int{1}, []string{""}, ""},
		{"break at the end of the first", map[string]string{"": "b"}, "", 2, []int{1, 2}, []string{""}, ""},
		{"break in the second", map[string]string{"": "b", "b": "c"}, "", 3, []int{1, 2, 3}, []string{"", "b"}, ""},
		{"the same token", map[string]string{"": "b", "b": "b"}, "", 0, []int{1, 2, 3}, []string{"", "b"}, `repeats the page token "b"`},
		{"a cycle", map[string]string{"": "b", "b": "c", "c": "d", "d": "b"}, "", 0, []int{1, 2, 3, 4, 5}, []string{"", "b", "c", "d"}, `repeats the page token "b"`},
		{"an empty cycle", map[string]string{"": "c", "c": "c"}, "", 0, []int{1, 2}, []string{"", "c"}, `repeats the page token "c"`},
		{"an error in the middle", map[string]string{"": "b", "b": "c"}, "b", 0, []int{1, 2}, []string{"", "b"}, "no such page"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := &book{pages: pages, next: tt.next, fail: tt.fail}
			all := Pages(t.Context(), b.page)
			if len(b.asked) != 0 {
				t.Fatalf("asked for %q before the loop", b.asked)
			}
			for round := range 2 { // Pages can be ranged over twice
				b.asked = nil
				var got []int
				var failure error
				for n, err := range all {
					if failure != nil {
						t.Fatal("it goes on after an error")
					}
					if failure = err; err != nil {
						continue
					}
					got = append(got, n)
					if page := map[int]int{1: 1, 2: 1, 3: 2, 4: 4, 5: 4}[n]; len(b.asked) != page {
						t.Errorf("with element %d, %d pages were asked for, want %d", n, len(b.asked), page)
					}
					if n == tt.stop {
						break
					}
				}
				if !slices.Equal(got, tt.want) || !slices.Equal(b.asked, tt.asked) {
					t.Errorf("round %d: got %v from %q, want %v from %q", round, got, b.asked, tt.want, tt.asked)
				}
				if (failure != nil) != (tt.error != "") || failure != nil && !strings.Contains(failure.Error(), tt.error) {
					t.Errorf("round %d: error %v", round, failure)
				}
				if tt.fail != "" && failure != errPage {
					t.Errorf("error %v, want that of the page", failure)
				}
			}
		})
	}
}

// A long list of pages is not mistaken for a cycle.
func TestManyPages(t *testing.T) {
	n := 0
	for _, err := range Pages(t.Context(), func(_ context.Context, token string) ([]string, string, error) {
		if want := fmt.Sprint(n); n > 0 && token != want {
			t.Fatalf("asked for %q, want %q", token, want)
		}
		n++
		if n == 10000 {
			return nil, "", nil
		}
		return []string{token}, fmt.Sprint(n), nil
	}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if n != 10000 {
		t.Errorf("%d pages", n)
	}
}
