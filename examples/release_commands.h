/*
 * release_commands.h - seamkey request and release, and opening by an answer
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Part of seamkey.c: the messages of key release (seamkey_release.h) as
 * files, and an agent (seamkey_agent.h) whose repository is the command
 * line.
 */
#ifndef SEAMKEY_EXAMPLE_RELEASE_COMMANDS_H
#define SEAMKEY_EXAMPLE_RELEASE_COMMANDS_H

#include <time.h>

#include "block_commands.h"
#include "exchange.h"

/* Claims of a request: what decoders admit. */
#define MAX_CLAIMS 16

#define SPAN(a) seamkey_span_of(a, sizeof a)

/* ---- opening by an answer ------------------------------------------------ */

/* The place of the block that is being opened among those of the request
 * that was made; *id: of the request. */
static int
find_asked(const struct cli *cli, const seamkey_release_block *block,
	seamkey_span *id, size_t *place)
{
	const char *name = cli->value[REQUEST];
	seamkey_release_request q;
	seamkey_release_block b;
	seamkey_der_reader r;
	seamkey_span file;
	int status = file_read(name, box.request, sizeof box.request, &file);

	if (status != DONE) {
		return status;
	}
	status = seamkey_release_decode_request(&q, file, NULL);
	if (status != SEAMKEY_OK) {
		return complain_status(status, name);
	}
	*id = q.id;
	seamkey_der_init(&r, q.blocks);
	for (*place = 0; *place < q.block_count; ++*place) {
		seamkey_release_get_block(&r, &b);
		if (seamkey_span_match(b.recipients, block->recipients)
			&& seamkey_span_match(b.algorithm, block->algorithm)) {
			return DONE;
		}
	}
	return complain(REFUSED, name, "is a request for another block");
}

/* The result of that place in the answer. */
static int
find_result(const struct cli *cli, seamkey_span id, size_t place,
	seamkey_release_result *result)
{
	const char *name = cli->value[ANSWER];
	seamkey_release_answer answer;
	seamkey_der_reader r;
	seamkey_span file;
	size_t u;
	int status = file_read(name, box.answer, sizeof box.answer, &file);

	if (status != DONE) {
		return status;
	}
	status = seamkey_release_decode_answer(&answer, file);
	if (status != SEAMKEY_OK) {
		return complain_status(status, name);
	}
	if (answer.id.len == 0) {
		return complain(
			REFUSED, name, "the agent could not read the request");
	}
	if (!seamkey_span_match(answer.id, id) || answer.count <= place) {
		return complain_status(SEAMKEY_ERR_RELEASE_OTHER, name);
	}
	seamkey_der_init(&r, answer.results);
	for (u = 0; u <= place; u++) {
		seamkey_release_get_result(&r, result);
	}
	if (r.err != SEAMKEY_OK) {
		return complain_status(r.err, name);
	}
	return result->kind == SEAMKEY_RELEASE_NOT_RELEASED
		? complain_status(SEAMKEY_ERR_RELEASE_REFUSED, name)
		: DONE;
}

/* What the answer is sealed around, with one of the own keys. */
static int
open_result(const seamkey_rsa_env *env, const seamkey_release_result *result,
	seamkey_span *plain)
{
	size_t len = 0;
	int status;

	if (result->kind == SEAMKEY_RELEASE_IS_CLEAR) {
		*plain = result->content;
		return SEAMKEY_OK;
	}
	status = seamkey_block_open(env,
		result->kind == SEAMKEY_RELEASE_IS_BARE ? SEAMKEY_BLOCK_CBC : 0,
		box.own, box.own_count, result->content, box.plain,
		sizeof box.plain, &len);
	*plain = seamkey_span_of(box.plain, len);
	return status;
}

static int
load_answer(const struct cli *cli, const seamkey_rsa_env *env)
{
	seamkey_release_block block;
	seamkey_release_result result;
	seamkey_release_released released;
	seamkey_span id = { NULL, 0 }, plain = { NULL, 0 };
	unsigned char key[64];
	size_t place = 0;
	int status;

	memset(&block, 0, sizeof block);
	status = seamkey_block_open_get_header(
		&box.opener, &block.recipients, &block.algorithm);
	if (status != SEAMKEY_OK) {
		return complain_status(status, cli->file);
	}
	status = find_asked(cli, &block, &id, &place);
	if (status == DONE) {
		status = find_result(cli, id, place, &result);
	}
	if (status != DONE) {
		return status;
	}
	status = open_result(env, &result, &plain);
	if (status == SEAMKEY_OK && result.kind != SEAMKEY_RELEASE_IS_BARE) {
		status = seamkey_release_decode_released(&released, plain);
		if (status == SEAMKEY_OK) {
			plain = seamkey_span_of(key, released.key.len);
			status = seamkey_release_check_released(
				&released, id, &block, key, plain.len);
		}
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_block_open_load(&box.opener, plain);
	}
	seamkey_wipe(key, sizeof key);
	return status == SEAMKEY_OK
		? DONE
		: complain_block(cli, status, cli->value[ANSWER]);
}

/* ---- request ------------------------------------------------------------- */

