#!/bin/sh
# demo.sh - a block sealed for two groups, and who gets its key
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# What "make demo" runs at its end: OpenSSL seals, the agent decides, OpenSSL
# opens the answer, and the seamkey command the block with it. Lines with $
# are what you would type.
#
# Environment: SEAMKEY, the command; O, the build folder.
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${O:=build}"
case $O in
/*) ;;
*) O=$PWD/$O ;;
esac
: "${SEAMKEY:=$O/seamkey}"
case $SEAMKEY in
/*) ;;
*) SEAMKEY=$PWD/$SEAMKEY ;;
esac

passed=0
failed=0
rm -rf "$O/demo-agent"
mkdir -p "$O/demo-agent" && cp LICENSE "$O/demo-agent/message.txt" &&
	cd "$O/demo-agent" || exit 1

say() {
	printf '\n# %s\n' "$*"
}

# Show a command as it would be typed, and run it; admin is short for what is
# shown. What begins with "agent" is seamkey-agent.
type_it() {
	if [ "$1" = admin ]; then
		shift
		set -- agent admin --config agent.conf "$@"
	fi
	shown=$1
	[ "$1" != agent ] || shown=seamkey-agent
	run=$1
	shift
	printf '$ %s' "$shown"
	for word; do
		case $word in
		*[!A-Za-z0-9_./:=,@%+-]*) printf " '%s'" "$word" ;;
		*) printf ' %s' "$word" ;;
		esac
	done
	echo
	"$run" "$@"
}

count() {
	if [ "$1" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED"
	fi
}

does() {
	type_it "$@"
	count $?
}

refuses() {
	type_it "$@" 2>&1
	[ $? -eq 1 ]
	count $?
}

# Steps on the way: a failure shows in what follows.
step() {
	type_it "$@" 2>openssl.log || cat openssl.log
}

agent() {
	"$O/seamkey-agent" "$@"
}

seamkey() {
	"$SEAMKEY" "$@"
}

# content ANSWER: where the first result of an answer has its CMS
content() {
	openssl asn1parse -inform DER -in "$1" |
		sed -n 's/^ *\([0-9]*\):d=3 .*/\1/p' | head -n 1
}

say "Key pairs of two groups, and of three people"
for who in legal research alice bob mallory; do
	step openssl req -x509 -newkey rsa:2048 -nodes -keyout $who.key \
		-subj "/O=Acme/CN=$who" -days 30 -out $who.crt
done

say "The agent's repository: private keys lie in it under another key"
step openssl rand -out wrap.key 32
step chmod 600 wrap.key
cat >agent.conf <<END
db sqlite:agent.db
audit audit.log
key-file wrap.key
END
does admin init
for group in legal research; do
	step admin add access $group
	does admin add key $group --import $group.key
	step admin add group $group
	step admin add rule in-$group "group(\"$group\")"
	step admin add binding $group in-$group
done
for who in alice bob mallory; do
	step admin add decryptor CN=$who,O=Acme $who --key $who.crt
done
step admin add member legal CN=alice,O=Acme
step admin add member research CN=bob,O=Acme
does admin list

say "OpenSSL seals for both groups; it knows neither who is in them, nor rules"
does openssl cms -encrypt -binary -keyid -aes-256-gcm -in message.txt \
	-outform DER -out block.der legal.crt research.crt
step openssl dgst -sha256 -out block.before block.der

say "The agent serves"
printf '$ seamkey-agent serve --config agent.conf --port 0 &\n'
"$O/seamkey-agent" serve --config agent.conf --port 0 >served 2>serve.err &
server=$!
trap 'kill $server 2>/dev/null' EXIT
for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	port=$(sed -n 's/^listening on .* port \([0-9]*\).*/\1/p' served)
	[ -z "$port" ] || break
	sleep 0.1
done
echo "after $try looks: $(cat served)"

say "A member of each group gets the key, sealed to his own"
for who in alice bob; do
	does seamkey request --agent "127.0.0.1:$port" --alias $who \
		--out $who.request --answer $who.answer block.der
	does seamkey open --key $who.key --request $who.request \
		--answer $who.answer --out $who.txt block.der
	does cmp message.txt $who.txt
done
say "OpenSSL opens it, too: request, SHA-256 of the recipient, key of the block"
does openssl asn1parse -inform DER -in alice.answer -noout \
	-strparse "$(content alice.answer)" -out alice.cms
does openssl cms -decrypt -inform DER -in alice.cms -inkey alice.key \
	-out alice.released
does openssl asn1parse -inform DER -in alice.released

say "A stranger does not"
refuses seamkey request --agent "127.0.0.1:$port" --alias mallory \
	--out mallory.request --answer mallory.answer block.der

say "Nor does the member, once the rule has changed; the block has not"
step admin replace rule in-legal 'all(group("legal"), clearance(2))'
refuses seamkey request --agent "127.0.0.1:$port" --request alice.request \
	--answer alice.later
say "Nor where the rule asks for an approval, before somebody gives one"
step admin replace rule in-legal \
	'all(group("legal"), approval(1, "research"))'
refuses seamkey request --agent "127.0.0.1:$port" --as CN=alice,O=Acme \
	--out alice.request --answer alice.answer block.der
does seamkey approve --yes --key bob.key --cert bob.crt \
	--request alice.request --agent "127.0.0.1:$port"
does seamkey request --agent "127.0.0.1:$port" --request alice.request \
	--answer alice.answer
step openssl dgst -sha256 -out block.after block.der
does cmp block.before block.after

say "All of that stands in a log that cannot be changed unseen"
kill "$server"
wait "$server"
count $?
type_it sed -n 's/^\(.*\) [0-9a-f]\{64\}$/\1/; / re[lf]/p' audit.log |
	cut -c 1-78
does agent audit verify audit.log
sed 's/ refused / released /' audit.log >changed.log
refuses agent audit verify changed.log

printf '\nThe files are in %s.\n' "$O/demo-agent"
echo "demo: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
