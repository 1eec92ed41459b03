package cloudapi_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
)

const mediaURL = "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1"

func mediaInfo(url string, data []byte) answer {
	sum := sha256.Sum256(data)
	return ok(fmt.Sprintf(`{"messaging_product":"whatsapp","url":%q,"mime_type":"image/jpeg","sha256":%q,"file_size":%d,"id":"7"}`,
		url, hex.EncodeToString(sum[:]), len(data)))
}

func TestDownloadGivesTheVerifiedBytes(t *testing.T) {
	t.Parallel()
	data := []byte("the bytes of a picture")
	sum := sha256.Sum256(data)
	for name, info := range map[string]answer{
		"hexadecimal digest":         mediaInfo(mediaURL, data),
		"base64 digest":              ok(fmt.Sprintf(`{"url":%q,"mime_type":"image/jpeg","sha256":%q,"file_size":"%d","id":7}`, mediaURL, base64.StdEncoding.EncodeToString(sum[:]), len(data))),
		"neither digest nor size":    ok(fmt.Sprintf(`{"url":%q,"mime_type":"image/jpeg"}`, mediaURL)),
		"a digest of unknown making": ok(fmt.Sprintf(`{"url":%q,"mime_type":"image/jpeg","sha256":"new-kind-of-digest"}`, mediaURL)),
	} {
		c, s := newClient(t, func(cfg *cloudapi.Config) { cfg.AppSecret = secret }, info, ok(string(data)))
		d, err := c.Number("1").Download(t.Context(), "7")
		require.NoError(t, err, name)
		require.Equal(t, "image/jpeg", d.MIME)
		require.Equal(t, int64(len(data)), d.Size, name)
		got, err := io.ReadAll(iotest.OneByteReader(d.Body))
		require.NoError(t, err, name)
		require.Equal(t, data, got)
		require.NoError(t, d.Body.Close())
		_, err = d.Body.Read(make([]byte, 1))
		require.Error(t, err)

		x := s.got[1]
		require.Equal(t, "Bearer "+token, x.header.Get("Authorization"))
		require.Equal(t, "identity", x.header.Get("Accept-Encoding"))
		require.NotEmpty(t, x.header.Get("User-Agent"))
		require.Equal(t, "mid=1", x.query, "the address is used as given")
	}
}

func TestDownloadRefusesWrongBytes(t *testing.T) {
	t.Parallel()
	data := []byte("the bytes of a picture")
	wrong := bytes.ToUpper(data)
	limit := func(cfg *cloudapi.Config) { cfg.MaxMedia = 30 }
	unknownSize := ok(fmt.Sprintf(`{"url":%q}`, mediaURL))
	huge := ok(strings.Repeat("x", 31))
	cases := []struct {
		name    string
		answers []answer
		want    error
		atOnce  bool // refused before there is a body
	}{
		{"a wrong digest", []answer{mediaInfo(mediaURL, data), ok(string(wrong))}, cloudapi.ErrMediaCorrupt, false},
		{"too many bytes", []answer{mediaInfo(mediaURL, data), ok(string(data) + "!")}, cloudapi.ErrMediaCorrupt, false},
		{"an announced size beyond the limit", []answer{mediaInfo(mediaURL, make([]byte, 31))}, cloudapi.ErrMediaTooLarge, true},
		{"an unannounced size beyond the limit", []answer{unknownSize, huge}, cloudapi.ErrMediaTooLarge, false},
		{"a part instead of the whole", []answer{mediaInfo(mediaURL, data), {status: 206, body: "the"}}, cloudapi.ErrMediaCorrupt, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			client, _ := newClient(t, limit, c.answers...)
			d, err := client.Number("1").Download(t.Context(), "7")
			if c.atOnce {
				require.ErrorIs(t, err, c.want)
			} else {
				require.NoError(t, err)
				_, err = io.ReadAll(d.Body)
				require.ErrorIs(t, err, c.want)
				_, again := d.Body.Read(make([]byte, 1))
				require.Equal(t, err, again, "the error stays")
				d.Body.Close()
			}
			f, isFailer := message.FailureOf(err)
			require.True(t, isFailer)
			require.Equal(t, message.ClassMedia, f.Class)
		})
	}
}