/* The options that say who asks, of which there is one. */
/* clang-format off */
static const struct {
	unsigned option;
	int kind; /* enum seamkey_release_who_kind */
} ways[] = {
	{ AS_NAME, SEAMKEY_RELEASE_NAME },
	{ PORTION, SEAMKEY_RELEASE_PORTION },
	{ CERT, SEAMKEY_RELEASE_CERTIFICATE },
	{ ALIAS, SEAMKEY_RELEASE_ALIAS },
	{ ATTRIBUTE, SEAMKEY_RELEASE_ATTRIBUTE },
	{ BY_CHANNEL, SEAMKEY_RELEASE_CHANNEL },
};
/* clang-format on */

static seamkey_span
text_of(const char *text)
{
	return seamkey_span_of(text, strlen(text));
}

/* The two sides of the first, or last, mark in text. */
static int
split(const char *text, int mark, int last, seamkey_span *left,
	const char **right, const char *form)
{
	const char *at = last ? strrchr(text, mark) : strchr(text, mark);

	if (at == NULL || at == text || at[1] == 0) {
		return complain(UNREADABLE, text, form);
	}
	*left = seamkey_span_of(text, (size_t)(at - text));
	*right = at + 1;
	return DONE;
}

/* What is wrong with a name: people write it in more ways than one. */
static int
complain_name(int status, const char *arg)
{
	char text[128];

	if (status != SEAMKEY_ERR_NAME_TYPE) {
		return complain_status(status, arg);
	}
	(void)snprintf(text, sizeof text,
		"%s (a name is such as CN=Alice,O=Acme, without spaces)",
		keyfile_text(status));
	return complain(keyfile_exit(status), arg, text);
}

/* The Name of a text, as the rows of an agent have it; to stay. arg: the
 * whole argument that it is of. */
static int
keep_name(seamkey_span text, seamkey_span *out, const char *arg)
{
	unsigned char der[SEAMKEY_NAME_MAX], same[SEAMKEY_NAME_MAX];
	size_t len = 0, same_len = 0;
	int status = seamkey_name_encode(der, sizeof der, &len, text);

	if (status == SEAMKEY_OK) {
		status = seamkey_agent_encode_name(same, sizeof same, &same_len,
			seamkey_span_of(der, len));
	}
	return status == SEAMKEY_OK
		? keep(seamkey_span_of(same, same_len), out, arg)
		: complain_name(status, arg);
}

/* TYPE=VALUE. */
static int
parse_attribute(const char *arg, seamkey_span *type, seamkey_span *value)
{
	const char *right = NULL;
	int status = split(arg, '=', 0, type, &right, "is not TYPE=VALUE");

	if (status == DONE) {
		*value = text_of(right);
	}
	return status;
}

/* The certificate in a file, to stay. */
static int
keep_certificate(const struct cli *cli, const char *name, seamkey_span *out)
{
	int status = keyfile_load(&mem.key, name, cli->value[PASS_FILE], 0);

	if (status == DONE && mem.key.kind != SEAMKEY_DER_CERTIFICATE) {
		mem.key.wanted = "a certificate";
		status = keyfile_complain_kind(&mem.key, "");
	}
	return status == DONE ? keep(mem.key.der, out, name) : status;
}

static int
find_who(const struct cli *cli, seamkey_release_who *who)
{
	const char *value = NULL;
	size_t u, count = 0;

	memset(who, 0, sizeof *who);
	for (u = 0; u < sizeof ways / sizeof ways[0]; u++) {
		if (cli->value[ways[u].option] != NULL) {
			value = cli->value[ways[u].option];
			who->kind = ways[u].kind;
			count++;
		}
	}
	if (count != 1) {
		return complain_usage(cli,
			"one of --as, --portion, --cert, --alias, --attribute, "
			"--channel",
			" is needed");
	}
	switch (who->kind) {
	case SEAMKEY_RELEASE_NAME:
	case SEAMKEY_RELEASE_PORTION:
		return keep_name(text_of(value), &who->value, value);
	case SEAMKEY_RELEASE_CERTIFICATE:
		return keep_certificate(cli, value, &who->value);
	case SEAMKEY_RELEASE_ALIAS:
		who->value = text_of(value);
		return DONE;
	case SEAMKEY_RELEASE_ATTRIBUTE:
		return parse_attribute(value, &who->type, &who->value);
	default:
		return DONE;
	}
}

static int
find_form(const struct cli *cli, int *form)
{
	static const char *const forms[] = { "sealed", "bare", "clear" };
	const char *name = cli->value[FORM];
	size_t u;

	if (name == NULL) {
		*form = SEAMKEY_RELEASE_SEALED;
		return DONE;
	}
	for (u = 0; u < sizeof forms / sizeof forms[0]; u++) {
		if (strcmp(name, forms[u]) == 0) {
			*form = (int)u; /* as in enum seamkey_release_form */
			return DONE;
		}
	}
	return complain_usage(cli, name, " is not a form: sealed, bare, clear");
}

