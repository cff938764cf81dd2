/*
 * conformance.c - answers requests about the headers, one line each
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * usage: conformance [--policy=default]
 *
 * A request is a line on standard input, its answer a line on standard
 * output, until the end of the file, so that a test suite in any language
 * can be run against the headers. Fields are separated by one space; bytes
 * are lower-case hex, "-" where there are none.
 *
 *   verify SHA SPKI DATA SIG       valid | invalid
 *   sign PKCS8 DIGESTINFO          ok SIG | fail
 *   encrypt SPKI CLEAR             ok CT | fail
 *   decrypt PKCS8 CT               ok CLEAR | fail    tells of bad padding
 *   decrypt-implicit PKCS8 CT LEN  ok CLEAR | fail    of LEN bytes, always
 *   decrypt-synthetic PKCS8 CT     ok CLEAR | fail    of any length, always
 *   encrypt-oaep SPKI CLEAR        ok CT | fail
 *   decrypt-oaep PKCS8 CT LEN      ok CLEAR | fail    of LEN bytes, always
 *   key PKCS8-or-SPKI              ok BITS E | fail
 *   der BYTES                      ok | fail
 *   block-open PKCS8 BLOCK         ok CLEAR | fail    by key alone
 *   block-open-ber PKCS8 BLOCK     the same, BER admitted
 *   block-seal SPKI,... CIPHER CLEAR  ok BLOCK | fail
 *   limits                         ok NAME=VALUE ...
 *
 * SHA is SHA-1, SHA-224, SHA-256, SHA-384, SHA-512, SHA-512/224,
 * SHA-512/256, SHA3-224, SHA3-256, SHA3-384 or SHA3-512, and DATA the
 * message; or it is "none", and DATA the DigestInfo. The three forms of
 * decrypt are seamkey_rsa_decrypt_report(), seamkey_rsa_decrypt() and
 * seamkey_rsa_decrypt_implicit(); the last two fail on a bad key alone.
 * OAEP is that with SHA-256, MGF1 with SHA-256 and the empty label.
 *
 * CIPHER is aes-128-gcm, aes-256-gcm, aes-128-cbc or aes-256-cbc, with
 * "+oaep" for OAEP-SHA256. A block is opened with any cipher that opens at
 * all; by key alone: entries that name the key by the SHA-1 of its bits.
 *
 * What is not understood is answered "error TEXT". No request ends the
 * program. The policy is loosened, so that old vectors can be run: moduli
 * from 1024 bits, e from 3, any hash function.
 */
#include <bearssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "seamkey.h"
#include "seamkey_block.h"
#include "rsp.h"
#include "sha3.h"

/* seamkey_modexp.h takes any that a modulus has; BearSSL primes of half of its
 * own longest modulus, 4096 bits, and 32 bits more: BR_MAX_RSA_FACTOR in its
 * src/inner.h. */
#define MAX_PRIME_BITS \
	(SEAMKEY_RSA_MODEXP ? SEAMKEY_RSA_MAX_BITS : (4096 + 64) / 2)

/* The least public exponent, and the most bits of one: section 6 of
 * seamkey_der.h. */
#define MIN_E      3
#define MAX_E_BITS 64

/* The most fields that a request has, its name included. */
#define MAX_FIELDS 5

struct request {
	seamkey_span text[MAX_FIELDS];  /* as they stand in the line */
	struct bytes bytes[MAX_FIELDS]; /* decoded; kept for the next one */
	const seamkey_rsa_env *env;
};

/* ---- answers --------------------------------------------------------- */

static void
answer(const char *text)
{
	(void)puts(text);
}

static void
answer_bytes(int status, const unsigned char *p, size_t len)
{
	size_t u;

	if (status != SEAMKEY_OK) {
		answer("fail");
		return;
	}
	(void)fputs(len == 0 ? "ok -" : "ok ", stdout);
	for (u = 0; u < len; u++) {
		(void)printf("%02x", (unsigned)p[u]);
	}
	(void)putchar('\n');
}

