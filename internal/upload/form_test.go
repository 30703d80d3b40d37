package upload

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// field is a field of a form as a server sees it.
type field struct {
	name, filename string // filename includes the path, if any
	contentType    string
	content        []byte
}

func (f field) String() string {
	return fmt.Sprintf("{%q %q %q %d bytes}", f.name, f.filename, f.contentType, len(f.content))
}

// parse reads a form to its end.
func parse(contentType string, form io.Reader) ([]field, error) {
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil || media != "multipart/form-data" {
		return nil, fmt.Errorf("content type %q, error %v", contentType, err)
	}
	var fields []field
	reader := multipart.NewReader(form, params["boundary"])
	for {
		part, err := reader.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fields, err
		}
		kind, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
		if err != nil || kind != "form-data" {
			return fields, fmt.Errorf("content disposition %q: error %v", part.Header, err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return fields, err
		}
		fields = append(fields, field{params["name"], params["filename"], part.Header.Get("Content-Type"), content})
	}
	// Only a line end may follow the last boundary.
	if rest, err := io.ReadAll(form); err != nil || len(rest) > 0 {
		return fields, fmt.Errorf("%d bytes behind the form, error %v", len(rest), err)
	}
	return fields, nil
}

// open returns the fields of the form and compares the length of the body with
// Len.
func open(t testing.TB, form *Form) []field {
	t.Helper()
	body, err := form.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	if n := form.Len(); n >= 0 && n != int64(len(text)) {
		t.Errorf("the form has %d bytes, Len is %d", len(text), n)
	}
	fields, err := parse(form.ContentType(), bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return fields
}

// newForm returns a form with one file.
func newForm(t testing.TB, file File) *Form {
	t.Helper()
	form, err := NewForm(FilePart("file", file))
	if err != nil {
		t.Fatal(err)
	}
	return form
}

// arrival is a request as a server saw it.
type arrival struct {
	proto    int
	length   int64
	encoding []string
	header   http.Header
	fields   []field
	err      error
}

// server parses the forms that it receives. It redirects /again to / after it
// has read the form, and /early before that.
type server struct {
	*httptest.Server
	arrivals chan arrival
}

func newServer(t *testing.T, http2 bool) *server {
	t.Helper()
	s := &server{arrivals: make(chan arrival, 100)}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/early" {
			w.Header().Set("Location", "/")
			w.WriteHeader(http.StatusTemporaryRedirect)
			return
		}
		a := arrival{proto: r.ProtoMajor, length: r.ContentLength, encoding: r.TransferEncoding, header: r.Header}
		a.fields, a.err = parse(r.Header.Get("Content-Type"), r.Body)
		s.arrivals <- a
		if r.URL.Path == "/again" {
			w.Header().Set("Location", "/")
			w.WriteHeader(http.StatusPermanentRedirect)
		}
	}))
	if http2 {
		s.EnableHTTP2 = true
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s
}

// post sends a form as package rest does.
func (s *server) post(ctx context.Context, path string, form *Form) error {
	body, err := form.Open()
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+path, body)
	if err != nil {
		return err
	}
	req.ContentLength, req.GetBody = form.Len(), form.Open
	req.Header.Set("Content-Type", form.ContentType())
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var resp *http.Response
	form.Send(func() { resp, err = s.Client().Do(req.WithContext(ctx)) }, cancel)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	return nil
}

// got returns the next arrival.
func (s *server) got(t *testing.T) arrival {
	t.Helper()
	select {
	case a := <-s.arrivals:
		return a
	case <-time.After(5 * time.Minute): // against a hang
		t.Fatal("nothing arrived")
		return arrival{}
	}
}

func random(t testing.TB, size int) []byte {
	t.Helper()
	content := make([]byte, size)
	if _, err := rand.Read(content); err != nil {
		t.Fatal(err)
	}
	return content
}

