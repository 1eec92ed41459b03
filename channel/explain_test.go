package channel_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	require.Zero(t, channel.Explain(nil))
	later := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	tooLong := message.Outbound{To: message.Recipient{Phone: "16505550123"}, Content: &message.Text{Body: strings.Repeat("x", 5000)}}
	_, settings := channel.New(channel.Config{Store: memstore.New(), Ticketing: &channeltest.Ticketing{}, Channels: []channel.Channel{
		{Settings: channel.Settings{ID: "a"}}, {Settings: channel.Settings{ID: "b", Number: "x"}},
	}})
	require.Error(t, settings)
	for name, c := range map[string]struct {
		err    error
		class  channel.ErrorClass
		status int
		fields bool
		until  time.Time
	}{
		"a closed window":              {&window.ClosedError{}, channel.ErrorRefused, 409, false, time.Time{}},
		"a paused template":            {&template.NotSendableError{Sendability: template.Sendability{Reason: template.ReasonPaused, RetryAt: later}}, channel.ErrorRefused, 409, false, later},
		"values that do not fit":       {&template.BindError{Problems: template.Problems{{Path: "body[0]", Rule: template.RuleValueBlank}}}, channel.ErrorInput, 422, true, time.Time{}},
		"a broken shorthand":           {&template.ShorthandError{Rule: template.ShorthandNoEnd}, channel.ErrorInput, 422, true, time.Time{}},
		"a placeholder":                {&template.ExpandError{}, channel.ErrorInput, 422, false, time.Time{}},
		"a message too long":           {tooLong.Validate(), channel.ErrorInput, 422, true, time.Time{}},
		"a messaging limit":            {&pricing.LimitError{Next: later}, channel.ErrorLater, 429, false, later},
		"a budget":                     {&pricing.BudgetError{}, channel.ErrorRefused, 402, false, time.Time{}},
		"no price":                     {pricing.ErrNoPrice, channel.ErrorRefused, 402, false, time.Time{}},
		"settings, all at once":        {settings, channel.ErrorInput, 422, true, time.Time{}},
		"an unknown conversation":      {channel.ErrNotFound, channel.ErrorMissing, 404, false, time.Time{}},
		"an unknown channel":           {channel.ErrNoChannel, channel.ErrorMissing, 404, false, time.Time{}},
		"a merged conversation":        {&channel.MergedError{Into: "x"}, channel.ErrorRefused, 409, false, time.Time{}},
		"a used key":                   {channel.ErrKeyReused, channel.ErrorInput, 409, false, time.Time{}},
		"a file":                       {channel.ErrFileRefused, channel.ErrorInput, 415, false, time.Time{}},
		"no consent":                   {channel.ErrNoConsent, channel.ErrorRefused, 409, false, time.Time{}},
		"opted out":                    {channel.ErrOptedOut, channel.ErrorRefused, 409, false, time.Time{}},
		"a disabled channel":           {channel.ErrDisabled, channel.ErrorRefused, 409, false, time.Time{}},
		"too late":                     {channel.ErrTooLate, channel.ErrorRefused, 409, false, time.Time{}},
		"not uncertain":                {channel.ErrNotUncertain, channel.ErrorRefused, 409, false, time.Time{}},
		"not sent":                     {channel.ErrNotSent, channel.ErrorLater, 409, false, time.Time{}},
		"no text":                      {channel.CheckText("key", "\xff", 9), channel.ErrorInput, 422, false, time.Time{}},
		"a rate card":                  {&pricing.CardError{}, channel.ErrorInput, 422, false, time.Time{}},
		"a messaging limit of no form": {pricing.ErrTier, channel.ErrorInput, 422, false, time.Time{}},
		"no shorthand":                 {template.ErrNoShorthand, channel.ErrorInput, 422, false, time.Time{}},
		"a lost answer":                {message.ErrOutcomeUnknown, channel.ErrorLater, 502, false, time.Time{}},
		"a conflict":                   {store.ErrConflict, channel.ErrorLater, 503, false, time.Time{}},
		"an old cursor":                {store.ErrForgotten, channel.ErrorMissing, 410, false, time.Time{}},
		"a search of nothing":          {store.ErrSearch, channel.ErrorInput, 422, false, time.Time{}},
		"time out":                     {context.DeadlineExceeded, channel.ErrorLater, 504, false, time.Time{}},
		"given up":                     {context.Canceled, channel.ErrorLater, 503, false, time.Time{}},
		"something else":               {errors.New("disk on fire"), channel.ErrorFault, 500, false, time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, err := range []error{c.err, fmt.Errorf("channel: reply: %w", c.err)} {
				x := channel.Explain(err)
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
	require.Greater(t, len(channel.Explain(settings).Fields), 2, "all settings of both channels")
}
