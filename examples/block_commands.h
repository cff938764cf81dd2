/*
 * block_commands.h - seamkey seal and open
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Part of seamkey.c: encryption blocks (seamkey_block.h) on files and pipes,
 * in pieces. A message that is opened goes nowhere before the end of its
 * block has been reached and found good.
 */
#ifndef SEAMKEY_EXAMPLE_BLOCK_COMMANDS_H
#define SEAMKEY_EXAMPLE_BLOCK_COMMANDS_H

#include "command.h"
#include "stream.h"

/* Recipients of a block; keys to open one with, each by three names. */
#define MAX_RECIPIENTS MAX_ITEMS
#define MAX_OWN_KEYS   96

/* Of a message of key release, and of the recipients of a block. */
#define MAX_MESSAGE 65536

static struct {
	seamkey_block_recipient to[MAX_RECIPIENTS];
	size_t count;
	seamkey_block_key own[MAX_OWN_KEYS];
	size_t own_count;
	seamkey_block_sealer sealer;
	seamkey_block_opener opener;
	struct source source;
	struct sink sink;
	unsigned char in[4096], out[4096 + 64];
	unsigned char header[MAX_MESSAGE], request[MAX_MESSAGE];
	unsigned char answer[MAX_MESSAGE], plain[MAX_MESSAGE];
	/* what is kept of the files with keys, and more */
	unsigned char kept[1ul << 20];
	size_t kept_len;
} box;

/* ---- keys and recipients ------------------------------------------------ */

/* A copy of v that stays; DONE, or there is no room, which has been told. */
static int
keep(seamkey_span v, seamkey_span *out, const char *name)
{
	if (v.len > sizeof box.kept - box.kept_len) {
		return complain(REFUSED, name,
			"there are more keys than there is room for");
	}
	if (v.len != 0) {
		memcpy(box.kept + box.kept_len, v.p, v.len);
	}
	*out = seamkey_span_of(box.kept + box.kept_len, v.len);
	box.kept_len += v.len;
	return DONE;
}

/* The value of a digit in hexadecimal, or 16. */
static unsigned
digit_of(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at;

	c = (char)(c >= 'A' && c <= 'F' ? c + ('a' - 'A') : c);
	at = c == 0 ? NULL : strchr(digits, c);
	return at == NULL ? 16 : (unsigned)(at - digits);
}

/* The octets of a key pair identifier in hexadecimal, to out[0..64). */
static int
parse_id(const char *hex, unsigned char *out, seamkey_span *id)
{
	size_t u, len = strlen(hex);

	if (len == 0 || len % 2 != 0 || len > 2 * SEAMKEY_BLOCK_ID_MAX) {
		return complain(UNREADABLE, hex,
			"is not an identifier: 1 to 64 bytes in hexadecimal");
	}
	for (u = 0; u < len; u += 2) {
		unsigned high = digit_of(hex[u]), low = digit_of(hex[u + 1]);

		if (high > 15 || low > 15) {
			return complain(UNREADABLE, hex,
				"is not an identifier: 1 to 64 bytes in "
				"hexadecimal");
		}
		out[u / 2] = (unsigned char)(high << 4 | low);
	}
	*id = seamkey_span_of(out, len / 2);
	return DONE;
}

/* The contents of the INTEGER that this is the magnitude of. */
static int
keep_serial(seamkey_span magnitude, seamkey_span *out, const char *name)
{
	unsigned char contents[256];
	size_t head = magnitude.len == 0 || (magnitude.p[0] & 0x80) != 0;

	if (magnitude.len >= sizeof contents) {
		return complain(UNREADABLE, name,
			"the serial number of the certificate is too long");
	}
	contents[0] = 0;
	if (magnitude.len != 0) {
		memcpy(contents + head, magnitude.p, magnitude.len);
	}
	return keep(seamkey_span_of(contents, magnitude.len + head), out, name);
}

