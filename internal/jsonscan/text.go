package jsonscan

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// special returns 0 if all eight bytes are plain. Otherwise the lowest bit set
// in the result belongs to the first byte that is not plain: a quotation mark,
// a backslash, a control character, or part of a multi-byte rune.
func special(eight uint64) uint64 {
	const each = 0x0101010101010101
	quote, escape := eight^each*'"', eight^each*'\\'
	return (eight | (eight - each*' ') | (quote - each) | (escape - each)) & (each << 7)
}

// plainEnd returns the offset of the first byte at or after i that is not plain,
// or the length of data.
func plainEnd(data []byte, i int) int {
	for ; len(data)-i >= 16; i += 16 {
		words := (*[16]byte)(data[i:])
		first, second := special(binary.LittleEndian.Uint64(words[:8])), special(binary.LittleEndian.Uint64(words[8:]))
		if first|second == 0 {
			continue
		}
		if first != 0 {
			return i + bits.TrailingZeros64(first)/8
		}
		return i + 8 + bits.TrailingZeros64(second)/8
	}
	for i < len(data) && data[i] >= ' ' && data[i] < utf8.RuneSelf && data[i] != '"' && data[i] != '\\' {
		i++
	}
	return i
}

// quoted consumes a string and returns its unescaped bytes, which are valid
// until the next string is read. Invalid UTF-8 and half a surrogate pair become
// U+FFFD.
func (d *Decoder) quoted() []byte {
	// Most strings, names among them, are plain.
	data, first := d.data, d.pos+1
	i := plainEnd(data, first)
	if i < len(data) && data[i] == '"' {
		d.pos = i + 1
		return data[first:i]
	}
	return d.unquote(first, i)
}

// unquote consumes the string whose text begins at first. The bytes before i are
// plain.
func (d *Decoder) unquote(first, i int) []byte {
	data, to := d.data, d.scratch[:0]
	start := first // of the part not yet appended to it
	for ; i < len(data); i = plainEnd(data, i) {
		switch c := data[i]; {
		case c == '"':
			d.pos = i + 1
			if start == first {
				return data[first:i]
			}
			to = append(to, data[start:i]...)
			if cap(to) <= maxScratch {
				d.scratch = to
			}
			return to
		case c == '\\':
			if i+1 < len(data) && escapes[data[i+1]] != 0 {
				to = append(to, data[start:i+1]...)
				to[len(to)-1] = escapes[data[i+1]] // overwrite the backslash
				i += 2
				start = i
				continue
			}
			r, size := unescape(data[i:])
			if size == 0 {
				d.pos = i
				d.fail("want an escape sequence")
				return nil
			}
			to = utf8.AppendRune(append(to, data[start:i]...), r)
			i += size
			start = i
		case c < ' ':
			d.pos = i
			d.fail("want no control character in a string")
			return nil
		default:
			for i < len(data) && data[i] >= utf8.RuneSelf {
				// Most runes of two and three bytes are valid by their first
				// byte and the bits of the others.
				if c := data[i]; i+2 < len(data) && data[i+1]&0xc0 == 0x80 {
					if 0xc2 <= c && c <= 0xdf {
						i += 2
						continue
					}
					if 0xe1 <= c && c <= 0xef && c != 0xed && data[i+2]&0xc0 == 0x80 {
						i += 3
						continue
					}
				}
				r, size := utf8.DecodeRune(data[i:])
				if r == utf8.RuneError && size == 1 {
					to = append(append(to, data[start:i]...), "\ufffd"...)
					start = i + 1
				}
				i += size
			}
		}
	}
	d.pos = len(data)
	d.fail("want the end of a string")
	return nil
}

var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// skipQuoted consumes a string without checking it. The string will be read
// again.
func (d *Decoder) skipQuoted() {
	start := d.pos + 1
	for i := start; ; i++ {
		n := bytes.IndexByte(d.data[i:], '"')
		if n < 0 {
			d.pos = len(d.data)
			d.fail("want the end of a string")
			return
		}
		i += n
		escapes := 0
		for i-escapes > start && d.data[i-escapes-1] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			d.pos = i + 1
			return
		}
	}
}

// unescape returns the rune of the \u escape sequence at the start of text, or of
// two that are a surrogate pair. The size is 0 if the sequence is invalid.
func unescape(text []byte) (r rune, size int) {
	r, ok := hex4(text)
	if !ok {
		return 0, 0
	}
	if utf16.IsSurrogate(r) {
		low, _ := hex4(text[6:])
		if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
			return r, 12
		}
	}
	return r, 6
}

// hex4 returns the UTF-16 code unit of a \uXXXX sequence.
func hex4(text []byte) (unit rune, ok bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	for _, c := range text[2:6] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		unit = unit<<4 | rune(c)
	}
	return unit, true
}

// number consumes a number and returns its text.
func (d *Decoder) number(want string) []byte {
	d.next()
	text := d.data[d.pos:]
	n := 0
	if n < len(text) && text[n] == '-' {
		n++
	}
	var valid bool
	if n < len(text) && text[n] == '0' {
		n, valid = n+1, true
	} else {
		n, valid = digits(text, n)
	}
	if valid && n < len(text) && text[n] == '.' {
		n, valid = digits(text, n+1)
	}
	if valid && n < len(text) && (text[n] == 'e' || text[n] == 'E') {
		if n++; n < len(text) && (text[n] == '+' || text[n] == '-') {
			n++
		}
		n, valid = digits(text, n)
	}
	if !valid {
		d.fail(want)
		return nil
	}
	d.pos += n
	return text[:n]
}

// digits returns the end of the digits that start at n, and whether there are
// any.
func digits(text []byte, n int) (end int, ok bool) {
	start := n
	for n < len(text) && '0' <= text[n] && text[n] <= '9' {
		n++
	}
	return n, n > start
}

// cache returns the same string for equal short texts, without allocating:
// names, kinds, and the ids that every event of a stream repeats.
type cache [64]string

const maxCached = 64

func (c *cache) get(text []byte) string {
	if len(text) == 0 {
		return ""
	}
	if len(text) > maxCached {
		return string(text)
	}
	hash := uint32(len(text))
	for _, b := range [...]byte{text[0], text[len(text)/2], text[len(text)-1]} {
		hash = hash*31 + uint32(b)
	}
	slot := &c[hash%uint32(len(c))]
	if *slot != string(text) {
		*slot = string(text)
	}
	return *slot
}
