package channel_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

// story is what happened between some people and a number: the first messages and their
// answers, which every run has in the same order, and everything after, which comes in
// any order.
type story struct {
	rng    *rand.Rand
	clock  time.Time
	n      int
	people []*person
	items  []channeltest.Item
}

type person struct {
	channeltest.Face                   // as the person is now
	first            *channeltest.Face // what the first message shows, nil for strangers who come later
	variants         bool              // a number of Brazil, with and without its ninth digit
	called           string            // the first name
	unsure           bool              // some items show nothing but the number
	legacy           int               // so many items still show the phone number only
	shy              bool              // adopted a username: the number does not always show
	texts            []string          // wamids of messages that were not deleted
	news             bool              // statuses of the answer were told
}

// tick goes on to the next item; some happen within one second.
func (s *story) tick() time.Time {
	s.clock = s.clock.Add(time.Duration(max(0, s.rng.IntN(400)-60)) * time.Second)
	return s.clock
}

func (s *story) id(kind string) string {
	s.n++
	return fmt.Sprintf("wamid.%s %d", kind, s.n)
}

func (s *story) add(it channeltest.Item) { s.items = append(s.items, it) }

// shown is what the next item shows of a person.
func (s *story) shown(p *person) channeltest.Face {
	f := p.Face
	if p.variants && len(f.Phone) == 13 && s.rng.IntN(2) == 0 {
		f.Phone = f.Phone[:4] + f.Phone[5:]
	}
	switch {
	case p.legacy > 0:
		p.legacy--
		return channeltest.Face{Phone: f.Phone, Name: f.Name}
	case p.shy && s.rng.IntN(2) == 0:
		f.Phone = ""
	}
	return f
}

func (s *story) meet() *person {
	i := len(s.people)
	p := &person{Face: channeltest.Face{
		Name: fmt.Sprint("Person ", i), Phone: fmt.Sprintf("1312555%02d00", i), Bsuid: fmt.Sprintf("US.%d0", i),
	}}
	p.called = p.Name
	switch s.rng.IntN(5) {
	case 0:
		p.legacy, p.unsure = 1+s.rng.IntN(3), true
	case 1:
		p.shy, p.Username = true, fmt.Sprint("person", i)
	case 2:
		p.Parent = fmt.Sprintf("US.ENT.%d0", i)
	}
	if s.rng.IntN(4) == 0 {
		p.variants = true
		p.Phone = fmt.Sprintf("55119555501%02d", i)
	}
	s.people = append(s.people, p)
	return p
}

// tell makes a story.
func tell(seed uint64) *story {
	s := &story{rng: rand.New(rand.NewPCG(seed, 1)), clock: channeltest.Dawn.Add(-20 * time.Hour)}
	for range 2 + s.rng.IntN(3) {
		p := s.meet()
		p.first = new(s.shown(p))
	}
	for range 10 + s.rng.IntN(50) {
		s.happen(s.people[s.rng.IntN(len(s.people))])
	}
	return s
}

// answerTo is the text of the answer that everybody gets to the first message.
func answerTo(name string) string { return "answer to " + name }

