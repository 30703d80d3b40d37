package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// output collects the output of the program. It is safe for concurrent use.
type output struct {
	mu      sync.Mutex
	text    bytes.Buffer
	written chan struct{} // has a value after a write; its capacity is 1
}

func newOutput() *output { return &output{written: make(chan struct{}, 1)} }

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case o.written <- struct{}{}:
	default:
	}
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

var lines = regexp.MustCompile(`(?s)listens at (http://127\.0\.0\.1:\d+)\. .*\nexport PINECONE_ASSISTANT_URL=(\S+)\nexport PINECONE_API_KEY=(.*)\n$`)

// program is a running emulator.
type program struct {
	url, key string
	stop     func()
	done     chan error
}

func begin(t *testing.T, args ...string) *program {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	p := &program{stop: cancel, done: make(chan error, 1)}
	out := newOutput()
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
		case <-out.written:
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
		t.Errorf("fault without -faults: status %d: %s", status, text)
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
		t.Errorf("printed key %s", p.key)
	}
	if status, text := get(t, url+"/assistants", "my-own-key", http.Header{"X-Emulator-Fault": {`{"status":503}`}}); status != 503 {
		t.Errorf("fault: status %d: %s", status, text)
	}
	status := 0
	for n := 0; n < 1000 && status != 429; n++ {
		status, _ = get(t, url+"/assistants", "my-own-key", nil)
	}
	if status != 429 {
		t.Error("no request exceeds the rate limit of the plan")
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
		t.Errorf("address without a port: %v", err)
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

// The command line overrides the environment variables.
func TestEnvironment(t *testing.T) {
	t.Setenv("EMULATOR_KEY", "key-1, key-2")
	t.Setenv("EMULATOR_CONTROL", "true")
	t.Setenv("EMULATOR_FAULTS", "0")
	t.Setenv("EMULATOR_LATENCY", "1h")
	t.Setenv("EMULATOR_CHUNK_DELAY", "")
	t.Setenv("EMULATOR_PACE", "1ms")
	p := begin(t, "-latency", "1ms")
	root := strings.TrimSuffix(p.url, "/assistant")
	if strings.Contains(p.key, "key-1") || strings.Contains(p.key, "key-2") {
		t.Errorf("printed key %s", p.key)
	}
	for _, key := range []string{"key-1", "key-2"} {
		if status, text := get(t, root+"/emulator/clock", key, nil); status != 200 {
			t.Errorf("%s: status %d: %s", key, status, text)
		}
	}
	p.stop()
	if err := <-p.done; err != nil {
		t.Error(err)
	}

	p = begin(t, "-latency", "1ms", "-key", "three")
	if status, _ := get(t, p.url+"/assistants", "key-1", nil); status != 401 {
		t.Errorf("key of the environment, overridden by the command line: status %d", status)
	}
	if status, _ := get(t, p.url+"/assistants", "three", nil); status != 200 {
		t.Errorf("key of the command line: status %d", status)
	}
	p.stop()
	if err := <-p.done; err != nil {
		t.Error(err)
	}
}

func TestBadEnvironment(t *testing.T) {
	for variable, value := range map[string]string{"EMULATOR_PLAN": "free", "EMULATOR_PACE": "soon", "EMULATOR_FAULTS": "maybe", "EMULATOR_KEY": "a,a", "EMULATOR_TLS": "x"} {
		t.Run(variable, func(t *testing.T) {
			t.Setenv(variable, value)
			var out, complaints bytes.Buffer
			err := run(t.Context(), nil, &out, &complaints)
			if !errors.Is(err, errUsage) || !strings.Contains(complaints.String(), variable+": ") {
				t.Errorf("error %v, %q", err, complaints.String())
			}
		})
	}
}

// The help and the README name every flag.
func TestHelp(t *testing.T) {
	var complaints bytes.Buffer
	if err := run(t.Context(), []string{"-help"}, io.Discard, &complaints); err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"addr", "key", "data", "seed", "latency", "chunk-delay", "pace", "plan", "faults", "control", "log", "tls"} {
		if !strings.Contains(complaints.String(), "\n  -"+name) || !strings.Contains(string(readme), "`-"+name+"`") {
			t.Errorf("-%s is not in both the help and the README", name)
		}
	}
	if n := strings.Count(complaints.String(), "\n  -"); n != 12 {
		t.Errorf("%d flags", n)
	}
}

func TestTLSAndLog(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	out, complaints := newOutput(), newOutput()
	done := make(chan error, 1)
	go func() { done <- run(ctx, []string{"-tls", "-log", "-key", "k"}, out, complaints) }()
	file := regexp.MustCompile(`export SSL_CERT_FILE=(\S+) `)
	for !file.MatchString(out.String()) || !strings.Contains(out.String(), "PINECONE_API_KEY") {
		select {
		case err := <-done:
			t.Fatalf("error %v, output %q", err, out.String())
		case <-out.written:
		}
	}
	path := file.FindStringSubmatch(out.String())[1]
	certificate, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(certificate)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	defer client.CloseIdleConnections()
	url := regexp.MustCompile(`https://\S+/assistant`).FindString(out.String())
	resp, err := client.Get(url + "/assistants")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 401 {
		t.Errorf("status %d", resp.StatusCode)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if !strings.Contains(complaints.String(), "GET /assistant/assistants - - 401 ") {
		t.Errorf("log %q", complaints.String())
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("certificate file after the end: %v", err)
	}
}
