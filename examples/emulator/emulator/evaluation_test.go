package emulator

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/pinecone-community/assistant-go/gen/2026-04/evaluation"
)

func TestAlignment(t *testing.T) {
	f := start(t)
	const truth = "The light is seen for 21 miles. The tower is built of granite. The station has two keepers."
	tests := []struct {
		name         string
		answer       string
		correctness  float32
		completeness float32
		alignment    float32
		entailments  []evaluation.Entailment
	}{
		{"ground truth", truth, 1, 1, 1, []evaluation.Entailment{"entailed", "entailed", "entailed"}},
		{"one fact", "The light is seen for 21 miles.", 1, 1. / 3, 0.5, []evaluation.Entailment{"entailed", "neutral", "neutral"}},
		{"another number", "The light is seen for 18 miles.", 0, 0, 0, []evaluation.Entailment{"contradicted", "neutral", "neutral"}},
		{"no number", "The light is seen for miles.", 1, 0, 0, []evaluation.Entailment{"neutral", "neutral", "neutral"}},
		{"other sentence", "Gulls nest on the roof.", 0, 0, 0, []evaluation.Entailment{"neutral", "neutral", "neutral"}},
		{"empty", "", 0, 0, 0, []evaluation.Entailment{"neutral", "neutral", "neutral"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			response, err := f.evaluation.EvaluateAlignment(t.Context(), evaluation.AlignmentRequest{
				Question: "What is it like?", Answer: tt.answer, GroundTruthAnswer: truth,
			})
			if err != nil {
				t.Fatal(err)
			}
			if m := response.Metrics; m.Correctness != tt.correctness || m.Completeness != tt.completeness || m.Alignment != tt.alignment {
				t.Errorf("metrics %+v", m)
			}
			if usage := response.Usage; usage.TotalTokens != usage.PromptTokens+usage.CompletionTokens || usage.PromptTokens == 0 {
				t.Errorf("usage %+v", usage)
			}
			facts := response.Reasoning.EvaluatedFacts
			if len(facts) != len(tt.entailments) {
				t.Fatalf("facts %+v", facts)
			}
			for i, fact := range facts {
				if fact.Entailment != tt.entailments[i] || fact.Fact.Content == "" || fact.Reasoning == "" {
					t.Errorf("fact %+v, want %s", fact, tt.entailments[i])
				}
			}
		})
	}
}

// The number of sentences is limited, and an evaluation can be canceled.
func TestStatements(t *testing.T) {
	if _, _, err := statements(t.Context(), "answer", strings.Repeat("A. ", maxStatements+1)); err == nil || !strings.Contains(err.Error(), "answer: more than 10000 sentences") {
		t.Errorf("error %v", err)
	}
	if found, all, err := statements(t.Context(), "answer", strings.Repeat("Wave 7. ", maxStatements)); err != nil || len(found) != maxStatements || !all.words["wave"] || !all.numbers["7"] {
		t.Errorf("%d sentences, error %v", len(found), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := statements(ctx, "answer", "A."); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
