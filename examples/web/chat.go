package main

import (
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"slices"
	"time"

	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

// event is a line of the answer. The last line is done or an error.
type event struct {
	Text     string    `json:"text,omitempty"`
	Citation *citation `json:"citation,omitempty"`
	Error    string    `json:"error,omitempty"`
	Done     bool      `json:"done,omitempty"`
}

// citation is the part of a citation that the browser gets. It excludes signed
// URLs, which are secret.
type citation struct {
	Position int      `json:"position"` // in characters, from the start of the answer
	Sources  []source `json:"sources"`
}

type source struct {
	File  string `json:"file"`
	Pages []int  `json:"pages,omitempty"`
}

type chat struct {
	api       *data.API
	assistant string
	questions []string // suggested questions
	log       *log.Logger
}

// Assistant and Questions are used by the template of the page.
func (c *chat) Assistant() string   { return c.assistant }
func (c *chat) Questions() []string { return c.questions }

// mostFiles is the maximum number of files that the page lists.
const mostFiles = 500

// files lists the names of the files that answers can use.
func (c *chat) files(w http.ResponseWriter, r *http.Request) {
	list := struct {
		Files []string `json:"files"`
		More  bool     `json:"more"` // the list is incomplete
	}{Files: []string{}}
	for file, err := range c.api.AllFiles(r.Context(), c.assistant, nil) {
		if err != nil {
			if r.Context().Err() == nil {
				c.log.Print(err)
			}
			http.Error(w, explain(err), http.StatusBadGateway)
			return
		}
		if len(list.Files) == mostFiles {
			list.More = true
			break
		}
		if file.Status == data.FileStatusAvailable {
			list.Files = append(list.Files, file.Name)
		}
	}
	slices.Sort(list.Files)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(list)
}

// serve answers a conversation. If the browser ends its request, the context
// ends the loop and the request to the service.
func (c *chat) serve(w http.ResponseWriter, r *http.Request) {
	var conversation struct{ Messages []data.Message }
	r.Body = http.MaxBytesReader(w, r.Body, 256<<10)
	if r.Header.Get("Content-Type") != "application/json" || json.NewDecoder(r.Body).Decode(&conversation) != nil {
		http.Error(w, "want a conversation in JSON of at most 256 KiB", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("Cache-Control", "no-store")
	out, control := json.NewEncoder(w), http.NewResponseController(w)
	send := func(e event) error { // the browser must read it within 30 seconds
		return errors.Join(control.SetWriteDeadline(time.Now().Add(30*time.Second)), out.Encode(e), control.Flush())
	}
	defer func() { _ = control.SetWriteDeadline(time.Time{}) }() // the next request reuses the connection
	for chunk, err := range c.api.ChatStream(r.Context(), c.assistant, data.ChatRequest{Messages: conversation.Messages}) {
		switch chunk := chunk.(type) {
		case *data.ContentChunk:
			err = send(event{Text: chunk.Delta.Content})
		case *data.CitationChunk:
			cited := citation{Position: chunk.Citation.Position}
			for _, reference := range chunk.Citation.References {
				cited.Sources = append(cited.Sources, source{reference.File.Name, reference.Pages})
			}
			err = send(event{Citation: &cited})
		}
		if err != nil {
			if r.Context().Err() == nil { // otherwise the browser has ended the request
				c.log.Print(err)
			}
			_ = send(event{Error: explain(err)})
			return
		}
	}
	_ = send(event{Done: true})
}

// explain returns the message about an error for the browser, without internal
// details.
func explain(err error) string {
	switch cut := (*data.StreamError)(nil); {
	case errors.Is(err, data.ErrRateLimited):
		return "The assistant has too much to do. Try again in a minute."
	case errors.Is(err, data.ErrUnauthorized), errors.Is(err, data.ErrForbidden):
		return "The assistant does not let this server in."
	case errors.Is(err, data.ErrBadRequest):
		return "The assistant cannot answer this. A new chat may help."
	case errors.As(err, &cut):
		return "The answer was cut off."
	}
	return "The assistant cannot be reached. Try again later."
}
