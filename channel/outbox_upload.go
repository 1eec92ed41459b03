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

// uploadOf finds what is known about the file that a content sends; false if it was not uploaded here.
func (u *unit) uploadOf(ch *Channel, c message.Content) (known uploaded, ok bool, err error) {
	var id string
	switch c := c.(type) {
	case *message.Image:
		id = c.ID
	case *message.Video:
		id = c.ID
	case *message.Audio:
		id = c.ID
	case *message.Document:
		id = c.ID
	case *message.Sticker:
		id = c.ID
	default: // no file
	}
	if id == "" {
		return known, false, nil // a link, at which nobody has looked, or no file
	}
	ok, err = u.Load(kindUpload, uploadKey(ch.ID, id), &known)
	return known, ok, err
}

// fits refuses a file that cannot be what it is sent as, as far as it was uploaded here, or that is gone
// at the time at which it is to be sent: WhatsApp itself says so only after it has accepted the message.
func (u *unit) fits(ch *Channel, c message.Content, at time.Time) error {
	known, ok, err := u.uploadOf(ch, c)
	if err != nil || !ok {
		return err
	}
	audio, isAudio := c.(*message.Audio)
	switch {
	case message.MaxFile(c.Kind(), known.MIME) == 0:
		return invalidAt(string(c.Kind())+".id", message.RuleForbidden)
	case isAudio && audio.Voice && !known.Opus:
		return invalidAt("audio.voice", message.RuleForbidden)
	case !known.At.IsZero() && at.After(known.At.Add(uploadLife)):
		return invalidAt("at", message.RuleTooFar)
	}
	return nil
}

// nameFile keeps with a message what is known about the file that it sends.
func (u *unit) nameFile(ch *Channel, c message.Content, m *messageRecord) error {
	known, ok, err := u.uploadOf(ch, c)
	if err != nil || !ok || len(m.Attachments) != 1 {
		return err
	}
	a := &m.Attachments[0]
	a.MIME, a.Size, a.Ref, a.Name = known.MIME, known.Size, known.Ref, cmp.Or(a.Name, known.Name)
	a.SafeName = safeName(a.Name, a.MIME)
	return nil
}
