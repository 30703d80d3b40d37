// Importer imports a version of the published Pinecone Assistant specs into
// this module: it writes the specs in this project's form and generates the
// code.
//
//	go run ./openapi/importer -version 2026-10 -from FOLDER
//
// Run it at the root of the module, or use `make import`. FOLDER may also be a
// folder in a git repository, REPOSITORY:PATH or REPOSITORY:REVISION:PATH.
//
// The importer takes the facts of the published specs, but not their
// descriptions. Descriptions come from the existing spec of the version, or
// else from the same place in other versions.
//
// The importer works in a copy of the module. It changes the module only after
// the generated code compiles and passes its tests. An error or an interrupt
// leaves the module as it was.
//
//	go run ./openapi/importer -version 2026-10 -from FOLDER -to FOLDER
//
// writes only the specs.
//
//	go run ./openapi/importer -upstream REPOSITORY
//
// reports which versions in a repository of published specs are new, or have
// other facts than the specs in this module.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "importer:", err)
		}
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out, log io.Writer) error {
	flags := flag.NewFlagSet("importer", flag.ContinueOnError)
	flags.SetOutput(log)
	version := flags.String("version", "", "published `version`, such as 2026-10 or 2026-10.rc")
	from := flags.String("from", "", "`folder` with the published specs of the version, or REPOSITORY:PATH, or REPOSITORY:REVISION:PATH")
	to := flags.String("to", "", "`folder` to write the specs to, instead of the module")
	prose := flags.String("prose", "openapi", "`folder` with the version folders to take descriptions from")
	repository := flags.String("upstream", "", "`repository`, or folder, of published specs; report which versions are new or changed")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if isSet(flags, "upstream") {
		if flags.NFlag() > 1 || flags.NArg() > 0 {
			return errors.New("-upstream excludes all other flags and arguments")
		}
		return reportUpstream(ctx, *repository, "openapi", out)
	}
	if *from == "" || *version == "" || flags.NArg() > 0 {
		return errors.New("want VERSION, such as 2026-10, and FROM, a folder with its published specs, and no other arguments")
	}
	if *to == "" {
		return bringIn(ctx, ".", *version, *from, runTests, out)
	}
	imported, err := importSpecs(ctx, *from, *version, *prose)
	if err != nil {
		return err
	}
	return imported.writeTo(*to)
}

// isSet reports whether a flag was set.
func isSet(flags *flag.FlagSet, name string) bool {
	set := false
	flags.Visit(func(f *flag.Flag) { set = set || f.Name == name })
	return set
}
