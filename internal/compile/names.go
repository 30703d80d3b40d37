package compile

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"gopkg.in/yaml.v3"
)

// nameOperations renames operations to their names in the overlay, and returns
// their names in the spec.
func nameOperations(spec *openapi3.T) (map[endpoint]string, error) {
	published := map[endpoint]string{}
	taken := map[string]endpoint{}
	for _, path := range slices.Sorted(maps.Keys(spec.Paths.Map())) {
		operations := spec.Paths.Value(path).Operations()
		for _, verb := range slices.Sorted(maps.Keys(operations)) {
			operation, at := operations[verb], endpoint{verb, path}
			if operation.OperationID == "" {
				return nil, fmt.Errorf("%s has no operationId", at)
			}
			published[at] = operation.OperationID
			if name, ok := operation.Extensions[extGoName].(string); ok {
				operation.OperationID = name
			}
			name := strings.ToLower(camel(operation.OperationID))
			if other, ok := taken[name]; ok {
				return nil, fmt.Errorf("%s and %s have the same name, %s", other, at, operation.OperationID)
			}
			taken[name] = at
		}
	}
	return published, nil
}

// schemaNames returns the Go names of the schemas of a spec. The name is that
// of x-go-name, or else the name in the spec without the suffix Model, unless
// another schema has that name. Words are spelled as configured:
// PdfReferenceModel becomes PDFReference.
func schemaNames(root *yaml.Node, words []string) (map[string]string, error) {
	const ending = "Model"
	schemas := get(get(root, "components"), "schemas")
	names, taken := map[string]string{}, map[string]string{}
	take := func(name, goName string) error {
		if other, ok := taken[strings.ToLower(goName)]; ok {
			return fmt.Errorf("schemas %s and %s have the same name in Go, %s: %s names one of them", other, name, goName, extGoName)
		}
		taken[strings.ToLower(goName)], names[name] = name, goName
		return nil
	}
	var err error
	var rest, short []string
	eachPair(schemas, func(name string, schema *yaml.Node) {
		switch goName := scalar(get(schema, extGoName)); {
		case goName != "":
			err = errors.Join(err, take(name, goName))
		case strings.HasSuffix(name, ending) && name != ending:
			short = append(short, name)
		default:
			rest = append(rest, name)
		}
	})
	for _, name := range rest {
		err = errors.Join(err, take(name, spell(name, words)))
	}
	for _, name := range short {
		goName := spell(strings.TrimSuffix(name, ending), words)
		if taken[strings.ToLower(goName)] != "" {
			goName = spell(name, words)
		}
		err = errors.Join(err, take(name, goName))
	}
	return names, err
}

// renameSchemas renames the schemas of a spec and the references to them.
func renameSchemas(root *yaml.Node, names map[string]string) {
	schemas := get(get(root, "components"), "schemas")
	if schemas == nil {
		return
	}
	for i := 0; i+1 < len(schemas.Content); i += 2 {
		remove(schemas.Content[i+1], extGoName)
		schemas.Content[i].Value = names[schemas.Content[i].Value]
	}
	renameReferences(root, names)
}

// renameReferences renames the schemas in references and in the mappings of
// unions.
func renameReferences(node *yaml.Node, names map[string]string) {
	const prefix = "#/components/schemas/"
	rename := func(value *yaml.Node) {
		name, isReference := strings.CutPrefix(value.Value, prefix)
		if goName, ok := names[name]; ok && value.Kind == yaml.ScalarNode && isReference {
			value.Value = prefix + goName
		}
	}
	for _, below := range node.Content {
		renameReferences(below, names)
	}
	eachPair(node, func(key string, value *yaml.Node) {
		switch key {
		case "$ref":
			rename(value)
		case "mapping":
			eachPair(value, func(_ string, target *yaml.Node) {
				if target.Kind == yaml.ScalarNode && !strings.Contains(target.Value, "/") {
					target.Value = prefix + target.Value // a bare name means a schema
				}
				rename(target)
			})
		}
	})
}

// spell returns a name with the configured spelling of its words.
func spell(name string, words []string) string {
	var spelled strings.Builder
	for _, word := range camelWord.FindAllString(camel(name), -1) {
		if i := slices.IndexFunc(words, func(w string) bool { return strings.EqualFold(w, word) }); i >= 0 {
			word = words[i]
		}
		spelled.WriteString(word)
	}
	return spelled.String()
}

// camelWord matches a word of a camel-case name.
var camelWord = regexp.MustCompile(`\p{Lu}+(\P{Lu}*)|\P{Lu}+`)

func extend(extensions *map[string]any, name string, value any) {
	if *extensions == nil {
		*extensions = map[string]any{}
	}
	(*extensions)[name] = value
}

// enumType is the value of x-enum-type.
type enumType struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

func (e *enumType) check() error { return identifier(e.Name) }

