package emulator

import (
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	control2025 "github.com/pinecone-community/assistant-go/examples/emulator/internal/v2025_01/control"
	data2025 "github.com/pinecone-community/assistant-go/examples/emulator/internal/v2025_01/data"
	evaluation2025 "github.com/pinecone-community/assistant-go/examples/emulator/internal/v2025_01/evaluation"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/control"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/data"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/evaluation"
)

// version is a version of the API: the specs of its planes, and what serves them.
type version struct {
	name   string
	planes func() []plane
	route  func(*Server, *http.ServeMux)

	// The code of a 429 that is about a rate. The spec of 2025-01 does not list
	// TOO_MANY_REQUESTS, which the service answers; this is the nearest that it
	// does list.
	rateLimited data.ErrorCode
}

// versions are all that there are, the oldest first. That 2026-07 is served like
// 2026-04 is what Pinecone's SDKs do: its models equal those of 2026-04.
var versions = []*version{
	{"2025-01", planes2025, (*Server).route2025, data.ErrorCodeResourceExhausted},
	{"2026-04", planes2026, (*Server).route2026, data.ErrorCodeTooManyRequests},
	{"2026-07", planes2026, (*Server).route2026, data.ErrorCodeTooManyRequests},
}

var (
	planes2025 = load(control2025.GetSpec, data2025.GetSpec, evaluation2025.GetSpec)
	planes2026 = load(control.GetSpec, data.GetSpec, evaluation.GetSpec)
)

// Versions returns the versions of the API that the emulator serves, the oldest
// first.
func Versions() []string {
	var names []string
	for _, version := range versions {
		names = append(names, version.name)
	}
	return names
}

// findVersion returns the version that a request is of. One that names none is of
// the oldest, as with the service, whose oldest supported version may be another
// one. What the service answers to a version that it does not know is not
// documented; the emulator refuses it.
func findVersion(r *http.Request) (*version, error) {
	name := r.Header.Get(versionHeader)
	if name == "" {
		return versions[0], nil
	}
	at := slices.IndexFunc(versions, func(v *version) bool { return v.name == name })
	if at < 0 {
		return nil, invalid("%s is %q, the emulator has %v", versionHeader, name, Versions())
	}
	return versions[at], nil
}

// plane finds the operations of a spec.
type plane struct {
	routers.Router
	operations []string // by the names of their methods
}

// operations are the names of a version's operations.
func (v *version) operations() []string {
	var names []string
	for _, plane := range v.planes() {
		names = append(names, plane.operations...)
	}
	return names
}

// load returns what finds the operations of specs, which are compiled in: an error
// in one is a fault of the build. They are read once, when they are needed first.
func load(specs ...func() (*openapi3.T, error)) func() []plane {
	return sync.OnceValue(func() []plane {
		var planes []plane
		for _, spec := range specs {
			document, err := spec()
			if err != nil {
				panic(fmt.Sprintf("emulator: %v", err))
			}
			document.Servers = openapi3.Servers{{URL: basePath}}
			router, err := legacy.NewRouter(document)
			if err != nil {
				panic(fmt.Sprintf("emulator: %v", err))
			}
			var names []string
			for _, path := range document.Paths.Map() {
				for _, operation := range path.Operations() {
					names = append(names, operation.OperationID)
				}
			}
			planes = append(planes, plane{router, names})
		}
		return planes
	})
}
