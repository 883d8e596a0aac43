// Calls that have reached a slot, and the accepts that wait for them. SPDX-License-Identifier: Apache-2.0
package kit

import "sync"

// arrivals brings calls and accepts together.
type arrivals struct {
	mu      sync.Mutex
	arrived []*Call
	running map[*Call]bool // arrived, handler not returned
	waiting []*waiter
}

// waiter is an accept that waits for its call.
type waiter struct {
	match *string
	got   chan *Call
}

func (w *waiter) wants(c *Call) bool {
	if w.match == nil {
		return true
	}
	for _, v := range c.Metadata[StreamTag] {
		if v == *w.match {
			return true
		}
	}
	return false
}

// arrive gives a call to the first accept that wants it, or keeps it.
func (a *arrivals) arrive(c *Call) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.running == nil {
		a.running = map[*Call]bool{}
	}
	a.running[c] = true
	for i, w := range a.waiting {
		if w.wants(c) {
			a.waiting = append(a.waiting[:i:i], a.waiting[i+1:]...)
			w.got <- c
			return
		}
	}
	a.arrived = append(a.arrived, c)
}

// leave is the handler's return.
func (a *arrivals) leave(c *Call) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.running, c)
}

// expect queues an accept.
func (a *arrivals) expect(match *string) *waiter {
	w := &waiter{match, make(chan *Call, 1)}
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, c := range a.arrived {
		if w.wants(c) {
			a.arrived = append(a.arrived[:i:i], a.arrived[i+1:]...)
			w.got <- c
			return w
		}
	}
	a.waiting = append(a.waiting, w)
	return w
}

// active are the calls whose handler has not returned.
func (a *arrivals) active() []*Call {
	a.mu.Lock()
	defer a.mu.Unlock()
	calls := make([]*Call, 0, len(a.running))
	for c := range a.running {
		calls = append(calls, c)
	}
	return calls
}

// dropDead ends and forgets the calls that nobody has accepted and whose peer is gone.
func (a *arrivals) dropDead() {
	a.mu.Lock()
	defer a.mu.Unlock()
	alive := a.arrived[:0:0]
	for _, c := range a.arrived {
		if c.Ctx.Err() != nil {
			c.Abort()
		} else {
			alive = append(alive, c)
		}
	}
	a.arrived = alive
}

// abort ends every call and forgets all accepts.
func (a *arrivals) abort() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for c := range a.running {
		c.Abort()
	}
	a.arrived, a.waiting = nil, nil
}
