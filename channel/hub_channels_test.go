package channel_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/explain"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/redact"
	"github.com/kanava-go/kanava/window"
)

func TestSettingsSurviveAnAdminPage(t *testing.T) {
	t.Parallel()
	full := settings.Settings{
		ID: "support", Name: "Support – Kontakt", Number: channeltest.LabNumber, Account: channeltest.LabAccount, Phone: "+1 312 555 0142",
		Portfolio: "77", Brand: "Sample", Department: "Repairs", Enabled: true,
		Redact: redact.Redactor{Strict: true}, InsecureKeepCards: true,
		Files:     settings.FilePolicy{Allow: []string{"image/*", "application/pdf"}, MaxBytes: 1 << 20},
		Window:    window.Options{NumberChangeKeepsWindow: true},
		Language:  "fi",
		Uncertain: settings.Resend, UncertainWait: 90 * duration.Second,
		Budget:           &pricing.Budget{Unit: pricing.BudgetMessages, Limit: 100, LowWater: 10, Monthly: true},
		TimeZone:         "Europe/Helsinki",
		Retention:        settings.Retention{Messages: 400 * duration.Day, Attachments: 90 * duration.Day, DeadLetters: 30 * duration.Day},
		ConsentElsewhere: true, OptOutWords: []string{"stop"},
		Desk: json.RawMessage(`{"any":"JSON"}`),
	}
	require.NoError(t, full.Validate())
	raw, err := json.Marshal(full)
	require.NoError(t, err)
	for _, want := range []string{`"uncertain_wait":"1m30s"`, `"messages":"400d"`, `"attachments":"90d"`, `"dead_letters":"30d"`} {
		require.Contains(t, string(raw), want, "a person can read it")
	}
	var back settings.Settings
	require.NoError(t, json.Unmarshal(raw, &back))
	require.Empty(t, cmp.Diff(full, back, cmp.AllowUnexported(redact.Redactor{}), cmp.Comparer(func(a, b redact.Redactor) bool {
		return a.Strict == b.Strict
	})))
}

func TestBadSettingsAreNamedAllAtOnce(t *testing.T) {
	t.Parallel()
	s := settings.Settings{
		ID: "Not An ID", Name: strings.Repeat("x", 256), Number: "+1 312", Uncertain: "maybe", UncertainWait: -1,
		TimeZone: "Mars/Base", Budget: &pricing.Budget{Unit: "shells", Limit: -1},
		Redact:    redact.Redactor{AllowNumbers: []string{"12"}},
		Files:     settings.FilePolicy{MaxBytes: -1},
		Retention: settings.Retention{Attachments: duration.Hour},
	}
	err := s.Validate()
	for _, want := range []string{
		"id:", "name:", "number:", "uncertain:", "uncertain_wait:", "time_zone:", "budget: unit", "budget: negative", "redact:",
		"files: max_bytes", "retention: attachments",
	} {
		require.ErrorContains(t, err, want)
	}
	s.Files = settings.FilePolicy{Allow: []string{"pictures"}}
	require.ErrorContains(t, s.Validate(), "files: allow[0]")
}

