package template

import (
	"strconv"
	"strings"
)

// Sentence says in plain English what is wrong and what is wanted, for whoever wrote the
// template or fills it in: "Button 3: The text is too long (28 characters, at most 25)." It
// quotes as little as [Problem.String]. For other languages translate by Rule.
func (p Problem) Sentence() string {
	text, ok := sentences[p.Rule]
	if !ok {
		text = "This breaks a rule (" + string(p.Rule) + ")."
	}
	text = p.figures(text)
	if place := placeOf(p.Path); place != "" {
		return place + ": " + text
	}
	return text
}

// figures puts in what was measured. What stands in brackets is left out if nothing was.
func (p Problem) figures(text string) string {
	for {
		before, rest, ok := strings.Cut(text, "[")
		if !ok {
			break
		}
		inner, after, _ := strings.Cut(rest, "]")
		unknown := p.Limit == 0 && p.Actual == 0 && strings.Contains(inner, "{limit}") ||
			p.Limit == 0 && p.Actual == 0 && strings.Contains(inner, "{actual}") ||
			p.Want == "" && strings.Contains(inner, "{want}") || p.Got == "" && strings.Contains(inner, "{got}")
		if unknown {
			inner = ""
		}
		text = before + inner + after
	}
	return strings.NewReplacer(
		"{limit}", strconv.Itoa(p.Limit), "{actual}", strconv.Itoa(p.Actual), "{want}", p.Want, "{got}", p.Got,
	).Replace(text)
}

// placeOf says in words where a path leads, as people count: from 1. What people do not see,
// such as the number of a component, is left out.
func placeOf(path string) string {
	var words []string
	for part := range strings.SplitSeq(path, ".") {
		name, index, _ := strings.Cut(part, "[")
		n, err := strconv.Atoi(strings.TrimSuffix(index, "]"))
		word, ok := places[name]
		if !ok {
			continue
		}
		if name == "header" || name == "body" {
			if err == nil {
				word = "value " + strconv.Itoa(n+1) + " of the " + name
			}
		} else if err == nil {
			word = word + " " + strconv.Itoa(n+1)
		}
		words = append(words, word)
	}
	place := strings.Join(words, ", ")
	if place == "" {
		return ""
	}
	return strings.ToUpper(place[:1]) + place[1:]
}

// places are the parts of a path that people know.
var places = map[string]string{
	"name": "name", "language": "language", "category": "category", "header": "header", "body": "body", "footer": "footer",
	"buttons": "button", "cards": "card", "components": "part", "example": "example", "url": "web address",
	"phone_number": "phone number", "offer_ends": "end of the offer", "order_status": "status of the order",
	"supported_apps": "app", "limited_time_offer": "offer",
}