func TestTheTokenGoesToListedHostsOnly(t *testing.T) {
	t.Parallel()
	data := []byte("x")
	for _, c := range []struct {
		url string
		ok  bool
	}{
		{mediaURL, true},
		{"https://LOOKASIDE.FBSBX.COM/x", true},
		{"https://scontent.xx.fbcdn.net/x", true},
		{"https://fbsbx.com/x", false},
		{"https://evilfbsbx.com/x", false},
		{"https://fbsbx.com.evil.example/x", false},
		{"https://lookaside.fbsbx.com@evil.example/x", false},
		{"https://user:pw@lookaside.fbsbx.com/x", false},
		{"https://lookaside.fbsbx.com:8443/x", false},
		{"http://lookaside.fbsbx.com/x", false},
		{"ftp://lookaside.fbsbx.com/x", false},
		{"file:///etc/passwd", false},
		{"//lookaside.fbsbx.com/x", false},
		{"https://127.0.0.1/x", false},
		{"https://169.254.169.254/latest/meta-data/", false},
		{"https://[::1]/x", false},
		{"https://.fbsbx.com/x", false},
		{"", false},
	} {
		client, s := newClient(t, nil, mediaInfo(c.url, data), ok("x"))
		d, err := client.Number("1").Download(t.Context(), "7")
		if c.ok {
			require.NoError(t, err, c.url)
			d.Body.Close()
			continue
		}
		require.Error(t, err, c.url)
		require.Len(t, s.got, 1, "nothing may be fetched from %s", c.url)
		require.NotContains(t, err.Error(), "evil")
	}
}

func TestHostsOfTheConfigurationReplaceMetas(t *testing.T) {
	t.Parallel()
	own := func(cfg *cloudapi.Config) {
		cfg.MediaHosts, cfg.InsecureHTTP = []string{"127.0.0.1:9000", ".Sim.Test"}, true
	}
	for url, want := range map[string]bool{
		"http://127.0.0.1:9000/x": true, "http://127.0.0.1/x": false, "https://a.sim.test/x": true, "https://sim.test/x": false, mediaURL: false,
	} {
		client, _ := newClient(t, own, mediaInfo(url, []byte("x")), ok("x"))
		d, err := client.Number("1").Download(t.Context(), "7")
		require.Equal(t, want, err == nil, url)
		if err == nil {
			d.Body.Close()
		}
	}
}

func TestRedirectsOfMediaAreCheckedHopByHop(t *testing.T) {
	t.Parallel()
	data := []byte("x")
	to := func(location string) answer {
		return answer{status: 302, header: http.Header{"Location": {location}}}
	}
	c, s := newClient(t, nil, mediaInfo(mediaURL, data), to("https://scontent.fbcdn.net/v"), to("/w"), ok("x"))
	d, err := c.Number("1").Download(t.Context(), "7")
	require.NoError(t, err)
	d.Body.Close()
	require.Equal(t, "/w", s.got[3].path)

	for _, location := range []string{"https://evil.example/", "http://lookaside.fbsbx.com/", "//evil.example/x", "https://10.0.0.1/"} {
		c, s = newClient(t, nil, mediaInfo(mediaURL, data), to(location))
		_, err = c.Number("1").Download(t.Context(), "7")
		require.Error(t, err, location)
		require.Len(t, s.got, 2, location)
	}
	c, _ = newClient(t, nil, mediaInfo(mediaURL, data), to(mediaURL), to(mediaURL), to(mediaURL))
	_, err = c.Number("1").Download(t.Context(), "7")
	require.ErrorContains(t, err, "redirects")
}

func TestAnExpiredAddressIsRenewedOnce(t *testing.T) {
	t.Parallel()
	data := []byte("the bytes of a picture")
	for _, status := range []int{401, 403, 404, 410} {
		gone := answer{status: status, body: "<html>expired</html>"}
		c, s := newClient(t, nil, mediaInfo(mediaURL+"&old", data), gone, mediaInfo(mediaURL+"&new", data), ok(string(data)))
		d, err := c.Number("1").Download(t.Context(), "7")
		require.NoError(t, err)
		got, err := io.ReadAll(d.Body)
		require.NoError(t, err)
		require.Equal(t, data, got)
		require.Equal(t, "mid=1&new", s.got[3].query)
		d.Body.Close()

		c, s = newClient(t, nil, mediaInfo(mediaURL, data), gone, mediaInfo(mediaURL, data), gone)
		_, err = c.Number("1").Download(t.Context(), "7")
		e, isError := errors.AsType[*cloudapi.Error](err)
		require.True(t, isError)
		require.Equal(t, status, e.Status)
		require.Len(t, s.got, 4, "renewed once, not for ever")
	}
	// Other errors are not about the address.
	c, s := newClient(t, nil, mediaInfo(mediaURL, data), answer{status: 500})
	_, err := c.Number("1").Download(t.Context(), "7")
	require.Error(t, err)
	require.Len(t, s.got, 2)
}

