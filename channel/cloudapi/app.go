package cloudapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// App is a client's view of a Meta app: tokens, webhook subscriptions of the app,
// and uploads that belong to no number. Safe for concurrent use.
type App struct {
	client *Client
	id     string
}

// App gives the view of the app with this id.
func (c *Client) App(id string) *App { return &App{client: c, id: id} }

var errNoSecret = errors.New("Config.AppSecret is needed for this call")

// Grant is a token got for a code. Logs and the fmt verbs hide the token; JSON
// shows it, because a host has to store it.
type Grant struct {
	Token string
	// Expires is when the token ends; zero means never, or not told.
	Expires time.Time
}

// ExchangeCode turns the code that Embedded Signup hands to the front end into
// the customer's business token. The code is valid for 30 seconds and once. It
// needs Config.AppSecret.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/embedded-signup/implementation
// (checked September 2026)
func (a *App) ExchangeCode(ctx context.Context, code string) (Grant, error) {
	const op = "exchange code"
	if code == "" {
		return Grant{}, invalid(op, "a code is needed")
	}
	secret := a.client.credentials.secret
	if secret == "" {
		return Grant{}, &notStarted{op: op, cause: errNoSecret, auth: true}
	}
	u, err := a.client.endpoint(op, "oauth", "access_token")
	if err != nil {
		return Grant{}, err
	}
	u.RawQuery = url.Values{"client_id": {a.id}, "client_secret": {secret}, "code": {code}}.Encode()
	var g Grant
	err = a.client.do(ctx, &call{
		op: op, object: a.id, method: http.MethodGet, url: u, auth: &authorization{},
		// A code works once: a repeat after a lost answer is refused, and harmless.
		repeat: true,
		decode: func(_ int, body []byte) error { return decodeGrant(body, &g) },
	})
	return g, err
}

// decodeGrant reads the JSON object, or the bare token that one page of Meta's
// documentation shows.
func decodeGrant(body []byte, g *Grant) error {
	var w struct {
		Token   string     `json:"access_token"`
		Expires lenientInt `json:"expires_in"`
	}
	if json.Unmarshal(body, &w) != nil {
		w.Token = strings.Trim(strings.TrimSpace(string(body)), `"`)
	}
	if w.Token == "" || strings.ContainsFunc(w.Token, func(r rune) bool { return r <= ' ' || r > '~' || r == '<' || r == '{' }) {
		return errUnexpected
	}
	g.Token = w.Token
	if w.Expires > 0 && w.Expires < 1<<32 {
		g.Expires = time.Now().Add(time.Duration(w.Expires) * time.Second).UTC()
	}
	return nil
}

// TokenInfo describes an access token.
type TokenInfo struct {
	AppID       string
	Application string
	Type        string // SYSTEM_USER, USER, …
	UserID      string
	Valid       bool
	// Expires and DataAccessExpires are zero if they never end.
	Expires           time.Time
	DataAccessExpires time.Time
	Scopes            []string
	// Targets are the objects that a scope is restricted to, newest first; a scope
	// without an entry is not restricted.
	Targets map[string][]string
	// Problem is the code that says why a token is not valid, 0 if it is.
	Problem int
}

