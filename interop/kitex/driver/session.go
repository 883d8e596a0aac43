// One case: its streams, its clients, what is outstanding, and its end. SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"reflect"
	"sync"
	"time"

	"ktkit"
)

// patience of reset for what the system under test should let go by itself, now that its peer has closed all connections.
const patience = time.Second

// drainLimit bounds the messages (and errors that end nothing) that reset reads from a stream.
const drainLimit = 100000

// session is everything that belongs to one case.
type session struct {
	d       *driver
	mu      sync.Mutex
	work    *kit.Work
	streams map[string]*stream // by side and name
	clients map[string]*clientObject
	slots   map[*slot]bool
	ended   chan struct{} // reset: whatever waits for an arrival gives up
}

func newSession(d *driver) *session {
	return &session{d: d, work: kit.NewWork(), streams: map[string]*stream{}, clients: map[string]*clientObject{}, slots: map[*slot]bool{},
		ended: make(chan struct{})}
}

// stream is one call, seen from one side. What it is made of is there when ready is closed.
type stream struct {
	s      *session
	name   string
	ctx    context.Context // client: of the call; server: the handler's
	cancel context.CancelFunc
	ready  chan struct{}
	failed answer // ready, but there is no stream: the answer that says why
	log    *eventLog
	sends  queue
	recvs  queue

	client   clientPipe  // client side of a streaming method
	unary    *unaryCall  // client side of a unary or ping-pong call
	server   *serverCall // server side
	incoming reflect.Type
	outgoing reflect.Type

	overOnce sync.Once
	over     chan struct{} // client: a terminal result was seen
}

func (s *session) newStream(side, name string) *stream {
	st := &stream{s: s, name: name, ready: make(chan struct{}), over: make(chan struct{}), log: newEventLog()}
	st.ctx, st.cancel = context.WithCancel(context.Background())
	st.sends.Work, st.recvs.Work = s.work, s.work
	s.mu.Lock()
	s.streams[side+"/"+name] = st
	s.mu.Unlock()
	return st
}

func (s *session) find(r *request) *stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.streams[r.Side+"/"+r.Stream]
}

func (st *stream) fail(a answer) answer {
	st.failed = a
	close(st.ready)
	st.end()
	return copyOf(a)
}

func copyOf(a answer) answer {
	b := answer{}
	for k, v := range a {
		b[k] = v
	}
	return b
}

func (st *stream) end() { st.overOnce.Do(func() { close(st.over) }) }

// pipe is what the two sides of a stream have in common.
type pipe interface {
	Send(m interface{}) error
	Recv(m interface{}) error
}

func (st *stream) pipe() pipe {
	if st.server != nil && st.server.pipe != nil {
		return st.server.pipe
	}
	if st.client != nil {
		return st.client
	}
	return nil
}

func (st *stream) send(m *message) answer {
	p := st.pipe()
	if p == nil {
		return refused("a unary call has no send")
	}
	v, err := encode(m, st.outgoing)
	if err != nil {
		return refused("%v", err)
	}
	if err := p.Send(v); err != nil {
		return failure(err)
	}
	return done()
}

func (st *stream) recv() answer {
	p := st.pipe()
	if p == nil {
		return refused("a unary call has no recv")
	}
	v := reflect.New(st.incoming)
	t := &tee{fastCodec: v.Interface().(fastCodec)}
	if err := p.Recv(t); err != nil {
		if terminal(err) {
			st.end()
		}
		return failure(err)
	}
	m, err := decoded(v, t.seen)
	if err != nil {
		return refused("%v", err)
	}
	return ok(map[string]interface{}{"message": m})
}

// reset ends the case. What is still held after its patience is counted, then everything is taken away.
func (s *session) reset() answer {
	limit := time.Now().Add(patience)
	streams, handlers := 0, 0
	s.mu.Lock()
	all := make([]*stream, 0, len(s.streams))
	for _, st := range s.streams {
		all = append(all, st)
	}
	s.mu.Unlock()
	for _, st := range all {
		st.drain()
	}
	for _, st := range all {
		streams += st.heldStream(limit)
	}
	for sl := range s.slots {
		handlers += sl.heldHandlers(limit)
	}
	requests := s.work.Held(limit)
	s.release(all)
	return ok(map[string]int{"streams": streams, "handlers": handlers, "requests": requests})
}

// drain reads a client's stream to its end, so that Kitex finds out that the connection is gone; only a Recv tells.
func (st *stream) drain() {
	select {
	case <-st.ready:
	default:
		return
	}
	if st.client == nil || st.isOver() {
		return
	}
	st.recvs.Put(job{func() answer {
		for i := 0; i < drainLimit && !st.isOver(); i++ {
			st.recv()
		}
		return nil
	}, func(answer) {}})
}

func (st *stream) isOver() bool {
	select {
	case <-st.over:
		return true
	default:
		return false
	}
}

func (st *stream) heldStream(limit time.Time) int {
	if st.client == nil {
		return 0
	}
	if kit.WaitFor(st.over, limit) {
		return 0
	}
	return 1
}

func (s *session) release(all []*stream) {
	close(s.ended)
	for _, st := range all {
		st.cancel()
	}
	for sl := range s.slots {
		sl.abort()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.clients {
		c.close()
	}
}
