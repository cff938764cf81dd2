/*
 * files.h - whole files in, whole files out, for programs
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Reads a file into the caller's memory, and writes a result so that a file
 * appears whole or not at all: a full disk, a signal or a crash leaves what
 * was there before. POSIX; no allocation. What goes wrong is told on standard
 * error in one sentence that names the file; the functions then return what
 * the program is to end with.
 *
 * A program defines PROGRAM, its name, and _XOPEN_SOURCE 700 before it
 * includes this.
 */
#ifndef SEAMKEY_EXAMPLE_FILES_H
#define SEAMKEY_EXAMPLE_FILES_H

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "seamkey_base.h"

#ifndef PATH_MAX
#define PATH_MAX 4096
#endif

/* What a program ends with. */
enum {
	DONE = 0,
	REFUSED = 1,   /* understood, and not done */
	UNREADABLE = 2 /* usage, input or output */
};

/* Where it is told. */
#ifndef COMPLAIN_TO
#define COMPLAIN_TO stderr
#endif

/* Tell what is wrong with the file of this name, or NULL; returns status,
 * the one that the program is to end with. */
static inline int
complain(int status, const char *name, const char *text)
{
	if (name != NULL && strcmp(name, "-") == 0) {
		name = "standard input";
	}
	fprintf(COMPLAIN_TO, PROGRAM ": %s%s%s\n", name == NULL ? "" : name,
		name == NULL ? "" : ": ", text);
	return status;
}

/* ---- standard streams -------------------------------------------------- */

/*
 * What a program does first. A standard stream that is closed would be the
 * number of the first file that is opened, and taken for that: here it gets
 * something that it cannot be used for, so that reading and writing fail as
 * they would have.
 */
static inline int
file_fill_streams(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0
			&& open("/dev/null",
				   fd == STDIN_FILENO ? O_WRONLY : O_RDONLY)
				< 0) {
			return complain(
				UNREADABLE, "/dev/null", strerror(errno));
		}
	}
	return DONE;
}

/* ---- reading ----------------------------------------------------------- */

/* A file to read from, or -1, and why has been told. */
static inline int
file_open(const char *name)
{
	int fd;

	if (strcmp(name, "-") == 0) {
		return STDIN_FILENO;
	}
	fd = open(name, O_RDONLY);
	if (fd < 0) {
		(void)complain(UNREADABLE, name, strerror(errno));
	}
	return fd;
}

/* Nothing was written to it; what read() said in errno stays there. */
static inline void
file_close(const char *name, int fd)
{
	int saved = errno;

	if (strcmp(name, "-") != 0) {
		(void)close(fd);
	}
	errno = saved;
}

/* Read until buf is full or the input ends; less than 0 on an error. */
static inline ssize_t
file_read_some(int fd, unsigned char *buf, size_t cap)
{
	size_t len = 0;
	ssize_t got;

	while (len < cap) {
		got = read(fd, buf + len, cap - len);
		if (got == 0) {
			break;
		}
		if (got > 0) {
			len += (size_t)got;
		} else if (errno != EINTR) {
			return -1;
		}
	}
	return (ssize_t)len;
}

/* The first cap bytes of a file, or all; *more is 1 if there are more. */
static inline int
file_read_start(const char *name, unsigned char *buf, size_t cap,
	seamkey_span *start, int *more)
{
	unsigned char next;
	ssize_t len, beyond = 0;
	int fd = file_open(name);

	*start = seamkey_span_of(buf, 0);
	if (fd < 0) {
		return UNREADABLE;
	}
	len = file_read_some(fd, buf, cap);
	if (len == (ssize_t)cap) {
		beyond = file_read_some(fd, &next, 1);
	}
	file_close(name, fd);
	if (len < 0 || beyond < 0) {
		return complain(UNREADABLE, name, strerror(errno));
	}
	*start = seamkey_span_of(buf, (size_t)len);
	*more = beyond != 0;
	return DONE;
}

static inline int
file_complain_long(const char *name, size_t cap)
{
	char text[64];

	(void)snprintf(text, sizeof text, "is longer than %lu bytes",
		(unsigned long)cap);
	return complain(UNREADABLE, name, text);
}

/* A whole file of at most cap bytes. */
static inline int
file_read(const char *name, unsigned char *buf, size_t cap, seamkey_span *file)
{
	int more = 0;
	int status = file_read_start(name, buf, cap, file, &more);

	if (status == DONE && more) {
		*file = seamkey_span_of(buf, 0);
		return file_complain_long(name, cap);
	}
	return status;
}

/* ---- writing ----------------------------------------------------------- */

static inline int
file_write_all(int fd, const void *data, size_t len)
{
	const unsigned char *p = (const unsigned char *)data;
	ssize_t wrote;

	while (len != 0) {
		wrote = write(fd, p, len);
		if (wrote > 0) {
			p += wrote;
			len -= (size_t)wrote;
		} else if (wrote == 0 || errno != EINTR) {
			return -1;
		}
	}
	return 0;
}

static inline int
file_write_stdout(const void *data, size_t len)
{
	if (file_write_all(STDOUT_FILENO, data, len) != 0) {
		return complain(UNREADABLE, "standard output", strerror(errno));
	}
	return DONE;
}

