package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/window"
)

// estimate is what a campaign will cost and whom it can reach.
type estimate struct {
	Rows     int    `json:"rows"`
	Category string `json:"category"`
	Cost     string `json:"cost,omitempty"` // at most; "" if the prices are not known
	Currency string `json:"currency,omitempty"`
	Unpriced int    `json:"unpriced,omitempty"` // rows whose price is not on the card
	Limit    string `json:"messaging_limit,omitempty"`
	Days     int    `json:"days,omitempty"` // that the limit makes of it
	Rate     int    `json:"rate"`           // messages per second
	Takes    string `json:"takes"`
	Quality  string `json:"quality,omitempty"`
}

// estimateOf prices every row by Meta's rate card, and compares with the limits of the
// number.
func (c *campaign) estimateOf(info cloudapi.NumberInfo, card *pricing.RateCard, rate int, now time.Time) estimate {
	e := estimate{
		Rows: len(c.rows), Category: strings.ToLower(string(c.def.Category)), Limit: info.MessagingLimit, Quality: info.Quality,
		Rate: rate, Takes: spoken(time.Duration(max(len(c.rows)/max(rate, 1), 1)) * time.Second),
	}
	if tier, err := pricing.ParseTier(info.MessagingLimit); err == nil && tier > 0 {
		e.Days = (len(c.rows) + int(tier) - 1) / int(tier)
	}
	if card == nil {
		return e
	}
	var sum pricing.Micros
	charge := pricing.DefaultRules().Charge(pricing.Message{Kind: pricing.KindTemplate, Category: pricing.CategoryOf(string(c.def.Category))}, window.State{}, now, time.UTC)
	markets := pricing.MarketsOn(pricing.DateOf(now, time.UTC))
	for _, r := range c.rows {
		market, known := markets.Of(r.to.Phone)
		if !known && r.to.BSUID != "" {
			market, known = markets.OfCountry(r.to.BSUID[:2])
		}
		cost, priced := card.Cost(charge, market, 0)
		if !known || !priced {
			e.Unpriced++
			continue
		}
		sum += cost
	}
	e.Cost, e.Currency = sum.String(), card.Currency()
	return e
}

// text says the estimate to a person.
func (e estimate) text(w io.Writer) {
	cost := "not known; --rates FILE reads Meta's rate card"
	if e.Cost != "" {
		cost = "at most " + e.Cost + " " + e.Currency
		if e.Unpriced > 0 {
			cost += ", and " + plural(e.Unpriced, "row") + " whose price is not on the card"
		}
	}
	reach := "the number's limit is not known"
	switch {
	case e.Days > 1:
		reach = fmt.Sprintf("%s lets it reach so many people in %s at the earliest", e.Limit, plural(e.Days, "day"))
	case e.Limit != "":
		reach = "within " + e.Limit
	}
	fmt.Fprintf(w, "%s, %s\n  cost      %s\n  reach     %s\n  duration  %s at %d a second\n", plural(e.Rows, "message"), e.Category, cost, reach, e.Takes, e.Rate)
	if e.Quality == "RED" || e.Quality == "YELLOW" {
		fmt.Fprintf(w, "  quality   %s: a campaign may lower the number's limit\n", e.Quality)
	}
}

// rateCard reads Meta's files of prices: rates, and tiers of volume if there are two.
func (p *program) rateCard(ctx context.Context, account *cloudapi.Account, files []string, currency string) (*pricing.RateCard, error) {
	if len(files) == 0 {
		return nil, nil
	}
	if len(files) > 2 {
		return nil, wrong("--rates takes the file of rates and the file of volume tiers, not %d files", len(files))
	}
	if currency == "" {
		info, err := account.Info(ctx)
		if err != nil {
			return nil, err
		}
		currency = info.Currency
	}
	cfg := pricing.CardConfig{Currency: currency, From: pricing.DateOf(p.now(), time.UTC), KeepUnknownMarkets: true}
	rates, err := os.Open(files[0])
	if err != nil {
		return nil, err
	}
	defer func() { _ = rates.Close() }()
	if len(files) == 2 {
		tiers, err := os.Open(files[1])
		if err != nil {
			return nil, err
		}
		defer func() { _ = tiers.Close() }()
		cfg.Tiers = tiers
	}
	card, err := pricing.ReadRateCard(rates, cfg)
	if err != nil {
		first, _ := errors.AsType[*pricing.CardError](err)
		if first != nil {
			err = first
		}
		return nil, wrong("%s is no rate card of Meta's: %s", files[0], sentence(err))
	}
	return card, nil
}
