/*
 * test_agent_limits.c - what the agent keeps, looks at and does at most
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#include "agent_talk.h"

#define NOW   1796025000 /* 2026-11-30 07:50:00 */
#define LATER "20261201000000Z"

static seamkey_span
approval_of(seamkey_span request_id, seamkey_span approver, seamkey_span own,
	const char *expires)
{
	static unsigned char der[2048];
	seamkey_release_approval a;
	unsigned char hash[32];
	size_t len = 0;

	memset(&a, 0, sizeof a);
	seamkey_release_hash_recipients(&header[0], hash);
	a.id = request_id;
	a.recipients = SPAN(hash);
	a.decryptor = office.name[ALICE];
	a.approver = approver;
	a.expires = text_of(expires);
	CHECK_INT(seamkey_release_sign_approval(
			  &office.rsa, der, sizeof der, &len, &a, own),
		SEAMKEY_OK);
	return seamkey_span_of(der, len);
}

static int
approve(seamkey_span approval)
{
	unsigned char receipt[8];
	size_t len = 0;

	return seamkey_agent_approve(&office.env, &office.scene, approval,
		receipt, sizeof receipt, &len);
}

static int
approve_as(size_t person, const char *expires)
{
	return approve(approval_of(
		SPAN(id), office.name[person], office.own[person], expires));
}

static size_t
count_of(unsigned kind)
{
	size_t u, count = 0;

	for (u = 0; u < office.rows.count; u++) {
		count += office.row[u].kind == kind;
	}
	return count;
}

static void
begin(void)
{
	office_init(&office);
	office.scene.has_time = 1;
	office.scene.now = NOW;
	office_find(&office, SEAMKEY_AGENT_RULE, text_of("lawyers"))->value =
		office_rule(&office,
			"all(group(\"legal\"), approval(2, \"board\"))");
	seal_to(0, LEGAL);
}

/* ---- approvals ----------------------------------------------------------- */

/* So many others approve before the board does: they take nobody's place. */
static void
come_behind_a_crowd(size_t crowd)
{
	static unsigned char names[SEAMKEY_AGENT_MAX_APPROVED][64];
	char text[] = "CN=Stranger 00";
	seamkey_span name;
	size_t u, len = 0;

	begin();
	for (u = 0; u < crowd; u++) {
		text[12] = (char)('0' + u / 10);
		text[13] = (char)('0' + u % 10);
		CHECK_INT(seamkey_name_encode(names[u], sizeof names[u], &len,
				  text_of(text)),
			SEAMKEY_OK);
		name = seamkey_span_of(names[u], len);
		office_row(&office, SEAMKEY_AGENT_DECRYPTOR, name, text_of(""),
			public_of(
				office.own[MALLORY], office.publics[MALLORY]));
		CHECK_INT(approve(approval_of(
				  SPAN(id), name, office.own[MALLORY], LATER)),
			SEAMKEY_OK);
	}
	CHECK_INT(approve_as(BOB, LATER), SEAMKEY_OK);
	CHECK_INT(approve_as(CAROL, LATER), SEAMKEY_OK);
	ask(ALICE, 1);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
}

static void
agent_counts_members_behind_a_crowd(void)
{
	come_behind_a_crowd(SEAMKEY_AGENT_MAX_APPROVED / 2);
	come_behind_a_crowd(SEAMKEY_AGENT_MAX_APPROVED);
}

static size_t lookups;
static int lost; /* what the store says of a member, or 0 */

static int
count_lookup(void *ctx, const seamkey_agent_row *like, size_t n,
	seamkey_agent_row *out)
{
	lookups++;
	if (lost != 0 && like->kind == SEAMKEY_AGENT_MEMBER
		&& seamkey_span_match(like->owner, text_of("board"))) {
		return lost;
	}
	return seamkey_agent_store_rows()->find(ctx, like, n, out);
}

/* A board of a hundred, an approval of a stranger's, and a block that names
 * two key pairs in turn: neither makes the agent look up much. */
static void
agent_looks_up_little(void)
{
	static unsigned char names[100][32], doubled[ROOM];
	seamkey_agent_store store = *seamkey_agent_store_rows();
	size_t keys[2] = { LEGAL, LEGAL_OLD }, u, len = 0;
	char text[] = "CN=Member 00";
	seamkey_der_reader r, set;
	seamkey_der_writer w;

	begin();
	for (u = 0; u < COUNT(names); u++) {
		text[10] = (char)('0' + u / 10);
		text[11] = (char)('0' + u % 10);
		CHECK_INT(seamkey_name_encode(names[u], sizeof names[u], &len,
				  text_of(text)),
			SEAMKEY_OK);
		office_row(&office, SEAMKEY_AGENT_MEMBER, text_of("board"),
			seamkey_span_of(names[u], len), text_of(""));
	}
	seal_with(0, SEAMKEY_BLOCK_AES_256_GCM, SEAMKEY_BLOCK_PKCS1, keys, 2);
	seamkey_der_init(&r, header[0].recipients);
	seamkey_der_enter(&r, &set, SEAMKEY_DER_SET);
	memset(&w, 0, sizeof w);
	w.buf = doubled;
	w.cap = sizeof doubled;
	len = seamkey_der_begin(&w, SEAMKEY_DER_SET);
	for (u = 0; u < 16; u++) {
		seamkey_der_put(&w, set.p, set.len);
	}
	seamkey_der_end(&w, len);
	CHECK_INT(w.err, SEAMKEY_OK);
	header[0].recipients = seamkey_span_of(doubled, w.len);
	CHECK_INT(approve_as(MALLORY, LATER), SEAMKEY_OK);
	store.find = count_lookup;
	office.env.store = &store;
	lookups = 0;
	ask(ALICE, 1);
	check_refused(0, SEAMKEY_ERR_RULE_APPROVAL);
	CHECK_INT(lookups > 4 && lookups < 64, 1);
	CHECK_INT(approve_as(BOB, LATER), SEAMKEY_OK);
	CHECK_INT(approve_as(CAROL, LATER), SEAMKEY_OK);
	ask(ALICE, 1);
	CHECK_INT(kind_of(0), SEAMKEY_RELEASE_IS_SEALED);
}

