// Package cloudapitest is WhatsApp in a box: Meta's Graph API, people with
// phones, and signed webhooks, in memory and in virtual time.
//
// Give World.Client to the client under test, Subscribe the webhook receiver under
// test, let users act, and let time pass with Settle or Advance:
//
//	w, _ := cloudapitest.New(cloudapitest.Config{Now: cloudapitest.Frozen(t0)})
//	app := w.AddApp(cloudapitest.AppConfig{})
//	account := w.AddAccount(cloudapitest.AccountConfig{})
//	number := account.AddNumber(cloudapitest.NumberConfig{})
//	user := w.AddUser(cloudapitest.UserConfig{Name: "Dana"})
//	_ = w.Subscribe(app, account, receiver) // an http.Handler
//
//	user.Text(number, "hello")
//	w.Settle()                   // the webhook arrives, statuses of answers too
//	w.Advance(24 * time.Hour)    // the service window closes
//	seen := user.Sees(number)    // what the person has on screen
//	broken := w.Audit()          // which rules the code under test broke
//
// The simulator follows Meta's documentation, error codes included, and shares no
// code and no JSON structures with the packages it judges. Where the documentation
// is silent it takes the reading that is stricter for the sender.
package cloudapitest