// happen adds something that a person, WhatsApp, or an employee with the Business app did.
func (s *story) happen(p *person) {
	at := s.tick()
	switch s.rng.IntN(26) {
	case 0, 1, 2:
		id := s.id("text")
		if s.rng.IntN(3) == 0 {
			id = s.real()
		}
		var extra []any
		switch s.rng.IntN(6) {
		case 0:
			extra = []any{"context", map[string]any{"from": channeltest.LabDisplay, "id": channeltest.OutWAMID(answerTo(p.called))}}
		case 1:
			extra = []any{"context", map[string]any{"forwarded": true}}
		case 2:
			extra = []any{"referral", map[string]any{"source_type": "ad", "source_id": "1", "source_url": "https://fb.me/x", "ctwa_clid": "c"}}
		case 3:
			if len(p.texts) > 0 {
				extra = []any{"context", map[string]any{"id": p.texts[s.rng.IntN(len(p.texts))]}}
			}
		case 4:
			s.add(s.shown(p).Past(at, id, "text of "+id, false)) // the chat history has it as well
		}
		s.add(s.shown(p).Text(at, id, "text of "+id, extra...))
		p.texts = append(p.texts, id)
	case 3:
		s.add(s.shown(p).Message(at, s.id("image"), "image", map[string]any{
			"id": "77", "mime_type": "image/png", "sha256": "abc=", "caption": "a picture",
		}))
	case 4:
		s.add(s.shown(p).Message(at, s.id("future"), "hologram", map[string]any{"angle": 7}))
	case 5, 6:
		if len(p.texts) > 0 {
			s.add(s.shown(p).Edit(at, s.id("edit"), s.named(p.texts[s.rng.IntN(len(p.texts))]), fmt.Sprint("edited ", s.n)))
		}
	case 7:
		if n := len(p.texts); n > 0 {
			s.add(s.shown(p).Revoke(at, s.id("revoke"), s.named(p.texts[n-1])))
			p.texts = p.texts[:n-1]
		}
	case 8:
		emoji := []string{"👍", "🎉", ""}[s.rng.IntN(3)]
		s.add(s.shown(p).Reaction(at, s.id("reaction"), channeltest.OutWAMID(answerTo(p.called)), emoji))
	case 9:
		s.add(s.shown(p).Preference(at, []string{"stop", "resume"}[s.rng.IntN(2)]))
	case 10:
		id := s.id("call")
		s.add(s.shown(p).Call(at, id, "connect"))
		s.add(s.shown(p).Call(s.tick(), id, "terminate"))
	case 11:
		id := s.id("echo")
		s.add(s.shown(p).Echo(at, id, "text", map[string]any{"body": "text of " + id}))
		if s.rng.IntN(2) == 0 {
			s.add(s.shown(p).Echo(s.tick(), s.id("echoedit"), "edit", map[string]any{
				"original_message_id": id, "message": map[string]any{"type": "text", "text": map[string]any{"body": "edited echo"}},
			}))
		}
	case 12:
		id := s.id("past")
		s.add(s.shown(p).Past(channeltest.Dawn.Add(-48*time.Hour-time.Duration(s.n)*time.Hour), id, "text of "+id, s.rng.IntN(2) == 0))
	case 13, 14:
		if !p.news && p.first != nil {
			p.news = true
			s.statuses(p)
		}
	case 15:
		if p.legacy == 0 {
			s.move(p)
		}
	case 16:
		p.Name = fmt.Sprintf("%s, %d", p.called, s.n)
	case 17:
		if p.shy {
			p.Username = fmt.Sprint(p.Username, s.n)
		}
	case 18:
		id := s.id("standby")
		it := s.shown(p).Text(at, id, "text of "+id)
		s.add(channeltest.Item{Kind: "standby", Field: "standby", Value: map[string]any{"standby": it.Value}})
	case 19:
		id := s.id("group")
		it := s.shown(p).Text(at, id, "text of "+id, "group_id", "G1")
		it.Kind = "group"
		s.add(it)
		if s.rng.IntN(2) == 0 {
			edit := s.shown(p).Edit(s.tick(), s.id("groupedit"), id, "edited in the group")
			edit.Value["messages"].([]any)[0].(map[string]any)["group_id"] = "G1"
			s.add(edit)
		}
	case 20, 21:
		if len(p.texts) > 0 {
			emoji := []string{"👀", "✅", ""}[s.rng.IntN(3)]
			it := s.shown(p).Echo(at, s.id("echoreaction"), "reaction", channeltest.Set(map[string]any{
				"message_id": s.named(p.texts[s.rng.IntN(len(p.texts))]),
			}, "emoji", emoji))
			it.Kind = "reaction of ours"
			s.add(it)
		}
	case 22:
		never := s.id("never")
		if s.rng.IntN(2) == 0 {
			never = s.real()
		}
		for range 1 + s.rng.IntN(3) {
			it := s.shown(p).Edit(s.tick(), s.id("lateedit"), s.named(never), fmt.Sprint("edit of what never came ", s.n))
			it.Kind = "edit of the unknown"
			s.add(it)
		}
	case 23:
		never := s.id("never")
		if s.rng.IntN(2) == 0 {
			never = s.real()
		}
		for range 1 + s.rng.IntN(2) {
			it := s.shown(p).Reaction(s.tick(), s.id("latereaction"), s.named(never), []string{"👍", "🎉", ""}[s.rng.IntN(3)])
			it.Kind = "reaction to the unknown"
			s.add(it)
		}
	case 24:
		s.add(accountNews(at, "account_alerts", map[string]any{
			"entity_type": "BUSINESS", "entity_id": "1", "alert_severity": "WARNING", "alert_status": "ACTIVE",
			"alert_type": fmt.Sprint("ALERT_", s.n%3), "alert_description": "something",
		}))
	case 25:
		s.add(accountNews(at, "phone_number_quality_update", map[string]any{
			"display_phone_number": channeltest.LabDisplay, "event": []string{"FLAGGED", "UNFLAGGED"}[s.rng.IntN(2)],
			"current_limit": fmt.Sprint("TIER_", s.n),
		}))
	}
}

