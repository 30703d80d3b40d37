package emulator

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A client that stalls is given up, one that does not is served, and a reply can take
// longer than the limit.
func TestGuard(t *testing.T) {
	const limit = 50 * time.Millisecond
	faults := make(chan error, 2)
	service := httptest.NewServer(guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(io.Discard, r.Body)
		faults <- err
		select {
		case <-r.Context().Done():
			faults <- r.Context().Err()
		case <-time.After(3 * limit):
		}
		fmt.Fprint(w, "done")
	}), limit))
	defer service.Close()
	for body, want := range map[string]string{"all of it": "", "a part": "no byte of the body came for 50ms"} {
		connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", service.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer connection.Close()
		if _, err := fmt.Fprintf(connection, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n%s", body); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(<-faults); want == "" && got != "<nil>" || !strings.Contains(got, want) {
			t.Errorf("%s: error %s", body, got)
		}
		if want != "" {
			continue
		}
		resp, err := http.ReadResponse(bufio.NewReader(connection), nil)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(resp.Body); string(text) != "done" || err != nil {
			t.Errorf("%s, error %v", text, err)
		}
		resp.Body.Close()
	}
	if len(faults) > 1 {
		t.Error("more errors")
	}
}
