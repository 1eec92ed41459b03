package cloudapi

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

var (
	errIdle   = errors.New("nothing moved for too long")
	errSource = errors.New("the source ended early or gave more than announced")
	errDone   = errors.New("the transfer has ended")
)

// stream is a request body that comes from a reader of the caller: perhaps
// between a prefix and a suffix of ours, counted, watched, and never read any
// more once the call is over.
type stream struct {
	prefix, suffix []byte
	source         io.Reader
	size           int64 // of source; negative if not known
	progress       func(int64)

	start  int64 // offset of a source that can seek
	used   bool  // a first attempt has taken the source
	active *streamBody
}

// length is the Content-Length, -1 if not known.
func (s *stream) length() int64 {
	if s.size < 0 {
		return -1
	}
	return int64(len(s.prefix)) + s.size + int64(len(s.suffix))
}

// rewind prepares another attempt and reports whether there can be one.
func (s *stream) rewind() bool {
	if !s.used {
		return true
	}
	seeker, ok := s.source.(io.Seeker)
	if !ok {
		return false
	}
	_, err := seeker.Seek(s.start, io.SeekStart)
	return err == nil
}

// open gives the body of the next attempt. Where a source that can seek began is
// kept, for it need not be the beginning of a file.
func (s *stream) open(watch *watchdog) io.ReadCloser {
	if seeker, ok := s.source.(io.Seeker); ok && !s.used {
		if at, err := seeker.Seek(0, io.SeekCurrent); err == nil {
			s.start = at
		}
	}
	s.used = true
	s.active = &streamBody{stream: s, watch: watch, parts: [3]int64{int64(len(s.prefix)), s.size, int64(len(s.suffix))}}
	return s.active
}

// streamBody reads prefix, source and suffix in turn.
type streamBody struct {
	stream *stream
	watch  *watchdog
	parts  [3]int64 // bytes left of each; negative: until the source ends
	sent   int64    // bytes of the source

	mu     sync.Mutex // held while the source is being read
	closed bool
}

// Read implements io.Reader. It fails if the source does not have the size that
// was announced, because a shorter body would be cut without anybody noticing.
func (b *streamBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return 0, errDone
	}
	b.watch.sleep() // the source has all the time it needs
	defer b.watch.wake()
	if n := b.fixed(p, 0, b.stream.prefix); n > 0 {
		return n, nil
	}
	if b.parts[1] != 0 {
		if n, err := b.read(p); n > 0 || err != nil {
			return n, err
		}
	}
	if n := b.fixed(p, 2, b.stream.suffix); n > 0 {
		return n, nil
	}
	return 0, io.EOF
}

// fixed gives what is left of the prefix or the suffix.
func (b *streamBody) fixed(p []byte, part int, data []byte) int {
	n := copy(p, data[int64(len(data))-b.parts[part]:])
	b.parts[part] -= int64(n)
	return n
}

// read gives what the source has, never more than was announced.
func (b *streamBody) read(p []byte) (int, error) {
	known := b.parts[1] > 0
	if known {
		p = p[:min(int64(len(p)), b.parts[1])]
	}
	n, err := b.stream.source.Read(p)
	b.sent += int64(n)
	if n > 0 && b.stream.progress != nil {
		b.stream.progress(b.sent)
	}
	if known {
		b.parts[1] -= int64(n)
	}
	switch {
	case err == io.EOF && known && b.parts[1] > 0:
		return n, errSource
	case err == io.EOF:
		b.parts[1] = 0
		return n, nil
	case err != nil:
		return n, err
	}
	return n, nil
}

// Close implements io.Closer. The source stays open.
func (b *streamBody) Close() error { return nil }

// finish makes sure that the source is not read any more. It waits for a read
// that is going on, unless ctx has ended: a source that hangs must not keep the
// caller.
func (s *stream) finish(ctx context.Context) {
	b := s.active
	if b == nil {
		return
	}
	done := make(chan struct{})
	go func() {
		b.mu.Lock()
		b.closed = true
		b.mu.Unlock()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// watchdog ends a transfer in which nothing moves on the network. It sleeps while
// it is the caller's turn to read or to supply.
type watchdog struct {
	idle   time.Duration
	timer  *time.Timer
	cancel context.CancelCauseFunc
}

// watch gives a context that ends when nothing moved for idle; 0 never ends it.
// The watchdog is awake.
func watch(ctx context.Context, idle time.Duration) (context.Context, *watchdog) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &watchdog{idle: idle, cancel: cancel}
	if idle > 0 {
		w.timer = time.AfterFunc(idle, func() { cancel(errIdle) })
	}
	return ctx, w
}

// wake starts a new wait for the network.
func (w *watchdog) wake() {
	if w.timer != nil {
		w.timer.Reset(w.idle)
	}
}

// sleep ends a wait for the network.
func (w *watchdog) sleep() {
	if w.timer != nil {
		w.timer.Stop()
	}
}

// stop ends the watch and the context.
func (w *watchdog) stop() {
	w.sleep()
	w.cancel(context.Canceled)
}
