package auth

import (
	"net/url"
	"testing"
)

func TestOrigin(t *testing.T) {
	tests := []struct {
		url, want string // "" means none
	}{
		{"https://api.pinecone.io/assistant?q=1#f", "https://api.pinecone.io"},
		{"https://API.Pinecone.IO.:443", "https://api.pinecone.io"},
		{"https://user:pw@api.pinecone.io", "https://api.pinecone.io"},
		{"http://example.com:443", "http://example.com:443"},
		{"http://example.com:80", "http://example.com"},
		{"http://example.com:", "http://example.com"},
		{"https://[2001:DB8:0::1]:443/", "https://[2001:db8::1]"},
		{"https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"},
		{"http://under_score.example", "http://under_score.example"},
		{"http://xn--bcher-kva.example", "http://xn--bcher-kva.example"},
		{"ftp://example.com", "ftp://example.com"},
		{"ftp://example.com:21", "ftp://example.com:21"},
		{"https://[fe80::1%25eth0]", ""},
		{"https://bücher.example", ""},
		{"https://api.pinecone。io", ""},
		{"https://a..b", ""},
		{"https://.a", ""},
		{"https://.", ""},
		{"https://a~b", ""},
		{"https:///path", ""},
		{"/path", ""},
	}
	for _, tt := range tests {
		t.Run(tt.url, func(t *testing.T) {
			u, err := url.Parse(tt.url)
			if err != nil {
				t.Fatal(err)
			}
			o, ok := originOf(u)
			if ok != (tt.want != "") || ok && o.String() != tt.want {
				t.Errorf("got %s, %t, want %q", o, ok, tt.want)
			}
		})
	}
}
