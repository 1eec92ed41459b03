package main

import (
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// upAndRunning starts the verb up, and returns what it printed.
func upAndRunning(t *testing.T, args ...string) (shell, upped, *running) {
	t.Helper()
	sh := shell{now: time.Now, env: map[string]string{"XDG_CACHE_HOME": t.TempDir()}}
	r := sh.start(t, append([]string{"up", "--addr", "0", "--json"}, args...)...)
	var u upped
	eventually(t, "it is up", func() bool { return json.Unmarshal([]byte(r.out.String()), &u) == nil && u.Helpdesk != "" })
	return sh, u, r
}

func TestUpAndItsStoreFromFirstMessageToErasure(t *testing.T) {
	t.Parallel()
	sh, u, r := upAndRunning(t, "--simulator", "0")
	flag := "--sim=" + portOf(u.Simulator.Site)
	got := sh.run(t, "trigger", "text", "text=Is my bike ready?", flag)
	require.Zero(t, got.code, got.errs)

	eventually(t, "the message is in the store", func() bool {
		return strings.Contains(sh.run(t, "export", "+13125550101", flag).out, "Is my bike ready?")
	})
	file := write(t, t.TempDir(), "export.jsonl", "an older one, that all can read")
	require.NoError(t, os.Chmod(file, 0o644))
	require.Zero(t, sh.run(t, "export", "+13125550101", flag, "--file", file).code)
	is, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), is.Mode().Perm(), "it is personal data")
	got = sh.run(t, "health", flag)
	require.Zero(t, got.code, got.all)
	require.Contains(t, got.out, "✓ 1 process working on the store")
	require.Equal(t, 2, sh.run(t, "health", flag, "--channel", "support").code, "it is about the whole store, and says so")
	require.Equal(t, 2, sh.run(t, "health", flag, "--delay", "-1s").code)
	got = sh.run(t, "report", flag)
	require.Zero(t, got.code, got.errs)
	require.Contains(t, got.out, "1  messages from customers")
	require.Contains(t, sh.run(t, "report", flag, "--csv").out, "messages_in")
	got = sh.run(t, "dead", "list", flag)
	require.Zero(t, got.code)
	require.Contains(t, got.out, "no dead letters")
	got = sh.run(t, "dead", "show", "host/x", flag)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.errs, "kanava dead list")
	got = sh.run(t, "erase", "+13125550101", flag)
	require.Equal(t, 2, got.code, "nobody is there to be asked")
	got = sh.run(t, "erase", "+13125550101", flag, "--yes", "--json")
	require.Zero(t, got.code, got.errs)
	require.Contains(t, got.out, `"messages":1`)
	got = sh.run(t, "export", "+13125550101", flag)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.errs, "knows nobody by this name")
	got = sh.run(t, "migrate", flag, "--dry-run")
	require.Zero(t, got.code, got.errs)
	require.Contains(t, got.out, "up to date")
	got = sh.run(t, "report", flag, "--channel", "supprt")
	require.Equal(t, 2, got.code)
	require.Contains(t, got.errs, "did you mean support?")
	require.Zero(t, r.stop())
	require.Equal(t, 1, sh.run(t, "health", flag).code, "nobody works on it any more")
}

