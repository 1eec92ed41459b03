package desk_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/hooks"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

// report returns all counts of the day, or of the days since the lab began.
func (l *lab) report(from, to time.Time) *desk.Report {
	l.T.Helper()
	r, err := l.agents.Report(l.T.Context(), alice, desk.ReportQuery{Channel: "support", From: from, To: to})
	require.NoError(l.T, err)
	return r
}

func TestAReportIsWhatOneCountsByHand(t *testing.T) {
	t.Parallel()
	o := labOptions{Config: func(c *channel.Config) { channeltest.WithTemplates(t)(c); channeltest.SlowPolls(c) }, Settings: func(s *settings.Settings) { s.ConsentElsewhere = true }}
	experiment(t, o, func(t *testing.T, l *lab) {
		// The first day: two texts, a picture without an answer, an answer after 90 seconds.
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "hello"))
		l.Pass(30 * time.Second)
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.2", "card 4111 1111 1111 1111"))
		l.Pass(60 * time.Second)
		conv := l.Conversation().ID
		first, err := l.Reply(conv, "hi")
		require.NoError(t, err)
		l.Pass(10 * time.Second)
		l.Post(channeltest.Kim.Status(time.Now(), channeltest.OutWAMID("hi"), first.ID, "sent"), channeltest.Kim.Status(time.Now(), channeltest.OutWAMID("hi"), first.ID, "delivered"))
		l.Pass(10 * time.Second)
		l.Post(channeltest.Kim.Message(time.Now(), "wamid.3", "image", map[string]any{"id": "77", "mime_type": "image/png"}))
		l.Pass(40 * time.Second)
		_, err = l.Reply(conv, "I see it")
		require.NoError(t, err)
		l.Pass(30 * time.Second)
		require.NoError(t, l.agents.Resolve(t.Context(), alice, conv, "done")) // after 180 seconds

		// The second day: the window is closed.
		l.Pass(30 * time.Hour)
		_, err = l.Reply(conv, "too late")
		require.ErrorIs(t, err, window.ErrClosed)
		l.Pass(time.Second)
		_, err = l.Reply(conv, "still too late")
		require.ErrorIs(t, err, window.ErrClosed)
		l.Pass(time.Second)
		_, err = l.agents.Reply(t.Context(), alice, channel.Reply{Conversation: conv, Template: &channel.Template{Name: "none", Language: "en"}})
		require.ErrorIs(t, err, template.ErrNotSendable)
		sent, err := l.agents.Reply(t.Context(), alice, channel.Reply{Conversation: conv, Template: &channel.Template{Name: "reminder", Language: "en"}})
		require.NoError(t, err)
		l.Pass(10 * time.Second)
		l.Post(channeltest.Kim.Status(time.Now(), channeltest.OutWAMID("template"), sent.ID, "failed", "errors", []any{map[string]any{"code": 131026}}))
		l.Pass(10 * time.Second)

		report := l.report(channeltest.Dawn, channeltest.Dawn.Add(48*time.Hour))
		require.Len(t, report.Days, 2)
		require.Empty(t, cmp.Diff([]desk.Day{
			{Date: channeltest.Dawn, Counts: map[string]int64{
				"conversations": 1, "resolved": 1, "resolution_seconds": 180,
				"messages_in": 3, "in_text": 2, "in_image": 1, "redacted": 1,
				"messages_out": 2, "out_text": 2,
				"first_answers": 1, "first_answer_seconds": 90,
				"answers": 2, "answer_seconds": 90 + 40,
				"delivery_accepted": 2, "delivery_sent": 1, "delivery_delivered": 1,
				"charged": 1, // no price rule speaks of the year 2000, so that it may be
			}},
			{Date: channeltest.Dawn.Add(24 * time.Hour), Counts: map[string]int64{
				"refused": 3, "window_refused": 2, "refused_window_closed": 2, "refused_template": 1,
				"messages_out": 1, "out_template": 1,
				"delivery_accepted": 1, "delivery_failed": 1, "failed_recipient_unreachable": 1,
			}},
		}, report.Days))
		require.Equal(t, 90*time.Second, report.MeanFirstAnswer())
		require.Equal(t, 65*time.Second, report.MeanAnswer())
		require.Equal(t, 180*time.Second, report.MeanResolution())

		var out strings.Builder
		require.NoError(t, l.report(channeltest.Dawn.Add(24*time.Hour), channeltest.Dawn.Add(24*time.Hour)).WriteCSV(&out))
		require.Equal(t, `date,channel,name,value
2000-01-02,support,delivery_accepted,1
2000-01-02,support,delivery_failed,1
2000-01-02,support,failed_recipient_unreachable,1
2000-01-02,support,messages_out,1
2000-01-02,support,out_template,1
2000-01-02,support,refused,3
2000-01-02,support,refused_template,1
2000-01-02,support,refused_window_closed,2
2000-01-02,support,window_refused,2
`, out.String())

		log, err := l.agents.Events(t.Context(), alice, conv, 0)
		require.NoError(t, err)
		var refused []string
		for _, e := range log {
			if e.Kind == conversation.MessageRefused {
				require.Equal(t, conversation.Author{Kind: "agent", ID: "alice"}, e.Author)
				refused = append(refused, e.Reason)
			}
		}
		require.Equal(t, []string{
			"the service window is closed", "the service window is closed", "the template cannot be sent",
		}, refused, "whoever looks at the conversation sees what could not be sent")
	})
}

