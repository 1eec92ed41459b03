package desk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/internal/usable"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/internal/problems"
	"github.com/kanava-go/kanava/template"
)

// Settings are what an administrator decides about the desk of a channel. They live in
// [settings.Settings].Desk, follow the channel's settings into the store and to other processes, and
// hold no secret.
type Settings struct {
	// Rules are assignment, queues, automatic replies and closing. The zero value switches all of
	// them off. A value that is filled in part takes those of rules.Default for the rest; see
	// rules.Settings.
	Rules rules.Settings `json:"rules,omitzero"`
	// Access says who may do what. The zero policy permits nobody but the rules themselves.
	Access access.Policy `json:"access,omitzero"`
	// HandoverTeam is the team, by the host's ID, that gets what a bot hands over and no team has yet;
	// "" for none. Whether a bot answers first is a setting of the channel: settings.Settings.BotFirst.
	HandoverTeam string `json:"handover_team,omitempty"`

	newer json.RawMessage // where they came from, if that has what this release does not know
}

// JSON is what belongs into [settings.Settings].Desk. Settings that no JSON can hold, such as a date
// that does not exist, give what no channel accepts. Fields that a newer release wrote into settings
// that come from [SettingsOf] stay.
func (s Settings) JSON() json.RawMessage {
	text, err := json.Marshal(s)
	if err != nil {
		return json.RawMessage(`"unusable"`)
	}
	return step.Keep(text, s.newer, s)
}

// SettingsOf reads the desk's part of a channel's settings; none is the zero Settings.
func SettingsOf(s settings.Settings) (Settings, error) {
	var own Settings
	if len(s.Desk) == 0 {
		return own, nil
	}
	err := json.Unmarshal(s.Desk, &own)
	if err == nil {
		if text := own.JSON(); !bytes.Equal(text, step.Keep(text, s.Desk, own)) {
			own.newer = slices.Clone(s.Desk)
		}
		return own, nil
	}
	var parts struct {
		Rules json.RawMessage `json:"rules"`
	}
	if json.Unmarshal(s.Desk, &parts) == nil && len(parts.Rules) > 0 {
		if _, err := rules.DecodeSettings(parts.Rules); err != nil {
			return own, err // it says where, and quotes nothing
		}
	}
	return own, errSettings // the cause may quote what stands there
}

var errSettings = errors.New("want the JSON of a desk.Settings")

// Validate returns all problems of the settings, or nil. That a template is named on a channel which
// has none is looked at when the channel is added or changed.
func (s *Settings) Validate() error { return s.check(true) }

// check returns all problems of the settings, on a channel with or without templates.
func (s *Settings) check(templates bool) error {
	p := &findings{}
	p.of("rules", s.Rules.Validate())
	for _, a := range s.automatic() {
		if !a.enabled {
			continue
		}
		if a.Text != "" {
			p.of("rules", under(a.path+".text", checkText(a.Text, a.names)))
		}
		for i, value := range a.Values {
			_, err := template.ExpandVerbatim(value, filling(a.names))
			p.of("rules", under(fmt.Sprintf("%s.values[%d]", a.path, i), err))
		}
		if a.Template != "" && !templates {
			p.of("rules", errors.New(a.path+".template: the channel has no Templates"))
		}
	}
	p.of("access", s.Access.Validate())
	p.of("handover_team", usable.Text("team", s.HandoverTeam, access.MaxIDLen))
	return errors.Join(p.errs...)
}

// automatic is one kind of message that the rules send by themselves.
type automatic struct {
	path    string
	enabled bool
	rules.Content
	names []string // the placeholders that it may have
}

// placeholders are those that are filled in everywhere; openingNames come with a reply out of hours.
var (
	placeholders = []string{"customer.name", "customer.first_name", "customer.username", "customer.email", "customer.company", "ticket", "conversation.topic", "agent"}
	openingNames = []string{"opens.date", "opens.time"}
)

func (s *Settings) automatic() []automatic {
	a := &s.Rules.AutoReply
	return []automatic{
		{"auto_reply.first_contact", a.FirstContact.Enabled, a.FirstContact.Content, placeholders},
		{"auto_reply.out_of_hours", a.OutOfHours.Enabled, a.OutOfHours.Content, slices.Concat(openingNames, placeholders)},
		{"auto_reply.away", a.Away.Enabled, a.Away.Content, placeholders},
		{"reminder", s.Rules.Reminder.Enabled, s.Rules.Reminder.Content, placeholders},
		{"follow_up", s.Rules.FollowUp.Enabled, s.Rules.FollowUp.Content, placeholders},
		{"farewell", s.Rules.Farewell.Enabled, s.Rules.Farewell.Content, placeholders},
		{"untaken.notice", s.Rules.Untaken.After > 0, s.Rules.Untaken.Notice, placeholders},
	}
}

// findings collects what is wrong, each with the path to it.
type findings struct{ errs []error }

// of adds the problems of one field, each by itself.
func (f *findings) of(field string, err error) {
	for e := range problems.Each(err) {
		f.errs = append(f.errs, &problem{field + ": " + problems.Rule(field, e), e})
	}
}

// problem is an error in other words.
type problem struct {
	text  string
	cause error
}

func (p *problem) Error() string { return p.text }
func (p *problem) Unwrap() error { return p.cause }

// under says where an error of package template stands.
func under(path string, err error) error {
	if err == nil {
		return nil
	}
	return &problem{path + ": " + strings.TrimPrefix(err.Error(), "template: "), err}
}

// filling gives a value to the placeholders that have the given names.
func filling(names []string) template.Lookup {
	return func(name string) (string, bool) { return "x", slices.Contains(names, name) }
}

// checkText says whether a text could be expanded if the placeholders had values.
func checkText(text string, names []string) error {
	lookup := filling(names)
	short, err := template.ParseShorthand(text, template.ShorthandOptions{})
	switch {
	case errors.Is(err, template.ErrNoShorthand):
		_, err = template.ExpandVerbatim(text, lookup)
	case err == nil:
		_, err = short.Expand(lookup)
	}
	return err
}
