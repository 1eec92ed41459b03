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
	app, err := newApp(t.Context(), setup{dir: t.TempDir(), side: side, log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	require.NoError(t, err)
	server := httptest.NewServer(app.routes())
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 2)
	go func() { done <- app.run(ctx) }()
	go func() { done <- app.console.Run(ctx) }()
	t.Cleanup(func() {
		app.pages.close()
		stop()
		server.Close()
		if err := errors.Join(<-done, <-done, app.db.Close()); err != nil {
			t.Error(err)
		}
	})
	s := &site{t: t, url: server.URL}
	s.do("/phone/say", "text", "Is my bike ready?")
	id := s.ticket()
	s.sees(id, "Is my bike ready?")
	s.do(talk(id)+"/reply", "text", "It is.", "key", "11111111")
	s.shows("It is.")
	s.shows("Is my bike ready?")
	s.do("/clock", "by", "25h")
	status, text := s.post(talk(id)+"/reply", "text", "Hello?", "key", "22222222")
	require.Equal(t, 409, status, text)
	status, _ = s.post("/phone/tap", "label", "nothing")
	require.Equal(t, 409, status)
	require.Empty(t, side.Phone.(*twilioPhone).sim.Audit())
}
