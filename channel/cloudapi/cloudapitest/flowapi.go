package cloudapitest

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// flowCategories are what flows can be for.
var flowCategories = []string{
	"SIGN_UP", "SIGN_IN", "APPOINTMENT_BOOKING", "LEAD_GENERATION", "CONTACT_US", "CUSTOMER_SUPPORT", "SURVEY", "OTHER",
}

// flowSettings are the parameters that creation and update share.
type flowSettings struct {
	name, endpoint string
	categories     []string
}

func (c *call) flowSettings(f *fields, self *Flow, least int) flowSettings {
	s := flowSettings{name: f.text("name", least, 200), endpoint: f.text("endpoint_uri", 0, 2000)}
	for i, item := range f.list("categories", least, len(flowCategories)) {
		category := item.val.scalar()
		if !slices.Contains(flowCategories, category) {
			f.reject(badParam("Param categories[" + itoa(i) + "] must be one of {" + strings.Join(flowCategories, ", ") + "}."))
		}
		s.categories = append(s.categories, category)
	}
	if s.endpoint != "" && !strings.HasPrefix(s.endpoint, "https://") {
		f.reject(badParam("Param endpoint_uri must be an https URL."))
	}
	owner := c.target.owner()
	if s.name != "" && slices.ContainsFunc(owner.flows, func(x *Flow) bool { return x != self && x.name == s.name }) {
		ge := badParam("Flow name is not unique in the account.")
		ge.subcode = 4016019
		f.reject(ge)
	}
	return s
}

// apply stores what was given.
func (f *Flow) apply(s flowSettings) {
	if s.name != "" {
		f.name = s.name
	}
	if s.categories != nil {
		f.categories = s.categories
	}
	if s.endpoint != "" {
		f.endpoint = s.endpoint
	}
}

// createFlow answers POST /{waba-id}/flows.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/flows/reference/flowsapi
// (checked 2026-11-29)
func createFlow(c *call) *graphError {
	k := &checker{}
	f := k.object(&c.body, "")
	s := c.flowSettings(f, nil, 1)
	definition, clone, publish := f.text("flow_json", 0, 0), f.text("clone_flow_id", 0, 0), f.flag("publish")
	f.done()
	if k.err != nil {
		return k.err
	}
	if clone != "" {
		source := c.flows[clone]
		if source == nil || source.account != c.target.account || definition != "" {
			return badParam("Param clone_flow_id must be a flow of the account, without flow_json.")
		}
		definition = source.definition
	}
	flow := c.newFlow(c.target.account, "", s.name)
	flow.apply(s)
	if definition != "" {
		flow.define(definition)
	}
	published := publish && len(flow.problems) == 0 && flow.definition != ""
	if published {
		c.setFlowStatus(flow, FlowPublished)
	}
	c.out.obj(func() {
		c.out.key("id").str(flow.ID)
		c.out.key("success").bool(published || !publish)
		if definition != "" {
			flow.writeProblems(c.out.key("validation_errors"))
		}
	})
	return nil
}

// writeProblems writes the faults of a definition. Places are those of the file as a
// whole.
func (f *Flow) writeProblems(e *enc) {
	lines := int64(strings.Count(f.definition, "\n") + 1)
	e.arr(func() {
		for _, p := range f.problems {
			e.obj(func() {
				e.key("error").str("INVALID_PROPERTY_VALUE")
				e.key("error_type").str("FLOW_JSON_ERROR")
				e.key("message").str(p.message)
				e.key("line_start").num(1)
				e.key("line_end").num(lines)
				e.key("column_start").num(0)
				e.key("column_end").num(0)
			})
		}
	})
}

// updateFlow answers POST /{flow-id}: what is not the definition.
func updateFlow(c *call) *graphError {
	flow := c.target.flow
	k := &checker{}
	f := k.object(&c.body, "")
	s := c.flowSettings(f, flow, 0)
	app := f.text("application_id", 0, 0)
	f.done()
	switch {
	case k.err != nil:
		return k.err
	case app != "" && c.apps[app] == nil:
		return badParam("Param application_id is not an app.")
	case flow.status == FlowDeprecated, flow.status != FlowDraft && (s.name != "" || s.categories != nil):
		return fail(139001, "A flow that was published cannot be changed.")
	}
	if app != "" {
		flow.app = app
	}
	flow.apply(s)
	flow.changed = c.at
	return c.success()
}

