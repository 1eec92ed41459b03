package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/stretchr/testify/require"
)

// TestMain lets the test binary be the command, so that it can be killed.
func TestMain(m *testing.M) {
	if os.Getenv("BE_KANAVA") != "" {
		main()
	}
	os.Exit(pgtest.Main(m))
}

// people adds people to the simulator, lets the number send as much as it likes, and
// writes a file with a row for each.
func people(t *testing.T, s *sim, n int) (file string, phones []string) {
	t.Helper()
	s.control("POST", "limit", `{"users":-1}`)
	s.control("POST", "number/throughput", `{"per_second":1000}`)
	s.control("POST", "clock", `{"advance":"5m"}`) // the number is being changed
	var b strings.Builder
	b.WriteString("to,first_name,order\n")
	for i := range n {
		phone := fmt.Sprintf("+1415%07d", 5550000+i)
		s.control("POST", "users", fmt.Sprintf(`{"phone":%q,"name":"Person %d"}`, phone, i))
		fmt.Fprintf(&b, "%s,Person %d,%d\n", phone, i, i)
		phones = append(phones, phone)
	}
	return write(t, t.TempDir(), "people.csv", b.String()), phones
}

// chats counts what each person of the file has received.
func (s *sim) chats(n int) map[string]int {
	s.t.Helper()
	got := map[string]int{}
	for i := range n {
		for _, m := range s.control("GET", fmt.Sprintf("users/%d/chat", 3+i), "")["messages"].([]any) { // after those who are there anyway
			if m.(map[string]any)["mine"] != true {
				got[fmt.Sprint(i)]++
			}
		}
	}
	return got
}

// results reads the file of results: how many rows there are in each state.
func results(t *testing.T, file string) map[string]int {
	t.Helper()
	f, err := os.Open(strings.TrimSuffix(file, ".csv") + ".result.csv")
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	states := map[string]int{}
	for _, row := range rows[1:] {
		states[row[2]]++
	}
	return states
}

func TestNotifyNamesEveryFaultBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	s := simulated(t)
	for _, tc := range []struct{ name, text, says string }{
		{"the same person twice", "to,first_name,order\n+13125550101,Dana,1\n+1 312 555-0101,Dana,2\n", "line 3, column to: the same recipient as in line 2"},
		{"no phone number", "to,first_name,order\nDana,Dana,1\n", "line 2, column to: neither a phone number"},
		{"00 instead of +", "to,first_name,order\n0013125550101,Dana,1\n", "write the country code with +, not 00"},
		{"a decimal", "to,first_name,order\n13125550101.0,Dana,1\n", "line 2, column to: what a spreadsheet made of a phone number"},
		{"a power of ten", "to;first_name;order\n1,31E+10;Dana;1\n", "line 2, column to: what a spreadsheet made of a phone number"},
		{"a digit that is not dialled from abroad", "to,first_name,order\n+49 (0)30 12345678,Dana,1\n", "line 2, column to: leave out the (0)"},
		{"two numbers in two lines of a cell", "to,first_name,order\n\"1312555\n0101\",Dana,1\n", "line 2, column to: neither a phone number"},
		{"the same person with marks of an address book", "to,first_name,order\n+13125550101,Dana,1\n\u202a+1\u202f312\u2011555\u20130101\u202c\u200b,Dana,2\n", "line 3, column to: the same recipient as in line 2"},
		{"an empty cell", "to,first_name,order\n+13125550101,,1\n", "line 2, column first_name:"},
		{"a line break in a cell", "to,first_name,order\n+13125550101,\"Da\nna\",1\n", "line 2, column first_name:"},
		{"the line after a cell of two lines", "to,first_name,order\n+13125550101,\"Da\nna\",1\nx,Dana,1\n", "line 4, column to:"},
		{"a name in an old encoding", "to,first_name,order\n+13125550101,Ren\xe9,1\n", "line 2, column first_name:"},
		{"line ends of Windows", "to,first_name,order\r\n+13125550101,,1\r\n", "line 2, column first_name:"},
		{"a cell too many", "to,first_name,order\n+13125550101,Dana,1,2\n", "line 2, column -: the row has 4 cells, the header 3"},
		{"a cell in another encoding", "to,first_name,order\n+13125550101,Jos\xe9,1\n", "line 2, column first_name: the cell is not in UTF-8"},
		{"a control character in a cell", "to,first_name,order\n+13125550101,\x1b[31mDana,1\n", "line 2, column first_name: the cell holds a control character"},
		{"lines behind a line that names the separator", "sep=;\r\nto;first_name;order\r\nx;Dana;1\r\n", "line 3, column to:"},
		{"a header whose quotes hold another separator", "\"to\",first_name,order,\"a; b; c; d; e\"\nx,Dana,1,y\n", "line 2, column to:"},
		{"another name of a column", "to;Given name;order\n+13125550101;;1\n", "line 2, column Given name:"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			file := write(t, t.TempDir(), "people.csv", tc.text)
			args := []string{"notify", file, "--template", "order_update", "--yes", s.flag, "--webhook-addr", "0"}
			if strings.Contains(tc.text, "Given name") {
				args = append(args, "--column", "first_name=given name")
			}
			got := shell{}.run(t, args...)
			require.Equal(t, 1, got.code)
			require.Contains(t, strings.Join(strings.Fields(got.errs), " "), tc.says)
			require.Contains(t, got.errs, "nothing was sent")
			got = shell{}.run(t, append(args, "--json")...)
			var result struct{ Faults []rowFault }
			require.NoError(t, json.Unmarshal([]byte(got.out), &result))
			require.NotEmpty(t, result.Faults)
		})
	}
	for _, tc := range []struct {
		name, text, more string
		code             int
		says             string
	}{
		{"a column is missing", "to,name\n+13125550101,Dana\n", "", 1, "has no column first_name, order; its columns are to, name"},
		{"no recipients", "mobile,first_name,order\n1,2,3\n", "", 1, "has no column to"},
		{"an empty file", "", "", 1, "is empty"},
		{"a column twice", "to,first_name,order,Order\n+13125550101,Dana,1,2\n", "", 1, "has two columns Order"},
		{"no line of names", "+13125550101,Dana,1\n", "", 1, "holds a person already"},
		{"UTF-16", "\xff\xfet\x00o\x00\n\x00", "", 1, "UTF-16"},
		{"line ends of old Macs", "to,first_name,order\r+13125550101,Dana,1\r", "", 1, "old Macs"},
		{"no rows", "to,first_name,order\n", "", 1, "no rows"},
		{"not CSV", "to,first_name,order\n\"a,b,c\nd", "", 1, "line 2"},
		{"two columns of one name", "to,order,first_name,Order\n+13125550101,1,Dana,2\n", "", 1, "has two columns Order"},
		{"UTF-16", "\xff\xfet\x00o\x00", "", 1, "save it as CSV in UTF-8"},
		{"a template that is not there", "to\n", "--template order_updat", 2, "did you mean order_update?"},
		{"a value that is not there", "to\n", "--column frst=x", 2, `has no value "frst"`},
		{"an address that is none", "to\n", "--webhook-addr x", 2, "--webhook-addr is a port"},
		{"rates that are none", "to,first_name,order\n+13125550101,Dana,1\n", "--rates RATES", 2, "is no rate card"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			more := strings.ReplaceAll(tc.more, "RATES", write(t, dir, "rates.csv", "a,b\n1,2\n"))
			got := shell{}.run(t, append([]string{"notify", write(t, dir, "people.csv", tc.text), "--template", "order_update", "--yes", s.flag}, strings.Fields(more)...)...)
			require.Equal(t, tc.code, got.code, got.errs)
			require.Contains(t, got.errs, tc.says)
		})
	}
	require.Zero(t, s.control("GET", "audit", "")["sent"])
}

func TestNotifyLeavesOutWhoIsExcluded(t *testing.T) {
	t.Parallel()
	s := simulated(t)
	dir := t.TempDir()
	file := write(t, dir, "people.csv", "to,first_name,order\n+13125550101,Dana,1\n13125550102,Marcus,2\n")
	out := write(t, dir, "out.csv", "account,name,phone\n48151623,Marcus,+1 312 555 0102\n")
	got := shell{}.run(t, "notify", file, "--template", "order_update", "--check", "--exclude", out, s.flag)
	require.Zero(t, got.code, got.errs)
	require.Contains(t, got.out, "1 message, utility")
	require.Contains(t, got.errs, "1 row left out")
	both := write(t, dir, "both.txt", "+13125550101\n+13125550102\n")
	got = shell{}.run(t, "notify", file, "--template", "order_update", "--check", "--exclude", both, s.flag)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.errs, "no row of")
	got = shell{}.run(t, "notify", file, "--template", "order_update", "--check", "--exclude", write(t, dir, "bad.csv", "phone\nMarcus\n"), s.flag)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.errs, "bad.csv, line 2")
	for _, first := range []string{"00 1 312 555 0102", "0312 555 0102", "(0312) 5550102,Marcus"} { // no heading, and nobody to be missed
		got = shell{}.run(t, "notify", file, "--template", "order_update", "--check", "--exclude", write(t, dir, "first.csv", first+"\n+13125550101\n"), s.flag)
		require.Equal(t, 1, got.code, first)
		require.Contains(t, got.errs, "first.csv, line 1", first)
	}
}

