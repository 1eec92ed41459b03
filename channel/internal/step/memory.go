package step

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// A Memory holds what this process has read and written last, so that steps need not read it again.
// What it holds is a guess: another process may have written the record since. A step that used a
// guess is therefore committed with what it guessed, and a wrong guess is a conflict, after which
// the step reads. The zero value is empty and ready; it is safe for concurrent use.
type Memory struct {
	mu         sync.Mutex
	young, old generation
	writing    map[store.RecordKey]chan struct{} // what is being committed, until the channel is closed
}

// generation are records that were remembered at about one time.
type generation struct {
	records map[store.RecordKey]*remembered
	bytes   int
}

// remembered is a record as it was at some time. Version 0: there was none.
type remembered struct {
	Known
	at  time.Time
	doc atomic.Pointer[any] // the document once it was decoded, unless Known has it; neither is ever changed
	// plain says that nothing is in it that its type does not know; false: nobody has looked, or there is.
	plain atomic.Bool
}

const (
	// memoryAge is how long a record is taken for current. Beside others that write the same
	// records each guess that is too old costs a commit that is refused.
	memoryAge = 2 * time.Second
	// memoryWait is how long at most to wait for a commit of this process that writes a record.
	memoryWait = 250 * time.Millisecond
	// A generation ends with so many records, or bytes of them; longer ones are not remembered.
	memoryRecords = 4096
	memoryBytes   = 8 << 20
	memoryRecord  = 64 << 10
)

// recall returns what is remembered of a record, nil if nothing is.
func (m *Memory) recall(id store.RecordKey) *remembered {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.young.records[id]
	if r == nil {
		r = m.old.records[id]
	}
	if r == nil || time.Since(r.at) > memoryAge {
		return nil
	}
	return r
}

// begin notes that records are being written, and end that they are not any more; nil: there are none.
func (m *Memory) begin(puts []store.Record) (over chan struct{}) {
	if len(puts) == 0 {
		return nil
	}
	over = make(chan struct{})
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.writing == nil {
		m.writing = map[store.RecordKey]chan struct{}{}
	}
	for i := range puts {
		m.writing[puts[i].ID()] = over
	}
	return over
}

func (m *Memory) end(puts []store.Record, over chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range puts {
		if id := puts[i].ID(); m.writing[id] == over {
			delete(m.writing, id)
		}
	}
	close(over)
}

// await returns when this process is not writing the record: whoever guesses it meanwhile is wrong. A
// commit that takes long is not worth the wait.
func (m *Memory) await(ctx context.Context, id store.RecordKey) {
	m.mu.Lock()
	over := m.writing[id]
	m.mu.Unlock()
	if over == nil {
		return
	}
	enough := time.NewTimer(memoryWait)
	defer enough.Stop()
	select {
	case <-over:
	case <-enough.C:
	case <-ctx.Done():
	}
}

// remember holds a record as it was at a time, with its document if that is known.
func (m *Memory) remember(r *store.Record, at time.Time, as Saved) {
	n := &remembered{Known: Known{Record: *r, Doc: as.Doc}, at: at}
	n.plain.Store(as.plain)
	m.rememberAs(n)
}

// rememberAs holds what was read.
func (m *Memory) rememberAs(r *remembered) {
	if len(r.Body) > memoryRecord {
		return
	}
	id := r.ID()
	m.mu.Lock()
	defer m.mu.Unlock()
	if o := m.young.records[id]; o != nil && (o.Version > r.Version || o.Version == r.Version && o.at.After(r.at)) {
		return
	}
	if m.young.records == nil || len(m.young.records) >= memoryRecords || m.young.bytes >= memoryBytes {
		m.old, m.young = m.young, generation{records: map[store.RecordKey]*remembered{}}
	}
	m.young.records[id] = r
	m.young.bytes += len(r.Body) + len(r.Key)
}

// forget drops records.
func (m *Memory) forget(id store.RecordKey) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.young.records, id)
	delete(m.old.records, id)
}

// Newest returns a newer version of what is known, if this process has one.
func (s *Steps) Newest(k Known) Known {
	r := s.Memory.recall(k.ID())
	if r == nil || r.Version <= k.Version {
		return k
	}
	return Known{Record: r.Record, Doc: r.document()}
}

// document is the decoded document, which must not be changed; nil if there is none.
func (r *remembered) document() any {
	if r.Doc != nil {
		return r.Doc
	}
	if doc := r.doc.Load(); doc != nil {
		return *doc
	}
	return nil
}

// Decode decodes a record that was read, unless its document is remembered.
func (s *Steps) Decode(r *store.Record, doc any) error {
	known := s.Memory.recall(r.ID())
	if known == nil || known.Version != r.Version {
		known = &remembered{Known: Known{Record: *r}, at: time.Now()}
		s.Memory.rememberAs(known)
	}
	return known.decode(doc)
}

// decode sets doc to the document of the record; nil: nothing is wanted of it.
func (r *remembered) decode(doc any) error {
	if doc == nil {
		return nil
	}
	if kept := r.document(); kept != nil && copyInto(doc, kept) {
		return nil
	}
	if err := DecodeInto(&r.Record, doc); err != nil {
		return err
	}
	if c := copyOf(doc); c != nil {
		r.doc.CompareAndSwap(nil, &c)
	}
	return nil
}
