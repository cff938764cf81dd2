/*
 * test_agent.c - the key release agent: who gets a key, and who does not
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * The attacks of the design note by name; what an answer holds is looked at
 * with the decryptor's own key, as a decryptor would.
 */
#include "agent_talk.h"

/* ---- who gets it --------------------------------------------------------- */

/* Was the log told that the key is encrypted to this person's? */
static int
is_to(size_t person)
{
	return seamkey_span_match(office.log.to,
		public_of(office.own[person], office.publics[person]));
}

static void
agent_releases_to_members(void)
{
	static const size_t both[2] = { LEGAL, RESEARCH };

	office_init(&office);
	seal_to(0, LEGAL);
	ask(ALICE, 1);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
	CHECK_INT(office.log.releases, 1);
	CHECK_INT(is_to(ALICE), 1);
	CHECK_INT(read_block(0, MALLORY), SEAMKEY_ERR_BLOCK_NO_RECIPIENT);

	seal_with(0, SEAMKEY_BLOCK_AES_256_GCM, SEAMKEY_BLOCK_OAEP, both, 2);
	ask(BOB, 1);
	CHECK_INT(read_block(0, BOB), SEAMKEY_OK);
	CHECK_INT(
		seamkey_span_match(office.log.access, text_of("research")), 1);
	ask(ALICE, 1);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
	CHECK_INT(seamkey_span_match(office.log.access, text_of("legal")), 1);
}

static void
agent_refuses_strangers(void)
{
	seamkey_release_who who;

	office_init(&office);
	seal_to(0, LEGAL);
	ask(BOB, 1);
	check_refused(0, SEAMKEY_ERR_RULE_FAILED);
	ask(MALLORY, 1);
	check_refused(0, SEAMKEY_ERR_RULE_FAILED);
	who = by(SEAMKEY_RELEASE_ALIAS, text_of(""), text_of("nobody"));
	ask_with(SEAMKEY_RELEASE_SEALED, &who, 1, NULL, 0);
	CHECK_INT(reply(), SEAMKEY_OK);
	check_refused(0, SEAMKEY_ERR_AGENT_NO_DECRYPTOR);
}

/* The rule changes after sealing; the block's bytes do not. */
static void
agent_obeys_todays_rules(void)
{
	static unsigned char before[4096];
	seamkey_agent_row *rule;

	office_init(&office);
	seal_to(0, LEGAL);
	memcpy(before, block[0], block_len[0]);
	ask(ALICE, 1);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
	rule = office_find(&office, SEAMKEY_AGENT_RULE, text_of("lawyers"));
	rule->value =
		office_rule(&office, "all(group(\"legal\"), clearance(2))");
	office.log.releases = 0;
	ask(ALICE, 1);
	check_refused(0, SEAMKEY_ERR_RULE_FAILED);
	office_find(&office, SEAMKEY_AGENT_DECRYPTOR, office.name[ALICE])
		->number = 2;
	ask(ALICE, 1);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
	CHECK_MEM(block[0], before, block_len[0]);
}

/* Whatever the types of their strings and the order of their sets: names
 * that match are looked up as one. */
static void
agent_knows_a_name_in_every_form(void)
{
	/* CN=a+CN=b, C=x; the first part's order changes with its types */
	static const unsigned char forms[3][40] = {
		{ 0x30, 0x25, 0x31, 0x14, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04,
			0x03, 0x0C, 0x01, 'a', 0x30, 0x08, 0x06, 0x03, 0x55,
			0x04, 0x03, 0x0C, 0x01, 'b', 0x31, 0x0D, 0x30, 0x0B,
			0x06, 0x03, 0x55, 0x04, 0x06, 0x0C, 0x04, 'X', 'X', 'X',
			'X' },
		{ 0x30, 0x25, 0x31, 0x14, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04,
			0x03, 0x0C, 0x01, 'b', 0x30, 0x08, 0x06, 0x03, 0x55,
			0x04, 0x03, 0x13, 0x01, 'a', 0x31, 0x0D, 0x30, 0x0B,
			0x06, 0x03, 0x55, 0x04, 0x06, 0x13, 0x04, 'X', 'X', 'X',
			'X' },
		{ 0x30, 0x25, 0x31, 0x14, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04,
			0x03, 0x16, 0x01, 'b', 0x30, 0x08, 0x06, 0x03, 0x55,
			0x04, 0x03, 0x0C, 0x01, 'a', 0x31, 0x0D, 0x30, 0x0B,
			0x06, 0x03, 0x55, 0x04, 0x06, 0x16, 0x04, 'X', 'X', 'X',
			'X' },
	};
	unsigned char out[40];
	seamkey_span first = seamkey_span_of(forms[0], 39), name;
	size_t u, len;

	for (u = 0; u < COUNT(forms); u++) {
		name = seamkey_span_of(forms[u], 39);
		CHECK_INT(seamkey_name_match(name, first), 1);
		len = 0;
		CHECK_INT(
			seamkey_agent_encode_name(out, sizeof out, &len, name),
			SEAMKEY_OK);
		CHECK_INT(len, 39);
		CHECK_MEM(out, forms[0], 39);
	}
}

