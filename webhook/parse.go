package webhook

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/kanava-go/kanava/internal/jsonscan"
)

// object is the only webhook object this package reads.
const object = "whatsapp_business_account"

// ErrMalformed is matched by the error of a body that is not JSON.
var ErrMalformed = errors.New("webhook: body is not JSON")

// What makes an item *Unknown although its field is known.
var (
	errNotWebhook = errors.New("webhook: read body: not a webhook envelope")
	errNoChange   = errors.New("webhook: read entry: no change in it")
	errNoValue    = errors.New("webhook: read change: no object as value")
	errNotObject  = errors.New("webhook: read item: not an object")
	errNoID       = errors.New("webhook: read item: no id")
	errNoKind     = errors.New("webhook: read item: no kind")
	errNoContent  = errors.New("webhook: read message: no content of its type")
)

// Parse reads the body of a webhook. It does not check the signature: that is
// [Verify]'s and the [Handler]'s task.
//
// A body that is valid JSON never fails. Whatever in it is not understood becomes
// an event with an *[Unknown], beside the others: a JSON text that is no webhook
// at all gives one with the whole body, a malformed item one with that item. Only
// bodies about another object than WhatsApp accounts give no events. A body of more than
// 20,000 items, twenty times what Meta sends, is one event with the whole body.
//
// For a body that is not JSON the error matches [ErrMalformed]. The delivery is
// there even then, with the whole body as its only event, so that it can be kept.
//
// Parse copies body once; the caller keeps ownership, but as Delivery.Body it
// must not change while the delivery is in use.
func Parse(body []byte) (*Delivery, error) {
	d := &Delivery{Body: body, Secret: -1, src: string(body)}
	p := parsers.Get().(*parser)
	defer p.release()
	p.d = d
	if err := p.doc.Parse(d.src); err != nil {
		p.unknown(value{}, shapeBody, "", err)
		p.finish()
		return d, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	p.body(p.doc.Root())
	p.finish()
	return d, nil
}

// A parser holds the scratch space of one Parse.
type parser struct {
	doc jsonscan.Doc
	d   *Delivery

	single   int     // 1 if there is one event, which stands in the delivery
	events   []Event // all events if there are more
	frames   []frame
	contacts []contact // of the value being read

	envelope
	err   error // the first flaw of the item being read
	flood bool  // the body has more than maxEvents items
	spare *Text // beside the message being read, for its content; nil if it is taken
}

// An envelope is what the items being read have in common.
type envelope struct {
	account   string
	entryTime time.Time
	field     string
	number    Number
	summary   string
	beside    []Error // value-level errors that belong to its calls
	frame     frame
	rare      rare
	framed    bool // frame and rare stand in frames already
	used      bool // not as in the zero envelope
}

var parsers = sync.Pool{New: func() any { return new(parser) }}

// maxKept is the largest index, in values, that is kept for the next body: about
// 1.5 MB. Larger bodies are rare and pay for their own.
const maxKept = 1 << 16

// release clears the parser of everything that belongs to the body and puts it
// back for the next one.
func (p *parser) release() {
	if p.doc.Cap() > maxKept {
		return
	}
	p.doc.Reset()
	clear(p.events)
	clear(p.frames)
	clear(p.contacts)
	p.events, p.frames, p.contacts = p.events[:0], p.frames[:0], p.contacts[:0]
	p.d, p.single, p.envelope, p.err, p.flood, p.spare = nil, 0, envelope{}, nil, false, nil
	parsers.Put(p)
}

// finish hands the events over to the delivery, in slices of just the right size.
func (p *parser) finish() {
	if p.flood {
		p.whole()
	}
	switch {
	case len(p.events) > 0:
		p.d.several = &several{slices.Clone(p.events), slices.Clone(p.frames)}
	case p.single > 0:
		p.d.frame1 = p.frames[0]
	}
}

// body reads the outermost value.
func (p *parser) body(root value) {
	var entry value
	entries, named := 0, false // entry may come twice, and nothing is dropped
	it := root.Iter()
	for it.Next() {
		switch it.Key() {
		case "object":
			p.d.Object, named = it.Value().Str(), true
		case "entry":
			entry = it.Value()
			entries++
		}
	}
	if root.Kind() != jsonscan.Object || !named && entries == 0 {
		p.unknown(value{}, shapeBody, "", errNotWebhook)
		return
	}
	if named && p.d.Object != object {
		return
	}
	if entries == 1 {
		p.entries(entry)
		return
	}
	it = root.Iter()
	for it.Next() {
		if it.Key() == "entry" {
			p.entries(it.Value())
		}
	}
}

// entries reads the elements of entry.
func (p *parser) entries(list value) {
	l := list.Elements()
	for l.Next() {
		p.entry(l.Value())
	}
}

// entry reads one element of entry: the changes of one account.
func (p *parser) entry(e value) {
	if p.used {
		p.envelope = envelope{}
	}
	p.used = true
	var list value
	changes := 0
	it := e.Iter()
	for it.Next() {
		switch it.Key() {
		case "id":
			p.account = "" // of a member that comes twice the last counts, whatever it is
			p.userID(&it, &p.account)
			p.frame.entryID = at(it.Value())
		case "time":
			p.entryTime = p.time(&it)
			p.frame.entryTime = at(it.Value())
		case "changes":
			list = it.Value()
			changes++
		}
	}
	p.err = nil // a malformed envelope is nobody's flaw in particular
	switch changes {
	case 0:
		// Some of Meta's samples print field and value in the entry itself.
		if e.Get("value").Kind() == jsonscan.Object {
			p.change(e)
		} else {
			p.unknown(e, shapeEntry, "", errNoChange)
		}
	case 1:
		p.changes(list)
	default:
		it := e.Iter()
		for it.Next() {
			if it.Key() == "changes" {
				p.changes(it.Value())
			}
		}
	}
}

// changes reads the changes of an entry.
func (p *parser) changes(list value) {
	common := p.frame
	l := list.Elements()
	for l.Next() {
		p.change(l.Value())
		p.frame, p.rare = common, rare{}
	}
}

// change reads one change: a field and its value.
func (p *parser) change(c value) {
	p.field, p.number, p.summary, p.beside, p.framed = "", Number{}, "", nil, false
	p.contacts = p.contacts[:0]
	var v value
	it := c.Iter()
	for it.Next() {
		switch it.Key() {
		case "field":
			p.field, p.frame.field = "", span{}
			if p.userID(&it, &p.field); p.field != "" {
				p.frame.field = at(it.Value())
			}
		case "value":
			v = it.Value()
		}
	}
	p.err = nil
	switch {
	case c.Kind() != jsonscan.Object || !v.Exists():
		p.unknown(c, shapeChange, "", errNoValue)
	case v.Kind() != jsonscan.Object:
		p.unknown(v, shapeValue, "", errNoValue)
	default:
		p.value(v)
	}
}

// at returns where v stands in the body.
func at(v value) span {
	start, end := v.Span()
	return span{start, end}
}

// emit adds an event for the item at v. A flaw noted while reading it goes along.
func (p *parser) emit(v value, s shape, t time.Time, payload Payload) *Event {
	if !p.framed {
		p.framed = true
		f := p.frame
		if p.rare != (rare{}) {
			f.rare = new(p.rare)
		}
		p.frames = append(p.frames, f)
	}
	if t.IsZero() {
		t = p.entryTime
	}
	e := Event{
		Account: p.account, Number: p.number, Field: p.field, Time: t, Payload: payload, Err: p.err,
		d: p.d, item: at(v), frame: uint32(len(p.frames) - 1), shape: s,
	}
	p.err = nil
	// Most deliveries have one event, and so the place for it.
	switch {
	case len(p.events) >= maxEvents:
		p.flood = true
		return &p.events[0]
	case p.single == 0:
		p.single, p.d.event1[0] = 1, e
		return &p.d.event1[0]
	}
	if len(p.events) == 0 {
		p.events = append(p.events, p.d.event1[0])
	}
	p.events = append(p.events, e)
	return &p.events[len(p.events)-1]
}

// count returns the number of events so far.
func (p *parser) count() int { return max(p.single, len(p.events)) }

// unknown adds an event for an item that is not understood.
func (p *parser) unknown(v value, s shape, typ string, err error) {
	r := []byte(v.Raw())
	if s == shapeBody {
		r = []byte(p.d.src)
	}
	p.err = nil // err says it all
	p.emit(v, s, time.Time{}, &Unknown{Field: p.field, Type: typ, Raw: r, Err: err})
}
