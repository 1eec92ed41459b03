package onboard

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
)

// scopes are the permissions that a support channel needs.
var scopes = []string{"whatsapp_business_management", "whatsapp_business_messaging"}

// tokenSoon is how long before its end a token is worth a remark.
const tokenSoon = 14 * 24 * time.Hour

// checkToken gets the token of a signup, and examines whatever token there is.
func (r *run) checkToken() verdict {
	if v := r.exchange(); v.status != "" || r.fatal != nil {
		return v
	}
	info, err := r.client.App(r.state.AppID).DebugToken(r.ctx, "")
	switch {
	case err == nil:
		r.debugged = info
		return r.judgeToken(info)
	// The app asked in its own name: what is refused is its secret, not the token.
	case r.cfg.Graph.AppSecret != "" && r.state.AppID != "":
		return r.failed(err, map[int]Reason{100: ReasonSecret, 101: ReasonSecret, 190: ReasonSecret, 1: ReasonSecret})
	// Not every token may examine itself. The next step tells whether it is good.
	case refusedWith(err, 3, 10, 100, 200):
		return r.because(ReasonDone).remark(ReasonTokenUnexamined)
	default:
		return r.failed(err, nil)
	}
}

// exchange turns the code of a signup into a token, unless there is one.
func (r *run) exchange() verdict {
	if r.session.grant == nil {
		_, err := r.token(r.ctx)
		switch {
		case err == nil:
			return verdict{}
		case !errors.Is(err, errNoToken):
			return r.stop(err)
		case r.state.Plan.Road != RoadSignup:
			return r.because(ReasonNoToken)
		}
		if v := r.askSignup(); v.status != "" || r.fatal != nil {
			return v
		}
	}
	if !r.session.kept { // the code cannot be exchanged again
		if err := r.cfg.KeepToken(r.ctx, *r.session.grant); err != nil {
			return r.stop(fmt.Errorf("keep token: %w", err))
		}
		r.session.kept = true
	}
	return verdict{}
}

// askSignup asks for the code of a signup until it can be exchanged.
func (r *run) askSignup() verdict {
	question := prompt(PromptSignup, StepToken)
	waiting := r.because(ReasonSignup)
	for {
		code, ok := r.ask(question)
		if !ok {
			return waiting.asks(question)
		}
		grant, err := r.client.App(r.state.AppID).ExchangeCode(r.ctx, strings.TrimSpace(code))
		if err == nil {
			r.session.grant = &grant
			r.client, err = r.clientWith(grant.Token)
			if err != nil {
				return r.stop(err)
			}
			return verdict{}
		}
		v := r.failed(err, map[int]Reason{1: ReasonSecret, 100: ReasonSignupCode, 36007: ReasonSignupCode, 36009: ReasonSignupCode})
		if v.reason != ReasonSignupCode {
			return v
		}
		waiting, question = v, question.problem(v)
	}
}

// judgeToken looks at validity, app, permissions and end of a token.
func (r *run) judgeToken(info cloudapi.TokenInfo) verdict {
	if app := r.state.Plan.AppID; app != "" && info.AppID != "" && info.AppID != app {
		return r.because(ReasonOtherApp, info.AppID, app)
	}
	if !info.Valid {
		if !info.Expires.IsZero() && !info.Expires.After(r.now()) {
			return r.because(ReasonTokenExpired, day(info.Expires))
		}
		v := r.because(ReasonTokenRefused)
		v.code = info.Problem
		return v
	}
	if missing := missingScopes(info); len(missing) > 0 {
		return r.because(ReasonScopes, strings.Join(missing, ", "))
	}
	if account := r.state.AccountID; account != "" && !reaches(info, account) {
		return r.because(ReasonOutOfReach, account)
	}
	if r.state.AppID == "" {
		r.state.AppID = info.AppID
	}
	r.learnAccount(info)
	v := r.because(ReasonDone)
	switch {
	case info.Type == "USER":
		v = v.remark(ReasonTokenOfUser)
	case !info.Expires.IsZero() && info.Expires.Sub(r.now()) < tokenSoon:
		v = v.remark(ReasonTokenEnds, day(info.Expires))
	case !info.DataAccessExpires.IsZero() && info.DataAccessExpires.Sub(r.now()) < tokenSoon:
		v = v.remark(ReasonTokenEnds, day(info.DataAccessExpires))
	}
	return v
}

// learnAccount takes the account from the token: the newest of a signup, the only one
// otherwise.
func (r *run) learnAccount(info cloudapi.TokenInfo) {
	targets := info.Targets[scopes[0]]
	if r.state.AccountID == "" && len(targets) > 0 && (len(targets) == 1 || r.state.Plan.Road == RoadSignup) {
		r.state.AccountID = targets[0]
	}
	r.choices = targets
}

// missingScopes are the permissions that a token lacks.
func missingScopes(info cloudapi.TokenInfo) []string {
	var missing []string
	for _, s := range scopes {
		if !slices.Contains(info.Scopes, s) {
			missing = append(missing, s)
		}
	}
	return missing
}

// reaches reports whether a token may be used for an account. A permission without targets
// is not restricted.
func reaches(info cloudapi.TokenInfo, account string) bool {
	for _, s := range scopes {
		if targets := info.Targets[s]; len(targets) > 0 && !slices.Contains(targets, account) {
			return false
		}
	}
	return true
}

// day is a date for people.
func day(t time.Time) string { return t.UTC().Format("2 January 2006") }

// moment is a time for people.
func moment(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") }