static void
agent_opens_old_blocks(void)
{
	office_init(&office);
	seal_to(0, LEGAL_OLD);
	ask(ALICE, 1);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
}

/* All rules that are bound have to pass, one of them at least. */
static void
agent_needs_every_rule(void)
{
	size_t u;

	office_init(&office);
	seal_to(0, LEGAL);
	seal_to(1, LEGAL_OLD);
	office_bind(&office, "legal", "second", "group(\"board\")");
	ask(ALICE, 1);
	check_refused(0, SEAMKEY_ERR_RULE_FAILED);
	/* the second one only for the old key pair */
	office.row[office.rows.count - 1].value = SPAN(old_id);
	ask(ALICE, 2);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
	CHECK_INT(kind_of(1), SEAMKEY_RELEASE_NOT_RELEASED);
	for (u = 0; u < office.rows.count; u++) {
		if (office.row[u].kind == SEAMKEY_AGENT_BINDING) {
			office.row[u].kind = SEAMKEY_AGENT_PENDING;
		}
	}
	office.log.releases = 0;
	ask(ALICE, 1);
	check_refused(0, SEAMKEY_ERR_AGENT_NO_RULES);
}

/* Every way to say who one is. */
static void
agent_finds_decryptors(void)
{
	seamkey_release_who who;
	unsigned char portion[128];
	size_t len = 0;

	office_init(&office);
	seal_to(0, LEGAL);
	office_row(&office, SEAMKEY_AGENT_ATTRIBUTE, office.name[ALICE],
		text_of("badge"), text_of("17"));
	office_row(&office, SEAMKEY_AGENT_ATTRIBUTE, office.name[ALICE],
		text_of("floor"), text_of("2"));
	office_row(&office, SEAMKEY_AGENT_ATTRIBUTE, office.name[MALLORY],
		text_of("floor"), text_of("2"));

	who = by(SEAMKEY_RELEASE_ALIAS, text_of(""), text_of("alice"));
	ask_with(SEAMKEY_RELEASE_SEALED, &who, 1, NULL, 0);
	CHECK_INT(reply(), SEAMKEY_OK);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);

	who = by(SEAMKEY_RELEASE_ATTRIBUTE, text_of("badge"), text_of("17"));
	ask_with(SEAMKEY_RELEASE_SEALED, &who, 1, NULL, 0);
	CHECK_INT(reply(), SEAMKEY_OK);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);

	CHECK_INT(seamkey_name_encode(
			  portion, sizeof portion, &len, text_of("CN=Alice")),
		SEAMKEY_OK);
	who = by(SEAMKEY_RELEASE_PORTION, text_of(""),
		seamkey_span_of(portion, len));
	ask_with(SEAMKEY_RELEASE_SEALED, &who, 1, NULL, 0);
	CHECK_INT(reply(), SEAMKEY_OK);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);

	office.log.releases = 0;
	who = by(SEAMKEY_RELEASE_ATTRIBUTE, text_of("floor"), text_of("2"));
	ask_with(SEAMKEY_RELEASE_SEALED, &who, 1, NULL, 0);
	CHECK_INT(reply(), SEAMKEY_OK);
	check_refused(0, SEAMKEY_ERR_AGENT_AMBIGUOUS);

	CHECK_INT(seamkey_name_encode(
			  portion, sizeof portion, &len, text_of("O=Acme")),
		SEAMKEY_OK);
	who.kind = SEAMKEY_RELEASE_PORTION;
	who.value = seamkey_span_of(portion, len);
	ask_with(SEAMKEY_RELEASE_SEALED, &who, 1, NULL, 0);
	CHECK_INT(reply(), SEAMKEY_OK);
	check_refused(0, SEAMKEY_ERR_AGENT_AMBIGUOUS);
}

/* ---- the channel --------------------------------------------------------- */

