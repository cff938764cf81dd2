/*
 * command.h - what the verbs of the seamkey command share
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Part of seamkey.c, and not for other programs: text for standard output,
 * options, keys, what the help texts have in common.
 *
 * No function here allocates. What may hold a secret is in mem, and wiped
 * before the program ends.
 */
#ifndef SEAMKEY_EXAMPLE_COMMAND_H
#define SEAMKEY_EXAMPLE_COMMAND_H

#include <bearssl.h>

#include "seamkey.h"

#include "files.h"
#include "keyfile.h"
#include "name.h"
#include "pem.h"

/* What PKCS #1 v1.5 adds to a message before it is encrypted, at least. */
#define PADDING 11

/* Text for standard output; the longest PEM, that of keygen, fits in. */
#define MAX_OUT 16384

static struct {
	struct keyfile key;
	unsigned char key_info[SEAMKEY_RSA_MAX_KEY_INFO]; /* wrapped anew */
	/* message, ciphertext, signature; a byte more is too long */
	unsigned char input[SEAMKEY_RSA_MAX_BYTES + 1];
	unsigned char result[SEAMKEY_RSA_MAX_BYTES];
	unsigned char chunk[16384]; /* of a message, to be hashed */
	unsigned char primes[BR_RSA_KBUF_PRIV_SIZE(SEAMKEY_RSA_MAX_BITS)];
	unsigned char modulus[BR_RSA_KBUF_PUB_SIZE(SEAMKEY_RSA_MAX_BITS)];
	unsigned char d[SEAMKEY_RSA_MAX_BYTES];
	br_hmac_drbg_context drbg;
	char out[MAX_OUT];
	size_t out_len;
	int out_status;
	int out_to; /* 0: standard output; or STDERR_FILENO */
} mem;

/* ---- text for standard output ------------------------------------------ */

/* Text gathers in mem.out; put_end() writes it. An error sticks. */
static int
put_end(void)
{
	if (mem.out_status == DONE && mem.out_to == STDERR_FILENO) {
		mem.out_status =
			file_write_all(STDERR_FILENO, mem.out, mem.out_len) == 0
			? DONE
			: UNREADABLE;
	} else if (mem.out_status == DONE) {
		mem.out_status = file_write_stdout(mem.out, mem.out_len);
	}
	mem.out_len = 0;
	return mem.out_status;
}

static void
put_bytes(const char *s, size_t len)
{
	size_t part;

	while (len != 0) {
		if (mem.out_len == sizeof mem.out) {
			(void)put_end();
		}
		part = sizeof mem.out - mem.out_len;
		part = len < part ? len : part;
		memcpy(mem.out + mem.out_len, s, part);
		mem.out_len += part;
		s += part;
		len -= part;
	}
}

static void
put(const char *s)
{
	put_bytes(s, strlen(s));
}

static void
put_number(uint64_t value)
{
	char digits[20];
	size_t at = sizeof digits;

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	put_bytes(digits + at, sizeof digits - at);
}

/* A name, and blanks up to the column of the values. */
static void
put_name(const char *name)
{
	put(name);
	put_bytes("              ", 14 - strlen(name));
}

static void
put_line(const char *name, const char *value)
{
	put_name(name);
	put(value);
	put("\n");
}

/* Lines of 32 octets in hex, below one another. The digits are computed, not
 * looked up: some are those of a private key. */
static void
put_hex(const char *name, seamkey_span v)
{
	size_t u;

	put_name(name);
	for (u = 0; u < 2 * v.len; u++) {
		unsigned octet = v.p[u / 2];
		unsigned digit = u % 2 == 0 ? octet >> 4 : octet & 15u;
		char c = (char)('0' + digit + (((9u - digit) >> 8) & 39u));

		if (u != 0 && u % 64 == 0) {
			put("\n");
			put_name("");
		}
		put_bytes(&c, 1);
	}
	put("\n");
}

/* Text of name.h; what did not fit in is told to be there. */
static void
put_text(const char *name, const name_writer *w)
{
	put_name(name);
	put_bytes(w->buf, w->len);
	put(w->is_cut ? " and more\n" : "\n");
}

static void
put_oid(const char *name, seamkey_span oid)
{
	char text[256];
	name_writer w = { NULL, sizeof text, 0, 0 };

	w.buf = text;
	name_put_oid(&w, oid);
	put_text(name, &w);
}

