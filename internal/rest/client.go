// Package rest is what the typed layer of every generated package calls: it
// builds a request, sends it, and decodes the reply. Nothing in it knows an
// endpoint.
package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/pinecone-community/assistant-go/auth"
)

// VersionHeader tells the service which version of the API a request speaks.
const VersionHeader = "X-Pinecone-Api-Version"

// Doer sends requests. *http.Client is one.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

// Editor changes a request before it is sent. It is the shape of every
// generated package's RequestEditorFn.
type Editor = func(context.Context, *http.Request) error

// Client is what the methods of one API share. It is safe for concurrent use.
type Client struct {
	server  url.URL
	doer    Doer
	editors []Editor
	options Options
}

// New returns a client of the API at server, an absolute http or https URL. An
// *http.Client without a CheckRedirect of its own gets one in a copy that never
// takes the API key to another origin.
func New[E ~func(context.Context, *http.Request) error](server string, doer Doer, editors []E, options Options) (*Client, error) {
	base, err := parseServer(server)
	if err != nil {
		return nil, fmt.Errorf("base URL %q: %w", hideUser(server), err)
	}
	doer, err = guarded(doer)
	if err != nil {
		return nil, err
	}
	if err := options.complete(); err != nil {
		return nil, err
	}
	c := &Client{server: *base, doer: doer, options: options}
	for i, editor := range editors {
		if editor == nil {
			return nil, fmt.Errorf("request editor %d is nil", i+1)
		}
		c.editors = append(c.editors, Editor(editor))
	}
	return c, nil
}

// DefaultDoer is the HTTP client of an API that was not given one. It has no
// timeout of its own, as answers can take minutes: see Options.IdleTimeout.
func DefaultDoer() Doer { return defaultDoer }

var defaultDoer = &http.Client{CheckRedirect: auth.CheckRedirect}

// NoServer is the base URL of a client whose options have not set one. It is not
// the empty string, which is what an option may have set by mistake.
const NoServer = "\x00"

// Server returns the base URL for a host, from the URL of a spec's server whose
// one variable stands for the host. It takes what the service calls a host: with
// or without scheme (https is assumed), with or without the server's own path.
func Server(template, host string) (string, error) {
	if host == "" {
		return "", errors.New("host is empty: want that of an assistant, as it is created or described")
	}
	address := host
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	base, err := parseServer(address)
	if err != nil {
		return "", fmt.Errorf("host %q: %w", hideUser(host), err)
	}
	_, path, _ := strings.Cut(template, "}")
	if !strings.HasSuffix(base.EscapedPath(), path) {
		base = base.JoinPath(path)
	}
	return base.String(), nil
}

// BaseURL checks a base URL, which is absolute, and returns it without slashes at
// its end.
func BaseURL(server string) (string, error) {
	base, err := parseServer(server)
	if err != nil {
		return "", fmt.Errorf("base URL %q: %w", hideUser(server), err)
	}
	return base.String(), nil
}

// parseServer parses an absolute URL; slashes at its end are dropped. Its errors
// show nothing of a password.
func parseServer(server string) (*url.URL, error) {
	if server == "" {
		return nil, errors.New("it is empty")
	}
	base, err := url.Parse(server)
	if err != nil {
		var parse *url.Error
		if strings.Contains(server, "@") { // what is quoted may be of a password
			err = errors.New("not a URL")
		} else if errors.As(err, &parse) {
			err = parse.Err // the caller names the URL
			if _, rest, _ := strings.Cut(server, "://"); strings.Contains(err.Error(), "invalid port") && strings.Count(rest, ":") > 1 {
				err = errors.New("an IPv6 address belongs in brackets")
			}
		}
		return nil, err
	}
	switch {
	case base.Scheme != "https" && base.Scheme != "http":
		return nil, errors.New("the scheme is neither https nor http")
	case base.Hostname() == "":
		return nil, errors.New("no host")
	case strings.HasSuffix(base.Host, ":"):
		return nil, errors.New("no port after the colon")
	case base.Host[0] != '[' && strings.Count(base.Host, ":") > 1:
		return nil, errors.New("an IPv6 address belongs in brackets")
	case base.User != nil:
		return nil, errors.New("a user does not belong there")
	case base.RawQuery != "" || base.ForceQuery || base.Fragment != "":
		return nil, errors.New("neither a query nor a fragment belongs there")
	}
	for strings.HasSuffix(base.EscapedPath(), "/") { // not an escaped one
		base.Path = strings.TrimSuffix(base.Path, "/")
		base.RawPath = strings.TrimSuffix(base.RawPath, "/")
	}
	return base, nil
}

// hidePassword returns an error of parsing a URL without the user of the URL.
func hidePassword(err error) error {
	var parse *url.Error
	if !errors.As(err, &parse) || !strings.Contains(parse.URL, "@") {
		return err
	}
	// The reason may quote a part of the password.
	return fmt.Errorf("%s %q: not a URL", parse.Op, hideUser(parse.URL))
}

// hideUser returns a URL, also one that cannot be parsed, without its user.
func hideUser(server string) string {
	at := strings.LastIndexByte(server, '@')
	if at < 0 {
		return server
	}
	scheme, _, _ := strings.Cut(server[:at], "://")
	if scheme != "https" && scheme != "http" {
		return "REDACTED" + server[at:]
	}
	return scheme + "://REDACTED" + server[at:]
}
