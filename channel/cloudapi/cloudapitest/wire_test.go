package cloudapitest_test

import (
	"bytes"
	"encoding/json"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

// TestErrorsReadAsGraphWritesThem compares whole errors, not only their codes.
func TestErrorsReadAsGraphWritesThem(t *testing.T) {
	t.Parallel()
	const docs = " Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api"
	const gone = "does not exist, cannot be loaded due to missing permissions, or does not support this operation." + docs
	const text = `"messaging_product":"whatsapp","to":"+13125550143","type":"text","text":{"body":"x"}`
	for _, tc := range []struct {
		name, method, path, body, token string
		message, kind                   string
		subcode                         float64
	}{
		{"an unknown object", "GET", "123", "", "", "Unsupported get request. Object with ID '123' " + gone, "GraphMethodException", 33},
		{"an unknown object is sent something", "POST", "123/messages", "{" + text + "}", "", "Unsupported post request. Object with ID '123' " + gone, "GraphMethodException", 33},
		{"an unknown object is deleted", "DELETE", "123", "", "", "Unsupported delete request. Object with ID '123' " + gone, "GraphMethodException", 33},
		{"a version and nothing else", "GET", "", "", "", "Unsupported get request." + docs, "GraphMethodException", 0},
		{"a version and nothing to delete", "DELETE", "", "", "", "Unsupported delete request." + docs, "GraphMethodException", 0},
		{"an unknown field of a number", "GET", "NUMBER?fields=id,nonsense", "", "", "(#100) Tried accessing nonexisting field (nonsense) on node type (WhatsAppBusinessPhoneNumber)", "OAuthException", 0},
		{"an unknown field of an account", "GET", "ACCOUNT?fields=quality_rating", "", "", "(#100) Tried accessing nonexisting field (quality_rating) on node type (WhatsAppBusinessAccount)", "OAuthException", 0},
		{"an unknown field of a number in a list", "GET", "ACCOUNT/phone_numbers?fields=nonsense", "", "", "(#100) Tried accessing nonexisting field (nonsense) on node type (WhatsAppBusinessPhoneNumber)", "OAuthException", 0},
		{"an unknown field of an edge as a field", "GET", "ACCOUNT?fields=phone_numbers{nonsense}", "", "", "(#100) Tried accessing nonexisting field (nonsense) on node type (WhatsAppBusinessPhoneNumber)", "OAuthException", 0},
		{"an unknown edge", "GET", "NUMBER/nonsense", "", "", "(#100) Tried accessing nonexisting field (nonsense) on node type (WhatsAppBusinessPhoneNumber)", "OAuthException", 0},
		{"a path that goes on", "GET", "NUMBER/settings/more/of/it", "", "", "Unknown path components: /more/of/it", "OAuthException", 0},
		{"an unknown key in an object", "POST", "NUMBER/messages", `{"messaging_product":"whatsapp","to":"+13125550143","type":"template","template":{"name":"t","language":{"code":"en","x":1}}}`, "",
			`(#100) Unexpected key "x" on param "template['language']".`, "OAuthException", 0},
		{"an unknown key in an element", "POST", "NUMBER/messages", `{"messaging_product":"whatsapp","to":"+13125550143","type":"contacts","contacts":[{"name":{"formatted_name":"A","first_name":"A"},"age":3}]}`, "",
			`(#100) Unexpected key "age" on param "contacts[0]".`, "OAuthException", 0},
		{"a message without messaging_product", "POST", "NUMBER/messages", `{"to":"+13125550143","type":"text","text":{"body":"x"}}`, "", "(#100) The parameter messaging_product is required.", "OAuthException", 0},
		{"a garbage token", "GET", "NUMBER", "", "garbage", "Invalid OAuth access token - Cannot parse access token", "OAuthException", 0},
		{"a token of somebody else's making", "GET", "NUMBER", "", "EAAgarbage", "The access token could not be decrypted", "OAuthException", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.user.Text(s.number, "hi")
			_, err := s.account.AddTemplate(`{"name":"t","language":"en","category":"UTILITY","components":[{"type":"BODY","text":"Hello."}]}`)
			require.NoError(t, err)
			if tc.token != "" {
				s.token = tc.token
			}
			_, b := s.graph(tc.method, strings.NewReplacer("NUMBER", s.number.ID, "ACCOUNT", s.account.ID).Replace(tc.path), tc.body)
			e := b["error"].(map[string]any)
			require.Equal(t, tc.message, e["message"])
			require.Equal(t, tc.kind, e["type"])
			require.NotContains(t, e, "error_data")
			if tc.subcode != 0 {
				require.InDelta(t, tc.subcode, e["error_subcode"], 0)
			} else {
				require.NotContains(t, e, "error_subcode")
			}
		})
	}
}

