package twilio_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/twilio"
	"github.com/kanava-go/kanava/channel/twilio/twiliotest"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/webhook"
)

// A transport carries the messages of one channel and has one customer. What the hub is
// promised is the same over each.
type transport interface {
	// plug gives a channel what it sends with, and connects the webhook to the sink.
	plug(t *testing.T, ch *channel.Channel, sink webhook.Sink)
	run(ctx context.Context)

	says(text string)
	sends(mime string, data []byte)
	taps(t *testing.T, title string)
	reads()
	sees() []string
	disturb() // webhooks come twice and out of order
	loseAnswer()
	broken() int // rules of the platform that were broken
}

const (
	channelNumber  = "106540352242922"
	channelAccount = "102290129340398"
	customerPhone  = "13125550187"
)

// transports are what the scenarios run over. unreachable makes the customer one whom no
// message reaches.
var transports = map[string]func(t *testing.T, unreachable bool) transport{
	"Cloud API": func(t *testing.T, unreachable bool) transport { return newCloud(t, unreachable) },
	"Twilio":    func(t *testing.T, unreachable bool) transport { return newTwilio(unreachable, "") },
}

// cloud is Meta's Cloud API.
type cloud struct {
	world   *cloudapitest.World
	app     *cloudapitest.App
	account *cloudapitest.Account
	number  *cloudapitest.Number
	user    *cloudapitest.User
}

func newCloud(t *testing.T, unreachable bool) *cloud {
	t.Helper()
	world, err := cloudapitest.New(cloudapitest.Config{Seed: 7})
	require.NoError(t, err)
	c := &cloud{world: world, app: world.AddApp(cloudapitest.AppConfig{}), account: world.AddAccount(cloudapitest.AccountConfig{ID: channelAccount})}
	c.number = c.account.AddNumber(cloudapitest.NumberConfig{ID: channelNumber, Phone: line[1:]})
	c.user = world.AddUser(cloudapitest.UserConfig{Name: "Robin", Phone: customerPhone, OldClient: unreachable})
	_, err = c.account.AddTemplate(`{"name":"we_answered","language":"en","category":"UTILITY","components":[
		{"type":"BODY","text":"Hello {{1}}, we have an answer.","example":{"body_text":[["Alex"]]}}]}`)
	require.NoError(t, err)
	return c
}

func (c *cloud) plug(t *testing.T, ch *channel.Channel, sink webhook.Sink) {
	t.Helper()
	client, err := cloudapi.New(cloudapi.Config{Token: c.app.Token(c.account), HTTPClient: c.world.Client()})
	require.NoError(t, err)
	ch.Templates, err = template.NewCatalog(template.CatalogConfig{})
	require.NoError(t, err)
	require.NoError(t, ch.Templates.Sync(time.Now().Add(-time.Minute), client.Account(c.account.ID).Templates(t.Context(), cloudapi.TemplateQuery{})))
	number := client.Number(c.number.ID)
	ch.Sender, ch.Media = number, number
	h, err := webhook.NewHandler(webhook.Config{AppSecrets: []string{c.app.Secret}, VerifyToken: c.app.VerifyToken, Sink: sink})
	require.NoError(t, err)
	require.NoError(t, c.world.Subscribe(c.app, c.account, h))
}

func (c *cloud) run(ctx context.Context) { _ = c.world.Run(ctx) } // it ends with ctx
func (c *cloud) says(text string)        { c.user.Text(c.number, text) }
func (c *cloud) reads()                  { c.user.Read(c.number) }
func (c *cloud) broken() int             { return len(c.world.Audit()) }
func (c *cloud) disturb()                { c.world.SetFaults(cloudapitest.Faults{Duplicate: 1, Reorder: 0.5}) }

func (c *cloud) sends(mime string, data []byte) {
	c.user.Image(c.number, cloudapitest.Attachment{MIME: mime, Data: data})
}

func (c *cloud) taps(t *testing.T, title string) {
	t.Helper()
	_, err := c.user.Tap(c.number, title)
	require.NoError(t, err)
}

func (c *cloud) sees() []string {
	var all []string
	for _, b := range c.user.Sees(c.number) {
		if !b.Mine {
			all = append(all, b.Text)
		}
	}
	return all
}

func (c *cloud) loseAnswer() {
	lost := false
	c.world.Intercept(func(r *cloudapitest.Request) cloudapitest.Verdict {
		if lost || r.Operation != "POST messages" {
			return cloudapitest.Pass()
		}
		lost = true
		return cloudapitest.Lose()
	})
}

// viaTwilio is Twilio.
type viaTwilio struct {
	sim  *twiliotest.Sim
	user *twiliotest.User
}

func newTwilio(unreachable bool, bsuid string) *viaTwilio {
	v := &viaTwilio{sim: twiliotest.New(twiliotest.Config{})}
	v.sim.AddSender(line)
	cfg := twiliotest.UserConfig{Name: "Robin", Phone: "+" + customerPhone, BSUID: bsuid}
	if unreachable {
		cfg.Fails = 63024
	}
	v.user = v.sim.AddUser(cfg)
	v.sim.AddContent(twiliotest.ContentConfig{Name: "we_answered", Value: `{"body":"Hello {{1}}, we have an answer."}`})
	return v
}

func (v *viaTwilio) plug(t *testing.T, ch *channel.Channel, sink webhook.Sink) {
	t.Helper()
	client, err := twilio.New(twilio.Config{
		AccountSID: account, AuthToken: token, StatusURL: public, HTTPClient: v.sim.Client(), Templates: new(twilio.Templates),
		Publish: func(_ context.Context, in message.Upload) (string, error) {
			return "https://files.desk.example/" + in.Name, nil
		},
	})
	require.NoError(t, err)
	ch.Templates, err = template.NewCatalog(template.CatalogConfig{})
	require.NoError(t, err)
	require.NoError(t, client.SyncTemplates(t.Context(), time.Now().Add(-time.Minute), ch.Templates))
	number := client.Number(line)
	ch.Sender, ch.Media = number, number
	v.sim.Connect(public, v.handler(t, sink))
}

func (v *viaTwilio) handler(t *testing.T, sink webhook.Sink) http.Handler {
	t.Helper()
	return newHandler(t, twilio.HandlerConfig{
		PublicURL: public, AuthTokens: []string{token}, Sink: sink,
		Numbers: []twilio.NumberID{{Phone: line, ID: channelNumber, Account: channelAccount}},
	})
}

func (v *viaTwilio) run(ctx context.Context) { v.sim.Run(ctx) }
func (v *viaTwilio) says(text string)        { v.user.Text(line, text) }
func (v *viaTwilio) reads()                  { v.user.Reads(line) }
func (v *viaTwilio) broken() int             { return len(v.sim.Audit()) }
func (v *viaTwilio) loseAnswer()             { v.sim.LoseNext() }
func (v *viaTwilio) disturb()                { v.sim.SetFaults(twiliotest.Faults{Duplicate: true, Reverse: true}) }

func (v *viaTwilio) sends(mime string, data []byte) {
	v.user.File(line, twiliotest.Media{MIME: mime, Data: data}, "")
}

func (v *viaTwilio) taps(t *testing.T, title string) {
	t.Helper()
	for _, b := range v.user.Sees(line) {
		for _, c := range b.Buttons {
			if c.Title == title {
				v.user.Tap(line, b.SID, title)
				return
			}
		}
	}
	t.Fatal("nothing to tap")
}

func (v *viaTwilio) sees() []string {
	var all []string
	for _, b := range v.user.Sees(line) {
		all = append(all, b.Text)
	}
	return all
}
