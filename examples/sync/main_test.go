package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

// TestMain runs the program in place of the tests if a test asks for it.
func TestMain(m *testing.M) {
	if os.Getenv("SYNC_IS_THE_PROGRAM") != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// program returns a command that runs the program in its own process.
func program(ctx context.Context, t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Env = append(os.Environ(), "SYNC_IS_THE_PROGRAM=1")
	return cmd
}

func TestManyFiles(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, f *fixture) {
		for i := range 300 {
			f.write(t, strconv.Itoa(i%17)+"/"+strconv.Itoa(i)+".txt", "This is file "+strconv.Itoa(1000+i)+".")
		}
		f.synced(t, "300 uploaded, 0 replaced, 0 unchanged, 0 deleted, 0 failed, 0 passed over; 5400 bytes", "-parallel", "16")
		if n := len(f.there(t)); n != 300 || f.count("PUT") != 300 {
			t.Errorf("%d files, %d uploads", n, f.count("PUT"))
		}
		out := f.synced(t, "0 uploaded, 0 replaced, 300 unchanged, 0 deleted, 0 failed, 0 passed over; 0 bytes", "-delete")
		if n := len(f.sent); n != f.count("GET") || n > 20 || strings.Count(out, "\n") > 2 {
			t.Errorf("%d requests, %d of them GET:\n%s", n, f.count("GET"), out)
		}
	})
}

func TestChanges(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, f *fixture) {
		for name, content := range map[string]string{
			"same.txt": "Same.", "changed.md": "Before.", "gone.json": `{"a":1}`, "old name.txt": "Moved.",
			"sub/ö '\"$%&?#.txt": "Odd.", "sub/日本.md": "Far.", "UPPER.TXT": "Upper.", "program.exe": "x", ".hidden/a.txt": "x",
		} {
			f.write(t, name, content)
		}
		if err := os.Symlink("same.txt", filepath.Join(f.folder, "link.txt")); err != nil {
			t.Fatal(err)
		}
		out := f.synced(t, "7 uploaded, 0 replaced, 0 unchanged, 0 deleted, 0 failed, 3 passed over; 39 bytes")
		for _, line := range []string{
			`passed over ".hidden": hidden`, `passed over "link.txt": not a regular file`, `passed over "program.exe": not one of `,
			`uploaded "sub/ö '\"$%&?#.txt"`, `uploaded "sub/日本.md"`,
		} {
			if !strings.Contains(out, "\n"+line) {
				t.Errorf("no %s in\n%s", line, out)
			}
		}
		f.wantThere(t, "UPPER.TXT", "changed.md", "gone.json", "old name.txt", "same.txt", "sub/ö '\"$%&?#.txt", "sub/日本.md")
		f.foreign(t)

		f.write(t, "changed.md", "After.")
		f.write(t, "sub/new name.txt", "Moved.")
		f.remove(t, "gone.json", "old name.txt")
		const todo = "1 uploaded, 1 replaced, 4 unchanged, 2 deleted, 0 failed, 3 passed over; 12 bytes"
		out = f.synced(t, "would be: "+todo, "-dry-run", "-delete")
		if n := len(f.sent); n != f.count("GET") || !strings.Contains(out, `would be deleted "gone.json"`) {
			t.Errorf("%d requests, %d of them GET:\n%s", n, f.count("GET"), out)
		}
		f.wantThere(t, "UPPER.TXT", "changed.md", "foreign", "foreign", "gone.json", "old name.txt", "same.txt", "sub/ö '\"$%&?#.txt", "sub/日本.md")

		f.synced(t, "1 uploaded, 1 replaced, 4 unchanged, 0 deleted, 0 failed, 3 passed over; 12 bytes")
		f.synced(t, "0 uploaded, 0 replaced, 6 unchanged, 2 deleted, 0 failed, 3 passed over; 0 bytes", "-delete")
		f.wantThere(t, "UPPER.TXT", "changed.md", "foreign", "foreign", "same.txt", "sub/new name.txt", "sub/ö '\"$%&?#.txt", "sub/日本.md")
		f.synced(t, "0 uploaded, 0 replaced, 6 unchanged, 0 deleted, 0 failed, 3 passed over; 0 bytes", "-delete")
	})
}

