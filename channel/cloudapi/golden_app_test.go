package cloudapi_test

import (
	"context"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
)

func callOperations() []operation {
	offer := cloudapi.Session{Type: "offer", SDP: "v=0"}
	reply := cloudapi.Session{Type: "answer", SDP: "v=0"}
	return []operation{
		{
			"start a call",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return number(c).StartCall(ctx, message.Recipient{Phone: "16505550123"}, offer, "ours")
			},
			"POST", numberPath + "/calls", "",
			`{"messaging_product":"whatsapp","to":"+16505550123","action":"connect","session":{"sdp_type":"offer","sdp":"v=0"},"biz_opaque_callback_data":"ours"}`,
			`{"messaging_product":"whatsapp","calls":[{"id":"wacid.ABGG"}]}`, "wacid.ABGG",
		},
		{
			"prepare to accept a call",
			only(func(ctx context.Context, c *cloudapi.Client) error {
				return number(c).PreAcceptCall(ctx, "wacid.ABGG", reply)
			}),
			"POST", numberPath + "/calls", "", `{"messaging_product":"whatsapp","action":"pre_accept","call_id":"wacid.ABGG","session":{"sdp_type":"answer","sdp":"v=0"}}`, done, nil,
		},
		{
			"accept a call",
			only(func(ctx context.Context, c *cloudapi.Client) error {
				return number(c).AcceptCall(ctx, "wacid.ABGG", reply, "ours")
			}),
			"POST", numberPath + "/calls", "",
			`{"messaging_product":"whatsapp","action":"accept","call_id":"wacid.ABGG","session":{"sdp_type":"answer","sdp":"v=0"},"biz_opaque_callback_data":"ours"}`, done, nil,
		},
		{
			"reject a call", only(func(ctx context.Context, c *cloudapi.Client) error { return number(c).RejectCall(ctx, "wacid.ABGG") }),
			"POST", numberPath + "/calls", "", `{"messaging_product":"whatsapp","action":"reject","call_id":"wacid.ABGG"}`, done, nil,
		},
		{
			"end a call", only(func(ctx context.Context, c *cloudapi.Client) error { return number(c).EndCall(ctx, "wacid.ABGG") }),
			"POST", numberPath + "/calls", "", `{"messaging_product":"whatsapp","action":"terminate","call_id":"wacid.ABGG"}`, done, nil,
		},
		{
			"read a call permission",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return number(c).CallPermission(ctx, message.Recipient{Phone: "+16505550123"})
			},
			"GET", numberPath + "/call_permissions", "user_wa_id=16505550123", "",
			`{"messaging_product":"whatsapp","permission":{"status":"temporary","expiration_time":1793491200},"actions":[{"action_name":"start_call","can_perform_action":false,
			"limits":[{"time_period":"PT24H","max_allowed":5,"current_usage":5,"limit_expiration_time":1793577600}]}]}`,
			cloudapi.CallPermission{Status: "temporary", Expires: day, Actions: []cloudapi.CallAction{{
				Name: "start_call", Limits: []cloudapi.CallLimit{{Period: "PT24H", Max: 5, Used: 5, Expires: day.Add(24 * time.Hour)}},
			}}},
		},
		{
			"read the permission of a user id",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return number(c).CallPermission(ctx, message.Recipient{BSUID: "US.1"})
			},
			"GET", numberPath + "/call_permissions", "recipient=US.1", "", `{"permission":{"status":"no_permission"}}`, cloudapi.CallPermission{Status: "no_permission"},
		},
	}
}

func appOperations() []operation {
	return []operation{
		{
			"exchange a code",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				g, err := app(c).ExchangeCode(ctx, "AQBhlXsctMxJYbwbrpybxlo9tLPGy")
				return g.Token, err
			},
			"GET", "/oauth/access_token", "client_id=634974688087057&client_secret=" + secret + "&code=AQBhlXsctMxJYbwbrpybxlo9tLPGy", "",
			`{"access_token":"EAAnewtoken","token_type":"bearer"}`, "EAAnewtoken",
		},
		{
			"exchange a code for a bare token",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				g, err := app(c).ExchangeCode(ctx, "AQB")
				return g, err
			},
			"GET", "/oauth/access_token", "client_id=634974688087057&client_secret=" + secret + "&code=AQB", "", "EAAnewtoken\n", cloudapi.Grant{Token: "EAAnewtoken"},
		},
		{
			"examine a token",
			func(ctx context.Context, c *cloudapi.Client) (any, error) { return app(c).DebugToken(ctx, "EAAother") },
			"GET", "/debug_token", "input_token=EAAother", "",
			`{"data":{"app_id":"634974688087057","type":"SYSTEM_USER","application":"Lucky","data_access_expires_at":1793491200,"expires_at":0,"is_valid":true,
			"scopes":["whatsapp_business_management"],"granular_scopes":[{"scope":"whatsapp_business_management","target_ids":["102289599326934"]}],"user_id":"10222270944537964"}}`,
			cloudapi.TokenInfo{
				AppID: "634974688087057", Application: "Lucky", Type: "SYSTEM_USER", UserID: "10222270944537964", Valid: true, DataAccessExpires: day,
				Scopes: []string{"whatsapp_business_management"}, Targets: map[string][]string{"whatsapp_business_management": {"102289599326934"}},
			},
		},
		{
			"examine the own token",
			func(ctx context.Context, c *cloudapi.Client) (any, error) { return app(c).DebugToken(ctx, "") },
			"GET", "/debug_token", "input_token=" + token, "",
			`{"data":{"app_id":"634974688087057","is_valid":false,"expires_at":1793491200,"error":{"code":190,"message":"CANARY","subcode":463}}}`,
			cloudapi.TokenInfo{AppID: "634974688087057", Expires: day, Problem: 190},
		},
		{
			"examine the own token without knowing the app",
			func(ctx context.Context, c *cloudapi.Client) (any, error) { return c.App("").DebugToken(ctx, "") },
			"GET", "/debug_token", "input_token=" + token, "",
			`{"data":{"app_id":"634974688087057","is_valid":true}}`, cloudapi.TokenInfo{AppID: "634974688087057", Valid: true},
		},
		{
			"set the app's webhook",
			only(func(ctx context.Context, c *cloudapi.Client) error {
				return app(c).SetWebhook(ctx, cloudapi.Webhook{URL: "https://example.com/w", VerifyToken: "v"}, "messages", "account_update")
			}),
			"POST", "/634974688087057/subscriptions", "callback_url=https://example.com/w&fields=messages,account_update&object=whatsapp_business_account&verify_token=v", "", done, nil,
		},
		{
			"read the app's webhook, among those of other products",
			func(ctx context.Context, c *cloudapi.Client) (any, error) { return app(c).Webhook(ctx) },
			"GET", "/634974688087057/subscriptions", "", "",
			`{"data":[{"object":"page","callback_url":"https://example.com/page","active":true,"fields":[{"name":"feed","version":"v26.0"}]},` +
				`{"object":"whatsapp_business_account","callback_url":"https://example.com/w","active":true,"fields":[{"name":"messages","version":"v26.0"},{"name":"account_update"}]}]}`,
			cloudapi.AppWebhook{URL: "https://example.com/w", Active: true, Fields: []string{"messages", "account_update"}},
		},
		{
			"open an upload session",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return app(c).StartUpload(ctx, message.Upload{Name: "a.png", MIME: "image/png", Size: 1234})
			},
			"POST", "/634974688087057/uploads", "file_length=1234&file_name=a.png&file_type=image/png", "", `{"id":"upload:MTphd?sig=ARZ"}`, "upload:MTphd?sig=ARZ",
		},
	}
}
