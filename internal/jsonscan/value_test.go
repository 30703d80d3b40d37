package jsonscan

import (
	"errors"
	"io"
	"reflect"
	"strings"
	"sync"
	"testing"
)

func TestUnmarshal(t *testing.T) {
	type (
		text    string
		flag    bool
		number  int
		small   int32
		float   float64
		single  float32
		strange struct{ A []int }
	)
	for _, test := range []struct {
		name   string
		decode func(string) (any, error)
		text   string
		want   any
		fail   string
	}{
		{"String", decodeWith(String[text]), `"a"`, text("a"), ""},
		{"Bool", decodeWith(Bool[flag]), `true`, flag(true), ""},
		{"Int", decodeWith(Int[number]), `-5`, number(-5), ""},
		{"Int", decodeWith(Int[int64]), `1e3`, int64(1000), ""},
		{"Int32", decodeWith(Int32[small]), `5`, small(5), ""},
		{"Int32", decodeWith(Int32[small]), `5000000000`, small(0), "want an integer of 32 bits"},
		{"Float64", decodeWith(Float64[float]), `0.1`, float(0.1), ""},
		{"Float32", decodeWith(Float32[single]), `0.1`, single(0.1), ""},
		{"Any", decodeWith(Any), `[null]`, []any{nil}, ""},
		{"Any", decodeWith(Any), `null`, nil, ""},
		{"Map", decodeWith(Map), `{"a":"b"}`, map[string]any{"a": "b"}, ""},
		{"Other", decodeWith(Other[strange]), ` {"A":[1,2]} `, strange{[]int{1, 2}}, ""},
		{"Other", decodeWith(Other[strange]), `null`, strange{}, ""},
		{"Other", decodeWith(Other[strange]), `{"A":"x"}`, strange{}, `at byte 0: json: cannot unmarshal string`},
		{"Other", decodeWith(Other[strange]), `{"A":[}`, strange{}, `at byte 6, in A[0]: want a value, found "}"`},
		{"Pointer", decodeWith(pointer), `0`, new(int), ""},
		{"Pointer", decodeWith(pointer), `null`, (*int)(nil), ""},
		{"Pointer", decodeWith(pointer), `"0"`, new(int), "want an integer"},
		{"List", decodeWith(list), `[[1],null,[]]`, [][]int{{1}, nil, {}}, ""},
		{"List", decodeWith(list), `null`, [][]int(nil), ""},
		{"List", decodeWith(list), `[[1],[x]]`, [][]int{{1}, {0}}, `want an integer, found "x]]"`},
		{"trailing", decodeWith(Any), `1 1`, 1.0, "at byte 2: want the end of the text"},
		{"empty", decodeWith(Any), ``, nil, "unexpected end of JSON"},
	} {
		t.Run(test.name+" "+test.text, func(t *testing.T) {
			got, err := test.decode(test.text)
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("%#v, want %#v", got, test.want)
			}
			if test.fail == "" && err != nil || test.fail != "" && (err == nil || !strings.Contains(err.Error(), test.fail)) {
				t.Errorf("error %v, want %q", err, test.fail)
			}
		})
	}
}

func decodeWith[T any](decode func(*T, *Decoder)) func(string) (any, error) {
	return func(text string) (any, error) {
		var v T
		err := Unmarshal([]byte(text), &v, decode, false)
		return v, err
	}
}

func pointer(v **int, d *Decoder) { *v = Pointer(d, Int[int]) }

func list(v *[][]int, d *Decoder) {
	*v = List(d, func(v *[]int, d *Decoder) { *v = List(d, Int[int]) })
}

// A Decoder that is reused after an error or an incomplete read is like a new
// one.
func TestDecodersAreReused(t *testing.T) {
	var used *Decoder
	broken := func(v *string, d *Decoder) {
		used = d
		*v = d.String()
		d.Fail(io.ErrUnexpectedEOF)
	}
	var v string
	if err := Unmarshal([]byte(`"a"`), &v, broken, true); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatalf("error %v", err)
	}
	if used.data != nil || used.err != nil || used.owned {
		t.Errorf("a decoder at rest holds %q, error %v, owned %v", used.data, used.err, used.owned)
	}

	func() {
		defer func() { _ = recover() }()
		_ = Unmarshal([]byte(`{"a":[[`), &v, func(_ *string, d *Decoder) {
			used = d
			d.Object()
			d.Name()
			panic("half way")
		}, true)
	}()
	if used.data != nil || used.depth != 0 {
		t.Errorf("after a panic it holds %q, depth %d", used.data, used.depth)
	}
	for range 100 {
		if err := Unmarshal([]byte(`"b"`), &v, String, false); err != nil || v != "b" {
			t.Fatalf("%q, error %v", v, err)
		}
	}
}

func TestUnmarshalInParallel(t *testing.T) {
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 500 {
				data := []byte(`{"a":["x",{"b":"y"}],"c\n":"z"}`)
				var v any
				err := Unmarshal(data, &v, Any, false)
				clear(data)
				if err != nil || !reflect.DeepEqual(v, map[string]any{"a": []any{"x", map[string]any{"b": "y"}}, "c\n": "z"}) {
					t.Errorf("%v, error %v", v, err)
				}
			}
		})
	}
	group.Wait()
}
