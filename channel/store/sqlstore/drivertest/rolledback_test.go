package drivertest_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/campaign"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deadletter"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/hooks"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/pgxstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/webhook"
)

// hostsTx runs a function under a context of a transaction of the host.
type hostsTx func(ctx context.Context, f func(ctx context.Context) error) error

// hosts are the engines, and how a host has a transaction on each.
var hosts = map[string]func(t *testing.T) (store.Store, hostsTx){
	"SQLite": func(t *testing.T) (store.Store, hostsTx) {
		s, db := openSQLite(t, filepath.Join(t.TempDir(), "kanava.db"))
		return s, inSQL(db)
	},
	"PostgreSQL": func(t *testing.T) (store.Store, hostsTx) {
		s, db := openPostgres(t, pgtest.New(t))
		return s, inSQL(db)
	},
	"pgx": func(t *testing.T) (store.Store, hostsTx) {
		s, pool := openPgx(t, pgtest.New(t), pgxstore.Config{})
		return s, func(ctx context.Context, f func(context.Context) error) error {
			return pgxstore.InTx(ctx, pool, func(ctx context.Context, _ pgx.Tx) error { return f(ctx) })
		}
	},
}

func inSQL(db *sql.DB) hostsTx {
	return func(ctx context.Context, f func(context.Context) error) error {
		return sqlstore.InTx(ctx, db, func(ctx context.Context, _ *sql.Tx) error { return f(ctx) })
	}
}

// shelf keeps files and remembers which were removed.
type shelf struct {
	mu      sync.Mutex
	removed []string
}

func (*shelf) Save(_ context.Context, f channel.File, body io.Reader) (string, error) {
	_, err := io.Copy(io.Discard, body)
	return f.ID, err
}

func (s *shelf) Remove(_ context.Context, ref string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.removed = append(s.removed, ref)
	return nil
}

func (s *shelf) gone() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.removed)
}

// picture is a Media with one picture.
type picture struct{}

func (picture) Upload(context.Context, message.Upload) (string, error) { return "4711", nil }
func (picture) Download(context.Context, string) (message.Download, error) {
	const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"
	return message.Download{Body: io.NopCloser(strings.NewReader(png)), MIME: "image/png", Size: int64(len(png))}, nil
}

// blocking is a Sender that can do everything, and loses the answer to what says so.
type blocking struct {
	counting
	inbound sync.Map // numbers of messages, by when they were told
}

func (b *blocking) Send(ctx context.Context, out message.Outbound) (message.Receipt, error) {
	if text, ok := out.Content.(*message.Text); ok && text.Body == "perhaps" {
		return message.Receipt{}, message.ErrOutcomeUnknown
	}
	return b.counting.Send(ctx, out)
}
func (*blocking) BlockUser(context.Context, message.Recipient, bool) error { return nil }
func (b *blocking) CountInbound(_ context.Context, n int)                  { b.inbound.Store(time.Now(), n) }

func (b *blocking) told() (n int) {
	b.inbound.Range(func(any, any) bool { n++; return true })
	return n
}

// A helpdesk that has lived for a while: what a host could change in it.
type lived struct {
	*desk.Desk
	hub   *channel.Hub
	line  *blocking
	shelf *shelf
	hooks map[string]int // how often each ran
	mu    sync.Mutex

	cursor                                  string // of the feed, when it had lived
	conv, customer                          string
	text, picture, later, uncertain, letter string
}

const (
	danasPhone = "13125560000"
	lostNumber = "306540352242924" // of which no hub knows
)

var (
	root   = access.Actor{Kind: access.Agent, ID: "root", Admin: true}
	nobody = access.Actor{Kind: access.Agent, ID: "nobody"}
)

// channelOf is a channel of the helpdesk.
func (l *lived) channelOf(id, number string) channel.Channel {
	s := settings.Settings{ID: id, Name: "The " + id, Number: number, Account: hostAccount, Enabled: true, ConsentElsewhere: true}
	s.Desk = desk.Settings{Access: access.Policy{AllUsers: access.Supervisor}}.JSON()
	return channel.Channel{Settings: s, Sender: l.line, Media: picture{}, Templates: l.catalog()}
}

