package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

// leaves are all verbs that do something.
func leaves(cmd *cobra.Command) (all []*cobra.Command) {
	if len(cmd.Commands()) == 0 {
		return []*cobra.Command{cmd}
	}
	for _, sub := range cmd.Commands() {
		all = append(all, leaves(sub)...)
	}
	return all
}

func TestEveryVerbHasHelpWithExamplesThatFit(t *testing.T) {
	t.Parallel()
	for _, verb := range leaves(shell{}.program(nil, nil).root()) {
		path := strings.Fields(verb.CommandPath())[1:]
		t.Run(strings.Join(path, " "), func(t *testing.T) {
			t.Parallel()
			require.NotEmpty(t, verb.Example)
			require.NotContains(t, verb.Short, ".")
			got := shell{}.run(t, append(path, "--help")...)
			require.Zero(t, got.code)
			require.Empty(t, got.errs)
			require.Contains(t, got.out, "\nExamples\n")
			require.Contains(t, got.out, "Exit codes: 0 ")
			screen(t, "help-"+strings.Join(path, "-"), got.out)
		})
	}
}

func TestExamplesOfHelpAreCommandLinesThatAreRead(t *testing.T) {
	t.Parallel()
	root := shell{}.program(nil, nil).root()
	for _, verb := range append(leaves(root), root) {
		for line := range strings.SplitSeq(strings.TrimSpace(verb.Example), "\n") {
			line = strings.NewReplacer("source <(", "", "bash)", "bash", "'", "").Replace(line)
			line, _, _ = strings.Cut(strings.TrimSpace(line), "   ")
			line, _, _ = strings.Cut(line, " <")
			line, _, _ = strings.Cut(line, " >")
			line, _, _ = strings.Cut(line, " | ")
			words := strings.Fields(line)
			if strings.Contains(words[0], "=") { // a variable for this command
				words = words[1:]
			}
			require.Equal(t, "kanava", words[0], line)
			found, rest, err := root.Find(words[1:])
			require.NoError(t, err, line)
			require.NotEqual(t, root, found, "%s: there is no such verb", line)
			for _, word := range rest {
				name, _, _ := strings.Cut(strings.TrimPrefix(word, "--"), "=")
				if strings.HasPrefix(word, "--") && name != "help" {
					require.NotNil(t, found.Flag(name), "%s: there is no --%s", line, name)
				}
			}
		}
	}
}

func TestWrongCommandLinesSayWhatWouldBeRight(t *testing.T) {
	t.Parallel()
	token := "EAA" + strings.Repeat("b", 40)
	for _, tc := range []struct{ name, args, says string }{
		{"a slip in a verb", "explian 131047", "did you mean kanava explain?"},
		{"a slip in a verb of a group", "templates diif", "did you mean kanava templates diff?"},
		{"a slip in a flag", "explain --subcod 3 1", "did you mean --subcode?"},
		{"a slip in the verb that help is for", "help explian", "did you mean kanava explain?"},
		{"a slip below a group that help is for", "help templates diif", "did you mean kanava templates diff?"},
		{"a slip in help", "hlep", "did you mean kanava help?"},
		{"the port of --sim before the words of a verb", "notify --sim 8091 people.csv", "did you mean --sim=8091?"},
		{"a slip in a shell", "completion bsh", "did you mean bash"},
		{"a flag with one dash", "version -json", "did you mean --json?"},
		{"a flag as a word", "version json", "did you mean --json?"},
		{"a word too many", "version now", `"now" is one word too many`},
		{"the port of --sim as a word of its own", "templates list --sim 8091", "did you mean --sim=8091?"},
		{"too few words", "explain", "needs a code"},
		{"a flag without its value", "send --template", "--template needs a value"},
		{"a flag with a value of another kind", "explain --status x 1", `--status cannot be "x"`},
		{"an unknown form of output", "version -o xml", "text or json"},
		{"a code that is none", "explain abc", "is no code"},
		{"a recipient that is none", "send Ada Hello", "neither a phone number"},
		{"a port that is none", "listen --sim --addr 99999999", "is a port such as 8080"},
		{"nothing to send", "send +12025550143", "add a text"},
		{"two things to send", "send +12025550143 a --template b", "do not go together"},
		{"missing variables, all at once", "send +12025550143 Hello", "WHATSAPP_TOKEN, WHATSAPP_PHONE_NUMBER_ID"},
		{"a token among the words", "send " + token + " Hello", "does not belong on the command line"},
		{"a token in a flag", "listen --forward=http://localhost/?t=" + token, "does not belong on the command line"},
		{"a settings file that is not there", "version --settings nowhere.yaml", "cannot be read"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := shell{}.run(t, strings.Fields(tc.args)...)
			require.Equal(t, 2, got.code, got.errs)
			require.Empty(t, got.out)
			require.Contains(t, got.errs, tc.says)
			require.NotContains(t, got.errs, token)
			require.Equal(t, 1, strings.Count(got.errs, "\n"), "one sentence: %s", got.errs)

			got = shell{}.run(t, append([]string{"--json"}, strings.Fields(tc.args)...)...)
			require.Equal(t, 2, got.code)
			require.Contains(t, got.errs, `"exit":2`)
		})
	}
}

