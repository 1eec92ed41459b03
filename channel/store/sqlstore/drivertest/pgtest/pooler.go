package pgtest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Pooled returns the schema as it is reached through a pgbouncer of the test's own, whose
// pool_mode is "transaction" or "session". It serves its clients with ten connections. What a
// pooler cannot take from them, the search path, it sets itself, and again when a client has left (DISCARD ALL, which
// it would do then, goes back to what the server says, where an operator would set it).
func (s Schema) Pooled(tb testing.TB, mode string) Schema {
	tb.Helper()
	bin, err := exec.LookPath("pgbouncer")
	if err != nil {
		if bin = "/usr/sbin/pgbouncer"; !executable(bin) {
			missing(tb, err)
		}
	}
	server, err := pgx.ParseConfig(s.DSN)
	if err != nil {
		tb.Fatalf("pgtest: parse DSN: %v", err)
	}
	dir, err := os.MkdirTemp("", "kanava-pgbouncer-")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { os.RemoveAll(dir) })
	port := Port(tb)
	config := filepath.Join(dir, "pgbouncer.ini")
	size := 10
	if mode == "session" {
		size = 90 // each connection of a client keeps one
	}
	password := ""
	if server.Password != "" {
		password = " password=" + server.Password
	}
	text := fmt.Sprintf(`[databases]
%s = host=%s port=%d dbname=%s user=%s%s connect_query='SET search_path = %[1]s'
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %[7]d
unix_socket_dir =
auth_type = any
pool_mode = %[8]s
server_reset_query = DEALLOCATE ALL; SELECT pg_advisory_unlock_all(); SET search_path = '%[1]s'
max_client_conn = 1000
default_pool_size = %[9]d
`, s.Name, server.Host, server.Port, server.Database, server.User, password, port, mode, size)
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		tb.Fatal(err)
	}
	if err := giveAway(dir); err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(bin, "-q", config)
	cmd.SysProcAttr = asOther()
	var said logBuffer
	cmd.Stderr = &said
	if err := startTied(cmd); err != nil {
		tb.Fatalf("pgtest: start pgbouncer: %v", err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait()
	}()
	tb.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	pooled := s
	pooled.pooled = true
	pooled.DSN = fmt.Sprintf("host=127.0.0.1 port=%d user=pooled dbname=%s sslmode=disable", port, s.Name)
	for begun := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		conn, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", port))
		if err == nil {
			_ = conn.Close()
			return pooled
		}
		select {
		case <-ended:
			tb.Fatalf("pgtest: pgbouncer ended: %s", said.bytes())
		default:
		}
		if time.Since(begun) > startTimeout {
			tb.Fatalf("pgtest: pgbouncer does not listen: %v: %s", err, said.bytes())
		}
	}
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&0o111 != 0
}
