package rules_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/rules"
)

// everything has every rule on and every field set.
func everything() rules.Settings {
	s := rules.Default()
	s.Assign.OnReply = rules.AssignAlways
	s.AutoResolve.Reason = "stale"
	s.IdleClose = rules.IdleCloseRule{After: 2 * duration.Day, Reason: "silent"}
	s.Late.NewAfter = 7 * duration.Day
	s.Hours = office()
	s.Hours.Holidays = []rules.Holiday{{Date: rules.Date{Month: 12, Day: 24}, Name: "Christmas Eve", Open: []rules.Span{{From: rules.Clock(9, 0), To: rules.Clock(12, 0)}}}}
	s.AutoReply = rules.AutoReplyRules{
		FirstContact:    text("Welcome! A colleague will be with you shortly."),
		GreetAgain:      true,
		OutOfHours:      rules.AutoReplyRule{Enabled: true, Content: rules.Content{Template: "out_of_hours", Language: "en_US"}},
		Away:            text("We are all in a meeting, back soon."),
		MaxPerWindow:    2,
		QuietAfterAgent: 15 * duration.Minute,
		Loop:            rules.LoopRule{Texts: 10, Per: 30 * duration.Second, Repeats: 4, Marks: []string{"automated message"}, Quiet: duration.Hour},
	}
	s.Closing.Repeat, s.Closing.OnlyWaiting = true, true
	s.Reminder = rules.ReminderRule{Enabled: true, Before: 2 * duration.Hour, Content: rules.Content{Text: "Anything else? Just write."}}
	s.FollowUp = rules.FollowUpRule{Enabled: true, After: duration.Hour, OnlyWaiting: true, Content: rules.Content{
		Template: "we_are_back", Language: "en_US", Values: []string{"{{customer.first_name}}"},
	}}
	s.Untaken = rules.UntakenRule{After: 20 * duration.Minute, Reason: "missed", Notice: rules.Content{Text: "Nobody was free, we are sorry. Write again!"}}
	return s
}

func TestSettingsThatAreFine(t *testing.T) {
	t.Parallel()
	require.NoError(t, rules.Settings{}.Validate(), "everything off")
	require.NoError(t, rules.Default().Validate())
	require.NoError(t, everything().Validate())
	off := everything()
	off.Reminder.Enabled = false
	off.AutoReply.Away.Enabled = false
	require.NoError(t, off.Validate(), "what is switched off keeps its content")
	r := newRules(t, rules.Default())
	require.Nil(t, r.Schedule())
	require.NotNil(t, newRules(t, everything()).Schedule())
}

func TestDefaultIsAsStated(t *testing.T) {
	t.Parallel()
	b, err := json.Marshal(rules.Default())
	require.NoError(t, err)
	require.Equal(t, `{"assign":{"on_reply":"unowned","release_on_resolve":true},`+
		`"auto_resolve":{"new":"30d","pending":"30d"},"closing_notice":{"before":["4h","1h"]}}`, string(b))
	b, err = json.Marshal(rules.Settings{})
	require.NoError(t, err)
	require.Equal(t, `{}`, string(b))
}

func TestSettingsSurviveJSON(t *testing.T) {
	t.Parallel()
	for _, s := range []rules.Settings{{}, rules.Default(), everything()} {
		b, err := json.Marshal(s)
		require.NoError(t, err)
		back, err := rules.DecodeSettings(b)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(s, back))
	}
}