// DebugToken examines an access token; empty means the client's own, for example to
// be warned before it expires. With Config.AppSecret and an app id the app itself asks; otherwise
// the client's own token must be allowed to.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/solution-providers/manage-accounts
// (checked September 2026)
func (a *App) DebugToken(ctx context.Context, token string) (TokenInfo, error) {
	const op = "debug token"
	u, err := a.client.endpoint(op, "debug_token")
	if err != nil {
		return TokenInfo{}, err
	}
	if token == "" {
		own, err := a.client.credentials.authorize(ctx)
		if err != nil {
			return TokenInfo{}, &notStarted{op: op, cause: err, auth: true}
		}
		token = own.token
	}
	u.RawQuery = url.Values{"input_token": {token}}.Encode()
	var w struct {
		Data struct {
			AppID       lenientString `json:"app_id"`
			Application string        `json:"application"`
			Type        string        `json:"type"`
			UserID      lenientString `json:"user_id"`
			Valid       bool          `json:"is_valid"`
			Expires     graphTime     `json:"expires_at"`
			Data        graphTime     `json:"data_access_expires_at"`
			Scopes      []string      `json:"scopes"`
			Granular    []struct {
				Scope   string          `json:"scope"`
				Targets []lenientString `json:"target_ids"`
			} `json:"granular_scopes"`
			Error struct {
				Code lenientInt `json:"code"`
			} `json:"error"`
		} `json:"data"`
	}
	err = a.client.do(ctx, &call{
		op: op, object: a.id, method: http.MethodGet, url: u, auth: a.appToken(), repeat: true, decode: decodeInto(&w),
	})
	if err != nil {
		return TokenInfo{}, err
	}
	d := w.Data
	info := TokenInfo{
		AppID: string(d.AppID), Application: d.Application, Type: d.Type, UserID: string(d.UserID), Valid: d.Valid,
		Expires: d.Expires.Time, DataAccessExpires: d.Data.Time, Scopes: d.Scopes, Problem: int(d.Error.Code),
	}
	for _, g := range d.Granular {
		for _, id := range g.Targets {
			if info.Targets == nil {
				info.Targets = make(map[string][]string)
			}
			info.Targets[g.Scope] = append(info.Targets[g.Scope], string(id))
		}
	}
	return info, nil
}

// appToken is the token of the app itself, nil without its id or secret.
func (a *App) appToken() *authorization {
	secret := a.client.credentials.secret
	if secret == "" || a.id == "" {
		return nil
	}
	return a.client.credentials.derive(a.id + "|" + secret)
}

// SetWebhook sets where the app's webhooks go and which fields it wants, such as
// "messages" and "message_template_status_update". It needs Config.AppSecret.
func (a *App) SetWebhook(ctx context.Context, w Webhook, fields ...string) error {
	const op = "set app webhook"
	auth := a.appToken()
	if auth == nil {
		return &notStarted{op: op, cause: errNoSecret, auth: true}
	}
	if err := w.check(op); err != nil {
		return err
	}
	if w.URL == "" || len(fields) == 0 {
		return invalid(op, "an address and at least one field are needed")
	}
	q := url.Values{
		"object": {"whatsapp_business_account"}, "callback_url": {w.URL}, "verify_token": {w.VerifyToken},
		"fields": {strings.Join(fields, ",")},
	}
	cl, err := a.client.managementCall(op, http.MethodPost, a.id, q, nil, "subscriptions")
	if err != nil {
		return err
	}
	cl.auth, cl.repeat, cl.decode = auth, true, decodeSuccess
	cl.permit.Account = AppAccount
	return a.client.do(ctx, cl)
}

// AppWebhook is where the app's own webhooks go and which fields it wants.
type AppWebhook struct {
	URL    string
	Active bool
	Fields []string
}

// Webhook reads what SetWebhook set. The zero AppWebhook means that the app has none. It
// needs Config.AppSecret.
func (a *App) Webhook(ctx context.Context) (AppWebhook, error) {
	const op = "get app webhook"
	auth := a.appToken()
	if auth == nil {
		return AppWebhook{}, &notStarted{op: op, cause: errNoSecret, auth: true}
	}
	cl, err := a.client.managementCall(op, http.MethodGet, a.id, nil, nil, "subscriptions")
	if err != nil {
		return AppWebhook{}, err
	}
	var out struct {
		Data []struct {
			Object string `json:"object"`
			URL    string `json:"callback_url"`
			Active bool   `json:"active"`
			Fields []struct {
				Name string `json:"name"`
			} `json:"fields"`
		} `json:"data"`
	}
	cl.auth, cl.decode = auth, decodeInto(&out)
	cl.permit.Account = AppAccount
	if err := a.client.do(ctx, cl); err != nil {
		return AppWebhook{}, err
	}
	var w AppWebhook
	for _, d := range out.Data {
		if d.Object != "whatsapp_business_account" {
			continue
		}
		w.URL, w.Active = d.URL, d.Active
		for _, f := range d.Fields {
			w.Fields = append(w.Fields, f.Name)
		}
	}
	return w, nil
}
