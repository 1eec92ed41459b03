package template

// Limits of a multi-product message.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/marketing-templates/mpm-templates
// (checked 2026-11-22).
const (
	maxSections = 10
	maxProducts = 30 // over all sections
)

// sections adds the products of a multi-product button and returns how many
// there are.
func (b *binder) sections(path string, i int, v *ButtonValue) int {
	total, blank := 0, false
	for _, s := range v.Sections {
		total += len(s.Products)
		// A single section needs no title, several are told apart by it.
		blank = blank || s.Title == "" && len(v.Sections) > 1 || len(s.Products) == 0
		b.checkUTF8(path, s.Title)
		for _, id := range s.Products {
			blank = blank || id == ""
			b.checkUTF8(path, id)
		}
	}
	switch {
	case len(v.Sections) > maxSections:
		b.problem(Problem{Path: path, Rule: RuleSections, Limit: maxSections, Actual: len(v.Sections), Code: CodeInvalidValue})
	case total > maxProducts:
		b.problem(Problem{Path: path, Rule: RuleSections, Limit: maxProducts, Actual: total, Code: CodeInvalidValue})
	case blank:
		b.problem(Problem{Path: path, Rule: RuleValueBlank, Code: CodeMissing})
	}
	b.action(i, "mpm", func(w *writer) {
		w.str("thumbnail_product_retailer_id", v.Thumbnail)
		w.list("sections", len(v.Sections), func(s int) {
			outer := w.begin(nil)
			w.str("title", v.Sections[s].Title)
			products := v.Sections[s].Products
			w.list("product_items", len(products), func(j int) {
				inner := w.begin(nil)
				w.str("product_retailer_id", products[j])
				w.end(inner)
			})
			w.end(outer)
		})
	})
	return total
}
