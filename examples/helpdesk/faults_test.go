package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

func TestOneTicketComesOutOfDuplicatesDisorderAndBrokenItems(t *testing.T) {
	app, err := newApp(t.Context(), settings{
		dir: t.TempDir(), getenv: func(string) string { return "" }, log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
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
	s := &site{t: t, url: server.URL, out: &output{}, log: &output{}}

	// Every webhook twice, late ones overtaken, a broken item among the good ones, and the
	// statuses of the answer in any order.
	app.demo.world.SetFaults(cloudapitest.Faults{Duplicate: 1, Reorder: 0.7, Malform: 0.7, Future: 0.5, Merge: 10})
	for i := range 5 {
		app.demo.customer.Text(app.demo.number, fmt.Sprintf("sentence %d", i))
	}
	conversation := s.ticket()
	for i := range 5 {
		s.sees(conversation, fmt.Sprintf("sentence %d", i))
	}
	s.do("/conversations/"+conversation+"/reply", "text", "Thank you.")
	s.shows("Thank you.")
	s.sees(conversation, `class="ticks read"`)
	app.demo.world.SetFaults(cloudapitest.Faults{})
	page := s.get("/conversations/" + conversation)
	for i := range 5 {
		require.Equal(t, 1, strings.Count(page, fmt.Sprintf(">sentence %d<", i)), "once each")
	}
	require.Equal(t, 1, strings.Count(s.get("/tickets"), "data-open="), "one ticket")
	require.Empty(t, app.demo.world.Audit())
}
