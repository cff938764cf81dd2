/*
 * test_block.c - encryption blocks: sealed, opened, malformed
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * That other tools open them, and the other way round: tests/interop.sh.
 */
#include <stdio.h>

#include "seamkey_block.h"
#include "seamkey_block_io.h"
#include "seamkey_release.h"

#include "rsa_tools.h"

#define MESSAGE 1000
#define BLOCK   4096
#define KEYS    3

static br_hmac_drbg_context drbg;
static seamkey_rsa_env env;
static unsigned char public_info[KEYS][PUBLIC_BYTES];
static seamkey_block_recipient to[KEYS];
static seamkey_block_key own[KEYS];
static unsigned char message[MESSAGE], block[BLOCK], opened[BLOCK];
static size_t block_len, opened_len;

static const int ciphers[] = { SEAMKEY_BLOCK_AES_128_GCM,
	SEAMKEY_BLOCK_AES_256_GCM, SEAMKEY_BLOCK_AES_128_CBC,
	SEAMKEY_BLOCK_AES_256_CBC };

/* Keys of three sizes; recipients by the SHA-1 of their bits. */
static void
block_init(void)
{
	static const size_t rows[KEYS] = { 0, 2, 1 };
	size_t u;

	memset(&env, 0, sizeof env);
	memset(to, 0, sizeof to);
	memset(own, 0, sizeof own);
	env.policy = loose;
	env.random = known_random(&drbg);
	for (u = 0; u < KEYS; u++) {
		own[u].key = seamkey_span_of(
			rsa_keys[rows[u]].der, rsa_keys[rows[u]].len);
		to[u].key = public_of(own[u].key, public_info[u]);
	}
	for (u = 0; u < MESSAGE; u++) {
		message[u] = (unsigned char)(u * 7 + 3);
	}
}

/* What DER's check says of a block: with OAEP it is ten levels deep. */
#define BLOCK_IS_DER \
	(SEAMKEY_DER_MAX_DEPTH < 10 ? SEAMKEY_ERR_DER_DEPTH : SEAMKEY_OK)

static int
seal(int cipher, size_t count, size_t len)
{
	block_len = 0;
	return seamkey_block_seal(&env, cipher, to, count,
		seamkey_span_of(message, len), block, sizeof block, &block_len);
}

static int
open_with(size_t key, unsigned lenient)
{
	opened_len = 0;
	memset(opened, 0xEE, sizeof opened);
	return seamkey_block_open(&env, lenient, &own[key], 1,
		seamkey_span_of(block, block_len), opened, sizeof opened,
		&opened_len);
}

static void
check_opened(size_t len)
{
	CHECK_INT(opened_len, len);
	CHECK_MEM(opened, message, len);
}

/* ---- round trips --------------------------------------------------------- */

static void
block_comes_back(void)
{
	static const size_t lengths[] = { 0, 1, 15, 16, 17, 31, 32, 33, 127,
		128, 255, 256, 999, 1000 };
	size_t c, n, k;

	block_init();
	to[1].padding = SEAMKEY_BLOCK_OAEP;
	for (c = 0; c < COUNT(ciphers); c++) {
		for (n = 0; n < COUNT(lengths); n++) {
			CHECK_INT(
				seal(ciphers[c], KEYS, lengths[n]), SEAMKEY_OK);
			CHECK_INT(seamkey_der_check(
					  seamkey_span_of(block, block_len)),
				BLOCK_IS_DER);
			for (k = 0; k < KEYS; k++) {
				CHECK_INT(open_with(k, SEAMKEY_BLOCK_CBC),
					SEAMKEY_OK);
				check_opened(lengths[n]);
			}
		}
	}
}

/* Through pieces of every size; what goes in is what comes out. */
static void
block_comes_back_in_pieces(void)
{
	static const size_t sizes[] = { 1, 7, 16, 64, 333 };
	static seamkey_block_sealer s;
	static seamkey_block_opener o;
	size_t c, i, j, at, len, used = 0, got;
	int status;

	block_init();
	for (c = 0; c < COUNT(ciphers) * COUNT(sizes) * COUNT(sizes); c++) {
		int cipher = ciphers[c % COUNT(ciphers)];

		i = sizes[c / COUNT(ciphers) % COUNT(sizes)];
		j = sizes[c / COUNT(ciphers) / COUNT(sizes)];
		status = seamkey_block_seal_begin(
			&s, &env, cipher, to, 2, MESSAGE);
		len = (size_t)seamkey_block_seal_size(&s);
		for (at = block_len = 0; status >= 0; at += used) {
			size_t n = MESSAGE - at < i ? MESSAGE - at : i;

			status = seamkey_block_seal_push(&s, message + at, n,
				&used, block + block_len, j, &got);
			block_len += got;
			if (status == SEAMKEY_OK) {
				break;
			}
		}
		CHECK_INT(status, SEAMKEY_OK);
		CHECK_INT(block_len, len);
		CHECK_INT(at + used, MESSAGE);
		CHECK_INT(seamkey_block_seal_push(
				  &s, NULL, 0, &used, block, 1, &got),
			SEAMKEY_OK);
		seamkey_block_open_begin(
			&o, &env, SEAMKEY_BLOCK_CBC, &own[c & 1], 1);
		status = SEAMKEY_AGAIN;
		for (at = opened_len = 0; status == SEAMKEY_AGAIN; at += used) {
			size_t n = block_len - at < j ? block_len - at : j;

			status = seamkey_block_open_push(&o, block + at, n,
				&used, opened + opened_len, i < 16 ? 16 : i,
				&got);
			opened_len += got;
			if (n == 0 && used == 0 && got == 0) {
				break;
			}
		}
		CHECK_INT(status, SEAMKEY_OK);
		CHECK_INT(at, block_len);
		check_opened(MESSAGE);
	}
}

/* Nonce, IV and key are new each time. */
static void
block_is_never_the_same(void)
{
	static unsigned char before[BLOCK];
	size_t tail;

	block_init();
	CHECK_INT(seal(SEAMKEY_BLOCK_AES_256_GCM, 1, 100), SEAMKEY_OK);
	memcpy(before, block, block_len);
	tail = block_len - 118;
	CHECK_INT(seal(SEAMKEY_BLOCK_AES_256_GCM, 1, 100), SEAMKEY_OK);
	CHECK_INT(memcmp(before + tail, block + tail, 100) != 0, 1);
}

/* ---- recipients ---------------------------------------------------------- */

static void
block_finds_its_recipient(void)
{
	unsigned char id[SEAMKEY_BLOCK_ID_MAX];
	seamkey_span issuer = BYTES("\x30\x0B\x31\x09\x30\x07\x06\x03\x55\x04"
				    "\x03\x0C\x00");
	size_t len;

	block_init();
	memset(id, 0x5A, sizeof id);
	for (len = 1; len <= sizeof id; len++) {
		to[0].id = own[0].id = seamkey_span_of(id, len);
		CHECK_INT(seal(SEAMKEY_BLOCK_AES_128_GCM, 1, 50), SEAMKEY_OK);
		CHECK_INT(open_with(0, 0), SEAMKEY_OK);
		check_opened(50);
		own[0].id.len--;
		CHECK_INT(open_with(0, 0), SEAMKEY_ERR_BLOCK_NO_RECIPIENT);
	}
	to[0].id.len = own[0].id.len = 0;
	to[0].issuer = own[0].issuer = issuer;
	to[0].serial = own[0].serial = BYTES("\x00\x80\x01");
	CHECK_INT(seal(SEAMKEY_BLOCK_AES_128_GCM, 1, 50), SEAMKEY_OK);
	CHECK_INT(open_with(0, 0), SEAMKEY_OK);
	own[0].serial = BYTES("\x00\x80\x02");
	CHECK_INT(open_with(0, 0), SEAMKEY_ERR_BLOCK_NO_RECIPIENT);
	own[0].issuer.len = 0;
	CHECK_INT(open_with(0, 0), SEAMKEY_ERR_BLOCK_NO_RECIPIENT);
	CHECK_INT(open_with(1, 0), SEAMKEY_ERR_BLOCK_NO_RECIPIENT);
}

/* Each entry of a block of len octets stands behind one that is less. */
static void
check_order(size_t len, size_t count)
{
	seamkey_der_reader r, a, b, c, d;
	seamkey_span last = { NULL, 0 }, entry;
	size_t u;

	seamkey_der_init(&r, seamkey_span_of(block, len));
	seamkey_der_enter(&r, &a, SEAMKEY_DER_SEQUENCE);
	(void)seamkey_der_get_oid(&a);
	seamkey_der_enter(&a, &b, 0xA0);
	seamkey_der_enter(&b, &c, SEAMKEY_DER_SEQUENCE);
	(void)seamkey_der_get_uint(&c);
	seamkey_der_enter(&c, &d, 0x31);
	for (u = 0; u < count; u++) {
		seamkey_block_entry e;

		entry = seamkey_der_get_element(&d, SEAMKEY_DER_SEQUENCE);
		CHECK_INT(seamkey_block_decode_entry(&e, entry, 0), SEAMKEY_OK);
		len = last.len < entry.len ? last.len : entry.len;
		CHECK_INT(len == 0 || memcmp(last.p, entry.p, len) < 0, 1);
		last = entry;
	}
	seamkey_der_finish(&c, &d);
	CHECK_INT(c.err, SEAMKEY_OK);
}

/* The entries of a block stand in the order of their octets, whatever order
 * they were given in. */
static void
block_entries_are_in_order(void)
{
	static const unsigned char ids[6] = { 9, 2, 7, 2, 5, 1 };
	seamkey_block_recipient many[6];
	size_t u, len = 0;

	block_init();
	for (u = 0; u < COUNT(many); u++) {
		memset(&many[u], 0, sizeof many[u]);
		many[u].key = to[u % KEYS].key;
		many[u].id = seamkey_span_of(&ids[u], 1 + (u == 3));
		many[u].padding = (int)(u & 1);
	}
	CHECK_INT(seamkey_block_seal(&env, SEAMKEY_BLOCK_AES_128_CBC, many,
			  COUNT(many), seamkey_span_of(message, 5), block,
			  sizeof block, &len),
		SEAMKEY_OK);
	check_order(len, COUNT(many));
}

/* What decides is how long an element is, with its head: a serial number of
 * 128 octets has a longer one than that of 127. */
