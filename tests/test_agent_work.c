/*
 * test_agent_work.c - approvals, administration, engines, hooks that fail
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#include "agent_talk.h"

/* ---- approvals ----------------------------------------------------------- */

static int
approve(seamkey_span approval)
{
	static unsigned char want[64], receipt[64];
	static size_t want_len;
	size_t len = 0;
	int status = seamkey_agent_approve(&office.env, &office.scene, approval,
		receipt, sizeof receipt, &len);

	/* the wire says one thing */
	if (want_len == 0) {
		want_len = len;
		memcpy(want, receipt, len);
	}
	CHECK_INT(len, want_len);
	CHECK_MEM(receipt, want, len);
	return status;
}

static void
approvals_init(void)
{
	office_init(&office);
	office.scene.has_time = 1;
	office.scene.now = 1796025000; /* 2026-11-30 07:50:00 */
	office_find(&office, SEAMKEY_AGENT_RULE, text_of("lawyers"))->value =
		office_rule(&office,
			"all(group(\"legal\"), approval(2, \"board\"))");
	seal_to(0, LEGAL);
}

#define LATER "20261201000000Z"

static void
agent_waits_for_approvals(void)
{
	static unsigned char der[4][2048];
	seamkey_span bob, carol;

	approvals_init();
	ask(ALICE, 1);
	check_refused(0, SEAMKEY_ERR_RULE_APPROVAL);
	CHECK_INT(office.log.kind, SEAMKEY_AGENT_WAITING);
	CHECK_INT(office_find(&office, SEAMKEY_AGENT_PENDING, SPAN(id))->kind,
		SEAMKEY_AGENT_PENDING);
	/* one, twice, and another's who is no member of the board */
	bob = approval_by(BOB, ALICE, LATER, der[0]);
	CHECK_INT(approve(bob), SEAMKEY_OK);
	CHECK_INT(approve(bob), SEAMKEY_OK);
	ask(ALICE, 1);
	check_refused(0, SEAMKEY_ERR_RULE_APPROVAL);
	bob = approval_by(BOB, ALICE, "20261202000000Z", der[1]);
	CHECK_INT(approve(bob), SEAMKEY_OK);
	CHECK_INT(approve(approval_by(MALLORY, ALICE, LATER, der[2])),
		SEAMKEY_OK);
	ask(ALICE, 1);
	check_refused(0, SEAMKEY_ERR_RULE_APPROVAL);
	carol = approval_by(CAROL, ALICE, LATER, der[3]);
	CHECK_INT(approve(carol), SEAMKEY_OK);
	ask(ALICE, 1);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
	/* and again: a lost answer is asked for once more */
	ask(ALICE, 1);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
	/* not for another block, not for another request, not for ever */
	seal_to(0, LEGAL);
	ask(ALICE, 1);
	CHECK_INT(kind_of(0), SEAMKEY_RELEASE_NOT_RELEASED);
}

static void
agent_approvals_bind(void)
{
	static unsigned char der[2][2048], copy[2048];
	seamkey_span s;
	size_t u;

	approvals_init();
	CHECK_INT(approve(approval_by(BOB, ALICE, LATER, der[0])), SEAMKEY_OK);
	s = approval_by(CAROL, ALICE, LATER, der[1]);
	/* every octet of it matters */
	for (u = 0; u < s.len; u += 3) {
		memcpy(copy, s.p, s.len);
		copy[u] ^= 0x04;
		CHECK_INT(approve(seamkey_span_of(copy, s.len)) < 0, 1);
	}
	CHECK_INT(approve(s), SEAMKEY_OK);
	office.scene.now = 1796083200; /* its last second */
	ask(ALICE, 1);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
	office.scene.now++;
	office.log.releases = 0;
	ask(ALICE, 1);
	check_refused(0, SEAMKEY_ERR_RULE_APPROVAL);
	CHECK_INT(approve(s), SEAMKEY_ERR_AGENT_APPROVAL);
	office.scene.now--;
	office.scene.has_time = 0;
	ask(ALICE, 1);
	check_refused(0, SEAMKEY_ERR_RULE_APPROVAL);
	CHECK_INT(approve(s), SEAMKEY_ERR_AGENT_APPROVAL);
}

