/*
 * secret.c - what is in a file that is its owner's alone
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * A passphrase or a PIN, in its first line, or a key. A file that somebody
 * else has any right to is not taken; a pipe is.
 */
#define _XOPEN_SOURCE 700

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "agent.h"

#include "examples/files.h"

/* What is wrong with its rights, or NULL. */
static const char *
secret_check_rights(int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0) {
		return strerror(errno);
	}
	return S_ISREG(st.st_mode) && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0
		? "is open to others than its owner (chmod 600)"
		: NULL;
}

int
secret_read_octets(
	const char *name, unsigned char *buf, size_t cap, size_t *len)
{
	int fd = file_open(name);
	const char *wrong;
	ssize_t got = 0;

	*len = 0;
	if (fd < 0) {
		return UNREADABLE;
	}
	wrong = secret_check_rights(fd);
	if (wrong == NULL) {
		got = file_read_some(fd, buf, cap);
		wrong = got < 0 ? strerror(errno) : NULL;
	}
	file_close(name, fd);
	if (wrong != NULL) {
		seamkey_wipe(buf, cap);
		return complain(UNREADABLE, name, wrong);
	}
	*len = (size_t)got;
	return DONE;
}

/* The first cap - 1 bytes, with the end of a line among them if there are so
 * many; DONE, or why was told. */
static int
secret_read_start(const char *name, char *buf, size_t cap, size_t *len)
{
	int status =
		secret_read_octets(name, (unsigned char *)buf, cap - 1, len);

	return status == DONE && *len == cap - 1
			&& memchr(buf, '\n', *len) == NULL
		? file_complain_long(name, cap - 2)
		: status;
}

int
secret_read(const char *name, char *buf, size_t cap)
{
	size_t len = 0;
	int status = secret_read_start(name, buf, cap, &len);
	const char *end = (const char *)memchr(buf, '\n', len);

	len = end != NULL ? (size_t)(end - buf) : len;
	len -= len != 0 && buf[len - 1] == '\r';
	if (status == DONE && len == 0) {
		status = complain(UNREADABLE, name, "the first line is empty");
	} else if (status == DONE && memchr(buf, '\0', len) != NULL) {
		status =
			complain(UNREADABLE, name, "the first line is no text");
	}
	buf[len] = '\0';
	if (status != DONE) {
		seamkey_wipe(buf, cap);
	}
	return status;
}
