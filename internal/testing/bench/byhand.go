package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

// request builds a request without a client library.
func request(method, path, body string) (*http.Request, error) {
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, base+path, reader)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Api-Key", key)
	req.Header.Set("X-Pinecone-Api-Version", data.APIVersion)
	req.Header.Set("Accept", jsonText)
	if body != "" {
		req.Header.Set("Content-Type", jsonText)
	}
	return req, nil
}

// checked returns the response if its status is 2xx.
func checked(resp *http.Response, err error) (*http.Response, error) {
	if err == nil && resp.StatusCode/100 != 2 {
		resp.Body.Close()
		return nil, fmt.Errorf("status %s", resp.Status)
	}
	return resp, err
}
