package onboard_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/onboard"
	"github.com/kanava-go/kanava/webhook"
)

// A number of our own becomes a live channel, with the token of a system user. Here the
// answers come from a simulated WhatsApp; a terminal would ask a person.
func ExampleGuide_Run() {
	w := newWhatsApp()
	guide, err := onboard.New(onboard.Config{
		Graph:       cloudapi.Config{Token: w.app.Token(w.account), AppSecret: w.app.Secret, HTTPClient: w.Client()},
		VerifyToken: w.app.VerifyToken,
		HTTPClient:  w.Client(), // without it: the internet
		Now:         w.Now,      // without it: the present
		Ask: func(_ context.Context, p onboard.Prompt) (string, error) {
			switch p.Kind {
			case onboard.PromptCode:
				return w.sms(), nil
			case onboard.PromptPIN:
				return "246810", nil
			case onboard.PromptRecipient:
				return w.me.Phone(), nil
			default:
				return "", onboard.ErrLater
			}
		},
	})
	if err != nil {
		log.Fatal(err)
	}

	state, err := guide.Begin(onboard.Plan{
		Road: onboard.RoadToken, AppID: w.app.ID, AccountID: w.account.ID,
		Phone: "+358401234567", DisplayName: "Helsinki Bikes",
		Webhook: onboard.WebhookPlan{URL: "https://desk.example/webhook"},
		Profile: onboard.ProfilePlan{About: "We repair bikes."},
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := guide.Run(context.Background(), state); err != nil {
		log.Fatal(err)
	}
	for _, step := range state.Steps() {
		fmt.Println(step.Status, step.ID)
		if !step.Status.Settled() {
			fmt.Println("  ", step.Text)
		}
	}
	fmt.Println("live:", state.Live())
	// Output:
	// done token
	// done account
	// done number
	// done ownership
	// waiting_for_meta name
	//    Meta is reviewing the display name. Messages flow meanwhile.
	// done register
	// done subscribe
	// done callback
	// done payment
	// done verification
	// waiting_for_you profile
	//    People look at the profile and do not find: description, email, websites, vertical, picture.
	// skipped sync
	// done templates
	// done message
	// live: true
}

// A customer signs up on a web page. Each request of the page carries the state on: first
// with the code of the signup, later with what the customer typed. Between the requests
// the state is stored, and the token apart from it.
func ExampleRoad_signup() {
	w := newWhatsApp()
	vault := map[string]string{} // tokens, wherever secrets are kept
	request := func(stored []byte, answers onboard.Answers) ([]byte, onboard.Step) {
		guide, err := onboard.New(onboard.Config{
			Graph:       cloudapi.Config{Token: vault["customer 7"], AppSecret: w.app.Secret, HTTPClient: w.Client()},
			VerifyToken: w.app.VerifyToken, HTTPClient: w.Client(), Now: w.Now,
			Ask: answers.Ask,
			KeepToken: func(_ context.Context, g cloudapi.Grant) error {
				vault["customer 7"] = g.Token
				return nil
			},
		})
		if err != nil {
			log.Fatal(err)
		}
		state := new(onboard.State)
		if err := json.Unmarshal(stored, state); err != nil {
			log.Fatal(err)
		}
		if err := guide.Run(context.Background(), state); err != nil {
			log.Fatal(err)
		}
		stored, err = json.Marshal(state)
		if err != nil {
			log.Fatal(err)
		}
		for _, step := range state.Steps() {
			if step.Prompt != nil {
				return stored, step // what the page asks next
			}
		}
		return stored, onboard.Step{Text: fmt.Sprint("live: ", state.Live())}
	}

	guide, err := onboard.New(onboard.Config{
		Graph:       cloudapi.Config{AppSecret: w.app.Secret},
		VerifyToken: w.app.VerifyToken,
		KeepToken:   func(context.Context, cloudapi.Grant) error { return nil },
	})
	if err != nil {
		log.Fatal(err)
	}
	state, err := guide.Begin(onboard.Plan{
		Road: onboard.RoadSignup, AppID: w.app.ID, Phone: "+358401234567", DisplayName: "Helsinki Bikes",
		Webhook: onboard.WebhookPlan{URL: "https://desk.example/webhook"}, Without: []onboard.StepID{onboard.StepMessage},
	})
	if err != nil {
		log.Fatal(err)
	}
	stored, err := json.Marshal(state)
	if err != nil {
		log.Fatal(err)
	}

	stored, next := request(stored, onboard.Answers{onboard.PromptSignup: w.app.SignUp(w.account)})
	fmt.Println(next.Title+":", next.Text, next.Do)
	stored, next = request(stored, onboard.Answers{onboard.PromptCode: "12345"})
	fmt.Println(next.Title+":", next.Text, next.Do)
	stored, next = request(stored, onboard.Answers{onboard.PromptCode: w.sms()})
	fmt.Println(next.Title+":", next.Text, next.Do)
	_, next = request(stored, onboard.Answers{onboard.PromptPIN: "246810"})
	fmt.Println(next.Text)
	// Output:
	// Number is yours: A code was sent to the number by SMS. Give the six digits, or ask for a call instead if the number takes no SMS.
	// Number is yours: That cannot be: a code has six digits. Check it and give it again.
	// Number switched on: The number has to be switched on, with a two-step PIN that protects it. Choose six digits and keep them: they are needed again.
	// live: true
}

// Two looks at a live number, a month apart.
func ExampleReport_Since() {
	w := newWhatsApp()
	number := w.account.AddNumber(cloudapitest.NumberConfig{PIN: "246810"})
	guide, err := onboard.New(onboard.Config{
		Graph: cloudapi.Config{Token: w.app.Token(w.account), HTTPClient: w.Client()}, HTTPClient: w.Client(), Now: w.Now,
	})
	if err != nil {
		log.Fatal(err)
	}
	look := func() onboard.Report {
		report, err := guide.Readiness(context.Background(), onboard.Target{NumberID: number.ID})
		if err != nil {
			log.Fatal(err)
		}
		return report
	}
	before := look()

	w.Advance(30 * 24 * time.Hour)
	number.SetQuality("YELLOW")
	w.account.SetPayment(false)
	w.account.Portfolio.SetLimit(2000)

	for _, change := range look().Since(before) {
		fmt.Printf("%s: %s → %s (%q → %q)\n", change.Title, change.Before.Grade, change.After.Grade, change.Before.Value, change.After.Value)
	}
	// Output:
	// Payment method: ok → warn ("" → "")
	// Quality: ok → warn ("GREEN" → "YELLOW")
	// Messaging limit: ok → ok ("TIER_250" → "TIER_2K")
}

// whatsApp is a simulated WhatsApp with an account, a webhook of ours and a phone of ours.
type whatsApp struct {
	*cloudapitest.World
	app     *cloudapitest.App
	account *cloudapitest.Account
	me      *cloudapitest.User
}

func newWhatsApp() *whatsApp {
	world, err := cloudapitest.New(cloudapitest.Config{Now: cloudapitest.Frozen(start)})
	if err != nil {
		log.Fatal(err)
	}
	w := &whatsApp{World: world, app: world.AddApp(cloudapitest.AppConfig{}), account: world.AddAccount(cloudapitest.AccountConfig{})}
	w.me = w.AddUser(cloudapitest.UserConfig{})
	if _, err := w.account.AddTemplate(plainTemplate); err != nil {
		log.Fatal(err)
	}
	var handler http.Handler
	handler, err = webhook.NewHandler(webhook.Config{
		AppSecrets: []string{w.app.Secret}, VerifyToken: w.app.VerifyToken,
		Sink: webhook.SinkFunc(func(context.Context, *webhook.Delivery) error { return nil }),
	})
	if err != nil {
		log.Fatal(err)
	}
	w.Mount("https://desk.example/webhook", handler)
	return w
}

// sms reads the code that came to the number.
func (w *whatsApp) sms() string {
	for n := range w.account.Numbers() {
		return n.Code()
	}
	return ""
}
