package channel_test

import (
	"context"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/webhook"
)

// you is whoever answers in the examples.
var you = conversation.Author{Kind: conversation.Agent, ID: "you"}

// simulation is a simulated number and a customer with a phone, and a hub that works for them.
type simulation struct {
	*channel.Hub
	world    *cloudapitest.World
	client   *cloudapi.Client
	account  *cloudapitest.Account
	number   *cloudapitest.Number
	customer *cloudapitest.User
	stop     func()
}

// exampleTemplates are approved in the examples.
var exampleTemplates = []string{
	`{"name":"answered","language":"en","category":"UTILITY","components":[{"type":"BODY","text":"We have news about {{1}}. Reply to read it.",
		"example":{"body_text":[["your bike"]]}}]}`,
	`{"name":"spring","language":"en","category":"MARKETING","components":[{"type":"BODY","text":"Spring is here: all bikes a tenth off."}]}`,
}

// simulate starts a hub on a simulated WhatsApp; change, if not nil, has the last word about its
// configuration.
func simulate(change func(*channel.Config)) *simulation {
	world, err := cloudapitest.New(cloudapitest.Config{})
	check(err)
	app, account := world.AddApp(cloudapitest.AppConfig{}), world.AddAccount(cloudapitest.AccountConfig{})
	for _, definition := range exampleTemplates {
		_, err := account.AddTemplate(definition)
		check(err)
	}
	s := &simulation{world: world, account: account, number: account.AddNumber(cloudapitest.NumberConfig{})}
	s.customer = world.AddUser(cloudapitest.UserConfig{Name: "Robin Sample"})
	client, err := cloudapi.New(cloudapi.Config{Token: app.Token(account), HTTPClient: world.Client()})
	check(err)
	s.client = client
	world.Advance(time.Hour) // the marketing endpoint takes a while to learn of a new template
	catalog := new(template.Catalog)
	ctx, stop := context.WithCancel(context.Background())
	check(catalog.Sync(world.Now(), client.Account(account.ID).Templates(ctx, cloudapi.TemplateQuery{})))
	cfg := channel.Config{
		Store: memstore.New(), Ticketing: oneTicket{}, Now: world.Now,
		Channels: []channel.Channel{{
			Settings: settings.Settings{ID: "support", Name: "Support", Number: s.number.ID, Account: account.ID, Language: "en", Enabled: true},
			Sender:   client.Number(s.number.ID), Media: client.Number(s.number.ID), Templates: catalog,
		}},
	}
	if change != nil {
		change(&cfg)
	}
	s.Hub, err = channel.New(cfg)
	check(err)
	handler, err := webhook.NewHandler(webhook.Config{AppSecrets: []string{app.Secret}, VerifyToken: app.VerifyToken, Sink: s.Hub})
	check(err)
	check(world.Subscribe(app, account, handler))
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	s.stop = func() { stop(); check(<-ended) }
	return s
}

// addNumber adds another number to the account.
func (s *simulation) addNumber() *cloudapitest.Number {
	return s.account.AddNumber(cloudapitest.NumberConfig{Name: "Harbour Boats"})
}

// settle lets happen what has been begun, on both sides.
func (s *simulation) settle() {
	for range 3 { // a message causes an answer, and that its statuses
		s.world.Settle()
		check(s.Idle(context.Background()))
	}
}

// ask has the customer write, and returns the conversation.
func (s *simulation) ask(text string) string {
	s.customer.Text(s.number, text)
	s.settle()
	list, err := s.Conversations(context.Background(), channel.ConversationQuery{Channel: "support"})
	check(err)
	return list[0].ID
}

// show prints the newest message on the customer's phone.
func (s *simulation) show() {
	s.settle()
	screen := s.customer.Sees(s.number)
	fmt.Println("the phone shows:", screen[len(screen)-1].Text)
}

// tomorrow passes a day and more, so that the customer service window closes.
func (s *simulation) tomorrow() { s.world.Advance(25 * time.Hour) }
