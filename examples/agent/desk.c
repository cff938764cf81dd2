/*
 * desk.c - a message in, a message out: the agent itself
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#define _XOPEN_SOURCE 700

#include <string.h>
#include <time.h>

#include "agent.h"

/* Clocks that have not been set show the time when they were built. */
#define DESK_EARLIEST 1700000000

/* What a request may claim about its sender. */
#define DESK_ATTRIBUTES 16

/* Which limit kept the message from being read: each in turn is raised. */
static void
desk_put_limit(struct text *t, const struct desk *d)
{
	static const char *const names[] = { "blocks", "entries",
		"attributes" };
	seamkey_release_request request;
	size_t u;

	for (u = 0; u < sizeof names / sizeof names[0]; u++) {
		seamkey_release_limits l = d->limits;
		size_t *one = u == 0 ? &l.blocks
			: u == 1     ? &l.entries
				     : &l.attributes;
		size_t was = *one;

		*one = (size_t)-1;
		if (seamkey_release_decode_request(&request, d->message, &l)
			!= SEAMKEY_ERR_RELEASE_LIMIT) {
			text_put(t, " limit=");
			text_put(t, names[u]);
			text_put(t, ":");
			text_put_number(t, was);
			return;
		}
	}
	text_put(t, " limit=several");
}

/* What is announced happens only if the log has it. */
static int
desk_audit(void *ctx, const seamkey_agent_event *event)
{
	static char buf[AUDIT_TEXT];
	struct desk *d = (struct desk *)ctx;
	struct text t;

	t.buf = buf;
	t.cap = sizeof buf;
	t.len = 0;
	event_write(&t, event, d->from != NULL ? d->from : "-");
	if (event->kind == SEAMKEY_AGENT_REFUSED && event->request.len == 0
		&& event->status == SEAMKEY_ERR_RELEASE_LIMIT) {
		desk_put_limit(&t, d);
	}
	return audit_put(&d->audit, buf, event_is_durable(event)) == 0
		? SEAMKEY_OK
		: SEAMKEY_ERR_AGENT_AUDIT;
}

/* A certificate in a request: is it valid, and the decryptor's? */
static int
desk_certificate(void *ctx, seamkey_span certificate, seamkey_span decryptor)
{
	const struct desk *d = (const struct desk *)ctx;
	seamkey_der_certificate cert;
	int status = seamkey_der_decode_certificate(&cert, certificate);

	return status == SEAMKEY_OK
			&& seamkey_name_match(cert.subject, decryptor)
			&& trust_check(&d->issuers[d->which], certificate) == 0
		? SEAMKEY_OK
		: SEAMKEY_ERR_AGENT_CERTIFICATE;
}

/* Without issuers, only the subject of a certificate counts. */
static const seamkey_agent_hooks desk_hooks = { desk_audit, NULL, NULL, NULL };
static const seamkey_agent_hooks desk_hooks_issuers = { desk_audit,
	desk_certificate, NULL, NULL };

static void
desk_apply(struct desk *d, const struct options *o)
{
	d->o = o;
	d->env.hooks = o->issuers != NULL ? &desk_hooks_issuers : &desk_hooks;
	d->limits.message = o->message_bytes;
	d->limits.blocks = o->blocks;
	d->limits.entries = o->entries;
	d->limits.attributes = DESK_ATTRIBUTES;
	d->env.limits = &d->limits;
	d->env.allow_bare = o->allow_bare != 0;
	d->env.lenient = (o->cbc ? SEAMKEY_BLOCK_CBC : 0)
		| (o->des ? SEAMKEY_BLOCK_DES : 0)
		| (o->absent_null ? SEAMKEY_ABSENT_NULL : 0);
}

