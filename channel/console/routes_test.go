package console_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/console"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
)

// Who may use a route on the channel "support": everybody who is signed in, or those who hold a right there.
// lead is a supervisor and administers the channel.
var lead = access.Actor{Kind: access.Agent, ID: "alice", AdminOf: []string{"support"}}

type crowd string

const (
	everybody   crowd = "everybody"
	readers     crowd = "readers"
	writers     crowd = "writers"
	supervisors crowd = "supervisors"
	admins      crowd = "administrators"
	both        crowd = "who reads and administers"
	anyAdmin    crowd = "who administers some channel"
	anyWriter   crowd = "who writes on some channel"
)

// visitors are all who come, each with the crowds that they belong to.
var visitors = []struct {
	name  string
	actor access.Actor
	in    []crowd
}{
	{"a viewer", victor, []crowd{everybody, readers}},
	{"a supervisor", alice, []crowd{everybody, readers, writers, supervisors}},
	{"a supervisor who administers", lead, []crowd{everybody, readers, writers, supervisors, admins, both}},
	{"an administrator of the channel", sara, []crowd{everybody, admins}},
	{"an administrator of all", root, []crowd{everybody, admins}},
	{"a supervisor of another tenant", bob, []crowd{everybody, anyWriter}},
	{"an administrator of another tenant", olga, []crowd{everybody, anyAdmin}},
	{"who has no right", nobody, []crowd{everybody}},
	{"a bot with the name of a supervisor", access.Actor{Kind: access.Bot, ID: "alice"}, []crowd{everybody}},
}

// gate is a route with a request for it: {id}, {sent} and {dead} stand for what there is on the channel. own are
// those who find what is theirs behind it, and nothing of this channel.
type gate struct {
	path string
	may  crowd
	form string
	own  crowd
}

// gates has a row for every route.
var gates = map[string]gate{
	"GET /{$}":                          {"/", everybody, "", ""},
	"GET /c/{id}":                       {"/c/{id}", everybody, "", ""}, // says that there is none
	"GET /new":                          {"/new?channel=support", writers, "", anyWriter},
	"POST /new":                         {"/new", writers, "channel=support&to=%2B13125550187&template=visit/en&key=12345678&consent=1", ""},
	"GET /list":                         {"/list?view=all&channel=support", everybody, "", ""},
	"GET /events":                       {"/events?open={id}", everybody, "", ""},
	"POST /language":                    {"/language", everybody, "language=fi", ""},
	"GET /talk/{id}":                    {"/talk/{id}", readers, "", ""},
	"GET /talk/{id}/older":              {"/talk/{id}/older?before={message}", readers, "", ""},
	"POST /talk/{id}/reply":             {"/talk/{id}/reply", writers, "text=hi&key=12345678", ""},
	"POST /talk/{id}/check":             {"/talk/{id}/check", readers, "text=hi", ""},
	"POST /talk/{id}/file":              {"/talk/{id}/file", writers, "x", ""},
	"GET /talk/{id}/templates":          {"/talk/{id}/templates", writers, "", ""},
	"GET /talk/{id}/form":               {"/talk/{id}/form?template=visit/en", writers, "", ""},
	"POST /talk/{id}/preview":           {"/talk/{id}/preview", writers, "template=visit/en&v0=Monday", ""},
	"POST /talk/{id}/template":          {"/talk/{id}/template", writers, "template=visit/en&v0=Monday&key=12345678", ""},
	"GET /talk/{id}/macros":             {"/talk/{id}/macros", writers, "", ""},
	"GET /talk/{id}/macro":              {"/talk/{id}/macro?macro=hours", writers, "", ""},
	"POST /talk/{id}/macro":             {"/talk/{id}/macro", writers, "macro=hours&key=12345678", ""},
	"POST /talk/{id}/do/{action}":       {"/talk/{id}/do/topic", readers, "topic=brakes", ""},
	"POST /message/{id}/{settle}":       {"/message/{sent}/cancel", writers, "x=1", ""},
	"GET /panel/{id}":                   {"/panel/{id}", readers, "", ""},
	"POST /panel/{id}/marketing/{wish}": {"/panel/{id}/marketing/stop", writers, "x=1", ""},
	"POST /panel/{id}/export":           {"/panel/{id}/export", both, "x=1", ""},
	"POST /panel/{id}/erase":            {"/panel/{id}/erase", both, "sure={customer}", ""},
	"GET /files/{message}/{n}":          {"/files/{sent}/0", readers, "", ""},
	"GET /admin/reports":                {"/admin/reports?channel=support", supervisors, "", ""},
	"GET /admin/reports.csv":            {"/admin/reports.csv?channel=support", supervisors, "", ""},
	"GET /admin/spending":               {"/admin/spending?channel=support", supervisors, "", ""},
	"GET /admin/channels":               {"/admin/channels", admins, "", anyAdmin},
	"GET /admin/channels/{id}":          {"/admin/channels/support", admins, "", ""},
	"POST /admin/channels/{id}":         {"/admin/channels/support", admins, "name=Mine", ""},
	"GET /admin/onboarding":             {"/admin/onboarding", admins, "", anyAdmin},
	"GET /admin/roles":                  {"/admin/roles?channel=support", admins, "", ""},
	"POST /admin/roles/{id}":            {"/admin/roles/support", admins, "of=users&id=bob&role=supervisor", ""},
	"GET /admin/audit":                  {"/admin/audit?channel=support", admins, "", ""},
	"GET /admin/audit.csv":              {"/admin/audit.csv?channel=support", admins, "", ""},
	"GET /admin/templates":              {"/admin/templates?channel=support", "", "", ""}, // supervisors and administrators: see below
	"GET /admin/health":                 {"/admin/health", admins, "", anyAdmin},
	"POST /admin/retry":                 {"/admin/retry", admins, "channel=support", ""},
	"GET /admin/letters":                {"/admin/letters?channel=support&work=host", admins, "", ""},
	"POST /admin/letters/{do}":          {"/admin/letters/drop", admins, "key={dead}&sure=1", anyAdmin},
}

