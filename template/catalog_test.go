package template_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/template"
)

// approved returns a small approved template.
func approved(name, language string) template.Definition {
	return template.Definition{
		ID: "5550001", Name: name, Language: language, Category: template.Utility, Status: template.StatusApproved,
		Components: []template.Component{&template.Body{Text: "About " + name + ", all is well."}},
	}
}

// listing yields definitions as a client would.
func listing(list ...template.Definition) iter.Seq2[template.Definition, error] {
	return func(yield func(template.Definition, error) bool) {
		for _, d := range list {
			if !yield(d, nil) {
				return
			}
		}
	}
}

func newCatalog(t testing.TB, cfg template.CatalogConfig) *template.Catalog {
	t.Helper()
	c, err := template.NewCatalog(cfg)
	require.NoError(t, err)
	return c
}

func at(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }

func ref(name string) template.Ref { return template.Ref{Name: name, Language: "en-GB"} }

func TestCatalogLookup(t *testing.T) {
	t.Parallel()
	c := newCatalog(t, template.CatalogConfig{DefaultLanguage: "en-US"})
	require.NoError(t, c.Sync(noon, listing(
		approved("a", "en_GB"), approved("a", "en"), approved("a", "fi"), approved("b", "en_US"), approved("", "en"))))
	require.Equal(t, 4, c.Len())
	for _, q := range []struct {
		name, language, found string
		match                 template.Match
	}{
		{"a", "en_GB", "en_GB", template.MatchExact},
		{"a", "en-gb", "en_GB", template.MatchExact},
		{"a", "en_AU", "en", template.MatchBase},
		{"a", "fi", "fi", template.MatchExact},
		{"a", "sv", "", template.MatchNone},
		{"b", "sv_SE", "en_US", template.MatchDefault},
		{"b", "", "en_US", template.MatchDefault},
		{"c", "en", "", template.MatchNone},
		{"A", "en", "", template.MatchNone},
	} {
		d, match := c.Resolve(q.name, q.language)
		require.Equal(t, q.match, match, "%v", q)
		exact, ok := c.Lookup(q.name, q.language)
		require.Equal(t, q.match == template.MatchExact, ok, "Lookup never falls back")
		if match == template.MatchNone {
			require.Nil(t, d)
			require.Nil(t, exact)
			continue
		}
		require.Equal(t, q.found, d.Language)
	}
	none := newCatalog(t, template.CatalogConfig{})
	_, match := none.Resolve("a", "en")
	require.Equal(t, template.MatchNone, match)
	var zero template.Catalog
	_, ok := zero.Lookup("a", "en")
	require.False(t, ok)
	zero.Put(noon, approved("a", "en"))
	_, ok = zero.Lookup("a", "en")
	require.True(t, ok)
	_, err := template.NewCatalog(template.CatalogConfig{DefaultLanguage: "English, please"})
	require.Error(t, err)
}

func TestSyncReplacesTheListing(t *testing.T) {
	t.Parallel()
	c := newCatalog(t, template.CatalogConfig{})
	require.NoError(t, c.Sync(at(0), listing(approved("a", "en"), approved("b", "en"))))
	changed := approved("b", "en")
	changed.Components = []template.Component{&template.Body{Text: "New text."}}
	require.NoError(t, c.Sync(at(60), listing(changed, approved("c", "en"))))
	_, ok := c.Lookup("a", "en")
	require.False(t, ok, "what is not listed is gone")
	b, _ := c.Lookup("b", "en")
	require.Equal(t, "New text.", b.Body().Text)
	require.Equal(t, 2, c.Len())

	require.NoError(t, c.Sync(at(30), listing(approved("a", "en"), approved("b", "en"))))
	_, ok = c.Lookup("a", "en")
	require.False(t, ok, "an older listing brings nothing back")
	b, _ = c.Lookup("b", "en")
	require.Equal(t, "New text.", b.Body().Text)
	require.Equal(t, 2, c.Len(), "nor does it remove what is newer")

	require.NoError(t, c.Sync(at(90), listing(approved("a", "en"))))
	_, ok = c.Lookup("a", "en")
	require.True(t, ok, "what is listed again is back")
}

