package emulator

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestFilter(t *testing.T) {
	const metadata = `{"genre":"comedy","year":2020,"classic":false,"tags":["sea","storm"],"nested":{"x":1},"none":null}`
	tests := []struct {
		filter string
		want   bool
	}{
		{`{}`, true},
		{`{"genre":"comedy"}`, true},
		{`{"genre":"drama"}`, false},
		{`{"genre":{"$eq":"comedy"}}`, true},
		{`{"genre":{"$ne":"comedy"}}`, false},
		{`{"genre":{"$ne":"drama"}}`, true},
		{`{"classic":false}`, true},
		{`{"classic":{"$ne":true}}`, true},
		{`{"year":2020}`, true},
		{`{"year":"2020"}`, false},
		{`{"year":{"$gt":2019}}`, true},
		{`{"year":{"$gt":2020}}`, false},
		{`{"year":{"$gte":2020}}`, true},
		{`{"year":{"$lt":2020}}`, false},
		{`{"year":{"$lte":2020}}`, true},
		{`{"year":{"$gt":2000,"$lt":2010}}`, false},
		{`{"year":{"$gt":2000,"$lt":2030}}`, true},
		{`{"genre":{"$gt":0}}`, false},
		{`{"genre":{"$in":["drama","comedy"]}}`, true},
		{`{"genre":{"$in":[]}}`, false},
		{`{"genre":{"$nin":["drama"]}}`, true},
		{`{"genre":{"$nin":["drama","comedy"]}}`, false},
		{`{"tags":"sea"}`, true},
		{`{"tags":"land"}`, false},
		{`{"tags":{"$ne":"sea"}}`, false},
		{`{"tags":{"$in":["storm","calm"]}}`, true},
		{`{"tags":{"$nin":["calm"]}}`, true},
		{`{"absent":"x"}`, false},
		{`{"absent":{"$ne":"x"}}`, true},
		{`{"absent":{"$nin":["x"]}}`, true},
		{`{"absent":{"$lt":1}}`, false},
		{`{"absent":{"$exists":false}}`, true},
		{`{"genre":{"$exists":true}}`, true},
		{`{"genre":{"$exists":false}}`, false},
		{`{"none":{"$exists":true}}`, true},
		{`{"nested":{"$eq":1}}`, false},
		{`{"genre":"comedy","year":1999}`, false},
		{`{"$and":[{"genre":"comedy"},{"year":{"$gt":2000}}]}`, true},
		{`{"$and":[{"genre":"comedy"},{"year":{"$gt":2030}}]}`, false},
		{`{"$or":[{"genre":"drama"},{"year":2020}]}`, true},
		{`{"$or":[{"genre":"drama"},{"year":2021}]}`, false},
		{`{"$or":[{"$and":[{"genre":"comedy"},{"tags":"sea"}]},{"year":1}],"classic":false}`, true},
	}
	for _, tt := range tests {
		t.Run(tt.filter, func(t *testing.T) {
			matches, err := compileFilter(object(t, tt.filter))
			if err != nil {
				t.Fatal(err)
			}
			if got := matches(object(t, metadata)); got != tt.want {
				t.Errorf("got %t", got)
			}
		})
	}
}

func TestFilterWithoutMetadata(t *testing.T) {
	for filter, want := range map[string]bool{`{}`: true, `{"x":1}`: false, `{"x":{"$exists":false}}`: true} {
		matches, err := compileFilter(object(t, filter))
		if err != nil || matches(nil) != want {
			t.Errorf("%s: want %t, error %v", filter, want, err)
		}
	}
}

func TestFilterRefused(t *testing.T) {
	many, err := json.Marshal(make([]int, maxFilterValues+1))
	if err != nil {
		t.Fatal(err)
	}
	for filter, want := range map[string]string{
		`{"$eq":"comedy"}`:                       `"$eq"`,
		`{"$not":{"genre":"comedy"}}`:            `"$not"`,
		`{"genre":{"$like":"c"}}`:                `genre: "$like"`,
		`{"genre":{"x":"c"}}`:                    `genre: "x"`,
		`{"genre":{}}`:                           "no operator",
		`{"genre":null}`:                         "$eq takes",
		`{"genre":["comedy"]}`:                   "$eq takes",
		`{"genre":{"$eq":{}}}`:                   "$eq takes",
		`{"genre":{"$in":"comedy"}}`:             "$in takes a list",
		`{"genre":{"$nin":[null]}}`:              "$nin takes a list",
		`{"genre":{"$in":` + string(many) + `}}`: "10001 values",
		`{"year":{"$gt":"2000"}}`:                "$gt takes a number",
		`{"year":{"$exists":"yes"}}`:             "$exists takes a boolean",
		`{"$and":{}}`:                            "$and takes a list",
		`{"$or":[]}`:                             "$or takes a list",
		`{"$or":["x"]}`:                          "$or takes a list",
		`{"$or":[{"$and":[{"x":{"$y":1}}]}]}`:    `"$y"`,
	} {
		if _, err := compileFilter(object(t, filter)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v, want %q", filter, err, want)
		}
	}
}
