package cloudapi_test

import (
	"context"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/template"
)

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
			"read a template's health",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return account(c).TemplateHealth(ctx, "564750795574598")
			},
			"GET", "/564750795574598", "fields=health_status", "",
			`{"health_status":{"can_send_message":"BLOCKED","entities":[{"entity_type":"MESSAGE_TEMPLATE","id":"564750795574598","can_send_message":"BLOCKED"}]},"id":"1"}`,
			cloudapi.Health{CanSend: "BLOCKED", Entities: []cloudapi.HealthEntity{{Type: "MESSAGE_TEMPLATE", ID: "564750795574598", CanSend: "BLOCKED"}}},
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
