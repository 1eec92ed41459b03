package conversation_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/conversation"
)

// inAnyOrder applies facts to fresh values in the order in which they come and in others, some of
// them twice, and requires the same end.
func inAnyOrder[T, F any](t *testing.T, rng *rand.Rand, facts []F, fresh func() T, apply func(*T, F), opts ...cmp.Option) {
	t.Helper()
	want := fresh()
	for _, f := range facts {
		apply(&want, f)
	}
	for range 5 {
		again := slices.Concat(facts, facts[:rng.IntN(len(facts)+1)])
		rng.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
		got := fresh()
		for _, f := range again {
			apply(&got, f)
		}
		require.Empty(t, cmp.Diff(want, got, opts...), "%+v", facts)
	}
}

func some(rng *rand.Rand, n int, prefix string) string {
	if k := rng.IntN(n); k > 0 {
		return fmt.Sprint(prefix, k)
	}
	return ""
}

func soon(rng *rand.Rand) time.Time { return noon.Add(time.Duration(rng.IntN(4)) * time.Second) }

type said struct {
	who conversation.Identity
	at  time.Time
}

func randomIdentity(rng *rand.Rand) conversation.Identity {
	return conversation.Identity{
		BSUID: some(rng, 3, "DE."), ParentBSUID: some(rng, 3, "DE.ENT."), Phone: some(rng, 3, "1555010"),
		Username: some(rng, 3, "kim"), Name: some(rng, 3, "Kim "),
	}
}

func TestWhatIsLearnedOfAPersonEndsTheSameInAnyOrder(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		facts := make([]said, 1+rng.IntN(6))
		for i := range facts {
			facts[i] = said{randomIdentity(rng), soon(rng)}
		}
		inAnyOrder(t, rng, facts, func() conversation.Customer { return conversation.Customer{} },
			func(c *conversation.Customer, f said) { c.Learn(f.who, f.at) })
	}
}

func TestIdentitiesMergeTheSameInAnyOrderAndAnyNumberOfTimes(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	learned := func() conversation.Identity {
		var c conversation.Customer
		for range rng.IntN(4) {
			c.Learn(randomIdentity(rng), soon(rng))
		}
		return c.Identity
	}
	for range 2000 {
		a, b, c := learned(), learned(), learned()
		require.Equal(t, a.Merge(b), b.Merge(a), "commutative")
		require.Equal(t, a.Merge(b).Merge(c), a.Merge(b.Merge(c)), "associative")
		require.Equal(t, a, a.Merge(a), "idempotent")
	}
}

func TestAfterAMoveNothingOlderComesBack(t *testing.T) {
	t.Parallel()
	c := &conversation.Customer{}
	c.Learn(conversation.Identity{BSUID: "DE.1", Phone: "15550101", Name: "Kim"}, noon)
	c.Move(conversation.Identity{BSUID: "DE.2", Phone: "15550102"}, noon.Add(time.Hour))
	c.Learn(conversation.Identity{BSUID: "DE.1", Phone: "15550101", ParentBSUID: "DE.ENT.1"}, noon.Add(time.Minute))
	require.Equal(t, "DE.2", c.BSUID)
	require.Equal(t, "15550102", c.Phone)
	require.Empty(t, c.ParentBSUID, "what the move does not show is not known any more")
	require.Equal(t, "Kim", c.Name, "people keep their name")
}

func TestTheLastWishAboutMarketingCountsInAnyOrder(t *testing.T) {
	t.Parallel()
	type wish struct {
		stop bool
		at   time.Time
	}
	rng := rand.New(rand.NewPCG(7, 8))
	for range 500 {
		facts := make([]wish, 1+rng.IntN(5))
		for i := range facts {
			facts[i] = wish{rng.IntN(2) == 0, soon(rng).Add(time.Duration(rng.IntN(3)) * 400 * time.Millisecond)}
		}
		inAnyOrder(t, rng, facts, func() conversation.Customer { return conversation.Customer{} },
			func(c *conversation.Customer, f wish) {
				if f.stop {
					c.StopMarketing(f.at)
				} else {
					c.ResumeMarketing(f.at)
				}
			})
	}
}

