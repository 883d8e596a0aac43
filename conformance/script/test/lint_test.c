/* Lint finds each fault at its place, and nothing in what is right.
 * SPDX-License-Identifier: Apache-2.0 */
#include "book.h"

/* at: "line:col " of a fault; says: part of its text. */
struct fails {
    const char *text, *at, *says;
};

static const struct fails words[] = {
    /* the header */
    {"clain   It works.\nrules R-1\n\nclient open\n", "1:1 ",
     "did you mean 'claim'"},
    {"rules R-1\n\nclient open\n", "1:1 ", "no 'claim'"},
    {"claim It works\nrules R-1\n\nclient open\n", "1:7 ", "full stop"},
    {"claim A.\nclaim B.\nrules R-1\n\nclient open\n", "2:1 ", "given twice"},
    {"claim A.\n\nclient open\n", "1:1 ", "no 'rules'"},
    {"claim A.\nrules R-1 R-11\n\nclient open\n", "2:11 ",
     "did you mean 'R-1'"},
    {"claim A.\nrules R-1 R-1\n\nclient open\n", "2:11 ", "already"},
    {MODE("Ehco") "client open\n", "3:9 ", "did you mean 'Echo'"},
    {"claim A.\nrules R-1\nhandler ecco\n\nclient open\n", "3:9 ",
     "did you mean 'echo'"},
    {"claim A.\nrules R-1\nneeds unray\n\nclient open\n", "3:7 ",
     "did you mean 'unary'"},
    {"claim A.\nrules R-1\nclient intial-window=1\n\nclient open\n", "3:8 ",
     "did you mean 'initial-window'"},
    {"claim A.\nrules R-1\nclient initial-window=big\n\nclient open\n", "3:23 ",
     "no number"},
    {"claim A.\nrules R-1\nclient ping-ack=yes\n\nclient open\n", "3:17 ",
     "ping-ack=no"},
    {"claim A.\nrules R-1\nclient transport=ttheadr\n\nclient open\n", "3:18 ",
     "did you mean 'ttheader'"},
    {"claim A.\nrules R-1\nclient ping-ack=no ping-ack=no\n\nclient open\n",
     "3:20 ", "twice"},
    {"claim A.\nrules R-1\ncost memry=1MiB\n\nclient open\n", "3:6 ",
     "did you mean 'memory'"},
    {"claim A.\nrules R-1\ncost time=5\n\nclient open\n", "3:6 ", "time=5s"},
    {"claim A.\nrules R-1\nisolated yes\n\nclient open\n", "3:10 ", "behind"},
    {"claim A.\nrules R-1\nhandler echo\nmethod Notify\n\nclient open\n",
     "1:1 ", "no method Notify"},
    {HEAD "client open\nmethod Echo\n", "6:1 ", "above the first step"},
    /* axes */
    {AXES("a=1,2 a=3") "client open header k=$a\n", "3:15 ", "already"},
    {AXES("i=1,2") "client open header k=$i\n", "3:10 ", "rounds of repeat"},
    {AXES("a:b=1:2,3") "client open header k=$a\n", "3:18 ", "each name"},
    {AXES("a=\"x") "client open header k=$a\n", "3:11 ", "not closed"},
    {AXES("code=1") "client open header k=$cod\n", "5:22 ",
     "did you mean 'code'"},
    {AXES("a=123456") "client open header k=$a hedder x=1\n", "5:25 ",
     "'hedder' has no place"}, /* the column is that of the file */
    /* steps */
    {HEAD "client opne\n", "5:8 ", "did you mean 'open'"},
    {HEAD "server haf-close\n", "5:8 ", "no server step"},
    {HEAD "clint open\n", "5:1 ", "did you mean 'client'"},
    {HEAD "client open\nfenec\n", "6:1 ", "did you mean 'fence'"},
    {HEAD "client. open\n", "5:1 ", "behind a dot"},
    {HEAD "client open dedline=1s\n", "5:13 ", "did you mean 'deadline'"},
    {HEAD "client open grace=1s\n", "5:13 ", "no option"},
    {HEAD "client open deadline=soon\n", "5:13 ", "TIME"},
    {HEAD "client open\nserver accept deadline=1s\n", "6:15 ", "A..B"},
    {HEAD "client open\nclient send\n", "6:12 ", "send what"},
    {HEAD "client open\nclient send {\"message\":}\n", "6:24 ", "not JSON"},
    {HEAD "client open\nclient send {\"a\":1,\"a\":2}\n", "6:", "not JSON"},
    {HEAD "client open\nclient send size=3\n", "6:13 ", "a size is"},
    {HEAD "client open\nclient send bytes hex:0\n", "6:19 ", "bytes are"},
    {HEAD "client open\nclient recv eof extra\n", "6:17 ", "no place"},
    {HEAD "client open\nclient recv eoff\n", "6:13 ", "did you mean 'eof'"},
    {HEAD "client open\nclient recv status CANCELED\n", "6:20 ",
     "did you mean 'CANCELLED'"},
    {HEAD "client open\nclient recv biz x\n", "6:17 ", "int32"},
    {HEAD "client open\nclient recv biz 1 \"a\" extra {\"k\":1}\n", "6:29 ",
     "strings"},
    {HEAD "client open\nclient send {} eof\n", "6:16 ", "recv and call"},
    {HEAD "client open\nserver return eof\n", "6:15 ", "return ok"},
    {HEAD "client open\nclient recv {\n", "6:13 ", "not closed"},
    {HEAD "client open after 3s\n", "5:19 ", "A..B"},
    {HEAD "client open\nclient recv eof after 3s..1s\n", "6:23 ",
     "ends before it begins"},
    {HEAD "client open\nclient recv eof @R-9\n", "6:18 ", "no rule 'R-9'"},
    /* the wire */
    {HEAD "client open\n>! HEADRS\n", "6:4 ", "did you mean 'HEADERS'"},
    {HEAD "client open\n>! RST_STREAM cod=1\n", "6:15 ", "did you mean 'code'"},
    {HEAD "client open\n>! RST_STREAM code=CANCLE\n", "6:20 ",
     "did you mean 'CANCEL'"},
    {HEAD "client open\n>! DATA flags=+END_STRAEM\n", "6:9 ", "no flag"},
    {HEAD "client open\n>! WINDOW_UPDATE increment=x\n", "6:18 ", "no number"},
    {HEAD "client open\n>! PING data=0\n", "6:9 ", "hex digits"},
    {HEAD "client open\n>! PING ack=maybe\n", "6:9 ", "yes or no"},
    {HEAD "client open\n>! HEADERS hpack=litteral\n", "6:18 ",
     "did you mean 'literal'"},
    {HEAD "client open\n>! message {} cut=frme:1\n", "6:15 ", "by frame"},
    {HEAD "client open\n>! message {} cut=frame:5,1\n", "6:15 ", "ascending"},
    {HEAD "client open\n>! CLOSE fn\n", "6:10 ", "did you mean 'fin'"},
    {HEAD "client open\n>! SETTINGS max-fram=1\n", "6:13 ",
     "did you mean 'max-frame'"},
    {HEAD "client open\n>! DATA data=zeros:9999999999\n", "6:14 ", "bytes are"},
    {HEAD "client open\n>! PING as x\n", "6:9 ", "no answer"},
    {HEAD "client open\n>! PING after 1s..2s\n", "6:9 ", "waits for nothing"},
    {HEAD "client open\n> headers a=~\"(\"\n", "6:13 ", "nmatched"},
    {HEAD "client open\n> headers a=5..1\n", "6:13 ", "empty"},
    {HEAD "client open\n> headers a=!!x\n", "6:13 ", "one '!' only"},
    {HEAD "client open\n> headers a=gzip:gzip:x\n", "6:13 ", "once"},
    {HEAD "client open compress=gzip\n", "5:1 ", "'needs gzip'"},
    {HEAD "client open\n> trailers grpc-status=UNKNWON\n", "6:24 ",
     "did you mean 'UNKNOWN'"},
    {HEAD "client open\n>! DATA flags=+A|+B\n", "6:9 ", "flags=+A,-B"},
    {HEAD "client open\n>! HEADERS hpack=a|b\n", "6:12 ", "one value"},
    {HEAD "client open\n>! HEADERS hpack=table-update=x\n", "6:12 ",
     "table-update=N"},
    {HEAD "client open\n>! SETTINGS no max-fram\n", "6:16 ",
     "did you mean 'max-frame'"},
    {HEAD "client open\n>! WINDOW_UPDATE increment=1|x\n", "6:18 ",
     "'x' is no number"},
    {HEAD "client open\n>! TT\n", "6:6 ", "which frame of TTHeader"},
    {HEAD "client open\n>! THRIFT cal\n", "6:11 ", "did you mean 'call'"},
    {HEAD "client open\n>! BYTES\n", "6:9 ", "which bytes"},
    {HEAD "client open\n>! BYTES abc\n", "6:10 ", "bytes are"},
    {HEAD "client open\n>!\n", "6:3 ", "which frame"},
    {HEAD "client open\n>! message {} sum=x\n", "6:15 ", "no field"},
    {HEAD "client open\n>! DATA sum=x\n", "6:9 ", "a number N"},
    {HEAD "client open\n>! PING repeat=0\n", "6:9 ", "repeat=N"},
    {HEAD "client open\n> headers a\n", "6:11 ", "name=value"},
    /* what is left out */
    {"claim\nrules R-1\n\nclient open\n", "1:6 ", "claim what"},
    {"claim A.\nrules\n\nclient open\n", "2:6 ", "which rules"},
    {"claim A.\nrules R-1\nneeds\n\nclient open\n", "3:6 ", "which"},
    {"claim A.\nrules R-1\ncost\n\nclient open\n", "3:5 ", "cost memory"},
    {"claim A.\nrules R-1\nhandler\n\nclient open\n", "3:8 ", "echo"},
    {"claim A.\nrules R-1\ncontrol a b\n\nclient open\n", "3:11 ", "one word"},
    {"claim A.\nrules R-1\nclient to=a|b\n\nclient open\n", "3:11 ",
     "one value"},
    {HEAD "client\n", "5:7 ", "what does the client do"},
    {HEAD "client open as\n", "5:15 ", "as what"},
    {HEAD "client open\nclient recv eof after 1s..2s since\n", "6:35 ",
     "since what"},
    {HEAD "client open\nclient header no\n", "6:17 ", "no what"},
    {HEAD "client open\nclient events size=9\n", "6:15 ", "which event"},
    {HEAD "client open\nserver return error\n", "6:20 ", "has a text"},
    {HEAD "client call\n", "5:12 ", "has a message"},
    {HEAD "client open\nclient recv status\n", "6:19 ", "is needed"},
    {HEAD "client open\nclient recv biz 1 extra x\n", "6:25 ", "object"},
    {HEAD "client open\nclient recv exception\n", "6:22 ", "which"},
    {HEAD "client open\nclient recv exception Oops\n", "6:27 ", "NAME M"},
    {HEAD "client open\nclient recv eof|\n", "6:17 ", "is due"},
    {HEAD "client open\nawait\n", "6:6 ", "which step"},
    {HEAD "client open\nat 1s since\n", "6:12 ", "since what"},
    {HEAD "client open\nfence now\n", "6:7 ", "no place"},
    {HEAD "client open\neither a b\n  > headers b=1\nor\n  > headers no b\n"
          "end\n",
     "6:10 ", "one label"},
    {HEAD "client open\nany\n  client cancel\n", "6:1 ", "no 'end'"},
    {HEAD "client open\nrepeat 2\nor\nend\n", "7:1 ", "without its 'either'"},
    {AXES("=1") "client open\n", "3:9 ", "axes a=x"},
    {AXES("a 1") "client open\n", "3:10 ", "behind '='"},
    {AXES("a:b:c:d:e=1") "client open\n", "3:18 ", "at most 4"},
    {AXES("a=x\"y") "client open\n", "3:12 ", "not closed"},
    {AXES("a=\"x\"y") "client open\n", "3:14 ", "a comma is due"},
    {AXES("a=1,2,3,4,5,6,7,8,9,0,1,2,3 b=1,2,3,4,5,6,7,8,9,0,1,2,3 "
          "c=1,2,3,4,5,6,7,8,9,0,1,2,3") "client open\n",
     "3:", "more than 2000"},
    {AXES("a=1 b=1 c=1 d=1 e=1 f=1 g=1 h=1 j=1 k=1 l=1 m=1 n=1 o=1 p=1 q=1 "
          "r=1") "client open\n",
     "3:73 ", "too many"},
    /* the script */
    {HEAD "client open\nany\nany\nany\nany\nany\nany\nany\nany\nany\n"
          "end\nend\nend\nend\nend\nend\nend\nend\nend\n",
     "12:1 ", "nested"},
    {HEAD "client open\nrepeat\n  client recv eof\nend\n", "6:7 ", "repeat N"},
    {HEAD "client open\nrepeat 99999999\nclient recv eof\nend\n", "6:8 ",
     "up to"},
    {HEAD "client open\nrepeat 3\n  client recv eof\n", "6:1 ", "no 'end'"},
    {HEAD "client open\neither\n  client recv eof\n", "6:1 ", "no 'end'"},
    {HEAD "client open\nend\n", "6:1 ", "without a block"},
    {HEAD "client open\nclient send {\"message\":\"$i\"}\n", "6:25 ",
     "inside repeat"},
    {HEAD "client open\noptional client recv eof\n", "6:10 ", "wire line"},
    {HEAD "client open\nat noon\n", "6:4 ", "at TIME"},
    {HEAD "client open\nsilence please\n", "6:9 ", "silence ["},
    {HEAD "client open\n& x=1\n", "6:", "under a wire line"},
};