static void
agent_gives_clear_keys_to_peers(void)
{
	seamkey_release_who who;
	seamkey_release_released released;
	unsigned char key[32];
	seamkey_span content = { NULL, 0 };

	office_init(&office);
	seal_to(0, LEGAL);
	/* whatever the request says: here that Alice asks */
	who = by_name(ALICE);
	ask_with(SEAMKEY_RELEASE_CLEAR, &who, 1, NULL, 0);
	CHECK_INT(reply(), SEAMKEY_OK);
	check_refused(0, SEAMKEY_ERR_AGENT_CHANNEL);
	office.scene.peer = office.name[ALICE]; /* not authenticated */
	CHECK_INT(reply(), SEAMKEY_OK);
	check_refused(0, SEAMKEY_ERR_AGENT_CHANNEL);
	office.scene.authenticated = 1;
	office.scene.peer = office.name[MALLORY];
	CHECK_INT(reply(), SEAMKEY_OK);
	check_refused(0, SEAMKEY_ERR_RULE_FAILED);
	office.scene.peer = office.name[ALICE];
	who = by_name(MALLORY);
	ask_with(SEAMKEY_RELEASE_CLEAR, &who, 1, NULL, 0);
	CHECK_INT(reply(), SEAMKEY_OK);
	CHECK_INT(office.log.to.len, 0);
	CHECK_INT(result(0, &content), SEAMKEY_RELEASE_IS_CLEAR);
	CHECK_INT(seamkey_release_decode_released(&released, content),
		SEAMKEY_OK);
	CHECK_INT(seamkey_release_check_released(
			  &released, SPAN(id), &header[0], key, sizeof key),
		SEAMKEY_OK);

	/* "as the channel says" */
	who.kind = SEAMKEY_RELEASE_CHANNEL;
	ask_with(SEAMKEY_RELEASE_SEALED, &who, 1, NULL, 0);
	CHECK_INT(reply(), SEAMKEY_OK);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
	office.scene.authenticated = 0;
	office.log.releases = 0;
	CHECK_INT(reply(), SEAMKEY_OK);
	check_refused(0, SEAMKEY_ERR_AGENT_CHANNEL);
}

/* The bare key for old readers, where that is allowed. */
static void
agent_gives_bare_keys_if_allowed(void)
{
	seamkey_release_who who;
	seamkey_span content = { NULL, 0 };
	seamkey_block_key own;
	unsigned char key[64];
	size_t len = 0;

	office_init(&office);
	seal_to(0, LEGAL);
	who = by_name(ALICE);
	ask_with(SEAMKEY_RELEASE_BARE, &who, 1, NULL, 0);
	CHECK_INT(reply(), SEAMKEY_OK);
	check_refused(0, SEAMKEY_ERR_AGENT_FORM);
	office.env.allow_bare = 1;
	CHECK_INT(reply(), SEAMKEY_OK);
	CHECK_INT(result(0, &content), SEAMKEY_RELEASE_IS_BARE);
	memset(&own, 0, sizeof own);
	own.key = office.own[ALICE];
	CHECK_INT(seamkey_block_open(&office.rsa, SEAMKEY_BLOCK_CBC, &own, 1,
			  content, key, sizeof key, &len),
		SEAMKEY_OK);
	CHECK_INT(len, 32);
}

/* ---- attacks ------------------------------------------------------------- */

/* Bob adds an entry of his own access identifier to a block for another. */
static void
agent_uses_the_key_whose_rules_passed(void)
{
	static unsigned char set[2048];
	seamkey_block_entry mine, theirs;
	seamkey_der_reader r, in;
	seamkey_der_writer w;
	size_t mark, round;

	office_init(&office);
	seal_to(0, LEGAL);
	seal_to(1, RESEARCH);
	seamkey_der_init(&r, header[0].recipients);
	seamkey_der_enter(&r, &in, SEAMKEY_DER_SET);
	CHECK_INT(seamkey_block_decode_entry(
			  &theirs, seamkey_der_get_any(&in), 0),
		SEAMKEY_OK);
	seamkey_der_init(&r, header[1].recipients);
	seamkey_der_enter(&r, &in, SEAMKEY_DER_SET);
	CHECK_INT(
		seamkey_block_decode_entry(&mine, seamkey_der_get_any(&in), 0),
		SEAMKEY_OK);
	for (round = 0; round < 2; round++) {
		memset(&w, 0, sizeof w);
		w.buf = set;
		w.cap = sizeof set;
		mark = seamkey_der_begin(&w, SEAMKEY_DER_SET);
		seamkey_der_put(&w, round ? mine.whole.p : theirs.whole.p,
			round ? mine.whole.len : theirs.whole.len);
		seamkey_der_put(&w, round ? theirs.whole.p : mine.whole.p,
			round ? theirs.whole.len : mine.whole.len);
		seamkey_der_end(&w, mark);
		header[0].recipients = seamkey_span_of(set, w.len);
		ask(BOB, 1);
		/* released is what his own entry holds, which opens nothing */
		CHECK_INT(read_block(0, BOB), SEAMKEY_ERR_BLOCK_OPEN);
		CHECK_INT(seamkey_span_match(
				  office.log.access, text_of("research")),
			1);
	}
}

