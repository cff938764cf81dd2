/*
 * test_aead.c - the ciphers for frames, against known answers and BearSSL
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * The vectors of RFC 3610 have nonces of 13 octets and tags of 8, which no
 * frame has; for CCM there are SP 800-38C's example 3, whose ciphertext does
 * not depend on the length of the tag, and cases of Wycheproof.
 */
#include <stdio.h>
#include <string.h>

#include "seamkey.h"

#include "test.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* clang-format off */
static const unsigned suites[] = {
	SEAMKEY_AEAD_AES_128_GCM,
	SEAMKEY_AEAD_AES_256_GCM,
	SEAMKEY_AEAD_AES_128_CCM,
	SEAMKEY_AEAD_CHACHA20_POLY1305,
};

static const struct vector {
	const char *what;
	unsigned suite;
	const char *key, *nonce, *ad, *plain, *cipher, *tag; /* hex */
} vectors[] = {
	{ "GCM test case 1", SEAMKEY_AEAD_AES_128_GCM,
		"00000000000000000000000000000000",
		"000000000000000000000000",
		"",
		"",
		"",
		"58e2fccefa7e3061367f1d57a4e7455a" },
	{ "GCM test case 2", SEAMKEY_AEAD_AES_128_GCM,
		"00000000000000000000000000000000",
		"000000000000000000000000",
		"",
		"00000000000000000000000000000000",
		"0388dace60b6a392f328c2b971b2fe78",
		"ab6e47d42cec13bdf53a67b21257bddf" },
	{ "GCM test case 3", SEAMKEY_AEAD_AES_128_GCM,
		"feffe9928665731c6d6a8f9467308308",
		"cafebabefacedbaddecaf888",
		"",
		"d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d"
		"8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
		"ba637b391aafd255",
		"42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e23"
		"29aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac97"
		"3d58e091473f5985",
		"4d5c2af327cd64a62cf35abd2ba6fab4" },
	{ "GCM test case 4", SEAMKEY_AEAD_AES_128_GCM,
		"feffe9928665731c6d6a8f9467308308",
		"cafebabefacedbaddecaf888",
		"feedfacedeadbeeffeedfacedeadbeefabaddad2",
		"d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d"
		"8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
		"ba637b39",
		"42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e23"
		"29aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac97"
		"3d58e091",
		"5bc94fbc3221a5db94fae95ae7121a47" },
	{ "GCM test case 13", SEAMKEY_AEAD_AES_256_GCM,
		"00000000000000000000000000000000000000000000000000000000"
		"00000000",
		"000000000000000000000000",
		"",
		"",
		"",
		"530f8afbc74536b9a963b4f1c4cb738b" },
	{ "GCM test case 14", SEAMKEY_AEAD_AES_256_GCM,
		"00000000000000000000000000000000000000000000000000000000"
		"00000000",
		"000000000000000000000000",
		"",
		"00000000000000000000000000000000",
		"cea7403d4d606b6e074ec5d3baf39d18",
		"d0d1c8a799996bf0265b98b5d48ab919" },
	{ "GCM test case 15", SEAMKEY_AEAD_AES_256_GCM,
		"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f94"
		"67308308",
		"cafebabefacedbaddecaf888",
		"",
		"d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d"
		"8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
		"ba637b391aafd255",
		"522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd"
		"2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a"
		"bcc9f662898015ad",
		"b094dac5d93471bdec1a502270e3cc6c" },
	{ "GCM test case 16", SEAMKEY_AEAD_AES_256_GCM,
		"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f94"
		"67308308",
		"cafebabefacedbaddecaf888",
		"feedfacedeadbeeffeedfacedeadbeefabaddad2",
		"d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d"
		"8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
		"ba637b39",
		"522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd"
		"2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a"
		"bcc9f662",
		"76fc6ece0f4e1768cddf8853bb2d551b" },
	{ "SP 800-38C example 3, tag of 16", SEAMKEY_AEAD_AES_128_CCM,
		"404142434445464748494a4b4c4d4e4f",
		"101112131415161718191a1b",
		"000102030405060708090a0b0c0d0e0f10111213",
		"202122232425262728292a2b2c2d2e2f3031323334353637",
		"e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5",
		"c87ae488918de93f17dd3e4934347f44" },
	{ "RFC 8439 2.8.2", SEAMKEY_AEAD_CHACHA20_POLY1305,
		"808182838485868788898a8b8c8d8e8f909192939495969798999a9b"
		"9c9d9e9f",
		"070000004041424344454647",
		"50515253c0c1c2c3c4c5c6c7",
		"4c616469657320616e642047656e746c656d656e206f662074686520"
		"636c617373206f66202739393a204966204920636f756c64206f6666"
		"657220796f75206f6e6c79206f6e652074697020666f722074686520"
		"6675747572652c2073756e73637265656e20776f756c642062652069"
		"742e",
		"d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a7"
		"36ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b29"
		"05d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4"
		"fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b"
		"6116",
		"1ae10b594f09e26a7e902ecbd0600691" },
	{ "RFC 8439 A.5", SEAMKEY_AEAD_CHACHA20_POLY1305,
		"1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc"
		"207075c0",
		"000000000102030405060708",
		"f33388860000000000004e91",
		"496e7465726e65742d4472616674732061726520647261667420646f"
		"63756d656e74732076616c696420666f722061206d6178696d756d20"
		"6f6620736978206d6f6e74687320616e64206d617920626520757064"
		"617465642c207265706c616365642c206f72206f62736f6c65746564"
		"206279206f7468657220646f63756d656e747320617420616e792074"
		"696d652e20497420697320696e617070726f70726961746520746f20"
		"75736520496e7465726e65742d447261667473206173207265666572"
		"656e6365206d6174657269616c206f7220746f206369746520746865"
		"6d206f74686572207468616e206173202fe2809c776f726b20696e20"
		"70726f67726573732e2fe2809d",
		"64a0861575861af460f062c79be643bd5e805cfd345cf389f108670a"
		"c76c8cb24c6cfc18755d43eea09ee94e382d26b0bdb7b73c321b0100"
		"d4f03b7f355894cf332f830e710b97ce98c8a84abd0b948114ad176e"
		"008d33bd60f982b1ff37c8559797a06ef4f0ef61c186324e2b350638"
		"3606907b6a7c02b0f9f6157b53c867e4b9166c767b804d46a59b5216"
		"cde7a4e99040c5a40433225ee282a1b0a06c523eaf4534d7f83fa115"
		"5b0047718cbc546a0d072b04b3564eea1b422273f548271a0bb23160"
		"53fa76991955ebd63159434ecebb4e466dae5a1073a6727627097a10"
		"49e617d91d361094fa68f0ff77987130305beaba2eda04df997b714d"
		"6c6f2c29a6ad5cb4022b02709b",
		"eead9d67890cbb22392336fea1851f38" },
	{ "Wycheproof aes_ccm 5", SEAMKEY_AEAD_AES_128_CCM,
		"c15ed227dd2e237ecd087eaaaad19ea4",
		"965ff6643116ac1443a2dec7",
		"",
		"fee62fde973fe025ad6b322dcdf3c63fc7",
		"0333df2a86d7f094dd8bce75da6c38c5c1",
		"417da29df85a1d134feee8aa35569081" },
	{ "Wycheproof aes_ccm 1", SEAMKEY_AEAD_AES_128_CCM,
		"bedcfb5a011ebc84600fcb296c15af0d",
		"438a547a94ea88dce46c6c85",
		"",
		"",
		"",
		"25d1a38495a7dea45bda049705627d10" },
};
/* clang-format on */

