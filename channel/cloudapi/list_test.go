package cloudapi_test

import (
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
)

// page is one page of templates with ids from a to b and, if next is given, a
// cursor to the next.
func templatePage(a, b int, next string) answer {
	var items []string
	for i := a; i <= b; i++ {
		items = append(items, fmt.Sprintf(`{"id":"%d","name":"t%d","language":"en","status":"APPROVED","category":"UTILITY","components":[]}`, i, i))
	}
	paging := `{"cursors":{"before":"b","after":"dead-end"}}`
	if next != "" {
		paging = fmt.Sprintf(`{"cursors":{"before":"b","after":%q},"next":"https://graph.facebook.com/v26.0/1/message_templates?access_token=CANARY"}`, next)
	}
	return ok(`{"data":[` + strings.Join(items, ",") + `],"paging":` + paging + `}`)
}

func walk(t *testing.T, c *cloudapi.Client) (ids []string, errs []error) {
	t.Helper()
	for d, err := range c.Account("1").Templates(t.Context(), cloudapi.TemplateQuery{}) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		ids = append(ids, d.ID)
	}
	return ids, errs
}

func TestListsFollowCursorsUntilThereIsNoNextPage(t *testing.T) {
	t.Parallel()
	// An empty page in the middle is not the end.
	c, s := newClient(t, nil, templatePage(1, 2, "c1"), templatePage(1, 0, "c2"), templatePage(3, 3, ""))
	ids, errs := walk(t, c)
	require.Empty(t, errs)
	require.Equal(t, []string{"1", "2", "3"}, ids)
	require.Len(t, s.got, 3)
	require.NotContains(t, s.got[0].query, "after")
	require.Contains(t, s.got[1].query, "after=c1")
	require.Contains(t, s.got[2].query, "after=c2")
	for _, x := range s.got {
		require.NotContains(t, x.query, "CANARY", "the address in the answer is not used")
	}
}

func TestBreakingOffStopsFetching(t *testing.T) {
	t.Parallel()
	c, s := newClient(t, nil, templatePage(1, 2, "c1"), templatePage(1, 2, "c1"))
	seq := c.Account("1").Templates(t.Context(), cloudapi.TemplateQuery{})
	require.Empty(t, s.got, "nothing is fetched before the loop")
	for range 2 { // each range starts again
		for d, err := range seq {
			require.NoError(t, err)
			require.Equal(t, "1", d.ID)
			break
		}
	}
	require.Len(t, s.got, 2)
}

func TestADeadCursorStartsOverWithoutRepeatingItems(t *testing.T) {
	t.Parallel()
	dead := graph(400, 131059)
	// Between the walks template 2 was deleted and 9 made.
	c, s := newClient(t, nil, templatePage(1, 2, "c1"), dead, templatePage(1, 1, "c2"), templatePage(3, 3, "c3"), templatePage(9, 9, ""))
	ids, errs := walk(t, c)
	require.Empty(t, errs)
	require.Equal(t, []string{"1", "2", "3", "9"}, ids)
	require.NotContains(t, s.got[2].query, "after")
}

func TestACursorThatAlwaysDiesEndsTheWalk(t *testing.T) {
	t.Parallel()
	dead := graph(400, 131059)
	page := templatePage(1, 1, "c1")
	c, s := newClient(t, nil, page, dead, page, dead, page, dead)
	ids, errs := walk(t, c)
	require.Equal(t, []string{"1"}, ids)
	require.Len(t, errs, 1)
	require.Len(t, s.got, 6)
}

func TestAnEndlessListIsNoticed(t *testing.T) {
	t.Parallel()
	c, s := newClient(t, nil, templatePage(1, 1, "c1"), templatePage(2, 2, "c1"))
	ids, errs := walk(t, c)
	require.Equal(t, []string{"1", "2"}, ids)
	require.Len(t, errs, 1)
	require.ErrorContains(t, errs[0], "same page")
	require.Len(t, s.got, 2)
}

func TestAFailureIsYieldedOnceAndLast(t *testing.T) {
	t.Parallel()
	c, _ := newClient(t, nil, templatePage(1, 1, "c1"), graph(403, 10))
	ids, errs := walk(t, c)
	require.Equal(t, []string{"1"}, ids)
	require.Len(t, errs, 1)
}

func TestOneUnreadableElementHarmsNoOther(t *testing.T) {
	t.Parallel()
	c, _ := newClient(t, nil, ok(`{"data":[{"id":"1","status":"CONNECTED"},"CANARY",{"id":"2","quality_rating":{"x":1}},{"id":"3"}]}`))
	var ids []string
	var errs []error
	for n, err := range c.Account("1").Numbers(t.Context(), cloudapi.NumberQuery{}) {
		if err != nil {
			require.NotContains(t, err.Error(), "CANARY")
			errs = append(errs, err)
			continue
		}
		ids = append(ids, n.ID)
	}
	require.Equal(t, []string{"1", "3"}, ids)
	require.Len(t, errs, 2)
}

// TestAnOddElementHidesNoOther also where elements do not stand in a plain list.
func TestAnOddElementHidesNoOther(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		page string
		walk func(c *cloudapi.Client) (ids []string, errs []error)
	}{
		"groups": {
			`{"data":{"groups":[{"id":"1"},{"id":"2","subject":7},{"id":"3"}]}}`,
			func(c *cloudapi.Client) ([]string, []error) {
				return each(c.Number("1").Groups(t.Context()), func(g cloudapi.GroupInfo) string { return g.ID })
			},
		},
		"figures of templates": {
			`{"data":[{"data_points":[{"template_id":"1"},{"template_id":"2","clicked":7}]},{"data_points":[{"template_id":"3"}]}]}`,
			func(c *cloudapi.Client) ([]string, []error) {
				q := cloudapi.TemplateFiguresQuery{Start: start, End: start.AddDate(0, 0, 1), TemplateIDs: []string{"1", "2", "3"}}
				return each(c.Account("1").TemplateFigures(t.Context(), q), func(f cloudapi.TemplateFigures) string { return f.TemplateID })
			},
		},
		"users on the block list": {
			`{"data":[{"wa_id":"1"},{"wa_id":"2","user_id":7},{"wa_id":"3"}]}`,
			func(c *cloudapi.Client) ([]string, []error) {
				return each(c.Number("1").Blocked(t.Context()), func(u cloudapi.BlockedUser) string { return u.WAID })
			},
		},
		"users on the block list, in lists": {
			`{"data":[{"block_users":[{"wa_id":"1"},"2"]},{"block_users":[]},{"messaging_product":"whatsapp","block_users":[{"wa_id":"3"}]}]}`,
			func(c *cloudapi.Client) ([]string, []error) {
				return each(c.Number("1").Blocked(t.Context()), func(u cloudapi.BlockedUser) string { return u.WAID })
			},
		},
	} {
		client, _ := newClient(t, nil, ok(c.page))
		ids, errs := c.walk(client)
		require.Equal(t, []string{"1", "3"}, ids, name)
		require.Len(t, errs, 1, name)
		require.ErrorContains(t, errs[0], "one element of the list", name)
	}
}

// each collects the ids and the errors of a list.
func each[T any](list iter.Seq2[T, error], id func(T) string) (ids []string, errs []error) {
	for v, err := range list {
		if err != nil {
			errs = append(errs, err)
		} else {
			ids = append(ids, id(v))
		}
	}
	return ids, errs
}
