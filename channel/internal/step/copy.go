package step

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Documents are kept decoded, and everybody gets a copy with which they may do what they like. A
// plan says how to copy a type: most fields hold no references and are copied along with what they
// are part of.

// plan is how values of one type are copied.
type plan struct {
	how    how
	fields []planned // of a struct: those that hold references or texts
	shared []planned // of these, what is not copied along with the struct
	elem   *plan     // of a pointer, slice or map
}

type planned struct {
	index int
	plan  *plan
	empty bool // an empty one is not written
}

type how int

const (
	flat     how = iota // no references
	text                // a string: JSON replaces what is not UTF-8 in it
	moment              // a time.Time, which JSON takes the monotonic clock from
	verbatim            // json.RawMessage, which JSON rewrites
	own                 // has a JSON of its own, and no references
	absent              // is not part of the JSON
	hidden              // neither, and cannot be set
	fields
	pointer
	list
	table
	foreign // cannot be copied
)

var plans sync.Map // plan by reflect.Type

func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	p := makePlan(t, map[reflect.Type]bool{})
	plans.Store(t, p)
	return p
}

// makePlan makes a plan of a type that is none of those around it.
func makePlan(t reflect.Type, around map[reflect.Type]bool) *plan {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return &plan{how: moment}
	case t == reflect.TypeFor[json.RawMessage]():
		return &plan{how: verbatim}
	case around[t]:
		return &plan{how: foreign} // it may go in circles
	case hasOwnJSON(t):
		if holdsReferences(t) {
			return &plan{how: foreign}
		}
		return &plan{how: own}
	}
	return makePlainPlan(t, around)
}

func holdsReferences(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			if holdsReferences(t.Field(i).Type) {
				return true
			}
		}
		return false
	case reflect.Array:
		return holdsReferences(t.Elem())
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return t != reflect.TypeFor[*time.Location]()
	default:
		return false
	}
}

func hasOwnJSON(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	for _, own := range []reflect.Type{
		reflect.TypeFor[json.Marshaler](), reflect.TypeFor[json.Unmarshaler](),
		reflect.TypeFor[encoding.TextMarshaler](), reflect.TypeFor[encoding.TextUnmarshaler](),
	} {
		if p.Implements(own) {
			return true
		}
	}
	return false
}

// makePlainPlan makes a plan of a type whatever its JSON is.
func makePlainPlan(t reflect.Type, around map[reflect.Type]bool) *plan {
	around[t] = true
	defer delete(around, t)
	switch t.Kind() {
	case reflect.String:
		return &plan{how: text}
	case reflect.Struct:
		p := &plan{}
		for i := range t.NumField() {
			field := t.Field(i)
			f := makePlan(field.Type, around)
			seen := field.IsExported() || field.Anonymous && field.Type.Kind() == reflect.Struct
			name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			switch {
			case f.how == flat && !seen:
				p.how, p.fields = fields, append(p.fields, planned{i, &plan{how: hidden}, false})
			case f.how == flat && name != "-":
			case f.how == foreign, !seen:
				return &plan{how: foreign}
			case name == "-":
				p.how, p.fields = fields, append(p.fields, planned{i, &plan{how: absent}, false})
			default:
				p.how, p.fields = fields, append(p.fields, planned{i, f, strings.Contains(options, "omitempty")})
				if f.shares() {
					p.shared = append(p.shared, p.fields[len(p.fields)-1])
				}
			}
		}
		return p
	case reflect.Pointer, reflect.Slice, reflect.Map:
		p := &plan{how: map[reflect.Kind]how{reflect.Pointer: pointer, reflect.Slice: list, reflect.Map: table}[t.Kind()]}
		if p.elem = makePlan(t.Elem(), around); p.elem.how == foreign || t.Kind() == reflect.Map && t.Key().Kind() != reflect.String {
			return &plan{how: foreign}
		}
		return p
	case reflect.Array, reflect.Interface, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return &plan{how: foreign}
	default:
		return &plan{}
	}
}

// shares says whether a shallow copy shares anything with what it was copied from.
func (p *plan) shares() bool {
	switch p.how {
	case fields:
		return len(p.shared) > 0
	case verbatim, pointer, list, table:
		return true
	}
	return false
}

