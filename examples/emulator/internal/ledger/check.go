package ledger

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

// Check waits until all acknowledged operations have completed, and compares the files
// of the assistant with the ledger. It returns an error for each file that is missing,
// has other contents or metadata, or was deleted. A file that was sent but not
// acknowledged may be missing or complete. No client may send requests meanwhile.
func (l *Ledger) Check(ctx context.Context, api *data.API, assistant string) error {
	entries, keys := l.copies()
	var faults []error
	excused := 0
	for _, key := range keys {
		err := l.wait(ctx, api, assistant, entries[key])
		if errors.Is(err, errExcused) {
			e := entries[key]
			e.excused = true
			entries[key] = e
			excused++
			err = nil
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", key, err))
		}
	}
	l.mu.Lock()
	l.excused = excused
	l.mu.Unlock()
	seen := make(map[string]bool)
	for file, err := range api.AllFiles(ctx, assistant, nil) {
		if err != nil {
			return errors.Join(append(faults, err)...)
		}
		key, _ := file.Metadata[keyField].(string)
		e, known := entries[key]
		switch {
		case !known:
			err = errors.New("file was not sent")
		case seen[key]:
			err = errors.New("file is there twice")
		case e.state == deleted:
			err = errors.New("file is there, although its deletion was acknowledged")
		case e.state == deleting && file.Status == data.FileStatusDeleting:
		default:
			err = e.compare(ctx, api, assistant, file)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s, file %s %s: %w", key, file.ID, file.Name, err))
		}
		seen[key] = true
	}
	for _, key := range keys {
		if e := entries[key]; e.state == stored && !seen[key] {
			faults = append(faults, fmt.Errorf("%s, file %s %s: acknowledged file is missing", key, e.id, e.name))
		}
	}
	return errors.Join(faults...)
}

// errExcused reports that an operation failed for the reason in Ledger.Excuse.
var errExcused = errors.New("excused")

// wait waits until the operation of an entry has completed. The operation of an
// acknowledged deletion may be missing, since the service keeps operations for a limited
// time.
func (l *Ledger) wait(ctx context.Context, api *data.API, assistant string, e entry) error {
	if e.operation == "" || e.state == deleting {
		return nil
	}
	_, err := api.WaitForOperation(ctx, assistant, e.operation, data.WaitInterval(10*time.Millisecond, 100*time.Millisecond))
	failed := (*data.FailedError)(nil)
	switch {
	case errors.Is(err, data.ErrNotFound) && e.state == deleted:
		return nil
	case errors.As(err, &failed) && l.Excuse != "" && strings.Contains(failed.Error(), l.Excuse):
		return errExcused
	}
	return err
}

// compare returns an error if a listed file differs from the file that was sent.
func (e entry) compare(ctx context.Context, api *data.API, assistant string, listed data.AssistantFile) error {
	switch {
	case e.state == sent:
		e.id = listed.ID
	case e.excused && listed.Status == data.FileStatusProcessingFailed:
	case e.state == stored && listed.Status != data.FileStatusAvailable:
		return fmt.Errorf("file is %s", listed.Status)
	}
	if listed.ID != e.id || listed.Name != e.name {
		return fmt.Errorf("want file %s %s", e.id, e.name)
	}
	if !reflect.DeepEqual(listed.Metadata, e.metadata) {
		return fmt.Errorf("metadata %v, want %v", listed.Metadata, e.metadata)
	}
	file, err := api.DescribeFile(ctx, assistant, e.id, &data.DescribeFileParams{IncludeURL: true})
	if err != nil {
		return err
	}
	sum, size, err := download(ctx, file.SignedURL)
	if err != nil {
		return err
	}
	if sum != e.sum || size != listed.Size {
		return fmt.Errorf("contents of %d bytes differ from those sent", size)
	}
	return nil
}

func download(ctx context.Context, url string) (sum [sha256.Size]byte, size int64, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return sum, 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return sum, 0, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return sum, 0, fmt.Errorf("signed URL: status %s", resp.Status)
	}
	hash := sha256.New()
	size, err = io.Copy(hash, resp.Body)
	return [sha256.Size]byte(hash.Sum(nil)), size, err
}
