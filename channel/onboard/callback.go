package onboard

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/kanava-go/kanava/channel/cloudapi"
)

// subscribe makes the app hear of the account, unless it does. A subscription that is there
// is left alone: to subscribe anew would remove its override.
func (r *run) subscribe() verdict {
	v := r.judgeSubscription()
	if v.reason != ReasonNotSubscribed {
		return v
	}
	if err := r.clientAccount().Subscribe(r.ctx, cloudapi.Webhook{}); err != nil {
		return r.failed(err, nil)
	}
	return r.because(ReasonDone)
}

// judgeSubscription looks at which apps hear of the account.
func (r *run) judgeSubscription() verdict {
	others, ours := 0, false
	for s, err := range r.clientAccount().Subscriptions(r.ctx) {
		switch {
		case err != nil && ends(r.ctx, err):
			return r.failed(err, nil)
		case err != nil:
		case s.AppID == r.state.AppID && s.AppID != "":
			ours = true
		default:
			others++
		}
	}
	v := r.because(ReasonDone)
	switch {
	// To subscribe once more would end the override of an app that may be ours.
	case r.state.AppID == "" && others > 0:
		return v.remark(ReasonAppUnknown)
	case !ours:
		return r.because(ReasonNotSubscribed)
	}
	if others > 0 {
		v = v.remark(ReasonOtherApps, strconv.Itoa(others))
	}
	return v
}

// checkCallback sets the planned address, and examines the addresses in force at all three
// levels: the most specific one gets the messages, the app's the account events.
func (r *run) checkCallback() verdict {
	if v := r.setCallback(); v.status != "" || r.fatal != nil {
		return v
	}
	if err := r.look(); err != nil {
		return r.failed(err, nil)
	}
	if r.state.Plan.Webhook.TakeOver {
		if v := r.takeOver(); v.status != "" || r.fatal != nil {
			return v
		}
	}
	v := r.judgeFields()
	if !v.status.Settled() {
		return v
	}
	levels := levelsOf(r.number.Webhooks)
	switch {
	case len(levels) == 0:
		return r.because(ReasonNoCallback)
	case r.number.Webhooks.App == "":
		v = v.remark(ReasonNoAppCallback)
	}
	for _, l := range levels {
		w := r.judgeLevel(l)
		switch {
		case r.fatal != nil, !w.status.Settled():
			return w
		default:
			v.remarks = append(v.remarks, w.remarks...)
		}
	}
	return v
}

// judgeLevel examines the address of one level.
func (r *run) judgeLevel(l atLevel) verdict {
	if r.elsewhere(l.address) {
		switch inForce := levelsOf(r.number.Webhooks)[0]; {
		case l.level != inForce.level: // it gets account events at most
			return r.because(ReasonDone)
		case rank(l.level) > rank(r.plannedLevel()):
			return r.because(ReasonOverridden, hostOf(l.address), string(l.level))
		}
		return r.because(ReasonElsewhere, hostOf(l.address), string(l.level))
	}
	p := r.probeAddress(l.address)
	if err := r.ctx.Err(); err != nil {
		return r.stop(err)
	}
	v := r.because(p.Verdict, p.Host, string(l.level), strconv.Itoa(p.Status))
	if v.status == Done && !p.OK() { // worth a remark only
		return r.because(ReasonDone).remark(p.Verdict, v.args...)
	}
	return v
}

// judgeFields looks at what the app subscribes to, if that can be told.
func (r *run) judgeFields() verdict {
	missing := r.missingFields()
	switch {
	case slices.Contains(missing, "messages"):
		return r.because(ReasonFields, strings.Join(missing, ", "))
	case len(missing) > 0:
		return r.because(ReasonDone).remark(ReasonFieldsRest, strings.Join(missing, ", "))
	default:
		return r.because(ReasonDone)
	}
}

// atLevel is an address in force at a level.
type atLevel struct {
	level   Level
	address string
}

// levelsOf lists the addresses that are set, the most specific one first.
func levelsOf(w cloudapi.WebhookAddresses) []atLevel {
	var out []atLevel
	for _, l := range []atLevel{{LevelNumber, w.Number}, {LevelAccount, w.Account}, {LevelApp, w.App}} {
		if l.address != "" {
			out = append(out, l)
		}
	}
	return out
}

// probeAddress examines an address of ours.
func (r *run) probeAddress(address string) ProbeResult {
	return Probe(r.ctx, r.probe, address, r.cfg.VerifyToken, r.cfg.Graph.AppSecret)
}