// serve puts a request to the handler, past the client.
func (s *site) serve(method, path, body string, header ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	req := httptest.NewRequest(method, "http://graph.test/", strings.NewReader(body))
	req.URL.Path, req.URL.RawQuery, _ = strings.Cut(path, "?")
	req.Header.Set("Authorization", "Bearer "+s.token)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	s.Handler().ServeHTTP(rec, req)
	return rec
}

func TestEveryPathIsAnsweredInJSON(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, path := range []string{"", "/", "//", "/v20.0/", "/v26.0", "/v26.0//", "///v27.0///", "/v99.0", "/v0.0/", "/v.0", "/v26.0/%2F"} {
		for _, method := range []string{"GET", "POST", "DELETE", "PUT", "PATCH"} {
			rec := s.serve(method, path, "")
			require.Equal(t, 400, rec.Code, "%s %s", method, path)
			require.True(t, json.Valid(rec.Body.Bytes()), "%s %s: %s", method, path, rec.Body)
			require.Equal(t, "application/json; charset=UTF-8", rec.Header().Get("Content-Type"))
		}
	}
	for _, path := range []string{"//v26.0/" + s.number.ID, "/v26.0//" + s.number.ID + "/", "/" + s.number.ID} {
		require.Equal(t, 200, s.serve("GET", path, "").Code, path)
	}
}

func TestAnswersHaveTheHeadersOfGraph(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ok := s.serve("GET", "/v26.0/"+s.number.ID, "").Header()
	for _, name := range []string{"X-Fb-Trace-Id", "X-Fb-Rev", "Cache-Control", "Facebook-Api-Version"} {
		require.NotEmpty(t, ok.Get(name), name)
	}
	require.Contains(t, ok.Get("Cache-Control"), "no-store")
	require.Equal(t, "*", ok.Get("Access-Control-Allow-Origin"))
	require.Empty(t, ok.Get("Www-Authenticate"))
	s.token = "garbage"
	bad := s.serve("GET", "/v26.0/"+s.number.ID, "")
	require.Equal(t, 401, bad.Code)
	require.Equal(t, `OAuth "Facebook Platform" "invalid_token" "Invalid OAuth access token - Cannot parse access token"`, bad.Header().Get("Www-Authenticate"))
	s.token = s.app.Token(s.account)
	bad = s.serve("POST", "/v26.0/"+s.number.ID+"/messages", "{\"messaging_product\":\"whatsapp\",\"to\":\"+13125550143\",\"text\":{\"body\":\"x\",\"é\\n\\\"\":1}}")
	require.Equal(t, `OAuth "Facebook Platform" "invalid_request" "(#100) Unexpected key '??'' on param 'text'."`, bad.Header().Get("Www-Authenticate"))
}

func TestAPageOfAnotherOriginMayCall(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.token = ""
	for _, path := range []string{"/v26.0/" + s.number.ID + "/messages", "/whatsapp_business/attachments/", "/v26.0/nonsense"} {
		rec := s.serve("OPTIONS", path, "", "Origin", "https://page.example", "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization,content-type,x-anything")
		require.Equal(t, 200, rec.Code)
		require.Equal(t, "*", rec.Header().Get("Access-Control-Allow-Origin"))
		require.Equal(t, "authorization,content-type,x-anything", rec.Header().Get("Access-Control-Allow-Headers"))
		require.Contains(t, rec.Header().Get("Access-Control-Allow-Methods"), "DELETE")
	}
	require.Empty(t, s.Audit())
}

