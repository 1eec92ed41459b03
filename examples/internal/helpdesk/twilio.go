package helpdesk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel/twilio"
	"github.com/kanava-go/kanava/channel/twilio/twiliotest"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/webhook"
)

// twilioHook is the address of the webhook in the simulation; nothing goes over a network.
const twilioHook = "https://desk.example/webhook"

// twilioPhone is a customer with a phone whose messages Twilio carries.
type twilioPhone struct {
	sim      *twiliotest.Sim
	customer *twiliotest.User
	sender   string

	mu    sync.Mutex
	ahead time.Duration
	mine  []Bubble
	seen  map[string]time.Time // when a message of the business was first on the screen
}

// Twilio makes a number with a simulated Twilio, and a customer with a phone.
func Twilio() (*WhatsApp, error) {
	p := &twilioPhone{sender: "+13125550142", seen: map[string]time.Time{}}
	p.sim = twiliotest.New(twiliotest.Config{Now: p.now})
	p.sim.AddSender(p.sender)
	p.sim.AddContent(twiliotest.ContentConfig{Name: "we_answered", Value: `{"body":"Hello {{1}}, we have an answer to your question."}`})
	p.customer = p.sim.AddUser(twiliotest.UserConfig{Name: "Robin Sample", Phone: "+13125550187"})
	client, err := twilio.New(twilio.Config{
		AccountSID: twiliotest.DefaultAccountSID, AuthToken: twiliotest.DefaultAuthToken, StatusURL: twilioHook,
		HTTPClient: p.sim.Client(), Templates: new(twilio.Templates),
	})
	if err != nil {
		return nil, err
	}
	number := client.Number(p.sender)
	return &WhatsApp{
		Sender: number, Media: number, Number: demoNumber, Account: demoAccount, Now: p.now, Phone: p,
		Webhook: func(_ string, sink webhook.Sink, log *slog.Logger) (http.Handler, error) {
			return twilio.NewHandler(twilio.HandlerConfig{
				PublicURL: twilioHook, AuthTokens: []string{twiliotest.DefaultAuthToken}, Sink: sink, Logger: log, Now: p.now,
				Numbers: []twilio.NumberID{{Phone: p.sender, ID: demoNumber, Account: demoAccount}},
			})
		},
		Connect: func(h http.Handler) error { p.sim.Connect(twilioHook, h); return nil },
		Sync: func(ctx context.Context, into *template.Catalog) error {
			if err := client.SyncTemplates(ctx, time.Now().Add(-time.Second), into); err != nil {
				return fmt.Errorf("helpdesk: read templates: %w", err)
			}
			return nil
		},
	}, nil
}

func (p *twilioPhone) now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Now().Add(p.ahead)
}

// Bubbles implements Phone. What the business wrote has the time at which it was first seen.
func (p *twilioPhone) Bubbles(int) []Bubble {
	now := p.now()
	theirs := p.customer.Sees(p.sender)
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []Bubble
	mine := p.mine
	for _, b := range theirs {
		if p.seen[b.SID].IsZero() {
			p.seen[b.SID] = now
		}
		for len(mine) > 0 && !mine[0].At.After(p.seen[b.SID]) {
			all, mine = append(all, mine[0]), mine[1:]
		}
		v := Bubble{ID: b.SID, At: p.seen[b.SID], Text: b.Text}
		if b.Media != "" && v.Text == "" {
			v.Text = "[file]"
		}
		for _, c := range append(b.Buttons, b.Rows...) {
			v.Buttons = append(v.Buttons, Button{Label: c.Title})
		}
		all = append(all, v)
	}
	return append(all, mine...)
}

// File implements Phone: this one shows that there is a file.
func (p *twilioPhone) File(int, string) ([]byte, string, error) { return nil, "", errNothing }

// Say implements Phone.
func (p *twilioPhone) Say(_ int, text string) { p.keep(p.customer.Text(p.sender, text), text) }

func (p *twilioPhone) keep(id, text string) {
	now := p.now()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mine = append(p.mine, Bubble{ID: id, Mine: true, At: now, Text: text, Ticks: "sent"})
}

// Tap implements Phone.
func (p *twilioPhone) Tap(_ int, label string) error {
	seen := p.customer.Sees(p.sender)
	if n := len(seen); n > 0 {
		for _, c := range append(seen[n-1].Buttons, seen[n-1].Rows...) {
			if c.Title == label {
				p.keep(p.customer.Tap(p.sender, seen[n-1].SID, label), label)
				return nil
			}
		}
	}
	return errors.New("helpdesk: there is no such button")
}

// Advance implements Phone.
func (p *twilioPhone) Advance(by time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ahead += by
}

// Run implements Phone.
func (p *twilioPhone) Run(ctx context.Context) error {
	p.sim.Run(ctx)
	return nil
}

// Customers implements Phone.
func (p *twilioPhone) Customers() []string { return []string{"Robin Sample"} }

// Gestures implements Phone: this one only writes and taps.
func (p *twilioPhone) Gestures() []string { return nil }

// Do implements Phone.
func (p *twilioPhone) Do(int, string) error { return errNothing }
