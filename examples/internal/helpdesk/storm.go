package helpdesk

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

// outcome is what a storm left behind.
type outcome struct {
	Customers, Written, Lost, Doubled int
	Findings                          []string // rules of the platform that were broken
	Took                              time.Duration
}

// String says it in a sentence.
func (o outcome) String() string {
	text := fmt.Sprintf("%d customers wrote %d messages through webhooks that came twice, late, in disorder, cut, merged, forged and broken: %d lost, %d doubled, in %s.",
		o.Customers, o.Written, o.Lost, o.Doubled, o.Took.Round(time.Millisecond))
	if len(o.Findings) > 0 {
		text += " Rules of the platform that were broken: " + strings.Join(o.Findings, ", ") + "."
	}
	return text
}

// The size of a storm.
const stormCustomers, stormMessages = 20, 10

// stormPatience is for how long nothing more may arrive before what has not is called lost.
const stormPatience = 2 * time.Minute

// storm lets many customers write at once while the webhooks misbehave in every way, and counts what the
// desk has of it.
func (d *demo) storm(ctx context.Context, hub *channel.Hub) (outcome, error) {
	begin := time.Now()
	d.storms++
	d.world.ClearAudit()
	d.world.SetFaults(cloudapitest.Faults{
		Duplicate: 0.5, Reorder: 0.5, Lose: 0.2, Malform: 0.3, Future: 0.3, Forge: 0.3, Split: 0.3, Delay: 0.2, MaxDelay: 2 * time.Second, Merge: 7,
	})
	defer d.world.SetFaults(cloudapitest.Faults{})
	want := map[string]bool{}
	for c := range stormCustomers {
		user := d.world.AddUser(cloudapitest.UserConfig{Name: fmt.Sprintf("Storm %d-%d", d.storms, c+1)})
		for m := range stormMessages {
			text := fmt.Sprintf("storm %d, customer %d, message %d", d.storms, c+1, m+1)
			want[text] = true
			user.Text(d.number, text)
		}
	}
	got, came := map[string]int{}, time.Now()
	for len(got) < len(want) && time.Since(came) < stormPatience {
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
			d.world.Advance(time.Minute) // what was lost comes again, later and later
		}
		now, err := d.filed(ctx, hub)
		if err != nil {
			return outcome{}, err
		}
		if len(now) > len(got) {
			came = time.Now()
		}
		got = now
	}
	o := outcome{Customers: stormCustomers, Written: len(want), Took: time.Since(begin), Lost: len(want) - len(got)}
	for n := range maps.Values(got) {
		o.Doubled += n - 1
	}
	for _, f := range d.world.Audit() {
		o.Findings = append(o.Findings, string(f.Rule))
	}
	return o, nil
}

// filed counts the messages of this storm that are in the hub.
func (d *demo) filed(ctx context.Context, hub *channel.Hub) (map[string]int, error) {
	got := map[string]int{}
	list, err := hub.Conversations(ctx, channel.ConversationQuery{Channel: channelID, Limit: 1000})
	for i := 0; err == nil && i < len(list); i++ {
		messages, readErr := hub.Messages(ctx, channel.MessageQuery{Conversation: list[i].ID, Limit: 1000})
		err = readErr
		for _, m := range messages {
			if strings.HasPrefix(m.Text, fmt.Sprintf("storm %d,", d.storms)) {
				got[m.Text]++
			}
		}
	}
	return got, err
}

// breakIt runs a storm and says what became of it.
func (a *app) breakIt(w http.ResponseWriter, r *http.Request) {
	d, ok := a.phone.(*demo)
	if !ok || !a.storming.TryLock() {
		http.Error(w, "There is a storm already, or none can be made here.", http.StatusConflict)
		return
	}
	defer a.storming.Unlock()
	o, err := d.storm(r.Context(), a.hub)
	if err != nil {
		a.log.Error("helpdesk: storm", "error", err)
		http.Error(w, "The storm broke off. The log of the program says why.", http.StatusInternalServerError)
		return
	}
	a.pages.notify()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = fmt.Fprint(w, o) // a page that went away needs no answer
}
