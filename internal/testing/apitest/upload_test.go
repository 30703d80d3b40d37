package apitest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	data202501 "github.com/pinecone-community/assistant-go/gen/2025-01/data"
	data202604 "github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

// received is an upload as the service receives it.
type received struct {
	method, path, query, metadata string
	length                        int64
	fields                        []string // names of the form fields, in order
	filename, contentType         string
	content                       []byte
	err                           error // error of reading the form
}

// depot is a server that accepts uploads.
type depot struct {
	*httptest.Server
	mu       sync.Mutex
	requests []received
}

func newDepot(t *testing.T) *depot {
	t.Helper()
	d := new(depot)
	d.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got := received{method: r.Method, path: r.URL.Path, query: r.URL.RawQuery, metadata: r.URL.Query().Get("metadata"), length: r.ContentLength}
		got.err = got.read(r)
		d.mu.Lock()
		d.requests = append(d.requests, got)
		d.mu.Unlock()
		if got.err == nil {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"id":"x","name":"x","status":"Processing"}`)
		}
	}))
	t.Cleanup(d.Close)
	return d
}

// read parses the form.
func (got *received) read(r *http.Request) error {
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "multipart/form-data" {
		return fmt.Errorf("content type %q: %w", media, err)
	}
	form := multipart.NewReader(r.Body, params["boundary"])
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return err
		}
		got.fields = append(got.fields, part.FormName())
		switch part.FormName() {
		case "file":
			got.filename, got.contentType, got.content = part.FileName(), part.Header.Get("Content-Type"), content
		case "metadata":
			got.metadata = string(content)
		}
	}
}

func (d *depot) seen() []received {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.requests
}

// one returns the only request since the last call.
func (d *depot) one(t *testing.T) received {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.requests) != 1 {
		t.Fatalf("%d requests, want 1", len(d.requests))
	}
	got := d.requests[0]
	d.requests = nil
	return got
}

// uploads are the operations that send a file.
var uploads = []struct {
	name    string
	inQuery bool // metadata is a query parameter
	send    func(t *testing.T, d *depot, file data202604.File, metadata map[string]any) error
}{
	{"UploadFile", false, func(t *testing.T, d *depot, file data202604.File, metadata map[string]any) error {
		_, err := d.data(t).UploadFile(t.Context(), "a", nil, data202604.UploadFileRequest{File: file, Metadata: metadata})
		return err
	}},
	{"UpsertFile", false, func(t *testing.T, d *depot, file data202604.File, metadata map[string]any) error {
		_, err := d.data(t).UpsertFile(t.Context(), "a", "x", nil, data202604.UploadFileRequest{File: file, Metadata: metadata})
		return err
	}},
	{"UploadFile 2025-01", true, func(t *testing.T, d *depot, file data202604.File, metadata map[string]any) error {
		api, err := data202501.New(d.URL, data202501.WithHTTPClient(d.Client()), data202501.WithRetryNonIdempotent())
		if err != nil {
			t.Fatal(err)
		}
		_, err = api.UploadFile(t.Context(), "a", &data202501.UploadFileParams{Metadata: metadata}, data202501.UploadFileRequest{File: file})
		return err
	}},
}

func (d *depot) data(t *testing.T) *data202604.API {
	t.Helper()
	api, err := data202604.New(d.URL, data202604.WithHTTPClient(d.Client()), data202604.WithRetryNonIdempotent())
	if err != nil {
		t.Fatal(err)
	}
	return api
}

// An invalid file id is an error, and no request is sent.
func TestUpsertIdentifiers(t *testing.T) {
	d := newDepot(t)
	for _, id := range []string{"a", "A_b-9", "-", "_", "0", strings.Repeat("x", 128)} {
		_, err := d.data(t).UpsertFile(t.Context(), "a", id, nil, data202604.UploadFileRequest{File: data202604.FileBytes("a.txt", nil)})
		if err != nil {
			t.Errorf("%q: %v", id, err)
		} else if got := d.one(t); got.method != "PUT" || got.path != "/assistant/files/a/"+id {
			t.Errorf("%q was sent as %s", id, got.path)
		}
	}
	for id, want := range map[string]string{
		"":                       "has 0 characters, want 1 to 128",
		strings.Repeat("x", 129): "has 129 characters, want 1 to 128",
		"a b":                    `is "a b", want it to match`,
		"a.txt":                  `is "a.txt", want it to match`,
		"a/b":                    `is "a/b"`,
		"é":                      `is "é"`,
		"x\n":                    `is "x\n"`,
		"..":                     `is ".."`,
		"%41":                    `is "%41"`,
	} {
		file := data202604.FileBytes("a.txt", nil).WithProgress(func(int64, int64) { t.Errorf("%q: the file is read", id) })
		_, err := d.data(t).UpsertFile(t.Context(), "a", id, nil, data202604.UploadFileRequest{File: file})
		if err == nil || !strings.Contains(err.Error(), "assistant_file_id "+want) || len(d.seen()) != 0 {
			t.Errorf("%q: error %v, %d requests", id, err, len(d.seen()))
		}
	}
}

func TestUploadMetadata(t *testing.T) {
	const limit = 16384
	sized := func(n int) map[string]any { // n bytes as JSON
		return map[string]any{"k": strings.Repeat("x", n-len(`{"k":""}`))}
	}
	for _, upload := range uploads {
		t.Run(upload.name, func(t *testing.T) {
			d := newDepot(t)
			for want, metadata := range map[string]map[string]any{
				"":                                 nil,
				"{}":                               {},
				`{"my_key":[1,"ü&=+ <"],"n":2026}`: {"my_key": []any{1, "ü&=+ <"}, "n": 2026},
				`{"k":"` + strings.Repeat("x", limit-len(`{"k":""}`)) + `"}`: sized(limit),
			} {
				if err := upload.send(t, d, data202604.FileBytes("a.txt", []byte("content")), metadata); err != nil {
					t.Errorf("%.40s: %v", want, err)
					continue
				}
				got := d.one(t)
				inForm := len(got.fields) > 1
				if got.err != nil || got.metadata != want || inForm != (want != "" && !upload.inQuery) ||
					strings.Contains(got.query, "metadata=") != (want != "" && upload.inQuery) || string(got.content) != "content" {
					t.Errorf("%.40s: fields %q, query %.40s, metadata %.40s, error %v", want, got.fields, got.query, got.metadata, got.err)
				}
			}
			for _, over := range []int{1, limit} {
				err := upload.send(t, d, data202604.FileBytes("a.txt", nil), sized(limit+over))
				if err == nil || !strings.Contains(err.Error(), "metadata") ||
					!strings.Contains(err.Error(), fmt.Sprintf("%d bytes as JSON, want at most %d", limit+over, limit)) || len(d.seen()) != 0 {
					t.Errorf("%d too many: error %v, %d requests", over, err, len(d.seen()))
				}
			}
			// The limit applies to the JSON as it is sent, without HTML
			// escapes.
			markup := strings.Repeat("<&>\u2028", (limit-len(`{"k":""}`))/len("<&>\u2028"))
			if err := upload.send(t, d, data202604.FileBytes("a.txt", nil), map[string]any{"k": markup}); err != nil || d.one(t).metadata != `{"k":"`+markup+`"}` {
				t.Errorf("markup: error %v", err)
			}
			err := upload.send(t, d, data202604.FileBytes("a.txt", nil), map[string]any{"k": strings.Repeat("\"", limit/2)})
			if err == nil || len(d.seen()) != 0 {
				t.Errorf("escapes: error %v, %d requests", err, len(d.seen()))
			}
			if err := upload.send(t, d, data202604.FileBytes("a.txt", nil), map[string]any{"k": func() {}}); err == nil || len(d.seen()) != 0 {
				t.Errorf("no JSON: error %v, %d requests", err, len(d.seen()))
			}
		})
	}
}

func TestUploadProgress(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789abcdef"), 1<<16) // 1 MiB
	total := int64(len(content))
	path := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, upload := range uploads {
		d := newDepot(t)
		for name, test := range map[string]struct {
			file  data202604.File
			total int64
		}{
			"path":   {data202604.OpenFile(path), total},
			"bytes":  {data202604.FileBytes("a.txt", content), total},
			"seeker": {data202604.FileReader("a.txt", bytes.NewReader(content)), total},
			"reader": {data202604.FileReader("a.txt", io.MultiReader(bytes.NewReader(content))), -1},
		} {
			var mu sync.Mutex
			var sent []int64
			file := test.file.WithProgress(func(n, all int64) {
				mu.Lock()
				defer mu.Unlock()
				if all != test.total {
					t.Errorf("%s, %s: a total of %d, want %d", upload.name, name, all, test.total)
				}
				sent = append(sent, n)
			})
			if err := upload.send(t, d, file, nil); err != nil {
				t.Errorf("%s, %s: %v", upload.name, name, err)
				continue
			}
			got := d.one(t)
			if got.err != nil || !bytes.Equal(got.content, content) || got.filename != "a.txt" || got.contentType != "text/plain" || (got.length < 0) != (test.total < 0) {
				t.Errorf("%s, %s: %d bytes of %d arrived as %q, error %v", upload.name, name, len(got.content), got.length, got.filename, got.err)
			}
			mu.Lock()
			last := int64(0)
			for _, n := range sent {
				if n <= last {
					t.Errorf("%s, %s: %d after %d", upload.name, name, n, last)
				}
				last = n
			}
			if len(sent) < 2 || last != total {
				t.Errorf("%s, %s: %d reports, the last of %d", upload.name, name, len(sent), last)
			}
			mu.Unlock()
		}
	}
}

// A file that the service does not accept is an error, and no request is sent.
func TestUploadRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "dir.txt")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		file data202604.File
		want string
	}{
		"no file":             {data202604.File{}, "no file"},
		"no name":             {data202604.FileBytes("", nil), `invalid file name ""`},
		"no reader":           {data202604.FileReader("a.txt", nil), "no file"},
		"no extension":        {data202604.FileBytes("README", nil), "the service accepts only .docx, .json, .md, .pdf, .txt"},
		"unknown extension":   {data202604.FileBytes("a.exe", nil), `file "a.exe": the service accepts only`},
		"another extension":   {data202604.FileBytes("a.txt.gz", nil), "the service accepts only"},
		"a directory":         {data202604.OpenFile(dir), "is a directory"},
		"not there":           {data202604.OpenFile(filepath.Join(dir, "none.txt")), "no such file"},
		"not a type":          {data202604.FileBytes("a.txt", nil).WithContentType("a/b/c"), `invalid content type "a/b/c"`},
		"type, but no name":   {data202604.FileBytes("", nil).WithContentType("text/plain"), "invalid file name"},
		"type, but directory": {data202604.OpenFile(dir).WithContentType("text/plain"), "is a directory"},
	} {
		for _, upload := range uploads {
			d := newDepot(t)
			if err := upload.send(t, d, test.file, nil); err == nil || !strings.Contains(err.Error(), test.want) || len(d.seen()) != 0 {
				t.Errorf("%s, %s: error %v, %d requests", upload.name, name, err, len(d.seen()))
			}
		}
	}
}

func TestUploadContentTypes(t *testing.T) {
	for _, upload := range uploads {
		d := newDepot(t)
		for name, want := range map[string]string{
			"a.txt":        "text/plain",
			"A.TXT":        "text/plain",
			"dir/b.md":     "text/markdown",
			`C:\x\c.json`:  "application/json",
			"d.pdf":        "application/pdf",
			"ü e.docx":     "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
			"overrides.md": "text/plain; charset=utf-8",
			"lifts.bin":    "text/plain; charset=utf-8",
		} {
			file := data202604.FileBytes(name, []byte("content"))
			if strings.Contains(want, "charset") {
				file = file.WithContentType(want)
			}
			if err := upload.send(t, d, file, nil); err != nil {
				t.Errorf("%s, %s: %v", upload.name, name, err)
				continue
			}
			base := name[strings.LastIndexAny(name, `/\`)+1:]
			if got := d.one(t); got.contentType != want || got.filename != base {
				t.Errorf("%s, %s: sent %q as %q, want %q as %q", upload.name, name, got.filename, got.contentType, base, want)
			}
		}
	}
}

// A file that changes during the upload is an error that is not retried.
func TestUploadOfAChangingFile(t *testing.T) {
	const size = 8 << 20
	for change, test := range map[string]struct {
		to   int64
		want string
	}{
		"shrinks":           {size / 2, fmt.Sprintf("ended after %d of %d bytes", size/2, size)},
		"shrinks by a byte": {size - 1, fmt.Sprintf("ended after %d of %d bytes", size-1, size)},
		"grows":             {size * 2, fmt.Sprintf("grew beyond its size of %d bytes", size)},
		"grows by a byte":   {size + 1, fmt.Sprintf("grew beyond its size of %d bytes", size)},
	} {
		for _, upload := range uploads {
			t.Run(upload.name+" "+change, func(t *testing.T) {
				d := newDepot(t)
				path := filepath.Join(t.TempDir(), "a.txt")
				if err := os.WriteFile(path, make([]byte, size), 0o600); err != nil {
					t.Fatal(err)
				}
				var once sync.Once
				file := data202604.OpenFile(path).WithProgress(func(int64, int64) {
					once.Do(func() {
						if err := os.Truncate(path, test.to); err != nil {
							t.Error(err)
						}
					})
				})
				err := upload.send(t, d, file, nil)
				if err == nil || !strings.Contains(err.Error(), `file "a.txt": `+test.want) {
					t.Errorf("error %v, want %s", err, test.want)
				}
				d.Close() // waits for the server's handler
				if seen := d.seen(); len(seen) != 1 || seen[0].err == nil {
					t.Errorf("the service saw %d requests, whole: %v", len(seen), len(seen) > 0 && seen[0].err == nil)
				}
			})
		}
	}
}

// A retry sends the same file, and the progress begins at 0 again.
func TestUploadIsRepeated(t *testing.T) {
	content := strings.Repeat("content ", 1<<10)
	path := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	var bodies []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if bodies = append(bodies, string(body)); len(bodies) == 1 {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"id":"x"}`)
	}))
	defer server.Close()
	api, err := data202604.New(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	whole := 0
	file := data202604.OpenFile(path).WithProgress(func(sent, total int64) {
		if sent == total {
			whole++
		}
	})
	operation, err := api.UploadFile(t.Context(), "a", nil, data202604.UploadFileRequest{File: file, Metadata: map[string]any{"a": 1}})
	if err != nil || operation.ID != "x" || len(bodies) != 2 || bodies[0] != bodies[1] || !strings.Contains(bodies[0], content) || whole != 2 {
		t.Errorf("%d bodies, sent to the end %d times, error %v", len(bodies), whole, err)
	}

	// A plain reader is sent once; the error is the service's.
	bodies = nil
	_, err = api.UploadFile(t.Context(), "a", nil, data202604.UploadFileRequest{File: data202604.FileReader("a.txt", io.MultiReader(strings.NewReader(content)))})
	if !errors.Is(err, data202604.ErrRateLimited) || len(bodies) != 1 {
		t.Errorf("%d bodies, error %v", len(bodies), err)
	}
}
