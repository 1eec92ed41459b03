package channel

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

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
		u.Enqueue(store.Work{Queue: workMedia, ID: m.ID + "|" + strconv.Itoa(i), Group: ch.ID, Body: body})
	}
	return nil
}

// removeLater arranges for files to be removed that no message leads to any more. A host
// whose Attachments is no Remover was told of the message's deletion.
func (u *unit) removeLater(channel string, refs ...string) error {
	if _, ok := u.core.attachments.(Remover); !ok || len(refs) == 0 {
		return nil
	}
	body, err := json.Marshal(fetchItem{Remove: refs})
	if err != nil {
		return fmt.Errorf("channel: encode file: %w", err)
	}
	u.Enqueue(store.Work{Queue: workMedia, ID: opaque.ID("remove|", refs...), Group: channel, Body: body})
	return nil
}

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