/* Whether Bob is of the board could not be found out: that is no missing
 * approval, and nobody is told to wait for one. */
static void
agent_knows_no_member_from_a_lost_one(void)
{
	seamkey_agent_store store = *seamkey_agent_store_rows();

	begin();
	CHECK_INT(approve_as(BOB, LATER), SEAMKEY_OK);
	CHECK_INT(approve_as(CAROL, LATER), SEAMKEY_OK);
	store.find = count_lookup;
	office.env.store = &store;
	lost = -4321;
	ask(ALICE, 1);
	lost = 0;
	check_refused(0, -4321);
	CHECK_INT(office.log.kind, SEAMKEY_AGENT_REFUSED);
	ask(ALICE, 1);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
}

/* A table that has Bob in the board twice gives him no second voice. */
static void
agent_counts_nobody_twice(void)
{
	begin();
	office_row(&office, SEAMKEY_AGENT_MEMBER, text_of("board"),
		office.name[BOB], text_of(""));
	CHECK_INT(approve_as(BOB, LATER), SEAMKEY_OK);
	ask(ALICE, 1);
	check_refused(0, SEAMKEY_ERR_RULE_APPROVAL);
	begin();
	CHECK_INT(approve_as(BOB, LATER), SEAMKEY_OK);
	CHECK_INT(approve_as(CAROL, LATER), SEAMKEY_OK);
	ask(ALICE, 1);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
}

#define BOTH  "approval(1, \"board\"), approval(1, \"audit\")"
#define ROUND "approval(1, \"audit\"), approval(1, \"board\")"

/* Who approves, of the board (Bob, Carol) and of the audit (Bob, Mallory); is
 * that enough? Bit 0 is Bob, 1 Carol, 2 Mallory. */
static const struct {
	const char *rule;
	unsigned who;
	int enough;
} votes[] = {
	{ "all(" BOTH ")", 1, 0 },
	{ "all(" ROUND ")", 1, 0 },
	{ "all(" BOTH ")", 3, 1 }, /* Carol for the board, so Bob is free */
	{ "all(" ROUND ")", 3, 1 },
	{ "all(" BOTH ")", 5, 1 },
	{ "all(" BOTH ")", 6, 1 },
	{ "any(" BOTH ")", 1, 1 },
	{ "2 of (" BOTH ", group(\"legal\"))", 1, 1 },
	{ "2 of (" BOTH ", group(\"board\"))", 1, 0 },
	{ "all(approval(1, \"board\"), approval(1, \"board\"))", 1, 0 },
	{ "all(approval(1, \"board\"), approval(1, \"board\"))", 3, 1 },
	{ "all(approval(2, \"board\"), approval(1, \"audit\"))", 3, 0 },
	{ "all(approval(2, \"board\"), approval(1, \"audit\"))", 7, 1 },
	{ "all(approval(2, \"board\"), approval(2, \"audit\"))", 7, 0 },
	/* what does not decide takes nobody away from what does */
	{ "any(all(clearance(3), approval(1, \"board\")), "
	  "approval(2, \"board\"))",
		3, 1 },
	{ "any(approval(2, \"board\"), approval(1, \"audit\"))", 1, 1 },
	{ "all(any(" BOTH "), approval(1, \"audit\"))", 3, 1 },
	{ "all(any(" ROUND "), approval(1, \"audit\"))", 3, 1 },
	{ "all(any(" BOTH "), approval(1, \"board\"))", 5, 1 },
	{ "all(any(" BOTH "), approval(1, \"board\"))", 1, 0 },
};

static void
begin_votes(unsigned who)
{
	static const size_t people[] = { BOB, CAROL, MALLORY };
	size_t u;

	begin();
	office_row(&office, SEAMKEY_AGENT_MEMBER, text_of("audit"),
		office.name[BOB], text_of(""));
	office_row(&office, SEAMKEY_AGENT_MEMBER, text_of("audit"),
		office.name[MALLORY], text_of(""));
	for (u = 0; u < COUNT(people); u++) {
		if ((who >> u & 1) != 0) {
			CHECK_INT(approve_as(people[u], LATER), SEAMKEY_OK);
		}
	}
}

/* Who is of two groups has one voice: in one rule, and over all of them. */
static void
agent_counts_one_voice(void)
{
	size_t u;

	for (u = 0; u < COUNT(votes); u++) {
		begin_votes(votes[u].who);
		office_find(&office, SEAMKEY_AGENT_RULE, text_of("lawyers"))
			->value = office_rule(&office, votes[u].rule);
		ask(ALICE, 1);
		if (votes[u].enough) {
			CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
		} else {
			check_refused(0, SEAMKEY_ERR_RULE_APPROVAL);
			CHECK_INT(office.log.kind, SEAMKEY_AGENT_WAITING);
		}
	}
	for (u = 1; u < 8; u++) {
		begin_votes((unsigned)u);
		office_find(&office, SEAMKEY_AGENT_RULE, text_of("lawyers"))
			->value =
			office_rule(&office, "approval(1, \"board\")");
		office_bind(
			&office, "legal", "second", "approval(1, \"audit\")");
		ask(ALICE, 1);
		CHECK_INT(office.log.releases, u == 3 || u > 4);
	}
}

