package cloudapitest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Config describes a World. The zero Config is usable: real time, seed 0, no
// faults, one webhook item per POST.
type Config struct {
	// Seed starts every random choice: latencies, ids, faults. The same seed and
	// the same sequence of calls give the same world, storm included.
	Seed uint64

	// Now is the clock underneath the world's own; nil means time.Now, which
	// inside a testing/synctest bubble is the bubble's clock. The world adds what
	// Advance, Settle and Step have moved. Now must not call the World.
	Now func() time.Time

	// Latency is the typical time from accepting a message until its "sent"
	// status; "delivered" follows after about three times as long. 0 means 250 ms,
	// negative means none.
	Latency time.Duration

	// BatchMax is the largest number of items in one webhook POST, 1 to 1,000;
	// 0 means 1. BatchWait is how long an incomplete batch waits for company;
	// 0 means it does not.
	BatchMax  int
	BatchWait time.Duration

	// WebhookTimeout ends an attempt to deliver a webhook; it is measured in the
	// time of the process, not of the world. 0 means 10 s. Meta publishes no
	// figure for WhatsApp, only that the median should stay under 250 ms.
	WebhookTimeout time.Duration

	// LateErrors lists the error codes that are reported by a "failed" status
	// after the send was accepted, instead of in the answer to the send. nil means
	// 130472, 130497, 131026, 131049, 131050, 131053 and 137000, which Meta's
	// platform mostly reports so. An empty, non-nil slice makes every refusal synchronous.
	LateErrors []int

	// Retain bounds memory in long simulations: messages older than this are
	// forgotten, by the phones too. 0 keeps everything.
	Retain time.Duration

	// GraphURL is the base of URLs in paging links, MediaURL that of media
	// downloads, both without a trailing slash. "" means https://graph.facebook.com
	// and https://lookaside.fbsbx.com. A stand-alone server sets both to itself.
	GraphURL string
	MediaURL string

	// OwnHost makes URLs in an answer name the host that the call came to instead, so
	// that a server is reached under any of its names. URLs in webhooks are MediaURL's.
	OwnHost bool

	// Transport reaches callback URLs that no handler was mounted for. nil means
	// they are unreachable, so that a test opens no sockets by mistake.
	Transport http.RoundTripper
}

// A World is WhatsApp seen from outside: Meta's Graph API, people with phones,
// and webhooks. Nothing in it happens by itself: Step, Settle, Advance and Run
// let time pass. All methods of the World and of everything in it may be called
// from any goroutine, except that a webhook receiver must not call those four.
type World struct {
	cfg  Config
	base func() time.Time

	// pump is held while events are run, so that one of Step, Settle, Advance and
	// Run drives the world at a time. mu guards everything below. mu is never
	// held while code under test runs.
	pump baton
	mu   sync.Mutex
	ops  map[string]operation

	moved  atomic.Int64 // nanoseconds added to base
	traces atomic.Uint64
	queue  eventQueue
	seq    uint64
	flying int // queued events that Settle waits for
	wake   chan struct{}

	ids       uint64
	nextPhone int
	rng       *rand.Rand // ids
	wrote     map[wroteKey]uint64
	events    uint64 // items without a message
	lanes     lanes
	identity  Identity
	faults    Faults
	late      map[int]bool
	mounts    map[string]http.Handler
	watchers  []watcher
	watcherID int

	portfolios  []*Portfolio
	apps        map[string]*App
	accounts    map[string]*Account
	numbers     map[string]*Number
	templates   map[string]*Template
	media       map[string]*media
	tokens      map[string]*token
	users       []*User
	phones      map[string]*User // by wa_id
	bsuids      map[string]*User
	departed    map[string]*departure // numbers people moved away from
	messages    map[string]*message
	scratch     []byte // for building JSON with mu held
	opaque      map[opaqueKey]*message
	uploads     map[string]*upload
	groups      map[string]*Group
	flows       map[string]*Flow
	creditLines map[string]*creditLine
	sharings    map[string]*creditSharing
	calls       map[string]*Call
	signups     map[string]*signupCode
	log         auditLog
	old         messageRing // for Retain
}

