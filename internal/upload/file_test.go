package upload

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// write creates a file in a temporary directory and returns its path.
func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The file name in the form is the base name, from whatever source the file
// comes.
func TestNames(t *testing.T) {
	tests := []struct{ name, want string }{
		{"a.txt", "a.txt"},
		{"dir/a.txt", "a.txt"},
		{"/dir/a.txt", "a.txt"},
		{"../../etc/a.txt", "a.txt"},
		{"./a.txt", "a.txt"},
		{"a.txt/", "a.txt"},
		{`C:\dir\a.txt`, "a.txt"},
		{`..\a.txt`, "a.txt"},
		{`dir/sub\a.txt`, "a.txt"},
		{`a.txt\`, "a.txt"},
		{`say "hi".txt`, `say %22hi%22.txt`},
		{"a\r\nb.txt", "a%0D%0Ab.txt"},
		{"日本 ü.txt", "日本 ü.txt"},
		{" a.txt", " a.txt"},
		{".txt", ".txt"},
		{"..txt", "..txt"},
		{"a.b.txt", "a.b.txt"},
		{"a.exe.TXT", "a.exe.TXT"},
		{strings.Repeat("x", 4096) + ".txt", strings.Repeat("x", 4096) + ".txt"},
	}
	for _, tt := range tests {
		for how, file := range map[string]File{
			"FileBytes":  FileBytes(tt.name, []byte("content")),
			"FileReader": FileReader(tt.name, strings.NewReader("content")),
		} {
			got := open(t, newForm(t, file))
			if len(got) != 1 || got[0].filename != tt.want || got[0].contentType != "text/plain" || string(got[0].content) != "content" {
				t.Errorf("%s(%q): got %v, want %q", how, tt.name, got, tt.want)
			}
			if escape(file.Name()) != tt.want {
				t.Errorf("%s(%q) has the name %q", how, tt.name, file.Name())
			}
		}
	}
	for _, name := range []string{"a.txt", "ü 日本.md", `say "hi".pdf`} {
		file := OpenFile(write(t, name, "content"))
		got := open(t, newForm(t, file))
		if len(got) != 1 || got[0].filename != strings.ReplaceAll(name, `"`, "%22") || file.Name() != name {
			t.Errorf("OpenFile: got %v, name %q, want %q", got, file.Name(), name)
		}
	}
}

