package apierror

import (
	"net/http"
	"strings"

	"github.com/pinecone-community/assistant-go/internal/redact"
)

// minFragment is the length of the shortest beginning of a secret that is
// removed from the end of a body. Shorter ones reveal nothing and are common.
const minFragment = 4

// redactor removes the credentials of a request from the texts of its response.
type redactor struct{ *redact.Secrets }

func newRedactor(req *http.Request) redactor { return redactor{redact.Of(req)} }

// body returns a redacted copy of at most MaxBody bytes. It removes the
// beginning of a secret from the end, as the body may be truncated there.
func (r redactor) body(b []byte) []byte {
	s := r.Text(string(b[:min(len(b), MaxBody)]))
	for _, secret := range r.Forms() {
		for n := min(len(secret)-1, len(s)); n >= minFragment; n-- {
			if strings.HasSuffix(s, secret[:n]) {
				s = s[:len(s)-n]
				break
			}
		}
	}
	return []byte(s[:min(len(s), MaxBody)])
}

func (r redactor) header(h http.Header) http.Header {
	clean := make(http.Header, len(h))
	for name, values := range h {
		name = r.Text(name)
		for _, value := range values {
			clean[name] = append(clean[name], r.Text(value))
		}
	}
	return clean
}
