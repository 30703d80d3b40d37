package emulator

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"

	"github.com/pinecone-community/assistant-go/openapi"
)

// version is a version of the API. Its specs define the requests and responses.
type version struct {
	name       string
	operations func() map[string]*operation // by name
}

// operation is an operation of a version's spec.
type operation struct {
	id       string   // identifier in the spec, such as chat_assistant
	name     string   // name of the clients' method, such as Chat
	segments []string // segments of the path below /assistant
	route    *routers.Route
	models   []any // allowed models; nil if a request has no model
}

// versions are all versions, the oldest first: those with specs, and 2025-04.
var versions = findVersions(openapi.Versions())

// notPublished maps a version without specs to the version whose specs are used instead.
// It is known that an upload in 2025-04 returns the file and has the metadata in the query,
// as in the versions before and after it, and that its streams are those of all versions.
// The rest is inferred.
var notPublished = map[string]string{"2025-04": "2025-01"}

func findVersions(names []string) []*version {
	var found []*version
	specs := make(map[string]func() map[string]*operation)
	for _, name := range names {
		specs[name] = sync.OnceValue(func() map[string]*operation { return loadOperations(name) })
		found = append(found, &version{name, specs[name]})
	}
	for name, like := range notPublished {
		if specs[name] == nil && specs[like] != nil {
			found = append(found, &version{name, specs[like]})
		}
	}
	slices.SortFunc(found, func(a, b *version) int { return strings.Compare(a.name, b.name) })
	return found
}

// Versions returns the versions of the API that the emulator serves, the oldest
// first.
func Versions() []string {
	var names []string
	for _, version := range versions {
		names = append(names, version.name)
	}
	return names
}

// findVersion returns the version of a request. The default is the oldest. The status 403
// for an unknown version is that of a comment in the generator of Pinecone's TypeScript SDK
// (codegen/build-oas.sh); the format of the body is not known.
func findVersion(r *http.Request) (*version, error) {
	name := r.Header.Get(versionHeader)
	if name == "" {
		return versions[0], nil
	}
	at := slices.IndexFunc(versions, func(v *version) bool { return v.name == name })
	if at < 0 {
		return nil, failure(http.StatusForbidden, codeForbidden,
			"Invalid API version: %s is %q, want one of %s", versionHeader, truncate(name), strings.Join(Versions(), ", "))
	}
	return versions[at], nil
}

// loadOperations returns the operations of a version by name. It panics if a spec is
// invalid, since the specs are embedded.
func loadOperations(version string) map[string]*operation {
	operations := make(map[string]*operation)
	for _, plane := range openapi.Planes(version) {
		document, err := loadSpec(version, plane)
		if err != nil {
			panic(fmt.Sprintf("emulator: spec of %s, %s: %v", version, plane, err))
		}
		for path, item := range document.Paths.Map() {
			for method, described := range item.Operations() {
				op := &operation{
					id:       described.OperationID,
					name:     methodName(described.OperationID),
					segments: strings.Split(strings.TrimPrefix(path, "/"), "/"),
					route:    &routers.Route{Spec: document, Path: path, PathItem: item, Method: method, Operation: described},
				}
				op.takeModels()
				operations[op.name] = op
			}
		}
	}
	return operations
}

func loadSpec(version, plane string) (*openapi3.T, error) {
	text, err := openapi.Spec(version, plane)
	if err != nil {
		return nil, err
	}
	return openapi3.NewLoader().LoadFromData(text)
}

// renamed maps operations to the names of the clients' methods, where they differ from the
// operation identifier in camel case.
var renamed = map[string]string{
	"chat_assistant":            chatOperation,
	"chat_completion_assistant": completionOperation,
	"context_assistant":         contextOperation,
	"get_assistant":             "DescribeAssistant",
	"metrics_alignment":         "EvaluateAlignment",
}

// methodName returns the name of the clients' method for an operation.
func methodName(operationID string) string {
	if name := renamed[operationID]; name != "" {
		return name
	}
	return inCamelCase(operationID)
}