/* ---- requests -------------------------------------------------------- */

/* The bytes of the i-th field after the name. */
static seamkey_span
arg(const struct request *r, size_t i)
{
	return bytes_span(&r->bytes[i]);
}

static void
do_verify(const struct request *r)
{
	seamkey_span spki = arg(r, 2), data = arg(r, 3), sig = arg(r, 4);
	seamkey_span name = r->text[1];
	unsigned char digest[64];
	int status, hash;

	if (name.len == 4 && memcmp(name.p, "none", 4) == 0) {
		status = seamkey_rsa_verify(r->env, sig, data, spki);
	} else {
		hash = test_hash_named(name.p, name.len);
		if (hash == 0 || hash == SEAMKEY_MD5) {
			answer("error there is no hash function of this name");
			return;
		}
		test_hash(digest, hash, data);
		status = seamkey_rsa_verify_hash(r->env, sig, hash,
			seamkey_span_of(digest, seamkey_der_hash_size(hash)),
			spki);
	}
	answer(status == SEAMKEY_OK ? "valid" : "invalid");
}

static void
do_sign(const struct request *r)
{
	unsigned char sig[SEAMKEY_RSA_MAX_BYTES];
	size_t len = 0;
	int status = seamkey_rsa_sign(
		r->env, sig, sizeof sig, &len, arg(r, 2), arg(r, 1));

	answer_bytes(status, sig, len);
}

static void
do_encrypt(const struct request *r)
{
	unsigned char ct[SEAMKEY_RSA_MAX_BYTES];
	size_t len = 0;
	int status = seamkey_rsa_encrypt(
		r->env, ct, sizeof ct, &len, arg(r, 2), arg(r, 1));

	answer_bytes(status, ct, len);
}

static void
do_encrypt_oaep(const struct request *r)
{
	unsigned char ct[SEAMKEY_RSA_MAX_BYTES];
	size_t len = 0;
	int status = seamkey_rsa_encrypt_oaep(
		r->env, ct, sizeof ct, &len, arg(r, 2), arg(r, 1));

	answer_bytes(status, ct, len);
}

static void
do_decrypt(const struct request *r)
{
	unsigned char msg[SEAMKEY_RSA_MAX_BYTES];
	size_t len = 0;
	int status = seamkey_rsa_decrypt_report(
		r->env, msg, sizeof msg, &len, arg(r, 2), arg(r, 1));

	answer_bytes(status, msg, len);
}

static void
do_decrypt_synthetic(const struct request *r)
{
	unsigned char msg[SEAMKEY_RSA_MAX_BYTES];
	size_t len = 0;
	int status = seamkey_rsa_decrypt_implicit(
		r->env, msg, sizeof msg, &len, arg(r, 2), arg(r, 1));

	answer_bytes(status, msg, len);
}

/* A form of fixed length: that is the third field after the name. */
static void
decrypt_fixed(const struct request *r,
	int (*form)(const seamkey_rsa_env *env, unsigned char *msg,
		size_t msg_len, seamkey_span ct, seamkey_span key))
{
	unsigned char msg[SEAMKEY_RSA_MAX_BYTES];
	seamkey_span number = r->text[3];
	size_t len = 0, u;

	for (u = 0; u < number.len; u++) {
		if (number.p[u] < '0' || number.p[u] > '9' || u == 9) {
			break;
		}
		len = 10 * len + (size_t)(number.p[u] - '0');
	}
	if (number.len == 0 || u < number.len) {
		answer("error the length is not a decimal number");
	} else if (len > sizeof msg) { /* more than any key carries */
		answer("fail");
	} else {
		memset(msg, 0, sizeof msg);
		answer_bytes(
			form(r->env, msg, len, arg(r, 2), arg(r, 1)), msg, len);
	}
}

static void
do_decrypt_implicit(const struct request *r)
{
	decrypt_fixed(r, seamkey_rsa_decrypt);
}