func (*lived) catalog() *template.Catalog {
	catalog, err := template.NewCatalog(template.CatalogConfig{})
	if err != nil {
		panic(err)
	}
	var def template.Definition
	if err := json.Unmarshal([]byte(`{"name":"news","language":"en","status":"APPROVED","category":"UTILITY","components":[{"type":"BODY","text":"There is news."}]}`), &def); err != nil {
		panic(err)
	}
	catalog.Put(time.Now(), def)
	return catalog
}

// accept hands a message of a customer to the hub.
func (l *lived) accept(ctx context.Context, number, phone, wamid, kind string, content any) error {
	raw, err := json.Marshal(map[string]any{"object": "whatsapp_business_account", "entry": []any{map[string]any{
		"id": hostAccount, "changes": []any{map[string]any{"field": "messages", "value": map[string]any{
			"messaging_product": "whatsapp",
			"metadata":          map[string]any{"display_phone_number": "13125550142", "phone_number_id": number},
			"contacts":          []any{map[string]any{"wa_id": phone, "profile": map[string]any{"name": "Somebody"}}},
			"messages": []any{map[string]any{
				"from": phone, "id": wamid, "timestamp": strconv.FormatInt(time.Now().Unix(), 10), "type": kind, kind: content,
			}},
		}}},
	}}})
	if err != nil {
		return err
	}
	d, err := webhook.Parse(raw)
	if err != nil {
		return err
	}
	d.Scope = webhook.Scope{All: true}
	return l.hub.Accept(ctx, d)
}

func (l *lived) ran(hook string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hooks[hook]++
}

func (l *lived) runs(hook string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.hooks[hook]
}

// newLived makes a helpdesk.
func newLived(t *testing.T, st store.Store, poll time.Duration) *lived {
	t.Helper()
	l := &lived{line: &blocking{}, shelf: &shelf{}, hooks: map[string]int{}}
	d, err := desk.New(desk.Config{Hub: channel.Config{
		Store: st, Ticketing: quietDesk{}, Attachments: l.shelf, Poll: poll, Feed: true, Search: true,
		Hooks: hooks.Hooks{AcceptDone: func(ctx context.Context, _ hooks.AcceptInfo, _ error) {
			if store.DeferredIn(ctx) != nil {
				l.ran("in a transaction")
			}
			l.ran("AcceptDone")
		}},
		Channels: []channel.Channel{l.channelOf("support", hostNumber), l.channelOf("sales", "206540352242923")},
	}})
	require.NoError(t, err)
	l.Desk, l.hub = d, d.Hub()
	return l
}

// live fills the helpdesk with one of everything, while the hub runs.
func (l *lived) live(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	require.NoError(t, l.accept(ctx, hostNumber, danasPhone, "wamid.a", "text", map[string]any{"body": "hello"}))
	require.NoError(t, l.accept(ctx, hostNumber, danasPhone, "wamid.b", "image", map[string]any{"id": "77", "mime_type": "image/png"}))
	var messages []*conversation.Message
	eventually := func(what string, f func() bool) {
		t.Helper()
		require.Eventually(t, f, patience, 5*time.Millisecond, what)
	}
	eventually("the picture is there", func() bool {
		list, err := l.hub.Conversations(ctx, channel.ConversationQuery{Channel: "support"})
		if err != nil || len(list) != 1 {
			return false
		}
		l.conv, l.customer = list[0].ID, list[0].Customer
		messages, err = l.hub.Messages(ctx, channel.MessageQuery{Conversation: l.conv})
		return err == nil && len(messages) == 2 && len(messages[1].FileRefs()) == 1
	})
	l.text, l.picture = messages[0].ID, messages[1].ID
	m, err := l.hub.Reply(ctx, dana, channel.Reply{Conversation: l.conv, Content: &message.Text{Body: "tomorrow"}, At: time.Now().Add(time.Hour)})
	require.NoError(t, err)
	l.later = m.ID
	m, err = l.hub.Reply(ctx, dana, channel.Reply{Conversation: l.conv, Content: &message.Text{Body: "perhaps"}})
	require.NoError(t, err)
	l.uncertain = m.ID
	eventually("nobody knows whether it arrived", func() bool {
		all, err := l.hub.UncertainMessages(ctx, "support", 0)
		return err == nil && len(all) == 1
	})
	d, err := webhook.Parse([]byte(`{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"` + hostNumber + `"},"statuses":[{"id":"wamid.x","status":"sent","timestamp":"1","recipient_id":"1"}]}}]}]}`))
	require.NoError(t, err)
	d.Scope = webhook.Scope{Accounts: []string{"1"}}
	require.NoError(t, l.hub.Accept(ctx, d))
	eventually("a dead letter", func() bool {
		letters, err := l.hub.DeadLetters(ctx, deadletter.Query{Work: "in"})
		if err == nil && len(letters) == 1 {
			l.letter = letters[0].Key.ID
		}
		return l.letter != ""
	})
	require.NoError(t, l.hub.Idle(ctx))
	l.cursor, err = l.hub.FeedCursor(ctx)
	require.NoError(t, err)
}