/* ---- implementations ---------------------------------------------------- */

/* A suite in one of its implementations: the one chosen for this machine,
 * and those of constant time that every machine has. NULL: no more. */
static const char *
choose(seamkey_aead *a, unsigned suite, unsigned which)
{
	static const char *const names[] = { "chosen", "64 bits", "32 bits" };
	int gcm = suite == SEAMKEY_AEAD_AES_128_GCM
		|| suite == SEAMKEY_AEAD_AES_256_GCM;

	CHECK_INT(seamkey_aead_bearssl(a, suite), SEAMKEY_OK);
	if (which == 0) {
		return names[0];
	}
	if (gcm) {
		a->block = which == 1 ? &br_aes_ct64_ctr_vtable
				      : &br_aes_ct_ctr_vtable;
		a->mac = (void (*)(void))(
			which == 1 ? br_ghash_ctmul64 : br_ghash_ctmul32);
	} else if (suite == SEAMKEY_AEAD_AES_128_CCM) {
		a->block = which == 1 ? &br_aes_ct64_ctrcbc_vtable
				      : &br_aes_ct_ctrcbc_vtable;
	} else {
		a->mac = (void (*)(void))(which == 1 ? br_poly1305_ctmul_run
						     : br_poly1305_ctmul32_run);
		a->stream = (void (*)(void))br_chacha20_ct_run;
	}
	return which < COUNT(names) ? names[which] : NULL;
}

