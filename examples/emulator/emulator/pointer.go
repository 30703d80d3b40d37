package emulator

// deref returns the value that a pointer points to, or absent if the pointer is nil.
func deref[T any](value *T, absent T) T {
	if value == nil {
		return absent
	}
	return *value
}
