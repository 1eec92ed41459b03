package guides

import (
	"context"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/onboard"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/webhook"
)

// connect carries a number on as far as it goes now.
func connect(ctx context.Context, token, appSecret, verifyToken string, plan onboard.Plan, save func(*onboard.State),
	question func(context.Context, onboard.Prompt) (string, error),
) error {
	guide, err := onboard.New(onboard.Config{
		Graph:       cloudapi.Config{Token: token, AppSecret: appSecret},
		VerifyToken: verifyToken,
		Ask:         question,
		Progress: func(p onboard.Progress) {
			if !p.Working {
				save(p.State)
			}
		},
	})
	if err != nil {
		return err
	}
	state, err := guide.Begin(plan) // or json.Unmarshal of what was saved
	if err != nil {
		return err
	}
	return guide.Run(ctx, state)
}

// alone is the channel without a desk.
func alone(ctx context.Context, data store.Store, tickets channel.Ticketing, channels []channel.Channel, r channel.Reply) error {
	hub, err := channel.New(channel.Config{Store: data, Ticketing: tickets, Channels: channels})
	if err != nil {
		return err
	}
	_, err = hub.Reply(ctx, conversation.Author{Kind: conversation.Agent, ID: "robin"}, r)
	return err
}

// withDesk is the channel with a desk.
func withDesk(ctx context.Context, hub channel.Config, names func(channel, agent string) string, r channel.Reply) error {
	d, err := desk.New(desk.Config{Hub: hub, AgentName: names})
	if err != nil {
		return err
	}
	robin := access.Actor{Kind: access.Agent, ID: "robin"}
	if _, err = d.Reply(ctx, robin, r); err != nil {
		return err
	}
	return d.Resolve(ctx, robin, r.Conversation, "answered")
}

// deskSettings are those of a channel where every agent may answer.
func deskSettings(number string) settings.Settings {
	return settings.Settings{
		ID: "support", Name: "Support", Number: number, Enabled: true,
		Desk: desk.Settings{Rules: rules.Default(), Access: access.Policy{AllUsers: access.Contributor}}.JSON(),
	}
}

// realNumber is a channel on a real number.
func realNumber(hub *channel.Hub, appSecret, verifyToken string) (*webhook.Handler, error) {
	return webhook.NewHandler(webhook.Config{
		AppSecrets:  []string{appSecret},
		VerifyToken: verifyToken,
		Sink:        hub,
	})
}

// brands is the webhook of several tenants, each with an app of its own.
func brands(hub *channel.Hub, verifyToken, northSecret, southSecret string) (*webhook.Handler, error) {
	return webhook.NewHandler(webhook.Config{
		Secrets: []webhook.Secret{
			{Value: northSecret, Scope: webhook.Scope{Numbers: []string{"106540352242922"}, Accounts: []string{"102290129340398"}}},
			{Value: southSecret, Scope: webhook.Scope{Numbers: []string{"106540352242933"}, Accounts: []string{"102290129340399"}}},
		},
		VerifyToken: verifyToken,
		Sink:        hub,
	})
}

// addBrand adds a number while the hub runs.
func addBrand(ctx context.Context, hub *channel.Hub, token string) error {
	client, err := cloudapi.New(cloudapi.Config{Token: token})
	if err != nil {
		return err
	}
	return hub.AddChannel(ctx, channel.Channel{
		Settings: settings.Settings{
			ID: "south", Name: "South", Brand: "South", Enabled: true,
			Number: "106540352242933", Account: "102290129340399", Portfolio: "900000000000002",
		},
		Sender: client.Number("106540352242933"),
	})
}
