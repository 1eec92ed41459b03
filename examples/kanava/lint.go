package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
	"github.com/spf13/cobra"
)

// finding is a fault with its place, as compilers print it.
type finding struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Severity string `json:"severity"`
	Rule     string `json:"rule"`
	Text     string `json:"text"`
}

// String is the line that editors and CI understand.
func (f finding) String() string {
	return fmt.Sprintf("%s:%d:%d: %s: %s", f.File, f.Line, f.Column, f.Severity, f.Text)
}

func (p *program) templatesLint() *cobra.Command {
	var strict bool
	cmd := &cobra.Command{
		Use:   "lint PATH...",
		Short: "Check definition and macro files, for CI",
		Long: `Checks the files below the paths without an account: definitions (.json) against the rules of template creation, and macros (.txt, .md) for placeholders that there are, and for shorthands that fit the definitions.

Each finding is a line as compilers write it, FILE:LINE:COLUMN: error: TEXT. The exit code is 1 if there is an error, with --strict also if there is a warning.`,
		Example: "  kanava templates lint templates macros\n  kanava templates lint --strict --json templates/order_update.en_US.json",
		Args:    arguments(1, -1, "files or folders"),
		RunE: func(_ *cobra.Command, args []string) error {
			all, macros, err := local(args)
			if err != nil {
				return err
			}
			if len(all)+len(macros) == 0 {
				return wrong("%s holds neither definitions (.json) nor macros (.txt, .md)", strings.Join(args, " "))
			}
			findings, err := lint(all, macros)
			if err != nil {
				return err
			}
			bad := false
			for _, f := range findings {
				bad = bad || strict || f.Severity == string(template.SeverityError)
			}
			err = p.print(findings, func(w io.Writer) {
				for _, f := range findings {
					line := f.String()
					if colour := map[string]string{"error": red, "warning": yellow}[f.Severity]; colour != "" {
						line = strings.Replace(line, ": "+f.Severity+": ", ": "+p.paint(colour, f.Severity)+": ", 1)
					}
					fmt.Fprintln(w, line)
				}
			})
			p.tell("%s checked, %s.", plural(len(all)+len(macros), "file"), plural(len(findings), "finding"))
			if err == nil && bad {
				err = errFound
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&strict, "strict", false, "warnings fail, too")
	return cmd
}

// lint checks all files, in the order of their names.
func lint(all []localTemplate, macros []string) ([]finding, error) {
	findings := []finding{}
	known := map[string]string{}
	for i := range all {
		own := all[i].lint()
		findings = append(findings, own...)
		if all[i].Name == "" {
			continue
		}
		id := all[i].Name + " in " + template.CanonicalLanguage(all[i].Language)
		if other := known[id]; other != "" {
			findings = append(findings, finding{all[i].file, 1, 1, "error", "twice", "the template " + id + " is also in " + other})
		}
		known[id] = all[i].file
	}
	for _, file := range macros {
		raw, err := os.ReadFile(file) //nolint:gosec // the user names the folder
		if err != nil {
			return nil, err
		}
		findings = append(findings, lintMacro(file, string(raw), all)...)
	}
	slices.SortStableFunc(findings, func(a, b finding) int { return strings.Compare(a.File, b.File) })
	return findings, nil
}

// lint reads and checks a definition.
func (l *localTemplate) lint() []finding {
	at := func(offset int, rule, text string) []finding {
		line, column := place(l.raw, offset)
		return []finding{{l.file, line, column, "error", rule, text}}
	}
	if err := json.Unmarshal(l.raw, &l.Definition); err != nil {
		syntax, ok := errors.AsType[*json.SyntaxError](err)
		if ok {
			return at(int(syntax.Offset)-1, "json", "not JSON: "+syntax.Error())
		}
		return at(0, "json", "not a template's definition: "+strings.TrimPrefix(err.Error(), "template: "))
	}
	offsets := jsonPaths(l.raw)
	var out []finding
	for _, problem := range l.Validate() {
		line, column := place(l.raw, nearest(offsets, problem.Path))
		out = append(out, finding{l.file, line, column, string(problem.Severity), string(problem.Rule), problem.Sentence()})
	}
	return out
}

// macroNames are the placeholders that the hub fills in; a host may have more.
var macroNames = []string{"customer.name", "customer.first_name", "customer.username", "ticket", "conversation.topic", "agent", "opens.date", "opens.time"}

// lintMacro checks the text of a macro, and a shorthand in it.
func lintMacro(file, text string, known []localTemplate) []finding {
	var out []finding
	add := func(offset int, severity, rule, format string, args ...any) {
		line, column := place([]byte(text), offset)
		out = append(out, finding{file, line, column, severity, rule, fmt.Sprintf(format, args...)})
	}
	// What is known is replaced by something of the same kind, so that the next unknown
	// placeholder is found.
	unknown := map[string]bool{}
	for {
		_, err := template.ExpandVerbatim(text, func(name string) (string, bool) {
			return "x", unknown[name] || slices.Contains(macroNames, name)
		})
		expand, ok := errors.AsType[*template.ExpandError](err)
		if !ok {
			break
		}
		unknown[expand.Name] = true
		add(expand.Offset, "error", "placeholder", "there is no placeholder {{%s}}%s", expand.Name, meant(near(expand.Name, macroNames), ""))
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(text)); n > message.MaxTextBody {
		add(0, "error", "text-length", "the text has %d characters, and a message %d at most", n, message.MaxTextBody)
	}
	if strings.TrimSpace(text) == "" {
		add(0, "error", "empty", "the macro says nothing")
	}
	if !template.HasShorthand(text) {
		return out
	}
	short, err := template.ParseShorthand(text, template.ShorthandOptions{Lenient: true})
	if wrong, ok := errors.AsType[*template.ShorthandError](err); ok {
		add(max(wrong.Offset, 0), "error", "shorthand", "%s", strings.TrimPrefix(wrong.Error(), "template: "))
		return out
	}
	at := max(strings.Index(text, "&(("), 0)
	d, languages := lookup(known, short)
	switch {
	case len(known) == 0:
	case len(languages) == 0:
		add(at, "error", "template", "the template %s is not among the files%s", short.Template, meant(near(short.Template, names(known)), ""))
	case d == nil:
		add(at, "error", "language", "the template %s is not there in %s, but in %s", short.Template, short.Language, strings.Join(slices.Compact(languages), ", "))
	default:
		short, err = short.Expand(func(string) (string, bool) { return "x", true })
		if err == nil {
			var values template.Values
			if values, err = short.Values(d, template.ShorthandMapping{NamesInOrder: true}); err == nil {
				_, _, err = d.Bind(values)
			}
		}
		if bind, ok := errors.AsType[*template.BindError](err); ok {
			for _, problem := range bind.Problems {
				add(at, string(problem.Severity), string(problem.Rule), "for the template %s: %s", short.Template, problem.Sentence())
			}
		}
	}
	return out
}

// lookup finds the definition that a shorthand names, and the languages that there are.
func lookup(known []localTemplate, short template.Shorthand) (d *template.Definition, languages []string) {
	for i := range known {
		if known[i].Name != short.Template {
			continue
		}
		languages = append(languages, known[i].Language)
		if short.Language == "" || template.CanonicalLanguage(short.Language) == template.CanonicalLanguage(known[i].Language) {
			d = &known[i].Definition
		}
	}
	return d, languages
}

func names(known []localTemplate) (out []string) {
	for _, l := range known {
		if !slices.Contains(out, l.Name) {
			out = append(out, l.Name)
		}
	}
	return out
}

// place is the line and column, in characters, of an offset in bytes.
func place(raw []byte, offset int) (line, column int) {
	before := raw[:min(max(offset, 0), len(raw))]
	start := bytes.LastIndexByte(before, '\n') + 1
	return 1 + bytes.Count(before, []byte("\n")), 1 + utf8.RuneCount(before[start:])
}

// nearest is the offset of a path, or of the longest beginning of it that is there.
func nearest(offsets map[string]int, path string) int {
	for path != "" {
		if at, ok := offsets[path]; ok {
			return at
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return 0
}

// jsonPaths finds where every value of a JSON document begins, by its path:
// components[1].text.
func jsonPaths(raw []byte) map[string]int {
	out := map[string]int{}
	d := json.NewDecoder(bytes.NewReader(raw))
	var value func(path string)
	value = func(path string) {
		at := int(d.InputOffset())
		at += len(raw[at:]) - len(bytes.TrimLeft(raw[at:], " \t\r\n:,"))
		out[path] = at
		token, err := d.Token()
		if err != nil {
			return
		}
		switch token {
		case json.Delim('{'):
			for d.More() {
				key, err := d.Token()
				if err != nil {
					return
				}
				name, _ := key.(string)
				value(strings.TrimPrefix(path+"."+name, "."))
			}
			_, _ = d.Token() // the closing brace; a fault shows at the next token
		case json.Delim('['):
			for i := 0; d.More(); i++ {
				value(path + "[" + strconv.Itoa(i) + "]")
			}
			_, _ = d.Token()
		}
	}
	value("")
	return out
}