// tells is all that anybody can be told about the helpdesk.
func (l *lived) tells(ctx context.Context, t *testing.T) string {
	t.Helper()
	all := map[string]any{"files removed": l.shelf.gone(), "inbound told": l.line.told(), "accepted": l.runs("AcceptDone")}
	must := func(name string, v any, err error) {
		t.Helper()
		if errors.Is(err, channel.ErrNotFound) || errors.Is(err, channel.ErrNoChannel) {
			v, err = "none", nil
		}
		require.NoError(t, err, name)
		all[name] = v
	}
	for _, ch := range l.hub.Channels() {
		all["settings of "+ch.ID] = ch.Settings
	}
	report, err := l.hub.Health(ctx, "support", "sales")
	require.NoError(t, err)
	report.At = time.Time{}
	for i := range report.Channels {
		report.Channels[i].Outage = nil
	}
	all["health"] = report
	for _, on := range []string{"support", "sales", "third"} {
		convs, err := l.hub.Conversations(ctx, channel.ConversationQuery{Channel: on})
		must("conversations of "+on, convs, err)
		page, err := l.Inbox(ctx, root, desk.InboxQuery{Channels: []string{on}})
		must("inbox of "+on, page, err)
		counts, err := l.CountInbox(ctx, root, desk.InboxQuery{Channels: []string{on}, Unread: true})
		must("inbox counts of "+on, counts, err)
		rows, err := l.hub.Spending(ctx, on)
		must("spending of "+on, rows, err)
	}
	conv, customer, err := l.hub.Conversation(ctx, l.conv)
	must("conversation", []any{conv, customer}, err)
	messages, err := l.hub.Messages(ctx, channel.MessageQuery{Conversation: l.conv})
	must("messages", messages, err)
	events, err := l.hub.Events(ctx, l.conv, 100)
	must("events", events, err)
	tickets, err := l.hub.FindByTicket(ctx, "T-2")
	must("ticket", tickets, err)
	for _, phone := range []string{danasPhone, "13125560001"} {
		found, err := l.hub.FindCustomers(ctx, "support", phone)
		must("customers "+phone, found, err)
	}
	for _, text := range []string{"hello", "changed", "Somebody"} {
		found, err := l.hub.Search(ctx, channel.SearchQuery{Text: text})
		must("found by "+text, found, err)
	}
	letters, err := l.hub.DeadLetters(ctx, deadletter.Query{Work: "in"})
	must("dead letters", letters, err)
	uncertain, err := l.hub.UncertainMessages(ctx, "support", 0)
	must("uncertain", uncertain, err)
	present, err := l.Present(ctx, root, l.conv)
	must("present", present, err)
	for deed, err := range l.hub.Deeds(ctx, deskapi.DeedQuery{}) {
		must("deed "+deed.ID, deed, err)
	}
	for c, err := range l.hub.Counters(ctx, "support", time.Now().Add(-48*time.Hour), time.Now().Add(48*time.Hour)) {
		must("counter "+c.Name, c, err)
	}
	news, _, err := l.hub.News(ctx, channel.FeedQuery{After: l.cursor})
	must("news", news, err)
	raw, err := json.MarshalIndent(all, "", " ")
	require.NoError(t, err)
	return string(raw)
}

