package simulator

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

// worldOperations look at the world, move its clock and make calls fail.
func worldOperations() []operation {
	return []operation{
		{group: "The world", method: "GET", path: "state", doc: "Everything the page shows: ids, secrets, people, templates, the last traffic, broken rules", do: state},
		{group: "The world", method: "POST", path: "reset", doc: "Starts anew with the same ids; the webhook stays connected", example: `{}`,
			do: func(s *server, _ *request) (any, error) {
				if s.reset == nil {
					return nil, refusal(http.StatusNotImplemented, "this simulator cannot start anew")
				}
				return nil, s.reset()
			}},
		{group: "The world", method: "POST", path: "clock", doc: "Moves the clock, by a duration or to a time, and lets happen what falls due on the way",
			body: clockBody{}, example: `{"advance":"24h"}`, do: clock},
		{group: "The world", method: "POST", path: "settle", doc: "Lets everything under way arrive", example: `{}`, do: func(s *server, _ *request) (any, error) {
			s.world.Settle()
			return map[string]any{"now": s.world.Now()}, nil
		}},
		{group: "The world", method: "GET", path: "audit", doc: "The rules your program has broken so far, and advice it did not take", do: func(s *server, _ *request) (any, error) {
			return map[string]any{"findings": s.findings()}, nil
		}},
		{group: "The world", method: "POST", path: "audit/clear", doc: "Forgets the findings", example: `{}`, do: func(s *server, _ *request) (any, error) {
			s.world.ClearAudit()
			return nil, nil
		}},
		{group: "The world", method: "GET", path: "traffic", doc: "Calls and webhooks, oldest first, all there ever were",
			query: []parameter{{"after", "the n of the last one you have; 0 or nothing from the start"}, {"limit", "how many at most, 100 if not given, 1000 at most"},
				{"kind", "graph, webhook or control only"}, {"bodies", "true for the bodies too"}}, do: traffic},
		{group: "The world", method: "GET", path: "traffic/{n}", doc: "One call or webhook with its bodies", do: func(s *server, c *request) (any, error) {
			n, _ := strconv.Atoi(c.PathValue("n"))
			x, ok := s.journal.find(n)
			if !ok {
				return nil, refusal(http.StatusNotFound, "there is no exchange %q; the last one is %d", c.PathValue("n"), s.journal.count())
			}
			return x, nil
		}},
		{group: "The world", method: "POST", path: "intercept", doc: `Makes the next calls of an operation fail, or lets its answer be lost`,
			body: interceptBody{}, example: `{"code":131056,"times":2}`, do: intercept},
		{group: "The world", method: "POST", path: "identity", doc: "Habits of the platform that were seen and are documented nowhere: two wamids of one message, BSUIDs where a number is expected",
			body: identityBody{}, example: `{"scoped_wamids":true,"bsuid_in_from":true}`, do: func(s *server, c *request) (any, error) {
				in := c.body.(*identityBody)
				s.world.SetIdentity(cloudapitest.Identity{ScopedWamids: in.ScopedWamids, BSUIDInFrom: in.BSUIDInFrom})
				return nil, nil
			}},
	}
}

// webhookOperations decide where webhooks go and what becomes of them.
func webhookOperations() []operation {
	return []operation{
		{group: "Webhooks", method: "POST", path: "webhook", doc: "Connects your program, after the handshake with the verify token",
			body: urlBody{}, example: `{"url":"http://localhost:8080/webhook"}`, do: func(s *server, c *request) (any, error) {
				if err := s.subscribe(c.body.(*urlBody).URL); err != nil {
					return nil, err
				}
				return map[string]any{"webhook": s.app.Callback()}, nil
			}},
		{group: "Webhooks", method: "POST", path: "faults", doc: "Bad weather for webhooks: rates from 0 to 1, and items per POST; {} is a calm day", body: faultsBody{},
			example: `{"duplicate":0.2,"reorder":0.2,"lose":0.1,"merge":50}`, do: func(s *server, c *request) (any, error) {
				in := c.body.(*faultsBody)
				for _, rate := range []float64{in.Duplicate, in.Reorder, in.Lose, in.Malform, in.Future, in.Forge, in.Split, in.Delay} {
					if rate < 0 || rate > 1 {
						return nil, refusal(http.StatusBadRequest, "rates are numbers from 0 to 1")
					}
				}
				s.world.SetFaults(cloudapitest.Faults{
					Duplicate: in.Duplicate, Reorder: in.Reorder, Lose: in.Lose, Malform: in.Malform, Future: in.Future,
					Forge: in.Forge, Split: in.Split, Delay: in.Delay, MaxDelay: time.Minute, Merge: in.Merge,
				})
				return nil, nil
			}},
		{group: "Webhooks", method: "POST", path: "probe", doc: "Attacks your webhook as a stranger would, unsigned and badly signed, and tells what was let in", example: `{}`, do: probe},
	}
}

