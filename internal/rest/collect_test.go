package rest

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	var text Text
	if text.Of(0) != "" || text.Of(3) != "" {
		t.Error("nothing is something")
	}
	for _, piece := range []struct {
		answer int
		text   string
	}{{2, "c"}, {0, "a"}, {0, ""}, {2, "C"}, {0, "b"}} {
		text.Add(piece.answer, piece.text)
	}
	for answer, want := range []string{"ab", "", "cC", ""} {
		if got := text.Of(answer); got != want {
			t.Errorf("answer %d is %q, want %q", answer, got, want)
		}
	}
}

func TestSet(t *testing.T) {
	text, number, list, pointer := "old", 1, []int{1}, &[]int{1}[0]
	var any any = 1
	Set(&text, "")
	Set(&number, 0)
	Set(&list, nil)
	Set(&pointer, nil)
	Set(&any, nil)
	if text != "old" || number != 1 || len(list) != 1 || pointer == nil || any != 1 {
		t.Errorf("what is not there was taken over: %q, %d, %v, %v, %v", text, number, list, pointer, any)
	}
	zero := 0
	Set(&text, "new")
	Set(&number, 2)
	Set(&list, []int{})
	Set(&pointer, &zero)
	Set(&any, false)
	if text != "new" || number != 2 || len(list) != 0 || *pointer != 0 || any != false {
		t.Errorf("what is there was not taken over: %q, %d, %v, %v, %v", text, number, list, pointer, any)
	}
}

func TestValue(t *testing.T) {
	if got := Value[string](nil); got != "" {
		t.Errorf("nil is %q", got)
	}
	if text := "x"; Value(&text) != "x" {
		t.Errorf("got %q", Value(&text))
	}
}

func TestAt(t *testing.T) {
	var list []string
	for _, index := range []int{2, 0, 2, maxTexts - 1} {
		p, err := At(&list, index)
		if err != nil {
			t.Fatal(err)
		}
		*p += fmt.Sprint(index)
	}
	if len(list) != maxTexts || list[0] != "0" || list[1] != "" || list[2] != "22" || list[maxTexts-1] != "1023" {
		t.Errorf("%d elements, %q", len(list), list[:3])
	}
	for _, index := range []int{-1, maxTexts, math.MaxInt, math.MinInt} {
		if p, err := At(&list, index); p != nil || err == nil || !strings.Contains(err.Error(), fmt.Sprintf("answer %d of a stream", index)) {
			t.Errorf("%d: error %v", index, err)
		}
	}
	if len(list) != maxTexts {
		t.Errorf("%d elements", len(list))
	}
}

func TestFirst(t *testing.T) {
	type choice struct {
		index int
		text  string
	}
	of := func(c choice) (int, string) { return c.index, c.text }
	for want, list := range map[string][]choice{
		"a": {{1, "b"}, {0, "a"}, {2, "c"}}, "x": {{0, "x"}}, "": {{1, "b"}},
	} {
		if got := First(list, of); got != want {
			t.Errorf("%v: got %q, want %q", list, got, want)
		}
	}
	if got := First(nil, of); got != "" {
		t.Errorf("got %q of nothing", got)
	}
}

func TestTextOf(t *testing.T) {
	broken := errors.New("broken")
	asked := 0
	stream := func(pieces ...string) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			for _, p := range pieces {
				asked++
				var err error
				if p == "!" {
					err = broken
				}
				if !yield(p, err) {
					return
				}
			}
		}
	}
	same := func(s string) string { return s }
	read := func(stream iter.Seq2[string, error], limit int) (texts []string, failure error) {
		asked = 0
		for text, err := range TextOf(stream, same) {
			if err != nil {
				failure = err
				continue
			}
			if texts = append(texts, text); len(texts) == limit {
				break
			}
		}
		return texts, failure
	}
	if texts, err := read(stream("a", "", "b", ""), 0); err != nil || !slices.Equal(texts, []string{"a", "b"}) {
		t.Errorf("got %q, error %v", texts, err)
	}
	if texts, err := read(stream("a", "!", "b"), 0); err != broken || !slices.Equal(texts, []string{"a"}) || asked != 2 {
		t.Errorf("got %q, error %v, of %d chunks", texts, err, asked)
	}
	if texts, err := read(stream("", "a", "b", "c"), 2); err != nil || !slices.Equal(texts, []string{"a", "b"}) || asked != 3 {
		t.Errorf("got %q, error %v, of %d chunks", texts, err, asked)
	}
}
