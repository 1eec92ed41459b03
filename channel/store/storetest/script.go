package storetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// script is a sequence of steps on a store. After the first step that fails the others
// do nothing, so that a case reads from top to bottom and ends with its err.
type script struct {
	ctx   context.Context
	store store.Store
	now   time.Time
	err   error
}

func begin(ctx context.Context, h harness) *script {
	return &script{ctx: ctx, store: h.store, now: time.Now().UTC().Truncate(time.Microsecond)}
}

func (s *script) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf(format, args...)
	}
}

// that fails unless ok.
func (s *script) that(ok bool, format string, args ...any) {
	if !ok {
		s.fail(format, args...)
	}
}

// equal fails unless got is deeply equal to want.
func (s *script) equal(what string, got, want any) {
	if s.err == nil && !reflect.DeepEqual(got, want) {
		s.fail("%s: got %+v, want %+v%s", what, got, want, differing(reflect.ValueOf(got), reflect.ValueOf(want)))
	}
}

// differing names the fields in which two structs differ: what is printed of them leaves most out.
func differing(got, want reflect.Value) string {
	if !got.IsValid() || !want.IsValid() || got.Kind() != reflect.Struct || got.Type() != want.Type() {
		return ""
	}
	var names []string
	for i := range got.NumField() {
		if f := got.Type().Field(i); f.IsExported() && !reflect.DeepEqual(got.Field(i).Interface(), want.Field(i).Interface()) {
			names = append(names, f.Name)
		}
	}
	return ", which differ in " + strings.Join(names, ", ")
}

// commit must succeed.
func (s *script) commit(b store.Batch) store.Committed {
	if s.err != nil {
		return store.Committed{}
	}
	done, err := s.store.Commit(s.ctx, &b)
	if err != nil {
		s.fail("Commit failed: %w", err)
	}
	return done
}

// refused must fail with want.
func (s *script) refused(want error, b store.Batch) {
	if s.err != nil {
		return
	}
	_, err := s.store.Commit(s.ctx, &b)
	s.that(errors.Is(err, want), "Commit returned %v, want an error matching %v", err, want)
}

// put writes one record without a body and expects no conflict.
func (s *script) put(r store.Record) { s.commit(store.Batch{Put: []store.Record{r}}) }

func (s *script) enqueue(works ...store.Work) store.Committed {
	return s.commit(store.Batch{Enqueue: works})
}

func (s *script) get(kind string, keys ...string) []store.Record {
	if s.err != nil {
		return nil
	}
	records, err := s.store.Get(s.ctx, kind, keys...)
	if err != nil {
		s.fail("Get failed: %w", err)
	}
	return records
}

// record must exist.
func (s *script) record(kind, key string) store.Record {
	records := s.get(kind, key)
	if s.err == nil && len(records) != 1 {
		s.fail("Get returned %d records for one key, want 1", len(records))
	}
	if s.err != nil {
		return store.Record{}
	}
	return records[0]
}

func (s *script) missing(kind, key string) {
	if got := s.get(kind, key); len(got) != 0 {
		s.fail("Get found a record that should not exist: %+v", got)
	}
}

func (s *script) list(q store.Query) []store.Record {
	if s.err != nil {
		return nil
	}
	records, err := s.store.List(s.ctx, q)
	if err != nil {
		s.fail("List failed: %w", err)
	}
	return records
}

// claim takes up to ten pieces of work of queue "q" for a minute.
func (s *script) claim() []store.Work {
	return s.claimAs(store.Claim{Queue: "q", Now: s.now, Lease: time.Minute, Limit: 10})
}

func (s *script) claimAs(c store.Claim) []store.Work {
	if s.err != nil {
		return nil
	}
	works, err := s.store.Claim(s.ctx, c)
	if err != nil {
		s.fail("Claim failed: %w", err)
	}
	return works
}

// claims claims and expects exactly the work with these IDs, in this order.
func (s *script) claims(ids ...string) []store.Work {
	works := s.claim()
	s.ids("Claim", works, ids...)
	if s.err != nil {
		return make([]store.Work, len(ids))
	}
	return works
}

func (s *script) ids(what string, works []store.Work, want ...string) {
	if s.err != nil {
		return
	}
	got := make([]string, 0, len(works))
	for i := range works {
		got = append(got, works[i].ID)
	}
	s.that(slices.Equal(got, want), "%s returned work %q, want %q", what, got, want)
}

func (s *script) work(q store.WorkQuery) []store.Work {
	if s.err != nil {
		return nil
	}
	works, err := s.store.Work(s.ctx, q)
	if err != nil {
		s.fail("Work failed: %w", err)
	}
	return works
}

// the returns the living or dead work with an ID in queue "q", which must be there.
func (s *script) the(id string, dead bool) store.Work {
	works := s.work(store.WorkQuery{Queue: "q", IDs: []string{id}, Dead: dead, Limit: 2})
	s.ids("Work", works, id)
	if s.err != nil {
		return store.Work{}
	}
	return works[0]
}

func (s *script) backlog(now time.Time) []store.Backlog {
	if s.err != nil {
		return nil
	}
	b, err := s.store.Backlog(s.ctx, now)
	if err != nil {
		s.fail("Backlog failed: %w", err)
	}
	return b
}

// later moves the clock of the script on.
func (s *script) later(d time.Duration) { s.now = s.now.Add(d) }

// sameJSON says whether two documents mean the same.
func sameJSON(a, b []byte) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	decode := func(doc []byte) (v any, err error) {
		d := json.NewDecoder(bytes.NewReader(doc))
		d.UseNumber()
		err = d.Decode(&v)
		return v, err
	}
	x, err1 := decode(a)
	y, err2 := decode(b)
	return err1 == nil && err2 == nil && reflect.DeepEqual(x, y)
}

func key(queue, id string) []store.WorkKey { return []store.WorkKey{{Queue: queue, ID: id}} }

func done(works ...store.Work) store.Batch {
	var b store.Batch
	for i := range works {
		b.Done = append(b.Done, works[i].Lease())
	}
	return b
}

func later(w store.Work, due time.Time, reason string) store.Batch {
	return store.Batch{Later: []store.Postponed{{Lease: w.Lease(), Due: due, Reason: reason}}}
}

func bury(w store.Work, reason string) store.Batch {
	return store.Batch{Bury: []store.Buried{{Lease: w.Lease(), Reason: reason}}}
}