/* Mallory sends more than there is room for: the board's still count. */
static void
agent_keeps_one_approval_of_each(void)
{
	static unsigned char der[20][2048], late[2048];
	char expires[] = "20261201000000Z";
	size_t n, u, kept = 0;

	approvals_init();
	for (n = 0; n < COUNT(der); n++) {
		expires[12] = (char)('0' + n / 10);
		expires[13] = (char)('0' + n % 10);
		CHECK_INT(approve(approval_by(MALLORY, ALICE, expires, der[n])),
			SEAMKEY_OK);
	}
	/* an older one does not take its place again */
	CHECK_INT(
		approve(approval_by(MALLORY, ALICE, LATER, late)), SEAMKEY_OK);
	for (u = 0; u < office.rows.count; u++) {
		kept += office.row[u].kind == SEAMKEY_AGENT_APPROVAL;
		CHECK_INT(office.row[u].value.p == late, 0);
	}
	CHECK_INT(kept, 1);
	CHECK_INT(approve(approval_by(BOB, ALICE, LATER, der[0])), SEAMKEY_OK);
	CHECK_INT(
		approve(approval_by(CAROL, ALICE, LATER, der[1])), SEAMKEY_OK);
	ask(ALICE, 1);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
}

/* Bob is of the board, and asks himself: his own approval is not taken, and
 * where it stands in the table all the same, it is not counted. */
static void
agent_nobody_approves_himself(void)
{
	static unsigned char der[2][2048];
	seamkey_span own;

	approvals_init();
	office_row(&office, SEAMKEY_AGENT_MEMBER, text_of("legal"),
		office.name[BOB], text_of(""));
	own = approval_by(BOB, BOB, LATER, der[0]);
	CHECK_INT(approve(own), SEAMKEY_ERR_AGENT_APPROVAL);
	CHECK_INT(office.log.kind, SEAMKEY_AGENT_DISAPPROVED);
	CHECK_INT(approve(approval_by(CAROL, BOB, LATER, der[1])), SEAMKEY_OK);
	office_row(&office, SEAMKEY_AGENT_APPROVAL, office.name[BOB],
		office.row[office.rows.count - 1].name, own);
	ask(BOB, 1);
	check_refused(0, SEAMKEY_ERR_RULE_APPROVAL);
	/* and Carol's was not for Alice */
	ask(ALICE, 1);
	check_refused(0, SEAMKEY_ERR_RULE_APPROVAL);
}

/* ---- administration ------------------------------------------------------ */

static int
change_as(const seamkey_agent_actor *actor, int change, unsigned kind,
	seamkey_span owner, seamkey_span name, seamkey_span value)
{
	seamkey_agent_row row;

	memset(&row, 0, sizeof row);
	row.kind = (uint8_t)kind;
	row.owner = owner;
	row.name = name;
	row.value = value;
	return seamkey_agent_change(&office.env, actor, change, &row);
}

static int
change(int how, unsigned kind, const char *owner, const char *name,
	seamkey_span value)
{
	static const seamkey_agent_actor admin = { 1, { NULL, 0 } };

	return change_as(
		&admin, how, kind, text_of(owner), text_of(name), value);
}

