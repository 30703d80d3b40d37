package apitest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	control202501 "github.com/pinecone-community/assistant-go/gen/2025-01/control"
	data202501 "github.com/pinecone-community/assistant-go/gen/2025-01/data"
	evaluation202501 "github.com/pinecone-community/assistant-go/gen/2025-01/evaluation"
	control202604 "github.com/pinecone-community/assistant-go/gen/2026-04/control"
	data202604 "github.com/pinecone-community/assistant-go/gen/2026-04/data"
	evaluation202604 "github.com/pinecone-community/assistant-go/gen/2026-04/evaluation"
)

// kinds maps the discriminator values of a union to its members.
type kinds map[string]reflect.Type

var unions = map[reflect.Type]kinds{
	reflect.TypeFor[data202501.ChatChunk]():    chunks202501,
	reflect.TypeFor[data202604.ChatChunk]():    chunks202604,
	reflect.TypeFor[data202604.Snippet]():      {"text": reflect.TypeFor[data202604.TextSnippet](), "multimodal": reflect.TypeFor[data202604.MultimodalSnippet]()},
	reflect.TypeFor[data202604.ContentBlock](): {"text": reflect.TypeFor[data202604.TextBlock](), "image": reflect.TypeFor[data202604.ImageBlock]()},
	reflect.TypeFor[data202604.SnippetReference](): {
		"text": reflect.TypeFor[data202604.TextReference](), "json": reflect.TypeFor[data202604.JSONReference](), "markdown": reflect.TypeFor[data202604.MarkdownReference](),
		"pdf": reflect.TypeFor[data202604.PDFReference](), "doc_x": reflect.TypeFor[data202604.DocxReference](),
	},
}

var chunks202501 = kinds{
	"message_start": reflect.TypeFor[data202501.MessageStart](), "content_chunk": reflect.TypeFor[data202501.ContentChunk](),
	"citation": reflect.TypeFor[data202501.CitationChunk](), "message_end": reflect.TypeFor[data202501.MessageEnd](),
}

var chunks202604 = kinds{
	"message_start": reflect.TypeFor[data202604.MessageStart](), "content_chunk": reflect.TypeFor[data202604.ContentChunk](),
	"citation": reflect.TypeFor[data202604.CitationChunk](), "message_end": reflect.TypeFor[data202604.MessageEnd](),
}

// Every typed method decodes a response to the same value as encoding/json
// does.
func TestRepliesDecodeAsEncodingJSONDoes(t *testing.T) {
	const rounds = 100
	var body, contentType string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		_, _ = io.Copy(io.Discard, req.Body)
		w.Header().Set("Content-Type", contentType)
		_, _ = io.WriteString(w, body)
	}))
	defer server.Close()

	for name, api := range typedAPIs(t, server.URL) {
		value := reflect.ValueOf(api)
		for i := range value.NumMethod() {
			method, call := value.Type().Method(i).Name, value.Method(i)
			if strings.HasPrefix(method, "Wait") || strings.HasPrefix(method, "All") || strings.HasSuffix(method, "AndWait") {
				continue // these decode the response of another method
			}
			t.Run(name+" "+method, func(t *testing.T) {
				as, streams := replyType(call.Type())
				if as == nil {
					return
				}
				random := &random{rand.New(rand.NewPCG(7, uint64(i)))}
				for range rounds {
					body = random.value(as)
					want, err := standard(as, body)
					if err != nil {
						t.Fatalf("%v in %s", err, body)
					}
					text := body
					contentType = "application/json"
					if streams {
						contentType, body = "text/event-stream", "data: "+body+"\n\n"
					}
					got, err := first(call.Call(arguments(t, call.Type())), streams)
					if err != nil || !reflect.DeepEqual(got, want) {
						t.Fatalf("%s\nbecame %+v, error %v\n  want %+v", text, got, err, want)
					}
				}
			})
		}
	}
}