func TestAStopWithinTheSecondOfAnotherWishHoldsAlsoInAMerger(t *testing.T) {
	t.Parallel()
	for _, known := range []time.Time{noon.Add(400 * time.Millisecond), noon} { // as earlier releases kept it, and as it is kept
		resumed := conversation.Customer{ID: "c_a", Preference: known}
		var stopped conversation.Customer
		require.True(t, stopped.StopMarketing(noon))
		one, other := resumed, stopped
		one.Absorb(&stopped, false)
		other.Absorb(&resumed, false)
		require.Equal(t, noon, one.MarketingStopped)
		require.Equal(t, noon, other.MarketingStopped)
		require.True(t, resumed.StopMarketing(noon))
	}
}

func TestOfTwoCustomersWhoAreOneNothingIsLost(t *testing.T) {
	t.Parallel()
	old := conversation.Customer{ID: "c_b", Created: noon, Consents: []conversation.Consent{{Where: "form"}}, Merged: []string{"c_z"}}
	old.Learn(conversation.Identity{Phone: "15550101", Name: "Kim"}, noon)
	late := conversation.Customer{ID: "c_a", Created: noon.Add(time.Minute), Consents: []conversation.Consent{{Where: "call"}}, Merged: []string{"c_y"}}
	late.Learn(conversation.Identity{BSUID: "DE.1", Name: "Kim B."}, noon.Add(time.Minute))
	late.StopMarketing(noon.Add(time.Minute))
	require.True(t, old.Older(&late))
	require.False(t, late.Older(&old))
	twin := conversation.Customer{ID: "c_c", Created: noon}
	require.True(t, old.Older(&twin), "of two of the same second always the same one")

	old.Absorb(&late, false)
	require.Equal(t, "DE.1", old.BSUID)
	require.Equal(t, "15550101", old.Phone)
	require.Equal(t, "Kim B.", old.Name)
	require.Equal(t, noon.Add(time.Minute), old.MarketingStopped)
	require.Len(t, old.Consents, 2)
	require.Equal(t, []string{"c_z", "c_y", "c_a"}, old.Merged)
}

func randomAmendment(rng *rand.Rand) conversation.Amendment {
	at := soon(rng)
	switch rng.IntN(5) {
	case 0:
		return conversation.Amendment{Deleted: at}
	case 1:
		by := []string{"customer", "business"}[rng.IntN(2)]
		return conversation.Amendment{Reactions: []conversation.Reaction{{By: by, Emoji: some(rng, 3, "e"), At: at}}}
	default:
		text := some(rng, 4, "text ")
		return conversation.Amendment{
			Edited: at.Add(time.Second), Message: &conversation.Message{Text: text + "!", Redacted: text == "text 3"},
		}
	}
}

// bySide compares reactions whatever order the sides are in.
var bySide = cmpopts.SortSlices(func(a, b conversation.Reaction) bool { return a.By < b.By })

func TestWhatOvertakesAMessageEndsTheSameInAnyOrder(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(9, 10))
	for range 500 {
		facts := make([]conversation.Amendment, 1+rng.IntN(5))
		for i := range facts {
			facts[i] = randomAmendment(rng)
		}
		written := func() conversation.Message { return conversation.Message{ID: "m_1", Text: "card 12", Kind: "text"} }
		inAnyOrder(t, rng, facts, written, func(m *conversation.Message, a conversation.Amendment) { m.Amend(a) }, bySide)

		// Collected first, while the message is not there, and then applied in one go.
		want := written()
		var waiting conversation.Amendment
		for _, a := range facts {
			want.Amend(a)
			waiting.Merge(a)
		}
		got := written()
		got.Amend(waiting)
		require.Empty(t, cmp.Diff(want, got, bySide), "%+v", facts)
		require.False(t, got.Amend(waiting), "again it is no news")
	}
}
