package console_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/console"
	"github.com/kanava-go/kanava/channel/desk"
)

func TestNewSaysAllThatIsWrongAtOnce(t *testing.T) {
	t.Parallel()
	_, err := console.New(console.Config{})
	require.EqualError(t, err, "console: Desk is required\nActor is required: the console has no sign-in of its own")
	for name, change := range map[string]func(*console.Config){
		"Prefix":         func(c *console.Config) { c.Prefix = "console/" },
		"Hosts":          func(c *console.Config) { c.Hosts = []string{"https://support.example.com"} },
		"exclude":        func(c *console.Config) { c.Hosts, c.InsecureAnyHost = []string{"a.example"}, true },
		"FrameAncestors": func(c *console.Config) { c.FrameAncestors = []string{"*; script-src *"} },
		"Languages":      func(c *console.Config) { c.Languages = []string{"xx"} },
		"Streams":        func(c *console.Config) { c.Streams = -1 },
	} {
		cfg := console.Config{Desk: &desk.Desk{}, Actor: actorOf}
		change(&cfg)
		_, err := console.New(cfg)
		require.ErrorContains(t, err, name)
	}
}

func TestTheConsoleAnswersOnlyUnderItsNames(t *testing.T) {
	with(t, func(c *console.Config) { c.InsecureAnyHost = false }, func(t *testing.T, s *site) {
		for host, status := range map[string]int{
			"localhost": 200, "localhost:8080": 200, "127.0.0.1:1": 200, "[::1]:80": 200, "[::1]": 200,
			"evil.example": 421, "localhost.evil.example": 421, "10.0.0.1": 421, "": 421,
		} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
			r.Host = host
			require.Equal(t, status, s.do(r, &alice).Code, host)
		}
	})
}

func TestNamedHostsAreTheOnlyOnes(t *testing.T) {
	with(t, func(c *console.Config) { c.InsecureAnyHost, c.Hosts = false, []string{"support.example.com"} }, func(t *testing.T, s *site) {
		for host, status := range map[string]int{"support.example.com": 200, "SUPPORT.example.com:443": 200, "localhost": 421, "x.support.example.com": 421} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
			r.Host = host
			require.Equal(t, status, s.do(r, &alice).Code, host)
		}
	})
}

func TestOnlyThePagesOfTheConsoleChangeAnything(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		for _, c := range []struct {
			name, header, value string
			status              int
		}{
			{"its own page", "Sec-Fetch-Site", "same-origin", 204},
			{"its own page in an older browser", "Origin", "http://example.com", 204},
			{"another site", "Sec-Fetch-Site", "cross-site", 403},
			{"another site of the same domain", "Sec-Fetch-Site", "same-site", 403},
			{"another site in an older browser", "Origin", "https://evil.example", 403},
			{"a page without an origin", "Origin", "null", 403},
			{"something that does not say where it comes from", "X", "y", 403},
		} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/talk/"+id+"/reply", strings.NewReader("text=hi&key=12345678"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("X-Console", "1")
			r.Header.Set(c.header, c.value)
			require.Equal(t, c.status, s.do(r, &alice).Code, c.name)
		}
	})
}

func TestPagesRunOnlyTheirOwnScriptsAndStayOutOfFrames(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		seen := map[string]bool{}
		for range 2 {
			a := s.get(alice, "/")
			policy := a.Header().Get("Content-Security-Policy")
			_, nonce, _ := strings.Cut(policy, "script-src 'nonce-")
			nonce, _, _ = strings.Cut(nonce, "'")
			require.NotEmpty(t, nonce)
			require.False(t, seen[nonce], "a nonce is used once")
			seen[nonce] = true
			require.NotContains(t, policy, "unsafe")
			require.Contains(t, policy, "frame-ancestors 'none'")
			require.Contains(t, policy, "default-src 'none'")
			require.Equal(t, strings.Count(a.text, "<script"), strings.Count(a.text, `nonce="`+nonce+`"></script>`)+strings.Count(a.text, `id="words" nonce="`+nonce))
			require.Equal(t, "DENY", a.Header().Get("X-Frame-Options"))
			require.Equal(t, "nosniff", a.Header().Get("X-Content-Type-Options"))
			require.Equal(t, "no-store", a.Header().Get("Cache-Control"))
		}
	})
}

func TestAHostMayFrameTheConsole(t *testing.T) {
	with(t, func(c *console.Config) { c.FrameAncestors = []string{"https://crm.example.com"} }, func(t *testing.T, s *site) {
		a := s.get(alice, "/")
		require.Contains(t, a.Header().Get("Content-Security-Policy"), "frame-ancestors https://crm.example.com;")
		require.Empty(t, a.Header().Get("X-Frame-Options"))
	})
}

func TestNothingIsShownToWhoeverIsNotSignedIn(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "secret words")
		for _, path := range []string{"/", "/c/" + id, "/list", "/events", "/talk/" + id, "/talk/" + id + "/older?before=x", "/files/x/0"} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
			a := s.do(r, nil)
			require.Equal(t, http.StatusUnauthorized, a.Code, path)
			require.NotContains(t, a.text, "secret")
			a = s.get(access.Actor{Kind: access.System}, path)
			require.Equal(t, http.StatusUnauthorized, a.Code, "nobody is the system: "+path)
		}
	})
}

func TestItWorksUnderAnyPrefixAndRouter(t *testing.T) {
	with(t, func(c *console.Config) { c.Prefix = "/support/console" }, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		whole := s.get(alice, "/support/console/c/"+id)
		require.Equal(t, http.StatusOK, whole.Code)
		stripped := s.get(alice, "/c/"+id)
		require.Equal(t, http.StatusOK, stripped.Code)
		for _, part := range strings.Split(whole.text, `href="`)[1:] {
			to, _, _ := strings.Cut(part, `"`)
			require.True(t, strings.HasPrefix(to, "/support/console/") || to == "#content", to)
		}
		require.Equal(t, "/support/console/", s.get(alice, "/support/console").Header().Get("Location"))
		require.Equal(t, http.StatusNotFound, s.get(alice, "/support/consolefoo").Code)
	})
}

func TestRequestsAreBounded(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		big := s.post(alice, "/talk/"+id+"/reply", "key", "12345678", "text", strings.Repeat("x", 2<<20))
		require.Contains(t, []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge}, big.Code)
		require.Len(t, s.Messages(id), 1)
		r := httptest.NewRequestWithContext(t.Context(), http.MethodHead, "/events", nil)
		require.Equal(t, http.StatusOK, s.do(r, &alice).Code, "and ends")
	})
}

func TestAFormLeadsBackToWhereItStoodAndNowhereElse(t *testing.T) {
	with(t, func(c *console.Config) { c.Prefix = "/console" }, func(t *testing.T, s *site) {
		for from, to := range map[string]string{
			"http://example.com/console/new?x=1": "/console/new?x=1", "https://evil.example/console/": "/console/", "": "/console/",
			"http://example.com//evil.example/": "/console/", "nonsense\x00": "/console/",
		} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/console/language", strings.NewReader("language=fi"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			r.Header.Set("Referer", from)
			a := s.do(r, &alice)
			require.Equal(t, http.StatusSeeOther, a.Code)
			require.Equal(t, to, a.Header().Get("Location"), from)
			cookie := a.Result().Cookies()[0]
			require.Equal(t, "fi", cookie.Value)
			require.True(t, cookie.HttpOnly)
		}
	})
}
