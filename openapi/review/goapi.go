package main

import (
	"fmt"
	"go/types"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// surface is the exported API of a package. It maps names such as New, Thing,
// Thing.Size or API.Files to declarations.
type surface map[string]declaration

// declaration is the part of a declaration that users of a package can rely on.
type declaration struct {
	name string // name in the report, such as (*API).Files
	kind string // "type", "method", ...
	text string // its type as written
	// canonical is the type with aliases resolved.
	canonical string
	value     string // value of a constant
	json      string // name of a field in JSON
	alias     string // type of the same package that this type is an alias of
	pointer   bool   // method with a pointer receiver
	open      bool   // interface that other packages can implement, or a method of one
	equatable bool   // type whose values can be compared
}

// surfaceOf returns the exported API of a package. A type that the package
// exports as an alias of a type in another package of this module counts as its
// own.
func surfaceOf(pkg *types.Package, module string) surface {
	s := surface{}
	for _, name := range pkg.Scope().Names() {
		object := pkg.Scope().Lookup(name)
		if !object.Exported() {
			continue
		}
		d := declaration{name: name, text: typeText(object.Type(), pkg, false), canonical: typeText(object.Type(), pkg, true)}
		switch object := object.(type) {
		case *types.Const:
			d.kind, d.value = "constant", object.Val().ExactString()
		case *types.Var:
			d.kind = "variable"
		case *types.Func:
			d.kind = "function"
		case *types.TypeName:
			s.addType(object, module)
			continue
		}
		s[name] = d
	}
	return s
}

func (s surface) addType(object *types.TypeName, module string) {
	name, pkg := object.Name(), object.Pkg()
	d := declaration{name: name, kind: "type", equatable: types.Comparable(object.Type())}
	actual := types.Unalias(object.Type())
	named, _ := actual.(*types.Named)
	if object.IsAlias() && named != nil && named.Obj().Pkg() != nil {
		if target := named.Obj(); target.Pkg() == pkg {
			d.alias = target.Name()
		} else if path := target.Pkg().Path(); path != module && !strings.HasPrefix(path, module+"/") {
			d.text = "= " + typeText(actual, pkg, true)
			d.canonical = d.text
			s[name] = d
			return
		}
	}
	parameters := ""
	if named != nil {
		parameters = typeParameters(named, pkg)
	}
	switch under := actual.Underlying().(type) {
	case *types.Struct:
		d.text = parameters + "struct"
		for i := range under.NumFields() {
			field := under.Field(i)
			if !field.Exported() {
				continue
			}
			json, _, _ := strings.Cut(reflect.StructTag(under.Tag(i)).Get("json"), ",")
			s.add(name, field, "field", declaration{json: json}, pkg)
		}
	case *types.Interface:
		d.text = parameters + "interface"
		d.open = true
		for method := range under.Methods() {
			d.open = d.open && method.Exported()
		}
		for method := range under.Methods() {
			if method.Exported() {
				s.add(name, method, "method", declaration{open: d.open}, pkg)
			}
		}
	default:
		d.text = parameters + typeText(under, pkg, true)
	}
	d.canonical = d.text
	s[name] = d
	if types.IsInterface(actual) {
		return
	}
	values := types.NewMethodSet(actual)
	for selection := range types.NewMethodSet(types.NewPointer(actual)).Methods() {
		if method := selection.Obj(); method.Exported() {
			s.add(name, method, "method", declaration{pointer: values.Lookup(pkg, method.Name()) == nil}, pkg)
		}
	}
}

// add adds a field or a method of a type.
func (s surface) add(of string, object types.Object, kind string, d declaration, pkg *types.Package) {
	d.kind, d.name = kind, of+"."+object.Name()
	if d.pointer {
		d.name = "(*" + of + ")." + object.Name()
	}
	d.text, d.canonical = typeText(object.Type(), pkg, false), typeText(object.Type(), pkg, true)
	s[of+"."+object.Name()] = d
}

// typeText returns the text of a type without parameter names. Types of the
// package are not qualified, so that the same type has the same text in two
// packages. If canonical is set, aliases are resolved.
func typeText(t types.Type, pkg *types.Package, canonical bool) string {
	text := func(t types.Type) string { return typeText(t, pkg, canonical) }
	switch t := t.(type) {
	case *types.Alias:
		if canonical {
			return text(types.Unalias(t))
		}
		return qualified(t.Obj(), pkg) + arguments(t.TypeArgs(), text)
	case *types.Named:
		return qualified(t.Obj(), pkg) + arguments(t.TypeArgs(), text)
	case *types.Pointer:
		return "*" + text(t.Elem())
	case *types.Slice:
		return "[]" + text(t.Elem())
	case *types.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), text(t.Elem()))
	case *types.Map:
		return "map[" + text(t.Key()) + "]" + text(t.Elem())
	case *types.Chan:
		return [...]string{"chan ", "chan<- ", "<-chan "}[t.Dir()] + text(t.Elem())
	case *types.Signature:
		var parameters []string
		for i := range t.Params().Len() {
			parameter := text(t.Params().At(i).Type())
			if t.Variadic() && i == t.Params().Len()-1 {
				parameter = "..." + strings.TrimPrefix(parameter, "[]")
			}
			parameters = append(parameters, parameter)
		}
		var results []string
		for result := range t.Results().Variables() {
			results = append(results, text(result.Type()))
		}
		signature := "func" + constraints(t.TypeParams(), text) + "(" + strings.Join(parameters, ", ") + ")"
		switch len(results) {
		case 0:
			return signature
		case 1:
			return signature + " " + results[0]
		}
		return signature + " (" + strings.Join(results, ", ") + ")"
	case *types.Struct:
		var fields []string
		for field := range t.Fields() {
			fields = append(fields, field.Name()+" "+text(field.Type()))
		}
		return "struct{" + strings.Join(fields, "; ") + "}"
	}
	return types.TypeString(t, func(other *types.Package) string {
		if other == pkg {
			return ""
		}
		return other.Name()
	})
}

