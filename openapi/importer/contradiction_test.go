package main

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestContradictions(t *testing.T) {
	const length = "type: string\nminLength: 1\nmaxLength: 63"
	for name, test := range map[string]struct{ schema, words, want string }{
		"the bounds":          {length, "is a name of 1 to 63 letters.", ""},
		"another range":       {length, "is a name of 1 to 45 letters.", "the text says 45, but maxLength is 63"},
		"from and to":         {length, "is a name, from 2 to 63 letters long.", "the text says 2, but minLength is 1"},
		"at most":             {length, "has at most 45 letters.", "the text says 45, but maxLength is 63"},
		"at least":            {length, "has at least 3 letters.", "the text says 3, but minLength is 1"},
		"a size":              {length, "is a name. Metadata of up to 16 KB goes with it.", ""},
		"a bound of a number": {"type: integer\nmaximum: 100", "is how many to return, 1,000 or fewer.", "the text says 1000, but maximum is 100"},
		"tokens of a number":  {"type: integer\nmaximum: 8192", "is the size, at most 4,096 tokens.", "the text says 4096, but maximum is 8192"},
		"no bound":            {"type: integer", "is the size, at most 4096 tokens.", ""},
		"items":               {"type: array\nmaxItems: 5\nitems: {type: string}", "are up to 10 names.", "the text says 10, but maxItems is 5"},
		"the default":         {"type: integer\ndefault: 16", "is how many. Defaults to 16.", ""},
		"another default":     {"type: integer\ndefault: 16", "is how many. Defaults to 10.", "the text says that the default is 10, but default is 16"},
		"by default":          {"type: string\ndefault: gpt-5", "is the model, `gpt-4o` by default.", "the text says that the default is gpt-4o, but default is gpt-5"},
		"the default of two":  {"type: string\ndefault: eu\nenum: [us, eu]", "is the region: `us`, the default, or `eu`.", "the text says that the default is us, but default is eu"},
		"a boolean":           {"type: boolean\ndefault: false", "asks for more. Defaults to true.", "the text says that the default is true, but default is false"},
		"the values":          {"type: string\nenum: [a, b]", "is `a` or `b`.", ""},
		"a value that left":   {"type: string\nenum: [a]", "is `a` or `b`.", "`b` is not in the enum"},
		"a property":          {"type: string\nenum: [a]", "is `a` when `limit` is set, else `null`.", ""},
		"a value of items":    {"type: array\nitems: {type: string, enum: [a]}", "are `a` and `b`.", "`b` is not in the enum"},
		"an added value":      {"type: string\nenum: [a]", "is `a`; `added` occurs as well.", ""},
		"of other versions":   {"type: string", "is `elsewhere`.", "`elsewhere` is a value only in other versions"},
		"of none":             {"type: string", "is `$eq`.", ""},
	} {
		t.Run(name, func(t *testing.T) {
			text := "components:\n  schemas:\n    Thing:\n      type: object\n      properties:\n        limit: {type: integer}\n        it:\n          " +
				strings.ReplaceAll(test.schema, "\n", "\n          ") + "\n          description: '" + test.words + "'\n"
			var root yaml.Node
			if err := yaml.Unmarshal([]byte(text), &root); err != nil {
				t.Fatal(err)
			}
			found := contradictions(root.Content[0], []vocabulary{{"elsewhere": true, "a": true}}, vocabulary{"added": true})
			switch {
			case test.want == "" && len(found) > 0:
				t.Errorf("unexpected contradiction: %s", found[0].reason)
			case test.want != "" && (len(found) != 1 || found[0].reason != test.want || found[0].line != 7):
				t.Errorf("found %v, want %q at line 7", found, test.want)
			}
		})
	}
}
