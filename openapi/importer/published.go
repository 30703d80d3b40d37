package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// maxSpecBytes is the largest size of a published file. The largest published
// spec of 2026 has 70 kB.
const maxSpecBytes = 64 << 20

// published is a folder of published files, on disk or in a git repository.
type published struct {
	name  string   // name of the folder in errors
	names []string // its entries, sorted; folders end in /
	read  func(name string) ([]byte, error)
}

// path returns the name of a file for errors.
func (p *published) path(name string) string {
	return strings.TrimSuffix(p.name, "/") + "/" + name
}

// openPublished opens the folder that FROM names: a folder on disk;
// REPOSITORY:PATH, a folder of the repository's HEAD; or
// REPOSITORY:REVISION:PATH. REPOSITORY alone means the folder in it that is
// named like the version. A repository is a clone or a bare git directory.
func openPublished(ctx context.Context, from, version string) (*published, error) {
	if i := strings.IndexAny(from, "`$;|&<>\"'\n\r\x00"); i >= 0 {
		return nil, fmt.Errorf("FROM has the character %q: want a folder, or REPOSITORY:PATH or REPOSITORY:REVISION:PATH", from[i])
	}
	info, err := os.Stat(from)
	switch {
	case err == nil && isRepository(from):
		p, err := openRevision(ctx, from, "HEAD", version)
		if err != nil && hasSpec(from) {
			return openFolder(from)
		}
		return p, err
	case err == nil && !info.IsDir():
		return nil, fmt.Errorf("FROM=%s: not a folder", from)
	case err == nil:
		return openFolder(from)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	for i := range from {
		if from[i] != ':' || !isRepository(from[:i]) {
			continue
		}
		revision, folder, ok := strings.Cut(from[i+1:], ":")
		if ok {
			return openRevision(ctx, from[:i], revision, folder)
		}
		p, err := openRevision(ctx, from[:i], "HEAD", revision)
		if err == nil {
			return p, nil
		}
		if p, errRevision := openRevision(ctx, from[:i], revision, version); errRevision == nil {
			return p, nil
		}
		return nil, err
	}
	for folder := filepath.Dir(from); folder != filepath.Dir(folder); folder = filepath.Dir(folder) {
		if isRepository(folder) {
			rest, err := filepath.Rel(folder, from)
			if err != nil {
				return nil, err
			}
			return openRevision(ctx, folder, "HEAD", filepath.ToSlash(rest))
		}
	}
	return nil, fmt.Errorf("FROM=%s: neither a folder nor a folder in a git repository", from)
}

// isRepository reports whether a folder is a clone or a bare git directory.
func isRepository(folder string) bool {
	if _, err := os.Stat(filepath.Join(folder, ".git")); err == nil {
		return true
	}
	_, errHead := os.Stat(filepath.Join(folder, "HEAD"))
	_, errObjects := os.Stat(filepath.Join(folder, "objects"))
	return errHead == nil && errObjects == nil
}

// hasSpec reports whether a folder directly contains files that may be specs.
func hasSpec(folder string) bool {
	entries, _ := os.ReadDir(folder)
	return slices.ContainsFunc(entries, func(entry fs.DirEntry) bool {
		return !entry.IsDir() && isSpecName(entry.Name())
	})
}

func openFolder(folder string) (*published, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	p := &published{name: filepath.ToSlash(folder), read: func(name string) ([]byte, error) {
		return readSpec(filepath.Join(folder, name))
	}}
	for _, entry := range entries {
		p.names = append(p.names, entryName(entry.Name(), entry.IsDir()))
	}
	return p, nil
}

func entryName(name string, isFolder bool) string {
	if isFolder {
		return name + "/"
	}
	return name
}

// readSpec reads a regular file of at most maxSpecBytes. It does not block on a
// FIFO.
func readSpec(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file", name)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxSpecBytes+1))
	if err == nil && len(text) > maxSpecBytes {
		err = tooLarge(name)
	}
	return text, err
}

func tooLarge(name string) error {
	return fmt.Errorf("%s: larger than %d MiB", name, maxSpecBytes>>20)
}

// openRevision opens a folder in a revision of a git repository. It checks
// nothing out.
func openRevision(ctx context.Context, repository, revision, folder string) (*published, error) {
	if strings.HasPrefix(revision, "-") {
		return nil, fmt.Errorf("FROM: %q is not a revision", revision)
	}
	tree := revision + ":" + strings.Trim(path.Clean("/"+folder), "/")
	listing, err := git(ctx, repository, "ls-tree", "-z", "-l", tree)
	if err != nil {
		return nil, fmt.Errorf("FROM: no folder %s in the git repository %s: %w", tree, repository, err)
	}
	type blob struct {
		mode, object string
		size         int64
	}
	blobs := map[string]blob{}
	p := &published{name: repository + ":" + tree, read: func(name string) ([]byte, error) {
		b := blobs[name]
		switch {
		case !strings.HasPrefix(b.mode, "100"):
			return nil, fmt.Errorf("%s:%s/%s: not a regular file", repository, tree, name)
		case b.size > maxSpecBytes:
			return nil, tooLarge(repository + ":" + tree + "/" + name)
		}
		return git(ctx, repository, "cat-file", "blob", b.object)
	}}
	for line := range strings.SplitSeq(strings.TrimSuffix(string(listing), "\x00"), "\x00") {
		meta, name, ok := strings.Cut(line, "\t")
		fields := strings.Fields(meta) // mode, type, object, size
		if !ok || len(fields) != 4 {
			continue
		}
		size, _ := strconv.ParseInt(fields[3], 10, 64) // "-" for a folder
		blobs[name] = blob{fields[0], fields[2], size}
		p.names = append(p.names, entryName(name, fields[1] == "tree"))
	}
	slices.Sort(p.names)
	return p, nil
}

// git runs git in a repository. It clears the environment variables that could
// select another repository, and fetches nothing.
func git(ctx context.Context, repository string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", repository}, args...)...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(variable string) bool {
		return strings.HasPrefix(variable, "GIT_")
	})
	cmd.Env = append(cmd.Env, "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0", "LC_ALL=C")
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		line, _, _ := strings.Cut(strings.TrimSpace(string(exit.Stderr)), "\n")
		err = errors.New(cmp.Or(line, err.Error()))
	}
	return out, err
}

