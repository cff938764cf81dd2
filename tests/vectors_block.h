/*
 * vectors_block.h - encryption blocks, and what else is CMS
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * A part of vectors.c: every file whose first object identifier is a type
 * of CMS content is handed to seamkey_block_open(). A type that is no block
 * has to be refused by its name; each block stands in a table here, with
 * the key, the leniency it needs and what it comes to with that and
 * without. A block that is not in the table is a failure.
 */
#ifndef SEAMKEY_VECTORS_BLOCK_H
#define SEAMKEY_VECTORS_BLOCK_H

#include "cert_name.h"
#include "vectors_files.h"

#define ALL_LENIENT \
	(SEAMKEY_BLOCK_CBC | SEAMKEY_BLOCK_DES | SEAMKEY_BLOCK_BER \
		| SEAMKEY_ABSENT_NULL)

/* ---- the table --------------------------------------------------------- */

/* Open with this key, under this name: one way to use a block. */
struct block_row {
	const char *id;      /* forms of fnmatch() */
	unsigned lenient;    /* what it needs, all of it */
	int strict;          /* comes to without */
	int status;          /* comes to with */
	const char *key;     /* PrivateKeyInfo */
	const char *name;    /* a certificate; NULL: SHA-1 of the key; "": as
				the first entry has it, the key not being it */
	const char *message; /* of "*" stands the number in the file's name */
};

#define MADE  "tool-made/cms/"
#define RUST  "cms/rustcrypto/"
#define RFC   "cms/rfc4134/"
#define FUZZ  "corpora/pkcs7/"
#define K2048 MADE "key2048.pkcs8.der"
#define K3072 MADE "key3072.pkcs8.der"
#define K4096 MADE "key4096.pkcs8.der"
#define CBC   SEAMKEY_BLOCK_CBC
#define BER   SEAMKEY_BLOCK_BER

