/*
 * store_pg.h - rows in PostgreSQL, for several agents behind one database
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * A seamkey_agent_store over libpq, 14 or later, and a server of version 12
 * or later. Who includes it defines _XOPEN_SOURCE 700 first, and links -lpq.
 *
 * One table has all rows; its primary key is the SHA-256 of a row's identity
 * (seamkey_agent_identity()), so that the database itself keeps a row from
 * being there twice. Rows come in the order in which they were added.
 *
 * What a request finds is read in one transaction, up to done: it sees the
 * repository at one moment. A change is a transaction of its own. Between
 * pg_store_lock() and change nobody else changes anything, so that what was
 * checked before a change still holds when it is made. A change that is made
 * in the middle of a request ends the moment that it sees, and begins another.
 *
 * The server is waited for as long as patience says, and no longer, whatever
 * happens to it or to the network. A connection that is lost is made again,
 * where nothing has been read over it yet in this request, or in the next
 * one; until then every answer is an error. Of a change whose answer was lost
 * the server is asked over another connection what became of it. Where it
 * does not say so in time, the change has happened or has not:
 * SEAMKEY_ERR_AGENT_UNCERTAIN.
 *
 * Who can change what is sent to the server, or comes from it, decides who
 * gets keys: over a network the connection string says sslmode=verify-full.
 * Private keys are bytes like others here: they have to be wrapped before.
 * A store is one thread's at a time, and not to be taken through fork().
 */
#ifndef AGENT_STORE_PG_H
#define AGENT_STORE_PG_H

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libpq-fe.h>

#include "seamkey_agent.h"

/* Besides the codes of the headers: those of all stores of the agent. */
enum pg_store_error {
	PG_STORE_ERR_OPEN = -1102,    /* no connection */
	PG_STORE_ERR_VERSION = -1103, /* another version's tables */
	PG_STORE_ERR_BUSY = -1104,    /* others hold it, and went on to */
	PG_STORE_ERR_FULL = -1105,    /* no room on the server */
	PG_STORE_ERR_DAMAGED = -1106, /* what it has is no row */
	PG_STORE_ERR_FAILED = -1107,  /* anything else, a lost connection too */
	PG_STORE_ERR_NONE = -1114     /* the tables are not there */
};

#define PG_STORE_SCHEMA   1    /* version of the tables */
#define PG_STORE_WHERE    1024 /* bytes of a connection string */
#define PG_STORE_CURSORS  16   /* lookups that go on side by side */
#define PG_STORE_BATCH    256  /* most rows that are fetched at once */
#define PG_STORE_PATIENCE 5000
#define PG_STORE_PAUSE    1000

/* A lookup, and the rows of it that are here. */
typedef struct pg_store_cursor {
	unsigned char hash[32]; /* of what is looked for */
	PGresult *rows;         /* NULL: none */
	size_t first;           /* which of all the first one here is */
	int ended;              /* 1: there are none behind these */
	unsigned long used;     /* when */
	int given;              /* 1: row is number last, and is in the arena */
	size_t last;
	seamkey_agent_row row;
} pg_store_cursor;

enum pg_store_phase {
	PG_STORE_IDLE,
	PG_STORE_READING,
	PG_STORE_CHANGING,
	PG_STORE_BROKEN /* until done, as what was read does not hold */
};

/* The caller zeroes it, and sets the first four. */
typedef struct pg_store {
	unsigned char *arena; /* what find gives is here until done */
	size_t arena_len;
	unsigned patience; /* ms for one answer of the server; 0: 5000 */
	unsigned pause;    /* ms between attempts to connect; 0: 1000 */

	/* its own */
	PGconn *conn; /* NULL: none now */
	enum pg_store_phase phase;
	int failure; /* why it is broken */
	size_t arena_used;
	unsigned prepared;   /* a bit for each statement */
	uint64_t not_before; /* ms: of the next attempt to connect */
	unsigned long queries, connects;
	pg_store_cursor cursor[PG_STORE_CURSORS];
	char where[PG_STORE_WHERE];
	char text[256];
} pg_store;

/* ---- waiting ----------------------------------------------------------- */

static inline uint64_t
pg_i_now(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0) {
		return 0;
	}
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* Wait for the socket. 0 where the time is over. */
static inline int
pg_i_wait(PGconn *conn, short events, uint64_t deadline)
{
	struct pollfd p;
	uint64_t now;
	int n;

	p.fd = PQsocket(conn);
	p.events = events;
	if (p.fd < 0) {
		return 0;
	}
	do {
		now = pg_i_now();
		if (now >= deadline) {
			return 0;
		}
		p.revents = 0;
		n = poll(&p, 1, (int)(deadline - now));
	} while (n == 0 || (n < 0 && errno == EINTR));
	return n > 0;
}

/* ---- the connection ---------------------------------------------------- */

