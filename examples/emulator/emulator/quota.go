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

// quota holds requests against the limits of a plan. Without one, which is nil,
// it refuses nothing.
//
// Rates are token buckets that are full at first and hold a minute's worth; that
// the service counts in this way is not documented.
type quota struct {
	*limits
	now    func() time.Time
	groups map[group]*rate.Limiter
	chat   *rate.Limiter // nil if the plan has no rate

	mu    sync.Mutex
	month time.Time // its first moment
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
	if err := q.spend(chatInput, input); err != nil {
		return err
	}
	return q.take(r, q.chat, input, "chat input: %d tokens a minute")
}

// spend counts what a request uses of a month, and refuses it when nothing is left.
// What is used is forgotten when the emulator ends. That the service counts by
// calendar month, and refuses with this code, is inferred.
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
		return exceeded("the project has used %d of this month's %s, the plan's limit", q.perMonth[what], what)
	}
	q.used[what] += n
	return nil
}

func monthOf(now time.Time) time.Time {
	return time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// admitUpload refuses an upload when nothing is left of the month's units or of the
// storage.
func (s *Server) admitUpload(size int64) error {
	q := s.quota
	if q == nil {
		return nil
	}
	if most := q.perMonth[ingestionUnits]; most > 0 {
		if units, err := s.db.Units(monthOf(q.now())); err != nil || units >= float64(most) {
			return cmp.Or(err, exceeded("the project has used %d of this month's %s, the plan's limit", most, ingestionUnits))
		}
	}
	if q.storage > 0 {
		if stored, err := s.db.Stored(); err != nil || stored+size > q.storage {
			return cmp.Or(err, exceeded("the project's files have %d bytes, with this one %d, the plan's limit is %d", stored, stored+size, q.storage))
		}
	}
	return nil
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
