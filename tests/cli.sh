#!/bin/sh
# cli.sh - the seamkey command: every form of input, every class of error
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/cli.sh
#
# Environment: SEAMKEY, the command; O, the build folder; VECTORS, the test
# vectors. What needs openssl or the vectors is left out without them, and
# named. Reads no file of the machine but those, and writes to $O/cli alone.
# shellcheck disable=SC2016,SC2317 # $0 is for sh -c; functions called by name
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh
# shellcheck source=tests/cli_tools.sh
. tests/cli_tools.sh
exec </dev/null
umask 022
LC_ALL=C
export LC_ALL

scratch cli
root=$PWD
work=$(absolute "$work")
S=$(absolute "${SEAMKEY:-$O/seamkey}")
vectors=$(absolute "${VECTORS:-../shared/vectors}")
cd "$work" || exit 1

if [ ! -x "$S" ]; then
	fail "the command is there: $S (make build/seamkey)"
	summary cli
fi

hex() {
	od -An -v -tx1 "$@" | tr -d ' \n'
}

unhex() {
	# shellcheck disable=SC2059 # octal escapes are made here
	printf "$(sed 's/[^0-9a-f]//g' | awk '{
		digits = "0123456789abcdef"
		for (i = 1; i < length($0); i += 2) {
			v = (index(digits, substr($0, i, 1)) - 1) * 16 + \
				index(digits, substr($0, i + 1, 1)) - 1
			printf "\\%03o", v
		}
	}')"
}

