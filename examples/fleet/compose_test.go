package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// Docker was not to be had: what it would find out about compose.yaml and the Dockerfile is found out
// here as far as it goes.

type composeFile struct {
	Services map[string]service
	Volumes  map[string]any
	Configs  map[string]struct{ Content string }
}

type service struct {
	Build       struct{ Context, Dockerfile string }
	Image       string
	Command     any
	Environment map[string]string
	Profiles    []string
	Ports       []string
	Volumes     []string
	DependsOn   any `yaml:"depends_on"`
	Configs     []struct{ Source, Target string }
}

func compose(t *testing.T) (file composeFile, raw string) {
	t.Helper()
	text, err := os.ReadFile("compose.yaml")
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, &file))
	return file, string(text)
}

// What compose.yaml starts are processes that take their flags, as its comment says them too.
func TestComposeStartsProcessesThatTakeTheirFlags(t *testing.T) {
	t.Parallel()
	file, raw := compose(t)
	channels := t.TempDir() + "/channels.json"
	require.NoError(t, os.WriteFile(channels, []byte(`[{"id":"support","name":"Support","number":"3","account":"2"}]`), 0o600))
	usual := regexp.MustCompile(`\$\{\w+:-([^}]*)\}`)
	more := []string{""}
	for _, said := range regexp.MustCompile(`(?:LOG|LIMITS)="([^"]+)"`).FindAllStringSubmatch(raw, -1) {
		more = append(more, " "+said[1])
	}
	require.Len(t, more, 3, "the comment says how to add NATS and Redis")
	for _, role := range []string{receiver, worker, console} {
		s := file.Services[role]
		require.Contains(t, s.Volumes, "${CHANNELS:-./channels.json}:/channels.json:ro", role)
		command := strings.ReplaceAll(usual.ReplaceAllString(s.Command.(string), "$1"), "/channels.json", channels)
		for _, more := range append(more, strings.Join(more, "")) {
			cfg, err := parse(strings.Fields(command+more), func(name string) string { return s.Environment[name] }, nil)
			require.NoError(t, err, role)
			require.Equal(t, []string{role}, cfg.roles)
			require.Equal(t, ":8080", cfg.listen)
			for _, engine := range strings.FieldsFunc(cfg.nats+","+cfg.redis, func(r rune) bool { return r == ',' }) {
				host := strings.Split(strings.TrimPrefix(engine, "nats://"), ":")[0]
				require.Contains(t, file.Services, host, "an engine that nobody starts")
				require.NotEmpty(t, file.Services[host].Profiles, "%s starts only when it is asked for", host)
			}
		}
	}
}

// Every name that one service has for another, for a volume or a variable, leads somewhere.
func TestNamesInComposeLeadSomewhere(t *testing.T) {
	t.Parallel()
	file, raw := compose(t)
	for name, s := range file.Services {
		require.False(t, s.Image == "" && s.Build.Dockerfile == "", name)
		if s.Image != "" && s.Build.Dockerfile == "" {
			require.Regexp(t, `^[a-z]+:\d`, s.Image, "%s: a version, so that it is the same tomorrow", name)
		}
		for _, v := range s.Volumes {
			if source := strings.Split(v, ":")[0]; !strings.HasPrefix(source, "${") {
				require.Contains(t, file.Volumes, source, name)
			}
		}
		switch on := s.DependsOn.(type) {
		case []any:
			for _, other := range on {
				require.Contains(t, file.Services, other, name)
			}
		case map[string]any:
			for other := range on {
				require.Contains(t, file.Services, other, name)
			}
		}
		for _, c := range s.Configs {
			require.Contains(t, file.Configs, c.Source, name)
		}
	}
	balancer := file.Configs["balancer"].Content
	upstream := regexp.MustCompile(`server (\w+):(\d+)`).FindStringSubmatch(balancer)
	require.Equal(t, []string{"server receiver:8080", "receiver", "8080"}, upstream)
	require.Contains(t, balancer, "location = /webhook", "nothing else is shown to the world")
	dsn := file.Services[receiver].Environment["KANAVA_POSTGRES_DSN"]
	database := file.Services["postgres"].Environment
	require.Contains(t, dsn, "postgres://"+database["POSTGRES_USER"]+":"+database["POSTGRES_PASSWORD"]+"@postgres:5432/"+database["POSTGRES_DB"])
	for _, v := range regexp.MustCompile(`\$\{(\w+):\?\}`).FindAllStringSubmatch(raw, -1) {
		require.Contains(t, raw[:strings.Index(raw, "services:")], v[1]+"=", "the comment says which variables are required: %s", v[1])
	}
	for _, c := range file.Services[console].Ports {
		require.True(t, strings.HasPrefix(c, "127.0.0.1:"), "the console has no login: %s", c)
	}
}

// The line of the Dockerfile that builds finds all that it needs in a clean copy. It is run as far as
// to the compiler, which has had the same packages for this test. What it builds starts, and says
// what it lacks.
func TestTheDockerfileBuildsWhatItStarts(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("Dockerfile")
	require.NoError(t, err)
	dockerfile := string(text)
	build := regexp.MustCompile(`(?m)^RUN cd examples && (CGO_ENABLED=0) (go build .*) -o (\S+) (\./fleet)$`).FindStringSubmatch(dockerfile)
	require.NotNil(t, build, "the line that builds")
	require.Contains(t, dockerfile, "FROM golang:1.26 AS build")
	mod, err := os.ReadFile("../go.mod")
	require.NoError(t, err)
	require.Contains(t, string(mod), "\ngo 1.26", "the compiler is as new as the module wants it")
	require.Regexp(t, `(?m)^FROM \S+:nonroot$`, dockerfile, "no root")
	require.Contains(t, dockerfile, "COPY --from=build "+build[3]+" ")
	require.Contains(t, dockerfile, `ENTRYPOINT ["`+build[3]+`"]`)
	file, _ := compose(t)
	for _, role := range []string{receiver, worker, console} {
		context := file.Services[role].Build.Context
		require.Equal(t, "../..", context)
		_, err := os.Stat(filepath.Join(context, file.Services[role].Build.Dockerfile))
		require.NoError(t, err)
	}

	clean := t.TempDir()
	copyTree(t, filepath.Join("..", ".."), clean)
	cmd := exec.CommandContext(t.Context(), "go", append(strings.Fields(build[2])[1:], "-n", "-o", build[3], build[4])...)
	cmd.Dir, cmd.Env = filepath.Join(clean, "examples"), append(os.Environ(), build[1], "GOFLAGS=", "GOWORK=")
	said, err := cmd.CombinedOutput()
	require.NoError(t, err, string(said))

	cmd = exec.CommandContext(t.Context(), os.Args[0], "-role", "receiver")
	cmd.Env = []string{childEnv + "=1"}
	said, err = cmd.CombinedOutput()
	require.Error(t, err)
	for _, lacks := range []string{"-postgres is missing", "WHATSAPP_TOKEN is not set", "-channels is missing"} {
		require.Contains(t, string(said), lacks)
	}
}

// copyTree copies the repository as COPY does, but for its history.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		rel, relErr := filepath.Rel(from, path)
		switch err := errors.Join(err, relErr); {
		case err != nil:
			return err
		case entry.Name() == ".git" && entry.IsDir():
			return filepath.SkipDir
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		case !entry.Type().IsRegular():
			return nil
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), body, 0o600)
	}))
}
