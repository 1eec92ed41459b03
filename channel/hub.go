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
	// Store keeps everything; required. Several hubs, in one process or in many, may
	// share one store if it is one that processes can share.
	Store store.Store
	// Ticketing is the host's ticket system; required.
	Ticketing Ticketing
	// Changes are the kinds of changes that Ticketing is told; nil: all. What is left out costs neither a
	// row nor a call, and stands in the conversation's events all the same. What customers write is
	// always told.
	Changes []conversation.ChangeKind
	// Attachments keeps inbound files. nil: files are not fetched, and the host sees
	// media IDs that it has to use within 7 days.
	Attachments Attachments
	// Desk takes part in what the hub does: the queues, rules and rights of a helpdesk. Package desk
	// has one, and makes the hub with it. nil is for a host that is master of its tickets: nothing of a
	// desk is written, polled or told, and each customer has one conversation, which never ends. The
	// hubs on one store have either all a desk or none.
	Desk Desk
	// Channels are the numbers to begin with; more can be added with [Hub.AddChannel]. Their settings
	// hold unless they were changed since with [Hub.UpdateSettings], here or in another process.
	Channels []Channel

	// Feed lets [Hub.Feed] tell what changes, on whichever process, and Search lets [Hub.Search] find by
	// words. Both cost a little with each commit, and need a Store that is a [store.Follower], and a
	// [store.Searcher]. What was stored before they were set is not told, and not found until it
	// changes. All processes should set the same.
	Feed, Search bool

	// StrayRetention is the age at which dead letters go that belong to no channel: items of
	// unknown numbers, and those whose secret may not speak for what they named. 0 means for
	// ever, like a channel's [Retention]; below 24 hours is refused.
	StrayRetention duration.Duration

	// RestoredAt is when the store was last restored from a backup; zero: never. Messages that
	// were in its outbox then may have been sent after the backup was made, and so may automatic
	// ones for what happened or fell due before: they are [conversation.Uncertain] and are not sent, whatever
	// the channel's policy, until a status or an agent settles them.
	// Set it in the first process that runs on the restored store; the store remembers it.
	RestoredAt time.Time

	// Now is the clock; nil means time.Now. It exists so that a demonstration can
	// move it. Tests use testing/synctest instead. On a store that keeps the time for all
	// processes (see [store.Timekeeper]) the hub corrects it by up to an hour.
	Now func() time.Time
	// Logger gets what an operator should know; nil means silence. See the package
	// documentation for the attributes.
	Logger *slog.Logger
	// Hooks observe; see there.
	Hooks hooks.Hooks

	// ApplyWorkers, HostWorkers, SendWorkers and MediaWorkers bound how many accepted
	// items, calls of the Ticketing, sends and downloads run at once; answers and
	// notifications have SendWorkers each. 0 means 32, 16, 64 and 8. After a crash as many
	// messages may be uncertain as were being sent, those that waited for their rate permit
	// among them: more SendWorkers send more in a second, and leave more open then.
	ApplyWorkers, HostWorkers, SendWorkers, MediaWorkers int
	// HostTries is after how many failures of Ticketing a call becomes a dead letter,
	// which lets the rest of the conversation go on. 0 means 20, which with growing
	// pauses is about three hours. Failures in an outage do not count: when calls for several
	// conversations fail in a row, or none has gone well for five minutes.
	HostTries int
	// Lease is how long a worker may take for one piece of work before another one
	// takes over; it bounds every call of the host and of a Sender. 0 means 1 minute.
	Lease time.Duration
	// Poll is how often idle queues are looked at for work that other processes
	// committed and for work that fell due. Work of this process is noticed at once.
	// 0 means 1 second.
	Poll time.Duration
	// Heartbeat is how often a process that runs says so in the store; 0 means 1 second, or Poll if that
	// is longer. One that could
	// not for three of them gives up what it has in hand and does nothing more until it can, and one of
	// which nothing was heard for about four is taken over from: within 5 seconds, where
	// otherwise its leases had to end. A store whose commits often take seconds needs a longer one.
	Heartbeat time.Duration
	// Name and Version say in [Hub.Processes] which process this is and what it runs. "" means the
	// name of the machine with the number of the process, and the version of the main module or its
	// commit, as far as Go knows.
	Name, Version string
	// Drain is how long Run lets work in hand finish after its context is done.
	// 0 means 30 seconds.
	Drain time.Duration
}

