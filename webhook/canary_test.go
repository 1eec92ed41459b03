package webhook_test

import (
	"testing"

	"github.com/kanava-go/kanava/internal/canarytest"
	"github.com/kanava-go/kanava/webhook"
)

func TestNoPrintedValueShowsAPerson(t *testing.T) {
	t.Parallel()
	canarytest.Test(t, canarytest.Package{
		Values: []any{
			webhook.Delivery{}, webhook.Event{}, webhook.Number{}, webhook.Identity{}, webhook.Error{},
			webhook.Unknown{}, webhook.Text{}, webhook.Media{}, webhook.Location{}, webhook.Contacts{},
			webhook.Reaction{}, webhook.Order{}, webhook.Welcome{}, webhook.Edit{}, webhook.Revoke{},
			webhook.Unsupported{}, webhook.MediaPlaceholder{}, webhook.PastContent{}, webhook.QuickReply{}, webhook.ButtonReply{},
			webhook.ListReply{}, webhook.FlowReply{}, webhook.CallPermission{}, webhook.PaymentMethod{},
			webhook.ProductReply{}, webhook.System{}, webhook.Message{}, webhook.ErrorNotice{}, webhook.Status{},
			webhook.PaymentStatus{}, webhook.Call{}, webhook.CallStatus{}, webhook.Echo{}, webhook.StandbyMessage{},
			webhook.StandbyStatus{}, webhook.StandbyEcho{}, webhook.Handover{}, webhook.HistoryMessage{},
			webhook.HistoryChunk{}, webhook.HistoryDeclined{}, webhook.ContactSync{}, webhook.UserPreference{},
			webhook.UserIDUpdate{}, webhook.UserAction{}, webhook.AutomaticEvent{}, webhook.TrackingEvent{},
			webhook.GroupLifecycle{}, webhook.GroupParticipants{}, webhook.GroupSettings{}, webhook.GroupStatus{},
			webhook.TemplateStatus{}, webhook.TemplateQuality{}, webhook.TemplateComponents{},
			webhook.TemplateCategory{}, webhook.TemplateMiscategorized{}, webhook.FlowEvent{}, webhook.AccountAlert{},
			webhook.AccountReview{}, webhook.AccountUpdate{}, webhook.CapabilityUpdate{}, webhook.PartnerSolution{},
			webhook.NumberSettings{}, webhook.NumberName{}, webhook.NumberQuality{}, webhook.UsernameUpdate{},
			webhook.SecurityEvent{}, webhook.PaymentConfiguration{}, webhook.Card{}, webhook.CardName{},
			webhook.CardPhone{}, webhook.CardEntry{}, webhook.CardAddress{}, webhook.OrderItem{}, webhook.Product{},
			webhook.Participant{}, webhook.Context{}, webhook.Referral{}, webhook.CallSession{}, webhook.Amount{},
			webhook.Transaction{}, webhook.Refund{}, webhook.Pricing{}, webhook.Conversation{}, webhook.Template{},
			webhook.TemplateButton{}, webhook.Violation{}, webhook.Restriction{}, webhook.Ban{}, webhook.WABAInfo{},
			webhook.Disconnection{}, webhook.Certification{}, webhook.AuthRates{}, webhook.VolumeTier{},
			webhook.FlowError{}, webhook.GroupSetting{}, webhook.CallHours{}, webhook.OpenHours{}, webhook.Scope{}, webhook.Secret{}, webhook.Record{}, webhook.DeadRecord{},
		},
		Public: map[string]string{
			"Recorder": "settings", "Outcome": "quotes nothing of the delivery", "FeederConfig": "settings", "Feeder": "has no exported fields",
			"Config":   "holds secrets, which a test of their own looks for",
			"Handler":  "has no exported fields",
			"Verifier": "has no exported fields",
		},
		Shown: map[string]string{
			"Event.Account": "the business's own account", "Number.ID": "the business's own number",
			"Record.ID": "a hash", "DeadRecord.ID": "a hash", "Template.ID": "the business's own template", "FlowEvent.FlowID": "the business's own Flow",
		},
	})
}
