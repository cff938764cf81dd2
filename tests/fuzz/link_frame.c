/*
 * link_frame.c - fuzz target: a frame of anyone's making arrives
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Input: an octet for the layout and the mode; one for which end opens, how
 * far a rekey is, what kind of frame it is to be, and where it is opened; two
 * that are added to what the carrier counts. The rest is the frame, or pairs
 * of a place and a change to a real one: the next, one that was delivered
 * before, one that was sealed with the old key and is still on its way.
 *
 * A frame that is opened is the real one. Any other leaves the end as it was
 * but for its counters, its plaintext is zeroed or was never written, and
 * the real one opens after it.
 */
#include "link_tools.h"

enum {
	RAW,
	NEXT,
	DELIVERED,
	OLD,
	KINDS
};
#define PHASES 3 /* steady, next key pending, switched */

/* What the inputs of a layout and a phase begin with. */
static struct start {
	int made;
	struct tool_pair pair;
	struct real {
		unsigned char frame[TOOL_FRAME];
		size_t len;
		uint64_t counter;
	} real[2][KINDS]; /* by the end that opens it */
} starts[TOOL_LAYOUTS][PHASES];

static void
keep(struct start *s, unsigned from, unsigned kind)
{
	struct real *r = &s->real[1 - from][kind];

	r->len = tool_seal(from, r->frame, &r->counter);
}

/* Deliver what was kept as to be delivered. */
static void
deliver(struct start *s, unsigned to)
{
	struct real *r = &s->real[to][DELIVERED];
	unsigned char plain[TOOL_PLAIN];
	size_t len;

	CHECK(seamkey_link_open_counted(&tool_pair.end[to].link, r->counter,
		      seamkey_span_of(NULL, 0), r->frame, r->len, plain,
		      sizeof plain, &len)
		== SEAMKEY_OK);
}

static void
make_start(struct start *s, unsigned phase)
{
	unsigned u;

	tool_start();
	for (u = 0; u < 2; u++) {
		keep(s, u, OLD);
		keep(s, u, DELIVERED);
		deliver(s, 1 - u);
	}
	if (phase >= 1) {
		CHECK(seamkey_link_rekey(
			      &tool_pair.end[0].link, SEAMKEY_LINK_0RTT)
			== SEAMKEY_OK);
		tool_rest();
		tool_pass(0);
		tool_rest();
	}
	if (phase >= 2) {
		tool_pass(1);
		tool_pass(0);
		tool_pass(1);
		tool_rest();
	}
	for (u = 0; u < 2; u++) {
		keep(s, u, NEXT);
	}
	s->pair = tool_pair;
	s->made = 1;
}

/* Open it: in place, or to a buffer of its own that shows what is written. */
static int
open_frame(struct tool_end *e, const struct real *f, int in_place)
{
	size_t header = seamkey_link_header(&e->link), cap = TOOL_PLAIN,
	       len = 0;
	unsigned char *frame = fuzz_copy(f->frame, f->len), *plain, *own;
	size_t u, most = 0;
	int status;

	own = plain = fuzz_blank(TOOL_PLAIN);
	if (f->len >= header + 16) {
		most = f->len - header - 16;
	}
	if (in_place && most != 0) {
		plain = frame + header;
		cap = most;
	}
	status = seamkey_link_open_counted(&e->link, f->counter,
		seamkey_span_of(NULL, 0), frame, f->len, plain, cap, &len);
	if (status == SEAMKEY_OK) {
		CHECK(len == most && len == 40 && plain[0] == 1);
	} else if (status == SEAMKEY_ERR_LINK_TAG
		|| status == SEAMKEY_ERR_LINK_DUPLICATE
		|| status == SEAMKEY_ERR_LINK_LATE) {
		for (u = 0; u < most; u++) {
			CHECK(plain[u] == 0);
		}
	} else {
		fuzz_check_status(status == SEAMKEY_AGAIN ? 0 : status);
		CHECK(plain != own || fuzz_is_untouched(own, TOOL_PLAIN));
	}
	CHECK(plain != own
		|| fuzz_is_untouched(own + most % TOOL_PLAIN,
			most > TOOL_PLAIN ? 0 : TOOL_PLAIN - most));
	free(own);
	fuzz_free(frame, f->len);
	return status;
}

static int
is_frame(const struct real *a, const struct real *b)
{
	return a->len == b->len && a->counter == b->counter
		&& memcmp(a->frame, b->frame, a->len) == 0;
}

static void
check_frame(struct start *s, unsigned to, unsigned kind, int in_place,
	seamkey_span in)
{
	static struct tool_end before;
	struct real f = s->real[to][kind], *next = &s->real[to][NEXT];
	struct tool_end *e = &tool_pair.end[to];
	uint64_t add = fuzz_take_octet(&in);
	int other, status, old = kind == OLD;

	add = (add << 8 | fuzz_take_octet(&in)) & 0xFFFF;
	if (tool_cfg[0].counter_octets != SEAMKEY_LINK_CARRIER_COUNTER) {
		add = 0;
	}
	if (kind == RAW) {
		f.len = in.len > TOOL_FRAME ? (size_t)TOOL_FRAME : in.len;
		memcpy(f.frame, fuzz_take(&in, f.len).p, f.len);
		other = 1;
	} else {
		if (in.len % 2 != 0) { /* cut short */
			f.len -= fuzz_take_octet(&in) % (f.len + 1);
		}
		other = f.len != s->real[to][kind].len;
		other |= tool_mutate(f.frame, f.len, &in) || add != 0;
	}
	f.counter += add;
	before = *e;
	status = open_frame(e, &f, in_place);
	if (kind == DELIVERED && !other) {
		CHECK(status == SEAMKEY_ERR_LINK_DUPLICATE);
	} else if (kind != RAW && !other) {
		CHECK(status == SEAMKEY_OK);
	} else if (kind != RAW) {
		CHECK(status != SEAMKEY_OK);
	}
	if (kind == RAW && status == SEAMKEY_OK) {
		/* a seed that is a real frame: no other is authentic */
		old = is_frame(&f, &s->real[to][OLD]);
		CHECK(old || is_frame(&f, next));
	}
	if (status != SEAMKEY_OK) {
		tool_check_end(e, &before);
		CHECK(open_frame(e, next, !in_place) == SEAMKEY_OK);
	}
	CHECK(open_frame(e, next, in_place)
		== (old && status == SEAMKEY_OK ? SEAMKEY_OK
						: SEAMKEY_ERR_LINK_DUPLICATE));
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
	unsigned layout = fuzz_take_octet(&in) % TOOL_LAYOUTS;
	unsigned what = fuzz_take_octet(&in);
	struct start *s = &starts[layout][(what >> 1) % PHASES];

	tool_layout(layout, 0);
	if (!s->made) {
		make_start(s, (what >> 1) % PHASES);
	}
	tool_pair = s->pair;
	check_frame(s, what & 1, (what >> 3) % KINDS, (what & 32) != 0, in);
	return 0;
}
