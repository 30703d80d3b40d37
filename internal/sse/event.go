package sse

// event collects the data of an event.
type event struct {
	limit   int
	view    []byte // the data while it is one piece of the read buffer
	own     []byte // a copy of the data otherwise
	newline bool   // a line has ended: an LF precedes the next part
}

// add adds a part of a line's value. It returns false if the data would exceed
// the limit. It does not copy the first part.
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

// keep copies the part that add did not copy.
func (e *event) keep() {
	e.grow(len(e.view))
	e.own = append(e.own, e.view...)
	e.view = nil
}

// grow makes room for n more bytes. The limit must allow them.
func (e *event) grow(n int) {
	need := len(e.own) + n
	if need <= cap(e.own) {
		return
	}
	room := min(max(need, 2*cap(e.own)), e.limit)
	e.own = append(make([]byte, 0, room), e.own...)
}

// take returns the data and begins the next event. The data is valid until the
// next add, or until the read buffer is overwritten.
func (e *event) take() []byte {
	data := e.own
	if len(data) == 0 {
		data = e.view
	}
	e.view, e.own, e.newline = nil, e.own[:0], false
	return data[:len(data):len(data)]
}
