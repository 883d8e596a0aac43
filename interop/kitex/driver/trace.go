// Kitex's tracer and middleware, written down per call. SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/cloudwego/kitex/pkg/endpoint"
	"github.com/cloudwego/kitex/pkg/rpcinfo"
	"github.com/cloudwego/kitex/pkg/stats"
	"github.com/cloudwego/kitex/pkg/streaming"
)

// eventLog of one call. All values are copied in the callback: Kitex recycles what it hands out.
type eventLog struct {
	mu       sync.Mutex
	list     []interface{}
	once     sync.Once
	finished chan struct{} // rpc-finish was logged
}

func newEventLog() *eventLog { return &eventLog{finished: make(chan struct{})} }

func (l *eventLog) add(name string, kv ...string) {
	fields := map[string]string{}
	for i := 0; i < len(kv); i += 2 {
		fields[kv[i]] = kv[i+1]
	}
	l.mu.Lock()
	l.list = append(l.list, []interface{}{name, fields})
	l.mu.Unlock()
}

// take gives the events since the last take. With ended, rpc-finish is on its way and is waited for.
func (l *eventLog) take(ended bool) []interface{} {
	if ended {
		select {
		case <-l.finished:
		case <-time.After(time.Second):
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	list := l.list
	l.list = nil
	if list == nil {
		list = []interface{}{}
	}
	return list
}

type logKey struct{}

func withLog(ctx context.Context, l *eventLog) context.Context {
	return context.WithValue(ctx, logKey{}, l)
}

func logOf(ctx context.Context) *eventLog {
	l, _ := ctx.Value(logKey{}).(*eventLog)
	return l
}

// tracer of both sides. A client's context has its log already; a server's gets one here.
type tracer struct{}

func (tracer) Start(ctx context.Context) context.Context {
	l := logOf(ctx)
	if l == nil {
		l = newEventLog()
		ctx = withLog(ctx, l)
	}
	l.add("rpc-start")
	return ctx
}

func (tracer) Finish(ctx context.Context) {
	l := logOf(ctx)
	if l == nil {
		return
	}
	l.add("rpc-finish", "error", errorKind(rpcinfo.GetRPCInfo(ctx).Stats().Error()))
	l.once.Do(func() { close(l.finished) })
}

func (tracer) ReportStreamEvent(ctx context.Context, ri rpcinfo.RPCInfo, e rpcinfo.Event) {
	l := logOf(ctx)
	if l == nil {
		return
	}
	name, size := "stream-send", ri.Stats().LastSendSize()
	if e.Event() == stats.StreamRecv {
		name, size = "stream-recv", ri.Stats().LastRecvSize()
	} else if e.Event() != stats.StreamSend {
		return
	}
	if e.Status() != stats.StatusError {
		l.add(name, "size", strconv.FormatUint(size, 10))
		return
	}
	kind := "error"
	if biz := ri.Invocation().BizStatusErr(); biz != nil {
		kind = "biz"
	} else if err := ri.Stats().Error(); err != nil {
		kind = errorKind(err)
	}
	l.add(name, "error", kind)
}

// around is a middleware of that name: one event on the way in, one on the way out.
func around(name string) endpoint.Middleware {
	return func(next endpoint.Endpoint) endpoint.Endpoint {
		return func(ctx context.Context, req, resp interface{}) error {
			l := logOf(ctx)
			if l == nil {
				return next(ctx, req, resp)
			}
			l.add("mw." + name + ".in")
			err := next(ctx, req, resp)
			l.add("mw."+name+".out", "error", errorKind(err))
			return err
		}
	}
}

func aroundMessage(kind, name string, next func(streaming.Stream, interface{}) error) func(streaming.Stream, interface{}) error {
	return func(s streaming.Stream, m interface{}) error {
		l := logOf(s.Context())
		if l == nil {
			return next(s, m)
		}
		l.add(kind + "." + name + ".in")
		err := next(s, m)
		l.add(kind+"."+name+".out", "error", errorKind(err))
		return err
	}
}

func aroundRecv(name string) endpoint.RecvMiddleware {
	return func(next endpoint.RecvEndpoint) endpoint.RecvEndpoint { return aroundMessage("recv", name, next) }
}

func aroundSend(name string) endpoint.SendMiddleware {
	return func(next endpoint.SendEndpoint) endpoint.SendEndpoint { return aroundMessage("send", name, next) }
}
