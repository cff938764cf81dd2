/*
 * seamkey.c - the seamkey command: the headers, for files
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * A thin shell: files.h and keyfile.h bring the DER into memory and results
 * out of it, the headers do the rest. What a person reads is in help_...
 * and in seamkey.1.
 *
 * command.h has text for standard output, options and keys;
 * block_commands.h, release_commands.h and approve_command.h what is done
 * with encryption blocks. Here: the four services, show, keygen, help, main.
 */
#define _XOPEN_SOURCE 700
#define PROGRAM       "seamkey"

#include <bearssl.h>

#include "seamkey.h"

#include "approve_command.h"
#include "block_commands.h"
#include "command.h"
#include "release_commands.h"
#include "show_block.h"

/* ---- the four services ------------------------------------------------- */

/* Which of the things on the command line is it that a service refused? */
static const char *
name_to_blame(const struct cli *cli, int status)
{
	switch (status) {
	case SEAMKEY_ERR_RSA_SIGNATURE:
		return cli->value[SIGNATURE];
	case SEAMKEY_ERR_RSA_HASH:
		if (cli->value[DIGEST_INFO] == NULL) {
			return cli->value[HASH] == NULL ? "sha256"
							: cli->value[HASH];
		}
		return cli->file;
	case SEAMKEY_ERR_RSA_MESSAGE:
	case SEAMKEY_ERR_RSA_DECRYPT:
		return cli->file;
	case SEAMKEY_ERR_RANDOM:
		return NULL;
	default:
		return cli->value[KEY];
	}
}

/* A service that was given this key refused it, or something else. */
static int
complain_service(const struct cli *cli, int status, seamkey_span key)
{
	const char *hint = "";

	if (status == SEAMKEY_ERR_DER_ALGORITHM) {
		return complain_key(status);
	}
	if (cli->value[POLICY] == NULL
		&& (status == SEAMKEY_ERR_RSA_HASH
			|| status == SEAMKEY_ERR_KEY_MODULUS_SHORT
			|| status == SEAMKEY_ERR_KEY_EXPONENT_SMALL
			|| status == SEAMKEY_ERR_DER_PARAMETERS)
		&& is_legacy(key)) {
		hint = " (--policy=legacy is looser)";
	}
	return complain_limit(status, name_to_blame(cli, status), hint);
}

/* What a service made, to where it goes. */
static int
write_result(const struct cli *cli, size_t len, int secret)
{
	int status = check_out(cli);

	return status == DONE ? file_write(cli->value[OUT],
		       seamkey_span_of(mem.result, len), secret, 1)
			      : status;
}

static const struct {
	const char *name;
	const br_hash_class *hash;
} hashes[] = {
	{ "sha256", &br_sha256_vtable },
	{ "sha224", &br_sha224_vtable },
	{ "sha384", &br_sha384_vtable },
	{ "sha512", &br_sha512_vtable },
	{ "sha1", &br_sha1_vtable },
	{ "md5", &br_md5_vtable },
};

/* The hash function that was asked for, sha256 by default. */
static int
find_hash(const struct cli *cli, const br_hash_class **hash)
{
	const char *name = cli->value[HASH];
	size_t u;

	if (name == NULL) {
		name = "sha256";
	}
	for (u = 0; u < sizeof hashes / sizeof hashes[0]; u++) {
		if (strcmp(name, hashes[u].name) == 0) {
			*hash = hashes[u].hash;
			return DONE;
		}
	}
	return complain_usage(cli, name,
		" is not a hash function: sha224, sha256, sha384, sha512, "
		"sha1, md5");
}

/* Hash a file piece by piece; out: 64 bytes. */
static int
hash_file(const char *name, const br_hash_class *hash, unsigned char *out)
{
	br_hash_compat_context ctx;
	ssize_t len;
	int fd = file_open(name);

	if (fd < 0) {
		return UNREADABLE;
	}
	hash->init(&ctx.vtable);
	do {
		len = file_read_some(fd, mem.chunk, sizeof mem.chunk);
		if (len > 0) {
			hash->update(&ctx.vtable, mem.chunk, (size_t)len);
		}
	} while (len > 0);
	file_close(name, fd);
	if (len < 0) {
		return complain(UNREADABLE, name, strerror(errno));
	}
	hash->out(&ctx.vtable, out);
	return DONE;
}

/* The DigestInfo to sign or verify: that of the message, or the input as it
 * stands. buf: SEAMKEY_DER_MAX_DIGEST_INFO bytes. */