/* A known stranger claims what a member has. */
static void
agent_takes_claims_for_nothing(void)
{
	static const char *const types[] = { "group", "role", "clearance",
		"location", "rank" };
	seamkey_release_attribute claim;
	seamkey_release_who who;
	size_t u;

	office_init(&office);
	seal_to(0, LEGAL);
	office_find(&office, SEAMKEY_AGENT_RULE, text_of("lawyers"))->value =
		office_rule(&office,
			"any(role(\"partner\"), clearance(3), "
			"location(\"vault\"), attribute(\"rank\" >= 3))");
	office_row(&office, SEAMKEY_AGENT_ROLE, text_of("partner"),
		text_of("rank"), text_of("4"))
		->flag = SEAMKEY_RULE_AT_LEAST;
	who = by_name(MALLORY);
	office.scene.authenticated = 1;
	office.scene.peer = office.name[MALLORY];
	for (u = 0; u < COUNT(types); u++) {
		claim.type = text_of(types[u]);
		claim.value = text_of("9");
		ask_with(SEAMKEY_RELEASE_SEALED, &who, 1, &claim, 1);
		CHECK_INT(reply(), SEAMKEY_OK);
		check_refused(0, SEAMKEY_ERR_AGENT_CLAIM);
	}
	ask(MALLORY, 1);
	check_refused(0, SEAMKEY_ERR_RULE_FAILED);
	/* what he really has */
	office_row(&office, SEAMKEY_AGENT_ATTRIBUTE, office.name[MALLORY],
		text_of("rank"), text_of("4"));
	claim.type = text_of("rank");
	claim.value = text_of("4");
	ask_with(SEAMKEY_RELEASE_SEALED, &who, 1, &claim, 1);
	CHECK_INT(reply(), SEAMKEY_OK);
	CHECK_INT(read_block(0, MALLORY), SEAMKEY_OK);
	/* and a claim can still narrow */
	claim.value = text_of("5");
	office.log.releases = 0;
	ask_with(SEAMKEY_RELEASE_SEALED, &who, 1, &claim, 1);
	CHECK_INT(reply(), SEAMKEY_OK);
	check_refused(0, SEAMKEY_ERR_AGENT_CLAIM);
}

static size_t lookups;

static int
counting_find(void *ctx, const seamkey_agent_row *like, size_t n,
	seamkey_agent_row *out)
{
	lookups += like->kind == SEAMKEY_AGENT_ATTRIBUTE;
	return seamkey_agent_store_rows()->find(ctx, like, n, out);
}

/* Who asks in the name of Alice learns nothing of what she has: neither by
 * the answer nor by the time that a lookup takes. */
static void
agent_confirms_claims_to_nobody_else(void)
{
	static const seamkey_agent_store store = { counting_find, NULL, NULL,
		NULL };
	static unsigned char first[256];
	static const char *const salaries[] = { "5000", "5001" };
	seamkey_release_attribute claim;
	seamkey_release_who who;
	size_t u, peer, first_len = 0;

	office_init(&office);
	office.env.store = &store;
	seal_to(0, LEGAL);
	office_row(&office, SEAMKEY_AGENT_ATTRIBUTE, office.name[ALICE],
		text_of("salary"), text_of("5000"));
	who = by_name(ALICE);
	claim.type = text_of("salary");
	lookups = 0;
	for (peer = 0; peer < 3; peer++) {
		/* nobody, somebody else, one who only says that he is her */
		office.scene.authenticated = peer == 1;
		office.scene.peer = office.name[peer == 1 ? BOB : ALICE];
		for (u = 0; u < COUNT(salaries); u++) {
			claim.value = text_of(salaries[u]);
			ask_with(SEAMKEY_RELEASE_SEALED, &who, 1, &claim, 1);
			CHECK_INT(reply(), SEAMKEY_OK);
			check_refused(0, SEAMKEY_ERR_AGENT_CHANNEL);
			if (first_len == 0) {
				first_len = answer_len;
				memcpy(first, answer, first_len);
			}
			CHECK_INT(answer_len, first_len);
			CHECK_MEM(answer, first, first_len);
		}
	}
	CHECK_INT(lookups, 0);
	/* herself: what she has, and what not */
	office.scene.authenticated = 1;
	CHECK_INT(reply(), SEAMKEY_OK);
	check_refused(0, SEAMKEY_ERR_AGENT_CLAIM);
	claim.value = text_of("5000");
	ask_with(SEAMKEY_RELEASE_SEALED, &who, 1, &claim, 1);
	CHECK_INT(reply(), SEAMKEY_OK);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
}