// A Hub turns WhatsApp numbers into support channels: it takes in webhooks, keeps
// conversations, hands what customers write to the host's ticket system, and sends
// what agents answer. Make one with [New], give it deliveries with [Hub.Accept] (it is
// a webhook.Sink), and let [Hub.Run] do the work.
//
// All methods are safe for concurrent use. Any number of hubs on any number of
// machines may work on one store.
type Hub struct {
	*core
	intake     *intake
	dispatcher *dispatcher
	teller     *teller
	files      *files
	keeper     *keeper
}

// New returns a hub, or all problems of cfg at once. It starts nothing and reads
// nothing.
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
	missing(cfg.Heartbeat < 0, "Heartbeat is negative")
	missing(cfg.Drain < 0, "Drain is negative")
	missing(cfg.StrayRetention != 0 && cfg.StrayRetention < minRetention, "StrayRetention is below 24 hours")

	c := &core{
		store: cfg.Store, attachments: cfg.Attachments,
		log: cfg.Logger, hooks: observer{cfg.Hooks}, desk: cfg.Desk, changes: slices.Clone(cfg.Changes), keepStrays: cfg.StrayRetention,
		restoredAt: cfg.RestoredAt.UTC(),
		lease:      cmp.Or(cfg.Lease, time.Minute), drain: cmp.Or(cfg.Drain, 30*time.Second),
		runners: map[string]*worker.Runner{}, prices: pricing.DefaultRules(),
	}
	h := &Hub{
		core: c, intake: &intake{c}, dispatcher: &dispatcher{c}, teller: &teller{core: c, ticketing: cfg.Ticketing},
		files: &files{c}, keeper: &keeper{c},
	}
	if cfg.Feed || cfg.Search {
		h.store = newNoted(cfg.Store, cfg.Feed, cfg.Search, h.heralds.cry)
	}
	h.clock.own, h.now = cfg.Now, h.clock.now
	h.steps = step.Steps{Store: h.store, Now: h.now, Wake: h.wake, Took: h.commits.add}
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
	h.sending.changed = h.dispatcher.sendingOut
	h.telling = newOutages(hostPolicy, h.lease, h.now)
	h.telling.changed, h.telling.parted = h.noteOutage, true
	h.storing = newOutages(hostPolicy, longLease, h.now)
	h.storing.changed = h.noteOutage
	h.automatic = func(s *Scene, a *Automatic) error { return s.unit.automatic(s, a) }
	h.learns = map[string]func(*store.Record) error{
		aboutTemplate: h.intake.learnTemplate, aboutRestore: h.learnRestore, aboutRetry: h.learnRetry,
	}
	h.makeRunners(cfg)
	return h, nil
}

// ErrRunning is returned by Run if the hub is already running.
var ErrRunning = errors.New("channel: hub is already running")

// Run does the hub's work until ctx is done, then lets work in hand finish for at most
// Config.Drain and returns nil; what did not finish is given back for the next Run, here or
// elsewhere. That holds from the first moment on, also if ctx is done before Run has begun.
// Run owns its goroutines and waits for them, so that host code that goes on after its
// context has ended holds Run up. At most one Run per Hub may be active: another returns
// ErrRunning. Run also returns the error of a store that fails right at the start.
func (h *Hub) Run(ctx context.Context) error {
	if !h.running.CompareAndSwap(false, true) {
		return ErrRunning
	}
	defer h.running.Store(false)
	work, stop := worker.Drain(ctx, h.drain)
	defer stop()
	me := h.newProcess()
	err := h.join(work, me)
	if err == nil && ctx.Err() == nil { // before anything is claimed
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
	if err := h.sayRestored(ctx); err != nil {
		return fmt.Errorf("channel: note the restore: %w", err)
	}
	if err := h.follow(ctx); err != nil {
		return err
	}
	return h.sign(ctx, me, func(u *unit) {
		h.keeper.startUpkeep(u)
		for _, s := range h.settings() {
			if !s.Enabled {
				u.watchOutbox(s.ID)
			}
		}
	})
}
