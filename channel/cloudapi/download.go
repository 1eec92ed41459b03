package cloudapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/kanava-go/kanava/channel/message"
)

const (
	opDownload = "download media"
	maxHops    = 3
)

var (
	// ErrMediaCorrupt matches the error of a download whose bytes are not those
	// that Meta announced, by size or by digest.
	ErrMediaCorrupt = errors.New("media is not what was announced")
	// ErrMediaTooLarge matches the error of a download beyond Config.MaxMedia.
	ErrMediaTooLarge = errors.New("media is larger than allowed")

	errHops = errors.New("too many redirects")
)

// Download opens the file with this media id. Nothing is buffered: read Body to
// its end, then close it. Instead of io.EOF, Body fails with [ErrMediaCorrupt] if
// size or digest are wrong, and with [ErrMediaTooLarge] beyond Config.MaxMedia;
// what was read until then must be thrown away. The address of a file expires
// after 5 minutes: an expired one is renewed once, and a connection that breaks
// is resumed once where it broke.
//
// ctx covers the reading of Body, too. MIME and the bytes come from the sender's
// phone: sniff the type, and use no name out of a message as a path.
func (n *Number) Download(ctx context.Context, mediaID string) (message.Download, error) {
	info, err := n.Media(ctx, mediaID)
	if err != nil {
		return message.Download{}, err
	}
	if info.Size > n.client.maxMedia {
		return message.Download{}, &mediaError{ErrMediaTooLarge}
	}
	ctx, dog := watch(ctx, n.client.idle)
	d := &download{
		number: n, id: mediaID, ctx: ctx, dog: dog, info: info, digest: sha256.New(), limit: n.client.maxMedia,
	}
	if err := d.open(); err != nil {
		dog.stop()
		return message.Download{}, err
	}
	return message.Download{MIME: info.MIME, Size: d.info.Size, SHA256: info.SHA256, Body: d}, nil
}

// download is the body of a file on its way.
type download struct {
	number  *Number
	id      string
	ctx     context.Context // covers the transfer, which outlives the call that began it
	dog     *watchdog
	info    MediaInfo
	body    io.ReadCloser
	read    int64
	limit   int64
	digest  hash.Hash
	renewed bool // the address was renewed once
	err     error
}

// open fetches the file from where it was left, with a fresh address if the
// first one is refused.
func (d *download) open() error {
	err := d.fetch(d.info.URL)
	if e, ok := errors.AsType[*Error](err); !ok || !expired(e.Status) || d.renewed {
		return err
	}
	return d.renew()
}

// expired reports whether a status is one of those that an old address gives.
func expired(status int) bool {
	return status == http.StatusNotFound || status == http.StatusUnauthorized ||
		status == http.StatusForbidden || status == http.StatusGone
}

// renew asks for a new address and goes on.
func (d *download) renew() error {
	d.renewed = true
	info, err := d.number.Media(d.ctx, d.id)
	if err != nil {
		return err
	}
	return d.fetch(info.URL)
}

// fetch requests the rest of the file, following redirects within the list of
// hosts.
func (d *download) fetch(raw string) error {
	c := d.number.client
	for range maxHops {
		u, err := c.mediaURL(raw)
		if err != nil {
			c.foreignHost(d.ctx, raw, err)
			return &mediaError{err}
		}
		d.dog.wake()
		resp, err := d.request(u)
		d.dog.sleep()
		if err != nil {
			return c.transportError(d.ctx, &call{op: opDownload, repeat: true}, d.because(err), true)
		}
		switch next := resp.Header.Get("Location"); {
		case resp.StatusCode >= 300 && resp.StatusCode < 400 && next != "":
			resp.Body.Close()
			to, err := u.Parse(next)
			if err != nil {
				return &mediaError{errHost}
			}
			raw = to.String()
			continue
		case resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusPartialContent:
			defer resp.Body.Close()
			body, _ := io.ReadAll(io.LimitReader(watched{resp.Body, d.dog}, maxErrorBody))
			return c.refused(&call{op: opDownload, repeat: true}, resp, body)
		}
		return d.accept(resp)
	}
	return &mediaError{errHops}
}

