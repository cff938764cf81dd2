/*
 * approve_command.h - seamkey approve
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Part of seamkey.c: the side of who approves of a request, where a rule asks
 * for that. What is signed is printed before.
 */
#ifndef SEAMKEY_EXAMPLE_APPROVE_COMMAND_H
#define SEAMKEY_EXAMPLE_APPROVE_COMMAND_H

#include <time.h>

#include "release_commands.h"
#include "show_block.h"

#define APPROVE_HOURS     24
#define APPROVE_HOURS_MAX 87600

static struct {
	seamkey_release_approval body;
	seamkey_release_request request; /* if there is one: id.len */
	seamkey_release_block block;     /* if there is one: recipients.len */
	unsigned char id[SEAMKEY_BLOCK_ID_MAX], hash[SEAMKEY_BLOCK_ID_MAX];
	char expires[32];
} approve;

/* ---- what is approved ---------------------------------------------------- */

/* --id, --recipients: octets in hexadecimal, as many as these. */
static int
approve_octets(const struct cli *cli, unsigned option, size_t min, size_t max,
	unsigned char *out, seamkey_span *octets)
{
	const char *text = cli->value[option];
	int status = parse_id(text, out, octets);

	if (status == DONE && (octets->len < min || octets->len > max)) {
		return complain(UNREADABLE, text,
			option == ID
				? "the identifier of a request has 16 to 64 "
				  "bytes"
				: "the hash of recipients has 32 bytes");
	}
	return status;
}

/* The request in a file: its identifier, and its block where it has one. */
static int
approve_read_request(const struct cli *cli)
{
	const char *name = cli->value[REQUEST];
	seamkey_der_reader r;
	seamkey_span file;
	int status = file_read(name, box.request, sizeof box.request, &file);

	if (status != DONE) {
		return status;
	}
	status = seamkey_release_decode_request(&approve.request, file, NULL);
	if (status != SEAMKEY_OK) {
		return complain_status(status, name);
	}
	approve.body.id = approve.request.id;
	if (cli->file_count != 0 || cli->value[RECIPIENTS] != NULL) {
		return DONE;
	}
	if (approve.request.block_count != 1) {
		return complain(REFUSED, name,
			"is for several blocks: say which, by its file or "
			"--recipients");
	}
	seamkey_der_init(&r, approve.request.blocks);
	seamkey_release_get_block(&r, &approve.block);
	return DONE;
}

/* Is what is approved a part of the request? */
static int
approve_check_block(const struct cli *cli)
{
	unsigned char hash[32];
	seamkey_release_block block;
	seamkey_der_reader r;
	size_t u;

	seamkey_der_init(&r, approve.request.blocks);
	for (u = 0; u < approve.request.block_count; u++) {
		seamkey_release_get_block(&r, &block);
		seamkey_release_hash_recipients(&block, hash);
		if (seamkey_span_match(SPAN(hash), approve.body.recipients)) {
			approve.block = block;
			return DONE;
		}
	}
	return approve.request.id.len == 0
		? DONE
		: complain(REFUSED, cli->value[REQUEST],
			"is a request for another block");
}

/* The request, and the recipients of the block. */
static int
approve_find_block(const struct cli *cli)
{
	int given = (cli->file_count != 0) + (cli->value[RECIPIENTS] != NULL);
	int status = DONE;

	if ((cli->value[ID] == NULL) == (cli->value[REQUEST] == NULL)) {
		return complain_usage(
			cli, "one of --id, --request", " is needed");
	}
	if (given > 1 || (given == 0 && cli->value[REQUEST] == NULL)) {
		return complain_usage(cli,
			"one of --recipients, the file of a block",
			" is needed");
	}
	status = cli->value[ID] != NULL
		? approve_octets(cli, ID, SEAMKEY_RELEASE_ID_MIN,
			SEAMKEY_RELEASE_ID_MAX, approve.id, &approve.body.id)
		: approve_read_request(cli);
	if (status != DONE) {
		return status;
	}
	if (cli->value[RECIPIENTS] != NULL) {
		status = approve_octets(cli, RECIPIENTS, 32, 32, approve.hash,
			&approve.body.recipients);
	} else {
		if (cli->file_count != 0) {
			status = read_headers(cli, &approve.block);
		}
		seamkey_release_hash_recipients(&approve.block, approve.hash);
		approve.body.recipients = seamkey_span_of(approve.hash, 32);
	}
	return status == DONE ? approve_check_block(cli) : status;
}

/* ---- who, and until when ------------------------------------------------- */

