package simulator

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/flowdata"
)

// orderMessage asks for a payment by a gateway.
const orderMessage = `"type":"interactive","interactive":{"type":"order_details","body":{"text":"Your order"},"action":{"name":"review_and_pay","parameters":{
	"reference_id":"order-1","type":"digital-goods","currency":"INR","total_amount":{"value":2100,"offset":100},
	"payment_settings":[{"type":"payment_gateway","payment_gateway":{"type":"razorpay","configuration_name":"shop"}}],
	"order":{"status":"pending","items":[{"retailer_id":"tea","name":"Tea","amount":{"value":2100,"offset":100},"quantity":1}],"subtotal":{"value":2100,"offset":100}}}}}`

// offerFlow serves an endpoint, gives the number its key and sends a form that asks it.
func (r *rig) offerFlow() {
	r.t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(r.t, err)
	screens := flowdata.NewScreens()
	screens.Init(func(context.Context, *flowdata.Request) (flowdata.Response, error) {
		return flowdata.Response{Screen: "RATING", Data: map[string]any{"most": 5}}, nil
	})
	screens.Back("RATING", func(context.Context, *flowdata.Request) (flowdata.Response, error) {
		return flowdata.Response{Screen: "RATING", Data: map[string]any{"most": 3}}, nil
	})
	flowdata.On(screens, "RATING", func(_ context.Context, q *flowdata.Request, in struct {
		Stars int `json:"stars"`
	}) (flowdata.Response, error) {
		return flowdata.Finish(q, map[string]any{"stars": in.Stars}), nil
	})
	handler, err := flowdata.NewHandler(flowdata.Config{AppSecrets: []string{"test-secret"}, Keys: []*rsa.PrivateKey{key}, Answer: screens.Answer})
	require.NoError(r.t, err)
	endpoint := httptest.NewServer(handler)
	r.t.Cleanup(endpoint.Close)
	public, err := flowdata.PublicKey(key)
	require.NoError(r.t, err)
	body, err := json.Marshal(map[string]string{"business_public_key": public})
	require.NoError(r.t, err)
	status, v := r.graphCall("POST", numberID+"/whatsapp_business_encryption", string(body))
	require.Equal(r.t, 200, status, "%v", v)
	r.sendFlow(r.control("POST", "flows", `{"name":"rating","endpoint":"`+endpoint.URL+`"}`)["id"].(string))
	r.control("POST", "settle", `{}`)
}

// sendFlow sends a published form to the first customer.
func (r *rig) sendFlow(id string) (int, map[string]any) {
	r.t.Helper()
	return r.sendRaw(`"type":"interactive","interactive":{"type":"flow","body":{"text":"?"},"action":{"name":"flow","parameters":{"flow_message_version":"3","flow_id":"` +
		id + `","flow_cta":"Rate","flow_token":"t"}}}`)
}