static void
agent_changes_are_checked(void)
{
	static const unsigned char junk[] = { 0x30, 0x03, 0x02, 0x01, 0x07 };
	seamkey_span none = text_of(""), rule;

	office_init(&office);
	rule = office_rule(&office, "clearance(1)");
	CHECK_INT(change(SEAMKEY_AGENT_ADD, SEAMKEY_AGENT_ACCESS, "legal", "",
			  none),
		SEAMKEY_ERR_AGENT_EXISTS);
	CHECK_INT(change(SEAMKEY_AGENT_ADD, SEAMKEY_AGENT_ACCESS, "", "", none),
		SEAMKEY_ERR_AGENT_ROW);
	CHECK_INT(change(SEAMKEY_AGENT_ADD, SEAMKEY_AGENT_ACCESS, "a\nb", "",
			  none),
		SEAMKEY_ERR_AGENT_ROW);
	CHECK_INT(change(SEAMKEY_AGENT_ADD, SEAMKEY_AGENT_KEY, "sales", "k1",
			  office.key[LEGAL]),
		SEAMKEY_ERR_AGENT_MISSING);
	CHECK_INT(change(SEAMKEY_AGENT_ADD, SEAMKEY_AGENT_ACCESS, "sales", "",
			  none),
		SEAMKEY_OK);
	CHECK_INT(change(SEAMKEY_AGENT_ADD, SEAMKEY_AGENT_KEY, "sales", "k1",
			  SPAN(junk)),
		SEAMKEY_ERR_DER_VERSION);
	CHECK_INT(change(SEAMKEY_AGENT_ADD, SEAMKEY_AGENT_KEY, "sales", "",
			  office.key[LEGAL]),
		SEAMKEY_ERR_AGENT_ROW);
	CHECK_INT(change(SEAMKEY_AGENT_ADD, SEAMKEY_AGENT_KEY, "sales", "k1",
			  office.key[LEGAL]),
		SEAMKEY_OK);
	CHECK_INT(change(SEAMKEY_AGENT_REPLACE, SEAMKEY_AGENT_KEY, "sales",
			  "k1", office.key[LEGAL]),
		SEAMKEY_ERR_AGENT_ROW);
	CHECK_INT(change(SEAMKEY_AGENT_RETIRE, SEAMKEY_AGENT_KEY, "sales", "",
			  none),
		SEAMKEY_ERR_AGENT_MISSING);
	CHECK_INT(change(SEAMKEY_AGENT_RETIRE, SEAMKEY_AGENT_KEY, "sales", "k1",
			  none),
		SEAMKEY_OK);
	CHECK_INT(
		office_find(&office, SEAMKEY_AGENT_KEY, text_of("sales"))->flag,
		1);
	CHECK_INT(change(SEAMKEY_AGENT_ADD, SEAMKEY_AGENT_RULE, "cleared", "",
			  SPAN(junk)),
		SEAMKEY_ERR_RULE);
	CHECK_INT(change(SEAMKEY_AGENT_ADD, SEAMKEY_AGENT_BINDING, "sales",
			  "cleared", none),
		SEAMKEY_ERR_AGENT_MISSING);
	CHECK_INT(change(SEAMKEY_AGENT_ADD, SEAMKEY_AGENT_RULE, "cleared", "",
			  rule),
		SEAMKEY_OK);
	CHECK_INT(change(SEAMKEY_AGENT_ADD, SEAMKEY_AGENT_BINDING, "sales",
			  "cleared", text_of("k2")),
		SEAMKEY_ERR_AGENT_MISSING);
	CHECK_INT(change(SEAMKEY_AGENT_ADD, SEAMKEY_AGENT_BINDING, "sales",
			  "cleared", text_of("k1")),
		SEAMKEY_OK);
	CHECK_INT(change(SEAMKEY_AGENT_ADD, SEAMKEY_AGENT_APPROVAL, "x", "y",
			  none),
		SEAMKEY_ERR_AGENT_ROW);
	CHECK_INT(change(99, SEAMKEY_AGENT_GROUP, "legal", "", none),
		SEAMKEY_ERR_ARG);
}