func TestErrorsAreJSONWithJSON(t *testing.T) {
	t.Parallel()
	got := shell{}.run(t, "send", "nobody", "Hello", "--json")
	var refused struct {
		Error string
		Exit  int
	}
	require.NoError(t, json.Unmarshal([]byte(got.errs), &refused))
	require.Equal(t, 2, refused.Exit)
	require.Contains(t, refused.Error, "neither a phone number")
}

func TestColoursOnlyWhereATerminalWantsThem(t *testing.T) {
	t.Parallel()
	const escape = "\x1b["
	require.NotContains(t, shell{}.run(t, "explain", "131047").out, escape)
	require.Contains(t, shell{terminal: true}.run(t, "explain", "131047").out, escape)
	for _, env := range []map[string]string{{"NO_COLOR": "1"}, {"TERM": "dumb"}} {
		got := shell{terminal: true, env: env}.run(t, "explain", "131047")
		require.NotContains(t, got.all, escape)
		require.NotContains(t, shell{terminal: true, env: env}.run(t, "nothing").all, escape)
	}
	require.NotContains(t, shell{terminal: true}.run(t, "explain", "131047", "--json").out, escape)
}

func TestSettingsRefuseWhatTheyDoNotKnow(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text, says string }{
		{"a slip in a key", "acount: '1'\n", `line 1: there is no setting "acount"; did you mean account?`},
		{"a key of a group at the top", "notify:\n  template: a\n  templat: b\n", `line 3: there is no setting "templat"; did you mean template?`},
		{"several at once", "a: 1\nb: 2\n", `line 2: there is no setting "b"`},
		{"a value of another kind", "up: 3\n", "line 1"},
		{"no YAML", "a: [", "line 1"},
		{"a token", "account: EAA" + strings.Repeat("a", 30), "token_file"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := shell{}.run(t, "version", "--settings", write(t, t.TempDir(), "kanava.yaml", tc.text))
			require.Equal(t, 2, got.code)
			require.Contains(t, got.errs, tc.says)
		})
	}
}

func TestSecretsComeFromTheEnvironmentOrFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := write(t, dir, "token", "secret-token\n")
	set := write(t, dir, "kanava.yaml", "number: '1'\ntoken_file: "+file+"\n")
	for _, s := range []shell{{env: map[string]string{"WHATSAPP_TOKEN": "secret-token"}}, {env: map[string]string{"WHATSAPP_TOKEN_FILE": file}}, {}} {
		p := s.program(nil, nil)
		p.settings = set
		require.NoError(t, p.readSettings())
		pl, err := p.platform(t.Context(), ids{}, needToken, needNumber)
		require.NoError(t, err)
		require.Equal(t, "secret-token", pl.Token)
		require.Equal(t, "1", pl.Number)
	}
	got := shell{env: map[string]string{"WHATSAPP_TOKEN_FILE": filepath.Join(dir, "none")}}.run(t, "send", "+12025550143", "Hello")
	require.Equal(t, 2, got.code)
	require.Contains(t, got.errs, "for WHATSAPP_TOKEN cannot be read")
}

