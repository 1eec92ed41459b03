package cloudapi_test

import (
	"context"
	"errors"
	"iter"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
)

// operation is one call of the client with the request that the documentation
// asks for and the answer that it shows. Requests are compared whole: method,
// path, query and body may have nothing missing and nothing more.
type operation struct {
	name   string
	call   func(ctx context.Context, c *cloudapi.Client) (any, error)
	method string
	path   string // after the version
	query  string // as a query string, decoded
	body   string // JSON; empty for none
	answer string
	want   any
}

const done = `{"success":true}`

func number(c *cloudapi.Client) *cloudapi.Number   { return c.Number("106540352242922") }
func account(c *cloudapi.Client) *cloudapi.Account { return c.Account("102290129340398") }
func app(c *cloudapi.Client) *cloudapi.App         { return c.App("634974688087057") }

const (
	numberPath  = "/106540352242922"
	accountPath = "/102290129340398"
)

// only makes an operation out of a call without a result.
func only(f func(ctx context.Context, c *cloudapi.Client) error) func(context.Context, *cloudapi.Client) (any, error) {
	return func(ctx context.Context, c *cloudapi.Client) (any, error) { return nil, f(ctx, c) }
}

// collect makes a slice out of a walk.
func collect[T any](seq iter.Seq2[T, error]) (any, error) {
	var list []T
	for v, err := range seq {
		if err != nil {
			return list, err
		}
		list = append(list, v)
	}
	return list, nil
}

var day = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC) // 1793491200

func allOperations() [][]operation {
	return [][]operation{
		numberOperations(), setupOperations(), accountOperations(), templateOperations(), figureOperations(), callOperations(), appOperations(),
		flowOperations(), groupOperations(), partnerOperations(),
	}
}

func TestOperationsAreAsDocumented(t *testing.T) {
	t.Parallel()
	for _, group := range allOperations() {
		for _, o := range group {
			t.Run(o.name, func(t *testing.T) {
				t.Parallel()
				c, s := newClient(t, func(cfg *cloudapi.Config) { cfg.AppSecret = secret }, ok(o.answer))
				got, err := o.call(context.Background(), c)
				require.NoError(t, err)
				require.Empty(t, cmp.Diff(o.want, got))
				require.Len(t, s.got, 1)
				x := s.got[0]
				require.Equal(t, o.method, x.method)
				require.Equal(t, "/v26.0"+o.path, x.path)
				q, err := url.ParseQuery(x.query)
				require.NoError(t, err)
				q.Del("appsecret_proof")
				unescaped, err := url.QueryUnescape(q.Encode())
				require.NoError(t, err)
				require.Equal(t, o.query, unescaped)
				if o.body == "" {
					require.Empty(t, string(x.body))
					return
				}
				requireJSON(t, o.body, x.body)
			})
		}
	}
}

// TestOperationsReportFailure runs every operation against a refusal: the error
// has to come back as it is, with the operation's name and nothing else.
func TestOperationsReportFailure(t *testing.T) {
	t.Parallel()
	const refusal = `{"error":{"message":"(#10) CANARY","type":"OAuthException","code":10,"fbtrace_id":"A1"}}`
	for _, group := range allOperations() {
		for _, o := range group {
			t.Run(o.name, func(t *testing.T) {
				t.Parallel()
				c, s := newClient(t, func(cfg *cloudapi.Config) { cfg.AppSecret = secret }, answer{status: 403, body: refusal})
				_, err := o.call(context.Background(), c)
				e, isError := errors.AsType[*cloudapi.Error](err)
				require.True(t, isError, "%v", err)
				require.Equal(t, 10, e.Code)
				require.Equal(t, message.ClassPermission, e.Failure().Class)
				require.NotContains(t, err.Error(), "CANARY")
				require.Len(t, s.got, 1, "a refusal for good must not be repeated")
			})
		}
	}
}

