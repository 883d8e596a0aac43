// Metadata and metainfo between the protocol's pairs and Kitex's contexts. SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"

	"github.com/bytedance/gopkg/cloud/metainfo"
	"github.com/cloudwego/kitex/pkg/remote/trans/nphttp2/metadata"

	"ktkit"
)

// Outgoing puts a request's metadata and metainfo into the context of a call, and a place for its events.
func (library) Outgoing(ctx context.Context, md map[string][]string, r *kit.Request) context.Context {
	ctx = metadata.NewOutgoingContext(withLog(ctx, newEventLog()), md)
	if r.Metainfo == nil {
		return ctx
	}
	for k, v := range r.Metainfo.Transient {
		ctx = metainfo.WithValue(ctx, k, v)
	}
	for k, v := range r.Metainfo.Persistent {
		ctx = metainfo.WithPersistentValue(ctx, k, v)
	}
	return ctx
}

// incoming reads what a handler's context carries.
func incoming(ctx context.Context) (metadata.MD, kit.MetaPairs) {
	md, _ := metadata.FromIncomingContext(ctx)
	mi := kit.MetaPairs{Transient: map[string]string{}, Persistent: map[string]string{}}
	for k, v := range metainfo.GetAllValues(ctx) {
		mi.Transient[k] = v
	}
	for k, v := range metainfo.GetAllPersistentValues(ctx) {
		mi.Persistent[k] = v
	}
	return md, mi
}
