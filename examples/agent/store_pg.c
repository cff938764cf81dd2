/*
 * store_pg.c - rows in PostgreSQL, as one of the stores of this program
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#define _XOPEN_SOURCE 700

#include <stdio.h>
#include <stdlib.h>

#include "store.h"
#include "store_pg.h"

/* For what one request finds; only what is used of it costs memory. */
#define POSTGRES_ARENA (8u << 20)

/* where: "//host/name" of a URL, or "host=... dbname=..." as libpq has it */
static int
postgres_open(void *ctx, const char *where, int create)
{
	pg_store *s = (pg_store *)ctx;
	char url[PG_STORE_WHERE];
	int n = snprintf(url, sizeof url, "%s%s",
		where[0] == '/' ? "postgresql:" : "", where);

	if (n < 0 || (size_t)n >= sizeof url) {
		return STORE_ERR_URL;
	}
	s->arena_len = POSTGRES_ARENA;
	s->arena = (unsigned char *)malloc(s->arena_len);
	return s->arena != NULL ? pg_store_open(s, url, create)
				: STORE_ERR_OPEN;
}

static void
postgres_close(void *ctx)
{
	pg_store *s = (pg_store *)ctx;

	pg_store_close(s);
	free(s->arena);
}

static int
postgres_lock(void *ctx)
{
	return pg_store_lock((pg_store *)ctx);
}

static void
postgres_forget(void *ctx)
{
	pg_store_forget((pg_store *)ctx);
}

static const char *
postgres_text(void *ctx)
{
	return pg_store_text((const pg_store *)ctx);
}

const struct store_class store_pg = { "postgresql", sizeof(pg_store),
	postgres_open, postgres_close, postgres_lock, postgres_forget,
	postgres_text,
	{ pg_store_find, pg_store_change, pg_store_done, NULL } };
