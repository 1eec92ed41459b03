package simulator

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

// peopleOperations add people, look at their phones and let them act.
func peopleOperations() []operation {
	const group = "People"
	out := []operation{
		{group: group, method: "GET", path: "users", doc: "Everybody, or those whose name, number or username has a text in it", query: []parameter{{"q", "the text"}}, do: listUsers},
		{group: group, method: "POST", path: "users", doc: "Adds a person; everything is optional", body: userBody{},
			example: `{"name":"Ada","phone":"+13125550188","username":"ada.l","hide_phone":true}`, do: func(s *server, c *request) (any, error) {
				in := c.body.(*userBody)
				if in.Phone != "" && !phoneForm.MatchString(in.Phone) {
					return nil, refusal(http.StatusBadRequest, "%q is no phone number; one looks like +13125550188", in.Phone)
				}
				u := s.world.AddUser(cloudapitest.UserConfig{
					Name: in.Name, Phone: in.Phone, Username: in.Username, HidePhone: in.HidePhone, NoReceipts: in.NoReceipts, AtDesk: in.AtDesk,
				})
				// The world gives back who has the number already.
				if i := slices.Index(s.people.all(), u); i >= 0 {
					return nil, refusal(http.StatusConflict, "%s has the number %s: person %d", u.Name(), in.Phone, i)
				}
				return s.describe(s.people.add(u), u), nil
			}},
		{group: group, method: "GET", path: "users/{n}/chat", doc: "What a person sees", do: func(s *server, c *request) (any, error) {
			u, err := s.user(c)
			if err != nil {
				return nil, err
			}
			return map[string]any{"messages": u.Sees(s.number), "typing": u.Typing(s.number)}, nil
		}},
	}
	for _, name := range slices.Sorted(maps.Keys(gestures)) {
		g := gestures[name]
		out = append(out, operation{group: group, method: "POST", path: "users/{n}/" + name, doc: g.doc, body: words{}, example: g.example,
			do: func(s *server, c *request) (any, error) {
				u, err := s.user(c)
				if err != nil {
					return nil, err
				}
				id, err := g.do(u, s.number, c.body.(*words))
				if err != nil {
					return nil, err
				}
				return map[string]any{"id": id}, nil
			}})
	}
	return out
}

type userBody struct {
	Name       string `json:"name" doc:"Profile name; made up if not given"`
	Phone      string `json:"phone" doc:"Phone number; a fictional one if not given"`
	Username   string `json:"username" doc:"Username without @"`
	HidePhone  bool   `json:"hide_phone" doc:"Hides the phone number behind the username"`
	NoReceipts bool   `json:"no_receipts" doc:"Sends no read receipts"`
	AtDesk     bool   `json:"at_desk" doc:"Keeps the chat open: everything is read at once"`
}

// user finds the person in the path.
func (s *server) user(c *request) (*cloudapitest.User, error) {
	all := s.people.all()
	n, err := strconv.Atoi(c.PathValue("n"))
	if err != nil || n < 0 || n >= len(all) {
		return nil, refusal(http.StatusNotFound, "there is no person %q; they are numbered from 0 to %d", c.PathValue("n"), len(all)-1)
	}
	return all[n], nil
}

// phoneForm is how people write phone numbers.
var phoneForm = regexp.MustCompile(`^\+?[1-9][0-9 ()-]{6,24}$`)

// listUsers finds people.
func listUsers(s *server, c *request) (any, error) {
	q, found := strings.ToLower(strings.TrimPrefix(strings.TrimSpace(c.URL.Query().Get("q")), "+")), []person{}
	for i, u := range s.people.all() {
		p := s.describe(i, u)
		if strings.Contains(strings.ToLower(p.Name+"\n"+p.Phone+"\n"+p.BSUID+"\n"+p.Username), q) {
			found = append(found, p)
		}
	}
	return map[string]any{"people": found}, nil
}

// directory numbers people for the control API.
type directory struct {
	mu   sync.Mutex
	list []*cloudapitest.User
}

// add returns the number of a person, the old one if there is one.
func (d *directory) add(u *cloudapitest.User) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if i := slices.Index(d.list, u); i >= 0 {
		return i
	}
	d.list = append(d.list, u)
	return len(d.list) - 1
}

func (d *directory) all() []*cloudapitest.User {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.list)
}

// person is a customer as the page lists them.
type person struct {
	N          int        `json:"n"`
	Name       string     `json:"name"`
	Phone      string     `json:"phone"`
	BSUID      string     `json:"bsuid"`
	Username   string     `json:"username,omitempty"`
	Last       string     `json:"last,omitempty"`
	LastID     string     `json:"last_id,omitempty"`
	WindowEnds *time.Time `json:"window_ends"` // null = never opened
	Offline    bool       `json:"offline"`
	Blocked    bool       `json:"blocked"`   // by the customer
	OptedOut   bool       `json:"opted_out"` // of marketing
	Agent      bool       `json:"agent"`     // Meta's agent holds the conversation
}

// describe fills in what the page shows of person i.
func (s *server) describe(i int, u *cloudapitest.User) person {
	st := u.Standing(s.number)
	p := person{
		N: i, Name: u.Name(), Phone: u.Phone(), BSUID: u.BSUID(s.number), Username: u.Username(),
		Offline: st.Offline, Blocked: st.Blocked, OptedOut: st.OptedOut, Agent: st.Agent,
	}
	if !st.WindowEnds.IsZero() {
		p.WindowEnds = &st.WindowEnds
	}
	if seen := u.Sees(s.number); len(seen) > 0 {
		last := seen[len(seen)-1]
		if p.Last, p.LastID = last.Text, last.ID; p.Last == "" {
			p.Last = last.Kind
		}
	}
	return p
}