func TestValidateReportsEveryProblem(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 4097)
	tests := []struct {
		name  string
		spoil func(s *rules.Settings)
		want  []string // paths
	}{
		{"an unknown mode", func(s *rules.Settings) { s.Assign.OnReply = "random" }, []string{"assign.on_reply"}},
		{"auto-resolve under an hour", func(s *rules.Settings) { s.AutoResolve.New = duration.Hour - duration.Second }, []string{"auto_resolve.new"}},
		{"auto-resolve of ten years and a second", func(s *rules.Settings) { s.AutoResolve.Pending = 3650*duration.Day + duration.Second }, []string{"auto_resolve.pending"}},
		{"a negative age", func(s *rules.Settings) { s.AutoResolve.New = -duration.Day }, []string{"auto_resolve.new"}},
		{"parts of a second", func(s *rules.Settings) { s.IdleClose.After = duration.Day + 1 }, []string{"idle_close.after"}},
		{"idle close under a minute", func(s *rules.Settings) { s.IdleClose.After = 59 * duration.Second }, []string{"idle_close.after"}},
		{"long reasons", func(s *rules.Settings) { s.AutoResolve.Reason, s.IdleClose.Reason = long[:512], long[:512] }, []string{"auto_resolve.reason", "idle_close.reason"}},
		{"a late message of a negative age", func(s *rules.Settings) { s.Late.NewAfter = -1 }, []string{"late_message.new_after"}},
		{"an automatic reply without words", func(s *rules.Settings) { s.AutoReply.Away.Text = " \n" }, []string{"auto_reply.away"}},
		{"text and template", func(s *rules.Settings) { s.AutoReply.FirstContact.Template = "hello" }, []string{"auto_reply.first_contact"}},
		{"too long a text", func(s *rules.Settings) { s.AutoReply.Away.Text = long }, []string{"auto_reply.away.text"}},
		{"a text that is not UTF-8", func(s *rules.Settings) { s.Reminder.Text = "hi \xff" }, []string{"reminder.text"}},
		{"a template with a capital letter", func(s *rules.Settings) { s.AutoReply.OutOfHours.Template = "Out" }, []string{"auto_reply.out_of_hours.template"}},
		{"a language without a template", func(s *rules.Settings) { s.Reminder.Language = "en" }, []string{"reminder.language"}},
		{"a language that is none", func(s *rules.Settings) { s.AutoReply.OutOfHours.Language = "en US" }, []string{"auto_reply.out_of_hours.language"}},
		{"too many replies per window", func(s *rules.Settings) { s.AutoReply.MaxPerWindow = 4 }, []string{"auto_reply.max_per_window"}},
		{"too long a silence", func(s *rules.Settings) { s.AutoReply.QuietAfterAgent = 8 * duration.Day }, []string{"auto_reply.quiet_after_agent"}},
		{"a loop guard that is always on", func(s *rules.Settings) {
			s.AutoReply.Loop = rules.LoopRule{Texts: 1, Per: 2 * duration.Hour, Repeats: 1, Quiet: duration.Second}
		}, []string{"auto_reply.loop.texts", "auto_reply.loop.per", "auto_reply.loop.repeats", "auto_reply.loop.quiet"}},
		{"a mark that is in every text", func(s *rules.Settings) { s.AutoReply.Loop.Marks = []string{"fine one", " e  ", ""} }, []string{"auto_reply.loop.marks[1]", "auto_reply.loop.marks[2]"}},
		{"too many marks", func(s *rules.Settings) {
			s.AutoReply.Loop.Marks = strings.Split(strings.Repeat("mark,", 64)+"mark", ",")
		}, []string{"auto_reply.loop.marks"}},
		{"out of hours without hours", func(s *rules.Settings) { s.Hours = rules.Hours{} }, []string{"hours"}},
		{"out of hours with a zone only", func(s *rules.Settings) { s.Hours = rules.Hours{Zone: "UTC"} }, []string{"hours"}},
		{"hours without a zone", func(s *rules.Settings) { s.Hours.Zone = "" }, []string{"hours.zone"}},
		{"the zone of the machine", func(s *rules.Settings) { s.Hours.Zone = "Local" }, []string{"hours.zone"}},
		{"a zone that does not exist", func(s *rules.Settings) { s.Hours.Zone = "Europe/Atlantis" }, []string{"hours.zone"}},
		{"spans that overlap or are empty", func(s *rules.Settings) {
			s.Hours.Week.Mon = []rules.Span{{From: 60, To: 120}, {From: 100, To: 200}, {From: 300, To: 300}, {From: -1, To: 5}}
			s.Hours.Week.Sun = []rules.Span{{From: rules.Clock(22, 0), To: rules.Clock(6, 0)}, {From: rules.Clock(23, 0), To: rules.Clock(24, 0)}}
		}, []string{"hours.week.sun[1]", "hours.week.mon[1]", "hours.week.mon[2]", "hours.week.mon[3]"}},
		{"too many spans", func(s *rules.Settings) { s.Hours.Week.Tue = make([]rules.Span, 13) }, []string{"hours.week.tue"}},
		{"holidays twice, or on days that do not exist", func(s *rules.Settings) {
			s.Hours.Holidays = []rules.Holiday{
				{Date: rules.Date{Month: 12, Day: 25}}, {Date: rules.Date{Year: 2026, Month: 12, Day: 25}},
				{Date: rules.Date{Month: 12, Day: 25}}, {Date: rules.Date{Year: 2026, Month: 12, Day: 25}},
				{Date: rules.Date{Year: 2026, Month: 2, Day: 29}}, {}, {Date: rules.Date{Year: 10000, Month: 1, Day: 1}},
			}
		}, []string{"hours.holidays[2].date", "hours.holidays[3].date", "hours.holidays[4].date", "hours.holidays[5].date", "hours.holidays[6].date"}},
		{"too many holidays", func(s *rules.Settings) { s.Hours.Holidays = make([]rules.Holiday, rules.MaxHolidays+1) }, []string{"hours.holidays"}},
		{"closing notices out of range or twice", func(s *rules.Settings) {
			s.Closing.Before = []duration.Duration{duration.Hour, 24 * duration.Hour, 0, duration.Hour}
		}, []string{"closing_notice.before[1]", "closing_notice.before[2]", "closing_notice.before[3]"}},
		{"too many closing notices", func(s *rules.Settings) {
			s.Closing.Before = nil
			for i := range 9 {
				s.Closing.Before = append(s.Closing.Before, duration.Duration(i+1)*duration.Hour)
			}
		}, []string{"closing_notice.before"}},
		{"a reminder without a time", func(s *rules.Settings) { s.Reminder.Before = 0 }, []string{"reminder.before"}},
		{"a follow-up without a time", func(s *rules.Settings) { s.FollowUp.After = 0 }, []string{"follow_up.after"}},
		{"a follow-up after months", func(s *rules.Settings) { s.FollowUp.After = 31 * duration.Day }, []string{"follow_up.after"}},
		{"a follow-up with a text", func(s *rules.Settings) { s.FollowUp.Content = rules.Content{Text: "Hello?"} }, []string{"follow_up.text"}},
		{"a follow-up without content", func(s *rules.Settings) { s.FollowUp.Content = rules.Content{} }, []string{"follow_up"}},
		{"a chat that nobody can take in time", func(s *rules.Settings) { s.Untaken.After = 59 * duration.Second }, []string{"untaken.after"}},
		{"a notice that is text and template", func(s *rules.Settings) { s.Untaken.Notice.Template = "x" }, []string{"untaken.notice"}},
		{"a long reason for what nobody took", func(s *rules.Settings) { s.Untaken.Reason = strings.Repeat("x", 256) }, []string{"untaken.reason"}},
		{"values of a text", func(s *rules.Settings) { s.Untaken.Notice.Values = []string{"x"} }, []string{"untaken.notice.values"}},
		{"a blank value", func(s *rules.Settings) { s.FollowUp.Values = []string{"x", " "} }, []string{"follow_up.values[1]"}},
		{"a long value", func(s *rules.Settings) { s.FollowUp.Values = []string{strings.Repeat("x", 1025)} }, []string{"follow_up.values[0]"}},
		{"more values than a template has", func(s *rules.Settings) { s.FollowUp.Values = slices.Repeat([]string{"x"}, 65) }, []string{"follow_up.values"}},
		{"a reminder after a day", func(s *rules.Settings) { s.Reminder.Before = 24 * duration.Hour }, []string{"reminder.before"}},
		{"several at once", func(s *rules.Settings) { s.Assign.OnReply, s.Late.NewAfter, s.Hours.Zone = "x", 1, "" }, []string{"assign.on_reply", "late_message.new_after", "hours.zone"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := everything()
			tt.spoil(&s)
			err := s.Validate()
			require.Error(t, err)
			var got []string
			for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
				p, ok := errors.AsType[*rules.SettingError](e)
				require.True(t, ok)
				require.NotEmpty(t, p.Rule)
				got = append(got, p.Path)
			}
			require.Empty(t, cmp.Diff(tt.want, got))
			r, err := rules.New(s)
			require.Error(t, err)
			require.Nil(t, r)
		})
	}
}

func TestDecodeSettingsRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"a misspelt rule", `{"auto_resolv":{}}`, "rules: decode settings: near byte 18: unknown member, missing end or trailing data"},
		{"a duration in words", `{"idle_close":{"after":"two days"}}`, `duration: parse: want a form such as "30d", "4h" or "1h30m"`},
		{"a duration as a number", `{"idle_close":{"after":60}}`, "wrong type of value, want duration.Duration"},
		{"a span in words", `{"hours":{"week":{"mon":["nine to five"]}}}`, `rules: span of hours: want a form such as "09:00-17:30"`},
		{"a date that does not exist", `{"hours":{"holidays":[{"date":"2026-02-30"}]}}`, "rules: date: want an existing date"},
		{"broken JSON", `{"hours":{]}`, "near byte 11: not valid JSON"},
		{"half a document", `{"hours":{`, "missing end"},
		{"two documents", `{} {}`, "trailing data"},
		{"nothing", ``, "missing end"},
		{"a list", `[]`, "wrong type of value, want rules.Settings"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, err := rules.DecodeSettings([]byte(tt.in))
			require.ErrorContains(t, err, tt.want)
			require.Zero(t, s)
		})
	}
}

// TestNewKeepsNothingOfTheCaller changes settings after New.
func TestNewKeepsNothingOfTheCaller(t *testing.T) {
	t.Parallel()
	s := everything()
	r := newRules(t, s)
	wasOpen := r.Schedule().OpenAt(t0)
	st, w := wrote(t, r)
	due, ok := r.NextDue(st, w)
	require.True(t, ok)
	for i := range s.Closing.Before {
		s.Closing.Before[i] = duration.Minute
	}
	s.Hours.Week.Mon[0] = rules.Span{From: 0, To: 1}
	s.Hours.Holidays[0].Open[0] = rules.Span{From: 0, To: 1}
	s.AutoReply.Loop.Marks[0] = "good morning"
	after, ok := r.NextDue(st, w)
	require.True(t, ok)
	require.Equal(t, due, after)
	require.Equal(t, wasOpen, r.Schedule().OpenAt(t0))
	_, fx := r.OnInbound(rules.State{}, rules.Inbound{At: t0, Window: w, Text: "good morning"}, t0)
	for _, e := range fx {
		require.IsNotType(t, &rules.BotNotice{}, e)
	}
}