/* Issuer or subject: its text, or hex where it does not have the form. */
static void
put_distinguished(const char *name, seamkey_span value)
{
	char text[1024];
	name_writer w = { NULL, sizeof text, 0, 0 };

	w.buf = text;
	if (name_encode(&w, value) != SEAMKEY_OK) {
		put_hex(name, value);
	} else if (w.len == 0) {
		put_line(name, "empty");
	} else {
		put_text(name, &w);
	}
}

static void
put_number_line(const char *name, uint64_t value, const char *unit)
{
	put_name(name);
	put_number(value);
	put(unit);
	put("\n");
}

/* ---- options ----------------------------------------------------------- */

enum option {
	KEY,
	PASS_FILE,
	POLICY,
	HASH,
	DIGEST_INFO,
	SIGNATURE,
	LENGTH,
	REPORT,
	OUT,
	SECRET,
	BITS,
	AS_DER,
	FORCE,
	TO,
	ACCESS,
	REPOSITORY,
	ID,
	SERIAL,
	OAEP,
	CIPHER,
	AS_PEM,
	CBC,
	DES,
	BER,
	ABSENT_NULL,
	CERT,
	REQUEST,
	ANSWER,
	AS_NAME,
	ALIAS,
	BY_CHANNEL,
	PORTION,
	ATTRIBUTE,
	CLAIM,
	FORM,
	RULE,
	DECRYPTOR,
	MEMBER,
	CLEARANCE,
	PEER,
	BARE,
	APPROVAL,
	RECIPIENTS,
	HOURS,
	YES,
	AGENT,
	HELP,
	OPTIONS /* how many */
};

static const struct {
	const char *name;
	int takes_value;
} options[OPTIONS] = {
	{ "key", 1 },
	{ "pass-file", 1 },
	{ "policy", 1 },
	{ "hash", 1 },
	{ "digest-info", 0 },
	{ "signature", 1 },
	{ "length", 1 },
	{ "report", 0 },
	{ "out", 1 },
	{ "secret", 0 },
	{ "bits", 1 },
	{ "der", 0 },
	{ "force", 0 },
	{ "to", 1 },
	{ "access", 1 },
	{ "repository", 1 },
	{ "id", 1 },
	{ "serial", 0 },
	{ "oaep", 0 },
	{ "cipher", 1 },
	{ "pem", 0 },
	{ "cbc", 0 },
	{ "des", 0 },
	{ "ber", 0 },
	{ "absent-null", 0 },
	{ "cert", 1 },
	{ "request", 1 },
	{ "answer", 1 },
	{ "as", 1 },
	{ "alias", 1 },
	{ "channel", 0 },
	{ "portion", 1 },
	{ "attribute", 1 },
	{ "claim", 1 },
	{ "form", 1 },
	{ "rule", 1 },
	{ "decryptor", 1 },
	{ "member", 1 },
	{ "clearance", 1 },
	{ "peer", 1 },
	{ "bare", 0 },
	{ "approval", 1 },
	{ "recipients", 1 },
	{ "hours", 1 },
	{ "yes", 0 },
	{ "agent", 1 },
	{ "help", 0 },
};

#define BIT(option) (UINT64_C(1) << (option))

/* Options that may be there more than once, in their order, at most. */
#define MAX_ITEMS 256

struct item {
	unsigned option; /* enum option */
	const char *value;
};

/* Files of a verb, at most: as many blocks as agents admit in a request. */
#define MAX_FILES 8

enum takes_file {
	NO_FILE,
	ONE_FILE, /* none is standard input */
	MANY_FILES,
	MAYBE_FILE /* one, or none */
};

/* What the command line says. */
struct cli {
	const struct verb *verb;
	const char *value[OPTIONS]; /* NULL: not given; the last one */
	const char *file;           /* the first; "-": standard input */
	const char *files[MAX_FILES];
	size_t file_count;
	struct item item[MAX_ITEMS];
	size_t items;
};

struct verb {
	const char *name;
	int (*run)(const struct cli *cli);
	uint64_t allowed, needed; /* BIT() of options */
	int takes_file;           /* enum takes_file */
	const char *help;
	uint64_t many; /* which may be there more than once */
};

