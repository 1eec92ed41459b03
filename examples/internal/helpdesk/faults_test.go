package helpdesk

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

func TestOneTicketComesOutOfDuplicatesDisorderAndBrokenItems(t *testing.T) {
	s := within(t)
	app := s.app

	// Every webhook twice, late ones overtaken, a broken item among the good ones, and the
	// statuses of the answer in any order.
	demoOf(app).world.SetFaults(cloudapitest.Faults{Duplicate: 1, Reorder: 0.7, Malform: 0.7, Future: 0.5, Merge: 10})
	for i := range 5 {
		demoOf(app).customers[0].Text(demoOf(app).number, fmt.Sprintf("sentence %d", i))
	}
	conversationID := s.ticket()
	for i := range 5 {
		s.sees(conversationID, fmt.Sprintf("sentence %d", i))
	}
	s.do(talk(conversationID)+"/reply", "text", "Thank you.", "key", "thank-you")
	s.shows("Thank you.")
	s.sees(conversationID, `ticks read`)
	demoOf(app).world.SetFaults(cloudapitest.Faults{})
	page := s.get(talk(conversationID))
	for i := range 5 {
		require.Equal(t, 1, strings.Count(page, fmt.Sprintf(">sentence %d<", i)), "once each")
	}
	require.Equal(t, 1, strings.Count(s.get("/console/list?view=all"), "data-open="), "one ticket")
	require.Empty(t, demoOf(app).world.Audit())
}
