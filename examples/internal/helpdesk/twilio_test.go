package helpdesk

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheSameHelpdeskOnTwilio(t *testing.T) {
	t.Parallel()
	side, err := Twilio()
	require.NoError(t, err)
	app, err := newApp(t.Context(), settings{dir: t.TempDir(), side: side, log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	require.NoError(t, err)
	server := httptest.NewServer(app.routes())
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- app.run(ctx) }()
	t.Cleanup(func() {
		app.pages.close()
		server.Close()
		stop()
		if err := errors.Join(<-done, app.db.Close()); err != nil {
			t.Error(err)
		}
	})
	s := &site{t: t, url: server.URL}
	s.do("/phone/say", "text", "Is my bike ready?")
	id := s.ticket()
	s.sees(id, "Is my bike ready?")
	s.do("/conversations/"+id+"/reply", "text", "It is.", "key", "1")
	s.shows("It is.")
	s.shows("Is my bike ready?")
	s.do("/clock", "by", "25h")
	status, text := s.post("/conversations/"+id+"/reply", "text", "Hello?", "key", "2")
	require.Equal(t, 422, status, text)
	status, _ = s.post("/phone/tap", "label", "nothing")
	require.Equal(t, 409, status)
	require.Empty(t, side.Phone.(*twilioPhone).sim.Audit())
}