func TestABatchIsTakenUntilVersion27(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.user.Text(s.number, "hi")
	batch := `{"batch":[{"method":"GET","relative_url":"` + s.number.ID + `?fields=verified_name"},{"method":"GET","relative_url":"nobody"},
		{"method":"POST","relative_url":"v26.0/` + s.number.ID + `/messages","body":"messaging_product=whatsapp&to=%2B` + s.user.Phone() + `&text={\"body\":\"x\"}"},{"method":"POST","relative_url":"/"}]}`
	rec := s.serve("POST", "/v26.0/", batch)
	require.Equal(t, 200, rec.Code, rec.Body)
	var out []struct {
		Code int
		Body string
	}
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &out))
	require.Equal(t, []int{200, 400, 200, 400}, []int{out[0].Code, out[1].Code, out[2].Code, out[3].Code})
	require.Contains(t, out[0].Body, "Test business")
	rec = s.serve("POST", "/v27.0/", batch)
	require.Equal(t, 400, rec.Code)
	require.Contains(t, rec.Body.String(), "Batch requests are not supported as of v27.0")
	rec = s.serve("POST", "/", `batch=`+strings.ReplaceAll(`[`+strings.Repeat(`{"method":"GET","relative_url":"me"},`, 50)+`{}]`, " ", ""), "Content-Type", "application/x-www-form-urlencoded")
	require.Contains(t, rec.Body.String(), "Maximum batch size is 50")
}

func TestAQRCodeIsChangedUnderItsPath(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, made := s.graph("POST", s.number.ID+"/message_qrdls", `{"prefilled_message":"Hello","generate_qr_image":"PNG"}`)
	qr := made["code"].(string)
	_, b := s.graph("POST", s.number.ID+"/message_qrdls/"+qr, `{"prefilled_message":"Good day"}`)
	require.Equal(t, qr, b["code"], "%v", b)
	_, b = s.graph("POST", s.number.ID+"/message_qrdls", `{"prefilled_message":"Another"}`)
	require.NotEqual(t, qr, b["code"])
	_, b = s.graph("GET", s.number.ID+"/message_qrdls", "")
	require.Len(t, b["data"], 2)
	for _, path := range []string{"/message_qrdls?code=" + qr, "/message_qrdls/" + qr} {
		_, b = s.graph("GET", s.number.ID+path, "")
		require.Len(t, b["data"], 1, path)
		require.Equal(t, "Good day", b["data"].([]any)[0].(map[string]any)["prefilled_message"], path)
	}
	_, b = s.graph("POST", s.number.ID+"/message_qrdls/NOBODY", `{"prefilled_message":"x"}`)
	require.Equal(t, 100, code(b))
	_, b = s.graph("DELETE", s.number.ID+"/message_qrdls?code="+qr, "")
	require.Equal(t, true, b["success"])
}

func TestThePictureOfAQRCodeIsWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	fetch := func(v any) *http.Response {
		resp, err := s.Client().Get(v.(string))
		require.NoError(t, err)
		return resp
	}
	_, made := s.graph("POST", s.number.ID+"/message_qrdls", `{"prefilled_message":"Hello","generate_qr_image":"PNG"}`)
	resp := fetch(made["qr_image_url"])
	require.Equal(t, "image/png", resp.Header.Get("Content-Type"))
	picture, err := png.Decode(resp.Body)
	require.NoError(t, err)
	require.Equal(t, picture.Bounds().Dx(), picture.Bounds().Dy())
	_, b := s.graph("GET", s.number.ID+"/message_qrdls?fields=code,qr_image_url.format(SVG)", "")
	resp = fetch(b["data"].([]any)[0].(map[string]any)["qr_image_url"])
	require.Equal(t, "image/svg+xml", resp.Header.Get("Content-Type"))
	svg, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.True(t, bytes.HasPrefix(svg, []byte("<svg")))
	_, b = s.graph("GET", s.number.ID+"/message_qrdls?fields=qr_image_url.format(PNG)", "")
	require.Contains(t, b["data"].([]any)[0].(map[string]any)["qr_image_url"], "format=png")
	require.Empty(t, s.Audit(), "pictures need no token")
}

func TestHEADIsAnsweredLikeGET(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.user.Image(s.number, cloudapitest.Attachment{})
	_, media := s.graph("GET", s.user.Sees(s.number)[0].Media.ID, "")
	for url, want := range map[string]int{
		"https://graph.facebook.com/v26.0/" + s.number.ID: 200, "https://graph.facebook.com/v26.0/0": 400, media["url"].(string): 200,
	} {
		req, err := http.NewRequest(http.MethodHead, url, nil)
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer "+s.token)
		resp, err := s.Client().Do(req)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, want, resp.StatusCode, url)
		require.Empty(t, body)
	}
	require.Empty(t, s.Audit())
}

