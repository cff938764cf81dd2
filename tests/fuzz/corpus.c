/*
 * corpus.c - writes the inputs that fuzzing starts from
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * usage: corpus FOLDER <LIST
 *
 * LIST names files, one to a line: DER or PEM, good or bad. Each becomes an
 * input of the targets that it is something for, and so does what is inside
 * it; a few are made here, so that no target starts from nothing. They are
 * written to FOLDER/TARGET/NAME, where NAME is the SHA-1 of the input; the
 * folders FOLDER/TARGET must be there. tests/fuzz/corpus.sh runs it.
 */
#include <bearssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "seamkey.h"

#include "../../examples/pem.h"
#include "../keys.h"
#include "../oaep.h"

/* Longer files are left out: fuzzing lives on short inputs. */
#define FILE_MAX 8000

static const char *folder;
static unsigned long written;

/* ---- writing ------------------------------------------------------------ */

/* An input in the making. */
struct seed {
	unsigned char data[FILE_MAX + 1024];
	size_t len;
};

static void
add(struct seed *s, const void *data, size_t len)
{
	if (len > sizeof s->data - s->len) {
		fprintf(stderr, "corpus: an input is too long\n");
		exit(2);
	}
	if (len != 0) {
		memcpy(s->data + s->len, data, len);
	}
	s->len += len;
}

static void
add_octet(struct seed *s, unsigned octet)
{
	unsigned char c = (unsigned char)octet;

	add(s, &c, 1);
}

static void
add_span(struct seed *s, seamkey_span v)
{
	add(s, v.p, v.len);
}

static void
save(const char *target, seamkey_span input)
{
	unsigned char name[20];
	br_sha1_context sha;
	char path[1024];
	size_t at, u;
	FILE *f;

	br_sha1_init(&sha);
	br_sha1_update(&sha, input.p, input.len);
	br_sha1_out(&sha, name);
	at = (size_t)snprintf(path, sizeof path, "%s/%s/", folder, target);
	for (u = 0; u < sizeof name && at + 3 < sizeof path; u++) {
		(void)snprintf(path + at, 3, "%02x", (unsigned)name[u]);
		at += 2;
	}
	f = fopen(path, "wb");
	if (f == NULL || fwrite(input.p, 1, input.len, f) != input.len
		|| fclose(f) != 0) {
		fprintf(stderr, "corpus: cannot write %s\n", path);
		exit(2);
	}
	written++;
}

static void
save_seed(const char *target, const struct seed *s)
{
	save(target, seamkey_span_of(s->data, s->len));
}

/* ---- what a structure is something for ---------------------------------- */

/* The calls of der_reader.c that read in, as far as it is well formed; 8
 * levels at most. */
static void
/* NOLINTNEXTLINE(misc-no-recursion) */
add_calls(struct seed *s, seamkey_span in, unsigned depth)
{
	static const unsigned char typed[] = { 0, 5, 3, 6, 1, 8, 7 };
	seamkey_der_reader r, whole;
	seamkey_span element;

	seamkey_der_init(&r, in);
	while (r.len != 0 && s->len < 250) {
		unsigned tag = r.p[0];

		element = seamkey_der_get_element(&r, tag);
		if (r.err != SEAMKEY_OK) {
			return;
		}
		if ((tag & 0x20) != 0 && depth < 8) {
			add_octet(s, 10);
			seamkey_der_init(&whole, element);
			add_calls(s, seamkey_der_get(&whole, tag), depth + 1);
			add_octet(s, 11);
		} else {
			add_octet(s, tag < sizeof typed ? typed[tag] : 2);
		}
	}
}

static void
save_walk(seamkey_span der)
{
	static struct seed calls, s;

	calls.len = 0;
	add_calls(&calls, der, 0);
	s.len = 0;
	add_octet(&s, calls.len > 255 ? 255u : (unsigned)calls.len);
	add(&s, calls.data, calls.len > 255 ? 255 : calls.len);
	add_span(&s, der);
	save_seed("der_reader", &s);
}

/* The head of an input of icsf.c: a service and a rule, nothing wrong. */
static void
begin_icsf(struct seed *s, unsigned service, unsigned rules, unsigned hook)
{
	s->len = 0;
	add_octet(s, service);
	add_octet(s, rules);
	add_octet(s, service == 4 && (rules >> 3) != 0 ? 3 : 2);
	add_octet(s, 0);
	add_octet(s, hook);
	add(s, "\0\0", 3);
}

