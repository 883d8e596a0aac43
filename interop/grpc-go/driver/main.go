// The driver for grpc-go (docs/drivers.md). What it shares with other drivers is in interop/kit.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"google.golang.org/grpc"
	_ "google.golang.org/grpc/encoding/gzip" // registers the compressor

	"ktkit"
)

var capabilities = []string{"unary", "stop", "compress", "gzip", "initial-window", "max-concurrent"}

// library is grpc-go, as the common part asks for it.
type library struct{}

func main() {
	d := &kit.Driver{Library: library{}}
	d.Run(kit.Answer{"implementation": "grpc-go", "version": "v" + grpc.Version, "language": "go",
		"roles": []string{"client", "server"}, "transports": []string{"http2"}, "capabilities": capabilities})
}
