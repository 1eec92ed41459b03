package channel

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/webhook"
)

// eraseThese removes messages with their files and the work that refers to them.
func (k *keeper) eraseThese(ctx context.Context, channel string, messages []*messageRecord, receipt *conversation.Erased) error {
	b := &store.Batch{}
	if err := k.eraseWith(ctx, b, channel, messages, receipt); err != nil {
		return err
	}
	if _, err := k.store.Commit(ctx, b); err != nil {
		return fmt.Errorf("channel: delete messages: %w", err)
	}
	return nil
}

// eraseWith removes the files of messages and adds to b what removes the messages. In a transaction of the host,
// which may be taken back, that is what removes the files as well, later.
func (k *keeper) eraseWith(ctx context.Context, b *store.Batch, channel string, messages []*messageRecord, receipt *conversation.Erased) error {
	messages, err := k.stopFetching(ctx, messages)
	if err != nil {
		return err
	}
	for _, m := range messages {
		b.Delete = append(b.Delete, store.RecordKey{Kind: kindMessage, Key: m.ID})
		if m.WAMID != "" && m.Direction == conversation.Outbound {
			// A Sender that gives two messages one wamid must not stand in the way.
			b.Delete = append(b.Delete, store.RecordKey{Kind: kindMessage, Key: inboundMessageID(channel, m.WAMID)})
		}
		for _, queue := range []string{workOut, workFirst, workLater, workCheck} {
			b.Drop = append(b.Drop, store.WorkKey{Queue: queue, ID: m.ID})
		}
		forgetting, err := k.forgetting(m)
		if err != nil {
			return err
		}
		b.Enqueue = append(b.Enqueue, forgetting...)
		refs := m.FileRefs()
		if store.DeferredIn(ctx) != nil {
			w, err := k.removal(channel, refs)
			if err != nil {
				return err
			}
			b.Enqueue = append(b.Enqueue, w...)
		} else if err := k.removeFiles(ctx, refs); err != nil {
			return err
		}
		receipt.Attachments = append(receipt.Attachments, refs...)
	}
	b.Delete = unique(b.Delete)
	if len(b.Enqueue) > 0 {
		committed(ctx, func(context.Context) { k.wake(workMedia) })
	}
	receipt.Messages += len(messages)
	return nil
}

// stopFetching sees to it that no file of the messages is brought to the host any more, and returns them as they are
// then, with all files that were brought before. Who has one in hand finds its work gone, and has it removed.
func (k *keeper) stopFetching(ctx context.Context, messages []*messageRecord) ([]*messageRecord, error) {
	b := &store.Batch{}
	var ids []string
	for _, m := range messages {
		for i := range m.Attachments {
			b.Drop = append(b.Drop, store.WorkKey{Queue: workMedia, ID: fetchID(m.ID, i)})
		}
		if len(m.Attachments) > 0 && m.Direction != conversation.Outbound {
			ids = append(ids, m.ID)
		}
	}
	if len(ids) == 0 {
		return messages, nil
	}
	if _, err := k.store.Commit(ctx, b); err != nil {
		return nil, fmt.Errorf("channel: drop files: %w", err)
	}
	records, err := k.store.Get(ctx, kindMessage, ids...)
	if err != nil {
		return nil, fmt.Errorf("channel: read message: %w", err)
	}
	now := slices.Clone(messages)
	for _, r := range records {
		m, err := step.Decode[messageRecord](r)
		if err != nil {
			return nil, err
		}
		now[slices.IndexFunc(now, func(old *messageRecord) bool { return old.ID == m.ID })] = m
	}
	return now, nil
}

// showAnother keeps a list of conversations from showing a message that is gone: the newest of
// those that are left stands for it.
func (k *keeper) showAnother(ctx context.Context, conversationID string) error {
	return k.do(ctx, func(u *unit) error {
		var conv conversation.Conversation
		if ok, err := u.Load(kindConversation, conversationID, &conv); err != nil || !ok || conv.PreviewOf == "" {
			return err
		}
		if ok, err := u.Load(kindMessage, conv.PreviewOf, nil); err != nil || ok {
			return err
		}
		left, err := step.List[messageRecord](ctx, k.store, store.Query{Kind: kindMessage, Parent: conv.ID, Descending: true, Limit: 50})
		if err != nil {
			return err
		}
		conv.Preview, conv.PreviewOf = "", ""
		if i := slices.IndexFunc(left, func(m *messageRecord) bool { return m.Direction != conversation.Note }); i >= 0 {
			conv.Show(&left[i].Message)
		}
		return u.saveConversation(&conv)
	})
}