static const struct fails meant[] = {
    {HEAD "client send {}\n", "5:1 ", "no line above it opens stream a"},
    {HEAD "client open\nclient.b send {}\n", "6:1 ", "opens stream b"},
    {HEAD "client open\nserver.b accept\n", "6:1 ", "opens stream b"},
    {HEAD "client open\nclient open\n", "6:1 ", "open already"},
    {HEAD "client open\nclient.b open on=c\n", "6:1 ", "opens stream c"},
    {HEAD "client open\n< GOAWAY last=b\n", "6:1 ", "opens stream b"},
    {HEAD "client open\n>!.g BYTES \"x\"\n", "6:1 ", "opens stream g"},
    {HEAD "client open\nserver return ok\nserver send {}\n", "7:1 ",
     "has returned"},
    {HEAD "client open\nserver recv eof\nserver accept\n", "7:1 ",
     "first line of a handler"},
    {HEAD "client open\nclient half-close\nclient send {}\n", "7:1 ",
     "behind half-close"},
    {ECHO "client open\nserver accept\n", "6:1 ", "no lines but 'stop'"},
    /* modes and folds */
    {MODE("EchoServer") "client open\nclient send {}\nclient send {}\n", "7:1 ",
     "one request"},
    {MODE("EchoClient") "client open\nclient recv {}\n", "6:1 ",
     "behind its half-close"},
    {MODE("EchoClient") "client open\nclient half-close\nserver send {}\n"
                        "server send {}\n",
     "8:1 ", "one answer"},
    {MODE("EchoUnary") "client call {} as c\nserver recv {}\nserver send {}\n"
                       "await c {}\n",
     "7:1 ", "return M"},
    {MODE("EchoServer") "client open\nclient send {}\nclient half-close\n"
                        "server recv {}\nserver recv eof\n",
     "9:1 ", "no end of it"},
    {MODE("EchoUnary") "client call {} as c\nserver recv {}\nserver recv {}\n"
                       "await c {}\n",
     "7:1 ", "one request"},
    {MODE("EchoServer") "client open\nclient half-close\n", "6:1 ",
     "'send' stands above"},
    {HEAD "client open\nserver return {}\n", "6:1 ", "returns no value"},
    {MODE("EchoServer") "client open\nserver accept\nclient send {}\n"
                        "client half-close\n",
     "6:1 ", "no request has come"},
    {MODE(
         "EchoUnary") "client open\nclient send {}\nfence\nclient half-close\n",
     "7:1 ", "inside a fold"},
    {HEAD "client.p call method=Ecko {} = {}\n", "5:1 ", "did you mean 'Echo'"},
    {MODE("EchoClient") "client open\nclient half-close\nclient recv {}\n"
                        "client recv {}\n",
     "8:1 ", "one answer"},
    {MODE("EchoServer") "client open\n< headers\nclient send {}\n"
                        "client half-close\n",
     "6:1 ", "no request has come"},
    {HEAD "client open\nserver accept\nsilence .b\n", "7:1 ", "opens stream b"},
    {CLIENT ">! PING\n", "1:1 ", "no side can be under test"},
    {"claim A.\nrules R-2\nhandler echo\n\n<! PING\n", "1:1 ",
     "nothing is expected of the client"},
    {HEAD "client open\nrepeat 64\nrepeat 64\nrepeat 64\n"
          "client recv eof\nend\nend\nend\n",
     "1:1 ", "more than 20000 lines"},
    /* names */
    {HEAD "client open\nclient recv as r\nawait r eof\npending r\n", "8:1 ",
     "line 7 already"},
    {HEAD "client open\nclient recv as r\n", "6:1 ", "nothing awaits 'r'"},
    {HEAD "client open\nclient recv as reader\nawait raeder eof\n", "7:1 ",
     "did you mean 'reader'"},
    {HEAD "client open\nclient recv as r\nawait r eof\nawait r eof\n", "8:1 ",
     "line 7 already"},
    {HEAD "client open\nclient recv as r\nserver recv as r\nawait r eof\n",
     "7:1 ", "line 6 already"},
    {HEAD "client open\nclient recv eof after 1s..2s since x\n", "6:1 ",
     "issued 'as x'"},
    {HEAD "client open\nrepeat 3\n  client send {} as s$i\nend\nawait s0 ok\n"
          "await s1 ok\n",
     "7:3 ", "awaits 's2'"},
    /* lines without '!' */
    {HEAD "client open\n< trailers grpc-status=0\n", "6:1 ", "write '<!'"},
    {HEAD "client open\n> half-close\n", "6:1 ", "makes the client write"},
    {HEAD "client open\nserver accept\n< GOAWAY code=NO_ERROR\n", "7:1 ",
     "makes the server write"},
    {HEAD "client open\n> reset CANCEL\n", "6:1 ", "write '>!'"},
    {HEAD "client open\n< stream-error CANCEL\n", "6:1 ", "write '<!'"},
    {HEAD "client open\n> headers X-Upper=1\n", "6:1 ", "upper case"},
    {HEAD "client open\n> PING stream=1 data=0000000000000000\n", "6:1 ",
     "on a stream"},
    {HEAD "client open\n> WINDOW_UPDATE increment=0\n", "6:1 ",
     "increment of 0"},
    {HEAD "client open\n> PING data=00\n", "6:1 ", "8 bytes"},
    {HEAD "client open\n> STALL\n", "6:1 ", "STALL"},
    {HEAD "client open\n> FRAME type=6\n", "6:1 ", "has a name"},
    {HEAD "client open\nserver return ok\n< trailers :path=/\n", "7:1 ",
     "pseudo-header"},
    {HEAD "client open\n> data\n", "6:1 ", "did you mean 'DATA'"},
    /* transports */
    {"claim A.\nrules R-1\nclient transport=ttheader\n\nclient open\n"
     "> HEADERS a=1\n",
     "6:1 ", "has no HEADERS"},
    {"claim A.\nrules R-1\nclient transport=ttheader initial-window=1\n\n"
     "client open\n",
     "3:27 ", "has no initial-window"},
    {HEAD "client open\n> TT header\n", "6:1 ", "needs 'client transport"},
    /* branches */
    {HEAD "client open\nserver accept\nclient recv as r\neither a\n"
          "  await r eof\nor b\n  await r eof|error\nend\n",
     "11:3 ", "line 9"},
    {HEAD
     "client open\neither a\n  > headers a=1\nor b\n  > headers b=1\nend\n",
     "9:3 ", "exclude one another"},
    {HEAD
     "client open\neither a\n  > headers a=1\nor b\n  server accept\nend\n",
     "6:1 ", "waits for others"},
    {HEAD "client open\neither a\n  fence\nor b\n  > headers b=1\nend\n",
     "7:3 ", "begins with a line"},
    {HEAD "client open\neither a\nor b\n  > headers b=1\nend\n", "6:1 ",
     "begins with a line"},
    {HEAD "client open\neither a\n  > headers b=1\nend\n", "6:1 ",
     "needs an 'or'"},
    {HEAD
     "client open\neither A\n  > headers b=1\nor b\n  > headers no b\nend\n",
     "6:1 ", "no label"},
    {HEAD
     "client open\neither b\n  > headers b=1\nor b\n  > headers no b\nend\n",
     "6:1 ", "two branches"},
    {HEAD "client open\nany\n  either a\n    > headers b=1\n  or b\n"
          "    > headers no b\n  end\nend\n",
     "7:3 ", "would have to choose"},
    {HEAD "client open\neither a\nfence\nor b\nfence\nor c\nfence\nor d\n"
          "fence\nor e\nfence\nor f\nfence\nor g\nfence\nor h\nfence\n"
          "or i\nfence\nend\n",
     "6:1 ", "more than 8 branches"},
    /* the whole */
    {HEAD, "1:1 ", "no step"},
    {"claim A.\nrules R-3\n\nclient open\n<! PING data=0000000000000000\n",
     "1:1 ", "no side can be under test"},
    {ECHO ">! PING data=0000000000000000\n", "1:1 ",
     "nothing is expected of the server"},
    {ECHO ">! HEADERS hpack=hex:fe\n< connection-error COMPRESSION_ERROR\n",
     "1:1 ", "'control'"},
    {"claim A.\nrules R-1\nwall\n\nclient open\n", "3:1 ", "needless"},
    {HEAD "client open\nserver return biz 7\nclient recv biz 7\n", "6:1 ",
     "needs biz"},
    {HEAD "client open\nserver send {\"message\":\"a\"}\n"
          "client recv {\"message\":\"a\"}\n<! trailers biz-status=7\n"
          "client recv biz 7\n",
     "9:1 ", "needs biz"},
    {"claim A.\nrules R-1\ncontrol t/contrl\n\nclient open\n", "3:9 ",
     "did you mean 't/control'"},
    {"claim A.\nrules R-1\ncontrol t/x\n\nclient open\n", "3:9 ",
     "its own control"},
    {"claim A.\nrules R-1\nformerly t/control\n\nclient open\n", "3:10 ",
     "another's"},
    {AXES("a=\"1 2\",1+2") "client open header k=\"$a\"\n", "1:1 ",
     "two cases have the id"},
};

