package console

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/internal/filename"
)

// uploaded is a file that WhatsApp has, for the draft that it belongs to. It lives for 30 days.
type uploaded struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// upload hands a file to WhatsApp. It goes out with the answer that names it, so that an answer that is
// sent again is the same one.
func (q *request) upload() error {
	if q.ReadOnly {
		return errReadOnly
	}
	c, _, err := q.Desk.Conversation(q.ctx(), q.actor, q.PathValue("id"))
	if err != nil {
		return err
	}
	form, err := q.MultipartReader()
	if err != nil {
		return errNoFile
	}
	part, err := form.NextPart()
	if err != nil || part.FileName() == "" {
		return errNoFile
	}
	name := path.Base(strings.ReplaceAll(part.FileName(), "\\", "/"))
	head := make([]byte, 512)
	n, err := io.ReadFull(part, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return errNoFile // an empty one, too
	}
	kind, _, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
	if err != nil || kind == "application/octet-stream" {
		kind, _, _ = mime.ParseMediaType(http.DetectContentType(head[:n]))
	}
	up := message.Upload{Name: name, MIME: kind, Body: io.MultiReader(bytes.NewReader(head[:n]), part)}
	kept, err := q.keep(c, &up)
	if err != nil {
		return err
	}
	defer kept.Close()
	id, err := q.Desk.Upload(q.ctx(), q.actor, c.Channel, up)
	if err != nil {
		q.unkeep(up.Ref)
		return err
	}
	return q.json(http.StatusOK, uploaded{id, string(kindOf(&up)), name})
}

// keep has the host keep a file that is about to be uploaded, where it does that: the talk shows it then.
// What is returned is closed once the file was read.
func (q *request) keep(c *conversation.Conversation, up *message.Upload) (io.Closer, error) {
	keeper, ok := q.Files.(channel.Attachments)
	if !ok || !q.may(c.Channel, access.Reply) { // the desk refuses it
		return io.NopCloser(nil), nil
	}
	ref, err := keeper.Save(q.ctx(), channel.File{
		ID: "sent|" + rand.Text(), Channel: c.Channel, Conversation: c.ID, Name: up.Name, SafeName: filename.Safe(up.Name, up.MIME), MIME: up.MIME,
	}, up.Body)
	if err != nil {
		return nil, fmt.Errorf("console: keep file: %w", err)
	}
	body, err := q.Files.Open(q.ctx(), ref)
	if err != nil {
		return nil, fmt.Errorf("console: open file: %w", err)
	}
	up.Ref, up.Body = ref, body
	return body, nil
}

// unkeep removes a file that was kept and refused.
func (q *request) unkeep(ref string) {
	remover, ok := q.Files.(channel.Remover)
	if ref == "" || !ok {
		return
	}
	if err := remover.Remove(context.WithoutCancel(q.ctx()), ref); err != nil {
		q.Logger.Warn("console: a file that was refused is still kept", "error", err)
	}
}

// kindOf is as what a file goes out: as a picture, a video or a sound if it can be one.
func kindOf(up *message.Upload) message.Kind {
	for _, k := range []message.Kind{message.KindImage, message.KindVideo, message.KindAudio} {
		if strings.HasPrefix(up.MIME, string(k)+"/") && up.CheckFor(k) == nil {
			return k
		}
	}
	return message.KindDocument
}

// content is what an answer is made of.
func (q *request) content() (message.Content, error) {
	text, id, name := q.FormValue("text"), q.FormValue("file"), q.FormValue("name")
	if id == "" {
		return &message.Text{Body: text, PreviewURL: true}, nil
	}
	switch message.Kind(q.FormValue("kind")) {
	case message.KindImage:
		return &message.Image{ID: id, Caption: text}, nil
	case message.KindVideo:
		return &message.Video{ID: id, Caption: text}, nil
	case message.KindAudio:
		return &message.Audio{ID: id}, nil
	case message.KindDocument:
		return &message.Document{ID: id, Caption: text, Filename: name}, nil
	}
	return nil, channel.ErrNotFound
}