/* What an agent has to see of the block in a file, to stay. */
static int
read_header(
	const struct cli *cli, const char *name, seamkey_release_block *block)
{
	size_t at = 0, len = 0;
	int moved, status, got;

	for (;;) {
		moved = open_piece(&at, &len, &got);
		if (moved < 0) {
			return UNREADABLE;
		}
		status = seamkey_block_open_get_header(
			&box.opener, &block->recipients, &block->algorithm);
		if (status == SEAMKEY_OK) {
			break;
		}
		if (status == SEAMKEY_ERR_SPACE) {
			return complain(REFUSED, name,
				"has more recipients than a request can");
		}
		if (status != SEAMKEY_AGAIN) {
			return complain_block(cli, status, name);
		}
		if (!moved) {
			return keyfile_complain_cut(name);
		}
	}
	status = keep(block->recipients, &block->recipients, name);
	return status == DONE ? keep(block->algorithm, &block->algorithm, name)
			      : status;
}

/* The same of each file, to block[0..cli->file_count). */
static int
read_headers(const struct cli *cli, seamkey_release_block *block)
{
	size_t u;
	int status = DONE;

	memset(block, 0, cli->file_count * sizeof *block);
	for (u = 0; u < cli->file_count && status == DONE; u++) {
		seamkey_block_open_begin_ask(&box.opener, lenient_of(cli),
			box.header, sizeof box.header);
		status = source_open(&box.source, cli->files[u]);
		if (status == DONE) {
			status = read_header(cli, cli->files[u], &block[u]);
		}
		source_close(&box.source);
	}
	return status;
}

/* --claim, as many as there are; *count of them, to attribute[0..16). */
static int
find_claims(
	const struct cli *cli, seamkey_release_attribute *claim, size_t *count)
{
	size_t u;
	int status = DONE;

	for (u = 0; u < cli->items && status == DONE; u++) {
		if (cli->item[u].option != CLAIM) {
			continue;
		}
		if (*count == MAX_CLAIMS) {
			return complain_usage(
				cli, "--claim", " is there too often");
		}
		status = parse_attribute(cli->item[u].value,
			&claim[*count].type, &claim[*count].value);
		++*count;
	}
	return status;
}

/* Encode the request for these blocks. */
static int
make_request(const struct cli *cli, const seamkey_release_who *who,
	const seamkey_release_block *block, seamkey_span *request)
{
	seamkey_release_attribute claims[MAX_CLAIMS];
	unsigned char id[SEAMKEY_RELEASE_ID_MIN];
	seamkey_random source;
	size_t count = 0, len = 0;
	int form = 0, status = find_form(cli, &form);

	if (status == DONE) {
		status = find_claims(cli, claims, &count);
	}
	if (status == DONE) {
		status = init_random(&source);
	}
	if (status != DONE) {
		return status;
	}
	status = seamkey_random_get(&source, id, sizeof id);
	if (status == SEAMKEY_OK) {
		status = seamkey_release_encode_request(box.request,
			sizeof box.request, &len, SPAN(id), form, who, block,
			cli->file_count, claims, count);
	}
	*request = seamkey_span_of(box.request, len);
	if (status == SEAMKEY_ERR_SPACE && cli->file_count > 1) {
		return complain(REFUSED, NULL,
			"the blocks have more recipients than a request can");
	}
	if (status == SEAMKEY_ERR_SPACE) {
		return complain(REFUSED, cli->file,
			"has more recipients than a request can");
	}
	return status == SEAMKEY_OK ? DONE : complain_status(status, NULL);
}

/* A request that was made before, and is to be sent as it is. */
static int
load_request(const struct cli *cli, seamkey_span *request)
{
	seamkey_release_request q;
	const char *name = cli->value[REQUEST];
	int status = file_read(name, box.request, sizeof box.request, request);

	if (status != DONE) {
		return status;
	}
	status = seamkey_release_decode_request(&q, *request, NULL);
	return status == SEAMKEY_OK ? DONE : complain_status(status, name);
}

/* Is it an answer to this request, with a result for each block? */
static int
check_answer(const struct cli *cli, seamkey_span request, seamkey_span answer,
	seamkey_release_answer *out)
{
	seamkey_release_request q;
	int status = seamkey_release_decode_request(&q, request, NULL);

	if (status == SEAMKEY_OK) {
		status = seamkey_release_decode_answer(out, answer);
	}
	if (status == SEAMKEY_OK && out->id.len == 0) {
		return complain(REFUSED, cli->value[AGENT],
			"the agent could not read the request");
	}
	if (status == SEAMKEY_OK
		&& (!seamkey_span_match(out->id, q.id)
			|| out->count != q.block_count)) {
		status = SEAMKEY_ERR_RELEASE_OTHER;
	}
	return status == SEAMKEY_OK
		? DONE
		: complain_status(status, cli->value[AGENT]);
}

