package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
)

// status returns a check that the response to a request has one of the statuses
// and a body that contains the texts.
func status(request func(context.Context, *session) (*http.Response, error), statuses []int, texts ...string) func(context.Context, *session) error {
	return func(ctx context.Context, s *session) error {
		r, err := read(request(ctx, s))
		if err != nil {
			return err
		}
		return r.is(statuses, texts...)
	}
}

// served returns a check that the service serves a version.
func served(v string) check {
	return check{"version: " + v + " is served", observed, "versions that official SDKs send", status(
		func(ctx context.Context, s *session) (*http.Response, error) {
			return s.rawControl.ListAssistants(ctx, nil, version(v))
		}, []int{200}, `"assistants"`)}
}

func create(body map[string]any) func(context.Context, *session) (*http.Response, error) {
	return func(ctx context.Context, s *session) (*http.Response, error) {
		return s.rawControl.CreateAssistantWithBody(ctx, "application/json", jsonBody(body))
	}
}

// patched sends a PATCH and returns the updated assistant.
func (s *session) patched(ctx context.Context, body string) (*control.Assistant, error) {
	r, err := read(s.patch(ctx, s.name, body))
	if err == nil {
		err = r.is([]int{http.StatusOK})
	}
	if err != nil {
		return nil, err
	}
	return s.control.DescribeAssistant(ctx, s.name)
}

// refusedAssistant is the name in requests that must not create an assistant.
const refusedAssistant = "contract-must-not-be"

