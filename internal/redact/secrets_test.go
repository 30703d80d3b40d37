package redact

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

const secret = "pcsk_4f0b7a2c9e6d1835f0b7"

func request(header, value string) *http.Request {
	return &http.Request{Header: http.Header{header: {value}}, URL: &url.URL{}}
}

func TestSecretsError(t *testing.T) {
	odd := `k"e<y>&\ü 1234567890`
	tests := map[string]struct {
		req  *http.Request
		text string
		want string
	}{
		"none":              {request("Accept", secret), secret, secret},
		"key":               {request("Api-Key", secret), "a " + secret + " b", "a REDACTED b"},
		"key as written":    {request("api-key", secret), secret, "REDACTED"},
		"bearer":            {request("Authorization", "Bearer "+secret), "token " + secret, "token REDACTED"},
		"basic":             {request("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("me:"+secret))), "me " + secret, "me REDACTED"},
		"proxy":             {request("Proxy-Authorization", "Bearer "+secret), secret, "REDACTED"},
		"cookie":            {request("Cookie", "session="+secret), "session=" + secret, "REDACTED"},
		"password of a URL": {&http.Request{URL: &url.URL{User: url.UserPassword("me", secret)}}, "me:" + secret, "me:REDACTED"},
		"in a path":         {request("Api-Key", odd), "/a/" + url.PathEscape(odd), "/a/REDACTED"},
		"in a query":        {request("Api-Key", odd), "?a=" + url.QueryEscape(odd), "?a=REDACTED"},
		"quoted":            {request("Api-Key", odd), "a " + strconv.Quote(odd), `a "REDACTED"`},
		"a piece":           {request("Api-Key", secret), `found "` + secret[:15] + `"`, `found "REDACTED"`},
		"a piece inside":    {request("Api-Key", secret), "x" + secret[3:20] + "y" + secret[10:], "xREDACTEDyREDACTED"},
		"a short piece":     {request("Api-Key", secret), secret[:minPiece-1], secret[:minPiece-1]},
		"a short key":       {request("Api-Key", "at"), "at byte 1", "at byte 1"},
		"line breaks":       {nil, "a\r\nb", "a b"},
		"ANSI":              {nil, "a\x1b[31mb", "a [31mb"},
		"C1":                {nil, "a\u009b31mb", "a 31mb"},
		"bidi":              {nil, "a\u202eb", "a b"},
		"tab":               {nil, "a\tb", "a b"},
		"line separator":    {nil, "a\u2028b", "a b"},
		"two spaces":        {nil, " a  b ", " a  b "},
		"letters":           {nil, "日本 ü", "日本 ü"},
		"long":              {nil, strings.Repeat("a", 2*maxError), strings.Repeat("a", maxError-len("…")) + "…"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			cause := errors.New(tt.text)
			err := Of(tt.req).Error(cause)
			if err.Error() != tt.want {
				t.Errorf("got  %.100q\nwant %.100q", err, tt.want)
			}
			if !errors.Is(err, cause) || (err == cause) != (tt.text == tt.want) {
				t.Errorf("%#v", err)
			}
			if tt.text != tt.want && strings.Contains(fmt.Sprintf("%+v %#v", err, err), tt.text) {
				t.Errorf("%+v %#v", err, err)
			}
		})
	}
	if err := Of(nil).Error(nil); err != nil {
		t.Error(err)
	}
}

// The secrets of several requests add up, so that rotated keys are removed too.
func TestSecretsAddUp(t *testing.T) {
	s := Of(request("Api-Key", "first-key"))
	s.Add(request("Api-Key", "second-key"))
	s.Add(request("Api-Key", "second-key"))
	if got := s.Text("first-key second-key"); got != "REDACTED REDACTED" {
		t.Error(got)
	}
}