static int
load_digest_info(const struct cli *cli, unsigned lenient, unsigned char *buf,
	seamkey_span *out)
{
	const br_hash_class *hash = NULL;
	seamkey_der_digest_info info;
	unsigned char digest[64];
	size_t len = 0;
	int status;

	if (cli->value[DIGEST_INFO] != NULL) {
		status = file_read(
			cli->file, buf, SEAMKEY_DER_MAX_DIGEST_INFO, out);
		if (status != DONE) {
			return status;
		}
		if (out->len == 0) {
			return complain(UNREADABLE, cli->file, "is empty");
		}
		status = seamkey_der_decode_digest_info(&info, *out, lenient);
		if (status != SEAMKEY_OK && keyfile_is_cut(*out)) {
			return keyfile_complain_cut(cli->file);
		}
		return status == SEAMKEY_OK
			? DONE
			: complain_status(status, cli->file);
	}
	status = find_hash(cli, &hash);
	if (status == DONE) {
		status = hash_file(cli->file, hash, digest);
	}
	if (status != DONE) {
		return status;
	}
	info.hash =
		(int)((hash->desc >> BR_HASHDESC_ID_OFF) & BR_HASHDESC_ID_MASK);
	info.digest = seamkey_span_of(digest, seamkey_der_hash_size(info.hash));
	status = seamkey_der_encode_digest_info(
		buf, SEAMKEY_DER_MAX_DIGEST_INFO, &len, &info);
	*out = seamkey_span_of(buf, len);
	return status == SEAMKEY_OK ? DONE : complain_status(status, cli->file);
}

static int
run_sign(const struct cli *cli)
{
	unsigned char buf[SEAMKEY_DER_MAX_DIGEST_INFO];
	seamkey_span info = { NULL, 0 }, key_info = { NULL, 0 };
	seamkey_rsa_env env;
	size_t len = 0;
	int status = make_env(cli, &env);

	if (status == DONE) {
		status = load_private(cli, &key_info);
	}
	if (status == DONE) {
		status = load_digest_info(cli, 0, buf, &info);
	}
	if (status != DONE) {
		return status;
	}
	status = seamkey_rsa_sign(
		&env, mem.result, sizeof mem.result, &len, info, key_info);
	if (status != SEAMKEY_OK) {
		return complain_service(cli, status, key_info);
	}
	return write_result(cli, len, 0);
}

static int
run_verify(const struct cli *cli)
{
	unsigned char buf[SEAMKEY_DER_MAX_DIGEST_INFO];
	seamkey_span info = { NULL, 0 }, sig = { NULL, 0 };
	seamkey_span key_info = { NULL, 0 };
	seamkey_rsa_env env;
	int more = 0, status = make_env(cli, &env);

	if (status == DONE) {
		status = load_public(cli, env.policy.lenient, &key_info);
	}
	if (status == DONE) {
		/* one that is longer is a bad one, by its length */
		status = file_read_start(cli->value[SIGNATURE], mem.input,
			sizeof mem.input, &sig, &more);
	}
	if (status == DONE) {
		status = load_digest_info(cli, env.policy.lenient, buf, &info);
	}
	if (status != DONE) {
		return status;
	}
	status = seamkey_rsa_verify(&env, sig, info, key_info);
	if (status != SEAMKEY_OK) {
		return complain_service(cli, status, key_info);
	}
	put("the signature is good\n");
	return put_end();
}

/* A message longer than the key encrypts: how long may it be? */
static int
complain_message(
	const struct cli *cli, const seamkey_rsa_env *env, seamkey_span key)
{
	char text[96];
	size_t size = 0;
	int status = seamkey_rsa_encrypt(
		env, NULL, 0, &size, seamkey_span_of(NULL, 0), key);

	if (status != SEAMKEY_OK) {
		return complain_service(cli, status, key);
	}
	(void)snprintf(text, sizeof text,
		"is longer than %lu bytes, the longest message for this key",
		(unsigned long)(size - PADDING));
	return complain(REFUSED, cli->file, text);
}

static int
run_encrypt(const struct cli *cli)
{
	seamkey_span msg = { NULL, 0 }, key_info = { NULL, 0 };
	seamkey_rsa_env env;
	size_t len = 0;
	int more = 0, status = make_env(cli, &env);

	if (status == DONE) {
		status = load_public(cli, env.policy.lenient, &key_info);
	}
	if (status == DONE) {
		/* as much as this is too long for any key */
		status = file_read_start(
			cli->file, mem.input, sizeof mem.input, &msg, &more);
	}
	if (status == DONE) {
		status = init_random(&env.random);
	}
	if (status != DONE) {
		return status;
	}
	status = seamkey_rsa_encrypt(
		&env, mem.result, sizeof mem.result, &len, msg, key_info);
	if (status == SEAMKEY_ERR_RSA_MESSAGE) {
		return complain_message(cli, &env, key_info);
	}
	if (status != SEAMKEY_OK) {
		return complain_service(cli, status, key_info);
	}
	return write_result(cli, len, 0);
}

/* One of the three forms of the header, by the options; *len: the length of
 * the message, asked for or found. The length of a ciphertext is public: a
 * file that was cut, or one for another key, is told here, in every form. */
