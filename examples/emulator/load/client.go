package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"time"

	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

// maxKept is the most files that a client keeps.
const maxKept = 16

// client makes one call after the other.
type client struct {
	*traffic
	*assistant
	number  int
	uploads int
	random  *rand.Rand
	kept    []kept
}

// kept is a file that a client has uploaded and not deleted.
type kept struct{ key, id, operation string }

// step makes a random call. The meter records its duration and its error.
func (c *client) step(ctx context.Context) {
	switch n := c.random.IntN(100); {
	case n < 20 && len(c.kept) < maxKept:
		c.upload(ctx)
	case n < 35:
		if len(c.kept) > 0 {
			c.delete(ctx)
		}
	case n < 40:
		_ = c.meter.call("list files", func() error {
			_, err := c.api.ListFiles(ctx, c.name, nil)
			return err
		})
	default:
		c.ask(ctx)
	}
}

func (c *client) upload(ctx context.Context) {
	key := fmt.Sprintf("client-%d-%d", c.number, c.uploads)
	c.uploads++
	document := c.documents[c.random.IntN(len(c.documents))]
	content := document.Content
	if extension := filepath.Ext(document.Name); extension == ".txt" || extension == ".md" {
		content = fmt.Appendf(slices.Clone(content), "\nThis copy has the key %s.\n", key)
	}
	metadata := c.ledger.Send(key, document.Name, content, map[string]any{"field": document.Field, "client": float64(c.number)})
	_ = c.meter.call("upload", func() error {
		operation, err := c.api.UploadFile(ctx, c.name, nil, data.UploadFileRequest{
			File: data.FileBytes(document.Name, content), Metadata: metadata,
		})
		if err != nil {
			if refused(err) {
				c.ledger.Refused(key)
			}
			return err
		}
		c.ledger.Stored(key, operation.FileID, operation.ID)
		c.kept = append(c.kept, kept{key, operation.FileID, operation.ID})
		return nil
	})
}

// delete waits until a random file is processed, and deletes it.
func (c *client) delete(ctx context.Context) {
	at := c.random.IntN(len(c.kept))
	file := c.kept[at]
	err := c.meter.call("wait for upload", func() error {
		_, err := c.api.WaitForOperation(ctx, c.name, file.operation, data.WaitInterval(20*time.Millisecond, 200*time.Millisecond))
		return err
	})
	if err != nil {
		return
	}
	_ = c.meter.call("delete", func() error {
		operation, err := c.api.DeleteFile(ctx, c.name, file.id)
		if err != nil {
			if !refused(err) {
				c.ledger.Delete(file.key)
			}
			return err
		}
		id := ""
		if operation != nil {
			id = operation.ID
		}
		c.ledger.Deleted(file.key, id)
		c.kept = slices.Delete(c.kept, at, at+1)
		return nil
	})
}

// refused reports whether err is a response with a status below 500: the service has
// not performed the operation.
func refused(err error) bool {
	apiErr := (*data.Error)(nil)
	return errors.As(err, &apiErr) && apiErr.StatusCode < 500
}

var errEmpty = errors.New("empty answer")

// ask asks a question with a random one of five operations.
func (c *client) ask(ctx context.Context) {
	question := c.questions[c.random.IntN(len(c.questions))].Text
	messages := []data.Message{{Role: "user", Content: question}}
	completions := data.ChatCompletionRequest{Messages: messages}
	kinds := []struct {
		name string
		ask  func() (text string, err error)
	}{
		{"chat", func() (string, error) {
			answer, err := c.api.Chat(ctx, c.name, data.ChatRequest{Messages: messages})
			if err != nil {
				return "", err
			}
			return answer.Message.Content, nil
		}},
		{"chat stream", func() (string, error) {
			answer, err := data.CollectChat(c.api.ChatStream(ctx, c.name, data.ChatRequest{Messages: messages}))
			if err != nil {
				return "", err
			}
			return answer.Message.Content, nil
		}},
		{"completion", func() (string, error) {
			answer, err := c.api.ChatCompletion(ctx, c.name, completions)
			if err != nil || len(answer.Choices) == 0 {
				return "", err
			}
			return answer.Choices[0].Message.Content, nil
		}},
		{"completion stream", func() (string, error) {
			answer, err := data.CollectChatCompletion(c.api.ChatCompletionStream(ctx, c.name, completions))
			if err != nil || len(answer.Choices) == 0 {
				return "", err
			}
			return answer.Choices[0].Message.Content, nil
		}},
		{"context", func() (string, error) {
			_, err := c.api.RetrieveContext(ctx, c.name, data.ContextRequest{Query: question})
			return "a list of snippets, which may be empty", err
		}},
	}
	kind := kinds[c.random.IntN(len(kinds))]
	_ = c.meter.call(kind.name, func() error {
		text, err := kind.ask()
		if err == nil && text == "" {
			err = errEmpty
		}
		return err
	})
}