static void
block_sorts_serials_of_any_length(void)
{
	static unsigned char serial[130];
	seamkey_block_recipient two[2];
	size_t a, b, len = 0;

	block_init();
	memset(serial, 0x55, sizeof serial);
	for (a = 125; a <= 130; a++) {
		for (b = 125; b <= 130; b++) {
			two[0] = to[2]; /* an octet more than to[0] */
			two[1] = to[0];
			two[0].issuer = BYTES("\x30\x0C\x31\x0A\x30\x08\x06"
					      "\x03\x55\x04\x03\x0C\x01\x41");
			two[1].issuer = BYTES("\x30\x0B\x31\x09\x30\x07\x06"
					      "\x03\x55\x04\x03\x0C\x00");
			two[0].serial = seamkey_span_of(serial, a);
			two[1].serial = seamkey_span_of(serial, b);
			CHECK_INT(seamkey_block_seal(&env,
					  SEAMKEY_BLOCK_AES_128_GCM, two, 2,
					  seamkey_span_of(message, 5), block,
					  sizeof block, &len),
				SEAMKEY_OK);
			check_order(len, 2);
		}
	}
}

static void
block_looks_at_its_arguments(void)
{
	static seamkey_block_sealer s;
	static const unsigned char id[65] = { 1 };
	seamkey_block_recipient twice[2];
	size_t used, got;

	block_init();
	CHECK_INT(seal(0, 1, 1), SEAMKEY_ERR_BLOCK_CIPHER);
	CHECK_INT(seal(SEAMKEY_BLOCK_DES_CBC, 1, 1), SEAMKEY_ERR_BLOCK_CIPHER);
	CHECK_INT(seal(1, 0, 1), SEAMKEY_ERR_BLOCK_RECIPIENTS);
	CHECK_INT(seamkey_block_seal_begin(&s, NULL, 1, to, 1, 1),
		SEAMKEY_ERR_ARG);
	to[0].padding = 2;
	CHECK_INT(seal(1, 1, 1), SEAMKEY_ERR_ARG);
	to[0].padding = 0;
	to[0].id = SPAN(id);
	CHECK_INT(seal(1, 1, 1), SEAMKEY_ERR_BLOCK_ID);
	to[0].id.len = 1;
	to[0].issuer = BYTES("\x30\x00");
	CHECK_INT(seal(1, 1, 1), SEAMKEY_ERR_BLOCK_ID);
	to[0].id.len = 0;
	CHECK_INT(seal(1, 1, 1), SEAMKEY_ERR_BLOCK_ID); /* no serial */
	to[0].serial = BYTES("\x01");
	to[0].issuer = BYTES("\x30\x01");
	CHECK_INT(seal(1, 1, 1), SEAMKEY_ERR_DER_TRUNCATED);
	to[0].issuer = BYTES("\x04\x00"); /* no Name */
	CHECK_INT(seal(1, 1, 1), SEAMKEY_ERR_DER_TAG);
	block_init();
	twice[0] = twice[1] = to[0];
	CHECK_INT(seamkey_block_seal_begin(&s, &env, 1, twice, 2, 1),
		SEAMKEY_ERR_BLOCK_TWICE);
	env.random.fill = NULL;
	CHECK_INT(seal(1, 1, 1), SEAMKEY_ERR_RANDOM);
	block_init();
	CHECK_INT(
		seamkey_block_seal_begin(&s, &env, 1, to, 1, (uint64_t)1 << 36),
		SEAMKEY_ERR_LENGTH);
	/* the whole block, not the message alone */
	CHECK_INT(seamkey_block_seal_begin(&s, &env, SEAMKEY_BLOCK_AES_128_CBC,
			  to, 1, ((uint64_t)1 << 62) - 1000),
		SEAMKEY_OK);
	CHECK_INT(seamkey_block_seal_size(&s) >> 62, 0);
	CHECK_INT(seamkey_block_seal_begin(&s, &env, SEAMKEY_BLOCK_AES_128_CBC,
			  to, 1, ((uint64_t)1 << 62) - 100),
		SEAMKEY_ERR_LENGTH);
	CHECK_INT(seamkey_block_seal_begin(&s, &env, 1, to, 1, 4), SEAMKEY_OK);
	CHECK_INT(seamkey_block_seal_push(
			  &s, message, 5, &used, block, sizeof block, &got),
		SEAMKEY_ERR_BLOCK_LENGTH);
	CHECK_INT(used, 4);
	env.policy.min_bits = 2048;
	CHECK_INT(seal(1, 1, 1), SEAMKEY_ERR_KEY_MODULUS_SHORT);
}

static void
block_needs_its_room(void)
{
	size_t need = 0, cap;
	unsigned char room[700];

	block_init();
	CHECK_INT(seamkey_block_seal(
			  &env, 1, to, 1, BYTES("hello"), NULL, 0, &need),
		SEAMKEY_OK);
	for (cap = 0; cap <= need; cap++) {
		size_t len = 7;

		memset(room, 0xEE, sizeof room);
		CHECK_INT(seamkey_block_seal(&env, 1, to, 1, BYTES("hello"),
				  room, cap, &len),
			cap < need ? SEAMKEY_ERR_SPACE : SEAMKEY_OK);
		CHECK_INT(len, need);
		CHECK_INT(room[cap], 0xEE);
	}
	CHECK_INT(seal(1, 1, 100), SEAMKEY_OK);
	for (cap = 0; cap < 100; cap++) {
		memset(opened, 0xEE, sizeof opened);
		CHECK_INT(seamkey_block_open(&env, 0, own, 1,
				  seamkey_span_of(block, block_len), opened,
				  cap, &need),
			SEAMKEY_ERR_SPACE);
		CHECK_INT(cap == 0 || opened[cap - 1] == 0, 1);
		CHECK_INT(opened[cap], 0xEE);
	}
}

/* ---- malformed ----------------------------------------------------------- */

static void
block_truncated_is_refused(void)
{
	size_t c, whole;

	block_init();
	for (c = 0; c < COUNT(ciphers); c++) {
		CHECK_INT(seal(ciphers[c], 1, 33), SEAMKEY_OK);
		whole = block_len;
		for (block_len = 0; block_len < whole; block_len++) {
			CHECK_INT(open_with(0, SEAMKEY_BLOCK_CBC),
				SEAMKEY_ERR_DER_TRUNCATED);
			CHECK_INT(opened[0] == 0xEE || opened[0] == 0, 1);
		}
		block[block_len++] = 0;
		block[block_len++] = 0;
		CHECK_INT(open_with(0, SEAMKEY_BLOCK_CBC),
			SEAMKEY_ERR_DER_TRAILING);
	}
}

/* Every octet of a block changed: no plaintext comes out. */
static void
block_changed_is_refused(void)
{
	static const unsigned char masks[] = { 0x01, 0x80, 0xFF };
	size_t u, m;

	block_init();
	to[0].id = own[0].id = BYTES("\x01\x02\x03\x04");
	CHECK_INT(seal(SEAMKEY_BLOCK_AES_256_GCM, 1, 20), SEAMKEY_OK);
	for (u = 0; u < block_len; u++) {
		for (m = 0; m < COUNT(masks); m++) {
			block[u] ^= masks[m];
			if (!CHECK_INT(open_with(0, 0) < 0, 1)) {
				printf("octet %u\n", (unsigned)u);
			}
			CHECK_INT(opened_len, 0);
			CHECK_INT(opened[0] == 0 || opened[0] == 0xEE, 1);
			block[u] ^= masks[m];
		}
	}
	CHECK_INT(open_with(0, 0), SEAMKEY_OK);
}

/* Where the n-th entry's wrapped key begins, in block. */
static size_t
find_wrapped(size_t k)
{
	size_t u;

	for (u = 0; u + 4 < block_len; u++) {
		if (block[u] == 0x04 && block[u + 1] == 0x81
			&& block[u + 2] == k) {
			return u + 3;
		}
	}
	return 0;
}

/* A wrapped key that is damaged in any way, a tag, a content, padding: the
 * same status for all, with both ways of wrapping. */
static void
block_tells_no_difference(void)
{
	size_t c, p, at, u;

	block_init();
	for (c = 0; c < COUNT(ciphers); c++) {
		for (p = 0; p < 2; p++) {
			to[0].padding = (int)p;
			CHECK_INT(seal(ciphers[c], 1, 40), SEAMKEY_OK);
			at = find_wrapped(128);
			for (u = 0; u < 8; u++) {
				size_t n = at + u * 128 / 8;
				unsigned char was = block[n];

				/* 0, 1, above n, and somewhere inside */
				block[n] = u == 0 ? 0xFF
						  : (unsigned char)(was ^ 4);
				CHECK_INT(open_with(0, SEAMKEY_BLOCK_CBC),
					SEAMKEY_ERR_BLOCK_OPEN);
				block[n] = was;
			}
			memset(block + at, 0, 128);
			CHECK_INT(open_with(0, SEAMKEY_BLOCK_CBC),
				SEAMKEY_ERR_BLOCK_OPEN);
			block[at + 127] = 1;
			CHECK_INT(open_with(0, SEAMKEY_BLOCK_CBC),
				SEAMKEY_ERR_BLOCK_OPEN);
		}
	}
	CHECK_INT(seal(SEAMKEY_BLOCK_AES_128_GCM, 1, 40), SEAMKEY_OK);
	block[block_len - 1] ^= 1;
	CHECK_INT(open_with(0, 0), SEAMKEY_ERR_BLOCK_OPEN);
	block[block_len - 1] ^= 1;
	block[block_len - 30] ^= 1;
	CHECK_INT(open_with(0, 0), SEAMKEY_ERR_BLOCK_OPEN);
}

/* Another key of the same name: as a bad ciphertext. */
static void
block_for_another_key(void)
{
	static const unsigned char id[4] = { 1 };

	block_init();
	to[0].id = own[0].id = own[1].id = own[2].id = SPAN(id);
	CHECK_INT(seal(SEAMKEY_BLOCK_AES_256_GCM, 1, 40), SEAMKEY_OK);
	CHECK_INT(open_with(1, 0), SEAMKEY_ERR_BLOCK_OPEN);
	CHECK_INT(open_with(2, 0), SEAMKEY_ERR_BLOCK_OPEN);
	CHECK_INT(open_with(0, 0), SEAMKEY_OK);
}

static void
block_cbc_has_to_be_admitted(void)
{
	block_init();
	CHECK_INT(seal(SEAMKEY_BLOCK_AES_128_CBC, 1, 40), SEAMKEY_OK);
	CHECK_INT(open_with(0, 0), SEAMKEY_ERR_BLOCK_CIPHER);
	CHECK_INT(open_with(0, SEAMKEY_BLOCK_DES), SEAMKEY_ERR_BLOCK_CIPHER);
	CHECK_INT(open_with(0, SEAMKEY_BLOCK_CBC), SEAMKEY_OK);
}

