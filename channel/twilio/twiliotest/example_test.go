package twiliotest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/kanava-go/kanava/channel/twilio/twiliotest"
)

// Any program can be tested, here one of a few lines that answers by Twilio's API.
func Example() {
	sim := twiliotest.New(twiliotest.Config{})
	sim.AddSender("+13125550142")
	dana := sim.AddUser(twiliotest.UserConfig{Name: "Dana", Phone: "+16505550123"})
	client := sim.Client()
	sim.Connect("https://desk.example/twilio", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("Body") == "" {
			return // a status
		}
		form := url.Values{"From": {"whatsapp:+13125550142"}, "To": {r.FormValue("From")}, "Body": {"You wrote " + r.FormValue("Body")}}
		req, err := http.NewRequestWithContext(r.Context(), http.MethodPost,
			"https://api.twilio.com/2010-04-01/Accounts/"+twiliotest.DefaultAccountSID+"/Messages.json", strings.NewReader(form.Encode()))
		if err != nil {
			http.Error(w, "no request", http.StatusInternalServerError)
			return
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.SetBasicAuth(twiliotest.DefaultAccountSID, twiliotest.DefaultAuthToken)
		res, err := client.Do(req)
		if err != nil {
			http.Error(w, "no answer", http.StatusBadGateway)
			return
		}
		defer res.Body.Close()
		_, _ = io.Copy(io.Discard, res.Body)
		fmt.Println("Twilio said", http.StatusText(res.StatusCode))
	}))

	dana.Text("+13125550142", "hello")
	sim.Settle()
	fmt.Println("Dana sees", dana.Sees("+13125550142")[0].Text)
	// Output:
	// Twilio said Created
	// Dana sees You wrote hello
}
