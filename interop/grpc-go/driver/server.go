// The server's side: slots, the one handler of all methods, and the ops that script it. SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"errors"
	"math"
	"net"
	"reflect"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"ktgrpc/api"
	"ktkit"
)

var errAborted = errors.New("driver: the case is over")

// slot is one grpc-go server on a port of its own.
type slot struct {
	server  *grpc.Server
	typ     reflect.Type
	address string
	calls   kit.Arrivals[*serverCall]
}

func newSlot(service string, t reflect.Type, set *kit.Settings) (*slot, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	opts := []grpc.ServerOption{grpc.ForceServerCodec(api.Codec{}), grpc.MaxRecvMsgSize(math.MaxInt32)}
	if set.InitialWindow != nil {
		opts = append(opts, grpc.InitialWindowSize(int32(*set.InitialWindow)))
	}
	if set.MaxConcurrent != nil {
		opts = append(opts, grpc.MaxConcurrentStreams(*set.MaxConcurrent))
	}
	sl := &slot{server: grpc.NewServer(opts...), typ: t, address: ln.Addr().String()}
	sl.server.RegisterService(api.Describe(service, t), sl)
	go sl.server.Serve(ln)
	return sl, nil
}

// stop is graceful within grace; what runs longer is cut off.
func (sl *slot) stop(grace time.Duration) {
	over := make(chan struct{})
	go func() { sl.server.GracefulStop(); close(over) }()
	if kit.WaitFor(over, time.Now().Add(grace)) {
		return
	}
	go func() { // Stop waits for handlers, which may wait for a word of ktspec
		for _, c := range sl.calls.Active() {
			<-c.ctx.Done()
			c.abort()
		}
	}()
	sl.server.Stop()
	<-over
}

// serverCall is one running handler. It only waits for the outcome; everything else is done by other goroutines.
type serverCall struct {
	ctx      context.Context
	method   string
	pipe     grpc.ServerStream // nil for unary
	in       *api.Message      // of a unary call
	typ      reflect.Type
	md       metadata.MD
	left     time.Duration // to the deadline, when the handler was called
	limited  bool          // there is a deadline
	told     sync.Once
	ret      chan outcome
	returned chan struct{}
}

// outcome is what the handler does at its end.
type outcome struct {
	err error
	out *api.Message
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

// Stream is the handler of the streaming methods.
func (sl *slot) Stream(method string, s grpc.ServerStream) error {
	return sl.handle(&serverCall{ctx: s.Context(), method: method, pipe: s}).err
}

// Unary is the handler of the others.
func (sl *slot) Unary(ctx context.Context, method string, in *api.Message) (*api.Message, error) {
	o := sl.handle(&serverCall{ctx: ctx, method: method, in: in})
	if o.err == nil && o.out == nil {
		o.err = errors.New("driver: a unary call was ended without its message")
	}
	return o.out, o.err
}

func (sl *slot) handle(c *serverCall) outcome {
	c.typ, c.ret, c.returned = sl.typ, make(chan outcome, 1), make(chan struct{})
	c.md, _ = metadata.FromIncomingContext(c.ctx)
	if t, has := c.ctx.Deadline(); has {
		c.left, c.limited = time.Until(t), true
	}
	sl.calls.Arrive(c)
	o := <-c.ret
	sl.calls.Leave(c)
	close(c.returned)
	return o
}

func (d *driver) planAccept(s *session, r *kit.Request) func() kit.Answer {
	st := s.newStream("server", r.Stream)
	d.mu.Lock()
	sl := d.slots[r.Slot]
	d.mu.Unlock()
	if sl == nil {
		return func() kit.Answer { return st.fail(kit.Refused("no slot %q", r.Slot)) }
	}
	s.slots[sl] = true
	w := sl.calls.Expect(r.Match)
	return func() kit.Answer { return st.accept(w) }
}

// accept waits for the call, then makes it the stream's.
func (st *stream) accept(w *kit.Waiter[*serverCall]) kit.Answer {
	var c *serverCall
	select {
	case c = <-w.Got:
	case <-st.s.ended:
		return st.fail(kit.Refused("the case was reset"))
	}
	st.server, st.ctx, st.typ = c, c.ctx, c.typ
	none := map[string]string{}
	v := map[string]interface{}{"method": c.method, "metadata": kit.FromMD(c.md), "metainfo": kit.MetaPairs{Transient: none, Persistent: none}}
	if c.limited {
		v["deadline_ms"] = c.left.Milliseconds()
	}
	if c.in != nil {
		m, err := kit.Decoded(c.in.Value, c.in.Bytes)
		if err != nil {
			return st.fail(kit.Refused("%v", err))
		}
		v["message"] = m
	}
	close(st.ready)
	return kit.OK(v)
}

// metaOp is set-header, send-header or set-trailer.
func (c *serverCall) metaOp(op string, pairs [][2]string) kit.Answer {
	md, err := kit.ToMD(pairs)
	if err != nil {
		return kit.Refused("%v", err)
	}
	switch op { // with a handler's context these do as the stream's own
	case "set-header":
		err = grpc.SetHeader(c.ctx, md)
	case "send-header":
		err = grpc.SendHeader(c.ctx, md)
	default:
		err = grpc.SetTrailer(c.ctx, md)
	}
	if err != nil {
		return failure(err)
	}
	return kit.Done()
}

// finishWith ends the handler as the request says, and answers when it has returned.
func (st *stream) finishWith(r *kit.Request) kit.Answer {
	c := st.server
	var o outcome
	switch {
	case r.Panic || r.Biz != nil || r.Exception != nil:
		return kit.Unsupported("grpc-go has neither biz statuses nor declared exceptions, and a panic ends its process")
	case r.Error != nil:
		o.err = errors.New(*r.Error)
	case r.Status != nil:
		o.err = status.Error(codes.Code(r.Status.Code), r.Status.Message)
	case r.Message != nil:
		m, err := encode(r.Message, st.typ)
		if err != nil {
			return kit.Refused("%v", err)
		}
		if c.pipe == nil {
			m.Unary, o.out = true, m
		} else {
			o.err = st.sends.Call(func() error { return c.pipe.SendMsg(m) })
		}
	}
	if !c.finish(o) {
		return kit.Refused("the handler has returned already")
	}
	<-c.returned
	if r.Message != nil && o.err != nil {
		return failure(o.err) // of the SendMsg in it
	}
	return kit.Done()
}

// cancelled waits for the end of the handler's context.
func (st *stream) cancelled() kit.Answer {
	select {
	case <-st.ctx.Done():
		return kit.OK(errorValue(st.ctx.Err()))
	case <-st.s.ended:
		return kit.Refused("the case was reset")
	}
}

func (st *stream) context() kit.Answer {
	v := map[string]interface{}{}
	if t, has := st.ctx.Deadline(); has {
		v["deadline_ms"] = time.Until(t).Milliseconds()
	}
	if err := st.ctx.Err(); err != nil {
		v["cancelled"] = errorValue(err)
	}
	return kit.OK(v)
}
