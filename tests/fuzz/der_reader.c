/*
 * der_reader.c - fuzz target: any sequence of calls of the reader
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Input: an octet n; n octets, each of which is a call; the DER. After each
 * call it is checked that an error sticks, that a failed call does not
 * move, that a successful one moves past one element inside the input, and
 * that the writer makes that element again of what was read.
 */
#include <bearssl.h>

#include "fuzz.h"

/* Readers under way: one more than may be entered. */
#define LEVELS (SEAMKEY_DER_MAX_DEPTH + 2)

enum call {
	GET,
	GET_ELEMENT,
	GET_ANY,
	GET_INTEGER,
	GET_UINT,
	GET_BOOLEAN,
	GET_BIT_STRING,
	GET_OID,
	GET_NULL,
	GET_ALGORITHM,
	ENTER,
	FINISH,
	LEAVE,
	AGAIN,
	CALLS
};

struct walk {
	seamkey_span in;
	seamkey_der_reader levels[LEVELS];
	size_t top;
};

/* What a call gave: some of it, as the call has it. */
struct result {
	seamkey_span view;
	seamkey_der_algorithm algorithm;
	uint32_t number;
};

/* The tag in front, so that calls get somewhere, or one that is not. */
static unsigned
choose_tag(const seamkey_der_reader *r, unsigned op)
{
	static const unsigned char tags[8] = { 0x30, 0x02, 0x03, 0x04, 0xA0,
		0xA1, 0x81, 0x31 };

	if ((op & 0x80) != 0 || r->len == 0) {
		return tags[(op >> 4) & 7];
	}
	return r->p[0];
}

static void
call(seamkey_der_reader *r, enum call what, unsigned tag, struct result *out)
{
	memset(out, 0, sizeof *out);
	switch (what) {
	case GET:
		out->view = seamkey_der_get(r, tag);
		break;
	case GET_ELEMENT:
		out->view = seamkey_der_get_element(r, tag);
		break;
	case GET_ANY:
		out->view = seamkey_der_get_any(r);
		break;
	case GET_INTEGER:
		out->view = seamkey_der_get_integer(r);
		break;
	case GET_UINT:
		out->number = seamkey_der_get_uint(r);
		break;
	case GET_BOOLEAN:
		out->number = (uint32_t)seamkey_der_get_boolean(r);
		break;
	case GET_BIT_STRING:
		out->view = seamkey_der_get_bit_string(r, tag);
		break;
	case GET_OID:
		out->view = seamkey_der_get_oid(r);
		break;
	case GET_NULL:
		seamkey_der_get_null(r);
		break;
	default:
		seamkey_der_get_algorithm(r, &out->algorithm);
		break;
	}
}

/* The element that such a result was read from. */
static void
put(seamkey_der_writer *w, enum call what, unsigned tag,
	const struct result *res)
{
	static const unsigned char octets[2] = { 0x00, 0xFF };

	switch (what) {
	case GET:
		seamkey_der_put_element(w, tag, res->view);
		break;
	case GET_ELEMENT:
	case GET_ANY:
		seamkey_der_put(w, res->view.p, res->view.len);
		break;
	case GET_INTEGER:
		seamkey_der_put_integer(w, res->view);
		break;
	case GET_UINT:
		seamkey_der_put_uint(w, res->number);
		break;
	case GET_BOOLEAN:
		CHECK(res->number <= 1);
		seamkey_der_put_element(w, SEAMKEY_DER_BOOLEAN,
			seamkey_span_of(octets + res->number, 1));
		break;
	case GET_BIT_STRING:
		seamkey_der_put_bit_string(w, tag, res->view);
		break;
	case GET_OID:
		seamkey_der_put_element(w, SEAMKEY_DER_OID, res->view);
		break;
	case GET_NULL:
		seamkey_der_put_element(
			w, SEAMKEY_DER_NULL, seamkey_span_of(NULL, 0));
		break;
	default:
		seamkey_der_put_algorithm(w, &res->algorithm);
		break;
	}
}

static void
check_written(seamkey_span element, enum call what, unsigned tag,
	const struct result *res)
{
	seamkey_der_writer w = { NULL, 0, 0, SEAMKEY_OK };
	unsigned char *made;

	put(&w, what, tag, res);
	CHECK(w.err == SEAMKEY_OK && w.len == element.len);
	made = fuzz_blank(element.len);
	w.buf = made;
	w.cap = element.len;
	w.len = 0;
	put(&w, what, tag, res);
	CHECK(w.err == SEAMKEY_OK && w.len == element.len);
	CHECK(memcmp(made, element.p, element.len) == 0);
	/* one octet less of room: refused, and nothing behind it */
	w.cap = element.len - 1;
	w.len = 0;
	put(&w, what, tag, res);
	CHECK(w.err == SEAMKEY_ERR_SPACE && w.len <= w.cap);
	free(made);
}