func TestContentTypes(t *testing.T) {
	const docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	tests := []struct {
		name, as string
		want     string // "" for an error
	}{
		{"a.txt", "", "text/plain"},
		{"a.md", "", "text/markdown"},
		{"a.json", "", "application/json"},
		{"a.pdf", "", "application/pdf"},
		{"a.docx", "", docx},
		{"A.DocX", "", docx},
		{"A.PDF", "", "application/pdf"},
		{"dir.exe/a.md", "", "text/markdown"},
		{"a.exe", "", ""},
		{"a.doc", "", ""},
		{"a.txt.gz", "", ""},
		{"a", "", ""},
		{"a.", "", ""},
		{"pdf", "", ""},
		{"a.txt ", "", ""},
		{"dir.txt/a", "", ""},
		{"a.exe", "application/octet-stream", "application/octet-stream"},
		{"a", "text/plain; charset=utf-8", "text/plain; charset=utf-8"},
		{"a.txt", "text/markdown", "text/markdown"},
		{"a.txt", "Text/X; a=\"b;c\"", "Text/X; a=\"b;c\""},
		{"a.exe", "", ""},
		{"a.txt", "text/plain\r\nX-Injected: 1", ""},
		{"a.txt", "text/plain;\r\n\r\na=1", ""},
		{"a.txt", "text/plain\x00", ""},
		{"a.txt", "te xt/plain", ""},
		{"a.txt", "/", ""},
		{"a.txt", " ", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name+" as "+tt.as, func(t *testing.T) {
			plain := FileBytes(tt.name, nil)
			file := plain.WithContentType(tt.as)
			if plain.contentType != "" {
				t.Error("WithContentType changes the file that it is called on")
			}
			form, err := NewForm(FilePart("file", file))
			if tt.want == "" {
				if err == nil || !strings.Contains(err.Error(), "file: file ") {
					t.Errorf("error %v", err)
				}
				if err != nil && tt.as == "" && !strings.Contains(err.Error(), "the service accepts only .docx, .json, .md, .pdf, .txt") {
					t.Errorf("error %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := open(t, form); len(got) != 1 || got[0].contentType != tt.want {
				t.Errorf("got %v, want %q", got, tt.want)
			}
		})
	}
}

func TestNamesRefused(t *testing.T) {
	for _, name := range []string{"", ".", "..", "/", "//", `\`, "a/..", `a\..`, "a/.", "./"} {
		for how, file := range map[string]File{
			"FileBytes":  FileBytes(name, nil),
			"FileReader": FileReader(name, strings.NewReader("")),
			"OpenFile":   OpenFile(name),
		} {
			if how == "OpenFile" && (name == "a/.") { // the base name is a
				continue
			}
			_, err := NewForm(FilePart("file", file.WithContentType("text/plain")))
			if err == nil || !strings.Contains(err.Error(), "invalid file name") {
				t.Errorf("%s(%q): error %v", how, name, err)
			}
		}
	}
}

func TestOpenFile(t *testing.T) {
	good := write(t, "good.txt", "content")
	empty := write(t, "empty.txt", "")
	dir := filepath.Join(t.TempDir(), "dir.txt")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	link := func(target string) string {
		name := filepath.Join(t.TempDir(), "link.md")
		if err := os.Symlink(target, name); err != nil {
			t.Fatal(err)
		}
		return name
	}
	tests := []struct {
		name, path string
		filename   string
		content    string
		fail       string
		is         error
	}{
		{name: "file", path: good, filename: "good.txt", content: "content"},
		{name: "empty file", path: empty, filename: "empty.txt"},
		{name: "link", path: link(good), filename: "link.md", content: "content"},
		{name: "link to nothing", path: link("nothing"), fail: "link.md", is: os.ErrNotExist},
		{name: "link to a directory", path: link(dir), fail: "directory"},
		{name: "directory", path: dir, fail: `file "dir.txt": is a directory`},
		{name: "directory, with a slash", path: dir + "/", fail: `file "dir.txt": is a directory`},
		{name: "missing", path: filepath.Join(dir, "missing.txt"), fail: `file "missing.txt"`, is: os.ErrNotExist},
		{name: "below a file", path: filepath.Join(good, "a.txt"), fail: `file "a.txt"`},
		{name: "NUL", path: "a\x00.txt", fail: `file "a\x00.txt"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			form, err := NewForm(FilePart("file", OpenFile(tt.path)))
			if tt.fail != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fail) || tt.is != nil && !errors.Is(err, tt.is) {
					t.Errorf("error %v, want one with %s", err, tt.fail)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if form.Len() < 0 {
				t.Error("the length is not known")
			}
			if got := open(t, form); len(got) != 1 || got[0].filename != tt.filename || string(got[0].content) != tt.content {
				t.Errorf("got %v", got)
			}
		})
	}
}

// A file that is not regular has no known size. Opening it may fail.
func TestOpenFileOfASocket(t *testing.T) {
	dir, err := os.MkdirTemp("", "up") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "socket.txt")
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	form := newForm(t, OpenFile(path))
	if form.Len() != -1 {
		t.Errorf("Len is %d", form.Len())
	}
	var pathError *os.PathError
	if body, err := form.Open(); body != nil || !errors.As(err, &pathError) || !strings.Contains(err.Error(), `file "socket.txt": `) {
		t.Errorf("Open: %v, error %v", body, err)
	}
}

func TestFileBytes(t *testing.T) {
	for _, content := range [][]byte{nil, {}, []byte("content"), bytes.Repeat([]byte("\r\n--"), 1<<10)} {
		form := newForm(t, FileBytes("a.txt", content))
		for range 2 {
			if got := open(t, form); len(got) != 1 || !bytes.Equal(got[0].content, content) {
				t.Errorf("got %v, want %d bytes", got, len(content))
			}
		}
		if form.Len() < int64(len(content)) {
			t.Errorf("Len is %d", form.Len())
		}
	}
}

func TestNoFile(t *testing.T) {
	var (
		file   *os.File
		buffer *bytes.Buffer
		text   *strings.Reader
		pipe   *io.PipeReader
	)
	for name, file := range map[string]File{
		"zero":            {},
		"nil":             FileReader("a.txt", nil),
		"*os.File":        FileReader("a.txt", file),
		"*bytes.Buffer":   FileReader("a.txt", buffer),
		"*strings.Reader": FileReader("a.txt", text),
		"*io.PipeReader":  FileReader("a.txt", pipe),
		"with a type":     FileReader("a.txt", nil).WithContentType("text/plain"),
	} {
		if _, err := NewForm(FilePart("file", file)); err == nil || !strings.Contains(err.Error(), "file: no file") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
