package redact

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"testing"
)

func TestError(t *testing.T) {
	cause := &fs.PathError{Op: "open", Path: "secret-5e1f", Err: fs.ErrNotExist}
	err := fmt.Errorf("outside: %w", Error("open "+Mark, cause))

	if !errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrExist) {
		t.Error("it does not match what its cause matches")
	}
	var path *fs.PathError
	if !errors.As(err, &path) || path != cause {
		t.Error("its cause cannot be found")
	}

	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Error("failed", "err", err)
	slog.New(slog.NewTextHandler(&log, nil)).Error("failed", "err", err)
	for e := err; e != nil; e = errors.Unwrap(e) {
		fmt.Fprintf(&log, "%v %+v %#v %s %q\n", e, e, e, e, e)
	}
	if strings.Contains(log.String(), "secret") || !strings.Contains(log.String(), "open "+Mark) {
		t.Error(log.String())
	}
}
