/*
 * trust.c - who issues certificates, and whether one is theirs
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * By BearSSL's br_x509_minimal: signature and dates, basic constraints, key
 * usage. What it does not look at: extended key usage, which is read here,
 * and revocation. Signatures are over SHA-256, -384 or -512, keys of RSA have
 * 2048 bits at least: who can find a collision in a weaker hash, or factor a
 * shorter key, makes certificates of anybody's.
 */
#define _XOPEN_SOURCE 700

#include <string.h>
#include <time.h>

#include "net.h"

#include "examples/files.h"
#include "examples/keyfile.h"

#define TRUST_RSA  256  /* bytes of a modulus */
#define TRUST_UTC  0x17 /* UTCTime */
#define TRUST_TIME 0x18 /* GeneralizedTime */

/* ---- files ------------------------------------------------------------- */

int
trust_read(const char *name, int (*add)(void *ctx, seamkey_span der), void *ctx)
{
	static unsigned char file[KEYFILE_MAX], der[KEYFILE_MAX];
	seamkey_span rest, label;
	size_t len = 0, count = 0;
	int status;

	if (file_read(name, file, sizeof file, &rest) != DONE) {
		return -1;
	}
	for (;;) {
		status = pem_get(&rest, &label, der, sizeof der, &len);
		if (status != SEAMKEY_OK) {
			break;
		}
		if (!seamkey_span_match(
			    label, seamkey_span_of("CERTIFICATE", 11))) {
			continue;
		}
		if (add(ctx, seamkey_span_of(der, len)) != 0) {
			agent_say("%s: a certificate cannot be used, or there "
				  "are too many",
				name);
			return -1;
		}
		count++;
	}
	if (status != PEM_ERR_NONE || count == 0) {
		agent_say("%s: %s", name, keyfile_text(status));
		return -1;
	}
	return 0;
}

/* What a certificate says as an issuer. */
struct trust_dn {
	unsigned char *buf;
	size_t len;
};

static void
trust_put_dn(void *ctx, const void *buf, size_t len)
{
	struct trust_dn *dn = (struct trust_dn *)ctx;

	if (dn->len <= SEAMKEY_NAME_MAX && len <= SEAMKEY_NAME_MAX - dn->len) {
		memcpy(dn->buf + dn->len, buf, len);
		dn->len += len;
	} else {
		dn->len = SEAMKEY_NAME_MAX + 1;
	}
}

/* The numbers of a public key, into memory of the set. */
static int
trust_keep_key(br_x509_pkey *to, const br_x509_pkey *from, unsigned char *room)
{
	*to = *from;
	if (from->key_type == BR_KEYTYPE_RSA) {
		if (from->key.rsa.nlen < TRUST_RSA
			|| from->key.rsa.nlen > SEAMKEY_RSA_MAX_BYTES
			|| from->key.rsa.elen > 8) {
			return -1;
		}
		to->key.rsa.n = room;
		to->key.rsa.e = room + SEAMKEY_RSA_MAX_BYTES;
		memcpy(to->key.rsa.n, from->key.rsa.n, from->key.rsa.nlen);
		memcpy(to->key.rsa.e, from->key.rsa.e, from->key.rsa.elen);
		return 0;
	}
	if (from->key.ec.qlen > SEAMKEY_RSA_MAX_BYTES) {
		return -1;
	}
	to->key.ec.q = room;
	memcpy(to->key.ec.q, from->key.ec.q, from->key.ec.qlen);
	return 0;
}

static int
trust_add(void *ctx, seamkey_span der)
{
	struct trust *t = (struct trust *)ctx;
	br_x509_trust_anchor *ta = &t->issuer[t->count];
	br_x509_decoder_context decoder;
	const br_x509_pkey *key;
	struct trust_dn dn;

	if (t->count == TRUST_ISSUERS) {
		return -1;
	}
	dn.buf = t->names[t->count];
	dn.len = 0;
	br_x509_decoder_init(&decoder, trust_put_dn, &dn);
	br_x509_decoder_push(&decoder, der.p, der.len);
	key = br_x509_decoder_get_pkey(&decoder);
	if (key == NULL || dn.len > SEAMKEY_NAME_MAX
		|| trust_keep_key(&ta->pkey, key, t->keys[t->count]) != 0) {
		return -1;
	}
	ta->dn.data = dn.buf;
	ta->dn.len = dn.len;
	ta->flags = br_x509_decoder_isCA(&decoder) ? BR_X509_TA_CA : 0;
	t->count++;
	return 0;
}

int
trust_load(struct trust *t, const char *name)
{
	memset(t, 0, sizeof *t);
	return trust_read(name, trust_add, t);
}

/* ---- certificates ------------------------------------------------------ */

void
trust_init(const struct trust *t, br_x509_minimal_context *m)
{
	time_t now = time(NULL);

	/* its profile for everything takes SHA-1 and RSA of 1017 bits */
	br_x509_minimal_init(m, &br_sha256_vtable, t->issuer, t->count);
	br_x509_minimal_set_hash(m, br_sha256_ID, &br_sha256_vtable);
	br_x509_minimal_set_hash(m, br_sha384_ID, &br_sha384_vtable);
	br_x509_minimal_set_hash(m, br_sha512_ID, &br_sha512_vtable);
	br_x509_minimal_set_rsa(m, br_rsa_pkcs1_vrfy_get_default());
	br_x509_minimal_set_ecdsa(
		m, br_ec_get_default(), br_ecdsa_vrfy_asn1_get_default());
	br_x509_minimal_set_minrsa(m, TRUST_RSA);
	/* days since the year 0 */
	br_x509_minimal_set_time(
		m, (uint32_t)(now / 86400) + 719528, (uint32_t)(now % 86400));
}

