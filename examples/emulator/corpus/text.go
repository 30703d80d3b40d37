package corpus

import (
	"bytes"
	"encoding/json"
	"strings"
)

// lineWidth is the width in bytes at which text files are wrapped.
const lineWidth = 80

func encodeText(e Entry) ([]byte, error) {
	return []byte(e.Title + "\n\n" + wrap(e.Text)), nil
}

func encodeMarkdown(e Entry) ([]byte, error) {
	return []byte("# " + e.Title + "\n\n" + wrap(e.Text)), nil
}

func encodeJSON(e Entry) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(struct {
		Field string `json:"field"`
		Title string `json:"title"`
		Text  string `json:"text"`
	}{e.Field, e.Title, e.Text})
	return b.Bytes(), err
}

func wrap(text string) string {
	var b strings.Builder
	length := 0
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
		case length+1+len(word) > lineWidth:
			b.WriteByte('\n')
			length = 0
		default:
			b.WriteByte(' ')
			length++
		}
		b.WriteString(word)
		length += len(word)
	}
	b.WriteByte('\n')
	return b.String()
}
