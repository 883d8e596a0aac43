/* The functions that mutants are made of: each changes one thing at a seam, by
 * the parameters of its row. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "selftest/mutant.h"

/* FIELDS. at, path, nth by n when order is 2. */
void kt_fault_drop(struct kt_unit *u,
                   const struct kt_mutant *m); /* name1; value: only that one */
void kt_fault_set(
    struct kt_unit *u,
    const struct kt_mutant *m); /* name1 to value, added if absent */
void kt_fault_change(
    struct kt_unit *u,
    const struct kt_mutant *m); /* name1 to value, if present */
void kt_fault_swap(struct kt_unit *u,
                   const struct kt_mutant *m); /* first two values of name1 */
void kt_fault_next_status(
    struct kt_unit *u,
    const struct kt_mutant *m); /* an error code to the next */
void kt_fault_ok_to_two(struct kt_unit *u,
                        const struct kt_mutant *m); /* name1: value 0 to 2 */
void kt_fault_biz_ok(
    struct kt_unit *u,
    const struct kt_mutant *m); /* name1 to value beside biz-status */
void kt_fault_block_cut(
    struct kt_unit *u,
    const struct kt_mutant *m); /* blocks of n2 bytes: legal */
void kt_fault_nothing(struct kt_unit *u,
                      const struct kt_mutant *m); /* legal: written anew */
void kt_fault_decode(struct kt_unit *u,
                     const struct kt_mutant *m); /* percent-decode name1 */
void kt_fault_upper(struct kt_unit *u,
                    const struct kt_mutant *m); /* name1 in capitals */
void kt_fault_times(struct kt_unit *u,
                    const struct kt_mutant *m); /* n2 times */
void kt_fault_no_end(struct kt_unit *u,
                     const struct kt_mutant *m); /* END_STREAM off, any seam */

/* MESSAGE. From the n-th on; with order 2 only the n-th. */
void kt_fault_message_times(struct kt_unit *u,
                            const struct kt_mutant *m); /* n2 */
void kt_fault_flag(struct kt_unit *u,
                   const struct kt_mutant *m); /* prefix flag to n2 */
void kt_fault_length(struct kt_unit *u,
                     const struct kt_mutant *m); /* length plus n2 */
void kt_fault_wrap(struct kt_unit *u,
                   const struct kt_mutant *m); /* in field n2 of a struct */
void kt_fault_unwrap(struct kt_unit *u, const struct kt_mutant *m);
void kt_fault_spoil(
    struct kt_unit *u,
    const struct kt_mutant *m); /* last byte but one, above n2 bytes */
void kt_fault_cut(struct kt_unit *u,
                  const struct kt_mutant *m); /* frames of n2 bytes: legal */

/* FRAME of type n (a name in value is a flag that must be set: "ack", "end").
 */
void kt_fault_drop_frame(struct kt_unit *u, const struct kt_mutant *m);
void kt_fault_spoil_frame(struct kt_unit *u,
                          const struct kt_mutant *m); /* first byte */
void kt_fault_no_end_data(
    struct kt_unit *u, const struct kt_mutant *m); /* END_STREAM of DATA off */
void kt_fault_code(struct kt_unit *u,
                   const struct kt_mutant *m); /* RST_STREAM, GOAWAY: code n2 */
void kt_fault_window(
    struct kt_unit *u,
    const struct kt_mutant *m); /* SETTINGS: initial window n2 */
void kt_fault_after_reset(
    struct kt_unit *u,
    const struct kt_mutant *m); /* DATA behind an RST_STREAM */
void kt_fault_early_end(struct kt_unit *u,
                        const struct kt_mutant *m); /* trailers at half-close */
void kt_fault_split(struct kt_unit *u,
                    const struct kt_mutant *m); /* DATA of n2 bytes: legal */
void kt_fault_pad(struct kt_unit *u, const struct kt_mutant *m); /* legal */
void kt_fault_extra(
    struct kt_unit *u,
    const struct kt_mutant *m); /* a frame of type n2 behind: legal */

/* TURN: op is name1; with order 2 only its n-th. */
void kt_fault_answer(struct kt_turn *t,
                     const struct kt_mutant
                         *m); /* value, JSON, when the answer has member path */
