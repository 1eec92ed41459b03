package credentials

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/onboard"
	"github.com/kanava-go/kanava/internal/discreet"
)

// CloudAPI is what a number on Meta's Cloud API is reached with. It is decoded from JSON like any struct; to
// encode or to print it shows no secret.
type CloudAPI struct {
	Token       string `json:"token" form:"required secret" title:"Access token" about:"The token of a system user with the permissions whatsapp_business_management and whatsapp_business_messaging, best one that never ends."`
	AppSecret   string `json:"app_secret" form:"required secret" title:"App secret" about:"From the basic settings of the app: it signs the webhooks." pattern:"^[0-9a-fA-F]{32}$"`
	VerifyToken string `json:"verify_token" form:"required secret" title:"Verify token" about:"A word of your own, as it is entered beside the callback address in the settings of the app."`
	NumberID    string `json:"number_id" form:"required" title:"Phone number ID" about:"The ID of the number, not the number itself: WhatsApp Manager, phone numbers." pattern:"^[0-9]{5,25}$"`
	AccountID   string `json:"account_id" title:"WhatsApp Business Account ID" about:"The account that the number is in; empty if the token reaches one only." pattern:"^[0-9]{5,25}$"`
	AppID       string `json:"app_id" title:"App ID" about:"The app that gets the webhooks; empty: that of the token." pattern:"^[0-9]{5,25}$"`
	CallbackURL string `json:"callback_url" title:"Callback address" about:"Where webhooks shall go, with https; empty: whatever is set is examined." pattern:"^https?://[^ ?#]+$"`
}

// Schema is the JSON schema of the form, draft 2020-12: a property for each field, in the order in which
// people are asked, with title and description; what is secret is writeOnly, of the format "password".
func (CloudAPI) Schema() json.RawMessage { return schema("WhatsApp Cloud API", CloudAPI{}) }

// Config is what a client begins with. Its zero fields are for the host.
func (c CloudAPI) Config() cloudapi.Config {
	return cloudapi.Config{Token: c.Token, AppSecret: c.AppSecret}
}

// Test tries the credentials out and changes nothing: the checks of [onboard.Guide.Readiness], or what is
// wrong with fields, if any is wrong in itself: then nobody is asked. change may alter how the platform is
// reached, nil: nothing. It takes some seconds, and ends with ctx.
//
// The callback address is called from this machine, wherever it leads. A host that lets tenants fill it in
// sets an HTTPClient in change that does not connect to addresses of its own network.
func (c CloudAPI) Test(ctx context.Context, change func(*onboard.Config)) []Finding {
	if wrong := problems(c); wrong != nil {
		return wrong
	}
	cfg := onboard.Config{Graph: c.Config(), VerifyToken: c.VerifyToken}
	if change != nil {
		change(&cfg)
	}
	guide, err := onboard.New(cfg)
	if err != nil {
		return []Finding{{ID: "credentials", Title: "Credentials", Grade: Failed, Text: "They cannot be used as they are.", Do: "Copy each of them once more, without spaces and quotation marks."}}
	}
	report, err := guide.Readiness(ctx, onboard.Target{AppID: c.AppID, AccountID: c.AccountID, NumberID: c.NumberID, CallbackURL: c.CallbackURL})
	var findings []Finding
	for _, check := range report.Checks {
		findings = append(findings, Finding{
			ID: string(check.ID), Title: check.Title, Grade: grades[check.Grade], Value: check.Value,
			Text: check.Text, Do: check.Do, Link: check.Link, Code: check.Code,
		})
	}
	if err != nil {
		findings = append(findings, unfinished)
	}
	return findings
}

// grades are those of package onboard.
var grades = map[onboard.Grade]Grade{onboard.OK: OK, onboard.Unknown: Unknown, onboard.Warn: Warning, onboard.Fail: Failed}

var unfinished = Finding{ID: "test", Title: "Test", Grade: Failed, Text: "The test was broken off before its end.", Do: "Begin it again."}

// MarshalJSON leaves the secrets out.
func (c CloudAPI) MarshalJSON() ([]byte, error) { return shown(c), nil }

// LogValue shows which number it is.
func (c CloudAPI) LogValue() slog.Value {
	return slog.GroupValue(slog.String("number_id", c.NumberID), slog.Bool("token", c.Token != ""))
}

// Format implements [fmt.Formatter].
func (c CloudAPI) Format(f fmt.State, _ rune) { discreet.Format(f, c) }
