package auth

import (
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
)

const modulePath = "github.com/pinecone-community/assistant-go"

// product is "assistant-go/<module version> (<Go version>)".
var product = sync.OnceValue(func() string {
	info, _ := debug.ReadBuildInfo()
	return "assistant-go/" + moduleVersion(info) + " (" + runtime.Version() + ")"
})

func userAgent(sourceTag string) string {
	if sourceTag == "" {
		return product()
	}
	return product() + " source_tag=" + sourceTag
}

// moduleVersion returns the version of this module in the running program. It
// returns "devel" if the version is not known: info is nil, the program was built
// from a working tree, or a folder replaces the module.
func moduleVersion(info *debug.BuildInfo) string {
	const unknown = "devel"
	if info == nil {
		return unknown
	}
	for _, m := range append([]*debug.Module{&info.Main}, info.Deps...) {
		if m.Path != modulePath {
			continue
		}
		if m.Replace != nil {
			m = m.Replace
		}
		if m.Version == "" || m.Version == "(devel)" {
			return unknown
		}
		return m.Version
	}
	return unknown
}

func normalizeSourceTag(tag string) string {
	tag = strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '_', r == ' ', r == ':':
			return r
		}
		return -1
	}, strings.ToLower(tag))
	return strings.Join(strings.Fields(tag), "_")
}
