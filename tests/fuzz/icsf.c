/*
 * icsf.c - fuzz target: the calls of ICSF, with parameters of anyone's making
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Input: eight octets that choose the service, the rule array, what the
 * length parameters say, and what the key hook answers; two octets, the
 * length of the first text; two, that of the second; one, the room for the
 * result in units of eight; the two texts; the key structure.
 *
 * Both codes are always set, a call that is not return code 0 writes
 * nothing, and a signature that is made is verified by the other service.
 */
#include <bearssl.h>

#include "seamkey_icsf.h"

#include "rsa_tools.h"

/* One call, taken apart. Every buffer is as long as its length says, but
 * for lengths that are negative. */
struct request {
	unsigned service, rules, faults, hook;
	int32_t rule_count, rc, rsn;
	char rule_array[24];
	seamkey_span text, other, key;
	int32_t text_len, other_len, key_len, room;
	unsigned char *out;
	size_t out_cap;
};

static const char keywords[8][9] = { "RSA-PKCS", "RSA-ZERO", "ECDSA   ",
	"DSA     ", "DECRYPT ", "rsa-pkcs", "RSA-PKC ", "\0\0\0\0\0\0\0" };

static int
find_key(void *ctx, const unsigned char *handle, seamkey_icsf_key *key)
{
	const struct request *req = (const struct request *)ctx;

	CHECK(handle[43] == 'h');
	key->may_sign = (req->hook & 1) == 0;
	key->may_decrypt = (req->hook & 2) == 0;
	switch ((req->hook >> 2) % 6) {
	case 0:
		key->private_key_info =
			seamkey_span_of(key_2048, sizeof key_2048);
		return 0;
	case 1:
		key->private_key_info =
			seamkey_span_of(ec_p256, sizeof ec_p256);
		return 0;
	case 2:
		key->private_key_info =
			seamkey_span_of(ec_p521, sizeof ec_p521);
		return 0;
	case 3:
		key->private_key_info = req->key;
		return 0;
	case 4:
		key->handle = seamkey_span_of("?", 1);
		key->public_key_info = req->key;
		return 0;
	default:
		return 1;
	}
}

/* What a length parameter says: the truth, or something below zero. */
static int32_t
length_of(seamkey_span v, unsigned fault)
{
	return fault ? -(int32_t)v.len - 1 : (int32_t)v.len;
}

static unsigned char *
own(seamkey_span *v)
{
	unsigned char *copy = fuzz_copy(v->p, v->len);

	v->p = copy;
	return copy;
}

static void
take_request(struct request *req, seamkey_span in)
{
	size_t text_len, other_len;
	unsigned u;

	memset(req, 0, sizeof *req);
	req->service = fuzz_take_octet(&in) % 5;
	req->rules = fuzz_take_octet(&in);
	req->rule_count = (int32_t)(fuzz_take_octet(&in) % 5) - 1;
	req->faults = fuzz_take_octet(&in);
	req->hook = fuzz_take_octet(&in);
	(void)fuzz_take(&in, 3); /* for what comes later */
	for (u = 0; u < 3; u++) {
		memcpy(req->rule_array + 8 * u,
			keywords[(req->rules >> (3 * u)) & 7], 8);
	}
	text_len = (size_t)fuzz_take_octet(&in) << 8;
	text_len |= fuzz_take_octet(&in);
	other_len = (size_t)fuzz_take_octet(&in) << 8;
	other_len |= fuzz_take_octet(&in);
	req->out_cap = 8 * fuzz_take_octet(&in) + 1;
	req->text = fuzz_take(&in, text_len);
	req->other = fuzz_take(&in, other_len);
	req->key = in;
	req->text_len = length_of(req->text, req->faults & 1);
	req->other_len = length_of(req->other, req->faults & 2);
	req->key_len = length_of(req->key, req->faults & 4);
	req->room = (int32_t)req->out_cap - 1;
	if ((req->faults & 8) != 0) {
		req->room = -req->room - 1;
	}
	req->rc = -77;
	req->rsn = -77;
}

