/*
 * event.c - what happened, as a line of the log
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Words and name=value; texts in quotes, with \xNN for what is not printable
 * ASCII. No value of a row is written but where it is public: of a private
 * key nothing, of anything else that is long its SHA-256.
 */
#include <string.h>

#include "agent.h"

/* Octets of a field in hex, before it is cut. */
#define EVENT_HEX 80

/* ---- text -------------------------------------------------------------- */

void
text_put(struct text *t, const char *s)
{
	for (; *s != '\0' && t->len + 1 < t->cap; s++) {
		t->buf[t->len++] = *s;
	}
	t->buf[t->len] = '\0';
}

void
text_put_number(struct text *t, uint64_t value)
{
	char digits[21];

	(void)snprintf(
		digits, sizeof digits, "%llu", (unsigned long long)value);
	text_put(t, digits);
}

void
text_put_hex(struct text *t, seamkey_span s)
{
	char octet[3];
	size_t u;

	for (u = 0; u < s.len && u < EVENT_HEX; u++) {
		(void)snprintf(octet, sizeof octet, "%02x", s.p[u]);
		text_put(t, octet);
	}
	if (u < s.len) {
		text_put(t, "...");
	}
}

void
text_put_quoted(struct text *t, seamkey_span s)
{
	char c[5];
	size_t u;

	text_put(t, "\"");
	for (u = 0; u < s.len; u++) {
		if (s.p[u] < 0x20 || s.p[u] > 0x7E) {
			(void)snprintf(c, sizeof c, "\\x%02x", s.p[u]);
		} else {
			(void)snprintf(c, sizeof c, "%s%c",
				s.p[u] == '"' || s.p[u] == '\\' ? "\\" : "",
				s.p[u]);
		}
		text_put(t, c);
	}
	text_put(t, "\"");
}

void
text_put_name(struct text *t, seamkey_span name)
{
	unsigned char buf[SEAMKEY_NAME_MAX_TEXT];
	size_t len = 0;

	(void)seamkey_name_decode(buf, sizeof buf, &len, name);
	text_put_quoted(t, seamkey_span_of(buf, len));
}

/* ---- rows -------------------------------------------------------------- */

const char *
event_kind_name(unsigned kind)
{
	static const char *const names[] = { "", "access", "key", "rule",
		"binding", "decryptor", "attribute", "group", "member",
		"manager", "role", "approval", "pending" };

	return kind < sizeof names / sizeof names[0] ? names[kind] : "row";
}

static void
event_put_digest(struct text *t, seamkey_span s)
{
	br_sha256_context hash;
	unsigned char out[32];

	br_sha256_init(&hash);
	br_sha256_update(&hash, s.p, s.len);
	br_sha256_out(&hash, out);
	text_put_hex(t, seamkey_span_of(out, sizeof out));
}

int
event_rule_text(seamkey_span *text, seamkey_span der)
{
	/* an octet of a name is three in its text */
	static unsigned char buf[4 * SEAMKEY_AGENT_MAX_FIELD];
	seamkey_rule rule[SEAMKEY_RULE_MAX];
	size_t count = 0, len = 0;
	int status = seamkey_rule_decode(rule, SEAMKEY_RULE_MAX, &count, der);

	if (status == SEAMKEY_OK) {
		status = seamkey_rule_encode_text(
			buf, sizeof buf, &len, rule, count);
	}
	*text = seamkey_span_of(buf, len);
	return status;
}

/* Of a text that is too long for the line nothing but its length. */
static void
event_put_rule(struct text *t, seamkey_span der)
{
	seamkey_span rule;
	size_t before;

	text_put(t, " sha256=");
	event_put_digest(t, der);
	if (event_rule_text(&rule, der) != SEAMKEY_OK) {
		return;
	}
	before = t->len;
	text_put(t, " text=");
	text_put_quoted(t, rule);
	if (t->len + 512 > t->cap) { /* what else the line says */
		t->len = before;
		text_put(t, " text-octets=");
		text_put_number(t, rule.len);
	}
}

const char *
event_compare_name(unsigned compare)
{
	static const char *const names[] = { "is there", "=", ">=", "<=" };

	return names[compare & 3];
}

/* A decryptor as it becomes. */
static void
event_put_decryptor(struct text *t, const seamkey_agent_row *row)
{
	seamkey_der_certificate cert;

	text_put(t, " alias=");
	text_put_quoted(t, row->name);
	text_put(t, " clearance=");
	text_put_number(t, row->number);
	text_put(t, " padding=");
	text_put(t, row->flag == SEAMKEY_BLOCK_OAEP ? "oaep" : "pkcs1");
	text_put(t,
		seamkey_der_decode_certificate(&cert, row->value) == SEAMKEY_OK
			? " certificate-sha256="
			: " public-key-sha256=");
	event_put_digest(t, row->value);
}

/* What somebody has, or a role asks for. */
static void
event_put_attribute(struct text *t, const seamkey_agent_row *row, int goes)
{
	text_put(t, " type=");
	text_put_quoted(t, row->name);
	if (row->kind == SEAMKEY_AGENT_ROLE && !goes) {
		text_put(t, " compare=\"");
		text_put(t, event_compare_name(row->flag));
		text_put(t, "\"");
	}
	text_put(t, " value=");
	text_put_quoted(t, row->value);
}

