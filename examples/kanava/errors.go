package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"regexp"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1 // it did not work, or what was examined is not in order
	exitWrong  = 2 // the command line, the environment or the settings are wrong
)

// wrongError says that the command was given something wrong, and what would be right.
type wrongError struct{ text string }

// Error implements error.
func (e *wrongError) Error() string { return e.text }

// wrong makes an error that ends with exit code 2.
func wrong(format string, args ...any) error { return &wrongError{fmt.Sprintf(format, args...)} }

// errFound ends with exit code 1 and says nothing: the result has said it.
var errFound = errors.New("not in order")

// report tells an error and gives the exit code.
func (p *program) report(ctx context.Context, err error) int {
	if err == nil {
		return exitDone
	}
	code := exitFailed
	if _, ok := errors.AsType[*wrongError](err); ok {
		code = exitWrong
	}
	switch {
	case errors.Is(err, errFound):
		return code
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		err = errors.New("stopped")
	}
	text := sentence(err)
	if p.json {
		_ = json.NewEncoder(p.errs).Encode(map[string]any{"error": text, "exit": code})
		return code
	}
	if p.errTerminal {
		text = wrap(text, p.width()-len("kanava: "), "        ")
	}
	fmt.Fprintln(p.errs, p.on(p.errTerminal, red, "kanava:"), harmless(text))
	return code
}

// sentence says an error to a person, with what to do about it where that is known.
func sentence(err error) string {
	var (
		graph     *cloudapi.Error
		network   net.Error
		unknown   *net.DNSError
		unreached *net.OpError
	)
	if errors.As(err, &graph) {
		f := graph.Failure()
		text := fmt.Sprintf("Meta refused to %s", cmp.Or(graph.Op, "do that"))
		switch {
		case graph.UserMessage != "":
			text += ": " + strings.TrimRight(cmp.Or(graph.UserTitle, f.Title), ". ") + ": " + graph.UserMessage
		case f.Title != "":
			text += ": " + f.Title + ". " + hintOf(f)
		}
		if errors.Is(err, message.ErrOutcomeUnknown) {
			text = strings.TrimRight(text, ". ") + ". It may have been sent all the same; look before you send it again"
		}
		if graph.Code != 0 {
			return strings.TrimRight(text, ". ") + fmt.Sprintf(" (code %d; kanava explain %d)", graph.Code, graph.Code)
		}
		return strings.TrimRight(text, ". ") + fmt.Sprintf(" (HTTP status %d)", graph.Status)
	}
	if invalid, ok := errors.AsType[*message.InvalidError](err); ok {
		var parts []string
		for _, problem := range invalid.Problems {
			parts = append(parts, problem.Sentence())
		}
		return "the message cannot be sent: " + strings.Join(parts, " ")
	}
	switch {
	case errors.Is(err, sqlstore.ErrMoved):
		return strings.NewReplacer("CancelMove", "kanava move --cancel", "Move goes on", "kanava move goes on").Replace(plainly(err.Error()))
	case errors.Is(err, message.ErrOutcomeUnknown):
		return "no clear answer came (" + plainly(err.Error()) + "): it may have been sent; look before you send it again"
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		var path *fs.PathError
		if errors.As(err, &path) {
			return fmt.Sprintf("%s: %s; check the path", path.Path, path.Err)
		}
	case errors.As(err, &unknown):
		return fmt.Sprintf("%s cannot be found: check the network and the address, then try again", unknown.Name)
	case errors.As(err, &unreached) && unreached.Op == "dial":
		return fmt.Sprintf("%s cannot be reached: check the network and the address, then try again", unreached.Addr)
	case errors.As(err, &network) && network.Timeout():
		return plainly(err.Error()) + "; check the network, then try again"
	}
	return plainly(err.Error())
}

// hintOf says what to do about a failure to those who look after a channel. The table of the
// library speaks to agents, who can only ask them.
func hintOf(f message.Failure) string {
	switch {
	case f.Class == message.ClassAuth:
		return "Make a new token for a system user in Meta's business settings, and put it into WHATSAPP_TOKEN; kanava doctor tells what it lacks."
	case f.Class == message.ClassPermission && strings.Contains(f.Hint, "administrator"):
		return "The token has no right to this, or an id is wrong: kanava doctor names what is missing."
	case strings.HasPrefix(f.Hint, "This cannot be solved in the conversation."):
		return "It has to be put right in WhatsApp Manager; kanava doctor examines the account and the number."
	}
	return f.Hint
}

