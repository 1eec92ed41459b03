package webhook

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"time"
)

var (
	// ErrNoScope is matched by the error for a delivery of which nobody says what whoever
	// signed it may speak for: nothing in it could be believed later.
	ErrNoScope = errors.New("webhook: the delivery's Scope covers nothing")

	// ErrTooLarge is matched by the error for an event that does not fit into a record.
	ErrTooLarge = errors.New("webhook: an event is larger than a record may be")

	// ErrRecord is matched by the error for a record that cannot be read.
	ErrRecord = errors.New("webhook: not a record of a delivery")
)

// Record is a delivery in the form in which a durable log keeps it, between a process that
// receives webhooks and those that work them off. [Recorder] makes it, [Record.Delivery] makes
// the delivery again. Printing or logging one shows sizes only.
type Record struct {
	// ID is the same for the same delivery and different for others: 22 ASCII characters that
	// are safe in subjects and headers. It depends on the scope, so that somebody who repeats
	// what another signed does not use up its ID, and on the body as it is kept: nothing in
	// it tells the digits that were masked.
	ID string

	// Number is the phone number ID that the events belong to; "" for those of an account as
	// a whole. Of a record with events of several numbers, which Recorder.PerNumber rules out,
	// it is the first.
	Number string

	// Body is the webhook body, redacted.
	Body []byte

	// Envelope is what belongs beside the body, as JSON of one line: which secret fitted, what
	// it covers, which events had card numbers, what was carried along.
	Envelope string
}

// DeadRecord is a record that was put aside, because it could not be read or the sink kept
// failing on it.
type DeadRecord struct {
	Record
	// Reason is [Outcome.Dead].
	Reason string
	// At is when the log put it aside.
	At time.Time
}

// recordEnvelope is the content of Record.Envelope.
type recordEnvelope struct {
	Version int               `json:"v"`
	Secret  int               `json:"secret"`
	Scope   Scope             `json:"scope"`
	Masked  []int             `json:"masked,omitempty"` // indexes of events
	Carried map[string]string `json:"carried,omitempty"`
}

// envelopeVersion is the version of the form of records; readers leave later ones to those who know it.
const envelopeVersion = 1

// errLater says that another release wrote a record, which may have readers of its own.
var errLater = errors.New("a later version")

// Recorder turns deliveries into records. It is plain settings and safe for concurrent use.
type Recorder struct {
	// Redact masks what must not be kept; texts pass through it as in [RedactBody]. Required:
	// without it nothing is recorded. redact.Cards is the usual one.
	Redact func(string) string
	// MaxBytes is the most that body and envelope of a record may have together. A larger
	// delivery becomes several records. 0 means no bound.
	MaxBytes int
	// PerNumber makes a record of its own for each number in a delivery, so that a log can
	// keep the order of each.
	PerNumber bool
	// Inject returns what is to be carried along from the context of the request, such as the
	// headers of a trace. Nil carries nothing.
	Inject func(ctx context.Context) map[string]string
}

var errNoRedact = errors.New("webhook: record delivery: Redact is nil")

// Records returns d as records: one, unless MaxBytes or PerNumber ask for more. They are the same
// each time for the same delivery, Inject apart, and their events are together those of d.
//
// A single event that does not fit is left out, and the error, which matches [ErrTooLarge], comes
// together with the records of the others. A delivery without scope is refused with [ErrNoScope], and of
// one without events there are no records.
func (r *Recorder) Records(ctx context.Context, d *Delivery) ([]Record, error) {
	switch {
	case r.Redact == nil:
		return nil, errNoRedact
	case d.Scope.IsZero():
		return nil, fmt.Errorf("webhook: record delivery: %w", ErrNoScope)
	case d.Len() == 0:
		return nil, nil
	}
	env := recordEnvelope{Version: envelopeVersion, Secret: d.Secret, Scope: d.Scope}
	if r.Inject != nil {
		env.Carried = r.Inject(ctx)
	}
	parts := []*Delivery{d}
	if r.PerNumber {
		parts = d.perNumber()
	}
	var records []Record
	var errs []error
	for _, part := range parts {
		if err := r.add(&records, part, env); err != nil {
			errs = append(errs, err)
		}
	}
	return records, errors.Join(errs...)
}