/* What a damaged key ciphertext gives: the same answer, of the same size. */
static void
check_damaged(int padding, size_t at, unsigned char change)
{
	static unsigned char set[2048];
	size_t good, key = LEGAL;
	seamkey_span s;

	seal_with(0, SEAMKEY_BLOCK_AES_256_GCM, padding, &key, 1);
	ask(ALICE, 1);
	good = answer_len;
	s = header[0].recipients;
	memcpy(set, s.p, s.len);
	set[s.len - 1 - at] ^= change;
	header[0].recipients = seamkey_span_of(set, s.len);
	ask(ALICE, 1);
	CHECK_INT(answer_len, good);
	CHECK_INT(office.log.kind, SEAMKEY_AGENT_RELEASED);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_ERR_BLOCK_OPEN);
}

static void
agent_is_no_oracle(void)
{
	static const size_t places[] = { 0, 1, 100, 254, 255 };
	size_t u;
	int padding;

	office_init(&office);
	for (padding = 0; padding < 2; padding++) {
		for (u = 0; u < COUNT(places); u++) {
			check_damaged(padding, places[u], 0x01);
			check_damaged(padding, places[u], 0xFF);
		}
	}
}

/* Raw blocks under the agent's key: of every kind of bad padding, with a key
 * of another length, of nothing. What comes back is as long as ever. */
static void
agent_answers_bad_padding_alike(void)
{
	static const struct {
		unsigned char first, type;
		size_t separator; /* from the end; 0: none */
	} cases[] = { { 0, 2, 33 }, { 1, 2, 33 }, { 0, 1, 33 }, { 0, 2, 0 },
		{ 0, 2, 17 }, { 0, 2, 1 }, { 0, 2, 250 }, { 0, 2, 34 } };
	static unsigned char set[2048], em[256], key[2][32];
	seamkey_span agent_key;
	size_t u, len = 0, want = 0;

	office_init(&office);
	agent_key = office.key[LEGAL];
	for (u = 0; u < COUNT(cases); u++) {
		seal_to(0, LEGAL);
		memset(em, 0x77, sizeof em);
		em[0] = cases[u].first;
		em[1] = cases[u].type;
		if (cases[u].separator != 0) {
			em[sizeof em - cases[u].separator] = 0;
		}
		len = header[0].recipients.len;
		memcpy(set, header[0].recipients.p, len);
		raw(SEAMKEY_REQ_RAW_PUBLIC, set + len - 256, em, 256,
			office_recipient(&office, LEGAL).key);
		header[0].recipients = seamkey_span_of(set, len);
		ask(ALICE, 1);
		want = u == 0 ? answer_len : want;
		CHECK_INT(answer_len, want);
		CHECK_INT(read_block(0, ALICE), SEAMKEY_ERR_BLOCK_OPEN);
		/* the same each time: as seamkey_rsa_decrypt() has it */
		CHECK_INT(seamkey_rsa_decrypt(&office.rsa, key[0], 32,
				  seamkey_span_of(set + len - 256, 256),
				  agent_key),
			SEAMKEY_OK);
		CHECK_INT(key_of(0, ALICE, key[1]), SEAMKEY_OK);
		CHECK_MEM(key[1], key[0], 32);
	}
}

/* Two answers, exchanged on the way. */
static void
agent_answers_belong_to_blocks(void)
{
	seamkey_release_answer a;
	seamkey_release_result r[2];
	seamkey_der_reader reader;
	static unsigned char swapped[ROOM];
	size_t len = 0;

	office_init(&office);
	seal_to(0, LEGAL);
	seal_to(1, LEGAL);
	ask(ALICE, 2);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
	CHECK_INT(read_block(1, ALICE), SEAMKEY_OK);
	memset(&a, 0, sizeof a);
	CHECK_INT(seamkey_release_decode_answer(
			  &a, seamkey_span_of(answer, answer_len)),
		SEAMKEY_OK);
	seamkey_der_init(&reader, a.results);
	seamkey_release_get_result(&reader, &r[1]);
	seamkey_release_get_result(&reader, &r[0]);
	CHECK_INT(seamkey_release_encode_answer(
			  swapped, sizeof swapped, &len, SPAN(id), r, 2),
		SEAMKEY_OK);
	memcpy(answer, swapped, len);
	answer_len = len;
	CHECK_INT(read_block(0, ALICE), SEAMKEY_ERR_RELEASE_OTHER);
	CHECK_INT(read_block(1, ALICE), SEAMKEY_ERR_RELEASE_OTHER);
}

