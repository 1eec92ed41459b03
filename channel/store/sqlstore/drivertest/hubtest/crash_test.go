package hubtest

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
)

// rounds is how often a child is killed; KANAVA_CRASH_ROUNDS sets it for longer runs.
func rounds(t *testing.T, usual int) int {
	t.Helper()
	if text := os.Getenv("KANAVA_CRASH_ROUNDS"); text != "" {
		n, err := strconv.Atoi(text)
		require.NoError(t, err)
		return n
	}
	if testing.Short() {
		return 3
	}
	return usual
}

func TestNothingIsLostOrDoubledWhenTheProcessIsKilledOnSQLite(t *testing.T) {
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			crash(t, childConfig{SQLite: filepath.Join(t.TempDir(), "hub.db"), WithDesk: f.desk}, rounds(t, 10))
		})
	}
}

func TestNothingIsLostOrDoubledWhenTheProcessIsKilledOnPostgreSQL(t *testing.T) {
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) { crash(t, childConfig{Postgres: pgtest.New(t), WithDesk: f.desk}, rounds(t, 6)) })
	}
}

func TestNothingIsLostOrDoubledWhenTheProcessIsKilledByPgx(t *testing.T) {
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			crash(t, childConfig{Postgres: pgtest.New(t), Pgx: true, WithDesk: f.desk}, rounds(t, 4))
		})
	}
}

// parent is the world around a child: WhatsApp and the ticket system.
type parent struct {
	t      *testing.T
	cfg    childConfig
	world  *cloudapitest.World
	number *cloudapitest.Number
	users  []*cloudapitest.User
	sent   map[string]*cloudapitest.User // text → who wrote it

	arrived chan struct{} // capacity 1: the ticket system got something

	mu   sync.Mutex
	seen map[string]map[string]bool // text → IDs under which the ticket system got it
}

func crash(t *testing.T, cfg childConfig, kills int) {
	p := newParent(t, cfg)
	rng := rand.New(rand.NewPCG(1, uint64(kills)))
	stop := p.start()
	require.NoError(t, p.world.SubscribeURL(p.world.AddApp(cloudapitest.AppConfig{ID: "1"}),
		p.world.AddAccount(cloudapitest.AccountConfig{ID: "2"}), "http://"+p.cfg.Listen+"/webhook"))
	ctx, end := context.WithCancel(t.Context())
	defer end()
	lived := make(chan error, 1)
	go func() { lived <- p.world.Run(ctx) }()

	for round := range kills {
		select {
		case <-p.arrived: // of the child before
		default:
		}
		for i := range 3 {
			u := p.users[rng.IntN(len(p.users))]
			text := fmt.Sprintf("message %d of round %d", i, round)
			p.sent[text] = u
			u.Text(p.number, text)
		}
		if round%2 == 1 { // later in its life, when it answers: a slow machine starts slowly
			select {
			case <-p.arrived:
			case <-time.After(10 * time.Second):
			}
		}
		<-time.After(time.Duration(20+rng.IntN(250)) * time.Millisecond)
		stop()
		stop = p.start()
	}
	st, closeStore, err := p.cfg.open(t.Context())
	require.NoError(t, err)
	defer closeStore()
	hub, err := p.cfg.hub(st, &remoteDesk{}) // only looks
	require.NoError(t, err)
	p.settle(hub)
	stop()
	end()
	require.NoError(t, <-lived)
	p.judge(hub, kills)
}

func newParent(t *testing.T, cfg childConfig) *parent {
	t.Helper()
	world, err := cloudapitest.New(cloudapitest.Config{
		Seed: 3, Latency: 20 * time.Millisecond, Transport: http.DefaultTransport, WebhookTimeout: time.Minute,
	})
	require.NoError(t, err)
	p := &parent{
		t: t, cfg: cfg, world: world, arrived: make(chan struct{}, 1),
		sent: map[string]*cloudapitest.User{}, seen: map[string]map[string]bool{},
	}
	app := world.AddApp(cloudapitest.AppConfig{ID: "1"})
	account := world.AddAccount(cloudapitest.AccountConfig{ID: "2"})
	p.number = account.AddNumber(cloudapitest.NumberConfig{ID: "3"})
	for range 40 {
		p.users = append(p.users, world.AddUser(cloudapitest.UserConfig{}))
	}
	graph := httptest.NewServer(world.Handler())
	t.Cleanup(graph.Close)
	desk := httptest.NewServer(http.HandlerFunc(p.receive))
	t.Cleanup(desk.Close)
	p.cfg.Listen = fmt.Sprint("127.0.0.1:", pgtest.Port(t))
	p.cfg.Graph, p.cfg.Desk = graph.URL, desk.URL
	p.cfg.Token, p.cfg.Secret, p.cfg.Verify, p.cfg.Number = app.Token(account), app.Secret, app.VerifyToken, p.number.ID
	return p
}

