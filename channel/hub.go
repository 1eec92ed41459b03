package channel

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/hooks"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/store"
)

// Config is what a [Hub] needs.
type Config struct {
	// Store keeps everything, Ticketing is the host's ticket system: both required.
	Store     store.Store
	Ticketing Ticketing
	// Changes are the kinds of changes that Ticketing is told beside what customers write; nil: all
	// but WindowOpened and WindowExtended, which have to be named. What is left out costs neither a
	// row nor a call, and stands in the events of the conversation.
	Changes []conversation.ChangeKind
	// Attachments keeps inbound files. nil: they are not fetched, and their media IDs last for 7 days.
	Attachments Attachments
	// Desk takes part in what the hub does; package desk makes the hub with one. nil: nothing of a
	// desk is written, polled or told, and each customer has one conversation, which never ends. All
	// hubs on a store have a desk, or none has: Run refuses to be another kind than those that run.
	Desk deskapi.Desk
	// Channels are the numbers to begin with; see [Hub.AddChannel].
	Channels []Channel

	// Feed is for [Hub.Feed], Search for [Hub.Search]. They cost a little with each commit, and need
	// a Store that is a [store.Follower], and a [store.Searcher]. What was stored before is not
	// told, and not found until it changes. All processes should set the same.
	Feed, Search bool

	// StrayRetention is the age at which dead letters and deeds of no channel go. 0: never; 24 hours at least.
	StrayRetention duration.Duration

	// RestoredAt is when the store was restored from a backup; zero: never. What waited in its outbox, and automatic
	// messages for what happened before, may have been sent since the backup was made: they are
	// [conversation.Uncertain] and not sent, whatever the channel's policy. The store remembers it.
	RestoredAt time.Time

	// Now is the clock, for demonstrations; nil means time.Now. A [store.Timekeeper] corrects it by up to 90 minutes.
	Now func() time.Time
	// Logger gets what an operator should know, see above; nil means silence. Hooks observe.
	Logger *slog.Logger
	Hooks  hooks.Hooks

	// How much runs at once: accepted items (0 means 32), calls of Ticketing (16), sends of answers
	// and as many of notifications (64), downloads (8). As many messages as are being sent, or wait
	// for their rate permit, may be uncertain after a crash.
	ApplyWorkers, HostWorkers, SendWorkers, MediaWorkers int
	// HostTries is after how many failures a call of Ticketing becomes a dead letter, so that the rest of the
	// conversation goes on; those of an outage do not count. 0 means 20: about three hours.
	HostTries int
	// Lease bounds every call of the host and of a Sender; then another worker takes over. 0 means 1
	// minute, the least is 5 seconds.
	Lease time.Duration
	// Poll is how often work is looked for that other processes committed, or that fell due. 0 means 1 second.
	Poll time.Duration
	// Heartbeat is how often a process says in the store that it runs; 0 means 1 second, or Poll if that is
	// longer. One that could not for three of them gives up what it has in hand until it can; one that was
	// not heard of for about four is taken over from. Commits that often take seconds need a longer one.
	Heartbeat time.Duration
	// Name and Version say in [Hub.Processes] which process this is and what it runs. "" means machine
	// and number, and the version or commit of the main module.
	Name, Version string
	// Drain is how long Run lets work in hand finish. 0 means 30 seconds.
	Drain time.Duration
}

// A Hub turns WhatsApp numbers into support channels. Make one with [New], give it deliveries with
// [Hub.Accept], which makes it a webhook.Sink, and let [Hub.Run] do the work. It is safe for
// concurrent use, and any number of hubs on any number of machines may work on one store. It works
// for the channels that it has, and reads whatever is in the store: hubs are no walls between tenants.
type Hub struct {
	*core
	outbox     *outbox
	intake     *intake
	dispatcher *dispatcher
	teller     *teller
	files      *files
	keeper     *keeper
}