/* clang-format off */
static const struct block_row block_rows[] = {
	{ MADE "env-2048-aes-*-cbc-*.der", CBC, SEAMKEY_ERR_BLOCK_CIPHER,
		SEAMKEY_OK, K2048, MADE "cert2048.der", MADE "msg*.bin" },
	{ MADE "env-2048-aes-*-gcm-*.der", 0, 0,
		SEAMKEY_OK, K2048, MADE "cert2048.der", MADE "msg*.bin" },
	{ MADE "env-multi.der", CBC, SEAMKEY_ERR_BLOCK_CIPHER,
		SEAMKEY_OK, K2048, MADE "cert2048.der", MADE "msg17.bin" },
	{ MADE "env-multi.der", CBC, SEAMKEY_ERR_BLOCK_CIPHER,
		SEAMKEY_OK, K3072, MADE "cert3072.der", MADE "msg17.bin" },
	{ MADE "env-multi.der", CBC, SEAMKEY_ERR_BLOCK_CIPHER,
		SEAMKEY_OK, K4096, MADE "cert4096.der", MADE "msg17.bin" },
	{ MADE "env-multi.der", 0, 0, /* it has no key identifiers */
		SEAMKEY_ERR_BLOCK_NO_RECIPIENT, K2048, NULL, NULL },
	{ MADE "env-keyid.der", CBC, SEAMKEY_ERR_BLOCK_CIPHER,
		SEAMKEY_OK, K4096, NULL, MADE "msg17.bin" },
	{ MADE "env-keyid.der", 0, 0,
		SEAMKEY_ERR_BLOCK_NO_RECIPIENT, K2048, NULL, NULL },
	{ MADE "env-ber-indefinite.ber", BER | CBC, SEAMKEY_ERR_BLOCK_BER,
		SEAMKEY_OK, K3072, MADE "cert3072.der", MADE "msg1000.bin" },
	/* RC2 for the content; a recipient with a symmetric key beside Bob */
	{ RFC "5.2.bin", ALL_LENIENT, SEAMKEY_ERR_BLOCK_CIPHER,
		SEAMKEY_ERR_BLOCK_CIPHER, RFC "BobPrivRSAEncrypt.pri",
		RFC "BobRSASignByCarl.cer", NULL },
	{ RFC "5.2.bin", 0, 0, SEAMKEY_ERR_BLOCK_KEK, K2048, NULL, NULL },
	/* those whose private keys are not published: read to the end with
	 * one that does not unwrap; of 256 such keys one gives octets that
	 * CBC takes for a message, always the same ones */
	{ RUST "enveloped_data_ktri.bin", 0, 0,
		SEAMKEY_ERR_BLOCK_NO_RECIPIENT, K4096, NULL, NULL },
	{ RUST "enveloped_data_ktri.bin", CBC, SEAMKEY_ERR_BLOCK_CIPHER,
		SEAMKEY_ERR_BLOCK_OPEN, K4096, "", NULL },
	{ RUST "kms_ciphertext_for_recipient_?.ber", BER,
		SEAMKEY_ERR_BLOCK_BER,
		SEAMKEY_ERR_BLOCK_NO_RECIPIENT, K2048, NULL, NULL },
	{ RUST "kms_ciphertext_for_recipient_?.ber", BER | CBC,
		SEAMKEY_ERR_BLOCK_BER, SEAMKEY_ERR_BLOCK_OPEN,
		"rustcrypto-keys/pkcs8/rsa2048-priv.der", "", NULL },
	{ "cms/mbedtls/pkcs7_data_cert_encrypted.der", 0, 0,
		SEAMKEY_ERR_BLOCK_NO_RECIPIENT, K2048, NULL, NULL },
	{ "cms/mbedtls/pkcs7_data_cert_encrypted.der", CBC,
		SEAMKEY_ERR_BLOCK_CIPHER,
		SEAMKEY_ERR_BLOCK_OPEN, K2048, "", NULL },
	{ "41 rfc5084", 0, 0,
		SEAMKEY_ERR_BLOCK_NO_RECIPIENT, K4096, NULL, NULL },
	{ "41 rfc5084", 0, 0, SEAMKEY_ERR_BLOCK_OPEN, K4096, "", NULL },
	/* other recipients */
	{ RUST "enveloped_data_kari.bin", 0, 0,
		SEAMKEY_ERR_BLOCK_KEY_AGREE, K2048, NULL, NULL },
	{ RUST "enveloped_data_pwri.bin", 0, 0,
		SEAMKEY_ERR_BLOCK_PASSWORD, K2048, NULL, NULL },
	{ "9 rfc2876", 0, 0, SEAMKEY_ERR_BLOCK_KEY_AGREE, K2048, NULL, NULL },
	{ "11 rfc3058", 0, 0, SEAMKEY_ERR_BLOCK_KEK, K2048, NULL, NULL },
	{ "32 rfc4357", 0, 0, SEAMKEY_ERR_BLOCK_KEY_AGREE, K2048, NULL, NULL },
	{ "33 rfc4357", 0, 0, SEAMKEY_ERR_BLOCK_WRAP, K2048, NULL, NULL },
	{ "49 rfc5753", 0, 0, SEAMKEY_ERR_BLOCK_KEY_AGREE, K2048, NULL, NULL },
	{ "51 rfc5794", 0, 0, SEAMKEY_ERR_BLOCK_KEK, K2048, NULL, NULL },
	{ "52 rfc5794", 0, 0, SEAMKEY_ERR_BLOCK_KEK, K2048, NULL, NULL },
	{ "83 rfc8696", 0, 0, SEAMKEY_ERR_BLOCK_OTHER, K2048, NULL, NULL },
	{ "84 rfc8696", 0, 0, SEAMKEY_ERR_BLOCK_OTHER, K2048, NULL, NULL },
	{ "108 rfc9709", 0, 0, SEAMKEY_ERR_BLOCK_KEK, K2048, NULL, NULL },
	/* found by fuzzing: a set without recipients, one that is no set, and
	 * AlgorithmIdentifiers of SignedData in their place; and before that
	 * all of them have version 1, which is none */
	{ FUZZ "b023bc246608d305ce14162e8694009b71ed92d4", 0, 0,
		SEAMKEY_ERR_BLOCK_VERSION, K2048, NULL, NULL },
	{ FUZZ "562c6463970855b5457e385e16820324655bf942", 0, 0,
		SEAMKEY_ERR_BLOCK_VERSION, K2048, NULL, NULL },
	{ FUZZ "a257924a9c390d1934bac84f75af1aef2d27d879", 0, 0,
		SEAMKEY_ERR_BLOCK_VERSION, K2048, NULL, NULL },
};
/* clang-format on */

