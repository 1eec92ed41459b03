package onboard

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
)

// Config is what a [Guide] works with. It holds the secrets, which no [State] does: they
// are given again by every process. Printed, it shows none of them.
type Config struct {
	// Graph is how the Graph API is reached: Token or TokenSource, AppSecret, limits. On
	// RoadSignup the token may be missing until the code has been exchanged. AppSecret is
	// needed on RoadSignup, for LevelApp, and to sign the probes of the callback.
	Graph cloudapi.Config
	// VerifyToken is the word that Meta shows in the handshake of your callback addresses.
	VerifyToken string
	// HTTPClient calls your callback addresses as Meta would. nil means one with a timeout
	// of ten seconds. Redirects are never followed: Meta does not follow them either.
	HTTPClient *http.Client

	// Ask puts a question to a person and waits for the answer; [ErrLater] means not now.
	// nil means never: the steps wait, and say in Step.Prompt what for. Any other error
	// ends the run. See [Answers].
	Ask func(ctx context.Context, p Prompt) (string, error)
	// KeepToken stores the token that was got for the code of a signup. It is called once,
	// before the token is used; the code cannot be exchanged again. Needed on RoadSignup.
	KeepToken func(ctx context.Context, grant cloudapi.Grant) error
	// Picture is the profile picture, JPEG or PNG; nil leaves it as it is. It is called only
	// while the number has none.
	Picture func(ctx context.Context) (message.Upload, error)
	// Templates receives the templates of the account, for a template.Catalog; nil: they
	// are counted only.
	Templates func(ctx context.Context, list []template.Definition) error
	// Heard tells whether a status webhook with this OpaqueID has arrived: the proof that
	// Meta reaches you. nil: the first message is enough when it was accepted.
	Heard func(ctx context.Context, opaqueID string) (bool, error)
	// Progress hears of every step as it begins and as it changes. It runs inline.
	Progress func(p Progress)
	// Now is the clock, for demonstrations; nil means time.Now.
	Now func() time.Time
}

// Guide leads numbers to live channels, and off again. It keeps nothing between runs: a
// token that was got by signup stays with its State, in memory. Safe for concurrent use
// with different states, as far as the functions of Config are.
type Guide struct {
	cfg    Config
	client clients
	probe  *http.Client
}

// clients are two that differ in one thing: what is counted goes through once, which repeats
// nothing by itself.
type clients struct {
	*cloudapi.Client
	once *cloudapi.Client
}

var errNoToken = errors.New("there is no access token yet")

