package channel_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/redact"
	"github.com/kanava-go/kanava/window"
)

func TestSettingsSurviveAnAdminPage(t *testing.T) {
	t.Parallel()
	full := channel.Settings{
		ID: "support", Name: "Support – Kontakt", Number: labNumber, Account: labAccount, Phone: "+1 312 555 0142",
		Portfolio: "77", Brand: "Sample", Department: "Repairs", Enabled: true,
		Redact: redact.Redactor{Strict: true}, InsecureKeepCards: true,
		Files:     channel.FilePolicy{Allow: []string{"image/*", "application/pdf"}, MaxBytes: 1 << 20},
		Window:    window.Options{NumberChangeKeepsWindow: true},
		Language:  "fi",
		Uncertain: channel.Resend, UncertainWait: 90 * duration.Second,
		Budget:           &pricing.Budget{Unit: pricing.BudgetMessages, Limit: 100, LowWater: 10, Monthly: true},
		TimeZone:         "Europe/Helsinki",
		Retention:        channel.Retention{Messages: 400 * duration.Day, Attachments: 90 * duration.Day, DeadLetters: 30 * duration.Day},
		ConsentElsewhere: true, OptOutWords: []string{"stop"},
		Desk: desk.Settings{Rules: rules.Default(), Access: access.Policy{AllUsers: access.Viewer}}.JSON(),
	}
	require.NoError(t, full.Validate())
	raw, err := json.Marshal(full)
	require.NoError(t, err)
	for _, want := range []string{`"uncertain_wait":"1m30s"`, `"messages":"400d"`, `"attachments":"90d"`, `"dead_letters":"30d"`} {
		require.Contains(t, string(raw), want, "a person can read it")
	}
	var back channel.Settings
	require.NoError(t, json.Unmarshal(raw, &back))
	require.Empty(t, cmp.Diff(full, back, cmp.AllowUnexported(redact.Redactor{}), cmp.Comparer(func(a, b redact.Redactor) bool {
		return a.Strict == b.Strict
	})))
}

func TestBadSettingsAreNamedAllAtOnce(t *testing.T) {
	t.Parallel()
	s := channel.Settings{
		ID: "Not An ID", Name: strings.Repeat("x", 256), Number: "+1 312", Uncertain: "maybe", UncertainWait: -1,
		TimeZone: "Mars/Base", Budget: &pricing.Budget{Unit: "shells", Limit: -1},
		Redact:    redact.Redactor{AllowNumbers: []string{"12"}},
		Files:     channel.FilePolicy{MaxBytes: -1},
		Retention: channel.Retention{Attachments: duration.Hour},
	}
	err := s.Validate()
	for _, want := range []string{
		"id:", "name:", "number:", "uncertain:", "uncertain_wait:", "time_zone:", "budget: unit", "budget: negative", "redact:",
		"files: max_bytes", "retention: attachments",
	} {
		require.ErrorContains(t, err, want)
	}
	s.Files = channel.FilePolicy{Allow: []string{"pictures"}}
	require.ErrorContains(t, s.Validate(), "files: allow[0]")
}

