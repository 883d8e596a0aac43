//go:build k013

// Kitex since v0.13: TTHeader streaming, by StreamX. SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"

	"github.com/cloudwego/kitex/client"
	"github.com/cloudwego/kitex/pkg/remote/trans/nphttp2/metadata"
	"github.com/cloudwego/kitex/pkg/streaming"
	"github.com/cloudwego/kitex/transport"
)

var hello13 = []string{"ttheader"}

func init() {
	transports["buffered"] = []transport.Protocol{transport.PurePayload}
	transports["ttheader"] = []transport.Protocol{transport.PurePayload, transport.TTHeader}
	transports[ttStreaming] = []transport.Protocol{transport.TTHeaderStreaming}
}

// serverStreamOf: the older stream where there is one, so that one code path serves all versions.
func serverStreamOf(ctx context.Context, a *streaming.Args) serverStream {
	if a.Stream != nil {
		return classicServer{a.Stream}
	}
	return xServer{ctx, a.ServerStream}
}

type xServer struct {
	ctx context.Context
	s   streaming.ServerStream
}

func (p xServer) Send(m interface{}) error        { return p.s.SendMsg(p.ctx, m) }
func (p xServer) Recv(m interface{}) error        { return p.s.RecvMsg(p.ctx, m) }
func (p xServer) SetHeader(md metadata.MD) error  { return p.s.SetHeader(single(md)) }
func (p xServer) SendHeader(md metadata.MD) error { return p.s.SendHeader(single(md)) }
func (p xServer) SetTrailer(md metadata.MD) error { return p.s.SetTrailer(single(md)) }

// single: StreamX headers have one value to a name; the last one given wins.
func single(md metadata.MD) map[string]string {
	m := map[string]string{}
	for k, vs := range md {
		m[k] = vs[len(vs)-1]
	}
	return m
}

func many(m map[string]string, err error) (metadata.MD, error) { return metadata.New(m), err }

func openStream(ctx context.Context, c client.Client, method, transport string) (clientStream, error) {
	if transport != ttStreaming {
		return openClassic(ctx, c, method)
	}
	s, err := c.(client.Streaming).StreamX(ctx, method)
	if err != nil {
		return nil, err
	}
	return xClient{ctx, s}, nil
}

type xClient struct {
	ctx context.Context
	s   streaming.ClientStream
}

func (p xClient) Send(m interface{}) error { return p.s.SendMsg(p.ctx, m) }
func (p xClient) Recv(m interface{}) error { return p.s.RecvMsg(p.ctx, m) }
func (p xClient) CloseSend() error         { return p.s.CloseSend(p.ctx) }
func (p xClient) Finish()                  { streaming.FinishClientStream(p.s, nil) }

func (p xClient) Header() (metadata.MD, error)  { h, err := p.s.Header(); return many(h, err) }
func (p xClient) Trailer() (metadata.MD, error) { t, err := p.s.Trailer(); return many(t, err) }
