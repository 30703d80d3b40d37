package sse

import (
	"io"
	"testing"
)

// The examples in the standard's section on interpreting an event stream.
func TestStandard(t *testing.T) {
	tests := []struct {
		name string
		text string
		want []string
	}{
		{
			"stock ticker",
			"data: YHOO\ndata: +2\ndata: 10\n\n",
			[]string{"YHOO\n+2\n10"},
		},
		{
			// The standard drops the last event, as no blank line follows it.
			"four blocks",
			": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n",
			[]string{"first event", "second event", " third event"},
		},
		{
			// The standard dispatches an event with empty data before this
			// event.
			"data alone",
			"data\n\ndata\ndata\n\ndata:\n",
			[]string{"\n"},
		},
		{
			"space after the colon",
			"data:test\n\ndata: test\n\n",
			[]string{"test", "test"},
		},
		{
			"named events",
			"event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\nevent: add\ndata: 113411\n\n",
			[]string{"73857293", "2153", "113411"},
		},
		{
			"introduction",
			"data: This is the first message.\n\ndata: This is the second message, it\ndata: has two lines.\n\ndata: This is the third message.\n\n",
			[]string{"This is the first message.", "This is the second message, it\nhas two lines.", "This is the third message."},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			check(t, test.text, testLimit, test.want, io.EOF)
		})
	}
}
