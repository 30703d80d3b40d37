//go:build browser

package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

var looks = flag.String("looks", "", "`folder` to write pictures of every state to, in both schemes and at 390 px")

var screenshots = flag.String("screenshots", "", "`folder` to write the screenshots of the README to")

const (
	prisms = "How often are the prisms cleaned, and what are they washed with?"
	clean  = "Clean the prisms of the lens every two weeks, and after every storm."
	wash   = "Then wash the prisms with a mixture of one part white vinegar and four parts distilled water, and dry them with a chamois leather."
	answer = clean + " " + wash
)

func slow(between time.Duration) []emulator.Option {
	return []emulator.Option{emulator.WithChunkDelay(between)}
}

// lastSent returns the conversation that the browser sent last.
func (b *browser) lastSent(t *testing.T) []data.Message {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	var conversation struct{ Messages []data.Message }
	if err := json.Unmarshal([]byte(b.sent[len(b.sent)-1]), &conversation); err != nil {
		t.Fatal(err)
	}
	return conversation.Messages
}

func TestBrowser(t *testing.T) {
	f := start(t, slow(30*time.Millisecond))
	b := open(t, f)
	b.ask(t, prisms)
	// The answer is visible while it arrives, and no other question can be
	// sent.
	b.poll(t, `document.querySelector('.answer[aria-busy="true"] .text')?.innerText.startsWith("Clean the prisms") && document.getElementById("send").hidden`)
	b.settled(t)
	if got := b.shows(t, ".answer .text"); got != clean+"1 "+wash+"1" {
		t.Errorf("answer %q", got)
	}
	if got := b.shows(t, ".notes li"); got != "maintenance-manual.pdf, page 1" {
		t.Errorf("footnotes %q", got)
	}
	if got := b.value(t, `document.querySelector(".mark a").getAttribute("aria-label")`); got != "Source 1: maintenance-manual.pdf, page 1" {
		t.Errorf("the mark is called %q", got)
	}
	if got := b.shows(t, "#status"); got != "The answer is complete." {
		t.Errorf("status %q", got)
	}

	b.do(t, chromedp.SendKeys("#question", "Who fitted storm panes"))
	b.enter(t, shift)
	b.do(t, chromedp.KeyEvent("from the inside?"))
	b.enter(t, 0)
	b.settled(t)
	if got := b.value(t, `document.getElementById("question").value`); got != "" {
		t.Errorf("the box still has %q", got)
	}
	if got := b.lastSent(t); len(got) != 3 || got[0].Content != prisms || got[1].Content != answer || got[1].Role != "assistant" ||
		got[2].Content != "Who fitted storm panes\nfrom the inside?" {
		t.Errorf("sent %q", got)
	}
	if got := b.shows(t, ".answer:last-child .notes"); got != "storm-log.txt" {
		t.Errorf("footnotes %q", got)
	}
	b.ask(t, "What if the generator does not start, and how much fuel did it use in the storm?")
	b.settled(t)
	b.photograph(t)

	b.do(t, chromedp.Click("#new"))
	b.ask(t, prisms)
	b.settled(t)
	if got := b.lastSent(t); len(got) != 1 || b.shows(t, ".question .text") != prisms {
		t.Errorf("sent %q in a new chat", got)
	}
	b.checked(t, f)
}

// A reload shows the conversation again, and the next question includes it.
func TestBrowserReload(t *testing.T) {
	f := start(t, nil)
	b := open(t, f)
	b.do(t, chromedp.Click("#files summary"))
	b.poll(t, `document.querySelectorAll("#names li").length === 4`)
	b.photographAll(t, "welcome")
	b.do(t, chromedp.Click("#samples li:nth-child(2) button"))
	b.settled(t)
	before := b.shows(t, "#log")
	if !strings.Contains(before, clean) || b.shows(t, ".question .text") != prisms {
		t.Fatalf("the page shows %q", before)
	}
	b.do(t, chromedp.Reload(), chromedp.WaitVisible("#question"))
	b.poll(t, `document.querySelectorAll("#log .answer .notes li").length === 1`)
	if after := b.shows(t, "#log"); after != before {
		t.Errorf("the page shows %q, before %q", after, before)
	}
	b.ask(t, "When is the lamp lit?")
	b.settled(t)
	if got := b.lastSent(t); len(got) != 3 || got[0].Content != prisms || got[1].Content != answer {
		t.Errorf("sent %q", got)
	}
	// All controls are large enough for a finger.
	if got := b.value(t, `[...document.querySelectorAll("button, a, summary")].filter((e) => e.offsetParent).filter((e) => {
		const { width, height } = e.getBoundingClientRect();
		return width < 24 || height < 24;
	}).map((e) => e.outerHTML).join("\n")`); got != "" {
		t.Errorf("smaller than 24 px: %s", got)
	}
	b.photographAll(t, "conversation")
	b.do(t, chromedp.Click("#new"), chromedp.Reload(), chromedp.WaitVisible("#samples"))
	if got := b.shows(t, "#log"); got != "" {
		t.Errorf("the page shows %q after a new chat", got)
	}
	b.checked(t, f)
}

// Escape stops an answer like the button.
func TestBrowserEscape(t *testing.T) {
	f := start(t, slow(time.Hour))
	b := open(t, f)
	b.ask(t, prisms)
	request := <-f.asked
	b.poll(t, `document.getElementById("send").hidden`)
	b.do(t, chromedp.KeyEvent("\u001b"))
	wantEnded(t, request)
	b.settled(t)
	if got := b.shows(t, ".answer .remark"); got != "Stopped." {
		t.Errorf("the page shows %q", b.shows(t, ".answer"))
	}
	b.checked(t, f)
}