/* ---- blocks made by hand ------------------------------------------------- */

/* What may be odd about a block; zero is a right one. */
typedef struct odd {
	seamkey_span type;       /* of ContentInfo, the whole element */
	seamkey_span data_type;  /* the whole element */
	seamkey_span attributes; /* contents of [1], and what they are */
	seamkey_span entries;    /* more of them, before the right one */
	seamkey_span rest;       /* elements behind the tag */
	size_t nonce_len, tag_len, key_len;
	int icv; /* what aes-ICVlen says; 0: tag_len; -1: nothing */
	int version;
} odd;

static void
put_span(seamkey_der_writer *w, seamkey_span s)
{
	seamkey_der_put(w, s.p, s.len);
}

/* The content, sealed with the key 00 01 02 ... */
static void
odd_content(const odd *o, unsigned char *ct, unsigned char *tag, size_t len)
{
	unsigned char key[32], nonce[16] = { 0 }, set[64];
	br_aes_ct_ctr_keys aes;
	br_gcm_context gcm;
	size_t u;

	for (u = 0; u < sizeof key; u++) {
		key[u] = (unsigned char)u;
	}
	br_aes_ct_ctr_init(&aes, key, 16);
	br_gcm_init(&gcm, &aes.vtable, br_ghash_ctmul32);
	br_gcm_reset(&gcm, nonce, o->nonce_len);
	if (o->attributes.len != 0) {
		memcpy(set, o->attributes.p, o->attributes.len);
		set[0] = 0x31;
		br_gcm_aad_inject(&gcm, set, o->attributes.len);
	}
	br_gcm_flip(&gcm);
	memcpy(ct, message, len);
	br_gcm_run(&gcm, 1, ct, len);
	br_gcm_get_tag(&gcm, tag);
}

static void
odd_info(seamkey_der_writer *w, const odd *o, const unsigned char *ct,
	size_t len)
{
	static const unsigned char zero[16] = { 0 };
	size_t info, algorithm, params;

	info = seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE);
	put_span(w, o->data_type);
	algorithm = seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE);
	put_span(w, BYTES("\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x06"));
	params = seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE);
	seamkey_der_put_element(w, SEAMKEY_DER_OCTET_STRING,
		seamkey_span_of(zero, o->nonce_len));
	if (o->icv >= 0) {
		seamkey_der_put_uint(w,
			o->icv != 0 ? (uint32_t)o->icv : (uint32_t)o->tag_len);
	}
	seamkey_der_end(w, params);
	seamkey_der_end(w, algorithm);
	seamkey_der_put_element(w, 0x80, seamkey_span_of(ct, len));
	seamkey_der_end(w, info);
}

/* A block of AES-128-GCM with len octets, as odd as wanted. */
static void
odd_block(const odd *o, size_t len)
{
	seamkey_der_writer w = { block, sizeof block, 0, SEAMKEY_OK };
	unsigned char ct[256], tag[16], key[32], wrapped[KEY_BYTES];
	size_t a, b, c, d, e, u, wrapped_len = 0;

	for (u = 0; u < sizeof key; u++) {
		key[u] = (unsigned char)u;
	}
	CHECK_INT(
		seamkey_rsa_encrypt(&env, wrapped, sizeof wrapped, &wrapped_len,
			seamkey_span_of(key, o->key_len), to[0].key),
		SEAMKEY_OK);
	odd_content(o, ct, tag, len);
	a = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
	put_span(&w, o->type);
	b = seamkey_der_begin(&w, 0xA0);
	c = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
	seamkey_der_put_uint(&w, (uint32_t)o->version);
	d = seamkey_der_begin(&w, 0x31);
	put_span(&w, o->entries);
	e = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
	seamkey_der_put_uint(&w, 2);
	seamkey_der_put_element(&w, 0x80, BYTES("\x01\x02\x03\x04"));
	put_span(&w,
		BYTES("\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01"
		      "\x05\x00"));
	seamkey_der_put_element(&w, SEAMKEY_DER_OCTET_STRING,
		seamkey_span_of(wrapped, wrapped_len));
	seamkey_der_end(&w, e);
	seamkey_der_end(&w, d);
	odd_info(&w, o, ct, len);
	put_span(&w, o->attributes);
	seamkey_der_put_element(
		&w, SEAMKEY_DER_OCTET_STRING, seamkey_span_of(tag, o->tag_len));
	put_span(&w, o->rest);
	seamkey_der_end(&w, c);
	seamkey_der_end(&w, b);
	seamkey_der_end(&w, a);
	CHECK_INT(w.err, SEAMKEY_OK);
	block_len = w.len;
}

static odd
odd_none(void)
{
	odd o;

	block_init();
	own[0].id = BYTES("\x01\x02\x03\x04");
	memset(&o, 0, sizeof o);
	o.type = BYTES("\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01\x17");
	o.data_type = BYTES("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01");
	o.nonce_len = 12;
	o.tag_len = o.key_len = 16;
	return o;
}

static int
odd_opens(const odd *o, size_t len)
{
	int status;

	odd_block(o, len);
	status = open_with(0, 0);
	if (status == SEAMKEY_OK) {
		check_opened(len);
	}
	return status;
}

/* Lengths of nonce, tag and key: only those of the cipher. */
static void
block_parameters_are_checked(void)
{
	static const struct {
		const char *what;
		size_t nonce, tag, key;
		int icv, want;
	} rows[] = {
		{ "right", 12, 16, 16, 0, SEAMKEY_OK },
		{ "tag of 12, by default", 12, 12, 16, -1, SEAMKEY_OK },
		{ "tag of 13", 12, 13, 16, 0, SEAMKEY_OK },
		{ "tag of 12, said", 12, 12, 16, 0, SEAMKEY_ERR_BLOCK_TAG },
		{ "tag of 4", 12, 4, 16, 0, SEAMKEY_ERR_BLOCK_TAG },
		{ "tag of 11", 12, 11, 16, 0, SEAMKEY_ERR_BLOCK_TAG },
		{ "tag shorter than said", 12, 12, 16, 16,
			SEAMKEY_ERR_BLOCK_TAG },
		{ "tag of 16, by default 12", 12, 16, 16, -1,
			SEAMKEY_ERR_BLOCK_TAG },
		{ "said to have 17", 12, 16, 16, 17, SEAMKEY_ERR_BLOCK_TAG },
		{ "no nonce", 0, 16, 16, 0, SEAMKEY_ERR_BLOCK_NONCE },
		{ "nonce of 11", 11, 16, 16, 0, SEAMKEY_ERR_BLOCK_NONCE },
		{ "nonce of 16", 16, 16, 16, 0, SEAMKEY_ERR_BLOCK_NONCE },
		{ "key of 15", 12, 16, 15, 0, SEAMKEY_ERR_BLOCK_OPEN },
		{ "key of 17", 12, 16, 17, 0, SEAMKEY_ERR_BLOCK_OPEN },
		{ "key of 32", 12, 16, 32, 0, SEAMKEY_ERR_BLOCK_OPEN },
		{ "key of 0", 12, 16, 0, 0, SEAMKEY_ERR_BLOCK_OPEN },
	};
	odd o;
	size_t u;

	for (u = 0; u < COUNT(rows); u++) {
		what = rows[u].what;
		o = odd_none();
		o.nonce_len = rows[u].nonce;
		o.tag_len = rows[u].tag;
		o.key_len = rows[u].key;
		o.icv = rows[u].icv;
		CHECK_INT(odd_opens(&o, 40), rows[u].want);
	}
}

#define CONTENT_TYPE "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x09\x03"
#define ID_DATA      "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01"
#define ID_SIGNED    "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02"

/* Attributes are authenticated, though they stand behind the content; the
 * type of the content has to be among them. */
static void
block_attributes_are_authenticated(void)
{
	static const size_t lengths[] = { 0, 1, 15, 16, 17, 40, 255 };
	odd o = odd_none();
	size_t u, at;

	o.attributes =
		BYTES("\xA1\x1A\x30\x18" CONTENT_TYPE "\x31\x0B" ID_DATA);
	for (u = 0; u < COUNT(lengths); u++) {
		CHECK_INT(odd_opens(&o, lengths[u]), SEAMKEY_OK);
	}
	/* the tag knows of them: another attribute beside it, added later */
	odd_block(&o, 40);
	at = block_len - 18 - 28;
	CHECK_INT(block[at], 0xA1);
	block[at] = 0x31;
	CHECK_INT(open_with(0, 0), SEAMKEY_ERR_DER_TAG);
	o.attributes =
		BYTES("\xA1\x1A\x30\x18" CONTENT_TYPE "\x31\x0B" ID_SIGNED);
	CHECK_INT(odd_opens(&o, 40), SEAMKEY_ERR_BLOCK_CONTENT);
	o.attributes = BYTES("\xA1\x09\x30\x07\x06\x03\x2A\x03\x04\x31\x00");
	CHECK_INT(odd_opens(&o, 40), SEAMKEY_ERR_BLOCK_CONTENT);
	o.attributes = BYTES("\xA1\x02\x30\x01");
	CHECK_INT(odd_opens(&o, 40), SEAMKEY_ERR_DER_TRUNCATED);
	o = odd_none();
	o.data_type = BYTES(ID_SIGNED);
	CHECK_INT(odd_opens(&o, 40), SEAMKEY_ERR_BLOCK_CONTENT);
}

