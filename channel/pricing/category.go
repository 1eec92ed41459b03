package pricing

import "strings"

// Category is a price category as status webhooks name it. Values that this
// version does not know are kept as they came.
type Category string

// Categories known to this version. A category for Meta Business Agent exists
// on the platform, but its spelling is not documented.
const (
	CategoryMarketing      Category = "marketing"
	CategoryMarketingLite  Category = "marketing_lite" // sent through the Marketing Messages API
	CategoryUtility        Category = "utility"
	CategoryAuthentication Category = "authentication"
	// CategoryAuthenticationInternational is spelt with a hyphen in some of
	// Meta's objects and with an underscore in others; this is the latter.
	CategoryAuthenticationInternational Category = "authentication_international"
	CategoryService                     Category = "service"
	// CategoryReferralConversion marks messages in a free entry point window.
	CategoryReferralConversion Category = "referral_conversion"
	CategoryGroupMarketing     Category = "group_marketing"
	CategoryGroupUtility       Category = "group_utility"
	CategoryGroupService       Category = "group_service"
	CategoryGeneralPurposeAI   Category = "general_purpose_ai"
)

// CategoryOf returns the category for a name used by any of Meta's objects:
// letter case and the choice between hyphen and underscore do not matter.
func CategoryOf(name string) Category {
	return Category(strings.ReplaceAll(strings.ToLower(name), "-", "_"))
}

// base returns the category whose rate applies.
func (c Category) base() Category {
	switch c {
	case CategoryMarketingLite, CategoryGroupMarketing:
		return CategoryMarketing
	case CategoryGroupUtility:
		return CategoryUtility
	case CategoryGroupService:
		return CategoryService
	default:
		return c
	}
}
