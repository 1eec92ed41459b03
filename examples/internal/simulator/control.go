package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
)

// operation is one path of the control API. The routes, the description at /control/
// and the OpenAPI document are made from the table of operations.
type operation struct {
	group   string
	method  string
	path    string // after /control/
	doc     string // a sentence without its full stop
	query   []parameter
	body    any // zero value of the struct of the body; nil = {}
	example string
	do      func(s *server, c *request) (any, error)
}

// parameter is a parameter of a query.
type parameter struct{ name, doc string }

// request is a call of the control API.
type request struct {
	*http.Request
	body any // pointer to the type of operation.body
}

// problem is a refusal that a person understands.
type problem struct {
	status int
	text   string
}

// Error implements error.
func (p *problem) Error() string { return p.text }

// refusal makes a problem.
func refusal(status int, format string, args ...any) error {
	return &problem{status, fmt.Sprintf(format, args...)}
}

// routes registers the control API.
func (s *server) routes(mux *http.ServeMux) {
	for _, op := range operations() {
		mux.HandleFunc(op.method+" /control/"+op.path, func(w http.ResponseWriter, r *http.Request) { s.perform(w, r, op) })
	}
	mux.HandleFunc("GET /control/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, controlText())
	})
	mux.HandleFunc("GET /control/env", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, s.environment())
	})
	mux.HandleFunc("GET /control/openapi.json", func(w http.ResponseWriter, _ *http.Request) { answer(w, openAPI(s.site)) })
	mux.HandleFunc("/control/", func(w http.ResponseWriter, r *http.Request) {
		var paths []string
		for _, op := range operations() {
			paths = append(paths, op.method+" /control/"+op.path)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		_ = json.NewEncoder(w).Encode(map[string]any{
			"error": "the control API has no " + r.Method + " " + r.URL.Path + "; see GET /control/", "operations": paths,
		})
	})
}

// perform answers one call of an operation.
func (s *server) perform(w http.ResponseWriter, r *http.Request, op operation) {
	c := &request{Request: r}
	if op.method != http.MethodGet {
		shape := op.body
		if shape == nil {
			shape = struct{}{}
		}
		v := reflect.New(reflect.TypeOf(shape))
		if err := read(w, r, v.Interface()); err != nil {
			refuse(w, err)
			return
		}
		c.body = v.Interface()
	}
	out, err := op.do(s, c)
	if err != nil {
		refuse(w, err)
		return
	}
	if out == nil {
		out = map[string]any{"ok": true}
	}
	answer(w, out)
}

// answer writes a success.
func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(v) // a reader that has gone misses nothing
}

// refuse writes an error: 409 unless it says otherwise.
func refuse(w http.ResponseWriter, err error) {
	status := http.StatusConflict
	if p, ok := errors.AsType[*problem](err); ok {
		status = p.status
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": err.Error()})
}

// read decodes the body of a POST; an empty one leaves v as it is.
func read(w http.ResponseWriter, r *http.Request, v any) error {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 8<<20))
	if err != nil {
		return refusal(http.StatusRequestEntityTooLarge, "the body could not be read; it may have 8 MB at most")
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil
	}
	if free, ok := v.(*json.RawMessage); ok {
		*free = raw
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err = d.Decode(v)
	var wrong *json.UnmarshalTypeError
	switch {
	case err == nil && d.More():
		return refusal(http.StatusBadRequest, "there is something behind the JSON object")
	case err == nil:
		return nil
	case errors.As(err, &wrong) && wrong.Field == "":
		return refusal(http.StatusBadRequest, "the body must be a JSON object, and is %s", kindInWords(wrong.Value))
	case errors.As(err, &wrong):
		return refusal(http.StatusBadRequest, "%q must be %s, and is %s", wrong.Field, kindInWords(schemaKind(wrong.Type)), kindInWords(wrong.Value))
	case strings.Contains(err.Error(), "unknown field"):
		_, name, _ := strings.Cut(err.Error(), "unknown field ")
		if known := keysOf(reflect.TypeOf(v).Elem()); len(known) > 0 {
			return refusal(http.StatusBadRequest, "there is no %s here; this takes %s", name, strings.Join(known, ", "))
		}
		return refusal(http.StatusBadRequest, "there is no %s here; this takes an empty object", name)
	}
	return refusal(http.StatusBadRequest, "the body is not the JSON object expected here")
}

// keysOf lists the keys of a struct as JSON has them.
func keysOf(t reflect.Type) (out []string) {
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		out = append(out, name)
	}
	return out
}