/* Other contents of CMS, other kinds of recipients: named. */
static void
block_names_what_it_is_not(void)
{
	static const struct {
		const char *oid;
		size_t len;
		int want;
	} types[] = {
		{ ID_DATA, 11, SEAMKEY_ERR_BLOCK_DATA },
		{ ID_SIGNED, 11, SEAMKEY_ERR_BLOCK_SIGNED },
		{ "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x05", 11,
			SEAMKEY_ERR_BLOCK_DIGESTED },
		{ "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x06", 11,
			SEAMKEY_ERR_BLOCK_ENCRYPTED },
		{ "\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01\x02", 13,
			SEAMKEY_ERR_BLOCK_AUTHENTICATED },
		{ "\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01\x09", 13,
			SEAMKEY_ERR_BLOCK_COMPRESSED },
		{ "\x06\x03\x2A\x03\x04", 5, SEAMKEY_ERR_BLOCK_CONTENT },
		/* GCM as EnvelopedData */
		{ "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x03", 11,
			SEAMKEY_ERR_BLOCK_CIPHER },
	};
	static const struct {
		const char *bytes;
		int want;
	} entries[] = {
		{ "\xA1\x00", SEAMKEY_ERR_BLOCK_KEY_AGREE },
		{ "\xA2\x00", SEAMKEY_ERR_BLOCK_KEK },
		{ "\xA3\x00", SEAMKEY_ERR_BLOCK_PASSWORD },
		{ "\xA4\x00", SEAMKEY_ERR_BLOCK_OTHER },
		{ "\xA5\x00", SEAMKEY_ERR_DER_TAG },
	};
	odd o;
	size_t u;

	for (u = 0; u < COUNT(types); u++) {
		o = odd_none();
		o.type = seamkey_span_of(types[u].oid, types[u].len);
		CHECK_INT(odd_opens(&o, 40), types[u].want);
	}
	for (u = 0; u < COUNT(entries); u++) {
		o = odd_none();
		o.entries = seamkey_span_of(entries[u].bytes, 2);
		/* beside one that is ours they do not matter */
		CHECK_INT(odd_opens(&o, 40),
			u < 4 ? SEAMKEY_OK : entries[u].want);
		own[0].id = BYTES("\x09");
		CHECK_INT(open_with(0, 0), entries[u].want);
	}
}

static void
block_structure_is_strict(void)
{
	odd o = odd_none();

	o.version = 1;
	CHECK_INT(odd_opens(&o, 40), SEAMKEY_ERR_BLOCK_VERSION);
	o = odd_none();
	o.rest = BYTES("\xA2\x02\x30\x00"); /* unauthenticated attributes */
	CHECK_INT(odd_opens(&o, 40), SEAMKEY_OK);
	o.rest = BYTES("\xA2\x00\xA2\x00");
	CHECK_INT(odd_opens(&o, 40), SEAMKEY_ERR_DER_TAG);
	o.rest = BYTES("\x05\x00");
	CHECK_INT(odd_opens(&o, 40), SEAMKEY_ERR_DER_TAG);
	o = odd_none();
	o.entries = BYTES("\x30\x03\x02\x01\x02");
	CHECK_INT(odd_opens(&o, 40) < 0, 1);
	o.entries = BYTES("\x30\x03\x02\x01\x01");
	CHECK_INT(odd_opens(&o, 40), SEAMKEY_ERR_BLOCK_VERSION);
}

/* ---- BER ----------------------------------------------------------------- */

static unsigned char ber[2 * BLOCK];
static size_t ber_len;

static void
ber_put(const void *p, size_t len)
{
	memcpy(ber + ber_len, p, len);
	ber_len += len;
}

/* The block as other tools stream it: every level of indefinite length but
 * the recipients, the content in pieces. */
static void
to_ber(size_t piece)
{
	seamkey_der_reader r, a, b, c, d;
	seamkey_span e, content;
	size_t n;

	ber_len = 0;
	seamkey_der_init(&r, seamkey_span_of(block, block_len));
	seamkey_der_enter(&r, &a, SEAMKEY_DER_SEQUENCE);
	ber_put("\x30\x80", 2);
	e = seamkey_der_get_element(&a, SEAMKEY_DER_OID);
	ber_put(e.p, e.len);
	ber_put("\xA0\x80\x30\x80", 4);
	seamkey_der_enter(&a, &b, 0xA0);
	seamkey_der_enter(&b, &c, SEAMKEY_DER_SEQUENCE);
	e = seamkey_der_get_element(&c, SEAMKEY_DER_INTEGER);
	ber_put(e.p, e.len);
	e = seamkey_der_get_element(&c, 0x31);
	ber_put(e.p, e.len);
	seamkey_der_enter(&c, &d, SEAMKEY_DER_SEQUENCE);
	ber_put("\x30\x80", 2);
	e = seamkey_der_get_element(&d, SEAMKEY_DER_OID);
	ber_put(e.p, e.len);
	e = seamkey_der_get_element(&d, SEAMKEY_DER_SEQUENCE);
	ber_put(e.p, e.len);
	ber_put("\xA0\x80", 2);
	content = seamkey_der_get(&d, 0x80);
	while (content.len != 0) {
		unsigned char head[2] = { 0x04, 0 };

		n = content.len < piece ? content.len : piece;
		head[1] = (unsigned char)n;
		ber_put(head, 2);
		ber_put(content.p, n);
		content.p += n;
		content.len -= n;
	}
	ber_put("\0\0\0\0", 4);
	seamkey_der_finish(&c, &d);
	if (seamkey_der_match(&c, SEAMKEY_DER_OCTET_STRING)) {
		e = seamkey_der_get_element(&c, SEAMKEY_DER_OCTET_STRING);
		ber_put(e.p, e.len);
	}
	ber_put("\0\0\0\0\0\0", 6);
	CHECK_INT(c.err, SEAMKEY_OK);
}

static void
block_in_ber_has_to_be_admitted(void)
{
	static const size_t pieces[] = { 1, 5, 16, 100 };
	size_t c, n, whole;

	block_init();
	for (c = 0; c < COUNT(ciphers) * COUNT(pieces); c++) {
		unsigned lenient = SEAMKEY_BLOCK_CBC;

		CHECK_INT(seal(ciphers[c % COUNT(ciphers)], 1, 77), SEAMKEY_OK);
		to_ber(pieces[c / COUNT(ciphers)]);
		memcpy(block, ber, ber_len);
		block_len = whole = ber_len;
		CHECK_INT(open_with(0, lenient), SEAMKEY_ERR_BLOCK_BER);
		lenient |= SEAMKEY_BLOCK_BER;
		CHECK_INT(open_with(0, lenient), SEAMKEY_OK);
		check_opened(77);
		for (n = 0; n < whole; n++) {
			block_len = n;
			CHECK_INT(open_with(0, lenient) < 0, 1);
		}
	}
}

/* EnvelopedData has versions 0, 2, 3 and 4: RFC 5652 section 6.1. */
static void
block_versions_are_those_of_cms(void)
{
	static const unsigned char right[] = { 1, 0, 1, 1, 1, 0, 0 };
	size_t at;

	block_init();
	CHECK_INT(seal(SEAMKEY_BLOCK_AES_128_CBC, 1, 77), SEAMKEY_OK);
	for (at = 0; memcmp(block + at, "\x02\x01\x02\x31", 4) != 0; at++) {
	}
	for (block[at + 2] = 0; block[at + 2] < sizeof right; block[at + 2]++) {
		CHECK_INT(open_with(0, SEAMKEY_BLOCK_CBC),
			right[block[at + 2]] ? SEAMKEY_OK
					     : SEAMKEY_ERR_BLOCK_VERSION);
	}
}

/* Push ber whole: it ends with this status, and gives nothing. */
static void
check_refused(int want)
{
	static seamkey_block_opener o;
	size_t used, got;

	seamkey_block_open_begin(
		&o, &env, SEAMKEY_BLOCK_CBC | SEAMKEY_BLOCK_BER, own, KEYS);
	CHECK_INT(seamkey_block_open_push(
			  &o, ber, ber_len, &used, opened, sizeof opened, &got),
		want);
	CHECK_INT(got, 0);
}

/* No element goes beyond one that it stands in, not even with a level of
 * indefinite length between the two, or with its head alone. */
static void
block_elements_stay_inside(void)
{
	static const unsigned char lengths[] = { 1, 12, 14, 15, 16, 17, 18, 20,
		21, 100 };
	size_t u;

	block_init();
	for (u = 0; u < COUNT(lengths); u++) {
		CHECK_INT(seal(SEAMKEY_BLOCK_AES_128_GCM, 1, 77), SEAMKEY_OK);
		ber_len = 0;
		ber_put("\x30", 1);
		ber_put(&lengths[u], 1);
		ber_put(block + 4, block_len - 4);
		check_refused(SEAMKEY_ERR_DER_TRUNCATED);
		to_ber(20);
		ber[1] = lengths[u];
		check_refused(SEAMKEY_ERR_DER_TRUNCATED);
	}
}

/* Pieces without a content are admitted in small numbers. */
static void
block_empty_pieces_are_bounded(void)
{
	static seamkey_block_opener o;
	size_t n, used = 0, got = 0, at;
	int status = SEAMKEY_AGAIN;

	block_init();
	for (n = 0; n <= SEAMKEY_BLOCK_EMPTY_MAX + 1; n++) {
		CHECK_INT(seal(SEAMKEY_BLOCK_AES_128_GCM, 1, 20), SEAMKEY_OK);
		to_ber(20);
		/* before and behind the one that is there */
		for (at = 0; at < n; at++) {
			/* at & 1: so many are behind it already */
			size_t tail = 4 + 18 + 6 + (at & 1 ? 22 + at + 1 : 0);

			memmove(ber + ber_len - tail + 2, ber + ber_len - tail,
				tail);
			memcpy(ber + ber_len - tail, "\x04\x00", 2);
			ber_len += 2;
		}
		memcpy(block, ber, ber_len);
		block_len = ber_len;
		CHECK_INT(open_with(0, SEAMKEY_BLOCK_BER),
			n <= SEAMKEY_BLOCK_EMPTY_MAX ? SEAMKEY_OK
						     : SEAMKEY_ERR_BLOCK_EMPTY);
	}
	/* a million of them end early */
	seamkey_block_open_begin(&o, &env, SEAMKEY_BLOCK_BER, own, 1);
	at = block_len - 2 * (n - 1) - 4 - 18 - 6 - 22;
	status = seamkey_block_open_push(
		&o, block, at, &used, opened, sizeof opened, &got);
	for (n = 0; n < 1000000 && status == SEAMKEY_AGAIN; n++) {
		status = seamkey_block_open_push(&o,
			(const unsigned char *)"\x04\x00", 2, &used, opened,
			sizeof opened, &got);
	}
	CHECK_INT(status, SEAMKEY_ERR_BLOCK_EMPTY);
	CHECK_INT(n <= SEAMKEY_BLOCK_EMPTY_MAX + 1, 1);
}

