// One case: its streams, its clients, and its end. SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"reflect"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/status"

	"ktgrpc/api"
	"ktkit"
)

// patience of reset for what the system under test should let go by itself, now that its peer has closed all connections.
const patience = time.Second

// drainLimit bounds the messages that reset reads from a stream.
const drainLimit = 100000

type session struct {
	d       *driver
	work    *kit.Work
	mu      sync.Mutex
	streams map[string]*stream // by side and name
	clients map[string]*grpc.ClientConn
	slots   map[*slot]bool
	ended   chan struct{} // reset: whatever waits for an arrival gives up
}

func newSession(d *driver) *session {
	return &session{d: d, work: kit.NewWork(), streams: map[string]*stream{}, clients: map[string]*grpc.ClientConn{},
		slots: map[*slot]bool{}, ended: make(chan struct{})}
}

// stream is one call, seen from one side. What it is made of is there when ready is closed.
type stream struct {
	s      *session
	name   string
	ctx    context.Context // client: of the call; server: the handler's
	cancel context.CancelFunc
	ready  chan struct{}
	failed kit.Answer // ready, but there is no stream: the answer that says why
	sends  kit.Queue
	recvs  kit.Queue

	client grpc.ClientStream // client side of a streaming method
	unary  *unaryCall        // client side of a unary call
	server *serverCall       // server side
	typ    reflect.Type      // of its messages

	overOnce sync.Once
	over     chan struct{} // client: a terminal result was seen
}

func (s *session) newStream(side, name string) *stream {
	st := &stream{s: s, name: name, ready: make(chan struct{}), over: make(chan struct{})}
	st.ctx, st.cancel = context.WithCancel(context.Background())
	st.sends.Work, st.recvs.Work = s.work, s.work
	s.mu.Lock()
	s.streams[side+"/"+name] = st
	s.mu.Unlock()
	return st
}

func (s *session) find(r *kit.Request) *stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.streams[r.Side+"/"+r.Stream]
}

func (st *stream) fail(a kit.Answer) kit.Answer {
	st.failed = a
	close(st.ready)
	st.end()
	return copyOf(a)
}

func copyOf(a kit.Answer) kit.Answer {
	b := kit.Answer{}
	for k, v := range a {
		b[k] = v
	}
	return b
}

func (st *stream) end() { st.overOnce.Do(func() { close(st.over) }) }

func (st *stream) isOver() bool {
	select {
	case <-st.over:
		return true
	default:
		return false
	}
}

// pipe is what the two sides of a stream have in common.
type pipe interface {
	SendMsg(m interface{}) error
	RecvMsg(m interface{}) error
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

func (st *stream) send(m *kit.Message) kit.Answer {
	p := st.pipe()
	if p == nil {
		return kit.Refused("a unary call has no send")
	}
	v, err := encode(m, st.typ)
	if err != nil {
		return kit.Refused("%v", err)
	}
	err = p.SendMsg(v)
	if err == io.EOF { // grpc-go: the stream has ended, RecvMsg tells how
		return kit.Answer{"error": map[string]interface{}{"message": "SendMsg: EOF"}}
	}
	if err != nil {
		return failure(err)
	}
	return kit.Done()
}

func (st *stream) recv() kit.Answer {
	p := st.pipe()
	if p == nil {
		return kit.Refused("a unary call has no recv")
	}
	m := &api.Message{Type: st.typ}
	if err := p.RecvMsg(m); err != nil {
		st.end()
		return failure(err)
	}
	return messageAnswer(m)
}

// messageAnswer decodes; bad Thrift is an error that ends nothing.
func messageAnswer(m *api.Message) kit.Answer {
	if err := m.Decode(); err != nil {
		return kit.Answer{"error": map[string]interface{}{"message": err.Error()}}
	}
	j, err := kit.Decoded(m.Value, m.Bytes)
	if err != nil {
		return kit.Refused("%v", err)
	}
	return kit.OK(map[string]interface{}{"message": j})
}

// encode makes what SendMsg takes.
func encode(m *kit.Message, t reflect.Type) (*api.Message, error) {
	switch {
	case m == nil:
		return nil, errors.New("no message")
	case m.Hex != nil:
		b, err := hex.DecodeString(*m.Hex)
		return &api.Message{Type: t, Bytes: b}, err
	case m.JSON == nil:
		return nil, errors.New("a message is json or hex")
	}
	v := reflect.New(t)
	if err := kit.FromText(m.JSON, v); err != nil {
		return nil, err
	}
	return &api.Message{Type: t, Bytes: api.Encode(nil, v)}, nil
}

func failure(err error) kit.Answer {
	if err == io.EOF {
		return kit.Answer{"eof": true}
	}
	return kit.Answer{"error": errorValue(err)}
}

func errorValue(err error) map[string]interface{} {
	s, is := status.FromError(err)
	if !is {
		s = status.FromContextError(err)
	}
	return map[string]interface{}{"code": int64(s.Code()), "message": s.Message()}
}

// reset ends the case. What is still held after its patience is counted, then everything is taken away.
func (s *session) reset() kit.Answer {
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
		if st.client != nil && !kit.WaitFor(st.over, limit) {
			streams++
		}
	}
	for sl := range s.slots {
		for _, c := range sl.calls.Active() {
			if !kit.WaitFor(c.ctx.Done(), limit) {
				handlers++
			}
		}
	}
	requests := s.work.Held(limit)
	s.release(all)
	return kit.OK(map[string]int{"streams": streams, "handlers": handlers, "requests": requests})
}

// drain reads a client's stream to its end; only RecvMsg tells that the connection is gone.
func (st *stream) drain() {
	select {
	case <-st.ready:
	default:
		return
	}
	if st.client == nil || st.isOver() {
		return
	}
	st.recvs.Put(kit.Job{Run: func() kit.Answer {
		for i := 0; i < drainLimit && !st.isOver(); i++ {
			st.recv()
		}
		return nil
	}, Answer: func(kit.Answer) {}})
}

func (s *session) release(all []*stream) {
	close(s.ended)
	for _, st := range all {
		st.cancel()
	}
	for sl := range s.slots {
		sl.calls.Abort((*serverCall).abort)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.clients {
		c.Close()
	}
}
