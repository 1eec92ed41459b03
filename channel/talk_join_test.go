package channel_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
)

// Two faces of one person, of whom WhatsApp does not say at first that they are one.
var (
	kimsPhone = channeltest.Face{Phone: channeltest.Kim.Phone, Name: channeltest.Kim.Name}
	kimHidden = channeltest.Face{Bsuid: channeltest.Kim.Bsuid, Name: channeltest.Kim.Name}
)

func TestWhoWritesAtOnceAfterAChangeStaysOneCustomer(t *testing.T) {
	t.Parallel()
	before := channeltest.Face{Phone: "13125550187", Bsuid: "US.1"}
	after := channeltest.Face{Phone: "13125550187", Bsuid: "US.2"}
	t.Run("the notice comes a moment later", func(t *testing.T) {
		t.Parallel()
		experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
			l.Say(before, "wamid.1", "hello")
			at := time.Now()
			l.Post(after.Text(at, "wamid.2", "it is me"))
			l.Pass(time.Second)
			l.Post(before.Moved(at, "wamid.n", channeltest.Face{Bsuid: "US.2"}))
			l.Pass(20 * time.Second)
			require.Equal(t, []string{"hello", "it is me"}, l.Host.Texts())
			require.Len(t, l.Conversations(), 1, "one conversation, one ticket")
		})
	})
	t.Run("no notice comes", func(t *testing.T) {
		t.Parallel()
		experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
			l.Say(before, "wamid.1", "hello")
			l.Post(after.Text(time.Now(), "wamid.2", "I am somebody else"))
			l.Pass(20 * time.Second)
			require.Equal(t, []string{"hello", "I am somebody else"}, l.Host.Texts())
			require.Len(t, l.Conversations(), 2)
		})
	})
}

func TestTheHostHearsThatACustomerWasAbsorbed(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Post(kimsPhone.Preference(time.Now(), "resume")) // a customer without a conversation
		l.Pass(time.Minute)
		l.Say(kimHidden, "wamid.1", "hello")
		known := l.Host.Received[0].Customer.ID
		l.Say(channeltest.Kim, "wamid.2", "it is me")
		changed := l.Host.Of(conversation.CustomerChanged)
		require.Len(t, changed, 1)
		require.Equal(t, known, changed[0].Absorbed)
		require.NotEqual(t, known, changed[0].Customer.ID)
	})
}

func TestAKeyOfANotificationIsUsedUpForAllWhoTurnOutToBeOne(t *testing.T) {
	t.Parallel()
	experiment(t, notifying(t), func(t *testing.T, l *lab) {
		notify := func(name string) (*conversation.Message, error) {
			return l.Hub.Notify(t.Context(), alice, channel.Notification{
				Channel: "support", To: channeltest.Recipient(kimsPhone), Template: &channel.Template{Name: name, Language: "en"}, Key: "november",
			})
		}
		l.Say(kimHidden, "wamid.1", "hello")
		l.Pass(time.Minute)
		first, err := notify("reminder")
		require.NoError(t, err)
		l.Pass(time.Minute)
		l.Say(channeltest.Kim, "wamid.2", "it is me")
		again, err := notify("reminder")
		require.NoError(t, err)
		require.Equal(t, first.ID, again.ID, "although the customer is another one by now")
		_, err = notify("sale")
		require.ErrorIs(t, err, channel.ErrKeyReused)
		l.Pass(time.Minute)
		require.Equal(t, []string{"template"}, l.Line.Texts(), "nobody gets it twice")
	})
}

func TestWhatTheHostKeepsWithACustomerIsNotLostWhenTwoAreOne(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ older, younger, want string }{
		"with the younger one": {"", `{"crm":7}`, `{"crm":7}`},
		"with the older one":   {`{"crm":6}`, "", `{"crm":6}`},
		"with both":            {`{"crm":6}`, `{"crm":7}`, `{"crm":6}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
				l.Say(kimHidden, "wamid.1", "hello")
				l.Pass(time.Minute)
				l.Say(kimsPhone, "wamid.2", "hello")
				for i, kept := range []string{tt.older, tt.younger} {
					if kept != "" {
						require.NoError(t, l.Hub.SetCustomerMetadata(t.Context(), l.Host.Received[i].Customer.ID, json.RawMessage(kept)))
					}
				}
				l.Say(channeltest.Kim, "wamid.3", "it is me")
				one := l.Host.Received[2].Customer
				require.Equal(t, l.Host.Received[0].Customer.ID, one.ID)
				require.JSONEq(t, tt.want, string(one.Metadata))
			})
		})
	}
}
