/*
 * rule.c - fuzz target: rules in DER
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Input: 2 octets of what is known, then the DER of a rule. A rule that is
 * taken encodes to the same octets, comes back from its text, passes where
 * everything is so, and not where nothing is known; what is known beside
 * that never takes anything away.
 */
#include <bearssl.h>

#include "rule_tools.h"

/* What hooks answer: each of them yes, or no. */
static unsigned known;

static int
answer(unsigned bit)
{
	return (known >> bit & 1) != 0 ? SEAMKEY_OK : SEAMKEY_ERR_RULE_NONE;
}

static int
get_attribute(void *ctx, seamkey_span type, size_t n, seamkey_span *value)
{
	static const char *const values[] = { "", "5", "blue", "0", "99" };

	(void)ctx;
	(void)type;
	if (n >= sizeof values / sizeof values[0]) {
		return SEAMKEY_ERR_RULE_NONE;
	}
	*value = seamkey_span_of(values[n], strlen(values[n]));
	return answer(0);
}

static int
is_member(void *ctx, seamkey_span group)
{
	(void)ctx;
	return answer(group.len % 2 == 0 ? 1 : 2);
}

static int
has_role(void *ctx, seamkey_span role)
{
	(void)ctx;
	(void)role;
	return answer(3);
}

static int
call_function(void *ctx, seamkey_span name, seamkey_span argument)
{
	(void)ctx;
	(void)name;
	(void)argument;
	return answer(4);
}

static int
count_approvals(void *ctx, seamkey_span group, size_t least, size_t *count)
{
	(void)ctx;
	(void)group;
	(void)least;
	*count = known >> 5 & 3;
	return SEAMKEY_OK;
}

static const seamkey_rule_hooks hooks = { get_attribute, is_member, has_role,
	call_function, count_approvals };

/* 0: no; 1: approvals are missing; 2: yes. */
static int
decide(const seamkey_rule *rule, size_t count, unsigned what)
{
	static const unsigned char name[] = { 0x30, 0x0C, 0x31, 0x0A, 0x30,
		0x08, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0C, 0x01, 0x61 };
	seamkey_rule_facts f;
	int status;

	memset(&f, 0, sizeof f);
	known = what;
	f.hooks = what != 0 ? &hooks : NULL;
	f.name = seamkey_span_of(name, (what >> 7 & 1) != 0 ? sizeof name : 0);
	f.location = seamkey_span_of("here", (what >> 8 & 1) != 0 ? 4 : 0);
	f.clearance = (what >> 9 & 1) != 0 ? 3 : 0;
	f.has_time = (what >> 10 & 1) != 0;
	f.now = 1782907200;
	f.second = 43200;
	f.weekday = 2;
	status = seamkey_rule_decide(rule, count, &f);
	CHECK(status == SEAMKEY_OK || status == SEAMKEY_ERR_RULE_APPROVAL
		|| status == SEAMKEY_ERR_RULE_FAILED);
	return status == SEAMKEY_OK                   ? 2
		: status == SEAMKEY_ERR_RULE_APPROVAL ? 1
						      : 0;
}

static size_t
der_at(const uint8_t *data, size_t size)
{
	(void)data;
	return size < 2 ? size : 2;
}

FUZZ_MUTATOR(der_at)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static seamkey_rule rule[SEAMKEY_RULE_MAX];
	size_t count = 4242, u, begin = size < 2 ? size : 2;
	unsigned char *copy = fuzz_copy(data + begin, size - begin);
	seamkey_span in = seamkey_span_of(copy, size - begin);
	unsigned what = size < 2 ? 0 : (unsigned)(data[0] | data[1] << 8);
	int status = seamkey_rule_decode(rule, SEAMKEY_RULE_MAX, &count, in);

	fuzz_check_status(status);
	if (status == SEAMKEY_OK) {
		CHECK(count != 0 && count <= SEAMKEY_RULE_MAX);
		fuzz_check_accepted(in, 0);
		for (u = 0; u < count; u++) {
			CHECK(fuzz_is_inside(rule[u].name, in));
			CHECK(fuzz_is_inside(rule[u].value, in));
		}
		CHECK(decide(rule, count, 0) < 2);
		CHECK(decide(rule, count, what)
			<= decide(rule, count, what | 0x7FF));
		CHECK(decide(rule, count, what & (unsigned)(0xF80 | 0x60))
			<= decide(rule, count, what));
		rule_check_round(rule, count, in);
		CHECK(seamkey_rule_decode(rule, count - 1, &count, in)
			== SEAMKEY_ERR_SPACE);
	} else {
		CHECK(count == 4242);
	}
	fuzz_free(copy, size - begin);
	return 0;
}