func TestAFormIsFilledInScreenByScreen(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.control("POST", "users/0/text", `{"text":"Hello?"}`)
	status, v := r.call("POST", "/control/users/0/submit-flow", `{"screen":"RATING"}`)
	require.Equal(t, 409, status)
	require.Contains(t, v["error"], "open-flow")
	r.offerFlow()
	require.Equal(t, map[string]any{"screen": "RATING", "data": map[string]any{"most": 5.0}}, r.control("POST", "users/0/open-flow", `{}`))
	require.Equal(t, map[string]any{"screen": "RATING", "data": map[string]any{"most": 3.0}}, r.control("POST", "users/0/back-flow", `{"screen":"RATING"}`))
	require.Equal(t, map[string]any{"ok": true}, r.control("POST", "users/0/report-flow", `{"screen":"RATING","message":"no such screen"}`))
	require.Equal(t, map[string]any{"status": "active"}, r.control("POST", "flows/rating/check", `{}`))
	for path, body := range map[string]string{"back-flow": `{"screen":"SIZE"}`, "submit-flow": `{"screen":"SIZE"}`} {
		status, v = r.call("POST", "/control/users/0/"+path, body)
		require.Equal(t, 502, status, path)
		require.Contains(t, v["error"], "the endpoint answered", "nobody answers for this screen")
	}
	for path, body := range map[string]string{"back-flow": `{}`, "report-flow": `{"message":"x"}`, "submit-flow": `{"data":{}}`} {
		status, v = r.call("POST", "/control/users/0/"+path, body)
		require.Equal(t, 400, status, path)
		require.Contains(t, v["error"], "screen")
	}
	require.Equal(t, "SUCCESS", r.control("POST", "users/0/submit-flow", `{"screen":"RATING","data":{"stars":4}}`)["screen"])
	r.control("POST", "settle", `{}`)
	require.Contains(t, strings.Join(r.bodies, ""), `\"stars\":4`)
	list := r.control("GET", "traffic?kind=webhook", "")["traffic"].([]any)
	require.True(t, slices.ContainsFunc(list, func(x any) bool { return x.(map[string]any)["about"] == "flow, encrypted" }))
	for _, path := range []string{"submit-flow", "back-flow", "report-flow"} {
		status, v = r.call("POST", "/control/users/0/"+path, `{"screen":"RATING"}`)
		require.Equal(t, 409, status, "%s: it is closed now", path)
		require.Contains(t, v["error"], "open-flow")
	}
}

func TestAFormWithoutAnEndpointHasNoScreens(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.control("POST", "users/0/text", `{"text":"Hello?"}`)
	flow := r.control("POST", "flows", `{"name":"rating","draft":true}`)
	id := flow["id"].(string)
	require.Equal(t, "DRAFT", flow["status"])
	status, _ := r.sendFlow(id)
	require.Equal(t, 400, status, "a draft is not sent")
	r.control("POST", "flows/rating/status", `{"status":"published"}`)
	status, v := r.sendFlow(id)
	require.Equal(t, 200, status, "%v", v)
	r.control("POST", "settle", `{}`)
	require.Empty(t, r.control("POST", "users/0/open-flow", `{}`)["screen"])
	r.control("POST", "users/0/flow", `{"text":"{\"rating\":\"5\"}"}`)
	require.Empty(t, r.control("GET", "audit", "")["findings"])

	for body, why := range map[string]string{
		`{"endpoint":"localhost:1"}`: "http://", `{"definition":[]}`: "flow.json",
	} {
		status, v = r.call("POST", "/control/flows", body)
		require.Equal(t, 400, status)
		require.Contains(t, v["error"], why)
	}
	status, v = r.call("POST", "/control/flows/rating/status", `{"status":"GONE"}`)
	require.Equal(t, 400, status)
	require.Contains(t, v["error"], "THROTTLED")
	status, _ = r.call("POST", "/control/flows/nonsense/status", `{"status":"BLOCKED"}`)
	require.Equal(t, 404, status)
	status, v = r.call("POST", "/control/flows/rating/check", `{}`)
	require.Equal(t, 409, status)
	require.Contains(t, v["error"], "the flow has none", "no endpoint")
	status, _ = r.call("POST", "/control/flows/nonsense/check", `{}`)
	require.Equal(t, 404, status)
}

func TestAnOrderIsPaidOnThePhone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.control("POST", "users/0/text", `{"text":"Hello?"}`)
	status, v := r.sendRaw(orderMessage)
	require.Equal(t, 200, status, "%v", v)
	r.control("POST", "settle", `{}`)
	r.control("POST", "users/0/pay", `{"on":false}`)
	r.control("POST", "users/0/pay", `{}`)
	r.control("POST", "settle", `{}`)
	bodies := strings.Join(r.bodies, "")
	require.Contains(t, bodies, `"status":"pending"`)
	require.Contains(t, bodies, `"status":"captured"`)
	status, _ = r.call("POST", "/control/users/0/pay", `{}`)
	require.Equal(t, 409, status, "it is paid")
}
