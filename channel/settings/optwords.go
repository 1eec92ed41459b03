package settings

import (
	"maps"
	"slices"
	"strings"
	"unicode"
)

// optWords are what people write, alone, to stop marketing messages and to have them again, by
// language. Meta names none; these are the usual keywords of text messages and their
// translations, with and without accents.
var optWords = map[string]struct{ out, in []string }{
	"ar": {[]string{"توقف", "إيقاف", "ايقاف", "الغاء الاشتراك", "إلغاء الاشتراك"}, []string{"ابدأ", "اشتراك"}},
	"de": {[]string{"stopp", "abmelden", "abbestellen", "austragen", "beenden"}, []string{"anmelden", "abonnieren"}},
	"en": {[]string{"stop", "stop all", "stopall", "unsubscribe", "opt out", "opt-out", "optout", "cancel", "end", "quit", "remove me"}, []string{"start", "unstop", "subscribe", "opt in", "opt-in", "optin"}},
	"es": {[]string{"parar", "pare", "alto", "baja", "darse de baja", "cancelar", "detener"}, []string{"alta", "suscribir", "iniciar"}},
	"fi": {[]string{"seis", "lopeta", "peru", "peruuta"}, []string{"aloita", "tilaa"}},
	"fr": {[]string{"arrêt", "arret", "arrêter", "arreter", "désabonner", "desabonner", "se désabonner", "désinscription", "desinscription"}, []string{"reprendre", "abonner", "s'abonner"}},
	"hi": {[]string{"रोकें", "रोको", "बंद करें", "बंद करो"}, []string{"शुरू", "शुरू करें"}},
	"id": {[]string{"berhenti", "hentikan", "batal"}, []string{"mulai", "langganan"}},
	"it": {[]string{"ferma", "basta", "annulla", "disiscrivi", "cancellami"}, []string{"inizia", "iscrivi"}},
	"ja": {[]string{"停止", "配信停止", "ストップ"}, []string{"再開", "登録"}},
	"nl": {[]string{"stoppen", "afmelden", "uitschrijven"}, []string{"aanmelden", "inschrijven"}},
	"pl": {[]string{"zatrzymaj", "rezygnuję", "rezygnuje", "wypisz"}, []string{"wznów", "wznow", "zapisz"}},
	"pt": {[]string{"pare", "parar", "sair", "cancelar", "descadastrar", "remover"}, []string{"voltar", "iniciar", "inscrever"}},
	"ru": {[]string{"стоп", "отписаться", "отписка", "отмена"}, []string{"старт", "подписаться"}},
	"sv": {[]string{"stoppa", "avsluta", "avregistrera", "sluta"}, []string{"starta", "börja"}},
	"tr": {[]string{"dur", "durdur", "iptal", "ret"}, []string{"başla", "basla", "abone"}},
	"uk": {[]string{"стоп", "відписатися", "відписка"}, []string{"підписатися"}},
	"zh": {[]string{"停止", "退订", "退訂", "取消订阅", "取消訂閱"}, []string{"开始", "開始", "订阅", "訂閱"}},
}

// OptOutWords returns the usual words by which people stop marketing in some languages, such as "en"
// and "fi", or in all that are known, for Settings.OptOutWords. Look at them: "cancel" means
// something else in some businesses.
func OptOutWords(languages ...string) []string { return wordsOf(languages, true) }

// OptInWords returns those by which people want it again.
func OptInWords(languages ...string) []string { return wordsOf(languages, false) }

func wordsOf(languages []string, out bool) []string {
	if len(languages) == 0 {
		languages = slices.Collect(maps.Keys(optWords))
	}
	var all []string
	for _, l := range languages {
		l, _, _ = strings.Cut(strings.ToLower(l), "_")
		if w := optWords[l]; out {
			all = append(all, w.out...)
		} else {
			all = append(all, w.in...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// OptsOut says that a text is one of the words by which a customer stops marketing, and nothing else.
func (s *Settings) OptsOut(text string) bool { return saysOneOf(s.OptOutWords, text) }

// OptsIn says that it is one by which they want it again.
func (s *Settings) OptsIn(text string) bool { return saysOneOf(s.OptInWords, text) }

// saysOneOf says whether a text is one of the words and nothing else: how it is written and
// what decorates it do not matter.
func saysOneOf(words []string, text string) bool {
	if len(words) == 0 || len(text) > maxOptWord {
		return false
	}
	bare := bareWords(text)
	return bare != "" && slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(bareWords(w), bare) })
}

// maxOptWord is the length of a text, in bytes, that can still be one of the words.
const maxOptWord = 200

// bareWords returns a text in small letters of ordinary width, without what is around it and
// without invisible characters, and with one space between words: "«ＳＴＯＰ»  🙏" is "stop".
func bareWords(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 0xFF01 && r <= 0xFF5E: // as Japanese and Chinese keyboards write Latin letters
			r -= 0xFEE0
		case r >= 0x1D400 && r <= 0x1D6A3: // bold and italic letters of mathematics
			r = 'a' + (r-0x1D400)%52%26
		case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r):
			return -1
		case r == '’':
			r = '\''
		}
		return unicode.ToLower(r)
	}, s)
	s = strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
	return strings.Join(strings.Fields(s), " ")
}