func TestSyncThatFailsRemovesNothing(t *testing.T) {
	t.Parallel()
	c := newCatalog(t, template.CatalogConfig{})
	require.NoError(t, c.Sync(at(0), listing(approved("a", "en"))))
	boom := errors.New("network is gone")
	err := c.Sync(at(60), func(yield func(template.Definition, error) bool) {
		if yield(approved("b", "en"), nil) {
			yield(template.Definition{}, boom)
		}
	})
	require.ErrorIs(t, err, boom)
	_, ok := c.Lookup("a", "en")
	require.True(t, ok)
	_, ok = c.Lookup("b", "en")
	require.True(t, ok, "what was listed before the error is taken in")
}

func TestFactsOfWebhooks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		facts func(c *template.Catalog)
		want  func(d *template.Definition)
	}{
		"paused for the first time": {func(c *template.Catalog) {
			c.SetStatus(template.StatusFact{Ref: ref("a"), At: at(5), Event: "PAUSED", Pause: "FIRST_PAUSE"})
		}, func(d *template.Definition) {
			d.Status = template.StatusPaused
			d.Observed = template.Observed{StatusAt: at(5), Pause: "FIRST_PAUSE", PausedUntil: at(5).Add(3 * time.Hour)}
		}},
		"paused for the second time": {func(c *template.Catalog) {
			c.SetStatus(template.StatusFact{Ref: ref("a"), At: at(5), Event: "PAUSED", Pause: "SECOND_PAUSE"})
		}, func(d *template.Definition) {
			d.Status = template.StatusPaused
			d.Observed = template.Observed{StatusAt: at(5), Pause: "SECOND_PAUSE", PausedUntil: at(5).Add(6 * time.Hour)}
		}},
		"paused by pacing has no end": {func(c *template.Catalog) {
			c.SetStatus(template.StatusFact{Ref: ref("a"), At: at(5), Event: "PAUSED", Pause: "RATE_LIMITING_PAUSE"})
		}, func(d *template.Definition) {
			d.Status = template.StatusPaused
			d.Observed = template.Observed{StatusAt: at(5), Pause: "RATE_LIMITING_PAUSE"}
		}},
		"paused and listed as paused": {func(c *template.Catalog) {
			c.SetStatus(template.StatusFact{Ref: ref("a"), At: at(5), Event: "PAUSED", Pause: "FIRST_PAUSE"})
			d := approved("a", "en_GB")
			d.Status = template.StatusPaused
			c.Put(at(60), d)
		}, func(d *template.Definition) {
			d.Status = template.StatusPaused
			d.Observed = template.Observed{StatusAt: at(5), Pause: "FIRST_PAUSE", PausedUntil: at(5).Add(3 * time.Hour)}
		}},
		"a pause of old says nothing about a new one": {func(c *template.Catalog) {
			c.SetStatus(template.StatusFact{Ref: ref("a"), At: at(5), Event: "PAUSED", Pause: "FIRST_PAUSE"})
			c.SetStatus(template.StatusFact{Ref: ref("a"), At: at(6), Event: "REINSTATED"})
			d := approved("a", "en_GB")
			d.Status = template.StatusPaused
			c.Put(at(60), d)
		}, func(d *template.Definition) { d.Status = template.StatusPaused }},
		"unpaused": {func(c *template.Catalog) {
			c.SetStatus(template.StatusFact{Ref: ref("a"), At: at(5), Event: "PAUSED", Pause: "FIRST_PAUSE"})
			c.SetStatus(template.StatusFact{Ref: ref("a"), At: at(50), Event: "UNPAUSED", Pause: "UNPAUSE"})
		}, func(d *template.Definition) { d.Observed.StatusAt = at(50) }},
		"disabled by title": {func(c *template.Catalog) {
			c.SetStatus(template.StatusFact{Ref: ref("a"), At: at(5), Event: "PAUSED", Pause: "DISABLED"})
		}, func(d *template.Definition) { d.Status, d.Observed.StatusAt = template.StatusDisabled, at(5) }},
		"rejected with a reason": {func(c *template.Catalog) {
			c.SetStatus(template.StatusFact{Ref: ref("a"), At: at(5), Event: "REJECTED", Reason: "INVALID_FORMAT"})
		}, func(d *template.Definition) {
			d.Status, d.RejectedReason, d.Observed.StatusAt = template.StatusRejected, "INVALID_FORMAT", at(5)
		}},
		"flagged": {func(c *template.Catalog) {
			c.SetStatus(template.StatusFact{Ref: ref("a"), At: at(5), Event: template.EventFlagged})
		}, func(d *template.Definition) { d.Observed.Flagged = true }},
		"flagged and then approved": {func(c *template.Catalog) {
			c.SetStatus(template.StatusFact{Ref: ref("a"), At: at(9), Event: "APPROVED"})
			c.SetStatus(template.StatusFact{Ref: ref("a"), At: at(5), Event: template.EventFlagged})
		}, func(d *template.Definition) { d.Observed.StatusAt = at(9) }},
		"a listing does not lift a flag": {func(c *template.Catalog) {
			c.SetStatus(template.StatusFact{Ref: ref("a"), At: at(5), Event: template.EventFlagged})
			c.SetStatus(template.StatusFact{Ref: ref("a"), At: at(5), Event: template.EventLocked})
			c.Put(at(60), approved("a", "en_GB"))
		}, func(d *template.Definition) { d.Observed.Flagged, d.Observed.Locked = true, true }},
		"unarchived is to be read again": {func(c *template.Catalog) {
			c.SetStatus(template.StatusFact{Ref: ref("a"), At: at(5), Event: "ARCHIVED"})
			c.SetStatus(template.StatusFact{Ref: ref("a"), At: at(9), Event: template.EventUnarchived})
		}, func(d *template.Definition) { d.Observed = template.Observed{StatusAt: at(9), Stale: true} }},
		"an event of the future is to be read again": {func(c *template.Catalog) {
			c.SetStatus(template.StatusFact{Ref: ref("a"), At: at(5), Event: "HIBERNATED"})
		}, func(d *template.Definition) { d.Observed.Stale = true }},
		"the category in a status": {func(c *template.Catalog) {
			c.SetStatus(template.StatusFact{Ref: ref("a"), At: at(5), Event: "APPROVED", Category: template.Marketing})
		}, func(d *template.Definition) { d.Category, d.Observed.StatusAt = template.Marketing, at(5) }},
		"quality": {func(c *template.Catalog) {
			c.SetQuality(template.QualityFact{Ref: ref("a"), At: at(9), Score: template.ScoreRed})
			c.SetQuality(template.QualityFact{Ref: ref("a"), At: at(5), Score: template.ScoreYellow})
			c.SetQuality(template.QualityFact{Ref: ref("a"), At: at(10)})
		}, func(d *template.Definition) { d.Quality = &template.Quality{Score: template.ScoreRed, Date: at(9)} }},
		"a category change announced": {func(c *template.Catalog) {
			c.SetCategory(template.CategoryFact{Ref: ref("a"), At: at(5), Category: template.Utility, Correct: template.Marketing, ChangeAt: at(86400)})
		}, func(d *template.Definition) {
			d.CorrectCategory, d.Observed.CategoryChangeAt = template.Marketing, at(86400)
		}},
		"a category change done": {func(c *template.Catalog) {
			c.SetCategory(template.CategoryFact{Ref: ref("a"), At: at(86400), Category: template.Marketing, Previous: template.Utility})
			c.SetCategory(template.CategoryFact{Ref: ref("a"), At: at(5), Category: template.Utility, Correct: template.Marketing, ChangeAt: at(86400)})
		}, func(d *template.Definition) {
			d.Category, d.PreviousCategory = template.Marketing, template.Utility
		}},
		"the text has changed": {func(c *template.Catalog) {
			c.SetComponents(template.ComponentsFact{Ref: ref("a"), At: at(5)})
		}, func(d *template.Definition) { d.Observed.Stale = true }},
		"the text has been read again": {func(c *template.Catalog) {
			c.SetComponents(template.ComponentsFact{Ref: ref("a"), At: at(5)})
			c.Put(at(6), approved("a", "en_GB"))
		}, func(*template.Definition) {}},
		"facts without name or time": {func(c *template.Catalog) {
			c.SetStatus(template.StatusFact{At: at(5), Event: "DELETED"})
			c.SetStatus(template.StatusFact{Ref: ref("a"), Event: "DELETED"})
		}, func(*template.Definition) {}},
		"facts older than the listing": {func(c *template.Catalog) {
			c.SetStatus(template.StatusFact{Ref: ref("a"), At: at(-1), Event: "REJECTED"})
			c.SetQuality(template.QualityFact{Ref: ref("a"), At: at(-1), Score: template.ScoreRed})
		}, func(d *template.Definition) { d.Quality = &template.Quality{Score: template.ScoreRed, Date: at(-1)} }},
		"a fact of the second in which the listing began": {func(c *template.Catalog) {
			c.Put(at(0).Add(700*time.Millisecond), approved("a", "en_GB"))
			c.SetStatus(template.StatusFact{Ref: ref("a"), At: at(0), Event: "REJECTED"})
		}, func(d *template.Definition) { d.Status, d.Observed.StatusAt = template.StatusRejected, at(0) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cat := newCatalog(t, template.CatalogConfig{})
			cat.Put(noon, approved("a", "en_GB"))
			c.facts(cat)
			want := approved("a", "en_GB")
			c.want(&want)
			got, ok := cat.Lookup("a", "en_GB")
			require.True(t, ok)
			require.Empty(t, cmp.Diff(&want, got))
		})
	}
}

