package console_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/console"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
)

func TestAPageIsToldWhatHappens(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		w := s.listen(alice, "?open="+id, "")
		defer w.end()
		s.Post(channeltest.Kim.Text(time.Now(), "wamid.2", "are you there?"))
		s.Pass(10 * time.Second)
		all, _ := w.patches(t)
		require.NotEmpty(t, all)
		p := all[0]
		require.Len(t, p.Rows, 1)
		require.Equal(t, id, p.Rows[0].ID)
		require.Contains(t, p.Rows[0].HTML, "are you there?")
		require.Len(t, p.Messages, 1)
		require.Contains(t, p.Messages[0].HTML, "are you there?")
		require.Contains(t, p.Head, "data-closes")

		before := len(all)
		require.NoError(t, s.desk.Resolve(t.Context(), alice, id, ""))
		s.Pass(5 * time.Second)
		all, _ = w.patches(t)
		var gone []string
		for _, p := range all[before:] {
			gone = append(gone, p.Gone...)
		}
		require.Equal(t, []string{id}, gone, "it is not in the view of what is open any more")
	})
}

func TestAPageGetsWhatItMissedAfterABreak(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		w := s.listen(alice, "?open="+id, "")
		s.Post(channeltest.Kim.Text(time.Now(), "wamid.2", "first"))
		s.Pass(5 * time.Second)
		w.end()
		_, last := w.patches(t)
		require.NotEmpty(t, last)
		s.Post(channeltest.Kim.Text(time.Now(), "wamid.3", "missed"))
		s.Pass(5 * time.Second)
		again := s.listen(alice, "?after=ignored&open="+id, last)
		s.Pass(time.Second)
		again.end()
		all, _ := again.patches(t)
		require.NotEmpty(t, all)
		require.Len(t, all[0].Messages, 1, "what it has does not come again")
		require.Contains(t, all[0].Messages[0].HTML, "missed")
	})
}

func TestAStreamTellsOnlyWhatTheActorMayRead(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		theirs, none, admin := s.listen(bob, "?view=all", ""), s.listen(nobody, "?view=all", ""), s.listen(root, "?view=all", "")
		id := s.asks("wamid.1", "our secret")
		spy := s.listen(bob, "?view=all&open="+id, "")
		s.Post(channeltest.Kim.Text(time.Now(), "wamid.2", "our secret, too"))
		s.Pass(10 * time.Second)
		for _, w := range []*told{theirs, none, admin, spy} {
			w.end()
			require.NotContains(t, w.String(), "secret")
			require.NotContains(t, w.String(), id)
		}
	})
}

func TestRightsThatAreTakenAwayEndWhatAStreamTells(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		w := s.listen(alice, "?view=all&open="+id, "")
		settings := s.desk.Channels(root)[1]
		require.Equal(t, "support", settings.ID)
		settings.Desk = []byte(`{"access":{"users":{"victor":"viewer"}}}`)
		require.NoError(t, s.desk.UpdateSettings(t.Context(), root, settings))
		s.Post(channeltest.Kim.Text(time.Now(), "wamid.2", "for others"))
		s.Pass(10 * time.Second)
		w.end()
		require.NotContains(t, w.String(), "for others")
	})
}

func TestStreamsOfOneActorAreLimited(t *testing.T) {
	with(t, func(c *console.Config) { c.Streams = 2 }, func(t *testing.T, s *site) {
		first, second := s.listen(alice, "", ""), s.listen(alice, "", "")
		third := s.listen(alice, "", "")
		<-third.done
		require.Equal(t, http.StatusTooManyRequests, third.status)
		other := s.listen(victor, "", "")
		require.Equal(t, http.StatusOK, other.status)
		first.end()
		fourth := s.listen(alice, "", "")
		require.Equal(t, http.StatusOK, fourth.status)
		for _, w := range []*told{second, other, fourth} {
			w.end()
		}
	})
}

func TestTheEndOfRunEndsTheStreams(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		w := s.listen(alice, "", "")
		require.ErrorIs(t, s.console.Run(t.Context()), console.ErrRunning)
		s.stop()
		<-w.done
		late := s.listen(alice, "", "")
		<-late.done
		require.Equal(t, http.StatusServiceUnavailable, late.status)
		s.run(t)
		again := s.listen(alice, "", "")
		require.Equal(t, http.StatusOK, again.status)
		again.end()
	})
}

func TestAnErasedMessageDisappears(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		m := s.Messages(id)[0]
		w := s.listen(alice, "?open="+id, "")
		_, err := s.desk.EraseMessage(t.Context(), access.Actor{Kind: access.Agent, ID: "root", Admin: true}, m.ID)
		require.NoError(t, err)
		s.Pass(10 * time.Second)
		w.end()
		all, _ := w.patches(t)
		var erased []string
		for _, p := range all {
			erased = append(erased, p.Erased...)
		}
		require.Contains(t, erased, m.ID)
	})
}

func TestWhatAnAgentHasSeenIsUnreadNoMore(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		require.Contains(t, s.get(alice, "/").text, `class="badge"`)
		w := s.listen(alice, "", "")
		require.Equal(t, http.StatusNoContent, s.post(alice, "/talk/"+id+"/do/seen", "n", "1").Code)
		s.Pass(5 * time.Second)
		w.end()
		all, _ := w.patches(t)
		require.NotEmpty(t, all)
		require.Len(t, all[0].Rows, 1)
		require.NotContains(t, all[0].Rows[0].HTML, `class="badge"`)
		require.NotContains(t, s.get(alice, "/").text, `class="badge"`)
		require.Contains(t, s.get(victor, "/").text, `class="badge"`, "a mark is the agent's alone")
		require.Equal(t, http.StatusForbidden, s.post(nobody, "/talk/"+id+"/do/seen", "n", "1").Code)
	})
}

func TestFiveHundredPagesAreTold(t *testing.T) {
	with(t, func(c *console.Config) { c.Streams = 500 }, func(t *testing.T, s *site) {
		var all []*told
		for range 500 {
			all = append(all, s.listen(alice, "", ""))
		}
		s.asks("wamid.1", "for everybody")
		for _, w := range all {
			w.end()
			require.Contains(t, w.String(), "for everybody")
		}
	})
}

func TestTwoProcessesShowTheSame(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		second := s.join(t)
		w := second.listen(alice, "", "")
		s.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "on the first process"))
		s.Pass(1500 * time.Millisecond)
		require.Contains(t, w.String(), "on the first process")
		w.end()
		_, cursor := w.patches(t)
		s.Post(channeltest.Kim.Text(time.Now(), "wamid.2", "while nobody listened"))
		s.Pass(5 * time.Second)
		again := s.listen(alice, "", cursor) // the next request may reach another process
		s.Pass(time.Second)
		again.end()
		require.Contains(t, again.String(), "while nobody listened")
		second.stop()
	})
}
