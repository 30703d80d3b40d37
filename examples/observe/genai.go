package main

import (
	"context"
	"errors"
	"iter"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.41.0" // the last version with gen_ai
	"go.opentelemetry.io/otel/trace"

	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

// chatStream streams an answer within a span with the attributes of
// OpenTelemetry's conventions for generative AI. The spans of its HTTP requests
// are children of the span. The span does not contain the text of questions and
// answers.
func chatStream(ctx context.Context, t trace.Tracer, api *data.API, assistant string, request data.ChatRequest) iter.Seq2[data.ChatChunk, error] {
	return func(yield func(data.ChatChunk, error) bool) {
		ctx, span := t.Start(ctx, "invoke_agent "+assistant, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
			semconv.GenAIOperationNameInvokeAgent,
			semconv.GenAIProviderNameKey.String("pinecone"),
			semconv.GenAIAgentName(assistant),
			semconv.GenAIRequestStream(true),
			semconv.GenAIOutputTypeText,
		))
		defer span.End()
		if request.Model != "" {
			span.SetAttributes(semconv.GenAIRequestModel(string(request.Model)))
		}
		begun, first := time.Now(), true
		for chunk, err := range api.ChatStream(ctx, assistant, request) {
			if err != nil {
				fail(span, err)
			}
			if _, ok := chunk.(*data.ContentChunk); ok && first {
				first = false
				span.SetAttributes(semconv.GenAIResponseTimeToFirstChunk(time.Since(begun).Seconds()))
			}
			switch chunk := chunk.(type) {
			case *data.MessageStart:
				span.SetAttributes(semconv.GenAIResponseModel(string(chunk.Model)))
			case *data.MessageEnd:
				span.SetAttributes(
					semconv.GenAIResponseID(chunk.ID),
					semconv.GenAIResponseFinishReasons(string(chunk.FinishReason)),
					semconv.GenAIUsageInputTokens(chunk.Usage.PromptTokens),
					semconv.GenAIUsageOutputTokens(chunk.Usage.CompletionTokens),
				)
			}
			if !yield(chunk, err) {
				return
			}
		}
	}
}

// fail marks a span as failed. error.type is the status of the response or the
// type of the error. The errors of the clients never contain the key.
func fail(span trace.Span, err error) {
	kind := semconv.ErrorType(err)
	var refused *data.Error
	switch {
	case errors.As(err, &refused):
		kind = semconv.ErrorTypeKey.String(strconv.Itoa(refused.StatusCode))
	case errors.Is(err, context.Canceled):
		kind = semconv.ErrorTypeKey.String("canceled")
	}
	span.SetAttributes(kind)
	span.SetStatus(codes.Error, err.Error())
}
