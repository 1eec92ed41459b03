package message_test

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/message"
)

// random fills a value with random data, as far as JSON can carry it.
func random(r *rand.Rand, v reflect.Value) {
	switch v.Interface().(type) {
	case json.RawMessage:
		if r.IntN(2) == 0 {
			v.SetBytes([]byte(`{"k":[1,"é"]}`))
		}
		return
	case time.Duration:
		v.SetInt(int64(r.IntN(1000)) * int64(time.Minute))
		return
	}
	switch v.Kind() {
	case reflect.String:
		letters := []rune("abcXYZ 019_.-\"\\\n<>&é漢👋\u2028")
		s := make([]rune, r.IntN(12))
		for i := range s {
			s[i] = letters[r.IntN(len(letters))]
		}
		v.SetString(string(s))
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(r.IntN(31)))
	case reflect.Float64:
		v.SetFloat(r.Float64()*180 - 90)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), r.IntN(4), 4))
		for i := range v.Len() {
			random(r, v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range r.IntN(3) {
			k, e := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			random(r, k)
			random(r, e)
			v.SetMapIndex(k, e)
		}
	case reflect.Pointer:
		if r.IntN(2) == 0 {
			v.Set(reflect.New(v.Type().Elem()))
			random(r, v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				random(r, v.Field(i))
			}
		}
	}
}

// settle brings a random content to the form that the wire can express: it has
// no place for a link button's id, for two headers, or for parts of empty cards.
func settle(c message.Content) message.Content {
	header := func(h *message.Header) {
		switch {
		case h.Image != nil:
			*h = message.Header{Image: h.Image}
		case h.Video != nil:
			*h = message.Header{Video: h.Video}
		case h.Document != nil:
			*h = message.Header{Document: h.Document}
		}
	}
	switch c := c.(type) {
	case *message.Pin:
		if c.Unpin {
			c.Days = 0
		}
	case *message.Buttons:
		header(&c.Header)
		for i := range c.Buttons {
			if c.Buttons[i].URL != "" {
				c.Buttons[i].ID = ""
			}
		}
	case *message.CTAURL:
		header(&c.Header)
	case *message.Flow:
		header(&c.Header)
	case *message.OrderDetails:
		header(&c.Header)
		for i := range c.Payments {
			p := &c.Payments[i]
			switch {
			case p.Pix != nil:
				*p = message.Payment{Pix: p.Pix}
			case p.Gateway != nil:
				*p = message.Payment{Gateway: p.Gateway}
			case p.Boleto != "":
				*p = message.Payment{Boleto: p.Boleto}
			}
		}
		if c.Order != nil {
			c.Order.ExpiresText = ""
			if c.Order.Discount == 0 {
				c.Order.DiscountProgram = ""
			}
		}
	case *message.OrderStatus:
		if c.Payment != nil {
			c.Payment.At = time.Unix(1795003200, 0).UTC()
		}
	case *message.AddressRequest:
		header(&c.Header)
	case *message.Carousel:
		for i := range c.Cards {
			if c.Cards[i].Image != nil {
				c.Cards[i].Video = nil
			}
			for j := range c.Cards[i].Replies {
				c.Cards[i].Replies[j].URL = ""
			}
		}
	case *message.ProductCarousel:
		if len(c.RetailerIDs) == 0 {
			return &message.Carousel{Body: c.Body}
		}
	case *message.Unknown:
		*c = message.Unknown{Type: "hologram", Raw: json.RawMessage(`{"k":1}`)}
	default: // the wire can express all of it
	}
	return c
}

func TestStorageRoundTripKeepsEveryMessage(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	var kinds []reflect.Type
	for _, g := range goldens(t) {
		if _, isTemplate := g.out.Content.(*message.Template); !isTemplate {
			kinds = append(kinds, reflect.TypeOf(g.out.Content).Elem())
		}
	}
	for range 3000 {
		content := reflect.New(kinds[r.IntN(len(kinds))])
		random(r, content.Elem())
		out := message.Outbound{
			To: message.Recipient{Phone: "+16505550123"}, OpaqueID: "o", Content: settle(content.Interface().(message.Content)),
			Lane: message.Lane(r.IntN(3)),
		}
		if r.IntN(2) == 0 {
			out.Category, out.TTL, out.TemplateName = message.Utility, time.Minute, "n"
		}
		stored, err := json.Marshal(out)
		require.NoError(t, err)
		var back message.Outbound
		require.NoError(t, json.Unmarshal(stored, &back), "%s", stored)
		require.Empty(t, cmp.Diff(out, back, cmpopts.EquateEmpty()), "%s", stored)
		_ = out.Problems() // must not panic on anything
	}
}

// Whatever Validate accepts and whatever it refuses, encoding never panics.
func TestZeroContentsAreHandled(t *testing.T) {
	t.Parallel()
	for _, g := range goldens(t) {
		zero := reflect.New(reflect.TypeOf(g.out.Content).Elem()).Interface().(message.Content)
		out := message.Outbound{Content: zero}
		_ = out.Validate()
		_, _ = json.Marshal(out)
		_ = out.LogValue()
	}
	_ = message.Outbound{}.LogValue()
}
