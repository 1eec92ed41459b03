package channel_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
)

// Whoever writes first needs the person's consent, and a place within the messaging limit: so many
// people a day may be written to who have not written themselves.
func ExampleHub_Notify() {
	ctx := context.Background()
	hub := simulate(nil)
	defer hub.stop()
	robin := message.Recipient{Phone: "+" + hub.customer.Phone()}
	spring := channel.Notification{Channel: "support", To: robin, Template: &channel.Template{Name: "spring"}, Ticket: "T-7", Key: "spring"}

	_, err := hub.Notify(ctx, you, spring)
	fmt.Println("without consent:", errors.Is(err, channel.ErrNoConsent))

	check(hub.RecordConsent(ctx, "support", robin, conversation.Consent{
		At: hub.world.Now(), Where: "web form", Wording: "newsletter 3", Categories: []string{"marketing"},
	}))
	_, err = hub.Notify(ctx, you, spring)
	check(err)
	hub.show()
	found, err := hub.FindByTicket(ctx, "T-7")
	check(err)
	fmt.Println("the answer will belong to the ticket of a conversation:", len(found) == 1)

	// The number may write to one person a day. Cloudapi's Number tells its limit by itself.
	check(hub.ReportStanding(ctx, "support", hub.world.Now().Add(time.Second), health.Standing{MessagingLimit: "1"}))
	sam := spring
	sam.To.Phone = "+13125550199"
	check(hub.RecordConsent(ctx, "support", sam.To, conversation.Consent{At: hub.world.Now(), Where: "counter", Wording: "newsletter 3"}))
	_, err = hub.Notify(ctx, you, sam)
	fmt.Println("beyond the limit:", errors.Is(err, pricing.ErrLimitReached))
	// Output:
	// without consent: true
	// the phone shows: Spring is here: all bikes a tenth off.
	// the answer will belong to the ticket of a conversation: true
	// beyond the limit: true
}