/* A Name in DER, in the form that agents have, to stay. */
static int
approve_keep_name(seamkey_span der, seamkey_span *out, const char *arg)
{
	unsigned char same[SEAMKEY_NAME_MAX];
	size_t len = 0;
	int status = seamkey_agent_encode_name(same, sizeof same, &len, der);

	return status == SEAMKEY_OK ? keep(seamkey_span_of(same, len), out, arg)
				    : complain_status(status, arg);
}

/* Who asked: the request says so, or --decryptor. */
static int
approve_find_decryptor(const struct cli *cli)
{
	const seamkey_release_who *who = &approve.request.who;
	const char *text = cli->value[DECRYPTOR];
	seamkey_der_certificate cert;
	seamkey_span asked = { NULL, 0 };
	int status = DONE;

	if (approve.request.id.len != 0 && who->kind == SEAMKEY_RELEASE_NAME) {
		asked = who->value;
	} else if (approve.request.id.len != 0
		&& who->kind == SEAMKEY_RELEASE_CERTIFICATE
		&& seamkey_der_decode_certificate(&cert, who->value)
			== SEAMKEY_OK) {
		asked = cert.subject;
	}
	if (text == NULL && asked.len == 0) {
		return complain_usage(cli, "--decryptor",
			" is needed: who asked, and is approved of");
	}
	if (text == NULL) {
		return approve_keep_name(
			asked, &approve.body.decryptor, cli->value[REQUEST]);
	}
	status = keep_name(text_of(text), &approve.body.decryptor, text);
	return status == DONE && asked.len != 0
			&& !seamkey_name_match(asked, approve.body.decryptor)
		? complain(REFUSED, cli->value[REQUEST],
			"is the request of somebody else")
		: status;
}

/* Who approves: --as, or the subject of --cert, whose key it has to be. */
static int
approve_find_approver(
	const struct cli *cli, const seamkey_rsa_env *env, seamkey_span key)
{
	const char *name = cli->value[CERT];
	seamkey_der_certificate cert;
	seamkey_span info = { NULL, 0 };
	int status;

	if ((name == NULL) == (cli->value[AS_NAME] == NULL)) {
		return complain_usage(cli, "one of --as, --cert", " is needed");
	}
	if (name == NULL) {
		name = cli->value[AS_NAME];
		return keep_name(text_of(name), &approve.body.approver, name);
	}
	status = load_public_file(cli, env, name, &info, &cert);
	if (status != DONE) {
		return status;
	}
	if (cert.subject.len == 0) {
		mem.key.wanted = "a certificate";
		return keyfile_complain_kind(&mem.key, "");
	}
	if (!is_pair(key, info)) {
		return complain(
			REFUSED, name, "is not the certificate of the key");
	}
	return approve_keep_name(cert.subject, &approve.body.approver, name);
}

/* --hours from now, as GeneralizedTime. */
static int
approve_find_expiry(const struct cli *cli)
{
	unsigned hours = APPROVE_HOURS;
	time_t now = time(NULL);
	struct tm *end;
	int status = DONE;

	if (cli->value[HOURS] != NULL) {
		status = parse_number(cli, HOURS, &hours);
	}
	if (status != DONE) {
		return status;
	}
	if (hours == 0 || hours > APPROVE_HOURS_MAX) {
		return complain_range(
			cli, HOURS, "an approval lasts 1 to 87600 hours");
	}
	now += (time_t)hours * 3600;
	end = gmtime(&now);
	if (end == NULL
		|| strftime(approve.expires, sizeof approve.expires,
			   "%Y%m%d%H%M%SZ", end)
			!= 15) {
		return complain(REFUSED, NULL, "the clock is not set");
	}
	approve.body.expires = seamkey_span_of(approve.expires, 15);
	return DONE;
}

/* ---- the question -------------------------------------------------------- */

/* On standard error: the approval itself may go to standard output. */
static int
approve_show(const struct cli *cli)
{
	const seamkey_release_approval *a = &approve.body;
	seamkey_span entries;
	struct ber b = { NULL, 0, 0 };

	mem.out_to = STDERR_FILENO;
	put_hex("request id", a->id);
	if (approve.request.id.len != 0) {
		show_who(&approve.request.who);
		show_claims(&approve.request);
	}
	put_distinguished("decryptor", a->decryptor);
	if (cli->file_count != 0) {
		put_line("block", cli->file);
	}
	put_hex("recipients", a->recipients);
	if (approve.block.recipients.len != 0) {
		entries = ber_inside(approve.block.recipients);
		b.p = entries.p;
		b.len = entries.len;
		show_entries(&b, entries.len, 0);
		show_cipher(approve.block.algorithm);
	}
	put_distinguished("approver", a->approver);
	put_text_line("expires", a->expires);
	return put_end();
}

