// What the drivers in Go have in common: the protocol, values, metadata, order of work (docs/drivers.md).
module ktkit

go 1.19
