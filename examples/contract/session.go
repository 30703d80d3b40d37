package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
	"github.com/pinecone-community/assistant-go/gen/2026-07/evaluation"
)

// session is a run against a service. Each plane has a typed and a stock
// client.
type session struct {
	control    *control.API
	data       *data.API
	evaluation *evaluation.API
	rawControl *control.Client
	rawData    *data.Client
	rawEval    *evaluation.Client

	http   *http.Client // records requests and limits their rate
	bearer auth.RequestEditorFn
	name   string
	host   string
	secret string // the API key
	folder string // folder of the record; "" for none

	// Results of earlier checks that later checks use.
	manual, notes, failed string // ids of files
	operation             string

	mu      sync.Mutex
	current string
	number  int
	err     error // error of writing the record
}

const (
	manualName = "keeper ö manual.md"
	manualText = "# Lamp\n\nThe lamp is lit 30 minutes before sunset. The prisms are washed with vinegar.\n"
	notesText  = "The shore power failed on 3 March. The generator started by itself.\n"
	question   = "When is the lamp lit?"
)

// begin sets the name of the check that makes the next requests.
func (s *session) begin(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current, s.number = name, 0
}

// Rate limits of the Starter plan in requests per minute, as in the
// documentation.
var starter = []struct {
	method string
	path   *regexp.Regexp
	minute int
}{
	{"POST,PUT", regexp.MustCompile(`/files/`), 5},
	{"DELETE", regexp.MustCompile(`/files/`), 5},
	{"GET", regexp.MustCompile(`/files/[^/]+$`), 50},
	{"GET", regexp.MustCompile(`/files/`), 100},
	{"GET", regexp.MustCompile(`/assistants`), 40},
	{"POST,PATCH", regexp.MustCompile(`/assistants`), 20},
	{"DELETE", regexp.MustCompile(`/assistants`), 20},
	{"POST", regexp.MustCompile(`/(chat|evaluation)/`), 30},
}

// recorder limits requests to the rates of the Starter plan, and records
// requests and responses.
type recorder struct {
	base     http.RoundTripper
	session  *session
	limiters []*rate.Limiter // nil for no limits
}

func newRecorder(base http.RoundTripper, s *session, paced bool) *recorder {
	r := &recorder{base: base, session: s}
	for _, limit := range starter {
		if paced {
			r.limiters = append(r.limiters, rate.NewLimiter(rate.Every(time.Minute/time.Duration(limit.minute)), 1))
		}
	}
	return r
}

// RoundTrip implements [http.RoundTripper].
func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	for i, limiter := range r.limiters {
		if limit := starter[i]; slices.Contains(strings.Split(limit.method, ","), req.Method) && limit.path.MatchString(req.URL.Path) {
			if err := limiter.Wait(req.Context()); err != nil {
				return nil, err
			}
			break
		}
	}
	var sent bytes.Buffer
	if req.Body != nil && r.session.folder != "" {
		req.Body = struct {
			io.Reader
			io.Closer
		}{io.TeeReader(req.Body, &bounded{&sent, maxRecorded}), req.Body}
	}
	resp, err := r.base.RoundTrip(req)
	if err != nil || r.session.folder == "" {
		return resp, err
	}
	received := &bytes.Buffer{}
	resp.Body = &recordedBody{ReadCloser: resp.Body, copy: &bounded{received, maxRecorded}, done: func() {
		r.session.record(req, resp, sent.Bytes(), received.Bytes())
	}}
	return resp, nil
}

// maxRecorded is the maximum number of bytes of a body that are recorded.
const maxRecorded = 256 << 10

// bounded keeps the first bytes and drops the rest.
type bounded struct {
	to   *bytes.Buffer
	left int
}

func (b *bounded) Write(p []byte) (int, error) {
	n := min(len(p), b.left)
	b.to.Write(p[:n])
	b.left -= n
	return len(p), nil
}

type recordedBody struct {
	io.ReadCloser
	copy io.Writer
	once sync.Once
	done func()
}

func (b *recordedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	_, _ = b.copy.Write(p[:n])
	return n, err
}

func (b *recordedBody) Close() error {
	b.once.Do(b.done)
	return b.ReadCloser.Close()
}

// record writes a request and its response to a file, without secrets.
func (s *session) record(req *http.Request, resp *http.Response, sent, received []byte) {
	s.mu.Lock()
	s.number++
	name := fmt.Sprintf("%s-%d.txt", regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(s.current), "-"), s.number)
	s.mu.Unlock()
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s %s\n", req.Method, req.URL)
	header := req.Header.Clone()
	for _, secret := range []string{"Api-Key", "Authorization"} {
		if header.Get(secret) != "" {
			header.Set(secret, "REMOVED")
		}
	}
	_ = header.Write(&out)
	fmt.Fprintf(&out, "\n%s\n\n%s %s\n", printable(sent), resp.Proto, resp.Status)
	_ = resp.Header.Write(&out)
	fmt.Fprintf(&out, "\n%s\n", printable(received))
	err := os.WriteFile(filepath.Join(s.folder, name), []byte(s.redact(out.String())), 0o600)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = errors.Join(s.err, err)
}