static void
call(struct request *req, const seamkey_icsf_env *env)
{
	unsigned char handle[44];

	memset(handle, 'h', sizeof handle);
	switch (req->service) {
	case 0:
		seamkey_icsf_pps2(env, &req->rc, &req->rsn, NULL, NULL,
			&req->rule_count, req->rule_array, &req->text_len,
			req->text.p, NULL, &req->room, req->out, &req->key_len,
			req->key.p);
		break;
	case 1:
		seamkey_icsf_ppv2(env, &req->rc, &req->rsn, NULL, NULL,
			&req->rule_count, req->rule_array, &req->text_len,
			req->text.p, NULL, &req->other_len, req->other.p,
			&req->key_len, req->key.p);
		break;
	case 2:
		seamkey_icsf_ppe2(env, &req->rc, &req->rsn, NULL, NULL,
			&req->rule_count, req->rule_array, &req->text_len,
			req->text.p, NULL, &req->room, req->out, &req->key_len,
			req->key.p);
		break;
	case 3:
		seamkey_icsf_ppd2(env, &req->rc, &req->rsn, NULL, NULL,
			&req->rule_count, req->rule_array, &req->text_len,
			req->text.p, NULL, &req->room, req->out, &req->key_len,
			req->key.p);
		break;
	default:
		seamkey_icsf_pks(env, &req->rc, &req->rsn, NULL, NULL,
			&req->rule_count, req->rule_array, &req->text_len,
			req->text.p, handle, &req->room, req->out);
		break;
	}
}

/* What PPS2 made is what PPV2 takes. */
static void
check_signature(const struct request *req, const seamkey_icsf_env *env)
{
	seamkey_der_rsa_private key;
	seamkey_der_rsa_public pub;
	unsigned char info[600];
	int32_t one = 1, rc = -1, rsn = -1, info_len;
	size_t len = 0;

	CHECK(seamkey_der_decode_rsa_private_info(&key, req->key, 0)
		== SEAMKEY_OK);
	pub.n = key.n;
	pub.e = key.e;
	CHECK(seamkey_der_encode_rsa_public_info(info, sizeof info, &len, &pub)
		== SEAMKEY_OK);
	info_len = (int32_t)len;
	seamkey_icsf_ppv2(env, &rc, &rsn, NULL, NULL, &one, "RSA-PKCS",
		&req->room, req->out, NULL, &req->text_len, req->text.p,
		&info_len, info);
	CHECK(rc == 0 && rsn == 0);
}

static void
check_request(struct request *req)
{
	uint32_t state = 1;
	seamkey_icsf_env env;
	int32_t room = req->room;

	memset(&env, 0, sizeof env);
	env.rsa.random.fill = tool_fill;
	env.rsa.random.ctx = &state;
	env.find_key = find_key;
	env.find_key_ctx = req;
	call(req, (req->faults & 16) != 0 ? NULL : &env);
	CHECK(req->rc >= 0 && req->rc <= 16 && req->rc % 4 == 0);
	CHECK(req->rsn >= 0 && (req->rc != 0 || req->rsn == 0));
	CHECK(req->out[req->out_cap - 1] == FUZZ_FILL);
	if (req->rc != 0 || req->service == 1) {
		CHECK(req->room == room);
		CHECK(fuzz_is_untouched(req->out, req->out_cap));
		return;
	}
	CHECK((req->faults & 13) == 0 || req->service == 4);
	CHECK((req->faults & 16) == 0);
	CHECK(req->room >= 0 && req->room <= room);
	if (req->service == 0) {
		check_signature(req, &env);
	}
}

static size_t
der_at(const uint8_t *data, size_t size)
{
	return size < 13 ? size
			 : 13 + ((size_t)data[8] << 8 | data[9])
			+ ((size_t)data[10] << 8 | data[11]);
}

FUZZ_MUTATOR(der_at)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *text, *other, *key;
	struct request req;

	take_request(&req, seamkey_span_of(data, size));
	text = own(&req.text);
	other = own(&req.other);
	key = own(&req.key);
	req.out = fuzz_blank(req.out_cap);
	check_request(&req);
	free(req.out);
	fuzz_free(text, req.text.len);
	fuzz_free(other, req.other.len);
	fuzz_free(key, req.key.len);
	return 0;
}
