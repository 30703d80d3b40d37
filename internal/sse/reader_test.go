package sse

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func TestReader(t *testing.T) {
	tests := []struct {
		name string
		text string
		want []string
	}{
		{"empty", "", nil},
		{"one", "data: a\n\n", []string{"a"}},
		{"two", "data: a\n\ndata: b\n\n", []string{"a", "b"}},

		{"CR", "data: a\r\rdata: b\r\r", []string{"a", "b"}},
		{"CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", []string{"a", "b"}},
		{"mixed: LF CR", "data: a\n\rdata: b\n\r", []string{"a", "b"}},
		{"mixed: CR CRLF", "data: a\r\r\ndata: b\r\r\n", []string{"a", "b"}},
		{"mixed: CRLF LF", "data: a\r\n\ndata: b\r\n\n", []string{"a", "b"}},
		{"mixed: CRLF CR", "data: a\r\n\rdata: b\r\n\r", []string{"a", "b"}},
		{"CRLF is one end", "data: a\r\ndata: b\r\n\r\n", []string{"a\nb"}},
		{"ends of different kinds in one event", "data: a\rdata: b\ndata: c\r\ndata: d\r\r", []string{"a\nb\nc\nd"}},
		{"line separators of Unicode are text", "data: a\u2028\u2029\u0085\v\fb\n\n", []string{"a\u2028\u2029\u0085\v\fb"}},
		{"zero bytes are text", "data: \x00\n\n", []string{"\x00"}},
		{"invalid UTF-8 is text", "data: \xff\xfe\n\n", []string{"\xff\xfe"}},

		{"mark", "\uFEFFdata: a\n\n", []string{"a"}},
		{"mark alone", "\uFEFF", nil},
		{"mark, then a blank line", "\uFEFF\ndata: a\n\n", []string{"a"}},
		{"mark twice", "\uFEFF\uFEFFdata: a\n\ndata: b\n\n", []string{"b"}},
		{"mark on the second line", "\n\uFEFFdata: a\n\ndata: b\n\n", []string{"b"}},
		{"mark in the value", "data: \uFEFFa\n\n", []string{"\uFEFFa"}},
		{"mark cut after one byte", "\xEFdata: a\n\ndata: b\n\n", []string{"b"}},
		{"mark cut after two bytes", "\xEF\xBBdata: a\n\ndata: b\n\n", []string{"b"}},
		{"mark cut by a line end", "\xEF\xBB\ndata: a\n\n", []string{"a"}},

		{"blank lines", "\n\n\r\r\r\n\r\ndata: a\n\n\n\n", []string{"a"}},
		{"comments", ":\n: one\n:two\ndata: a\n: data: b\n\n:\n\n", []string{"a"}},
		{"comment within an event", "data: a\n: keep-alive\ndata: b\n\n", []string{"a\nb"}},
		{"other fields", "event: x\nid: 1\nretry: 10\nnew: y\nevent\ndata: a\n\n", []string{"a"}},
		{"other fields without data", "event: ping\n\nid: 1\n\n", nil},
		{"other names", "dat: a\nData: b\ndatax: c\n data: d\ndata : e\nxdata: f\n\n", nil},
		{"white space is no blank line", "data: a\n \ndata: b\n\n", []string{"a\nb"}},

		{"no space", "data:a\n\n", []string{"a"}},
		{"two spaces", "data:  a\n\n", []string{" a"}},
		{"tab", "data:\ta\n\n", []string{"\ta"}},
		{"space behind", "data: a \n\n", []string{"a "}},
		{"colons in the value", "data::a:\n\ndata: :b\n\n", []string{":a:", ":b"}},
		{"several lines", "data: a\ndata:b\ndata:  c\n\n", []string{"a\nb\n c"}},
		{"several lines, some empty", "data\ndata: a\ndata:\ndata: \ndata\n\n", []string{"\na\n\n\n"}},
		{"two empty lines", "data\ndata:\n\n", []string{"\n"}},
		{"empty data", "data\n\ndata:\n\ndata: \n\ndata: a\n\n", []string{"a"}},
		{"white space data", "data:  \n\n", []string{" "}},

		{"done", "data: a\n\ndata: [DONE]\n\ndata: b\n\n", []string{"a"}},
		{"done without a space", "data:[DONE]\n\ndata: b\n\n", nil},
		{"done with white space", "data: \t [DONE] \n\ndata: b\n\n", nil},
		{"done at the end of input", "data: a\n\ndata: [DONE]", []string{"a"}},
		{"done in other words", "data: [done]\n\ndata: [DONE]x\n\ndata: \"[DONE]\"\n\n", []string{"[done]", "[DONE]x", `"[DONE]"`}},
		{"done in a comment", ": [DONE]\n\ndata: a\n\n", []string{"a"}},
		{"done as a line of several", "data: a\ndata: [DONE]\n\ndata: b\n\n", []string{"a\n[DONE]", "b"}},

		{"end before the blank line", "data: a\n\ndata: b\n", []string{"a", "b"}},
		{"end before the line's end", "data: a\n\ndata: b", []string{"a", "b"}},
		{"end after a CR", "data: a\n\ndata: b\r", []string{"a", "b"}},
		{"end in the second line", "data: a\ndata: b", []string{"a\nb"}},
		{"end after the second line's colon", "data: a\ndata:", []string{"a\n"}},
		{"end before the second line's colon", "data: a\ndata", []string{"a"}},
		{"end before a value", "data: a\n\ndata:", []string{"a"}},
		{"end in a name", "data: a\n\ndat", []string{"a"}},
		{"end in another field", "data: a\nevent: x", []string{"a"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			check(t, test.text, testLimit, test.want, io.EOF)
		})
	}
}

