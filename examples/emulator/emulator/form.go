package emulator

import (
	"io"
	"mime/multipart"
	"net/http"
)

// maxPartHead is the limit of the headers of a form part, which are in memory, in bytes.
const maxPartHead = 64 << 10

// uploadForm reads a form part by part, with limited headers.
type uploadForm struct {
	*multipart.Reader
	body *formBody
	part *multipart.Part // current part; nil before the first
}

func newForm(r *http.Request) (*uploadForm, error) {
	body := &formBody{ReadCloser: r.Body}
	r.Body = body
	reader, err := r.MultipartReader()
	return &uploadForm{Reader: reader, body: body}, err
}

// next discards the rest of the current part and returns the next.
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

// formBody is a body that fails once the headers of a part exceed maxPartHead.
type formBody struct {
	io.ReadCloser
	inHead bool // whether headers are being read
	head   int  // number of bytes of the headers so far
}

func (b *formBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.inHead {
		if b.head += n; b.head > maxPartHead {
			return 0, invalid("the headers of a form part exceed %d bytes; the limit of a file name is %d", maxPartHead, maxNameBytes)
		}
	}
	return n, err
}
