// The messages of interop/idl as Go structs, with the tags that thriftgo writes ("name,id,requiredness"), and the codec that puts
// them on the wire. SPDX-License-Identifier: Apache-2.0
package api

import "reflect"

// Inner of the conformance IDL.
type Inner struct {
	Name   *string `thrift:"name,1,optional"`
	Number *int32  `thrift:"number,2,optional"`
}

// Choice of the conformance IDL, a union.
type Choice struct {
	Text   *string `thrift:"text,1,optional"`
	Number *int64  `thrift:"number,2,optional"`
	Inner  *Inner  `thrift:"inner,3,optional"`
}

// Full is Request and Response of the conformance IDL.
type Full struct {
	Message *string             `thrift:"message,1,optional"`
	Flag    *bool               `thrift:"flag,2,optional"`
	Tiny    *int8               `thrift:"tiny,3,optional"`
	Small   *int16              `thrift:"small,4,optional"`
	Medium  *int32              `thrift:"medium,5,optional"`
	Large   *int64              `thrift:"large,6,optional"`
	Real    *float64            `thrift:"real,7,optional"`
	Blob    []byte              `thrift:"blob,8,optional"`
	Color   *int32              `thrift:"color,9,optional"`
	At      *int64              `thrift:"at,10,optional"`
	Inner   *Inner              `thrift:"inner,11,optional"`
	Choice  *Choice             `thrift:"choice,12,optional"`
	Words   []string            `thrift:"words,13,optional"`
	Numbers []int32             `thrift:"numbers,14,optional,set"`
	Pairs   map[string]string   `thrift:"pairs,15,optional"`
	Inners  map[int32]*Inner    `thrift:"inners,16,optional"`
	Matrix  [][]int64           `thrift:"matrix,17,optional"`
	Groups  map[string][]*Inner `thrift:"groups,18,optional"`
}

// Text is Request and Response of the echo IDL.
type Text struct {
	Message *string `thrift:"message,1,optional"`
}

// Services: the type of all messages of each.
var Services = map[string]reflect.Type{
	"echo.TestService":        reflect.TypeOf(Text{}),
	"conformance.Conformance": reflect.TypeOf(Full{}),
}

// Message is what goes through the codec: bytes, and what they mean.
type Message struct {
	Type  reflect.Type // the struct inside
	Value reflect.Value
	Bytes []byte // the encoded struct
	Unary bool   // in the wrapper of a call: one field
	Field byte   // of the wrapper: 1 of the arguments, 0 of the result
}

// Codec has the content-subtype thrift; it passes bytes through.
type Codec struct{}

// Name is the content-subtype.
func (Codec) Name() string { return "thrift" }

// Marshal writes the bytes, in their wrapper if there is one.
func (Codec) Marshal(v interface{}) ([]byte, error) {
	m := v.(*Message)
	if !m.Unary {
		return m.Bytes, nil
	}
	b := append([]byte{12, 0, m.Field}, m.Bytes...)
	return append(b, 0), nil
}

// Unmarshal keeps the bytes: what they mean is the application's, Decode's.
func (Codec) Unmarshal(b []byte, v interface{}) error {
	v.(*Message).Bytes = append([]byte{}, b...)
	return nil
}

// Decode reads the bytes, and takes the struct out of its wrapper.
func (m *Message) Decode() error {
	m.Value = reflect.New(m.Type)
	if !m.Unary {
		return Decode(m.Bytes, m.Value.Elem())
	}
	in := &reader{b: m.Bytes}
	m.Bytes = []byte{0} // a wrapper without the field stands for an empty struct
	return in.fields(func(id int16, typ byte) error {
		if id != int16(m.Field) || typ != tStruct {
			return in.skip(typ, maxDepth)
		}
		start := in.at
		err := in.value(m.Value.Elem(), typ, maxDepth)
		m.Bytes = in.b[start:in.at]
		return err
	})
}
