package channel_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
)

func ids(list []*conversation.Conversation) (ids []string) {
	for _, c := range list {
		ids = append(ids, c.ID)
	}
	return ids
}

func TestConversationsAreFoundByTheirTickets(t *testing.T) {
	t.Parallel()
	channeltest.Experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *channeltest.Lab) {
		ctx := t.Context()
		find := func(ticket string) []string {
			found, err := l.Hub.FindByTicket(ctx, ticket)
			require.NoError(t, err)
			return ids(found)
		}
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation()
		first := conv.Ticket
		require.NotEmpty(t, first)
		require.Equal(t, []string{conv.ID}, find(first))
		require.NoError(t, l.Hub.SetTicket(ctx, conv.ID, "T-2"))
		require.NoError(t, l.Hub.SetTicket(ctx, conv.ID, "T-2"))
		require.Equal(t, []string{conv.ID}, find("T-2"))
		require.Equal(t, []string{conv.ID}, find(first), "the ticket before leads there, too")
		conv = l.Conversation()
		require.Equal(t, "T-2", conv.Ticket)
		require.Equal(t, []string{first}, conv.Tickets)
		require.Empty(t, find("T-3"))
		require.Empty(t, find(""))
		_, err := l.Hub.FindByTicket(ctx, strings.Repeat("x", 300))
		require.ErrorIs(t, err, channel.ErrUnusable)
		require.ErrorIs(t, l.Hub.SetTicket(ctx, conv.ID, "\xff"), channel.ErrUnusable)
		require.ErrorIs(t, l.Hub.SetTicket(ctx, "none", "T-4"), channel.ErrNotFound)

		_, err = l.Hub.EraseConversation(ctx, conv.ID)
		require.NoError(t, err)
		require.Empty(t, find("T-2"))
		channeltest.Everything(t, l.Store, func(text string) { require.NotContains(t, text, conv.ID+`"}`) })
	})
}

func TestANotificationHasATicket(t *testing.T) {
	test(t, channeltest.RigOptions{Settings: func(s *settings.Settings) { s.ConsentElsewhere = true }}, func(t *testing.T, r *rig) {
		_, err := r.Hub.Notify(t.Context(), byYou, channel.Notification{
			Channel: "support", To: message.Recipient{Phone: r.User.Phone()}, Ticket: "Campaign-7",
			Template: &channel.Template{Name: "spring_sale"}, Metadata: json.RawMessage(`{"row":5000}`),
		})
		require.NoError(t, err)
		r.Settle()
		found, err := r.Hub.FindByTicket(t.Context(), "Campaign-7")
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.Equal(t, "Campaign-7", found[0].Ticket)
		told := false
		for _, c := range r.Host.Changes {
			if c.Message != nil && c.Conversation.Ticket == "Campaign-7" {
				told = true
				require.JSONEq(t, `{"row":5000}`, string(c.Message.Metadata))
			}
		}
		require.True(t, told, "changes name the ticket and what the host keeps")
	})
}

func TestMetadataIsKeptAndHoldsNoCard(t *testing.T) {
	t.Parallel()
	channeltest.Experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *channeltest.Lab) {
		ctx := t.Context()
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation()
		require.NoError(t, l.Hub.SetMetadata(ctx, conv.ID, json.RawMessage(`{"order":"A-17","note":"card 4111 1111 1111 1111"}`)))
		require.NoError(t, l.Hub.SetCustomerMetadata(ctx, conv.Customer, json.RawMessage(`{"crm":17}`)))
		m, err := l.Hub.Reply(ctx, byYou, channel.Reply{
			Conversation: conv.ID, Content: &message.Text{Body: "hi"}, Metadata: json.RawMessage(`{"part":1}`),
		})
		require.NoError(t, err)
		l.Pass(time.Minute)
		conv, customer, err := l.Hub.Conversation(ctx, conv.ID)
		require.NoError(t, err)
		require.Contains(t, string(conv.Metadata), `"order":"A-17"`)
		require.JSONEq(t, `{"crm":17}`, string(customer.Metadata))
		m, err = l.Hub.Message(ctx, m.ID)
		require.NoError(t, err)
		require.JSONEq(t, `{"part":1}`, string(m.Metadata))
		channeltest.Everything(t, l.Store, func(text string) { require.NotContains(t, text, "1111 1111") })
		require.NoError(t, l.Hub.SetMetadata(ctx, conv.ID, nil))
		conv, _, err = l.Hub.Conversation(ctx, conv.ID)
		require.NoError(t, err)
		require.Empty(t, conv.Metadata)

		for name, raw := range map[string]string{
			"no JSON": "{", "too long": `"` + strings.Repeat("x", 4096) + `"`, "a card as a number": `{"pan":4111111111111111}`, "no text": "\"\xff\"",
		} {
			require.ErrorIs(t, l.Hub.SetMetadata(ctx, conv.ID, json.RawMessage(raw)), channel.ErrUnusable, name)
			require.ErrorIs(t, l.Hub.Check(ctx, byYou, channel.Reply{
				Conversation: conv.ID, Content: &message.Text{Body: "hi"}, Metadata: json.RawMessage(raw),
			}), channel.ErrUnusable, name)
		}
		require.ErrorIs(t, l.Hub.SetMetadata(ctx, "none", nil), channel.ErrNotFound)
	})
}

