package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

func TestWire(t *testing.T) {
	for name, test := range map[string]struct {
		edits        []string // pairs of old and new text in testdata's spec
		lost, gained []string
	}{
		"nothing": {nil, nil, nil},
		"words and names of types": {
			[]string{"Lists the things.", "All things.", "NewThing", "ThingRequest", "list_things", "find_things"}, nil, nil,
		},
		"type and limits": {[]string{"type: integer", "type: string\n          maxLength: 3"}, nil, nil},
		"version": {
			[]string{"version: 2099-01", "version: 2099-02"},
			[]string{"request header `X-Pinecone-Api-Version: 2099-01`"},
			[]string{"request header `X-Pinecone-Api-Version: 2099-02`"},
		},
		"server": {
			[]string{"https://things.example.com", "https://{host}/v2"},
			[]string{"server `https://things.example.com`"},
			[]string{"server `https://{host}/v2`"},
		},
		"header of the key": {
			[]string{"name: Thing-Key", "name: Api-Key"},
			[]string{"request header `Thing-Key`, the API key"},
			[]string{"request header `Api-Key`, the API key"},
		},
		"parameter moved": {
			[]string{"in: query", "in: header"},
			[]string{"request query parameter `kind`: GET /things"},
			[]string{"request header `kind`: GET /things"},
		},
		"method": {
			[]string{"    post:\n", "    put:\n"},
			[]string{"operation `POST /things` (request application/json NewThing; response 201 application/json Thing)"},
			[]string{"operation `PUT /things` (request application/json NewThing; response 201 application/json Thing)"},
		},
		"kind of body": {
			[]string{"application/json:\n            schema:\n              $ref: '#/components/schemas/NewThing'", "multipart/form-data:\n            schema:\n              type: object\n              properties:\n                metadata: {type: string}\n"},
			[]string{"request application/json NewThing: POST /things"},
			[]string{"request multipart/form-data: POST /things"},
		},
		"status": {
			[]string{"        '201':\n", "        '202':\n"},
			[]string{"response 201 application/json Thing: POST /things"},
			[]string{"response 202 application/json Thing: POST /things"},
		},
		"header of a response": {
			[]string{"          description: The thing.\n", "          description: The thing.\n          headers:\n            Location:\n              schema: {type: string}\n"},
			nil,
			[]string{"response 201 header `Location`: POST /things"},
		},
		"fields of one type, in two operations": {
			[]string{"        size:\n", "        width: {type: integer}\n        height: {type: integer}\n        size:\n"},
			nil,
			[]string{"response field `Thing.height`, `Thing.width`: GET /things + POST /things"},
		},
		"field of an object without a name": {
			[]string{"        note:\n          type: string\n", "        note:\n          type: object\n          properties:\n            text: {type: string}\n"},
			nil,
			[]string{"request field `NewThing.note.text`: POST /things"},
		},
		"fields of a map and of a list": {
			[]string{"        note:\n          type: string\n", "        notes:\n          type: array\n          items:\n            type: object\n            properties:\n              text: {type: string}\n        note:\n          type: object\n          additionalProperties:\n            type: object\n            properties:\n              text: {type: string}\n"},
			nil,
			[]string{"request field `NewThing.note.*.text`, `NewThing.notes`: POST /things"},
		},
		"type in itself": {
			[]string{"        note:\n          type: string\n", "        note:\n          $ref: '#/components/schemas/NewThing'\n"}, nil, nil,
		},
		"member of a union has the same fields": {
			[]string{"              $ref: '#/components/schemas/NewThing'\n", "              oneOf:\n                - $ref: '#/components/schemas/NewThing'\n                - $ref: '#/components/schemas/Thing'\n"},
			nil,
			[]string{"request field `Thing.size`, `Thing.state`: POST /things"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			base, head := wireOf(t), wireOf(t, test.edits...)
			list := func(places []string) string { return strings.Join(places, " + ") }
			if got := base.without(head, list); !slices.Equal(got, test.lost) {
				t.Errorf("lost\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.lost, "\n"))
			}
			if got := head.without(base, list); !slices.Equal(got, test.gained) {
				t.Errorf("gained\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.gained, "\n"))
			}
		})
	}
}

// The name of a path parameter is not on the wire.
func TestWirePathParameter(t *testing.T) {
	path := func(name string) []string {
		return []string{"  /things:\n", "  /things/{" + name + "}:\n", "      parameters:\n", "      parameters:\n        - {name: " + name + ", in: path, required: true, schema: {type: string}}\n"}
	}
	base, head := wireOf(t, path("id")...), wireOf(t, path("thing")...)
	if lost, gained := base.without(head, quoteAll), head.without(base, quoteAll); lost != nil || gained != nil {
		t.Errorf("lost %q, gained %q", lost, gained)
	}
}

// wireOf returns the wire of testdata's spec after edits.
func wireOf(t *testing.T, edits ...string) wire {
	t.Helper()
	text, err := os.ReadFile("testdata/project/" + spec)
	if err != nil {
		t.Fatal(err)
	}
	edited := string(text)
	for i := 0; i < len(edits); i += 2 {
		if !strings.Contains(edited, edits[i]) {
			t.Fatalf("no %q", edits[i])
		}
		edited = strings.ReplaceAll(edited, edits[i], edits[i+1])
	}
	doc, err := openapi3.NewLoader().LoadFromData([]byte(edited))
	if err != nil {
		t.Fatal(err)
	}
	return walk(doc)
}