/* The next combination of suite and implementation. */
static int
next(seamkey_aead *a, unsigned *at)
{
	static char name[60];
	const char *how;

	if (*at >= 3 * COUNT(suites)) {
		return 0;
	}
	how = choose(a, suites[*at / 3], *at % 3);
	snprintf(name, sizeof name, "suite %u, %s", suites[*at / 3], how);
	what = name;
	++*at;
	return 1;
}

/* ---- known answers ------------------------------------------------------ */

static size_t
unhex(const char *hex, unsigned char *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t u;

	for (u = 0; hex[2 * u] != 0; u++) {
		out[u] = (unsigned char)((strchr(digits, hex[2 * u]) - digits)
				* 16
			+ (strchr(digits, hex[2 * u + 1]) - digits));
	}
	return u;
}

static void
run_vector(const struct vector *v, const seamkey_aead *a)
{
	uint64_t context[64];
	unsigned char key[32], nonce[12], ad[600], plain[600], cipher[600],
		tag[16], out[600], got[16];
	seamkey_span spans[2];
	size_t len, ad_len, split;

	CHECK_INT(unhex(v->key, key), a->key_len);
	CHECK_INT(unhex(v->nonce, nonce), 12);
	CHECK_INT(unhex(v->tag, tag), 16);
	ad_len = unhex(v->ad, ad);
	len = unhex(v->plain, plain);
	CHECK_INT(unhex(v->cipher, cipher), len);
	a->init(a, context, key);
	for (split = 0; split <= ad_len; split++) {
		spans[0] = seamkey_span_of(ad, split);
		spans[1] = seamkey_span_of(ad + split, ad_len - split);
		memset(out, 0xEE, sizeof out);
		a->seal(a, context, nonce, spans, plain, len, out, got);
		CHECK_MEM(out, cipher, len);
		CHECK_MEM(got, tag, 16);
		CHECK_INT(out[len], 0xEE);
		memset(out, 0xEE, sizeof out);
		CHECK_INT(a->open(a, context, nonce, spans, cipher, len, out,
				  tag),
			1);
		CHECK_MEM(out, plain, len);
		CHECK_INT(out[len], 0xEE);
	}
}

static void
aead_gives_known_answers(void)
{
	seamkey_aead a;
	unsigned which;
	size_t u;

	for (u = 0; u < COUNT(vectors); u++) {
		for (which = 0; which < 3; which++) {
			(void)choose(&a, vectors[u].suite, which);
			what = vectors[u].what;
			run_vector(&vectors[u], &a);
		}
	}
}

/* ---- against BearSSL ---------------------------------------------------- */

#define LONGEST 1440

static unsigned char key[32], nonce[12], ad[300], plain[LONGEST];

