package main

import (
	"embed"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

// settings are what the command line decides.
type settings struct {
	site           string // "http://host:port", where the server is reached
	seed           uint64
	secret, verify string           // "" = generated
	now            func() time.Time // nil = the real clock
	transport      http.RoundTripper
}

// server is a world with one account, one number and a few people.
type server struct {
	site    string
	world   *cloudapitest.World
	app     *cloudapitest.App
	account *cloudapitest.Account
	number  *cloudapitest.Number
	token   string
	people  directory
	journal journal
}

// starters are templates to try; what else an account has is up to the program.
var starters = []string{
	`{"name":"hello","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"Hello from the simulator."}]}`,
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
	s := &server{site: set.site}
	world, err := cloudapitest.New(cloudapitest.Config{
		Seed: set.seed, Now: set.now, GraphURL: set.site, MediaURL: set.site, Retain: 30 * 24 * time.Hour,
		Transport: s.journal.webhooks(set.transport),
	})
	if err != nil {
		return nil, fmt.Errorf("simulator: start: %w", err)
	}
	s.world, s.journal.now = world, world.Now
	s.app = world.AddApp(cloudapitest.AppConfig{Name: "Simulator", Secret: set.secret, VerifyToken: set.verify})
	s.account = world.AddAccount(cloudapitest.AccountConfig{Name: "Lucky Shrub Demo", Portfolio: world.AddPortfolio(cloudapitest.PortfolioConfig{Name: "Lucky Shrub Demo", Limit: 2000})})
	s.number = s.account.AddNumber(cloudapitest.NumberConfig{Name: "Lucky Shrub Demo", OBA: true})
	s.token = s.app.Token(s.account)
	for _, text := range starters {
		if _, err := s.account.AddTemplate(text); err != nil {
			return nil, fmt.Errorf("simulator: start: %w", err)
		}
	}
	for _, u := range []cloudapitest.UserConfig{
		{Name: "Dana Whitfield"},
		{Name: "Marcus Oyelaran"},
		{Name: "Sofia Example", Username: "sofia.example", HidePhone: true},
	} {
		s.people.add(world.AddUser(u))
	}
	return s, nil
}

// greet tells what to put into the program under test.
func (s *server) greet(out io.Writer) {
	fmt.Fprintf(out, `WhatsApp simulator. Open %s in a browser to play the customers.

  base URL          %s
  access token      %s
  phone number id   %s
  WABA id           %s
  app id            %s
  app secret        %s
  verify token      %s

`, s.site, s.site, s.token, s.number.ID, s.account.ID, s.app.ID, s.app.Secret, s.app.VerifyToken)
}

// subscribe performs the handshake with a webhook receiver and sends it everything
// from now on.
func (s *server) subscribe(url string) error {
	if err := s.world.SubscribeURL(s.app, s.account, url); err != nil {
		return fmt.Errorf("simulator: set webhook: %w", err)
	}
	return nil
}

//go:embed web
var web embed.FS

// handler joins the page, the control API and Graph.
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
			http.ServeFileFS(w, r, web, "web/"+name)
		})
	}
	s.routes(mux)
	mux.Handle("/", s.journal.calls(s.world.Handler()))
	return s.guard(mux)
}

// guard keeps other web pages out: a page somewhere can make a browser send requests
// to localhost, and DNS can make its own name point there.
func (s *server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := strings.HasPrefix(r.URL.Path, "/control/")
		switch {
		case control && !loopback(r.Host):
			http.Error(w, "the control API answers only under localhost", http.StatusForbidden)
		case control && r.Method != http.MethodGet && r.Header.Get("Content-Type") != "application/json":
			http.Error(w, "send Content-Type: application/json", http.StatusUnsupportedMediaType)
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
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
