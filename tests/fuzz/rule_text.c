/*
 * rule_text.c - fuzz target: rules in text
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Input: text. That of a rule gives DER that decodes to a rule, which comes
 * back from its own text; other text is understood up to some place in it.
 */
#include <bearssl.h>

#include "rule_tools.h"

/* There is none: changes are the engine's alone. */
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
	static seamkey_rule rule[SEAMKEY_RULE_MAX];
	unsigned char *copy = fuzz_copy(data, size);
	seamkey_span text = seamkey_span_of(copy, size);
	rule_octets der;
	size_t len = 4242, count = 0, at = 4242;
	int status = seamkey_rule_decode_text(NULL, 0, &len, text, &at);

	fuzz_check_status(status);
	CHECK(at <= size);
	if (status == SEAMKEY_OK) {
		der = rule_der_of(text);
		CHECK(der.span.len == len);
		CHECK(seamkey_rule_decode(
			      rule, SEAMKEY_RULE_MAX, &count, der.span)
			== SEAMKEY_OK);
		rule_check_round(rule, count, der.span);
		free(der.p);
	} else {
		CHECK(len == 4242);
	}
	fuzz_free(copy, size);
	return 0;
}