/* The public key of a file, to stay; cert: its outline, in mem.key, or
 * zeroed where it is none. */
static int
load_public_file(const struct cli *cli, const seamkey_rsa_env *env,
	const char *name, seamkey_span *key, seamkey_der_certificate *cert)
{
	seamkey_span info = { NULL, 0 };
	size_t len = 0;
	int status = keyfile_load(&mem.key, name, cli->value[PASS_FILE], 0);

	if (status != DONE) {
		return status;
	}
	memset(cert, 0, sizeof *cert);
	if (mem.key.kind == SEAMKEY_DER_CERTIFICATE) {
		(void)seamkey_der_decode_certificate(cert, mem.key.der);
	}
	status = get_public_info(&mem.key, env->policy.lenient, &info);
	if (status == SEAMKEY_OK) {
		/* with nowhere to write to, it is checked */
		status = seamkey_rsa_encrypt(
			env, NULL, 0, &len, seamkey_span_of(NULL, 0), info);
	}
	if (status == SEAMKEY_ERR_DER_ALGORITHM) {
		return complain_key(status);
	}
	if (status != SEAMKEY_OK) {
		return complain_limit(status, name,
			cli->value[POLICY] == NULL && is_legacy(info)
				? " (--policy=legacy is looser)"
				: "");
	}
	return keep(info, key, name);
}

/* Does another recipient have this name already? */
static int
is_named_twice(const seamkey_block_recipient *r)
{
	size_t u;

	for (u = 0; u < box.count; u++) {
		const seamkey_block_recipient *o = &box.to[u];

		if (r->id.len != o->id.len || r->serial.len != o->serial.len) {
			continue;
		}
		if (r->id.len != 0 ? seamkey_span_match(r->id, o->id)
				: r->serial.len != 0
				? seamkey_span_match(r->serial, o->serial)
					&& seamkey_span_match(
						r->issuer, o->issuer)
				: seamkey_span_match(r->key, o->key)) {
			return 1;
		}
	}
	return 0;
}

/* A recipient: the certificate or public key in a file; id in hexadecimal,
 * or NULL. */
static int
add_recipient(const struct cli *cli, const seamkey_rsa_env *env,
	const char *name, const char *id)
{
	seamkey_block_recipient *r = &box.to[box.count];
	seamkey_der_certificate cert;
	unsigned char octets[SEAMKEY_BLOCK_ID_MAX];
	seamkey_span key_id;
	int status = load_public_file(cli, env, name, &r->key, &cert);

	if (status != DONE) {
		return status;
	}
	r->padding = cli->value[OAEP] != NULL ? SEAMKEY_BLOCK_OAEP
					      : SEAMKEY_BLOCK_PKCS1;
	key_id = cert.key_id;
	if (id != NULL) {
		status = parse_id(id, octets, &key_id);
	} else if (cli->value[SERIAL] != NULL && cert.issuer.len == 0) {
		return complain(UNREADABLE, name,
			"is no certificate: it has no serial number");
	} else if (cli->value[SERIAL] != NULL) {
		status = keep(cert.issuer, &r->issuer, name);
		key_id = seamkey_span_of(NULL, 0);
		if (status == DONE) {
			status = keep_serial(cert.serial, &r->serial, name);
		}
	}
	if (status == DONE) {
		status = keep(key_id, &r->id, name);
	}
	if (status == DONE && r->id.len > SEAMKEY_BLOCK_ID_MAX) {
		status = complain_status(SEAMKEY_ERR_BLOCK_ID, name);
	} else if (status == DONE && is_named_twice(r)) {
		status = complain_status(SEAMKEY_ERR_BLOCK_TWICE, name);
	}
	box.count += status == DONE;
	return status;
}

