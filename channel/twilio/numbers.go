package twilio

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"
)

// NumberKind is a kind of phone number that Twilio sells.
type NumberKind string

// The kinds of numbers.
const (
	NumberLocal    NumberKind = "Local"
	NumberMobile   NumberKind = "Mobile"
	NumberTollFree NumberKind = "TollFree"
)

// NumberQuery asks for numbers that can be bought.
type NumberQuery struct {
	// Country is an ISO 3166 code of two letters, such as "FI"; required.
	Country string
	// Kind of number; required. Not every country has every kind.
	Kind NumberKind
	// Contains is a pattern of digits and "*"; "" for any number.
	Contains string
	// Limit is the most numbers returned; 0 means 20, at most 1,000.
	Limit int
}

// AvailableNumber is a number that can be bought.
type AvailableNumber struct {
	Phone    string // E.164, with the plus
	Display  string // as people in the country write it
	Country  string
	Region   string
	Locality string
	// Address says what Twilio wants to know about the buyer: "none", "any", "local", "foreign".
	Address string
}

// OwnedNumber is a number that the account has bought.
type OwnedNumber struct {
	SID   string // "PN…"
	Phone string // E.164, with the plus
	Name  string
	// Bought is when the subscription began.
	Bought time.Time
}

// PaidUntil is when the month ends that is paid for at now: the subscription of a number is
// renewed every month on the day on which it was bought, out of the account's balance, and the
// number is lost some time after that fails. On days that a month does not have it is its last
// day. It is our own reckoning, in UTC: Twilio's API does not tell the date.
func (n OwnedNumber) PaidUntil(now time.Time) time.Time {
	if n.Bought.IsZero() {
		return time.Time{}
	}
	b := n.Bought.UTC()
	months := max(0, (now.UTC().Year()-b.Year())*12+int(now.UTC().Month()-b.Month())-1)
	for ; ; months++ {
		first := time.Date(b.Year(), b.Month()+time.Month(months), 1, b.Hour(), b.Minute(), b.Second(), 0, time.UTC)
		last := first.AddDate(0, 1, -1).Day()
		if at := first.AddDate(0, 0, min(b.Day(), last)-1); at.After(now) && at.After(b) {
			return at
		}
	}
}

var (
	countryForm  = regexp.MustCompile(`^[A-Z]{2}$`)
	containsForm = regexp.MustCompile(`^[0-9A-Za-z+*]{0,16}$`)
	phoneForm    = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
)

// SearchNumbers finds numbers that can be bought.
//
// https://www.twilio.com/docs/phone-numbers/api/availablephonenumberlocal-resource
// (as known in November 2026)
func (c *Client) SearchNumbers(ctx context.Context, q NumberQuery) ([]AvailableNumber, error) {
	var problems []error
	if !countryForm.MatchString(q.Country) {
		problems = append(problems, errors.New("twilio: search numbers: Country must be two capital letters"))
	}
	if q.Kind != NumberLocal && q.Kind != NumberMobile && q.Kind != NumberTollFree {
		problems = append(problems, errors.New("twilio: search numbers: Kind must be Local, Mobile or TollFree"))
	}
	if !containsForm.MatchString(q.Contains) {
		problems = append(problems, errors.New("twilio: search numbers: Contains must be up to 16 digits and stars"))
	}
	if q.Limit < 0 || q.Limit > 1000 {
		problems = append(problems, errors.New("twilio: search numbers: Limit must be 0 to 1,000"))
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	if q.Limit == 0 {
		q.Limit = 20
	}
	query := url.Values{"PageSize": {strconv.Itoa(q.Limit)}}
	if q.Contains != "" {
		query.Set("Contains", q.Contains)
	}
	var w struct {
		Numbers []struct {
			Phone    string `json:"phone_number"`
			Display  string `json:"friendly_name"`
			Country  string `json:"iso_country"`
			Region   string `json:"region"`
			Locality string `json:"locality"`
			Address  string `json:"address_requirements"`
		} `json:"available_phone_numbers"`
	}
	at := c.resource("/AvailablePhoneNumbers/" + q.Country + "/" + string(q.Kind) + ".json?" + query.Encode())
	if err := c.do(ctx, &call{op: "search numbers", method: http.MethodGet, url: at, repeat: true}, &w); err != nil {
		return nil, err
	}
	var all []AvailableNumber
	for _, n := range w.Numbers[:min(len(w.Numbers), q.Limit)] {
		all = append(all, AvailableNumber(n))
	}
	return all, nil
}

// BuyNumber asks Twilio for a number. It costs money from then on, every month. If the error
// matches message.ErrOutcomeUnknown the number may have been bought: look with OwnedNumbers
// before asking again.
//
// https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource (as known in
// November 2026)
func (c *Client) BuyNumber(ctx context.Context, phone, name string) (OwnedNumber, error) {
	if !phoneForm.MatchString(phone) {
		return OwnedNumber{}, errors.New("twilio: buy number: want E.164 with the plus")
	}
	form := url.Values{"PhoneNumber": {phone}}
	if name != "" {
		form.Set("FriendlyName", name)
	}
	var w wireNumber
	cl := &call{op: "buy number", method: http.MethodPost, url: c.resource("/IncomingPhoneNumbers.json"), form: form}
	if err := c.do(ctx, cl, &w); err != nil {
		return OwnedNumber{}, err
	}
	return w.number(), nil
}

type wireNumber struct {
	SID     string `json:"sid"`
	Phone   string `json:"phone_number"`
	Name    string `json:"friendly_name"`
	Created string `json:"date_created"` // RFC 2822
}

func (w *wireNumber) number() OwnedNumber {
	bought, _ := time.Parse(time.RFC1123Z, w.Created) // zero says that it is not known
	return OwnedNumber{SID: w.SID, Phone: w.Phone, Name: w.Name, Bought: bought}
}

// OwnedNumbers lists the numbers that the account has bought. It ends with the first error.
func (c *Client) OwnedNumbers(ctx context.Context) iter.Seq2[OwnedNumber, error] {
	return func(yield func(OwnedNumber, error) bool) {
		next := c.resource("/IncomingPhoneNumbers.json?PageSize=1000")
		for pages := map[string]bool{}; next != "" && !pages[next]; {
			pages[next] = true
			var w struct {
				Numbers []wireNumber `json:"incoming_phone_numbers"`
				Next    string       `json:"next_page_uri"`
			}
			err := c.do(ctx, &call{op: "list numbers", method: http.MethodGet, url: next, repeat: true}, &w)
			if err == nil && w.Numbers == nil {
				err = noList("list numbers")
			}
			if err != nil {
				yield(OwnedNumber{}, err)
				return
			}
			for i := range w.Numbers {
				if !yield(w.Numbers[i].number(), nil) {
					return
				}
			}
			if next = w.Next; next != "" {
				next = c.at(hostAPI, next)
			}
		}
	}
}
