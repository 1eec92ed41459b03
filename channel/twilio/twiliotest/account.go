package twiliotest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// content is one content of the account.
type content struct {
	sid, name, language string
	types               map[string]json.RawMessage
	variables           map[string]string
	template, category  string
	status              string
	updated             time.Time
}

// ContentConfig describes a content made by hand.
type ContentConfig struct {
	Name     string // of the template at Meta, too
	Language string // "" means "en"
	Category string // "" means "UTILITY"
	Type     string // "" means "twilio/text"
	// Value is the JSON of the type, such as {"body":"Hi {{1}}"}.
	Value string
	// Samples are the values that stand in for missing ones.
	Samples map[string]string
}

// AddContent makes a content that is approved by WhatsApp, and returns its SID.
func (s *Sim) AddContent(cfg ContentConfig) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range []struct {
		p   *string
		def string
	}{{&cfg.Language, "en"}, {&cfg.Category, "UTILITY"}, {&cfg.Type, "twilio/text"}} {
		if *d.p == "" {
			*d.p = d.def
		}
	}
	c := &content{
		sid: s.id("HX"), name: cfg.Name, language: cfg.Language, types: map[string]json.RawMessage{cfg.Type: json.RawMessage(cfg.Value)},
		variables: cfg.Samples, template: cfg.Name, category: cfg.Category, status: "approved", updated: s.cfg.Now(),
	}
	s.contents = append(s.contents, c)
	return c.sid
}

// Review changes where a content stands: "approved", "pending", "rejected", "paused", "disabled".
func (s *Sim) Review(sid, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.content(sid); c != nil {
		c.status, c.updated = status, s.cfg.Now()
	}
}

// RemoveContents removes the contents whose name begins so.
func (s *Sim) RemoveContents(prefix string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.contents = slices.DeleteFunc(s.contents, func(c *content) bool { return strings.HasPrefix(c.name, prefix) })
}

// Contents lists the names of all contents, with their JSON, as people of the account see them.
func (s *Sim) Contents() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := map[string]string{}
	for _, c := range s.contents {
		raw, _ := json.Marshal(c.types) // it was JSON
		all[c.name] = string(raw)
	}
	return all
}

func (s *Sim) content(sid string) *content {
	for _, c := range s.contents {
		if c.sid == sid {
			return c
		}
	}
	return nil
}

func (s *Sim) listContents(w http.ResponseWriter) {
	list := []object{}
	for _, c := range s.contents {
		o := object{
			"sid": c.sid, "account_sid": s.cfg.AccountSID, "friendly_name": c.name, "language": c.language, "types": c.types,
			"variables": c.variables, "date_updated": c.updated.UTC().Format(time.RFC3339), "approval_requests": nil,
		}
		if c.template != "" {
			o["approval_requests"] = object{
				"name": c.template, "category": c.category, "status": c.status, "rejection_reason": "", "content_type": "", "allow_category_change": true,
			}
		}
		list = append(list, o)
	}
	reply(w, http.StatusOK, object{"contents": list, "meta": object{"next_page_url": nil, "key": "contents"}})
}

func (s *Sim) createContent(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Name      string                     `json:"friendly_name"`
		Language  string                     `json:"language"`
		Variables map[string]string          `json:"variables"`
		Types     map[string]json.RawMessage `json:"types"`
	}
	if json.NewDecoder(r.Body).Decode(&in) != nil || in.Language == "" || len(in.Types) == 0 {
		refuse(w, http.StatusBadRequest, 20001)
		return
	}
	c := &content{
		sid: s.id("HX"), name: in.Name, language: in.Language, types: in.Types, variables: in.Variables, status: "unsubmitted", updated: s.cfg.Now(),
	}
	s.contents = append(s.contents, c)
	reply(w, http.StatusCreated, object{"sid": c.sid, "friendly_name": c.name, "language": c.language, "types": c.types})
}

