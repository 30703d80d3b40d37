package emulator

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pinecone-community/assistant-go/openapi"
)

// fact is a fact about the service that is not in its specs.
type fact struct {
	source      string
	says        string
	since       string // first version with the fact; "" for the oldest
	until       string // first later version without the fact; "" for none
	method      string
	path        string
	contentType string // default JSON
	body        string
	status      int
	want        []string // regular expressions that the response matches
}

// Sources of facts.
const (
	liveTests     = "live tests of Pinecone's Python and TypeScript SDKs"
	documentation = "https://docs.pinecone.io/guides/assistant"
	typeScript8   = "requests of the TypeScript SDK 8.2.0"
	pythonSDK     = "the Python SDK's decoder"
)

var facts = []fact{
	{source: pythonSDK, says: "the response to an update has the name in two fields", method: "PATCH", path: "/assistants/a", body: `{"instructions":"x"}`,
		status: 200, want: []string{`"name":"a"`, `"assistant_name":"a"`}},
	{source: liveTests, says: "an empty update of an unknown assistant", method: "PATCH", path: "/assistants/none", body: `{}`, status: 404},
	{source: liveTests, says: "an empty update", method: "PATCH", path: "/assistants/a", body: `{}`, status: 400},
	{source: liveTests, says: "an environment is invalid", method: "POST", path: "/assistants", body: `{"name":"b","environment":"us-east1"}`,
		status: 400, want: []string{"environment"}},
	{source: liveTests, says: "invalid assistant name", method: "POST", path: "/assistants", body: `{"name":"B_"}`, status: 400, want: []string{"Invalid assistant name"}},
	{source: liveTests, says: "large metadata of an assistant", method: "POST", path: "/assistants",
		body: `{"name":"b","metadata":{"x":"` + strings.Repeat("x", maxText) + `"}}`, status: 400, want: []string{"Metadata exceeds maximum length of 16384 bytes"}},

	{source: typeScript8, says: "streamed chats have the content type text/plain", method: "POST", path: "/chat/a", contentType: "text/plain; charset=UTF-8",
		body: `{"stream":true,"messages":[{"role":"user","content":"When is the lamp lit?"}]}`, status: 200, want: []string{`^data:{"type":"message_start"`}},
	{source: typeScript8, says: "streamed completions have the content type text/plain", method: "POST", path: "/chat/a/chat/completions", contentType: "text/plain;charset=UTF-8",
		body: `{"stream":true,"messages":[{"role":"user","content":"When is the lamp lit?"}]}`, status: 200, want: []string{`^data:{"id":`}},
	{source: liveTests, says: "claude-3-5-sonnet, retired, is accepted", method: "POST", path: "/chat/a",
		body: `{"model":"claude-3-5-sonnet","messages":[{"content":"lamp"}]}`, status: 200},
	{source: liveTests, says: "claude-3-7-sonnet, retired, is accepted", method: "POST", path: "/chat/a/chat/completions",
		body: `{"model":"claude-3-7-sonnet","messages":[{"content":"lamp"}]}`, status: 200},
	{source: liveTests, says: "an unknown model", method: "POST", path: "/chat/a", body: `{"model":"x","messages":[{"content":"lamp"}]}`,
		status: 400, want: []string{"Invalid model", "gpt-4o"}},
	{source: liveTests, says: "no messages", method: "POST", path: "/chat/a", body: `{"messages":[]}`, status: 400, want: []string{"Must have at least 1 message"}},
	{source: liveTests, says: "blank content", method: "POST", path: "/chat/a", body: `{"messages":[{"role":"user","content":" \n\t"}]}`,
		status: 400, want: []string{"Message content cannot be empty"}},
	{source: liveTests, says: "unknown role", method: "POST", path: "/chat/a", body: `{"messages":[{"role":"system","content":"lamp"}]}`,
		status: 400, want: []string{"messages.0.role"}},
	{source: liveTests, says: "unknown role in a retrieval", method: "POST", path: "/chat/a/context", body: `{"messages":[{"role":"tool","content":"lamp"}]}`,
		status: 400, want: []string{"messages.0.role"}},
	{source: liveTests, says: "a temperature that is too high", since: "2025-10", method: "POST", path: "/chat/a",
		body: `{"temperature":3.0,"messages":[{"content":"lamp"}]}`, status: 400, want: []string{"temperature"}},
	{source: liveTests, says: "include_binary_content without multimodal", since: "2025-10", method: "POST", path: "/chat/a/context",
		body: `{"query":"lamp","multimodal":false,"include_binary_content":true}`, status: 400, want: []string{"include_binary_content"}},
	{source: liveTests, says: "include_binary_content without multimodal in a chat", since: "2025-10", method: "POST", path: "/chat/a",
		body:   `{"messages":[{"content":"lamp"}],"context_options":{"multimodal":false,"include_binary_content":true}}`,
		status: 400, want: []string{"context_options.include_binary_content"}},

	{source: documentation + "/manage-files", says: "null fields of a file", method: "GET", path: "/files/a/lamp",
		status: 200, want: []string{`"metadata":null`, `"signed_url":null`}},
	{source: documentation + "/manage-files", says: "percent_done is a fraction", until: "2026-04", method: "GET", path: "/files/a/lamp",
		status: 200, want: []string{`"percent_done":1[,}]`, `"error_message":null`}},
	{source: documentation + "/chat-standard-interface", says: "the position of a citation is before the full stop, an identifier has 32 digits", method: "POST", path: "/chat/a",
		body: `{"messages":[{"role":"user","content":"When is the lamp lit?"}]}`, status: 200, want: []string{`"position":25,`, `"content":"The lamp is lit at sunset\."`, `"id":"[0-9a-f]{32}"`}},
	{source: documentation + "/chat-standard-interface", says: "the highlight is null without include_highlights", since: "2025-10", method: "POST", path: "/chat/a",
		body: `{"messages":[{"role":"user","content":"When is the lamp lit?"}]}`, status: 200, want: []string{`"highlight":null`}},
	{source: documentation + "/file-metadata", says: "$not", method: "GET", path: `/files/a?filter={"$not":{"x":1}}`, status: 200, want: []string{`"id":"lamp"`}},

	{source: "the comment in pinecone-ts-client, codegen/build-oas.sh", says: "unknown version", since: "1999-12", until: "1999-12",
		method: "GET", path: "/assistants", status: 403, want: []string{"Invalid API version"}},
}