static void
fill(void)
{
	unsigned u;

	for (u = 0; u < LONGEST; u++) {
		key[u % 32] = (unsigned char)(u * 11 + 3);
		nonce[u % 12] = (unsigned char)(u * 5 + 1);
		ad[u % 300] = (unsigned char)(u * 7 + u / 300);
		plain[u] = (unsigned char)(u * 13 + u / 256);
	}
}

/* What BearSSL's own interfaces make of it, in their plainest form. */
static void
reference(const seamkey_aead *a, size_t ad_len, size_t len, unsigned char *out,
	unsigned char *tag)
{
	br_aes_ct_ctr_keys ctr;
	br_aes_ct_ctrcbc_keys ctrcbc;
	br_gcm_context gcm;
	br_ccm_context ccm;

	memcpy(out, plain, len);
	if (a->suite == SEAMKEY_AEAD_CHACHA20_POLY1305) {
		br_poly1305_i15_run(key, nonce, out, len, ad, ad_len, tag,
			br_chacha20_ct_run, 1);
	} else if (a->suite == SEAMKEY_AEAD_AES_128_CCM) {
		br_aes_ct_ctrcbc_init(&ctrcbc, key, a->key_len);
		br_ccm_init(&ccm, &ctrcbc.vtable);
		CHECK_INT(br_ccm_reset(&ccm, nonce, 12, ad_len, len, 16), 1);
		br_ccm_aad_inject(&ccm, ad, ad_len);
		br_ccm_flip(&ccm);
		br_ccm_run(&ccm, 1, out, len);
		CHECK_INT(br_ccm_get_tag(&ccm, tag), 16);
	} else {
		br_aes_ct_ctr_init(&ctr, key, a->key_len);
		br_gcm_init(&gcm, &ctr.vtable, br_ghash_ctmul);
		br_gcm_reset(&gcm, nonce, 12);
		br_gcm_aad_inject(&gcm, ad, ad_len);
		br_gcm_flip(&gcm);
		br_gcm_run(&gcm, 1, out, len);
		br_gcm_get_tag(&gcm, tag);
	}
}

/* Seal and open, apart and in place, with the AD split there. */
static void
compare(const seamkey_aead *a, const void *context, size_t ad_len, size_t split,
	size_t len)
{
	static unsigned char want[LONGEST], got[LONGEST + 1];
	unsigned char tag[16], got_tag[16];
	seamkey_span spans[2];

	spans[0] = seamkey_span_of(split == 0 ? NULL : ad, split);
	spans[1] = seamkey_span_of(
		split == ad_len ? NULL : ad + split, ad_len - split);
	reference(a, ad_len, len, want, tag);
	got[len] = 0xEE;
	a->seal(a, context, nonce, spans, plain, len, got, got_tag);
	CHECK_MEM(got, want, len);
	CHECK_MEM(got_tag, tag, 16);
	memcpy(got, plain, len);
	a->seal(a, context, nonce, spans, got, len, got, got_tag);
	CHECK_MEM(got, want, len);
	CHECK_MEM(got_tag, tag, 16);
	CHECK_INT(a->open(a, context, nonce, spans, got, len, got, tag), 1);
	CHECK_MEM(got, plain, len);
	memset(got, 0xCC, len);
	CHECK_INT(a->open(a, context, nonce, spans, want, len, got, tag), 1);
	CHECK_MEM(got, plain, len);
	CHECK_INT(got[len], 0xEE);
}

static void
aead_of_every_length(void)
{
	uint64_t context[64];
	seamkey_aead a;
	unsigned at = 0;
	size_t len;

	fill();
	while (next(&a, &at)) {
		a.init(&a, context, key);
		for (len = 0; len <= 300; len++) {
			compare(&a, context, len % 81, len % 81 / 3, len);
		}
		compare(&a, context, 21, 8, LONGEST);
		compare(&a, context, 0, 0, LONGEST);
	}
}

/* Every length of AD, split at every place; beyond 128 where the cipher
 * takes that. */
