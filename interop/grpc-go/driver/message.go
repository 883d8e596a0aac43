// Messages and errors between the protocol and grpc-go. SPDX-License-Identifier: Apache-2.0
package main

import (
	"encoding/hex"
	"errors"
	"io"
	"reflect"

	"google.golang.org/grpc/status"

	"ktgrpc/api"
	"ktkit"
)

// codeless is an error that has no status code.
type codeless struct{ text string }

func (e codeless) Error() string { return e.text }

// Failure says an error of grpc-go as an answer.
func (library) Failure(err error) kit.Answer {
	if err == io.EOF {
		return kit.Answer{"eof": true}
	}
	if _, is := err.(codeless); is {
		return kit.Answer{"error": map[string]interface{}{"message": err.Error()}}
	}
	s, is := status.FromError(err)
	if !is {
		s = status.FromContextError(err)
	}
	return kit.Answer{"error": map[string]interface{}{"code": int64(s.Code()), "message": s.Message()}}
}

// stream is what the two sides of one have in common in grpc-go.
type stream interface {
	SendMsg(m interface{}) error
	RecvMsg(m interface{}) error
}

// pipe is a stream with the protocol's messages.
type pipe struct {
	stream
	typ reflect.Type // of its messages
	one bool         // RecvMsg reads up to the trailers, for there is one message
}

func (p pipe) Send(m *kit.Message) error {
	v, err := encode(m, p.typ)
	if err != nil {
		return kit.Faultf("%v", err)
	}
	err = p.SendMsg(v)
	if err == io.EOF { // grpc-go: the stream has ended, RecvMsg tells how
		return codeless{"SendMsg: EOF"}
	}
	return err
}

func (p pipe) Recv() (interface{}, bool, error) {
	m := &api.Message{Type: p.typ}
	if err := p.RecvMsg(m); err != nil {
		return nil, true, err
	}
	v, err := decoded(m)
	return v, p.one, err
}

// decoded is a message by the IDL; bad Thrift is an error that ends nothing.
func decoded(m *api.Message) (map[string]interface{}, error) {
	if err := m.Decode(); err != nil {
		return nil, codeless{err.Error()}
	}
	v, err := kit.Decoded(m.Value, m.Bytes)
	if err != nil {
		return nil, kit.Faultf("%v", err)
	}
	return v, nil
}

// encode makes what SendMsg takes.
func encode(m *kit.Message, t reflect.Type) (*api.Message, error) {
	switch {
	case m == nil:
		return nil, errors.New("no message")
	case m.Hex != nil:
		b, err := hex.DecodeString(*m.Hex)
		return &api.Message{Type: t, Bytes: b}, err
	case m.JSON == nil:
		return nil, errors.New("a message is json or hex")
	}
	v := reflect.New(t)
	if err := kit.FromText(m.JSON, v); err != nil {
		return nil, err
	}
	return &api.Message{Type: t, Bytes: api.Encode(nil, v)}, nil
}