func TestAReportRefusesWhatItCannotAnswer(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		for name, tt := range map[string]struct {
			actor access.Actor
			q     desk.ReportQuery
			want  error
		}{
			"an unknown channel":   {alice, desk.ReportQuery{Channel: "none"}, channel.ErrNoChannel},
			"no actor":             {access.Actor{}, desk.ReportQuery{Channel: "support"}, access.ErrDenied},
			"from after to":        {alice, desk.ReportQuery{Channel: "support", From: channeltest.Dawn.Add(48 * time.Hour), To: channeltest.Dawn}, nil},
			"more than it can add": {alice, desk.ReportQuery{Channel: "support", From: channeltest.Dawn, To: channeltest.Dawn.AddDate(2, 0, 0)}, nil},
		} {
			_, err := l.agents.Report(t.Context(), tt.actor, tt.q)
			require.Error(t, err, name)
			if tt.want != nil {
				require.ErrorIs(t, err, tt.want, name)
			}
		}
		empty := l.report(channeltest.Dawn, channeltest.Dawn)
		require.Empty(t, empty.Days)
		require.Zero(t, empty.MeanAnswer(), "nothing is divided by nothing")
	})
}

func TestCostsAreCountedWhenAMessageArrives(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{Config: channeltest.Spends(t, nil)}, func(t *testing.T, l *lab) {
		price := []any{"pricing", map[string]any{"billable": true, "pricing_model": "PMP", "type": "regular", "category": "utility"}}
		m, err := l.Notify(channeltest.Kim, "reminder")
		require.NoError(t, err)
		l.Pass(10 * time.Second)
		at := channeltest.Now2026()
		require.Zero(t, l.report(at, at).Total("cost_micros"), "it has not arrived")
		for range 2 { // told twice, counted once
			l.Post(channeltest.Kim.Status(at, channeltest.OutWAMID("template"), m.ID, "sent", price...))
			l.Post(channeltest.Kim.Status(at.Add(time.Second), channeltest.OutWAMID("template"), m.ID, "delivered", price...))
			l.Post(channeltest.Kim.Status(at.Add(time.Minute), channeltest.OutWAMID("template"), m.ID, "read"))
			l.Pass(10 * time.Second)
		}
		failed, err := l.Notify(channeltest.Kim, "reminder")
		require.NoError(t, err)
		l.Pass(10 * time.Second)
		l.Post(channeltest.Kim.Status(at.Add(time.Minute), "wamid.other", failed.ID, "failed", "errors", []any{map[string]any{"code": 131026}}))
		l.Pass(10 * time.Second)
		report := l.report(at, at)
		require.EqualValues(t, 3400, report.Total("cost_micros"))
		require.EqualValues(t, 1, report.Total("charged"), "what fails is not charged")

		rows, err := l.agents.Spending(t.Context(), alice, "support")
		require.NoError(t, err)
		require.Len(t, rows, 1)
		require.Equal(t, pricing.Key{Channel: "support", Month: "2026-11", Category: pricing.CategoryUtility, Market: "North America"}, rows[0].Key)
		require.Equal(t, pricing.Totals{Delivered: 1, Charged: 1, Cost: 3400, Released: 1}, rows[0].Totals)
		_, err = l.agents.Spending(t.Context(), access.Actor{Kind: access.Agent}, "support")
		require.ErrorIs(t, err, access.ErrDenied)
		_, err = l.agents.Spending(t.Context(), alice, "none")
		require.ErrorIs(t, err, channel.ErrNoChannel)
	})
}

