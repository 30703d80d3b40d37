package main

import (
	"context"
	"fmt"

	"github.com/pinecone-community/assistant-go/examples/internal/cite"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
	"github.com/pinecone-community/assistant-go/gen/2026-07/evaluation"
)

const (
	question    = "How often are the prisms cleaned, and what are they washed with?"
	groundTruth = "The prisms are cleaned every two weeks and after every storm. " +
		"They are washed with one part white vinegar and four parts distilled water. " +
		"They are dried with a chamois leather. " +
		"Ammonia is never used, because it attacks the putty."
	query = "emergency generator and shore power"
)

func (t *tour) chat(ctx context.Context) error {
	t.step("data.ChatAssistantStream", "ask a question, and read the answer as it is written")
	chunks := 0
	stream := t.data.ChatAssistantStream(ctx, t.name, data.ChatRequest{
		Messages:          []data.MessageModel{{Role: "user", Content: question}},
		IncludeHighlights: true,
	})
	reply, err := data.CollectChatAssistant(func(yield func(data.Chunk, error) bool) {
		for chunk, err := range stream {
			chunks++
			if !yield(chunk, err) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	t.field("chunks", "%d", chunks)
	t.answer = reply.Message.Content
	answer, notes := cite.Answer(t.answer, reply.Citations)
	t.field("question", "%s", question)
	t.field("answer", "%s", answer)
	for i, note := range notes {
		t.field(fmt.Sprintf("[%d]", i+1), "%s", note)
	}
	t.field("tokens", "%d", reply.Usage.TotalTokens)
	return nil
}

func (t *tour) retrieve(ctx context.Context) error {
	t.step("data.ContextAssistant", "get the passages that fit a query")
	reply, err := t.data.ContextAssistant(ctx, t.name, data.ContextRequest{Query: query, TopK: 3, SnippetSize: 512})
	if err != nil {
		return err
	}
	t.field("query", "%s", query)
	for _, snippet := range reply.Snippets {
		from, text, score := describeSnippet(snippet)
		t.field(fmt.Sprintf("score %.2f", score), "%s: %s", from, shorten(text))
	}
	return nil
}

func (t *tour) evaluate(ctx context.Context) error {
	t.step("evaluation.MetricsAlignment", "score the answer against what is known to be true")
	reply, err := t.Evaluation.MetricsAlignment(ctx, evaluation.AlignmentRequest{
		Question:          question,
		Answer:            t.answer,
		GroundTruthAnswer: groundTruth,
	})
	if err != nil {
		return err
	}
	t.field("correctness", "%.2f", reply.Metrics.Correctness)
	t.field("completeness", "%.2f", reply.Metrics.Completeness)
	t.field("alignment", "%.2f", reply.Metrics.Alignment)
	for _, judged := range reply.Reasoning.EvaluatedFacts {
		t.field(string(judged.Entailment), "%s", judged.Fact.Content)
	}
	return nil
}