// nameEnums names the constants of enums and creates the types that several
// enums share. An enum of the strings true and false becomes a boolean.
func nameEnums(spec *openapi3.T, words []string) error {
	spelling := map[string]string{}
	for _, word := range words {
		spelling[strings.ToLower(word)] = word
	}
	type shared struct {
		schema *openapi3.Schema
		places []*openapi3.SchemaRef
		names  map[string]string // by value
	}
	types := map[string]*shared{}
	var found []*openapi3.SchemaRef
	var place []string
	eachSchema(spec, func(at string, ref *openapi3.SchemaRef) {
		found, place = append(found, ref), append(place, at)
	})
	for i, ref := range found {
		schema := ref.Value
		schema.Enum = slices.DeleteFunc(schema.Enum, func(v any) bool { return v == nil })
		if schema.Type.Is("string") && isTrueFalse(schema.Enum) || schema.Extensions[extGoType] != nil {
			schema.Type, schema.Enum = &openapi3.Types{"boolean"}, nil
			dropExtensions(schema, extGoType)
			continue
		}
		names, _ := extension[map[string]string](schema.Extensions, extEnumNames)
		as, ok := extension[enumType](schema.Extensions, extEnumType)
		dropExtensions(schema, extEnumNames, extEnumType)
		if !ok {
			if err := nameConstants(schema, names, spelling); err != nil {
				return fmt.Errorf("%s: %w", place[i], err)
			}
			continue
		}
		if !schema.Type.Is("string") {
			return fmt.Errorf("%s: %s %s: not a text", place[i], extEnumType, as.Name)
		}
		of := types[as.Name]
		if of == nil {
			of = &shared{schema: &openapi3.Schema{Type: &openapi3.Types{"string"}}, names: map[string]string{}}
			types[as.Name] = of
		}
		if as.Description != "" {
			of.schema.Description = as.Description
		}
		for _, value := range schema.Enum {
			if !slices.Contains(of.schema.Enum, value) {
				of.schema.Enum = append(of.schema.Enum, value)
			}
		}
		maps.Copy(of.names, names)
		of.places = append(of.places, ref)
	}
	for _, name := range slices.Sorted(maps.Keys(types)) {
		of := types[name]
		if of.schema.Description == "" {
			return fmt.Errorf("%s %s: want a description in one of the places", extEnumType, name)
		}
		if spec.Components.Schemas[name] != nil {
			return fmt.Errorf("%s %s: the spec has a schema of that name", extEnumType, name)
		}
		if err := nameConstants(of.schema, of.names, spelling); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		spec.Components.Schemas[name] = openapi3.NewSchemaRef("", of.schema)
		for _, place := range of.places {
			schema := *of.schema
			schema.Description = cmp.Or(place.Value.Description, schema.Description) // of the field
			*place = openapi3.SchemaRef{Ref: "#/components/schemas/" + name, Value: &schema}
		}
	}
	return nil
}

func isTrueFalse(values []any) bool {
	return len(values) == 2 && slices.Contains(values, any("true")) && slices.Contains(values, any("false"))
}

// nameConstants names the constants of an enum. It takes names from names, or
// else from constantName.
func nameConstants(schema *openapi3.Schema, names map[string]string, spelling map[string]string) error {
	if len(schema.Enum) == 0 {
		return nil
	}
	values := map[string]string{} // by name
	var constants []any
	for _, value := range schema.Enum {
		text := fmt.Sprint(value)
		name := names[text]
		if name == "" {
			name = constantName(text, spelling)
		}
		if name == "" {
			return fmt.Errorf("the value %q has no letter or digit to name it by: %s names it", text, extEnumNames)
		}
		if other, ok := values[name]; ok {
			return fmt.Errorf("the values %q and %q have the same name in Go, %s: %s names one of them", other, text, name, extEnumNames)
		}
		values[name] = text
		constants = append(constants, name)
	}
	extend(&schema.Extensions, "x-enum-varnames", constants)
	return nil
}

// constantName returns the Go name of an enum value: its words, capitalized or
// in the configured spelling. NOT_FOUND becomes NotFound, gpt-4.1 becomes
// GPT41.
func constantName(value string, spelling map[string]string) string {
	if value == "" {
		return "Empty"
	}
	var name strings.Builder
	if value[0] == '-' && len(value) > 1 && unicode.IsDigit(rune(value[1])) {
		name.WriteString("Minus")
	}
	for _, word := range strings.FieldsFunc(value, func(r rune) bool { return !isAlphanumeric(r) }) {
		switch spelled, ok := spelling[strings.ToLower(word)]; {
		case ok:
			name.WriteString(spelled)
		case word == strings.ToUpper(word):
			name.WriteString(capital(strings.ToLower(word)))
		default:
			name.WriteString(capital(word))
		}
	}
	return name.String()
}