static void
add_icsf(
	struct seed *s, seamkey_span text, seamkey_span other, seamkey_span key)
{
	add_octet(s, (unsigned)(text.len >> 8));
	add_octet(s, (unsigned)text.len & 0xFF);
	add_octet(s, (unsigned)(other.len >> 8));
	add_octet(s, (unsigned)other.len & 0xFF);
	add_octet(s, 64); /* room for 512 */
	add_span(s, text);
	add_span(s, other);
	add_span(s, key);
	save_seed("icsf", s);
}

/* Structures in structures: each is shorter than the one it stands in. */
/* NOLINTBEGIN(misc-no-recursion) */

static void save_structure(seamkey_span der);

static void
save_private_key_info(seamkey_span der)
{
	seamkey_der_private_key_info info;
	static struct seed s;

	save("private_key_info", der);
	save("rsa_private", der);
	save("ec_private", der);
	if (der.len < 1300) {
		s.len = 0;
		add_octet(&s, 3);
		add_span(&s, der);
		save_seed("rsa_sign", &s);
	}
	begin_icsf(&s, 3, 0, 0);
	add_icsf(&s, seamkey_span_of(key_2048, 256), seamkey_span_of(NULL, 0),
		der);
	if (seamkey_der_decode_private_key_info(&info, der) == SEAMKEY_OK) {
		save_structure(info.private_key);
	}
}

static void
save_public_key_info(seamkey_span der)
{
	seamkey_der_public_key_info info;
	static struct seed s;

	save("public_key_info", der);
	save("rsa_public", der);
	save("ec_public", der);
	s.len = 0;
	add(&s, "\0\20", 2);
	add_span(&s, der);
	save_seed("rsa_encrypt", &s);
	s.data[0] = 0x80;
	s.data[1] = 4; /* exactly full */
	save_seed("rsa_encrypt", &s);
	begin_icsf(&s, 2, 0, 0);
	add_icsf(&s, seamkey_span_of("key", 3), seamkey_span_of(NULL, 0), der);
	if (seamkey_der_decode_public_key_info(&info, der) == SEAMKEY_OK) {
		save_structure(info.public_key);
	}
}

static void
save_encrypted(seamkey_span der)
{
	static const char *const pass[] = { "password", "", "seamkey" };
	static struct seed s;
	size_t u;

	for (u = 0; u < sizeof pass / sizeof pass[0]; u++) {
		s.len = 0;
		add_octet(&s, (unsigned)strlen(pass[u]));
		add(&s, pass[u], strlen(pass[u]));
		add_span(&s, der);
		save_seed("pbes2", &s);
	}
}

static void
save_certificate(seamkey_span der)
{
	seamkey_der_certificate cert;

	save("certificate", der);
	if (seamkey_der_decode_certificate(&cert, der) == SEAMKEY_OK) {
		save("name", cert.issuer);
		save("name", cert.subject);
		save("dn", cert.issuer);
		save("dn", cert.subject);
		save_structure(cert.public_key_info);
	}
}

static void
save_structure(seamkey_span der)
{
	save("der_check", der);
	save("match_kind", der);
	save("foreign", der);
	save("keyfile", der);
	save_walk(der);
	switch (seamkey_der_match_kind(der)) {
	case SEAMKEY_DER_PRIVATE_KEY_INFO:
		save_private_key_info(der);
		break;
	case SEAMKEY_DER_ENCRYPTED_PRIVATE_KEY_INFO:
		save_encrypted(der);
		break;
	case SEAMKEY_DER_PUBLIC_KEY_INFO:
		save_public_key_info(der);
		break;
	case SEAMKEY_DER_RSA_PRIVATE_KEY:
		save("rsa_private", der);
		break;
	case SEAMKEY_DER_RSA_PUBLIC_KEY:
		save("rsa_public", der);
		break;
	case SEAMKEY_DER_EC_PRIVATE_KEY:
		save("ec_private", der);
		break;
	case SEAMKEY_DER_CERTIFICATE:
		save_certificate(der);
		break;
	default: /* no key: all the more for those that must refuse it */
		save("private_key_info", der);
		save("public_key_info", der);
		save("rsa_private", der);
		save("ec_private", der);
		save("certificate", der);
		break;
	}
}

/* NOLINTEND(misc-no-recursion) */

/* ---- files -------------------------------------------------------------- */