# longer N: hex of a DER structure of more than 255 bytes, its inside being N
# bytes longer than its head says; repairs the head
longer() {
	read -r text
	rest=${text#????????}
	head=${text%"$rest"}
	printf '3082%04x%s' $((0x${head#????} + $1)) "$rest"
}

# zeros COUNT
zeros() {
	head -c "$1" /dev/zero
}

# ---- by itself -----------------------------------------------------------

# The options of a help text, the last call's, "=" after each that takes a
# value; "has" of what it takes is one word in capitals.
help_options() {
	sed -n 's/^  \(--[a-z-]*\) [A-Z][A-Z=:]*\([[ ].*\)\{0,1\}$/\1=/p; t
		s/^  \(--[a-z-]*\)\( .*\)\{0,1\}$/\1/p' out | sort
}

# The same of mdoc text: each macro Fl Fl, and Ar behind it
manual_options() {
	grep -o 'Fl Fl [a-z-]*\( Ar\)\{0,1\}' |
		sed 's/Fl Fl /--/; s/ Ar/=/' | sort
}

test_help() {
	verbs="sign verify encrypt decrypt show keygen"
	verbs="$verbs seal open request release approve"
	version=$(awk '/define SEAMKEY_VERSION_(MAJOR|MINOR|PATCH) / {
		printf "%s%s", dot, $3
		dot = "." }' "$root/seamkey_base.h")
	ok "--version" "$S" --version
	is "--version is that of the headers" "$(cat out)" "seamkey $version"
	ok "--help" "$S" --help
	cp out help
	printf '%s\n' --help --version >all
	awk '/^\.Sh/ { on = /SYNOPSIS/ } on' "$root/examples/seamkey.1" \
		>synopsis
	for verb in $verbs; do
		check "--help names $verb" grep -q "^  $verb " help
		ok "$verb --help" "$S" "$verb" --help
		has "$verb --help says how" "usage: seamkey $verb "
		is "$verb: help and SYNOPSIS name the same options" \
			"$(help_options)" "$(awk -v verb="$verb" '
			/^\.Nm/ { on = 0 }
			$0 == ".Cm " verb { on = 1 }
			on' synopsis | manual_options)"
		help_options >>all
		for option in $(help_options); do
			# shellcheck disable=SC2086 # an option, and a value
			ends 0 "$verb takes $option" \
				"$S" $verb $option"${option##*[a-z]}" --help
		done
	done
	is "the list of options in the manual is that of all helps" \
		"$(grep '^\.It Fl' "$root/examples/seamkey.1" |
			manual_options)" "$(sort -u all)"
	check "there are options" test "$(sort -u all | wc -l)" -ge 15
	# the program's own table: no option that a help does not tell
	sed -n 's/^\t{ "\([a-z-]*\)", [01] },$/--\1/p' \
		"$root/examples/command.h" | sort >known
	is "they are those of the program" "$(cat known)" \
		"$(tr -d = <all | grep -vx -e --version | sort -u)"
	for verb in $verbs; do
		"$S" "$verb" --help >out
		help_options | tr -d = >own_options
		for option in $(tr -d = <all | sort -u); do
			case $option in
			--help | --version) continue ;;
			esac
			grep -qx -e "$option" own_options ||
				told 2 "is not an option" "$verb $option" \
					"$S" "$verb" "$option"
		done
	done
}

test_usage() {
	told 2 "say what to do" "no verb" "$S"
	told 2 "no such command" "another verb" "$S" wrap
	told 2 "seamkey: an empty name: there is no such" "no verb's name" \
		"$S" ""
	told 2 "an empty name is that of no file" "no file's name" \
		"$S" show ""
	told 2 "is not an option" "another option" "$S" sign --fast
	told 2 "is not an option" "the option of another verb" \
		"$S" sign --secret
	told 2 "is not an option" "a short option" "$S" sign -k key
	told 2 "is not an option" "half an option" "$S" sign --ke key
	told 2 "needs a value" "an option without its value" "$S" sign --key
	told 2 "needs a value" "an option with an empty value" \
		"$S" sign --key=
	told 2 "takes no value" "a value too many" "$S" show --secret=yes own
	told 2 "there twice" "an option twice" "$S" sign --key a --key=b
	told 2 "one file too many" "two files" "$S" show a b
	told 2 "one file too many" "a file for keygen" "$S" keygen a
	for verb in sign verify encrypt decrypt; do
		told 2 "--key is needed" "$verb without a key" "$S" $verb own
	done
	told 2 "--signature is needed" "verify without a signature" \
		"$S" verify --key own own
	told 2 "only one thing" "key and message from standard input" \
		"$S" sign --key - -
	told 2 "only one thing" "signature and message likewise" \
		"$S" verify --key own --signature -
	told 2 "not a hash function" "another hash function" \
		"$S" sign --key own --hash sha3 text
	told 2 "exclude one another" "--hash and --digest-info" \
		"$S" sign --key own --hash sha256 --digest-info text
	told 2 "exclude one another" "--length and --report" \
		"$S" decrypt --key own --length 1 --report text
	told 2 "not a policy" "another policy" \
		"$S" sign --key own --policy lax text
	for n in x 1x -1 +1 " 1" 0x10 99999999999999999999x; do
		told 2 "not a number" "--length $n" \
			"$S" decrypt --key own "--length=$n" text
		told 2 "not a number" "--bits $n" "$S" keygen "--bits=$n"
	done
	ok "a file after --" "$S" show -- own
}

test_keygen() {
	ok "keygen" "$S" keygen
	cp out own2
	has "keygen writes PEM" "-----BEGIN PRIVATE KEY-----"
	(umask 000 && exec "$S" keygen --out own)
	is "a key is the owner's alone" "$(mode own)" -rw-------
	differ "two keys differ" own own2
	cp own before
	told 1 "own: is there already" "keygen does not overwrite" \
		"$S" keygen --out own
	same "and has not" own before
	ln -s own link
	told 1 "link: is there already" "nor through a link" \
		"$S" keygen --out link
	cp own2 forced
	chmod 644 forced
	ok "keygen --force" "$S" keygen --force --out=forced
	differ "and has written" forced own2
	is "a key is the owner's alone, forced" "$(mode forced)" -rw-------
	ok "keygen --der" "$S" keygen --der --bits 2049 --out odd.der
	ok "show reads it" "$S" show odd.der
	is "an odd size" "$(field bits)" 2049
	is "is good" "$(field check)" good
	range="a new key has 2048 to 4096 bits (--policy=legacy: 1024 to 4096)"
	for n in 0 2047 4097 4294967295 4294969344 99999999999999999999; do
		told 1 "--bits $n: $range" "$n bits are refused" \
			"$S" keygen --bits $n --out short
	done
	told 1 "--bits 1024: $range" "1024 bits are refused" \
		"$S" keygen --bits 1024 --out short
	refuse "and not made" test -e short
	ok "but not by the legacy policy" \
		"$S" keygen --bits 1024 --policy=legacy --out short
	for n in 1023 4097; do
		told 1 "--bits $n: a new key has 1024 to 4096 bits" \
			"$n bits are refused by that, too" \
			"$S" keygen --bits $n --policy=legacy
	done
	told 2 "no/where/key: No such file" "a folder that is not there" \
		"$S" keygen --bits 1024 --policy=legacy --out no/where/key
	clean keygen
}

test_services() {
	ok "sign" "$S" sign --key own --out sig text
	is "as long as the modulus" "$(wc -c <sig | tr -d ' ')" 256
	is "a signature is everyone's" "$(mode sig)" -rw-r--r--
	ok "verify" "$S" verify --key own --signature sig text
	is "verify says so" "$(cat out)" "the signature is good"
	ok "sign to standard output" "$S" sign --key own text
	same "is the same" out sig
	ok "sign standard input" "$S" sign --key own <text
	same "is the same, too" out sig
	ok "sign standard input by its name" "$S" sign --out - --key own - \
		<text
	same "is the same as well" out sig
	ok "key from standard input" "$S" sign --key - text <own
	same "is the same even so" out sig
	ok "signature from standard input" \
		"$S" verify --key own --signature - text <sig
	ok "message from standard input" \
		"$S" verify --key own --signature sig <text
	zeros 100000 >long
	ok "sign a message of many pieces" "$S" sign --key own --out sig2 long
	ok "through a pipe in small pieces" sh -c 'for i in 1 2 3 4; do
		head -c 25000 /dev/zero; sleep 0.01; done |
		"$0" verify --key own --signature sig2' "$S"
	zeros 99999 >shorter
	told 1 "sig2: the signature does not" "a byte less" \
		"$S" verify --key own --signature sig2 shorter
	: >empty
	ok "sign an empty message" "$S" sign --key own --out sig2 empty
	ok "verify it" "$S" verify --key own --signature sig2 empty

	ok "encrypt" "$S" encrypt --key own --out ct text
	is "as long as the modulus, too" "$(wc -c <ct | tr -d ' ')" 256
	ok "encrypt once more" "$S" encrypt --key own --out ct2 text
	differ "is another ciphertext" ct ct2
	ok "decrypt" "$S" decrypt --key own --out got ct
	same "gives the message" got text
	is "the message is the owner's alone" "$(mode got)" -rw-------
	ok "decrypt --length" "$S" decrypt --key own --length 14 ct
	same "gives the message, too" out text
	ok "decrypt --report" "$S" decrypt --key own --report <ct
	same "gives the message as well" out text
	ok "encrypt an empty message" "$S" encrypt --key own --out ct2 empty
	ok "decrypt it" "$S" decrypt --key own --report ct2
	same "it is empty" out empty
	zeros 245 >longest
	zeros 246 >too_long
	ok "encrypt the longest message" \
		"$S" encrypt --key own --out ct2 longest
	ok "decrypt that" "$S" decrypt --key own --length 245 ct2
	same "gives that" out longest
	for n in 246 511 512 513 514 100000; do
		zeros $n >too_long
		told 1 "too_long: is longer than 245 bytes, the longest" \
			"encrypt $n bytes" "$S" encrypt --key own too_long
	done
}

# What must be refused, and what must not be told.
test_refused() {
	flip sig 100 >bad
	told 1 "bad: the signature does not belong" "a changed signature" \
		"$S" verify --key own --signature bad text
	flip text 3 >other
	told 1 "sig: the signature does not belong" "a changed message" \
		"$S" verify --key own --signature sig other
	told 1 "sig: the signature does not belong" "another key" \
		"$S" verify --key own2 --signature sig text
	told 1 "sig: the signature does not belong" "another hash function" \
		"$S" verify --key own --hash sha512 --signature sig text
	head -c 255 sig >bad
	told 1 "bad: the signature does not belong" "a signature that is cut" \
		"$S" verify --key own --signature bad text
	{ zeros 1; cat sig; } >bad
	told 1 "bad: the signature does not belong" "a zero before it" \
		"$S" verify --key own --signature bad text
	told 1 "empty: the signature does not belong" "an empty signature" \
		"$S" verify --key own --signature empty text
	for n in 257 512 513 1000; do
		{ cat sig; zeros $((n - 256)); } >bad
		told 1 "bad: the signature does not belong" \
			"a signature of $n bytes" \
			"$S" verify --key own --signature bad text
	done

	flip ct 100 >bad
	echo before >kept
	told 1 "bad: the ciphertext cannot be decrypted" "decrypt --report" \
		"$S" decrypt --key own --report --out kept bad
	is "leaves the file alone" "$(cat kept)" before
	for form in "" "--length 14"; do
		# shellcheck disable=SC2086 # an option and its value, or none
		ok "decrypt $form does not tell" \
			"$S" decrypt --key own $form bad
		cp out bad1
		differ "decrypt $form gives something else" bad1 text
		# shellcheck disable=SC2086
		ok "decrypt $form once more" "$S" decrypt --key own $form bad
		same "decrypt $form gives the same" bad1 out
	done
	is "--length 14 gives 14 bytes" "$(wc -c <out | tr -d ' ')" 14
	ok "another length than the message has" \
		"$S" decrypt --key own --length 13 ct
	is "gives that many bytes" "$(wc -c <out | tr -d ' ')" 13
	head -c 13 text >bad1
	differ "that are not of the message" out bad1
	for n in 0 246 300 513 4294967297 99999999999999999999; do
		told 1 "--length $n: a message for this key has 1 to 245" \
			"a length that cannot be, $n" \
			"$S" decrypt --key own --length $n ct
	done
	ok "the least length" "$S" decrypt --key own --length 1 ct
	head -c 255 ct >bad
	for form in "" "--length 14" --report; do
		# shellcheck disable=SC2086
		told 2 "bad: has 255 bytes; a ciphertext for this key has 256" \
			"a ciphertext that is cut $form" \
			"$S" decrypt --key own $form bad
	done
	told 1 "md5: the policy does not allow" "signing with MD5" \
		"$S" sign --key own --hash md5 text
	told 1 "sha1: the policy does not allow" "signing with SHA-1" \
		"$S" sign --key own --hash sha1 text
	told 1 "short: the modulus is shorter" "signing with 1024 bits" \
		"$S" sign --key short text
	for hash in md5 sha1; do
		ok "signing with $hash, legacy" "$S" sign --key short \
			--hash $hash --policy=legacy --out sig2 text
		ok "verifying it, legacy" "$S" verify --key short \
			--hash $hash --policy=legacy --signature sig2 text
	done
	told 1 "md5: the policy does not allow" "verifying MD5" \
		"$S" verify --key short --hash md5 --signature sig2 text
	ok "sign with SHA-1" "$S" sign --key short --hash sha1 \
		--policy=legacy --out sig2 text
	ok "verifying SHA-1 and 1024 bits" \
		"$S" verify --key short --hash sha1 --signature sig2 text
}

# What cannot be read.
test_unreadable() {
	mkdir folder
	: >nothing
	echo "no key in here" >words
	zeros 65537 >huge
	for verb in sign verify encrypt decrypt show; do
		case $verb in
		verify) with="--signature sig --key" ;;
		show) with= ;;
		*) with=--key ;;
		esac
		# shellcheck disable=SC2086 # options
		{
		told 2 "missing: No such file" "$verb: no such key" \
			"$S" $verb $with missing
		told 2 "folder: Is a directory" "$verb: a directory as key" \
			"$S" $verb $with folder
		told 2 "nothing: is empty" "$verb: an empty key" \
			"$S" $verb $with nothing
		told 2 "words: these bytes are no key" "$verb: no key" \
			"$S" $verb $with words
		told 2 "huge: is longer than 65536" "$verb: a huge file" \
			"$S" $verb $with huge
		}
	done
	told 2 "standard input: is empty" "an empty key on standard input" \
		"$S" show
	told 2 "missing: No such file" "no such message" \
		"$S" sign --key own missing
	told 2 "folder: Is a directory" "a directory as message" \
		"$S" sign --key own folder
	told 2 "folder: Is a directory" "a directory as signature" \
		"$S" verify --key own --signature folder text
	told 2 "folder: Is a directory" "a directory as plaintext" \
		"$S" encrypt --key own folder
	told 2 "folder: Is a directory" "a directory as ciphertext" \
		"$S" decrypt --key own folder
	# room for text around PEM, up to the limit
	{
		cat own
		zeros 65536 | tr '\000' 'x' |
			head -c $((65536 - $(wc -c <own)))
	} >padded
	ok "65536 bytes, most of them text" "$S" show padded
	echo >>padded
	told 2 "padded: is longer than 65536" "a byte more" "$S" show padded
}

