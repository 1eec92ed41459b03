package channel_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
)

// card is an address card of a message, with the WhatsApp IDs of its numbers.
func card(origin string, waIDs ...string) map[string]any {
	phones := make([]any, len(waIDs))
	for i, id := range waIDs {
		phones[i] = map[string]any{"phone": "+" + id, "wa_id": id, "type": "CELL"}
	}
	return map[string]any{"origin": origin, "name": map[string]any{"formatted_name": "Sam Sample", "first_name": "Sam"}, "phones": phones}
}

// sam has a username, so that the number does not show.
var sam = channeltest.Face{Bsuid: "US.77", Name: "Sam Sample", Username: "sam"}

const samsNumber = "13125550177"

func TestANumberSharedOnRequestIsLearned(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cards   []any
		learned bool
	}{
		"shared on request":           {[]any{card("contact_request", samsNumber)}, true},
		"with a plus":                 {[]any{card("contact_request", "+"+samsNumber)}, true},
		"the same number twice":       {[]any{card("contact_request", samsNumber, samsNumber)}, true},
		"beside a card of a friend":   {[]any{card("contact_request", samsNumber), card("other", "13125550166")}, true},
		"a card of a friend":          {[]any{card("other", samsNumber)}, false},
		"a card from nobody knows":    {[]any{card("", samsNumber)}, false},
		"two numbers":                 {[]any{card("contact_request", samsNumber, "13125550166")}, false},
		"a BSUID instead of a number": {[]any{card("contact_request", "US.4711")}, false},
		"no number":                   {[]any{card("contact_request")}, false},
		"too few digits":              {[]any{card("contact_request", "123")}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
				l.Say(sam, "wamid.1", "hello")
				for range 2 {
					l.Post(sam.Cards(time.Now(), "wamid.2", c.cards...))
					l.Pass(5 * time.Second)
				}
				_, customer, err := l.Hub.Conversation(t.Context(), l.Conversation().ID)
				require.NoError(t, err)
				told := l.Host.Of(conversation.CustomerChanged)
				if !c.learned {
					require.Empty(t, customer.Phone)
					require.Empty(t, told)
					return
				}
				require.Equal(t, samsNumber, customer.Phone)
				require.Len(t, told, 1, "once")
				require.Equal(t, samsNumber, told[0].Customer.Phone)
				_, err = l.Reply(l.Conversation().ID, "thanks")
				require.NoError(t, err)
				l.Pass(5 * time.Second)
				require.Equal(t, message.Recipient{BSUID: "US.77"}, l.Line.Sent[0].To, "the BSUID cannot pass to somebody else")
				l.Say(channeltest.Face{Phone: samsNumber, Name: "Sam Sample"}, "wamid.3", "it is me")
				require.Len(t, l.Conversations(), 1, "who shows only the number is the same person")
			})
		})
	}
}

func TestANumberThatSomebodyElseHasIsNotLearnedWhateverTheOrder(t *testing.T) {
	t.Parallel()
	other := channeltest.Face{Phone: samsNumber, Bsuid: "US.88", Name: "Other Sample"}
	for n, order := range orders(3) {
		t.Run(fmt.Sprint("order ", n), func(t *testing.T) {
			t.Parallel()
			experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
				at := time.Now().Add(-time.Hour)
				items := []channeltest.Item{
					sam.Text(at, "wamid.1", "hello"),
					other.Text(at.Add(time.Minute), "wamid.2", "good morning"),
					sam.Cards(at.Add(2*time.Minute), "wamid.3", card("contact_request", samsNumber)),
				}
				for _, i := range order {
					l.Post(items[i])
					l.Pass(5 * time.Second)
				}
				phones := map[string]string{}
				for _, c := range l.Conversations() {
					_, customer, err := l.Hub.Conversation(t.Context(), c.ID)
					require.NoError(t, err)
					phones[customer.BSUID] = customer.Phone
				}
				require.Equal(t, map[string]string{"US.77": "", "US.88": samsNumber}, phones)
			})
		})
	}
}

func TestAPersonOfWhomOnlyTheSharedNumberIsKnownIsTheSame(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: channeltest.WithTemplates(t)}, func(t *testing.T, l *lab) {
		consent := conversation.Consent{At: time.Now(), Where: "counter", Wording: "v1"}
		require.NoError(t, l.Hub.RecordConsent(t.Context(), "support", message.Recipient{Phone: "+" + samsNumber}, consent))
		l.Say(sam, "wamid.1", "hello")
		l.Post(sam.Cards(time.Now(), "wamid.2", card("contact_request", samsNumber)))
		l.Pass(5 * time.Second)
		_, customer, err := l.Hub.Conversation(t.Context(), l.Conversation().ID)
		require.NoError(t, err)
		require.Equal(t, samsNumber, customer.Phone)
		require.Equal(t, "US.77", customer.BSUID)
		require.Len(t, customer.Consents, 1, "what was agreed to at the counter holds")
		require.NotEmpty(t, l.Host.Of(conversation.CustomerChanged))
		require.Len(t, l.Messages(l.Conversation().ID), 2)
	})
}