static void
aead_with_every_split(void)
{
	static const size_t lengths[] = { 0, 40, 145 };
	uint64_t context[64];
	seamkey_aead a;
	unsigned at = 0;
	size_t ad_len, split, u;

	fill();
	while (next(&a, &at)) {
		a.init(&a, context, key);
		/* the one chosen most closely */
		for (ad_len = 0; ad_len <= 128; ad_len += at % 3 == 1 ? 1 : 8) {
			u = ad_len % COUNT(lengths);
			for (split = 0; split <= ad_len; split++) {
				compare(&a, context, ad_len, split, lengths[u]);
			}
		}
		for (ad_len = 129; a.ad_max == 0 && ad_len <= 300;
			ad_len += 19) {
			for (split = 0; split <= ad_len; split += 3) {
				compare(&a, context, ad_len, split, 40);
			}
		}
		CHECK_INT(a.ad_max == 0 || a.ad_max == 128, 1);
	}
}

/* ---- changed bits ------------------------------------------------------- */

struct opening {
	const seamkey_aead *a;
	unsigned char key[32], nonce[12], ad[21], cipher[150], tag[16];
	size_t len;
};

/* Open apart and in place; refused ones leave zeros, just there. */
static int
opens(struct opening *o)
{
	static const unsigned char zero[150];
	uint64_t context[64];
	unsigned char apart[151], place[151];
	seamkey_span spans[2];
	uint32_t ok;

	o->a->init(o->a, context, o->key);
	spans[0] = seamkey_span_of(o->ad, 8);
	spans[1] = seamkey_span_of(o->ad + 8, sizeof o->ad - 8);
	memset(apart, 0xEE, sizeof apart);
	memcpy(place, o->cipher, o->len);
	place[o->len] = 0xEE;
	ok = o->a->open(o->a, context, o->nonce, spans, o->cipher, o->len,
		apart, o->tag);
	CHECK_INT(o->a->open(o->a, context, o->nonce, spans, place, o->len,
			  place, o->tag),
		ok);
	CHECK_MEM(apart, ok ? plain : zero, o->len);
	CHECK_MEM(place, ok ? plain : zero, o->len);
	CHECK_INT(apart[o->len], 0xEE);
	CHECK_INT(place[o->len], 0xEE);
	return (int)ok;
}

static void
change_bits(struct opening *o, unsigned char *p, size_t len)
{
	size_t u;

	for (u = 0; u < 8 * len; u++) {
		p[u / 8] ^= (unsigned char)(1 << u % 8);
		CHECK_INT(opens(o), 0);
		p[u / 8] ^= (unsigned char)(1 << u % 8);
	}
	CHECK_INT(opens(o), 1);
}

static void
aead_refuses_any_changed_bit(void)
{
	static const size_t lengths[] = { 0, 1, 16, 40, 145, 150 };
	struct opening o;
	uint64_t context[64];
	seamkey_span spans[2];
	seamkey_aead a;
	unsigned at = 0;
	size_t u;

	fill();
	while (next(&a, &at)) {
		for (u = 0; u < COUNT(lengths); u++) {
			o.a = &a;
			o.len = lengths[u];
			memcpy(o.key, key, 32);
			memcpy(o.nonce, nonce, 12);
			memcpy(o.ad, ad, sizeof o.ad);
			a.init(&a, context, key);
			spans[0] = seamkey_span_of(ad, 5);
			spans[1] = seamkey_span_of(ad + 5, sizeof o.ad - 5);
			a.seal(&a, context, nonce, spans, plain, o.len,
				o.cipher, o.tag);
			change_bits(&o, o.tag, 16);
			change_bits(&o, o.cipher, o.len);
			change_bits(&o, o.ad, sizeof o.ad);
			change_bits(&o, o.nonce, 12);
			change_bits(&o, o.key, a.key_len);
		}
	}
}

/* ---- objects ------------------------------------------------------------ */

