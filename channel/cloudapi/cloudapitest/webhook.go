package cloudapitest

import (
	"slices"
	"time"
)

// item is one thing to tell subscribers: a message, a status, a change of a
// template. Items are immutable once emitted; several posts may carry one.
type item struct {
	account *Account
	number  *Number // nil for account-type fields
	field   string
	list    string // name of the array it belongs to; "" = elem is the whole value
	contact []byte // element of contacts; nil = none
	elem    []byte
	time    int64 // entry.time in seconds, account-type fields only
	told    func(w *World, app *App)
	user    *User // whose doing it is, or whose status
	wamid   string
	nth     uint64 // tells items about one wamid apart
	key     uint64 // what its chances are drawn for
}

// overridable are the fields that follow a callback override; all others go to
// the app's own URL.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/override
// (checked 2026-06-28)
var overridable = map[string]bool{
	"messages": true, "message_echoes": true, "calls": true, "messaging_handovers": true,
	"group_lifecycle_update": true, "group_participants_update": true, "group_settings_update": true,
	"group_status_update": true, "smb_message_echoes": true, "smb_app_state_sync": true,
	"history": true, "account_settings_update": true,
}

// subscription is one app listening to one account.
type subscription struct {
	app      *App
	account  *Account
	override string // callback URL of the account; "" = the app's
}

// batch collects items for one app and callback URL, of all accounts.
type batch struct {
	app   *App
	url   string
	items []*item
	sent  bool
}

// target resolves the callback URL: number, then account, then app.
func (s *subscription) target(it *item) string {
	if len(s.app.fields) > 0 && !slices.Contains(s.app.fields, it.field) {
		return ""
	}
	if overridable[it.field] {
		if it.number != nil && it.number.callback != "" {
			return it.number.callback
		}
		if s.override != "" {
			return s.override
		}
	}
	return s.app.callback
}

// emit hands an item to every app subscribed to its account.
func (w *World) emit(it *item) {
	it.turned()
	if it.key = mix(hashOf(it.wamid)+it.nth) ^ hashOf(it.list); it.wamid == "" {
		w.events++
		it.key = mix(w.events) ^ hashOf(it.field)
	}
	for _, s := range it.account.subs {
		url := s.target(it)
		if url == "" {
			continue
		}
		if wait := w.holdBack(it.key); wait > 0 {
			w.schedule(w.now()+int64(wait), true, fireFunc(func(w *World) { w.enqueue(s.app, url, it) }))
			continue
		}
		w.enqueue(s.app, url, it)
	}
}

// enqueue puts an item into the batch of its destination.
func (w *World) enqueue(app *App, url string, it *item) {
	limit := w.cfg.BatchMax
	if w.faults.Merge > limit {
		limit = min(w.faults.Merge, 1000)
	}
	if limit == 1 {
		w.post(app, url, []*item{it}, false)
		return
	}
	b := app.pending[url]
	if b == nil {
		b = &batch{app: app, url: url}
		app.pending[url] = b
		w.schedule(w.now()+int64(w.batchWait()), true, b)
	}
	b.items = append(b.items, it)
	if len(b.items) >= limit {
		b.flush(w)
	}
}

// fire implements firer: the wait for company is over.
func (b *batch) fire(w *World) *post { b.flush(w); return nil }

// flush turns the batch into POSTs. A batch that was full is flushed before its wait is
// over, hence sent.
func (b *batch) flush(w *World) {
	if b.sent {
		return
	}
	b.sent = true
	delete(b.app.pending, b.url)
	for _, part := range w.splitUp(b.items) {
		w.post(b.app, b.url, part, true)
	}
}

// post is one webhook POST and its attempts.
type post struct {
	app     *App
	url     string
	body    []byte
	items   []*item
	first   int64 // time of the first attempt
	tries   int
	copy    bool // sent again although acknowledged; not retried
	lost    bool // this attempt never arrives
	refused bool // some attempt arrived and was not answered 200
	forged  bool // signature made with a wrong secret
	batched bool // items are collected
	started int64
}

// post queues the POST of items to a callback URL.
func (w *World) post(app *App, url string, items []*item, batched bool) {
	now := w.now()
	p := &post{app: app, url: url, items: items, batched: batched, first: now, body: w.disturb(buildBody(items), items[0].key)}
	w.schedule(now, true, p)
	w.hostile(p)
}

// fire implements firer: an attempt begins. A copy that carries a user's message is
// remembered for the rule about answering twice.
func (p *post) fire(w *World) *post {
	p.tries++
	p.started = w.now()
	p.lost = !p.forged && w.chance(w.faults.Lose, diceLose, p.items[0].key+uint64(p.tries))
	if p.copy && !p.forged {
		for _, it := range p.items {
			if m := w.messages[it.wamid]; m != nil && m.fromUser && m.chat != nil {
				m.chat.repeated = p.started
			}
		}
	}
	return p
}

