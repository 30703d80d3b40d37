//go:build !unix

package main

// keysAreNotSignals does nothing: the line editor does it before the prompt.
func keysAreNotSignals() error { return nil }