// whatAHostDoes is everything that changes something, each once.
func whatAHostDoes(l *lived) map[string]func(ctx context.Context) error {
	discard := func(_ any, err error) error { return err }
	support := func(change func(*settings.Settings)) settings.Settings {
		s := l.hub.Channels()[1].Settings
		change(&s)
		return s
	}
	reply := func() channel.Reply {
		return channel.Reply{Conversation: l.conv, Content: &message.Text{Body: "changed"}}
	}
	notification := channel.Notification{Channel: "support", To: message.Recipient{Phone: "13125560001"}, Template: &channel.Template{Name: "news", Language: "en"}}
	known := message.Recipient{Phone: danasPhone}
	letter := store.WorkKey{Queue: "in", ID: l.letter}
	h := l.hub
	return map[string]func(ctx context.Context) error{
		"Accept": func(ctx context.Context) error {
			return l.accept(ctx, hostNumber, "13125560001", "wamid.c", "text", map[string]any{"body": "changed"})
		},
		"AddChannel": func(ctx context.Context) error { return h.AddChannel(ctx, l.channelOf("third", lostNumber)) },
		"AddChannel, UpdateSettings": func(ctx context.Context) error {
			ch := l.channelOf("third", lostNumber)
			err := h.AddChannel(ctx, ch)
			ch.Name = "changed"
			return errors.Join(err, h.UpdateSettings(ctx, ch.Settings))
		},
		"AddChannel, RemoveChannel, SetTicket": func(ctx context.Context) error {
			return errors.Join(h.AddChannel(ctx, l.channelOf("third", lostNumber)), h.RemoveChannel(ctx, "third"), h.SetTicket(ctx, l.conv, "T-2"))
		},
		"RemoveChannel": func(ctx context.Context) error { return h.RemoveChannel(ctx, "sales") },
		"RemoveChannel, AddChannel": func(ctx context.Context) error {
			ch := l.channelOf("sales", lostNumber)
			return errors.Join(h.RemoveChannel(ctx, "sales"), h.AddChannel(ctx, ch))
		},
		"UpdateSettings": func(ctx context.Context) error {
			return h.UpdateSettings(ctx, support(func(s *settings.Settings) { s.Name = "changed" }))
		},
		"UpdateSettings twice": func(ctx context.Context) error {
			err := h.UpdateSettings(ctx, support(func(s *settings.Settings) { s.Name = "changed" }))
			return errors.Join(err, h.UpdateSettings(ctx, support(func(s *settings.Settings) { s.Enabled = false })))
		},
		"ReplaceChannel": func(ctx context.Context) error {
			ch := h.Channels()[1]
			ch.Name = "changed"
			return h.ReplaceChannel(ctx, ch)
		},
		"Reply": func(ctx context.Context) error { return discard(h.Reply(ctx, dana, reply())) },
		"ReplyAll": func(ctx context.Context) error {
			return discard(h.ReplyAll(ctx, dana, []channel.Reply{reply(), reply()}))
		},
		"Notify": func(ctx context.Context) error { return discard(h.Notify(ctx, dana, notification)) },
		"NotifyAll": func(ctx context.Context) (err error) {
			rows := func(yield func(channel.Notification, error) bool) { yield(notification, nil) }
			for r := range h.NotifyAll(ctx, dana, campaign.Campaign{Key: "k"}, rows) {
				err = errors.Join(err, r.Err)
			}
			return err
		},
		"RunMacro": func(ctx context.Context) error {
			return discard(h.RunMacro(ctx, dana, channel.Macro{Conversation: l.conv, Text: "changed"}))
		},
		"CancelMessage": func(ctx context.Context) error { return h.CancelMessage(ctx, dana, l.later) },
		"ResendMessage": func(ctx context.Context) error { return h.ResendMessage(ctx, dana, l.uncertain) },
		"ResendUncertain": func(ctx context.Context) error {
			return discard(h.ResendUncertain(ctx, dana, "support", time.Now().Add(time.Hour)))
		},
		"GiveUpMessage": func(ctx context.Context) error { return h.GiveUpMessage(ctx, dana, l.uncertain) },
		"GiveUpUncertain": func(ctx context.Context) error {
			return discard(h.GiveUpUncertain(ctx, dana, "support", time.Now().Add(time.Hour)))
		},
		"Block": func(ctx context.Context) error { return h.Block(ctx, dana, l.conv, true) },
		"RecordConsent, RevokeConsent": func(ctx context.Context) error {
			err := h.RecordConsent(ctx, "support", known, conversation.Consent{At: time.Now(), Where: "shop", Wording: "yes"})
			return errors.Join(err, h.RevokeConsent(ctx, "support", known, time.Now()))
		},
		"StopMarketing": func(ctx context.Context) error { return h.StopMarketing(ctx, "support", known, time.Now()) },
		"StopMarketing of somebody new": func(ctx context.Context) error {
			return h.StopMarketing(ctx, "support", message.Recipient{Phone: "13125560001"}, time.Now())
		},
		"StopMarketing, ResumeMarketing": func(ctx context.Context) error {
			return errors.Join(h.StopMarketing(ctx, "support", known, time.Now().Add(-time.Minute)), h.ResumeMarketing(ctx, "support", known, time.Now()))
		},
		"SetTicket":   func(ctx context.Context) error { return h.SetTicket(ctx, l.conv, "T-2") },
		"SetMetadata": func(ctx context.Context) error { return h.SetMetadata(ctx, l.conv, json.RawMessage(`{"a":1}`)) },
		"SetCustomerMetadata": func(ctx context.Context) error {
			return h.SetCustomerMetadata(ctx, l.customer, json.RawMessage(`{"a":1}`))
		},
		"SetProfile": func(ctx context.Context) error {
			return h.SetProfile(ctx, l.customer, conversation.Profile{Name: "changed"})
		},
		"HandOver": func(ctx context.Context) error { return h.HandOver(ctx, dana, l.conv, conversation.Handover{}) },
		"HandBack": func(ctx context.Context) error { return h.HandBack(ctx, dana, l.conv, "") },
		"ReportStanding": func(ctx context.Context) error {
			return h.ReportStanding(ctx, "support", time.Now(), health.Standing{Quality: "YELLOW"})
		},
		"EraseMessage":      func(ctx context.Context) error { return discard(h.EraseMessage(ctx, l.picture)) },
		"EraseConversation": func(ctx context.Context) error { return discard(h.EraseConversation(ctx, l.conv)) },
		"EraseCustomer":     func(ctx context.Context) error { return discard(h.EraseCustomer(ctx, "support", known)) },
		"DropDeadLetters":   func(ctx context.Context) error { return h.DropDeadLetters(ctx, letter) },
		"ReplayDeadLetters": func(ctx context.Context) error { return h.ReplayDeadLetters(ctx, letter) },
		"ReplayAllDeadLetters": func(ctx context.Context) error {
			return discard(h.ReplayAllDeadLetters(ctx, deadletter.Replay{Work: "in"}))
		},
		"RetryNow": func(ctx context.Context) error { return h.RetryNow(ctx, "support") },
		"Upload": func(ctx context.Context) error {
			return discard(h.Upload(ctx, "support", message.Upload{Name: "a.txt", MIME: "text/plain", Body: strings.NewReader("a text")}))
		},
		"NoteDeed":     func(ctx context.Context) error { return h.NoteDeed(ctx, deskapi.Deed{Actor: dana, Verb: "call"}) },
		"Assign":       func(ctx context.Context) error { return l.Assign(ctx, root, l.conv, "dana") },
		"AssignTeam":   func(ctx context.Context) error { return l.AssignTeam(ctx, root, l.conv, "team") },
		"Resolve":      func(ctx context.Context) error { return l.Resolve(ctx, root, l.conv, "done") },
		"Move":         func(ctx context.Context) error { return l.Move(ctx, root, l.conv, rules.QueuePending, time.Time{}) },
		"SetTags":      func(ctx context.Context) error { return l.SetTags(ctx, root, l.conv, []string{"changed"}) },
		"SetTopic":     func(ctx context.Context) error { return l.SetTopic(ctx, root, l.conv, "changed") },
		"AddNote":      func(ctx context.Context) error { return discard(l.AddNote(ctx, root, l.conv, "changed")) },
		"MarkSeen":     func(ctx context.Context) error { return l.MarkSeen(ctx, root, l.conv, 2) },
		"SetPresence":  func(ctx context.Context) error { return l.SetPresence(ctx, root, l.conv, desk.Writing) },
		"desk's Reply": func(ctx context.Context) error { return discard(l.Desk.Reply(ctx, root, reply())) },
	}
}

