package bench

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

// Ways to upload without a client library.
const (
	BarePut = "bare PUT of the file"
	Joined  = "form joined by hand"
	Piped   = "io.Pipe, multipart.Writer"
)

// Transports of an upload.
const (
	Plain = "HTTP/1.1"
	TLS1  = "HTTP/1.1, TLS"
	TLS2  = "HTTP/2, TLS"
)

// Transports are all transports.
var Transports = []string{TLS1, TLS2, Plain}

// Uploader is a way to send a file to a server.
type Uploader struct {
	Name string
	Send func(client *http.Client, server, path string) error
}

// Uploaders are all uploaders.
var Uploaders = []Uploader{
	{Project, uploadProject},
	{BarePut, uploadBare},
	{Joined, uploadJoined},
	{Piped, uploadPiped},
	{OpenAI, uploadOpenAI},
}

// Receiver is a server on loopback that reads uploads and discards them.
type Receiver struct {
	*httptest.Server
	// Least is the minimum size of a body in bytes.
	Least int64
}

// NewReceiver starts a server. The caller must close it.
func NewReceiver(transport string, least int64) *Receiver {
	receiver := &Receiver{Least: least}
	server := httptest.NewUnstartedServer(http.HandlerFunc(receiver.receive))
	receiver.Server = server
	switch transport {
	case Plain:
		server.Start()
	case TLS1:
		server.StartTLS()
	case TLS2:
		server.EnableHTTP2 = true
		server.StartTLS()
	}
	return receiver
}

func (r *Receiver) receive(w http.ResponseWriter, req *http.Request) {
	buffer := make([]byte, 256<<10)
	n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{req.Body}, buffer)
	if err != nil || n < r.Least {
		http.Error(w, fmt.Sprintf("%d of %d bytes: %v", n, r.Least, err), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", jsonText)
	w.Header().Set("Bench-Protocol", req.Proto)
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, operationReply)
}

// NewUploadClient returns a client for a transport that trusts the certificate
// of a Receiver.
func NewUploadClient(transport string, certificate *x509.Certificate) *http.Client {
	t := &http.Transport{Protocols: new(http.Protocols)}
	t.Protocols.SetHTTP1(transport != TLS2)
	t.Protocols.SetHTTP2(transport == TLS2)
	if certificate != nil {
		t.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool()}
		t.TLSClientConfig.RootCAs.AddCert(certificate)
	}
	return &http.Client{Transport: t}
}

// WriteFile creates a file of the given size whose content cannot be
// compressed.
func WriteFile(path string, size int64) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if _, err := io.CopyN(file, rand.Reader, size); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}

func uploadProject(client *http.Client, server, path string) error {
	editor, err := auth.APIKey(key)
	if err != nil {
		return err
	}
	api, err := data.New(server, data.WithHTTPClient(client), data.WithRequestEditorFn(editor))
	if err != nil {
		return err
	}
	operation, err := api.UploadFile(context.Background(), name, nil, data.UploadFileRequest{File: data.OpenFile(path)})
	if err != nil {
		return err
	}
	return want("progress", operation.PercentComplete, 42)
}

func uploadBare(client *http.Client, server, path string) error {
	file, info, err := open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return send(client, http.MethodPut, server, "application/pdf", file, info.Size())
}

// uploadJoined sends the beginning of the form, the file, and the end of the
// form.
func uploadJoined(client *http.Client, server, path string) error {
	file, info, err := open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	var text strings.Builder
	form := multipart.NewWriter(&text)
	if _, err := form.CreateFormFile("file", filepath.Base(path)); err != nil {
		return err
	}
	head := text.Len()
	if err := form.Close(); err != nil {
		return err
	}
	body := io.MultiReader(strings.NewReader(text.String()[:head]), file, strings.NewReader(text.String()[head:]))
	return send(client, http.MethodPost, server, form.FormDataContentType(), body, int64(text.Len())+info.Size())
}

// uploadPiped uploads as the standard library's documentation suggests.
func uploadPiped(client *http.Client, server, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	reader, writer := io.Pipe()
	defer reader.Close()
	form := multipart.NewWriter(writer)
	go func() {
		part, err := form.CreateFormFile("file", filepath.Base(path))
		if err == nil {
			_, err = io.Copy(part, file)
		}
		if err == nil {
			err = form.Close()
		}
		_ = writer.CloseWithError(err)
	}()
	return send(client, http.MethodPost, server, form.FormDataContentType(), reader, -1)
}

func uploadOpenAI(client *http.Client, server, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	api := openai.NewClient(option.WithAPIKey(key), option.WithBaseURL(server), option.WithHTTPClient(client))
	reply, err := api.Files.New(context.Background(), openai.FileNewParams{File: file, Purpose: openai.FilePurposeUserData})
	if err != nil {
		return err
	}
	return want("id", reply.ID, operationID)
}

func open(path string) (*os.File, os.FileInfo, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	info, err := file.Stat()
	return file, info, err
}

func send(client *http.Client, method, server, contentType string, body io.Reader, length int64) error {
	req, err := http.NewRequestWithContext(context.Background(), method, server+"/assistant/files/"+name, body)
	if err != nil {
		return err
	}
	req.Header.Set("Api-Key", key)
	req.Header.Set("Content-Type", contentType)
	req.ContentLength = length
	resp, err := checked(client.Do(req))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}
