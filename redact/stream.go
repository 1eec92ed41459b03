package redact

import (
	"errors"
	"fmt"
	"io"
	"slices"
)

// A stream redacts a text that arrives in pieces. What it gives out does not
// depend on where the pieces are cut.
type stream struct {
	r     *Redactor
	found func(Span)
	buf   []byte // context, then text that is not yet given out
	gone  int    // bytes of the text before buf

	from     int // start of the text that is not yet given out
	scanned  int // length of buf at the last look
	lastCard int // end of the last card that was given out, or noCard
}

func newStream(r *Redactor) stream { return stream{r: r, lastCard: noCard} }

// push takes more text and appends to dst what is decided. With final set, the
// text ends, everything is given out, and the next push begins a new text.
func (s *stream) push(dst, text []byte, final bool) []byte {
	for ; len(text) > piece; text = text[piece:] {
		dst = s.push(dst, text[:piece], false)
	}
	s.buf = append(s.buf, text...)
	if s.r != nil && s.r.InsecureOff {
		dst = append(dst, s.buf...)
		s.buf = s.buf[:0]
		return dst
	}
	// A look at text that waits costs as much as the text is long: let some
	// more come together, so that a byte is looked at a few times at most.
	if waits := s.scanned - s.from; !final && len(s.buf)-s.scanned < waits/2 {
		return dst
	}
	dst = s.look(dst, final)
	if final {
		*s = stream{r: s.r, found: s.found, buf: s.buf[:0], lastCard: noCard}
	}
	return dst
}

// look appends the decided part of the text to dst.
func (s *stream) look(dst []byte, final bool) []byte {
	o := s.r.options()
	sc := newScanner(&o, s.buf)
	defer sc.release()
	sc.base = s.lastCard
	to, keep := sc.decide(s.from, final)
	s.lastCard, s.scanned = sc.base, len(s.buf)
	for _, x := range sc.hits {
		if s.found != nil {
			sp := x.Span
			sp.Start, sp.End = sp.Start+s.gone, sp.End+s.gone
			s.found(sp)
		}
	}
	dst = o.rewrite(dst, s.buf, s.from, to, sc.hits)
	s.from = to
	if keep >= codeReach || keep == len(s.buf) { // otherwise moving the rest costs more than it saves
		s.buf = slices.Delete(s.buf, 0, keep)
		s.gone += keep
		s.from -= keep
		s.scanned -= keep
		s.lastCard -= keep
	}
	return dst
}

// A Writer redacts what is written to it, as one text, and passes it on. It
// finds numbers wherever the writes cut them: the output is that of
// [Redactor.String] for the whole text, except that what is decided about a
// number looks no further than documented for the package.
//
// Text that cannot be decided yet is kept back: none without digits, otherwise from the
// first digit in the last 6 KB on, and somewhat more before it is looked at. Flush at the end of each message, and Close at the end, or the rest
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
