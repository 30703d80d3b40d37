// Chat is a conversation with an assistant in a terminal. The answer appears
// while it is written, with its citations as footnotes, and the conversation so
// far is sent along with each question.
//
//	go run ./chat                                        against an emulator
//	PINECONE_API_KEY=... go run ./chat                   against Pinecone
//	echo "When is the lamp lit?" | go run ./chat         without a prompt
//
// Ctrl-C stops an answer. At the prompt it ends the program, as Ctrl-D and /quit
// do. An assistant that the program created is deleted then.
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

	"golang.org/x/term"

	"github.com/pinecone-community/assistant-go/examples/internal/service"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr, nil); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "chat:", err)
		os.Exit(1)
	}
}

// run writes answers to out and all else to status. A nil client stands for the
// library's own.
func run(ctx context.Context, args []string, in io.Reader, out, status io.Writer, client *http.Client) (err error) {
	flags := flag.NewFlagSet("chat", flag.ContinueOnError)
	connection := service.AddFlags(flags)
	assistant := service.AddAssistantFlags(flags)
	most := flags.Int("history", 10, "the last `n` questions, with their answers, are sent along with the next")
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
	// Ctrl-C ends what goes on at the time, by a context. With this it never ends
	// the program, not even between two of them.
	ignored := make(chan os.Signal, 1)
	signal.Notify(ignored, os.Interrupt)
	defer signal.Stop(ignored)

	s, err := connection.Connect(ctx, client)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	fmt.Fprintln(status, s.What)
	opening, opened := signal.NotifyContext(ctx, os.Interrupt)
	a, err := assistant.Open(opening, s, status)
	opened()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close(ctx)) }()

	file, ok := in.(*os.File)
	c := &conversation{Assistant: a, most: *most, out: out, status: status}
	c.prompts = ok && term.IsTerminal(int(file.Fd()))
	return c.run(ctx, in)
}
