package emulator

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/document"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/model"
)

// The evaluation plane is a stand-in: where the service asks a model, this compares
// words. A fact is a sentence of the ground truth; it is entailed if the answer has
// most of its words, contradicted if it has them with other numbers, and neutral
// otherwise. Correctness is the part of the answer's sentences whose words the
// ground truth has.

// entailedShare is the part of a sentence's words that the other text must have.
const entailedShare = 0.6

func (s *Server) metricsAlignment(r *request) (*reply, error) {
	question, _ := r.body.text("question")
	answer, _ := r.body.text("answer")
	truth, _ := r.body.text("ground_truth_answer")
	facts := document.Sentences(truth)
	judged := make([]object, 0, len(facts))
	var reasons []string
	entailed := 0
	for _, fact := range facts {
		entailment, share := judge(fact, answer)
		if entailment == model.EntailmentEntailed {
			entailed++
		}
		judged = append(judged, object{
			"fact":       object{"content": fact},
			"entailment": entailment,
		})
		reasons = append(reasons, fmt.Sprintf("The answer has %.0f%% of the fact's words.", 100*share))
	}
	claims := document.Sentences(answer)
	correct := 0
	for _, claim := range claims {
		if entailment, _ := judge(claim, truth); entailment == model.EntailmentEntailed {
			correct++
		}
	}
	correctness, completeness := ratio(correct, len(claims)), ratio(entailed, len(facts))
	alignment := float32(0)
	if sum := correctness + completeness; sum > 0 {
		alignment = 2 * correctness * completeness / sum
	}

	// As if two requests had been made: one to find the facts, one to judge them.
	both := tokens(question, answer, truth)
	found := tokens(facts...)
	reply := r.ok(object{
		"metrics":   object{"correctness": correctness, "completeness": completeness, "alignment": alignment},
		"reasoning": object{"evaluated_facts": judged},
		"usage":     usage(2*both+found, found+len(facts)),
	})
	for i, reason := range reasons { // beyond the specs: seen in replies of the service
		judged[i]["reasoning"] = reason
	}
	return reply, nil
}

// judge tells how a text bears on a sentence, and how many of its words it has.
func judge(sentence, text string) (model.Entailment, float32) {
	words, numbers := wordsAndNumbers(sentence)
	textWords, textNumbers := wordsAndNumbers(text)
	has := func(known []string) func(string) bool {
		return func(term string) bool { return slices.Contains(known, term) }
	}
	share := ratio(count(words, has(textWords)), len(words))
	switch {
	case share < entailedShare:
		return model.EntailmentNeutral, share
	case count(numbers, has(textNumbers)) == len(numbers):
		return model.EntailmentEntailed, share
	case len(textNumbers) > 0:
		return model.EntailmentContradicted, share
	}
	return model.EntailmentNeutral, share
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
