package auth

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestDestination(t *testing.T) {
	tests := []struct {
		name  string
		hosts []string
		url   string
		allow bool
	}{
		{"control plane", nil, "https://api.pinecone.io/assistant/assistants", true},
		{"data plane", nil, "https://prod-1-data.ke.pinecone.io/assistant/chat/a", true},
		{"apex", nil, "https://pinecone.io", true},
		{"upper case", nil, "https://API.PINECONE.IO/", true},
		{"upper-case scheme", nil, "HTTPS://api.pinecone.io/", true},
		{"trailing dot", nil, "https://api.pinecone.io./", true},
		{"default port", nil, "https://api.pinecone.io:443/", true},
		{"other port", nil, "https://api.pinecone.io:8443/", true},
		{"userinfo before pinecone", nil, "https://evil.com@api.pinecone.io/", true},
		{"plain http to pinecone", nil, "http://api.pinecone.io/", false},
		{"plain http on port 443", nil, "http://api.pinecone.io:443/", false},

		{"no dot before the domain", nil, "https://evilpinecone.io/", false},
		{"domain as a prefix", nil, "https://pinecone.io.evil.com/", false},
		{"domain with a hyphen", nil, "https://api-pinecone.io/", false},
		{"other top level", nil, "https://api.pinecone.io.ru/", false},
		{"domain as userinfo", nil, "https://api.pinecone.io@evil.com/", false},
		{"domain as userinfo with a password", nil, "https://api.pinecone.io:443@evil.com/", false},
		{"domain in the path", nil, "https://evil.com/api.pinecone.io", false},
		{"domain in the query", nil, "https://evil.com?.pinecone.io", false},
		{"domain in the fragment", nil, "https://evil.com#.pinecone.io", false},
		{"two trailing dots", nil, "https://api.pinecone.io../", false},
		{"empty label", nil, "https://.pinecone.io/", false},
		{"ideographic full stop", nil, "https://api.pinecone。io/", false},
		{"full-width letters", nil, "https://api.ｐinecone.io/", false},
		{"Cyrillic letter", nil, "https://api.pineсone.io/", false},
		{"dotless i", nil, "https://api.pınecone.io/", false},
		{"punycode of a lookalike", nil, "https://api.xn--pinecone-2of.io/", false},
		{"no host", nil, "https:///assistants", false},
		{"opaque", nil, "https:api.pinecone.io", false},
		{"no scheme", nil, "//api.pinecone.io", false},
		{"websocket", nil, "wss://api.pinecone.io", false},
		{"file", nil, "file://localhost/etc/passwd", false},

		{"localhost", nil, "http://localhost:8080/", true},
		{"localhost over https", nil, "https://LOCALHOST./", true},
		{"IPv4 loopback", nil, "http://127.0.0.1:1/", true},
		{"IPv4 loopback block", nil, "http://127.255.255.254/", true},
		{"IPv6 loopback", nil, "http://[::1]:8080/", true},
		{"IPv6 loopback in full", nil, "http://[0:0:0:0:0:0:0:1]/", true},
		{"IPv4 loopback in IPv6", nil, "http://[::ffff:127.0.0.1]/", true},
		{"IPv6 loopback with a zone", nil, "http://[::1%25eth0]/", false},
		{"localhost as a label", nil, "http://localhost.evil.com/", false},
		{"subdomain of localhost", nil, "http://a.localhost/", false},
		{"loopback as a prefix", nil, "http://127.0.0.1.evil.com/", false},
		{"short form of loopback", nil, "http://127.1/", false},
		{"decimal form of loopback", nil, "http://2130706433/", false},
		{"octal form of loopback", nil, "http://0177.0.0.1/", false},
		{"unspecified", nil, "http://0.0.0.0/", false},
		{"unspecified IPv6", nil, "http://[::]/", false},
		{"private", nil, "http://10.0.0.1/", false},
		{"link-local metadata service", nil, "http://169.254.169.254/", false},

		{"allowed host", []string{"gateway.example"}, "https://gateway.example/x", true},
		{"allowed host, explicit port", []string{"gateway.example"}, "https://Gateway.Example.:443/x", true},
		{"allowed host, other port", []string{"gateway.example"}, "https://gateway.example:8443/", false},
		{"allowed host, plain http", []string{"gateway.example"}, "http://gateway.example/", false},
		{"subdomain of an allowed host", []string{"gateway.example"}, "https://a.gateway.example/", false},
		{"allowed port", []string{"gateway.example:8443"}, "https://gateway.example:8443/", true},
		{"allowed port is not the default one", []string{"gateway.example:8443"}, "https://gateway.example/", false},
		{"https written out", []string{"HTTPS://Gateway.Example"}, "https://gateway.example/", true},
		{"http written out", []string{"http://gateway.example:8080"}, "http://gateway.example:8080/", true},
		{"http does not allow https", []string{"http://gateway.example"}, "https://gateway.example/", false},
		{"http to pinecone written out", []string{"http://api.pinecone.io"}, "http://api.pinecone.io/", true},
		{"second of two", []string{"a.example", "b.example"}, "https://b.example/", true},
		{"first of two", []string{"a.example", "b.example"}, "https://a.example/", true},
		{"pinecone stays allowed", []string{"a.example"}, "https://api.pinecone.io/", true},
		{"IPv4", []string{"10.0.0.1"}, "https://10.0.0.1/", true},
		{"IPv6", []string{"[2001:DB8::1]:8443"}, "https://[2001:db8:0::1]:8443/", true},
		{"Kelvin sign in place of k", []string{"kube.example"}, "https://\u212aube.example/", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var opts []Option
			for _, h := range tt.hosts {
				opts = append(opts, WithHost(h))
			}
			called := false
			editor, err := KeyFunc(func(context.Context) (string, error) {
				called = true
				return testKey, nil
			}, opts...)
			if err != nil {
				t.Fatal(err)
			}
			u, err := url.Parse(tt.url)
			if err != nil {
				t.Fatal(err)
			}
			req := &http.Request{Method: http.MethodGet, URL: u, Host: "api.pinecone.io"}
			err = editor(t.Context(), req)
			if tt.allow {
				if err != nil || req.Header.Get("Api-Key") != testKey {
					t.Errorf("error %v, headers %v", err, req.Header)
				}
				return
			}
			if !errors.Is(err, ErrForeignHost) {
				t.Fatalf("error %v, want %v", err, ErrForeignHost)
			}
			if called || req.Header != nil {
				t.Errorf("key looked up: %t, headers %v", called, req.Header)
			}
			for _, part := range []string{"scheme", "host", "auth.WithHost"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not mention %s", err, part)
				}
			}
		})
	}
}

