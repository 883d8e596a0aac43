// Requests, answers, and the line that carries them (docs/drivers.md).
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"sync"
)

// request has every field of every op; what an op does not use is ignored.
type request struct {
	ID     int64  `json:"id"`
	Op     string `json:"op"`
	Case   string `json:"case"`
	Stream string `json:"stream"`
	Side   string `json:"side"`

	Slot    string   `json:"slot"`
	Service string   `json:"service"`
	Match   *string  `json:"match"`
	Grace   *int64   `json:"grace_ms"`
	Set     settings `json:"settings"`

	Address    string      `json:"address"`
	Connection string      `json:"connection"`
	Method     string      `json:"method"`
	Transport  string      `json:"transport"`
	Compress   string      `json:"compress"`
	Deadline   *int64      `json:"deadline_ms"`
	Tag        bool        `json:"tag"`
	Metadata   [][2]string `json:"metadata"`
	Metainfo   *metaPairs  `json:"metainfo"`

	Message   *message      `json:"message"` // an "error" text has its own field
	OK        bool          `json:"ok"`
	Error     *string       `json:"error"`
	Status    *statusValue  `json:"status"`
	Biz       *bizValue     `json:"biz"`
	Exception *thriftThrown `json:"exception"`
	Panic     bool          `json:"panic"`
}

type settings struct {
	InitialWindow *uint32  `json:"initial-window"`
	MaxConcurrent *uint32  `json:"max-concurrent"`
	Connections   *uint32  `json:"connections"`
	Transport     string   `json:"transport"`
	Middleware    []string `json:"middleware"`
	RecvMW        []string `json:"recv-middleware"`
	SendMW        []string `json:"send-middleware"`
}

type metaPairs struct {
	Transient  map[string]string `json:"transient"`
	Persistent map[string]string `json:"persistent"`
}

type statusValue struct {
	Code    int32  `json:"code"`
	Message string `json:"message"`
}

type bizValue struct {
	Code    int32             `json:"code"`
	Message string            `json:"message"`
	Extra   map[string]string `json:"extra"`
}

type thriftThrown struct {
	Name    string   `json:"name"`
	Message *message `json:"message"`
}

// message is a value by the IDL, or the exact bytes in its place.
type message struct {
	JSON json.RawMessage `json:"json"`
	Hex  *string         `json:"hex"`
}

// answer is one line to ktspec; exactly one of its kinds is there.
type answer map[string]interface{}

func ok(v interface{}) answer { return answer{"ok": v} }

func done() answer { return ok(struct{}{}) }

func unsupported(format string, a ...interface{}) answer {
	return answer{"unsupported": fmt.Sprintf(format, a...)}
}

// refused is a fault of the request, not of Kitex: an error without a code.
func refused(format string, a ...interface{}) answer {
	return answer{"error": map[string]interface{}{"message": "driver: " + fmt.Sprintf(format, a...)}}
}

// control is the connection to ktspec; lines may be written from anywhere.
type control struct {
	mu   sync.Mutex
	conn net.Conn
}

func (c *control) write(v interface{}) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b) // ends with a newline
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	_, err := c.conn.Write(b.Bytes())
	return err
}

func (c *control) answer(id int64, a answer) {
	a["id"] = id
	if err := c.write(a); err != nil {
		c.write(answer{"id": id, "error": map[string]interface{}{"message": "driver: " + err.Error()}})
	}
}
