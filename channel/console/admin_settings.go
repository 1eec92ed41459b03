package console

import (
	"encoding/json"
	"errors"
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/settings"
)

// channelRow is a channel in the list of those that the actor administers.
type channelRow struct {
	settings.Settings
	State string // on or off
}

// settingsList lists the channels that the actor administers.
func (q *request) settingsList() error {
	var rows []channelRow
	for _, s := range q.administered() {
		state := "off"
		if s.Enabled {
			state = "on"
		}
		rows = append(rows, channelRow{s, state})
	}
	return q.office("tab.channels", "channel-list", rows)
}

// administered are the settings of the channels that the actor administers, as they are now.
func (q *request) administered() []settings.Settings {
	q.mine() // hears what other processes changed
	return slices.DeleteFunc(q.Desk.Channels(q.actor), func(s settings.Settings) bool { return !q.holds(access.ManageSettings, s.ID) })
}

// settingsOf are those of the channel that the address names: one that the actor does not administer is
// like none.
func (q *request) settingsOf() (settings.Settings, error) { return q.settingsFor(q.PathValue("id")) }

// settingsFor is settingsOf by ID.
func (q *request) settingsFor(id string) (settings.Settings, error) {
	all := q.administered()
	i := slices.IndexFunc(all, func(s settings.Settings) bool { return s.ID == id })
	if i < 0 {
		return settings.Settings{}, channel.ErrNotFound
	}
	return all[i], nil
}

// settingsPage is the form for a channel.
type settingsPage struct {
	settings.Settings
	Groups  []settingGroup
	Wrong   []string // what concerns no field
	Is      string   // which settings the form was made of
	Changes bool     // whether they may be changed
	Teams   []Team   // to choose from
}

type settingGroup struct {
	Name   string
	Fields []settingField
	Open   bool
}

type settingField struct {
	Path, Kind, Label string
	Text              string
	Choices           []choice
	Wrong             []string
	Fixed             bool // others decide about it
}

func fingerprint(s *settings.Settings) (string, error) {
	raw, err := json.Marshal(s)
	h := fnv.New64a()
	h.Write(raw)
	return strconv.FormatUint(h.Sum64(), 36), err
}

// settings shows the form for a channel.
func (q *request) settings() error {
	s, err := q.settingsOf()
	if err != nil {
		return err
	}
	return q.settingsForm(&s, nil, nil)
}

// settingsForm shows the form, with what was typed and what is wrong with it.
func (q *request) settingsForm(s *settings.Settings, typed map[string]string, wrong map[string][]string) error {
	now, err := treeOf(s)
	if err != nil {
		return err
	}
	p := settingsPage{Settings: *s, Changes: !q.ReadOnly, Wrong: wrong[""], Teams: q.teams()}
	if p.Is, err = fingerprint(s); err != nil {
		return err
	}
	for i := range settingGroups {
		g := settingGroup{Name: settingGroups[i].name, Open: i == 0}
		for _, set := range settingGroups[i].fields {
			f := settingField{Path: set.path, Kind: set.kind, Label: q.labelFor(set.path), Wrong: wrong[set.path], Fixed: q.fixed(set.path) || q.ReadOnly}
			if f.Text = set.inUnit(unitOf(now)).written(now.get(set.path)); typed != nil && !f.Fixed {
				f.Text = typed[set.path]
			}
			for _, value := range set.choices {
				f.Choices = append(f.Choices, choice{value, q.labelFor(set.path + "." + value), f.Text == value})
			}
			g.Fields, g.Open = append(g.Fields, f), g.Open || len(f.Wrong) > 0
		}
		p.Groups = append(p.Groups, g)
	}
	if len(wrong) > 0 {
		q.status = http.StatusUnprocessableEntity
	}
	return q.office("tab.channels", "settings", p)
}

// unitOf is what the budget of settings is in.
func unitOf(t tree) string {
	unit, _ := t.get("budget.unit").(string) // "" is one of them
	return unit
}