/* Usage: one sentence, and where to read more. */
static int
complain_usage(const struct cli *cli, const char *what, const char *text)
{
	const char *verb = cli->verb == NULL ? "" : cli->verb->name;

	fprintf(stderr, "seamkey: %s%s%s%s (seamkey %s%s--help)\n", verb,
		cli->verb == NULL ? "" : ": ", what, text, verb,
		cli->verb == NULL ? "" : " ");
	return UNREADABLE;
}

/* The option of this name, len characters; OPTIONS if there is none. */
static unsigned
find_option(const struct cli *cli, const char *name, size_t len)
{
	unsigned o;

	for (o = 0; o < OPTIONS; o++) {
		if (strlen(options[o].name) == len
			&& memcmp(options[o].name, name, len) == 0
			&& (cli->verb->allowed & BIT(o)) != 0) {
			return o;
		}
	}
	return OPTIONS;
}

/* Options of which there may be many are items, too. */
static int
add_item(struct cli *cli, unsigned option)
{
	if ((cli->verb->many & BIT(option)) == 0) {
		return DONE;
	}
	if (cli->items == MAX_ITEMS) {
		return complain_usage(
			cli, options[option].name, " is there too often");
	}
	cli->item[cli->items].option = option;
	cli->item[cli->items].value = cli->value[option];
	cli->items++;
	return DONE;
}

/* One option: --name, --name VALUE or --name=VALUE. *at is where it is. */
static int
parse_option(struct cli *cli, char *const *argv, int *at)
{
	const char *arg = argv[*at];
	const char *name = arg + 2;
	const char *equals = strchr(name, '=');
	size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);
	unsigned o = find_option(cli, name, len);

	if (o == OPTIONS) {
		return complain_usage(cli, arg, " is not an option of it");
	}
	if (cli->value[o] != NULL && (cli->verb->many & BIT(o)) == 0) {
		return complain_usage(cli, arg, " is there twice");
	}
	cli->value[o] = NULL;
	if (!options[o].takes_value) {
		cli->value[o] = "";
		return equals == NULL
			? DONE
			: complain_usage(cli, arg, ": it takes no value");
	}
	if (equals == NULL && argv[*at + 1] != NULL) {
		*at += 1;
		cli->value[o] = argv[*at];
	} else if (equals != NULL) {
		cli->value[o] = equals + 1;
	}
	if (cli->value[o] == NULL || cli->value[o][0] == 0) {
		return complain_usage(cli, arg, " needs a value");
	}
	return add_item(cli, o);
}

/* How many of the inputs are standard input? */
static int
count_standard(const struct cli *cli)
{
	static const unsigned inputs[] = { KEY, PASS_FILE, SIGNATURE, CERT,
		REQUEST, ANSWER };
	int count = 0;
	size_t u;

	for (u = 0; u < cli->file_count; u++) {
		count += strcmp(cli->files[u], "-") == 0;
	}
	for (u = 0; u < sizeof inputs / sizeof inputs[0]; u++) {
		count += (cli->verb->many & BIT(inputs[u])) == 0
			&& cli->value[inputs[u]] != NULL
			&& strcmp(cli->value[inputs[u]], "-") == 0;
	}
	for (u = 0; u < cli->items; u++) {
		count += strcmp(cli->item[u].value, "-") == 0;
	}
	return count;
}

/* At most one input can be standard input, and all that is needed is
 * there. */
static int
check_cli(const struct cli *cli)
{
	char name[32];
	unsigned o;

	for (o = 0; o < OPTIONS; o++) {
		if ((cli->verb->needed & BIT(o)) != 0
			&& cli->value[o] == NULL) {
			(void)snprintf(
				name, sizeof name, "--%s", options[o].name);
			return complain_usage(cli, name, " is needed");
		}
	}
	if (count_standard(cli) > 1) {
		return complain_usage(cli, "only one thing can be read",
			" from standard input");
	}
	if (cli->value[HASH] != NULL && cli->value[DIGEST_INFO] != NULL) {
		return complain_usage(cli, "--hash and --digest-info",
			" exclude one another");
	}
	if (cli->value[LENGTH] != NULL && cli->value[REPORT] != NULL) {
		return complain_usage(
			cli, "--length and --report", " exclude one another");
	}
	return DONE;
}

