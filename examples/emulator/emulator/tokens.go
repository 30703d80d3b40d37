package emulator

// bytesPerToken is about what the tokenizers of language models make of English.
const bytesPerToken = 4

// tokens counts tokens as four bytes each, and what is left over as another.
func tokens(texts ...string) int {
	n := 0
	for _, text := range texts {
		n += (len(text) + bytesPerToken - 1) / bytesPerToken
	}
	return n
}