func TestPeopleAreFoundByAnyAddress(t *testing.T) {
	t.Parallel()
	channeltest.Experiment(t, channeltest.LabOptions{Config: withFeed}, func(t *testing.T, l *channeltest.Lab) {
		ann := channeltest.Face{Phone: "13125550187", Bsuid: "US.77", Name: "Ann", Username: "ann.sample"}
		l.Say(ann, "wamid.1", "hello")
		for _, address := range []string{"+1 (312) 555-0187", "0013125550187", "13125550187", " US.77 ", "@ann.sample", "@Ann.Sample"} {
			found, err := l.Hub.FindCustomers(t.Context(), "support", address)
			require.NoError(t, err, address)
			require.Len(t, found, 1, address)
			convs, err := l.Hub.CustomerConversations(t.Context(), found[0].ID)
			require.NoError(t, err)
			require.Equal(t, []string{l.Conversation().ID}, ids(convs))
		}
		for _, address := range []string{"+1 312 555 0188", "US.78", "@ann", "@nobody"} {
			found, err := l.Hub.FindCustomers(t.Context(), "support", address)
			require.NoError(t, err, address)
			require.Empty(t, found, address)
		}
		_, err := l.Hub.FindCustomers(t.Context(), "support", "no address at all")
		require.ErrorIs(t, err, message.ErrInvalid)
		_, err = l.Hub.FindCustomers(t.Context(), "none", "@ann")
		require.ErrorIs(t, err, channel.ErrNoChannel)
		_, err = l.Hub.CustomerConversations(t.Context(), "none")
		require.ErrorIs(t, err, channel.ErrNotFound)
	})
}

func TestMessagesBeforeAndAfterOne(t *testing.T) {
	t.Parallel()
	channeltest.Experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *channeltest.Lab) {
		for _, text := range []string{"1", "2", "3", "4", "5"} {
			l.Say(channeltest.Kim, "wamid."+text, text)
		}
		texts := func(q channel.MessageQuery) string {
			q.Conversation = l.Conversation().ID
			list, err := l.Hub.Messages(t.Context(), q)
			require.NoError(t, err)
			var all []string
			for _, m := range list {
				all = append(all, m.Text)
			}
			return strings.Join(all, "")
		}
		all := l.Messages(l.Conversation().ID)
		require.Equal(t, "12345", texts(channel.MessageQuery{}))
		require.Equal(t, "45", texts(channel.MessageQuery{After: all[2]}))
		require.Equal(t, "4", texts(channel.MessageQuery{After: all[2], Limit: 1}))
		require.Equal(t, "12", texts(channel.MessageQuery{Before: all[2]}))
		require.Equal(t, "23", texts(channel.MessageQuery{After: all[0], Before: all[3]}))
		require.Empty(t, texts(channel.MessageQuery{After: all[4]}))
	})
}

