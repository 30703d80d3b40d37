package emulator

// ptr and deref go between values and the generated types' optional fields.

func ptr[T any](value T) *T { return &value }

func deref[T any](value *T, absent T) T {
	if value == nil {
		return absent
	}
	return *value
}