/* What it says of each block; *secret: a key is in it as it is. */
static int
tell_results(const struct cli *cli, const seamkey_release_answer *answer,
	int *secret)
{
	seamkey_release_result result;
	seamkey_der_reader r;
	char text[64];
	size_t u;
	int status = DONE;

	seamkey_der_init(&r, answer->results);
	for (u = 0; u < answer->count; u++) {
		seamkey_release_get_result(&r, &result);
		*secret |= result.kind == SEAMKEY_RELEASE_IS_CLEAR;
		if (result.kind != SEAMKEY_RELEASE_NOT_RELEASED) {
			continue;
		}
		if (answer->count == 1 || u < cli->file_count) {
			status = complain_status(SEAMKEY_ERR_RELEASE_REFUSED,
				cli->file_count == 0 ? cli->value[REQUEST]
						     : cli->files[u]);
			continue;
		}
		(void)snprintf(text, sizeof text,
			"the key of block %lu was not released",
			(unsigned long)u + 1);
		status = complain(REFUSED, cli->value[REQUEST], text);
	}
	return status;
}

/* --agent: send the request there, and write the answer, whatever it says. */
static int
ask_agent(const struct cli *cli, seamkey_span request)
{
	seamkey_release_answer a;
	seamkey_span answer = { NULL, 0 };
	int told, secret = 0;
	int status = exchange(cli->value[AGENT], request, box.answer,
		sizeof box.answer, &answer);

	if (status == DONE) {
		status = check_answer(cli, request, answer, &a);
	}
	if (status != DONE) {
		return status;
	}
	told = tell_results(cli, &a, &secret);
	status = file_write(cli->value[ANSWER], answer, secret, 1);
	return status == DONE ? told : status;
}

/* The answer must not replace the request, which opening needs as well. What
 * is not there yet has its name alone; once the request is written, others of
 * its names are known, too. */
static int
check_apart(const struct cli *cli)
{
	const char *out = cli->value[OUT], *answer = cli->value[ANSWER];
	struct stat s;
	int same;

	if (out == NULL || answer == NULL) {
		return DONE;
	}
	same = strcmp(out, answer) == 0
		? stat(out, &s) != 0 || S_ISREG(s.st_mode)
		: file_is_same(answer, out);
	return same ? complain(REFUSED, answer,
		       "is to be the request; that is not replaced")
		    : DONE;
}

/* What has to be there together. */
static int
check_request(const struct cli *cli)
{
	const uint64_t rest = BIT(AGENT) | BIT(ANSWER) | BIT(REQUEST);
	uint64_t given = 0;
	unsigned o;

	for (o = 0; o < OPTIONS; o++) {
		given |= cli->value[o] != NULL ? BIT(o) : 0;
	}
	if ((cli->value[AGENT] == NULL) != (cli->value[ANSWER] == NULL)) {
		return complain_usage(
			cli, "--agent and --answer", " need one another");
	}
	if (cli->value[REQUEST] != NULL
		&& (given != rest || cli->file_count != 0)) {
		return complain_usage(cli, "--request, which is sent as it is,",
			" is there with --agent and --answer, and nothing "
			"else");
	}
	if (cli->value[AGENT] != NULL && cli->value[REQUEST] == NULL
		&& cli->value[OUT] == NULL) {
		return complain_usage(cli, "--agent",
			" needs --out: the request goes with the answer");
	}
	return check_apart(cli);
}

static int
run_request(const struct cli *cli)
{
	seamkey_release_block block[MAX_FILES];
	seamkey_release_who who;
	seamkey_span request = { NULL, 0 };
	int old = cli->value[REQUEST] != NULL;
	int status = check_request(cli);

	if (status == DONE && !old) {
		status = find_who(cli, &who);
	}
	if (status == DONE) {
		status = check_out(cli);
	}
	if (status == DONE) {
		status = check_target(cli, cli->value[ANSWER]);
	}
	if (status == DONE && !old) {
		status = read_headers(cli, block);
	}
	if (status == DONE) {
		status = old ? load_request(cli, &request)
			     : make_request(cli, &who, block, &request);
	}
	if (status == DONE && !old) {
		status = file_write(cli->value[OUT], request, 0, 1);
	}
	if (status == DONE) {
		status = check_apart(cli);
	}
	return status == DONE && cli->value[AGENT] != NULL
		? ask_agent(cli, request)
		: status;
}

/* ---- release: the repository --------------------------------------------- */

/* Rows, and bytes of one at most: a key, a rule or an approval. */
#define AGENT_ROWS (4 * MAX_ITEMS)
#define AGENT_ROW  8192

static struct {
	seamkey_rsa_env rsa;
	seamkey_agent_env env;
	seamkey_agent_hooks hooks;
	seamkey_agent_scene scene;
	seamkey_agent_row row[AGENT_ROWS];
	seamkey_agent_rows rows;
	/* copies, which approvals need; one more for one that is replaced */
	unsigned char bytes[(AGENT_ROWS + 1) * AGENT_ROW];
	const char *name; /* of the request's file */
	size_t blocks;    /* of it */
	int refused;
} agent;

/* That reason; the repository of a status is the command line here. */
static const char *
reason_of(int status)
{
	switch (status) {
	case SEAMKEY_ERR_AGENT_NO_KEY:
		return "none of the key pairs of the block is that of a --key";
	case SEAMKEY_ERR_AGENT_NO_RULES:
		return "no --rule is for the key pair, so nobody is admitted";
	case SEAMKEY_ERR_AGENT_NO_DECRYPTOR:
		return "no --decryptor names who asks";
	case SEAMKEY_ERR_AGENT_CHANNEL:
		return "the channel has not authenticated this decryptor "
		       "(--peer names whom it has)";
	default:
		return keyfile_text(status);
	}
}

