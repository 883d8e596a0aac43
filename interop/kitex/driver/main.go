// The driver for real Kitex: connects to ktspec, then does what it is told (docs/drivers.md).
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/cloudwego/kitex"
	"github.com/cloudwego/kitex/pkg/klog"
	_ "github.com/cloudwego/kitex/pkg/remote/codec/protobuf/encoding/gzip" // registers the compressor

	"ktkit"
)

var capabilities = []string{"unary", "stop", "events", "panic", "metainfo", "exception", "compress", "gzip",
	"middleware", "recv-middleware", "send-middleware", "transport", "initial-window", "max-concurrent", "connections"}

type driver struct {
	control  *kit.Control
	services map[string]*service
	mu       sync.Mutex
	sessions map[string]*session
	slots    map[string]*slot
}

func main() {
	klog.SetLevel(klog.LevelWarn)
	control, err := kit.Dial()
	if err != nil {
		fail(err)
	}
	d := &driver{control: control, services: services(), sessions: map[string]*session{}, slots: map[string]*slot{}}
	control.Hello(answer{"implementation": "kitex",
		"version": kitex.Version, "language": "go", "roles": []string{"client", "server"},
		"transports": append([]string{"http2", "pingpong"}, hello13...), "capabilities": capabilities})
	if err := control.Read(d.take); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintf(os.Stderr, "driver: %v\n", err)
	os.Exit(1)
}

// take starts a request and does not wait for it. What fixes its order (queues, new streams, accepts) happens here.
func (d *driver) take(r *request) {
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
	reply := func(a answer) {
		s.work.Count(0, -held)
		d.control.Answer(r.ID, a)
	}
	f, which := d.plan(s, r)
	f = guarded(f)
	if which != nil {
		which.Put(job{Run: f, Answer: reply})
	} else {
		s.work.Start(job{Run: f, Answer: reply})
	}
}

// guarded turns a panic of Kitex in our own goroutine (its generated code panics on a union without a field) into an error.
func guarded(f func() answer) func() answer {
	return func() (a answer) {
		defer func() {
			if p := recover(); p != nil {
				fmt.Fprintf(os.Stderr, "driver: panic in the application's goroutine: %v\n%s", p, debug.Stack())
				a = answer{"error": map[string]interface{}{"message": fmt.Sprintf("panic: %v", p)}}
			}
		}()
		return f()
	}
}

