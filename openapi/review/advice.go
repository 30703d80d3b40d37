package main

import (
	"fmt"
	"regexp"
	"strconv"
)

// level is the part of a semantic version that a change raises.
type level int

const (
	none level = iota
	patch
	minor
	major
)

func (l level) String() string {
	return [...]string{"none", "patch", "minor", "major"}[l]
}

// advice returns the part of the module's version that the changes raise, and
// the reason.
func (r *report) advice() (level, string) {
	var reasons []string
	switch p := r.main; {
	case len(r.removed) > 0 || len(p.broken) > 0:
		for _, version := range r.removed {
			reasons = append(reasons, "the packages of version "+version+" are removed")
		}
		if len(p.broken) > 0 {
			reasons = append(reasons, plural(len(p.broken), "breaking change")+" of the exported Go API")
		}
		return major, join(reasons)
	case len(r.added) > 0 || p.adds():
		for _, added := range r.added {
			reasons = append(reasons, "the packages of version "+added.version+" are new")
		}
		if p.adds() {
			reasons = append(reasons, "the exported Go API has additions and no breaking change")
		}
		return minor, join(reasons)
	case p.count.code > 0:
		return patch, "generated code changes, but the exported Go API does not"
	case p.count.lines() > 0:
		return patch, "generated code changes only in comments"
	case r.behind:
		return patch, "hand-written code changes, but the exported Go API does not"
	}
	return none, "the code that importers compile does not change"
}

var release = regexp.MustCompile(`^v(\d+)\.(\d+)\.(\d+)$`)

// next returns the version after a release. Before v1, by convention, a
// breaking change raises the minor version and any other change the patch
// version.
func next(released string, l level) (string, error) {
	if released == "" {
		return "v0.1.0", nil
	}
	parts := release.FindStringSubmatch(released)
	if parts == nil {
		return "", fmt.Errorf("the tag %s is not a release vX.Y.Z", released)
	}
	var n [3]int
	for i := range n {
		var err error
		if n[i], err = strconv.Atoi(parts[i+1]); err != nil {
			return "", fmt.Errorf("the tag %s: %w", released, err)
		}
	}
	if n[0] == 0 && l > patch {
		l--
	}
	switch l {
	case major:
		n = [3]int{n[0] + 1}
	case minor:
		n = [3]int{n[0], n[1] + 1}
	case patch:
		n[2]++
	}
	return fmt.Sprintf("v%d.%d.%d", n[0], n[1], n[2]), nil
}
