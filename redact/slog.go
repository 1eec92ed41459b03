package redact

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
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
	a.Value = r.logValue(a.Value)
	return a
}

// Handler returns a handler that redacts the message and the attributes of each
// record, groups included, before next sees them. What that costs depends on the
// values, since all but strings, errors and short integers must be written out to be
// looked at. next must not be nil.
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
	return &handler{r: h.r, next: h.next.WithAttrs(h.r.logAttrs(attrs))}
}

func (h *handler) Handle(ctx context.Context, rec slog.Record) error {
	safe := slog.NewRecord(rec.Time, rec.Level, h.r.String(rec.Message), rec.PC)
	rec.Attrs(func(a slog.Attr) bool {
		safe.AddAttrs(h.r.ReplaceAttr(nil, a))
		return true
	})
	return h.next.Handle(ctx, safe)
}

func (r *Redactor) logAttrs(attrs []slog.Attr) []slog.Attr {
	safe := slices.Clone(attrs)
	for i := range safe {
		safe[i] = r.ReplaceAttr(nil, safe[i])
	}
	return safe
}

// logValue returns v redacted.
func (r *Redactor) logValue(v slog.Value) slog.Value {
	switch v.Kind() {
	case slog.KindString:
		return r.logText(v.String(), v)
	case slog.KindInt64, slog.KindUint64:
		if v.Kind() == slog.KindUint64 || v.Int64() >= 1e11 || v.Int64() <= -1e11 { // twelve digits
			return r.logText(v.String(), v)
		}
	case slog.KindGroup:
		return slog.GroupValue(r.logAttrs(v.Group())...)
	case slog.KindLogValuer:
		return r.logValue(v.Resolve()) // it might be another the next time
	case slog.KindAny:
		return r.logAny(v)
	}
	return v
}

// logAny redacts a value of any type in the forms that handlers may write.
func (r *Redactor) logAny(v slog.Value) (safe slog.Value) {
	switch x := v.Any().(type) {
	case nil, *slog.Source:
		return v
	case error:
		return r.logText(x.Error(), v)
	case []byte:
		return r.logText(string(x), v)
	}
	// What panics here would panic again in a handler, which says so in the
	// log; the text of the panic might hold anything.
	defer func() {
		if recover() != nil {
			safe = slog.StringValue("[a value that panics]")
		}
	}()
	if doc, err := json.Marshal(v.Any()); err == nil {
		if clean, err := r.Values(doc, nil); err == nil && string(clean) != string(doc) {
			return slog.AnyValue(json.RawMessage(clean))
		}
	}
	return r.logText(fmt.Sprintf("%+v", v.Any()), v)
}

// logText returns s redacted, or v if that leaves it as it is.
func (r *Redactor) logText(s string, v slog.Value) slog.Value {
	if clean := r.String(s); clean != s {
		return slog.StringValue(clean)
	}
	return v
}
