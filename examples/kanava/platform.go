package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/spf13/cobra"
)

// platform is the WhatsApp that a verb talks to: ids and secrets, and where it is.
type platform struct {
	Token, Secret, Verify string
	Number, Account, App  string
	Graph, Version        string        // "" = the defaults of the library
	Simulator             string        // base URL of the simulator, "" = Meta's
	ahead                 time.Duration // how far the simulator's clock is ahead of ours
}

// ids are the flags that name what a verb is about.
type ids struct{ number, account, app string }

// flags gives a verb flags for the ids that it needs.
func (i *ids) flags(cmd *cobra.Command, names ...string) {
	for _, name := range names {
		switch name {
		case "number":
			cmd.Flags().StringVar(&i.number, name, "", "phone number `ID` (WHATSAPP_PHONE_NUMBER_ID, or number in the settings)")
		case "account":
			cmd.Flags().StringVar(&i.account, name, "", "`ID` of the WhatsApp Business account (WHATSAPP_ACCOUNT_ID, or account in the settings)")
		case "app":
			cmd.Flags().StringVar(&i.app, name, "", "`ID` of the Meta app (WHATSAPP_APP_ID, or app in the settings)")
		}
	}
}

// The things that a verb may need of a platform, with the variable that gives them.
const (
	needToken   = "WHATSAPP_TOKEN"
	needNumber  = "WHATSAPP_PHONE_NUMBER_ID"
	needAccount = "WHATSAPP_ACCOUNT_ID"
	needApp     = "WHATSAPP_APP_ID"
	needSecret  = "WHATSAPP_APP_SECRET"
	needVerify  = "WHATSAPP_VERIFY_TOKEN"
)

// platform finds the platform: the simulator with --sim, else what flags, environment
// and settings say, in this order. What is missing is named all at once.
func (p *program) platform(ctx context.Context, given ids, needs ...string) (platform, error) {
	if p.sim != "" {
		return p.simulated(ctx, given)
	}
	pl := platform{
		Number:  cmp.Or(given.number, p.getenv(needNumber), p.set.Number),
		Account: cmp.Or(given.account, p.getenv(needAccount), p.set.Account),
		App:     cmp.Or(given.app, p.getenv(needApp), p.set.App),
		Graph:   cmp.Or(p.getenv("WHATSAPP_BASE_URL"), p.set.Graph),
		Version: cmp.Or(p.getenv("WHATSAPP_GRAPH_VERSION"), p.set.GraphVersion),
	}
	var missing []string
	for _, secret := range []struct {
		to             *string
		variable, file string
	}{{&pl.Token, needToken, p.set.TokenFile}, {&pl.Secret, needSecret, p.set.AppSecretFile}, {&pl.Verify, needVerify, p.set.VerifyFile}} {
		text, err := p.secret(secret.variable, secret.file)
		if err != nil {
			return pl, err
		}
		*secret.to = text
	}
	for _, id := range []struct{ name, given string }{{"phone number ID", pl.Number}, {"account ID", pl.Account}, {"app ID", pl.App}} {
		if strings.Trim(id.given, "0123456789") != "" {
			return pl, wrong("the %s has digits only (the phone number ID is not the phone number): the app dashboard shows it under WhatsApp, API setup", id.name)
		}
	}
	have := map[string]string{needToken: pl.Token, needNumber: pl.Number, needAccount: pl.Account, needApp: pl.App, needSecret: pl.Secret, needVerify: pl.Verify}
	for _, need := range needs {
		if have[need] == "" {
			missing = append(missing, need)
		}
	}
	if missing != nil {
		return pl, wrong("this needs the environment %s %s; or try it on the simulator: --sim", map[bool]string{true: "variable", false: "variables"}[len(missing) == 1], strings.Join(missing, ", "))
	}
	return pl, nil
}

// secret reads a secret from its variable, or from the file that VARIABLE_FILE or the
// settings name.
func (p *program) secret(variable, file string) (string, error) {
	if text := strings.TrimSpace(p.getenv(variable)); text != "" {
		return text, nil
	}
	file = cmp.Or(p.getenv(variable+"_FILE"), file)
	if file == "" {
		return "", nil
	}
	raw, err := os.ReadFile(file) //nolint:gosec // the user names the file
	if err != nil {
		return "", wrong("the file %s for %s cannot be read: check the path", file, variable)
	}
	return strings.TrimSpace(string(raw)), nil
}