func typedAPIs(t *testing.T, server string) map[string]any {
	t.Helper()
	apis := map[string]any{}
	add := func(name string, api any, err error) {
		if err != nil {
			t.Fatal(err)
		}
		apis[name] = api
	}
	c1, err := control202501.New(control202501.WithBaseURL(server))
	add("2025-01 control", c1, err)
	c2, err := control202604.New(control202604.WithBaseURL(server))
	add("2026-04 control", c2, err)
	d1, err := data202501.New(server)
	add("2025-01 data", d1, err)
	d2, err := data202604.New(server)
	add("2026-04 data", d2, err)
	e1, err := evaluation202501.New(evaluation202501.WithBaseURL(server))
	add("2025-01 evaluation", e1, err)
	e2, err := evaluation202604.New(evaluation202604.WithBaseURL(server))
	add("2026-04 evaluation", e2, err)
	return apis
}

// replyType returns the type that a method decodes, or nil, and whether the
// method returns a stream of it.
func replyType(method reflect.Type) (as reflect.Type, streams bool) {
	as = method.Out(0)
	if as.Kind() == reflect.Func { // func(yield func(T, error) bool)
		as, streams = as.In(0).In(0), true
	}
	switch {
	case as.Kind() == reflect.Pointer:
		return as.Elem(), streams
	case unions[as] != nil:
		return as, streams
	}
	return nil, false
}

// arguments returns a context, names, bodies with a file if one is required,
// and no parameters or editors.
func arguments(t *testing.T, method reflect.Type) []reflect.Value {
	list := []reflect.Value{reflect.ValueOf(t.Context())}
	for i := 1; i < method.NumIn()-1; i++ {
		value := reflect.New(method.In(i)).Elem()
		switch value.Kind() {
		case reflect.String:
			value.SetString("a-1")
		case reflect.Struct:
			if file := value.FieldByName("File"); file.IsValid() {
				file.Set(reflect.ValueOf(data202604.FileBytes("a.txt", []byte("a"))))
			}
		}
		list = append(list, value)
	}
	return list
}

// first returns the result of a call, or the first chunk of its stream.
func first(results []reflect.Value, streams bool) (any, error) {
	if !streams {
		err, _ := results[1].Interface().(error)
		return results[0].Interface(), err
	}
	for chunk, failure := range results[0].Seq2() {
		err, _ := failure.Interface().(error)
		return chunk.Interface(), err
	}
	return nil, context.Canceled
}

// standard decodes a text with encoding/json, and a chunk as the type that it
// names.
func standard(as reflect.Type, text string) (any, error) {
	if as.Kind() == reflect.Interface {
		var head struct{ Type any }
		if err := json.Unmarshal([]byte(text), &head); err != nil {
			return nil, err
		}
		kind, _ := head.Type.(string)
		member := unions[as][kind]
		switch {
		case member != nil:
			as = member
		case as == reflect.TypeFor[data202501.ChatChunk]():
			return &data202501.UnknownChatChunk{Type: kind, Raw: json.RawMessage(text)}, nil
		default:
			return &data202604.UnknownChatChunk{Type: kind, Raw: json.RawMessage(text)}, nil
		}
	}
	v := reflect.New(as)
	return v.Interface(), json.Unmarshal([]byte(text), v.Interface())
}

// random generates JSON.
type random struct{ *rand.Rand }

func (r *random) oneIn(n int) bool { return r.IntN(n) == 0 }

// value returns a JSON text of a type. The text is not null.
func (r *random) value(as reflect.Type) string {
	if members := unions[as]; members != nil {
		return r.union(members)
	}
	switch {
	case as == reflect.TypeFor[time.Time]():
		zone := time.FixedZone("", 60*(r.IntN(24*60)-12*60))
		return r.quote(time.Unix(r.Int64N(1<<32), r.Int64N(1e9)).In(zone).Format(time.RFC3339Nano), false)
	case as.Kind() == reflect.Pointer:
		return r.value(as.Elem())
	case as.Kind() == reflect.Slice:
		return r.list(func() string { return r.nullable(as.Elem()) })
	case as.Kind() == reflect.Struct:
		return r.object(r.fields(as))
	}
	switch as.Kind() {
	case reflect.String:
		return r.string()
	case reflect.Bool:
		return fmt.Sprint(r.oneIn(2))
	case reflect.Int32:
		return fmt.Sprint(int32(r.Uint32()) >> r.IntN(32))
	case reflect.Int, reflect.Int64:
		return fmt.Sprint(int64(r.Uint64()) >> r.IntN(64))
	case reflect.Float32:
		return r.marshal(float32(r.NormFloat64()))
	case reflect.Float64:
		return r.marshal(r.NormFloat64() * 1e9)
	case reflect.Map:
		return r.object(r.others(3))
	case reflect.Interface:
		return r.anything(3)
	}
	panic("no JSON of a " + as.String())
}