static void
save_file(const char *name)
{
	static unsigned char data[FILE_MAX + 1], block[FILE_MAX];
	FILE *f = fopen(name, "rb");
	seamkey_span rest, label;
	size_t len, block_len = 0;
	int status = SEAMKEY_OK;

	if (f == NULL) {
		fprintf(stderr, "corpus: cannot read %s\n", name);
		exit(2);
	}
	len = fread(data, 1, sizeof data, f);
	(void)fclose(f);
	if (len > FILE_MAX) {
		return;
	}
	rest = seamkey_span_of(data, len);
	if (len != 0 && data[0] == SEAMKEY_DER_SEQUENCE) {
		save_structure(rest);
		return;
	}
	save("pem", rest);
	save("foreign", rest);
	save("keyfile", rest);
	while (status != PEM_ERR_NONE) {
		status =
			pem_get(&rest, &label, block, sizeof block, &block_len);
		if (status == SEAMKEY_OK) {
			save_structure(seamkey_span_of(block, block_len));
		}
	}
}

/* ---- what is made here -------------------------------------------------- */

static seamkey_rsa_env
loose(void)
{
	seamkey_rsa_env env;

	memset(&env, 0, sizeof env);
	env.policy.min_bits = 1024;
	env.policy.min_e = 3;
	env.policy.sign_hashes = (2u << SEAMKEY_SHA3_512) - 1;
	return env;
}

static seamkey_span
public_half(seamkey_span info, unsigned char *buf, size_t cap)
{
	seamkey_der_rsa_private key;
	seamkey_der_rsa_public pub;
	size_t len = 0;

	if (seamkey_der_decode_rsa_private_info(&key, info, 0) != SEAMKEY_OK) {
		fprintf(stderr, "corpus: a key of tests/keys.h is damaged\n");
		exit(2);
	}
	pub.n = key.n;
	pub.e = key.e;
	(void)seamkey_der_encode_rsa_public_info(buf, cap, &len, &pub);
	return seamkey_span_of(buf, len);
}

/* A DigestInfo of each hash, its signature, and the calls that make it. */
static void
save_signature(int hash, seamkey_span info)
{
	unsigned char digest[64], t[SEAMKEY_DER_MAX_DIGEST_INFO];
	unsigned char sig[SEAMKEY_RSA_MAX_BYTES], buf[600];
	seamkey_span pub = public_half(info, buf, sizeof buf);
	seamkey_rsa_env env = loose();
	seamkey_der_digest_info made;
	size_t t_len = 0, sig_len = 0, at, u;
	static struct seed s;

	memset(digest, 0x5A, sizeof digest);
	made.hash = hash;
	made.digest = seamkey_span_of(digest, seamkey_der_hash_size(hash));
	(void)seamkey_der_encode_digest_info(t, sizeof t, &t_len, &made);
	save_structure(seamkey_span_of(t, t_len));
	save("digest_info", seamkey_span_of(t, t_len));
	if (seamkey_rsa_sign(&env, sig, sizeof sig, &sig_len,
		    seamkey_span_of(t, t_len), info)
		!= SEAMKEY_OK) {
		fprintf(stderr, "corpus: cannot sign\n");
		exit(2);
	}
	s.len = 0;
	add_octet(&s, (unsigned)(sig_len >> 8));
	add_octet(&s, (unsigned)sig_len & 0xFF);
	add_octet(&s, (unsigned)t_len);
	add(&s, sig, sig_len);
	add(&s, t, t_len);
	add_span(&s, pub);
	save_seed("rsa_verify", &s);
	s.data[0] |= 0x40; /* changes to the block: 128 of them */
	save_seed("rsa_verify", &s);
	s.len = 0;
	add(&s, "\x40\2", 2); /* one, and the block is right */
	add_octet(&s, (unsigned)t_len);
	add(&s, "\5\0", 2);
	add(&s, t, t_len);
	add_span(&s, pub);
	save_seed("rsa_verify", &s);
	at = s.len - pub.len - t_len - 2;
	for (u = 0; u < 128 && hash == SEAMKEY_SHA256; u++) {
		s.data[at] = (unsigned char)u; /* one, and it is wrong */
		s.data[at + 1] = 1;
		save_seed("rsa_verify", &s);
	}
	begin_icsf(&s, 1, 0, 0);
	add_icsf(&s, seamkey_span_of(sig, sig_len), seamkey_span_of(t, t_len),
		pub);
	begin_icsf(&s, 0, 0, 0);
	add_icsf(&s, seamkey_span_of(t, t_len), seamkey_span_of(NULL, 0), info);
}

