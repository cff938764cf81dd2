/*
 * seamkey.h - the door to seamkey
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * One include for everything that most users want. Each header it includes
 * may also be included alone. seamkey_icsf.h is for those who come from
 * ICSF, and is included by name.
 *
 * GLOSSARY
 *   key structure   the DER of a PrivateKeyInfo (PKCS #8) or of a
 *                   SubjectPublicKeyInfo, as it lies in memory or flash
 *   span            a pointer to bytes of someone else's, and their number
 *   service         sign, verify, encrypt, decrypt
 *   engine          what computes: software, or a driver of the user's
 *   driver, device  a const table of functions, and what they work on
 *   hook            a driver and a device together
 *   operation       a service under way that does not wait for its engine
 *   handle          what a driver knows a key by that never leaves it
 *   implicit        the answer to bad padding is pseudo-random bytes, not
 *   rejection       an error
 *   environment     policy, hooks, randomness: what surrounds a call
 *   leniency        a departure from strict DER, asked for by its name
 *   link            two ends that exchange frames and renew their keys
 *   initiator,      the end that decides when a rekey begins; the other
 *   follower
 *   provider,       what an end sends, what it receives; each has a view of
 *   consumer        the slots
 *   generation      the number of a key in the life of a link
 *   0-RTT, n-RTT    a new key that is derived from the one before, without a
 *                   message; that both ends agree on, by three messages
 *   encryption      a message, and its key encrypted to each recipient
 *   block
 *   access          whom a block is sealed for, such as a team: a name that
 *   identifier      an agent has for key pairs of its own
 *   decryptor       who asks an agent for the key of a block
 *   name            a distinguished name: parts, each of types and values
 *   rule            who may have a key: conditions, combined
 *   binding         of a rule to an access identifier, or to one of its key
 *                   pairs: it has to pass
 *   approval        a signed word of another decryptor, that this request
 *                   may be granted
 */
#include <bearssl.h>

/* Outside the include guard, here and in every header: a file that already
 * saw the declarations may still ask for the definitions. */
#include "seamkey_base.h"
#include "seamkey_der.h"
#include "seamkey_name.h"
#include "seamkey_rsa.h"
#include "seamkey_aead.h"
#include "seamkey_slot.h"
#include "seamkey_link.h"
#include "seamkey_block.h"
#include "seamkey_block_io.h"
#include "seamkey_agent.h"

#ifndef SEAMKEY_H
#define SEAMKEY_H

#ifdef __cplusplus
extern "C" {
#endif

/* The text of any status of any header included here; see
 * seamkey_base_text(). */
SEAMKEY_API const char *seamkey_text(int status);

/* The version of the headers, such as "0.1.0"; static. */
SEAMKEY_API const char *seamkey_version(void);

#ifdef __cplusplus
}
#endif
#endif /* SEAMKEY_H */

/* ===================== definitions ==================================== */
#if (!defined(SEAMKEY_EXTERN) || defined(SEAMKEY_IMPLEMENTATION)) \
	&& !defined(SEAMKEY_IMPLEMENTED)
#define SEAMKEY_IMPLEMENTED

#ifdef __cplusplus
extern "C" {
#endif

SEAMKEY_API const char *
seamkey_text(int status)
{
	return status <= -300 && status > -400 ? seamkey_link_text(status)
					       : seamkey_agent_text(status);
}

#define SEAMKEY_I_STRING(x) #x
#define SEAMKEY_I_DOTTED(major, minor, patch) \
	SEAMKEY_I_STRING(major) \
	"." SEAMKEY_I_STRING(minor) "." SEAMKEY_I_STRING(patch)

SEAMKEY_API const char *
seamkey_version(void)
{
	return SEAMKEY_I_DOTTED(SEAMKEY_VERSION_MAJOR, SEAMKEY_VERSION_MINOR,
		SEAMKEY_VERSION_PATCH);
}

#ifdef __cplusplus
}
#endif
#endif
