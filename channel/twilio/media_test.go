package twilio_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/twilio"
	"github.com/kanava-go/kanava/channel/twilio/twiliotest"
	"github.com/kanava-go/kanava/webhook"
)

// photo has somebody send a file, and returns its id.
func photo(t *testing.T, sim *twiliotest.Sim, u *twiliotest.User, data string) string {
	t.Helper()
	var b inbox
	sim.Connect(public, newHandler(t, handlerConfig(&b)))
	u.File(line, twiliotest.Media{MIME: "image/png", Data: []byte(data)}, "")
	sim.Settle()
	events := b.events()
	return events[len(events)-1].Payload.(*webhook.Message).Content.(*webhook.Media).ID
}

func TestFilesOfCustomersAreFetchedWithCredentialsForTheAPIAlone(t *testing.T) {
	t.Parallel()
	sim, dana := newSim()
	id := photo(t, sim, dana, "pixels")
	d, err := newClient(t, sim, nil).Number(line).Download(t.Context(), id)
	require.NoError(t, err)
	defer d.Body.Close()
	data, err := io.ReadAll(d.Body)
	require.NoError(t, err)
	require.Equal(t, "pixels", string(data))
	require.Equal(t, "image/png", d.MIME)
	require.Equal(t, int64(6), d.Size)
	require.Empty(t, sim.Audit())
}

// spy answers everything and notes where credentials went.
type spy struct {
	location string
	asked    []string
	told     []string
}

func (s *spy) RoundTrip(r *http.Request) (*http.Response, error) {
	s.asked = append(s.asked, r.URL.Host)
	if r.Header.Get("Authorization") != "" {
		s.told = append(s.told, r.URL.Host)
	}
	resp := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("data")), ContentLength: -1, Request: r}
	if s.location != "" && r.URL.Host == "api.twilio.com" {
		resp.StatusCode = http.StatusFound
		resp.Header.Set("Location", s.location)
	}
	return resp, nil
}

func TestWhereFilesMayBeFetchedFrom(t *testing.T) {
	t.Parallel()
	own := "https://api.twilio.com/2010-04-01/Accounts/" + account + "/Messages/MM1/Media/ME1"
	for name, c := range map[string]struct {
		id, location string
		err          error
		asked, told  []string
	}{
		"the account's own":                    {own, "", nil, []string{"api.twilio.com"}, []string{"api.twilio.com"}},
		"storage on the list":                  {own, "https://mms.twiliocdn.com/x", nil, []string{"api.twilio.com", "mms.twiliocdn.com"}, []string{"api.twilio.com"}},
		"storage on the list, asked directly":  {"https://mms.twiliocdn.com/x", "", nil, []string{"mms.twiliocdn.com"}, nil},
		"a redirect elsewhere":                 {own, "https://evil.example/x", twilio.ErrMediaHost, []string{"api.twilio.com"}, []string{"api.twilio.com"}},
		"a redirect to the API":                {own, own, twilio.ErrMediaHost, []string{"api.twilio.com"}, []string{"api.twilio.com"}},
		"a redirect to a host that ends alike": {own, "https://eviltwiliocdn.com/x", twilio.ErrMediaHost, []string{"api.twilio.com"}, []string{"api.twilio.com"}},
		"a redirect to http":                   {own, "http://mms.twiliocdn.com/x", twilio.ErrMediaHost, []string{"api.twilio.com"}, []string{"api.twilio.com"}},
		"a redirect to another port":           {own, "https://mms.twiliocdn.com:8443/x", twilio.ErrMediaHost, []string{"api.twilio.com"}, []string{"api.twilio.com"}},
		"somebody else's address":              {"https://evil.example/x", "", twilio.ErrMediaHost, nil, nil},
		"another account's":                    {"https://api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages/MM1/Media/ME1", "", twilio.ErrMediaHost, nil, nil},
		"out of the account by dots":           {own + "/../../../../../x", "", twilio.ErrMediaHost, nil, nil},
		"out of the account by escaped dots":   {own + "/%2e%2e/%2e%2e/x", "", twilio.ErrMediaHost, nil, nil},
		"another resource of the API":          {"https://api.twilio.com/2010-04-01/Accounts.json", "", twilio.ErrMediaHost, nil, nil},
		"an address with a user":               {"https://a:b@mms.twiliocdn.com/x", "", twilio.ErrMediaHost, nil, nil},
		"an id of Meta's":                      {"1037543291543636", "", twilio.ErrMediaHost, nil, nil},
		"a file of this machine":               {"file:///etc/passwd", "", twilio.ErrMediaHost, nil, nil},
		"an address in numbers":                {"https://127.0.0.1/x", "", twilio.ErrMediaHost, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &spy{location: c.location}
			client, err := twilio.New(twilio.Config{AccountSID: account, AuthToken: token, StatusURL: public, HTTPClient: &http.Client{Transport: s}})
			require.NoError(t, err)
			d, err := client.Number(line).Download(t.Context(), c.id)
			if c.err != nil {
				require.ErrorIs(t, err, c.err)
			} else {
				require.NoError(t, err)
				require.NoError(t, d.Body.Close())
			}
			require.Equal(t, c.asked, s.asked)
			require.Equal(t, c.told, s.told)
		})
	}
}