static inline void
pg_i_forget(pg_store *s)
{
	unsigned u;

	for (u = 0; u < PG_STORE_CURSORS; u++) {
		PQclear(s->cursor[u].rows);
		memset(&s->cursor[u], 0, sizeof s->cursor[u]);
	}
}

static inline void
pg_i_drop(pg_store *s)
{
	pg_i_forget(s);
	PQfinish(s->conn);
	s->conn = NULL;
	s->prepared = 0;
}

/* Keep the first line of what libpq says. */
static inline void
pg_i_note(pg_store *s, const char *text)
{
	(void)snprintf(s->text, sizeof s->text, "%s", text);
	s->text[strcspn(s->text, "\n")] = '\0';
}

/* No answer: the connection is given up. */
static inline int
pg_i_lose(pg_store *s, const char *text)
{
	pg_i_note(s, text);
	pg_i_drop(s);
	return PG_STORE_ERR_FAILED;
}

static inline int
pg_i_late(pg_store *s)
{
	s->not_before = pg_i_now() + s->pause;
	return pg_i_lose(s, "the server does not answer in time");
}

/* What an SQLSTATE means here. */
static inline int
pg_i_status(const char *state)
{
	static const struct {
		const char *state; /* or how it begins */
		int status;
	} known[] = {
		{ "23505", SEAMKEY_ERR_AGENT_EXISTS },
		{ "42P01", PG_STORE_ERR_NONE },
		{ "57014", PG_STORE_ERR_BUSY },
		{ "55P03", PG_STORE_ERR_BUSY },
		{ "40", PG_STORE_ERR_BUSY },
		{ "53", PG_STORE_ERR_FULL },
		{ "54", PG_STORE_ERR_FULL },
		{ "XX001", PG_STORE_ERR_DAMAGED },
		{ "XX002", PG_STORE_ERR_DAMAGED },
	};
	unsigned u;

	for (u = 0; u < sizeof known / sizeof known[0]; u++) {
		if (state != NULL
			&& strncmp(state, known[u].state,
				   strlen(known[u].state))
				== 0) {
			return known[u].status;
		}
	}
	return PG_STORE_ERR_FAILED;
}

/* Everything that was sent goes out. 0: it is late; -1: it cannot. */
static inline int
pg_i_flush(pg_store *s, uint64_t deadline)
{
	int left;

	while ((left = PQflush(s->conn)) > 0) {
		if (!pg_i_wait(s->conn, POLLIN | POLLOUT, deadline)) {
			return 0;
		}
		if (PQconsumeInput(s->conn) == 0) {
			return -1;
		}
	}
	return left == 0 ? 1 : -1;
}

/* What a result says; the end of the session is 1 in *fatal. */
static inline int
pg_i_verdict(pg_store *s, const PGresult *result, int *fatal)
{
	const char *severity;

	if (PQresultStatus(result) == PGRES_COMMAND_OK
		|| PQresultStatus(result) == PGRES_TUPLES_OK) {
		return SEAMKEY_OK;
	}
	severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
	*fatal = severity == NULL || strcmp(severity, "ERROR") != 0;
	pg_i_note(s, PQresultErrorMessage(result));
	return pg_i_status(PQresultErrorField(result, PG_DIAG_SQLSTATE));
}

/* The next result, or NULL behind the last. 0: it is late. */
static inline int
pg_i_next(pg_store *s, uint64_t deadline, PGresult **next)
{
	while (PQisBusy(s->conn)) {
		if (!pg_i_wait(s->conn, POLLIN, deadline)) {
			return 0;
		}
		if (PQconsumeInput(s->conn) == 0) {
			break; /* the next result says it */
		}
	}
	*next = PQgetResult(s->conn);
	return 1;
}

/* The answer to what was sent: the last result, or the first bad one. */
static inline int
pg_i_answer(pg_store *s, PGresult **out)
{
	/* the server's own limit comes first */
	uint64_t deadline = pg_i_now() + s->patience + s->patience / 4;
	PGresult *result = NULL, *next = NULL;
	int sent = pg_i_flush(s, deadline), fatal = 0;
	int status = PG_STORE_ERR_FAILED;

	if (sent < 0) {
		return pg_i_lose(s, PQerrorMessage(s->conn));
	}
	while (sent > 0 && (sent = pg_i_next(s, deadline, &next)) > 0
		&& next != NULL) {
		if (result != NULL && status != SEAMKEY_OK) {
			PQclear(next);
			continue;
		}
		PQclear(result);
		result = next;
		status = pg_i_verdict(s, result, &fatal);
	}
	fatal = fatal || PQstatus(s->conn) == CONNECTION_BAD;
	if (sent != 0 && !fatal && status == SEAMKEY_OK && out != NULL) {
		*out = result;
	} else {
		PQclear(result);
	}
	if (sent == 0) {
		return pg_i_late(s);
	}
	if (fatal) {
		pg_i_drop(s);
		return PG_STORE_ERR_FAILED;
	}
	return status;
}

