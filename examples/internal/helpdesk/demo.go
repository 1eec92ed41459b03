package helpdesk

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/onboard"
)

// demo is WhatsApp on this computer: a business number, its templates, and customers with phones.
type demo struct {
	world     *cloudapitest.World
	app       *cloudapitest.App
	account   *cloudapitest.Account
	number    *cloudapitest.Number
	customers []*cloudapitest.User
	storms    int
}

// Fixed IDs: the tickets of an earlier run belong to the same number.
const (
	demoNumber  = "106540352242922"
	demoAccount = "102290129340398"
)

// demoTemplates are approved from the start, as they would be after Meta's review.
var demoTemplates = []string{
	`{"name":"we_answered","language":"en","category":"UTILITY","parameter_format":"NAMED","components":[
		{"type":"HEADER","format":"TEXT","text":"Your question"},
		{"type":"BODY","text":"Hello {{first_name}}, we have an answer to your question about {{subject}}. Reply to this message to read it.",
		 "example":{"body_text_named_params":[{"param_name":"first_name","example":"Alex"},{"param_name":"subject","example":"your order"}]}},
		{"type":"FOOTER","text":"Harbour Bikes support"},
		{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Tell me"},{"type":"QUICK_REPLY","text":"Not needed any more"}]}]}`,
	`{"name":"ready_for_pickup","language":"en","category":"UTILITY","components":[
		{"type":"BODY","text":"Good news: {{1}} is ready. You can pick it up from {{2}} on.",
		 "example":{"body_text":[["your bike","tomorrow, 10:00"]]}},
		{"type":"FOOTER","text":"Harbour Bikes workshop"},
		{"type":"BUTTONS","buttons":[{"type":"URL","text":"See what we did","url":"https://workshop.example.com/jobs/{{1}}","example":["4711"]}]}]}`,
	`{"name":"how_did_we_do","language":"en","category":"UTILITY","components":[
		{"type":"BODY","text":"Your request is closed. Did we solve it?"},
		{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Yes"},{"type":"QUICK_REPLY","text":"No"}]}]}`,
}

func newDemo() (*WhatsApp, error) {
	world, err := cloudapitest.New(cloudapitest.Config{Seed: uint64(time.Now().UnixNano()), Latency: 400 * time.Millisecond})
	if err != nil {
		return nil, err
	}
	d := &demo{world: world}
	d.app = world.AddApp(cloudapitest.AppConfig{Name: "Helpdesk"})
	d.account = world.AddAccount(cloudapitest.AccountConfig{ID: demoAccount, Name: businessName})
	d.number = d.account.AddNumber(cloudapitest.NumberConfig{ID: demoNumber, Phone: "13125550142", Name: businessName})
	for _, text := range demoTemplates {
		if _, err := d.account.AddTemplate(text); err != nil {
			return nil, fmt.Errorf("helpdesk: add template: %w", err)
		}
	}
	for _, c := range []cloudapitest.UserConfig{
		{Name: "Robin Sample", Phone: "13125550187"}, {Name: "Kim Lake", Phone: "13125550188"}, {Name: "محمد السيد", Phone: "13125550189"},
	} {
		c.ReadAfter = 1500 * time.Millisecond
		d.customers = append(d.customers, world.AddUser(c))
	}
	side, err := Meta(MetaConfig{
		Client: cloudapi.Config{Token: d.app.Token(d.account), HTTPClient: world.Client()},
		Number: d.number.ID, Account: d.account.ID, Secret: d.app.Secret, VerifyToken: d.app.VerifyToken, Now: world.Now,
	})
	if err != nil {
		return nil, err
	}
	side.plan = &onboard.Plan{
		Road: onboard.RoadToken, AppID: d.app.ID, AccountID: d.account.ID, NumberID: d.number.ID,
		Without: []onboard.StepID{onboard.StepMessage}, // customers have phones here, and write first
	}
	side.Phone, side.Connect = d, func(h http.Handler) error { return world.Subscribe(d.app, d.account, h) }
	return side, nil
}

// Customers implements Phone.
func (d *demo) Customers() []string {
	var names []string
	for _, c := range d.customers {
		names = append(names, c.Name())
	}
	return names
}

// Bubbles implements Phone.
func (d *demo) Bubbles(customer int) []Bubble {
	var out []Bubble
	for _, b := range d.customers[customer].Sees(d.number) {
		v := Bubble{ID: b.ID, ReplyTo: b.ReplyTo, Mine: b.Mine, At: b.At, Header: b.Header, Text: b.Text, Footer: b.Footer, Ticks: b.Ticks}
		switch {
		case b.Deleted:
			v.Text = "[deleted]"
		case b.Media != nil:
			v.Text = strings.TrimSpace("[" + b.Media.Kind + "] " + b.Text)
		case b.Place != nil:
			v.Text = "[place] " + b.Place.Name
		case len(b.People) > 0:
			v.Text = "[contact] " + strings.Join(b.People, ", ")
		}
		v.Text += strings.Join(b.Reactions, "")
		for _, button := range b.Buttons {
			v.Buttons = append(v.Buttons, Button{button.Label, button.URL})
		}
		out = append(out, v)
	}
	return out
}

// Say implements Phone.
func (d *demo) Say(customer int, text string) { d.customers[customer].Text(d.number, text) }

// Tap implements Phone.
func (d *demo) Tap(customer int, label string) error {
	_, err := d.customers[customer].Tap(d.number, label)
	return err
}

// Advance implements Phone.
func (d *demo) Advance(by time.Duration) { d.world.Advance(by) }

// Run implements Phone.
func (d *demo) Run(ctx context.Context) error { return d.world.Run(ctx) }
