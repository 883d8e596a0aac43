/* Reason codes: why a case has its verdict. The closed list; a baseline entry
 * carries one of them. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>

/* X(id, code, what it means to a reader) */
#define KT_REASONS(X)                                                          \
    X(NONE, "", "")                                                            \
    X(NOTHING_CAME, "nothing-came", "what was expected never came")            \
    X(MISMATCH, "mismatch", "it came, with other fields")                      \
    X(UNEXPECTED, "unexpected", "bytes came that nothing accounts for")        \
    X(WRONG_OUTCOME, "wrong-outcome", "the step gave another kind of outcome") \
    X(WRONG_CODE, "wrong-code", "an error with another code")                  \
    X(WRONG_TEXT, "wrong-text", "an error with another text")                  \
    X(WRONG_MESSAGE, "wrong-message", "a message with another value")          \
    X(WRONG_VALUE, "wrong-value", "metadata, deadline or event differ")        \
    X(MALFORMED, "malformed", "a message that cannot be decoded")              \
    X(TOO_EARLY, "too-early", "it came before its time")                       \
    X(TOO_LATE, "too-late", "it came after its time")                          \
    X(NOT_PENDING, "not-pending", "an answer came that should have waited")    \
    X(MISSING, "missing", "bytes that a step implies never came")              \
    X(CLOSED, "closed", "the connection ended where it should live")           \
    X(BARE_CLOSE, "bare-close", "closed without the code that is due")         \
    X(STANDING, "standing", "a rule of HTTP/2 or gRPC was broken meanwhile")   \
    X(NO_CONNECTION, "no-connection", "a connection could not be made")        \
    X(NO_ANSWER, "no-answer", "the driver gave no answer in time")             \
    X(HELD, "held", "streams, handlers or requests were held at the end")      \
    X(NOT_ALIVE, "not-alive", "no echo after the case")                        \
    X(COST, "cost", "memory, handlers or time beyond the bound")               \
    X(CRASHED, "crashed", "the SUT or its driver ended")                       \
    X(REFUSED, "refused", "the driver declared it and then refused it")        \
    X(UNSUPPORTED, "unsupported", "the driver cannot do this step")            \
    X(CAPABILITY, "capability", "a capability is not declared")                \
    X(LATER, "later", "a word that this version does not run")                 \
    X(NO_DRIVER, "no-driver", "needs a driver")                                \
    X(NOT_THIS_ROLE, "role", "the scenario does not have this role")           \
    X(CONTROL, "control", "the control case did not pass")                     \
    X(STALLED, "stalled", "the host stood still; no judgement")                \
    X(LABEL, "label", "a branch or form that was taken")                       \
    X(HARNESS, "harness", "a defect of ktspec itself")

#define KT_REASON_ENUM(id, code, text) KT_R_##id,
enum kt_reason { KT_REASONS(KT_REASON_ENUM) KT_REASON_COUNT };
#undef KT_REASON_ENUM

const char *kt_reason_code(enum kt_reason r); /* "wrong-code" */
const char *kt_reason_text(enum kt_reason r);
bool kt_reason_known(const char *code); /* for baseline files */