func TestFilesThatAreNotThereAreNamed(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"window nowhere.jsonl", "redact nowhere.txt", "templates lint nowhere", "templates preview nowhere.json"} {
		got := shell{}.run(t, strings.Fields(args)...)
		require.Equal(t, 1, got.code, args)
		require.Contains(t, got.errs, "nowhere")
		require.Contains(t, got.errs, "check the path")
	}
}

func TestAddressesMayBeBarePorts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, addr, site string }{
		{"8080", "localhost:8080", "http://localhost:8080/webhook"},
		{":8080", "localhost:8080", "http://localhost:8080/webhook"},
		{"127.0.0.1:80", "127.0.0.1:80", "http://127.0.0.1:80/webhook"},
		{"https://example.com/hook", "", "https://example.com/hook"},
		{"example.com", "", "http://example.com/webhook"},
		{"ftp://example.com", "", ""},
		{"", "", ""},
	} {
		addr, err := addressOf("addr", tc.in)
		require.Equal(t, tc.addr, addr, tc.in)
		require.Equal(t, tc.addr == "", err != nil, tc.in)
		site, err := siteOf(tc.in, "", "/webhook")
		require.Equal(t, tc.site, site, tc.in)
		require.Equal(t, tc.site == "", err != nil, tc.in)
	}
}

func TestFailuresAreExplainedToWhoCanMendThem(t *testing.T) {
	t.Parallel()
	for code, says := range map[string]string{
		"190": "put it into WHATSAPP_TOKEN", "10": "doctor names what is missing", "2388001": "put right in WhatsApp Manager",
	} {
		got := shell{}.run(t, "explain", code)
		require.Zero(t, got.code)
		require.Contains(t, strings.Join(strings.Fields(got.out), " "), says, code)
		require.NotContains(t, got.out, "Ask an administrator")
	}
}

func TestExplainKnowsAndDoesNotKnow(t *testing.T) {
	t.Parallel()
	got := shell{}.run(t, "explain", "131047", "130429", "100", "--subcode", "33")
	require.Zero(t, got.code)
	screen(t, "explain", got.all)
	got = shell{}.run(t, "explain", "131047", "999999", "--json")
	require.Equal(t, 1, got.code, "one of them is not known")
	var all []explanation
	require.NoError(t, json.Unmarshal([]byte(got.out), &all))
	require.Equal(t, "window_closed", all[0].Class)
	require.False(t, all[1].Known)
}

func TestCtrlCEndsAWaitForInput(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"redact", "window -"} {
		ctx, cancel := context.WithCancel(t.Context())
		var out, errs buffer
		waiting, held := io.Pipe()
		defer held.Close()
		p := shell{}.program(&out, &errs)
		p.in = waiting
		done := make(chan int)
		go func() { done <- p.run(ctx, strings.Fields(args)) }()
		_, err := held.Write([]byte(" "))
		require.NoError(t, err)
		cancel()
		require.Equal(t, 1, <-done, args)
		require.Equal(t, "kanava: stopped\n", errs.String(), args)
	}
}

func TestHelpListsTheVerbs(t *testing.T) {
	t.Parallel()
	got := shell{}.run(t)
	require.Zero(t, got.code)
	require.Equal(t, got.out, shell{}.run(t, "help").out)
	require.Equal(t, got.out, shell{}.run(t, "--help").out)
	screen(t, "help", got.out)
	for _, group := range []string{"templates", "dead"} {
		got = shell{}.run(t, group)
		require.Zero(t, got.code)
		require.Equal(t, got.out, shell{}.run(t, "help", group).out)
		screen(t, "help-"+group, got.out)
	}
}

func TestCompletionForEveryShell(t *testing.T) {
	t.Parallel()
	for _, name := range shells {
		got := shell{}.run(t, "completion", name)
		require.Zero(t, got.code, got.errs)
		require.Contains(t, got.out, "kanava")
	}
	got := shell{}.run(t, "__complete", "templates", "l")
	require.Contains(t, got.out, "lint\t")
}