static void
do_decrypt_oaep(const struct request *r)
{
	decrypt_fixed(r, seamkey_rsa_decrypt_oaep);
}

/* What a key may be, as the services ask it: section 3 of seamkey_rsa.h. */
static seamkey_der_rsa_limits
key_limits(const seamkey_rsa_policy *policy, int is_private)
{
	seamkey_der_rsa_limits limits;

	limits.min_bits =
		is_private ? policy->min_bits : policy->min_bits_verify;
	limits.min_e = is_private ? policy->min_e : policy->min_e_verify;
	if (limits.min_bits == 0) {
		limits.min_bits = is_private ? SEAMKEY_RSA_POLICY_BITS
					     : SEAMKEY_RSA_MIN_BITS;
	}
	if (limits.min_e == 0) {
		limits.min_e = is_private ? SEAMKEY_RSA_POLICY_E : MIN_E;
	}
	limits.max_bits = SEAMKEY_RSA_MAX_BITS;
	return limits;
}

static void
do_key(const struct request *r)
{
	seamkey_der_rsa_limits limits;
	seamkey_der_rsa_private key;
	seamkey_der_rsa_public pub;
	seamkey_span in = arg(r, 1);
	size_t u;
	int status;

	if (seamkey_der_match_kind(in) == SEAMKEY_DER_PRIVATE_KEY_INFO) {
		status = seamkey_der_decode_rsa_private_info(&key, in, 0);
		if (status == SEAMKEY_OK) {
			limits = key_limits(&r->env->policy, 1);
			status = seamkey_der_check_rsa_private(&key, &limits);
			pub.n = key.n;
			pub.e = key.e;
		}
	} else {
		status = seamkey_der_decode_rsa_public_info(&pub, in, 0);
		if (status == SEAMKEY_OK) {
			limits = key_limits(&r->env->policy, 0);
			status = seamkey_der_check_rsa_public(&pub, &limits);
		}
	}
	if (status != SEAMKEY_OK || in.len > SEAMKEY_RSA_MAX_KEY_INFO) {
		answer("fail");
		return;
	}
	(void)printf("ok %lu ", (unsigned long)seamkey_der_bits(pub.n));
	for (u = 0; u < pub.e.len; u++) {
		(void)printf("%02x", (unsigned)pub.e.p[u]);
	}
	(void)putchar('\n');
}

static void
do_der(const struct request *r)
{
	answer(seamkey_der_check(arg(r, 1)) == SEAMKEY_OK ? "ok" : "fail");
}

static void
do_limits(const struct request *r)
{
	seamkey_der_rsa_limits sign = key_limits(&r->env->policy, 1);
	seamkey_der_rsa_limits verify = key_limits(&r->env->policy, 0);

	(void)printf("ok version=%s max-modulus-bits=%d "
		     "min-modulus-bits=%u min-modulus-bits-verify=%u "
		     "min-e=%lu min-e-verify=%lu max-e-bits=%d "
		     "max-prime-bits=%d max-key-bytes=%d max-nesting=%d\n",
		seamkey_version(), SEAMKEY_RSA_MAX_BITS, sign.min_bits,
		verify.min_bits, (unsigned long)sign.min_e,
		(unsigned long)verify.min_e, MAX_E_BITS, MAX_PRIME_BITS,
		SEAMKEY_RSA_MAX_KEY_INFO, SEAMKEY_DER_MAX_DEPTH);
}

/* The bytes of a field; NULL, or what is wrong. */
static const char *
decode(struct bytes *out, seamkey_span text)
{
	out->len = 0;
	if (text.len == 1 && text.p[0] == '-') {
		return NULL;
	}
	if (text.len == 0) {
		return "error a field is empty: write - for no bytes";
	}
	if (!bytes_room(out, text.len / 2)) {
		return "error not enough memory";
	}
	return hex_put(out, text.p, text.len, 0)
		? NULL
		: "error a field is not lower-case hex in pairs";
}

