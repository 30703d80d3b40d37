package emulator

import (
	"net"
	"net/http"
	"strings"
	"testing"
)

func TestCloseWithUnusedConnection(t *testing.T) {
	running, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(running.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	// Connections are accepted in order, so that after this request the emulator has
	// accepted the connection above.
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, running.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if err := running.Close(); err != nil {
		t.Error(err)
	}
}
