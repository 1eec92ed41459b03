// Package logtest proves durable logs of webhook deliveries: what stands between the processes
// that receive webhooks and those that work them off.
//
// A log takes deliveries as a [webhook.Sink], and may answer nil, upon which Meta forgets them,
// only once they would survive the loss of the process and of a server. Any number of processes
// then feed them to a sink of their own, usually the hub, with Run. What the sink refuses comes
// again; what it refuses for ever is put aside, where people can look at it and have it replayed.
// Everything may come more than once, since sinks recognise what they have.
//
//	func TestMyLog(t *testing.T) {
//		logtest.Run(t, func(t *testing.T, o logtest.Options) logtest.Log {
//			return open(t, o)
//		})
//	}
//
// The logs of webhook/natslog and webhook/kafkalog pass it.
package logtest
