/*
 * block_file.c - seals and opens files as encryption blocks, in pieces
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * usage: block_file seal CIPHER PIECE LENGTH TO... <message >block
 *        block_file open LENIENT PIECE KEY... <block >message
 *        block_file borders CIPHER FROM LAST TO...
 *
 * For tests/block.sh. PIECE is the size of the two buffers, 64 to 65536.
 * LENIENT is a list of cbc, des, ber, null, or "none". TO is the file of a
 * SubjectPublicKeyInfo, KEY that of a PrivateKeyInfo, each with ",id:HEX"
 * or ",crt:FILE" (issuer and serial number) behind it where it has another
 * name than the SHA-1 of its bits; TO also with ",oaep". borders prints
 * those lengths of a message, FROM to LAST, where the block grows by more
 * octets than the content does: the length of a level got longer.
 *
 * What opening gives goes out at once, trustworthy or not: look at the exit
 * status. Where that is 1, the last line on stderr is "status N: TEXT".
 */
#include <bearssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "seamkey_block.h"
#include "cert_name.h"
#include "rsp.h"

#define MOST  1024
#define PIECE 65536

/* A recipient or a key of the command line, and what is behind its spans. */
struct party {
	struct bytes key, id, certificate;
	seamkey_span issuer, serial;
	unsigned char serial_octets[64];
	int oaep;
};

static struct party parties[MOST];
static size_t count;
static seamkey_block_recipient to[MOST];
static seamkey_block_key keys[MOST];
static br_hmac_drbg_context drbg;
static seamkey_rsa_env env;

static void
need(int holds, const char *what)
{
	if (!holds) {
		(void)fprintf(stderr, "block_file: not understood: %s\n", what);
		exit(2);
	}
}

static int
end(int status)
{
	if (status == SEAMKEY_OK && fflush(stdout) == 0) {
		return 0;
	}
	(void)fprintf(
		stderr, "status %d: %s\n", status, seamkey_block_text(status));
	return 1;
}

/* ---- the command line -------------------------------------------------- */

static void
load(const char *name, struct bytes *out)
{
	FILE *f = fopen(name, "rb");

	need(f != NULL && read_all(f, out), name);
	(void)fclose(f);
}

static void
read_party(char *text)
{
	struct party *p = &parties[count];
	char *part = strchr(text, ','), *next;

	need(count < MOST, "so many keys");
	for (; part != NULL; part = next) {
		*part++ = 0;
		next = strchr(part, ',');
		if (next != NULL) {
			*next = 0;
		}
		if (strcmp(part, "oaep") == 0) {
			p->oaep = 1;
		} else if (strncmp(part, "id:", 3) == 0) {
			need(hex_put(&p->id, part + 3, strlen(part + 3), 0),
				part);
		} else {
			need(strncmp(part, "crt:", 4) == 0, part);
			load(part + 4, &p->certificate);
			need(cert_name(bytes_span(&p->certificate),
				     p->serial_octets, sizeof p->serial_octets,
				     &p->issuer, &p->serial),
				part);
		}
		if (next != NULL) {
			*next = ',';
		}
	}
	load(text, &p->key);
	to[count].key = keys[count].key = bytes_span(&p->key);
	to[count].id = keys[count].id = bytes_span(&p->id);
	to[count].issuer = keys[count].issuer = p->issuer;
	to[count].serial = keys[count].serial = p->serial;
	to[count].padding = p->oaep ? SEAMKEY_BLOCK_OAEP : SEAMKEY_BLOCK_PKCS1;
	count++;
}

static int
cipher_named(const char *name)
{
	static const char *const names[] = { "aes-128-gcm", "aes-256-gcm",
		"aes-128-cbc", "aes-256-cbc" };
	int u;

	for (u = 0; u < 4 && strcmp(names[u], name) != 0; u++) {
	}
	need(u < 4, name);
	return u + SEAMKEY_BLOCK_AES_128_GCM;
}

