// Metadata and metainfo between the protocol's pairs and Kitex's contexts. SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"

	"github.com/bytedance/gopkg/cloud/metainfo"
	"github.com/cloudwego/kitex/pkg/remote/trans/nphttp2/metadata"

	"ktkit"
)

// outgoing puts a request's metadata and metainfo into the context of a call.
func outgoing(ctx context.Context, r *request) (context.Context, error) {
	pairs := r.Metadata
	if r.Tag {
		pairs = append(pairs, [2]string{kit.StreamTag, r.Stream})
	}
	md, err := kit.ToMD(pairs)
	if err != nil {
		return nil, err
	}
	ctx = metadata.NewOutgoingContext(ctx, md)
	if r.Metainfo == nil {
		return ctx, nil
	}
	for k, v := range r.Metainfo.Transient {
		ctx = metainfo.WithValue(ctx, k, v)
	}
	for k, v := range r.Metainfo.Persistent {
		ctx = metainfo.WithPersistentValue(ctx, k, v)
	}
	return ctx, nil
}

// incoming reads what a handler's context carries.
func incoming(ctx context.Context) (metadata.MD, metaPairs) {
	md, _ := metadata.FromIncomingContext(ctx)
	mi := metaPairs{map[string]string{}, map[string]string{}}
	for k, v := range metainfo.GetAllValues(ctx) {
		mi.Transient[k] = v
	}
	for k, v := range metainfo.GetAllPersistentValues(ctx) {
		mi.Persistent[k] = v
	}
	return md, mi
}
