/*
 * rule_tools.h - what the fuzz targets of rules have in common
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#ifndef SEAMKEY_FUZZ_RULE_TOOLS_H
#define SEAMKEY_FUZZ_RULE_TOOLS_H

#include "fuzz.h"

typedef int (*rule_encoder)(unsigned char *out, size_t cap, size_t *len,
	const seamkey_rule *rule, size_t count);

/* Octets on the heap, for free(p); and the view of them. */
typedef struct rule_octets {
	unsigned char *p;
	seamkey_span span;
} rule_octets;

static inline rule_octets
rule_octets_of(unsigned char *p, size_t len)
{
	rule_octets o;

	o.p = p;
	o.span = seamkey_span_of(p, len);
	return o;
}

/* A rule encoded on the heap, in exactly its size. */
static inline rule_octets
rule_encoded(rule_encoder encode, const seamkey_rule *rule, size_t count)
{
	unsigned char *made;
	size_t len = 0, again = 0;

	CHECK(encode(NULL, 0, &len, rule, count) == SEAMKEY_OK && len != 0);
	made = fuzz_blank(len);
	CHECK(encode(made, len - 1, &again, rule, count) == SEAMKEY_ERR_SPACE);
	CHECK(again == len && fuzz_is_untouched(made, len));
	CHECK(encode(made, len, &again, rule, count) == SEAMKEY_OK);
	CHECK(again == len);
	return rule_octets_of(made, len);
}

/* The DER of text that is a rule's, on the heap in exactly its size. */
static inline rule_octets
rule_der_of(seamkey_span text)
{
	unsigned char *made;
	size_t len = 0, again = 0, at = 0;

	CHECK(seamkey_rule_decode_text(NULL, 0, &len, text, &at) == SEAMKEY_OK);
	CHECK(at == text.len && len != 0);
	made = fuzz_blank(len);
	CHECK(seamkey_rule_decode_text(made, len - 1, &again, text, &at)
		== SEAMKEY_ERR_SPACE);
	CHECK(again == len && fuzz_is_untouched(made, len));
	CHECK(seamkey_rule_decode_text(made, len, &again, text, &at)
		== SEAMKEY_OK);
	CHECK(again == len && at == text.len);
	return rule_octets_of(made, len);
}

/* The same rules; the names in them match. */
static inline void
rule_check_same(const seamkey_rule *a, const seamkey_rule *b, size_t count)
{
	size_t u;

	for (u = 0; u < count; u++) {
		CHECK(a[u].kind == b[u].kind && a[u].compare == b[u].compare);
		CHECK(a[u].count == b[u].count && a[u].least == b[u].least);
		CHECK(a[u].most == b[u].most);
		CHECK(seamkey_span_match(a[u].name, b[u].name));
		if (a[u].kind == SEAMKEY_RULE_NAME
			|| a[u].kind == SEAMKEY_RULE_PORTION) {
			CHECK(seamkey_name_match(a[u].value, b[u].value));
		} else {
			CHECK(seamkey_span_match(a[u].value, b[u].value));
		}
	}
}

/*
 * A rule that was decoded from der: encodes to that; its text has nothing
 * that may not be printed, and is that of a rule that is the same, from
 * where nothing changes any more.
 */
static inline void
rule_check_round(const seamkey_rule *rule, size_t count, seamkey_span der)
{
	static seamkey_rule other[SEAMKEY_RULE_MAX];
	rule_octets text, next, again;
	size_t n = 0;

	again = rule_encoded(seamkey_rule_encode, rule, count);
	CHECK(seamkey_span_match(der, again.span));
	free(again.p);
	text = rule_encoded(seamkey_rule_encode_text, rule, count);
	CHECK(seamkey_name_check_text(text.span, 1, text.span.len)
		== SEAMKEY_OK);
	next = rule_der_of(text.span);
	CHECK(seamkey_rule_decode(other, SEAMKEY_RULE_MAX, &n, next.span)
		== SEAMKEY_OK);
	CHECK(n == count);
	rule_check_same(rule, other, count);
	free(text.p);
	text = rule_encoded(seamkey_rule_encode_text, other, count);
	again = rule_der_of(text.span);
	free(next.p);
	CHECK(seamkey_rule_decode(other, SEAMKEY_RULE_MAX, &n, again.span)
		== SEAMKEY_OK);
	CHECK(n == count);
	next = rule_encoded(seamkey_rule_encode_text, other, count);
	CHECK(seamkey_span_match(text.span, next.span));
	free(text.p);
	free(next.p);
	free(again.p);
}

#endif