// A form arrives at a server as it was made.
func TestFormArrives(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		server := newServer(t, http2)
		for _, size := range []int{0, 1, 4<<10 - 1, 1 << 20} {
			content := random(t, size)
			name := filepath.Join(t.TempDir(), "ü a.PDF")
			if err := os.WriteFile(name, content, 0o600); err != nil {
				t.Fatal(err)
			}
			files := []struct {
				name  string
				file  File
				want  field
				known bool
			}{
				{"OpenFile", OpenFile(name), field{"file", "ü a.PDF", "application/pdf", content}, true},
				{"FileBytes", FileBytes(`say "hi".md`, content), field{"file", `say %22hi%22.md`, "text/markdown", content}, true},
				{"FileReader of a buffer", FileReader("a.json", bytes.NewBuffer(content)), field{"file", "a.json", "application/json", content}, true},
				{"FileReader of a reader", FileReader("a.txt", io.MultiReader(bytes.NewReader(content))), field{"file", "a.txt", "text/plain", content}, false},
			}
			for _, tt := range files {
				t.Run(fmt.Sprintf("%s of %d bytes, HTTP/2 %t", tt.name, size, http2), func(t *testing.T) {
					form, err := NewForm(
						TextPart("first", "1\r\n2"),
						TextPart("none", ""),
						FilePart("file", tt.file),
						JSONPart("nothing", nil, 0),
						JSONPart("metadata", map[string]any{"my_key": 1}, 0),
						TextPart("last", "--"),
					)
					if err != nil {
						t.Fatal(err)
					}
					if err := server.post(t.Context(), "/", form); err != nil {
						t.Fatal(err)
					}
					got := server.got(t)
					want := []field{
						{"first", "", "", []byte("1\r\n2")},
						tt.want,
						{"metadata", "", "", []byte(`{"my_key":1}`)},
						{"last", "", "", []byte("--")},
					}
					if got.err != nil || !reflect.DeepEqual(got.fields, want) {
						t.Errorf("got  %v, error %v\nwant %v", got.fields, got.err, want)
					}
					if http2 != (got.proto == 2) {
						t.Errorf("protocol %d", got.proto)
					}
					if got.length != form.Len() || tt.known != (got.length >= 0) || (!tt.known && !http2) != slices.Equal(got.encoding, []string{"chunked"}) {
						t.Errorf("length %d, Len %d, encoding %q", got.length, form.Len(), got.encoding)
					}
				})
			}
		}
	}
}

func TestJSONPart(t *testing.T) {
	const limit = 16 << 10
	tests := []struct {
		name  string
		value map[string]any
		want  string // "" if absent
	}{
		{"nil", nil, ""},
		{"empty", map[string]any{}, `{}`},
		{"keys", map[string]any{"my_key": 1, "camelCase": true, "UPPER": nil, "": ""}, `{"":"","UPPER":null,"camelCase":true,"my_key":1}`},
		{"unicode", map[string]any{"ключ": "日本\u2028"}, "{\"ключ\":\"日本\u2028\"}"},
		{"nested", map[string]any{"a": map[string]any{"b_c": []any{1, "x", map[string]any{"d": 1.5}}}}, `{"a":{"b_c":[1,"x",{"d":1.5}]}}`},
		{"at its limit", map[string]any{"a": strings.Repeat("x", limit-len(`{"a":""}`))}, `{"a":"` + strings.Repeat("x", limit-len(`{"a":""}`)) + `"}`},
		{"large numbers", map[string]any{"n": int64(math.MaxInt64)}, `{"n":9223372036854775807}`},
		{"markup", map[string]any{"a": "<&>\r\n--"}, `{"a":"<&>\r\n--"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			form, err := NewForm(JSONPart("metadata", tt.value, limit))
			if err != nil {
				t.Fatal(err)
			}
			got := open(t, form)
			if tt.want == "" {
				if len(got) != 0 {
					t.Errorf("sent %v", got)
				}
				return
			}
			if len(got) != 1 || got[0].name != "metadata" || got[0].filename != "" || string(got[0].content) != tt.want {
				t.Fatalf("sent %v: %s, want %s", got, got[0].content, tt.want)
			}
			var again map[string]any
			if err := json.Unmarshal(got[0].content, &again); err != nil || len(again) != len(tt.value) {
				t.Errorf("decoded %v, error %v", again, err)
			}
		})
	}
}

func TestFormRefused(t *testing.T) {
	good := FileBytes("a.txt", nil)
	tests := []struct {
		name  string
		parts []Part
		want  string
	}{
		{"no JSON", []Part{JSONPart("metadata", map[string]any{"a": make(chan int)}, 0)}, "metadata: json: "},
		{"NaN", []Part{FilePart("file", good), JSONPart("metadata", map[string]any{"a": math.NaN()}, 0)}, "metadata: json: "},
		{"longer than its limit", []Part{JSONPart("metadata", map[string]any{"ü": 1}, 7)}, "metadata: 8 bytes as JSON, want at most 7"},
		{"zero file", []Part{FilePart("file", File{})}, "file: no file"},
		{"bad file", []Part{TextPart("a", "b"), FilePart("file", FileBytes("a.exe", nil))}, `file: file "a.exe"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if form, err := NewForm(tt.parts...); form != nil || err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("error %v, want %s…", err, tt.want)
			}
		})
	}
}

