package pricing

// DefaultRules returns the price rules that this version knows, a fresh copy.
//
// Platform source: developers.facebook.com/documentation/business-messaging/whatsapp/pricing,
// .../pricing/non-template-messages, .../calling/pricing and .../groups/pricing,
// checked 2026-11-22. Rows that Meta does not confirm say so and give the
// answer that does not hide a cost.
func DefaultRules() Rules {
	const (
		freeService Date = "2024-11-01" // service conversations became free and unlimited
		perMessage  Date = "2025-07-01" // messages are charged, no longer conversations
		agentTokens Date = "2026-08-01" // Meta Business Agent is charged
		service     Date = "2026-10-01" // service and in-window utility are charged
		exemptEnds  Date = "2028-01-01"

		outside = InClosed | InOpen // of a free entry point window
		tier    = 1000
	)
	r := Rules{
		{From: freeService, Class: ClassInbound, In: Anywhere, Billable: BillableNo, Reason: ReasonInbound},
		{From: freeService, Class: ClassUserCall, In: Anywhere, Billable: BillableNo, Reason: ReasonInbound},
		{From: freeService, Class: ClassApp, In: Anywhere, Billable: BillableNo, Reason: ReasonBusinessApp},
		{From: freeService, Class: ClassReaction, In: Anywhere, Billable: BillableNo, Reason: ReasonReaction},
		// Whether a reaction is a service message now is undocumented.
		{From: service, Class: ClassReaction, In: outside, Billable: BillableUnknown, Reason: ReasonUndocumented},

		{From: freeService, Class: ClassService, In: outside, Billable: BillableNo, Reason: ReasonServicePeriod},
		{From: service, Class: ClassService, In: outside, Billable: BillableYes, Reason: ReasonRegular, FreeTier: tier},
		{From: freeService, Class: ClassServiceExempt, In: outside, Billable: BillableNo, Reason: ReasonServicePeriod},
		{From: service, Class: ClassServiceExempt, In: outside, Billable: BillableNo, Reason: ReasonExempt},
		{From: exemptEnds, Class: ClassServiceExempt, In: outside, Billable: BillableYes, Reason: ReasonRegular, FreeTier: tier},

		{From: freeService, Class: ClassUtility, In: InOpen, Billable: BillableUnknown, Reason: ReasonConversation, Unit: UnitConversation},
		{From: freeService, Class: ClassUtility, In: InClosed, Billable: BillableYes, Reason: ReasonRegular, Unit: UnitConversation},
		{From: perMessage, Class: ClassUtility, In: InOpen, Billable: BillableNo, Reason: ReasonWindowOpen},
		{From: perMessage, Class: ClassUtility, In: InClosed, Billable: BillableYes, Reason: ReasonRegular},
		{From: service, Class: ClassUtility, In: InOpen, Billable: BillableYes, Reason: ReasonRegular},

		// In groups each delivered recipient is one message. A group has no free
		// entry point window.
		{From: perMessage, Class: ClassGroupService, In: outside, Billable: BillableNo, Reason: ReasonServicePeriod},
		{From: service, Class: ClassGroupService, In: outside, Billable: BillableYes, Reason: ReasonRegular, FreeTier: tier},
		{From: perMessage, Class: ClassGroupUtility, In: InOpen, Billable: BillableNo, Reason: ReasonWindowOpen},
		{From: perMessage, Class: ClassGroupUtility, In: InClosed, Billable: BillableYes, Reason: ReasonRegular},
		{From: service, Class: ClassGroupUtility, In: InOpen, Billable: BillableYes, Reason: ReasonRegular},
		{From: perMessage, Class: ClassGroupMarketing, In: outside, Billable: BillableYes, Reason: ReasonRegular},

		{From: perMessage, Class: ClassBusinessCall, In: Anywhere, Billable: BillableYes, Reason: ReasonPerPulse, Unit: UnitPulse},
		// A free entry point window does not make Meta's own agent free.
		{From: agentTokens, Class: ClassAgent, In: Anywhere, Billable: BillableYes, Reason: ReasonPerToken, Unit: UnitToken},
	}
	for _, class := range []Class{ClassMarketing, ClassAuthentication, ClassAuthenticationInternational} {
		r = append(r,
			Rule{From: freeService, Class: class, In: outside, Billable: BillableYes, Reason: ReasonRegular, Unit: UnitConversation},
			Rule{From: perMessage, Class: class, In: outside, Billable: BillableYes, Reason: ReasonRegular},
		)
	}
	for _, class := range []Class{ClassService, ClassServiceExempt, ClassUtility, ClassMarketing,
		ClassAuthentication, ClassAuthenticationInternational} {
		r = append(r, Rule{From: freeService, Class: class, In: InFreeEntry, Billable: BillableNo, Reason: ReasonFreeEntry})
	}
	return r
}