var controlChecks = []check{
	{"version: not served is 403", observed, "comment in pinecone-ts-client, codegen/build-oas.sh", status(
		func(ctx context.Context, s *session) (*http.Response, error) {
			return s.rawControl.ListAssistants(ctx, nil, version("2099-01"))
		}, []int{403}, "Invalid API version")},
	{"version: not served has the API's error body", guessed, "the shape of the body is not known", func(ctx context.Context, s *session) error {
		r, err := read(s.rawControl.ListAssistants(ctx, nil, version("2099-01")))
		if err != nil {
			return err
		}
		return r.has("status", "error.code", "error.message")
	}},
	{"control: PATCH answers name", observed, "live tests of the Python SDK 9.0.1", func(ctx context.Context, s *session) error {
		r, err := read(s.patch(ctx, s.name, `{"metadata":{"run":"1"}}`))
		if err != nil {
			return err
		}
		if name, _ := r.at("name"); name != s.name {
			return r.differs("want name %q", s.name)
		}
		return nil
	}},
	{"control: PATCH answers assistant_name", published, "control 2026-04", func(ctx context.Context, s *session) error {
		r, err := read(s.patch(ctx, s.name, `{"metadata":{"run":"2"}}`))
		if err != nil {
			return err
		}
		return r.has("assistant_name")
	}},
	served("2025-01"), served("2025-04"), served("2025-10"), served("2026-04"), served("2026-07"),
	{"version: none is the oldest", documented, "version policy", status(func(ctx context.Context, s *session) (*http.Response, error) {
		return s.rawControl.ListAssistants(ctx, nil, version(""))
	}, []int{200}, `"assistants"`)},
	{"auth: no key is 401", published, "control 2026-04", status(func(ctx context.Context, s *session) (*http.Response, error) {
		return s.rawControl.ListAssistants(ctx, nil, func(_ context.Context, req *http.Request) error { req.Header.Del("Api-Key"); return nil })
	}, []int{401})},
	{"auth: a wrong key is 401 Invalid API key.", observed, "live tests of the official SDKs", status(func(ctx context.Context, s *session) (*http.Response, error) {
		return s.rawControl.ListAssistants(ctx, nil, func(_ context.Context, req *http.Request) error { req.Header.Set("Api-Key", "wrong"); return nil })
	}, []int{401}, "Invalid API key.")},
	{"headers: a response has a request id", observed, "official SDKs", func(ctx context.Context, s *session) error {
		r, err := read(s.rawControl.ListAssistants(ctx, nil))
		if err != nil {
			return err
		}
		if r.header.Get("X-Pinecone-Request-Id")+r.header.Get("X-Request-Id") == "" {
			return r.differs("want X-Pinecone-Request-Id or X-Request-Id in %v", r.header)
		}
		return nil
	}},
	{"control: describe has a host with https, or of this machine", published, "control 2026-04", func(ctx context.Context, s *session) error {
		a, err := s.control.DescribeAssistant(ctx, s.name)
		if err == nil && !strings.HasPrefix(a.Host, "https://") && !strings.HasPrefix(a.Host, "http://127.0.0.1") {
			err = fmt.Errorf("host %q", a.Host)
		}
		return err
	}},
	{"control: describe has created_at and updated_at", published, "control 2026-04", func(ctx context.Context, s *session) error {
		a, err := s.control.DescribeAssistant(ctx, s.name)
		if err == nil && (a.CreatedAt.IsZero() || a.UpdatedAt.Before(a.CreatedAt)) {
			err = fmt.Errorf("created_at %s, updated_at %s", a.CreatedAt, a.UpdatedAt)
		}
		return err
	}},
	{"control: list has the assistant", published, "control 2026-04", func(ctx context.Context, s *session) error {
		for a, err := range s.control.AllAssistants(ctx, nil) {
			if err != nil {
				return err
			}
			if a.Name == s.name {
				return nil
			}
		}
		return errors.New("it is not in the list")
	}},
	{"control: PATCH leaves alone what it does not name", published, "control 2026-04", func(ctx context.Context, s *session) error {
		if _, err := s.patched(ctx, `{"instructions":"Be brief.","metadata":{"a":"1"}}`); err != nil {
			return err
		}
		a, err := s.patched(ctx, `{"metadata":{"b":"2"}}`)
		if err == nil && a.Instructions != "Be brief." {
			err = fmt.Errorf("instructions %q", a.Instructions)
		}
		return err
	}},
	{`control: PATCH instructions "" clears them`, published, "facts of PATCH", func(ctx context.Context, s *session) error {
		a, err := s.patched(ctx, `{"instructions":"Be kind."}`)
		if err != nil {
			return err
		}
		if a.Instructions != "Be kind." {
			return fmt.Errorf("instructions %q", a.Instructions)
		}
		a, err = s.patched(ctx, `{"instructions":""}`)
		if err == nil && a.Instructions != "" {
			err = fmt.Errorf("instructions %q", a.Instructions)
		}
		return err
	}},
	{"control: PATCH metadata {} clears it", published, "facts of PATCH", func(ctx context.Context, s *session) error {
		a, err := s.patched(ctx, `{"metadata":{"c":"3"}}`)
		if err != nil {
			return err
		}
		if a.Metadata["c"] != "3" {
			return fmt.Errorf("metadata %v", a.Metadata)
		}
		a, err = s.patched(ctx, `{"metadata":{}}`)
		if err == nil && len(a.Metadata) != 0 {
			err = fmt.Errorf("metadata %v", a.Metadata)
		}
		return err
	}},
	{"control: an empty PATCH is 400", observed, "live tests of the official SDKs", status(func(ctx context.Context, s *session) (*http.Response, error) {
		return s.patch(ctx, s.name, `{}`)
	}, []int{400})},
	{"control: an empty PATCH of nothing is 404", observed, "live tests of the official SDKs", status(func(ctx context.Context, s *session) (*http.Response, error) {
		return s.patch(ctx, refusedAssistant, `{}`)
	}, []int{404})},
	{"control: metadata beyond 16 KB is 400", observed, "live tests of the official SDKs", status(func(ctx context.Context, s *session) (*http.Response, error) {
		return s.patch(ctx, s.name, `{"metadata":{"a":"`+strings.Repeat("x", 17_000)+`"}}`)
	}, []int{400}, "Metadata exceeds maximum length of 16384 bytes")},
	{"control: an unknown assistant is 404 NOT_FOUND", published, "control 2026-04", func(ctx context.Context, s *session) error {
		_, err := s.control.DescribeAssistant(ctx, refusedAssistant)
		var e *control.Error
		if !errors.As(err, &e) || e.StatusCode != http.StatusNotFound || e.Code != "NOT_FOUND" {
			return fmt.Errorf("error %w", err)
		}
		return nil
	}},
	{"control: the body of an error repeats its status", published, "control 2026-04", func(ctx context.Context, s *session) error {
		r, err := read(s.rawControl.DescribeAssistant(ctx, refusedAssistant))
		if err != nil {
			return err
		}
		if status, _ := r.at("status"); status != 404.0 {
			return r.differs("want 404 as status in the body")
		}
		return nil
	}},
	{"control: a name that is taken is 429 ALREADY_EXISTS", published, "control 2026-04", func(ctx context.Context, s *session) error {
		return status(create(map[string]any{"name": s.name}), []int{429}, "ALREADY_EXISTS")(ctx, s)
	}},
	{"control: an invalid name is 400", observed, "live tests of the official SDKs", status(create(map[string]any{"name": "Not_A Name"}), []int{400}, "Invalid assistant name")},
	{"control: a name of 64 letters is 400", published, "control 2026-04", status(create(map[string]any{"name": strings.Repeat("x", 64)}), []int{400})},
	{"control: an unknown region is 400", published, "control 2026-04", status(create(map[string]any{"name": refusedAssistant, "region": "mars"}), []int{400})},
	{"control: environment is refused", observed, "live tests of the official SDKs", status(create(map[string]any{"name": refusedAssistant, "environment": "prod"}), []int{400, 403})},
	{"control: deleting an unknown assistant is 404", published, "control 2026-04", status(func(ctx context.Context, s *session) (*http.Response, error) {
		return s.rawControl.DeleteAssistant(ctx, "contract-never-was")
	}, []int{404})},
}

// checks returns all checks in their order. Later checks use the files of
// earlier ones.
func checks() []check {
	return slices.Concat(controlChecks[:4], fileChecks, chatChecks, streamChecks, contextChecks, mcpChecks, controlChecks[4:], deletionChecks)
}
