package spectest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"

	"github.com/pinecone-community/assistant-go/internal/sse"
)

const eventStream = "text/event-stream"

// watchStream validates the events of a response when its body is closed.
func watchStream(t Reporter, input *openapi3filter.RequestValidationInput, resp *http.Response) {
	operation := input.Request.Method + " " + input.Request.URL.Path
	reply := input.Route.Operation.Responses.Status(resp.StatusCode)
	if reply == nil || reply.Value.Content.Get(eventStream) == nil {
		t.Errorf("%s: the spec has no event stream", operation)
		return
	}
	seen := new(bytes.Buffer)
	resp.Body = &watchedBody{
		Reader: io.TeeReader(resp.Body, seen),
		body:   resp.Body,
		validate: func() {
			if err := validateEvents(reply.Value.Content.Get(eventStream).Schema.Value, seen); err != nil {
				t.Errorf("%s: %v", operation, err)
			}
		},
	}
}

func validateEvents(schema *openapi3.Schema, stream io.Reader) error {
	events := sse.NewReader(stream, 16<<20)
	for {
		event, err := events.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		var value any
		if err == nil {
			err = json.Unmarshal(event, &value)
		}
		if err == nil {
			err = schema.VisitJSON(value)
		}
		if err != nil {
			return fmt.Errorf("event %d does not conform to the spec: %w: %s", events.Number(), err, event)
		}
	}
}

type watchedBody struct {
	io.Reader
	body     io.Closer
	once     sync.Once
	validate func()
}

func (b *watchedBody) Close() error {
	b.once.Do(b.validate)
	return b.body.Close()
}
