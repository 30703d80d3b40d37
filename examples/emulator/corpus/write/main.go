// Write writes the documents of the corpus to a folder.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/pinecone-community/assistant-go/examples/emulator/corpus"
)

func main() {
	folder := flag.String("to", "documents", "`folder` to write the documents to")
	flag.Parse()
	if err := corpus.Write(*folder); err != nil {
		fmt.Fprintln(os.Stderr, "write:", err)
		os.Exit(1)
	}
}
