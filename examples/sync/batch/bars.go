package batch

import (
	"io"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

const (
	barWidth  = 80
	nameWidth = 32
	lastPlace = 1 << 20 // below the bars of the files
)

func newBars(out io.Writer, options ...mpb.ContainerOption) *mpb.Progress {
	return mpb.New(append(options, mpb.WithOutput(out), mpb.WithWidth(barWidth))...)
}

// Sending shows a progress bar for a file until done is called. The function
// sent is for WithProgress of the file; it is nil if there are no bars.
func (r *Report) Sending(name string, size int64) (sent func(sent, total int64), done func()) {
	bar := r.bar(size, name, decor.CountersKibiByte("% .1f of % .1f"))
	if bar == nil {
		return nil, func() {}
	}
	return func(sent, _ int64) { bar.SetCurrent(sent) }, func() { bar.Abort(true) }
}

// total shows a bar with the number of finished files until done is called. The
// function one counts a file.
func (r *Report) total(files int) (one, done func()) {
	bar := r.bar(int64(files), "", decor.CountersNoUnit("%d of %d files"), mpb.BarPriority(lastPlace))
	if bar == nil {
		return func() {}, func() {}
	}
	return bar.Increment, func() { bar.Abort(true) }
}

func (r *Report) bar(total int64, name string, numbers decor.Decorator, options ...mpb.BarOption) *mpb.Bar {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.bars == nil {
		return nil
	}
	return r.bars.AddBar(total, append(options,
		mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name(shorten(name), decor.WC{W: nameWidth, C: decor.DindentRight})),
		mpb.AppendDecorators(numbers))...)
}

// shorten keeps the end of a long name, which is more specific than its start.
func shorten(name string) string {
	runes := []rune(name)
	if len(runes) < nameWidth {
		return name
	}
	return "…" + string(runes[len(runes)-nameWidth+2:])
}

// Close removes the bars. Lines can still be written.
func (r *Report) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.bars != nil {
		r.bars.Shutdown()
		r.bars = nil
	}
}