static void
agent_deletes_what_nobody_uses(void)
{
	static const seamkey_agent_actor admin = { 1, { NULL, 0 } };
	seamkey_span none = text_of("");

	office_init(&office);
	CHECK_INT(change(SEAMKEY_AGENT_DELETE, SEAMKEY_AGENT_ACCESS, "research",
			  "", none),
		SEAMKEY_ERR_AGENT_IN_USE);
	CHECK_INT(change(SEAMKEY_AGENT_DELETE, SEAMKEY_AGENT_RULE,
			  "researchers", "", none),
		SEAMKEY_ERR_AGENT_IN_USE);
	CHECK_INT(change(SEAMKEY_AGENT_DELETE, SEAMKEY_AGENT_GROUP, "board", "",
			  none),
		SEAMKEY_ERR_AGENT_IN_USE);
	CHECK_INT(
		change_as(&admin, SEAMKEY_AGENT_DELETE, SEAMKEY_AGENT_DECRYPTOR,
			office.name[BOB], none, none),
		SEAMKEY_ERR_AGENT_IN_USE);
	CHECK_INT(change_as(&admin, SEAMKEY_AGENT_DELETE, SEAMKEY_AGENT_KEY,
			  text_of("research"), SPAN(research_id), none),
		SEAMKEY_OK);
	CHECK_INT(change(SEAMKEY_AGENT_DELETE, SEAMKEY_AGENT_BINDING,
			  "research", "researchers", none),
		SEAMKEY_OK);
	CHECK_INT(change(SEAMKEY_AGENT_DELETE, SEAMKEY_AGENT_ACCESS, "research",
			  "", none),
		SEAMKEY_OK);
	CHECK_INT(change(SEAMKEY_AGENT_DELETE, SEAMKEY_AGENT_RULE,
			  "researchers", "", none),
		SEAMKEY_OK);
	CHECK_INT(change(SEAMKEY_AGENT_DELETE, SEAMKEY_AGENT_RULE,
			  "researchers", "", none),
		SEAMKEY_ERR_AGENT_MISSING);
	CHECK_INT(
		change_as(&admin, SEAMKEY_AGENT_DELETE, SEAMKEY_AGENT_DECRYPTOR,
			office.name[MALLORY], none, none),
		SEAMKEY_OK);
}

/* Carol manages the legal team: its members, and nothing else. */
static void
agent_managers_change_their_group(void)
{
	seamkey_agent_actor carol = { 0, { NULL, 0 } };
	seamkey_span none = text_of("");

	office_init(&office);
	carol.name = office.name[CAROL];
	CHECK_INT(change_as(&carol, SEAMKEY_AGENT_ADD, SEAMKEY_AGENT_MEMBER,
			  text_of("legal"), office.name[BOB], none),
		SEAMKEY_OK);
	CHECK_INT(change_as(&carol, SEAMKEY_AGENT_DELETE, SEAMKEY_AGENT_MEMBER,
			  text_of("legal"), office.name[ALICE], none),
		SEAMKEY_OK);
	CHECK_INT(change_as(&carol, SEAMKEY_AGENT_ADD, SEAMKEY_AGENT_MEMBER,
			  text_of("research"), office.name[CAROL], none),
		SEAMKEY_ERR_AGENT_RIGHTS);
	CHECK_INT(change_as(&carol, SEAMKEY_AGENT_ADD, SEAMKEY_AGENT_MANAGER,
			  text_of("legal"), office.name[BOB], none),
		SEAMKEY_ERR_AGENT_RIGHTS);
	CHECK_INT(change_as(&carol, SEAMKEY_AGENT_DELETE, SEAMKEY_AGENT_GROUP,
			  text_of("legal"), none, none),
		SEAMKEY_ERR_AGENT_RIGHTS);
	carol.name = office.name[BOB];
	CHECK_INT(change_as(&carol, SEAMKEY_AGENT_ADD, SEAMKEY_AGENT_MEMBER,
			  text_of("legal"), office.name[CAROL], none),
		SEAMKEY_ERR_AGENT_RIGHTS);
	carol.name = none;
	CHECK_INT(change_as(&carol, SEAMKEY_AGENT_ADD, SEAMKEY_AGENT_MEMBER,
			  text_of("legal"), office.name[CAROL], none),
		SEAMKEY_ERR_AGENT_RIGHTS);
	seal_to(0, LEGAL);
	ask(ALICE, 1);
	check_refused(0, SEAMKEY_ERR_RULE_FAILED);
	ask(BOB, 1);
	CHECK_INT(read_block(0, BOB), SEAMKEY_OK);
}