// photographAll takes screenshots of the page for inspection: in both color
// schemes, wide and in the size of a telephone.
func (b *browser) photographAll(t *testing.T, name string) {
	t.Helper()
	if *looks == "" {
		return
	}
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int{1200, 390} {
			b.do(t, chromedp.EmulateViewport(int64(width), 800))
			_, err := chromedp.Call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
			})
			if err != nil {
				t.Fatal(err)
			}
			picture, err := chromedp.Run(b, chromedp.CaptureScreenshot())
			if err == nil {
				err = os.WriteFile(filepath.Join(*looks, fmt.Sprintf("%s-%s-%d.png", name, scheme, width)), picture, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	b.do(t, chromedp.EmulateViewport(1200, 800))
}

const shift = 8 // as a modifier of a key

// enter presses the Enter key.
func (b *browser) enter(t *testing.T, modifiers int64) {
	t.Helper()
	for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeKeyDown, input.DispatchKeyEventTypeKeyUp} {
		text := ""
		if kind == input.DispatchKeyEventTypeKeyDown {
			text = "\r"
		}
		_, err := chromedp.Call(b, input.DispatchKeyEvent, input.DispatchKeyEventParams{
			Type: kind, Modifiers: modifiers, Key: "Enter", Code: "Enter", Text: text, WindowsVirtualKeyCode: 13,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// photograph takes the screenshots for the README: a conversation in both color
// schemes.
func (b *browser) photograph(t *testing.T) {
	t.Helper()
	if *screenshots == "" {
		return
	}
	b.do(t, chromedp.Blur("#question"))
	for scheme, name := range map[string]string{"light": "screenshot.png", "dark": "screenshot-dark.png"} {
		_, err := chromedp.Call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		if err != nil {
			t.Fatal(err)
		}
		picture, err := chromedp.Run(b, chromedp.CaptureScreenshot())
		if err == nil {
			err = os.WriteFile(filepath.Join(*screenshots, name), picture, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Stop ends the request to the service and keeps the received part of the
// answer.
func TestBrowserStop(t *testing.T) {
	f := start(t, slow(300*time.Millisecond))
	b := open(t, f)
	b.ask(t, prisms)
	request := <-f.asked
	b.poll(t, `document.querySelector(".answer .text")?.innerText.startsWith("Clean ")`)
	if request.Err() != nil {
		t.Fatal("the request to the service has ended before")
	}
	b.do(t, chromedp.Click("#stop"))
	wantEnded(t, request)
	b.settled(t)
	part := b.shows(t, ".answer .text")
	if !strings.HasPrefix(answer, part) || part == answer || b.shows(t, ".answer .remark") != "Stopped." {
		t.Errorf("the page shows %q", b.shows(t, ".answer"))
	}
	b.ask(t, "And by whom?")
	<-f.asked
	if got := b.lastSent(t); len(got) != 3 || strings.TrimSpace(got[1].Content) != strings.TrimSpace(part) {
		t.Errorf("sent %q", got)
	}
	b.checked(t, f)
}

// Text is shown as text, also if it looks like HTML.
func TestBrowserHostile(t *testing.T) {
	folder := t.TempDir()
	const (
		name = `<img src=x onerror=document.title='owned'>.txt`
		text = `The <script>document.title='owned'</script> lamp & <b onclick=x>bell</b> {{.}} <a href="javascript:alert(1)">ring</a> at noon.`
	)
	if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f := start(t, nil, "-documents", folder)
	b := open(t, f)
	const question = `When do lamp and bell ring? <img src=x onerror="document.title='owned'">`
	b.ask(t, question)
	b.settled(t)
	if got := b.shows(t, ".question .text"); got != question {
		t.Errorf("question %q", got)
	}
	if got := b.shows(t, ".answer .text"); got != text+"1" {
		t.Errorf("answer %q", got)
	}
	if got := b.shows(t, ".notes li"); got != name {
		t.Errorf("footnotes %q", got)
	}
	if got := b.value(t, `document.title + document.querySelectorAll("#log :is(img, script, b)").length`); got != "example-assistant · assistant0" {
		t.Errorf("it has become part of the page: %s", got)
	}
	b.checked(t, f)
}

func TestBrowserErrors(t *testing.T) {
	f := start(t, nil)
	b := open(t, f)
	zero := 3
	for _, test := range []struct {
		fault emulator.Fault
		want  string
	}{
		{emulator.Fault{Count: 3, Status: http.StatusTooManyRequests}, "The assistant has too much to do. Try again in a minute."},
		{emulator.Fault{Status: http.StatusUnauthorized}, "The assistant does not let this server in."},
		{emulator.Fault{Status: http.StatusInternalServerError}, "The assistant cannot be reached. Try again later."},
		{emulator.Fault{CutAfterEvents: &zero}, "The answer was cut off."},
	} {
		test.fault.Operation = "Chat"
		if err := f.Fail(test.fault); err != nil {
			t.Fatal(err)
		}
		b.ask(t, prisms)
		b.settled(t)
		if got := b.shows(t, ".answer:last-child .error"); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
		// A question without an answer can be sent again.
		again := b.value(t, `document.getElementById("question").value`)
		if part := b.shows(t, ".answer:last-child .text"); (part == "") != (again == prisms) {
			t.Errorf("the answer is %q, and the box has %q", part, again)
		}
	}
	b.ask(t, "When is the lamp lit?")
	b.settled(t)
	// A question without an answer is not part of the conversation; a question
	// with a partial answer is.
	if got := b.lastSent(t); len(got) != 3 || b.shows(t, ".answer:last-child .notes") == "" {
		t.Errorf("sent %q, the page shows %q", got, b.shows(t, ".answer:last-child"))
	}
	b.checked(t, f)
}
