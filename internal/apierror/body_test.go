package apierror

import (
	"net/http"
	"strings"
	"testing"
)

func TestShapes(t *testing.T) {
	const (
		json = "application/json"
		html = "text/html; charset=utf-8"
	)
	long := strings.Repeat("é", maxText)
	tests := []struct {
		name    string
		status  int
		content string
		body    string
		code    string
		message string
		details string
	}{
		{"documented", 404, json, `{"status":404,"error":{"code":"NOT_FOUND","message":"Assistant \"x\" not found."}}`, "NOT_FOUND", `Assistant "x" not found.`, ""},
		{"details object", 400, json, `{"status":400,"error":{"code":"INVALID_ARGUMENT","message":"m","details":{"field": "region"}}}`, "INVALID_ARGUMENT", "m", `{"field": "region"}`},
		{"details text", 400, json, `{"error":{"message":"m","details":"d"}}`, "", "m", `"d"`},
		{"details false", 400, json, `{"error":{"message":"m","details":false}}`, "", "m", "false"},
		{"details null", 400, json, `{"error":{"message":"m","details":null}}`, "", "m", ""},
		{"evaluation", 422, json, `{"message":"question is required"}`, "", "question is required", ""},
		{"error is text", 502, json, `{"error":"upstream is down"}`, "", "upstream is down", ""},
		{"gateway", 503, json, `{"code":14,"message":"unavailable","details":[]}`, "14", "unavailable", "[]"},
		{"content type missing", 404, "", `{"error":{"code":"NOT_FOUND","message":"m"}}`, "NOT_FOUND", "m", ""},
		{"content type wrong", 404, html, `{"error":{"code":"NOT_FOUND","message":"m"}}`, "NOT_FOUND", "m", ""},
		{"byte-order mark", 404, json, "\ufeff" + `{"error":{"code":"NOT_FOUND","message":"m"}}`, "NOT_FOUND", "m", ""},
		{"white space around", 404, json, "\r\n {\"message\":\" m\\n\"} \n", "", "m", ""},
		{"unknown fields", 404, json, `{"error":{"code":"NOT_FOUND","message":"m","new":[1]},"extra":{}}`, "NOT_FOUND", "m", ""},

		{"status is text", 404, json, `{"status":"404","error":{"code":"NOT_FOUND","message":"m"}}`, "NOT_FOUND", "m", ""},
		{"status is another", 404, json, `{"status":200,"error":{"code":"NOT_FOUND","message":"m"}}`, "NOT_FOUND", "m", ""},
		{"code is a number", 500, json, `{"error":{"code":5,"message":"m"}}`, "5", "m", ""},
		{"code is negative", 500, json, `{"error":{"code":-5,"message":"m"}}`, "-5", "m", ""},
		{"code is null", 500, json, `{"error":{"code":null,"message":"m"}}`, "", "m", ""},
		{"code is an object", 500, json, `{"error":{"code":{"a":1},"message":"m"}}`, "", "m", ""},
		{"code is a boolean", 500, json, `{"error":{"code":true,"message":"m"}}`, "", "m", ""},
		{"error is null", 500, json, `{"error":null,"message":"m"}`, "", "m", ""},
		{"error is a list", 500, json, `{"error":[1],"message":"m"}`, "", "m", ""},
		{"error is a number", 500, json, `{"error":7,"message":"m"}`, "", "m", ""},
		{"error is empty text", 500, json, `{"error":"","message":"m"}`, "", "m", ""},
		{"message beside error", 500, json, `{"error":{"code":"ABORTED"},"message":"m"}`, "ABORTED", "m", ""},
		{"message is an object", 500, json, `{"error":{"code":"ABORTED","message":{"en": "m"}}}`, "ABORTED", `{"error":{"code":"ABORTED","message":{"en":"m"}}}`, ""},
		{"message is empty", 500, json, `{"error":{"code":"ABORTED","message":""}}`, "ABORTED", `{"error":{"code":"ABORTED","message":""}}`, ""},
		{"message twice", 500, json, `{"message":"one","message":"two"}`, "", "two", ""},
		{"names in other case", 500, json, `{"Error":{"Message":"m"}}`, "", `{"Error":{"Message":"m"}}`, ""},

		{"unknown shape", 400, json, "{\n  \"detail\": [ {\"loc\": [\"body\"]} ]\n}", "", `{"detail":[{"loc":["body"]}]}`, ""},
		{"unknown shape, long", 400, json, `{"detail":"` + long + `"}`, "", `{"detail":"` + long[:486] + "…", ""},
		{"empty object", 400, json, `{}`, "", "{}", ""},
		{"JSON text", 400, json, `"just text"`, "", "just text", ""},
		{"JSON null", 400, json, `null`, "", "null", ""},
		{"JSON number", 400, json, `42`, "", "42", ""},
		{"JSON list", 400, json, `[ 1, 2 ]`, "", "[1,2]", ""},
		{"JSON cut", 400, json, `{"error":{"code":"NOT_FOUND","mess`, "NOT_FOUND", `{"error":{"code":"NOT_FOUND","mess`, ""},
		{"JSON too deep", 400, json, strings.Repeat("[", 20000), "", strings.Repeat("[", maxText-3) + "…", ""},
		{"invalid UTF-8 in JSON", 400, json, "{\"message\":\"a\xffb\"}", "", "a\uFFFDb", ""},

		{"plain text", 401, "text/plain", "Invalid API Key\n", "", "Invalid API Key", ""},
		{"plain text as HTML", 401, html, "Invalid API Key", "", "Invalid API Key", ""},
		{"plain text as JSON", 401, json, "Invalid API Key", "", "Invalid API Key", ""},
		{"long text", 500, "text/plain", long, "", long[:496] + "…", ""},
		{"binary", 500, "application/octet-stream", "\x00\xff\xfe", "", "\x00\uFFFD", ""},
		{"only continuation bytes", 500, "", strings.Repeat("\x80", 4*maxText), "", "\uFFFD", ""},

		{"HTML title", 502, html, "<html><head><title>502 Bad\n Gateway</title></head>", "", "502 Bad Gateway", ""},
		{"HTML title with attributes and entities", 502, html, "<TITLE lang=en>A &amp; B</TITLE >", "", "A & B", ""},
		{"HTML without a type", 502, "", "<!DOCTYPE html><title>t</title>", "", "t", ""},
		{"HTML as JSON", 502, json, "<html><title>t</title></html>", "", "t", ""},
		{"HTML without a title", 502, html, "<html><body>down</body></html>", "", "HTML page", ""},
		{"HTML with an empty title", 502, html, "<html><title> </title></html>", "", "HTML page", ""},
		{"HTML cut in the title", 502, html, "<html><title>502 Bad", "", "HTML page", ""},
		{"XHTML", 502, "application/xhtml+xml", "<?xml version='1.0'?><title>t</title>", "", "t", ""},
		{"XML is text", 403, "application/xml", "<Error><Code>AccessDenied</Code></Error>", "", "<Error><Code>AccessDenied</Code></Error>", ""},

		{"empty", 503, json, "", "", "Service Unavailable", ""},
		{"blank", 503, "", " \r\n", "", "Service Unavailable", ""},
		{"teapot", 418, "", "", "", "I'm a teapot", ""},
		{"not modified", 304, "", "", "", "Not Modified", ""},
		{"status without a text", 600, "", "", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := FromResponse(reply(tt.status, tt.content, tt.body))
			if e.StatusCode != tt.status || e.Code != tt.code || string(e.Details) != tt.details {
				t.Errorf("status %d, code %q, details %s", e.StatusCode, e.Code, e.Details)
			}
			if (e.Details == nil) != (tt.details == "") {
				t.Errorf("details nil: %t", e.Details == nil)
			}
			if e.Message != tt.message {
				t.Errorf("message %q\nwant    %q", e.Message, tt.message)
			}
			if string(e.Body) != tt.body {
				t.Errorf("body %q", e.Body)
			}
			if e.Unwrap() != nil {
				t.Errorf("cause %v", e.Unwrap())
			}
			if text := http.StatusText(tt.status); strings.TrimSpace(tt.body) == "" && e.Message != text {
				t.Errorf("message %q of an empty body, want %q", e.Message, text)
			}
		})
	}
}