func TestABudgetRunsLowAndThenOut(t *testing.T) {
	t.Parallel()
	budget := &pricing.Budget{Unit: pricing.BudgetMessages, Limit: 3, LowWater: 1, Monthly: true}
	var low []hooks.BudgetInfo
	o := labOptions{Config: func(c *channel.Config) {
		channeltest.Spends(t, budget)(c)
		channeltest.SlowPolls(c)
		c.Hooks.BudgetLow = func(_ context.Context, i hooks.BudgetInfo) { low = append(low, i) }
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		_, err := l.Notify(channeltest.Kim, "reminder")
		require.NoError(t, err)
		require.Empty(t, low)
		_, err = l.Notify(channeltest.Kim, "reminder")
		require.NoError(t, err)
		require.Len(t, low, 1)
		require.Equal(t, int64(1), low[0].Balance.Remaining)
		require.Equal(t, pricing.Month("2026-11"), low[0].Balance.Month)
		_, err = l.Notify(channeltest.Kim, "reminder")
		require.NoError(t, err)
		require.Len(t, low, 1, "told once")
		_, err = l.Notify(channeltest.Kim, "reminder")
		require.ErrorIs(t, err, pricing.ErrBudgetExhausted)

		s := l.agents.Channels(admin)[0]
		s.Budget = &pricing.Budget{Unit: pricing.BudgetMessages, Limit: 6, LowWater: 1, Monthly: true}
		require.NoError(t, l.agents.UpdateSettings(t.Context(), admin, s), "a top-up")
		for range 2 {
			_, err = l.Notify(channeltest.Kim, "reminder")
			require.NoError(t, err)
		}
		require.Len(t, low, 2, "and told again after it")

		l.Pass(15 * 24 * time.Hour) // December
		_, err = l.Notify(channeltest.Kim, "reminder")
		require.NoError(t, err)
		require.Len(t, low, 2, "a month begins anew")
	})
}

func TestAnAlbumCountsAgainstTheBudgetAsAWhole(t *testing.T) {
	t.Parallel()
	budget := &pricing.Budget{Unit: pricing.BudgetMessages, Limit: 2}
	experiment(t, labOptions{Config: channeltest.Spends(t, budget)}, func(t *testing.T, l *lab) {
		_, err := l.Notify(channeltest.Kim, "reminder")
		require.NoError(t, err)
		l.Pass(10 * time.Second)
		conv := l.Conversation().ID
		reply := channel.Reply{Conversation: conv, Template: &channel.Template{Name: "reminder", Language: "en"}}
		_, err = l.agents.ReplyAll(t.Context(), alice, []channel.Reply{reply, reply})
		require.ErrorIs(t, err, pricing.ErrBudgetExhausted, "one is left, two are wanted")
		require.Len(t, l.Messages(conv), 1, "and none of the two is stored")
		_, err = l.agents.ReplyAll(t.Context(), alice, []channel.Reply{reply})
		require.NoError(t, err)
	})
}

func TestAReportCoversAtMost400Days(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		to := time.Now()
		for days, good := range map[int]bool{0: false, 1: true, 400: true, 401: false} {
			_, err := l.agents.Report(t.Context(), alice, desk.ReportQuery{Channel: "support", From: to.AddDate(0, 0, 1-days), To: to})
			require.Equal(t, good, err == nil, "%d days: %v", days, err)
		}
	})
}

func TestAMoneyBudgetNeedsAPrice(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{Config: channeltest.Spends(t, &pricing.Budget{Limit: 5000})}, func(t *testing.T, l *lab) {
		_, err := l.Notify(channeltest.Face{Phone: "4915112345678"}, "reminder")
		require.ErrorIs(t, err, pricing.ErrNoPrice, "no rate for Germany")
		_, err = l.Notify(channeltest.Kim, "reminder")
		require.NoError(t, err)
		_, err = l.Notify(channeltest.Kim, "reminder")
		require.ErrorIs(t, err, pricing.ErrBudgetExhausted, "3400 of 5000 are gone")
		require.EqualValues(t, 2, l.report(channeltest.Now2026(), channeltest.Now2026()).Total("refused"))
	})
}