static void fail_all(const struct fails *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct kt_catalog *c = book_of(v[i].text);
        char *faults = book_faults(c);
        bool found = false;

        for (char *line = strtok(faults, "\n"); line != NULL;
             line = strtok(NULL, "\n"))
            found |= strncmp(line, v[i].at, strlen(v[i].at)) == 0 &&
                     strstr(line, v[i].says) != NULL;
        kt_free(faults);
        faults = book_faults(c);
        cr_expect(found, "wanted %s…%s… of:\n%s\ngot:\n%s", v[i].at, v[i].says,
                  v[i].text, faults);
        kt_free(faults);
        kt_catalog_free(c);
    }
}

Test(lint, a_word_that_is_none_is_said_with_its_place_and_the_nearest)
{
    fail_all(words, sizeof words / sizeof *words);
}

Test(lint, what_cannot_be_meant_is_said)
{
    fail_all(meant, sizeof meant / sizeof *meant);
}

/* What stands near to a fault and is none. */
static const char *const right[] = {
    CLIENT "client open\nclient half-close\nclient send {} error\n",
    HEAD "client open\nserver return ok\nserver send {} error\n",
    HEAD "client open\nclient recv as r\npending r\n",
    CLIENT "client open\nrepeat 2\n  client send {} as s$i\nend\nawait s0 ok\n"
           "await s1 ok\n",
    CLIENT "client open\nrepeat 200\n  client send {} as s$i\nend\n"
           "pending s150\nrepeat 200\n  await s$i ok\nend\n",
    HEAD "client open\nserver accept\neither a\n  > headers b=1\nor b\n"
         "  > headers no b\nend\n",
    HEAD "client open\nclient recv as r\neither a\n  await r eof\nor b\n"
         "  await r status CANCELLED\nor c\n  await r biz 1\nend\n",
    CLIENT "client open deadline=1s\n> reset CANCEL\n",
    CLIENT "client.b open\nclient open\nclient.b cancel\n> reset CANCEL\n",
    HEAD "client open\n>! RST_STREAM code=CANCEL\n< GOAWAY code=NO_ERROR\n"
         "< CLOSE any\n",
    CLIENT "client open\n> WINDOW_UPDATE increment=1.. stream=0\n",
    ECHO "client open\n< message\n< trailers grpc-status=0\n",
    ECHO ">! headers\n< trailers grpc-status=!0\nprobe\n",
    ECHO "client open\nclient.p call on=new transport=framed method=Nope {} = "
         "error\n",
    MODE("EchoClient") "client open\nclient send {}\nclient half-close\n"
                       "server recv {}\nserver recv eof\nserver send {}\n"
                       "server return ok\nclient recv {}\n",
    "claim A.\nrules R-2\nwall\n\nclient open\nat 1s\nclient cancel\n",
    "claim A.\nrules R-1\ncontrol t/control\nhandler echo\n\n"
    ">! HEADERS hpack=hex:fe\n< connection-error COMPRESSION_ERROR\n",
    "claim A.\nrules R-1\ncost memory=1MiB\nhandler echo\n\n"
    ">! PING repeat=9\noptional < connection-error CANCEL\n",
    "claim A.\nrules R-2\nclient transport=ttheader\n\nclient open\n"
    "> headers\n> TT header seq=1 int.2=x str.k=v\n",
};

