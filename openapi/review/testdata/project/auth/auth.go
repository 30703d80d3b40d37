// Package auth stands for the real one.
package auth

import "github.com/pinecone-community/assistant-go/internal/apierror"

// Error is exported under a name of its own.
type Error = apierror.Error