// TestOperationsSurviveNonsense runs every operation against answers that are not
// what the documentation shows: an error or a zero value, never a panic.
func TestOperationsSurviveNonsense(t *testing.T) {
	t.Parallel()
	for _, nonsense := range []string{
		"", "null", "[]", `""`, "17", "true", "{}", `{"data":null}`, `{"data":[null]}`, `{"data":[17,"x",[],{}]}`, `{"data":{}}`,
		"<html><body>CANARY</body></html>", `{"success":"CANARY"}`, `{"id":{"CANARY":1}}`, `{"paging":{"next":"https://CANARY"},"data":[]}`, "\xff\xfe",
	} {
		for _, group := range allOperations() {
			for _, o := range group {
				c, _ := newClient(t, func(cfg *cloudapi.Config) { cfg.AppSecret = secret; cfg.Retries = -1 }, ok(nonsense))
				if _, err := o.call(context.Background(), c); err != nil {
					require.NotContains(t, err.Error(), "CANARY", o.name)
					_, isFailer := message.FailureOf(err)
					require.True(t, isFailer, "%s: every error has a class: %v", o.name, err)
				}
			}
		}
	}
}

func numberOperations() []operation {
	const fields = "id,display_phone_number,verified_name,name_status,new_display_name,new_name_status,code_verification_status," +
		"quality_rating,status,throughput,whatsapp_business_manager_messaging_limit,platform_type,is_on_biz_app,account_mode," +
		"is_official_business_account,official_business_account,is_pin_enabled,is_preverified_number,last_onboarded_time,search_visibility," +
		"eligibility_for_api_business_global_search,country_code," +
		"country_dial_code,username,webhook_configuration,health_status,conversational_automation"
	return []operation{
		{
			"read a number",
			func(ctx context.Context, c *cloudapi.Client) (any, error) { return number(c).Info(ctx) },
			"GET", numberPath, "fields=" + fields, "",
			`{"id":"106540352242922","display_phone_number":"+1 650-555-0199","verified_name":"Lucky Shrub","name_status":"APPROVED",
			"code_verification_status":"VERIFIED","quality_rating":"GREEN","status":"CONNECTED","throughput":{"level":"HIGH"},
			"whatsapp_business_manager_messaging_limit":"TIER_10K","platform_type":"CLOUD_API","is_on_biz_app":false,"account_mode":"LIVE",
			"is_official_business_account":false,"official_business_account":{"oba_status":"NOT_STARTED"},"is_pin_enabled":true,"eligibility_for_api_business_global_search":"NON_ELIGIBLE_UNDEFINED_COUNTRY","last_onboarded_time":"2026-08-31T00:09:36+0000","country_code":"US",
			"country_dial_code":1,"webhook_configuration":{"application":"https://example.com/a","phone_number":"https://example.com/n"},
			"health_status":{"can_send_message":"LIMITED","entities":[{"entity_type":"WABA","id":102290129340398,"can_send_message":"LIMITED",
			"additional_info":["Verify."],"errors":[{"error_code":141006,"error_description":"No payment","possible_solution":"Add a card"}]}]},
			"conversational_automation":{"enable_welcome_message":true,"prompts":["Hours?"],"commands":[{"command_name":"help","command_description":"Get help"}]}}`,
			cloudapi.NumberInfo{
				ID: "106540352242922", DisplayPhone: "+1 650-555-0199", VerifiedName: "Lucky Shrub", NameStatus: "APPROVED",
				CodeVerification: "VERIFIED", Quality: "GREEN", Status: "CONNECTED", ThroughputLevel: "HIGH", MessagingLimit: "TIER_10K",
				Platform: "CLOUD_API", Mode: "LIVE", OfficialStatus: "NOT_STARTED", SearchEligibility: "NON_ELIGIBLE_UNDEFINED_COUNTRY", PINEnabled: new(true), LastOnboarded: time.Date(2026, 8, 31, 0, 9, 36, 0, time.UTC),
				CountryCode: "US", DialCode: "1", Webhooks: cloudapi.WebhookAddresses{App: "https://example.com/a", Number: "https://example.com/n"},
				Health: &cloudapi.Health{CanSend: "LIMITED", Entities: []cloudapi.HealthEntity{{
					Type: "WABA", ID: "102290129340398", CanSend: "LIMITED", Info: []string{"Verify."},
					Problems: []cloudapi.HealthProblem{{Code: 141006, Description: "No payment", Solution: "Add a card"}},
				}}},
				Automation: &cloudapi.Automation{
					WelcomeMessage: true, IceBreakers: []string{"Hours?"}, Commands: []cloudapi.Command{{Name: "help", Description: "Get help"}},
				},
			},
		},
		{
			"read a number's limit",
			func(ctx context.Context, c *cloudapi.Client) (any, error) { return number(c).MessagingLimit(ctx) },
			"GET", numberPath, "fields=whatsapp_business_manager_messaging_limit", "",
			`{"whatsapp_business_manager_messaging_limit":"TIER_UNLIMITED","id":"1"}`, "TIER_UNLIMITED",
		},
		{
			"read whether the marketing of an account goes its own way",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return number(c).MarketingReady(ctx, "102290129340398")
			},
			"GET", accountPath, "fields=marketing_messages_lite_api_status", "",
			`{"marketing_messages_lite_api_status":"ONBOARDED","id":"1"}`, true,
		},
		{
			"read a number's health",
			func(ctx context.Context, c *cloudapi.Client) (any, error) { return number(c).Health(ctx) },
			"GET", numberPath, "fields=health_status", "",
			`{"health_status":{"can_send_message":"AVAILABLE","entities":[]},"id":"1"}`, cloudapi.Health{CanSend: "AVAILABLE"},
		},
		{
			"read the profile",
			func(ctx context.Context, c *cloudapi.Client) (any, error) { return number(c).Profile(ctx) },
			"GET", numberPath + "/whatsapp_business_profile", "fields=about,address,description,email,profile_picture_url,websites,vertical", "",
			`{"data":[{"about":"Succulents","address":"1 Hacker Way","description":"We sell","email":"a@example.com",
			"profile_picture_url":"https://pps.whatsapp.net/v/t61","websites":["https://example.com"],"vertical":"RETAIL","messaging_product":"whatsapp"}]}`,
			cloudapi.Profile{
				About: "Succulents", Address: "1 Hacker Way", Description: "We sell", Email: "a@example.com",
				PictureURL: "https://pps.whatsapp.net/v/t61", Websites: []string{"https://example.com"}, Vertical: "RETAIL",
			},
		},
		{
			"change the profile",
			only(func(ctx context.Context, c *cloudapi.Client) error {
				return number(c).UpdateProfile(ctx, cloudapi.ProfileChange{About: new("Hi"), Address: new(""), Websites: []string{"https://example.com"}, PictureHandle: "4::aW1"})
			}),
			"POST", numberPath + "/whatsapp_business_profile", "",
			`{"messaging_product":"whatsapp","about":"Hi","address":"","websites":["https://example.com"],"profile_picture_handle":"4::aW1"}`, done, nil,
		},
		{
			"block users",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return number(c).Block(ctx, message.Recipient{Phone: "16505550123"}, message.Recipient{BSUID: "US.1349"})
			},
			"POST", numberPath + "/block_users", "",
			`{"messaging_product":"whatsapp","block_users":[{"user":"+16505550123"},{"user_id":"US.1349"}]}`,
			`{"messaging_product":"whatsapp","block_users":{"added_users":[{"input":"+16505550123","wa_id":"16505550123"},{"input":"US.1349","user_id":"US.1349"}]}}`,
			cloudapi.BlockResult{Done: []cloudapi.BlockedUser{{Input: "+16505550123", WAID: "16505550123"}, {Input: "US.1349", BSUID: "US.1349"}}},
		},
		{
			"unblock users",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return number(c).Unblock(ctx, message.Recipient{Phone: "+16505550123"})
			},
			"DELETE", numberPath + "/block_users", "", `{"messaging_product":"whatsapp","block_users":[{"user":"+16505550123"}]}`,
			`{"messaging_product":"whatsapp","block_users":{"removed_users":[{"input":"+16505550123","wa_id":"16505550123"}]}}`,
			cloudapi.BlockResult{Done: []cloudapi.BlockedUser{{Input: "+16505550123", WAID: "16505550123"}}},
		},
		{
			"list blocked users, flat",
			func(ctx context.Context, c *cloudapi.Client) (any, error) { return collect(number(c).Blocked(ctx)) },
			"GET", numberPath + "/block_users", "limit=100", "",
			`{"data":[{"messaging_product":"whatsapp","wa_id":"16505550123"}],"paging":{"cursors":{"after":"A","before":"B"}}}`,
			[]cloudapi.BlockedUser{{WAID: "16505550123"}},
		},
		{
			"list blocked users, nested",
			func(ctx context.Context, c *cloudapi.Client) (any, error) { return collect(number(c).Blocked(ctx)) },
			"GET", numberPath + "/block_users", "limit=100", "",
			`{"data":[{"block_users":[{"messaging_product":"whatsapp","wa_id":"16505550123"},{"user_id":"US.1"}]}]}`,
			[]cloudapi.BlockedUser{{WAID: "16505550123"}, {BSUID: "US.1"}},
		},
		{
			"make a QR code",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return number(c).CreateQRCode(ctx, "Cyber", cloudapi.QRSVG)
			},
			"POST", numberPath + "/message_qrdls", "", `{"prefilled_message":"Cyber","generate_qr_image":"SVG"}`,
			`{"code":"4O4YGZEG3RIVE1","prefilled_message":"Cyber","deep_link_url":"https://wa.me/message/4O4YGZEG3RIVE1","qr_image_url":"https://scontent.example.com/1"}`,
			cloudapi.QRCode{Code: "4O4YGZEG3RIVE1", Text: "Cyber", Link: "https://wa.me/message/4O4YGZEG3RIVE1", ImageURL: "https://scontent.example.com/1"},
		},
		{
			"change a QR code",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return number(c).UpdateQRCode(ctx, "4O4YGZEG3RIVE1", "Other")
			},
			"POST", numberPath + "/message_qrdls", "", `{"code":"4O4YGZEG3RIVE1","prefilled_message":"Other"}`,
			`{"code":"4O4YGZEG3RIVE1","prefilled_message":"Other","deep_link_url":"l"}`, cloudapi.QRCode{Code: "4O4YGZEG3RIVE1", Text: "Other", Link: "l"},
		},
		{
			"list QR codes",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return collect(number(c).QRCodes(ctx, cloudapi.QRPNG))
			},
			"GET", numberPath + "/message_qrdls", "fields=code,prefilled_message,deep_link_url,qr_image_url.format(PNG)&limit=100", "",
			`{"data":[{"code":"A","prefilled_message":"a","deep_link_url":"l"}]}`, []cloudapi.QRCode{{Code: "A", Text: "a", Link: "l"}},
		},
		{
			"read a QR code",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return number(c).QRCode(ctx, "4O4YGZEG3RIVE1", cloudapi.QRSVG)
			},
			"GET", numberPath + "/message_qrdls/4O4YGZEG3RIVE1", "fields=code,prefilled_message,deep_link_url,qr_image_url.format(SVG)", "",
			`{"data":[{"code":"4O4YGZEG3RIVE1","prefilled_message":"a","deep_link_url":"l"}]}`, cloudapi.QRCode{Code: "4O4YGZEG3RIVE1", Text: "a", Link: "l"},
		},
		{
			"delete a QR code",
			only(func(ctx context.Context, c *cloudapi.Client) error {
				return number(c).DeleteQRCode(ctx, "4O4YGZEG3RIVE1")
			}),
			"DELETE", numberPath + "/message_qrdls/4O4YGZEG3RIVE1", "", "", done, nil,
		},
		{
			"read the automation",
			func(ctx context.Context, c *cloudapi.Client) (any, error) { return number(c).Automation(ctx) },
			"GET", numberPath, "fields=conversational_automation", "",
			`{"conversational_automation":{"prompts":["Hours?"],"enable_welcome_message":false,"id":"1"},"id":"1"}`, cloudapi.Automation{IceBreakers: []string{"Hours?"}},
		},
		{
			"set the automation",
			only(func(ctx context.Context, c *cloudapi.Client) error {
				return number(c).SetAutomation(ctx, cloudapi.Automation{WelcomeMessage: true, Commands: []cloudapi.Command{{Name: "help", Description: "Get help"}}})
			}),
			"POST", numberPath + "/conversational_automation", "",
			`{"enable_welcome_message":true,"prompts":[],"commands":[{"command_name":"help","command_description":"Get help"}]}`, done, nil,
		},
		{
			"read the commerce settings",
			func(ctx context.Context, c *cloudapi.Client) (any, error) { return number(c).Commerce(ctx) },
			"GET", numberPath + "/whatsapp_commerce_settings", "", "",
			`{"data":[{"is_cart_enabled":false,"is_catalog_visible":true,"id":"1"}]}`, cloudapi.Commerce{CatalogVisible: true},
		},
		{
			"set the commerce settings",
			only(func(ctx context.Context, c *cloudapi.Client) error {
				return number(c).SetCommerce(ctx, cloudapi.Commerce{CartEnabled: true})
			}),
			"POST", numberPath + "/whatsapp_commerce_settings", "is_cart_enabled=true&is_catalog_visible=false", "", done, nil,
		},
		{
			"read a username",
			func(ctx context.Context, c *cloudapi.Client) (any, error) { return number(c).Username(ctx) },
			"GET", numberPath + "/username", "", "", `{"username":"lucky.shrub","status":"approved"}`, cloudapi.Username{Name: "lucky.shrub", Status: "approved"},
		},
		{
			"take a username over",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return number(c).SetUsername(ctx, "lucky.shrub", true)
			},
			"POST", numberPath + "/username", "", `{"username":"lucky.shrub","transfer_action":"force_transfer"}`, `{"status":"reserved"}`, "reserved",
		},
		{
			"give a username up",
			only(func(ctx context.Context, c *cloudapi.Client) error { return number(c).DeleteUsername(ctx) }),
			"DELETE", numberPath + "/username", "", "", done, nil,
		},
		{
			"ask for usernames",
			func(ctx context.Context, c *cloudapi.Client) (any, error) { return number(c).UsernameSuggestions(ctx) },
			"GET", numberPath + "/username_suggestions", "", "", `{"data":[{"username_suggestions":["a1","a2"]}]}`, []string{"a1", "a2"},
		},
		{
			"describe a file",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return number(c).Media(ctx, "1013859600285441")
			},
			"GET", "/1013859600285441", "phone_number_id=106540352242922", "",
			`{"messaging_product":"whatsapp","url":"https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1","mime_type":"image/jpeg",
			"sha256":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=","file_size":"303833","id":"1013859600285441"}`,
			cloudapi.MediaInfo{
				ID: "1013859600285441", URL: "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1", MIME: "image/jpeg",
				Size: 303833, SHA256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
			},
		},
		{
			"delete a file",
			only(func(ctx context.Context, c *cloudapi.Client) error {
				return number(c).DeleteMedia(ctx, "1013859600285441")
			}),
			"DELETE", "/1013859600285441", "phone_number_id=106540352242922", "", done, nil,
		},
	}
}