void kt_fault_silent(struct kt_turn *t, const struct kt_mutant *m);
void kt_fault_forget(struct kt_turn *t,
                     const struct kt_mutant *m); /* member value of "ok" */
void kt_fault_code_turn(struct kt_turn *t,
                        const struct kt_mutant *m); /* error code n to n2 */

/* FIELDS, with conditions: at, path, with (see kt_list_is_meant); order 2:
 * behind n bytes of DATA. */
void kt_fault_become(
    struct kt_unit *u,
    const struct kt_mutant
        *m); /* name1 whose value matches value (NULL: any) becomes value2 */
void kt_fault_lose(struct kt_unit *u, const struct kt_mutant *m); /* goes */
void kt_fault_further(
    struct kt_unit *u,
    const struct kt_mutant *m); /* name1 with value2, one more */
void kt_fault_joined(
    struct kt_unit *u,
    const struct kt_mutant *m); /* first two values of name1, by a comma */
void kt_fault_renamed(struct kt_unit *u,
                      const struct kt_mutant *m); /* name1 to value2 */
void kt_fault_lower(struct kt_unit *u,
                    const struct kt_mutant *m); /* every name */
void kt_fault_pseudo_first(struct kt_unit *u, const struct kt_mutant *m);
void kt_fault_lose_block(
    struct kt_unit *u,
    const struct kt_mutant *m); /* from the n2-th on, unless it ends a response;
                                   any that cannot be decoded */
void kt_fault_lose_even(struct kt_unit *u,
                        const struct kt_mutant *m); /* on even streams */
void kt_fault_before_ack(
    struct kt_unit *u,
    const struct kt_mutant *m); /* lost until SETTINGS are acked */
void kt_fault_early_answer(
    struct kt_unit *u,
    const struct kt_mutant *m); /* become, until the client has half-closed */
void kt_fault_cut_off(
    struct kt_unit *u,
    const struct kt_mutant *
        m); /* the connection is cut at name1 matching value, or at n2 frames */
void kt_fault_unread(
    struct kt_unit *u,
    const struct kt_mutant
        *m); /* it is cut behind trailers that leave messages unread */
void kt_fault_ends(struct kt_unit *u,
                   const struct kt_mutant *m); /* END_STREAM on */
void kt_fault_message_before(
    struct kt_unit *u,
    const struct kt_mutant
        *m); /* trailers with an error have a message in front */
void kt_fault_torn_block(struct kt_unit *u,
                         const struct kt_mutant *m); /* a PING inside */

/* FRAME of type n (10: any unknown), on path; value: ACK or END_STREAM is set.
 */
void kt_fault_kill(
    struct kt_unit *u,
    const struct kt_mutant *m); /* the SUT gives up the connection */
void kt_fault_kill_after_end(
    struct kt_unit *u,
    const struct kt_mutant *m); /* of a stream that has ended */
void kt_fault_frame_times(struct kt_unit *u,
                          const struct kt_mutant *m); /* n2 */
void kt_fault_lose_behind_data(
    struct kt_unit *u, const struct kt_mutant *m); /* n2 bytes of it or more */
void kt_fault_no_end_on(struct kt_unit *u, const struct kt_mutant *m);
void kt_fault_end_data(struct kt_unit *u,
                       const struct kt_mutant *m); /* END_STREAM on */
void kt_fault_later(struct kt_unit *u,
                    const struct kt_mutant *m); /* by n2 ns */
void kt_fault_reset_above(
    struct kt_unit *u,
    const struct kt_mutant *m); /* the stream, above n2 bytes */
void kt_fault_short_data(struct kt_unit *u,
                         const struct kt_mutant *m); /* less than a prefix: the
                                                        SUT resets the stream */
void kt_fault_end_is_ok(
    struct kt_unit *u,
    const struct kt_mutant *m); /* trailers with status 0 in place of an end */
void kt_fault_end_by_headers(struct kt_unit *u, const struct kt_mutant *m);
void kt_fault_more_behind(struct kt_unit *u,
                          const struct kt_mutant *m); /* DATA behind the end */
void kt_fault_extra_before(
    struct kt_unit *u,
    const struct kt_mutant *m); /* the first; one of type n2 */
void kt_fault_stray_data(
    struct kt_unit *u,
    const struct kt_mutant
        *m); /* on a stream that nobody opened, behind the second */
