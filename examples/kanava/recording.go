package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// recorded is one webhook of a recording.
type recorded struct {
	n        int
	Received time.Time       `json:"received,omitzero"`
	Body     json.RawMessage `json:"body"`
}

// recordBegins is how every line of a recording begins.
const recordBegins = `{"received":`

// open opens a file for reading; - is standard input.
func (p *program) open(file string) (io.ReadCloser, error) {
	if file == "-" {
		return io.NopCloser(p.in), nil
	}
	return os.Open(file) //nolint:gosec // the user names the file
}

// recording reads the webhooks of a file one by one: recordings of listen ("body"), of
// the simulator ("kind" and "request"), and bare bodies of Meta's. What else the
// simulator has recorded is passed over, and so is a last one that was cut off by a crash:
// WhatsApp got no answer to it and sends it again.
func (p *program) recording(file string, each func(recorded) error) error {
	f, err := p.open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	d := json.NewDecoder(f)
	for n := 1; ; n++ {
		var raw json.RawMessage
		switch err := d.Decode(&raw); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !isSyntax(err):
			return err
		case errors.Is(err, io.ErrUnexpectedEOF) && n > 1:
			p.tell("The last webhook of %s was cut off and is left out.", file)
			return nil
		case err != nil:
			return fmt.Errorf("webhook %d of %s is not JSON: the file holds no recording and no webhooks", n, file)
		}
		r, ok := webhookOf(raw)
		if !ok {
			continue
		}
		r.n = n
		if err := each(r); err != nil {
			return err
		}
	}
}

func isSyntax(err error) bool {
	_, is := errors.AsType[*json.SyntaxError](err)
	return is
}

// webhookOf finds the body of a webhook in an entry of a recording.
func webhookOf(raw json.RawMessage) (recorded, bool) {
	var entry struct {
		recorded
		Kind    string          `json:"kind"`
		Request string          `json:"request"`
		Entry   json.RawMessage `json:"entry"`
	}
	if json.Unmarshal(raw, &entry) != nil {
		return recorded{}, false
	}
	r := entry.recorded
	switch {
	case entry.Entry != nil:
		r.Body = raw
	case entry.Kind == "webhook" && json.Valid([]byte(entry.Request)):
		r.Body = json.RawMessage(entry.Request)
	}
	return r, len(r.Body) > 0
}
