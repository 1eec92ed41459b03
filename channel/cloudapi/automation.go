package cloudapi

import (
	"context"
	"fmt"
	"net/url"
	"strings"
)

// Automation is what a user finds in an empty conversation.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/conversational-components
// (checked September 2026)
type Automation struct {
	// WelcomeMessage asks for a webhook (request_welcome) when a user opens the
	// conversation for the first time. Meta marks it as not working.
	WelcomeMessage bool
	// IceBreakers are texts to tap: at most 4 of at most 80 characters, no emoji.
	IceBreakers []string
	// Commands are offered after a slash: at most 30.
	Commands []Command
}

// Command is one slash command.
type Command struct {
	Name        string `json:"command_name"`        // at most 32 characters, no emoji
	Description string `json:"command_description"` // at most 256 characters, no emoji
}

type wireAutomation struct {
	Welcome  bool      `json:"enable_welcome_message"`
	Prompts  []string  `json:"prompts"`
	Commands []Command `json:"commands"`
}

func (w *wireAutomation) value() *Automation {
	if w == nil {
		return nil
	}
	return &Automation{WelcomeMessage: w.Welcome, IceBreakers: w.Prompts, Commands: w.Commands}
}

// Automation reads the conversational components of the number.
func (n *Number) Automation(ctx context.Context) (Automation, error) {
	var out struct {
		Automation wireAutomation `json:"conversational_automation"`
	}
	err := n.client.get(ctx, "get automation", n.id, url.Values{"fields": {"conversational_automation"}}, &out)
	if err != nil {
		return Automation{}, err
	}
	return *out.Automation.value(), nil
}

// emoji recognises emoji by their blocks, and what makes one of another character.
func emoji(r rune) bool {
	return r >= 0x1f000 && r <= 0x1faff || r >= 0x2600 && r <= 0x27bf || r == 0xfe0f
}

// SetAutomation replaces the conversational components of the number. Broken
// limits are reported before anything is sent; the error matches
// message.ErrInvalid.
func (n *Number) SetAutomation(ctx context.Context, a Automation) error {
	const op = "set automation"
	if len(a.IceBreakers) > 4 || len(a.Commands) > 30 {
		return invalid(op, "too many ice breakers or commands")
	}
	var problems []error
	text := func(s string, most int, what string, i int) {
		what = fmt.Sprintf(what, i)
		problems = append(problems, length(what, s, 1, most))
		if strings.ContainsFunc(s, emoji) {
			problems = append(problems, fmt.Errorf("%s has an emoji", what))
		}
	}
	for i, s := range a.IceBreakers {
		text(s, 80, "ice breaker %d", i)
	}
	for i, c := range a.Commands {
		text(c.Name, 32, "the name of command %d", i)
		text(c.Description, 256, "the description of command %d", i)
	}
	if err := refuse(op, problems...); err != nil {
		return err
	}
	w := wireAutomation{Welcome: a.WelcomeMessage, Prompts: a.IceBreakers, Commands: a.Commands}
	if w.Prompts == nil {
		w.Prompts = []string{}
	}
	if w.Commands == nil {
		w.Commands = []Command{}
	}
	return n.change(ctx, op, nil, w, "conversational_automation")
}
