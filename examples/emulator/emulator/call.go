package emulator

import (
	"context"
	"net/http"
)

// call is what the emulator knows of a request beyond what the handlers are told.
type call struct {
	baseURL   string // where the client reached the emulator
	version   *version
	operation string // such as ChatAssistant
	fault     Fault
}

type callKey struct{}

func (c *call) context(ctx context.Context) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// callOf returns the call that is being served.
func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// hostOf is the host that replies name, which is the emulator's own.
func hostOf(ctx context.Context) string { return callOf(ctx).baseURL }

func baseURL(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}