/* Only the answer "yes" is one. */
static int
approve_ask(const struct cli *cli)
{
	char answer[16];
	int status;

	if (cli->value[YES] != NULL) {
		return DONE;
	}
	status = approve_show(cli);
	if (status != DONE) {
		return status;
	}
	fprintf(stderr, "Approve of it? (yes) ");
	if (fgets(answer, sizeof answer, stdin) != NULL
		&& strcmp(answer, "yes\n") == 0) {
		return DONE;
	}
	return complain(
		REFUSED, NULL, "nothing was approved (--yes does not ask)");
}

/* To the agent, or to a file, or both. A receipt is the same whatever becomes
 * of the approval. */
static int
approve_deliver(const struct cli *cli, seamkey_span approval)
{
	seamkey_span receipt = { NULL, 0 };
	int status = DONE;

	if (cli->value[AGENT] == NULL || cli->value[OUT] != NULL) {
		status = file_write(cli->value[OUT], approval, 0, 1);
	}
	if (status != DONE || cli->value[AGENT] == NULL) {
		return status;
	}
	status = exchange(cli->value[AGENT], approval, box.plain,
		sizeof box.plain, &receipt);
	if (status != DONE) {
		return status;
	}
	status = seamkey_release_decode_receipt(receipt);
	return status == SEAMKEY_OK
		? DONE
		: complain_status(status, cli->value[AGENT]);
}

static int
run_approve(const struct cli *cli)
{
	seamkey_span key = { NULL, 0 };
	seamkey_rsa_env env;
	size_t len = 0;
	int status = make_env(cli, &env);

	if (status == DONE && cli->value[YES] == NULL
		&& count_standard(cli) != 0) {
		return complain_usage(cli, "--yes is needed where something",
			" is read from standard input");
	}
	if (status == DONE) {
		status = load_private(cli, &key);
	}
	if (status == DONE) {
		status = keep(key, &key, cli->value[KEY]);
	}
	if (status == DONE) {
		status = approve_find_block(cli);
	}
	if (status == DONE) {
		status = approve_find_decryptor(cli);
	}
	if (status == DONE) {
		status = approve_find_approver(cli, &env, key);
	}
	if (status == DONE) {
		status = approve_find_expiry(cli);
	}
	if (status == DONE) {
		status = check_out(cli);
	}
	if (status == DONE) {
		status = approve_ask(cli);
	}
	if (status != DONE) {
		return status;
	}
	status = seamkey_release_sign_approval(
		&env, box.answer, sizeof box.answer, &len, &approve.body, key);
	if (status != SEAMKEY_OK) {
		return complain_limit(status, cli->value[KEY],
			cli->value[POLICY] == NULL && is_legacy(key)
				? " (--policy=legacy is looser)"
				: "");
	}
	return approve_deliver(cli, seamkey_span_of(box.answer, len));
}

/* ---- help ---------------------------------------------------------------- */

/* clang-format off */
static const char help_approve[] =
	"usage: seamkey approve --key FILE --cert FILE --request FILE\n"
	"                       [OPTION...] [FILE]\n"
	"\n"
	"Approve of a request for the key of the encryption block in FILE,\n"
	"where a rule asks for that, such as approval(2, \"board\"): it is\n"
	"printed what it is about, and signed when the answer is \"yes\". The\n"
	"result is DER for the agent. It counts for this request, block and\n"
	"decryptor alone.\n"
	"\n"
	"  --key FILE        the private key of who approves\n"
	"  --cert FILE       his certificate\n"
	"  --as NAME         or his name, such as CN=Bob,O=Acme\n"
	"  --request FILE    the request; where it is for one block, FILE is\n"
	"                    not needed\n"
	"  --id HEX          or its identifier\n"
	"  --recipients HEX  instead of FILE: the SHA-256 of the recipients\n"
	"                    of the block, as the agent lists what is pending\n"
	"  --decryptor NAME  who asked, where the request does not name him\n"
	"  --hours N         how long it counts: from 1 to 87600 (24)\n"
	"  --yes             print nothing, and do not ask\n"
	"  --agent HOST:PORT send it there; what the agent answers does not\n"
	"                    tell whether it was taken\n"
	HELP_ADMIT
	HELP_OUT
	HELP_COMMON
	"\n"
	"FILE \"-\" is standard input or output.\n"
	HELP_PRIVATE_KEY;
/* clang-format on */

#endif
