// Emulator serves the Pinecone Assistant API on this machine.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "emulator:", err)
		os.Exit(1)
	}
}

// run serves until ctx is done or the program is interrupted.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("emulator", flag.ContinueOnError)
	address := flags.String("addr", "127.0.0.1:0", "`address` to listen on; port 0 is any that is free")
	key := flags.String("key", "", "the API `key` that requests have to carry (default a random one)")
	folder := flags.String("data", "", "`folder` to keep everything in, to go on there after a restart (default in memory)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	var options []emulator.Option
	if *key != "" {
		options = append(options, emulator.WithKey(*key))
	}
	if *folder != "" {
		options = append(options, emulator.WithData(*folder))
	}
	running, err := emulator.Listen(ctx, *address, options...)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "The emulator listens at %s. For the examples:\n\n", running.URL)
	fmt.Fprintf(out, "export PINECONE_ASSISTANT_URL=%s/assistant\n", running.URL)
	fmt.Fprintf(out, "export PINECONE_API_KEY=%s\n", running.Key)
	<-ctx.Done()
	return running.Close()
}
