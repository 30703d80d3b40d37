package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/pinecone-community/assistant-go/examples/internal/cite"
	"github.com/pinecone-community/assistant-go/examples/internal/service"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

// maxLine bounds a question, in bytes.
const maxLine = 1 << 20

type conversation struct {
	*service.Assistant
	prompts     bool // in is a terminal
	most        int  // questions in the history
	history     []data.Message
	out, status io.Writer
}

// run asks what in has, line by line, until it ends. Where somebody sits at a
// terminal, it goes on after an error.
func (c *conversation) run(ctx context.Context, in io.Reader) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	lines := make(chan string)
	var readErr error
	go func() { // so that an interrupt can be waited for as well
		defer close(lines)
		scanner := bufio.NewScanner(in)
		scanner.Buffer(nil, maxLine)
		for scanner.Scan() {
			select {
			case lines <- strings.TrimSpace(scanner.Text()):
			case <-ctx.Done():
				return
			}
		}
		readErr = scanner.Err()
	}()
	for {
		question, more := c.next(ctx, lines)
		switch {
		case ctx.Err() != nil || question == "/quit":
			return ctx.Err()
		case !more:
			return readErr
		case question == "":
			continue
		}
		if err := c.ask(ctx, question); err != nil {
			if !c.prompts {
				return err
			}
			fmt.Fprintln(c.status, "chat:", err)
		}
	}
}

// next returns the next line, if there are more. An interrupt is a /quit.
func (c *conversation) next(ctx context.Context, lines <-chan string) (line string, more bool) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	if c.prompts {
		fmt.Fprint(c.status, "> ")
	}
	select {
	case line, more = <-lines:
		return line, more
	case <-ctx.Done():
		fmt.Fprintln(c.status)
		return "/quit", true
	}
}

// ask writes the answer as it comes, and the sources after it. An interrupt stops
// it; what came until then is what the assistant has said.
func (c *conversation) ask(ctx context.Context, question string) (err error) {
	answering, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	messages := append(slices.Clone(c.history), data.Message{Role: "user", Content: question})
	var answer strings.Builder
	var notes cite.Footnotes
	var chunk data.ChatChunk
	for chunk, err = range c.Data.ChatStream(answering, c.Name, data.ChatRequest{Messages: messages}) {
		switch chunk := chunk.(type) { // nil with an error, which is the last
		case *data.ContentChunk:
			answer.WriteString(chunk.Delta.Content)
			fmt.Fprint(c.out, notes.Text(chunk.Delta.Content))
		case *data.CitationChunk:
			fmt.Fprint(c.out, notes.Cite(chunk.Citation))
		}
	}
	if answer.Len() > 0 {
		fmt.Fprintln(c.out, notes.End())
		messages = append(messages, data.Message{Role: "assistant", Content: answer.String()})
		c.history = messages[max(0, len(messages)-2*c.most):]
	}
	for i, source := range notes.Sources {
		fmt.Fprintf(c.out, "[%d] %s\n", i+1, source)
	}
	if answering.Err() != nil && ctx.Err() == nil {
		fmt.Fprintln(c.status, "(stopped)")
		return nil
	}
	return err
}
