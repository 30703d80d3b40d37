package spectest

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// Fake returns a transport whose responses are samples from the specs, and
// reports each request and response that does not conform to them. Every
// operation, file and assistant to poll is in its final state, a list has two
// pages, and a stream has an event of each kind. The response for an assistant
// whose name begins with "no-such" is 404.
func Fake(t testing.TB, specs ...*Spec) http.RoundTripper {
	return Transport(t, roundTripper(func(req *http.Request) (*http.Response, error) {
		status, header, body := fakeReply(t, specs, req)
		header.Set("X-Pinecone-Request-Id", "request-1")
		return &http.Response{
			StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: req,
			Header: header, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
		}, nil
	}), specs...)
}

func fakeReply(t testing.TB, specs []*Spec, req *http.Request) (int, http.Header, []byte) {
	var sent []byte
	if req.Body != nil {
		var err error
		if sent, err = io.ReadAll(req.Body); err != nil {
			t.Errorf("%s %s: %v", req.Method, req.URL, err)
		}
		req.Body.Close()
	}
	var operation *openapi3.Operation
	for _, spec := range specs {
		if operation == nil {
			operation = spec.Operation(req)
		}
	}
	if operation == nil {
		return http.StatusNotFound, http.Header{}, nil // Transport reports it
	}
	if strings.Contains(req.URL.Path, "/no-such") {
		response := operation.Responses.Value("404")
		if response == nil {
			response = operation.Responses.Default()
		}
		body, err := json.Marshal(Sample(t, response.Value.Content["application/json"].Schema.Value))
		if err != nil {
			t.Error(err)
		}
		return http.StatusNotFound, http.Header{"Content-Type": {"application/json"}}, body
	}
	var options struct {
		Stream bool `json:"stream"`
	}
	_ = json.Unmarshal(sent, &options) // a form is not JSON and leaves options zero
	if options.Stream {
		return http.StatusOK, http.Header{"Content-Type": {eventStream}}, fakeStream(t, operation)
	}
	status, header, body, value := SampleReply(t, operation)
	object, ok := value.(map[string]any)
	if !ok {
		return status, header, body
	}
	if wait, ok := operation.Extensions["x-wait"].(map[string]any); ok {
		property, _ := wait["status"].(string)
		done, _ := wait["done"].([]any)
		object[property] = done[0]
	}
	if req.URL.Query().Has("pagination_token") {
		delete(object, "pagination")
	}
	body, err := json.Marshal(object)
	if err != nil {
		t.Error(err)
	}
	return status, header, body
}

// fakeStream returns a sample of each kind of event. The kind that ends a
// stream comes last.
func fakeStream(t testing.TB, operation *openapi3.Operation) []byte {
	var stream bytes.Buffer
	send := func(event any) {
		text, err := json.Marshal(event)
		if err != nil {
			t.Error(err)
		}
		stream.WriteString("data:" + string(text) + "\n\n")
	}
	for _, status := range slices.Sorted(maps.Keys(operation.Responses.Map())) {
		media := operation.Responses.Value(status).Value.Content[eventStream]
		if n, err := strconv.Atoi(status); err != nil || n/100 != 2 || media == nil {
			continue
		}
		schema := media.Schema.Value
		if len(schema.OneOf) == 0 {
			send(sample(t, schema, 0))
			continue
		}
		var last any
		for _, member := range schema.OneOf {
			event := sampleMember(t, schema, member, 0)
			if object, ok := event.(map[string]any); ok && object[schema.Discriminator.PropertyName] == operation.Extensions["x-stream-end"] {
				last = event
				continue
			}
			send(event)
		}
		if last != nil {
			send(last)
		}
	}
	if stream.Len() == 0 {
		t.Errorf("%s: the spec has no event stream", operation.OperationID)
	}
	return stream.Bytes()
}
