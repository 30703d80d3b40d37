package emulator

import (
	"strings"
	"testing"
)

// A spool returns the data written to it, from memory or from a file.
func TestSpool(t *testing.T) {
	for _, size := range []int{0, 1, spoolMemory, spoolMemory + 1, 1 << 20} {
		s := &spool{}
		var want strings.Builder
		for want.Len() < size {
			piece := strings.Repeat("wave", 1+want.Len()%777)
			piece = piece[:min(len(piece), size-want.Len())]
			want.WriteString(piece)
			if n, err := s.Write([]byte(piece)); n != len(piece) || err != nil {
				t.Fatalf("%d bytes, error %v", n, err)
			}
		}
		all, err := s.all()
		var copied strings.Builder
		if err := s.copyTo(&copied); err != nil {
			t.Error(err)
		}
		if string(all) != want.String() || err != nil || copied.String() != want.String() || s.size != int64(size) || (s.file != nil) != (size > spoolMemory) {
			t.Errorf("%d bytes: all returns %d, copyTo %d, error %v, in a file %t", size, len(all), copied.Len(), err, s.file != nil)
		}
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}
}