func TestChannelsComeChangeAndGoWhileTheHubRuns(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		first := l.Hub.Channels()[0].Settings
		line := &channeltest.Wire{}
		second := channel.Channel{Settings: first, Sender: line}
		second.ID = "second"
		require.ErrorContains(t, l.Hub.AddChannel(t.Context(), second), "number: channel \"support\" has the same")
		second.Number, second.Name = "2", "SUPPORT"
		require.ErrorContains(t, l.Hub.AddChannel(t.Context(), second), "name: channel \"support\" has the same")
		second.Name = "Second"
		require.NoError(t, l.Hub.AddChannel(t.Context(), second))
		require.ErrorContains(t, l.Hub.AddChannel(t.Context(), second), "has a channel with this id")
		taken := second
		taken.Number, taken.TimeZone = first.Number, "Nowhere"
		for i, field := range []string{"time_zone", "id", "number"} { // a form shows each at its place
			require.Equal(t, field, explain.Error(l.Hub.AddChannel(t.Context(), taken)).Fields[i].Path)
		}
		require.Len(t, l.Hub.Channels(), 2)

		hello := channeltest.Kim.Text(time.Now(), "wamid.1", "hello")
		hello.Number = "2"
		l.Post(hello)
		l.Pass(5 * time.Second)
		list, err := l.Hub.Conversations(t.Context(), channel.ConversationQuery{Channel: "second"})
		require.NoError(t, err)
		require.Len(t, list, 1, "routed by its number")
		require.Empty(t, l.Conversations())

		changed := second.Settings
		changed.Number = "3"
		require.ErrorContains(t, l.Hub.UpdateSettings(t.Context(), changed), "it cannot change")
		changed.TimeZone = "Nowhere"
		for name, err := range map[string]error{
			"update": l.Hub.UpdateSettings(t.Context(), changed), "replace": l.Hub.ReplaceChannel(t.Context(), channel.Channel{Settings: changed, Sender: line}),
		} {
			why := explain.Error(err)
			require.Equal(t, explain.Input, why.Class, name)
			require.Len(t, why.Fields, 2, "%s: all that is wrong, at once", name)
			require.Equal(t, "number", why.Fields[1].Path, name)
		}
		changed.TimeZone = ""
		changed.ID = "third"
		require.ErrorIs(t, l.Hub.UpdateSettings(t.Context(), changed), channel.ErrNoChannel)

		other := &channeltest.Wire{}
		second.Sender = other
		require.NoError(t, l.Hub.ReplaceChannel(t.Context(), second), "a new token")
		_, err = l.Reply(list[0].ID, "hi")
		require.NoError(t, err)
		l.Pass(5 * time.Second)
		require.Empty(t, line.Texts())
		require.Equal(t, []string{"hi"}, other.Texts())
		second.Sender = nil
		require.ErrorContains(t, l.Hub.ReplaceChannel(t.Context(), second), "needs a Sender")

		require.NoError(t, l.Hub.RemoveChannel(t.Context(), "second"))
		require.ErrorIs(t, l.Hub.RemoveChannel(t.Context(), "second"), channel.ErrNoChannel)
		_, err = l.Hub.Channel(t.Context(), "second")
		require.ErrorIs(t, err, channel.ErrNoChannel)
		_, err = l.Reply(list[0].ID, "too late")
		require.ErrorIs(t, err, channel.ErrNoChannel)
		again := channeltest.Kim.Text(time.Now(), "wamid.2", "anybody there?")
		again.Number = "2"
		l.Post(again)
		l.Pass(time.Hour)
		require.Len(t, l.Letters("in"), 1, "kept for the day when it is back")
	})
}

func TestWhatWaitsForARemovedChannelGoesOnWhenItIsBack(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: channeltest.SlowPolls}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation().ID
		uncertain := l.Uncertain(conv)
		l.Stop()
		_, err := l.Reply(conv, "later")
		require.NoError(t, err)
		c, err := l.Hub.Channel(t.Context(), "support")
		require.NoError(t, err)
		require.NoError(t, l.Hub.RemoveChannel(t.Context(), "support"))
		l.Run()
		l.Pass(3 * time.Hour)
		require.Equal(t, []string{"perhaps"}, l.Line.Texts())
		c.Uncertain = settings.Resend
		require.NoError(t, l.Hub.AddChannel(t.Context(), c))
		l.Pass(3 * time.Hour)
		require.ElementsMatch(t, []string{"perhaps", "later", "perhaps"}, l.Line.Texts())
		require.Equal(t, conversation.Accepted, l.state(conv, uncertain))
	})
}

