package rules

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/kanava-go/kanava/channel/duration"
)

// Limits that several rules share.
const (
	maxAge      = 3650 * duration.Day
	maxReason   = 255  // characters
	maxText     = 4096 // characters of a WhatsApp text message
	maxTemplate = 512
	maxLanguage = 16
	maxMarks    = 64
	maxNotices  = 8
	maxZone     = 64
	maxValues   = 64
	maxValue    = 1024 // characters of a variable
	maxFollowUp = 30 * duration.Day
)

// DecodeSettings reads the JSON form of [Settings]. Unlike plain encoding/json
// it refuses members it does not know, because a misspelt rule would silently be
// off. It checks the form only; [New] and [Settings.Validate] check the content.
// Its errors quote no input.
func DecodeSettings(data []byte) (Settings, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	var s Settings
	if err := dec.Decode(&s); err != nil {
		return Settings{}, decodeError(err, dec.InputOffset())
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Settings{}, decodeError(errors.New("trailing data"), dec.InputOffset())
	}
	return s, nil
}

// decodeError keeps the place and, where it is ours, the cause; the texts of
// encoding/json quote input.
func decodeError(err error, offset int64) error {
	for _, own := range []error{duration.ErrSyntax, errSpan, errDate} {
		if errors.Is(err, own) {
			return fmt.Errorf("rules: decode settings: near byte %d: %w", offset, own)
		}
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("rules: decode settings: near byte %d: wrong type of value, want %s", e.Offset, e.Type)
	}
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("rules: decode settings: near byte %d: not valid JSON", e.Offset)
	}
	return fmt.Errorf("rules: decode settings: near byte %d: unknown member, missing end or trailing data", offset)
}

// Validate returns every problem of s, joined, or nil; each is a
// [*SettingError]. It looks the time zone up, otherwise it does no I/O.
func (s Settings) Validate() error {
	_, err := New(s)
	return err
}

func (s Settings) validate(p *problems) {
	switch s.Assign.OnReply {
	case AssignOff, AssignNever, AssignUnowned, AssignAlways:
	default:
		p.add("assign.on_reply", `want "", "never", "unowned" or "always"`)
	}
	if s.AutoResolve.New != duration.Never {
		p.optional("auto_resolve.new", s.AutoResolve.New, duration.Hour, maxAge)
	}
	if s.AutoResolve.Pending != duration.Never {
		p.optional("auto_resolve.pending", s.AutoResolve.Pending, duration.Hour, maxAge)
	}
	p.text("auto_resolve.reason", s.AutoResolve.Reason, maxReason)
	p.optional("idle_close.after", s.IdleClose.After, duration.Minute, maxAge)
	p.text("idle_close.reason", s.IdleClose.Reason, maxReason)
	p.optional("late_message.new_after", s.Late.NewAfter, duration.Second, maxAge)
	s.AutoReply.validate(p)
	if s.AutoReply.OutOfHours.Enabled && s.Hours.empty() {
		p.add("hours", "auto_reply.out_of_hours needs opening hours")
	}
	if len(s.Closing.Before) > maxNotices {
		p.add("closing_notice.before", "at most 8 times")
	}
	for i, before := range s.Closing.Before {
		path := "closing_notice.before[" + strconv.Itoa(i) + "]"
		p.within(path, before, duration.Minute, 24*duration.Hour-duration.Second)
		if slices.Contains(s.Closing.Before[:i], before) {
			p.add(path, "given twice")
		}
	}
	if s.Reminder.Enabled || s.Reminder.Before != 0 {
		p.within("reminder.before", s.Reminder.Before, 5*duration.Minute, 24*duration.Hour-duration.Second)
	}
	s.Reminder.validate(p, "reminder", s.Reminder.Enabled)
	if s.FollowUp.Enabled || s.FollowUp.After != 0 {
		p.within("follow_up.after", s.FollowUp.After, duration.Minute, maxFollowUp)
	}
	s.FollowUp.validate(p, "follow_up", s.FollowUp.Enabled)
	if s.FollowUp.Text != "" {
		p.add("follow_up.text", "want a template: the window is closed")
	}
	p.optional("untaken.after", s.Untaken.After, duration.Minute, maxFollowUp)
	p.text("untaken.reason", s.Untaken.Reason, maxReason)
	s.Untaken.Notice.validate(p, "untaken.notice", false)
	s.Farewell.validate(p, "farewell", s.Farewell.Enabled)
}

