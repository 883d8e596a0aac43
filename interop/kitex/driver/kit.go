// The names that this driver has for the common part. SPDX-License-Identifier: Apache-2.0
package main

import "ktkit"

type (
	request      = kit.Request
	settings     = kit.Settings
	message      = kit.Message
	metaPairs    = kit.MetaPairs
	bizValue     = kit.BizValue
	thriftThrown = kit.Thrown
	answer       = kit.Answer
	queue        = kit.Queue
	job          = kit.Job
)

var (
	ok          = kit.OK
	done        = kit.Done
	unsupported = kit.Unsupported
	refused     = kit.Refused
	decoded     = kit.Decoded
)
