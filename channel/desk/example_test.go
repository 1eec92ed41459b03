package desk_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/webhook"
)

// inbox is what a host without a ticket system keeps: which conversations have news.
type inbox chan string

func (i inbox) Receive(_ context.Context, in *conversation.Received) (string, error) {
	i <- in.Conversation.ID
	return "", nil
}

func (inbox) Changed(context.Context, *conversation.Change) error { return nil }

// paper is a Sender for an example: cloudapi's Number is a real one.
type paper chan string

func (p paper) Send(_ context.Context, out message.Outbound) (message.Receipt, error) {
	p <- out.Content.(*message.Text).Body
	return message.Receipt{ID: "wamid.1"}, nil
}

func (paper) MarkRead(context.Context, string, bool) error { return nil }

func Example() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	news, sent := make(inbox, 1), make(paper, 1)
	d, err := desk.New(desk.Config{Hub: channel.Config{
		Store: memstore.New(), Ticketing: news,
		Channels: []channel.Channel{{
			Settings: settings.Settings{
				ID: "support", Name: "Support", Number: "106540352242922", Enabled: true,
				Desk: desk.Settings{
					Rules: rules.Default(),
					Access: access.Policy{
						Users: map[string]access.Role{"robin": access.Contributor}, Teams: map[string]access.Role{"watchers": access.Viewer},
					},
				}.JSON(),
			},
			Sender: sent,
		}},
	}})
	check(err)
	go d.Hub().Run(ctx) // its error is nil once ctx is done

	check(customerWrites(ctx, d.Hub(), "Hello! Is my bike ready?"))
	id := <-news

	robin := access.Actor{Kind: access.Agent, ID: "robin"}
	sam := access.Actor{Kind: access.Agent, ID: "sam", Teams: []string{"watchers"}}
	answer := channel.Reply{Conversation: id, Content: &message.Text{Body: "It is. Come by any time!"}}
	_, err = d.Reply(ctx, sam, answer)
	fmt.Println("sam may not answer:", errors.Is(err, access.ErrDenied))
	_, err = d.Reply(ctx, robin, answer)
	check(err)
	fmt.Println("sent:", <-sent)

	check(d.Resolve(ctx, sam, id, "answered"))
	list, err := d.Conversations(ctx, robin, desk.ConversationQuery{Channel: "support", Queues: []rules.Queue{rules.QueueResolved}})
	check(err)
	fmt.Println("resolved:", len(list))
	// Output:
	// sam may not answer: true
	// sent: It is. Come by any time!
	// resolved: 1
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// customerWrites stands for WhatsApp: webhook.NewHandler takes real webhooks and looks at their
// signatures.
func customerWrites(ctx context.Context, hub *channel.Hub, text string) error {
	d, err := webhook.Parse(fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"field":"messages","value":{
		"metadata":{"phone_number_id":"106540352242922"},"messages":[{"from":"13125550187","id":"wamid.0","timestamp":"%d","type":"text","text":{"body":%q}}]}}]}]}`,
		time.Now().Unix(), text))
	if err != nil {
		return err
	}
	d.Scope = webhook.Scope{All: true}
	return hub.Accept(ctx, d)
}