/* Statements without parameters, all of them or none. */
static inline int
pg_i_run(pg_store *s, const char *sql, PGresult **out)
{
	s->queries++;
	return PQsendQuery(s->conn, sql) != 0
		? pg_i_answer(s, out)
		: pg_i_lose(s, PQerrorMessage(s->conn));
}

static inline void
pg_i_silent(void *arg, const char *message)
{
	(void)arg;
	(void)message;
}

/* The other end, and that it can be talked to. */
static inline int
pg_i_reach(pg_store *s)
{
	static const char *const keys[] = { "fallback_application_name",
		"dbname", "client_encoding", NULL };
	const char *values[4] = { "seamkey-agent", NULL, "UTF8", NULL };
	uint64_t deadline = pg_i_now() + s->patience;
	PostgresPollingStatusType next = PGRES_POLLING_WRITING;

	values[1] = s->where;
	s->conn = PQconnectStartParams(keys, values, 1);
	if (s->conn == NULL || PQstatus(s->conn) == CONNECTION_BAD) {
		next = PGRES_POLLING_FAILED;
	}
	while (next == PGRES_POLLING_READING || next == PGRES_POLLING_WRITING) {
		if (!pg_i_wait(s->conn,
			    next == PGRES_POLLING_READING ? POLLIN : POLLOUT,
			    deadline)) {
			return pg_i_late(s);
		}
		next = PQconnectPoll(s->conn);
	}
	if (next != PGRES_POLLING_OK || PQsetnonblocking(s->conn, 1) != 0) {
		return pg_i_lose(s, PQerrorMessage(s->conn));
	}
	(void)PQsetNoticeProcessor(s->conn, pg_i_silent, NULL);
	return SEAMKEY_OK;
}

/* Limits; and what is committed has reached a disk, as far as the server
 * was not told to do even more. */
static inline int
pg_i_limit(pg_store *s)
{
	char sql[512];

	(void)snprintf(sql, sizeof sql,
		"SET statement_timeout = %u; SET lock_timeout = %u; "
		"SET idle_in_transaction_session_timeout = '1min'; "
		"SELECT set_config('synchronous_commit', 'on', false) "
		"WHERE current_setting('synchronous_commit') = 'off'",
		s->patience, s->patience / 2);
	return pg_i_run(s, sql, NULL);
}

static inline int
pg_i_check_version(pg_store *s)
{
	PGresult *result = NULL;
	int status = pg_i_run(s, "SELECT version FROM seamkey_schema", &result);

	if (status == SEAMKEY_OK
		&& (PQntuples(result) != 1
			|| strtoul(PQgetvalue(result, 0, 0), NULL, 10)
				!= PG_STORE_SCHEMA)) {
		pg_i_note(s, "");
		status = PG_STORE_ERR_VERSION;
	}
	PQclear(result);
	return status;
}

/* Lookups are by hashes, as what is long has no place in an index. */
static inline int
pg_i_create(pg_store *s)
{
	return pg_i_run(s,
		"SELECT pg_advisory_xact_lock(1936417127);"
		"CREATE TABLE IF NOT EXISTS seamkey_row ("
		"id bytea PRIMARY KEY, "
		"seq bigint GENERATED ALWAYS AS IDENTITY, "
		"kind smallint NOT NULL, owner bytea NOT NULL, "
		"name bytea NOT NULL, value bytea NOT NULL, "
		"flag smallint NOT NULL, number bigint NOT NULL, "
		"handle bytea NOT NULL, rejection bytea NOT NULL);"
		"CREATE INDEX IF NOT EXISTS seamkey_row_kind "
		"ON seamkey_row (kind, seq);"
		"CREATE INDEX IF NOT EXISTS seamkey_row_owner "
		"ON seamkey_row (kind, sha256(owner), seq);"
		"CREATE INDEX IF NOT EXISTS seamkey_row_name "
		"ON seamkey_row (kind, sha256(name), seq);"
		"CREATE INDEX IF NOT EXISTS seamkey_row_value "
		"ON seamkey_row (kind, sha256(name), sha256(value), seq);"
		"CREATE TABLE IF NOT EXISTS seamkey_schema ("
		"version integer NOT NULL);"
		"INSERT INTO seamkey_schema SELECT 1 "
		"WHERE NOT EXISTS (SELECT FROM seamkey_schema)",
		NULL);
}

