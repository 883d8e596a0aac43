// The driver for grpc-go: connects to ktspec, then does what it is told (docs/drivers.md).
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"fmt"
	"os"
	"sync"
	"time"

	"google.golang.org/grpc"
	_ "google.golang.org/grpc/encoding/gzip" // registers the compressor

	"ktgrpc/api"
	"ktkit"
)

var capabilities = []string{"unary", "stop", "compress", "gzip", "initial-window", "max-concurrent"}

type driver struct {
	control  *kit.Control
	mu       sync.Mutex
	sessions map[string]*session
	slots    map[string]*slot
}

func main() {
	control, err := kit.Dial()
	if err == nil {
		d := &driver{control: control, sessions: map[string]*session{}, slots: map[string]*slot{}}
		control.Hello(kit.Answer{"implementation": "grpc-go", "version": "v" + grpc.Version, "language": "go",
			"roles": []string{"client", "server"}, "transports": []string{"http2"}, "capabilities": capabilities})
		err = control.Read(d.take)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "driver: %v\n", err)
		os.Exit(1)
	}
}

// take starts a request and does not wait for it. What fixes its order (queues, new streams, accepts) happens here.
func (d *driver) take(r *kit.Request) {
	s := d.session(r.Case)
	switch r.Op {
	case "sync":
		go func() { d.control.Answer(r.ID, s.work.Sync()) }()
		return
	case "reset":
		d.forget(s, r)
		go func() { d.control.Answer(r.ID, s.reset()) }()
		return
	}
	held := 1
	if r.Op == "accept" { // a call that never comes is not held by anybody
		held = 0
	}
	s.work.Count(0, held)
	f, which := d.plan(s, r)
	j := kit.Job{Run: f, Answer: func(a kit.Answer) {
		s.work.Count(0, -held)
		d.control.Answer(r.ID, a)
	}}
	if which != nil {
		which.Put(j)
	} else {
		s.work.Start(j)
	}
}

// forget ends the case for later requests, and drops what nobody has accepted and whose peer is gone.
func (d *driver) forget(s *session, r *kit.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.sessions, r.Case)
	if sl := d.slots[r.Slot]; sl != nil {
		s.slots[sl] = true
	}
	if len(s.slots) > 0 {
		return
	}
	for _, sl := range d.slots {
		sl.calls.Drop(func(c *serverCall) bool { return c.ctx.Err() != nil }, (*serverCall).abort)
	}
}

func (d *driver) session(name string) *session {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.sessions[name]
	if s == nil {
		s = newSession(d)
		d.sessions[name] = s
	}
	return s
}

// plan says what a request runs, and in which queue; nil is in parallel with everything.
func (d *driver) plan(s *session, r *kit.Request) (func() kit.Answer, *kit.Queue) {
	switch r.Op {
	case "listen":
		return func() kit.Answer { return d.listen(r) }, nil
	case "unlisten", "stop":
		return func() kit.Answer { return d.stop(r) }, nil
	case "accept":
		return d.planAccept(s, r), nil
	case "open", "call":
		return planOpen(s, r), nil
	}
	st := s.find(r)
	if st == nil && streamOps[r.Op] == nil && clientOps[r.Op] == nil && serverOps[r.Op] == nil && r.Op != "cancel" {
		return func() kit.Answer { return kit.Unsupported("no op %q", r.Op) }, nil
	}
	if st == nil {
		return func() kit.Answer { return kit.Refused("no stream %q on the %s side", r.Stream, r.Side) }, nil
	}
	return st.plan(r)
}

type streamOp = func(st *stream, r *kit.Request) kit.Answer

// streamOps run in the queue of their direction, the others in parallel.
var streamOps = map[string]streamOp{
	"send":           func(st *stream, r *kit.Request) kit.Answer { return st.send(r.Message) },
	"half-close":     func(st *stream, r *kit.Request) kit.Answer { return st.halfClose() },
	"recv":           func(st *stream, r *kit.Request) kit.Answer { return st.recv() },
	"close-and-recv": func(st *stream, r *kit.Request) kit.Answer { return st.closeAndRecv() },
}

var clientOps = map[string]streamOp{
	"header":  func(st *stream, r *kit.Request) kit.Answer { return st.header() },
	"trailer": func(st *stream, r *kit.Request) kit.Answer { return st.trailer() },
}

var serverOps = map[string]streamOp{
	"set-header":  func(st *stream, r *kit.Request) kit.Answer { return st.server.metaOp(r.Op, r.Metadata) },
	"send-header": func(st *stream, r *kit.Request) kit.Answer { return st.server.metaOp(r.Op, r.Metadata) },
	"set-trailer": func(st *stream, r *kit.Request) kit.Answer { return st.server.metaOp(r.Op, r.Metadata) },
	"return":      func(st *stream, r *kit.Request) kit.Answer { return st.finishWith(r) },
	"cancelled":   func(st *stream, r *kit.Request) kit.Answer { return st.cancelled() },
	"ctx":         func(st *stream, r *kit.Request) kit.Answer { return st.context() },
}

func (st *stream) plan(r *kit.Request) (func() kit.Answer, *kit.Queue) {
	if r.Op == "cancel" { // also while the open or call still runs
		return func() kit.Answer { st.cancel(); return kit.Done() }, nil
	}
	f, queued := streamOps[r.Op]
	if f == nil && r.Side == "client" {
		f = clientOps[r.Op]
	} else if f == nil {
		f = serverOps[r.Op]
	}
	if f == nil {
		return func() kit.Answer { return kit.Unsupported("no op %q on the %s side", r.Op, r.Side) }, nil
	}
	run := func() kit.Answer {
		<-st.ready
		if st.failed != nil {
			return copyOf(st.failed)
		}
		return f(st, r)
	}
	switch {
	case !queued:
		return run, nil
	case r.Op == "send" || r.Op == "half-close":
		return run, &st.sends
	}
	return run, &st.recvs
}

func (d *driver) listen(r *kit.Request) kit.Answer {
	t := api.Services[r.Service]
	if t == nil {
		return kit.Unsupported("no service %q here", r.Service)
	}
	sl, err := newSlot(r.Service, t, &r.Set)
	if err != nil {
		return failure(err)
	}
	d.mu.Lock()
	d.slots[r.Slot] = sl
	d.mu.Unlock()
	return kit.OK(map[string]string{"address": sl.address})
}

// stop and unlisten.
func (d *driver) stop(r *kit.Request) kit.Answer {
	d.mu.Lock()
	sl := d.slots[r.Slot]
	if r.Op == "unlisten" {
		delete(d.slots, r.Slot)
	}
	d.mu.Unlock()
	if sl == nil {
		return kit.Refused("no slot %q", r.Slot)
	}
	grace := 5 * time.Second
	if r.Op == "unlisten" {
		sl.calls.Abort((*serverCall).abort)
		grace = 0
	} else if r.Grace != nil {
		grace = time.Duration(*r.Grace) * time.Millisecond
	}
	sl.stop(grace)
	return kit.Done()
}
