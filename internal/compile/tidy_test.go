package compile

import (
	"strings"
	"testing"
)

// A paragraph is wrapped if one of its lines is too long. All other text is
// unchanged.
func TestFormat(t *testing.T) {
	long := strings.Repeat("twelve chars ", 6) + "end"
	got, err := format(`package p

// ` + long + `
// and more.
//
// Short
// lines.
//
//   - ` + long + long + `
type T struct {
	// ` + long + `
	A int // ` + long + `
}
`)
	want := `package p

// ` + strings.Repeat("twelve chars ", 5) + `twelve chars
// end and more.
//
// Short
// lines.
//
//   - ` + long + long + `
type T struct {
	// ` + strings.Repeat("twelve chars ", 5) + `twelve
	// chars end
	A int // ` + long + `
}
`
	if err != nil || string(got) != want {
		t.Errorf("error %v, got\n%s\nwant\n%s", err, got, want)
	}
}
