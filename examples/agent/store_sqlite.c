/*
 * store_sqlite.c - rows in a file of SQLite
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * One table. The primary key of a row is the SHA-256 of its identity, as
 * seamkey_agent_identity() has it, so that the database itself keeps a row
 * from being there twice. What a request finds is read in one transaction,
 * up to done: it sees the repository at one moment.
 */
#define _XOPEN_SOURCE 700

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "store.h"

/* "skag", and the version of the table. */
#define SQLITE_OURS   0x736B6167
#define SQLITE_TABLES 1

/* For what one request finds; only what is used of it costs memory. */
#define SQLITE_ARENA (8u << 20)

/* How long others may hold the database, in milliseconds. */
#define SQLITE_PATIENCE 5000

enum sqlite_phase {
	SQLITE_IDLE,
	SQLITE_READING,
	SQLITE_CHANGING
};

/* A lookup by some of the three fields, and how far it has come. */
struct sqlite_cursor {
	sqlite3_stmt *stmt;
	unsigned char what[32]; /* SHA-256 of what is looked for */
	int open;
	size_t next; /* the row that the next step gives */
};

/* By owner 1, name 2, value 4. */
#define SQLITE_CURSORS 8

struct sqlite_ctx {
	sqlite3 *db;
	int phase; /* enum sqlite_phase */
	struct sqlite_cursor cursor[SQLITE_CURSORS];
	unsigned char *arena;
	size_t used;
};

static const char sqlite_tables[] =
	"CREATE TABLE row ("
	"id BLOB PRIMARY KEY NOT NULL, kind INTEGER NOT NULL, "
	"owner BLOB NOT NULL, name BLOB NOT NULL, value BLOB NOT NULL, "
	"flag INTEGER NOT NULL, number INTEGER NOT NULL, "
	"handle BLOB NOT NULL, rejection BLOB NOT NULL) WITHOUT ROWID;"
	"CREATE INDEX row_owner ON row (kind, owner, name);"
	"CREATE INDEX row_name ON row (kind, name);";

static int
sqlite_status(int code)
{
	switch (code & 0xFF) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return SEAMKEY_OK;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return STORE_ERR_BUSY;
	case SQLITE_FULL:
		return STORE_ERR_FULL;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return STORE_ERR_DAMAGED;
	case SQLITE_CONSTRAINT:
		return SEAMKEY_ERR_AGENT_EXISTS;
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return STORE_ERR_OPEN;
	default:
		return STORE_ERR_FAILED;
	}
}

static int
sqlite_run(struct sqlite_ctx *s, const char *sql)
{
	return sqlite_status(sqlite3_exec(s->db, sql, NULL, NULL, NULL));
}

/* The number that a pragma tells. */
static int
sqlite_number(struct sqlite_ctx *s, const char *sql, int *out)
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL);

	if (code == SQLITE_OK) {
		code = sqlite3_step(stmt);
		*out = sqlite3_column_int(stmt, 0);
	}
	(void)sqlite3_finalize(stmt);
	return sqlite_status(code);
}

/* ---- opening ----------------------------------------------------------- */

static int
sqlite_create(struct sqlite_ctx *s)
{
	char sql[128];
	int status = sqlite_run(s, sqlite_tables);

	(void)snprintf(sql, sizeof sql,
		"PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
		SQLITE_OURS, SQLITE_TABLES);
	return status == SEAMKEY_OK ? sqlite_run(s, sql) : status;
}

/* Is it ours, of this version? An empty one becomes so. */
static int
sqlite_check(struct sqlite_ctx *s, int create)
{
	int application = 0, version = 0, tables = 0;
	int status = sqlite_run(s, create ? "BEGIN IMMEDIATE" : "BEGIN");

	if (status == SEAMKEY_OK) {
		status =
			sqlite_number(s, "PRAGMA application_id", &application);
	}
	if (status == SEAMKEY_OK) {
		status = sqlite_number(s, "PRAGMA user_version", &version);
	}
	if (status == SEAMKEY_OK) {
		status = sqlite_number(
			s, "SELECT count(*) FROM sqlite_master", &tables);
	}
	if (status != SEAMKEY_OK) {
		return status;
	}
	if (create && application == 0 && version == 0 && tables == 0) {
		return sqlite_create(s);
	}
	if (application == 0 && tables == 0) {
		return WRAP_ERR_NONE;
	}
	return application == SQLITE_OURS && version == SQLITE_TABLES
		? sqlite_run(s, "COMMIT")
		: STORE_ERR_VERSION;
}

