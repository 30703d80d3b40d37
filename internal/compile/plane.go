package compile

import (
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// plane describes a spec for the templates.
type plane struct {
	Title       string
	Description string
	Version     string
	Note        string // see extNote
	Example     string // code, see extExample
	// Server is the URL of the first server. HostVariable is the variable in it
	// for the host, or "".
	Server       string
	HostVariable string
	// Regions are the servers, if there are several.
	Regions   []region
	Uploads   bool // an operation uploads a file
	Streams   bool // an operation responds with an event stream
	Downloads bool // an operation responds with content that is not JSON
	// Folder is the folder of the generated package, relative to the module's
	// root.
	Folder  string
	Methods []*method // in the order of their endpoints
	// Constructors are functions that return a value of a type with a given
	// text.
	Constructors []constructor
	// Responses are the results of operations that respond with one of several
	// types.
	Responses []*responses
	// since maps endpoints, without parameter names, to the oldest version that
	// has them.
	since map[endpoint]string
	// published are the names of the operations in the spec.
	published map[endpoint]string
	notes     []Note
}

// region is the server of a region.
type region struct {
	GoName, Name, URL string
}

func describePlane(input *prepared) (*plane, error) {
	spec := input.spec
	if spec.Info.Version == "" {
		return nil, fmt.Errorf("info.version is empty")
	}
	if len(spec.Servers) == 0 {
		return nil, fmt.Errorf("no server")
	}
	p := &plane{
		Title:       spec.Info.Title,
		Description: spec.Info.Description,
		Version:     spec.Info.Version,
		Server:      spec.Servers[0].URL,
		published:   input.published,
	}
	p.Example, _ = extension[string](spec.Info.Extensions, extExample)
	p.Note, _ = extension[string](spec.Info.Extensions, extNote)
	for name := range spec.Servers[0].Variables {
		if p.HostVariable != "" || !strings.HasPrefix(p.Server, "https://{"+name+"}") {
			return nil, fmt.Errorf("server %s: want at most one variable, for the host", p.Server)
		}
		p.HostVariable = name
	}
	if len(spec.Servers) > 1 {
		for _, server := range spec.Servers {
			name, _ := extension[string](server.Extensions, extRegion)
			goName, _ := extension[string](server.Extensions, extGoName)
			if name == "" || goName == "" {
				p.notes = append(p.notes, Note{Place: "server " + server.URL,
					Text: fmt.Sprintf("is one of several, and its region is not known: only WithBaseURL reaches it until %s and %s say it", extRegion, extGoName)})
				continue
			}
			p.Regions = append(p.Regions, region{goName, name, server.URL})
		}
		if len(p.Regions) > 0 {
			p.Server = p.Regions[0].URL
		}
	}
	for _, item := range spec.Paths.Map() {
		for _, operation := range item.Operations() {
			if operation.RequestBody != nil {
				if form := operation.RequestBody.Value.Content.Get(multipart); form != nil {
					p.Uploads = p.Uploads || hasFile(form.Schema)
				}
			}
			p.Streams = p.Streams || streamOf(operation) != nil
		}
	}
	return p, nil
}

const multipart = "multipart/form-data"

// hasFile reports whether a form has a field for a file or for several.
func hasFile(form *openapi3.SchemaRef) bool {
	if form == nil {
		return false
	}
	for _, field := range form.Value.Properties {
		if isFile(field.Value) || isFiles(field.Value) {
			return true
		}
	}
	return false
}

func isFile(schema *openapi3.Schema) bool {
	return schema.Type.Is("string") && schema.Format == "binary"
}

func isFiles(schema *openapi3.Schema) bool {
	return schema.Type.Is("array") && schema.Items != nil && isFile(schema.Items.Value)
}
