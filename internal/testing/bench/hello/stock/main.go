// Command stock asks one question through the stock client of oapi-codegen.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"

	"github.com/pinecone-community/assistant-go/internal/testing/bench/stock"
)

func main() {
	client, err := stock.NewClientWithResponses(os.Args[1], stock.WithRequestEditorFn(func(_ context.Context, req *http.Request) error {
		req.Header.Set("Api-Key", os.Getenv("PINECONE_API_KEY"))
		return nil
	}))
	if err != nil {
		log.Fatal(err)
	}
	role, hello := "user", "Hello"
	answer, err := client.ChatAssistantWithResponse(context.Background(), "my-assistant", stock.ChatRequest{
		Messages: []stock.MessageModel{{Role: &role, Content: &hello}},
	})
	if err != nil {
		log.Fatal(err)
	}
	if answer.JSON200 == nil {
		log.Fatal(answer.Status())
	}
	fmt.Println(*answer.JSON200.Message.Content)
}
