package main

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pinecone-community/assistant-go/internal/testing/bench"
)

const (
	uploadSize  = 256 << 20
	uploadTimes = 3 // in each process
)

// uploadJob is an upload in its own process, which repeats it uploadTimes
// times.
type uploadJob struct {
	Uploader, Transport, Server, File, Certificate string
}

func uploadFlags() *uploadJob {
	job := new(uploadJob)
	for _, f := range job.fields() {
		flag.StringVar(f.value, f.name, "", "of a process that uploads; not for people")
	}
	return job
}

type jobField struct {
	name  string
	value *string
}

func (j *uploadJob) fields() []jobField {
	return []jobField{
		{"upload", &j.Uploader}, {"transport", &j.Transport}, {"server", &j.Server},
		{"file", &j.File}, {"certificate", &j.Certificate},
	}
}

// uploadDone is the result of an uploadJob.
type uploadDone struct {
	Seconds []float64
	// Peak of the resident set in bytes after the first upload and after all; 0
	// if the system does not report it.
	PeakOfOne, Peak int64
}

// run runs the job and writes an uploadDone to standard output.
func (j *uploadJob) run() error {
	i := slices.IndexFunc(bench.Uploaders, func(u bench.Uploader) bool { return u.Name == j.Uploader })
	if i < 0 {
		return fmt.Errorf("no uploader %q", j.Uploader)
	}
	var certificate *x509.Certificate
	if j.Certificate != "" {
		der, err := os.ReadFile(j.Certificate)
		if err != nil {
			return err
		}
		if certificate, err = x509.ParseCertificate(der); err != nil {
			return err
		}
	}
	client := bench.NewUploadClient(j.Transport, certificate)
	client.Transport = protocol{client.Transport, j.Transport}
	var done uploadDone
	for range uploadTimes {
		start := time.Now()
		if err := bench.Uploaders[i].Send(client, j.Server, j.File); err != nil {
			return err
		}
		done.Seconds = append(done.Seconds, time.Since(start).Seconds())
		if len(done.Seconds) == 1 {
			done.PeakOfOne = peak()
		}
	}
	done.Peak = peak()
	return json.NewEncoder(os.Stdout).Encode(done)
}

// protocol is a transport that returns an error if a response does not use the
// protocol that was asked for.
type protocol struct {
	http.RoundTripper
	want string
}

func (p protocol) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := p.RoundTripper.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if (resp.ProtoMajor == 2) != (p.want == bench.TLS2) || (resp.TLS == nil) != (p.want == bench.Plain) {
		resp.Body.Close()
		return nil, errors.New("the response used " + resp.Proto)
	}
	return resp, nil
}

// peak returns the peak of this process's resident set. The peak of getrusage
// would include the parent's.
func peak() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return kib << 10
		}
	}
	return 0
}

// uploadResult has the measurements of an uploader over a transport.
type uploadResult struct {
	Name            string
	Speed           []float64 // MB/s, one value for each round
	PeakOfOne, Peak int64     // in bytes, maximum of all rounds
}

type uploadResults struct {
	Transport string
	Uploaders []uploadResult
}

func (r *uploadResults) of(name string) uploadResult {
	return r.Uploaders[slices.IndexFunc(r.Uploaders, func(u uploadResult) bool { return u.Name == name })]
}

func measureUploads(folder string, rounds int) ([]*uploadResults, error) {
	file := filepath.Join(folder, "upload.pdf")
	if err := bench.WriteFile(file, uploadSize); err != nil {
		return nil, err
	}
	var results []*uploadResults
	for _, transport := range bench.Transports {
		result, err := measureTransport(transport, folder, file, rounds)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", transport, err)
		}
		results = append(results, result)
	}
	return results, nil
}

func measureTransport(transport, folder, file string, rounds int) (*uploadResults, error) {
	server := bench.NewReceiver(transport, uploadSize)
	defer server.Close()
	job := uploadJob{Transport: transport, Server: server.URL, File: file}
	if certificate := server.Certificate(); certificate != nil {
		job.Certificate = filepath.Join(folder, "certificate.der")
		if err := os.WriteFile(job.Certificate, certificate.Raw, 0o600); err != nil {
			return nil, err
		}
	}
	result := &uploadResults{transport, make([]uploadResult, len(bench.Uploaders))}
	for round := range rounds {
		for turn := range bench.Uploaders {
			i := (round + turn) % len(bench.Uploaders)
			job.Uploader = bench.Uploaders[i].Name
			done, err := job.start()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", job.Uploader, err)
			}
			to := &result.Uploaders[i]
			to.Name = job.Uploader
			to.Speed = append(to.Speed, uploadSize/1e6/median(done.Seconds))
			to.PeakOfOne = max(to.PeakOfOne, done.PeakOfOne)
			to.Peak = max(to.Peak, done.Peak)
		}
	}
	return result, nil
}

// start runs the job in its own process.
func (j *uploadJob) start() (done uploadDone, err error) {
	self, err := os.Executable()
	if err != nil {
		return done, err
	}
	var args []string
	for _, f := range j.fields() {
		args = append(args, "-"+f.name, *f.value)
	}
	cmd := exec.Command(self, args...) //nolint:noctx // it ends by itself
	var stdout bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return done, err
	}
	return done, json.Unmarshal(stdout.Bytes(), &done)
}
