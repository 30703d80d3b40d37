package sse

// event gathers the data of an event.
type event struct {
	limit   int
	view    []byte // the data, as long as it lies in one piece where it was read
	own     []byte // the data otherwise
	newline bool   // a line is complete: an LF comes before the next
}

// add adds a part of a line's value; false: the limit does not allow it. The part
// is not copied if it is the first.
func (e *event) add(part []byte) bool {
	size := len(part)
	if e.newline {
		size++
	}
	held := len(e.view) + len(e.own)
	switch {
	case size == 0:
		return true
	case size > e.limit-held:
		return false
	case held == 0 && !e.newline:
		e.view = part
		return true
	}
	e.keep()
	e.grow(size)
	if e.newline {
		e.newline = false
		e.own = append(e.own, '\n')
	}
	e.own = append(e.own, part...)
	return true
}

// endLine ends the line that was added last.
func (e *event) endLine() { e.newline = true }

// keep copies what was not copied yet.
func (e *event) keep() {
	e.grow(len(e.view))
	e.own = append(e.own, e.view...)
	e.view = nil
}

// grow makes room for n more bytes, which the limit must allow.
func (e *event) grow(n int) {
	need := len(e.own) + n
	if need <= cap(e.own) {
		return
	}
	room := min(max(need, 2*cap(e.own)), e.limit)
	e.own = append(make([]byte, 0, room), e.own...)
}

// take returns the data, which is valid until more is added or what was added is
// overwritten, and starts another event.
func (e *event) take() []byte {
	data := e.own
	if len(data) == 0 {
		data = e.view
	}
	e.view, e.own, e.newline = nil, e.own[:0], false
	return data[:len(data):len(data)]
}
