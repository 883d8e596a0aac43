// A slot and the handlers that run in it. SPDX-License-Identifier: Apache-2.0
package kit

import (
	"context"
	"errors"
	"sync"
	"time"
)

var errAborted = errors.New("driver: the case is over")

// Server is one server of the library, on a port of its own.
type Server interface {
	Stop(grace time.Duration) // gracefully within grace; what runs longer is cut off
	Close()
}

// Slot is a server, its address, and the calls that reach it.
type Slot struct {
	Server  Server
	Address string
	calls   arrivals
}

// Handler is one running call as its library has it.
type Handler interface {
	// Argument is the message of a unary call, as Decoded gives it, nil for a stream.
	Argument() (map[string]interface{}, error)
	// SetMeta is set-header, send-header or set-trailer.
	SetMeta(op string, md map[string][]string) error
	// Outcome is what a return means, its message only in a unary call; with an answer it is refused.
	Outcome(r *Request) (Outcome, Answer)
}

// Outcome is what a handler does at its end.
type Outcome struct {
	Err   error
	Value interface{} // of a unary call
	Panic bool
}

// Call is one running handler. It only waits for its outcome; everything else is done by other goroutines.
type Call struct {
	Ctx      context.Context
	Method   string
	Metadata map[string][]string
	Metainfo MetaPairs
	Pipe     Pipe // nil for a unary call
	Handler  Handler
	Endless  bool // nothing ends its context

	left     time.Duration // to the deadline, when the handler was called
	limited  bool          // there is a deadline
	told     sync.Once
	ret      chan Outcome
	returned chan struct{}
}

// Handle is the body of every handler: it waits until c is told what to do, and then does ending, still as a call that runs.
func (sl *Slot) Handle(c *Call, ending func(Outcome)) {
	c.ret, c.returned = make(chan Outcome, 1), make(chan struct{})
	if t, has := c.Ctx.Deadline(); has {
		c.left, c.limited = time.Until(t), true
	}
	sl.calls.arrive(c)
	o := <-c.ret
	defer close(c.returned)
	defer sl.calls.leave(c)
	ending(o)
}

// finish lets the handler end; false when it has been told before.
func (c *Call) finish(o Outcome) bool {
	first := false
	c.told.Do(func() { first = true })
	if first {
		c.ret <- o
	}
	return first
}

// Abort ends the handler, whatever it waits for.
func (c *Call) Abort() { c.finish(Outcome{Err: errAborted}) }

// Active are the calls whose handler has not returned.
func (sl *Slot) Active() []*Call { return sl.calls.active() }

// held counts handlers whose context is still alive after the patience: their peer is gone, so it should have ended.
func (sl *Slot) held(limit time.Time) int {
	n := 0
	for _, c := range sl.Active() {
		if !c.Endless && !WaitFor(c.Ctx.Done(), limit) {
			n++
		}
	}
	return n
}

// accept waits for the call, then makes it the stream's.
func (st *Stream) accept(w *waiter) Answer {
	var c *Call
	select {
	case c = <-w.got:
	case <-st.s.ended:
		return st.Fail(Refused("the case was reset"))
	}
	st.server, st.Ctx = c, c.Ctx
	v := map[string]interface{}{"method": c.Method, "metadata": FromMD(c.Metadata), "metainfo": c.Metainfo}
	if c.limited {
		v["deadline_ms"] = c.left.Milliseconds()
	}
	m, err := c.Handler.Argument()
	if err != nil {
		return st.Fail(Refused("%v", err))
	}
	if m != nil {
		v["message"] = m
	}
	close(st.ready)
	return OK(v)
}

// setMeta is set-header, send-header or set-trailer.
func (st *Stream) setMeta(r *Request) Answer {
	md, err := ToMD(r.Metadata)
	if err != nil {
		return Refused("%v", err)
	}
	return st.doneOr(st.server.Handler.SetMeta(r.Op, md))
}

// finishWith ends the handler as the request says, and answers when it has returned.
func (st *Stream) finishWith(r *Request) Answer {
	c := st.server
	o, refusal := c.Handler.Outcome(r)
	if refusal != nil {
		return refusal
	}
	sends := r.Message != nil && c.Pipe != nil // before the handler returns, as generated code does it
	if sends {
		o.Err = st.sends.Call(func() error { return c.Pipe.Send(r.Message) })
	}
	if f, is := o.Err.(Fault); is && sends {
		return Refused("%s", f.text)
	}
	if !c.finish(o) {
		return Refused("the handler has returned already")
	}
	<-c.returned
	if sends {
		return st.doneOr(o.Err)
	}
	return Done()
}