/* The file of an access identifier: ID.crt or ID.pem in --repository. */
static int
find_access(const struct cli *cli, const char *id, char *path, size_t cap)
{
	static const char *const suffixes[] = { "crt", "pem" };
	const char *folder = cli->value[REPOSITORY];
	size_t u;

	if (folder == NULL) {
		return complain_usage(
			cli, "--access", " needs --repository, a folder");
	}
	if (id[0] == '.' || strchr(id, '/') != NULL) {
		return complain(UNREADABLE, id,
			"is no access identifier: it begins with a dot, or "
			"has a slash in it");
	}
	for (u = 0; u < sizeof suffixes / sizeof suffixes[0]; u++) {
		int len = snprintf(
			path, cap, "%s/%s.%s", folder, id, suffixes[u]);

		if (len > 0 && (size_t)len < cap && access(path, F_OK) == 0) {
			return DONE;
		}
	}
	return complain(UNREADABLE, id,
		"the repository has no .crt and no .pem for this access "
		"identifier");
}

static int
load_recipients(const struct cli *cli, const seamkey_rsa_env *env)
{
	char path[PATH_MAX];
	size_t u;
	int status = DONE;

	for (u = 0; u < cli->items && status == DONE; u++) {
		const struct item *i = &cli->item[u];
		const char *name = i->value, *id = NULL;

		if (i->option == ID) {
			return complain_usage(cli, "--id",
				" stands behind the --to or --access that it "
				"is for");
		}
		if (u + 1 < cli->items && i[1].option == ID) {
			id = i[1].value;
			u++;
		}
		if (i->option == ACCESS) {
			status = find_access(cli, name, path, sizeof path);
			name = path;
		}
		if (status == DONE) {
			status = add_recipient(cli, env, name, id);
		}
	}
	return status == DONE && box.count == 0
		? complain_usage(cli, "--to or --access", " is needed")
		: status;
}

/* ---- seal --------------------------------------------------------------- */

static int
find_cipher(const struct cli *cli, int *cipher)
{
	static const struct {
		const char *name;
		int cipher;
	} known[] = {
		{ "aes-256-gcm", SEAMKEY_BLOCK_AES_256_GCM },
		{ "aes-128-gcm", SEAMKEY_BLOCK_AES_128_GCM },
		{ "aes-256-cbc", SEAMKEY_BLOCK_AES_256_CBC },
		{ "aes-128-cbc", SEAMKEY_BLOCK_AES_128_CBC },
	};
	const char *name = cli->value[CIPHER];
	size_t u;

	if (name == NULL) {
		name = known[0].name;
	}
	for (u = 0; u < sizeof known / sizeof known[0]; u++) {
		if (strcmp(name, known[u].name) == 0) {
			*cipher = known[u].cipher;
			return DONE;
		}
	}
	return complain_usage(cli, name,
		" is not a cipher: aes-256-gcm, aes-128-gcm, aes-256-cbc, "
		"aes-128-cbc");
}

/* A copy of what comes from fd, in a temporary file; *fd is that then. */
static int
spool(const char *name, int *fd, uint64_t *len)
{
	int copy = stream_open_temporary();
	off_t end;

	if (copy < 0) {
		return UNREADABLE;
	}
	if (stream_copy(copy, *fd, box.in, sizeof box.in) != 0
		|| (end = lseek(copy, 0, SEEK_CUR)) < 0
		|| lseek(copy, 0, SEEK_SET) != 0) {
		(void)complain(UNREADABLE, name, strerror(errno));
		(void)close(copy);
		return UNREADABLE;
	}
	file_close(name, *fd);
	*fd = copy;
	*len = (uint64_t)end;
	return DONE;
}

/* The message, and how long it is. */
static int
open_message(const char *name, int *fd, uint64_t *len)
{
	struct stat st;
	off_t at;
	int status = DONE;

	*fd = file_open(name);
	if (*fd < 0) {
		return UNREADABLE;
	}
	at = lseek(*fd, 0, SEEK_CUR);
	if (fstat(*fd, &st) == 0 && S_ISREG(st.st_mode) && at >= 0
		&& st.st_size > at) {
		*len = (uint64_t)(st.st_size - at);
	} else {
		status = spool(name, fd, len);
	}
	if (status != DONE) {
		file_close(name, *fd);
	}
	return status;
}

