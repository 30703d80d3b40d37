package emulator

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
	"github.com/pinecone-community/assistant-go/gen/2026-04/control"
	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

// refusedFor returns the Retry-After of a response with the status 429 and an error code.
func refusedFor(t *testing.T, resp *http.Response, text, code string) time.Duration {
	t.Helper()
	seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if resp.StatusCode != 429 || !strings.Contains(text, `"`+code+`"`) || err != nil || seconds < 1 {
		t.Fatalf("status %d, Retry-After %q: %s", resp.StatusCode, resp.Header.Get("Retry-After"), text)
	}
	return time.Duration(seconds) * time.Second
}

func TestRates(t *testing.T) {
	file, fileHeader := form(t, field{"file", "a.txt", "The tide is high."})
	fileType := fileHeader.Get("Content-Type")
	const json = "application/json"
	type request struct{ method, path, contentType, body string }
	tests := []struct {
		name     string
		requests []request // sent in turn; they share a rate limit
		limit    map[Plan]int
	}{
		{"list and get assistants", []request{{"GET", "/assistant/assistants", json, ""}, {"GET", "/assistant/assistants/a", json, ""}},
			map[Plan]int{Starter: 40, Standard: 100, Enterprise: 500}},
		{"create and update assistants", []request{{"POST", "/assistant/assistants", json, `{"name":"not valid"}`}, {"PATCH", "/assistant/assistants/a", json, `{"instructions":""}`}},
			map[Plan]int{Starter: 20, Standard: 50, Enterprise: 100}},
		{"delete assistants", []request{{"DELETE", "/assistant/assistants/x", json, ""}}, map[Plan]int{Starter: 20, Standard: 50, Enterprise: 100}},
		{"get files", []request{{"GET", "/assistant/files/a/x", json, ""}}, map[Plan]int{Starter: 100, Standard: 300, Enterprise: 6000}},
		{"list files", []request{{"GET", "/assistant/files/a", json, ""}}, map[Plan]int{Starter: 50, Standard: 150, Enterprise: 3000}},
		{"upload files", []request{{"POST", "/assistant/files/a", fileType, file}, {"PUT", "/assistant/files/a/x", fileType, file}},
			map[Plan]int{Starter: 5, Standard: 20, Enterprise: 300}},
		{"delete files", []request{{"DELETE", "/assistant/files/a/x", json, ""}}, map[Plan]int{Starter: 5, Standard: 20, Enterprise: 300}},
	}
	for plan := range plans {
		if plan == Builder {
			continue // its rate limits are not known
		}
		for _, test := range tests {
			t.Run(string(plan)+": "+test.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					f := inMemory(t, WithPlan(plan), WithPace(time.Hour))
					sent := 0
					send := func() (*http.Response, string) {
						r := test.requests[sent%len(test.requests)]
						sent++
						return f.exchange(t, r.method, r.path, http.Header{"Content-Type": {r.contentType}}, r.body)
					}
					sendAll := func() {
						t.Helper()
						for range test.limit[plan] {
							if resp, text := send(); resp.StatusCode == 429 {
								t.Fatalf("request %d: %s", sent, text)
							}
						}
					}
					sendAll()
					resp, text := send()
					wait := refusedFor(t, resp, text, "TOO_MANY_REQUESTS")
					if least := time.Minute / time.Duration(test.limit[plan]); wait < least || wait > least+time.Second {
						t.Errorf("wait %v, want %v rounded up to seconds", wait, least)
					}

					// The rate limit does not affect other operations.
					if status, text := f.send(t, "GET", "/assistant/operations/none", nil, ""); status != 404 {
						t.Errorf("another operation: status %d: %s", status, text)
					}
					time.Sleep(wait)
					if resp, text := send(); resp.StatusCode == 429 {
						t.Errorf("after %v: %s", wait, text)
					}
					time.Sleep(time.Minute)
					sendAll()
				})
			})
		}
	}
}

