package compile

import (
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// lift names the inline schemas that need a Go type: it moves them to the
// components and leaves references. This also hides whether a version describes
// a schema inline or as a component.
//
//	body of a request     CreateAssistantRequest, of create_assistant
//	response              ListFilesResponse, of list_files
//	event of a stream     ChatAssistantChunk, of chat_assistant
//	union in a property   its schema's name and its own, such as SnippetContent
//	member of a union     the union's name and its discriminator value
//
// A name that the spec already uses gets a number.
func lift(root *yaml.Node) {
	l := lifter{schemas: ensure(ensure(root, "components"), "schemas")}
	eachPair(get(root, "paths"), func(_ string, item *yaml.Node) {
		eachPair(item, func(_ string, operation *yaml.Node) {
			id := camel(scalar(get(operation, "operationId")))
			if id == "" {
				return
			}
			eachPair(get(get(operation, "requestBody"), "content"), func(_ string, media *yaml.Node) {
				l.body(media, id+"Request")
			})
			eachPair(get(operation, "responses"), func(status string, response *yaml.Node) {
				eachPair(get(response, "content"), func(mediaType string, media *yaml.Node) {
					switch {
					case !strings.HasPrefix(status, "2"):
					case mediaType == eventStream:
						l.body(media, id+"Chunk")
					default:
						l.body(media, id+"Response")
					}
				})
			})
		})
	})
	for i := 0; i+1 < len(l.schemas.Content); i += 2 { // schemas grows in the loop
		l.unions(l.schemas.Content[i+1], l.schemas.Content[i].Value, true)
	}
}

type lifter struct{ schemas *yaml.Node }

// body lifts the schema of a body if it is an object or a union.
func (l *lifter) body(media *yaml.Node, name string) {
	schema := get(media, "schema")
	if get(schema, "properties") != nil || isUnion(schema) {
		l.move(schema, name)
	}
}

// unions lifts the inline unions in a schema, and the inline members of unions.
func (l *lifter) unions(schema *yaml.Node, name string, named bool) {
	if schema == nil || get(schema, "$ref") != nil {
		return
	}
	if isUnion(schema) {
		if !named {
			l.move(schema, name)
			return // the loop in lift visits the moved schema
		}
		property := scalar(get(get(schema, "discriminator"), "propertyName"))
		for i, member := range variants(schema) {
			if get(member, "$ref") != nil {
				continue
			}
			value := onlyValue(get(get(member, "properties"), property))
			kind := camel(value)
			if kind == "" {
				kind = strconv.Itoa(i + 1)
			}
			lifted := l.move(member, name+kind)
			if mapping := get(get(schema, "discriminator"), "mapping"); value != "" && get(mapping, value) == nil {
				set(ensure(get(schema, "discriminator"), "mapping"), value, reference(lifted))
			}
		}
		return
	}
	eachPair(get(schema, "properties"), func(property string, below *yaml.Node) {
		l.unions(below, name+camel(property), false)
	})
	l.unions(get(schema, "items"), name+"Item", false)
	if more := get(schema, "additionalProperties"); more != nil && more.Kind == yaml.MappingNode {
		l.unions(more, name+"Value", false)
	}
	if all := get(schema, "allOf"); all != nil {
		for _, part := range all.Content {
			l.unions(part, name, false)
		}
	}
}

// move moves a schema to the components and returns its name there.
func (l *lifter) move(schema *yaml.Node, name string) string {
	free := name
	for n := 2; get(l.schemas, free) != nil; n++ {
		free = name + strconv.Itoa(n)
	}
	moved := *schema
	set(l.schemas, free, &moved)
	*schema = yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: moved.Line, Column: moved.Column}
	set(schema, "$ref", reference(free))
	return free
}

func reference(name string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "#/components/schemas/" + name}
}

// isUnion reports whether a schema has members that a discriminator
// distinguishes.
func isUnion(schema *yaml.Node) bool {
	return len(variants(schema)) > 0 && get(schema, "discriminator") != nil
}

func variants(schema *yaml.Node) []*yaml.Node {
	for _, keyword := range []string{"oneOf", "anyOf"} {
		if list := get(schema, keyword); list != nil && list.Kind == yaml.SequenceNode {
			return list.Content
		}
	}
	return nil
}

// onlyValue returns the value of a property that can have only one, or "".
func onlyValue(property *yaml.Node) string {
	if values := get(property, "enum"); values != nil && len(values.Content) == 1 {
		return values.Content[0].Value
	}
	return ""
}

// camel joins the words of a name in the spec and capitalizes each.
func camel(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !isAlphanumeric(r) })
	for i, word := range words {
		words[i] = capital(word)
	}
	return strings.Join(words, "")
}

// get returns the value of a key of a mapping, or nil.
func get(node *yaml.Node, key string) *yaml.Node {
	if node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return node.Content[i+1]
		}
	}
	return nil
}

// set sets the value of a key in a mapping.
func set(node *yaml.Node, key string, value *yaml.Node) {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			node.Content[i+1] = value
			return
		}
	}
	node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, value)
}

// remove removes a key from a mapping.
func remove(node *yaml.Node, key string) {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			node.Content = slices.Delete(node.Content, i, i+2)
			return
		}
	}
}

// ensure returns the mapping that is the value of a key. It adds an empty
// mapping if there is none.
func ensure(node *yaml.Node, key string) *yaml.Node {
	below := get(node, key)
	if below == nil {
		below = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		set(node, key, below)
	}
	return below
}

// scalar returns the text of a scalar, or "".
func scalar(node *yaml.Node) string {
	if node == nil || node.Kind != yaml.ScalarNode {
		return ""
	}
	return node.Value
}

// eachPair calls f with every key of a mapping and its value.
func eachPair(node *yaml.Node, f func(key string, value *yaml.Node)) {
	if node == nil || node.Kind != yaml.MappingNode {
		return
	}
	for _, pair := range slices.Collect(slices.Chunk(node.Content, 2)) {
		f(pair[0].Value, pair[1])
	}
}