/* An octet in, an octet out, and no pointer where there is no room. */
static void
block_goes_by_single_octets(void)
{
	static seamkey_block_opener o;
	static seamkey_block_sealer s;
	size_t c, at, used, got, room, turns;
	int status;

	block_init();
	for (c = 0; c < COUNT(ciphers); c++) {
		CHECK_INT(seamkey_block_seal_begin(
				  &s, &env, ciphers[c], to, 1, 33),
			SEAMKEY_OK);
		block_len = at = turns = 0;
		do {
			room = turns & 1;
			status = seamkey_block_seal_push(&s,
				room ? message + at : NULL,
				room && at < 33 ? 1 : 0, &used,
				room ? block + block_len : NULL, room, &got);
			at += used;
			block_len += got;
		} while (status == SEAMKEY_AGAIN && ++turns < 10000);
		CHECK_INT(status, SEAMKEY_OK);
		seamkey_block_open_begin(&o, &env, SEAMKEY_BLOCK_CBC, own, 1);
		at = opened_len = turns = 0;
		do {
			room = turns & 1;
			status = seamkey_block_open_push(&o,
				room ? block + at : NULL,
				room && at < block_len ? 1 : 0, &used,
				room ? opened + opened_len : NULL, room, &got);
			at += used;
			opened_len += got;
		} while (status == SEAMKEY_AGAIN && ++turns < 10000);
		CHECK_INT(status, SEAMKEY_OK);
		CHECK_INT(at, block_len);
		check_opened(33);
	}
}

/* A key longer than can be used is one that is not meant, or said to be so. */
static void
block_looks_at_keys_of_any_length(void)
{
	static unsigned char n[1024], info[4096], e[200];
	seamkey_der_rsa_private k;
	seamkey_block_key big;
	size_t len = 0;

	block_init();
	CHECK_INT(seal(SEAMKEY_BLOCK_AES_128_GCM, 1, 20), SEAMKEY_OK);
	memset(n, 0xFF, sizeof n);
	memset(e, 0xFF, sizeof e);
	memset(&big, 0, sizeof big);
	k = numbers_of(own[0].key);
	k.n = SPAN(n);
	k.e = SPAN(e);
	CHECK_INT(seamkey_der_encode_rsa_private_info(
			  info, sizeof info, &len, &k),
		SEAMKEY_OK);
	big.key = seamkey_span_of(info, len);
	CHECK_INT(seamkey_block_open(&env, 0, &big, 1,
			  seamkey_span_of(block, block_len), opened,
			  sizeof opened, &opened_len),
		SEAMKEY_ERR_BLOCK_NO_RECIPIENT);
}

/* Lengths in more octets than they need, or in none at all. */
static void
block_lengths_are_minimal(void)
{
	static const unsigned char heads[][6] = { { 0x30, 0x81, 0x7F },
		{ 0x30, 0x82, 0x00, 0x80 },
		{ 0x30, 0x84, 0x00, 0x00, 0x01, 0x00 },
		{ 0x30, 0x89, 1, 1, 1, 1 }, { 0x30, 0xFF, 1, 1, 1, 1 },
		{ 0x30, 0x88, 0x7F, 0xFF, 0xFF, 0xFF } };
	size_t u;

	block_init();
	CHECK_INT(seal(SEAMKEY_BLOCK_AES_128_GCM, 1, 77), SEAMKEY_OK);
	for (u = 0; u < COUNT(heads); u++) {
		memcpy(block, heads[u], 6);
		memset(block + 6, 0xFF, 4);
		CHECK_INT(open_with(0, 0), SEAMKEY_ERR_DER_LENGTH);
	}
	block[0] = 0x3F;
	CHECK_INT(open_with(0, 0), SEAMKEY_ERR_DER_TAG);
}

/* clang-format off */
/* A serial number is an INTEGER: of any sign, with no octet too many. */
static void
block_serials_are_integers(void)
{
	static const struct {
		unsigned char p[3];
		size_t len;
		int status;
	} cases[] = { { { 0x00 }, 1, SEAMKEY_OK }, { { 0x80 }, 1, SEAMKEY_OK },
		{ { 0x00, 0x80 }, 2, SEAMKEY_OK },
		{ { 0xFF, 0x7F }, 2, SEAMKEY_OK },
		{ { 0x00, 0x7F }, 2, SEAMKEY_ERR_DER_INTEGER },
		{ { 0xFF, 0x80 }, 2, SEAMKEY_ERR_DER_INTEGER },
		{ { 0x00, 0x00, 0x01 }, 3, SEAMKEY_ERR_DER_INTEGER } };
	unsigned char *at;
	size_t u, n;

	for (u = 0; u < COUNT(cases); u++) {
		block_init();
		own[0].issuer = to[0].issuer = BYTES("\x30\x00");
		own[0].serial = to[0].serial =
			seamkey_span_of(cases[u].p, cases[u].len);
		CHECK_INT(seal(SEAMKEY_BLOCK_AES_128_GCM, 1, 5),
			cases[u].status);
		if (cases[u].status == SEAMKEY_OK) {
			CHECK_INT(open_with(0, 0), SEAMKEY_OK);
			continue;
		}
		/* as another tool could write it */
		to[0].serial = BYTES("\x41\x42\x43");
		to[0].serial.len = cases[u].len;
		CHECK_INT(seal(SEAMKEY_BLOCK_AES_128_GCM, 1, 5), SEAMKEY_OK);
		for (n = 0; memcmp(block + n, "\x02", 1) != 0
			|| memcmp(block + n + 2, "AB", 2) != 0;
			n++) {
		}
		at = block + n + 2;
		memcpy(at, cases[u].p, cases[u].len);
		CHECK_INT(open_with(0, 0), SEAMKEY_ERR_DER_INTEGER);
	}
}

/* Two keys or paddings under one name: the second could never open it. */
static void
block_names_are_of_one_recipient(void)
{
	block_init();
	to[0].id = to[1].id = BYTES("one name"); /* keys of two lengths */
	CHECK_INT(seal(SEAMKEY_BLOCK_AES_128_GCM, 2, 5),
		SEAMKEY_ERR_BLOCK_TWICE);
	block_init();
	to[2] = to[0];
	to[2].padding = SEAMKEY_BLOCK_OAEP;
	CHECK_INT(seal(SEAMKEY_BLOCK_AES_128_GCM, KEYS, 5),
		SEAMKEY_ERR_BLOCK_TWICE);
	to[2].id = BYTES("another name");
	CHECK_INT(seal(SEAMKEY_BLOCK_AES_128_GCM, KEYS, 5), SEAMKEY_OK);
	to[0].id = to[1].id = to[2].id = BYTES("");
	to[0].issuer = to[1].issuer = BYTES("\x30\x00");
	to[0].serial = to[1].serial = BYTES("\x01");
	CHECK_INT(seal(SEAMKEY_BLOCK_AES_128_GCM, 2, 5),
		SEAMKEY_ERR_BLOCK_TWICE);
}

/* ---- with the key of the content ------------------------- */

/* The key of the block, by way of a recipient's. */
static size_t
content_key(seamkey_span recipients, int cipher, unsigned char *key)
{
	size_t len = cipher == SEAMKEY_BLOCK_AES_128_GCM
			|| cipher == SEAMKEY_BLOCK_AES_128_CBC
		? 16
		: 32;
	seamkey_der_reader r, set;
	seamkey_block_entry e;

	seamkey_der_init(&r, recipients);
	seamkey_der_enter(&r, &set, SEAMKEY_DER_SET);
	do {
		memset(&e, 0, sizeof e);
		CHECK_INT(seamkey_block_decode_entry(
				  &e, seamkey_der_get_any(&set), 0),
			SEAMKEY_OK);
	} while (set.len != 0 && e.wrapped.len != rsa_keys[0].k);
	CHECK_INT(seamkey_rsa_decrypt(&env, key, len, e.wrapped, own[0].key),
		SEAMKEY_OK);
	return len;
}

/* Ask for the header in pieces, load the key, go on in pieces. */
static int
open_by_asking(size_t piece, int cipher, unsigned char *header, size_t cap)
{
	static seamkey_block_opener o;
	seamkey_span recipients = { NULL, 0 }, algorithm = { NULL, 0 };
	unsigned char key[33] = { 0 };
	size_t at = 0, n, used = 0, got = 0, key_len;
	int status;

	opened_len = 0;
	seamkey_block_open_begin_ask(&o, SEAMKEY_BLOCK_CBC, header, cap);
	CHECK_INT(seamkey_block_open_load(&o, SPAN(key)), SEAMKEY_ERR_STATE);
	do {
		n = block_len - at < piece ? block_len - at : piece;
		status = seamkey_block_open_push(&o, block + at, n, &used,
			opened + opened_len, sizeof opened - opened_len, &got);
		at += used;
		opened_len += got;
		if (status == SEAMKEY_AGAIN
			&& seamkey_block_open_get_header(
				   &o, &recipients, &algorithm)
				== SEAMKEY_OK) {
			CHECK_INT(opened_len, 0);
			CHECK_INT(seamkey_der_check(algorithm), SEAMKEY_OK);
			CHECK_INT(seamkey_block_open_load(&o, SPAN(key)),
				SEAMKEY_ERR_BLOCK_KEY);
			key_len = content_key(recipients, cipher, key);
			CHECK_INT(seamkey_block_open_load(
					  &o, seamkey_span_of(key, key_len)),
				SEAMKEY_OK);
			CHECK_INT(seamkey_block_open_load(&o, SPAN(key)),
				SEAMKEY_ERR_STATE);
		}
	} while (status == SEAMKEY_AGAIN && (n != 0 || got != 0));
	if (status != SEAMKEY_OK) {
		CHECK_INT(seamkey_block_open_get_header(
				  &o, &recipients, &algorithm),
			status);
	}
	return status;
}

static void
block_opens_with_a_key_from_elsewhere(void)
{
	static const size_t pieces[] = { 1, 7, 64, BLOCK };
	static unsigned char header[2048], whole[BLOCK];
	unsigned char key[32];
	seamkey_release_block b;
	size_t c, p, key_len, len = 0;

	block_init();
	for (c = 0; c < COUNT(ciphers); c++) {
		CHECK_INT(seal(ciphers[c], KEYS, MESSAGE), SEAMKEY_OK);
		for (p = 0; p < COUNT(pieces); p++) {
			CHECK_INT(open_by_asking(pieces[p], ciphers[c], header,
					  sizeof header),
				SEAMKEY_OK);
			check_opened(MESSAGE);
		}
		/* the header as the strict decoder finds it */
		CHECK_INT(seamkey_release_decode_block(
				  &b, seamkey_span_of(block, block_len)),
			SEAMKEY_OK);
		CHECK_INT(b.recipients.len < sizeof header, 1);
		CHECK_MEM(header + 10 - 4, b.recipients.p, b.recipients.len);
		key_len = content_key(b.recipients, ciphers[c], key);
		CHECK_INT(seamkey_block_open_content(SEAMKEY_BLOCK_CBC,
				  seamkey_span_of(key, key_len),
				  seamkey_span_of(block, block_len), whole,
				  sizeof whole, &len),
			SEAMKEY_OK);
		CHECK_INT(len, MESSAGE);
		CHECK_MEM(whole, message, MESSAGE);
		key[3] ^= 1;
		len = 7;
		CHECK_INT(seamkey_block_open_content(SEAMKEY_BLOCK_CBC,
				  seamkey_span_of(key, key_len),
				  seamkey_span_of(block, block_len), whole,
				  sizeof whole, &len),
			SEAMKEY_ERR_BLOCK_OPEN);
		CHECK_INT(len, 7);
		CHECK_INT(seamkey_block_open_content(SEAMKEY_BLOCK_CBC,
				  seamkey_span_of(key, key_len - 1),
				  seamkey_span_of(block, block_len), whole,
				  sizeof whole, &len),
			SEAMKEY_ERR_BLOCK_KEY);
	}
	/* a cipher that is not admitted is not asked for */
	CHECK_INT(seamkey_block_open_content(0, SPAN(key),
			  seamkey_span_of(block, block_len), whole,
			  sizeof whole, &len),
		SEAMKEY_ERR_BLOCK_CIPHER);
}

