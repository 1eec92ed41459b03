package template

import (
	"slices"
	"strings"
)

// CanonicalLanguage returns a language code as the API writes it, language in
// lower case and region in upper case with an underscore between: webhooks
// write "en-US" where the API writes "en_US". Codes that are already so come
// back as they are, without allocation. It does not check that the language
// exists; see [KnownLanguage].
func CanonicalLanguage(code string) string {
	var buf [16]byte
	out, same := canonicalLanguage(code, buf[:0])
	if same {
		return code
	}
	return string(out)
}

// canonicalLanguage appends the canonical form of code to dst, and reports
// whether code is in that form already; then dst is not touched.
func canonicalLanguage(code string, dst []byte) (out []byte, same bool) {
	// Most codes are canonical: look before building anything.
	region, same := false, true
	for i := range len(code) {
		if c := code[i]; canonicalByte(c, region) != c {
			same = false
			break
		}
		region = region || code[i] == '_'
	}
	if same {
		return dst, true
	}
	region = false
	for i := range len(code) {
		dst = append(dst, canonicalByte(code[i], region))
		region = region || code[i] == '_' || code[i] == '-'
	}
	return dst, false
}

// canonicalByte returns a byte of a code as it should be; region says whether it
// stands behind the first separator.
func canonicalByte(c byte, region bool) byte {
	switch {
	case c == '-':
		return '_'
	case region && c >= 'a' && c <= 'z':
		return c - 'a' + 'A'
	case !region && c >= 'A' && c <= 'Z':
		return c - 'A' + 'a'
	}
	return c
}

// BaseLanguage returns the language of a code without its region: "en" for
// "en_GB" and for "en".
func BaseLanguage(code string) string {
	base, _, _ := strings.Cut(CanonicalLanguage(code), "_")
	return base
}

// languages are the codes Meta lists for templates.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/supported-languages
// (checked 2026-11-22).
const languages = "af ar ar_AE ar_EG ar_LB ar_MA ar_QA az be_BY bg bn bn_IN ca cs da de de_AT de_CH el " +
	"en en_AE en_AU en_CA en_GB en_GH en_IE en_IN en_JM en_MY en_NZ en_QA en_SG en_UG en_US en_ZA " +
	"es es_AR es_CL es_CO es_CR es_DO es_EC es_ES es_HN es_MX es_PA es_PE es_UY et fa fi fil " +
	"fr fr_BE fr_CA fr_CH fr_CI fr_MA ga gu ha he hi hr hu id it ja ka kk kn ko ky_KG lo lt lv " +
	"mk ml mr ms nb nl nl_BE pa pl prs_AF ps_AF pt_BR pt_PT ro ru rw_RW si_LK sk sl sq sr sv sw " +
	"ta te th tr uk ur uz vi zh_CN zh_HK zh_TW zu"

// internLanguage returns code without holding on to the memory it is part of.
// Listed codes come back as parts of one string, which is quick to compare.
func internLanguage(code string) string {
	for known := range strings.SplitSeq(languages, " ") {
		if known == code {
			return known
		}
	}
	return strings.Clone(code)
}

// KnownLanguage reports whether Meta lists the code for templates, in whatever
// form it is written. Unknown codes occur on old templates; they are read
// without complaint and draw a warning from Validate.
func KnownLanguage(code string) bool {
	code = CanonicalLanguage(code)
	for known := range strings.SplitSeq(languages, " ") {
		if known == code {
			return true
		}
	}
	return false
}

// Languages returns the codes Meta lists for templates, sorted.
func Languages() []string { return slices.Sorted(strings.SplitSeq(languages, " ")) }