static int
no_function(void *ctx, seamkey_span decryptor, seamkey_span name,
	seamkey_span argument)
{
	(void)ctx;
	(void)decryptor;
	(void)name;
	(void)argument;
	return -1777;
}

/* What stands against one way of counting leaves the others alone, in
 * whatever order they come. Bob, of both groups, has approved. */
static void
agent_counts_on_behind_an_error(void)
{
	static const char *const rules[] = {
		"all(any(approval(1, \"board\"), group(\"legal\")), "
		"any(approval(1, \"board\"), function(\"f\")))",
		"all(any(approval(1, \"board\"), function(\"f\")), "
		"any(approval(1, \"board\"), group(\"legal\")))",
		"all(approval(1, \"board\"), any(approval(1, \"audit\"), "
		"function(\"f\"), group(\"legal\")))",
	};
	seamkey_agent_row *rule;
	size_t u;

	for (u = 0; u < COUNT(rules); u++) {
		begin_votes(1);
		office.hooks.function = no_function;
		rule = office_find(
			&office, SEAMKEY_AGENT_RULE, text_of("lawyers"));
		rule->value = office_rule(&office, rules[u]);
		ask(ALICE, 1);
		CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
		office.log.releases = 0;
		rule->value = office_rule(&office,
			"all(approval(1, \"board\"), any(approval(1, "
			"\"audit\"), function(\"f\")))");
		ask(ALICE, 1);
		check_refused(0, SEAMKEY_ERR_RULE_APPROVAL);
		CHECK_INT(office.log.kind, SEAMKEY_AGENT_WAITING);
	}
}

#define TWO  "approval(1, \"board\"), approval(1, \"board\")"
#define FOUR TWO ", " TWO

/* One approval rule more than is looked at in one decision. */
static void
agent_counts_so_many_votes(void)
{
	const char *rule = "any(" FOUR ", " FOUR ", group(\"board\"))";

	CHECK_INT(SEAMKEY_AGENT_MAX_VOTES, 8);
	begin_votes(3);
	office_find(&office, SEAMKEY_AGENT_RULE, text_of("lawyers"))->value =
		office_rule(&office, rule);
	ask(ALICE, 1);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
	office.log.releases = 0;
	office_bind(&office, "legal", "second", "approval(1, \"audit\")");
	ask(ALICE, 1);
	check_refused(0, SEAMKEY_ERR_RELEASE_LIMIT);
}

/* An approver keeps 64; what has expired makes room. */
static void
agent_keeps_so_many_approvals(void)
{
	unsigned char other[16] = { 0 };
	size_t u;

	begin();
	for (u = 0; u < SEAMKEY_AGENT_MAX_APPROVED; u++) {
		other[0] = (unsigned char)u;
		CHECK_INT(approve(approval_of(SPAN(other), office.name[MALLORY],
				  office.own[MALLORY],
				  u < 3 ? "20261130080000Z" : LATER)),
			SEAMKEY_OK);
	}
	CHECK_INT(approve_as(MALLORY, LATER), SEAMKEY_ERR_RELEASE_LIMIT);
	CHECK_INT(office.log.kind, SEAMKEY_AGENT_DISAPPROVED);
	CHECK_INT(office.log.status, SEAMKEY_ERR_RELEASE_LIMIT);
	CHECK_INT(approve_as(BOB, LATER), SEAMKEY_OK);
	CHECK_INT(count_of(SEAMKEY_AGENT_APPROVAL),
		SEAMKEY_AGENT_MAX_APPROVED + 1);
	office.scene.now += 3600;
	CHECK_INT(office.log.deletions, 0);
	CHECK_INT(approve_as(MALLORY, LATER), SEAMKEY_OK);
	CHECK_INT(office.log.deletions, 3);
	CHECK_INT(count_of(SEAMKEY_AGENT_APPROVAL),
		SEAMKEY_AGENT_MAX_APPROVED - 1);
}

/* Where a longer one cannot be kept, the earlier one stays. */
static void
agent_loses_no_approval(void)
{
	begin();
	CHECK_INT(approve_as(BOB, LATER), SEAMKEY_OK);
	CHECK_INT(approve_as(CAROL, LATER), SEAMKEY_OK);
	office.rows.each = 16; /* nothing fits any more */
	CHECK_INT(approve_as(BOB, "20261202000000Z"), SEAMKEY_ERR_SPACE);
	CHECK_INT(office.log.kind, SEAMKEY_AGENT_DISAPPROVED);
	office.rows.each = OFFICE_EACH;
	ask(ALICE, 1);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
	/* no row more is needed where there is no room for one */
	office.rows.cap = office.rows.count;
	CHECK_INT(approve_as(BOB, "20261202000000Z"), SEAMKEY_OK);
	ask(ALICE, 1);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
}

/* Who approved for the wrong person can do so for the right one. */
static void
agent_takes_a_corrected_approval(void)
{
	seamkey_span alice;

	begin();
	alice = office.name[ALICE];
	office.name[ALICE] = office.name[MALLORY];
	CHECK_INT(approve_as(BOB, "20261202000000Z"), SEAMKEY_OK);
	office.name[ALICE] = alice;
	CHECK_INT(approve_as(BOB, LATER), SEAMKEY_OK);
	CHECK_INT(approve_as(CAROL, LATER), SEAMKEY_OK);
	ask(ALICE, 1);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
	/* and nobody undoes that by sending the first one again */
	office.name[ALICE] = office.name[MALLORY];
	CHECK_INT(approve_as(BOB, "20261202000000Z"), SEAMKEY_OK);
	office.name[ALICE] = alice;
	ask(ALICE, 1);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
}

