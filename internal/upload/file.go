// Package upload writes files in multipart forms without holding them in memory.
// Package rest sends the forms; generated packages alias [File].
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

var errDirectory = errors.New("is a directory")

// contentTypes maps the file name extensions that the service accepts to
// content types. The service determines the type of a file by its extension
// alone.
var contentTypes = map[string]string{
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".json": "application/json",
	".md":   "text/markdown",
	".pdf":  "application/pdf",
	".txt":  "text/plain",
}

// File is a file to upload, from [OpenFile], [FileBytes] or [FileReader]. It is read
// while the request is sent.
type File struct {
	name        string
	contentType string
	size        func() (int64, error) // -1 if not known
	open        func() (io.ReadCloser, error)
	rewinds     func() bool // whether open can be called again
	report      func(sent, total int64)
}

// OpenFile returns the file at a path, for an upload under its base name. The file
// is opened when the request is sent, and again for each retry. A file that is not
// regular, such as a named pipe, is sent once, without retries.
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

// FileBytes returns a file with content, for an upload under the base of name. The
// extension of the name determines the content type.
func FileBytes(name string, content []byte) File {
	return File{
		name:    base(name),
		size:    func() (int64, error) { return int64(len(content)), nil },
		open:    func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
		rewinds: always,
	}
}

// FileReader returns a file with the unread content of a reader, for an upload under
// the base of name. The extension of the name determines the content type. The
// size of the content is sent if the reader is an [io.Seeker] or, like
// [bytes.Buffer], knows its length. Only an io.Seeker can be retried: from the
// position that it had first.
//
// The reader is not closed. It serves one upload at a time; the files of OpenFile
// and FileBytes serve any number. An upload ends with its context even if a Read
// blocks. Such a Read continues until it returns, and its bytes are lost; no other
// Read begins. A Read of a reader with a read deadline, such as a pipe or a network
// connection, ends at once, and the deadline is removed afterwards. A panic of the
// reader is an error of the upload.
func FileReader(name string, content io.Reader) File {
	if v := reflect.ValueOf(content); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return File{name: base(name)}
	}
	source := newSource(content)
	return File{name: base(name), size: source.size, open: source.open, rewinds: source.rewinds}
}

func always() bool { return true }

// WithContentType returns a copy of f with a content type. It also disables the
// check of the extension of the file name.
func (f File) WithContentType(contentType string) File {
	f.contentType = contentType
	return f
}

// WithProgress returns a copy of f that calls report while it is sent. sent is the
// number of bytes that were written to the connection, total the number of bytes of
// the file or -1 if it is not known. A retry begins at 0 again. report runs in the
// goroutine of the upload, which waits for it, and never after the upload has
// returned.
func (f File) WithProgress(report func(sent, total int64)) File {
	f.report = report
	return f
}

// IsZero reports whether f is the zero File, which is not a file.
func (f File) IsZero() bool {
	return f.name == "" && f.open == nil && f.contentType == "" && f.report == nil
}

// Name returns the name under which the file is uploaded.
func (f File) Name() string { return f.name }

// base returns the last element of a slash- or backslash-separated path, or ""
// for "".
func base(name string) string {
	if name == "" {
		return ""
	}
	return path.Base(strings.ReplaceAll(name, `\`, "/"))
}

// check returns the content type of the file, or an error if the file cannot be
// sent.
func (f File) check() (contentType string, err error) {
	if f.open == nil {
		return "", errors.New("no file: want a File from OpenFile, FileBytes or FileReader, with a reader that is not nil")
	}
	switch f.name {
	case "", ".", "..", "/":
		return "", fmt.Errorf("invalid file name %q", f.name)
	}
	if f.contentType != "" {
		_, _, err := mime.ParseMediaType(f.contentType)
		if err != nil || strings.ContainsFunc(f.contentType, unicode.IsControl) {
			return "", fmt.Errorf("file %q: invalid content type %q", f.name, f.contentType)
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
		return "", fmt.Errorf("file %q: the service accepts only %s", f.name, strings.Join(taken, ", "))
	}
	return contentType, nil
}
