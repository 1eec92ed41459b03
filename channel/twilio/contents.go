package twilio

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/kanava-go/kanava/template"
)

// Content is one content of the account with where it stands in WhatsApp's review.
type Content struct {
	SID      string // "HX…"
	Name     string // friendly_name
	Language string
	// Types is what the content consists of, by type, such as "twilio/text".
	Types map[string]json.RawMessage
	// Approval is how WhatsApp judged it; nil if it was never submitted.
	Approval *Approval
	Updated  time.Time
}

// Approval is where a content stands in WhatsApp's review.
type Approval struct {
	Name     string // of the template at Meta
	Category string
	Status   string // "approved", "pending", "received", "rejected", "paused", "disabled", "unsubmitted"
	Reason   string // of a rejection
}

// Contents lists all contents of the account with their approval. It ends with the first error.
//
// https://www.twilio.com/docs/content/content-api-resources (as known in November 2026)
func (c *Client) Contents(ctx context.Context) iter.Seq2[Content, error] {
	return func(yield func(Content, error) bool) {
		next := c.at(hostContent, "/v1/ContentAndApprovals?PageSize=500")
		for pages := map[string]bool{}; next != "" && !pages[next]; {
			pages[next] = true // a ring of pages ends
			var w struct {
				Contents []wireContent `json:"contents"`
				Meta     struct {
					Next string `json:"next_page_url"`
				} `json:"meta"`
			}
			err := c.do(ctx, &call{op: "list contents", method: http.MethodGet, url: next, repeat: true}, &w)
			if err == nil && w.Contents == nil {
				err = noList("list contents")
			}
			if err != nil {
				yield(Content{}, err)
				return
			}
			for i := range w.Contents {
				if !yield(w.Contents[i].content(), nil) {
					return
				}
			}
			next = c.here(w.Meta.Next)
		}
	}
}

// here gives an address of a next page its host, if it is a path only.
func (c *Client) here(next string) string {
	if u, err := url.Parse(next); err == nil && next != "" && u.Host == "" {
		return c.at(hostContent, next)
	}
	return next
}

type wireContent struct {
	SID       string                     `json:"sid"`
	Name      string                     `json:"friendly_name"`
	Language  string                     `json:"language"`
	Types     map[string]json.RawMessage `json:"types"`
	Updated   time.Time                  `json:"date_updated"`
	Approvals *struct {
		Name     string `json:"name"`
		Category string `json:"category"`
		Status   string `json:"status"`
		Reason   string `json:"rejection_reason"`
	} `json:"approval_requests"`
}

func (w *wireContent) content() Content {
	c := Content{SID: w.SID, Name: w.Name, Language: w.Language, Types: w.Types, Updated: w.Updated}
	if a := w.Approvals; a != nil && a.Status != "" {
		c.Approval = &Approval{Name: a.Name, Category: a.Category, Status: a.Status, Reason: a.Reason}
	}
	return c
}

// statuses says how Meta spells the states of the review.
var statuses = map[string]template.Status{
	"approved": template.StatusApproved, "pending": "PENDING", "received": "PENDING", "rejected": "REJECTED",
	"paused": "PAUSED", "disabled": "DISABLED",
}

// status is where the template stands, as Meta spells it.
func (a *Approval) status() template.Status {
	if s, ok := statuses[strings.ToLower(a.Status)]; ok {
		return s
	}
	return template.Status(strings.ToUpper(a.Status))
}

// SyncTemplates lists the contents, and brings a catalog and the Config's Templates up to it:
// every content that was submitted to WhatsApp is a template, sendable once it is approved.
// Contents of forms that are no templates here are left out. at is when the listing began.
func (c *Client) SyncTemplates(ctx context.Context, at time.Time, catalog *template.Catalog) error {
	layouts := map[templateKey]*layout{}
	err := catalog.Sync(at, func(yield func(template.Definition, error) bool) {
		// Of two contents under one name the one that can be sent stands for the template: they are told
		// when all are known, each template once.
		chosen := map[templateKey]template.Definition{}
		var failed error
		for content, err := range c.Contents(ctx) {
			if err != nil {
				failed = err
				break
			}
			d, l, ok := content.template()
			if !ok {
				continue
			}
			key := templateKey{d.Name, d.Language}
			if old := layouts[key]; old != nil && (old.approved || !l.approved) {
				continue
			}
			layouts[key], chosen[key] = l, d
		}
		for _, d := range chosen {
			if !yield(d, nil) {
				return
			}
		}
		if failed != nil {
			yield(template.Definition{}, failed)
		}
	})
	if err != nil {
		return err
	}
	if c.config.Templates != nil {
		c.config.Templates.replace(layouts)
	}
	return nil
}
