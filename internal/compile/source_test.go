package compile

import (
	"path/filepath"
	"strings"
	"testing"
)

const shapes = `// Package shapes has shapes.
package shapes

import "io"

// Shape is what [Area] measures, see [io.Reader]. Another io.Shape stays.
//
//	a Shape in code
type Shape struct {
	io.Reader
	// Width is measured in millimetres by the longest of its sides, which is not always the lower one, see [Area].
	Width, Height float64
	Depth float64 // Depth is that of a box.
	secret int
}

// Area returns the area of a shape:
//
//	Width * Height of the Shape, which is a line of code that is not wrapped at all
//
// and nothing else.
func (s *Shape) Area(unit string) (float64, error) { return 0, nil }

func (s *Shape) hidden() {}

// New returns a shape.
func New() *Shape { return nil }

// Kind is a kind.
type Kind func(int)

type Bare struct{}
`

func shapeSources(t *testing.T) *sources {
	t.Helper()
	root := t.TempDir()
	writeFile(t, filepath.Join(root, "internal/shapes/shapes.go"), shapes)
	writeFile(t, filepath.Join(root, "internal/shapes/shapes_test.go"), "not Go")
	return &sources{root: root}
}

func TestSourceComment(t *testing.T) {
	s := shapeSources(t)
	for _, test := range []struct{ name, as, want string }{
		{"shapes.New", "", "// New returns a shape.\n"},
		{"shapes.Kind", "", "// Kind is a kind.\n"},
		{"shapes.Shape", "Form", "// Form is what [Area] measures, see [io.Reader]. Another io.Shape stays.\n//\n//\ta Form in code\n"},
	} {
		var as []string
		if test.as != "" {
			as = []string{test.as}
		}
		if got, err := s.comment(test.name, as...); err != nil || got != test.want {
			t.Errorf("%s: %q, error %v, want %q", test.name, got, err, test.want)
		}
	}
}

func TestSourceDeclaration(t *testing.T) {
	got, err := shapeSources(t).declaration("shapes.Shape")
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		"//\ttype Shape struct {",
		"//\t\tio.Reader",
		"//",
		"//\t\t// Width is measured in millimetres by the longest of its sides,",
		"//\t\t// which is not always the lower one, see Area.",
		"//\t\tWidth, Height float64",
		"//",
		"//\t\t// Depth is that of a box.",
		"//\t\tDepth float64",
		"//\t}",
		"//",
		"//\t// Area returns the area of a shape:",
		"//\t//",
		"//\t//\tWidth * Height of the Shape, which is a line of code that is not wrapped at all",
		"//\t//",
		"//\t// and nothing else.",
		"//\tfunc (s *Shape) Area(unit string) (float64, error)",
		"",
	}, "\n")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A declaration that is missing or has no comment is an error, as its alias
// would have no comment.
func TestSourceErrors(t *testing.T) {
	s := shapeSources(t)
	for name, want := range map[string]string{
		"shapes.Gone": "shapes: Gone has no comment",
		"shapes.Bare": "shapes: Bare has no comment",
		"gone.Shape":  "no Go files",
	} {
		if _, err := s.comment(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", name, err, want)
		}
	}
	for name, want := range map[string]string{
		"shapes.Gone": "shapes has no type Gone",
		"shapes.Kind": "Kind: not a struct",
	} {
		if _, err := s.declaration(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", name, err, want)
		}
	}
}
