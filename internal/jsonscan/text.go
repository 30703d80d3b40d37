package jsonscan

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// What a byte of a string calls for.
const (
	plainByte = iota
	quoteByte
	escapeByte
	controlByte
	unicodeByte // part of a rune of several bytes
)

var byteClass = func() (class [256]uint8) {
	for c := range class {
		switch {
		case c == '"':
			class[c] = quoteByte
		case c == '\\':
			class[c] = escapeByte
		case c < ' ':
			class[c] = controlByte
		case c >= utf8.RuneSelf:
			class[c] = unicodeByte
		}
	}
	return class
}()

// plainLen returns how many plain bytes text starts with.
func plainLen(text []byte) int {
	const each = 0x0101010101010101
	n := 0
	for ; len(text)-n >= 8; n += 8 {
		// A high bit of special is set if one of the eight is not plain.
		eight := binary.LittleEndian.Uint64(text[n:])
		quote, escape := eight^each*'"', eight^each*'\\'
		special := eight | (eight - each*' ') | (quote - each) | (escape - each)
		if special&(each<<7) != 0 {
			break
		}
	}
	for n < len(text) && byteClass[text[n]] == plainByte {
		n++
	}
	return n
}

// quoted consumes a string and returns what is between its quotes. It is plain
// if that is the string itself; else it has to be unescaped.
func (d *Decoder) quoted() (text []byte, plain bool) {
	start := d.pos + 1
	escaped, ascii := false, true
	for i := start; ; {
		i += plainLen(d.data[i:])
		if i == len(d.data) {
			d.pos = i
			d.fail("want the end of a string")
			return nil, true
		}
		switch byteClass[d.data[i]] {
		case quoteByte:
			text = d.data[start:i]
			d.pos = i + 1
			return text, !escaped && (ascii || utf8.Valid(text))
		case unicodeByte:
			ascii = false
			for i < len(d.data) && d.data[i] >= utf8.RuneSelf {
				i++
			}
		case escapeByte:
			escaped = true
			n := escapeLen(d.data[i:])
			if n == 0 {
				d.pos = i
				d.fail("want an escape sequence")
				return nil, true
			}
			i += n
		case controlByte:
			d.pos = i
			d.fail("want no control character in a string")
			return nil, true
		}
	}
}

// escapeLen returns the length of the escape sequence that text starts with, or
// 0 if it is none.
func escapeLen(text []byte) int {
	if len(text) < 2 {
		return 0
	}
	switch text[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := hex4(text); ok {
			return 6
		}
	}
	return 0
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

var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unescape appends what the inside of a string stands for. What is no UTF-8 or
// half of a surrogate pair becomes U+FFFD.
func unescape(to, text []byte) []byte {
	for {
		n := plainLen(text)
		to, text = append(to, text[:n]...), text[n:]
		switch {
		case len(text) == 0:
			return to
		case text[0] != '\\':
			r, size := utf8.DecodeRune(text)
			to, text = utf8.AppendRune(to, r), text[size:]
		case text[1] != 'u':
			to, text = append(to, escapes[text[1]]), text[2:]
		default:
			unit, _ := hex4(text)
			text = text[6:]
			if utf16.IsSurrogate(unit) {
				low, _ := hex4(text)
				if unit = utf16.DecodeRune(unit, low); unit != utf8.RuneError {
					text = text[6:]
				}
			}
			to = utf8.AppendRune(to, unit)
		}
	}
}

// number consumes a number and returns its text.
func (d *Decoder) number(want string) []byte {
	d.next()
	text := d.data[d.pos:]
	n := 0
	digits := func() bool {
		start := n
		for n < len(text) && '0' <= text[n] && text[n] <= '9' {
			n++
		}
		return n > start
	}
	at := func(chars string) bool {
		for i := range len(chars) {
			if n < len(text) && text[n] == chars[i] {
				n++
				return true
			}
		}
		return false
	}
	at("-")
	valid := at("0") || digits()
	if valid && at(".") {
		valid = digits()
	}
	if valid && at("eE") {
		at("+-")
		valid = digits()
	}
	if !valid {
		d.fail(want)
		return nil
	}
	d.pos += n
	return text[:n]
}

// cache hands out the same string for the same short text again and again:
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