func TestLimit(t *testing.T) {
	const limit = 10
	tests := []struct {
		name string
		text string
		want []string
		err  error
	}{
		{"at the limit", "data: 0123456789\n\ndata: a\n\n", []string{"0123456789", "a"}, io.EOF},
		{"over the limit", "data: a\n\ndata: 0123456789x\n\ndata: b\n\n", []string{"a"}, ErrTooLong},
		{"over the limit, no end", "data: 0123456789x", nil, ErrTooLong},
		{"lines at the limit", "data: 0123\ndata: 56789\n\n", []string{"0123\n56789"}, io.EOF},
		{"lines over the limit", "data: 0123\ndata: 56789x\n\n", nil, ErrTooLong},
		{"empty lines at the limit", strings.Repeat("data\n", limit+1) + "\n", []string{strings.Repeat("\n", limit)}, io.EOF},
		{"empty lines over the limit", strings.Repeat("data\n", limit+2) + "\n", nil, ErrTooLong},
		{"names and spaces do not count", strings.Repeat("data: \n", limit+1) + "\n", []string{strings.Repeat("\n", limit)}, io.EOF},
		{"other lines do not count", ": 0123456789x\nevent: 0123456789x\ndata: a\n\n", []string{"a"}, io.EOF},
		{"each event for itself", strings.Repeat("data: 0123\ndata: 56789\n\n", 3), slices.Repeat([]string{"0123\n56789"}, 3), io.EOF},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			check(t, test.text, limit, test.want, test.err)
		})
	}
}

func TestLimitInMessage(t *testing.T) {
	_, err := NewReader(strings.NewReader("data: abc\n\n"), 2).Next()
	if want := "sse: event too long: more than 2 bytes of data"; err == nil || err.Error() != want {
		t.Errorf("got error %v, want %s", err, want)
	}
}

// Limits of zero and below do not panic.
func TestOddLimits(t *testing.T) {
	const text = ": a\n\ndata\n\ndata: a\ndata: b\n\n"
	check(t, text, int(^uint(0)>>1), []string{"a\nb"}, io.EOF)
	check(t, text, 0, nil, ErrTooLong)
	check(t, text, -1, nil, ErrTooLong)
	check(t, text, -int(^uint(0)>>1)-1, nil, ErrTooLong)
}