# What cannot be written.
test_unwritable() {
	echo before >kept
	told 2 "folder: Is a directory" "a directory as output" \
		"$S" sign --key own --out folder text
	told 2 "missing/sig: No such file" "a folder that is not there" \
		"$S" sign --key own --out missing/sig text
	long_name=$(zeros 300 | tr '\000' 'x')
	told 2 "File name too long" "a name that is too long" \
		"$S" sign --key own --out "$long_name" text
	clean "a name that is too long"
	name=$(zeros 255 | tr '\000' 'x')
	ok "a name of 255 characters" "$S" sign --key own --out "$name" text
	same "is a name" "$name" sig

	ok "an output that is there" "$S" sign --key own --out kept text
	same "is replaced" kept sig
	chmod 640 kept
	ok "once more" "$S" sign --key own --out kept text
	is "keeps its mode" "$(mode kept)" -rw-r-----
	ok "a message to it" "$S" decrypt --key own --out kept ct
	is "makes it the owner's" "$(mode kept)" -rw-------
	(umask 077 && exec "$S" sign --key own --out private text)
	is "the umask holds" "$(mode private)" -rw-------
	echo before >kept
	rm -f link
	ln -s kept link
	ok "an output through a link" "$S" sign --key own --out link text
	same "is where the link points" kept sig
	check "and the link is one" test -L link
	ln -s nowhere dangling
	told 2 "dangling: No such file" "a link to nowhere" \
		"$S" sign --key own --out dangling text
	check "is left as it was" test -L dangling
	mkfifo pipe
	cat pipe >got &
	reader=$!
	ok "a named pipe" "$S" sign --key own --out pipe text
	if [ -s err ] || [ ! -p pipe ]; then
		kill $reader # for nothing comes out of it
	fi
	wait $reader
	same "gets it" got sig
	check "and stays one" test -p pipe
	# as root, a command that replaces it would take the machine's device
	if [ -p pipe ]; then
		ok "a device" "$S" sign --key own --out /dev/null text
		check "stays one" test -c /dev/null
	fi

	echo before >kept
	ends 2 "a file that must not grow" sh -c 'ulimit -f 0
		exec "$0" sign --key own --out kept text 2>/dev/null' "$S"
	is "is left as it was" "$(cat kept)" before
	clean "a file that must not grow"
	test_permission
}

# Root may write anywhere: someone else tries.
test_permission() {
	as=
	if [ "$(id -u)" -eq 0 ]; then
		as="setpriv --reuid=65534 --regid=65534 --clear-groups"
	fi
	cp own readable
	chmod 644 readable kept
	# shellcheck disable=SC2086 # a command and its options
	if ! $as "$S" show readable >out 2>&1; then
		skip "files without permission" "no other user can come here"
		return
	fi
	chmod 777 folder
	cp kept folder/kept
	chmod 444 folder/kept
	# shellcheck disable=SC2086
	{
	ok "someone else" $as "$S" sign --key readable --out folder/sig text
	same "can sign" folder/sig sig
	cp own unreadable
	chmod 000 unreadable
	told 2 "unreadable: Permission denied" "a key that is not to be read" \
		$as "$S" show unreadable
	told 2 "folder/kept: Permission denied" "a file to read only" \
		$as "$S" sign --key readable --out folder/kept text
	same "is as it was" folder/kept kept
	rm -f folder/sig folder/kept
	chmod 555 folder
	told 2 "folder/x: Permission denied" "a folder to read only" \
		$as "$S" sign --key readable --out folder/x text
	}
	chmod 755 folder
}

test_full_disk() {
	if [ ! -c /dev/full ]; then
		skip "a full disk" "there is no /dev/full"
		return
	fi
	for call in "sign --key own text" "encrypt --key own text" \
		"decrypt --key own ct" "keygen --der" "show own" --version \
		"sign --help" "verify --key own --signature sig text"; do
		# shellcheck disable=SC2086 # words
		told 2 "standard output: No space left" "a full disk: $call" \
			sh -c 'exec "$0" "$@" >/dev/full' "$S" $call
		# shellcheck disable=SC2086
		told 2 "standard output: Bad file" "no output: $call" \
			sh -c 'exec "$0" "$@" >&-' "$S" $call
	done
	[ ! -p pipe ] || told 2 "/dev/full: No space left" \
		"a full disk, by name" \
		"$S" sign --key own --out /dev/full text
	# a file system of one page, which is gone with its shell
	if ! unshare -rm mount -t tmpfs none folder 2>/dev/null; then
		skip "a file system that is full" "cannot mount one here"
		return
	fi
	told 2 "folder/kept: No space left" "a disk that is full" \
		unshare -rm sh -c 'mount -t tmpfs -o size=4k none folder
		echo before >folder/kept
		"$0" sign --key own --out folder/kept text
		status=$?
		cat folder/kept >kept
		ls -A folder >left
		exit $status' "$S"
	is "the file is as it was" "$(cat kept)" before
	is "nothing is left over" "$(cat left)" kept
}

# An output that is an input as well is not replaced, whatever its name.
test_own_input() {
	it="; it is not replaced"
	cp own precious
	cp text both
	cp ct both_ct
	ln -s precious symbolic
	ln precious hard
	for key in precious ./precious symbolic hard; do
		told 1 "$key: is the key$it" "sign over the key, $key" \
			"$S" sign --key precious --out $key text
		told 1 "$key: is the key$it" "encrypt over the key, $key" \
			"$S" encrypt --key precious --out $key text
		told 1 "precious: is the key$it" "decrypt over the key, $key" \
			"$S" decrypt --key $key --out precious ct
	done
	told 1 "precious: is the key$it" "over the key in standard input" \
		sh -c '"$0" sign --key - --out precious text <precious' "$S"
	same "the key is as it was" precious own
	told 1 "both: is the input$it" "sign over the message" \
		"$S" sign --key own --out both both
	told 1 "both: is the input$it" "encrypt over the message" \
		"$S" encrypt --key own --out both ./both
	told 1 "both: is the input$it" "over the message in standard input" \
		sh -c '"$0" sign --key own --out both <both' "$S"
	same "the message is as it was" both text
	told 1 "both_ct: is the input$it" "decrypt over the ciphertext" \
		"$S" decrypt --key own --out both_ct both_ct
	same "the ciphertext is as it was" both_ct ct
	told 1 "both: is the file with the passphrase$it" \
		"over a passphrase that is not needed" \
		"$S" sign --key own --pass-file both --out both text2
	same "the passphrase is as it was" both text
	ok "a device as input and output" sh -c \
		'"$0" sign --key own --out /dev/null </dev/null' "$S"
	ok "an output beside an input" \
		"$S" sign --key own --out both_ct both
	clean "an output that is an input"
}

# closed STREAM COMMAND...: without that standard stream
closed() {
	stream=$1
	shift
	case $stream in
	0) "$@" <&- ;;
	1) "$@" >&- ;;
	2) "$@" 2>&- ;;
	esac
}

