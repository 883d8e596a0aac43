// Requests, answers, and the line that carries them (docs/drivers.md).
// SPDX-License-Identifier: Apache-2.0
package kit

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
)

// Request has every field of every op; what an op does not use is ignored.
type Request struct {
	ID     int64  `json:"id"`
	Op     string `json:"op"`
	Case   string `json:"case"`
	Stream string `json:"stream"`
	Side   string `json:"side"`

	Slot    string   `json:"slot"`
	Service string   `json:"service"`
	Match   *string  `json:"match"`
	Grace   *int64   `json:"grace_ms"`
	Set     Settings `json:"settings"`

	Address    string      `json:"address"`
	Connection string      `json:"connection"`
	Method     string      `json:"method"`
	Transport  string      `json:"transport"`
	Compress   string      `json:"compress"`
	Deadline   *int64      `json:"deadline_ms"`
	Tag        bool        `json:"tag"`
	Metadata   [][2]string `json:"metadata"`
	Metainfo   *MetaPairs  `json:"metainfo"`

	Message   *Message     `json:"message"` // an "error" text has its own field
	OK        bool         `json:"ok"`
	Error     *string      `json:"error"`
	Status    *StatusValue `json:"status"`
	Biz       *BizValue    `json:"biz"`
	Exception *Thrown      `json:"exception"`
	Panic     bool         `json:"panic"`
}

type Settings struct {
	InitialWindow *uint32  `json:"initial-window"`
	MaxConcurrent *uint32  `json:"max-concurrent"`
	Connections   *uint32  `json:"connections"`
	ReadTimeout   *uint32  `json:"read-timeout"` // ms
	Transport     string   `json:"transport"`
	Middleware    []string `json:"middleware"`
	RecvMW        []string `json:"recv-middleware"`
	SendMW        []string `json:"send-middleware"`
}

type MetaPairs struct {
	Transient  map[string]string `json:"transient"`
	Persistent map[string]string `json:"persistent"`
}

type StatusValue struct {
	Code    int32  `json:"code"`
	Message string `json:"message"`
}

type BizValue struct {
	Code    int32             `json:"code"`
	Message string            `json:"message"`
	Extra   map[string]string `json:"extra"`
}

type Thrown struct {
	Name    string   `json:"name"`
	Message *Message `json:"message"`
}

// Message is a value by the IDL, or the exact bytes in its place.
type Message struct {
	JSON json.RawMessage `json:"json"`
	Hex  *string         `json:"hex"`
}

// Answer is one line to ktspec; exactly one of its kinds is there.
type Answer map[string]interface{}

// OK is a value as an answer.
func OK(v interface{}) Answer { return Answer{"ok": v} }

// Done is the answer without a value.
func Done() Answer { return OK(struct{}{}) }

// Unsupported is for what the driver cannot do.
func Unsupported(format string, a ...interface{}) Answer {
	return Answer{"unsupported": fmt.Sprintf(format, a...)}
}

// Refused is a fault of the request, not of the system under test: an error without a code.
func Refused(format string, a ...interface{}) Answer {
	return Answer{"error": map[string]interface{}{"message": "driver: " + fmt.Sprintf(format, a...)}}
}

// Control is the connection to ktspec; lines may be written from anywhere.
type Control struct {
	mu   sync.Mutex
	conn net.Conn
}

// Dial connects to ktspec, as the environment says.
func Dial() (*Control, error) {
	conn, err := net.Dial("tcp", os.Getenv("KTSPEC_CONTROL"))
	if err != nil {
		return nil, fmt.Errorf("cannot reach KTSPEC_CONTROL: %w", err)
	}
	return &Control{conn: conn}, nil
}

// Hello introduces the driver; what all drivers say is added.
func (c *Control) Hello(hello Answer) error {
	hello["protocol"], hello["token"] = 1, os.Getenv("KTSPEC_TOKEN")
	return c.Write(Answer{"hello": hello})
}

// Read hands over requests until the connection ends.
func (c *Control) Read(take func(*Request)) error {
	in := bufio.NewReaderSize(c.conn, 1<<16)
	for {
		line, err := in.ReadBytes('\n')
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		r := &Request{}
		if err := json.Unmarshal(line, r); err != nil {
			return fmt.Errorf("a request that cannot be read: %w", err)
		}
		take(r)
	}
}

// Write sends one line.
func (c *Control) Write(v interface{}) error {
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

// Answer sends the answer to a request.
func (c *Control) Answer(id int64, a Answer) {
	a["id"] = id
	if err := c.Write(a); err != nil {
		c.Write(Answer{"id": id, "error": map[string]interface{}{"message": "driver: " + err.Error()}})
	}
}