/* The reason for which a key stays where it is is told here alone. */
static int
on_event(void *ctx, const seamkey_agent_event *event)
{
	char text[256], which[32] = "";

	(void)ctx;
	if (event->kind == SEAMKEY_AGENT_REFUSED
		|| event->kind == SEAMKEY_AGENT_WAITING) {
		if (agent.blocks > 1) {
			(void)snprintf(which, sizeof which,
				"block %lu: ", (unsigned long)event->block + 1);
		}
		(void)snprintf(text, sizeof text, "%snot released: %s", which,
			reason_of(event->status));
		agent.refused = complain(REFUSED, agent.name, text);
	}
	return SEAMKEY_OK;
}

static seamkey_agent_row
row_of(unsigned kind, seamkey_span owner, seamkey_span name, seamkey_span value)
{
	seamkey_agent_row row;

	memset(&row, 0, sizeof row);
	row.kind = (uint8_t)kind;
	row.owner = owner;
	row.name = name;
	row.value = value;
	return row;
}

/* What is wrong with a row that arg is for. */
static int
complain_row(int status, const char *arg)
{
	switch (status) {
	case SEAMKEY_ERR_AGENT_MISSING:
		return complain(REFUSED, arg,
			"what it refers to is not on the command line");
	case SEAMKEY_ERR_AGENT_NO_DECRYPTOR:
		return complain(REFUSED, arg, "no --decryptor has this name");
	default:
		return complain_status(status, arg);
	}
}

/* Add a row; once: where it is there already, that is fine. */
static int
add_row(const seamkey_agent_row *row, int once, const char *arg)
{
	seamkey_agent_actor me;
	int status;

	memset(&me, 0, sizeof me);
	me.is_administrator = 1;
	status = seamkey_agent_change(&agent.env, &me, SEAMKEY_AGENT_ADD, row);
	return status == SEAMKEY_OK
			|| (once && status == SEAMKEY_ERR_AGENT_EXISTS)
		? DONE
		: complain_row(status, arg);
}

/* The SHA-1 of the bits of a private key's public half, to stay. */
static int
keep_key_id(seamkey_span key, seamkey_span *out, const char *arg)
{
	unsigned char bits[SEAMKEY_RSA_MAX_BYTES + 64], sha1[20];
	seamkey_der_rsa_private priv;
	seamkey_der_rsa_public pub;
	br_sha1_context sha;
	size_t len = 0;
	int status = seamkey_der_decode_rsa_private_info(
		&priv, key, SEAMKEY_ABSENT_NULL);

	if (status == SEAMKEY_OK) {
		pub.n = priv.n;
		pub.e = priv.e;
		status = seamkey_der_encode_rsa_public(
			bits, sizeof bits, &len, &pub);
	}
	if (status != SEAMKEY_OK) {
		return complain_status(status, arg);
	}
	br_sha1_init(&sha);
	br_sha1_update(&sha, bits, len);
	br_sha1_out(&sha, sha1);
	return keep(SPAN(sha1), out, arg);
}

/* --key ACCESS=FILE[:ID] */
static int
add_agent_key(const struct cli *cli, const char *arg)
{
	unsigned char octets[SEAMKEY_BLOCK_ID_MAX];
	seamkey_span access = { NULL, 0 }, id;
	seamkey_agent_row row;
	const char *file = NULL, *colon;
	char path[PATH_MAX];
	int status = split(arg, '=', 0, &access, &file,
		"is not ACCESS=FILE or ACCESS=FILE:ID");

	if (status != DONE) {
		return status;
	}
	colon = strrchr(file, ':');
	(void)snprintf(path, sizeof path, "%.*s",
		(int)(colon == NULL ? strlen(file) : (size_t)(colon - file)),
		file);
	if (file_is_same(cli->value[OUT], path)) {
		return complain(REFUSED, cli->value[OUT],
			"is a key; it is not replaced");
	}
	status = add_own_key(cli, &agent.rsa, path);
	if (status == DONE && colon != NULL) {
		status = parse_id(colon + 1, octets, &id);
		if (status == DONE) {
			status = keep(id, &id, arg);
		}
	} else if (status == DONE) {
		status = keep_key_id(box.own[box.own_count - 1].key, &id, arg);
	}
	if (status == DONE) {
		row = row_of(
			SEAMKEY_AGENT_ACCESS, access, text_of(""), text_of(""));
		status = add_row(&row, 1, arg);
	}
	if (status == DONE) {
		row = row_of(SEAMKEY_AGENT_KEY, access, id,
			box.own[box.own_count - 1].key);
		status = add_row(&row, 0, arg);
	}
	return status;
}

/* --cert: the names that a certificate has for one of the keys are those of
 * more rows. */
