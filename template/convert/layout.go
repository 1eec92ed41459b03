package convert

import (
	"strconv"

	"github.com/kanava-go/kanava/template"
)

// keyedValues lays out values that came under the names or numbers of the
// variables. Numbers that are missing leave a blank, which Bind refuses, so that
// no value moves into its neighbour's place.
func keyedValues(d *template.Definition, path string, params map[string]string, keys []string, ps *template.Problems) []template.Value {
	if d.UsesNames() {
		list := make([]template.Value, len(keys))
		for i, k := range keys {
			list[i] = template.NamedText(k, params[k])
		}
		return list
	}
	var list []template.Value
	for _, k := range keys {
		i := position(k)
		if i < 0 || i >= maxNumber || strconv.Itoa(i+1) != k {
			*ps = append(*ps, refusal(path, template.RuleValueName, template.CodeCountMismatch))
			continue
		}
		for len(list) <= i {
			list = append(list, template.Value{})
		}
		list[i].Text = params[k]
	}
	return list
}

// maxNumber is the highest number of a variable that is laid out. No template has as many.
const maxNumber = 100

// position is the place of a numbered variable, counted from 0; negative if the name is none.
func position(name string) int {
	n, err := strconv.Atoi(name)
	if err != nil || len(name) > 4 {
		return -1
	}
	return n - 1
}

// button is the path of a button in problems.
func button(i int) string { return "buttons[" + strconv.Itoa(i) + "]" }

// refusal makes a problem of what cannot be laid out.
func refusal(path string, rule template.Rule, code int) template.Problem {
	return template.Problem{Path: path, Rule: rule, Severity: template.SeverityError, Code: code}
}

// bindError makes an error of problems, nil if there are none.
func bindError(d *template.Definition, ps template.Problems) error {
	if len(ps) == 0 {
		return nil
	}
	return &template.BindError{Template: d.Name, Language: d.Language, Code: ps[0].Code, Problems: ps}
}
