package window

import "time"

// FreeEntrySource tells how the end of a free entry point window is known.
type FreeEntrySource string

// Sources of a free entry point window's end.
const (
	// FreeEntryNone means that no such window is known.
	FreeEntryNone FreeEntrySource = ""
	// FreeEntryEstimated means that it follows from an ad message, the first
	// reply to it and Options.FreeEntryLength.
	FreeEntryEstimated FreeEntrySource = "estimated"
	// FreeEntryStated means that Meta stated it in a status webhook.
	FreeEntryStated FreeEntrySource = "stated"
)

// FreeEntry describes a free entry point window: the time after the first reply
// to a message that came through an ad, in which messages are not charged. It
// does not allow free-form messages; that is the customer service window's
// business.
//
// Platform source: developers.facebook.com/documentation/business-messaging/whatsapp/pricing,
// checked 2026-11-22.
type FreeEntry struct {
	Start  time.Time // first reply; zero if only the end is known
	Until  time.Time // first moment that is no longer free
	Source FreeEntrySource
}

// FreeEntry returns the latest known free entry point window, past or present,
// and false if there is none. A stated end takes precedence over an estimate
// unless it belongs to an earlier window than the estimate does.
func (s State) FreeEntry() (FreeEntry, bool) {
	from, until, source := s.freeEntry()
	f := FreeEntry{Until: instant(until), Source: source}
	if from == s.start {
		f.Start = instant(from)
	}
	return f, source != FreeEntryNone
}

// FreeEntryAt reports whether a free entry point window is open at now, as far
// as is known. It does not allocate.
func (s State) FreeEntryAt(now time.Time) bool {
	from, until, _ := s.freeEntry()
	sec := now.Unix()
	return int64(from) <= sec && sec < int64(until)
}

// ReferralAt returns when the latest message that came through an ad was sent,
// or the zero time. A reply within 24 hours of it starts a free entry point
// window: pass the value on in Event.AnswersReferral.
func (s State) ReferralAt() time.Time { return instant(s.referral) }

// statedLength is the longest free entry point window that Meta documents. A
// stated end says nothing about moments before the window can have begun.
const statedLength = uint32(7 * 24 * time.Hour / time.Second)

// freeEntry returns the bounds in Unix seconds, all zero if there is none. If
// the start is unknown, from is the earliest credible one.
func (s State) freeEntry() (from, until uint32, source FreeEntrySource) {
	switch {
	case s.stated > s.start:
		from = max(s.start, s.stated-min(s.stated, statedLength))
		return from, s.stated, FreeEntryStated
	case s.start != 0:
		return s.start, s.until, FreeEntryEstimated
	default:
		return 0, 0, FreeEntryNone
	}
}

func (o Options) startsFreeEntry(r Referral) bool {
	return r == ReferralAd ||
		r == ReferralPage && o.PageStartsFreeEntry ||
		r == ReferralPost && o.PostStartsFreeEntry
}

// observeReply adds the fact that a message sent at the given second answered
// the ad message of the given time. Only a reply within 24 hours counts.
func (o Options) observeReply(s State, referral time.Time, at uint32, now time.Time) State {
	origin, ok := o.seconds(referral, now)
	if !ok || at < origin || int64(at)-int64(origin) >= lengthSec {
		return s
	}
	length := o.FreeEntryLength
	if length == 0 {
		length = DefaultFreeEntryLength
	}
	length = min(max(length, time.Second), MaxFreeEntryLength)
	until := min(int64(at)+int64(length/time.Second), maxSec)
	return s.Merge(State{
		referral: origin,
		origin:   origin, start: at, until: uint32(until),
	})
}

// observeExpiry adds an end that Meta stated. An end beyond every credible
// length is ignored, since believing it would call messages free for years.
func (o Options) observeExpiry(s State, until, now time.Time) State {
	sec := until.Unix()
	if sec < minSec || sec > maxSec || sec > now.Add(o.maxSkew()+MaxFreeEntryLength).Unix() {
		return s
	}
	return s.Merge(State{stated: uint32(sec)})
}
