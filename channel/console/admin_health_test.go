package console_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/console"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/store"
)

var (
	sara = access.Actor{Kind: access.Agent, ID: "sara", AdminOf: []string{"support"}} // administers one tenant
	olga = access.Actor{Kind: access.Agent, ID: "olga", AdminOf: []string{"other"}}   // and the other
)

// form sends a form as a browser does without a script.
func (s *site) form(by access.Actor, path string, pairs ...string) answer {
	s.T.Helper()
	return s.sends(by, "", path, pairs...)
}

func TestHealthShowsNumbersWorkAndProcessesToWhoeverAdministers(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		s.asks("wamid.1", "hello")
		require.NoError(t, s.Hub.ReportStanding(t.Context(), "support", time.Now(), health.Standing{
			Quality: "RED", NameStatus: "DECLINED", MessagingLimit: "TIER_2K", TokenExpires: time.Now().Add(48 * time.Hour),
		}))
		page := s.get(root, "/admin/health")
		require.Equal(t, http.StatusOK, page.Code)
		for _, text := range []string{
			"Other", "2,000", "The quality of the number is low", "The display name was refused", "The token ends soon", "Processes", "at work", `aria-current="page">Operations`,
		} {
			require.Contains(t, page.text, text)
		}
		part := s.get(root, "/admin/health?part=1")
		require.NotContains(t, part.text, "<html")
		require.Contains(t, part.text, "The token ends soon")
	})
}

func TestHealthWarnsOfABudgetThatRunsLow(t *testing.T) {
	for name, c := range map[string]struct {
		budget *pricing.Budget
		says   string
	}{
		"low":     {&pricing.Budget{Limit: 5, LowWater: 10}, "The budget runs low"},
		"used up": {&pricing.Budget{}, "The budget is used up"},
		"enough":  {&pricing.Budget{Limit: 50, LowWater: 10}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			withHub(t, func(hub *channel.Config) { hub.Channels[0].Budget = c.budget }, nil, func(t *testing.T, s *site) {
				page := s.get(root, "/admin/health").text
				if c.says == "" {
					require.NotContains(t, page, "The budget")
				} else {
					require.Contains(t, page, c.says)
				}
			})
		})
	}
}

func TestPagesOfAdministratorsAreNothingToOthers(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		for _, by := range []access.Actor{alice, victor, bob, nobody} {
			require.NotContains(t, s.get(by, "/").text, "/admin/health", by.ID)
			for _, path := range []string{"/admin/health", "/admin/health?part=1", "/admin/letters", "/admin/letters?work=host&channel=support"} {
				require.Equal(t, http.StatusForbidden, s.get(by, path).Code, by.ID+" "+path)
			}
			for _, path := range []string{"/admin/retry", "/admin/letters/replay", "/admin/letters/drop", "/admin/letters/replay-all"} {
				require.Equal(t, http.StatusForbidden, s.post(by, path, "key", "host x", "sure", "1", "work", "host", "channel", "support").Code, by.ID+" "+path)
			}
		}
		require.Contains(t, s.get(root, "/").text, "/admin/health")
	})
}

func TestWhoAdministersOneTenantSeesNothingOfTheOther(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		s.Host.Fails(func(string, int) error { return channel.ErrPermanent })
		s.asks("wamid.1", "our secret")
		key := s.Letters("host")[0].Key
		id := key.Queue + " " + key.ID

		page := s.get(olga, "/admin/health").text
		require.Contains(t, page, "Other")
		require.NotContains(t, page, `id="n-support"`)
		require.NotContains(t, page, "Processes")
		for _, path := range []string{"/admin/letters", "/admin/letters?work=host", "/admin/letters?work=host&channel=other"} {
			a := s.get(olga, path)
			require.Equal(t, http.StatusOK, a.Code, path)
			require.NotContains(t, a.text, key.ID, path)
			require.NotContains(t, a.text, ">Support<", path)
		}
		require.Equal(t, http.StatusForbidden, s.get(olga, "/admin/letters?work=host&channel=support").Code)
		require.Equal(t, http.StatusForbidden, s.post(olga, "/admin/letters/replay-all", "work", "host", "channel", "support").Code)
		require.Equal(t, http.StatusForbidden, s.post(olga, "/admin/retry", "channel", "support").Code)
		require.Equal(t, http.StatusNotFound, s.post(olga, "/admin/retry").Code)
		s.post(olga, "/admin/letters/drop", "key", id, "sure", "1")
		require.Len(t, s.Letters("host"), 1, "what is another's stays")

		own := s.get(sara, "/admin/letters").text
		require.Contains(t, own, id)
		require.Equal(t, http.StatusNoContent, s.post(sara, "/admin/letters/drop", "key", id, "sure", "1").Code)
		require.Empty(t, s.Letters("host"))
	})
}

