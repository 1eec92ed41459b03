package channel

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/store"
)

// core is what all rooms of the package stand on. What a room does is a method of its own type over
// it, or of a [unit] where it decides and writes, and lives in the files of the room.
type core struct {
	store       store.Store
	steps       step.Steps
	attachments Attachments
	now         func() time.Time // the clock, put right by the store's
	clock       fleetClock
	log         *slog.Logger
	hooks       observer
	desk        deskapi.Desk // nil: none
	// automatic sends what a desk wants sent; it is the outbox's.
	automatic  func(*scene, *deskapi.Automatic) error
	changes    []conversation.ChangeKind // that the host is told; nil: all
	keepStrays duration.Duration
	lease      time.Duration
	poll       time.Duration
	drain      time.Duration

	heralds  heralds
	channels registry
	fleet    fleet
	life     life
	shared   following
	// learns takes over what other processes shared, by what it is about.
	learns map[string]func(*store.Record) error

	restoredAt  time.Time    // Config.RestoredAt
	lastRestore atomic.Int64 // in microseconds since 1970; 0: never

	runners   map[string]*worker.Runner // by kind of work
	commits   latency
	quiet     quiet
	pulses    pulses
	sending   *outages // of numbers, by channel
	telling   *outages // of the ticketing, by channel; "" is all of it
	storing   *outages // of the attachments, ""
	running   atomic.Bool
	low       sync.Map // budgets that are known to run low, by channel and month
	limitless sync.Map // channels without a known messaging limit of which was warned
	booked    sync.Map // when the running totals of channels were last made sure of
	prices    pricing.Rules
	markets   atomic.Pointer[pricing.Markets]
}

// wake tells a queue of this process that work was committed.
func (h *core) wake(queue string) {
	if r := h.runners[queue]; r != nil {
		r.Notify()
	}
}

// expect tells a queue of this process that work was committed which falls due later.
func (h *core) expect(queue string, due time.Time) {
	if r := h.runners[queue]; r != nil {
		r.Expect(due)
	}
}

// reserve finds a worker of this process for work that is about to be enqueued. What is retried, or
// has a time, goes through the store.
func (h *core) reserve(w *store.Work, after step.Place) step.Place {
	switch w.Queue {
	case workHost, workOut, workFirst:
		return h.runners[w.Queue].Reserve(w, after)
	default:
		return nil
	}
}