type urlBody struct {
	URL string `json:"url" doc:"Address of your program's webhook"`
}

type faultsBody struct {
	Duplicate float64 `json:"duplicate" doc:"A webhook is sent again although it was answered 200"`
	Reorder   float64 `json:"reorder" doc:"An item is held back for up to 5 seconds and overtaken"`
	Lose      float64 `json:"lose" doc:"An attempt never arrives; it is retried"`
	Malform   float64 `json:"malform" doc:"A malformed item travels beside the good ones"`
	Future    float64 `json:"future" doc:"A field and a webhook from the future come along"`
	Forge     float64 `json:"forge" doc:"A webhook with a wrong signature comes along"`
	Split     float64 `json:"split" doc:"A batch is cut into several webhooks"`
	Delay     float64 `json:"delay" doc:"An item is late by up to a minute"`
	Merge     int     `json:"merge" doc:"Up to so many items come in one webhook"`
}

func state(s *server, _ *request) (any, error) {
	people := []person{}
	for i, u := range s.people.all() {
		people = append(people, s.describe(i, u))
	}
	templates := []template{}
	for t := range s.account.Templates() {
		templates = append(templates, template{t.ID, t.Name, t.Language, t.Status()})
	}
	return map[string]any{
		"now": s.world.Now(), "business": s.account.Name, "base_url": s.site, "access_token": s.token, "phone_number_id": s.number.ID, "phone": s.number.Phone,
		"waba_id": s.account.ID, "app_id": s.app.ID, "app_secret": s.app.Secret, "verify_token": s.app.VerifyToken, "graph_urls": s.graphURLs,
		"catalog_id": s.catalog, "snippets": s.snippets(), "webhook": s.app.Callback(), "people": people, "templates": templates, "flows": s.flows(), "findings": s.findings(), "traffic": s.journal.list(),
		"traffic_count": s.journal.count(), "account_events": cloudapitest.AccountEvents(),
	}, nil
}

// template is a message template as the page lists it.
type template struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Language string `json:"language"`
	Status   string `json:"status"`
}

func traffic(s *server, c *request) (any, error) {
	q := c.URL.Query()
	after, limit := 0, 100
	for name, v := range map[string]*int{"after": &after, "limit": &limit} {
		if text := q.Get(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 0 {
				return nil, refusal(http.StatusBadRequest, "%s must be a number from 0", name)
			}
			*v = n
		}
	}
	list, next := s.journal.after(after, min(max(limit, 1), 1000), q.Get("kind"), q.Get("bodies") == "true")
	return map[string]any{"traffic": list, "next": next, "count": s.journal.count()}, nil
}

// finding is a broken rule, or advice not taken, as JSON.
type finding struct {
	Rule   string           `json:"rule"`
	Advice bool             `json:"advice"`
	At     time.Time        `json:"at"`
	Detail string           `json:"detail"`
	Times  int              `json:"times"`
	Cases  []map[string]any `json:"cases"`
}

func (s *server) findings() []finding {
	out := []finding{}
	for _, f := range s.world.Audit() {
		x := finding{string(f.Rule), f.Rule.Advice(), f.At, f.Detail, f.Times, nil}
		for _, c := range f.Cases {
			x.Cases = append(x.Cases, map[string]any{"at": c.At, "what": c.What, "where": c.Where, "trace": c.Trace, "n": s.journal.traced(c.Trace)})
		}
		out = append(out, x)
	}
	return out
}

func clock(s *server, c *request) (any, error) {
	in := c.body.(*clockBody)
	d, err := time.ParseDuration(in.Advance)
	if in.To != "" && in.Advance == "" {
		var to time.Time
		to, err = time.Parse(time.RFC3339, in.To)
		d = to.Sub(s.world.Now())
	}
	if err != nil || d < 0 || d > 366*24*time.Hour {
		return nil, refusal(http.StatusBadRequest, `send advance, a duration such as "24h", or to, a time such as "2026-12-24T18:00:00Z": up to a year ahead, never back`)
	}
	s.world.Advance(d)
	return map[string]any{"now": s.world.Now()}, nil
}

