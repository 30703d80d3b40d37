// Web is a chat page for an assistant. The browser sends its requests to this
// server, and this server to the service, so that the API key stays here. The
// page shows an answer while it arrives, with its sources as footnotes, and can
// stop it.
//
//	go run ./web                                          against an emulator
//	PINECONE_API_KEY=... go run ./web -name handbooks     against Pinecone
//
// It does not authenticate users: put a login in front of it before others can
// reach it. Ctrl-C ends the program and deletes an assistant that it created.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/sample"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout, &http.Client{CheckRedirect: auth.CheckRedirect}); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "web:", err)
		os.Exit(1)
	}
}

// run serves until ctx is done.
func run(ctx context.Context, args []string, out io.Writer, client *http.Client) (err error) {
	flags := flag.NewFlagSet("web", flag.ContinueOnError)
	address := flags.String("addr", "127.0.0.1:8080", "`address` to listen on; port 0 means any free port")
	url := sample.AddURL(flags)
	assistant := sample.AddFlags(flags)
	if err := flags.Parse(args); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", *address)
	if err != nil {
		return fmt.Errorf("-addr: %w", err)
	}
	defer listener.Close()
	c, err := connect(ctx, *url, client, out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	a, err := assistant.Open(ctx, c.control, out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close(ctx)) }()
	api, err := c.data(a.Host)
	if err != nil {
		return err
	}
	if err := a.Upload(ctx, api, out); err != nil {
		return err
	}

	handler := newHandler(&chat{api, a.Name, a.Questions(), log.New(out, "", log.LstdFlags)})
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute}
	context.AfterFunc(ctx, func() { _ = server.Close() }) // ends all answers, too
	fmt.Fprintf(out, "The page is at http://%s/\n", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
