package desk_test

import (
	"context"
	"fmt"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

// exampleDesk is a desk on one channel, on which robin answers.
func exampleDesk(news inbox) *desk.Desk {
	d, err := desk.New(desk.Config{Hub: channel.Config{
		Store: memstore.New(), Ticketing: news, Feed: true, Search: true,
		Channels: []channel.Channel{{
			Settings: settings.Settings{
				ID: "support", Name: "Support", Number: "106540352242922", Enabled: true,
				Desk: desk.Settings{
					Rules:  rules.Default(),
					Access: access.Policy{Users: map[string]access.Role{"robin": access.Contributor}},
				}.JSON(),
			},
			Sender: make(paper, 9),
		}},
	}})
	check(err)
	return d
}

// The list of a page: whose customers wait, the longest first, with what the agent has not seen yet.
func ExampleDesk_Inbox() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	news := make(inbox, 1)
	d := exampleDesk(news)
	go d.Hub().Run(ctx)
	check(customerWrites(ctx, d.Hub(), "Hello! Is my bike ready?"))
	<-news

	robin := access.Actor{Kind: access.Agent, ID: "robin"}
	mine := desk.InboxQuery{Assignees: []string{"", robin.ID}, Waiting: true, Order: desk.LongestWait}
	page, err := d.Inbox(ctx, robin, mine)
	check(err)
	for i, c := range page.Conversations {
		fmt.Println(page.Customers[i].Phone, c.Preview, "unread:", page.Unread[i])
		check(d.MarkSeen(ctx, robin, c.ID, c.Inbound)) // robin opens it
	}
	counts, err := d.CountInbox(ctx, robin, mine)
	check(err)
	fmt.Println("conversations:", counts.Total, "unread:", counts.Unread)

	channels, err := d.MyChannels(ctx, robin)
	check(err)
	for _, c := range channels {
		fmt.Println(c.Name, "as", c.Role, "may resolve:", c.May(access.Resolve), "may read reports:", c.May(access.Report))
	}
	// Output:
	// 13125550187 Hello! Is my bike ready? unread: 1
	// conversations: 1 unread: 0
	// Support as contributor may resolve: true may read reports: false
}
