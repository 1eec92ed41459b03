package console

// A setting is one field of the form for a channel, by its path in the JSON of settings.Settings. Its label is
// the sentence "set." and the path, or the last part of it.
type setting struct {
	path    string
	kind    string   // text, long, yes, number, amount (of budget.unit), span (a duration), nanos (the same as a number), lines, hours, json, team or one (of choices)
	choices []string // "" is the default
}

// settingGroups are all settings, as the form shows them. Access has a page of its own: admin_roles.go.
var settingGroups = []struct {
	name   string
	fields []setting
}{
	{"basics", []setting{
		{path: "name", kind: "text"}, {path: "enabled", kind: "yes"}, {path: "brand", kind: "text"}, {path: "department", kind: "text"},
		{path: "phone", kind: "text"}, {path: "language", kind: "text"}, {path: "time_zone", kind: "text"},
	}},
	{"meta", []setting{
		{path: "account", kind: "text"}, {path: "portfolio", kind: "text"}, {path: "messaging_account", kind: "text"},
		{path: "marketing_route", kind: "one", choices: []string{"", "always", "never"}},
	}},
	{"budget", []setting{
		{path: "budget.limit", kind: "amount"}, {path: "budget.unit", kind: "one", choices: []string{"", "messages", "every_message"}},
		{path: "budget.low_water", kind: "amount"}, {path: "budget.monthly", kind: "yes"},
	}},
	{"retention", []setting{
		{path: "retention.messages", kind: "span"}, {path: "retention.bodies", kind: "span"}, {path: "retention.attachments", kind: "span"},
		{path: "retention.consents", kind: "span"}, {path: "retention.dead_letters", kind: "span"}, {path: "retention.audit", kind: "span"},
	}},
	{"consent", []setting{
		{path: "consent_elsewhere", kind: "yes"}, {path: "opt_out_words", kind: "lines"}, {path: "opt_in_words", kind: "lines"},
	}},
	{"files", []setting{
		{path: "files.wait", kind: "span"}, {path: "files.allow", kind: "lines"}, {path: "files.send", kind: "lines"}, {path: "files.max_bytes", kind: "number"},
	}},
	{"cards", []setting{
		{path: "insecure_keep_cards", kind: "yes"}, {path: "redact.keep", kind: "one", choices: []string{"", "first6_last4", "none"}},
		{path: "redact.mask", kind: "text"}, {path: "redact.strict", kind: "yes"}, {path: "redact.insecure_off", kind: "yes"},
		{path: "redact.insecure_keep_sad", kind: "yes"}, {path: "redact.card_words", kind: "lines"}, {path: "redact.code_words", kind: "lines"},
		{path: "redact.pin_words", kind: "lines"}, {path: "redact.label_words", kind: "lines"}, {path: "redact.ignore_words", kind: "lines"},
		{path: "redact.allow_numbers", kind: "lines"},
	}},
	{"window", []setting{
		{path: "closing_notice", kind: "span"}, {path: "bot_first", kind: "yes"}, {path: deskPath + "handover_team", kind: "team"}, {path: "window.reaction_opens", kind: "yes"}, {path: "window.call_permission_reply_opens", kind: "yes"},
		{path: "window.unsupported_opens", kind: "yes"}, {path: "window.change_opens", kind: "yes"}, {path: "window.ignore_contacts", kind: "yes"},
		{path: "window.standby_opens", kind: "yes"}, {path: "window.number_change_keeps_window", kind: "yes"},
		{path: "window.page_starts_free_entry", kind: "yes"}, {path: "window.post_starts_free_entry", kind: "yes"},
		{path: "window.free_entry_length", kind: "nanos"}, {path: "window.max_skew", kind: "nanos"},
	}},
	{"sending", []setting{
		{path: "uncertain", kind: "one", choices: []string{"", "resend"}}, {path: "uncertain_wait", kind: "span"},
	}},
	{"queues", []setting{
		{path: rulePath + "assign.on_reply", kind: "one", choices: []string{"", "never", "unowned", "always"}}, {path: rulePath + "assign.release_on_resolve", kind: "yes"},
		{path: rulePath + "auto_resolve.new", kind: "span"}, {path: rulePath + "auto_resolve.pending", kind: "span"}, {path: rulePath + "auto_resolve.reason", kind: "text"},
		{path: rulePath + "idle_close.after", kind: "span"}, {path: rulePath + "idle_close.reason", kind: "text"},
		{path: rulePath + "late_message.new_after", kind: "span"},
		{path: rulePath + "closing_notice.before", kind: "lines"}, {path: rulePath + "closing_notice.repeat", kind: "yes"},
		{path: rulePath + "closing_notice.only_waiting", kind: "yes"},
	}},
	{"hours", []setting{
		{path: rulePath + "hours.zone", kind: "text"},
		{path: rulePath + "hours.week.mon", kind: "hours"}, {path: rulePath + "hours.week.tue", kind: "hours"}, {path: rulePath + "hours.week.wed", kind: "hours"},
		{path: rulePath + "hours.week.thu", kind: "hours"}, {path: rulePath + "hours.week.fri", kind: "hours"}, {path: rulePath + "hours.week.sat", kind: "hours"},
		{path: rulePath + "hours.week.sun", kind: "hours"}, {path: rulePath + "hours.holidays", kind: "json"},
	}},
	{"first_contact", automatic("auto_reply.first_contact", setting{path: rulePath + "auto_reply.greet_again", kind: "yes"})},
	{"out_of_hours", automatic("auto_reply.out_of_hours")},
	{"away", automatic("auto_reply.away")},
	{"reminder", automatic("reminder", setting{path: rulePath + "reminder.before", kind: "span"})},
	{"follow_up", automatic("follow_up", setting{path: rulePath + "follow_up.after", kind: "span"}, setting{path: rulePath + "follow_up.only_waiting", kind: "yes"})},
	{"farewell", automatic("farewell", setting{path: rulePath + "farewell.by_hand", kind: "yes"})},
	{"untaken", append([]setting{
		{path: rulePath + "untaken.after", kind: "span"}, {path: rulePath + "untaken.reason", kind: "text"},
	}, content("untaken.notice")...)},
	{"machines", []setting{
		{path: rulePath + "auto_reply.max_per_window", kind: "number"}, {path: rulePath + "auto_reply.quiet_after_agent", kind: "span"},
		{path: rulePath + "auto_reply.loop.texts", kind: "number"}, {path: rulePath + "auto_reply.loop.per", kind: "span"},
		{path: rulePath + "auto_reply.loop.repeats", kind: "number"}, {path: rulePath + "auto_reply.loop.marks", kind: "lines"},
		{path: rulePath + "auto_reply.loop.quiet", kind: "span"},
	}},
}

// Where the settings of the desk are.
const (
	deskPath = "desk."
	rulePath = deskPath + "rules."
)

// automatic are the settings of a message that a rule sends by itself, after some of its own.
func automatic(rule string, own ...setting) []setting {
	return append(append([]setting{{path: rulePath + rule + ".enabled", kind: "yes"}}, own...), content(rule)...)
}

func content(of string) []setting {
	return []setting{
		{path: rulePath + of + ".text", kind: "long"}, {path: rulePath + of + ".template", kind: "text"},
		{path: rulePath + of + ".language", kind: "text"}, {path: rulePath + of + ".values", kind: "lines"},
	}
}
