package compile

import (
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// change is a change that an unknown version may bring: the newest spec of the
// data plane with replacements.
type change struct {
	// replace has pairs of old and new text.
	replace []string
	// paths and schemas are added to the spec.
	paths, schemas string
	// actions are added to the overlay.
	actions string
	// base is the version that is changed, by default the newest.
	base string
	// refused is part of the error, which is one line. If refused is empty,
	// code is the body of a test in the generated package "data".
	refused, code string
	// note is part of a note in the result.
	note string
	// absent is a text that no generated file may contain.
	absent string
}

// operation returns a path of a spec with one operation. fields has its
// responses and further fields.
func operation(at, verb, id, fields string) string {
	return fmt.Sprintf("  %s:\n    %s:\n      operationId: %s\n%s", at, verb, id, fields)
}

const (
	noContent    = "      responses: {'204': {description: Done.}}\n"
	jsonResponse = "      responses: {'200': {description: Response., content: {application/json: {schema: {$ref: '#/components/schemas/UsageModel'}}}}}\n"
	newSchemas   = "components:\n  schemas:\n"
	newPaths     = "paths:\n"
	fileResponse = "responses: {'202': {description: Response., content: {application/json: {schema: {$ref: '#/components/schemas/OperationModel'}}}}}\n"
	pingMembers  = `    PingModel: {type: object, required: [kind], properties: {kind: {type: string}, count: {type: integer}}}
    PongModel: {type: object, required: [kind], properties: {kind: {type: string}, text: {type: string}}}
    BeatModel:
      discriminator: {propertyName: kind, mapping: {ping: '#/components/schemas/PingModel', pong: '#/components/schemas/PongModel'}}
      oneOf: [{$ref: '#/components/schemas/PingModel'}, {$ref: '#/components/schemas/PongModel'}]
`
	beats = "      responses: {'200': {description: Beats., content: {text/event-stream: {schema: {$ref: '#/components/schemas/BeatModel'}}}}}\n"
)

var changes = map[string]change{
	"an operation that only streams, with a union of its own": {
		paths:   operation("/beats", "get", "watch_beats", beats),
		schemas: pingMembers,
		actions: "  - target: $.paths['/beats'].get\n    description: The last beat.\n    update: {x-stream-end: pong}\n",
		code: `api, _ := serve(t, "text/event-stream", "data:{\"kind\":\"ping\",\"count\":1}\n\ndata:{\"kind\":\"new\"}\n\ndata:{\"kind\":\"pong\",\"text\":\"x\"}\n\n")
	var got string
	for beat, err := range api.WatchBeatsStream(t.Context()) {
		if err != nil { t.Fatal(err) }
		switch beat := beat.(type) {
		case *data.Ping: got += fmt.Sprint(beat.Count)
		case *data.Pong: got += beat.Text
		case *data.UnknownBeat: got += beat.Type
		}
	}
	equal(t, got, "1newx")
	api, _ = serve(t, "text/event-stream", "data:{\"kind\":\"ping\",\"count\":1}\n\n")
	for _, err := range api.WatchBeatsStream(t.Context()) {
		if err != nil { equal(t, errors.Is(err, io.ErrUnexpectedEOF), true); return }
	}
	t.Error("a cut stream passes for a whole one")`,
		absent: "func (a *API) WatchBeats(",
	},
	"a stream without a known end": {
		paths:   operation("/beats", "get", "watch_beats", beats),
		schemas: pingMembers,
		note:    "GET /beats streams, and its last event is not known: a truncated stream is not detected; x-stream-end identifies the event",
		code: `api, _ := serve(t, "text/event-stream", "data:{\"kind\":\"ping\"}\n\n")
	n := 0
	for _, err := range api.WatchBeatsStream(t.Context()) {
		if err != nil { t.Fatal(err) }
		n++
	}
	equal(t, n, 1)`,
	},
	"a stream that does not have all of its response": {
		replace: []string{"    ChatModel:\n", "    ChatModel:\n      required: [verdict]\n", "        finish_reason:\n", "        verdict: {type: string}\n        finish_reason:\n"},
		absent:  "CollectChat(",
		code:    `equal(t, data.ChatResponse{Verdict: "v"}.Verdict, "v")`,
	},
	"a last event that is no member": {
		paths:   operation("/beats", "get", "watch_beats", beats),
		schemas: pingMembers,
		actions: "  - target: $.paths['/beats'].get\n    description: The last beat.\n    update: {x-stream-end: end}\n",
		refused: `GET /beats: x-stream-end "end": no such member`,
	},
	"a union that is new in a response, inline, without a mapping": {
		paths: operation("/verdict", "get", "get_verdict", `      responses:
        '200':
          description: Verdict.
          content:
            application/json:
              schema:
                type: object
                required: [verdict]
                properties:
                  verdict:
                    discriminator: {propertyName: type}
                    oneOf: [{$ref: '#/components/schemas/Good'}, {$ref: '#/components/schemas/Bad'}]
`),
		schemas: `    Good: {type: object, properties: {type: {type: string, enum: [good]}, why: {type: string}}}
    Bad: {type: object, properties: {type: {type: string}, how: {type: integer}}}
`,
		code: `api, _ := serve(t, "application/json", "{\"verdict\":{\"type\":\"good\",\"why\":\"so\",\"new\":1}}")
	got, err := api.GetVerdict(t.Context())
	if err != nil { t.Fatal(err) }
	equal(t, got.Verdict.Value.(*data.Good).Why, "so")
	text, err := json.Marshal(got)
	if err != nil { t.Fatal(err) }
	equal(t, string(text), "{\"verdict\":{\"type\":\"good\",\"why\":\"so\",\"new\":1}}")
	api, _ = serve(t, "application/json", "{\"verdict\":{\"type\":\"Bad\",\"how\":3}}")
	if got, err = api.GetVerdict(t.Context()); err != nil { t.Fatal(err) }
	equal(t, got.Verdict.Value.(*data.Bad).How, 3)`,
	},
	"members of a union described in place": {
		paths: operation("/verdict", "get", "get_verdict", `      responses:
        '200':
          description: Verdict.
          content:
            application/json:
              schema:
                discriminator: {propertyName: type}
                oneOf:
                  - {type: object, properties: {type: {type: string, enum: [good]}, why: {type: string}}}
                  - {type: object, properties: {type: {type: string, enum: [bad]}, how: {type: integer}}}
`),
		code: `api, _ := serve(t, "application/json", "{\"type\":\"bad\",\"how\":7}")
	got, err := api.GetVerdict(t.Context())
	if err != nil { t.Fatal(err) }
	equal(t, got.Value.(*data.GetVerdictResponseBad).How, 7)`,
	},
	"a value that announces two members": {
		paths: operation("/verdict", "get", "get_verdict", jsonResponse),
		schemas: `    Good: {type: object, properties: {type: {type: string, enum: [same]}}}
    Bad: {type: object, properties: {type: {type: string, enum: [same]}}}
    Verdict:
      discriminator: {propertyName: type}
      oneOf: [{$ref: '#/components/schemas/Good'}, {$ref: '#/components/schemas/Bad'}]
`,
		refused: `union Verdict: "same" announces two members`,
	},
	"a new member of a union": {
		replace: []string{
			"        - $ref: '#/components/schemas/TextReferenceModel'\n", "        - $ref: '#/components/schemas/TextReferenceModel'\n        - $ref: '#/components/schemas/SheetReferenceModel'\n",
			"          text: '#/components/schemas/TextReferenceModel'\n", "          text: '#/components/schemas/TextReferenceModel'\n          sheet: '#/components/schemas/SheetReferenceModel'\n",
		},
		schemas: "    SheetReferenceModel: {type: object, properties: {type: {type: string}, cell: {type: string}}}\n",
		code: `api, _ := serve(t, "application/json", "{\"snippets\":[{\"type\":\"text\",\"content\":\"c\",\"score\":1,\"reference\":{\"type\":\"sheet\",\"cell\":\"A1\"}}],\"usage\":{}}")
	got, err := api.RetrieveContext(t.Context(), "a", data.ContextRequest{Query: "q"})
	if err != nil { t.Fatal(err) }
	equal(t, got.Snippets[0].Value.(*data.TextSnippet).Reference.Value.(*data.SheetReference).Cell, "A1")`,
	},
	"a download": {
		paths: operation("/files/{assistant_name}/{assistant_file_id}/content", "get", "download_file", `      parameters:
        - {in: path, name: assistant_name, required: true, schema: {type: string}}
        - {in: path, name: assistant_file_id, required: true, schema: {type: string}}
      responses: {'200': {description: Content., content: {application/octet-stream: {schema: {type: string, format: binary}}}}}
`),
		code: `api, got := serve(t, "application/pdf", "%PDF")
	content, err := api.DownloadFile(t.Context(), "a", "f")
	if err != nil { t.Fatal(err) }
	defer content.Close()
	text, err := io.ReadAll(content)
	if err != nil { t.Fatal(err) }
	equal(t, fmt.Sprint(string(text), content.Size, content.ContentType), "%PDF4application/pdf")
	equal(t, got.uri, "GET /assistant/files/a/f/content")
	ctx, cancel := context.WithCancel(t.Context())
	content, err = api.DownloadFile(ctx, "a", "f")
	if err != nil { t.Fatal(err) }
	cancel()
	if _, err := io.ReadAll(content); err != nil { equal(t, errors.Is(err, context.Canceled), true) }
	content.Close()`,
	},
	"a download or JSON": {
		paths:   operation("/both", "get", "both", "      responses: {'200': {description: A., content: {application/json: {schema: {$ref: '#/components/schemas/UsageModel'}}}}, '206': {description: B., content: {text/csv: {schema: {type: string}}}}}\n"),
		refused: "GET /both: responses of several kinds",
	},
	"parameters of all types in the path": {
		paths: operation("/a/{n}/{deep}/{kind}/{ratio}", "get", "look", `      parameters:
        - {in: path, name: n, required: true, schema: {type: integer, format: int32}}
        - {in: path, name: deep, required: true, schema: {type: boolean}}
        - {in: path, name: kind, required: true, schema: {type: string, enum: [big one, small]}}
        - {in: path, name: ratio, required: true, schema: {type: number}}
`+noContent),
		code: `api, got := serve(t, "", "")
	if err := api.Look(t.Context(), 7, true, data.LookParamsKindBigOne, 1.5); err != nil { t.Fatal(err) }
	equal(t, got.uri, "GET /assistant/a/7/true/big%20one/1.5")`,
	},
	"a date in the path": {
		paths:   operation("/a/{day}", "get", "look", "      parameters: [{in: path, name: day, required: true, schema: {type: string, format: date}}]\n"+noContent),
		refused: "GET /a/{day}: path parameter day: type",
	},
	"parameters of all types in the header": {
		paths: operation("/a", "get", "look", `      parameters:
        - {in: header, name: X-Count, schema: {type: integer}}
        - {in: header, name: X-Deep, schema: {type: boolean}}
        - {in: header, name: X-Kind, schema: {type: string, enum: [big, small]}}
        - {in: header, name: X-Must, required: true, schema: {type: integer}}
`+noContent),
		code: `api, got := serve(t, "", "")
	if err := api.Look(t.Context(), &data.LookParams{XCount: 3, XDeep: true, XKind: data.LookParamsXKindSmall}); err != nil { t.Fatal(err) }
	equal(t, got.header.Get("X-Count")+got.header.Get("X-Deep")+got.header.Get("X-Kind")+got.header.Get("X-Must"), "3truesmall0")
	if err := api.Look(t.Context(), &data.LookParams{}); err != nil { t.Fatal(err) }
	equal(t, fmt.Sprint(got.header["X-Count"], got.header["X-Deep"], got.header["X-Kind"]), "[] [] []")`,
	},
	"a cookie": {
		paths:   operation("/a", "get", "look", "      parameters: [{in: cookie, name: c, schema: {type: string}}]\n"+noContent),
		refused: "GET /a: parameter c: cookies are not supported",
	},
	"numbers, booleans and enums in a form": {
		replace: []string{"    FileData:\n", `    FileData:
      type: object
      required: [file]
      properties:
        count: {type: integer}
        deep: {type: boolean}
        kind: {type: string, enum: [big, small]}
        ratio: {type: number}
        file: {type: string, format: binary}
        metadata: {type: object}
    OldFileData:
`},
		code: `api, got := serve(t, "application/json", "{\"id\":\"o\"}")
	_, err := api.UploadFile(t.Context(), "a", nil, data.UploadFileRequest{File: data.FileBytes("a.txt", []byte("x")), Count: 3, Deep: true, Kind: data.UploadFileRequestKindBig, Ratio: 0.5})
	if err != nil { t.Fatal(err) }
	equal(t, got.form, "count=3 deep=true file=x kind=big ratio=0.5")
	if _, err := api.UploadFile(t.Context(), "a", nil, data.UploadFileRequest{File: data.FileBytes("a.txt", []byte("x"))}); err != nil { t.Fatal(err) }
	equal(t, got.form, "file=x")`,
	},
	"a list of files in a form, and an optional one": {
		replace: []string{"    FileData:\n", `    FileData:
      type: object
      required: [files]
      properties:
        files: {type: array, items: {type: string, format: binary}}
        cover: {type: string, format: binary}
        metadata: {type: object}
    OldFileData:
`},
		code: `api, got := serve(t, "application/json", "{\"id\":\"o\"}")
	files := []data.File{data.FileBytes("a.txt", []byte("1")), data.FileBytes("b.txt", []byte("2")), data.FileReader("c.txt", strings.NewReader("3"))}
	_, err := api.UploadFile(t.Context(), "a", nil, data.UploadFileRequest{Files: files, Cover: data.FileBytes("d.pdf", []byte("4")), Metadata: map[string]any{"x": 1}})
	if err != nil { t.Fatal(err) }
	equal(t, got.form, "cover=4 files=1 files=2 files=3 metadata={\"x\":1}")
	if _, err := api.UploadFile(t.Context(), "a", nil, data.UploadFileRequest{Files: files[:1]}); err != nil { t.Fatal(err) }
	equal(t, got.form, "files=1")`,
	},
	"two success types": {
		paths: operation("/either", "post", "choose", `      responses:
        '200': {description: Done., content: {application/json: {schema: {$ref: '#/components/schemas/AssistantFileModel'}}}}
        '202': {description: Begun., content: {application/json: {schema: {$ref: '#/components/schemas/OperationModel'}}}}
        '204': {description: Nothing.}
`),
		code: `api, got := serve(t, "application/json", "{\"id\":\"x\"}")
	result, err := api.Choose(t.Context())
	if err != nil { t.Fatal(err) }
	equal(t, result.AssistantFile.ID, "x")
	equal(t, result.Operation == nil, true)
	got.status = 202
	if result, err = api.Choose(t.Context()); err != nil { t.Fatal(err) }
	equal(t, result.Operation.ID, "x")
	got.status, got.body = 204, ""
	if result, err = api.Choose(t.Context()); err != nil { t.Fatal(err) }
	equal(t, *result, data.ChooseResult{})`,
	},
	"two success types, one of them chosen": {
		paths: operation("/either", "post", "choose", `      responses:
        '200': {description: Done., content: {application/json: {schema: {$ref: '#/components/schemas/AssistantFileModel'}}}}
        '202': {description: Begun., content: {application/json: {schema: {$ref: '#/components/schemas/OperationModel'}}}}
`),
		actions: "  - target: $.paths['/either'].post\n    description: The operation.\n    update: {x-response: '202'}\n",
		code: `api, got := serve(t, "application/json", "{\"id\":\"x\"}")
	got.status = 202
	result, err := api.Choose(t.Context())
	if err != nil { t.Fatal(err) }
	equal(t, result.ID, "x")
	var _ *data.Operation = result`,
	},
	"parameters named as the generated code names things": {
		paths: operation("/p/{ctx}/{type}/{string}/{call}/{params}/{body}/{req-editors}/{err}/{c}", "post", "take", `      parameters:
        - {in: path, name: ctx, required: true, schema: {type: string}}
        - {in: path, name: type, required: true, schema: {type: string}}
        - {in: path, name: string, required: true, schema: {type: integer}}
        - {in: path, name: call, required: true, schema: {type: string}}
        - {in: path, name: params, required: true, schema: {type: string}}
        - {in: path, name: body, required: true, schema: {type: string}}
        - {in: path, name: req-editors, required: true, schema: {type: string}}
        - {in: path, name: err, required: true, schema: {type: boolean}}
        - {in: path, name: c, required: true, schema: {type: string}}
        - {in: query, name: func, schema: {type: string}}
        - {in: query, name: limit, schema: {type: integer}}
        - {in: header, name: Limit, schema: {type: integer}}
      requestBody: {content: {application/json: {schema: {type: object, properties: {range: {type: string}}}}}}
`+noContent),
		code: `api, got := serve(t, "", "")
	err := api.Take(t.Context(), "1", "2", 3, "4", "5", "6", "7", true, "9", &data.TakeParams{Func: "f", Limit: 1, LimitHeaderParam: 2}, data.TakeRequest{Range: "r"})
	if err != nil { t.Fatal(err) }
	equal(t, got.uri, "POST /assistant/p/1/2/3/4/5/6/7/true/9?func=f&limit=1")
	equal(t, got.header.Get("Limit"), "2")
	equal(t, got.sent, "{\"range\":\"r\"}")`,
	},
	"a new value of an enum that several places share": {
		replace: []string{"            - gemini-2.5-pro\n", "            - gemini-2.5-pro\n            - gpt-6.1-mini\n"},
		code:    `equal(t, string(data.ModelGPT61Mini), "gpt-6.1-mini")`,
	},
	"a new error code in the middle": {
		replace: []string{"                - NOT_FOUND\n", "                - PLAN_EXPIRED\n                - NOT_FOUND\n"},
		code:    `equal(t, string(data.ErrorCodePlanExpired+data.ErrorCodeNotFound+data.ErrorCodeTooManyRequests+data.ErrorCodeOK), "PLAN_EXPIREDNOT_FOUNDTOO_MANY_REQUESTSOK")`,
	},
	"values with the same name in Go": {
		paths:   operation("/a", "get", "look", "      parameters: [{in: query, name: kind, schema: {type: string, enum: [a-b, a.b]}}]\n"+noContent),
		refused: `GET /a parameter kind: the values "a-b" and "a.b" have the same name in Go, AB: x-enum-names names one of them`,
	},
	"a value without letters": {
		paths:   operation("/a", "get", "look", "      parameters: [{in: query, name: kind, schema: {type: string, enum: [a, '*']}}]\n"+noContent),
		refused: `GET /a parameter kind: the value "*" has no letter or digit to name it by: x-enum-names names it`,
	},
	"values with names of their own": {
		paths:   operation("/a", "get", "look", "      parameters: [{in: query, name: kind, schema: {type: string, enum: [a-b, a.b, '*', '']}}]\n"+noContent),
		actions: "  - target: $.paths['/a'].get.parameters[?(@.name == 'kind')].schema\n    description: Names.\n    update: {x-enum-names: {a.b: ADotB, '*': All}}\n",
		code:    `equal(t, string(data.LookParamsKindADotB+data.LookParamsKindAll+data.LookParamsKindAB+data.LookParamsKindEmpty), "a.b*a-b")`,
	},
	"an enum of numbers": {
		paths: operation("/a", "get", "look", "      parameters: [{in: query, name: size, schema: {type: integer, enum: [256, -1]}}]\n"+noContent),
		code: `api, got := serve(t, "", "")
	if err := api.Look(t.Context(), &data.LookParams{Size: data.LookParamsSizeMinus1}); err != nil { t.Fatal(err) }
	equal(t, got.uri, "GET /assistant/a?size=-1")`,
	},
	"a text of true and false": {
		paths: operation("/a", "get", "look", "      parameters: [{in: query, name: deep, schema: {type: string, enum: ['true', 'false']}}]\n"+noContent),
		code: `api, got := serve(t, "", "")
	if err := api.Look(t.Context(), &data.LookParams{Deep: true}); err != nil { t.Fatal(err) }
	equal(t, got.uri, "GET /assistant/a?deep=true")`,
	},
	"a published schema of a name that the overlay adds": {
		base:    "2025-01",
		schemas: "    MessageStartModel: {type: object, properties: {x: {type: string}}}\n",
		refused: "the spec already has a schema MessageStartModel",
	},
	"a property that the overlay adds is published": {
		replace: []string{"    StreamChatCompletionChunkModel:\n", `    StreamChatCompletionChunkModel:
      type: object
      properties:
        id: {type: string}
        choices: {type: array, items: {$ref: '#/components/schemas/ChoiceChunkModel'}}
        model: {type: string}
        usage: {type: object, properties: {words: {type: integer}}}
    Old:
`},
		code: `var chunk data.ChatCompletionChunk
	if err := json.Unmarshal([]byte("{\"usage\":{\"words\":3}}"), &chunk); err != nil { t.Fatal(err) }
	equal(t, chunk.Usage.Words, 3)`,
	},
	"a value that the overlay adds is published": {
		replace: []string{"            - tool_calls\n", "            - tool_calls\n            - 'null'\n"},
		code:    `equal(t, string(data.FinishReasonNull), "null")`,
	},
	"schemas whose names differ in the ending Model": {
		paths:   operation("/a", "get", "look", "      responses: {'200': {description: A., content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}}\n"),
		schemas: "    Thing: {type: object, properties: {of: {$ref: '#/components/schemas/ThingModel'}}}\n    ThingModel: {type: object, properties: {n: {type: integer}}}\n",
		code: `api, _ := serve(t, "application/json", "{\"of\":{\"n\":2}}")
	thing, err := api.Look(t.Context())
	if err != nil { t.Fatal(err) }
	equal(t, thing.Of, data.ThingModel{N: 2})`,
	},
	"schemas with the same name in Go": {
		paths:   operation("/a", "get", "look", "      responses: {'200': {description: A., content: {application/json: {schema: {$ref: '#/components/schemas/some_thing'}}}}}\n"),
		schemas: "    some_thing: {type: object, properties: {of: {$ref: '#/components/schemas/SomeThing'}}}\n    SomeThing: {type: object}\n",
		refused: "schemas some_thing and SomeThing have the same name in Go, SomeThing: x-go-name names one of them",
	},
	"operations with the same name": {
		paths:   operation("/a", "get", "look", noContent) + operation("/b", "get", "look", noContent),
		refused: `operations "GET /a" and "GET /b" have the same operation id "look"`,
	},
	"an operation without a name": {
		paths:   "  /a:\n    get:\n" + noContent,
		refused: "GET /a has no operationId",
	},
	"a function of one operation named as another's": {
		paths:   operation("/a", "get", "all_files", noContent),
		refused: "both have a function AllFiles: x-go-name names one of them",
	},
	"a list whose pages are turned in an unknown way": {
		paths: operation("/notes", "get", "list_notes", `      parameters: [{in: query, name: cursor, schema: {type: string}}]
      responses: {'200': {description: A., content: {application/json: {schema: {type: object, properties: {notes: {type: array, items: {type: string}}, next_cursor: {type: string}}}}}}}
`),
		note:   "GET /notes returns a list, and its pagination is not known: AllNotes is not generated; x-pages describes it",
		absent: "AllNotes",
		code:   `equal(t, data.ListNotesParams{Cursor: "c"}.Cursor, "c")`,
	},
	"a list whose pages the overlay describes": {
		paths: operation("/notes", "get", "list_notes", `      parameters: [{in: query, name: cursor, schema: {type: string}}]
      responses: {'200': {description: A., content: {application/json: {schema: {type: object, properties: {notes: {type: array, items: {type: string}}, next_cursor: {type: string, nullable: true}}}}}}}
`),
		actions: "  - target: $.paths['/notes'].get\n    description: Pages.\n    update: {x-pages: {list: notes, next: next_cursor, token: cursor}}\n",
		code: `api, got := serve(t, "application/json", "{\"notes\":[\"a\",\"b\"],\"next_cursor\":\"2\"}")
	var all []string
	for note, err := range api.AllNotes(t.Context(), nil) {
		if err != nil { t.Fatal(err) }
		all = append(all, note)
		if strings.HasSuffix(got.uri, "cursor=2") { got.body = "{\"notes\":[]}" } else { got.body = "{\"notes\":[\"c\"]}" }
	}
	equal(t, fmt.Sprint(all, got.uri), "[a b c]GET /assistant/notes?cursor=2")`,
	},
	"a list of one page": {
		paths: operation("/notes", "get", "list_notes", "      responses: {'200': {description: A., content: {application/json: {schema: {type: object, properties: {notes: {type: array, items: {type: string}}}}}}}}\n"),
		code: `api, _ := serve(t, "application/json", "{\"notes\":[\"a\",\"b\"]}")
	n := 0
	for _, err := range api.AllNotes(t.Context()) {
		if err != nil { t.Fatal(err) }
		n++
	}
	equal(t, n, 2)`,
	},
	"a list with a count and no pages": {
		paths:  operation("/notes", "get", "list_notes", "      responses: {'200': {description: A., content: {application/json: {schema: {type: object, properties: {notes: {type: array, items: {type: string}}, has_more: {type: boolean}}}}}}}\n"),
		note:   "GET /notes returns a list, and its pagination is not known",
		absent: "AllNotes",
		code:   `equal(t, data.ListNotesResponse{HasMore: true}.HasMore, true)`,
	},
	"a body of XML": {
		paths:   operation("/a", "post", "send", "      requestBody: {content: {application/xml: {schema: {type: object, properties: {a: {type: string}}}}}}\n"+noContent),
		refused: "POST /a: request body of type application/xml is not supported",
	},
	"a body of JSON or a form": {
		paths: operation("/a", "post", "send", "      requestBody: {content: {application/json: {schema: {type: object, properties: {a: {type: string}}}}, multipart/form-data: {schema: {type: object, properties: {a: {type: string}}}}}}\n"+noContent),
		code: `api, got := serve(t, "", "")
	if err := api.Send(t.Context(), data.SendRequest{A: "x"}); err != nil { t.Fatal(err) }
	equal(t, got.sent, "{\"a\":\"x\"}")`,
	},
	"an object in a form that has a type": {
		paths:   operation("/a", "post", "send", "      requestBody: {content: {multipart/form-data: {schema: {type: object, properties: {a: {type: object, properties: {b: {type: string}}}}}}}}\n"+noContent),
		refused: "POST /a: form field a: type",
	},
	"lists, maps and plain values as responses": {
		paths: operation("/list", "get", "get_list", "      responses: {'200': {description: A., content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/UsageModel'}}}}}}\n") +
			operation("/map", "get", "get_map", "      responses: {'200': {description: A., content: {application/json: {schema: {type: object, additionalProperties: {type: integer}}}}}}\n") +
			operation("/text", "get", "get_text", "      responses: {'200': {description: A., content: {application/json: {schema: {type: string}}}}}\n"),
		code: `api, got := serve(t, "application/json", "[{\"total_tokens\":3}]")
	list, err := api.GetList(t.Context())
	if err != nil { t.Fatal(err) }
	equal(t, (*list)[0].TotalTokens, 3)
	got.body = "{\"a\":1}"
	of, err := api.GetMap(t.Context())
	if err != nil { t.Fatal(err) }
	equal(t, (*of)["a"], 1)
	got.body = "\"x\""
	text, err := api.GetText(t.Context())
	if err != nil { t.Fatal(err) }
	equal(t, *text, "x")`,
	},
	"a schema that contains itself": {
		paths:   operation("/tree", "get", "get_tree", "      responses: {'200': {description: A., content: {application/json: {schema: {$ref: '#/components/schemas/TreeModel'}}}}}\n"),
		schemas: "    TreeModel: {type: object, properties: {name: {type: string}, below: {type: array, items: {$ref: '#/components/schemas/TreeModel'}}}}\n",
		code: `api, _ := serve(t, "application/json", "{\"name\":\"a\",\"below\":[{\"name\":\"b\"}]}")
	tree, err := api.GetTree(t.Context())
	if err != nil { t.Fatal(err) }
	equal(t, tree.Below[0].Name, "b")`,
	},
	"a response for any success, and an error of its own": {
		paths: operation("/a", "get", "look", `      responses:
        '2XX': {description: A., content: {application/json: {schema: {$ref: '#/components/schemas/UsageModel'}}}}
        default: {description: An error., content: {application/problem+json: {schema: {type: object}}}}
`),
		code: `api, got := serve(t, "application/json", "{\"total_tokens\":3}")
	got.status = 201
	usage, err := api.Look(t.Context())
	if err != nil { t.Fatal(err) }
	equal(t, usage.TotalTokens, 3)`,
	},
	"a deprecated operation": {
		paths: operation("/a", "get", "look", "      deprecated: true\n"+noContent),
		code:  `var _ = (*data.API).Look`,
	},
	"a wait for a state that the spec does not have": {
		actions: "  - target: $.paths['/files/{assistant_name}/{assistant_file_id}'].get\n    description: A wait.\n    update: {x-wait: {name: WaitForFile, status: status, done: [Gone]}}\n",
		refused: "GET /files/{assistant_name}/{assistant_file_id}: x-wait: status has none of the states of success",
	},
	"a wait on a property that is not there": {
		actions: "  - target: $.paths['/files/{assistant_name}/{assistant_file_id}'].get\n    description: A wait.\n    update: {x-wait: {name: WaitForFile, status: state, done: [Gone]}}\n",
		refused: "x-wait: AssistantFile has no state",
	},
	"a wait with two kinds of progress": {
		actions: "  - target: $.paths['/files/{assistant_name}/{assistant_file_id}'].get\n    description: A wait.\n    update: {x-wait: {name: WaitForFile, status: status, done: [Available], progress: size, fraction: size}}\n",
		refused: "x-wait: want progress or fraction, not both",
	},
	"an extension of a wrong shape": {
		actions: "  - target: $.paths['/files/{assistant_name}/{assistant_file_id}'].get\n    description: A wait.\n    update: {x-wait: {name: WaitForFile, state: status, done: [Gone]}}\n",
		refused: `x-wait: json: unknown field "state"`,
	},
	"an unknown extension": {
		actions: "  - target: $.info\n    description: Mistyped.\n    update: {x-exmaple: a}\n",
		refused: "unknown extension x-exmaple",
	},
	"an action that changes no version": {
		actions: "  - target: $.components.schemas['FileData', 'Gone']\n    description: A name.\n    update: {x-go-name: Form}\n",
		refused: "$.components.schemas['Gone']: A name.",
	},
	"an action without a description": {
		actions: "  - target: $.info\n    update: {x-example: a}\n",
		refused: "the action has no description",
	},
	"a reference to another document": {
		paths:   operation("/a", "get", "look", "      responses: {'200': {description: A., content: {application/json: {schema: {$ref: 'https://example.com/a.yaml'}}}}}\n"),
		refused: "https://example.com/a.yaml",
	},
	"no servers": {
		replace: []string{"servers:\n", "x-servers:\n"},
		refused: "no server",
	},
	"several servers": {
		replace: []string{"security:\n", "  - url: https://eu.example.com/assistant\nsecurity:\n"},
		note:    "server https://eu.example.com/assistant is one of several, and its region is not known: only WithBaseURL reaches it until x-region and x-go-name say it",
		code:    `equal(t, data.APIVersion != "", true)`,
	},
	"query parameters of all types": {
		paths: operation("/a", "get", "look", `      parameters:
        - {in: query, name: tags, schema: {type: array, items: {type: string}}}
        - {in: query, name: since, schema: {type: string, format: date-time}}
        - {in: query, name: ratio, schema: {type: number}}
        - {in: query, name: where, schema: {type: string, format: json}}
`+noContent),
		code: `api, got := serve(t, "", "")
	err := api.Look(t.Context(), &data.LookParams{Tags: []string{"a", "b"}, Ratio: 0.5, Where: map[string]any{"x": 1}})
	if err != nil { t.Fatal(err) }
	equal(t, got.uri, "GET /assistant/a?ratio=0.5&tags=a&tags=b&where=%7B%22x%22%3A1%7D")`,
	},
}

// changesHelpers has the functions that the code of changes uses.
const changesHelpers = `package changes

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

var _, _, _ = json.Marshal, errors.Is, context.Background

// exchange is the last request and the server's response.
type exchange struct {
	uri, sent, form string
	header          http.Header
	status          int
	contentType     string
	body            string
}

func server(t *testing.T, contentType, body string) (string, *exchange) {
	e := &exchange{contentType: contentType, body: body}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.uri, e.header = r.Method+" "+r.URL.RequestURI(), r.Header
		if media, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media == "multipart/form-data" {
			var fields []string
			for form := multipart.NewReader(r.Body, params["boundary"]); ; {
				part, err := form.NextPart()
				if err != nil { break }
				text, _ := io.ReadAll(part)
				fields = append(fields, part.FormName()+"="+string(text))
			}
			slices.Sort(fields)
			e.form = strings.Join(fields, " ")
		} else {
			sent, _ := io.ReadAll(r.Body)
			e.sent = string(sent)
		}
		if e.contentType != "" { w.Header().Set("Content-Type", e.contentType) }
		status := e.status
		if e.contentType == "" { status = cmp.Or(status, 204) }
		w.WriteHeader(cmp.Or(status, 200))
		fmt.Fprint(w, e.body)
	}))
	t.Cleanup(s.Close)
	return s.URL, e
}

func equal[T comparable](t *testing.T, got, want T) {
	t.Helper()
	if got != want { t.Errorf("%v, want %v", got, want) }
}
`

// TestChanges compiles unknown versions. It builds the generated code and runs
// it against a server, or checks that compile returns a one-line error.
func TestChanges(t *testing.T) {
	files := map[string]string{"gen/changes/helpers_test.go": changesHelpers}
	for i, name := range slices.Sorted(maps.Keys(changes)) {
		test, version := changes[name], fmt.Sprintf("2099-01.n%d", i)
		t.Run(name, func(t *testing.T) {
			root := newTree(t)
			versions, err := Versions(filepath.Join(root, "openapi"))
			if err != nil {
				t.Fatal(err)
			}
			base := versions[len(versions)-1]
			if test.base != "" {
				base = test.base
			}
			spec := readFile(t, filepath.Join(root, "openapi", base, "data.yaml"))
			spec = replace(t, spec, test.replace...)
			spec = replace(t, spec, newPaths, newPaths+test.paths, newSchemas, newSchemas+test.schemas)
			writeFile(t, filepath.Join(root, "openapi", version, "data.yaml"), spec)
			overlay := filepath.Join(root, "openapi", "data"+overlaySuffix)
			writeFile(t, overlay, readFile(t, overlay)+test.actions)

			result, err := Version(root, version)
			if test.refused != "" {
				if err == nil || !strings.Contains(err.Error(), test.refused) {
					t.Fatalf("error %v, want %q", err, test.refused)
				}
				if lines := strings.Count(err.Error(), "\n"); lines > strings.Count(err.Error(), ":\n") || strings.Contains(err.Error(), "tmpl") {
					t.Errorf("want one line, and no word of templates: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			result.Notes = slices.DeleteFunc(result.Notes, func(n Note) bool { return n.Optional })
			noted := slices.ContainsFunc(result.Notes, func(n Note) bool { return strings.Contains(n.Place+" "+n.Text, test.note) })
			if (test.note != "") != noted && (test.note != "" || len(result.Notes) > 0) {
				t.Errorf("notes %v, want %q", result.Notes, test.note)
			}
			for name, text := range result.Files {
				if test.absent != "" && strings.Contains(string(text), test.absent) && strings.HasSuffix(name, ".go") {
					t.Errorf("%s has %q", name, test.absent)
				}
				files[name] = string(text)
			}
			folder := path.Join("gen", version, "data")
			files[fmt.Sprintf("gen/changes/n%d_test.go", i)] = fmt.Sprintf(`package changes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	data %q
)

var _, _, _, _, _, _ = context.Background, json.Marshal, errors.Is, fmt.Sprint, io.ReadAll, strings.Cut

func Test%d(t *testing.T) {
	t.Log(%q)
	serve := func(t *testing.T, contentType, body string) (*data.API, *exchange) {
		url, e := server(t, contentType, body)
		api, err := data.New(url)
		if err != nil { t.Fatal(err) }
		return api, e
	}
	_ = serve
	%s
}
`, module+"/"+folder, i, name, test.code)
		})
	}
	if !t.Failed() {
		runTests(t, files, "gen/changes")
	}
}