static void
aead_object_is_as_its_suite_says(void)
{
	static const size_t key_lens[] = { 16, 32, 16, 32 };
	seamkey_aead a, before;
	unsigned suite;
	size_t u;

	for (u = 0; u < COUNT(suites); u++) {
		CHECK_INT(seamkey_aead_bearssl(&a, suites[u]), SEAMKEY_OK);
		CHECK_INT(a.suite, suites[u]);
		CHECK_INT(a.key_len, key_lens[u]);
		CHECK_INT(a.context_size <= SEAMKEY_AEAD_CONTEXT, 1);
	}
	memset(&a, 0x5A, sizeof a);
	before = a;
	for (suite = 0; suite < 1000; suite++) {
		if (suite != 1 && suite != 2 && suite != 3 && suite != 29) {
			CHECK_INT(seamkey_aead_bearssl(&a, suite),
				SEAMKEY_ERR_UNSUPPORTED);
		}
	}
	CHECK_MEM(&a, &before, sizeof a);
}

/* A context is only read by seal and open, stays within its size, and may
 * be moved. */
static void
aead_context_is_read_only_and_moves(void)
{
	uint64_t context[65], before[65], moved[65];
	unsigned char out[64], again[64], tag[16], tag2[16];
	seamkey_span spans[2];
	seamkey_aead a;
	unsigned at = 0;

	fill();
	spans[0] = seamkey_span_of(ad, 5);
	spans[1] = seamkey_span_of(ad, 7);
	while (next(&a, &at)) {
		memset(context, 0xEE, sizeof context);
		memset(before, 0xEE, sizeof before);
		a.init(&a, context, key);
		CHECK_MEM((unsigned char *)context + a.context_size, before,
			sizeof context - a.context_size);
		memcpy(before, context, sizeof before);
		a.seal(&a, context, nonce, spans, plain, 64, out, tag);
		CHECK_INT(
			a.open(&a, context, nonce, spans, out, 64, again, tag),
			1);
		CHECK_MEM(context, before, sizeof before);
		memcpy(moved, context, sizeof moved);
		memset(context, 0, sizeof context);
		a.seal(&a, moved, nonce, spans, plain, 64, again, tag2);
		CHECK_MEM(again, out, 64);
		CHECK_MEM(tag2, tag, 16);
	}
}

/* ---- limits ------------------------------------------------------------- */

/* Computed with whole numbers of any length: for GCM and frames
 * floor(2^(129/2 - k/2) / (L + 1)), and so on; L is the octets in blocks. */
