package guides

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// calendar are the dated rules of the platform, and where the code follows each: a file, and what stands in it.
var calendar = []struct{ day, rule, does, file, proof string }{
	{
		"2024-11-01", "Conversations that customers begin cost nothing any more", "`pricing` charges none before October 2026",
		"channel/pricing/ruletable.go", `freeService Date = "2024-11-01"`,
	},
	{
		"2025-07-01", "Messages are charged, no longer conversations; utility templates in an open window are free", "`pricing` counts messages from that day on",
		"channel/pricing/ruletable.go", `perMessage  Date = "2025-07-01"`,
	},
	{
		"2025-10-01", "Zimbabwe moves to another market of the price list", "`pricing.MarketOf` goes by the day",
		"channel/pricing/markettable.go", `zimbabwe Date = "2025-10-01"`,
	},
	{
		"2025-12-03", "A coupon code may have 20 characters instead of 15", "`template` lets 20 through",
		"template/limit.go", "15 until 2025-12-03",
	},
	{
		"2026-08-01", "Meta's own Business Agent is charged", "`pricing` has a row for it",
		"channel/pricing/ruletable.go", `agentTokens Date = "2026-08-01"`,
	},
	{
		"2026-10-01", "Service messages and utility templates in an open window are charged; 1,000 service messages of a number and month are free",
		"`pricing` and budgets count them, and the rest of the free tier is shown", "channel/pricing/ruletable.go", `service     Date = "2026-10-01"`,
	},
	{
		"2026-10-01", "Nine more countries have international rates of authentication", "`pricing` goes by the day",
		"channel/pricing/international.go", `october Date = "2026-10-01"`,
	},
	{
		"2027-10-13", "Marketing templates leave `/messages` for `/marketing_messages`", "each channel's `MarketingRoute` takes the new way where the account is ready",
		"channel/cloudapi/cloudapitest/send.go", "time.Date(2027, 10, 13",
	},
	{
		"2028-01-01", "What is exempt from the charge of service messages is so no longer", "`pricing` charges it from that day on",
		"channel/pricing/ruletable.go", `exemptEnds  Date = "2028-01-01"`,
	},
}

// calendarPage lists the dated rules, in order.
func calendarPage(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("# Calendar of the platform\n\nRules that begin or end on a day, and what the code makes of them. Days begin in the time zone of the account. Checked in November 2026.\n\n")
	header(&b, "From", "Rule", "The code", "Where")
	require.True(t, slices.IsSortedFunc(calendar, func(a, b struct{ day, rule, does, file, proof string }) int { return strings.Compare(a.day, b.day) }))
	for _, c := range calendar {
		code, err := os.ReadFile(filepath.Join(root, c.file))
		require.NoError(t, err)
		require.Contains(t, string(code), c.proof, "%s: %s", c.day, c.rule)
		row(&b, c.day, c.rule, c.does, "`"+c.file+"`")
	}
	return b.String()
}
