package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/program"
)

func diskAttacks() []attack {
	return []attack{{"a full disk of 64 MiB", fullDisk}, {"the data folder after deletions", shrink}}
}

// fullDisk uploads files to a small file system in memory until it is full, and deletes
// some of them. The others must be processed.
func fullDisk(ctx context.Context, t *target) (outcome string, err error) {
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		return "", fmt.Errorf("%w: mounting a small file system requires Linux and root", errNotTried)
	}
	if err := t.stop(); err != nil {
		return "", err
	}
	if err := os.RemoveAll(t.folder); err != nil {
		return "", err
	}
	if err := os.Mkdir(t.folder, 0o700); err != nil {
		return "", err
	}
	if text, err := exec.CommandContext(ctx, "mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", t.folder).CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: mount: %s", errNotTried, text)
	}
	defer func() {
		if t.Program != nil {
			err = errors.Join(err, t.stop())
		}
		err = errors.Join(err, exec.Command("umount", t.folder).Run()) //nolint:noctx // also when ctx is done
		if err == nil {                                                // run uploads one more file
			err = t.start(ctx)
		}
		if err == nil {
			err = t.Create(ctx, assistant)
		}
	}()
	if err := t.start(ctx); err != nil {
		return "", err
	}
	if err := t.Create(ctx, assistant); err != nil {
		return "", err
	}
	var acknowledged []string
	refused := (*program.Error)(nil)
	for n := 0; ; n++ {
		id, err := t.Upload(ctx, assistant, fmt.Sprint(n, ".txt"), strings.NewReader(string(fill(fmt.Sprintf("The tide of day %d is high. ", n), 1<<20))))
		if errors.As(err, &refused) {
			break
		}
		if err != nil {
			return "", err
		}
		acknowledged = append(acknowledged, id)
	}
	if refused.Status != http.StatusServiceUnavailable {
		return "", refused
	}
	deleted := 0
	var kept []string
	for n, id := range acknowledged { // delete every second file
		if n%2 == 1 {
			kept = append(kept, id)
			continue
		}
		if err := t.delete(ctx, id); err != nil {
			return "", fmt.Errorf("deleting while the disk is full: %w", err)
		}
		deleted++
	}
	for len(kept) > len(acknowledged)/4 {
		if err := t.delete(ctx, kept[0]); err != nil {
			return "", err
		}
		kept = kept[1:]
		deleted++
	}
	for _, id := range kept {
		if reason, err := t.Wait(ctx, assistant, id); err != nil || reason != "" {
			return "", errors.Join(err, fmt.Errorf("acknowledged file: %s", reason))
		}
	}
	return fmt.Sprintf("%d files, then 503; %d deleted, %d processed after that", len(acknowledged), deleted, len(kept)), nil
}

func (t *target) delete(ctx context.Context, id string) error {
	return t.JSON(ctx, http.MethodDelete, "/files/"+assistant+"/"+id, nil, nil)
}

// shrink uploads and deletes files, and waits until the data folder is about as small
// as before.
func shrink(ctx context.Context, t *target) (string, error) {
	before, err := size(t.folder)
	if err != nil {
		return "", err
	}
	var ids []string
	for n := range 6 {
		id, err := t.Upload(ctx, assistant, fmt.Sprint(n, ".txt"), strings.NewReader(string(fill(fmt.Sprintf("The tide of day %d is high. ", n), 8<<20))))
		if err != nil {
			return "", err
		}
		ids = append(ids, id)
	}
	for _, id := range ids {
		if reason, err := t.Wait(ctx, assistant, id); err != nil || reason != "" {
			return "", errors.Join(err, errors.New(reason))
		}
	}
	full, err := size(t.folder)
	if err != nil {
		return "", err
	}
	for _, id := range ids {
		if err := t.delete(ctx, id); err != nil {
			return "", err
		}
	}
	for {
		after, err := size(t.folder)
		if err != nil {
			return "", err
		}
		if after < before+full/10 {
			return fmt.Sprintf("%d MiB with 48 MB of files, %d MiB without, %d MiB before", full>>20, after>>20, before>>20), nil
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// size returns the total size of the files in a folder, in bytes.
func size(folder string) (total int64, err error) {
	return total, filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			total += info.Size()
		}
		return err
	})
}