/* Push len octets of the message, and write what comes of it. */
static int
seal_piece(const char *name, const unsigned char *in, size_t len, int *ended)
{
	size_t used, got;
	int status, wrote;

	do {
		status = seamkey_block_seal_push(&box.sealer, in, len, &used,
			box.out, sizeof box.out, &got);
		wrote = sink_write(&box.sink, box.out, got);
		if (wrote != DONE) {
			return wrote;
		}
		in += used;
		len -= used;
	} while (status == SEAMKEY_AGAIN && (len != 0 || got != 0));
	*ended = status == SEAMKEY_OK;
	if (status == SEAMKEY_ERR_BLOCK_LENGTH || len != 0) {
		return complain(
			UNREADABLE, name, "became longer while it was read");
	}
	return status >= 0 ? DONE : complain_status(status, NULL);
}

static int
seal_message(const char *name, int fd)
{
	ssize_t len;
	int ended = 0, status = DONE;

	do {
		len = file_read_some(fd, box.in, sizeof box.in);
		if (len < 0) {
			return complain(UNREADABLE, name, strerror(errno));
		}
		if (len == 0 && ended) {
			break;
		}
		status = seal_piece(name, box.in, (size_t)len, &ended);
	} while (status == DONE && len != 0);
	if (status == DONE && !ended) {
		return complain(
			UNREADABLE, name, "became shorter while it was read");
	}
	return status;
}

static int
run_seal(const struct cli *cli)
{
	seamkey_rsa_env env;
	uint64_t len = 0;
	int cipher = 0, fd = -1, status = make_env(cli, &env);

	if (status == DONE) {
		status = find_cipher(cli, &cipher);
	}
	if (status == DONE) {
		status = init_random(&env.random);
	}
	if (status == DONE) {
		status = load_recipients(cli, &env);
	}
	if (status == DONE) {
		status = check_out(cli);
	}
	if (status == DONE) {
		status = open_message(cli->file, &fd, &len);
	}
	if (status != DONE) {
		return status;
	}
	status = seamkey_block_seal_begin(
		&box.sealer, &env, cipher, box.to, box.count, len);
	status = status == SEAMKEY_OK ? DONE : complain_status(status, NULL);
	if (status == DONE) {
		status = sink_open(&box.sink, cli->value[OUT], 0, 0,
			cli->value[AS_PEM] != NULL ? "CMS" : NULL);
		if (status == DONE) {
			status = seal_message(cli->file, fd);
		}
		if (status == DONE) {
			status = sink_end(&box.sink);
		}
		sink_close(&box.sink);
	}
	file_close(cli->file, fd);
	return status;
}

/* ---- own keys ----------------------------------------------------------- */

static unsigned
lenient_of(const struct cli *cli)
{
	return (cli->value[CBC] != NULL ? SEAMKEY_BLOCK_CBC : 0)
		| (cli->value[DES] != NULL ? SEAMKEY_BLOCK_DES : 0)
		| (cli->value[BER] != NULL ? SEAMKEY_BLOCK_BER : 0)
		| (cli->value[ABSENT_NULL] != NULL ? SEAMKEY_ABSENT_NULL : 0);
}

/* One of the own keys, by the names that are set in it. */
static int
add_own(const seamkey_block_key *key, const char *name)
{
	if (box.own_count == MAX_OWN_KEYS) {
		return complain(REFUSED, name, "is one key too many");
	}
	box.own[box.own_count++] = *key;
	return DONE;
}

