package cloudapitest_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

const orderTemplate = `{"name":"order_update","language":"en_US","category":"UTILITY","components":[
	{"type":"HEADER","format":"IMAGE","example":{"header_handle":["4::x"]}},
	{"type":"BODY","text":"Hi {{1}}, order {{2}} has shipped.","example":{"body_text":[["Ada","17"]]}},
	{"type":"FOOTER","text":"Thanks"},
	{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Stop"},{"type":"URL","text":"Track","url":"https://example.com/t/{{1}}","example":["a"]}]}]}`

func TestTemplatesAreCheckedAgainstTheirDefinitionAndRendered(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, err := s.account.AddTemplate(orderTemplate)
	require.NoError(t, err)
	template := func(name, components string) string {
		return `"type":"template","template":{"name":"` + name + `","language":{"code":"en_US"},"components":[` + components + `]}`
	}
	const (
		header = `{"type":"header","parameters":[{"type":"image","image":{"link":"https://example.com/a.jpg"}}]}`
		body   = `{"type":"body","parameters":[{"type":"text","text":"Ada"},{"type":"text","text":"17"}]}`
		track  = `{"type":"button","sub_type":"url","index":"1","parameters":[{"type":"text","text":"xyz"}]}`
	)
	for _, tc := range []struct {
		name, send string
		code       int
	}{
		{"an unknown name is 132001", template("nope", ""), 132001},
		{"one value for two variables is 132000", template("order_update", header+`,{"type":"body","parameters":[{"type":"text","text":"Ada"}]},`+track), 132000},
		{"no body values is 132000", template("order_update", header+`,`+track), 132000},
		{"no media header is 132012", template("order_update", body+`,`+track), 132012},
		{"a video for an image header is 132012", template("order_update", `{"type":"header","parameters":[{"type":"video","video":{"link":"https://example.com/a.mp4"}}]},`+body+`,`+track), 132012},
		{"no value for the URL is 131008", template("order_update", header+`,`+body), 131008},
		{"a line break in a value is 132018", template("order_update", header+`,{"type":"body","parameters":[{"type":"text","text":"A\nda"},{"type":"text","text":"17"}]},`+track), 132018},
		{"a button kind that is not there is 132012", template("order_update", header+`,`+body+`,`+track+`,{"type":"button","sub_type":"url","index":0,"parameters":[{"type":"text","text":"x"}]}`), 132012},
		{"an unknown key is 100", template("order_update", header+`,`+body+`,`+track+`],"wrong":[`), 100},
		{"everything right is accepted", template("order_update", header+`,`+body+`,`+track), 0},
	} {
		_, answer := s.send(tc.send)
		require.Equal(t, tc.code, code(answer), "%s: %v", tc.name, answer)
	}
	s.Settle()
	seen := s.user.Sees(s.number)
	require.Len(t, seen, 1)
	require.Equal(t, "Hi Ada, order 17 has shipped.", seen[0].Text)
	require.Equal(t, "https://example.com/t/xyz", seen[0].Buttons[1].URL)
	require.Equal(t, "https://example.com/a.jpg", seen[0].Media.Link)

	_, err = s.user.Tap(s.number, "Track")
	require.ErrorIs(t, err, cloudapitest.ErrNotOnScreen)
	_, err = s.user.Tap(s.number, "Stop")
	require.NoError(t, err)
	s.in.take()
	s.Settle()
	got := s.in.take()
	require.Len(t, got, 1)
	require.Contains(t, string(got[0]), `"button":{"payload":"Stop","text":"Stop"}`)
}

