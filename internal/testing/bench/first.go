package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

// maxHeld is the longest time that a server holds back its second event.
const maxHeld = 5 * time.Second

// FirstChunk measures a stream whose server sends one event and holds back the
// second until the caller has the first. It returns the time from the server's
// flush of the first event until the caller has it. If the first event arrives
// only with the second, it returns an error.
func FirstChunk(transport string) (time.Duration, error) {
	var flushed time.Time
	arrived := make(chan struct{})
	held := make(chan error, 1)
	const first = `data:{"type":"content_chunk","id":"1","model":"m","delta":{"content":"a"}}` + "\n\n"
	const last = `data:{"type":"message_end","id":"1","model":"m","finish_reason":"stop","usage":{}}` + "\n\n"
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", eventStream)
		_, _ = io.WriteString(w, first)
		flushed = time.Now()
		_ = http.NewResponseController(w).Flush()
		select {
		case <-arrived:
			held <- nil
		case <-time.After(maxHeld):
			held <- errors.New("the first chunk did not arrive before the second was sent")
		}
		_, _ = io.WriteString(w, last)
	}))
	defer server.Close()
	switch transport {
	case Plain:
		server.Start()
	default:
		server.EnableHTTP2 = transport == TLS2
		server.StartTLS()
	}
	editor, err := auth.APIKey(key)
	if err != nil {
		return 0, err
	}
	client := NewUploadClient(transport, server.Certificate())
	defer client.CloseIdleConnections()
	api, err := data.New(server.URL, data.WithHTTPClient(client), data.WithRequestEditorFn(editor))
	if err != nil {
		return 0, err
	}
	var took time.Duration
	chunks := 0
	for _, err := range api.ChatStream(context.Background(), name, chatRequest) {
		if err != nil {
			return 0, err
		}
		if chunks++; chunks == 1 {
			now := time.Now()
			close(arrived)
			if err := <-held; err != nil {
				return 0, err
			}
			took = now.Sub(flushed)
		}
	}
	if chunks != 2 {
		return 0, fmt.Errorf("%d chunks, want 2", chunks)
	}
	return took, nil
}
