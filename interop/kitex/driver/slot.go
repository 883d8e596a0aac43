// A slot: one Kitex server on a port of its own, its listener, its start and its stop. SPDX-License-Identifier: Apache-2.0
package main

import (
	"fmt"
	"io"
	"net"
	"reflect"
	"sync"
	"syscall"
	"time"

	"github.com/cloudwego/kitex/pkg/transmeta"
	"github.com/cloudwego/kitex/server"
	"github.com/cloudwego/netpoll"

	"ktkit"
)

type slot struct {
	kit.Slot
	library library
	service *service
	exit    chan error // Run returns when something is put in
	ended   chan error // what Run returned
	grace   func(time.Duration)

	mu      sync.Mutex
	stopped bool
}

// slotListener survives Kitex closing it twice. Netpoll's Close closes the descriptor number each time, so the second Close would
// hit whatever another slot has opened meanwhile. The first one only shuts down (new connections are refused), the second closes.
type slotListener struct {
	netpoll.Listener
	mu sync.Mutex
	n  int
}

func (l *slotListener) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n++
	switch l.n {
	case 1:
		return syscall.Shutdown(l.Fd(), syscall.SHUT_RD)
	case 2:
		return l.Listener.Close()
	}
	return nil
}

// Listen starts a server.
func (lib library) Listen(r *kit.Request) (*kit.Slot, kit.Answer) {
	svc := lib.services[r.Service]
	if svc == nil {
		return nil, kit.Unsupported("no service %q here", r.Service)
	}
	sl := &slot{library: lib, service: svc, exit: make(chan error, 1), ended: make(chan error, 1)}
	if err := sl.start(&r.Set); err != nil {
		return nil, lib.Failure(err)
	}
	return &sl.Slot, nil
}

func (sl *slot) start(set *kit.Settings) error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	nl, err := netpoll.ConvertListener(ln)
	if err != nil {
		return err
	}
	sl.Server, sl.Address = sl, ln.Addr().String()
	s := server.NewServer(sl.options(&slotListener{Listener: nl}, set)...)
	if err := s.RegisterService(sl.service.info, sl); err != nil {
		return err
	}
	go func() { sl.ended <- s.Run() }()
	return sl.ready()
}

func (sl *slot) options(ln net.Listener, set *kit.Settings) []server.Option {
	opts := []server.Option{
		server.WithListener(ln),
		server.WithExitSignal(func() <-chan error { return sl.exit }),
		server.WithCompatibleMiddlewareForUnary(), // else a unary call panics
		server.WithTracer(tracer{}),
		server.WithMetaHandler(transmeta.ServerTTHeaderHandler), // biz status of ping-pong calls
		sl.graceOption(),
	}
	if set.InitialWindow != nil {
		opts = append(opts, server.WithGRPCInitialWindowSize(*set.InitialWindow))
	}
	if set.ReadTimeout != nil {
		opts = append(opts, server.WithReadWriteTimeout(time.Duration(*set.ReadTimeout)*time.Millisecond))
	}
	if set.MaxConcurrent != nil {
		opts = append(opts, server.WithGRPCMaxConcurrentStreams(*set.MaxConcurrent))
	}
	for _, name := range set.Middleware {
		opts = append(opts, server.WithMiddleware(around(name)))
	}
	for _, name := range set.RecvMW {
		opts = append(opts, server.WithRecvMiddleware(aroundRecv(name)))
	}
	for _, name := range set.SendMW {
		opts = append(opts, server.WithSendMiddleware(aroundSend(name)))
	}
	return opts
}

// graceOption keeps the server's options, so that the exit wait time can be changed when it stops: that is when Kitex reads it, but
// it takes it at creation only, and the type of its options has no public name.
func (sl *slot) graceOption() server.Option {
	plain := server.WithExitWaitTime(5 * time.Second)
	f := reflect.ValueOf(plain.F)
	catch := reflect.MakeFunc(f.Type(), func(args []reflect.Value) []reflect.Value {
		sl.grace = func(d time.Duration) { reflect.ValueOf(server.WithExitWaitTime(d).F).Call(args) }
		return f.Call(args)
	})
	reflect.ValueOf(&plain).Elem().FieldByName("F").Set(catch)
	return plain
}

// ready waits until the server has answered once. A stop before that is lost for good.
func (sl *slot) ready() error {
	c, err := net.Dial("tcp", sl.Address)
	if err != nil {
		return err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := c.Write([]byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00")); err != nil {
		return err
	}
	answered := make(chan error, 1)
	go func() {
		_, err := io.ReadFull(c, make([]byte, 9)) // the head of the server's SETTINGS
		answered <- err
	}()
	select {
	case err := <-answered:
		return err
	case err := <-sl.ended:
		return fmt.Errorf("the server ended at once: %v", err)
	}
}

// Stop is graceful within grace; what runs longer is cut off by Kitex. A positive grace, always: Kitex takes zero for five seconds.
func (sl *slot) Stop(grace time.Duration) {
	sl.mu.Lock()
	if sl.stopped {
		sl.mu.Unlock()
		return
	}
	sl.stopped = true
	sl.mu.Unlock()
	sl.grace(grace + time.Millisecond)
	sl.exit <- nil
	<-sl.ended // always "listener close", by slotListener
}

// Close is a stop with a short grace.
func (sl *slot) Close() { sl.Stop(100 * time.Millisecond) }
