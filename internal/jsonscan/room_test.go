package jsonscan

import (
	"encoding/json"
	"errors"
	"runtime"
	"strings"
	"testing"
)

// A decoded value takes at most MaxExpansion times the length of its text; a
// text that would take more is an error.
func TestRoom(t *testing.T) {
	const length = 1 << 20
	list := func(element string) string {
		return "[" + strings.Repeat(element+",", length/(len(element)+1)) + element + "]"
	}
	var members strings.Builder
	for i := 0; members.Len() < length; i++ {
		members.WriteString(`,"` + string(rune('a'+i/20000)) + string(rune(0x4e00+i%20000)) + `":0`)
	}
	object := "{" + members.String()[1:] + "}"
	structs := func(v any, d *Decoder) { *v.(*[]everything) = List(d, (*everything).decodeJSON) }
	anything := func(v any, d *Decoder) { *v.(*any) = d.Any() }
	for _, test := range []struct {
		name   string
		text   string
		into   any
		decode func(any, *Decoder)
		fails  bool
	}{
		{"empty structs", list(`{}`), new([]everything), structs, true},
		{"nulls for structs", list(`null`), new([]everything), structs, true},
		{"structs", list(`{"string":"` + strings.Repeat("x", 300) + `"}`), new([]everything), structs, false},
		{"empty unions", list(`{}`), new([]shape), func(v any, d *Decoder) { *v.(*[]shape) = List(d, (*shape).decodeJSON) }, true},
		{"pointers", list(`0`), new([]*int), func(v any, d *Decoder) {
			*v.(*[]*int) = List(d, func(v **int, d *Decoder) { *v = Pointer(d, Int[int]) })
		}, false},
		{"integers", list(`0`), new([]int), func(v any, d *Decoder) { *v.(*[]int) = List(d, Int[int]) }, false},
		{"strings", list(`"ab"`), new([]string), func(v any, d *Decoder) { *v.(*[]string) = List(d, String[string]) }, false},
		{"bytes that are no UTF-8", "\"" + strings.Repeat("\xff", length) + "\"", new(any), anything, false},
		{"any numbers", list(`1`), new(any), anything, true},
		{"any strings", list(`"` + strings.Repeat("x", 30) + `"`), new(any), anything, false},
		{"any lists", list(`[]`), new(any), anything, false},
		{"any objects", list(`{}`), new(any), anything, true},
		{"objects of a member", list(`{"":0}`), new(any), anything, true},
		{"an object of many members", object, new(any), anything, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := []byte(test.text)
			if !json.Valid(text) && test.name != "bytes that are no UTF-8" {
				t.Fatal("the text is no JSON")
			}
			heap := func() (live, total int) {
				runtime.GC()
				runtime.GC() // empties the pools
				var stats runtime.MemStats
				runtime.ReadMemStats(&stats)
				return int(stats.HeapAlloc), int(stats.TotalAlloc)
			}
			live, total := heap()
			err := Unmarshal(text, &test.into, func(v *any, d *Decoder) { test.decode(*v, d) }, true)
			liveAfter, totalAfter := heap()
			runtime.KeepAlive(test.into)
			runtime.KeepAlive(text)
			if fails := errors.Is(err, errRoom); fails != test.fails || !fails && err != nil {
				t.Errorf("error %v", err)
			}
			const most = MaxExpansion*length + 1<<20
			t.Logf("%.1f times the text, %.1f allocated", float64(liveAfter-live)/length, float64(totalAfter-total)/length)
			if got := liveAfter - live; got > most {
				t.Errorf("it takes %d bytes, want at most %d", got, most)
			}
			if got := totalAfter - total; got > 3*most {
				t.Errorf("%d bytes were allocated, want at most %d", got, 3*most)
			}
		})
	}
}

// The value of a short text may take up to 4 MiB.
func TestRoomOfShortTexts(t *testing.T) {
	text := []byte("[" + strings.Repeat(`{"":0},`, 10000) + "{}]")
	var v any
	if err := Unmarshal(text, &v, Any, false); err != nil {
		t.Error(err)
	}
}