/* ---- encryption blocks ----------------------------------------------- */

static void
block_open(const struct request *r, unsigned lenient)
{
	seamkey_span block = arg(r, 2);
	unsigned char *out = (unsigned char *)malloc(2 * block.len + 16);
	size_t len = 0;
	int status;

	if (out == NULL) {
		answer("error there is no memory");
		return;
	}
	/* the recipients go behind the message */
	status = seamkey_block_open_any(r->env,
		lenient | SEAMKEY_BLOCK_CBC | SEAMKEY_BLOCK_DES, arg(r, 1),
		block, out + block.len, block.len + 16, out, block.len, &len);
	answer_bytes(status, out, len);
	free(out);
}

static void
do_block_open(const struct request *r)
{
	block_open(r, 0);
}

static void
do_block_open_ber(const struct request *r)
{
	block_open(r, SEAMKEY_BLOCK_BER | SEAMKEY_ABSENT_NULL);
}

/* The cipher of this name; "+oaep" behind it sets *padding. 0: none. */
static int
cipher_named(seamkey_span name, int *padding)
{
	static const char *const names[] = { "aes-128-gcm", "aes-256-gcm",
		"aes-128-cbc", "aes-256-cbc" };
	int u;

	*padding = SEAMKEY_BLOCK_PKCS1;
	if (name.len == 16 && memcmp(name.p + 11, "+oaep", 5) == 0) {
		*padding = SEAMKEY_BLOCK_OAEP;
		name.len = 11;
	}
	for (u = 0; u < 4; u++) {
		if (name.len == 11 && memcmp(name.p, names[u], 11) == 0) {
			return u + SEAMKEY_BLOCK_AES_128_GCM;
		}
	}
	return 0;
}

#define MAX_RECIPIENTS 16

static void
do_block_seal(const struct request *r)
{
	static struct bytes keys[MAX_RECIPIENTS];
	seamkey_block_recipient to[MAX_RECIPIENTS];
	seamkey_span list = r->text[1], clear = arg(r, 3);
	unsigned char *out;
	size_t count = 0, from = 0, u, len = 0;
	int padding, status, cipher = cipher_named(r->text[2], &padding);

	memset(to, 0, sizeof to);
	for (u = 0; u <= list.len && count < MAX_RECIPIENTS; u++) {
		if (u < list.len && list.p[u] != ',') {
			continue;
		}
		if (decode(&keys[count],
			    seamkey_span_of(list.p + from, u - from))
			!= NULL) {
			answer("error a key is not in hexadecimal");
			return;
		}
		to[count].key = bytes_span(&keys[count]);
		to[count++].padding = padding;
		from = u + 1;
	}
	out = (unsigned char *)malloc(clear.len + 1024 * (count + 1));
	if (out == NULL) {
		answer("error there is no memory");
		return;
	}
	status = seamkey_block_seal(r->env, cipher, to, count, clear, out,
		clear.len + 1024 * (count + 1), &len);
	answer_bytes(status, out, len);
	free(out);
}

/* ---- the protocol ---------------------------------------------------- */

/* text: fields that are not bytes, a bit each; the name is bit 0. */
/* clang-format off */
static const struct command {
	const char *name;
	size_t fields; /* the name included */
	unsigned text;
	void (*run)(const struct request *r);
} commands[] = {
	{ "verify",            5, 1u | 1u << 1, do_verify },
	{ "sign",              3, 1u,           do_sign },
	{ "encrypt",           3, 1u,           do_encrypt },
	{ "decrypt",           3, 1u,           do_decrypt },
	{ "decrypt-implicit",  4, 1u | 1u << 3, do_decrypt_implicit },
	{ "decrypt-synthetic", 3, 1u,           do_decrypt_synthetic },
	{ "encrypt-oaep",      3, 1u,           do_encrypt_oaep },
	{ "decrypt-oaep",      4, 1u | 1u << 3, do_decrypt_oaep },
	{ "key",               2, 1u,           do_key },
	{ "der",               2, 1u,           do_der },
	{ "block-open",        3, 1u,           do_block_open },
	{ "block-open-ber",    3, 1u,           do_block_open_ber },
	{ "block-seal",        4, 1u | 1u << 1 | 1u << 2, do_block_seal },
	{ "limits",            1, 1u,           do_limits },
};
/* clang-format on */