int
desk_open(struct desk *d, const struct options *o, int create)
{
	int status;

	memset(d, 0, sizeof *d);
	d->audit.fd = -1;
	if (o->db == NULL || o->audit == NULL) {
		agent_say("--db and --audit are needed");
		return -1;
	}
	if (o->issuers != NULL && trust_load(&d->issuers[0], o->issuers) != 0) {
		return -1;
	}
	status = seamkey_random_init(&d->rsa.random, &d->drbg);
	if (status != SEAMKEY_OK) {
		(void)agent_complain(NULL, status);
		return -1;
	}
	if (store_open(&d->store, o->db, create) != SEAMKEY_OK) {
		return -1;
	}
	if (audit_open(&d->audit, o->audit) != 0) {
		store_close(&d->store);
		return -1;
	}
	d->wrap.inner = &d->store;
	d->wrap.random = d->rsa.random;
	d->wrap.secret.pass_file = o->pass_file;
	d->wrap.secret.key_file = o->key_file;
	d->env.rsa = &d->rsa;
	d->env.store = &wrap_store;
	d->env.store_ctx = &d->wrap;
	d->env.ctx = d;
	desk_apply(d, o);
	return 0;
}

void
desk_close(struct desk *d)
{
	hsm_close();
	store_close(&d->store);
	audit_close(&d->audit);
	seamkey_wipe(d, sizeof *d);
	d->audit.fd = -1;
}

/* The passphrase is looked at again; if it is no longer right, the key that
 * is there stays. So does a PIN; if only the audit log cannot be opened, a PIN
 * that the token has taken stays, too. The log comes last: a new file goes on
 * from the old one, which nothing may be added to from then on. */
int
desk_reload(struct desk *d, const struct options *o)
{
	static struct wrap fresh;
	int status;

	if (o->issuers != NULL
		&& trust_load(&d->issuers[!d->which], o->issuers) != 0) {
		return -1;
	}
	fresh.inner = &d->store;
	fresh.random = d->rsa.random;
	fresh.secret.pass_file = o->pass_file;
	fresh.secret.key_file = o->key_file;
	fresh.loaded = 0;
	status = wrap_load(&fresh);
	d->store.cls->rows.done(d->store.ctx);
	if (status != SEAMKEY_OK) {
		(void)agent_complain(o->db, status);
	} else if (hsm_reload(o) != 0 || audit_open(&d->audit, o->audit) != 0) {
		status = SEAMKEY_ERR_HOOK; /* and why was told */
	} else {
		d->wrap.secret = fresh.secret;
		memcpy(d->wrap.key, fresh.key, sizeof fresh.key);
		d->which = !d->which;
		desk_apply(d, o);
	}
	seamkey_wipe(&fresh, sizeof fresh);
	return status == SEAMKEY_OK ? 0 : -1;
}

void
desk_set_scene(seamkey_agent_scene *scene, const struct desk_peer *peer)
{
	time_t now = time(NULL);
	struct tm local;

	memset(scene, 0, sizeof *scene);
	memset(&local, 0, sizeof local);
	scene->authenticated = peer->name.len != 0;
	scene->peer = peer->name;
	if (peer->place != NULL) {
		scene->location =
			seamkey_span_of(peer->place, strlen(peer->place));
	}
	if (now < DESK_EARLIEST || localtime_r(&now, &local) == NULL) {
		return; /* no clock: what asks for a time does not pass */
	}
	scene->has_time = 1;
	scene->now = (uint64_t)now;
	scene->second = (uint32_t)(local.tm_hour * 3600 + local.tm_min * 60
		+ (local.tm_sec < 60 ? local.tm_sec : 59));
	scene->weekday = (unsigned)(local.tm_wday + 6) % 7;
}

static void
desk_complain(struct desk *d, const char *what, int status)
{
	(void)snprintf(d->complaint, sizeof d->complaint, "%s: %s", what,
		store_text(status));
}

int
desk_answer(struct desk *d, const struct desk_peer *peer, seamkey_span message,
	unsigned char *out, size_t cap, size_t *len)
{
	seamkey_agent_scene scene;
	int status;

	desk_set_scene(&scene, peer);
	d->from = peer->address;
	d->message = message;
	d->complaint[0] = '\0';
	if (message.len != 0 && message.p[0] == SEAMKEY_RELEASE_TAG_APPROVAL) {
		*len = 0;
		status = seamkey_agent_approve(
			&d->env, &scene, message, out, cap, len);
		if (status != SEAMKEY_OK) {
			desk_complain(d, "an approval", status);
		}
		return *len != 0 ? 0 : -1; /* the receipt is the same */
	}
	status = seamkey_agent_answer(&d->env, &scene, message, out, cap, len);
	if (status != SEAMKEY_OK) {
		desk_complain(d, "no answer", status);
	}
	return status == SEAMKEY_OK ? 0 : -1;
}
