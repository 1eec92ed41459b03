package cloudapi

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// QRCode opens a conversation with the number, with a text typed in already.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/qr-codes
// (checked September 2026)
type QRCode struct {
	Code string `json:"code"`
	Text string `json:"prefilled_message"`
	Link string `json:"deep_link_url"`
	// ImageURL is a picture of the code, if one was asked for.
	ImageURL string `json:"qr_image_url"`
}

// QRImage is the form of a picture of a code.
type QRImage string

// The forms of pictures.
const (
	QRNone QRImage = ""
	QRSVG  QRImage = "SVG"
	QRPNG  QRImage = "PNG"
)

const maxQRText = 140

// CreateQRCode makes a code with a text of 1 to 140 characters. Codes do not
// expire; a number has at most 2,000.
func (n *Number) CreateQRCode(ctx context.Context, text string, image QRImage) (QRCode, error) {
	return n.writeQR(ctx, "create QR code", false, map[string]string{"prefilled_message": text}, image)
}

// UpdateQRCode changes the text of a code; the code itself stays valid.
func (n *Number) UpdateQRCode(ctx context.Context, code, text string) (QRCode, error) {
	return n.writeQR(ctx, "update QR code", true, map[string]string{"code": code, "prefilled_message": text}, QRNone)
}

func (n *Number) writeQR(ctx context.Context, op string, repeat bool, in map[string]string, image QRImage) (QRCode, error) {
	if err := refuse(op, length("the text", in["prefilled_message"], 1, maxQRText)); err != nil {
		return QRCode{}, err
	}
	if image != QRNone {
		in["generate_qr_image"] = string(image)
	}
	cl, err := n.client.managementCall(op, http.MethodPost, n.id, nil, in, "message_qrdls")
	if err != nil {
		return QRCode{}, err
	}
	var out QRCode
	cl.repeat, cl.decode = repeat, decodeInto(&out)
	err = n.client.do(ctx, cl)
	return out, err
}

// QRCode reads one code; the zero QRCode if the number has none of this name. image
// selects the form of the picture.
func (n *Number) QRCode(ctx context.Context, code string, image QRImage) (QRCode, error) {
	const op = "get QR code"
	if !validID(code) {
		return QRCode{}, &invalidError{op: op, cause: errBadID}
	}
	var out struct {
		Data []QRCode `json:"data"`
	}
	if err := n.client.get(ctx, op, n.id, qrFields(image), &out, "message_qrdls", code); err != nil || len(out.Data) == 0 {
		return QRCode{}, err
	}
	return out.Data[0], nil
}

func qrFields(image QRImage) url.Values {
	fields := "code,prefilled_message,deep_link_url"
	if image != QRNone {
		fields += ",qr_image_url.format(" + string(image) + ")"
	}
	return url.Values{"fields": {fields}}
}

// QRCodes walks through the codes of the number. image selects the form of the
// pictures. See [Account.Numbers] about errors and breaking off.
func (n *Number) QRCodes(ctx context.Context, image QRImage) iter.Seq2[QRCode, error] {
	return all(ctx, n.client, listing[QRCode]{
		op: "list QR codes", id: n.id, edge: "message_qrdls", query: qrFields(image),
		key: func(q QRCode) string { return q.Code },
	})
}

// DeleteQRCode withdraws a code: who scans it then gets nowhere.
func (n *Number) DeleteQRCode(ctx context.Context, code string) error {
	if !validID(code) {
		return &invalidError{op: "delete QR code", cause: errBadID}
	}
	return n.client.json(ctx, "delete QR code", http.MethodDelete, n.id, nil, nil, nil, "message_qrdls", code)
}