/* What finds of approvals still say is not so any more: another agent has
 * added one, or deleted it. */
static struct {
	int finds; /* those that are wrong */
	int hide;  /* 1: they miss what is there; 0: they give this */
	seamkey_agent_row gone;
} behind;

static int
behind_find(void *ctx, const seamkey_agent_row *like, size_t n,
	seamkey_agent_row *out)
{
	if (like->kind != SEAMKEY_AGENT_APPROVAL || like->name.len == 0
		|| behind.finds == 0) {
		return seamkey_agent_store_rows()->find(ctx, like, n, out);
	}
	behind.finds--;
	if (behind.hide) {
		return SEAMKEY_ERR_RULE_NONE;
	}
	*out = behind.gone;
	return SEAMKEY_OK;
}

static int
rows_change(void *ctx, int change, const seamkey_agent_row *row)
{
	return seamkey_agent_store_rows()->change(ctx, change, row);
}

static void
agent_approves_beside_another_one(void)
{
	static const seamkey_agent_store store = { behind_find, rows_change,
		NULL, NULL };
	static unsigned char value[2000];
	seamkey_agent_row *kept;
	int hide;

	for (hide = 0; hide < 2; hide++) {
		begin();
		CHECK_INT(approve_as(BOB, LATER), SEAMKEY_OK);
		kept = &office.row[office.rows.count - 1];
		CHECK_INT(kept->kind, SEAMKEY_AGENT_APPROVAL);
		behind.gone = *kept;
		CHECK_INT(kept->value.len <= sizeof value, 1);
		memcpy(value, kept->value.p, kept->value.len);
		behind.gone.value = seamkey_span_of(value, kept->value.len);
		behind.hide = hide;
		behind.finds = 1;
		if (!hide) {
			behind.gone.owner = office.name[BOB];
			office.rows.count--;
		}
		office.env.store = &store;
		CHECK_INT(approve_as(BOB, "20261202000000Z"), SEAMKEY_OK);
		CHECK_INT(office.log.kind, SEAMKEY_AGENT_APPROVED);
		CHECK_INT(behind.finds, 0);
		CHECK_INT(count_of(SEAMKEY_AGENT_APPROVAL), 1);
		office.env.store = seamkey_agent_store_rows();
		CHECK_INT(approve_as(BOB, LATER), SEAMKEY_OK);
		kept = &office.row[office.rows.count - 1];
		CHECK_INT(
			memcmp(kept->value.p, value, kept->value.len) != 0, 1);
		/* always too late: it is told */
		behind.finds = 9;
		behind.hide = 1;
		office.env.store = &store;
		CHECK_INT(approve_as(BOB, "20261203000000Z"),
			SEAMKEY_ERR_AGENT_EXISTS);
		CHECK_INT(office.log.kind, SEAMKEY_AGENT_DISAPPROVED);
	}
}

/* A store that says it has deleted a row, and has not. */
static int
keeping_change(void *ctx, int change, const seamkey_agent_row *row)
{
	return change == SEAMKEY_AGENT_DELETE
		? SEAMKEY_OK
		: seamkey_agent_store_rows()->change(ctx, change, row);
}

static int
rows_find(void *ctx, const seamkey_agent_row *like, size_t n,
	seamkey_agent_row *out)
{
	return seamkey_agent_store_rows()->find(ctx, like, n, out);
}

static void
agent_ends_with_a_store_that_keeps(void)
{
	static const seamkey_agent_store store = { rows_find, keeping_change,
		NULL, NULL };
	unsigned char other[16] = { 0 };

	begin();
	ask(ALICE, 1);
	CHECK_INT(approve(approval_of(SPAN(other), office.name[BOB],
			  office.own[BOB], "20261130080000Z")),
		SEAMKEY_OK);
	office.env.store = &store;
	office.scene.now += SEAMKEY_AGENT_PENDING_TIME + 60;
	id[0]++;
	ask(ALICE, 1);
	id[0]--;
	CHECK_INT(
		approve_as(BOB, "20261231000000Z"), SEAMKEY_ERR_RELEASE_LIMIT);
}

/* ---- what waits ---------------------------------------------------------- */

static void
ask_anew(void)
{
	seamkey_release_who who = by_name(ALICE);

	id[0]++;
	ask_with(SEAMKEY_RELEASE_SEALED, &who, 1, NULL, 0);
	CHECK_INT(reply(), SEAMKEY_OK);
}

/* Anybody can ask in the name of Alice; she can herself. */
static void
agent_notes_so_many_requests(void)
{
	unsigned char first = id[0];
	size_t u;

	begin();
	for (u = 0; u < 40; u++) {
		ask_anew();
	}
	CHECK_INT(count_of(SEAMKEY_AGENT_PENDING), SEAMKEY_AGENT_MAX_PENDING);
	office.scene.now += 60;
	office.scene.authenticated = 1;
	office.scene.peer = office.name[BOB];
	ask_anew();
	CHECK_INT(office.row[office.rows.count - 1].owner.p[0] == id[0], 0);
	office.scene.peer = office.name[ALICE];
	office.scene.authenticated = 0; /* it only says so */
	ask_anew();
	CHECK_INT(office.row[office.rows.count - 1].owner.p[0] == id[0], 0);
	office.scene.authenticated = 1;
	ask_anew();
	CHECK_INT(count_of(SEAMKEY_AGENT_PENDING), SEAMKEY_AGENT_MAX_PENDING);
	CHECK_INT(office.row[office.rows.count - 1].owner.p[0], id[0]);
	CHECK_INT(office.row[office.rows.count - 1].number, NOW + 60);
	/* a week later all but hers have gone, and a day on hers */
	office.scene.authenticated = 0;
	office.scene.now = NOW + (uint32_t)SEAMKEY_AGENT_PENDING_TIME + 60;
	ask_anew();
	CHECK_INT(count_of(SEAMKEY_AGENT_PENDING), 2);
	office.scene.now += 86400;
	ask_anew();
	CHECK_INT(count_of(SEAMKEY_AGENT_PENDING), 2);
	id[0] = first;
}