static int
is_same_place(const seamkey_der_reader *a, const seamkey_der_reader *b)
{
	return a->p == b->p && a->len == b->len && a->depth == b->depth;
}

static void
get(struct walk *walk, enum call what, unsigned op)
{
	seamkey_der_reader *r = &walk->levels[walk->top];
	seamkey_der_reader before = *r;
	unsigned tag = choose_tag(r, op);
	struct result res;

	CHECK(seamkey_der_match(r, tag)
		== (r->err == SEAMKEY_OK && r->len != 0 && r->p[0] == tag));
	call(r, what, tag, &res);
	if (before.err != SEAMKEY_OK) {
		CHECK(r->err == before.err);
	}
	if (r->err != SEAMKEY_OK) {
		fuzz_check_status(r->err);
		CHECK(is_same_place(r, &before));
		CHECK(res.view.len == 0 && res.number == 0);
		CHECK(res.algorithm.oid.p == NULL);
		return;
	}
	CHECK(r->depth == before.depth);
	CHECK(r->p > before.p && r->p + r->len == before.p + before.len);
	CHECK(fuzz_is_inside(res.view, walk->in));
	CHECK(fuzz_is_inside(res.algorithm.oid, walk->in));
	check_written(seamkey_span_of(before.p, (size_t)(r->p - before.p)),
		what, tag, &res);
}

static void
enter(struct walk *walk, unsigned op)
{
	seamkey_der_reader *outer = &walk->levels[walk->top];
	seamkey_der_reader *inner = outer + 1;
	seamkey_der_reader before = *outer;

	if (walk->top + 1 == LEVELS) {
		return;
	}
	seamkey_der_enter(outer, inner, choose_tag(outer, op));
	CHECK(is_same_place(outer, &before));
	CHECK(before.err == SEAMKEY_OK || outer->err == before.err);
	CHECK(inner->err == outer->err);
	CHECK(before.err != SEAMKEY_OK || before.depth == 0
		|| outer->err != SEAMKEY_ERR_DER_DEPTH);
	if (inner->err == SEAMKEY_OK) {
		CHECK(inner->depth == outer->depth - 1);
		CHECK(fuzz_is_inside(seamkey_span_of(inner->p, inner->len),
			seamkey_span_of(outer->p, outer->len)));
	}
	CHECK(fuzz_is_inside(seamkey_span_of(inner->p, inner->len), walk->in));
	walk->top++;
}

/* Back to the level around: as it should be done, or just so. */
static void
leave(struct walk *walk, int finish)
{
	seamkey_der_reader *inner = &walk->levels[walk->top];
	seamkey_der_reader *outer = inner - 1;
	seamkey_der_reader before;
	int status;

	if (walk->top == 0) {
		return;
	}
	walk->top--;
	if (!finish) {
		return;
	}
	before = *outer;
	status = seamkey_der_check_end(inner);
	CHECK((status == SEAMKEY_OK)
		== (inner->err == SEAMKEY_OK && inner->len == 0));
	seamkey_der_finish(outer, inner);
	if (before.err != SEAMKEY_OK) {
		CHECK(outer->err == before.err);
	} else {
		CHECK(outer->err == status);
	}
	if (outer->err != SEAMKEY_OK) {
		CHECK(is_same_place(outer, &before));
	} else {
		CHECK(outer->p == inner->p && outer->p > before.p);
		CHECK(outer->p + outer->len == before.p + before.len);
	}
}

static size_t
der_at(const uint8_t *data, size_t size)
{
	return size == 0 ? 0 : 1 + (size_t)data[0];
}

FUZZ_MUTATOR(der_at)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	seamkey_span rest = seamkey_span_of(data, size), calls;
	unsigned char *copy;
	struct walk walk;
	unsigned op;

	calls = fuzz_take(&rest, fuzz_take_octet(&rest));
	copy = fuzz_copy(rest.p, rest.len);
	walk.in = seamkey_span_of(copy, rest.len);
	walk.top = 0;
	seamkey_der_init(&walk.levels[0], walk.in);
	while (calls.len != 0) {
		op = fuzz_take_octet(&calls);
		switch (op % 16 % CALLS) {
		case ENTER:
			enter(&walk, op);
			break;
		case FINISH:
			leave(&walk, 1);
			break;
		case LEAVE:
			leave(&walk, 0);
			break;
		case AGAIN:
			seamkey_der_init(&walk.levels[walk.top],
				seamkey_span_of(walk.levels[walk.top].p,
					walk.levels[walk.top].len));
			break;
		default:
			get(&walk, (enum call)(op % 16 % CALLS), op);
			break;
		}
	}
	fuzz_free(copy, rest.len);
	return 0;
}
