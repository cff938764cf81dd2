/*
 * hsm_none.c - in place of hsm.c where p11-kit's header is not there
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#define _XOPEN_SOURCE 700

#include "agent.h"

#include "examples/files.h"

int
hsm_open(const struct options *o, seamkey_hook *engine)
{
	(void)engine;
	return o->module == NULL
		? DONE
		: complain(UNREADABLE, o->module,
			"this program was built without PKCS #11 "
			"(libp11-kit-dev was not there)");
}

void
hsm_close(void)
{
}

int
hsm_reload(const struct options *o)
{
	(void)o;
	return DONE;
}

int
hsm_find(struct hsm_key *key, const char *label)
{
	(void)key;
	(void)label;
	return SEAMKEY_ERR_UNSUPPORTED;
}

const char *
hsm_text(int status)
{
	(void)status;
	return NULL;
}
