package folder

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
)

// ErrChanged is the error of a file whose content changed after its hash was
// computed.
var ErrChanged = errors.New("the file changed while it was read")

// File is a file and its hash. Reading it to the end fails if the content has
// changed since the hash was computed, so that an upload of other content
// fails.
type File struct {
	*os.File
	Size   int64
	SHA256 string // hexadecimal

	hash hash.Hash
}

// Open opens a file in a folder, computes its hash and seeks to its start.
func Open(folder *os.Root, name string) (*File, error) {
	file, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	f := &File{File: file, hash: sha256.New()}
	f.Size, err = io.Copy(f.hash, file)
	if err == nil {
		f.SHA256 = f.sum()
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return f, nil
}

func (f *File) sum() string { return hex.EncodeToString(f.hash.Sum(nil)) }

// Read returns [ErrChanged] instead of [io.EOF] if the content has changed.
func (f *File) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	f.hash.Write(p[:n])
	if err == io.EOF && f.sum() != f.SHA256 {
		err = ErrChanged
	}
	return n, err
}

// Seek restarts the check. The next Read must begin at the start of the file.
func (f *File) Seek(offset int64, whence int) (int64, error) {
	f.hash.Reset()
	return f.File.Seek(offset, whence)
}

// WriteTo prevents io.Copy from using the WriteTo method of *os.File, which
// would bypass the check.
func (f *File) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{f})
}