static int
decrypt(const struct cli *cli, const seamkey_rsa_env *env, size_t *len,
	seamkey_span ct, seamkey_span key)
{
	char text[96];
	size_t size = 0;
	int status = seamkey_rsa_decrypt_implicit(env, NULL, 0, &size, ct, key);

	if (status == SEAMKEY_OK && cli->value[LENGTH] != NULL
		&& (*len == 0 || *len > size - PADDING)) {
		(void)snprintf(text, sizeof text,
			"a message for this key has 1 to %lu bytes",
			(unsigned long)(size - PADDING));
		return complain_range(cli, LENGTH, text);
	}
	if (status == SEAMKEY_OK && ct.len != size) {
		(void)snprintf(text, sizeof text,
			"has %lu bytes; a ciphertext for this key has %lu",
			(unsigned long)ct.len, (unsigned long)size);
		return complain(UNREADABLE, cli->file, text);
	}
	if (status == SEAMKEY_OK && cli->value[LENGTH] != NULL) {
		status = seamkey_rsa_decrypt(env, mem.result, *len, ct, key);
	} else if (status == SEAMKEY_OK && cli->value[REPORT] != NULL) {
		status = seamkey_rsa_decrypt_report(
			env, mem.result, sizeof mem.result, len, ct, key);
	} else if (status == SEAMKEY_OK) {
		status = seamkey_rsa_decrypt_implicit(
			env, mem.result, sizeof mem.result, len, ct, key);
	}
	return status == SEAMKEY_OK ? DONE : complain_service(cli, status, key);
}

static int
run_decrypt(const struct cli *cli)
{
	seamkey_span ct = { NULL, 0 }, key_info = { NULL, 0 };
	seamkey_rsa_env env;
	unsigned length = 0;
	size_t len;
	int status = make_env(cli, &env);

	if (status == DONE && cli->value[LENGTH] != NULL) {
		status = parse_number(cli, LENGTH, &length);
	}
	len = length;
	if (status == DONE) {
		status = load_private(cli, &key_info);
	}
	if (status == DONE) {
		status = file_read(
			cli->file, mem.input, SEAMKEY_RSA_MAX_BYTES, &ct);
	}
	if (status == DONE) {
		status = decrypt(cli, &env, &len, ct, key_info);
	}
	if (status != DONE) {
		return status;
	}
	return write_result(cli, len, 1);
}

/* ---- show -------------------------------------------------------------- */

static void
show_fingerprint(seamkey_span public_info)
{
	unsigned char digest[32];
	br_sha256_context sha;

	br_sha256_init(&sha);
	br_sha256_update(&sha, public_info.p, public_info.len);
	br_sha256_out(&sha, digest);
	put_hex("fingerprint", seamkey_span_of(digest, sizeof digest));
}

static void
show_rsa_numbers(const seamkey_der_rsa_public *pub)
{
	uint64_t e = 0;
	size_t u;

	put_number_line("bits", seamkey_der_bits(pub->n), "");
	if (pub->e.len > 8) {
		put_hex("e", pub->e);
	} else {
		for (u = 0; u < pub->e.len; u++) {
			e = (e << 8) | pub->e.p[u];
		}
		put_number_line("e", e, "");
	}
	put_hex("modulus", pub->n);
}

/*
 * What the headers say of the numbers, whatever the policy; then whether the
 * policy lets them sign, encrypt and decrypt: encrypt is asked, with nowhere
 * to write to, so that it checks the key and stops.
 */
static int
show_verdict(const struct cli *cli, int status, seamkey_span public_info)
{
	seamkey_rsa_env env;
	size_t len = 0;

	put_line("check", status == SEAMKEY_OK ? "good" : keyfile_text(status));
	if (status != SEAMKEY_OK) {
		return REFUSED;
	}
	status = make_env(cli, &env);
	if (status != DONE) {
		return status;
	}
	status = seamkey_rsa_encrypt(
		&env, NULL, 0, &len, seamkey_span_of(NULL, 0), public_info);
	put_line("policy",
		status == SEAMKEY_OK
			? "good for every service"
			: "only to verify with; otherwise refused:");
	if (status != SEAMKEY_OK) {
		put_line("", keyfile_text(status));
	}
	return DONE;
}

static const seamkey_der_rsa_limits any_size = { SEAMKEY_RSA_MIN_BITS,
	SEAMKEY_RSA_MAX_BITS, 3 };

/* A SubjectPublicKeyInfo is made of the numbers, for the fingerprint. */
static int
show_rsa_public(const struct cli *cli, const seamkey_der_rsa_public *pub)
{
	seamkey_span info;
	size_t len = 0;
	int status;

	show_rsa_numbers(pub);
	status = seamkey_der_encode_rsa_public_info(
		mem.key_info, sizeof mem.key_info, &len, pub);
	info = seamkey_span_of(mem.key_info, len);
	if (status == SEAMKEY_OK) {
		show_fingerprint(info);
		status = seamkey_der_check_rsa_public(pub, &any_size);
	}
	return show_verdict(cli, status, info);
}

static int
show_rsa_private(const struct cli *cli, const seamkey_der_rsa_private *priv)
{
	seamkey_der_rsa_public pub;
	seamkey_span info;
	size_t len = 0;
	int status;

	pub.n = priv->n;
	pub.e = priv->e;
	show_rsa_numbers(&pub);
	put_secret(cli, "d", priv->d);
	put_secret(cli, "p", priv->p);
	put_secret(cli, "q", priv->q);
	put_secret(cli, "dp", priv->dp);
	put_secret(cli, "dq", priv->dq);
	put_secret(cli, "qinv", priv->qinv);
	status = seamkey_der_encode_rsa_public_info(
		mem.key_info, sizeof mem.key_info, &len, &pub);
	info = seamkey_span_of(mem.key_info, len);
	if (status == SEAMKEY_OK) {
		show_fingerprint(info);
		status = seamkey_der_check_rsa_private(priv, &any_size);
	}
	return show_verdict(cli, status, info);
}

