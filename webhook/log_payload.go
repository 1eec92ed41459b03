package webhook

import "log/slog"

// LogValue shows kinds and hashes.
func (m Message) LogValue() slog.Value {
	return brief("message", hashed("id", m.ID), slog.Any("from", m.From), hashed("group", m.GroupID),
		slog.Any("content", m.Content), slog.Bool("reply", m.Context != nil && m.Context.ID != ""), codes(m.Errors))
}

// LogValue shows the code.
func (n ErrorNotice) LogValue() slog.Value { return brief("error", slog.Int("code", n.Error.Code)) }

// LogValue shows the status and hashes.
func (s Status) LogValue() slog.Value {
	return brief("status", hashed("id", s.ID), word("status", string(s.Status)), slog.Any("to", s.Recipient),
		hashed("group", s.GroupID), hashed("opaque", s.OpaqueID), codes(s.Errors))
}

// LogValue shows the status and hashes.
func (s PaymentStatus) LogValue() slog.Value {
	return brief("payment", hashed("reference", s.ReferenceID), word("status", s.Status),
		slog.Any("to", s.Recipient), count("refunds", s.Refunds), hashed("opaque", s.OpaqueID), codes(s.Errors))
}

// LogValue shows the event and hashes.
func (c Call) LogValue() slog.Value {
	return brief("call", hashed("id", c.ID), word("event", string(c.Event)),
		word("direction", string(c.Direction)), slog.Any("user", c.User), word("status", c.Status), codes(c.Errors))
}

// LogValue shows the status and hashes.
func (c CallStatus) LogValue() slog.Value {
	return brief("call status", hashed("id", c.ID), word("status", c.Status), slog.Any("to", c.Recipient), codes(c.Errors))
}

// LogValue shows kinds and hashes.
func (e Echo) LogValue() slog.Value {
	return brief("echo", hashed("id", e.ID), slog.Any("to", e.To), slog.Any("content", e.Content))
}

// LogValue shows kinds and hashes.
func (m StandbyMessage) LogValue() slog.Value {
	return brief("standby message", slog.Any("message", &m.Message))
}

// LogValue shows the status and hashes.
func (s StandbyStatus) LogValue() slog.Value {
	return brief("standby status", slog.Any("status", &s.Status))
}

// LogValue shows the type and hashes.
func (e StandbyEcho) LogValue() slog.Value {
	return brief("standby echo", hashed("id", e.ID), slog.Any("to", e.To), word("type", e.Type), slog.Int("bytes", len(e.Request)))
}

// LogValue shows the kind and a hash of the person.
func (h Handover) LogValue() slog.Value {
	return brief("handover", word("type", string(h.Kind)), slog.Any("user", h.User))
}

// LogValue shows kinds and hashes.
func (m HistoryMessage) LogValue() slog.Value {
	return brief("history message", hashed("id", m.ID), slog.Bool("outbound", m.Outbound), slog.Any("user", m.User),
		slog.Any("content", m.Content), word("status", m.Status))
}

// LogValue shows the position.
func (c HistoryChunk) LogValue() slog.Value {
	return brief("history chunk", slog.Int("phase", c.Phase), slog.Int("order", c.Order), slog.Int("progress", c.Progress))
}

// LogValue shows the codes.
func (d HistoryDeclined) LogValue() slog.Value { return brief("history declined", codes(d.Errors)) }

// LogValue shows the action and a hash of the person.
func (c ContactSync) LogValue() slog.Value {
	return brief("contact sync", word("action", c.Action), slog.Any("contact", c.Contact))
}

// LogValue shows the decision and a hash of the person.
func (u UserPreference) LogValue() slog.Value {
	return brief("user preference", slog.Any("user", u.User), word("category", u.Category), word("value", u.Value))
}

// LogValue shows hashes.
func (u UserIDUpdate) LogValue() slog.Value {
	return brief("user id update", slog.Any("current", u.Current), slog.Any("previous", u.Previous))
}

// LogValue shows the type.
func (u UserAction) LogValue() slog.Value {
	return brief("user action", word("type", u.Type), hashed("click", u.ClickID))
}

// LogValue shows the name and hashes.
func (a AutomaticEvent) LogValue() slog.Value {
	return brief("automatic event", hashed("message", a.MessageID), word("name", a.Name))
}