static unsigned long block_rows_hit[COUNT(block_rows)];

/* A row without a block: the suites are not all there. */
static void
check_block_rows(void)
{
	size_t u;

	suite_begin("blocks by the table");
	for (u = 0; u < COUNT(block_rows); u++) {
		if (block_rows_hit[u] == 0) {
			skip_case("a block of the table is not there");
			if (verbose) {
				(void)printf(
					"  not there: %s\n", block_rows[u].id);
			}
		} else {
			judge(block_rows[u].id, 1, SEAMKEY_OK, "is there");
		}
	}
	suite_end();
}

/* ---- what a file is ---------------------------------------------------- */

/*
 * The status that names the type of CMS content, SEAMKEY_OK for the two
 * that are blocks, 1 where it is no CMS at all. In a way of its own, on
 * whatever lengths there are.
 */
static int
cms_type(seamkey_span in)
{
	static const unsigned char pkcs7[10] = { 0x06, 0x09, 0x2A, 0x86, 0x48,
		0x86, 0xF7, 0x0D, 0x01, 0x07 };
	static const unsigned char smime[12] = { 0x06, 0x0B, 0x2A, 0x86, 0x48,
		0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01 };
	static const int by_number[7] = { SEAMKEY_ERR_BLOCK_CONTENT,
		SEAMKEY_ERR_BLOCK_DATA, SEAMKEY_ERR_BLOCK_SIGNED, SEAMKEY_OK,
		SEAMKEY_ERR_BLOCK_CONTENT, SEAMKEY_ERR_BLOCK_DIGESTED,
		SEAMKEY_ERR_BLOCK_ENCRYPTED };
	size_t at;

	if (in.len < 20 || in.p[0] != 0x30 || in.p[1] > 0x84) {
		return 1;
	}
	at = 2 + (in.p[1] > 0x80 ? in.p[1] & 0x7Fu : 0u);
	if (memcmp(in.p + at, pkcs7, sizeof pkcs7) == 0) {
		at += sizeof pkcs7;
		return in.p[at] < 7 ? by_number[in.p[at]]
				    : SEAMKEY_ERR_BLOCK_CONTENT;
	}
	if (memcmp(in.p + at, smime, sizeof smime) != 0) {
		return 1;
	}
	switch (in.p[at + sizeof smime]) {
	case 2:
		return SEAMKEY_ERR_BLOCK_AUTHENTICATED;
	case 9:
		return SEAMKEY_ERR_BLOCK_COMPRESSED;
	case 23:
		return SEAMKEY_OK;
	default:
		return SEAMKEY_ERR_BLOCK_CONTENT;
	}
}

/* ---- opening ----------------------------------------------------------- */

/* A key, its name and the message, out of their files. */
struct block_use {
	struct bytes key, named_by, message;
	unsigned char serial[64];
	seamkey_block_key own;
};

static int
read_file(const char *name, struct bytes *out)
{
	char path[1024];
	FILE *f;
	int ok;

	make_path(path, sizeof path, name, "");
	f = fopen(path, "rb");
	out->len = 0;
	ok = f != NULL && read_all(f, out);
	if (f != NULL) {
		(void)fclose(f);
	}
	return ok;
}