# The first file that is opened must not be taken for a closed stream.
test_closed() {
	bad="standard input: Bad file"
	told 2 "$bad" "closed input: message to sign" \
		closed 0 "$S" sign --key own
	told 2 "$bad" "closed input: DigestInfo to sign" \
		closed 0 "$S" sign --key own --digest-info
	told 2 "$bad" "closed input: message to verify" \
		closed 0 "$S" verify --key own --signature sig
	told 2 "$bad" "closed input: signature" \
		closed 0 "$S" verify --key own --signature - text
	told 2 "$bad" "closed input: message to encrypt" \
		closed 0 "$S" encrypt --key own
	for form in "" "--length 14" --report; do
		# shellcheck disable=SC2086 # an option and its value, or none
		told 2 "$bad" "closed input: ciphertext $form" \
			closed 0 "$S" decrypt --key own $form
	done
	told 2 "$bad" "closed input: show" closed 0 "$S" show
	echo before >kept
	for verb in sign encrypt decrypt; do
		told 2 "$bad" "closed input: the key to $verb with" \
			closed 0 "$S" $verb --key - --out kept text
	done
	told 2 "$bad" "closed input: the key to verify with" \
		closed 0 "$S" verify --key - --signature sig text
	is "closed input: the output is as it was" "$(cat kept)" before
	for stream in 0 1 2; do
		rm -f made
		ok "closed stream $stream: sign" \
			closed $stream "$S" sign --key own --out made text
		same "closed stream $stream: is that signature" made sig
		ok "closed stream $stream: decrypt" \
			closed $stream "$S" decrypt --key own --out made ct
		same "closed stream $stream: is that message" made text
		rm -f made
		ok "closed stream $stream: keygen" closed $stream "$S" \
			keygen --bits 1024 --policy legacy --out made
		ok "closed stream $stream: is a key" "$S" show made
	done
	ends 2 "closed errors: a key that is not there" \
		closed 2 "$S" sign --key missing --out made text
	ok "closed errors: nothing was told elsewhere" "$S" show made
}

# ---- PEM -----------------------------------------------------------------

# pem TITLE: the file "variant" is the key of "own", in other clothes
pem() {
	ok "PEM: $1" "$S" sign --key variant text
	same "PEM: $1: is that key" out sig
}

test_pem() {
	sed 's/$/\r/' own >variant
	pem "CRLF"
	tr '\n' '\r' <own >variant
	pem "CR"
	{ echo "Some words: -----BEGIN"; echo; cat own; echo after; } >variant
	pem "text around it"
	sed 's/$/ \t /' own >variant
	pem "blanks at the ends of lines"
	sed 's/^\(..........\)\([^-]*\)$/\1 \2/' own >variant
	pem "blanks within lines"
	{ head -n 1 own; sed '/^-/d' own | tr -d '\n'; echo
		tail -n 1 own; } >variant
	pem "one long line"
	printf %s "$(cat own)" >variant
	pem "no end of line at the end"
	sed '2,$!d' own >variant
	told 2 "these bytes are no key" "PEM: no BEGIN line" "$S" show variant
	sed '$d' own >variant
	told 2 "END ...----- is missing" "PEM: no END line" "$S" show variant
	for cut in 2 5 6 10 11 20 28 30 500 $(($(wc -c <own) - 30)) \
		$(($(wc -c <own) - 6)) $(($(wc -c <own) - 2)); do
		head -c "$cut" own >variant
		told 2 "variant: " "PEM: cut after $cut" "$S" show variant
		check "PEM: cut after $cut: is guessed" \
			grep -q "is the file cut off?" err
	done
	{ echo words; head -c 20 own; } >variant
	told 2 "is the file cut off?" "PEM: cut, after words" "$S" show variant
	sed '3,$d; 1s/KEY-----/KEY/' own >variant
	told 2 "these bytes are no key" "PEM: no cut, but no key" \
		"$S" show variant
	{ sed '$d' own; cat own; } >variant
	told 2 "END ...----- is missing" "PEM: BEGIN twice" "$S" show variant
	sed 's/END PRIVATE/END PUBLIC/' own >variant
	told 2 "the label of the PEM block" "PEM: two labels" "$S" show variant
	sed 's/ PRIVATE/ RSA PRIVATE/' own >variant
	told 2 "the label of the PEM block" "PEM: a label that is not true" \
		"$S" show variant
	sed 's/ PRIVATE/ SECRET/' own >variant
	told 2 "these bytes are no key" "PEM: an unknown label" \
		"$S" show variant
	sed '5s/./-/9' own >variant
	told 2 "is not base64" "PEM: a character that is none" \
		"$S" show variant
	sed '5s/.$//' own >variant
	told 2 "is not base64" "PEM: a character less" "$S" show variant
	sed '5s/.$/=/' own >variant
	told 2 "is not base64" "PEM: padding in the middle" "$S" show variant
	sed '5s/....$/AA==/' own >variant
	told 2 "is not base64" "PEM: right padding in the middle" \
		"$S" show variant
	sed '5s/^/x: y/' own >variant
	told 2 "header lines" "PEM: a header line" "$S" show variant
	# base64 of one octet has four bits that mean nothing
	printf '%s\n' '-----BEGIN PUBLIC KEY-----' MB== \
		'-----END PUBLIC KEY-----' >variant
	told 2 "is not base64" "PEM: bits that mean nothing" "$S" show variant
	printf '%s\n' '-----BEGIN PUBLIC KEY-----' MA==AAAA \
		'-----END PUBLIC KEY-----' >variant
	told 2 "is not base64" "PEM: more after the padding" "$S" show variant
	printf '%s\n' '-----BEGIN PUBLIC KEY-----' MA== \
		'-----END PUBLIC KEY-----' >variant
	told 2 "is the file cut off?" "PEM: not that, but no key" \
		"$S" show variant
	{ sed 's/PRIVATE KEY/SOMETHING ELSE/' own2; cat own; } >variant
	pem "after a block of something else"
	{ cat own; cat own2; } >variant
	pem "the first of two"
}

# ---- with openssl --------------------------------------------------------

# The keys, in every form that openssl writes.
make_keys() {
	for spec in "rsa 2048 65537" "big 4096 65537" "e3 2048 3"; do
		# shellcheck disable=SC2086 # three words
		set -- $spec
		openssl genpkey -algorithm RSA -pkeyopt "rsa_keygen_bits:$2" \
			-pkeyopt "rsa_keygen_pubexp:$3" -out "$1.pem"
	done
	openssl pkcs8 -topk8 -nocrypt -in rsa.pem -outform DER -out rsa.p8.der
	openssl rsa -in rsa.pem -traditional -out rsa.p1.pem
	openssl rsa -in rsa.pem -traditional -outform DER -out rsa.p1.der
	openssl pkey -in rsa.pem -pubout -out rsa.pub.pem
	openssl pkey -in rsa.pem -pubout -outform DER -out rsa.pub.der
	openssl rsa -in rsa.pem -RSAPublicKey_out -out rsa.p1pub.pem
	openssl rsa -in rsa.pem -RSAPublicKey_out -outform DER \
		-out rsa.p1pub.der
	openssl req -x509 -key rsa.pem -subj "/O=seamkey/CN=test" -days 3650 \
		-set_serial 0x80c0ffee -out rsa.cert.pem
	openssl x509 -in rsa.cert.pem -outform DER -out rsa.cert.der
	sed 's/ CERT/ X509 CERT/' rsa.cert.pem >rsa.x509.pem
	cat rsa.cert.pem rsa.p1.pem >rsa.both.pem
	for curve in P-256 P-384 P-521 secp256k1; do
		openssl ecparam -name "$(curve_name $curve)" -genkey \
			-out "$curve.sec1.pem"
		openssl pkcs8 -topk8 -nocrypt -in "$curve.sec1.pem" \
			-out "$curve.pem"
		openssl pkey -in "$curve.pem" -pubout -out "$curve.pub.pem"
		openssl ec -in "$curve.pem" -outform DER \
			-out "$curve.sec1.der"
	done
	openssl genpkey -algorithm ED25519 -out ed.pem
	openssl pkey -in ed.pem -pubout -out ed.pub.pem
	openssl req -x509 -key ed.pem -subj /CN=ed -days 3650 -out ed.cert.pem
	printf 'correct horse' >pass
}

curve_name() {
	case $1 in
	P-256) echo prime256v1 ;;
	P-384) echo secp384r1 ;;
	P-521) echo secp521r1 ;;
	*) echo "$1" ;;
	esac
}

# SHA-256 of the SubjectPublicKeyInfo, in the eyes of openssl
fingerprint() {
	openssl pkey "$@" -pubout -outform DER | openssl dgst -sha256 |
		sed 's/.* //'
}

