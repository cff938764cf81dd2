/*
 * seamkey_block_io.h - blocks through files and pipes, and for teams
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * CONTENTS
 *   1. Files and pipes    2. Recipients from a repository
 * Search for "[block_io.2]" to reach section 2: declarations first,
 * definitions second.
 *
 * WHAT IT IS
 *   What stands around seamkey_block.h in a program: loops over its pieces
 *   that read and write by functions of the caller's, and the way from the
 *   names of teams to the keys that a block is sealed to.
 */
#include <bearssl.h>

#include "seamkey_base.h"
#include "seamkey_block.h"
#include "seamkey_der.h"
#include "seamkey_rsa.h"

#ifndef SEAMKEY_BLOCK_IO_H
#define SEAMKEY_BLOCK_IO_H

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [block_io.1] Files and pipes ------------------------------------- */

/*
 * Where bytes come from and go to, by functions of the caller's.
 *
 * read   up to cap bytes to out, *len of them; 0: the end, after which it
 *        is not asked again. SEAMKEY_OK, or an error, which ends the work:
 *        one of seamkey_base.h or below -1000. Anything else becomes
 *        SEAMKEY_ERR_HOOK, and so does *len above cap.
 * write  all len bytes, 1 or more; or an error likewise.
 * buf    scratch for both, 64 bytes or more. Wiped in the end.
 */
typedef struct seamkey_block_io {
	int (*read)(void *ctx, unsigned char *out, size_t cap, size_t *len);
	int (*write)(void *ctx, const unsigned char *p, size_t len);
	void *ctx;
	unsigned char *buf;
	size_t buf_len;
} seamkey_block_io;

/*
 * Seal what read gives, which must be message_len bytes and the end. Returns
 * what seamkey_block_seal_begin() and _push() do; SEAMKEY_ERR_BLOCK_LENGTH
 * where the message ends early, or goes on; SEAMKEY_ERR_ARG for a small buf
 * or a function that is missing; SEAMKEY_ERR_HOOK; what read and write
 * answer. On an error what has been written is no block.
 */
SEAMKEY_API int seamkey_block_seal_io(const seamkey_rsa_env *env, int cipher,
	seamkey_block_recipient *to, size_t count, uint64_t message_len,
	const seamkey_block_io *io);

/*
 * Open what read gives, which must be one block and the end. WHAT WRITE GETS
 * MUST NOT BE TRUSTED, OR USED IN ANY WAY, before this has returned
 * SEAMKEY_OK: it is what an attacker wants it to be. Write it to where nobody
 * looks, and move it then; on an error delete it. Returns what
 * seamkey_block_open() does, and as above.
 */
SEAMKEY_API int seamkey_block_open_io(const seamkey_rsa_env *env,
	unsigned lenient, const seamkey_block_key *keys, size_t count,
	const seamkey_block_io *io);

/* ---- [block_io.2] Recipients from a repository ------------------------ */

/* The key pair of an access identifier: a certificate, or a key alone. */
typedef struct seamkey_block_pair {
	seamkey_span certificate; /* or empty, and then: */
	seamkey_span key;         /* SubjectPublicKeyInfo */
	seamkey_span id;          /* key pair identifier; empty: that of the
	                           * certificate, or the key's SHA-1 */
} seamkey_block_pair;

/*
 * Where the public keys of access identifiers are found. What find hands out
 * stays in place until the block has been sealed.
 *
 * find   the current key pair of an access identifier, never an older one;
 *        *out is zero before. SEAMKEY_OK; a status below -1000, which is
 *        passed on: it could not be found out; any other: there is none.
 * check  is the signature on this certificate right, is it valid now, and is
 *        it one for this access identifier? Whoever can write to the
 *        repository has a right one of his own. SEAMKEY_OK, or a status
 *        likewise. NULL: no certificate is, unless the repository is trusted.
 */