// What becomes of a message is told to one of two processes that work on the same campaign.
func TestTwoNotifyOnOneCampaignBothEnd(t *testing.T) {
	t.Parallel()
	s := simulated(t)
	file, _ := people(t, s, 40)
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	var both sync.WaitGroup
	var got [2]printed
	for i := range got {
		both.Go(func() {
			got[i] = shell{now: time.Now}.runIn(ctx, "notify", file, "--template", "order_update", "--yes", s.flag, "--webhook-addr", "0", "--wait", "3s")
		})
	}
	both.Wait()
	for _, g := range got {
		require.NotContains(t, g.errs, "stopped with", "it waits for what the other one was told")
		require.NotContains(t, g.out, "waiting to be sent")
	}
	require.Equal(t, map[string]int{"1": 40}, countOf(s.chats(40)))
}

// countOf counts how many people have how many messages.
func countOf(chats map[string]int) map[string]int {
	count := map[string]int{}
	for _, n := range chats {
		count[strconv.Itoa(n)]++
	}
	return count
}

func TestNotifyShowsCardsMaskedAsTheyAreSent(t *testing.T) {
	t.Parallel()
	s := simulated(t)
	file := write(t, t.TempDir(), "people.csv", "to,first_name,order\n+13125550101,Dana,4111111111111111\n")
	got := shell{}.run(t, "notify", file, "--template", "order_update", "--check", s.flag)
	require.Zero(t, got.code, got.errs)
	require.Contains(t, got.out, "XXXXXXXXXXXX1111")
	require.NotContains(t, got.out, "4111111111111111")
}

func TestNotifyTakesItsSettingsFromTheFile(t *testing.T) {
	t.Parallel()
	s := simulated(t)
	dir := t.TempDir()
	set := write(t, dir, "kanava.yaml", "notify:\n  template: order_update\n  language: en_US\n  columns: {first_name: Given name}\n  webhook_addr: '0'\n")
	file := write(t, dir, "people.csv", "to,Given name,order\n+13125550101,Dana,1\n")
	got := shell{}.run(t, "notify", file, "--settings", set, "--check", s.flag)
	require.Zero(t, got.code, got.errs)
	require.Contains(t, got.out, "Hi Dana, your order 1")
	got = shell{}.run(t, "notify", file, "--settings", set, "--column", "first_name=order", "--check", s.flag)
	require.Contains(t, got.out, "Hi 1, your order 1", "flags go before the file")
	require.Equal(t, 2, shell{}.run(t, "notify", file, s.flag).code, "no template")
}

func TestNotifyShowsPreviewCostAndReach(t *testing.T) {
	t.Parallel()
	s := simulated(t)
	dir := t.TempDir()
	file := write(t, dir, "people.csv", "\ufeffPhone\tfirst_name\torder\n+13125550101\tDana, of course\t1\n+447700900123\tJo\t2\n")
	rates := write(t, dir, "rates.csv", "market,marketing,utility,authentication\nNorth America,0.02,0.004,0.003\nUnited Kingdom,0.05,0.02,0.03\n")
	got := shell{}.run(t, "notify", file, "--template", "order_update", "--check", "--rates", rates, "--currency", "USD", s.flag)
	require.Zero(t, got.code, got.errs)
	screen(t, "notify-check", got.out)
	got = shell{}.run(t, "notify", file, "--template", "order_update", s.flag)
	require.Equal(t, 2, got.code, "nobody is there to be asked")
	require.Contains(t, got.errs, "--yes")
	got = shell{terminal: true, stdin: "n\n"}.run(t, "notify", file, "--template", "order_update", s.flag, "--webhook-addr", "0")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.errs, "Send 2 messages? [y/N]")
}