static unsigned
leniency_named(const char *name, size_t len)
{
	static const struct {
		const char *name;
		unsigned bit;
	} names[] = {
		{ "none", 0 },
		{ "cbc", SEAMKEY_BLOCK_CBC },
		{ "des", SEAMKEY_BLOCK_DES },
		{ "ber", SEAMKEY_BLOCK_BER },
		{ "null", SEAMKEY_ABSENT_NULL },
	};
	size_t u;

	for (u = 0; u < sizeof names / sizeof names[0]; u++) {
		if (strlen(names[u].name) == len
			&& memcmp(names[u].name, name, len) == 0) {
			return names[u].bit;
		}
	}
	need(0, name);
	return 0;
}

static unsigned
leniency(const char *list)
{
	unsigned lenient = 0;
	size_t len;

	for (; *list != 0; list += len + (list[len] != 0)) {
		len = strcspn(list, ",");
		lenient |= leniency_named(list, len);
	}
	return lenient;
}

/* ---- pieces ------------------------------------------------------------ */

static seamkey_block_sealer sealer;
static seamkey_block_opener opener;

/* From stdin to stdout; sealing, or opening. */
static int
pass(int sealing, size_t piece)
{
	static unsigned char in[PIECE], out[PIECE];
	size_t have = 0, at = 0, used = 0, got = 0;
	int status = SEAMKEY_AGAIN, ended = 0;

	while (status == SEAMKEY_AGAIN) {
		if (at == have && !ended) {
			have = fread(in, 1, piece, stdin);
			at = 0;
			ended = have == 0;
		}
		status = sealing ? seamkey_block_seal_push(&sealer, in + at,
				 have - at, &used, out, piece, &got)
				 : seamkey_block_open_push(&opener, in + at,
					 have - at, &used, out, piece, &got);
		at += used;
		if (fwrite(out, 1, got, stdout) != got) {
			return 1;
		}
		if (ended && got == 0 && status == SEAMKEY_AGAIN) {
			return sealing ? SEAMKEY_ERR_BLOCK_LENGTH
				       : SEAMKEY_ERR_DER_TRUNCATED;
		}
	}
	if (status == SEAMKEY_OK && (at < have || getc(stdin) != EOF)) {
		return SEAMKEY_ERR_DER_TRAILING;
	}
	return status;
}

/* ---- borders ----------------------------------------------------------- */

static uint64_t
size_of(int cipher, uint64_t len)
{
	need(seamkey_block_seal_begin(&sealer, &env, cipher, to, count, len)
			== SEAMKEY_OK,
		"recipients");
	return seamkey_block_seal_size(&sealer);
}

static int
borders(int cipher, unsigned long from, unsigned long last)
{
	uint64_t before = size_of(cipher, from), now;

	for (; from < last; before = now) {
		from++;
		now = size_of(cipher, from);
		if (now - before != 1 && now - before != 0
			&& now - before != 16) {
			(void)printf("%lu\n", from);
		}
	}
	return SEAMKEY_OK;
}

int
main(int argc, char **argv)
{
	unsigned long piece, len;
	int sealing, bordering, u;

	sealing = argc > 5 && strcmp(argv[1], "seal") == 0;
	bordering = argc > 5 && strcmp(argv[1], "borders") == 0;
	need(sealing || bordering || (argc > 4 && strcmp(argv[1], "open") == 0),
		"no such request");
	for (u = sealing || bordering ? 5 : 4; u < argc; u++) {
		read_party(argv[u]);
	}
	need(seamkey_random_init(&env.random, &drbg) == SEAMKEY_OK,
		"no random bytes");
	piece = strtoul(argv[3], NULL, 10);
	len = argc > 5 ? strtoul(argv[4], NULL, 10) : 0;
	if (bordering) {
		return end(borders(cipher_named(argv[2]), piece, len));
	}
	need(piece >= 64 && piece <= PIECE, argv[3]);
	if (sealing) {
		int status = seamkey_block_seal_begin(
			&sealer, &env, cipher_named(argv[2]), to, count, len);

		return end(status == SEAMKEY_OK ? pass(1, piece) : status);
	}
	seamkey_block_open_begin(&opener, &env, leniency(argv[2]), keys, count);
	return end(pass(0, piece));
}
