package compile

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// types are the Go types of the responses of a spec. They are known only while
// oapi-codegen runs.
type types struct {
	schemas map[string]codegen.Schema // by Go type name
	unions  map[string]*union
	wanted  []string // names of types that need a decoder, in the order in which they were found
	Waits   bool     // an operation has x-wait
	plane   *plane
}

// union is a schema with a discriminator. oapi-codegen does not generate its
// type; the template of the typed layer does.
type union struct {
	Name     string
	Doc      string
	Property string
	Members  []member
	// Chunk reports whether the union is the type of a stream's events. The Go
	// type is then an interface; otherwise it is a struct with an interface in
	// it.
	Chunk bool
}

// member is a member of a union, with its values of the discriminator.
type member struct {
	Type   string
	Values []string
}

// decoder decodes a struct.
type decoder struct {
	Type   string
	Fields []decodedField
}

// decodedField is a field of a struct: its name in JSON and the statement that
// decodes it.
type decodedField struct {
	Name, Code string
}

// describeTypes collects the Go types of the schemas and of the responses of a
// spec.
func describeTypes(input *prepared, p *plane, ops []codegen.OperationDefinition) (*types, error) {
	t := &types{schemas: map[string]codegen.Schema{}, unions: map[string]*union{}, plane: p}
	if spec := input.spec; spec.Components != nil {
		for _, name := range codegen.SortedMapKeys(spec.Components.Schemas) {
			goName, err := codegen.RefPathToGoType("#/components/schemas/" + name)
			if err != nil {
				return nil, err
			}
			ref := spec.Components.Schemas[name]
			if slices.Contains(input.unions, name) {
				if t.unions[goName], err = describeUnion(name, goName, ref.Value); err != nil {
					return nil, err
				}
				continue
			}
			schema, err := codegen.GenerateGoSchema(ref, []string{goName})
			if err != nil {
				return nil, fmt.Errorf("schema %s: %w", name, err)
			}
			t.add(goName, schema)
		}
	}
	if err := t.describeConstructors(input); err != nil {
		return nil, err
	}
	for _, op := range ops {
		if chunk := streamOf(op.Spec); chunk != nil && chunk.Ref != "" {
			name, err := codegen.RefPathToGoType(chunk.Ref)
			if err != nil {
				return nil, err
			}
			if u, ok := t.unions[name]; ok {
				u.Chunk = true
			}
		}
		responses, err := op.GetResponseTypeDefinitions()
		if err != nil {
			return nil, err
		}
		for _, response := range responses {
			if response.Schema.RefType != "" && len(response.Schema.Properties) > 0 {
				t.add(response.Schema.RefType, response.Schema)
			}
			for _, more := range response.AdditionalTypeDefinitions {
				t.add(more.TypeName, more.Schema)
			}
		}
	}
	return t, nil
}

func (t *types) add(name string, schema codegen.Schema) {
	if _, known := t.schemas[name]; !known {
		t.schemas[name] = schema
	}
	for _, more := range schema.AdditionalTypes {
		if _, known := t.schemas[more.TypeName]; !known {
			t.add(more.TypeName, more.Schema)
		}
	}
}

// describeUnion describes a union whose members completeUnions has checked.
func describeUnion(name, goName string, schema *openapi3.Schema) (*union, error) {
	u := &union{Name: goName, Doc: schema.Description, Property: schema.Discriminator.PropertyName}
	for _, value := range codegen.SortedMapKeys(schema.Discriminator.Mapping) {
		goType, err := codegen.RefPathToGoType(schema.Discriminator.Mapping[value].Ref)
		if err != nil {
			return nil, fmt.Errorf("schema %s: %w", name, err)
		}
		if i := slices.IndexFunc(u.Members, func(m member) bool { return m.Type == goType }); i >= 0 {
			u.Members[i].Values = append(u.Members[i].Values, value)
			continue
		}
		u.Members = append(u.Members, member{goType, []string{value}})
	}
	return u, nil
}

// Decoder returns the expression for a function that decodes a type. If the
// decoder must be generated, it is added to Decoders.
func (t *types) Decoder(goType string) string {
	switch goType {
	case "string", "bool", "int", "int32", "int64", "float32", "float64":
		kind := map[string]string{
			"string": "String", "bool": "Bool", "int": "Int", "int64": "Int",
			"int32": "Int32", "float32": "Float32", "float64": "Float64",
		}[goType]
		return "jsonscan." + kind + "[" + goType + "]"
	case "interface{}", "any":
		return "jsonscan.Any"
	case "map[string]interface{}", "map[string]any":
		return "jsonscan.Map"
	}
	if t.hasDecoder(goType) {
		return "(*" + goType + ").decodeJSON"
	}
	if schema, ok := t.schemas[goType]; ok && schema.GoType == "string" {
		return "jsonscan.String[" + goType + "]"
	}
	return "jsonscan.Other[" + goType + "]"
}