// controlText describes the control API for people.
func controlText() string {
	var b strings.Builder
	b.WriteString(`The control API of the simulator
================================

Every POST takes a JSON object (Content-Type: application/json) and every answer is one;
an error is {"error":"…"} with a status of 400 or more. People are numbered from 0. The
same as an OpenAPI document: GET /control/openapi.json. What your program needs, as a
file of environment variables: GET /control/env
`)
	group := ""
	for _, op := range operations() {
		if op.group != group {
			group = op.group
			b.WriteString("\n" + group + "\n\n")
		}
		line := "  " + op.method + strings.Repeat(" ", 5-len(op.method)) + "/control/" + op.path
		if op.example != "" {
			line += "  " + op.example
		}
		b.WriteString(line + "\n         " + op.doc + "\n")
		for _, q := range op.query {
			b.WriteString("         ?" + q.name + "=  " + q.doc + "\n")
		}
	}
	return b.String()
}

// openAPI describes the control API for programs.
func openAPI(site string) map[string]any {
	paths := map[string]map[string]any{}
	for _, op := range operations() {
		path := "/control/" + op.path
		entry := map[string]any{
			"summary": op.doc, "tags": []string{op.group}, "operationId": strings.ToLower(op.method) + strings.NewReplacer("/", "_", "{", "", "}", "", "-", "_").Replace("_"+op.path),
			"responses": map[string]any{
				"200":     map[string]any{"description": "Done", "content": jsonOf(map[string]any{"type": "object"})},
				"default": map[string]any{"description": "Refused", "content": jsonOf(map[string]any{"$ref": "#/components/schemas/Error"})},
			},
		}
		var params []any
		for part := range strings.SplitSeq(op.path, "/") {
			if name := strings.Trim(part, "{}"); name != part {
				params = append(params, map[string]any{"name": name, "in": "path", "required": true, "schema": map[string]any{"type": "string"}})
			}
		}
		for _, q := range op.query {
			params = append(params, map[string]any{"name": q.name, "in": "query", "description": q.doc, "schema": map[string]any{"type": "string"}})
		}
		if params != nil {
			entry["parameters"] = params
		}
		if op.method != http.MethodGet {
			content := jsonOf(schemaOf(op.body))
			if op.example != "" {
				content["application/json"].(map[string]any)["example"] = json.RawMessage(op.example)
			}
			entry["requestBody"] = map[string]any{"content": content}
		}
		if paths[path] == nil {
			paths[path] = map[string]any{}
		}
		paths[path][strings.ToLower(op.method)] = entry
	}
	return map[string]any{
		"openapi": "3.1.0",
		"info":    map[string]any{"title": "WhatsApp simulator, control API", "version": "1"},
		"servers": []any{map[string]any{"url": site}},
		"paths":   paths,
		"components": map[string]any{"schemas": map[string]any{
			"Error": map[string]any{"type": "object", "required": []string{"error"}, "properties": map[string]any{"error": map[string]any{"type": "string"}}},
		}},
	}
}

// jsonOf is the content of a body with a schema.
func jsonOf(schema any) map[string]any {
	return map[string]any{"application/json": map[string]any{"schema": schema}}
}

// schemaOf describes the struct of a body; its fields carry their sentence in the tag doc.
func schemaOf(body any) map[string]any {
	if _, free := body.(json.RawMessage); free || body == nil {
		return map[string]any{"type": "object"}
	}
	t := reflect.TypeOf(body)
	properties := map[string]any{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		kind := schemaKind(f.Type)
		p := map[string]any{"type": kind, "description": f.Tag.Get("doc")}
		if kind == "array" {
			p["items"] = map[string]any{"type": "object"}
		}
		properties[name] = p
	}
	return map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
}

// schemaKind is what JSON calls the values of a type.
func schemaKind(t reflect.Type) string {
	if t == reflect.TypeFor[json.RawMessage]() {
		return "object"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaKind(t.Elem())
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Int:
		return "integer"
	case reflect.Float64:
		return "number"
	case reflect.Slice:
		return "array"
	}
	return "object"
}

// kindInWords names a kind of JSON value for people.
func kindInWords(kind string) string {
	kind, _, _ = strings.Cut(kind, " ") // "number 1.5" where a whole one was wanted
	switch kind {
	case "string":
		return "a text"
	case "bool", "boolean":
		return "true or false"
	case "integer":
		return "a whole number"
	case "number":
		return "a number"
	case "array":
		return "a list"
	}
	return "an object"
}

// operations is the whole control API, group by group.
func operations() []operation {
	all := slices.Concat(worldOperations(), webhookOperations(), peopleOperations(), flowOperations(), businessOperations())
	first := map[string]int{}
	for i, op := range slices.Backward(all) {
		first[op.group] = i
	}
	slices.SortStableFunc(all, func(a, b operation) int { return first[a.group] - first[b.group] })
	return all
}
