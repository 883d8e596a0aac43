// The server's side: slots and the handlers of all methods. SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"errors"
	"math"
	"net"
	"reflect"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"ktgrpc/api"
	"ktkit"
)

// slot is one grpc-go server on a port of its own.
type slot struct {
	kit.Slot
	server *grpc.Server
	typ    reflect.Type
}

func (library) Listen(r *kit.Request) (*kit.Slot, kit.Answer) {
	typ := api.Services[r.Service]
	if typ == nil {
		return nil, kit.Unsupported("no service %q here", r.Service)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, library{}.Failure(err)
	}
	opts := []grpc.ServerOption{grpc.ForceServerCodec(api.Codec{}), grpc.MaxRecvMsgSize(math.MaxInt32)}
	if r.Set.InitialWindow != nil {
		opts = append(opts, grpc.InitialWindowSize(int32(*r.Set.InitialWindow)))
	}
	if r.Set.MaxConcurrent != nil {
		opts = append(opts, grpc.MaxConcurrentStreams(*r.Set.MaxConcurrent))
	}
	sl := &slot{server: grpc.NewServer(opts...), typ: typ}
	sl.Server, sl.Address = sl, ln.Addr().String()
	sl.server.RegisterService(api.Describe(r.Service, typ), sl)
	go sl.server.Serve(ln)
	return &sl.Slot, nil
}

// Stop is graceful within grace; what runs longer is cut off.
func (sl *slot) Stop(grace time.Duration) {
	over := make(chan struct{})
	go func() { sl.server.GracefulStop(); close(over) }()
	if kit.WaitFor(over, time.Now().Add(grace)) {
		return
	}
	go func() { // Stop waits for handlers, which may wait for a word of ktspec
		for _, c := range sl.Active() {
			<-c.Ctx.Done()
			c.Abort()
		}
	}()
	sl.server.Stop()
	<-over
}

// Close is a stop without a grace.
func (sl *slot) Close() { sl.Stop(0) }

// handler is one running call.
type handler struct {
	ctx context.Context
	in  *api.Message // of a unary call
	typ reflect.Type
}

// Stream is the handler of the streaming methods.
func (sl *slot) Stream(method string, s grpc.ServerStream) error {
	return sl.handle(method, handler{ctx: s.Context(), typ: sl.typ}, pipe{s, sl.typ, false}).Err
}

// Unary is the handler of the others.
func (sl *slot) Unary(ctx context.Context, method string, in *api.Message) (*api.Message, error) {
	o := sl.handle(method, handler{ctx, in, sl.typ}, nil)
	m, _ := o.Value.(*api.Message)
	if o.Err == nil && m == nil {
		o.Err = errors.New("driver: a unary call was ended without its message")
	}
	return m, o.Err
}

func (sl *slot) handle(method string, h handler, p kit.Pipe) (o kit.Outcome) {
	md, _ := metadata.FromIncomingContext(h.ctx)
	none := map[string]string{}
	sl.Handle(&kit.Call{Ctx: h.ctx, Method: method, Metadata: md, Metainfo: kit.MetaPairs{Transient: none, Persistent: none},
		Pipe: p, Handler: h}, func(told kit.Outcome) { o = told })
	return o
}

func (h handler) Argument() (map[string]interface{}, error) {
	if h.in == nil {
		return nil, nil
	}
	return kit.Decoded(h.in.Value, h.in.Bytes)
}

// SetMeta: with a handler's context these functions do as the stream's own.
func (h handler) SetMeta(op string, md map[string][]string) error {
	switch op {
	case "set-header":
		return grpc.SetHeader(h.ctx, md)
	case "send-header":
		return grpc.SendHeader(h.ctx, md)
	}
	return grpc.SetTrailer(h.ctx, md)
}

func (h handler) Outcome(r *kit.Request) (kit.Outcome, kit.Answer) {
	switch {
	case r.Panic || r.Biz != nil || r.Exception != nil:
		return kit.Outcome{}, kit.Unsupported("grpc-go has neither biz statuses nor declared exceptions, and a panic ends its process")
	case r.Error != nil:
		return kit.Outcome{Err: errors.New(*r.Error)}, nil
	case r.Status != nil:
		return kit.Outcome{Err: status.Error(codes.Code(r.Status.Code), r.Status.Message)}, nil
	case r.Message != nil && h.in != nil:
		m, err := encode(r.Message, h.typ)
		if err != nil {
			return kit.Outcome{}, kit.Refused("%v", err)
		}
		m.Unary = true
		return kit.Outcome{Value: m}, nil
	}
	return kit.Outcome{}, nil
}
