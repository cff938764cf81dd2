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

#endif