func (g *gate) opensTo(in []crowd) bool {
	if g.may == "" {
		return slices.Contains(in, supervisors) || slices.Contains(in, admins)
	}
	return slices.Contains(in, g.may)
}

func TestEveryRouteHasARowInTheTableOfGates(t *testing.T) {
	t.Parallel()
	for _, route := range console.Routes() {
		require.Contains(t, gates, route, "a new page has to say here who may use it")
	}
	require.Len(t, gates, len(console.Routes()))
}

// town is a site on which there is something behind every gate.
type town struct {
	*site
	names *strings.Replacer
}

func inTown(t *testing.T, f func(t *testing.T, s *town)) {
	d := &drawer{kept: map[string]string{}}
	keeps := func(c *channel.Config) { c.Channels[0].Media, c.Attachments = d, d }
	opened := func(c *console.Config) {
		c.Files, c.InsecureAnyHost, c.Hosts = d, false, []string{"example.com"}
		c.Macros = func(context.Context, access.Actor, string) []console.Macro {
			return []console.Macro{{ID: "hours", Title: "Hours", Text: "From nine to five."}}
		}
		lists(console.Checklist{Channel: "support", Name: "our secret"})(c)
	}
	withHub(t, keeps, opened, func(t *testing.T, s *site) {
		s.Host.Fails(func(string, int) error { return channel.ErrPermanent })
		id := s.asks("wamid.1", "our secret")
		key := s.Letters("host")[0].Key
		m := s.Messages(id)[0].ID
		require.NoError(t, s.desk.SetTopic(t.Context(), alice, id, "our secret"))
		require.Equal(t, http.StatusOK, s.file(alice, id, "secret.png", "image/png", "\x89PNG\r\n\x1a\nour secret").Code)
		require.Equal(t, http.StatusNoContent, s.post(alice, "/talk/"+id+"/reply", "file", "88", "kind", "image", "name", "secret.png", "key", "picture-1").Code)
		s.Pass(10 * time.Second)
		sent := s.Messages(id)[1].ID
		_, customer, err := s.desk.Conversation(t.Context(), alice, id)
		require.NoError(t, err)
		f(t, &town{s, strings.NewReplacer("{id}", id, "{message}", m, "{sent}", sent, "{customer}", customer.ID, "{dead}", url.QueryEscape(key.Queue+" "+key.ID))})
	})
}

