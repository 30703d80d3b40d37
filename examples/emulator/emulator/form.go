package emulator

import (
	"mime"
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"
)

const formType = "multipart/form-data"

// isForm reports whether a request is a form and its operation takes one. It is
// held against its rules while it is read, since none of it is kept in memory.
func isForm(r *http.Request, operation *openapi3.Operation) bool {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && media == formType && operation.RequestBody != nil && operation.RequestBody.Value.Content[formType] != nil
}
