package webhook_test

import (
	"context"
	"fmt"

	"github.com/kanava-go/kanava/redact"
	"github.com/kanava-go/kanava/webhook"
)

// Between the process that receives and the one that works stands a log of one's own: the first
// keeps records, the second feeds them.
func ExampleRecorder() {
	recorder := webhook.Recorder{Redact: redact.Cards, MaxBytes: 1 << 20}
	var log []webhook.Record // yours: durable
	receive := webhook.SinkFunc(func(ctx context.Context, d *webhook.Delivery) error {
		records, err := recorder.Records(ctx, d)
		log = append(log, records...)
		return err
	})

	d, err := webhook.Parse([]byte(`{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":` +
		`{"metadata":{"phone_number_id":"7"},"messages":[{"id":"wamid.1","type":"text","text":{"body":"it is 4111 1111 1111 1111"}}]}}]}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	d.Scope = webhook.Scope{Numbers: []string{"7"}} // as the handler sets it
	if err := receive.Accept(context.Background(), d); err != nil {
		fmt.Println(err)
		return
	}

	feeder, err := webhook.NewFeeder(webhook.FeederConfig{Sink: webhook.SinkFunc(func(_ context.Context, d *webhook.Delivery) error {
		for e := range d.Events() {
			if m, ok := e.Payload.(*webhook.Message); ok {
				fmt.Println(m.Content.(*webhook.Text).Body, e.Masked(), d.Scope.Covers(e.Account, e.Number.ID))
			}
		}
		return nil
	})})
	if err != nil {
		fmt.Println(err)
		return
	}
	out := feeder.Feed(context.Background(), &log[0], 1)
	fmt.Println(out.Again, out.Dead == "")
	// Output:
	// it is XXXX XXXX XXXX 1111 true true
	// false true
}
