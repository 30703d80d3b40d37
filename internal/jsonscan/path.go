package jsonscan

import (
	"bytes"
	"slices"
	"strconv"
)

// Bounds of the path in an error: the number of steps, counted from its end,
// and the bytes of a name.
const (
	maxSteps = 8
	maxName  = 64
)

// step is one step of a path: a member of an object or an element of a list.
type step struct {
	list  bool
	index int
	name  []byte
}

// pathTo returns the path to the value that follows beginning, such as
// snippets[3].score, or "" for the outermost value. It quotes names that are
// not identifiers. It parses beginning again, so that only errors pay for it.
func pathTo(beginning []byte) string {
	var d Decoder
	var steps []step
	for d.Reset(beginning, true); d.err == nil && d.next() != 0; {
		last := len(steps) - 1
		switch c := d.data[d.pos]; c {
		case '"':
			text := d.quoted()
			if last >= 0 && !steps[last].list && steps[last].name == nil && d.err == nil {
				steps[last].name = append([]byte{}, text...)
			}
			continue
		case '{', '[':
			steps = append(steps, step{list: c == '['})
		case '}', ']':
			steps = steps[:last]
		case ',':
			steps[last].index++
			steps[last].name = nil
		}
		d.pos++
	}

	var path []byte
	if more := len(steps) - maxSteps; more > 0 {
		path, steps = append(path, "\u2026"...), steps[more:]
	}
	for _, s := range steps {
		switch {
		case s.list:
			path = append(strconv.AppendInt(append(path, '['), int64(s.index), 10), ']')
		case s.name == nil:
		case isIdentifier(s.name):
			if len(path) > 0 {
				path = append(path, '.')
			}
			path = append(path, s.name...)
		default:
			name := bytes.ToValidUTF8(s.name[:min(maxName, len(s.name))], nil)
			path = append(strconv.AppendQuote(append(path, '['), string(name)), ']')
		}
	}
	return string(path)
}

func isIdentifier(name []byte) bool {
	return len(name) > 0 && len(name) <= maxName && !slices.ContainsFunc(name, func(c byte) bool {
		return c != '_' && (c < '0' || '9' < c) && (c < 'A' || 'Z' < c) && (c < 'a' || 'z' < c)
	})
}