func qualified(object *types.TypeName, pkg *types.Package) string {
	if object.Pkg() == nil || object.Pkg() == pkg {
		return object.Name()
	}
	return object.Pkg().Name() + "." + object.Name()
}

func arguments(list *types.TypeList, text func(types.Type) string) string {
	var texts []string
	for t := range list.Types() {
		texts = append(texts, text(t))
	}
	if texts == nil {
		return ""
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

func constraints(list *types.TypeParamList, text func(types.Type) string) string {
	var texts []string
	for parameter := range list.TypeParams() {
		texts = append(texts, parameter.Obj().Name()+" "+text(parameter.Constraint()))
	}
	if texts == nil {
		return ""
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

func typeParameters(named *types.Named, pkg *types.Package) string {
	return constraints(named.TypeParams(), func(t types.Type) string { return typeText(t, pkg, true) })
}

// apiChange is a change of a package's exported API.
type apiChange struct {
	key      string // key in the surfaces
	name     string // name in the report
	kind     string
	json     string // name of a field in JSON
	what     string // "added", "removed", "changed from `…` to `…`"
	breaking bool
}

// apiChanges compares the exported APIs of two packages. Types of the same name
// count as the same type, and their fields and methods are compared.
func apiChanges(base, head surface) []apiChange {
	var changes []apiChange
	add := func(key string, d declaration, breaking bool, what string, args ...any) {
		changes = append(changes, apiChange{key, d.name, d.kind, d.json, fmt.Sprintf(what, args...), breaking})
	}
	for _, key := range slices.Sorted(maps.Keys(base)) {
		was := base[key]
		owner, _, isMember := strings.Cut(key, ".")
		if isMember {
			if before, after := base[owner], head[owner]; before.text != after.text || before.alias != "" && before.alias == after.alias {
				continue // the change is reported for the type or the aliased type
			}
		}
		is, there := head[key]
		switch {
		case !there:
			add(key, was, true, "removed")
		case was.kind != is.kind:
			add(key, was, true, "changed from a %s to a %s", was.kind, is.kind)
		case was.text != is.text && was.canonical != is.canonical:
			add(key, was, true, "changed from `%s` to `%s`", was.text, is.text)
		case was.value != is.value:
			add(key, was, true, "value changed from `%s` to `%s`", was.value, is.value)
		case !was.pointer && is.pointer:
			add(key, was, true, "changed to a method with a pointer receiver")
		case was.kind == "type" && was.open && !is.open:
			add(key, was, true, "other packages can no longer implement it")
		case was.equatable && !is.equatable:
			add(key, was, true, "its values are no longer comparable")
		}
	}
	for _, key := range slices.Sorted(maps.Keys(head)) {
		is := head[key]
		owner, _, isMember := strings.Cut(key, ".")
		if _, there := base[key]; there || isMember && (base[owner].text != head[owner].text || head[owner].alias != "" && head[owner].alias == base[owner].alias) {
			continue
		}
		add(key, is, is.kind == "method" && is.open && base[owner].open, "added")
	}
	return changes
}

// goChanges are the changes of a package by their effect on callers.
type goChanges struct {
	broken    []string // names, including those of the stock client
	removed   []string
	changed   []string // with the kind of change
	stock     []string // breaking changes of the stock client by kind; they follow from the spec
	stockMore int      // additions to the stock client
	added     []string // grouped by kind
}

// classify groups the changes of a package. spec maps Go names to the names in
// the spec, where they differ.
func classify(changes []apiChange, spec map[string]string) goChanges {
	var c goChanges
	additions, stock := map[string][]string{}, map[string][]string{}
	for _, change := range changes {
		name := "`" + change.name + "`"
		if other := change.nameIn(spec); other != "" {
			name += " (spec `" + other + "`)"
		}
		if change.breaking {
			c.broken = append(c.broken, change.name)
		}
		switch {
		case isStock(change.name) && change.breaking:
			what, _, _ := strings.Cut(change.what, " ")
			stock[what] = append(stock[what], name)
		case isStock(change.name):
			c.stockMore++
		case !change.breaking:
			additions[change.kind] = append(additions[change.kind], name)
		case change.what == "removed":
			c.removed = append(c.removed, name)
		default:
			c.changed = append(c.changed, name+": "+change.what)
		}
	}
	for _, what := range slices.Sorted(maps.Keys(stock)) {
		c.stock = append(c.stock, what+": "+strings.Join(stock[what], ", "))
	}
	for _, kind := range []string{"method", "function", "type", "field", "constant", "variable"} {
		if names := additions[kind]; len(names) > 0 {
			c.added = append(c.added, plural(len(names), kind)+": "+capped(names))
		}
	}
	return c
}

// nameIn returns the spec's name for the type, field or operation that a change
// is about, or "" if it is the same.
func (c apiChange) nameIn(spec map[string]string) string {
	owner, member, _ := strings.Cut(c.key, ".")
	switch {
	case owner == "API" || owner == "Client":
		return spec[member]
	case c.kind == "field" && spec[owner] != "" && c.json != "":
		return spec[owner] + "." + c.json
	}
	return spec[owner]
}

var stockName = regexp.MustCompile(`^\(\*Client\)\.|^New\w+Request(WithBody)?$`)

// isStock reports whether a name belongs only to the stock client.
func isStock(name string) bool { return stockName.MatchString(name) }
