package emulator

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/document"
)

const (
	signedPath     = "/signed/"
	signedLifetime = time.Hour
)

var signedPattern = []string{"signed", "{assistant}", "{file}"}

// signedURL returns a URL for downloading a file without an API key.
func (s *Server) signedURL(ctx context.Context, assistant, file string) string {
	expires := strconv.FormatInt(s.now().Add(signedLifetime).Unix(), 10)
	query := url.Values{"expires": {expires}, "signature": {s.sign(assistant, file, expires)}}
	return hostOf(ctx) + signedPath + url.PathEscape(assistant) + "/" + url.PathEscape(file) + "?" + query.Encode()
}

func (s *Server) sign(assistant, file, expires string) string {
	mac := hmac.New(sha256.New, s.secret)
	mac.Write([]byte(assistant + "\x00" + file + "\x00" + expires))
	return hex.EncodeToString(mac.Sum(nil))
}

func (s *Server) serveSigned(w http.ResponseWriter, r *http.Request) error {
	params, ok := match(signedPattern, strings.Split(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/"))
	if !ok || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return notFound("%s %s is not a signed URL", truncate(r.Method), truncate(r.URL.Path))
	}
	assistant, id := params["assistant"], params["file"]
	for _, project := range s.projects {
		if project.signed(r, assistant, id) {
			project.gate.RLock()
			defer project.gate.RUnlock()
			return project.serveFile(w, r, assistant, id)
		}
	}
	return failure(http.StatusForbidden, codeForbidden, "the signed URL is invalid or has expired")
}

// signed reports whether a signed URL is valid and has not expired.
func (s *Server) signed(r *http.Request, assistant, id string) bool {
	query := r.URL.Query()
	expires, err := strconv.ParseInt(query.Get("expires"), 10, 64)
	genuine := hmac.Equal([]byte(query.Get("signature")), []byte(s.sign(assistant, id, query.Get("expires"))))
	return err == nil && genuine && s.now().Unix() < expires
}

func (s *Server) serveFile(w http.ResponseWriter, r *http.Request, assistant, id string) error {
	_, f, err := s.findFile(assistant, id)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", document.KindOf(f.Name).ContentType)
	w.Header().Set("ETag", fmt.Sprintf(`"%d"`, f.Content)) // the content with an identifier never changes
	http.ServeContent(w, r, f.Name, time.Time{}, io.NewSectionReader(s.db.Content(f.Content, f.Size), 0, f.Size))
	return nil
}