func TestDestinationErrorText(t *testing.T) {
	editor, err := APIKey(testKey)
	if err != nil {
		t.Fatal(err)
	}
	err = editor(t.Context(), newRequest(t, http.MethodGet, "http://user:secret@gateway.example:8080/path?q=hidden", ""))
	const want = `auth: the API key is not for this host: scheme "http", host "gateway.example:8080": ` +
		`the key is sent only over https to pinecone.io and its subdomains, and to loopback hosts; auth.WithHost("http://gateway.example:8080") allows this host`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// The URLs of this test are not checked by url.Parse.
func TestDestinationHandBuiltURL(t *testing.T) {
	editor, err := APIKey(testKey)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range []*url.URL{
		nil,
		{},
		{Scheme: "https"},
		{Scheme: "https", Host: "evil.com/.pinecone.io"},
		{Scheme: "https", Host: "evil.com#.pinecone.io"},
		{Scheme: "https", Host: "evil.com:80:.pinecone.io"},
		{Scheme: "https", Host: "evil.com\\.pinecone.io"},
		{Scheme: "https", Host: "evil.com\x00.pinecone.io"},
		{Scheme: "https", Host: "evil.com%00.pinecone.io"},
		{Scheme: "https", Host: "evil.com .pinecone.io"},
		{Scheme: "https", Host: "evil.com@api.pinecone.io"},
		{Scheme: "https", Host: "api.pinecone.io@evil.com"},
		{Scheme: "https", Host: "[evil.com].pinecone.io"},
		{Scheme: "https", Opaque: "//api.pinecone.io/x"},
	} {
		req := &http.Request{URL: u, Host: "api.pinecone.io"}
		if err := editor(t.Context(), req); !errors.Is(err, ErrForeignHost) || req.Header != nil {
			t.Errorf("%+v: error %v, headers %v", u, err, req.Header)
		}
	}
}

func TestWithHostErrors(t *testing.T) {
	for _, host := range []string{
		"", "https://", "http://", "://", "https://:443", ":443",
		"gateway.example/", "gateway.example/path", "https://gateway.example/assistant",
		"gateway.example?", "gateway.example?q", "gateway.example#", "gateway.example#f",
		"user@gateway.example", "user:hidden-password@gateway.example", "https://user:hidden-password@gateway.example:1",
		"@gateway.example", "ftp://gateway.example", "unix:///run/gateway.sock", "*.gateway.example",
		"gateway.example:port", "gateway.example:-1", "gateway example", "gateway.example\n", "%zz",
		"2001:db8::1", "[fe80::1%25eth0]", "[::1", "bücher.example", "gateway。example", "a..b", ".",
	} {
		editor, err := APIKey(testKey, WithHost(host))
		if editor != nil || err == nil || !strings.HasPrefix(err.Error(), "auth: WithHost: ") {
			t.Errorf("%q: editor %t, error %v", host, editor != nil, err)
			continue
		}
		if strings.Contains(err.Error(), "hidden-password") {
			t.Errorf("%q: the error shows the password: %v", host, err)
		}
	}
}
