package emulator

import "math"

// object is a JSON object.
type object = map[string]any

// fields are the fields of a JSON object of a valid request. A field that is absent or
// null has no value.
type fields object

func (f fields) text(name string) (value string, ok bool) {
	value, ok = f[name].(string)
	return value, ok
}

func (f fields) flag(name string) (value, ok bool) {
	value, ok = f[name].(bool)
	return value, ok
}

func (f fields) number(name string) (value float64, ok bool) {
	value, ok = f[name].(float64)
	return value, ok
}

// integer returns a whole number, clamped to the range of an int32, or nil if the field
// has no value.
func (f fields) integer(name string) *int {
	value, ok := f.number(name)
	if !ok {
		return nil
	}
	whole := int(max(math.MinInt32, min(value, math.MaxInt32)))
	return &whole
}

func (f fields) object(name string) object {
	value, _ := f[name].(object)
	return value
}

func (f fields) objects(name string) []fields {
	list, _ := f[name].([]any)
	var objects []fields
	for _, item := range list {
		value, _ := item.(object)
		objects = append(objects, value)
	}
	return objects
}
