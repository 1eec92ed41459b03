package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/kanava-go/kanava/channel/store"
)

// search returns the keys that are found.
func (s *script) search(q store.SearchQuery) (keys []string) {
	if s.err != nil {
		return nil
	}
	if q.Limit == 0 {
		q.Limit = 99
	}
	hits, err := s.store.(store.Searcher).Search(s.ctx, q)
	if err != nil {
		s.fail("Search failed: %w", err)
	}
	for _, hit := range hits {
		keys = append(keys, hit.Key)
	}
	return keys
}

func (s *script) index(entries ...store.Entry) { s.commit(store.Batch{Index: entries}) }

const searchReason = "Search returns where all words of q.Text occur, each as the beginning of a word, accents or not, what was indexed last first."

// searchCases are about stores that are a Searcher; others pass.
var searchCases = searchable([]testCase{
	{
		"words and their beginnings are found in any script",
		searchReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			for key, text := range map[string]string{
				"en": "The parcel, NOT the letter; it's at O'Brien's!", "de": "Größe ÜBERMORGEN", "ru": "Где моя Посылка?",
				"zh": "我的包裹在哪里", "ja": "荷物はどこですか", "th": "พัสดุอยู่ที่ไหน", "ar": "أين طردي؟", "hi": "मेरा पार्सल कहाँ है",
				"fr": "Déjà reçu, Łódź", "nfd": "Jose\u0301 Mu\u0308nchen", "he": "שָׁלוֹם", "vi": "Nguyễn Đức",
				"ko": "소포가 어디에 있나요", "ff": "𞤀𞤣𞤤𞤢𞤥 abc𞤀𞤣𞤤𞤢𞤥", "el": "Πού είναι το δέμα", "no": "358401234567 a_b 100% \\ \"quoted\" it*",
			} {
				s.index(store.Entry{Kind: "k", Key: key, Text: text})
			}
			for text, want := range map[string]string{
				"parcel": "en", "PARC": "en", "letter parcel": "en", "brien": "en", "übermorgen größe": "de", "посыл моя": "ru",
				"包裹": "zh", "裹": "zh", "哪里": "zh", "荷物": "ja", "どこ": "ja", "พัสดุ": "th", "طردي": "ar", "पार्सल": "hi", "소포": "ko",
				"𞤢𞤣𞤤": "ff", "ABC𞤀": "ff", "δέμα": "el", "δεμα": "el", "ΔΈΜΑ": "el", "grosse ubermorgen": "de", "GROẞE": "de", "deja recu lodz": "fr", "DÉJÀ": "fr", "josé": "nfd", "jose munchen": "nfd",
				"שלום": "he", "nguyen duc": "vi", "NGUYỄN": "vi", "35840123": "no", "quoted": "no", "a_b 100": "no", "100%": "no", `"quoted" & it* | !x`: "",
			} {
				got := strings.Join(s.search(store.SearchQuery{Kind: "k", Text: text}), " ")
				s.equal("Search for "+text, got, want)
			}
			for _, text := range []string{"arcel", "parcel nobody", "裹包", "我里", "посылкаа", "AND", "NEAR", "kk", "𞤣", "𞤀𞤀"} {
				s.equal("Search for "+text, len(s.search(store.SearchQuery{Kind: "k", Text: text})), 0)
			}
			return s.err
		},
	},
	{
		"what is found is of the kind and the groups asked for",
		"Kind is required. Groups, if not nil, restricts to these groups.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.index(
				store.Entry{Kind: "k", Key: "a", Group: "g", Text: "word"}, store.Entry{Kind: "k", Key: "b", Group: "it's \\ g", Text: "word"},
				store.Entry{Kind: "other", Key: "c", Group: "g", Text: "word"}, store.Entry{Kind: "k", Key: "d", Text: "word k g"},
			)
			find := func(groups ...string) []string {
				return s.search(store.SearchQuery{Kind: "k", Groups: groups, Text: "word"})
			}
			s.equal("Search in all groups", len(s.search(store.SearchQuery{Kind: "k", Text: "word"})), 3)
			s.equal("Search in a group", find("g"), []string{"a"})
			s.equal("Search in an odd group", find("it's \\ g"), []string{"b"})
			s.equal("Search in two groups", len(find("g", "it's \\ g", "nobody's")), 2)
			s.equal("Search in the group without a name", find(""), []string{"d"})
			s.equal("Search in no group", len(s.search(store.SearchQuery{Kind: "k", Groups: []string{}, Text: "word"})), 0)
			s.equal("Search in what cannot be a group", len(find("\x00", "\xff")), 0)
			s.equal("Search of another kind", s.search(store.SearchQuery{Kind: "other", Text: "wor"}), []string{"c"})
			s.equal("Search of no kind", len(s.search(store.SearchQuery{Kind: "nobody", Text: "word"})), 0)
			return s.err
		},
	},
	{
		"what is found comes page by page, the newest first",
		searchReason + " Before is the Position of the hit to go on behind; 0 starts with the newest.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			for i := range 7 {
				s.index(store.Entry{Kind: "k", Key: fmt.Sprint("e", i), Text: fmt.Sprint("word n", i)})
			}
			s.index(store.Entry{Kind: "k", Key: "e2", Text: "word again"})
			var pages []string
			q := store.SearchQuery{Kind: "k", Text: "word", Limit: 3}
			for s.err == nil {
				hits, err := s.store.(store.Searcher).Search(ctx, q)
				if err != nil || len(hits) == 0 {
					s.that(err == nil, "Search failed: %v", err)
					break
				}
				for _, hit := range hits {
					pages = append(pages, hit.Key)
				}
				q.Before = hits[len(hits)-1].Position
			}
			s.equal("Search, page by page", strings.Join(pages, " "), "e2 e6 e5 e4 e3 e1 e0")
			return s.err
		},
	},
	{
		"what is indexed again or deleted is not found any more",
		"What was said of the same record before is replaced, and forgotten if Text has no words; deleting a record forgets it too.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.commit(store.Batch{
				Put:   []store.Record{{Kind: "k", Key: "a"}, {Kind: "k", Key: "b"}, {Kind: "k", Key: "c"}},
				Index: []store.Entry{{Kind: "k", Key: "a", Text: "one"}, {Kind: "k", Key: "b", Text: "one"}, {Kind: "k", Key: "c", Text: "one"}},
			})
			s.index(store.Entry{Kind: "k", Key: "a", Text: "two"})
			s.commit(store.Batch{Delete: []store.RecordKey{{Kind: "k", Key: "b"}}, Index: []store.Entry{{Kind: "k", Key: "c", Text: " ."}}})
			s.equal("Search for what was", len(s.search(store.SearchQuery{Kind: "k", Text: "one"})), 0)
			s.equal("Search for what is", s.search(store.SearchQuery{Kind: "k", Text: "two"}), []string{"a"})
			return s.err
		},
	},
	{
		"of hundreds of entries each is found, whatever was indexed or deleted before and after it",
		searchReason + " Before is the Position of the hit to go on behind; 0 starts with the newest.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			const many, batch = 1200, 40
			model := map[string]string{} // the words of each key
			key := func(i int) string { return fmt.Sprintf("e%04d", i) }
			entry := func(i int, group, text string) store.Entry {
				model[key(i)] = text
				return store.Entry{Kind: "k", Key: key(i), Group: group, Text: text}
			}
			for from := 0; from < many; from += batch {
				var b store.Batch
				for i := from; i < from+batch; i++ {
					b.Put = append(b.Put, store.Record{Kind: "k", Key: key(i)})
					b.Index = append(b.Index, entry(i, "g1", "word n"+key(i)))
				}
				s.commit(b)
				// One goes, one has other words from now on, and one of long ago comes anew.
				delete(model, key(from))
				s.commit(store.Batch{
					Delete: []store.RecordKey{{Kind: "k", Key: key(from)}},
					Index:  []store.Entry{entry(from+1, "g1", "other"), entry(from/2+3, "g2", "word again")},
				})
			}
			found := map[string]string{}
			page := func(q store.SearchQuery, text func(key string) string) {
				q.Kind, q.Limit = "k", 100
				for s.err == nil {
					hits, err := s.store.(store.Searcher).Search(ctx, q)
					s.that(err == nil, "Search failed: %v", err)
					for _, hit := range hits {
						s.that(found[hit.Key] == "", "Search found %s twice", hit.Key)
						s.that(q.Before == 0 || hit.Position < q.Before, "Search has %s behind what is older", hit.Key)
						found[hit.Key], q.Before = text(hit.Key), hit.Position
					}
					if len(hits) < q.Limit {
						return
					}
				}
			}
			page(store.SearchQuery{Text: "wor", Groups: []string{"g1", "g3"}}, func(key string) string { return "word n" + key })
			page(store.SearchQuery{Text: "again word", Groups: []string{"g2"}}, func(string) string { return "word again" })
			page(store.SearchQuery{Text: "oth"}, func(string) string { return "other" })
			s.equal("Search for all, page by page", found, model)
			for i := 3; i < many; i += 97 {
				var one []string
				if model[key(i)] == "word n"+key(i) {
					one = []string{key(i)}
				}
				s.equal("Search for "+key(i), s.search(store.SearchQuery{Kind: "k", Text: "word n" + key(i), Groups: []string{"g1"}}), one)
			}
			return s.err
		},
	},
	{
		"what is no word parts words, a long word counts by its beginning, and of many words the first count",
		"Words: what consists of letters, digits and their marks, at most MaxWords of them. At most 40 characters of a word count.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			kind := `it's a \ "kind" | !x`
			entry := func(key, text string) store.Entry {
				return store.Entry{Kind: kind, Key: key, Group: `it's a \\ "group" & :*`, Text: text}
			}
			var many, twice strings.Builder
			for i := range 10_000 {
				fmt.Fprintf(&many, "n%dn ", i)
				fmt.Fprintf(&twice, "t%dt T%dT ", i/2, i/2)
			}
			s.index(
				entry("broken", "one\x00two\xff\xfethree\xed\xa0\x80four\ufffdfive\u202esix\u202c\u200bseven\u00a0eight"),
				entry("long", strings.Repeat("long", 1024)), entry("dense", strings.Repeat("包", 4096)+"裹"),
				entry("many", many.String()), entry("twice", twice.String()),
				entry("signs", `' '' \ " "" * : ( ) ^ NEAR {a b} -- /* ; $1 ?1 %`),
			)
			for text, want := range map[string]string{
				"one two three four five six seven eight": "broken", "onetwo": "", "seveneight": "",
				strings.Repeat("long", 10): "long", strings.Repeat("long", 50): "long", strings.Repeat("long", 9) + "lonx": "", "ong": "",
				"包包": "dense", "裹": "dense", "包裹": "dense", "裹包": "",
				"n0n n399n": "many", "n400n": "", "n9999n": "", "t0t t399t": "twice", "t400t": "",
				"near a b 1": "signs", `"near" OR nobody`: "", "near*": "signs", "NOT near": "", "{words} : near": "",
			} {
				found := s.search(store.SearchQuery{Kind: kind, Text: text, Groups: []string{`it's a \\ "group" & :*`}})
				s.equal(fmt.Sprintf("Search for %.40q", text), strings.Join(found, " "), want)
			}
			s.equal("Search in another group", len(s.search(store.SearchQuery{Kind: kind, Text: "one", Groups: []string{`it's a \ "group" & :*`}})), 0)
			s.equal("Search of another kind", len(s.search(store.SearchQuery{Kind: `it's a "kind" | !x`, Text: "one"})), 0)
			return s.err
		},
	},
	{
		"a batch that fails is not found",
		"Commit applies every part of b, or nothing.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.put(store.Record{Kind: "k", Key: "a"})
			s.refused(store.ErrConflict, store.Batch{
				Put: []store.Record{{Kind: "k", Key: "a"}}, Index: []store.Entry{{Kind: "k", Key: "a", Text: "word"}},
			})
			s.equal("Search", len(s.search(store.SearchQuery{Kind: "k", Text: "word"})), 0)
			return s.err
		},
	},
	{
		"searches without an answer are refused",
		"Text holds the words to look for: at least one, at most MaxSearch characters. Limit must be positive.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			searcher := h.store.(store.Searcher)
			for _, text := range []string{"", " ", "!?", "\x00", strings.Repeat("x", 10_000), strings.Repeat("包", 201)} {
				_, err := searcher.Search(ctx, store.SearchQuery{Kind: "k", Text: text, Limit: 1})
				s.that(errors.Is(err, store.ErrSearch), "Search for %.20q returned %v, want an error matching ErrSearch", text, err)
			}
			for _, q := range []store.SearchQuery{{Text: "x", Limit: 1}, {Kind: "k", Text: "x"}, {Kind: "k", Text: "x", Limit: -1}} {
				_, err := searcher.Search(ctx, q)
				s.that(err != nil, "Search without kind or limit was answered")
			}
			s.index(store.Entry{Kind: "k", Key: "long", Text: strings.Repeat("word ", 5_000) + strings.Repeat("x", 5_000)})
			s.equal("Search for the longest", len(s.search(store.SearchQuery{Kind: "k", Text: strings.Repeat("x", 200)})), 1)
			return s.err
		},
	},
})

// searchable lets stores pass that are no Searcher.
func searchable(cases []testCase) []testCase {
	for i := range cases {
		run := cases[i].run
		cases[i].run = func(ctx context.Context, h harness) error {
			if _, ok := h.store.(store.Searcher); !ok {
				return nil
			}
			return run(ctx, h)
		}
	}
	return cases
}