// inOne are deeds that are done in one transaction, since each transaction is looked at from all sides.
var inOne = [][]string{
	{"SetTicket", "SetMetadata", "SetCustomerMetadata", "SetProfile", "HandOver", "HandBack", "ReportStanding"},
	{"Assign", "AssignTeam", "SetTags", "SetTopic", "AddNote", "MarkSeen", "SetPresence", "Move", "Resolve"},
	{"Reply", "ReplyAll", "RunMacro", "desk's Reply", "Notify", "NotifyAll", "Upload"},
	{"RecordConsent, RevokeConsent", "StopMarketing", "StopMarketing of somebody new", "StopMarketing, ResumeMarketing", "Block"},
	{"ReplayDeadLetters", "ReplayAllDeadLetters", "RetryNow", "NoteDeed", "ResendUncertain", "CancelMessage"},
	{"ResendMessage", "DropDeadLetters"}, {"GiveUpMessage", "UpdateSettings"}, {"GiveUpUncertain", "EraseMessage"},
}

// together returns the deeds by what is done in one transaction.
func together(all map[string]func(ctx context.Context) error) map[string]func(ctx context.Context) error {
	for _, names := range inOne {
		var some []func(ctx context.Context) error
		for _, name := range names {
			some = append(some, all[name])
			delete(all, name)
		}
		all[strings.Join(names, "; ")] = func(ctx context.Context) (err error) {
			for _, does := range some {
				err = errors.Join(err, does(ctx))
			}
			return err
		}
	}
	return all
}