// simulated asks the simulator for its ids and secrets.
func (p *program) simulated(ctx context.Context, given ids) (platform, error) {
	base, err := siteOf(p.sim, "8090", "")
	if err != nil {
		return platform{}, err
	}
	var state struct {
		Token   string    `json:"access_token"`
		Secret  string    `json:"app_secret"`
		Verify  string    `json:"verify_token"`
		Number  string    `json:"phone_number_id"`
		Account string    `json:"waba_id"`
		App     string    `json:"app_id"`
		Now     time.Time `json:"now"`
	}
	if err := p.control(ctx, http.MethodGet, base, "state", nil, &state); err != nil {
		return platform{}, err
	}
	return platform{
		ahead: state.Now.Sub(p.now()),
		Token: state.Token, Secret: state.Secret, Verify: state.Verify, Graph: base, Simulator: base,
		Number: cmp.Or(given.number, state.Number), Account: cmp.Or(given.account, state.Account), App: cmp.Or(given.app, state.App),
	}, nil
}

// control calls the control API of the simulator; in is the body, out gets the answer.
func (p *program) control(ctx context.Context, method, base, path string, in json.RawMessage, out any) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, base+"/control/"+path, strings.NewReader(string(in)))
	if err != nil {
		return wrong("%q is no path of the simulator's control API; kanava trigger lists them", path)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req) //nolint:gosec // the user names the simulator
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("no simulator answers at %s: start one with kanava simulate, or say where it is with --sim=PORT", base)
	}
	defer func() { _ = resp.Body.Close() }()
	var answer json.RawMessage
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return fmt.Errorf("what answers at %s is no simulator: say where it is with --sim=PORT", base)
	}
	if resp.StatusCode != http.StatusOK {
		var refused struct {
			Error string `json:"error"`
		}
		if json.Unmarshal(answer, &refused) != nil || refused.Error == "" {
			return fmt.Errorf("what answers at %s is no simulator: say where it is with --sim=PORT", base)
		}
		return fmt.Errorf("the simulator refused: %s", refused.Error)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer, out)
}

// config is how the Graph API of the platform is reached.
func (pl platform) config(limits cloudapi.Limits) cloudapi.Config {
	return cloudapi.Config{
		Token: pl.Token, AppSecret: pl.Secret, BaseURL: pl.Graph, Version: pl.Version, UserAgent: "kanava-command",
		InsecureHTTP: loopback(pl.Graph), Limits: limits,
	}
}

// client makes a client of the platform.
func (pl platform) client(limits cloudapi.Limits) (*cloudapi.Client, error) {
	c, err := cloudapi.New(pl.config(limits))
	if err != nil {
		return nil, wrong("%s", strings.NewReplacer("new: ", "", "BaseURL", "the address in WHATSAPP_BASE_URL", "Version", "WHATSAPP_GRAPH_VERSION").Replace(sentence(err)))
	}
	return c, nil
}

// clock is the clock of the platform: the simulator's may have been moved.
func (p *program) clock(pl platform) func() time.Time {
	return func() time.Time { return p.now().Add(pl.ahead) }
}

// loopback reports whether a URL leads to this machine.
func loopback(site string) bool {
	u, err := url.Parse(site)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// port reports whether a text is a port.
func port(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return err == nil && n <= 65535
}

// addressOf makes the address to listen on out of what the user wrote: 8080, :8080,
// localhost:8080.
func addressOf(flag, text string) (string, error) {
	if port(text) {
		text = ":" + text
	}
	host, number, err := net.SplitHostPort(text)
	if err != nil || !port(number) {
		return "", wrong("--%s is a port such as 8080, or an address such as localhost:8080, not %q", flag, text)
	}
	return net.JoinHostPort(cmp.Or(host, "localhost"), number), nil
}

// siteOf makes a URL out of what the user wrote: 8090, localhost:8090, http://…; path is
// added where the user gave none.
func siteOf(text, fallback, path string) (string, error) {
	text = cmp.Or(text, fallback)
	switch {
	case port(text):
		text = "http://localhost:" + text
	case !strings.Contains(text, "://"):
		text = "http://" + strings.TrimPrefix(text, "//")
	}
	if strings.HasPrefix(text, "http://:") {
		text = "http://localhost" + strings.TrimPrefix(text, "http://")
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return "", wrong("%q is no address: a port such as 8090 will do, or http://localhost:8090", text)
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = path
	}
	return strings.TrimSuffix(u.String(), "/"), nil
}

// portOf is the port of a URL.
func portOf(site string) string {
	u, err := url.Parse(site)
	if err != nil {
		return ""
	}
	return u.Port()
}
