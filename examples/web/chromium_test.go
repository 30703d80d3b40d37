//go:build browser

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// browser is a Chromium that shows the page of a fixture.
type browser struct {
	context.Context

	mu       sync.Mutex
	sent     []string     // bodies of its requests
	received bytes.Buffer // headers and bodies of all responses
	problems []string     // script errors, and violations of the page's policy
}

// open starts a browser with an empty profile and opens the page.
func open(t *testing.T, f *fixture) *browser {
	t.Helper()
	b := &browser{}
	between := httptest.NewServer(forward(t, f.url, b.request, b.reply))
	t.Cleanup(between.Close)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute) // against a hang
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b.Context = ctx
	messages := chromedp.Console(ctx)
	go func() {
		for message, err := range messages {
			if err != nil {
				return
			}
			b.mu.Lock()
			b.problems = append(b.problems, message.String())
			b.mu.Unlock()
		}
	}()
	b.do(t, chromedp.EmulateViewport(1200, 800), chromedp.Navigate(between.URL+"/"), chromedp.WaitVisible("#question"))
	return b
}

func (b *browser) request(r *http.Request) {
	body, _ := io.ReadAll(r.Body) // the body is in memory
	r.Body = io.NopCloser(bytes.NewReader(body))
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sent = append(b.sent, string(body))
}

func (b *browser) reply(resp *http.Response) error {
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.TeeReader(resp.Body, b), resp.Body}
	return resp.Header.Write(b)
}

// Write records what the browser receives.
func (b *browser) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.received.Write(p)
}

func (b *browser) do(t *testing.T, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(b, actions...); err != nil {
		t.Fatal(err)
	}
}

// poll waits until a JavaScript expression is true in the page.
func (b *browser) poll(t *testing.T, expression string) {
	t.Helper()
	if _, err := chromedp.Run(b, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(time.Minute))); err != nil {
		t.Fatalf("%s: %v\nthe page shows:\n%s", expression, err, b.value(t, "document.body.innerText"))
	}
}

// value returns the value of a JavaScript expression in the page.
func (b *browser) value(t *testing.T, expression string) string {
	t.Helper()
	value, err := chromedp.Run(b, chromedp.Evaluate[string](expression))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// shows returns the visible text of the elements that match a selector, a line
// for each.
func (b *browser) shows(t *testing.T, selector string) string {
	t.Helper()
	return b.value(t, fmt.Sprintf(`[...document.querySelectorAll(%q)].map((e) => e.innerText).join("\n")`, selector))
}

// ask replaces the text in the question box and sends it.
func (b *browser) ask(t *testing.T, question string) {
	t.Helper()
	b.value(t, `document.getElementById("question").value = ""`)
	b.do(t, chromedp.SendKeys("#question", question), chromedp.Click("#send"))
}

// settled waits until the answer has ended.
func (b *browser) settled(t *testing.T) {
	t.Helper()
	b.poll(t, `!document.querySelector('[aria-busy="true"]') && !document.getElementById("send").hidden`)
}

// checked fails the test if the page had problems other than the expected, or
// the browser received a secret.
func (b *browser) checked(t *testing.T, f *fixture, expected ...string) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, problem := range b.problems {
		known := false
		for _, text := range expected {
			known = known || strings.Contains(problem, text)
		}
		if !known {
			t.Errorf("in the page: %s", problem)
		}
	}
	received := b.received.String()
	if !strings.Contains(received, "class Answer") || !strings.Contains(received, "Content-Security-Policy") {
		t.Error("what the browser received was not noted")
	}
	for _, secret := range []string{f.Key, strings.TrimPrefix(f.URL, "http://"), "signed_url", "signature"} {
		if strings.Contains(received, secret) {
			t.Errorf("the browser received %s", secret)
		}
	}
}
