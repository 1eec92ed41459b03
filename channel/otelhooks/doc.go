// Package otelhooks makes traces and metrics of OpenTelemetry out of the hooks of a hub and of a
// client, and out of a hub's Health. It needs the API only: the SDK and its exporters are the
// host's.
//
//	t, err := otelhooks.New(otelhooks.Config{}) // the global providers
//	graph, err := cloudapi.New(cloudapi.Config{Hooks: t.Graph(), …})
//	hub, err := channel.New(channel.Config{Hooks: t.Hub(), …})
//	stop, err := t.Watch(hub)
//
// # Traces
//
// A span for each Accept, each call of the ticketing, each attempt to send and each call of the
// Graph API; the last is inside of the attempt. A webhook that goes through a log
// (webhook/natslog, webhook/kafkalog) takes its trace along with [Telemetry.Inject] and
// [Telemetry.Extract], so that the POST and the Accept in another process are one trace. Beside
// the spans of the host's own, an HTTP handler's for instance, they are children and parents as
// the context says. The hub takes a trace through its store in the same way: from a POST to the ticket,
// from a reply to its sending, in whatever process and however much later. A status comes in a
// POST of its own, with a trace of its own; spans of one conversation or message have its ID in
// kanava.conversation and kanava.message, by which they are found together.
//
// # Metrics
//
// [Metrics] lists them with units and attributes. Histograms are recorded in the context of their
// span, so that an SDK with exemplars joins the two. dashboard.json is a dashboard for Grafana and
// alerts.yaml holds rules for Prometheus, in the names that OpenTelemetry's exporters give the
// metrics there; [Files] hands them out.
//
// # What is not shown
//
// Attributes are IDs of channels, conversations and messages of ours, kinds, words of the
// protocol, classes of errors and counts: never a text, a name, a phone number, a wamid, or the
// words of an error. Metrics have no attribute with more values than there are channels;
// Config.WithoutChannels drops that one too.
package otelhooks
