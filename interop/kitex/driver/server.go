// The server's side: the one handler of all methods, and the ops that script it. SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"time"

	"github.com/cloudwego/kitex/pkg/kerrors"
	"github.com/cloudwego/kitex/pkg/remote/trans/nphttp2"
	"github.com/cloudwego/kitex/pkg/remote/trans/nphttp2/codes"
	"github.com/cloudwego/kitex/pkg/remote/trans/nphttp2/metadata"
	"github.com/cloudwego/kitex/pkg/remote/trans/nphttp2/status"
	"github.com/cloudwego/kitex/pkg/rpcinfo"
	"github.com/cloudwego/kitex/pkg/streaming"

	"ktkit"
)

var errAborted = errors.New("driver: the case is over")

// serverPipe is a stream as a handler has it: Kitex's older stream, or the StreamX one (TTHeader streaming has no other).
type serverPipe interface {
	pipe
	SetHeader(metadata.MD) error
	SendHeader(metadata.MD) error
	SetTrailer(metadata.MD) error
}

// serverCall is one running handler. It only waits for the outcome; everything else is done by other goroutines.
type serverCall struct {
	ctx      context.Context
	method   *method
	pipe     serverPipe // nil for unary and ping-pong
	http2    bool       // unary over HTTP/2
	args     *wrapped
	result   *wrapped
	md       metadata.MD
	mi       metaPairs
	left     time.Duration // to the deadline, when the handler was called
	limited  bool          // there is a deadline
	log      *eventLog
	told     sync.Once
	ret      chan outcome
	returned chan struct{}
}

// outcome is what the handler does at its end.
type outcome struct {
	err   error
	panic bool
}

// finish lets the handler end; false when it has been told before.
func (c *serverCall) finish(o outcome) bool {
	first := false
	c.told.Do(func() { first = true })
	if first {
		c.ret <- o
	}
	return first
}

func (c *serverCall) abort() { c.finish(outcome{err: errAborted}) }

// Tags are for the match of an accept.
func (c *serverCall) Tags() []string { return c.md.Get(kit.StreamTag) }

// handle is the handler of every method.
func handle(ctx context.Context, handler, arg, result interface{}) error {
	sl := handler.(*slot)
	c := &serverCall{ctx: ctx, log: logOf(ctx), ret: make(chan outcome, 1), returned: make(chan struct{})}
	c.method = sl.service.methods[rpcinfo.GetRPCInfo(ctx).Invocation().MethodName()]
	c.md, c.mi = incoming(ctx)
	if t, has := ctx.Deadline(); has {
		c.left, c.limited = time.Until(t), true
	}
	switch a := arg.(type) {
	case *streaming.Args:
		c.pipe = serverPipeOf(ctx, a)
	case *wrapped:
		c.args = a
		c.result, _ = result.(*wrapped)
		c.http2 = streaming.GetStream(ctx) != nil
	}
	sl.calls.Arrive(c)
	o := <-c.ret
	defer close(c.returned)
	defer sl.calls.Leave(c)
	if o.panic {
		panic("the driver was told to panic")
	}
	return o.err
}

// classicServer is the stream that generated handlers get.
type classicServer struct{ s streaming.Stream }

func (p classicServer) Send(m interface{}) error        { return p.s.SendMsg(m) }
func (p classicServer) Recv(m interface{}) error        { return p.s.RecvMsg(m) }
func (p classicServer) SetHeader(md metadata.MD) error  { return p.s.SetHeader(md) }
func (p classicServer) SendHeader(md metadata.MD) error { return p.s.SendHeader(md) }
func (p classicServer) SetTrailer(md metadata.MD) error { p.s.SetTrailer(md); return nil }

// accept waits for the call, then makes it the stream's.
func (st *stream) accept(w *kit.Waiter[*serverCall]) answer {
	var c *serverCall
	select {
	case c = <-w.Got:
	case <-st.s.ended:
		return st.fail(refused("the case was reset"))
	}
	st.server, st.ctx, st.incoming, st.outgoing = c, c.ctx, c.method.request, c.method.response
	if c.log != nil {
		st.log = c.log
	}
	v := map[string]interface{}{"method": c.method.name, "metadata": kit.FromMD(c.md), "metainfo": c.mi}
	if c.limited {
		v["deadline_ms"] = c.left.Milliseconds()
	}
	if c.args != nil {
		m, err := decoded(c.args.field(0), c.args.insideSeen())
		if err != nil {
			return st.fail(refused("%v", err))
		}
		v["message"] = m
	}
	close(st.ready)
	return ok(v)
}

