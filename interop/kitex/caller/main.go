// Kitex's own generated client of the seed's IDL, calling all modes of an echo server:
//
//	caller ADDR      prints one JSON line for each mode: {"mode":…,"got":[…],"end":"eof"} or {"mode":…,"error":…}
//
// Exit status 0 when every mode echoed what `handler echo` of docs/scenarios.md echoes, 1 when not, 2 for a wrong use.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"reflect"
	"time"

	"github.com/cloudwego/kitex/client/streamclient"

	"ktgen/kitex_gen/echo"
	"ktgen/kitex_gen/echo/testservice"
)

type mode struct {
	name string
	want []string
	run  func(ctx context.Context, c testservice.StreamClient) ([]string, error)
}

func request(s string) *echo.Request { return &echo.Request{Message: &s} }

var modes = []mode{
	{"bidirectional", []string{"a", "b", "c"}, bidirectional},
	{"client", []string{"c"}, clientStreaming},
	{"server", []string{"only"}, serverStreaming},
	{"unary", []string{"one"}, unary},
}

// bidirectional: message and answer in turn, then the half-close and the end.
func bidirectional(ctx context.Context, c testservice.StreamClient) ([]string, error) {
	s, err := c.Echo(ctx)
	if err != nil {
		return nil, err
	}
	var got []string
	for _, m := range []string{"a", "b", "c"} {
		if err := s.Send(request(m)); err != nil {
			return got, err
		}
		r, err := s.Recv()
		if err != nil {
			return got, err
		}
		got = append(got, r.GetMessage())
	}
	if err := s.Close(); err != nil {
		return got, err
	}
	return rest(got, s.Recv)
}

func clientStreaming(ctx context.Context, c testservice.StreamClient) ([]string, error) {
	s, err := c.EchoClient(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range []string{"a", "b", "c"} {
		if err := s.Send(request(m)); err != nil {
			return nil, err
		}
	}
	r, err := s.CloseAndRecv()
	if err != nil {
		return nil, err
	}
	return []string{r.GetMessage()}, nil
}

func serverStreaming(ctx context.Context, c testservice.StreamClient) ([]string, error) {
	s, err := c.EchoServer(ctx, request("only"))
	if err != nil {
		return nil, err
	}
	return rest(nil, s.Recv)
}

func unary(ctx context.Context, c testservice.StreamClient) ([]string, error) {
	r, err := c.EchoUnary(ctx, request("one"))
	if err != nil {
		return nil, err
	}
	return []string{r.GetMessage()}, nil
}

func rest(got []string, recv func() (*echo.Response, error)) ([]string, error) {
	for {
		r, err := recv()
		if err == io.EOF {
			return got, nil
		}
		if err != nil {
			return got, err
		}
		got = append(got, r.GetMessage())
	}
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: caller ADDR")
		os.Exit(2)
	}
	c, err := testservice.NewStreamClient("echo.TestService", streamclient.WithHostPorts(os.Args[1]))
	if err != nil {
		fmt.Fprintf(os.Stderr, "caller: %v\n", err)
		os.Exit(2)
	}
	out := json.NewEncoder(os.Stdout)
	status := 0
	for _, m := range modes {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		got, err := m.run(ctx, c)
		cancel()
		line := map[string]interface{}{"mode": m.name, "got": got, "end": "eof"}
		if err != nil {
			line["end"], line["error"] = "error", err.Error()
		}
		if err != nil || !reflect.DeepEqual(got, m.want) {
			line["want"], status = m.want, 1
		}
		out.Encode(line)
	}
	os.Exit(status)
}
