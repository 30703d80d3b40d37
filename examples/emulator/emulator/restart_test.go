package emulator

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/gen/2026-04/control"
	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

// folderVariable is the environment variable with which the test binary runs an emulator
// with its data in a folder, until its standard input ends.
const folderVariable = "EMULATOR_TEST_FOLDER"

func TestMain(m *testing.M) {
	folder := os.Getenv(folderVariable)
	if folder == "" {
		os.Exit(m.Run())
	}
	running, err := Listen(context.Background(), "127.0.0.1:0", WithData(folder), WithPace(quick))
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	fmt.Println(running.URL, running.Key)
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := running.Close(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// child starts an emulator in another process, and returns the first line of its output.
func child(t *testing.T, folder string) (process *exec.Cmd, line string) {
	t.Helper()
	process = exec.CommandContext(t.Context(), os.Args[0])
	process.Env = append(os.Environ(), folderVariable+"="+folder)
	process.Stderr = os.Stderr
	out, err := process.StdoutPipe()
	if err == nil {
		_, err = process.StdinPipe() // stays open
	}
	if err == nil {
		err = process.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = process.Process.Kill()
		_ = process.Wait()
	})
	if line, err = bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	return process, strings.TrimSpace(line)
}

// startIn starts an emulator with its data in a folder. The caller must close it.
func startIn(t *testing.T, folder string, pace time.Duration) *fixture {
	t.Helper()
	running, err := Listen(t.Context(), "127.0.0.1:0", WithData(folder), WithPace(pace))
	if err != nil {
		t.Fatal(err)
	}
	return connect(t, running)
}

func read(t *testing.T, url string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("status %d: %s, error %v", resp.StatusCode, body, err)
	}
	return body
}

func TestRestart(t *testing.T) {
	folder := t.TempDir()
	first := startIn(t, folder, quick)
	ctx := t.Context()
	if _, err := first.control.CreateAssistant(ctx, control.CreateAssistantRequest{
		Name: "a", Instructions: "Be brief.", Metadata: map[string]any{"x": 1.0}, Region: control.RegionEU,
	}); err != nil {
		t.Fatal(err)
	}
	for number := range 3 {
		first.upload(t, fmt.Sprintf("%d.txt", number), "The tide is high.", map[string]any{"number": number})
	}
	failed := first.upload(t, "a.json", "{", nil)
	before, err := first.control.DescribeAssistant(ctx, "a")
	if err != nil {
		t.Fatal(err)
	}
	files, err := first.data.ListFiles(ctx, "a", &data.ListFilesParams{Limit: 2})
	if err != nil {
		t.Fatal(err)
	}
	described, err := first.data.DescribeFile(ctx, "a", files.Files[0].ID, &data.DescribeFileParams{IncludeURL: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}

	second := start(t, WithPace(quick), WithData(folder))
	if second.Key != first.Key {
		t.Error("the key has changed")
	}
	after, err := second.control.DescribeAssistant(ctx, "a")
	if err != nil {
		t.Fatal(err)
	}
	if before.Host = after.Host; fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("before %+v\nafter %+v", before, after)
	}
	rest, err := second.data.ListFiles(ctx, "a", &data.ListFilesParams{Limit: 2, PaginationToken: files.Pagination.Next})
	if err != nil || len(rest.Files) != 2 || rest.Files[0].Name != "2.txt" || rest.Files[0].Metadata["number"] != 2.0 || rest.Pagination.Next != "" {
		t.Errorf("second page %+v, error %v", rest, err)
	}
	if text := read(t, strings.Replace(described.SignedURL, first.URL, second.URL, 1)); string(text) != "The tide is high." {
		t.Errorf("content %q", text)
	}
	op, err := second.data.DescribeOperation(ctx, "a", failed.ID)
	if err != nil || op.ErrorMessage != failed.ErrorMessage || !op.CompletedOn.Equal(failed.CompletedOn) {
		t.Errorf("operation %+v, error %v", op, err)
	}
	found, err := second.data.RetrieveContext(ctx, "a", data.ContextRequest{Query: "tide", Filter: map[string]any{"number": map[string]any{"$gte": 1}}})
	if err != nil || len(found.Snippets) != 2 {
		t.Errorf("found %+v, error %v", found, err)
	}
}

