package inbox_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/examples/inbox"
	"github.com/kanava-go/kanava/examples/internal/sandbox"
	"github.com/kanava-go/kanava/webhook"
	"github.com/kanava-go/kanava/window"
)

// helpdesk is a helpdesk that knows nothing but the interface.
type helpdesk struct {
	t *testing.T
	inbox.Inbox
}

func (h helpdesk) next() *inbox.Item {
	h.t.Helper()
	item, err := h.Receive(h.t.Context())
	require.NoError(h.t, err)
	return item
}

// status waits for what became of an answer and settles all on the way.
func (h helpdesk) status(id, want string) *inbox.Item {
	h.t.Helper()
	for {
		item := h.next()
		item.Done(nil)
		if item.Answer == id && item.Status == want {
			return item
		}
	}
}

// open opens an Inbox on a store and leads the webhooks of a simulation to it, until the test ends.
func open(t *testing.T, box *sandbox.WhatsApp, s store.Store) helpdesk {
	t.Helper()
	cfg, api := channel.Config{Store: s}, cloudapi.Config{}
	box.Simulate(&api, &cfg)
	client, err := cloudapi.New(api)
	require.NoError(t, err)
	for _, brand := range box.Brands() {
		number := client.Number(brand.Number)
		cfg.Channels = append(cfg.Channels, channel.Channel{Settings: brand, Sender: number, Media: number})
	}
	w, err := inbox.Open(cfg, webhook.Config{AppSecrets: []string{box.App.Secret}, VerifyToken: box.App.VerifyToken})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- box.Run(ctx, w.Webhook) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-ended)
		require.NoError(t, w.Close())
	})
	synctest.Wait()
	return helpdesk{t, w}
}

func TestAMessageIsReceivedAndAnswered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		box, err := sandbox.New("Harbour Bikes", "Harbour Boats")
		require.NoError(t, err)
		desk := open(t, box, memstore.New())
		box.Customer.Text(box.Numbers[0], "Is my bike ready?")
		item := desk.next()
		require.Equal(t, "Is my bike ready?", item.Text)
		require.Equal(t, "Robin Sample", item.Name)
		item.Done(nil)
		item.Done(errors.New("too late")) // once settled it stays so

		answer := inbox.Outgoing{Thread: item.Thread, Agent: "dana", Text: "It is.", Key: "1"}
		id, err := desk.Send(t.Context(), answer)
		require.NoError(t, err)
		again, err := desk.Send(t.Context(), answer)
		require.NoError(t, err)
		require.Equal(t, id, again)
		require.Equal(t, item.Thread, desk.status(id, "delivered").Thread)
		require.Contains(t, box.Screen(box.Numbers[0]), "Harbour Bikes: It is.")
		require.Empty(t, box.Screen(box.Numbers[1]))

		box.World.Advance(25 * time.Hour)
		_, err = desk.Send(t.Context(), inbox.Outgoing{Thread: item.Thread, Text: "late"})
		require.ErrorIs(t, err, window.ErrClosed)
	})
}

func TestALongAnswerHasOneIDAndTheLeastStateOfItsParts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		box, err := sandbox.New("Harbour Bikes")
		require.NoError(t, err)
		desk := open(t, box, memstore.New())
		box.Customer.Text(box.Numbers[0], "Tell me everything.")
		item := desk.next()
		item.Done(nil)
		id, err := desk.Send(t.Context(), inbox.Outgoing{Thread: item.Thread, Text: strings.Repeat("All about bikes. ", 600)})
		require.NoError(t, err)
		desk.status(id, "delivered")
		require.Equal(t, 3, strings.Count(box.Screen(box.Numbers[0]), "Harbour Bikes: "), "all parts have arrived by then")
	})
}

func TestWhatIsNotDealtWithIsOfferedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		box, err := sandbox.New("Harbour Bikes")
		require.NoError(t, err)
		desk := open(t, box, memstore.New())
		box.Customer.Text(box.Numbers[0], "first")
		time.Sleep(time.Second)
		box.Customer.Text(box.Numbers[0], "second")
		first := desk.next()
		first.Done(errors.New("the disk is full"))
		again := desk.next()
		require.Equal(t, first.ID, again.ID, "nothing overtakes it in its thread")
		// This time nobody settles it at all.
		again = desk.next()
		require.Equal(t, first.ID, again.ID)
		again.Done(nil)
		require.Equal(t, "second", desk.next().Text)
	})
}

func TestCloseEndsEverythingAndLosesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := memstore.New()
		box, err := sandbox.New("Harbour Bikes")
		require.NoError(t, err)
		desk := open(t, box, s)
		waiting := make(chan error, 1)
		go func() {
			for {
				if _, err := desk.Receive(t.Context()); err != nil {
					waiting <- err
					return
				}
			}
		}()
		box.Customer.Text(box.Numbers[0], "hello")
		time.Sleep(time.Second) // it is taken, and nobody settles it
		require.NoError(t, desk.Close())
		require.NoError(t, desk.Close(), "twice is once")
		require.ErrorIs(t, <-waiting, inbox.ErrClosed)
		_, err = desk.Receive(t.Context())
		require.ErrorIs(t, err, inbox.ErrClosed)
		_, err = desk.Send(t.Context(), inbox.Outgoing{})
		require.ErrorIs(t, err, inbox.ErrClosed)

		next, err := sandbox.New("Harbour Bikes")
		require.NoError(t, err)
		item := open(t, next, s).next()
		require.Equal(t, "hello", item.Text)
		item.Done(nil)

		over, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = desk.Receive(over)
		require.Error(t, err)
	})
}

func TestAFailureIsToldWithItsReason(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		box, err := sandbox.New("Harbour Bikes")
		require.NoError(t, err)
		desk := open(t, box, memstore.New())
		box.Customer.Text(box.Numbers[0], "hello")
		item := desk.next()
		item.Done(nil)
		box.Customer.Block(box.Numbers[0])
		box.Customer.GiveUpNumber()
		id, err := desk.Send(t.Context(), inbox.Outgoing{Thread: item.Thread, Text: "Are you there?"})
		require.NoError(t, err)
		require.NotEmpty(t, desk.status(id, "failed").Reason)
	})
}

func TestAConfigurationThatCannotWorkIsRefused(t *testing.T) {
	t.Parallel()
	_, err := inbox.Open(channel.Config{}, webhook.Config{})
	require.Error(t, err)
	_, err = inbox.Open(channel.Config{Store: memstore.New()}, webhook.Config{})
	require.Error(t, err)
}
