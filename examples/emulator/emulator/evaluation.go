package emulator

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/document"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/evaluation"
)

// evaluationPlane implements the evaluation plane. It is a stand-in: where the
// service asks a model, this compares words. A fact is a sentence of the ground
// truth; it is entailed if the answer has most of its words, contradicted if it
// has them with other numbers, and neutral otherwise. Correctness is the part of
// the answer's sentences whose words the ground truth has.
type evaluationPlane struct{}

// entailedShare is the part of a sentence's words that the other text must have.
const entailedShare = 0.6

func (evaluationPlane) MetricsAlignment(_ context.Context, request evaluation.MetricsAlignmentRequestObject) (evaluation.MetricsAlignmentResponseObject, error) {
	body := request.Body
	facts := document.Sentences(body.GroundTruthAnswer)
	judged := make([]evaluation.EvaluatedFact, 0, len(facts))
	entailed := 0
	for _, fact := range facts {
		entailment, share := judge(fact, body.Answer)
		if entailment == evaluation.EntailmentEntailed {
			entailed++
		}
		judged = append(judged, evaluation.EvaluatedFact{
			Fact:       evaluation.Fact{Content: fact},
			Entailment: entailment,
			Reasoning:  ptr(fmt.Sprintf("The answer has %.0f%% of the fact's words.", 100*share)),
		})
	}
	claims := document.Sentences(body.Answer)
	correct := 0
	for _, claim := range claims {
		if entailment, _ := judge(claim, body.GroundTruthAnswer); entailment == evaluation.EntailmentEntailed {
			correct++
		}
	}
	metrics := evaluation.Metrics{Correctness: ratio(correct, len(claims)), Completeness: ratio(entailed, len(facts))}
	if sum := metrics.Correctness + metrics.Completeness; sum > 0 {
		metrics.Alignment = 2 * metrics.Correctness * metrics.Completeness / sum
	}

	// As if two requests had been made: one to find the facts, one to judge them.
	both := tokens(body.Question, body.Answer, body.GroundTruthAnswer)
	found := tokens(facts...)
	prompt, completion := 2*both+found, found+len(facts)
	return evaluation.MetricsAlignment200JSONResponse{
		Metrics:   metrics,
		Reasoning: evaluation.Reasoning{EvaluatedFacts: judged},
		Usage: evaluation.TokenCounts{
			PromptTokens: prompt, CompletionTokens: completion, TotalTokens: prompt + completion,
		},
	}, nil
}

// judge tells how a text bears on a sentence, and how many of its words it has.
func judge(sentence, text string) (evaluation.Entailment, float32) {
	words, numbers := wordsAndNumbers(sentence)
	textWords, textNumbers := wordsAndNumbers(text)
	has := func(known []string) func(string) bool {
		return func(term string) bool { return slices.Contains(known, term) }
	}
	share := ratio(count(words, has(textWords)), len(words))
	switch {
	case share < entailedShare:
		return evaluation.EntailmentNeutral, share
	case count(numbers, has(textNumbers)) == len(numbers):
		return evaluation.EntailmentEntailed, share
	case len(textNumbers) > 0:
		return evaluation.EntailmentContradicted, share
	}
	return evaluation.EntailmentNeutral, share
}

func wordsAndNumbers(text string) (words, numbers []string) {
	for _, term := range terms(text) {
		if strings.ContainsFunc(term, unicode.IsDigit) {
			numbers = append(numbers, term)
		} else {
			words = append(words, term)
		}
	}
	return words, numbers
}

func count(terms []string, test func(string) bool) int {
	n := 0
	for _, term := range terms {
		if test(term) {
			n++
		}
	}
	return n
}

// ratio of none is 0.
func ratio(part, whole int) float32 {
	return float32(part) / float32(max(whole, 1))
}
