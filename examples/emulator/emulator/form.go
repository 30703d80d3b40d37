package emulator

import (
	"io"
	"mime/multipart"
	"net/http"
)

// maxPartHead bounds the headers of a part of a form, which are in memory.
const maxPartHead = 64 << 10

// uploadForm reads the parts of a form, each to its end before the next.
type uploadForm struct {
	*multipart.Reader
	body *formBody
	part *multipart.Part // nil before the first
}

func newForm(r *http.Request) (*uploadForm, error) {
	body := &formBody{ReadCloser: r.Body}
	r.Body = body
	reader, err := r.MultipartReader()
	return &uploadForm{Reader: reader, body: body}, err
}

// next returns the next part.
func (f *uploadForm) next() (_ *multipart.Part, err error) {
	if f.part != nil {
		if _, err := io.Copy(io.Discard, f.part); err != nil {
			return nil, err
		}
	}
	f.body.inHead, f.body.head = true, 0
	f.part, err = f.NextRawPart()
	f.body.inHead = false
	return f.part, err
}

// formBody is a body in which the headers of a part are bounded.
type formBody struct {
	io.ReadCloser
	inHead bool
	head   int // bytes of the headers so far
}

func (b *formBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.inHead {
		if b.head += n; b.head > maxPartHead {
			return 0, invalid("the headers of a part of the form have more than %d bytes; the name of a file can have %d", maxPartHead, maxNameBytes)
		}
	}
	return n, err
}
