/*
 * rows.c - rows from words, and as words
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#define _XOPEN_SOURCE 700

#include <stdlib.h>
#include <string.h>

#include "agent.h"

#include "examples/files.h"
#include "examples/keyfile.h"

/* What a word of a kind becomes. */
enum rows_field {
	NONE,
	WORD,    /* text as it is */
	NAME,    /* the DER of a name in text */
	HEX,     /* octets */
	RULE,    /* the DER of a rule in text */
	COMPARE, /* ">= 3": what a role compares with */
	OPTIONAL = 16
};

/* clang-format off */
static const struct {
	unsigned kind;
	unsigned char owner, name, value; /* enum rows_field */
	const char *usage;
} rows_kinds[] = {
	{ SEAMKEY_AGENT_ACCESS, WORD, NONE, NONE, "ACCESS" },
	{ SEAMKEY_AGENT_KEY, WORD, HEX | OPTIONAL, NONE,
		"ACCESS [ID]    (--bits, --import or --object-id)" },
	{ SEAMKEY_AGENT_RULE, WORD, NONE, RULE | OPTIONAL, "RULE [TEXT]" },
	{ SEAMKEY_AGENT_BINDING, WORD, WORD, HEX | OPTIONAL,
		"ACCESS RULE [KEY-ID]" },
	{ SEAMKEY_AGENT_DECRYPTOR, NAME, WORD | OPTIONAL, NONE,
		"NAME [ALIAS]    (--key or --certificate, --clearance, "
		"--oaep)" },
	{ SEAMKEY_AGENT_ATTRIBUTE, NAME, WORD, WORD, "NAME TYPE VALUE" },
	{ SEAMKEY_AGENT_GROUP, WORD, NONE, NONE, "GROUP" },
	{ SEAMKEY_AGENT_MEMBER, WORD, NAME, NONE, "GROUP NAME" },
	{ SEAMKEY_AGENT_MANAGER, WORD, NAME, NONE, "GROUP NAME" },
	{ SEAMKEY_AGENT_ROLE, WORD, WORD, COMPARE | OPTIONAL,
		"ROLE TYPE [\"= VALUE\" | \">= N\" | \"<= N\"]" },
	{ SEAMKEY_AGENT_APPROVAL, NAME, HEX, NONE,
		"APPROVER HASH    (to delete)" },
	{ SEAMKEY_AGENT_PENDING, HEX, HEX, NONE,
		"REQUEST RECIPIENTS    (to delete)" },
};
/* clang-format on */

#define ROWS_KINDS (sizeof rows_kinds / sizeof rows_kinds[0])

unsigned
rows_kind(const char *word)
{
	size_t u;

	for (u = 0; u < ROWS_KINDS; u++) {
		if (strcmp(word, event_kind_name(rows_kinds[u].kind)) == 0) {
			return rows_kinds[u].kind;
		}
	}
	return 0;
}

const char *
rows_usage(unsigned kind)
{
	return rows_kinds[kind - 1].usage;
}

/* ---- from words -------------------------------------------------------- */

static int
rows_bad(const char *word, const char *why)
{
	agent_say("%s: %s", word, why);
	return REFUSED;
}

int
rows_get_hex(
	unsigned char *out, size_t cap, seamkey_span *field, const char *word)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	size_t u, n = strlen(word);
	const char *at;

	if (n % 2 != 0 || n / 2 > cap) {
		return rows_bad(word, "is not hexadecimal");
	}
	for (u = 0; u < n; u++) {
		at = strchr(digits, word[u]);
		if (at == NULL) {
			return rows_bad(word, "is not hexadecimal");
		}
		out[u / 2] =
			(unsigned char)(out[u / 2] << 4 | ((at - digits) & 15));
	}
	*field = seamkey_span_of(out, n / 2);
	return DONE;
}

/* As rows have it: the strings of a text are of several types, such as that
 * of a country or of a domain, where a repository has one. */