func TestItemsOfAnUnknownNumberWaitTogether(t *testing.T) {
	t.Parallel()
	unknown := func(id string) channeltest.Item {
		p := channeltest.Kim.Text(time.Now(), id, "anybody there?")
		p.Number = "999"
		return p
	}
	late := func(l *lab) channel.Channel {
		c := channel.Channel{Settings: l.Hub.Channels()[0].Settings, Sender: &channeltest.Wire{}}
		c.ID, c.Name, c.Number = "late", "Late", "999"
		return c
	}
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		for n := range 12 {
			l.Post(unknown(fmt.Sprintf("wamid.%d", n)))
		}
		l.Pass(2 * time.Minute)
		require.Empty(t, l.Letters("in"), "another process may know the channel soon")
		l.Pass(4 * time.Minute)
		require.Len(t, l.Letters("in"), 12, "one wait, not one each")
	})
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Post(unknown("wamid.1"))
		l.Pass(2 * time.Minute)
		require.NoError(t, l.Hub.AddChannel(t.Context(), late(l)))
		l.Pass(4 * time.Minute)
		require.Empty(t, l.Letters("in"), "the channel came in time")
		require.NoError(t, l.Hub.RemoveChannel(t.Context(), "late"))
		l.Post(unknown("wamid.2"))
		l.Pass(time.Minute)
		require.Empty(t, l.Letters("in"), "a wait of its own")
		l.Pass(5 * time.Minute)
		require.Len(t, l.Letters("in"), 1)
	})
}

func TestSettingsThatTheHostTakesBackAreNone(t *testing.T) {
	t.Parallel()
	l := newLab(t, channeltest.LabOptions{})
	named := func() string { return l.Hub.Channels()[0].Name }
	for _, keep := range []bool{false, true} {
		ctx, tx := store.Defer(t.Context()) // what sqlstore.InTx does
		s := l.Hub.Channels()[0].Settings
		s.Name = "Changed"
		require.NoError(t, l.Hub.UpdateSettings(ctx, s))
		require.Equal(t, "Changed", named(), "in the transaction")
		tx.End(keep)
		require.Equal(t, map[bool]string{false: "Support", true: "Changed"}[keep], named())
	}
	ctx, tx := store.Defer(t.Context())
	s := l.Hub.Channels()[0].Settings
	s.Name = "Taken back"
	require.NoError(t, l.Hub.UpdateSettings(ctx, s))
	s.Name = "Newer"
	require.NoError(t, l.Hub.UpdateSettings(t.Context(), s))
	tx.End(false)
	require.Equal(t, "Newer", named(), "what was changed since stays")
}

// slowly is a store whose next commit says that it has begun and takes until it is let go.
type slowly struct {
	store.Store
	next atomic.Pointer[chan struct{}]
}

func (s *slowly) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	if gate := s.next.Swap(nil); gate != nil {
		*gate <- struct{}{}
		<-*gate
	}
	return s.Store.Commit(ctx, b)
}

// Whoever changes settings may wait for what the host's transaction holds, so that this waits for nobody.
func TestSettingsAreChangedInATransactionWhoeverElseChangesThem(t *testing.T) {
	t.Parallel()
	st := &slowly{Store: memstore.New()}
	l := newLab(t, channeltest.LabOptions{Store: st})
	s := l.Hub.Channels()[0].Settings
	theirs, mine := s, s
	theirs.Name, mine.Name = "Theirs", "Mine"
	gate, done, inside := make(chan struct{}), make(chan error, 1), make(chan error, 1)
	st.next.Store(&gate)
	go func() { done <- l.Hub.UpdateSettings(t.Context(), theirs) }()
	<-gate
	added := l.Hub.Channels()[0]
	added.ID, added.Name, added.Number = "another", "Another", "999"
	go func() {
		ctx, tx := store.Defer(t.Context())
		defer tx.End(true)
		inside <- errors.Join(l.Hub.UpdateSettings(ctx, mine), l.Hub.AddChannel(ctx, added), l.Hub.RemoveChannel(ctx, "another"))
	}()
	select {
	case err := <-inside:
		require.NoError(t, err)
	case <-time.After(10 * time.Second):
		require.Fail(t, "it waits")
	}
	gate <- struct{}{}
	require.NoError(t, <-done)
	require.Equal(t, "Theirs", l.Hub.Channels()[0].Name, "as it is stored: they were committed last")
	var stored struct{ Settings settings.Settings }
	records, err := st.Get(t.Context(), "shared", "settings|support")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(records[0].Body, &stored))
	require.Equal(t, "Theirs", stored.Settings.Name)
}
