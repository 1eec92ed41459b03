package explain_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deadletter"
	"github.com/kanava-go/kanava/channel/explain"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

func TestEveryErrorIsExplained(t *testing.T) {
	t.Parallel()
	require.Zero(t, explain.Error(nil))
	later := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	tooLong := message.Outbound{To: message.Recipient{Phone: "16505550123"}, Content: &message.Text{Body: strings.Repeat("x", 5000)}}
	_, settings := channel.New(channel.Config{Store: memstore.New(), Ticketing: &channeltest.Ticketing{}, Channels: []channel.Channel{
		{Settings: settings.Settings{ID: "a"}}, {Settings: settings.Settings{ID: "b", Number: "x"}},
	}})
	require.Error(t, settings)
	for name, c := range map[string]struct {
		err    error
		class  explain.Class
		status int
		fields bool
		until  time.Time
	}{
		"a closed window":              {&window.ClosedError{}, explain.Refused, 409, false, time.Time{}},
		"a paused template":            {&template.NotSendableError{Sendability: template.Sendability{Reason: template.ReasonPaused, RetryAt: later}}, explain.Refused, 409, false, later},
		"values that do not fit":       {&template.BindError{Problems: template.Problems{{Path: "body[0]", Rule: template.RuleValueBlank}}}, explain.Input, 422, true, time.Time{}},
		"a broken shorthand":           {&template.ShorthandError{Rule: template.ShorthandNoEnd}, explain.Input, 422, true, time.Time{}},
		"a placeholder":                {&template.ExpandError{}, explain.Input, 422, false, time.Time{}},
		"a message too long":           {tooLong.Validate(), explain.Input, 422, true, time.Time{}},
		"a messaging limit":            {&pricing.LimitError{Next: later}, explain.Later, 429, false, later},
		"a budget":                     {&pricing.BudgetError{}, explain.Refused, 402, false, time.Time{}},
		"no price":                     {pricing.ErrNoPrice, explain.Refused, 402, false, time.Time{}},
		"settings, all at once":        {settings, explain.Input, 422, true, time.Time{}},
		"an unknown conversation":      {channel.ErrNotFound, explain.Missing, 404, false, time.Time{}},
		"an unknown channel":           {channel.ErrNoChannel, explain.Missing, 404, false, time.Time{}},
		"a merged conversation":        {&channel.MergedError{Into: "x"}, explain.Refused, 409, false, time.Time{}},
		"a used key":                   {channel.ErrKeyReused, explain.Input, 409, false, time.Time{}},
		"a channel without files":      {fmt.Errorf("channel: upload: %w", channel.ErrNoMedia), explain.Refused, 409, false, time.Time{}},
		"a consent without evidence":   {fmt.Errorf("channel: record consent: %w", channel.ErrNoEvidence), explain.Input, 422, false, time.Time{}},
		"a file":                       {channel.ErrFileRefused, explain.Input, 415, false, time.Time{}},
		"no consent":                   {channel.ErrNoConsent, explain.Refused, 409, false, time.Time{}},
		"opted out":                    {channel.ErrOptedOut, explain.Refused, 409, false, time.Time{}},
		"a disabled channel":           {channel.ErrDisabled, explain.Refused, 409, false, time.Time{}},
		"too late":                     {channel.ErrTooLate, explain.Refused, 409, false, time.Time{}},
		"not uncertain":                {channel.ErrNotUncertain, explain.Refused, 409, false, time.Time{}},
		"not sent":                     {channel.ErrNotSent, explain.Later, 409, false, time.Time{}},
		"no text":                      {fmt.Errorf("channel: key: %w", channel.ErrUnusable), explain.Input, 422, false, time.Time{}},
		"a rate card":                  {&pricing.CardError{}, explain.Input, 422, false, time.Time{}},
		"a messaging limit of no form": {pricing.ErrTier, explain.Input, 422, false, time.Time{}},
		"no shorthand":                 {template.ErrNoShorthand, explain.Input, 422, false, time.Time{}},
		"a lost answer":                {message.ErrOutcomeUnknown, explain.Later, 502, false, time.Time{}},
		"a conflict":                   {store.ErrConflict, explain.Later, 503, false, time.Time{}},
		"an old cursor":                {store.ErrForgotten, explain.Missing, 410, false, time.Time{}},
		"a search of nothing":          {store.ErrSearch, explain.Input, 422, false, time.Time{}},
		"time out":                     {context.DeadlineExceeded, explain.Later, 504, false, time.Time{}},
		"given up":                     {context.Canceled, explain.Later, 503, false, time.Time{}},
		"something else":               {errors.New("disk on fire"), explain.Fault, 500, false, time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, err := range []error{c.err, fmt.Errorf("channel: reply: %w", c.err)} {
				x := explain.Error(err)
				require.Equal(t, c.class, x.Class)
				require.Equal(t, c.status, x.Status)
				require.Equal(t, channel.CauseOf(err), x.Cause)
				require.Equal(t, c.fields, len(x.Fields) > 0, "%+v", x)
				require.Equal(t, c.until, x.Until)
				require.True(t, strings.HasSuffix(x.Text, "."), x.Text)
				require.NotContains(t, x.Text+x.Do, "fire")
				for _, f := range x.Fields {
					require.NotEmpty(t, f.Rule)
					require.NotEmpty(t, f.Text)
				}
			}
		})
	}
	require.Greater(t, len(explain.Error(settings).Fields), 2, "all settings of both channels")
}

