package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// What OpenAPI Generator's typescript-fetch writes.
var (
	tsBase      = regexp.MustCompile(`exports\.BASE_PATH = "([^"]*)"`)
	tsOperation = regexp.MustCompile(`(?m)^    async (\w+)Raw\(`)
	tsPath      = regexp.MustCompile("path: `([^`]*)`")
	tsMethod    = regexp.MustCompile(`method: '(\w+)'`)
	tsRequired  = regexp.MustCompile(`RequiredError\('(\w+)'`)
	tsInPath    = regexp.MustCompile(`\{\$\{"(\w+)"\}\}.*?requestParameters\.(\w+)`)
	tsParameter = regexp.MustCompile(`(query|header)Parameters\['([^']+)'\] = (?:String\()?requestParameters\.(\w+)`)
	tsForm      = regexp.MustCompile(`formParams\.append\('(\w+)', requestParameters\.(\w+)`)
	tsBody      = regexp.MustCompile(`body: \(0, index_1\.(\w+)ToJSON\)\(requestParameters\.(\w+)\)`)
	tsReply     = regexp.MustCompile(`index_1\.(\w+)FromJSON\)\(jsonValue\)`)
	tsInterface = regexp.MustCompile(`(?ms)^export interface (\w+) \{\n(.*?)^\}`)
	tsField     = regexp.MustCompile(`(?m)^    (\w+)(\??): (.*);$`)
	tsFromJSON  = regexp.MustCompile(`(?m)^        '(\w+)': (.*json\['(\w+)'\].*),$`)
	tsUnion     = regexp.MustCompile(`(?s)switch \(json\['(\w+)'\]\) \{(.*?)default:`)
	tsMember    = regexp.MustCompile(`case '(\w+)':\s+return \{ \.\.\.\(0, \w+\.(\w+)FromJSONTyped`)
)

// sdkFacts reads the facts of a plane out of its generated code.
func sdkFacts(folder string) (facts, error) {
	found := facts{}
	runtime, err := os.ReadFile(filepath.Join(folder, "runtime.js"))
	if err != nil {
		return nil, err
	}
	if match := tsBase.FindSubmatch(runtime); match != nil {
		found["server"] = string(match[1])
	}
	apis, err := filepath.Glob(filepath.Join(folder, "apis", "*Api.js"))
	if err != nil || len(apis) == 0 {
		return nil, fmt.Errorf("%s: no apis/*Api.js", folder)
	}
	models, err := filepath.Glob(filepath.Join(folder, "models", "*.js"))
	if err != nil {
		return nil, err
	}
	for _, file := range append(apis, models...) {
		code, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		types, err := os.ReadFile(strings.TrimSuffix(file, ".js") + ".d.ts")
		if err != nil {
			return nil, err
		}
		switch name := strings.TrimSuffix(filepath.Base(file), ".js"); {
		case name == "index":
		case strings.HasSuffix(name, "Api"):
			found.addOperations(string(code), string(types))
		default:
			found.addModel(name, string(code), interfaces(string(types))[name])
		}
	}
	return found, nil
}

// interfaces returns the fields of the interfaces of a file of declarations:
// "type" or "type, optional" by name.
func interfaces(text string) map[string]map[string]string {
	found := map[string]map[string]string{}
	for _, declared := range tsInterface.FindAllStringSubmatch(text, -1) {
		fields := map[string]string{}
		for _, field := range tsField.FindAllStringSubmatch(declared[2], -1) {
			fields[field[1]] = optional(field[3], field[2] == "?")
		}
		found[declared[1]] = fields
	}
	return found
}

// optional is how a fact says that something may be left out.
func optional(kind string, is bool) string {
	if is {
		return kind + ", optional"
	}
	return kind
}

func (f facts) addOperations(code, types string) {
	declared := interfaces(types)
	starts := tsOperation.FindAllStringSubmatchIndex(code, -1)
	for i, start := range starts {
		name := code[start[2]:start[3]]
		end := len(code)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		request := first(regexp.MustCompile(name+`Raw\(requestParameters: (\w+)`), types)
		f.addOperation(name, code[start[0]:end], declared[request])
	}
}

// addOperation adds an operation from the code of its method. What is required is
// both declared and looked after; a fact says so when the two disagree.
func (f facts) addOperation(name, code string, fields map[string]string) {
	checked := map[string]bool{}
	for _, match := range tsRequired.FindAllStringSubmatch(code, -1) {
		checked[match[1]] = true
	}
	describe := func(field string) string {
		kind := fields[field]
		if checked[field] == strings.HasSuffix(kind, ", optional") {
			kind += ", checked otherwise"
		}
		return kind
	}
	f["operation "+name] = first(tsMethod, code) + " " + first(tsPath, code)
	for _, match := range tsInPath.FindAllStringSubmatch(code, -1) {
		f["parameter "+name+" path "+match[1]] = describe(match[2])
	}
	for _, match := range tsParameter.FindAllStringSubmatch(code, -1) {
		f["parameter "+name+" "+match[1]+" "+match[2]] = describe(match[3])
	}
	for _, match := range tsForm.FindAllStringSubmatch(code, -1) {
		f["parameter "+name+" form "+match[1]] = describe(match[2])
	}
	if match := tsBody.FindStringSubmatch(code); match != nil {
		f["body "+name] = describe(match[2])
	}
	f["reply "+name] = first(tsReply, code)
}

func (f facts) addModel(name, code string, fields map[string]string) {
	if union := tsUnion.FindStringSubmatch(code); union != nil {
		f["union "+name] = union[1]
		for _, member := range tsMember.FindAllStringSubmatch(union[2], -1) {
			f["union "+name+" "+member[1]] = member[2]
		}
		return
	}
	f["model "+name] = "object"
	for _, property := range tsFromJSON.FindAllStringSubmatch(code, -1) {
		kind := fields[property[1]]
		if strings.Contains(property[2], "exists)") != strings.HasSuffix(kind, ", optional") {
			kind += ", read otherwise"
		}
		f["property "+name+" "+property[3]] = kind
	}
}

// first returns the first group of the first match.
func first(pattern *regexp.Regexp, text string) string {
	if match := pattern.FindStringSubmatch(text); match != nil {
		return match[1]
	}
	return ""
}
