// Package sandbox is a WhatsApp in the example's own process: business numbers, a customer with a phone,
// and a page of plain text on which you are the customer. With real numbers it goes away: the methods of
// a nil WhatsApp leave everything as it is.
package sandbox

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/settings"
)

// WhatsApp is the simulated platform.
type WhatsApp struct {
	World    *cloudapitest.World
	App      *cloudapitest.App
	Accounts []*cloudapitest.Account // one for each name
	Numbers  []*cloudapitest.Number  // the same
	Customer *cloudapitest.User
	BotFirst bool // the channels of Brands are such that a bot answers first

	names []string
	ready chan struct{} // closed when webhooks are taken
	idle  func(context.Context) error
}

// New makes businesses with the given names. Their IDs are the same each time, so that what an earlier run
// has stored is theirs; the customer is a new one.
func New(names ...string) (*WhatsApp, error) {
	world, err := cloudapitest.New(cloudapitest.Config{Seed: uint64(time.Now().UnixNano())})
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	w := &WhatsApp{World: world, App: world.AddApp(cloudapitest.AppConfig{}), names: names, ready: make(chan struct{})}
	for i, name := range names {
		account := world.AddAccount(cloudapitest.AccountConfig{ID: fmt.Sprint(102290129340390 + i), Name: name})
		w.Accounts = append(w.Accounts, account)
		w.Numbers = append(w.Numbers, account.AddNumber(cloudapitest.NumberConfig{
			ID: fmt.Sprint(106540352242920 + i), Phone: fmt.Sprint(13125550140 + i), Name: name,
		}))
		if _, err := account.AddTemplate(`{"name":"news","language":"en","category":"UTILITY","components":[
			{"type":"BODY","text":"There is news about your order. Reply to read it."}]}`); err != nil {
			return nil, fmt.Errorf("sandbox: %w", err)
		}
	}
	w.Customer = world.AddUser(cloudapitest.UserConfig{Name: "Robin Sample", Phone: "13125550187"})
	return w, nil
}

// Unless reads a file of brands, the settings of a channel each, for real numbers, with the environment as
// it is. Without a file it makes a WhatsApp with two brands, and the environment that goes with it.
func Unless(file string, getenv func(string) string, box **WhatsApp) ([]settings.Settings, func(string) string, error) {
	if file == "" {
		w, err := New("Harbour Bikes", "Harbour Boats")
		if err != nil {
			return nil, nil, err
		}
		*box = w
		return w.Brands(), func(name string) string { return cmp.Or(getenv(name), w.getenv(name)) }, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, fmt.Errorf("sandbox: %w", err)
	}
	var brands []settings.Settings
	if err := json.Unmarshal(text, &brands); err != nil {
		return nil, nil, fmt.Errorf("sandbox: read %s: %w", file, err)
	}
	return brands, getenv, nil
}

// Brands are the settings of a channel for each business; its ID is the last word of the name.
func (w *WhatsApp) Brands() (brands []settings.Settings) {
	for i, n := range w.Numbers {
		words := strings.Fields(strings.ToLower(w.names[i]))
		brands = append(brands, settings.Settings{
			ID: words[len(words)-1], Name: w.names[i], Number: n.ID, Account: w.Accounts[i].ID, Language: "en", Enabled: true, BotFirst: w.BotFirst,
		})
	}
	return brands
}

// getenv is an environment with the secrets of the simulation, and one agent with the token "demo".
func (w *WhatsApp) getenv(name string) string {
	return map[string]string{
		"WHATSAPP_TOKEN": w.App.Token(w.Accounts...), "WHATSAPP_APP_SECRET": w.App.Secret,
		"WHATSAPP_VERIFY_TOKEN": w.App.VerifyToken, "HOST_AGENTS": "dana:demo",
	}[name]
}

