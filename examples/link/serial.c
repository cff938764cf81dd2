/*
 * serial.c - one device at the other end of a line of octets
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * The line is a serial port, a pseudo-terminal, or a Unix socket, which is
 * what an emulator makes of a UART; cobs.h says how packets lie on it. It
 * keeps the order of what is sent and loses nothing, so that no refusal is
 * excused by a delay: a packet counts as sealed when it arrives.
 */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "link.h"

static int
line_complain(const char *path)
{
	fprintf(stderr, "link: %s: %s\n", path, strerror(errno));
	return -1;
}

static int
line_connect(const char *path)
{
	struct sockaddr_un to;
	int fd;

	memset(&to, 0, sizeof to);
	to.sun_family = AF_UNIX;
	if (strlen(path) >= sizeof to.sun_path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(to.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

/* All octets as they are; the speed is the one that stty has set. */
static int
line_make_raw(int fd)
{
	struct termios t;

	if (tcgetattr(fd, &t) != 0) {
		return -1;
	}
	cfmakeraw(&t);
	t.c_cflag |= CLOCAL | CREAD;
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	return tcsetattr(fd, TCSANOW, &t);
}

int
link_line_open(link_line *line, const char *path)
{
	struct stat st;
	int fd = -1;

	memset(line, 0, sizeof *line);
	line->reader.packet = line->packet;
	line->reader.cap = sizeof line->packet;
	if (stat(path, &st) == 0) {
		fd = S_ISSOCK(st.st_mode)
			? line_connect(path)
			: open(path, O_RDWR | O_NOCTTY | O_NONBLOCK);
	}
	if (fd < 0) {
		return line_complain(path);
	}
	if (!S_ISSOCK(st.st_mode) && line_make_raw(fd) != 0) {
		(void)line_complain(path);
		(void)close(fd);
		return -1;
	}
	return fd;
}

/* What the line has not taken yet. Returns 1 when nothing is left. */
static int
line_flush(link_line *line, int fd)
{
	while (line->sent < line->out_len) {
		ssize_t n = write(
			fd, line->out + line->sent, line->out_len - line->sent);

		if (n <= 0) {
			return 0;
		}
		line->sent += (size_t)n;
	}
	return 1;
}

int
link_line_send(link_line *line, int fd, const link_packet *p)
{
	if (fd < 0 || !line_flush(line, fd)) {
		return -1;
	}
	line->sent = 0;
	line->out_len = cobs_put(line->out,
		p->type == LINK_FRAME ? COBS_FRAME : COBS_MESSAGE, p->bytes,
		p->len);
	(void)line_flush(line, fd); /* what is left goes before the next */
	return 0;
}

/* Read what there is. Returns 1 with octets; the end of the line closes it. */
static int
line_fill(link_line *line, int *fd)
{
	ssize_t n = *fd < 0 ? -1 : read(*fd, line->in, sizeof line->in);

	line->at = line->in_len = 0;
	if (n > 0) {
		line->in_len = (size_t)n;
		return 1;
	}
	if (*fd >= 0
		&& (n == 0
			|| (errno != EAGAIN && errno != EWOULDBLOCK
				&& errno != EINTR))) {
		(void)close(*fd);
		*fd = -1;
	}
	return 0;
}

static void
line_take(const link_line *line, int type, link_packet *p)
{
	memset(p, 0, sizeof *p);
	p->type = (uint8_t)type;
	p->sealed = link_now();
	p->len = line->reader.len - 1;
	memcpy(p->bytes, line->packet + 1, p->len);
}

int
link_line_receive(link_line *line, int *fd, int type, link_packet *p)
{
	if (*fd >= 0) {
		(void)line_flush(line, *fd);
	}
	if (type == LINK_MESSAGE) {
		/* found among the frames; a new one replaces an old one, as
		 * messages are repeated until they have had their effect */
		*p = line->message;
		line->message.len = 0;
		return p->len != 0;
	}
	do {
		while (line->at < line->in_len) {
			unsigned what =
				cobs_get(&line->reader, line->in[line->at++]);

			if (what == COBS_MESSAGE) {
				line_take(line, LINK_MESSAGE, &line->message);
			} else if (what == COBS_FRAME) {
				line_take(line, LINK_FRAME, p);
				return 1;
			}
		}
	} while (line_fill(line, fd));
	return 0;
}