// All versions share a rate limit, and each has its own error code.
func TestRatesOfVersions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := inMemory(t, WithPlan(Starter))
		list := func(version string) (*http.Response, string) {
			return f.exchange(t, "GET", "/assistant/files/a", http.Header{versionHeader: {version}}, "")
		}
		for i := range 50 {
			if resp, text := list(Versions()[i%3]); resp.StatusCode != 404 {
				t.Fatalf("status %d: %s", resp.StatusCode, text)
			}
		}
		for version, code := range map[string]string{"2025-01": "RESOURCE_EXHAUSTED", "2026-04": "TOO_MANY_REQUESTS", "2026-07": "TOO_MANY_REQUESTS"} {
			resp, text := list(version)
			refusedFor(t, resp, text, code)
		}
	})
}

func TestConcurrentRates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := inMemory(t, WithPlan(Starter))
		var group sync.WaitGroup
		var passed atomic.Int32
		for range 50 {
			group.Go(func() {
				if status, _ := f.send(t, "DELETE", "/assistant/files/a/x", nil, ""); status == 404 {
					passed.Add(1)
				}
			})
		}
		group.Wait()
		if passed.Load() != 5 {
			t.Errorf("%d requests passed, want 5", passed.Load())
		}
	})
}

func TestChatTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := inMemory(t, WithPlan(Starter), WithPace(quick))
		f.createAssistant(t)
		ask := func(tokens int) (*http.Response, string) {
			return f.exchange(t, "POST", "/assistant/chat/a", nil, `{"messages":[{"content":"`+strings.Repeat("x", tokens*bytesPerToken)+`"}]}`)
		}
		if resp, text := ask(64_001); resp.StatusCode != 400 || !strings.Contains(text, "messages: 64001 tokens, the limit is 64000") {
			t.Errorf("long history: status %d: %s", resp.StatusCode, text)
		}
		for _, tokens := range []int{64_000, 36_000} {
			if resp, text := ask(tokens); resp.StatusCode != 200 {
				t.Fatalf("%d tokens: status %d: %s", tokens, resp.StatusCode, text)
			}
		}
		resp, text := ask(50_000)
		wait := refusedFor(t, resp, text, "TOO_MANY_REQUESTS")
		if wait != 30*time.Second {
			t.Errorf("wait %v", wait)
		}
		// Completions and streams share the limit.
		for _, path := range []string{"/assistant/chat/a/chat/completions", "/assistant/chat/a"} {
			resp, text := f.exchange(t, "POST", path, nil, `{"stream":true,"messages":[{"content":"hello"}]}`)
			refusedFor(t, resp, text, "TOO_MANY_REQUESTS")
		}
		time.Sleep(wait)
		if resp, text := ask(50_000); resp.StatusCode != 200 {
			t.Errorf("after %v: status %d: %s", wait, resp.StatusCode, text)
		}
	})
}

// A chat with more tokens than the limit per minute succeeds after a wait.
func TestChatBeyondRate(t *testing.T) {
	now := time.Unix(0, 0)
	q := newQuota(&limits{chatTokens: 100_000}, func() time.Time { return now })
	r := &request{operation: versions[0].operations()[chatOperation]}
	if err := q.admitChat(r, 0, 250_000); err != nil {
		t.Error(err)
	}
	var refusal *apiError
	if err := q.admitChat(r, 0, 250_000); !errors.As(err, &refusal) || refusal.retryAfter != time.Minute {
		t.Fatalf("error %+v", err)
	}
	now = now.Add(time.Minute)
	if err := q.admitChat(r, 0, 250_000); err != nil {
		t.Error(err)
	}
}

func TestNumberOfAssistants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := inMemory(t, WithPlan(Starter), WithPace(quick))
		create := func(name string) (int, string) {
			return f.send(t, "POST", "/assistant/assistants", nil, `{"name":"`+name+`"}`)
		}
		for i := range 5 {
			if status, text := create(fmt.Sprint("a", i)); status != 200 {
				t.Fatalf("status %d: %s", status, text)
			}
		}
		status, text := create("a5")
		checkRefusal(t, status, text, 403, "QUOTA_EXCEEDED", "has 5 assistants")
		if err := f.control.DeleteAssistant(t.Context(), "a0"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		if status, text := create("a5"); status != 200 {
			t.Errorf("after a deletion: status %d: %s", status, text)
		}
	})
}

func TestNumberOfFiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := inMemory(t, WithPlan(Starter), WithPace(quick))
		f.createAssistant(t)
		upsert := func(id string) error {
			time.Sleep(12 * time.Second) // the rate limit of uploads
			_, err := f.data.UpsertFile(t.Context(), "a", id, nil, data.UploadFileRequest{File: data.FileBytes("a.txt", []byte("The tide is high."))})
			return err
		}
		for i := range 100 {
			if err := upsert(fmt.Sprint(i)); err != nil {
				t.Fatal(err)
			}
		}
		var refusal *data.Error
		if err := upsert("100"); !errors.As(err, &refusal) || refusal.StatusCode != 403 || refusal.Code != "QUOTA_EXCEEDED" || !strings.Contains(refusal.Message, "has 100 files") {
			t.Errorf("file beyond the limit: %v", err)
		}
		if err := upsert("99"); err != nil {
			t.Errorf("replaced file: %v", err)
		}
		body, header := form(t, field{"file", "a.txt", "The tide is high."})
		time.Sleep(12 * time.Second)
		status, text := f.send(t, "POST", "/assistant/files/a", header, body)
		checkRefusal(t, status, text, 403, "QUOTA_EXCEEDED", "has 100 files")
		if _, err := f.control.CreateAssistant(t.Context(), control.CreateAssistantRequest{Name: "b"}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(12 * time.Second)
		if status, text := f.send(t, "POST", "/assistant/files/b", header, body); status != 202 {
			t.Errorf("another assistant: status %d: %s", status, text)
		}
	})
}

func TestSizesOfPlans(t *testing.T) {
	const mb = 1 << 20
	for _, test := range []struct {
		plan       Plan
		name       string
		multimodal bool
		limit      int64
	}{
		{Starter, "a.pdf", false, 10 * mb}, {Starter, "A.PDF", true, 10 * mb},
		{Standard, "a.pdf", false, 100 * mb}, {Standard, "a.pdf", true, 50 * mb},
		{Enterprise, "a.pdf", false, 100 * mb}, {Enterprise, "a.pdf", true, 50 * mb},
	} {
		q := newQuota(plans[test.plan], time.Now)
		if err := q.admitSize(&store.File{Name: test.name, Size: test.limit, Multimodal: test.multimodal}); err != nil {
			t.Errorf("%+v: %v", test, err)
		}
		if err := q.admitSize(&store.File{Name: test.name, Size: test.limit + 1, Multimodal: test.multimodal}); err == nil || !strings.Contains(err.Error(), fmt.Sprint("the plan's limit is ", test.limit)) {
			t.Errorf("%+v: size beyond the limit: error %v", test, err)
		}
	}

	large := bytes.Repeat([]byte("x"), 10*mb+1)
	for _, test := range []struct {
		options []Option
		refused bool
	}{{nil, false}, {[]Option{WithPlan(Starter)}, true}, {[]Option{WithPlan(Standard)}, false}} {
		f := start(t, append(test.options, WithPace(time.Hour))...)
		f.createAssistant(t)
		_, err := f.data.UploadFile(t.Context(), "a", nil, data.UploadFileRequest{File: data.FileBytes("a.pdf", large)})
		if (err != nil) != test.refused || test.refused && !errors.Is(err, data.ErrBadRequest) {
			t.Errorf("%d options: %v", len(test.options), err)
		}
	}
}

// Without a plan, there are no rate limits and quotas.
func TestNoPlan(t *testing.T) {
	f := start(t)
	for range 200 {
		if status, text := f.send(t, "DELETE", "/assistant/files/a/x", nil, ""); status != 404 {
			t.Fatalf("status %d: %s", status, text)
		}
	}
	for i := range 20 {
		if _, err := f.control.CreateAssistant(t.Context(), control.CreateAssistantRequest{Name: fmt.Sprint("a", i)}); err != nil {
			t.Fatal(err)
		}
	}
	status, text := f.send(t, "POST", "/assistant/chat/a0", nil, `{"messages":[{"content":"`+strings.Repeat("x", 65_000*bytesPerToken)+`"}]}`)
	if status != 200 {
		t.Errorf("status %d: %s", status, text)
	}
}

