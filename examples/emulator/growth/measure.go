package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/pinecone-community/assistant-go/examples/emulator/corpus"
	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/program"
)

const (
	question    = "question of 40 words"
	questionLen = 40
	atOnce      = 16
	uploaders   = 8
	pageSize    = 100

	// firstWithPages is the first version with pages. Older versions list all files.
	firstWithPages = "2026-04"
)

// measurement measures the duration of calls to an emulator.
type measurement struct {
	*program.Client                   // client of the newest version
	versions        []*program.Client // clients of all versions, the oldest first
	entries         []corpus.Entry
	words           []string // of all entries
	samples         int
}

func newMeasurement(service *program.Program, fewest, samples int) (*measurement, error) {
	m := &measurement{samples: samples}
	for _, version := range emulator.Versions() {
		m.versions = append(m.versions, service.NewClient(version, atOnce))
	}
	m.Client = m.versions[len(m.versions)-1]
	var err error
	if m.entries, err = corpus.Entries(); err != nil {
		return nil, err
	}
	m.entries = m.entries[:min(len(m.entries), fewest)] // so that each assistant has all of them
	for _, entry := range m.entries {
		m.words = append(m.words, strings.Fields(entry.Text)...)
	}
	return m, nil
}

// content returns the text of the n-th file: an entry and the number n.
func (m *measurement) content(n int) string {
	entry := m.entries[n%len(m.entries)]
	return fmt.Sprintf("%s\n\n%s\n\nThis is copy %d of it.\n", entry.Title, entry.Text, n)
}

func (m *measurement) column(ctx context.Context, files int) (*column, error) {
	c := &column{files: files, assistant: fmt.Sprintf("with-%d", files), times: make(map[string]time.Duration)}
	if err := m.Create(ctx, c.assistant); err != nil {
		return nil, err
	}
	began := time.Now()
	ids, err := m.fill(ctx, c)
	if err != nil {
		return nil, err
	}
	c.add("all files, until they are processed", time.Since(began))
	for _, client := range m.versions {
		list := fmt.Sprintf("list a page of %d", pageSize)
		if client.Version < firstWithPages {
			list = "list all files"
		}
		name := func(call string) string { return call + ", " + client.Version }
		var last string
		if err := m.median(c, name("upload, until it is acknowledged"), func() error {
			if last == "" {
				return nil
			}
			_, err := client.Wait(ctx, c.assistant, last)
			return err
		}, func(n int) (err error) {
			last, err = client.Upload(ctx, c.assistant, fmt.Sprintf("more-%d.txt", n), strings.NewReader(m.content(n)))
			return err
		}); err != nil {
			return nil, err
		}
		if err := m.median(c, name("describe a file"), nil, func(n int) error {
			return client.JSON(ctx, http.MethodGet, "/files/"+c.assistant+"/"+ids[n*len(ids)/m.samples], nil, nil)
		}); err != nil {
			return nil, err
		}
		if err := m.median(c, name(list), nil, func(int) error {
			return client.JSON(ctx, http.MethodGet, fmt.Sprintf("/files/%s?limit=%d", c.assistant, pageSize), nil, nil)
		}); err != nil {
			return nil, err
		}
	}
	random := rand.New(rand.NewPCG(1, 1)) // the same questions for each number of files
	ask := func(int) error { return m.ask(ctx, c, m.question(random)) }
	if err := m.median(c, question, nil, ask); err != nil {
		return nil, err
	}
	began = time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for range atOnce {
		text := m.question(random)
		group.Go(func() error { return m.ask(ctx, c, text) })
	}
	err = group.Wait()
	c.add(fmt.Sprintf("%d such questions at once, until all are answered", atOnce), time.Since(began))
	return c, err
}

// fill uploads the files, waits until they are processed and returns their
// identifiers.
func (m *measurement) fill(ctx context.Context, c *column) ([]string, error) {
	ids := make([]string, c.files)
	group, uploading := errgroup.WithContext(ctx)
	group.SetLimit(uploaders)
	for n := range c.files {
		group.Go(func() (err error) {
			ids[n], err = m.Upload(uploading, c.assistant, fmt.Sprintf("file-%d.txt", n), strings.NewReader(m.content(n)))
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for _, id := range ids {
		message, err := m.Wait(ctx, c.assistant, id)
		if err == nil && message != "" {
			err = errors.New(message)
		}
		if err != nil {
			return nil, fmt.Errorf("file %s: %w", id, err)
		}
	}
	return ids, nil
}

// median adds the median duration of a call. If before is not nil, it runs before each
// call and is not measured.
func (m *measurement) median(c *column, call string, before func() error, do func(n int) error) error {
	var times []time.Duration
	for n := range m.samples {
		if before != nil {
			if err := before(); err != nil {
				return err
			}
		}
		began := time.Now()
		if err := do(n); err != nil {
			return fmt.Errorf("%s: %w", call, err)
		}
		times = append(times, time.Since(began))
	}
	slices.Sort(times)
	c.add(call, times[len(times)/2])
	return nil
}

// question returns questionLen words of the files, up to three quarters of them from
// the beginning of one file.
func (m *measurement) question(random *rand.Rand) string {
	text := strings.Fields(m.entries[random.IntN(len(m.entries))].Text)
	words := slices.Clone(text[:min(len(text), questionLen*3/4)])
	for len(words) < questionLen {
		words = append(words, m.words[random.IntN(len(m.words))])
	}
	return strings.Join(words, " ")
}

func (m *measurement) ask(ctx context.Context, c *column, text string) error {
	var response struct {
		Snippets []any `json:"snippets"`
	}
	err := m.JSON(ctx, http.MethodPost, "/chat/"+c.assistant+"/context", map[string]any{"query": text}, &response)
	if err == nil && len(response.Snippets) == 0 {
		err = errors.New("no snippets")
	}
	return err
}

// remove measures the deletion of an assistant, until it is not found any more.
func (m *measurement) remove(ctx context.Context, c *column) error {
	began := time.Now()
	if err := m.JSON(ctx, http.MethodDelete, "/assistants/"+c.assistant, nil, nil); err != nil {
		return err
	}
	for {
		err := m.JSON(ctx, http.MethodGet, "/assistants/"+c.assistant, nil, nil)
		gone := (*program.Error)(nil)
		if errors.As(err, &gone) && gone.Status == http.StatusNotFound {
			c.add("delete the assistant, until it is gone", time.Since(began))
			return nil
		}
		if err != nil {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}