func TestInputFails(t *testing.T) {
	failure := errors.New("input failed")
	tests := []struct {
		name string
		text string
		want []string
	}{
		{"at once", "", nil},
		{"after an event", "data: a\n\ndata: b\n\n", []string{"a", "b"}},
		{"before the blank line", "data: a\n\ndata: b\n", []string{"a"}},
		{"in a line", "data: a\n\ndata: b", []string{"a"}},
		{"after done", "data: [DONE]", nil},
	}
	for _, test := range tests {
		for _, err := range []error{failure, io.ErrUnexpectedEOF, context.Canceled, errors.Join(io.EOF)} {
			t.Run(test.name, func(t *testing.T) {
				for _, size := range sizes {
					for _, source := range []io.Reader{
						io.MultiReader(inReads(test.text, size), iotest.ErrReader(err)),
						iotest.DataErrReader(io.MultiReader(inReads(test.text, size), iotest.ErrReader(err))),
					} {
						got, gotErr := readAll(t, NewReader(source, testLimit))
						if !slices.Equal(got, test.want) || gotErr != err {
							t.Errorf("reads of %d: got %q, error %v, want %q, error %v", size, got, gotErr, test.want, err)
						}
					}
				}
			})
		}
	}
}

func TestReaders(t *testing.T) {
	const text = "\uFEFFdata: one\r\n\r\n: two\rdata: three\ndata: four\n\ndata: five"
	all := []string{"one", "three\nfour", "five"}
	tests := []struct {
		name string
		wrap func(io.Reader) io.Reader
		want []string
		err  error
	}{
		{"one byte", iotest.OneByteReader, all, io.EOF},
		{"half", iotest.HalfReader, all, io.EOF},
		{"error with data", iotest.DataErrReader, all, io.EOF},
		{"time-out", iotest.TimeoutReader, all[:2], iotest.ErrTimeout},
		{"time-out, one byte", func(r io.Reader) io.Reader { return iotest.TimeoutReader(iotest.OneByteReader(r)) }, nil, iotest.ErrTimeout},
		{"error", func(io.Reader) io.Reader { return iotest.ErrReader(io.ErrClosedPipe) }, nil, io.ErrClosedPipe},
		{"nothing at times", func(r io.Reader) io.Reader { return &idle{source: iotest.OneByteReader(r), reads: maxEmptyReads - 1} }, all, io.EOF},
		{"nothing ever", func(r io.Reader) io.Reader { return &idle{source: r, reads: maxEmptyReads} }, nil, io.ErrNoProgress},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := readAll(t, NewReader(test.wrap(strings.NewReader(text)), testLimit))
			if !slices.Equal(got, test.want) || err != test.err {
				t.Errorf("got %q, error %v, want %q, error %v", got, err, test.want, test.err)
			}
		})
	}
}

// idle returns 0, nil a number of times before each Read of source.
type idle struct {
	source       io.Reader
	reads, count int
}

func (i *idle) Read(p []byte) (int, error) {
	if i.count++; i.count <= i.reads {
		return 0, nil
	}
	i.count = 0
	return i.source.Read(p)
}

// The caller may modify and append to the data of an event.
func TestDataIsTheCallers(t *testing.T) {
	for _, text := range []string{"data: a\n\ndata: b\n\n", "data: a\ndata: a\n\ndata: b\n\n", "data\ndata\n\ndata: b\n\n"} {
		r := NewReader(strings.NewReader(text), testLimit)
		data, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		clear(data)
		_ = append(data, "xxxxxxxxxxxx"...)
		if data, err := r.Next(); string(data) != "b" || err != nil {
			t.Errorf("%q: got %q, error %v, want b", text, data, err)
		}
	}
}