/* clang-format off */
static const struct {
	unsigned suite;
	size_t octets;
	unsigned advantage;
	uint64_t frames, failures;
} limits[] = {
	{ SEAMKEY_AEAD_AES_128_GCM, 64, 57, 13743895347u, 922337203685477580u },
	{ SEAMKEY_AEAD_AES_128_GCM, 64, 60, 4859200799u, 922337203685477580u },
	{ SEAMKEY_AEAD_AES_128_GCM, 64, 120, 4u, 25u },
	{ SEAMKEY_AEAD_AES_128_GCM, 80, 57, 11453246122u, 768614336404564650u },
	{ SEAMKEY_AEAD_AES_128_GCM, 80, 60, 4049333999u, 768614336404564650u },
	{ SEAMKEY_AEAD_AES_128_GCM, 80, 1,
		768614336404564650u, 768614336404564650u },
	{ SEAMKEY_AEAD_AES_128_GCM, 80, 120, 3u, 21u },
	{ SEAMKEY_AEAD_AES_128_GCM, 80, 33,
		46912496118442u, 768614336404564650u },
	{ SEAMKEY_AEAD_AES_128_GCM, 96, 57, 9817068105u, 658812288346769700u },
	{ SEAMKEY_AEAD_AES_128_GCM, 96, 60, 3470857714u, 658812288346769700u },
	{ SEAMKEY_AEAD_AES_128_GCM, 96, 1,
		658812288346769700u, 658812288346769700u },
	{ SEAMKEY_AEAD_AES_128_GCM, 96, 120, 3u, 18u },
	{ SEAMKEY_AEAD_AES_128_GCM, 96, 33,
		40210710958665u, 658812288346769700u },
	{ SEAMKEY_AEAD_AES_128_GCM, 1500, 57, 723362913u, 48544063351867241u },
	{ SEAMKEY_AEAD_AES_128_GCM, 1500, 60, 255747410u, 48544063351867241u },
	{ SEAMKEY_AEAD_AES_128_GCM, 1500, 120, 1u, 1u },
	{ SEAMKEY_AEAD_AES_128_GCM, 1508, 57, 715827882u, 48038396025285290u },
	{ SEAMKEY_AEAD_AES_128_GCM, 1508, 60, 253083374u, 48038396025285290u },
	{ SEAMKEY_AEAD_AES_128_GCM, 1508, 120, 1u, 1u },
	{ SEAMKEY_AEAD_AES_128_GCM, 65535, 57, 16773120u, 1125625096028163u },
	{ SEAMKEY_AEAD_AES_128_GCM, 65535, 60, 5930193u, 1125625096028163u },
	{ SEAMKEY_AEAD_AES_128_GCM, 65535, 120, 1u, 1u },
	{ SEAMKEY_AEAD_AES_256_GCM, 80, 57, 11453246122u, 768614336404564650u },
	{ SEAMKEY_AEAD_AES_256_GCM, 80, 60, 4049333999u, 768614336404564650u },
	{ SEAMKEY_AEAD_AES_256_GCM, 80, 1,
		768614336404564650u, 768614336404564650u },
	{ SEAMKEY_AEAD_AES_256_GCM, 80, 120, 3u, 21u },
	{ SEAMKEY_AEAD_AES_256_GCM, 80, 33,
		46912496118442u, 768614336404564650u },
	{ SEAMKEY_AEAD_AES_128_CCM, 80, 57, 2024666999u, 2024666999u },
	{ SEAMKEY_AEAD_AES_128_CCM, 80, 60, 715827882u, 715827882u },
	{ SEAMKEY_AEAD_AES_128_CCM, 80, 1,
		543492409388865925u, 543492409388865925u },
	{ SEAMKEY_AEAD_AES_128_CCM, 80, 120, 1u, 1u },
	{ SEAMKEY_AEAD_AES_128_CCM, 80, 33, 8293036031934u, 8293036031934u },
	{ SEAMKEY_AEAD_AES_128_CCM, 1500, 57, 127873705u, 127873705u },
	{ SEAMKEY_AEAD_AES_128_CCM, 1500, 60, 45210182u, 45210182u },
	{ SEAMKEY_AEAD_AES_128_CCM, 1500, 120, 1u, 1u },
	{ SEAMKEY_AEAD_CHACHA20_POLY1305, 80, 57,
		4611686018427387904u, 11728124029610u },
	{ SEAMKEY_AEAD_CHACHA20_POLY1305, 80, 60,
		4611686018427387904u, 1466015503701u },
	{ SEAMKEY_AEAD_CHACHA20_POLY1305, 80, 1,
		4611686018427387904u, 768614336404564650u },
	{ SEAMKEY_AEAD_CHACHA20_POLY1305, 80, 120, 4611686018427387904u, 1u },
	{ SEAMKEY_AEAD_CHACHA20_POLY1305, 80, 33,
		4611686018427387904u, 768614336404564650u },
	{ SEAMKEY_AEAD_CHACHA20_POLY1305, 96, 57,
		4611686018427387904u, 10052677739666u },
	{ SEAMKEY_AEAD_CHACHA20_POLY1305, 96, 60,
		4611686018427387904u, 1256584717458u },
	{ SEAMKEY_AEAD_CHACHA20_POLY1305, 96, 1,
		4611686018427387904u, 658812288346769700u },
	{ SEAMKEY_AEAD_CHACHA20_POLY1305, 96, 120, 4611686018427387904u, 1u },
	{ SEAMKEY_AEAD_CHACHA20_POLY1305, 96, 33,
		4611686018427387904u, 658812288346769700u },
	{ SEAMKEY_AEAD_CHACHA20_POLY1305, 1500, 57,
		4611686018427387904u, 740723622922u },
	{ SEAMKEY_AEAD_CHACHA20_POLY1305, 1500, 60,
		4611686018427387904u, 92590452865u },
	{ SEAMKEY_AEAD_CHACHA20_POLY1305, 1500, 120, 4611686018427387904u, 1u },
};
/* clang-format on */

