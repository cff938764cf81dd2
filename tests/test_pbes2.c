/*
 * test_pbes2.c - private keys under a passphrase, and how they are padded
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * tests/cli.sh opens what other programs have written; here are those that
 * no program writes.
 */
#include "rsa_tools.h"

#include "../examples/pbes2.h"

#define LONGEST 400 /* octets of padding and all else */

static const unsigned char iv[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };

/* An algorithm with parameters: what has to be ended after it. */
static size_t
begin_algorithm(seamkey_der_writer *w, const unsigned char *oid, size_t len)
{
	size_t mark = seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE);

	seamkey_der_put_element(w, SEAMKEY_DER_OID, seamkey_span_of(oid, len));
	return mark;
}

static void
put_kdf(seamkey_der_writer *w)
{
	static const unsigned char oid[] = { PBES2_OID_PBKDF2 };
	static const unsigned char hmac[] = { PBES2_OID_HMAC(0x09) };
	size_t mark = begin_algorithm(w, oid, sizeof oid), in, prf;

	in = seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE);
	seamkey_der_put_element(w, SEAMKEY_DER_OCTET_STRING, BYTES("salt"));
	seamkey_der_put_uint(w, 2);
	prf = begin_algorithm(w, hmac, sizeof hmac);
	seamkey_der_put(w, "\x05\x00", 2);
	seamkey_der_end(w, prf);
	seamkey_der_end(w, in);
	seamkey_der_end(w, mark);
}

static void
put_cipher(seamkey_der_writer *w, size_t block_len)
{
	static const unsigned char aes[] = { PBES2_OID_AES(0x2A) };
	static const unsigned char des[] = { PBES2_OID_DES };
	size_t mark = block_len == 16 ? begin_algorithm(w, aes, sizeof aes)
				      : begin_algorithm(w, des, sizeof des);

	seamkey_der_put_element(
		w, SEAMKEY_DER_OCTET_STRING, seamkey_span_of(iv, block_len));
	seamkey_der_end(w, mark);
}

/* EncryptedPrivateKeyInfo with these contents. */
static size_t
put_encrypted(
	unsigned char *out, size_t cap, seamkey_span contents, size_t block_len)
{
	static const unsigned char oid[] = { PBES2_OID };
	seamkey_der_writer w = { NULL, 0, 0, 0 };
	size_t mark, alg, in;

	w.buf = out;
	w.cap = cap;
	mark = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
	alg = begin_algorithm(&w, oid, sizeof oid);
	in = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
	put_kdf(&w);
	put_cipher(&w, block_len);
	seamkey_der_end(&w, in);
	seamkey_der_end(&w, alg);
	seamkey_der_put_element(&w, SEAMKEY_DER_OCTET_STRING, contents);
	seamkey_der_end(&w, mark);
	CHECK_INT(w.err, SEAMKEY_OK);
	return w.len;
}

/* Encrypt data in place as pbes2_decrypt expects it of "passphrase". */
static void
encrypt(unsigned char *data, size_t len, size_t block_len)
{
	union {
		br_aes_ct_cbcenc_keys aes;
		br_des_ct_cbcenc_keys des;
	} keys;
	unsigned char key[32], chain[16];
	pbes2_params params;

	memset(&params, 0, sizeof params);
	params.salt = BYTES("salt");
	params.iterations = 2;
	params.hash = &br_sha256_vtable;
	params.key_len = block_len == 16 ? 32 : 24;
	pbes2_derive(&params, BYTES("passphrase"), key);
	memcpy(chain, iv, sizeof chain);
	if (block_len == 16) {
		br_aes_ct_cbcenc_init(&keys.aes, key, params.key_len);
		br_aes_ct_cbcenc_run(&keys.aes, chain, data, len);
	} else {
		br_des_ct_cbcenc_init(&keys.des, key, params.key_len);
		br_des_ct_cbcenc_run(&keys.des, chain, data, len);
	}
}

/* The shortest private key that fills a block with padding of so many
 * octets. */
static size_t
put_key(unsigned char *out, size_t padding, size_t block_len)
{
	static const unsigned char head[12] = { 0x30, 0x0A, 0x02, 0x01, 0x00,
		0x30, 0x03, 0x06, 0x01, 0x2A, 0x04, 0x00 };
	size_t more =
		(block_len - (sizeof head + padding) % block_len) % block_len;

	memcpy(out, head, sizeof head);
	memset(out + sizeof head, 0, more);
	out[1] = (unsigned char)(out[1] + more);
	out[11] = (unsigned char)more;
	return sizeof head + more;
}

