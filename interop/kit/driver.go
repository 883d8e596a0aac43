// The driver: what ktspec asks for, given to sessions and streams. SPDX-License-Identifier: Apache-2.0
package kit

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"time"
)

// Library is what a driver knows and this package does not.
type Library interface {
	// Listen starts a server with the settings of r.
	Listen(r *Request) (*Slot, Answer)
	// Outgoing puts metadata, and what else goes with a call, into its context.
	Outgoing(ctx context.Context, md map[string][]string, r *Request) context.Context
	// Open is an open or a call: it ends in Begin, Called or Fail.
	Open(st *Stream, r *Request) Answer
	// Failure says an error as an answer.
	Failure(err error) Answer
}

// Driver is a whole driver. Ops are those about streams that only its library has.
type Driver struct {
	Library Library
	Ops     map[string]Op

	control  *Control
	mu       sync.Mutex
	sessions map[string]*session
	slots    map[string]*Slot
}

// Run connects to ktspec, says hello, and does what it is told until the connection ends; then so does the process.
func (d *Driver) Run(hello Answer) {
	d.sessions, d.slots = map[string]*session{}, map[string]*Slot{}
	control, err := Dial()
	if err == nil {
		d.control = control
		control.Hello(hello)
		err = control.Read(d.take)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "driver: %v\n", err)
		os.Exit(1)
	}
}

// take starts a request and does not wait for it. What fixes its order (queues, new streams, accepts) happens here.
func (d *Driver) take(r *Request) {
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
	j := Job{Run: guarded(f), Answer: func(a Answer) {
		s.work.Count(0, -held)
		d.control.Answer(r.ID, a)
	}}
	if which != nil {
		which.Put(j)
	} else {
		s.work.Start(j)
	}
}

// guarded turns a panic of the library in our own goroutine (Kitex's generated code panics on a union without a field) into an error.
func guarded(f func() Answer) func() Answer {
	return func() (a Answer) {
		defer func() {
			if p := recover(); p != nil {
				fmt.Fprintf(os.Stderr, "driver: panic in the application's goroutine: %v\n%s", p, debug.Stack())
				a = Answer{"error": map[string]interface{}{"message": fmt.Sprintf("panic: %v", p)}}
			}
		}()
		return f()
	}
}

// forget ends the case for later requests. A case may have had calls on its slot without any accept: when the request does not name
// the slot, those whose peer is gone are dropped in every slot.
func (d *Driver) forget(s *session, r *Request) {
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
		sl.calls.dropDead()
	}
}

func (d *Driver) session(name string) *session {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.sessions[name]
	if s == nil {
		s = newSession(d)
		d.sessions[name] = s
	}
	return s
}

func (d *Driver) slot(name string) *Slot {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.slots[name]
}

// plan says what a request runs, and in which queue; nil is in parallel with everything.
func (d *Driver) plan(s *session, r *Request) (func() Answer, *Queue) {
	switch r.Op {
	case "listen":
		return func() Answer { return d.listen(r) }, nil
	case "unlisten", "stop":
		return func() Answer { return d.stop(r) }, nil
	case "accept":
		return s.planAccept(d.slot(r.Slot), r), nil
	case "open", "call":
		return s.planOpen(r), nil
	}
	op, known := streamOps[r.Op]
	if !known {
		op, known = d.Ops[r.Op]
	}
	st := s.find(r)
	if !known {
		return func() Answer { return Unsupported("no op %q", r.Op) }, nil
	}
	if st == nil {
		return func() Answer { return Refused("no stream %q on the %s side", r.Stream, r.Side) }, nil
	}
	return st.plan(op, r)
}

func (d *Driver) listen(r *Request) Answer {
	sl, refusal := d.Library.Listen(r)
	if refusal != nil {
		return refusal
	}
	d.mu.Lock()
	d.slots[r.Slot] = sl
	d.mu.Unlock()
	return OK(map[string]string{"address": sl.Address})
}

// stop and unlisten.
func (d *Driver) stop(r *Request) Answer {
	sl := d.slot(r.Slot)
	if sl == nil {
		return Refused("no slot %q", r.Slot)
	}
	if r.Op == "unlisten" {
		d.mu.Lock()
		delete(d.slots, r.Slot)
		d.mu.Unlock()
		sl.calls.abort()
		sl.Server.Close()
		return Done()
	}
	grace := 5 * time.Second // Kitex's own default
	if r.Grace != nil {
		grace = time.Duration(*r.Grace) * time.Millisecond
	}
	sl.Server.Stop(grace)
	return Done()
}
