package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// What compose.yaml starts are processes that take their flags.
func TestComposeStartsProcessesThatTakeTheirFlags(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("compose.yaml")
	require.NoError(t, err)
	var file struct {
		Services map[string]struct {
			Build       struct{ Dockerfile string }
			Command     any
			Environment map[string]string
		}
	}
	require.NoError(t, yaml.Unmarshal(raw, &file))
	channels := t.TempDir() + "/channels.json"
	require.NoError(t, os.WriteFile(channels, []byte(`[{"id":"support","name":"Support","number":"3","account":"2"}]`), 0o600))
	usual := regexp.MustCompile(`\$\{\w+:-(\w*)\}`)
	for _, role := range []string{receiver, worker, console} {
		s := file.Services[role]
		require.Equal(t, "examples/fleet/Dockerfile", s.Build.Dockerfile, role)
		command := strings.ReplaceAll(usual.ReplaceAllString(s.Command.(string), "$1"), "/channels.json", channels)
		for _, more := range []string{"", " -log nats -nats nats://nats1:4222,nats://nats2:4222,nats://nats3:4222 -limits redis -redis redis:6379"} {
			cfg, err := parse(strings.Fields(command+more), func(name string) string { return s.Environment[name] }, nil)
			require.NoError(t, err, role)
			require.Equal(t, []string{role}, cfg.roles)
		}
	}
	for _, server := range []string{"nats1", "nats2", "nats3", "redis", "postgres", "balancer"} {
		require.Contains(t, file.Services, server)
	}
}