func TestACodeIsExchangedByEitherMethod(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.token = ""
	pairs := []string{"client_id", s.app.ID, "client_secret", s.app.Secret, "grant_type", "client_credentials"}
	for name, f := range map[string]func() (int, map[string]any){
		"GET":            func() (int, map[string]any) { return s.graph("GET", "oauth/access_token?"+form(pairs...), "") },
		"POST of a form": func() (int, map[string]any) { return s.raw("POST", "oauth/access_token", formType, form(pairs...)) },
		"POST of JSON": func() (int, map[string]any) {
			return s.graph("POST", "oauth/access_token", `{"client_id":"`+s.app.ID+`","client_secret":"`+s.app.Secret+`","grant_type":"client_credentials"}`)
		},
	} {
		status, b := f()
		require.Equal(t, 200, status, name)
		require.Equal(t, s.app.ID+"|"+s.app.Secret, b["access_token"], name)
	}
}

func TestEveryDocumentedFieldCanBeRead(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	tmpl, err := s.account.AddTemplate(orderTemplate)
	require.NoError(t, err)
	for path, fields := range map[string]string{
		s.number.ID: "account_mode,certificate,code_verification_status,conversational_automation,country_code,country_dial_code,display_phone_number," +
			"eligibility_for_api_business_global_search,health_status,id,is_official_business_account,is_on_biz_app,is_pin_enabled,is_preverified_number," +
			"last_onboarded_time,messaging_limit_tier,name_status,new_certificate,new_display_name,new_name_status,official_business_account,platform_type," +
			"primary_business_location,quality_rating,quality_score,search_visibility,status,throughput,username,verified_name,webhook_configuration," +
			"whatsapp_business_manager_messaging_limit,owner_business_info,settings,ad_account_id",
		s.account.ID: "account_review_status,analytics,auth_international_rate_eligibility,business_verification_status,conversation_analytics,country,creation_time," +
			"currency,health_status,id,is_enabled_for_insights,is_shared_with_partners,marketing_messages_lite_api_status,marketing_messages_onboarding_status," +
			"message_template_namespace,name,on_behalf_of_business_info,owner_business,owner_business_info,ownership_type,pricing_analytics," +
			"primary_business_location,primary_funding_id,purchase_order_number,status,timezone_id,whatsapp_business_manager_messaging_limit," +
			"linked_commerce_account,subscribed_apps,phone_numbers{id,status},message_templates.limit(1){name}",
		tmpl.ID: "bid_spec,category,components,correct_category,creative_sourcing_spec,cta_url_link_tracking_opted_out,degrees_of_freedom_spec,display_format,health_status,id," +
			"is_primary_device_delivery_only,language,last_updated_time,library_template_name,message_send_ttl_seconds,name,parameter_format,previous_category," +
			"quality_score,rejected_reason,specific_rejection_reasons,status,sub_category",
		s.account.Portfolio.ID: "block_offline_analytics,created_by,created_time,extended_updated_time,id,is_hidden,link,marketing_messages_onboarding_status,name," +
			"payment_account_id,primary_page,profile_picture_uri,timezone_id,two_factor_type,updated_by,updated_time,user_access_expire_time," +
			"verification_status,vertical,vertical_id,whatsapp_business_manager_messaging_limit,owned_whatsapp_business_accounts{id}",
		s.app.ID: "id,name,link",
		"me":     "id,name",
		"app":    "id,name",
	} {
		status, b := s.graph("GET", path+"?fields="+fields, "")
		require.Equal(t, 200, status, "%v", b)
		for _, name := range strings.Split(fields, ",") {
			if name, _, _ = strings.Cut(name, "{"); !strings.HasSuffix(name, "}") {
				name, _, _ = strings.Cut(name, ".")
				require.Contains(t, b, name)
			}
		}
	}
	for _, edge := range []string{"activities", "audiences", "payment_configurations", "schedules", "solutions", "template_groups"} {
		status, b := s.graph("GET", s.account.ID+"/"+edge, "")
		require.Equal(t, 200, status, edge)
		require.Empty(t, b["data"], edge)
		status, b = s.graph("GET", s.account.ID+"?fields=id,"+edge, "")
		require.Equal(t, 200, status, "%s: %v", edge, b)
	}
	_, b := s.graph("GET", s.account.ID+"?fields=phone_numbers{id,status}", "")
	require.Equal(t, []any{map[string]any{"id": s.number.ID, "status": "CONNECTED"}}, b["phone_numbers"].(map[string]any)["data"])
	_, b = s.graph("GET", "me?fields=email", "")
	require.Equal(t, "(#100) Tried accessing nonexisting field (email) on node type (User)", b["error"].(map[string]any)["message"])
	_, b = s.graph("GET", "me/businesses?fields=id,verification_status", "")
	require.Equal(t, []any{map[string]any{"id": s.account.Portfolio.ID, "verification_status": "verified"}}, b["data"])
	_, b = s.graph("GET", "me/permissions", "")
	require.Contains(t, b["data"], map[string]any{"permission": "whatsapp_business_messaging", "status": "granted"})
	s.token = s.app.ID + "|" + s.app.Secret
	_, b = s.graph("GET", "me", "")
	require.Equal(t, s.app.ID, b["id"], "an app token is the app")
}

