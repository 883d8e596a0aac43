// The client's side: client objects by connection name, streams and calls. SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"io"
	"time"

	"github.com/cloudwego/kitex/client"
	"github.com/cloudwego/kitex/client/callopt/streamcall"
	"github.com/cloudwego/kitex/client/streamclient"
	"github.com/cloudwego/kitex/pkg/remote/trans/nphttp2"
	"github.com/cloudwego/kitex/pkg/remote/trans/nphttp2/metadata"
	"github.com/cloudwego/kitex/pkg/streaming"
	"github.com/cloudwego/kitex/pkg/transmeta"
	"github.com/cloudwego/kitex/transport"

	"ktkit"
)

// dialPatience: the context's deadline does not bound Kitex's dial, this does. Below ktspec's own patience.
const dialPatience = time.Second

// anyConnection is the name of the shared client that may have several connections.
const anyConnection = "*"

// clientPipe is a stream as a client has it.
type clientPipe interface {
	pipe
	CloseSend() error
	Header() (metadata.MD, error)
	Trailer() (metadata.MD, error)
	Finish()
}

// unaryCall keeps what header and trailer ask for after a call.
type unaryCall struct{ header, trailer metadata.MD }

// clientObject is one Kitex client. Its pool has one connection, so it stands for a connection name.
type clientObject struct {
	service *service
	client  client.Client
}

func (c *clientObject) close() {
	if closer, can := c.client.(io.Closer); can {
		closer.Close()
	}
}

// transports: the options of each name, in the order that Kitex wants (protocol bits are or-ed, only PurePayload resets them).
var transports = map[string][]transport.Protocol{
	"http2":           {transport.GRPC},
	"framed":          {transport.Framed},
	"ttheader-framed": {transport.TTHeaderFramed},
}

// ttStreaming is the transport "ttheader" of a stream; of a call, that is a framing.
const ttStreaming = "ttheader-streaming"

func transportName(r *request) string {
	name := r.Transport
	if name == "" {
		name = r.Set.Transport
	}
	switch {
	case name == "":
		return "http2"
	case name == "raw":
		return "buffered"
	case name == "ttheader" && r.Op == "open":
		return ttStreaming
	}
	return name
}

// clientFor finds or makes the client of a connection name.
func (s *session) clientFor(r *request, svc *service) (*clientObject, answer) {
	name := transportName(r)
	protocols, known := transports[name]
	if !known {
		return nil, unsupported("no transport %q in this version of Kitex", name)
	}
	key := r.Connection + " " + name
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.clients[key]; c != nil {
		if c.service != svc {
			return nil, unsupported("one Kitex client, and so one connection, serves one service only")
		}
		return c, nil
	}
	opts := clientOptions(r)
	if name == ttStreaming { // its connections are the process's own, not the client's: at least a fresh one for each stream
		opts = append(opts, client.WithShortConnection())
	}
	for _, p := range protocols {
		opts = append(opts, client.WithTransportProtocol(p))
	}
	c, err := client.NewClient(svc.info, opts...)
	if err != nil {
		return nil, failure(err)
	}
	s.clients[key] = &clientObject{svc, c}
	return s.clients[key], nil
}

func clientOptions(r *request) []client.Option {
	size := uint32(1)
	if r.Connection == anyConnection && r.Set.Connections != nil {
		size = *r.Set.Connections
	}
	opts := []client.Option{
		client.WithDestService("sut"),
		client.WithGRPCConnPoolSize(size),
		client.WithTracer(tracer{}),
		client.WithMetaHandler(transmeta.ClientTTHeaderHandler),
	}
	if r.Set.InitialWindow != nil {
		opts = append(opts, client.WithGRPCInitialWindowSize(*r.Set.InitialWindow))
	}
	for _, name := range r.Set.Middleware {
		opts = append(opts, client.WithMiddleware(around(name)))
	}
	for _, name := range r.Set.RecvMW {
		opts = append(opts, client.Option{F: streamclient.WithRecvMiddleware(aroundRecv(name)).F})
	}
	for _, name := range r.Set.SendMW {
		opts = append(opts, client.Option{F: streamclient.WithSendMiddleware(aroundSend(name)).F})
	}
	return opts
}

// prepare gives the call its context: always one that can be cancelled, for Kitex's Recv may hang forever without (when the peer
// closes before its first byte). The deadline counts from here.
func (st *stream) prepare(r *request) error {
	ctx, err := outgoing(withLog(st.ctx, st.log), r)
	if err != nil {
		return err
	}
	if r.Deadline != nil {
		outer := st.cancel
		limited, inner := context.WithTimeout(ctx, time.Duration(*r.Deadline)*time.Millisecond)
		ctx, st.cancel = limited, func() { inner(); outer() }
	}
	st.ctx = ctx
	return nil
}

// callOptions bind a call to an address; no resolver, so one dial and no retry.
func callOptions(ctx context.Context, r *request) context.Context {
	opts := []streamcall.Option{streamcall.WithHostPort(r.Address), streamcall.WithConnectTimeout(dialPatience)}
	if r.Compress != "" {
		opts = append(opts, streamcall.WithGRPCCompressor(r.Compress))
	}
	return client.NewCtxWithCallOptions(ctx, streamcall.GetCallOptions(opts))
}