/* Another agent's clock is ahead, or this one's has been set back: what was
 * noted then waits still, and is the youngest. */
static void
agent_keeps_what_is_from_the_future(void)
{
	unsigned char first = id[0];
	seamkey_agent_row row = { 0 };
	size_t u;

	begin();
	office.scene.authenticated = 1;
	office.scene.peer = office.name[ALICE];
	for (u = 0; u < SEAMKEY_AGENT_MAX_PENDING; u++) {
		office.scene.now = NOW + u;
		ask_anew();
	}
	office.scene.now = NOW + 1; /* all but two are from the future now */
	ask_anew();
	CHECK_INT(count_of(SEAMKEY_AGENT_PENDING), SEAMKEY_AGENT_MAX_PENDING);
	for (u = 0; u < office.rows.count; u++) {
		/* the oldest has made room, and no other */
		CHECK_INT(office.row[u].kind == SEAMKEY_AGENT_PENDING
				&& office.row[u].number == NOW,
			0);
	}
	/* no clock is a week ahead: that was a wrong one */
	office.scene.now = NOW - (uint32_t)SEAMKEY_AGENT_PENDING_TIME + 1;
	ask_anew();
	CHECK_INT(count_of(SEAMKEY_AGENT_PENDING), 3);
	id[0] = first;
	/* and where 32 bits of seconds come to their end */
	row.number = 0xFFFFFFF0;
	CHECK_INT(SEAMKEY_AGENT_IS_STALE(&row, 0x100000010), 0);
	CHECK_INT(SEAMKEY_AGENT_IS_STALE(&row, 0x100100000), 1);
	row.number = 16;
	CHECK_INT(SEAMKEY_AGENT_IS_STALE(&row, 0xFFFFFFF0), 0);
}

/* The log is told first; what it does not take is not noted, and takes no
 * other's place. */
static void
agent_notes_what_is_audited(void)
{
	unsigned char first = id[0];
	size_t u;

	begin();
	office.log.fail_at = 1;
	ask(ALICE, 1);
	CHECK_INT(office.log.events, 1);
	CHECK_INT(office.log.kind, SEAMKEY_AGENT_WAITING);
	CHECK_INT(count_of(SEAMKEY_AGENT_PENDING), 0);
	for (u = 0; u < SEAMKEY_AGENT_MAX_PENDING; u++) {
		ask_anew();
	}
	CHECK_INT(office.log.deletions, 0);
	/* hers take the place of hers, and of what is long past */
	office.scene.authenticated = 1;
	office.scene.peer = office.name[ALICE];
	office.log.fail_at = office.log.events + 2;
	ask_anew();
	CHECK_INT(office.log.kind, SEAMKEY_AGENT_CHANGED);
	CHECK_INT(office.log.status, SEAMKEY_ERR_AGENT_AUDIT);
	CHECK_INT(office.log.deletions, 0);
	CHECK_INT(office.row[office.rows.count - 1].owner.p[0] == id[0], 0);
	ask_anew();
	CHECK_INT(office.log.deletions, 1);
	CHECK_INT(office.row[office.rows.count - 1].owner.p[0], id[0]);
	office.scene.now += SEAMKEY_AGENT_PENDING_TIME + 1;
	ask_anew();
	CHECK_INT(office.log.deletions, 1 + SEAMKEY_AGENT_MAX_PENDING);
	CHECK_INT(count_of(SEAMKEY_AGENT_PENDING), 1);
	id[0] = first;
}

static void
agent_notes_until_it_is_released(void)
{
	begin();
	ask(ALICE, 1);
	ask(ALICE, 1);
	CHECK_INT(count_of(SEAMKEY_AGENT_PENDING), 1);
	CHECK_INT(approve_as(BOB, LATER), SEAMKEY_OK);
	ask(ALICE, 1);
	CHECK_INT(count_of(SEAMKEY_AGENT_PENDING), 1);
	CHECK_INT(approve_as(CAROL, LATER), SEAMKEY_OK);
	ask(ALICE, 1);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
	CHECK_INT(count_of(SEAMKEY_AGENT_PENDING), 0);
	/* without a clock nothing is noted that no clock could remove */
	office.scene.has_time = 0;
	ask(ALICE, 1);
	CHECK_INT(count_of(SEAMKEY_AGENT_PENDING), 0);
}

/* ---- work ---------------------------------------------------------------- */

static int decisions;

static int
decide(void *ctx, seamkey_span name, seamkey_span argument,
	seamkey_span decryptor)
{
	(void)ctx;
	(void)name;
	(void)argument;
	(void)decryptor;
	decisions++;
	return SEAMKEY_ERR_RULE_FAILED;
}

