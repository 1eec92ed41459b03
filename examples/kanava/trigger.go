package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

// gesture is an operation of the simulator's control API.
type gesture struct {
	Kind    string               `json:"kind"`
	Method  string               `json:"method"`
	Path    string               `json:"path"`
	Summary string               `json:"summary"`
	Values  map[string]parameter `json:"values,omitempty"`
}

// parameter is a value that a gesture takes.
type parameter struct {
	Type        string `json:"type"`
	Description string `json:"description,omitempty"`
}

func (p *program) triggerVerb() *cobra.Command {
	var user string
	cmd := &cobra.Command{
		Use:   "trigger [KIND] [NAME=VALUE]...",
		Short: "Make something happen in the simulator",
		Long: `Does what the page of the simulator does: a customer writes, taps, calls, the clock moves, a template is rejected, the next call fails. Without a KIND it lists the kinds; with one and --help-kind what it takes.

A KIND is the path of the control API. Those of people, /users/{n}/…, may be named by their last word, and --user says who: 0 is the first. Values are NAME=VALUE, or NAME:=JSON.`,
		Example: "  kanava trigger\n  kanava trigger text text='Is my bike ready?'\n  kanava trigger tap label=Thanks --user 1\n  kanava trigger clock advance=24h\n  kanava trigger intercept code=131056 times=2\n  kanava trigger state --json",
		Args:    arguments(0, -1, "a kind and its values"),
	}
	about := cmd.Flags().Bool("help-kind", false, "show what a kind takes")
	cmd.Flags().StringVar(&user, "user", "0", "`NUMBER` of the person who does it")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		base, err := siteOf(p.sim, "8090", "")
		if err != nil {
			return err
		}
		kinds, err := p.gestures(cmd.Context(), base)
		if err != nil {
			return err
		}
		if len(args) == 0 {
			return p.print(kinds, func(w io.Writer) { p.gestureTable(w, kinds) })
		}
		g, path, err := find(kinds, args[0], user)
		if err != nil {
			return err
		}
		if *about {
			return p.print(g, func(w io.Writer) { p.aboutGesture(w, g) })
		}
		body, err := g.body(args[1:])
		if err != nil {
			return err
		}
		return p.trigger(cmd.Context(), base, g, path, body)
	}
	return cmd
}

// gestures reads what there is from the simulator's own description.
func (p *program) gestures(ctx context.Context, base string) ([]gesture, error) {
	var api struct {
		Paths map[string]map[string]struct {
			Summary     string `json:"summary"`
			RequestBody struct {
				Content map[string]struct {
					Schema struct {
						Properties map[string]parameter `json:"properties"`
					} `json:"schema"`
				} `json:"content"`
			} `json:"requestBody"`
			Parameters []struct {
				Name        string    `json:"name"`
				In          string    `json:"in"`
				Description string    `json:"description"`
				Schema      parameter `json:"schema"`
			} `json:"parameters"`
		} `json:"paths"`
	}
	if err := p.control(ctx, http.MethodGet, base, "openapi.json", nil, &api); err != nil {
		return nil, err
	}
	var kinds []gesture
	for path, methods := range api.Paths {
		path = strings.TrimPrefix(path, "/control/")
		for method, op := range methods {
			g := gesture{Kind: strings.TrimPrefix(path, "users/{n}/"), Method: strings.ToUpper(method), Path: path, Summary: op.Summary}
			g.Values = op.RequestBody.Content["application/json"].Schema.Properties
			for _, q := range op.Parameters {
				if q.In == "query" {
					if g.Values == nil {
						g.Values = map[string]parameter{}
					}
					g.Values[q.Name] = parameter{"string", q.Description}
				}
			}
			kinds = append(kinds, g)
		}
	}
	slices.SortFunc(kinds, func(a, b gesture) int {
		return strings.Compare(a.Kind+" "+a.Method, b.Kind+" "+b.Method)
	})
	return kinds, nil
}

// find picks the gesture that a word names, and the path with its parts filled in: of
// two with one path, GET is the one without values.
func find(kinds []gesture, word, user string) (gesture, string, error) {
	word = strings.TrimPrefix(strings.Trim(word, "/"), "control/")
	var names []string
	var found []gesture
	path := ""
	for _, g := range kinds {
		names = append(names, g.Kind)
		if filled, ok := match(g.Path, word); ok {
			found, path = append(found, g), filled
		} else if g.Kind == word {
			found, path = append(found, g), strings.ReplaceAll(g.Path, "{n}", user)
		}
	}
	if len(found) == 0 {
		return gesture{}, "", wrong("the simulator has no kind %q%s; kanava trigger lists them", word, meant(near(word, slices.Compact(names)), "kanava trigger "))
	}
	return found[len(found)-1], path, nil
}

