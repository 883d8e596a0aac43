// A stream of a case, seen from one side: its pipe, its queues, its end. SPDX-License-Identifier: Apache-2.0
package kit

import (
	"context"
	"fmt"
	"sync"
)

// drainLimit bounds the messages (and errors that end nothing) that a reset reads from a stream.
const drainLimit = 100000

// Pipe is a stream as the library has it, with the protocol's messages; both sides have it.
type Pipe interface {
	Send(m *Message) error
	// Recv gives a message as Decoded does. over: the stream has ended with this.
	Recv() (m interface{}, over bool, err error)
}

// Metadata is what header and trailer ask a client for.
type Metadata interface {
	Header() (map[string][]string, error)
	Trailer() (map[string][]string, error)
}

// ClientPipe is a stream as a client has it.
type ClientPipe interface {
	Pipe
	Metadata
	CloseSend() error
}

// Fault is a fault of the request, not of the system under test.
type Fault struct{ text string }

// Faultf makes one.
func Faultf(format string, a ...interface{}) error { return Fault{fmt.Sprintf(format, a...)} }

func (f Fault) Error() string { return f.text }

// Stream is one call, seen from one side. What it is made of is there when ready is closed.
type Stream struct {
	Ctx context.Context // client: of the call; server: the handler's

	s      *session
	name   string
	cancel context.CancelFunc
	ready  chan struct{}
	failed Answer // ready, but there is no stream: the answer that says why
	sends  Queue
	recvs  Queue

	client ClientPipe // client side of a streaming method
	meta   Metadata   // client side
	server *Call      // server side

	overOnce sync.Once
	over     chan struct{} // client: a terminal result was seen
}

// Fail ends a stream before it has begun.
func (st *Stream) Fail(a Answer) Answer {
	st.failed = a
	close(st.ready)
	st.end()
	return copyOf(a)
}

// FailWith is Fail with an error of the library.
func (st *Stream) FailWith(err error) Answer { return st.Fail(st.failure(err)) }

func copyOf(a Answer) Answer {
	b := Answer{}
	for k, v := range a {
		b[k] = v
	}
	return b
}

// Begin makes p the stream's; in server streaming the one request goes with it.
func (st *Stream) Begin(p ClientPipe, request *Message) Answer {
	st.client, st.meta = p, p
	defer close(st.ready)
	if request == nil {
		return Done()
	}
	if a := st.send(request); a["ok"] == nil {
		return a
	}
	return st.halfClose()
}

// Called ends a stream that was one unary call; of is asked for its metadata.
func (st *Stream) Called(of Metadata, a Answer) Answer {
	st.meta = of
	close(st.ready)
	st.end()
	return a
}

// Got is a message, as Decoded gives it, or the error in its place.
func (st *Stream) Got(m interface{}, err error) Answer {
	if err != nil {
		return st.failure(err)
	}
	return OK(map[string]interface{}{"message": m})
}

// Client is the pipe of a client's stream, nil for a unary call.
func (st *Stream) Client() ClientPipe { return st.client }

func (st *Stream) end() { st.overOnce.Do(func() { close(st.over) }) }

func (st *Stream) isOver() bool {
	select {
	case <-st.over:
		return true
	default:
		return false
	}
}

// Ended tells whether this side has seen the end: a client its terminal result, a server the return of its handler.
func (st *Stream) Ended() bool {
	if st.server == nil {
		return st.isOver()
	}
	select {
	case <-st.server.returned:
		return true
	default:
		return false
	}
}

func (st *Stream) failure(err error) Answer {
	if f, is := err.(Fault); is {
		return Refused("%s", f.text)
	}
	return st.s.d.Library.Failure(err)
}

func (st *Stream) doneOr(err error) Answer {
	if err != nil {
		return st.failure(err)
	}
	return Done()
}

func (st *Stream) pipe() Pipe {
	if st.server != nil {
		return st.server.Pipe
	}
	if st.client != nil {
		return st.client
	}
	return nil
}