/* A connection, to tables that are ours. */
static inline int
pg_i_connect(pg_store *s, int create)
{
	int status;

	if (s->conn != NULL) {
		return SEAMKEY_OK;
	}
	if (pg_i_now() < s->not_before) {
		return PG_STORE_ERR_OPEN;
	}
	s->connects++;
	status =
		pg_i_reach(s) == SEAMKEY_OK ? pg_i_limit(s) : PG_STORE_ERR_OPEN;
	if (status == SEAMKEY_OK) {
		status = pg_i_check_version(s);
	}
	if (status == PG_STORE_ERR_NONE && create) {
		status = pg_i_create(s);
		if (status == SEAMKEY_OK) {
			status = pg_i_check_version(s);
		}
	}
	if (status != SEAMKEY_OK) {
		pg_i_drop(s);
		s->not_before = pg_i_now() + s->pause;
	}
	return status;
}

/* ---- transactions ------------------------------------------------------ */

/* The transaction is over, however it ends; SEAMKEY_ERR_AGENT_UNCERTAIN where
 * the server was not heard of any more. */
static inline int
pg_i_end(pg_store *s, const char *sql)
{
	PGresult *result = NULL;
	int status = PG_STORE_ERR_FAILED;

	pg_i_forget(s);
	s->phase = PG_STORE_IDLE;
	if (s->conn != NULL) {
		status = pg_i_run(s, sql, &result);
		if (s->conn == NULL) {
			status = SEAMKEY_ERR_AGENT_UNCERTAIN;
		}
	}
	if (status == SEAMKEY_OK && strcmp(PQcmdStatus(result), sql) != 0) {
		status = PG_STORE_ERR_FAILED; /* rolled back instead */
	}
	PQclear(result);
	if (status != SEAMKEY_OK && s->conn != NULL) {
		pg_i_drop(s);
	}
	return status;
}

/* Begin one. A connection that has died meanwhile is made again: nothing
 * has been read over it yet, or written. */
static inline int
pg_i_begin(pg_store *s, enum pg_store_phase phase, const char *sql)
{
	int old = s->conn != NULL;
	int status = pg_i_connect(s, 0);

	if (status == SEAMKEY_OK) {
		status = pg_i_run(s, sql, NULL);
	}
	if (status != SEAMKEY_OK && old && s->conn == NULL) {
		status = pg_i_connect(s, 0);
		if (status == SEAMKEY_OK) {
			status = pg_i_run(s, sql, NULL);
		}
	}
	if (status == SEAMKEY_OK) {
		s->phase = phase;
	} else if (s->conn != NULL) {
		(void)pg_i_end(s, "ROLLBACK");
	}
	return status;
}

/* What has been read in it does not hold any more. */
static inline int
pg_i_break(pg_store *s, int status)
{
	s->phase = PG_STORE_BROKEN;
	s->failure = status;
	return status;
}

/* What find gave is gone; what it sees stays the same. */
static inline void
pg_store_forget(pg_store *s)
{
	unsigned u;

	for (u = 0; u < PG_STORE_CURSORS; u++) {
		s->cursor[u].given = 0;
	}
	seamkey_wipe(s->arena, s->arena_used);
	s->arena_used = 0;
}

/* The end of a request: what find gave is gone. */
static inline void
pg_store_done(void *ctx)
{
	pg_store *s = (pg_store *)ctx;

	if (s->phase == PG_STORE_READING) {
		(void)pg_i_end(s, "COMMIT");
	} else if (s->phase != PG_STORE_IDLE) {
		(void)pg_i_end(s, "ROLLBACK");
	}
	pg_store_forget(s);
}

/*
 * What find sees from now on until change or done is what change will
 * change: nobody else changes anything meanwhile. Others can read.
 */
static inline int
pg_store_lock(pg_store *s)
{
	pg_store_done(s);
	return pg_i_begin(s, PG_STORE_CHANGING,
		"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; "
		"LOCK TABLE seamkey_row IN SHARE ROW EXCLUSIVE MODE");
}

/* ---- statements -------------------------------------------------------- */

/* Types of PostgreSQL, by the numbers that they always have. */
enum pg_i_type {
	PG_I_BYTES = 17,
	PG_I_NUMBER = 20,
	PG_I_SHORT = 21
};

typedef struct pg_i_params {
	int count;
	const char *value[9];
	int len[9], format[9];
	Oid type[9];
	unsigned char number[9][8];
} pg_i_params;

static inline void
pg_i_put(pg_i_params *p, Oid type, const void *value, size_t len)
{
	int at = p->count++;

	p->type[at] = type;
	p->value[at] = (const char *)value;
	p->len[at] = (int)len;
	p->format[at] = 1;
}

static inline void
pg_i_put_number(pg_i_params *p, Oid type, uint64_t n)
{
	unsigned char *to = p->number[p->count];
	size_t u;

	for (u = 0; u < 8; u++) {
		to[u] = (unsigned char)(n >> (56 - 8 * u));
	}
	if (type == PG_I_SHORT) {
		pg_i_put(p, type, to + 6, 2);
	} else {
		pg_i_put(p, type, to, 8);
	}
}

