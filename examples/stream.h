/*
 * stream.h - long files in pieces, for programs
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * A source gives the DER of an encryption block, piece by piece, from a file
 * that is DER, PEM or an S/MIME message. A sink takes a result piece by
 * piece; what it was told to hold back goes nowhere before the end: a file
 * is written beside its place and renamed, anything else waits in a
 * temporary file that no folder has. POSIX; no allocation. As in files.h,
 * what goes wrong is told on standard error.
 */
#ifndef SEAMKEY_EXAMPLE_STREAM_H
#define SEAMKEY_EXAMPLE_STREAM_H

#include "files.h"
#include "pem.h"

/* ---- temporary files --------------------------------------------------- */

/* A file that is gone when it is closed, or -1: in $TMPDIR, or /tmp. */
static inline int
stream_open_temporary(void)
{
	const char *folder = getenv("TMPDIR");
	char path[PATH_MAX];
	int len, fd = -1;

	if (folder == NULL || folder[0] == 0) {
		folder = "/tmp";
	}
	len = snprintf(path, sizeof path, "%s/seamkey-XXXXXX", folder);
	if (len < 0 || (size_t)len >= sizeof path) {
		errno = ENAMETOOLONG;
	} else {
		fd = mkstemp(path);
	}
	if (fd < 0 || unlink(path) != 0) {
		(void)complain(UNREADABLE, folder, strerror(errno));
		return -1;
	}
	return fd;
}

/* What is in fd, from its beginning, to another. buf is wiped. */
static inline int
stream_copy(int to, int from, unsigned char *buf, size_t cap)
{
	ssize_t len;
	int status = 0;

	do {
		len = file_read_some(from, buf, cap);
		if (len > 0) {
			status = file_write_all(to, buf, (size_t)len);
		}
	} while (len > 0 && status == 0);
	seamkey_wipe(buf, cap);
	return len < 0 ? -1 : status;
}

/* ---- sources ----------------------------------------------------------- */

enum source_form {
	SOURCE_DER,
	SOURCE_PEM,
	SOURCE_MIME
};

#define SOURCE_LINE 1024

struct source {
	const char *name;
	int fd;
	int form; /* enum source_form */
	int at_line, ended;
	pem_decoder text;
	char label[16]; /* of the PEM block */
	size_t at, len; /* of what waits in raw */
	int is_start;   /* what is behind it does not matter */
	const unsigned char *raw;
	unsigned char buf[4096];
	char line[SOURCE_LINE]; /* of the headers */
};

/* The next octet of the file; -1 at its end, -2 on an error. */
static inline int
source_get(struct source *s)
{
	ssize_t len;

	if (s->at == s->len) {
		if (s->fd < 0) {
			return -1;
		}
		len = file_read_some(s->fd, s->buf, sizeof s->buf);
		if (len <= 0) {
			return len == 0 ? -1 : -2;
		}
		s->at = 0;
		s->len = (size_t)len;
	}
	return s->raw[s->at++];
}

/* A line to s->line, less its end and blanks before that, cut where it is
 * longer; -1 where there is none, -2 on an error. */
static inline int
source_get_line(struct source *s)
{
	size_t len = 0;
	int c = source_get(s), is_line = c >= 0;

	for (; c >= 0 && c != '\n'; c = source_get(s)) {
		if (len < sizeof s->line - 1) {
			s->line[len++] = (char)c;
		}
	}
	while (len != 0 && strchr("\r \t", s->line[len - 1]) != NULL) {
		len--;
	}
	s->line[len] = 0;
	return c == -2 ? -2 : is_line ? 0 : -1;
}

/* 1 if text begins with these letters, whatever their case. */
static inline int
source_begins(const char *text, const char *with)
{
	size_t u;

	for (u = 0; with[u] != 0; u++) {
		char c = text[u];

		c = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
		if (c != with[u]) {
			return 0;
		}
	}
	return 1;
}

/* The value of a header field, or NULL; field in small letters. */
static inline const char *
source_field(const char *line, const char *field)
{
	const char *value;

	if (!source_begins(line, field)) {
		return NULL;
	}
	value = line + strlen(field);
	while (*value == ' ' || *value == '\t') {
		value++;
	}
	return value;
}