/* No page of it is damaged, as far as SQLite sees. */
static int
sqlite_check_pages(struct sqlite_ctx *s)
{
	sqlite3_stmt *stmt = NULL;
	const unsigned char *text;
	int status = sqlite_status(sqlite3_prepare_v2(
		s->db, "PRAGMA quick_check(1)", -1, &stmt, NULL));

	if (status == SEAMKEY_OK) {
		status = sqlite_status(sqlite3_step(stmt));
	}
	if (status == SEAMKEY_OK) {
		text = sqlite3_column_text(stmt, 0);
		if (text == NULL || strcmp((const char *)text, "ok") != 0) {
			status = STORE_ERR_DAMAGED;
		}
	}
	(void)sqlite3_finalize(stmt);
	return status;
}

static int
sqlite_prepare(struct sqlite_ctx *s)
{
	char sql[256];
	unsigned u;
	int status = SEAMKEY_OK;

	for (u = 0; u < SQLITE_CURSORS && status == SEAMKEY_OK; u++) {
		(void)snprintf(sql, sizeof sql,
			"SELECT owner, name, value, flag, number, handle, "
			"rejection FROM row WHERE kind = ?1%s%s%s "
			"ORDER BY owner, name, id",
			(u & 1) != 0 ? " AND owner = ?2" : "",
			(u & 2) != 0 ? " AND name = ?3" : "",
			(u & 4) != 0 ? " AND value = ?4" : "");
		status = sqlite_status(sqlite3_prepare_v2(
			s->db, sql, -1, &s->cursor[u].stmt, NULL));
	}
	return status;
}

/* A file that is made is for its owner alone: it says who may read what. Its
 * journals get the permissions that it has. */
static int
sqlite_open_file(struct sqlite_ctx *s, const char *where, int create)
{
	int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);
	mode_t mask = umask(077);
	int code = sqlite3_open_v2(where, &s->db, flags, NULL);

	(void)umask(mask);
	return sqlite_status(code);
}

static int
sqlite_open(void *ctx, const char *where, int create)
{
	struct sqlite_ctx *s = (struct sqlite_ctx *)ctx;
	int status = sqlite_open_file(s, where, create);

	if (status == SEAMKEY_OK) {
		status = sqlite_status(
			sqlite3_busy_timeout(s->db, SQLITE_PATIENCE));
	}
	/* a change has reached the disk when it is said to be made */
	if (status == SEAMKEY_OK) {
		status = sqlite_run(s,
			"PRAGMA synchronous = EXTRA; "
			"PRAGMA cell_size_check = ON; "
			"PRAGMA trusted_schema = OFF");
	}
	if (status == SEAMKEY_OK) {
		status = sqlite_check(s, create);
	}
	if (status == SEAMKEY_OK) {
		status = sqlite_check_pages(s);
	}
	if (status == SEAMKEY_OK) {
		status = sqlite_prepare(s);
	}
	if (status == SEAMKEY_OK) {
		s->arena = (unsigned char *)malloc(SQLITE_ARENA);
		status = s->arena != NULL ? SEAMKEY_OK : STORE_ERR_OPEN;
	}
	return status;
}

static void
sqlite_close(void *ctx)
{
	struct sqlite_ctx *s = (struct sqlite_ctx *)ctx;
	unsigned u;

	for (u = 0; u < SQLITE_CURSORS; u++) {
		(void)sqlite3_finalize(s->cursor[u].stmt);
	}
	(void)sqlite3_close(s->db); /* rolls back what was under way */
	free(s->arena);
}

static const char *
sqlite_text(void *ctx)
{
	struct sqlite_ctx *s = (struct sqlite_ctx *)ctx;

	return s->db == NULL || sqlite3_errcode(s->db) == SQLITE_OK
		? ""
		: sqlite3_errmsg(s->db);
}

/* ---- transactions ------------------------------------------------------ */

static void
sqlite_reset_cursors(struct sqlite_ctx *s)
{
	unsigned u;

	for (u = 0; u < SQLITE_CURSORS; u++) {
		(void)sqlite3_reset(s->cursor[u].stmt);
		s->cursor[u].open = 0;
	}
}

/* Nothing that was not committed stays. */
static void
sqlite_end(struct sqlite_ctx *s)
{
	sqlite_reset_cursors(s);
	if (sqlite3_get_autocommit(s->db) == 0) {
		(void)sqlite_run(s, "ROLLBACK");
	}
	s->phase = SQLITE_IDLE;
}