int
rows_encode_name(
	unsigned char *out, size_t cap, seamkey_span *field, const char *word)
{
	unsigned char der[SEAMKEY_NAME_MAX];
	size_t len = 0;
	int status = seamkey_name_encode(
		der, sizeof der, &len, seamkey_span_of(word, strlen(word)));

	if (status == SEAMKEY_OK) {
		status = seamkey_agent_encode_name(
			out, cap, &len, seamkey_span_of(der, len));
	}
	*field = seamkey_span_of(out, len);
	return status == SEAMKEY_OK ? DONE : agent_complain(word, status);
}

static int
rows_get_rule(struct row_words *r, seamkey_span *field, const char *word)
{
	size_t len = 0, at = 0;
	int status = seamkey_rule_decode_text(r->value, sizeof r->value, &len,
		seamkey_span_of(word, strlen(word)), &at);

	*field = seamkey_span_of(r->value, len);
	if (status != SEAMKEY_OK) {
		agent_say("%s: %s, at: %s", word, store_text(status),
			word[at] == '\0' ? "its end" : word + at);
		return REFUSED;
	}
	return DONE;
}

/* "= blue", ">= 3"; nothing: it is there. */
static int
rows_get_compare(struct row_words *r, const char *word)
{
	static const char *const operators[] = { "", "=", ">=", "<=" };
	size_t n;
	unsigned u;

	for (u = SEAMKEY_RULE_EQUAL; u <= SEAMKEY_RULE_AT_MOST; u++) {
		n = strlen(operators[u]);
		if (strncmp(word, operators[u], n) == 0) {
			word += n + strspn(word + n, " ");
			r->row.flag = (uint8_t)u;
			r->row.value = seamkey_span_of(word, strlen(word));
			return DONE;
		}
	}
	return rows_bad(word, "is no comparison");
}

static int
rows_get(struct row_words *r, seamkey_span *field, unsigned how,
	const char *word)
{
	switch (how & ~(unsigned)OPTIONAL) {
	case WORD:
		*field = seamkey_span_of(word, strlen(word));
		return DONE;
	case NAME:
		return rows_encode_name(r->name, sizeof r->name, field, word);
	case HEX:
		return field == &r->row.owner
			? rows_get_hex(r->name, sizeof r->name, field, word)
			: rows_get_hex(r->id, sizeof r->id, field, word);
	case RULE:
		return rows_get_rule(r, field, word);
	default:
		return rows_get_compare(r, word);
	}
}

/* Too few words: those that there have to be, without options. */
static int
rows_complain_few(unsigned kind, int change, const char *verb)
{
	const char *usage = rows_usage(kind);

	if (kind == SEAMKEY_AGENT_KEY && change >= SEAMKEY_AGENT_RETIRE) {
		usage = "ACCESS ID";
	} else if (kind == SEAMKEY_AGENT_RULE) {
		usage = change <= SEAMKEY_AGENT_REPLACE ? "RULE TEXT" : "RULE";
	}
	agent_say("a word is missing: %s %s %.*s", verb, event_kind_name(kind),
		(int)(strstr(usage, "    ") != NULL
				? strstr(usage, "    ") - usage
				: (ptrdiff_t)strlen(usage)),
		usage);
	return UNREADABLE;
}

/* The words of the command line are: verb, kind, fields. */
int
rows_read(
	struct row_words *r, unsigned kind, int change, const struct options *o)
{
	seamkey_span *field[3];
	unsigned char how[3];
	size_t u, at = 2;
	int status = DONE;

	memset(r, 0, sizeof *r);
	r->row.kind = (uint8_t)kind;
	field[0] = &r->row.owner;
	field[1] = &r->row.name;
	field[2] = &r->row.value;
	how[0] = rows_kinds[kind - 1].owner;
	how[1] = rows_kinds[kind - 1].name;
	how[2] = rows_kinds[kind - 1].value;
	if (kind == SEAMKEY_AGENT_KEY && change >= SEAMKEY_AGENT_RETIRE) {
		how[1] = HEX;
	} else if (kind == SEAMKEY_AGENT_RULE
		&& change <= SEAMKEY_AGENT_REPLACE) {
		how[2] = RULE;
	}
	for (u = 0; u < 3 && status == DONE; u++) {
		if (how[u] == NONE || (at == o->words && how[u] >= OPTIONAL)) {
			continue;
		}
		if (at == o->words) {
			return rows_complain_few(kind, change, o->word[0]);
		}
		status = rows_get(r, field[u], how[u], o->word[at++]);
	}
	if (status == DONE && at != o->words) {
		agent_say("%s: one word too many", o->word[at]);
		return UNREADABLE;
	}
	return status;
}

