// What the drivers in Go have in common: the protocol, sessions, streams and their handlers, values (docs/drivers.md).
module ktkit

go 1.19
