package cloudapi

import (
	"bytes"
	"context"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"path"
	"strings"

	"github.com/kanava-go/kanava/channel/message"
)

const opUpload = "upload media"

// Upload sends a file to the platform and returns its media id, which lives 30
// days and can be used in any number of messages of this number. The file is
// streamed and never held in memory. If in.Body can seek, a broken upload is
// repeated; otherwise it fails. Meta checks type and size against the kind of
// message only when the id is used: 131053 may come then.
//
// in.Body is not read any more when Upload has returned, except for a Read that
// hangs while ctx ends.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
// (checked September 2026)
func (n *Number) Upload(ctx context.Context, in message.Upload) (id string, err error) {
	if n.err != nil {
		return "", n.err
	}
	kind, _, err := mime.ParseMediaType(in.MIME)
	if err != nil || !strings.Contains(kind, "/") || in.Body == nil {
		return "", invalid(opUpload, "a media type and a body are needed")
	}
	u, err := n.client.endpoint(opUpload, n.id, "media")
	if err != nil {
		return "", err
	}
	form, contentType := mediaForm(in.Name, in.MIME)
	form.source, form.progress, form.size = in.Body, in.Progress, in.Size
	if in.Size <= 0 {
		form.size = -1
	}
	defer form.finish(ctx)
	var w struct {
		ID string `json:"id"`
	}
	cl := call{
		op: opUpload, object: n.id, method: http.MethodPost, url: u, content: []string{contentType}, stream: form,
		repeat: true, // a second copy of a file does no harm
		decode: func(_ int, body []byte) error {
			if err := decodeInto(&w)(0, body); err != nil || w.ID == "" {
				return errUnexpected
			}
			return nil
		},
	}
	if err := n.client.do(ctx, &cl); err != nil {
		return "", err
	}
	return w.ID, nil
}

// mediaForm is the multipart form around a file.
func mediaForm(name, mimeType string) (*stream, string) {
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	// Writing to a buffer cannot fail.
	_ = w.WriteField("messaging_product", product)
	_ = w.WriteField("type", mimeType)
	_, _ = w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition("file", fileName(name))},
		"Content-Type":        {mimeType},
	})
	head := bytes.Clone(buf.Bytes())
	buf.Reset()
	_ = w.Close()
	return &stream{prefix: head, suffix: bytes.Clone(buf.Bytes())}, w.FormDataContentType()
}

// fileName gives the last element of a name, never empty and without control
// characters: Meta refuses a part that is no file.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, name)
	if name == "" || name == "." || name == "/" {
		return "file"
	}
	return name
}

// DeleteMedia removes an uploaded file before its time.
func (n *Number) DeleteMedia(ctx context.Context, mediaID string) error {
	if n.err != nil {
		return n.err
	}
	cl, err := n.client.managementCall("delete media", http.MethodDelete, mediaID, n.guard(), nil)
	if err != nil {
		return err
	}
	cl.permit, cl.decode = Permit{}, decodeSuccess
	return n.client.do(ctx, cl)
}

// guard makes Meta refuse media of other numbers.
func (n *Number) guard() url.Values { return url.Values{"phone_number_id": {n.id}} }