func TestDeadLettersAreListedShownReplayedAndDropped(t *testing.T) {
	t.Parallel()
	sh, u, _ := upAndRunning(t, "--simulator", "0")
	flag := "--sim=" + portOf(u.Simulator.Site)
	// Messages without an id, which nobody can understand.
	bad := write(t, t.TempDir(), "bad.json", `{"object":"whatsapp_business_account","entry":[{"id":"`+u.Simulator.Account+`","changes":[{"field":"messages","value":{
		"messaging_product":"whatsapp","metadata":{"display_phone_number":"12025550142","phone_number_id":"`+u.Simulator.Number+`"},
		"messages":[{"from":"13125550101","type":"text","text":{"body":"Robin was here"}},{"from":"13125550102","type":"text"}]}}]}]}`)
	require.Zero(t, sh.run(t, "replay", bad, "--to", u.Webhook, flag).code)
	var all []letter
	dead := func() int {
		all = nil
		if json.Unmarshal([]byte(sh.run(t, "dead", "list", flag, "--json").out), &all) != nil {
			return -1
		}
		return len(all)
	}
	eventually(t, "they are dead", func() bool { return dead() >= 2 })
	n := dead()
	got := sh.run(t, "dead", "list", flag)
	require.Zero(t, got.code)
	require.Equal(t, n+1, strings.Count(got.out, "\n"), got.out)
	require.NotContains(t, got.out, "Robin")
	require.Equal(t, 1, sh.run(t, "health", flag).code)

	got = sh.run(t, "dead", "show", all[0].Key, flag)
	require.Zero(t, got.code, got.errs)
	require.Contains(t, got.out, all[0].Reason)
	require.Contains(t, got.out, "{")
	require.Zero(t, sh.run(t, "dead", "replay", all[0].Key, flag).code)
	eventually(t, "it is dead again", func() bool { return dead() == n })

	got = sh.run(t, "dead", "drop", all[0].Key, flag)
	require.Equal(t, 2, got.code, "nobody is there to be asked")
	got = sh.run(t, "dead", "drop", all[0].Key, flag, "--yes")
	require.Zero(t, got.code, got.errs)
	require.Equal(t, n-1, dead())
	got = sh.run(t, "dead", "drop", "--reason", "nothing begins so", flag, "--yes", "--json")
	require.Contains(t, got.out, `"dropped":0`)
	require.Equal(t, 2, sh.run(t, "dead", "drop", flag, "--yes").code, "which?")
	require.Equal(t, 2, sh.run(t, "dead", "drop", "--all", all[0].Key, flag, "--yes").code, "both?")
	require.Equal(t, 2, sh.run(t, "dead", "show", "key", flag).code)
	require.Zero(t, sh.run(t, "dead", "drop", "--all", flag, "--yes").code)
	require.Zero(t, dead())
}

func TestUpOnTwilioAndInAFolderThatStays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	sh, u, r := upAndRunning(t, "--simulator", "0", "--dir", filepath.Join(dir, "first"))
	eventually(t, "it is found by its simulator, and has begun", func() bool {
		return strings.Contains(sh.run(t, "health", "--sim="+portOf(u.Simulator.Site)).out, "✓ 1 process working on the store")
	})
	require.Zero(t, r.stop())

	_, u, r = upAndRunning(t, "--twilio", "--dir", filepath.Join(dir, "desk"))
	require.Nil(t, u.Simulator)
	require.Equal(t, filepath.Join(dir, "desk", "helpdesk.db"), u.Database)
	require.Zero(t, r.stop())
	_, err := os.Stat(u.Database)
	require.NoError(t, err)
	got := shell{}.run(t, "up", "--twilio", "--live")
	require.Equal(t, 2, got.code)
	got = shell{}.run(t, "up", "--live")
	require.Equal(t, 2, got.code)
	require.Contains(t, got.errs, "WHATSAPP_APP_SECRET")
	got = shell{env: map[string]string{"XDG_CACHE_HOME": dir}}.run(t, "up", "--addr", "0.0.0.0:0", "--simulator", "0")
	require.Equal(t, 1, got.code, "the page has no login")
	require.Contains(t, got.errs, "nobody has to sign in")
}

func TestSettingsOfUpAreRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	set := write(t, dir, "kanava.yaml", "up:\n  addr: '0'\n  simulator: '0'\n  seed: 7\n  folder: "+filepath.Join(dir, "desk")+"\n")
	r := shell{now: time.Now, env: map[string]string{"XDG_CACHE_HOME": dir}}.start(t, "up", "--settings", set, "--json")
	eventually(t, "it is up", func() bool { return strings.Contains(r.out.String(), filepath.Join(dir, "desk", "helpdesk.db")) })
}

func TestDatabasesThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	none := filepath.Join(dir, "none.db")
	for _, tc := range []struct {
		name string
		env  map[string]string
		args string
		code int
		says string
	}{
		{"none is named", nil, "health", 2, "say which database"},
		{"it is not there", nil, "health --database " + none, 2, "there is no database"},
		{"nobody is up", map[string]string{"XDG_CACHE_HOME": dir}, "health --sim=1", 1, "no kanava up has run"},
		{"nobody is up whose tables could be made", map[string]string{"XDG_CACHE_HOME": dir}, "migrate --sim=1", 1, "no kanava up has run"},
		{"tables in a folder that is not there", nil, "migrate --database " + filepath.Join(dir, "gone", "desk.db"), 1, "there is no folder " + filepath.Join(dir, "gone")},
		{"a password on the command line", nil, "health --database postgres://desk:hunter2@localhost/desk", 2, "does not belong on the command line"},
		{"a password in the query on the command line", nil, "health --database postgres://localhost/desk?user=desk&password=hunter2", 2, "does not belong on the command line"},
		{"a password in the query", map[string]string{"KANAVA_DATABASE": "postgres://localhost:1/desk?user=desk&password=hunter2"}, "health", 1, "postgres://…@localhost:1/desk cannot"},
		{"a password with an @", map[string]string{"KANAVA_DATABASE": "postgres://desk:x@hunter2@localhost:1/desk"}, "health", 1, "postgres://…@localhost:1/desk cannot"},
		{"a file with an @ that is no database", nil, "health --database " + write(t, dir, "desk@home.db", strings.Repeat("no database ", 200)), 1, filepath.Join(dir, "desk@home.db")},
		{"a server that is not there", map[string]string{"KANAVA_DATABASE": "postgres://desk:hunter2@localhost:1/desk"}, "health", 1, "does not answer"},
		{"a file that is no database", nil, "health --database " + write(t, dir, "text.db", strings.Repeat("no database ", 200)), 1, "is damaged, or none: stop every process, keep the file, and restore the last backup"},
		{"a file without tables, as one without its journal may be", nil, "health --database " + write(t, dir, "empty.db", ""), 1, "copied without the one beside it that ends in -wal"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := shell{env: tc.env}.run(t, strings.Fields(tc.args)...)
			require.Equal(t, tc.code, got.code, got.errs)
			require.Contains(t, got.errs, tc.says)
			require.NotContains(t, got.errs, "hunter2")
		})
	}
	_, err := os.Stat(none)
	require.ErrorIs(t, err, os.ErrNotExist, "looking makes no file")
}

func TestMigrateMakesTablesAndOthersDoNot(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "desk.db")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	got := shell{}.run(t, "health", "--database", file)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.errs, "kanava migrate makes the tables")
	got = shell{}.run(t, "migrate", "--database", file, "--dry-run")
	require.Equal(t, 1, got.code, "there is something to do")
	require.Contains(t, got.out, "to do 0001_")
	require.Contains(t, shell{}.run(t, "migrate", "--database", file, "--sql").out, "CREATE TABLE")
	got = shell{}.run(t, "migrate", "--database", file)
	require.Zero(t, got.code, got.errs)
	require.Contains(t, got.out, "done  0001_")
	require.Contains(t, shell{}.run(t, "migrate", "--database", file).out, "up to date")
	got = shell{now: time.Now}.run(t, "health", "--database", file)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.out, "✗ 0 processes working on the store")
	got = shell{}.run(t, "export", "+12025550143", "--database", file)
	require.Equal(t, 2, got.code)
	require.Contains(t, got.errs, "--channel ID --number PHONE_NUMBER_ID")
}

func TestADatabaseOfAnotherProgramIsRefusedAsItIs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "places and more.sqlite")
	db, err := sql.Open("sqlite", "file:"+file)
	require.NoError(t, err)
	_, err = db.Exec(`CREATE TABLE kanava_like_lakes (name TEXT); CREATE TABLE moz_places (url TEXT)`)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	require.NoError(t, os.Chmod(file, 0o600))
	before, err := os.ReadFile(file)
	require.NoError(t, err)
	own := filepath.Join(dir, "own.db")
	require.Zero(t, shell{}.run(t, "migrate", "--database", own).code)
	for _, args := range [][]string{
		{"migrate", "--database", file}, {"migrate", "--database", file, "--dry-run"}, {"migrate", "--database", "sqlite:" + file, "--sql"},
		{"move", "--database", own, "--to", file}, {"move", "--database", file, "--to", own}, {"move", "--database", file, "--cancel"},
		{"health", "--database", file},
	} {
		got := shell{now: time.Now}.run(t, args...)
		require.Equal(t, 2, got.code, args)
		require.Contains(t, got.errs, "the database of another program", args)
		after, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, before, after, "%v changed it", args)
	}
	got := shell{}.run(t, "migrate", "--database", file, "--beside")
	require.Zero(t, got.code, got.errs)
	got = shell{now: time.Now}.run(t, "health", "--database", file)
	require.Contains(t, got.out, "0 processes", "from now on it is both programs'")
}
