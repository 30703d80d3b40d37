// Review writes a report in Markdown about a change, for its reviewers, or
// about the differences between two versions of the API, for users who migrate.
//
//	go run ./openapi/review -base main                                  # with the working tree
//	go run ./openapi/review -base v0.1.0 -head v0.2.0
//	go run ./openapi/review -base openapi/2025-01 -head openapi/2026-04 # two versions
//	go run ./openapi/review -reports openapi/reports                    # each version and the next
//
// The report lists the changes of the specs, of the exported Go API, of requests
// and responses and of the overlays, and recommends the next version of the
// module. A reviewer need not read gen/. With -changelog FILE, the command fails if the
// topmost entry of that changelog does not name every breaking change.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/pinecone-community/assistant-go/internal/compile"
)

func main() {
	if err := run(context.Background(), ".", os.Args[1:], install, os.Stdout); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "review:", err)
		}
		os.Exit(1)
	}
}

// run writes the report for the project in a folder. It calls get for oasdiff
// if there is something to compare.
func run(ctx context.Context, dir string, args []string, get func(context.Context, string) (differ, error), out io.Writer) error {
	flags := flag.NewFlagSet("review", flag.ContinueOnError)
	base := flags.String("base", "", "git `revision`, or openapi/VERSION, to compare with")
	head := flags.String("head", "", "git `revision`, or openapi/VERSION, to review; by default the working tree")
	changelog := flags.String("changelog", "", "`file` of the head, from the root of the repository, whose topmost entry must name every breaking change")
	reports := flags.String("reports", "", "`folder` for the reports from each version to the next; excludes all other flags")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *reports != "" && *base+*head+*changelog == "" && flags.NArg() == 0 {
		return writeReports(ctx, dir, *reports, get)
	}
	if *base == "" || *reports != "" || flags.NArg() > 0 {
		return errors.New("want -base, a git revision or a folder openapi/VERSION, and optionally -head and -changelog")
	}

	temp, err := os.MkdirTemp("", "review-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)

	sides, err := open(ctx, dir, *base, *head, temp)
	if err != nil {
		return err
	}
	if *changelog != "" && sides.from != "" {
		return errors.New("-changelog needs git revisions, not versions of the API")
	}
	same, err := sides.same()
	if err != nil {
		return err
	}
	if same {
		_, err = io.WriteString(out, unchanged(sides.base.name, sides.head.name))
		return err
	}
	diff, err := get(ctx, temp)
	if err != nil {
		return err
	}
	report, err := compare(ctx, sides, diff, temp)
	if err != nil {
		return err
	}
	if *changelog != "" {
		if err := report.checkChangelog(sides.head, *changelog); err != nil {
			return err
		}
	}
	if _, err = io.WriteString(out, report.markdown()); err != nil {
		return err
	}
	if len(report.unnamed) > 0 {
		return fmt.Errorf("the topmost entry of %s, %s, does not name these breaking changes: %s", *changelog, report.entry, strings.Join(report.unnamed, ", "))
	}
	return nil
}

// writeReports writes the reports from each version to the next into a folder,
// as FROM..TO.md, and removes all other reports there.
func writeReports(ctx context.Context, dir, folder string, get func(context.Context, string) (differ, error)) error {
	versions, err := compile.Versions(filepath.Join(dir, "openapi"))
	if err != nil {
		return err
	}
	temp, err := os.MkdirTemp("", "review-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	diff, err := get(ctx, temp)
	if err != nil {
		return err
	}
	written := map[string]string{}
	for i := 1; i < len(versions); i++ {
		from, to := versions[i-1], versions[i]
		sides, err := openVersions(dir, "openapi/"+from, "openapi/"+to)
		if err != nil {
			return err
		}
		report, err := compare(ctx, sides, diff, temp)
		if err != nil {
			return err
		}
		written[from+".."+to+".md"] = report.markdown()
	}
	folder = filepath.Join(dir, folder)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(folder, "*..*.md"))
	if err != nil {
		return err
	}
	for _, file := range old {
		if _, ok := written[filepath.Base(file)]; !ok {
			if err := os.Remove(file); err != nil {
				return err
			}
		}
	}
	for name, text := range written {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
