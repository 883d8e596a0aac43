#!/usr/bin/env python3
"""A driver that keeps the contract of docs/drivers.md, around a toy instead of Kitex: calls are JSON lines over TCP. The
drivers beside it each break one sentence of the contract, and driver-check must find it.
SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import queue
import socket
import threading
import time

GRACE = 0.3  # what reset gives to ends that are on their way


def error(message, code=None):
    return {"error": {"message": message} if code is None else {"code": code, "message": message}}


class Lines:
    """JSON lines on a socket; written from anywhere."""

    def __init__(self, sock):
        self.sock, self.lock, self.streams = sock, threading.Lock(), {}
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def write(self, value):
        try:
            with self.lock:
                self.sock.sendall(json.dumps(value).encode() + b"\n")
        except OSError:
            pass

    def read(self):
        try:
            for line in self.sock.makefile("rb"):
                yield json.loads(line)
        except OSError:
            pass

    def close(self):
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.sock.close()


class Queue:
    """Jobs of one direction, one after the other."""

    def __init__(self):
        self.jobs = queue.Queue()
        threading.Thread(target=self.work, daemon=True).start()

    def put(self, job):
        self.jobs.put(job)

    def work(self):
        while True:
            self.jobs.get()()


moved = threading.Condition()  # guards all streams; told of whatever changes, and of each answer


class Stream:
    """One side of a call."""

    def __init__(self, server):
        self.server, self.cond = server, moved
        self.lines = self.sid = self.method = self.deadline = None
        self.inbox, self.half, self.end = [], False, None  # end: the answer that stands at the end
        self.head, self.tail, self.pending_head, self.pending_tail = None, [], [], []
        self.returned = self.cancelled = False
        self.log = []
        self.sends, self.recvs = Queue(), Queue()

    def wait(self, test):
        with self.cond:
            self.cond.wait_for(test)

    def change(self, **fields):
        with self.cond:
            for k, v in fields.items():
                setattr(self, k, v)
            self.cond.notify_all()

    def on(self, f):  # a line from the other side
        kind = f["k"]
        with self.cond:
            if kind == "msg":
                self.inbox.append(f["m"])
            elif kind == "half":
                self.half = True
            elif kind == "head" and self.head is None:
                self.head = f["md"]
            elif kind == "end" and self.end is None:
                self.end, self.tail = f["r"], f["md"]
                self.head = [] if self.head is None else self.head
            elif kind in ("cancel", "lost"):
                self.cancelled = True
                self.end = self.end or error("the connection has ended", 14 if kind == "lost" else 1)
            self.cond.notify_all()

    def tell(self, kind, **fields):
        self.lines.write({"s": self.sid, "k": kind, **fields})

    def finish(self, answer):  # the client's own end: cancelled, or its deadline
        with self.cond:
            if self.end is None:
                self.end = answer
            self.cond.notify_all()

    def held(self):
        return not (self.returned or self.cancelled) if self.server else self.end is None


class Toy:
    capabilities = ["unary", "stop", "events", "panic", "metainfo", "exception", "biz"]
    roles = ["client", "server"]

    def __init__(self):
        host, port = os.environ["KTSPEC_CONTROL"].rsplit(":", 1)
        self.control = Lines(socket.create_connection((host, int(port))))
        self.lock = threading.RLock()
        self.cases, self.slots, self.open_requests, self.last = {}, {}, {}, 0

    def hello(self):
        return {"protocol": 1, "token": os.environ["KTSPEC_TOKEN"], "implementation": "toy", "version": "1",
                "language": "python", "roles": self.roles, "transports": ["http2"], "capabilities": self.capabilities}

    def run(self):
        self.control.write({"hello": self.hello()})
        for r in self.control.read():
            self.take(r)
        self.leave()

    def leave(self):
        os._exit(0)

    # --- requests ---

    def answer(self, r, a):
        self.control.write({"id": r["id"], **a})

    def do(self, r, f):  # what a request is, from its beginning to its answer
        key = (r.get("case"), r["id"])

        def go():
            try:
                a = f(r)
            except Exception as e:  # a request that lacks something
                a = error("driver: %r" % e)
            with self.lock:
                self.open_requests.pop(key, None)
            with moved:
                moved.notify_all()
            self.answer(r, a)

        with self.lock:
            self.open_requests[key] = r.get("op")
        return go

    def start(self, job):
        threading.Thread(target=job, daemon=True).start()

    def take(self, r):
        op = r.get("op", "")
        if op == "sync":
            self.answer(r, {"ok": {}})
        elif op == "reset":
            self.start(lambda: self.answer(r, self.reset(r)))
        elif op in ("listen", "unlisten", "stop", "accept", "open", "call"):
            if op in ("accept", "open", "call"):
                self.new_stream(r, op == "accept")
            self.start(self.do(r, getattr(self, op)))
        else:
            self.take_stream(r, op)

    def take_stream(self, r, op):
        f = getattr(self, "on_" + op.replace("-", "_"), None)
        st = self.find(r)
        if f is None:
            self.answer(r, {"unsupported": "no op %r" % op})
        elif st is None:
            self.answer(r, error("driver: no such stream"))
        elif op in ("send", "half-close"):
            st.sends.put(self.do(r, lambda r: f(st, r)))
        elif op in ("recv", "close-and-recv"):
            st.recvs.put(self.do(r, lambda r: f(st, r)))
        else:
            self.start(self.do(r, lambda r: f(st, r)))

    def key(self, r):
        return (r.get("case"), r.get("side"), r.get("stream"))

    def find(self, r):
        with self.lock:
            return self.cases.get(r.get("case"), {"streams": {}})["streams"].get(self.key(r))

    def new_stream(self, r, server):
        with self.lock:
            case = self.cases.setdefault(r.get("case"), {"streams": {}, "lines": {}})
            case["streams"][self.key(r)] = Stream(server)

    # --- server ---

    def listen(self, r):
        if r["service"] not in ("echo.TestService", "conformance.Conformance"):
            return {"unsupported": "no such service"}
        sock = socket.create_server(("127.0.0.1", 0))
        slot = {"sock": sock, "calls": [], "cond": threading.Condition(), "lines": [], "gone": set()}
        with self.lock:
            self.slots[r["slot"]] = slot
        self.start(lambda: self.serve(slot))
        return {"ok": {"address": "127.0.0.1:%d" % sock.getsockname()[1]}}

    def serve(self, slot):
        try:
            while True:
                lines = Lines(slot["sock"].accept()[0])
                slot["lines"].append(lines)
                self.start(lambda l=lines: self.serve_one(slot, l))
        except OSError:
            pass

    def serve_one(self, slot, lines):
        calls = {}
        for f in lines.read():
            if f["k"] == "open":
                call = calls[f["s"]] = {"open": f, "lines": lines, "early": [], "stream": None}
                with slot["cond"]:
                    slot["calls"].append(call)
                    slot["cond"].notify_all()
                continue
            with slot["cond"]:
                call = calls[f["s"]]
                call["early"].append(f) if call["stream"] is None else call["stream"].on(f)
        for call in calls.values():
            with slot["cond"]:
                call["early"].append({"k": "lost"}) if call["stream"] is None else call["stream"].on({"k": "lost"})
        lines.close()

    def close_slot(self, name):
        with self.lock:
            slot = self.slots[name]
        try:
            slot["sock"].shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        slot["sock"].close()
        return slot

    def unlisten(self, r):
        for lines in self.close_slot(r["slot"])["lines"]:
            lines.close()
        with self.lock:
            del self.slots[r["slot"]]
        return {"ok": {}}

    def stop(self, r):
        self.close_slot(r["slot"])
        return {"ok": {}}

    def accept(self, r):
        st, match = self.find(r), r.get("match")
        with self.lock:
            slot = self.slots[r["slot"]]

        def wanted():
            for call in slot["calls"]:
                if match is None or ["ktspec-stream", match] in call["open"]["md"]:
                    return call
            return "gone" if r["case"] in slot["gone"] else None

        with slot["cond"]:
            call = slot["cond"].wait_for(wanted)
            if call == "gone":
                return error("driver: the case was reset")
            slot["calls"].remove(call)
            f = call["open"]
            st.lines, st.sid, st.method, call["stream"] = call["lines"], f["s"], f["method"], st
            for early in call["early"]:
                st.on(early)
        return self.accepted(st, f)

    def accepted(self, st, f):
        v = {"method": f["method"], "metadata": f["md"], "metainfo": f["mi"]}
        if f["ms"] is not None:
            st.deadline = time.monotonic() + f["ms"] / 1000
            v["deadline_ms"] = f["ms"]
        st.log.append(["rpc-start", {}])
        if f["method"] == "EchoUnary":
            st.wait(lambda: st.inbox or st.cancelled)
            v["message"] = st.inbox.pop(0)
        return {"ok": v}

    def on_return(self, st, r):
        if st.returned:
            return error("driver: the handler has returned")
        if r.get("panic") or "error" in r:
            a = error(r.get("error", "panic"), 13)
        elif "status" in r or "biz" in r or "exception" in r:
            a = {"error": r["status"]} if "status" in r else {k: r[k] for k in ("biz", "exception") if k in r}
        elif "message" in r:
            a = {"ok": {"message": r["message"]}}
        elif r["ok"]:
            a = {"eof": True}
        self.send_head(st, [])
        st.log.append(["rpc-finish", {"error": "nil"}])
        st.change(returned=True)
        st.tell("end", r=a, md=st.pending_tail)
        return {"ok": {}}

    def send_head(self, st, more):
        if st.head is None:
            st.head = st.pending_head + more
            st.tell("head", md=st.head)

    def on_set_header(self, st, r):
        st.pending_head += r["metadata"]
        return {"ok": {}}

    def on_send_header(self, st, r):
        self.send_head(st, r["metadata"])
        return {"ok": {}}

    def on_set_trailer(self, st, r):
        st.pending_tail += r["metadata"]
        return {"ok": {}}

    def on_cancelled(self, st, r):
        st.wait(lambda: st.cancelled or st.returned)
        return {"ok": {"code": 1, "message": "cancelled"}}

    def on_ctx(self, st, r):
        v = {"cancelled": {"code": 1, "message": "cancelled"}} if st.cancelled else {}
        if st.deadline is not None:
            v["deadline_ms"] = int((st.deadline - time.monotonic()) * 1000)
        return {"ok": v}

    # --- client ---

    def connection(self, r):
        with self.lock:
            lines = self.cases[r["case"]]["lines"]
            name = self.connection_name(r)
            if name not in lines:
                host, port = r["address"].rsplit(":", 1)
                lines[name] = Lines(socket.create_connection((host, int(port)), timeout=1))
                lines[name].sock.settimeout(None)
                self.start(lambda l=lines[name]: self.read_client(l))
            return lines[name]

    def connection_name(self, r):
        return r["connection"]

    def read_client(self, lines):
        for f in lines.read():
            lines.streams[f["s"]].on(f)
        for st in list(lines.streams.values()):
            st.on({"k": "lost"})
        lines.close()

    def open(self, r):
        st = self.find(r)
        try:
            st.lines = self.connection(r)
        except OSError as e:
            st.finish(error(str(e), 14))
            return error(str(e), 14)
        with self.lock:
            self.last += 1
            st.sid, st.method = self.last, r["method"]
        st.lines.streams[st.sid] = st
        md = r.get("metadata", []) + ([["ktspec-stream", r["stream"]]] if r.get("tag") else [])
        ms = r.get("deadline_ms")
        st.tell("open", method=r["method"], md=md, ms=ms, mi=r.get("metainfo", {}))
        st.log.append(["rpc-start", {}])
        if ms is not None:
            threading.Timer(ms / 1000, lambda: self.give_up(st, error("deadline", 4))).start()
        if "message" in r:
            self.on_send(st, r)
            self.on_half_close(st, r)
        return {"ok": {}}

    def give_up(self, st, answer):
        st.tell("cancel")
        st.finish(answer)

    def call(self, r):
        a = self.open(r)
        return a if "error" in a else self.on_recv(self.find(r), r)

    def on_half_close(self, st, r):
        st.tell("half")
        return {"ok": {}}

    def on_close_and_recv(self, st, r):
        st.tell("half")
        return self.on_recv(st, r)

    def on_cancel(self, st, r):
        self.give_up(st, error("cancelled", 1))
        return {"ok": {}}

    def on_header(self, st, r):
        st.wait(lambda: st.head is not None or st.end)
        return {"ok": {"metadata": st.head or []}}

    def on_trailer(self, st, r):
        st.wait(lambda: st.end)
        return {"ok": {"metadata": st.tail}}

    # --- both ---

    def on_send(self, st, r):
        m = r["message"]
        if "hex" in m:
            return {"unsupported": "a toy has no bytes"}
        if not isinstance(m["json"].get("message", ""), str):
            return error("driver: message is no string")
        if st.returned or st.end:
            return error("the stream has ended", 13)
        if st.server:
            self.send_head(st, [])
        st.log.append(["stream-send", {"size": "1"}])
        st.tell("msg", m=m)
        return {"ok": {}}

    def on_recv(self, st, r):
        st.wait(lambda: st.inbox or st.half or st.end or st.returned)
        if st.inbox:
            st.log.append(["stream-recv", {"size": "1"}])
            return {"ok": {"message": st.inbox.pop(0)}}
        if st.server:
            return {"eof": True} if st.half else error("the stream has ended", 1)
        if ["rpc-finish", {"error": "nil"}] not in st.log:
            st.log.append(["rpc-finish", {"error": "nil"}])
        return dict(st.end)

    def on_events(self, st, r):
        taken, st.log = st.log, []
        return {"ok": {"events": taken}}

    def requests(self, case):
        with self.lock:
            return sum(1 for (c, _), op in self.open_requests.items() if c == case and op != "accept")

    def reset(self, r):
        with self.lock:
            case = self.cases.pop(r.get("case"), {"streams": {}, "lines": {}})
        streams = list(case["streams"].values())
        with moved:
            moved.wait_for(lambda: not any(st.held() for st in streams if st.sid) and not self.requests(r.get("case")), GRACE)
        held = {"streams": sum(st.held() for st in streams if not st.server and st.sid),
                "handlers": sum(st.held() for st in streams if st.server and st.sid), "requests": self.requests(r.get("case"))}
        self.release(r, case, streams)
        return {"ok": held}

    def release(self, r, case, streams):
        for st in streams:
            st.on({"k": "lost"})
            st.change(returned=True)
        for lines in case["lines"].values():
            lines.close()
        slot = self.slots.get(r.get("slot"))
        if slot:
            with slot["cond"]:
                slot["gone"].add(r.get("case"))
                slot["calls"].clear()
                slot["cond"].notify_all()


if __name__ == "__main__":
    Toy().run()