// setFlowJSON answers POST /{flow-id}/assets, a form with the definition.
func setFlowJSON(c *call) *graphError {
	flow := c.target.flow
	switch {
	case c.parts == nil || c.parts.data == nil:
		return badParam("The request must be a multipart form with a file.")
	case c.param("asset_type") != "FLOW_JSON" || c.param("name") != "flow.json":
		return badParam("Param name must be flow.json and param asset_type FLOW_JSON.")
	case len(c.parts.data) > 10<<20:
		return badParam("The Flow JSON must be at most 10 MB.")
	case flow.status != FlowDraft:
		return fail(139001, "A flow that was published cannot be changed.")
	}
	flow.define(string(c.parts.data))
	flow.changed = c.at
	c.out.obj(func() {
		c.out.key("success").bool(true)
		flow.writeProblems(c.out.key("validation_errors"))
	})
	return nil
}

// listFlowAssets answers GET /{flow-id}/assets.
func listFlowAssets(c *call) *graphError {
	flow := c.target.flow
	return c.list(min(len(flow.definition), 1), func(e *enc, _ int) {
		e.obj(func() {
			e.key("name").str("flow.json")
			e.key("asset_type").str("FLOW_JSON")
			q := url.Values{"fid": {flow.ID}, "hash": {c.linkHash(flow.ID, "flow")}}
			e.key("download_url").str(c.cfg.MediaURL + "/" + mediaPath + "/flow?" + q.Encode())
		})
	})
}

// flowFile answers the address of a definition, which needs no token.
func (c *call) flowFile() *graphError {
	flow := c.flows[c.param("fid")]
	if flow == nil || c.param("hash") != c.linkHash(flow.ID, "flow") {
		return badParam("URL is not valid or has expired")
	}
	c.skip, c.blob, c.mime = true, []byte(flow.definition), "application/json"
	return nil
}

// publishFlow answers POST /{flow-id}/publish.
func publishFlow(c *call) *graphError {
	flow := c.target.flow
	switch {
	case flow.status != FlowDraft:
		return fail(139002, "Only a draft can be published.")
	case flow.definition == "" || len(flow.problems) > 0:
		return fail(139002, "The Flow JSON has errors.")
	case flow.text("data_api_version") != "" && flow.endpoint == "":
		return fail(139002, "The flow needs an endpoint_uri.")
	}
	c.setFlowStatus(flow, FlowPublished)
	return c.success()
}

// deprecateFlow answers POST /{flow-id}/deprecate.
func deprecateFlow(c *call) *graphError {
	flow := c.target.flow
	if flow.status == FlowDraft || flow.status == FlowDeprecated {
		return fail(139003, "Only a published flow can be deprecated.")
	}
	c.setFlowStatus(flow, FlowDeprecated)
	return c.success()
}

// deleteFlow answers DELETE /{flow-id}.
func deleteFlow(c *call) *graphError {
	flow := c.target.flow
	if flow.status != FlowDraft {
		return fail(139004, "Only a draft can be deleted.")
	}
	delete(c.flows, flow.ID)
	flow.account.flows = slices.DeleteFunc(flow.account.flows, func(x *Flow) bool { return x == flow })
	return c.success()
}

const flowDefaults = "id,name,status,categories,validation_errors"

// listFlows answers GET /{waba-id}/flows.
func listFlows(c *call) *graphError {
	return listFields(c, c.target.account.flows, c.flowFields(), flowDefaults)
}

// getFlow answers GET /{flow-id}.
func getFlow(c *call) *graphError {
	return getFields(c, c.target.flow, c.flowFields(), flowDefaults)
}