// The service receives the content of a file under the file's name.
func TestContent(t *testing.T) {
	f := start(t)
	f.write(t, "a/b.txt", "Before.")
	f.synced(t, "1 uploaded, 0 replaced, 0 unchanged, 0 deleted, 0 failed, 0 passed over; 7 bytes")
	f.write(t, "a/b.txt", "After it.")
	f.synced(t, "0 uploaded, 1 replaced, 0 unchanged, 0 deleted, 0 failed, 0 passed over; 9 bytes")
	file, err := f.api(t).DescribeFile(t.Context(), "example-sync", idOf("a/b.txt"), &data.DescribeFileParams{IncludeURL: true})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get(file.SignedURL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var content bytes.Buffer
	if _, err := content.ReadFrom(resp.Body); err != nil || content.String() != "After it." || file.Name != "b.txt" {
		t.Errorf("%s has %q, error %v", file.Name, content.String(), err)
	}
}

func TestDryRunWithoutAssistant(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, f *fixture) {
		f.write(t, "a.txt", "A.")
		f.synced(t, "would be: 1 uploaded, 0 replaced, 0 unchanged, 0 deleted, 0 failed, 0 passed over; 2 bytes", "-dry-run", "-delete")
		if !slices.Equal(f.sent, []string{"GET"}) {
			t.Errorf("sent %q", f.sent)
		}
	})
}

// Without a key, the program refuses to run: the files would be lost with an
// emulator.
func TestNoKey(t *testing.T) {
	f := start(t)
	f.write(t, "a.txt", "A.")
	t.Setenv(auth.EnvAPIKey, "")
	for _, args := range [][]string{nil, {"-dry-run"}} {
		_, out, err := f.sync(t.Context(), args...)
		if !errors.Is(err, auth.ErrNoKey) || !strings.Contains(err.Error(), "go run ./emulator -data") || out != "" || len(f.sent) != 0 {
			t.Errorf("error %v, sent %q\n%s", err, f.sent, out)
		}
	}
}

func TestKilled(t *testing.T) {
	f := start(t)
	for i := range 40 {
		f.write(t, strconv.Itoa(i)+".txt", "File "+strconv.Itoa(i)+".")
	}
	service, err := url.Parse(f.URL)
	if err != nil {
		t.Fatal(err)
	}
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	var mu sync.Mutex
	uploads := 0
	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(service)
		r.Out.Host = r.In.Host // the service derives its address from it
	}}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			mu.Lock()
			uploads++
			if uploads >= 10 {
				kill()
				defer panic(http.ErrAbortHandler)
			}
			mu.Unlock()
			if ctx.Err() != nil {
				return
			}
		}
		body, err := io.ReadAll(r.Body) // otherwise the server closes the body when the response begins, while the proxy reads it
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		forward.ServeHTTP(w, r)
	}))
	defer proxy.Close()
	cmd := program(ctx, t, "-folder", f.folder, "-url", proxy.URL+"/assistant")
	if out, err := cmd.CombinedOutput(); err == nil || cmd.ProcessState.Exited() {
		t.Fatalf("it was not killed: %v\n%s", err, out)
	}
	if n := len(f.there(t)); n < 1 || n > 9 {
		t.Errorf("%d files after the kill", n)
	}
	if _, out, err := f.sync(t.Context()); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	// With 4 uploads at a time, 6 were acknowledged before the 10th was sent.
	if n := f.count("PUT"); n < 31 || n > 34 {
		t.Errorf("%d uploads after the kill", n)
	}
	f.synced(t, "0 uploaded, 0 replaced, 40 unchanged, 0 deleted, 0 failed, 0 passed over; 0 bytes")
}

