/*
 * agent_wrap.c - the room that seamkey-agent has for keys in the clear
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Opens one wrapped key until there is no room for it, which the limits of a
 * request do not let happen. Run by tests/agent.sh. Exit status: 0; or 1 and
 * what is wrong.
 */
#define _XOPEN_SOURCE 700

/* what they hide is what is looked at
 * NOLINTBEGIN(bugprone-suspicious-include) */
#include "examples/agent/secret.c"
#include "examples/agent/wrap.c"
/* NOLINTEND(bugprone-suspicious-include) */

#define ROOM sizeof(((struct wrap *)NULL)->arena)

/* 481 wrapped ones are 4 octets more than the room: who counts them so, and
 * compares with the clear ones, goes on behind it. */
#define CLEAR (2180 - WRAP_EXTRA)

static struct {
	struct wrap w;
	unsigned char beyond[2 * CLEAR];
} m;

static void
no_done(void *ctx)
{
	(void)ctx;
}

static int
check(const char *what, size_t got, size_t want)
{
	if (got == want) {
		return 0;
	}
	fprintf(stderr, "%s: %lu, not %lu\n", what, (unsigned long)got,
		(unsigned long)want);
	return 1;
}

static size_t
count_changed(void)
{
	size_t u, n = 0;

	for (u = 0; u < sizeof m.beyond; u++) {
		n += m.beyond[u] != 0xA5;
	}
	return n;
}

int
main(void)
{
	static const struct store_class cls = { "none", 0, NULL, NULL, NULL,
		NULL, NULL, { NULL, NULL, no_done, NULL } };
	static unsigned char value[CLEAR], wrapped[CLEAR + WRAP_EXTRA];
	struct store inner = { &cls, NULL };
	br_hmac_drbg_context drbg;
	seamkey_agent_row row, got;
	size_t n = 0;
	int status, wrong;

	memset(&row, 0, sizeof row);
	memset(m.beyond, 0xA5, sizeof m.beyond);
	memset(value, 7, sizeof value);
	row.kind = SEAMKEY_AGENT_KEY;
	m.w.inner = &inner;
	m.w.loaded = 1;
	status = seamkey_random_init(&m.w.random, &drbg);
	if (status == SEAMKEY_OK) {
		status = wrap_seal(&m.w, wrapped,
			seamkey_span_of(value, sizeof value), "key", &row);
	}
	row.value = seamkey_span_of(wrapped, sizeof wrapped);
	while (status == SEAMKEY_OK && n <= ROOM / CLEAR) {
		got = row;
		status = wrap_store.load(&m.w, &got);
		n += status == SEAMKEY_OK
			&& seamkey_span_match(got.value,
				seamkey_span_of(value, sizeof value));
	}
	wrong = check("keys that were opened", n, ROOM / CLEAR);
	wrong |= check(
		"the end is SEAMKEY_ERR_SPACE", status == SEAMKEY_ERR_SPACE, 1);
	wrong |= check("octets in use", m.w.used, n * CLEAR);
	wrap_store.done(&m.w);
	wrong |= check("octets in use at the end", m.w.used, 0);
	wrong |= check("octets changed behind the room", count_changed(), 0);
	return wrong;
}
