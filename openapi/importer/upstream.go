package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pinecone-community/assistant-go/internal/compile"
	"github.com/pinecone-community/assistant-go/openapi/internal/specdiff"
)

// upstream is a repository or folder of published specs that has a folder for
// each version.
type upstream struct {
	name     string // as given
	revision string // "" for a folder
	top      *published
	open     func(version string) (*published, error)
}

// openUpstream opens a clone or bare git directory at HEAD, or a folder.
func openUpstream(ctx context.Context, repository string) (*upstream, error) {
	if repository == "" {
		return nil, errors.New("want REPO, a clone or a git directory of pinecone-io/pinecone-api")
	}
	u := &upstream{name: repository}
	var err error
	if !isRepository(repository) {
		u.top, err = openFolder(repository)
		u.open = func(version string) (*published, error) { return openFolder(filepath.Join(repository, version)) }
		return u, err
	}
	if u.top, err = openRevision(ctx, repository, "HEAD", ""); err != nil {
		return nil, err
	}
	u.open = func(version string) (*published, error) { return openRevision(ctx, repository, "HEAD", version) }
	revision, err := git(ctx, repository, "log", "-1", "--format=%h of %cs", "HEAD")
	u.revision = strings.TrimSpace(string(revision))
	return u, err
}

// reportUpstream compares the published versions with those in the folder
// openapi. It writes in Markdown which versions are new or changed, with a line
// for each plane. Only facts are compared, not descriptions.
func reportUpstream(ctx context.Context, repository, openapi string, out io.Writer) error {
	u, err := openUpstream(ctx, repository)
	if err != nil {
		return err
	}
	here, err := compile.Versions(openapi)
	if err != nil {
		return err
	}
	var there, others []string
	sections := map[string][]string{}
	for _, name := range u.top.names {
		version, isFolder := strings.CutSuffix(name, "/")
		if !isFolder || !compile.IsVersion(version) {
			continue
		}
		folder, err := u.open(version)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(folder.names, func(name string) bool {
			return isSpecName(name) && strings.Contains(strings.ToLower(name), "assistant")
		}) {
			others = append(others, version)
			continue
		}
		lines, err := comparePublished(folder, version, openapi)
		if err != nil {
			return err
		}
		there = append(there, version)
		sections[version] = lines
	}
	if len(there) == 0 {
		return fmt.Errorf("%s has no folder of a version with specs of the Assistant API, such as 2026-04/assistant_control_2026-04.oas.yaml", repository)
	}
	slices.SortFunc(there, compile.CompareVersions)
	slices.SortFunc(others, compile.CompareVersions)

	fmt.Fprint(out, "# Published versions\n\n")
	if u.revision != "" {
		fmt.Fprintf(out, "Revision %s of the published specs, compared with `openapi`. ", u.revision)
	}
	fmt.Fprintln(out, "Only facts are compared, not descriptions.")
	for _, version := range slices.Backward(there) {
		state := "is unchanged"
		switch {
		case !slices.Contains(here, version):
			state = "is new"
		case slices.ContainsFunc(sections[version], func(line string) bool { return !strings.HasSuffix(line, unchanged) }):
			state = "has changed"
		}
		fmt.Fprintf(out, "\n## %s %s\n\n", version, state)
		for _, line := range sections[version] {
			fmt.Fprintf(out, "- %s\n", line)
		}
		if state != "is unchanged" {
			fmt.Fprintf(out, "\nTo import it: `make import VERSION=%s FROM=%s`\n", version, filepath.ToSlash(u.folderOf(version)))
		}
	}
	var missing []string
	for _, version := range here {
		if !slices.Contains(there, version) {
			missing = append(missing, version)
		}
	}
	for _, list := range []struct {
		what     string
		versions []string
	}{{"Not published", missing}, {"Without specs of the Assistant API", others}} {
		if len(list.versions) > 0 {
			fmt.Fprintf(out, "\n%s: %s.\n", list.what, strings.Join(list.versions, ", "))
		}
	}
	return nil
}

// folderOf returns the value of FROM for a version.
func (u *upstream) folderOf(version string) string {
	if u.revision == "" {
		return filepath.Join(u.name, version)
	}
	return u.name + ":" + version
}

const unchanged = "no change"

// comparePublished imports the planes of a published version. It reports for
// each whether the plane is new or has other facts than the spec in openapi.
func comparePublished(folder *published, version, openapi string) ([]string, error) {
	planes, _, err := findPlanes(folder.names, version)
	if err != nil {
		return []string{"cannot be imported: " + err.Error()}, nil //nolint:nilerr // the report says so
	}
	var lines []string
	for _, plane := range slices.Sorted(maps.Keys(planes)) {
		line, err := comparePlane(folder, planes[plane], plane, version, openapi)
		if err != nil {
			return nil, err
		}
		lines = append(lines, plane+": "+line)
	}
	ours, err := compile.Planes(openapi, version)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, plane := range ours {
		if planes[plane] == "" {
			lines = append(lines, plane+": no longer published")
		}
	}
	return lines, nil
}

func comparePlane(folder *published, file, plane, version, openapi string) (string, error) {
	known, err := readProse(openapi, version, plane)
	if err != nil {
		return "", err
	}
	s := &spec{plane: plane, file: folder.path(file)}
	source, err := folder.read(file)
	if err == nil {
		err = importSpec(source, s, version, known)
	}
	if err != nil {
		return "cannot be imported: " + err.Error(), nil //nolint:nilerr // the report says so
	}
	ours, err := os.ReadFile(filepath.Join(openapi, version, plane+".yaml"))
	if errors.Is(err, fs.ErrNotExist) {
		found := countsOf(s.root)
		return fmt.Sprintf("new, with %d operations, %d schemas, %d enum values", len(found["operation"]), len(found["schema"]), len(found["value"])), nil
	}
	if err != nil {
		return "", err
	}
	differences, err := specdiff.Compare(ours, s.text)
	if err != nil {
		return "", fmt.Errorf("openapi/%s/%s.yaml: %w", version, plane, err)
	}
	places := differences.Places
	if len(places) == 0 {
		return unchanged, nil
	}
	more := ""
	if len(places) > shown {
		more = fmt.Sprintf(" and %d more", len(places)-shown)
		places = places[:shown]
	}
	return "different facts in `" + strings.Join(places, "`, `") + "`" + more, nil
}