test_forms() {
	openssl dgst -sha256 -sign rsa.pem -out rsa.sig text
	mark=$(fingerprint -in rsa.pem)
	for key in rsa.pem rsa.p8.der rsa.p1.pem rsa.p1.der rsa.both.pem; do
		ok "sign with $key" "$S" sign --key $key text
		same "as openssl does, $key" out rsa.sig
	done
	for key in rsa.pem rsa.p8.der rsa.p1.pem rsa.p1.der rsa.both.pem \
		rsa.pub.pem rsa.pub.der rsa.p1pub.pem rsa.p1pub.der \
		rsa.cert.pem rsa.cert.der rsa.x509.pem; do
		ok "verify with $key" \
			"$S" verify --key $key --signature rsa.sig text
		told 1 "bad: the signature" "and refuse with $key" \
			"$S" verify --key $key --signature bad text
		ok "encrypt with $key" \
			"$S" encrypt --key $key --out rsa.ct text
		check "openssl decrypts that, $key" openssl pkeyutl -decrypt \
			-inkey rsa.pem -in rsa.ct -out got
		same "to the message, $key" got text
		ok "show $key" "$S" show "$key"
		is "the fingerprint of $key" "$(field fingerprint)" "$mark"
		is "the check of $key" "$(field check)" good
		is "the form of $key" "$(field file)" "$(case $key in
			*.der) echo DER ;;
			*) echo PEM ;;
			esac)"
	done
	for verb in sign decrypt; do
		for form in pem der; do
			another rsa.pub.$form \
				"a public key (SubjectPublicKeyInfo)" \
				private $verb
			another rsa.p1pub.$form \
				"an RSA public key (PKCS #1)" private $verb
			another rsa.cert.$form "a certificate" private $verb
		done
	done
	openssl pkeyutl -encrypt -inkey rsa.pub.pem -pubin -in text -out rsa.ct
	for key in rsa.pem rsa.p1.der; do
		ok "decrypt what openssl encrypted, $key" \
			"$S" decrypt --key $key --length 14 rsa.ct
		same "to the message, $key" out text
	done
	for hash in sha1 sha224 sha256 sha384 sha512; do
		openssl dgst -$hash -sign big.pem -out big.sig text
		ok "verify 4096 bits, $hash" "$S" verify --key big.pem \
			--hash $hash --signature big.sig text
		ok "sign with 4096 bits, $hash" "$S" sign --key big.pem \
			--hash $hash --policy=legacy text
		same "as openssl does, $hash" out big.sig
	done
	zeros 1 >>big.sig
	told 1 "big.sig: the signature does not belong" "a byte behind it" \
		"$S" verify --key big.pem --hash sha512 --signature big.sig \
		text
	told 1 "--length 502: a message for this key has 1 to 501" \
		"a length that is too much for 4096 bits" \
		"$S" decrypt --key big.pem --length 502 rsa.ct
}

test_digest_info() {
	digest=$(openssl dgst -sha256 text | sed 's/.* //')
	echo "3031300d060960864801650304020105000420$digest" | unhex >info
	ok "sign a DigestInfo" "$S" sign --key rsa.pem --digest-info info
	same "as its message" out rsa.sig
	ok "verify with one" "$S" verify --key rsa.pub.pem --digest-info \
		--signature rsa.sig info
	digest=$(openssl dgst -sha3-256 text | sed 's/.* //')
	echo "3031300d060960864801650304020805000420$digest" | unhex >info3
	openssl dgst -sha3-256 -sign rsa.pem -out sig3 text
	ok "a hash function that only others have" \
		"$S" sign --key rsa.pem --digest-info info3
	same "as openssl does" out sig3
	head -c 50 info >info.cut
	told 2 "info.cut: ends before its contents do: is the file cut off?" \
		"a DigestInfo that is cut" \
		"$S" sign --key rsa.pem --digest-info info.cut
	told 2 "nothing: is empty" "a DigestInfo that is empty" \
		"$S" sign --key rsa.pem --digest-info nothing
	told 2 "standard input: is empty" "none in standard input" "$S" verify \
		--key rsa.pem --digest-info --signature rsa.sig
	tail -c 32 info >info.bare
	ends 2 "a digest without it" \
		"$S" sign --key rsa.pem --digest-info info.bare
	hex info | sed 's/0d06\(.*\)0500/0b06\1/; s/^3031/302f/' | unhex \
		>info.null
	told 2 "parameters are not what" "a DigestInfo without NULL" \
		"$S" sign --key rsa.pem --digest-info info.null
	told 2 "parameters are not what" "by any policy" \
		"$S" sign --key rsa.pem --policy legacy --digest-info info.null
	openssl pkeyutl -sign -inkey rsa.pem -in info.null -out sig.null
	told 2 "info.null: the algorithm parameters" "verify one" "$S" verify \
		--key rsa.pem --digest-info --signature sig.null info.null
	ok "which the legacy policy allows" "$S" verify --key rsa.pem \
		--policy legacy --digest-info --signature sig.null info.null
	told 1 "sig.null: the signature does not" "as what it is alone" \
		"$S" verify --key rsa.pem --policy legacy \
		--signature sig.null text
	digest=$(openssl dgst -sha1 text | sed 's/.* //')
	echo "3021300906052b0e03021a05000414$digest" | unhex >info1
	told 1 "info1: the policy does not allow" "a DigestInfo of SHA-1" \
		"$S" sign --key rsa.pem --digest-info info1
	told 2 "text2: is longer than 83" "a message for one" \
		"$S" sign --key rsa.pem --digest-info text2
}

# advised TITLE TEXT COMMAND WITH VERB...: FILE is none that is read; TEXT says
# so, and the message ends with a COMMAND that, run with more options, makes
# NEW one; "-" if none
advised() {
	title=$1
	text=$2
	with=$3
	shift 3
	told 2 "foreign: $text" "$title" "$S" show foreign
	command=$(sed 's/.* by: //; s/FILE/foreign/; s/NEW/converted/' err)
	rm -f converted
	# shellcheck disable=SC2086 # the command's own words
	if ! have "${command%% *}"; then
		skip "what converts $title" "${command%% *} is not here"
	elif ! sh -c "$command $with" >convert.log 2>&1; then
		fail "$title: can be converted" "$command
$(cat convert.log)"
	else
		[ -f converted ] || cp foreign converted
		ok "$title: is converted" "$S" "$@"
	fi
}

# What other tools call a key file.
test_foreign() {
	request="is a certificate request; take its key out"
	for form in PEM DER; do
		openssl req -new -key rsa.pem -subj /CN=x -outform $form \
			-out foreign 2>convert.log
		advised "a request, $form" "$request" "" show converted
		is "a request, $form: is that key" "$(field fingerprint)" \
			"$mark"
		openssl crl2pkcs7 -nocrl -certfile rsa.cert.pem \
			-outform $form -out foreign
		advised "PKCS #7, $form" "is PKCS #7; take its cert" "" \
			show converted
		is "PKCS #7, $form: is that key" "$(field fingerprint)" \
			"$mark"
	done
	openssl req -new -newhdr -key rsa.pem -subj /CN=x -out foreign
	advised "a request, by its old name" "$request" "" show converted
	openssl x509 -in rsa.cert.pem -trustout -out foreign
	advised "a trusted certificate" "is a certificate with notes" "" \
		verify --key converted --signature rsa.sig text
	for inkey in "-inkey rsa.pem" "-nokeys"; do
		# shellcheck disable=SC2086 # options
		openssl pkcs12 -export -in rsa.cert.pem $inkey \
			-passout pass: -out foreign
		advised "PKCS #12, $inkey" "is PKCS #12; take key and" \
			"-passin pass: -passout file:pass" \
			verify --key converted --pass-file pass \
			--signature rsa.sig text
	done
	openssl pkcs12 -export -in rsa.cert.pem -inkey rsa.pem \
		-passout pass: -out foreign
	advised "PKCS #12 with a key" "is PKCS #12; take key and" \
		"-passin pass: -passout file:pass" \
		sign --key converted --pass-file pass text
	same "PKCS #12: is that key" out rsa.sig
	told 2 "foreign: is PKCS #12" "sign with PKCS #12" \
		"$S" sign --key foreign text
	# not DER, as some tools write it
	{ printf '\060\200\002\001\003\060\200'
		printf '\006\011\052\206\110\206\367\015\001\007\001'
		zeros 20; } >foreign
	told 2 "foreign: is PKCS #12" "PKCS #12 in BER" "$S" show foreign
	for size in 1 2 7 17; do
		head -c $size foreign >part
		ends 2 "$size bytes of that" "$S" show part
	done
	test_openssh
}

