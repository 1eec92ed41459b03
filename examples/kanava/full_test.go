package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

// fullDisk takes so many bytes, and no more.
type fullDisk struct{ left int }

var errFull = errors.New("no space left on device")

func (d *fullDisk) Write(b []byte) (int, error) {
	if len(b) <= d.left {
		d.left -= len(b)
		return len(b), nil
	}
	n := d.left
	d.left = 0
	return n, errFull
}

// onFullDisk runs a command line whose result goes to a disk that is about to be full.
func (s shell) onFullDisk(t *testing.T, left int, args ...string) (code int, errs string) {
	t.Helper()
	var said bytes.Buffer
	code = s.program(&fullDisk{left}, &said).run(t.Context(), args)
	return code, said.String()
}

func TestAResultThatIsNotAllWrittenIsAFailureOfEveryVerb(t *testing.T) {
	t.Parallel()
	lines := [][]string{{}, {"--help"}, {"help"}, {"version"}, {"version", "--json"}, {"explain", "131047"}, {"explain", "131047", "--json"}, {"redact"}}
	for _, name := range []string{"bash", "zsh", "fish", "powershell"} {
		lines = append(lines, []string{"completion", name})
	}
	var visit func(path []string, cmd *cobra.Command)
	visit = func(path []string, cmd *cobra.Command) {
		for _, sub := range cmd.Commands() {
			name := append(append([]string{}, path...), sub.Name())
			lines = append(lines, append(name, "--help"), append([]string{"help"}, name...))
			visit(name, sub)
		}
	}
	visit(nil, shell{}.program(io.Discard, io.Discard).root())
	require.Greater(t, len(lines), 60)
	for _, args := range lines {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			s := shell{stdin: "4111 1111 1111 1111\n"}
			for _, left := range []int{0, 9} {
				code, errs := s.onFullDisk(t, left, args...)
				require.Equal(t, exitFailed, code, errs)
				require.Contains(t, errs, "the result could not be written: no space left on device")
			}
		})
	}
}

func TestExitCodesStandInOneTable(t *testing.T) {
	t.Parallel()
	read := func(file string) string {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		return string(raw)
	}
	readme, code := read("README.md"), read("main.go")
	for _, row := range []string{"0 | done, and nothing is wrong", "1 | it did not work, or what was examined is not in order", "2 | the command line, the environment or the settings file is wrong; nothing was done"} {
		require.Contains(t, readme, "| "+row)
		require.Contains(t, code, "//\t"+strings.Replace(row, " | ", "  ", 1), "and in the command's own documentation")
	}
	require.Contains(t, shell{}.run(t, "help").out, "Exit codes: 0 done; 1 it failed")
}
