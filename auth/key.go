package auth

import (
	"fmt"
	"strings"

	"github.com/pinecone-community/assistant-go/internal/redact"
)

// checkKey returns an error that ends in remedy if key cannot be sent.
func checkKey(key, remedy string) error {
	if key == "" {
		return fmt.Errorf("%w: %s", ErrNoKey, remedy)
	}
	if !isVisibleASCII(key) {
		return fmt.Errorf("%w: the key contains a space, a line break or another character outside 0x21 to 0x7E; %s",
			ErrInvalidKey, remedy)
	}
	return nil
}

// isVisibleASCII reports whether all bytes of s are from 0x21 to 0x7E. A header
// value can contain these bytes unchanged at any position.
func isVisibleASCII(s string) bool {
	for i := range len(s) {
		if s[i] < 0x21 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// keyFuncError wraps err, the error of the function passed to [KeyFunc], and
// redacts key, which the function returned as well.
func keyFuncError(err error, key string) error {
	const prefix = "auth: the function passed to auth.KeyFunc: "
	text, key := err.Error(), strings.TrimSpace(key)
	if key == "" || !strings.Contains(text, key) {
		return fmt.Errorf(prefix+"%w", err)
	}
	return redact.Error(prefix+strings.ReplaceAll(text, key, redact.Mark), err)
}