/* Where a result goes. */
struct file_target {
	const char *name;     /* as the user says it */
	char path[PATH_MAX];  /* what it is a symbolic link to, or the same */
	char fresh[PATH_MAX]; /* beside it */
	int direct;           /* a device or a pipe: nothing to replace */
	mode_t mode;
};

static inline int
file_find_target(struct file_target *t, int secret)
{
	struct stat st;
	mode_t mask = umask(0);

	(void)umask(mask);
	t->direct = 0;
	t->mode = secret ? 0600 : 0666 & ~mask;
	if (lstat(t->name, &st) != 0) {
		if (errno != ENOENT || strlen(t->name) >= sizeof t->path) {
			return -1;
		}
		(void)snprintf(t->path, sizeof t->path, "%s", t->name);
		return 0;
	}
	if (realpath(t->name, t->path) == NULL || stat(t->path, &st) != 0) {
		return -1;
	}
	t->direct = !S_ISREG(st.st_mode);
	if (!secret) {
		t->mode = st.st_mode & 0777;
	}
	return access(t->path, W_OK);
}

/* 1 if writing to the one would replace the other, by whatever name. */
static inline int
file_is_same(const char *out, const char *in)
{
	struct stat to, from;
	int status;

	if (out == NULL || strcmp(out, "-") == 0 || in == NULL
		|| stat(out, &to) != 0 || !S_ISREG(to.st_mode)) {
		return 0;
	}
	status = strcmp(in, "-") == 0 ? fstat(STDIN_FILENO, &from)
				      : stat(in, &from);
	return status == 0 && to.st_dev == from.st_dev
		&& to.st_ino == from.st_ino;
}

/* A new file t->fresh to write to, or -1. */
static inline int
file_open_fresh(struct file_target *t)
{
	const char *slash = strrchr(t->path, '/');
	int folder = slash == NULL ? 0 : (int)(slash + 1 - t->path);
	int len = snprintf(t->fresh, sizeof t->fresh, "%.*s.seamkey-XXXXXX",
		folder, t->path);

	if (len < 0 || (size_t)len >= sizeof t->fresh) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return mkstemp(t->fresh);
}

/* See that what was written has arrived; status: how writing went. Where it
 * went badly the file is removed. */
static inline int
file_close_fresh(struct file_target *t, int fd, int status)
{
	int saved;

	if (status == 0 && (fchmod(fd, t->mode) != 0 || fsync(fd) != 0)) {
		status = -1;
	}
	saved = errno;
	if (close(fd) != 0 && status == 0) {
		saved = errno;
		status = -1;
	}
	if (status != 0) {
		(void)unlink(t->fresh);
		errno = saved;
	}
	return status;
}

/* Write to t->fresh and see that it has arrived. */
static inline int
file_write_fresh(struct file_target *t, seamkey_span data)
{
	int fd = file_open_fresh(t);

	return fd < 0
		? -1
		: file_close_fresh(t, fd, file_write_all(fd, data.p, data.len));
}

/* Give the fresh file its name. Without force only if nothing has it: link()
 * sees to that, and where a file system has no links, a look beforehand. */
static inline int
file_rename_fresh(const struct file_target *t, int force)
{
	struct stat st;
	int saved, status = -1;

	if (!force) {
		status = link(t->fresh, t->path);
		if (status == 0) {
			return unlink(t->fresh);
		}
		force = errno != EEXIST && lstat(t->path, &st) != 0
			&& errno == ENOENT;
		errno = force ? errno : EEXIST;
	}
	if (force) {
		status = rename(t->fresh, t->path);
	}
	if (status != 0) {
		saved = errno;
		(void)unlink(t->fresh);
		errno = saved;
	}
	return status;
}

static inline int
file_write_direct(const struct file_target *t, seamkey_span data)
{
	int fd = open(t->path, O_WRONLY);
	int status, saved;

	if (fd < 0) {
		return -1;
	}
	status = file_write_all(fd, data.p, data.len);
	saved = errno;
	if (close(fd) != 0 && status == 0) {
		return -1;
	}
	errno = saved;
	return status;
}

/*
 * The result, whole or not at all: a file is replaced when the new one is
 * complete, and no signal that can be held back comes in between.
 *
 *   secret  readable by the owner alone
 *   force   may replace a file
 */
static inline int
file_write(const char *name, seamkey_span data, int secret, int force)
{
	struct file_target t;
	sigset_t all, before;
	int status;

	if (name == NULL || strcmp(name, "-") == 0) {
		return file_write_stdout(data.p, data.len);
	}
	t.name = name;
	status = file_find_target(&t, secret);
	if (status == 0 && t.direct) {
		status = file_write_direct(&t, data);
	} else if (status == 0) {
		(void)sigfillset(&all);
		(void)sigprocmask(SIG_BLOCK, &all, &before);
		status = file_write_fresh(&t, data);
		if (status == 0) {
			status = file_rename_fresh(&t, force);
		}
		(void)sigprocmask(SIG_SETMASK, &before, NULL);
	}
	if (status != 0 && errno == EEXIST) {
		return complain(REFUSED, name,
			"is there already (--force replaces it)");
	}
	return status == 0 ? DONE : complain(UNREADABLE, name, strerror(errno));
}

#endif
