// Chat is a conversation with an assistant in a terminal. It prints each answer
// while it arrives, with citations as footnotes, and sends the conversation so
// far with each question.
//
//	go run ./chat                                        against an emulator
//	PINECONE_API_KEY=... go run ./chat                   against Pinecone
//	echo "When is the lamp lit?" | go run ./chat         without a prompt
//
// Ctrl-C stops an answer. Twice at the prompt it ends the program, as Ctrl-D
// and /quit do. The program deletes an assistant that it created. /help lists
// the commands.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/sample"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr, &http.Client{CheckRedirect: auth.CheckRedirect}); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "chat:", err)
		os.Exit(1)
	}
}

// run writes answers to out and everything else to status.
func run(ctx context.Context, args []string, in io.Reader, out, status io.Writer, client *http.Client) (err error) {
	flags := flag.NewFlagSet("chat", flag.ContinueOnError)
	url := sample.AddURL(flags)
	assistant := sample.AddFlags(flags)
	most := flags.Int("history", 10, "send the last `n` questions and answers with the next question")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q: questions are typed, or piped in", flags.Arg(0))
	}
	if *most < 0 {
		return fmt.Errorf("-history is %d, want 0 or more", *most)
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer stop()
	// Ctrl-C cancels the context of the current activity. This handler keeps it
	// from ending the program between two activities.
	ignored := make(chan os.Signal, 1)
	signal.Notify(ignored, os.Interrupt)
	defer signal.Stop(ignored)

	c, err := connect(ctx, *url, client, status)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	opening, opened := signal.NotifyContext(ctx, os.Interrupt)
	defer opened()
	a, err := assistant.Open(opening, c.control, status)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close(ctx)) }()
	api, err := c.data(a.Host)
	if err != nil {
		return err
	}
	if err := a.Upload(opening, api, status); err != nil {
		return err
	}
	opened()

	lines, typed, err := newLines(ctx, in, out, status)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lines.close()) }()
	talk := &conversation{api: api, assistant: a.Name, most: *most, out: out, status: status}
	return talk.run(ctx, lines, typed)
}
