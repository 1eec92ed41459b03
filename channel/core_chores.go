package channel

import (
	"encoding/json"
	"time"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
)

// Chores, as Health names them.
const (
	choreTemplates = "templates"
	choreNumber    = "number"
	choreToken     = "token"
)

// chores are how those of a channel stand.
type chores map[string]chore

// chore is when something was asked last, and since when and why it fails.
type chore struct {
	At     time.Time `json:"at,omitzero"`
	Failed time.Time `json:"failed,omitzero"` // the latest failure since At
	Reason string    `json:"reason,omitempty"`
}

// choresItem is the content of such work.
type choresItem struct {
	Soon bool `json:"soon,omitempty"` // something was heard: ask whatever was asked before
}

// choresID is the ID of that work, beside the upkeep of the channel.
func choresID(channel string) string { return choresPrefix + channel }

const choresPrefix = "chores|"

// hasChores says whether there is anything to ask for a channel.
func (c *Channel) hasChores() bool {
	switch c.Sender.(type) {
	case message.TemplateLister, message.NumberTeller, message.TokenTeller:
		return true
	}
	return false
}

// choresOf has what is due asked for a channel, after a while.
func (u *unit) choresOf(channel string, after time.Duration) {
	body := "{}"
	if after > 0 {
		body = `{"soon":true}`
	}
	u.Enqueue(store.Work{Queue: workUpkeep, ID: choresID(channel), Group: channel, Due: u.now.Add(after), Body: []byte(body)})
}

// choresPause is how long after a webhook is waited for more of them.
const choresPause = 30 * time.Second

// choresSoon has everything asked anew for the channels of an account.
func (u *unit) choresSoon(account string) {
	for id, ch := range u.core.channels.view().byID {
		if account != "" && ch.Account == account && ch.hasChores() {
			u.choresOf(id, choresPause)
		}
	}
}

// sharedCatalog is what all processes know of the templates of an account.
type sharedCatalog struct {
	Account  string          `json:"account"`
	Snapshot json.RawMessage `json:"snapshot"`
}
