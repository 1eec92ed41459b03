package step

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/kanava-go/kanava/channel/store"
)

// Known is a record that was read, with its document if that is decoded already.
type Known struct {
	store.Record
	Doc any
}

// missing is what is read where nothing is stored.
var missing Known

// Load reads a record into doc, which may be nil, and reports whether it exists. It sees the
// step's own changes. What doc points to may be shared: a step replaces parts of it, and changes
// none.
func (s *Step) Load(kind, key string, doc any) (bool, error) {
	id := store.RecordKey{Kind: kind, Key: key}
	if i, ok := s.puts[id]; ok {
		return true, DecodeInto(&s.batch.Put[i], doc)
	}
	r, ok := s.read[id]
	if !ok {
		if err := s.Prefetch(kind, key); err != nil {
			return false, err
		}
		r = s.read[id]
	}
	if r.Version == 0 {
		return false, nil
	}
	return true, r.decode(doc)
}

// Prefetch reads several records of one kind in one go.
func (s *Step) Prefetch(kind string, keys ...string) error {
	records, err := s.steps.Store.Get(s.Ctx, kind, keys...)
	if err != nil {
		return fmt.Errorf("channel: read %s: %w", kind, err)
	}
	for i := range records {
		s.read[records[i].ID()] = &Known{Record: records[i]}
	}
	for _, key := range keys {
		if id := (store.RecordKey{Kind: kind, Key: key}); s.read[id] == nil {
			s.read[id] = &missing
		}
	}
	return nil
}

// Forget has a record read again when it is loaded next.
func (s *Step) Forget(id store.RecordKey) { delete(s.read, id) }

// Save puts a document. It must have been loaded in this step, so that its version is known.
func (s *Step) Save(kind, key, parent string, sort int64, doc any) error {
	body, err := json.Marshal(doc)
	if err != nil {
		return fmt.Errorf("channel: encode %s: %w", kind, err)
	}
	id := store.RecordKey{Kind: kind, Key: key}
	r := store.Record{Kind: kind, Key: key, Parent: parent, Sort: sort, Body: body}
	if stored := s.read[id]; stored != nil {
		r.Version = stored.Version
	}
	if i, ok := s.puts[id]; ok {
		s.batch.Put[i] = r
		return nil
	}
	s.puts[id] = len(s.batch.Put)
	s.batch.Put = append(s.batch.Put, r)
	return nil
}

// Remove deletes a record that was loaded in this step, unless somebody changes it meanwhile.
func (s *Step) Remove(kind, key string) error {
	if err := s.Save(kind, key, "", 0, struct{}{}); err != nil {
		return err
	}
	s.Delete(store.RecordKey{Kind: kind, Key: key})
	return nil
}

// Delete deletes records whatever becomes of them meanwhile.
func (s *Step) Delete(keys ...store.RecordKey) { s.batch.Delete = append(s.batch.Delete, keys...) }

// Stored returns a record that was saved in this step, as it is in the store once the step is
// committed.
func (s *Step) Stored(kind, key string) store.Record {
	r := s.batch.Put[s.puts[store.RecordKey{Kind: kind, Key: key}]]
	r.Version++
	return r
}

// decode sets doc to the document; nil: nothing is wanted of it.
func (k *Known) decode(doc any) error {
	if k.Doc == nil || doc == nil {
		return DecodeInto(&k.Record, doc)
	}
	reflect.ValueOf(doc).Elem().Set(reflect.ValueOf(k.Doc).Elem())
	return nil
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