/* DigestInfo without its NULL, as some write it. */
static void
save_absent_null(void)
{
	static const unsigned char head[] = { 0x30, 0x2F, 0x30, 0x0B, 0x06,
		0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
		0x04, 0x20 };
	static struct seed s;

	s.len = 0;
	add(&s, head, sizeof head);
	add(&s, key_1024, 32);
	save_seed("digest_info", &s);
}

/* Blocks for rsa_decrypt.c: good, short of padding, none, empty. */
static void
save_blocks(void)
{
	static const unsigned char separators[] = { 127, 111, 95, 10, 9, 2,
		200 };
	static struct seed s;
	size_t u;

	for (u = 0; u < sizeof separators; u++) {
		unsigned length =
			separators[u] < 128 ? 127u - separators[u] : 16;

		s.len = 0;
		add_octet(&s, 0);
		add_octet(&s, length);
		add(&s, "\0\2", 2);
		while (s.len < 130) {
			add_octet(&s, 0x80 + (unsigned)s.len % 64);
		}
		if (separators[u] < 128) {
			s.data[2 + separators[u]] = 0;
		}
		save_seed("rsa_decrypt", &s);
		s.data[0] = 1; /* the same octets as a ciphertext */
		save_seed("rsa_decrypt", &s);
	}
}

/* Blocks for rsa_oaep.c, without masks: good ones, the first two, of which
 * one is asked for with another length; and each kind of bad. */
static void
save_oaep_blocks(void)
{
	static const unsigned char lengths[] = { 0, 1, 16, 32, 61, 62 };
	static const unsigned char damage[] = { 0, 0, 0, OAEP_SEED, OAEP_HASH,
		OAEP_PADDING - 1, OAEP_PADDING, 127 };
	unsigned char em[128];
	static struct seed s;
	size_t u, v;

	for (u = 0; u < sizeof lengths; u++) {
		for (v = 0; v < sizeof damage; v++) {
			oaep_make(em, sizeof em, key_1024, lengths[u]);
			em[damage[v]] ^= (unsigned char)(v > 1);
			s.len = 0;
			add_octet(&s, 1);
			add_octet(&s, lengths[u] + (v == 1 ? 1u : 0u));
			add(&s, em, sizeof em);
			save_seed("rsa_oaep", &s);
		}
	}
}

/* The shortest of their kinds, and what is allowed to be empty in them. */
static void
save_shortest(void)
{
	/* clang-format off */
	static const unsigned char v1[] = { 0x30, 12, 2, 1, 0,
		0x30, 3, 6, 1, 42, 4, 2, 5, 0 };
	static const unsigned char attributes[] = { 0x30, 12, 2, 1, 0,
		0x30, 3, 6, 1, 42, 4, 0, 0xA0, 0 };
	static const unsigned char v2[] = { 0x30, 22, 2, 1, 1,
		0x30, 5, 6, 1, 42, 5, 0, 4, 0,
		0xA0, 4, 0x30, 2, 5, 0, 0x81, 2, 0, 9 };
	static const unsigned char v2_empty[] = { 0x30, 13, 2, 1, 1,
		0x30, 3, 6, 1, 42, 4, 0, 0x81, 1, 0 };
	static const unsigned char spki[] = { 0x30, 8, 0x30, 3, 6, 1, 42,
		3, 1, 0 };
	static const unsigned char cert[] = { 0x30, 34, 0x30, 24, 2, 1, 9,
		0x30, 3, 6, 1, 42, 0x30, 0, 0x30, 0, 0x30, 0,
		0x30, 8, 0x30, 3, 6, 1, 42, 3, 1, 0,
		0x30, 3, 6, 1, 42, 3, 1, 0 };
	/* clang-format on */

	save_structure(seamkey_span_of(v1, sizeof v1));
	save_structure(seamkey_span_of(attributes, sizeof attributes));
	save_structure(seamkey_span_of(v2, sizeof v2));
	save_structure(seamkey_span_of(v2_empty, sizeof v2_empty));
	save_structure(seamkey_span_of(spki, sizeof spki));
	save_structure(seamkey_span_of(cert, sizeof cert));
}

/* 143 = 11 * 13, e = 7: numbers that a fuzzer can play with; and public
 * exponents at the limit, in containers with parameters that must be none. */
