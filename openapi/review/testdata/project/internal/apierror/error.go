// Package apierror stands for the real one.
package apierror

// Error is exported by auth.
type Error struct {
	Code    int
	Message string
}

// Hidden is exported by nobody.
type Hidden struct{ Field int }