test_openssh() {
	if ! have ssh-keygen; then
		skip "OpenSSH keys" "ssh-keygen is not here"
		return
	fi
	for word in "" "correct horse"; do
		rm -f foreign foreign.pub
		ssh-keygen -q -t rsa -b 2048 -N "$word" -C "" -f foreign
		cp foreign.pub public
		cp foreign private
		advised "an OpenSSH key, passphrase \"$word\"" \
			"is an OpenSSH private key; make it PKCS #8" \
			"-q -P '$word' -N '$word'" \
			show --pass-file pass converted
		ssh_mark=$(field fingerprint)
		differ "and has become another file" private converted
		cp public foreign
		advised "an OpenSSH public key" \
			"is an OpenSSH public key; make it PEM" "" \
			show converted
		is "is of that key" "$(field fingerprint)" "$ssh_mark"
	done
	rm -f foreign foreign.pub
	ssh-keygen -q -t ed25519 -N "" -C "" -f foreign
	told 2 "is an OpenSSH private key" "an Ed25519 one" "$S" show foreign
	told 2 "is an OpenSSH public key, and not one for RSA" \
		"a public one of it" "$S" show foreign.pub
	{ cat foreign.pub; cat rsa.pem; } >foreign
	ok "such a line before a PEM block" "$S" sign --key foreign text
}

# A DER file cut anywhere, and one with a byte too many.
test_damaged() {
	for key in rsa.p8.der rsa.p1.der rsa.pub.der rsa.cert.der \
		P-256.sec1.der; do
		size=$(wc -c <$key)
		bad=0
		for cut in 1 2 3 4 5 20 50 100 $((size - 1)); do
			head -c "$cut" $key >part
			"$S" show part >out 2>err
			[ $? -eq 2 ] && [ ! -s out ] &&
				[ "$(wc -l <err)" -eq 1 ] &&
				grep -q "is the file cut off?" err ||
				bad=$((bad + 1))
		done
		is "a part of $key is told as that" $bad 0
		{ cat $key; zeros 1; } >longer
		told 2 "there are bytes after the last element" \
			"$key and a byte more" "$S" show longer
	done
	# byte 8 of PKCS #1 is the length of the modulus, 12 and on is it
	flip rsa.p1.der 100 >wrong
	told_show "the primes do not multiply" wrong
	told 1 "wrong: the primes do not multiply" "and does not sign" \
		"$S" sign --key wrong text
	hex rsa.pub.der | sed 's/0203010001$/0203010000/' | unhex >wrong
	told_show "the public exponent is even" wrong
	told 1 "wrong: the public exponent is even" "and does not verify" \
		"$S" verify --key wrong --signature rsa.sig text
}

# Keys beyond the limits of the headers.
test_limits() {
	openssl genrsa -out long.pem 8192 2>openssl.log
	openssl rsa -in long.pem -pubout -out long.pub.pem 2>openssl.log
	openssl rsa -in long.pem -traditional -out long.p1.pem 2>openssl.log
	limit="longer than is admitted (3000 bytes; a modulus has at most 4096"
	for key in long.pem long.p1.pem; do
		for verb in sign decrypt; do
			told 1 "$key: the key structure is $limit bits)" \
				"8192 bits, $verb, $key" \
				"$S" $verb --key $key text
		done
	done
	told 1 "long.pub.pem: the modulus is longer than can be handled (4096" \
		"8192 bits, encrypt" "$S" encrypt --key long.pub.pem text
}

# told_show TEXT FILE: show prints the whole, and TEXT as its verdict
told_show() {
	ends 1 "show $2: $1" "$S" show "$2"
	has "show $2 says: $1" "$1"
	check "and shows it" test -n "$(field modulus)"
}

# named TITLE SUBJECT OPTION...: a certificate with that subject is shown
# with the names that openssl prints
named() {
	title=$1
	subject=$2
	shift 2
	if ! openssl req -x509 -key rsa.pem -subj "$subject" -days 3650 \
		"$@" -out named.pem 2>openssl.log; then
		fail "$title: openssl makes it" "$(cat openssl.log)"
		return
	fi
	ok "$title" "$S" show named.pem
	is "$title: subject" "$(field subject)" "$(openssl x509 \
		-in named.pem -noout -subject -nameopt RFC2253 |
		sed 's/^subject=//')"
	is "$title: issuer" "$(field issuer)" "$(field subject)"
}

# patched FROM TO TEXT: the certificate of "named" with other octets in both
# names is shown as TEXT; -: as openssl prints it
patched() {
	openssl x509 -in named.pem -outform DER -out named.der
	hex named.der | sed "s/$1/$2/g" | unhex >patched.der
	is "$1 is as long as $2" "$(wc -c <patched.der)" "$(wc -c <named.der)"
	differ "$1 was there" named.der patched.der
	ok "a name with $2" "$S" show patched.der
	text=$3
	[ "$text" != - ] || text=$(openssl x509 -in patched.der -noout \
		-subject -nameopt RFC2253 | sed 's/^subject=//')
	is "a name with $2: its text" "$(field subject)" "$text"
}

test_names() {
	named "a name of every kind" "/C=DE/ST=Land/L=Ort/street=Weg 1/O=o\
/OU=a/OU=b/CN=c/serialNumber=7/UID=u/DC=example/emailAddress=a@b"
	named "a set of two" "/O=o/CN=c+UID=u/L=l" -multivalue-rdn
	is "has a plus" "$(field subject)" "L=l,UID=u+CN=c,O=o"
	named "what is to be escaped" '/CN= a,b\+c"d\\e<f>g;h=#i '
	named "a number sign in front" '/O=#1/CN=##'
	named "one blank" '/CN= '
	tab=$(printf '\t.\033[31m.\177')
	named "control characters" "/CN=a${tab}b/O=$tab"
	has "are not printed" 'a\09.\1B[31m.\7Fb'
	named "UTF-8" "/CN=$(printf 'Gr\303\274n \342\202\254')" -utf8
	named "one octet a character" "/CN=$(printf 'Gr\374n')"
	is "becomes UTF-8" "$(field subject)" 'CN=Gr\C3\BCn'
	openssl req -x509 -key rsa.pem -subj / -days 3650 -out named.pem
	ok "a name of nothing" "$S" show named.pem
	is "is empty" "$(field subject)" empty
	named "a string of eight" /CN=abcd1234
	string=0c086162636431323334
	patched $string 1e0800e420ac00410020 -
	patched $string 1c080001f600000000e4 -
	patched $string 14086162e46431323334 -
	patched $string 13086162006431323334 -
	patched $string 1e086162000023202020 -
	patched 0603550403 0603883703 -
	is "a number and hex" "$(field subject)" \
		"2.999.3=#0C086162636431323334"
	# what openssl does not read
	patched $string 04086162636431323334 "CN=#04086162636431323334"
	patched $string 0c08616220ffc0801b0a 'CN=ab \FF\C0\80\1B\0A'
	patched $string 1c080011000031323334 "CN=#1C080011000031323334"
	patched 31113 30113 30133011300f0603550403$string
	named "a string of seven" /CN=abcd123
	patched 0c0761626364313233 1e0761626364313233 \
		"CN=#1E0761626364313233"
	dc=$(zeros 60 | tr '\000' x)
	long=
	for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		long=$long/DC=$n$dc
	done
	openssl req -x509 -key rsa.pem -subj "$long" -days 3650 -out long.pem
	ok "a name of many parts" "$S" show long.pem
	is "is cut" "$(field subject | sed 's/^DC=20x.* and more$/cut/')" cut
	is "to 1024" "$(field subject | wc -c | tr -d ' ')" $((1024 + 9 + 1))
	refuse "nothing but ASCII was printed" grep -q '[^ -~]' out
}

test_policy() {
	told 1 "e3.pem: the public exponent is smaller" "e = 3 is refused" \
		"$S" sign --key e3.pem text
	openssl dgst -sha256 -sign e3.pem -out e3.sig text
	ok "but not to verify" \
		"$S" verify --key e3.pem --signature e3.sig text
	ok "nor by the legacy policy" \
		"$S" sign --key e3.pem --policy=legacy text
	same "as openssl signs" out e3.sig
	ok "show tells" "$S" show e3.pem
	is "the check is good" "$(field check)" good
	has "the policy is not" "public exponent is smaller"
	ok "show --policy=legacy" "$S" show --policy=legacy e3.pem
	is "is satisfied" "$(field policy)" "good for every service"
	test_hint
	# algorithm parameters absent
	hex rsa.pub.der | sed 's/300d\(06.*\)05000382/300b\10382/' |
		longer -2 | unhex >absent.der
	told 2 "absent.der: the algorithm parameters are not" "no NULL" \
		"$S" verify --key absent.der --signature rsa.sig text
	ok "which the legacy policy allows" "$S" verify --policy=legacy \
		--key absent.der --signature rsa.sig text
	hinted yes "parameters that are absent" \
		"$S" verify --key absent.der --signature rsa.sig text
	ok "show reads that" "$S" show absent.der
	is "and tells" "$(field parameters)" absent
	# parameters that are not NULL
	hex rsa.pub.der | sed 's/05000382/04000382/' | unhex >null.der
	hinted no "parameters that are wrong" \
		"$S" verify --key null.der --signature rsa.sig text
}

