/*
 * fuzz.h - what the fuzz targets have in common
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * A target is one function, LLVMFuzzerTestOneInput(), which libFuzzer, AFL++
 * and driver.c all call. It gives its input to one function of the headers
 * and checks what comes back against what the header says of it; what does
 * not hold aborts the program, and so the engine keeps the input.
 *
 * Every input is copied to a buffer of exactly its size, for the address
 * sanitizer to see the first byte that is read beyond it.
 */
#ifndef SEAMKEY_FUZZ_H
#define SEAMKEY_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "seamkey.h"

#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(holds) \
	do { \
		if (!(holds)) { \
			fuzz_fail(__FILE__, __LINE__, #holds); \
		} \
	} while (0)

static inline void
fuzz_fail(const char *file, int line, const char *text)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, text);
	abort();
}

/* A copy of size octets, never NULL, for fuzz_free: on the heap, where the
 * sanitizer knows its end, as it does of the place that has no octet. */
static inline unsigned char *
fuzz_copy(const void *data, size_t size)
{
	static unsigned char none[1];
	unsigned char *copy;

	if (size == 0) {
		return none + sizeof none;
	}
	copy = (unsigned char *)malloc(size);
	if (copy == NULL) {
		fprintf(stderr, "no memory\n");
		exit(1);
	}
	memcpy(copy, data, size);
	return copy;
}

static inline void
fuzz_free(unsigned char *copy, size_t size)
{
	if (size != 0) {
		free(copy);
	}
}

/* Is the view inside, or empty? */
static inline int
fuzz_is_inside(seamkey_span view, seamkey_span in)
{
	return view.len == 0
		|| (view.p >= in.p && view.len <= in.len
			&& (size_t)(view.p - in.p) <= in.len - view.len);
}

/* Whole elements, one or none. */
static inline int
fuzz_is_element(seamkey_span view)
{
	return view.len == 0 || seamkey_der_check(view) == SEAMKEY_OK;
}

/*
 * What a decoder took is well-formed DER, whatever it looked at itself.
 * (An element inside may be nested as deeply as seamkey_der_check() admits;
 * the whole is then deeper by the levels around it.)
 */
static inline void
fuzz_check_accepted(seamkey_span in, int kind)
{
	int status = seamkey_der_check(in);

	CHECK(status == SEAMKEY_OK || status == SEAMKEY_ERR_DER_DEPTH);
	if (kind != 0) {
		CHECK(seamkey_der_match_kind(in) == kind);
	}
}

/* A status is known to the headers, and has a text of its own. */
static inline void
fuzz_check_status(int status)
{
	CHECK(status <= SEAMKEY_OK);
	CHECK(strcmp(seamkey_text(status), seamkey_text(-32768)) != 0);
}

/* What a decoder got to write to, so that it shows whether it did. */
#define FUZZ_FILL 0xA7

static inline int
fuzz_is_untouched(const void *out, size_t len)
{
	const unsigned char *p = (const unsigned char *)out;
	size_t u;

	for (u = 0; u < len; u++) {
		if (p[u] != FUZZ_FILL) {
			return 0;
		}
	}
	return 1;
}

/* size octets of FUZZ_FILL on the heap, size being 1 or more. */
static inline unsigned char *
fuzz_blank(size_t size)
{
	unsigned char *p = (unsigned char *)malloc(size);

	if (p == NULL) {
		fprintf(stderr, "no memory\n");
		exit(1);
	}
	memset(p, FUZZ_FILL, size);
	return p;
}

/*
 * FUZZ_ENCODE(p, len, encode, object): the object encoded on the heap, in as
 * many octets as measuring told; free(p). Checks that one octet less of room
 * is refused and the room left alone.
 */
#define FUZZ_ENCODE(p, len, encode, object) \
	do { \
		size_t again_ = 0; \
		CHECK(encode(NULL, 0, &(len), (object)) == SEAMKEY_OK); \
		(p) = fuzz_blank(len); \
		CHECK(encode((p), (len)-1, &again_, (object)) \
			== SEAMKEY_ERR_SPACE); \
		CHECK(again_ == 0 && fuzz_is_untouched((p), (len))); \
		CHECK(encode((p), (len), &again_, (object)) == SEAMKEY_OK); \
		CHECK(again_ == (len)); \
	} while (0)

/* FUZZ_SAME(in, encode, object): the object encodes to the octets of in. */
#define FUZZ_SAME(in, encode, object) \
	do { \
		unsigned char *made_; \
		size_t made_len_ = 0; \
		FUZZ_ENCODE(made_, made_len_, encode, object); \
		CHECK(seamkey_span_match( \
			(in), seamkey_span_of(made_, made_len_))); \
		free(made_); \
	} while (0)

/* Taking an input apart: the next octets of *in, fewer where it ends. */
static inline seamkey_span
fuzz_take(seamkey_span *in, size_t len)
{
	seamkey_span part;

	if (len > in->len) {
		len = in->len;
	}
	part = seamkey_span_of(in->p, len);
	*in = seamkey_span_of(in->p + len, in->len - len);
	return part;
}

static inline unsigned
fuzz_take_octet(seamkey_span *in)
{
	seamkey_span part = fuzz_take(in, 1);

	return part.len == 0 ? 0 : part.p[0];
}

#endif
