package emulator

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	control2025 "github.com/pinecone-community/assistant-go/examples/emulator/internal/v2025_01/control"
	data2025 "github.com/pinecone-community/assistant-go/examples/emulator/internal/v2025_01/data"
	evaluation2025 "github.com/pinecone-community/assistant-go/examples/emulator/internal/v2025_01/evaluation"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/control"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/data"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/evaluation"
)

// Version 2025-01 is served by the handlers of 2026-04: requests and replies are
// converted, and no reply has more than this version's spec knows of.

func (s *Server) route2025(mux *http.ServeMux) {
	control2025.HandlerWithOptions(
		control2025.NewStrictHandlerWithOptions(control2025Plane{controlPlane{s}}, nil, control2025.StrictHTTPServerOptions{
			RequestErrorHandlerFunc: badRequest, ResponseErrorHandlerFunc: writeError,
		}),
		control2025.StdHTTPServerOptions{BaseURL: basePath, BaseRouter: mux, ErrorHandlerFunc: badRequest},
	)
	data2025.HandlerWithOptions(
		data2025.NewStrictHandlerWithOptions(data2025Plane{dataPlane{s}}, nil, data2025.StrictHTTPServerOptions{
			RequestErrorHandlerFunc: badRequest, ResponseErrorHandlerFunc: writeError,
		}),
		data2025.StdHTTPServerOptions{
			BaseURL: basePath, BaseRouter: mux, ErrorHandlerFunc: badRequest,
			Middlewares: []data2025.MiddlewareFunc{metadataIntoForm},
		},
	)
	evaluation2025.HandlerWithOptions(
		evaluation2025.NewStrictHandlerWithOptions(evaluation2025Plane{}, nil, evaluation2025.StrictHTTPServerOptions{
			RequestErrorHandlerFunc: badRequest, ResponseErrorHandlerFunc: writeError,
		}),
		evaluation2025.StdHTTPServerOptions{BaseURL: basePath, BaseRouter: mux, ErrorHandlerFunc: badRequest},
	)
}

// everything is the size of a page that a version without pages asks for.
const everything = 1 << 30

type control2025Plane struct{ latest controlPlane }

func (p control2025Plane) ListAssistants(ctx context.Context, _ control2025.ListAssistantsRequestObject) (control2025.ListAssistantsResponseObject, error) {
	reply, err := p.latest.ListAssistants(ctx, control.ListAssistantsRequestObject{
		Params: control.ListAssistantsParams{Limit: ptr(everything)},
	})
	if err != nil {
		return nil, err
	}
	return convert[control2025.ListAssistants200JSONResponse](reply)
}

func (p control2025Plane) CreateAssistant(ctx context.Context, request control2025.CreateAssistantRequestObject) (control2025.CreateAssistantResponseObject, error) {
	body, err := convert[control.CreateAssistantJSONRequestBody](request.Body)
	if err != nil {
		return nil, err
	}
	reply, err := p.latest.CreateAssistant(ctx, control.CreateAssistantRequestObject{Body: &body})
	if err != nil {
		return nil, err
	}
	return convert[control2025.CreateAssistant200JSONResponse](reply)
}

func (p control2025Plane) GetAssistant(ctx context.Context, request control2025.GetAssistantRequestObject) (control2025.GetAssistantResponseObject, error) {
	reply, err := p.latest.GetAssistant(ctx, control.GetAssistantRequestObject(request))
	if err != nil {
		return nil, err
	}
	return convert[control2025.GetAssistant200JSONResponse](reply)
}

func (p control2025Plane) UpdateAssistant(ctx context.Context, request control2025.UpdateAssistantRequestObject) (control2025.UpdateAssistantResponseObject, error) {
	body, err := convert[control.UpdateAssistantJSONRequestBody](request.Body)
	if err != nil {
		return nil, err
	}
	reply, err := p.latest.UpdateAssistant(ctx, control.UpdateAssistantRequestObject{AssistantName: request.AssistantName, Body: &body})
	if err != nil {
		return nil, err
	}
	return convert[control2025.UpdateAssistant200JSONResponse](reply)
}

func (p control2025Plane) DeleteAssistant(ctx context.Context, request control2025.DeleteAssistantRequestObject) (control2025.DeleteAssistantResponseObject, error) {
	if _, err := p.latest.DeleteAssistant(ctx, control.DeleteAssistantRequestObject(request)); err != nil {
		return nil, err
	}
	return control2025.DeleteAssistant200Response{}, nil
}

type data2025Plane struct{ latest dataPlane }

// metadataIntoForm moves the metadata of an upload from the query into the form,
// where later versions have it.
func metadataIntoForm(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if metadata := r.URL.Query().Get("metadata"); err == nil && media == formType && metadata != "" {
			part := fmt.Sprintf("--%s\r\nContent-Disposition: form-data; name=\"metadata\"\r\n\r\n%s\r\n", params["boundary"], metadata)
			r.Body = io.NopCloser(io.MultiReader(strings.NewReader(part), r.Body))
		}
		next.ServeHTTP(w, r)
	})
}

func (p data2025Plane) UploadFile(ctx context.Context, request data2025.UploadFileRequestObject) (data2025.UploadFileResponseObject, error) {
	reply, err := p.latest.UploadFile(ctx, data.UploadFileRequestObject{AssistantName: request.AssistantName, Body: request.Body})
	if err != nil {
		return nil, err
	}
	operation := reply.(data.UploadFile202JSONResponse).Body
	f, err := p.describe(ctx, request.AssistantName, *operation.FileID, nil)
	return data2025.UploadFile200JSONResponse(f), err
}

