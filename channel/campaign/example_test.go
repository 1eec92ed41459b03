package campaign_test

import (
	"errors"
	"fmt"

	"github.com/kanava-go/kanava/channel/campaign"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/pricing"
)

// What a dry run says before anything goes out: Hub.NotifyAll yields a result for each row.
func ExampleTotals() {
	queued := &conversation.Message{}
	queued.Cost.Hold = pricing.Hold{Rate: 47_300, Units: 1}
	results := []*campaign.Result{
		{Row: 1, Message: queued, Currency: "EUR"},
		{Row: 2, Err: errors.New("channel: no consent of the customer is known"), Cause: conversation.CauseNoConsent},
		{Row: 3, Message: queued, Currency: "USD"}, // another channel
		{Row: 4, Message: queued, Currency: "EUR"},
		{Row: 5, Message: queued, Again: true},
		{Row: 6, Err: errors.New("line 6: no phone number")},
	}
	var sum campaign.Totals
	for _, r := range results {
		sum.Add(r)
	}
	fmt.Printf("%d rows: %d would go out, %d had gone out before\n", sum.Rows, sum.Queued, sum.Again)
	fmt.Println("without consent:", sum.Refused[conversation.CauseNoConsent], "not readable:", sum.Refused[""])
	fmt.Println("set aside:", sum.Cost["EUR"], "EUR and", sum.Cost["USD"], "USD")
	// Output:
	// 6 rows: 3 would go out, 1 had gone out before
	// without consent: 1 not readable: 1
	// set aside: 0.0946 EUR and 0.0473 USD
}