// breaking is a transport whose media answers break where they are told to.
type breaking struct {
	data    []byte
	breaks  []int // after how many bytes of each answer
	ranges  bool
	lie     bool // answers a range with another one
	asked   []string
	renewed int
}

func (b *breaking) RoundTrip(r *http.Request) (*http.Response, error) {
	resp := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Request: r, ContentLength: -1}
	if r.URL.Host == "graph.facebook.com" {
		b.renewed++
		a := mediaInfo(fmt.Sprintf("%s&n=%d", mediaURL, b.renewed), b.data)
		resp.Body = io.NopCloser(strings.NewReader(a.body))
		return resp, nil
	}
	from := 0
	if h := r.Header.Get("Range"); h != "" {
		b.asked = append(b.asked, h)
		if b.ranges {
			fmt.Sscanf(h, "bytes=%d-", &from)
			resp.StatusCode = 206
			resp.Header.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(b.data)-1, len(b.data)))
			if b.lie {
				resp.Header.Set("Content-Range", fmt.Sprintf("bytes 0-%d/%d", len(b.data)-1, len(b.data)))
			}
		}
	}
	body := b.data[from:]
	if len(b.breaks) > 0 {
		n := b.breaks[0]
		b.breaks = b.breaks[1:]
		resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body[:n]), iotest.ErrReader(errors.New("connection reset by peer"))))
		return resp, nil
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

func TestABrokenDownloadGoesOnWhereItBroke(t *testing.T) {
	t.Parallel()
	data := bytes.Repeat([]byte("0123456789"), 1000)
	for _, c := range []struct {
		name string
		b    breaking
		want error
	}{
		{"with ranges", breaking{ranges: true, breaks: []int{3333}}, nil},
		{"at the very start", breaking{ranges: true, breaks: []int{0}}, nil},
		{"without ranges", breaking{breaks: []int{3333}}, nil},
		{"but only once", breaking{ranges: true, breaks: []int{3333, 10}}, errors.New("any")},
		{"and not with another part of the file", breaking{ranges: true, lie: true, breaks: []int{3333}}, errors.New("any")},
	} {
		c.b.data = data
		client, err := cloudapi.New(cloudapi.Config{Token: token, HTTPClient: &http.Client{Transport: &c.b}})
		require.NoError(t, err)
		d, err := client.Number("1").Download(t.Context(), "7")
		require.NoError(t, err)
		got, err := io.ReadAll(d.Body)
		d.Body.Close()
		if c.want != nil {
			require.Error(t, err, c.name)
			continue
		}
		require.NoError(t, err, c.name)
		require.True(t, bytes.Equal(data, got), c.name)
		require.Equal(t, 2, c.b.renewed, "a fresh address is used")
	}
}

func TestAStalledDownloadEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		data := make([]byte, 100)
		w := newWire(t,
			func(c *wireConn) { c.request(); c.answer(200, "", mediaInfo("http://media.test/f", data).body) },
			func(c *wireConn) {
				c.request()
				c.say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n%s", data[:50])
				_, _ = c.Read(make([]byte, 1)) // silence until the client goes
			})
		defer w.end()
		start := time.Now()
		d, err := w.client(func(cfg *cloudapi.Config) { cfg.IdleTimeout = 20 * time.Second }).Number("1").Download(t.Context(), "7")
		require.NoError(t, err)
		_, err = io.ReadAll(d.Body)
		require.ErrorContains(t, err, "nothing moved")
		require.Equal(t, 20*time.Second, time.Since(start))
		d.Body.Close()
	})
}

