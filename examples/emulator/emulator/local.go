package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// maxLocalBytes bounds what a test asks of the emulator itself.
const maxLocalBytes = maxBodyBytes

// decodeForm reads one JSON object, all of whose fields are known.
func decodeForm(text io.Reader, form any) error {
	decoder := json.NewDecoder(text)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(form); err != nil {
		return fmt.Errorf("want a JSON object: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("want one JSON object, it goes on after it")
	}
	return nil
}

// readLocalForm reads the form of a request for the emulator itself.
func readLocalForm(r *http.Request, form any) error {
	if err := decodeForm(r.Body, form); err != nil {
		return invalid("%v", err)
	}
	return nil
}
