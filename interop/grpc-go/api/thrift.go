// Thrift's binary protocol for structs with thrift tags, by reflection. SPDX-License-Identifier: Apache-2.0
package api

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
)

const (
	tBool   = 2
	tI8     = 3
	tDouble = 4
	tI16    = 6
	tI32    = 8
	tI64    = 10
	tString = 11
	tStruct = 12
	tMap    = 13
	tSet    = 14
	tList   = 15
)

// maxDepth of structs and containers in each other.
const maxDepth = 64

var errShort = errors.New("thrift: the bytes end early")

// typeOf is the wire type of a Go type.
func typeOf(t reflect.Type) byte {
	switch t.Kind() {
	case reflect.Ptr:
		return typeOf(t.Elem())
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return tString
		}
		return tList
	}
	return map[reflect.Kind]byte{reflect.Bool: tBool, reflect.Int8: tI8, reflect.Int16: tI16, reflect.Int32: tI32, reflect.Int64: tI64,
		reflect.Float64: tDouble, reflect.String: tString, reflect.Struct: tStruct, reflect.Map: tMap}[t.Kind()]
}

// tag of a field: its id, and whether it is a set.
func tag(f reflect.StructField) (id int16, typ byte) {
	p := strings.Split(f.Tag.Get("thrift"), ",")
	n, _ := strconv.Atoi(p[1])
	typ = typeOf(f.Type)
	if len(p) > 3 && p[3] == "set" {
		typ = tSet
	}
	return int16(n), typ
}

// Encode appends a value.
func Encode(b []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.Ptr:
		return Encode(b, v.Elem())
	case reflect.Struct:
		return encodeStruct(b, v)
	case reflect.Bool:
		if v.Bool() {
			return append(b, 1)
		}
		return append(b, 0)
	case reflect.Int8:
		return append(b, byte(v.Int()))
	case reflect.Int16:
		return binary.BigEndian.AppendUint16(b, uint16(v.Int()))
	case reflect.Int32:
		return binary.BigEndian.AppendUint32(b, uint32(v.Int()))
	case reflect.Int64:
		return binary.BigEndian.AppendUint64(b, uint64(v.Int()))
	case reflect.Float64:
		return binary.BigEndian.AppendUint64(b, math.Float64bits(v.Float()))
	case reflect.String:
		return append(binary.BigEndian.AppendUint32(b, uint32(v.Len())), v.String()...)
	case reflect.Map:
		return encodeMap(b, v)
	}
	if typeOf(v.Type()) == tString {
		return append(binary.BigEndian.AppendUint32(b, uint32(v.Len())), v.Bytes()...)
	}
	b = append(b, typeOf(v.Type().Elem()))
	b = binary.BigEndian.AppendUint32(b, uint32(v.Len()))
	for i := 0; i < v.Len(); i++ {
		b = Encode(b, v.Index(i))
	}
	return b
}

func encodeStruct(b []byte, v reflect.Value) []byte {
	for i := 0; i < v.NumField(); i++ {
		if v.Field(i).IsNil() {
			continue
		}
		id, typ := tag(v.Type().Field(i))
		b = binary.BigEndian.AppendUint16(append(b, typ), uint16(id))
		b = Encode(b, v.Field(i))
	}
	return append(b, 0)
}

func encodeMap(b []byte, v reflect.Value) []byte {
	b = append(b, typeOf(v.Type().Key()), typeOf(v.Type().Elem()))
	b = binary.BigEndian.AppendUint32(b, uint32(v.Len()))
	for it := v.MapRange(); it.Next(); {
		b = Encode(Encode(b, it.Key()), it.Value())
	}
	return b
}

// Decode fills the struct v from b; what stands behind its end is no part of it.
func Decode(b []byte, v reflect.Value) error {
	in := &reader{b: b}
	return in.value(v, tStruct, maxDepth)
}

type reader struct {
	b  []byte
	at int
}

func (in *reader) take(n int) ([]byte, error) {
	if n < 0 || n > len(in.b)-in.at {
		return nil, errShort
	}
	in.at += n
	return in.b[in.at-n : in.at], nil
}

func (in *reader) number(n int) (int64, error) {
	b, err := in.take(n)
	if err != nil {
		return 0, err
	}
	u := uint64(0)
	for _, x := range b {
		u = u<<8 | uint64(x)
	}
	shift := 64 - 8*n
	return int64(u<<shift) >> shift, nil
}

