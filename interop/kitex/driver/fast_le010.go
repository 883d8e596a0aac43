//go:build !k011

// The fast codec's interface up to Kitex v0.10. SPDX-License-Identifier: Apache-2.0
package main

import "github.com/cloudwego/kitex/pkg/protocol/bthrift"

type nocopyWriter = bthrift.BinaryWriter

type fastCodec interface {
	BLength() int
	FastWriteNocopy(buf []byte, w nocopyWriter) int
	FastRead(buf []byte) (int, error)
}
