package simulator

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

// settings are what the command line decides.
type settings struct {
	site           string // "http://host:port", where the server is reached
	graphURLs      []string
	seed           uint64
	secret, verify string // "" = the fixed ones
	coexistence    bool
	now            func() time.Time // nil = the real clock
	transport      http.RoundTripper
	journal        *journal     // nil = a new one
	reset          func() error // starts anew; nil = not possible
}

// The ids are the same whatever the flags say, so that a program is configured once.
// They are fiction, like everything here, and no secrets.
const (
	appID       = "900000000000001"
	portfolioID = "900000000000002"
	accountID   = "900000000000003"
	numberID    = "900000000000004"
	catalogID   = "900000000000005"
	phone       = "12025550142"
)

// fixed makes a secret of so many characters that is always the same.
func fixed(purpose string, length int) string {
	sum := sha256.Sum256([]byte("whatsapp simulator, " + purpose))
	return hex.EncodeToString(sum[:])[:length]
}

// server is a world with one account, one number and a few people.
type server struct {
	settings
	world   *cloudapitest.World
	app     *cloudapitest.App
	account *cloudapitest.Account
	number  *cloudapitest.Number
	token   string
	catalog string
	people  directory
	open    openFlows
	answers http.Handler // page, control API and Graph
}

// starters are templates to try; what else an account has is up to the program.
var starters = []string{
	`{"name":"hello","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"Hello from the simulator."}]}`,
	`{"name":"hello_world","language":"en_US","category":"UTILITY","components":[{"type":"HEADER","format":"TEXT","text":"Hello World"},
		{"type":"BODY","text":"Welcome and congratulations! This message shows that your program can send."},{"type":"FOOTER","text":"WhatsApp simulator"}]}`,
	`{"name":"order_update","language":"en_US","category":"UTILITY","parameter_format":"NAMED","components":[
		{"type":"HEADER","format":"TEXT","text":"Order update"},
		{"type":"BODY","text":"Hi {{first_name}}, your order {{order}} is on its way.","example":{"body_text_named_params":[{"param_name":"first_name","example":"Ada"},{"param_name":"order","example":"17"}]}},
		{"type":"FOOTER","text":"Reply to this message for help"},
		{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Where is it?"},{"type":"QUICK_REPLY","text":"Thanks"}]}]}`,
	`{"name":"autumn_sale","language":"en_US","category":"MARKETING","components":[{"type":"BODY","text":"Everything is cheaper until Sunday."},{"type":"BUTTONS","buttons":[{"type":"URL","text":"Look","url":"https://example.com/sale"}]}]}`,
}

func newServer(set settings) (*server, error) {
	if set.transport == nil {
		set.transport = http.DefaultTransport
	}
	if set.journal == nil {
		set.journal = &journal{}
	}
	if set.secret == "" {
		set.secret = fixed("app secret", 32)
	}
	if set.verify == "" {
		set.verify = fixed("verify token", 16)
	}
	s := &server{settings: set, token: "EAA" + fixed("access token", 60), catalog: catalogID}
	world, err := cloudapitest.New(cloudapitest.Config{
		Seed: set.seed, Now: set.now, GraphURL: set.site, MediaURL: set.site, OwnHost: true, Retain: 30 * 24 * time.Hour,
		Transport: s.journal.webhooks(set.transport),
	})
	if err != nil {
		return nil, fmt.Errorf("simulator: start: %w", err)
	}
	s.world = world
	s.journal.follow(world.Now)
	s.app = world.AddApp(cloudapitest.AppConfig{ID: appID, Name: "Simulator", Secret: set.secret, VerifyToken: set.verify})
	s.account = world.AddAccount(cloudapitest.AccountConfig{
		ID: accountID, Name: "Lucky Shrub Demo", DirectSend: true,
		Portfolio: world.AddPortfolio(cloudapitest.PortfolioConfig{ID: portfolioID, Name: "Lucky Shrub Demo", Limit: 2000}),
	})
	s.number = s.account.AddNumber(cloudapitest.NumberConfig{ID: numberID, Phone: phone, Name: "Lucky Shrub Demo", OBA: true, Coexistence: set.coexistence})
	s.app.AddToken(s.token, s.account)
	s.account.AddCatalog(cloudapitest.CatalogConfig{ID: catalogID, Name: "Everything"})
	for _, text := range starters {
		if _, err := s.account.AddTemplate(text); err != nil {
			return nil, fmt.Errorf("simulator: start: %w", err)
		}
	}
	for _, u := range []cloudapitest.UserConfig{
		{Name: "Dana Whitfield", Phone: "13125550101"},
		{Name: "Marcus Oyelaran", Phone: "13125550102"},
		{Name: "Sofia Example", Phone: "13125550103", Username: "sofia.example", HidePhone: true},
	} {
		s.people.add(world.AddUser(u))
	}
	s.answers = s.handler()
	return s, nil
}

// subscribe performs the handshake with a webhook receiver and sends it everything
// from now on.
func (s *server) subscribe(url string) error {
	if err := s.world.SubscribeURL(s.app, s.account, url); err != nil {
		return explain(url, err)
	}
	return nil
}

//go:embed web
var web embed.FS

// handler joins the page, the control API and Graph. Graph gets every path that is not
// one of the others', as it came: a mux would answer //v26.0 with a page.
func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	for _, name := range []string{"page.html", "style.css", "app.js", "icon.svg"} {
		path := "GET /static/" + name
		if name == "page.html" {
			path = "GET /{$}"
		}
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; frame-ancestors 'none'")
			w.Header().Set("Cache-Control", "no-cache")
			w.Header().Set("X-Content-Type-Options", "nosniff")
			http.ServeFileFS(w, r, web, "web/"+name)
		})
	}
	s.routes(mux)
	own, graph := s.guard(mux), s.graph()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.Path; {
		case path == "/" && r.Method == http.MethodGet, strings.HasPrefix(path, "/control/"), strings.HasPrefix(path, "/static/"), path == "/control":
			own.ServeHTTP(w, r)
		default:
			graph.ServeHTTP(w, r)
		}
	})
}

// graph is the Graph API alone: what may be reached from elsewhere.
func (s *server) graph() http.Handler { return s.journal.calls(s.world.Handler()) }

// guard keeps other web pages out: a page somewhere can make a browser send requests
// to localhost, and DNS can make its own name point there.
func (s *server) guard(next http.Handler) http.Handler {
	recorded := s.journal.controls(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := strings.HasPrefix(r.URL.Path, "/control/")
		kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
		switch {
		case control && !loopback(r.Host):
			refuse(w, refusal(http.StatusForbidden, "the control API answers only under localhost"))
		case control && r.Method != http.MethodGet && strings.TrimSpace(kind) != "application/json":
			refuse(w, refusal(http.StatusUnsupportedMediaType, "send Content-Type: application/json"))
		case control:
			recorded.ServeHTTP(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// loopback reports whether a Host header names this machine itself.
func loopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
