// The order of a case's work: what is outstanding, and queues that run one job after the other.
// SPDX-License-Identifier: Apache-2.0
package kit

import (
	"sync"
	"time"
)

// Work counts the requests of one case.
type Work struct {
	mu      sync.Mutex
	changed *sync.Cond // of the two counts
	pending int        // requests that are about to begin
	open    int        // requests without an answer, sync and reset not counted
}

// NewWork starts with nothing outstanding.
func NewWork() *Work {
	w := &Work{}
	w.changed = sync.NewCond(&w.mu)
	return w
}

// Count adds to the counts.
func (w *Work) Count(pending, open int) {
	w.mu.Lock()
	w.pending += pending
	w.open += open
	w.changed.Broadcast()
	w.mu.Unlock()
}

// Sync returns when every request before it has begun; one that is queued behind a blocked one counts as begun.
func (w *Work) Sync() Answer {
	w.mu.Lock()
	for w.pending > 0 {
		w.changed.Wait()
	}
	w.mu.Unlock()
	return Done()
}

// Held waits until every request is answered, up to limit, and tells how many are not.
func (w *Work) Held(limit time.Time) int {
	stop := time.AfterFunc(time.Until(limit), func() { w.Count(0, 0) })
	defer stop.Stop()
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.open > 0 && time.Now().Before(limit) {
		w.changed.Wait()
	}
	return w.open
}

// Start runs a job beside everything else.
func (w *Work) Start(j Job) {
	w.Count(1, 0)
	go func() {
		w.Count(-1, 0)
		j.Answer(j.Run())
	}()
}

// Queue runs jobs one after the other, in the order of Put.
type Queue struct {
	Work    *Work
	mu      sync.Mutex
	jobs    []Job
	running bool
}

// Job is what a request runs, and where its answer goes.
type Job struct {
	Run    func() Answer
	Answer func(Answer)
}

// Put adds a job.
func (q *Queue) Put(j Job) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.running {
		q.jobs = append(q.jobs, j)
		return
	}
	q.running = true
	q.Work.Count(1, 0)
	go q.work(j)
}

func (q *Queue) work(j Job) {
	for more := true; more; {
		q.Work.Count(-1, 0)
		a, last := j.Run(), j
		j, more = q.next() // before the answer, so that a sync after it counts the next job
		last.Answer(a)
	}
}

func (q *Queue) next() (Job, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.jobs) == 0 {
		q.running = false
		return Job{}, false
	}
	j := q.jobs[0]
	q.jobs = q.jobs[1:]
	q.Work.Count(1, 0)
	return j, true
}

// Call runs f in the queue and waits for it.
func (q *Queue) Call(f func() error) error {
	ret := make(chan error, 1)
	q.Put(Job{func() Answer { ret <- f(); return nil }, func(Answer) {}})
	return <-ret
}

// WaitFor waits for c, up to limit; false when it was in vain.
func WaitFor(c <-chan struct{}, limit time.Time) bool {
	select {
	case <-c:
		return true
	default:
	}
	t := time.NewTimer(time.Until(limit))
	defer t.Stop()
	select {
	case <-c:
		return true
	case <-t.C:
		return false
	}
}
