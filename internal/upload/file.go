// Package upload sends files in multipart forms without holding them in memory.
package upload

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

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
}

// OpenFile uploads the file at a path under its base name. It is opened when it
// is sent, and once more for each time that it has to be sent again.
func OpenFile(name string) File {
	return File{
		name: filepath.Base(name),
		size: func() (int64, error) {
			info, err := os.Stat(name)
			switch {
			case err != nil:
				return 0, err
			case info.IsDir():
				return 0, errors.New("it is a directory")
			case !info.Mode().IsRegular():
				return -1, nil
			}
			return info.Size(), nil
		},
		open: func() (io.ReadCloser, error) { return os.Open(name) },
	}
}

// FileBytes uploads content under a name, whose extension says what it is.
func FileBytes(name string, content []byte) File {
	return File{
		name: name,
		size: func() (int64, error) { return int64(len(content)), nil },
		open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
	}
}

// FileReader uploads what is left in a reader under a name, whose extension says
// what it is. The reader is not closed. One that can seek, or knows its length
// as a *bytes.Buffer does, is sent with its size; one that can seek can be sent
// again after a failure, any other only once.
func FileReader(name string, content io.Reader) File {
	if content == nil {
		return File{name: name}
	}
	seeker, _ := content.(io.Seeker)
	start, opened := int64(-1), false
	return File{
		name: name,
		size: func() (int64, error) { return remaining(content) },
		open: func() (io.ReadCloser, error) {
			switch {
			case !opened && seeker != nil:
				if at, err := seeker.Seek(0, io.SeekCurrent); err == nil {
					start = at
				}
			case opened && start < 0:
				return nil, errors.New("its reader was read before and cannot be rewound")
			case opened:
				if _, err := seeker.Seek(start, io.SeekStart); err != nil {
					return nil, err
				}
			}
			opened = true
			return io.NopCloser(content), nil
		},
	}
}

// WithContentType sends the file as a type of the caller's choice. It also lifts
// the check that the service takes files with this extension.
func (f File) WithContentType(contentType string) File {
	f.contentType = contentType
	return f
}

// Name is what the file is going to be called.
func (f File) Name() string { return f.name }

// check returns the type to send the file as, or why it cannot be sent.
func (f File) check() (contentType string, err error) {
	if f.open == nil {
		return "", errors.New("no file: want one from OpenFile, FileBytes or FileReader, of what is not nil")
	}
	if base := path.Base(strings.ReplaceAll(f.name, `\`, "/")); f.name == "" || base == "." || base == ".." || base == "/" {
		return "", fmt.Errorf("the file name %q is none", f.name)
	}
	if f.contentType != "" {
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

// remaining returns how much there is to read, or -1.
func remaining(content io.Reader) (int64, error) {
	switch content := content.(type) {
	case *os.File:
		info, err := content.Stat()
		switch {
		case err != nil:
			return 0, err
		case info.IsDir():
			return 0, errors.New("it is a directory")
		case !info.Mode().IsRegular():
			return -1, nil
		}
		at, err := content.Seek(0, io.SeekCurrent)
		return max(info.Size()-at, 0), err
	case interface{ Len() int }:
		return int64(content.Len()), nil
	case io.Seeker:
		at, err := content.Seek(0, io.SeekCurrent)
		if err != nil { // a seeker that cannot seek is just a reader
			return -1, nil
		}
		end, err := content.Seek(0, io.SeekEnd)
		if err != nil {
			return -1, nil
		}
		_, err = content.Seek(at, io.SeekStart)
		return max(end-at, 0), err
	}
	return -1, nil
}