func TestVersionNamesTheGraphAPI(t *testing.T) {
	t.Parallel()
	got := shell{}.run(t, "version")
	require.Zero(t, got.code)
	require.Contains(t, got.out, "Graph API v")
	var v map[string]string
	require.NoError(t, json.Unmarshal([]byte(shell{}.run(t, "version", "-o", "json").out), &v))
	require.NotEmpty(t, v["graph_api"])
}

func TestEveryVerbRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, verb := range leaves(shell{}.program(nil, nil).root()) {
		path := strings.Fields(verb.CommandPath())[1:]
		t.Run(strings.Join(path, " "), func(t *testing.T) {
			t.Parallel()
			got := shell{}.run(t, append(path, "--jsn")...)
			require.Equal(t, 2, got.code)
			require.Contains(t, got.errs, "did you mean --json?")
			got = shell{}.run(t, append(path, "--json", "-o", "yaml")...)
			require.Equal(t, 2, got.code)
			var refused struct{ Error string }
			require.NoError(t, json.Unmarshal([]byte(got.errs), &refused), got.errs)
			require.NotEmpty(t, refused.Error)
			require.Empty(t, got.out)
		})
	}
}

func TestAPlatformThatCannotBeReachedIsNamedWithAWayOut(t *testing.T) {
	t.Parallel()
	env := map[string]string{"WHATSAPP_TOKEN": "t", "WHATSAPP_PHONE_NUMBER_ID": "1", "WHATSAPP_ACCOUNT_ID": "2"}
	for _, tc := range []struct {
		name, address string
		code          int
		says          string
	}{
		{"nothing listens", "http://127.0.0.1:1", 1, "127.0.0.1:1 cannot be reached: check the network"},
		{"not HTTPS", "http://desk.example", 2, "the address in WHATSAPP_BASE_URL must be https"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			env := maps.Clone(env)
			env["WHATSAPP_BASE_URL"] = tc.address
			got := shell{env: env}.run(t, "templates", "list")
			require.Equal(t, tc.code, got.code, got.errs)
			require.Contains(t, got.errs, tc.says)
		})
	}
	unknown := sentence(fmt.Errorf("cloudapi: list templates: %w", &net.OpError{Op: "dial", Err: &net.DNSError{Name: "graph.facebook.com", IsNotFound: true}}))
	require.Equal(t, "graph.facebook.com cannot be found: check the network and the address, then try again", unknown)
}

func TestErrorsNameNoPackages(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"channel: export: channel: not found":                      "export: not found",
		"cloudapi: send message: context deadline exceeded":        "send message: context deadline exceeded",
		"onboard: plan: Phone is needed\nonboard: plan: Road must": "plan: Phone is needed; plan: Road must",
		"the channel: it is":                                       "the channel: it is",
	} {
		require.Equal(t, want, plainly(in))
	}
}

func TestAnythingThatLooksLikeATokenStaysOutOfErrors(t *testing.T) {
	t.Parallel()
	s := simulated(t)
	env := map[string]string{
		"WHATSAPP_TOKEN": "EAAwrong" + strings.Repeat("x", 40), "WHATSAPP_BASE_URL": s.Site, "WHATSAPP_PHONE_NUMBER_ID": s.Number,
		"WHATSAPP_ACCOUNT_ID": s.Account, "WHATSAPP_APP_SECRET": "hush-secret", "WHATSAPP_VERIFY_TOKEN": "hush-token",
	}
	for _, args := range []string{"send +13125550101 Hello", "templates list", "doctor", "notify nowhere.csv --template order_update", "templates pull folder"} {
		got := shell{env: env}.run(t, strings.Fields(args)...)
		require.NotZero(t, got.code, args)
		for _, secret := range []string{"EAAwrong", "hush"} {
			require.NotContains(t, got.all, secret, args)
		}
	}
	got := shell{env: env}.run(t, "templates", "list")
	require.Contains(t, got.errs, "kanava explain 190", "and the way out is said")
}
