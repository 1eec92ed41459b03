package webhook

// FlowEvent is news about a Flow or about the endpoint that serves it. Which
// fields are set follows from Event.
// Source: https://developers.facebook.com/docs/whatsapp/flows/guides/flowswebhooks
// (checked 2026-10-06).
type FlowEvent struct {
	FlowID string
	Event  FlowEventKind

	// Message and Warning are sentences for the operator.
	Message, Warning string

	// OldStatus and NewStatus are such as "DRAFT" and "PUBLISHED".
	OldStatus, NewStatus string

	// AlertState is "ACTIVATED" or "DEACTIVATED".
	AlertState string

	// ErrorRate, Availability and Threshold are percent; for FlowLatency the
	// Threshold and P50, P90 are milliseconds.
	ErrorRate, Availability, Threshold float64
	P50, P90                           float64
	Requests                           int
	Errors                             []FlowError
}

// FlowError is one kind of error with its share of requests in percent.
type FlowError struct {
	Type  string
	Rate  float64
	Count int
}

// FlowEventKind says what is reported about a Flow. Other values may appear.
type FlowEventKind string

// The reports about Flows.
const (
	FlowStatusChange      FlowEventKind = "FLOW_STATUS_CHANGE"
	FlowClientErrorRate   FlowEventKind = "CLIENT_ERROR_RATE"
	FlowEndpointErrorRate FlowEventKind = "ENDPOINT_ERROR_RATE"
	FlowLatency           FlowEventKind = "ENDPOINT_LATENCY"
	FlowAvailability      FlowEventKind = "ENDPOINT_AVAILABILITY"
	FlowVersionExpiry     FlowEventKind = "FLOW_VERSION_EXPIRY_WARNING"
)

func (*FlowEvent) payload() {}
