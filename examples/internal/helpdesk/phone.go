package helpdesk

import (
	"context"
	"net/http"
	"time"
)

// Phone is that of a simulated customer, which the page shows beside the console.
type Phone interface {
	// Bubbles are what the phone shows of the chat, oldest first.
	Bubbles() []Bubble
	// Say writes a text.
	Say(text string)
	// Tap presses a button; the error says that there is none.
	Tap(label string) error
	// Advance moves the simulated clock.
	Advance(by time.Duration)
	// Run lets things happen until ctx is done.
	Run(ctx context.Context) error
}

// Bubble is a message on a phone.
type Bubble struct {
	ID, ReplyTo          string
	Mine                 bool // the customer's own
	At                   time.Time
	Header, Text, Footer string
	Ticks                string // of the customer's own: sent, delivered or read
	Buttons              []Button
}

// Button is a button of a message.
type Button struct{ Label, URL string }

// bubbleView is a Bubble as the page shows it.
type bubbleView struct {
	ID, Side, Header, Text, Footer, Time, Quoted, Ticks, State string
	Buttons                                                    []Button
}

func (a *app) showPhone(w http.ResponseWriter, _ *http.Request) {
	seen := a.phone.Bubbles()
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
		if i == len(seen)-1 { // buttons of earlier messages have had their time
			v.Buttons = b.Buttons
		}
		views = append(views, v)
	}
	a.render(w, "phone.html", views)
}

func (a *app) say(w http.ResponseWriter, r *http.Request) {
	if text := r.FormValue("text"); text != "" {
		a.phone.Say(text)
	}
	a.answer(w, nil)
}

func (a *app) tap(w http.ResponseWriter, r *http.Request) {
	if a.phone.Tap(r.FormValue("label")) != nil {
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
	a.phone.Advance(by)
	a.answer(w, nil)
}
