package twilio_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/twilio"
	"github.com/kanava-go/kanava/channel/twilio/twiliotest"
	"github.com/kanava-go/kanava/template"
)

func TestSendersAndTheirLimit(t *testing.T) {
	t.Parallel()
	sim, _ := newSim()
	sim.AddSender("+13125550143")
	sim.SetSenderStatus("+13125550143", "OFFLINE")
	c := newClient(t, sim, nil)
	var all []twilio.Sender
	for s, err := range c.Senders(t.Context()) {
		require.NoError(t, err)
		all = append(all, s)
	}
	require.Len(t, all, 2)
	require.Equal(t, line, all[0].Phone)
	require.True(t, all[0].Status.CanSend())
	require.Equal(t, twilio.SenderOffline, all[1].Status)
	require.False(t, all[1].Status.CanSend())
	require.NotEmpty(t, all[0].WABA)
	limit, err := c.Number(line).MessagingLimit(t.Context())
	require.NoError(t, err)
	require.Equal(t, "TIER_10K", limit)
	limit, err = c.Number("+13125550144").MessagingLimit(t.Context())
	require.NoError(t, err)
	require.Empty(t, limit)
}

func TestNumbersAreFoundAndBought(t *testing.T) {
	t.Parallel()
	sim := twiliotest.New(twiliotest.Config{Now: func() time.Time { return noon }})
	c := newClient(t, sim, nil)
	found, err := c.SearchNumbers(t.Context(), twilio.NumberQuery{Country: "FI", Kind: twilio.NumberMobile, Limit: 2})
	require.NoError(t, err)
	require.Len(t, found, 2)
	require.Equal(t, "FI", found[0].Country)
	n, err := c.BuyNumber(t.Context(), found[0].Phone, "Support")
	require.NoError(t, err)
	require.Equal(t, found[0].Phone, n.Phone)
	require.True(t, n.Bought.Equal(noon))
	_, err = c.BuyNumber(t.Context(), found[0].Phone, "Support")
	require.Error(t, err)
	require.NotContains(t, err.Error(), found[0].Phone)
	var own []twilio.OwnedNumber
	for o, err := range c.OwnedNumbers(t.Context()) {
		require.NoError(t, err)
		own = append(own, o)
	}
	require.Len(t, own, 1)

	_, err = c.SearchNumbers(t.Context(), twilio.NumberQuery{Country: "Finland", Kind: "Satellite", Contains: "../x", Limit: -1})
	for _, part := range []string{"Country", "Kind", "Contains", "Limit"} {
		require.ErrorContains(t, err, part)
	}
	_, err = c.BuyNumber(t.Context(), "112", "")
	require.Error(t, err)
}

func TestUntilWhenANumberIsPaid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ bought, now, until string }{
		"in the first month":        {"2026-01-15", "2026-01-20", "2026-02-15"},
		"on the day":                {"2026-01-15", "2026-02-15", "2026-03-15"},
		"years later":               {"2021-06-15", "2026-11-29", "2026-12-15"},
		"over the end of the year":  {"2026-12-20", "2026-12-31", "2027-01-20"},
		"a day that a month lacks":  {"2026-01-31", "2026-02-10", "2026-02-28"},
		"and the month after":       {"2026-01-31", "2026-03-01", "2026-03-31"},
		"the day before its day":    {"2026-01-15", "2026-06-14", "2026-06-15"},
		"a clock that is behind it": {"2026-03-15", "2026-01-01", "2026-04-15"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			day := func(s string) time.Time {
				d, err := time.Parse(time.DateOnly, s)
				require.NoError(t, err)
				return d
			}
			require.Equal(t, day(c.until), twilio.OwnedNumber{Bought: day(c.bought)}.PaidUntil(day(c.now)))
		})
	}
	require.True(t, twilio.OwnedNumber{}.PaidUntil(noon).IsZero())
}

