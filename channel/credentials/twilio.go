package credentials

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/twilio"
	"github.com/kanava-go/kanava/internal/discreet"
)

// Twilio is what a number at Twilio is reached with: the AuthToken, which also signs webhooks, and perhaps
// an API key to send with instead. It is decoded from JSON like any struct; to encode or to print it shows
// no secret.
type Twilio struct {
	AccountSID string `json:"account_sid" form:"required" title:"Account SID" about:"From the console: AC and 32 hexadecimal digits." pattern:"^AC[0-9a-fA-F]{32}$"`
	AuthToken  string `json:"auth_token" form:"required secret" title:"Auth token" about:"From the console, beside the Account SID: it signs the webhooks."`
	APIKey     string `json:"api_key" title:"API key SID" about:"A key to send with, which can be revoked by itself; empty: the auth token." pattern:"^SK[0-9a-fA-F]{32}$"`
	APISecret  string `json:"api_secret" form:"secret" title:"API key secret" about:"It was shown once, when the key was made."`
	Phone      string `json:"phone" form:"required" title:"Number" about:"The WhatsApp sender, with + and the country code." pattern:"^\\+[1-9][0-9]{6,14}$"`
	StatusURL  string `json:"status_url" form:"required" title:"Webhook address" about:"The public address of this helpdesk for Twilio, with https and without a query." pattern:"^https?://[^ ?]+$"`
}

// Schema is as that of [CloudAPI].
func (Twilio) Schema() json.RawMessage { return schema("WhatsApp through Twilio", Twilio{}) }

// Config is what a client begins with. Its zero fields are for the host.
func (c Twilio) Config() twilio.Config {
	cfg := twilio.Config{AccountSID: c.AccountSID, AuthToken: c.AuthToken, StatusURL: c.StatusURL}
	if c.APIKey != "" || c.APISecret != "" {
		cfg.AuthToken, cfg.APIKey, cfg.APISecret = "", c.APIKey, c.APISecret
	}
	return cfg
}

// Pages of Twilio's where things are done.
const (
	linkConsole = "https://console.twilio.com/"
	linkBilling = "https://console.twilio.com/us1/billing/manage-billing/billing-overview"
	linkSenders = "https://console.twilio.com/us1/develop/sms/senders/whatsapp-senders"
	linkStatus  = "https://status.twilio.com/"
)

// Test tries the credentials out and changes nothing: whether Twilio accepts them, the balance, and the
// sender; or what is wrong with fields, if any is wrong in itself: then nobody is asked. change may alter
// how Twilio is reached, nil: nothing.
func (c Twilio) Test(ctx context.Context, change func(*twilio.Config)) []Finding {
	if wrong := problems(c); wrong != nil {
		return wrong
	}
	cfg := c.Config()
	if change != nil {
		change(&cfg)
	}
	client, err := twilio.New(cfg)
	if err != nil {
		return []Finding{{ID: "credentials", Title: "Credentials", Grade: Failed, Text: "They cannot be used as they are.", Do: "Copy each of them once more. An API key goes with its secret.", Link: linkConsole}}
	}
	balance, err := client.Balance(ctx)
	refusal := err
	if err == nil && c.APIKey != "" {
		refusal = c.tryToken(ctx, cfg)
	}
	findings := []Finding{account(refusal), credit(balance, err)}
	if findings[0].Grade == Failed {
		return append(findings, Finding{ID: "sender", Title: "WhatsApp sender", Grade: Unknown, Text: "It could not be looked at."})
	}
	return append(findings, c.sender(ctx, client))
}

// tryToken asks with the auth token, though a key is there to send with: with a wrong one every webhook is
// refused.
func (c Twilio) tryToken(ctx context.Context, cfg twilio.Config) error {
	cfg.AuthToken, cfg.APIKey, cfg.APISecret = c.AuthToken, "", ""
	client, err := twilio.New(cfg)
	if err == nil {
		_, err = client.Balance(ctx)
	}
	return err
}

// account says whether Twilio knows who asks.
func account(err error) Finding {
	f := Finding{ID: "account", Title: "Account", Grade: OK}
	refusal, refused := errors.AsType[*twilio.Error](err)
	_, unanswered := errors.AsType[*twilio.TransportError](err)
	switch {
	case err == nil:
		return f
	case refused && (refusal.Failure().Class == message.ClassAuth || refusal.Failure().Class == message.ClassPermission || refusal.Status == 404):
		f.Grade, f.Code = Failed, refusal.Code
		f.Text, f.Do, f.Link = "Twilio does not accept the account and its token or key.", "Copy all of them from the console once more.", linkConsole
	case refused:
		f.Grade, f.Code = Failed, refusal.Code
		f.Text, f.Do, f.Link = "Twilio refused the question.", "Look the code up, or ask again later.", linkStatus
	case unanswered:
		f.Grade = Failed
		f.Text, f.Do, f.Link = "Twilio could not be reached from here.", "Check that this machine may call api.twilio.com, then test again.", linkStatus
	default:
		return unfinished
	}
	return f
}

// credit says whether anything goes out.
func credit(b twilio.Balance, err error) Finding {
	f := Finding{ID: "credit", Title: "Balance", Grade: OK}
	switch {
	case err != nil:
		f.Grade, f.Text = Unknown, "It could not be looked at."
		return f
	case b.Amount <= 0:
		f.Grade, f.Text, f.Do, f.Link = Failed, "The balance is used up: nothing is sent.", "Put money on the account.", linkBilling
	}
	sign := ""
	if b.Amount < 0 {
		sign = "-"
	}
	owned := max(b.Amount, -b.Amount)
	f.Value = fmt.Sprintf("%s%d.%02d %s", sign, owned/1e6, owned/1e4%100, b.Currency)
	return f
}

// sender says whether the number is WhatsApp's.
func (c Twilio) sender(ctx context.Context, client *twilio.Client) Finding {
	f := Finding{ID: "sender", Title: "WhatsApp sender", Grade: OK}
	for s, err := range client.Senders(ctx) {
		switch {
		case err != nil:
			f.Grade, f.Text, f.Do, f.Link = Unknown, "The senders of the account could not be listed.", "Test again later.", linkStatus
			return f
		case s.Phone != c.Phone:
			continue
		case !s.Status.CanSend():
			f.Grade, f.Value = Failed, string(s.Status)
			f.Text, f.Do, f.Link = "The sender cannot send at the moment.", "Look at its status in the console.", linkSenders
			if len(s.Reasons) > 0 {
				f.Value += ", " + strings.Join(s.Reasons, ", ")
			}
		case strings.EqualFold(s.Quality, "LOW"):
			f.Grade, f.Value = Warning, s.Quality
			f.Text, f.Do, f.Link = "People block or report what the number sends.", "Write only to people who want it, until the quality rises.", linkSenders
		default:
			f.Value = cmp.Or(s.Limit, string(s.Status))
		}
		return f
	}
	f.Grade, f.Text, f.Do, f.Link = Failed, "The account has no WhatsApp sender with this number.", "Register the number, or choose another account.", linkSenders
	return f
}

// MarshalJSON leaves the secrets out.
func (c Twilio) MarshalJSON() ([]byte, error) { return shown(c), nil }

// LogValue shows which account it is.
func (c Twilio) LogValue() slog.Value {
	return slog.GroupValue(slog.String("account_sid", c.AccountSID), slog.Bool("auth_token", c.AuthToken != ""))
}

// Format implements [fmt.Formatter].
func (c Twilio) Format(f fmt.State, _ rune) { discreet.Format(f, c) }
