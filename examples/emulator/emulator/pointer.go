package emulator

// deref returns the value of an optional setting.
func deref[T any](value *T, absent T) T {
	if value == nil {
		return absent
	}
	return *value
}
