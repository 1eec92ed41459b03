package helpdesk

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"slices"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

// gestures are what a customer can do with the phone besides typing and tapping.
var gestures = []struct {
	name string
	do   func(d *demo, c *cloudapitest.User) error
}{
	{"Picture", func(d *demo, c *cloudapitest.User) error {
		c.Image(d.number, cloudapitest.Attachment{MIME: "image/png", Data: picture(), Caption: "This is the wheel"})
		return nil
	}},
	{"Document", func(d *demo, c *cloudapitest.User) error {
		c.Document(d.number, cloudapitest.Attachment{MIME: "application/pdf", Data: []byte(smallPDF), Filename: "receipt.pdf"})
		return nil
	}},
	{"Voice message", func(d *demo, c *cloudapitest.User) error {
		c.Voice(d.number, cloudapitest.Attachment{MIME: "audio/ogg", Data: voice()})
		return nil
	}},
	{"Place", func(d *demo, c *cloudapitest.User) error {
		c.SharePlace(d.number, cloudapitest.Place{Latitude: 60.1675, Longitude: 24.9525, Name: "Market Square", Address: "Harbour side"})
		return nil
	}},
	{"Contact card", func(d *demo, c *cloudapitest.User) error {
		c.ShareContact(d.number, "A friend with a bike", "13125550190")
		return nil
	}},
	{"Forwarded text", func(d *demo, c *cloudapitest.User) error {
		c.Forward(d.number, "Harbour Bikes repairs bikes in a day!", 1)
		return nil
	}},
	{"Click on an ad", func(d *demo, c *cloudapitest.User) error {
		c.FromAd(d.number, "I saw your offer. Is it still on?", cloudapitest.Ad{
			ID: "120210", URL: "https://bikes.example.com/spring", Headline: "Spring check for free", ClickID: "click-1",
		})
		return nil
	}},
	{"Card number", func(d *demo, c *cloudapitest.User) error {
		c.Text(d.number, "My card is 4111 1111 1111 1111")
		return nil
	}},
	{"Thumbs up", func(d *demo, c *cloudapitest.User) error {
		seen := c.Sees(d.number)
		i := slices.IndexFunc(seen, func(b cloudapitest.Bubble) bool { return !b.Mine })
		if i < 0 {
			return errNothing
		}
		return c.React(d.number, seen[i].ID, "👍")
	}},
	{"Correct the last one", func(d *demo, c *cloudapitest.User) error {
		b, err := d.lastOf(c)
		if err == nil {
			err = c.Edit(d.number, b.ID, b.Text+" (corrected)")
		}
		return err
	}},
	{"Delete the last one", func(d *demo, c *cloudapitest.User) error {
		b, err := d.lastOf(c)
		if err == nil {
			err = c.Delete(d.number, b.ID)
		}
		return err
	}},
}

var errNothing = errors.New("helpdesk: there is no such message on the phone")

// lastOf is the last message that a customer wrote.
func (d *demo) lastOf(c *cloudapitest.User) (cloudapitest.Bubble, error) {
	for _, b := range slices.Backward(c.Sees(d.number)) {
		if b.Mine && !b.Deleted {
			return b, nil
		}
	}
	return cloudapitest.Bubble{}, errNothing
}

// Gestures implements Phone.
func (d *demo) Gestures() []string {
	var names []string
	for _, g := range gestures {
		names = append(names, g.name)
	}
	return names
}

// Do implements Phone.
func (d *demo) Do(customer int, gesture string) error {
	for _, g := range gestures {
		if g.name == gesture {
			return g.do(d, d.customers[customer])
		}
	}
	return errNothing
}

// picture draws a wheel.
func picture() []byte {
	const size = 160
	img := image.NewRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			dx, dy := x-size/2, y-size/2
			c := color.RGBA{226, 238, 234, 255}
			if r := dx*dx + dy*dy; r < 70*70 && r > 58*58 || r < 12*12 || r < 60*60 && (dx*dy%37 == 0) {
				c = color.RGBA{15, 118, 110, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil // into memory it cannot fail
	}
	return b.Bytes()
}

const smallPDF = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

// voice is the beginning of an Ogg file with Opus: its two header packets.
func voice() []byte {
	page := func(kind byte, no byte, packet []byte) []byte {
		head := append([]byte("OggS\x00"), kind)
		head = append(head, make([]byte, 8)...)      // position
		head = append(head, 1, 0, 0, 0, no, 0, 0, 0) // stream, page
		head = append(head, 0, 0, 0, 0, 1, byte(len(packet)))
		return append(head, packet...)
	}
	first := page(2, 0, []byte("OpusHead\x01\x01\x38\x01\x80\xbb\x00\x00\x00\x00\x00"))
	return append(first, page(0, 1, []byte("OpusTags\x00\x00\x00\x00\x00\x00\x00\x00"))...)
}
