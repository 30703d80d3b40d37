package emulator

// bytesPerToken is the approximate length of the tokens of English text.
const bytesPerToken = 4

// tokens estimates the number of tokens of texts, rounded up for each text.
func tokens(texts ...string) int {
	n := 0
	for _, text := range texts {
		n += (len(text) + bytesPerToken - 1) / bytesPerToken
	}
	return n
}
