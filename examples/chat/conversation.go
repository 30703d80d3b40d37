package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/pinecone-community/assistant-go/examples/cite"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

const help = `A line is a question. Commands:
  /help    this list
  /new     forget the conversation so far
  /quit    end, as Ctrl-D does
Arrow keys edit the line and bring earlier questions back. Ctrl-C stops an answer.
`

type conversation struct {
	api         *data.API
	assistant   string
	most        int // maximum number of questions in the history
	history     []data.Message
	out, status io.Writer
}

// run asks the questions in the lines. On a terminal it continues after an
// error, and two interrupts in a row at the prompt end it.
func (c *conversation) run(ctx context.Context, in lines, terminal bool) error {
	if terminal {
		fmt.Fprintf(c.status, "Ask a question about the documents of %s, or type /help.\n", c.assistant)
	}
	interrupted := false
	for {
		line, err := in.next(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, errInterrupted) && !interrupted:
			interrupted = true
			fmt.Fprintln(c.status, "(Ctrl-C once more ends the chat.)")
			continue
		case errors.Is(err, io.EOF), errors.Is(err, errInterrupted):
			return nil
		case err != nil:
			return err
		}
		interrupted = false
		switch line = strings.TrimSpace(line); line {
		case "":
		case "/quit", "/exit":
			return nil
		case "/help":
			fmt.Fprint(c.status, help)
		case "/new":
			c.history = nil
			fmt.Fprintln(c.status, "A new conversation.")
		default:
			if err := c.ask(ctx, line); err != nil {
				if !terminal {
					return err
				}
				fmt.Fprintln(c.status, "chat:", err)
			}
		}
	}
}

// ask writes the answer as it arrives, and then its sources. An interrupt stops
// the answer; the part that was received becomes the assistant's message.
func (c *conversation) ask(ctx context.Context, question string) (err error) {
	answering, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	messages := append(slices.Clone(c.history), data.UserMessage(question))
	var answer strings.Builder
	var notes cite.Footnotes
	var chunk data.ChatChunk
	out := newWrapper(c.out)
	for chunk, err = range c.api.ChatStream(answering, c.assistant, data.ChatRequest{Messages: messages}) {
		switch chunk := chunk.(type) { // nil if err is not nil
		case *data.ContentChunk:
			answer.WriteString(chunk.Delta.Content)
			out.write(notes.Text(chunk.Delta.Content))
		case *data.CitationChunk:
			out.write(notes.Cite(chunk.Citation))
		}
	}
	if answer.Len() > 0 {
		out.write(notes.End() + "\n")
		messages = append(messages, data.AssistantMessage(answer.String()))
		c.history = messages[max(0, len(messages)-2*c.most):]
	}
	for i, source := range notes.Sources {
		out.write(fmt.Sprintf("[%d] %s\n", i+1, source))
	}
	if answering.Err() != nil && ctx.Err() == nil {
		fmt.Fprintln(c.status, "(stopped)")
		return nil
	}
	return err
}
