package upload

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// handles returns the number of file descriptors of this process for a file.
func handles(t *testing.T, name string) int {
	t.Helper()
	descriptors, err := filepath.Glob("/proc/self/fd/*")
	if err != nil || len(descriptors) == 0 {
		t.Fatalf("descriptors: %v, error %v", descriptors, err)
	}
	n := 0
	for _, descriptor := range descriptors {
		if target, err := os.Readlink(descriptor); err == nil && target == name {
			n++
		}
	}
	return n
}

// However an upload ends, its file is closed.
func TestHandlesAreClosed(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	grow := func(t *testing.T, size int64) {
		t.Helper()
		if err := os.Truncate(name, size); err != nil {
			t.Fatal(err)
		}
	}
	answer := func(handler http.HandlerFunc) func(*testing.T) *httptest.Server {
		return func(*testing.T) *httptest.Server { return httptest.NewServer(handler) }
	}
	tests := []struct {
		name  string
		start func(*testing.T) *httptest.Server
		ctx   func(context.Context) (context.Context, context.CancelFunc)
		after func(*testing.T) // called between NewForm and sending
		fail  bool
	}{
		{name: "success", start: answer(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })},
		{name: "redirect", start: answer(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			if r.URL.Path == "/" {
				http.Redirect(w, r, "/end", http.StatusTemporaryRedirect)
			}
		})},
		{name: "refused in the middle", fail: true, start: answer(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.CopyN(io.Discard, r.Body, 100<<10)
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		})},
		{name: "connection cut in the middle", fail: true, start: answer(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.CopyN(io.Discard, r.Body, 100<<10)
			panic(http.ErrAbortHandler)
		})},
		{name: "nobody listens", fail: true, start: func(*testing.T) *httptest.Server {
			server := httptest.NewServer(nil)
			server.Close()
			return server
		}},
		{name: "cancelled beforehand", fail: true, start: answer(func(http.ResponseWriter, *http.Request) {}),
			ctx: func(ctx context.Context) (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancel(ctx)
				cancel()
				return ctx, cancel
			}},
		{name: "timeout in the middle", fail: true, start: answer(func(_ http.ResponseWriter, r *http.Request) {
			for err := error(nil); err == nil; _, err = io.CopyN(io.Discard, r.Body, 32<<10) {
				time.Sleep(time.Millisecond)
			}
		}), ctx: func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 100*time.Millisecond)
		}},
		{name: "file grows", fail: true, start: answer(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }),
			after: func(t *testing.T) { grow(t, 9<<20) }},
		{name: "file shrinks", fail: true, start: answer(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }),
			after: func(t *testing.T) { grow(t, 7<<20) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			grow(t, 8<<20)
			server := &server{Server: tt.start(t)}
			defer server.Close()
			ctx := t.Context()
			if tt.ctx != nil {
				var cancel context.CancelFunc
				ctx, cancel = tt.ctx(ctx)
				defer cancel()
			}
			form := newForm(t, OpenFile(name))
			if got := handles(t, name); got != 0 {
				t.Errorf("%d handles before it is sent", got)
			}
			body, err := form.Open()
			if err != nil {
				t.Fatal(err)
			}
			if got := handles(t, name); got != 1 {
				t.Errorf("%d handles when it is open", got)
			}
			body.Close()
			if tt.after != nil {
				tt.after(t)
			}
			if err := server.post(ctx, "/", form); (err != nil) != tt.fail {
				t.Errorf("error %v", err)
			}
			// The transport may close the body shortly after Do has returned.
			for hang := time.After(5 * time.Minute); handles(t, name) > 0; {
				select {
				case <-hang:
					t.Fatalf("%d handles are left", handles(t, name))
				case <-time.After(time.Millisecond):
				}
			}
		})
	}
}

// A file without read permission is an error. The test gives up superuser
// rights.
func TestUnreadableFile(t *testing.T) {
	name := write(t, "a.txt", "content")
	for _, dir := range []string{filepath.Dir(name), filepath.Dir(filepath.Dir(name))} {
		if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // only the file must be unreadable
			t.Fatal(err)
		}
	}
	if err := os.Chmod(name, 0); err != nil {
		t.Fatal(err)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if os.Getuid() == 0 {
		const nobody = 65534
		if err := syscall.Setfsuid(nobody); err != nil {
			t.Fatal(err)
		}
		defer syscall.Setfsuid(0)
	}
	form := newForm(t, OpenFile(name))
	if body, err := form.Open(); body != nil || !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), `file "a.txt"`) {
		t.Errorf("Open: %v, error %v", body, err)
	}
}
