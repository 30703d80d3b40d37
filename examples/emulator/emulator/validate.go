package emulator

import (
	"errors"
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// find returns the operation that a request is for, with the parameters in its
// path.
func (v *version) find(r *http.Request) (*routers.Route, map[string]string, error) {
	for _, plane := range v.planes() {
		if route, params, err := plane.FindRoute(r); err == nil {
			return route, params, nil
		}
	}
	return nil, nil, notFound("%s %s is not an operation of the API in %s", r.Method, r.URL.Path, v.name)
}

// validate holds a request against the spec that has its operation.
func validate(r *http.Request, route *routers.Route, params map[string]string) error {
	form := formSchema(r, route.Operation)
	err := openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
		Request:    r,
		PathParams: params,
		Route:      route,
		Options: &openapi3filter.Options{
			AuthenticationFunc:  openapi3filter.NoopAuthenticationFunc, // done before
			ExcludeRequestBody:  form != nil,
			SkipSettingDefaults: true,
		},
	})
	if err == nil && form != nil {
		err = validateForm(r, form)
	}
	if err != nil {
		return violation(err)
	}
	return nil
}

// violation says in one line what is wrong with a request.
func violation(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return invalid("the request is larger than %d bytes", tooLarge.Limit)
	}
	where := "body"
	var request *openapi3filter.RequestError
	if errors.As(err, &request) && request.Parameter != nil {
		where = request.Parameter.Name
	}
	var schema *openapi3.SchemaError
	var parse *openapi3filter.ParseError
	switch {
	case errors.As(err, &schema):
		return invalid("%s: %s", strings.Join(append([]string{where}, schema.JSONPointer()...), "."), schema.Reason)
	case errors.As(err, &parse):
		return invalid("%s: %s", where, parse.Error())
	case request == nil || request.Err == nil && request.Reason == "":
		return invalid("%s: %v", where, err)
	case request.Err != nil:
		return invalid("%s: %v", where, request.Err)
	}
	return invalid("%s: %s", where, request.Reason)
}
