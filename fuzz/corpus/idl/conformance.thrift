// The conformance service: every mode, and every Thrift type in its messages.
// Methods carry the names of the echo service, so that a scenario reads alike.
namespace go conformance

enum Color {
    RED = 1,
    GREEN = 2,
    BLUE = 7,
}

typedef i64 Timestamp

struct Inner {
    1: optional string name,
    2: optional i32 number,
}

union Choice {
    1: string text,
    2: i64 number,
    3: Inner inner,
}

exception Oops {
    1: required i32 code,
    2: optional string why,
}

// "message" is field 1, as in the echo service: the two encode alike.
struct Request {
    1: optional string message,
    2: optional bool flag,
    3: optional i8 tiny,
    4: optional i16 small,
    5: optional i32 medium,
    6: optional i64 large,
    7: optional double real,
    8: optional binary blob,
    9: optional Color color,
    10: optional Timestamp at,
    11: optional Inner inner,
    12: optional Choice choice,
    13: optional list<string> words,
    14: optional set<i32> numbers,
    15: optional map<string, string> pairs,
    16: optional map<i32, Inner> inners,
    17: optional list<list<i64>> matrix,
    18: optional map<string, list<Inner>> groups,
}

struct Response {
    1: optional string message,
    2: optional bool flag,
    3: optional i8 tiny,
    4: optional i16 small,
    5: optional i32 medium,
    6: optional i64 large,
    7: optional double real,
    8: optional binary blob,
    9: optional Color color,
    10: optional Timestamp at,
    11: optional Inner inner,
    12: optional Choice choice,
    13: optional list<string> words,
    14: optional set<i32> numbers,
    15: optional map<string, string> pairs,
    16: optional map<i32, Inner> inners,
    17: optional list<list<i64>> matrix,
    18: optional map<string, list<Inner>> groups,
}

service Conformance {
    Response Echo (1: Request req) (streaming.mode="bidirectional"),
    Response EchoClient (1: Request req) (streaming.mode="client"),
    Response EchoServer (1: Request req) (streaming.mode="server"),
    Response EchoUnary (1: Request req) throws (1: Oops oops) (streaming.mode="unary"),

    Response EchoPingPong (1: Request req) throws (1: Oops oops),
    oneway void Notify (1: Request req),
}