static int
sqlite_lock(void *ctx)
{
	struct sqlite_ctx *s = (struct sqlite_ctx *)ctx;
	int status;

	sqlite_end(s);
	status = sqlite_run(s, "BEGIN IMMEDIATE");
	if (status == SEAMKEY_OK) {
		s->phase = SQLITE_CHANGING;
	}
	return status;
}

static void
sqlite_forget(void *ctx)
{
	struct sqlite_ctx *s = (struct sqlite_ctx *)ctx;

	s->used = 0;
}

static void
sqlite_done(void *ctx)
{
	struct sqlite_ctx *s = (struct sqlite_ctx *)ctx;

	sqlite_end(s);
	s->used = 0;
}

/* ---- looking ----------------------------------------------------------- */

static void
sqlite_hash_field(br_sha256_context *hash, seamkey_span field)
{
	unsigned char head[5];
	uint32_t len = (uint32_t)field.len;

	head[0] = field.p != NULL;
	head[1] = (unsigned char)(len >> 24);
	head[2] = (unsigned char)(len >> 16);
	head[3] = (unsigned char)(len >> 8);
	head[4] = (unsigned char)len;
	br_sha256_update(hash, head, sizeof head);
	br_sha256_update(hash, field.p, field.len);
}

/* SHA-256 of the kind and of what is set of the three fields. */
static void
sqlite_hash(const seamkey_agent_row *row, unsigned char *out)
{
	br_sha256_context hash;

	br_sha256_init(&hash);
	br_sha256_update(&hash, &row->kind, 1);
	sqlite_hash_field(&hash, row->owner);
	sqlite_hash_field(&hash, row->name);
	sqlite_hash_field(&hash, row->value);
	br_sha256_out(&hash, out);
}

/* An empty span is an empty BLOB, not NULL. */
static int
sqlite_bind(sqlite3_stmt *stmt, int at, seamkey_span field)
{
	return sqlite3_bind_blob(stmt, at,
		field.len != 0 ? (const void *)field.p : "", (int)field.len,
		SQLITE_TRANSIENT);
}

/* From the first row on. */
static int
sqlite_rewind(struct sqlite_cursor *c, const seamkey_agent_row *like)
{
	const seamkey_span *field[3];
	int code, u;

	field[0] = &like->owner;
	field[1] = &like->name;
	field[2] = &like->value;
	c->next = 0;
	(void)sqlite3_reset(c->stmt);
	code = sqlite3_bind_int(c->stmt, 1, like->kind);
	for (u = 0; u < 3 && code == SQLITE_OK; u++) {
		if (field[u]->p != NULL) {
			code = sqlite_bind(c->stmt, 2 + u, *field[u]);
		}
	}
	c->open = code == SQLITE_OK;
	return sqlite_status(code);
}

/* A copy of a column that stays until done. */
static int
sqlite_keep(struct sqlite_ctx *s, sqlite3_stmt *stmt, int at, seamkey_span *out)
{
	const void *p = sqlite3_column_blob(stmt, at);
	size_t len = (size_t)sqlite3_column_bytes(stmt, at);

	if (len > SEAMKEY_AGENT_MAX_FIELD) {
		return STORE_ERR_DAMAGED;
	}
	if (SQLITE_ARENA - s->used < len || (len != 0 && p == NULL)) {
		return SEAMKEY_ERR_SPACE;
	}
	*out = seamkey_span_of(s->arena + s->used, len);
	if (len != 0) {
		memcpy(s->arena + s->used, p, len);
	}
	s->used += len;
	return SEAMKEY_OK;
}

static int
sqlite_get_row(struct sqlite_ctx *s, sqlite3_stmt *stmt, seamkey_agent_row *out)
{
	int status = sqlite_keep(s, stmt, 0, &out->owner);

	if (status == SEAMKEY_OK) {
		status = sqlite_keep(s, stmt, 1, &out->name);
	}
	if (status == SEAMKEY_OK) {
		status = sqlite_keep(s, stmt, 2, &out->value);
	}
	if (status == SEAMKEY_OK) {
		status = sqlite_keep(s, stmt, 5, &out->handle);
	}
	if (status == SEAMKEY_OK) {
		status = sqlite_keep(s, stmt, 6, &out->rejection);
	}
	out->flag = (uint8_t)sqlite3_column_int(stmt, 3);
	out->number = (uint32_t)sqlite3_column_int64(stmt, 4);
	return status;
}

