// Messages as Kitex's codec sees them: exact bytes, or a generated struct with its bytes kept (both per message, so any method may
// use either). SPDX-License-Identifier: Apache-2.0
package main

import (
	"encoding/hex"
	"fmt"
	"reflect"

	"ktkit"
)

// raw is sent as it is, legal Thrift or not.
type raw struct{ b []byte }

func (r *raw) BLength() int                                 { return len(r.b) }
func (r *raw) FastWriteNocopy(b []byte, _ nocopyWriter) int { return copy(b, r.b) }
func (r *raw) FastRead(b []byte) (int, error)               { r.b = keep(b); return len(b), nil }

// tee decodes with generated code and keeps the payload.
type tee struct {
	fastCodec
	seen []byte
}

func (t *tee) FastRead(b []byte) (int, error) { t.seen = keep(b); return t.fastCodec.FastRead(b) }

func keep(b []byte) []byte { return append([]byte(nil), b...) }

// wrapped is the Args or Result struct of a unary or ping-pong call: generated, or with given bytes for the one struct inside
// (the request, or field 0 of the result).
type wrapped struct {
	tee
	inside []byte
	id     byte // field number of the struct inside: 1 request, 0 success
}

func (w *wrapped) BLength() int {
	if w.inside == nil {
		return w.tee.BLength()
	}
	return len(w.inside) + 4
}

func (w *wrapped) FastWriteNocopy(b []byte, nw nocopyWriter) int {
	if w.inside == nil {
		return w.tee.FastWriteNocopy(b, nw)
	}
	n := copy(b, []byte{12, 0, w.id})
	n += copy(b[n:], w.inside)
	b[n] = 0
	return n + 1
}

// field returns the n-th field of the generated struct, a pointer to a struct.
func (w *wrapped) field(n int) reflect.Value { return reflect.ValueOf(w.fastCodec).Elem().Field(n) }

// put sets the struct inside from a message.
func (w *wrapped) put(m *kit.Message) error {
	v, err := encode(m, w.field(0).Type().Elem())
	if err != nil {
		return err
	}
	if r, given := v.(*raw); given {
		w.inside = r.b
		return nil
	}
	w.field(0).Set(reflect.ValueOf(v))
	return nil
}

// insideSeen cuts the struct out of the received wrapper, nil when there is anything else in it.
func (w *wrapped) insideSeen() []byte {
	s := w.seen
	if len(s) < 5 || s[0] != 12 || s[1] != 0 || s[2] != w.id {
		return nil
	}
	n, err := reflect.New(w.field(0).Type().Elem()).Interface().(fastCodec).FastRead(s[3:])
	if err != nil || n+4 != len(s) {
		return nil
	}
	return s[3 : 3+n]
}

// messages are the types of a pipe's messages.
type messages struct{ incoming, outgoing reflect.Type }

// send encodes a message and gives it to the library's Send.
func (t messages) send(m *kit.Message, send func(interface{}) error) error {
	v, err := encode(m, t.outgoing)
	if err != nil {
		return kit.Faultf("%v", err)
	}
	return send(v)
}

// recv decodes what the library's Recv fills in.
func (t messages) recv(recv func(interface{}) error) (interface{}, bool, error) {
	v := reflect.New(t.incoming)
	in := &tee{fastCodec: v.Interface().(fastCodec)}
	if err := recv(in); err != nil {
		return nil, terminal(err), err
	}
	m, err := kit.Decoded(v, in.seen)
	if err != nil {
		return nil, false, kit.Faultf("%v", err)
	}
	return m, false, nil
}

// encode makes what SendMsg takes: raw bytes, or a generated struct of type t.
func encode(m *kit.Message, t reflect.Type) (interface{}, error) {
	if m == nil {
		return nil, fmt.Errorf("no message")
	}
	if m.Hex != nil {
		b, err := hex.DecodeString(*m.Hex)
		if b == nil {
			b = []byte{}
		}
		return &raw{b}, err
	}
	v := reflect.New(t)
	if m.JSON == nil {
		return nil, fmt.Errorf("a message is json or hex")
	}
	return v.Interface(), kit.FromText(m.JSON, v)
}
