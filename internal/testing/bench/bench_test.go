package bench

import (
	"path/filepath"
	"strings"
	"testing"
)

// Benchmarks are named after the work and the contender.
func BenchmarkWork(b *testing.B) {
	works, err := All()
	if err != nil {
		b.Fatal(err)
	}
	for _, work := range works {
		for _, contender := range work.Contenders {
			b.Run(strings.ReplaceAll(work.Name+"/"+contender.Name, " ", "-"), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := contender.Do(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*contender.Units), "ns/"+work.Unit)
			})
		}
	}
}

func TestWork(t *testing.T) {
	works, err := All()
	if err != nil {
		t.Fatal(err)
	}
	for _, work := range works {
		for _, contender := range work.Contenders {
			if err := contender.Do(); err != nil {
				t.Errorf("%s, %s: %v", work.Name, contender.Name, err)
			}
		}
	}
}

// uploadSize is smaller than the upload of report, as a benchmark repeats it
// many times.
const uploadSize = 16 << 20

func BenchmarkUpload(b *testing.B) {
	path := filepath.Join(b.TempDir(), "upload.pdf")
	if err := WriteFile(path, uploadSize); err != nil {
		b.Fatal(err)
	}
	for _, transport := range Transports {
		server := NewReceiver(transport, uploadSize)
		defer server.Close()
		client := NewUploadClient(transport, server.Certificate())
		defer client.CloseIdleConnections()
		for _, uploader := range Uploaders {
			b.Run(strings.ReplaceAll(transport+"/"+uploader.Name, " ", "-"), func(b *testing.B) {
				b.SetBytes(uploadSize)
				b.ReportAllocs()
				for b.Loop() {
					if err := uploader.Send(client, server.URL, path); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func TestFirstChunk(t *testing.T) {
	for _, transport := range Transports {
		took, err := FirstChunk(transport)
		if err != nil {
			t.Errorf("%s: %v", transport, err)
		}
		t.Log(transport, took)
	}
}
