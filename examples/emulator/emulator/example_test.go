package emulator_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
)

var t *testing.T

func ExampleStart() {
	running := emulator.Start(t) // until the test ends

	editor, err := auth.APIKey(running.Key)
	if err != nil {
		t.Fatal(err)
	}
	ctl, err := control.New(control.WithRequestEditorFn(editor), control.WithBaseURL(running.URL+"/assistant"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ctl.CreateAssistant(t.Context(), control.CreateAssistantRequest{Name: "example-assistant"}); err != nil {
		t.Error(err)
	}
}

// This example makes one request fail.
func ExampleRunning_Fail() {
	if err := failOnce(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// the first fails: true
	// the second fails: false
}

func failOnce(ctx context.Context) error {
	running, err := emulator.Listen(ctx, "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer running.Close()
	editor, err := auth.APIKey(running.Key)
	if err != nil {
		return err
	}
	ctl, err := control.New(control.WithRequestEditorFn(editor), control.WithBaseURL(running.URL+"/assistant"), control.WithMaxRetries(0))
	if err != nil {
		return err
	}

	if err := running.Fail(emulator.Fault{Status: 503, Operation: "ListAssistants"}); err != nil {
		return err
	}
	_, err = ctl.ListAssistants(ctx, nil)
	fmt.Println("the first fails:", errors.Is(err, control.ErrServer))
	_, err = ctl.ListAssistants(ctx, nil)
	fmt.Println("the second fails:", err != nil)
	return nil
}
