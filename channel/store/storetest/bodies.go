package storetest

import (
	"context"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// hardBodies are documents that are legal and often damaged.
var hardBodies = map[string]string{
	"a NUL escape":              `{"text":"a\u0000b"}`,
	"a NUL escape as a name":    `{"\u0000":1}`,
	"a lone high surrogate":     `{"text":"\ud83d"}`,
	"a lone low surrogate":      `["\ude00"]`,
	"control characters":        `["\u0001\u001f\u007f\n\t\r\b\f"]`,
	"quotes and backslashes":    `{"text":"\"\\\/'"}`,
	"an emoji":                  `["🙂 \ud83d\ude42"]`,
	"a replacement character":   `["�"]`,
	"the largest integer":       `[9223372036854775807,-9223372036854775808]`,
	"an integer beyond 64 bits": `[123456789012345678901234567890]`,
	"more digits than a float":  `[0.12345678901234567890123]`,
	"a number beyond floats":    `[1e400,1E-400]`,
	"deep nesting":              strings.Repeat("[", 3000) + strings.Repeat("]", 3000),
	"null":                      `null`,
	"a string":                  `"text"`,
	"a number":                  `0`,
	"an empty object":           `{}`,
	"an empty name":             `{"":""}`,
	"separators of lines":       "[\"\u2028\u2029\"]",
	"white space":               " { \"a\" :\t1 }\n",
	"something like SQL":        `["'; DROP TABLE x; --","$1","?1",":a","%s"]`,
	"a megabyte":                `["` + strings.Repeat("0123456789abcdef", 1<<16) + `"]`,
}

var bodyCases = []testCase{
	{
		"a body means the same when it comes back",
		"Body is the document, valid JSON or nil.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			for name, body := range hardBodies {
				s.put(store.Record{Kind: "k", Key: name, Body: []byte(body)})
				s.enqueue(store.Work{Queue: "q", ID: name, Body: []byte(body)})
			}
			s.put(store.Record{Kind: "k", Key: "none"})
			for name, body := range hardBodies {
				s.that(sameJSON(s.record("k", name).Body, []byte(body)), "the body of a record with %s changed", name)
				s.that(sameJSON(s.the(name, false).Body, []byte(body)), "the body of work with %s changed", name)
			}
			s.that(s.record("k", "none").Body == nil, "no body came back as a body")
			return s.err
		},
	},
	{
		"slices belong to the caller",
		"Slices and bodies passed in belong to the caller and are not changed or kept after the call; what is returned belongs to the caller.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			b := store.Batch{
				Put:     []store.Record{{Kind: "k", Key: "a", Body: []byte(`"first"`)}},
				Enqueue: []store.Work{{Queue: "q", ID: "w", Body: []byte(`"first"`)}},
			}
			s.commit(b)
			s.that(string(b.Put[0].Body) == `"first"` && b.Put[0].Version == 0, "Commit changed what it was given")
			copy(b.Put[0].Body, `"XXXXX"`)
			copy(b.Enqueue[0].Body, `"XXXXX"`)
			b.Put[0].Key, b.Enqueue[0].ID = "XXX", "XXX"
			r := s.record("k", "a")
			s.equal("body after the caller reused its slice", string(r.Body), `"first"`)
			copy(r.Body, `"XXXXX"`)
			s.equal("body after the caller changed what it got", string(s.record("k", "a").Body), `"first"`)
			for _, r := range s.list(store.Query{Kind: "k", Limit: 1}) {
				copy(r.Body, `"XXXXX"`)
			}
			s.equal("body after the caller changed a list", string(s.record("k", "a").Body), `"first"`)
			w := s.claims("w")[0]
			s.equal("work's body after the caller reused its slice", string(w.Body), `"first"`)
			copy(w.Body, `"XXXXX"`)
			second := []byte(`"second"`)
			s.equal("work's body after the caller changed it", string(s.the("w", false).Body), `"first"`)
			s.commit(store.Batch{Later: []store.Postponed{{Lease: w.Lease(), Body: second}}})
			copy(second, `"XXXXXX"`)
			s.equal("postponed body after the caller reused its slice", string(s.the("w", false).Body), `"second"`)
			return s.err
		},
	},
	{
		"times are microseconds in UTC",
		"Times are kept to the microsecond, in UTC.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			due := time.Date(2026, 3, 29, 1, 59, 59, 123456000, time.FixedZone("somewhere", 3*3600))
			s.enqueue(store.Work{Queue: "q", ID: "w", Due: due}, store.Work{Queue: "q", ID: "at once"})
			w := s.the("w", false)
			s.that(w.Due.Equal(due), "Due came back as %v, want %v", w.Due, due)
			s.that(w.Due.Location() == time.UTC, "Due is in %v", w.Due.Location())
			s.that(s.the("at once", false).Due.IsZero(), "a zero Due came back as a time")
			s.that(!w.Enqueued.IsZero() && w.Enqueued.Location() == time.UTC, "Enqueued is %v", w.Enqueued)
			return s.err
		},
	},
}
