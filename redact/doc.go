// Package redact removes payment-card numbers from text.
//
//	clean := redact.Cards("my card is 4242 4242 4242 4242")
//	// my card is XXXX XXXX XXXX 4242
package redact