static void
save_tiny_key(void)
{
	static const unsigned char v[] = { 143, 7, 103, 11, 13, 3, 7, 6 };
	static const unsigned char e64[] = { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
		0xFF, 0xFF };
	static const unsigned char e65[] = { 1, 0, 0, 0, 0, 0, 0, 0, 1 };
	static const unsigned char parameters[] = { 0x05, 0x01, 0x00 };
	seamkey_der_public_key_info info;
	seamkey_der_rsa_private key;
	seamkey_der_rsa_public pub;
	unsigned char out[128], again[128];
	size_t len = 0;

	key.n = pub.n = seamkey_span_of(v, 1);
	key.e = pub.e = seamkey_span_of(v + 1, 1);
	key.d = seamkey_span_of(v + 2, 1);
	key.p = seamkey_span_of(v + 3, 1);
	key.q = seamkey_span_of(v + 4, 1);
	key.dp = seamkey_span_of(v + 5, 1);
	key.dq = seamkey_span_of(v + 6, 1);
	key.qinv = seamkey_span_of(v + 7, 1);
	(void)seamkey_der_encode_rsa_private_info(out, sizeof out, &len, &key);
	save_structure(seamkey_span_of(out, len));
	(void)seamkey_der_encode_rsa_public_info(out, sizeof out, &len, &pub);
	save_structure(seamkey_span_of(out, len));
	(void)seamkey_der_decode_public_key_info(
		&info, seamkey_span_of(out, len));
	info.algorithm.parameters =
		seamkey_span_of(parameters, sizeof parameters);
	(void)seamkey_der_encode_public_key_info(
		again, sizeof again, &len, &info);
	save_structure(seamkey_span_of(again, len));
	info.algorithm.parameters.len = 0;
	(void)seamkey_der_encode_public_key_info(
		again, sizeof again, &len, &info);
	save_structure(seamkey_span_of(again, len));
	pub.e = seamkey_span_of(e64, sizeof e64);
	(void)seamkey_der_encode_rsa_public(out, sizeof out, &len, &pub);
	save_structure(seamkey_span_of(out, len));
	pub.e = seamkey_span_of(e65, sizeof e65);
	(void)seamkey_der_encode_rsa_public(out, sizeof out, &len, &pub);
	save_structure(seamkey_span_of(out, len));
}

/* Sequences in one another, around the depth that is allowed. */
static void
save_deep(void)
{
	unsigned char nested[2 * SEAMKEY_DER_MAX_DEPTH + 8];
	static struct seed s;
	size_t levels, u;

	for (levels = SEAMKEY_DER_MAX_DEPTH - 1;
		levels <= SEAMKEY_DER_MAX_DEPTH + 2; levels++) {
		for (u = 0; u < levels; u++) {
			nested[2 * u] = SEAMKEY_DER_SEQUENCE;
			nested[2 * u + 1] =
				(unsigned char)(2 * (levels - u - 1));
		}
		save_structure(seamkey_span_of(nested, 2 * levels));
		s.len = 0;
		add_octet(&s, (unsigned)(2 * levels));
		for (u = 0; u < 2 * levels; u++) {
			add_octet(&s, u < levels ? 10 : 11);
		}
		add(&s, nested, 2 * levels);
		save_seed("der_reader", &s);
	}
}

/* CSFPPKS: each mechanism with each key that the target's hook has. */
static void
save_pks(void)
{
	static const unsigned char rules[] = { 0, 1, 2, 3, 0 | 4 << 3,
		1 | 4 << 3, 4 | 1 << 3 };
	static const unsigned char lengths[] = { 20, 32, 51, 255 };
	static struct seed s;
	unsigned hook;
	size_t u, v;

	for (u = 0; u < sizeof rules; u++) {
		for (v = 0; v < sizeof lengths; v++) {
			for (hook = 0; hook < 6; hook++) {
				begin_icsf(&s, 4, rules[u], hook << 2);
				add_icsf(&s,
					seamkey_span_of(key_2048, lengths[v]),
					seamkey_span_of(NULL, 0),
					seamkey_span_of(
						ec_p384, sizeof ec_p384));
			}
		}
	}
}

static void
save_pem(void)
{
	static const char *const wrong[] = { "", "AA==AAAA", "AA==\nAAAA",
		"AA=", "AAA=A", "AB==", "AAB=", "A===", "=AAA", "AAAA AA==" };
	char text[1200];
	size_t len = 0, u;

	if (pem_encode(text, sizeof text, &len, "PRIVATE KEY",
		    seamkey_span_of(key_1024, sizeof key_1024))
		== SEAMKEY_OK) {
		save("pem", seamkey_span_of(text, len));
		save("pem", seamkey_span_of(text, len - 1));
		save("keyfile", seamkey_span_of(text, len));
		save("keyfile", seamkey_span_of(text, len / 2));
	}
	for (u = 0; u < sizeof wrong / sizeof wrong[0]; u++) {
		len = (size_t)snprintf(text, sizeof text,
			"-----BEGIN A-----\n%s\n-----END A-----\n", wrong[u]);
		save("pem", seamkey_span_of(text, len));
	}
}

