package main

import (
	"context"
	"io"
	"sync"
)

// interruptible is standard input that Ctrl-C ends: a read from a terminal or a pipe
// does not hear of it.
type interruptible struct {
	ctx   context.Context
	from  io.Reader
	begin sync.Once
	read  chan chunk
	left  chunk
}

// chunk is what one read gave.
type chunk struct {
	data []byte
	err  error
}

func newInterruptible(ctx context.Context, from io.Reader) *interruptible {
	return &interruptible{ctx: ctx, from: from, read: make(chan chunk)}
}

// Read implements io.Reader.
func (i *interruptible) Read(p []byte) (int, error) {
	i.begin.Do(func() { go i.pump() }) // it ends with the input, or after the read that is under way
	if len(i.left.data) == 0 && i.left.err == nil {
		select {
		case <-i.ctx.Done():
			return 0, i.ctx.Err()
		case i.left = <-i.read:
		}
	}
	n := copy(p, i.left.data)
	if i.left.data = i.left.data[n:]; len(i.left.data) > 0 {
		return n, nil
	}
	return n, i.left.err
}

func (i *interruptible) pump() {
	for {
		data := make([]byte, 32<<10)
		n, err := i.from.Read(data)
		select {
		case <-i.ctx.Done():
			return
		case i.read <- chunk{data[:n], err}:
		}
		if err != nil {
			return
		}
	}
}