// erasePending removes edits and reactions that wait for their message, if gone says so.
func (k *keeper) erasePending(ctx context.Context, channel string, before *store.Position, gone func(*conversation.Amendment) bool) error {
	waiting := store.Query{Kind: kindMessage, Parent: pendingParent(channel), Before: before, Limit: 500}
	for page, err := range step.Records(ctx, k.store, waiting) {
		if err != nil {
			return err
		}
		b := &store.Batch{}
		for i := range page {
			var stub standIn
			if err := step.DecodeInto(&page[i], &stub); err != nil {
				return err
			}
			if stub.Pending != nil && gone(stub.Pending) {
				b.Delete = append(b.Delete, page[i].ID())
			}
		}
		if len(b.Delete) > 0 {
			if _, err := k.store.Commit(ctx, b); err != nil {
				return fmt.Errorf("channel: delete edits: %w", err)
			}
		}
	}
	return nil
}

// aliasesOf lists the aliases of the people that an item is about, those who wrote in a group
// among them, and of the group, as they are on a number. A phone number that stands beside a
// BSUID counts only if phones says so: it may be that of a former owner.
func aliasesOf(ev *webhook.Event, number string, phones bool) []string {
	var keys []string
	add := func(id webhook.Identity) {
		w := who{Identity: id}
		w.tidy()
		strong := w.strong(number)
		keys = append(keys, strong...)
		if phone := w.phone(number); phone != "" && (phones || len(strong) == 0) {
			keys = append(keys, phone)
		}
	}
	group := func(id string) {
		if id != "" {
			keys = append(keys, aliasGroup(number, id))
		}
	}
	switch p := ev.Payload.(type) {
	case *webhook.Message:
		ofMessage(p, add, group)
	case *webhook.StandbyMessage:
		ofMessage(&p.Message, add, group)
	case *webhook.Status:
		add(p.Recipient)
		group(p.GroupID)
	case *webhook.StandbyStatus:
		add(p.Status.Recipient)
		group(p.Status.GroupID)
	case *webhook.PaymentStatus:
		add(p.Recipient)
	case *webhook.Echo:
		add(p.To)
		group(p.GroupID)
	case *webhook.StandbyEcho:
		add(p.To)
	case *webhook.Handover:
		add(p.User)
	case *webhook.HistoryMessage:
		add(p.User)
	case *webhook.ContactSync:
		add(p.Contact)
	case *webhook.Call:
		add(p.User)
	case *webhook.CallStatus:
		add(p.Recipient)
	case *webhook.UserPreference:
		add(p.User)
	case *webhook.UserIDUpdate:
		add(p.Previous)
		add(p.Current)
	case *webhook.GroupParticipants:
		add(p.User)
		for _, list := range [][]webhook.Participant{p.Added, p.Removed, p.Failed} {
			for i := range list {
				add(list[i].User)
			}
		}
	case *webhook.Unknown:
		for _, id := range namedIn(p.Raw) {
			add(id)
		}
	default: // of no person
	}
	return keys
}

func ofMessage(p *webhook.Message, add func(webhook.Identity), group func(string)) {
	add(p.From)
	group(p.GroupID)
	if sys, ok := p.Content.(*webhook.System); ok {
		add(sys.Previous)
		add(sys.Current)
	}
}

// namedIn finds who is named by an item that this version cannot read: values that stand where
// identifiers do. What somebody wrote is not looked at.
func namedIn(raw json.RawMessage) []webhook.Identity {
	var doc any
	if json.Unmarshal(raw, &doc) != nil {
		return nil
	}
	var found []webhook.Identity
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for key, e := range v {
				s, isText := e.(string)
				switch {
				case !isText:
					walk(e)
				case s == "":
				case key == "from", key == "to", strings.HasSuffix(key, "wa_id"), strings.HasSuffix(key, "user_id"), strings.HasSuffix(key, "recipient_id"):
					if strings.ContainsFunc(s, notDigit) {
						found = append(found, webhook.Identity{BSUID: s}, webhook.Identity{ParentBSUID: s})
					} else {
						found = append(found, webhook.Identity{Phone: s})
					}
				}
			}
		}
	}
	walk(doc)
	return found
}
