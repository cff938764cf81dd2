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

#define OFFICE_ROWS 160
#define OFFICE_EACH 2560
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
	int kind, status, releases, deletions;
	seamkey_span access, to;
};

struct office {
	br_hmac_drbg_context drbg;
	seamkey_rsa_env rsa;
	seamkey_agent_env env;
	seamkey_agent_scene scene;
	seamkey_agent_hooks hooks;
	seamkey_agent_row row[OFFICE_ROWS];
	seamkey_agent_rows rows;
	unsigned char bytes[(OFFICE_ROWS + 1) * OFFICE_EACH];
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
	log->to = e->to;
	log->releases += e->kind == SEAMKEY_AGENT_RELEASED;
	log->deletions += e->kind == SEAMKEY_AGENT_CHANGED
		&& e->change == SEAMKEY_AGENT_DELETE && e->row != NULL
		&& e->row->owner.len != 0 && e->status == SEAMKEY_OK;
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
	o->rows.bytes = o->bytes;
	o->rows.each = OFFICE_EACH;
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

#endif