// Unfinished work is resumed after a restart.
func TestResume(t *testing.T) {
	folder := t.TempDir()
	ready := startIn(t, folder, quick)
	ctx := t.Context()
	for _, name := range []string{"a", "going"} {
		if _, err := ready.control.CreateAssistant(ctx, control.CreateAssistantRequest{Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	deleted := ready.upload(t, "old.txt", "The tide was high.", nil)
	if err := ready.Close(); err != nil {
		t.Fatal(err)
	}

	slow := startIn(t, folder, time.Hour)
	if _, err := slow.control.CreateAssistant(ctx, control.CreateAssistantRequest{Name: "new"}); err != nil {
		t.Fatal(err)
	}
	if err := slow.control.DeleteAssistant(ctx, "going"); err != nil {
		t.Fatal(err)
	}
	upload, err := slow.data.UploadFile(ctx, "a", nil, data.UploadFileRequest{File: data.FileBytes("new.txt", []byte("The tide is high."))})
	if err != nil {
		t.Fatal(err)
	}
	deletion, err := slow.data.DeleteFile(ctx, "a", deleted.FileID)
	if err != nil {
		t.Fatal(err)
	}
	if err := slow.Close(); err != nil {
		t.Fatal(err)
	}

	again := start(t, WithPace(quick), WithData(folder))
	for _, op := range []*data.Operation{upload, deletion} {
		if op = again.wait(t, op); op.Status != data.OperationStatusCompleted {
			t.Errorf("operation %+v", op)
		}
	}
	if _, err := again.data.DescribeFile(ctx, "a", deleted.FileID, nil); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("deleted file: %v", err)
	}
	eventually(t, func() bool {
		created, err := again.control.DescribeAssistant(ctx, "new")
		if err != nil {
			t.Fatal(err)
		}
		_, err = again.control.DescribeAssistant(ctx, "going")
		return created.Status == control.AssistantStatusReady && errors.Is(err, control.ErrNotFound)
	})
}

// A folder can be used by one emulator at a time, and again after a kill of its process.
func TestFolderInUse(t *testing.T) {
	folder := t.TempDir()
	process, line := child(t, folder)
	if !strings.HasPrefix(line, "http://") {
		t.Fatal(line)
	}
	if second, err := Listen(t.Context(), "127.0.0.1:0", WithData(folder)); err == nil || !strings.Contains(err.Error(), "in use by another process") {
		t.Errorf("second process: %v", err)
		if err == nil {
			second.Close()
		}
	}
	if err := process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = process.Wait()
	first := start(t, WithData(folder))
	if _, line := child(t, folder); !strings.Contains(line, "in use by another process") {
		t.Errorf("second process: %s", line)
	}
	if _, err := New(WithData(folder)); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("second service of this process: %v", err)
	}
	if _, line := child(t, folder); !strings.Contains(line, "in use by another process") {
		t.Errorf("second process, later: %s", line)
	}
	first.createAssistant(t)
}

// Acknowledged files are there after a kill of the process, and are processed.
func TestKilled(t *testing.T) {
	t.Parallel()
	const clients = 4
	folder := t.TempDir()
	acknowledged := make(map[string][]byte) // contents by operation identifier
	for round := range 5 {
		process, line := child(t, folder)
		url, key, _ := strings.Cut(line, " ")
		editor, err := auth.APIKey(key)
		if err != nil {
			t.Fatal(line)
		}
		if round == 0 {
			api, err := control.New(control.WithRequestEditorFn(editor), control.WithBaseURL(url+basePath))
			if err == nil {
				_, err = api.CreateAssistant(t.Context(), control.CreateAssistantRequest{Name: "a"})
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		api, err := data.New(url, data.WithRequestEditorFn(editor), data.WithMaxRetries(0))
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		var group sync.WaitGroup
		kill := len(acknowledged) + rand.IntN(20)
		for client := range clients {
			group.Go(func() {
				for number := 0; ; number++ {
					content := bytes.Repeat(fmt.Appendf(nil, "The tide of round %d, client %d, file %d. ", round, client, number), 1+rand.IntN(3_000))
					op, err := api.UploadFile(t.Context(), "a", nil, data.UploadFileRequest{File: data.FileBytes("a.txt", content)})
					if err != nil {
						return // the process was killed
					}
					mu.Lock()
					acknowledged[op.ID] = content
					if len(acknowledged) > kill {
						_ = process.Process.Kill()
					}
					mu.Unlock()
				}
			})
		}
		group.Wait()
		_ = process.Wait()
	}

	f := start(t, WithData(folder), WithPace(quick))
	for id, content := range acknowledged {
		op, err := f.data.DescribeOperation(t.Context(), "a", id)
		if err != nil {
			t.Fatal(err)
		}
		if op = f.wait(t, op); op.ErrorMessage == errUnfinished.Error() {
			continue // the process was killed twice while it read the file
		}
		if op.Status != data.OperationStatusCompleted {
			t.Fatalf("operation %+v", op)
		}
		file, err := f.data.DescribeFile(t.Context(), "a", op.FileID, &data.DescribeFileParams{IncludeURL: true})
		if err != nil || file.Status != data.FileStatusAvailable {
			t.Fatalf("file %+v, error %v", file, err)
		}
		if !bytes.Equal(read(t, file.SignedURL), content) {
			t.Errorf("content of file %+v differs", file)
		}
	}
	// Contents without a file are removed.
	db, err := sql.Open("sqlite", filepath.Join(folder, "emulator.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	eventually(t, func() bool {
		var orphans int
		err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM content WHERE id NOT IN (SELECT content FROM file)").Scan(&orphans)
		if err != nil {
			t.Fatal(err)
		}
		return orphans == 0
	})
	var verdict string
	if err := db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("integrity: %s, error %v", verdict, err)
	}
}