var variable = regexp.MustCompile(`\{\{\s*([0-9A-Za-z_]+)\s*\}\}`)

// bubble is what a person sees of a content with these values.
func (c *content) bubble(values map[string]string) Bubble {
	fill := func(text string) string {
		return variable.ReplaceAllStringFunc(text, func(v string) string {
			key := variable.FindStringSubmatch(v)[1]
			if s, ok := values[key]; ok {
				return s
			}
			return c.variables[key]
		})
	}
	var b Bubble
	for _, raw := range c.types {
		var t struct {
			Title   string
			Body    string
			Media   []string
			Actions []struct{ Title, ID string }
			Items   []struct{ Item, ID, Description string }
		}
		_ = json.Unmarshal(raw, &t) // what is not understood is not seen
		if b.Text = fill(t.Body); t.Body == "" {
			b.Text = fill(t.Title)
		}
		for _, m := range t.Media {
			b.Media = fill(m)
		}
		for _, a := range t.Actions {
			b.Buttons = append(b.Buttons, Choice{ID: fill(a.ID), Title: fill(a.Title)})
		}
		for _, i := range t.Items {
			b.Rows = append(b.Rows, Choice{ID: fill(i.ID), Title: fill(i.Item), Description: fill(i.Description)})
		}
	}
	return b
}

func (s *Sim) listSenders(w http.ResponseWriter) {
	list := []object{}
	for _, phone := range slices.Sorted(func(yield func(string) bool) {
		for p := range s.senders {
			if !yield(p) {
				return
			}
		}
	}) {
		sn := s.senders[phone]
		list = append(list, object{
			"sid": "XE" + fmt.Sprintf("%032x", len(list)), "status": sn.status, "sender_id": "whatsapp:" + phone,
			"configuration": object{"waba_id": sn.waba}, "profile": object{"name": "Support"},
			"properties": object{"quality_rating": "HIGH", "messaging_limit": sn.limit},
		})
	}
	reply(w, http.StatusOK, object{"senders": list, "meta": object{"next_page_url": nil}})
}

func (s *Sim) searchNumbers(w http.ResponseWriter, path string) {
	parts := strings.Split(strings.TrimSuffix(path, ".json"), "/") // "", AvailablePhoneNumbers, FI, Mobile
	if len(parts) != 4 || parts[2] == "XX" {
		refuse(w, http.StatusNotFound, 20404)
		return
	}
	list := []object{}
	for i := range 3 {
		phone := fmt.Sprintf("+35845555%04d", i+1)
		list = append(list, object{
			"phone_number": phone, "friendly_name": phone, "iso_country": parts[2], "region": nil, "locality": nil, "address_requirements": "any",
		})
	}
	reply(w, http.StatusOK, object{"available_phone_numbers": list})
}

func (s *Sim) listNumbers(w http.ResponseWriter) {
	list := []object{}
	for _, n := range s.numbers {
		list = append(list, n.json())
	}
	reply(w, http.StatusOK, object{"incoming_phone_numbers": list, "next_page_uri": nil})
}

func (n owned) json() object {
	return object{
		"sid": n.sid, "phone_number": n.phone, "friendly_name": n.name, "date_created": n.bought.UTC().Format(time.RFC1123Z),
	}
}

func (s *Sim) buy(w http.ResponseWriter, r *http.Request) {
	if r.ParseForm() != nil || r.PostForm.Get("PhoneNumber") == "" {
		refuse(w, http.StatusBadRequest, 21421)
		return
	}
	for _, n := range s.numbers {
		if n.phone == r.PostForm.Get("PhoneNumber") {
			refuse(w, http.StatusBadRequest, 21422)
			return
		}
	}
	n := owned{sid: s.id("PN"), phone: r.PostForm.Get("PhoneNumber"), name: r.PostForm.Get("FriendlyName"), bought: s.cfg.Now()}
	s.numbers = append(s.numbers, n)
	reply(w, http.StatusCreated, n.json())
}
