package emulator

import (
	"cmp"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/document"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
)

// quota enforces the limits of a plan. A nil quota allows everything.
//
// Rate limits are token buckets with a capacity of a minute, which are full at first. How
// the service counts is not documented.
type quota struct {
	*limits
	now    func() time.Time
	groups map[group]*rate.Limiter
	chat   *rate.Limiter // nil if the plan has no rate limit of chat input

	mu    sync.Mutex
	month time.Time // start of the month of used
	used  map[meter]int
}

func newQuota(limits *limits, now func() time.Time) *quota {
	q := &quota{limits: limits, now: now, groups: make(map[group]*rate.Limiter)}
	for group, n := range limits.perMinute {
		q.groups[group] = perMinute(n)
	}
	if limits.chatTokens > 0 {
		q.chat = perMinute(limits.chatTokens)
	}
	return q
}

func perMinute(n int) *rate.Limiter { return rate.NewLimiter(rate.Limit(n)/60, n) }

// admit counts a request, and returns an error if it exceeds the rate limit of its group.
func (q *quota) admit(r *request) error {
	if q == nil {
		return nil
	}
	group := groups[r.operation.name]
	return q.take(r, q.groups[group], 1, string(group)+", %d requests per minute")
}

// admitChat checks the tokens of the messages of a chat, and counts the tokens of all
// input of the model.
func (q *quota) admitChat(r *request, history, input int) error {
	if q == nil {
		return nil
	}
	if history > maxHistory {
		return invalid("messages: %d tokens, the limit is %d", history, maxHistory)
	}
	if err := q.spend(chatInput, input); err != nil {
		return err
	}
	return q.take(r, q.chat, input, "chat input, %d tokens per minute")
}

// spend adds n to the usage of the month, and returns an error if the quota is used up.
// The usage is not stored. That the service counts by calendar month, and the error code,
// are inferred.
func (q *quota) spend(what meter, n int) error {
	if q == nil || q.perMonth[what] == 0 {
		return nil
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if month := monthOf(q.now()); q.month != month {
		q.month, q.used = month, make(map[meter]int)
	}
	if q.used[what] >= q.perMonth[what] {
		return exceeded("the plan's monthly limit of %d %s is used up", q.perMonth[what], what)
	}
	q.used[what] += n
	return nil
}

func monthOf(now time.Time) time.Time {
	return time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// admitUpload returns an error if the ingestion units of the month are used up, or an
// upload exceeds the storage.
func (s *Server) admitUpload(size int64) error {
	q := s.quota
	if q == nil {
		return nil
	}
	if most := q.perMonth[ingestionUnits]; most > 0 {
		if units, err := s.db.Units(monthOf(q.now())); err != nil || units >= float64(most) {
			return cmp.Or(err, exceeded("the plan's monthly limit of %d %s is used up", most, ingestionUnits))
		}
	}
	if q.storage > 0 {
		if stored, err := s.db.Stored(); err != nil || stored+size > q.storage {
			return cmp.Or(err, exceeded("the files of the project have %d bytes, with this file %d, the plan's limit is %d", stored, stored+size, q.storage))
		}
	}
	return nil
}

// take takes n tokens out of a bucket, or its capacity if n is greater, so that a request
// can succeed after a wait.
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
	err := failure(http.StatusTooManyRequests, r.operation.rateLimited(), "Rate limit exceeded: "+format, bucket.Burst())
	err.retryAfter = time.Duration(missing / float64(bucket.Limit()) * float64(time.Second))
	return err
}

// admitAssistant returns an error if another assistant would exceed the plan's number.
func (q *quota) admitAssistant(existing int) error {
	if q == nil || q.assistants == 0 || existing < q.assistants {
		return nil
	}
	return exceeded("the project has %d assistants, the plan's limit", existing)
}

// admitSize returns an error if a PDF is larger than the plan allows.
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

// admitFile returns an error if another file would exceed the plan's number.
func (q *quota) admitFile(others int) error {
	if q == nil || others < q.files {
		return nil
	}
	return exceeded("the assistant has %d files, the plan's limit", others)
}

// exceeded returns the error for an exceeded quota. The Assistant API's error is not
// documented; this is the error of Pinecone's databases, according to
// https://docs.pinecone.io/reference/api/database-limits/object-limits.
func exceeded(format string, args ...any) error {
	return failure(http.StatusForbidden, codeQuotaExceeded, format, args...)
}
