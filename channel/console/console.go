package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
)

// Config is what a Console needs.
type Config struct {
	// Desk is the desk whose channels are shown; required. Its hub must keep a feed
	// (channel.Config.Feed); it can search if channel.Config.Search is set, too.
	Desk *desk.Desk
	// Actor says who sends a request, by the host's own session; required. An error means that nobody
	// is signed in: the answer is 401. It may be called concurrently, for every request.
	Actor func(*http.Request) (access.Actor, error)
	// Prefix is the path under which browsers find the console, such as "/console"; "" is the root. A
	// router that strips it and one that does not are both fine.
	Prefix string
	// Hosts are the names under which it answers, without port, such as "support.example.com". nil means
	// those of this machine only: localhost and loopback addresses.
	Hosts []string
	// InsecureAnyHost answers under every name: whoever may point a name at this address can then reach
	// the console through a browser that can.
	InsecureAnyHost bool
	// FrameAncestors are the origins whose pages may frame the console, such as
	// "https://crm.example.com"; nil: none.
	FrameAncestors []string

	// Agents lists the people whom an actor may see and give conversations to. It must be quick, and may be
	// called concurrently. nil: agents are shown by their IDs, and conversations can be taken but
	// not given to others.
	Agents func(ctx context.Context, actor access.Actor) []Agent
	// Teams lists the teams that conversations can be given to, and looked for by. It must be quick, and may
	// be called concurrently. nil: those of Agents, under their IDs.
	Teams func(ctx context.Context, actor access.Actor) []Team
	// Fields is what else the host knows of a customer, for the panel beside a conversation. It must be quick,
	// and may be called concurrently. nil: what the host keeps in Customer.Metadata, if that is an object: its
	// texts, numbers and truths.
	Fields func(ctx context.Context, actor access.Actor, customer *conversation.Customer) []Field
	// Macros are the prepared answers of a channel for an actor. It must be quick, and may be called
	// concurrently. nil: none.
	Macros func(ctx context.Context, actor access.Actor, channel string) []Macro
	// Onboarding tells an administrator how far numbers are connected. It must be quick, so the host keeps what
	// package onboard said last, and may be called concurrently. nil: there is no such page.
	Onboarding func(ctx context.Context, actor access.Actor) ([]Checklist, error)
	// Files opens what the host's channel.Attachments has stored. nil: files are named and not shown.
	Files Files

	// Brand is the name at the top of the page; "" is "Kanava".
	Brand string
	// Languages are those that agents may choose from, such as "en" and "fi", the first one being the one for
	// browsers that ask for none of them; nil means all that there are: see [Languages].
	Languages []string
	// ReadOnly takes everything away but looking.
	ReadOnly bool
	// Streams is how many pages of one actor are told what happens at the same time; 0 means 20.
	Streams int
	// Now is the clock; nil means that of the hub.
	Now func() time.Time
	// Logger gets what an operator should know; nil means silence.
	Logger *slog.Logger
}

// Agent is a person who works at the desk.
type Agent struct {
	ID   string // as access.Actor.ID
	Name string // "" shows the ID
	// Avatar is the address of a picture on the console's own origin; "" shows initials.
	Avatar string
	// Team is the name of the team that the agent is shown with; "" is none.
	Team string
	// Teams, Admin and AdminOf are as in access.Actor. The page of roles shows by them who may do what; nobody
	// gets a right by it, only by Config.Actor.
	Teams   []string
	Admin   bool
	AdminOf []string
}

// Team is a team that looks after conversations.
type Team struct {
	ID   string // as access.Actor.Teams
	Name string // "" shows the ID
}

// Field is something that the host knows of a customer.
type Field struct {
	Name, Value string
	// URL leads to more about it, with http or https; "" for none.
	URL string
}

// Macro is a prepared answer; see channel.Macro.
type Macro struct {
	// ID names it for the host, Title for people.
	ID, Title string
	// Text goes out while the window is open, Shorthand, a template, afterwards. One of them may be "".
	Text, Shorthand string
}

// Files opens the files that the host keeps. One that is a channel.Attachments, too, also keeps those that
// agents send, so that a talk shows what the customer got: Save is called before a file is uploaded, with an
// ID of its own and without a message, since there is none yet. What is refused is removed again where it
// is a channel.Remover. The others are the host's own from then on, as message.Upload says: it clears away
// what was never sent, and what was sent to somebody who is erased.
type Files interface {
	// Open opens a file by the reference that channel.Attachments.Save returned. Players can jump in a
	// recording if what is returned is an io.Seeker, too. The caller closes it.
	Open(ctx context.Context, ref string) (io.ReadCloser, error)
}

// Console serves the pages of a desk. Make one with [New].
//
// All methods are safe for concurrent use.
type Console struct {
	Config
	site    http.Handler
	pages   []page
	assets  *assets
	words   *catalogue
	streams *streams
}

// New makes a console, or returns all problems of cfg at once. It starts nothing.
func New(cfg Config) (*Console, error) {
	var problems []error
	problem := func(text string) { problems = append(problems, errors.New(text)) }
	if cfg.Desk == nil {
		problem("Desk is required")
	}
	if cfg.Actor == nil {
		problem("Actor is required: the console has no sign-in of its own")
	}
	if p := cfg.Prefix; p != "" && (!strings.HasPrefix(p, "/") || path.Clean(p) != p || p == "/" || strings.ContainsAny(p, "{}?#%\\\"<> ")) {
		problem("Prefix wants a clean path such as /console, or nothing for the root")
	}
	if slices.ContainsFunc(cfg.Hosts, func(h string) bool { return !plainHost(h) }) {
		problem("Hosts wants names without scheme and port, such as support.example.com")
	}
	if len(cfg.Hosts) > 0 && cfg.InsecureAnyHost {
		problem("Hosts and InsecureAnyHost exclude each other")
	}
	if slices.ContainsFunc(cfg.FrameAncestors, func(o string) bool { return !isOrigin(o) }) {
		problem("FrameAncestors wants origins such as https://crm.example.com")
	}
	if cfg.Streams < 0 {
		problem("Streams is negative")
	}
	words, err := newCatalogue(cfg.Languages)
	if err != nil {
		problems = append(problems, err)
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("console: %w", errors.Join(problems...))
	}
	if cfg.Brand == "" {
		cfg.Brand = "Kanava"
	}
	if cfg.Streams == 0 {
		cfg.Streams = 20
	}
	if cfg.Now == nil {
		cfg.Now = cfg.Desk.Hub().Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	c := &Console{Config: cfg, assets: newAssets(), words: words, pages: allPages(), streams: newStreams(cfg.Streams)}
	if err := c.parse(); err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	c.site = c.routes()
	return c, nil
}

// plainHost reports whether a name is what a Host header holds, without a port.
func plainHost(h string) bool {
	u, err := url.Parse("//" + h)
	return err == nil && h != "" && u.Host == h && (u.Port() == "" || strings.HasPrefix(h, "["))
}

// isOrigin reports whether a text is the origin of a site.
func isOrigin(o string) bool {
	u, err := url.Parse(o)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.Scheme+"://"+u.Host == o &&
		!strings.ContainsAny(o, "; ,'\"")
}

// ServeHTTP implements http.Handler.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.site.ServeHTTP(w, r) }