func TestBalancesAreReadExactly(t *testing.T) {
	t.Parallel()
	for text, micros := range map[string]int64{
		"20.00": 20_000_000, "0.0049": 4_900, "-3.5": -3_500_000, "7": 7_000_000, "12.1234567": 12_123_456,
	} {
		sim, _ := newSim()
		sim.SetBalance(text)
		b, err := newClient(t, sim, nil).Balance(t.Context())
		require.NoError(t, err, text)
		require.Equal(t, twilio.Balance{Amount: micros, Currency: "USD"}, b, text)
	}
	for _, text := range []string{"", "a lot", "1.2.3", "--1", "99999999999999999999"} {
		sim, _ := newSim()
		sim.SetBalance(text)
		_, err := newClient(t, sim, nil).Balance(t.Context())
		require.Error(t, err, text)
	}
	require.Equal(t, int64(4), twilio.Balance{Amount: 20_000}.Messages(5_000))
	require.Zero(t, twilio.Balance{Amount: 20_000}.Messages(0))
	require.Zero(t, twilio.Balance{Amount: -20_000}.Messages(5_000))
}

func TestNoCreditNoMessage(t *testing.T) {
	t.Parallel()
	sim, dana := newSim()
	var low, bought int
	var heard []int64
	var fail error
	credits, err := twilio.NewCredits(twilio.CreditsConfig{
		Low: 5_000_000, Reserve: 1_000_000,
		OnBalance: func(_ context.Context, b twilio.Balance) { heard = append(heard, b.Amount) },
		OnLow:     func(context.Context, twilio.Balance) { low++ },
		TopUp:     func(context.Context, twilio.Balance) error { bought++; return fail },
	})
	require.NoError(t, err)
	c := newClient(t, sim, func(cfg *twilio.Config) { cfg.Credits = credits })
	send := func() error {
		_, err := c.Number(line).Send(t.Context(), to(&message.Text{Body: "hi"}))
		return err
	}
	require.NoError(t, send(), "before any balance is known")
	for _, step := range []struct {
		balance     string
		sends       bool
		low, bought int
		fail        error
	}{
		{"20.00", true, 0, 0, nil},
		{"5.00", true, 1, 1, errors.New("declined")},
		{"4.00", true, 1, 2, nil},
		{"3.00", true, 1, 2, nil}, // under way: not bought twice
		{"1.00", false, 1, 2, nil},
		{"0.50", false, 1, 2, nil},
		{"30.00", true, 1, 2, nil},
		{"2.00", true, 2, 3, nil},
	} {
		sim.SetBalance(step.balance)
		fail = step.fail
		if err := credits.Refresh(t.Context(), c); step.fail == nil {
			require.NoError(t, err)
		} else {
			require.ErrorIs(t, err, step.fail)
		}
		if err := send(); step.sends {
			require.NoError(t, err, step.balance)
		} else {
			require.ErrorIs(t, err, twilio.ErrNoCredit, step.balance)
			f, ok := message.FailureOf(err)
			require.True(t, ok)
			require.Equal(t, message.ClassAccount, f.Class)
			require.False(t, f.Retry.Automatic())
		}
		require.Equal(t, step.low, low, step.balance)
		require.Equal(t, step.bought, bought, step.balance)
	}
	b, ok := credits.Last()
	require.True(t, ok)
	require.Equal(t, int64(2_000_000), b.Amount)
	require.Len(t, dana.Sees(line), 7)
	require.GreaterOrEqual(t, len(heard), 8)
}

func TestTheTopUpIsSeenAtOnce(t *testing.T) {
	t.Parallel()
	sim, _ := newSim()
	var heard []int64
	credits, err := twilio.NewCredits(twilio.CreditsConfig{
		Low:       5_000_000,
		OnBalance: func(_ context.Context, b twilio.Balance) { heard = append(heard, b.Amount) },
		TopUp:     func(context.Context, twilio.Balance) error { sim.SetBalance("50.00"); return nil },
	})
	require.NoError(t, err)
	c := newClient(t, sim, func(cfg *twilio.Config) { cfg.Credits = credits })
	sim.SetBalance("0.00")
	require.NoError(t, credits.Refresh(t.Context(), c))
	require.Equal(t, []int64{0, 50_000_000}, heard)
	_, err = c.Number(line).Send(t.Context(), to(&message.Text{Body: "hi"}))
	require.NoError(t, err)
}

func TestTheBalanceIsWatchedUntilTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim, _ := newSim()
		failed := 0
		credits, err := twilio.NewCredits(twilio.CreditsConfig{
			Low: 1, Every: time.Minute, OnError: func(context.Context, error) { failed++ },
		})
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { credits.Run(ctx, newClient(t, sim, nil)); close(done) }()
		synctest.Wait()
		sim.SetBalance("nonsense")
		<-time.After(2*time.Minute + time.Second)
		synctest.Wait()
		require.Equal(t, 2, failed)
		b, ok := credits.Last()
		require.True(t, ok)
		require.Equal(t, int64(20_000_000), b.Amount, "a balance that cannot be asked for leaves things as they were")
		cancel()
		<-done
	})
}

func TestCreditsTellAllProblems(t *testing.T) {
	t.Parallel()
	_, err := twilio.NewCredits(twilio.CreditsConfig{Reserve: -1, Every: -1})
	for _, part := range []string{"Low", "Reserve", "Every"} {
		require.ErrorContains(t, err, part)
	}
	_, err = twilio.NewCredits(twilio.CreditsConfig{Low: 1, Reserve: 2})
	require.ErrorContains(t, err, "Reserve is above Low")
}

func TestAddressesOfNextPagesLeadNowhereElse(t *testing.T) {
	t.Parallel()
	var s pages
	c, err := twilio.New(twilio.Config{AccountSID: account, AuthToken: token, StatusURL: public, HTTPClient: s.client()})
	require.NoError(t, err)
	for name, list := range map[string]func() error{
		"contents": func() error {
			for _, err := range c.Contents(t.Context()) {
				if err != nil {
					return err
				}
			}
			return nil
		},
		"senders": func() error {
			for _, err := range c.Senders(t.Context()) {
				if err != nil {
					return err
				}
			}
			return nil
		},
	} {
		s.next = "https://evil.example/v1?page=2"
		require.Error(t, list(), name)
		require.False(t, strings.Contains(strings.Join(s.asked, " "), "evil"), name)
		s.next = "" // each page names itself
		require.NoError(t, list(), name)
	}
}

// notThere answers every request with itself, as a page that says nothing of its list.
type notThere string

func (a notThere) RoundTrip(*http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	_, _ = w.WriteString(string(a))
	return w.Result(), nil
}

func TestAPageWithoutItsListIsNoEmptyList(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `{"meta":{"next_page_url":null}}`, `{"contents":null,"senders":null,"incoming_phone_numbers":null}`} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			c, err := twilio.New(twilio.Config{
				AccountSID: account, AuthToken: token, StatusURL: public, HTTPClient: &http.Client{Transport: notThere(body)},
			})
			require.NoError(t, err)
			for _, err := range c.Senders(t.Context()) {
				require.ErrorContains(t, err, "list senders: no answer: the answer is not of the documented form")
			}
			count := 0
			for _, err := range c.OwnedNumbers(t.Context()) {
				require.ErrorContains(t, err, "list numbers")
				count++
			}
			require.Equal(t, 1, count)
			catalog, err := template.NewCatalog(template.CatalogConfig{})
			require.NoError(t, err)
			require.NoError(t, catalog.Sync(noon, func(yield func(template.Definition, error) bool) {
				yield(template.Definition{ID: "HX1", Name: "hello", Language: "en", Status: template.StatusApproved}, nil)
			}))
			require.ErrorContains(t, c.SyncTemplates(t.Context(), noon.Add(time.Hour), catalog), "list contents")
			_, known := catalog.Lookup("hello", "en")
			require.True(t, known, "what was known stays")
		})
	}
}