static int
add_agent_certificate(const struct cli *cli, const char *arg)
{
	unsigned char der[SEAMKEY_NAME_MAX + 256];
	seamkey_der_writer w;
	seamkey_agent_row row;
	size_t u, mark, rows = agent.rows.count, from = box.own_count;
	int status = add_certificate(cli, &agent.rsa, arg);

	for (; status == DONE && from < box.own_count; from++) {
		const seamkey_block_key *key = &box.own[from];
		seamkey_span id = key->id;

		if (id.len == 0) {
			memset(&w, 0, sizeof w);
			w.buf = der;
			w.cap = sizeof der;
			mark = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
			seamkey_der_put(&w, key->issuer.p, key->issuer.len);
			seamkey_der_put_element(
				&w, SEAMKEY_DER_INTEGER, key->serial);
			seamkey_der_end(&w, mark);
			status = w.err == SEAMKEY_OK
				? keep(seamkey_span_of(der, w.len), &id, arg)
				: complain_status(w.err, arg);
		}
		for (u = 0; u < rows && status == DONE; u++) {
			row = agent.row[u];
			if (row.kind == SEAMKEY_AGENT_KEY
				&& seamkey_span_match(row.value, key->key)) {
				row.name = id;
				status = add_row(&row, 1, arg);
			}
		}
	}
	return status;
}

/* --decryptor NAME=FILE */
static int
add_decryptor(const struct cli *cli, const char *arg)
{
	seamkey_der_certificate cert;
	seamkey_span text = { NULL, 0 }, name, key;
	seamkey_agent_row row;
	const char *file = NULL;
	int status = split(arg, '=', 1, &text, &file, "is not NAME=FILE");

	if (status == DONE) {
		status = keep_name(text, &name, arg);
	}
	if (status == DONE) {
		status = load_public_file(cli, &agent.rsa, file, &key, &cert);
	}
	if (status != DONE) {
		return status;
	}
	row = row_of(SEAMKEY_AGENT_DECRYPTOR, name, text_of(""), key);
	row.flag = cli->value[OAEP] != NULL ? SEAMKEY_BLOCK_OAEP
					    : SEAMKEY_BLOCK_PKCS1;
	return add_row(&row, 0, arg);
}

/* --rule ACCESS=TEXT */
static int
add_rule(const struct cli *cli, const char *arg)
{
	unsigned char der[4096];
	char message[256], number[32];
	seamkey_span access = { NULL, 0 }, rule, name;
	seamkey_agent_row row;
	const char *text = NULL;
	size_t len = 0, at = 0;
	int status = split(arg, '=', 0, &access, &text, "is not ACCESS=RULE");

	(void)cli;
	if (status != DONE) {
		return status;
	}
	status = seamkey_rule_decode_text(
		der, sizeof der, &len, text_of(text), &at);
	if (status != SEAMKEY_OK) {
		(void)snprintf(message, sizeof message, "%s, at: %s",
			keyfile_text(status),
			text[at] == 0 ? "its end" : text + at);
		return complain(keyfile_exit(status), arg, message);
	}
	(void)snprintf(number, sizeof number, "rule %lu",
		(unsigned long)agent.rows.count);
	status = keep(seamkey_span_of(der, len), &rule, arg);
	if (status == DONE) {
		status = keep(text_of(number), &name, arg);
	}
	if (status == DONE) {
		row = row_of(SEAMKEY_AGENT_RULE, name, text_of(""), rule);
		status = add_row(&row, 0, arg);
	}
	if (status == DONE) {
		row = row_of(SEAMKEY_AGENT_BINDING, access, name, text_of(""));
		status = add_row(&row, 0, arg);
	}
	return status;
}

/* --member GROUP=NAME */
static int
add_member(const struct cli *cli, const char *arg)
{
	seamkey_span group = { NULL, 0 }, name;
	seamkey_agent_row row;
	const char *text = NULL;
	int status = split(arg, '=', 0, &group, &text, "is not GROUP=NAME");

	(void)cli;
	if (status == DONE) {
		status = keep_name(text_of(text), &name, arg);
	}
	if (status == DONE) {
		row = row_of(
			SEAMKEY_AGENT_GROUP, group, text_of(""), text_of(""));
		status = add_row(&row, 1, arg);
	}
	if (status == DONE) {
		row = row_of(SEAMKEY_AGENT_MEMBER, group, name, text_of(""));
		status = add_row(&row, 0, arg);
	}
	return status;
}

/* --attribute NAME:TYPE=VALUE */
static int
add_attribute(const struct cli *cli, const char *arg)
{
	seamkey_span text = { NULL, 0 }, name, type, value;
	seamkey_agent_row row;
	const char *rest = NULL;
	int status = split(arg, ':', 0, &text, &rest, "is not NAME:TYPE=VALUE");

	(void)cli;
	if (status == DONE) {
		status = keep_name(text, &name, arg);
	}
	if (status == DONE) {
		status = parse_attribute(rest, &type, &value);
	}
	if (status == DONE) {
		row = row_of(SEAMKEY_AGENT_ATTRIBUTE, name, type, value);
		status = add_row(&row, 0, arg);
	}
	return status;
}