// sentences say what each rule wants.
var sentences = map[Rule]string{
	RuleName:          "The name must be 1 to 512 small letters (a to z), digits and underscores.",
	RuleLanguage:      "The language is missing or not one that WhatsApp lists[ ({got})].",
	RuleCategory:      "The category is missing or cannot be asked for[ ({got})]. Take marketing, utility or authentication.",
	RuleFormat:        "Variables are either numbered or named[, not {got}].",
	RuleTTL:           "The time to deliver is out of range for this category[ ({actual} seconds, limit {limit})].",
	RuleDisplayFormat: "This display format works only for orders in marketing templates.",
	RuleOptimization:  "Optimization works only for marketing templates with a bid.",
	RuleIgnoredField:  "WhatsApp ignores this field here.",
	RuleUnknownField:  "This field is not known, or is of the wrong kind.",
	RuleReadBack:      "This was read back from WhatsApp and cannot be submitted as it is. Put in the original.",

	RuleComponentMissing:  "A part is missing that this kind of template needs[: {want}].",
	RuleComponentCount:    "There may be only one part of this kind[ ({actual} found)].",
	RuleComponentUnknown:  "This kind of part is not known[ ({got})].",
	RuleComponentCategory: "This part is not possible in this category[ ({got})].",
	RuleComponentMix:      "This part cannot stand together with another one of the template[ ({got})].",
	RuleComponentField:    "This field belongs to another category or another kind of part.",

	RuleTextMissing:   "The text is missing.",
	RuleTextLength:    "The text is too long[ ({actual} characters, at most {limit})].",
	RuleTextLines:     "There may be no line break here.",
	RuleTextMarks:     "There may be no formatting such as *bold* here.",
	RuleTextEmoji:     "WhatsApp may refuse emoji here, or so many of them[ ({actual}, at most {limit})].",
	RuleTextNewlines:  "There are more than two line breaks in a row.",
	RuleHeaderFormat:  "The kind of header is missing or not possible here[: {want} is wanted].",
	RuleHeaderHandle:  "The header needs a sample file.",
	RuleExpiration:    "A code must expire after 1 to 90 minutes.",
	RuleOfferButtons:  "An offer needs a button to copy the code, and then one with a web address.",
	RuleCards:         "The number of cards is not possible[ ({actual}, limit {limit})].",
	RuleCardShape:     "All cards must be built like the first one[ ({want} is wanted, {got} found)].",
	RuleCardComponent: "This card has no header, or a part that no card may have.",

	RuleVariableToken:    "The name of a variable may hold small letters and underscores only, and not begin with a digit.",
	RuleVariableBraces:   "The braces of a variable do not match. Write {{1}} or {{name}}.",
	RuleVariableMixed:    "Use either numbered or named variables, as the template says.",
	RuleVariableSequence: "Numbers of variables must run from 1 without a gap.",
	RuleVariableTwice:    "A named variable may occur only once in a text.",
	RuleVariableEdge:     "A text may not begin or end with a variable. Put a word there.",
	RuleVariableAdjacent: "There must be something between two variables.",
	RuleVariableCount:    "There are too many variables[ ({actual}, at most {limit})].",
	RuleVariableRatio:    "There are many variables for few words. WhatsApp may refuse that.",

	RuleExampleMissing: "A variable has no example.",
	RuleExampleCount:   "There must be one example for each variable[ ({limit} wanted, {actual} found)].",
	RuleExampleKey:     "The examples stand under the key of the other kind of variables.",
	RuleExampleNesting: "The examples of a body must be a list within a list.",
	RuleExampleName:    "There is an example for a variable that does not occur.",
	RuleExampleIdle:    "There are examples, but no variables.",

	RuleButtonCount:    "There are too many buttons[ ({actual}, at most {limit})].",
	RuleButtonGroup:    "Quick replies must stand together, before or behind all other buttons.",
	RuleButtonAlone:    "This kind of button must stand alone[ ({got})].",
	RuleButtonCategory: "This kind of button is not possible in this category[ ({got})].",
	RuleButtonUnknown:  "This kind of button is not known[ ({got})].",
	RuleLabelTwice:     "Two buttons have the same text.",
	RuleLabelFixed:     "WhatsApp decides the text of this button[: {want}].",
	RuleURL:            "This is not a complete web address that begins with https:// or http://; before a variable, something must stand behind the host, at least a slash.",
	RulePhone:          "This is not a phone number of up to 20 digits.",
	RuleFlowSource:     "Name the form by exactly one of its id, its name and its content.",
	RuleFlowField:      "The form knows no such action or icon.",
	RuleOTPType:        "The kind of code button is missing or not known.",
	RuleOTPApps:        "This kind of code button needs 1 to 5 apps.",
	RuleOTPApp:         "The package name or the signature of the app is not well-formed.",
	RuleOTPTerms:       "The terms of zero-tap codes must be accepted.",

	RuleDuplicateName: "There is a template of this name in this language already.",
	RuleDuplicateText: "Another template has the same text.",

	RuleValueCount:      "The number of values is wrong[ ({limit} wanted, {actual} given)].",
	RuleValueName:       "The values do not match the names of the variables[ ({want} is wanted, {got} given)].",
	RuleValueMissing:    "A value is missing[: {want}].",
	RuleValueUnexpected: "There is a value for something that takes none.",
	RuleValueKind:       "This is of the wrong kind[: {want} is wanted].",
	RuleValueBlank:      "This must be filled in.",
	RuleValueBreak:      "There may be no line break and no tab in a value.",
	RuleValueSpaces:     "There may be at most 4 spaces in a row.",
	RuleValueEncoding:   "This cannot be read[: {want} is wanted].",
	RuleValueLength:     "This is too long[ ({actual} characters, at most {limit})].",
	RuleRenderedLength:  "With its values filled in the text is too long[ ({actual} characters, at most {limit})].",
	RuleMediaSource:     "Give either an uploaded file or a link.",
	RuleMediaLink:       "The link must be complete and begin with https:// or http://.",
	RuleMediaFilename:   "Only a document has a file name.",
	RuleLocation:        "There is no such place: latitude is -90 to 90 and longitude -180 to 180 degrees.",
	RuleCurrency:        "A currency is three capital letters, such as EUR.",
	RuleURLSuffix:       "The end of the web address has a character that must be percent-encoded, doubles the slash, or leads to another site.",
	RuleCoupon:          "A coupon code is 1 to 20 letters and digits.",
	RuleButtonIndex:     "There is no such button, or two values for it.",
	RuleMinutes:         "The number of minutes must be 1 to 43200.",
	RuleSections:        "There must be 1 to 10 sections with 1 to 30 products in all[ ({actual} found)].",
	RuleCardCount:       "The number of cards is wrong[ ({actual}, wanted {limit})].",
	RuleOrderStatus:     "There is no such status of an order.",
	RuleDefinition:      "The template itself has a fault, so that it cannot be filled in.",
	RuleAnswer:          "The template asks for nothing under this name.",

	RuleNamesInOrder: "The values have no names here. Say that their order is that of the template.",
	RuleButtonBase:   "The value would fit the button before. Is the first button number 1 where this comes from?",
}
