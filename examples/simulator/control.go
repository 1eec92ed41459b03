package main

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

//go:embed control.txt
var controlText []byte

// routes are the control API, which control.txt describes.
func (s *server) routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /control/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write(controlText)
	})
	mux.HandleFunc("GET /control/state", s.state)
	mux.HandleFunc("GET /control/traffic/{n}", s.exchange)
	mux.HandleFunc("POST /control/clock", s.clock)
	mux.HandleFunc("POST /control/settle", func(w http.ResponseWriter, _ *http.Request) {
		s.world.Settle()
		answer(w, map[string]any{"now": s.world.Now()})
	})
	mux.HandleFunc("POST /control/intercept", s.intercept)
	mux.HandleFunc("POST /control/probe", s.probe)
	mux.HandleFunc("POST /control/webhook", s.webhook)
	mux.HandleFunc("POST /control/users", s.addUser)
	mux.HandleFunc("GET /control/users/{n}/chat", s.chat)
	mux.HandleFunc("POST /control/users/{n}/{gesture}", s.gesture)
	mux.HandleFunc("POST /control/templates", s.addTemplate)
	mux.HandleFunc("POST /control/faults", s.faults)
	mux.HandleFunc("GET /control/audit", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"findings": s.findings()})
	})
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(v) // a reader that has gone misses nothing
}

func refuse(w http.ResponseWriter, status int, err error) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": err.Error()})
}

// read decodes the body of a POST; an empty one leaves v as it is.
func read(w http.ResponseWriter, r *http.Request, v any) bool {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil && r.ContentLength != 0 {
		refuse(w, http.StatusBadRequest, errors.New("the body is not the JSON object expected here"))
		return false
	}
	return true
}

func (s *server) state(w http.ResponseWriter, _ *http.Request) {
	people := []person{}
	for i, u := range s.people.all() {
		people = append(people, s.describe(i, u))
	}
	templates := []template{}
	for t := range s.account.Templates() {
		templates = append(templates, template{t.ID, t.Name, t.Language, t.Status()})
	}
	answer(w, map[string]any{
		"now": s.world.Now(), "business": s.account.Name, "base_url": s.site, "access_token": s.token, "phone_number_id": s.number.ID, "phone": s.number.Phone,
		"waba_id": s.account.ID, "app_id": s.app.ID, "app_secret": s.app.Secret, "verify_token": s.app.VerifyToken,
		"webhook": s.app.Callback(), "people": people, "templates": templates, "findings": s.findings(), "traffic": s.journal.list(),
	})
}

// template is a message template as the page lists it.
type template struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Language string `json:"language"`
	Status   string `json:"status"`
}

func (s *server) exchange(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(r.PathValue("n"))
	x, ok := s.journal.find(n)
	if !ok {
		refuse(w, http.StatusNotFound, errors.New("this exchange is not among the last "+strconv.Itoa(journalLength)))
		return
	}
	answer(w, x)
}

// finding is a broken rule as JSON.
type finding struct {
	Rule   string    `json:"rule"`
	At     time.Time `json:"at"`
	Detail string    `json:"detail"`
	Times  int       `json:"times"`
}

func (s *server) findings() []finding {
	out := []finding{}
	for _, f := range s.world.Audit() {
		out = append(out, finding{string(f.Rule), f.At, f.Detail, f.Times})
	}
	return out
}

func (s *server) clock(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Advance string `json:"advance"`
	}
	if !read(w, r, &in) {
		return
	}
	d, err := time.ParseDuration(in.Advance)
	if err != nil || d < 0 || d > 366*24*time.Hour {
		refuse(w, http.StatusBadRequest, errors.New(`advance must be a duration such as "24h", up to a year`))
		return
	}
	s.world.Advance(d)
	answer(w, map[string]any{"now": s.world.Now()})
}

func (s *server) webhook(w http.ResponseWriter, r *http.Request) {
	var in struct {
		URL string `json:"url"`
	}
	if !read(w, r, &in) {
		return
	}
	if err := s.subscribe(in.URL); err != nil {
		refuse(w, http.StatusBadGateway, err)
		return
	}
	answer(w, map[string]any{"webhook": s.app.Callback()})
}

func (s *server) addUser(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Name      string `json:"name"`
		Phone     string `json:"phone"`
		Username  string `json:"username"`
		HidePhone bool   `json:"hide_phone"`
	}
	if !read(w, r, &in) {
		return
	}
	u := s.world.AddUser(cloudapitest.UserConfig{Name: in.Name, Phone: in.Phone, Username: in.Username, HidePhone: in.HidePhone})
	answer(w, s.describe(s.people.add(u), u))
}

