package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"codeberg.org/go-pdf/fpdf"

	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

// refusedUpload returns a check that an upload is refused with one of the
// statuses.
func refusedUpload(name, content, metadata string, statuses []int) func(context.Context, *session) error {
	return status(func(ctx context.Context, s *session) (*http.Response, error) {
		return s.upload(ctx, name, content, metadata)
	}, statuses)
}

// listed returns the names of the files that match a filter.
func (s *session) listed(ctx context.Context, filter map[string]any) ([]string, error) {
	var names []string
	for file, err := range s.data.AllFiles(ctx, s.name, &data.ListFilesParams{Filter: filter}) {
		if err != nil {
			return nil, err
		}
		names = append(names, file.Name)
	}
	return names, nil
}

// pdfOf returns a PDF with the given number of pages.
func pdfOf(pages int) ([]byte, error) {
	document := fpdf.New("P", "mm", "A6", "")
	document.SetFont("Times", "", 12)
	for n := range pages {
		document.AddPage()
		document.Write(6, fmt.Sprintf("This is page %d.", n+1))
	}
	var content bytes.Buffer
	err := document.Output(&content)
	return content.Bytes(), err
}

// finds returns a check that a filter matches only the notes.
func finds(filter map[string]any) func(context.Context, *session) error {
	return func(ctx context.Context, s *session) error {
		names, err := s.listed(ctx, filter)
		if err == nil && (len(names) != 1 || names[0] != "notes.txt") {
			err = fmt.Errorf("files %q", names)
		}
		return err
	}
}

var errNoFile = skip("the file that it needs was not uploaded")

