package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
)

// journal is a file of JSON lines that is only added to.
type journal struct{ file *os.File }

// openJournal opens a file for adding to it. A last line that was cut off, by a crash or a full
// disk, is taken away if it begins as the lines of this journal do: it would spoil the next one.
func openJournal(name, begins string) (*journal, error) {
	if err := endLine(name, begins); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600) //nolint:gosec // the user names the file
	if err != nil {
		return nil, err
	}
	return &journal{f}, nil
}

// endLine sees to it that a file, if there is one, ends with a whole line.
func endLine(name, begins string) error {
	is, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && (!is.Mode().IsRegular() || is.Size() == 0) {
		return nil
	}
	if err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_RDWR, 0) //nolint:gosec // the user names the file
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	last, at, err := lastLine(f, is.Size())
	switch {
	case err != nil || len(last) == 0:
		return err
	case cutOff(last, begins):
		return f.Truncate(at)
	}
	_, err = f.WriteAt([]byte("\n"), is.Size())
	return err
}

// cutOff reports whether a last line is the beginning of one that begins so.
func cutOff(last []byte, begins string) bool {
	n := min(len(last), len(begins))
	return string(last[:n]) == begins[:n] && !json.Valid(last)
}

// lastLine returns what stands behind the last line break of a file, and where it begins.
func lastLine(f io.ReaderAt, size int64) (last []byte, at int64, err error) {
	const step = 64 << 10
	for at = size; at > 0; {
		piece := make([]byte, min(step, at))
		if _, err := f.ReadAt(piece, at-int64(len(piece))); err != nil {
			return nil, 0, err
		}
		if i := bytes.LastIndexByte(piece, '\n'); i >= 0 {
			return slices.Concat(piece[i+1:], last), at - int64(len(piece)-i-1), nil
		}
		last, at = slices.Concat(piece, last), at-int64(len(piece))
	}
	return last, 0, nil
}

// add writes one line, whole or not at all.
func (j *journal) add(v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	n, err := j.file.Write(append(line, '\n'))
	if err == nil || n == 0 {
		return err
	}
	// The disk is full. Half a line is taken back, unless another process has written behind it.
	is, statErr := j.file.Stat()
	end, seekErr := j.file.Seek(0, io.SeekCurrent)
	if statErr == nil && seekErr == nil && is.Mode().IsRegular() && is.Size() == end {
		_ = j.file.Truncate(end - int64(n))
	}
	return err
}

// close closes the file.
func (j *journal) close() error { return j.file.Close() }
