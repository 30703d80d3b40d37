package document

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// maxPath is the most bytes of a value's path in the text. A longer path loses its
// beginning, since the innermost names are the most specific.
const maxPath = 256

// extractJSON writes a paragraph for each value, with its path: `light.range: 21`.
func extractJSON(_ context.Context, content *source, to *text) error {
	decoder := json.NewDecoder(content.reader())
	decoder.UseNumber()
	v := values{to: to}
	for {
		token, err := decoder.Token()
		if err == nil && v.done {
			return errors.New("data after the value")
		}
		if errors.Is(err, io.EOF) && v.done {
			return nil
		}
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if err == nil {
			err = v.read(token)
		}
		if err != nil {
			return err
		}
	}
}

// values reads a value token by token.
type values struct {
	to   *text
	open []level // open objects and lists, the innermost last
	path []byte
	done bool
}

// level is an object or a list. The items of a list have the list's path.
type level struct {
	object bool
	named  bool // whether the name of the next value has been read
	path   int  // length of its own path
}

func (v *values) read(token json.Token) error {
	switch delim, _ := token.(json.Delim); delim {
	case '{', '[':
		if len(v.open) == maxDepth {
			return errTooDeep
		}
		v.open = append(v.open, level{object: delim == '{', path: len(v.path)})
		return nil
	case '}', ']':
		v.open = v.open[:len(v.open)-1]
		v.end()
		return nil
	}
	if len(v.open) > 0 {
		if inner := &v.open[len(v.open)-1]; inner.object && !inner.named {
			inner.named = true
			if len(v.path) > 0 {
				v.path = append(v.path, '.')
			}
			v.path = fmt.Append(v.path, token)
			return nil
		}
	}
	if token != nil {
		v.writePath()
		v.to.writeString(fmt.Sprint(token))
		v.to.endParagraph()
	}
	v.end()
	return v.to.err
}

// end restores the path after a value.
func (v *values) end() {
	if len(v.open) == 0 {
		v.done = true
		return
	}
	inner := &v.open[len(v.open)-1]
	inner.named = false
	v.path = v.path[:inner.path]
}

func (v *values) writePath() {
	path := v.path
	if len(path) == 0 {
		return
	}
	if len(path) > maxPath {
		path = path[len(path)-maxPath:]
		for !utf8.RuneStart(path[0]) {
			path = path[1:]
		}
		v.to.writeString("…")
	}
	v.to.writeString(string(path) + ": ")
}
