// Package onboard leads a phone number to a live WhatsApp channel: a checklist that knows
// where it stands, does what can be done, asks what has to be asked, and says in plain
// sentences what it waits for.
//
//	guide, err := onboard.New(onboard.Config{
//		Graph:       cloudapi.Config{Token: token, AppSecret: secret},
//		VerifyToken: verifyToken,
//		Ask:         askInTheTerminal, // or onboard.Answers{…}.Ask, or nil
//	})
//	state, err := guide.Begin(onboard.Plan{
//		Road: onboard.RoadToken, AppID: app, AccountID: account,
//		Phone: "+358401234567", DisplayName: "Helsinki Bikes",
//		Webhook: onboard.WebhookPlan{URL: "https://desk.example/webhook"},
//	})
//	err = guide.Run(ctx, state) // as often as you like, days apart
//	for _, step := range state.Steps() {
//		fmt.Println(step.Title, step.Status, step.Text, step.Do, step.Link)
//	}
//
// # Roads
//
// [RoadToken] is for your own numbers, with the token of a system user. [RoadSignup] is for
// numbers of your customers: a page with Embedded Signup v4 gives you a code, good for 30
// seconds, which the first step exchanges for the customer's token; [Config].KeepToken
// stores it, and [ParseSignup] reads what else the page is told. Plan.Migrate takes a number over from another provider, Plan.Coexistence
// leaves it in use in the WhatsApp Business app. [RoadLeave] takes a number off again.
//
// # Steps
//
// A [Step] is done, waits for you, waits for Meta, or is blocked, and says why, what to do,
// where, and when to look again. [Guide.Run] does everything that can be done now and may
// be called at any time: what is done is only looked at again. [State.Live] says whether
// messages can flow; optional steps, such as the review of the name, need not be done for it.
//
// # Questions
//
// What only a person knows is asked by [Config].Ask: the code that came by SMS, the PIN.
// A terminal waits for the answer; a web page returns [ErrLater], shows Step.Prompt, and
// runs again with [Answers].
//
// # State
//
// [State] is stored as JSON and carried on by any process: it holds ids, times and counts,
// and neither token, PIN, code nor secret. Those are in [Config], given again each time.
// [State.Again] says when to look again, and [State.Concerns] which webhooks are a reason to
// do so at once.
//
// # More of it
//
// [State.Another] plans one more number in the same account, [State.Leave] the way off,
// [Guide.Replan] changes what is wanted on the way: another display name, [WebhookPlan].TakeOver
// of an override that was found. [Guide.Survey] lists the numbers of all accounts that a token
// reaches.
//
// # Numbers that are live
//
// [Guide.Readiness] looks at a live number and all that it depends on and changes nothing.
// Reports can be stored, and [Report.Since] says what has changed. [Probe] examines a callback
// address alone: as Meta would call it, and as a stranger would.
//
// # Caution
//
// No code is sent and no PIN is tried without somebody who asked for it, except the first
// code. Waits between codes grow, wrong PINs stop before they lock the number, and the ten
// registrations of 72 hours are counted. Verify token and signatures go to the planned
// address, and, without one, to those that the app has set.
//
// The guide examples/guides/connect.md says what to have at hand and how long each step lasts.
package onboard
