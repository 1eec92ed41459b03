package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/explain"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/webhook"
)

// The states of a row besides those of its message's delivery.
const (
	stateWaiting = ""        // not given to the hub yet
	stateRefused = "refused" // the hub did not take it
)

// operator is who acts by this command.
var operator = conversation.Author{Kind: conversation.Agent, ID: "kanava-command"}

// sending is a hub that sends one campaign, and what became of its rows.
type sending struct {
	p     *program
	c     *campaign
	n     *notifying
	hub   *channel.Hub
	began time.Time

	mu   sync.Mutex
	byID map[string]*row
	news time.Time // when something last changed
	next int       // row that is looked up next
}

// sendCampaign gives every row to a hub of its own and waits until it has done what can
// be done.
func (p *program) sendCampaign(ctx context.Context, n *notifying, c *campaign, pl platform, rate int) error {
	client, err := pl.client(cloudapi.Limits{Throughput: rate})
	if err != nil {
		return err
	}
	st, err := p.openStore(ctx, n.database, true)
	if err != nil {
		return err
	}
	defer st.close()
	s := &sending{p: p, c: c, n: n, byID: map[string]*row{}, news: time.Now()}
	if s.hub, err = s.newHub(st, client, pl); err != nil {
		return err
	}
	work, finish := context.WithCancel(context.WithoutCancel(ctx))
	defer finish()
	if n.webhook != "" {
		stop, err := s.listen(ctx, pl)
		if err != nil {
			return err
		}
		defer stop()
	}
	worked := make(chan error, 1)
	go func() { worked <- s.hub.Run(work) }()
	s.began = time.Now()
	err = s.give(ctx)
	if err == nil {
		err = s.wait(ctx, worked)
	}
	finish()
	p.progress.show(false, "Finishing what is under way …")
	err = errors.Join(err, <-worked)
	p.progress.clear()
	return s.end(ctx, err)
}

// newHub makes the hub: the operator's file says who agreed to be written to, so that
// no consent is asked for here.
func (s *sending) newHub(st *openedStore, client *cloudapi.Client, pl platform) (*channel.Hub, error) {
	catalog, err := template.NewCatalog(template.CatalogConfig{})
	if err != nil {
		return nil, err
	}
	catalog.Put(time.Now(), *s.c.def)
	set := settings.Settings{
		ID: "campaign", Name: "Campaign", Number: pl.Number, Account: pl.Account, Enabled: true, Language: s.c.def.Language,
		ConsentElsewhere: true,
	}
	if s.n.resendAfter > 0 {
		set.Uncertain, set.UncertainWait = settings.Resend, duration.Duration(s.n.resendAfter)
	}
	hub, err := channel.New(channel.Config{
		Store: st.Store, Ticketing: s, Now: s.p.clock(pl),
		Logger: slog.New(slog.NewTextHandler(s.p.errs, &slog.HandlerOptions{Level: slog.LevelError})),
		// As many messages may be uncertain after a crash as were being sent. A machine that has no time for this command
		// for some seconds is no reason to give them up: nobody waits to take its work over.
		SendWorkers: 16, Lease: 20 * time.Second, Drain: 20 * time.Second, Heartbeat: 5 * time.Second,
		Channels: []channel.Channel{{Settings: set, Sender: client.Number(pl.Number), Templates: catalog}},
	})
	if err != nil {
		return nil, err
	}
	return hub, nil
}