int
trust_check(const struct trust *t, seamkey_span certificate)
{
	br_x509_minimal_context m;
	const br_x509_class **x = &m.vtable;
	unsigned err, usages = 0;

	trust_init(t, &m);
	m.vtable->start_chain(x, NULL);
	m.vtable->start_cert(x, (uint32_t)certificate.len);
	m.vtable->append(x, certificate.p, certificate.len);
	m.vtable->end_cert(x);
	err = m.vtable->end_chain(x);
	if (err == 0) {
		(void)m.vtable->get_pkey(x, &usages);
	}
	return err == 0 && (usages & BR_KEYTYPE_KEYX) != 0 ? 0 : -1;
}

/* The fields from validity on, in body. */
static void
trust_skip_to_dates(seamkey_der_reader *r, seamkey_der_reader *cert,
	seamkey_der_reader *body)
{
	seamkey_der_enter(r, cert, SEAMKEY_DER_SEQUENCE);
	seamkey_der_enter(cert, body, SEAMKEY_DER_SEQUENCE);
	if (seamkey_der_match(body, 0xA0)) {
		(void)seamkey_der_get(body, 0xA0); /* the version */
	}
	(void)seamkey_der_get(body, SEAMKEY_DER_INTEGER);
	(void)seamkey_der_get(body, SEAMKEY_DER_SEQUENCE);
	(void)seamkey_der_get(body, SEAMKEY_DER_SEQUENCE);
}

/* UTCTime has two digits of the year: RFC 5280 section 4.1.2.5.1. */
int
trust_read_end(uint64_t *end, seamkey_span certificate)
{
	unsigned char text[15];
	seamkey_der_reader r, cert, body, dates;
	seamkey_span when;

	seamkey_der_init(&r, certificate);
	trust_skip_to_dates(&r, &cert, &body);
	seamkey_der_enter(&body, &dates, SEAMKEY_DER_SEQUENCE);
	(void)seamkey_der_get(&dates,
		seamkey_der_match(&dates, TRUST_UTC) ? TRUST_UTC : TRUST_TIME);
	if (!seamkey_der_match(&dates, TRUST_UTC)) {
		when = seamkey_der_get(&dates, TRUST_TIME);
	} else {
		when = seamkey_der_get(&dates, TRUST_UTC);
		if (when.len != sizeof text - 2) {
			return -1;
		}
		memcpy(text, when.p[0] >= '5' ? "19" : "20", 2);
		memcpy(text + 2, when.p, when.len);
		when = seamkey_span_of(text, sizeof text);
	}
	return dates.err == SEAMKEY_OK
			&& seamkey_name_decode_time(end, when) == SEAMKEY_OK
		? 0
		: -1;
}

/* ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF OBJECT IDENTIFIER: is
 * id-kp-clientAuth in it, or anyExtendedKeyUsage? */
static int
trust_names_clients(seamkey_span value)
{
	static const unsigned char client[] = { 0x2B, 6, 1, 5, 5, 7, 3, 2 };
	static const unsigned char any[] = { 0x55, 0x1D, 0x25, 0 };
	seamkey_der_reader r, list;
	seamkey_span oid;
	int found = 0;

	seamkey_der_init(&r, value);
	seamkey_der_enter(&r, &list, SEAMKEY_DER_SEQUENCE);
	while (list.err == SEAMKEY_OK && list.len != 0) {
		oid = seamkey_der_get_oid(&list);
		found |= seamkey_span_match(
				 oid, seamkey_span_of(client, sizeof client))
			|| seamkey_span_match(
				oid, seamkey_span_of(any, sizeof any));
	}
	seamkey_der_finish(&r, &list);
	return found && r.err == SEAMKEY_OK && r.len == 0;
}

int
trust_is_for_clients(seamkey_span certificate)
{
	static const unsigned char usage[] = { 0x55, 0x1D, 0x25 };
	seamkey_der_reader r, cert, body, tagged, list, one;
	int good = 1;

	seamkey_der_init(&r, certificate);
	trust_skip_to_dates(&r, &cert, &body);
	while (body.len != 0 && !seamkey_der_match(&body, 0xA3)) {
		(void)seamkey_der_get_any(&body);
	}
	if (body.err == SEAMKEY_OK && body.len == 0) {
		return 1; /* without extensions */
	}
	seamkey_der_enter(&body, &tagged, 0xA3);
	seamkey_der_enter(&tagged, &list, SEAMKEY_DER_SEQUENCE);
	while (good && list.err == SEAMKEY_OK && list.len != 0) {
		seamkey_der_enter(&list, &one, SEAMKEY_DER_SEQUENCE);
		if (seamkey_span_match(seamkey_der_get_oid(&one),
			    seamkey_span_of(usage, sizeof usage))) {
			if (seamkey_der_match(&one, SEAMKEY_DER_BOOLEAN)) {
				(void)seamkey_der_get_boolean(&one);
			}
			good = trust_names_clients(seamkey_der_get(
				&one, SEAMKEY_DER_OCTET_STRING));
		} else {
			while (one.err == SEAMKEY_OK && one.len != 0) {
				(void)seamkey_der_get_any(&one);
			}
		}
		seamkey_der_finish(&list, &one);
	}
	return good && list.err == SEAMKEY_OK;
}