// flowFields are the fields of a flow. Two of them take arguments.
func (c *call) flowFields() map[string]func(*Flow, *enc) {
	args := make(map[string]string)
	for _, f := range parseFields(c.param("fields")) {
		args[f.name] = f.args
	}
	return map[string]func(*Flow, *enc){
		"id":     func(f *Flow, e *enc) { e.str(f.ID) },
		"name":   func(f *Flow, e *enc) { e.str(f.name) },
		"status": func(f *Flow, e *enc) { e.str(f.status) },
		"categories": func(f *Flow, e *enc) {
			e.arr(func() {
				for _, category := range f.categories {
					e.str(category)
				}
			})
		},
		"validation_errors":         func(f *Flow, e *enc) { f.writeProblems(e) },
		"json_version":              func(f *Flow, e *enc) { e.str(f.text("version")) },
		"data_api_version":          func(f *Flow, e *enc) { e.str(f.text("data_api_version")) },
		"endpoint_uri":              func(f *Flow, e *enc) { e.str(f.endpoint) },
		"data_channel_uri":          func(f *Flow, e *enc) { e.str(f.endpoint) },
		"updated_at":                func(f *Flow, e *enc) { e.num(f.changed / 1e9) },
		"whatsapp_business_account": func(f *Flow, e *enc) { named(e, f.account.Name, f.account.ID) },
		"application": func(f *Flow, e *enc) {
			if f.app == "" {
				e.null()
				return
			}
			named(e, c.apps[f.app].Name, f.app)
		},
		"preview": func(f *Flow, e *enc) { c.preview(f, e, strings.Contains(args["preview"], "invalidate(true)")) },
		"metric":  func(f *Flow, e *enc) { f.metric(e, args["metric"]) },
		"health_status": func(f *Flow, e *enc) {
			state := "AVAILABLE"
			switch f.status {
			case FlowBlocked, FlowDeprecated:
				state = "BLOCKED"
			case FlowThrottled:
				state = "LIMITED"
			}
			e.obj(func() {
				e.key("can_send_message").str(state)
				e.key("entities").arr(func() {
					e.obj(func() {
						e.key("entity_type").str("FLOW")
						e.key("id").str(f.ID)
						e.key("can_send_message").str(state)
					})
				})
			})
		},
	}
}

// named writes an object as others refer to it.
func named(e *enc, name, id string) {
	e.obj(func() {
		e.key("name").str(name)
		e.key("id").str(id)
	})
}

// previewLife is how long the address of a preview works.
const previewLife = 30 * 24 * time.Hour

// preview writes the address of a page that shows the flow, making one if there is none.
func (c *call) preview(f *Flow, e *enc, renew bool) {
	if renew || c.at >= f.preview.until {
		f.preview = flowPreview{token: c.randomHex("preview", 16), until: c.at + int64(previewLife)}
	}
	e.obj(func() {
		e.key("preview_url").str("https://business.facebook.com/wa/manage/flows/" + f.ID + "/preview/?token=" + f.preview.token)
		e.key("expires_at").str(graphTime(f.preview.until))
	})
}

// migrateFlows answers POST /{waba-id}/migrate_flows.
func migrateFlows(c *call) *graphError {
	a := c.target.account
	source := c.accounts[c.body.at("source_waba_id").scalar()]
	if source == nil || !c.token.reaches(source) || source.Portfolio != a.Portfolio {
		return badParam("Param source_waba_id is not an account of the same business.")
	}
	names := c.texts("source_flow_names")
	if len(names) > 100 {
		return badParam("Param source_flow_names must have at most 100 elements.")
	}
	e := &c.out
	var failed []string
	e.obj(func() {
		e.key("migrated_flows").arr(func() {
			for _, name := range names {
				named := func(f *Flow) bool { return f.name == name }
				at := slices.IndexFunc(source.flows, named)
				if at < 0 || slices.ContainsFunc(a.flows, named) {
					failed = append(failed, name)
					continue
				}
				old := source.flows[at]
				f := c.newFlow(a, "", name)
				f.define(old.definition)
				f.categories, f.endpoint, f.status = old.categories, old.endpoint, old.status
				e.obj(func() {
					e.key("source_name").str(name)
					e.key("source_id").str(old.ID)
					e.key("migrated_id").str(f.ID)
				})
			}
		})
		e.key("failed_flows").arr(func() {
			for _, name := range failed {
				e.obj(func() {
					e.key("source_name").str(name)
					e.key("error_code").str("4233041")
					e.key("error_message").str("Flows Migration Error: The flow does not exist in the source account, or its name exists in the destination.")
				})
			}
		})
	})
	return nil
}
