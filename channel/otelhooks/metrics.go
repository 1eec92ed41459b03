package otelhooks

import (
	"embed"
	"io/fs"
	"slices"
)

// Metric describes one metric.
type Metric struct {
	// Name is such as "kanava.send.duration", Unit a unit of UCUM such as "s".
	Name, Unit string
	// Kind is "counter", "histogram" or "gauge".
	Kind string
	// Text says what is measured.
	Text string
	// Attributes are the names of its attributes.
	Attributes []string
}

// Attributes of metrics and spans.
const (
	attrChannel      = "kanava.channel"
	attrConversation = "kanava.conversation" // spans only
	attrMessage      = "kanava.message"      // spans only
	attrField        = "kanava.field"        // the webhook field
	attrChange       = "kanava.change"       // what the ticketing is told; "received" for a message
	attrKind         = "kanava.kind"         // of a message, an outage, a notice
	attrWork         = "kanava.work"
	attrState        = "kanava.state"    // of work: due, waiting, dead
	attrVersion      = "kanava.version"  // of the program that a process runs
	attrSeverity     = "kanava.severity" // of a notice
	attrOperation    = "kanava.operation"
	attrError        = "error.type" // a class; missing if all went well
	attrTry          = "kanava.try" // spans only
)

// Names of metrics.
const (
	acceptDuration = "kanava.accept.duration"
	acceptItems    = "kanava.accept.items"
	acceptFresh    = "kanava.accept.fresh"
	acceptMasked   = "kanava.accept.masked"
	applyAge       = "kanava.apply.age"
	hostDuration   = "kanava.host.duration"
	sendDuration   = "kanava.send.duration"
	sendWaited     = "kanava.send.waited"
	graphDuration  = "kanava.graph.duration"
	graphWaited    = "kanava.graph.waited"
	graphAttempts  = "kanava.graph.attempts"
	deadLetters    = "kanava.dead_letters"
	outages        = "kanava.outages"
	outageDuration = "kanava.outage.duration"
	notices        = "kanava.notices"
	budgetsLow     = "kanava.budgets.low"

	healthUp         = "kanava.health.up"
	healthDelay      = "kanava.health.delay"
	healthUncertain  = "kanava.health.uncertain"
	healthNotCovered = "kanava.health.not_covered"
	healthWork       = "kanava.health.work"
	healthCommit     = "kanava.health.commit"
	healthStore      = "kanava.health.store"
	healthProcesses  = "kanava.health.processes"
	healthLost       = "kanava.health.lost"
	healthLapses     = "kanava.health.lapses"
	healthSilence    = "kanava.health.silence"
	healthInHand     = "kanava.health.in_hand"
	healthUnheard    = "kanava.health.unheard"
	healthSkew       = "kanava.health.skew"
	healthOut        = "kanava.health.out"
)

var table = []Metric{
	{acceptDuration, "s", "histogram", "How long Accept took, until the items were durable.", []string{attrError}},
	{acceptItems, "{item}", "counter", "Items of webhooks that were handed to Accept.", nil},
	{acceptFresh, "{item}", "counter", "Items that had not been seen before.", nil},
	{acceptMasked, "{item}", "counter", "Items in which a card number was masked.", nil},
	{applyAge, "s", "histogram", "How old an item was when it had been applied, by WhatsApp's clock.", []string{attrChannel, attrField, attrError}},
	{hostDuration, "s", "histogram", "How long a call of the ticketing took.", []string{attrChannel, attrChange, attrError}},
	{sendDuration, "s", "histogram", "How long an attempt to send took.", []string{attrChannel, attrKind, attrError}},
	{sendWaited, "s", "histogram", "How long a message had waited when it was tried for the first time.", []string{attrChannel, attrKind}},
	{graphDuration, "s", "histogram", "How long a call of the Graph API took, waits and repeats included.", []string{attrOperation, attrError}},
	{graphWaited, "s", "histogram", "How long of it was spent waiting for permits and between repeats.", []string{attrOperation}},
	{graphAttempts, "{request}", "counter", "Requests that were made.", []string{attrOperation}},
	{deadLetters, "{item}", "counter", "Work that became a dead letter.", []string{attrChannel, attrWork}},
	{outages, "{outage}", "counter", "Outages that began.", []string{attrChannel, attrKind}},
	{outageDuration, "s", "histogram", "How long outages took that are over.", []string{attrChannel, attrKind}},
	{notices, "{notice}", "counter", "News of WhatsApp's about accounts, numbers and templates.", []string{attrChannel, attrKind, attrSeverity}},
	{budgetsLow, "{budget}", "counter", "Budgets that came to their low-water mark.", []string{attrChannel}},

	{healthUp, "1", "gauge", "1 if the store answered and Run is active in this process, else 0.", nil},
	{healthDelay, "s", "gauge", "For how long something has been waiting that should have been done.", nil},
	{healthUncertain, "{message}", "gauge", "Messages that wait for somebody to settle them.", []string{attrChannel}},
	{healthNotCovered, "{item}", "gauge", "Items signed with a secret that may not speak for what they named.", nil},
	{healthWork, "{item}", "gauge", "Work of each kind, counted to 1,000 for each channel.", []string{attrWork, attrState}},
	{healthCommit, "s", "gauge", "A running mean of how long this process's commits take.", nil},
	{healthStore, "By", "gauge", "The room that the store takes.", nil},
	{healthProcesses, "{process}", "gauge", "Processes that said lately that they live.", []string{attrVersion}},
	{healthLost, "{process}", "gauge", "Processes that died, hung or were cut off within the last day, and did not come back.", nil},
	{healthLapses, "{lapse}", "gauge", "How often the processes that live gave up what they had in hand, because the store did not hear of them in time.", nil},
	{healthSilence, "s", "gauge", "How long it is since a process was heard of, the longest of those that live.", nil},
	{healthInHand, "{item}", "gauge", "Work that the processes have in hand.", []string{attrWork}},
	{healthUnheard, "{change}", "gauge", "How many changes of settings and templates the process has not heard of that is furthest behind.", nil},
	{healthSkew, "s", "gauge", "How far the clock of a process is off that of the store, the most of all.", nil},
	{healthOut, "{outage}", "gauge", "1 for a channel that does not send, else 0.", []string{attrChannel}},
}

// Metrics returns the metrics that there are.
func Metrics() []Metric {
	all := slices.Clone(table)
	for i := range all {
		all[i].Attributes = slices.Clone(all[i].Attributes)
	}
	return all
}

//go:embed dashboard.json alerts.yaml
var files embed.FS

// Files holds dashboard.json, a dashboard for Grafana, and alerts.yaml, rules for Prometheus.
func Files() fs.FS { return files }
