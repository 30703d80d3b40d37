package program

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"time"
)

// Client sends requests to a running emulator with one version of the API.
type Client struct {
	*Program
	Version string
	HTTP    *http.Client
}

// NewClient returns a client that keeps up to the given number of idle connections.
func (p *Program) NewClient(version string, connections int) *Client {
	return &Client{p, version, &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}}
}

// Close closes the idle connections.
func (c *Client) Close() { c.HTTP.CloseIdleConnections() }

// Error is a response with a status of 300 or more.
type Error struct {
	Status int
	Text   string // body of the response
}

func (e *Error) Error() string { return fmt.Sprintf("status %d: %.200s", e.Status, e.Text) }

// Send sends a request to a path below /assistant and returns the body of the response.
// A status of 300 or more is an [Error].
func (c *Client) Send(ctx context.Context, method, path, contentType string, body io.Reader) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.URL+path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Api-Key", c.Key)
	req.Header.Set("X-Pinecone-Api-Version", c.Version)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= http.StatusMultipleChoices {
		err = &Error{resp.StatusCode, string(text)}
	}
	return text, err
}

// JSON sends a request with the JSON of body, unless it is nil, and decodes the response
// into the value that into points to, unless it is nil.
func (c *Client) JSON(ctx context.Context, method, path string, body, into any) error {
	var content io.Reader
	contentType := ""
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content, contentType = bytes.NewReader(text), "application/json"
	}
	response, err := c.Send(ctx, method, path, contentType, content)
	if err != nil || into == nil {
		return err
	}
	return json.Unmarshal(response, into)
}

// File has the fields of a file, and of the operation of an upload, in all versions.
type File struct {
	ID      string `json:"id"`
	FileID  string `json:"file_id"` // only in an operation
	Status  string `json:"status"`
	Message string `json:"error_message"`
}

// Create creates an assistant and waits until it is ready.
func (c *Client) Create(ctx context.Context, name string) error {
	if err := c.JSON(ctx, http.MethodPost, "/assistants", map[string]any{"name": name}, nil); err != nil {
		return err
	}
	return c.until(ctx, func() (bool, error) {
		var assistant File
		err := c.JSON(ctx, http.MethodGet, "/assistants/"+name, nil, &assistant)
		return assistant.Status == "Ready", err
	})
}

// Upload uploads a file and returns its identifier.
func (c *Client) Upload(ctx context.Context, assistant, name string, content io.Reader) (id string, err error) {
	var head, tail bytes.Buffer
	form := multipart.NewWriter(&head)
	if _, err := form.CreateFormFile("file", name); err != nil {
		return "", err
	}
	at := head.Len()
	if err := form.Close(); err != nil {
		return "", err
	}
	tail.Write(head.Bytes()[at:])
	head.Truncate(at)
	response, err := c.Send(ctx, http.MethodPost, "/files/"+assistant, form.FormDataContentType(), io.MultiReader(&head, content, &tail))
	if err != nil {
		return "", err
	}
	var file File
	if err := json.Unmarshal(response, &file); err != nil {
		return "", err
	}
	if file.FileID != "" {
		return file.FileID, nil
	}
	return file.ID, nil
}

// Wait waits until a file is processed. If processing failed, it returns the reason. It
// uses version 2025-01, in which a file has the field error_message.
func (c *Client) Wait(ctx context.Context, assistant, id string) (message string, err error) {
	old := *c
	old.Version = "2025-01"
	return message, c.until(ctx, func() (bool, error) {
		var file File
		err := old.JSON(ctx, http.MethodGet, "/files/"+assistant+"/"+id, nil, &file)
		if file.Status == "ProcessingFailed" {
			message = file.Message
			if strings.TrimSpace(message) == "" {
				err = fmt.Errorf("file %s failed without a reason", id)
			}
		}
		return file.Status == "Available" || file.Status == "ProcessingFailed", err
	})
}

// until calls done, with increasing pauses, until it returns true or an error.
func (c *Client) until(ctx context.Context, done func() (bool, error)) error {
	for pause := 2 * time.Millisecond; ; pause = min(2*pause, 100*time.Millisecond) {
		ok, err := done()
		if ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}
