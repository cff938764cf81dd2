/*
 * agent_talk.h - blocks, requests and answers, with an office of one's own
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#ifndef SEAMKEY_AGENT_TALK_H
#define SEAMKEY_AGENT_TALK_H

#include "agent_tools.h"

#define BLOCKS 8

static struct office office;
static unsigned char block[BLOCKS][4096], request[ROOM], answer[ROOM];
static size_t block_len[BLOCKS], request_len, answer_len;
static seamkey_release_block header[BLOCKS];
static unsigned char id[16] = "request number 1";
static const unsigned char message[] = "the text";

/* ---- blocks and requests ------------------------------------------------- */

/* The RecipientInfos and the algorithm of a block. */
static inline seamkey_release_block
header_of(seamkey_span der)
{
	seamkey_release_block b;

	memset(&b, 0, sizeof b);
	CHECK_INT(seamkey_release_decode_block(&b, der), SEAMKEY_OK);
	return b;
}

static inline void
seal_with(size_t n, int cipher, int padding, const size_t *keys, size_t count)
{
	seamkey_block_recipient to[OFFICE_KEYS];
	size_t u;

	for (u = 0; u < count; u++) {
		to[u] = office_recipient(&office, keys[u]);
		to[u].padding = padding;
	}
	block_len[n] = 0;
	CHECK_INT(seamkey_block_seal(&office.rsa, cipher, to, count,
			  SPAN(message), block[n], sizeof block[n],
			  &block_len[n]),
		SEAMKEY_OK);
	header[n] = header_of(seamkey_span_of(block[n], block_len[n]));
}

/* A block for one access identifier. */
static inline void
seal_to(size_t n, size_t key)
{
	seal_with(n, SEAMKEY_BLOCK_AES_256_GCM, SEAMKEY_BLOCK_PKCS1, &key, 1);
}

static inline seamkey_release_who
by_name(size_t person)
{
	seamkey_release_who who;

	memset(&who, 0, sizeof who);
	who.kind = SEAMKEY_RELEASE_NAME;
	who.value = office.name[person];
	return who;
}

static inline seamkey_release_who
by(int kind, seamkey_span type, seamkey_span value)
{
	seamkey_release_who who;

	who.kind = kind;
	who.type = type;
	who.value = value;
	return who;
}

static inline void
ask_with(int form, const seamkey_release_who *who, size_t blocks,
	const seamkey_release_attribute *claims, size_t count)
{
	request_len = 0;
	CHECK_INT(seamkey_release_encode_request(request, sizeof request,
			  &request_len, SPAN(id), form, who, header, blocks,
			  claims, count),
		SEAMKEY_OK);
}

static inline int
reply(void)
{
	answer_len = 0;
	return seamkey_agent_answer(&office.env, &office.scene,
		seamkey_span_of(request, request_len), answer, sizeof answer,
		&answer_len);
}

/* Ask for the first blocks as this person; the answer must be one. */
static inline void
ask(size_t person, size_t blocks)
{
	seamkey_release_who who = by_name(person);

	ask_with(SEAMKEY_RELEASE_SEALED, &who, blocks, NULL, 0);
	CHECK_INT(reply(), SEAMKEY_OK);
}

/* An approval by a person, of the request for header[0] by another. */
static inline seamkey_span
approval_by(size_t approver, size_t decryptor, const char *expires,
	unsigned char *der)
{
	seamkey_release_approval a;
	unsigned char hash[32];
	size_t len = 0;

	memset(&a, 0, sizeof a);
	seamkey_release_hash_recipients(&header[0], hash);
	a.id = SPAN(id);
	a.recipients = SPAN(hash);
	a.decryptor = office.name[decryptor];
	a.approver = office.name[approver];
	a.expires = text_of(expires);
	CHECK_INT(seamkey_release_sign_approval(&office.rsa, der, 2048, &len,
			  &a, office.own[approver]),
		SEAMKEY_OK);
	return seamkey_span_of(der, len);
}

/* ---- answers ------------------------------------------------------------- */

/* Result n of the answer: its kind, and what it holds. */
static inline int
result(size_t n, seamkey_span *content)
{
	seamkey_release_answer a;
	seamkey_release_result r;
	seamkey_der_reader reader;

	memset(&a, 0, sizeof a);
	memset(&r, 0, sizeof r);
	CHECK_INT(seamkey_release_decode_answer(
			  &a, seamkey_span_of(answer, answer_len)),
		SEAMKEY_OK);
	CHECK_INT(seamkey_span_match(a.id, SPAN(id)), 1);
	seamkey_der_init(&reader, a.results);
	do {
		seamkey_release_get_result(&reader, &r);
	} while (n-- != 0);
	CHECK_INT(reader.err, SEAMKEY_OK);
	*content = r.content;
	return r.kind;
}

static inline int
kind_of(size_t n)
{
	seamkey_span content;

	return result(n, &content);
}

/* Open the answer to block n, of this request, with a person's key: the key
 * that is in it, to key[0..32). Returns how that ended. */
static inline int
key_from(size_t n, size_t person, seamkey_span request_id, unsigned char *key)
{
	unsigned char plain[4096];
	seamkey_block_key own;
	seamkey_release_released released;
	seamkey_span content = { NULL, 0 };
	size_t len = 0;
	int status;

	if (result(n, &content) != SEAMKEY_RELEASE_IS_SEALED) {
		return SEAMKEY_ERR_RELEASE_REFUSED;
	}
	memset(&own, 0, sizeof own);
	own.key = office.own[person];
	status = seamkey_block_open(
		&office.rsa, 0, &own, 1, content, plain, sizeof plain, &len);
	if (status == SEAMKEY_OK) {
		status = seamkey_release_decode_released(
			&released, seamkey_span_of(plain, len));
	}
	return status == SEAMKEY_OK ? seamkey_release_check_released(
		       &released, request_id, &header[n], key, 32)
				    : status;
}

static inline int
key_of(size_t n, size_t person, unsigned char *key)
{
	return key_from(n, person, SPAN(id), key);
}

/* The same, and open the block with it: it must hold the message. */
static inline int
read_block_of(size_t n, size_t person, seamkey_span request_id)
{
	unsigned char key[32], out[64];
	size_t len = 0;
	int status = key_from(n, person, request_id, key);

	if (status != SEAMKEY_OK) {
		return status;
	}
	status = seamkey_block_open_content(0, SPAN(key),
		seamkey_span_of(block[n], block_len[n]), out, sizeof out, &len);
	if (status == SEAMKEY_OK) {
		CHECK_INT(len, sizeof message);
		CHECK_MEM(out, message, sizeof message);
	}
	return status;
}

static inline int
read_block(size_t n, size_t person)
{
	return read_block_of(n, person, SPAN(id));
}

/* Nothing has left, and the reason for it is known here. */
static inline void
check_refused(size_t n, int status)
{
	CHECK_INT(kind_of(n), SEAMKEY_RELEASE_NOT_RELEASED);
	CHECK_INT(office.log.status, status);
	CHECK_INT(office.log.releases, 0);
}

#endif
