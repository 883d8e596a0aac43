// What a stream is told to do. SPDX-License-Identifier: Apache-2.0
package kit

import "time"

// Op is a request about a stream.
type Op struct {
	Run  func(st *Stream, r *Request) Answer
	Side string                  // the only side that has it; empty: both
	Now  bool                    // does not wait until the stream exists
	Lane func(st *Stream) *Queue // in which order it runs; nil: in parallel with everything
}

func sends(st *Stream) *Queue { return &st.sends }
func recvs(st *Stream) *Queue { return &st.recvs }

func metaOp(st *Stream, r *Request) Answer { return st.setMeta(r) }

var streamOps = map[string]Op{
	"send":           {Run: func(st *Stream, r *Request) Answer { return st.send(r.Message) }, Lane: sends},
	"half-close":     {Run: func(st *Stream, _ *Request) Answer { return st.halfClose() }, Lane: sends},
	"recv":           {Run: func(st *Stream, _ *Request) Answer { return st.recv() }, Lane: recvs},
	"close-and-recv": {Run: func(st *Stream, _ *Request) Answer { return st.closeAndRecv() }, Lane: recvs},
	"cancel":         {Run: func(st *Stream, _ *Request) Answer { st.cancel(); return Done() }, Now: true}, // also while the open runs
	"header":         {Run: func(st *Stream, _ *Request) Answer { return st.metadata(Metadata.Header) }, Side: "client"},
	"trailer":        {Run: func(st *Stream, _ *Request) Answer { return st.metadata(Metadata.Trailer) }, Side: "client"},
	"set-header":     {Run: metaOp, Side: "server"},
	"send-header":    {Run: metaOp, Side: "server"},
	"set-trailer":    {Run: metaOp, Side: "server"},
	"return":         {Run: func(st *Stream, r *Request) Answer { return st.finishWith(r) }, Side: "server"},
	"cancelled":      {Run: func(st *Stream, _ *Request) Answer { return st.cancelled() }, Side: "server"},
	"ctx":            {Run: func(st *Stream, _ *Request) Answer { return st.context() }, Side: "server"},
}

// plan says what an op runs, and in which queue.
func (st *Stream) plan(op Op, r *Request) (func() Answer, *Queue) {
	if op.Side != "" && op.Side != r.Side {
		return func() Answer { return Unsupported("no op %q on the %s side", r.Op, r.Side) }, nil
	}
	run := func() Answer {
		if op.Now {
			return op.Run(st, r)
		}
		<-st.ready
		if st.failed != nil {
			return copyOf(st.failed)
		}
		return op.Run(st, r)
	}
	if op.Lane == nil {
		return run, nil
	}
	return run, op.Lane(st)
}

func (st *Stream) send(m *Message) Answer {
	p := st.pipe()
	if p == nil {
		return Refused("a unary call has no send")
	}
	return st.doneOr(p.Send(m))
}

func (st *Stream) recv() Answer {
	p := st.pipe()
	if p == nil {
		return Refused("a unary call has no recv")
	}
	m, over, err := p.Recv()
	if over {
		st.end()
	}
	return st.Got(m, err)
}

func (st *Stream) halfClose() Answer {
	if st.client == nil {
		return Refused("no client stream")
	}
	return st.doneOr(st.client.CloseSend())
}

// closeAndRecv is what generated code does: close, then one Recv. The close waits for the sends before it.
func (st *Stream) closeAndRecv() Answer {
	if st.client == nil {
		return Refused("no client stream")
	}
	if err := st.sends.Call(st.client.CloseSend); err != nil {
		return st.failure(err)
	}
	a := st.recv()
	if a["ok"] != nil {
		st.end() // in this mode Recv has waited for the trailers
	}
	return a
}

func (st *Stream) metadata(of func(Metadata) (map[string][]string, error)) Answer {
	md, err := of(st.meta)
	if err != nil {
		return st.failure(err)
	}
	return OK(map[string]interface{}{"metadata": FromMD(md)})
}

// cancelled waits for the end of the handler's context.
func (st *Stream) cancelled() Answer {
	select {
	case <-st.Ctx.Done():
		return OK(st.failure(st.Ctx.Err())["error"])
	case <-st.s.ended:
		return Refused("the case was reset")
	}
}

func (st *Stream) context() Answer {
	v := map[string]interface{}{}
	if t, has := st.Ctx.Deadline(); has {
		v["deadline_ms"] = time.Until(t).Milliseconds()
	}
	if err := st.Ctx.Err(); err != nil {
		v["cancelled"] = st.failure(err)["error"]
	}
	return OK(v)
}

// drain reads a client's stream to its end, so that the library finds out that the connection is gone; only a Recv tells.
func (st *Stream) drain() {
	select {
	case <-st.ready:
	default:
		return
	}
	if st.client == nil || st.isOver() {
		return
	}
	st.recvs.Put(Job{func() Answer {
		for i := 0; i < drainLimit && !st.isOver(); i++ {
			st.recv()
		}
		return nil
	}, func(Answer) {}})
}
