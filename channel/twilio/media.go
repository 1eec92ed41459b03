package twilio

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/kanava-go/kanava/channel/message"
)

const opDownload = "download media"

// Errors of files.
var (
	// ErrNoPublish says that a file was to be uploaded and Config.Publish is nil.
	ErrNoPublish = errors.New("twilio: upload media: Config.Publish is nil: Twilio takes files by address only")
	// ErrMediaTooLarge matches the error of a download beyond Config.MaxMedia.
	ErrMediaTooLarge = errors.New("twilio: download media: larger than allowed")
	// ErrMediaHost says that a file lies where it may not be fetched from.
	ErrMediaHost = errors.New("twilio: download media: the address is not on the list of media hosts")

	errCutShort = errors.New("the file ends early")
	errHops     = errors.New("too many redirects")
)

// messageForm is a MessageSid.
var messageForm = regexp.MustCompile(`^(SM|MM)[0-9a-fA-F]{32}$`)

// Upload publishes a file through Config.Publish and returns its address, which is the id to
// send it with. How long it can be sent is the host's decision.
func (n *Number) Upload(ctx context.Context, in message.Upload) (id string, err error) {
	publish := n.client.config.Publish
	if publish == nil {
		return "", ErrNoPublish
	}
	if id, err = publish(ctx, in); err != nil {
		return "", err
	}
	if !isAddress(id, n.client.insecure) {
		return "", errors.New("twilio: upload media: Config.Publish returned no https address")
	}
	return id, nil
}

// Download opens the file at the address that a webhook gave as the id of a medium. The
// credentials go to the API only; the storage behind it, which the API redirects to, has to be
// on the list of media hosts. Nothing is buffered; ctx covers the reading, too. Body fails with
// [ErrMediaTooLarge] beyond Config.MaxMedia, and if the file ends before its announced length.
//
// https://www.twilio.com/docs/messaging/api/media-resource (as known in November 2026)
func (n *Number) Download(ctx context.Context, id string) (message.Download, error) {
	c := n.client
	at := id
	for hop := range 4 {
		u, err := url.Parse(at)
		if err != nil || u.Host == "" || u.User != nil {
			return message.Download{}, ErrMediaHost
		}
		// The first address comes from outside: only the API may be asked with credentials, and
		// only for the account's own.
		own := hop == 0 && c.ownHost(u) && u.EscapedPath() == path.Clean(u.Path) &&
			strings.HasPrefix(u.Path, "/2010-04-01/Accounts/"+c.account+"/")
		if !own && !c.mediaHost(u) {
			return message.Download{}, ErrMediaHost
		}
		resp, err := c.get(ctx, at, own)
		if err != nil {
			return message.Download{}, transportError(ctx, &call{op: opDownload, repeat: true}, err, true)
		}
		if next := resp.Header.Get("Location"); resp.StatusCode/100 == 3 && next != "" {
			resp.Body.Close()
			to, err := u.Parse(next)
			if err != nil {
				return message.Download{}, ErrMediaHost
			}
			at = to.String()
			continue
		}
		if resp.StatusCode != http.StatusOK {
			defer resp.Body.Close()
			body, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10)) // the status speaks if it does not
			return message.Download{}, refused(&call{op: opDownload, repeat: true}, resp, body)
		}
		if resp.ContentLength > c.maxMedia {
			resp.Body.Close()
			return message.Download{}, ErrMediaTooLarge
		}
		return message.Download{
			MIME: resp.Header.Get("Content-Type"), Size: resp.ContentLength,
			Body: &download{ctx: ctx, body: resp.Body, size: resp.ContentLength, limit: c.maxMedia},
		}, nil
	}
	return message.Download{}, &TransportError{Op: opDownload, Sent: true, cause: errHops}
}

func (c *Client) get(ctx context.Context, at string, own bool) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return nil, errForeign
	}
	req.Header.Set("User-Agent", "kanava-twilio/1")
	req.Header.Set("Accept-Encoding", "identity") // sizes speak about the file itself
	if own {
		req.SetBasicAuth(c.user, c.password)
	}
	return c.http.Do(req)
}

// mediaHost looks up the host of an address in the allow-list.
func (c *Client) mediaHost(u *url.URL) bool {
	if u.Scheme != "https" && (u.Scheme != "http" || !c.insecure) {
		return false
	}
	host := strings.ToLower(u.Host)
	_, err := netip.ParseAddr(u.Hostname())
	number := err == nil
	for _, allowed := range c.hosts {
		allowed = strings.ToLower(allowed)
		if host == allowed || strings.HasPrefix(allowed, ".") && strings.HasSuffix(host, allowed) && len(host) > len(allowed) && !number {
			return true
		}
	}
	return false
}

// download is the body of a file on its way.
type download struct {
	ctx         context.Context // covers the transfer, which outlives the call that began it
	body        io.ReadCloser
	size, limit int64
	read        int64
}

// Read implements io.Reader.
func (d *download) Read(p []byte) (int, error) {
	n, err := d.body.Read(p)
	d.read += int64(n)
	switch {
	case d.read > d.limit:
		return n, ErrMediaTooLarge
	case errors.Is(err, io.EOF) && d.size >= 0 && d.read < d.size:
		err = errCutShort
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = transportError(d.ctx, &call{op: opDownload, repeat: true}, err, true)
	}
	return n, err
}

// Close implements io.Closer. It ends the transfer.
func (d *download) Close() error { return d.body.Close() }