typedef struct seamkey_block_repository {
	int (*find)(void *ctx, seamkey_span access, seamkey_block_pair *out);
	int (*check)(void *ctx, seamkey_span access, seamkey_span certificate);
	void *ctx;
	int is_trusted; /* 1: nobody else can write to the repository: keys
	                 * are taken without a certificate, and certificates
	                 * where check is NULL */
} seamkey_block_repository;

/*
 * The recipients for access identifiers: to[n] for access[n], with this
 * padding. Who seals to them asks the repository before each block. A
 * recipient's name is the id of the pair; else the key identifier of its
 * certificate; else issuer and serial number of that, by which other tools
 * know one without; for a key alone the SHA-1 of its bits.
 *
 * Returns SEAMKEY_OK; else to[] is of no use: SEAMKEY_ERR_ARG where find is
 * missing; SEAMKEY_ERR_BLOCK_ACCESS where it has none;
 * SEAMKEY_ERR_BLOCK_CERTIFICATE where check says no or is missing, or a key
 * has no certificate and the repository is not trusted; SEAMKEY_ERR_BLOCK_ID;
 * SEAMKEY_ERR_HOOK (neither a key nor a certificate, or both, or bytes that
 * are nowhere); those of seamkey_der_decode_certificate(); what find and
 * check answer below -1000. The keys themselves, and that none is there
 * twice, are looked at by seamkey_block_seal_begin(). Nothing is secret.
 */
SEAMKEY_API int seamkey_block_find_recipients(
	const seamkey_block_repository *repository, const seamkey_span *access,
	size_t count, int padding, seamkey_block_recipient *to);

#ifdef __cplusplus
}
#endif
#endif /* SEAMKEY_BLOCK_IO_H */

/* ===================== definitions ==================================== */
#if (!defined(SEAMKEY_EXTERN) || defined(SEAMKEY_IMPLEMENTATION)) \
	&& !defined(SEAMKEY_BLOCK_IO_IMPLEMENTED)
#define SEAMKEY_BLOCK_IO_IMPLEMENTED

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [block_io.1] Files and pipes ------------------------------------- */

/* What a function of the caller's answers: done, an error of base, or one of
 * its own. Other parts' errors would be taken for our findings. */
static inline int
seamkey_i_block_answer(int status)
{
	return status == SEAMKEY_OK || (status < 0 && status > -100)
			|| status < -1000
		? status
		: SEAMKEY_ERR_HOOK;
}

/* What both directions do: push, write what came out, read more. */
typedef struct seamkey_i_block_pump {
	const seamkey_block_io *io;
	unsigned char *in, *out;
	size_t half, at, len; /* of what was read: taken, there */
	int ended;            /* read has nothing more */
	int early, late;      /* errors of what ends too soon, or goes on */
} seamkey_i_block_pump;

/* One push of a sealer or an opener. */
typedef int (*seamkey_i_block_push)(void *machine, const unsigned char *in,
	size_t in_len, size_t *used, unsigned char *out, size_t out_cap,
	size_t *out_len);

static inline int
seamkey_i_block_push_seal(void *machine, const unsigned char *in, size_t in_len,
	size_t *used, unsigned char *out, size_t out_cap, size_t *out_len)
{
	return seamkey_block_seal_push((seamkey_block_sealer *)machine, in,
		in_len, used, out, out_cap, out_len);
}

static inline int
seamkey_i_block_push_open(void *machine, const unsigned char *in, size_t in_len,
	size_t *used, unsigned char *out, size_t out_cap, size_t *out_len)
{
	return seamkey_block_open_push((seamkey_block_opener *)machine, in,
		in_len, used, out, out_cap, out_len);
}

