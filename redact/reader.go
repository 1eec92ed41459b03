package redact

import (
	"errors"
	"fmt"
	"io"
)

// A Reader reads redacted text. See [Writer] for what holds of streams; the
// text ends where the underlying reader ends.
type Reader struct {
	// Found is as in [Writer]. Set it before the first read.
	Found func(Span)

	r    io.Reader
	s    stream
	in   []byte
	out  []byte // decided
	next int    // in out
	err  error
}

// NewReader returns a Reader for what it reads from src. The options must not
// change while it is in use.
func (r *Redactor) NewReader(src io.Reader) *Reader {
	return &Reader{r: src, s: newStream(r), in: make([]byte, readSize)}
}

const readSize = 8192

// Read implements [io.Reader]. After an error of the underlying reader other
// than [io.EOF], what was not decided is not given out.
func (r *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for r.next == len(r.out) {
		if r.err != nil {
			return 0, r.err
		}
		n, err := r.r.Read(r.in)
		if err != nil && !errors.Is(err, io.EOF) {
			r.err = fmt.Errorf("redact: read: %w", err)
		} else {
			r.err = err
		}
		r.next, r.s.found = 0, r.Found
		r.out = r.s.push(r.out[:0], r.in[:n], errors.Is(err, io.EOF))
	}
	n := copy(p, r.out[r.next:])
	r.next += n
	return n, nil
}
