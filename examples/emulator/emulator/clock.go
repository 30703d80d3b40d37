package emulator

import (
	"net/http"
	"sync/atomic"
	"time"
)

const clockPath = "/emulator/clock"

// clock is a clock that a test can advance.
type clock struct{ ahead atomic.Int64 } // in nanoseconds

func (c *clock) now() time.Time {
	return time.Now().Add(time.Duration(c.ahead.Load())).UTC()
}

// Advance advances the clock of all projects by d. The clock determines times of creation
// and update, the expiry of signed URLs and operations, and rate limits and quotas. It
// does not affect the duration of background work, such as processing a file. Advance
// panics if d is negative.
func (s *Server) Advance(d time.Duration) {
	if d < 0 {
		panic("emulator: Advance: negative duration")
	}
	s.clock.ahead.Add(int64(d))
}

// serveClock returns the time of the clock. With POST, it advances the clock first.
func (s *Server) serveClock(w http.ResponseWriter, r *http.Request) error {
	if r.Method == http.MethodPost {
		var form struct {
			Advance float64 `json:"advance"`
		}
		if err := readLocalForm(r, &form); err != nil {
			return err
		}
		if most := maxAdvance.Seconds(); form.Advance <= 0 || form.Advance > most {
			return invalid("advance: %v, want more than 0 and at most %.0f seconds", form.Advance, most)
		}
		s.Advance(time.Duration(form.Advance * float64(time.Second)))
	}
	writeJSON(w, http.StatusOK, object{"now": s.now()})
	return nil
}

// maxAdvance is the limit by which a request can advance the clock.
const maxAdvance = 366 * 24 * time.Hour