void kt_fault_push(struct kt_unit *u,
                   const struct kt_mutant *m); /* before the first */
void kt_fault_big_window(struct kt_unit *u,
                         const struct kt_mutant *m); /* before the first */
void kt_fault_goaway_last(struct kt_unit *u,
                          const struct kt_mutant *m); /* n2 */
void kt_fault_goaway_again(struct kt_unit *u,
                           const struct kt_mutant *m); /* with 2^31-1 */
void kt_fault_cut_behind(struct kt_unit *u,
                         const struct kt_mutant *m); /* the connection */
void kt_fault_setting(
    struct kt_unit *u,
    const struct kt_mutant *m); /* id n to n2; order 2: not in the first */
void kt_fault_even_ids(struct kt_unit *u,
                       const struct kt_mutant *m); /* any seam */

/* MESSAGE, on path. */
void kt_fault_frame_max(struct kt_unit *u,
                        const struct kt_mutant *m); /* frames of n2 bytes */
void kt_fault_lose_on_stream(
    struct kt_unit *u,
    const struct kt_mutant *m); /* the n-th of its connection */
void kt_fault_shorten(
    struct kt_unit *u,
    const struct kt_mutant *m); /* by its last byte; its prefix stands */
void kt_fault_empty_is_struct(struct kt_unit *u, const struct kt_mutant *m);
void kt_fault_struct_is_empty(struct kt_unit *u, const struct kt_mutant *m);
void kt_fault_garbage_is_struct(struct kt_unit *u, const struct kt_mutant *m);
void kt_fault_unknown_refused(
    struct kt_unit *u,
    const struct kt_mutant *m); /* field 100 makes the body malformed */
void kt_fault_rest_lost(struct kt_unit *u,
                        const struct kt_mutant *m); /* REST */
void kt_fault_field_id(struct kt_unit *u,
                       const struct kt_mutant *m); /* of the first field: n2 */