/* One entry again and again is one decision. */
static void
agent_decides_an_entry_once(void)
{
	static unsigned char der[8192];
	seamkey_der_reader r;
	seamkey_der_writer w;
	seamkey_span entry;
	size_t mark, u;

	begin();
	office.hooks.function = decide;
	office_find(&office, SEAMKEY_AGENT_RULE, text_of("lawyers"))->value =
		office_rule(&office, "function(\"count\")");
	seamkey_der_init(&r, header[0].recipients);
	entry = seamkey_der_get(&r, SEAMKEY_DER_SET);
	memset(&w, 0, sizeof w);
	w.buf = der;
	w.cap = sizeof der;
	mark = seamkey_der_begin(&w, SEAMKEY_DER_SET);
	for (u = 0; u < 20; u++) {
		seamkey_der_put(&w, entry.p, entry.len);
	}
	seamkey_der_end(&w, mark);
	CHECK_INT(w.err, SEAMKEY_OK);
	header[0].recipients = seamkey_span_of(der, w.len);
	decisions = 0;
	ask(MALLORY, 1);
	check_refused(0, SEAMKEY_ERR_RULE_FAILED);
	CHECK_INT(decisions, 1);
}

/* Nine blocks, each for an identifier that sixteen access ids share. */
/* One block of nine, and as many key pairs for its entry as are looked at,
 * all under one rule. */
static void
ask_for_many_pairs(const char *rule, seamkey_release_limits *limits)
{
	static char access[SEAMKEY_AGENT_MAX_PAIRS][3];
	seamkey_release_block many[9];
	seamkey_release_who who;
	size_t u;

	office.hooks.function = decide;
	office.env.limits = limits;
	office_row(&office, SEAMKEY_AGENT_RULE, text_of("count"), text_of(""),
		office_rule(&office, rule));
	for (u = 0; u < SEAMKEY_AGENT_MAX_PAIRS; u++) {
		access[u][0] = 'a';
		access[u][1] = (char)('a' + u);
		office_row(&office, SEAMKEY_AGENT_KEY, text_of(access[u]),
			SPAN(legal_id), office.key[LEGAL]);
		office_row(&office, SEAMKEY_AGENT_BINDING, text_of(access[u]),
			text_of("count"), text_of(""));
	}
	for (u = 0; u < COUNT(many); u++) {
		many[u] = header[0];
	}
	who = by_name(MALLORY);
	request_len = 0;
	CHECK_INT(seamkey_release_encode_request(request, sizeof request,
			  &request_len, SPAN(id), SEAMKEY_RELEASE_SEALED, &who,
			  many, COUNT(many), NULL, 0),
		SEAMKEY_OK);
	decisions = 0;
	CHECK_INT(reply(), SEAMKEY_OK);
}

static void
agent_decides_so_many_times(void)
{
	seamkey_release_limits limits = { 0, 16, 0, 0 };

	begin();
	office.rows.count = 0;
	office_row(&office, SEAMKEY_AGENT_DECRYPTOR, office.name[MALLORY],
		text_of(""),
		public_of(office.own[MALLORY], office.publics[MALLORY]));
	ask_for_many_pairs("function(\"count\")", &limits);
	CHECK_INT(decisions, SEAMKEY_AGENT_MAX_DECISIONS);
	check_refused(8, SEAMKEY_ERR_RELEASE_LIMIT);
	/* a seventeenth is not passed over in silence */
	office_row(&office, SEAMKEY_AGENT_KEY, text_of("zz"), SPAN(legal_id),
		office.key[LEGAL]);
	ask(MALLORY, 1);
	check_refused(0, SEAMKEY_ERR_RELEASE_LIMIT);
}

/* Each way to count approvers is a decision, too: of eight rules that Bob alone
 * passes, each is tried. */
static void
agent_decides_so_many_ways(void)
{
	const char *rule =
		"all(any(function(\"count\"), approval(1, "
		"\"board\")), " FOUR ", " TWO ", approval(1, \"board\"))";
	seamkey_release_limits limits = { 0, 16, 0, 0 };
	seamkey_span alice;
	size_t u;

	begin();
	alice = office.name[ALICE];
	office.name[ALICE] = office.name[MALLORY];
	CHECK_INT(approve_as(BOB, LATER), SEAMKEY_OK);
	office.name[ALICE] = alice;
	for (u = office.rows.count; u-- > 0;) {
		if (office.row[u].kind == SEAMKEY_AGENT_KEY) {
			office.row[u].name = text_of("of no block");
		}
	}
	ask_for_many_pairs(rule, &limits);
	CHECK_INT(decisions, SEAMKEY_AGENT_MAX_DECISIONS);
	check_refused(8, SEAMKEY_ERR_RELEASE_LIMIT);
}

/* One of two entries has more rules than are looked at: the other opens. A
 * refusal says whose rules it was; a store that fails is asked no more. */
static void
agent_tells_which_entry(void)
{
	size_t keys[2] = { RESEARCH, LEGAL }, u;

	office_init(&office);
	for (u = 0; u < SEAMKEY_AGENT_MAX_RULES; u++) {
		office_row(&office, SEAMKEY_AGENT_BINDING, text_of("research"),
			text_of("lawyers"), text_of(""));
	}
	seal_with(0, SEAMKEY_BLOCK_AES_256_GCM, SEAMKEY_BLOCK_PKCS1, keys, 2);
	ask(ALICE, 1);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
	seal_to(0, LEGAL);
	ask(MALLORY, 1);
	CHECK_INT(kind_of(0), SEAMKEY_RELEASE_NOT_RELEASED);
	CHECK_INT(seamkey_span_match(office.log.access, text_of("legal")), 1);
}

/* ---- private keys that are made ready ------------------------------------ */

static int loads, load_status;

