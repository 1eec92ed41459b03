package explain_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/explain"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/window"
)

// What a host's own API answers when an answer may not be sent.
func ExampleError() {
	closed := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	for _, err := range []error{
		&window.ClosedError{Reason: window.ReasonClosed, ClosedAt: closed, LastInbound: closed.Add(-24 * time.Hour)},
		(&message.Outbound{To: message.Recipient{Phone: "+13125550101"}, Content: &message.Text{}, OpaqueID: "m_1"}).Validate(),
		errors.New("a cause that nobody foresaw"),
	} {
		why := explain.Error(err)
		fmt.Println(why.Status, why.Class, why.Text)
		fmt.Println("   ", why.Do)
	}
	// Output:
	// 409 refused More than 24 hours have passed since the customer wrote, or they never did.
	//     Send an approved template.
	// 422 input The message has something that WhatsApp, or who carries it there, does not accept.
	//     Correct the fields that are named.
	// 500 fault Something went wrong.
	//     Try again. If it happens again, ask whoever operates this: the log has the error.
}
