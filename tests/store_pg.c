/*
 * store_pg.c - a repository in PostgreSQL: as the one in an array, and more
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Run by tests/agent_pg.sh, with a database of its own in the environment
 * of libpq, and the commands that stop and start it in PG_STOP and PG_START.
 */
#define _XOPEN_SOURCE 700

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent_tools.h"
#include "examples/agent/store_pg.h"

#define ARENA (4u << 20)

static pg_store one, two;
static unsigned char one_arena[ARENA], two_arena[ARENA];

/* ---- a database for each test -------------------------------------------- */

static void
open_store(pg_store *s, unsigned char *arena, size_t len, int create)
{
	memset(s, 0, sizeof *s);
	s->arena = arena;
	s->arena_len = len;
	s->patience = 2000;
	s->pause = 100;
	CHECK_INT(pg_store_open(s, "", create), SEAMKEY_OK);
}

/* As the administrator of the database. */
static int
sql(const char *text)
{
	PGconn *conn = PQconnectdb("");
	ExecStatusType status;
	PGresult *r;

	(void)PQsetNoticeProcessor(conn, pg_i_silent, NULL);
	r = PQexec(conn, text);
	status = PQresultStatus(r);
	PQclear(r);
	PQfinish(conn);
	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* An empty repository, seen by two agents. */
static void
fresh(void)
{
	CHECK_INT(sql("DROP TABLE IF EXISTS seamkey_row, seamkey_schema"), 1);
	open_store(&one, one_arena, ARENA, 1);
	open_store(&two, two_arena, ARENA, 0);
}

static void
finish(void)
{
	pg_store_close(&one);
	pg_store_close(&two);
}

static seamkey_agent_row
row_of(unsigned kind, seamkey_span owner, seamkey_span name, seamkey_span value)
{
	seamkey_agent_row row;

	memset(&row, 0, sizeof row);
	row.kind = (uint8_t)kind;
	row.owner = owner;
	row.name = name;
	row.value = value;
	return row;
}

static seamkey_agent_row
group(const char *name)
{
	return row_of(
		SEAMKEY_AGENT_GROUP, text_of(name), text_of(""), text_of(""));
}

static int
add(pg_store *s, seamkey_agent_row row)
{
	return pg_store_change(s, SEAMKEY_AGENT_ADD, &row);
}

/* Is there such a row? A request of its own. */
static int
look(pg_store *s, seamkey_agent_row row)
{
	seamkey_agent_row like = seamkey_agent_identity(&row), out;
	int status = pg_store_find(s, &like, 0, &out);

	pg_store_done(s);
	return status;
}

/* All rows of a kind, in one request; or the error. */
static long
count(pg_store *s, unsigned kind)
{
	seamkey_span any = { NULL, 0 };
	seamkey_agent_row like = row_of(kind, any, any, any), out;
	int status = SEAMKEY_OK;
	long n = 0;

	while (status == SEAMKEY_OK) {
		status = pg_store_find(s, &like, (size_t)n, &out);
		n += status == SEAMKEY_OK;
	}
	pg_store_done(s);
	return status == SEAMKEY_ERR_RULE_NONE ? n : status;
}

/* ---- what every store does ----------------------------------------------- */

/* A store, empty, and whether a row that is there already is told. */
struct subject {
	const seamkey_agent_store *store;
	void *ctx;
	int exists;
};

static unsigned char all_octets[256], long_value[SEAMKEY_AGENT_MAX_FIELD];
static const unsigned char somebody[] = { 0x30, 0x0d, 0x31, 0x0b, 0x30, 0x09,
	0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x02, 'm', 'e' };

#define KINDS 14

/* One row of each kind, and one of the program's own. */
static size_t
every_kind(seamkey_agent_row *row)
{
	seamkey_span no = text_of(""), me = SPAN(somebody);
	size_t u;

	for (u = 0; u < sizeof all_octets; u++) {
		all_octets[u] = (unsigned char)u;
	}
	memset(long_value, 0x5a, sizeof long_value);
	row[0] = row_of(SEAMKEY_AGENT_ACCESS, text_of("a"), no, no);
	row[1] = row_of(SEAMKEY_AGENT_KEY, text_of("a"), SPAN(all_octets),
		SPAN(long_value));
	row[2] = row_of(SEAMKEY_AGENT_KEY, text_of("a"), text_of("hard"),
		text_of("public"));
	row[2].handle = text_of("01");
	row[2].rejection = SPAN(all_octets);
	row[3] = row_of(SEAMKEY_AGENT_RULE, text_of("r"), no, text_of("rule"));
	row[4] = row_of(SEAMKEY_AGENT_BINDING, text_of("a"), text_of("r"), no);
	row[5] = row_of(
		SEAMKEY_AGENT_DECRYPTOR, me, text_of("me"), text_of("public"));
	row[5].flag = SEAMKEY_BLOCK_OAEP;
	row[5].number = 0xFFFFFFFF;
	row[6] = row_of(
		SEAMKEY_AGENT_ATTRIBUTE, me, text_of("rank"), text_of("4"));
	row[7] = row_of(SEAMKEY_AGENT_GROUP, text_of("g"), no, no);
	row[8] = row_of(SEAMKEY_AGENT_MEMBER, text_of("g"), me, no);
	row[9] = row_of(SEAMKEY_AGENT_MANAGER, text_of("g"), me, no);
	row[10] = row_of(SEAMKEY_AGENT_ROLE, text_of("x"), text_of("rank"), no);
	row[10].flag = 255;
	row[11] = row_of(SEAMKEY_AGENT_APPROVAL, SPAN(all_octets),
		text_of("hash"), SPAN(long_value));
	row[12] = row_of(
		SEAMKEY_AGENT_PENDING, SPAN(all_octets), text_of("hash"), me);
	row[13] = row_of(255, text_of("wrap"), no, text_of("secret"));
	return KINDS;
}

static int
find(const struct subject *s, const seamkey_agent_row *like, size_t n,
	seamkey_agent_row *out)
{
	int status;

	memset(out, 0xA5, sizeof *out); /* all of it is to be written */
	status = s->store->find(s->ctx, like, n, out);
	if (status != SEAMKEY_OK) {
		memset(out, 0, sizeof *out);
	}
	return status;
}

static int
change(const struct subject *s, int what_for, const seamkey_agent_row *row)
{
	return s->store->change(s->ctx, what_for, row);
}

static void
end_request(const struct subject *s)
{
	if (s->store->done != NULL) {
		s->store->done(s->ctx);
	}
}

static void
check_same(const seamkey_agent_row *a, const seamkey_agent_row *b)
{
	CHECK_INT(a->kind, b->kind);
	CHECK_INT(a->flag, b->flag);
	CHECK_INT(a->number, b->number);
	CHECK_INT(seamkey_span_match(a->owner, b->owner), 1);
	CHECK_INT(seamkey_span_match(a->name, b->name), 1);
	CHECK_INT(seamkey_span_match(a->value, b->value), 1);
	CHECK_INT(seamkey_span_match(a->handle, b->handle), 1);
	CHECK_INT(seamkey_span_match(a->rejection, b->rejection), 1);
}

/* The row, looked for by each choice of its fields; KEY has two here. */
static void
check_found(const struct subject *s, const seamkey_agent_row *row)
{
	seamkey_agent_row like, got;
	unsigned by;
	size_t n;

	for (by = 0; by < 8; by++) {
		like = *row;
		like.owner = by & 1 ? seamkey_i_agent_exactly(row->owner)
				    : seamkey_span_of(NULL, 0);
		like.name = by & 2 ? seamkey_i_agent_exactly(row->name)
				   : seamkey_span_of(NULL, 0);
		like.value = by & 4 ? seamkey_i_agent_exactly(row->value)
				    : seamkey_span_of(NULL, 0);
		n = row->handle.len != 0 && (by & 6) == 0;
		CHECK_INT(find(s, &like, n, &got), SEAMKEY_OK);
		check_same(&got, row);
		n += row->kind == SEAMKEY_AGENT_KEY && (by & 6) == 0 && n == 0;
		CHECK_INT(find(s, &like, n + 1, &got), SEAMKEY_ERR_RULE_NONE);
		if ((by & 1) != 0) {
			like.owner = text_of("another");
			CHECK_INT(
				find(s, &like, 0, &got), SEAMKEY_ERR_RULE_NONE);
		}
	}
	like = seamkey_agent_identity(row);
	CHECK_INT(find(s, &like, 0, &got), SEAMKEY_OK);
	check_same(&got, row);
	like.kind = SEAMKEY_AGENT_PENDING + 1;
	CHECK_INT(find(s, &like, 0, &got), SEAMKEY_ERR_RULE_NONE);
	end_request(s);
}

/* Add, replace, retire, delete each kind, the others staying as they are. */
static void
suite_changes(const struct subject *s)
{
	seamkey_agent_row row[KINDS], like, got;
	size_t u, n = every_kind(row);

	for (u = 0; u < n; u++) {
		CHECK_INT(change(s, SEAMKEY_AGENT_REPLACE, &row[u]),
			SEAMKEY_ERR_RULE_NONE);
		CHECK_INT(change(s, SEAMKEY_AGENT_RETIRE, &row[u]),
			SEAMKEY_ERR_RULE_NONE);
		CHECK_INT(change(s, SEAMKEY_AGENT_DELETE, &row[u]),
			SEAMKEY_ERR_RULE_NONE);
		CHECK_INT(change(s, SEAMKEY_AGENT_ADD, &row[u]), SEAMKEY_OK);
		if (s->exists) {
			CHECK_INT(change(s, SEAMKEY_AGENT_ADD, &row[u]),
				SEAMKEY_ERR_AGENT_EXISTS);
		}
	}
	for (u = 0; u < n; u++) {
		check_found(s, &row[u]);
	}
	row[3].value = text_of("a longer rule");
	row[5].number = 7;
	row[5].flag = 0;
	row[5].name = text_of("");
	row[1].flag = row[2].flag = 1;
	CHECK_INT(change(s, SEAMKEY_AGENT_REPLACE, &row[3]), SEAMKEY_OK);
	CHECK_INT(change(s, SEAMKEY_AGENT_REPLACE, &row[5]), SEAMKEY_OK);
	like = seamkey_agent_identity(&row[1]);
	CHECK_INT(change(s, SEAMKEY_AGENT_RETIRE, &like), SEAMKEY_OK);
	like = seamkey_agent_identity(&row[2]);
	CHECK_INT(change(s, SEAMKEY_AGENT_RETIRE, &like), SEAMKEY_OK);
	for (u = 0; u < n; u++) {
		check_found(s, &row[u]);
	}
	for (u = 0; u < n; u++) {
		like = seamkey_agent_identity(&row[u]);
		CHECK_INT(find(s, &like, 0, &got), SEAMKEY_OK);
		CHECK_INT(change(s, SEAMKEY_AGENT_DELETE, &like), SEAMKEY_OK);
		CHECK_INT(find(s, &like, 0, &got), SEAMKEY_ERR_RULE_NONE);
		CHECK_INT(change(s, SEAMKEY_AGENT_DELETE, &like),
			SEAMKEY_ERR_RULE_NONE);
		if (u + 1 < n) {
			like = seamkey_agent_identity(&row[u + 1]);
			CHECK_INT(find(s, &like, 0, &got), SEAMKEY_OK);
		}
		end_request(s);
	}
}

/* An empty field is looked for, or is anything. */
static void
suite_empty(const struct subject *s)
{
	seamkey_span any = { NULL, 0 };
	seamkey_agent_row with, without, like, got;

	with = row_of(SEAMKEY_AGENT_BINDING, text_of("a"), text_of("r"),
		text_of("key"));
	without = with;
	without.value = any;
	CHECK_INT(change(s, SEAMKEY_AGENT_ADD, &with), SEAMKEY_OK);
	CHECK_INT(change(s, SEAMKEY_AGENT_ADD, &without), SEAMKEY_OK);
	like = row_of(SEAMKEY_AGENT_BINDING, text_of("a"), any, any);
	CHECK_INT(find(s, &like, 0, &got), SEAMKEY_OK);
	CHECK_INT(find(s, &like, 1, &got), SEAMKEY_OK);
	CHECK_INT(find(s, &like, 2, &got), SEAMKEY_ERR_RULE_NONE);
	like.value = text_of("");
	CHECK_INT(find(s, &like, 0, &got), SEAMKEY_OK);
	CHECK_INT(got.value.len, 0);
	CHECK_INT(find(s, &like, 1, &got), SEAMKEY_ERR_RULE_NONE);
	like.name = text_of("");
	CHECK_INT(find(s, &like, 0, &got), SEAMKEY_ERR_RULE_NONE);
	end_request(s);
	CHECK_INT(change(s, SEAMKEY_AGENT_DELETE, &without), SEAMKEY_OK);
	like.name = any;
	CHECK_INT(find(s, &like, 0, &got), SEAMKEY_ERR_RULE_NONE);
	like.value = any;
	CHECK_INT(find(s, &like, 0, &got), SEAMKEY_OK);
	check_same(&got, &with);
	CHECK_INT(change(s, SEAMKEY_AGENT_DELETE, &with), SEAMKEY_OK);
	end_request(s);
}

/* The same order from one n to the next, however they are asked for, and
 * from one request to the next; what was found stays in place. */
static void
suite_order(const struct subject *s)
{
	static char names[40][8];
	static const size_t jumps[] = { 39, 0, 3, 3, 38, 20, 21, 4, 5 };
	seamkey_span any = { NULL, 0 };
	seamkey_agent_row like, row, got, kept[40];
	size_t u;

	like = row_of(SEAMKEY_AGENT_MEMBER, text_of("g"), any, any);
	for (u = 0; u < 40; u++) {
		(void)snprintf(names[u], sizeof names[u], "m%02u",
			(unsigned)(u * 7 % 40));
		row = row_of(SEAMKEY_AGENT_MEMBER, text_of("g"),
			text_of(names[u]), any);
		CHECK_INT(change(s, SEAMKEY_AGENT_ADD, &row), SEAMKEY_OK);
	}
	for (u = 0; u < 40; u++) {
		CHECK_INT(find(s, &like, u, &kept[u]), SEAMKEY_OK);
		CHECK_INT(
			seamkey_span_match(kept[u].name, text_of(names[u])), 1);
	}
	CHECK_INT(find(s, &like, 40, &got), SEAMKEY_ERR_RULE_NONE);
	CHECK_INT(find(s, &like, 1000, &got), SEAMKEY_ERR_RULE_NONE);
	for (u = 0; u < COUNT(jumps); u++) {
		CHECK_INT(find(s, &like, jumps[u], &got), SEAMKEY_OK);
		check_same(&got, &kept[jumps[u]]);
		CHECK_INT(find(s, &like, 41, &got), SEAMKEY_ERR_RULE_NONE);
	}
	for (u = 0; u < 40; u++) {
		CHECK_INT(
			seamkey_span_match(kept[u].name, text_of(names[u])), 1);
	}
	end_request(s);
	for (u = 0; u < 40; u++) {
		row = row_of(SEAMKEY_AGENT_MEMBER, text_of("g"),
			text_of(names[u]), any);
		CHECK_INT(find(s, &like, 0, &got), SEAMKEY_OK);
		check_same(&got, &row);
		CHECK_INT(change(s, SEAMKEY_AGENT_DELETE, &row), SEAMKEY_OK);
	}
	end_request(s);
}

static void
suite(const struct subject *s)
{
	suite_changes(s);
	suite_empty(s);
	suite_order(s);
}

static void
store_array_behaves(void)
{
	static seamkey_agent_row row[64];
	static unsigned char bytes[65 * 33280];
	seamkey_agent_rows rows = { row, 0, COUNT(row), bytes, 33280 };
	struct subject s = { seamkey_agent_store_rows(), &rows, 0 };

	suite(&s);
	CHECK_INT(rows.count, 0);
}

static void
store_pg_behaves(void)
{
	struct subject s = { pg_store_rows(), &one, 1 };

	fresh();
	suite(&s);
	finish();
}

/* The same between lock and change. */
static void
store_pg_behaves_locked(void)
{
	struct subject s = { pg_store_rows(), &one, 1 };
	seamkey_agent_row like, got, row = group("g");

	fresh();
	like = seamkey_agent_identity(&row);
	CHECK_INT(pg_store_lock(&one), SEAMKEY_OK);
	CHECK_INT(find(&s, &like, 0, &got), SEAMKEY_ERR_RULE_NONE);
	CHECK_INT(change(&s, SEAMKEY_AGENT_ADD, &row), SEAMKEY_OK);
	CHECK_INT(find(&s, &like, 0, &got), SEAMKEY_OK);
	CHECK_INT(pg_store_lock(&one), SEAMKEY_OK);
	pg_store_done(&one); /* and nothing was changed */
	CHECK_INT(count(&two, SEAMKEY_AGENT_GROUP), 1);
	finish();
}

/* ---- limits -------------------------------------------------------------- */

/* A walk over many rows is few statements; so is the same lookup again. */
static void
pg_walks_once(void)
{
	unsigned long before;
	seamkey_agent_row like, out;
	size_t u, n;

	fresh();
	CHECK_INT(sql("INSERT INTO seamkey_row (id, kind, owner, name, value, "
		      "flag, number, handle, rejection) SELECT "
		      "sha256(n::text::bytea), 5, n::text::bytea, '', "
		      "repeat('v', 300)::bytea, 0, n, '', '' "
		      "FROM generate_series(1, 4096) n"),
		1);
	before = one.queries;
	CHECK_INT(count(&one, SEAMKEY_AGENT_DECRYPTOR), 4096);
	CHECK_INT(one.queries - before <= 24, 1);
	/* backwards: the worst */
	like = row_of(SEAMKEY_AGENT_DECRYPTOR, seamkey_span_of(NULL, 0),
		seamkey_span_of(NULL, 0), seamkey_span_of(NULL, 0));
	for (u = 10; u-- > 0;) {
		CHECK_INT(
			pg_store_find(&one, &like, 4000 + u, &out), SEAMKEY_OK);
		CHECK_INT(out.number, 4001 + u);
	}
	u = one.arena_used;
	for (like.kind = 0; like.kind < 100; like.kind++) {
		CHECK_INT(pg_store_find(&one, &like, 0, &out) != SEAMKEY_OK,
			like.kind != SEAMKEY_AGENT_DECRYPTOR);
	}
	u = one.arena_used - u;
	CHECK_INT(u > 0 && u < 1000, 1);
	like.kind = SEAMKEY_AGENT_DECRYPTOR;
	CHECK_INT(pg_store_find(&one, &like, 0, &out), SEAMKEY_OK);
	before = one.queries;
	u = one.arena_used;
	for (n = 0; n < 1000; n++) {
		CHECK_INT(pg_store_find(&one, &like, 0, &out), SEAMKEY_OK);
	}
	CHECK_INT(one.queries, before);
	CHECK_INT(one.arena_used, u);
	pg_store_done(&one);
	finish();
}

/* An arena that is too small: an error, until done. */
static void
pg_has_an_arena(void)
{
	static unsigned char small[100];
	seamkey_agent_row row, like, out;

	fresh();
	row = row_of(SEAMKEY_AGENT_RULE, text_of("0123456789"), text_of(""),
		seamkey_span_of(long_value, 50));
	CHECK_INT(add(&one, row), SEAMKEY_OK);
	row.owner = text_of("abcdefghij");
	CHECK_INT(add(&one, row), SEAMKEY_OK);
	pg_store_close(&two);
	open_store(&two, small, sizeof small, 0);
	like = row_of(SEAMKEY_AGENT_RULE, seamkey_span_of(NULL, 0),
		seamkey_span_of(NULL, 0), seamkey_span_of(NULL, 0));
	CHECK_INT(pg_store_find(&two, &like, 0, &out), SEAMKEY_OK);
	CHECK_INT(pg_store_find(&two, &like, 1, &out), SEAMKEY_ERR_SPACE);
	CHECK_INT(pg_store_find(&two, &like, 1, &out), SEAMKEY_ERR_SPACE);
	pg_store_done(&two);
	CHECK_INT(all_are(small, 0, sizeof small), 1);
	CHECK_INT(pg_store_find(&two, &like, 1, &out), SEAMKEY_OK);
	CHECK_INT(seamkey_span_match(out.owner, row.owner), 1);
	row.value = seamkey_span_of(long_value, SEAMKEY_AGENT_MAX_FIELD + 1);
	CHECK_INT(add(&two, row), SEAMKEY_ERR_ARG);
	finish();
}

/* Tables of another version, or none, or what no agent wrote. */
static void
pg_knows_its_tables(void)
{
	static const char *const bad[] = { "flag = 256", "flag = -1",
		"number = 4294967296", "number = -1",
		"value = repeat('x', 32769)::bytea" };
	char text[128];
	size_t u;

	fresh();
	for (u = 0; u < COUNT(bad); u++) {
		CHECK_INT(sql("DELETE FROM seamkey_row"), 1);
		CHECK_INT(add(&one, group("g")), SEAMKEY_OK);
		CHECK_INT(look(&one, group("g")), SEAMKEY_OK);
		(void)snprintf(
			text, sizeof text, "UPDATE seamkey_row SET %s", bad[u]);
		CHECK_INT(sql(text), 1);
		CHECK_INT(look(&one, group("g")), PG_STORE_ERR_DAMAGED);
	}
	finish();
	CHECK_INT(sql("UPDATE seamkey_schema SET version = 2"), 1);
	memset(&one, 0, sizeof one);
	CHECK_INT(pg_store_open(&one, "", 1), PG_STORE_ERR_VERSION);
	pg_store_close(&one);
	CHECK_INT(sql("DROP TABLE seamkey_row, seamkey_schema"), 1);
	CHECK_INT(pg_store_open(&one, "", 0), PG_STORE_ERR_OPEN); /* pause */
	memset(&one, 0, sizeof one);
	CHECK_INT(pg_store_open(&one, "", 0), PG_STORE_ERR_NONE);
	pg_store_close(&one);
	memset(&one, 0, sizeof one);
	CHECK_INT(pg_store_open(&one, "host=/nowhere", 1), PG_STORE_ERR_OPEN);
	CHECK_INT(pg_store_text(&one)[0] != '\0', 1);
	pg_store_close(&one);
}

/* ---- several agents ------------------------------------------------------ */

static void
pg_requests_see_one_moment(void)
{
	seamkey_agent_row row = group("g"), like, out;

	fresh();
	like = seamkey_agent_identity(&row);
	CHECK_INT(look(&two, group("other")), SEAMKEY_ERR_RULE_NONE);
	CHECK_INT(pg_store_find(&two, &like, 0, &out), SEAMKEY_ERR_RULE_NONE);
	CHECK_INT(add(&one, row), SEAMKEY_OK);
	CHECK_INT(add(&one, group("h")), SEAMKEY_OK);
	CHECK_INT(pg_store_find(&two, &like, 0, &out), SEAMKEY_ERR_RULE_NONE);
	like.owner = text_of("h"); /* nobody has asked for it yet */
	CHECK_INT(pg_store_find(&two, &like, 0, &out), SEAMKEY_ERR_RULE_NONE);
	pg_store_done(&two);
	CHECK_INT(pg_store_find(&two, &like, 0, &out), SEAMKEY_OK);
	CHECK_INT(
		pg_store_change(&one, SEAMKEY_AGENT_DELETE, &row), SEAMKEY_OK);
	like.owner = text_of("g");
	CHECK_INT(pg_store_find(&two, &like, 0, &out), SEAMKEY_OK);
	pg_store_done(&two);
	CHECK_INT(pg_store_find(&two, &like, 0, &out), SEAMKEY_ERR_RULE_NONE);
	finish();
}

static void
pg_locks(void)
{
	seamkey_agent_row row = group("g"), like, out;
	uint64_t start;

	fresh();
	like = seamkey_agent_identity(&row);
	CHECK_INT(pg_store_lock(&one), SEAMKEY_OK);
	start = pg_i_now();
	CHECK_INT(add(&two, row), PG_STORE_ERR_BUSY);
	CHECK_INT(pg_store_lock(&two), PG_STORE_ERR_BUSY);
	CHECK_INT(pg_i_now() - start < 6000, 1);
	CHECK_INT(look(&two, row), SEAMKEY_ERR_RULE_NONE); /* not blocked */
	CHECK_INT(pg_store_find(&one, &like, 0, &out), SEAMKEY_ERR_RULE_NONE);
	CHECK_INT(add(&one, row), SEAMKEY_OK);
	CHECK_INT(add(&two, row), SEAMKEY_ERR_AGENT_EXISTS);
	CHECK_INT(pg_store_lock(&one), SEAMKEY_OK);
	pg_store_close(&one); /* as if it had been killed */
	CHECK_INT(add(&two, group("h")), SEAMKEY_OK);
	finish();
}

#define RIVALS 4
#define PRIZES 50

/* One of several processes that all want to add the same rows, and to delete
 * others: how many it was that did. */
static int
compete(void)
{
	pg_store *s = &two;
	char name[16];
	int u, won = 0, status;

	open_store(s, two_arena, ARENA, 1);
	for (u = 0; u < PRIZES; u++) {
		seamkey_agent_row row;

		(void)snprintf(name, sizeof name, "new%d", u);
		status = add(s, group(name));
		won += status == SEAMKEY_OK;
		CHECK_INT(status == SEAMKEY_OK
				|| status == SEAMKEY_ERR_AGENT_EXISTS,
			1);
		(void)snprintf(name, sizeof name, "old%d", u);
		row = group(name);
		status = pg_store_change(s, SEAMKEY_AGENT_DELETE, &row);
		won += status == SEAMKEY_OK;
		CHECK_INT(
			status == SEAMKEY_OK || status == SEAMKEY_ERR_RULE_NONE,
			1);
	}
	pg_store_close(s);
	return won;
}

/* Each is one process's, whoever comes first; the tables, too. */
static void
pg_serves_rivals(void)
{
	char name[16];
	pid_t pid[RIVALS];
	int u, status, won = 0;

	fresh();
	for (u = 0; u < PRIZES; u++) {
		(void)snprintf(name, sizeof name, "old%d", u);
		CHECK_INT(add(&one, group(name)), SEAMKEY_OK);
	}
	finish();
	for (u = 0; u < RIVALS; u++) {
		pid[u] = fork();
		if (pid[u] == 0) {
			_exit(compete());
		}
	}
	for (u = 0; u < RIVALS; u++) {
		CHECK_INT(waitpid(pid[u], &status, 0), pid[u]);
		CHECK_INT(WIFEXITED(status), 1);
		won += WEXITSTATUS(status);
	}
	CHECK_INT(won, 2 * PRIZES);
	open_store(&one, one_arena, ARENA, 0);
	CHECK_INT(count(&one, SEAMKEY_AGENT_GROUP), PRIZES);
	pg_store_close(&one);
}

/* All of them make the tables. */
static void
pg_is_made_once(void)
{
	pid_t pid[RIVALS];
	int u, status;

	CHECK_INT(sql("DROP TABLE IF EXISTS seamkey_row, seamkey_schema"), 1);
	for (u = 0; u < RIVALS; u++) {
		pid[u] = fork();
		if (pid[u] == 0) {
			memset(&two, 0, sizeof two);
			_exit(pg_store_open(&two, "", 1) != SEAMKEY_OK);
		}
	}
	for (u = 0; u < RIVALS; u++) {
		CHECK_INT(waitpid(pid[u], &status, 0), pid[u]);
		CHECK_INT(status, 0);
	}
	open_store(&one, one_arena, ARENA, 0);
	pg_store_close(&one);
}

/* ---- a database that goes away ------------------------------------------- */

static void
database(const char *command)
{
	const char *text = getenv(command);

	CHECK_INT(text != NULL && system(text) == 0, 1);
}

static void
rest(void)
{
	struct timespec pause = { 0, 300000000 };

	(void)nanosleep(&pause, NULL);
}

static void
pg_survives_a_restart(void)
{
	seamkey_agent_row row = group("g"), like, out;

	fresh();
	like = seamkey_agent_identity(&row);
	CHECK_INT(add(&one, row), SEAMKEY_OK);
	CHECK_INT(look(&one, row), SEAMKEY_OK);
	CHECK_INT(pg_store_find(&two, &like, 0, &out), SEAMKEY_OK);
	database("PG_STOP");
	CHECK_INT(seamkey_span_match(out.owner, row.owner), 1);
	CHECK_INT(look(&one, row), PG_STORE_ERR_OPEN);
	CHECK_INT(add(&one, group("h")), PG_STORE_ERR_OPEN);
	CHECK_INT(pg_store_lock(&one), PG_STORE_ERR_OPEN);
	CHECK_INT(look(&one, row), PG_STORE_ERR_OPEN);
	CHECK_INT(pg_store_text(&one)[0] != '\0', 1);
	database("PG_START");
	rest();
	CHECK_INT(look(&one, row), SEAMKEY_OK);
	CHECK_INT(add(&one, group("h")), SEAMKEY_OK);
	CHECK_INT(count(&one, SEAMKEY_AGENT_GROUP), 2);
	/* the other was in the middle of a request: that one is lost */
	like.owner = text_of("h");
	CHECK_INT(pg_store_find(&two, &like, 0, &out), PG_STORE_ERR_FAILED);
	CHECK_INT(pg_store_find(&two, &like, 0, &out), PG_STORE_ERR_FAILED);
	pg_store_done(&two);
	CHECK_INT(pg_store_find(&two, &like, 0, &out), SEAMKEY_OK);
	pg_store_done(&two);
	/* stopped and started while nobody asks: not even noticed */
	database("PG_STOP");
	database("PG_START");
	CHECK_INT(look(&one, row), SEAMKEY_OK);
	CHECK_INT(add(&two, row), SEAMKEY_ERR_AGENT_EXISTS);
	database("PG_STOP");
	database("PG_START");
	CHECK_INT(pg_store_lock(&one), SEAMKEY_OK);
	CHECK_INT(add(&one, group("i")), SEAMKEY_OK);
	/* a lock that is lost */
	CHECK_INT(pg_store_lock(&one), SEAMKEY_OK);
	database("PG_STOP");
	database("PG_START");
	CHECK_INT(add(&one, group("j")), PG_STORE_ERR_FAILED);
	CHECK_INT(count(&two, SEAMKEY_AGENT_GROUP), 3);
	finish();
}

/* Add rows until that fails, and tell of each one that it is there. */
static void
add_and_tell(int to)
{
	char name[16];
	int u, status = SEAMKEY_OK;

	open_store(&two, two_arena, ARENA, 0);
	for (u = 0; status == SEAMKEY_OK; u++) {
		(void)snprintf(name, sizeof name, "g%d", u);
		status = add(&two, group(name));
		if (status == SEAMKEY_OK && write(to, "+", 1) != 1) {
			break;
		}
	}
}

/* The server, or the agent, ends at any moment: what was told is there, and
 * at most one more. */
static void
check_end(int server)
{
	int ends[2], status = 0;
	long told = 0, there;
	char octet;
	pid_t pid;

	fresh();
	finish();
	CHECK_INT(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		add_and_tell(ends[1]);
		_exit(0);
	}
	(void)close(ends[1]);
	while (told < 50 && read(ends[0], &octet, 1) == 1) {
		told++;
	}
	if (server) {
		database("PG_STOP");
	} else {
		CHECK_INT(kill(pid, SIGKILL), 0);
	}
	while (read(ends[0], &octet, 1) == 1) {
		told++;
	}
	(void)close(ends[0]);
	CHECK_INT(waitpid(pid, &status, 0), pid);
	if (server) {
		database("PG_START");
		CHECK_INT(status, 0);
	}
	open_store(&one, one_arena, ARENA, 0);
	there = count(&one, SEAMKEY_AGENT_GROUP);
	CHECK_INT(told >= 50, 1);
	CHECK_INT(there == told || there == told + 1, 1);
	pg_store_close(&one);
}

static void
pg_loses_nothing(void)
{
	check_end(0);
	check_end(1);
}

/* One that hangs: an error, within the time that was given. */
static void
pg_does_not_wait_for_ever(void)
{
	seamkey_agent_row row = group("g");
	uint64_t start;
	pid_t pid;

	fresh();
	CHECK_INT(add(&one, row), SEAMKEY_OK);
	pid = (pid_t)PQbackendPID(one.conn);
	CHECK_INT(kill(pid, SIGSTOP), 0);
	start = pg_i_now();
	CHECK_INT(look(&one, row), PG_STORE_ERR_OPEN);
	CHECK_INT(pg_i_now() - start >= 2000, 1);
	CHECK_INT(pg_i_now() - start < 4000, 1);
	CHECK_INT(kill(pid, SIGCONT), 0);
	rest();
	CHECK_INT(look(&one, row), SEAMKEY_OK);
	finish();
}

/* ---- an agent over it ---------------------------------------------------- */

static struct office office;
static unsigned char request[ROOM], answer[ROOM], block[4096];

/* What a member gets: the kind of the result. */
static int
ask(void)
{
	seamkey_release_answer a;
	seamkey_release_result r;
	seamkey_release_block header;
	seamkey_release_who who;
	seamkey_block_recipient to = office_recipient(&office, LEGAL);
	seamkey_der_reader reader;
	size_t len = 0;

	memset(&a, 0, sizeof a);
	memset(&r, 0, sizeof r);
	memset(&who, 0, sizeof who);
	memset(&header, 0, sizeof header);
	who.kind = SEAMKEY_RELEASE_NAME;
	who.value = office.name[ALICE];
	CHECK_INT(seamkey_block_seal(&office.rsa, SEAMKEY_BLOCK_AES_256_GCM,
			  &to, 1, text_of("text"), block, sizeof block, &len),
		SEAMKEY_OK);
	CHECK_INT(seamkey_release_decode_block(
			  &header, seamkey_span_of(block, len)),
		SEAMKEY_OK);
	CHECK_INT(seamkey_release_encode_request(request, sizeof request, &len,
			  BYTES("request number 1"), SEAMKEY_RELEASE_SEALED,
			  &who, &header, 1, NULL, 0),
		SEAMKEY_OK);
	CHECK_INT(seamkey_agent_answer(&office.env, &office.scene,
			  seamkey_span_of(request, len), answer, sizeof answer,
			  &len),
		SEAMKEY_OK);
	CHECK_INT(
		seamkey_release_decode_answer(&a, seamkey_span_of(answer, len)),
		SEAMKEY_OK);
	seamkey_der_init(&reader, a.results);
	seamkey_release_get_result(&reader, &r);
	CHECK_INT(reader.err, SEAMKEY_OK);
	return r.kind;
}

static void
pg_serves_an_agent(void)
{
	seamkey_agent_actor boss = { 1, { NULL, 0 } };
	seamkey_agent_row row;
	size_t u;

	fresh();
	office_init(&office);
	for (u = 0; u < office.rows.count; u++) {
		CHECK_INT(add(&two, office.row[u]), SEAMKEY_OK);
	}
	office.env.store = pg_store_rows();
	office.env.store_ctx = &one;
	CHECK_INT(ask(), SEAMKEY_RELEASE_IS_SEALED);
	CHECK_INT(one.phase, PG_STORE_IDLE);
	database("PG_STOP");
	CHECK_INT(ask(), SEAMKEY_RELEASE_NOT_RELEASED);
	CHECK_INT(office.log.status, PG_STORE_ERR_OPEN);
	database("PG_START");
	rest();
	CHECK_INT(ask(), SEAMKEY_RELEASE_IS_SEALED);
	/* what another agent's administrator does, this one obeys */
	row = row_of(SEAMKEY_AGENT_MEMBER, text_of("legal"), office.name[ALICE],
		text_of(""));
	office.env.store_ctx = &two;
	CHECK_INT(pg_store_lock(&two), SEAMKEY_OK);
	CHECK_INT(seamkey_agent_change(
			  &office.env, &boss, SEAMKEY_AGENT_DELETE, &row),
		SEAMKEY_OK);
	office.env.store_ctx = &one;
	CHECK_INT(ask(), SEAMKEY_RELEASE_NOT_RELEASED);
	CHECK_INT(office.log.status, SEAMKEY_ERR_RULE_FAILED);
	CHECK_INT(seamkey_agent_change(
			  &office.env, &boss, SEAMKEY_AGENT_ADD, &row),
		SEAMKEY_OK);
	CHECK_INT(ask(), SEAMKEY_RELEASE_IS_SEALED);
	finish();
}

extern const struct test test_store_pg_table[];
const struct test test_store_pg_table[] = {
	{ "store_array_behaves", store_array_behaves },
	{ "store_pg_behaves", store_pg_behaves },
	{ "store_pg_behaves_locked", store_pg_behaves_locked },
	{ "pg_walks_once", pg_walks_once },
	{ "pg_has_an_arena", pg_has_an_arena },
	{ "pg_knows_its_tables", pg_knows_its_tables },
	{ "pg_requests_see_one_moment", pg_requests_see_one_moment },
	{ "pg_locks", pg_locks },
	{ "pg_serves_rivals", pg_serves_rivals },
	{ "pg_is_made_once", pg_is_made_once },
	{ "pg_survives_a_restart", pg_survives_a_restart },
	{ "pg_loses_nothing", pg_loses_nothing },
	{ "pg_does_not_wait_for_ever", pg_does_not_wait_for_ever },
	{ "pg_serves_an_agent", pg_serves_an_agent },
	{ NULL, NULL },
};