/* Empty bytes, not NULL. */
static inline void
pg_i_put_bytes(pg_i_params *p, seamkey_span s)
{
	pg_i_put(p, PG_I_BYTES, s.len != 0 ? (const void *)s.p : "", s.len);
}

/* Statement number slot, prepared where it is not yet. */
static inline int
pg_i_execute(pg_store *s, unsigned slot, const char *sql, const pg_i_params *p,
	PGresult **out)
{
	char name[16];
	int status = SEAMKEY_OK;

	(void)snprintf(name, sizeof name, "seamkey%u", slot);
	if ((s->prepared >> slot & 1) == 0) {
		status = PQsendPrepare(s->conn, name, sql, p->count, p->type)
				!= 0
			? pg_i_answer(s, NULL)
			: pg_i_lose(s, PQerrorMessage(s->conn));
		if (status != SEAMKEY_OK) {
			return status;
		}
		s->prepared |= 1u << slot;
	}
	s->queries++;
	return PQsendQueryPrepared(
		       s->conn, name, p->count, p->value, p->len, p->format, 1)
			!= 0
		? pg_i_answer(s, out)
		: pg_i_lose(s, PQerrorMessage(s->conn));
}

/* ---- looking ----------------------------------------------------------- */

static inline void
pg_i_hash_field(br_sha256_context *hash, seamkey_span field)
{
	unsigned char head[5];

	head[0] = field.p != NULL;
	head[1] = (unsigned char)(field.len >> 24);
	head[2] = (unsigned char)(field.len >> 16);
	head[3] = (unsigned char)(field.len >> 8);
	head[4] = (unsigned char)field.len;
	br_sha256_update(hash, head, sizeof head);
	br_sha256_update(hash, field.p, field.len);
}

/* SHA-256 of the kind and of what is set of the three fields. */
static inline void
pg_i_hash(const seamkey_agent_row *row, unsigned char *out)
{
	br_sha256_context hash;

	br_sha256_init(&hash);
	br_sha256_update(&hash, &row->kind, 1);
	pg_i_hash_field(&hash, row->owner);
	pg_i_hash_field(&hash, row->name);
	pg_i_hash_field(&hash, row->value);
	br_sha256_out(&hash, out);
}

/* Which of owner 1, name 2 and value 4 are set. */
static inline unsigned
pg_i_set(const seamkey_agent_row *row)
{
	return (unsigned)(row->owner.p != NULL)
		| (unsigned)(row->name.p != NULL) << 1
		| (unsigned)(row->value.p != NULL) << 2;
}

/* The numbers of statements: lookups by what is set; by the identity, which
 * most of them are by; changes behind those. */
#define PG_I_BY_ID  8
#define PG_I_CHANGE 8

/* limit rows behind number after, without the first skip of those. */
static inline int
pg_i_select(pg_store *s, const seamkey_agent_row *like,
	const unsigned char *hash, uint64_t after, uint64_t limit,
	uint64_t skip, PGresult **out)
{
	seamkey_agent_row id = seamkey_agent_identity(like);
	unsigned by = pg_i_set(like);
	char sql[512];
	pg_i_params p;

	by = by == pg_i_set(&id) ? PG_I_BY_ID : by;
	(void)snprintf(sql, sizeof sql,
		"SELECT seq, owner, name, value, flag, number, handle, "
		"rejection FROM seamkey_row WHERE kind = $1 AND seq > $2"
		"%s%s%s%s ORDER BY seq LIMIT $3 OFFSET $4",
		by & 1 ? " AND sha256(owner) = sha256($6) AND owner = $6" : "",
		by & 2 ? " AND sha256(name) = sha256($7) AND name = $7" : "",
		by & 4 ? " AND sha256(value) = sha256($8) AND value = $8" : "",
		by & PG_I_BY_ID ? " AND id = $5" : "");
	p.count = 0;
	pg_i_put_number(&p, PG_I_SHORT, like->kind);
	pg_i_put_number(&p, PG_I_NUMBER, after);
	pg_i_put_number(&p, PG_I_NUMBER, limit);
	pg_i_put_number(&p, PG_I_NUMBER, skip);
	pg_i_put(&p, PG_I_BYTES, hash, 32);
	pg_i_put_bytes(&p, like->owner);
	pg_i_put_bytes(&p, like->name);
	pg_i_put_bytes(&p, like->value);
	return pg_i_execute(s, by, sql, &p, out);
}

/* A number of len octets. */
static inline int
pg_i_get_number(const PGresult *r, int row, int column, int len, uint64_t *out)
{
	const char *p = PQgetvalue(r, row, column);
	uint64_t v = 0;
	int u;

	if (PQgetisnull(r, row, column) || PQgetlength(r, row, column) != len) {
		return PG_STORE_ERR_DAMAGED;
	}
	for (u = 0; u < len; u++) {
		v = v << 8 | (unsigned char)p[u];
	}
	*out = v;
	return SEAMKEY_OK;
}