# hinted yes|no TITLE COMMAND...: refused, and told that the other policy is
# looser, or not; it is yes where, and only where, that one does it
hinted() {
	want=$1
	title=$2
	shift 2
	"$@" >out 2>err && fail "$title: is refused"
	got=no
	! grep -qF "(--policy=legacy is looser)" err || got=yes
	is "$title: the hint" $got "$want"
	verb=$2
	shift 2
	got=no
	! "$S" "$verb" --policy=legacy "$@" >out 2>err || got=yes
	is "$title: is true" $got "$want"
}

test_hint() {
	openssl genrsa -out tiny.pem 1000 2>openssl.log
	openssl dgst -sha256 -sign tiny.pem -out tiny.sig text
	hex rsa.pub.der | sed 's/0203010001$/020101/
		s/0382010f003082010a/0382010d0030820108/' | longer -2 |
		unhex >e1.der
	openssl rsa -in short -traditional -outform DER -out short.p1 \
		2>openssl.log
	flip short.p1 50 >short.bad
	"$S" encrypt --key short --policy legacy --out short.ct text
	hinted yes "1024 bits, sign" "$S" sign --key short text
	hinted yes "1024 bits, encrypt" "$S" encrypt --key short text
	hinted yes "1024 bits, decrypt" "$S" decrypt --key short short.ct
	hinted no "1024 bits and damaged" "$S" sign --key short.bad text
	hinted yes "e = 3, sign" "$S" sign --key e3.pem text
	for verb in sign encrypt decrypt; do
		hinted no "1000 bits, $verb" "$S" $verb --key tiny.pem text
	done
	hinted no "1000 bits, verify" \
		"$S" verify --key tiny.pem --signature tiny.sig text
	hinted no "e = 1, encrypt" "$S" encrypt --key e1.der text
	hinted no "e = 1, verify" \
		"$S" verify --key e1.der --signature rsa.sig text
	hinted yes "SHA-1" "$S" sign --key rsa.pem --hash sha1 text
	openssl dgst -md5 -sign rsa.pem -out md5.sig text
	hinted yes "MD5" "$S" verify --key rsa.pem --hash md5 \
		--signature md5.sig text
}

test_show() {
	for name in d p q dp dq qinv; do
		ok "show --secret" "$S" show --secret rsa.p1.der
		value=$(field $name)
		check "$name is in the key" \
			grep -q "02[0-9a-f]*$value" rsa.p1.hex
		check "$name is long" test ${#value} -ge 250
		ok "show" "$S" show rsa.p1.der
		is "$name is not shown" \
			"$(field $name | sed 's/^[0-9]* //')" \
			"bytes, not shown (--secret)"
		refuse "$name is nowhere" grep -q "$(echo "$value" |
			cut -c 1-32)" out
	done
	ok "show a public key" "$S" show rsa.pub.pem
	is "modulus" "$(field modulus)" "$(openssl rsa -in rsa.pem -noout \
		-modulus | sed 's/.*=//' | tr A-F a-f)"
	is "e" "$(field e)" 65537
	is "bits" "$(field bits)" 2048
	ok "show a certificate" "$S" show rsa.cert.der
	is "serial" "$(field serial)" 80c0ffee
	is "key id" "$(field 'key id')" "$(openssl x509 -in rsa.cert.pem \
		-noout -ext subjectKeyIdentifier | tail -n 1 |
		tr -d ' :\n' | tr A-F a-f)"
	is "issuer" "$(field issuer)" CN=test,O=seamkey
	is "issuer and subject are one" "$(field issuer)" "$(field subject)"
	echo 300a300506038837050301 00 | unhex >oid.der
	ok "show an algorithm that nobody knows" "$S" show oid.der
	is "by its number" "$(field algorithm)" 2.999.5unknown
	ok "show a structure in standard input" "$S" show <rsa.pub.der
	is "structure" "$(field structure)" SubjectPublicKeyInfo
}

# another FILE WHAT private|RSA VERB...: that key is of another kind than is
# needed, and the message tells both
another() {
	case $3 in
	private) needed="an RSA private key (rsaEncryption) is needed" ;;
	*) needed="an RSA key (rsaEncryption) is needed" ;;
	esac
	key=$1
	what=$2
	shift 3
	told 2 "$key: this is $what, and $needed" "$1 with $key" \
		"$S" "$@" --key "$key" text
}

test_curves() {
	ec=" of the algorithm elliptic curve"
	sec1="an elliptic curve private key (SEC 1)"
	for curve in P-256 P-384 P-521; do
		mark=$(fingerprint -in $curve.pem)
		for key in $curve.sec1.pem $curve.sec1.der $curve.pem \
			$curve.pub.pem; do
			ok "show $key" "$S" show "$key"
			is "its curve" "$(field curve)" $curve
			is "its fingerprint" "$(field fingerprint)" "$mark"
		done
		ok "show --secret" "$S" show --secret $curve.sec1.der
		check "the scalar is in it" \
			grep -q "0420$(field scalar)\|04..$(field scalar)" \
			$curve.hex
		for verb in sign decrypt; do
			another $curve.pem "a private key (PKCS #8)$ec" \
				private $verb
		done
		another $curve.pub.pem \
			"a public key (SubjectPublicKeyInfo)$ec" RSA encrypt
		another $curve.pem "a private key (PKCS #8)$ec" RSA encrypt
		for form in pem der; do
			another $curve.sec1.$form "$sec1" private sign
			another $curve.sec1.$form "$sec1" RSA verify \
				--signature text
		done
	done
	openssl ecparam -name prime256v1 -param_enc explicit -genkey -noout \
		-out explicit.sec1.pem
	openssl pkcs8 -topk8 -nocrypt -in explicit.sec1.pem -out explicit.pem
	openssl pkey -in explicit.pem -pubout -out explicit.pub.pem
	for key in explicit.sec1.pem explicit.pem explicit.pub.pem; do
		told 2 "$key: its elliptic curve must be named, and is" \
			"show $key" "$S" show $key
		check "$key: the command is told" \
			grep -q "; openssl ec -param_enc named_curve makes" err
		public=
		[ $key != explicit.pub.pem ] || public="-pubin -pubout"
		# shellcheck disable=SC2086 # options, or none
		openssl ec -in $key $public -param_enc named_curve \
			-out converted 2>openssl.log
		ok "$key: is converted" "$S" show converted
		is "$key: to its curve" "$(field curve)" P-256
	done
	told 2 "the elliptic curve is not one" "SEC 1 of another curve" \
		"$S" show secp256k1.sec1.der
	ok "PKCS #8 of another curve" "$S" show secp256k1.pem
	has "is named as that" "not checked"
	for key in ed.pem ed.pub.pem; do
		ok "show $key" "$S" show "$key"
		has "names $key" Ed25519
	done
	another ed.pem "a private key (PKCS #8) of the algorithm Ed25519" \
		private sign
	another ed.cert.pem "a certificate of the algorithm Ed25519" RSA \
		encrypt
	ok "show a key that nobody knows" "$S" show oid.der
	another oid.der \
		"a public key (SubjectPublicKeyInfo) of an unknown algorithm" \
		RSA encrypt
}

# ---- encrypted keys ------------------------------------------------------

# locked OPTION...: rsa.pem under the passphrase of "pass", in locked.pem
locked() {
	openssl pkcs8 -topk8 -in rsa.pem -passout file:pass \
		-out locked.pem "$@"
}

