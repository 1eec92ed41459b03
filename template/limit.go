package template

// Limits of texts, in characters. Meta does not say what it counts. This package
// counts Unicode code points and warns where only the number of UTF-16 units,
// in which an emoji may count double, is too high.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
// (checked 2026-11-22).
const (
	MaxName      = 512 // of a template; ASCII only
	MaxHeader    = 60
	MaxBody      = 1024
	MaxOfferBody = 600 // body of a limited-time offer
	MaxCardBody  = 160 // body of a carousel card, and of a single-product template
	MaxFooter    = 60
	MaxLabel     = 25   // on a button
	MaxOffer     = 16   // text of a limited-time offer
	MaxURL       = 2000 // of a button, its suffix included
	MaxPhone     = 20   // of a button
	MaxCoupon    = 20   // coupon code; 15 until 2025-12-03, which some pages still print
	MaxCode      = 15   // one-time code
)

// Limits of numbers.
const (
	MaxButtons = 10 // of a template, over all kinds
	MaxCards   = 10 // of a carousel; at least 2
)

// A template that consists of a body only may grow further when it is filled.
// Meta's figures differ from page to page: beyond the lower Bind warns, beyond
// the upper it refuses.
const (
	maxBareBody     = 32768
	maxBareBodySafe = 4096
)

// maxVariables is far above what fits into any text, and keeps the work of
// matching names bounded.
const maxVariables = 500