/* What the log does not take is not done; what fails is in the log. */
static void
agent_changes_are_audited(void)
{
	size_t rows;

	office_init(&office);
	rows = office.rows.count;
	office.log.fail_at = 1;
	CHECK_INT(change(SEAMKEY_AGENT_ADD, SEAMKEY_AGENT_ACCESS, "sales", "",
			  text_of("")),
		SEAMKEY_ERR_AGENT_AUDIT);
	CHECK_INT(office.rows.count, rows);
	CHECK_INT(office.log.events, 2);
	CHECK_INT(office.log.status, SEAMKEY_ERR_AGENT_AUDIT);
	CHECK_INT(change(SEAMKEY_AGENT_ADD, SEAMKEY_AGENT_ACCESS, "sales", "",
			  text_of("")),
		SEAMKEY_OK);
	CHECK_INT(office.log.events, 4);
	CHECK_INT(office.log.kind, SEAMKEY_AGENT_CHANGED);
	office.rows.cap = 0;
	CHECK_INT(change(SEAMKEY_AGENT_ADD, SEAMKEY_AGENT_ACCESS, "it", "",
			  text_of("")),
		SEAMKEY_ERR_UNSUPPORTED);
	CHECK_INT(office.log.status, SEAMKEY_ERR_UNSUPPORTED);
}

/* ---- engines ------------------------------------------------------------- */

#define LANES 8

/* An engine that takes what it is given, and computes when it is polled. */
struct batch {
	const seamkey_req *req[LANES];
	seamkey_op *op[LANES];
	size_t waiting, most;
	int busy; /* it never ends */
};

static int
batch_begin(void *dev, seamkey_op *op, const seamkey_req *req)
{
	struct batch *b = (struct batch *)dev;

	if (req->kind != SEAMKEY_REQ_RAW_PRIVATE || b->waiting == LANES) {
		return SEAMKEY_ERR_UNSUPPORTED;
	}
	b->req[b->waiting] = req;
	b->op[b->waiting++] = op;
	b->most = b->waiting > b->most ? b->waiting : b->most;
	return SEAMKEY_AGAIN;
}

/* All that waits at once; each is asked for afterwards. */
static int
batch_poll(void *dev, seamkey_op *op)
{
	struct batch *b = (struct batch *)dev;
	size_t u;

	if (b->busy) {
		return SEAMKEY_AGAIN;
	}
	for (u = 0; u < b->waiting; u++) {
		raw(SEAMKEY_REQ_RAW_PRIVATE, b->req[u]->out, b->req[u]->in.p,
			b->req[u]->in.len, b->req[u]->key);
	}
	b->waiting = 0;
	op->out_len = op->req.out_cap;
	return SEAMKEY_OK;
}

static void
batch_cancel(void *dev, seamkey_op *op)
{
	((struct batch *)dev)->waiting = 0;
	(void)op;
}

static const seamkey_driver batch_driver = { 0, batch_begin, batch_poll,
	batch_cancel };

static struct batch batch;
static seamkey_agent agent;
static seamkey_agent_lane lane[LANES];
static unsigned char lane_work[LANES][SEAMKEY_RSA_WORK];

static int
reply_in_lanes(size_t lanes, int *polls)
{
	size_t u;
	int status;

	memset(lane, 0, sizeof lane);
	for (u = 0; u < lanes; u++) {
		lane[u].work = lane_work[u];
		lane[u].work_len = sizeof lane_work[u];
	}
	*polls = 0;
	answer_len = 0;
	status = seamkey_agent_begin(&agent, &office.env, &office.scene, lane,
		lanes, seamkey_span_of(request, request_len), answer,
		sizeof answer);
	while (status == SEAMKEY_AGAIN && *polls < 1000) {
		status = seamkey_agent_poll(&agent, &answer_len);
		++*polls;
	}
	return status;
}