func setupOperations() []operation {
	return []operation{
		{
			"ask for a code",
			only(func(ctx context.Context, c *cloudapi.Client) error {
				return number(c).RequestCode(ctx, cloudapi.CodeVoice, "fi")
			}),
			"POST", numberPath + "/request_code", "code_method=VOICE&language=fi", "", done, nil,
		},
		{
			"verify a code",
			only(func(ctx context.Context, c *cloudapi.Client) error { return number(c).VerifyCode(ctx, "123830") }),
			"POST", numberPath + "/verify_code", "", `{"code":"123830"}`, done, nil,
		},
		{
			"register",
			only(func(ctx context.Context, c *cloudapi.Client) error { return number(c).Register(ctx, "123456", "") }),
			"POST", numberPath + "/register", "", `{"messaging_product":"whatsapp","pin":"123456"}`, done, nil,
		},
		{
			"register with storage in a country",
			only(func(ctx context.Context, c *cloudapi.Client) error { return number(c).Register(ctx, "123456", "DE") }),
			"POST", numberPath + "/register", "", `{"messaging_product":"whatsapp","pin":"123456","data_localization_region":"DE"}`, done, nil,
		},
		{
			"deregister",
			only(func(ctx context.Context, c *cloudapi.Client) error { return number(c).Deregister(ctx) }),
			"POST", numberPath + "/deregister", "", "", done, nil,
		},
		{
			"set the PIN",
			only(func(ctx context.Context, c *cloudapi.Client) error { return number(c).SetPIN(ctx, "150954") }),
			"POST", numberPath, "", `{"pin":"150954"}`, done, nil,
		},
		{
			"rename",
			only(func(ctx context.Context, c *cloudapi.Client) error {
				return number(c).SetDisplayName(ctx, "Lucky Shrub")
			}),
			"POST", numberPath, "", `{"messaging_product":"whatsapp","new_display_name":"Lucky Shrub"}`, done, nil,
		},
		{
			"redirect the webhooks of a number",
			only(func(ctx context.Context, c *cloudapi.Client) error {
				return number(c).SetWebhook(ctx, cloudapi.Webhook{URL: "https://example.com/w", VerifyToken: "v"})
			}),
			"POST", numberPath, "", `{"webhook_configuration":{"override_callback_uri":"https://example.com/w","verify_token":"v"}}`, done, nil,
		},
		{
			"end the redirection",
			only(func(ctx context.Context, c *cloudapi.Client) error {
				return number(c).SetWebhook(ctx, cloudapi.Webhook{})
			}),
			"POST", numberPath, "", `{"webhook_configuration":{"override_callback_uri":""}}`, done, nil,
		},
		{
			"start the handover of history",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return number(c).SyncApp(ctx, cloudapi.SyncHistory)
			},
			"POST", numberPath + "/smb_app_data", "", `{"messaging_product":"whatsapp","sync_type":"history"}`, `{"messaging_product":"whatsapp","request_id":"R1"}`, "R1",
		},
		{
			"read the settings",
			func(ctx context.Context, c *cloudapi.Client) (any, error) { return number(c).Settings(ctx) },
			"GET", numberPath + "/settings", "", "",
			`{"calling":{"status":"ENABLED","call_icon_visibility":"DEFAULT","call_hours":{"status":"ENABLED","timezone_id":"Europe/Helsinki",
			"weekly_operating_hours":[{"day_of_week":"MONDAY","open_time":"0400","close_time":"1020"}]}},
			"storage_configuration":{"status":"in_country_storage_enabled","data_localization_region":"BR"},
			"user_identity_change":{"enable_identity_key_check":true},"future":{"a":1}}`,
			cloudapi.Settings{
				Calling: &cloudapi.CallSettings{Status: "ENABLED", IconVisibility: "DEFAULT", Hours: &cloudapi.CallHours{
					Status: "ENABLED", TimeZone: "Europe/Helsinki", Weekly: []cloudapi.OpeningTime{{Day: "MONDAY", Open: "0400", Close: "1020"}},
				}},
				Storage: &cloudapi.StorageSettings{Status: "IN_COUNTRY_STORAGE_ENABLED", Region: "BR"}, Identity: new(true), Extra: rawMap("future", `{"a":1}`),
			},
		},
		{
			"change the settings",
			only(func(ctx context.Context, c *cloudapi.Client) error {
				return number(c).UpdateSettings(ctx, cloudapi.Settings{
					Calling: &cloudapi.CallSettings{Status: "DISABLED"}, Identity: new(false),
					Storage: &cloudapi.StorageSettings{Status: "NO_STORAGE_ENABLED", RetentionMinutes: 60},
				})
			}),
			"POST", numberPath + "/settings", "",
			`{"calling":{"status":"DISABLED"},"user_identity_change":{"enable_identity_key_check":false},
			"storage_configuration":{"status":"NO_STORAGE_ENABLED","retention_minutes":60}}`, done, nil,
		},
	}
}