/* Every room for the header that is too small, and the one that is not. */
static void
block_header_needs_room(void)
{
	static unsigned char header[2048];
	seamkey_release_block b = { { NULL, 0 }, { NULL, 0 } };
	size_t cap, need;

	block_init();
	CHECK_INT(seal(SEAMKEY_BLOCK_AES_128_GCM, KEYS, 16), SEAMKEY_OK);
	CHECK_INT(seamkey_release_decode_block(
			  &b, seamkey_span_of(block, block_len)),
		SEAMKEY_OK);
	need = b.recipients.len - 4 + 10;
	for (cap = 0; cap < need; cap++) {
		memset(header, CANARY, sizeof header);
		CHECK_INT(open_by_asking(
				  64, SEAMKEY_BLOCK_AES_128_GCM, header, cap),
			SEAMKEY_ERR_SPACE);
		CHECK_INT(all_are(header + cap, CANARY, sizeof header - cap),
			1);
	}
	CHECK_INT(open_by_asking(64, SEAMKEY_BLOCK_AES_128_GCM, header, need),
		SEAMKEY_OK);
	check_opened(16);
}

/* ---- by a key alone ------------------------- */

static int
open_any(size_t key, unsigned lenient)
{
	static unsigned char work[16384];

	opened_len = 0;
	memset(opened, 0xEE, sizeof opened);
	return seamkey_block_open_any(&env, lenient, own[key].key,
		seamkey_span_of(block, block_len), work, sizeof work, opened,
		sizeof opened, &opened_len);
}

/* An octet of the encrypted key of entry k of three with 1024 bits: behind
 * the heads of the levels and of the SET. */
#define WRAPPED(k) (28 + 4 + 155 * (k) + 100)

static void
block_opens_by_key_alone(void)
{
	static seamkey_block_recipient many[SEAMKEY_BLOCK_TRIES + 2];
	static unsigned char big[16384], names[SEAMKEY_BLOCK_TRIES + 2];
	size_t c, k, u, len = 0;

	block_init();
	to[1].padding = SEAMKEY_BLOCK_OAEP;
	to[0].issuer = BYTES("\x30\x00");
	to[0].serial = BYTES("\x05");
	to[2].id = BYTES("whatever it is called");
	for (c = 0; c < COUNT(ciphers); c++) {
		CHECK_INT(seal(ciphers[c], KEYS, MESSAGE), SEAMKEY_OK);
		for (k = 0; k < KEYS; k++) {
			CHECK_INT(open_any(k, SEAMKEY_BLOCK_CBC), SEAMKEY_OK);
			check_opened(MESSAGE);
		}
	}
	/* several with moduli of one length: which of them it is */
	memset(many, 0, sizeof many);
	for (u = 0; u < COUNT(many); u++) {
		names[u] = (unsigned char)(u + 1);
		many[u].id = seamkey_span_of(&names[u], 1);
		many[u].key = to[0].key;
	}
	for (u = 0; u < 3; u++) {
		many[u].key = to[0].key;
		CHECK_INT(seamkey_block_seal(&env, SEAMKEY_BLOCK_AES_128_GCM,
				  many, 3, seamkey_span_of(message, 9), block,
				  sizeof block, &block_len),
			SEAMKEY_OK);
		/* all but one do not unwrap */
		for (k = 0; k < 3; k++) {
			block[WRAPPED(k)] ^= k != u;
		}
		CHECK_INT(open_any(0, 0), SEAMKEY_OK);
		check_opened(9);
	}
	block[WRAPPED(u - 1)] ^= 1; /* and then none does */
	CHECK_INT(open_any(0, 0), SEAMKEY_ERR_BLOCK_OPEN);
	CHECK_INT(open_any(1, 0), SEAMKEY_ERR_BLOCK_NO_RECIPIENT);
	for (u = SEAMKEY_BLOCK_TRIES; u <= SEAMKEY_BLOCK_TRIES + 1; u++) {
		static unsigned char work[16384];

		CHECK_INT(seamkey_block_seal(&env, SEAMKEY_BLOCK_AES_128_GCM,
				  many, u, seamkey_span_of(message, 9), big,
				  sizeof big, &len),
			SEAMKEY_OK);
		CHECK_INT(seamkey_block_open_any(&env, 0, own[0].key,
				  seamkey_span_of(big, len), work, sizeof work,
				  opened, sizeof opened, &opened_len),
			u == SEAMKEY_BLOCK_TRIES ? SEAMKEY_OK
						 : SEAMKEY_ERR_BLOCK_MANY);
	}
}

/* The recipients of block, three entries of the key to[0], and the key that
 * comes out of them. */
static void
try_block(unsigned char *content, size_t want)
{
	seamkey_release_block b = { { NULL, 0 }, { NULL, 0 } };
	size_t len = 0;

	CHECK_INT(seamkey_release_decode_block(
			  &b, seamkey_span_of(block, block_len)),
		SEAMKEY_OK);
	memset(content, CANARY, 32);
	CHECK_INT(seamkey_block_open_try(&env, SEAMKEY_BLOCK_CBC, b.recipients,
			  b.algorithm, own[0].key, content, &len),
		SEAMKEY_OK);
	CHECK_INT(len, want);
	CHECK_INT(all_are(content + len, CANARY, 32 - len), 1);
}

/* Where no entry unwraps, the key changes with each of them, and with their
 * order; or an entry that unwraps would be known by a key that changed, the
 * others being as before. */
static void
block_rejects_by_all_entries(void)
{
	static const size_t lengths[] = { 16, 32, 16, 32 };
	static const unsigned char ids[3] = { 1, 2, 3 };
	unsigned char base[32], again[32], one[32], other[32];
	br_sha256_context sha;
	seamkey_block_recipient many[3];
	size_t c, k, at;

	block_init();
	for (c = 0; c < COUNT(ciphers); c++) {
		memset(many, 0, sizeof many);
		for (k = 0; k < COUNT(many); k++) {
			many[k].key = to[0].key;
			many[k].id = seamkey_span_of(&ids[k], 1);
		}
		CHECK_INT(seamkey_block_seal(&env, ciphers[c], many, 3,
				  seamkey_span_of(message, 9), block,
				  sizeof block, &block_len),
			SEAMKEY_OK);
		at = find_wrapped(128);
		CHECK_INT(at != 0, 1);
		try_block(one, lengths[c]);
		for (k = 0; k < 3; k++) {
			block[at + 155 * k] ^= 1;
		}
		try_block(base, lengths[c]);
		try_block(again, lengths[c]);
		CHECK_MEM(base, again, lengths[c]);
		CHECK_INT(memcmp(base, one, lengths[c]) != 0, 1);
		for (k = 0; k < 3; k++) {
			block[at + 155 * k + 60] ^= 2;
			try_block(other, lengths[c]);
			CHECK_INT(memcmp(base, other, lengths[c]) != 0, 1);
			block[at + 155 * k + 60] ^= 2;
		}
		/* no entry cancels another that is like it */
		memcpy(block + at + 155, block + at, 128);
		memcpy(block + at + 310, block + at, 128);
		try_block(one, lengths[c]);
		CHECK_INT(all_are(one, 0, lengths[c]), 0);
		CHECK_INT(seamkey_rsa_decrypt(&env, other, lengths[c],
				  seamkey_span_of(block + at, 128),
				  own[0].key),
			SEAMKEY_OK);
		CHECK_INT(memcmp(one, other, lengths[c]) != 0, 1);
		/* what docs/SPEC.md says */
		br_sha256_init(&sha);
		for (k = 0; k < 3; k++) {
			br_sha256_update(&sha, other, lengths[c]);
		}
		br_sha256_out(&sha, other);
		CHECK_MEM(one, other, lengths[c]);
	}
}

/* Of two that unwrap the first is taken; and a key of another length is
 * none. */
static void
block_takes_the_first_good_entry(void)
{
	static const unsigned char other[32] = { 7 };
	static const unsigned char ids[2] = { 1, 2 };
	seamkey_block_recipient two[2];
	unsigned char wrapped[KEY_BYTES];
	size_t k, n, at, len = 0;

	block_init();
	for (k = 0; k < 2; k++) {
		for (n = 16; n <= 32; n += 16) {
			memset(two, 0, sizeof two);
			two[0].key = two[1].key = to[0].key;
			two[0].id = seamkey_span_of(&ids[0], 1);
			two[1].id = seamkey_span_of(&ids[1], 1);
			CHECK_INT(seamkey_block_seal(&env,
					  SEAMKEY_BLOCK_AES_128_GCM, two, 2,
					  seamkey_span_of(message, 9), block,
					  sizeof block, &block_len),
				SEAMKEY_OK);
			CHECK_INT(seamkey_rsa_encrypt(&env, wrapped,
					  sizeof wrapped, &len,
					  seamkey_span_of(other, n), to[0].key),
				SEAMKEY_OK);
			at = find_wrapped(128) + 155 * k;
			memcpy(block + at, wrapped, len);
			CHECK_INT(open_any(0, 0),
				k == 0 && n == 16 ? SEAMKEY_ERR_BLOCK_OPEN
						  : SEAMKEY_OK);
		}
	}
}

/* ---- through functions ------------------------- */

struct stream {
	const unsigned char *in;
	size_t in_len, at, piece, out_len;
	unsigned char out[2 * BLOCK];
	int lie, calls, fail_at;
	int answer, write_answer; /* instead of SEAMKEY_OK */
};

