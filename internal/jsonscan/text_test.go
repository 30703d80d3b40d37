package jsonscan

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"unsafe"
)

// std decodes a text with encoding/json.
func std[T any](t *testing.T, text string) (v T, ok bool) {
	t.Helper()
	return v, json.Unmarshal([]byte(text), &v) == nil
}

func TestStrings(t *testing.T) {
	for _, inside := range []string{
		``, `a`, `ü`, `日本語`, `\"\\\/\b\f\n\r\t`, `\u00e9\u00E9`, `a\u0000b`, "\x7f",
		`\ud83d\ude00`, `\uD83D\uDE00`, `\ud83d`, `\ude00`, `\ud83d\ud83d\ude00`, `\ud83dx`, `\ud83d\n`, `\ud83d\u0041`, `\ude00\ud83d`, `\ud83d\u0000`, `\uffff`,
		"\xff", "a\xffb", "\xe2\x82", "\xe2\x82\xac", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc0\x80", "\xff\\u0041\xfe", "\ufffd",
		"\x00", "\x1f", "a\nb", "a\tb", `\`, `\x`, `\u`, `\u12`, `\u12g4`, `\U0041`, `\'`, `\u 123`, `\ud83d\u12`, `\ud83d\`,
	} {
		for _, pad := range []int{0, 1, 7, 8, 9, 70} {
			text := `"` + strings.Repeat("x", pad) + inside + strings.Repeat("y", pad) + `"`
			want, ok := std[string](t, text)
			var d Decoder
			d.Reset([]byte(text), false)
			got := d.String()
			if err := d.End(); (err == nil) != ok || ok && got != want {
				t.Errorf("%q: %q, error %v, want %q %v", text, got, err, want, ok)
			}
		}
	}
}

