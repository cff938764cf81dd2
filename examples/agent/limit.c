/*
 * limit.c - how often a client may ask
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * A bucket for each address, which fills by the rate and holds a tenth of a
 * minute's worth, and one at least. It counts what a millisecond brings at a
 * rate of one, so that nothing is ever rounded. The table does not grow: who
 * has not been seen for longest makes room.
 */
#include <string.h>

#include "net.h"

#define LIMIT_CLIENTS 2048
#define LIMIT_MINUTE  60000

static struct client limit_table[LIMIT_CLIENTS];

static uint64_t
limit_full(uint32_t rate)
{
	uint64_t messages = rate / 10;

	return LIMIT_MINUTE * (messages == 0 ? 1 : messages);
}

struct client *
limit_find(const unsigned char *address, uint32_t rate, uint64_t now)
{
	struct client *c, *oldest = NULL;
	size_t u;

	for (u = 0; u < LIMIT_CLIENTS; u++) {
		c = &limit_table[u];
		if (c->seen != 0 && memcmp(c->address, address, 16) == 0) {
			return c;
		}
		if (c->open == 0
			&& (oldest == NULL || c->seen < oldest->seen)) {
			oldest = c;
		}
	}
	memset(oldest, 0, sizeof *oldest);
	memcpy(oldest->address, address, 16);
	oldest->seen = now;
	oldest->credit = limit_full(rate);
	return oldest;
}

int
limit_take(struct client *c, uint32_t rate, uint64_t now)
{
	uint64_t full = limit_full(rate), passed = now - c->seen;

	/* a minute fills any of them */
	c->credit += (passed < LIMIT_MINUTE ? passed : LIMIT_MINUTE) * rate;
	if (c->credit > full) {
		c->credit = full;
	}
	c->seen = now;
	if (c->credit < LIMIT_MINUTE) {
		return 0;
	}
	c->credit -= LIMIT_MINUTE;
	return 1;
}

void
limit_refuse(
	struct client *c, const char *address, const char *why, uint64_t now)
{
	c->refused++;
	if (c->told != 0 && now - c->told < LIMIT_MINUTE) {
		return;
	}
	agent_say("%s: %s%s (%u refused)", address, why,
		c->refused > 1 ? ", and more" : "", c->refused);
	c->refused = 0;
	c->told = now;
}
