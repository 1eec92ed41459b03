package onboard

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
)

// The checks of [Guide.Readiness], in their order.
const (
	CheckToken           CheckID = "token"
	CheckVersion         CheckID = "version"
	CheckClock           CheckID = "clock"
	CheckAccount         CheckID = "account"
	CheckVerification    CheckID = "verification"
	CheckPayment         CheckID = "payment"
	CheckNumber          CheckID = "number"
	CheckName            CheckID = "name"
	CheckQuality         CheckID = "quality"
	CheckLimit           CheckID = "limit"
	CheckThroughput      CheckID = "throughput"
	CheckPIN             CheckID = "pin"
	CheckOfficial        CheckID = "official"
	CheckHealth          CheckID = "health"
	CheckSubscription    CheckID = "subscription"
	CheckFields          CheckID = "fields"
	CheckCallbackNumber  CheckID = "callback_number"
	CheckCallbackAccount CheckID = "callback_account"
	CheckCallbackApp     CheckID = "callback_app"
	CheckProfile         CheckID = "profile"
	CheckTemplates       CheckID = "templates"
)

// checks is the table.
func checks() []check {
	return []check{
		{id: CheckToken, title: "Access token", look: lookToken},
		{id: CheckVersion, title: "Graph API version", minor: true, look: lookVersion},
		{id: CheckClock, title: "Clock of this machine", minor: true, look: lookClock},
		{id: CheckAccount, title: "Account", look: lookAccount},
		{id: CheckVerification, title: "Business verification", minor: true, look: ofAccount((*run).checkVerification, func(a cloudapi.AccountInfo) string { return a.BusinessVerification })},
		{id: CheckNumber, title: "Number", look: lookNumber},
		{id: CheckPayment, title: "Payment method", minor: true, look: ofAccount((*run).judgePayment, nil)},
		{id: CheckName, title: "Display name", minor: true, look: ofNumber((*run).judgeName, func(n cloudapi.NumberInfo) string { return n.NameStatus })},
		{id: CheckQuality, title: "Quality", minor: true, look: ofNumber((*run).judgeQuality, func(n cloudapi.NumberInfo) string { return n.Quality })},
		{id: CheckLimit, title: "Messaging limit", minor: true, look: ofNumber((*run).fine, func(n cloudapi.NumberInfo) string { return n.MessagingLimit })},
		{id: CheckThroughput, title: "Throughput", minor: true, look: ofNumber((*run).fine, throughput)},
		{id: CheckPIN, title: "Two-step verification", minor: true, look: ofNumber((*run).judgePIN, nil)},
		{id: CheckOfficial, title: "Official business account", minor: true, look: ofNumber((*run).judgeOfficial, official)},
		{id: CheckHealth, title: "Health as Meta sees it", look: ofNumber((*run).judgeHealth, nil)},
		{id: CheckSubscription, title: "App subscribed", look: ofAccount((*run).judgeSubscription, nil)},
		{id: CheckFields, title: "Webhook fields", look: lookFields},
		{id: CheckCallbackNumber, title: "Callback of the number", look: lookCallback(LevelNumber)},
		{id: CheckCallbackAccount, title: "Callback of the account", look: lookCallback(LevelAccount)},
		{id: CheckCallbackApp, title: "Callback of the app", look: lookCallback(LevelApp)},
		{id: CheckProfile, title: "Business profile", minor: true, look: lookProfile},
		{id: CheckTemplates, title: "Templates", minor: true, look: lookTemplates},
	}
}

// fine is the verdict about what is only shown.
func (r *run) fine() verdict { return r.because(ReasonDone) }

// ofNumber and ofAccount make checks of what was read before.
func ofNumber(judge func(*run) verdict, value func(cloudapi.NumberInfo) string) func(*run) (verdict, string) {
	return func(r *run) (verdict, string) {
		if !r.numberRead() {
			return r.because(ReasonNotLooked), ""
		}
		if value == nil {
			return judge(r), ""
		}
		return judge(r), value(r.number)
	}
}

func ofAccount(judge func(*run) verdict, value func(cloudapi.AccountInfo) string) func(*run) (verdict, string) {
	return func(r *run) (verdict, string) {
		if !r.accountRead() {
			return r.because(ReasonNotLooked), ""
		}
		if value == nil {
			return judge(r), ""
		}
		return judge(r), value(r.account)
	}
}

// lookToken examines the token: its kind and end are the value.
func lookToken(r *run) (verdict, string) {
	v := r.checkToken()
	if r.debugged.Type == "" {
		return v, ""
	}
	end := "never ends"
	if !r.debugged.Expires.IsZero() {
		end = "ends on " + day(r.debugged.Expires)
	}
	return v, r.debugged.Type + ", " + end
}

// versions are the releases of the Graph API; each lives about two years.
//
// https://developers.facebook.com/docs/graph-api/changelog (checked 2026-11-29)
var versions = []struct {
	name     string
	released time.Time
}{
	{"v21.0", date(2024, 10, 2)}, {"v22.0", date(2025, 1, 21)}, {"v23.0", date(2025, 5, 29)}, {"v24.0", date(2025, 10, 8)},
	{"v25.0", date(2026, 2, 18)}, {"v26.0", date(2026, 7, 29)}, {"v27.0", date(2026, 11, 4)},
}