/* Frames and messages of a link: which real one, and what is changed. */
static void
save_link_frames(void)
{
	static struct seed s;
	unsigned layout, phase, changed;

	for (layout = 0; layout < 22; layout++) {
		for (phase = 0; phase < 6; phase++) {
			changed = phase % 2;
			s.len = 0;
			add_octet(&s, layout);
			add_octet(&s,
				(layout & 1) | (phase % 3) << 1
					| ((layout + phase) % 3 + 1) << 3
					| (phase & 1) << 5);
			add(&s, "\0\0", 2);
			add(&s, "\1\20\3\1", changed * 4);
			save_seed("link_frame", &s);
		}
		s.len = 0;
		add_octet(&s, layout);
		add_octet(&s, 2 | (layout & 1));
		add(&s, "\x80\0\0\xFC\x40\1\x35\0\x7C\x28", 10);
		add(&s, "\4\1", 2 * (layout & 1));
		save_seed("rtc_frame", &s);
	}
}

static void
save_link_messages(void)
{
	static struct seed s;
	unsigned message, at;

	for (at = 0; at < 200; at += 8) {
		for (message = 0; message < 16; message++) {
			s.len = 0;
			add_octet(&s, message % 4 | 4 | message / 4 << 3);
			add_octet(&s, at);
			add(&s, "\4\1", at % 16 / 4);
			save_seed("link_message", &s);
		}
		s.len = 0;
		add_octet(&s, at / 8 % 4);
		add_octet(&s, at);
		add(&s, "rk1\1\1\x12\0\1\0\2\4\0\0\7\0\0\0\1", 18);
		add(&s, s.data, s.len);
		save_seed("link_message", &s);
	}
}

/* The beginnings of a frame as it is on the wire, whole and cut short. */
static void
save_rtc_frames(void)
{
	static const unsigned char wire[32] = { 1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5,
		6, 0x81, 0, 0xC0, 0, 0x88, 0x92, 0x80, 0, 0x11 };
	static struct seed s;
	size_t len;

	for (len = 10; len <= sizeof wire; len++) {
		s.len = 0;
		add(&s, "\4\0\x80\0\0\0\0\0\x35\0\x7C\x28", 12);
		add(&s, wire, len);
		save_seed("rtc_frame", &s);
		s.len = 12;
		add(&s, wire, 12);
		add(&s, wire + 16, len - 10);
		save_seed("rtc_frame", &s);
	}
}

/* Blocks for the key of the target, in each cipher, with one recipient more
 * or none, whole and with an octet changed. */
static void
save_encryption_blocks(void)
{
	static unsigned char spki[400];
	static struct seed s;
	seamkey_block_recipient to[2];
	seamkey_der_rsa_private key;
	seamkey_der_rsa_public pub;
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env;
	size_t len = 0;
	int n;

	memset(&env, 0, sizeof env);
	env.policy.min_bits = 1024;
	br_hmac_drbg_init(&drbg, &br_sha256_vtable, "seed", 4);
	env.random = seamkey_random_bearssl(&drbg.vtable);
	(void)seamkey_der_decode_rsa_private_info(
		&key, seamkey_span_of(key_1024, sizeof key_1024), 0);
	pub.n = key.n;
	pub.e = key.e;
	(void)seamkey_der_encode_rsa_public_info(spki, sizeof spki, &len, &pub);
	for (n = 0; n < 24; n++) {
		memset(to, 0, sizeof to);
		to[0].key = seamkey_span_of(spki, len);
		to[0].padding = n >> 2 & 1;
		to[1].key = to[0].key;
		to[1].id = seamkey_span_of("another", 7);
		s.len = 0;
		add_octet(&s, n % 4 < 2 ? 0 : 1);
		add_octet(&s, (unsigned)n * 11);
		if (seamkey_block_seal(&env, 1 + n % 4, to, 1 + (n >= 8),
			    seamkey_span_of(key_2048, (size_t)n * 5),
			    s.data + 2, sizeof s.data - 2, &s.len)
			== SEAMKEY_OK) {
			s.len += 2;
			s.data[s.len - 20] ^= (unsigned char)(n >= 16);
			save_seed("block_open", &s);
		}
	}
}

/* A message of key release: an input of one target. */
static void
save_message(const char *target, struct seed *s)
{
	if (s->len != 0) {
		save_seed(target, s);
	}
}