Test(lint, what_is_right_is_clean)
{
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        struct kt_catalog *c = book_of(right[i]);
        char *faults = book_faults(c);

        cr_expect(faults[0] == '\0', "%s\ngot:\n%s", right[i], faults);
        kt_free(faults);
        kt_catalog_free(c);
    }
}

/* First lines of two branches: can one thing satisfy both? */
static const struct {
    const char *a, *b;
    bool overlap;
} pairs[] = {
    {"> headers a=1", "> headers a=2", false},
    {"> headers a=1", "> headers no a", false},
    {"> headers a=1", "> headers b=1", true},
    {"> headers a=1|2", "> headers a=2|3", true},
    {"> headers a=1|2", "> headers a=3|4", false},
    {"> headers a=1..5", "> headers a=6..9", false},
    {"> headers a=1..5", "> headers a=5..9", true},
    {"> headers a=!1", "> headers a=1", false},
    {"> headers a=!1", "> headers a=2", true},
    {"> headers a=~\"^x\"", "> headers a=y", false},
    {"> headers a=~\"^x\"", "> headers a=xy", true},
    {"> headers a=~\"^x\"", "> headers a=~\"^y\"", true}, /* who knows */
    {"> headers", "> half-close", false},
    {"> headers", "> HEADERS", true},
    {"> message {\"message\":\"a\"}", "> message {\"message\":\"b\"}", false},
    {"> message {\"message\":\"a\"}", "> message", true},
    {"> message size=9", "> message size=10", false},
    {"> message bytes hex:00", "> message bytes hex:01", false},
    {"> message bytes hex:00", "> message bytes hex:00", true},
    {"> reset CANCEL", "> reset INTERNAL_ERROR", false},
    {"> reset CANCEL", "> reset 8..9", true},
    {"> reset", "> reset CANCEL", true},
    {"> reset CANCEL", "> RST_STREAM code=CANCEL", true},
    {"> reset CANCEL", "> RST_STREAM code=NO_ERROR", false},
    {"> stream-error CANCEL", "> connection-error CANCEL", true},
    {"> stream-error CANCEL", "> connection-error NO_ERROR", false},
    {"> stream-error CANCEL", "> trailers", false},
    {"> connection-error CANCEL", "> CLOSE", true},
    {"> GOAWAY last=1", "> GOAWAY last=3", false},
    {"> headers", ">.b headers", true}, /* both may come */
    {"> headers", "await r eof", true},
    {"await r eof", "await r status CANCELLED", false},
    {"await r eof", "await r eof", true},
    {"await r eof", "await q status CANCELLED", true},
    {"await r status CANCELLED|INTERNAL", "await r status INTERNAL", true},
    {"await r status INTERNAL a", "await r status INTERNAL b", false},
    {"await r error", "await r status INTERNAL", true},
    {"await r error", "await r {}", false},
    {"await r biz 1", "await r biz 2", false},
    {"await r biz 1", "await r status INTERNAL", false},
    {"await r {}", "await r ok", true},
    {"await r exception A {}", "await r exception B {}", false},
    {"client header a=1", "client header a=2", false},
    {"client header a=1", "client trailer a=2", true},
    {"client recv {}", "client recv eof", false},
    {"client recv", "client recv {}", true},
};