// real is a wamid as WhatsApp makes them, of which there are two for one message.
func (s *story) real() string {
	s.n++
	one, _ := twins(fmt.Sprintf("3EB0%016d", s.n))
	return one
}

// named is a wamid or, where there are two of one message, one of them.
func (s *story) named(wamid string) string {
	if !strings.ContainsAny(wamid, " ") && s.rng.IntN(2) == 0 {
		return other(wamid)
	}
	return wamid
}

// accountNews is an item about the account as a whole.
func accountNews(at time.Time, field string, value map[string]any) channeltest.Item {
	return channeltest.Item{Kind: field, Field: field, Value: value, Account: at}
}

// statuses adds what became of the answer to a person.
func (s *story) statuses(p *person) {
	f := s.shown(p)
	wamid, opaque := channeltest.OutWAMID(answerTo(p.called)), ""
	if s.rng.IntN(3) > 0 {
		opaque = "OPAQUE " + answerTo(p.called) + "."
	}
	price := []any{"pricing", map[string]any{"billable": true, "pricing_model": "PMP", "type": "regular", "category": "service"}}
	s.add(f.Status(s.clock, wamid, opaque, "sent", price...))
	switch s.rng.IntN(4) {
	case 0:
		s.add(f.Status(s.tick(), wamid, opaque, "failed", "errors", []any{map[string]any{"code": 131026 + 24*s.rng.IntN(2), "title": "x"}}))
	case 1:
		s.add(f.Status(s.tick(), wamid, opaque, "delivered", price...))
		if s.rng.IntN(2) == 0 {
			it := f.Status(s.tick(), wamid, opaque, "failed", "errors", []any{map[string]any{"code": 131026, "title": "x"}})
			it.Kind = "status failed after delivery"
			s.add(it)
		}
	case 2:
		s.add(f.Status(s.tick(), wamid, opaque, "delivered", price...))
		s.add(f.Status(s.tick(), wamid, opaque, "read"))
	}
}

// move gives the person another number, and perhaps the old one to a stranger.
func (s *story) move(p *person) {
	old := p.Face
	s.n++
	p.Bsuid = fmt.Sprintf("%s%d", p.Bsuid, s.n)
	if p.Parent != "" {
		p.Parent = fmt.Sprintf("%s%d", p.Parent, s.n)
	}
	p.Phone = fmt.Sprintf("1312555%04d", 1000+s.n)
	shown := p.Face
	if p.shy {
		shown.Phone = ""
	}
	s.add(old.Moved(s.clock, s.id("system"), shown))
	if !p.unsure && s.rng.IntN(2) == 0 {
		q := s.meet()
		q.Phone, q.legacy, q.shy = old.Phone, 0, false
	}
}

// order is one way in which a story can be delivered.
type order struct {
	rng  *rand.Rand // nil: in order, each item alone
	slow bool       // the answers to the sends come late: statuses overtake them
	// amnesia makes the store forget what it has seen: items that come again are applied again.
	amnesia bool
	desk    bool // the hub has one
}

// posts are the POSTs of a story in this order: shuffled, repeated, in batches.
func (o order) posts(items []channeltest.Item) [][]channeltest.Item {
	var posts [][]channeltest.Item
	if o.rng == nil {
		for _, it := range items {
			posts = append(posts, []channeltest.Item{it})
		}
		return posts
	}
	items = slices.Clone(items)
	for _, it := range items {
		if o.rng.IntN(3) == 0 {
			items = append(items, it)
		}
	}
	o.rng.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	for len(items) > 0 {
		n := min(len(items), 1+o.rng.IntN(8))
		posts = append(posts, items[:n])
		items = items[n:]
	}
	return posts
}