// Each form has its own boundary, and is the same each time it is opened.
func TestFormOpensAgain(t *testing.T) {
	file := FileBytes("a.txt", []byte("content"))
	first, second := newForm(t, file), newForm(t, file)
	text, err := NewForm(TextPart("a", "b"))
	if err != nil {
		t.Fatal(err)
	}
	opened := newForm(t, OpenFile(write(t, "a.txt", "content")))
	for _, form := range []*Form{first, text, opened} {
		if !form.Rewinds() {
			t.Errorf("%v does not rewind", form.files)
		}
		if once, again := open(t, form), open(t, form); len(once) != 1 || !reflect.DeepEqual(once, again) {
			t.Errorf("first %v, then %v", once, again)
		}
	}
	if first.ContentType() == second.ContentType() {
		t.Errorf("both have the boundary of %s", first.ContentType())
	}
	var texts []string
	for range 2 {
		body, err := first.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	if texts[0] != texts[1] || !strings.Contains(texts[0], "content") {
		t.Errorf("got %q", texts)
	}
}

// A redirect sends every byte again, from every source that can be rewound.
func TestFormIsReplayed(t *testing.T) {
	content := random(t, 1<<20)
	name := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		file func() File
		fail string
	}{
		{"OpenFile", func() File { return OpenFile(name) }, ""},
		{"FileBytes", func() File { return FileBytes("a.txt", content) }, ""},
		{"bytes.Reader", func() File { return FileReader("a.txt", bytes.NewReader(content)) }, ""},
		{"bytes.Buffer", func() File { return FileReader("a.txt", bytes.NewBuffer(content)) }, "cannot be rewound"},
		{"reader", func() File { return FileReader("a.txt", io.MultiReader(bytes.NewReader(content))) }, "cannot be rewound"},
	}
	for _, http2 := range []bool{false, true} {
		server := newServer(t, http2)
		for _, tt := range tests {
			t.Run(fmt.Sprintf("%s, HTTP/2 %t", tt.name, http2), func(t *testing.T) {
				err := server.post(t.Context(), "/again", newForm(t, tt.file()))
				want := 2
				if tt.fail != "" {
					want = 1
				}
				if (err != nil) != (want == 1) || err != nil && !strings.Contains(err.Error(), tt.fail) {
					t.Errorf("error %v", err)
				}
				for range want {
					if got := server.got(t); got.err != nil || len(got.fields) != 1 || !bytes.Equal(got.fields[0].content, content) {
						t.Errorf("got %v, error %v", got.fields, got.err)
					}
				}
				if len(server.arrivals) != 0 {
					t.Error("more arrived than was sent")
				}
			})
		}
	}
}

// slow returns a few bytes at a time, after a pause.
type slow struct{ *bytes.Reader }

func (s slow) Read(p []byte) (int, error) {
	time.Sleep(50 * time.Microsecond)
	return s.Reader.Read(p[:min(len(p), 4<<10)])
}

func (s slow) WriteTo(io.Writer) (int64, error) { panic("not to be used") }

// A server may redirect while the form is being sent. The reader of the first
// attempt must not take bytes of the next.
func TestFormIsReplayedEarly(t *testing.T) {
	content := random(t, 2<<20)
	for _, http2 := range []bool{false, true} {
		server := newServer(t, http2)
		for range 3 {
			if err := server.post(t.Context(), "/early", newForm(t, FileReader("a.txt", slow{bytes.NewReader(content)}))); err != nil {
				t.Fatal(err)
			}
			if got := server.got(t); got.err != nil || len(got.fields) != 1 || !bytes.Equal(got.fields[0].content, content) {
				t.Errorf("HTTP/2 %t: got %v, error %v", http2, got.fields, got.err)
			}
		}
	}
}