// labelFor is the sentence for the longest end of a path that has one.
func (q *request) labelFor(path string) string {
	for rest, more := path, true; more; _, rest, more = strings.Cut(rest, ".") {
		if text, ok := q.language.words["set."+rest]; ok {
			return text
		}
	}
	return path
}

// fixed says whether only an administrator of all channels changes a setting: by it a channel hears of
// others' templates and limits.
func (q *request) fixed(path string) bool {
	return (path == "account" || path == "portfolio") && !q.everywhere(access.ManageSettings)
}

// saveSettings takes a form for a channel. Only what was changed in it is changed, and nothing if something is wrong.
func (q *request) saveSettings() error {
	if err := q.change(); err != nil {
		return err
	}
	old, err := q.settingsOf()
	if err != nil {
		return err
	}
	is, err := fingerprint(&old)
	if err != nil {
		return err
	}
	now, err := treeOf(&old)
	if err != nil {
		return err
	}
	typed, wrong, changed := map[string]string{}, map[string][]string{}, ""
	if q.FormValue("is") != is {
		wrong[""] = append(wrong[""], q.language.say("set.changed"))
	}
	for _, g := range settingGroups {
		for i := range g.fields {
			f := g.fields[i].inUnit(q.FormValue("budget.unit"))
			text := strings.TrimSpace(strings.ReplaceAll(q.FormValue(f.path), "\r\n", "\n"))
			typed[f.path] = text
			if q.fixed(f.path) || text == f.written(now.get(f.path)) {
				continue
			}
			v, err := f.read(text)
			if err != nil {
				wrong[f.path] = append(wrong[f.path], q.language.say(err.Error()))
				continue
			}
			now.set(f.path, v)
			changed += " " + f.path
		}
	}
	if now.get("budget.limit") == nil {
		now.set("budget", nil) // no limit is no budget, and not one of nothing
	}
	set := settings.Settings{}
	if raw, err := json.Marshal(now); err != nil {
		return err
	} else if json.Unmarshal(raw, &set) != nil { // it may quote what was typed
		wrong[""] = append(wrong[""], q.language.say("set.wrong.form"))
	}
	if !strings.Contains(changed, deskPath) {
		set.Desk = old.Desk
	}
	set.Redact.Allow, set.Redact.Detectors = old.Redact.Allow, old.Redact.Detectors // the host's, in no form
	if len(wrong) == 0 {
		var err error
		if changed != "" {
			err = q.Desk.UpdateSettings(q.ctx(), q.actor, set)
		}
		if err == nil {
			return q.back("admin/channels/"+set.ID, "saved", 0)
		}
		if !misplaced(err, wrong) {
			return err
		}
	}
	return q.settingsForm(&old, typed, wrong)
}

// misplaced puts the problems of settings to their fields, and says whether that is what an error is.
func misplaced(err error, wrong map[string][]string) bool {
	if _, ok := errors.AsType[*settings.Error](err); !ok {
		return false
	}
	x := desk.Explain(err)
	for _, f := range x.Fields {
		path, text := f.Path, f.Text
		for {
			head, rest, ok := strings.Cut(text, ": ")
			if !ok || strings.ContainsAny(head, " \"") {
				break
			}
			path, text = path+"."+head, rest
		}
		at := fieldFor(path)
		if at == "" {
			text = path + ": " + text
		}
		wrong[at] = append(wrong[at], text)
	}
	return len(x.Fields) > 0
}

// fieldFor is the field of the form for the path of a problem: that which is a part of the path, or the
// first below it.
func fieldFor(path string) (found string) {
	below := ""
	for _, g := range settingGroups {
		for _, f := range g.fields {
			rest, ok := strings.CutPrefix(path, f.path)
			if ok && (rest == "" || rest[0] == '.' || rest[0] == '[') && len(f.path) > len(found) {
				found = f.path
			}
			if below == "" && path+"." != deskPath && strings.HasPrefix(f.path, path+".") {
				below = f.path
			}
		}
	}
	if found == "" {
		return below
	}
	return found
}
