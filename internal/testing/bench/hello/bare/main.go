// Command bare is the smallest HTTP client, with which the other commands are
// compared.
package main

import (
	"io"
	"log"
	"net/http"
	"os"
)

func main() {
	resp, err := http.Get(os.Args[1]) //nolint:noctx // the smallest client has no context
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(os.Stdout, resp.Body); err != nil {
		log.Print(err)
	}
}
