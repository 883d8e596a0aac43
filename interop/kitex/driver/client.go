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

// clientStream is a stream as a client has it: Kitex's older one, or the StreamX one (TTHeader streaming has no other).
type clientStream interface {
	Send(m interface{}) error
	Recv(m interface{}) error
	CloseSend() error
	Header() (metadata.MD, error)
	Trailer() (metadata.MD, error)
	Finish()
}

// clientPipe is one with the protocol's messages.
type clientPipe struct {
	messages
	s clientStream
}

func (p clientPipe) Send(m *kit.Message) error             { return p.send(m, p.s.Send) }
func (p clientPipe) Recv() (interface{}, bool, error)      { return p.recv(p.s.Recv) }
func (p clientPipe) CloseSend() error                      { return p.s.CloseSend() }
func (p clientPipe) Header() (map[string][]string, error)  { return p.s.Header() }
func (p clientPipe) Trailer() (map[string][]string, error) { return p.s.Trailer() }
func (p clientPipe) Finish()                               { p.s.Finish() }

// unaryMeta keeps what header and trailer ask for after a call.
type unaryMeta struct{ header, trailer metadata.MD }

func (u *unaryMeta) Header() (map[string][]string, error)  { return u.header, nil }
func (u *unaryMeta) Trailer() (map[string][]string, error) { return u.trailer, nil }

// clientObject is one Kitex client. Its pool has one connection, so it stands for a connection name.
type clientObject struct {
	service *service
	client  client.Client
}

func (c *clientObject) Close() error {
	if closer, can := c.client.(io.Closer); can {
		return closer.Close()
	}
	return nil
}

// transports: the options of each name, in the order that Kitex wants (protocol bits are or-ed, only PurePayload resets them).
var transports = map[string][]transport.Protocol{
	"http2":           {transport.GRPC},
	"framed":          {transport.Framed},
	"ttheader-framed": {transport.TTHeaderFramed},
}

// ttStreaming is the transport "ttheader" of a stream; of a call, that is a framing.
const ttStreaming = "ttheader-streaming"

func transportName(r *kit.Request) string {
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
func clientFor(st *kit.Stream, r *kit.Request, svc *service) (*clientObject, kit.Answer) {
	name := transportName(r)
	protocols, known := transports[name]
	if !known {
		return nil, kit.Unsupported("no transport %q in this version of Kitex", name)
	}
	c, err := st.ClientObject(r.Connection+" "+name, func() (io.Closer, error) {
		opts := clientOptions(r)
		if name == ttStreaming { // its connections are the process's own, not the client's: at least a fresh one for each stream
			opts = append(opts, client.WithShortConnection())
		}
		for _, p := range protocols {
			opts = append(opts, client.WithTransportProtocol(p))
		}
		c, err := client.NewClient(svc.info, opts...)
		return &clientObject{svc, c}, err
	})
	if err != nil {
		return nil, library{}.Failure(err)
	}
	if c.(*clientObject).service != svc {
		return nil, kit.Unsupported("one Kitex client, and so one connection, serves one service only")
	}
	return c.(*clientObject), nil
}

func clientOptions(r *kit.Request) []client.Option {
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

// callOptions bind a call to an address; no resolver, so one dial and no retry.
func callOptions(ctx context.Context, r *kit.Request) context.Context {
	opts := []streamcall.Option{streamcall.WithHostPort(r.Address), streamcall.WithConnectTimeout(dialPatience)}
	if r.Compress != "" {
		opts = append(opts, streamcall.WithGRPCCompressor(r.Compress))
	}
	return client.NewCtxWithCallOptions(ctx, streamcall.GetCallOptions(opts))
}

// Open is an open or a call. The context can always be cancelled, for Kitex's Recv may hang forever without (when the peer closes
// before its first byte).
func (lib library) Open(st *kit.Stream, r *kit.Request) kit.Answer {
	svc := lib.services[r.Service]
	if svc == nil {
		return st.Fail(kit.Unsupported("no service %q here", r.Service))
	}
	m := svc.methods[r.Method]
	if m == nil {
		return st.Fail(kit.Unsupported("no method %q in %s: Kitex's client has generated methods only", r.Method, r.Service))
	}
	c, refusal := clientFor(st, r, svc)
	if refusal != nil {
		return st.Fail(refusal)
	}
	switch {
	case r.Op == "call" && m.streams():
		return st.Fail(kit.Refused("%s is a streaming method: use open", m.name))
	case r.Op == "call":
		return call(st, c, m, r)
	case !m.streams():
		return st.Fail(kit.Refused("%s is no streaming method: use call", m.name))
	}
	s, err := openStream(callOptions(st.Ctx, r), c.client, m.name, transportName(r))
	if err != nil {
		return st.FailWith(err)
	}
	return st.Begin(clientPipe{messages{m.response, m.request}, s}, r.Message)
}

// classicClient is the stream that generated clients have.
type classicClient struct{ s streaming.Stream }

func openClassic(ctx context.Context, c client.Client, method string) (clientStream, error) {
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

// call is one whole unary or ping-pong call.
func call(st *kit.Stream, c *clientObject, m *method, r *kit.Request) kit.Answer {
	args := m.args()
	if err := args.put(r.Message); err != nil {
		return st.Fail(kit.Refused("%v", err))
	}
	var result interface{}
	var w *wrapped
	if !m.oneway {
		w = m.result()
		result = w
	}
	u := &unaryMeta{}
	ctx := nphttp2.GRPCTrailer(nphttp2.GRPCHeader(callOptions(st.Ctx, r), &u.header), &u.trailer)
	if err := c.client.Call(ctx, m.name, args, result); err != nil {
		return st.Called(u, library{}.Failure(err))
	}
	return st.Called(u, resultOf(w))
}

func resultOf(w *wrapped) kit.Answer {
	if w == nil {
		return kit.Done()
	}
	if name, v := thrown(w); name != "" {
		m, err := kit.Decoded(v, nil)
		if err != nil {
			return kit.Refused("%v", err)
		}
		return kit.Answer{"exception": map[string]interface{}{"name": name, "message": m}}
	}
	if w.field(0).IsNil() {
		return kit.Refused("Kitex gave neither a response nor an error")
	}
	m, err := kit.Decoded(w.field(0), w.insideSeen())
	if err != nil {
		return kit.Refused("%v", err)
	}
	return kit.OK(map[string]interface{}{"message": m})
}
