package sse_test

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/pinecone-community/assistant-go/internal/sse"
)

func ExampleReader() {
	body := strings.NewReader(": keep-alive\n\ndata:{\"type\":\"message_start\"}\n\ndata:{\"type\":\"message_end\"}\n\n")
	events := sse.NewReader(body, 16<<20)
	for {
		data, err := events.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			fmt.Printf("event %d: %v\n", events.Number()+1, err)
			break
		}
		fmt.Printf("%d %s\n", events.Number(), data)
	}
	// Output:
	// 1 {"type":"message_start"}
	// 2 {"type":"message_end"}
}