func (a AutoReplyRules) validate(p *problems) {
	a.FirstContact.validate(p, "auto_reply.first_contact", a.FirstContact.Enabled)
	a.OutOfHours.validate(p, "auto_reply.out_of_hours", a.OutOfHours.Enabled)
	a.Away.validate(p, "auto_reply.away", a.Away.Enabled)
	if a.MaxPerWindow < 0 || a.MaxPerWindow > autoKinds {
		p.add("auto_reply.max_per_window", "want 0 to 3")
	}
	p.optional("auto_reply.quiet_after_agent", a.QuietAfterAgent, duration.Second, 7*duration.Day)
	l := a.Loop
	if l.Texts != 0 && (l.Texts < 2 || l.Texts > 1000) {
		p.add("auto_reply.loop.texts", "want 0 or 2 to 1000")
	}
	p.optional("auto_reply.loop.per", l.Per, duration.Second, duration.Hour)
	if l.Repeats != 0 && (l.Repeats < 2 || l.Repeats > 100) {
		p.add("auto_reply.loop.repeats", "want 0 or 2 to 100")
	}
	p.optional("auto_reply.loop.quiet", l.Quiet, duration.Minute, 30*duration.Day)
	if len(l.Marks) > maxMarks {
		p.add("auto_reply.loop.marks", "at most 64 phrases")
	}
	for i, mark := range l.Marks {
		if n := utf8.RuneCountInString(strings.TrimSpace(mark)); n < 4 || n > 200 || !utf8.ValidString(mark) {
			p.add("auto_reply.loop.marks["+strconv.Itoa(i)+"]", "want 4 to 200 characters of UTF-8")
		}
	}
}

// validate checks content that is kept while switched off as leniently as
// possible: it may be absent, but not both text and template.
func (c Content) validate(p *problems, path string, enabled bool) {
	switch {
	case c.Text != "" && c.Template != "":
		p.add(path, "want a text or a template, not both")
	case enabled && strings.TrimSpace(c.Text) == "" && c.Template == "":
		p.add(path, "want a text or a template")
	}
	p.text(path+".text", c.Text, maxText)
	const word = "abcdefghijklmnopqrstuvwxyz0123456789_"
	if len(c.Template) > maxTemplate || strings.Trim(c.Template, word) != "" {
		p.add(path+".template", "want at most 512 lower-case letters, digits and underscores")
	}
	if len(c.Values) > maxValues || len(c.Values) > 0 && c.Template == "" {
		p.add(path+".values", "want at most 64, with a template only")
	}
	for i, v := range c.Values[:min(len(c.Values), maxValues)] {
		at := path + ".values[" + strconv.Itoa(i) + "]"
		if p.text(at, v, maxValue); strings.TrimSpace(v) == "" {
			p.add(at, "want a text")
		}
	}
	if len(c.Language) > maxLanguage || strings.Trim(strings.ToLower(c.Language), word+"-") != "" || c.Language != "" && c.Template == "" {
		p.add(path+".language", `want a language code such as "en_US", with a template only`)
	}
}

// isZero reports whether nothing at all was said about hours.
func (h Hours) isZero() bool { return h.Zone == "" && h.empty() && len(h.Holidays) == 0 }

// empty reports whether the hours open at no time at all.
func (h Hours) empty() bool {
	for _, spans := range h.Week.days() {
		if len(spans) > 0 {
			return false
		}
	}
	return !slices.ContainsFunc(h.Holidays, func(d Holiday) bool { return len(d.Open) > 0 })
}

// spans checks the hours of one day.
func (p *problems) spans(path string, spans []Span) {
	if len(spans) > MaxSpans {
		p.add(path, "at most 12 spans a day")
		return
	}
	for i, s := range spans {
		at := path + "[" + strconv.Itoa(i) + "]"
		if !s.valid() {
			p.add(at, `want a span such as "09:00-17:30", not empty`)
			continue
		}
		for _, other := range spans[:i] {
			if other.valid() && s.From < other.end() && other.From < s.end() {
				p.add(at, "overlaps another span of the day")
				break
			}
		}
	}
}

// end is To counted from the midnight before From.
func (s Span) end() DayTime {
	if s.overnight() {
		return s.To + Clock(24, 0)
	}
	return s.To
}

// optional checks a limit that may be zero.
func (p *problems) optional(path string, d, low, high duration.Duration) {
	if d != 0 {
		p.within(path, d, low, high)
	}
}

func (p *problems) within(path string, d, low, high duration.Duration) {
	if d < low || d > high {
		p.add(path, "want "+low.String()+" to "+high.String())
	} else if d%duration.Second != 0 {
		p.add(path, "want whole seconds")
	}
}

func (p *problems) text(path, s string, limit int) {
	if utf8.RuneCountInString(s) > limit || !utf8.ValidString(s) {
		p.add(path, "want at most "+strconv.Itoa(limit)+" characters of UTF-8")
	}
}
