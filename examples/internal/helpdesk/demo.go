package helpdesk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/onboard"
	"github.com/kanava-go/kanava/redact"
)

// demo is WhatsApp on this computer: a business number, its templates, and customers with phones.
type demo struct {
	world     *cloudapitest.World
	app       *cloudapitest.App
	account   *cloudapitest.Account
	number    *cloudapitest.Number
	customers []*cloudapitest.User
	storms    int
	seed      uint64
	kept      memory
	keeping   sync.Mutex
	log       *slog.Logger
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

// newDemo begins a demonstration, or goes on with the one that was in the folder.
func newDemo(dir string, log *slog.Logger) (*WhatsApp, error) {
	d := &demo{kept: memory{dir: dir}, log: log}
	before, err := d.kept.load()
	if err != nil {
		return nil, err
	}
	d.seed = cmp.Or(before.Seed, uint64(time.Now().UnixNano())) // people keep their identities
	world, err := cloudapitest.New(cloudapitest.Config{
		Seed: d.seed, Latency: 400 * time.Millisecond, Now: func() time.Time { return time.Now().Add(before.Ahead) },
	})
	if err != nil {
		return nil, err
	}
	d.world = world
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
		user := world.AddUser(c)
		d.customers = append(d.customers, user)
		d.recall(user, before.Phones[user.Name()])
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

// recall puts what was on a phone back on it.
func (d *demo) recall(user *cloudapitest.User, log []onPhone) {
	bubbles, byID := make([]cloudapitest.Bubble, len(log)), map[string]*onPhone{}
	for i := range log {
		bubbles[i], byID[log[i].ID] = log[i].Bubble, &log[i]
	}
	user.Recall(d.number, bubbles, func(b *cloudapitest.Bubble) []byte { return d.kept.file(byID[b.ID]) })
}

// keep writes down the clock and the phones.
func (d *demo) keep() error {
	d.keeping.Lock()
	defer d.keeping.Unlock()
	r := remembered{Seed: d.seed, Ahead: time.Until(d.world.Now()).Round(time.Second), Phones: map[string][]onPhone{}}
	users := map[string]*cloudapitest.User{}
	for _, c := range d.customers {
		users[c.Name()] = c
		for _, b := range c.Sees(d.number) {
			b.Text = redact.Cards(b.Text) // no card number reaches the disk
			r.Phones[c.Name()] = append(r.Phones[c.Name()], onPhone{Bubble: b})
		}
	}
	return d.kept.save(r, func(name, wamid string) []byte {
		data, _, err := users[name].File(d.number, wamid)
		if err != nil { // it was deleted
			return nil
		}
		return data
	})
}

// File implements Phone.
func (d *demo) File(customer int, id string) (data []byte, mime string, err error) {
	return d.customers[customer].File(d.number, id)
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
			v.File = &File{Kind: b.Media.Kind, Name: cmp.Or(b.Media.Filename, b.Media.Kind)}
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

// Run implements Phone. Every second, and at the end, it writes down what is on the phones.
func (d *demo) Run(ctx context.Context) error {
	ran := make(chan error, 1)
	go func() { ran <- d.world.Run(ctx) }()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case err := <-ran:
			return errors.Join(err, d.keep())
		case <-tick.C:
			if err := d.keep(); err != nil { // the disk is full: the demonstration goes on
				d.log.Warn("helpdesk: the phones are not kept", "error", err)
			}
		}
	}
}
