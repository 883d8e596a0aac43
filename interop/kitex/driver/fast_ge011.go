//go:build k011

// The fast codec's interface since Kitex v0.11. SPDX-License-Identifier: Apache-2.0
package main

import "github.com/cloudwego/gopkg/protocol/thrift"

type (
	nocopyWriter = thrift.NocopyWriter
	fastCodec    = thrift.FastCodec
)
