package redact

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
)

// ReplaceAttr redacts the value of a. It has the form of the field of that name
// in [slog.HandlerOptions], where it covers the message and every attribute:
//
//	slog.HandlerOptions{ReplaceAttr: r.ReplaceAttr}
//
// Strings, errors and integers that are written as a card number are looked at
// as text; any other value in the forms that the handlers of log/slog give it.
// A value with a card number becomes a string, or JSON with the number masked.
// Keys are never changed. It is safe for concurrent use.
func (r *Redactor) ReplaceAttr(_ []string, a slog.Attr) slog.Attr {
	if v, changed := r.logValue(a.Value); changed {
		a.Value = v
	}
	return a
}

// Handler returns a handler that redacts the message and the attributes of each
// record, groups included, before next sees them. Records without a card number
// pass unchanged; what they cost depends on their values, since all but strings,
// errors and short integers must be written out to be looked at. next must not
// be nil.
func (r *Redactor) Handler(next slog.Handler) slog.Handler {
	return &handler{r: r, next: next}
}

type handler struct {
	r    *Redactor
	next slog.Handler
}

func (h *handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

func (h *handler) WithGroup(name string) slog.Handler {
	return &handler{r: h.r, next: h.next.WithGroup(name)}
}

func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	if safe, changed := h.r.logAttrs(attrs); changed {
		attrs = safe
	}
	return &handler{r: h.r, next: h.next.WithAttrs(attrs)}
}

func (h *handler) Handle(ctx context.Context, rec slog.Record) error {
	changed := false
	rec.Attrs(func(a slog.Attr) bool {
		_, changed = h.r.logValue(a.Value)
		return !changed
	})
	message := h.r.String(rec.Message)
	if !changed && message == rec.Message {
		return h.next.Handle(ctx, rec)
	}
	safe := slog.NewRecord(rec.Time, rec.Level, message, rec.PC)
	rec.Attrs(func(a slog.Attr) bool {
		safe.AddAttrs(h.r.ReplaceAttr(nil, a))
		return true
	})
	return h.next.Handle(ctx, safe)
}

// logAttrs returns attrs redacted, and whether anything changed. The result is
// attrs itself if not.
func (r *Redactor) logAttrs(attrs []slog.Attr) (safe []slog.Attr, changed bool) {
	safe = attrs
	for i, a := range attrs {
		v, c := r.logValue(a.Value)
		if !c {
			continue
		}
		if !changed {
			safe, changed = append([]slog.Attr(nil), attrs...), true
		}
		safe[i].Value = v
	}
	return safe, changed
}

// logValue returns v redacted, and whether it must replace v: because a number
// was masked, or because v computes a value that may be another next time.
func (r *Redactor) logValue(v slog.Value) (safe slog.Value, changed bool) {
	switch v.Kind() {
	case slog.KindString:
		s := v.String()
		if clean := r.String(s); clean != s {
			return slog.StringValue(clean), true
		}
	case slog.KindInt64:
		return r.logNumber(strconv.AppendInt(nil, v.Int64(), 10), v)
	case slog.KindUint64:
		return r.logNumber(strconv.AppendUint(nil, v.Uint64(), 10), v)
	case slog.KindGroup:
		if attrs, changed := r.logAttrs(v.Group()); changed {
			return slog.GroupValue(attrs...), true
		}
	case slog.KindLogValuer:
		v = v.Resolve()
		if safe, changed := r.logValue(v); changed {
			return safe, true
		}
		return v, true
	case slog.KindAny:
		return r.logAny(v)
	}
	return v, false
}

func (r *Redactor) logNumber(digits []byte, v slog.Value) (slog.Value, bool) {
	if len(digits) < minDigits {
		return v, false
	}
	if s := string(digits); r.String(s) != s {
		return slog.StringValue(r.String(s)), true
	}
	return v, false
}

// logAny redacts a value of any type in the forms that handlers may write.
func (r *Redactor) logAny(v slog.Value) (safe slog.Value, changed bool) {
	switch x := v.Any().(type) {
	case nil, *slog.Source:
		return v, false
	case error:
		return r.logText(x.Error(), v)
	case []byte:
		return r.logText(string(x), v)
	}
	// What panics here would panic again in a handler, which says so in the
	// log; the text of the panic might hold anything.
	defer func() {
		if recover() != nil {
			safe, changed = slog.StringValue("[a value that panics]"), true
		}
	}()
	if doc, err := json.Marshal(v.Any()); err == nil {
		if clean, err := r.Values(doc, nil); err == nil && string(clean) != string(doc) {
			return slog.AnyValue(json.RawMessage(clean)), true
		}
	}
	return r.logText(fmt.Sprintf("%+v", v.Any()), v)
}

func (r *Redactor) logText(s string, v slog.Value) (slog.Value, bool) {
	if clean := r.String(s); clean != s {
		return slog.StringValue(clean), true
	}
	return v, false
}