/* A number in decimal; one that is too large for *out is UINT_MAX. */
static int
parse_number(const struct cli *cli, enum option option, unsigned *out)
{
	const char *s = cli->value[option];
	unsigned value = 0;
	size_t u;

	for (u = 0; s[u] >= '0' && s[u] <= '9'; u++) {
		unsigned digit = (unsigned)(s[u] - '0');

		value = value > (UINT_MAX - digit) / 10 ? UINT_MAX
							: 10 * value + digit;
	}
	if (s[u] != 0) {
		return complain_usage(cli, s, " is not a number");
	}
	*out = value;
	return DONE;
}

/* The number of an option is not one of those it may be. */
static int
complain_range(const struct cli *cli, enum option option, const char *range)
{
	char name[64];

	(void)snprintf(name, sizeof name, "--%s %.40s", options[option].name,
		cli->value[option]);
	return complain(REFUSED, name, range);
}

/* An environment with the looser policy, and nothing else. */
static void
set_legacy(seamkey_rsa_env *env)
{
	memset(env, 0, sizeof *env);
	env->policy.min_bits = SEAMKEY_RSA_MIN_BITS;
	env->policy.min_e = 3;
	env->policy.sign_hashes = SEAMKEY_RSA_SIGN_HASHES | 1u << SEAMKEY_SHA1
		| 1u << SEAMKEY_MD5;
	env->policy.verify_hashes = env->policy.sign_hashes;
	env->policy.lenient = SEAMKEY_ABSENT_NULL;
}

/* The environment: the policy that was asked for. */
static int
make_env(const struct cli *cli, seamkey_rsa_env *env)
{
	const char *policy = cli->value[POLICY];

	memset(env, 0, sizeof *env);
	if (policy == NULL || strcmp(policy, "default") == 0) {
		return DONE;
	}
	if (strcmp(policy, "legacy") != 0) {
		return complain_usage(
			cli, policy, " is not a policy: default, legacy");
	}
	set_legacy(env);
	return DONE;
}

static int
init_random(seamkey_random *source)
{
	int status = seamkey_random_init(source, &mem.drbg);

	return status == SEAMKEY_OK ? DONE : complain_status(status, NULL);
}

/* ---- keys -------------------------------------------------------------- */

/* The names of the algorithms that a key file may well be for. */
static const char *
name_of_algorithm(seamkey_span oid)
{
	/* clang-format off */
	static const struct {
		unsigned char len, oid[9];
		const char *name;
	} known[] = {
		{ 9, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01 },
			"rsaEncryption" },
		{ 9, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0A },
			"RSASSA-PSS" },
		{ 7, { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0, 0 },
			"elliptic curve" },
		{ 3, { 0x2B, 0x65, 0x6E, 0, 0, 0, 0, 0, 0 }, "X25519" },
		{ 3, { 0x2B, 0x65, 0x70, 0, 0, 0, 0, 0, 0 }, "Ed25519" },
	};
	/* clang-format on */
	size_t u;

	for (u = 0; u < sizeof known / sizeof known[0]; u++) {
		if (seamkey_span_match(
			    oid, seamkey_span_of(known[u].oid, known[u].len))) {
			return known[u].name;
		}
	}
	return NULL;
}

/* The algorithm of a key, empty where it does not say. */
static seamkey_span
find_algorithm(const struct keyfile *key)
{
	seamkey_der_certificate cert;
	seamkey_der_private_key_info priv;
	seamkey_der_public_key_info pub;
	seamkey_span der = key->der;

	if (key->kind == SEAMKEY_DER_PRIVATE_KEY_INFO) {
		return seamkey_der_decode_private_key_info(&priv, der)
				== SEAMKEY_OK
			? priv.algorithm.oid
			: seamkey_span_of(NULL, 0);
	}
	if (key->kind == SEAMKEY_DER_CERTIFICATE
		&& seamkey_der_decode_certificate(&cert, der) == SEAMKEY_OK) {
		der = cert.public_key_info;
	}
	return seamkey_der_decode_public_key_info(&pub, der) == SEAMKEY_OK
		? pub.algorithm.oid
		: seamkey_span_of(NULL, 0);
}

/* What is said of a status; of a limit, with the limit. */
static int
complain_limit(int status, const char *name, const char *more)
{
	char text[256], limit[64];

	limit[0] = 0;
	if (status == SEAMKEY_ERR_RSA_KEY_INFO) {
		(void)snprintf(limit, sizeof limit,
			" (%d bytes; a modulus has at most %d bits)",
			SEAMKEY_RSA_MAX_KEY_INFO, SEAMKEY_RSA_MAX_BITS);
	} else if (status == SEAMKEY_ERR_KEY_MODULUS_LONG) {
		(void)snprintf(limit, sizeof limit, " (%d bits)",
			SEAMKEY_RSA_MAX_BITS);
	}
	(void)snprintf(
		text, sizeof text, "%s%s%s", keyfile_text(status), limit, more);
	return complain(keyfile_exit(status), name, text);
}

