package template

import (
	"slices"
	"time"
)

// MarshalJSON writes the definition as the create and edit calls expect it,
// followed by what was only read. Nothing that UnmarshalJSON read is lost;
// spelling becomes canonical: enumerations in upper case, language codes as
// CanonicalLanguage writes them, ids as strings, moments as text, members without
// a value left out.
func (d Definition) MarshalJSON() ([]byte, error) {
	w := &writer{}
	// In the order in which a reader looks for things: identity, what decides
	// prices and sending, then the content.
	outer := w.begin(d.Extra)
	w.str("id", d.ID)
	w.str("name", d.Name)
	w.str("language", CanonicalLanguage(d.Language))
	w.str("category", string(d.Category))
	w.str("sub_category", d.SubCategory)
	w.str("previous_category", string(d.PreviousCategory))
	w.str("correct_category", string(d.CorrectCategory))
	w.str("status", string(d.Status))
	w.str("parameter_format", string(d.Format))
	w.int("message_send_ttl_seconds", d.TTL)
	w.str("display_format", d.DisplayFormat)
	w.str("product_set_id", d.ProductSetID)
	w.bool("cta_url_link_tracking_opted_out", d.ClickTrackingOptedOut)
	w.raw("degrees_of_freedom_spec", d.DegreesOfFreedom)
	w.str("library_template_name", d.Library.TemplateName)
	w.raw("library_template_button_inputs", d.Library.ButtonInputs)
	w.raw("library_template_body_inputs", d.Library.BodyInputs)
	if p := d.Optimization; p != nil {
		w.object("optimization_spec", p.Extra, func() {
			w.int("bid_amount", p.BidAmount)
			w.str("bid_strategy", p.BidStrategy)
		})
	}
	w.str("rejected_reason", d.RejectedReason)
	w.str("source", d.Source)
	if !d.LastUpdated.IsZero() {
		w.str("last_updated_time", d.LastUpdated.Format(graphTime))
	}
	d.encodeRatings(w)
	w.components(d.Components)
	w.end(outer)
	return w.buf, nil
}

// encodeRatings writes what Meta thinks of the template.
func (d *Definition) encodeRatings(w *writer) {
	if q := d.Quality; q != nil {
		w.object("quality_score", q.Extra, func() {
			w.str("score", string(q.Score))
			w.int("date", unix(q.Date))
			w.strings("reasons", q.Reasons)
		})
	}
	if h := d.Health; h != nil {
		w.object("health_status", h.Extra, func() {
			w.str("can_send_message", string(h.CanSend))
			if len(h.Entities) > 0 {
				w.list("entities", len(h.Entities), func(i int) {
					e := &h.Entities[i]
					outer := w.begin(e.Extra)
					w.str("entity_type", e.Type)
					w.str("id", e.ID)
					w.str("can_send_message", string(e.CanSend))
					w.end(outer)
				})
			}
		})
	}
}

// unix returns Unix seconds, 0 for the zero time.
func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// components writes the list unless it is nil: an empty one is kept.
func (w *writer) components(list []Component) {
	// Nil components are a mistake that Validate reports; writing null for them
	// would only hide which one it was.
	list = slices.DeleteFunc(slices.Clone(list), func(c Component) bool { return c == nil })
	if list == nil {
		return
	}
	w.list("components", len(list), func(i int) { list[i].encode(w) })
}

// typed writes an object that begins with its type.
func (w *writer) typed(kind string, extra Extra, members func()) {
	outer := w.begin(extra)
	w.str("type", kind)
	members()
	w.end(outer)
}

// encode writes the samples under the keys that Meta reads; a sample under a
// wrong key is a frequent reason for a refusal.
func (h *Header) encode(w *writer) {
	w.typed(string(TypeHeader), h.Extra, func() {
		w.str("format", string(h.Format))
		w.str("text", h.Text)
		// An example without samples says nothing, so that it is left out.
		e := &h.Example
		if len(e.Text)+len(e.Named)+len(e.Handle)+len(e.Extra) > 0 {
			w.object("example", e.Extra, func() {
				w.strings("header_text", e.Text)
				w.named("header_text_named_params", e.Named)
				w.strings("header_handle", e.Handle)
			})
		}
	})
}

// encode writes numbered samples as a list in a list.
func (b *Body) encode(w *writer) {
	w.typed(string(TypeBody), b.Extra, func() {
		w.str("text", b.Text)
		w.bool("add_security_recommendation", b.AddSecurityRecommendation)
		e := &b.Example
		if len(e.Positional)+len(e.Named)+len(e.Extra) > 0 {
			w.object("example", e.Extra, func() {
				if len(e.Positional) > 0 {
					w.list("body_text", 1, func(int) { w.buf = appendStrings(w.buf, e.Positional) })
				}
				w.named("body_text_named_params", e.Named)
			})
		}
	})
}

// named writes the samples of named variables.
func (w *writer) named(key string, list []NamedExample) {
	if len(list) == 0 {
		return
	}
	w.list(key, len(list), func(i int) {
		outer := w.begin(list[i].Extra)
		w.str("param_name", list[i].Name)
		w.str("example", list[i].Example)
		w.end(outer)
	})
}

// encode writes the text or, for authentication templates, the minutes.
func (f *Footer) encode(w *writer) {
	w.typed(string(TypeFooter), f.Extra, func() {
		w.str("text", f.Text)
		w.int("code_expiration_minutes", f.ExpirationMinutes)
	})
}

// encode leaves out buttons that are nil.
func (b *Buttons) encode(w *writer) {
	w.typed(string(TypeButtons), b.Extra, func() {
		list := slices.DeleteFunc(slices.Clone(b.Buttons), func(b Button) bool { return b == nil })
		if len(list) > 0 {
			w.list("buttons", len(list), func(i int) { list[i].encode(w) })
		}
	})
}

// encode writes the cards, which are objects with nothing but components.
func (c *Carousel) encode(w *writer) {
	w.typed(string(TypeCarousel), c.Extra, func() {
		if len(c.Cards) == 0 {
			return
		}
		w.list("cards", len(c.Cards), func(i int) {
			outer := w.begin(c.Cards[i].Extra)
			w.components(c.Cards[i].Components)
			w.end(outer)
		})
	})
}

// encode writes an object within an object of the same name, as Meta has it.
func (l *LimitedTimeOffer) encode(w *writer) {
	w.typed(string(TypeLimitedTimeOffer), l.Extra, func() {
		if l.Text == "" && l.HasExpiration == nil && len(l.InnerExtra) == 0 {
			return
		}
		w.object("limited_time_offer", l.InnerExtra, func() {
			w.str("text", l.Text)
			w.bool("has_expiration", l.HasExpiration)
		})
	})
}

// encode writes the type and nothing else.
func (c *CallPermissionRequest) encode(w *writer) {
	w.typed(string(TypeCallPermissionRequest), c.Extra, func() {})
}

// encode writes the component as it came.
func (c *UnknownComponent) encode(w *writer) { w.element(c.Raw) }
