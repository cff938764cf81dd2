/*
 * agent_tools.h - a small office with a key release agent
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Two access identifiers with keys of the agent's, "legal" (one current key
 * pair, one retired) and "research"; four people with keys of their own:
 * Alice is of the legal team, Bob of research and of the board, Carol of the
 * board, Mallory is known and of nothing.
 */
#ifndef SEAMKEY_AGENT_TOOLS_H
#define SEAMKEY_AGENT_TOOLS_H

#include "seamkey_agent.h"

#include "rsa_tools.h"

#define OFFICE_ROWS 64
#define ROOM        65536

enum person {
	ALICE,
	BOB,
	CAROL,
	MALLORY,
	PEOPLE
};

enum office_key {
	LEGAL,
	LEGAL_OLD,
	RESEARCH,
	OFFICE_KEYS
};

/* What an audit hook was told last, and how often. */
struct log {
	int events, fail_at; /* 0: never */
	int kind, status, releases;
	seamkey_span access;
};

struct office {
	br_hmac_drbg_context drbg;
	seamkey_rsa_env rsa;
	seamkey_agent_env env;
	seamkey_agent_scene scene;
	seamkey_agent_hooks hooks;
	seamkey_agent_row row[OFFICE_ROWS];
	seamkey_agent_rows rows;
	struct log log;
	seamkey_span name[PEOPLE], own[PEOPLE], key[OFFICE_KEYS];
	unsigned char names[PEOPLE][128];
	unsigned char publics[PEOPLE + OFFICE_KEYS][PUBLIC_BYTES];
	unsigned char rules[16][512];
	size_t rule_count;
};

static const unsigned char legal_id[20] = { 'l', 'e', 'g', 'a', 'l' };
static const unsigned char old_id[7] = { 'o', 'l', 'd' };
static const unsigned char research_id[20] = { 'r', 'n', 'd' };

static inline seamkey_span
text_of(const char *text)
{
	return seamkey_span_of(text, strlen(text));
}

static inline int
office_audit(void *ctx, const seamkey_agent_event *e)
{
	struct log *log = (struct log *)ctx;

	log->events++;
	log->kind = e->kind;
	log->status = e->status;
	log->access = e->access;
	log->releases += e->kind == SEAMKEY_AGENT_RELEASED;
	return log->events == log->fail_at ? -1 : SEAMKEY_OK;
}

/* A row as it stands in a table: nothing is checked. */
static inline seamkey_agent_row *
office_row(struct office *o, unsigned kind, seamkey_span owner,
	seamkey_span name, seamkey_span value)
{
	seamkey_agent_row *row = &o->row[o->rows.count++];

	memset(row, 0, sizeof *row);
	row->kind = (uint8_t)kind;
	row->owner = owner;
	row->name = name;
	row->value = value;
	return row;
}

/* The DER of a rule in text, which stays in place. */
static inline seamkey_span
office_rule(struct office *o, const char *text)
{
	unsigned char *der = o->rules[o->rule_count++];
	size_t len = 0;

	CHECK_INT(seamkey_rule_decode_text(
			  der, sizeof o->rules[0], &len, text_of(text), NULL),
		SEAMKEY_OK);
	return seamkey_span_of(der, len);
}

/* A rule, bound to an access identifier. */
static inline void
office_bind(struct office *o, const char *access, const char *name,
	const char *text)
{
	office_row(o, SEAMKEY_AGENT_RULE, text_of(name), text_of(""),
		office_rule(o, text));
	office_row(o, SEAMKEY_AGENT_BINDING, text_of(access), text_of(name),
		text_of(""));
}

static inline seamkey_agent_row *
office_find(struct office *o, unsigned kind, seamkey_span owner)
{
	size_t u;

	for (u = 0; u < o->rows.count; u++) {
		if (o->row[u].kind == kind
			&& seamkey_span_match(o->row[u].owner, owner)) {
			return &o->row[u];
		}
	}
	CHECK_INT(kind, 0);
	return &o->row[0];
}

