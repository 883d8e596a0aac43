// Thrift structs as the JSON of docs/drivers.md section 5, by reflection on generated types.
// SPDX-License-Identifier: Apache-2.0
package kit

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ErrNotText: a string that JSON cannot carry; the bytes are given instead.
var ErrNotText = errors.New("a string is not UTF-8")

// field is one field of a generated struct, by its thrift tag "name,id,requiredness".
type field struct {
	name     string
	index    int
	optional bool
}

func fieldsOf(t reflect.Type) []field {
	var fs []field
	for i := 0; i < t.NumField(); i++ {
		parts := strings.Split(t.Field(i).Tag.Get("thrift"), ",")
		if parts[0] == "" {
			continue
		}
		fs = append(fs, field{parts[0], i, len(parts) > 2 && parts[2] == "optional"})
	}
	return fs
}

// ToJSON makes the tree that encoding/json prints.
func ToJSON(v reflect.Value) (interface{}, error) {
	switch v.Kind() {
	case reflect.Ptr:
		if v.IsNil() {
			return ToJSON(reflect.Zero(v.Type().Elem()))
		}
		return ToJSON(v.Elem())
	case reflect.Struct:
		return structToJSON(v)
	case reflect.Map:
		return mapToJSON(v)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return base64.StdEncoding.EncodeToString(v.Bytes()), nil
		}
		return listToJSON(v)
	case reflect.String:
		if !utf8.ValidString(v.String()) {
			return nil, ErrNotText
		}
		return v.String(), nil
	case reflect.Float64:
		return doubleToJSON(v.Float()), nil
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int(), nil
	}
	return nil, fmt.Errorf("no JSON for %s", v.Type())
}

func structToJSON(v reflect.Value) (interface{}, error) {
	m := map[string]interface{}{}
	for _, f := range fieldsOf(v.Type()) {
		if f.optional && !isSet(v, f.index) {
			continue
		}
		j, err := ToJSON(v.Field(f.index))
		if err != nil {
			return nil, err
		}
		m[f.name] = j
	}
	return m, nil
}

// isSet asks for the presence of an optional field. One with a default value is no pointer; the generated IsSet method knows it.
func isSet(v reflect.Value, index int) bool {
	switch f := v.Field(index); f.Kind() {
	case reflect.Ptr, reflect.Slice, reflect.Map:
		return !f.IsNil()
	}
	if !v.CanAddr() {
		return true
	}
	m := v.Addr().MethodByName("IsSet" + v.Type().Field(index).Name)
	return !m.IsValid() || m.Call(nil)[0].Bool()
}

func listToJSON(v reflect.Value) (interface{}, error) {
	l := make([]interface{}, v.Len())
	for i := range l {
		j, err := ToJSON(v.Index(i))
		if err != nil {
			return nil, err
		}
		l[i] = j
	}
	return l, nil
}

func mapToJSON(v reflect.Value) (interface{}, error) {
	object := map[string]interface{}{}
	pairs := []interface{}{}
	keys := v.MapKeys()
	sort.Slice(keys, func(i, j int) bool { return fmt.Sprint(keys[i]) < fmt.Sprint(keys[j]) })
	for _, k := range keys {
		jk, err := ToJSON(k)
		if err != nil {
			return nil, err
		}
		jv, err := ToJSON(v.MapIndex(k))
		if err != nil {
			return nil, err
		}
		if s, text := jk.(string); text {
			object[s] = jv
		}
		pairs = append(pairs, []interface{}{jk, jv})
	}
	if v.Type().Key().Kind() == reflect.String {
		return object, nil
	}
	return pairs, nil
}

// doubleToJSON keeps a double a double: 1 is printed as 1.0.
func doubleToJSON(f float64) interface{} {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	s := strconv.FormatFloat(f, 'g', -1, 64)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return json.Number(s)
}

// FromText fills the struct v points to from JSON text.
func FromText(text []byte, v reflect.Value) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var j interface{}
	if err := d.Decode(&j); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("more than one JSON value")
	}
	if def, has := v.Interface().(interface{ InitDefault() }); has {
		def.InitDefault() // IDL defaults
	}
	return fromJSON(j, v.Elem())
}

