package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// writeTrace writes spans as a tree, in the order of their start times.
func writeTrace(out io.Writer, spans tracetest.SpanStubs) {
	slices.SortStableFunc(spans, func(a, b tracetest.SpanStub) int { return a.StartTime.Compare(b.StartTime) })
	var write func(parent trace.SpanID, indent string)
	write = func(parent trace.SpanID, indent string) {
		for _, span := range spans {
			if span.Parent.SpanID() != parent {
				continue
			}
			text := indent + span.Name
			for _, attribute := range span.Attributes {
				switch key := string(attribute.Key); {
				case key == "url.full", key == "http.response.status_code":
					text += " " + attribute.Value.String()
				case strings.HasPrefix(key, "gen_ai."), key == "error.type" && !strings.HasPrefix(span.Name, "HTTP "):
					text += " " + key + "=" + attribute.Value.String()
				}
			}
			fmt.Fprintf(out, "%8s  %s %s\n", span.EndTime.Sub(span.StartTime).Round(time.Millisecond), text, span.Status.Description)
			write(span.SpanContext.SpanID(), indent+"  ")
		}
	}
	write(trace.SpanID{}, "")
}