static void
agent_fills_an_engine(void)
{
	static const size_t lanes[] = { 1, 3, 8 };
	seamkey_release_who who;
	size_t n, u;
	int polls;

	office_init(&office);
	office.rsa.engine.drv = &batch_driver;
	office.rsa.engine.dev = &batch;
	who = by_name(ALICE);
	for (u = 0; u < COUNT(lanes); u++) {
		memset(&batch, 0, sizeof batch);
		for (n = 0; n < BLOCKS; n++) {
			seamkey_hook none = { NULL, NULL, 0 }, hook;

			hook = office.rsa.engine;
			office.rsa.engine = none;
			seal_to(n, n % 3 == 1 ? RESEARCH : LEGAL);
			office.rsa.engine = hook;
		}
		ask_with(SEAMKEY_RELEASE_SEALED, &who, BLOCKS, NULL, 0);
		CHECK_INT(reply_in_lanes(lanes[u], &polls), SEAMKEY_OK);
		CHECK_INT(batch.most,
			lanes[u] == 8           ? 5
				: lanes[u] == 3 ? 2
						: 1);
		office.rsa.engine.drv = NULL;
		for (n = 0; n < BLOCKS; n++) {
			CHECK_INT(read_block(n, ALICE),
				n % 3 == 1 ? SEAMKEY_ERR_RELEASE_REFUSED
					   : SEAMKEY_OK);
		}
		office.rsa.engine.drv = &batch_driver;
	}
	/* the form of one call needs somebody who waits */
	batch.busy = 1;
	CHECK_INT(reply(), SEAMKEY_ERR_IDLE);
	CHECK_INT(seamkey_agent_poll(&agent, &answer_len), SEAMKEY_ERR_STATE);
}

static void
agent_can_be_cancelled(void)
{
	size_t u;

	office_init(&office);
	seal_to(0, LEGAL);
	ask(ALICE, 1);
	memset(&batch, 0, sizeof batch);
	office.rsa.engine.drv = &batch_driver;
	office.rsa.engine.dev = &batch;
	memset(lane, 0, sizeof lane);
	lane[0].work = lane_work[0];
	lane[0].work_len = sizeof lane_work[0];
	CHECK_INT(seamkey_agent_begin(&agent, &office.env, &office.scene, lane,
			  1, seamkey_span_of(request, request_len), answer,
			  sizeof answer),
		SEAMKEY_AGAIN);
	seamkey_agent_cancel(&agent);
	seamkey_agent_cancel(&agent);
	CHECK_INT(seamkey_agent_poll(&agent, &answer_len), SEAMKEY_ERR_STATE);
	for (u = 0; u < 16; u++) {
		CHECK_INT(answer[u], 0);
	}
}

/* The private key never leaves its hardware: the agent has a handle. */
static int
token_begin(void *dev, seamkey_op *op, const seamkey_req *req)
{
	const seamkey_span *key = (const seamkey_span *)dev;

	if (req->kind != SEAMKEY_REQ_RAW_PRIVATE) {
		return SEAMKEY_ERR_UNSUPPORTED;
	}
	CHECK_INT(seamkey_span_match(req->handle, text_of("slot 3")), 1);
	raw(req->kind, req->out, req->in.p, req->in.len, *key);
	op->out_len = req->in.len;
	return SEAMKEY_OK;
}

static void
agent_uses_keys_in_hardware(void)
{
	static const seamkey_driver token = { 0, token_begin, NULL, NULL };
	static const unsigned char rejection[32] = { 1, 2, 3 };
	seamkey_agent_row *row;

	office_init(&office);
	seal_to(0, LEGAL);
	row = office_find(&office, SEAMKEY_AGENT_KEY, text_of("legal"));
	row->value = office_recipient(&office, LEGAL).key;
	row->handle = text_of("slot 3");
	row->rejection = SPAN(rejection);
	office.rsa.engine.drv = &token;
	office.rsa.engine.dev = &office.key[LEGAL];
	ask(ALICE, 1);
	office.rsa.engine.drv = NULL;
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
}

/* ---- hooks that fail, and hooks that lie --------------------------------- */

struct liar {
	const seamkey_agent_store *store;
	void *ctx;
	int at, calls; /* the call that goes wrong, from 1 */
	int how;
};

enum {
	LIE_ERROR,
	LIE_POSITIVE,
	LIE_OTHER_KIND,
	LIE_LONG,
	LIE_NULL,
	LIE_OTHER_NAME,
	LIES
};