// request asks one host for the rest of the file. The host was checked.
func (d *download) request(u *url.URL) (*http.Response, error) {
	c := d.number.client
	auth, err := c.credentials.authorize(d.ctx)
	if err != nil {
		return nil, err
	}
	req := (&http.Request{
		Method: http.MethodGet, URL: u, Host: u.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{
			"User-Agent":    c.userAgent, // without one Meta answers with errors or HTML
			"Authorization": auth.header,
			// Size and digest speak about the file itself.
			"Accept-Encoding": {"identity"},
		},
	}).WithContext(d.ctx)
	if d.read > 0 {
		req.Header.Set("Range", "bytes="+strconv.FormatInt(d.read, 10)+"-")
	}
	return c.mediaHTTP.Do(req)
}

// accept takes over an answer; the first decides the size if Meta has not said.
func (d *download) accept(resp *http.Response) error {
	d.body = resp.Body
	if d.read == 0 {
		if resp.StatusCode != http.StatusOK {
			resp.Body.Close()
			return &mediaError{ErrMediaCorrupt}
		}
		if d.info.Size < 0 && resp.ContentLength >= 0 {
			d.info.Size = resp.ContentLength
		}
		return nil
	}
	if resp.StatusCode == http.StatusPartialContent {
		from := "bytes " + strconv.FormatInt(d.read, 10) + "-"
		if strings.HasPrefix(resp.Header.Get("Content-Range"), from) {
			return nil
		}
		resp.Body.Close()
		return &mediaError{ErrMediaCorrupt}
	}
	// The host does not know ranges: skip what was read already.
	if _, err := io.CopyN(io.Discard, watched{resp.Body, d.dog}, d.read); err != nil {
		resp.Body.Close()
		return &mediaError{ErrMediaCorrupt}
	}
	return nil
}

// watched has the watchdog awake while it reads.
type watched struct {
	r   io.Reader
	dog *watchdog
}

func (w watched) Read(p []byte) (int, error) {
	w.dog.wake()
	defer w.dog.sleep()
	return w.r.Read(p)
}

// Read implements io.Reader.
func (d *download) Read(p []byte) (int, error) {
	if d.err != nil {
		return 0, d.err
	}
	n, err := watched{d.body, d.dog}.Read(p)
	d.read += int64(n)
	d.digest.Write(p[:n])
	// The announced size is a promise that is held in both directions: a file that
	// stops early looks like a good one to whoever reads until io.EOF.
	switch {
	case d.read > d.limit:
		err = &mediaError{ErrMediaTooLarge}
	case d.info.Size >= 0 && d.read > d.info.Size:
		err = &mediaError{ErrMediaCorrupt}
	case errors.Is(err, io.EOF) && d.info.Size >= 0 && d.read < d.info.Size:
		err = io.ErrUnexpectedEOF
	}
	switch {
	case err == nil:
		return n, nil
	case errors.Is(err, io.EOF):
		if d.info.SHA256 != "" && hex.EncodeToString(d.digest.Sum(nil)) != d.info.SHA256 {
			err = &mediaError{ErrMediaCorrupt}
		}
	case errors.Is(err, ErrMediaTooLarge), errors.Is(err, ErrMediaCorrupt):
		// Asking again would bring the same bytes.
	case d.resume():
		return n, nil
	default:
		err = d.number.client.transportError(d.ctx, &call{op: opDownload, repeat: true}, d.because(err), true)
	}
	d.err = err
	return n, err
}

// resume goes on after a broken connection, once.
func (d *download) resume() bool {
	if d.renewed || d.ctx.Err() != nil {
		return false
	}
	d.body.Close()
	return d.renew() == nil
}

// because names the reason if the watchdog ended the transfer.
func (d *download) because(err error) error {
	if cause := context.Cause(d.ctx); cause != nil {
		return cause
	}
	return err
}

// Close implements io.Closer. It ends the transfer.
func (d *download) Close() error {
	if d.err == nil {
		d.err = errDone
	}
	d.dog.stop()
	return d.body.Close()
}