func TestFactsBeforeTheListing(t *testing.T) {
	t.Parallel()
	c := newCatalog(t, template.CatalogConfig{})
	c.SetStatus(template.StatusFact{Ref: ref("a"), At: at(5), Event: "PAUSED"})
	_, ok := c.Lookup("a", "en_GB")
	require.False(t, ok, "a fact is no template")
	require.Zero(t, c.Len())
	require.NoError(t, c.Sync(at(0), listing(approved("a", "en_GB"))))
	d, _ := c.Lookup("a", "en_GB")
	require.Equal(t, template.StatusPaused, d.Status, "the listing is older than the fact")
}

// operation is one thing that can happen to a catalog.
type operation func(c *template.Catalog)

// randomOperations makes things that happen within a minute, many of them in the
// same second.
func randomOperations(rng *rand.Rand, n int) []operation {
	names := []string{"a", "b"}
	statuses := []template.Event{"APPROVED", "PENDING", "REJECTED", "PAUSED", "DISABLED", "DELETED", "ARCHIVED", "FLAGGED", "LOCKED", "REINSTATED", "UNARCHIVED", "NEWS"}
	titles := []string{"", "FIRST_PAUSE", "SECOND_PAUSE", "UNPAUSE", "DISABLED"}
	scores := []template.Score{template.ScoreGreen, template.ScoreYellow, template.ScoreRed, template.ScoreUnknown}
	categories := []template.Category{"", template.Marketing, template.Utility}
	ops := make([]operation, n)
	for i := range ops {
		r, when := ref(names[rng.IntN(2)]), at(rng.IntN(20))
		status, title := statuses[rng.IntN(len(statuses))], titles[rng.IntN(len(titles))]
		score, category, other := scores[rng.IntN(4)], categories[rng.IntN(3)], categories[rng.IntN(3)]
		d := approved(r.Name, "en_GB")
		d.Components = []template.Component{&template.Body{Text: fmt.Sprint("Text ", rng.IntN(3))}}
		d.Status, d.Category, d.CorrectCategory = template.Status(statuses[rng.IntN(3)]), template.Marketing, other
		if rng.IntN(2) == 0 {
			d.Quality = &template.Quality{Score: score, Date: when, Reasons: []string{title}}
		}
		switch rng.IntN(7) {
		case 0:
			ops[i] = func(c *template.Catalog) { c.Put(when, d) }
		case 1:
			list := []template.Definition{d}
			if rng.IntN(2) == 0 {
				list = nil
			}
			ops[i] = func(c *template.Catalog) { _ = c.Sync(when, listing(list...)) }
		case 2:
			ops[i] = func(c *template.Catalog) { c.SetQuality(template.QualityFact{Ref: r, At: when, Score: score}) }
		case 3:
			ops[i] = func(c *template.Catalog) {
				c.SetCategory(template.CategoryFact{Ref: r, At: when, Category: category, Correct: other, ChangeAt: when.Add(time.Hour)})
			}
		case 4:
			ops[i] = func(c *template.Catalog) { c.SetComponents(template.ComponentsFact{Ref: r, At: when}) }
		default:
			ops[i] = func(c *template.Catalog) {
				c.SetStatus(template.StatusFact{Ref: r, At: when, Event: status, Pause: title, Category: category})
			}
		}
	}
	return ops
}

