package console

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/rules"
)

// tree is a JSON object that is read and changed by paths such as "retention.messages".
type tree map[string]any

func treeOf(v any) (tree, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var t tree
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return t, d.Decode(&t)
}

func (t tree) get(path string) any {
	head, rest, deeper := strings.Cut(path, ".")
	if !deeper {
		return t[head]
	}
	under, ok := t[head].(map[string]any)
	if !ok {
		return nil
	}
	return tree(under).get(rest)
}

// set changes a value; nil takes it away, with what is empty then.
func (t tree) set(path string, v any) {
	head, rest, deeper := strings.Cut(path, ".")
	if !deeper {
		if t[head] = v; v == nil {
			delete(t, head)
		}
		return
	}
	under, ok := t[head].(map[string]any)
	if !ok {
		under = map[string]any{}
	}
	tree(under).set(rest, v)
	if t[head] = under; len(under) == 0 {
		delete(t, head)
	}
}

// written is a value as a form shows it.
func (s *setting) written(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		if v {
			return "1"
		}
		return ""
	case string:
		return v
	case json.Number:
		if n, err := v.Int64(); err == nil && s.kind == "nanos" {
			return time.Duration(n).String()
		} else if err == nil && s.kind == "money" && n >= 0 {
			return money(n)
		}
		return v.String()
	case []any:
		if s.kind == "json" {
			break
		}
		var parts []string
		for _, one := range v {
			text, _ := one.(string) // lists of settings are of texts
			parts = append(parts, text)
		}
		if s.kind == "hours" {
			return strings.Join(parts, ", ")
		}
		return strings.Join(parts, "\n")
	}
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return ""
	}
	return string(raw)
}

// inUnit is a setting as it is typed beside a unit: what a budget limits in money, of which it holds the
// millionths, and what it limits in messages, which are numbers.
func (s *setting) inUnit(unit string) *setting {
	if s.kind != "amount" {
		return s
	}
	as := *s
	if unit == string(pricing.BudgetAmount) {
		as.kind = "money"
	} else {
		as.kind = "number"
	}
	return &as
}

// micros reads an amount of money, such as 25.50, in millionths.
func micros(text string) (int64, error) {
	whole, part, _ := strings.Cut(strings.Replace(text, ",", ".", 1), ".")
	if len(part) > 6 || strings.TrimLeft(part, "0123456789") != "" {
		return 0, errAmount
	}
	n, err := strconv.ParseInt(whole+part+strings.Repeat("0", 6-len(part)), 10, 64)
	if err != nil || whole == "" {
		return 0, errAmount
	}
	return n, nil
}

// money is micros the other way round.
func money(n int64) string {
	text := fmt.Sprintf("%d.%06d", n/1e6, n%1e6)
	return strings.TrimSuffix(text[:len(text)-4]+strings.TrimRight(text[len(text)-4:], "0"), ".00")
}

// What is wrong with what was typed, before the settings are looked at: keys of sentences.
var (
	errSpan   = errors.New("set.wrong.span")
	errNumber = errors.New("set.wrong.number")
	errAmount = errors.New("set.wrong.amount")
	errHours  = errors.New("set.wrong.hours")
	errJSON   = errors.New("set.wrong.json")
)

// read is written the other way round; nil is the default.
func (s *setting) read(text string) (any, error) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	if text == "" {
		return nil, nil //nolint:nilnil // nothing is a value of its own
	}
	switch s.kind {
	case "yes":
		return true, nil
	case "number":
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, errNumber
		}
		return n, nil
	case "money":
		return micros(text)
	case "span":
		d, err := duration.Parse(text)
		if err != nil {
			return nil, errSpan
		}
		return d.String(), nil
	case "nanos":
		d, err := time.ParseDuration(text)
		if err != nil {
			return nil, errSpan
		}
		return int64(d), nil
	case "lines", "hours":
		list := []any{}
		for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || s.kind == "hours" && (r == ',' || r == ' ') }) {
			if s.kind == "hours" && new(rules.Span).UnmarshalText([]byte(part)) != nil {
				return nil, errHours
			}
			if part = strings.TrimSpace(part); part != "" {
				list = append(list, part)
			}
		}
		return list, nil
	case "json":
		var v any
		if json.Unmarshal([]byte(text), &v) != nil {
			return nil, errJSON
		}
		return v, nil
	}
	return text, nil
}
