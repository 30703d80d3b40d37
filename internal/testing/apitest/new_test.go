package apitest

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	control202501 "github.com/pinecone-community/assistant-go/gen/2025-01/control"
	control202604 "github.com/pinecone-community/assistant-go/gen/2026-04/control"
	data202604 "github.com/pinecone-community/assistant-go/gen/2026-04/data"
	evaluation202604 "github.com/pinecone-community/assistant-go/gen/2026-04/evaluation"
)

// doer keeps the last request and returns an error.
type doer struct{ req *http.Request }

var errNotSent = errors.New("not sent")

func (d *doer) Do(req *http.Request) (*http.Response, error) {
	d.req = req
	if req.Body != nil {
		_, _ = io.Copy(io.Discard, req.Body)
	}
	return nil, errNotSent
}

func TestWhereRequestsGo(t *testing.T) {
	d := new(doer)
	for _, test := range []struct {
		name string
		call func() error
		want string
	}{
		{"control", func() error {
			api, err := control202604.New(control202604.WithHTTPClient(d), control202604.WithMaxRetries(0))
			if err == nil {
				_, err = api.DescribeAssistant(t.Context(), "a")
			}
			return err
		}, "https://api.pinecone.io/assistant/assistants/a"},
		{"control 2025-01", func() error {
			api, err := control202501.New(control202501.WithHTTPClient(d), control202501.WithMaxRetries(0))
			if err == nil {
				_, err = api.ListAssistants(t.Context())
			}
			return err
		}, "https://api.pinecone.io/assistant/assistants"},
		{"evaluation", func() error {
			api, err := evaluation202604.New(evaluation202604.WithHTTPClient(d), evaluation202604.WithMaxRetries(0))
			if err == nil {
				_, err = api.EvaluateAlignment(t.Context(), evaluation202604.AlignmentRequest{})
			}
			return err
		}, "https://prod-1-data.ke.pinecone.io/assistant/evaluation/metrics/alignment"},
		{"evaluation in the EU", func() error {
			api, err := evaluation202604.New(evaluation202604.WithRegion(evaluation202604.RegionEU), evaluation202604.WithHTTPClient(d))
			if err == nil {
				_, err = api.EvaluateAlignment(t.Context(), evaluation202604.AlignmentRequest{})
			}
			return err
		}, "https://prod-eu-data.ke.pinecone.io/assistant/evaluation/metrics/alignment"},
		{"data", func() error {
			api, err := data202604.New("https://prod-1-data.ke.pinecone.io", data202604.WithHTTPClient(d), data202604.WithMaxRetries(0))
			if err == nil {
				_, err = api.ListFiles(t.Context(), "a", &data202604.ListFilesParams{Filter: map[string]any{"year": map[string]any{"$gt": 2020}}, Limit: 3})
			}
			return err
		}, "https://prod-1-data.ke.pinecone.io/assistant/files/a?filter=%7B%22year%22%3A%7B%22%24gt%22%3A2020%7D%7D&limit=3"},
		{"data, base URL", func() error {
			api, err := data202604.New("", data202604.WithBaseURL("http://localhost:1/x/"), data202604.WithHTTPClient(d), data202604.WithMaxRetries(0))
			if err == nil {
				_, err = api.ListFiles(t.Context(), "a", nil)
			}
			return err
		}, "http://localhost:1/x/files/a"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d.req = nil
			if err := test.call(); !errors.Is(err, errNotSent) {
				t.Fatal(err)
			}
			if got := d.req.URL.String(); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	data := func(host string, opts ...data202604.Option) func() error {
		return func() error { _, err := data202604.New(host, opts...); return err }
	}
	errOption := errors.New("the option's own error")
	for name, test := range map[string]struct {
		call func() error
		want string
	}{
		"no host":     {data(""), "host is empty"},
		"bad host":    {data("prod 1"), `host "prod 1"`},
		"bad scheme":  {data("ftp://h"), `host "ftp://h"`},
		"bad base":    {data("h", data202604.WithBaseURL("nowhere")), `base URL "nowhere"`},
		"own option":  {data("h", data202604.ClientOption(func(*data202604.Client) error { return errOption })), errOption.Error()},
		"nil editor":  {data("h", data202604.WithRequestEditorFn(nil)), "editor"},
		"bad region":  {func() error { _, err := evaluation202604.New(evaluation202604.WithRegion("mars")); return err }, `region "mars": want us or eu`},
		"bad control": {func() error { _, err := control202604.New(control202604.WithBaseURL("x://y")); return err }, `base URL "x://y"`},
	} {
		t.Run(name, func(t *testing.T) {
			err := test.call()
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}