static int
liar_find(void *ctx, const seamkey_agent_row *like, size_t n,
	seamkey_agent_row *out)
{
	struct liar *l = (struct liar *)ctx;
	int status = l->store->find(l->ctx, like, n, out);

	if (++l->calls != l->at) {
		return status;
	}
	switch (l->how) {
	case LIE_ERROR:
		return -1500;
	case LIE_POSITIVE:
		return 3;
	case LIE_OTHER_KIND:
		out->kind ^= 1;
		return SEAMKEY_OK;
	case LIE_LONG:
		out->value = seamkey_span_of(legal_id, (size_t)-1);
		return SEAMKEY_OK;
	case LIE_NULL:
		out->owner = seamkey_span_of(NULL, 5);
		return SEAMKEY_OK;
	default:
		out->owner = text_of("somebody else");
		out->name = text_of("something else");
		return SEAMKEY_OK;
	}
}

/* Whatever a repository does wrong, nothing leaves that should not. */
static void
agent_survives_its_repository(void)
{
	static const seamkey_agent_store store = { liar_find, NULL, NULL,
		NULL };
	struct liar liar;
	int good;

	office_init(&office);
	seal_to(0, LEGAL);
	ask(ALICE, 1);
	memset(&liar, 0, sizeof liar);
	liar.store = office.env.store;
	liar.ctx = office.env.store_ctx;
	office.env.store = &store;
	office.env.store_ctx = &liar;
	CHECK_INT(reply(), SEAMKEY_OK);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
	good = liar.calls;
	CHECK_INT(good > 5, 1);
	for (liar.how = 0; liar.how < LIES; liar.how++) {
		for (liar.at = 1; liar.at <= good; liar.at++) {
			liar.calls = 0;
			CHECK_INT(reply(), SEAMKEY_OK);
			CHECK_INT(kind_of(0), SEAMKEY_RELEASE_NOT_RELEASED);
		}
	}
	/* a stranger gets nothing out of it either */
	ask(MALLORY, 1);
	for (liar.how = 0; liar.how < LIES; liar.how++) {
		for (liar.at = 1; liar.at <= good; liar.at++) {
			liar.calls = 0;
			CHECK_INT(reply(), SEAMKEY_OK);
			CHECK_INT(kind_of(0), SEAMKEY_RELEASE_NOT_RELEASED);
		}
	}
}

static int
broken_random(void *ctx, unsigned char *out, size_t len)
{
	(void)ctx;
	memset(out, 0, len);
	return -1;
}

/* No random bytes, no answer that is sealed; no room, no answer. */
static void
agent_needs_room_and_randomness(void)
{
	seamkey_random good;
	size_t cap, len = 0, whole;

	office_init(&office);
	seal_to(0, LEGAL);
	ask(ALICE, 1);
	whole = answer_len;
	CHECK_INT(whole <= SEAMKEY_AGENT_ANSWER_MAX(1), 1);
	good = office.rsa.random;
	office.rsa.random.fill = broken_random;
	CHECK_INT(reply(), SEAMKEY_OK);
	CHECK_INT(kind_of(0), SEAMKEY_RELEASE_NOT_RELEASED);
	CHECK_INT(office.log.status, SEAMKEY_ERR_RANDOM);
	office.rsa.random = good;
	for (cap = 0; cap < whole; cap += 7) {
		memset(answer, CANARY, whole);
		CHECK_INT(seamkey_agent_answer(&office.env, &office.scene,
				  seamkey_span_of(request, request_len), answer,
				  cap, &len),
			SEAMKEY_ERR_SPACE);
		CHECK_INT(len, 0);
		CHECK_INT(all_are(answer + cap, CANARY, whole - cap), 1);
	}
	CHECK_INT(seamkey_agent_answer(&office.env, &office.scene,
			  seamkey_span_of(request, request_len), answer, whole,
			  &len),
		SEAMKEY_OK);
	CHECK_INT(len, whole);
}

/* ---- decryptors ---------------------------------------------------------- */

static int exchanges, exchange_status;

static int
exchange(void *ctx, seamkey_span asked, unsigned char *out, size_t cap,
	size_t *len)
{
	(void)ctx;
	exchanges++;
	return exchange_status != SEAMKEY_OK
		? exchange_status
		: seamkey_agent_answer(
			&office.env, &office.scene, asked, out, cap, len);
}

