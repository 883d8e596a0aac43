# unix
// line
/* block * / ** */ namespace go a.b.Every
namespace * other namespace py.x foo (a='b') cpp_include "<x>"
typedef i64 (go.tag = 'x') Id (note)
typedef map cpp_type 'm' <Id, list<set<binary>> cpp_type 'v'> Deep;
enum E { A, B = 0x10 (x='y'); C, D = -3 } (e='f')
const i32 BASE = 010
const list<E> ES = [E.A, 16; E.C]
const map<string, Id> M = {'a': BASE, "b\n\"'": -2};
struct S {
 1: required bool a = true,
 optional i32 b = BASE;
 -5: E c = E.D
 7: double d = -1.5e3
 8: double f = 3
 9: binary g = 'hi'
 10: list<E> h = ES
 11: map<string, Id> i = M
 12: set<i8> j = {}
 13: T k = {'x': 'y'}
 14: map<Id, bool> l = {1: 1}
 15: string string = 'q' (a='b', c='d')
 16: Deep m
}
struct T { 1: string x }
union U { 1: required i32 a; 2: U b }
exception X { 1: byte b }
service P { void Ping(), oneway void Note(1: S s) }
service Q extends P {
 T One(1: T t, 2: i32 n) throws (1: X x; 2: X y)
 T Two(5: T t) throws (1: X x) (api.get='/x', streaming.mode = "unary")
} (s='t')