// Monthly quotas are restored in the next month.
func TestMonths(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, test := range []struct {
			plan  Plan
			path  string
			body  string
			meter meter
		}{
			{Starter, "/assistant/chat/a/context", `{"query":"` + strings.Repeat("x", 400_000) + `"}`, contextTokens},
			{Builder, "/assistant/chat/a/context", `{"query":"` + strings.Repeat("x", 400_000) + `"}`, contextTokens},
			{Builder, "/assistant/chat/a", `{"messages":[{"content":"` + strings.Repeat("x", 200_000) + `"}]}`, chatInput},
		} {
			f := inMemory(t, WithPlan(test.plan), WithPace(time.Hour))
			f.createAssistant(t)
			ask := func() (int, string) { return f.send(t, "POST", test.path, nil, test.body) }
			least := plans[test.plan].perMonth[test.meter] / (len(test.body) / bytesPerToken)
			for n := 0; ; n++ {
				status, text := ask()
				if status == 200 {
					continue
				}
				checkRefusal(t, status, text, 403, "QUOTA_EXCEEDED", string(test.meter))
				if n < least || n > least+2 {
					t.Errorf("%s: %d requests, want %d to %d", test.plan, n, least, least+2)
				}
				break
			}
			f.Advance(31 * 24 * time.Hour)
			if status, text := ask(); status != 200 {
				t.Errorf("%s, next month: status %d: %s", test.plan, status, text)
			}
		}
	})
}

func TestStorageOfPlans(t *testing.T) {
	f := start(t, WithPlan(Starter), WithPace(quick))
	f.createAssistant(t)
	f.quota.limits = &limits{pdfBytes: 1 << 20, files: 10, storage: 30, perMonth: map[meter]int{ingestionUnits: 1}}
	upload := func(content string) (int, string) {
		body, header := form(t, field{"file", "a.txt", content})
		return f.send(t, "POST", "/assistant/files/a", header, body)
	}
	if status, text := upload("The tide is high."); status != 202 {
		t.Errorf("status %d: %s", status, text)
	}
	status, text := upload("The tide is high.")
	checkRefusal(t, status, text, 403, "QUOTA_EXCEEDED", "34, the plan's limit is 30")

	f.quota.limits = &limits{pdfBytes: 1 << 20, files: 10, perMonth: map[meter]int{ingestionUnits: 1}}
	f.upload(t, "b.txt", strings.Repeat("The tide is high. ", 300), nil)
	status, text = upload("The tide is high.")
	checkRefusal(t, status, text, 403, "QUOTA_EXCEEDED", string(ingestionUnits))
	f.Advance(31 * 24 * time.Hour)
	if status, text := upload("The tide is high."); status != 202 {
		t.Errorf("next month: status %d: %s", status, text)
	}
}

func TestPlans(t *testing.T) {
	for _, name := range []string{"starter", "builder", "standard", "enterprise"} {
		if plan, err := ParsePlan(name); err != nil || string(plan) != name {
			t.Errorf("%s: %v, error %v", name, plan, err)
		}
	}
	for _, name := range []string{"", "Starter", "free"} {
		if plan, err := ParsePlan(name); err == nil || plan != "" || !strings.Contains(err.Error(), "[builder enterprise standard starter]") {
			t.Errorf("%s: %v, error %v", name, plan, err)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("unknown plan: no panic")
		}
	}()
	WithPlan("free")
}

// Every operation with a rate limit is in the specs.
func TestGroups(t *testing.T) {
	for operation, group := range groups {
		if !slices.Contains(operations(), operation) {
			t.Errorf("unknown operation %s", operation)
		}
		for plan, limits := range plans {
			if limits.perMinute[group] == 0 && plan != Builder { // its rate limits are not known
				t.Errorf("%s: no rate limit for %s", plan, group)
			}
		}
	}
}
