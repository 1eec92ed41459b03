package deskapi

import (
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/template"
)

// A Desk takes part in the steps of the channel: what it decides about a message is committed with
// the message. Package desk's is one. A method changes the [Scene] that it is given and nothing
// else, since a step that meets a conflict runs again; it must be quick, and safe for concurrent
// use. Its error makes the step fail and be tried again.
type Desk interface {
	// Prepare checks Settings.Desk and returns what the desk makes of it, for Scene.Prepared.
	// templates says whether the channel has any. The error joins all problems, each beginning with
	// the path to the setting.
	Prepare(s *settings.Settings, templates bool) (prepared any, err error)
	// Placeholders gives what texts may have in them beside what the channel knows.
	Placeholders(c *conversation.Conversation) template.Lookup

	// Received is called with what somebody must look at, before it is filed.
	Received(s *Scene, m *conversation.Message) error
	// Contacted is called before a message that nobody asked for is filed under this ID.
	Contacted(s *Scene, id string) error
	// Answered is called when WhatsApp has accepted an answer, and before what somebody wrote in the
	// Business app is filed. It keeps in Sent.Answer what the message counts for.
	Answered(s *Scene, m *Sent) error
	// Failed is called when an answer will not arrive, whether it was accepted or not.
	Failed(s *Scene, m *Sent) error
	// Held is called when people got a conversation that a bot had, or the bot one that people had:
	// Conversation.Holder has it now.
	Held(s *Scene, why conversation.Cause) error
	// Merged is called when two customers are one person: one conversation goes on, with the State
	// of both.
	Merged(s, absorbed *Scene) error
	// Due is called when the time of a Scene.WakeAt has come.
	Due(s *Scene) error
}
