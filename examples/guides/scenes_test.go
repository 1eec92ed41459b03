package guides

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
)

// A scene is a page whose commands are run in their order, as its reader would: in a folder with these files, with the
// variables of a simulated account if it has any. A command that serves goes on beside the next ones.
type scene struct {
	page    string
	account bool              // the page's commands work on an account, which is that of a simulator
	files   map[string]string // what the reader has
	blocks  map[string]string // files with the page's block of that language
	says    map[string]string // what a command prints, by its beginning
	fails   map[string]int    // exit codes other than 0
	after   func(t *testing.T, s *stage)
}

// elsewhere are commands that no scene runs, by their beginning.
var elsewhere = map[string]string{
	"git clone":                        "needs the released repository",
	"go test work":                     "is this",
	"go test ./examples/guides":        "is this",
	"go run ./examples/internal":       "is a step of .ci/run",
	"go mod edit":                      "examples/internal/release gets the core without it",
	"go get github.com/kanava-go":      "the same",
	"export WHATSAPP_TOKEN=":           "has no values",
	"go run ./examples/helpdesk -live": "needs a real number",
	"kanava move":                      "TestADeskMovesFromSQLiteToPostgreSQLAndIsNotUsedTwice of the command runs it",
}

var scenes = []scene{
	{page: "README.md", account: true, fails: map[string]int{"go run ./examples/kanava doctor": 1}, says: map[string]string{"go run ./examples/kanava help": "templates"}},
	{page: "CONTRIBUTING.md"},
	{page: "examples/guides/bot.md", says: map[string]string{
		"curl localhost:8080/phone -d 'Hello'": "robot", "curl localhost:8080/phone -d 'Wednesday'": "Wednesday it is", "curl localhost:8080/phone -d 'A person'": "will answer you here",
	}},
	{page: "examples/guides/first-answer.md", account: true, fails: map[string]int{"go run ./examples/kanava doctor": 1}},
	{
		page: "examples/guides/simulator.md", blocks: map[string]string{"js": "bot.mjs"},
		says: map[string]string{"curl http://localhost:8090/control/env": ""},
		after: func(t *testing.T, s *stage) {
			s.bash(t, `curl -sSf -H 'Content-Type: application/json' -d '{"url":"http://localhost:8080/webhook"}' http://localhost:8090/control/webhook`)
			s.bash(t, `curl -sSf -H 'Content-Type: application/json' -d '{"text":"Anybody there?"}' http://localhost:8090/control/users/1/text`)
			require.Eventually(t, func() bool {
				return strings.Contains(s.bash(t, `curl -sSf http://localhost:8090/control/users/1/chat`), "You wrote: Anybody there?")
			}, 3*time.Minute, 50*time.Millisecond, "the program of the page answers")
		},
	},
	{page: "examples/guides/templates.md", account: true},
	{page: "examples/guides/upgrades.md"},
	{
		page: "examples/host/README.md", files: map[string]string{"bike.png": "\x89PNG\r\n\x1a\n and no more"},
		says: map[string]string{"curl localhost:8080/phone -d": "Is my bike ready?"},
	},
	{
		page: "examples/kanava/README.md", account: true, files: map[string]string{"people.csv": "to,first_name,order\n+13125550101,Robin,4711\n"},
		fails: map[string]int{"kanava notify": 2, "kanava notify people.csv --template order_update --check": 0}, // it asks, and nobody is there
		says:  map[string]string{"kanava templates preview": "order", "kanava notify people.csv --template order_update --check": "1"},
	},
}

// commandLine is an indented line that begins with a program.
var commandLine = regexp.MustCompile(`(?m)^(?: {4,}|\t)((?:[A-Z_]+=\S+ )*(?:kanava|go|curl|node|npm|git|export|psql|sqlite3|docker) .*)$`)

// serving are the commands that go on, with the flags that have them take any free port.
var serving = map[string]string{
	"go run ./examples/helpdesk": "-addr localhost:0", "go run ./examples/bot": "", "go run ./examples/host": "", "node ": "",
	"go run ./examples/kanava simulate": "--addr 0", "go run ./examples/kanava up": "--addr 0 --simulator 0", "go run ./examples/kanava listen": "--addr 0",
}

// scenesBuilt says that programs has something to be removed.
var scenesBuilt atomic.Bool

// programs builds the examples once.
var programs = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "kanava-scenes-")
	if err != nil {
		return "", err
	}
	scenesBuilt.Store(true)
	cmd := exec.CommandContext(context.Background(), "go", "build", "-o", dir+"/", "./examples/...") // #nosec G204 -- go
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return dir, fmt.Errorf("go build: %w: %s", err, out)
	}
	return dir, nil
})

func TestEveryCommandOfThePagesRuns(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it builds all examples")
	}
	for _, tool := range []string{"bash", "curl", "node"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("KANAVA_REQUIRE_SERVICES") == "1" {
				t.Fatalf("KANAVA_REQUIRE_SERVICES=1, but there is no %s", tool)
			}
			t.Skipf("the commands of the pages were NOT run: there is no %s", tool)
		}
	}
	bin, err := programs()
	require.NoError(t, err)
	all := pages(t)
	known := map[string]bool{}
	for _, sc := range scenes {
		known[sc.page] = true
		t.Run(sc.page, func(t *testing.T) { play(t, bin, &sc, all[sc.page]) })
	}
	for page, text := range all {
		if m := commandLine.FindStringSubmatch(withoutFences(text)); m != nil && !known[page] && !strings.HasSuffix(page, "commands.md") {
			t.Errorf("%s: nobody runs %s", page, m[1])
		}
	}
}

// withoutFences takes away blocks of other languages.
func withoutFences(text string) string { return fence.ReplaceAllString(text, "") }