func TestDeadLettersAreReplayedAndDroppedByHand(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		failing := true
		s.Host.Fails(func(string, int) error {
			if failing {
				return channel.ErrPermanent
			}
			return nil
		})
		for _, word := range []string{"one", "two", "three", "four"} {
			s.Say(channeltest.Kim, "wamid."+word, word)
		}
		s.Pass(10 * time.Second)
		name := func(k store.WorkKey) string { return k.Queue + " " + k.ID }
		letters := s.Letters("host")
		require.GreaterOrEqual(t, len(letters), 4)
		page := s.get(root, "/admin/letters").text
		for i := range letters {
			require.Contains(t, page, `value="`+name(letters[i].Key)+`"`)
		}
		require.Contains(t, page, "permanent failure")

		for _, c := range []struct {
			name, path string
			pairs      []string
			text       string
		}{
			{"nothing is chosen", "/admin/letters/replay", nil, "Nothing was chosen"},
			{"what is no key is nothing", "/admin/letters/replay", []string{"key", "host"}, "Nothing was chosen"},
			{"dropping wants to be meant", "/admin/letters/drop", []string{"key", name(letters[0].Key)}, "not confirmed"},
		} {
			a := s.post(root, c.path, c.pairs...)
			require.Equal(t, http.StatusUnprocessableEntity, a.Code, c.name)
			require.Contains(t, a.text, c.text, c.name)
		}
		require.Equal(t, http.StatusNotFound, s.post(root, "/admin/letters/burn", "key", name(letters[0].Key)).Code)
		require.Len(t, s.Letters("host"), len(letters))

		failing = false
		a := s.form(root, "/admin/letters/drop", "key", name(letters[0].Key), "sure", "1")
		require.Equal(t, http.StatusSeeOther, a.Code)
		require.Equal(t, "/admin/letters?done=drop&n=1", a.Header().Get("Location"))
		require.Contains(t, s.get(root, a.Header().Get("Location")).text, "Dropped: 1")
		require.Equal(t, http.StatusNoContent, s.post(root, "/admin/letters/replay", "key", name(letters[1].Key), "key", name(letters[1].Key)).Code)
		s.Pass(5 * time.Second)
		require.Len(t, s.Letters("host"), len(letters)-2)
		require.Equal(t, http.StatusNoContent, s.post(root, "/admin/letters/replay-all", "work", "host").Code)
		s.Pass(5 * time.Second)
		require.Empty(t, s.Letters("host"))
		require.Contains(t, s.get(root, "/admin/letters").text, "Nothing was given up")
	})
}

func TestWhatWaitsIsTriedAtOnce(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		a := s.form(sara, "/admin/retry", "channel", "support")
		require.Equal(t, "/admin/health?done=retried&n=0", a.Header().Get("Location"))
		require.Contains(t, s.get(sara, a.Header().Get("Location")).text, "is tried now")
		require.NotContains(t, s.get(sara, "/admin/health?done=%3Cscript%3E").text, "notice good")
	})
}

func TestOperationsOfAReadOnlyConsoleAreForLooking(t *testing.T) {
	with(t, func(c *console.Config) { c.ReadOnly = true }, func(t *testing.T, s *site) {
		s.Host.Fails(func(string, int) error { return channel.ErrPermanent })
		s.asks("wamid.1", "hello")
		key := s.Letters("host")[0].Key
		for _, path := range []string{"/admin/health", "/admin/letters"} {
			page := s.get(root, path)
			require.Equal(t, http.StatusOK, page.Code)
			require.Equal(t, 1, strings.Count(page.text, `method="post"`), "only the choice of a language: "+path)
		}
		for _, path := range []string{"/admin/retry", "/admin/letters/replay", "/admin/letters/drop", "/admin/letters/replay-all"} {
			require.Equal(t, http.StatusForbidden, s.post(root, path, "key", key.Queue+" "+key.ID, "sure", "1", "work", "host").Code, path)
		}
		require.Len(t, s.Letters("host"), 1)
	})
}

func TestAForeignSiteChangesNothingThroughAnAdministrator(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		for _, p := range []string{"/admin/retry", "/admin/letters/drop", "/admin/letters/replay-all"} {
			require.Equal(t, http.StatusForbidden, s.sends(root, "cross-site", p, "key", "host x", "sure", "1", "work", "host").Code, p)
		}
	})
}

func TestTheRegisterOfProcessesIsWhole(t *testing.T) {
	hub := func(c *channel.Config) { c.Name, c.Version, c.Heartbeat = "worker-7", "v1.2.3", 2*time.Second }
	withHub(t, hub, nil, func(t *testing.T, s *site) {
		s.asks("wamid.1", "hello")
		s.Pass(30 * time.Second)
		page := s.get(root, "/admin/health").text
		_, table, ok := strings.Cut(page, `id="processes"`)
		require.True(t, ok)
		for _, text := range []string{"worker-7", "v1.2.3", "at work", "<bdi>2s</bdi>", `<li dir="auto">Support</li>`, `<li dir="auto">Other</li>`} {
			require.Contains(t, table, text)
		}
		require.NotContains(t, table, "misses changes")
		require.NotContains(t, s.get(sara, "/admin/health").text, "worker-7", "what all channels share is for who administers all")
	})
}