func snapshot(t testing.TB, c *template.Catalog) string {
	t.Helper()
	raw, err := c.Snapshot()
	require.NoError(t, err)
	return string(raw)
}

// TestCatalogDoesNotCareAboutOrder applies the same operations in different
// orders, some of them twice, and through a snapshot: the result is the same.
func TestCatalogDoesNotCareAboutOrder(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 500 {
		ops := randomOperations(rng, 12)
		one, two := newCatalog(t, template.CatalogConfig{}), newCatalog(t, template.CatalogConfig{})
		for _, op := range ops {
			op(one)
		}
		other := slices.Clone(ops)
		other = append(other, ops[rng.IntN(len(ops))], ops[rng.IntN(len(ops))])
		rng.Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
		for i, op := range other {
			op(two)
			if i == len(other)/2 { // restart in the middle
				raw := snapshot(t, two)
				two = newCatalog(t, template.CatalogConfig{})
				require.NoError(t, two.Restore([]byte(raw)))
			}
		}
		for _, name := range []string{"a", "b"} {
			x, okX := one.Lookup(name, "en_GB")
			y, okY := two.Lookup(name, "en_GB")
			require.Equal(t, okX, okY)
			require.Empty(t, cmp.Diff(x, y), "round %d", round)
		}
	}
}

