package template_test

import (
	"testing"

	"github.com/kanava-go/kanava/internal/canarytest"
	"github.com/kanava-go/kanava/template"
)

func TestNoPrintedValueShowsAPerson(t *testing.T) {
	t.Parallel()
	const own, numbers = "the business's own words", "names a place in a template"
	public := map[string]string{
		"Extra": "members of a definition", "Slot": numbers, "Problem": numbers, "Problems": numbers, "BindError": numbers,
		"ExpandError": numbers, "ShorthandError": numbers, "ShorthandOptions": "options", "ShorthandMapping": numbers,
		"Filter": own, "Observed": own, "Sendability": own, "NotSendableError": own, "Ref": own,
		"CatalogConfig": own, "Catalog": own, "Change": own, "Input": own,
	}
	for _, name := range []string{
		"Definition", "Header", "HeaderExample", "NamedExample", "Body", "BodyExample", "Footer", "Buttons", "Carousel", "Card",
		"LimitedTimeOffer", "CallPermissionRequest", "UnknownComponent", "LabelButton", "URLButton", "PhoneButton", "AppButton", "CodeButton",
		"OTPButton", "SupportedApp", "FlowButton", "UnknownButton", "Optimization", "Library", "Quality", "Health", "HealthEntity",
		"StatusFact", "QualityFact", "CategoryFact", "ComponentsFact",
	} {
		public[name] = own
	}
	canarytest.Test(t, canarytest.Package{
		Values: []any{
			template.Values{}, template.Value{}, template.HeaderValue{}, template.Media{}, template.Location{}, template.Product{},
			template.ButtonValue{}, template.Section{}, template.CardValues{}, template.OrderStatus{}, template.TapTarget{},
			template.Message{}, template.Parameter{}, template.Preview{}, template.PreviewHeader{}, template.PreviewOffer{},
			template.PreviewButton{}, template.PreviewCard{}, template.Shorthand{}, template.ShorthandButton{}, template.Pair{},
		},
		Public: public,
		Shown: map[string]string{
			"Preview.Template": "names the template", "Preview.Language": "names the template",
		},
		Words: true,
	})
}
