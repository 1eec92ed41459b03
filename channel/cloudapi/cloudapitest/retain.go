package cloudapitest

import "slices"

// forget takes a message off the phones.
func (m *message) forget() {
	var log *[]*message
	switch {
	case m.chat != nil:
		log = &m.chat.log
	case m.group != nil:
		log = &m.group.log
	default:
		return // nobody has the number
	}
	if i := slices.Index(*log, m); i >= 0 {
		*log = slices.Delete(*log, i, i+1)
	}
}

// messageRing lists message ids by age, for Config.Retain.
type messageRing struct {
	ids  []string
	head int
}

// remember stores a message and forgets those older than Config.Retain.
func (w *World) remember(m *message) {
	w.messages[m.id] = m
	if m.alias != "" {
		w.messages[m.alias] = m
	}
	// Nothing is forgotten.
	if w.cfg.Retain == 0 {
		return
	}
	w.old.ids = append(w.old.ids, m.id)
	for w.old.head < len(w.old.ids) {
		o := w.messages[w.old.ids[w.old.head]]
		// The ids are in the order of age, so that one look is enough.
		if o != nil && m.at-o.at < int64(w.cfg.Retain) {
			break
		}
		w.old.head++
		if o != nil {
			delete(w.messages, o.id)
			delete(w.messages, o.alias)
			if o.sentAs != nil {
				delete(w.opaque, *o.sentAs)
			}
			o.forget()
		}
	}
	// Give the front of the slice back now and then.
	if w.old.head > 4096 && w.old.head*2 > len(w.old.ids) {
		w.old.ids = append([]string(nil), w.old.ids[w.old.head:]...)
		w.old.head = 0
	}
}