func TestChannelsComeChangeAndGoWhileTheHubRuns(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		first := l.agents.Channels(admin)[0]
		line := &wire{}
		second := channel.Channel{Settings: first, Sender: line}
		second.ID = "second"
		require.ErrorContains(t, l.agents.AddChannel(t.Context(), admin, second), "number: channel \"support\" has the same")
		second.Number, second.Name = "2", "SUPPORT"
		require.ErrorContains(t, l.agents.AddChannel(t.Context(), admin, second), "name: channel \"support\" has the same")
		second.Name = "Second"
		require.NoError(t, l.agents.AddChannel(t.Context(), admin, second))
		require.ErrorContains(t, l.agents.AddChannel(t.Context(), admin, second), "has a channel with this id")
		require.Len(t, l.agents.Channels(admin), 2)

		hello := kim.text(time.Now(), "wamid.1", "hello")
		hello.number = "2"
		l.post(hello)
		l.pass(5 * time.Second)
		list, err := l.agents.Conversations(t.Context(), alice, desk.ConversationQuery{Channel: "second"})
		require.NoError(t, err)
		require.Len(t, list, 1, "routed by its number")
		require.Empty(t, l.conversations())

		changed := second.Settings
		changed.Number = "3"
		require.ErrorContains(t, l.agents.UpdateSettings(t.Context(), admin, changed), "it cannot change")
		changed.ID = "third"
		require.ErrorIs(t, l.agents.UpdateSettings(t.Context(), admin, changed), channel.ErrNoChannel)

		other := &wire{}
		second.Sender = other
		require.NoError(t, l.agents.ReplaceChannel(t.Context(), admin, second), "a new token")
		_, err = l.reply(list[0].ID, "hi")
		require.NoError(t, err)
		l.pass(5 * time.Second)
		require.Empty(t, line.texts())
		require.Equal(t, []string{"hi"}, other.texts())
		second.Sender = nil
		require.ErrorContains(t, l.agents.ReplaceChannel(t.Context(), admin, second), "needs a Sender")

		require.NoError(t, l.agents.RemoveChannel(t.Context(), admin, "second"))
		require.ErrorIs(t, l.agents.RemoveChannel(t.Context(), admin, "second"), channel.ErrNoChannel)
		_, err = l.hub.Channel(t.Context(), "second")
		require.ErrorIs(t, err, channel.ErrNoChannel)
		_, err = l.reply(list[0].ID, "too late")
		require.ErrorIs(t, err, channel.ErrNoChannel)
		again := kim.text(time.Now(), "wamid.2", "anybody there?")
		again.number = "2"
		l.post(again)
		l.pass(time.Hour)
		require.Len(t, l.letters("in"), 1, "kept for the day when it is back")
	})
}

func TestWhatWaitsForARemovedChannelGoesOnWhenItIsBack(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{config: slowPolls}, func(t *testing.T, l *lab) {
		l.say(kim, "wamid.1", "hello")
		conv := l.conversation().ID
		uncertain := l.uncertain(conv)
		l.stop()
		_, err := l.reply(conv, "later")
		require.NoError(t, err)
		c, err := l.hub.Channel(t.Context(), "support")
		require.NoError(t, err)
		require.NoError(t, l.agents.RemoveChannel(t.Context(), admin, "support"))
		l.run()
		l.pass(3 * time.Hour)
		require.Equal(t, []string{"perhaps"}, l.line.texts())
		c.Uncertain = channel.Resend
		require.NoError(t, l.agents.AddChannel(t.Context(), admin, c))
		l.pass(3 * time.Hour)
		require.ElementsMatch(t, []string{"perhaps", "later", "perhaps"}, l.line.texts())
		require.Equal(t, conversation.Accepted, l.state(conv, uncertain))
	})
}

func TestItemsOfAnUnknownNumberWaitTogether(t *testing.T) {
	t.Parallel()
	unknown := func(id string) item {
		p := kim.text(time.Now(), id, "anybody there?")
		p.number = "999"
		return p
	}
	late := func(l *lab) channel.Channel {
		c := channel.Channel{Settings: l.agents.Channels(admin)[0], Sender: &wire{}}
		c.ID, c.Name, c.Number = "late", "Late", "999"
		return c
	}
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		for n := range 12 {
			l.post(unknown(fmt.Sprintf("wamid.%d", n)))
		}
		l.pass(2 * time.Minute)
		require.Empty(t, l.letters("in"), "another process may know the channel soon")
		l.pass(4 * time.Minute)
		require.Len(t, l.letters("in"), 12, "one wait, not one each")
	})
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.post(unknown("wamid.1"))
		l.pass(2 * time.Minute)
		require.NoError(t, l.agents.AddChannel(t.Context(), admin, late(l)))
		l.pass(4 * time.Minute)
		require.Empty(t, l.letters("in"), "the channel came in time")
		require.NoError(t, l.agents.RemoveChannel(t.Context(), admin, "late"))
		l.post(unknown("wamid.2"))
		l.pass(time.Minute)
		require.Empty(t, l.letters("in"), "a wait of its own")
		l.pass(5 * time.Minute)
		require.Len(t, l.letters("in"), 1)
	})
}
