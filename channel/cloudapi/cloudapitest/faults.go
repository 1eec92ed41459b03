package cloudapitest

import (
	"bytes"
	"time"
)

// Faults are the ways in which webhooks misbehave. Rates are probabilities from 0
// to 1; the zero Faults is a calm day. All choices come from Config.Seed.
type Faults struct {
	Duplicate float64 // a POST is sent again although it was answered 200
	Reorder   float64 // an item is held back for up to 5 s and overtaken
	Lose      float64 // an attempt never arrives; it is retried
	Malform   float64 // a malformed item travels beside the good ones
	Future    float64 // fields, a type and a webhook field from the future are added
	Forge     float64 // a POST of the same form with a wrong signature comes along
	Split     float64 // a batch is cut into several POSTs

	// Delay is the probability that an item is held back for a random time up to
	// MaxDelay (0 = one hour).
	Delay    float64
	MaxDelay time.Duration

	// Merge collects up to so many items into one POST, at most 1,000, waiting at
	// least a second for them; 0 leaves Config.BatchMax in force.
	Merge int
}

// SetFaults changes the weather from now on.
func (w *World) SetFaults(f Faults) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = f
}

// holdBack decides how long an item waits before it is put into a POST.
func (w *World) holdBack(key uint64) time.Duration {
	switch {
	case w.chance(w.faults.Delay, diceDelay, key):
		limit := w.faults.MaxDelay
		if limit == 0 {
			limit = time.Hour
		}
		return w.jitter(limit, diceDelayFor, key)
	case w.chance(w.faults.Reorder, diceReorder, key):
		return w.jitter(5*time.Second, diceReorderFor, key)
	}
	return 0
}

// batchWait is how long an incomplete batch waits.
func (w *World) batchWait() time.Duration {
	if w.faults.Merge > 0 {
		return max(w.cfg.BatchWait, time.Second)
	}
	return w.cfg.BatchWait
}

// splitUp cuts a batch at random places.
func (w *World) splitUp(items []*item) [][]*item {
	var parts [][]*item
	start := 0
	for i := 1; i < len(items); i++ {
		if w.chance(w.faults.Split, diceSplit, items[i].key) {
			parts = append(parts, items[start:i])
			start = i
		}
	}
	return append(parts, items[start:])
}

// malformed and future are changes that no receiver may stumble over: the
// platform adds fields, types and webhook fields without notice.
var (
	malformed = []byte(`{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":7,"phone_number_id":{}},` +
		`"contacts":"none","messages":[{"from":[],"id":17,"timestamp":{},"type":"text","text":"not an object"}]},"field":"messages"},`)
	future = []byte(`{"value":{"messaging_product":"whatsapp","hologram":{"angle":[1,2.5,null]}},"field":"hologram_updates","since":"v99.0"},`)
)

// disturb adds what Malform and Future ask for in front of the first change.
func (w *World) disturb(body []byte, key uint64) []byte {
	for _, add := range []struct {
		rate    float64
		purpose uint64
		text    []byte
	}{{w.faults.Malform, diceMalform, malformed}, {w.faults.Future, diceFuture, future}} {
		if w.chance(add.rate, add.purpose, key) {
			mark := []byte(`"changes":[`)
			if i := bytes.Index(body, mark); i >= 0 {
				i += len(mark)
				body = append(body[:i:i], append(add.text[:len(add.text):len(add.text)], body[i:]...)...)
			}
		}
	}
	return body
}

// hostile queues a forged POST beside a true one.
func (w *World) hostile(p *post) {
	if w.chance(w.faults.Forge, diceForge, p.items[0].key) {
		w.schedule(w.now(), true, &post{app: p.app, url: p.url, items: p.items, body: p.body, first: p.first, forged: true, copy: true})
	}
}
