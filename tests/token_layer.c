/*
 * token_layer.c - a PKCS #11 module before another one, which makes trouble
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Made into a module by the Makefile, and used by tests/agent_token.sh and
 * tests/pkcs11.sh. The module behind it is TOKEN_MODULE, and TOKEN_TROUBLE a
 * folder:
 *
 *   logins  gets a line with each PIN that is tried, and what came of it
 *   close   if it is there, all sessions are closed before the next
 *           decryption, and it is removed
 *   forbid  as long as it is there, no key may decrypt
 *   wrong   as long as it is there, a bit of each result is another
 */
#define _XOPEN_SOURCE 700

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <p11-kit/pkcs11.h>

static CK_FUNCTION_LIST real, layer;

static const char *
trouble(const char *name)
{
	static char path[512];
	const char *folder = getenv("TOKEN_TROUBLE");

	(void)snprintf(path, sizeof path, "%s/%s",
		folder != NULL ? folder : ".", name);
	return path;
}

static CK_RV
layer_login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_BYTE *pin,
	CK_ULONG len)
{
	CK_RV rv = real.C_Login(session, user, pin, len);
	FILE *file = fopen(trouble("logins"), "a");

	if (file != NULL) {
		fprintf(file, "%.*s 0x%lx\n", (int)len, (const char *)pin,
			(unsigned long)rv);
		(void)fclose(file);
	}
	return rv;
}

static CK_RV
layer_decrypt_init(
	CK_SESSION_HANDLE session, CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
	CK_SESSION_INFO info;

	if (access(trouble("forbid"), F_OK) == 0) {
		return CKR_KEY_FUNCTION_NOT_PERMITTED;
	}
	if (unlink(trouble("close")) == 0
		&& real.C_GetSessionInfo(session, &info) == CKR_OK) {
		(void)real.C_CloseAllSessions(info.slotID);
	}
	return real.C_DecryptInit(session, m, key);
}

/* A result that has come, and what the trouble makes of it. */
static CK_RV
disturb(CK_RV rv, CK_BYTE *out, const CK_ULONG *len)
{
	if (rv == CKR_OK && out != NULL && *len > 9
		&& access(trouble("wrong"), F_OK) == 0) {
		out[9] ^= 1;
	}
	return rv;
}

static CK_RV
layer_decrypt(CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len,
	CK_BYTE *out, CK_ULONG *len)
{
	return disturb(real.C_Decrypt(session, in, in_len, out, len), out, len);
}

static CK_RV
layer_sign(CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len,
	CK_BYTE *out, CK_ULONG *len)
{
	return disturb(real.C_Sign(session, in, in_len, out, len), out, len);
}

CK_RV
C_GetFunctionList(CK_FUNCTION_LIST **list)
{
	CK_C_GetFunctionList get = NULL;
	CK_FUNCTION_LIST *behind = NULL;
	const char *module = getenv("TOKEN_MODULE");
	void *library = module == NULL ? NULL : dlopen(module, RTLD_NOW);
	void *symbol =
		library == NULL ? NULL : dlsym(library, "C_GetFunctionList");

	memcpy(&get, &symbol, sizeof get);
	if (get == NULL || get(&behind) != CKR_OK) {
		return CKR_GENERAL_ERROR;
	}
	real = *behind;
	layer = real;
	layer.C_Login = layer_login;
	layer.C_DecryptInit = layer_decrypt_init;
	layer.C_Decrypt = layer_decrypt;
	layer.C_Sign = layer_sign;
	layer.C_GetFunctionList = C_GetFunctionList;
	*list = &layer;
	return CKR_OK;
}