static int
closed_find(void *ctx, const seamkey_agent_row *like, size_t n,
	seamkey_agent_row *out)
{
	int status = seamkey_agent_store_rows()->find(ctx, like, n, out);

	if (status == SEAMKEY_OK && out->kind == SEAMKEY_AGENT_KEY) {
		out->value = text_of("wrapped");
	}
	return status;
}

static int
closed_load(void *ctx, seamkey_agent_row *key)
{
	(void)ctx;
	loads++;
	CHECK_MEM(key->value.p, "wrapped", 7);
	key->value = office.key[LEGAL];
	if (load_status == 1) {
		key->name = text_of("another key pair");
	}
	return load_status == 1 ? SEAMKEY_OK : load_status;
}

/* Of a private key nothing is touched for a stranger. */
static void
agent_loads_what_it_uses(void)
{
	static const seamkey_agent_store store = { closed_find, NULL, NULL,
		closed_load };

	office_init(&office);
	office.env.store = &store;
	seal_to(0, LEGAL);
	loads = load_status = 0;
	ask(MALLORY, 1);
	check_refused(0, SEAMKEY_ERR_RULE_FAILED);
	CHECK_INT(loads, 0);
	ask(ALICE, 1);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
	CHECK_INT(loads, 1);
	load_status = -1500;
	ask(ALICE, 1);
	CHECK_INT(kind_of(0), SEAMKEY_RELEASE_NOT_RELEASED);
	CHECK_INT(office.log.status, -1500);
	load_status = 1; /* it answers with another row */
	ask(ALICE, 1);
	CHECK_INT(kind_of(0), SEAMKEY_RELEASE_NOT_RELEASED);
	CHECK_INT(office.log.status, SEAMKEY_ERR_HOOK);
}

/* ---- administration ------------------------------------------------------ */

static int
change(int how, unsigned kind, seamkey_span owner, seamkey_span name,
	seamkey_span value)
{
	static const seamkey_agent_actor admin = { 1, { NULL, 0 } };
	seamkey_agent_row row;

	memset(&row, 0, sizeof row);
	row.kind = (uint8_t)kind;
	row.flag = kind == SEAMKEY_AGENT_ROLE ? SEAMKEY_RULE_EQUAL : 0;
	row.owner = owner;
	row.name = name;
	row.value = value;
	return seamkey_agent_change(&office.env, &admin, how, &row);
}

/* Add them until no more are taken: how many were? */
static size_t
add_all(unsigned kind, seamkey_span owner, const char *name, const char *value)
{
	char text[3] = "aa";
	size_t count = 0;
	int status;

	do {
		status = change(SEAMKEY_AGENT_ADD, kind,
			owner.len != 0 ? owner : text_of(text),
			name != NULL ? text_of(name) : text_of(text),
			value != NULL ? text_of(value) : text_of(text));
		text[1]++;
		count++;
	} while (status == SEAMKEY_OK && count < 100);
	CHECK_INT(status, SEAMKEY_ERR_RELEASE_LIMIT);
	return count - 1;
}

/* What would not be looked at is not added. */
static void
agent_adds_up_to_its_limits(void)
{
	seamkey_span legal = text_of("legal"), rule;
	char text[3] = "aa";
	size_t u;

	office_init(&office);
	rule = office_rule(&office, "group(\"legal\")");
	for (u = 0; u < 20; u++, text[1]++) {
		CHECK_INT(change(SEAMKEY_AGENT_ADD, SEAMKEY_AGENT_RULE,
				  text_of(text), text_of(""), rule),
			SEAMKEY_OK);
		CHECK_INT(change(SEAMKEY_AGENT_ADD, SEAMKEY_AGENT_ACCESS,
				  text_of(text), text_of(""), text_of("")),
			SEAMKEY_OK);
	}
	CHECK_INT(add_all(SEAMKEY_AGENT_BINDING, legal, NULL, ""),
		SEAMKEY_AGENT_MAX_RULES - 1);
	CHECK_INT(add_all(SEAMKEY_AGENT_ROLE, text_of("auditor"), NULL, "x"),
		SEAMKEY_AGENT_MAX_ROLE);
	CHECK_INT(add_all(SEAMKEY_AGENT_ATTRIBUTE, office.name[BOB], "rank",
			  NULL),
		SEAMKEY_RULE_MAX_VALUES);
	/* with all of them the key pair still opens */
	seal_to(0, LEGAL);
	ask(ALICE, 1);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
	for (u = 0, text[1] = 'a'; u < SEAMKEY_AGENT_MAX_PAIRS - 1; u++) {
		CHECK_INT(change(SEAMKEY_AGENT_ADD, SEAMKEY_AGENT_KEY,
				  text_of(text), SPAN(legal_id),
				  office.key[LEGAL]),
			SEAMKEY_OK);
		text[1]++;
	}
	CHECK_INT(change(SEAMKEY_AGENT_ADD, SEAMKEY_AGENT_KEY, text_of(text),
			  SPAN(legal_id), office.key[LEGAL]),
		SEAMKEY_ERR_RELEASE_LIMIT);
}

/* A key pair that a rule is bound to stays, or the rule with it goes. */
static void
agent_deletes_no_key_that_is_bound(void)
{
	seamkey_span none = { NULL, 0 }, research = text_of("research");

	office_init(&office);
	CHECK_INT(change(SEAMKEY_AGENT_ADD, SEAMKEY_AGENT_BINDING, research,
			  text_of("lawyers"), SPAN(research_id)),
		SEAMKEY_OK);
	CHECK_INT(change(SEAMKEY_AGENT_DELETE, SEAMKEY_AGENT_KEY, research,
			  SPAN(research_id), none),
		SEAMKEY_ERR_AGENT_IN_USE);
	CHECK_INT(change(SEAMKEY_AGENT_DELETE, SEAMKEY_AGENT_BINDING, research,
			  text_of("lawyers"), SPAN(research_id)),
		SEAMKEY_OK);
	CHECK_INT(change(SEAMKEY_AGENT_DELETE, SEAMKEY_AGENT_KEY, research,
			  SPAN(research_id), none),
		SEAMKEY_OK);
}

