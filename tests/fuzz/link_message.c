/*
 * link_message.c - fuzz target: exchange messages of anyone's making
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Input: an octet that says who gets the message, whether the ends have a
 * pre-shared key or signatures, and which message is meant; one for how far
 * the ends are: the script goes through a start, a derived key, an agreed
 * one and a start anew, one step at a time, and so through every state of
 * an exchange. The rest is the message, or pairs of a place and a change to
 * one of those that the script has sent so far, or will.
 *
 * A message that is refused changes nothing. With a pre-shared key one that
 * was not sent is refused; with signatures a start may be begun by anybody,
 * and then comes to nothing. In any case the ends come to rest afterwards,
 * and agree.
 */
#include "link_tools.h"

#define STEPS    200
#define MESSAGES 24

static struct script {
	unsigned steps, messages;
	struct tool_pair at[STEPS];
	struct message {
		unsigned char bytes[SEAMKEY_LINK_MESSAGE_MAX];
		size_t len;
	} sent[MESSAGES];
} scripts[2]; /* by pre-shared key, by signatures */

static void
save_step(struct script *s)
{
	CHECK(s->steps < STEPS);
	s->at[s->steps++] = tool_pair;
}

/* One step of each end, and a message each way. */
static void
step(struct script *s)
{
	unsigned u;

	for (u = 0; u < 2; u++) {
		struct message *m = &s->sent[s->messages];

		(void)seamkey_link_work(&tool_pair.end[u].link, tool_pair.now);
		save_step(s);
		if (seamkey_link_take(&tool_pair.end[u].link, m->bytes,
			    sizeof m->bytes, &m->len)
			!= SEAMKEY_OK) {
			continue;
		}
		CHECK(++s->messages < MESSAGES);
		save_step(s);
		CHECK(seamkey_link_put(
			      &tool_pair.end[1 - u].link, m->bytes, m->len)
			== SEAMKEY_OK);
	}
}

static void
make_script(struct script *s)
{
	unsigned part, u;

	tool_init();
	for (part = 0; part < 4; part++) {
		if (part % 3 == 0) {
			CHECK(seamkey_link_start(&tool_pair.end[0].link)
				== SEAMKEY_OK);
			tool_pair.now += 6;
		} else {
			CHECK(seamkey_link_rekey(
				      &tool_pair.end[0].link, (int)part)
				== SEAMKEY_OK);
		}
		for (u = 0; u < 20; u++) {
			step(s);
		}
		for (u = 0; u < 3; u++) { /* the frames that are needed */
			if (part % 3 != 0) {
				tool_pass(0);
			}
			tool_rest();
			tool_pass(1);
			tool_pass(0);
			tool_rest();
		}
		tool_pair.now += 51;
		tool_rest();
		CHECK(seamkey_link_is_settled(&tool_pair.end[0].link));
		CHECK(seamkey_link_is_settled(&tool_pair.end[1].link));
	}
	CHECK(tool_pair.end[0].link.worked.rekeys_0rtt == 1);
	CHECK(tool_pair.end[0].link.worked.rekeys_nrtt == 1);
	CHECK(tool_pair.end[1].link.worked.starts == 2);
}

static int
was_sent(const struct script *s, seamkey_span m)
{
	unsigned u;

	for (u = 0; u < s->messages; u++) {
		if (seamkey_span_match(m,
			    seamkey_span_of(
				    s->sent[u].bytes, s->sent[u].len))) {
			return 1;
		}
	}
	return 0;
}

static void
check_put(const struct script *s, unsigned to, int with_signatures,
	seamkey_span m)
{
	static struct tool_end before;
	struct tool_end *e = &tool_pair.end[to];
	unsigned char *copy = fuzz_copy(m.p, m.len);
	int status;
	unsigned u;

	before = *e;
	status = seamkey_link_put(&e->link, copy, m.len);
	if (status == SEAMKEY_OK) {
		CHECK(with_signatures || was_sent(s, m));
		CHECK(was_sent(s, m) || m.p[4] == 1);
	} else {
		fuzz_check_status(status);
		CHECK(e->link.worked.refused_messages
			== before.link.worked.refused_messages + 1);
		before.link.worked = e->link.worked;
		for (u = 0; u < 2; u++) { /* says which of the two it is */
			before.link.exchange[u].starting =
				e->link.exchange[u].starting;
		}
		CHECK(tool_same(e, &before, sizeof before));
	}
	fuzz_free(copy, m.len);
}

/* Frames in both directions that may be refused, until all is at rest. */
static void
come_to_rest(void)
{
	unsigned char frame[TOOL_FRAME], plain[TOOL_PLAIN];
	static const unsigned char text[40] = { 1 };
	const seamkey_span none = seamkey_span_of(NULL, 0);
	size_t len, plain_len;
	unsigned n, u;

	CHECK(seamkey_link_start(&tool_pair.end[0].link) == SEAMKEY_OK);
	for (n = 0; n < 60; n++) {
		tool_pair.now += 10;
		tool_rest();
		for (u = 0; u < 2; u++) {
			if (seamkey_link_seal(&tool_pair.end[u].link, none,
				    text, sizeof text, frame, sizeof frame,
				    &len)
				== SEAMKEY_OK) {
				(void)seamkey_link_open(
					&tool_pair.end[1 - u].link, none, frame,
					len, plain, sizeof plain, &plain_len);
			}
		}
	}
	CHECK(seamkey_link_is_settled(&tool_pair.end[0].link));
	CHECK(seamkey_link_is_settled(&tool_pair.end[1].link));
	CHECK(memcmp(tool_pair.end[0].link.session,
		      tool_pair.end[1].link.session, 16)
		== 0);
	tool_pass(0);
	tool_pass(1);
}

/* There is no DER in it. */
static size_t
der_at(const uint8_t *data, size_t size)
{
	(void)data;
	return size;
}

FUZZ_MUTATOR(der_at)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	seamkey_span in = seamkey_span_of(data, size);
	unsigned what = fuzz_take_octet(&in), at = fuzz_take_octet(&in);
	struct script *s = &scripts[what >> 1 & 1];
	struct message m;
	seamkey_span message = in;

	tool_configure((what & 2) != 0);
	if (s->steps == 0) {
		make_script(s);
	}
	tool_pair = s->at[at % s->steps];
	if ((what & 4) != 0) {
		m = s->sent[(what >> 3) % s->messages];
		if (in.len % 2 != 0) { /* cut short */
			m.len -= fuzz_take_octet(&in) % (m.len + 1);
		}
		(void)tool_mutate(m.bytes, m.len, &in);
		message = seamkey_span_of(m.bytes, m.len);
	}
	check_put(s, what & 1, (what & 2) != 0, message);
	if (at % 16 == 0) {
		come_to_rest();
	}
	return 0;
}
