package emulator

import (
	"math"
	"slices"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
)

// An excerpt with fewer than 1/termShare of a query's terms, and fewer than enoughTerms,
// matches by chance and is not found.
const (
	termShare   = 3
	enoughTerms = 8
)

// matchesByChance reports whether an excerpt with found of the asked terms matches by
// chance.
func matchesByChance(found, asked int) bool {
	return found == 0 || termShare*found < asked && found < enoughTerms
}

// choose joins the hits of a search to excerpts of up to maxBytes, and returns up to most
// of them, the best first. An excerpt begins with the best remaining hit and grows by
// adjacent hits.
//
// The score of an excerpt is the mean of the BM25 score of its best hit, relative to that
// of the best hit of all, and the share of the search's terms that it contains. It is
// above 0 and at most 1.
func choose(hits []store.Hit, terms, maxBytes, most int) []store.Excerpt {
	type place struct {
		file   int64
		number int
	}
	free := make(map[place]*store.Hit) // hits that are not in an excerpt yet
	for i := range hits {
		free[place{hits[i].File, hits[i].Number}] = &hits[i]
	}
	var excerpts []store.Excerpt
	for _, best := range hits {
		e := store.Excerpt{File: best.File, From: best.Number, To: best.Number}
		if free[place{e.File, e.From}] == nil {
			continue
		}
		delete(free, place{e.File, e.From})
		size, found := best.Size, make(map[int]bool)
		for _, term := range best.Terms {
			found[term] = true
		}
		for {
			next := free[place{e.File, e.From - 1}]
			if after := free[place{e.File, e.To + 1}]; next == nil || after != nil && after.Score > next.Score {
				next = after
			}
			if next == nil || size+1+next.Size > maxBytes {
				break
			}
			delete(free, place{next.File, next.Number})
			e.From, e.To = min(e.From, next.Number), max(e.To, next.Number)
			size += 1 + next.Size
			for _, term := range next.Terms {
				found[term] = true
			}
		}
		if !matchesByChance(len(found), terms) {
			e.Score = (best.Score/hits[0].Score + float64(len(found))/float64(terms)) / 2
			excerpts = append(excerpts, e)
		}
	}
	slices.SortStableFunc(excerpts, func(a, b store.Excerpt) int { return descending(a.Score, b.Score) })
	return excerpts[:min(len(excerpts), most)]
}

// scores returns the BM25 scores of texts, with the usual parameters.
func scores(texts [][]string, query []string) []float64 {
	const k, b = 1.2, 0.75
	query = slices.Compact(slices.Sorted(slices.Values(query)))
	counts := make([]map[string]int, len(texts))
	having := make(map[string]int)
	total := 0
	for i, text := range texts {
		counts[i] = make(map[string]int)
		for _, term := range text {
			counts[i][term]++
		}
		for term := range counts[i] {
			having[term]++
		}
		total += len(text)
	}
	result := make([]float64, len(texts))
	average := float64(total) / float64(max(len(texts), 1))
	for i, text := range texts {
		score := 0.0
		for _, term := range query {
			count := float64(counts[i][term])
			if count == 0 {
				continue
			}
			n, with := float64(len(texts)), float64(having[term])
			rarity := math.Log(1 + (n-with+0.5)/(with+0.5))
			score += rarity * count * (k + 1) / (count + k*(1-b+b*float64(len(text))/average))
		}
		result[i] = score
	}
	return result
}

func descending(a, b float64) int {
	switch {
	case a > b:
		return -1
	case a < b:
		return 1
	}
	return 0
}