// A File can be used in several uploads, one after another and at the same
// time.
func TestFileIsUsedAgain(t *testing.T) {
	content := random(t, 256<<10)
	name := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	server := newServer(t, false)
	upload := func(file File) {
		t.Helper()
		form, err := NewForm(FilePart("file", file))
		if err == nil {
			err = server.post(t.Context(), "/", form)
		}
		if err != nil {
			t.Error(err)
			return
		}
	}
	check := func(n int) {
		t.Helper()
		for range n {
			if got := server.got(t); got.err != nil || len(got.fields) != 1 || !bytes.Equal(got.fields[0].content, content) || got.length < int64(len(content)) {
				t.Errorf("got %v of %d bytes, error %v", got.fields, got.length, got.err)
			}
		}
	}
	for _, file := range []File{OpenFile(name), FileBytes("a.txt", content)} {
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() { upload(file) })
		}
		group.Wait()
		if !t.Failed() {
			check(8)
		}
	}
	for _, file := range []File{OpenFile(name), FileBytes("a.txt", content), FileReader("a.txt", bytes.NewReader(content))} {
		upload(file)
		upload(file)
		if !t.Failed() {
			check(2)
		}
	}
}

// A file whose size changes after NewForm is an error.
func TestFileChanges(t *testing.T) {
	resize := func(size int64) func(string) error {
		return func(name string) error { return os.Truncate(name, size) }
	}
	tests := []struct {
		name   string
		size   int
		change func(name string) error
		want   string
		is     error
	}{
		{"grows", 10, resize(11), `file "a.txt": grew beyond its size of 10 bytes`, nil},
		{"grows from nothing", 0, resize(1), "grew beyond its size of 0 bytes", nil},
		{"grows much", 10, resize(1 << 20), "grew beyond its size of 10 bytes", nil},
		{"shrinks", 10, resize(9), `file "a.txt": ended after 9 of 10 bytes`, io.ErrUnexpectedEOF},
		{"shrinks to nothing", 1 << 20, resize(0), "ended after 0 of 1048576 bytes", io.ErrUnexpectedEOF},
		{"vanishes", 10, os.Remove, `file "a.txt": open `, os.ErrNotExist},
		{"becomes a directory", 10, func(name string) error {
			return errors.Join(os.Remove(name), os.Mkdir(name, 0o700))
		}, `directory`, nil},
	}
	for _, http2 := range []bool{false, true} {
		for _, tt := range tests {
			t.Run(fmt.Sprintf("%s, HTTP/2 %t", tt.name, http2), func(t *testing.T) {
				server := newServer(t, http2)
				name := filepath.Join(t.TempDir(), "a.txt")
				if err := os.WriteFile(name, random(t, tt.size), 0o600); err != nil {
					t.Fatal(err)
				}
				form := newForm(t, OpenFile(name))
				if err := tt.change(name); err != nil {
					t.Fatal(err)
				}
				err := server.post(t.Context(), "/", form)
				var source *SourceError
				if !errors.As(err, &source) {
					t.Errorf("error %v is not of the file", err)
				}
				if err == nil || !strings.Contains(err.Error(), tt.want) || tt.is != nil && !errors.Is(err, tt.is) {
					t.Errorf("error %v, want one with %s", err, tt.want)
				}
				server.Close() // waits for the request, if it was begun
				select {
				case a := <-server.arrivals:
					if a.err == nil {
						t.Errorf("the server took it for a whole form: %v", a.fields)
					}
				default:
				}
			})
		}
	}
}