// user finds the person in the path.
func (s *server) user(w http.ResponseWriter, r *http.Request) *cloudapitest.User {
	all := s.people.all()
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 0 || n >= len(all) {
		refuse(w, http.StatusNotFound, errors.New("there is no such person"))
		return nil
	}
	return all[n]
}

func (s *server) chat(w http.ResponseWriter, r *http.Request) {
	if u := s.user(w, r); u != nil {
		answer(w, map[string]any{"messages": u.Sees(s.number), "typing": u.Typing(s.number)})
	}
}

func (s *server) addTemplate(w http.ResponseWriter, r *http.Request) {
	var in json.RawMessage
	if !read(w, r, &in) {
		return
	}
	t, err := s.account.AddTemplate(string(in))
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	answer(w, map[string]any{"id": t.ID, "status": t.Status()})
}

func (s *server) faults(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Duplicate float64 `json:"duplicate"`
		Reorder   float64 `json:"reorder"`
		Lose      float64 `json:"lose"`
		Malform   float64 `json:"malform"`
		Future    float64 `json:"future"`
		Forge     float64 `json:"forge"`
		Split     float64 `json:"split"`
		Delay     float64 `json:"delay"`
		Merge     int     `json:"merge"`
	}
	if !read(w, r, &in) {
		return
	}
	s.world.SetFaults(cloudapitest.Faults{
		Duplicate: in.Duplicate, Reorder: in.Reorder, Lose: in.Lose, Malform: in.Malform, Future: in.Future,
		Forge: in.Forge, Split: in.Split, Delay: in.Delay, MaxDelay: time.Minute, Merge: in.Merge,
	})
	answer(w, map[string]any{"ok": true})
}

// intercept makes the next calls of an operation fail.
func (s *server) intercept(w http.ResponseWriter, r *http.Request) {
	in := struct {
		Operation string `json:"operation"`
		Code      int    `json:"code"` // Meta's error code; 0 = see Lost
		Lost      string `json:"lost"` // "request" or "answer"
		Times     int    `json:"times"`
	}{Operation: "POST messages", Times: 1}
	if !read(w, r, &in) {
		return
	}
	var verdict cloudapitest.Verdict
	switch {
	case in.Times < 1 || in.Times > 1000:
		refuse(w, http.StatusBadRequest, errors.New("times must be 1 to 1000"))
		return
	case in.Code > 0 && in.Lost == "":
		verdict = cloudapitest.Fail(in.Code)
	case in.Code == 0 && in.Lost == "answer":
		verdict = cloudapitest.Lose()
	case in.Code == 0 && in.Lost == "request":
		verdict = cloudapitest.Drop()
	default:
		refuse(w, http.StatusBadRequest, errors.New(`either code or lost ("request" or "answer") is required`))
		return
	}
	for range in.Times {
		s.world.Intercept(func(r *cloudapitest.Request) cloudapitest.Verdict {
			if r.Operation != in.Operation {
				return cloudapitest.Pass()
			}
			return verdict
		})
	}
	answer(w, map[string]any{"ok": true})
}

// probe attacks the receiver as a stranger would; what it lets in is a finding.
func (s *server) probe(w http.ResponseWriter, _ *http.Request) {
	if s.app.Callback() == "" {
		refuse(w, http.StatusConflict, errors.New("there is no webhook to probe"))
		return
	}
	s.world.Probe(s.app)
	answer(w, map[string]any{"findings": s.findings()})
}

// words are the arguments of gestures.
type words struct {
	Text    string `json:"text"`  // text, caption, name or answers of a flow
	Label   string `json:"label"` // of a button or row
	ID      string `json:"id"`    // wamid a gesture refers to
	Emoji   string `json:"emoji"`
	Phone   string `json:"phone"`
	Forever bool   `json:"forever"`
}

func (s *server) gesture(w http.ResponseWriter, r *http.Request) {
	u := s.user(w, r)
	if u == nil {
		return
	}
	var in words
	if !read(w, r, &in) {
		return
	}
	do := gestures[r.PathValue("gesture")]
	if do == nil {
		refuse(w, http.StatusNotFound, errors.New("there is no such gesture"))
		return
	}
	id, err := do(u, s.number, in)
	if err != nil {
		refuse(w, http.StatusConflict, fmt.Errorf("not possible: %w", err))
		return
	}
	answer(w, map[string]any{"id": id})
}