/* The answer to an old request, played again for a new one. */
static void
agent_answers_belong_to_requests(void)
{
	office_init(&office);
	seal_to(0, LEGAL);
	ask(ALICE, 1);
	CHECK_INT(read_block_of(0, ALICE, text_of("request number 2")),
		SEAMKEY_ERR_RELEASE_OTHER);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
	/* the request again: the same key again */
	CHECK_INT(reply(), SEAMKEY_OK);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
}

/* A block of GCM that is labelled CBC, and a cipher that is not admitted. */
static void
agent_is_strict_about_ciphers(void)
{
	static const unsigned char cbc[] = { 0x30, 0x1D, 0x06, 0x09, 0x60, 0x86,
		0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2A, 0x04, 0x10, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };

	office_init(&office);
	seal_to(0, LEGAL);
	header[0].algorithm = SPAN(cbc);
	ask(ALICE, 1);
	check_refused(0, SEAMKEY_ERR_BLOCK_CIPHER);
	office.env.lenient = SEAMKEY_BLOCK_CBC;
	ask(ALICE, 1);
	CHECK_INT(kind_of(0), SEAMKEY_RELEASE_IS_SEALED);
}

/* A certificate whose subject is Alice, with another's key in it. */
static seamkey_span
forged_certificate(size_t subject, size_t key)
{
	static const unsigned char head[] = { 0xA0, 0x03, 0x02, 0x01, 0x02,
		0x02, 0x01, 0x05, 0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48,
		0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B, 0x05, 0x00 };
	static const unsigned char dates[] = "\x30\x1E\x17\x0D"
					     "260101000000Z"
					     "\x17\x0D"
					     "360101000000Z";
	static unsigned char der[2048];
	seamkey_span name = office.name[subject];
	seamkey_der_writer w;
	size_t outer, inner;

	memset(&w, 0, sizeof w);
	w.buf = der;
	w.cap = sizeof der;
	outer = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
	inner = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
	seamkey_der_put(&w, head, sizeof head);
	seamkey_der_put(&w, name.p, name.len);
	seamkey_der_put(&w, dates, sizeof dates - 1);
	seamkey_der_put(&w, name.p, name.len);
	seamkey_der_put(&w,
		office_find(&office, SEAMKEY_AGENT_DECRYPTOR, office.name[key])
			->value.p,
		office_find(&office, SEAMKEY_AGENT_DECRYPTOR, office.name[key])
			->value.len);
	seamkey_der_end(&w, inner);
	seamkey_der_put(&w, head + 8, sizeof head - 8);
	seamkey_der_put_bit_string(&w, SEAMKEY_DER_BIT_STRING, SPAN(head));
	seamkey_der_end(&w, outer);
	return seamkey_span_of(der, w.len);
}

static int certificate_is;

static int
certificate_hook(void *ctx, seamkey_span der, seamkey_span decryptor)
{
	(void)ctx;
	CHECK_INT(der.len > 300, 1);
	CHECK_INT(seamkey_span_match(decryptor, office.name[ALICE]), 1);
	return certificate_is;
}

static void
agent_does_not_trust_certificates(void)
{
	seamkey_release_who who;

	office_init(&office);
	seal_to(0, LEGAL);
	who = by(SEAMKEY_RELEASE_CERTIFICATE, text_of(""),
		forged_certificate(ALICE, MALLORY));
	/* nobody checks it: the key of the repository is used */
	ask_with(SEAMKEY_RELEASE_SEALED, &who, 1, NULL, 0);
	CHECK_INT(reply(), SEAMKEY_OK);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
	CHECK_INT(read_block(0, MALLORY), SEAMKEY_ERR_BLOCK_NO_RECIPIENT);
	/* it is checked, and bad */
	office.hooks.certificate = certificate_hook;
	certificate_is = -1;
	office.log.releases = 0;
	CHECK_INT(reply(), SEAMKEY_OK);
	check_refused(0, SEAMKEY_ERR_AGENT_CERTIFICATE);
	/* or good: Alice has a second key */
	certificate_is = SEAMKEY_OK;
	CHECK_INT(reply(), SEAMKEY_OK);
	CHECK_INT(read_block(0, MALLORY), SEAMKEY_OK);
	CHECK_INT(is_to(MALLORY), 1);
}

/* A row may have a certificate: its key is used as long as the hook says that
 * it is hers. */
