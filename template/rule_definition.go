package template

// The rules of Validate, in the order in which it checks them. Those that only
// ever warn are marked.
const (
	RuleName          Rule = "name"           // not 1 to 512 of a-z, 0-9 and _
	RuleLanguage      Rule = "language"       // absent; a warning if Meta does not list it
	RuleCategory      Rule = "category"       // absent, or one that cannot be asked for
	RuleFormat        Rule = "format"         // neither POSITIONAL nor NAMED
	RuleTTL           Rule = "ttl"            // out of the category's range, in seconds
	RuleDisplayFormat Rule = "display-format" // warning: not ORDER_DETAILS in MARKETING
	RuleOptimization  Rule = "optimization"   // warning: not a marketing template, or no bid
	RuleIgnoredField  Rule = "ignored-field"  // warning: Meta ignores it
	RuleUnknownField  Rule = "unknown-field"  // warning: not a field this package knows, or of the wrong type
	RuleReadBack      Rule = "read-back"      // holds what Meta makes of it on reading; warning for media links

	RuleComponentMissing  Rule = "component-missing"  // a component the template cannot do without
	RuleComponentCount    Rule = "component-count"    // more than one of a kind
	RuleComponentUnknown  Rule = "component-unknown"  // warning: not a kind this package knows
	RuleComponentCategory Rule = "component-category" // not in this category
	RuleComponentMix      Rule = "component-mix"      // not together with another component
	RuleComponentField    Rule = "component-field"    // a field that belongs to another category or kind

	RuleTextMissing   Rule = "text-missing"
	RuleTextLength    Rule = "text-length"    // a warning if only UTF-16 units exceed the limit
	RuleTextLines     Rule = "text-lines"     // a line break where there may be none
	RuleTextMarks     Rule = "text-marks"     // formatting marks where there may be none
	RuleTextEmoji     Rule = "text-emoji"     // warning: emoji in header, label, or more than 10 in the body
	RuleTextNewlines  Rule = "text-newlines"  // warning: more than 2 line breaks in a row
	RuleHeaderFormat  Rule = "header-format"  // absent, unknown or not possible here
	RuleHeaderHandle  Rule = "header-handle"  // no sample file
	RuleExpiration    Rule = "expiration"     // code_expiration_minutes is not 1 to 90
	RuleOfferButtons  Rule = "offer-buttons"  // not COPY_CODE and URL in that order
	RuleCards         Rule = "cards"          // number of cards
	RuleCardShape     Rule = "card-shape"     // a card is built differently from the first
	RuleCardComponent Rule = "card-component" // no header, or something that no card may have

	RuleVariableToken    Rule = "variable-token"    // not a name; a warning for digits inside one
	RuleVariableBraces   Rule = "variable-braces"   // braces do not match; a warning for single ones
	RuleVariableMixed    Rule = "variable-mixed"    // numbers and names, or not those of the format
	RuleVariableSequence Rule = "variable-sequence" // numbers do not run from 1 without gaps
	RuleVariableTwice    Rule = "variable-twice"    // a name occurs twice in one text
	RuleVariableEdge     Rule = "variable-edge"     // at the beginning or end of the text
	RuleVariableAdjacent Rule = "variable-adjacent" // nothing between two variables
	RuleVariableCount    Rule = "variable-count"    // more than the component may have
	RuleVariableRatio    Rule = "variable-ratio"    // warning: many variables for few words

	RuleExampleMissing Rule = "example-missing" // a variable without sample
	RuleExampleCount   Rule = "example-count"   // not one sample for each variable
	RuleExampleKey     Rule = "example-key"     // samples under the key of the other format
	RuleExampleNesting Rule = "example-nesting" // body_text is not a list in a list
	RuleExampleName    Rule = "example-name"    // a sample for a name that does not occur
	RuleExampleIdle    Rule = "example-idle"    // warning: samples without variable

	RuleButtonCount    Rule = "button-count"    // more than 10, or than the kind may have; a warning where Meta does not say
	RuleButtonGroup    Rule = "button-group"    // quick replies not together at the beginning or end
	RuleButtonAlone    Rule = "button-alone"    // a kind that stands no other beside it
	RuleButtonCategory Rule = "button-category" // not in this category
	RuleButtonUnknown  Rule = "button-unknown"  // warning: not a kind this package knows
	RuleLabelTwice     Rule = "label-twice"     // warning: two buttons with the same label
	RuleLabelFixed     Rule = "label-fixed"     // a label that must be as Meta has it
	RuleURL            Rule = "url"             // not an absolute http or https URL, or one whose variable could change the host
	RulePhone          Rule = "phone"           // not up to 20 digits with an optional +
	RuleFlowSource     Rule = "flow-source"     // not exactly one of flow_id, flow_name and flow_json
	RuleFlowField      Rule = "flow-field"      // an action or icon that does not exist
	RuleOTPType        Rule = "otp-type"        // absent or unknown
	RuleOTPApps        Rule = "otp-apps"        // not 1 to 5 apps where the type needs them
	RuleOTPApp         Rule = "otp-app"         // package name or signature hash malformed
	RuleOTPTerms       Rule = "otp-terms"       // zero-tap terms not accepted

	RuleDuplicateName Rule = "duplicate-name" // the catalog has this name in this language
	RuleDuplicateText Rule = "duplicate-text" // warning: another template has the same body and footer
)

// Error subcodes of template creation, as far as they are known.
const (
	subLength       = 2388040
	subHeaderFormat = 2388047
	subBodyFormat   = 2388072
	subFooterFormat = 2388073
	subRatio        = 2388293
	subEdge         = 2388299
	subDuplicate    = 2388024
)