// request is one for a gate, as a page of the console sends it.
func (s *town) request(method string, g *gate) *http.Request {
	r := httptest.NewRequestWithContext(s.T.Context(), method, s.names.Replace(g.path), strings.NewReader(s.names.Replace(g.form)))
	if g.form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("X-Console", "1")
	}
	return r
}

// stored is all that is kept, apart from signs of life and the notes of who did what.
func (s *town) stored() (all []string) {
	s.T.Helper()
	channeltest.Everything(s.T, s.Store, func(text string) {
		if !strings.Contains(text, `"numbers"`) && !strings.HasPrefix(text, "upkeep") && !strings.Contains(text, `"verb":`) {
			all = append(all, text)
		}
	})
	slices.Sort(all)
	return all
}

// refuses checks that an answer is a refusal and tells nothing.
func (s *town) refuses(a answer, why string, before []string) {
	s.T.Helper()
	require.GreaterOrEqual(s.T, a.Code, 400, why)
	require.Less(s.T, a.Code, 500, why)
	require.NotContains(s.T, a.text, "our secret", why)
	require.Empty(s.T, cmp.Diff(before, s.stored()), why)
}

func TestEveryRouteIsOpenToWhoMayAndToNobodyElse(t *testing.T) {
	for route, g := range gates {
		t.Run(route, func(t *testing.T) {
			inTown(t, func(t *testing.T, s *town) {
				method, _, _ := strings.Cut(route, " ")
				before := s.stored()
				s.refuses(s.do(s.request(method, &g), nil), "who is not signed in", before)
				s.refuses(s.do(s.request(method, &g), &access.Actor{Kind: access.System}), "the system", before)
				for _, v := range visitors {
					if g.opensTo(v.in) {
						continue
					}
					if g.own != "" && slices.Contains(v.in, g.own) {
						a := s.do(s.request(method, &g), &v.actor)
						require.Less(t, a.Code, 500, v.name)
						require.NotContains(t, a.text, "our secret", v.name)
						require.Empty(t, cmp.Diff(before, s.stored()), v.name)
						continue
					}
					s.refuses(s.do(s.request(method, &g), &v.actor), v.name, before)
				}
				s.attacked(method, &g, before)
				if route == "GET /events" {
					method = http.MethodHead // it goes on and on
				}
				for _, v := range visitors {
					if !g.opensTo(v.in) {
						continue
					}
					a := s.do(s.request(method, &g), &v.actor)
					require.NotContains(t, []int{401, 403, 404, 405, 500}, a.Code, v.name+": "+a.text)
					if g.form == "" {
						require.Empty(t, cmp.Diff(before, s.stored()), "looking changes nothing")
						if !slices.Contains(v.in, readers) && !slices.Contains(v.in, admins) {
							require.NotContains(t, a.text, "our secret", v.name)
						}
					}
					s.secure(a, g.path)
					if g.form != "" {
						break // it is done
					}
				}
			})
		})
	}
}

// attacked tries a gate as somebody who may, from where they may not.
func (s *town) attacked(method string, g *gate, before []string) {
	s.T.Helper()
	try := func(name string, change func(r *http.Request) *http.Request) {
		s.T.Helper()
		for _, v := range visitors {
			if g.opensTo(v.in) {
				a := s.do(change(s.request(method, g)), &v.actor)
				s.refuses(a, name, before)
				s.secure(a, name)
				return
			}
		}
	}
	header := func(name, value string) func(r *http.Request) *http.Request {
		return func(r *http.Request) *http.Request {
			r.Header.Del("Sec-Fetch-Site")
			r.Header.Set(name, value)
			return r
		}
	}
	try("another name for this machine", func(r *http.Request) *http.Request { r.Host = "evil.example"; return r })
	try("another name, as a proxy is said to have seen it", func(r *http.Request) *http.Request {
		r.Host = "evil.example"
		r.Header.Set("X-Forwarded-Host", "example.com")
		r.Header.Set("Forwarded", "host=example.com")
		return r
	})
	if g.form == "" {
		return
	}
	for name, change := range map[string]func(*http.Request) *http.Request{
		"from another site":                           header("Sec-Fetch-Site", "cross-site"),
		"from another site of the same domain":        header("Sec-Fetch-Site", "same-site"),
		"from another site in an older browser":       header("Origin", "https://evil.example"),
		"from a page without an origin":               header("Origin", "null"),
		"from who does not say where from":            header("X-Nothing", "1"),
		"from another site, said to be a safe method": header("X-HTTP-Method-Override", "GET"),
		"with a form that breaks off": func(r *http.Request) *http.Request {
			r.Body = http.MaxBytesReader(nil, r.Body, 1)
			return r
		},
		"with what is no form": func(r *http.Request) *http.Request {
			again := s.request(method, &gate{path: g.path, form: "x=%zz&" + g.form})
			again.Header = r.Header
			return again
		},
		"with a form that is too large": func(r *http.Request) *http.Request {
			again := s.request(method, &gate{path: g.path, form: "pad=" + strings.Repeat("x", 2<<20) + "&" + g.form})
			again.Header = r.Header
			return again
		},
	} {
		try(name, change)
	}
}