/* The label of a BEGIN line that a block may have: CMS, or PKCS7. */
static inline int
source_is_begin(struct source *s)
{
	static const char *const labels[] = { "CMS", "PKCS7" };
	seamkey_span label;
	size_t u;

	if (!pem_match_boundary(seamkey_span_of(s->line, strlen(s->line)),
		    "-----BEGIN ", &label)) {
		return 0;
	}
	for (u = 0; u < sizeof labels / sizeof labels[0]; u++) {
		if (seamkey_span_match(label,
			    seamkey_span_of(labels[u], strlen(labels[u])))) {
			(void)snprintf(
				s->label, sizeof s->label, "%s", labels[u]);
			return 1;
		}
	}
	return 0;
}

/*
 * Past everything up to the base64: a BEGIN line, or the headers of an
 * S/MIME message (RFC 8551 section 3.2). 1, or 0 at the end of the file, -2
 * on an error.
 */
static inline int
source_skip_headers(struct source *s)
{
	int got, is_cms = 0, is_base64 = 0;

	while ((got = source_get_line(s)) == 0) {
		const char *type = source_field(s->line, "content-type:");
		const char *how =
			source_field(s->line, "content-transfer-encoding:");

		if (source_is_begin(s)) {
			s->form = SOURCE_PEM;
			return 1;
		}
		is_cms |= type != NULL
			&& (source_begins(type, "application/pkcs7-mime")
				|| source_begins(
					type, "application/x-pkcs7-mime"));
		is_base64 |= how != NULL && source_begins(how, "base64");
		if (s->line[0] == 0 && is_cms && is_base64) {
			s->form = SOURCE_MIME;
			return 1;
		}
		if (s->line[0] == 0) {
			is_cms = is_base64 = 0;
		}
	}
	return got == -1 ? 0 : -2;
}

/* Open the file of this name; DONE, or what is wrong has been told. */
static inline int
source_open(struct source *s, const char *name)
{
	ssize_t len;
	int got;

	memset(s, 0, sizeof *s);
	s->name = name;
	s->at_line = 1;
	s->fd = file_open(name);
	if (s->fd < 0) {
		return UNREADABLE;
	}
	s->raw = s->buf;
	len = file_read_some(s->fd, s->buf, sizeof s->buf);
	if (len < 0) {
		return complain(UNREADABLE, name, strerror(errno));
	}
	if (len == 0) {
		return complain(UNREADABLE, name, "is empty");
	}
	s->len = (size_t)len;
	/* a SEQUENCE; in a text, '0' has another character behind it */
	if (len >= 3 && s->raw[0] == 0x30
		&& (s->raw[1] >= 0x80 || s->raw[2] == 0x06)) {
		return DONE;
	}
	got = source_skip_headers(s);
	if (got == -2) {
		return complain(UNREADABLE, name, strerror(errno));
	}
	return got == 1
		? DONE
		: complain(UNREADABLE, name,
			"is no encryption block: neither DER, nor PEM with "
			"the label CMS, nor S/MIME");
}

/* The same for a PEM file or an S/MIME message of which start is in memory;
 * more: the rest does not matter. 1, or 0 where it is neither. */
static inline int
source_open_text(
	struct source *s, const char *name, seamkey_span start, int more)
{
	memset(s, 0, sizeof *s);
	s->name = name;
	s->at_line = 1;
	s->is_start = more;
	s->fd = -1;
	s->raw = start.p;
	s->len = start.len;
	return source_skip_headers(s) == 1;
}

/* The END line, of which a hyphen has been read. */
static inline int
source_end_line(struct source *s)
{
	char want[48];

	if (s->form != SOURCE_PEM) {
		return PEM_ERR_BASE64;
	}
	if (source_get_line(s) != 0) {
		return PEM_ERR_END;
	}
	(void)snprintf(want, sizeof want, "----END %s-----", s->label);
	s->ended = 1;
	if (strcmp(s->line, want) != 0) {
		return strncmp(want, s->line, 8) == 0 ? PEM_ERR_LABEL
						      : PEM_ERR_END;
	}
	return s->text.count != 0 ? PEM_ERR_BASE64 : SEAMKEY_OK;
}