// packages are the names that the library puts before its errors, which mean nothing to a
// user.
var packages = regexp.MustCompile(`(^|: |; )(?:(?:channel|desk|cloudapi|webhook|template|message|sqlstore|store|onboard|pricing|helpdesk|simulator|twilio|json): )+`)

// plainly takes the names of packages out of an error and makes one line of it.
func plainly(text string) string {
	text = strings.ReplaceAll(strings.TrimSpace(text), "\n", "; ")
	return packages.ReplaceAllString(text, "$1")
}

// meant adds suggestions to an error.
func meant(names []string, prefix string) string {
	if len(names) == 0 {
		return ""
	}
	names = slices.Clone(names)
	for i, name := range names {
		names[i] = prefix + name
	}
	return "; did you mean " + strings.Join(names, " or ") + "?"
}

// flagError words what is wrong with a flag, and names the one that was meant.
func flagError(cmd *cobra.Command, err error) error {
	text := err.Error()
	var (
		unknown *pflag.NotExistError
		value   *pflag.InvalidValueError
		missing *pflag.ValueRequiredError
	)
	switch {
	case errors.As(err, &unknown):
		// -addr, with one dash, is read as -a -d -d -r.
		name := strings.TrimLeft(cmp.Or(unknown.GetSpecifiedShortnames(), unknown.GetSpecifiedName()), "-")
		name, _, _ = strings.Cut(name, "=")
		var near []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && resembles(name, f.Name) {
				near = append(near, "--"+f.Name)
			}
		})
		return wrong("%s has no flag %q%s; %s --help lists them", cmd.CommandPath(), name, meant(near, ""), cmd.CommandPath())
	case errors.As(err, &value):
		_, why, _ := strings.Cut(text, "flag: ")
		return wrong("--%s cannot be %q: %s", value.GetFlag().Name, value.GetValue(), cmp.Or(why, "the value is of another kind"))
	case errors.As(err, &missing):
		return wrong("%s needs a value: %s --help tells which", strings.TrimPrefix(text, "flag needs an argument: "), cmd.CommandPath())
	}
	return wrong("%s; %s --help shows how", text, cmd.CommandPath())
}

// resembles reports whether a word may be a slip for a name.
func resembles(word, name string) bool {
	if word == "" {
		return false
	}
	return strings.HasPrefix(name, word) || strings.HasPrefix(word, name) || distance(word, name) <= 1+len(name)/4
}

// distance is Levenshtein's.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// arguments checks how many words follow a verb; most < 0 is any number. what says what
// is expected, such as "a code".
func arguments(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return wrong("%s needs %s: %s", cmd.CommandPath(), what, usage(cmd))
		case most >= 0 && len(args) > most:
			stray := args[most]
			var near []string
			cmd.Flags().VisitAll(func(f *pflag.Flag) {
				if f.Name == stray || distance(stray, f.Name) <= 1 && len(stray) > 2 {
					near = append(near, "--"+f.Name)
				}
			})
			if before := cmd.Flags().Lookup("sim"); near == nil && before != nil && before.Value.String() == before.NoOptDefVal {
				if i := slices.IndexFunc(args, port); i >= 0 { // --sim 9000 is --sim and a word
					stray, near = args[i], []string{"--sim=" + args[i]}
				}
			}
			if near == nil {
				near = []string{cmd.CommandPath() + " --help"}
			}
			return wrong("%s takes %s, so %q is one word too many%s", cmd.CommandPath(), cmp.Or(what, "no words after it"), stray, meant(near, ""))
		}
		return nil
	}
}

// usage is the usage line of a verb.
func usage(cmd *cobra.Command) string {
	return cmd.CommandPath() + strings.TrimPrefix(cmd.Use, cmd.Name())
}

// tokens are what an access token of Meta's looks like.
var tokens = regexp.MustCompile(`EAA[A-Za-z0-9]{20,}`)

// secretArgument refuses a token on the command line, where every process of the
// machine and the shell's history can read it.
func secretArgument(args []string) error {
	for _, arg := range args {
		if tokens.MatchString(arg) {
			return wrong("an access token does not belong on the command line, where others can read it; put it into the variable WHATSAPP_TOKEN, or into a file and its path into WHATSAPP_TOKEN_FILE")
		}
	}
	return nil
}
