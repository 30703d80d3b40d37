package main

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"time"

	"github.com/pinecone-community/assistant-go/internal/testing/bench"
)

// sampleTime is the approximate time for which a contender runs in a round.
const sampleTime = 150 * time.Millisecond

// samples are the measurements of a contender, one value for each round.
type samples struct {
	Name                string
	Time, Bytes, Allocs []float64 // per unit; time in ns
}

// workResult has the measurements of a work.
type workResult struct {
	Name, Unit string
	Least      int
	Contenders []samples
}

// of returns the samples of a contender, or nil if this version of Go does not
// have it.
func (w *workResult) of(name string) *samples {
	i := slices.IndexFunc(w.Contenders, func(s samples) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return &w.Contenders[i]
}

func measureWorks(rounds int) ([]*workResult, error) {
	works, err := bench.All()
	if err != nil {
		return nil, err
	}
	var results []*workResult
	for _, work := range works {
		result, err := measure(work, rounds)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", work.Name, err)
		}
		results = append(results, result)
	}
	return results, nil
}

func measure(work *bench.Work, rounds int) (*workResult, error) {
	result := &workResult{work.Name, work.Unit, work.Least, make([]samples, len(work.Contenders))}
	times := make([]int, len(work.Contenders))
	for i, contender := range work.Contenders {
		result.Contenders[i].Name = contender.Name
		for times[i] = 1; ; times[i] *= 2 {
			s, err := sample(contender, times[i])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", contender.Name, err)
			}
			if took := s.time * float64(times[i]*contender.Units); took > float64(sampleTime)/4 {
				times[i] = max(1, int(float64(times[i])*float64(sampleTime)/took))
				break
			}
		}
	}
	for round := range rounds {
		for turn := range work.Contenders {
			i := (round + turn) % len(work.Contenders)
			s, err := sample(work.Contenders[i], times[i])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", work.Contenders[i].Name, err)
			}
			to := &result.Contenders[i]
			to.Time = append(to.Time, s.time)
			to.Bytes = append(to.Bytes, s.bytes)
			to.Allocs = append(to.Allocs, s.allocs)
		}
	}
	return result, nil
}

type sampled struct{ time, bytes, allocs float64 }

// sample does a work the given number of times, after a garbage collection.
func sample(contender bench.Contender, times int) (sampled, error) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := time.Now()
	for range times {
		if err := contender.Do(); err != nil {
			return sampled{}, err
		}
	}
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	units := float64(times * contender.Units)
	return sampled{
		time:   float64(took.Nanoseconds()) / units,
		bytes:  float64(after.TotalAlloc-before.TotalAlloc) / units,
		allocs: float64(after.Mallocs-before.Mallocs) / units,
	}, nil
}

// firstResult has the times to the first chunk over a transport.
type firstResult struct {
	Transport string
	Took      []float64 // ns
	Failure   string
}

func measureFirst(rounds int) (results []firstResult) {
	for _, transport := range bench.Transports {
		result := firstResult{Transport: transport}
		for range rounds {
			took, err := bench.FirstChunk(transport)
			if err != nil {
				result.Failure = err.Error()
				break
			}
			result.Took = append(result.Took, float64(took.Nanoseconds()))
		}
		results = append(results, result)
	}
	return results
}

// median returns the median, or NaN if there are no values.
func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// spread returns half of the interquartile range relative to the median.
func spread(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[n*3/4] - sorted[n/4]) / 2 / median(values)
}

// ratio returns the median of the ratios of a's values to b's of the same
// round.
func ratio(a, b []float64) float64 {
	ratios := make([]float64, len(a))
	for i := range a {
		ratios[i] = a[i] / b[i]
	}
	return median(ratios)
}