/* ---- as words ---------------------------------------------------------- */

static void
rows_put(struct text *t, seamkey_span field, unsigned how)
{
	switch (how & ~(unsigned)OPTIONAL) {
	case NONE:
		return;
	case NAME:
		text_put(t, " ");
		text_put_name(t, field);
		return;
	case HEX:
		text_put(t, " ");
		text_put_hex(t, field);
		return;
	default:
		text_put(t, " ");
		text_put_quoted(t, field);
		return;
	}
}

/* For which request of whom, over which RecipientInfos, until when. */
static void
rows_put_approval(struct text *t, seamkey_span der)
{
	seamkey_release_approval a;

	if (seamkey_release_decode_approval(&a, der) != SEAMKEY_OK) {
		text_put(t, " damaged");
		return;
	}
	text_put(t, " request=");
	text_put_hex(t, a.id);
	text_put(t, " recipients=");
	text_put_hex(t, a.recipients);
	text_put(t, " decryptor=");
	text_put_name(t, a.decryptor);
	text_put(t, " expires=");
	text_put_quoted(t, a.expires);
}

/* What belongs to a kind alone. */
static void
rows_put_more(struct text *t, const seamkey_agent_row *row)
{
	switch (row->kind) {
	case SEAMKEY_AGENT_KEY:
		text_put(t, row->flag != 0 ? " retired" : " current");
		if (row->handle.len != 0) {
			text_put(t, " in-token=");
			text_put_hex(t, row->handle);
		}
		break;
	case SEAMKEY_AGENT_DECRYPTOR:
		text_put(t, " clearance=");
		text_put_number(t, row->number);
		text_put(t, row->flag != 0 ? " oaep" : "");
		text_put(t, row->value.len != 0 ? "" : " no-key");
		break;
	case SEAMKEY_AGENT_ROLE:
		text_put(t, " ");
		text_put(t, event_compare_name(row->flag));
		text_put(t, " ");
		text_put_quoted(t, row->value);
		break;
	case SEAMKEY_AGENT_APPROVAL:
		rows_put_approval(t, row->value);
		break;
	case SEAMKEY_AGENT_PENDING:
		text_put(t, " ");
		text_put_name(t, row->value);
		break;
	default:
		break;
	}
}

static void
rows_print_rule(seamkey_span der)
{
	seamkey_span rule;
	int status = event_rule_text(&rule, der);

	if (status == SEAMKEY_OK) {
		printf(" %.*s", (int)rule.len, (const char *)rule.p);
	} else {
		printf(" %s", store_text(status));
	}
}

void
rows_print(const seamkey_agent_row *row)
{
	static char buf[AUDIT_TEXT];
	size_t kind = row->kind - 1u;
	struct text t;

	t.buf = buf;
	t.cap = sizeof buf;
	t.len = 0;
	text_put(&t, event_kind_name(row->kind));
	rows_put(&t, row->owner, rows_kinds[kind].owner);
	rows_put(&t, row->name, rows_kinds[kind].name);
	if ((row->kind == SEAMKEY_AGENT_BINDING && row->value.len != 0)
		|| row->kind == SEAMKEY_AGENT_ATTRIBUTE) {
		rows_put(&t, row->value, rows_kinds[kind].value);
	}
	rows_put_more(&t, row);
	printf("%s", buf);
	if (row->kind == SEAMKEY_AGENT_RULE) {
		rows_print_rule(row->value);
	}
	printf("\n");
}
