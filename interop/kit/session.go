// One case: its streams, its clients, and its end. SPDX-License-Identifier: Apache-2.0
package kit

import (
	"context"
	"io"
	"sync"
	"time"
)

// patience of reset for what the system under test should let go by itself, now that its peer has closed all connections.
const patience = time.Second

// session is everything that belongs to one case.
type session struct {
	d       *Driver
	work    *Work
	mu      sync.Mutex
	streams map[string]*Stream // by side and name
	clients map[string]io.Closer
	slots   map[*Slot]bool
	ended   chan struct{} // reset: whatever waits for an arrival gives up
}

func newSession(d *Driver) *session {
	return &session{d: d, work: NewWork(), streams: map[string]*Stream{}, clients: map[string]io.Closer{}, slots: map[*Slot]bool{},
		ended: make(chan struct{})}
}

// ClientObject finds the client object of that key in the stream's case, or makes it.
func (st *Stream) ClientObject(key string, make func() (io.Closer, error)) (io.Closer, error) {
	st.s.mu.Lock()
	defer st.s.mu.Unlock()
	if c := st.s.clients[key]; c != nil {
		return c, nil
	}
	c, err := make()
	if err == nil {
		st.s.clients[key] = c
	}
	return c, err
}

func (s *session) newStream(side, name string) *Stream {
	st := &Stream{s: s, name: name, ready: make(chan struct{}), over: make(chan struct{})}
	st.Ctx, st.cancel = context.WithCancel(context.Background())
	st.sends.Work, st.recvs.Work = s.work, s.work
	s.mu.Lock()
	s.streams[side+"/"+name] = st
	s.mu.Unlock()
	return st
}

func (s *session) find(r *Request) *Stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.streams[r.Side+"/"+r.Stream]
}

// planOpen gives an open or call its context: always one that can be cancelled. The deadline counts from here.
func (s *session) planOpen(r *Request) func() Answer {
	st := s.newStream("client", r.Stream)
	pairs := r.Metadata
	if r.Tag {
		pairs = append(pairs, [2]string{StreamTag, r.Stream})
	}
	md, err := ToMD(pairs)
	if err != nil {
		return func() Answer { return st.Fail(Refused("%v", err)) }
	}
	st.Ctx = s.d.Library.Outgoing(st.Ctx, md, r)
	if r.Deadline != nil {
		outer := st.cancel
		limited, inner := context.WithTimeout(st.Ctx, time.Duration(*r.Deadline)*time.Millisecond)
		st.Ctx, st.cancel = limited, func() { inner(); outer() }
	}
	return func() Answer { return s.d.Library.Open(st, r) }
}

func (s *session) planAccept(sl *Slot, r *Request) func() Answer {
	st := s.newStream("server", r.Stream)
	if sl == nil {
		return func() Answer { return st.Fail(Refused("no slot %q", r.Slot)) }
	}
	s.slots[sl] = true
	w := sl.calls.expect(r.Match)
	return func() Answer { return st.accept(w) }
}

// reset ends the case. What is still held after its patience is counted, then everything is taken away.
func (s *session) reset() Answer {
	limit := time.Now().Add(patience)
	streams, handlers := 0, 0
	s.mu.Lock()
	all := make([]*Stream, 0, len(s.streams))
	for _, st := range s.streams {
		all = append(all, st)
	}
	s.mu.Unlock()
	for _, st := range all {
		st.drain()
	}
	for _, st := range all {
		if st.client != nil && !WaitFor(st.over, limit) {
			streams++
		}
	}
	for sl := range s.slots {
		handlers += sl.held(limit)
	}
	requests := s.work.Held(limit)
	s.release(all)
	return OK(map[string]int{"streams": streams, "handlers": handlers, "requests": requests})
}

func (s *session) release(all []*Stream) {
	close(s.ended)
	for _, st := range all {
		st.cancel()
	}
	for sl := range s.slots {
		sl.calls.abort()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.clients {
		c.Close()
	}
}