// LogValue shows the name.
func (e TrackingEvent) LogValue() slog.Value {
	return brief("tracking event", word("name", e.Name), hashed("click", e.ClickID))
}

// LogValue shows hashes and the outcome.
func (g GroupLifecycle) LogValue() slog.Value {
	return brief("group lifecycle", hashed("group", g.GroupID), word("type", g.Type), codes(g.Errors))
}

// LogValue shows hashes and counts.
func (g GroupParticipants) LogValue() slog.Value {
	return brief("group participants", hashed("group", g.GroupID), word("type", g.Type),
		count("added", g.Added), count("removed", g.Removed), count("failed", g.Failed), slog.Any("user", g.User), codes(g.Errors))
}

// LogValue shows a hash and the outcome.
func (g GroupSettings) LogValue() slog.Value {
	return brief("group settings", hashed("group", g.GroupID), codes(g.Errors))
}

// LogValue shows a hash and the type.
func (g GroupStatus) LogValue() slog.Value {
	return brief("group status", hashed("group", g.GroupID), word("type", g.Type))
}

// LogValue shows the template and what happened to it.
func (s TemplateStatus) LogValue() slog.Value {
	return brief("template status", s.Template.attr(), word("event", string(s.Event)), word("reason", s.Reason))
}

// LogValue shows the template and its scores.
func (q TemplateQuality) LogValue() slog.Value {
	return brief("template quality", q.Template.attr(), word("previous", q.Previous), word("new", q.New))
}

// LogValue shows the template.
func (c TemplateComponents) LogValue() slog.Value {
	return brief("template components", c.Template.attr(), length("body_len", c.Body), count("buttons", c.Buttons))
}

// LogValue shows the template and its categories.
func (c TemplateCategory) LogValue() slog.Value {
	return brief("template category", c.Template.attr(), word("current", c.Current), word("correct", c.Correct))
}

// LogValue shows the template and its categories.
func (c TemplateMiscategorized) LogValue() slog.Value {
	return brief("template miscategorized", c.Template.attr(), word("category", c.Category), word("correct", c.Correct))
}

// attr names the template by id and language; the name is the business's own.
func (t *Template) attr() slog.Attr {
	return slog.Group("template", slog.String("id", t.ID), word("language", t.Language))
}

// LogValue shows the Flow and what is reported.
func (f FlowEvent) LogValue() slog.Value {
	return brief("flow", slog.String("id", f.FlowID), word("event", string(f.Event)), word("alert", f.AlertState))
}

// LogValue shows type and severity.
func (a AccountAlert) LogValue() slog.Value {
	return brief("account alert", word("type", a.Type), word("severity", a.Severity))
}

// LogValue shows the decision.
func (r AccountReview) LogValue() slog.Value {
	return brief("account review", word("decision", r.Decision))
}

// LogValue shows the event.
func (u AccountUpdate) LogValue() slog.Value {
	return brief("account update", word("event", u.Event))
}

// LogValue shows the limit.
func (c CapabilityUpdate) LogValue() slog.Value {
	return brief("capability update", word("daily_limit", c.DailyLimit))
}

// LogValue shows the event.
func (s PartnerSolution) LogValue() slog.Value {
	return brief("partner solution", word("event", s.Event), word("status", s.Status))
}

// LogValue shows whether calls are taken.
func (s NumberSettings) LogValue() slog.Value {
	return brief("number settings", word("calling", s.Calling))
}

// LogValue shows the decision.
func (n NumberName) LogValue() slog.Value {
	return brief("number name", word("decision", n.Decision), word("reason", n.Reason))
}

// LogValue shows the event and the limit.
func (q NumberQuality) LogValue() slog.Value {
	return brief("number quality", word("event", q.Event), word("daily_limit", q.DailyLimit))
}

// LogValue shows the status.
func (u UsernameUpdate) LogValue() slog.Value {
	return brief("username update", word("status", u.Status), slog.Bool("revoked", u.Revoked))
}

// LogValue shows the event.
func (s SecurityEvent) LogValue() slog.Value {
	return brief("security", word("event", s.Event))
}

// LogValue shows the status.
func (c PaymentConfiguration) LogValue() slog.Value {
	return brief("payment configuration", word("provider", c.Provider), word("status", c.Status))
}