// deletions are unknown facts too: the file that could not be read is deleted here.
var fileChecks = []check{
	{"files: upload is 202, an operation and its Location", published, "data 2026-04", func(ctx context.Context, s *session) error {
		r, err := read(s.upload(ctx, manualName, manualText, `{"kind":"manual","year":2025}`))
		if err != nil {
			return err
		}
		if r.status != 202 {
			return r.differs("want status 202")
		}
		id, _ := r.at("operation_id")
		if id == nil {
			id, _ = r.at("id")
		}
		s.operation, _ = id.(string)
		file, _ := r.at("file_id")
		s.manual, _ = file.(string)
		want := "/operations/" + s.name + "/" + s.operation
		if s.operation == "" || !strings.HasSuffix(r.header.Get("Location"), want) {
			return r.differs("want Location %s, it is %q", want, r.header.Get("Location"))
		}
		return nil
	}},
	{"files: an operation ends, at 100 percent", published, "data 2026-04", func(ctx context.Context, s *session) error {
		if s.operation == "" {
			return errNoFile
		}
		operation, err := s.data.WaitForOperation(ctx, s.name, s.operation)
		if err != nil {
			return err
		}
		if operation.PercentComplete != 100 {
			return fmt.Errorf("percent_complete %v", operation.PercentComplete)
		}
		for file, err := range s.data.AllFiles(ctx, s.name, nil) {
			if err != nil {
				return err
			}
			s.manual = file.ID
		}
		return nil
	}},
	{"files: too large is 413 or 400", guessed, "the status is not known", refusedUpload("large.txt", strings.Repeat("All work. ", 1<<20+1), "", []int{400, 413})},
	{"files: without a version, upload answers the file", documented, "the oldest version is the default", func(ctx context.Context, s *session) error {
		r, err := read(s.upload(ctx, "notes.txt", notesText, "", version("")))
		if err != nil {
			return err
		}
		if r.status != 200 {
			return r.differs("want status 200")
		}
		return r.has("id", "name", "status")
	}},
	{"files: upsert takes the caller's id", published, "data 2026-04", func(ctx context.Context, s *session) error {
		operation, err := s.data.UpsertFile(ctx, s.name, "contract_Notes-1", nil, data.UploadFileRequest{
			File: data.FileBytes("notes.txt", []byte(notesText)), Metadata: map[string]any{"kind": "notes", "year": 2026, "tags": []string{"storm"}},
		})
		if err != nil {
			return err
		}
		if _, err = s.data.WaitForOperation(ctx, s.name, operation.ID); err != nil {
			return err
		}
		file, err := s.data.DescribeFile(ctx, s.name, "contract_Notes-1", nil)
		if err == nil && file.Status != data.FileStatusAvailable {
			err = fmt.Errorf("status %s", file.Status)
		}
		if err == nil {
			s.notes = file.ID
		}
		return err
	}},
	{"files: what cannot be read is ProcessingFailed, with a reason", published, "data 2026-04", func(ctx context.Context, s *session) error {
		operation, err := s.data.UpsertFile(ctx, s.name, "contract-broken", nil, data.UploadFileRequest{File: data.FileBytes("broken.json", []byte("{"))})
		if err != nil {
			return err
		}
		_, err = s.data.WaitForOperation(ctx, s.name, operation.ID)
		var failed *data.FailedError
		if !errors.As(err, &failed) {
			return fmt.Errorf("the operation ended with %w", err)
		}
		s.failed = "contract-broken"
		r, err := read(s.rawData.DescribeFile(ctx, s.name, s.failed, nil))
		if err != nil {
			return err
		}
		if status, _ := r.at("status"); status != "ProcessingFailed" {
			return r.differs("want ProcessingFailed")
		}
		return nil
	}},
	{"files: a multimodal PDF of 101 pages is refused or fails", documented, "limits", func(ctx context.Context, s *session) error {
		pdf, err := pdfOf(101)
		if err != nil {
			return err
		}
		operation, err := s.data.UpsertFile(ctx, s.name, "contract-pages", &data.UpsertFileParams{Multimodal: true},
			data.UploadFileRequest{File: data.FileBytes("pages.pdf", pdf)})
		var refused *data.Error
		if errors.As(err, &refused) && (refused.StatusCode == http.StatusBadRequest || refused.StatusCode == http.StatusRequestEntityTooLarge) {
			return nil
		}
		if err != nil {
			return err
		}
		_, err = s.data.WaitForOperation(ctx, s.name, operation.ID)
		var failed *data.FailedError
		switch {
		case errors.As(err, &failed):
			return nil
		case err == nil:
			err = errors.New("the file is processed")
		}
		return err
	}},
	{"files: delete of a failed file is 204 without a body", published, "data 2026-04", func(ctx context.Context, s *session) error {
		if s.failed == "" {
			return errNoFile
		}
		r, err := read(s.rawData.DeleteFile(ctx, s.name, s.failed))
		if err == nil && (r.status != 204 || r.body != "") {
			err = r.differs("want 204 and no body")
		}
		return err
	}},
	{"files: the name is the base name that was sent", observed, "official SDKs", func(ctx context.Context, s *session) error {
		names, err := s.listed(ctx, map[string]any{"kind": "manual"})
		if err == nil && (len(names) != 1 || names[0] != manualName) {
			err = fmt.Errorf("names %q, want %q", names, manualName)
		}
		return err
	}},
	{"files: metadata in the query is 400", published, "data 2026-04", status(func(ctx context.Context, s *session) (*http.Response, error) {
		return s.upload(ctx, "a.txt", "A.", "", query("metadata", `{"a":"b"}`))
	}, []int{400}, "INVALID_ARGUMENT")},
	{"files: a name without an extension is 400", observed, "official SDKs", refusedUpload("nameless", "A.", "", []int{400})},
	{"files: metadata with an object in it is 400", documented, "metadata of files", refusedUpload("a.txt", "A.", `{"a":{"b":"c"}}`, []int{400})},
	{"files: metadata with null is 400", documented, "metadata of files", refusedUpload("a.txt", "A.", `{"a":null}`, []int{400})},
	{"files: metadata with a $ key is 400", documented, "metadata of files", refusedUpload("a.txt", "A.", `{"$a":"b"}`, []int{400})},
	{"files: metadata beyond 16 KB is 400", documented, "limits", refusedUpload("a.txt", "A.", `{"a":"`+strings.Repeat("x", 17_000)+`"}`, []int{400})},
	{"files: an upsert id with a dot is 400", published, "data 2026-04", status(func(ctx context.Context, s *session) (*http.Response, error) {
		contentType, body := form("a.txt", "A.", "")
		return s.rawData.UpsertFileWithBody(ctx, s.name, "a.b", nil, contentType, body)
	}, []int{400})},
	{"files: filter by equality", published, "data 2026-04", finds(map[string]any{"kind": "notes"})},
	{"files: filter $eq", published, "data 2026-04", finds(map[string]any{"kind": map[string]any{"$eq": "notes"}})},
	{"files: filter $gte", published, "data 2026-04", finds(map[string]any{"year": map[string]any{"$gte": 2026}})},
	{"files: filter $in", published, "data 2026-04", finds(map[string]any{"year": map[string]any{"$in": []int{2026, 2027}}})},
	{"files: filter $and of $exists and $ne", published, "data 2026-04", finds(map[string]any{"$and": []any{
		map[string]any{"tags": map[string]any{"$exists": true}}, map[string]any{"kind": map[string]any{"$ne": "manual"}},
	}})},
	{"files: filter on a list finds an element", documented, "metadata of files", finds(map[string]any{"tags": "storm"})},
	{"files: filter $not", documented, "the newest documentation", finds(map[string]any{"$and": []any{
		map[string]any{"kind": map[string]any{"$exists": true}}, map[string]any{"$not": map[string]any{"kind": "manual"}},
	}})},
	{"files: an unknown operator is 400", published, "data 2026-04", status(func(ctx context.Context, s *session) (*http.Response, error) {
		return s.rawData.ListFiles(ctx, s.name, &data.ListFilesParams{Filter: map[string]any{"year": map[string]any{"$near": 1}}})
	}, []int{400})},
	{"files: pages of one, until there is no pagination", published, "data 2026-04", func(ctx context.Context, s *session) error {
		page, err := s.data.ListFiles(ctx, s.name, &data.ListFilesParams{Limit: 1})
		if err != nil {
			return err
		}
		if len(page.Files) != 1 || page.Pagination.Next == "" {
			return fmt.Errorf("%d files on a page of 1, next %q", len(page.Files), page.Pagination.Next)
		}
		seen := 1
		for page.Pagination.Next != "" && seen < 10 {
			if page, err = s.data.ListFiles(ctx, s.name, &data.ListFilesParams{Limit: 1, PaginationToken: page.Pagination.Next}); err != nil {
				return err
			}
			seen += len(page.Files)
		}
		names, err := s.listed(ctx, nil)
		if err == nil && len(names) != seen {
			err = fmt.Errorf("%d files by pages, %d at once", seen, len(names))
		}
		return err
	}},
	{"files: 2025-10 ignores the limit", observed, "notes in the Python SDK's repository", func(ctx context.Context, s *session) error {
		r, err := read(s.rawData.ListFiles(ctx, s.name, &data.ListFilesParams{Limit: 1}, version("2025-10")))
		if err != nil {
			return err
		}
		files, _ := r.at("files")
		if list, _ := files.([]any); len(list) < 2 {
			return r.differs("want all files")
		}
		return nil
	}},
	{"files: percent_done of 2025-10 is a fraction", documented, "documentation of 2025-10", func(ctx context.Context, s *session) error {
		if s.notes == "" {
			return errNoFile
		}
		r, err := read(s.rawData.DescribeFile(ctx, s.name, s.notes, nil, version("2025-10")))
		if err != nil {
			return err
		}
		if done, _ := r.at("percent_done"); done != 1.0 {
			return r.differs("want percent_done 1.0")
		}
		return nil
	}},
	{"files: describe shows signed_url null", documented, "documentation of files", func(ctx context.Context, s *session) error {
		r, err := read(s.rawData.DescribeFile(ctx, s.name, s.notes, nil))
		if err != nil {
			return err
		}
		if url, there := r.at("signed_url"); !there || url != nil {
			return r.differs("want signed_url null")
		}
		return nil
	}},
	{"files: a signed URL needs no key", published, "data 2026-04", func(ctx context.Context, s *session) error {
		if s.notes == "" {
			return errNoFile
		}
		r, err := read(s.rawData.DescribeFile(ctx, s.name, s.notes, nil, query("include_url", "true")))
		if err != nil {
			return err
		}
		signed, _ := r.at("signed_url")
		url, _ := signed.(string)
		if url == "" {
			return r.differs("want signed_url")
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
		if err != nil {
			return err
		}
		resp, err := s.http.Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		content, err := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
		if err == nil && (resp.StatusCode != http.StatusOK || string(content) != notesText) {
			err = fmt.Errorf("status %d, %q", resp.StatusCode, content)
		}
		return err
	}},
	{"files: an unknown file is 404", published, "data 2026-04", status(func(ctx context.Context, s *session) (*http.Response, error) {
		return s.rawData.DescribeFile(ctx, s.name, "no-such-file", nil)
	}, []int{404}, "NOT_FOUND")},
	{"operations: the list has the upload", published, "data 2026-04", func(ctx context.Context, s *session) error {
		for operation, err := range s.data.AllOperations(ctx, s.name, nil) {
			if err != nil {
				return err
			}
			if operation.ID == s.operation {
				return nil
			}
		}
		return fmt.Errorf("no operation %q in the list", s.operation)
	}},
	{"operations: an unknown operation is 404", published, "data 2026-04", status(func(ctx context.Context, s *session) (*http.Response, error) {
		return s.rawData.DescribeOperation(ctx, s.name, "00000000-0000-0000-0000-000000000000")
	}, []int{404})},
}

// deletionChecks run last.
var deletionChecks = []check{
	{"files: delete is 202 and an operation", published, "data 2026-04", func(ctx context.Context, s *session) error {
		if s.notes == "" {
			return errNoFile
		}
		r, err := read(s.rawData.DeleteFile(ctx, s.name, s.notes))
		if err == nil && r.status != 202 {
			err = r.differs("want status 202")
		}
		return err
	}},
	{"files: delete of what is being deleted is 204", observed, "live tests of the official SDKs", func(ctx context.Context, s *session) error {
		if s.notes == "" {
			return errNoFile
		}
		r, err := read(s.rawData.DeleteFile(ctx, s.name, s.notes))
		switch {
		case err != nil:
			return err
		case r.status == 404:
			return skip("it was gone already")
		case r.status != 204:
			return r.differs("want status 204")
		}
		return nil
	}},
	{"files: delete of an unknown file is 404", published, "data 2026-04", status(func(ctx context.Context, s *session) (*http.Response, error) {
		return s.rawData.DeleteFile(ctx, s.name, "no-such-file")
	}, []int{404})},
}
