package step

import (
	"encoding/json"
	"maps"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/kanava-go/kanava/internal/jsonscan"
)

// A process may meet documents of a newer release that runs beside it. What it does not know in them
// it keeps as it is when it writes them: fields at any depth, except in a part that it removes.
// Elements of a list are taken for the same by their place, unless the list has become shorter.

// shape says which fields of a document a type knows.
type shape struct {
	kind   reflect.Kind // Struct, Map or Slice; Interface: see own; Invalid: all of it is known
	fields map[string]*shape
	elem   *shape
	// own is a type that has a JSON of its own. It knows what it writes of what it reads.
	own reflect.Type
}

var (
	shapes sync.Map // *shape by reflect.Type
	scans  = sync.Pool{New: func() any { return new(jsonscan.Doc) }}
)

// opaque is a value of which nothing inside is looked at.
var opaque = &shape{}

func shapeOf(t reflect.Type) *shape {
	if s, ok := shapes.Load(t); ok {
		return s.(*shape)
	}
	s := makeShape(t, map[reflect.Type]bool{})
	shapes.Store(t, s)
	return s
}

// makeShape makes the shape of a type that is none of those around it.
func makeShape(t reflect.Type, around map[reflect.Type]bool) *shape {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[time.Time]() || t == reflect.TypeFor[json.RawMessage]() || around[t]:
		return opaque
	case hasOwnJSON(t):
		return &shape{kind: reflect.Interface, own: t}
	}
	around[t] = true
	defer delete(around, t)
	switch t.Kind() {
	case reflect.Struct:
		s := &shape{kind: reflect.Struct, fields: map[string]*shape{}}
		for i := range t.NumField() {
			field := t.Field(i)
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			inner := makeShape(field.Type, around)
			switch {
			case name == "-", !field.IsExported() && !field.Anonymous:
			case field.Anonymous && name == "" && inner.kind == reflect.Struct:
				maps.Copy(s.fields, inner.fields)
			case name == "":
				s.fields[field.Name] = inner
			default:
				s.fields[name] = inner
			}
		}
		return s
	case reflect.Map:
		return &shape{kind: reflect.Map, elem: makeShape(t.Elem(), around)}
	case reflect.Slice, reflect.Array:
		if elem := makeShape(t.Elem(), around); elem.kind != reflect.Invalid {
			return &shape{kind: reflect.Slice, elem: elem}
		}
	}
	return opaque
}

// part is what is known of a member or element with a name.
func (s *shape) part(name string) (part *shape, known bool) {
	if s.kind == reflect.Struct {
		part, known = s.fields[name]
		return part, known
	}
	return s.elem, true
}

// knows says whether there is nothing in a value that its type does not know.
func (s *shape) knows(v jsonscan.Value) bool {
	switch {
	case s.kind == reflect.Invalid:
		return true
	case s.own != nil:
		return v.Kind() != jsonscan.Object || !lacks(s.known(json.RawMessage(v.Raw())), json.RawMessage(v.Raw()))
	}
	it := v.Iter()
	for it.Next() {
		if part, known := s.part(it.Key()); !known || !part.knows(it.Value()) {
			return false
		}
	}
	return true
}

// keep returns the JSON of a document of type t with what only the stored one has, and whether there
// is anything of the kind.
func keep(body, stored []byte, t reflect.Type) ([]byte, bool) {
	s := shapeOf(t)
	doc := scans.Get().(*jsonscan.Doc)
	known := doc.Parse(string(stored)) != nil || s.knows(doc.Root())
	doc.Reset()
	scans.Put(doc)
	if known {
		return body, false
	}
	return s.merge(body, stored), true
}

// Keep returns the JSON of a document, doc, with what only the stored one has.
func Keep(body, stored []byte, doc any) []byte {
	body, _ = keep(body, stored, reflect.TypeOf(doc))
	return body
}

// merge is body with what only the stored value has and the type does not know.
func (s *shape) merge(body, stored json.RawMessage) json.RawMessage {
	switch s.kind {
	case reflect.Struct, reflect.Map:
		now, before := map[string]json.RawMessage{}, map[string]json.RawMessage{}
		if json.Unmarshal(body, &now) != nil || json.Unmarshal(stored, &before) != nil || now == nil {
			return body
		}
		for name, old := range before {
			part, known := s.part(name)
			value, there := now[name]
			switch {
			case !known && !there:
				now[name] = old
			case known && there:
				now[name] = part.merge(value, old)
			}
		}
		return encode(now, body)
	case reflect.Slice:
		var now, before []json.RawMessage
		if json.Unmarshal(body, &now) != nil || json.Unmarshal(stored, &before) != nil || len(now) < len(before) {
			return body
		}
		for i := range before {
			now[i] = s.elem.merge(now[i], before[i])
		}
		return encode(now, body)
	case reflect.Interface:
		return add(body, stored, s.known(stored))
	}
	return body
}

// known is what a type that has a JSON of its own writes of what it reads; nil if it cannot read it.
func (s *shape) known(stored json.RawMessage) json.RawMessage {
	v := reflect.New(s.own).Interface()
	if json.Unmarshal(stored, v) != nil {
		return nil
	}
	all, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return all
}

// members are those of an object, nil if it is none.
func members(text json.RawMessage) (all map[string]json.RawMessage) {
	_ = json.Unmarshal(text, &all)
	return all
}

// lacks says whether there are members in what is stored that are not known.
func lacks(known, stored json.RawMessage) bool {
	k := members(known)
	if k == nil {
		return false
	}
	for name, old := range members(stored) {
		if inner, ok := k[name]; !ok || lacks(inner, old) {
			return true
		}
	}
	return false
}

// add is body with the members of what is stored that are not known.
func add(body, stored, known json.RawMessage) json.RawMessage {
	now, k := members(body), members(known)
	if now == nil || k == nil {
		return body
	}
	for name, old := range members(stored) {
		inner, isKnown := k[name]
		value, there := now[name]
		switch {
		case !isKnown && !there:
			now[name] = old
		case isKnown && there:
			now[name] = add(value, old, inner)
		}
	}
	return encode(now, body)
}

func encode(merged any, body json.RawMessage) json.RawMessage {
	if all, err := json.Marshal(merged); err == nil {
		return all
	}
	return body
}
