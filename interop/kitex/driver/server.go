// The server's side: the one handler of all methods, and the ops that script it. SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"errors"

	"github.com/cloudwego/kitex/pkg/kerrors"
	"github.com/cloudwego/kitex/pkg/remote/trans/nphttp2"
	"github.com/cloudwego/kitex/pkg/remote/trans/nphttp2/codes"
	"github.com/cloudwego/kitex/pkg/remote/trans/nphttp2/metadata"
	"github.com/cloudwego/kitex/pkg/remote/trans/nphttp2/status"
	"github.com/cloudwego/kitex/pkg/rpcinfo"
	"github.com/cloudwego/kitex/pkg/streaming"

	"ktkit"
)

// serverStream is a stream as a handler has it: Kitex's older stream, or the StreamX one (TTHeader streaming has no other).
type serverStream interface {
	Send(m interface{}) error
	Recv(m interface{}) error
	SetHeader(metadata.MD) error
	SendHeader(metadata.MD) error
	SetTrailer(metadata.MD) error
}

// serverPipe is one with the protocol's messages.
type serverPipe struct {
	messages
	s serverStream
}

func (p serverPipe) Send(m *kit.Message) error        { return p.send(m, p.s.Send) }
func (p serverPipe) Recv() (interface{}, bool, error) { return p.recv(p.s.Recv) }

// handler is one running call.
type handler struct {
	ctx    context.Context
	slot   *slot
	method *method
	stream serverStream // nil for unary and ping-pong
	args   *wrapped
	result *wrapped
}

// handle is the handler of every method.
func handle(ctx context.Context, to, arg, result interface{}) (err error) {
	h := &handler{ctx: ctx, slot: to.(*slot)}
	h.method = h.slot.service.methods[rpcinfo.GetRPCInfo(ctx).Invocation().MethodName()]
	c := &kit.Call{Ctx: ctx, Method: h.method.name, Handler: h}
	c.Metadata, c.Metainfo = incoming(ctx)
	switch a := arg.(type) {
	case *streaming.Args:
		h.stream = serverStreamOf(ctx, a)
		c.Pipe = serverPipe{messages{h.method.request, h.method.response}, h.stream}
	case *wrapped:
		h.args = a
		h.result, _ = result.(*wrapped)
		c.Endless = streaming.GetStream(ctx) == nil // ping-pong
	}
	h.slot.Handle(c, func(o kit.Outcome) {
		if o.Panic {
			panic("the driver was told to panic")
		}
		err = o.Err
	})
	return err
}

// classicServer is the stream that generated handlers get.
type classicServer struct{ s streaming.Stream }

func (p classicServer) Send(m interface{}) error        { return p.s.SendMsg(m) }
func (p classicServer) Recv(m interface{}) error        { return p.s.RecvMsg(m) }
func (p classicServer) SetHeader(md metadata.MD) error  { return p.s.SetHeader(md) }
func (p classicServer) SendHeader(md metadata.MD) error { return p.s.SendHeader(md) }
func (p classicServer) SetTrailer(md metadata.MD) error { p.s.SetTrailer(md); return nil }

// Argument is the message of a unary or ping-pong call.
func (h *handler) Argument() (map[string]interface{}, error) {
	if h.args == nil {
		return nil, nil
	}
	return kit.Decoded(h.args.field(0), h.args.insideSeen())
}

// SetMeta: a unary handler has functions for it instead of a stream.
func (h *handler) SetMeta(op string, md map[string][]string) error {
	context := func(f func(context.Context, metadata.MD) error) func(metadata.MD) error {
		return func(md metadata.MD) error { return f(h.ctx, md) }
	}
	unary := map[string]func(metadata.MD) error{"set-header": context(nphttp2.SetHeader), "send-header": context(nphttp2.SendHeader),
		"set-trailer": context(nphttp2.SetTrailer)}
	if h.stream == nil {
		return unary[op](md)
	}
	return map[string]func(metadata.MD) error{"set-header": h.stream.SetHeader, "send-header": h.stream.SendHeader,
		"set-trailer": h.stream.SetTrailer}[op](md)
}

// Outcome is what a return means.
func (h *handler) Outcome(r *kit.Request) (kit.Outcome, kit.Answer) {
	switch {
	case r.Panic:
		return kit.Outcome{Panic: true}, nil
	case r.Error != nil:
		return kit.Outcome{Err: errors.New(*r.Error)}, nil
	case r.Status != nil:
		return kit.Outcome{Err: status.Err(codes.Code(r.Status.Code), r.Status.Message)}, nil
	case r.Biz != nil:
		return kit.Outcome{Err: kerrors.NewBizStatusErrorWithExtra(r.Biz.Code, r.Biz.Message, r.Biz.Extra)}, nil
	case r.Exception != nil:
		return h.exception(r.Exception)
	case r.Message != nil && h.stream == nil:
		return h.answer(r.Message)
	}
	return kit.Outcome{}, nil
}

// answer is the result of a unary call.
func (h *handler) answer(m *kit.Message) (kit.Outcome, kit.Answer) {
	if h.result == nil {
		return kit.Outcome{}, kit.Refused("a oneway method returns nothing")
	}
	if err := h.result.put(m); err != nil {
		return kit.Outcome{}, kit.Refused("%v", err)
	}
	return kit.Outcome{}, nil
}

// exception is a field of a unary result; elsewhere it can only be returned as an error.
func (h *handler) exception(t *kit.Thrown) (kit.Outcome, kit.Answer) {
	if h.result != nil {
		declared, err := setThrown(h.result, t)
		if err != nil {
			return kit.Outcome{}, kit.Refused("%v", err)
		}
		if declared {
			return kit.Outcome{}, nil
		}
	}
	typ := h.slot.service.exceptionType(t.Name)
	if typ == nil {
		return kit.Outcome{}, kit.Refused("no exception %q in this service", t.Name)
	}
	v, err := encode(t.Message, typ)
	if err != nil {
		return kit.Outcome{}, kit.Refused("%v", err)
	}
	e, is := v.(error)
	if !is {
		return kit.Outcome{}, kit.Refused("the bytes of an exception cannot be returned as an error")
	}
	return kit.Outcome{Err: e}, nil
}