// What a transaction of the host's that is rolled back wrote was never there, whoever is asked: the store, what
// the process remembers, who counts, who follows, who searches.
func TestWhatIsRolledBackWasNeverThere(t *testing.T) {
	t.Parallel()
	for engine, open := range hosts {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			st, inTx := open(t)
			running, stop := context.WithCancel(t.Context())
			l := newLived(t, st, time.Millisecond)
			done := make(chan error, 1)
			go func() { done <- l.hub.Run(running) }()
			l.live(t)
			stop()
			require.NoError(t, <-done)
			changedMind := errors.New("changed my mind")
			before := l.tells(t.Context(), t)
			for name, does := range together(whatAHostDoes(l)) {
				err := inTx(t.Context(), func(ctx context.Context) error {
					require.NoError(t, does(ctx), name)
					require.NotEqual(t, before, l.tells(ctx, t), "%s: the transaction sees what it has done", name)
					return changedMind
				})
				require.ErrorIs(t, err, changedMind, name)
				require.Equal(t, before, l.tells(t.Context(), t), name)
			}
			require.Zero(t, l.runs("in a transaction"))
		})
	}
}

// The queues are polled once an hour: what happens at once happens because somebody was told.
func TestWhatIsCommittedIsWorkedOnAtOnceAndWhatIsNotIsNot(t *testing.T) {
	t.Parallel()
	for engine, open := range hosts {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			st, inTx := open(t)
			l := newLived(t, st, time.Hour)
			runHub(t, l.hub)
			l.live(t)
			changedMind := errors.New("changed my mind")
			both := func(does func(ctx context.Context) error, nothing, done func() bool) {
				t.Helper()
				require.ErrorIs(t, inTx(t.Context(), func(ctx context.Context) error {
					require.NoError(t, does(ctx))
					return changedMind
				}), changedMind)
				require.True(t, nothing())
				require.NoError(t, inTx(t.Context(), does))
				require.Eventually(t, done, patience, 5*time.Millisecond)
			}
			talks := func(on string, n int) func() bool {
				return func() bool {
					list, err := l.hub.Conversations(t.Context(), channel.ConversationQuery{Channel: on})
					return n == 0 && errors.Is(err, channel.ErrNoChannel) || err == nil && len(list) == n
				}
			}
			accepted, told := l.runs("AcceptDone"), l.line.told()
			both(func(ctx context.Context) error {
				return l.accept(ctx, hostNumber, "13125560001", "wamid.c", "text", map[string]any{"body": "hello"})
			}, func() bool {
				return l.hub.Idle(t.Context()) == nil && talks("support", 1)() && l.runs("AcceptDone") == accepted && l.line.told() == told
			}, func() bool {
				return talks("support", 2)() && l.runs("AcceptDone") == accepted+1 && l.line.told() == told+1
			})

			var receipts []*conversation.Erased
			both(func(ctx context.Context) error {
				receipt, err := l.hub.EraseMessage(ctx, l.picture)
				receipts = append(receipts, receipt)
				return err
			}, func() bool { return l.hub.Idle(t.Context()) == nil && l.shelf.gone() == 0 }, func() bool { return l.shelf.gone() == 1 })
			require.Equal(t, receipts[0], receipts[1])
			require.Len(t, receipts[0].Attachments, 1)

			require.NoError(t, l.accept(t.Context(), lostNumber, "13125560002", "wamid.d", "text", map[string]any{"body": "anybody?"}))
			both(func(ctx context.Context) error { return l.hub.AddChannel(ctx, l.channelOf("third", lostNumber)) },
				talks("third", 0), talks("third", 1))
		})
	}
}