/* A private key, to stay: by the SHA-1 of its bits. */
static int
add_own_key(const struct cli *cli, const seamkey_rsa_env *env, const char *name)
{
	seamkey_block_key key;
	seamkey_span info = { NULL, 0 };
	size_t len = 0;
	int status = keyfile_load(&mem.key, name, cli->value[PASS_FILE], 1);

	if (status != DONE) {
		return status;
	}
	memset(&key, 0, sizeof key);
	status = get_private_info(&mem.key, &info);
	if (status == SEAMKEY_OK) {
		status = seamkey_rsa_decrypt_implicit(
			env, NULL, 0, &len, seamkey_span_of(NULL, 0), info);
	}
	if (status == SEAMKEY_ERR_DER_ALGORITHM) {
		return complain_key(status);
	}
	if (status != SEAMKEY_OK) {
		return complain_limit(status, name,
			cli->value[POLICY] == NULL && is_legacy(info)
				? " (--policy=legacy is looser)"
				: "");
	}
	status = keep(info, &key.key, name);
	return status == DONE ? add_own(&key, name) : status;
}

/* Do a private and a public key belong together? */
static int
is_pair(seamkey_span own, seamkey_span other)
{
	seamkey_der_rsa_private priv;
	seamkey_der_rsa_public pub;

	return seamkey_der_decode_rsa_private_info(
		       &priv, own, SEAMKEY_ABSENT_NULL)
		== SEAMKEY_OK
		&& seamkey_der_decode_rsa_public_info(
			   &pub, other, SEAMKEY_ABSENT_NULL)
		== SEAMKEY_OK
		&& seamkey_span_match(priv.n, pub.n)
		&& seamkey_span_match(priv.e, pub.e);
}

/* The names that a certificate has for an own key, which is another entry of
 * the list for each. */
static int
add_names(
	const seamkey_der_certificate *cert, seamkey_span own, const char *name)
{
	seamkey_block_key key;
	int status = DONE;

	memset(&key, 0, sizeof key);
	key.key = own;
	if (cert->key_id.len != 0) {
		status = keep(cert->key_id, &key.id, name);
		if (status == DONE) {
			status = add_own(&key, name);
		}
		key.id = seamkey_span_of(NULL, 0);
	}
	if (status == DONE) {
		status = keep(cert->issuer, &key.issuer, name);
	}
	if (status == DONE) {
		status = keep_serial(cert->serial, &key.serial, name);
	}
	return status == DONE ? add_own(&key, name) : status;
}

static int
add_certificate(
	const struct cli *cli, const seamkey_rsa_env *env, const char *name)
{
	seamkey_der_certificate cert;
	seamkey_span info;
	size_t u, count = box.own_count;
	int status = load_public_file(cli, env, name, &info, &cert);

	if (status != DONE) {
		return status;
	}
	if (cert.issuer.len == 0) {
		mem.key.wanted = "a certificate";
		return keyfile_complain_kind(&mem.key, "");
	}
	for (u = 0; u < count; u++) {
		if (is_pair(box.own[u].key, info)) {
			return add_names(&cert, box.own[u].key, name);
		}
	}
	return complain(REFUSED, name,
		"is not the certificate of a private key that is here");
}

/* --key, --cert and --id: the private keys, each by all its names. */
static int
load_own(const struct cli *cli, const seamkey_rsa_env *env)
{
	seamkey_block_key key;
	unsigned char octets[SEAMKEY_BLOCK_ID_MAX];
	size_t u;
	int status = DONE;

	for (u = 0; u < cli->items && status == DONE; u++) {
		if (cli->item[u].option == KEY) {
			status = add_own_key(cli, env, cli->item[u].value);
		}
	}
	for (u = 0; u < cli->items && status == DONE; u++) {
		if (cli->item[u].option == CERT) {
			status = add_certificate(cli, env, cli->item[u].value);
		}
	}
	if (status == DONE && cli->value[ID] != NULL) {
		key = box.own[0];
		status = parse_id(cli->value[ID], octets, &key.id);
		if (status == DONE) {
			status = keep(key.id, &key.id, NULL);
		}
		if (status == DONE) {
			status = add_own(&key, NULL);
		}
	}
	return status;
}

