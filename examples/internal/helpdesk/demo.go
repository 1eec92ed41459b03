package helpdesk

import (
	"fmt"
	"net/http"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

// demo is WhatsApp on this computer: a business number, its templates, and a customer
// with a phone.
type demo struct {
	world    *cloudapitest.World
	app      *cloudapitest.App
	account  *cloudapitest.Account
	number   *cloudapitest.Number
	customer *cloudapitest.User
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

func newDemo() (*demo, *WhatsApp, error) {
	world, err := cloudapitest.New(cloudapitest.Config{Seed: uint64(time.Now().UnixNano()), Latency: 400 * time.Millisecond})
	if err != nil {
		return nil, nil, err
	}
	d := &demo{world: world}
	d.app = world.AddApp(cloudapitest.AppConfig{Name: "Helpdesk"})
	d.account = world.AddAccount(cloudapitest.AccountConfig{ID: demoAccount, Name: businessName})
	d.number = d.account.AddNumber(cloudapitest.NumberConfig{ID: demoNumber, Phone: "13125550142", Name: businessName})
	for _, text := range demoTemplates {
		if _, err := d.account.AddTemplate(text); err != nil {
			return nil, nil, fmt.Errorf("helpdesk: add template: %w", err)
		}
	}
	d.customer = world.AddUser(cloudapitest.UserConfig{Name: "Robin Sample", Phone: "13125550187", ReadAfter: 1500 * time.Millisecond})
	side, err := Meta(MetaConfig{
		Client: cloudapi.Config{Token: d.app.Token(d.account), HTTPClient: world.Client()},
		Number: d.number.ID, Account: d.account.ID, Secret: d.app.Secret, VerifyToken: d.app.VerifyToken, Now: world.Now,
	})
	return d, side, err
}

// connect lets the world deliver its webhooks to h.
func (d *demo) connect(h http.Handler) error {
	return d.world.Subscribe(d.app, d.account, h)
}

type bubbleView struct {
	ID, Side, Header, Text, Footer, Time, Quoted, Ticks, State string
	Buttons                                                    []buttonView
}

type buttonView struct{ Label, URL string }

func (a *app) phone(w http.ResponseWriter, _ *http.Request) {
	seen := a.demo.customer.Sees(a.demo.number)
	texts := map[string]string{}
	views := []bubbleView{}
	for i, b := range seen {
		texts[b.ID] = b.Text
		v := bubbleView{
			ID: b.ID, Side: "theirs", Header: b.Header, Text: b.Text, Footer: b.Footer,
			Time: b.At.Local().Format("15:04"), Quoted: texts[b.ReplyTo],
		}
		if b.Mine {
			v.Side, v.State = "mine", b.Ticks
			v.Ticks = map[string]string{"sent": "✓", "delivered": "✓✓", "read": "✓✓"}[b.Ticks]
		}
		if b.Media != nil && v.Text == "" {
			v.Text = "[" + b.Media.Kind + "]"
		}
		if i == len(seen)-1 { // buttons of earlier messages have had their time
			for _, button := range b.Buttons {
				v.Buttons = append(v.Buttons, buttonView{button.Label, button.URL})
			}
		}
		views = append(views, v)
	}
	a.render(w, "phone.html", views)
}

func (a *app) say(w http.ResponseWriter, r *http.Request) {
	if text := r.FormValue("text"); text != "" {
		a.demo.customer.Text(a.demo.number, text)
	}
	a.answer(w, nil)
}

func (a *app) tap(w http.ResponseWriter, r *http.Request) {
	if _, err := a.demo.customer.Tap(a.demo.number, r.FormValue("label")); err != nil {
		http.Error(w, "This button is not on the phone any more.", http.StatusConflict)
		return
	}
	a.answer(w, nil)
}

// advance moves the simulated clock.
func (a *app) advance(w http.ResponseWriter, r *http.Request) {
	by, err := time.ParseDuration(r.FormValue("by"))
	if err != nil || by <= 0 || by > 7*24*time.Hour {
		http.Error(w, "The clock moves ahead by at most a week at a time.", http.StatusBadRequest)
		return
	}
	a.demo.world.Advance(by)
	a.answer(w, nil)
}
