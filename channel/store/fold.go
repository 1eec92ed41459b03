package store

import (
	"strings"
	"unicode/utf8"
)

// foldings are letters with what else is taken for them in a search: small letters only.
var foldings = [...]string{
	"a àáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ",
	"ae æǣǽ",
	"b ḃḅḇ",
	"c çćĉċčḉ",
	"d ðďđḋḍḏḑḓ",
	"dz ǆǳ",
	"e èéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ",
	"f ḟ",
	"g ĝğġģǧǵḡ",
	"h ĥħȟḣḥḧḩḫẖ",
	"i ìíîïĩīĭįıǐȉȋḭḯỉị",
	"ij ĳ",
	"j ĵǰ",
	"k ķǩḱḳḵ",
	"l ĺļľłḷḹḻḽ",
	"lj ǉ",
	"m ḿṁṃ",
	"n ñńņňǹṅṇṉṋ",
	"nj ǌ",
	"o òóôõöøōŏőơǒǫǭǿȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ",
	"oe œ",
	"p ṕṗ",
	"r ŕŗřȑȓṙṛṝṟ",
	"s śŝşšſșṡṣṥṧṩẛ",
	"ss ß",
	"t ţťŧțṫṭṯṱẗ",
	"th þ",
	"u ùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự",
	"v ṽṿ",
	"w ŵẁẃẅẇẉẘ",
	"x ẋẍ",
	"y ýÿŷȳẏẙỳỵỷỹ",
	"z źżžẑẓẕ",
	"α άἀἁἂἃἄἅἆἇὰάᾀᾁᾂᾃᾄᾅᾆᾇᾰᾱᾲᾳᾴᾶᾷ",
	"β ϐ",
	"ε έϵἐἑἒἓἔἕὲέ",
	"η ήἠἡἢἣἤἥἦἧὴήᾐᾑᾒᾓᾔᾕᾖᾗῂῃῄῆῇ",
	"θ ϑ",
	"ι ΐίϊἰἱἲἳἴἵἶἷὶίιῐῑῒΐῖῗ",
	"κ ϰ",
	"ο όὀὁὂὃὄὅὸό",
	"π ϖ",
	"ρ ϱῤῥ",
	"σ ς",
	"υ ΰϋύὐὑὒὓὔὕὖὗὺύῠῡῢΰῦῧ",
	"φ ϕ",
	"ω ώὠὡὢὣὤὥὦὧὼώᾠᾡᾢᾣᾤᾥᾦᾧῲῳῴῶῷ",
	"а ӑӓ",
	"г ѓ",
	"е ѐёӗ",
	"ж ӂӝ",
	"з ӟ",
	"и йѝӣӥ",
	"к ќ",
	"о ӧ",
	"у ўӯӱӳ",
	"ч ӵ",
	"ы ӹ",
	"э ӭ",
	"і ї",
	"ѵ ѷ",
	"ә ӛ",
	"ө ӫ",
}

// folded says what is taken for a letter with an accent.
var folded = func() map[rune]string {
	table := map[rune]string{}
	for _, row := range foldings {
		base, letters, _ := strings.Cut(row, " ")
		for _, r := range letters {
			table[r] = base
		}
	}
	return table
}()

// fold writes a text in small letters without accents, so that "Müller" is found by "muller" and the
// other way round. Marks that make another letter in their script, as in Hindi or Thai, stay; the vowel
// signs of Arabic and Hebrew, which most people leave out, go.
func fold(text string) string {
	text = strings.ToLower(text)
	if isASCII(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range text {
		switch base, ok := folded[r]; {
		case ok:
			b.WriteString(base)
		case r >= 0x0300 && r <= 0x036F, r >= 0x0591 && r <= 0x05C7, r >= 0x064B && r <= 0x0652, r == 0x0640:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