void kt_fault_encoding_ignored(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FIELDS: lose; MESSAGE: flag off */
void kt_fault_reordered(struct kt_unit *u,
                        const struct kt_mutant *m); /* first and second */
void kt_fault_overtaken(
    struct kt_unit *u,
    const struct kt_mutant *m); /* MESSAGE, FIELDS, FRAME: delayed by n2 ns,
                                   lost when the stream ends badly */

/* TURN. */
void kt_fault_ask(struct kt_turn *t,
                  const struct kt_mutant *m); /* request with member path: that
                                                 becomes value, JSON */
void kt_fault_ask_code(struct kt_turn *t,
                       const struct kt_mutant *m); /* return of status n: n2 */
void kt_fault_silent_if(
    struct kt_turn *t,
    const struct kt_mutant *m); /* no answer that has member path */
void kt_fault_add_meta(
    struct kt_turn *t,
    const struct kt_mutant *m); /* ok of accept: transient path=value */
void kt_fault_narrow(struct kt_turn *t,
                     const struct kt_mutant *m); /* integers of a message */
void kt_fault_event_lost(
    struct kt_turn *t,
    const struct kt_mutant *m); /* of name value, as the next three */
void kt_fault_event_twice(struct kt_turn *t, const struct kt_mutant *m);
void kt_fault_event_last(struct kt_turn *t, const struct kt_mutant *m);
void kt_fault_event_field(struct kt_turn *t,
                          const struct kt_mutant *m); /* path is value2 */

/* An HTTP/2 endpoint that takes what it must refuse, and the other way about.
 */
void kt_fault_deaf(struct kt_unit *u,
                   const struct kt_mutant *m); /* FRAME: once n2 of type n have
                                                  come, no DATA is read */
void kt_fault_forgiven(
    struct kt_unit *u,
    const struct kt_mutant
        *m); /* FRAME of type n that breaks its own layout: ignored */
void kt_fault_idle_ignored(
    struct kt_unit *u,
    const struct kt_mutant
        *m); /* FRAME of type n on a stream without HEADERS: ignored */
void kt_fault_late_ignored(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FRAME of type n behind the end: ignored */
void kt_fault_flags_refused(
    struct kt_unit *u,
    const struct kt_mutant
        *m); /* FRAME of type n with undefined flags costs the connection */
void kt_fault_setting_refused(
    struct kt_unit *u,
    const struct kt_mutant *m); /* a setting above id n costs the connection */
void kt_fault_declared(
    struct kt_unit *u,
    const struct kt_mutant
        *m); /* a bare prefix above n2 bytes costs the connection */
void kt_fault_shape_refused(
    struct kt_unit *u,
    const struct kt_mutant
        *m); /* FIELDS: HEADERS with any of the flags n2 costs the connection */
void kt_fault_update_refused(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FIELDS: a table size update does */
void kt_fault_count_refused(
    struct kt_unit *u,
    const struct kt_mutant
        *m); /* FIELDS, BROKEN: more than n2 fields do, with a wrong code */
void kt_fault_lower_id_ignored(
    struct kt_unit *u,
    const struct kt_mutant
        *m); /* FIELDS: a stream below an earlier one is ignored */
void kt_fault_names_taken(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FIELDS: malformed names are passed over */
void kt_fault_values_taken(
    struct kt_unit *u,
    const struct kt_mutant *m); /* so are values with NUL, CR, LF */
void kt_fault_twice_taken(
    struct kt_unit *u,
    const struct kt_mutant *m); /* and pseudo-header fields given twice */
void kt_fault_pseudo_taken(
    struct kt_unit *u,
    const struct kt_mutant *m); /* and those of no request or response */
void kt_fault_hop_taken(
    struct kt_unit *u,
    const struct kt_mutant *m); /* and connection-specific fields */
void kt_fault_filled(struct kt_unit *u,
                     const struct kt_mutant *m); /* FIELDS: name1 is value where
                                                    a request lacks it */
void kt_fault_block_ahead(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FIELDS: bytes value, in hex, ahead of blocks
                                   from the n2-th stream on */
void kt_fault_head_shape(
    struct kt_unit *u,
    const struct kt_mutant *m); /* legal, as all that follow: HEADERS padded by
                                   n, with a priority if n2 */
void kt_fault_more_settings(
    struct kt_unit *u, const struct kt_mutant *m); /* settings of unknown ids */
void kt_fault_settings_again(
    struct kt_unit *u,
    const struct kt_mutant
        *m); /* FRAME: an empty SETTINGS behind the first of type n */
void kt_fault_each_behind(
    struct kt_unit *u,
    const struct kt_mutant
        *m); /* FRAME: a frame of type n2 behind the first of type n */
void kt_fault_empty_before(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FRAME: an empty DATA before DATA */
void kt_fault_window_halves(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FRAME: an increment in two */
void kt_fault_odd_head(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FRAME: flags n2 on; the reserved bit, if n */
void kt_fault_fields_back(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FIELDS: in the opposite order */
void kt_fault_never_indexed(struct kt_unit *u,
                            const struct kt_mutant *m); /* FIELDS: as such */
void kt_fault_no_reset(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FRAME: no NO_ERROR behind the end */
void kt_fault_four_behind(
    struct kt_unit *u,
    const struct kt_mutant *m); /* OUT: a frame of type n2, of four bytes,
                                   behind type n; on stream at */

/* The end of a stream, and behind it; path. */
void kt_fault_kill_late_data(
    struct kt_unit *u, const struct kt_mutant *m); /* FRAME: DATA on a stream
                              whose other way has ended costs the connection */
void kt_fault_kill_reset_behind(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FRAME: a reset behind END_STREAM does */
void kt_fault_not_made(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FIELDS: the n-th request of a connection and
                                   further ones: not a byte of them */
void kt_fault_kill_from(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FIELDS: trailers from the n-th stream on */
void kt_fault_early_status(
    struct kt_unit *u,
    const struct kt_mutant *m); /* MESSAGE: status 0 right behind it */
void kt_fault_again(struct kt_unit *u,
                    const struct kt_mutant *m); /* FRAME, FIELDS: a call that
                                           failed is opened a second time */
void kt_fault_become_timed(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FIELDS: become, of a call with a deadline */

/* MESSAGE, on path, of a body that begins with the hex digits of value; with n
 * it is no longer. */
void kt_fault_body_becomes(struct kt_unit *u,
                           const struct kt_mutant *m); /* value2, in hex */
void kt_fault_body_kills(
    struct kt_unit *u,
    const struct kt_mutant *m); /* the SUT gives up the connection */
void kt_fault_lost_behind_body(
    struct kt_unit *u,
    const struct kt_mutant *m); /* what comes behind it on its stream */
void kt_fault_odd_flag_kills(
    struct kt_unit *u, const struct kt_mutant *m); /* a flag of n2 or more */
void kt_fault_held_up(
    struct kt_unit *u,
    const struct kt_mutant *m); /* lost while another stream is inside one */
void kt_fault_short_rest_lost(struct kt_unit *u,
                              const struct kt_mutant *m); /* REST of n2 bytes */
void kt_fault_answer_invented(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FIELDS: before trailers without a message */
/* Of headers: MESSAGE, TURN. */
void kt_fault_headers_first(
    struct kt_unit *u,
    const struct kt_mutant *m); /* response headers before a message that has
                                   none before it */
void kt_fault_at_once(struct kt_turn *t,
                      const struct kt_mutant *m); /* value, JSON, unasked */

/* Of a connection: OPENING, END, FRAME, FIELDS. */
void kt_fault_preface_taken(
    struct kt_unit *u,
    const struct kt_mutant *m); /* whatever follows its first n bytes */
void kt_fault_settings_ahead(
    struct kt_unit *u,
    const struct kt_mutant *m); /* of a first frame that is none */
void kt_fault_early_end_crashes(
    struct kt_unit *u,
    const struct kt_mutant *m); /* an end costs all connections: before the
                                   preface, or with n behind it */
void kt_fault_end_unnoticed(
    struct kt_unit *u,
    const struct kt_mutant *m); /* behind n2 frames of type n */
void kt_fault_one_too_many(
    struct kt_unit *u,
    const struct kt_mutant *m); /* the n2-th of type n costs the connection */
void kt_fault_mute_behind_data(
    struct kt_unit *u,
    const struct kt_mutant
        *m); /* no ack of type n once a stream has n2 bytes of DATA */
void kt_fault_silence_kills(
    struct kt_unit *u,
    const struct kt_mutant
        *m); /* DATA of a stream that was silent for n2 ns does */
void kt_fault_lost_behind_reset(
    struct kt_unit *u,
    const struct kt_mutant *m); /* requests, once a stream was reset */
void kt_fault_lost_from(struct kt_unit *u,
                        const struct kt_mutant *m); /* the n-th stream on */
void kt_fault_ids_swapped(
    struct kt_unit *u,
    const struct kt_mutant *m); /* any seam: stream n and the one behind it */
void kt_fault_even_goaway_ignored(struct kt_unit *u, const struct kt_mutant *m);
void kt_fault_code_ends_all(
    struct kt_unit *u,
    const struct kt_mutant *m); /* GOAWAY with a code: last id 0 */
void kt_fault_last_too_early(
    struct kt_unit *u,
    const struct kt_mutant *m); /* GOAWAY: the last stream so far; no PING comes
                                   in, so that a drain waits */
void kt_fault_lost_at_end(
    struct kt_unit *u,
    const struct kt_mutant *m); /* MESSAGE, END: messages of the last n2 ns */
void kt_fault_setting_restored(
    struct kt_unit *u,
    const struct kt_mutant *m); /* id n as n2, to later SETTINGS without it */
void kt_fault_first_value(
    struct kt_unit *u,
    const struct kt_mutant *m); /* of a setting given twice */
void kt_fault_no_connection_credit(
    struct kt_unit *u,
    const struct kt_mutant *m); /* type n on stream 0 is lost */

/* Windows; FRAME where nothing else is said. */
void kt_fault_setting_added(
    struct kt_unit *u, const struct kt_mutant *
                           m); /* the first SETTINGS without id n: that is n2 */
void kt_fault_setting_above(struct kt_unit *u,
                            const struct kt_mutant *m); /* n2 of id n: n2 */
void kt_fault_increment_ignored(struct kt_unit *u,
                                const struct kt_mutant *m); /* of n2 or more */
void kt_fault_code_becomes(
    struct kt_unit *u,
    const struct kt_mutant *m); /* n becomes n2 in RST_STREAM and GOAWAY */
void kt_fault_credit_at_once(
    struct kt_unit *u, const struct kt_mutant *
                           m); /* the SUT gives type n back, from n2 bytes on */
void kt_fault_waiting_data_sent(
    struct kt_unit *u,
    const struct kt_mutant *m); /* of a stream that was reset, at the next word
                                   on windows */
void kt_fault_padding_not_counted(struct kt_unit *u, const struct kt_mutant *m);
void kt_fault_waits_for_window(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FIELDS: lost while the peer's is zero */
void kt_fault_waits_behind(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FIELDS: lost behind n2 bytes of DATA on the
                                   connection */

/* How a connection begins: OPENING; all but ignored. */
void kt_fault_too_few(
    struct kt_unit *u,
    const struct kt_mutant *m); /* first piece of less than n2 bytes: costs the
                                   connection */
void kt_fault_too_many(
    struct kt_unit *u,
    const struct kt_mutant *m); /* so do more pieces than n2 */
void kt_fault_foreign_ignored(
    struct kt_unit *u,
    const struct kt_mutant *m); /* no preface: ignored; order 2: byte n first */
void kt_fault_foreign_crashes(
    struct kt_unit *u, const struct kt_mutant *m); /* costs all connections */
void kt_fault_upgrades(struct kt_unit *u,
                       const struct kt_mutant *m); /* Upgrade: 101 */
void kt_fault_ignored(
    struct kt_unit *u,
    const struct kt_mutant *m); /* LONG; order 2: once a frame of type n came */

/* HTTP/2, once more. */
void kt_fault_ping_ack_kills(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FRAME: one whose first byte is n */
void kt_fault_late_block_ignored(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FIELDS: a request behind its stream's end */
void kt_fault_half_refused(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FIELDS: request trailers without END_STREAM
                                   are reset, and not told to the handler */
void kt_fault_table_forgotten(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FIELDS: a block that needs the table costs
                                   the connection, once a stream was over */
void kt_fault_end_inside_crashes(
    struct kt_unit *u,
    const struct kt_mutant *m); /* END inside a frame or a block costs all
                                   connections; order 2: a block only */
void kt_fault_places_kept(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FIELDS: as many streams as the SUT allows at
                                   a time, and no more, are served at all */
void kt_fault_gap_refused(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FIELDS: an id of n or more that is not the
                                   next costs the connection */

void kt_fault_twice_kills(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FIELDS: a second timeout or content-type
                                   costs the connection */
void kt_fault_long_resets(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FIELDS: trailers of more than n2 bytes are a
                                   reset */
void kt_fault_held_back(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FIELDS, FRAME: all of a stream is held back
                                   until its half-close */
void kt_fault_unseen(struct kt_unit *u,
                     const struct kt_mutant *m); /* FIELDS: a stream whose name1
                                                    matches value is not seen */
void kt_fault_said_again(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FIELDS: what the request has as name1 stands
                                   in the trailers' value, raw */

/* And of what waits, or stands behind another thing. */
void kt_fault_later_error(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FRAME of type n that breaks its own layout,
                                   with more behind it: the code is n2 */
void kt_fault_three_bytes(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FRAME: the first byte of a length is 0 */
void kt_fault_reused(
    struct kt_unit *u,
    const struct kt_mutant *m); /* MESSAGE: one of n2 bytes and more has the
                                   bytes of the one behind it */
void kt_fault_neighbour_reset(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FIELDS: n2 ns behind a request with a
                                   timeout, the stream before it is reset */
void kt_fault_send_waits(
    struct kt_turn *t,
    const struct kt_mutant *m); /* TURN: no Send returns beside a Recv */

/* Compression. */
void kt_fault_unpacked(struct kt_unit *u,
                       const struct kt_mutant *m); /* MESSAGE: packed ones go
                                                      plain; FIELDS: lose */
void kt_fault_small_is_nothing(
    struct kt_unit *u,
    const struct kt_mutant
        *m); /* MESSAGE: what unpacks to n2 bytes or fewer has none */
void kt_fault_packed_by_head(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FIELDS, MESSAGE: behind a list that is meant
                                   every message has the flag */
void kt_fault_packs(
    struct kt_unit *u,
    const struct kt_mutant *m); /* FIELDS, MESSAGE, both ways: behind a request
                                   that is meant plain answers are packed */