func TestSnapshot(t *testing.T) {
	t.Parallel()
	c := newCatalog(t, template.CatalogConfig{})
	d := *define(t, everything)
	require.NoError(t, c.Sync(noon, listing(d, approved("b", "en"))))
	c.SetStatus(template.StatusFact{Ref: template.Ref{Name: "b", Language: "en"}, At: at(5), Event: "PAUSED", Pause: "FIRST_PAUSE"})
	raw := snapshot(t, c)

	var changes []template.Change
	back := newCatalog(t, template.CatalogConfig{OnChange: func(ch template.Change) { changes = append(changes, ch) }})
	require.NoError(t, back.Restore([]byte(raw)))
	require.JSONEq(t, raw, snapshot(t, back))
	got, ok := back.Lookup("b", "en")
	require.True(t, ok)
	require.Equal(t, at(5).Add(3*time.Hour), got.Observed.PausedUntil)
	require.Len(t, changes, 2)

	require.NoError(t, back.Sync(at(60), listing(d, approved("b", "en"))))
	require.Len(t, changes, 3, "only the status of b has changed, not the spelling of anything")
	require.Equal(t, []template.Aspect{template.AspectStatus}, changes[2].Aspects)

	for _, doc := range []string{``, `[]`, `{}`, `{"version":2,"templates":[]}`, `{"version":1,"templates":[{"name":"x","content":5}]}`} {
		require.Error(t, back.Restore([]byte(doc)), doc)
	}
	require.NoError(t, back.Restore([]byte(`{"version":1,"templates":[null,{"name":""}]}`)))
	require.Equal(t, 2, back.Len())
}