static const struct command *
find_command(seamkey_span name)
{
	size_t u;

	for (u = 0; u < sizeof commands / sizeof commands[0]; u++) {
		if (strlen(commands[u].name) == name.len
			&& memcmp(commands[u].name, name.p, name.len) == 0) {
			return &commands[u];
		}
	}
	return NULL;
}

/* Cut a line at its spaces. Returns how many fields it has; those beyond
 * MAX_FIELDS are counted and not kept. */
static size_t
split(const struct bytes *line, seamkey_span *fields)
{
	size_t from = 0, count = 0, u;

	memset(fields, 0, MAX_FIELDS * sizeof *fields);
	for (u = 0; u <= line->len; u++) {
		if (u < line->len && line->p[u] != ' ') {
			continue;
		}
		if (count < MAX_FIELDS) {
			fields[count] =
				seamkey_span_of(line->p + from, u - from);
		}
		count++;
		from = u + 1;
	}
	return count;
}

static void
handle(struct request *r, const struct bytes *line)
{
	size_t count = split(line, r->text), u;
	const struct command *c = find_command(r->text[0]);
	const char *wrong = NULL;

	if (c == NULL) {
		answer("error there is no such request here");
		return;
	}
	if (count != c->fields) {
		(void)printf("error %s takes %lu fields, not %lu\n", c->name,
			(unsigned long)c->fields - 1, (unsigned long)count - 1);
		return;
	}
	for (u = 1; u < count && wrong == NULL; u++) {
		if (((c->text >> u) & 1) == 0) {
			wrong = decode(&r->bytes[u], r->text[u]);
		}
	}
	if (wrong != NULL) {
		answer(wrong);
	} else {
		c->run(r);
	}
}

static void
loosen(seamkey_rsa_policy *policy)
{
	policy->min_bits = SEAMKEY_RSA_MIN_BITS;
	policy->min_bits_verify = SEAMKEY_RSA_MIN_BITS;
	policy->min_e = MIN_E;
	policy->min_e_verify = MIN_E;
	policy->sign_hashes = ~0u;
	policy->verify_hashes = ~0u;
}

int
main(int argc, char **argv)
{
	br_hmac_drbg_context drbg;
	struct bytes line = { NULL, 0, 0 };
	struct request r;
	seamkey_rsa_env env;
	size_t u;
	int got;

	memset(&env, 0, sizeof env);
	memset(&r, 0, sizeof r);
	r.env = &env;
	if (argc == 1) {
		loosen(&env.policy);
	} else if (argc != 2 || strcmp(argv[1], "--policy=default") != 0) {
		(void)fprintf(stderr,
			"usage: conformance [--policy=default]\n"
			"Requests come on standard input.\n");
		return 2;
	}
	if (seamkey_random_init(&env.random, &drbg) != SEAMKEY_OK) {
		(void)fprintf(stderr,
			"conformance: the system has no random bytes to give; "
			"encrypt will fail\n");
	}
	while ((got = read_line(stdin, &line)) != LINE_END) {
		if (got == LINE_TOO_LONG) {
			answer("error not enough memory for this line");
		} else {
			handle(&r, &line);
		}
		if (fflush(stdout) != 0) {
			break; /* nobody listens any more */
		}
	}
	for (u = 0; u < MAX_FIELDS; u++) {
		bytes_free(&r.bytes[u]);
	}
	bytes_free(&line);
	return ferror(stdout) != 0;
}