// listen takes statuses. Everything else is left unanswered, for WhatsApp to bring it to
// the operator's own webhook later.
func (s *sending) listen(ctx context.Context, pl platform) (stop func(), err error) {
	status := func(e *webhook.Event) bool { _, is := e.Payload.(*webhook.Status); return is }
	statuses := webhook.Filter(status, s.hub)
	h, err := webhook.NewHandler(webhook.Config{
		AppSecrets: []string{pl.Secret}, VerifyToken: pl.Verify,
		Sink: webhook.SinkFunc(func(ctx context.Context, d *webhook.Delivery) error {
			if err := statuses.Accept(ctx, d); err != nil {
				return err
			}
			for e := range d.Events() {
				if !status(e) {
					return errors.New("notify takes statuses only")
				}
			}
			return nil
		}),
	})
	if err != nil {
		return nil, err
	}
	server, site, err := s.p.site(ctx, "webhook-addr", s.n.webhook, h)
	if err != nil {
		return nil, err
	}
	if pl.Simulator != "" {
		err = s.p.control(ctx, http.MethodPost, pl.Simulator, "webhook", object("url", site+"/webhook"), nil)
	}
	if err != nil {
		server.stop()
		return nil, err
	}
	return server.stop, nil
}

// Receive implements channel.Ticketing; nothing is received.
func (s *sending) Receive(context.Context, *conversation.Received) (string, error) { return "", nil }

// Changed implements channel.Ticketing: it notes what became of a message.
func (s *sending) Changed(_ context.Context, c *conversation.Change) error {
	if c.Message != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		if r := s.byID[c.Message.ID]; r != nil {
			r.note(c.Message)
			s.news = time.Now()
		}
	}
	return nil
}

// note writes down what is known of the message of a row.
func (r *row) note(m *conversation.Message) {
	r.id, r.state = m.ID, string(m.Delivery.State())
	r.code, r.why = 0, ""
	if f := m.Delivery.Failure; f != nil {
		r.code, r.why = f.Code, f.Title
	}
}

// giving is how many rows are given to the hub at a time: they share commits.
const giving = 32

// give gives every row to the hub, under a key of its own: what it has already is not
// sent again.
func (s *sending) give(ctx context.Context) error {
	var (
		group sync.WaitGroup
		rows  = make(chan *row)
		first error
		once  sync.Once
	)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for range giving {
		group.Go(func() {
			for r := range rows {
				if err := s.giveRow(ctx, r); err != nil {
					once.Do(func() { first = err; cancel() })
				}
			}
		})
	}
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
feed:
	for i := range s.c.rows {
		for {
			select {
			case <-ctx.Done():
				break feed
			case <-tick.C:
				s.show()
				continue
			case rows <- &s.c.rows[i]:
			}
			break
		}
	}
	close(rows)
	group.Wait()
	if first != nil {
		return first
	}
	return ctx.Err()
}

// giveRow gives one row to the hub. A refusal concerns the row, any other error the
// campaign.
func (s *sending) giveRow(ctx context.Context, r *row) error {
	for attempt := 1; ; attempt++ {
		key := s.c.name
		if attempt > 1 {
			key += "#" + strconv.Itoa(attempt)
		}
		m, err := s.hub.Notify(ctx, operator, channel.Notification{
			Channel: "campaign", To: r.to, Name: r.name, Key: key,
			Template: &channel.Template{Name: s.c.def.Name, Language: s.c.def.Language, Values: r.values},
		})
		if err != nil && channel.CauseOf(err) == "" {
			return err
		}
		s.mu.Lock()
		if err != nil {
			r.state, r.why = stateRefused, refusal(err)
		} else {
			s.byID[m.ID] = r
			r.note(m)
		}
		// A message that has failed by now did so in an earlier run.
		again := err == nil && s.n.retry && r.state == string(conversation.Failed)
		s.mu.Unlock()
		if !again {
			return nil
		}
	}
}

// refusal words why the hub did not take a row.
func refusal(err error) string {
	if errors.Is(err, channel.ErrKeyReused) {
		return "this person got the message of this campaign with other values before; another --campaign sends it again"
	}
	e := explain.Error(err)
	return strings.TrimSpace(e.Text + " " + e.Do)
}

