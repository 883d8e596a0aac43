// A plain Kitex echo server of the seed's IDL: generated code and ordinary handlers, no driver.
//
//	echo [-listen ADDR]      default 127.0.0.1:0; prints the address that it listens on
//
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"os"

	"github.com/cloudwego/kitex/pkg/klog"
	"github.com/cloudwego/kitex/server"

	"ktgen/kitex_gen/echo"
	"ktgen/kitex_gen/echo/testservice"
)

// handler echoes as docs/scenarios.md says of `handler echo`.
type handler struct{}

// Echo returns each message at once, and ends when the client has half-closed.
func (*handler) Echo(stream echo.TestService_EchoServer) error {
	for {
		m, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := stream.Send(&echo.Response{Message: m.Message}); err != nil {
			return err
		}
	}
}

// EchoClient returns the last message, an empty one if there was none.
func (*handler) EchoClient(stream echo.TestService_EchoClientServer) error {
	last := &echo.Response{}
	for {
		m, err := stream.Recv()
		if err == io.EOF {
			return stream.SendAndClose(last)
		}
		if err != nil {
			return err
		}
		last.Message = m.Message
	}
}

// EchoServer returns the request once.
func (*handler) EchoServer(m *echo.Request, stream echo.TestService_EchoServerServer) error {
	return stream.Send(&echo.Response{Message: m.Message})
}

func (*handler) EchoUnary(_ context.Context, m *echo.Request) (*echo.Response, error) {
	return &echo.Response{Message: m.Message}, nil
}

func (*handler) EchoPingPong(_ context.Context, m *echo.Request) (*echo.Response, error) {
	return &echo.Response{Message: m.Message}, nil
}

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on")
	flag.Parse()
	klog.SetLevel(klog.LevelWarn)
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		fmt.Fprintf(os.Stderr, "echo: %v\n", err)
		os.Exit(1)
	}
	fmt.Println(ln.Addr())
	if err := testservice.NewServer(&handler{}, server.WithListener(ln)).Run(); err != nil {
		fmt.Fprintf(os.Stderr, "echo: %v\n", err)
		os.Exit(1)
	}
}
