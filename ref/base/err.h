/* The three outcomes of every step, and what went wrong in the third.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* DONE  the outputs are set
 * MORE  more bytes (or window, or time) would help; nothing was touched
 * BAD   *reterr is set; outputs and cursor are untouched */
enum kt_step { KT_DONE, KT_MORE, KT_BAD };

/* How far a peer's error reaches: RFC 9113 5.4. */
enum kt_scope { KT_SCOPE_NONE, KT_SCOPE_STREAM, KT_SCOPE_CONN };

/* The closed list. KT_CODES(X) so that names cannot drift from values. */
#define KT_CODES(X)                                                            \
    X(OK)                                                                      \
    X(NOMEM)       /* an allocation failed or an own limit was reached */      \
    X(TOO_BIG)     /* a length or size above its limit */                      \
    X(TOO_MANY)    /* a count above its limit */                               \
    X(TOO_DEEP)    /* nesting above its limit */                               \
    X(TRUNCATED)   /* the input ends inside an element */                      \
    X(SYNTAX)      /* text that its grammar does not allow */                  \
    X(RANGE)       /* a number out of its range */                             \
    X(TYPE)        /* a value of another type than declared */                 \
    X(MISSING)     /* a required element is absent */                          \
    X(UNKNOWN)     /* a name that nothing defines */                           \
    X(DUPLICATE)   /* given twice where once is allowed */                     \
    X(ORDER)       /* an event that the state does not allow */                \
    X(FRAME_SIZE)  /* a frame of a length that its type forbids */             \
    X(PROTOCOL)    /* another violation of HTTP/2 or gRPC framing */           \
    X(FLOW)        /* more DATA than the window allows */                      \
    X(COMPRESSION) /* HPACK or message decompression failed */                 \
    X(PREFIX_FLAG) /* the flag of a message prefix is neither 0 nor 1 */       \
    X(CLOSED)      /* the stream or connection has ended */                    \
    X(IO)          /* the operating system refused; text in detail */

#define KT_CODE_ENUM(name) KT_E_##name,
enum kt_code { KT_CODES(KT_CODE_ENUM) KT_CODE_COUNT };
#undef KT_CODE_ENUM

struct kt_err {
    enum kt_code code;
    enum kt_scope scope;
    size_t at;        /* byte offset in the caller's input */
    const char *rule; /* rule id, a literal; "" when none applies */
    char detail[160]; /* one clause for a person, "" when code says it all */
};

const char *kt_code_name(enum kt_code c);

/* Fill *reterr and return KT_BAD. rule may be NULL. */
enum kt_step kt_bad(struct kt_err *reterr, enum kt_code code,
                    enum kt_scope scope, size_t at, const char *rule);
/* The same with a printf-formatted detail. */
enum kt_step kt_badf(struct kt_err *reterr, enum kt_code code, size_t at,
                     const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
