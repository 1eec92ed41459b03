package step

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// An encoder says how a type is encoded. It is worked out once, and gives byte for byte what encoding/json
// gives. Whatever is not text, a number, a time, or a struct, list or pointer of these, that one is asked for.
type encoder struct {
	as      reflect.Kind // asTime, asAsked, reflect.Int for all such, or what it is
	members []member     // of a struct
	elem    *encoder     // of a list or pointer
}

const asAsked, asTime = reflect.Invalid, reflect.UnsafePointer + 1

type member struct {
	*encoder
	index  int
	name   string // with what stands around it; "": embedded, its members stand among the others
	absent func(v reflect.Value) bool
}

var (
	encoders sync.Map // *encoder by reflect.Type
	buffers  = sync.Pool{New: func() any { return new([]byte) }}
)

// Encode returns the JSON of what doc points to, as json.Marshal does.
func Encode(doc any) ([]byte, error) {
	v := reflect.ValueOf(doc)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return json.Marshal(doc)
	}
	v = v.Elem()
	e, ok := encoders.Load(v.Type())
	if !ok {
		e = encoderOf(v.Type(), map[reflect.Type]bool{})
		encoders.Store(v.Type(), e)
	}
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	all, err := e.(*encoder).append((*buffer)[:0], v)
	*buffer = all
	return bytes.Clone(all), err
}

// encoderOf makes the encoder of a type, which is part of those around it.
func encoderOf(t reflect.Type, around map[reflect.Type]bool) *encoder {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return &encoder{as: asTime}
	case around[t], hasOwnJSON(t), t == reflect.TypeFor[json.Number]():
		return &encoder{}
	}
	around[t] = true
	defer delete(around, t)
	e := &encoder{as: t.Kind()}
	switch ok := false; e.as {
	case reflect.String, reflect.Bool:
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		e.as = reflect.Int
	case reflect.Pointer, reflect.Slice:
		if e.elem = encoderOf(t.Elem(), around); t.Elem().Kind() == reflect.Uint8 { // bytes are base64
			e.as = asAsked
		}
	case reflect.Struct:
		if e.members, ok = membersOf(t, map[string]bool{}, around); !ok {
			e.as = asAsked
		}
	default:
		e.as = asAsked
	}
	return e
}

// membersOf are those of a struct, after others with names; false: there is more to them.
func membersOf(t reflect.Type, names map[string]bool, around map[reflect.Type]bool) (all []member, ok bool) {
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		m := member{index: i}
		switch {
		case field.Tag.Get("json") == "-", !field.IsExported() && !field.Anonymous:
			continue
		case field.Anonymous:
			m.encoder = new(encoder)
			m.members, ok = nil, name+options == "" && field.Type.Kind() == reflect.Struct && !hasOwnJSON(field.Type)
			if ok {
				m.members, ok = membersOf(field.Type, names, around)
			}
		default:
			if name == "" {
				name = field.Name
			}
			m.absent, ok = absence(field.Type, options)
			ok = ok && !names[name] && strings.Trim(strings.ToLower(name), "_0123456789abcdefghijklmnopqrstuvwxyz") == ""
			names[name], m.name, m.encoder = true, `,"`+name+`":`, encoderOf(field.Type, around)
		}
		if !ok {
			return nil, false
		}
		all = append(all, m)
	}
	return all, true
}

// absence says when a field is left out, by the options of its tag; false: there is more to them.
func absence(t reflect.Type, options string) (absent func(v reflect.Value) bool, ok bool) {
	type zero interface{ IsZero() bool }
	switch kind := t.Kind(); {
	case options == "":
		return nil, true
	case options == "omitempty" && (kind == reflect.String || kind == reflect.Slice || kind == reflect.Map):
		return func(v reflect.Value) bool { return v.Len() == 0 }, true
	case options == "omitempty" && kind != reflect.Struct && kind != reflect.Array:
		return reflect.Value.IsZero, true
	case options != "omitzero" || kind == reflect.Pointer || kind == reflect.Interface:
		return nil, false
	case reflect.PointerTo(t).Implements(reflect.TypeFor[zero]()):
		return func(v reflect.Value) bool { return v.Addr().Interface().(zero).IsZero() }, true
	}
	return reflect.Value.IsZero, true
}

// append appends the JSON of a value that can be addressed.
func (e *encoder) append(to []byte, v reflect.Value) (_ []byte, err error) {
	switch start := len(to); e.as {
	case reflect.String:
		if s := v.String(); plain(s) {
			return append(append(append(to, '"'), s...), '"'), nil
		}
	case reflect.Bool:
		return strconv.AppendBool(to, v.Bool()), nil
	case reflect.Int:
		return strconv.AppendInt(to, v.Int(), 10), nil
	case asTime:
		to, err = v.Addr().Interface().(*time.Time).AppendText(append(to, '"'))
		return append(to, '"'), err
	case reflect.Struct:
		if to, err = e.appendMembers(to, v); err != nil || len(to) == start {
			return append(to, "{}"...), err
		}
		to[start] = '{' // instead of the first comma
		return append(to, '}'), nil
	case reflect.Pointer:
		if !v.IsNil() {
			return e.elem.append(to, v.Elem())
		}
	case reflect.Slice:
		for i := 0; i < v.Len() && err == nil; i++ {
			to, err = e.elem.append(append(to, ','), v.Index(i))
		}
		if len(to) > start && err == nil {
			to[start] = '['
			return append(to, ']'), nil
		}
	}
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(v.Addr().Interface())
	return append(to, body...), err
}

// appendMembers appends those of a struct, with a comma before each.
func (e *encoder) appendMembers(to []byte, v reflect.Value) (_ []byte, err error) {
	for i := 0; i < len(e.members) && err == nil; i++ {
		m := &e.members[i]
		switch f := v.Field(m.index); {
		case m.name == "":
			to, err = m.appendMembers(to, f)
		case m.absent == nil || !m.absent(f):
			to, err = m.append(append(to, m.name...), f)
		}
	}
	return to, err
}

// plain says that a text stands in JSON as it is.
func plain(s string) bool {
	ascii := true
	for i := range len(s) {
		switch c := s[i]; {
		case c >= utf8.RuneSelf:
			ascii = false
		case c < ' ', c == '"', c == '\\', c == '<', c == '>', c == '&':
			return false
		}
	}
	return ascii || utf8.ValidString(s) && !strings.ContainsAny(s, "\u2028\u2029")
}
