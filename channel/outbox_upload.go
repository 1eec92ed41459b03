package channel

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"mime"
	"time"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
)

// uploadLife is how long an uploaded file can be sent.
//
// Source: developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media,
// checked 2026-10-06.
const uploadLife = 30 * 24 * time.Hour

// inspectUpload checks the beginning of a file of the host, and puts it back.
func inspectUpload(p *settings.FilePolicy, in *message.Upload) (*uploaded, error) {
	if in.Body == nil {
		return nil, fmt.Errorf("%w: no content", ErrFileRefused)
	}
	head, err := readHead(in.Body)
	if err != nil {
		return nil, fmt.Errorf("read file: %w", fromHost(err))
	}
	if len(head) == 0 {
		return &uploaded{}, nil // WhatsApp refuses it, and it can be nothing bad
	}
	in.Body = io.MultiReader(bytes.NewReader(head), in.Body)
	claim, _, err := mime.ParseMediaType(in.MIME)
	if err != nil {
		return nil, fmt.Errorf("%w: no media type is declared", ErrFileRefused)
	}
	found := inspect(head, in.MIME, in.Name)
	base, _, _ := mime.ParseMediaType(found.mime)
	if base != claim {
		return nil, fmt.Errorf("%w: the content is not of the declared type", ErrFileRefused)
	}
	if !admits(p.Send, message.FileTypes(), found) {
		return nil, fmt.Errorf("%w: type not allowed", ErrFileRefused)
	}
	return &uploaded{MIME: base, Opus: isOpus(head)}, nil
}

// maxRef is how long the host's reference to a file may be.
const maxRef = 1000

// counted counts what is read.
type counted struct {
	r io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// noteUpload keeps the type of a file until it cannot be sent any more, and lets go of some
// older ones.
func (u *unit) noteUpload(ch *Channel, id string, known *uploaded) error {
	old, err := u.List(u.ctx, store.Query{
		Kind: kindUpload, Parent: ch.ID, Before: &store.Position{Sort: micros(u.now.Add(-uploadLife))}, Limit: 10,
	})
	if err != nil {
		return fmt.Errorf("channel: list uploads: %w", err)
	}
	key := uploadKey(ch.ID, id)
	for _, r := range old {
		if r.Key != key {
			u.Delete(store.RecordKey{Kind: kindUpload, Key: r.Key})
		}
	}
	if _, err := u.Load(kindUpload, key, nil); err != nil {
		return err
	}
	return u.Save(kindUpload, key, ch.ID, micros(u.now), known)
}

// uploadOf finds what is known about an uploaded file; false if it was not uploaded here.
func (u *unit) uploadOf(ch *Channel, id string) (known uploaded, ok bool, err error) {
	if id == "" {
		return known, false, nil // a link, at which nobody has looked
	}
	ok, err = u.Load(kindUpload, uploadKey(ch.ID, id), &known)
	return known, ok, err
}

// fits refuses files that cannot be what they are sent as, as far as they were uploaded here, or that are gone
// at the time at which they are to be sent: WhatsApp itself says so only after it has accepted the message.
func (u *unit) fits(ch *Channel, c message.Content, at time.Time) error {
	for _, f := range filesOf(c) {
		known, ok, err := u.uploadOf(ch, f.id)
		switch {
		case err != nil:
			return err
		case !ok:
		case f.kind != "" && message.MaxFile(f.kind, known.MIME) == 0:
			return invalidAt(f.path+".id", message.RuleFormat)
		case f.voice && !known.Opus:
			return invalidAt(f.path+".voice", message.RuleFormat)
		case !known.At.IsZero() && at.After(known.At.Add(uploadLife)):
			return invalidAt("at", message.RuleTooFar)
		}
	}
	return nil
}

// nameFiles keeps with a message what is known about the files that it sends.
func (u *unit) nameFiles(ch *Channel, m *messageRecord) error {
	for i := range m.Attachments {
		a := &m.Attachments[i]
		known, ok, err := u.uploadOf(ch, a.MediaID)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		a.MIME, a.Size, a.Ref, a.Name = known.MIME, known.Size, known.Ref, cmp.Or(a.Name, known.Name)
		a.SafeName = safeName(a.Name, a.MIME)
	}
	return nil
}
