// The client's side: client objects by connection name, streams and calls. SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"io"
	"math"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	"ktgrpc/api"
	"ktkit"
)

// unaryCall keeps what header and trailer ask for after a call.
type unaryCall struct{ header, trailer metadata.MD }

// clientFor finds or makes the client of a connection name. A grpc-go client with one address has one connection.
func (s *session) clientFor(r *kit.Request) (*grpc.ClientConn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.clients[r.Connection]; c != nil {
		return c, nil
	}
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
	c, err := grpc.NewClient("passthrough:///"+r.Address, opts...)
	if err == nil {
		s.clients[r.Connection] = c
	}
	return c, err
}

func planOpen(s *session, r *kit.Request) func() kit.Answer {
	st := s.newStream("client", r.Stream)
	pairs := r.Metadata
	if r.Tag {
		pairs = append(pairs, [2]string{kit.StreamTag, r.Stream})
	}
	md, err := kit.ToMD(pairs)
	if err != nil {
		return func() kit.Answer { return st.fail(kit.Refused("%v", err)) }
	}
	st.ctx = metadata.NewOutgoingContext(st.ctx, md)
	if r.Deadline != nil { // counts from here
		outer := st.cancel
		limited, inner := context.WithTimeout(st.ctx, time.Duration(*r.Deadline)*time.Millisecond)
		st.ctx, st.cancel = limited, func() { inner(); outer() }
	}
	return func() kit.Answer { return st.start(r) }
}

func (st *stream) start(r *kit.Request) kit.Answer {
	if r.Transport != "" && r.Transport != "http2" {
		return st.fail(kit.Unsupported("no transport %q in grpc-go", r.Transport))
	}
	st.typ = api.Services[r.Service]
	if st.typ == nil {
		return st.fail(kit.Unsupported("no service %q here", r.Service))
	}
	mode, known := api.Methods[r.Method]
	if !known { // a path that no service has
		mode = api.Mode{Client: true, Server: true}
	}
	if (r.Op == "call") != (mode == api.Mode{}) {
		return st.fail(kit.Refused("open is for streaming methods, call for others; not so %s", r.Method))
	}
	c, err := st.s.clientFor(r)
	if err != nil {
		return st.fail(failure(err))
	}
	path := "/" + r.Service + "/" + r.Method
	var opts []grpc.CallOption
	if r.Compress != "" {
		opts = append(opts, grpc.UseCompressor(r.Compress))
	}
	if r.Op == "call" {
		return st.call(c, path, r, opts)
	}
	return st.open(c, path, mode, r, opts)
}

// open starts a stream; in server streaming the one request goes with it.
func (st *stream) open(c *grpc.ClientConn, path string, mode api.Mode, r *kit.Request, opts []grpc.CallOption) kit.Answer {
	desc := &grpc.StreamDesc{StreamName: r.Method, ClientStreams: mode.Client, ServerStreams: mode.Server}
	p, err := c.NewStream(st.ctx, desc, path, opts...)
	if err != nil {
		return st.fail(failure(err))
	}
	st.client = p
	defer close(st.ready)
	if r.Message == nil {
		return kit.Done()
	}
	if a := st.send(r.Message); a["ok"] == nil {
		return a
	}
	return st.halfClose()
}

func (st *stream) halfClose() kit.Answer {
	if st.client == nil {
		return kit.Refused("no client stream")
	}
	if err := st.client.CloseSend(); err != nil {
		return failure(err)
	}
	return kit.Done()
}

// closeAndRecv is what generated code does: close, then one RecvMsg. The close waits for the sends before it.
func (st *stream) closeAndRecv() kit.Answer {
	if st.client == nil {
		return kit.Refused("no client stream")
	}
	if err := st.sends.Call(st.client.CloseSend); err != nil {
		return failure(err)
	}
	a := st.recv()
	st.end() // in this mode RecvMsg has waited for the trailers
	return a
}

// call is one whole unary call.
func (st *stream) call(c *grpc.ClientConn, path string, r *kit.Request, opts []grpc.CallOption) kit.Answer {
	in, err := encode(r.Message, st.typ)
	if err != nil {
		return st.fail(kit.Refused("%v", err))
	}
	in.Unary, in.Field = true, 1
	out := &api.Message{Type: st.typ, Unary: true}
	u := &unaryCall{}
	err = c.Invoke(st.ctx, path, in, out, append(opts, grpc.Header(&u.header), grpc.Trailer(&u.trailer))...)
	st.unary = u
	close(st.ready)
	st.end()
	if err == io.EOF { // grpc-go: status 0 without an answer; to the caller of a call that is an error as any
		return kit.Answer{"error": map[string]interface{}{"message": "Invoke: EOF"}}
	}
	if err != nil {
		return failure(err)
	}
	return messageAnswer(out)
}

func (st *stream) header() kit.Answer {
	if st.unary != nil {
		return kit.OK(map[string]interface{}{"metadata": kit.FromMD(st.unary.header)})
	}
	md, err := st.client.Header()
	if err != nil {
		return failure(err)
	}
	if md == nil && st.ctx.Err() != nil { // grpc-go: no headers, and not a word of why
		return failure(st.ctx.Err())
	}
	return kit.OK(map[string]interface{}{"metadata": kit.FromMD(md)})
}

// trailer: before the stream's end grpc-go gives none.
func (st *stream) trailer() kit.Answer {
	if st.unary != nil {
		return kit.OK(map[string]interface{}{"metadata": kit.FromMD(st.unary.trailer)})
	}
	return kit.OK(map[string]interface{}{"metadata": kit.FromMD(st.client.Trailer())})
}
