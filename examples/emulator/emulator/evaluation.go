package emulator

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/document"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/model"
)

// The evaluation plane compares words where the service asks a model. A fact is a
// sentence of the ground truth answer. It is entailed if the answer has most of its
// words, contradicted if the answer has most of its words and other numbers, and neutral
// otherwise. The correctness is the share of the answer's sentences that the ground truth
// answer entails, the completeness that of the facts that the answer entails.

// entailedShare is the least share of a sentence's words that a text has if it entails or
// contradicts the sentence.
const entailedShare = 0.6

func (s *Server) metricsAlignment(r *request) (*response, error) {
	question, _ := r.body.text("question")
	answer, _ := r.body.text("answer")
	truth, _ := r.body.text("ground_truth_answer")
	facts, inTruth, err := statements(r.Context(), "ground_truth_answer", truth)
	if err != nil {
		return nil, err
	}
	claims, inAnswer, err := statements(r.Context(), "answer", answer)
	if err != nil {
		return nil, err
	}
	judged := make([]object, 0, len(facts))
	var reasons []string
	entailed, found := 0, 0
	for _, fact := range facts {
		entailment, share := inAnswer.judge(fact)
		found += tokens(fact.text)
		if entailment == model.EntailmentEntailed {
			entailed++
		}
		judged = append(judged, object{
			"fact":       object{"content": fact.text},
			"entailment": entailment,
		})
		reasons = append(reasons, fmt.Sprintf("The answer has %.0f%% of the fact's words.", 100*share))
	}
	correct := 0
	for _, claim := range claims {
		if entailment, _ := inTruth.judge(claim); entailment == model.EntailmentEntailed {
			correct++
		}
	}
	correctness, completeness := ratio(correct, len(claims)), ratio(entailed, len(facts))
	alignment := float32(0)
	if sum := correctness + completeness; sum > 0 {
		alignment = 2 * correctness * completeness / sum
	}

	// Count the tokens of two requests to a model: one to find the facts, one to judge
	// them.
	both := tokens(question, answer, truth)
	response := r.ok(object{
		"metrics":   object{"correctness": correctness, "completeness": completeness, "alignment": alignment},
		"reasoning": object{"evaluated_facts": judged},
		"usage":     usage(2*both+found, found+len(facts)),
	})
	for i, reason := range reasons { // not in the specs, but in responses of the service
		judged[i]["reasoning"] = reason
	}
	return response, nil
}

// maxStatements is the limit of the sentences of a text. It limits the size of the
// response.
const maxStatements = 10_000

// statement is a sentence and its terms.
type statement struct {
	text           string
	words, numbers []string
}

// vocabulary is the set of the terms of a text.
type vocabulary struct{ words, numbers map[string]bool }

// statements returns the sentences of a field of the request, and their terms.
func statements(ctx context.Context, field, text string) ([]statement, *vocabulary, error) {
	all := vocabulary{make(map[string]bool), make(map[string]bool)}
	var found []statement
	for sentence := range document.EachSentence(text) {
		if ctx.Err() != nil {
			return nil, nil, context.Cause(ctx)
		}
		if len(found) == maxStatements {
			return nil, nil, invalid("%s: more than %d sentences", field, maxStatements)
		}
		s := statement{text: sentence}
		for _, term := range terms(sentence) {
			if strings.ContainsFunc(term, unicode.IsDigit) {
				s.numbers = append(s.numbers, term)
				all.numbers[term] = true
			} else {
				s.words = append(s.words, term)
				all.words[term] = true
			}
		}
		found = append(found, s)
	}
	return found, &all, nil
}

// judge returns whether a text entails a sentence, and the share of the sentence's words
// that the text has.
func (v *vocabulary) judge(s statement) (model.Entailment, float32) {
	share := ratio(count(s.words, v.words), len(s.words))
	switch {
	case share < entailedShare:
		return model.EntailmentNeutral, share
	case count(s.numbers, v.numbers) == len(s.numbers):
		return model.EntailmentEntailed, share
	case len(v.numbers) > 0:
		return model.EntailmentContradicted, share
	}
	return model.EntailmentNeutral, share
}

func count(terms []string, known map[string]bool) int {
	n := 0
	for _, term := range terms {
		if known[term] {
			n++
		}
	}
	return n
}

// ratio returns part/whole, or 0 if whole is 0.
func ratio(part, whole int) float32 {
	return float32(part) / float32(max(whole, 1))
}
