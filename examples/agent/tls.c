/*
 * tls.c - TLS with certificates of clients
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * TLS 1.2 by BearSSL, with the suites that have forward secrecy and
 * authenticated encryption. A client needs a certificate of one of the
 * issuers; its subject is who the peer is. Chains are checked by BearSSL's
 * br_x509_minimal; what stands around it here keeps a copy of the client's
 * own certificate, for the name in it.
 */
#define _XOPEN_SOURCE 700

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "net.h"

#include "examples/files.h"
#include "examples/keyfile.h"

#define TLS_CERTS  8    /* of the server's chain */
#define TLS_CLIENT 4096 /* bytes of the client's certificate */

/* What one turn of a connection takes at most, and its handshake: records
 * may be empty, and so there may be any number of them. */
#define TLS_STEPS     64
#define TLS_HANDSHAKE 65536 /* bytes that come before it is over */

/* What the files hold; replaced as a whole. */
struct tls_files {
	br_x509_certificate chain[TLS_CERTS];
	size_t chain_len;
	unsigned char certs[KEYFILE_MAX];
	br_skey_decoder_context key;
	struct trust clients;
	size_t used; /* by connections */
};

/* Those in use, those before them, and those that come next. What is under
 * way when they change is finished with the old ones: serve.c. */
static struct tls_files tls_sets[3];
static unsigned tls_now;

/* The X.509 engine of a connection. */
struct tls_x509 {
	const br_x509_class *vtable;
	br_x509_minimal_context minimal;
	unsigned char cert[TLS_CLIENT];
	size_t len;
	unsigned number; /* of the certificate in the chain, from 0 */
	unsigned char name[SEAMKEY_NAME_MAX];
	size_t name_len;
	uint64_t end; /* its notAfter */
};

struct tls {
	br_ssl_server_context server;
	struct tls_x509 x509;
	struct tls_files *files;
	int ready;
	size_t shaken; /* bytes that came before that */
	unsigned char io[BR_SSL_BUFSIZE_BIDI];
};

static struct tls *tls_all;

/* ---- files ------------------------------------------------------------- */

static int
tls_add_cert(void *ctx, seamkey_span der)
{
	struct tls_files *f = (struct tls_files *)ctx;
	size_t at = f->chain_len == 0
		? 0
		: (size_t)(f->chain[f->chain_len - 1].data - f->certs)
			+ f->chain[f->chain_len - 1].data_len;

	if (f->chain_len == TLS_CERTS || der.len > sizeof f->certs - at) {
		return -1;
	}
	memcpy(f->certs + at, der.p, der.len);
	f->chain[f->chain_len].data = f->certs + at;
	f->chain[f->chain_len].data_len = der.len;
	f->chain_len++;
	return 0;
}

static int
tls_read_key(struct tls_files *f, const char *name)
{
	static struct keyfile file; /* wiped below */
	int status = keyfile_load(&file, name, NULL, 1);

	if (status == DONE) {
		br_skey_decoder_init(&f->key);
		br_skey_decoder_push(&f->key, file.der.p, file.der.len);
		if (br_skey_decoder_last_error(&f->key) != 0) {
			status = complain(
				UNREADABLE, name, "is no private key for TLS");
		}
	}
	seamkey_wipe(&file, sizeof file);
	return status == DONE ? 0 : -1;
}

int
tls_load(const struct options *o)
{
	struct tls_files *f = &tls_sets[(tls_now + 1) % 3];

	seamkey_wipe(f, sizeof *f);
	if (trust_read(o->tls_cert, tls_add_cert, f) != 0
		|| trust_load(&f->clients, o->clients) != 0
		|| tls_read_key(f, o->tls_key) != 0) {
		seamkey_wipe(f, sizeof *f);
		return -1;
	}
	return 0;
}

void
tls_forget(void)
{
	struct tls_files *f = &tls_sets[(tls_now + 1) % 3];

	seamkey_wipe(f, sizeof *f);
}

void
tls_switch(void)
{
	struct tls_files *old = &tls_sets[tls_now];

	tls_now = (tls_now + 1) % 3;
	if (old->used == 0) {
		seamkey_wipe(old, sizeof *old);
	}
}

/* ---- the client's certificate ------------------------------------------ */

static struct tls_x509 *
tls_x509_of(const br_x509_class **ctx)
{
	return (struct tls_x509 *)(void *)ctx;
}

static void
tls_start_chain(const br_x509_class **ctx, const char *server_name)
{
	struct tls_x509 *x = tls_x509_of(ctx);

	x->len = x->number = 0;
	x->name_len = 0;
	x->minimal.vtable->start_chain(&x->minimal.vtable, server_name);
}

static void
tls_start_cert(const br_x509_class **ctx, uint32_t length)
{
	struct tls_x509 *x = tls_x509_of(ctx);

	x->minimal.vtable->start_cert(&x->minimal.vtable, length);
}

