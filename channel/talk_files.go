package channel

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/opaque"
)

// fetchLater arranges for the files of an inbound message to be fetched.
func (u *unit) fetchLater(ch *Channel, m *messageRecord) error {
	if u.core.attachments == nil || ch.Media == nil {
		return nil
	}
	for i, a := range m.Attachments {
		if a.MediaID == "" {
			continue
		}
		body, err := json.Marshal(fetchItem{Message: m.ID, Index: i})
		if err != nil {
			return fmt.Errorf("channel: encode file: %w", err)
		}
		u.Enqueue(store.Work{Queue: workMedia, ID: fetchID(m.ID, i), Group: ch.ID, Body: body})
	}
	return nil
}

// fetchID is that of the work of fetching the n-th file of a message.
func fetchID(message string, n int) string { return message + "|" + strconv.Itoa(n) }

// fileID is what the host knows the n-th file of a message by; see [File].
func fileID(message string, n int) string { return message + "-" + strconv.Itoa(n) }

// filesDue is up to when the host waits for the files of a message; zero: not at all.
func (u *unit) filesDue(ch *Channel, m *messageRecord) time.Time {
	if ch.Files.Wait == 0 || u.core.attachments == nil || ch.Media == nil || m.filesHere() {
		return time.Time{}
	}
	return u.now.Add(time.Duration(ch.Files.Wait))
}

// filesHere says that nothing of a message is left to be fetched.
func (m *messageRecord) filesHere() bool {
	return !slices.ContainsFunc(m.Attachments, func(a conversation.Attachment) bool {
		return a.MediaID != "" && a.Ref == "" && a.Failed == ""
	})
}

// receiveNow has the host receive a message that waited for its files.
func (u *unit) receiveNow(ch *Channel, m *messageRecord) error {
	if ch == nil || ch.Files.Wait == 0 || !m.filesHere() {
		return nil
	}
	works, err := u.Work(workHost, "in|"+m.ID)
	if err != nil {
		return err
	}
	for _, w := range works {
		if w.Due.After(u.now) && w.Tries == 0 { // after a failure it has a pause of its own
			u.Enqueue(store.Work{Queue: w.Queue, ID: w.ID, Lane: w.Lane, Group: w.Group, Body: w.Body})
		}
	}
	return nil
}

// removeLater arranges for files to be removed that no message leads to any more. A host
// whose Attachments is no Remover was told of the message's deletion.
func (u *unit) removeLater(channel string, refs ...string) error {
	works, err := u.core.removal(channel, refs)
	for _, w := range works {
		u.Enqueue(w)
	}
	return err
}

// removal is the work of removing files, if there is any for a hub.
func (h *core) removal(channel string, refs []string) ([]store.Work, error) {
	if _, ok := h.attachments.(Remover); !ok || len(refs) == 0 {
		return nil, nil
	}
	body, err := json.Marshal(fetchItem{Remove: refs})
	if err != nil {
		return nil, fmt.Errorf("channel: encode file: %w", err)
	}
	return []store.Work{{Queue: workMedia, ID: opaque.ID("remove|", refs...), Group: channel, Body: body}}, nil
}

// fileRemoved is what agents see in place of a file that was removed.
const fileRemoved = "The file was removed: it was older than this channel keeps files."

// mediaLife is how long WhatsApp keeps a file that a customer sent.
//
// Source: developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media,
// checked 2026-10-06.
const mediaLife = 7 * 24 * time.Hour

// removeFiles asks the host to remove files, if it can be asked.
func (h *core) removeFiles(ctx context.Context, refs []string) error {
	remover, ok := h.attachments.(Remover)
	if !ok {
		return nil
	}
	for _, ref := range refs {
		if err := remover.Remove(ctx, ref); err != nil {
			return fmt.Errorf("channel: remove file: %w", fromHost(err))
		}
	}
	return nil
}

// forgetting is the work of having the host forget those files of an erased message that it may have without
// anybody knowing. It is due when whoever had one of them in hand has noted that, or never will, and is the same as
// that of fetching: there is no such message any more.
func (h *core) forgetting(m *messageRecord) ([]store.Work, error) {
	if _, ok := h.attachments.(Forgetter); !ok || m.Direction == conversation.Outbound {
		return nil, nil
	}
	var works []store.Work
	for i, a := range m.Attachments {
		if a.MediaID == "" || a.Ref != "" {
			continue
		}
		body, err := json.Marshal(fetchItem{Message: m.ID, Index: i})
		if err != nil {
			return nil, fmt.Errorf("channel: encode file: %w", err)
		}
		works = append(works, store.Work{
			Queue: workMedia, ID: "gone|" + fetchID(m.ID, i), Group: m.Channel, Due: h.now().Add(longLease), Body: body,
		})
	}
	return works, nil
}

// forgetFile has the host forget a file of a message that is gone, if it can.
func (h *core) forgetFile(ctx context.Context, message string, n int) error {
	forgetter, ok := h.attachments.(Forgetter)
	if !ok {
		return nil
	}
	if err := forgetter.Forget(ctx, fileID(message, n)); err != nil {
		return fmt.Errorf("channel: forget file: %w", fromHost(err))
	}
	return nil
}