// elsewhere reports whether an address is not the planned one. Nothing is: without a plan
// whatever is set is meant.
func (r *run) elsewhere(address string) bool {
	planned := r.state.Plan.Webhook.URL
	return planned != "" && plain(address) != plain(planned)
}

// plain is an address in the one form of those that mean the same.
func plain(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	u.Scheme, u.Host, u.Fragment = strings.ToLower(u.Scheme), strings.TrimSuffix(strings.ToLower(u.Host), ":443"), ""
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String()
}

// takeOver removes the overrides above the planned level that send messages elsewhere.
func (r *run) takeOver() verdict {
	removed := false
	for _, l := range levelsOf(r.number.Webhooks) {
		if !r.elsewhere(l.address) || rank(l.level) <= rank(r.plannedLevel()) {
			continue
		}
		var err error
		if l.level == LevelNumber {
			err = r.clientNumber().SetWebhook(r.ctx, cloudapi.Webhook{})
		} else {
			err = r.clientAccount().Subscribe(r.ctx, cloudapi.Webhook{})
		}
		if err != nil {
			return r.failed(err, nil)
		}
		removed = true
	}
	if removed {
		if err := r.look(); err != nil {
			return r.failed(err, nil)
		}
	}
	return verdict{}
}

func (r *run) plannedLevel() Level {
	if l := r.state.Plan.Webhook.Level; l != "" {
		return l
	}
	return LevelApp
}

// rank orders the levels: a higher one wins.
func rank(l Level) int { return slices.Index([]Level{LevelApp, LevelAccount, LevelNumber}, l) }

// setting are the refusals when an address is set: Meta calls it first.
var setting = map[int]Reason{2200: ReasonMetaCannotReach, 100: ReasonMetaCannotReach}

// setCallback sets the planned address at its level, unless it is there.
func (r *run) setCallback() verdict {
	w := r.state.Plan.Webhook
	switch {
	case w.URL == "":
		return verdict{}
	case r.state.AppID == "" && r.plannedLevel() == LevelApp:
		return r.because(ReasonNoApp)
	}
	hook := cloudapi.Webhook{URL: w.URL, VerifyToken: r.cfg.VerifyToken}
	// Our own call tells more about what is wrong than Meta's refusal.
	if p := r.probeAddress(w.URL); !p.OK() && sentences[p.Verdict].status != Done {
		return r.because(p.Verdict, p.Host, string(r.plannedLevel()), strconv.Itoa(p.Status))
	}
	if err := r.look(); err != nil {
		return r.failed(err, nil)
	}
	var err error
	switch in := r.number.Webhooks; r.plannedLevel() {
	case LevelNumber:
		if r.elsewhere(in.Number) {
			err = r.clientNumber().SetWebhook(r.ctx, hook)
		}
	case LevelAccount:
		if r.elsewhere(in.Account) {
			err = r.clientAccount().Subscribe(r.ctx, hook)
		}
	default:
		fields := r.wantedFields()
		app := r.client.App(r.state.AppID)
		if have, e := app.Webhook(r.ctx); e == nil && !r.elsewhere(have.URL) && have.Active && len(lacking(have.Fields, fields)) == 0 {
			break
		} else if e == nil {
			fields = append(slices.Clone(fields), lacking(fields, have.Fields)...) // what others subscribed to stays
		}
		err = app.SetWebhook(r.ctx, hook, fields...)
	}
	if err != nil {
		return r.failed(err, setting)
	}
	return verdict{}
}

// wantedFields are the webhook fields that the app should subscribe to.
func (r *run) wantedFields() []string {
	fields := r.state.Plan.Webhook.Fields
	if fields == nil {
		fields = DefaultFields()
		if r.coexists() {
			fields = append(fields, appFields...)
		}
	}
	return fields
}

// missingFields are the fields that the app does not subscribe to, nil if that cannot be told.
func (r *run) missingFields() []string {
	if r.cfg.Graph.AppSecret == "" || r.state.AppID == "" {
		return nil
	}
	have, err := r.client.App(r.state.AppID).Webhook(r.ctx)
	if err != nil || have.URL == "" {
		return nil
	}
	return lacking(have.Fields, r.wantedFields())
}

// lacking are those of wanted that are not in have.
func lacking(have, wanted []string) []string {
	var out []string
	for _, f := range wanted {
		if !slices.Contains(have, f) {
			out = append(out, f)
		}
	}
	return out
}

// hostOf is the host of an address: paths can hold secrets.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
