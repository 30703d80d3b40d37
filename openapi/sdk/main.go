// Sdk holds a version's specs against Pinecone's TypeScript SDK, which is
// generated from the specs of the version that it sends: for a version that is
// not published, that is the evidence there is.
//
//	go run ./openapi/sdk -spec openapi/2026-07 SDK
//
// compares facts: operations, paths, methods, parameters, headers, bodies,
// replies, models, properties, what is optional or null, types, unions. An enum
// is any string in the SDK, so its values are not among them.
//
//	go run ./openapi/sdk -with OTHER SDK
//
// compares two releases of the SDK, file by file, comments included, which are
// the publisher's words on every element. What differs for reasons of its own is
// left out: the version, the compiler's helpers, and runtime.d.ts.
//
// SDK and OTHER are folders of generated code, as the package has it at
// dist/pinecone-generated-ts-fetch. `make sdk-diff` fetches them.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

var planes = []string{"control", "data", "evaluation"}

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "sdk:", err)
		}
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("sdk", flag.ContinueOnError)
	spec := flags.String("spec", "", "`folder` of a version's specs to compare with")
	other := flags.String("with", "", "`folder` of another release's generated code to compare with")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 || (*spec == "") == (*other == "") {
		return errors.New("want one folder of generated code, and either -spec FOLDER or -with FOLDER")
	}
	for _, plane := range planes {
		sdk := filepath.Join(flags.Arg(0), "assistant_"+plane)
		var found []string
		var summary string
		var err error
		if *other != "" {
			found, summary, err = compareFiles(filepath.Join(*other, "assistant_"+plane), sdk)
		} else {
			found, summary, err = compareFacts(filepath.Join(*spec, plane+".yaml"), sdk)
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s: %s, %d differences\n", plane, summary, len(found))
		for _, difference := range found {
			fmt.Fprintln(out, "  "+difference)
		}
	}
	return nil
}

// facts are what is said of an API: values by what they are about, whose first
// word is a kind such as "operation" or "property".
type facts map[string]string

func compareFacts(spec, sdk string) (differences []string, summary string, err error) {
	ours, err := specFacts(spec)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", spec, err)
	}
	theirs, err := sdkFacts(sdk)
	if err != nil {
		return nil, "", err
	}
	all := maps.Clone(theirs)
	maps.Copy(all, ours)
	count := map[string]int{}
	for _, subject := range slices.Sorted(maps.Keys(all)) {
		kind, _, _ := strings.Cut(subject, " ")
		count[kind]++
		our, inOurs := ours[subject]
		their, inTheirs := theirs[subject]
		switch {
		case !inOurs:
			differences = append(differences, fmt.Sprintf("%s: %s, only in the SDK", subject, their))
		case !inTheirs:
			differences = append(differences, fmt.Sprintf("%s: %s, only in the spec", subject, our))
		case our != their:
			differences = append(differences, fmt.Sprintf("%s: %s in the spec, %s in the SDK", subject, our, their))
		}
	}
	var counts []string
	for _, kind := range slices.Sorted(maps.Keys(count)) {
		counts = append(counts, fmt.Sprintf("%s %d", kind, count[kind]))
	}
	return differences, strings.Join(counts, ", "), nil
}
