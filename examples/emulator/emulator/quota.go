package emulator

import (
	"net/http"
	"time"

	"golang.org/x/time/rate"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/document"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
)

// quota holds requests against the limits of a plan. Without one, which is nil,
// it refuses nothing.
//
// Rates are token buckets that are full at first and hold a minute's worth; that
// the service counts in this way is not documented.
type quota struct {
	*limits
	now    func() time.Time
	groups map[group]*rate.Limiter
	chat   *rate.Limiter
}

func newQuota(limits *limits, now func() time.Time) *quota {
	q := &quota{limits: limits, now: now, groups: make(map[group]*rate.Limiter)}
	for group, n := range limits.perMinute {
		q.groups[group] = perMinute(n)
	}
	q.chat = perMinute(limits.chatTokens)
	return q
}

func perMinute(n int) *rate.Limiter { return rate.NewLimiter(rate.Limit(n)/60, n) }

// admit counts a request, and refuses it when it is beyond its group's rate.
func (q *quota) admit(r *request) error {
	if q == nil {
		return nil
	}
	group := groups[r.operation.name]
	return q.take(r, q.groups[group], 1, string(group)+": %d requests a minute")
}

// admitChat counts the tokens of a chat: of its messages, and of all that the model
// is given.
func (q *quota) admitChat(r *request, history, input int) error {
	if q == nil {
		return nil
	}
	if history > maxHistory {
		return invalid("messages: %d tokens, the limit is %d", history, maxHistory)
	}
	return q.take(r, q.chat, input, "chat input: %d tokens a minute")
}

// take takes n out of a bucket; all that it can hold, if n is more, so that no
// request is refused for ever.
func (q *quota) take(r *request, bucket *rate.Limiter, n int, format string) error {
	if bucket == nil {
		return nil
	}
	now := q.now()
	n = min(n, bucket.Burst())
	if bucket.AllowN(now, n) {
		return nil
	}
	missing := float64(n) - bucket.TokensAt(now)
	err := failure(http.StatusTooManyRequests, r.operation.rateLimited(), "The limit is reached of "+format, bucket.Burst())
	err.retryAfter = time.Duration(missing / float64(bucket.Limit()) * float64(time.Second))
	return err
}

// admitAssistant refuses an assistant beyond the number of them.
func (q *quota) admitAssistant(existing int) error {
	if q == nil || q.assistants == 0 || existing < q.assistants {
		return nil
	}
	return exceeded("the project has %d assistants, the plan's limit", existing)
}

// admitSize refuses a file that is larger than the plan allows.
func (q *quota) admitSize(f *store.File) error {
	if q == nil || document.Extension(f.Name) != ".pdf" {
		return nil
	}
	limit := q.pdfBytes
	if f.Multimodal {
		limit = q.multimodalBytes
	}
	if f.Size > limit {
		return invalid("file %q: %d bytes, the plan's limit is %d", f.Name, f.Size, limit)
	}
	return nil
}

// admitFile refuses a file that is one too many beside others.
func (q *quota) admitFile(others int) error {
	if q == nil || others < q.files {
		return nil
	}
	return exceeded("the assistant has %d files, the plan's limit", others)
}

// exceeded refuses an object beyond the plan's number. What the Assistant API
// answers is not documented; this is what Pinecone's documentation of databases
// says of them, https://docs.pinecone.io/reference/api/database-limits/object-limits.
func exceeded(format string, args ...any) error {
	return failure(http.StatusForbidden, codeQuotaExceeded, format, args...)
}