// metaOp is set-header, send-header or set-trailer. A unary handler has functions for them instead of a stream.
func (c *serverCall) metaOp(op string, pairs [][2]string) answer {
	md, err := kit.ToMD(pairs)
	if err != nil {
		return refused("%v", err)
	}
	if c.pipe == nil {
		err = c.unaryMetaOp(op, md)
	} else {
		f := map[string]func(metadata.MD) error{"set-header": c.pipe.SetHeader, "send-header": c.pipe.SendHeader,
			"set-trailer": c.pipe.SetTrailer}[op]
		err = f(md)
	}
	if err != nil {
		return failure(err)
	}
	return done()
}

func (c *serverCall) unaryMetaOp(op string, md metadata.MD) error {
	switch op {
	case "set-header":
		return nphttp2.SetHeader(c.ctx, md)
	case "send-header":
		return nphttp2.SendHeader(c.ctx, md)
	}
	return nphttp2.SetTrailer(c.ctx, md)
}

// finishWith ends the handler as the request says, and answers when it has returned.
func (st *stream) finishWith(r *request) answer {
	c := st.server
	o, refusal := st.outcomeOf(r)
	if refusal != nil {
		return refusal
	}
	if !c.finish(o) {
		return refused("the handler has returned already")
	}
	<-c.returned
	if r.Message != nil && o.err != nil {
		return failure(o.err) // of the Send in it
	}
	return done()
}

func (st *stream) outcomeOf(r *request) (outcome, answer) {
	switch {
	case r.Panic:
		return outcome{panic: true}, nil
	case r.Error != nil:
		return outcome{err: errors.New(*r.Error)}, nil
	case r.Status != nil:
		return outcome{err: status.Err(codes.Code(r.Status.Code), r.Status.Message)}, nil
	case r.Biz != nil:
		return outcome{err: kerrors.NewBizStatusErrorWithExtra(r.Biz.Code, r.Biz.Message, r.Biz.Extra)}, nil
	case r.Exception != nil:
		return st.exception(r.Exception)
	case r.Message != nil:
		return st.lastMessage(r.Message)
	}
	return outcome{}, nil
}

// lastMessage is the result of a unary call; elsewhere it is sent before the handler returns, as generated code does it.
func (st *stream) lastMessage(m *message) (outcome, answer) {
	c := st.server
	if c.pipe != nil {
		v, err := encode(m, st.outgoing)
		if err != nil {
			return outcome{}, refused("%v", err)
		}
		return outcome{err: st.sends.Call(func() error { return c.pipe.Send(v) })}, nil
	}
	if c.result == nil {
		return outcome{}, refused("a oneway method returns nothing")
	}
	if err := c.result.put(m); err != nil {
		return outcome{}, refused("%v", err)
	}
	return outcome{}, nil
}

// exception is a field of a unary result; elsewhere it can only be returned as an error.
func (st *stream) exception(t *thriftThrown) (outcome, answer) {
	if c := st.server; c.result != nil {
		declared, err := setThrown(c.result, t)
		if err != nil {
			return outcome{}, refused("%v", err)
		}
		if declared {
			return outcome{}, nil
		}
	}
	typ := st.server.exceptionType(st.s, t.Name)
	if typ == nil {
		return outcome{}, refused("no exception %q in this service", t.Name)
	}
	v, err := encode(t.Message, typ)
	if err != nil {
		return outcome{}, refused("%v", err)
	}
	e, is := v.(error)
	if !is {
		return outcome{}, refused("the bytes of an exception cannot be returned as an error")
	}
	return outcome{err: e}, nil
}

func (c *serverCall) exceptionType(s *session, name string) reflect.Type {
	for _, svc := range s.d.services {
		if svc.methods[c.method.name] == c.method {
			return svc.exceptionType(name)
		}
	}
	return nil
}

// cancelled waits for the end of the handler's context.
func (st *stream) cancelled() answer {
	select {
	case <-st.ctx.Done():
		return ok(errorValue(st.ctx.Err()))
	case <-st.s.ended:
		return refused("the case was reset")
	}
}

func (st *stream) context() answer {
	v := map[string]interface{}{}
	if t, has := st.ctx.Deadline(); has {
		v["deadline_ms"] = time.Until(t).Milliseconds()
	}
	if err := st.ctx.Err(); err != nil {
		v["cancelled"] = errorValue(err)
	}
	return ok(v)
}
