package twilio

import (
	"context"
	"iter"
	"net/http"
	"regexp"
	"strings"
)

// Sender is a number of the account that is registered with WhatsApp.
type Sender struct {
	SID    string // "XE…"
	Phone  string // E.164, with the plus
	Status SenderStatus
	// WABA is the WhatsApp Business Account that it belongs to.
	WABA string
	// Name is what people see, as far as Meta has approved it.
	Name string
	// Quality is Meta's rating: "HIGH", "MEDIUM", "LOW", or "".
	Quality string
	// Limit is how many people it may write to first within 24 hours, as Twilio words it, such
	// as "10K Customers/24hr".
	Limit string
	// Reasons are Twilio's codes of why it is offline.
	Reasons []string
}

// SenderStatus is where a sender stands. Other values may appear.
//
// https://www.twilio.com/docs/whatsapp/api/senders (checked 2026-11-29)
type SenderStatus string

// The statuses of a sender.
const (
	SenderCreating     SenderStatus = "CREATING"
	SenderOnline       SenderStatus = "ONLINE"
	SenderOffline      SenderStatus = "OFFLINE"
	SenderPending      SenderStatus = "PENDING_VERIFICATION"
	SenderVerifying    SenderStatus = "VERIFYING"
	SenderUpdating     SenderStatus = "ONLINE:UPDATING"
	SenderTwilioReview SenderStatus = "TWILIO_REVIEW"
	SenderDraft        SenderStatus = "DRAFT"
	SenderStubbed      SenderStatus = "STUBBED"
)

// CanSend reports whether messages go out.
func (s SenderStatus) CanSend() bool { return s == SenderOnline || s == SenderUpdating }

type wireSender struct {
	SID           string `json:"sid"`
	ID            string `json:"sender_id"`
	Status        string `json:"status"`
	Configuration struct {
		WABA string `json:"waba_id"`
	} `json:"configuration"`
	Profile struct {
		Name string `json:"name"`
	} `json:"profile"`
	Properties struct {
		Quality string `json:"quality_rating"`
		Limit   string `json:"messaging_limit"`
	} `json:"properties"`
	Reasons []struct {
		Code string `json:"code"`
	} `json:"offline_reasons"`
}

func (w *wireSender) sender() Sender {
	s := Sender{
		SID: w.SID, Phone: strings.TrimPrefix(w.ID, addressPrefix), Status: SenderStatus(w.Status),
		WABA: w.Configuration.WABA, Name: w.Profile.Name, Quality: w.Properties.Quality, Limit: w.Properties.Limit,
	}
	for _, r := range w.Reasons {
		s.Reasons = append(s.Reasons, r.Code)
	}
	return s
}

// Senders lists the account's WhatsApp senders. It ends with the first error.
//
// https://www.twilio.com/docs/whatsapp/api/senders (checked 2026-11-29)
func (c *Client) Senders(ctx context.Context) iter.Seq2[Sender, error] {
	return func(yield func(Sender, error) bool) {
		next := c.at(hostMessaging, "/v2/Channels/Senders?Channel=whatsapp&PageSize=100")
		for pages := map[string]bool{}; next != "" && !pages[next]; {
			pages[next] = true
			var w struct {
				Senders []wireSender `json:"senders"`
				Meta    struct {
					Next string `json:"next_page_url"`
				} `json:"meta"`
			}
			err := c.do(ctx, &call{op: "list senders", method: http.MethodGet, url: next, repeat: true}, &w)
			if err == nil && w.Senders == nil {
				err = noList("list senders")
			}
			if err != nil {
				yield(Sender{}, err)
				return
			}
			for i := range w.Senders {
				if !yield(w.Senders[i].sender(), nil) {
					return
				}
			}
			next = w.Meta.Next
		}
	}
}

var limitForm = regexp.MustCompile(`^(\d+K?)\b`)

// MessagingLimit tells how many people the number may write to first within 24 hours, as Meta
// words it, such as "TIER_10K"; "" if Twilio does not say.
func (n *Number) MessagingLimit(ctx context.Context) (string, error) {
	for s, err := range n.client.Senders(ctx) {
		if err != nil {
			return "", err
		}
		if s.Phone != n.phone {
			continue
		}
		if m := limitForm.FindString(strings.ToUpper(s.Limit)); m != "" {
			return "TIER_" + m, nil
		}
		if strings.HasPrefix(strings.ToUpper(s.Limit), "UNLIMITED") {
			return "TIER_UNLIMITED", nil
		}
		return "", nil
	}
	return "", nil
}
