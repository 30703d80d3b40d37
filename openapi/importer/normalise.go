package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"
)

const (
	// versionHeader is sent by the auth package, so no operation lists it.
	versionHeader = "X-Pinecone-Api-Version"

	// dataPath is the prefix that the data plane needs and that its published
	// server URL leaves out.
	dataPath = "/assistant"

	// unknownHost is what the published data plane gives as the default host;
	// defaultHost is where Pinecone's own SDKs go when they know no host.
	unknownHost = "unknown"
	defaultHost = "prod-1-data.ke.pinecone.io"
)

// importSpec reads a published spec and returns it in this project's form,
// with the places that no description was known for. Errors name the file and
// the place in it.
func importSpec(file, version string, known prose) (spec []byte, missing []string, err error) {
	source, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(source, &document); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(document.Content) == 0 {
		return nil, nil, fmt.Errorf("%s: empty", file)
	}
	root := document.Content[0]
	if !strings.HasPrefix(scalar(get(root, "openapi")), "3.") {
		return nil, nil, fmt.Errorf("%s:%d: not an OpenAPI 3 document", file, root.Line)
	}

	if err := normalise(root); err != nil {
		return nil, nil, fmt.Errorf("%s:%w", file, err)
	}
	if got := scalar(get(get(root, "info"), "version")); got != version {
		return nil, nil, fmt.Errorf("%s: info.version is %q, want %q (the name of the folder to write)", file, got, version)
	}
	if err := checkSchemas(root); err != nil {
		return nil, nil, fmt.Errorf("%s:%w", file, err)
	}
	missing = known.apply(root)
	arrange(root)

	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(root); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", file, err)
	}
	if err := validate(out.Bytes()); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", file, err)
	}
	return out.Bytes(), missing, nil
}

// validate holds a spec against the OpenAPI standard. References to other
// documents, local or remote, are refused.
func validate(spec []byte) error {
	document, err := openapi3.NewLoader().LoadFromData(spec)
	if err != nil {
		return err
	}
	return document.Validate(context.Background())
}

// normalise applies the rules of openapi/README.md to a whole document. An error
// starts with the number of the line that it is about.
func normalise(root *yaml.Node) error {
	if err := plain(root); err != nil {
		return err
	}
	err := walk(root, func(node *yaml.Node, of kind, _ string) error {
		removeProse(node, of)
		switch of {
		case "server":
			completeServer(node)
		case "path", "operation":
			removeVersionHeader(root, node)
		case "schema":
			return normaliseSchema(node)
		}
		return nil
	})
	if err != nil {
		return err
	}
	// Last, as operations may have referred to it.
	components := get(root, "components")
	if parameters := get(components, "parameters"); parameters != nil {
		removeIf(parameters, func(_, value *yaml.Node) bool { return isVersionHeader(value) })
		if len(parameters.Content) == 0 {
			remove(components, "parameters")
		}
	}
	return nil
}

// plain takes the layout out of a tree: comments, quotes, flow style.
func plain(node *yaml.Node) error {
	if node.Kind == yaml.AliasNode || node.Anchor != "" {
		return fmt.Errorf("%d: YAML anchors and aliases are not supported", node.Line)
	}
	node.HeadComment, node.LineComment, node.FootComment = "", "", ""
	node.Style = 0
	for _, below := range node.Content {
		if err := plain(below); err != nil {
			return err
		}
	}
	return nil
}

func normaliseSchema(node *yaml.Node) error {
	if values := get(node, "x-enum"); values != nil {
		if get(node, "enum") != nil {
			return fmt.Errorf("%d: both enum and x-enum", values.Line)
		}
		if values.Kind != yaml.SequenceNode {
			return fmt.Errorf("%d: x-enum is not a list", values.Line)
		}
		remove(node, "x-enum")
		node.Content = append(node.Content, newText("enum"), values)
	}
	if value := get(node, "default"); value != nil && scalar(get(node, "type")) == "boolean" && value.Tag == "!!str" {
		if value.Value != "true" && value.Value != "false" {
			return fmt.Errorf("%d: %q is not a default of a boolean", value.Line, value.Value)
		}
		value.Tag = "!!bool"
	}
	return nil
}

// completeServer makes a server URL that is nothing but a host variable usable:
// it gets the path that the service needs, and a host that exists.
func completeServer(server *yaml.Node) {
	url := get(server, "url")
	host, ok := strings.CutPrefix(strings.TrimSuffix(scalar(url), "/"), "https://")
	if !ok || !strings.HasPrefix(host, "{") || !strings.HasSuffix(host, "}") {
		return
	}
	url.Value = "https://" + host + dataPath
	variable := get(get(server, "variables"), strings.Trim(host, "{}"))
	if value := get(variable, "default"); scalar(value) == unknownHost {
		value.Value = defaultHost
	}
}

// removeVersionHeader takes the version header out of the parameters of a path
// or an operation, be it written there or referred to.
func removeVersionHeader(root, node *yaml.Node) {
	parameters := get(node, "parameters")
	if parameters == nil || parameters.Kind != yaml.SequenceNode {
		return
	}
	parameters.Content = slices.DeleteFunc(parameters.Content, func(parameter *yaml.Node) bool {
		if name, ok := strings.CutPrefix(scalar(get(parameter, "$ref")), "#/components/parameters/"); ok {
			parameter = get(get(get(root, "components"), "parameters"), name)
		}
		return isVersionHeader(parameter)
	})
	if len(parameters.Content) == 0 {
		remove(node, "parameters")
	}
}

func isVersionHeader(parameter *yaml.Node) bool {
	return scalar(get(parameter, "in")) == "header" &&
		strings.EqualFold(scalar(get(parameter, "name")), versionHeader)
}
