package onboard

import (
	"context"
	"fmt"
	"slices"

	"github.com/kanava-go/kanava/channel/cloudapi"
)

// Place is a number that the token reaches.
type Place struct {
	AppID     string `json:"app_id,omitempty"`
	AccountID string `json:"account_id"`
	NumberID  string `json:"number_id"`
	// Status is Meta's word, such as CONNECTED; Registered says that the number is switched
	// on, by whomever.
	Status     string `json:"status"`
	Registered bool   `json:"registered"`
	// Coexists says that the number is in use in the WhatsApp Business app, too.
	Coexists bool `json:"coexists,omitempty"`
	// Sandbox says that it is a test number of Meta's.
	Sandbox bool `json:"sandbox,omitempty"`
}

// Target names the place for [Guide.Readiness].
func (p Place) Target() Target {
	return Target{AppID: p.AppID, AccountID: p.AccountID, NumberID: p.NumberID}
}

// Survey lists the numbers of all accounts that the token reaches, oldest first: for hosts
// that look after several. accounts names accounts that the token does not name itself,
// because it reaches all of a business. The error is that of the first call that failed,
// with what was found before.
func (g *Guide) Survey(ctx context.Context, appID string, accounts ...string) ([]Place, error) {
	found := slices.Clone(accounts)
	info, err := g.client.App(appID).DebugToken(ctx, "")
	if err == nil {
		if appID == "" {
			appID = info.AppID
		}
		for _, id := range slices.Backward(info.Targets[scopes[0]]) { // newest first
			if !slices.Contains(found, id) {
				found = append(found, id)
			}
		}
	} else if len(found) == 0 {
		return nil, fmt.Errorf("onboard: survey: %w", err)
	}
	var out []Place
	for _, account := range found {
		for n, err := range g.client.Account(account).Numbers(ctx, cloudapi.NumberQuery{OldestFirst: true}) {
			switch {
			case err == nil:
			case ends(ctx, err):
				return out, fmt.Errorf("onboard: survey: %w", err)
			default:
				continue // one that cannot be read
			}
			out = append(out, Place{
				AppID: appID, AccountID: account, NumberID: n.ID, Status: n.Status, Registered: n.Platform == "CLOUD_API",
				Coexists: n.Coexists(), Sandbox: n.Mode == "SANDBOX",
			})
		}
	}
	return out, nil
}
