package redact

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
)

// A Writer redacts what is written to it, as one text, and passes it on. It
// finds numbers wherever the writes cut them: the output is that of
// [Redactor.String] for the whole text, except that what is decided about a
// number looks no further than documented for the package.
//
// Text that cannot be decided yet is kept back, and twice as much again before it is looked
// at: none without digits; otherwise from the first digit in the last 3 KB on, or in the
// last 7 KB from what a card behind it would make a code. Flush at the end of each message,
// and Close at the end, or the rest is lost. A Writer must not be used by several
// goroutines at once.
type Writer struct {
	// Found, if set, is told of each span that is masked, in order, before
	// the text that holds it is passed on. Offsets count from the start of
	// the text. Set it before the first write.
	Found func(Span)

	r   *Redactor
	w   io.Writer
	buf []byte // context, then text that is not yet passed on
	out []byte
	err error

	gone     int // bytes of the text before buf
	from     int // start of the text that is not yet passed on
	looked   int // length of buf at the last look
	lastCard int // end of the last card that was passed on, or noCard
}

// NewWriter returns a Writer that passes redacted text on to w. The options
// must not change while it is in use.
func (r *Redactor) NewWriter(w io.Writer) *Writer {
	return &Writer{r: r, w: w, lastCard: noCard}
}

// Write takes p and passes on what is decided. It reports either all of p as
// written or the error of the underlying writer, which then stays.
func (w *Writer) Write(p []byte) (int, error) {
	n := len(p)
	for ; len(p) > piece; p = p[piece:] {
		w.push(p[:piece])
	}
	if w.push(p); w.err != nil {
		return 0, w.err
	}
	return n, nil
}

// push takes a piece of the text.
func (w *Writer) push(p []byte) {
	w.buf = append(w.buf, p...)
	// A look at text that waits costs as much as the text is long: let some
	// more come together, so that a byte is looked at twice or so.
	if waits := w.looked - w.from; len(w.buf)-w.looked >= 2*waits {
		w.look(false)
	}
}

// look passes on what is decided, or all if the text ends.
func (w *Writer) look(final bool) {
	if w.err != nil {
		return
	}
	sc := newScanner(w.r, w.buf)
	defer sc.release()
	sc.base = w.lastCard
	to, keep := sc.decide(w.from, final)
	w.out = sc.rewrite(w.out[:0], w.from, to)
	for _, x := range sc.hits {
		if w.Found != nil {
			x.Start, x.End = x.Start+w.gone, x.End+w.gone
			w.Found(x.Span)
		}
	}
	if len(w.out) > 0 {
		if _, err := w.w.Write(w.out); err != nil {
			w.err = fmt.Errorf("redact: write: %w", err)
		}
	}
	w.from, w.looked, w.lastCard = to, len(w.buf), sc.base
	w.buf = slices.Delete(w.buf, 0, keep)
	w.gone, w.from, w.looked, w.lastCard = w.gone+keep, w.from-keep, w.looked-keep, w.lastCard-keep
}

// Flush ends the text: all that was kept back is decided and passed on. What is
// written next is a new text, which nothing before it influences.
func (w *Writer) Flush() error {
	w.look(true)
	w.buf, w.gone, w.from, w.looked, w.lastCard = w.buf[:0], 0, 0, 0, noCard
	return w.err
}

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

// A Reader reads redacted text. See [Writer] for what holds of streams; the
// text ends where the underlying reader ends.
type Reader struct {
	// Found is as in [Writer]. Set it before the first read.
	Found func(Span)

	r   io.Reader
	w   *Writer
	in  []byte
	out bytes.Buffer // decided
	err error
}

// NewReader returns a Reader for what it reads from src. The options must not
// change while it is in use.
func (r *Redactor) NewReader(src io.Reader) *Reader {
	reader := &Reader{r: src, in: make([]byte, readSize)}
	reader.w = r.NewWriter(&reader.out)
	return reader
}

const readSize = 8192

// Read implements [io.Reader]. After an error of the underlying reader other
// than [io.EOF], what was not decided is not given out.
func (r *Reader) Read(p []byte) (int, error) {
	r.w.Found = r.Found
	for r.out.Len() == 0 && len(p) > 0 {
		if r.err != nil {
			return 0, r.err
		}
		var n int
		n, r.err = r.r.Read(r.in)
		r.w.push(r.in[:n])
		if errors.Is(r.err, io.EOF) {
			r.w.look(true)
		} else if r.err != nil {
			r.err = fmt.Errorf("redact: read: %w", r.err)
		}
	}
	return copy(p, r.out.Next(len(p))), nil
}