func TestAnAccountHasALimitOfNumbers(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		cfg   cloudapitest.PortfolioConfig
		limit int
	}{
		{"two before verification", cloudapitest.PortfolioConfig{Unverified: true}, 2},
		{"twenty after it", cloudapitest.PortfolioConfig{}, 20},
		{"twenty with the limit of 2,000 users", cloudapitest.PortfolioConfig{Unverified: true, Limit: 2000}, 20},
	} {
		s := newSite(t)
		a := s.AddAccount(cloudapitest.AccountConfig{Portfolio: s.AddPortfolio(tc.cfg)})
		s.token = s.app.Token(a)
		for i := range tc.limit {
			status, b := s.graph("POST", a.ID+"/phone_numbers", `{"cc":"1","phone_number":"31255502`+itoa(10+i)+`","verified_name":"Shop"}`)
			require.Equal(t, 200, status, "%s: %v", tc.name, b)
		}
		_, b := s.graph("POST", a.ID+"/phone_numbers", `{"cc":"1","phone_number":"3125550300","verified_name":"Shop"}`)
		require.Equal(t, 100, code(b), tc.name)
	}
}

func TestProductMessagesNameAConnectedCatalog(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.user.Text(s.number, "hi")
	product := func(catalog, id string) string {
		return `"type":"interactive","interactive":{"type":"product","action":{"catalog_id":"` + catalog + `","product_retailer_id":"` + id + `"}}`
	}
	list := func(catalog, id string) string {
		return `"type":"interactive","interactive":{"type":"product_list","header":{"type":"text","text":"h"},"body":{"text":"b"},"action":{"catalog_id":"` + catalog + `","sections":[{"title":"t","product_items":[{"product_retailer_id":"` + id + `"}]}]}}`
	}
	all := `"type":"interactive","interactive":{"type":"catalog_message","body":{"text":"b"},"action":{"name":"catalog_message"}}`
	for _, send := range []string{product("7", "tea"), list("7", "tea"), all} {
		_, b := s.send(send)
		require.Equal(t, 131009, code(b), "there is no catalog yet")
	}
	s.account.AddCatalog(cloudapitest.CatalogConfig{ID: "7", Products: []string{"tea", "cup"}})
	for _, send := range []string{product("7", "tea"), list("7", "cup"), all} {
		_, b := s.send(send)
		require.Zero(t, code(b), "%v", b)
	}
	for _, send := range []string{product("8", "tea"), product("7", "coffee"), list("8", "tea"), list("7", "coffee")} {
		_, b := s.send(send)
		require.Equal(t, 131009, code(b), send)
	}
	_, b := s.graph("GET", s.account.ID+"/product_catalogs", "")
	require.Len(t, b["data"], 1)
	_, b = s.graph("DELETE", s.account.ID+"/product_catalogs?catalog_id=7", "")
	require.Equal(t, true, b["success"])
	_, b = s.send(product("7", "tea"))
	require.Equal(t, 131009, code(b))
}
