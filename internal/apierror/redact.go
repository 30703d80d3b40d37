package apierror

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/pinecone-community/assistant-go/internal/redact"
)

// minFragment is the shortest beginning of a secret that is removed from the
// end of a body: shorter ones tell nothing and end many a word.
const minFragment = 4

// redactor removes the credentials of a request from what a reply echoes.
type redactor struct {
	secrets  []string // longest first, JSON-escaped forms included
	replacer *strings.Replacer
}

func newRedactor(req *http.Request) *redactor {
	r := &redactor{}
	if req != nil {
		for name, values := range req.Header {
			for _, value := range values {
				switch http.CanonicalHeaderKey(name) {
				case "Api-Key":
					r.add(value)
				case "Authorization":
					value = strings.TrimSpace(value)
					r.add(value[strings.Index(value, " ")+1:]) // without the scheme
				}
			}
		}
	}
	slices.SortFunc(r.secrets, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, secret := range r.secrets {
		pairs = append(pairs, secret, redact.Mark)
	}
	r.replacer = strings.NewReplacer(pairs...)
	return r
}

// add takes a secret as it is and as JSON encoders write it, with and without
// the escapes that make JSON safe in HTML.
func (r *redactor) add(secret string) {
	secret = strings.TrimSpace(secret)
	if secret == "" {
		return
	}
	var escaped bytes.Buffer
	for _, escapeHTML := range []bool{false, true} {
		encoder := json.NewEncoder(&escaped)
		encoder.SetEscapeHTML(escapeHTML)
		_ = encoder.Encode(secret) // a string into memory
	}
	for form := range strings.Lines(escaped.String()) {
		r.secrets = append(r.secrets, form[1:len(form)-len("\"\n")])
	}
	r.secrets = append(r.secrets, secret)
}

func (r *redactor) text(s string) string { return r.replacer.Replace(s) }

// body returns a redacted copy of at most MaxBody bytes. The beginning of a
// secret at the end, where the body may have been cut, is left out.
func (r *redactor) body(b []byte) []byte {
	s := string(b[:min(len(b), MaxBody)])
	s = r.text(s)
	for _, secret := range r.secrets {
		for n := min(len(secret)-1, len(s)); n >= minFragment; n-- {
			if strings.HasSuffix(s, secret[:n]) {
				s = s[:len(s)-n]
				break
			}
		}
	}
	return []byte(s[:min(len(s), MaxBody)])
}

func (r *redactor) header(h http.Header) http.Header {
	h = h.Clone()
	for _, values := range h {
		for i, value := range values {
			values[i] = r.text(value)
		}
	}
	return h
}

// cause returns err itself unless its text holds a secret.
func (r *redactor) cause(err error) error {
	text := err.Error()
	if clean := r.text(text); clean != text {
		return redact.Error(clean, err)
	}
	return err
}
