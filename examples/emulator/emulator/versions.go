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

// version is a version of the API. Its rules are those of its specs: what a
// request can have, what a reply has, and with which status it comes.
type version struct {
	name       string
	operations func() map[string]*operation // by name
}

// operation is an operation of a version's spec.
type operation struct {
	id       string   // in the spec, such as chat_assistant
	name     string   // of the clients' method, such as Chat
	segments []string // of the path below /assistant
	route    *routers.Route
	models   []any // that a request can name; nil if it names none
}

// versions are all that there are, the oldest first: those that have specs, and
// 2025-04.
var versions = findVersions(openapi.Versions())

// notPublished says which version's specs stand for a version that clients send and
// whose own specs are not here. What is known of 2025-04 is that uploads answer the
// file and take the metadata in the query, as the versions before and after it, and
// how its streams look, which are those of every version; that the rest is as in
// 2025-01 is inferred.
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

// findVersion returns the version that a request is of; the oldest if it names
// none. That a version which is not served is refused with 403 is what Pinecone's
// generator of the TypeScript SDK says (codegen/build-oas.sh); the shape of the
// body is not known.
func findVersion(r *http.Request) (*version, error) {
	name := r.Header.Get(versionHeader)
	if name == "" {
		return versions[0], nil
	}
	at := slices.IndexFunc(versions, func(v *version) bool { return v.name == name })
	if at < 0 {
		return nil, failure(http.StatusForbidden, codeForbidden,
			"Invalid API version: %s is %q, the emulator has %s", versionHeader, name, strings.Join(Versions(), ", "))
	}
	return versions[at], nil
}

// loadOperations reads the specs of a version, which are compiled in: an error in
// them is a fault of the build.
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

// renamed are the operations that the clients' methods do not call as the spec does.
var renamed = map[string]string{
	"chat_assistant":            chatOperation,
	"chat_completion_assistant": completionOperation,
	"context_assistant":         contextOperation,
	"get_assistant":             "DescribeAssistant",
	"metrics_alignment":         "EvaluateAlignment",
}

// methodName is what the clients' method for an operation is called.
func methodName(operationID string) string {
	if name := renamed[operationID]; name != "" {
		return name
	}
	return inCamelCase(operationID)
}

// inCamelCase writes list_files as ListFiles.
func inCamelCase(operationID string) string {
	var name strings.Builder
	for word := range strings.SplitSeq(operationID, "_") {
		if word != "" {
			name.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return name.String()
}

// takeModels takes the list of models out of the schema of a request: the service
// takes some that are no longer in it, see checkModel.
func (o *operation) takeModels() {
	body := o.requestSchema(jsonType)
	if body == nil || body.Properties["model"] == nil {
		return
	}
	model := *body.Properties["model"].Value
	o.models, model.Enum = model.Enum, nil
	body.Properties["model"] = openapi3.NewSchemaRef("", &model)
}

// requestSchema returns the schema of a request's body; nil if there is none of
// that type.
func (o *operation) requestSchema(contentType string) *openapi3.Schema {
	if body := o.route.Operation.RequestBody; body != nil {
		if media := body.Value.Content[contentType]; media != nil && media.Schema != nil {
			return media.Schema.Value
		}
	}
	return nil
}

// answers reports whether the spec has replies with a status.
func (o *operation) answers(status int) bool {
	return o.route.Operation.Responses.Status(status) != nil
}

// replySchema returns the schema of a reply; nil if the spec has none.
func (o *operation) replySchema(status int) *openapi3.Schema {
	reply := o.route.Operation.Responses.Status(status)
	if reply == nil || reply.Value.Content[jsonType] == nil {
		return nil
	}
	return reply.Value.Content[jsonType].Schema.Value
}

// has reports whether the spec has a parameter in the query.
func (o *operation) has(parameter string) bool {
	return o.route.Operation.Parameters.GetByInAndName(openapi3.ParameterInQuery, parameter) != nil
}

// find returns the operation that a request is for, with the parameters in its
// path.
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
		return nil, nil, notFound("%s %s is not an operation of the API in %s", r.Method, shown(r.URL.Path), v.name)
	}
	slices.Sort(methods)
	err := failure(http.StatusMethodNotAllowed, codeUnimplemented, "%s is not a method of %s in %s, which has %s",
		shown(r.Method), shown(r.URL.Path), v.name, strings.Join(methods, ", "))
	err.allow = methods
	return nil, nil, err
}

// match holds the segments of a path against those of a spec, where {name} stands
// for any that is not empty.
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

// operations are the names of all operations of all versions.
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

// nameOf returns the name of an operation that is named like the clients' method or
// as in the specs, in either spelling; "" if there is none.
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