func isAlphanumeric(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// capital returns a word with its first letter in upper case.
func capital(word string) string {
	r, n := utf8.DecodeRuneInString(word)
	return string(unicode.ToUpper(r)) + word[n:]
}

// eachSchema calls f with every schema in a spec and its place. It does not
// follow references.
func eachSchema(spec *openapi3.T, f func(place string, ref *openapi3.SchemaRef)) {
	var schema func(place string, ref *openapi3.SchemaRef)
	schema = func(place string, ref *openapi3.SchemaRef) {
		if ref == nil || ref.Ref != "" || ref.Value == nil {
			return
		}
		v := ref.Value
		for _, name := range slices.Sorted(maps.Keys(v.Properties)) {
			schema(place+"."+name, v.Properties[name])
		}
		schema(place+"[]", v.Items)
		schema(place+"{}", v.AdditionalProperties.Schema)
		for _, list := range []openapi3.SchemaRefs{v.OneOf, v.AnyOf, v.AllOf} {
			for _, part := range list {
				schema(place, part)
			}
		}
		f(place, ref)
	}
	content := func(place string, media openapi3.Content) {
		for _, name := range slices.Sorted(maps.Keys(media)) {
			schema(place, media[name].Schema)
		}
	}
	if spec.Components != nil {
		for _, name := range slices.Sorted(maps.Keys(spec.Components.Schemas)) {
			schema(name, spec.Components.Schemas[name])
		}
		for _, name := range slices.Sorted(maps.Keys(spec.Components.Parameters)) {
			if p := spec.Components.Parameters[name]; p.Value != nil {
				schema("parameter "+name, p.Value.Schema)
			}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(spec.Paths.Map())) {
		item := spec.Paths.Value(path)
		operations := item.Operations()
		for _, p := range item.Parameters {
			if p.Ref == "" {
				schema(path+" parameter "+p.Value.Name, p.Value.Schema)
			}
		}
		for _, verb := range slices.Sorted(maps.Keys(operations)) {
			operation := operations[verb]
			place := endpoint{verb, path}.String()
			for _, p := range operation.Parameters {
				if p.Ref == "" {
					schema(place+" parameter "+p.Value.Name, p.Value.Schema)
				}
			}
			if body := operation.RequestBody; body != nil && body.Ref == "" {
				content(place+" request", body.Value.Content)
			}
			for _, status := range slices.Sorted(maps.Keys(operation.Responses.Map())) {
				if response := operation.Responses.Value(status); response.Ref == "" {
					content(place+" response "+status, response.Value.Content)
				}
			}
		}
	}
}

// completeUnions completes the mapping of every union and returns the names of
// the unions: components with members and a discriminator. A member that the
// mapping lacks is mapped from the only value of its discriminator property, or
// else from its name.
func completeUnions(spec *openapi3.T) ([]string, error) {
	if spec.Components == nil {
		return nil, nil
	}
	var unions []string
	for _, name := range slices.Sorted(maps.Keys(spec.Components.Schemas)) {
		ref := spec.Components.Schemas[name]
		members := slices.Concat(ref.Value.OneOf, ref.Value.AnyOf)
		if ref.Ref != "" || ref.Value.Discriminator == nil || len(members) == 0 {
			continue
		}
		d := ref.Value.Discriminator
		if d.PropertyName == "" {
			return nil, fmt.Errorf("union %s: its discriminator names no property", name)
		}
		if d.Mapping == nil {
			d.Mapping = openapi3.StringMap[openapi3.MappingRef]{}
		}
		announced := map[string]bool{}
		for _, target := range d.Mapping {
			announced[target.Ref] = true
		}
		for _, member := range members {
			if member.Ref == "" {
				return nil, fmt.Errorf("union %s: a member is not a named schema", name)
			}
			if announced[member.Ref] {
				continue
			}
			value := member.Ref[strings.LastIndexByte(member.Ref, '/')+1:]
			if p := member.Value.Properties[d.PropertyName]; p != nil && p.Value != nil && len(p.Value.Enum) == 1 {
				value = fmt.Sprint(p.Value.Enum[0])
			}
			if other, ok := d.Mapping[value]; ok {
				return nil, fmt.Errorf("union %s: %q announces two members, %s and %s", name, value, other.Ref, member.Ref)
			}
			d.Mapping[value] = openapi3.MappingRef{Ref: member.Ref}
		}
		for value, target := range d.Mapping {
			schema := spec.Components.Schemas[strings.TrimPrefix(target.Ref, "#/components/schemas/")]
			if schema == nil {
				return nil, fmt.Errorf("union %s: %q announces %s, which does not exist", name, value, target.Ref)
			}
			if len(schema.Value.OneOf) > 0 || len(schema.Value.AnyOf) > 0 || schema.Value.Type != nil && !schema.Value.Type.Is("object") {
				return nil, fmt.Errorf("union %s: %q announces %s, which is not an object", name, value, target.Ref)
			}
		}
		unions = append(unions, name)
	}
	return unions, nil
}
