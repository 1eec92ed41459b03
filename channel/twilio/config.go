package twilio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/message"
)

// Defaults of [Config].
const (
	DefaultTimeout = 30 * time.Second
	DefaultMaxWait = 30 * time.Second
	// DefaultPerSecond is the throughput of a WhatsApp sender that Twilio has not raised.
	//
	// https://help.twilio.com/articles/360024008153 (as known in 2026)
	DefaultPerSecond = 80
	// DefaultMaxMedia is the size of the largest file that is downloaded.
	DefaultMaxMedia = 128 << 20
)

// Config configures a [Client]. AccountSID, StatusURL and either AuthToken or an API key are
// required. Printing a Config, as text or JSON or through slog, shows no secret.
type Config struct {
	// AccountSID is the account ("AC" and 32 hexadecimal digits), or a subaccount.
	AccountSID string
	// AuthToken is the account's own token. It also signs webhooks: see [HandlerConfig].
	AuthToken string
	// APIKey ("SK…") and APISecret stand instead of AuthToken: a key can be revoked by itself.
	APIKey, APISecret string

	// StatusURL is the public address of the [Handler]. Every message asks for its statuses
	// there, with the id of the message in the query, so that a send whose answer was lost
	// finds its message again. A fragment, such as "#rc=5&rp=all", tells Twilio to repeat what
	// is not answered: see [Handler].
	StatusURL string
	// Publish stores a file of the host where Twilio can fetch it and returns its https
	// address: Twilio takes files by address only. It may be called again for the same file. nil:
	// files go out by link only, and Number.Upload fails.
	Publish func(ctx context.Context, file message.Upload) (address string, err error)
	// Templates says which content of the account stands for which template; nil means that
	// no template can be sent.
	Templates *Templates
	// Credits, if not nil, lets nothing out once the account's balance is known to be used up.
	Credits *Credits

	// HTTPClient makes the requests; redirects are never followed with credentials. nil means
	// a transport of our own.
	HTTPClient *http.Client
	// BaseURL is one address for all of Twilio's hosts: that of a simulator. Empty means
	// api.twilio.com, content.twilio.com and messaging.twilio.com.
	BaseURL string
	// MediaHosts are the hosts that files of customers may be downloaded from, beside the API
	// itself: a name matches itself, a name with a leading dot all hosts below it. Credentials
	// never go there. nil means ".twiliocdn.com".
	MediaHosts []string
	// InsecureHTTP allows http:// for a simulator on the same machine.
	InsecureHTTP bool

	// PerSecond is how many messages each number may send per second; 0 means
	// [DefaultPerSecond].
	PerSecond float64
	// MaxWait is the longest time that a message waits for its turn; 0 means
	// [DefaultMaxWait]. One that would wait longer fails with a [LimitError] at once.
	MaxWait time.Duration
	// Timeout bounds each call but downloads; 0 means [DefaultTimeout].
	Timeout time.Duration
	// MaxMedia bounds a download in bytes; 0 means [DefaultMaxMedia].
	MaxMedia int64
}

var (
	accountForm = regexp.MustCompile(`^AC[0-9a-fA-F]{32}$`)
	keyForm     = regexp.MustCompile(`^SK[0-9a-fA-F]{32}$`)
)

// check returns everything that is wrong with cfg.
func (cfg *Config) check() error {
	var problems []error
	bad := func(cond bool, text string) {
		if cond {
			problems = append(problems, errors.New("twilio: new: "+text))
		}
	}
	bad(!accountForm.MatchString(cfg.AccountSID), "AccountSID must be AC and 32 hexadecimal digits")
	key := cfg.APIKey != "" || cfg.APISecret != ""
	bad((cfg.AuthToken == "") == !key, "exactly one of AuthToken and APIKey is needed")
	bad(key && (!keyForm.MatchString(cfg.APIKey) || cfg.APISecret == ""), "APIKey must be SK and 32 hexadecimal digits, with its APISecret")
	bad(!visible(cfg.AuthToken+cfg.APISecret), "AuthToken and APISecret must be printable ASCII without spaces")
	status, _, _ := strings.Cut(cfg.StatusURL, "#")
	bad(!cfg.address(status), "StatusURL must be the https address of the handler, without a query")
	bad(cfg.BaseURL != "" && !cfg.address(cfg.BaseURL), "BaseURL must be an https address without a query")
	for i, h := range cfg.MediaHosts {
		bad(strings.Trim(h, ".") == "" || strings.ContainsAny(h, "/@ *"), fmt.Sprintf("MediaHosts[%d] is not a host", i))
	}
	bad(cfg.PerSecond < 0, "PerSecond is negative")
	bad(cfg.MaxWait < 0, "MaxWait is negative")
	bad(cfg.Timeout < 0, "Timeout is negative")
	bad(cfg.MaxMedia < 0, "MaxMedia is negative")
	return errors.Join(problems...)
}

// address reports whether raw is an address that Twilio and we can agree on: what is signed is
// the text of it.
func (cfg *Config) address(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && u.Host != "" && u.User == nil && u.RawQuery == "" && !strings.ContainsAny(raw, "?#") &&
		(u.Scheme == "https" || u.Scheme == "http" && cfg.InsecureHTTP)
}

// visible reports whether s is printable ASCII without spaces.
func visible(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// shown is what may be seen of a Config.
func (cfg Config) shown() map[string]any {
	return map[string]any{
		"account_sid": cfg.AccountSID, "auth_token_set": cfg.AuthToken != "", "api_key_set": cfg.APIKey != "",
		"status_url": cfg.StatusURL, "base_url": cfg.BaseURL, "media_hosts": cfg.MediaHosts, "insecure_http": cfg.InsecureHTTP,
		"per_second": cfg.PerSecond, "max_wait": cfg.MaxWait.String(), "timeout": cfg.Timeout.String(),
	}
}

// Format shows the configuration without its secrets, whatever the verb.
func (cfg Config) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "twilio.Config(%v)", cfg.shown()) }

// MarshalJSON shows the configuration without its secrets. It is not meant to be read back.
func (cfg Config) MarshalJSON() ([]byte, error) { return json.Marshal(cfg.shown()) }

// LogValue shows the configuration without its secrets.
func (cfg Config) LogValue() slog.Value { return slog.AnyValue(cfg.shown()) }

// Format names the client: printing one would print its credentials.
func (c *Client) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "twilio.Client("+c.account+")")
}

// LogValue names the client without its secrets.
func (c *Client) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(c)) }

// MarshalJSON names the client without its secrets.
func (c *Client) MarshalJSON() ([]byte, error) { return json.Marshal(fmt.Sprint(c)) }
