/*
 * missing.c - what a row refers to that is not there
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * seamkey_agent_change() says that something is missing, and not what. What
 * a rule names may come later, and is only told; so is a function, which only
 * another agent over this repository can have.
 */
#define _XOPEN_SOURCE 700

#include <string.h>

#include "agent.h"

#include "examples/files.h"

static int
missing_is(const struct store *s, unsigned kind, seamkey_span owner,
	seamkey_span name)
{
	seamkey_agent_row like, row;
	int status;

	memset(&like, 0, sizeof like);
	like.kind = (uint8_t)kind;
	like.owner = owner;
	like.name = name;
	status = s->cls->rows.find(s->ctx, &like, 0, &row);
	s->cls->rows.done(s->ctx);
	return status == SEAMKEY_ERR_RULE_NONE;
}

/* The kind of what is not there, and *at, which word of the row names it; 0
 * where all is. */
static unsigned
missing_find(const struct store *s, const seamkey_agent_row *row, size_t *at)
{
	static const unsigned char refers[][3] = {
		/* kind; of what its owner is; of what its name is, or 0 */
		{ SEAMKEY_AGENT_KEY, SEAMKEY_AGENT_ACCESS, 0 },
		{ SEAMKEY_AGENT_BINDING, SEAMKEY_AGENT_ACCESS,
			SEAMKEY_AGENT_RULE },
		{ SEAMKEY_AGENT_ATTRIBUTE, SEAMKEY_AGENT_DECRYPTOR, 0 },
		{ SEAMKEY_AGENT_MEMBER, SEAMKEY_AGENT_GROUP,
			SEAMKEY_AGENT_DECRYPTOR },
		{ SEAMKEY_AGENT_MANAGER, SEAMKEY_AGENT_GROUP,
			SEAMKEY_AGENT_DECRYPTOR },
	};
	const seamkey_span any = { NULL, 0 };
	size_t u = 0;

	while (u < sizeof refers / sizeof refers[0]
		&& refers[u][0] != row->kind) {
		u++;
	}
	if (u == sizeof refers / sizeof refers[0]) {
		return 0;
	}
	*at = 2;
	if (missing_is(s, refers[u][1], row->owner, any)) {
		return refers[u][1];
	}
	*at = 3;
	if (refers[u][2] != 0 && missing_is(s, refers[u][2], row->name, any)) {
		return refers[u][2];
	}
	*at = 4;
	return row->kind == SEAMKEY_AGENT_BINDING && row->value.len != 0
			&& missing_is(
				s, SEAMKEY_AGENT_KEY, row->owner, row->value)
		? SEAMKEY_AGENT_KEY
		: 0;
}

int
missing_complain(const struct store *s, const struct options *o, int change,
	const seamkey_agent_row *row)
{
	char words[512] = "";
	struct text t = { words, sizeof words, 0 };
	size_t u = 1, end = o->words; /* at least 3 */
	unsigned kind;

	if (change == SEAMKEY_AGENT_ADD) {
		kind = missing_find(s, row, &u);
		if (kind == 0) {
			return agent_complain(
				o->word[1], SEAMKEY_ERR_AGENT_MISSING);
		}
		text_put(&t, event_kind_name(kind));
		text_put(&t, " ");
		end = u + 1;
	} else if (seamkey_agent_identity(row).name.p == NULL) {
		end = 3; /* its owner is all that it is known by */
	}
	for (; u < end; u++) {
		text_put(&t, o->word[u]);
		text_put(&t, u + 1 < end ? " " : "");
	}
	agent_say("%s: is not in the repository", words);
	return REFUSED;
}

void
missing_warn(const struct store *s, const struct options *o, seamkey_span der)
{
	const seamkey_span any = { NULL, 0 };
	seamkey_rule rule[SEAMKEY_RULE_MAX];
	size_t u, count = 0;
	unsigned kind;

	if (seamkey_rule_decode(rule, SEAMKEY_RULE_MAX, &count, der)
		!= SEAMKEY_OK) {
		return;
	}
	for (u = 0; u < count; u++) {
		switch (rule[u].kind) {
		case SEAMKEY_RULE_GROUP:
		case SEAMKEY_RULE_APPROVAL:
			kind = SEAMKEY_AGENT_GROUP;
			break;
		case SEAMKEY_RULE_ROLE:
			kind = SEAMKEY_AGENT_ROLE;
			break;
		case SEAMKEY_RULE_FUNCTION:
			agent_say("rule %s: its function \"%.*s\" never "
				  "passes, as this agent has no functions",
				o->word[2], (int)rule[u].name.len,
				(const char *)rule[u].name.p);
			continue;
		default:
			continue;
		}
		if (missing_is(s, kind, rule[u].name, any)) {
			agent_say("rule %s: its %s \"%.*s\" is not in the "
				  "repository yet",
				o->word[2], event_kind_name(kind),
				(int)rule[u].name.len,
				(const char *)rule[u].name.p);
		}
	}
}
