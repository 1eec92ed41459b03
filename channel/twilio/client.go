package twilio

import (
	"cmp"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Client calls Twilio for one account. Make one with [New]; it starts nothing and needs no
// closing. Safe for concurrent use.
type Client struct {
	account  string
	user     string
	password string
	status   string
	base     string // "" for Twilio's own hosts
	insecure bool
	hosts    []string
	http     *http.Client
	ours     bool // the transport is ours: HTTP/1, which repeats only what has not left
	timeout  time.Duration
	maxWait  time.Duration
	maxMedia int64
	config   Config // Publish, Templates, Credits, PerSecond

	limits sync.Map // phone → *rate.Limiter
	shapes shapes
}

// New checks cfg, reports everything wrong with it at once, and makes a client.
func New(cfg Config) (*Client, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	c := &Client{
		account: cfg.AccountSID, user: cmp.Or(cfg.APIKey, cfg.AccountSID), password: cmp.Or(cfg.APISecret, cfg.AuthToken),
		status: cfg.StatusURL, base: strings.TrimRight(cfg.BaseURL, "/"), insecure: cfg.InsecureHTTP,
		timeout: cmp.Or(cfg.Timeout, DefaultTimeout), maxWait: cmp.Or(cfg.MaxWait, DefaultMaxWait),
		maxMedia: cmp.Or(cfg.MaxMedia, DefaultMaxMedia), config: cfg, hosts: cfg.MediaHosts,
	}
	c.config.PerSecond = cmp.Or(cfg.PerSecond, DefaultPerSecond)
	if c.hosts == nil {
		c.hosts = []string{".twiliocdn.com"}
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if cfg.HTTPClient != nil {
		h := *cfg.HTTPClient
		h.CheckRedirect, h.Jar, h.Timeout = stay, nil, 0 // the time is bounded per call
		c.http = &h
		return c, nil
	}
	c.ours = true
	c.http = &http.Client{CheckRedirect: stay, Transport: &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		MaxIdleConnsPerHost:   128,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
	}}
	return c, nil
}

// Number is the view of one sender of the account. It is a complete sender and media store
// for the hub of package channel. Safe for concurrent use.
type Number struct {
	client  *Client
	phone   string // E.164, with the plus
	limiter *rate.Limiter
}

// Number returns the view of the sender with this phone number, E.164 with or without the
// plus. Views of one number share its rate limit.
func (c *Client) Number(phone string) *Number {
	phone = "+" + strings.TrimPrefix(strings.TrimPrefix(phone, addressPrefix), "+")
	l, ok := c.limits.Load(phone)
	if !ok {
		l, _ = c.limits.LoadOrStore(phone, rate.NewLimiter(rate.Limit(c.config.PerSecond), max(int(c.config.PerSecond), 1)))
	}
	return &Number{client: c, phone: phone, limiter: l.(*rate.Limiter)}
}

// The hosts of Twilio's API.
const (
	hostAPI       = "https://api.twilio.com"
	hostContent   = "https://content.twilio.com"
	hostMessaging = "https://messaging.twilio.com"
)

// at is the address of a path on one of the hosts.
func (c *Client) at(host, path string) string { return cmp.Or(c.base, host) + path }

// resource is the address of a resource of the account.
func (c *Client) resource(path string) string {
	return c.at(hostAPI, "/2010-04-01/Accounts/"+c.account+path)
}

// ownHost reports whether credentials may go to the host of u.
func (c *Client) ownHost(u *url.URL) bool {
	for _, own := range []string{hostAPI, hostContent, hostMessaging} {
		if b, err := url.Parse(cmp.Or(c.base, own)); err == nil && u.Scheme == b.Scheme && strings.EqualFold(u.Host, b.Host) {
			return true
		}
	}
	return false
}
