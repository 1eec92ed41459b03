package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
)

// Three processes on one PostgreSQL, alone, with JetStream in front and Redis beside it, and with Kafka in
// front, while each of them dies in another way. Their clocks are minutes apart, and jump; those that
// come later are of the next release, and write what the others do not know. Every message is answered
// once, nothing that the next release wrote is lost, and WhatsApp has nothing to complain of: no limit
// was exceeded by all of them together.
func TestAStormOverAFleetLosesAndDoublesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("a minute or two each")
	}
	t.Run("PostgreSQL alone", func(t *testing.T) {
		storm(t, newBench(t, 60), nil)
	})
	t.Run("JetStream of three servers, Redis for limits", func(t *testing.T) {
		nodes, urls := cluster(t)
		for _, n := range nodes {
			n.start(t)
		}
		addr, restartRedis := redisServer(t)
		b := newBench(t, 60, "-log", "nats", "-nats", urls, "-limits", "redis", "-redis", addr)
		storm(t, b, func(round int) {
			nodes[round%3].kill()
			restartRedis()
			nodes[round%3].startLater(3 * time.Second)
		})
	})
	t.Run("Kafka", func(t *testing.T) { // franz-go's broker, inside the test: there was no real one
		brokers, err := kfake.NewCluster(kfake.NumBrokers(3))
		require.NoError(t, err)
		t.Cleanup(brokers.Close)
		b := newBench(t, 60, "-log", "kafka", "-kafka", strings.Join(brokers.ListenAddrs(), ","))
		b.sticky = true
		storm(t, b, func(int) {
			brokers.ShufflePartitionLeaders()
			brokers.RehashCoordinators()
		})
	})
}

// storm has customers write while processes die; more is what else happens in each round.
func storm(t *testing.T, b *bench, more func(round int)) {
	t.Helper()
	one := b.startAs([]string{clockEnv + "=5m"}, "one", "-version", "v1")
	two := b.startAs([]string{clockEnv + "=-4m"}, "two", "-version", "v1")
	three := b.start("three", "-version", "v1")
	b.open()
	ctx, end := context.WithCancel(t.Context())
	lived := make(chan error, 1)
	go func() { lived <- b.world.Run(ctx) }()
	look := b.looker()

	wrote := 0
	// Half of what a number may do in a second is received, the other half is left for the answers:
	// what is still on its way to the fleet counts already, and nobody there knows of it.
	write := func(n int) {
		for i := range n {
			if i%10 == 9 {
				<-time.After(250 * time.Millisecond)
			}
			b.users[wrote%len(b.users)].Text(b.number, fmt.Sprintf("message %s", word(wrote)))
			wrote++
		}
	}
	arrive := func() {
		t.Helper()
		require.Eventually(t, func() bool { return b.answered() >= wrote*9/10 }, patience, 50*time.Millisecond, "the others go on")
	}
	write(240)
	arrive()
	wrote += look.answerAtOnce(t, 5) // far more than a number may send in a second
	arrive()
	if more != nil {
		more(0)
	}

	write(60)
	began := time.Now()
	one.kill()
	write(60)
	takenOver(t, began, "killed", "one", two, three)
	arrive()
	one = b.startAs([]string{nextEnv + "=1", clockEnv + "=2m"}, "one", "-version", "v2") // beside the old ones: a rolling upgrade
	three.signal(syscall.SIGUSR1)                                                        // its clock jumps forth
	if more != nil {
		more(1)
	}

	write(60)
	began = time.Now()
	two.cable.set(true)
	write(60)
	takenOver(t, began, "cut off", "two", one, three)
	if !b.sticky { // all that is for one number is in one share, which may be that of this process
		arrive()
	}
	two.cable.set(false)
	require.Eventually(t, func() bool { _, ok := two.saw(began, "did not hear of this process", ""); return ok }, patience, 20*time.Millisecond,
		"it notices by itself")
	require.Eventually(t, two.ready, patience, 50*time.Millisecond, "and goes on")
	arrive()
	if more != nil {
		more(2)
	}

	three.signal(syscall.SIGUSR1) // and back
	one.signal(syscall.SIGUSR1)
	write(60)
	began = time.Now()
	three.signal(syscall.SIGSTOP)
	write(60)
	takenOver(t, began, "frozen", "three", one, two)
	three.signal(syscall.SIGCONT)
	arrive()
	require.Eventually(t, func() bool {
		versions := look.versions(t)
		return slices.Contains(versions, "v1") && slices.Contains(versions, "v2")
	}, patience, 100*time.Millisecond, "both versions are in the register: who was taken over from signs again with its next entry")
	two.leave() // the upgrade goes on
	b.startAs([]string{nextEnv + "=1", clockEnv + "=-3m"}, "four", "-version", "v2")
	write(60)
	arrive()

	uncertain := look.settle(t, b, wrote)
	end()
	require.NoError(t, <-lived)
	for text, n := range b.answers() {
		require.Equal(t, 1, n, "an answer was doubled: %s", text)
	}
	require.Len(t, b.answers(), wrote, "an answer was lost")
	require.Empty(t, b.complaints())
	documents, work := look.keptOfNext(t)
	require.Positive(t, documents, "how many depends on who had the work")
	require.Positive(t, work)
	t.Logf("%d documents and %d pieces of work of the next release are as it wrote them", documents, work)
	t.Logf("%d messages, %d answers, none lost, none doubled; of %d it was unknown for a while whether they had been sent, and somebody had them sent again", wrote, len(b.answers()), uncertain)
}