func play(t *testing.T, bin string, sc *scene, text string) {
	s := &stage{bin: bin, dir: t.TempDir(), ports: map[string]string{}}
	s.env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "BOT_ADDR=localhost:0", "HOST_ADDR=localhost:0", "HOST_DIR="+s.dir, "XDG_CACHE_HOME="+s.dir)
	if sc.account {
		s.start(t, "kanava simulate --addr 0", "8090")
		for line := range strings.Lines(s.bash(t, "curl -sSf http://localhost:8090/control/env")) {
			s.env = append(s.env, strings.TrimSpace(line))
		}
	}
	for name, content := range sc.files {
		require.NoError(t, os.WriteFile(filepath.Join(s.dir, name), []byte(content), 0o600))
	}
	for _, block := range fence.FindAllStringSubmatch(text, -1) {
		if name := sc.blocks[block[1]]; name != "" {
			s.port(t, "8080")
			require.NoError(t, os.WriteFile(filepath.Join(s.dir, name), []byte(s.here(block[2])), 0o600))
		}
	}
	ran := 0
	for _, m := range commandLine.FindAllStringSubmatch(withoutFences(text), -1) {
		line, _, _ := strings.Cut(m[1], "   #")
		line = strings.TrimSpace(line)
		if _, ok := beginning(elsewhere, line); ok {
			continue
		}
		ran++
		if flags, ok := beginning(serving, line); ok {
			s.start(t, program(line)+" "+flags, "8080")
			continue
		}
		want, _ := beginning(sc.fails, line)
		out, code := s.run(t, program(line))
		require.Equal(t, want, code, "%s\n%s", line, out)
		says, _ := beginning(sc.says, line)
		require.Contains(t, out, says, line)
		if ticket := regexp.MustCompile(`T-[0-9A-Z]{8}`).FindString(out); ticket != "" {
			s.ticket = ticket
		}
	}
	if sc.after != nil {
		sc.after(t, s)
	}
	t.Logf("%d commands ran", ran)
}

// beginning finds what is said of a line by its beginning.
func beginning[T any](of map[string]T, line string) (found T, ok bool) {
	longest := -1
	for start, v := range of {
		if strings.HasPrefix(line, start) && len(start) > longest {
			found, ok, longest = v, true, len(start)
		}
	}
	return found, ok
}

// program is a line with the program that was built in place of go run.
func program(line string) string {
	line = strings.Replace(line, "go run ./examples/", "", 1)
	return strings.Replace(line, "curl ", "curl -sSf ", 1)
}

// A stage is where a scene is played.
type stage struct {
	bin, dir, ticket string
	env              []string
	ports            map[string]string // by that of the page
}

// port gives a free one in place of the page's: one that nobody gets who asks for any.
func (s *stage) port(t *testing.T, page string) { s.ports[page] = fmt.Sprint(pgtest.Port(t)) }

// here is a line with what is so here.
func (s *stage) here(line string) string {
	for page, port := range s.ports {
		line = strings.ReplaceAll(strings.ReplaceAll(line, "localhost:"+page, "localhost:"+port), "listen("+page, "listen("+port)
	}
	return strings.ReplaceAll(line, "T-…", s.ticket)
}

func (s *stage) command(ctx context.Context, line string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "bash", "-c", s.here(line)) // #nosec G204 -- of our own pages
	cmd.Dir, cmd.Env = s.dir, s.env
	return cmd
}

// run runs a line to its end.
func (s *stage) run(t *testing.T, line string) (out string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	text, err := s.command(ctx, line).CombinedOutput()
	exit, ended := errors.AsType[*exec.ExitError](err)
	if ended {
		return string(text), exit.ExitCode()
	}
	require.NoError(t, err, line)
	return string(text), 0
}

// bash runs a line that must succeed.
func (s *stage) bash(t *testing.T, line string) string {
	t.Helper()
	out, code := s.run(t, line)
	require.Zero(t, code, "%s\n%s", line, out)
	return out
}

var urlPort = regexp.MustCompile(`http://(?:localhost|127\.0\.0\.1):(\d+)`)

// start runs a line beside the next ones, until the test ends: then it has to end, too, when it is asked to.
func (s *stage) start(t *testing.T, line, page string) {
	t.Helper()
	if strings.Contains(line, "simulate") {
		page = "8090"
	}
	cmd := s.command(context.WithoutCancel(t.Context()), "exec "+line)
	var out shared
	cmd.Stdout, cmd.Stderr = &out, &out
	require.NoError(t, cmd.Start(), line)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGINT) // it may have ended
		select {
		case err := <-ended:
			if _, node := strings.CutPrefix(line, "node "); !node && err != nil {
				t.Errorf("%s: %v\n%s", line, err, out.String())
			}
		case <-time.After(3 * time.Minute):
			_ = cmd.Process.Kill()
			t.Errorf("%s did not stop\n%s", line, out.String())
		}
	})
	port := s.ports[page]
	if !strings.HasPrefix(line, "node ") {
		require.Eventually(t, func() bool {
			m := urlPort.FindStringSubmatch(out.String())
			if m != nil {
				port = m[1]
			}
			return m != nil
		}, 3*time.Minute, 20*time.Millisecond, "%s says where it is", line)
	}
	require.Eventually(t, func() bool {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost:"+port, http.NoBody)
		require.NoError(t, err)
		res, err := http.DefaultClient.Do(req)
		if err == nil {
			err = res.Body.Close()
		}
		return err == nil
	}, 3*time.Minute, 20*time.Millisecond, "%s answers", line)
	if _, known := s.ports[page]; !known {
		s.ports[page] = port
	}
}

// shared is a buffer for a process and those who read what it says.
type shared struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (b *shared) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.Write(p)
}

func (b *shared) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.String()
}
