package step

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// Known is a record that was read, with its document if that is decoded already. What Doc points to
// is not changed any more.
type Known struct {
	store.Record
	Doc any
}

// See returns the document of what is known for who only looks: it may be everybody's and must not be
// changed. See [Copy].
func See[T any](k *Known) (*T, error) {
	if doc, ok := k.Doc.(*T); ok {
		return doc, nil
	}
	doc := new(T)
	return doc, DecodeInto(&k.Record, doc)
}

// Peek loads a record whose document is only looked at: it may be everybody's and must not be changed.
func Peek[T any](s *Step, kind, key string) (*T, bool) {
	if ok, err := s.Load(kind, key, nil); err != nil || !ok {
		return nil, false
	}
	if k, ok := s.known(store.RecordKey{Kind: kind, Key: key}); ok {
		if doc, ok := k.Doc.(*T); ok {
			return doc, true
		}
	}
	doc := new(T)
	ok, err := s.Load(kind, key, doc)
	return doc, ok && err == nil
}

// read is a record as the step sees it. Version 0: there is none.
type read struct {
	*remembered
	guessed, used bool
	expected      bool // see Expect
}

// Expect makes the commit conflict if a record that the step has read, and does not write, has changed
// until then.
func (s *Step) Expect(kind, key string) {
	if r := s.read[store.RecordKey{Kind: kind, Key: key}]; r != nil {
		r.expected = true
	}
}

// Load reads a record into doc, which may be nil, and reports whether it exists. It sees the
// step's own changes. What doc points to is the caller's.
func (s *Step) Load(kind, key string, doc any) (bool, error) {
	id := store.RecordKey{Kind: kind, Key: key}
	if i, ok := s.puts[id]; ok {
		p := &s.saved[i]
		if doc != nil && p.Doc != nil && copyInto(doc, p.Doc) {
			return true, nil
		}
		return true, DecodeInto(&s.batch.Put[i], doc)
	}
	r := s.read[id]
	if r == nil && s.recall {
		s.steps.Memory.await(s.Ctx, id)
		if known := s.steps.Memory.recall(id); known != nil {
			r = &read{remembered: known, guessed: true}
			s.read[id] = r
		}
	}
	if r == nil {
		if err := s.Prefetch(kind, key); err != nil {
			return false, err
		}
		r = s.read[id]
	}
	r.used = true
	if r.Version == 0 {
		return false, nil
	}
	return true, r.decode(doc)
}

// Suppose takes records for missing of which nothing is known: the step is going to make them, or to
// look whether somebody else has.
func (s *Step) Suppose(kind string, keys ...string) {
	for _, key := range keys {
		id := store.RecordKey{Kind: kind, Key: key}
		if _, put := s.puts[id]; put || !s.recall || s.read[id] != nil || s.steps.Memory.recall(id) != nil {
			continue
		}
		s.read[id] = &read{remembered: &remembered{Known: Known{Record: store.Record{Kind: kind, Key: key}}}, guessed: true}
	}
}

// Ahead reads several records of one kind in one go, except what is known.
func (s *Step) Ahead(kind string, keys ...string) error {
	var unknown []string
	for _, key := range keys {
		id := store.RecordKey{Kind: kind, Key: key}
		if _, put := s.puts[id]; !put && s.read[id] == nil && !(s.recall && s.steps.Memory.recall(id) != nil) {
			unknown = append(unknown, key)
		}
	}
	if len(unknown) < 2 {
		return nil // Load reads it
	}
	return s.Prefetch(kind, unknown...)
}

// Prefetch reads several records of one kind in one go.
func (s *Step) Prefetch(kind string, keys ...string) error {
	at := time.Now()
	records, err := s.steps.Store.Get(s.Ctx, kind, keys...)
	if err != nil {
		return fmt.Errorf("channel: read %s: %w", kind, err)
	}
	found := make(map[string]*store.Record, len(records))
	for i := range records {
		found[records[i].Key] = &records[i]
	}
	for _, key := range keys {
		id := store.RecordKey{Kind: kind, Key: key}
		if old := s.read[id]; old != nil && old.used {
			continue // what was decided by it stands or falls with it
		}
		r := &remembered{Known: Known{Record: store.Record{Kind: kind, Key: key}}, at: at}
		if found[key] != nil {
			r.Record = *found[key]
		}
		s.read[id] = &read{remembered: r}
	}
	return nil
}

// Forget has a record read again when it is loaded next.
func (s *Step) Forget(id store.RecordKey) {
	delete(s.read, id)
	delete(s.totals, id)
}

// Saved is what goes with a Put.
type Saved struct {
	// Doc points to the document as it will be read, and is not changed any more; nil if only decoding can tell.
	Doc   any
	plain bool // there is nothing in it that its type does not know
}

// Save puts a document. It must have been loaded in this step, so that its version is known. Fields
// that a newer release wrote into it stay. What doc points to remains the caller's.
func (s *Step) Save(kind, key, parent string, sort int64, doc any) error {
	return s.save(kind, key, parent, sort, doc, asDecoded)
}

// Give is Save of a document that nobody changes any more, in this step or later: what doc points to is
// everybody's from now on.
func (s *Step) Give(kind, key, parent string, sort int64, doc any) error {
	return s.save(kind, key, parent, sort, doc, settled)
}

// save puts a document and remembers it decoded, as the function makes it.
func (s *Step) save(kind, key, parent string, sort int64, doc any, decoded func(doc any) any) error {
	body, err := Encode(doc)
	if err != nil {
		return fmt.Errorf("channel: encode %s: %w", kind, err)
	}
	plain := true
	if stored := s.read[store.RecordKey{Kind: kind, Key: key}]; stored != nil && stored.Version > 0 && !stored.plain.Load() {
		var more bool
		body, more = keep(body, stored.Body, reflect.TypeOf(doc))
		plain = !more
		stored.plain.Store(plain)
	}
	s.put(store.Record{Kind: kind, Key: key, Parent: parent, Sort: sort, Body: body}, Saved{decoded(doc), plain})
	return nil
}

// put puts a record over the one that was read.
func (s *Step) put(r store.Record, as Saved) {
	id := r.ID()
	if stored := s.read[id]; stored != nil {
		r.Version = stored.Version
	}
	if i, ok := s.puts[id]; ok {
		s.batch.Put[i], s.saved[i] = r, as
		return
	}
	s.puts[id] = len(s.batch.Put)
	s.batch.Put, s.saved = append(s.batch.Put, r), append(s.saved, as)
}

// Remove deletes a record that was loaded in this step, unless somebody changes it meanwhile.
func (s *Step) Remove(kind, key string) {
	s.put(store.Record{Kind: kind, Key: key, Body: []byte("{}")}, Saved{})
	s.Delete(store.RecordKey{Kind: kind, Key: key})
}

// Delete deletes records whatever becomes of them meanwhile.
func (s *Step) Delete(keys ...store.RecordKey) { s.batch.Delete = append(s.batch.Delete, keys...) }

// Stored returns a record that was saved in this step, as it is in the store once the step is
// committed.
func (s *Step) Stored(kind, key string) Known {
	i := s.puts[store.RecordKey{Kind: kind, Key: key}]
	r := s.batch.Put[i]
	r.Version++
	return Known{Record: r, Doc: s.saved[i].Doc}
}

// DecodeInto decodes a record; nil: nothing is wanted of it.
func DecodeInto(r *store.Record, doc any) error {
	if doc == nil {
		return nil
	}
	if err := json.Unmarshal(r.Body, doc); err != nil {
		return fmt.Errorf("channel: decode %s: stored document is damaged", r.Kind)
	}
	return nil
}