Test(lint, branches_exclude_one_another_or_do_not)
{
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char *text = kt_xasprintf(
            CLIENT "client.b open\nclient.b recv as q\nclient open\n"
                   "client recv as r\n<! PING data=0000000000000000\n"
                   "either a\n  %s\nor b\n  %s\nend\npending q\npending r\n",
            pairs[i].a, pairs[i].b);
        struct kt_catalog *c = book_of(text);
        char *faults = book_faults(c);

        cr_expect_eq(strstr(faults, "exclude one another") != NULL,
                     pairs[i].overlap, "%s\n%s", text, faults);
        kt_free(faults);
        kt_free(text);
        kt_catalog_free(c);
    }
}

/* Faults of a file come all at once, in the order of its lines, each once
 * whatever the number of cases. */
Test(lint, all_faults_are_said_in_order_and_once)
{
    struct kt_catalog *c = book_of(
        "claim A\nrules R-9\naxes n=1,2,3\n\nclient opne\n> headrs n=$n\n");
    char *faults = book_faults(c);

    cr_expect_str_eq(faults,
                     "1:7 the claim is a sentence: it ends in a full stop\n"
                     "2:7 no rule 'R-9', did you mean 'R-1'?\n"
                     "5:8 no client step 'opne', did you mean 'open'?\n"
                     "6:3 no frame 'headrs', did you mean 'headers'?\n",
                     "got:\n%s", faults);
    kt_free(faults);
    kt_catalog_free(c);
}
