package message_test

import (
	"testing"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/internal/canarytest"
)

func TestNoPrintedValueShowsAPerson(t *testing.T) {
	t.Parallel()
	canarytest.Test(t, canarytest.Package{
		Values: []any{
			message.Text{}, message.Image{}, message.Video{}, message.Audio{}, message.Document{}, message.Sticker{},
			message.Location{}, message.Reaction{}, message.Pin{}, message.Contacts{}, message.Buttons{}, message.List{},
			message.CTAURL{}, message.Flow{}, message.LocationRequest{}, message.ContactRequest{}, message.AddressRequest{},
			message.CallPermission{}, message.VoiceCall{}, message.Product{}, message.ProductList{}, message.Catalog{},
			message.Carousel{}, message.ProductCarousel{}, message.OrderDetails{}, message.OrderStatus{}, message.Template{}, message.Unknown{},
			message.Order{}, message.OrderItem{}, message.Payment{}, message.Pix{},
			message.Outbound{}, message.Recipient{}, message.Receipt{}, message.Upload{}, message.Download{}, message.Marketing{},
			message.Contact{}, message.ContactName{}, message.ContactPhone{}, message.ContactEmail{}, message.ContactURL{},
			message.ContactAddress{}, message.ContactOrg{}, message.SavedAddress{}, message.ProductSection{}, message.Card{},
			message.Header{}, message.Button{}, message.Section{}, message.Row{},
		},
		Public: map[string]string{
			"PaymentGateway": "names of a configuration", "PaymentState": "a word and a time", "Failure": "the project's own words about a code", "Retry": "advice",
			"Problem": "paths and numbers", "InvalidError": "paths and numbers",
		},
		Shown: map[string]string{"Outbound.OpaqueID": "the sender's own", "Outbound.MessagingAccount": "the business's own account"},
		Words: true,
	})
}