/* What a decoder said of the key. One that is not for RSA: what for, then? */
static int
complain_key(int status)
{
	char text[64];
	seamkey_span oid;

	if (status != SEAMKEY_ERR_DER_ALGORITHM) {
		return complain_limit(status, mem.key.name, "");
	}
	oid = find_algorithm(&mem.key);
	text[0] = 0;
	if (oid.len != 0) {
		const char *name = name_of_algorithm(oid);

		(void)snprintf(text, sizeof text, " of %s%s",
			name == NULL ? "an unknown algorithm"
				     : "the algorithm ",
			name == NULL ? "" : name);
	}
	return keyfile_complain_kind(&mem.key, text);
}

/* The PrivateKeyInfo of a key: as it lies there, or PKCS #1 wrapped. */
static int
get_private_info(const struct keyfile *key, seamkey_span *info)
{
	seamkey_der_rsa_private priv;
	size_t len = 0;
	int status;

	*info = key->der;
	if (key->kind == SEAMKEY_DER_PRIVATE_KEY_INFO) {
		return SEAMKEY_OK;
	}
	if (key->kind != SEAMKEY_DER_RSA_PRIVATE_KEY) {
		return SEAMKEY_ERR_DER_ALGORITHM;
	}
	status = seamkey_der_decode_rsa_private(&priv, key->der);
	if (status == SEAMKEY_OK) {
		status = seamkey_der_encode_rsa_private_info(
			mem.key_info, sizeof mem.key_info, &len, &priv);
	}
	*info = seamkey_span_of(mem.key_info, len);
	return status == SEAMKEY_ERR_SPACE ? SEAMKEY_ERR_RSA_KEY_INFO : status;
}

/* The SubjectPublicKeyInfo of a key: as it lies there, or made of the two
 * public numbers. */
static int
get_public_info(const struct keyfile *key, unsigned lenient, seamkey_span *info)
{
	seamkey_der_certificate cert;
	seamkey_der_rsa_private priv;
	seamkey_der_rsa_public pub;
	size_t len = 0;
	int status = SEAMKEY_ERR_DER_ALGORITHM;

	*info = key->der;
	if (key->kind == SEAMKEY_DER_PUBLIC_KEY_INFO) {
		return SEAMKEY_OK;
	}
	if (key->kind == SEAMKEY_DER_CERTIFICATE) {
		status = seamkey_der_decode_certificate(&cert, key->der);
		if (status == SEAMKEY_OK) {
			*info = cert.public_key_info;
		}
		return status;
	}
	memset(&priv, 0, sizeof priv);
	if (key->kind == SEAMKEY_DER_RSA_PUBLIC_KEY) {
		status = seamkey_der_decode_rsa_public(&pub, key->der);
	} else if (key->kind == SEAMKEY_DER_RSA_PRIVATE_KEY) {
		status = seamkey_der_decode_rsa_private(&priv, key->der);
	} else if (key->kind == SEAMKEY_DER_PRIVATE_KEY_INFO) {
		status = seamkey_der_decode_rsa_private_info(
			&priv, key->der, lenient);
	}
	if (status != SEAMKEY_OK) {
		return status;
	}
	if (priv.n.len != 0) {
		pub.n = priv.n;
		pub.e = priv.e;
	}
	status = seamkey_der_encode_rsa_public_info(
		mem.key_info, sizeof mem.key_info, &len, &pub);
	*info = seamkey_span_of(mem.key_info, len);
	return status == SEAMKEY_ERR_SPACE ? SEAMKEY_ERR_RSA_KEY_INFO : status;
}

static int
load_private(const struct cli *cli, seamkey_span *info)
{
	int status = keyfile_load(
		&mem.key, cli->value[KEY], cli->value[PASS_FILE], 1);

	if (status != DONE) {
		return status;
	}
	status = get_private_info(&mem.key, info);
	return status == SEAMKEY_OK ? DONE : complain_key(status);
}

