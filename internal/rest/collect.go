package rest

import (
	"fmt"
	"iter"
	"reflect"
	"strings"
)

// What generated code puts the chunks of a stream together with.

// maxTexts bounds how many answers a stream may have in parallel.
const maxTexts = 1024

// Text is the text of one answer or more, as it comes.
type Text struct{ answers []*strings.Builder }

// Add appends a piece to an answer, whose number At has checked.
func (t *Text) Add(answer int, piece string) {
	for len(t.answers) <= answer {
		t.answers = append(t.answers, new(strings.Builder))
	}
	t.answers[answer].WriteString(piece)
}

// Of returns an answer.
func (t *Text) Of(answer int) string {
	if answer >= len(t.answers) {
		return ""
	}
	return t.answers[answer].String()
}

// Set takes over a value that is there.
func Set[T any](field *T, value T) {
	if !reflect.ValueOf(&value).Elem().IsZero() {
		*field = value
	}
}

// Value returns what a pointer points to, or zero.
func Value[T any](p *T) (value T) {
	if p != nil {
		value = *p
	}
	return value
}

// At returns the element of a list, which grows as it must.
func At[T any](list *[]T, index int) (*T, error) {
	if index < 0 || index >= maxTexts {
		return nil, fmt.Errorf("answer %d of a stream: want 0 to %d", index, maxTexts-1)
	}
	for len(*list) <= index {
		var zero T
		*list = append(*list, zero)
	}
	return &(*list)[index], nil
}

// First returns the text of the first answer among the elements of a chunk.
func First[T any](list []T, text func(T) (index int, text string)) string {
	for _, element := range list {
		if index, text := text(element); index == 0 {
			return text
		}
	}
	return ""
}

// TextOf iterates over the texts in a stream, but for the empty ones.
func TextOf[C any](stream iter.Seq2[C, error], text func(C) string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for chunk, err := range stream {
			if err != nil {
				yield("", err)
				return
			}
			if piece := text(chunk); piece != "" && !yield(piece, nil) {
				return
			}
		}
	}
}