static inline int
seamkey_i_block_pump_begin(seamkey_i_block_pump *p, const seamkey_block_io *io)
{
	memset(p, 0, sizeof *p);
	if (io == NULL || io->read == NULL || io->write == NULL
		|| io->buf == NULL || io->buf_len < 64) {
		return SEAMKEY_ERR_ARG;
	}
	p->io = io;
	p->half = io->buf_len / 2;
	p->in = io->buf;
	p->out = io->buf + p->half;
	return SEAMKEY_OK;
}

/* Bytes for the next push, if there is none left. */
static inline int
seamkey_i_block_pump_read(seamkey_i_block_pump *p)
{
	int status;

	if (p->at < p->len || p->ended) {
		return SEAMKEY_OK;
	}
	p->at = p->len = 0;
	status = seamkey_i_block_answer(
		p->io->read(p->io->ctx, p->in, p->half, &p->len));
	if (status == SEAMKEY_OK && p->len > p->half) {
		status = SEAMKEY_ERR_HOOK;
	}
	if (status != SEAMKEY_OK) {
		p->len = 0;
		return status;
	}
	p->ended = p->len == 0;
	return SEAMKEY_OK;
}

static inline int
seamkey_i_block_pump_write(seamkey_i_block_pump *p, size_t len)
{
	return len == 0
		? SEAMKEY_OK
		: seamkey_i_block_answer(p->io->write(p->io->ctx, p->out, len));
}

/* All of it. */
static inline int
seamkey_i_block_pump_all(
	seamkey_i_block_pump *p, seamkey_i_block_push push, void *machine)
{
	int pushed = SEAMKEY_AGAIN, status = SEAMKEY_OK;
	size_t used, got;

	while (status == SEAMKEY_OK && pushed == SEAMKEY_AGAIN) {
		/* what waits to be written goes before anything is read */
		pushed = push(machine, p->in + p->at, p->len - p->at, &used,
			p->out, p->half, &got);
		p->at += used;
		status = pushed < 0 ? pushed
				    : seamkey_i_block_pump_write(p, got);
		if (status == SEAMKEY_OK && pushed == SEAMKEY_AGAIN
			&& got == 0) {
			status = p->ended ? p->early
					  : seamkey_i_block_pump_read(p);
		}
	}
	if (status == SEAMKEY_OK) { /* has what is read ended, too? */
		status = seamkey_i_block_pump_read(p);
	}
	if (status == SEAMKEY_OK && p->at < p->len) {
		status = p->late;
	}
	seamkey_wipe(p->io->buf, p->io->buf_len);
	return status;
}

SEAMKEY_API int
seamkey_block_seal_io(const seamkey_rsa_env *env, int cipher,
	seamkey_block_recipient *to, size_t count, uint64_t message_len,
	const seamkey_block_io *io)
{
	seamkey_block_sealer s;
	seamkey_i_block_pump p;
	int status = seamkey_i_block_pump_begin(&p, io);

	if (status == SEAMKEY_OK) {
		status = seamkey_block_seal_begin(
			&s, env, cipher, to, count, message_len);
	}
	if (status == SEAMKEY_OK) {
		p.early = p.late = SEAMKEY_ERR_BLOCK_LENGTH;
		status = seamkey_i_block_pump_all(
			&p, seamkey_i_block_push_seal, &s);
		seamkey_block_seal_wipe(&s);
	}
	return status;
}

SEAMKEY_API int
seamkey_block_open_io(const seamkey_rsa_env *env, unsigned lenient,
	const seamkey_block_key *keys, size_t count, const seamkey_block_io *io)
{
	seamkey_block_opener o;
	seamkey_i_block_pump p;
	int status = seamkey_i_block_pump_begin(&p, io);

	if (status == SEAMKEY_OK) {
		seamkey_block_open_begin(&o, env, lenient, keys, count);
		p.early = SEAMKEY_ERR_DER_TRUNCATED;
		p.late = SEAMKEY_ERR_DER_TRAILING;
		status = seamkey_i_block_pump_all(
			&p, seamkey_i_block_push_open, &o);
		seamkey_block_open_wipe(&o);
	}
	return status;
}

