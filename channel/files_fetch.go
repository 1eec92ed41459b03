package channel

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/circuit"
)

// maxFetchTries is after how many failures of its own a file is given up. With growing pauses
// that is after about an hour and a half.
const maxFetchTries = 12

// files brings the customers' files to the host, and has the host remove them.
type files struct{ *core }

// fetch brings one file of a customer to the host.
func (f *files) fetch(ctx context.Context, w *worker.Job) error {
	item := new(fetchItem)
	if err := json.Unmarshal(w.Body, item); err != nil {
		return f.bury(ctx, w, errDamaged)
	}
	w.Item = item
	if ok, _ := f.storing.enter("", w.ID); !ok {
		return errOut
	}
	defer f.storing.abandon("", w.ID) // unless it came to the host's part
	if len(item.Remove) > 0 {
		if err := f.stored(ctx, w, item, f.removeFiles(ctx, item.Remove)); err != nil {
			return err
		}
		return f.finish(ctx, w)
	}
	m, err := f.message(ctx, item.Message)
	ch, ok := f.channels.get(w.Group)
	switch {
	case errors.Is(err, ErrNotFound), err == nil && (!m.Deleted.IsZero() || item.Index >= len(m.Attachments)):
		if err := f.stored(ctx, w, item, f.forgetFile(ctx, item.Message, item.Index)); err != nil {
			return err
		}
		return f.finish(ctx, w)
	case err != nil:
		return err
	case !ok || ch.Media == nil || f.attachments == nil:
		return fmt.Errorf("channel: fetch file: %w", ErrDisabled)
	}
	got, err := f.bring(ctx, ch, m, w, item)
	switch {
	case err == nil:
		return f.fetched(ctx, w, item, got, "")
	case errors.Is(err, errOut) && f.now().Sub(m.At) < mediaLife:
		return err
	}
	cause, sentence, again := fileFailure(err)
	if again && item.Tries+1 < maxFetchTries && f.now().Sub(m.At) < mediaLife {
		return err
	}
	if cause != conversation.CauseFileRefused {
		f.fails(ctx, slog.LevelWarn, "channel: a file was given up", ch.ID, err, slog.String("channel", ch.ID))
	}
	got.Failed = sentence
	return f.fetched(ctx, w, item, got, cause)
}

// bring downloads one file, checks it against the policy and hands it to the host.
func (f *files) bring(ctx context.Context, ch *Channel, m *messageRecord, w *worker.Job, item *fetchItem) (conversation.Attachment, error) {
	index := item.Index
	a := m.Attachments[index]
	d, err := ch.Media.Download(ctx, a.MediaID)
	if err != nil {
		return a, fmt.Errorf("channel: download file: %w", err)
	}
	defer d.Body.Close()
	most := maxBytes(&ch.Files)
	if d.Size > most {
		return a, fmt.Errorf("%w: larger than %d bytes", ErrFileRefused, most)
	}
	head, err := readHead(d.Body)
	if err != nil {
		return a, fmt.Errorf("channel: download file: %w", err)
	}
	found := inspect(head, d.MIME, a.Name)
	a.MIME = found.mime
	if !admits(ch.Files.Allow, settings.DefaultFileTypes(), found) {
		return a, fmt.Errorf("%w: type not allowed", ErrFileRefused)
	}
	a.SafeName = safeName(a.Name, a.MIME)
	body := &bounded{r: io.MultiReader(bytes.NewReader(head), d.Body), left: most}
	ref, err := f.save(ctx, File{
		ID: fileID(m.ID, index), Channel: ch.ID, Conversation: m.Conversation, Message: m.ID,
		Name: a.Name, SafeName: a.SafeName, MIME: a.MIME, Size: max(d.Size, 0),
	}, body)
	if body.err != nil { // whether the host passes it on or not
		return a, fmt.Errorf("channel: save file: %w", body.err)
	}
	if err = f.stored(ctx, w, item, err); err != nil {
		return a, fmt.Errorf("channel: save file: %w", err)
	}
	a.Ref, a.Size = ref, body.n
	return a, nil
}

// save calls the host's Attachments. A panic is a failure like another.
func (f *files) save(ctx context.Context, file File, body io.Reader) (ref string, err error) {
	defer func() {
		if p := recover(); p != nil {
			f.runners[workMedia].LogPanic(ctx)
			err = worker.ErrPanic
		}
	}()
	ref, err = f.attachments.Save(ctx, file, body)
	return ref, fromHost(err)
}