func TestInterrupted(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, f *fixture) {
		for i := range 40 {
			f.write(t, strconv.Itoa(i)+".txt", "File "+strconv.Itoa(i)+".")
		}
		ctx, interrupt := context.WithCancel(t.Context())
		f.before = func(req *http.Request) (*http.Response, error) {
			if req.Method == http.MethodPut && f.count("PUT") == 20 {
				interrupt()
			}
			return nil, ctx.Err()
		}
		summary, out, err := f.sync(ctx)
		if !errors.Is(err, context.Canceled) || !strings.Contains(summary, ", 0 failed, ") || strings.Contains(out, "context canceled") {
			t.Errorf("error %v\n%s", err, out)
		}
		// The counts add up to all files, and the service has the accepted files.
		counts := regexp.MustCompile(`\d+`).FindAllString(summary, -1)
		all, accepted, unsure := 0, 0, 0
		for i, what := range regexp.MustCompile(`\d+ (uploaded|replaced|unchanged|deleted|failed|passed over|in processing|cut off|not begun)`).FindAllString(summary, -1) {
			n, err := strconv.Atoi(counts[i])
			if err != nil {
				t.Fatal(err)
			}
			all += n
			if strings.HasSuffix(what, "uploaded") || strings.HasSuffix(what, "in processing") {
				accepted += n
			}
			if strings.HasSuffix(what, "cut off") {
				unsure += n
			}
		}
		if there := len(f.there(t)); all != 40 || unsure > 4 || there < accepted || there > accepted+unsure {
			t.Errorf("%d files are counted, %d as accepted and %d as cut off, %d are there: %s", all, accepted, unsure, there, summary)
		}
		if n := f.count("PUT"); n < 20 || n > 23 { // 4 at a time
			t.Errorf("%d uploads", n)
		}
		f.before = nil
		if _, out, err := f.sync(t.Context()); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		if n := len(f.there(t)); n != 40 {
			t.Errorf("%d files", n)
		}
	})
}

// Files in processing are waited for and not sent again.
func TestStillProcessing(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, f *fixture) {
		f.write(t, "a.txt", "A.")
		f.write(t, "b.txt", "B.")
		ctx, interrupt := context.WithCancel(t.Context())
		operations := map[string]bool{}
		f.before = func(req *http.Request) (*http.Response, error) {
			f.mu.Lock()
			defer f.mu.Unlock()
			if strings.HasPrefix(req.URL.Path, "/assistant/operations/") {
				operations[req.URL.Path] = true
			}
			if len(operations) == 2 { // both uploads are acknowledged
				interrupt()
			}
			return nil, ctx.Err()
		}
		if _, out, err := f.sync(ctx); !errors.Is(err, context.Canceled) {
			t.Fatalf("error %v\n%s", err, out)
		}
		f.wantThere(t, "a.txt Processing", "b.txt Processing")
		f.before = nil
		f.synced(t, "0 uploaded, 0 replaced, 2 unchanged, 0 deleted, 0 failed, 0 passed over; 0 bytes")
		f.wantThere(t, "a.txt", "b.txt")
		if f.count("PUT") != 0 {
			t.Errorf("sent %q", f.sent)
		}
	}, emulator.WithPace(300*time.Millisecond))
}

// A file that the service cannot read does not stop the others, and is sent
// again by the next run.
func TestUnparsable(t *testing.T) {
	f := start(t)
	f.write(t, "a.txt", "A.")
	f.write(t, "bad.pdf", "This is no PDF.")
	f.write(t, "z.txt", "Z.")
	summary, out, err := f.sync(t.Context(), "-parallel", "1")
	if err == nil || err.Error() != "1 failed" || !strings.Contains(out, `failed "bad.pdf": `) || !strings.Contains(out, "cannot be read as pdf") ||
		summary != "2 uploaded, 0 replaced, 0 unchanged, 0 deleted, 1 failed, 0 passed over; 4 bytes" {
		t.Errorf("error %v\n%s", err, out)
	}
	f.wantThere(t, "a.txt", "bad.pdf ProcessingFailed", "z.txt")
	if summary, out, err = f.sync(t.Context(), "-delete"); err == nil || f.count("PUT") != 1 ||
		summary != "0 uploaded, 0 replaced, 2 unchanged, 0 deleted, 1 failed, 0 passed over; 0 bytes" {
		t.Errorf("error %v, sent %q\n%s", err, f.sent, out)
	}
	f.remove(t, "bad.pdf")
	f.synced(t, "0 uploaded, 0 replaced, 2 unchanged, 1 deleted, 0 failed, 0 passed over; 0 bytes", "-delete")
	f.wantThere(t, "a.txt", "z.txt")
}

