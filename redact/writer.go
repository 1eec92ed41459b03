package redact

import (
	"errors"
	"fmt"
	"io"
)

// A Writer redacts what is written to it, as one text, and passes it on. It
// finds numbers wherever the writes cut them: the output is that of
// [Redactor.String] for the whole text, except that what is decided about a
// number looks no further than documented for the package.
//
// Text that cannot be decided yet is kept back: usually none, at most about
// 10 KB. Flush at the end of each message, and Close at the end, or the rest
// is lost. A Writer must not be used by several goroutines at once.
type Writer struct {
	// Found, if set, is told of each span that is masked, in order, before
	// the text that holds it is passed on. Offsets count from the start of
	// the text. Set it before the first write.
	Found func(Span)

	w   io.Writer
	s   stream
	out []byte
	err error
}

// NewWriter returns a Writer that passes redacted text on to w. The options
// must not change while it is in use.
func (r *Redactor) NewWriter(w io.Writer) *Writer {
	return &Writer{w: w, s: newStream(r)}
}

// Write takes p and passes on what is decided. It reports either all of p as
// written or the error of the underlying writer, which then stays.
func (w *Writer) Write(p []byte) (int, error) {
	if err := w.push(p, false); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Flush ends the text: all that was kept back is decided and passed on. What is
// written next is a new text, which nothing before it influences.
func (w *Writer) Flush() error { return w.push(nil, true) }

// Close flushes, and refuses further writes. It does not close the underlying
// writer. Closing again does nothing.
func (w *Writer) Close() error {
	if errors.Is(w.err, errClosed) {
		return nil
	}
	err := w.Flush()
	if w.err == nil {
		w.err = errClosed
	}
	return err
}

var errClosed = errors.New("redact: write: writer is closed")

func (w *Writer) push(p []byte, final bool) error {
	if w.err != nil {
		return w.err
	}
	w.s.found = w.Found
	w.out = w.s.push(w.out[:0], p, final)
	if len(w.out) == 0 {
		return nil
	}
	if _, err := w.w.Write(w.out); err != nil {
		w.err = fmt.Errorf("redact: write: %w", err)
	}
	return w.err
}