/* An elliptic curve key; scalar is empty where it is a public one. */
static int
show_ec(const struct cli *cli, int curve, seamkey_span scalar,
	seamkey_span point)
{
	seamkey_der_ec_public pub;
	size_t len = 0;

	put_line("curve",
		curve == SEAMKEY_CURVE_P256           ? "P-256"
			: curve == SEAMKEY_CURVE_P384 ? "P-384"
						      : "P-521");
	if (scalar.len != 0) {
		put_secret(cli, "scalar", scalar);
	}
	if (point.len != 0) {
		put_hex("point", point);
		pub.curve = curve;
		pub.public_key = point;
		if (seamkey_der_encode_ec_public_info(
			    mem.key_info, sizeof mem.key_info, &len, &pub)
			== SEAMKEY_OK) {
			show_fingerprint(seamkey_span_of(mem.key_info, len));
		}
	}
	put_line("check", "not checked: only the form of such keys is known");
	return DONE;
}

static void
show_algorithm(const seamkey_der_algorithm *alg)
{
	const char *name = name_of_algorithm(alg->oid);

	put_oid("algorithm", alg->oid);
	put_line("", name == NULL ? "unknown" : name);
	if (alg->parameters.len != 0) {
		put_hex("parameters", alg->parameters);
	} else {
		put_line("parameters", "absent");
	}
}

/* 1 if these are the parameters of a curve, spelled out: SpecifiedECDomain in
 * the place of its name. */
static int
is_explicit(seamkey_span parameters)
{
	return parameters.len != 0 && parameters.p[0] == SEAMKEY_DER_SEQUENCE;
}

/* The same of an ECPrivateKey: SEQUENCE { INTEGER 1, OCTET STRING, [0] ... */
static int
is_explicit_private(seamkey_span der)
{
	const unsigned tag = SEAMKEY_DER_CONTEXT_CONSTRUCTED(0u);
	seamkey_der_reader r, seq;

	seamkey_der_init(&r, der);
	seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
	(void)seamkey_der_get_uint(&seq);
	(void)seamkey_der_get(&seq, SEAMKEY_DER_OCTET_STRING);
	return seamkey_der_match(&seq, tag)
		&& is_explicit(seamkey_der_get(&seq, tag));
}

static int
complain_explicit(const struct cli *cli)
{
	return complain(UNREADABLE, cli->file,
		"its elliptic curve must be named, and is spelled out; openssl "
		"ec -param_enc named_curve makes a new one of it");
}

/* Neither RSA nor one of the curves; or damaged, and why. */
static int
show_other(const struct cli *cli, int status, const char *name,
	seamkey_span contents)
{
	if (status != SEAMKEY_ERR_DER_ALGORITHM
		&& status != SEAMKEY_ERR_DER_CURVE) {
		return complain_status(status, cli->file);
	}
	put_number_line(name, contents.len, " bytes");
	put_line("check",
		"not checked: only RSA and the curves P-256, "
		"P-384, P-521 are known");
	return DONE;
}

static int
show_public_info(const struct cli *cli, seamkey_span der)
{
	seamkey_der_public_key_info info;
	seamkey_der_rsa_public rsa;
	seamkey_der_ec_public ec;
	int status = seamkey_der_decode_public_key_info(&info, der);

	if (status != SEAMKEY_OK) {
		return complain_status(status, cli->file);
	}
	show_algorithm(&info.algorithm);
	status = seamkey_der_decode_rsa_public_info(
		&rsa, der, SEAMKEY_ABSENT_NULL);
	if (status == SEAMKEY_OK) {
		return show_rsa_public(cli, &rsa);
	}
	if (status == SEAMKEY_ERR_DER_ALGORITHM) {
		status = seamkey_der_decode_ec_public_info(&ec, der);
	}
	if (status == SEAMKEY_OK) {
		return show_ec(
			cli, ec.curve, seamkey_span_of(NULL, 0), ec.public_key);
	}
	if (status == SEAMKEY_ERR_DER_PARAMETERS
		&& is_explicit(info.algorithm.parameters)) {
		return complain_explicit(cli);
	}
	return show_other(cli, status, "public key", info.public_key);
}

