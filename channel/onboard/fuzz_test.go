package onboard_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/onboard"
)

// Whatever a stored state holds, it is read or refused, and what was read is written and read again.
func FuzzStoredState(f *testing.F) {
	f.Add([]byte(storedV1))
	f.Add([]byte(`{"version":1,"plan":{"road":"leave"},"steps":[{"id":"token","args":["x"],"remarks":[{"reason":"token_ends"}]}]}`))
	f.Add([]byte(`{"version":1,"plan":{"road":"token"},"steps":[{"id":"token","since":"2026-11-29T09:00:00+00:00","prompt":{"kind":"code","choices":[]}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		st := new(onboard.State)
		if json.Unmarshal(data, st) != nil {
			return
		}
		require.NotEmpty(t, st.Steps())
		_ = fmt.Sprint(st, st.Live(), st.Complete(), st.Again(), st.Leave(), st.FirstMessageID())
		again := new(onboard.State)
		stored, err := json.Marshal(st)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(stored, again))
		// What counts of a time is when, not how it was written.
		require.Empty(t, cmp.Diff(st.Steps(), again.Steps(), cmpopts.EquateEmpty()))
	})
}

// Whatever is wrong with a plan, it is said without quoting the phone number.
func FuzzPlan(f *testing.F) {
	f.Add("+358401234567", "", "Helsinki Bikes", "https://desk.example/webhook")
	f.Add("4915550100", "49", "", "https://u:p@x/")
	f.Fuzz(func(t *testing.T, phone, code, name, address string) {
		err := onboard.Plan{Road: onboard.RoadToken, Phone: phone, DialCode: code, DisplayName: name, Webhook: onboard.WebhookPlan{URL: address}}.Validate()
		if err != nil && len(phone) > 6 {
			require.NotContains(t, err.Error(), phone)
		}
	})
}

func FuzzSignup(f *testing.F) {
	f.Add([]byte(`{"type":"WA_EMBEDDED_SIGNUP","event":"ERROR","data":{"error_id":524126,"session_id":"f3"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := onboard.ParseSignup(data)
		if err == nil {
			require.NotEmpty(t, s.Text())
		}
	})
}
