package helpdesk

import (
	"embed"
	"html/template"
	"net/http"
	"strconv"
)

//go:embed web
var web embed.FS

var pages = template.Must(template.ParseFS(web, "web/*.html"))

// routes is the console and, unless -live is given, the page around it with the simulated phones.
func (a *app) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/console/", a.console) // guards itself
	if a.phone == nil {
		mux.Handle("GET /{$}", http.RedirectHandler("/console/", http.StatusSeeOther))
		return a.signIn.only(mux)
	}
	around := http.NewServeMux()
	for _, name := range []string{"style.css", "app.js", "icon.svg"} { // nothing else of web is served
		around.HandleFunc("GET /static/"+name, func(w http.ResponseWriter, r *http.Request) {
			http.ServeFileFS(w, r, web, "web/"+name)
		})
	}
	around.HandleFunc("GET /{$}", a.page)
	around.Handle("GET /events", a.pages)
	around.HandleFunc("GET /phone", a.showPhone)
	around.HandleFunc("GET /phone/file", a.phoneFile)
	around.HandleFunc("POST /phone/say", a.say)
	around.HandleFunc("POST /phone/tap", a.tap)
	around.HandleFunc("POST /phone/gesture", a.gesture)
	around.HandleFunc("POST /clock", a.advance)
	around.HandleFunc("POST /person", a.sit)
	around.HandleFunc("POST /storm", a.breakIt)
	around.Handle("/webhook", a.webhook) // signed like everywhere; with -live it stands alone
	mux.Handle("/", a.guard(around))
	return a.signIn.only(mux)
}

// public is all that WhatsApp can reach with -live.
func (a *app) public() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/webhook", a.webhook)
	return mux
}

func (a *app) render(w http.ResponseWriter, name string, data any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("X-Now", strconv.FormatInt(a.now().UnixMilli(), 10))
	if err := pages.ExecuteTemplate(w, name, data); err != nil {
		a.log.Error("helpdesk: render page", "page", name)
	}
}

// page is the console in a frame, and the phones beside it.
func (a *app) page(w http.ResponseWriter, r *http.Request) {
	type seat struct {
		ID, Name, Can string
		Here          bool
	}
	var seats []seat
	actor, _ := a.actor(r)
	for _, p := range people {
		if a.signIn != nil {
			break // there is one seat: that of whoever signed in
		}
		seats = append(seats, seat{p.ID, p.name, p.can, p.ID == actor.ID})
	}
	_, storms := a.phone.(*demo)
	a.render(w, "page.html", map[string]any{
		"Business": businessName, "BusinessInitial": businessName[:1], "People": seats, "Customers": a.phone.Customers(),
		"Gestures": a.phone.Gestures(), "Storms": storms,
	})
}
