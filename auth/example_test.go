package auth_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/pinecone-community/assistant-go/auth"
)

func ExampleAPIKey() {
	editor, err := auth.APIKey("example-key")
	if err != nil {
		fmt.Println(err)
		return
	}

	// A generated client does this for every request.
	ctx := context.Background()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost,
		"https://api.pinecone.io/assistant/assistants", strings.NewReader(`{"name":"example-assistant"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := editor(ctx, req); err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"Api-Key", "Content-Type", "X-Pinecone-Api-Version"} {
		fmt.Println(name+":", req.Header.Get(name))
	}
	// Output:
	// Api-Key: example-key
	// Content-Type: application/json
	// X-Pinecone-Api-Version: 2026-07
}

func ExampleFromEnv() {
	os.Unsetenv(auth.EnvAPIKey)
	_, err := auth.FromEnv()
	fmt.Println(err)
	fmt.Println(errors.Is(err, auth.ErrNoKey))
	// Output:
	// auth: no API key: set the environment variable PINECONE_API_KEY to a Pinecone API key
	// true
}

func ExampleKeyFunc() {
	keys := []string{"monday", "tuesday"}
	editor, err := auth.KeyFunc(func(context.Context) (string, error) {
		key := keys[0]
		keys = keys[1:]
		return key, nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		fmt.Println(r.Header.Get("Api-Key"))
	}))
	defer srv.Close()
	for range 2 {
		req, err := http.NewRequest(http.MethodGet, srv.URL, nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		if err := editor(req.Context(), req); err != nil {
			fmt.Println(err)
			return
		}
		resp, err := srv.Client().Do(req)
		if err != nil {
			fmt.Println(err)
			return
		}
		resp.Body.Close()
	}
	// Output:
	// monday
	// tuesday
}

func ExampleWithHost() {
	req, err := http.NewRequest(http.MethodGet, "https://gateway.example/assistant/assistants", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	plain, _ := auth.APIKey("example-key")
	fmt.Println(errors.Is(plain(req.Context(), req), auth.ErrForeignHost))

	gateway, _ := auth.APIKey("example-key", auth.WithHost("gateway.example"))
	fmt.Println(gateway(req.Context(), req))
	// Output:
	// true
	// <nil>
}

func ExampleWithVersion() {
	req, err := http.NewRequest(http.MethodGet, "https://api.pinecone.io/assistant/assistants", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	editor, _ := auth.APIKey("example-key", auth.WithVersion("2025-01"))
	if err := editor(req.Context(), req); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(req.Header.Get("X-Pinecone-Api-Version"))
	// Output: 2025-01
}

func ExampleCheckRedirect() {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		fmt.Println("the key arrived elsewhere")
	}))
	defer elsewhere.Close()
	srv := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer srv.Close()

	client := &http.Client{CheckRedirect: auth.CheckRedirect}
	req, err := http.NewRequest(http.MethodGet, srv.URL, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	editor, _ := auth.APIKey("example-key")
	if err := editor(req.Context(), req); err != nil {
		fmt.Println(err)
		return
	}
	_, err = client.Do(req)
	fmt.Println(errors.Is(err, auth.ErrRedirect))
	// Output: true
}

// A library that takes an HTTP client and no headers, such as one for MCP, gets
// the key from the client's transport.
func ExampleTransport() {
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		fmt.Println(r.URL.Path, r.Header.Get("Authorization"))
	}))
	defer srv.Close()

	editor, err := auth.APIKey("example-key", auth.WithBearer())
	if err != nil {
		fmt.Println(err)
		return
	}
	client := &http.Client{Transport: auth.Transport(editor, nil)}
	resp, err := client.Get(srv.URL + "/mcp/assistants/example-assistant")
	if err != nil {
		fmt.Println(err)
		return
	}
	resp.Body.Close()

	_, err = client.Get("https://elsewhere.example/")
	fmt.Println(errors.Is(err, auth.ErrForeignHost))
	// Output:
	// /mcp/assistants/example-assistant Bearer example-key
	// true
}

func ExampleWithBearer() {
	editor, err := auth.APIKey("example-key", auth.WithBearer())
	if err != nil {
		fmt.Println(err)
		return
	}
	req, err := http.NewRequest(http.MethodPost, "https://prod-1-data.ke.pinecone.io/mcp/assistants/example-assistant", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := editor(req.Context(), req); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(req.Header.Get("Authorization"))
	// Output: Bearer example-key
}
