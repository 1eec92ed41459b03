package console

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/kanava-go/kanava/channel"
)

// inlined are the kinds of files that a browser may show by itself: none of them can hold a script.
var inlined = map[string]bool{
	"image/jpeg": true, "image/png": true, "image/gif": true, "image/webp": true,
	"audio/aac": true, "audio/mp4": true, "audio/mpeg": true, "audio/amr": true, "audio/ogg": true, "audio/opus": true, "audio/wav": true,
	"video/mp4": true, "video/3gpp": true, "video/webm": true,
}

// inline says whether a browser may show a file of a type by itself.
func inline(kind string) bool {
	base, _, err := mime.ParseMediaType(kind)
	return err == nil && inlined[base]
}

// file gives out a file of a message, with the rights on the message: no address names a file.
func (q *request) file() error {
	m, err := q.Desk.Message(q.ctx(), q.actor, q.PathValue("message"))
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(q.PathValue("n"))
	if err != nil || n < 0 || n >= len(m.Attachments) || m.Attachments[n].Ref == "" || q.Files == nil {
		return channel.ErrNotFound
	}
	f := &m.Attachments[n]
	body, err := q.Files.Open(q.ctx(), f.Ref)
	if err != nil {
		return fmt.Errorf("console: open file: %w", err)
	}
	defer body.Close()
	name := f.SafeName
	if name == "" {
		name = "file"
	}
	h := q.w.Header()
	how, kind := "attachment", "application/octet-stream"
	if inline(f.MIME) {
		kind = strings.TrimSpace(f.MIME)
		if q.FormValue("save") == "" {
			how = "inline"
		}
	}
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	h.Set("Cache-Control", "private, no-cache, no-transform") // kept, and asked for each time whether it may still be shown
	if seeker, ok := body.(io.ReadSeeker); ok {
		http.ServeContent(q.w, q.Request, "", m.At, seeker)
		return nil
	}
	if f.Size > 0 {
		h.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	}
	_, _ = io.Copy(q.w, body) // the browser sees that the file is short
	return nil
}
