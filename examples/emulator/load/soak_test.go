//go:build soak

package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
)

// The emulator runs in the test's process, where the race detector covers it.
func TestLoad(t *testing.T) {
	service := emulator.Start(t, emulator.WithPace(time.Millisecond))
	t.Setenv(auth.EnvAPIKey, service.Key)
	var out bytes.Buffer
	err := run(t.Context(), []string{"-clients", "16", "-duration", "2s", "-url", service.URL + "/assistant"}, &out)
	t.Logf("%s", &out)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"16 clients", "\nchat ", "\nchat stream ", "\ncompletion ", "\ncompletion stream ", "\ncontext ",
		"\nupload ", "\ndelete ", "as acknowledged: ",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q", want)
		}
	}
}

// A status of 500 and a lost deletion fail the run.
func TestUnsoundService(t *testing.T) {
	for name, tc := range map[string]struct {
		status func(*http.Request) int // of the response; 0 forwards the request
		want   string
	}{
		"status 500": {func(r *http.Request) int {
			if strings.HasPrefix(r.URL.Path, "/assistant/chat/") {
				return http.StatusInternalServerError
			}
			return 0
		}, "responses with status 500"},
		"lost deletions": {func(r *http.Request) int {
			if r.Method == http.MethodDelete {
				return http.StatusNoContent
			}
			return 0
		}, "deletion was acknowledged"},
	} {
		t.Run(name, func(t *testing.T) {
			service := emulator.Start(t, emulator.WithPace(time.Millisecond))
			target, err := url.Parse(service.URL)
			if err != nil {
				t.Fatal(err)
			}
			sound := httputil.NewSingleHostReverseProxy(target)
			unsound := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if status := tc.status(r); status != 0 {
					w.WriteHeader(status)
					return
				}
				sound.ServeHTTP(w, r)
			}))
			defer unsound.Close()
			t.Setenv(auth.EnvAPIKey, service.Key)
			err = run(t.Context(), []string{"-clients", "2", "-duration", "1s", "-url", unsound.URL}, new(bytes.Buffer))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want %q", err, tc.want)
			}
		})
	}
}