// inCamelCase returns an identifier such as list_files as ListFiles.
func inCamelCase(operationID string) string {
	var name strings.Builder
	for word := range strings.SplitSeq(operationID, "_") {
		if word != "" {
			name.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return name.String()
}

// takeModels moves the list of models from the schema of a request to models, since the
// service also accepts retired models, see request.model.
func (o *operation) takeModels() {
	body := o.requestSchema(jsonType)
	if body == nil || body.Properties["model"] == nil {
		return
	}
	model := *body.Properties["model"].Value
	o.models, model.Enum = model.Enum, nil
	body.Properties["model"] = openapi3.NewSchemaRef("", &model)
}

// requestSchema returns the schema of a request's body with a content type, or nil if the
// spec has none.
func (o *operation) requestSchema(contentType string) *openapi3.Schema {
	if body := o.route.Operation.RequestBody; body != nil {
		if media := body.Value.Content[contentType]; media != nil && media.Schema != nil {
			return media.Schema.Value
		}
	}
	return nil
}

// hasStatus reports whether the spec has a response with a status.
func (o *operation) hasStatus(status int) bool {
	return o.route.Operation.Responses.Status(status) != nil
}

// responseSchema returns the schema of a response with a status, or nil if the spec has none.
func (o *operation) responseSchema(status int) *openapi3.Schema {
	response := o.route.Operation.Responses.Status(status)
	if response == nil || response.Value.Content[jsonType] == nil {
		return nil
	}
	return response.Value.Content[jsonType].Schema.Value
}

// has reports whether the spec has a query parameter.
func (o *operation) has(parameter string) bool {
	return o.route.Operation.Parameters.GetByInAndName(openapi3.ParameterInQuery, parameter) != nil
}

// find returns the operation of a request and the path parameters.
func (v *version) find(r *http.Request) (*operation, map[string]string, error) {
	path, below := strings.CutPrefix(r.URL.EscapedPath(), basePath+"/")
	if !below {
		path = strings.TrimPrefix(path, "/")
	}
	segments := strings.Split(path, "/")
	var methods []string
	for _, op := range v.operations() {
		params, ok := match(op.segments, segments)
		if !ok {
			continue
		}
		if op.route.Method == r.Method {
			return op, params, nil
		}
		methods = append(methods, op.route.Method)
	}
	if len(methods) == 0 {
		return nil, nil, notFound("%s %s is not an operation of the API in %s", truncate(r.Method), truncate(r.URL.Path), v.name)
	}
	slices.Sort(methods)
	err := failure(http.StatusMethodNotAllowed, codeUnimplemented, "method %s is not supported by %s in %s, want %s",
		truncate(r.Method), truncate(r.URL.Path), v.name, strings.Join(methods, ", "))
	err.allow = methods
	return nil, nil, err
}

// match matches the segments of a path with a pattern, in which {name} matches any segment
// that is not empty. It returns the values of the parameters.
func match(pattern, segments []string) (map[string]string, bool) {
	if len(segments) != len(pattern) {
		return nil, false
	}
	params := make(map[string]string)
	for i, want := range pattern {
		if !strings.HasPrefix(want, "{") {
			if segments[i] != want {
				return nil, false
			}
			continue
		}
		value, err := url.PathUnescape(segments[i])
		if err != nil || value == "" {
			return nil, false
		}
		params[strings.Trim(want, "{}")] = value
	}
	return params, true
}

// operations returns the sorted names of the operations of all versions.
func operations() []string {
	var names []string
	for _, version := range versions {
		for name := range version.operations() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// nameOf returns the name of an operation, given the name of the clients' method or the
// operation identifier in snake case or camel case. It returns "" if there is none.
func nameOf(given string) string {
	for _, version := range versions {
		for name, op := range version.operations() {
			if given == name || given == op.id || given == inCamelCase(op.id) {
				return name
			}
		}
	}
	return ""
}
