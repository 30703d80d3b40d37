// Command assistant asks one question through this project's client.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

func main() {
	editor, err := auth.FromEnv()
	if err != nil {
		log.Fatal(err)
	}
	api, err := data.New(os.Args[1], data.WithRequestEditorFn(editor))
	if err != nil {
		log.Fatal(err)
	}
	answer, err := api.Chat(context.Background(), "my-assistant", data.ChatRequest{
		Messages: []data.Message{{Role: "user", Content: "Hello"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer.Message.Content)
}