/* Something else of a decryptor that is there: another row in its place. */
static int
change_decryptor(
	seamkey_span name, seamkey_span alias, uint32_t level, const char *arg)
{
	seamkey_agent_actor me;
	seamkey_agent_row row;
	size_t u = 0;
	int status;

	while (u < agent.rows.count
		&& (agent.row[u].kind != SEAMKEY_AGENT_DECRYPTOR
			|| !seamkey_name_match(agent.row[u].owner, name))) {
		u++;
	}
	if (u == agent.rows.count) {
		return complain_row(SEAMKEY_ERR_AGENT_NO_DECRYPTOR, arg);
	}
	row = agent.row[u];
	row.name = alias.len != 0 ? alias : row.name;
	row.number = level != 0 ? level : row.number;
	memset(&me, 0, sizeof me);
	me.is_administrator = 1;
	status = seamkey_agent_change(
		&agent.env, &me, SEAMKEY_AGENT_REPLACE, &row);
	return status == SEAMKEY_OK ? DONE : complain_row(status, arg);
}

/* --clearance NAME=LEVEL */
static int
add_clearance(const struct cli *cli, const char *arg)
{
	seamkey_span text = { NULL, 0 }, name;
	const char *digits = NULL;
	unsigned long level = 0;
	char *end = NULL;
	int status = split(arg, '=', 1, &text, &digits, "is not NAME=LEVEL");

	(void)cli;
	if (status == DONE) {
		status = keep_name(text, &name, arg);
	}
	if (status != DONE) {
		return status;
	}
	errno = 0;
	level = strtoul(digits, &end, 10);
	if (digits[0] < '0' || digits[0] > '9' || *end != 0 || errno != 0
		|| level == 0 || level > UINT32_MAX) {
		return complain(UNREADABLE, arg,
			"the level is no number from 1 to 4294967295");
	}
	return change_decryptor(
		name, seamkey_span_of(NULL, 0), (uint32_t)level, arg);
}

/* --alias ALIAS=NAME */
static int
add_alias(const struct cli *cli, const char *arg)
{
	seamkey_span alias = { NULL, 0 }, name;
	const char *text = NULL;
	int status = split(arg, '=', 0, &alias, &text, "is not ALIAS=NAME");

	(void)cli;
	if (status == DONE) {
		status = keep_name(text_of(text), &name, arg);
	}
	return status == DONE ? change_decryptor(name, alias, 0, arg) : status;
}

/* What a row refers to comes before it, whatever the order of options. */
/* clang-format off */
static const struct {
	unsigned option;
	int (*add)(const struct cli *cli, const char *arg);
} adders[] = {
	{ KEY, add_agent_key },
	{ CERT, add_agent_certificate },
	{ RULE, add_rule },
	{ DECRYPTOR, add_decryptor },
	{ MEMBER, add_member },
	{ ATTRIBUTE, add_attribute },
	{ CLEARANCE, add_clearance },
	{ ALIAS, add_alias },
};
/* clang-format on */

static int
fill_repository(const struct cli *cli)
{
	size_t u, n;
	int status = DONE;

	agent.rows.row = agent.row;
	agent.rows.cap = AGENT_ROWS;
	agent.rows.bytes = agent.bytes;
	agent.rows.each = AGENT_ROW;
	agent.hooks.audit = on_event;
	agent.env.rsa = &agent.rsa;
	agent.env.store = seamkey_agent_store_rows();
	agent.env.store_ctx = &agent.rows;
	agent.env.hooks = &agent.hooks;
	agent.env.lenient = lenient_of(cli);
	agent.env.allow_bare = cli->value[BARE] != NULL;
	for (n = 0; n < sizeof adders / sizeof adders[0]; n++) {
		for (u = 0; u < cli->items && status == DONE; u++) {
			if (cli->item[u].option == adders[n].option) {
				status = adders[n].add(cli, cli->item[u].value);
			}
		}
	}
	return status;
}

/* ---- release: the answer ------------------------------------------------- */

/* The clock, and who brought the request. */
static int
look_around(const struct cli *cli)
{
	const char *peer = cli->value[PEER];
	time_t now = time(NULL);
	struct tm *local = localtime(&now);

	agent.scene.has_time = now > 0 && local != NULL;
	if (agent.scene.has_time) {
		int second = local->tm_sec < 59 ? local->tm_sec : 59;

		agent.scene.now = (uint64_t)now;
		agent.scene.second = (uint32_t)(local->tm_hour * 3600
			+ local->tm_min * 60 + second);
		agent.scene.weekday = (unsigned)(local->tm_wday + 6) % 7;
	}
	agent.scene.authenticated = peer != NULL;
	return peer == NULL ? DONE
			    : keep_name(text_of(peer), &agent.scene.peer, peer);
}

/* --approval, as many as there are: each is verified, and kept; which of them
 * count is for the rule to say. */
static int
take_approvals(const struct cli *cli)
{
	unsigned char receipt[16];
	seamkey_span file;
	size_t u, len = 0;
	int status = DONE;

	for (u = 0; u < cli->items && status == DONE; u++) {
		const char *name = cli->item[u].value;

		if (cli->item[u].option != APPROVAL) {
			continue;
		}
		status = file_read(name, box.plain, sizeof box.plain, &file);
		if (status != DONE) {
			return status;
		}
		status = seamkey_agent_approve(&agent.env, &agent.scene, file,
			receipt, sizeof receipt, &len);
		status = status == SEAMKEY_OK ? DONE
					      : complain_status(status, name);
	}
	return status;
}