// target is what a request is about: the client and the method.
func (st *stream) target(r *request) (*clientObject, *method, answer) {
	svc := st.s.d.services[r.Service]
	if svc == nil {
		return nil, nil, unsupported("no service %q here", r.Service)
	}
	m := svc.methods[r.Method]
	if m == nil {
		return nil, nil, unsupported("no method %q in %s: Kitex's client has generated methods only", r.Method, r.Service)
	}
	c, refusal := st.s.clientFor(r, svc)
	return c, m, refusal
}

// open starts a stream; in server streaming the one request goes with it.
func (st *stream) open(r *request) answer {
	c, m, refusal := st.target(r)
	if refusal != nil {
		return st.fail(refusal)
	}
	if !m.streams() {
		return st.fail(refused("%s is no streaming method: use call", m.name))
	}
	p, err := openPipe(callOptions(st.ctx, r), c.client, m.name, transportName(r))
	if err != nil {
		return st.fail(failure(err))
	}
	st.client, st.incoming, st.outgoing = p, m.response, m.request
	if r.Message != nil {
		if a := st.sendAndClose(r.Message); a != nil {
			close(st.ready)
			return a
		}
	}
	close(st.ready)
	return done()
}

func (st *stream) sendAndClose(m *message) answer {
	if a := st.send(m); a["ok"] == nil {
		return a
	}
	if err := st.client.CloseSend(); err != nil {
		return failure(err)
	}
	return nil
}

// classicClient is the stream that generated clients have.
type classicClient struct{ s streaming.Stream }

func openClassic(ctx context.Context, c client.Client, method string) (clientPipe, error) {
	r := new(streaming.Result)
	err := c.(client.Streaming).Stream(ctx, method, nil, r)
	return classicClient{r.Stream}, err
}

func (p classicClient) Send(m interface{}) error      { return p.s.SendMsg(m) }
func (p classicClient) Recv(m interface{}) error      { return p.s.RecvMsg(m) }
func (p classicClient) CloseSend() error              { return p.s.Close() }
func (p classicClient) Header() (metadata.MD, error)  { return p.s.Header() }
func (p classicClient) Trailer() (metadata.MD, error) { return p.s.Trailer(), nil }
func (p classicClient) Finish()                       { streaming.FinishStream(p.s, nil) }

// closeAndRecv is what generated code does: close, then one Recv. The close waits for the sends before it.
func (st *stream) closeAndRecv() answer {
	if st.client == nil {
		return refused("no client stream")
	}
	if err := st.sends.Call(st.client.CloseSend); err != nil {
		return failure(err)
	}
	a := st.recv()
	if a["ok"] != nil {
		st.end() // in this mode Recv has waited for the trailers
	}
	return a
}

// call is one whole unary or ping-pong call.
func (st *stream) call(r *request) answer {
	c, m, refusal := st.target(r)
	if refusal != nil {
		return st.fail(refusal)
	}
	if m.streams() {
		return st.fail(refused("%s is a streaming method: use open", m.name))
	}
	args := m.args()
	if err := args.put(r.Message); err != nil {
		return st.fail(refused("%v", err))
	}
	var result interface{}
	var w *wrapped
	if !m.oneway {
		w = m.result()
		result = w
	}
	u := &unaryCall{}
	ctx := nphttp2.GRPCTrailer(nphttp2.GRPCHeader(callOptions(st.ctx, r), &u.header), &u.trailer)
	err := c.client.Call(ctx, m.name, args, result)
	st.unary = u
	close(st.ready)
	st.end()
	if err != nil {
		return failure(err)
	}
	return resultOf(w)
}

func resultOf(w *wrapped) answer {
	if w == nil {
		return done()
	}
	if name, v := thrown(w); name != "" {
		m, err := decoded(v, nil)
		if err != nil {
			return refused("%v", err)
		}
		return answer{"exception": map[string]interface{}{"name": name, "message": m}}
	}
	if w.field(0).IsNil() {
		return refused("Kitex gave neither a response nor an error")
	}
	m, err := decoded(w.field(0), w.insideSeen())
	if err != nil {
		return refused("%v", err)
	}
	return ok(map[string]interface{}{"message": m})
}

func (st *stream) header() answer {
	if st.unary != nil {
		return ok(map[string]interface{}{"metadata": kit.FromMD(st.unary.header)})
	}
	return metadataAnswer(st.client.Header())
}

func (st *stream) trailer() answer {
	if st.unary != nil {
		return ok(map[string]interface{}{"metadata": kit.FromMD(st.unary.trailer)})
	}
	return metadataAnswer(st.client.Trailer())
}

func metadataAnswer(md metadata.MD, err error) answer {
	if err != nil {
		return failure(err)
	}
	return ok(map[string]interface{}{"metadata": kit.FromMD(md)})
}
