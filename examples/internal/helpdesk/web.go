package helpdesk

import (
	"embed"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/message"
	wa "github.com/kanava-go/kanava/template"
)

//go:embed web
var web embed.FS

var pages = template.Must(template.ParseFS(web, "web/*.html"))

// routes is the console: the agent's pages, and the simulated phone unless -live is given.
func (a *app) routes() http.Handler {
	mux := http.NewServeMux()
	for _, name := range []string{"style.css", "drafts.js", "app.js", "icon.svg"} { // nothing else of web is served
		mux.HandleFunc("GET /static/"+name, func(w http.ResponseWriter, r *http.Request) {
			http.ServeFileFS(w, r, web, "web/"+name)
		})
	}
	mux.HandleFunc("GET /{$}", a.page)
	mux.Handle("GET /events", a.pages)
	mux.HandleFunc("GET /tickets", a.tickets)
	mux.HandleFunc("GET /conversations/{id}", a.conversation)
	mux.HandleFunc("POST /conversations/{id}/reply", a.reply)
	mux.HandleFunc("POST /conversations/{id}/template", a.sendTemplate)
	mux.HandleFunc("POST /conversations/{id}/resolve", a.resolve)
	mux.HandleFunc("POST /conversations/{id}/reopen", a.reopen)
	mux.HandleFunc("GET /templates", a.templates)
	mux.HandleFunc("GET /templates/fields", a.fields)
	mux.HandleFunc("POST /templates/preview", a.preview)
	if a.phone != nil {
		mux.HandleFunc("GET /phone", a.showPhone)
		mux.HandleFunc("POST /phone/say", a.say)
		mux.HandleFunc("POST /phone/tap", a.tap)
		mux.HandleFunc("POST /clock", a.advance)
		mux.Handle("/webhook", a.webhook) // signed like everywhere; with -live it stands alone
	}
	return guard(mux)
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

func (a *app) page(w http.ResponseWriter, _ *http.Request) {
	a.render(w, "page.html", map[string]any{"Live": a.phone == nil, "Business": businessName, "BusinessInitial": businessName[:1]})
}

func (a *app) tickets(w http.ResponseWriter, r *http.Request) {
	convs, err := a.agents.Conversations(r.Context(), agent, desk.ConversationQuery{Channel: channelID, Limit: 200})
	if err != nil {
		a.refuse(w, err)
		return
	}
	views := make([]ticketView, 0, len(convs))
	for _, c := range convs {
		conv, customer, err := a.agents.Conversation(r.Context(), agent, c.ID)
		if errors.Is(err, channel.ErrNotFound) { // erased since it was listed
			continue
		}
		if err != nil {
			a.refuse(w, err)
			return
		}
		views = append(views, a.ticketView(conv, customer, r.FormValue("selected") == c.ID))
	}
	a.render(w, "tickets.html", map[string]any{"Tickets": views, "Live": a.phone == nil})
}

func (a *app) conversation(w http.ResponseWriter, r *http.Request) {
	conv, customer, err := a.agents.Conversation(r.Context(), agent, r.PathValue("id"))
	if err != nil {
		a.refuse(w, err)
		return
	}
	messages, err := a.agents.Messages(r.Context(), agent, channel.MessageQuery{Conversation: conv.ID, Limit: 200})
	if err != nil {
		a.refuse(w, err)
		return
	}
	a.render(w, "conversation.html", a.conversationView(conv, customer, messages))
}

func (a *app) reply(w http.ResponseWriter, r *http.Request) {
	_, err := a.agents.Reply(r.Context(), agent, channel.Reply{
		Conversation: r.PathValue("id"), Key: r.FormValue("key"),
		Content: &message.Text{Body: r.FormValue("text")},
	})
	a.answer(w, err)
}

func (a *app) resolve(w http.ResponseWriter, r *http.Request) {
	a.answer(w, a.agents.Resolve(r.Context(), agent, r.PathValue("id"), ""))
}

func (a *app) reopen(w http.ResponseWriter, r *http.Request) {
	a.answer(w, a.agents.Reopen(r.Context(), agent, r.PathValue("id")))
}

func (a *app) sendTemplate(w http.ResponseWriter, r *http.Request) {
	def := a.chosen(w, r)
	if def == nil {
		return
	}
	values, err := valuesOf(def, r.FormValue)
	if err != nil {
		a.refuse(w, err)
		return
	}
	_, err = a.agents.Reply(r.Context(), agent, channel.Reply{
		Conversation: r.PathValue("id"), Key: r.FormValue("key"),
		Template: &channel.Template{Name: def.Name, Language: def.Language, Values: values},
	})
	a.answer(w, err)
}

// templates lists for the picker what can be sent now and filled in by a person.
func (a *app) templates(w http.ResponseWriter, _ *http.Request) {
	type option struct{ Key, Title string }
	options := []option{}
	for _, def := range a.catalog.Search(wa.Filter{SendableAt: a.now()}) {
		if typeable(def) {
			options = append(options, option{def.Name + "/" + def.Language, strings.ReplaceAll(def.Name, "_", " ") + " · " + def.Language})
		}
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(options); err != nil {
		a.log.Error("helpdesk: write templates")
	}
}

func (a *app) fields(w http.ResponseWriter, r *http.Request) {
	name, language, _ := strings.Cut(r.FormValue("key"), "/")
	def, ok := a.catalog.Lookup(name, language)
	if !ok {
		http.Error(w, "The template is gone.", http.StatusNotFound)
		return
	}
	customer := ""
	if _, c, err := a.agents.Conversation(r.Context(), agent, r.FormValue("conversation")); err == nil {
		customer = c.Name
	}
	a.render(w, "fields.html", fieldsOf(def, customer))
}

func (a *app) preview(w http.ResponseWriter, r *http.Request) {
	def := a.chosen(w, r)
	if def == nil {
		return
	}
	values, err := samplesOf(def, r.FormValue)
	if err != nil {
		a.refuse(w, err)
		return
	}
	_, preview, err := def.Bind(values)
	if err != nil {
		a.refuse(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if _, err := w.Write([]byte(`<div class="bubble">` + preview.HTML() + `</div>`)); err != nil {
		a.log.Error("helpdesk: write preview")
	}
}

// chosen returns the template that a form names; if there is none it says so and
// returns nil.
func (a *app) chosen(w http.ResponseWriter, r *http.Request) *wa.Definition {
	name, language, _ := strings.Cut(r.FormValue("name"), "/")
	def, ok := a.catalog.Lookup(name, language)
	if !ok {
		http.Error(w, "Choose a template first.", http.StatusBadRequest)
	}
	return def
}
