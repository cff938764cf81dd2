/*
 * store.h - where the rows of the repository are kept
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * A store is named by a URL, "sqlite:/var/lib/agent.db"; what stands before
 * the colon chooses one of the table in store.c. Each store is one object
 * of the type below, over a context of its own. The rows that it keeps are
 * those that it is handed: private keys have been wrapped before (wrap.h).
 */
#ifndef AGENT_STORE_H
#define AGENT_STORE_H

#include <bearssl.h>

#include "seamkey.h"

/* A kind of row that is this program's alone: how keys are wrapped. */
#define STORE_KIND_WRAP 255

/* What a store, or the wrapping of keys, may answer besides the codes of
 * the headers. */
enum store_error {
	STORE_ERR_URL = -1101,
	STORE_ERR_OPEN = -1102,
	STORE_ERR_VERSION = -1103,
	STORE_ERR_BUSY = -1104,
	STORE_ERR_FULL = -1105,
	STORE_ERR_DAMAGED = -1106,
	STORE_ERR_FAILED = -1107,
	WRAP_ERR_SECRET = -1111,
	WRAP_ERR_WRONG = -1112,
	WRAP_ERR_ROW = -1113,
	WRAP_ERR_NONE = -1114,
	WRAP_ERR_TOLD = -1115 /* and why, on standard error */
};

/*
 * A kind of store. Results are status codes: those above, or of base.
 *
 * open   where: the URL behind its colon. create: make what is not there.
 * close  also what open began and did not finish
 * lock   what find sees from now on until change or done is what change
 *        will change: nobody else changes it meanwhile
 * forget what find gave is gone, as after done, but what it sees stays the
 *        same: for walks over more rows than have room at once (8 MiB)
 * text   what went wrong last, in words of the database's
 * rows   find, change and done, as seamkey_agent.h wants them
 */
struct store_class {
	const char *scheme;
	size_t size; /* bytes of a context, zeroed before open */
	int (*open)(void *ctx, const char *where, int create);
	void (*close)(void *ctx);
	int (*lock)(void *ctx);
	void (*forget)(void *ctx);
	const char *(*text)(void *ctx);
	seamkey_agent_store rows;
};

extern const struct store_class store_sqlite;
#ifdef WITH_POSTGRES
extern const struct store_class store_pg;
#endif

/* A store that is open. */
struct store {
	const struct store_class *cls;
	void *ctx;
};

/* On an error nothing is left open, and why has been told on stderr. */
int store_open(struct store *s, const char *url, int create);
void store_close(struct store *s);

/* The text of any status of this program. */
const char *store_text(int status);

#endif
