package cloudapi_test

import (
	"testing"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/internal/canarytest"
)

func TestNoPrintedValueShowsAPerson(t *testing.T) {
	t.Parallel()
	public := map[string]string{
		"Config": "has tests of its own", "Client": "has tests of its own", "Error": "has tests of its own",
	}
	for _, name := range []string{
		"Account", "AccountInfo", "Subscription", "Business", "MessagingQuery", "MessagingPoint", "PricingQuery",
		"PricingPoint", "TemplateFiguresQuery", "TemplateFigures", "TemplateClicks", "App", "TokenInfo",
		"Automation", "Command", "CallPermission", "CallAction", "CallLimit", "TransportError", "Health",
		"HealthEntity", "HealthProblem", "Hooks", "CallInfo", "CallResult", "Observation", "LimitError", "Limits",
		"Number", "NumberInfo", "WebhookAddresses", "NumberQuery", "NewNumber", "Profile", "ProfileChange",
		"QRCode", "Settings", "StorageSettings", "CallSettings", "CallIcons", "CallHours", "OpeningTime",
		"Holiday", "Commerce", "LibraryQuery", "LibraryTemplate", "AuthPreviewQuery", "AuthPreview",
		"TemplateQuery", "CreatedTemplate", "TemplateCount", "Migration", "Migrated", "Username",
		"Flow", "FlowAsset", "FlowChange", "FlowInfo", "FlowMetricQuery", "FlowPoint", "FlowPreview", "FlowProblem", "FlowSaved", "MigratedFlows", "NewFlow",
		"AppWebhook", "Group", "JoinDecision", "PublicKey", "Archived", "Comparison", "UpsertedTemplate", "CreditLine", "AssignedUser",
	} {
		public[name] = "about the business's own account, numbers and figures"
	}
	canarytest.Test(t, canarytest.Package{
		Values: []any{
			cloudapi.BlockResult{}, cloudapi.BlockFailure{}, cloudapi.BlockedUser{}, cloudapi.MediaInfo{}, cloudapi.Permit{},
			cloudapi.Session{}, cloudapi.Webhook{}, cloudapi.Grant{},
			cloudapi.GroupInfo{}, cloudapi.GroupPerson{}, cloudapi.JoinRequest{}, cloudapi.NewGroup{}, cloudapi.GroupChange{},
		},
		Public: public,
		Shown:  map[string]string{"MediaInfo.ID": "WhatsApp's", "MediaInfo.MIME": "a word", "Permit.Number": "the business's own"},
		Words:  true,
	})
}