// count is the head of a container: at least one byte to an element.
func (in *reader) count() (int, error) {
	n, err := in.number(4)
	if err == nil && (n < 0 || n > int64(len(in.b)-in.at)) {
		err = errShort
	}
	return int(n), err
}

// fields calls one for each field of a struct.
func (in *reader) fields(one func(id int16, typ byte) error) error {
	for {
		t, err := in.take(1)
		if err != nil || t[0] == 0 {
			return err
		}
		id, err := in.number(2)
		if err != nil {
			return err
		}
		if err := one(int16(id), t[0]); err != nil {
			return err
		}
	}
}

func (in *reader) value(v reflect.Value, typ byte, depth int) error {
	if depth == 0 {
		return errors.New("thrift: too deep")
	}
	switch v.Kind() {
	case reflect.Ptr:
		v.Set(reflect.New(v.Type().Elem()))
		return in.value(v.Elem(), typ, depth)
	case reflect.Struct:
		return in.structure(v, depth)
	case reflect.Map:
		return in.mapping(v, depth)
	case reflect.String:
		b, err := in.text()
		v.SetString(string(b))
		return err
	case reflect.Slice:
		if typ == tString {
			b, err := in.text()
			v.SetBytes(append([]byte{}, b...))
			return err
		}
		return in.list(v, depth)
	}
	n, err := in.number(int(v.Type().Size()))
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(n != 0)
	case reflect.Float64:
		v.SetFloat(math.Float64frombits(uint64(n)))
	default:
		v.SetInt(n)
	}
	return err
}

func (in *reader) text() ([]byte, error) {
	n, err := in.number(4)
	if err != nil {
		return nil, err
	}
	return in.take(int(n))
}

func (in *reader) structure(v reflect.Value, depth int) error {
	return in.fields(func(id int16, typ byte) error {
		for i := 0; i < v.NumField(); i++ {
			if fid, ftyp := tag(v.Type().Field(i)); fid == id && ftyp == typ {
				return in.value(v.Field(i), typ, depth-1)
			}
		}
		return in.skip(typ, depth-1)
	})
}

func (in *reader) list(v reflect.Value, depth int) error {
	t, err := in.take(1)
	if err != nil {
		return err
	}
	n, err := in.count()
	if err != nil {
		return err
	}
	if n > 0 && t[0] != typeOf(v.Type().Elem()) {
		return fmt.Errorf("thrift: elements of type %d", t[0])
	}
	v.Set(reflect.MakeSlice(v.Type(), n, n))
	for i := 0; i < n; i++ {
		if err := in.value(v.Index(i), t[0], depth-1); err != nil {
			return err
		}
	}
	return nil
}

func (in *reader) mapping(v reflect.Value, depth int) error {
	t, err := in.take(2)
	if err != nil {
		return err
	}
	n, err := in.count()
	if err != nil {
		return err
	}
	if n > 0 && (t[0] != typeOf(v.Type().Key()) || t[1] != typeOf(v.Type().Elem())) {
		return fmt.Errorf("thrift: a map of types %d and %d", t[0], t[1])
	}
	v.Set(reflect.MakeMap(v.Type()))
	for i := 0; i < n; i++ {
		key, e := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		if err := in.value(key, t[0], depth-1); err != nil {
			return err
		}
		if err := in.value(e, t[1], depth-1); err != nil {
			return err
		}
		v.SetMapIndex(key, e)
	}
	return nil
}

// skip passes over a value that the IDL does not know.
func (in *reader) skip(typ byte, depth int) error {
	if depth == 0 {
		return errors.New("thrift: too deep")
	}
	size := map[byte]int{tBool: 1, tI8: 1, tDouble: 8, tI16: 2, tI32: 4, tI64: 8}[typ]
	kinds := map[byte]int{tList: 1, tSet: 1, tMap: 2}[typ]
	switch {
	case size > 0:
		_, err := in.take(size)
		return err
	case typ == tString:
		_, err := in.text()
		return err
	case typ == tStruct:
		return in.fields(func(_ int16, t byte) error { return in.skip(t, depth-1) })
	case kinds == 0:
		return fmt.Errorf("thrift: no type %d", typ)
	}
	t, err := in.take(kinds)
	if err != nil {
		return err
	}
	n, err := in.count()
	for i := 0; err == nil && i < n*kinds; i++ {
		err = in.skip(t[i%kinds], depth-1)
	}
	return err
}