// hasDecoder reports whether a decoder is generated for a type, and requests
// it.
func (t *types) hasDecoder(goType string) bool {
	_, isUnion := t.unions[goType]
	schema := t.schemas[goType]
	isStruct := len(schema.Properties) > 0 && !schema.HasAdditionalProperties && len(schema.UnionElements) == 0
	if !isUnion && !isStruct {
		return false
	}
	if !slices.Contains(t.wanted, goType) {
		t.wanted = append(t.wanted, goType)
	}
	return true
}

// statement returns the statement that decodes a value of a type into a
// variable.
func (t *types) statement(goType, target string) string {
	switch goType {
	case "string":
		return target + " = d.String()"
	case "bool":
		return target + " = d.Bool()"
	case "int64":
		return target + " = d.Int(64)"
	case "int":
		return target + " = int(d.Int(strconv.IntSize))"
	case "int32":
		return target + " = int32(d.Int(32))"
	case "float64":
		return target + " = d.Float(64)"
	case "float32":
		return target + " = float32(d.Float(32))"
	case "time.Time":
		return target + " = d.Time()"
	case "interface{}", "any":
		return target + " = d.Any()"
	case "map[string]interface{}", "map[string]any":
		return target + " = d.Map()"
	}
	if element, ok := strings.CutPrefix(goType, "[]"); ok {
		return target + " = jsonscan.List(d, " + t.Decoder(element) + ")"
	}
	if element, ok := strings.CutPrefix(goType, "*"); ok {
		return target + " = jsonscan.Pointer(d, " + t.Decoder(element) + ")"
	}
	if t.hasDecoder(goType) {
		return target + ".decodeJSON(d)"
	}
	if schema, ok := t.schemas[goType]; ok {
		switch {
		case schema.GoType == "string":
			return target + " = " + goType + "(d.String())"
		case schema.DefineViaAlias && schema.GoType != "":
			return t.statement(schema.GoType, target)
		}
	}
	return "jsonscan.Other(&" + target + ", d)"
}

// fieldType returns the Go type of a field as oapi-codegen declares it.
func fieldType(p codegen.Property) string {
	kind := p.GoTypeDef()
	if skip, _ := p.Extensions["x-go-type-skip-optional-pointer"].(bool); skip {
		kind = strings.TrimPrefix(kind, "*")
	}
	return kind
}

// Decoders returns the decoders that were requested, and the decoders that they
// need, sorted by name.
func (t *types) Decoders() []decoder {
	for _, u := range t.unions {
		for _, m := range u.Members {
			t.hasDecoder(m.Type)
		}
	}
	var decoders []decoder
	for i := 0; i < len(t.wanted); i++ { // wanted grows in the loop
		name := t.wanted[i]
		if t.unions[name] != nil {
			continue // the template writes the decoder of a union
		}
		d := decoder{Type: name}
		for _, p := range t.schemas[name].Properties {
			code := t.statement(fieldType(p), "v."+p.GoFieldName())
			also, _ := extension[[]string](p.Extensions, extAlso)
			if len(also) == 0 {
				d.Fields = append(d.Fields, decodedField{p.JsonFieldName, code})
				continue
			}
			for _, name := range append([]string{p.JsonFieldName}, also...) {
				d.Fields = append(d.Fields, decodedField{name, fmt.Sprintf("jsonscan.Default(&v.%s, %s, d)", p.GoFieldName(), t.Decoder(fieldType(p)))})
			}
		}
		decoders = append(decoders, d)
	}
	slices.SortFunc(decoders, func(a, b decoder) int { return strings.Compare(a.Type, b.Type) })
	return decoders
}

// Unions returns the unions, sorted by name.
func (t *types) Unions() []*union {
	var unions []*union
	for _, name := range codegen.SortedMapKeys(t.unions) {
		unions = append(unions, t.unions[name])
	}
	return unions
}

// values returns the values of an enum, and nil for any other type.
func (t *types) values(goType string) []string {
	return slices.Collect(maps.Values(t.schemas[goType].EnumValues))
}

// note adds a note about an operation to those of the plane.
func (t *types) note(at endpoint, text string) {
	t.plane.notes = append(t.plane.notes, Note{Place: at.String(), Text: text})
}
