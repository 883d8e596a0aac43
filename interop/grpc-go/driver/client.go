// The client's side: client objects by connection name, streams and calls. SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"io"
	"math"
	"reflect"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	"ktgrpc/api"
	"ktkit"
)

// dial makes a client. A grpc-go client with one address has one connection.
func dial(r *kit.Request) (*grpc.ClientConn, error) {
	opts := []grpc.DialOption{
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(api.Codec{}), grpc.CallContentSubtype("thrift"), grpc.MaxCallRecvMsgSize(math.MaxInt32)),
		grpc.WithDisableRetry(),
		grpc.WithDisableServiceConfig(),
		// below ktspec's own patience
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: backoff.DefaultConfig, MinConnectTimeout: 2 * time.Second}),
	}
	if r.Set.InitialWindow != nil {
		opts = append(opts, grpc.WithInitialWindowSize(int32(*r.Set.InitialWindow)))
	}
	return grpc.NewClient("passthrough:///"+r.Address, opts...)
}

func (library) Outgoing(ctx context.Context, md map[string][]string, _ *kit.Request) context.Context {
	return metadata.NewOutgoingContext(ctx, md)
}

// Open is an open or a call.
func (library) Open(st *kit.Stream, r *kit.Request) kit.Answer {
	if r.Transport != "" && r.Transport != "http2" {
		return st.Fail(kit.Unsupported("no transport %q in grpc-go", r.Transport))
	}
	typ := api.Services[r.Service]
	if typ == nil {
		return st.Fail(kit.Unsupported("no service %q here", r.Service))
	}
	mode, known := api.Methods[r.Method]
	if !known { // a path that no service has
		mode = api.Mode{Client: true, Server: true}
	}
	if (r.Op == "call") != (mode == api.Mode{}) {
		return st.Fail(kit.Refused("open is for streaming methods, call for others; not so %s", r.Method))
	}
	c, err := st.ClientObject(r.Connection, func() (io.Closer, error) { return dial(r) })
	if err != nil {
		return st.FailWith(err)
	}
	var opts []grpc.CallOption
	if r.Compress != "" {
		opts = append(opts, grpc.UseCompressor(r.Compress))
	}
	if r.Op == "call" {
		return call(st, c.(*grpc.ClientConn), r, typ, opts)
	}
	desc := &grpc.StreamDesc{StreamName: r.Method, ClientStreams: mode.Client, ServerStreams: mode.Server}
	s, err := c.(*grpc.ClientConn).NewStream(st.Ctx, desc, path(r), opts...)
	if err != nil {
		return st.FailWith(err)
	}
	return st.Begin(clientPipe{pipe{s, typ, !mode.Server}, st.Ctx, s}, r.Message)
}

func path(r *kit.Request) string { return "/" + r.Service + "/" + r.Method }

// clientPipe is a stream as a client has it.
type clientPipe struct {
	pipe
	ctx context.Context
	s   grpc.ClientStream
}

func (p clientPipe) CloseSend() error { return p.s.CloseSend() }

func (p clientPipe) Header() (map[string][]string, error) {
	md, err := p.s.Header()
	if err == nil && md == nil { // grpc-go: no headers, and not a word of why
		err = p.ctx.Err()
	}
	return md, err
}

// Trailer: before the stream's end grpc-go gives none.
func (p clientPipe) Trailer() (map[string][]string, error) { return p.s.Trailer(), nil }

// unaryMeta keeps what header and trailer ask for after a call.
type unaryMeta struct{ header, trailer metadata.MD }

func (u *unaryMeta) Header() (map[string][]string, error)  { return u.header, nil }
func (u *unaryMeta) Trailer() (map[string][]string, error) { return u.trailer, nil }

// call is one whole unary call.
func call(st *kit.Stream, c *grpc.ClientConn, r *kit.Request, typ reflect.Type, opts []grpc.CallOption) kit.Answer {
	in, err := encode(r.Message, typ)
	if err != nil {
		return st.Fail(kit.Refused("%v", err))
	}
	in.Unary, in.Field = true, 1
	out := &api.Message{Type: typ, Unary: true}
	u := &unaryMeta{}
	err = c.Invoke(st.Ctx, path(r), in, out, append(opts, grpc.Header(&u.header), grpc.Trailer(&u.trailer))...)
	var m map[string]interface{}
	switch {
	case err == io.EOF: // grpc-go: status 0 without an answer; to the caller of a call that is an error as any
		err = codeless{"Invoke: EOF"}
	case err == nil:
		m, err = decoded(out)
	}
	return st.Called(u, st.Got(m, err))
}