/* The first entry of a block, with whatever lengths are around it. */
static int
first_entry(seamkey_span in, seamkey_block_entry *out)
{
	size_t at;

	for (at = 0; at + 8 < in.len && at < 1000; at++) {
		const unsigned char *p = in.p + at;
		size_t len = 4 + (size_t)p[2] * 256 + p[3];

		if (p[0] == 0x30 && p[1] == 0x82 && len <= in.len - at
			&& seamkey_block_decode_entry(out,
				   seamkey_span_of(p, len), SEAMKEY_ABSENT_NULL)
				== SEAMKEY_OK) {
			return 1;
		}
	}
	return 0;
}

/* The number at the end of a block's name in place of the "*". */
static void
message_name(char *out, size_t cap, const char *form, const char *id)
{
	const char *star = strchr(form, '*'), *dash = strrchr(id, '-');

	if (star == NULL || dash == NULL) {
		(void)snprintf(out, cap, "%s", form);
	} else {
		(void)snprintf(out, cap, "%.*s%.*s%s", (int)(star - form), form,
			(int)strspn(dash + 1, "0123456789"), dash + 1,
			star + 1);
	}
}

/* NULL, or what is missing. */
static const char *
prepare_use(struct block_use *use, const struct object *o,
	const struct block_row *row)
{
	seamkey_block_entry entry;
	char name[300];

	if (!read_file(row->key, &use->key)) {
		return "its key is not there";
	}
	use->own.key = bytes_span(&use->key);
	if (row->message != NULL) {
		message_name(name, sizeof name, row->message, o->id);
		if (!read_file(name, &use->message)) {
			return "its message is not there";
		}
	}
	if (row->name == NULL) {
		return NULL;
	}
	if (row->name[0] != 0) {
		return read_file(row->name, &use->named_by)
				&& cert_name(bytes_span(&use->named_by),
					use->serial, sizeof use->serial,
					&use->own.issuer, &use->own.serial)
			? NULL
			: "its certificate is not there";
	}
	if (!first_entry(o->der, &entry)) {
		return "no entry was found in it";
	}
	use->own.id = entry.id;
	use->own.issuer = entry.issuer;
	use->own.serial = entry.serial;
	return NULL;
}

/* All at once, into cap octets; what has to hold besides, in *broken. */
static int
open_whole(const struct block_use *use, seamkey_span in, unsigned lenient,
	size_t cap, const char **broken)
{
	unsigned char *out = (unsigned char *)malloc(cap + 1);
	size_t len = 12345, u;
	int status;

	if (out == NULL) {
		*broken = "not enough memory";
		return SEAMKEY_OK;
	}
	memset(out, 0, cap + 1);
	status = seamkey_block_open(
		&loose, lenient, &use->own, 1, in, out, cap, &len);
	if (status != SEAMKEY_OK) {
		for (u = 0; u <= cap; u++) {
			*broken = out[u] != 0 ? "plaintext of a refused block"
					      : *broken;
		}
		*broken =
			len != 12345 ? "a length of a refused block" : *broken;
	} else if (!seamkey_span_match(bytes_span(&use->message),
			   seamkey_span_of(out, len))) {
		*broken = "another message";
	}
	free(out);
	return status;
}

/* In pieces of 64 octets, as a small device has them. */
static int
open_in_pieces(const struct block_use *use, seamkey_span in, unsigned lenient)
{
	static seamkey_block_opener opener;
	unsigned char piece[64];
	size_t used = 0, got = 0, at = 0, len = 0;
	seamkey_span message = bytes_span(&use->message);
	int same = 1, status = SEAMKEY_AGAIN;

	seamkey_block_open_begin(&opener, &loose, lenient, &use->own, 1);
	while (status == SEAMKEY_AGAIN && (at < in.len || got != 0)) {
		status = seamkey_block_open_push(&opener, in.p + at,
			in.len - at < 64 ? in.len - at : 64, &used, piece,
			sizeof piece, &got);
		at += used;
		same = same && got <= message.len - len
			&& (got == 0
				|| memcmp(piece, message.p + len, got) == 0);
		len += same ? got : 0;
	}
	seamkey_block_open_wipe(&opener);
	if (status != SEAMKEY_OK) {
		return status;
	}
	return same && len == message.len && at == in.len ? SEAMKEY_OK : 1;
}

