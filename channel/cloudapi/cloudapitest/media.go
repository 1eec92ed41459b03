package cloudapitest

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	mimemultipart "mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// media is a file on the platform.
type media struct {
	id       string
	number   *Number
	mime     string
	filename string
	data     []byte
	inbound  bool
	made     int64
	life     time.Duration
	gone     bool
}

// Lifetimes on the platform.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
// (checked 2026-10-06)
const (
	uploadLife  = 30 * 24 * time.Hour
	inboundLife = 7 * 24 * time.Hour
	urlLife     = 5 * time.Minute
)

// mediaKinds are the MIME types that may be sent as each kind, with the size
// limit of the kind in bytes.
var mediaKinds = map[string]struct {
	limit int
	types string
}{
	"image":   {5 << 20, "image/jpeg image/png"},
	"video":   {16 << 20, "video/mp4 video/3gpp"},
	"audio":   {16 << 20, "audio/aac audio/amr audio/mpeg audio/mp4 audio/ogg"},
	"sticker": {500 << 10, "image/webp"},
	"document": {100 << 20, "text/plain application/pdf application/msword application/vnd.ms-excel application/vnd.ms-powerpoint " +
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document " +
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet " +
		"application/vnd.openxmlformats-officedocument.presentationml.presentation"},
}

// live reports whether the file still exists.
func (m *media) live(now int64) bool { return !m.gone && now < m.made+int64(m.life) }

// addMedia stores a file.
func (w *World) addMedia(n *Number, mimeType, filename string, data []byte, inbound bool) *media {
	m := &media{
		id: w.newID(), number: n, mime: mimeType, filename: filename, data: data,
		inbound: inbound, made: w.now(), life: uploadLife,
	}
	if inbound {
		m.life = inboundLife
	}
	w.media[m.id] = m
	return m
}

// link returns a fresh download URL, good for five minutes.
func (w *World) link(m *media) string { return w.linkUnder(w.cfg.MediaURL, m) }

// linkUnder is link under another base.
func (w *World) linkUnder(base string, m *media) string {
	ends := strconv.FormatInt((w.now()+int64(urlLife))/1e9, 10)
	return base + "/whatsapp_business/attachments/?mid=" + m.id + "&ext=" + ends + "&hash=" + w.linkHash(m.id, ends)
}

// linkHash keeps URLs from being made up or prolonged.
func (w *World) linkHash(id, ends string) string {
	sum := sha256.Sum256([]byte("url/" + id + "/" + ends + "/" + strconv.FormatUint(w.cfg.Seed, 10)))
	return hex.EncodeToString(sum[:12])
}

// multipart is a parsed upload form.
type multipart struct {
	mime     string
	filename string
	data     []byte
}

// readMultipart reads an upload form.
func (c *call) readMultipart(contentType string, raw []byte) *graphError {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil || params["boundary"] == "" {
		return badParam("The multipart form has no boundary.")
	}
	form, values := &multipart{}, make(url.Values, 4)
	r := mimemultipart.NewReader(bytes.NewReader(raw), params["boundary"])
	for {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return badParam("The multipart form could not be read.")
		}
		data, err := io.ReadAll(p)
		if err != nil {
			return badParam("The multipart form could not be read.")
		}
		if p.FormName() == "file" {
			form.mime, form.filename, form.data = p.Header.Get("Content-Type"), p.FileName(), data
			continue
		}
		values.Add(p.FormName(), string(data))
	}
	c.parts = form
	c.merge(formNode(values))
	return nil
}

// uploadMedia answers POST /{phone-number-id}/media.
func uploadMedia(c *call) *graphError {
	form := c.parts
	switch {
	case form == nil:
		return badParam("The request must be a multipart form.")
	case c.param("messaging_product") == "":
		return badRequest("The parameter messaging_product is required.")
	case c.param("messaging_product") != "whatsapp":
		return badParam("The parameter messaging_product is required and must be whatsapp.")
	// A form without a file part; an empty file is a file.
	case form.data == nil:
		return badRequest("The parameter file is required.")
	}
	kind := c.param("type")
	if kind == "" {
		kind = form.mime
	}
	kind, _, _ = strings.Cut(kind, ";")
	part, _, _ := strings.Cut(form.mime, ";")
	for _, t := range []string{part, kind} {
		if !knownMIME(t) {
			return badRequest("Param file must be a file with one of the types that can be sent. Received file of type '" + t + "'.")
		}
	}
	// The platform finds this out late, by webhook; here it is refused at once, which
	// is stricter.
	if part != kind {
		return fail(131053, "The Content-Type of the file part differs from the parameter type.")
	}
	if limit := sizeLimit(kind); len(form.data) > limit {
		return badParam("The file is larger than " + itoa(limit) + " bytes.")
	}
	m := c.addMedia(c.target.number, kind, form.filename, form.data, false)
	c.out.obj(func() { c.out.key("id").str(m.id) })
	return nil
}

// knownMIME reports whether files of a type can be uploaded.
func knownMIME(kind string) bool { return sizeLimit(kind) > 0 }