// A failed upload does not stop the others, and the file is not deleted.
func TestUnreadable(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, f *fixture) {
		for _, name := range []string{"a.txt", "b.txt", "c.txt", "d.txt"} {
			f.write(t, name, "Before.")
		}
		f.synced(t, "4 uploaded, 0 replaced, 0 unchanged, 0 deleted, 0 failed, 0 passed over; 28 bytes")
		f.write(t, "a.txt", "After.")
		f.write(t, "d.txt", "After.")
		secret := filepath.Join(t.TempDir(), "secret.txt")
		if err := os.WriteFile(secret, []byte("Secret."), 0o600); err != nil {
			t.Fatal(err)
		}
		f.before = func(req *http.Request) (*http.Response, error) {
			if req.Method == http.MethodPut && f.count("PUT") == 1 {
				f.remove(t, "b.txt", "c.txt")
				return nil, os.Symlink(secret, filepath.Join(f.folder, "c.txt"))
			}
			return nil, nil
		}
		summary, out, err := f.sync(t.Context(), "-parallel", "1", "-delete")
		if err == nil || summary != "0 uploaded, 2 replaced, 0 unchanged, 0 deleted, 2 failed, 0 passed over; 12 bytes" ||
			!strings.Contains(out, `failed "b.txt": `) || !strings.Contains(out, `failed "c.txt": `) {
			t.Errorf("error %v\n%s", err, out)
		}
		f.wantThere(t, "a.txt", "b.txt", "c.txt", "d.txt")
	})
}

// If a folder cannot be read, none of its files are deleted.
func TestUnreadableFolder(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, f *fixture) {
		f.write(t, "sub/a.txt", "A.")
		f.write(t, "b.txt", "B.")
		f.synced(t, "2 uploaded, 0 replaced, 0 unchanged, 0 deleted, 0 failed, 0 passed over; 4 bytes")
		sub := filepath.Join(f.folder, "sub")
		var err error
		if os.Geteuid() == 0 { // root can read every folder, except one whose name is not UTF-8
			err = os.Rename(sub, sub+"\xff")
		} else {
			err = os.Chmod(sub, 0)
			defer os.Chmod(sub, 0o700)
		}
		if err != nil {
			t.Fatal(err)
		}
		f.remove(t, "b.txt")
		summary, out, err := f.sync(t.Context(), "-delete")
		if err == nil || summary != "0 uploaded, 0 replaced, 0 unchanged, 0 deleted, 1 failed, 0 passed over; 0 bytes" {
			t.Errorf("error %v\n%s", err, out)
		}
		f.wantThere(t, "b.txt", "sub/a.txt")
	})
}

// A file that changes during its upload is not replaced.
func TestChangedWhileSent(t *testing.T) {
	f := start(t)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	f.base = transport // a truncated request does not conform to the spec
	f.write(t, "a.txt", "Before.")
	f.write(t, "b.txt", "Other.")
	f.synced(t, "2 uploaded, 0 replaced, 0 unchanged, 0 deleted, 0 failed, 0 passed over; 13 bytes")
	before, err := f.api(t).DescribeFile(t.Context(), "example-sync", idOf("a.txt"), nil)
	if err != nil {
		t.Fatal(err)
	}
	f.write(t, "a.txt", "Behind.")
	f.write(t, "b.txt", "Others.")
	f.before = func(req *http.Request) (*http.Response, error) {
		if strings.HasSuffix(req.URL.Path, idOf("a.txt")) {
			f.write(t, "a.txt", "Beyond.")
		}
		return nil, nil
	}
	summary, out, err := f.sync(t.Context())
	if err == nil || summary != "0 uploaded, 1 replaced, 0 unchanged, 0 deleted, 1 failed, 0 passed over; 7 bytes" ||
		!strings.Contains(out, "the file changed while it was read") {
		t.Errorf("error %v\n%s", err, out)
	}
	after, err := f.api(t).DescribeFile(t.Context(), "example-sync", idOf("a.txt"), nil)
	if err != nil || !reflect.DeepEqual(after, before) {
		t.Errorf("%+v became %+v, error %v", before, after, err)
	}
	f.before = nil
	f.synced(t, "0 uploaded, 1 replaced, 1 unchanged, 0 deleted, 0 failed, 0 passed over; 7 bytes")
}