// takenOver waits until one of the others has taken over from a process, and says how long that took.
func takenOver(t *testing.T, since time.Time, how, who string, others ...*member) {
	t.Helper()
	require.Eventually(t, func() bool {
		for _, m := range others {
			if at, ok := m.saw(since, "is taken over", `"`+who+`"`); ok {
				t.Logf("%s was %s, and taken over from after %v", who, how, at.Sub(since).Round(10*time.Millisecond))
				return true
			}
		}
		return false
	}, patience, 10*time.Millisecond, "nobody takes over from %s", who)
}

// word is a number without digits, which might be part of a card number.
func word(n int) string {
	return string([]rune{'a' + rune(n/676), 'a' + rune(n/26%26), 'a' + rune(n%26)})
}

// answers counts what customers have been answered.
func (b *bench) answers() map[string]int {
	all := map[string]int{}
	for _, u := range b.users {
		for _, number := range b.numbers {
			for _, bubble := range u.Sees(number) {
				if strings.HasPrefix(bubble.Text, "re: ") {
					all[bubble.Text]++
				}
			}
		}
	}
	return all
}

func (b *bench) answered() int { return len(b.answers()) }

// looker is a hub that only looks.
type looker struct {
	hub   *channel.Hub
	store store.Store
}

func (b *bench) looker() looker {
	b.t.Helper()
	db, err := b.schema.Open()
	require.NoError(b.t, err)
	b.t.Cleanup(func() { _ = db.Close() })
	st, err := sqlstore.Open(b.t.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.PostgreSQL})
	require.NoError(b.t, err)
	b.t.Cleanup(func() { _ = st.Close() })
	p := &process{cfg: &config{channels: []settings.Settings{{ID: "support", Name: "Support", Number: "3", Account: "2", Enabled: true}}}}
	hub, err := p.deskOn(st, cloudless(b.t))
	require.NoError(b.t, err)
	return looker{hub.Hub(), st}
}