func TestASlowReaderIsNotAStall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		data := make([]byte, 100)
		c, _ := newClient(t, func(cfg *cloudapi.Config) { cfg.IdleTimeout = 5 * time.Second }, mediaInfo(mediaURL, data), ok(string(data)), ok(`{"id":"1"}`))
		d, err := c.Number("1").Download(t.Context(), "7")
		require.NoError(t, err)
		defer d.Body.Close()
		for range 100 {
			time.Sleep(time.Minute) // the host scans each byte for viruses
			_, err := io.ReadFull(d.Body, make([]byte, 1))
			require.NoError(t, err)
		}
		_, err = d.Body.Read(make([]byte, 1))
		require.ErrorIs(t, err, io.EOF)
		_, err = c.Number("1").Upload(t.Context(), message.Upload{MIME: "image/png", Size: 3, Body: slow{strings.NewReader("123")}})
		require.NoError(t, err)
	})
}

// slow takes a minute for every read.
type slow struct{ io.Reader }

func (s slow) Read(p []byte) (int, error) {
	time.Sleep(time.Minute)
	return s.Reader.Read(p[:1])
}

func TestClosingADownloadEarlyLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		data := make([]byte, 1<<20)
		w := newWire(t,
			func(c *wireConn) { c.request(); c.answer(200, "", mediaInfo("http://media.test/f", data).body) },
			func(c *wireConn) {
				c.request()
				c.say("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", len(data))
				_, _ = c.Write(data)
			})
		defer w.end()
		d, err := w.client(nil).Number("1").Download(t.Context(), "7")
		require.NoError(t, err)
		_, err = io.ReadFull(d.Body, make([]byte, 1000))
		require.NoError(t, err)
		require.NoError(t, d.Body.Close())
	})
}

// form reads an upload the way a server would.
func form(t *testing.T, x exchange) (fields map[string]string, name, kind string, data []byte) {
	t.Helper()
	_, params, err := mime.ParseMediaType(x.header.Get("Content-Type"))
	require.NoError(t, err)
	r := multipart.NewReader(bytes.NewReader(x.body), params["boundary"])
	fields = make(map[string]string)
	for {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return fields, name, kind, data
		}
		require.NoError(t, err)
		b, err := io.ReadAll(p)
		require.NoError(t, err)
		if p.FormName() == "file" {
			name, kind, data = p.FileName(), p.Header.Get("Content-Type"), b
			continue
		}
		fields[p.FormName()] = string(b)
	}
}

func TestUploadIsTheDocumentedForm(t *testing.T) {
	t.Parallel()
	data := bytes.Repeat([]byte("0123456789"), 10000)
	for _, size := range []int64{int64(len(data)), 0} {
		c, s := newClient(t, nil, ok(`{"id":"1013859600285441"}`))
		var last int64
		id, err := c.Number("106540352242922").Upload(t.Context(), message.Upload{
			Name: `C:\photos\ä "x"` + "\r\n.png", MIME: "image/png", Size: size, Body: bytes.NewReader(data),
			Progress: func(n int64) {
				require.Greater(t, n, last)
				last = n
			},
		})
		require.NoError(t, err)
		require.Equal(t, "1013859600285441", id)
		require.Equal(t, int64(len(data)), last)
		require.Equal(t, "/v26.0/106540352242922/media", s.got[0].path)
		fields, name, kind, got := form(t, s.got[0])
		require.Equal(t, map[string]string{"messaging_product": "whatsapp", "type": "image/png"}, fields)
		require.Equal(t, `ä "x".png`, name)
		require.Equal(t, "image/png", kind)
		require.True(t, bytes.Equal(data, got))
	}
}

func TestAnUploadIsRepeatedIfItsSourceCanGoBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		data := []byte("0123456789")
		source := bytes.NewReader(append([]byte("skip"), data...))
		_, err := source.Seek(4, io.SeekStart)
		require.NoError(t, err)
		c, s := newClient(t, nil, resetRead, answer{status: 500}, ok(`{"id":"1"}`))
		_, err = c.Number("1").Upload(t.Context(), message.Upload{MIME: "image/png", Size: 10, Body: source})
		require.NoError(t, err)
		require.Len(t, s.got, 3)
		for _, x := range s.got {
			_, name, _, got := form(t, x)
			require.Equal(t, data, got)
			require.Equal(t, "file", name)
		}
		// A source that cannot is tried once.
		c, s = newClient(t, nil, resetRead)
		_, err = c.Number("1").Upload(t.Context(), message.Upload{MIME: "image/png", Size: 10, Body: io.LimitReader(bytes.NewReader(data), 10)})
		require.Error(t, err)
		require.NotErrorIs(t, err, message.ErrOutcomeUnknown, "a second copy of a file does no harm")
		require.Len(t, s.got, 1)
	})
}

