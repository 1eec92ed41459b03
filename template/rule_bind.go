package template

// The rules of Bind. The comment gives the code Meta answers, or the closest
// one where Meta does not document it.
const (
	RuleValueCount      Rule = "value-count"      // 132000: number of values differs; Limit is the number wanted
	RuleValueName       Rule = "value-name"       // 132000: a named value missing, unknown, doubled or unnamed
	RuleValueMissing    Rule = "value-missing"    // 131008: a required value is not there
	RuleValueUnexpected Rule = "value-unexpected" // 132000: a value for something that takes none; 132012 on a button
	RuleValueKind       Rule = "value-kind"       // 132012: for example an image for a document header; 131009 for a moment or code that cannot be
	RuleValueBlank      Rule = "value-blank"      // 131008: empty or only spaces
	RuleValueBreak      Rule = "value-break"      // 132018: line break or tab
	RuleValueSpaces     Rule = "value-spaces"     // 132018: more than 4 spaces in a row
	RuleValueEncoding   Rule = "value-encoding"   // 100: not UTF-8, or not JSON of the right kind
	RuleValueLength     Rule = "value-length"     // 131009: longer than its kind allows
	RuleRenderedLength  Rule = "rendered-length"  // 132005: too long after substitution
	RuleMediaSource     Rule = "media-source"     // 131009: both id and link; 131008: neither
	RuleMediaLink       Rule = "media-link"       // 131009: not an absolute http or https URL
	RuleMediaFilename   Rule = "media-filename"   // 132012: a file name for something other than a document
	RuleLocation        Rule = "location-range"   // 131009: outside of the globe
	RuleCurrency        Rule = "currency-code"    // 132012: not three capital letters
	RuleURLSuffix       Rule = "url-suffix"       // 131009: needs percent-encoding, doubles the slash, or leads to another host
	RuleCoupon          Rule = "coupon-code"      // 131009: not 1 to 20 letters and digits
	RuleButtonIndex     Rule = "button-index"     // 131009: no such button, or the same one twice
	RuleMinutes         Rule = "ttl-minutes"      // 131009: not 1 to 43200
	RuleSections        Rule = "product-sections" // 131009: not 1 to 10 sections with 1 to 30 products
	RuleCardCount       Rule = "card-count"       // 132000: number of cards differs
	RuleOrderStatus     Rule = "order-status"     // 131009: not one of the known statuses
	RuleDefinition      Rule = "definition"       // 132012: the definition itself cannot be bound

	// The rule of FillAnswers.

	RuleAnswer Rule = "answer-unknown" // 100: the template asks for nothing of this key

	// The rules of the converters from other notations.

	RuleNamesInOrder Rule = "names-in-order" // the notation has no names: say that order will do
	RuleButtonBase   Rule = "button-base"    // the button before it would fit: is the first one called 1?
)
