package channel

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/store"
)

// healthFacts are what Health reads of the store.
type healthFacts struct {
	queues     []store.Backlog // by queue and group
	standing   map[string]health.Standing
	outages    map[string]health.Outage
	pulses     map[string]pulse
	notCovered map[string]int
	used       map[string]int64 // of budgets, by the key of the running total
	processes  []health.Process
	chores     map[string]chores
	notices    map[string][]conversation.Notice
}

func (h *Hub) healthFacts(ctx context.Context, ids []string) (f *healthFacts, err error) {
	f = &healthFacts{standing: map[string]health.Standing{}}
	if f.queues, err = h.survey(ctx); err != nil {
		return nil, err
	}
	records, err := h.store.Get(ctx, kindStanding, ids...)
	if err != nil {
		return nil, err
	}
	for _, r := range records {
		s, err := step.Decode[standing](r)
		if err != nil {
			return nil, err
		}
		f.standing[r.Key] = s.public()
	}
	if f.processes, err = h.processes(ctx); err != nil {
		return nil, err
	}
	all := slices.Clone(ids)
	for i := range f.processes {
		all = append(all, f.processes[i].Channels...)
	}
	if f.outages, err = h.outagesStored(ctx, unique(all)); err != nil {
		return nil, err
	}
	if f.used, err = h.budgetsUsed(ctx, ids); err != nil {
		return nil, err
	}
	keys := append(slices.Clone(ids), upkeepPulse(""))
	for _, id := range ids {
		keys = append(keys, upkeepPulse(id))
	}
	if f.pulses, err = h.storedPulses(ctx, keys); err != nil {
		return nil, err
	}
	if f.chores, err = h.storedChores(ctx, ids); err != nil {
		return nil, err
	}
	if f.notices, err = h.intake.storedNotices(ctx, ids); err != nil {
		return nil, err
	}
	f.notCovered, err = h.intake.countNotCovered(ctx, ids)
	return f, err
}

// budgetsUsed reads what is used of the channels' budgets. It sums nothing up anew: whoever sends sees to that.
func (h *Hub) budgetsUsed(ctx context.Context, ids []string) (map[string]int64, error) {
	var keys []string
	for _, id := range ids {
		if ch, ok := h.channels.get(id); ok && ch.Budget != nil {
			keys = append(keys, ch.usedTally(pricing.MonthOf(h.now(), ch.zone())).Key)
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	records, err := h.store.Get(ctx, kindMoney, keys...)
	if err != nil {
		return nil, fmt.Errorf("read budgets: %w", err)
	}
	used := map[string]int64{}
	for _, r := range records {
		used[r.Key] = r.N
	}
	return used, nil
}

// survey asks how the queues stand.
func (h *Hub) survey(ctx context.Context) ([]store.Backlog, error) {
	now := h.now()
	s, ok := optional[store.Surveyor](h.store)
	if !ok {
		return h.store.Backlog(ctx, now)
	}
	// A timer waits for each conversation: counting these would cost more than all the rest.
	found, err := s.Survey(ctx, store.SurveyQuery{
		Now: now, Most: surveyMost,
		Queues: []string{workIn, workHost, workOut, workFirst, workLater, workTimer, workMedia},
	})
	if err != nil {
		return nil, fmt.Errorf("survey: %w", err)
	}
	open, err := s.Survey(ctx, store.SurveyQuery{Now: now, Queues: []string{workCheck}, Most: surveyMost, Waiting: true})
	if err != nil {
		return nil, fmt.Errorf("survey: %w", err)
	}
	found = append(found, open...)
	// Timers and uncertain messages come back by design: that is no failure. Of upkeep Health says
	// when it last came round.
	for i := range found {
		if q := &found[i]; q.Queue == workTimer || q.Queue == workCheck {
			q.Retrying, q.OldestRetrying, q.Tries = 0, time.Time{}, 0
		}
	}
	found = slices.DeleteFunc(found, func(q store.Backlog) bool { return q.Queue == workTimer && q.Due+q.Dead == 0 })
	slices.SortStableFunc(found, func(a, b store.Backlog) int { return strings.Compare(a.Queue, b.Queue) })
	return found, nil
}

// channel is the state of one channel, as far as the store knows it.
func (f *healthFacts) channel(id string, ch *Channel, now time.Time) health.Channel {
	c := health.Channel{
		ID: id, Enabled: ch.Enabled, Standing: f.standing[id], Notices: f.notices[id], NotCovered: f.notCovered[id],
		Received: f.pulses[id].In, Sent: f.pulses[id].Out,
	}
	var mine []store.Backlog
	for _, q := range f.queues {
		if q.Group != "" && channelOf(q.Group) == id {
			mine = append(mine, q)
		}
	}
	c.Work = whole(mine)
	for _, q := range c.Work {
		if q.Queue == workCheck {
			c.Uncertain, c.OldestUncertain = min(q.Due+q.Waiting, surveyMost), q.Oldest
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.chores[id])) {
		one := f.chores[id][name]
		c.Chores = append(c.Chores, health.Chore{Name: name, At: one.At, Failed: one.Failed, Reason: one.Reason})
	}
	if o, ok := f.outages[id]; ok {
		c.Outage = &o
	}
	if ch.Budget != nil {
		month := pricing.MonthOf(now, ch.zone())
		balance := ch.Budget.Balance(month, f.used[ch.usedTally(month).Key])
		c.Budget = &balance
	}
	if ch.Templates != nil {
		c.TemplatesSynced = ch.Templates.Synced()
		for def := range ch.Templates.All() {
			c.Templates++
			if def.Sendable(now).OK {
				c.Sendable++
			}
		}
	}
	return c
}

// storedChores reads how what is asked of WhatsApp by itself stands.
func (h *core) storedChores(ctx context.Context, ids []string) (map[string]chores, error) {
	records, err := h.store.Get(ctx, kindChores, ids...)
	if err != nil {
		return nil, err
	}
	all := map[string]chores{}
	for _, r := range records {
		doc, err := step.Decode[chores](r)
		if err != nil {
			return nil, err
		}
		all[r.Key] = *doc
	}
	return all, nil
}
