package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// output is written by the program and read by the test.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

var lines = regexp.MustCompile(`(?s)listens at (http://127\.0\.0\.1:\d+)\. .*\nexport PINECONE_ASSISTANT_URL=(\S+)\nexport PINECONE_API_KEY=(.*)\n$`)

// program is one that runs.
type program struct {
	url, key string
	stop     func()
	done     chan error
}

func begin(t *testing.T, args ...string) *program {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	p := &program{stop: cancel, done: make(chan error, 1)}
	out := &output{}
	go func() { p.done <- run(ctx, args, out, io.Discard) }()
	for {
		if found := lines.FindStringSubmatch(out.String()); found != nil {
			p.url, p.key = found[2], found[3]
			if p.url != found[1]+"/assistant" {
				t.Errorf("URL %s at %s", p.url, found[1])
			}
			return p
		}
		select {
		case err := <-p.done:
			t.Fatalf("error %v, output %q", err, out.String())
		case <-time.After(time.Millisecond):
		}
	}
}

func get(t *testing.T, url, key string, header http.Header) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	req.Header.Set("Api-Key", key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func TestRun(t *testing.T) {
	p := begin(t)
	url, key := p.url, p.key
	if status, text := get(t, url+"/assistants", key, nil); status != 200 || text != `{"assistants":[]}`+"\n" {
		t.Errorf("status %d: %s", status, text)
	}
	if status, _ := get(t, url+"/assistants", key+"x", nil); status != 401 {
		t.Errorf("another key: status %d", status)
	}
	fault := http.Header{"X-Emulator-Fault": {`{"status":503}`}}
	if status, text := get(t, url+"/assistants", key, fault); status != 200 {
		t.Errorf("a fault without -faults: status %d: %s", status, text)
	}
	p.stop()
	if err := <-p.done; err != nil {
		t.Error(err)
	}
}

func TestFlags(t *testing.T) {
	p := begin(t, "-key", "my-own-key", "-faults", "-plan", "starter", "-latency", "1ms", "-chunk-delay=1ms")
	url := p.url
	if strings.Contains(p.key, "my-own-key") {
		t.Errorf("the key is printed: %s", p.key)
	}
	if status, text := get(t, url+"/assistants", "my-own-key", http.Header{"X-Emulator-Fault": {`{"status":503}`}}); status != 503 {
		t.Errorf("a fault: status %d: %s", status, text)
	}
	status := 0
	for n := 0; n < 1000 && status != 429; n++ {
		status, _ = get(t, url+"/assistants", "my-own-key", nil)
	}
	if status != 429 {
		t.Error("no rate of the plan holds")
	}
	p.stop()
	if err := <-p.done; err != nil {
		t.Error(err)
	}
}

func TestBadFlags(t *testing.T) {
	for _, test := range []struct{ args, complaint string }{
		{"-plan free", "want one of [builder enterprise standard starter]"},
		{"-latency soon", "-latency"},
		{"-latency -1s", "negative"},
		{"-chunk-delay 1", "-chunk-delay"},
		{"-faults=false", "takes no value"},
		{"-key=", "empty"},
		{"-unknown", "-unknown"},
		{"serve", "unexpected argument: serve"},
	} {
		var out, complaints bytes.Buffer
		err := run(t.Context(), strings.Fields(test.args), &out, &complaints)
		if !errors.Is(err, errUsage) || !strings.Contains(complaints.String(), test.complaint) || strings.Count(complaints.String(), "Usage of emulator") != 1 || out.Len() != 0 {
			t.Errorf("%s: error %v, %q", test.args, err, complaints.String())
		}
	}
	var complaints bytes.Buffer
	if err := run(t.Context(), []string{"-h"}, io.Discard, &complaints); err != nil || !strings.Contains(complaints.String(), "Usage of emulator") {
		t.Errorf("-h: error %v, %q", err, complaints.String())
	}
}

func TestAddressInUse(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	address := listener.Addr().String()
	err = run(t.Context(), []string{"-addr", address}, io.Discard, io.Discard)
	if !errors.Is(err, syscall.EADDRINUSE) || !strings.Contains(err.Error(), address) {
		t.Errorf("error %v", err)
	}
	if err := run(t.Context(), []string{"-addr", "nowhere"}, io.Discard, io.Discard); err == nil || errors.Is(err, errUsage) {
		t.Errorf("an address without a port: %v", err)
	}
}

func TestSignals(t *testing.T) {
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		p := begin(t)
		if err := self.Signal(sig); err != nil {
			t.Fatal(err)
		}
		if err := <-p.done; err != nil {
			t.Errorf("%v: %v", sig, err)
		}
		p.stop()
	}
}
