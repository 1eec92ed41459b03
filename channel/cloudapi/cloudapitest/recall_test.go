package cloudapitest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

func TestAPhoneShowsInANewWorldWhatItShowedBefore(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	begin := func(seed uint64, now time.Time) (*cloudapitest.World, *cloudapitest.Account, *cloudapitest.Number, *cloudapitest.User) {
		w, err := cloudapitest.New(cloudapitest.Config{Seed: seed, Now: func() time.Time { return now }})
		require.NoError(t, err)
		a := w.AddAccount(cloudapitest.AccountConfig{ID: "102290129340398"})
		n := a.AddNumber(cloudapitest.NumberConfig{ID: "106540352242922", Phone: "13125550142"})
		return w, a, n, w.AddUser(cloudapitest.UserConfig{Name: "Kim Lake", Phone: "13125550188"})
	}
	old, _, n, kim := begin(1, began)
	first := kim.Text(n, "hello")
	_, err := kim.Reply(n, first, "are you there?")
	require.NoError(t, err)
	picture := kim.Image(n, cloudapitest.Attachment{MIME: "image/png", Data: []byte("PNG"), Caption: "this"})
	kim.SharePlace(n, cloudapitest.Place{Latitude: 1, Name: "Here"})
	require.NoError(t, kim.Delete(n, kim.Text(n, "a mistake")))
	old.Settle()
	seen, before := kim.Sees(n), n
	data, mime, err := kim.File(n, picture)
	require.NoError(t, err)
	require.Equal(t, "PNG image/png", string(data)+" "+mime)
	_, _, err = kim.File(n, first)
	require.Error(t, err, "no file")

	world, account, n, again := begin(1, began.Add(20*time.Hour))
	app := world.AddApp(cloudapitest.AppConfig{})
	posts := 0
	require.NoError(t, world.Subscribe(app, account, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			_, _ = w.Write([]byte(r.FormValue("hub.challenge")))
			return
		}
		posts++
	})))
	file := func(b *cloudapitest.Bubble) []byte { data, _, _ := kim.File(before, b.ID); return data }
	for range 2 {
		again.Recall(n, seen, file)
	}
	world.Settle()
	require.Zero(t, posts, "nobody is told")
	require.Equal(t, seen, again.Sees(n))
	require.Equal(t, began.Add(24*time.Hour), again.Standing(n).WindowEnds)
	require.NoError(t, again.React(n, first, "👍"), "it can be used as before")
	for _, b := range seen {
		require.NotEqual(t, b.ID, again.Text(n, "back again"), "no id comes twice")
	}
	require.Len(t, again.Sees(n), 2*len(seen))
	world.Settle()
	require.Positive(t, posts)
}
