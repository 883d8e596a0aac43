// The module of the driver and of the echo programs. What it requires is said per Kitex version: versions/VERSION/go.mod,
// chosen by `go build -modfile`.
module ktdriver

go 1.19