func TestDownloadsAreBounded(t *testing.T) {
	t.Parallel()
	sim, dana := newSim()
	id := photo(t, sim, dana, "pixels")
	_, err := newClient(t, sim, func(cfg *twilio.Config) { cfg.MaxMedia = 5 }).Number(line).Download(t.Context(), id)
	require.ErrorIs(t, err, twilio.ErrMediaTooLarge)
	client, err := twilio.New(twilio.Config{AccountSID: account, AuthToken: token, StatusURL: public, MaxMedia: 3, HTTPClient: &http.Client{Transport: &spy{}}})
	require.NoError(t, err)
	d, err := client.Number(line).Download(t.Context(), "https://mms.twiliocdn.com/x")
	require.NoError(t, err)
	defer d.Body.Close()
	_, err = io.ReadAll(d.Body)
	require.ErrorIs(t, err, twilio.ErrMediaTooLarge, "a file without an announced length")
}

func TestAFileThatIsGoneIsSaidSo(t *testing.T) {
	t.Parallel()
	sim, _ := newSim()
	_, err := newClient(t, sim, nil).Number(line).Download(t.Context(), "https://api.twilio.com/2010-04-01/Accounts/"+account+"/Messages/MM1/Media/ME1")
	e, ok := errors.AsType[*twilio.Error](err)
	require.True(t, ok)
	require.Equal(t, http.StatusNotFound, e.Status)
}

func TestFilesOfTheHostArePublished(t *testing.T) {
	t.Parallel()
	sim, dana := newSim()
	n := newClient(t, sim, nil).Number(line)
	_, err := n.Upload(t.Context(), message.Upload{})
	require.ErrorIs(t, err, twilio.ErrNoPublish)
	address := "https://files.desk.example/1"
	n = newClient(t, sim, func(cfg *twilio.Config) {
		cfg.Publish = func(_ context.Context, in message.Upload) (string, error) {
			_, err := io.Copy(io.Discard, in.Body)
			return address, err
		}
	}).Number(line)
	id, err := n.Upload(t.Context(), message.Upload{MIME: "image/png", Body: strings.NewReader("x")})
	require.NoError(t, err)
	_, err = n.Send(t.Context(), to(&message.Image{ID: id}))
	require.NoError(t, err)
	require.Equal(t, address, dana.Sees(line)[0].Media)
	address = "/etc/passwd"
	_, err = n.Upload(t.Context(), message.Upload{MIME: "image/png", Body: strings.NewReader("x")})
	require.Error(t, err)
}