static int
show_private_info(const struct cli *cli, seamkey_span der)
{
	seamkey_der_private_key_info info;
	seamkey_der_rsa_private rsa;
	seamkey_der_ec_private ec;
	int status = seamkey_der_decode_private_key_info(&info, der);

	if (status != SEAMKEY_OK) {
		return complain_status(status, cli->file);
	}
	put_number_line("version", info.version, "");
	if (info.attributes.len != 0) {
		put_hex("attributes", info.attributes);
	}
	if (info.public_key.len != 0) {
		put_hex("public key", info.public_key);
	}
	show_algorithm(&info.algorithm);
	status = seamkey_der_decode_rsa_private_info(
		&rsa, der, SEAMKEY_ABSENT_NULL);
	if (status == SEAMKEY_OK) {
		return show_rsa_private(cli, &rsa);
	}
	if (status == SEAMKEY_ERR_DER_ALGORITHM) {
		status = seamkey_der_decode_ec_private_info(&ec, der);
	}
	if (status == SEAMKEY_OK) {
		return show_ec(cli, ec.curve, ec.scalar, ec.public_key);
	}
	if (status == SEAMKEY_ERR_DER_PARAMETERS
		&& is_explicit(info.algorithm.parameters)) {
		return complain_explicit(cli);
	}
	return show_other(cli, status, "private key", info.private_key);
}

static int
show_certificate(const struct cli *cli, seamkey_span der)
{
	seamkey_der_certificate cert;
	int status = seamkey_der_decode_certificate(&cert, der);

	if (status != SEAMKEY_OK) {
		return complain_status(status, cli->file);
	}
	put_distinguished("issuer", cert.issuer);
	put_hex("serial", cert.serial);
	put_distinguished("subject", cert.subject);
	if (cert.key_id.len != 0) {
		put_hex("key id", cert.key_id);
	} else {
		put_line("key id", "absent");
	}
	return show_public_info(cli, cert.public_key_info);
}

/* The structures that have no container around them. */
static int
show_bare(const struct cli *cli, int kind, seamkey_span der)
{
	seamkey_der_rsa_private priv;
	seamkey_der_rsa_public pub;
	seamkey_der_ec_private ec;
	int status;

	if (kind == SEAMKEY_DER_RSA_PRIVATE_KEY) {
		status = seamkey_der_decode_rsa_private(&priv, der);
		if (status == SEAMKEY_OK) {
			return show_rsa_private(cli, &priv);
		}
	} else if (kind == SEAMKEY_DER_RSA_PUBLIC_KEY) {
		status = seamkey_der_decode_rsa_public(&pub, der);
		if (status == SEAMKEY_OK) {
			return show_rsa_public(cli, &pub);
		}
	} else {
		status = seamkey_der_decode_ec_private(&ec, der, 0);
		if (status == SEAMKEY_OK) {
			return show_ec(cli, ec.curve, ec.scalar, ec.public_key);
		}
		if (is_explicit_private(der)) {
			return complain_explicit(cli);
		}
	}
	return complain_status(status, cli->file);
}

/* Read the file: a key, which is in mem.key then, or what is none, of which
 * *known is 1 and all has been done. */
static int
load_shown(const struct cli *cli, int *known)
{
	seamkey_span start;
	int more = 0, status;

	keyfile_begin(&mem.key, cli->file, 0);
	mem.key.none = "these bytes are no key structure, certificate, "
		       "encryption block, message of key release, or rule";
	status = file_read_start(
		cli->file, mem.key.file, sizeof mem.key.file, &start, &more);
	if (status == DONE) {
		status = show_block(cli, start, more, known);
	}
	if (status != DONE || *known) {
		return status;
	}
	return more ? file_complain_long(cli->file, sizeof mem.key.file)
		    : keyfile_take(&mem.key, start, cli->value[PASS_FILE], 0);
}

/* Nothing is printed of a structure that cannot be read to its end. */
static int
run_show(const struct cli *cli)
{
	seamkey_rsa_env env;
	int written, known = 0, status = make_env(cli, &env);

	if (status == DONE) {
		status = load_shown(cli, &known);
	}
	if (status != DONE || known) {
		return status == DONE ? put_end() : status;
	}
	put_line("structure", keyfile_name_of_kind(mem.key.kind));
	put_name("file");
	put(mem.key.is_pem ? "PEM" : "DER");
	put(mem.key.is_encrypted ? ", encrypted\n" : "\n");
	switch (mem.key.kind) {
	case SEAMKEY_DER_PRIVATE_KEY_INFO:
		status = show_private_info(cli, mem.key.der);
		break;
	case SEAMKEY_DER_PUBLIC_KEY_INFO:
		status = show_public_info(cli, mem.key.der);
		break;
	case SEAMKEY_DER_CERTIFICATE:
		status = show_certificate(cli, mem.key.der);
		break;
	default:
		status = show_bare(cli, mem.key.kind, mem.key.der);
		break;
	}
	if (status == UNREADABLE) {
		return status;
	}
	written = put_end();
	return written == DONE ? status : written;
}

/* ---- keygen ------------------------------------------------------------ */