func TestAHostIsToldWhatItWantsToHear(t *testing.T) {
	t.Parallel()
	config := func(c *channel.Config) { c.Changes = []conversation.ChangeKind{conversation.MessageEdited} }
	channeltest.Experiment(t, channeltest.LabOptions{Config: config}, func(t *testing.T, l *channeltest.Lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		m, err := l.Reply(l.Conversation().ID, "hi")
		require.NoError(t, err)
		l.Pass(time.Second)
		l.Post(channeltest.Kim.Status(time.Now(), channeltest.OutWAMID("hi"), m.ID, "delivered"))
		l.Pass(time.Second)
		require.Len(t, l.Host.Received, 1, "what customers write is always told")
		require.Empty(t, l.Host.Changes)
		m, err = l.Hub.Message(t.Context(), m.ID)
		require.NoError(t, err)
		require.Equal(t, conversation.Delivered, m.Delivery.State(), "what is not told happens all the same")
		l.Post(channeltest.Kim.Edit(time.Now(), "wamid.2", "wamid.1", "hello?"))
		l.Pass(time.Minute)
		require.Len(t, l.Host.Changes, 1)
		require.Equal(t, conversation.MessageEdited, l.Host.Changes[0].Kind)
	})
}

func TestALongAnswerGoesInPieces(t *testing.T) {
	t.Parallel()
	channeltest.Experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *channeltest.Lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		long := channel.Reply{
			Conversation: l.Conversation().ID, Content: &message.Text{Body: strings.Repeat("A sentence. ", 600)}, Key: "k",
		}
		require.ErrorIs(t, l.Hub.Check(t.Context(), byYou, long), message.ErrInvalid)
		for range 2 { // the second time they are known by their keys
			sent, err := l.Hub.ReplyAll(t.Context(), byYou, long.Split())
			require.NoError(t, err)
			require.Len(t, sent, 2)
			require.True(t, strings.HasSuffix(sent[0].Text, "A sentence."))
		}
		l.Pass(time.Minute)
		require.Len(t, l.Line.Texts(), 2)
		short := channel.Reply{Content: &message.Text{Body: "hi"}, Quote: "m"}
		require.Equal(t, []channel.Reply{short}, short.Split())
		picture := channel.Reply{Content: &message.Image{}}
		require.Equal(t, []channel.Reply{picture}, picture.Split())
	})
}

// brief is a Sender that takes shorter texts than WhatsApp, as a carrier of SMS does.
type brief struct {
	message.Sender
	most int
}

func (n brief) Check(out message.Outbound) error {
	if err := out.Validate(); err != nil {
		return err
	}
	if text, ok := out.Content.(*message.Text); ok && len([]rune(text.Body)) > n.most {
		return &message.InvalidError{Problems: []message.Problem{{
			Path: "text.body", Rule: message.RuleTooLong, Severity: message.SeverityError, Limit: n.most, Actual: len([]rune(text.Body)),
		}}}
	}
	return nil
}

func TestALongAnswerIsCutAsTheChannelWantsIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		most, length, parts int
	}{
		"short":                                   {1600, 1600, 1},
		"too long for the channel alone":          {1600, 2550, 2},
		"too long for WhatsApp, too":              {1600, 5000, 4},
		"a channel that takes what WhatsApp does": {0, 5000, 2},
		"a channel that would take more":          {10_000, 5000, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := func(cfg *channel.Config) {
				if c.most > 0 {
					cfg.Channels[0].Sender = brief{cfg.Channels[0].Sender, c.most}
				}
			}
			channeltest.Experiment(t, channeltest.LabOptions{Config: config}, func(t *testing.T, l *channeltest.Lab) {
				l.Say(channeltest.Kim, "wamid.1", "hello")
				conv := l.Conversation().ID
				body := string([]rune(strings.Repeat("A sentence of ä. ", 1000))[:c.length])
				parts, err := l.Hub.Split(t.Context(), channel.Reply{Conversation: conv, Content: &message.Text{Body: body}, Key: "k"})
				require.NoError(t, err)
				require.Len(t, parts, c.parts)
				sent, err := l.Hub.ReplyAll(t.Context(), byYou, parts)
				require.NoError(t, err)
				require.Len(t, sent, c.parts)
				picture := channel.Reply{Conversation: conv, Content: &message.Image{ID: "1"}}
				whole, err := l.Hub.Split(t.Context(), picture)
				require.NoError(t, err)
				require.Equal(t, []channel.Reply{picture}, whole)
				_, err = l.Hub.Split(t.Context(), channel.Reply{Conversation: "v_other", Content: &message.Text{Body: "hi"}})
				require.ErrorIs(t, err, channel.ErrNotFound)
			})
		})
	}
}