/* clang-format off */
static const struct {
	const char *what;
	size_t block_len, len; /* of the cipher; of the padding */
	unsigned octet, first; /* each of them; but for the first */
	int status;
} paddings[] = {
#define BAD PBES2_ERR_PASSPHRASE
	{ "AES, 1", 16, 1, 1, 1, 0 },
	{ "AES, 2", 16, 2, 2, 2, 0 },
	{ "AES, 15", 16, 15, 15, 15, 0 },
	{ "AES, a block", 16, 16, 16, 16, 0 },
	{ "AES, a block and an octet", 16, 17, 17, 17, BAD },
	{ "AES, two blocks", 16, 32, 32, 32, BAD },
	{ "AES, as long as an octet can say", 16, 255, 255, 255, BAD },
	{ "AES, none, as a zero octet says", 16, 1, 0, 0, BAD },
	{ "AES, none, and the key ends in a zero octet", 16, 0, 0, 0, BAD },
	{ "AES, a block, its first octet less", 16, 16, 16, 15, BAD },
	{ "AES, 2, of which the first is another", 16, 2, 2, 1, BAD },
	{ "AES, more than is left with the key", 16, 3, 4, 4, BAD },
	{ "AES, less than there is", 16, 3, 2, 2, BAD },
	{ "AES, in the last octet alone", 16, 5, 5, 0, BAD },
	{ "DES, 1", 8, 1, 1, 1, 0 },
	{ "DES, a block", 8, 8, 8, 8, 0 },
	{ "DES, a block and an octet", 8, 9, 9, 9, BAD },
	{ "DES, a block of AES", 8, 16, 16, 16, BAD },
#undef BAD
};
/* clang-format on */

static void
pbes2_padding(void)
{
	unsigned char clear[LONGEST], in[LONGEST + 150], out[LONGEST];
	size_t u, n, key_len, in_len, len;

	for (u = 0; u < COUNT(paddings); u++) {
		size_t block_len = paddings[u].block_len;
		unsigned char key[64];

		what = paddings[u].what;
		key_len = put_key(key, paddings[u].len, block_len);
		memcpy(clear, key, key_len);
		n = key_len + paddings[u].len;
		memset(clear + key_len, (int)paddings[u].octet,
			paddings[u].len);
		clear[key_len] = (unsigned char)paddings[u].first;
		encrypt(clear, n, block_len);
		in_len = put_encrypted(
			in, sizeof in, seamkey_span_of(clear, n), block_len);
		memset(out, CANARY, sizeof out);
		len = 12345;
		CHECK_INT(
			pbes2_decrypt(out, n, &len, seamkey_span_of(in, in_len),
				BYTES("passphrase"), PBES2_DES_EDE3),
			paddings[u].status);
		if (paddings[u].status == SEAMKEY_OK) {
			CHECK_INT(len, key_len);
			CHECK_MEM(out, key, key_len);
		} else {
			CHECK_INT(len, 12345);
			CHECK_INT(all_are(out, 0, n), 1);
		}
		CHECK_INT(all_are(out + n, CANARY, sizeof out - n), 1);
	}
}

/* Contents that are no whole blocks, no room, and a wrong passphrase. */
static void
pbes2_lengths(void)
{
	unsigned char clear[48], in[250], out[64];
	size_t key_len = put_key(clear, 16, 16), n, len = 12345;

	memset(clear + key_len, 16, 16);
	encrypt(clear, key_len + 16, 16);
	memset(out, CANARY, sizeof out);
#define DECRYPT(cap, passphrase) \
	pbes2_decrypt(out, (cap), &len, \
		seamkey_span_of(in, \
			put_encrypted(in, sizeof in, \
				seamkey_span_of(clear, n), 16)), \
		BYTES(passphrase), 0)
	for (n = 0; n < key_len + 16; n++) {
		if (n % 16 != 0 || n == 0) {
			CHECK_INT(DECRYPT(sizeof out, "passphrase"),
				PBES2_ERR_PASSPHRASE);
		}
	}
	CHECK_INT(DECRYPT(n - 1, "passphrase"), SEAMKEY_ERR_SPACE);
	CHECK_INT(all_are(out, CANARY, sizeof out), 1);
	CHECK_INT(DECRYPT(n, "Passphrase"), PBES2_ERR_PASSPHRASE);
	CHECK_INT(all_are(out, 0, n), 1);
	CHECK_INT(len, 12345);
	CHECK_INT(DECRYPT(n, "passphrase"), SEAMKEY_OK);
	CHECK_INT(len, key_len);
#undef DECRYPT
}

const struct test test_pbes2_table[] = {
	{ "pbes2_padding", pbes2_padding },
	{ "pbes2_lengths", pbes2_lengths },
	{ NULL, NULL },
};