static int
open_as(size_t person, int form, int always_ask)
{
	static unsigned char work[4096], out[64];
	seamkey_release_decryptor d;
	seamkey_block_key own;
	size_t len = 0;
	int status;

	memset(&d, 0, sizeof d);
	memset(&own, 0, sizeof own);
	own.key = office.own[person];
	d.env = &office.rsa;
	d.keys = &own;
	d.count = 1;
	d.always_ask = always_ask;
	d.who = by_name(person);
	d.form = form;
	d.exchange = exchange;
	status = seamkey_release_open(&d,
		seamkey_span_of(block[0], block_len[0]), work, sizeof work, out,
		sizeof out, &len);
	CHECK_INT(all_are(work, 0, sizeof work) || exchanges == 0, 1);
	if (status == SEAMKEY_OK) {
		CHECK_INT(len, sizeof message);
		CHECK_MEM(out, message, sizeof message);
	}
	return status;
}

static void
decryptor_asks(void)
{
	seamkey_block_recipient to;

	office_init(&office);
	seal_to(0, LEGAL);
	exchanges = exchange_status = 0;
	CHECK_INT(open_as(ALICE, SEAMKEY_RELEASE_SEALED, 0), SEAMKEY_OK);
	CHECK_INT(exchanges, 1);
	CHECK_INT(open_as(BOB, SEAMKEY_RELEASE_SEALED, 0),
		SEAMKEY_ERR_RELEASE_REFUSED);
	CHECK_INT(open_as(ALICE, SEAMKEY_RELEASE_BARE, 0),
		SEAMKEY_ERR_RELEASE_REFUSED);
	office.env.allow_bare = 1;
	CHECK_INT(open_as(ALICE, SEAMKEY_RELEASE_BARE, 0), SEAMKEY_OK);
	office.scene.authenticated = 1;
	office.scene.peer = office.name[ALICE];
	CHECK_INT(open_as(ALICE, SEAMKEY_RELEASE_CLEAR, 0), SEAMKEY_OK);
	exchange_status = -1234;
	CHECK_INT(open_as(ALICE, SEAMKEY_RELEASE_SEALED, 0), -1234);

	/* a block for her own key needs no agent, unless she wants one */
	memset(&to, 0, sizeof to);
	to.key = office_find(
		&office, SEAMKEY_AGENT_DECRYPTOR, office.name[ALICE])
			 ->value;
	CHECK_INT(seamkey_block_seal(&office.rsa, SEAMKEY_BLOCK_AES_128_GCM,
			  &to, 1, SPAN(message), block[0], sizeof block[0],
			  &block_len[0]),
		SEAMKEY_OK);
	exchanges = exchange_status = 0;
	CHECK_INT(open_as(ALICE, SEAMKEY_RELEASE_SEALED, 0), SEAMKEY_OK);
	CHECK_INT(exchanges, 0);
	CHECK_INT(open_as(ALICE, SEAMKEY_RELEASE_SEALED, 1),
		SEAMKEY_ERR_RELEASE_REFUSED);
	CHECK_INT(exchanges, 1);
}

const struct test test_agent_work_table[] = {
	{ "agent_waits_for_approvals", agent_waits_for_approvals },
	{ "agent_approvals_bind", agent_approvals_bind },
	{ "agent_keeps_one_approval_of_each",
		agent_keeps_one_approval_of_each },
	{ "agent_nobody_approves_himself", agent_nobody_approves_himself },
	{ "agent_changes_are_checked", agent_changes_are_checked },
	{ "agent_deletes_what_nobody_uses", agent_deletes_what_nobody_uses },
	{ "agent_managers_change_their_group",
		agent_managers_change_their_group },
	{ "agent_changes_are_audited", agent_changes_are_audited },
	{ "agent_fills_an_engine", agent_fills_an_engine },
	{ "agent_can_be_cancelled", agent_can_be_cancelled },
	{ "agent_uses_keys_in_hardware", agent_uses_keys_in_hardware },
	{ "agent_survives_its_repository", agent_survives_its_repository },
	{ "agent_needs_room_and_randomness", agent_needs_room_and_randomness },
	{ "decryptor_asks", decryptor_asks },
	{ NULL, NULL },
};
