//go:build unix

package main

import "golang.org/x/sys/unix"

// keysAreNotSignals turns the signals of keys off at the standard input's terminal:
// Ctrl-C is a key like any other.
func keysAreNotSignals() error {
	mode, err := unix.IoctlGetTermios(unix.Stdin, getTermios)
	if err != nil {
		return err
	}
	mode.Lflag &^= unix.ISIG
	return unix.IoctlSetTermios(unix.Stdin, setTermios, mode)
}