/* A copy of a column that stays until done. */
static inline int
pg_i_keep(
	pg_store *s, const PGresult *r, int row, int column, seamkey_span *out)
{
	size_t len = (size_t)PQgetlength(r, row, column);

	if (PQgetisnull(r, row, column) || len > SEAMKEY_AGENT_MAX_FIELD) {
		return PG_STORE_ERR_DAMAGED;
	}
	if (len > s->arena_len - s->arena_used) {
		return SEAMKEY_ERR_SPACE;
	}
	*out = seamkey_span_of(s->arena + s->arena_used, len);
	if (len != 0) {
		memcpy(s->arena + s->arena_used, PQgetvalue(r, row, column),
			len);
	}
	s->arena_used += len;
	return SEAMKEY_OK;
}

static inline int
pg_i_get_row(pg_store *s, const PGresult *r, int row, seamkey_agent_row *out)
{
	seamkey_span *fields[5];
	static const int columns[5] = { 1, 2, 3, 6, 7 };
	uint64_t flag = 0, number = 0;
	int status = pg_i_get_number(r, row, 4, 2, &flag);
	size_t u;

	fields[0] = &out->owner;
	fields[1] = &out->name;
	fields[2] = &out->value;
	fields[3] = &out->handle;
	fields[4] = &out->rejection;
	if (status == SEAMKEY_OK) {
		status = pg_i_get_number(r, row, 5, 8, &number);
	}
	if (status == SEAMKEY_OK && (flag > 0xFF || number > 0xFFFFFFFF)) {
		status = PG_STORE_ERR_DAMAGED;
	}
	for (u = 0; u < 5 && status == SEAMKEY_OK; u++) {
		status = pg_i_keep(s, r, row, columns[u], fields[u]);
	}
	out->flag = (uint8_t)flag;
	out->number = (uint32_t)number;
	return status;
}

/* The lookup with this hash: as it stands, or new in the oldest place. */
static inline pg_store_cursor *
pg_i_cursor(pg_store *s, const unsigned char *hash)
{
	pg_store_cursor *c = s->cursor;
	unsigned u;

	for (u = 0; u < PG_STORE_CURSORS; u++) {
		if (s->cursor[u].rows != NULL
			&& memcmp(s->cursor[u].hash, hash, 32) == 0) {
			return &s->cursor[u];
		}
		if (s->cursor[u].used < c->used) {
			c = &s->cursor[u];
		}
	}
	PQclear(c->rows);
	memset(c, 0, sizeof *c);
	memcpy(c->hash, hash, 32);
	return c;
}

/* Row n comes to the cursor, with some behind it, if there is one. Batches
 * grow, so that a long walk is few statements, and a short one few rows. */
static inline int
pg_i_fetch(pg_store *s, pg_store_cursor *c, const seamkey_agent_row *like,
	size_t n)
{
	size_t here = 0, limit = 4, from = 0;
	uint64_t after = 0;
	PGresult *rows = NULL;
	int status;

	if (c->rows != NULL) {
		here = (size_t)PQntuples(c->rows);
	}
	if (here != 0 && n >= c->first) {
		if (pg_i_get_number(c->rows, (int)here - 1, 0, 8, &after)
			!= SEAMKEY_OK) {
			return PG_STORE_ERR_DAMAGED;
		}
		from = c->first + here;
		limit = here * 4 < PG_STORE_BATCH ? here * 4 : PG_STORE_BATCH;
	}
	status = pg_i_select(s, like, c->hash, after, limit, n - from, &rows);
	if (status != SEAMKEY_OK) {
		return status; /* where it was lost, the cursor is, too */
	}
	if (PQnfields(rows) != 8 || PQbinaryTuples(rows) == 0) {
		PQclear(rows);
		return PG_STORE_ERR_DAMAGED;
	}
	PQclear(c->rows);
	c->rows = rows;
	c->first = n;
	c->ended = (size_t)PQntuples(rows) < limit;
	c->given = 0;
	return SEAMKEY_OK;
}

static inline int
pg_i_look(pg_store *s, const seamkey_agent_row *like, size_t n,
	seamkey_agent_row *out)
{
	unsigned char hash[32];
	pg_store_cursor *c;
	size_t here;
	int status = SEAMKEY_OK;

	pg_i_hash(like, hash);
	c = pg_i_cursor(s, hash);
	c->used = s->queries + 1;
	here = c->rows != NULL ? (size_t)PQntuples(c->rows) : 0;
	if (c->rows == NULL || n < c->first
		|| (n - c->first >= here && !c->ended)) {
		status = pg_i_fetch(s, c, like, n);
		if (status != SEAMKEY_OK) {
			return status;
		}
		here = (size_t)PQntuples(c->rows);
	}
	if (n - c->first >= here) {
		return SEAMKEY_ERR_RULE_NONE;
	}
	if (!c->given || c->last != n) {
		memset(&c->row, 0, sizeof c->row);
		c->row.kind = like->kind;
		c->last = n;
		status = pg_i_get_row(s, c->rows, (int)(n - c->first), &c->row);
		c->given = status == SEAMKEY_OK;
	}
	if (status == SEAMKEY_OK) {
		*out = c->row;
	}
	return status;
}

