// A plain grpc-go echo server of the seed's IDL, no driver.
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
	"math"
	"net"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"ktgrpc/api"
)

const service = "echo.TestService"

var empty = []byte{0}

// handler echoes as docs/scenarios.md says of `handler echo`.
type handler struct{}

func recv(s grpc.ServerStream) (*api.Message, error) {
	m := &api.Message{Type: api.Services[service]}
	if err := s.RecvMsg(m); err != nil {
		return m, err
	}
	if err := m.Decode(); err != nil {
		return m, status.Error(codes.Internal, err.Error())
	}
	m.Bytes = api.Encode(nil, m.Value)
	return m, nil
}

func (handler) Stream(method string, s grpc.ServerStream) error {
	last := &api.Message{Bytes: empty}
	for {
		m, err := recv(s)
		switch {
		case err == io.EOF && method == "EchoClient":
			return s.SendMsg(last)
		case err == io.EOF && method == "Echo":
			return nil
		case err != nil:
			return err
		}
		last = m
		if method == "EchoClient" {
			continue
		}
		if err := s.SendMsg(m); err != nil || method == "EchoServer" {
			return err
		}
	}
}

func (handler) Unary(_ context.Context, _ string, m *api.Message) (*api.Message, error) {
	m.Field, m.Bytes = 0, api.Encode(nil, m.Value)
	return m, nil
}

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on")
	flag.Parse()
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		fmt.Fprintf(os.Stderr, "echo: %v\n", err)
		os.Exit(1)
	}
	fmt.Println(ln.Addr())
	s := grpc.NewServer(grpc.ForceServerCodec(api.Codec{}), grpc.MaxRecvMsgSize(math.MaxInt32))
	s.RegisterService(api.Describe(service, api.Services[service]), handler{})
	if err := s.Serve(ln); err != nil {
		fmt.Fprintf(os.Stderr, "echo: %v\n", err)
		os.Exit(1)
	}
}
