package helpdesk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/onboard"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/webhook"
)

// WhatsApp is one number, whoever carries its messages: with Meta or Twilio, real or
// simulated.
type WhatsApp struct {
	Sender          message.Sender
	Media           message.Media
	Number, Account string
	// Webhook makes the endpoint for a URL.
	Webhook func(url string, sink webhook.Sink, log *slog.Logger) (http.Handler, error)
	// Sync reads the templates.
	Sync func(ctx context.Context, into *template.Catalog) error
	Now  func() time.Time // nil = the real clock
	// Check, if not nil, says before anything is begun why the number cannot be used.
	Check func(ctx context.Context, log *slog.Logger) error
	// Connect, if not nil, leads the webhooks of a simulation in this process to h, and Phone is
	// its customer's; nil with a real one.
	Connect func(h http.Handler) error
	Phone   Phone
	// guide looks at the number for the page about connecting; nil if nobody knows how.
	guide     *onboard.Guide
	examining *atomic.Bool  // while the guide calls our webhook, as a stranger too
	plan      *onboard.Plan // what is wanted of a simulated number; a real one is only looked at
}

// MetaConfig is a number with Meta.
type MetaConfig struct {
	Client              cloudapi.Config
	Number              string
	Account             string // may be empty: then there are no templates
	Secret, VerifyToken string
	Now                 func() time.Time // nil = the real clock
}

// Meta makes a number with Meta.
func Meta(cfg MetaConfig) (*WhatsApp, error) {
	client, err := cloudapi.New(cfg.Client)
	if err != nil {
		return nil, err
	}
	guide, err := onboard.New(onboard.Config{Graph: cfg.Client, VerifyToken: cfg.VerifyToken, HTTPClient: cfg.Client.HTTPClient, Now: cfg.Now})
	if err != nil {
		return nil, err
	}
	number, examining := client.Number(cfg.Number), new(atomic.Bool)
	return &WhatsApp{
		guide: guide, examining: examining,
		Sender: number, Media: number, Number: cfg.Number, Account: cfg.Account, Now: cfg.Now,
		Webhook: func(_ string, sink webhook.Sink, log *slog.Logger) (http.Handler, error) {
			return webhook.NewHandler(webhook.Config{AppSecrets: []string{cfg.Secret}, VerifyToken: cfg.VerifyToken, Sink: sink, Logger: slog.New(hushed{log.Handler(), examining})})
		},
		Check: func(ctx context.Context, log *slog.Logger) error {
			return reaches(ctx, number, cfg.Client.BaseURL, log)
		},
		Sync: func(ctx context.Context, into *template.Catalog) error {
			if cfg.Account == "" {
				return nil
			}
			return into.Sync(time.Now().Add(-time.Second), client.Account(cfg.Account).Templates(ctx, cloudapi.TemplateQuery{}))
		},
	}, nil
}

// reaches asks WhatsApp about the number. A token that it does not take will not do; one that is out of reach comes back, but
// for a simulator on this machine, which somebody has to start.
func reaches(ctx context.Context, number message.NumberTeller, base string, log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if at, err := url.Parse(base); err == nil && loopbackHost(at.Host) && base != "" {
		line, err := new(net.Dialer).DialContext(ctx, "tcp", at.Host)
		if err != nil {
			return fmt.Errorf("helpdesk: nothing answers at %s: start the simulator, or say with -graph where it is: %w", base, err)
		}
		_ = line.Close() // it was only asked for
	}
	_, _, err := number.NumberState(ctx)
	failed, ok := errors.AsType[*cloudapi.Error](err)
	switch {
	case err == nil:
	case ok && (failed.Failure().Class == message.ClassAuth || failed.Failure().Class == message.ClassPermission):
		return fmt.Errorf("helpdesk: WhatsApp does not take the token for this number: see WHATSAPP_TOKEN and WHATSAPP_PHONE_NUMBER_ID: %w", err)
	default:
		log.Warn("helpdesk: WhatsApp cannot be asked about the number; what is sent waits", "error", err)
	}
	return nil
}

// live reads the real number from the environment and names everything missing. graph is where the Graph
// API lives, "" for Meta's own.
func live(getenv func(string) string, graph string) (*WhatsApp, error) {
	var missing []string
	need := func(name string) string {
		value := strings.TrimSpace(getenv(name))
		if value == "" {
			missing = append(missing, name)
		}
		return value
	}
	cfg := MetaConfig{Client: cloudapi.Config{Token: need("WHATSAPP_TOKEN")}, Number: need("WHATSAPP_PHONE_NUMBER_ID")}
	cfg.Secret, cfg.VerifyToken = need("WHATSAPP_APP_SECRET"), need("WHATSAPP_VERIFY_TOKEN")
	cfg.Client.AppSecret, cfg.Account = cfg.Secret, strings.TrimSpace(getenv("WHATSAPP_ACCOUNT_ID"))
	if graph != "" {
		at, err := url.Parse(graph)
		if err != nil || at.Host == "" {
			return nil, fmt.Errorf("helpdesk: -graph: %q is no address such as http://localhost:8090", graph)
		}
		cfg.Client.BaseURL, cfg.Client.MediaHosts = graph, []string{at.Host}
		cfg.Client.InsecureHTTP = at.Scheme == "http" && loopbackHost(at.Host)
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("helpdesk: -live needs the environment variables %s", strings.Join(missing, ", "))
	}
	return Meta(cfg)
}