// play runs a hub over the story and returns what it knows in the end.
func (o order) play(t *testing.T, s *story) (end known) {
	t.Helper()
	var st store.Store = memstore.New()
	if o.amnesia {
		st = forgetful{st}
	}
	options := channeltest.LabOptions{Store: st}
	if o.desk {
		options.New = func(c channel.Config) (*channel.Hub, error) {
			c.Channels[0].Desk = desk.Settings{Rules: rules.Default()}.JSON()
			d, err := desk.New(desk.Config{Hub: c})
			if err != nil {
				return nil, err
			}
			return d.Hub(), nil
		}
	}
	experiment(t, options, func(t *testing.T, l *lab) {
		for i, p := range s.people {
			if p.first != nil {
				at := channeltest.Dawn.Add(-21*time.Hour + time.Duration(i)*time.Minute)
				l.Post(p.first.Text(at, "wamid.first "+p.Name, "hello"))
				l.Pass(time.Second)
			}
		}
		if o.slow {
			l.Line.Sends(channeltest.TakesTime)
		}
		ids := l.answerAll()
		if synctest.Wait(); !o.slow {
			l.Pass(time.Second)
		}
		for _, post := range o.posts(s.items) {
			require.NoError(t, l.Accept([]byte(ids.Replace(string(channeltest.Body(post...))))))
			switch {
			case o.rng == nil:
				l.Pass(time.Second)
			case o.rng.IntN(3) == 0:
				l.Pass(time.Duration(o.rng.IntN(400)) * time.Millisecond)
			}
		}
		l.Pass(2 * time.Minute)
		end = l.know()
		require.NotContains(t, l.Logs.String(), "level=ERROR")
	})
	return end
}

// forgetful takes everything for new that is not there any more.
type forgetful struct{ store.Store }

func (f forgetful) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	c := *b
	c.Enqueue = slices.Clone(b.Enqueue)
	for i := range c.Enqueue {
		c.Enqueue[i].Once = false
	}
	return f.Store.Commit(ctx, &c)
}

// answerAll answers everybody. What it returns puts our own IDs of the answers into
// webhooks.
func (l *lab) answerAll() *strings.Replacer {
	var pairs []string
	for _, conv := range l.Conversations() {
		_, customer, err := l.Hub.Conversation(l.T.Context(), conv.ID)
		require.NoError(l.T, err)
		m, err := l.Reply(conv.ID, answerTo(customer.Name))
		require.NoError(l.T, err)
		pairs = append(pairs, "OPAQUE "+answerTo(customer.Name)+".", m.ID)
	}
	return strings.NewReplacer(pairs...)
}

// known is what a hub knows in the end. What depends on the order without meaning
// anything is left out: the IDs of customers and how their messages are grouped into
// conversations.
type known struct {
	People   []knownPerson
	Received []string // wamids that the host was given, sorted
	Waiting  []string // what is known of messages of which only edits and reactions are, sorted
	Standing health.Standing
	Notices  []conversation.Notice
}

type knownPerson struct {
	Customer conversation.Customer
	Messages []conversation.Message
}

func (l *lab) know() known {
	l.T.Helper()
	living := map[string]*conversation.Customer{}
	into := map[string]string{}
	for _, r := range l.Records("customer") {
		c := new(conversation.Customer)
		require.NoError(l.T, json.Unmarshal(r.Body, c))
		if c.MergedInto != "" {
			into[c.ID] = c.MergedInto
			continue
		}
		living[c.ID], c.Aliases = c, nil
	}
	for _, r := range l.Records("alias") {
		var a struct{ Customer string }
		require.NoError(l.T, json.Unmarshal(r.Body, &a))
		for into[a.Customer] != "" {
			a.Customer = into[a.Customer]
		}
		require.Contains(l.T, living, a.Customer, "an alias leads to somebody")
		living[a.Customer].Aliases = append(living[a.Customer].Aliases, r.Key)
	}
	var k known
	owned := map[string]bool{}
	for _, c := range living {
		k.People = append(k.People, knownPerson{*c, l.export(c, owned)})
	}
	for _, r := range l.Records("message") {
		var m struct {
			Direction conversation.Direction `json:"direction"`
			SameAs    string                 `json:"same_as"`
		}
		require.NoError(l.T, json.Unmarshal(r.Body, &m))
		if m.Direction == "" {
			if m.SameAs == "" {
				k.Waiting = append(k.Waiting, waiting(l.T, r.Body))
			}
			continue
		}
		require.True(l.T, owned[r.Key], "a message that no customer's export contains")
	}
	slices.Sort(k.Waiting)
	for i := range k.People {
		c := &k.People[i].Customer
		slices.Sort(c.Aliases)
		c.ID, c.Conversation, c.Merged = "", "", nil
	}
	slices.SortFunc(k.People, func(a, b knownPerson) int {
		return slices.Compare(a.Customer.Aliases, b.Customer.Aliases)
	})
	for _, in := range l.Host.Received {
		k.Received = append(k.Received, in.Message.WAMID)
	}
	slices.Sort(k.Received)
	health, err := l.Hub.Health(l.T.Context())
	require.NoError(l.T, err)
	k.Standing, k.Notices = health.Channels[0].Standing, health.Channels[0].Notices
	return k
}

