// The services as grpc-go wants them described: what generated code would say, without the code.
// SPDX-License-Identifier: Apache-2.0
package api

import (
	"context"
	"reflect"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Mode of a method.
type Mode struct{ Client, Server bool }

// Methods of both services that are streaming or unary; ping-pong calls are not gRPC.
var Methods = map[string]Mode{
	"Echo":       {Client: true, Server: true},
	"EchoClient": {Client: true},
	"EchoServer": {Server: true},
	"EchoUnary":  {},
}

// Handler serves all methods of a service.
type Handler interface {
	Stream(method string, s grpc.ServerStream) error
	Unary(ctx context.Context, method string, in *Message) (*Message, error)
}

// Describe makes the description of a service whose handler is a Handler.
func Describe(name string, t reflect.Type) *grpc.ServiceDesc {
	d := &grpc.ServiceDesc{ServiceName: name, HandlerType: (*Handler)(nil)}
	for m, mode := range Methods {
		method := m
		if mode.Client || mode.Server {
			d.Streams = append(d.Streams, grpc.StreamDesc{StreamName: method, ClientStreams: mode.Client, ServerStreams: mode.Server,
				Handler: func(h interface{}, s grpc.ServerStream) error { return h.(Handler).Stream(method, s) }})
			continue
		}
		d.Methods = append(d.Methods, grpc.MethodDesc{MethodName: method,
			Handler: func(h interface{}, ctx context.Context, dec func(interface{}) error, _ grpc.UnaryServerInterceptor) (interface{}, error) {
				in := &Message{Type: t, Unary: true, Field: 1}
				if err := dec(in); err != nil {
					return nil, err
				}
				if err := in.Decode(); err != nil {
					return nil, status.Error(codes.Internal, err.Error())
				}
				return h.(Handler).Unary(ctx, method, in)
			}})
	}
	return d
}
