package emulator

import (
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

// watched is a reader of zeros that measures the memory in use while it is read.
type watched struct {
	left int64  // number of remaining bytes
	peak uint64 // peak memory in bytes
}

func (w *watched) Read(p []byte) (int, error) {
	if w.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), w.left)
	clear(p[:n])
	if before := w.left / (8 << 20); before != (w.left-n)/(8<<20) {
		w.peak = max(w.peak, inUse())
	}
	w.left -= n
	return int(n), nil
}

func inUse() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// A large file is never in memory as a whole, whether it is accepted or refused.
func TestMemoryOfUploads(t *testing.T) {
	f := start(t, WithPace(quick), WithData(t.TempDir()))
	f.createAssistant(t)
	editor, err := auth.APIKey(f.Key)
	if err != nil {
		t.Fatal(err)
	}
	// The fixture's client would keep the body in memory, to validate it.
	api, err := data.New(f.URL, data.WithRequestEditorFn(editor))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"large.pdf": "", "large.txt": "94371840 bytes, the limit of .txt is 10485760"} {
		before := inUse()
		content := &watched{left: 90 << 20}
		op, err := api.UploadFile(t.Context(), "a", nil, data.UploadFileRequest{File: data.FileReader(name, content)})
		if want != "" {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q", name, err, want)
			}
		} else if err != nil {
			t.Error(err)
		} else if op = f.wait(t, op); !strings.Contains(op.ErrorMessage, "cannot be read as pdf") {
			t.Errorf("%s: %+v", name, op)
		}
		if grown := int64(content.peak) - int64(before); content.peak == 0 || grown > 16<<20 {
			t.Errorf("%s: the memory in use grew by %d bytes", name, grown)
		}
	}
}

func TestFormRefused(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.createAssistant(t)
	body, header := form(t, field{"file", "a.txt", "hello"}, field{"metadata", "", "null"})
	if status, text := f.send(t, "POST", "/assistant/files/a", header, body); status != 400 || !strings.Contains(text, "not null") {
		t.Errorf("status %d: %s", status, text)
	}
	body, header = form(t, field{"file", "a.txt", "hello"})
	if status, text := f.send(t, "POST", "/assistant/files/a", header, body[:len(body)-30]); status != 400 || !strings.Contains(text, "the form cannot be read") {
		t.Errorf("status %d: %s", status, text)
	}
	body, header = form(t, field{"file", "a.pdf", strings.Repeat("x", maxRequestBytes)})
	if status, text := f.send(t, "POST", "/assistant/files/a", header, body); status != 400 || !strings.Contains(text, "the request is larger than") {
		t.Errorf("status %d: %s", status, text)
	}
}

func TestRange(t *testing.T) {
	t.Parallel()
	f := start(t, WithPace(quick))
	f.createAssistant(t)
	op := f.upload(t, "a.txt", strings.Repeat("x", 1<<20-2)+"y z "+strings.Repeat("x", 1<<20), nil)
	file, err := f.data.DescribeFile(t.Context(), "a", op.FileID, &data.DescribeFileParams{IncludeURL: true})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), "GET", file.SignedURL, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Range", "bytes=1048573-1048578")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 206 || string(body) != "xy z x" || resp.Header.Get("Content-Range") != "bytes 1048573-1048578/2097154" {
		t.Errorf("status %d, %s: %q, error %v", resp.StatusCode, resp.Header.Get("Content-Range"), body, err)
	}
}