func (p data2025Plane) DescribeFile(ctx context.Context, request data2025.DescribeFileRequestObject) (data2025.DescribeFileResponseObject, error) {
	f, err := p.describe(ctx, request.AssistantName, request.AssistantFileID, request.Params.IncludeURL)
	return data2025.DescribeFile200JSONResponse(f), err
}

func (p data2025Plane) describe(ctx context.Context, name, id string, includeURL *bool) (data2025.AssistantFileModel, error) {
	reply, err := p.latest.DescribeFile(ctx, data.DescribeFileRequestObject{
		AssistantName: name, AssistantFileID: id, Params: data.DescribeFileParams{IncludeURL: includeURL},
	})
	if err != nil {
		return data2025.AssistantFileModel{}, err
	}
	f, err := convert[data2025.AssistantFileModel](reply)
	addProgress(&f, p.latest.progressOf(name))
	return f, err
}

func addProgress(f *data2025.AssistantFileModel, progresses map[string]progress) {
	progress := progresses[f.ID]
	f.PercentDone = &progress.percent
	if deref(f.Status, "") == data2025.FileStatusProcessingFailed {
		f.ErrorMessage = &progress.failure
	}
}

func (p data2025Plane) ListFiles(ctx context.Context, request data2025.ListFilesRequestObject) (data2025.ListFilesResponseObject, error) {
	reply, err := p.latest.ListFiles(ctx, data.ListFilesRequestObject{
		AssistantName: request.AssistantName,
		Params:        data.ListFilesParams{Filter: request.Params.Filter, Limit: ptr(everything)},
	})
	if err != nil {
		return nil, err
	}
	list, err := convert[data2025.ListFiles200JSONResponse](reply)
	if err != nil {
		return nil, err
	}
	progresses := p.latest.progressOf(request.AssistantName)
	for i := range *list.Files {
		addProgress(&(*list.Files)[i], progresses)
	}
	return list, nil
}

func (p data2025Plane) DeleteFile(ctx context.Context, request data2025.DeleteFileRequestObject) (data2025.DeleteFileResponseObject, error) {
	if _, err := p.latest.DeleteFile(ctx, data.DeleteFileRequestObject(request)); err != nil {
		return nil, err
	}
	return data2025.DeleteFile200Response{}, nil
}

func (p data2025Plane) ChatAssistant(ctx context.Context, request data2025.ChatAssistantRequestObject) (data2025.ChatAssistantResponseObject, error) {
	body, err := convert[data.ChatAssistantJSONRequestBody](request.Body)
	if err != nil {
		return nil, err
	}
	reply, err := p.latest.ChatAssistant(ctx, data.ChatAssistantRequestObject{AssistantName: request.AssistantName, Body: &body})
	if err != nil {
		return nil, err
	}
	if stream, ok := reply.(chatEvents); ok {
		return stream, stream.to2025()
	}
	return convert[data2025.ChatAssistant200JSONResponse](reply)
}

// to2025 takes out of a stream what 2025-01 does not know.
func (e chatEvents) to2025() error {
	for i, event := range e.events {
		switch event := event.(type) {
		case messageStart:
			event.ContextSnippetCount = nil
			e.events[i] = event
		case citationChunk:
			citation, err := convert[data2025.CitationModel](event.Citation)
			if err != nil {
				return err
			}
			event.Citation = citation
			e.events[i] = event
		}
	}
	return nil
}

func (p data2025Plane) ChatCompletionAssistant(ctx context.Context, request data2025.ChatCompletionAssistantRequestObject) (data2025.ChatCompletionAssistantResponseObject, error) {
	body, err := convert[data.ChatCompletionAssistantJSONRequestBody](request.Body)
	if err != nil {
		return nil, err
	}
	reply, err := p.latest.ChatCompletionAssistant(ctx, data.ChatCompletionAssistantRequestObject{AssistantName: request.AssistantName, Body: &body})
	if err != nil {
		return nil, err
	}
	if stream, ok := reply.(completionEvents); ok {
		return stream, nil
	}
	return convert[data2025.ChatCompletionAssistant200JSONResponse](reply)
}

// topK2025 is how many snippets a request of 2025-01 gets unless it says otherwise.
const topK2025 = 15

func (p data2025Plane) ContextAssistant(ctx context.Context, request data2025.ContextAssistantRequestObject) (data2025.ContextAssistantResponseObject, error) {
	body, err := convert[data.ContextAssistantJSONRequestBody](request.Body)
	if err != nil {
		return nil, err
	}
	body.TopK = ptr(deref(body.TopK, topK2025))
	reply, err := p.latest.ContextAssistant(ctx, data.ContextAssistantRequestObject{AssistantName: request.AssistantName, Body: &body})
	if err != nil {
		return nil, err
	}
	found, err := convert[data2025.ContextAssistant200JSONResponse](reply)
	if err != nil {
		return nil, err
	}
	for _, snippet := range found.Snippets {
		// This version's spec does not say what a reference has. That it has a file
		// as this version knows files is inferred.
		if snippet.Reference["file"], err = convert[data2025.AssistantFileModel](snippet.Reference["file"]); err != nil {
			return nil, err
		}
	}
	return found, nil
}

type evaluation2025Plane struct{ latest evaluationPlane }

func (p evaluation2025Plane) MetricsAlignment(ctx context.Context, request evaluation2025.MetricsAlignmentRequestObject) (evaluation2025.MetricsAlignmentResponseObject, error) {
	body, err := convert[evaluation.MetricsAlignmentJSONRequestBody](request.Body)
	if err != nil {
		return nil, err
	}
	reply, err := p.latest.MetricsAlignment(ctx, evaluation.MetricsAlignmentRequestObject{Body: &body})
	if err != nil {
		return nil, err
	}
	return convert[evaluation2025.MetricsAlignment200JSONResponse](reply)
}
