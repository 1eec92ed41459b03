package redact

// options is a Redactor made ready for one text: defaults filled in.
type options struct {
	r    *Redactor
	mask rune
}

// zero serves nil receivers. It is never written.
var zero Redactor

func (r *Redactor) options() options {
	if r == nil {
		r = &zero
	}
	o := options{r: r, mask: rune(r.Mask)}
	if r.Mask == 0 || !r.Mask.valid() {
		o.mask = rune(DefaultMask)
	}
	return o
}
