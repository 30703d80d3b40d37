package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
)

const conversation = `{"messages":[{"role":"user","content":"How often are the prisms cleaned?"}]}`

// post sends a conversation as the page does, unless header overrides a header.
func (f *fixture) post(ctx context.Context, t *testing.T, body string, header map[string]string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, f.url+"chat", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for name, value := range header {
		req.Header.Set(name, value)
	}
	if host, ok := header["Host"]; ok {
		req.Host = host
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}

// events decodes an answer. A malformed event is an error.
func events(t *testing.T, body io.Reader) []event {
	t.Helper()
	var events []event
	decoder := json.NewDecoder(body)
	decoder.DisallowUnknownFields()
	for {
		var e event
		err := decoder.Decode(&e)
		if errors.Is(err, io.EOF) {
			return events
		}
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
}

func TestAnswer(t *testing.T) {
	f := start(t, nil)
	resp := f.post(t.Context(), t, conversation, nil)
	var raw bytes.Buffer
	all := events(t, io.TeeReader(resp.Body, &raw))
	text := ""
	var citations []string
	for _, e := range all {
		text += e.Text
		if e.Citation != nil {
			citations = append(citations, fmt.Sprintf("%+v", *e.Citation))
		}
	}
	if text != "Clean the prisms of the lens every two weeks, and after every storm." ||
		len(citations) != 1 || citations[0] != "{Position:67 Sources:[{File:maintenance-manual.pdf Pages:[1]}]}" {
		t.Errorf("%q, citations %v", text, citations)
	}
	if last := all[len(all)-1]; !last.Done || last.Error != "" || all[0].Done {
		t.Errorf("the last event is %+v", last)
	}
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "application/x-ndjson" || resp.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("status %d, header %v", resp.StatusCode, resp.Header)
	}
	for _, secret := range []string{f.Key, f.URL, "signed"} {
		if strings.Contains(raw.String(), secret) {
			t.Errorf("the browser gets %s:\n%s", secret, raw.String())
		}
	}
}

// Each piece of an answer is sent at once.
func TestPieces(t *testing.T) {
	f := start(t, []emulator.Option{emulator.WithChunkDelay(time.Second)})
	resp := f.post(t.Context(), t, conversation, nil)
	request := <-f.asked
	line, err := bufio.NewReader(resp.Body).ReadString('\n')
	if err != nil || line != `{"text":"Clean "}`+"\n" {
		t.Errorf("%q, error %v", line, err)
	}
	if request.Err() != nil {
		t.Error("the answer has ended before")
	}
}

// The request to the service ends with the browser's request, also while the
// service is silent.
func TestStop(t *testing.T) {
	f := start(t, []emulator.Option{emulator.WithChunkDelay(time.Hour)})
	ctx, stop := context.WithCancel(t.Context())
	var request context.Context
	go func() {
		request = <-f.asked
		stop()
	}()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, f.url+"chat", strings.NewReader(conversation))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if _, err := http.DefaultClient.Do(req); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	wantEnded(t, request)
}

// The end of the program ends its answers.
func TestInterrupt(t *testing.T) {
	f := start(t, []emulator.Option{emulator.WithChunkDelay(time.Second)})
	resp := f.post(t.Context(), t, conversation, nil)
	request := <-f.asked
	f.end()
	wantEnded(t, request)
	if text, err := io.ReadAll(resp.Body); err == nil {
		t.Errorf("a whole answer: %s", text)
	}
}

func TestErrors(t *testing.T) {
	f := start(t, nil)
	two := 2
	for name, test := range map[string]struct {
		fault emulator.Fault
		want  string
	}{
		"rate":    {emulator.Fault{Count: 3, Status: http.StatusTooManyRequests}, "The assistant has too much to do. Try again in a minute."},
		"key":     {emulator.Fault{Status: http.StatusUnauthorized}, "The assistant does not let this server in."},
		"plan":    {emulator.Fault{Status: http.StatusForbidden}, "The assistant does not let this server in."},
		"request": {emulator.Fault{Status: http.StatusBadRequest}, "The assistant cannot answer this. A new chat may help."},
		"service": {emulator.Fault{Status: http.StatusInternalServerError}, "The assistant cannot be reached. Try again later."},
		"gone":    {emulator.Fault{Status: http.StatusNotFound}, "The assistant cannot be reached. Try again later."},
		"cut":     {emulator.Fault{CutAfterEvents: &two}, "The answer was cut off."},
	} {
		t.Run(name, func(t *testing.T) {
			test.fault.Operation = "ChatAssistant"
			if err := f.Fail(test.fault); err != nil {
				t.Fatal(err)
			}
			all := events(t, f.post(t.Context(), t, conversation, nil).Body)
			if last := all[len(all)-1]; last != (event{Error: test.want}) {
				t.Errorf("the last event is %+v", last)
			}
		})
	}
}

func TestServiceUnreachable(t *testing.T) {
	f := start(t, nil, "-keep")
	f.between.Close()
	all := events(t, f.post(t.Context(), t, conversation, nil).Body)
	if len(all) != 1 || all[0] != (event{Error: "The assistant cannot be reached. Try again later."}) {
		t.Errorf("%+v", all)
	}
}