func TestMediaGoesUpAndComesDown(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var form bytes.Buffer
	mw := multipart.NewWriter(&form)
	require.NoError(t, mw.WriteField("messaging_product", "whatsapp"))
	require.NoError(t, mw.WriteField("type", "image/png"))
	part, err := mw.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="file"; filename="a.png"`}, "Content-Type": {"image/png"}})
	require.NoError(t, err)
	_, _ = io.WriteString(part, "not really a picture")
	require.NoError(t, mw.Close())
	req, err := http.NewRequest(http.MethodPost, "https://graph.facebook.com/v26.0/"+s.number.ID+"/media", &form)
	require.NoError(t, err)
	req.Header.Set("Content-Type", mw.FormDataContentType())
	req.Header.Set("Authorization", "Bearer "+s.token)
	status, up := s.do(req)
	require.Equal(t, 200, status, "%v", up)
	id := up["id"].(string)

	_, meta := s.graph("GET", id, "")
	require.Equal(t, float64(20), meta["file_size"])
	req, err = http.NewRequest(http.MethodGet, meta["url"].(string), nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+s.token)
	resp, err := s.Client().Do(req)
	require.NoError(t, err)
	data, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, "not really a picture", string(data))
	require.Equal(t, "image/png", resp.Header.Get("Content-Type"))

	_, other := s.graph("GET", id, "")
	require.NotEmpty(t, other["url"])
	resp, err = s.Client().Do(req)
	require.NoError(t, err)
	require.Equal(t, 200, resp.StatusCode, "each URL lives five minutes, whatever others there are")
	forged := req.Clone(t.Context())
	forged.URL.RawQuery = strings.Replace(forged.URL.RawQuery, "ext=1", "ext=2", 1)
	status, _ = s.do(forged)
	require.Equal(t, 404, status, "a URL cannot be prolonged")

	s.user.Text(s.number, "hi")
	_, answer := s.send(`"type":"image","image":{"id":"` + id + `","caption":"look"}`)
	require.Zero(t, code(answer), "%v", answer)
	_, answer = s.send(`"type":"video","video":{"id":"` + id + `"}`)
	require.Equal(t, 131053, code(answer))
	require.Empty(t, s.Audit())

	s.Advance(6 * time.Minute)
	status, _ = s.do(req)
	require.Equal(t, 404, status)
	s.Advance(31 * 24 * time.Hour)
	_, answer = s.graph("GET", id, "")
	require.Equal(t, 100, code(answer))
	require.Equal(t, []cloudapitest.Rule{cloudapitest.RuleExpiredMedia, cloudapitest.RuleExpiredMedia}, rules(s.Audit()))
}

func rules(list []cloudapitest.Finding) []cloudapitest.Rule {
	var out []cloudapitest.Rule
	for _, f := range list {
		out = append(out, f.Rule)
	}
	return out
}

func TestThePairLimitAllows45AndThenOneEverySixSeconds(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.user.Text(s.number, "hi")
	accepted := 0
	for range 50 {
		if _, b := s.send(`"type":"text","text":{"body":"x"}`); code(b) == 0 {
			accepted++
		} else {
			require.Equal(t, 131056, code(b))
		}
	}
	require.Equal(t, 45, accepted)
	s.Advance(6 * time.Second)
	_, b := s.send(`"type":"text","text":{"body":"x"}`)
	require.Zero(t, code(b))
	_, b = s.send(`"type":"text","text":{"body":"x"}`)
	require.Equal(t, 131056, code(b))
}

func TestFailedWebhooksAreRetriedForSevenDays(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.in.status = func(n int) int {
		if n < 4 {
			return 500
		}
		return 200
	}
	s.user.Text(s.number, "hello")
	s.Settle()
	require.Len(t, s.in.bodies, 1)
	s.Advance(time.Hour)
	require.Len(t, s.in.bodies, 4)
	for _, b := range s.in.bodies {
		require.Equal(t, s.in.bodies[0], b)
	}
	require.Empty(t, s.Audit())

	s.in.status = func(int) int { return 503 }
	s.user.Text(s.number, "hello again")
	s.Advance(8 * 24 * time.Hour)
	require.Equal(t, []cloudapitest.Rule{cloudapitest.RuleLostWebhook}, rules(s.Audit()))
}

func TestRunLivesInRealTimeAndInABubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, func(c *cloudapitest.Config) { c.Now = nil })
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.Run(ctx) }()
		s.user.Text(s.number, "hi")
		synctest.Wait()
		require.Len(t, s.in.take(), 1)
		_, b := s.send(`"type":"text","text":{"body":"hello"}`)
		require.Zero(t, code(b))
		time.Sleep(time.Minute)
		require.Equal(t, []string{"sent", "delivered"}, s.in.statuses(t))

		time.Sleep(24 * time.Hour)
		_, b = s.send(`"type":"text","text":{"body":"late"}`)
		require.Equal(t, 131047, code(b))
		s.user.Text(s.number, "again")
		s.Advance(24 * time.Hour) // on top of the clock that runs
		_, b = s.send(`"type":"text","text":{"body":"late"}`)
		require.Equal(t, 131047, code(b))
		cancel()
		require.NoError(t, <-done)
	})
}

func TestEverythingMayBeCalledAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, func(c *cloudapitest.Config) { c.Now = nil })
		s.SetFaults(cloudapitest.Faults{Duplicate: .2, Reorder: .2, Lose: .2, Split: .2, Merge: 3})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.Run(ctx) }()
		s.Intercept(cloudapitest.Ambiguous(5))
		var lost atomic.Int64
		var all sync.WaitGroup
		people := make([]*cloudapitest.User, 8)
		for i := range people {
			people[i] = s.AddUser(cloudapitest.UserConfig{})
			all.Go(func() {
				u := people[i]
				for k := range 10 {
					u.Text(s.number, fmt.Sprint("message ", k))
					req, err := http.NewRequest(http.MethodPost, "https://graph.facebook.com/v26.0/"+s.number.ID+"/messages",
						strings.NewReader(`{"messaging_product":"whatsapp","to":"+`+u.Phone()+`","type":"text","text":{"body":"answer `+fmt.Sprint(k)+`"}}`))
					assert.NoError(t, err)
					req.Header.Set("Authorization", "Bearer "+s.token)
					if _, err := s.Client().Do(req); err != nil {
						lost.Add(1)
					}
					u.Read(s.number)
					s.Audit()
					s.Advance(time.Second)
				}
			})
		}
		all.Wait()
		s.Settle()
		cancel()
		require.NoError(t, <-done)
		require.Equal(t, int64(5), lost.Load())
		for _, u := range people {
			require.Len(t, u.Sees(s.number), 20, "answers that were lost are on the phone")
		}
		require.Empty(t, s.Audit())
	})
}

func TestTheSameSeedMakesTheSameStorm(t *testing.T) {
	t.Parallel()
	storm := func(seed uint64) []string {
		s := newSite(t, func(c *cloudapitest.Config) { c.Seed = seed })
		s.SetFaults(cloudapitest.Faults{Duplicate: .2, Reorder: .3, Lose: .2, Malform: .1, Future: .1, Forge: .1, Delay: .1, Split: .2, Merge: 5})
		for i := range 60 {
			s.user.Text(s.number, fmt.Sprint("message ", i))
			s.Advance(time.Second)
		}
		s.Advance(24 * time.Hour)
		var out []string
		for _, b := range s.in.take() {
			out = append(out, string(b))
		}
		return out
	}
	a, b := storm(7), storm(7)
	require.Equal(t, a, b)
	require.NotEqual(t, a, storm(8))
}
