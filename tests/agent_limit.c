/*
 * agent_limit.c - how many messages seamkey-agent admits, by a clock of ours
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Ten minutes of tries, at several rates and as often as somebody may try.
 * Run by tests/agent_server.sh. Exit status: 0; or 1 and what is wrong.
 */
#define _XOPEN_SOURCE 700

/* NOLINTNEXTLINE(bugprone-suspicious-include): no other part is needed */
#include "examples/agent/limit.c"

#define TEN_MINUTES 600000

void
agent_say(const char *format, ...)
{
	(void)format;
}

/* What comes at once, and then the rate; less where the last try is some time
 * before the end, or a bucket of one message is full some time before the
 * next try. */
static const struct {
	uint32_t rate;
	uint64_t pause, want; /* milliseconds between tries; messages */
} cases[] = {
	{ 1, 1, 1 + 10 },
	{ 1, 9, 1 + 9 },
	{ 6, 1, 1 + 60 },
	{ 6, 9, 1 + 59 },
	{ 6, 7000, 43 },
	{ 7, 1000, 67 },
	{ 59, 1, 5 + 590 },
	{ 59, 9, 5 + 589 },
	{ 59, 1000, 5 + 590 },
	{ 600, 1, 60 + 6000 },
	{ 600, 9, 60 + 5999 },
	{ 600, 1000, 601 },
	{ 1000000, 1, 600001 },
};

static int
check_rate(unsigned u)
{
	unsigned char address[16] = { 0 };
	struct client *c;
	uint64_t t, got = 0;

	address[0] = (unsigned char)u;
	c = limit_find(address, cases[u].rate, 1);
	for (t = 0; t <= TEN_MINUTES; t += cases[u].pause) {
		got += (uint64_t)limit_take(c, cases[u].rate, 1 + t);
	}
	if (got == cases[u].want) {
		return 0;
	}
	printf("rate %lu, each %lu ms: %lu admitted, not %lu\n",
		(unsigned long)cases[u].rate, (unsigned long)cases[u].pause,
		(unsigned long)got, (unsigned long)cases[u].want);
	return 1;
}

int
main(void)
{
	unsigned u;
	int wrong = 0;

	for (u = 0; u < sizeof cases / sizeof cases[0]; u++) {
		wrong |= check_rate(u);
	}
	return wrong;
}