func FuzzDecodeSettings(f *testing.F) {
	for _, s := range []rules.Settings{{}, rules.Default(), everything()} {
		b, err := json.Marshal(s)
		require.NoError(f, err)
		f.Add(b)
	}
	for _, seed := range []string{
		`{"hours":{"zone":"Pacific/Kiritimati","week":{"mon":["22:00-06:00","00:00-24:00"]},"holidays":[{"date":"02-29"},{"date":"2024-02-29","open":["23:59-00:00"]}]}}`,
		`{"auto_resolve":{"new":"1h","pending":"-1d"},"late_message":{"new_after":"1s"}}`,
		`{"closing_notice":{"before":["23h59m59s","1m"]},"reminder":{"enabled":true,"before":"5m","text":"x"}}`,
		`{"hours":{"zone":"../../etc/passwd"}}`, `{"auto_reply":{"loop":{"marks":["\ud800abc"],"texts":1e3}}}`, `null`, `{"hours":null}`,
		`{"closing_notice":{"before":[]},"hours":{"zone":"UTC","week":{"mon":[]},"holidays":[]},"auto_reply":{"loop":{"marks":[]}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := rules.DecodeSettings(data)
		if err != nil {
			require.Zero(t, s)
			return
		}
		r, err := rules.New(s)
		if err != nil {
			require.Nil(t, r)
			return
		}
		// Valid settings survive a round trip, but for empty lists, which are
		// left out, and decide without panics.
		b, err := json.Marshal(s)
		require.NoError(t, err)
		back, err := rules.DecodeSettings(b)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(s, back, cmpopts.EquateEmpty()))
		w := opened(t0)
		st, _ := r.OnInbound(rules.State{}, rules.Inbound{ID: "a", At: t0, Window: w, Text: "hello", AllAway: true}, t0)
		now := t0
		for range 20 {
			due, ok := r.NextDue(st, w)
			if !ok {
				break
			}
			if due.After(now) {
				now = due
			}
			st, _ = r.OnTimer(st, w, now)
			next, ok := r.NextDue(st, w)
			require.True(t, !ok || next.After(now), "after OnTimer(%s) due at %s", now, next)
		}
	})
}

func ExampleNew() {
	s, err := rules.DecodeSettings([]byte(`{
		"assign": {"on_reply": "unowned", "release_on_resolve": true},
		"auto_resolve": {"new": "30d", "pending": "14d"},
		"idle_close": {"after": "30m"},
		"closing_notice": {"before": ["4h", "1d"]},
		"auto_reply": {"out_of_hours": {"enabled": true, "text": "We are back at nine."}}
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = rules.New(s)
	fmt.Println(err)
	// Output:
	// rules: settings: hours: auto_reply.out_of_hours needs opening hours
	// rules: settings: closing_notice.before[1]: want 1m to 23h59m59s
}

func TestSettingsAreFilledWithTheDefaults(t *testing.T) {
	t.Parallel()
	d := rules.Default()
	require.Equal(t, rules.Settings{}, rules.Settings{}.Filled(), "the host is master of its tickets")
	require.Equal(t, d, d.Filled())
	idle := rules.Settings{IdleClose: rules.IdleCloseRule{After: duration.Hour}}
	want := d
	want.IdleClose = idle.IdleClose
	require.Equal(t, want, idle.Filled())
	part := rules.Settings{
		Assign: rules.AssignRule{OnReply: rules.AssignAlways}, AutoResolve: rules.AutoResolveRule{New: duration.Day},
		Closing: rules.ClosingRule{Before: []duration.Duration{duration.Hour}},
	}
	want = part
	want.AutoResolve.Pending = d.AutoResolve.Pending
	require.Equal(t, want, part.Filled())

	off := rules.Settings{
		Assign: rules.AssignRule{OnReply: rules.AssignNever}, AutoResolve: rules.AutoResolveRule{New: duration.Never, Pending: duration.Never},
		Closing: rules.ClosingRule{Before: []duration.Duration{}},
	}
	raw, err := json.Marshal(off)
	require.NoError(t, err)
	require.Contains(t, string(raw), `"new":"never"`)
	back, err := rules.DecodeSettings(raw)
	require.NoError(t, err)
	require.Equal(t, off, back, "what is off stays off on its way through an admin page")
	require.Equal(t, off, back.Filled())
	require.NoError(t, off.Validate())
	r := newRules(t, off.Filled())
	st, w := wrote(t, r)
	st, fx := r.OnAgentReply(st, rules.Outbound{ID: "m_1", At: t0, Agent: "kim"}, t0)
	require.Empty(t, fx)
	_, due := r.NextDue(st, w)
	require.False(t, due, "nothing is ever to be done")
}