// secure checks what holds for every answer.
func (s *town) secure(a answer, what string) {
	s.T.Helper()
	h := a.Header()
	require.Equal(s.T, "nosniff", h.Get("X-Content-Type-Options"), what)
	require.Equal(s.T, "DENY", h.Get("X-Frame-Options"), what)
	require.Contains(s.T, h.Get("Content-Security-Policy"), "default-src 'none'", what)
	require.Contains(s.T, h.Get("Content-Security-Policy"), "frame-ancestors 'none'", what)
	require.NotContains(s.T, h.Get("Content-Security-Policy"), "unsafe", what)
	require.Contains(s.T, []string{"no-store", "private, no-cache, no-transform"}, h.Get("Cache-Control"), what+": who comes after somebody who signed out sees nothing")
	require.Equal(s.T, "same-origin", h.Get("Referrer-Policy"), what)
	require.Empty(s.T, h.Get("Access-Control-Allow-Origin"), what)
}

func TestNoAddressLeadsAnywhereElse(t *testing.T) {
	inTown(t, func(t *testing.T, s *town) {
		before := s.stored()
		bad := []string{
			"..", "%2e%2e", "..%2f..%2fetc%2fpasswd", "%00", "%ff", "a%2fb", "%5c..%5c", "%0d%0aX-Evil:%201", "%E2%80%AE", "'%20OR%201=1--", "%7B%7B.%7D%7D",
			strings.Repeat("x", 5000), "-1", "99999999999999999999", "support%7C", "%3Cscript%3E",
		}
		for route, g := range gates {
			method, path, _ := strings.Cut(route, " ")
			for _, value := range bad {
				parts := strings.Split(path, "/")
				wild := false
				for i, part := range parts {
					if strings.HasPrefix(part, "{") && part != "{$}" {
						parts[i], wild = value, true
					}
				}
				if !wild || route == "GET /c/{id}" {
					continue
				}
				r := s.request(method, &gate{path: strings.Join(parts, "/"), form: g.form})
				a := s.do(r, &lead)
				require.GreaterOrEqual(t, a.Code, 300, route+" "+value)
				require.Less(t, a.Code, 500, route+" "+value)
				require.Empty(t, a.Header().Get("X-Evil"), value)
				require.NotContains(t, a.Header().Get("Location"), "evil")
			}
		}
		for _, path := range []string{
			"//evil.example/", "/\\evil.example", "/c//evil.example", "/static/../console.go", "/static/x/console.go", "/templates/layout.html", "/locales/inbox.en.json",
			"/admin", "/admin/", "/admin/nothing", "/debug/pprof/", "/.git/config", "/admin/health/", "/./admin/health",
		} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://example.com/", nil)
			r.URL.Path = path
			a := s.do(r, &lead)
			require.Equal(t, http.StatusNotFound, a.Code, path)
			require.Empty(t, a.Header().Get("Location"), path)
		}
		require.Empty(t, cmp.Diff(before, s.stored()))
	})
}

func TestWhatAPageIsAskedForByAnotherWayIsRefused(t *testing.T) {
	inTown(t, func(t *testing.T, s *town) {
		before := s.stored()
		for route, g := range gates {
			method, path, _ := strings.Cut(route, " ")
			for _, other := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodTrace} {
				if _, both := gates[other+" "+path]; both || other == method {
					continue
				}
				form := g.form
				if form == "" && other != http.MethodGet {
					form = "x=1"
				}
				s.refuses(s.do(s.request(other, &gate{path: g.path, form: form}), &lead), other+" instead of "+route, before)
			}
		}
	})
}