// startWithLamp returns an emulator with the assistant a and the file lamp.
func startWithLamp(t *testing.T) *fixture {
	t.Helper()
	f := start(t, WithPace(quick))
	f.createAssistant(t)
	body, header := form(t, field{"file", "lamp.txt", "The lamp is lit at sunset."})
	if status, text := f.send(t, "PUT", "/assistant/files/a/lamp", header, body); status != 202 {
		t.Fatal(text)
	}
	eventually(t, func() bool {
		_, text := f.send(t, "GET", "/assistant/files/a/lamp", nil, "")
		return strings.Contains(text, `"Available"`)
	})
	return f
}

// The emulator conforms to each fact in each of its versions.
func TestFacts(t *testing.T) {
	f := startWithLamp(t)
	for _, fact := range facts {
		versions := Versions()
		if fact.since == "1999-12" {
			versions = []string{"1999-12", "2027-01", "latest", "2026-04x"}
		}
		for _, version := range versions {
			if fact.since != "1999-12" && (version < fact.since || fact.until != "" && version >= fact.until) {
				continue
			}
			t.Run(version+": "+fact.says, func(t *testing.T) {
				header := http.Header{versionHeader: {version}}
				if fact.contentType != "" {
					header["Content-Type"] = []string{fact.contentType}
				}
				status, text := f.send(t, fact.method, basePath+fact.path, header, fact.body)
				if status != fact.status {
					t.Errorf("status %d, want %d (%s): %s", status, fact.status, fact.source, text)
				}
				for _, want := range fact.want {
					if !regexp.MustCompile(want).MatchString(text) {
						t.Errorf("want %s (%s): %s", want, fact.source, text)
					}
				}
			})
		}
	}
}