/* A new key as PrivateKeyInfo in mem.key_info. */
static int
make_key(seamkey_span *info, unsigned bits)
{
	const uint32_t e = 65537;
	seamkey_der_rsa_private priv;
	br_rsa_private_key sk;
	br_rsa_public_key pk;
	size_t d_len, len = 0;
	int status;

	if (!br_rsa_keygen_get_default()(&mem.drbg.vtable, &sk, mem.primes, &pk,
		    mem.modulus, bits, e)) {
		return SEAMKEY_ERR_UNSUPPORTED;
	}
	d_len = br_rsa_compute_privexp_get_default()(mem.d, &sk, e);
	if (d_len == 0 || d_len > sizeof mem.d) {
		return SEAMKEY_ERR_UNSUPPORTED;
	}
	priv.n = seamkey_span_of(pk.n, pk.nlen);
	priv.e = seamkey_span_of(pk.e, pk.elen);
	priv.d = seamkey_span_of(mem.d, d_len);
	priv.p = seamkey_span_of(sk.p, sk.plen);
	priv.q = seamkey_span_of(sk.q, sk.qlen);
	priv.dp = seamkey_span_of(sk.dp, sk.dplen);
	priv.dq = seamkey_span_of(sk.dq, sk.dqlen);
	priv.qinv = seamkey_span_of(sk.iq, sk.iqlen);
	status = seamkey_der_encode_rsa_private_info(
		mem.key_info, sizeof mem.key_info, &len, &priv);
	*info = seamkey_span_of(mem.key_info, len);
	return status;
}

/* Sign something: that checks the numbers, and the result. */
static int
try_key(const seamkey_rsa_env *env, seamkey_span info, unsigned bits)
{
	seamkey_der_rsa_private priv;
	size_t len = 0;
	int status = seamkey_der_decode_rsa_private_info(&priv, info, 0);

	if (status == SEAMKEY_OK && seamkey_der_bits(priv.n) != bits) {
		status = SEAMKEY_ERR_RSA_FAULT;
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_rsa_sign_message(env, mem.result,
			sizeof mem.result, &len, &br_sha256_vtable,
			seamkey_span_of("seamkey", 7), info);
	}
	return status;
}

static int
write_key(const struct cli *cli, seamkey_span info)
{
	int force = cli->value[FORCE] != NULL;
	size_t len = 0;

	if (cli->value[AS_DER] == NULL) {
		(void)pem_encode(
			mem.out, sizeof mem.out, &len, "PRIVATE KEY", info);
		info = seamkey_span_of(mem.out, len);
	}
	return file_write(cli->value[OUT], info, 1, force);
}

static int
run_keygen(const struct cli *cli)
{
	const char *out = cli->value[OUT];
	unsigned bits = 2048;
	seamkey_rsa_env env;
	seamkey_span info;
	struct stat st;
	int status = make_env(cli, &env);

	if (status == DONE && cli->value[BITS] != NULL) {
		status = parse_number(cli, BITS, &bits);
	}
	if (status != DONE) {
		return status;
	}
	if (bits < (env.policy.min_bits == 0 ? 2048 : env.policy.min_bits)
		|| bits > SEAMKEY_RSA_MAX_BITS) {
		return complain_range(cli, BITS,
			env.policy.min_bits == 0
				? "a new key has 2048 to 4096 bits "
				  "(--policy=legacy: 1024 to 4096)"
				: "a new key has 1024 to 4096 bits");
	}
	/* told now, and not after a minute of work */
	if (out != NULL && cli->value[FORCE] == NULL && strcmp(out, "-") != 0
		&& stat(out, &st) == 0 && S_ISREG(st.st_mode)) {
		return complain(
			REFUSED, out, "is there already (--force replaces it)");
	}
	status = init_random(&env.random);
	if (status != DONE) {
		return status;
	}
	status = make_key(&info, bits);
	if (status == SEAMKEY_OK) {
		status = try_key(&env, info, bits);
	}
	return status == SEAMKEY_OK ? write_key(cli, info)
				    : complain_status(status, NULL);
}

/* ---- help -------------------------------------------------------------- */

/* clang-format off */
static const char help_all[] =
	"usage: seamkey VERB [OPTION...] [FILE]\n"
	"\n"
	"RSA with keys in files: signatures, encryption blocks, key release.\n"
	"\n"
	"  sign     sign a message\n"
	"  verify   verify a signature\n"
	"  encrypt  encrypt a short message, such as a key\n"
	"  decrypt  decrypt it\n"
	"  show     print and check a key structure, print a block\n"
	"  keygen   make a private key\n"
	"  seal     seal a message to certificates\n"
	"  open     open it\n"
	"  request  ask a release agent for the key of a sealed message\n"
	"  release  answer, as an agent does\n"
	"  approve  approve of a request, where a rule asks for that\n"
	"\n"
	"seamkey VERB --help tells the options of each; seamkey --version.\n"
	"\n"
	"Exit status: 0 done; 1 refused (a bad signature, a bad key, a block\n"
	"that was changed, a key not released, a number or a message out of\n"
	"range, by policy); 2 usage, unreadable input, output that cannot be\n"
	"written.\n";

static const char help_sign[] =
	"usage: seamkey sign --key FILE [OPTION...] [FILE]\n"
	"\n"
	"Sign the message in FILE. The signature is as long as the modulus.\n"
	"\n"
	HELP_KEY
	HELP_HASH
	HELP_OUT
	HELP_COMMON
	HELP_FILES
	HELP_PRIVATE_KEY;

