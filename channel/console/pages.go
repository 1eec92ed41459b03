package console

import (
	"errors"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/channel/access"
)

// A page is something that the console answers. To add one: write its handler and its templates
// (templates/*.html, each with a {{define}}), add a line to a table below, and its sentences to every
// locales/*.json. What the handler returns as an error is explained to the agent in their language.
//
//	{route: "GET /admin/health", serve: (*request).health, nav: "nav.health", may: (*request).administers},
//
// A handler answers with one of q.page (a whole page), q.fragment (a part of one, for a script), q.done
// (something was changed) and q.json. Changes are asked with POST from a form or by send() of net.js.
type page struct {
	route string                 // method and path below the prefix
	serve func(*request) error   // answers
	nav   string                 // the sentence under which the navigation leads to it; "" = not there
	may   func(q *request) bool  // whether the actor may look at it; nil = everybody who is signed in
	file  bool                   // takes a file: other requests are small
	here  func(path string) bool // whether a path below the prefix belongs to it, in the navigation; nil = only its own
}

// allPages are all that there are. Those of administrators have a table of their own.
func allPages() []page { return slices.Concat(inboxPages, talkPages, adminPages) }

var inboxPages = []page{
	{route: "GET /{$}", serve: (*request).inbox, nav: "nav.inbox", here: func(at string) bool { return at == "/" || strings.HasPrefix(at, "/c/") }},
	{route: "GET /c/{id}", serve: (*request).inbox},
	{route: "GET /new", serve: (*request).begin, nav: "new", may: (*request).mayNotify},
	{route: "POST /new", serve: (*request).notify, may: (*request).mayNotify},
	{route: "GET /list", serve: (*request).list},
	{route: "GET /events", serve: (*request).events},
	{route: "POST /language", serve: (*request).setLanguage},
}

var talkPages = []page{
	{route: "GET /talk/{id}", serve: (*request).talk},
	{route: "GET /talk/{id}/older", serve: (*request).older},
	{route: "POST /talk/{id}/reply", serve: (*request).reply},
	{route: "POST /talk/{id}/check", serve: (*request).check},
	{route: "POST /talk/{id}/file", serve: (*request).upload, file: true},
	{route: "GET /talk/{id}/templates", serve: (*request).picker},
	{route: "GET /talk/{id}/form", serve: (*request).form},
	{route: "POST /talk/{id}/preview", serve: (*request).preview},
	{route: "POST /talk/{id}/template", serve: (*request).sendTemplate},
	{route: "GET /talk/{id}/macros", serve: (*request).macros},
	{route: "GET /talk/{id}/macro", serve: (*request).previewMacro},
	{route: "POST /talk/{id}/macro", serve: (*request).runMacro},
	{route: "POST /talk/{id}/do/{action}", serve: (*request).act},
	{route: "POST /message/{id}/{settle}", serve: (*request).settle},
	{route: "GET /panel/{id}", serve: (*request).panel},
	{route: "POST /panel/{id}/marketing/{wish}", serve: (*request).consent},
	{route: "POST /panel/{id}/export", serve: (*request).export},
	{route: "POST /panel/{id}/erase", serve: (*request).erase},
	{route: "GET /files/{message}/{n}", serve: (*request).file},
}

// routes is the site: everything behind the guard, and behind Actor but for scripts and styles.
func (c *Console) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /static/{version}/{name}", c.assets)
	for _, p := range c.pages {
		mux.HandleFunc(p.route, func(w http.ResponseWriter, r *http.Request) { c.serve(&p, w, r) })
	}
	return c.guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		below, ok := strings.CutPrefix(r.URL.Path, c.Prefix)
		switch {
		case !ok: // the router has stripped it
			below = r.URL.Path
		case below == "":
			http.Redirect(w, r, c.Prefix+"/", http.StatusMovedPermanently)
			return
		case !strings.HasPrefix(below, "/"): // another path that only begins like it
			below = r.URL.Path
		}
		if below != "/" && path.Clean(below) != below {
			http.NotFound(w, r) // no address of the console; the mux would lead to one without the prefix
			return
		}
		under := r.Clone(r.Context())
		under.URL.Path, under.URL.RawPath = below, ""
		mux.ServeHTTP(w, under)
	}))
}

// serve answers one request for a page.
func (c *Console) serve(p *page, w http.ResponseWriter, r *http.Request) {
	q := &request{Console: c, Request: r, w: w, now: c.Now(), language: c.words.of(r)}
	actor, err := c.Actor(r)
	if err != nil || actor.Kind == "" || actor.Kind == access.System {
		q.fail(errSignIn)
		return
	}
	q.actor = actor
	if changes(r) {
		most := int64(maxForm)
		if p.file {
			most = maxFile
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		if !p.file {
			if err := wholeForm(r); err != nil { // half of a form would mean something else
				q.fail(err)
				return
			}
		}
	}
	if p.may != nil && !p.may(q) {
		q.fail(access.ErrDenied)
		return
	}
	if err := p.serve(q); err != nil {
		q.fail(err)
	}
}

// wholeForm reads a form. What cannot be read to its end, or is no form, is nothing.
func wholeForm(r *http.Request) error {
	err := r.ParseForm()
	if err == nil {
		if err = r.ParseMultipartForm(maxForm); errors.Is(err, http.ErrNotMultipart) {
			err = nil
		}
	}
	if _, large := errors.AsType[*http.MaxBytesError](err); err == nil || large {
		return err
	}
	return errNoForm
}

// The largest requests: a form, and a file with what is around it.
const maxForm, maxFile = 1 << 20, 101 << 20