// What left the house, and what was only tried, is noted although the host takes its transaction back.
func TestWhatNoRollbackTakesBackIsNotedAllTheSame(t *testing.T) {
	t.Parallel()
	for engine, open := range hosts {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			st, inTx := open(t)
			l := newLived(t, st, time.Hour)
			runHub(t, l.hub)
			l.live(t)
			for _, keep := range []bool{false, true} {
				changedMind := errors.New("changed my mind")
				err := inTx(t.Context(), func(ctx context.Context) error {
					require.NoError(t, l.ExportCustomer(ctx, root, "support", message.Recipient{Phone: danasPhone}, io.Discard))
					require.NoError(t, l.Block(ctx, root, l.conv, true))
					require.NoError(t, l.SetTopic(ctx, root, l.conv, "bill"))
					require.ErrorIs(t, l.UpdateSettings(ctx, nobody, l.hub.Channels()[1].Settings), access.ErrDenied)
					if keep {
						return nil
					}
					return changedMind
				})
				require.Equal(t, keep, err == nil)
				var verbs []string
				denied := map[time.Time]bool{} // by the hour, of which another one may begin
				for deed, err := range l.hub.Deeds(t.Context(), deskapi.DeedQuery{}) {
					require.NoError(t, err)
					if deed.Outcome == deskapi.Denied {
						hour := deed.At.Truncate(time.Hour)
						require.Equal(t, "change", deed.Verb)
						require.False(t, denied[hour], "once an hour")
						denied[hour] = true
						continue
					}
					verbs = append(verbs, deed.Verb)
				}
				slices.Sort(verbs)
				want := []string{"block", "export"}
				if keep {
					want = []string{"block", "block", "export", "export", "set topic"}
				}
				require.Equal(t, want, verbs)
				require.NotEmpty(t, denied)
			}
		})
	}
}