/* ---- open --------------------------------------------------------------- */

/* What a header said of a block; where an option would help, with that: the
 * last of these that is not there. */
static int
complain_block(const struct cli *cli, int status, const char *name)
{
	/* clang-format off */
	static const struct {
		int status;
		unsigned option;
		const char *text;
	} hints[] = {
		{ SEAMKEY_ERR_BLOCK_NO_RECIPIENT, CERT,
			" (--cert names the certificate of the key)" },
		{ SEAMKEY_ERR_BLOCK_CIPHER, DES,
			" (--des admits DES and Triple DES)" },
		{ SEAMKEY_ERR_BLOCK_CIPHER, CBC,
			" (--cbc admits AES-CBC, --des DES)" },
		{ SEAMKEY_ERR_BLOCK_BER, BER, " (--ber admits it)" },
		{ SEAMKEY_ERR_DER_PARAMETERS, ABSENT_NULL,
			" (--absent-null admits that they are absent)" },
	};
	/* clang-format on */
	const char *hint = "";
	char text[256];
	size_t u;

	for (u = 0; u < sizeof hints / sizeof hints[0]; u++) {
		if (hints[u].status == status
			&& cli->value[hints[u].option] == NULL
			&& (cli->verb->allowed & BIT(hints[u].option)) != 0) {
			hint = hints[u].text;
		}
	}
	(void)snprintf(text, sizeof text, "%s%s", keyfile_text(status), hint);
	return complain(keyfile_exit(status), name, text);
}

/* The key of the content of the block that box.opener is in front of: from
 * the answer of an agent, in release_commands.h. */
static int load_answer(const struct cli *cli, const seamkey_rsa_env *env);

/* Octets of the block from the source to the opener, octets of the message
 * to the sink; *status: what the opener said. 1 if anything has moved, 0 if
 * not, -1 if something was told. */
static int
open_piece(size_t *at, size_t *len, int *status)
{
	ssize_t more;
	size_t used, got;

	if (*at == *len) {
		more = source_read(&box.source, box.in, sizeof box.in);
		if (more < 0) {
			return -1;
		}
		*at = 0;
		*len = (size_t)more;
	}
	*status = seamkey_block_open_push(&box.opener, box.in + *at, *len - *at,
		&used, box.out, sizeof box.out, &got);
	*at += used;
	if (got != 0 && sink_write(&box.sink, box.out, got) != DONE) {
		return -1;
	}
	return used != 0 || got != 0;
}

/* There is nothing behind the block. */
static int
check_rest(const char *name, size_t left)
{
	ssize_t more = 0;

	if (left == 0) {
		more = source_read(&box.source, box.in, sizeof box.in);
	}
	if (more < 0) {
		return UNREADABLE;
	}
	return left == 0 && more == 0
		? DONE
		: complain(UNREADABLE, name,
			"there are more bytes behind the block");
}

static int
open_pieces(const struct cli *cli, const seamkey_rsa_env *env)
{
	seamkey_span recipients, algorithm;
	size_t at = 0, len = 0;
	int moved, asked = cli->value[ANSWER] == NULL, told;
	int status = SEAMKEY_AGAIN;

	while (status == SEAMKEY_AGAIN) {
		moved = open_piece(&at, &len, &status);
		if (moved < 0) {
			return UNREADABLE;
		}
		if (!asked && status == SEAMKEY_AGAIN
			&& seamkey_block_open_get_header(
				   &box.opener, &recipients, &algorithm)
				== SEAMKEY_OK) {
			asked = 1;
			told = load_answer(cli, env);
			if (told != DONE) {
				return told;
			}
		} else if (status == SEAMKEY_AGAIN && !moved) {
			return keyfile_complain_cut(cli->file);
		}
	}
	return status == SEAMKEY_OK ? check_rest(cli->file, len - at)
				    : complain_block(cli, status, cli->file);
}