static const char help_verify[] =
	"usage: seamkey verify --key FILE --signature FILE [OPTION...] [FILE]\n"
	"\n"
	"Verify a signature of the message in FILE. Exit status 0 means that\n"
	"it is good, anything else that it is not.\n"
	"\n"
	HELP_KEY
	"  --signature FILE  the signature\n"
	HELP_HASH
	HELP_COMMON
	HELP_FILES
	HELP_PUBLIC_KEY;

static const char help_encrypt[] =
	"usage: seamkey encrypt --key FILE [OPTION...] [FILE]\n"
	"\n"
	"Encrypt the message in FILE, at most as long as the modulus less 11\n"
	"bytes: 245 bytes for a key of 2048 bits.\n"
	"\n"
	HELP_KEY
	HELP_OUT
	HELP_COMMON
	HELP_FILES
	HELP_PUBLIC_KEY;

static const char help_decrypt[] =
	"usage: seamkey decrypt --key FILE [OPTION...] [FILE]\n"
	"\n"
	"Decrypt FILE. A ciphertext that was not made for the key does NOT\n"
	"fail, unless --report is given: the result is pseudo-random bytes,\n"
	"the same each time.\n"
	"\n"
	HELP_KEY
	"  --length N        the message has N bytes, from 1 to the length of\n"
	"                    the modulus less 11: the form for keys. Any\n"
	"                    other message counts as a bad ciphertext\n"
	"  --report          fail, with status 1, where a ciphertext is bad.\n"
	"                    For files of one's own: whoever may submit\n"
	"                    ciphertexts to a script and learns which of them\n"
	"                    were bad can decrypt any other (Bleichenbacher's\n"
	"                    attack). Such a script uses --length\n"
	HELP_SECRET_OUT
	HELP_COMMON
	HELP_FILES
	HELP_PRIVATE_KEY;

static const char help_show[] =
	"usage: seamkey show [OPTION...] [FILE]\n"
	"\n"
	"Print the key structure in FILE, field by field, and check it. The\n"
	"fingerprint is the SHA-256 of the SubjectPublicKeyInfo. Exit status\n"
	"1 means that its numbers make no key. Of an encryption block\n"
	"(CMS), a message of key release or a rule the fields are printed.\n"
	"\n"
	"  --secret          print the secret numbers, too\n"
	HELP_COMMON
	HELP_FILES
	"A key is PEM or DER: PKCS #8, encrypted by PBES2 or not, PKCS #1,\n"
	"SEC 1, a SubjectPublicKeyInfo, an RSAPublicKey or a certificate.\n";

static const char help_keygen[] =
	"usage: seamkey keygen [OPTION...]\n"
	"\n"
	"Make an RSA key, and write it as PKCS #8.\n"
	"\n"
	"  --bits N          length of the modulus, from 2048, which is the\n"
	"                    default, to 4096\n"
	HELP_SECRET_OUT
	"  --force           replace FILE if it is there already\n"
	"  --der             DER, not PEM\n"
	"  --policy NAME     default, or legacy: from 1024 bits\n";
/* clang-format on */

/* ---- main -------------------------------------------------------------- */

#define COMMON (BIT(PASS_FILE) | BIT(POLICY) | BIT(HELP))
#define ADMIT  (BIT(CBC) | BIT(DES) | BIT(BER) | BIT(ABSENT_NULL))

#define REPOSITORY_ROWS \
	(BIT(KEY) | BIT(CERT) | BIT(RULE) | BIT(DECRYPTOR) | BIT(ALIAS) \
		| BIT(MEMBER) | BIT(ATTRIBUTE) | BIT(CLEARANCE) \
		| BIT(APPROVAL))