/* One octet of the text, or its end. */
static inline void
source_take(struct source *s, int c)
{
	int status = SEAMKEY_OK;

	if (c == -1 && s->is_start) {
		s->ended = 1;
	} else if (c == -1 && s->form == SOURCE_PEM) {
		status = PEM_ERR_END;
	} else if (c == -1) {
		s->ended = 1;
		status = s->text.count != 0 ? PEM_ERR_BASE64 : SEAMKEY_OK;
	} else if (c == '-' && s->at_line) {
		status = source_end_line(s);
	} else if (c != '\n' && c != '\r') {
		pem_push(&s->text, (unsigned char)c);
	}
	s->at_line = c == '\n' || c == '\r';
	if (s->text.err == SEAMKEY_OK) {
		s->text.err = status;
	}
}

/* The next octets of the DER: how many; 0 at the end; -1 on an error, which
 * has been told. */
static inline ssize_t
source_read(struct source *s, unsigned char *out, size_t cap)
{
	size_t len = 0;
	int c = 0;

	if (s->form == SOURCE_DER) {
		while (len < cap && (len == 0 || s->at < s->len)
			&& (c = source_get(s)) >= 0) {
			out[len++] = (unsigned char)c;
		}
	} else {
		s->text.out = out;
		s->text.cap = cap;
		s->text.len = 0;
		while (!s->ended && s->text.err == SEAMKEY_OK
			&& cap - s->text.len >= 3
			&& (c = source_get(s)) != -2) {
			source_take(s, c);
		}
		len = s->text.len;
	}
	if (c == -2) {
		(void)complain(UNREADABLE, s->name, strerror(errno));
		return -1;
	}
	if (s->text.err != SEAMKEY_OK) {
		(void)complain(UNREADABLE, s->name,
			s->form == SOURCE_MIME
				? "what is behind the headers is not base64"
				: pem_text(s->text.err));
		return -1;
	}
	return (ssize_t)len;
}

static inline void
source_close(struct source *s)
{
	if (s->fd > STDIN_FILENO) {
		(void)close(s->fd);
	}
	seamkey_wipe(s, sizeof *s);
}

/* ---- sinks ------------------------------------------------------------- */

struct sink {
	const char *name; /* NULL, "-": standard output */
	int fd;
	int temporary;   /* waits in a file that has no name */
	int fresh;       /* is t.fresh */
	size_t line;     /* octets in text */
	const char *pem; /* its label, or NULL: DER */
	struct file_target t;
	unsigned char text[48 * 64];
	char out[64 * 66];
};

/* What a signal that ends the program is to remove first. */
static char sink_path[PATH_MAX];
static volatile sig_atomic_t sink_is_open;

static void
sink_on_signal(int number)
{
	if (sink_is_open) {
		(void)unlink(sink_path);
	}
	(void)signal(number, SIG_DFL);
	(void)raise(number);
}

/* On: from here on, until off, a signal removes the file at t->fresh. */
static inline void
sink_guard(const struct file_target *t)
{
	/* all that ends a program, but for those of its own mistakes */
	static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM,
		SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU };
	size_t u;

	(void)snprintf(sink_path, sizeof sink_path, "%s", t->fresh);
	sink_is_open = 1;
	for (u = 0; u < sizeof signals / sizeof signals[0]; u++) {
		if (signal(signals[u], sink_on_signal) == SIG_IGN) {
			(void)signal(signals[u], SIG_IGN);
		}
	}
}

static inline int
sink_complain(const struct sink *s)
{
	return complain(UNREADABLE,
		s->name == NULL || strcmp(s->name, "-") == 0 ? "standard output"
							     : s->name,
		strerror(errno));
}

/* A file beside the one that is to be. */
static inline int
sink_open_fresh(struct sink *s)
{
	sigset_t all, before;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_BLOCK, &all, &before);
	s->fd = file_open_fresh(&s->t);
	if (s->fd >= 0) {
		s->fresh = 1;
		sink_guard(&s->t);
	}
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return s->fd < 0 ? sink_complain(s) : DONE;
}

static inline int
sink_put(struct sink *s, const void *data, size_t len)
{
	return file_write_all(s->fd, data, len) == 0 ? DONE : sink_complain(s);
}

/* The lines of base64 that are whole, or what there is. */
static inline int
sink_put_text(struct sink *s)
{
	pem_writer w = { NULL, 0 };

	w.buf = s->out;
	pem_put_body(&w, seamkey_span_of(s->text, s->line));
	s->line = 0;
	return sink_put(s, s->out, w.len);
}