// New returns a hub, or all problems of cfg. It starts and reads nothing.
func New(cfg Config) (*Hub, error) {
	var problems []error
	missing := func(bad bool, what string) {
		if bad {
			problems = append(problems, errors.New("channel: config: "+what))
		}
	}
	missing(cfg.Store == nil, "Store is missing")
	missing(cfg.Ticketing == nil, "Ticketing is missing")
	_, follows := cfg.Store.(store.Follower)
	missing(cfg.Feed && !follows, "Feed needs a Store that is a store.Follower")
	_, searches := cfg.Store.(store.Searcher)
	missing(cfg.Search && !searches, "Search needs a Store that is a store.Searcher")
	missing(cfg.ApplyWorkers < 0, "ApplyWorkers is negative")
	missing(cfg.HostWorkers < 0, "HostWorkers is negative")
	missing(cfg.SendWorkers < 0, "SendWorkers is negative")
	missing(cfg.MediaWorkers < 0, "MediaWorkers is negative")
	missing(cfg.HostTries < 0, "HostTries is negative")
	missing(cfg.Lease < 0 || cfg.Lease > 0 && cfg.Lease < 5*time.Second, "Lease is below 5 seconds")
	missing(cfg.Poll < 0, "Poll is negative")
	missing(cfg.Heartbeat < 0 || cfg.Heartbeat > 0 && cfg.Heartbeat < 100*time.Millisecond, "Heartbeat is below 100 milliseconds")
	missing(cfg.Drain < 0, "Drain is negative")
	missing(cfg.StrayRetention != 0 && cfg.StrayRetention < duration.Day, "StrayRetention is below 24 hours")

	c := &core{
		store: cfg.Store, attachments: cfg.Attachments,
		log: cfg.Logger, hooks: observer{cfg.Hooks}, desk: cfg.Desk, changes: slices.Clone(cfg.Changes), keepStrays: cfg.StrayRetention,
		restoredAt: cfg.RestoredAt.UTC(),
		lease:      cmp.Or(cfg.Lease, time.Minute), drain: cmp.Or(cfg.Drain, 30*time.Second),
		runners: map[string]*worker.Runner{}, prices: pricing.DefaultRules(),
	}
	h := &Hub{
		core: c, outbox: &outbox{c}, intake: &intake{c}, dispatcher: &dispatcher{c}, teller: &teller{core: c, ticketing: cfg.Ticketing},
		files: &files{c}, keeper: &keeper{c},
	}
	var commit func(context.Context, *store.Batch, []step.Saved) (store.Committed, error)
	if cfg.Feed || cfg.Search {
		n := newNoted(cfg.Store, cfg.Feed, cfg.Search, h.heralds.cry)
		h.store, commit = n, n.commit
	}
	h.clock.own, h.now = cfg.Now, h.clock.now
	h.steps = step.Steps{Store: h.store, Commit: commit, Now: h.present, Wake: h.wake, Expect: h.expect, Took: h.commits.add, Reserve: h.reserve}
	if cfg.Now == nil {
		h.clock.own = time.Now
	}
	if h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	_, h.channels.removes = cfg.Attachments.(Remover)
	h.channels.desk = cfg.Desk
	for _, c := range cfg.Channels {
		if err := h.channels.add(c); err != nil {
			problems = append(problems, err)
		}
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	h.poll = cmp.Or(cfg.Poll, time.Second)
	h.fleet.every, h.life.every = max(beat, h.poll), cmp.Or(cfg.Heartbeat, max(heartbeat, h.poll))
	h.fleet.name, h.fleet.version = cmp.Or(cfg.Name, machine()), cmp.Or(cfg.Version, program())
	h.sending = newOutages(sendPolicy, h.lease, h.now)
	h.sending.cautious, h.sending.stored = true, true
	h.sending.turned = h.dispatcher.sendingOut
	h.telling = newOutages(hostPolicy, h.lease, h.now)
	h.telling.turned, h.telling.parted = h.noteOutage, true
	h.storing = newOutages(hostPolicy, longLease, h.now)
	h.storing.turned = h.noteOutage
	h.automatic = func(s *scene, a *deskapi.Automatic) error { return s.unit.automatic(s, a) }
	h.learns = map[string]func(*store.Record) error{
		aboutCatalog:  h.keeper.learnCatalog,
		aboutTemplate: h.intake.learnTemplate, aboutRestore: h.learnRestore, aboutRetry: h.learnRetry,
	}
	h.makeRunners(cfg)
	for _, c := range cfg.Channels {
		h.warnOfFiles(&c)
	}
	return h, nil
}

// Now is the present by the clock of the hub: [Config.Now], put right by the clock of the store if that is a
// [store.Timekeeper]. By it all processes on the store judge windows, and what is due.
func (h *Hub) Now() time.Time { return h.now() }

// Run does the hub's work until ctx is done, lets work in hand finish for at most Config.Drain, and
// returns nil; what did not finish is given back, and upkeep at once. It owns its goroutines and waits for them, and so
// for host code that goes on after its context has ended. It returns [ErrRunning] if the hub runs
// already, an error that matches [ErrOtherDesk], or that of a store that fails right at the start.
func (h *Hub) Run(ctx context.Context) error {
	if !h.running.CompareAndSwap(false, true) {
		return ErrRunning
	}
	defer h.running.Store(false)
	work, stop := worker.Drain(ctx, h.drain)
	defer stop()
	me := h.newProcess()
	err := h.join(work, me)
	if err == nil && ctx.Err() == nil {
		err = h.knowOutages(work)
	}
	if err == nil && ctx.Err() == nil {
		err = h.lookAround(work)
	}
	switch {
	case err != nil && errors.Is(context.Cause(work), worker.ErrDrained):
		return nil // told to stop before it had begun
	case err != nil:
		return err
	case ctx.Err() != nil:
		return nil
	}
	if err := h.revive(work, work); err != nil {
		return err
	}
	living, end := context.WithCancel(context.WithoutCancel(ctx))
	var wg, lives sync.WaitGroup
	lives.Go(func() { h.live(living, work) })
	wg.Go(func() { h.lookAtBudgets(work) })
	for _, r := range h.runners {
		wg.Go(func() { r.Run(ctx, work) })
	}
	wg.Go(func() { h.accompany(ctx, me) })
	wg.Wait()
	end()
	lives.Wait()
	h.signOff(ctx, me)
	return nil
}

// join is what a Run does first.
func (h *Hub) join(ctx context.Context, me *health.Process) error {
	h.measure(ctx)
	me.Started = h.now().UTC()
	if err := h.sayRestored(ctx); err != nil {
		return fmt.Errorf("channel: note the restore: %w", err)
	}
	if err := h.follow(ctx); err != nil {
		return err
	}
	return h.sign(ctx, me, func(u *unit) error {
		if err := u.sameDesk(me); err != nil {
			return err
		}
		h.keeper.startUpkeep(u)
		for _, s := range h.settings() {
			if !s.Enabled {
				u.watchOutbox(s.ID)
			}
		}
		return nil
	})
}