func date(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// versionOld is the age from which a version is worth a remark: it lives about two years.
const versionOld = 18 * 30 * 24 * time.Hour

// lookVersion looks at the age of the version that is used.
func lookVersion(r *run) (verdict, string) {
	name := cmp.Or(r.cfg.Graph.Version, cloudapi.DefaultVersion)
	for _, v := range versions {
		if v.name != name {
			continue
		}
		value := name + ", released " + day(v.released)
		if r.now().Sub(v.released) > versionOld {
			return r.because(ReasonDone).remark(ReasonVersionOld, name, day(v.released)), value
		}
		return r.fine(), value
	}
	if name < versions[0].name && len(name) == len(versions[0].name) {
		return r.because(ReasonDone).remark(ReasonVersionOld, name, "before "+day(versions[0].released)), name
	}
	return r.fine(), name // newer than this table
}

// lookAccount reads the account.
func lookAccount(r *run) (verdict, string) {
	v := r.checkAccount()
	return v, strings.ToUpper(cmp.Or(r.account.ReviewStatus, r.account.Status))
}

// lookNumber reads the number.
func lookNumber(r *run) (verdict, string) {
	if err := r.look(); err != nil {
		return r.failed(err, map[int]Reason{33: ReasonNumberGone}), ""
	}
	if r.accountRead() {
		if err := r.listNumbers(); err != nil {
			return r.failed(err, nil), r.number.Status
		}
		if !r.listed() {
			return r.because(ReasonOtherAccount, r.state.AccountID), r.number.Status
		}
	}
	return r.judgeStatus(), r.number.Status
}

// judgeQuality looks at how people take what the number sends.
func (r *run) judgeQuality() verdict {
	switch strings.ToUpper(r.number.Quality) {
	case "RED":
		return r.because(ReasonQualityRed)
	case "YELLOW":
		return r.because(ReasonDone).remark(ReasonQualityYellow)
	default:
		return r.because(ReasonDone)
	}
}

// judgePIN looks at whether the number is protected from being taken.
func (r *run) judgePIN() verdict {
	if r.number.PINEnabled != nil && !*r.number.PINEnabled && !r.coexists() {
		return r.because(ReasonNoPIN)
	}
	return r.because(ReasonDone)
}

// official is how far the number is on the way to an official business account.
func official(n cloudapi.NumberInfo) string {
	if n.Official {
		return "APPROVED"
	}
	return cmp.Or(n.OfficialStatus, "NOT_STARTED")
}

// judgeOfficial looks at an application to become official.
func (r *run) judgeOfficial() verdict {
	switch strings.ToUpper(official(r.number)) {
	case "REJECTED", "DECLINED":
		return r.because(ReasonOfficialRejected)
	default:
		return r.fine()
	}
}

// judgeHealth looks at what Meta itself blames.
func (r *run) judgeHealth() verdict {
	h := r.number.Health
	if h == nil {
		return r.because(ReasonNotLooked)
	}
	var blamed []string
	for _, e := range h.Entities {
		for _, p := range e.Problems {
			blamed = append(blamed, e.Type+" "+strconv.Itoa(p.Code))
		}
	}
	args := []string{strings.Join(blamed, ", ")}
	switch strings.ToUpper(h.CanSend) {
	case "BLOCKED":
		return r.because(ReasonHealthBlocked, args...)
	case "LIMITED":
		return r.because(ReasonDone).remark(ReasonHealthLimited, args...)
	default:
		return r.because(ReasonDone)
	}
}

// lookFields looks at what the app subscribes to.
func lookFields(r *run) (verdict, string) {
	if r.cfg.Graph.AppSecret == "" || r.state.AppID == "" {
		return r.because(ReasonNotLooked), ""
	}
	return r.judgeFields(), ""
}

// lookCallback examines the address of a level; one that is not set is as it should be,
// unless none is.
func lookCallback(level Level) func(*run) (verdict, string) {
	return func(r *run) (verdict, string) {
		if !r.numberRead() {
			return r.because(ReasonNotLooked), ""
		}
		levels := levelsOf(r.number.Webhooks)
		for _, l := range levels {
			if l.level == level {
				return r.judgeLevel(l), hostOf(l.address)
			}
		}
		switch {
		case level != LevelApp:
		case len(levels) == 0:
			return r.because(ReasonNoCallback), ""
		default: // overrides carry messages only
			return r.because(ReasonDone).remark(ReasonNoAppCallback), "not set"
		}
		return r.because(ReasonDone), "not set"
	}
}

// lookProfile looks at what is missing in the profile.
func lookProfile(r *run) (verdict, string) {
	if !r.numberRead() {
		return r.because(ReasonNotLooked), ""
	}
	if r.coexists() {
		return r.because(ReasonInApp), ""
	}
	have, err := r.clientNumber().Profile(r.ctx)
	if err != nil {
		return r.failed(err, nil), ""
	}
	if missing := emptyParts(have); len(missing) > 0 {
		return r.because(ReasonProfileEmpty, strings.Join(missing, ", ")), ""
	}
	return r.because(ReasonDone), ""
}

// lookTemplates counts the templates.
func lookTemplates(r *run) (verdict, string) {
	if !r.accountRead() {
		return r.because(ReasonNotLooked), ""
	}
	unread, err := r.listTemplates()
	if err != nil {
		return r.failed(err, nil), ""
	}
	v := r.judgeTemplates(unread)
	if len(v.args) == 2 {
		return v, v.args[0] + " of " + v.args[1]
	}
	return v, ""
}