static int
stream_read(void *ctx, unsigned char *out, size_t cap, size_t *len)
{
	struct stream *s = (struct stream *)ctx;
	size_t n = s->in_len - s->at;

	if (++s->calls == s->fail_at) {
		return -1234;
	}
	n = n > cap ? cap : n;
	n = n > s->piece ? s->piece : n;
	memcpy(out, s->in + s->at, n);
	s->at += n;
	*len = s->lie ? cap + 1 : n;
	return s->answer;
}

static int
stream_write(void *ctx, const unsigned char *p, size_t len)
{
	struct stream *s = (struct stream *)ctx;

	if (++s->calls == s->fail_at) {
		return -1235;
	}
	CHECK_INT(len <= sizeof s->out - s->out_len, 1);
	memcpy(s->out + s->out_len, p, len);
	s->out_len += len;
	return s->write_answer;
}

static struct stream stream;
static unsigned char stream_buf[1024];

static seamkey_block_io
stream_of(const unsigned char *in, size_t len, size_t piece, size_t buf)
{
	seamkey_block_io io;

	memset(&stream, 0, sizeof stream);
	stream.in = in;
	stream.in_len = len;
	stream.piece = piece;
	io.read = stream_read;
	io.write = stream_write;
	io.ctx = &stream;
	io.buf = stream_buf;
	io.buf_len = buf;
	return io;
}

static int
open_stream(const seamkey_block_io *io)
{
	return seamkey_block_open_io(&env, SEAMKEY_BLOCK_CBC, &own[1], 1, io);
}

static void
block_goes_through_functions(void)
{
	static const size_t bufs[] = { 64, 65, 100, 1024 };
	seamkey_block_io io;
	size_t b, c, piece;
	int calls;

	block_init();
	for (c = 0; c < COUNT(ciphers); c++) {
		for (b = 0; b < COUNT(bufs); b++) {
			piece = b == 1 ? 1 : 1000;
			io = stream_of(message, MESSAGE, piece, bufs[b]);
			CHECK_INT(seamkey_block_seal_io(&env, ciphers[c], to,
					  KEYS, MESSAGE, &io),
				SEAMKEY_OK);
			CHECK_INT(all_are(stream_buf, 0, bufs[b]), 1);
			memcpy(block, stream.out, stream.out_len);
			block_len = stream.out_len;
			CHECK_INT(open_with(b % KEYS, SEAMKEY_BLOCK_CBC),
				SEAMKEY_OK);
			check_opened(MESSAGE);
			io = stream_of(block, block_len, piece, bufs[b]);
			CHECK_INT(seamkey_block_open_io(&env, SEAMKEY_BLOCK_CBC,
					  &own[1], 1, &io),
				SEAMKEY_OK);
			CHECK_INT(stream.out_len, MESSAGE);
			CHECK_MEM(stream.out, message, MESSAGE);
		}
	}
	/* each function fails once */
	calls = stream.calls;
	for (b = 1; b <= (size_t)calls; b++) {
		io = stream_of(block, block_len, 1000, 1024);
		stream.fail_at = (int)b;
		CHECK_INT(open_stream(&io)
				<= -1234,
			1);
	}
	io = stream_of(message, MESSAGE, 64, 1024);
	stream.lie = 1;
	CHECK_INT(seamkey_block_seal_io(
			  &env, ciphers[0], to, KEYS, MESSAGE, &io),
		SEAMKEY_ERR_HOOK);
	io = stream_of(message, MESSAGE - 1, 64, 1024);
	CHECK_INT(seamkey_block_seal_io(
			  &env, ciphers[0], to, KEYS, MESSAGE, &io),
		SEAMKEY_ERR_BLOCK_LENGTH);
	io = stream_of(message, MESSAGE, 64, 1024);
	CHECK_INT(seamkey_block_seal_io(
			  &env, ciphers[0], to, KEYS, MESSAGE - 1, &io),
		SEAMKEY_ERR_BLOCK_LENGTH);
	io = stream_of(message, MESSAGE, 512, 1024);
	CHECK_INT(seamkey_block_seal_io(
			  &env, ciphers[0], to, KEYS, 512, &io),
		SEAMKEY_ERR_BLOCK_LENGTH);
	io = stream_of(message, MESSAGE, 64, 63);
	CHECK_INT(seamkey_block_seal_io(
			  &env, ciphers[0], to, KEYS, MESSAGE, &io),
		SEAMKEY_ERR_ARG);
	io = stream_of(block, block_len - 1, 64, 1024);
	CHECK_INT(open_stream(&io),
		SEAMKEY_ERR_DER_TRUNCATED);
	block[block_len] = 0;
	io = stream_of(block, block_len + 1, 1000, 1024);
	CHECK_INT(open_stream(&io),
		SEAMKEY_ERR_DER_TRAILING);
}

/* What functions may answer, and what becomes of the rest. */
static void
block_functions_are_checked(void)
{
	static const struct {
		int answer, want;
	} rows[] = { { SEAMKEY_AGAIN, SEAMKEY_ERR_HOOK },
		{ 17, SEAMKEY_ERR_HOOK },
		{ SEAMKEY_ERR_BLOCK_OPEN, SEAMKEY_ERR_HOOK },
		{ SEAMKEY_ERR_DER_TAG, SEAMKEY_ERR_HOOK },
		{ -1000, SEAMKEY_ERR_HOOK }, { -1001, -1001 },
		{ SEAMKEY_ERR_CANCELLED, SEAMKEY_ERR_CANCELLED } };
	seamkey_block_io io;
	size_t u;

	block_init();
	CHECK_INT(seal(SEAMKEY_BLOCK_AES_128_GCM, 1, 50), SEAMKEY_OK);
	for (u = 0; u < 2 * COUNT(rows); u++) {
		io = stream_of(message, MESSAGE, 64, 1024);
		*(u & 1 ? &stream.answer : &stream.write_answer) =
			rows[u / 2].answer;
		CHECK_INT(seamkey_block_seal_io(&env, SEAMKEY_BLOCK_AES_128_GCM,
				  to, 1, MESSAGE, &io),
			rows[u / 2].want);
		CHECK_INT(all_are(stream_buf, 0, 1024), 1);
		io = stream_of(block, block_len, 1000, 1024);
		*(u & 1 ? &stream.answer : &stream.write_answer) =
			rows[u / 2].answer;
		CHECK_INT(seamkey_block_open_io(&env, 0, own, 1, &io),
			rows[u / 2].want);
		CHECK_INT(all_are(stream_buf, 0, 1024), 1);
	}
	/* bytes behind the block, in a read of their own */
	block[block_len] = 0;
	for (u = 1; u < 300; u += 7) {
		io = stream_of(block, block_len + 1, u, 1024);
		CHECK_INT(seamkey_block_open_io(&env, 0, own, 1, &io),
			SEAMKEY_ERR_DER_TRAILING);
	}
	/* what fails gives nothing more */
	block[block_len - 1] ^= 1;
	io = stream_of(block, block_len, 1000, 1024);
	CHECK_INT(seamkey_block_open_io(&env, 0, own, 1, &io),
		SEAMKEY_ERR_BLOCK_OPEN);
	CHECK_INT(stream.out_len, 0);
	CHECK_INT(seamkey_block_open_io(&env, 0, own, 1, NULL),
		SEAMKEY_ERR_ARG);
	io.write = NULL;
	CHECK_INT(seamkey_block_open_io(&env, 0, own, 1, &io),
		SEAMKEY_ERR_ARG);
	io = stream_of(block, block_len, 64, 1024);
	io.read = NULL;
	CHECK_INT(seamkey_block_seal_io(&env, 1, to, 1, 1, &io),
		SEAMKEY_ERR_ARG);
}

/* Content of 2^36 octets and more: GCM's counter would begin again. */
static void
block_knows_the_end_of_gcm(void)
{
	static seamkey_block_opener o;
	const unsigned char *at;
	size_t n, used = 0, got = 0, len;
	static const struct {
		unsigned char head[10];
		size_t len;
		int status;
	} cases[] = { { { 0x80, 0x85, 0x0F, 0xFF, 0xFF, 0xFF, 0xE0 }, 7,
			      SEAMKEY_AGAIN },
		{ { 0x80, 0x85, 0x0F, 0xFF, 0xFF, 0xFF, 0xE1 }, 7,
			SEAMKEY_ERR_DER_LENGTH },
		{ { 0xA0, 0x80, 0x04, 0x01, 'a', 0x04, 0x85, 0x0F, 0xFF, 0xFF },
			10, SEAMKEY_AGAIN } };

	block_init();
	CHECK_INT(seal(SEAMKEY_BLOCK_AES_128_GCM, 1, 5), SEAMKEY_OK);
	/* the levels around it without lengths */
	at = block + block_len - 18 - 5 - 2; /* [0] of the content */
	for (n = 0; n < COUNT(cases); n++) {
		static const unsigned char levels[] = { 0x30, 0x80 };
		seamkey_release_block b = { { NULL, 0 }, { NULL, 0 } };

		CHECK_INT(seamkey_release_decode_block(
				  &b, seamkey_span_of(block, block_len)),
			SEAMKEY_OK);
		len = 0;
		memcpy(ber + len, levels, 2);
		memcpy(ber + len + 2,
			"\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01\x17"
			"\xA0\x80\x30\x80\x02\x01\x00",
			20);
		len += 22;
		memcpy(ber + len, b.recipients.p, b.recipients.len);
		len += b.recipients.len;
		memcpy(ber + len, levels, 2);
		memcpy(ber + len + 2,
			"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01", 11);
		len += 13;
		memcpy(ber + len, b.algorithm.p, b.algorithm.len);
		len += b.algorithm.len;
		CHECK_INT(at[0], 0x80);
		memcpy(ber + len, cases[n].head, cases[n].len);
		len += cases[n].len;
		if (n == 2) {
			memcpy(ber + len, "\xFF\xE0", 2);
			len += 1;
		}
		seamkey_block_open_begin(
			&o, &env, SEAMKEY_BLOCK_BER, &own[0], 1);
		what = n == 0 ? "the most" : n == 1 ? "one more" : "in pieces";
		CHECK_INT(seamkey_block_open_push(&o, ber, len, &used, opened,
				  sizeof opened, &got),
			cases[n].status);
		if (n == 2) { /* one octet was there already */
			CHECK_INT(seamkey_block_open_push(&o, ber + len, 1,
					  &used, opened, sizeof opened, &got),
				SEAMKEY_ERR_DER_LENGTH);
		}
	}
}