func TestWhatCannotBeUsedIsToldApart(t *testing.T) {
	t.Parallel()
	channeltest.Experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *channeltest.Lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation().ID
		ctx := t.Context()
		metadata := func(raw string) error { return l.Hub.SetMetadata(ctx, conv, json.RawMessage(raw)) }
		_, queue := l.Hub.Conversations(ctx, channel.ConversationQuery{Channel: "support", Queues: []string{"urgent"}})
		_, holder := l.Hub.Conversations(ctx, channel.ConversationQuery{Channel: "support", Holders: []conversation.Holder{"cat"}})
		_, letters := l.Hub.DeadLetters(ctx, deadletter.Query{})
		_, replay := l.Hub.ReplayAllDeadLetters(ctx, deadletter.Replay{Channel: "support"})
		_, noLetters := l.Hub.DeadLetters(ctx, deadletter.Query{Work: "inn"})
		_, noReplay := l.Hub.ReplayAllDeadLetters(ctx, deadletter.Replay{Work: "inn"})
		for name, c := range map[string]struct {
			err            error
			text, do, rule string
		}{
			"too long":                        {l.Hub.SetTicket(ctx, conv, strings.Repeat("x", 300)), "Ticket is too long: 300 of at most 255.", "Shorten it.", "too_long"},
			"no text":                         {l.Hub.SetTicket(ctx, conv, "\xff"), "Ticket is not valid UTF-8, or has a NUL in it.", "Give a text in UTF-8.", "no_text"},
			"no JSON":                         {metadata("{"), "Metadata is no JSON.", "Give valid JSON.", "no_json"},
			"a card as a number":              {metadata(`{"n":4111111111111111}`), "", "", ""}, // it becomes a text
			"an unknown queue":                {queue, "There is no such queue.", "Choose one that there is.", "unknown"},
			"an unknown holder":               {holder, "There is no such holder.", "Choose one that there is.", "unknown"},
			"dead letters of no kind":         {letters, "Kind of work is empty.", "Fill it in.", "empty"},
			"a replay of no kind":             {replay, "Kind of work is empty.", "Fill it in.", "empty"},
			"dead letters of an unknown kind": {noLetters, "There is no such kind of work.", "Choose one that there is.", "unknown"},
			"a replay of an unknown kind":     {noReplay, "There is no such kind of work.", "Choose one that there is.", "unknown"},
			"an unknown cause":                {l.Hub.HandOver(ctx, channeltest.Alice, conv, conversation.Handover{Cause: "bored"}), "There is no such cause.", "Choose one that there is.", "unknown"},
			"two values at the same time":     {errors.Join(l.Hub.SetTicket(ctx, conv, "\xff"), queue), "Something that was given cannot be used.", "Correct it.", "no_text"},
		} {
			if c.text == "" {
				if c.err != nil {
					require.ErrorIs(t, c.err, channel.ErrUnusable, name)
					require.NotContains(t, explain.Error(c.err).Text, "4111", name)
				}
				continue
			}
			require.ErrorIs(t, c.err, channel.ErrUnusable, name)
			require.Equal(t, conversation.CauseUnusable, channel.CauseOf(c.err), name)
			x := explain.Error(c.err)
			require.Equal(t, explain.Input, x.Class, name)
			require.Equal(t, 422, x.Status, name)
			require.Equal(t, c.text, x.Text, name)
			require.Equal(t, c.do, x.Do, name)
			require.Equal(t, c.rule, x.Fields[0].Rule, name)
		}
	})
}