/* The first one is the client's own. */
static void
tls_append(const br_x509_class **ctx, const unsigned char *buf, size_t len)
{
	struct tls_x509 *x = tls_x509_of(ctx);

	if (x->number == 0 && x->len <= sizeof x->cert) {
		if (len <= sizeof x->cert - x->len) {
			memcpy(x->cert + x->len, buf, len);
			x->len += len;
		} else {
			x->len = sizeof x->cert + 1; /* too long */
		}
	}
	x->minimal.vtable->append(&x->minimal.vtable, buf, len);
}

static void
tls_end_cert(const br_x509_class **ctx)
{
	struct tls_x509 *x = tls_x509_of(ctx);

	x->number++;
	x->minimal.vtable->end_cert(&x->minimal.vtable);
}

static unsigned
tls_end_chain(const br_x509_class **ctx)
{
	struct tls_x509 *x = tls_x509_of(ctx);
	seamkey_der_certificate cert;
	unsigned err = x->minimal.vtable->end_chain(&x->minimal.vtable);

	if (err != 0) {
		return err;
	}
	if (x->len > sizeof x->cert
		|| seamkey_der_decode_certificate(
			   &cert, seamkey_span_of(x->cert, x->len))
			!= SEAMKEY_OK
		|| cert.subject.len > sizeof x->name || cert.subject.len <= 2
		|| seamkey_name_check(cert.subject) != SEAMKEY_OK
		|| !trust_is_for_clients(seamkey_span_of(x->cert, x->len))
		|| trust_read_end(&x->end, seamkey_span_of(x->cert, x->len))
			!= 0) {
		return BR_ERR_X509_UNSUPPORTED;
	}
	memcpy(x->name, cert.subject.p, cert.subject.len);
	x->name_len = cert.subject.len;
	return 0;
}

static const br_x509_pkey *
tls_get_pkey(const br_x509_class *const *ctx, unsigned *usages)
{
	const struct tls_x509 *x = (const struct tls_x509 *)(const void *)ctx;

	return x->minimal.vtable->get_pkey(&x->minimal.vtable, usages);
}

static const br_x509_class tls_x509_class = { sizeof(struct tls_x509),
	tls_start_chain, tls_start_cert, tls_append, tls_end_cert,
	tls_end_chain, tls_get_pkey };

/* ---- connections ------------------------------------------------------- */

int
tls_reserve(size_t count)
{
	tls_all = (struct tls *)calloc(count, sizeof(struct tls));
	return tls_all != NULL ? 0 : -1;
}

static void
tls_set_x509(struct tls *t)
{
	trust_init(&t->files->clients, &t->x509.minimal);
	t->x509.vtable = &tls_x509_class;
	br_ssl_engine_set_x509(&t->server.eng, &t->x509.vtable);
}

struct tls *
tls_begin(size_t which)
{
	static const uint16_t suites[] = {
		BR_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
		BR_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		BR_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
		BR_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
		BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
		BR_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	};
	struct tls *t = &tls_all[which];
	struct tls_files *f = &tls_sets[tls_now];

	memset(t, 0, sizeof *t);
	t->files = f;
	f->used++;
	if (br_skey_decoder_key_type(&f->key) == BR_KEYTYPE_RSA) {
		br_ssl_server_init_full_rsa(&t->server, f->chain, f->chain_len,
			br_skey_decoder_get_rsa(&f->key));
	} else {
		br_ssl_server_init_full_ec(&t->server, f->chain, f->chain_len,
			BR_KEYTYPE_EC, br_skey_decoder_get_ec(&f->key));
	}
	br_ssl_engine_set_versions(&t->server.eng, BR_TLS12, BR_TLS12);
	br_ssl_engine_set_suites(
		&t->server.eng, suites, sizeof suites / sizeof suites[0]);
	/* what the profiles of servers leave out: to verify clients */
	br_ssl_engine_set_default_rsavrfy(&t->server.eng);
	br_ssl_engine_set_default_ecdsa(&t->server.eng);
	/* nor does TLS 1.2 need weaker hashes, which clients could sign with */
	br_ssl_engine_set_hash(&t->server.eng, br_md5_ID, NULL);
	br_ssl_engine_set_hash(&t->server.eng, br_sha1_ID, NULL);
	br_ssl_engine_set_hash(&t->server.eng, br_sha224_ID, NULL);
	/* who the peer is cannot change */
	br_ssl_engine_add_flags(&t->server.eng, BR_OPT_NO_RENEGOTIATION);
	tls_set_x509(t);
	br_ssl_server_set_trust_anchor_names_alt(
		&t->server, f->clients.issuer, f->clients.count);
	br_ssl_engine_set_buffer(&t->server.eng, t->io, sizeof t->io, 1);
	(void)br_ssl_server_reset(&t->server);
	return t;
}

void
tls_end(struct tls *t)
{
	struct tls_files *f = t->files;

	seamkey_wipe(t, sizeof *t);
	f->used--;
	if (f->used == 0 && f != &tls_sets[tls_now]) {
		seamkey_wipe(f, sizeof *f); /* that was the last of them */
	}
}

