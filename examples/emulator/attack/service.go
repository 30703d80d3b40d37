package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// maxStop is the longest time from an interrupt to the end of the emulator.
const maxStop = 3 * time.Second

func serviceAttacks() []attack {
	return []attack{
		{"evaluation of 97 KB", func(ctx context.Context, t *target) (string, error) {
			return t.evaluate(ctx, 97<<10, "The tide is high. ")
		}},
		{"evaluation of two texts of 4 MB", func(ctx context.Context, t *target) (string, error) {
			return t.evaluate(ctx, 4<<20, strings.Repeat("wave ", 100)+". ")
		}},
		{"evaluation that the client cancels", func(ctx context.Context, t *target) (string, error) {
			ctx, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
			defer cancel()
			if _, err := t.evaluate(ctx, 4<<20, strings.Repeat("wave ", 100)+". "); err != nil && !errors.Is(err, context.DeadlineExceeded) {
				return "", err
			}
			return "canceled", nil
		}},
		{"200 uploads that stall", stall},
		{"interrupt while files are read and uploaded", interrupt},
		{"two kills while a file is read", killed},
	}
}

func (t *target) evaluate(ctx context.Context, size int, text string) (string, error) {
	var response struct {
		Metrics struct{ Alignment float64 } `json:"metrics"`
	}
	err := t.JSON(ctx, http.MethodPost, "/evaluation/metrics/alignment", map[string]string{
		"question": "How?", "answer": string(fill(text, size)), "ground_truth_answer": string(fill(text, size)),
	}, &response)
	return fmt.Sprintf("alignment %.2f", response.Metrics.Alignment), err
}

// stalling opens connections and sends most of a MiB of an upload of 2 MiB on each.
func (t *target) stalling(ctx context.Context, connections int) ([]net.Conn, error) {
	var open []net.Conn
	host := strings.TrimSuffix(strings.TrimPrefix(t.URL, "http://"), "/assistant")
	part := "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n" + string(fill("wave ", 1<<20-1<<10))
	for range connections {
		connection, err := new(net.Dialer).DialContext(ctx, "tcp", host)
		if err != nil {
			return open, err
		}
		open = append(open, connection)
		_ = connection.SetWriteDeadline(time.Now().Add(5 * time.Second)) // the emulator reads a limited number of bodies at a time
		_, err = fmt.Fprintf(connection, "POST /assistant/files/%s HTTP/1.1\r\nHost: %s\r\nApi-Key: %s\r\nX-Pinecone-Api-Version: 2026-04\r\n"+
			"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: %d\r\n\r\n%s", assistant, host, t.Key, 2<<20, part)
		if timeout := net.Error(nil); err != nil && (!errors.As(err, &timeout) || !timeout.Timeout()) {
			return open, err
		}
	}
	return open, nil
}

// stall waits until the emulator gives up a stalled upload and sends a response.
func stall(ctx context.Context, t *target) (string, error) {
	open, err := t.stalling(ctx, 200)
	defer func() {
		for _, connection := range open {
			_ = connection.Close()
		}
	}()
	if err != nil {
		return "", err
	}
	response := make([]byte, 1<<10)
	n, err := open[0].Read(response)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	status, _, _ := bytes.Cut(response[:n], []byte("\r\n"))
	return fmt.Sprintf("response %s", status), nil
}

// slow returns a PDF that takes a long time to read.
func slow() []byte {
	content := show(string(fill("(wave wind tide) Tj 0 -1 Td ", 8<<20)))
	var pages []string
	kids := ""
	for n := range 20 {
		kids += fmt.Sprintf("%d 0 R ", 5+n)
		pages = append(pages, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F 3 0 R >> >> >>")
	}
	return pdf("", append([]string{"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [" + kids + "] /Count 20 >>",
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", stream("", content, 1)}, pages...)...)
}

// reading waits until a file is being read: half or more of its processing is done.
func (t *target) reading(ctx context.Context, id string) error {
	old := *t.Client
	old.Version = "2025-01"
	for {
		var file struct {
			Done float64 `json:"percent_done"`
		}
		if err := old.JSON(ctx, http.MethodGet, "/files/"+assistant+"/"+id, nil, &file); err != nil || file.Done >= 0.5 {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// interrupt interrupts the emulator while it reads large files and receives others. It
// must end within maxStop, and process the large files after the next start.
func interrupt(ctx context.Context, t *target) (string, error) {
	large, err := t.Upload(ctx, assistant, "a.txt", bytes.NewReader(fill("The tide is high. ", fileSize)))
	if err != nil {
		return "", err
	}
	document, err := t.Upload(ctx, assistant, "a.pdf", bytes.NewReader(slow()))
	if err != nil {
		return "", err
	}
	open, err := t.stalling(ctx, 8)
	defer func() {
		for _, connection := range open {
			_ = connection.Close()
		}
	}()
	if err != nil {
		return "", err
	}
	if err := errors.Join(t.reading(ctx, large), t.reading(ctx, document)); err != nil {
		return "", err
	}
	began := time.Now()
	if err := t.stop(); err != nil {
		return "", err
	}
	took := time.Since(began)
	if took > maxStop {
		return "", fmt.Errorf("the emulator took %s to end, want at most %s", took, maxStop)
	}
	if err := t.start(ctx); err != nil {
		return "", err
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, id := range []string{large, document} {
		group.Go(func() error {
			_, err := t.Wait(ctx, assistant, id)
			return err
		})
	}
	return fmt.Sprintf("status 0 after %.1f s; both are processed after the next start", took.Seconds()), group.Wait()
}

// killed kills the emulator twice while it reads the same file. The file must fail at
// the third start.
func killed(ctx context.Context, t *target) (string, error) {
	id, err := t.Upload(ctx, assistant, "a.pdf", bytes.NewReader(slow()))
	if err != nil {
		return "", err
	}
	for range 2 {
		if err := t.reading(ctx, id); err != nil {
			return "", err
		}
		if err := t.kill(); err != nil {
			return "", err
		}
		if err := t.start(ctx); err != nil {
			return "", err
		}
	}
	reason, err := t.Wait(ctx, assistant, id)
	if err == nil && !strings.Contains(reason, "ended twice") {
		err = fmt.Errorf("after the third start: %q", reason)
	}
	return reason, err
}
