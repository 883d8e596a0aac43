// Calls that have reached a slot, and the accepts that wait for them. SPDX-License-Identifier: Apache-2.0
package kit

import "sync"

// Arrival is a running handler, as it came to a slot.
type Arrival interface {
	comparable
	Tags() []string // the values of StreamTag in its metadata
}

// Arrivals brings calls and accepts together.
type Arrivals[C Arrival] struct {
	mu      sync.Mutex
	arrived []C
	active  map[C]bool // arrived, handler not returned
	waiting []*Waiter[C]
}

// Waiter is an accept that waits for its call.
type Waiter[C Arrival] struct {
	match *string
	Got   chan C
}

func (w *Waiter[C]) wants(c C) bool {
	if w.match == nil {
		return true
	}
	for _, v := range c.Tags() {
		if v == *w.match {
			return true
		}
	}
	return false
}

// Arrive gives a call to the first accept that wants it, or keeps it.
func (a *Arrivals[C]) Arrive(c C) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.active == nil {
		a.active = map[C]bool{}
	}
	a.active[c] = true
	for i, w := range a.waiting {
		if w.wants(c) {
			a.waiting = append(a.waiting[:i:i], a.waiting[i+1:]...)
			w.Got <- c
			return
		}
	}
	a.arrived = append(a.arrived, c)
}

// Leave is the handler's return.
func (a *Arrivals[C]) Leave(c C) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.active, c)
}

// Expect queues an accept.
func (a *Arrivals[C]) Expect(match *string) *Waiter[C] {
	w := &Waiter[C]{match, make(chan C, 1)}
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, c := range a.arrived {
		if w.wants(c) {
			a.arrived = append(a.arrived[:i:i], a.arrived[i+1:]...)
			w.Got <- c
			return w
		}
	}
	a.waiting = append(a.waiting, w)
	return w
}

// Active are the calls whose handler has not returned.
func (a *Arrivals[C]) Active() []C {
	a.mu.Lock()
	defer a.mu.Unlock()
	calls := make([]C, 0, len(a.active))
	for c := range a.active {
		calls = append(calls, c)
	}
	return calls
}

// Drop forgets the calls that nobody has accepted and that are dead, and hands each to end.
func (a *Arrivals[C]) Drop(dead func(C) bool, end func(C)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	alive := a.arrived[:0:0]
	for _, c := range a.arrived {
		if dead(c) {
			end(c)
		} else {
			alive = append(alive, c)
		}
	}
	a.arrived = alive
}

// Abort hands every call to end and forgets all accepts.
func (a *Arrivals[C]) Abort(end func(C)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for c := range a.active {
		end(c)
	}
	a.arrived, a.waiting = nil, nil
}