// The service responds with 429 more often than the client retries.
func TestRateLimited(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, f *fixture) {
		for i := range 8 {
			f.write(t, strconv.Itoa(i)+".txt", "File.")
		}
		for _, operation := range []string{"UpsertFile", "DeleteFile", "ListFiles"} {
			if err := f.Fail(emulator.Fault{Operation: operation, Count: 3, Status: http.StatusTooManyRequests, RetryAfter: time.Second}); err != nil {
				t.Fatal(err)
			}
		}
		out := f.synced(t, "8 uploaded, 0 replaced, 0 unchanged, 0 deleted, 0 failed, 0 passed over; 40 bytes", "-parallel", "1")
		if !strings.Contains(out, "the service asks to wait, so it gets no request for 1s\n") {
			t.Errorf("nothing says why it takes so long:\n%s", out)
		}
		f.remove(t, "0.txt", "1.txt")
		f.synced(t, "0 uploaded, 0 replaced, 6 unchanged, 2 deleted, 0 failed, 0 passed over; 0 bytes", "-delete", "-parallel", "1")
	})
}

func TestPlan(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, f *fixture) {
		for i := range 22 { // the plan accepts 20 at once
			f.write(t, strconv.Itoa(i)+".txt", "File.")
		}
		out := f.synced(t, "22 uploaded, 0 replaced, 0 unchanged, 0 deleted, 0 failed, 0 passed over; 110 bytes")
		if !strings.Contains(out, "the service asks to wait") { // the plan accepts one more every 3 seconds, and uploads are faster
			t.Errorf("nothing was refused:\n%s", out)
		}
	}, emulator.WithPlan(emulator.Standard))
}

// A used-up quota is an error and not waited for.
func TestQuota(t *testing.T) {
	f := start(t)
	f.write(t, "a.txt", "A.")
	f.before = func(req *http.Request) (*http.Response, error) {
		if req.Method != http.MethodPut {
			return nil, nil
		}
		reply := httptest.NewRecorder()
		reply.WriteHeader(http.StatusTooManyRequests)
		_, err := reply.WriteString(`{"status":429,"error":{"code":"QUOTA_EXCEEDED","message":"100 files are there"}}`)
		reply.Result().Request = req
		resp := reply.Result()
		resp.Header.Set("Retry-After", "0")
		return resp, err
	}
	if _, out, err := f.sync(t.Context()); err == nil || !strings.Contains(out, `failed "a.txt": `) || !strings.Contains(out, "100 files are there") {
		t.Errorf("error %v\n%s", err, out)
	}
}

func TestBadArguments(t *testing.T) {
	f := start(t)
	file := filepath.Join(f.folder, "a.txt")
	f.write(t, "a.txt", "A.")
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"parallel": {[]string{"-parallel", "0"}, "-parallel is 0"},
		"argument": {[]string{"folder"}, `["folder"]`},
		"flag":     {[]string{"-x"}, "-x"},
		"none":     {[]string{"-folder", file + "x"}, "-folder: "},
		"file":     {[]string{"-folder", file}, "-folder: "},
		"name":     {[]string{"-name", ".."}, ".."},
		"url":      {[]string{"-url", "x"}, `"x"`},
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := f.sync(t.Context(), test.args...); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v", err)
			}
			if len(f.sent) != 0 {
				t.Errorf("sent %q", f.sent)
			}
		})
	}
}

func TestExitCode(t *testing.T) {
	cmd := program(t.Context(), t, "-folder", filepath.Join(t.TempDir(), "x"))
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != 1 || !strings.HasPrefix(string(out), "sync: -folder: ") {
		t.Errorf("%v\n%s", err, out)
	}
}