// intercept makes the next calls of an operation fail.
func intercept(s *server, c *request) (any, error) {
	in := c.body.(*interceptBody)
	if in.Operation == "" {
		in.Operation = "POST messages"
	}
	times := 1
	if in.Times != nil {
		times = *in.Times
	}
	var verdict cloudapitest.Verdict
	switch {
	case times < 1 || times > 1000:
		return nil, refusal(http.StatusBadRequest, "times must be 1 to 1000")
	case in.Code > 0 && in.Lost == "":
		verdict = cloudapitest.Fail(in.Code)
	case in.Code == 0 && in.Lost == "answer":
		verdict = cloudapitest.Lose()
	case in.Code == 0 && in.Lost == "request":
		verdict = cloudapitest.Drop()
	default:
		return nil, refusal(http.StatusBadRequest, `either code or lost ("request" or "answer") is required`)
	}
	for range times {
		s.world.Intercept(func(r *cloudapitest.Request) cloudapitest.Verdict {
			if r.Operation != in.Operation {
				return cloudapitest.Pass()
			}
			return verdict
		})
	}
	return nil, nil
}

// probe attacks the receiver as a stranger would; what it lets in is a finding.
func probe(s *server, _ *request) (any, error) {
	if s.app.Callback() == "" {
		return nil, errors.New("there is no webhook to probe; connect your program first")
	}
	refused, attacks := 0, []map[string]any{}
	all := s.world.Probe(s.app)
	for _, a := range all {
		if !a.LetIn {
			refused++
		}
		attacks = append(attacks, map[string]any{"how": a.How, "status": a.Status, "let_in": a.LetIn})
	}
	verdict := "refused " + strconv.Itoa(refused) + " of " + strconv.Itoa(len(all)) + ": "
	if refused == len(all) {
		verdict += "good"
	} else {
		verdict += "a stranger can make your program believe anything"
	}
	return map[string]any{"verdict": verdict, "attacks": attacks, "findings": s.findings()}, nil
}

// explain turns an error of the handshake into what to do about it.
func explain(url string, err error) error {
	why := err.Error()
	_, status, answered := strings.Cut(why, "status ")
	switch {
	case !strings.HasPrefix(url, "http://") && !strings.HasPrefix(url, "https://"):
		return refusal(http.StatusBadRequest, "%q is no address of a webhook: start with http://, as in http://localhost:8080/webhook", url)
	case strings.Contains(why, "not an absolute URL"):
		return refusal(http.StatusBadRequest, "%q is no address of a webhook; one looks like http://localhost:8080/webhook", url)
	case strings.Contains(why, "no answer"):
		return refusal(http.StatusBadGateway, "nobody answered under %s: start your program, and look at host and port", url)
	case answered && (status == "403" || status == "401" || status == "400"):
		return refusal(http.StatusBadGateway, "your program answered the handshake with %s: does it have the verify token of this simulator?", status)
	case answered && status == "404":
		return refusal(http.StatusBadGateway, "your program answered the handshake with 404: is the path of %s right, and does it take GET?", url)
	case answered:
		return refusal(http.StatusBadGateway, "your program answered the handshake with %s; it must answer 200 and the challenge", status)
	}
	return refusal(http.StatusBadGateway, "your program must answer the handshake with hub.challenge as it came, and nothing else")
}

type clockBody struct {
	Advance string `json:"advance" doc:"A duration such as 24h, up to a year"`
	To      string `json:"to" doc:"A time as in 2026-12-24T18:00:00Z, up to a year ahead"`
}

type interceptBody struct {
	Operation string `json:"operation" doc:"Method and edge of the call; POST messages if not given"`
	Code      int    `json:"code" doc:"Error code of Meta's"`
	Lost      string `json:"lost" doc:"answer: accepted, but you never learn it; request: lost on the way"`
	Times     *int   `json:"times" doc:"How many calls, 1 to 1000; one if not given"`
}

type identityBody struct {
	ScopedWamids bool `json:"scoped_wamids" doc:"Quotes, edits and reactions name the other wamid of a message"`
	BSUIDInFrom  bool `json:"bsuid_in_from" doc:"from, wa_id and recipient_id hold the BSUID of people who hide their number"`
}
