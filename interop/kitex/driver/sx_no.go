//go:build !k013

// Kitex before v0.13: no StreamX, no TTHeader streaming. SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"

	"github.com/cloudwego/kitex/client"
	"github.com/cloudwego/kitex/pkg/streaming"
	"github.com/cloudwego/kitex/transport"
)

var hello13 []string

func init() {
	transports["buffered"] = nil // the default of these versions
	transports["ttheader"] = []transport.Protocol{transport.TTHeader}
}

func serverStreamOf(_ context.Context, a *streaming.Args) serverStream {
	return classicServer{a.Stream}
}

func openStream(ctx context.Context, c client.Client, method, _ string) (clientStream, error) {
	return openClassic(ctx, c, method)
}
