package console_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/console"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
)

func TestAnAnswerIsSentLater(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		reply := func(by string, at string) answer {
			return s.post(alice, "/talk/"+id+"/reply", "text", "In two hours", "key", "later-key-"+by, "at", at)
		}
		in := func(d time.Duration) string { return strconv.FormatInt(time.Now().Add(d).UnixMilli(), 10) }
		for what, at := range map[string]string{
			"nonsense": "tomorrow", "past": in(-time.Minute), "zero": "0", "negative": "-5", "far": in(31 * 24 * time.Hour), "beyond": "99999999999999999", "overflow": "999999999999999999999999",
		} {
			a := reply(what, at)
			require.Equal(t, http.StatusUnprocessableEntity, a.Code, what+a.text)
			require.Contains(t, a.text, `"cause":"no_time"`, what)
			require.Contains(t, s.post(alice, "/talk/"+id+"/check", "text", "x", "at", at).text, `"cause":"no_time"`, what)
		}
		closed := reply("window", in(30*time.Hour))
		require.Equal(t, http.StatusConflict, closed.Code, "the window will have closed: "+closed.text)
		require.Len(t, s.Messages(id), 1)

		at := in(2 * time.Hour)
		for range 3 {
			require.Equal(t, http.StatusNoContent, reply("1", at).Code)
		}
		require.Len(t, s.Messages(id), 2, "once")
		m := s.Messages(id)[1]
		require.Equal(t, conversation.Scheduled, m.Delivery.State())
		page := s.get(alice, "/talk/"+id).text
		require.Contains(t, page, "will be sent later: <time")
		require.Contains(t, page, `data-change="`+m.ID+`" data-text="In two hours" data-at="`+at+`"`)
		require.NotContains(t, s.get(victor, "/talk/"+id).text, "data-change")

		require.Equal(t, http.StatusForbidden, s.post(victor, "/message/"+m.ID+"/cancel").Code)
		require.Equal(t, http.StatusNoContent, s.post(alice, "/message/"+m.ID+"/cancel").Code)
		require.NotContains(t, s.get(alice, "/talk/"+id).text, "data-change")
		require.Equal(t, http.StatusNoContent, reply("2", at).Code)
		s.Pass(time.Hour)
		require.Empty(t, s.Line.Texts())
		s.Pass(2 * time.Hour)
		require.Equal(t, []string{"In two hours"}, s.Line.Texts())
		require.NotContains(t, s.get(alice, "/talk/"+id).text, "data-change")
	})
}

// drawer is a host that keeps files, and WhatsApp's side of an upload.
type drawer struct {
	channeltest.Nowhere
	mu     sync.Mutex
	kept   map[string]string
	got    []string // by WhatsApp
	refuse error
}

func (d *drawer) Save(_ context.Context, f channel.File, body io.Reader) (string, error) {
	raw, err := io.ReadAll(body)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.kept["ref "+f.ID] = string(raw)
	return "ref " + f.ID, err
}

func (d *drawer) Open(_ context.Context, ref string) (io.ReadCloser, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	text, ok := d.kept[ref]
	if !ok {
		return nil, errors.New("no such file")
	}
	return io.NopCloser(strings.NewReader(text)), nil
}

func (d *drawer) Remove(_ context.Context, ref string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.kept, ref)
	return nil
}

func (d *drawer) Upload(_ context.Context, up message.Upload) (string, error) {
	raw, err := io.ReadAll(up.Body)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.got = append(d.got, string(raw))
	return "88", errors.Join(err, d.refuse)
}

func TestWhatAgentsSendIsShownInTheTalk(t *testing.T) {
	const picture = "\x89PNG\r\n\x1a\nIHDR picture"
	d := &drawer{kept: map[string]string{}}
	keeps := func(c *channel.Config) { c.Channels[0].Media, c.Attachments = d, d }
	withHub(t, keeps, func(c *console.Config) { c.Files = d }, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		a := s.file(alice, id, "wheel.png", "image/png", picture)
		require.Equal(t, http.StatusOK, a.Code, a.text)
		require.Equal(t, []string{picture}, d.got, "WhatsApp got all of it")
		require.Equal(t, http.StatusNoContent, s.post(alice, "/talk/"+id+"/reply", "file", "88", "kind", "image", "name", "wheel.png", "text", "this one", "key", "picture-1").Code)
		m := s.Messages(id)[1]
		at := "/files/" + m.ID + "/0"
		require.Contains(t, s.get(alice, "/talk/"+id).text, `<img src="`+at+`"`)
		file := s.get(alice, at)
		require.Equal(t, picture, file.text)
		require.Equal(t, "image/png", file.Header().Get("Content-Type"))
		require.Contains(t, file.Header().Get("Content-Disposition"), "wheel.png")
		require.Equal(t, http.StatusNotFound, s.get(bob, at).Code, "of another tenant")

		require.Equal(t, http.StatusForbidden, s.file(victor, id, "x.png", "image/png", picture).Code)
		require.Len(t, d.kept, 1, "nothing is kept of what is refused")
		require.Equal(t, http.StatusUnsupportedMediaType, s.file(alice, id, "x.png", "image/png", "<html>").Code)
		require.Len(t, d.kept, 1)
		d.refuse = errors.New("WhatsApp is out")
		require.NotEqual(t, http.StatusOK, s.file(alice, id, "x.png", "image/png", picture).Code)
		require.Len(t, d.kept, 1)
	})
}

func TestAPriceHasItsCurrency(t *testing.T) {
	spends := func(c *channel.Config) {
		catalog := c.Channels[0].Templates
		channeltest.Spends(t, nil)(c)
		c.Channels[0].Templates = catalog
	}
	withHub(t, spends, func(c *console.Config) { c.Now = channeltest.Now2026 }, func(t *testing.T, s *site) {
		s.Post(channeltest.Kim.Text(channeltest.Now2026().Add(-25*time.Hour), "wamid.1", "hello"))
		s.Pass(10 * time.Second)
		id := s.Conversation().ID
		preview := s.post(alice, "/talk/"+id+"/preview", "template", "visit/en", "body[0].text", "Tuesday")
		require.Contains(t, preview.text, "0.0034 USD")
		a := s.post(alice, "/talk/"+id+"/template", "template", "visit/en", "body[0].text", "Tuesday", "key", "template-1")
		require.Equal(t, http.StatusNoContent, a.Code, a.text)
		s.Pass(10 * time.Second)
		require.Contains(t, s.get(alice, "/talk/"+id).text, "<bdi>0.0034 USD</bdi>")
	})
}