func TestASourceOfAnotherSizeFailsTheUpload(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, source := range map[string]io.Reader{
			"short":  strings.NewReader("123"),
			"broken": io.MultiReader(strings.NewReader("123"), iotest.ErrReader(errors.New("disk on fire"))),
		} {
			w := newWire(t, func(c *wireConn) {
				if c.request() {
					c.answer(200, "", `{"id":"1"}`)
				}
			})
			_, err := w.client(func(cfg *cloudapi.Config) { cfg.Retries = -1 }).Number("1").Upload(t.Context(), message.Upload{MIME: "image/png", Size: 10, Body: source})
			require.Error(t, err, name)
			require.Zero(t, w.processed, name)
			w.end()
		}
		// What is beyond the announced size is not sent.
		c, s := newClient(t, nil, ok(`{"id":"1"}`))
		_, err := c.Number("1").Upload(t.Context(), message.Upload{MIME: "image/png", Size: 4, Body: strings.NewReader("1234567")})
		require.NoError(t, err)
		_, _, _, got := form(t, s.got[0])
		require.Equal(t, "1234", string(got))
	})
}

// watched notices reads after the end of the call.
type watched struct {
	r    io.Reader
	over bool
	late bool
}

func (w *watched) Read(p []byte) (int, error) {
	w.late = w.late || w.over
	return w.r.Read(p)
}

func TestAnUploadThatIsRefusedEarlyStopsReading(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t, func(c *wireConn) {
			_, _ = io.CopyN(io.Discard, c, 1000)
			c.answer(413, "Connection: close\r\n", "")
			_, _ = io.Copy(io.Discard, c)
		})
		defer w.end()
		source := &watched{r: strings.NewReader(strings.Repeat("x", 1<<20))}
		_, err := w.client(nil).Number("1").Upload(t.Context(), message.Upload{MIME: "image/png", Size: 1 << 20, Body: source})
		source.over = true
		f, _ := message.FailureOf(err)
		require.Equal(t, message.ClassMedia, f.Class, "%v", err)
		synctest.Wait()
		require.False(t, source.late)
	})
}

func TestAStalledUploadEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t, func(c *wireConn) {
			_, _ = io.CopyN(io.Discard, c, 100)
			<-t.Context().Done()
		})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		start := time.Now()
		_, err := w.client(func(cfg *cloudapi.Config) { cfg.IdleTimeout = 9 * time.Second; cfg.Retries = -1 }).
			Number("1").Upload(ctx, message.Upload{MIME: "image/png", Size: 1 << 20, Body: bytes.NewReader(make([]byte, 1<<20))})
		require.ErrorContains(t, err, "nothing moved")
		require.Equal(t, 9*time.Second, time.Since(start))
	})
}

func TestTheHostOfBaseURLMayKeepTheFilesToo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		hosts []string
		url   string
		want  bool
	}{
		"a simulator's own file":             {nil, "http://localhost:8090/x", true},
		"another port of the machine":        {nil, "http://localhost:8091/x", false},
		"Meta's hosts, beside it":            {nil, mediaURL, true},
		"a stranger":                         {nil, "https://evil.example/x", false},
		"hosts that are named, and no other": {[]string{"files.test"}, "http://localhost:8090/x", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			client, s := newClient(t, func(cfg *cloudapi.Config) {
				cfg.BaseURL, cfg.InsecureHTTP, cfg.MediaHosts = "http://localhost:8090", true, c.hosts
				cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
			}, mediaInfo(c.url, []byte("x")), ok("x"))
			d, err := client.Number("1").Download(t.Context(), "7")
			require.Equal(t, c.want, err == nil)
			if err == nil {
				d.Body.Close()
				require.Empty(t, log.String())
				return
			}
			require.Len(t, s.got, 1, "nothing was fetched")
			u, err := url.Parse(c.url)
			require.NoError(t, err)
			require.Contains(t, log.String(), "host="+u.Host, "the operator learns which host it would have been")
			require.NotContains(t, log.String(), "/x")
		})
	}
}