static int
release(const struct cli *cli)
{
	seamkey_release_request request;
	seamkey_span file = { NULL, 0 };
	size_t len = 0;
	int written, status = make_env(cli, &agent.rsa);

	agent.name = cli->file;
	if (status == DONE) {
		status = init_random(&agent.rsa.random);
	}
	if (status == DONE) {
		status = fill_repository(cli);
	}
	if (status == DONE) {
		status = look_around(cli);
	}
	if (status == DONE) {
		status = take_approvals(cli);
	}
	if (status == DONE) {
		status = check_out(cli);
	}
	if (status == DONE) {
		status = file_read(
			cli->file, box.request, sizeof box.request, &file);
	}
	if (status != DONE) {
		return status;
	}
	status = seamkey_release_decode_request(&request, file, NULL);
	if (status == SEAMKEY_OK) {
		agent.blocks = request.block_count;
		status = seamkey_agent_answer(&agent.env, &agent.scene, file,
			box.answer, sizeof box.answer, &len);
	}
	if (status != SEAMKEY_OK) {
		return complain_status(status, cli->file);
	}
	written = file_write(cli->value[OUT], seamkey_span_of(box.answer, len),
		cli->value[PEER] != NULL, 1);
	return written == DONE ? agent.refused : written;
}

static int
run_release(const struct cli *cli)
{
	int status = release(cli);

	seamkey_wipe(&agent, sizeof agent);
	return status;
}

/* ---- help ---------------------------------------------------------------- */

/* clang-format off */
static const char help_request[] =
	"usage: seamkey request --as NAME [OPTION...] [FILE...]\n"
	"\n"
	"Ask a release agent for the key of the encryption block in FILE, or\n"
	"of those in up to 8 files: DER that is not secret, and says who\n"
	"asks. The answer has a result for each block.\n"
	"\n"
	"  --as NAME         by a name, such as CN=Alice,O=Acme\n"
	"  --portion NAME    by a part of it, such as CN=Alice\n"
	"  --cert FILE       by a certificate\n"
	"  --alias TEXT      by the short name that the agent knows\n"
	"  --attribute TYPE=VALUE\n"
	"                    by what no other has, such as badge=17\n"
	"  --channel         as whom the channel has authenticated\n"
	"  --claim TYPE=VALUE\n"
	"                    the answer is to depend on this, too; on a\n"
	"                    channel that knows who asks, any number of times\n"
	"  --form NAME       of the answer: sealed (the default), bare for\n"
	"                    old readers, clear for a channel\n"
	"  --agent HOST:PORT send the request there, once it is written; exit\n"
	"                    status 1 means that a key was not released\n"
	"  --answer FILE     and this is where the answer goes\n"
	"  --request FILE    send that one again, as it is, and make none\n"
	HELP_ADMIT
	HELP_OUT
	HELP_COMMON
	HELP_FILES;

static const char help_release[] =
	"usage: seamkey release --key ACCESS=FILE [OPTION...] [FILE]\n"
	"\n"
	"Answer the request in FILE as a release agent does: if the rules of\n"
	"the access identifier admit who asks, the key of the block goes into\n"
	"the answer, encrypted to the public key of the decryptor. Exit\n"
	"status 1 means that it was not released; the answer then says just\n"
	"that, and standard error tells why. Each may be there many times:\n"
	"\n"
	"  --key ACCESS=FILE[:ID]\n"
	"                    a private key of an access identifier, and what\n"
	"                    blocks call it (the SHA-1 of its bits)\n"
	"  --cert FILE       a certificate of one of the keys, where blocks\n"
	"                    have the names of that\n"
	"  --rule ACCESS=RULE\n"
	"                    one that has to pass, such as group(\"legal\")\n"
	"  --decryptor NAME=FILE\n"
	"                    who may ask, and his certificate or public key\n"
	"  --alias ALIAS=NAME\n"
	"                    a short name of a decryptor\n"
	"  --member GROUP=NAME\n"
	"                    a decryptor that is in a group\n"
	"  --attribute NAME:TYPE=VALUE\n"
	"                    what a decryptor has\n"
	"  --clearance NAME=LEVEL\n"
	"                    to which level a decryptor is cleared\n"
	"  --approval FILE   what an approver has signed, who is a decryptor,\n"
	"                    too\n"
	"\n"
	"And these once:\n"
	"\n"
	"  --peer NAME       who brought the request, and was authenticated\n"
	"  --bare            give answers for old readers, too\n"
	"  --oaep            encrypt the answer with OAEP, not PKCS #1 v1.5\n"
	"  --cbc             release keys of AES-CBC, too\n"
	"  --des             release keys of DES and Triple DES, too\n"
	"  --absent-null     admit rsaEncryption without its NULL\n"
	HELP_OUT
	HELP_COMMON
	HELP_FILES;
/* clang-format on */

#endif