test_encrypted() {
	for cipher in aes-128-cbc aes-192-cbc aes-256-cbc des3; do
		for prf in SHA1 SHA224 SHA256 SHA384 SHA512; do
			locked -v2 $cipher -v2prf hmacWith$prf
			ok "$cipher, $prf" "$S" sign --key locked.pem \
				--pass-file pass text
			same "$cipher, $prf: is that key" out rsa.sig
		done
	done
	locked -v2 aes-256-cbc -outform DER
	ok "DER" "$S" sign --key locked.pem --pass-file pass text
	same "DER: is that key" out rsa.sig
	ok "show an encrypted key" "$S" show --pass-file pass locked.pem
	is "says so" "$(field file)" "DER, encrypted"
	ok "passphrase from standard input" \
		"$S" show --pass-file - locked.pem <pass
	bad="standard input: Bad file"
	told 2 "$bad" "closed input: passphrase to show" \
		closed 0 "$S" show --pass-file - locked.pem
	for verb in sign decrypt encrypt "verify --signature rsa.sig"; do
		# shellcheck disable=SC2086 # a verb, and an option
		told 2 "$bad" "closed input: passphrase to $verb" closed 0 \
			"$S" $verb --key locked.pem --pass-file - rsa.sig
	done
	for tail in '\n' '\r\n' '\nmore\n'; do
		# shellcheck disable=SC2059 # escapes are wanted
		{ cat pass; printf "$tail"; } >pass2
		ok "passphrase and $tail" \
			"$S" show --pass-file pass2 locked.pem
	done
	told 2 "locked.pem: is encrypted; --pass-file" "no passphrase" \
		"$S" sign --key locked.pem text
	for word in "correct hors" "correct horsee" "Correct horse" ""; do
		echo "$word" >pass2
		told 1 "locked.pem: the passphrase is wrong" \
			"the passphrase \"$word\"" \
			"$S" sign --key locked.pem --pass-file pass2 text
	done
	told 2 "missing: No such file" "no passphrase file" \
		"$S" sign --key locked.pem --pass-file missing text
	told 2 "folder: Is a directory" "a directory as passphrase" \
		"$S" sign --key locked.pem --pass-file folder text
	flip locked.pem $(($(wc -c <locked.pem) - 5)) >wrong
	told 1 "wrong: the passphrase is wrong" "damaged at its end" \
		"$S" sign --key wrong --pass-file pass text
	cp pass pass.short
	zeros 1000 | tr '\000' p >pass # openssl reads no more than 1023
	locked
	ok "a passphrase of 1000 bytes" \
		"$S" sign --key locked.pem --pass-file pass text
	same "is that key" out rsa.sig
	zeros 27 >>pass
	told 2 "pass: is longer than 1026 bytes" "one of 1027" \
		"$S" sign --key locked.pem --pass-file pass text
	cp pass.short pass
	ok "a passphrase that is not needed" \
		"$S" sign --key rsa.pem --pass-file pass text
	told 2 "only one thing" "key and passphrase from one input" \
		"$S" show --pass-file - - <pass
}

# told_salt STATUS TEXT TITLE HEX: what happens where salt (8 bytes), count
# (65536) and what follows it are these 15 octets
told_salt() {
	sed "s/0408................0203010000/$4/" locked.hex | unhex >wrong
	differ "$3: was put in" wrong locked.pem
	is "$3: fits in" "$(wc -c <wrong)" "$(wc -c <locked.pem)"
	told "$1" "$2" "$3" "$S" show --pass-file pass wrong
}

# Java names HMAC-SHA-1, which DER leaves out, being the default.
test_spelled_default() {
	locked -v2 aes-256-cbc -v2prf hmacWithSHA1 -outform DER
	pbes2=06092a864886f70d01050d
	pbkdf2=06092a864886f70d01050c
	was=3049${pbes2}303c301b${pbkdf2}300e
	becomes=3057${pbes2}304a3029${pbkdf2}301c
	prf=300c06082a864886f70d02070500
	hex locked.pem |
		sed "s/$was\(0408.\{16\}02020800\)/$becomes\1$prf/" |
		longer 14 | unhex >spelled.der
	is "HMAC-SHA-1 was spelled out" "$(wc -c <spelled.der)" \
		$(($(wc -c <locked.pem) + 14))
	ok "HMAC-SHA-1 spelled out" \
		"$S" sign --key spelled.der --pass-file pass text
	same "is that key" out rsa.sig
}

# Encryption that is not supported, or not right.
test_encrypted_refused() {
	locked -v1 PBE-SHA1-3DES
	told 2 "not encrypted by PBES2" "PBES1" \
		"$S" show --pass-file pass locked.pem
	if locked -scrypt 2>/dev/null; then
		told 2 "not PBKDF2; openssl pkcs8 -topk8 makes a new" scrypt \
			"$S" show --pass-file pass locked.pem
		openssl pkcs8 -topk8 -in locked.pem -passin file:pass \
			-passout "pass:$(cat pass)" -out converted
		ok "scrypt: is converted" \
			"$S" sign --key converted --pass-file pass text
		same "scrypt: is that key" out rsa.sig
	else
		skip "scrypt" "this openssl does not have it"
	fi
	locked -v2 camellia-128-cbc 2>/dev/null &&
		told 2 "cipher is not one that is known; openssl pkcs8" \
			"another cipher" "$S" show --pass-file pass locked.pem
	openssl rsa -in rsa.pem -traditional -aes128 -passout file:pass \
		-out locked.pem 2>openssl.log
	told 2 "old encrypted form; openssl pkcs8" "traditional encryption" \
		"$S" show --pass-file pass locked.pem
	# 65536 iterations, to be patched: 02 03 01 00 00
	locked -iter 65536 -outform DER
	hex locked.pem >locked.hex
	told_salt 1 "iteration count is zero or beyond" "no iterations" \
		040a00000000000000000000020100
	told_salt 1 "iteration count is zero or beyond" \
		"10,000,001 iterations" 040700000000000000020400989681
	told_salt 1 "iteration count is zero or beyond" \
		"2^40 and 65536 iterations" 040500000000000206010000010000
	told_salt 1 "the passphrase is wrong" "another salt" \
		040800000000000000000203010000
	told_salt 1 "the passphrase is wrong" "keyLength that is right" \
		040500000000000203010000020120
	told_salt 2 "do not fit together" "keyLength that is not" \
		040500000000000203010000020110
}

# ---- vectors -------------------------------------------------------------

test_vectors() {
	keys=$vectors/mbedtls-data/keys
	if [ ! -d "$keys" ]; then
		skip "encrypted keys of other tools" "no vectors in $vectors"
		return
	fi
	echo PolarSSLTest >pass
	for key in "$keys"/rsa_pkcs8_pbes2_pbkdf2_*; do
		case $key in
		*2048_des*)
			told 2 "cipher is not one" "${key##*/}" \
				"$S" show --pass-file pass "$key"
			;;
		*)
			ok "${key##*/}" "$S" show --pass-file pass "$key"
			is "${key##*/}: is a key" "$(field check)" good
			;;
		esac
	done
	keys=$vectors/rustcrypto-keys/pkcs8
	told 2 "more than two primes" "a key of three primes" "$S" show \
		"$vectors/rustcrypto-keys/pkcs1/rsa2048-priv-3prime.der"
	echo hunter42 >pass
	for key in "$keys"/*-encpriv-aes*-pbkdf2-*.der \
		"$keys"/*-encpriv-des3-*.der; do
		ok "${key##*/}" "$S" show --pass-file pass "$key"
		has "${key##*/} is an Ed25519 key" Ed25519
	done
}

# ---- all -----------------------------------------------------------------

echo "a message, 13+" >text
printf 'a message, 14+' >text
zeros 200 >text2

test_keygen
test_help
test_usage
test_services
test_refused
test_unreadable
test_unwritable
test_own_input
test_full_disk
test_closed
test_pem
if have openssl; then
	make_keys 2>openssl.log ||
		fail "openssl makes keys" "$(cat openssl.log)"
	hex rsa.p1.der >rsa.p1.hex
	hex rsa.cert.der >rsa.cert.hex
	for curve in P-256 P-384 P-521; do
		hex $curve.sec1.der >$curve.hex
	done
	test_forms
	test_digest_info
	test_foreign
	test_damaged
	test_limits
	test_policy
	test_show
	test_names
	test_curves
	test_encrypted
	test_spelled_default
	test_encrypted_refused
else
	skip "the forms of openssl" "openssl is not here (make deps)"
fi
test_vectors
summary cli
