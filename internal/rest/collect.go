package rest

import (
	"fmt"
	"iter"
	"reflect"
	"strings"
	"sync"
)

// What generated code puts the chunks of a stream together with.

// maxTexts bounds how many answers a stream may have in parallel.
const maxTexts = 1024

// size is how much of a stream has been read, and how much of it is collected at
// most.
type size struct{ read, limit int64 }

// sizes are those of the streams whose first chunk is being handed over, by the
// chunk, which is a pointer.
var sizes sync.Map

// announce tells Text.Check the size of the stream that chunk is the first of,
// until the function that it returns is called.
func announce(chunk any, s *size) (forget func()) {
	if v := reflect.ValueOf(chunk); v.Kind() != reflect.Pointer || v.IsNil() {
		return func() {}
	}
	sizes.Store(chunk, s)
	return func() { sizes.Delete(chunk) }
}

// Text is the text of one answer or more, as it comes.
type Text struct {
	answers []*strings.Builder
	begun   bool
	size    *size // of the stream, if that is known
	length  int64
}

// Check returns an error if a stream of which chunk is the next is too long to be
// collected: the data of its events together is longer than the limit of a
// response. Of a stream that was not made by Stream, the texts count, and the
// limit is the default.
func (t *Text) Check(chunk any) error {
	if !t.begun {
		t.begun = true
		if v := reflect.ValueOf(chunk); v.Kind() == reflect.Pointer {
			if s, ok := sizes.Load(chunk); ok {
				t.size = s.(*size)
			}
		}
	}
	length, limit := t.length, int64(DefaultMaxResponseBytes)
	if t.size != nil {
		length, limit = t.size.read, t.size.limit
	}
	if length > limit {
		return fmt.Errorf("the stream is longer than the limit of a response, %d bytes", limit)
	}
	return nil
}

// Add appends a piece to an answer, whose number At has checked.
func (t *Text) Add(answer int, piece string) {
	for len(t.answers) <= answer {
		t.answers = append(t.answers, new(strings.Builder))
	}
	t.answers[answer].WriteString(piece)
	t.length += int64(len(piece))
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