// Simulate leads a client and a hub to the simulation and its clock.
func (w *WhatsApp) Simulate(api *cloudapi.Config, hub *channel.Config) {
	if w != nil {
		api.Token, api.HTTPClient, hub.Now = w.App.Token(w.Accounts...), w.World.Client(), w.World.Now
	}
}

// Run brings the webhooks of all businesses to a handler, and time passes, until ctx is done. It is called
// once.
func (w *WhatsApp) Run(ctx context.Context, webhook http.Handler) error {
	if w == nil {
		<-ctx.Done()
		return nil
	}
	for _, account := range w.Accounts {
		if err := w.World.Subscribe(w.App, account, webhook); err != nil {
			return fmt.Errorf("sandbox: %w", err)
		}
	}
	close(w.ready)
	return w.World.Run(ctx)
}

// ServeHTTP shows what the customer's phone shows, and takes what the customer does, as the body of a
// POST: words that stand on a button or row tap it, {…} fills the newest form in, and anything else is
// written; with ?file= it is a file of that name. ?number= counts the businesses from 0, ?later= is a time
// that passes before, such as 25h.
func (w *WhatsApp) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if w == nil {
		http.NotFound(rw, r)
		return
	}
	select {
	case <-w.ready:
	case <-r.Context().Done():
		return
	}
	query, number := r.URL.Query(), w.Numbers[0]
	for i, n := range w.Numbers {
		if query.Get("number") == fmt.Sprint(i) {
			number = n
		}
	}
	if d, err := time.ParseDuration(query.Get("later")); err == nil {
		w.World.Advance(d)
	}
	if r.Method == http.MethodPost {
		body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, 1<<20))
		file := cloudapitest.Attachment{Data: body, Filename: query.Get("file"), MIME: mime.TypeByExtension(path.Ext(query.Get("file")))}
		switch {
		case err != nil:
		case strings.HasPrefix(file.MIME, "image/"):
			w.Customer.Image(number, file)
		case file.Filename != "":
			w.Customer.Document(number, file)
		default:
			err = w.do(number, strings.TrimSpace(string(body)))
		}
		if err != nil {
			http.Error(rw, err.Error(), http.StatusBadRequest)
			return
		}
		w.await(r.Context())
	}
	_, _ = io.WriteString(rw, w.Screen(number))
}

// patience is how long a program may take to answer before the phone shows what is there: far longer than it does, since
// whoever writes next goes by what is on the screen.
const patience = 30 * time.Second

// await waits until what was done has had its effect, so that a program's answer is on the screen.
func (w *WhatsApp) await(ctx context.Context) {
	if w.idle == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	w.World.Settle()
	_ = w.idle(ctx) // who is not idle by then shows it
	w.World.Settle()
}

func (w *WhatsApp) do(number *cloudapitest.Number, text string) (err error) {
	shown := w.Customer.Sees(number)
	offered := func(text string) bool {
		return slices.ContainsFunc(shown, func(b cloudapitest.Bubble) bool { return strings.Contains(line(b), "["+text+"]") })
	}
	switch {
	case text == "":
	case text[0] == '{':
		_, err = w.Customer.FillFlow(number, text)
	case offered(text):
		if _, err = w.Customer.Tap(number, text); err != nil {
			_, err = w.Customer.Choose(number, text)
		}
	default:
		w.Customer.Text(number, text)
	}
	return err
}

// Screen is what the phone shows of the talk with a number.
func (w *WhatsApp) Screen(number *cloudapitest.Number) string {
	var all strings.Builder
	for _, b := range w.Customer.Sees(number) {
		fmt.Fprintln(&all, line(b))
	}
	return all.String()
}

func line(b cloudapitest.Bubble) string {
	who := b.From
	if b.Mine {
		who = "You"
	}
	text := who + ": " + b.Text
	for _, button := range b.Buttons {
		text += " [" + button.Label + "]"
	}
	for _, section := range b.Sections {
		for _, row := range section.Rows {
			text += " [" + row.Title + "]"
		}
	}
	return text
}
