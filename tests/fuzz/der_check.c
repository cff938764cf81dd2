/*
 * der_check.c - fuzz target: is it well-formed DER?
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Input: anything. seamkey_der_check() and the check below, which was
 * written apart from it, with recursion and one rule after the other, must
 * agree; and a reader takes the element if and only if it is well formed.
 */
#include <bearssl.h>

#include "fuzz.h"

/* Length octets in their shortest form; 0 if not. */
static size_t
length_octets(seamkey_span in, size_t *size)
{
	size_t n, u;

	if (in.len < 2) {
		return 0;
	}
	*size = in.p[1];
	if (in.p[1] < 0x80) {
		return 1;
	}
	n = in.p[1] & 0x7Fu;
	if (n < 1 || n > 4 || in.len < 2 + n || in.p[2] == 0) {
		return 0;
	}
	*size = 0;
	for (u = 0; u < n; u++) {
		*size = *size * 256 + in.p[2 + u];
	}
	return *size < 0x80 ? 0 : 1 + n;
}

static int
is_object_identifier(seamkey_span v)
{
	size_t u;

	if (v.len == 0 || v.p[v.len - 1] >= 0x80) {
		return 0;
	}
	for (u = 0; u < v.len; u++) {
		if (v.p[u] == 0x80 && (u == 0 || v.p[u - 1] < 0x80)) {
			return 0;
		}
	}
	return 1;
}

static int
is_integer(seamkey_span v)
{
	int top;

	if (v.len < 2) {
		return v.len == 1;
	}
	top = v.p[0] * 2 + v.p[1] / 128; /* the first nine bits */
	return top != 0 && top != 0x1FF;
}

static int
is_bit_string(seamkey_span v)
{
	unsigned unused, u;

	if (v.len == 0 || v.p[0] > 7 || (v.len == 1 && v.p[0] != 0)) {
		return 0;
	}
	unused = v.p[0];
	for (u = 0; u < unused; u++) {
		if ((v.p[v.len - 1] >> u) & 1) {
			return 0;
		}
	}
	return 1;
}

static int
are_contents(unsigned tag, seamkey_span v)
{
	switch (tag) {
	case 1:
		return v.len == 1 && (v.p[0] == 0 || v.p[0] == 0xFF);
	case 2:
	case 10:
		return is_integer(v);
	case 3:
		return is_bit_string(v);
	case 5:
		return v.len == 0;
	case 6:
		return is_object_identifier(v);
	default:
		return 1;
	}
}

/* How long the element at the front of in is, or 0 if it is none. Recursive,
 * as the decoder is not: up to SEAMKEY_DER_MAX_DEPTH. */
static size_t
/* NOLINTNEXTLINE(misc-no-recursion) */
element(seamkey_span in, unsigned depth)
{
	size_t head, size = 0, used, part;
	unsigned tag, number;
	int constructed;

	head = length_octets(in, &size);
	if (head == 0 || size > in.len - 1 - head) {
		return 0;
	}
	head++;
	tag = in.p[0];
	number = tag % 32;
	constructed = (tag & 0x20) != 0;
	if (number == 31 || tag == 0 || tag == 0x20) {
		return 0;
	}
	if (tag < 0x40
		&& constructed
			!= (number == 8 || number == 11 || number == 16
				|| number == 17 || number == 29)) {
		return 0;
	}
	in = seamkey_span_of(in.p + head, size);
	if (!constructed) {
		return are_contents(tag, in) ? head + size : 0;
	}
	if (depth == SEAMKEY_DER_MAX_DEPTH) {
		return 0;
	}
	for (used = 0; used < size; used += part) {
		part = element(
			seamkey_span_of(in.p + used, size - used), depth + 1);
		if (part == 0) {
			return 0;
		}
	}
	return head + size;
}

FUZZ_MUTATOR(mutate_all)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *copy = fuzz_copy(data, size);
	seamkey_span in = seamkey_span_of(copy, size), got;
	seamkey_der_reader r;
	size_t first = element(in, 0);
	int status = seamkey_der_check(in);

	fuzz_check_status(status);
	CHECK((status == SEAMKEY_OK) == (first != 0 && first == size));
	seamkey_der_init(&r, in);
	got = seamkey_der_get_any(&r);
	CHECK((r.err == SEAMKEY_OK) == (first != 0));
	CHECK(got.p == copy && got.len == (first != 0 ? first : 0));
	CHECK(r.p == copy + got.len && r.len == size - got.len);
	fuzz_free(copy, size);
	return 0;
}
