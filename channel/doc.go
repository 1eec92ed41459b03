// Package channel is the hub of a WhatsApp support channel.
package channel