// forget ends the case for later requests. A case may have had calls on its slot without any accept: when the request does not name
// the slot, those whose peer is gone are dropped in every slot.
func (d *driver) forget(s *session, r *request) {
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
		sl.dropDead()
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
func (d *driver) plan(s *session, r *request) (func() answer, *queue) {
	switch r.Op {
	case "listen":
		return func() answer { return d.listen(r) }, nil
	case "unlisten", "stop":
		return func() answer { return d.stop(r) }, nil
	case "accept":
		return d.planAccept(s, r), nil
	case "open", "call":
		return planOpen(s, r), nil
	}
	st := s.find(r)
	if st == nil && !knownOp(r.Op) {
		return func() answer { return unsupported("no op %q", r.Op) }, nil
	}
	if st == nil {
		return func() answer { return refused("no stream %q on the %s side", r.Stream, r.Side) }, nil
	}
	return st.plan(r)
}

// parallel ops of a stream that exists.
var streamOps = map[string]func(st *stream, r *request) answer{
	"send":           func(st *stream, r *request) answer { return st.send(r.Message) },
	"half-close":     func(st *stream, r *request) answer { return st.halfClose() },
	"recv":           func(st *stream, r *request) answer { return st.recv() },
	"close-and-recv": func(st *stream, r *request) answer { return st.closeAndRecv() },
}

var clientOps = map[string]func(st *stream, r *request) answer{
	"header":  func(st *stream, r *request) answer { return st.header() },
	"trailer": func(st *stream, r *request) answer { return st.trailer() },
	"finish":  func(st *stream, r *request) answer { return st.finish() },
}

var serverOps = map[string]func(st *stream, r *request) answer{
	"set-header":  func(st *stream, r *request) answer { return st.server.metaOp(r.Op, r.Metadata) },
	"send-header": func(st *stream, r *request) answer { return st.server.metaOp(r.Op, r.Metadata) },
	"set-trailer": func(st *stream, r *request) answer { return st.server.metaOp(r.Op, r.Metadata) },
	"return":      func(st *stream, r *request) answer { return st.finishWith(r) },
	"cancelled":   func(st *stream, r *request) answer { return st.cancelled() },
	"ctx":         func(st *stream, r *request) answer { return st.context() },
}

func knownOp(op string) bool {
	return streamOps[op] != nil || clientOps[op] != nil || serverOps[op] != nil || op == "cancel" || op == "events"
}

func (st *stream) plan(r *request) (func() answer, *queue) {
	switch r.Op {
	case "cancel": // also while the open or call still runs
		return func() answer { st.cancel(); return done() }, nil
	case "events":
		return func() answer { return st.events() }, nil
	}
	f, queued := streamOps[r.Op]
	if f == nil && r.Side == "client" {
		f = clientOps[r.Op]
	} else if f == nil {
		f = serverOps[r.Op]
	}
	if f == nil {
		return func() answer { return unsupported("no op %q on the %s side", r.Op, r.Side) }, nil
	}
	run := func() answer {
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

func (st *stream) halfClose() answer {
	if st.client == nil {
		return refused("no client stream")
	}
	if err := st.client.CloseSend(); err != nil {
		return failure(err)
	}
	return done()
}

func (st *stream) finish() answer {
	if st.client == nil {
		return unsupported("a unary call has no finish")
	}
	st.client.Finish()
	return done()
}

// events waits for rpc-finish when the call has ended on this side.
func (st *stream) events() answer {
	ended := st.server == nil && st.isOver()
	if st.server != nil {
		select {
		case <-st.server.returned:
			ended = true
		default:
		}
	}
	return ok(map[string]interface{}{"events": st.log.take(ended)})
}

func planOpen(s *session, r *request) func() answer {
	st := s.newStream("client", r.Stream)
	if err := st.prepare(r); err != nil {
		return func() answer { return st.fail(refused("%v", err)) }
	}
	if r.Op == "call" {
		return func() answer { return st.call(r) }
	}
	return func() answer { return st.open(r) }
}

func (d *driver) planAccept(s *session, r *request) func() answer {
	st := s.newStream("server", r.Stream)
	d.mu.Lock()
	sl := d.slots[r.Slot]
	d.mu.Unlock()
	if sl == nil {
		return func() answer { return st.fail(refused("no slot %q", r.Slot)) }
	}
	s.slots[sl] = true
	w := sl.calls.Expect(r.Match)
	return func() answer { return st.accept(w) }
}

func (d *driver) listen(r *request) answer {
	svc := d.services[r.Service]
	if svc == nil {
		return unsupported("no service %q here", r.Service)
	}
	sl, err := newSlot(r.Slot, svc, &r.Set)
	if err != nil {
		return failure(err)
	}
	d.mu.Lock()
	d.slots[r.Slot] = sl
	d.mu.Unlock()
	return ok(map[string]string{"address": sl.address})
}

// stop and unlisten. A positive grace, always: Kitex takes zero for five seconds.
func (d *driver) stop(r *request) answer {
	d.mu.Lock()
	sl := d.slots[r.Slot]
	if r.Op == "unlisten" {
		delete(d.slots, r.Slot)
	}
	d.mu.Unlock()
	if sl == nil {
		return refused("no slot %q", r.Slot)
	}
	grace := 5 * time.Second // Kitex's own default
	if r.Op == "unlisten" {
		sl.abort()
		grace = 100 * time.Millisecond
	} else if r.Grace != nil {
		grace = time.Duration(*r.Grace)*time.Millisecond + time.Millisecond
	}
	sl.stop(grace)
	return done()
}