func TestChangesAreTold(t *testing.T) {
	t.Parallel()
	var got []string
	var c *template.Catalog
	c = newCatalog(t, template.CatalogConfig{OnChange: func(ch template.Change) {
		d := ch.After
		if d == nil {
			d = ch.Before
		}
		got = append(got, fmt.Sprint(d.Name, ch.Aspects))
		require.Equal(t, ch.After == nil, ch.Has(template.AspectRemoved))
		if ch.Has(template.AspectStale) && ch.After.Observed.Stale {
			c.Put(at(100), approved(d.Name, d.Language)) // a listener may use the catalog
		}
	}})
	c.SetStatus(template.StatusFact{Ref: ref("a"), At: at(1), Event: "APPROVED"})
	require.Empty(t, got, "nothing is known of it yet")
	require.NoError(t, c.Sync(noon, listing(approved("a", "en_GB"), approved("b", "en_GB"))))
	require.NoError(t, c.Sync(at(10), listing(approved("a", "en_GB"), approved("b", "en_GB"))))
	c.SetStatus(template.StatusFact{Ref: ref("a"), At: at(20), Event: "PAUSED"})
	c.SetStatus(template.StatusFact{Ref: ref("a"), At: at(20), Event: "PAUSED"})
	c.SetStatus(template.StatusFact{Ref: ref("a"), At: at(15), Event: "REJECTED"})
	c.SetQuality(template.QualityFact{Ref: ref("a"), At: at(21), Score: template.ScoreRed})
	c.SetCategory(template.CategoryFact{Ref: ref("a"), At: at(22), Category: template.Marketing})
	c.SetComponents(template.ComponentsFact{Ref: ref("b"), At: at(23)})
	sick := approved("b", "en_GB")
	sick.Health = &template.Health{CanSend: template.HealthBlocked}
	sick.Components = []template.Component{&template.Body{Text: "Other."}}
	require.NoError(t, c.Sync(at(200), listing(sick)))
	require.Equal(t, []string{
		"a[added]", "b[added]", "a[status]", "a[quality]", "a[category]", "b[stale]", "b[stale]", "b[content health]", "a[removed]",
	}, got)
}

func TestCatalogUnderLoad(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	told := 0
	c := newCatalog(t, template.CatalogConfig{OnChange: func(template.Change) {
		if !mu.TryLock() {
			t.Error("two changes are told at once")
			return
		}
		told++
		mu.Unlock()
	}})
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 200 {
				name := fmt.Sprint("t", i%20)
				switch w {
				case 0:
					c.Put(at(i), approved(name, "en_GB"))
				case 1:
					c.SetStatus(template.StatusFact{Ref: ref(name), At: at(i), Event: "PAUSED"})
				case 2:
					if d, ok := c.Lookup(name, "en-gb"); ok && d.Body() == nil {
						t.Error("a template without its text")
					}
				default:
					c.Search(template.Filter{Text: "well"})
					if i%50 == 0 {
						if _, err := c.Snapshot(); err != nil {
							t.Error(err)
						}
					}
				}
			}
		})
	}
	wg.Wait()
	require.Equal(t, 20, c.Len())
	require.NotZero(t, told)
}

