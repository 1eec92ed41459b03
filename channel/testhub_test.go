package channel_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/webhook"
)

// robot is a ticket system that answers by itself.
type robot struct{ hub *channel.Hub }

func (a *robot) Receive(ctx context.Context, in *conversation.Received) (string, error) {
	_, err := a.hub.Reply(ctx, conversation.Author{Kind: conversation.Bot, ID: "robot"}, channel.Reply{
		Conversation: in.Conversation.ID, Content: &message.Text{Body: "We call you back."}, Key: in.ID,
	})
	return "T-1", err
}

func (*robot) Changed(context.Context, *conversation.Change) error { return nil }

// The body is shown in the documentation of cloudapitest.
func TestAHubInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // time stands still until everybody waits
		world, err := cloudapitest.New(cloudapitest.Config{})
		require.NoError(t, err)
		app, account := world.AddApp(cloudapitest.AppConfig{}), world.AddAccount(cloudapitest.AccountConfig{})
		number, robin := account.AddNumber(cloudapitest.NumberConfig{}), world.AddUser(cloudapitest.UserConfig{})
		client, err := cloudapi.New(cloudapi.Config{Token: app.Token(account), HTTPClient: world.Client()})
		require.NoError(t, err)

		tickets := &robot{} // your Ticketing
		tickets.hub, err = channel.New(channel.Config{
			Store: memstore.New(), Ticketing: tickets,
			Channels: []channel.Channel{{
				Settings: settings.Settings{ID: "support", Name: "Support", Number: number.ID, Enabled: true, BotFirst: true},
				Sender:   client.Number(number.ID),
			}},
		})
		require.NoError(t, err)
		handler, err := webhook.NewHandler(webhook.Config{
			AppSecrets: []string{app.Secret}, VerifyToken: app.VerifyToken, Sink: tickets.hub,
		})
		require.NoError(t, err)
		require.NoError(t, world.Subscribe(app, account, handler))

		ctx, stop := context.WithCancel(t.Context())
		defer synctest.Wait() // until both have ended
		defer stop()
		go tickets.hub.Run(ctx)
		go world.Run(ctx)

		robin.Text(number, "Is my bike ready?")
		time.Sleep(time.Minute) // of the bubble: it costs nothing
		require.Equal(t, "We call you back.", robin.Sees(number)[1].Text)
		require.Empty(t, world.Audit(), "nothing was done that a careful client does not do")
	})
}

func TestTheDocumentationShowsTheTestOfAHub(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ doc, test, name string }{
		{"cloudapi/cloudapitest/doc.go", "testhub_test.go", "TestAHubInABubble"},
		{"store/sqlstore/drivertest/pgtest/doc.go", "store/sqlstore/drivertest/hubtest/testhub_test.go", "TestAHubOnPostgreSQL"},
	} {
		doc, err := os.ReadFile(tt.doc)
		require.NoError(t, err)
		source, err := os.ReadFile(tt.test)
		require.NoError(t, err)
		_, body, ok := strings.Cut(string(source), "func "+tt.name+"(t *testing.T) {\n")
		require.True(t, ok)
		body, _, ok = strings.Cut(body, "\n}\n")
		require.True(t, ok)
		var shown strings.Builder
		for line := range strings.Lines("func " + tt.name + "(t *testing.T) {\n" + body + "\n}\n") {
			shown.WriteString(strings.TrimRight("//\t"+line, "\t\n") + "\n")
		}
		require.Contains(t, string(doc), shown.String(), "%s shows another test than %s", tt.doc, tt.test)
	}
}
