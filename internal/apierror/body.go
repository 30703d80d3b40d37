package apierror

import (
	"bytes"
	"cmp"
	"encoding/json"
	"html"
	"mime"
	"strings"
)

// description is the error that a body describes.
type description struct {
	code, message string
	details       json.RawMessage
}

// describe parses the shapes
//
//	{"status":404,"error":{"code":"NOT_FOUND","message":"…","details":…}}   control and data plane
//	{"message":"…"}                                                         evaluation
//	{"error":"…"}, {"code":5,"message":"…","details":[]}                    gateways
//
// It takes each field by itself, so that a field of an unexpected type does not
// lose the others. The content type is only a hint. The message is empty if and
// only if the body is blank.
func describe(body []byte, contentType string) description {
	body = trimSpace(body)
	switch {
	case json.Valid(body):
		return describeJSON(body)
	case isHTML(body, contentType):
		return description{message: cmp.Or(htmlTitle(body), "HTML page")}
	}
	return description{message: excerpt(string(body))}
}

// trimSpace removes a byte-order mark and the white space around a body.
func trimSpace(body []byte) []byte {
	return bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
}

func describeJSON(body []byte) description {
	top := object(body)
	nested := object(top["error"])
	d := description{
		code:    cmp.Or(text(nested["code"]), number(nested["code"]), text(top["code"]), number(top["code"])),
		message: cmp.Or(text(nested["message"]), text(top["error"]), text(top["message"]), text(body)),
	}
	for _, details := range []json.RawMessage{nested["details"], top["details"]} {
		if len(details) > 0 && string(details) != "null" {
			d.details = details
			break
		}
	}
	if d.message == "" {
		var compact bytes.Buffer
		_ = json.Compact(&compact, body) // body is valid JSON
		d.message = excerpt(compact.String())
	}
	return d
}

// object returns the fields of a JSON object, or nil for other JSON.
func object(raw json.RawMessage) map[string]json.RawMessage {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return nil
	}
	return fields
}

// text returns the value of a JSON string, or "" for other JSON.
func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return strings.TrimSpace(s)
}

// number returns the text of a JSON number, or "" for other JSON.
func number(raw json.RawMessage) string {
	if len(raw) > 0 && (raw[0] == '-' || '0' <= raw[0] && raw[0] <= '9') {
		return string(raw)
	}
	return ""
}

// IsHTML reports whether a body is an HTML page: it begins with "<" and has an
// HTML content type, or it begins like an HTML document.
func IsHTML(body []byte, contentType string) bool { return isHTML(trimSpace(body), contentType) }

// isHTML requires a "<", since some proxies send plain text as text/html.
func isHTML(body []byte, contentType string) bool {
	if !bytes.HasPrefix(body, []byte("<")) {
		return false
	}
	media, _, _ := mime.ParseMediaType(contentType)
	start := strings.ToLower(string(body[:min(len(body), len("<!doctype html"))]))
	return media == "text/html" || media == "application/xhtml+xml" ||
		start == "<!doctype html" || strings.HasPrefix(start, "<html")
}

func htmlTitle(body []byte) string {
	start := indexTag(body, "<title")
	if start < 0 {
		return ""
	}
	_, rest, _ := bytes.Cut(body[start:], []byte(">"))
	end := indexTag(rest, "</title")
	if end < 0 {
		return ""
	}
	return line(html.UnescapeString(string(rest[:end])))
}

// indexTag returns the index of a tag in upper or lower case, or -1. It does
// not use package regexp, so that clients need not link it.
func indexTag(text []byte, tag string) int {
	for i := 0; i+len(tag) <= len(text); i++ {
		if text[i] == tag[0] && strings.EqualFold(string(text[i:i+len(tag)]), tag) {
			return i
		}
	}
	return -1
}