// The response to a second deletion of a file has no body. The source is the live tests of
// Pinecone's SDKs.
func TestDeleteTwice(t *testing.T) {
	for _, version := range Versions() {
		t.Run(version, func(t *testing.T) {
			f := startWithLamp(t)
			f.pace = time.Hour
			header := http.Header{versionHeader: {version}}
			want := [2]int{200, 200}
			if version >= "2026-04" {
				want = [2]int{202, 204}
			}
			for _, status := range want {
				resp, text := f.exchange(t, "DELETE", "/assistant/files/a/lamp", header, "")
				if resp.StatusCode != status || (text != "") != (status == 202) {
					t.Errorf("status %d, want %d: %s", resp.StatusCode, status, text)
				}
			}
		})
	}
}

// Metadata that are invalid according to the documentation are refused, in the query or in
// the form. The source is https://docs.pinecone.io/guides/assistant/file-metadata.
func TestInvalidMetadata(t *testing.T) {
	f := startWithLamp(t)
	for _, version := range Versions() {
		for metadata, want := range map[string]string{
			`{"genre":"comedy","year":2026,"rating":4.5,"classic":false,"tags":["a","b"],"none":[]}`: "",
			`{"a":{"b":1}}`:     `"a"`,
			`{"a":null}`:        `"a"`,
			`{"a":[1]}`:         `list "a"`,
			`{"a":["x",["y"]]}`: `list "a"`,
			`{"a":["x",null]}`:  `list "a"`,
			`{"$a":1}`:          `key "$a"`,
		} {
			fields, query := []field{{"file", "x.txt", "The tide is high."}, {"metadata", "", metadata}}, ""
			if version < "2026-04" {
				fields, query = fields[:1], "?metadata="+strings.ReplaceAll(metadata, " ", "%20")
			}
			body, header := form(t, fields...)
			header[versionHeader] = []string{version}
			status, text := f.send(t, "POST", "/assistant/files/a"+query, header, strings.ReplaceAll(body, `\"`, `"`))
			if want == "" && status >= 300 || want != "" && (status != 400 || !strings.Contains(text, strings.ReplaceAll(want, `"`, `\"`))) {
				t.Errorf("%s, %s: status %d: %s", version, metadata, status, text)
			}
		}
	}
}

// A version without pages ignores limit and pagination_token, and returns a whole list.
func TestNoPagesBefore2026(t *testing.T) {
	f := startWithLamp(t)
	for _, version := range Versions() {
		pages := version >= "2026-04"
		_, text := f.send(t, "GET", "/assistant/assistants?limit=0&pagination_token=x", http.Header{versionHeader: {version}}, "")
		if got := strings.Contains(text, "limit"); got != pages {
			t.Errorf("%s: %s", version, text)
		}
	}
}

// The specs of 2025-01 are used for 2025-04 if 2025-04 has no specs.
func TestVersionWithoutSpecs(t *testing.T) {
	for _, test := range []struct{ specs, want []string }{
		{[]string{"2025-01", "2026-04"}, []string{"2025-01", "2025-04", "2026-04"}},
		{[]string{"2025-01", "2025-04", "2026-04"}, []string{"2025-01", "2025-04", "2026-04"}},
		{[]string{"2026-04", "2027-01"}, []string{"2026-04", "2027-01"}},
	} {
		var got []string
		for _, version := range findVersions(test.specs) {
			got = append(got, version.name)
		}
		if strings.Join(got, " ") != strings.Join(test.want, " ") {
			t.Errorf("versions %v, want %v", got, test.want)
		}
	}
	for _, name := range openapi.Versions() {
		for id := range loadOperations(name) {
			if handlers[id] == nil {
				t.Errorf("%s: no handler for %s", name, id)
			}
		}
	}
}
