// Command anthropic asks one question through anthropic-sdk-go.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/anthropics/anthropic-sdk-go"
)

func main() {
	client := anthropic.NewClient()
	answer, err := client.Messages.New(context.Background(), anthropic.MessageNewParams{
		Messages:  []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock("Hello"))},
		MaxTokens: 1024,
		Model:     "claude-sonnet-4-5",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer.Content[0].Text)
}
