package cloudapi

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"github.com/kanava-go/kanava/internal/backoff"
)

// Defaults of [Config].
const (
	DefaultBaseURL = "https://graph.facebook.com"
	DefaultVersion = "v26.0" // released 2026-07-29
	DefaultTimeout = 30 * time.Second
	DefaultMaxWait = 30 * time.Second

	defaultMaxResponse = 8 << 20
	defaultMaxMedia    = 128 << 20 // Meta delivers at most 100 MB
	defaultIdle        = 60 * time.Second
	defaultRetries     = 3
)

// Config configures a [Client]. Only a token is required. Printing a Config, as
// text or JSON or through slog, shows no secret.
type Config struct {
	// Token is the access token. Exactly one of Token and TokenSource is set.
	Token string
	// TokenSource gives the access token call by call.
	TokenSource TokenSource
	// AppSecret, if not empty, signs every call with appsecret_proof. Apps can be
	// set to require that.
	AppSecret string

	// HTTPClient makes the requests. Its transport is used as it is; redirects are
	// never followed. nil means a transport of our own that keeps enough
	// connections for full throughput and does not connect to private addresses
	// for media.
	HTTPClient *http.Client
	// BaseURL is where the Graph API lives; empty means [DefaultBaseURL]. The
	// token is sent there and to MediaHosts, nowhere else; with the default also to
	// api.facebook.com, where Meta serves the archive of templates.
	BaseURL string
	// Version of the Graph API, such as "v26.0"; empty means [DefaultVersion]. With "v27.0", released
	// 2026-11-04, everything works as well: nothing that it took away is used here.
	//
	// https://developers.facebook.com/blog/post/2026/11/04/introducing-graph-api-v27-and-marketing-api-v27 (checked 2026-11-29)
	Version string
	// UserAgent is put before our own product name. May be empty.
	UserAgent string
	// MediaHosts are the hosts that media may be downloaded from: a name matches
	// itself, a name with a leading dot matches all hosts below it, and a port has
	// to be named. nil means the hosts of Meta known so far, .fbsbx.com, .fbcdn.net
	// and .whatsapp.net, and the host of BaseURL if that is set. Addresses in numbers
	// match only if listed. Logger is told which host was refused.
	MediaHosts []string
	// InsecureHTTP allows http:// for BaseURL and media, and private addresses for
	// media: for a simulator on the same machine.
	InsecureHTTP bool

	// Timeout bounds each attempt of a call except transfers of files; 0 means
	// HTTPClient.Timeout if that is set, else [DefaultTimeout]; negative none.
	// Transfers end instead when nothing moved on the network for IdleTimeout; 0
	// means one minute, negative never.
	Timeout     time.Duration
	IdleTimeout time.Duration
	// MaxWait is the longest time that one call spends waiting for rate permits
	// and between repeats, all together; 0 means [DefaultMaxWait], negative none
	// at all. A call that would wait longer returns an error that says how long.
	MaxWait time.Duration
	// Retries is how often a call is repeated that is known not to have been
	// accepted, or that may be repeated safely; 0 means 3, negative none.
	Retries int
	// UnsafeTrustServerErrors treats an error of Meta that may come after acceptance
	// (codes 1, 2, 131000, 131016) as a refusal. That repeats such sends, and can
	// deliver a message twice. Off, they are reported as message.ErrOutcomeUnknown.
	UnsafeTrustServerErrors bool
	// MaxResponse bounds an answer in bytes, MaxMedia a download; 0 means 8 MiB
	// and 128 MiB.
	MaxResponse int64
	MaxMedia    int64

	// Limiter keeps the rate limits; nil means NewLimiter(Limits).
	Limiter Limiter
	Limits  Limits

	// Hooks observe calls.
	Hooks Hooks
	// Logger receives warnings about things an operator should know; nil is
	// silent. It never sees content, names, numbers or tokens.
	Logger *slog.Logger
}

// Client calls WhatsApp's Cloud API. Make one with [New]; it starts nothing and
// needs no closing. Safe for concurrent use.
//
// The operations hang on views of what they belong to: [Client.Number],
// [Client.Account], [Client.App], [Client.Business]. Views are small, cost
// nothing to keep and are safe for concurrent use.
type Client struct {
	credentials *credentials
	http        *http.Client
	mediaHTTP   *http.Client
	limiter     Limiter
	hooks       Hooks
	logger      *slog.Logger

	base        *url.URL // with the version as its path
	version     string
	userAgent   []string
	mediaHosts  []string
	insecure    bool
	timeout     time.Duration
	idle        time.Duration
	maxWait     time.Duration
	retries     int
	trust       bool
	maxResponse int64
	maxMedia    int64
	backoff     backoff.Policy
	warned      atomic.Bool // of an unexpected version
}

var versionForm = regexp.MustCompile(`^v[0-9]{1,3}\.[0-9]{1,2}$`)

