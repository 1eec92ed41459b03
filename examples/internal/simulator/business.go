package simulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

// businessOperations play Meta's part towards the business: templates, the number, the
// account.
func businessOperations() []operation {
	const templates, number, account = "Templates", "The number", "The account"
	plain := func(path, doc string, do func(t *cloudapitest.Template)) operation {
		return operation{group: templates, method: "POST", path: "templates/{id}/" + path, doc: doc, example: `{}`,
			do: withTemplate(func(t *cloudapitest.Template, _ *request) error { do(t); return nil })}
	}
	return []operation{
		{group: templates, method: "GET", path: "templates", doc: "The templates there are", do: func(s *server, _ *request) (any, error) {
			list := []template{}
			for t := range s.account.Templates() {
				list = append(list, template{t.ID, t.Name, t.Language, t.Status()})
			}
			return map[string]any{"templates": list}, nil
		}},
		{group: templates, method: "POST", path: "templates", doc: "Adds a template, defined as for Meta and approved at once", body: json.RawMessage{},
			example: `{"name":"thanks","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"Thank you."}]}`, do: func(s *server, c *request) (any, error) {
				t, err := s.account.AddTemplate(string(*c.body.(*json.RawMessage)))
				if err != nil {
					return nil, refusal(http.StatusBadRequest, "%v", err)
				}
				return map[string]any{"id": t.ID, "status": t.Status()}, nil
			}},
		plain("approve", "Ends the review with success", (*cloudapitest.Template).Approve),
		{group: templates, method: "POST", path: "templates/{id}/reject", doc: "Ends the review with a reason of Meta's", body: reasonBody{}, example: `{"reason":"INVALID_FORMAT"}`,
			do: withTemplate(func(t *cloudapitest.Template, c *request) error {
				reason := strings.ToUpper(c.body.(*reasonBody).Reason)
				if reason == "" {
					reason = "INVALID_FORMAT"
				}
				t.Reject(reason)
				return nil
			})},
		plain("pause", "Pauses it for low quality: 3 hours, then 6, then for good", (*cloudapitest.Template).Pause),
		plain("disable", "Disables it for good", (*cloudapitest.Template).Disable),
		{group: templates, method: "POST", path: "templates/{id}/category", doc: "Announces another category, in effect a day later", body: categoryBody{}, example: `{"category":"MARKETING"}`,
			do: withTemplate(func(t *cloudapitest.Template, c *request) error {
				to := strings.ToUpper(c.body.(*categoryBody).Category)
				if to != "MARKETING" && to != "UTILITY" && to != "AUTHENTICATION" {
					return refusal(http.StatusBadRequest, "category must be MARKETING, UTILITY or AUTHENTICATION")
				}
				t.MoveCategory(to)
				return nil
			})},
		{group: templates, method: "POST", path: "templates/{id}/quality", doc: "Changes the quality score", body: scoreBody{}, example: `{"score":"YELLOW"}`,
			do: withTemplate(func(t *cloudapitest.Template, c *request) error {
				score, err := c.body.(*scoreBody).score()
				if err == nil {
					t.SetQuality(score)
				}
				return err
			})},
		{group: templates, method: "POST", path: "templates/{id}/hold", doc: "Sends wait for quality assessment, until released or dropped", body: holdBody{}, example: `{"on":true}`,
			do: withTemplate(func(t *cloudapitest.Template, c *request) error {
				if in := c.body.(*holdBody); in.On {
					t.Hold()
				} else {
					t.Release(!in.Drop)
				}
				return nil
			})},

		{group: account, method: "POST", path: "signup", doc: "A customer goes through Embedded Signup: the code for your program, good for 30 seconds", example: `{}`, do: func(s *server, _ *request) (any, error) {
			return map[string]any{"code": s.app.SignUp(s.account)}, nil
		}},
		{group: number, method: "GET", path: "numbers", doc: "Every number of the account, with the code that was sent to it last", do: func(s *server, _ *request) (any, error) {
			list := []map[string]any{}
			for n := range s.account.Numbers() {
				list = append(list, map[string]any{"id": n.ID, "phone": n.Phone, "code": n.Code()})
			}
			return map[string]any{"numbers": list}, nil
		}},
		{group: number, method: "POST", path: "number/quality", doc: "Changes the quality rating", body: scoreBody{}, example: `{"score":"RED"}`, do: func(s *server, c *request) (any, error) {
			score, err := c.body.(*scoreBody).score()
			if err == nil {
				s.number.SetQuality(score)
			}
			return nil, err
		}},
		{group: number, method: "POST", path: "number/status", doc: "Changes the status; only CONNECTED numbers send", body: statusBody{}, example: `{"status":"RESTRICTED"}`, do: func(s *server, c *request) (any, error) {
			status := strings.ToUpper(c.body.(*statusBody).Status)
			if !slices.Contains(numberStatuses, status) {
				return nil, refusal(http.StatusBadRequest, "status must be one of %s", strings.Join(numberStatuses, ", "))
			}
			s.number.SetStatus(status)
			return nil, nil
		}},
		{group: number, method: "POST", path: "number/name", doc: "Ends the review of the display name your program asked for", body: approveBody{}, example: `{"approve":true}`, do: func(s *server, c *request) (any, error) {
			s.number.ReviewName(c.body.(*approveBody).Approve)
			return nil, nil
		}},
		{group: number, method: "POST", path: "number/throughput", doc: "Changes the messages per second; 1000 comes with a minute of maintenance", body: throughputBody{}, example: `{"per_second":80}`, do: func(s *server, c *request) (any, error) {
			n := c.body.(*throughputBody).PerSecond
			if n < 1 || n > 10000 {
				return nil, refusal(http.StatusBadRequest, "per_second must be 1 to 10000")
			}
			s.number.SetThroughput(n)
			return nil, nil
		}},

		{group: account, method: "POST", path: "limit", doc: "Changes how many people may be messaged outside a window in 24 hours; -1 is unlimited", body: limitBody{}, example: `{"users":1000}`, do: func(s *server, c *request) (any, error) {
			n := c.body.(*limitBody).Users
			if n == 0 || n < -1 {
				return nil, refusal(http.StatusBadRequest, "users must be a number from 1, or -1")
			}
			s.account.Portfolio.SetLimit(n)
			return nil, nil
		}},
		{group: account, method: "POST", path: "account/event", doc: "Makes something happen to the account and tells it by account_update", body: eventBody{}, example: `{"event":"ACCOUNT_VIOLATION"}`, do: func(s *server, c *request) (any, error) {
			if err := s.account.Event(c.body.(*eventBody).Event); err != nil {
				return nil, refusal(http.StatusBadRequest, "event must be one of %s", strings.Join(cloudapitest.AccountEvents(), ", "))
			}
			return nil, nil
		}},
		{group: account, method: "POST", path: "account/alert", doc: "Tells an account alert", body: alertBody{}, example: `{"alert":"OBA_APPROVED"}`, do: func(s *server, c *request) (any, error) {
			alert := c.body.(*alertBody).Alert
			if alert == "" {
				return nil, refusal(http.StatusBadRequest, "alert is a type of Meta's, OBA_APPROVED for instance")
			}
			s.account.Alert(alert)
			return nil, nil
		}},
		{group: account, method: "POST", path: "account/review", doc: "Tells the outcome of a policy review", body: decisionBody{}, example: `{"decision":"APPROVED"}`, do: func(s *server, c *request) (any, error) {
			decision := strings.ToUpper(c.body.(*decisionBody).Decision)
			if !slices.Contains([]string{"APPROVED", "REJECTED", "PENDING", "DEFERRED"}, decision) {
				return nil, refusal(http.StatusBadRequest, "decision must be APPROVED, REJECTED, PENDING or DEFERRED")
			}
			s.account.Review(decision)
			return nil, nil
		}},
		{group: account, method: "POST", path: "account/restrict", doc: "Makes every send fail with an error code, 368 for instance; 0 lifts it", body: codeBody{}, example: `{"code":368}`, do: func(s *server, c *request) (any, error) {
			code := c.body.(*codeBody).Code
			if code < 0 {
				return nil, refusal(http.StatusBadRequest, "code is an error code of Meta's, or 0")
			}
			s.account.Restrict(code)
			return nil, nil
		}},
		{group: account, method: "POST", path: "account/payment", doc: "Takes the payment method away: what is not free is accepted and then fails with 131042", body: paymentBody{}, example: `{"missing":true}`, do: func(s *server, c *request) (any, error) {
			s.account.SetPayment(!c.body.(*paymentBody).Missing)
			return nil, nil
		}},
		{group: account, method: "POST", path: "account/marketing", doc: "Closes /messages to marketing, which must go to marketing_messages: 131063", body: marketingBody{}, example: `{"elsewhere":true}`, do: func(s *server, c *request) (any, error) {
			s.account.SetMarketingElsewhere(c.body.(*marketingBody).Elsewhere)
			return nil, nil
		}},
		{group: account, method: "POST", path: "account/timezone", doc: "Changes the time zone, by which free messages are counted", body: zoneBody{}, example: `{"location":"Europe/Helsinki"}`, do: func(s *server, c *request) (any, error) {
			location, err := time.LoadLocation(c.body.(*zoneBody).Location)
			if err != nil {
				return nil, refusal(http.StatusBadRequest, "location must be the name of a time zone such as Europe/Helsinki")
			}
			s.account.SetLocation(location)
			return nil, nil
		}},
		{group: account, method: "POST", path: "account/template-review", doc: "How templates that your program makes are reviewed: approved after a time, or by hand", body: reviewBody{}, example: `{"by_hand":true}`, do: func(s *server, c *request) (any, error) {
			in := c.body.(*reviewBody)
			after, err := time.ParseDuration(in.After)
			switch {
			case in.ByHand:
				after = -1
			case err != nil || after < 0:
				return nil, refusal(http.StatusBadRequest, `send after, a duration such as "1m", or by_hand`)
			}
			s.account.SetReview(after)
			return nil, nil
		}},
	}
}