/* Row after row of the same lookup is one walk, not one for each. */
static int
sqlite_find(void *ctx, const seamkey_agent_row *like, size_t n,
	seamkey_agent_row *out)
{
	struct sqlite_ctx *s = (struct sqlite_ctx *)ctx;
	unsigned by = (like->owner.p != NULL) | (like->name.p != NULL) << 1
		| (like->value.p != NULL) << 2;
	struct sqlite_cursor *c = &s->cursor[by];
	unsigned char what[32];
	int code, status = SEAMKEY_OK;

	if (s->phase == SQLITE_IDLE) {
		status = sqlite_run(s, "BEGIN");
		s->phase = SQLITE_READING;
	}
	sqlite_hash(like, what);
	if (status == SEAMKEY_OK
		&& (!c->open || n < c->next
			|| memcmp(c->what, what, sizeof what) != 0)) {
		memcpy(c->what, what, sizeof what);
		status = sqlite_rewind(c, like);
	}
	while (status == SEAMKEY_OK) {
		code = sqlite3_step(c->stmt);
		if (code != SQLITE_ROW) {
			status = sqlite_status(code);
			(void)sqlite3_reset(c->stmt);
			c->open = 0;
			return status == SEAMKEY_OK ? SEAMKEY_ERR_RULE_NONE
						    : status;
		}
		if (c->next++ == n) {
			memset(out, 0, sizeof *out);
			out->kind = like->kind;
			return sqlite_get_row(s, c->stmt, out);
		}
	}
	return status;
}

/* ---- changing ---------------------------------------------------------- */

static int
sqlite_write(struct sqlite_ctx *s, const char *sql,
	const seamkey_agent_row *row, const unsigned char *id)
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL);

	if (code == SQLITE_OK) {
		code = sqlite3_bind_blob(stmt, 1, id, 32, SQLITE_TRANSIENT);
	}
	if (sqlite3_bind_parameter_count(stmt) > 1) {
		(void)sqlite3_bind_int(stmt, 2, row->kind);
		(void)sqlite_bind(stmt, 3, row->owner);
		(void)sqlite_bind(stmt, 4, row->name);
		(void)sqlite_bind(stmt, 5, row->value);
		(void)sqlite3_bind_int(stmt, 6, row->flag);
		(void)sqlite3_bind_int64(stmt, 7, row->number);
		(void)sqlite_bind(stmt, 8, row->handle);
		(void)sqlite_bind(stmt, 9, row->rejection);
		code = code != SQLITE_OK ? code : sqlite3_errcode(s->db);
	}
	if (code == SQLITE_OK) {
		code = sqlite3_step(stmt);
	}
	(void)sqlite3_finalize(stmt);
	return sqlite_status(code);
}

static const char *
sqlite_sql(int change)
{
	switch (change) {
	case SEAMKEY_AGENT_ADD:
		return "INSERT INTO row "
		       "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
	case SEAMKEY_AGENT_REPLACE:
		return "UPDATE row SET kind = ?2, owner = ?3, name = ?4, "
		       "value = ?5, flag = ?6, number = ?7, handle = ?8, "
		       "rejection = ?9 WHERE id = ?1";
	case SEAMKEY_AGENT_RETIRE:
		return "UPDATE row SET flag = 1 WHERE id = ?1";
	default:
		return "DELETE FROM row WHERE id = ?1";
	}
}

static int
sqlite_change_row(
	struct sqlite_ctx *s, int change, const seamkey_agent_row *row)
{
	seamkey_agent_row identity = seamkey_agent_identity(row);
	unsigned char id[32];
	int status;

	if (change < SEAMKEY_AGENT_ADD || change > SEAMKEY_AGENT_DELETE) {
		return SEAMKEY_ERR_ARG;
	}
	sqlite_hash(&identity, id);
	status = sqlite_write(s, sqlite_sql(change), row, id);
	return status == SEAMKEY_OK && sqlite3_changes(s->db) != 1
		? SEAMKEY_ERR_RULE_NONE
		: status;
}

static int
sqlite_change(void *ctx, int change, const seamkey_agent_row *row)
{
	struct sqlite_ctx *s = (struct sqlite_ctx *)ctx;
	int status = SEAMKEY_OK;

	sqlite_reset_cursors(s);
	if (s->phase != SQLITE_CHANGING) {
		status = sqlite_lock(s);
	}
	if (status == SEAMKEY_OK) {
		status = sqlite_change_row(s, change, row);
	}
	if (status == SEAMKEY_OK) {
		status = sqlite_run(s, "COMMIT");
	}
	sqlite_end(s);
	return status;
}

const struct store_class store_sqlite = { "sqlite", sizeof(struct sqlite_ctx),
	sqlite_open, sqlite_close, sqlite_lock, sqlite_forget, sqlite_text,
	{ sqlite_find, sqlite_change, sqlite_done, NULL } };
