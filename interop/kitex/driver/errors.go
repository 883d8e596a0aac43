// What Kitex gives as an error, as an answer. SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"errors"
	"io"
	"strconv"

	"github.com/cloudwego/kitex/pkg/kerrors"
	"github.com/cloudwego/kitex/pkg/remote/trans/nphttp2/status"

	"ktkit"
)

// Failure classifies err. A biz status error has a gRPC status too, so it is asked for first.
func (library) Failure(err error) kit.Answer {
	if err == io.EOF {
		return kit.Answer{"eof": true}
	}
	if biz, is := kerrors.FromBizStatusError(err); is {
		v := kit.BizValue{Code: biz.BizStatusCode(), Message: biz.BizMessage(), Extra: biz.BizExtra()}
		if v.Extra == nil {
			v.Extra = map[string]string{}
		}
		return kit.Answer{"biz": v}
	}
	v := map[string]interface{}{"message": err.Error()}
	if code, text, has := codeOf(err); has {
		v["code"], v["message"] = uint32(code), text // a status below 0 is what gRPC would read it as
	}
	return kit.Answer{"error": v}
}

// codeOf finds the status code of an error. has is false for what Kitex gives no code: plain errors, bad Thrift.
func codeOf(err error) (code int32, text string, has bool) {
	var withStatus interface{ GRPCStatus() *status.Status }
	var withCode interface{ Code() int32 } // grpc.ConnectionError
	switch {
	case errors.As(err, &withStatus):
		s := withStatus.GRPCStatus()
		return int32(s.Code()), s.Message(), true
	case errors.As(err, &withCode):
		return withCode.Code(), err.Error(), true
	case errors.Is(err, context.Canceled):
		return 1, err.Error(), true
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, kerrors.ErrRPCTimeout):
		return 4, err.Error(), true
	}
	return 0, "", false
}

// terminal: the stream has ended. Bad Thrift, or a message that is cut short, ends nothing: the next Recv tells what follows.
func terminal(err error) bool {
	if err == io.EOF || errorKind(err) != "error" {
		return true
	}
	var tt interface{ TypeId() int32 } // of TTHeader streaming
	return errors.As(err, &tt)
}

// errorKind is the short form that events carry: nil, biz, a status code, or error.
func errorKind(err error) string {
	if err == nil {
		return "nil"
	}
	if _, is := kerrors.FromBizStatusError(err); is {
		return "biz"
	}
	if code, _, has := codeOf(err); has {
		return strconv.Itoa(int(code))
	}
	return "error"
}
