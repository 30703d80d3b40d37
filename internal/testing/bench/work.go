package bench

import (
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Names of the contenders in targets and tables.
const (
	Project   = "this project"
	OpenAI    = "openai-go"
	Anthropic = "anthropic-sdk-go"
	Stock     = "oapi-codegen, stock"
)

// Work is a task that several contenders do.
type Work struct {
	Name       string
	Unit       string // what the results are per
	Least      int    // bytes of a response and of its strings, or 0
	Contenders []Contender
}

// Contender is one way to do a work.
type Contender struct {
	Name string
	// Units is the number of units in a call of Do.
	Units int
	// Do does the work once. It returns an error if its result is wrong.
	Do func() error
}

// All returns every work: Chat, Completions, Call, and Context with each of
// Texts, in this order.
func All() ([]*Work, error) {
	makers := []func() (*Work, error){Chat, Completions, Call}
	for _, text := range Texts {
		makers = append(makers, func() (*Work, error) { return Context(text) })
	}
	var works []*Work
	for _, make := range makers {
		work, err := make()
		if err != nil {
			return nil, err
		}
		works = append(works, work)
	}
	return works, nil
}

// host is the host that the contenders send requests to.
const (
	host  = "https://prod-1-data.ke.pinecone.io"
	base  = host + "/assistant"
	name  = "my-assistant"
	key   = "pckey-0123456789"
	model = "gpt-4o-2024-05-13"
	query = "What does the file say?"
)

// canned is a transport that responds to every request with the same bytes and
// without a Content-Length, like a service that compresses or streams.
type canned struct {
	contentType string
	body        string
}

func (c canned) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		if _, err := io.Copy(io.Discard, req.Body); err != nil {
			return nil, err
		}
		if err := req.Body.Close(); err != nil {
			return nil, err
		}
	}
	return &http.Response{
		Status:        "200 OK",
		StatusCode:    http.StatusOK,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        http.Header{"Content-Type": {c.contentType}},
		Body:          body{strings.NewReader(c.body)},
		ContentLength: -1,
		Request:       req,
	}, nil
}

// body has no method but Read and Close, like the body of a connection.
type body struct{ reader *strings.Reader }

func (b body) Read(p []byte) (int, error) { return b.reader.Read(p) }
func (b body) Close() error               { return nil }

// respond returns a client whose responses are always the same.
func respond(contentType, body string) *http.Client {
	return &http.Client{Transport: canned{contentType, body}}
}

const (
	eventStream = "text/event-stream"
	jsonText    = "application/json"
)

// want returns an error unless the result of a work is right.
func want[T comparable](what string, got, want T) error {
	if got != want {
		return fmt.Errorf("%s: got %v, want %v", what, got, want)
	}
	return nil
}
