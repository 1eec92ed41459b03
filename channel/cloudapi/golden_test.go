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
	"github.com/kanava-go/kanava/template"
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

func TestOperationsAreAsDocumented(t *testing.T) {
	t.Parallel()
	for _, group := range [][]operation{
		numberOperations(), setupOperations(), accountOperations(), templateOperations(), figureOperations(), callOperations(), appOperations(),
	} {
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
	for _, group := range [][]operation{
		numberOperations(), setupOperations(), accountOperations(), templateOperations(), figureOperations(), callOperations(), appOperations(),
	} {
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
		for _, group := range [][]operation{
			numberOperations(), setupOperations(), accountOperations(), templateOperations(), figureOperations(), callOperations(), appOperations(),
		} {
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
		"is_official_business_account,is_pin_enabled,is_preverified_number,last_onboarded_time,search_visibility,country_code," +
		"country_dial_code,username,webhook_configuration,health_status,conversational_automation"
	return []operation{
		{
			"read a number",
			func(ctx context.Context, c *cloudapi.Client) (any, error) { return number(c).Info(ctx) },
			"GET", numberPath, "fields=" + fields, "",
			`{"id":"106540352242922","display_phone_number":"+1 650-555-0199","verified_name":"Lucky Shrub","name_status":"APPROVED",
			"code_verification_status":"VERIFIED","quality_rating":"GREEN","status":"CONNECTED","throughput":{"level":"HIGH"},
			"whatsapp_business_manager_messaging_limit":"TIER_10K","platform_type":"CLOUD_API","is_on_biz_app":false,"account_mode":"LIVE",
			"is_official_business_account":false,"is_pin_enabled":true,"last_onboarded_time":"2026-08-31T00:09:36+0000","country_code":"US",
			"country_dial_code":1,"webhook_configuration":{"application":"https://example.com/a","phone_number":"https://example.com/n"},
			"health_status":{"can_send_message":"LIMITED","entities":[{"entity_type":"WABA","id":102290129340398,"can_send_message":"LIMITED",
			"additional_info":["Verify."],"errors":[{"error_code":141006,"error_description":"No payment","possible_solution":"Add a card"}]}]},
			"conversational_automation":{"enable_welcome_message":true,"prompts":["Hours?"],"commands":[{"command_name":"help","command_description":"Get help"}]}}`,
			cloudapi.NumberInfo{
				ID: "106540352242922", DisplayPhone: "+1 650-555-0199", VerifiedName: "Lucky Shrub", NameStatus: "APPROVED",
				CodeVerification: "VERIFIED", Quality: "GREEN", Status: "CONNECTED", ThroughputLevel: "HIGH", MessagingLimit: "TIER_10K",
				Platform: "CLOUD_API", Mode: "LIVE", PINEnabled: new(true), LastOnboarded: time.Date(2026, 8, 31, 0, 9, 36, 0, time.UTC),
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

func accountOperations() []operation {
	return []operation{
		{
			"read an account",
			func(ctx context.Context, c *cloudapi.Client) (any, error) { return account(c).Info(ctx) },
			"GET", accountPath, "fields=id,name,currency,timezone_id,country,status,account_review_status,business_verification_status,ownership_type," +
				"message_template_namespace,primary_funding_id,is_enabled_for_insights,marketing_messages_lite_api_status," +
				"whatsapp_business_manager_messaging_limit,health_status", "",
			`{"id":"102290129340398","name":"Lucky Shrub","currency":"USD","timezone_id":"1","account_review_status":"APPROVED",
			"message_template_namespace":"58e6d318_b627_4112_b9c7_2961197553ea","is_enabled_for_insights":true,"marketing_messages_lite_api_status":"ONBOARDED"}`,
			cloudapi.AccountInfo{
				ID: "102290129340398", Name: "Lucky Shrub", Currency: "USD", TimeZone: "1", ReviewStatus: "APPROVED",
				TemplateNamespace: "58e6d318_b627_4112_b9c7_2961197553ea", Insights: true, MarketingMessages: "ONBOARDED",
			},
		},
		{
			"list numbers",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return collect(account(c).Numbers(ctx, cloudapi.NumberQuery{Fields: []string{"id", "status"}, OldestFirst: true, Mode: "SANDBOX"}))
			},
			"GET", accountPath + "/phone_numbers",
			`fields=id,status&filtering=[{"field":"account_mode","operator":"EQUAL","value":"SANDBOX"}]&limit=100&sort=['last_onboarded_time_ascending']`, "",
			`{"data":[{"id":"1","status":"CONNECTED"},{"id":"2","status":"PENDING"}],"paging":{"cursors":{"before":"B","after":"A"}}}`,
			[]cloudapi.NumberInfo{{ID: "1", Status: "CONNECTED"}, {ID: "2", Status: "PENDING"}},
		},
		{
			"add a number",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return account(c).AddNumber(ctx, cloudapi.NewNumber{CountryCode: "1", Number: "6505550199", DisplayName: "Lucky Shrub", Migrate: true})
			},
			"POST", accountPath + "/phone_numbers", "", `{"cc":"1","phone_number":"6505550199","verified_name":"Lucky Shrub","migrate_phone_number":true}`, `{"id":"106540352242922"}`, "106540352242922",
		},
		{
			"subscribe", only(func(ctx context.Context, c *cloudapi.Client) error {
				return account(c).Subscribe(ctx, cloudapi.Webhook{})
			}),
			"POST", accountPath + "/subscribed_apps", "", `{}`, done, nil,
		},
		{
			"subscribe with another address",
			only(func(ctx context.Context, c *cloudapi.Client) error {
				return account(c).Subscribe(ctx, cloudapi.Webhook{URL: "https://example.com/w", VerifyToken: "v"})
			}),
			"POST", accountPath + "/subscribed_apps", "", `{"override_callback_uri":"https://example.com/w","verify_token":"v"}`, done, nil,
		},
		{
			"unsubscribe", only(func(ctx context.Context, c *cloudapi.Client) error { return account(c).Unsubscribe(ctx) }),
			"DELETE", accountPath + "/subscribed_apps", "", "", done, nil,
		},
		{
			"list subscriptions",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return collect(account(c).Subscriptions(ctx))
			},
			"GET", accountPath + "/subscribed_apps", "limit=100", "",
			`{"data":[{"whatsapp_business_api_data":{"id":"634974688087057","link":"https://www.facebook.com/games/?app_id=1","name":"Lucky"},"override_callback_uri":"https://example.com/w"}]}`,
			[]cloudapi.Subscription{{AppID: "634974688087057", AppName: "Lucky", Webhook: "https://example.com/w"}},
		},
		{
			"read an account's health",
			func(ctx context.Context, c *cloudapi.Client) (any, error) { return account(c).Health(ctx) },
			"GET", accountPath, "fields=health_status", "", `{"health_status":{"can_send_message":"BLOCKED"}}`, cloudapi.Health{CanSend: "BLOCKED"},
		},
		{
			"read an account's limit",
			func(ctx context.Context, c *cloudapi.Client) (any, error) { return account(c).MessagingLimit(ctx) },
			"GET", accountPath, "fields=whatsapp_business_manager_messaging_limit", "", `{"whatsapp_business_manager_messaging_limit":"TIER_250"}`, "TIER_250",
		},
		{
			"switch insights on", only(func(ctx context.Context, c *cloudapi.Client) error { return account(c).EnableInsights(ctx) }),
			"POST", accountPath, "is_enabled_for_insights=true", "", `{"id":"102290129340398"}`, nil,
		},
		{
			"list owned accounts",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return collect(c.Business("506914307656634").OwnedAccounts(ctx))
			},
			"GET", "/506914307656634/owned_whatsapp_business_accounts",
			"fields=id,name,currency,timezone_id,country,status,account_review_status,business_verification_status,ownership_type," +
				"message_template_namespace,primary_funding_id,is_enabled_for_insights,marketing_messages_lite_api_status,whatsapp_business_manager_messaging_limit&limit=100", "",
			`{"data":[{"id":1906385232743451,"name":"My"}]}`, []cloudapi.AccountInfo{{ID: "1906385232743451", Name: "My"}},
		},
		{
			"list client accounts",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return collect(c.Business("506914307656634").ClientAccounts(ctx))
			},
			"GET", "/506914307656634/client_whatsapp_business_accounts",
			"fields=id,name,currency,timezone_id,country,status,account_review_status,business_verification_status,ownership_type," +
				"message_template_namespace,primary_funding_id,is_enabled_for_insights,marketing_messages_lite_api_status,whatsapp_business_manager_messaging_limit&limit=100", "",
			`{"data":[]}`, []cloudapi.AccountInfo(nil),
		},
	}
}

func templateOperations() []operation {
	const fields = "id,name,language,status,category,sub_category,previous_category,correct_category,components,parameter_format," +
		"quality_score,rejected_reason,message_send_ttl_seconds,cta_url_link_tracking_opted_out,library_template_name,product_set_id,last_updated_time,source"
	hello := template.Definition{
		Name: "hello", Language: "en_US", Category: template.Utility, ID: "564750795574598", Status: template.StatusApproved,
		Components: []template.Component{&template.Body{Text: "Your order is on its way."}},
	}
	return []operation{
		{
			"list templates",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return collect(account(c).Templates(ctx, cloudapi.TemplateQuery{Name: "hello", Status: template.StatusApproved, PageSize: 2}))
			},
			"GET", accountPath + "/message_templates", "fields=" + fields + "&limit=2&name=hello&status=APPROVED", "",
			`{"data":[{"name":"hello","parameter_format":"POSITIONAL","components":[{"type":"BODY","text":"Your order is on its way."}],
			"language":"en_US","status":"APPROVED","category":"UTILITY","id":"564750795574598"}],"paging":{"cursors":{"before":"MAZDZD","after":"MjQZD"}}}`,
			[]template.Definition{func() template.Definition { d := hello; d.Format = template.Positional; return d }()},
		},
		{
			"read a template",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return account(c).Template(ctx, "564750795574598")
			},
			"GET", "/564750795574598", "fields=" + fields + ",health_status", "",
			`{"name":"hello","components":[{"type":"BODY","text":"Your order is on its way."}],"language":"en_US","status":"APPROVED","category":"UTILITY","id":"564750795574598"}`, hello,
		},
		{
			"make a template",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return account(c).CreateTemplate(ctx, hello)
			},
			"POST", accountPath + "/message_templates", "",
			`{"name":"hello","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"Your order is on its way."}]}`,
			`{"id":"572279198452421","status":"PENDING","category":"MARKETING"}`,
			cloudapi.CreatedTemplate{ID: "572279198452421", Status: template.StatusPending, Category: template.Marketing},
		},
		{
			"make a template from the library",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return account(c).CreateTemplate(ctx, template.Definition{
					Name: "shipped", Language: "en_US", Category: template.Utility, Library: template.Library{
						TemplateName: "delivery_update_1", ButtonInputs: []byte(`[{"type":"URL","url":{"base_url":"https://example.com/{{1}}","url_suffix_example":"a"}}]`),
					},
				})
			},
			"POST", accountPath + "/message_templates", "",
			`{"name":"shipped","language":"en_US","category":"UTILITY","library_template_name":"delivery_update_1",
			"library_template_button_inputs":[{"type":"URL","url":{"base_url":"https://example.com/{{1}}","url_suffix_example":"a"}}]}`,
			`{"id":"1","status":"APPROVED","category":"UTILITY"}`,
			cloudapi.CreatedTemplate{ID: "1", Status: template.StatusApproved, Category: template.Utility},
		},
		{
			"edit a template", only(func(ctx context.Context, c *cloudapi.Client) error { return account(c).EditTemplate(ctx, hello) }),
			"POST", "/564750795574598", "", `{"components":[{"type":"BODY","text":"Your order is on its way."}]}`, done, nil,
		},
		{
			"edit a rejected template",
			only(func(ctx context.Context, c *cloudapi.Client) error {
				rejected := hello
				rejected.Status = template.StatusRejected
				return account(c).EditTemplate(ctx, rejected)
			}),
			"POST", "/564750795574598", "", `{"category":"UTILITY","components":[{"type":"BODY","text":"Your order is on its way."}]}`, done, nil,
		},
		{
			"delete a template in all languages",
			only(func(ctx context.Context, c *cloudapi.Client) error {
				return account(c).DeleteTemplate(ctx, "hello", "")
			}),
			"DELETE", accountPath + "/message_templates", "name=hello", "", done, nil,
		},
		{
			"delete a template in one language",
			only(func(ctx context.Context, c *cloudapi.Client) error {
				return account(c).DeleteTemplate(ctx, "hello", "564750795574598")
			}),
			"DELETE", accountPath + "/message_templates", "hsm_id=564750795574598&name=hello", "", done, nil,
		},
		{
			"delete several templates",
			only(func(ctx context.Context, c *cloudapi.Client) error { return account(c).DeleteTemplates(ctx, "1", "2") }),
			"DELETE", accountPath + "/message_templates", `hsm_ids=["1","2"]`, "", done, nil,
		},
		{
			"unpause a template",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				ok, reason, err := account(c).UnpauseTemplate(ctx, "564750795574598")
				return []any{ok, reason}, err
			},
			"POST", "/564750795574598/unpause", "", "", `{"success":false,"reason":"still paused"}`, []any{false, "still paused"},
		},
		{
			"read the namespace",
			func(ctx context.Context, c *cloudapi.Client) (any, error) { return account(c).TemplateNamespace(ctx) },
			"GET", accountPath, "fields=message_template_namespace", "", `{"message_template_namespace":"58e6d318","id":"1"}`, "58e6d318",
		},
		{
			"count templates",
			func(ctx context.Context, c *cloudapi.Client) (any, error) { return account(c).TemplateCount(ctx) },
			"GET", accountPath + "/message_templates", "fields=id&limit=1&summary=message_template_count,message_template_limit", "",
			`{"data":[{"id":"1"}],"summary":{"message_template_count":17,"message_template_limit":250}}`, cloudapi.TemplateCount{Used: 17, Limit: 250},
		},
		{
			"migrate templates",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return account(c).MigrateTemplates(ctx, cloudapi.Migration{From: "99", Page: 1})
			},
			"POST", accountPath + "/migrate_message_templates", "", `{"source_waba_id":"99","page_number":1,"count":500}`,
			`{"migrated_templates":["1473688840035974"],"failed_templates":{"1316473895613871":"Template is not approved"}}`,
			cloudapi.Migrated{Done: []string{"1473688840035974"}, Failed: map[string]string{"1316473895613871": "Template is not approved"}},
		},
		{
			"search the library",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return collect(c.TemplateLibrary(ctx, cloudapi.LibraryQuery{Search: "order", Topic: "ORDER_MANAGEMENT", Language: "en"}))
			},
			"GET", "/message_template_library", "language=en&limit=100&search=order&topic=ORDER_MANAGEMENT", "",
			`{"data":[{"name":"low_balance_warning_1","language":"en_US","category":"UTILITY","topic":"ACCOUNT_UPDATES","usecase":"LOW_BALANCE_WARNING",
			"industry":["FINANCIAL_SERVICES"],"header":"Your balance is low","body":"Hi {{1}}","body_params":["Jim"],"body_param_types":["TEXT"],
			"buttons":[{"type":"URL","text":"Pay"}],"id":"7147013345418927"}]}`,
			[]cloudapi.LibraryTemplate{{
				ID: "7147013345418927", Name: "low_balance_warning_1", Language: "en_US", Category: template.Utility, Topic: "ACCOUNT_UPDATES",
				UseCase: "LOW_BALANCE_WARNING", Industries: []string{"FINANCIAL_SERVICES"}, Header: "Your balance is low", Body: "Hi {{1}}",
				BodyParams: []string{"Jim"}, BodyTypes: []string{"TEXT"}, Buttons: []byte(`[{"type":"URL","text":"Pay"}]`),
			}},
		},
		{
			"preview authentication templates",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				p, err := account(c).AuthPreviews(ctx, cloudapi.AuthPreviewQuery{Languages: []string{"en_US", "fi"}, Recommendation: true, ExpirationMinutes: 10})
				if err != nil || len(p) == 0 || len(p[0].Buttons) == 0 {
					return nil, err
				}
				return p[0].Body + p[0].Footer + p[0].Buttons[0].Text, nil
			},
			"GET", accountPath + "/message_template_previews",
			"add_security_recommendation=true&button_types=OTP&category=AUTHENTICATION&code_expiration_minutes=10&language=en_US,fi", "",
			`{"data":[{"body":"*{{1}}* is your code.","buttons":[{"autofill_text":"Autofill","text":"Copy code"}],"footer":"Expires.","language":"en_US"}]}`,
			"*{{1}}* is your code.Expires.Copy code",
		},
	}
}

