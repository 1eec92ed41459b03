package main

import (
	"cmp"
	"fmt"

	"github.com/kanava-go/kanava/template"
)

// said words a broken rule of a template for its author.
func said(p template.Problem) string {
	text := cmp.Or(ruleWords[p.Rule], string(p.Rule))
	switch {
	case p.Limit != 0 && p.Actual > p.Limit:
		text += fmt.Sprintf(" (is %d, at most %d)", p.Actual, p.Limit)
	case p.Limit != 0 || p.Actual != 0:
		text += fmt.Sprintf(" (is %d, limit %d)", p.Actual, p.Limit)
	}
	if p.Want != "" || p.Got != "" {
		text += fmt.Sprintf(" (expected %s, is %s)", cmp.Or(p.Want, "nothing"), cmp.Or(p.Got, "nothing"))
	}
	return text
}

// ruleWords say what is wrong where a rule is broken.
var ruleWords = map[template.Rule]string{
	template.RuleName:          "a name has 1 to 512 characters out of a-z, 0-9 and _",
	template.RuleLanguage:      "the language is missing, or none that Meta lists",
	template.RuleCategory:      "the category is missing, or cannot be asked for",
	template.RuleFormat:        "parameter_format is POSITIONAL or NAMED",
	template.RuleTTL:           "the time to live is out of the category's range of seconds",
	template.RuleDisplayFormat: "display_format is ORDER_DETAILS, in MARKETING",
	template.RuleOptimization:  "only a marketing template with a bid can be optimised",
	template.RuleIgnoredField:  "Meta ignores this field",
	template.RuleUnknownField:  "there is no such field, or it has another type",
	template.RuleReadBack:      "this is what Meta makes of it on reading, and cannot be submitted",

	template.RuleComponentMissing:  "a component is missing that the template needs",
	template.RuleComponentCount:    "there is more than one component of a kind",
	template.RuleComponentUnknown:  "this kind of component is not known",
	template.RuleComponentCategory: "the category does not have this component",
	template.RuleComponentMix:      "the component does not go together with another one",
	template.RuleComponentField:    "the field belongs to another category or kind",

	template.RuleTextMissing:   "the text is missing",
	template.RuleTextLength:    "the text is too long",
	template.RuleTextLines:     "there may be no line break here",
	template.RuleTextMarks:     "there may be no formatting marks here",
	template.RuleTextEmoji:     "emoji in a header or label, or more than 10 in the body, are mostly refused",
	template.RuleTextNewlines:  "more than 2 line breaks in a row are mostly refused",
	template.RuleHeaderFormat:  "the header's format is missing, unknown or not possible here",
	template.RuleHeaderHandle:  "the header has no sample file",
	template.RuleExpiration:    "code_expiration_minutes is 1 to 90",
	template.RuleOfferButtons:  "an offer has the buttons COPY_CODE and URL, in this order",
	template.RuleCards:         "the number of cards is not possible",
	template.RuleCardShape:     "the card is built differently from the first one",
	template.RuleCardComponent: "the card has no header, or something that no card may have",

	template.RuleVariableToken:    "the braces hold no name of a variable: a-z, 0-9 and _, without spaces",
	template.RuleVariableBraces:   "the braces do not match",
	template.RuleVariableMixed:    "numbers and names are mixed, or are not those of parameter_format",
	template.RuleVariableSequence: "the numbers do not run from 1 without gaps",
	template.RuleVariableTwice:    "a name occurs twice in the text",
	template.RuleVariableEdge:     "a variable stands at the beginning or the end of the text",
	template.RuleVariableAdjacent: "there is nothing between two variables",
	template.RuleVariableCount:    "there are more variables than the component may have",
	template.RuleVariableRatio:    "there are many variables for so few words",

	template.RuleExampleMissing: "a variable has no sample",
	template.RuleExampleCount:   "there is not one sample for each variable",
	template.RuleExampleKey:     "the samples are under the key of the other format",
	template.RuleExampleNesting: "body_text is a list in a list",
	template.RuleExampleName:    "there is a sample for a name that does not occur",
	template.RuleExampleIdle:    "there are samples without a variable",

	template.RuleButtonCount:    "there are too many buttons, or too many of a kind",
	template.RuleButtonGroup:    "the quick replies do not stand together at the beginning or the end",
	template.RuleButtonAlone:    "this button stands no other kind beside it",
	template.RuleButtonCategory: "the category does not have this button",
	template.RuleButtonUnknown:  "this kind of button is not known",
	template.RuleLabelTwice:     "two buttons have the same label",
	template.RuleLabelFixed:     "the label must be as Meta has it",
	template.RuleURL:            "this is no absolute http or https URL",
	template.RulePhone:          "a phone number has up to 20 digits and may begin with +",
	template.RuleFlowSource:     "exactly one of flow_id, flow_name and flow_json is needed",
	template.RuleFlowField:      "there is no such action or icon",
	template.RuleOTPType:        "otp_type is missing or unknown",
	template.RuleOTPApps:        "this type needs 1 to 5 apps",
	template.RuleOTPApp:         "the package name or the signature hash is malformed",
	template.RuleOTPTerms:       "the terms of zero-tap are not accepted",

	template.RuleDuplicateName: "there is a template of this name in this language",
	template.RuleDuplicateText: "another template has the same body and footer",

	template.RuleValueCount:      "the number of values is wrong",
	template.RuleValueName:       "a named value is missing, unknown, there twice or without a name",
	template.RuleValueMissing:    "the value is missing",
	template.RuleValueUnexpected: "nothing can be filled in here",
	template.RuleValueKind:       "the value is of another kind, or cannot be read",
	template.RuleValueBlank:      "the value is empty",
	template.RuleValueBreak:      "the value has a line break or a tab in it",
	template.RuleValueSpaces:     "the value has more than 4 spaces in a row",
	template.RuleValueEncoding:   "the value is not UTF-8, or not JSON of the right kind",
	template.RuleValueLength:     "the value is too long",
	template.RuleRenderedLength:  "the text is too long once it is filled in",
	template.RuleMediaSource:     "a file is given by its id or by a link, by one of them",
	template.RuleMediaLink:       "the link is no absolute http or https URL",
	template.RuleMediaFilename:   "only a document has a file name",
	template.RuleLocation:        "the place is outside of the globe",
	template.RuleCurrency:        "a currency is three capital letters",
	template.RuleURLSuffix:       "the end of the URL needs percent-encoding, or doubles the slash",
	template.RuleCoupon:          "a coupon code has 1 to 20 letters and digits",
	template.RuleButtonIndex:     "there is no such button, or it is there twice",
	template.RuleMinutes:         "the minutes are 1 to 43200",
	template.RuleSections:        "there are 1 to 10 sections with 1 to 30 products",
	template.RuleCardCount:       "the number of cards is wrong",
	template.RuleOrderStatus:     "this is no status of an order",
	template.RuleDefinition:      "the definition itself cannot be filled in",
	template.RuleNamesInOrder:    "the notation has no names",
	template.RuleButtonBase:      "the button before it would fit: is the first one called 1?",
}
