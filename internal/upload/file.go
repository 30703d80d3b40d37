// Package upload sends files in multipart forms without holding them in memory.
package upload

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"unicode"
)

var errDirectory = errors.New("it is a directory")

// contentTypes are the kinds of files that the service takes. It tells them
// apart by the extension of the name alone.
var contentTypes = map[string]string{
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".json": "application/json",
	".md":   "text/markdown",
	".pdf":  "application/pdf",
	".txt":  "text/plain",
}

// File is a file to upload: see OpenFile, FileBytes and FileReader. It is read
// when it is sent, not before.
type File struct {
	name        string
	contentType string
	size        func() (int64, error) // -1: not known
	open        func() (io.ReadCloser, error)
	rewinds     func() bool // open can be called again
	report      func(sent, total int64)
}

// OpenFile uploads the file at a path under its base name. It is opened when it
// is sent, and once more for each time that it has to be sent again. A file that
// is not regular, such as a FIFO, is sent once.
func OpenFile(name string) File {
	return File{
		name: base(filepath.Base(name)),
		size: func() (int64, error) {
			info, err := os.Stat(name)
			switch {
			case err != nil:
				return 0, err
			case info.IsDir():
				return 0, errDirectory
			case !info.Mode().IsRegular():
				return -1, nil
			}
			return info.Size(), nil
		},
		open: func() (io.ReadCloser, error) {
			if info, err := os.Stat(name); err == nil && info.Mode()&(os.ModeNamedPipe|os.ModeDevice) != 0 {
				return openSpecial(name, info.Mode()), nil
			}
			return os.Open(name)
		},
		rewinds: func() bool {
			info, err := os.Stat(name)
			return err == nil && info.Mode().IsRegular()
		},
	}
}

// FileBytes uploads content under the base of a name, whose extension says what
// it is.
func FileBytes(name string, content []byte) File {
	return File{
		name:    base(name),
		size:    func() (int64, error) { return int64(len(content)), nil },
		open:    func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
		rewinds: always,
	}
}

// FileReader uploads what is left in a reader under the base of a name, whose
// extension says what it is. One that can seek, or knows its length as a
// *bytes.Buffer does, is sent with its size; one that can seek can be sent again
// from where it first stood, any other only once.
//
// The reader is not closed. It serves one upload at a time, unlike the files of
// OpenFile and FileBytes. An upload ends with its context even if a Read blocks.
// Such a Read goes on until it returns, and what it has read is lost; no other
// Read begins. A Read of a reader with a read deadline, as files of pipes and
// network connections have, ends at once; the deadline is removed afterwards. A
// panic of the reader is an error of the upload.
func FileReader(name string, content io.Reader) File {
	if v := reflect.ValueOf(content); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return File{name: base(name)}
	}
	source := newSource(content)
	return File{name: base(name), size: source.size, open: source.open, rewinds: source.rewinds}
}

func always() bool { return true }

// WithContentType sends the file as a type of the caller's choice. It also lifts
// the check that the service takes files with this extension.
func (f File) WithContentType(contentType string) File {
	f.contentType = contentType
	return f
}

// WithProgress has report called while the file is sent, with the bytes of it
// that were handed to the connection so far, and with all of them, or -1 when
// their number is not known. It starts anew when the file has to be sent again.
// The goroutine that uploads calls report, and never after the upload has
// returned; a panic of report is one of the upload. The upload waits for report to
// return.
func (f File) WithProgress(report func(sent, total int64)) File {
	f.report = report
	return f
}

// IsZero reports whether the file is the zero File, which is none.
func (f File) IsZero() bool {
	return f.name == "" && f.open == nil && f.contentType == "" && f.report == nil
}

// Name is what the file is going to be called.
func (f File) Name() string { return f.name }

// base returns the last element of a path of any system's, "" for "".
func base(name string) string {
	if name == "" {
		return ""
	}
	return path.Base(strings.ReplaceAll(name, `\`, "/"))
}

// check returns the type to send the file as, or why it cannot be sent.
func (f File) check() (contentType string, err error) {
	if f.open == nil {
		return "", errors.New("no file: want one from OpenFile, FileBytes or FileReader, of what is not nil")
	}
	switch f.name {
	case "", ".", "..", "/":
		return "", fmt.Errorf("the file name %q is none", f.name)
	}
	if f.contentType != "" {
		_, _, err := mime.ParseMediaType(f.contentType)
		if err != nil || strings.ContainsFunc(f.contentType, unicode.IsControl) {
			return "", fmt.Errorf("file %q: the content type %q is none", f.name, f.contentType)
		}
		return f.contentType, nil
	}
	extension := strings.ToLower(path.Ext(f.name))
	contentType, ok := contentTypes[extension]
	if !ok {
		taken := make([]string, 0, len(contentTypes))
		for known := range contentTypes {
			taken = append(taken, known)
		}
		slices.Sort(taken)
		return "", fmt.Errorf("file %q: the service takes %s", f.name, strings.Join(taken, ", "))
	}
	return contentType, nil
}