/* ---- rows in an array ---------------------------------------------------- */

/* A row's bytes are the store's; what is secret goes with it. */
static void
rows_keep_copies(void)
{
	static unsigned char bytes[3 * 64];
	seamkey_agent_row row[2], like, found;
	seamkey_agent_rows rows = { row, 0, 2, bytes, 64 };
	const seamkey_agent_store *store = seamkey_agent_store_rows();
	char access[] = "access", value[] = "first";
	unsigned u;

	memset(&like, 0, sizeof like);
	like.kind = SEAMKEY_AGENT_KEY;
	like.owner = text_of(access);
	like.name = text_of("one");
	like.value = text_of(value);
	CHECK_INT(store->change(&rows, SEAMKEY_AGENT_ADD, &like), SEAMKEY_OK);
	value[0] = 'X';
	CHECK_MEM(row[0].value.p, "first", 5);
	like.name = text_of("two");
	CHECK_INT(store->change(&rows, SEAMKEY_AGENT_ADD, &like), SEAMKEY_OK);
	like.name = text_of("three");
	CHECK_INT(store->change(&rows, SEAMKEY_AGENT_ADD, &like),
		SEAMKEY_ERR_SPACE);
	/* full, and replaced by what is made of the row itself */
	for (u = 0; u < 5; u++) {
		found = row[0];
		found.value = seamkey_span_of(row[0].value.p + 1, 4 - u);
		CHECK_INT(store->change(&rows, SEAMKEY_AGENT_REPLACE, &found),
			SEAMKEY_OK);
		CHECK_MEM(row[0].name.p, "one", 3);
		CHECK_INT(row[0].value.len, 4 - u);
	}
	CHECK_MEM(row[1].value.p, "Xirst", 5);
	found = row[1];
	found.value = seamkey_span_of(bytes, 60);
	CHECK_INT(store->change(&rows, SEAMKEY_AGENT_REPLACE, &found),
		SEAMKEY_ERR_SPACE);
	CHECK_MEM(row[1].value.p, "Xirst", 5);
	/* by the row itself, whose words can still be told */
	found = row[1];
	CHECK_INT(
		store->change(&rows, SEAMKEY_AGENT_DELETE, &found), SEAMKEY_OK);
	CHECK_MEM(found.name.p, "two", 3);
	CHECK_INT(all_are(found.value.p, 0, found.value.len), 1);
	for (u = 0; u + 4 <= sizeof bytes; u++) {
		CHECK_INT(memcmp(bytes + u, "irst", 4) == 0, 0);
	}
	/* without bytes of its own it keeps nothing that the agent adds */
	rows.bytes = NULL;
	like.kind = SEAMKEY_AGENT_PENDING;
	like.owner = like.name = like.value = text_of("x");
	CHECK_INT(store->change(&rows, SEAMKEY_AGENT_ADD, &like),
		SEAMKEY_ERR_UNSUPPORTED);
	like.kind = SEAMKEY_AGENT_GROUP;
	CHECK_INT(store->change(&rows, SEAMKEY_AGENT_ADD, &like), SEAMKEY_OK);
}

const struct test test_agent_limits_table[] = {
	{ "agent_counts_members_behind_a_crowd",
		agent_counts_members_behind_a_crowd },
	{ "agent_looks_up_little", agent_looks_up_little },
	{ "agent_knows_no_member_from_a_lost_one",
		agent_knows_no_member_from_a_lost_one },
	{ "agent_counts_nobody_twice", agent_counts_nobody_twice },
	{ "agent_counts_one_voice", agent_counts_one_voice },
	{ "agent_counts_on_behind_an_error", agent_counts_on_behind_an_error },
	{ "agent_counts_so_many_votes", agent_counts_so_many_votes },
	{ "agent_keeps_so_many_approvals", agent_keeps_so_many_approvals },
	{ "agent_loses_no_approval", agent_loses_no_approval },
	{ "agent_approves_beside_another_one",
		agent_approves_beside_another_one },
	{ "agent_takes_a_corrected_approval",
		agent_takes_a_corrected_approval },
	{ "agent_ends_with_a_store_that_keeps",
		agent_ends_with_a_store_that_keeps },
	{ "agent_tells_which_entry", agent_tells_which_entry },
	{ "agent_notes_so_many_requests", agent_notes_so_many_requests },
	{ "agent_keeps_what_is_from_the_future",
		agent_keeps_what_is_from_the_future },
	{ "agent_notes_what_is_audited", agent_notes_what_is_audited },
	{ "agent_notes_until_it_is_released",
		agent_notes_until_it_is_released },
	{ "agent_decides_an_entry_once", agent_decides_an_entry_once },
	{ "agent_decides_so_many_times", agent_decides_so_many_times },
	{ "agent_decides_so_many_ways", agent_decides_so_many_ways },
	{ "agent_loads_what_it_uses", agent_loads_what_it_uses },
	{ "agent_adds_up_to_its_limits", agent_adds_up_to_its_limits },
	{ "agent_deletes_no_key_that_is_bound",
		agent_deletes_no_key_that_is_bound },
	{ "rows_keep_copies", rows_keep_copies },
	{ NULL, NULL },
};