// ignored is a file that is not imported, with the reason.
type ignored struct{ name, why string }

// findPlanes finds the spec of each plane by file name, such as
// assistant_control_2025-10.oas.yaml or control.yaml: the plane is the name
// without the version and the words common to all names. It returns the file of
// each plane, and all other files.
func findPlanes(names []string, version string) (map[string]string, []ignored, error) {
	type spec struct {
		name, version string
		words         []string
		ofAssistant   bool
	}
	var specs []spec
	var others []ignored
	assistantOnly := false
	for _, name := range names {
		if !isSpecName(name) {
			others = append(others, ignored{name, "not a .yaml, .yml or .json file"})
			continue
		}
		s := spec{name: name}
		stem := strings.ToLower(strings.TrimSuffix(name, filepath.Ext(name)))
		stem, s.version = cutVersion(stem)
		for _, word := range strings.FieldsFunc(stem, func(r rune) bool { return !isNameRune(r) }) {
			if !slices.Contains(commonWords, word) && !apiRevision.MatchString(word) {
				s.words = append(s.words, word)
			}
			s.ofAssistant = s.ofAssistant || word == "assistant"
		}
		assistantOnly = assistantOnly || s.ofAssistant
		specs = append(specs, s)
	}
	planes := map[string]string{}
	for _, s := range specs {
		plane := strings.Join(s.words, "")
		switch other, twice := planes[plane]; {
		case assistantOnly && !s.ofAssistant, !s.ofAssistant && len(s.words) > 1:
			others = append(others, ignored{s.name, "a spec of another API"})
		case s.version != "" && s.version != version:
			others = append(others, ignored{s.name, "a spec of version " + s.version})
		case plane == "":
			others = append(others, ignored{s.name, "the file name does not contain a plane, such as control"})
		case slices.Contains(noPackages, plane) || !token.IsIdentifier(plane):
			return nil, nil, fmt.Errorf("%s: the plane %q cannot be the name of a Go package", s.name, plane)
		case twice:
			return nil, nil, fmt.Errorf("%s and %s are both specs of the %s plane", other, s.name, plane)
		default:
			planes[plane] = s.name
		}
	}
	if len(planes) == 0 {
		return nil, nil, fmt.Errorf("no spec of the Assistant API of %s, such as assistant_control_%[1]s.oas.yaml or control.yaml", version)
	}
	return planes, others, nil
}

// commonWords are words in the file names of all planes.
var commonWords = []string{"assistant", "pinecone", "api", "oas", "openapi", "spec", "plane", "published"}

var apiRevision = regexp.MustCompile(`^v\d+$`)

// noPackages are folder names that the go command treats specially or that
// cannot be imported.
var noPackages = []string{"main", "internal", "vendor", "testdata", "documentation"}

func isSpecName(name string) bool {
	return slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(filepath.Ext(name)))
}

func isNameRune(r rune) bool {
	return 'a' <= r && r <= 'z' || '0' <= r && r <= '9'
}

// cutVersion cuts the version out of a file name without its extension.
func cutVersion(stem string) (rest, version string) {
	at := versionInName.FindStringIndex(stem)
	if at == nil {
		return stem, ""
	}
	version = stem[at[0]:at[1]]
	if month, suffix, ok := strings.Cut(version, "."); ok && slices.Contains(commonWords, suffix) {
		version = month
	}
	return stem[:at[0]] + stem[at[0]+len(version):], version
}

var versionInName = regexp.MustCompile(`20\d\d-\d\d(?:\.[a-z][a-z0-9]*)?`)
