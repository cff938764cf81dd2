/*
 * pem.c - fuzz target: PEM, examples/pem.h
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Input: a text. Every block that is read can be written, and then reads as
 * what it was; one octet less of room than it needs is refused.
 */
#include <bearssl.h>

#include "../../examples/pem.h"
#include "fuzz.h"

/* What stands between BEGIN and END, less blanks and line ends, has to be
 * the base64 of der, and END has to name what BEGIN did. */
static void
check_body(seamkey_span block, seamkey_span label, seamkey_span der)
{
	static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = label.p + label.len + 5;
	const unsigned char *end = block.p + block.len;
	size_t bits = 0;

	for (; p < end && *p != '-'; p++) {
		unsigned value = 0, u;

		if (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n') {
			continue;
		}
		for (u = 0; u < 6; u++, bits++) {
			value <<= 1;
			if (bits / 8 < der.len) {
				value |= der.p[bits / 8] >> (7 - bits % 8) & 1u;
			}
		}
		CHECK(*p == (bits - 6 < 8 * der.len ? base64[value] : '='));
	}
	CHECK(bits == (der.len + 2) / 3 * 24);
	CHECK((size_t)(end - p) >= label.len + 14);
	CHECK(memcmp(p, "-----END ", 9) == 0);
	CHECK(memcmp(p + 9, label.p, label.len) == 0);
	CHECK(memcmp(p + 9 + label.len, "-----", 5) == 0);
}

static void
check_block(seamkey_span label, seamkey_span der)
{
	char name[64];
	unsigned char *out = fuzz_blank(der.len + 1);
	seamkey_span rest, label_again;
	size_t len = 0, again = 0;
	char *text;

	if (label.len < sizeof name && memchr(label.p, 0, label.len) == NULL) {
		memcpy(name, label.p, label.len);
		name[label.len] = 0;
		CHECK(pem_encode(NULL, 0, &len, name, der) == SEAMKEY_OK);
		text = (char *)fuzz_blank(len);
		CHECK(pem_encode(text, len - 1, &again, name, der)
			== SEAMKEY_ERR_SPACE);
		CHECK(again == 0 && fuzz_is_untouched(text, len));
		CHECK(pem_encode(text, len, &again, name, der) == SEAMKEY_OK);
		CHECK(again == len);
		rest = seamkey_span_of(text, len);
		CHECK(pem_get(&rest, &label_again, out, der.len, &again)
			== SEAMKEY_OK);
		CHECK(rest.len == 0);
		CHECK(seamkey_span_match(label, label_again));
		CHECK(seamkey_span_match(der, seamkey_span_of(out, again)));
		free(text);
	}
	free(out);
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
	unsigned char *copy = fuzz_copy(data, size), *out, *tight;
	seamkey_span all = seamkey_span_of(copy, size), rest = all, label;
	seamkey_span before;
	size_t len, tight_len;
	int status = SEAMKEY_OK;

	out = fuzz_blank(size + 1);
	while (status != PEM_ERR_NONE) {
		before = rest;
		len = 0;
		status = pem_get(&rest, &label, out, size, &len);
		CHECK(rest.len <= before.len && fuzz_is_inside(rest, all));
		CHECK(out[size] == FUZZ_FILL);
		if (status != SEAMKEY_OK) {
			CHECK(pem_text(status) != NULL && len == 0);
			continue;
		}
		CHECK(fuzz_is_inside(label, all) && len < size);
		check_body(
			seamkey_span_of(before.p, (size_t)(rest.p - before.p)),
			label, seamkey_span_of(out, len));
		check_block(label, seamkey_span_of(out, len));
		if (len != 0) {
			tight = fuzz_blank(len - 1 + 1);
			tight_len = 0;
			CHECK(pem_get(&before, &label, tight, len - 1,
				      &tight_len)
				== SEAMKEY_ERR_SPACE);
			CHECK(tight_len == 0 && tight[len - 1] == FUZZ_FILL);
			free(tight);
		}
	}
	free(out);
	fuzz_free(copy, size);
	return 0;
}