// add appends d, in halves if it is too large.
func (r *Recorder) add(records *[]Record, d *Delivery, env recordEnvelope) error {
	rec, err := r.record(d, env)
	if err != nil {
		return err
	}
	if r.MaxBytes <= 0 || rec.size() <= r.MaxBytes {
		*records = append(*records, rec)
		return nil
	}
	events := d.all()
	if len(events) == 1 {
		if rec, err = r.record(d.of(events), env); err != nil { // without what only others need
			return err
		}
		if rec.size() > r.MaxBytes {
			return fmt.Errorf("webhook: record delivery: %w: %d bytes of %d", ErrTooLarge, rec.size(), r.MaxBytes)
		}
		*records = append(*records, rec)
		return nil
	}
	half := len(events) / 2
	return errors.Join(r.add(records, d.of(events[:half]), env), r.add(records, d.of(events[half:]), env))
}

// record returns d as one record.
func (r *Recorder) record(d *Delivery, env recordEnvelope) (Record, error) {
	body, err := RedactBody(d.Body, r.Redact)
	if err != nil && !errors.Is(err, ErrMalformed) { // what is not JSON is redacted all the same
		return Record{}, fmt.Errorf("webhook: record delivery: %w", err)
	}
	if events := d.all(); !sameBytes(body, d.Body) || slices.ContainsFunc(events, wasMasked) {
		env.Masked = r.masked(events)
	}
	line, err := json.Marshal(env)
	if err != nil {
		return Record{}, fmt.Errorf("webhook: record delivery: encode envelope: %w", err)
	}
	rec := Record{ID: recordID(env.Scope, body), Number: d.all()[0].Number.ID, Body: body, Envelope: string(line)}
	return rec, nil
}

// masked returns the indexes of the events in which something is masked.
func (r *Recorder) masked(events []Event) (indexes []int) {
	for i := range events {
		body := events[i].AppendBody(nil)
		if clean, _ := RedactBody(body, r.Redact); events[i].masked || !sameBytes(clean, body) {
			indexes = append(indexes, i)
		}
	}
	return indexes
}

func wasMasked(e Event) bool { return e.masked }

// sameBytes reports whether RedactBody returned what it was given.
func sameBytes(a, b []byte) bool { return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) }

func (r *Record) size() int { return len(r.Body) + len(r.Envelope) }

// recordID identifies a body as it is kept, for the accounts and numbers of its scope.
func recordID(s Scope, body []byte) string {
	h := sha256.New()
	part := func(of string, list []string) {
		h.Write([]byte(of + strconv.Itoa(len(list)) + ":"))
		for _, id := range slices.Sorted(slices.Values(list)) {
			h.Write([]byte(strconv.Itoa(len(id)) + ":" + id))
		}
	}
	if s.All {
		part("all", nil)
	}
	part("accounts", s.Accounts)
	part("numbers", s.Numbers)
	h.Write(body)
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:16])
}

// Delivery returns the delivery that was recorded, with the scope that it had, and what was
// carried along. A body that is not JSON is a delivery as well, whose only event is an
// *[Unknown]. The error matches [ErrRecord] if the envelope is none, comes from a later version
// or covers nothing, and quotes nothing of it.
func (r *Record) Delivery() (d *Delivery, carried map[string]string, err error) {
	var env recordEnvelope
	if err := json.Unmarshal([]byte(r.Envelope), &env); err != nil {
		return nil, nil, fmt.Errorf("%w: the envelope is not JSON", ErrRecord)
	}
	switch {
	case env.Version > envelopeVersion:
		return nil, nil, fmt.Errorf("%w: %w: %d", ErrRecord, errLater, env.Version)
	case env.Version < 1:
		return nil, nil, fmt.Errorf("%w: version %d is not known here", ErrRecord, env.Version)
	case env.Scope.IsZero():
		return nil, nil, fmt.Errorf("%w: %w", ErrRecord, ErrNoScope)
	}
	d, err = Parse(r.Body)
	if err != nil && !errors.Is(err, ErrMalformed) {
		return nil, nil, fmt.Errorf("%w: %w", ErrRecord, err)
	}
	d.Secret, d.Scope = env.Secret, env.Scope
	events := d.all()
	for _, i := range env.Masked {
		if 0 <= i && i < len(events) {
			events[i].masked = true
		}
	}
	return d, env.Carried, nil
}

// String counts bytes.
func (r Record) String() string {
	return fmt.Sprintf("record(%s %d bytes)", r.ID, len(r.Body))
}

// GoString is String, for %#v.
func (r Record) GoString() string { return r.String() }

// LogValue is String, for log/slog.
func (r Record) LogValue() slog.Value { return slog.StringValue(r.String()) }

// MarshalText is String, for encoding/json and others.
func (r Record) MarshalText() ([]byte, error) { return []byte(r.String()), nil }
