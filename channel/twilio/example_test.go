package twilio_test

import (
	"context"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/twilio"
	"github.com/kanava-go/kanava/channel/twilio/twiliotest"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/webhook"
)

// A message comes in, an answer goes out, and its status comes back, here with the simulator
// instead of Twilio.
func Example() {
	sim := twiliotest.New(twiliotest.Config{})
	sim.AddSender("+13125550142")
	dana := sim.AddUser(twiliotest.UserConfig{Name: "Dana", Phone: "+16505550123"})

	client, err := twilio.New(twilio.Config{
		AccountSID: twiliotest.DefaultAccountSID,
		AuthToken:  twiliotest.DefaultAuthToken,
		StatusURL:  "https://desk.example/twilio",
		HTTPClient: sim.Client(),
	})
	if err != nil {
		panic(err)
	}
	number := client.Number("+13125550142")
	handler, err := twilio.NewHandler(twilio.HandlerConfig{
		PublicURL:  "https://desk.example/twilio",
		AuthTokens: []string{twiliotest.DefaultAuthToken},
		Sink: webhook.SinkFunc(func(ctx context.Context, d *webhook.Delivery) error {
			for e := range d.Events() {
				switch p := e.Payload.(type) {
				case *webhook.Message:
					fmt.Println(p.From.Name, "wrote", p.Content.(*webhook.Text).Body)
					_, err := number.Send(ctx, message.Outbound{
						To: message.Recipient{Phone: p.From.Phone}, Content: &message.Text{Body: "Good morning!"}, OpaqueID: "m_1",
					})
					return err
				case *webhook.Status:
					fmt.Println(p.OpaqueID, p.Status)
				}
			}
			return nil
		}),
	})
	if err != nil {
		panic(err)
	}
	sim.Connect("https://desk.example/twilio", handler)

	dana.Text("+13125550142", "hello")
	sim.Settle()
	fmt.Println("Dana sees", dana.Sees("+13125550142")[0].Text)
	// Output:
	// Dana wrote hello
	// m_1 sent
	// m_1 delivered
	// Dana sees Good morning!
}

// The contents that WhatsApp has approved become the templates of a channel.
func ExampleClient_SyncTemplates() {
	sim := twiliotest.New(twiliotest.Config{})
	sim.AddContent(twiliotest.ContentConfig{Name: "parcel_left", Value: `{"body":"Hi {{1}}, parcel {{2}} has left."}`})
	client, err := twilio.New(twilio.Config{
		AccountSID: twiliotest.DefaultAccountSID, AuthToken: twiliotest.DefaultAuthToken, StatusURL: "https://desk.example/twilio",
		HTTPClient: sim.Client(), Templates: new(twilio.Templates),
	})
	if err != nil {
		panic(err)
	}
	catalog, err := template.NewCatalog(template.CatalogConfig{})
	if err != nil {
		panic(err)
	}
	if err := client.SyncTemplates(context.Background(), time.Now(), catalog); err != nil {
		panic(err)
	}
	for d := range catalog.All() {
		fmt.Println(d.Name, d.Language, d.Status, d.Body().Text)
	}
	// Output:
	// parcel_left en APPROVED Hi {{1}}, parcel {{2}} has left.
}