func (r *random) nullable(as reflect.Type) string {
	if r.oneIn(8) {
		return "null"
	}
	return r.value(as)
}

// union returns a member of the union or an unknown member.
func (r *random) union(members kinds) string {
	names := slices.Sorted(maps.Keys(members))
	if n := r.IntN(len(names) + 1); n < len(names) {
		fields := r.fields(members[names[n]])
		fields["type"] = r.quote(names[n], true)
		return r.object(fields)
	}
	fields := r.others(2)
	switch r.IntN(3) {
	case 0:
		fields["type"] = r.string()
	case 1:
		fields["type"] = "null"
	}
	return r.object(fields)
}

// fields returns most of the fields of a struct and some unknown fields.
func (r *random) fields(as reflect.Type) map[string]string {
	fields := r.others(2)
	for i := range as.NumField() {
		field := as.Field(i)
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); !field.IsExported() || name == "" {
			panic(as.String() + " is a union that the table lacks")
		} else if !r.oneIn(6) {
			fields[name] = r.nullable(field.Type)
		}
	}
	return fields
}

// others returns fields that no type has.
func (r *random) others(depth int) map[string]string {
	fields := map[string]string{}
	for range r.IntN(3) {
		fields["x-"+r.letters()] = r.anything(depth)
	}
	return fields
}

func (r *random) anything(depth int) string {
	switch n := r.IntN(8); {
	case n == 0:
		return "null"
	case n == 1:
		return fmt.Sprint(r.oneIn(2))
	case n == 2:
		return r.marshal(r.NormFloat64())
	case n == 3 && depth > 0:
		return r.list(func() string { return r.anything(depth - 1) })
	case n == 4 && depth > 0:
		return r.object(r.others(depth - 1))
	}
	return r.string()
}

func (r *random) list(element func() string) string {
	elements := make([]string, r.IntN(4))
	for i := range elements {
		elements[i] = element()
	}
	return "[" + r.space() + strings.Join(elements, r.space()+","+r.space()) + "]"
}

// object returns an object with the fields in random order.
func (r *random) object(fields map[string]string) string {
	members := make([]string, 0, len(fields))
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		members = append(members, r.quote(name, true)+r.space()+":"+r.space()+fields[name])
	}
	r.Shuffle(len(members), reflect.Swapper(members))
	return "{" + r.space() + strings.Join(members, r.space()+","+r.space()) + r.space() + "}"
}

func (r *random) space() string { return strings.Repeat(" ", max(0, r.IntN(6)-4)) }

func (r *random) letters() string {
	alphabet := []rune("abc xyz_\"\\/\b\n\t\x00\u007fäß€日本😀\u2028<&>")
	text := make([]rune, r.IntN(12))
	for i := range text {
		text[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(text)
}

func (r *random) string() string {
	switch r.IntN(8) {
	case 0:
		return `"\ud83d ` + "\xff" + `\udc00"` // invalid Unicode
	case 1:
		return r.quote(strings.Repeat(r.letters(), 20), false)
	}
	return r.quote(r.letters(), true)
}

// quote returns a JSON string. Some of its characters are escape sequences.
func (r *random) quote(text string, escape bool) string {
	if !escape || !r.oneIn(6) {
		return r.marshal(text)
	}
	var b strings.Builder
	for _, c := range text {
		if c > 0xffff {
			return r.marshal(text)
		}
		fmt.Fprintf(&b, `\u%04x`, c)
	}
	return `"` + b.String() + `"`
}

func (r *random) marshal(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}
