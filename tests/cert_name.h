/*
 * cert_name.h - the name that an entry of a block has for a certificate
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#ifndef SEAMKEY_CERT_NAME_H
#define SEAMKEY_CERT_NAME_H

#include <string.h>

#include "seamkey_der.h"

/*
 * Issuer and serial number of a certificate. It has the number as a
 * magnitude, an entry the contents of an INTEGER, which go to octets. 0
 * where there is no certificate.
 */
static inline int
cert_name(seamkey_span in, unsigned char *octets, size_t cap,
	seamkey_span *issuer, seamkey_span *serial)
{
	seamkey_der_certificate cert;
	size_t zero;

	if (seamkey_der_decode_certificate(&cert, in) != SEAMKEY_OK
		|| cert.serial.len == 0 || cert.serial.len >= cap) {
		return 0;
	}
	zero = cert.serial.p[0] >> 7;
	octets[0] = 0;
	memcpy(octets + zero, cert.serial.p, cert.serial.len);
	*issuer = cert.issuer;
	*serial = seamkey_span_of(octets, cert.serial.len + zero);
	return 1;
}

#endif