// New checks cfg, reports everything wrong with it at once, and makes a client.
func New(cfg Config) (*Client, error) {
	var problems []error
	bad := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("cloudapi: new: "+format, args...))
	}

	if (cfg.Token == "") == (cfg.TokenSource == nil) {
		bad("exactly one of Token and TokenSource is needed")
	}
	if !visible(cfg.Token + cfg.AppSecret) {
		bad("Token and AppSecret must be printable ASCII without spaces")
	}
	version := cfg.Version
	if version == "" {
		version = DefaultVersion
	}
	if !versionForm.MatchString(version) {
		bad("Version must look like %s", DefaultVersion)
	}
	base := cfg.baseURL(version, bad)
	hosts := cfg.MediaHosts
	if hosts == nil {
		hosts = []string{".fbsbx.com", ".fbcdn.net", ".whatsapp.net"}
		if cfg.BaseURL != "" && base.Host != "" {
			hosts = append(hosts, base.Host) // has the token anyway; a simulator keeps its files there
		}
	}
	for i, h := range hosts {
		if strings.Trim(h, ".") == "" || strings.ContainsAny(h, "/@ *") {
			bad("MediaHosts[%d] is not a host", i)
		}
	}
	if strings.ContainsFunc(cfg.UserAgent, func(r rune) bool { return r < ' ' || r > '~' }) {
		bad("UserAgent must be printable ASCII")
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}

	c := &Client{
		credentials: newCredentials(cfg.Token, cfg.TokenSource, cfg.AppSecret),
		limiter:     cfg.Limiter,
		hooks:       cfg.Hooks,
		logger:      cfg.Logger,
		base:        base,
		version:     version,
		userAgent:   []string{strings.TrimSpace(cfg.UserAgent + " kanava-cloudapi/1")},
		insecure:    cfg.InsecureHTTP,
		timeout:     cfg.timeout(),
		idle:        orDefault0(cfg.IdleTimeout, defaultIdle),
		maxWait:     orDefault0(cfg.MaxWait, DefaultMaxWait),
		retries:     orDefault0(cfg.Retries, defaultRetries),
		trust:       cfg.UnsafeTrustServerErrors,
		maxResponse: orDefault(cfg.MaxResponse, defaultMaxResponse),
		maxMedia:    orDefault(cfg.MaxMedia, defaultMaxMedia),
		// https://developers.facebook.com/documentation/business-messaging/whatsapp/throughput
		backoff: backoff.Policy{Base: time.Second, Factor: 4, Cap: 5 * time.Minute},
	}
	for _, h := range hosts {
		c.mediaHosts = append(c.mediaHosts, strings.ToLower(h))
	}
	if c.limiter == nil {
		c.limiter = NewLimiter(cfg.Limits)
	}
	if c.logger == nil {
		c.logger = slog.New(slog.DiscardHandler)
	}
	c.http, c.mediaHTTP = clients(cfg.HTTPClient, !cfg.InsecureHTTP && !proxied())
	return c, nil
}

// baseURL gives the address with the version as the end of its path.
func (cfg *Config) baseURL(version string, bad func(string, ...any)) *url.URL {
	raw := cfg.BaseURL
	if raw == "" {
		raw = DefaultBaseURL
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		bad("BaseURL must be scheme, host and perhaps a path")
		return &url.URL{}
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !cfg.InsecureHTTP) {
		bad("BaseURL must be https")
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimRight(u.Path, "/") + "/" + version}
}

// orDefault0 gives the default for 0 and 0 for what is negative.
func orDefault0[T int | time.Duration](v, def T) T {
	if v == 0 {
		return def
	}
	return max(v, 0)
}

func (cfg *Config) timeout() time.Duration {
	if cfg.Timeout == 0 && cfg.HTTPClient != nil && cfg.HTTPClient.Timeout > 0 {
		return cfg.HTTPClient.Timeout
	}
	return orDefault0(cfg.Timeout, DefaultTimeout)
}

// proxied reports whether media come through a proxy: then it is the proxy that
// connects, and its own address may well be private.
func proxied() bool {
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: &url.URL{Scheme: "https", Host: "lookaside.fbsbx.com"}})
	return err != nil || proxy != nil
}

// clients derives the client for Graph calls and the one for media from the
// host's, or makes them. guard keeps ours for media off private addresses.
func clients(host *http.Client, guard bool) (graph, media *http.Client) {
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if host != nil {
		c := *host
		// The client's own timeout is taken over by Config.Timeout, because it
		// would end the transfer of a large file, too.
		c.CheckRedirect, c.Jar, c.Timeout = stay, nil, 0
		return &c, &c
	}
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dialer.DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          0,   // no limit over all hosts
		MaxIdleConnsPerHost:   512, // 1,000 messages per second at half a second each
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
	}
	public := *dialer
	public.Control = refusePrivate
	mediaTransport := transport.Clone()
	if guard {
		mediaTransport.DialContext = public.DialContext
	}
	mediaTransport.MaxIdleConnsPerHost = 16
	return &http.Client{Transport: transport, CheckRedirect: stay},
		&http.Client{Transport: mediaTransport, CheckRedirect: stay}
}

// shown is what may be seen of a Config.
func (cfg Config) shown() map[string]any {
	return map[string]any{
		"token_set": cfg.Token != "" || cfg.TokenSource != nil, "app_secret_set": cfg.AppSecret != "",
		"base_url": cfg.BaseURL, "version": cfg.Version, "media_hosts": cfg.MediaHosts, "insecure_http": cfg.InsecureHTTP,
		"timeout": cfg.Timeout.String(), "max_wait": cfg.MaxWait.String(), "retries": cfg.Retries,
	}
}