// withTemplate finds the template in the path, by id or by name.
func withTemplate(do func(t *cloudapitest.Template, c *request) error) func(*server, *request) (any, error) {
	return func(s *server, c *request) (any, error) {
		for t := range s.account.Templates() {
			if id := c.PathValue("id"); t.ID == id || t.Name == id {
				if err := do(t, c); err != nil {
					return nil, err
				}
				return map[string]any{"id": t.ID, "status": t.Status()}, nil
			}
		}
		return nil, refusal(http.StatusNotFound, "there is no template %q; name one by its id or name", c.PathValue("id"))
	}
}

// Bodies of the operations above.
type (
	reasonBody struct {
		Reason string `json:"reason" doc:"INVALID_FORMAT, ABUSIVE_CONTENT, …"`
	}
	categoryBody struct {
		Category string `json:"category" doc:"MARKETING, UTILITY or AUTHENTICATION"`
	}
	scoreBody struct {
		Score string `json:"score" doc:"GREEN, YELLOW, RED or UNKNOWN"`
	}
	holdBody struct {
		On   bool `json:"on" doc:"true holds sends back, false lets them go"`
		Drop bool `json:"drop" doc:"false with drop: those held fail with 132015"`
	}
	statusBody struct {
		Status string `json:"status" doc:"CONNECTED, FLAGGED, RESTRICTED, …"`
	}
	approveBody struct {
		Approve bool `json:"approve" doc:"false rejects the name"`
	}
	throughputBody struct {
		PerSecond int `json:"per_second" doc:"Messages per second"`
	}
	limitBody struct {
		Users int `json:"users" doc:"People in 24 hours, -1 for no limit"`
	}
	eventBody struct {
		Event string `json:"event" doc:"An event of account_update"`
	}
	alertBody struct {
		Alert string `json:"alert" doc:"A type of account_alerts"`
	}
	decisionBody struct {
		Decision string `json:"decision" doc:"APPROVED, REJECTED, PENDING or DEFERRED"`
	}
	codeBody struct {
		Code int `json:"code" doc:"Error code of Meta's"`
	}
	marketingBody struct {
		Elsewhere bool `json:"elsewhere" doc:"true closes, false opens again"`
	}
	paymentBody struct {
		Missing bool `json:"missing" doc:"false brings it back"`
	}
	zoneBody struct {
		Location string `json:"location" doc:"Name of a time zone"`
	}
	reviewBody struct {
		After  string `json:"after" doc:"A duration; 0s is at once"`
		ByHand bool   `json:"by_hand" doc:"Templates stay PENDING until approve or reject"`
	}
)

// numberStatuses are the statuses of a number.
var numberStatuses = []string{
	"CONNECTED", "FLAGGED", "RESTRICTED", "RATE_LIMITED", "PENDING", "BANNED", "MIGRATED", "DISCONNECTED", "UNVERIFIED", "DELETED", "UNKNOWN",
}

// score reads a quality score.
func (b *scoreBody) score() (string, error) {
	score := strings.ToUpper(b.Score)
	if score != "GREEN" && score != "YELLOW" && score != "RED" && score != "UNKNOWN" {
		return "", refusal(http.StatusBadRequest, "score must be GREEN, YELLOW, RED or UNKNOWN")
	}
	return score, nil
}