static const struct verb verbs[] = {
	{ "sign", run_sign,
		COMMON | BIT(KEY) | BIT(HASH) | BIT(DIGEST_INFO) | BIT(OUT),
		BIT(KEY), 1, help_sign, 0 },
	{ "verify", run_verify,
		COMMON | BIT(KEY) | BIT(SIGNATURE) | BIT(HASH)
			| BIT(DIGEST_INFO),
		BIT(KEY) | BIT(SIGNATURE), 1, help_verify, 0 },
	{ "encrypt", run_encrypt, COMMON | BIT(KEY) | BIT(OUT), BIT(KEY), 1,
		help_encrypt, 0 },
	{ "decrypt", run_decrypt,
		COMMON | BIT(KEY) | BIT(LENGTH) | BIT(REPORT) | BIT(OUT),
		BIT(KEY), 1, help_decrypt, 0 },
	{ "show", run_show, COMMON | BIT(SECRET), 0, 1, help_show, 0 },
	{ "seal", run_seal,
		COMMON | BIT(TO) | BIT(ACCESS) | BIT(REPOSITORY) | BIT(ID)
			| BIT(SERIAL) | BIT(OAEP) | BIT(CIPHER) | BIT(AS_PEM)
			| BIT(OUT),
		0, 1, help_seal, BIT(TO) | BIT(ACCESS) | BIT(ID) },
	{ "open", run_open,
		COMMON | ADMIT | BIT(KEY) | BIT(CERT) | BIT(ID) | BIT(REQUEST)
			| BIT(ANSWER) | BIT(OUT),
		BIT(KEY), 1, help_open, BIT(KEY) | BIT(CERT) },
	{ "request", run_request,
		COMMON | ADMIT | BIT(AS_NAME) | BIT(PORTION) | BIT(CERT)
			| BIT(ALIAS) | BIT(ATTRIBUTE) | BIT(BY_CHANNEL)
			| BIT(CLAIM) | BIT(FORM) | BIT(AGENT) | BIT(ANSWER)
			| BIT(REQUEST) | BIT(OUT),
		0, MANY_FILES, help_request, BIT(CLAIM) },
	{ "release", run_release,
		COMMON | (ADMIT & ~BIT(BER)) | REPOSITORY_ROWS | BIT(PEER)
			| BIT(BARE) | BIT(OAEP) | BIT(OUT),
		BIT(KEY), 1, help_release, REPOSITORY_ROWS },
	{ "approve", run_approve,
		COMMON | ADMIT | BIT(KEY) | BIT(CERT) | BIT(AS_NAME)
			| BIT(REQUEST) | BIT(ID) | BIT(RECIPIENTS)
			| BIT(DECRYPTOR) | BIT(HOURS) | BIT(YES) | BIT(AGENT)
			| BIT(OUT),
		BIT(KEY), MAYBE_FILE, help_approve, 0 },
	{ "keygen", run_keygen,
		BIT(POLICY) | BIT(HELP) | BIT(BITS) | BIT(OUT) | BIT(FORCE)
			| BIT(AS_DER),
		0, 0, help_keygen, 0 },
};

static int
print_text(const char *text)
{
	put(text);
	return put_end();
}

static const struct verb *
find_verb(const char *name)
{
	size_t u;

	for (u = 0; u < sizeof verbs / sizeof verbs[0]; u++) {
		if (strcmp(name, verbs[u].name) == 0) {
			return &verbs[u];
		}
	}
	return NULL;
}

/* The options and the files of a verb, in any order; "--" ends options. */
static int
parse_cli(struct cli *cli, char *const *argv)
{
	static const size_t most[] = { 0, 1, MAX_FILES, 1 };
	int at, status, only_files = 0;

	for (at = 2; argv[at] != NULL; at++) {
		if (!only_files && strcmp(argv[at], "--") == 0) {
			only_files = 1;
		} else if (!only_files && strncmp(argv[at], "--", 2) == 0) {
			status = parse_option(cli, argv, &at);
			if (status != DONE) {
				return status;
			}
		} else if (!only_files && argv[at][0] == '-'
			&& argv[at][1] != 0) {
			return complain_usage(
				cli, argv[at], " is not an option");
		} else if (argv[at][0] == 0) {
			return complain_usage(
				cli, "an empty name", " is that of no file");
		} else if (cli->file_count == most[cli->verb->takes_file]) {
			return complain_usage(
				cli, argv[at], " is one file too many");
		} else {
			cli->files[cli->file_count++] = argv[at];
		}
	}
	if (cli->file_count == 0
		&& (cli->verb->takes_file == ONE_FILE
			|| (cli->verb->takes_file == MANY_FILES
				&& cli->value[REQUEST] == NULL))) {
		cli->files[cli->file_count++] = "-";
	}
	cli->file = cli->file_count == 0 ? "-" : cli->files[0];
	return cli->value[HELP] == NULL ? check_cli(cli) : DONE;
}

static int
run(char *const *argv)
{
	struct cli cli;
	int status;

	memset(&cli, 0, sizeof cli);
	if (argv[0] == NULL || argv[1] == NULL) {
		return complain_usage(&cli, "say what to do", "");
	}
	if (strcmp(argv[1], "--help") == 0) {
		return print_text(help_all);
	}
	if (strcmp(argv[1], "--version") == 0) {
		put("seamkey ");
		put(seamkey_version());
		return print_text("\n");
	}
	cli.verb = find_verb(argv[1]);
	if (cli.verb == NULL) {
		return complain_usage(&cli,
			argv[1][0] == 0 ? "an empty name" : argv[1],
			": there is no such command");
	}
	status = parse_cli(&cli, argv);
	if (status != DONE) {
		return status;
	}
	return cli.value[HELP] != NULL ? print_text(cli.verb->help)
				       : cli.verb->run(&cli);
}

int
main(int argc, char **argv)
{
	int status = file_fill_streams();

	(void)argc;
	if (status != DONE) {
		return status;
	}
#ifdef SIGXFSZ
	/* a file that grows too large is an error of write(), as a disk that
	 * is full, and not the end before anything can be told */
	(void)signal(SIGXFSZ, SIG_IGN);
#endif
	status = run(argv);
	if (close(STDOUT_FILENO) != 0 && status == DONE) {
		status = complain(
			UNREADABLE, "standard output", strerror(errno));
	}
	seamkey_wipe(&mem, sizeof mem);
	seamkey_wipe(&box, sizeof box);
	return status;
}