/* want: a status; 1: any refusal. */
static void
judge_open(const struct object *o, const struct block_use *use,
	unsigned lenient, size_t cap, int want, const char *what)
{
	const char *broken = NULL;
	int status = open_whole(use, o->der, lenient, cap, &broken);

	judge(o->id,
		broken == NULL && (want == 1 ? status < 0 : status == want),
		status, broken == NULL ? what : broken);
}

/* One row: as it needs, with room that is too small, in pieces; strictly,
 * and with each of the leniencies missing. */
static void
run_block_row(const struct object *o, const struct block_row *row)
{
	struct block_use use;
	const char *missing;
	size_t cap = o->der.len;
	unsigned bit;
	int status;

	memset(&use, 0, sizeof use);
	missing = prepare_use(&use, o, row);
	if (missing != NULL) {
		skip_case(missing);
		goto done;
	}
	judge_open(o, &use, row->lenient,
		row->status == SEAMKEY_OK ? use.message.len : cap, row->status,
		"open");
	status = open_in_pieces(&use, o->der, row->lenient);
	judge(o->id, status == row->status, status, "open in pieces");
	if (row->status == SEAMKEY_OK && use.message.len != 0) {
		judge_open(o, &use, row->lenient, use.message.len - 1,
			SEAMKEY_ERR_SPACE, "open with too little room");
	}
	if (row->lenient != 0) {
		judge_open(o, &use, 0, cap, row->strict, "open strictly");
	}
	for (bit = 1; bit != 0 && bit <= row->lenient; bit <<= 1) {
		if ((row->lenient & bit) != 0) {
			judge_open(o, &use, row->lenient & ~bit, cap, 1,
				"open with one leniency missing");
		}
	}
done:
	bytes_free(&use.key);
	bytes_free(&use.named_by);
	bytes_free(&use.message);
}

/* Content of another type: by its name, strictly where it is DER. */
static void
refuse_content(const struct object *o, int type)
{
	struct block_use none;
	int ber = o->der.p[1] == 0x80;

	memset(&none, 0, sizeof none);
	judge_open(o, &none, ALL_LENIENT, o->der.len, type, "open");
	judge_open(o, &none, 0, o->der.len, ber ? SEAMKEY_ERR_BLOCK_BER : type,
		"open strictly");
}

static void
block_case(const struct object *o)
{
	int type = cms_type(o->der), found = 0;
	size_t u;

	if (fnmatch("*.eml", o->id, 0) == 0) {
		skip_case("a message of MIME, its signature in base64");
		return;
	}
	if (type == 1) {
		return; /* no CMS */
	}
	if (type != SEAMKEY_OK) {
		refuse_content(o, type);
		return;
	}
	for (u = 0; u < COUNT(block_rows); u++) {
		if (fnmatch(block_rows[u].id, o->id, 0) == 0) {
			run_block_row(o, &block_rows[u]);
			block_rows_hit[u]++;
			found = 1;
		}
	}
	if (!found) {
		fail(o->id, "a block, and nobody said what it comes to");
	}
}

/* The same of inputs that need not be CMS, which are refused somehow. */
static void
block_input(const struct object *o)
{
	struct block_use none;
	const char *broken = NULL;
	int status;

	if (cms_type(o->der) != 1) {
		block_case(o);
		return;
	}
	memset(&none, 0, sizeof none);
	status = open_whole(&none, o->der, ALL_LENIENT, o->der.len, &broken);
	judge_noted(o->id, broken == NULL && status < 0, status,
		"were no CMS, and refused");
}

/* asn1-samples/samples.rsp */
static void
block_sample(const struct rsp *r)
{
	seamkey_span rfc = rsp_get(r, "rfc");
	struct object o = { NULL, NULL, "", { NULL, 0 }, 0, 0 };
	char id[200];

	(void)snprintf(id, sizeof id, "%s %.*s", r->id, (int)rfc.len,
		(const char *)rfc.p);
	o.id = o.file = id;
	with_copy(&o, rsp_get(r, "der"), block_case);
}

#endif