static int
run_open(const struct cli *cli)
{
	seamkey_rsa_env env;
	int status = make_env(cli, &env);

	if (status == DONE
		&& (cli->value[ANSWER] == NULL)
			!= (cli->value[REQUEST] == NULL)) {
		return complain_usage(
			cli, "--answer and --request", " need one another");
	}
	if (status == DONE) {
		status = load_own(cli, &env);
	}
	if (status == DONE) {
		status = check_out(cli);
	}
	if (status != DONE) {
		return status;
	}
	if (cli->value[ANSWER] != NULL) {
		seamkey_block_open_begin_ask(&box.opener, lenient_of(cli),
			box.header, sizeof box.header);
	} else {
		seamkey_block_open_begin(&box.opener, &env, lenient_of(cli),
			box.own, box.own_count);
	}
	status = source_open(&box.source, cli->file);
	if (status == DONE) {
		status = sink_open(&box.sink, cli->value[OUT], 1, 1, NULL);
		if (status == DONE) {
			status = open_pieces(cli, &env);
		}
		if (status == DONE) {
			status = sink_end(&box.sink);
		}
		sink_close(&box.sink);
	}
	source_close(&box.source);
	return status;
}

/* ---- help --------------------------------------------------------------- */

/* clang-format off */
#define HELP_ADMIT \
	"  --cbc             admit AES-CBC, which is not authentic: whoever\n" \
	"                    passes a block on can change it\n" \
	"  --des             admit DES and Triple DES, in CBC mode\n" \
	"  --ber             admit BER, as openssl cms -stream writes it\n" \
	"  --absent-null     admit rsaEncryption without its NULL\n"

static const char help_seal[] =
	"usage: seamkey seal --to FILE [OPTION...] [FILE]\n"
	"\n"
	"Seal the message in FILE: an encryption block (CMS), which each of\n"
	"the recipients opens. A message from a pipe is first copied to a\n"
	"temporary file that has no name.\n"
	"\n"
	"  --to FILE         a recipient: certificate or public key; any\n"
	"                    number of times\n"
	"  --access NAME     the same, in NAME.crt or NAME.pem of the\n"
	"                    repository\n"
	"  --repository DIR  the folder with these\n"
	"  --id HEX          identifier of the key of the --to or --access\n"
	"                    before it; without, that of the certificate, or\n"
	"                    the SHA-1 of the key's bits\n"
	"  --serial          name recipients by issuer and serial number\n"
	"  --oaep            encrypt the key with OAEP (SHA-256), not PKCS #1\n"
	"                    v1.5\n"
	"  --cipher NAME     aes-256-gcm (the default), aes-128-gcm; for old\n"
	"                    readers aes-256-cbc, aes-128-cbc\n"
	"  --pem             PEM, not DER\n"
	HELP_OUT
	HELP_COMMON
	HELP_FILES
	HELP_PUBLIC_KEY;

static const char help_open[] =
	"usage: seamkey open --key FILE [OPTION...] [FILE]\n"
	"\n"
	"Open the encryption block in FILE (CMS): DER, PEM, or an S/MIME\n"
	"message. Nothing of the message is written before all of the block\n"
	"has been checked; meanwhile it is in a file beside its place, or in\n"
	"a temporary one that has no name.\n"
	"\n"
	"  --key FILE        a private key; any number of times\n"
	"  --cert FILE       its certificate, where a block has the names of\n"
	"                    that; any number of times\n"
	"  --id HEX          another identifier of the first key\n"
	"  --request FILE    the key of the message comes from an agent: what\n"
	"                    was asked\n"
	"  --answer FILE     and what was answered, to one of the keys\n"
	HELP_ADMIT
	HELP_SECRET_OUT
	HELP_COMMON
	HELP_FILES
	HELP_PRIVATE_KEY;
/* clang-format on */

#endif