// sizeLimit returns the size limit of a MIME type, 0 for types that cannot be
// sent.
func sizeLimit(kind string) (limit int) {
	for _, k := range mediaKinds {
		for t := range strings.FieldsSeq(k.types) {
			if t == kind {
				limit = max(limit, k.limit)
			}
		}
	}
	return limit
}

// ownMedia refuses files that are gone or, with the guard parameter, those of
// another number.
func (c *call) ownMedia() (*media, *graphError) {
	m := c.target.media
	if !m.live(c.at) {
		if !m.gone {
			c.note(RuleExpiredMedia, "a media id was used after its end of life", "media "+m.id)
		}
		return nil, c.notFound(c.id)
	}
	if guard := c.param("phone_number_id"); guard != "" && guard != m.number.ID {
		return nil, c.notFound(c.id)
	}
	return m, nil
}

// getMedia answers GET /{media-id} with a fresh URL. The digest is hexadecimal here and
// base64 in webhooks, as seen on the platform.
func getMedia(c *call) *graphError {
	m, ge := c.ownMedia()
	if ge != nil {
		return ge
	}
	sum := sha256.Sum256(m.data)
	url := c.linkUnder(cmp.Or(c.site, c.cfg.MediaURL), m)
	c.out.obj(func() {
		c.out.key("messaging_product").str("whatsapp")
		c.out.key("url").str(url)
		c.out.key("mime_type").str(m.mime)
		c.out.key("sha256").str(hex.EncodeToString(sum[:]))
		c.out.key("file_size").num(int64(len(m.data)))
		c.out.key("id").str(m.id)
	})
	return nil
}

// deleteMedia answers DELETE /{media-id}.
func deleteMedia(c *call) *graphError {
	m, ge := c.ownMedia()
	if ge != nil {
		return ge
	}
	m.gone = true
	return c.success()
}

// download answers the media URL itself.
func (c *call) download() *graphError {
	switch c.edge {
	case "qr":
		return c.drawQR()
	case "flow":
		return c.flowFile()
	}
	m := c.media[c.param("mid")]
	if ge := c.authenticate(); ge != nil {
		ge.status = http.StatusUnauthorized
		return ge
	}
	gone := &graphError{status: http.StatusNotFound, code: 100, title: "Media URL is not valid or has expired"}
	ends := c.param("ext")
	switch {
	case c.method != http.MethodGet, m == nil, c.param("hash") != c.linkHash(m.id, ends):
		return gone
	// 404, not 401: a client that takes it for a bad token would be wrong.
	case c.at/1e9 >= asInt(ends):
		c.note(RuleExpiredMedia, "a media URL was used after its five minutes", "media "+m.id)
		return gone
	case !m.live(c.at):
		c.note(RuleExpiredMedia, "a media URL was used after the end of life of its file", "media "+m.id)
		return gone
	case !c.token.reaches(m.number.account):
		return gone
	}
	c.skip, c.blob, c.mime = true, m.data, m.mime
	return nil
}

// reaches reports whether the token has access to an account.
func (t *token) reaches(a *Account) bool {
	for _, o := range t.accounts {
		if o == a {
			return true
		}
	}
	return false
}

// resolveMedia checks the files of a send.
func (c *call) resolveMedia(d *draft) *graphError {
	for _, ref := range d.wants {
		if ref.id == "" {
			continue
		}
		m := c.media[ref.id]
		if m == nil || m.gone || !c.token.reaches(m.number.account) {
			return fail(131009, "Media id "+ref.id+" does not exist.")
		}
		if !m.live(c.at) {
			c.note(RuleExpiredMedia, "a message was sent with a media id after its end of life", "media "+m.id)
			return fail(131009, "Media id "+ref.id+" has expired.")
		}
		kind := mediaKinds[ref.kind]
		// What fits an image is not what fits a document.
		if !strings.Contains(" "+kind.types+" ", " "+m.mime+" ") {
			return fail(131053, "Media of type "+m.mime+" cannot be sent as "+ref.kind+".")
		}
		if ref.voice && (m.mime != "audio/ogg" || bytes.HasPrefix(m.data, []byte("OggS")) && !bytes.Contains(m.data, []byte("OpusHead"))) {
			return fail(131053, "A voice message must be a file of type audio/ogg with the OPUS codec.")
		}
		if len(m.data) > kind.limit {
			return fail(131053, "Media is too large to be sent as "+ref.kind+".")
		}
		ref.file = m
	}
	return nil
}

// inboundJSON writes the media object of an inbound message.
func (w *World) inboundJSON(e *enc, ref *mediaRef, caption string) {
	m := ref.file
	e.key(ref.kind).obj(func() {
		e.opt("caption", caption)
		if ref.kind == "document" {
			e.opt("filename", ref.filename)
		}
		e.key("mime_type").str(m.mime)
		e.key("sha256").str(base64SHA(m.data))
		e.key("id").str(m.id)
		e.key("url").str(w.link(m))
		switch ref.kind {
		case "audio":
			e.key("voice").bool(ref.voice)
		case "sticker":
			e.key("animated").bool(ref.animated)
		}
	})
}

// base64SHA is the digest of a file as webhooks carry it.
func base64SHA(data []byte) string {
	sum := sha256.Sum256(data)
	return base64.StdEncoding.EncodeToString(sum[:])
}