// A retry sends the file as it is at the time of the retry.
func TestFileChangesBetweenAttempts(t *testing.T) {
	tests := []struct{ name, content, want string }{
		{"the same size", "CONTENT", ""},
		{"longer", "content, and more", "grew beyond its size of 7 bytes"},
		{"shorter", "cont", "ended after 4 of 7 bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "a.txt")
			if err := os.WriteFile(name, []byte("content"), 0o600); err != nil {
				t.Fatal(err)
			}
			form := newForm(t, OpenFile(name))
			if got := open(t, form); len(got) != 1 || string(got[0].content) != "content" {
				t.Fatalf("got %v", got)
			}
			if err := os.WriteFile(name, []byte(tt.content), 0o600); err != nil {
				t.Fatal(err)
			}
			if tt.want == "" {
				if got := open(t, form); len(got) != 1 || string(got[0].content) != tt.content {
					t.Errorf("got %v", got)
				}
				return
			}
			body, err := form.Open()
			if err != nil {
				t.Fatal(err)
			}
			defer body.Close()
			if _, err := io.ReadAll(body); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// An upload holds only a small part of the file in memory.
func TestUploadTakesLittleMemory(t *testing.T) {
	const size = 64 << 20
	name := filepath.Join(t.TempDir(), "sparse.pdf")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, size); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	received := make(chan int64, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		received <- n
	}))
	defer srv.Close()
	server := &server{Server: srv}
	for name, file := range map[string]File{
		"OpenFile":                   OpenFile(name),
		"FileReader of a file":       FileReader("a.pdf", file),
		"FileReader of unknown size": FileReader("a.pdf", io.LimitReader(zeros{}, size)),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		form := newForm(t, file)
		if err := server.post(t.Context(), "/", form); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		if n := <-received; n < size || form.Len() >= 0 && n != form.Len() {
			t.Errorf("%s: %d bytes arrived, Len is %d", name, n, form.Len())
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > size/32 {
			t.Errorf("%s: %d bytes were allocated", name, got)
		}
	}
}

// The progress begins at 0 with each attempt and ends with the last byte. The
// slice has no lock, so that the race detector would report calls from another
// goroutine.
func TestProgress(t *testing.T) {
	content := random(t, 1<<20)
	type progress struct{ sent, total int64 }
	tests := []struct {
		name  string
		file  File
		path  string
		total int64
		again bool
	}{
		{"once", FileBytes("a.txt", content), "/", 1 << 20, false},
		{"unknown size", FileReader("a.txt", io.MultiReader(bytes.NewReader(content))), "/", -1, false},
		{"twice", FileReader("a.txt", bytes.NewReader(content)), "/again", 1 << 20, true},
		{"anew in the middle", FileReader("a.txt", slow{bytes.NewReader(content)}), "/early", 1 << 20, true},
		{"anew in the middle, from memory", FileBytes("a.txt", content), "/early", 1 << 20, true},
	}
	for _, http2 := range []bool{false, true} {
		server := newServer(t, http2)
		for _, tt := range tests {
			t.Run(fmt.Sprintf("%s, HTTP/2 %t", tt.name, http2), func(t *testing.T) {
				if tt.name == "unknown size" { // a plain reader is read once
					tt.file = FileReader("a.txt", io.MultiReader(bytes.NewReader(content)))
				}
				var steps []progress
				file := tt.file.WithProgress(func(sent, total int64) { steps = append(steps, progress{sent, total}) })
				if err := server.post(t.Context(), tt.path, newForm(t, file)); err != nil {
					t.Fatal(err)
				}
				starts := 0
				for i, step := range steps {
					if i == 0 || step.sent <= steps[i-1].sent {
						starts++
					}
					if step.total != tt.total || step.sent <= 0 || step.sent > 1<<20 {
						t.Errorf("step %d of %d: %+v", i, len(steps), step)
					}
				}
				if most := 2; starts < 1 || starts > most || !tt.again && starts != 1 || tt.path == "/again" && starts != most {
					t.Errorf("it starts %d times", starts)
				}
				if last := steps[len(steps)-1]; last.sent != 1<<20 {
					t.Errorf("it ends with %+v", last)
				}
			})
		}
	}
	if got := open(t, newForm(t, FileBytes("a.txt", nil).WithProgress(nil))); len(got) != 1 {
		t.Errorf("got %v", got)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestReaderFails(t *testing.T) {
	broken := errors.New("broken")
	server := newServer(t, false)
	for _, content := range []io.Reader{
		failing{broken},
		io.MultiReader(strings.NewReader(strings.Repeat("x", 1<<20)), failing{broken}),
	} {
		err := server.post(t.Context(), "/", newForm(t, FileReader("a.txt", content)))
		var source *SourceError
		if !errors.Is(err, broken) || !errors.As(err, &source) || source.Error() != `file "a.txt": broken` {
			t.Errorf("error %v", err)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestEscape(t *testing.T) {
	tests := []struct{ name, want string }{
		{`plain.txt`, `plain.txt`},
		{`say "hi".txt`, `say %22hi%22.txt`},
		{"a\r\nX-Injected: 1\r\n\r\n.txt", "a%0D%0AX-Injected: 1%0D%0A%0D%0A.txt"},
		{"日本 ü 🦔.txt", "日本 ü 🦔.txt"},
		{`100%22.txt`, `100%22.txt`},
		{`a; filename=b.txt`, `a; filename=b.txt`},
		{"a\x00\t\x1f\x7fb.txt", "a%00%09%1F%7Fb.txt"},
		{"\xff\u0085.txt", "\xff\u0085.txt"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			form, err := NewForm(FilePart(tt.name, FileBytes(tt.name, nil)))
			if err != nil {
				t.Fatal(err)
			}
			got := open(t, form)
			if want := (field{tt.want, tt.want, "text/plain", []byte{}}); len(got) != 1 || !reflect.DeepEqual(got[0], want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
	// No parser may take the last quotation mark for an escaped one.
	form, err := NewForm(TextPart(`a\`, "b"), TextPart("", "c"))
	if err != nil {
		t.Fatal(err)
	}
	if got := open(t, form); len(got) != 2 || got[0].name != "a%5C" || got[1].name != "" {
		t.Errorf("got %v", got)
	}
}

func FuzzFormHeader(f *testing.F) {
	f.Add("file", "a.txt", "text/plain")
	f.Add(`a"; filename="b`, "a\"\r\nX: y\r\n\r\n--", "text/plain\r\nX: y")
	f.Add(`a\`, `C:\dir\a.txt\`, `text/plain; a="b\"c"`)
	f.Add("\x00\xff", "../\u2028.pdf", "")
	f.Fuzz(func(t *testing.T, name, filename, contentType string) {
		form, err := NewForm(FilePart(name, FileBytes(filename, []byte("content")).WithContentType(contentType)), TextPart("next", "text"))
		if err != nil {
			if form != nil {
				t.Fatal("both a form and an error")
			}
			if base(filename) == "a.txt" && (contentType == "" || contentType == "text/plain") {
				t.Fatalf("refused: %v", err)
			}
			return
		}
		// The header has two lines, also for parsers that accept other line
		// ends.
		head, _, _ := strings.Cut(string(form.texts[0]), "\r\n\r\n")
		lines := strings.Split(head, "\r\n")
		if len(form.texts[0]) != len(head)+len("\r\n\r\n") || len(lines) != 3 || strings.ContainsAny(strings.Join(lines, ""), "\r\n") {
			t.Fatalf("header %q", form.texts[0])
		}
		if strings.Count(lines[1], `"`) != 4 || strings.Contains(lines[1], `\`) {
			t.Fatalf("content disposition %q", lines[1])
		}
		got := open(t, form)
		if len(got) != 2 || got[1].name != "next" || string(got[1].content) != "text" || string(got[0].content) != "content" {
			t.Fatalf("arrived as %v", got)
		}
		if got[0].name != escape(name) || got[0].filename != escape(base(filename)) {
			t.Fatalf("%q, %q arrived as %v", name, filename, got[0])
		}
		if contentType != "" && got[0].contentType != strings.Trim(contentType, " ") {
			t.Fatalf("%q arrived as %q", contentType, got[0].contentType)
		}
	})
}

// An attempt that was replaced may still be read. It reports no progress.
func TestProgressOfAnOldAttempt(t *testing.T) {
	var told []int64
	file := FileBytes("a.txt", []byte("0123456789")).WithProgress(func(sent, _ int64) { told = append(told, sent) })
	form := newForm(t, file)
	for i, read := range []int{0, 1} {
		told = nil
		form.Send(func() {
			var bodies [2]io.ReadCloser
			for n := range bodies {
				var err error
				if bodies[n], err = form.Open(); err != nil {
					t.Error(err)
				}
			}
			if _, err := io.Copy(io.Discard, bodies[read]); err != nil {
				t.Error(err)
			}
		}, nil)
		if len(told) != i {
			t.Errorf("after attempt %d was read, progress %v", i+1, told)
		}
	}
}

// A panic of the callback or of the client reaches the caller; a panic of the
// source is an error.
func TestPanics(t *testing.T) {
	server := newServer(t, false)
	content := random(t, 1<<20)
	caught := func(f func()) (v any) {
		defer func() { v = recover() }()
		f()
		return nil
	}
	t.Run("progress", func(t *testing.T) {
		file := FileBytes("a.txt", content).WithProgress(func(int64, int64) { panic("progress") })
		if v := caught(func() { _ = server.post(t.Context(), "/", newForm(t, file)) }); v != "progress" {
			t.Errorf("panic %v", v)
		}
	})
	t.Run("progress that leaves", func(t *testing.T) {
		left := make(chan bool)
		go func() {
			defer func() { left <- recover() == nil }()
			file := FileBytes("a.txt", content).WithProgress(func(int64, int64) { runtime.Goexit() })
			_ = server.post(t.Context(), "/", newForm(t, file))
		}()
		if !<-left {
			t.Error("a panic")
		}
	})
	t.Run("client", func(t *testing.T) {
		form := newForm(t, FileBytes("a.txt", content).WithProgress(func(int64, int64) {}))
		if v := caught(func() { form.Send(func() { panic("client") }, nil) }); v != "client" {
			t.Errorf("panic %v", v)
		}
		if v := caught(func() { form.Send(runtime.Goexit, nil) }); v == nil {
			t.Error("no panic")
		}
	})
	broken := errors.New("broken")
	for name, read := range map[string]func() (int, error){
		"an error":    func() (int, error) { panic(broken) },
		"a text":      func() (int, error) { panic("broken") },
		"no index":    func() (int, error) { return 1 << 30, nil },
		"a goroutine": func() (int, error) { runtime.Goexit(); return 0, nil },
	} {
		t.Run("source, "+name, func(t *testing.T) {
			err := server.post(t.Context(), "/", newForm(t, FileReader("a.txt", readerFunc(func([]byte) (int, error) { return read() }))))
			var source *SourceError
			if !errors.As(err, &source) || !strings.Contains(err.Error(), "Read ") || name == "an error" && !errors.Is(err, broken) {
				t.Errorf("error %v", err)
			}
		})
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// Several files are sent in order, and mime/multipart reads them back.
func TestSeveralFiles(t *testing.T) {
	var reports []string
	report := func(name string) func(sent, total int64) {
		return func(sent, total int64) { reports = append(reports, fmt.Sprintf("%s %d/%d", name, sent, total)) }
	}
	parts := slices.Concat(
		[]Part{TextPart("before", "1")},
		FileParts("files", []File{
			FileBytes("a.txt", []byte("one")).WithProgress(report("a")),
			OpenFile(write(t, "b.txt", "two!")).WithProgress(report("b")),
			FileReader("c.txt", strings.NewReader("three")),
		}),
		[]Part{TextPart("between", "2"), FilePart("last", FileBytes("d.txt", nil)), TextPart("after", "3")},
	)
	form, err := NewForm(parts...)
	if err != nil {
		t.Fatal(err)
	}
	if !form.Rewinds() {
		t.Error("the form does not rewind")
	}
	for range 2 {
		var got []string
		reports = nil
		form.Send(func() {
			body, err := form.Open()
			if err != nil {
				t.Error(err)
				return
			}
			defer body.Close()
			text, err := io.ReadAll(body)
			if err != nil || int64(len(text)) != form.Len() {
				t.Errorf("%d bytes, want %d, error %v", len(text), form.Len(), err)
			}
			_, params, err := mime.ParseMediaType(form.ContentType())
			if err != nil {
				t.Error(err)
				return
			}
			for reader := multipart.NewReader(bytes.NewReader(text), params["boundary"]); ; {
				part, err := reader.NextPart()
				if err != nil {
					break
				}
				content, _ := io.ReadAll(part)
				got = append(got, part.FormName()+" "+part.FileName()+" "+string(content))
			}
		}, func() {})
		want := []string{"before  1", "files a.txt one", "files b.txt two!", "files c.txt three", "between  2", "last d.txt ", "after  3"}
		if !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
		if want := []string{"a 3/3", "b 4/4"}; !slices.Equal(reports, want) {
			t.Errorf("reports %q, want %q", reports, want)
		}
	}
}

// A second file that cannot be opened ends the body with an error, and the
// first file is closed.
func TestSecondFileIsGone(t *testing.T) {
	name := write(t, "b.txt", "two")
	form, err := NewForm(FileParts("files", []File{FileBytes("a.txt", []byte("one")), OpenFile(name)})...)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	body, err := form.Open()
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.ReadAll(body)
	var source *SourceError
	if !errors.As(err, &source) || !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), `"b.txt"`) {
		t.Errorf("error %v", err)
	}
	if err := body.Close(); err != nil {
		t.Error(err)
	}
}
