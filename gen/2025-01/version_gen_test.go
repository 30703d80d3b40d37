// Code generated from openapi/2025-01 by go generate; DO NOT EDIT.

package version_test

import (
	"testing"

	"github.com/pinecone-community/assistant-go/gen/2025-01/control"
	"github.com/pinecone-community/assistant-go/gen/2025-01/data"
	"github.com/pinecone-community/assistant-go/gen/2025-01/evaluation"
	"github.com/pinecone-community/assistant-go/internal/testing/apitest"
)

func TestVersion(t *testing.T) {
	apitest.Run(t, "2025-01",
		apitest.Plane{Name: "control", APIVersion: control.APIVersion, New: control.New, NewClient: control.NewClient,
			WithBaseURL: control.WithBaseURL, WithHTTPClient: control.WithHTTPClient, WithRequestEditorFn: control.WithRequestEditorFn},
		apitest.Plane{Name: "data", APIVersion: data.APIVersion, New: data.New, NewClient: data.NewClient,
			WithBaseURL: data.WithBaseURL, WithHTTPClient: data.WithHTTPClient, WithRequestEditorFn: data.WithRequestEditorFn},
		apitest.Plane{Name: "evaluation", APIVersion: evaluation.APIVersion, New: evaluation.New, NewClient: evaluation.NewClient,
			WithBaseURL: evaluation.WithBaseURL, WithHTTPClient: evaluation.WithHTTPClient, WithRequestEditorFn: evaluation.WithRequestEditorFn},
	)
}