static inline void
office_people(struct office *o)
{
	static const char *const names[PEOPLE] = { "CN=Alice,O=Acme",
		"CN=Bob,O=Acme", "CN=Carol,O=Acme", "CN=Mallory,O=Acme" };
	static const char *const aliases[PEOPLE] = { "alice", "bob", "carol",
		"mallory" };
	static const size_t keys[PEOPLE] = { 3, 5, 1, 0 };
	size_t u, len = 0;

	for (u = 0; u < PEOPLE; u++) {
		CHECK_INT(seamkey_name_encode(o->names[u], sizeof o->names[u],
				  &len, text_of(names[u])),
			SEAMKEY_OK);
		o->name[u] = seamkey_span_of(o->names[u], len);
		o->own[u] = seamkey_span_of(
			rsa_keys[keys[u]].der, rsa_keys[keys[u]].len);
		office_row(o, SEAMKEY_AGENT_DECRYPTOR, o->name[u],
			text_of(aliases[u]),
			public_of(o->own[u], o->publics[u]));
	}
	office_row(o, SEAMKEY_AGENT_GROUP, text_of("legal"), text_of(""),
		text_of(""));
	office_row(o, SEAMKEY_AGENT_GROUP, text_of("research"), text_of(""),
		text_of(""));
	office_row(o, SEAMKEY_AGENT_GROUP, text_of("board"), text_of(""),
		text_of(""));
	office_row(o, SEAMKEY_AGENT_MEMBER, text_of("legal"), o->name[ALICE],
		text_of(""));
	office_row(o, SEAMKEY_AGENT_MEMBER, text_of("research"), o->name[BOB],
		text_of(""));
	office_row(o, SEAMKEY_AGENT_MEMBER, text_of("board"), o->name[BOB],
		text_of(""));
	office_row(o, SEAMKEY_AGENT_MEMBER, text_of("board"), o->name[CAROL],
		text_of(""));
	office_row(o, SEAMKEY_AGENT_MANAGER, text_of("legal"), o->name[CAROL],
		text_of(""));
}

static inline void
office_init(struct office *o)
{
	static const size_t keys[OFFICE_KEYS] = { 2, 1, 0 };
	size_t u;

	memset(o, 0, sizeof *o);
	o->rsa = loose_env(&o->drbg);
	o->rows.row = o->row;
	o->rows.cap = OFFICE_ROWS;
	o->env.rsa = &o->rsa;
	o->env.store = seamkey_agent_store_rows();
	o->env.store_ctx = &o->rows;
	o->env.hooks = &o->hooks;
	o->env.ctx = &o->log;
	o->hooks.audit = office_audit;
	for (u = 0; u < OFFICE_KEYS; u++) {
		o->key[u] = seamkey_span_of(
			rsa_keys[keys[u]].der, rsa_keys[keys[u]].len);
	}
	office_row(o, SEAMKEY_AGENT_ACCESS, text_of("legal"), text_of(""),
		text_of(""));
	office_row(o, SEAMKEY_AGENT_ACCESS, text_of("research"), text_of(""),
		text_of(""));
	office_row(o, SEAMKEY_AGENT_KEY, text_of("legal"), SPAN(legal_id),
		o->key[LEGAL]);
	office_row(o, SEAMKEY_AGENT_KEY, text_of("legal"), SPAN(old_id),
		o->key[LEGAL_OLD])
		->flag = 1;
	office_row(o, SEAMKEY_AGENT_KEY, text_of("research"), SPAN(research_id),
		o->key[RESEARCH]);
	office_bind(o, "legal", "lawyers", "group(\"legal\")");
	office_bind(o, "research", "researchers", "group(\"research\")");
	office_people(o);
}

/* A recipient: one of the agent's key pairs. */
static inline seamkey_block_recipient
office_recipient(struct office *o, size_t key)
{
	static const seamkey_span ids[OFFICE_KEYS] = { { legal_id, 20 },
		{ old_id, 7 }, { research_id, 20 } };
	seamkey_block_recipient r;

	memset(&r, 0, sizeof r);
	r.key = public_of(o->key[key], o->publics[PEOPLE + key]);
	r.id = ids[key];
	return r;
}

#define BLOCKS 8

static struct office office;
static unsigned char block[BLOCKS][4096], request[ROOM], answer[ROOM];
static size_t block_len[BLOCKS], request_len, answer_len;
static seamkey_release_block header[BLOCKS];
static unsigned char id[16] = "request number 1";
static const unsigned char message[] = "the text";

/* ---- blocks and requests ------------------------------------------------- */

/* The RecipientInfos and the algorithm of a block. */
static inline seamkey_release_block
header_of(seamkey_span der)
{
	seamkey_release_block b;

	memset(&b, 0, sizeof b);
	CHECK_INT(seamkey_release_decode_block(&b, der), SEAMKEY_OK);
	return b;
}

static inline void
seal_with(size_t n, int cipher, int padding, const size_t *keys, size_t count)
{
	seamkey_block_recipient to[OFFICE_KEYS];
	size_t u;

	for (u = 0; u < count; u++) {
		to[u] = office_recipient(&office, keys[u]);
		to[u].padding = padding;
	}
	block_len[n] = 0;
	CHECK_INT(seamkey_block_seal(&office.rsa, cipher, to, count,
			  SPAN(message), block[n], sizeof block[n],
			  &block_len[n]),
		SEAMKEY_OK);
	header[n] = header_of(seamkey_span_of(block[n], block_len[n]));
}

