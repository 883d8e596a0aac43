/* A report file that is valid after every write: new text goes over the old
 * tail. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include <stdio.h>

struct kt_report_file {
    FILE *f;
    bool is_stdout;     /* nothing is written before the end */
    long body_end;      /* where the tail begins */
    struct kt_buf held; /* stdout: the body so far */
};

enum kt_step kt_report_file_open(struct kt_report_file *rf, const char *path,
                                 struct kt_err *reterr);
/* Append body in front of the tail, which is then tail. last: no more follows.
 */
void kt_report_file_put(struct kt_report_file *rf, const char *body,
                        const char *tail, bool last);
void kt_report_file_close(struct kt_report_file *rf);