func TestAReadOnlyConsoleRefusesEveryChange(t *testing.T) {
	looks := []string{"POST /language", "POST /talk/{id}/check"}
	inTown(t, func(t *testing.T, s *town) {
		s.console.ReadOnly = true
		before := s.stored()
		for route, g := range gates {
			if g.form == "" || slices.Contains(looks, route) {
				continue
			}
			for _, v := range visitors {
				s.refuses(s.do(s.request(http.MethodPost, &g), &v.actor), route+" by "+v.name, before)
			}
		}
		for _, action := range console.Actions() {
			s.refuses(s.do(s.request(http.MethodPost, &gate{path: "/talk/{id}/do/" + action, form: "n=1&text=x&topic=x&agent=x&tags=x"}), &lead), action, before)
		}
	})
}

func TestNothingIsDoneToAConversationOfOthers(t *testing.T) {
	inTown(t, func(t *testing.T, s *town) {
		before := s.stored()
		for _, action := range console.Actions() {
			g := gate{path: "/talk/{id}/do/" + action, form: "n=1&text=x&topic=x&agent=bob&tags=x&activity=viewing&team=other"}
			for _, v := range visitors {
				if !slices.Contains(v.in, readers) {
					s.refuses(s.do(s.request(http.MethodPost, &g), &v.actor), action+" by "+v.name, before)
				}
			}
		}
	})
}

func TestAStreamEndsWithTheSession(t *testing.T) {
	var out atomic.Bool
	with(t, func(c *console.Config) {
		ask := c.Actor
		c.Actor = func(r *http.Request) (access.Actor, error) {
			a, err := ask(r)
			if out.Load() && a.ID == "alice" {
				return access.Actor{}, http.ErrNoCookie
			}
			return a, err
		}
	}, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		gone, stays := s.listen(alice, "?open="+id, ""), s.listen(victor, "?open="+id, "")
		time.Sleep(6 * time.Second)
		out.Store(true)
		s.Post(channeltest.Kim.Text(time.Now(), "wamid.2", "after the end"))
		s.Pass(10 * time.Second)
		<-gone.done
		require.NotContains(t, gone.String(), "after the end", "who has signed out is told nothing more")
		require.Contains(t, stays.String(), "after the end")
		stays.end()
	})
}

func TestAStreamTellsNothingOfAConversationOfOthers(t *testing.T) {
	inTown(t, func(t *testing.T, s *town) {
		id := s.Conversation().ID
		for _, by := range []access.Actor{bob, olga, root, nobody} {
			w := s.listen(by, "?view=all&open="+id, "")
			s.Post(channeltest.Kim.Text(time.Now(), "wamid.new"+by.ID, "our secret again"))
			require.NoError(t, s.desk.SetPresence(t.Context(), alice, id, "viewing"))
			s.Pass(10 * time.Second)
			w.end()
			for _, text := range []string{"our secret", channeltest.Kim.Phone, channeltest.Kim.Name, "alice"} {
				require.NotContains(t, w.String(), text, by.ID)
			}
		}
	})
}

func TestHugeQuestionsAreAnswered(t *testing.T) {
	inTown(t, func(t *testing.T, s *town) {
		long := url.QueryEscape(strings.Repeat("wheel ", 20_000))
		for _, path := range []string{
			"/?q=" + long, "/list?q=" + long, "/list?after=" + long, "/list?topic=" + long + "&tag=" + long, "/talk/{id}/templates?q=" + long, "/talk/{id}/macros?q=" + long,
			"/talk/{id}/older?before=" + long, "/admin/letters?channel=support&work=" + long + "&after=" + long, "/admin/roles?who=" + long + "&action=" + long, "/admin/audit?actor=" + long + "&after=" + long,
			"/admin/templates?q=" + long, "/admin/reports?from=" + long, "/new?channel=support&to=" + long,
		} {
			a := s.do(s.request(http.MethodGet, &gate{path: path}), &lead)
			require.Less(t, a.Code, 500, path[:30])
		}
	})
}
