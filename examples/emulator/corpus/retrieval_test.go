package corpus

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

const (
	assistant = "corpus"
	uploaders = 8
)

// An emulator with all documents finds the document that answers a question. A chat
// finds fewer than a retrieval, since it quotes only sentences with at least a third
// of the question's words.
func TestRetrieval(t *testing.T) {
	api := newAssistant(t)
	documents, err := Documents()
	if err != nil {
		t.Fatal(err)
	}
	uploadAll(t, api, documents)
	questions, err := Questions()
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []struct {
		name string
		ask  func(*testing.T, *data.API, string) string
		want int // least number of questions for which the right document is found
	}{
		{"snippet", firstSnippet, 18},
		{"citation", firstCitation, 18},
	} {
		t.Run(kind.name, func(t *testing.T) {
			right := 0
			for _, question := range questions {
				got := kind.ask(t, api, question.Text)
				if got == question.Answer {
					right++
					continue
				}
				t.Logf("%s\n\tfinds %q, want %q", question.Text, got, question.Answer)
			}
			t.Logf("%d of %d questions find their document", right, len(questions))
			if right < kind.want {
				t.Errorf("%d questions find their document, want at least %d", right, kind.want)
			}
		})
	}
}

func newAssistant(t *testing.T) *data.API {
	t.Helper()
	service := emulator.Start(t, emulator.WithPace(time.Millisecond))
	editor, err := auth.APIKey(service.Key)
	if err != nil {
		t.Fatal(err)
	}
	ctl, err := control.New(control.WithRequestEditorFn(editor), control.WithBaseURL(service.URL+"/assistant"))
	if err != nil {
		t.Fatal(err)
	}
	created, err := ctl.CreateAssistant(t.Context(), control.CreateAssistantRequest{Name: assistant})
	if err != nil {
		t.Fatal(err)
	}
	api, err := data.New(created.Host, data.WithRequestEditorFn(editor))
	if err != nil {
		t.Fatal(err)
	}
	return api
}

// uploadAll uploads documents concurrently and waits until they are processed.
func uploadAll(t *testing.T, api *data.API, documents []Document) {
	t.Helper()
	queue := make(chan Document)
	var group sync.WaitGroup
	for range uploaders {
		group.Go(func() {
			for document := range queue {
				if err := upload(t, api, document); err != nil {
					t.Errorf("%s: %v", document.Name, err)
				}
			}
		})
	}
	for _, document := range documents {
		queue <- document
	}
	close(queue)
	group.Wait()

	stored := 0
	for file, err := range api.AllFiles(t.Context(), assistant, nil) {
		if err != nil {
			t.Fatal(err)
		}
		if file.Status != data.FileStatusAvailable {
			t.Errorf("%s is %s", file.Name, file.Status)
		}
		stored++
	}
	if stored != len(documents) {
		t.Fatalf("%d files, want %d", stored, len(documents))
	}
}

func upload(t *testing.T, api *data.API, document Document) error {
	operation, err := api.UploadFile(t.Context(), assistant, nil, data.UploadFileRequest{
		File:     data.FileBytes(document.Name, document.Content),
		Metadata: map[string]any{"field": document.Field},
	})
	if err != nil {
		return err
	}
	_, err = api.WaitForOperation(t.Context(), assistant, operation.ID, data.WaitInterval(5*time.Millisecond, 100*time.Millisecond))
	return err
}

func firstSnippet(t *testing.T, api *data.API, question string) string {
	t.Helper()
	found, err := api.RetrieveContext(t.Context(), assistant, data.ContextRequest{Query: question})
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Snippets) == 0 {
		return ""
	}
	snippet, ok := found.Snippets[0].Value.(*data.TextSnippet)
	if !ok {
		t.Fatalf("the first snippet is a %T", found.Snippets[0].Value)
	}
	switch reference := snippet.Reference.Value.(type) {
	case *data.TextReference:
		return reference.File.Name
	case *data.MarkdownReference:
		return reference.File.Name
	case *data.JSONReference:
		return reference.File.Name
	case *data.PDFReference:
		return reference.File.Name
	case *data.DocxReference:
		return reference.File.Name
	default:
		return fmt.Sprintf("a %T", reference)
	}
}

func firstCitation(t *testing.T, api *data.API, question string) string {
	t.Helper()
	answer, err := api.Chat(t.Context(), assistant, data.ChatRequest{
		Messages: []data.Message{{Role: "user", Content: question}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(answer.Citations) == 0 || len(answer.Citations[0].References) == 0 {
		return ""
	}
	return answer.Citations[0].References[0].File.Name
}