/* What the row is, in the words of its kind; of one that goes, what it is known
 * by: the rest of it is not in this row. */
static void
event_put_row(struct text *t, const seamkey_agent_row *row, int change)
{
	int goes = change == SEAMKEY_AGENT_DELETE;
	int by_name = row->kind == SEAMKEY_AGENT_DECRYPTOR
		|| row->kind == SEAMKEY_AGENT_ATTRIBUTE
		|| row->kind == SEAMKEY_AGENT_APPROVAL;

	text_put(t, " ");
	text_put(t, event_kind_name(row->kind));
	text_put(t, "=");
	if (by_name) {
		text_put_name(t, row->owner);
	} else if (row->kind == SEAMKEY_AGENT_PENDING) {
		text_put_hex(t, row->owner);
	} else {
		text_put_quoted(t, row->owner);
	}
	switch (row->kind) {
	case SEAMKEY_AGENT_KEY:
		text_put(t, " key=");
		text_put_hex(t, row->name);
		if (row->handle.len != 0) {
			text_put(t, " in-token=");
			text_put_hex(t, row->handle);
		}
		break;
	case SEAMKEY_AGENT_RULE:
		if (row->value.len != 0) {
			event_put_rule(t, row->value);
		}
		break;
	case SEAMKEY_AGENT_BINDING:
		text_put(t, " rule=");
		text_put_quoted(t, row->name);
		text_put(t, " key=");
		text_put_hex(t, row->value);
		break;
	case SEAMKEY_AGENT_DECRYPTOR:
		if (!goes) {
			event_put_decryptor(t, row);
		}
		break;
	case SEAMKEY_AGENT_MEMBER:
	case SEAMKEY_AGENT_MANAGER:
		text_put(t, " name=");
		text_put_name(t, row->name);
		break;
	case SEAMKEY_AGENT_ATTRIBUTE:
	case SEAMKEY_AGENT_ROLE:
		event_put_attribute(t, row, goes);
		break;
	case SEAMKEY_AGENT_APPROVAL:
		text_put(t, " hash=");
		text_put_hex(t, row->name);
		break;
	case SEAMKEY_AGENT_PENDING:
		text_put(t, " recipients=");
		text_put_hex(t, row->name);
		break;
	default:
		break;
	}
}

/* ---- events ------------------------------------------------------------ */

int
event_is_durable(const seamkey_agent_event *e)
{
	return e->kind != SEAMKEY_AGENT_REFUSED
		&& e->kind != SEAMKEY_AGENT_WAITING
		&& e->kind != SEAMKEY_AGENT_DISAPPROVED;
}

static void
event_put_change(struct text *t, const seamkey_agent_event *e)
{
	static const char *const changes[] = { "change", "add", "replace",
		"retire", "delete" };
	size_t known = sizeof changes / sizeof changes[0];

	text_put(t, " ");
	text_put(t,
		changes[e->change > 0 && (size_t)e->change < known ? e->change
								   : 0]);
	event_put_row(t, e->row, e->change);
}

static void
event_put_request(struct text *t, const seamkey_agent_event *e)
{
	static const char *const forms[] = { "sealed", "bare", "clear" };

	text_put(t, " request=");
	text_put_hex(t, e->request);
	if (e->kind == SEAMKEY_AGENT_APPROVED
		|| e->kind == SEAMKEY_AGENT_DISAPPROVED) {
		return;
	}
	text_put(t, " block=");
	text_put_number(t, e->block);
	text_put(t, " form=");
	text_put(t, forms[e->form > 0 && e->form < 3 ? e->form : 0]);
	if (e->access.len != 0) {
		text_put(t, " access=");
		text_put_quoted(t, e->access);
		text_put(t, " key=");
		text_put_hex(t, e->key_id);
	}
	if (e->kind == SEAMKEY_AGENT_RELEASED && e->to.len != 0) {
		text_put(t, " public-key-sha256=");
		event_put_digest(t, e->to);
	}
}

static const char *
event_name(const seamkey_agent_event *e)
{
	static const char *const kinds[] = { "event", "released", "refused",
		"waiting", "approved", "changing", "changed", "disapproved" };
	size_t known = sizeof kinds / sizeof kinds[0];

	if (e->status == SEAMKEY_ERR_AGENT_UNCERTAIN) {
		return "uncertain";
	}
	if (e->kind == SEAMKEY_AGENT_CHANGED && e->status != SEAMKEY_OK) {
		return "unchanged";
	}
	return kinds[e->kind > 0 && (size_t)e->kind < known ? e->kind : 0];
}

void
event_write(struct text *t, const seamkey_agent_event *e, const char *from)
{
	text_put(t, event_name(e));
	text_put(t, " from=");
	text_put(t, from);
	if (e->who.len != 0) {
		text_put(t, " who=");
		text_put_name(t, e->who);
	}
	if (e->row != NULL) {
		event_put_change(t, e);
	} else {
		event_put_request(t, e);
	}
	if (e->status != SEAMKEY_OK) {
		text_put(t, " reason=");
		text_put_quoted(t,
			seamkey_span_of(store_text(e->status),
				strlen(store_text(e->status))));
	}
}
