package apierror_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/pinecone-community/assistant-go/internal/apierror"
)

// call stands in for a method of a generated client.
func call(handler http.HandlerFunc) error {
	srv := httptest.NewServer(handler)
	defer srv.Close()
	resp, err := http.Get(srv.URL + "/assistant/assistants/example-assistant")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return apierror.FromResponse(resp)
	}
	return nil
}

func ExampleError() {
	err := call(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Pinecone-Request-Id", "abc")
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, `{"status":404,"error":{"code":"NOT_FOUND","message":"Assistant \"example-assistant\" not found."}}`)
	})
	fmt.Println(err)
	fmt.Println(errors.Is(err, apierror.ErrNotFound))
	var apiErr *apierror.Error
	if errors.As(err, &apiErr) {
		fmt.Println(apiErr.StatusCode, apiErr.Code, apiErr.RequestID)
	}
	// Output:
	// pinecone: GET /assistant/assistants/example-assistant: 404 NOT_FOUND: Assistant "example-assistant" not found. (request id abc)
	// true
	// 404 NOT_FOUND abc
}

func ExampleError_RetryAfter() {
	err := call(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	var apiErr *apierror.Error
	if errors.As(err, &apiErr) && errors.Is(err, apierror.ErrRateLimited) {
		fmt.Println(apiErr.RetryAfter())
	}
	// Output: 30s true
}