func TestStringErrors(t *testing.T) {
	for text, want := range map[string]string{
		`"a\x"`:       `at byte 2: want an escape sequence, found "\\x\""`,
		`"\u12g4"`:    `at byte 1: want an escape sequence, found "\\u12g4\""`,
		"\"a\nb\"":    `at byte 2: want no control character in a string, found "\nb\""`,
		"\"a\x00":     `at byte 2: want no control character in a string, found "\x00"`,
		`"abcdefghij`: `at byte 11: want the end of a string: unexpected end of JSON`,
		`"a\`:         `at byte 2: want an escape sequence, found "\\"`,
	} {
		var d Decoder
		d.Reset([]byte(text), false)
		if got := d.String(); got != "" {
			t.Errorf("%q: %q", text, got)
		}
		if err := d.End(); err == nil || err.Error() != want {
			t.Errorf("%q: error %v, want %s", text, err, want)
		}
	}
}

// Every byte is decoded correctly at every offset within a word of eight bytes.
func TestStringsOfEveryByte(t *testing.T) {
	var d Decoder
	check := func(inside []byte) {
		t.Helper()
		text := `["` + string(inside) + `",1]`
		want, ok := std[[]any](t, text)
		for _, as := range map[string]read{
			"any": readAny,
			"after a look": func(d *Decoder) any {
				list := []any{}
				for more := d.List(); more; more = d.NextElement() {
					d.ahead = true
					start := d.pos
					d.Skip()
					d.ahead, d.pos = false, start
					list = append(list, d.Any())
				}
				return list
			},
		} {
			d.Reset([]byte(text), false)
			got := as(&d)
			if err := d.End(); (err == nil) != ok || ok && !reflect.DeepEqual(got, any(want)) {
				t.Fatalf("%q: %q, error %v, want %q %v", text, got, err, want, ok)
			}
		}
	}
	for c := range 256 {
		for length := range 20 {
			for at := range length {
				text := []byte(strings.Repeat("~ ", length))[:length]
				text[at] = byte(c)
				check(text)
			}
		}
	}
	for first := 0x80; first < 0x100; first++ {
		for second := range 256 {
			for _, third := range []byte{'x', 0x7f, 0x80, 0xbf, 0xc0, 0xff} {
				check([]byte{byte(first), byte(second), third})
				check([]byte{byte(first), byte(second), third, 0x80, 'x'})
			}
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	const likely = `"\\\\\\ntu00d83e9é€😀` + "\xff\x80\n"
	for range 20000 {
		text := make([]byte, random.IntN(40))
		for i := range text {
			if text[i] = 'x'; random.IntN(2) == 0 {
				text[i] = likely[random.IntN(len(likely))]
			}
		}
		check(text)
	}
}

func TestNumbers(t *testing.T) {
	for _, text := range []string{
		`0`, `-0`, `1`, `-1`, `10`, `1234567890123456789012`, `0.5`, `-0.50`, `1.5e3`, `1E3`, `1e+3`, `1e-3`, `0e0`, `0.0e-0`, `1e01`,
		``, `-`, `+1`, `01`, `-01`, `00`, `.5`, `1.`, `1.e3`, `1e`, `1e+`, `1e-`, `1e1.5`, `--1`, `1-`, `0x10`, `1_000`, `Inf`, `NaN`, `-Infinity`, `1 2`,
		`1e308`, `1e309`, `-1e309`, `4.9e-324`, `1e-400`, strings.Repeat("9", 400), "0." + strings.Repeat("9", 400),
	} {
		want, ok := std[float64](t, text)
		var d Decoder
		d.Reset([]byte(text), false)
		got := d.Float(64)
		if err := d.End(); (err == nil) != ok || ok && got != want {
			t.Errorf("%s: %v, error %v, want %v %v", text, got, err, want, ok)
		}
	}
}

func TestCache(t *testing.T) {
	var d Decoder
	decode := func(text string) string {
		data := []byte(text)
		d.Reset(data, false)
		v := d.String()
		if err := d.End(); err != nil {
			t.Fatal(err)
		}
		clear(data)
		return v
	}
	same := func(a, b string) bool { return unsafe.StringData(a) == unsafe.StringData(b) }
	const plain, escaped = `"content_chunk"`, `"content\u005fchunk"`
	if a, b, c := decode(plain), decode(plain), decode(escaped); a != "content_chunk" || !same(a, b) || !same(a, c) {
		t.Errorf("%q, %q and %q are not the same string", a, b, c)
	}
	for length, want := range map[int]bool{1: true, maxCached: true, maxCached + 1: false, 10000: false} {
		text := `"` + strings.Repeat("x", length) + `"`
		if a, b := decode(text), decode(text); a != b || same(a, b) != want {
			t.Errorf("%d bytes: the same string: %v", length, !want)
		}
	}
	// Strings with equal ends share a slot of the cache and replace each other.
	for i := range 10000 {
		want := fmt.Sprintf("a%04db%04dc", i, i)
		if got := decode(`"` + want + `"`); got != want {
			t.Fatalf("%q, want %q", got, want)
		}
	}
	total := 0
	for _, s := range d.strings {
		total += len(s)
	}
	if most := len(d.strings) * maxCached; total > most {
		t.Errorf("%d bytes are kept, want at most %d", total, most)
	}
}

// A decoded string does not change when the next is unescaped. Long scratch
// memory is not kept.
func TestScratch(t *testing.T) {
	var d Decoder
	for _, length := range []int{1, 100, 10, maxScratch / 2, 2 * maxScratch, 20} {
		text := strings.Repeat(`a\n`, length)
		d.Reset([]byte(`["`+text+`","\u0062`+text+`","\u0063"]`), false)
		list := List(&d, String[string])
		want := strings.Repeat("a\n", length)
		if err := d.End(); err != nil || list[0] != want || list[1] != "b"+want || list[2] != "c" {
			t.Errorf("%d: error %v, or other strings", length, err)
		}
		if cap(d.scratch) > maxScratch {
			t.Errorf("%d bytes are kept", cap(d.scratch))
		}
	}
	text := []byte(`"` + strings.Repeat(`a\n`, 100) + `"`)
	if got := testing.AllocsPerRun(100, func() { d.Reset(text, false); _ = d.String() }); got > 1 {
		t.Errorf("%v allocations for a string, want 1", got)
	}
}