static void
agent_checks_certificates_of_rows(void)
{
	static const seamkey_agent_actor admin = { 1, { NULL, 0 } };
	static unsigned char der[2048];
	seamkey_agent_row *alice, row;
	seamkey_span hers;

	office_init(&office);
	seal_to(0, LEGAL);
	hers = forged_certificate(ALICE, MALLORY);
	memcpy(der, hers.p, hers.len);
	alice = office_find(
		&office, SEAMKEY_AGENT_DECRYPTOR, office.name[ALICE]);
	row = *alice;
	row.value = seamkey_span_of(der, hers.len);
	CHECK_INT(seamkey_agent_change(
			  &office.env, &admin, SEAMKEY_AGENT_REPLACE, &row),
		SEAMKEY_OK);
	ask(ALICE, 1); /* there is no hook */
	check_refused(0, SEAMKEY_ERR_AGENT_CERTIFICATE);
	office.hooks.certificate = certificate_hook;
	certificate_is = -1;
	ask(ALICE, 1);
	check_refused(0, SEAMKEY_ERR_AGENT_CERTIFICATE);
	certificate_is = SEAMKEY_OK;
	ask(ALICE, 1);
	CHECK_INT(read_block(0, MALLORY), SEAMKEY_OK);
	CHECK_INT(is_to(MALLORY), 1);
	/* in another's name, or with a key that is none */
	hers = forged_certificate(CAROL, MALLORY);
	memcpy(der, hers.p, hers.len);
	CHECK_INT(seamkey_agent_change(
			  &office.env, &admin, SEAMKEY_AGENT_REPLACE, &row),
		SEAMKEY_ERR_AGENT_CERTIFICATE);
	office_find(&office, SEAMKEY_AGENT_DECRYPTOR, office.name[MALLORY])
		->value = SPAN(legal_id);
	row.value = forged_certificate(ALICE, MALLORY);
	CHECK_INT(seamkey_agent_change(
			  &office.env, &admin, SEAMKEY_AGENT_REPLACE, &row)
			!= SEAMKEY_OK,
		1);
}

/* An approver's row likewise: when the approval comes, and when it counts. */
static void
agent_checks_certificates_of_approvers(void)
{
	static unsigned char der[2048];
	seamkey_release_approval a;
	unsigned char hash[32], receipt[8];
	seamkey_span approval;
	size_t len = 0;

	office_init(&office);
	office.scene.has_time = 1;
	office.scene.now = 1796025000; /* 2026-11-30 07:50:00 */
	office_find(&office, SEAMKEY_AGENT_RULE, text_of("researchers"))
		->value = office_rule(&office, "approval(1, \"legal\")");
	seal_to(0, RESEARCH);
	memset(&a, 0, sizeof a);
	seamkey_release_hash_recipients(&header[0], hash);
	a.id = SPAN(id);
	a.recipients = SPAN(hash);
	a.decryptor = office.name[BOB];
	a.approver = office.name[ALICE];
	a.expires = text_of("20261201000000Z");
	CHECK_INT(seamkey_release_sign_approval(&office.rsa, der, sizeof der,
			  &len, &a, office.own[ALICE]),
		SEAMKEY_OK);
	approval = seamkey_span_of(der, len);
	office_find(&office, SEAMKEY_AGENT_DECRYPTOR, office.name[ALICE])
		->value = forged_certificate(ALICE, ALICE);
	CHECK_INT(seamkey_agent_approve(&office.env, &office.scene, approval,
			  receipt, sizeof receipt, &len),
		SEAMKEY_ERR_AGENT_CERTIFICATE);
	office.hooks.certificate = certificate_hook;
	certificate_is = SEAMKEY_OK;
	CHECK_INT(seamkey_agent_approve(&office.env, &office.scene, approval,
			  receipt, sizeof receipt, &len),
		SEAMKEY_OK);
	certificate_is = -1;
	ask(BOB, 1);
	check_refused(0, SEAMKEY_ERR_RULE_APPROVAL);
	certificate_is = SEAMKEY_OK;
	ask(BOB, 1);
	CHECK_INT(read_block(0, BOB), SEAMKEY_OK);
}