// New checks cfg, reports everything wrong with it at once, and makes a guide. It starts
// nothing.
func New(cfg Config) (*Guide, error) {
	g := &Guide{cfg: cfg, probe: probeClient(cfg.HTTPClient)}
	if g.cfg.Now == nil {
		g.cfg.Now = time.Now
	}
	if g.cfg.Progress == nil {
		g.cfg.Progress = func(Progress) {}
	}
	var problems []error
	if cfg.Graph.Token != "" && cfg.Graph.TokenSource != nil {
		problems = append(problems, errors.New("onboard: new: at most one of Graph.Token and Graph.TokenSource may be set"))
	}
	if cfg.Graph.Limiter == nil { // all clients share it
		g.cfg.Graph.Limiter = cloudapi.NewLimiter(cfg.Graph.Limits)
	}
	// The token of Config is asked for call by call, and looked at here.
	if _, err := g.clientWith(cfg.Graph.Token); err != nil {
		problems = append(problems, fmt.Errorf("onboard: new: %w", err))
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	client, err := g.clientWith("")
	g.client = client
	return g, err
}

// clientWith makes a client with a token of its own, or with that of Config.
func (g *Guide) clientWith(token string) (c clients, err error) {
	graph := g.cfg.Graph
	graph.Token, graph.TokenSource = token, nil
	if token == "" {
		graph.TokenSource = cloudapi.TokenFunc(g.token)
	}
	if c.Client, err = cloudapi.New(graph); err != nil {
		return clients{}, err
	}
	graph.Retries = -1
	c.once, err = cloudapi.New(graph)
	return c, err
}

// token gives the token of Config.
func (g *Guide) token(ctx context.Context) (string, error) {
	switch {
	case g.cfg.Graph.Token != "":
		return g.cfg.Graph.Token, nil
	case g.cfg.Graph.TokenSource != nil:
		return g.cfg.Graph.TokenSource.Token(ctx)
	default:
		return "", errNoToken
	}
}

// Begin makes the state of a number that has gone no step yet. Nothing is called. The
// error reports everything that is wrong with the plan.
func (g *Guide) Begin(p Plan) (*State, error) {
	problems := []error{p.Validate()}
	if p.Road == RoadSignup && (g.cfg.KeepToken == nil || g.cfg.Graph.AppSecret == "") {
		problems = append(problems, errors.New("onboard: begin: a signup needs Config.KeepToken and Config.Graph.AppSecret"))
	}
	if p.Webhook.URL != "" && g.cfg.VerifyToken == "" {
		problems = append(problems, errors.New("onboard: begin: Config.VerifyToken is needed for a callback address"))
	}
	if p.Webhook.URL != "" && (p.Webhook.Level == "" || p.Webhook.Level == LevelApp) && g.cfg.Graph.AppSecret == "" {
		problems = append(problems, errors.New("onboard: begin: Config.Graph.AppSecret is needed for the callback address of an app"))
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return &State{data: stateData{Version: stateVersion, Plan: p, AppID: p.AppID, AccountID: p.AccountID, NumberID: p.NumberID}}, nil
}

// Replan changes the plan of a state that has begun: another display name, a callback at
// another level, TakeOver. Road, app, account and number stay what they are, as far as they
// are known. The state is unchanged if there is an error.
func (g *Guide) Replan(s *State, p Plan) error {
	fresh, err := g.Begin(p)
	if err != nil {
		return err
	}
	old := &s.data
	var problems []error
	same := func(what string, ok bool) {
		if !ok {
			problems = append(problems, errors.New("onboard: replan: "+what+" cannot change: begin again"))
		}
	}
	same("Road", p.Road == old.Plan.Road)
	same("AppID", p.AppID == "" || old.AppID == "" || p.AppID == old.AppID)
	same("AccountID", p.AccountID == "" || old.AccountID == "" || p.AccountID == old.AccountID)
	same("NumberID", p.NumberID == "" || old.NumberID == "" || p.NumberID == old.NumberID)
	same("Phone", old.NumberID == "" || p.digits() == "" || p.digits() == old.Plan.digits())
	if err := errors.Join(problems...); err != nil {
		return err
	}
	old.Plan = p
	old.AppID = cmp.Or(old.AppID, fresh.data.AppID)
	old.AccountID = cmp.Or(old.AccountID, fresh.data.AccountID)
	old.NumberID = cmp.Or(old.NumberID, fresh.data.NumberID)
	return nil
}

// Run carries a state on as far as it goes now: it looks at every step, does what can be
// done, asks what has to be asked, and leaves the rest waiting. What is done already is
// only looked at again. Call it as often as you like: at State.Again, or when a person has
// done what a step asked for.
//
// What goes wrong is in the steps. An error comes only from ctx, from Config.Ask, KeepToken
// and the other functions of Config; the state is right all the same and should be stored.
func (g *Guide) Run(ctx context.Context, s *State) error {
	if s == nil || roads[s.data.Plan.Road] == nil {
		return errors.New("onboard: run: the state was not made by Begin")
	}
	r := &run{Guide: g, ctx: ctx, state: &s.data, session: &s.session, client: g.client, asked: map[StepID]int{}}
	if s.session.grant != nil {
		var err error
		if r.client, err = g.clientWith(s.session.grant.Token); err != nil {
			return fmt.Errorf("onboard: run: %w", err)
		}
	}
	for _, st := range stepsOf(s.data.Plan.Road) {
		g.tell(s, st, true)
		before, _ := json.Marshal(s.data)
		if v := r.take(st); v.status != "" {
			s.data.put(v.record(st.id), g.cfg.Now().UTC().Round(0))
		}
		if after, _ := json.Marshal(s.data); !bytes.Equal(before, after) {
			g.tell(s, st, false)
		}
		if r.fatal != nil {
			return r.ended(st.id)
		}
	}
	return nil
}

// tell reports progress.
func (g *Guide) tell(s *State, st step, working bool) {
	settled, total := s.count()
	g.cfg.Progress(Progress{Step: s.data.find(st.id).words(st), Working: working, Settled: settled, Total: total, State: s})
}

// Format shows what is set, and no secret, whatever the verb.
func (cfg Config) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, fmt.Sprint(cfg.LogValue())) }

// LogValue shows what is set, and no secret.
func (cfg Config) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Any("graph", cfg.Graph), slog.Bool("verify_token_set", cfg.VerifyToken != ""), slog.Bool("ask", cfg.Ask != nil),
	)
}

// MarshalJSON shows what is set, and no secret.
func (cfg Config) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{"graph": cfg.Graph, "verify_token_set": cfg.VerifyToken != "", "ask": cfg.Ask != nil})
}