func figureOperations() []operation {
	return []operation{
		{
			"count messages",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return account(c).Messaging(ctx, cloudapi.MessagingQuery{Start: day, End: day.Add(24 * time.Hour), Numbers: []string{"16505550199"}, ProductTypes: []int{0, 2}})
			},
			"GET", accountPath, `fields=analytics.start(1793491200).end(1793577600).granularity(DAY).phone_numbers(["16505550199"]).product_types([0,2])`, "",
			`{"analytics":{"phone_numbers":["16505550199"],"granularity":"DAY","data_points":[{"start":1793491200,"end":"1793577600","sent":196093,"delivered":179715}]},"id":"1"}`,
			[]cloudapi.MessagingPoint{{Start: day, End: day.Add(24 * time.Hour), Sent: 196093, Delivered: 179715}},
		},
		{
			"sum up prices",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return account(c).Pricing(ctx, cloudapi.PricingQuery{Start: day, End: day.Add(24 * time.Hour), Granularity: cloudapi.Monthly, Dimensions: []string{"COUNTRY", "PHONE"}})
			},
			"GET", accountPath, `fields=pricing_analytics.start(1793491200).end(1793577600).granularity(MONTHLY).metric_types(["COST","VOLUME"]).dimensions(["COUNTRY","PHONE"])`, "",
			`{"pricing_analytics":{"data":[{"data_points":[{"start":1793491200,"end":1793577600,"country":"IN","phone_number":"16505550199","tier":"0:MAX",
			"pricing_type":"REGULAR","pricing_category":"MARKETING","volume":12,"cost":0.1234}]}]},"id":"1"}`,
			[]cloudapi.PricingPoint{{
				Start: day, End: day.Add(24 * time.Hour), Country: "IN", Number: "16505550199", Tier: "0:MAX", Type: "REGULAR", Category: "MARKETING", Volume: 12, Cost: "0.1234",
			}},
		},
		{
			"count what became of templates",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return collect(account(c).TemplateFigures(ctx, cloudapi.TemplateFiguresQuery{Start: day, End: day.Add(24 * time.Hour), TemplateIDs: []string{"1421988012088524"}, Product: "MARKETING_MESSAGES_LITE_API"}))
			},
			"GET", accountPath + "/template_analytics",
			`end=1793577600&granularity=DAILY&limit=100&metric_types=COST,CLICKED,DELIVERED,READ,SENT&product_type=MARKETING_MESSAGES_LITE_API&start=1793491200&template_ids=["1421988012088524"]`, "",
			`{"data":[{"granularity":"DAILY","product_type":"cloud_api","data_points":[{"template_id":"1421988012088524","start":1793491200,"end":1793577600,"sent":3,"delivered":2,
			"read":1,"clicked":[{"type":"unique_url_button","button_content":"Shop","count":1}],"cost":[{"type":"amount_spent","value":0.01},{"type":"cost_per_url_button_click"}]}]}]}`,
			[]cloudapi.TemplateFigures{{
				TemplateID: "1421988012088524", Start: day, End: day.Add(24 * time.Hour), Sent: 3, Delivered: 2, Read: 1,
				Clicks: []cloudapi.TemplateClicks{{Type: "unique_url_button", Button: "Shop", Count: 1}}, Costs: numbers("amount_spent", "0.01"),
			}},
		},
	}
}

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
			"set the app's webhook",
			only(func(ctx context.Context, c *cloudapi.Client) error {
				return app(c).SetWebhook(ctx, cloudapi.Webhook{URL: "https://example.com/w", VerifyToken: "v"}, "messages", "account_update")
			}),
			"POST", "/634974688087057/subscriptions", "callback_url=https://example.com/w&fields=messages,account_update&object=whatsapp_business_account&verify_token=v", "", done, nil,
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
