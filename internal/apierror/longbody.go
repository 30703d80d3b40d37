package apierror

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

const (
	// maxScan is the number of bytes that are searched for the code and the
	// message of an error. The bytes are not kept.
	maxScan = 64 << 20

	// maxString is the number of bytes of a code or a message that are kept, as
	// written in the JSON.
	maxString = 4 << 10
)

// scan returns the code and the message of a JSON object that is too long to
// keep or is truncated. It accepts the shapes that describe does.
func scan(text io.Reader) (code, message string) {
	s := scanner{bufio.NewReader(io.LimitReader(text, maxScan))}
	var top, nested description
	_ = s.object(func(name string, first byte) error { // an error only ends the search
		if name != "error" || first != '{' {
			return s.member(&top, name, first)
		}
		err := s.object(func(name string, first byte) error { return s.member(&nested, name, first) })
		if err == nil && nested.code != "" && nested.message != "" {
			return errFound
		}
		return err
	})
	for _, d := range []description{nested, top} {
		if code == "" {
			code = d.code
		}
		if message == "" {
			message = d.message
		}
	}
	return code, message
}

var (
	errFound  = errors.New("all is found")
	errSyntax = errors.New("not JSON")
)

type scanner struct{ *bufio.Reader }

// member reads the value of a member. first is the first byte of the value,
// which is not yet consumed.
func (s scanner) member(d *description, name string, first byte) error {
	var field *string
	switch name {
	case "code":
		field = &d.code
	case "message", "error":
		field = &d.message
	}
	switch {
	case field == nil || *field != "":
		return s.skip()
	case first == '"':
		value, err := s.text()
		if err == nil {
			*field = strings.TrimSpace(value)
		}
		return err
	case name == "code" && (first == '-' || '0' <= first && first <= '9'):
		return s.number(field)
	}
	return s.skip()
}

// object calls value for each member of an object, with the member's name and
// the first byte of its value. The function must consume the value.
func (s scanner) object(value func(name string, first byte) error) error {
	if c, err := s.next(); err != nil || c != '{' {
		return errors.Join(errSyntax, err)
	}
	_, _ = s.ReadByte()
	if c, err := s.next(); err != nil || c == '}' {
		_, _ = s.ReadByte()
		return err
	}
	for {
		if c, err := s.next(); err != nil || c != '"' {
			return errors.Join(errSyntax, err)
		}
		name, err := s.text()
		if err != nil {
			return err
		}
		if c, err := s.next(); err != nil || c != ':' {
			return errors.Join(errSyntax, err)
		}
		_, _ = s.ReadByte()
		first, err := s.next()
		if err != nil {
			return err
		}
		if err := value(name, first); err != nil {
			return err
		}
		c, err := s.next()
		if err != nil {
			return err
		}
		_, _ = s.ReadByte()
		switch c {
		case ',':
		case '}':
			return nil
		default:
			return errSyntax
		}
	}
}

// next skips white space and returns the next byte without consuming it.
func (s scanner) next() (byte, error) {
	for {
		c, err := s.Peek(1)
		if err != nil {
			return 0, err
		}
		if !strings.ContainsRune(" \t\r\n", rune(c[0])) {
			return c[0], nil
		}
		_, _ = s.ReadByte()
	}
}

// text reads a string to its end and returns up to maxString bytes of it.
func (s scanner) text() (string, error) {
	quote, err := s.ReadByte()
	if err != nil {
		return "", err
	}
	raw, escaped := []byte{quote}, false
	for {
		c, err := s.ReadByte()
		if err != nil {
			return "", err
		}
		if c == '"' && !escaped {
			break
		}
		if len(raw) < maxString {
			raw = append(raw, c)
		}
		escaped = c == '\\' && !escaped
	}
	var value string
	// The string may be truncated in the middle of an escape sequence, which
	// has six bytes at most.
	for range min(6, len(raw)) {
		if json.Unmarshal(append(raw[:len(raw):len(raw)], '"'), &value) == nil {
			return value, nil
		}
		raw = raw[:len(raw)-1]
	}
	return "", errSyntax
}

func (s scanner) number(value *string) error {
	var text strings.Builder
	for {
		c, err := s.Peek(1)
		if err != nil {
			return err // the number may be incomplete
		}
		if !strings.ContainsRune("+-.0123456789eE", rune(c[0])) {
			*value = text.String()
			return nil
		}
		if text.Len() < maxText {
			text.WriteByte(c[0])
		}
		_, _ = s.ReadByte()
	}
}

// skip skips a value.
func (s scanner) skip() error {
	for depth := 0; ; {
		c, err := s.next()
		if err != nil {
			return err
		}
		switch c {
		case '"':
			if err := s.skipText(); err != nil {
				return err
			}
			if depth == 0 {
				return nil
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return nil // the end of the enclosing value
			}
			if depth--; depth == 0 {
				_, _ = s.ReadByte()
				return nil
			}
		case ',':
			if depth == 0 {
				return nil
			}
		}
		_, _ = s.ReadByte()
	}
}

func (s scanner) skipText() error {
	_, _ = s.ReadByte()
	for {
		chunk, err := s.ReadSlice('"')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		// The quote is escaped if an odd number of backslashes precedes it. A
		// full buffer may end between a backslash and the quote.
		if errors.Is(err, bufio.ErrBufferFull) {
			if chunk[len(chunk)-1] == '\\' {
				if slashes(chunk)%2 == 1 {
					_, _ = s.ReadByte()
				}
			}
			continue
		}
		if slashes(chunk[:len(chunk)-1])%2 == 0 {
			return nil
		}
	}
}

// slashes returns the number of backslashes at the end of text.
func slashes(text []byte) int {
	n := 0
	for n < len(text) && text[len(text)-1-n] == '\\' {
		n++
	}
	return n
}
