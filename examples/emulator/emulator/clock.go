package emulator

import (
	"net/http"
	"sync/atomic"
	"time"
)

const clockPath = "/emulator/clock"

// clock tells the time, which a test can move on.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time {
	return time.Now().Add(time.Duration(c.ahead.Load())).UTC()
}

// Advance moves the time of the service on: that of what it creates and changes, and
// the one by which signed URLs expire, operations are no longer listed and rates
// recover. What takes time, such as processing a file, takes as long as before. It
// holds for all projects, and panics if d is negative.
func (s *Server) Advance(d time.Duration) {
	if d < 0 {
		panic("emulator: the time cannot go back")
	}
	s.clock.ahead.Add(int64(d))
}

// serveClock tells the time, after it has moved it on if it is told to.
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

// maxAdvance is how far a request can move the time on at once.
const maxAdvance = 366 * 24 * time.Hour
