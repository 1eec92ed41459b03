// Package canarytest proves that no printed value shows what people wrote or who they
// are: it fills every field of every exported type of a package with canaries and prints
// the values in each way that happens by accident.
package canarytest

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Text stands for everything personal: words, a phone number.
const Text = "Canary says 15555550199"

// traces are what must not be seen of it, and of the degrees of a place.
var traces = []string{"Canary", "15555550199", "61.4978", "43616e617279", "67 97 110 97 114 121"}

// A Package is what is known about the package under test, whose folder is the working
// directory.
type Package struct {
	// Values holds a zero value of each exported type that may hold something personal.
	Values []any
	// Public are the other exported types, with the reason.
	Public map[string]string
	// Shown are fields that may be seen, such as "Message.ID": with the reason.
	Shown map[string]string
	// Words says that named string types are the package's own words, which are not
	// filled: nothing from outside gets into them.
	Words bool
}

// Test prints everything. It fails for an exported type that the table does not know.
func Test(t *testing.T, p Package) {
	t.Helper()
	known := map[string]bool{}
	for _, v := range p.Values {
		known[reflect.TypeOf(v).Name()] = true
	}
	for name := range p.Public {
		known[name] = true
	}
	for _, name := range exported(t) {
		if !known[name] {
			t.Errorf("type %s is new: add it to Values, or to Public with a reason", name)
		}
	}
	for _, v := range p.Values {
		typ := reflect.TypeOf(v)
		t.Run(typ.Name(), func(t *testing.T) {
			f := filler{p: &p}
			full := reflect.New(typ)
			f.fill(full.Elem(), 0)
			for where, shown := range Print(full) {
				for _, trace := range traces {
					if strings.Contains(shown, trace) {
						t.Fatalf("%s shows %q: %s", where, trace, shown)
					}
				}
			}
		})
	}
}

// Print prints the value that ptr points to in each way that happens by accident.
func Print(ptr reflect.Value) map[string]string {
	v, typ := ptr.Elem(), ptr.Type().Elem()
	list := reflect.Append(reflect.MakeSlice(reflect.SliceOf(typ), 0, 1), v)
	ptrs := reflect.Append(reflect.MakeSlice(reflect.SliceOf(ptr.Type()), 0, 1), ptr)
	byName := reflect.MakeMap(reflect.MapOf(reflect.TypeFor[string](), typ))
	byName.SetMapIndex(reflect.ValueOf("k"), v)
	within := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "V", Type: typ}})).Elem()
	within.Field(0).Set(v)
	all := map[string]any{
		"value": v.Interface(), "pointer": ptr.Interface(), "slice": list.Interface(), "slice of pointers": ptrs.Interface(),
		"map": byName.Interface(), "struct": within.Interface(), "any": []any{v.Interface()},
	}
	shown := map[string]string{}
	for name, x := range all {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			shown[verb+" of "+name] = fmt.Sprintf(verb, x)
		}
		var b bytes.Buffer
		slog.New(slog.NewTextHandler(&b, nil)).Info("x", "x", x)
		shown["slog text of "+name] = b.String()
		if name != "value" && name != "pointer" {
			continue // encoding/json asks no LogValuer, and JSON may be how a type is stored
		}
		b.Reset()
		slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "x", x)
		shown["slog JSON of "+name] = b.String()
	}
	return shown
}

// A filler puts canaries into a value.
type filler struct {
	p *Package
}

const maxDepth = 5

func (f *filler) fill(v reflect.Value, depth int) {
	if depth > maxDepth {
		return
	}
	switch v.Kind() {
	case reflect.String:
		if f.p.Words && v.Type().PkgPath() != "" {
			return
		}
		v.SetString(Text)
	case reflect.Float64:
		v.SetFloat(61.4978)
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if _, ok := f.p.Shown[v.Type().Name()+"."+field.Name]; field.IsExported() && !ok {
				f.fill(v.Field(i), depth+1)
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), depth+1)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte(`"` + Text + `"`))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		f.fill(v.Index(0), depth+1)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.fill(key, depth+1)
		f.fill(elem, depth+1)
		v.SetMapIndex(key, elem)
	case reflect.Interface:
		f.implement(v, depth)
	default:
	}
}

// implement sets an interface to one of the package's types.
func (f *filler) implement(v reflect.Value, depth int) {
	if v.NumMethod() == 0 { // any
		v.Set(reflect.ValueOf(Text))
		return
	}
	for _, x := range f.p.Values {
		ptr := reflect.New(reflect.TypeOf(x))
		if ptr.Type().Implements(v.Type()) {
			f.fill(ptr.Elem(), depth+1)
			v.Set(ptr)
			return
		}
	}
}

// exported lists the exported types of the package that can hold a text.
func exported(t *testing.T) []string {
	t.Helper()
	set := token.NewFileSet()
	pkgs, err := parser.ParseDir(set, ".", func(i fs.FileInfo) bool { return !strings.HasSuffix(i.Name(), "_test.go") }, 0) //nolint:staticcheck // build tags do not matter for the names of types
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, pkg := range pkgs {
		ast.Inspect(pkg, func(n ast.Node) bool {
			if _, ok := n.(*ast.FuncDecl); ok {
				return false
			}
			if spec, ok := n.(*ast.TypeSpec); ok && spec.Name.IsExported() {
				switch spec.Type.(type) {
				case *ast.StructType, *ast.MapType, *ast.ArrayType:
					names[spec.Name.Name] = true
				}
			}
			return true
		})
	}
	return slices.Sorted(maps.Keys(names))
}