func fromJSON(j interface{}, v reflect.Value) error {
	switch v.Kind() {
	case reflect.Ptr:
		p := reflect.New(v.Type().Elem())
		v.Set(p)
		return fromJSON(j, p.Elem())
	case reflect.Struct:
		return structFromJSON(j, v)
	case reflect.Map:
		return mapFromJSON(j, v)
	case reflect.Slice:
		return listFromJSON(j, v)
	case reflect.String:
		s, good := j.(string)
		v.SetString(s)
		return want(good, j, "a string")
	case reflect.Bool:
		b, good := j.(bool)
		v.SetBool(b)
		return want(good, j, "a bool")
	case reflect.Float64:
		return doubleFromJSON(j, v)
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, _ := j.(json.Number)
		i, err := strconv.ParseInt(string(n), 10, v.Type().Bits())
		v.SetInt(i)
		return want(err == nil, j, "an integer of "+strconv.Itoa(v.Type().Bits())+" bits")
	}
	return fmt.Errorf("no value for %s", v.Type())
}

func want(good bool, j interface{}, what string) error {
	if good {
		return nil
	}
	return fmt.Errorf("%v is not %s", j, what)
}

func structFromJSON(j interface{}, v reflect.Value) error {
	m, good := j.(map[string]interface{})
	if !good {
		return want(false, j, "an object")
	}
	known := map[string]int{}
	for _, f := range fieldsOf(v.Type()) {
		known[f.name] = f.index
	}
	for name, jv := range m {
		index, has := known[name]
		if !has {
			return fmt.Errorf("%s has no field %q", v.Type(), name)
		}
		if err := fromJSON(jv, v.Field(index)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func listFromJSON(j interface{}, v reflect.Value) error {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		s, _ := j.(string)
		b, err := base64.StdEncoding.DecodeString(s)
		if b == nil {
			b = []byte{}
		}
		v.SetBytes(b)
		return want(err == nil, j, "base64")
	}
	l, good := j.([]interface{})
	if !good {
		return want(false, j, "an array")
	}
	v.Set(reflect.MakeSlice(v.Type(), len(l), len(l)))
	for i, e := range l {
		if err := fromJSON(e, v.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

func mapFromJSON(j interface{}, v reflect.Value) error {
	v.Set(reflect.MakeMap(v.Type()))
	if m, object := j.(map[string]interface{}); object {
		for k, e := range m {
			if err := putPair(k, e, v); err != nil {
				return err
			}
		}
		return nil
	}
	l, good := j.([]interface{})
	if !good {
		return want(false, j, "a map")
	}
	for _, e := range l {
		pair, good := e.([]interface{})
		if !good || len(pair) != 2 {
			return want(false, e, "a pair")
		}
		if err := putPair(pair[0], pair[1], v); err != nil {
			return err
		}
	}
	return nil
}

func putPair(jk, jv interface{}, m reflect.Value) error {
	k := reflect.New(m.Type().Key()).Elem()
	e := reflect.New(m.Type().Elem()).Elem()
	if err := fromJSON(jk, k); err != nil {
		return err
	}
	if err := fromJSON(jv, e); err != nil {
		return err
	}
	m.SetMapIndex(k, e)
	return nil
}

func doubleFromJSON(j interface{}, v reflect.Value) error {
	switch x := j.(type) {
	case json.Number:
		f, err := x.Float64()
		v.SetFloat(f)
		return want(err == nil, j, "a double")
	case string:
		special := map[string]float64{"NaN": math.NaN(), "Infinity": math.Inf(1), "-Infinity": math.Inf(-1)}
		f, good := special[x]
		v.SetFloat(f)
		return want(good, j, "a double")
	}
	return want(false, j, "a double")
}

// Decoded says a received struct as json, and its bytes as hex where they are known. v is a pointer to the struct, or nil.
func Decoded(v reflect.Value, seen []byte) (map[string]interface{}, error) {
	m := map[string]interface{}{}
	if seen != nil {
		m["hex"] = hex.EncodeToString(seen)
	}
	if v.IsNil() { // a wrapper without its field
		m["json"] = json.RawMessage("{}")
		return m, nil
	}
	j, err := ToJSON(v.Elem())
	if err != nil && (err != ErrNotText || seen == nil) {
		return nil, err
	}
	if err == nil {
		text, err := json.Marshal(j)
		if err != nil {
			return nil, err
		}
		m["json"] = json.RawMessage(text)
	}
	return m, nil
}
