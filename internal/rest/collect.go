package rest

import (
	"fmt"
	"iter"
	"reflect"
	"strings"
	"sync"
)

// Generated code uses these functions to collect the chunks of a stream into a
// response.

// maxTexts bounds how many answers (the choices of a completion) a stream may
// have.
const maxTexts = 1024

// size counts the bytes read from a stream and holds the limit up to which the
// stream can be collected.
type size struct{ read, limit int64 }

// sizes maps the first chunk of a stream, a pointer, to the size of the stream,
// while the first chunk is being handed to the caller.
var sizes sync.Map

// announce makes the size of a stream available to Text.Check under the
// stream's first chunk, until forget is called.
func announce(chunk any, s *size) (forget func()) {
	if v := reflect.ValueOf(chunk); v.Kind() != reflect.Pointer || v.IsNil() {
		return func() {}
	}
	sizes.Store(chunk, s)
	return func() { sizes.Delete(chunk) }
}

// Text collects the texts of the answers in a stream.
type Text struct {
	answers []*strings.Builder
	begun   bool
	size    *size // nil if the stream was not made by Stream
	length  int64
}

// Check is called with each chunk of a stream, in order. It returns an error if
// the data of all events is longer than the stream's MaxResponseBytes. For a
// stream that was not made by Stream, it compares the length of the texts with
// DefaultMaxResponseBytes.
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

// Add appends a piece of text to an answer. The caller must have checked the
// number of the answer with At.
func (t *Text) Add(answer int, piece string) {
	for len(t.answers) <= answer {
		t.answers = append(t.answers, new(strings.Builder))
	}
	t.answers[answer].WriteString(piece)
	t.length += int64(len(piece))
}

// Of returns the text of an answer.
func (t *Text) Of(answer int) string {
	if answer >= len(t.answers) {
		return ""
	}
	return t.answers[answer].String()
}

// Set assigns value to field unless value is zero.
func Set[T any](field *T, value T) {
	if !reflect.ValueOf(&value).Elem().IsZero() {
		*field = value
	}
}

// Value returns what p points to, or the zero value if p is nil.
func Value[T any](p *T) (value T) {
	if p != nil {
		value = *p
	}
	return value
}

// At returns the element of a list at index. It extends the list if necessary.
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

// First returns the text of the element whose index is 0, or "".
func First[T any](list []T, text func(T) (index int, text string)) string {
	for _, element := range list {
		if index, text := text(element); index == 0 {
			return text
		}
	}
	return ""
}

// TextOf iterates over the texts in a stream. It skips empty texts.
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