static int
load_public(const struct cli *cli, unsigned lenient, seamkey_span *info)
{
	int status = keyfile_load(
		&mem.key, cli->value[KEY], cli->value[PASS_FILE], 0);

	if (status != DONE) {
		return status;
	}
	status = get_public_info(&mem.key, lenient, info);
	return status == SEAMKEY_OK ? DONE : complain_key(status);
}

/* Would the looser policy let this key, and any hash function, pass? To
 * decrypt and to encrypt ask the most of a key: with nowhere to write to, they
 * check it and stop. */
static int
is_legacy(seamkey_span key)
{
	const seamkey_span none = { NULL, 0 };
	seamkey_rsa_env env;
	size_t len = 0;
	int status;

	set_legacy(&env);
	status = seamkey_der_match_kind(key) == SEAMKEY_DER_PRIVATE_KEY_INFO
		? seamkey_rsa_decrypt_implicit(&env, NULL, 0, &len, none, key)
		: seamkey_rsa_encrypt(&env, NULL, 0, &len, none, key);
	return status == SEAMKEY_OK;
}

/* A secret if the user wants to see it. */
static void
put_secret(const struct cli *cli, const char *name, seamkey_span v)
{
	char text[64];

	if (cli->value[SECRET] != NULL) {
		put_hex(name, v);
		return;
	}
	(void)snprintf(text, sizeof text, "%lu bytes, not shown (--secret)",
		(unsigned long)v.len);
	put_line(name, text);
}

/* ---- results ----------------------------------------------------------- */

/* No slip of the hand shall cost a key, or the message: DONE if what is
 * written is none of the inputs. */
static int
check_target(const struct cli *cli, const char *out)
{
	/* clang-format off */
	static const struct {
		unsigned option;
		const char *text;
	} inputs[] = {
		{ KEY, "is the key; it is not replaced" },
		{ PASS_FILE,
			"is the file with the passphrase; it is not replaced" },
		{ CERT, "is the certificate; it is not replaced" },
		{ REQUEST, "is the request; it is not replaced" },
		{ ANSWER, "is the answer; it is not replaced" },
	};
	/* clang-format on */
	const char *in;
	size_t u;

	for (u = 0; u < sizeof inputs / sizeof inputs[0]; u++) {
		in = cli->value[inputs[u].option];
		if (in != out && file_is_same(out, in)) {
			return complain(REFUSED, out, inputs[u].text);
		}
	}
	for (u = 0; u < cli->items; u++) {
		if (file_is_same(out, cli->item[u].value)) {
			return complain(
				REFUSED, out, "is a key; it is not replaced");
		}
	}
	for (u = 0; u < cli->file_count; u++) {
		if (file_is_same(out, cli->files[u])) {
			return complain(REFUSED, out,
				"is the input; it is not replaced");
		}
	}
	return DONE;
}

static int
check_out(const struct cli *cli)
{
	return check_target(cli, cli->value[OUT]);
}

/* ---- help -------------------------------------------------------------- */

/* clang-format off */
#define HELP_KEY \
	"  --key FILE        the key\n"
#define HELP_COMMON \
	"  --pass-file FILE  the first line of it is the passphrase of an\n" \
	"                    encrypted key\n" \
	"  --policy NAME     default, or legacy: keys from 1024 bits, e\n" \
	"                    from 3, SHA-1, MD5, absent parameters\n"
#define HELP_FILES \
	"\n" \
	"FILE \"-\", and no FILE, is standard input or output.\n"
#define HELP_PRIVATE_KEY \
	"A key is PEM or DER: PKCS #8, encrypted by PBES2 or not, or PKCS #1.\n"
#define HELP_PUBLIC_KEY \
	"A key is PEM or DER: a SubjectPublicKeyInfo, an RSAPublicKey, a\n" \
	"certificate (nothing of it is verified), or a private key, of\n" \
	"which the public half is used.\n"
#define HELP_HASH \
	"  --hash NAME       sha256 (the default), sha224, sha384, sha512;\n" \
	"                    sha1 and md5 as far as the policy goes\n" \
	"  --digest-info     FILE is a DER DigestInfo, not a message, such\n" \
	"                    as one of SHA-3, made by another program\n"
#define HELP_OUT \
	"  --out FILE        where to write it; a file appears whole or not\n" \
	"                    at all\n"
#define HELP_SECRET_OUT \
	"  --out FILE        where to write it, for its owner to read; a\n" \
	"                    file appears whole or not at all\n"
/* clang-format on */

#endif