// match compares a path with parts such as {id} with what the user wrote.
func match(path, word string) (string, bool) {
	want, have := strings.Split(path, "/"), strings.Split(word, "/")
	if len(want) != len(have) {
		return "", false
	}
	for i := range want {
		if want[i] != have[i] && !strings.HasPrefix(want[i], "{") || have[i] == "" {
			return "", false
		}
	}
	return word, true
}

// body makes the JSON of a call out of NAME=VALUE.
func (g gesture) body(args []string) (json.RawMessage, error) {
	values := map[string]json.RawMessage{}
	for _, arg := range args {
		name, text, ok := strings.Cut(arg, "=")
		raw := strings.HasSuffix(name, ":")
		name = strings.TrimSuffix(name, ":")
		if !ok || name == "" {
			return nil, wrong("%q is none of the values of %s, which are NAME=VALUE; kanava trigger %s --help-kind lists them", arg, g.Kind, g.Kind)
		}
		known, ok := g.Values[name]
		if !ok && (len(g.Values) > 0 || g.Method == http.MethodGet) {
			names := slices.Sorted(maps.Keys(g.Values))
			return nil, wrong("%s takes no value %q%s; it takes %s", g.Kind, name, meant(near(name, names), ""), listed(names))
		}
		switch {
		case g.Method == http.MethodGet: // in the address all are texts
			values[name], _ = json.Marshal(text)
		case raw, known.Type == "object", known.Type == "array":
			if !json.Valid([]byte(text)) {
				return nil, wrong("the value %s of %s must be JSON", name, g.Kind)
			}
			values[name] = json.RawMessage(text)
		case known.Type == "boolean":
			on, err := strconv.ParseBool(text)
			if err != nil {
				return nil, wrong("the value %s of %s is true or false, not %q", name, g.Kind, text)
			}
			values[name] = json.RawMessage(strconv.FormatBool(on))
		case known.Type == "integer", known.Type == "number":
			if json.Unmarshal([]byte(text), new(float64)) != nil || text == "null" { // NaN and +1 are none in JSON
				return nil, wrong("the value %s of %s is a number, not %q", name, g.Kind, text)
			}
			values[name] = json.RawMessage(text)
		default:
			values[name], _ = json.Marshal(text) // a string
		}
	}
	return json.Marshal(values)
}

// trigger makes the call and shows its answer.
func (p *program) trigger(ctx context.Context, base string, g gesture, path string, body json.RawMessage) error {
	if g.Method == http.MethodGet {
		var values map[string]string
		_ = json.Unmarshal(body, &values) // all of them are strings
		var query []string
		for _, name := range slices.Sorted(maps.Keys(values)) {
			query = append(query, name+"="+url.QueryEscape(values[name]))
		}
		if query != nil {
			path += "?" + strings.Join(query, "&")
		}
		body = nil
	}
	var answer json.RawMessage
	if err := p.control(ctx, g.Method, base, path, body, &answer); err != nil {
		return err
	}
	return p.print(answer, func(w io.Writer) {
		var simple map[string]any
		if json.Unmarshal(answer, &simple) == nil && len(simple) == 1 {
			for name, v := range simple {
				switch v {
				case true, "":
					fmt.Fprintln(w, "Done.")
					return
				}
				switch v.(type) {
				case string, float64:
					fmt.Fprintf(w, "Done: %s %v\n", name, v)
					return
				}
			}
		}
		indented, err := json.MarshalIndent(answer, "", "  ")
		if err != nil {
			indented = answer
		}
		fmt.Fprintln(w, string(indented))
	})
}

func (p *program) gestureTable(w io.Writer, kinds []gesture) {
	var rows [][]string
	for _, g := range kinds {
		rows = append(rows, []string{g.Kind, g.Summary})
	}
	p.table(w, rows)
	fmt.Fprintln(w, "\n"+wrap("kanava trigger KIND --help-kind tells what a kind takes.", p.width(), ""))
}

func (p *program) aboutGesture(w io.Writer, g gesture) {
	fmt.Fprintf(w, "%s: %s.\n", p.paint(bold, g.Kind), g.Summary)
	if len(g.Values) == 0 {
		fmt.Fprintln(w, "It takes no values.")
		return
	}
	fmt.Fprintln(w)
	rows := [][]string{{"VALUE", "TYPE", ""}}
	for _, name := range slices.Sorted(maps.Keys(g.Values)) {
		rows = append(rows, []string{name, g.Values[name].Type, g.Values[name].Description})
	}
	p.table(w, rows)
}