// retryDelays is the time from each failed attempt to the next; the last value
// repeats until retryFor has passed. Meta documents "immediately, then with
// decreasing frequency for up to 7 days" and no figures.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
// (checked 2026-10-06)
var retryDelays = [...]time.Duration{
	time.Second, 10 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute,
	time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
}

const retryFor = 7 * 24 * time.Hour

// book notes the outcome of an attempt and what follows from it. It runs with mu
// held.
func (w *World) book(p *post, status int) {
	w.answered(p, status)
	if p.forged {
		return
	}
	if status == 200 {
		w.told(p)
		if !p.copy && w.chance(w.faults.Duplicate, diceDuplicate, p.items[0].key) {
			again := *p
			again.copy = true
			w.schedule(w.now()+int64(w.jitter(5*time.Second, diceDuplicateAfter, p.items[0].key)), true, &again)
		}
		return
	}
	if p.copy {
		return
	}
	p.refused = p.refused || !p.lost
	delay := retryDelays[min(p.tries, len(retryDelays))-1]
	at := w.now() + int64(delay)
	if at > p.first+int64(retryFor) {
		if p.refused { // else the storm is to blame
			w.dropped(p)
		}
		return
	}
	w.schedule(at, p.lost, p)
	w.repeatToOthers(p, at)
}

// repeatToOthers sends a retried body also to the other apps of the account,
// those included that acknowledged it: documented behaviour that surprises every
// receiver without a dedupe store.
func (w *World) repeatToOthers(p *post, at int64) {
	if p.lost || len(p.items) == 0 {
		return
	}
	for _, s := range p.items[0].account.subs {
		if url := s.target(p.items[0]); s.app != p.app && url != "" {
			w.schedule(at, false, &post{app: s.app, url: url, items: p.items, first: p.first, body: p.body, copy: true})
		}
	}
}

// buildBody writes the envelope around items: one entry per run of items of one
// account, one change per run of items that can share a value.
func buildBody(items []*item) []byte {
	size := 320 // one envelope and one value around them
	for _, it := range items {
		size += len(it.elem) + len(it.contact) + 8
	}
	e := enc{make([]byte, 0, size)}
	e.obj(func() {
		e.key("object").str("whatsapp_business_account")
		e.key("entry").arr(func() {
			for len(items) > 0 {
				n := runLength(items, sameEntry)
				e.entry(items[:n])
				items = items[n:]
			}
		})
	})
	return e.b
}

// sameEntry reports whether two items can share an entry.
func sameEntry(a, b *item) bool { return a.account == b.account && a.time == b.time }

// sameValue reports whether two items can share a value.
func sameValue(a, b *item) bool {
	return a.list != "" && a.list == b.list && a.field == b.field && a.number == b.number
}

// runLength counts how many items from the start belong together.
func runLength(items []*item, same func(a, b *item) bool) int {
	n := 1
	for n < len(items) && same(items[0], items[n]) {
		n++
	}
	return n
}

// entry writes the items of one account. entry.time is there for account-type fields
// only.
func (e *enc) entry(items []*item) {
	e.obj(func() {
		e.key("id").str(items[0].account.ID)
		if t := items[0].time; t != 0 {
			e.key("time").num(t)
		}
		e.key("changes").arr(func() {
			for len(items) > 0 {
				n := runLength(items, sameValue)
				e.change(items[:n])
				items = items[n:]
			}
		})
	})
}

// change writes items that share a value.
func (e *enc) change(items []*item) {
	it := items[0]
	e.obj(func() {
		e.key("value")
		if it.list == "" {
			e.raw(it.elem)
		} else {
			e.value(items)
		}
		e.key("field").str(it.field)
	})
}

// value writes the shared part of messaging-type fields and the items.
func (e *enc) value(items []*item) {
	e.obj(func() {
		e.key("messaging_product").str("whatsapp")
		if n := items[0].number; n != nil {
			e.key("metadata").obj(func() {
				e.key("display_phone_number").str(n.Phone)
				e.key("phone_number_id").str(n.ID)
			})
		}
		if slices.ContainsFunc(items, func(it *item) bool { return it.contact != nil }) {
			e.key("contacts").arr(func() { e.contacts(items) })
		}
		e.key(items[0].list).arr(func() {
			for _, it := range items {
				e.raw(it.elem)
			}
		})
	})
}

// contacts writes each person once.
func (e *enc) contacts(items []*item) {
	for i, it := range items {
		if it.contact != nil && !slices.ContainsFunc(items[:i], func(o *item) bool {
			return string(o.contact) == string(it.contact)
		}) {
			e.raw(it.contact)
		}
	}
}
