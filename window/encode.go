package window

import (
	"database/sql/driver"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
)

// EncodedLen is the length of the binary form of a State in bytes.
const EncodedLen = 26

// version is the first byte of the binary form and never '{', so that
// [State.Scan] can tell the two forms apart.
const version = 1

// Errors of decoding. Neither quotes its input.
var (
	// ErrCorrupt reports an encoded State that no State encodes to.
	ErrCorrupt = errors.New("window: decode state: corrupt")
	// ErrVersion reports a binary form written by a later version.
	ErrVersion = errors.New("window: decode state: unknown version")
)

// AppendBinary appends the binary form to b: version, kind, then six times in
// Unix seconds, big-endian. It never fails and allocates only to grow b.
func (s State) AppendBinary(b []byte) ([]byte, error) {
	b = append(b, version, s.code)
	for _, v := range [...]uint32{s.last, s.referral, s.origin, s.start, s.until, s.stated} {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return b, nil
}

// MarshalBinary returns the binary form, [EncodedLen] bytes.
func (s State) MarshalBinary() ([]byte, error) {
	return s.AppendBinary(make([]byte, 0, EncodedLen))
}

// UnmarshalBinary sets s from its binary form. On error, which matches
// ErrCorrupt or ErrVersion, s is unchanged.
func (s *State) UnmarshalBinary(b []byte) error {
	if len(b) == 0 {
		return ErrCorrupt
	}
	if b[0] != version {
		return ErrVersion
	}
	if len(b) != EncodedLen {
		return ErrCorrupt
	}
	at := func(i int) uint32 { return binary.BigEndian.Uint32(b[2+4*i:]) }
	return s.set(State{
		code: b[1],
		last: at(0), referral: at(1), origin: at(2), start: at(3), until: at(4), stated: at(5),
	})
}

// set stores t in s if Observe and Merge could have produced it.
func (s *State) set(t State) error {
	for _, v := range [...]uint32{t.last, t.referral, t.origin, t.start, t.until, t.stated} {
		if v != 0 && v < minSec {
			return fmt.Errorf("%w: time before 1971", ErrCorrupt)
		}
	}
	if (t.last == 0) != (t.code == codeNone) {
		return fmt.Errorf("%w: kind and time contradict each other", ErrCorrupt)
	}
	// Codes of a later version are not ours to keep apart.
	if t.code >= codeEnd {
		t.code = codeOther
	}
	none := t.origin == 0 && t.start == 0 && t.until == 0
	some := t.origin != 0 && t.origin <= t.start && int64(t.start)-int64(t.origin) < lengthSec &&
		t.start <= t.until && t.origin <= t.referral
	if !none && !some {
		return fmt.Errorf("%w: free entry point times contradict each other", ErrCorrupt)
	}
	*s = t
	return nil
}

// wire is the JSON form: times in Unix seconds, absent if not known.
type wire struct {
	Last     int64      `json:"last,omitempty"`
	Kind     Kind       `json:"kind,omitempty"`
	Referral int64      `json:"referral,omitempty"`
	Estimate *wireEntry `json:"free_entry,omitempty"`
	Stated   int64      `json:"free_entry_stated,omitempty"`
}

type wireEntry struct {
	Referral int64 `json:"referral"`
	Start    int64 `json:"start"`
	Until    int64 `json:"until"`
}

// MarshalJSON returns the JSON form, an object whose members are times in Unix
// seconds and the kind's name; members that are not known are absent:
//
//	{"last":1793527200,"kind":"message","referral":1793527200,
//	 "free_entry":{"referral":1793527200,"start":1793545200,"until":1793804400},
//	 "free_entry_stated":1794132000}
func (s State) MarshalJSON() ([]byte, error) {
	w := wire{
		Last: int64(s.last), Kind: s.Kind(),
		Referral: int64(s.referral), Stated: int64(s.stated),
	}
	if s.origin != 0 {
		w.Estimate = &wireEntry{Referral: int64(s.origin), Start: int64(s.start), Until: int64(s.until)}
	}
	return json.Marshal(w)
}

// UnmarshalJSON sets s from its JSON form. Members it does not know are
// ignored, a kind it does not know becomes KindOther, null leaves s unchanged.
// On error, which matches ErrCorrupt, s is unchanged.
func (s *State) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	var w wire
	if json.Unmarshal(b, &w) != nil { // its text quotes the input
		return fmt.Errorf("%w: not the JSON form", ErrCorrupt)
	}
	if w.Estimate == nil {
		w.Estimate = new(wireEntry)
	}
	for _, v := range [...]int64{w.Last, w.Referral, w.Stated, w.Estimate.Referral, w.Estimate.Start, w.Estimate.Until} {
		if v < 0 || v > math.MaxUint32 {
			return fmt.Errorf("%w: time out of range", ErrCorrupt)
		}
	}
	return s.set(State{
		code: codeOf(w.Kind),
		last: uint32(w.Last), referral: uint32(w.Referral), stated: uint32(w.Stated),
		origin: uint32(w.Estimate.Referral), start: uint32(w.Estimate.Start), until: uint32(w.Estimate.Until),
	})
}

// codeOf is the inverse of kindOf.
func codeOf(k Kind) uint8 {
	if k == "" {
		return codeNone
	}
	for c := codeNone + 1; c < codeEnd; c++ {
		if kindOf(c) == k {
			return c
		}
	}
	return codeOther
}

// Value implements driver.Valuer: the binary form, for a BLOB or bytea column.
// For a text column, store the JSON form.
func (s State) Value() (driver.Value, error) { return s.MarshalBinary() }

// Scan implements sql.Scanner. It accepts the binary form, the JSON form as
// text or bytes, and NULL for the zero State.
func (s *State) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*s = State{}
		return nil
	case []byte:
		return s.scan(v)
	case string:
		return s.scan([]byte(v))
	default:
		return fmt.Errorf("window: scan state: unsupported column type %T", src)
	}
}

func (s *State) scan(b []byte) error {
	if len(b) > 0 && b[0] == '{' {
		return s.UnmarshalJSON(b)
	}
	return s.UnmarshalBinary(b)
}