// Requests that the page would not send are refused before the service is
// asked.
func TestRefused(t *testing.T) {
	f := start(t, nil)
	for name, test := range map[string]struct {
		header map[string]string
		body   string
		status int
	}{
		"form":            {map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, conversation, http.StatusBadRequest},
		"text":            {map[string]string{"Content-Type": "text/plain"}, conversation, http.StatusBadRequest},
		"no JSON":         {nil, "{", http.StatusBadRequest},
		"other JSON":      {nil, `{"messages":"x"}`, http.StatusBadRequest},
		"too large":       {nil, `{"messages":[{"content":"` + strings.Repeat("x", 256<<10) + `"}]}`, http.StatusBadRequest},
		"other origin":    {map[string]string{"Origin": "https://evil.example"}, conversation, http.StatusForbidden},
		"other port":      {map[string]string{"Origin": "http://127.0.0.1:1"}, conversation, http.StatusForbidden},
		"no origin":       {map[string]string{"Origin": "null"}, conversation, http.StatusForbidden},
		"other site":      {map[string]string{"Sec-Fetch-Site": "cross-site"}, conversation, http.StatusForbidden},
		"same site":       {map[string]string{"Sec-Fetch-Site": "same-site"}, conversation, http.StatusForbidden},
		"other name":      {map[string]string{"Host": "evil.example"}, conversation, http.StatusMisdirectedRequest},
		"name with port":  {map[string]string{"Host": "localhost.evil.example:8080"}, conversation, http.StatusMisdirectedRequest},
		"rebound, origin": {map[string]string{"Host": "evil.example", "Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"}, conversation, http.StatusMisdirectedRequest},
	} {
		t.Run(name, func(t *testing.T) {
			resp := f.post(t.Context(), t, test.body, test.header)
			if resp.StatusCode != test.status || len(f.asked) != 0 {
				t.Errorf("status %d, the service was asked %d times", resp.StatusCode, len(f.asked))
			}
		})
	}
}

func TestAllowed(t *testing.T) {
	f := start(t, nil)
	for name, header := range map[string]map[string]string{
		"localhost": {"Host": "localhost:8080", "Origin": "http://localhost:8080"},
		"IPv6":      {"Host": "[::1]:8080", "Origin": "http://[::1]:8080", "Sec-Fetch-Site": "same-origin"},
		"no port":   {"Host": "192.0.2.1"},
	} {
		if resp := f.post(t.Context(), t, conversation, header); resp.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", name, resp.StatusCode)
		}
	}
}

func TestPage(t *testing.T) {
	f := start(t, nil)
	for path, want := range map[string]struct {
		status      int
		contentType string
	}{
		"":                  {http.StatusOK, "text/html; charset=utf-8"},
		"static/chat.js":    {http.StatusOK, "text/javascript; charset=utf-8"},
		"static/style.css":  {http.StatusOK, "text/css; charset=utf-8"},
		"static/icon.svg":   {http.StatusOK, "image/svg+xml"},
		"favicon.ico":       {http.StatusOK, "image/svg+xml"},
		"files":             {http.StatusOK, "application/json"},
		"chat":              {http.StatusMethodNotAllowed, "text/plain; charset=utf-8"},
		"index.html":        {http.StatusNotFound, "text/plain; charset=utf-8"},
		"static/../main.go": {http.StatusNotFound, "text/plain; charset=utf-8"},
	} {
		resp, err := http.Get(f.url + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != want.status || resp.Header.Get("Content-Type") != want.contentType {
			t.Errorf("%q: status %d, %s, error %v", path, resp.StatusCode, resp.Header.Get("Content-Type"), err)
		}
		if resp.Header.Get("Content-Security-Policy") != policy || resp.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%q: header %v", path, resp.Header)
		}
		if strings.Contains(string(body), f.Key) || path == "" && !strings.Contains(string(body), "<title>example-assistant ·") {
			t.Errorf("%q: %s", path, body)
		}
	}
}

// The page does not violate its own policy.
func TestPageIsPlain(t *testing.T) {
	for _, name := range []string{"index.html", "static/chat.js", "static/style.css"} {
		text, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"http:", "https:", "innerHTML", "insertAdjacentHTML", "document.write", "eval(", " style=", " onclick", "@import"} {
			if strings.Contains(string(text), word) {
				t.Errorf("%s has %s", name, word)
			}
		}
	}
}

func TestNameIsEscaped(t *testing.T) {
	handler := newHandler(&chat{assistant: `</title><script>alert(1)</script>`})
	reply := get(t, handler)
	if strings.Contains(reply, "<script>alert") || !strings.Contains(reply, "&lt;script&gt;alert(1)") {
		t.Errorf("%s", reply)
	}
}

func TestBadArguments(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	t.Setenv(auth.EnvAPIKey, "")
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"flag":    {[]string{"-x"}, "-x"},
		"address": {[]string{"-addr", "nowhere"}, "-addr: "},
		"taken":   {[]string{"-addr", taken.Addr().String()}, "-addr: "},
		"key":     {[]string{"-addr", "127.0.0.1:0", "-url", "http://127.0.0.1:1/assistant"}, auth.EnvAPIKey},
	} {
		if err := run(t.Context(), test.args, io.Discard, nil); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestFiles(t *testing.T) {
	f := start(t, nil)
	resp, err := http.Get(f.url + "files")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	const want = `{"files":["keepers-handbook.md","maintenance-manual.pdf","station.json","storm-log.txt"],"more":false}` + "\n"
	if err != nil || string(body) != want {
		t.Errorf("error %v, %s", err, body)
	}
	if err := f.Fail(emulator.Fault{Status: http.StatusForbidden}); err != nil {
		t.Fatal(err)
	}
	if resp, err = http.Get(f.url + "files"); err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusBadGateway {
		t.Errorf("status %d", resp.StatusCode)
	}
}

// Questions are suggested only for the examples' own documents.
func TestSamples(t *testing.T) {
	if page := get(t, newHandler(&chat{assistant: "a", questions: []string{"Why <b>?"}})); !strings.Contains(page, `class="sample">Why &lt;b&gt;?<`) {
		t.Error(page)
	}
	if page := get(t, newHandler(&chat{assistant: "a"})); strings.Contains(page, "sample") {
		t.Error(page)
	}
}