func TestNotifySendsOnceAndTellsEachRow(t *testing.T) {
	t.Parallel()
	s := simulated(t)
	file, _ := people(t, s, 5)
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, append(raw, []byte("+14155559999,Nobody,9\n")...), 0o600)) // has no WhatsApp
	args := []string{"notify", file, "--template", "order_update", "--yes", s.flag, "--webhook-addr", "0", "--wait", "2m"}
	got := shell{now: time.Now}.run(t, args...)
	require.Equal(t, 1, got.code, "one row failed: %s", got.all)
	require.Equal(t, map[string]int{"delivered": 5, "failed": 1}, results(t, file))
	screen(t, "notify", strings.ReplaceAll(got.out, filepath.Dir(file)+string(filepath.Separator), ""))

	got = shell{now: time.Now}.run(t, append(args, "--json")...)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.out, `"delivered":5`)
	require.Equal(t, map[string]int{"0": 1, "1": 1, "2": 1, "3": 1, "4": 1}, s.chats(5), "nobody twice")

	s.control("POST", "users", `{"phone":"+14155559999"}`)
	got = shell{now: time.Now}.run(t, append(args, "--retry-failed")...)
	require.Zero(t, got.code, got.all)
	require.Equal(t, map[string]int{"delivered": 6}, results(t, file))

	// A person whose values have changed since is not sent another message.
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(raw), "Person 3", "Pat", 1)), 0o600))
	got = shell{now: time.Now}.run(t, args...)
	require.Equal(t, 1, got.code)
	require.Equal(t, map[string]int{"delivered": 4, "refused": 1}, results(t, file))
	require.Equal(t, 1, s.chats(5)["3"])
	got = shell{now: time.Now}.run(t, append(args, "--campaign", "second")...)
	require.Zero(t, got.code, got.all)
	require.Equal(t, 2, s.chats(5)["3"])
	require.NotContains(t, got.all, s.Token)
}

func TestNotifyStopsCleanlyAndGoesOn(t *testing.T) {
	t.Parallel()
	const n = 200
	s := simulated(t)
	file, _ := people(t, s, n)
	args := []string{"notify", file, "--template", "order_update", "--yes", s.flag, "--webhook-addr", "0"}
	r := shell{now: time.Now}.start(t, append(args, "--rate", "5")...)
	eventually(t, "some are sent", func() bool {
		return len(s.control("GET", "traffic?kind=graph&limit=1000", "")["traffic"].([]any)) > 10
	})
	require.Equal(t, 1, r.stop())
	require.Contains(t, r.errs.String(), "the same command goes on")
	states := results(t, file)
	require.NotEmpty(t, states["queued"], "%v", states)
	require.Zero(t, states["uncertain"], "what was under way was finished: %v", states)
	got := shell{now: time.Now}.run(t, args...)
	require.Zero(t, got.code, got.all)
	for i, count := range s.chats(n) {
		require.Equal(t, 1, count, i)
	}
	require.Len(t, s.chats(n), n)
}

// A real process is killed in the middle, as by a power cut, and the same command
// carries on: nobody gets the message twice, nobody is left out.
func TestNotifyKilledInTheMiddleGoesOn(t *testing.T) {
	n := 10_000
	if testing.Short() || raceDetector {
		n = 300
	}
	s := simulated(t)
	file, _ := people(t, s, n)
	command := func(more ...string) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), os.Args[0], append([]string{"notify", file, "--template", "order_update", "--yes", s.flag, "--webhook-addr", "0"}, more...)...)
		cmd.Env = append(os.Environ(), "BE_KANAVA=1")
		return cmd
	}
	accepted := func() int {
		t.Helper()
		return int(s.control("GET", "traffic?kind=graph&limit=1", "")["count"].(float64))
	}
	for _, share := range []int{20, 60} { // percent that is sent when it is killed
		first := command()
		require.NoError(t, first.Start())
		require.Eventually(t, func() bool { return accepted() >= n*share/100 }, 20*time.Minute, 20*time.Millisecond)
		require.NoError(t, first.Process.Kill())
		_ = first.Wait()
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() { // statuses that nobody took are brought again at once, and not in minutes
		for ctx.Err() == nil {
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Site+"/control/settle", strings.NewReader("{}"))
			if err != nil {
				return
			}
			req.Header.Set("Content-Type", "application/json")
			if resp, err := http.DefaultClient.Do(req); err == nil {
				_ = resp.Body.Close()
			}
			time.Sleep(500 * time.Millisecond)
		}
	}()
	out, err := command("--resend-after", "30s").CombinedOutput()
	cancel()
	require.NoError(t, err, "%s", out)
	chats := s.chats(n)
	require.Len(t, chats, n, "nobody is left out")
	for i, count := range chats {
		require.Equal(t, 1, count, "person %s got it %d times", i, count)
	}
	require.Empty(t, s.control("GET", "audit", "")["findings"])
}
