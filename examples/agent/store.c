/*
 * store.c - the table of stores
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#define _XOPEN_SOURCE 700

#include <stdlib.h>
#include <string.h>

#include "agent.h"

/* A new store is one line here, and its object. */
static const struct store_class *const store_table[] = {
	&store_sqlite,
#ifdef WITH_POSTGRES
	&store_pg,
#endif
};

const char *
store_text(int status)
{
	switch (status) {
	case STORE_ERR_URL:
		return "there is no such kind of database";
	case STORE_ERR_OPEN:
		return "the database cannot be opened";
	case STORE_ERR_VERSION:
		return "this is no database of seamkey-agent, or one of "
		       "another version";
	case STORE_ERR_BUSY:
		return "the database is in use by others, and stayed so";
	case STORE_ERR_FULL:
		return "there is no room for it in the database";
	case STORE_ERR_DAMAGED:
		return "the database is damaged";
	case STORE_ERR_FAILED:
		return "the database does not answer as it should";
	case WRAP_ERR_SECRET:
		return "the key of the repository needs a file of 32 bytes or "
		       "a passphrase";
	case WRAP_ERR_WRONG:
		return "the passphrase or key file is not that of this "
		       "repository";
	case WRAP_ERR_ROW:
		return "a private key in the repository is damaged, or is not "
		       "in its place";
	case WRAP_ERR_NONE:
		return "the repository has not been made (admin init)";
	case WRAP_ERR_TOLD:
		return "the passphrase or key file cannot be read";
	default:
		return hsm_text(status) != NULL ? hsm_text(status)
						: seamkey_text(status);
	}
}

static const struct store_class *
store_find(const char *url, const char **where)
{
	size_t u, n = strcspn(url, ":");

	for (u = 0; u < sizeof store_table / sizeof store_table[0]; u++) {
		if (url[n] == ':' && strlen(store_table[u]->scheme) == n
			&& memcmp(url, store_table[u]->scheme, n) == 0) {
			*where = url + n + 1;
			return store_table[u];
		}
	}
	return NULL;
}

/* There is no such kind: those that there are. */
static void
store_complain_kind(const char *url)
{
	char kinds[128] = "";
	struct text t = { kinds, sizeof kinds, 0 };
	size_t u;

	for (u = 0; u < sizeof store_table / sizeof store_table[0]; u++) {
		text_put(&t, u != 0 ? ", " : "");
		text_put(&t, store_table[u]->scheme);
		text_put(&t, ":");
	}
	agent_say("%s: %s; there is %s", url, store_text(STORE_ERR_URL), kinds);
}

int
store_open(struct store *s, const char *url, int create)
{
	const char *where = NULL, *text;
	int status;

	s->cls = store_find(url, &where);
	s->ctx = NULL;
	if (s->cls == NULL) {
		store_complain_kind(url);
		return STORE_ERR_URL;
	}
	s->ctx = calloc(1, s->cls->size);
	if (s->ctx == NULL) {
		agent_say("%s: no memory", url);
		return STORE_ERR_OPEN;
	}
	status = s->cls->open(s->ctx, where, create);
	if (status != SEAMKEY_OK) {
		text = s->cls->text(s->ctx);
		agent_say("%s: %s%s%s", url, store_text(status),
			text[0] != '\0' ? ": " : "", text);
		store_close(s);
	}
	return status;
}

void
store_close(struct store *s)
{
	if (s->ctx != NULL) {
		s->cls->close(s->ctx);
		free(s->ctx);
		s->ctx = NULL;
	}
}
