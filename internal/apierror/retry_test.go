package apierror

import (
	"math"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestRetryAfter(t *testing.T) {
	const date = "Wed, 20 May 2026 10:00:00 GMT"
	tests := []struct {
		name, value, date string
		want              time.Duration
		ok                bool
	}{
		{"absent", "", date, 0, false},
		{"seconds", "120", "", 2 * time.Minute, true},
		{"zero", "0", "", 0, true},
		{"leading zeros", "007", "", 7 * time.Second, true},
		{"space around", " 5 ", "", 5 * time.Second, true},
		{"longest", "9223372036", "", 9223372036 * time.Second, true},
		{"one more than the longest", "9223372037", "", math.MaxInt64, true},
		{"beyond int64", "99999999999999999999", "", math.MaxInt64, true},
		{"very many digits", strings.Repeat("9", 10000), "", math.MaxInt64, true},
		{"negative", "-1", "", 0, false},
		{"signed", "+1", "", 0, false},
		{"decimals", "1.5", "", 0, false},
		{"unit", "5s", "", 0, false},
		{"exponent", "1e3", "", 0, false},
		{"other digits", "５", "", 0, false},
		{"garbage", "soon", "", 0, false},
		{"date", "Wed, 20 May 2026 10:01:30 GMT", date, 90 * time.Second, true},
		{"date of RFC 850", "Wednesday, 20-May-26 10:01:30 GMT", date, 90 * time.Second, true},
		{"date of asctime", "Wed May 20 10:01:30 2026", date, 90 * time.Second, true},
		{"same date", date, date, 0, true},
		{"date in the past", "Wed, 20 May 2026 09:00:00 GMT", date, 0, true},
		{"date in the past, by our clock", "Mon, 02 Jan 2006 15:04:05 GMT", "", 0, true},
		{"date far ahead", "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", math.MaxInt64, true},
		{"date of no calendar", "Wed, 32 May 2026 10:00:00 GMT", date, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := &Error{Header: http.Header{}}
			if tt.value != "" {
				e.Header.Set("Retry-After", tt.value)
			}
			if tt.date != "" {
				e.Header.Set("Date", tt.date)
			}
			if got, ok := e.RetryAfter(); got != tt.want || ok != tt.ok {
				t.Errorf("got %v, %t, want %v, %t", got, ok, tt.want, tt.ok)
			}
		})
	}
}

func TestRetryAfterByOurClock(t *testing.T) {
	for _, date := range []string{"", "yesterday"} {
		e := &Error{Header: http.Header{
			"Retry-After": {time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)},
			"Date":        {date},
		}}
		if got, ok := e.RetryAfter(); !ok || got <= 59*time.Minute || got > time.Hour {
			t.Errorf("Date %q: got %v, %t", date, got, ok)
		}
	}
}