// count counts the rows in each state, and those that are not decided.
func (s *sending) count() (states map[string]int, open int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	states = map[string]int{}
	for i := range s.c.rows {
		r := &s.c.rows[i]
		states[r.state]++
		switch r.state {
		case stateWaiting, string(conversation.Queued):
			open++
		case string(conversation.Uncertain):
			if s.n.resendAfter > 0 {
				open++
			}
		}
	}
	return states, open
}

// show tells how far it is.
func (s *sending) show() {
	states, open := s.count()
	done := len(s.c.rows) - open
	line := fmt.Sprintf("%d of %d", done, len(s.c.rows))
	for _, state := range []string{string(conversation.Failed), stateRefused, string(conversation.Uncertain)} {
		if states[state] > 0 {
			line += fmt.Sprintf(", %d %s", states[state], state)
		}
	}
	if took := time.Since(s.began); took > 2*time.Second && done > 0 {
		perSecond := float64(done) / took.Seconds()
		line += fmt.Sprintf(", %.0f a second", perSecond)
		if open > 0 {
			line += ", " + spoken(time.Duration(float64(open)/perSecond)*time.Second) + " left"
		}
	}
	s.p.progress.show(false, "%s", line)
}

// wait waits until every row is decided and, if there is a webhook, for the statuses
// that come soon.
func (s *sending) wait(ctx context.Context, worked chan error) error {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	var decided time.Time
	warned := false
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-worked:
			worked <- nil
			return errors.Join(errors.New("the hub has stopped"), err)
		case <-tick.C:
		}
		if n%10 == 0 {
			if err := s.lookUp(ctx); err != nil {
				return err
			}
		}
		s.show()
		if n%150 == 0 && !s.p.progress.live { // half a minute
			states, open := s.count()
			s.p.tell("%d of %d done, %d failed.", len(s.c.rows)-open, len(s.c.rows), states[string(conversation.Failed)])
		}
		if n%25 == 0 && !warned {
			warned = s.outage(ctx)
		}
		states, open := s.count()
		if open > 0 {
			decided = time.Time{}
			continue
		}
		if decided.IsZero() {
			decided = time.Now()
		}
		pending := states[string(conversation.Accepted)] + states[string(conversation.Sent)] + states[string(conversation.Uncertain)]
		s.mu.Lock()
		quiet := time.Since(later(s.news, decided))
		s.mu.Unlock()
		if s.n.webhook == "" || pending == 0 || quiet > s.n.wait {
			return nil
		}
	}
}

// lookedUp is how many messages are read at a time where nobody tells of them.
const lookedUp = 500

// lookUp reads what became of messages that nothing is heard of: where a second process works
// on the same campaign, what happens is told to one of the two.
func (s *sending) lookUp(ctx context.Context) error {
	var ids []string
	s.mu.Lock()
	if time.Since(s.news) > 2*time.Second {
		for range s.c.rows {
			r := &s.c.rows[s.next]
			switch conversation.DeliveryState(r.state) {
			case conversation.Queued, conversation.Uncertain, conversation.Accepted, conversation.Sent:
				ids = append(ids, r.id)
			}
			if s.next = (s.next + 1) % len(s.c.rows); len(ids) == lookedUp {
				break
			}
		}
	}
	s.mu.Unlock()
	for _, id := range ids {
		m, err := s.hub.Message(ctx, id)
		if err != nil {
			return err
		}
		s.mu.Lock()
		if r := s.byID[id]; r.state != string(m.Delivery.State()) {
			r.note(m)
			s.news = time.Now()
		}
		s.mu.Unlock()
	}
	return nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// outage tells once that WhatsApp takes nothing, and why.
func (s *sending) outage(ctx context.Context) bool {
	health, err := s.hub.Health(ctx)
	if err != nil || len(health.Channels) == 0 || health.Channels[0].Outage == nil {
		return false
	}
	s.p.tell("WhatsApp takes nothing at the moment (%s). It is tried again; Ctrl-C stops, and the same command goes on later.", health.Channels[0].Outage.Reason)
	return true
}
