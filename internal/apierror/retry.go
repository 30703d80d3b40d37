package apierror

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// RetryAfter returns how long the service asks to wait, as its Retry-After
// header says: whole seconds or an HTTP date (RFC 9110, section 10.2.3). A date
// counts from the Date of the response, or else from now; a date in the past is 0.
// A number of seconds that overflows a Duration is the longest Duration. It reports
// false if the header is absent or malformed.
func (e *Error) RetryAfter() (time.Duration, bool) {
	value := strings.TrimSpace(e.Header.Get("Retry-After"))
	if isDigits(value) {
		seconds, err := strconv.ParseInt(value, 10, 64)
		if err != nil || seconds > int64(math.MaxInt64/time.Second) {
			return math.MaxInt64, true
		}
		return time.Duration(seconds) * time.Second, true
	}
	date, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	now, err := http.ParseTime(e.Header.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return max(0, date.Sub(now)), true
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
