/*
 * hsm.c - private keys that stay in a PKCS #11 token
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * The engine is that of examples/pkcs11/token.h. What is here is where its
 * PIN comes from, and what is told of it.
 */
#define _XOPEN_SOURCE 700

#include <string.h>

#include "agent.h"

#include "examples/files.h"
#include "examples/pkcs11/token.h"

#define HSM_PIN   256 /* bytes of a PIN, its end included */
#define HSM_LABEL 33

static struct {
	token token;
	char label[HSM_LABEL];
	char pin[2][HSM_PIN]; /* the one in use, and the next one */
	int which;
} hsm; /* wiped by hsm_close() */

const char *
hsm_text(int status)
{
	return status <= TOKEN_ERR_MODULE && status >= TOKEN_ERR_FAILED
		? token_text(status)
		: NULL;
}

/* Refused is a PIN; the rest is a token that cannot be used. */
static int
hsm_complain(const struct options *o, int status)
{
	const char *name = o->token != NULL && status != TOKEN_ERR_MODULE
		? o->token
		: o->module;

	if (status == TOKEN_ERR_FAILED && hsm.token.last != CKR_OK) {
		agent_say("%s: %s (CKR 0x%lx)", name, token_text(status),
			(unsigned long)hsm.token.last);
	} else {
		(void)agent_complain(name, status);
	}
	return status == TOKEN_ERR_PIN ? REFUSED : UNREADABLE;
}

/* ---- the PIN ----------------------------------------------------------- */

/* The PIN that is next; pin: it, or NULL. */
static int
hsm_next_pin(const struct options *o, const char **pin)
{
	char *next = hsm.pin[!hsm.which];
	int status;

	*pin = NULL;
	if (o->pin_file == NULL) {
		return DONE;
	}
	status = secret_read(o->pin_file, next, HSM_PIN);
	*pin = status == DONE ? next : NULL;
	return status;
}

/* ---- the token --------------------------------------------------------- */

int
hsm_open(const struct options *o, seamkey_hook *engine)
{
	int status;

	if (o->module == NULL) {
		return DONE;
	}
	memset(&hsm, 0, sizeof hsm);
	hsm.token.module = o->module;
	if (o->token != NULL) {
		if (strlen(o->token) >= sizeof hsm.label) {
			return hsm_complain(o, TOKEN_ERR_GONE);
		}
		/* settings that are read again are elsewhere */
		memcpy(hsm.label, o->token, strlen(o->token) + 1);
		hsm.token.label = hsm.label;
	}
	status = hsm_next_pin(o, &hsm.token.pin);
	if (status != DONE) {
		return status;
	}
	hsm.which = !hsm.which;
	status = token_open(&hsm.token);
	if (status != SEAMKEY_OK) {
		status = hsm_complain(o, status);
		hsm_close();
		return status;
	}
	engine->drv = token_driver();
	engine->dev = &hsm.token;
	return DONE;
}

void
hsm_close(void)
{
	token_close(&hsm.token);
	seamkey_wipe(&hsm, sizeof hsm);
}

/* Another PIN is tried: a token that refuses it is left as it was. */
static int
hsm_try_pin(const struct options *o, const char *pin)
{
	const char *old = hsm.token.pin;
	int was_refused = hsm.token.refused;
	int status = token_set_pin(&hsm.token, pin);

	if (status == SEAMKEY_OK || status == TOKEN_ERR_GONE) {
		return DONE;
	}
	status = hsm_complain(o, status);
	if (was_refused) {
		hsm.token.pin = old;
		hsm.token.refused = 1;
	} else {
		(void)token_set_pin(&hsm.token, old);
	}
	return status;
}

int
hsm_reload(const struct options *o)
{
	const char *pin;
	int status;

	if (o->module == NULL) {
		return DONE;
	}
	status = hsm_next_pin(o, &pin);
	if (status != DONE) {
		return status;
	}
	if ((pin == NULL) == (hsm.token.pin == NULL)
		&& (pin == NULL || strcmp(pin, hsm.token.pin) == 0)) {
		if (hsm.token.refused) {
			agent_say("%s: is still the PIN that the token has "
				  "refused, and is not tried again",
				o->pin_file);
		}
	} else {
		status = hsm_try_pin(o, pin);
		hsm.which = status == DONE ? !hsm.which : hsm.which;
	}
	seamkey_wipe(hsm.pin[!hsm.which], HSM_PIN);
	return status;
}

int
hsm_find(struct hsm_key *key, const char *label)
{
	int status = SEAMKEY_OK;

	if (key->id_len == 0) {
		status = token_get_id(&hsm.token,
			seamkey_span_of(label, strlen(label)), key->id,
			sizeof key->id, &key->id_len);
	}
	return status == SEAMKEY_OK ? token_get_public(&hsm.token,
		       seamkey_span_of(key->id, key->id_len), key->public_key,
		       sizeof key->public_key, &key->public_len)
				    : status;
}
