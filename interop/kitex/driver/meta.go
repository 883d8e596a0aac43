// Metadata and metainfo between the protocol's pairs and Kitex's contexts. SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"encoding/base64"
	"sort"
	"strings"

	"github.com/bytedance/gopkg/cloud/metainfo"
	"github.com/cloudwego/kitex/pkg/remote/trans/nphttp2/metadata"
)

func toMD(pairs [][2]string) (metadata.MD, error) {
	md := metadata.MD{}
	for _, p := range pairs {
		k, v := strings.ToLower(p[0]), p[1]
		if strings.HasSuffix(k, "-bin") {
			b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(v, "="))
			if err != nil {
				return nil, err
			}
			v = string(b)
		}
		md[k] = append(md[k], v)
	}
	return md, nil
}

// fromMD keeps the order of one name's values; names are sorted, since Kitex keeps no order of them.
func fromMD(md metadata.MD) [][2]string {
	names := make([]string, 0, len(md))
	for k := range md {
		names = append(names, k)
	}
	sort.Strings(names)
	pairs := [][2]string{}
	for _, k := range names {
		for _, v := range md[k] {
			if strings.HasSuffix(k, "-bin") {
				v = base64.StdEncoding.EncodeToString([]byte(v))
			}
			pairs = append(pairs, [2]string{k, v})
		}
	}
	return pairs
}

// outgoing puts a request's metadata and metainfo into the context of a call.
func outgoing(ctx context.Context, r *request) (context.Context, error) {
	pairs := r.Metadata
	if r.Tag {
		pairs = append(pairs, [2]string{streamTag, r.Stream})
	}
	md, err := toMD(pairs)
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