// receive is the ticket system.
func (p *parent) receive(w http.ResponseWriter, r *http.Request) {
	var in received
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	select {
	case p.arrived <- struct{}{}:
	default:
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.seen[in.Text] == nil {
		p.seen[in.Text] = map[string]bool{}
	}
	p.seen[in.Text][in.ID] = true
}

// start runs a child and waits until it takes webhooks; the function it returns kills it.
func (p *parent) start() (kill func()) {
	p.t.Helper()
	raw, err := json.Marshal(p.cfg)
	require.NoError(p.t, err)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+string(raw))
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.StdoutPipe()
	require.NoError(p.t, err)
	require.NoError(p.t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(p.t, err, complaints.String())
	require.Equal(p.t, "ready\n", line)
	kill = sync.OnceFunc(func() {
		if err := cmd.Process.Kill(); err != nil {
			p.t.Error("kill child:", err)
		}
		_ = cmd.Wait() // killed
	})
	p.t.Cleanup(kill)
	return kill
}

// settle lets the last child work until everything has arrived and nothing is left to do.
func (p *parent) settle(hub *channel.Hub) {
	p.t.Helper()
	require.Eventually(p.t, func() bool {
		p.world.Advance(time.Minute) // webhooks that failed are tried again
		p.mu.Lock()
		seen := len(p.seen)
		p.mu.Unlock()
		health, err := hub.Health(p.t.Context())
		if err != nil || seen < len(p.sent) {
			return false
		}
		for _, q := range health.Work {
			later := q.Waiting // tried again soon
			switch q.Queue {
			case "timer", "upkeep", "check": // far away; messages that are held wait for an agent
				later = 0
			}
			if q.Due+later > 0 {
				return false
			}
		}
		return p.answered()+len(p.held(hub)) >= len(p.sent)
	}, 10*time.Minute, 250*time.Millisecond, "everything reaches the ticket system and is answered")
}

// answered counts the answers that customers have seen.
func (p *parent) answered() (n int) {
	for _, u := range p.users {
		for _, b := range u.Sees(p.number) {
			if strings.HasPrefix(b.Text, "re: ") {
				n++
			}
		}
	}
	return n
}

// held are the texts of answers of which the hub says that it does not know their fate.
func (p *parent) held(hub *channel.Hub) map[string]bool {
	t := p.t
	texts := map[string]bool{}
	convs, err := hub.Conversations(t.Context(), channel.ConversationQuery{Channel: "support", Limit: 1000})
	require.NoError(t, err)
	for _, c := range convs {
		messages, err := hub.Messages(t.Context(), channel.MessageQuery{Conversation: c.ID, Limit: 1000})
		require.NoError(t, err)
		for _, m := range messages {
			if m.Direction == conversation.Outbound && m.Delivery.State() == conversation.Uncertain {
				texts[m.Text] = true
			}
		}
	}
	return texts
}

// judge compares what everybody saw in the end.
func (p *parent) judge(hub *channel.Hub, kills int) {
	t := p.t
	held := p.held(hub)
	answered := 0
	for text, u := range p.sent {
		require.Len(t, p.seen[text], 1, "each message under one ID")
		count := 0
		for _, b := range u.Sees(p.number) {
			if b.Text == "re: "+text {
				count++
			}
		}
		require.LessOrEqual(t, count, 1, "an answer was doubled")
		if count == 0 {
			require.True(t, held["re: "+text], "an answer was lost without a trace")
		}
		answered += count
	}
	health, err := hub.Health(t.Context())
	require.NoError(t, err)
	require.Zero(t, health.Dead)
	require.Empty(t, p.world.Audit())
	t.Logf("%d kills: %d messages received, %d answered, %d held as uncertain", kills, len(p.sent), answered, len(p.sent)-answered)
}
