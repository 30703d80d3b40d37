package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	// minError is the length of the shortest secret that Error removes. A
	// shorter secret may be part of ordinary words.
	minError = 4

	// minPiece is the length of the shortest piece of a secret that Error
	// removes, and minPieces the length of the shortest secret whose pieces it
	// removes. Some errors quote only a part of a value.
	minPiece  = 10
	minPieces = 16
)

// Secrets holds the credentials of requests. The zero value is empty.
type Secrets struct {
	plain    []string
	forms    []string // the secrets in all encodings, longest first
	replacer *strings.Replacer
}

// Of returns the secrets in the header and URL of req, which may be nil.
func Of(req *http.Request) *Secrets {
	s := &Secrets{}
	if req != nil {
		s.Add(req)
	}
	return s
}

// Add adds the secrets of a request: the values of Api-Key, X-Api-Key and
// Cookie, the credentials of Authorization and Proxy-Authorization, and the
// password in the URL.
func (s *Secrets) Add(req *http.Request) {
	for name, values := range req.Header {
		for _, value := range values {
			value = strings.TrimSpace(value)
			switch http.CanonicalHeaderKey(name) {
			case "Api-Key", "X-Api-Key", "Cookie":
				s.add(value)
			case "Authorization", "Proxy-Authorization":
				scheme, credentials, ok := strings.Cut(value, " ")
				if !ok {
					credentials = scheme
				}
				s.add(credentials)
				if basic, err := base64.StdEncoding.DecodeString(credentials); err == nil && strings.EqualFold(scheme, "basic") {
					_, password, _ := strings.Cut(string(basic), ":")
					s.add(password)
				}
			}
		}
	}
	if req.URL != nil && req.URL.User != nil {
		password, _ := req.URL.User.Password()
		s.add(password)
	}
	slices.SortStableFunc(s.forms, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, form := range s.forms {
		pairs = append(pairs, form, Mark)
	}
	s.replacer = strings.NewReplacer(pairs...)
}

// add adds a secret and its forms: escaped for a URL, quoted as a Go string,
// and encoded as JSON with and without HTML escapes.
func (s *Secrets) add(secret string) {
	secret = strings.TrimSpace(secret)
	if secret == "" || slices.Contains(s.plain, secret) {
		return
	}
	s.plain = append(s.plain, secret)
	quoted := strconv.Quote(secret)
	forms := []string{secret, url.PathEscape(secret), url.QueryEscape(secret), quoted[1 : len(quoted)-1]}
	var escaped bytes.Buffer
	for _, escapeHTML := range []bool{false, true} {
		encoder := json.NewEncoder(&escaped)
		encoder.SetEscapeHTML(escapeHTML)
		_ = encoder.Encode(secret) // encoding a string into memory cannot fail
	}
	for form := range strings.Lines(escaped.String()) {
		forms = append(forms, form[1:len(form)-len("\"\n")])
	}
	for _, form := range forms {
		if !slices.Contains(s.forms, form) {
			s.forms = append(s.forms, form)
		}
	}
}

// Text returns text with every secret replaced by Mark.
func (s *Secrets) Text(text string) string {
	if s.replacer == nil {
		return text
	}
	return s.replacer.Replace(text)
}

// Forms returns the secrets in all forms that Text replaces.
func (s *Secrets) Forms() []string { return s.forms }

// Error removes the secrets, and long pieces of them, from an error. It returns
// err itself if its text needs no change and fits on a line; see Line.
// Otherwise it returns an error with a clean text; see the function Error.
func (s *Secrets) Error(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	clean := s.pieces(s.long(text))
	if clean == text && len(text) <= maxError && !strings.ContainsFunc(text, isControl) {
		return err
	}
	return Error(Line(clean, maxError), err)
}

// long is like Text, but ignores secrets shorter than minError.
func (s *Secrets) long(text string) string {
	for _, form := range s.forms {
		if len(form) >= minError {
			text = strings.ReplaceAll(text, form, Mark)
		}
	}
	return text
}

// pieces replaces the pieces of secrets in text with Mark.
func (s *Secrets) pieces(text string) string {
	for _, secret := range s.plain {
		if len(secret) < minPieces {
			continue
		}
		var clean strings.Builder
		for len(text) > 0 {
			at, size := piece(text, secret)
			if size == 0 {
				break
			}
			clean.WriteString(text[:at] + Mark)
			text = text[at+size:]
		}
		clean.WriteString(text)
		text = clean.String()
	}
	return text
}

// piece returns the offset and size of the first piece of secret in text.
func piece(text, secret string) (at, size int) {
	for at := 0; at+minPiece <= len(text); at++ {
		for i := 0; i+minPiece <= len(secret); i++ {
			if text[at:at+minPiece] != secret[i:i+minPiece] {
				continue
			}
			size := minPiece
			for at+size < len(text) && i+size < len(secret) && text[at+size] == secret[i+size] {
				size++
			}
			return at, size
		}
	}
	return 0, 0
}