/* ---- from a repository ------------------------- */

static seamkey_block_pair pair;
static int pair_status, check_status;

static int
find_pair(void *ctx, seamkey_span access, seamkey_block_pair *out)
{
	(void)ctx;
	CHECK_INT(seamkey_span_match(access, BYTES("team")), 1);
	*out = pair;
	return pair_status;
}

static int
check_pair(void *ctx, seamkey_span access, seamkey_span der)
{
	(void)ctx;
	CHECK_INT(seamkey_span_match(access, BYTES("team")), 1);
	CHECK_INT(seamkey_span_match(der, pair.certificate), 1);
	return check_status;
}

static int
find_team(seamkey_block_repository *r)
{
	seamkey_span access[2];

	access[0] = access[1] = BYTES("team");
	return seamkey_block_find_recipients(
		r, access, 2, SEAMKEY_BLOCK_OAEP, to);
}

static void
block_finds_recipients_in_a_repository(void)
{
	seamkey_block_repository r;
	seamkey_span key;

	block_init();
	key = to[0].key;
	memset(&r, 0, sizeof r);
	r.find = find_pair;
	memset(&pair, 0, sizeof pair);
	pair_status = check_status = SEAMKEY_OK;
	CHECK_INT(find_team(&r), SEAMKEY_ERR_HOOK);
	r.is_trusted = 1;
	CHECK_INT(find_team(&r), SEAMKEY_ERR_HOOK);
	pair.key = key;
	CHECK_INT(find_team(&r), SEAMKEY_OK);
	CHECK_INT(to[1].padding, SEAMKEY_BLOCK_OAEP);
	CHECK_INT(seal(SEAMKEY_BLOCK_AES_256_GCM, 1, 9), SEAMKEY_OK);
	CHECK_INT(open_with(0, 0), SEAMKEY_OK);
	check_opened(9);
	r.is_trusted = 0;
	CHECK_INT(find_team(&r), SEAMKEY_ERR_BLOCK_CERTIFICATE);
	pair.key.len = 0;
	pair.certificate = SPAN(certificate);
	CHECK_INT(find_team(&r), SEAMKEY_ERR_BLOCK_CERTIFICATE);
	r.check = check_pair;
	check_status = -1;
	CHECK_INT(find_team(&r), SEAMKEY_ERR_BLOCK_CERTIFICATE);
	check_status = SEAMKEY_OK;
	CHECK_INT(find_team(&r), SEAMKEY_OK);
	CHECK_INT(to[0].id.len, 20); /* that of the certificate */
	/* it is of an elliptic curve */
	CHECK_INT(seal(SEAMKEY_BLOCK_AES_256_GCM, 1, 9),
		SEAMKEY_ERR_DER_ALGORITHM);
	pair.certificate.len--;
	CHECK_INT(find_team(&r), SEAMKEY_ERR_DER_TRUNCATED);
	pair_status = -1;
	CHECK_INT(find_team(&r), SEAMKEY_ERR_BLOCK_ACCESS);
	pair_status = -1001;
	CHECK_INT(find_team(&r), -1001);
	pair_status = 1;
	CHECK_INT(find_team(&r), SEAMKEY_ERR_BLOCK_ACCESS);
	r.find = NULL;
	CHECK_INT(find_team(&r), SEAMKEY_ERR_ARG);
}

/* A certificate of to[0].key, with this serial number and no extension. */
static seamkey_span
make_certificate(unsigned char *out, size_t cap, seamkey_span serial)
{
	static const unsigned char rsa[] = { 0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86,
		0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B, 0x05, 0x00 };
	seamkey_der_writer w = { NULL, 0, 0, SEAMKEY_OK };
	size_t whole, tbs;

	w.buf = out;
	w.cap = cap;
	whole = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
	tbs = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
	seamkey_der_put_element(&w, SEAMKEY_DER_INTEGER, serial);
	seamkey_der_put(&w, rsa, sizeof rsa);
	put_span(&w,
		BYTES("\x30\x0B\x31\x09\x30\x07\x06\x03\x55\x04\x03\x0C"
		      "\x00"));
	put_span(&w, BYTES("\x30\x00\x30\x00")); /* not looked into */
	put_span(&w, to[0].key);
	seamkey_der_end(&w, tbs);
	seamkey_der_put(&w, rsa, sizeof rsa);
	seamkey_der_put_element(&w, SEAMKEY_DER_BIT_STRING, BYTES("\0sig"));
	seamkey_der_end(&w, whole);
	CHECK_INT(w.err, SEAMKEY_OK);
	return seamkey_span_of(out, w.len);
}

/* A certificate without a key identifier: by issuer and serial number, as
 * its INTEGER has it, which is how other tools look for it. */
static void
block_names_recipients_as_others_do(void)
{
	static const struct {
		const char *p;
		size_t len;
	} serials[] = { { "\x00", 1 }, { "\x01", 1 }, { "\x7F", 1 },
		{ "\x00\x80", 2 }, { "\x00\xFF\x01", 3 }, { "\x12\x00", 2 } };
	static unsigned char der[1024], id[65];
	seamkey_block_repository r;
	seamkey_span key;
	size_t u;

	memset(&r, 0, sizeof r);
	r.find = find_pair;
	r.check = check_pair;
	pair_status = check_status = SEAMKEY_OK;
	for (u = 0; u < COUNT(serials); u++) {
		block_init();
		memset(&pair, 0, sizeof pair);
		pair.certificate = make_certificate(der, sizeof der,
			seamkey_span_of(serials[u].p, serials[u].len));
		CHECK_INT(find_team(&r), SEAMKEY_OK);
		CHECK_INT(seal(SEAMKEY_BLOCK_AES_256_GCM, 1, 9), SEAMKEY_OK);
		own[0].issuer = BYTES("\x30\x0B\x31\x09\x30\x07\x06\x03\x55"
				      "\x04\x03\x0C\x00");
		own[0].serial = seamkey_span_of(serials[u].p, serials[u].len);
		CHECK_INT(open_with(0, 0), SEAMKEY_OK);
		check_opened(9);
	}
	/* the repository's own name for it goes before */
	pair.id = BYTES("team 2");
	CHECK_INT(find_team(&r), SEAMKEY_OK);
	CHECK_INT(to[1].issuer.len + to[1].serial.len, 0);
	CHECK_INT(seamkey_span_match(to[1].id, pair.id), 1);
	pair.id = SPAN(id);
	CHECK_INT(find_team(&r), SEAMKEY_ERR_BLOCK_ID);
	pair.id = seamkey_span_of(NULL, 1);
	CHECK_INT(find_team(&r), SEAMKEY_ERR_HOOK);
	/* what check says holds in a trusted repository, too */
	pair.id.len = 0;
	r.is_trusted = 1;
	check_status = SEAMKEY_ERR_RSA_SIGNATURE;
	CHECK_INT(find_team(&r), SEAMKEY_ERR_BLOCK_CERTIFICATE);
	check_status = 1;
	CHECK_INT(find_team(&r), SEAMKEY_ERR_BLOCK_CERTIFICATE);
	check_status = -1234;
	CHECK_INT(find_team(&r), -1234);
	r.check = NULL;
	CHECK_INT(find_team(&r), SEAMKEY_OK);
	/* bytes that are nowhere, and too much */
	key = to[0].key;
	pair.key = key;
	CHECK_INT(find_team(&r), SEAMKEY_ERR_HOOK);
	pair.certificate.len = 0;
	CHECK_INT(find_team(&r), SEAMKEY_OK);
	pair.key.p = NULL;
	CHECK_INT(find_team(&r), SEAMKEY_ERR_HOOK);
	pair.key.len = 0;
	pair.certificate = seamkey_span_of(NULL, 5);
	CHECK_INT(find_team(&r), SEAMKEY_ERR_HOOK);
}

const struct test test_block_table[] = {
	{ "block_comes_back", block_comes_back },
	{ "block_comes_back_in_pieces", block_comes_back_in_pieces },
	{ "block_is_never_the_same", block_is_never_the_same },
	{ "block_finds_its_recipient", block_finds_its_recipient },
	{ "block_entries_are_in_order", block_entries_are_in_order },
	{ "block_sorts_serials_of_any_length",
		block_sorts_serials_of_any_length },
	{ "block_looks_at_its_arguments", block_looks_at_its_arguments },
	{ "block_needs_its_room", block_needs_its_room },
	{ "block_truncated_is_refused", block_truncated_is_refused },
	{ "block_changed_is_refused", block_changed_is_refused },
	{ "block_tells_no_difference", block_tells_no_difference },
	{ "block_for_another_key", block_for_another_key },
	{ "block_cbc_has_to_be_admitted", block_cbc_has_to_be_admitted },
	{ "block_parameters_are_checked", block_parameters_are_checked },
	{ "block_attributes_are_authenticated",
		block_attributes_are_authenticated },
	{ "block_names_what_it_is_not", block_names_what_it_is_not },
	{ "block_structure_is_strict", block_structure_is_strict },
	{ "block_in_ber_has_to_be_admitted",
		block_in_ber_has_to_be_admitted },
	{ "block_versions_are_those_of_cms",
		block_versions_are_those_of_cms },
	{ "block_elements_stay_inside", block_elements_stay_inside },
	{ "block_empty_pieces_are_bounded", block_empty_pieces_are_bounded },
	{ "block_goes_by_single_octets", block_goes_by_single_octets },
	{ "block_looks_at_keys_of_any_length",
		block_looks_at_keys_of_any_length },
	{ "block_lengths_are_minimal", block_lengths_are_minimal },
	{ "block_serials_are_integers", block_serials_are_integers },
	{ "block_names_are_of_one_recipient",
		block_names_are_of_one_recipient },
	{ "block_opens_with_a_key_from_elsewhere",
		block_opens_with_a_key_from_elsewhere },
	{ "block_header_needs_room", block_header_needs_room },
	{ "block_opens_by_key_alone", block_opens_by_key_alone },
	{ "block_rejects_by_all_entries", block_rejects_by_all_entries },
	{ "block_takes_the_first_good_entry",
		block_takes_the_first_good_entry },
	{ "block_goes_through_functions", block_goes_through_functions },
	{ "block_functions_are_checked", block_functions_are_checked },
	{ "block_knows_the_end_of_gcm", block_knows_the_end_of_gcm },
	{ "block_finds_recipients_in_a_repository",
		block_finds_recipients_in_a_repository },
	{ "block_names_recipients_as_others_do",
		block_names_recipients_as_others_do },
	{ NULL, NULL },
};
/* clang-format on */