/* ---- [block_io.2] Recipients from a repository ------------------------ */

/* SEAMKEY_OK; what the repository could not find out; or no. */
static inline int
seamkey_i_block_verdict(int status, int no)
{
	return status == SEAMKEY_OK || status < -1000 ? status : no;
}

/* The name of a recipient that has a certificate and no identifier beside
 * it. */
static inline void
seamkey_i_block_name(
	seamkey_block_recipient *to, const seamkey_der_certificate *outline)
{
	if (outline->key_id.len != 0) {
		to->id = outline->key_id;
		return;
	}
	to->issuer = outline->issuer;
	to->serial = outline->serial;
	/* the zero octet that the magnitude lacks stands before it */
	if (to->serial.len == 0 || to->serial.p[0] >= 0x80) {
		to->serial.p--;
		to->serial.len++;
	}
}

/* A certificate: is it right, and what is in it? */
static inline int
seamkey_i_block_take_certificate(const seamkey_block_repository *repository,
	seamkey_span access, seamkey_span certificate,
	seamkey_block_recipient *to)
{
	seamkey_der_certificate outline;
	int status = seamkey_der_decode_certificate(&outline, certificate);

	if (status == SEAMKEY_OK && repository->check != NULL) {
		status = seamkey_i_block_verdict(
			repository->check(repository->ctx, access, certificate),
			SEAMKEY_ERR_BLOCK_CERTIFICATE);
	} else if (status == SEAMKEY_OK && !repository->is_trusted) {
		status = SEAMKEY_ERR_BLOCK_CERTIFICATE;
	}
	if (status == SEAMKEY_OK) {
		to->key = outline.public_key_info;
		if (to->id.len == 0) {
			seamkey_i_block_name(to, &outline);
		}
	}
	return status;
}

/* One recipient, of what a repository has for it. */
static inline int
seamkey_i_block_take_pair(const seamkey_block_repository *repository,
	seamkey_span access, const seamkey_block_pair *pair,
	seamkey_block_recipient *to)
{
	int status = SEAMKEY_OK;

	if ((pair->certificate.len == 0) == (pair->key.len == 0)
		|| (pair->certificate.len != 0 && pair->certificate.p == NULL)
		|| (pair->key.len != 0 && pair->key.p == NULL)
		|| (pair->id.len != 0 && pair->id.p == NULL)) {
		return SEAMKEY_ERR_HOOK;
	}
	to->key = pair->key;
	to->id = pair->id;
	if (pair->certificate.len != 0) {
		status = seamkey_i_block_take_certificate(
			repository, access, pair->certificate, to);
	} else if (!repository->is_trusted) {
		status = SEAMKEY_ERR_BLOCK_CERTIFICATE;
	}
	return status == SEAMKEY_OK && to->id.len > SEAMKEY_BLOCK_ID_MAX
		? SEAMKEY_ERR_BLOCK_ID
		: status;
}

SEAMKEY_API int
seamkey_block_find_recipients(const seamkey_block_repository *repository,
	const seamkey_span *access, size_t count, int padding,
	seamkey_block_recipient *to)
{
	seamkey_block_pair pair;
	size_t u;
	int status = repository->find == NULL ? SEAMKEY_ERR_ARG : SEAMKEY_OK;

	for (u = 0; u < count && status == SEAMKEY_OK; u++) {
		memset(&pair, 0, sizeof pair);
		memset(&to[u], 0, sizeof to[u]);
		to[u].padding = padding;
		status = seamkey_i_block_verdict(
			repository->find(repository->ctx, access[u], &pair),
			SEAMKEY_ERR_BLOCK_ACCESS);
		if (status == SEAMKEY_OK) {
			status = seamkey_i_block_take_pair(
				repository, access[u], &pair, &to[u]);
		}
	}
	return status;
}

#ifdef __cplusplus
}
#endif
#endif