// keptOfNext makes sure that whatever the next release wrote has its fields still, and that its work
// waits for it.
func (l looker) keptOfNext(t *testing.T) (documents, work int) {
	t.Helper()
	var after *store.Position
	for {
		page, err := l.store.List(t.Context(), store.Query{Kind: nextRecord, Parent: nextRecord, Limit: 500, After: after})
		require.NoError(t, err)
		if len(page) == 0 {
			break
		}
		for _, r := range page {
			after = &store.Position{Sort: r.Sort, Key: r.Key}
			kind, key, _ := strings.Cut(r.Key, " ")
			found, err := l.store.Get(t.Context(), kind, key)
			require.NoError(t, err)
			if len(found) == 1 {
				documents++
				require.Contains(t, string(found[0].Body), `"`+nextField+`"`, kind)
			}
		}
	}
	for seq := int64(0); ; {
		page, err := l.store.Work(t.Context(), store.WorkQuery{Queue: nextWork, Limit: 500, After: seq})
		require.NoError(t, err)
		if len(page) == 0 {
			return documents, work
		}
		for i := range page {
			seq = page[i].Seq
			require.False(t, page[i].Dead)
			work++
		}
	}
}

// answerAtOnce puts n answers to everybody into the outbox, and says how many that were.
func (l looker) answerAtOnce(t *testing.T, n int) (all int) {
	t.Helper()
	conversations, err := l.hub.Conversations(t.Context(), channel.ConversationQuery{Channel: "support", Limit: 1000})
	require.NoError(t, err)
	for i := range n {
		for _, c := range conversations {
			_, err := l.hub.Reply(t.Context(), conversation.Author{Kind: conversation.Agent, ID: "operator"}, channel.Reply{
				Conversation: c.ID, Content: &message.Text{Body: fmt.Sprintf("re: at once %s to %s", word(i), c.ID)},
			})
			require.NoError(t, err)
			all++
		}
	}
	return all
}

// versions are those of the processes that live.
func (l looker) versions(t *testing.T) (all []string) {
	t.Helper()
	processes, err := l.hub.Processes(t.Context())
	require.NoError(t, err)
	for i := range processes {
		if p := &processes[i]; p.Living(time.Now()) {
			all = append(all, p.Version)
		}
	}
	return all
}

// settle waits until nothing is left to do, and has the messages sent again that nobody knows about:
// once WhatsApp has said everything that it knows, those were not sent.
func (l looker) settle(t *testing.T, b *bench, wrote int) (uncertain int) {
	t.Helper()
	var state *health.Report
	left := later(func() string {
		if state == nil {
			return "the store does not answer"
		}
		return fmt.Sprintf("%d of %d answered, %d uncertain, %d dead, %+v", b.answered(), wrote, state.Uncertain, state.Dead, state.Work)
	})
	rest := func() bool {
		b.press()
		var err error
		if state, err = l.hub.Health(t.Context()); err != nil {
			return false
		}
		for _, q := range state.Work {
			if (q.Queue == "in" || q.Queue == "host" || q.Queue == "out") && q.Due+q.Waiting > 0 {
				return false
			}
		}
		open, err := l.hub.UncertainMessages(t.Context(), "support", 1000)
		if err != nil {
			return false
		}
		answers := b.answers()
		for _, m := range open {
			if answers[m.Text] > 0 { // it has arrived, and what WhatsApp says of it has not
				return false
			}
		}
		return len(answers)+len(open) >= wrote
	}
	require.Eventually(t, rest, patience, 250*time.Millisecond, "nothing is left to do: %s", left)
	require.Zero(t, state.Dead)
	somebody := conversation.Author{Kind: conversation.Agent, ID: "operator"}
	uncertain, err := l.hub.ResendUncertain(t.Context(), somebody, "support", time.Now().Add(time.Hour))
	require.NoError(t, err)
	require.Eventually(t, func() bool { return rest() && b.answered() == wrote }, patience, 250*time.Millisecond, "what was resent arrives: %s", left)
	return uncertain
}

// later is a text that is made when it is shown.
type later func() string

func (l later) String() string { return l() }

// cloudless is a client that reaches nothing.
func cloudless(t testing.TB) *cloudapi.Client {
	t.Helper()
	c, err := cloudapi.New(cloudapi.Config{Token: "none", BaseURL: "https://127.0.0.1:1"})
	require.NoError(t, err)
	return c
}
