// The module of the driver and of the echo server. What it requires is said per grpc-go version: versions/VERSION/go.mod, chosen by
// `go build -modfile`.
module ktgrpc

go 1.19