func printable(body []byte) string { return strings.ToValidUTF8(string(body), "\uFFFD") }

// Secrets besides the key: the query parameters of signed URLs, and cookies.
var secrets = regexp.MustCompile(`(?i)((?:signature|credential|token|x-goog-[a-z]+|x-amz-[a-z-]+|expires)=)[^&"\s\\]+|(set-cookie: )[^\n]+`)

// redact removes secrets from a text.
func (s *session) redact(text string) string {
	if s.secret != "" {
		text = strings.ReplaceAll(text, s.secret, "REMOVED")
	}
	return secrets.ReplaceAllString(text, "${1}${2}REMOVED")
}

// reply is a response that was read.
type reply struct {
	status int
	header http.Header
	body   string
	value  any // decoded JSON body
}

// read reads the response of a stock client.
func read(resp *http.Response, err error) (*reply, error) {
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 8<<20))
	if err != nil {
		return nil, err
	}
	r := &reply{status: resp.StatusCode, header: resp.Header, body: string(body)}
	_ = json.Unmarshal(body, &r.value)
	return r, nil
}

// differs returns an error that describes the response.
func (r *reply) differs(format string, args ...any) error {
	body := strings.ToValidUTF8(r.body, "\uFFFD")
	if len(body) > 300 {
		body = strings.ToValidUTF8(body[:300], "") + "…"
	}
	return fmt.Errorf("%s; status %d, body %q", fmt.Sprintf(format, args...), r.status, body)
}

// is returns an error unless the status is one of statuses and the body
// contains the texts.
func (r *reply) is(statuses []int, texts ...string) error {
	if !slices.Contains(statuses, r.status) {
		return r.differs("want status %v", statuses)
	}
	for _, text := range texts {
		if !strings.Contains(r.body, text) {
			return r.differs("want %q in the body", text)
		}
	}
	return nil
}

// at returns the value at a path of keys in the JSON body, and whether it
// exists.
func (r *reply) at(path ...string) (value any, there bool) {
	value = r.value
	for _, key := range path {
		object, ok := value.(map[string]any)
		if !ok {
			return nil, false
		}
		if value, ok = object[key]; !ok {
			return nil, false
		}
	}
	return value, true
}

// has returns an error if the JSON body lacks one of the fields.
func (r *reply) has(fields ...string) error {
	for _, field := range fields {
		if _, ok := r.at(strings.Split(field, ".")...); !ok {
			return r.differs("want the field %s", field)
		}
	}
	return nil
}

// version returns an editor that sets the version header; "" removes it.
func version(v string) func(context.Context, *http.Request) error {
	return func(_ context.Context, req *http.Request) error {
		req.Header.Del("X-Pinecone-Api-Version")
		if v != "" {
			req.Header.Set("X-Pinecone-Api-Version", v)
		}
		return nil
	}
}

// query returns an editor that adds a query parameter.
func query(key, value string) func(context.Context, *http.Request) error {
	return func(_ context.Context, req *http.Request) error {
		q := req.URL.Query()
		q.Set(key, value)
		req.URL.RawQuery = q.Encode()
		return nil
	}
}

func jsonBody(value any) io.Reader {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err) // the value consists of literals
	}
	return bytes.NewReader(body)
}

// form returns the form of an upload.
func form(name, content, metadata string) (contentType string, body io.Reader) {
	var buffer bytes.Buffer
	writer := multipart.NewWriter(&buffer)
	header := textproto.MIMEHeader{}
	header.Set("Content-Disposition", fmt.Sprintf(`form-data; name="file"; filename="%s"`, strings.ReplaceAll(name, `"`, "%22")))
	header.Set("Content-Type", "text/plain")
	part, err := writer.CreatePart(header)
	if err == nil {
		_, err = io.WriteString(part, content)
	}
	if err == nil && metadata != "" {
		err = writer.WriteField("metadata", metadata)
	}
	if err = errors.Join(err, writer.Close()); err != nil {
		panic(err) // writes to a buffer cannot fail
	}
	return writer.FormDataContentType(), &buffer
}

// upload uploads a file with the stock client.
func (s *session) upload(ctx context.Context, name, content, metadata string, editors ...data.RequestEditorFn) (*http.Response, error) {
	contentType, body := form(name, content, metadata)
	return s.rawData.UploadFileWithBody(ctx, s.name, nil, contentType, body, editors...)
}

// chat sends a chat with the stock client.
func (s *session) chat(ctx context.Context, body map[string]any) (*http.Response, error) {
	if body["messages"] == nil {
		body["messages"] = []map[string]any{{"role": "user", "content": question}}
	}
	return s.rawData.ChatWithBody(ctx, s.name, "application/json", jsonBody(body))
}

// patch updates an assistant with the stock client.
func (s *session) patch(ctx context.Context, name, body string) (*http.Response, error) {
	return s.rawControl.UpdateAssistantWithBody(ctx, name, "application/json", strings.NewReader(body))
}
