package credentials_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/kanava-go/kanava/channel/credentials"
	"github.com/kanava-go/kanava/channel/twilio"
	"github.com/kanava-go/kanava/channel/twilio/twiliotest"
)

// What a form sent is tried out before the channel is saved.
func ExampleTwilio_Test() {
	sim := twiliotest.New(twiliotest.Config{}) // Twilio in this process
	sim.AddSender("+13125550142")
	sim.SetBalance("0.00")

	var c credentials.Twilio
	form := `{"account_sid": "AC0123456789abcdef0123456789abcdef", "auth_token": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
		"phone": "+13125550142", "status_url": "https://desk.example/twilio"}`
	if err := json.Unmarshal([]byte(form), &c); err != nil {
		panic(err)
	}
	findings := c.Test(context.Background(), func(cfg *twilio.Config) { cfg.HTTPClient = sim.Client() })
	for _, f := range findings {
		fmt.Println(strings.TrimSpace(f.Title + ": " + string(f.Grade) + ", " + f.Value + " " + f.Do))
	}
	fmt.Println("usable:", credentials.Usable(findings))
	// Output:
	// Account: ok,
	// Balance: failed, 0.00 USD Put money on the account.
	// WhatsApp sender: ok, 10K Customers/24hr
	// usable: false
}