static inline int
pg_store_find(void *ctx, const seamkey_agent_row *like, size_t n,
	seamkey_agent_row *out)
{
	pg_store *s = (pg_store *)ctx;
	int status = SEAMKEY_OK;

	if (s->phase == PG_STORE_BROKEN) {
		return s->failure;
	}
	if (s->phase == PG_STORE_IDLE) {
		status = pg_i_begin(s, PG_STORE_READING,
			"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
		if (status != SEAMKEY_OK) {
			return pg_i_break(s, status);
		}
	}
	status = pg_i_look(s, like, n, out);
	return status <= -1000 ? pg_i_break(s, status) : status;
}

/* ---- changing ---------------------------------------------------------- */

/* *transaction: the number of the one that is under way. */
static inline int
pg_i_change_row(pg_store *s, int change, const seamkey_agent_row *row,
	uint64_t *transaction)
{
	static const char *const sql[] = { "",
		"INSERT INTO seamkey_row (id, kind, owner, name, value, flag, "
		"number, handle, rejection) VALUES ($1, $2, $3, $4, $5, $6, "
		"$7, $8, $9) ON CONFLICT (id) DO NOTHING "
		"RETURNING txid_current()",
		"UPDATE seamkey_row SET kind = $2, owner = $3, name = $4, "
		"value = $5, flag = $6, number = $7, handle = $8, "
		"rejection = $9 WHERE id = $1 RETURNING txid_current()",
		"UPDATE seamkey_row SET flag = 1 WHERE id = $1 "
		"RETURNING txid_current()",
		"DELETE FROM seamkey_row WHERE id = $1 "
		"RETURNING txid_current()" };
	seamkey_agent_row identity = seamkey_agent_identity(row);
	unsigned char id[32];
	PGresult *result = NULL;
	pg_i_params p;
	int status, done;

	p.count = 0;
	pg_i_hash(&identity, id);
	pg_i_put(&p, PG_I_BYTES, id, sizeof id);
	if (change == SEAMKEY_AGENT_ADD || change == SEAMKEY_AGENT_REPLACE) {
		pg_i_put_number(&p, PG_I_SHORT, row->kind);
		pg_i_put_bytes(&p, row->owner);
		pg_i_put_bytes(&p, row->name);
		pg_i_put_bytes(&p, row->value);
		pg_i_put_number(&p, PG_I_SHORT, row->flag);
		pg_i_put_number(&p, PG_I_NUMBER, row->number);
		pg_i_put_bytes(&p, row->handle);
		pg_i_put_bytes(&p, row->rejection);
	}
	status = pg_i_execute(
		s, PG_I_CHANGE + (unsigned)change, sql[change], &p, &result);
	if (status != SEAMKEY_OK) {
		return status;
	}
	done = strcmp(PQcmdTuples(result), "1") == 0;
	if (done) {
		status = pg_i_get_number(result, 0, 0, 8, transaction);
	}
	PQclear(result);
	if (done) {
		return status;
	}
	return change == SEAMKEY_AGENT_ADD ? SEAMKEY_ERR_AGENT_EXISTS
					   : SEAMKEY_ERR_RULE_NONE;
}

/* What became of a transaction: SEAMKEY_OK, PG_STORE_ERR_FAILED, or nobody can
 * tell, as long as the server has not seen that the connection is lost. */
static inline int
pg_i_ask_fate(pg_store *s, uint64_t transaction)
{
	char sql[64];
	PGresult *result = NULL;
	const char *fate = "";
	int status = pg_i_connect(s, 0);

	(void)snprintf(sql, sizeof sql, "SELECT txid_status(%llu)",
		(unsigned long long)transaction);
	if (status == SEAMKEY_OK) {
		status = pg_i_run(s, sql, &result);
	}
	if (status == SEAMKEY_OK && PQntuples(result) == 1) {
		fate = PQgetvalue(result, 0, 0);
	}
	status = SEAMKEY_ERR_AGENT_UNCERTAIN;
	if (strcmp(fate, "committed") == 0) {
		status = SEAMKEY_OK;
	} else if (strcmp(fate, "aborted") == 0) {
		status = PG_STORE_ERR_FAILED;
	}
	PQclear(result);
	return status;
}

/* Is the row as the change leaves it? */
static inline int
pg_i_is_changed(pg_store *s, int change, const seamkey_agent_row *row)
{
	seamkey_agent_row like = seamkey_agent_identity(row), now;
	int status;

	memset(&now, 0, sizeof now);
	status = pg_i_look(s, &like, 0, &now);
	pg_i_forget(s);
	if (change == SEAMKEY_AGENT_DELETE) {
		return status == SEAMKEY_ERR_RULE_NONE;
	}
	if (change == SEAMKEY_AGENT_RETIRE) {
		return status == SEAMKEY_OK && now.flag == 1;
	}
	return status == SEAMKEY_OK && now.flag == row->flag
		&& now.number == row->number
		&& seamkey_span_match(now.name, row->name)
		&& seamkey_span_match(now.value, row->value);
}

/*
 * The answer to COMMIT is lost. A server that has taken over meanwhile may
 * have given the number of the transaction to another one: that it was
 * committed counts only where the row says so, too.
 */
static inline int
pg_i_find_out(pg_store *s, int change, const seamkey_agent_row *row,
	uint64_t transaction)
{
	uint64_t deadline = pg_i_now() + s->patience;
	int status;

	s->not_before = 0;
	for (;;) {
		status = pg_i_ask_fate(s, transaction);
		if (status != SEAMKEY_ERR_AGENT_UNCERTAIN
			|| pg_i_now() >= deadline) {
			break;
		}
		(void)poll(NULL, 0, 50);
	}
	return status == SEAMKEY_OK && !pg_i_is_changed(s, change, row)
		? SEAMKEY_ERR_AGENT_UNCERTAIN
		: status;
}

static inline int
pg_i_is_sane(const seamkey_agent_row *row)
{
	return row->owner.len <= SEAMKEY_AGENT_MAX_FIELD
		&& row->name.len <= SEAMKEY_AGENT_MAX_FIELD
		&& row->value.len <= SEAMKEY_AGENT_MAX_FIELD
		&& row->handle.len <= SEAMKEY_AGENT_MAX_FIELD
		&& row->rejection.len <= SEAMKEY_AGENT_MAX_FIELD;
}

static inline int
pg_store_change(void *ctx, int change, const seamkey_agent_row *row)
{
	pg_store *s = (pg_store *)ctx;
	uint64_t transaction = 0;
	int status = SEAMKEY_OK;

	if (change < SEAMKEY_AGENT_ADD || change > SEAMKEY_AGENT_DELETE
		|| !pg_i_is_sane(row)) {
		return SEAMKEY_ERR_ARG;
	}
	if (s->phase == PG_STORE_BROKEN) {
		return s->failure;
	}
	if (s->phase == PG_STORE_READING) {
		(void)pg_i_end(s, "COMMIT");
	}
	if (s->phase != PG_STORE_CHANGING) {
		status = pg_i_begin(s, PG_STORE_CHANGING,
			"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
	}
	pg_i_forget(s);
	if (status == SEAMKEY_OK) {
		status = pg_i_change_row(s, change, row, &transaction);
		if (status == SEAMKEY_OK) {
			status = pg_i_end(s, "COMMIT");
		} else {
			(void)pg_i_end(s, "ROLLBACK");
		}
	}
	return status == SEAMKEY_ERR_AGENT_UNCERTAIN
		? pg_i_find_out(s, change, row, transaction)
		: status;
}

static inline const seamkey_agent_store *
pg_store_rows(void)
{
	static const seamkey_agent_store store = { pg_store_find,
		pg_store_change, pg_store_done, NULL };

	return &store;
}

/* ---- opening ----------------------------------------------------------- */

/*
 * Connect. where is a connection string as libpq wants it, "host=db
 * dbname=agent" or "postgresql://db/agent", a password in ~/.pgpass or
 * PGPASSFILE; empty: all by the environment. create: tables that are not
 * there are made. On an error the store is still to be closed; it may also
 * be used, and connects when it can.
 */
static inline int
pg_store_open(pg_store *s, const char *where, int create)
{
	s->patience = s->patience != 0 ? s->patience : PG_STORE_PATIENCE;
	s->pause = s->pause != 0 ? s->pause : PG_STORE_PAUSE;
	if (strlen(where) >= sizeof s->where || s->patience > 600000) {
		return SEAMKEY_ERR_ARG;
	}
	memcpy(s->where, where, strlen(where) + 1);
	return pg_i_connect(s, create);
}

/* What was begun and not changed yet has not happened. */
static inline void
pg_store_close(pg_store *s)
{
	seamkey_wipe(s->arena, s->arena_used);
	s->arena_used = 0;
	pg_i_drop(s);
	s->phase = PG_STORE_IDLE;
	seamkey_wipe(s->where, sizeof s->where);
}

/* What went wrong last, in words of the database's. */
static inline const char *
pg_store_text(const pg_store *s)
{
	return s->text;
}

#endif