/* A block for one access identifier. */
static inline void
seal_to(size_t n, size_t key)
{
	seal_with(n, SEAMKEY_BLOCK_AES_256_GCM, SEAMKEY_BLOCK_PKCS1, &key, 1);
}

static inline seamkey_release_who
by_name(size_t person)
{
	seamkey_release_who who;

	memset(&who, 0, sizeof who);
	who.kind = SEAMKEY_RELEASE_NAME;
	who.value = office.name[person];
	return who;
}

static inline seamkey_release_who
by(int kind, seamkey_span type, seamkey_span value)
{
	seamkey_release_who who;

	who.kind = kind;
	who.type = type;
	who.value = value;
	return who;
}

static inline void
ask_with(int form, const seamkey_release_who *who, size_t blocks,
	const seamkey_release_attribute *claims, size_t count)
{
	request_len = 0;
	CHECK_INT(seamkey_release_encode_request(request, sizeof request,
			  &request_len, SPAN(id), form, who, header, blocks,
			  claims, count),
		SEAMKEY_OK);
}

static inline int
reply(void)
{
	answer_len = 0;
	return seamkey_agent_answer(&office.env, &office.scene,
		seamkey_span_of(request, request_len), answer, sizeof answer,
		&answer_len);
}

/* Ask for the first blocks as this person; the answer must be one. */
static inline void
ask(size_t person, size_t blocks)
{
	seamkey_release_who who = by_name(person);

	ask_with(SEAMKEY_RELEASE_SEALED, &who, blocks, NULL, 0);
	CHECK_INT(reply(), SEAMKEY_OK);
}

/* ---- answers ------------------------------------------------------------- */

/* Result n of the answer: its kind, and what it holds. */
static inline int
result(size_t n, seamkey_span *content)
{
	seamkey_release_answer a;
	seamkey_release_result r;
	seamkey_der_reader reader;

	memset(&a, 0, sizeof a);
	memset(&r, 0, sizeof r);
	CHECK_INT(seamkey_release_decode_answer(
			  &a, seamkey_span_of(answer, answer_len)),
		SEAMKEY_OK);
	CHECK_INT(seamkey_span_match(a.id, SPAN(id)), 1);
	seamkey_der_init(&reader, a.results);
	do {
		seamkey_release_get_result(&reader, &r);
	} while (n-- != 0);
	CHECK_INT(reader.err, SEAMKEY_OK);
	*content = r.content;
	return r.kind;
}

static inline int
kind_of(size_t n)
{
	seamkey_span content;

	return result(n, &content);
}

/* Open the answer to block n, of this request, with a person's key: the key
 * that is in it, to key[0..32). Returns how that ended. */
static inline int
key_from(size_t n, size_t person, seamkey_span request_id, unsigned char *key)
{
	unsigned char plain[4096];
	seamkey_block_key own;
	seamkey_release_released released;
	seamkey_span content = { NULL, 0 };
	size_t len = 0;
	int status;

	if (result(n, &content) != SEAMKEY_RELEASE_IS_SEALED) {
		return SEAMKEY_ERR_RELEASE_REFUSED;
	}
	memset(&own, 0, sizeof own);
	own.key = office.own[person];
	status = seamkey_block_open(
		&office.rsa, 0, &own, 1, content, plain, sizeof plain, &len);
	if (status == SEAMKEY_OK) {
		status = seamkey_release_decode_released(
			&released, seamkey_span_of(plain, len));
	}
	return status == SEAMKEY_OK ? seamkey_release_check_released(
		       &released, request_id, &header[n], key, 32)
				    : status;
}

static inline int
key_of(size_t n, size_t person, unsigned char *key)
{
	return key_from(n, person, SPAN(id), key);
}

/* The same, and open the block with it: it must hold the message. */
static inline int
read_block_of(size_t n, size_t person, seamkey_span request_id)
{
	unsigned char key[32], out[64];
	size_t len = 0;
	int status = key_from(n, person, request_id, key);

	if (status != SEAMKEY_OK) {
		return status;
	}
	status = seamkey_block_open_content(0, SPAN(key),
		seamkey_span_of(block[n], block_len[n]), out, sizeof out, &len);
	if (status == SEAMKEY_OK) {
		CHECK_INT(len, sizeof message);
		CHECK_MEM(out, message, sizeof message);
	}
	return status;
}

static inline int
read_block(size_t n, size_t person)
{
	return read_block_of(n, person, SPAN(id));
}

/* Nothing has left, and the reason for it is known here. */
static inline void
check_refused(size_t n, int status)
{
	CHECK_INT(kind_of(n), SEAMKEY_RELEASE_NOT_RELEASED);
	CHECK_INT(office.log.status, status);
	CHECK_INT(office.log.releases, 0);
}

#endif
