// The driver for real Kitex (docs/drivers.md). What it shares with other drivers is in interop/kit.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"github.com/cloudwego/kitex"
	"github.com/cloudwego/kitex/pkg/klog"
	_ "github.com/cloudwego/kitex/pkg/remote/codec/protobuf/encoding/gzip" // registers the compressor

	"ktkit"
)

var capabilities = []string{"unary", "stop", "events", "panic", "metainfo", "exception", "biz", "compress", "gzip",
	"middleware", "recv-middleware", "send-middleware", "transport", "initial-window", "max-concurrent", "connections", "read-timeout"}

// library is Kitex, as the common part asks for it.
type library struct{ services map[string]*service }

func main() {
	klog.SetLevel(klog.LevelWarn)
	d := &kit.Driver{Library: library{services()}, Ops: map[string]kit.Op{
		"finish": {Run: finish, Side: "client"},
		"events": {Run: events, Now: true},
	}}
	d.Run(kit.Answer{"implementation": "kitex", "version": kitex.Version, "language": "go", "roles": []string{"client", "server"},
		"transports": append([]string{"http2", "pingpong"}, hello13...), "capabilities": capabilities})
}

func finish(st *kit.Stream, _ *kit.Request) kit.Answer {
	p, is := st.Client().(clientPipe)
	if !is {
		return kit.Unsupported("a unary call has no finish")
	}
	p.Finish()
	return kit.Done()
}

// events waits for rpc-finish when the call has ended on this side.
func events(st *kit.Stream, _ *kit.Request) kit.Answer {
	list := []interface{}{}
	if l := logOf(st.Ctx); l != nil {
		list = l.take(st.Ended())
	}
	return kit.OK(map[string]interface{}{"events": list})
}