func TestSearch(t *testing.T) {
	t.Parallel()
	c := newCatalog(t, template.CatalogConfig{})
	full := *define(t, everything)
	full.Language = "fi"
	marketing := approved("parcel_promo", "en_US")
	marketing.Category = template.Marketing
	paused := approved("late_parcel", "en_GB")
	paused.Status = template.StatusPaused
	require.NoError(t, c.Sync(noon, listing(approved("visit", "en"), approved("parcel_ready", "en_GB"), approved("parcel_ready", "de"),
		marketing, paused, full)))
	for name, q := range map[string]struct {
		filter template.Filter
		want   []string
	}{
		"everything":                  {template.Filter{}, []string{"all_of_it fi", "late_parcel en_GB", "parcel_promo en_US", "parcel_ready de", "parcel_ready en_GB", "visit en"}},
		"names that begin come first": {template.Filter{Text: "PARCEL"}, []string{"parcel_promo en_US", "parcel_ready de", "parcel_ready en_GB", "late_parcel en_GB"}},
		"several words":               {template.Filter{Text: "ready parcel"}, []string{"parcel_ready de", "parcel_ready en_GB"}},
		"words of the text":           {template.Filter{Text: "about visit"}, []string{"visit en"}},
		"words on a button":           {template.Filter{Text: "view catalog"}, []string{"all_of_it fi"}},
		"words of header and offer":   {template.Filter{Text: "again soon"}, []string{"all_of_it fi"}},
		"nothing":                     {template.Filter{Text: "nonsense"}, []string{}},
		"what can be sent":            {template.Filter{SendableAt: noon, Languages: []string{"en"}}, []string{"parcel_promo en_US", "parcel_ready en_GB", "visit en"}},
		"a language with regions":     {template.Filter{Languages: []string{"en"}, Text: "parcel_r"}, []string{"parcel_ready en_GB"}},
		"a region":                    {template.Filter{Languages: []string{"en-gb", "de"}}, []string{"late_parcel en_GB", "parcel_ready de", "parcel_ready en_GB"}},
		"a category":                  {template.Filter{Categories: []template.Category{template.Marketing}}, []string{"all_of_it fi", "parcel_promo en_US"}},
		"a status":                    {template.Filter{Statuses: []template.Status{template.StatusPaused}}, []string{"late_parcel en_GB"}},
		"a few":                       {template.Filter{Text: "parcel", Limit: 2}, []string{"parcel_promo en_US", "parcel_ready de"}},
	} {
		got := []string{}
		for _, d := range c.Search(q.filter) {
			got = append(got, d.Name+" "+d.Language)
		}
		require.Equal(t, q.want, got, name)
	}
}

func TestCheckKnowsTheOthers(t *testing.T) {
	t.Parallel()
	c := newCatalog(t, template.CatalogConfig{})
	require.NoError(t, c.Sync(noon, listing(approved("a", "en_GB"))))
	same := approved("a", "en-GB")
	require.Empty(t, c.Check(&same), "the template itself, being edited")
	same.ID = ""
	require.Equal(t, "name: duplicate-name", c.Check(&same).String())
	require.Equal(t, 2388024, c.Check(&same)[0].Subcode)
	copied := approved("b", "en_GB")
	copied.ID, copied.Components = "", []template.Component{&template.Body{Text: "About a, all is well."}}
	require.Equal(t, "components: duplicate-text (want none, got a) [warning]", c.Check(&copied).String())
	copied.Components = append(copied.Components, &template.Footer{Text: "Example Shop"})
	require.Empty(t, c.Check(&copied))
	broken := approved("B", "en_GB")
	require.True(t, c.Check(&broken).Failed(), "Check is Validate and more")
	raw, err := json.Marshal(c.Check(&broken))
	require.NoError(t, err)
	require.Contains(t, string(raw), "name")
}