static const unsigned char alice[] = { 0x30, 0x10, 0x31, 0x0E, 0x30, 0x0C, 0x06,
	0x03, 0x55, 0x04, 0x03, 0x0C, 0x05, 'A', 'l', 'i', 'c', 'e' };

/* A block to the key that the agent of the target has. */
static seamkey_span
make_team_block(const seamkey_rsa_env *env)
{
	static unsigned char spki[400], block[1024];
	seamkey_block_recipient to;
	seamkey_der_rsa_private key;
	seamkey_der_rsa_public pub;
	size_t len = 0;

	memset(&to, 0, sizeof to);
	(void)seamkey_der_decode_rsa_private_info(
		&key, seamkey_span_of(key_1024, sizeof key_1024), 0);
	pub.n = key.n;
	pub.e = key.e;
	(void)seamkey_der_encode_rsa_public_info(spki, sizeof spki, &len, &pub);
	to.key = seamkey_span_of(spki, len);
	to.id = seamkey_span_of("team-key", 8);
	(void)seamkey_block_seal(env, SEAMKEY_BLOCK_AES_256_GCM, &to, 1,
		seamkey_span_of("text", 4), block, sizeof block, &len);
	return seamkey_span_of(block, len);
}

/* Requests in each form, by each way to say who asks. */
static void
save_requests(seamkey_span block, seamkey_span id)
{
	static struct seed s;
	seamkey_release_attribute claim;
	seamkey_release_block header;
	seamkey_release_who who;
	int n;

	(void)seamkey_release_decode_block(&header, block);
	claim.type = seamkey_span_of("badge", 5);
	claim.value = seamkey_span_of("1", 1);
	for (n = 0; n < 12; n++) {
		who.kind = n % 6;
		who.type = claim.type;
		who.value = seamkey_span_of(alice, sizeof alice);
		if (who.kind == SEAMKEY_RELEASE_ALIAS) {
			who.value = seamkey_span_of("alice", 5);
		} else if (who.kind == SEAMKEY_RELEASE_ATTRIBUTE) {
			who.value = claim.value;
		} else if (who.kind == SEAMKEY_RELEASE_CERTIFICATE) {
			who.value = seamkey_span_of(
				certificate, sizeof certificate);
		}
		s.len = 0;
		(void)seamkey_release_encode_request(s.data, sizeof s.data,
			&s.len, id, n / 6, &who, &header, 1, &claim,
			(size_t)(n & 1));
		save_message("release_request", &s);
	}
}

static void
save_release(void)
{
	static struct seed s;
	seamkey_release_approval approval;
	seamkey_release_result results[4];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env;
	seamkey_span id = seamkey_span_of("0123456789ABCDEF", 16), block;
	int n;

	memset(&env, 0, sizeof env);
	env.policy.min_bits = 1024;
	br_hmac_drbg_init(&drbg, &br_sha256_vtable, "seed", 4);
	env.random = seamkey_random_bearssl(&drbg.vtable);
	block = make_team_block(&env);
	save_requests(block, id);
	for (n = 0; n < 4; n++) {
		results[n].kind = n;
		results[n].content = block;
	}
	for (n = 0; n <= 4; n++) {
		s.len = 0;
		(void)seamkey_release_encode_answer(
			s.data, sizeof s.data, &s.len, id, results, (size_t)n);
		save_message("release_answer", &s);
	}
	memset(&approval, 0, sizeof approval);
	approval.id = id;
	approval.recipients = seamkey_span_of(block.p, 32);
	approval.decryptor = approval.approver =
		seamkey_span_of(alice, sizeof alice);
	approval.expires = seamkey_span_of("20261231235959Z", 15);
	s.len = 0;
	(void)seamkey_release_sign_approval(&env, s.data, sizeof s.data, &s.len,
		&approval, seamkey_span_of(key_1024, sizeof key_1024));
	save_message("release_approval", &s);
}

