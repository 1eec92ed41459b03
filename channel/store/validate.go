package store

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxName is the most bytes that a kind, key, parent, queue, ID, lane or group may have.
const maxName = 512

var (
	errName     = errors.New("a name is longer than 512 bytes, not valid UTF-8, or has a NUL in it")
	errNoName   = errors.New("a kind, key, queue or ID is empty")
	errUnbound  = errors.New("a bound names a record to which the batch does not add")
	errTwice    = errors.New("the same record or work stands twice in one field")
	errLimit    = errors.New("the limit is not positive")
	errLease    = errors.New("the lease is not positive")
	errPerGroup = errors.New("PerGroup is negative or has no Groups")
)

// checkNames looks at names that may be empty.
func checkNames(names ...string) error {
	for _, n := range names {
		if len(n) > maxName || !utf8.ValidString(n) || strings.IndexByte(n, 0) >= 0 {
			return errName
		}
	}
	return nil
}

// pair identifies a record or work.
type pair struct{ space, name string }

// checkPairs looks at what one field of a batch names.
func checkPairs[T any](field []T, pairOf func(*T) pair) error {
	var seen map[pair]bool
	if len(field) > 1 {
		seen = make(map[pair]bool, len(field))
	}
	for i := range field {
		p := pairOf(&field[i])
		if p.space == "" || p.name == "" {
			return errNoName
		}
		if err := checkNames(p.space, p.name); err != nil {
			return err
		}
		if seen[p] {
			return errTwice
		}
		if seen != nil {
			seen[p] = true
		}
	}
	return nil
}

// Validate returns everything about the batch that no [Store] may accept, joined, or nil:
// a record or work that stands twice in one field, an empty kind, key, queue or ID, a bound
// without an addition, and names that are longer than 512 bytes, not valid UTF-8 or hold a NUL. It is there for
// those who write a Store; the names themselves are not in the error.
func (b *Batch) Validate() error {
	record := func(r *Record) pair { return pair{r.Kind, r.Key} }
	lease := func(l *Lease) pair { return pair{l.Queue, l.ID} }
	work := func(k *WorkKey) pair { return pair{k.Queue, k.ID} }
	err := errors.Join(
		checkPairs(b.Expect, func(e *Expected) pair { return pair{e.Kind, e.Key} }),
		checkPairs(b.Put, record),
		checkPairs(b.Add, record),
		checkPairs(b.Bound, func(k *Bound) pair { return pair{k.Kind, k.Key} }),
		checkPairs(b.Delete, func(k *RecordKey) pair { return pair{k.Kind, k.Key} }),
		checkPairs(b.Enqueue, func(w *Work) pair { return pair{w.Queue, w.ID} }),
		checkPairs(b.Pass, func(p *Passed) pair { return pair{p.Queue, p.ID} }),
		checkPairs(b.Start, lease),
		checkPairs(b.Done, lease),
		checkPairs(b.Later, func(p *Postponed) pair { return pair{p.Queue, p.ID} }),
		checkPairs(b.Bury, func(p *Buried) pair { return pair{p.Queue, p.ID} }),
		checkPairs(b.Replay, work),
		checkPairs(b.Drop, work),
		checkPairs(b.Release, func(c *Claimant) pair { return pair{c.Queue, c.Owner} }),
		checkPairs(b.Index, func(e *Entry) pair { return pair{e.Kind, e.Key} }),
	)
	for i := range b.Put {
		err = errors.Join(err, checkNames(b.Put[i].Parent))
	}
	for i := range b.Add {
		err = errors.Join(err, checkNames(b.Add[i].Parent))
	}
	for i := range b.Index {
		err = errors.Join(err, checkNames(b.Index[i].Group))
	}
	for i := range b.Tell {
		t := &b.Tell[i]
		if t.Kind == "" || t.Key == "" {
			err = errors.Join(err, errNoName)
		}
		err = errors.Join(err, checkNames(t.Kind, t.Key, t.Group))
	}
	for _, l := range b.Bound {
		if !slices.ContainsFunc(b.Add, func(r Record) bool { return r.Kind == l.Kind && r.Key == l.Key }) {
			err = errors.Join(err, errUnbound)
		}
	}
	for i := range b.Enqueue {
		err = errors.Join(err, checkNames(b.Enqueue[i].Lane, b.Enqueue[i].Group))
	}
	for i := range b.Pass {
		err = errors.Join(err, checkNames(b.Pass[i].Lane))
	}
	return err
}

// Validate returns everything that is wrong with the claim, joined, or nil. It is there
// for those who write a [Store].
func (c Claim) Validate() error {
	var err error
	if c.Queue == "" {
		err = errNoName
	}
	if c.Lease <= 0 {
		err = errors.Join(err, errLease)
	}
	if c.Limit <= 0 {
		err = errors.Join(err, errLimit)
	}
	err = errors.Join(err, checkNames(c.Owner))
	if c.PerGroup < 0 || c.PerGroup > 0 && c.Groups == nil {
		err = errors.Join(err, errPerGroup)
	}
	return err
}

// Validate returns everything that is wrong with the query, joined, or nil. It is there
// for those who write a [Store].
func (q Query) Validate() error {
	var err error
	if q.Kind == "" {
		err = errNoName
	}
	if q.Limit <= 0 {
		err = errors.Join(err, errLimit)
	}
	return err
}

// Validate returns everything that is wrong with the query, joined, or nil. It is there
// for those who write a [Store].
func (q WorkQuery) Validate() error {
	var err error
	if q.Queue == "" {
		err = errNoName
	}
	if q.Limit <= 0 {
		err = errors.Join(err, errLimit)
	}
	return err
}
