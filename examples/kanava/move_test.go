package main

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/stretchr/testify/require"
)

func TestADeskMovesFromSQLiteToPostgreSQLAndIsNotUsedTwice(t *testing.T) {
	t.Parallel()
	schema := pgtest.New(t)
	cfg, err := pgx.ParseConfig(schema.DSN)
	require.NoError(t, err)
	address := (&url.URL{
		Scheme: "postgres", User: url.UserPassword(cfg.User, cfg.Password), Host: net.JoinHostPort(cfg.Host, fmt.Sprint(cfg.Port)), Path: cfg.Database,
		RawQuery: url.Values{"search_path": {schema.Name}, "sslmode": {"disable"}}.Encode(),
	}).String()
	dir := t.TempDir()
	sh, u, r := upAndRunning(t, "--simulator", "0", "--dir", dir)
	flag := "--sim=" + portOf(u.Simulator.Site)
	require.Zero(t, sh.run(t, "trigger", "text", "text=Is my bike ready?", flag).code)
	desk := shell{now: time.Now, env: map[string]string{"KANAVA_DATABASE": filepath.Join(dir, "helpdesk.db"), "KANAVA_MOVE_TO": address}}
	eventually(t, "the message is in the store", func() bool {
		return strings.Contains(desk.run(t, "export", "+13125550101").out, "Is my bike ready?")
	})
	got := desk.run(t, "move")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.errs, "1 process working on the store: stop them first")
	require.Zero(t, r.stop())
	old := desk.run(t, "export", "+13125550101")
	require.Zero(t, old.code, old.errs)

	got = desk.run(t, "move", "--json")
	require.Zero(t, got.code, got.errs)
	require.Contains(t, got.out, `"records"`)
	there := shell{now: time.Now, env: map[string]string{"KANAVA_DATABASE": address}}
	got = there.run(t, "export", "+13125550101")
	require.Zero(t, got.code, got.errs)
	require.Equal(t, old.out, got.out)

	got = desk.run(t, "health")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.errs, "it goes on in another one, and kanava move --cancel lets it be used again")
	got = desk.run(t, "move")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.errs, "the source was moved before")
	got = desk.run(t, "move", "--cancel")
	require.Zero(t, got.code, got.errs)
	require.Equal(t, old.out, desk.run(t, "export", "+13125550101").out)
	require.Equal(t, 1, desk.run(t, "move").code, "the new one is in use")
	got = shell{env: map[string]string{"KANAVA_DATABASE": filepath.Join(dir, "helpdesk.db")}}.run(t, "move")
	require.Equal(t, 2, got.code)
	require.Contains(t, got.errs, "say where to")
	got = shell{}.run(t, "move", "--database", filepath.Join(dir, "helpdesk.db"), "--to", "postgres://desk:hunter2@localhost/desk")
	require.Equal(t, 2, got.code)
	require.Contains(t, got.errs, "does not belong on the command line")
	require.NotContains(t, got.errs, "hunter2")
	got = shell{now: time.Now}.run(t, "move", "--database", filepath.Join(dir, "helpdesk.db"), "--to", "postgres://desk@localhost:1/desk")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.errs, "does not answer")
}
