package main

import (
	"bytes"
	"errors"
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

// The emulator runs in the test's process, so that the race detector sees it.
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

// A service that answers 500 fails the run, and so does one that forgets.
func TestUnsoundService(t *testing.T) {
	for name, tc := range map[string]struct {
		reply func(*http.Request) int
		want  string
	}{
		"status 500": {func(r *http.Request) int {
			if strings.HasPrefix(r.URL.Path, "/assistant/chat/") {
				return http.StatusInternalServerError
			}
			return 0
		}, "replies of status 500"},
		"lost deletions": {func(r *http.Request) int {
			if r.Method == http.MethodDelete {
				return http.StatusNoContent
			}
			return 0
		}, "its deletion was acknowledged"},
	} {
		t.Run(name, func(t *testing.T) {
			service := emulator.Start(t, emulator.WithPace(time.Millisecond))
			target, err := url.Parse(service.URL)
			if err != nil {
				t.Fatal(err)
			}
			sound := httputil.NewSingleHostReverseProxy(target)
			unsound := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if status := tc.reply(r); status != 0 {
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

func TestPercentile(t *testing.T) {
	var hundred []time.Duration
	for i := range 100 {
		hundred = append(hundred, time.Duration(i+1))
	}
	for _, tc := range []struct {
		times []time.Duration
		p     int
		want  time.Duration
	}{
		{hundred, 50, 50}, {hundred, 99, 99}, {hundred, 100, 100}, {hundred[:1], 50, 1}, {hundred[:1], 99, 1}, {hundred[:3], 50, 2},
	} {
		if got := percentile(tc.times, tc.p); got != tc.want {
			t.Errorf("%d of 100 in %d: %d, want %d", tc.p, len(tc.times), got, tc.want)
		}
	}
}

func TestBadFlags(t *testing.T) {
	t.Setenv(auth.EnvAPIKey, "")
	for _, args := range [][]string{{"-clients", "0"}, {"-duration", "0s"}, {"-url", "http://127.0.0.1:1"}} {
		if err := run(t.Context(), args, new(bytes.Buffer)); err == nil {
			t.Errorf("%q are taken", args)
		} else if args[0] == "-url" && !errors.Is(err, auth.ErrNoKey) {
			t.Errorf("error %v", err)
		}
	}
}