// A campaign that waits for a limit would keep the host's transaction open, for days.
func TestACampaignInATransactionWaitsForNoLimit(t *testing.T) {
	t.Parallel()
	for engine, open := range hosts {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			st, inTx := open(t)
			hub := hubOn(t, st, &counting{}, nil)
			require.NoError(t, hub.ReportStanding(t.Context(), "support", time.Now(), health.Standing{MessagingLimit: "1"}))
			rows := func(yield func(channel.Notification, error) bool) {
				for _, phone := range []string{"13125560001", "13125560002"} {
					if !yield(channel.Notification{Channel: "support", To: message.Recipient{Phone: phone}, Template: &channel.Template{Name: "news", Language: "en"}}, nil) {
						return
					}
				}
			}
			var errs []error
			require.NoError(t, inTx(t.Context(), func(ctx context.Context) error {
				for r := range hub.NotifyAll(ctx, dana, campaign.Campaign{Key: "k"}, rows) {
					errs = append(errs, r.Err)
				}
				return nil
			}))
			require.Len(t, errs, 2)
			require.NoError(t, errs[0])
			require.ErrorIs(t, errs[1], pricing.ErrLimitReached)
		})
	}
}

// What a transaction of the host's changes is nobody else's before it is committed: others see it in no list.
func TestTheInboxOfATransactionIsItsOwn(t *testing.T) {
	t.Parallel()
	for engine, open := range hosts {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			st, inTx := open(t)
			l := newLived(t, st, time.Hour)
			runHub(t, l.hub)
			l.live(t)
			tagged := func(ctx context.Context) int {
				page, err := l.Inbox(ctx, root, desk.InboxQuery{Tags: []string{"changed"}})
				require.NoError(t, err)
				counts, err := l.CountInbox(ctx, root, desk.InboxQuery{Tags: []string{"changed"}})
				require.NoError(t, err)
				require.Equal(t, page.Total, counts.Total)
				return page.Total
			}
			require.Zero(t, tagged(t.Context()))
			for _, keep := range []bool{false, true} {
				changedMind := errors.New("changed my mind")
				err := inTx(t.Context(), func(ctx context.Context) error {
					require.NoError(t, l.SetTags(ctx, root, l.conv, []string{"changed"}))
					require.Equal(t, 1, tagged(ctx))
					if engine != "SQLite" { // which has one writer
						require.NoError(t, l.hub.SetCustomerMetadata(t.Context(), l.customer, json.RawMessage(`{}`)), "something to follow")
					}
					require.Zero(t, tagged(t.Context()))
					if keep {
						return nil
					}
					return changedMind
				})
				require.Equal(t, keep, err == nil)
				if keep {
					require.Equal(t, 1, tagged(t.Context()))
				} else {
					require.Zero(t, tagged(t.Context()))
				}
			}
		})
	}
}

// What a process has read in a transaction that is rolled back is not what the others shared since.
func TestSettingsOfOthersAreLearnedAfterARollback(t *testing.T) {
	t.Parallel()
	for engine, open := range hosts {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			st, inTx := open(t)
			one, other := newLived(t, st, time.Nanosecond).hub, newLived(t, st, time.Nanosecond).hub
			named := func(ctx context.Context) string {
				ch, err := one.Channel(ctx, "support")
				require.NoError(t, err)
				return ch.Name
			}
			require.Equal(t, "The support", named(t.Context()))
			changed := one.Channels()[1].Settings
			changedMind := errors.New("changed my mind")
			require.ErrorIs(t, inTx(t.Context(), func(ctx context.Context) error {
				changed.Name = "Hers"
				require.NoError(t, other.UpdateSettings(ctx, changed))
				require.Equal(t, "Hers", named(ctx), "of another hub in the same transaction")
				return changedMind
			}), changedMind)
			require.Equal(t, "The support", named(t.Context()))
			require.ErrorIs(t, inTx(t.Context(), func(ctx context.Context) error {
				changed.Name = "Mine"
				require.NoError(t, one.UpdateSettings(ctx, changed))
				require.Equal(t, "Mine", named(ctx))
				return changedMind
			}), changedMind)
			changed.Name = "Theirs"
			require.NoError(t, other.UpdateSettings(t.Context(), changed))
			require.Equal(t, "Theirs", named(t.Context()))
		})
	}
}