/* What came, or not, counts for the handshake until that is over. */
static ssize_t
tls_receive(struct tls *t, int fd)
{
	size_t len;
	unsigned char *buf = br_ssl_engine_recvrec_buf(&t->server.eng, &len);
	ssize_t n = recv(fd, buf, len, 0);

	if (n <= 0) {
		return n;
	}
	if (!t->ready) {
		t->shaken += (size_t)n;
		if (t->shaken > TLS_HANDSHAKE) {
			return 0; /* the end */
		}
	}
	br_ssl_engine_recvrec_ack(&t->server.eng, (size_t)n);
	return n;
}

static ssize_t
tls_send(struct tls *t, int fd)
{
	size_t len;
	unsigned char *buf = br_ssl_engine_sendrec_buf(&t->server.eng, &len);
	ssize_t n = send(fd, buf, len, MSG_NOSIGNAL);

	if (n > 0) {
		br_ssl_engine_sendrec_ack(&t->server.eng, (size_t)n);
	}
	return n;
}

static unsigned
tls_look(struct tls *t)
{
	unsigned state = br_ssl_engine_current_state(&t->server.eng);

	if ((state & BR_SSL_SENDAPP) != 0) {
		t->ready = 1; /* and so it stays */
	}
	return state;
}

/* A piece of a record, out or in. 1: there may be more; 0: not now; -1:
 * over. */
static int
tls_step(struct tls *t, int fd)
{
	unsigned state = tls_look(t);
	ssize_t n;

	if ((state & BR_SSL_CLOSED) != 0) {
		return -1;
	}
	if ((state & BR_SSL_SENDREC) != 0) {
		n = tls_send(t, fd);
	} else if ((state & BR_SSL_RECVREC) != 0
		&& (state & BR_SSL_RECVAPP) == 0) {
		n = tls_receive(t, fd);
	} else {
		return 0;
	}
	if (n > 0) {
		return 1;
	}
	return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

/* Records in and out, as far as the socket takes and gives them, and no
 * further than others can wait for. -1: over. */
static int
tls_pump(struct tls *t, int fd)
{
	unsigned step;
	int status = 1;

	for (step = 0; status == 1 && step < TLS_STEPS; step++) {
		status = tls_step(t, fd);
	}
	return status < 0 || (tls_look(t) & BR_SSL_CLOSED) != 0 ? -1 : 0;
}

long
tls_read(struct tls *t, int fd, unsigned char *buf, size_t len)
{
	size_t have = 0;
	const unsigned char *p;

	if (tls_pump(t, fd) != 0) {
		return -1;
	}
	p = br_ssl_engine_recvapp_buf(&t->server.eng, &have);
	if (p == NULL || have == 0) {
		return 0;
	}
	have = have < len ? have : len;
	memcpy(buf, p, have);
	br_ssl_engine_recvapp_ack(&t->server.eng, have);
	return (long)have;
}

long
tls_write(struct tls *t, int fd, const unsigned char *buf, size_t len)
{
	size_t room = 0;
	unsigned char *p;

	if (tls_pump(t, fd) != 0) {
		return -1;
	}
	p = br_ssl_engine_sendapp_buf(&t->server.eng, &room);
	if (p == NULL || room == 0) {
		return 0;
	}
	room = room < len ? room : len;
	memcpy(p, buf, room);
	br_ssl_engine_sendapp_ack(&t->server.eng, room);
	br_ssl_engine_flush(&t->server.eng, 0);
	return tls_pump(t, fd) == 0 ? (long)room : -1;
}

short
tls_events(const struct tls *t)
{
	unsigned state = br_ssl_engine_current_state(&t->server.eng);

	if ((state & BR_SSL_SENDREC) != 0) {
		return POLLOUT; /* until it has gone nothing is read */
	}
	return (short)((state & BR_SSL_RECVREC) != 0 ? POLLIN : 0);
}

int
tls_is_idle(const struct tls *t)
{
	return (br_ssl_engine_current_state(&t->server.eng) & BR_SSL_SENDREC)
		== 0;
}

int
tls_has_more(const struct tls *t)
{
	return (br_ssl_engine_current_state(&t->server.eng) & BR_SSL_RECVAPP)
		!= 0;
}

int
tls_error(const struct tls *t)
{
	if (t->shaken > TLS_HANDSHAKE) {
		return BR_ERR_TOO_LARGE;
	}
	return br_ssl_engine_last_error(&t->server.eng);
}

int
tls_is_ready(const struct tls *t)
{
	return t->ready;
}

seamkey_span
tls_peer(const struct tls *t)
{
	return seamkey_span_of(t->x509.name, t->ready ? t->x509.name_len : 0);
}

int
tls_is_expired(const struct tls *t)
{
	time_t now = time(NULL);

	return now < 0 || (uint64_t)now > t->x509.end;
}
