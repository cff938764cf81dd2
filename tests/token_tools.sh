# shellcheck shell=sh
# token_tools.sh - SoftHSM2 in a folder of its own: sourced, not run
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# Over report.sh, for tests/pkcs11.sh and tests/agent_token.sh. Environment:
# TOKEN_MODULE, where SoftHSM2's module is not in a usual place.

find_module() {
	for file in "${TOKEN_MODULE:-}" /usr/lib/softhsm/libsofthsm2.so \
		/usr/lib/*/softhsm/libsofthsm2.so \
		/usr/lib64/pkcs11/libsofthsm2.so \
		/usr/local/lib/softhsm/libsofthsm2.so; do
		if [ -f "$file" ]; then
			TOKEN_MODULE=$file
			return 0
		fi
	done
	return 1
}

# soft_token FOLDER: from now on the tokens are there, and no others; or $why
# that cannot be
soft_token() {
	if [ ! -x "$O/pkcs11" ]; then
		why="libp11-kit-dev is not here (make deps)"
	elif ! have softhsm2-util || ! have timeout; then
		why="softhsm2 is not here (make deps)"
	elif ! find_module; then
		why="libsofthsm2.so is not found: TOKEN_MODULE=path"
	else
		why=
		TOKEN_FOLDER=$1/tokens
		TOKEN_TROUBLE=$1/trouble
		SOFTHSM2_CONF=$1/softhsm2.conf
		export TOKEN_MODULE TOKEN_FOLDER TOKEN_TROUBLE SOFTHSM2_CONF
		mkdir "$TOKEN_FOLDER" "$TOKEN_TROUBLE"
		cat >"$SOFTHSM2_CONF" <<-END
		directories.tokendir = $TOKEN_FOLDER
		objectstore.backend = file
		log.level = ERROR
		END
	fi
	[ -z "$why" ]
}

# make_token LABEL PIN
make_token() {
	softhsm2-util --init-token --free --label "$1" --pin "$2" \
		--so-pin 12345678
}

# import FILE ID LABEL PIN: a key into the token "seamkey"
import() {
	softhsm2-util --import "$1" --token seamkey --label "$3" --id "$2" \
		--pin "$4"
}
