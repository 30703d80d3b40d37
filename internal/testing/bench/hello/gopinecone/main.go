// Command gopinecone lists indexes through go-pinecone, which has no assistants.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/pinecone-io/go-pinecone/v5/pinecone"
)

func main() {
	client, err := pinecone.NewClient(pinecone.NewClientParams{})
	if err != nil {
		log.Fatal(err)
	}
	indexes, err := client.ListIndexes(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	for _, index := range indexes {
		fmt.Println(index.Name)
	}
}
