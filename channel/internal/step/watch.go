package step

import (
	"bytes"
	"encoding/json"
	"reflect"
	"sync/atomic"

	"github.com/kanava-go/kanava/channel/store"
)

// What [Watch] sets; nil: nobody looks.
var (
	altered func(kind, key string)
	every   int64
	watched atomic.Int64
)

// Watch has f told of documents that somebody has changed although they are everybody's: that were given away,
// seen or looked at (see [Step.Give], [See] and [Peek]). One of n steps is looked at. It is for tests, before
// anything runs, since it costs more than everything else about a step.
func Watch(n int, f func(kind, key string)) { every, altered = int64(n), f }

// watch looks at the documents that the step shares.
func (s *Step) watch() {
	if altered == nil || watched.Add(1)%every != 0 {
		return
	}
	for _, r := range s.read {
		if r.guessed { // it was shared before
			watch(&r.Record, r.document())
		}
	}
	for i := range s.saved {
		watch(&s.batch.Put[i], s.saved[i].Doc)
	}
}

// watch looks whether a document is still what decoding the record gives.
func watch(r *store.Record, doc any) {
	if doc == nil {
		return
	}
	stored := reflect.New(reflect.TypeOf(doc).Elem()).Interface()
	if DecodeInto(r, stored) != nil {
		return
	}
	is, err := json.Marshal(doc)
	was, err2 := json.Marshal(stored)
	if err != nil || err2 != nil || !bytes.Equal(is, was) {
		altered(r.Kind, r.Key)
	}
}
