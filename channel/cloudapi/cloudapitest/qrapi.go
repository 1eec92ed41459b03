package cloudapitest

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// qrCode is a QR code that opens a chat with a text ready to send.
type qrCode struct{ code, message string }

// maxQRCodes is how many codes a number may have.
const maxQRCodes = 2000

// writeQR writes a code; its picture only if a format is asked for.
func (c *call) writeQR(q qrCode, format string) {
	c.out.obj(func() {
		c.out.key("code").str(q.code)
		c.out.key("prefilled_message").str(q.message)
		c.out.key("deep_link_url").str(qrLink + q.code)
		if format != "" {
			c.out.key("qr_image_url").str(cmp.Or(c.site, c.cfg.MediaURL) + "/" + mediaPath + "/qr/?code=" + url.QueryEscape(q.code) + "&format=" + strings.ToLower(format))
		}
	})
}

// qrLink is the beginning of the address in a code.
const qrLink = "https://wa.me/message/"

// saveQR answers POST /{phone-number-id}/message_qrdls: create, or update if the path
// or the body names a code.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/qr-codes
// (checked 2026-11-29)
func saveQR(c *call) *graphError {
	n := c.target.number
	k := &checker{}
	f := k.object(&c.body, "")
	f.oneOf("messaging_product", false, "whatsapp")
	q := qrCode{code: f.text("code", 0, 0), message: f.text("prefilled_message", 1, 140)}
	if c.rest != "" {
		q.code = c.rest
	}
	format := strings.ToUpper(f.text("generate_qr_image", 0, 0))
	if format != "" && format != "SVG" && format != "PNG" {
		f.reject(fail(131009, "Param generate_qr_image must be one of {SVG, PNG}."))
	}
	f.done()
	if k.err != nil {
		return k.err
	}
	// Without a code it is a new one.
	if q.code == "" {
		if len(n.extra.codes) >= maxQRCodes {
			return badParam("A number has at most 2,000 QR codes.")
		}
		q.code = strings.ToUpper(c.randomHex("qr", 14))
		n.extra.codes = append(n.extra.codes, q)
	} else {
		i := n.qr(q.code)
		if i < 0 {
			return c.notFound(q.code)
		}
		n.extra.codes[i] = q
	}
	c.writeQR(q, format)
	return nil
}

// qr finds a code of the number, -1 if there is none.
func (n *Number) qr(code string) int {
	return slices.IndexFunc(n.extra.codes, func(q qrCode) bool { return q.code == code })
}

// getQR answers GET /{phone-number-id}/message_qrdls, all or the one named in the path
// or by the parameter code. An unknown code is an empty list, not an error.
func getQR(c *call) *graphError {
	n := c.target.number
	format := ""
	for _, f := range parseFields(c.param("fields")) {
		if f.name == "qr_image_url" {
			format = "SVG"
			if strings.Contains(strings.ToUpper(f.args), "FORMAT(PNG)") {
				format = "PNG"
			}
		}
	}
	code := c.rest
	if code == "" {
		code = c.param("code")
	}
	if code == "" {
		return c.list(len(n.extra.codes), func(_ *enc, i int) { c.writeQR(n.extra.codes[i], format) })
	}
	i := n.qr(code)
	c.out.obj(func() {
		c.out.key("data").arr(func() {
			if i >= 0 {
				c.writeQR(n.extra.codes[i], format)
			}
		})
	})
	return nil
}

// deleteQR answers DELETE /{phone-number-id}/message_qrdls/{code}.
func deleteQR(c *call) *graphError {
	n := c.target.number
	code := c.rest
	if code == "" {
		code = c.param("code")
	}
	i := n.qr(code)
	if i < 0 {
		return c.notFound(code)
	}
	n.extra.codes = slices.Delete(n.extra.codes, i, i+1)
	return c.success()
}

// drawQR answers the picture of a code. As on the platform it needs no token.
func (c *call) drawQR() *graphError {
	code := c.param("code")
	known := false
	for _, n := range c.numbers {
		known = known || n.qr(code) >= 0
	}
	if !known || c.method != http.MethodGet {
		return &graphError{status: http.StatusNotFound, code: 100, title: "The picture does not exist"}
	}
	picture := qrMatrix(qrLink + code)
	if c.skip = true; c.param("format") == "png" {
		c.blob, c.mime = picture.png(), "image/png"
	} else {
		c.blob, c.mime = picture.svg(), "image/svg+xml"
	}
	return nil
}
