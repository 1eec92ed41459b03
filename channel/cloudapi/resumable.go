package cloudapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/kanava-go/kanava/channel/message"
)

// UploadFile uploads a file for a profile picture or a template's sample (PDF,
// JPEG, PNG or MP4) and returns its handle, which serves once. in.Size has to be
// known. If in.Body can seek, a broken connection is no harm: the upload goes on
// where the platform lost it.
//
// https://developers.facebook.com/docs/graph-api/guides/upload
// (checked September 2026)
func (a *App) UploadFile(ctx context.Context, in message.Upload) (handle string, err error) {
	session, err := a.StartUpload(ctx, in)
	if err != nil {
		return "", err
	}
	return a.ContinueUpload(ctx, session, in)
}

// StartUpload opens an upload session for a file, whose Body it does not touch.
// The session can be kept and continued in another process.
func (a *App) StartUpload(ctx context.Context, in message.Upload) (session string, err error) {
	const op = "start upload"
	if in.Size <= 0 || in.MIME == "" {
		return "", invalid(op, "size and type are needed")
	}
	q := url.Values{
		"file_name": {fileName(in.Name)}, "file_length": {strconv.FormatInt(in.Size, 10)}, "file_type": {in.MIME},
	}
	cl, err := a.client.managementCall(op, http.MethodPost, a.id, q, nil, "uploads")
	if err != nil {
		return "", err
	}
	var out struct {
		ID string `json:"id"`
	}
	cl.permit, cl.repeat, cl.decode = Permit{}, true, decodeInto(&out)
	if err := a.client.do(ctx, cl); err != nil {
		return "", err
	}
	return out.ID, nil
}

// ContinueUpload sends what is missing of the file of a session, and returns its
// handle. in must be the file the session was started for; its Body is at the
// beginning or can seek.
func (a *App) ContinueUpload(ctx context.Context, session string, in message.Upload) (handle string, err error) {
	u, err := a.sessionURL(session)
	if err != nil {
		return "", err
	}
	if in.Size <= 0 || in.Body == nil {
		return "", invalid(opResumable, "size and body are needed")
	}
	up := &upload{client: a.client, url: u, in: in}
	if up.seeker, _ = in.Body.(io.Seeker); up.seeker != nil {
		if up.base, err = up.seeker.Seek(0, io.SeekCurrent); err != nil {
			return "", &invalidError{op: opResumable, cause: err}
		}
	}
	return up.run(ctx)
}

const opResumable = "continue upload"

// sessionURL is the address of a session. Its id holds a signature as a query,
// which is passed on as it is.
func (a *App) sessionURL(session string) (*url.URL, error) {
	id, signature, _ := strings.Cut(session, "?")
	u, err := a.client.endpoint(opResumable, id)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(id, "upload:") || strings.ContainsFunc(signature, func(r rune) bool { return r <= ' ' || r > '~' || r == '#' }) {
		return nil, &invalidError{op: opResumable, cause: errBadID}
	}
	u.RawQuery = signature
	return u, nil
}

// upload is the transfer of one session.
type upload struct {
	client *Client
	url    *url.URL
	in     message.Upload
	seeker io.Seeker // nil if Body cannot seek
	base   int64     // where the file begins in Body
	taken  int64     // bytes taken from a Body that cannot seek
}

// run sends the rest of the file, as often as the connection breaks. Repeats are
// counted anew whenever there was progress.
func (up *upload) run(ctx context.Context) (string, error) {
	last := int64(-1)
	for failures := 0; ; failures++ {
		// The platform alone knows what arrived: bytes that were sent may be lost.
		offset, err := up.offset(ctx)
		if err != nil {
			return "", err
		}
		if offset > last {
			failures = 0
		}
		last = offset
		if err := up.seek(offset); err != nil {
			return "", err
		}
		handle, err := up.send(ctx, offset)
		if err == nil {
			return handle, nil
		}
		f, ok := message.FailureOf(err)
		if !ok || !f.Retry.Automatic() || failures >= up.client.retries || ctx.Err() != nil {
			return "", err
		}
		if sleep(ctx, up.client.backoff.Delay(failures, f.Retry.After)) != nil {
			return "", err
		}
	}
}

var errCannotSeek = errors.New("the source cannot go back to where the platform lost it")

// seek brings the source to an offset of the file.
func (up *upload) seek(offset int64) error {
	if offset < 0 || offset > up.in.Size {
		return &TransportError{Op: opResumable, Sent: true, cause: errUnexpected}
	}
	if up.seeker == nil {
		if offset != up.taken {
			return &invalidError{op: opResumable, cause: errCannotSeek}
		}
		return nil
	}
	if _, err := up.seeker.Seek(up.base+offset, io.SeekStart); err != nil {
		return &invalidError{op: opResumable, cause: err}
	}
	return nil
}

// offset asks how much of the file the platform has.
func (up *upload) offset(ctx context.Context) (int64, error) {
	var out struct {
		Offset lenientInt `json:"file_offset"`
	}
	err := up.client.do(ctx, &call{
		op: opResumable, method: http.MethodGet, url: up.url, scheme: "OAuth", repeat: true, decode: decodeInto(&out),
	})
	return int64(out.Offset), err
}

// send makes one attempt to transfer the file from an offset on.
func (up *upload) send(ctx context.Context, offset int64) (handle string, err error) {
	body := &stream{source: up.in.Body, size: up.in.Size - offset}
	body.progress = func(sent int64) {
		up.taken = offset + sent
		if up.in.Progress != nil {
			up.in.Progress(offset + sent)
		}
	}
	defer body.finish(ctx)
	var out struct {
		Handle string `json:"h"`
	}
	err = up.client.do(ctx, &call{
		op: opResumable, method: http.MethodPost, url: up.url, scheme: "OAuth", stream: body, repeat: true,
		headers: []header{{"File_offset", strconv.FormatInt(offset, 10)}},
		content: []string{"application/octet-stream"},
		fatal:   func(error) bool { return true }, // the offset has to be asked for first
		decode: func(_ int, answer []byte) error {
			if err := decodeInto(&out)(0, answer); err != nil || out.Handle == "" {
				return errUnexpected
			}
			return nil
		},
	})
	return out.Handle, err
}