// waiting is what a record says of a message that never came, apart from whose it was then.
func waiting(t *testing.T, body []byte) string {
	t.Helper()
	var r struct{ Pending map[string]any }
	require.NoError(t, json.Unmarshal(body, &r))
	delete(r.Pending, "customer")
	text, err := json.Marshal(r.Pending)
	require.NoError(t, err)
	return string(text)
}

// export returns all messages of a customer.
func (l *lab) export(c *conversation.Customer, owned map[string]bool) []conversation.Message {
	l.T.Helper()
	var out bytes.Buffer
	who := message.Recipient{BSUID: c.BSUID, Group: c.Group}
	if who.BSUID == "" {
		who.Phone = c.Phone
	}
	require.NoError(l.T, l.Hub.ExportCustomer(l.T.Context(), "support", who, &out))
	var all []conversation.Message
	for dec := json.NewDecoder(&out); dec.More(); {
		var line struct{ Message *conversation.Message }
		require.NoError(l.T, dec.Decode(&line))
		m := line.Message
		if m == nil {
			continue
		}
		require.False(l.T, owned[m.ID], "a message belongs to one customer")
		owned[m.ID] = true
		m.Conversation, m.Seq = "", 0
		m.Delivery.AcceptedAt = time.Time{} // by our own clock
		slices.SortFunc(m.Reactions, func(a, b conversation.Reaction) int { return strings.Compare(a.By, b.By) })
		all = append(all, *m)
	}
	slices.SortFunc(all, func(a, b conversation.Message) int { return strings.Compare(a.WAMID, b.WAMID) })
	return all
}

// differ returns the fields in which two ends differ, one on a line.
func differ(want, got known) string {
	var d differences
	cmp.Equal(want, got, cmp.Reporter(&d))
	return strings.Join(d.lines, "\n")
}

type differences struct {
	path  cmp.Path
	lines []string
}

func (d *differences) PushStep(s cmp.PathStep) { d.path = append(d.path, s) }
func (d *differences) PopStep()                { d.path = d.path[:len(d.path)-1] }
func (d *differences) Report(r cmp.Result) {
	if !r.Equal() {
		want, got := d.path.Last().Values()
		d.lines = append(d.lines, fmt.Sprintf("%v: in order %+v, but now %+v", d.path, want, got))
	}
}

func TestAnyOrderOfAnyStoryEndsTheSame(t *testing.T) {
	t.Parallel()
	stories := uint64(12)
	if testing.Short() {
		stories = 4
	}
	for seed := range stories {
		for name, desk := range map[string]bool{"alone": false, "with a desk": true} {
			t.Run(fmt.Sprintf("story %d, %s", seed, name), func(t *testing.T) {
				t.Parallel()
				s := tell(seed)
				want := order{desk: desk}.play(t, s)
				for i := range uint64(3) {
					o := order{rng: rand.New(rand.NewPCG(seed, 100+i)), slow: i == 1, amnesia: i == 2, desk: desk}
					require.Empty(t, differ(want, o.play(t, s)), "order %d", i)
				}
			})
		}
	}
}

// A property that is checked on empty histories says nothing.
func TestStoriesHaveEverythingInThem(t *testing.T) {
	t.Parallel()
	kinds := map[string]int{}
	strangers, moves := 0, 0
	for seed := range uint64(24) {
		s := tell(seed)
		for _, it := range s.items {
			kinds[it.Kind]++
		}
		for _, p := range s.people {
			if p.first == nil {
				strangers++
			}
		}
		moves += kinds["moved"]
	}
	for _, kind := range []string{
		"text", "image", "hologram", "edit", "revoke", "reaction", "preference", "call connect", "call terminate",
		"echo text", "echo edit", "history in", "history out", "standby", "group", "moved",
		"status sent", "status delivered", "status read", "status failed", "status failed after delivery",
		"reaction of ours", "edit of the unknown", "reaction to the unknown", "account_alerts", "phone_number_quality_update",
	} {
		require.Positive(t, kinds[kind], kind)
	}
	require.Positive(t, strangers, "numbers that were given to somebody else")
	require.Positive(t, moves)
}