/* Its thousand recipients cost a thousand lookups, and one key operation. */
static void
agent_stands_a_thousand_recipients(void)
{
	static unsigned char set[600000], big[700000];
	seamkey_release_limits limits = { 700000, 0, 1001, 0 };
	seamkey_release_who who;
	seamkey_der_reader r, in;
	seamkey_der_writer w;
	seamkey_span one;
	size_t mark, u, len = 0;

	office_init(&office);
	seal_to(0, LEGAL);
	seamkey_der_init(&r, header[0].recipients);
	seamkey_der_enter(&r, &in, SEAMKEY_DER_SET);
	one = seamkey_der_get_any(&in);
	memset(&w, 0, sizeof w);
	w.buf = set;
	w.cap = sizeof set;
	mark = seamkey_der_begin(&w, SEAMKEY_DER_SET);
	for (u = 0; u < 1000; u++) {
		static unsigned char copy[600];

		memcpy(copy, one.p, one.len);
		copy[one.len - 280] ^= u < 999 ? 0x55 : 0; /* its identifier */
		seamkey_der_put(&w, copy, one.len);
	}
	seamkey_der_end(&w, mark);
	header[0].recipients = seamkey_span_of(set, w.len);
	who = by_name(ALICE);
	CHECK_INT(
		seamkey_release_encode_request(big, sizeof big, &len, SPAN(id),
			SEAMKEY_RELEASE_SEALED, &who, header, 1, NULL, 0),
		SEAMKEY_OK);
	CHECK_INT(seamkey_agent_answer(&office.env, &office.scene,
			  seamkey_span_of(big, len), answer, sizeof answer,
			  &answer_len),
		SEAMKEY_OK);
	CHECK_INT(office.log.status, SEAMKEY_ERR_RELEASE_LIMIT);
	office.env.limits = &limits;
	CHECK_INT(seamkey_agent_answer(&office.env, &office.scene,
			  seamkey_span_of(big, len), answer, sizeof answer,
			  &answer_len),
		SEAMKEY_OK);
	CHECK_INT(office.log.events, 2);
	CHECK_INT(office.log.releases, 1);
	CHECK_INT(read_block(0, ALICE), SEAMKEY_OK);
}

/* ---- what surrounds it --------------------------------------------------- */

static void
agent_releases_nothing_unaudited(void)
{
	office_init(&office);
	seal_to(0, LEGAL);
	office.log.fail_at = 1;
	ask(ALICE, 1);
	CHECK_INT(kind_of(0), SEAMKEY_RELEASE_NOT_RELEASED);
}

/* Requests that cannot be read: one answer for all of them. */
static void
agent_answers_rubbish_alike(void)
{
	static unsigned char copy[ROOM];
	unsigned char first[64];
	size_t len, u;

	office_init(&office);
	seal_to(0, LEGAL);
	ask(ALICE, 1);
	len = request_len;
	memcpy(copy, request, len);
	request_len = 0;
	CHECK_INT(reply(), SEAMKEY_OK);
	CHECK_INT(answer_len < sizeof first, 1);
	memcpy(first, answer, answer_len);
	office.log.releases = 0;
	for (u = 1; u < len; u += 1 + u / 64) { /* truncated */
		size_t want = answer_len;

		memcpy(request, copy, u);
		request_len = u;
		CHECK_INT(reply(), SEAMKEY_OK);
		CHECK_INT(answer_len, want);
		CHECK_MEM(answer, first, want);
		CHECK_INT(office.log.kind, SEAMKEY_AGENT_REFUSED);
	}
	CHECK_INT(office.log.releases, 0);
}

const struct test test_agent_table[] = {
	{ "agent_releases_to_members", agent_releases_to_members },
	{ "agent_refuses_strangers", agent_refuses_strangers },
	{ "agent_obeys_todays_rules", agent_obeys_todays_rules },
	{ "agent_knows_a_name_in_every_form",
		agent_knows_a_name_in_every_form },
	{ "agent_opens_old_blocks", agent_opens_old_blocks },
	{ "agent_needs_every_rule", agent_needs_every_rule },
	{ "agent_finds_decryptors", agent_finds_decryptors },
	{ "agent_gives_clear_keys_to_peers", agent_gives_clear_keys_to_peers },
	{ "agent_gives_bare_keys_if_allowed",
		agent_gives_bare_keys_if_allowed },
	{ "agent_uses_the_key_whose_rules_passed",
		agent_uses_the_key_whose_rules_passed },
	{ "agent_takes_claims_for_nothing", agent_takes_claims_for_nothing },
	{ "agent_confirms_claims_to_nobody_else",
		agent_confirms_claims_to_nobody_else },
	{ "agent_is_no_oracle", agent_is_no_oracle },
	{ "agent_answers_bad_padding_alike", agent_answers_bad_padding_alike },
	{ "agent_answers_belong_to_blocks", agent_answers_belong_to_blocks },
	{ "agent_answers_belong_to_requests",
		agent_answers_belong_to_requests },
	{ "agent_is_strict_about_ciphers", agent_is_strict_about_ciphers },
	{ "agent_does_not_trust_certificates",
		agent_does_not_trust_certificates },
	{ "agent_checks_certificates_of_rows",
		agent_checks_certificates_of_rows },
	{ "agent_checks_certificates_of_approvers",
		agent_checks_certificates_of_approvers },
	{ "agent_stands_a_thousand_recipients",
		agent_stands_a_thousand_recipients },
	{ "agent_releases_nothing_unaudited",
		agent_releases_nothing_unaudited },
	{ "agent_answers_rubbish_alike", agent_answers_rubbish_alike },
	{ NULL, NULL },
};