static void
aead_limits_are_those_of_the_draft(void)
{
	size_t u;

	for (u = 0; u < COUNT(limits); u++) {
		CHECK_INT(seamkey_aead_frames(limits[u].suite, limits[u].octets,
				  limits[u].advantage),
			limits[u].frames);
		CHECK_INT(seamkey_aead_failures(limits[u].suite,
				  limits[u].octets, limits[u].advantage),
			limits[u].failures);
	}
}

/* Larger frames and smaller advantages never allow more. */
static void
aead_limits_fall(void)
{
	uint64_t frames, failures, last_frames, last_failures;
	unsigned k, s;
	size_t octets;

	for (s = 0; s < COUNT(suites); s++) {
		for (octets = 0; octets < 70000; octets = octets * 2 + 7) {
			last_frames = last_failures = (uint64_t)1 << 62;
			for (k = 1; k <= 120; k++) {
				frames = seamkey_aead_frames(
					suites[s], octets, k);
				failures = seamkey_aead_failures(
					suites[s], octets, k);
				CHECK_INT(frames >= 1, 1);
				CHECK_INT(failures >= 1, 1);
				CHECK_INT(frames <= last_frames, 1);
				CHECK_INT(failures <= last_failures, 1);
				last_frames = frames;
				last_failures = failures;
				CHECK_INT(seamkey_aead_frames(
						  suites[s], octets + 16, k)
						<= frames,
					1);
			}
		}
	}
}

/* The shortcut that spares CPUID must come to what BearSSL itself finds. */
static void
aead_takes_the_code_that_bearssl_would(void)
{
	const void *aes = br_aes_x86ni_ctr_get_vtable();
	const void *ccm = br_aes_x86ni_ctrcbc_get_vtable();
	br_ghash ghash = br_ghash_pclmul_get();
	seamkey_aead a;

	CHECK_INT(seamkey_aead_bearssl(&a, SEAMKEY_AEAD_AES_128_GCM), 0);
	if (aes != NULL) {
		CHECK_INT(a.block == aes, 1);
	} else {
		CHECK_INT(a.block != NULL, 1);
	}
	if (ghash != 0) {
		CHECK_INT(a.mac == (void (*)(void))ghash, 1);
	} else {
		CHECK_INT(a.mac != 0, 1);
	}
	CHECK_INT(seamkey_aead_bearssl(&a, SEAMKEY_AEAD_AES_128_CCM), 0);
	if (ccm != NULL) {
		CHECK_INT(a.block == ccm, 1);
	} else {
		CHECK_INT(a.block != NULL, 1);
	}
}

/* clang-format off */
const struct test test_aead_table[] = {
	{ "aead_gives_known_answers", aead_gives_known_answers },
	{ "aead_of_every_length", aead_of_every_length },
	{ "aead_with_every_split", aead_with_every_split },
	{ "aead_refuses_any_changed_bit", aead_refuses_any_changed_bit },
	{ "aead_object_is_as_its_suite_says",
		aead_object_is_as_its_suite_says },
	{ "aead_context_is_read_only_and_moves",
		aead_context_is_read_only_and_moves },
	{ "aead_limits_are_those_of_the_draft",
		aead_limits_are_those_of_the_draft },
	{ "aead_limits_fall", aead_limits_fall },
	{ "aead_takes_the_code_that_bearssl_would",
		aead_takes_the_code_that_bearssl_would },
	{ NULL, NULL },
};
/* clang-format on */