/* "-----BEGIN " or "-----END ", and the rest of that line. */
static inline int
sink_put_boundary(struct sink *s, const char *begin)
{
	pem_writer w = { NULL, 0 };

	w.buf = s->out;
	pem_put_boundary(&w, begin, s->pem);
	return sink_put(s, s->out, w.len);
}

/* Where the pieces go, until the end. */
static inline int
sink_find_place(struct sink *s, int secret, int hold)
{
	int is_standard = s->name == NULL || strcmp(s->name, "-") == 0;

	s->t.name = s->name;
	if (!is_standard && file_find_target(&s->t, secret) != 0) {
		return sink_complain(s);
	}
	if (!is_standard && !s->t.direct) {
		return sink_open_fresh(s);
	}
	if (hold) {
		s->temporary = 1;
		s->fd = stream_open_temporary();
		return s->fd < 0 ? UNREADABLE : DONE;
	}
	if (!is_standard) {
		s->fd = open(s->t.path, O_WRONLY);
	}
	return s->fd < 0 ? sink_complain(s) : DONE;
}

/*
 * Open a result.
 *
 *   name    NULL or "-": standard output
 *   secret  1: readable by the owner alone
 *   hold    1: nothing goes out before the end, wherever it goes to
 *   pem     a label: PEM; or NULL: DER
 */
static inline int
sink_open(
	struct sink *s, const char *name, int secret, int hold, const char *pem)
{
	int status;

	memset(s, 0, sizeof *s);
	s->name = name;
	s->fd = STDOUT_FILENO;
	s->pem = pem;
	status = sink_find_place(s, secret, hold);
	return status == DONE && pem != NULL
		? sink_put_boundary(s, "-----BEGIN ")
		: status;
}

static inline int
sink_write(struct sink *s, const unsigned char *data, size_t len)
{
	size_t part;
	int status = DONE;

	if (s->pem == NULL) {
		return sink_put(s, data, len);
	}
	while (len != 0 && status == DONE) {
		part = sizeof s->text - s->line;
		part = len < part ? len : part;
		memcpy(s->text + s->line, data, part);
		s->line += part;
		data += part;
		len -= part;
		if (s->line == sizeof s->text) {
			status = sink_put_text(s);
		}
	}
	return status;
}

/* What has waited goes where it is to be. */
static inline int
sink_release(struct sink *s)
{
	int to = STDOUT_FILENO, status;

	if (s->t.direct) {
		to = open(s->t.path, O_WRONLY);
	}
	status = to < 0 || lseek(s->fd, 0, SEEK_SET) != 0
		? -1
		: stream_copy(to, s->fd, s->text, sizeof s->text);
	if (status != 0) {
		return sink_complain(s);
	}
	return to != STDOUT_FILENO && close(to) != 0 ? sink_complain(s) : DONE;
}

/* The file gets its name. */
static inline int
sink_rename(struct sink *s)
{
	sigset_t all, before;
	int status;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_BLOCK, &all, &before);
	status = file_close_fresh(&s->t, s->fd, 0);
	if (status == 0) {
		status = file_rename_fresh(&s->t, 1);
	}
	s->fresh = 0;
	s->fd = -1;
	sink_is_open = 0;
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return status == 0 ? DONE : sink_complain(s);
}

/* The result is whole. */
static inline int
sink_end(struct sink *s)
{
	int status = DONE;

	if (s->pem != NULL) {
		status = sink_put_text(s);
		if (status == DONE) {
			status = sink_put_boundary(s, "-----END ");
		}
	}
	if (status == DONE && s->temporary) {
		status = sink_release(s);
	} else if (status == DONE && s->fresh) {
		status = sink_rename(s);
	} else if (status == DONE && s->t.direct) {
		status = close(s->fd) == 0 ? DONE : sink_complain(s);
		s->fd = -1;
	}
	return status;
}

/* Whatever became of it: nothing is left over. */
static inline void
sink_close(struct sink *s)
{
	if (s->fresh) {
		(void)unlink(s->t.fresh);
		sink_is_open = 0;
	}
	if (s->fd >= 0 && s->fd != STDOUT_FILENO) {
		(void)close(s->fd);
	}
	seamkey_wipe(s, sizeof *s);
	s->fd = -1;
}

#endif
