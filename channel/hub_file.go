package channel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/kanava-go/kanava/channel/conversation"
)

// OpenFile opens the n-th file of a message, from 0, as the host's Attachments keep it; the caller closes
// it. Attachment says what it is: its SafeName and MIME are fit to be offered. The error matches
// ErrNotFound if there is no such message or file, or the host has it not yet, no longer, or its
// Attachments is no [Opener].
func (h *Hub) OpenFile(ctx context.Context, messageID string, n int) (io.ReadCloser, *conversation.Attachment, error) {
	m, err := h.message(ctx, messageID)
	if err != nil {
		return nil, nil, fmt.Errorf("channel: open file: %w", plainly(err))
	}
	opener, ok := h.attachments.(Opener)
	if !ok || n < 0 || n >= len(m.Attachments) || m.Attachments[n].Ref == "" {
		return nil, nil, fmt.Errorf("channel: open file: %w", ErrNotFound)
	}
	body, err := opener.Open(ctx, m.Attachments[n].Ref)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, fmt.Errorf("channel: open file: %w", ErrNotFound)
	case err != nil:
		return nil, nil, fmt.Errorf("channel: open file: %w", fromHost(err))
	}
	return body, &m.Attachments[n], nil
}