// New returns an empty world. It starts nothing.
func New(cfg Config) (*World, error) {
	var bad []error
	if cfg.BatchMax < 0 || cfg.BatchMax > 1000 {
		bad = append(bad, errors.New("cloudapitest: new world: BatchMax must be 0 to 1000"))
	}
	if cfg.BatchWait < 0 || cfg.WebhookTimeout < 0 || cfg.Retain < 0 {
		bad = append(bad, errors.New("cloudapitest: new world: BatchWait, WebhookTimeout and Retain must not be negative"))
	}
	for _, base := range []*string{&cfg.GraphURL, &cfg.MediaURL} {
		if u, err := url.Parse(*base); err != nil || *base != "" && (u.Host == "" || u.RawQuery != "") || strings.HasSuffix(*base, "/") {
			bad = append(bad, errors.New("cloudapitest: new world: GraphURL and MediaURL must be absolute, without query or final slash"))
			break
		}
	}
	if err := errors.Join(bad...); err != nil {
		return nil, err
	}
	cfg.setDefaults()
	w := &World{
		cfg: cfg, base: cfg.Now, ops: operations,
		pump:        make(baton, 1),
		wake:        make(chan struct{}, 1),
		rng:         rand.New(rand.NewPCG(cfg.Seed, 1)),
		wrote:       make(map[wroteKey]uint64),
		late:        make(map[int]bool, len(cfg.LateErrors)),
		mounts:      make(map[string]http.Handler),
		apps:        make(map[string]*App),
		accounts:    make(map[string]*Account),
		numbers:     make(map[string]*Number),
		templates:   make(map[string]*Template),
		media:       make(map[string]*media),
		tokens:      make(map[string]*token),
		phones:      make(map[string]*User),
		bsuids:      make(map[string]*User),
		departed:    make(map[string]*departure),
		messages:    make(map[string]*message),
		opaque:      make(map[opaqueKey]*message),
		uploads:     make(map[string]*upload),
		groups:      make(map[string]*Group),
		flows:       make(map[string]*Flow),
		creditLines: make(map[string]*creditLine),
		sharings:    make(map[string]*creditSharing),
		calls:       make(map[string]*Call),
		signups:     make(map[string]*signupCode),
	}
	w.lanes.idle.L = &w.lanes.mu
	for _, code := range cfg.LateErrors {
		w.late[code] = true
	}
	return w, nil
}

// setDefaults replaces zero values by what the comments of Config promise.
func (cfg *Config) setDefaults() {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Latency == 0 {
		cfg.Latency = 250 * time.Millisecond
	}
	cfg.Latency = max(cfg.Latency, 0)
	cfg.BatchMax = max(cfg.BatchMax, 1)
	if cfg.WebhookTimeout == 0 {
		cfg.WebhookTimeout = 10 * time.Second
	}
	if cfg.LateErrors == nil {
		cfg.LateErrors = []int{130472, 130497, 131026, 131049, 131050, 131053, 137000}
	}
	if cfg.GraphURL == "" {
		cfg.GraphURL = "https://graph.facebook.com"
	}
	if cfg.MediaURL == "" {
		cfg.MediaURL = "https://lookaside.fbsbx.com"
	}
}

// Frozen returns a clock for Config.Now that stands at t, so that only the world
// moves time.
func Frozen(t time.Time) func() time.Time {
	return func() time.Time { return t }
}

// newID returns a fresh decimal id, as long as Meta's.
func (w *World) newID() string {
	w.ids++
	return fmt.Sprintf("1%06d%08d", w.rng.Uint32N(1e6), w.ids)
}

// itoa is strconv.Itoa, short because error details are full of it.
func itoa(n int) string { return strconv.Itoa(n) }

// digitsOnly drops everything a person may write into a phone number.
func digitsOnly(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