// stored draws conclusions from how a call of the host's Attachments ended. One that answers at
// all, be it to refuse the file, is not out; a file that fails again and again while others go
// well is itself at fault.
func (f *files) stored(ctx context.Context, w *worker.Job, item *fetchItem, err error) error {
	switch {
	case err == nil, errors.Is(err, ErrPermanent), errors.Is(err, ErrFileRefused):
		f.storing.worked(ctx, "")
	case errors.Is(context.Cause(ctx), worker.ErrDrained):
	case !f.storing.out("") && f.storing.atFault("", item.Failing):
	case f.storing.failed(ctx, "", circuit.Failure{Of: w.ID, Since: item.Failing}, health.OutageAttachments, reasonOf(err)):
		return errors.Join(errOut, err)
	}
	return err
}

// fetched records what became of a file and tells the host.
func (f *files) fetched(ctx context.Context, w *worker.Job, item *fetchItem, a conversation.Attachment, cause conversation.Cause) error {
	err := f.record(ctx, w, item, a, cause)
	if errors.Is(err, store.ErrLeaseLost) {
		return f.overtaken(ctx, w, item, a.Ref)
	}
	return err
}

// overtaken has a file removed again whose work was taken away while it was on its way: the message is being erased,
// or is gone. If it was given to another process, that brings the same file.
func (f *files) overtaken(ctx context.Context, w *worker.Job, item *fetchItem, ref string) error {
	if ref == "" {
		return nil
	}
	return f.do(ctx, func(u *unit) error {
		others, err := u.Work(workMedia, w.ID) // before the message: who has finished has written there
		if err != nil {
			return err
		}
		var m messageRecord
		ok, err := u.Load(kindMessage, item.Message, &m)
		there := ok && m.Deleted.IsZero() && item.Index < len(m.Attachments)
		if err != nil || there && (len(others) > 0 || m.Attachments[item.Index].Ref != "") {
			return err
		}
		return u.removeLater(w.Group, ref)
	})
}

// record writes down what became of a file, and what the host is to be told.
func (f *files) record(ctx context.Context, w *worker.Job, item *fetchItem, a conversation.Attachment, cause conversation.Cause) error {
	return f.settle(ctx, w, func(u *unit) (worker.Outcome, error) {
		var m messageRecord
		ok, err := u.Load(kindMessage, item.Message, &m)
		if err != nil {
			return worker.Outcome{}, err
		}
		if !ok || item.Index >= len(m.Attachments) { // deleted or erased meanwhile
			if a.Ref == "" {
				return worker.Done(), nil
			}
			return worker.Done(), u.removeLater(w.Group, a.Ref)
		}
		ch, _ := f.channels.get(w.Group)
		if a.Ref != "" && f.outlived(ch, &m, u.now) {
			if err := u.removeLater(w.Group, a.Ref); err != nil {
				return worker.Outcome{}, err
			}
			a.Ref, a.Failed, cause = "", fileRemoved, conversation.CauseFileRefused
		}
		m.Attachments[item.Index] = a
		if err := u.saveMessage(&m); err != nil {
			return worker.Outcome{}, err
		}
		if err := u.receiveNow(ch, &m); err != nil {
			return worker.Outcome{}, err
		}
		kind := conversation.AttachmentReady
		if a.Failed != "" {
			kind = conversation.AttachmentFailed
		}
		u.count(w.Group, string(kind), u.now, 1)
		return worker.Done(), u.tellHost(w.Group, "file|"+w.ID, hostItem{
			Kind: kind, Conversation: m.Conversation, Message: m.ID, At: u.now.UTC(), Reason: a.Failed, Cause: cause,
		})
	})
}

// outlived says that a message is older than its channel keeps files: pruning has passed it.
func (f *files) outlived(ch *Channel, m *messageRecord, now time.Time) bool {
	_, ok := f.attachments.(Remover)
	return ok && ch != nil && m.At.Before(before(now, ch.Retention.Attachments))
}

// fileFailure says in a word and in a sentence what is wrong with a file, and whether trying
// again can help.
func fileFailure(err error) (cause conversation.Cause, sentence string, again bool) {
	if errors.Is(err, ErrPermanent) {
		return conversation.CauseFileUnstored, "The file could not be stored. Ask the customer to send it again.", false
	}
	if errors.Is(err, ErrFileRefused) {
		return conversation.CauseFileRefused, "The file was refused: this channel does not take files of this kind or size.", false
	}
	if f, ok := message.FailureOf(err); ok && !f.Retry.Automatic() && f.Class != message.ClassAuth {
		return conversation.CauseFileMissing, "The file could not be fetched from WhatsApp. Ask the customer to send it again.", false
	}
	return conversation.CauseFileMissing, "The file could not be fetched from WhatsApp in time. Ask the customer to send it again.", true
}

// bounded reads at most left bytes and fails beyond, instead of cutting a file off.
type bounded struct {
	r    io.Reader
	left int64
	n    int64
	err  error // other than io.EOF
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.n += int64(n)
	if b.left -= int64(n); b.left < 0 {
		b.err = fmt.Errorf("%w: larger than the channel allows", ErrFileRefused)
		return 0, b.err
	}
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = err
	}
	return n, err
}