/* Names in text and DER, rules in text and DER. */
static void
save_names_and_rules(void)
{
	static const char *const names[] = { "CN=Alice,OU=Legal,O=Acme,C=DE",
		"CN=a+UID=b+OU=c,DC=example",
		"1.2.3=#0C0141,2.5.4.12=#1E020041",
		"CN=\\C3\\BC\\,\\\\\\\" \\ ,STREET=\\#1",
		"2.48.4294967295=#0500", "serialNumber=4711,L=#13014B", "" };
	static const char *const rules[] = { "name(\"CN=a\")",
		"portion(\"CN=\\\\C3\\\\BC,O=x\")", "attribute(\"a\")",
		"attribute(\"a\" = \"blue\")", "attribute(\"a\" >= 5)",
		"attribute(\"a\" <= 007)", "group(\"\xC3\xBC\\\"\\\\\")",
		"role(\"r\")", "clearance(4294967295)",
		"period(20260101000000Z, 20261231235959Z)",
		"time(22:00, 06:00:30)", "days(mon, wed, sun)",
		"location(\"here\")", "function(\"f\", \"x\")",
		"function(\"f\")", "approval(2, \"board\")",
		"all(group(\"a\"), any(clearance(3), approval(2, \"b\")))",
		"2 of (role(\"a\"), role(\"b\"), all(days(fri), group(\"c\")))",
		"any(all(any(all(any(all(any(all(group(\"a\")))))))))" };
	static struct seed s;
	size_t u, len = 0;

	for (u = 0; u < sizeof names / sizeof names[0]; u++) {
		seamkey_span text = seamkey_span_of(names[u], strlen(names[u]));

		save("dn", text);
		if (seamkey_name_encode(s.data, sizeof s.data, &len, text)
			== SEAMKEY_OK) {
			save("dn", seamkey_span_of(s.data, len));
		}
	}
	for (u = 0; u < sizeof rules / sizeof rules[0]; u++) {
		seamkey_span text = seamkey_span_of(rules[u], strlen(rules[u]));

		save("rule_text", text);
		s.data[0] = (unsigned char)(u * 29);
		s.data[1] = (unsigned char)(u % 8);
		if (seamkey_rule_decode_text(
			    s.data + 2, sizeof s.data - 2, &len, text, NULL)
			== SEAMKEY_OK) {
			s.len = len + 2;
			save_seed("rule", &s);
		}
	}
}

static void
save_own(void)
{
	int hash;

	for (hash = SEAMKEY_MD5; hash <= SEAMKEY_SHA3_512; hash++) {
		save_signature(
			hash, seamkey_span_of(key_1024, sizeof key_1024));
	}
	save_signature(
		SEAMKEY_SHA256, seamkey_span_of(key_1031, sizeof key_1031));
	save_signature(
		SEAMKEY_SHA256, seamkey_span_of(key_2048, sizeof key_2048));
	save_signature(SEAMKEY_SHA256,
		seamkey_span_of(key_2048_e3, sizeof key_2048_e3));
	save_structure(seamkey_span_of(key_1024, sizeof key_1024));
	save_structure(seamkey_span_of(key_1031, sizeof key_1031));
	save_structure(seamkey_span_of(key_1024_v2, sizeof key_1024_v2));
	save_structure(
		seamkey_span_of(key_2048_public, sizeof key_2048_public));
	save_structure(seamkey_span_of(ec_p256, sizeof ec_p256));
	save_structure(seamkey_span_of(ec_p384, sizeof ec_p384));
	save_structure(seamkey_span_of(ec_p521, sizeof ec_p521));
	save_structure(seamkey_span_of(ec_p256_sec1, sizeof ec_p256_sec1));
	save_structure(seamkey_span_of(ec_p384_sec1, sizeof ec_p384_sec1));
	save_structure(seamkey_span_of(ec_p521_sec1, sizeof ec_p521_sec1));
	save_structure(seamkey_span_of(ec_p256_public, sizeof ec_p256_public));
	save_structure(seamkey_span_of(ec_p384_public, sizeof ec_p384_public));
	save_structure(seamkey_span_of(ec_p521_public, sizeof ec_p521_public));
	save_structure(seamkey_span_of(certificate, sizeof certificate));
	save_structure(seamkey_span_of(certificate_v1, sizeof certificate_v1));
	save_absent_null();
	save_blocks();
	save_oaep_blocks();
	save_shortest();
	save_tiny_key();
	save_deep();
	save_pks();
	save_pem();
	save_link_frames();
	save_link_messages();
	save_rtc_frames();
	save_encryption_blocks();
	save_release();
	save_names_and_rules();
}

int
main(int argc, char **argv)
{
	char name[1024];
	size_t len;

	if (argc != 2) {
		fprintf(stderr, "usage: corpus FOLDER <LIST\n");
		return 2;
	}
	folder = argv[1];
	save_own();
	while (fgets(name, sizeof name, stdin) != NULL) {
		len = strlen(name);
		if (len != 0 && name[len - 1] == '\n') {
			name[len - 1] = 0;
		}
		save_file(name);
	}
	printf("%lu inputs written\n", written);
	return 0;
}