// part makes v, which is a shallow copy, share nothing with what it was copied from.
func (p *plan) part(v reflect.Value) {
	switch p.how {
	case fields:
		for i := range p.shared {
			p.shared[i].plan.part(v.Field(p.shared[i].index))
		}
	case pointer:
		if !v.IsNil() {
			c := reflect.New(v.Type().Elem())
			c.Elem().Set(v.Elem())
			p.elem.part(c.Elem())
			v.Set(c)
		}
	case verbatim:
		if !v.IsNil() {
			v.SetBytes(append([]byte{}, v.Bytes()...))
		}
	case list:
		if v.IsNil() {
			return
		}
		c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(c, v)
		if p.elem.shares() {
			for i := range c.Len() {
				p.elem.part(c.Index(i))
			}
		}
		v.Set(c)
	case table:
		if v.IsNil() {
			return
		}
		c := reflect.MakeMapWithSize(v.Type(), v.Len())
		for i := v.MapRange(); i.Next(); {
			e := reflect.New(v.Type().Elem()).Elem()
			e.Set(i.Value())
			p.elem.part(e)
			c.SetMapIndex(i.Key(), e)
		}
		v.Set(c)
	}
}

// settle makes of v, which shares nothing, what decoding its JSON would give, and reports whether
// that is so.
func (p *plan) settle(v reflect.Value) bool {
	switch p.how {
	case text:
		return utf8.ValidString(v.String())
	case moment:
		t := v.Addr().Interface().(*time.Time)
		*t = t.Round(0).UTC()
	case verbatim:
		if v.Len() == 0 {
			return true
		}
		body, err := json.Marshal(json.RawMessage(v.Bytes()))
		v.SetBytes(body)
		return err == nil
	case absent:
		v.SetZero()
	case hidden:
		return v.IsZero()
	case own:
		if v.IsZero() {
			return true
		}
		body, err := json.Marshal(v.Addr().Interface())
		return err == nil && json.Unmarshal(body, v.Addr().Interface()) == nil
	case fields:
		for i := range p.fields {
			f := v.Field(p.fields[i].index)
			if !p.fields[i].plan.settle(f) {
				return false
			}
			if p.fields[i].empty && f.Kind() == reflect.Slice && f.Len() == 0 {
				f.SetZero()
			}
		}
	case pointer:
		return v.IsNil() || p.elem.settle(v.Elem())
	case list:
		if p.elem.how != flat {
			for i := range v.Len() {
				if !p.elem.settle(v.Index(i)) {
					return false
				}
			}
		}
	case table:
		return v.IsNil() // a rare thing that is not worth more
	}
	return true
}

// copyOf returns a copy of what doc points to, nil if it cannot be copied.
func copyOf(doc any) any {
	v := reflect.ValueOf(doc).Elem()
	p := planOf(v.Type())
	if p.how == foreign {
		return nil
	}
	c := reflect.New(v.Type())
	c.Elem().Set(v)
	p.part(c.Elem())
	return c.Interface()
}

// asDecoded returns what decoding the JSON of doc would give, a pointer to it or it itself; nil if
// only decoding can tell.
func asDecoded(doc any) any {
	v := reflect.ValueOf(doc)
	if v.Kind() != reflect.Pointer {
		c := reflect.New(v.Type())
		c.Elem().Set(v)
		v = c
	}
	if v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return nil
	}
	c := copyOf(v.Interface())
	if c == nil || !planOf(v.Elem().Type()).settle(reflect.ValueOf(c).Elem()) {
		return nil
	}
	return c
}

// settled makes of doc, a pointer, what decoding its JSON would give, and returns it; nil if only decoding can tell.
func settled(doc any) any {
	v := reflect.ValueOf(doc).Elem()
	if p := planOf(v.Type()); p.how != fields || !p.settle(v) {
		return nil
	}
	return doc
}

// Copy gives the document that from points to to the caller: what to points to shares nothing with it.
// It is for types of which everything can be copied, and panics for others.
func Copy[T any](to, from *T) {
	if planOf(reflect.TypeFor[T]()).how == foreign {
		panic("step: " + reflect.TypeFor[T]().String() + " cannot be copied")
	}
	copyInto(to, from)
}

// copyInto gives what from points to, to what to points to, if they are of one type.
func copyInto(to, from any) bool {
	t, f := reflect.ValueOf(to).Elem(), reflect.ValueOf(from).Elem()
	if t.Type() != f.Type() {
		return false
	}
	t.Set(f)
	planOf(t.Type()).part(t)
	return true
}
