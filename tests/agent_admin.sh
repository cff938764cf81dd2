#!/bin/sh
# agent_admin.sh - build/seamkey-agent admin: what it takes, and what is left
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/agent_admin.sh
#
# And the seamkey command, where it asks an agent or sends it approvals.
#
# Environment: O, the build folder. A server listens on 127.0.0.1, on a port
# that is free, and is ended by its process id. Needs openssl, for keys.
# shellcheck disable=SC2119,SC2154,SC2317 # of agent_tools.sh; called by name
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh
# shellcheck source=tests/agent_tools.sh
. tests/agent_tools.sh
exec </dev/null
umask 022
LC_ALL=C
export LC_ALL

enter agent_admin
S=${A%/*}/seamkey

# ---- an office -----------------------------------------------------------

make_keys() {
	(umask 077 && head -c 32 /dev/urandom >wrap.key)
	for who in alice bob carol legal; do
		openssl req -x509 -newkey rsa:2048 -nodes -keyout $who.key \
			-subj "/O=Acme/CN=$who" -days 30 -out $who.crt ||
			return
	done
}

make_office() {
	admin init &&
		admin add access legal &&
		admin add key legal 6c6567616c --import legal.key &&
		admin export legal --out legal.pub &&
		admin add group legal &&
		admin add decryptor CN=alice,O=Acme alice --key alice.crt &&
		admin add decryptor CN=bob,O=Acme bob --key bob.crt &&
		admin add decryptor CN=carol,O=Acme carol --key carol.crt &&
		admin add member legal CN=alice,O=Acme &&
		admin add rule lawyers 'group("legal")' &&
		admin add binding legal lawyers
}

cat >conf <<END
db sqlite:agent.db
audit audit.log
key-file wrap.key
END
echo "for the legal team" >message
make_keys >openssl.log 2>&1 || fail "openssl makes keys" "$(cat openssl.log)"
check "the office is set up" make_office
check "a block for the legal team" \
	"$client" seal legal.pub 6c6567616c block message

# ---- names ---------------------------------------------------------------

# Names whose strings are no UTF8String in a certificate: a country, a
# domain, an address of mail.
test_names() {
	begin || return
	for name in CN=Zoe,C=DE CN=Zoe,DC=acme,DC=example \
		1.2.840.113549.1.9.1=zoe@acme.example,CN=Zoe; do
		check "$name: a decryptor" \
			admin add decryptor "$name" zoe --key alice.crt
		check "$name: replaced" \
			admin replace decryptor "$name" zoe --clearance 3
		check "$name: an attribute" \
			admin add attribute "$name" badge 17
		check "$name: a member" admin add member legal "$name"
		check "$name: a manager" admin add manager legal "$name"
		released "$name: a member gets it" \
			--name "$name" --own alice.key block
		check "$name: as a manager" admin --as "$name" \
			add member legal CN=bob,O=Acme
		check "$name: and back" admin --as "$name" \
			delete member legal CN=bob,O=Acme
		check "$name: a rule about it" \
			admin replace rule lawyers "name(\"$name\")"
		released "$name: who is named gets it" \
			--name "$name" --own alice.key block
		kept "$name: nobody else" --alias alice block
		check "$name: the rule as it was" \
			admin replace rule lawyers 'group("legal")'
		check "$name: no member" admin delete member legal "$name"
		kept "$name: does not get it" --name "$name" block
		check "$name: no manager" admin delete manager legal "$name"
		check "$name: no attribute" \
			admin delete attribute "$name" badge 17
		check "$name: is deleted" admin delete decryptor "$name"
	done
	openssl req -x509 -key alice.key -subj /C=DE/CN=Zoe -days 30 \
		-out zoe.crt
	check "a name of a certificate" admin add decryptor CN=Zoe,C=DE \
		--key zoe.crt
	check "is a member" admin add member legal CN=Zoe,C=DE
	released "and gets it by the certificate" --certificate zoe.crt \
		--own alice.key block
	check "no member" admin delete member legal CN=Zoe,C=DE
	check "is deleted" admin delete decryptor CN=Zoe,C=DE
	end
	verified "names: the chain of the log"
}

# ---- export --------------------------------------------------------------

# What is exported is what new blocks are sealed to.
test_export() {
	told 1 "no current key pair" "of an access identifier without keys" \
		sh -c "'$A' admin --config conf add access new &&
			exec '$A' admin --config conf export new"
	told 1 "no current key pair" "of none at all" admin export nobody
	# the retired one comes first, and then last, in any order of them
	for old in 01 ff; do
		check "$old: a key pair" admin add key new $old
		check "$old: is exported" admin export new --out old.pub
		check "$old: is retired" admin retire key new $old
		told 1 "no current key pair" "$old: the only one, retired" \
			admin export new --out none.pub
		check "$old: by its identifier it is" \
			admin export new $old --out again.pub
		check "$old: and is the one" cmp old.pub again.pub
		refuse "$old: nothing is there of the refusal" test -e none.pub
		check "$old: another key pair" admin add key new 77
		check "$old: is exported" admin export new --out new.pub
		check "$old: by its identifier" \
			admin export new 77 --out 77.pub
		check "$old: it is the current one" cmp new.pub 77.pub
		refuse "$old: and not the retired one" cmp -s new.pub old.pub
		check "$old: a third" admin add key new 78
		told 1 "several current key pairs" "$old: two current ones" \
			admin export new
		is "$old: nothing is exported" "$(wc -c <out)" 0
		check "$old: one by its identifier" admin export new 78
		for id in 77 78 $old; do
			check "$old: $id is deleted" \
				admin delete --yes key new "$id"
		done
		rm -f old.pub again.pub new.pub 77.pub
	done
	check "the access identifier is deleted" admin delete access new
	echo kept >there.pub
	told 1 "--force replaces it" "a file that is there" \
		admin export legal --out there.pub
	is "stays" "$(cat there.pub)" kept
	check "and is replaced" admin export legal --out there.pub --force
	check "by the key" cmp there.pub legal.pub
}

# ---- what cannot decrypt ---------------------------------------------------

# bad.py WHAT KEY: a key pair in DER, as PEM with that changed
write_bad() {
	cat >bad.py <<-END
	import base64, random, sys
	def take(der):
	    size, at = der[1], 2
	    if size > 127:
	        at += size - 128
	        size = int.from_bytes(der[2:at], "big")
	    return der[at:at + size], der[at + size:]
	def put(tag, body):
	    size = len(body)
	    head = size.to_bytes((size.bit_length() + 7) // 8, "big")
	    if size > 127:
	        head = bytes([128 + len(head)]) + head
	    return bytes([tag]) + head + body
	def prime(bits):
	    while True:
	        # the three highest bits: the product is as long as it can be
	        r = random.getrandbits(bits) | 7 << bits - 3 | 1
	        if all(pow(a, r - 1, r) == 1 for a in (2, 3, 5)):
	            return r
	what, rest = sys.argv[1], take(open(sys.argv[2], "rb").read())[0]
	rest, octets = take(take(rest)[1])[1], []
	rest = take(take(rest)[0])[0]
	while rest:
	    octet, rest = take(rest)
	    octets.append(int.from_bytes(octet, "big"))
	v, n, e, d, p, q, dp, dq, qinv = octets
	if what == "composite":
	    p = prime(512) * prime(512)
	if what == "square":
	    q = p
	if what in ("composite", "square"):
	    n, d = p * q, pow(e, -1, (p - 1) * (q - 1))
	    dp, dq = d % (p - 1), d % (q - 1)
	    qinv = 1 if p == q else pow(q, -1, p)
	dp ^= (what == "dp") << 99
	dq ^= (what == "dq") << 99
	qinv ^= (what == "qinv") << 99
	body = b"".join(put(2, x.to_bytes(x.bit_length() // 8 + 1, "big"))
	    for x in (v, n, e, d, p, q, dp, dq, qinv))
	rsa = bytes.fromhex("020100300d06092a864886f70d0101010500")
	key = put(48, rsa + put(4, put(48, body)))
	print("-----BEGIN PRIVATE KEY-----")
	print(base64.encodebytes(key).decode() + "-----END PRIVATE KEY-----")
	END
}

# A key pair whose halves do not belong together is not added: nobody could
# open what is sealed to it.
test_bad_keys() {
	if ! have python3; then
		skip "key pairs that cannot decrypt" "python3 is not here"
		return
	fi
	write_bad
	openssl pkcs8 -topk8 -nocrypt -in bob.key -outform DER -out bob.der
	keys=$(admin list key)
	for what in dp dq qinv square composite; do
		check "a key with a bad $what" \
			sh -c "python3 bad.py $what bob.der >bad.key"
		told 1 "bad.key: the private key gave a wrong result" \
			"bad $what: is refused" \
			admin add key legal bad0 --import bad.key
		is "bad $what: in one sentence" "$(wc -l <err)" 1
		is "bad $what: is not added" "$(admin list key)" "$keys"
	done
	check "the same key, good" sh -c "python3 bad.py no bob.der >bad.key"
	check "is added" admin add key legal 900d --import bad.key
	check "and deleted" admin delete --yes key legal 900d
	verified "bad keys: the chain of the log"
}

# ---- what is lost --------------------------------------------------------

# silent TITLE COMMAND...: is refused, and does not speak of loss
silent() {
	title=$1
	shift
	told 1 "is not in the repository" "$title: is not there" "$@"
	refuse "$title: nothing is lost" grep -q "loss of data" err
}

# deletes ANSWER COMMAND...: with that answer
deletes() {
	echo "$1" >answer
	shift
	"$A" admin --config conf delete "$@" <answer
}

test_loss() {
	silent "a key pair" admin delete key legal ffff
	silent "with an answer" deletes yes key legal ffff
	silent "--yes" admin delete --yes key legal ffff
	silent "of another" admin delete --yes key nobody 6c6567616c
	told 1 "It has no other one." "the only key pair" \
		deletes no key legal 6c6567616c
	check "another" admin add key legal 01 --import bob.key
	told 1 "One other key pair stays." "one of two" \
		deletes no key legal 6c6567616c
	silent "one that is not there, of two" deletes yes key legal ffff
	check "a third" admin add key legal 02 --import carol.key
	told 1 "2 other key pairs stay." "one of three" \
		deletes no key legal 6c6567616c
	is "all are there" "$(admin list key | wc -l)" 3
	# while it asks, others work
	mkfifo slow
	admin delete key legal 02 <slow 2>asked &
	asks=$!
	exec 9>slow
	for try in 1 2 3 4 5 6 7 8 9 10; do
		! grep -q "Delete it" asked 2>/dev/null || break
		sleep 0.1
	done
	check "it asks (look $try)" grep -q "Delete it" asked
	check "meanwhile there is a change" admin add group meanwhile
	echo yes >&9
	exec 9>&-
	wait $asks
	is "the answer counts" $? 0
	check "the group is deleted" admin delete group meanwhile
	told 0 "One other key pair stays." "yes is one" deletes yes key legal 01
	is "one key pair is left" "$(admin list key)" \
		'key "legal" 6c6567616c current'
	verified "loss: the chain of the log"
}

# ---- what is wrong -------------------------------------------------------

# What is missing, too much or not there is told by its name.
test_words() {
	while IFS=: read -r words want; do
		# shellcheck disable=SC2086 # words
		told 2 "seamkey-agent: $want" "admin $words" admin $words
	done <<-END
		add access:a word is missing: add access ACCESS
		add decryptor:a word is missing: add decryptor NAME [ALIAS]
		add member legal:a word is missing: add member GROUP NAME
		add rule x:a word is missing: add rule RULE TEXT
		replace rule lawyers:a word is missing: replace rule RULE TEXT
		delete rule:a word is missing: delete rule RULE
		retire key legal:a word is missing: retire key ACCESS ID
		delete key legal:a word is missing: delete key ACCESS ID
		--yes delete key legal:a word is missing: delete key ACCESS ID
		export:a word is missing: export ACCESS [ID]
		export a b c:c: one word too many: export ACCESS [ID]
		approve:a word is missing: approve FILE
		add:add: of what? The kinds are access, key
		list foo:foo: is no kind; the kinds are access, key
		list key x:x: one word too many: list [KIND]
		replace access legal:replace access: only a rule or a
		replace foo legal:foo: is no kind
		retire access legal:retire access: only a key can be retired
		add pending 01 02:add pending: is the agent's to add
	END
	while IFS=: read -r words want; do
		# shellcheck disable=SC2086 # words
		told 1 "seamkey-agent: $want: is not in the repository" \
			"admin $words" admin $words
		is "admin $words: is all" "$(wc -l <err)" 1
	done <<-END
		add key nog:access nog
		add binding nog lawyers:access nog
		add binding legal nope:rule nope
		add binding nog nope:access nog
		add binding legal lawyers ff:key ff
		add attribute CN=nog badge 1:decryptor CN=nog
		add member nog CN=alice,O=Acme:group nog
		add member legal CN=nog:decryptor CN=nog
		add manager nog CN=alice,O=Acme:group nog
		add manager legal CN=nog:decryptor CN=nog
		delete group nog:group nog
		delete member legal CN=bob,O=Acme:member legal CN=bob,O=Acme
		retire key legal ff:key legal ff
		delete key legal ff:key legal ff
		replace decryptor CN=nog:decryptor CN=nog
	END
	told 1 "rule nog: is not in the repository" "a rule that is replaced" \
		admin replace rule nog 'clearance(1)'
	check "the rule as it was" admin replace rule lawyers 'group("legal")'
	verified "words: the chain of the log"
}

# ---- what a rule names ---------------------------------------------------

# A rule may name what comes later; that is told, once it is taken.
test_later() {
	told 0 'rule later: its group "nog" is not in the repository yet' \
		"a group that is not there" admin add rule later 'group("nog")'
	is "is all" "$(wc -l <err)" 1
	check "the rule is" sh -c "'$A' admin --config conf list rule |
		grep -q '\"later\"'"
	told 0 'its role "clerk" is not' "nor is a role" admin replace rule \
		later 'any(group("legal"), role("clerk"), group("nog"))'
	check "and the group again" grep -q 'its group "nog" is not' err
	is "and that is all" "$(wc -l <err)" 2
	told 0 'its group "board" is not' "nor a group that approves" \
		admin replace rule later 'approval(1, "board")'
	told 0 'its function "moon" never passes' "nor a function" \
		admin replace rule later \
		'any(group("legal"), function("moon", "full"))'
	is "and that is all of it" "$(wc -l <err)" 1
	check "a role" admin add role clerk badge
	admin replace rule later 'all(group("legal"), role("clerk"))' \
		>out 2>err
	is "what is there is not told" "$? $(cat out err)" "0 "
	check "the rule is deleted" admin delete rule later
	check "and the role" admin delete role clerk badge
	verified "rules: the chain of the log"
}

# ---- what the log says of it ---------------------------------------------

# says WORDS... -- TEXT: admin with these words, and what the log says of it
says() {
	words=
	while [ "$1" != -- ]; do
		words="$words $1"
		shift
	done
	# shellcheck disable=SC2086 # words
	admin $words >out 2>err
	is "the log says what$words is" "$(tail -n 1 audit.log |
		cut -d ' ' -f 5- | sed 's/ [0-9a-f]\{64\}$//
			s/ public-key-sha256=.*//; s/ reason=.*//')" "$2"
}

# Two changes that are not the same have not the same line.
test_lines() {
	check "a role" admin add role badged badge
	says delete role badged badge -- \
		'delete role="badged" type="badge" value=""'
	for compare in '=' '>=' '<='; do
		says add role clerk badge "${compare}3" -- "add role=\"clerk\" \
type=\"badge\" compare=\"$compare\" value=\"3\""
		admin delete role clerk badge "$compare 3"
	done
	for padding in oaep pkcs1; do
		says replace decryptor CN=bob,O=Acme --$padding -- "replace \
decryptor=\"CN=bob,O=Acme\" alias=\"bob\" clearance=0 padding=$padding"
	done
	says add decryptor CN=dora dora -- "add decryptor=\"CN=dora\" \
alias=\"dora\" clearance=0 padding=pkcs1"
	says delete decryptor CN=dora -- 'delete decryptor="CN=dora"'
	says delete approval CN=bob,O=Acme 00ff -- \
		'delete approval="CN=bob,O=Acme" hash=00ff'
	says delete pending 61620a 00ff -- \
		'delete pending=61620a recipients=00ff'
	verified "lines: the chain of the log"
}

# ---- what is damaged, or much ----------------------------------------------

# What is not said of a decryptor stays, whatever is wrong with others, and
# where it cannot be read nothing is replaced.
test_replace() {
	if ! have sqlite3; then
		skip "a decryptor beside damaged ones" "sqlite3 is not here"
		return
	fi
	cp agent.db agent.db.good
	for who in bob carol; do # the rows before, and behind
		sqlite3 agent.db "UPDATE row SET value = zeroblob(40000)
			WHERE kind = 5 AND name = CAST('$who' AS BLOB)"
	done
	check "a decryptor is replaced beside damaged rows" \
		admin replace decryptor CN=alice,O=Acme --clearance 2
	is "and keeps its alias and its key" "$(sqlite3 agent.db "SELECT
		CAST(name AS TEXT), number, length(value) > 200
		FROM row WHERE kind = 5 AND number = 2")" "alice|2|1"
	told 2 "decryptor: the database is damaged" "a damaged one is not" \
		admin replace decryptor CN=bob,O=Acme --clearance 2
	is "and stays as it was" "$(sqlite3 agent.db "SELECT
		CAST(name AS TEXT), number, length(value)
		FROM row WHERE kind = 5 AND number = 0 AND length(value) > 1000
		ORDER BY name")" "bob|0|40000
carol|0|40000"
	mv agent.db.good agent.db
}

# More than have room at once.
test_many() {
	if ! have sqlite3; then
		skip "many rows" "sqlite3 is not here"
		return
	fi
	cp agent.db agent.db.good
	sqlite3 agent.db "INSERT INTO row WITH RECURSIVE n(i) AS
		(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
		SELECT randomblob(32), 5, randomblob(8), x'', zeroblob(8192),
		0, 0, x'', x'' FROM n"
	admin list decryptor >out 2>err
	is "a list of 10 MB" "$? $(wc -l <out) $(cat err)" "0 1203 "
	mv agent.db.good agent.db
}

# long_rule N: one of about N * 88 octets
long_rule() {
	awk -v n="$1" 'BEGIN {
		printf "any("
		for (i = 1; i <= n; i++)
			printf("%sname(\"CN=Somebody of a long name %d,%s\")",
				(i > 1) ? ", " : "", i,
				"OU=A rather large department,O=Acme")
		print ")"
	}'
}

# A rule can be read again, however long its text is; and in the log, as long
# as a line of it.
test_long_rules() {
	check "a rule of 5 KB" admin add rule long "$(long_rule 60)"
	is "is listed whole" "$(admin list rule | grep '"long"')" \
		"rule \"long\" $(long_rule 60)"
	check "and logged" grep -q \
		' rule="long" sha256=.* text=".*name 60,OU=[^)]*)' audit.log
	long_rule 62 | sed 's/department/&'"$(printf %0200d 0)"'/g' >longer
	check "one of 18 KB" admin add rule longer "$(cat longer)"
	is "is listed whole, too" "$(admin list rule | grep '"longer"')" \
		"rule \"longer\" $(cat longer)"
	octets=$(($(wc -c <longer) - 1))
	check "of it the log has the length" grep -q \
		" rule=\"longer\" sha256=.* text-octets=$octets" audit.log
	verified "the chain of the log"
	check "they go" admin delete rule long
	check "both" admin delete rule longer
}

# ---- who can read it -----------------------------------------------------

# mode FILE
mode() {
	# shellcheck disable=SC2012 # no name here is strange
	ls -l "$1" | cut -c 1-10
}

# The repository says who may read what: its files are the owner's alone,
# whatever the mask. So are those that SQLite makes beside it.
test_modes() {
	for mask in 077 022 000; do
		rm -f mode.db mode.log
		check "mask $mask: a repository" sh -c "umask $mask
			exec '$A' admin --db sqlite:mode.db --audit mode.log \
				--key-file wrap.key init"
		is "mask $mask: is its owner's" "$(mode mode.db)" -rw-------
		is "mask $mask: so is the log" "$(mode mode.log)" -rw-------
	done
	# ended in the middle of a change by the limit of a file's size: the
	# journal stays
	blocks=$((($(wc -c <mode.db) + 511) / 512))
	rule="any($(printf 'group("%064d"), ' 1 2 3 4 5 6 7 8 9)clearance(1))"
	for n in 1 2 3 4 5 6 7 8 9 10; do
		# the inner sh tells of the signal
		sh -c 'umask 000
			ulimit -f "$1"
			"$0" admin --db sqlite:mode.db --audit mode.log \
				--key-file wrap.key add rule "long $2" "$3"
			exit' "$A" $blocks $n "$rule" >out 2>err
		[ ! -s mode.db-journal ] || break
	done
	is "a journal (change $n) is its owner's, too" \
		"$(mode mode.db-journal)" -rw-------
	check "the next one takes it away" "$A" admin --db sqlite:mode.db \
		--audit mode.log --key-file wrap.key add group last
	refuse "it is gone" test -e mode.db-journal
	if have sqlite3; then
		is "a write-ahead log" \
			"$(sqlite3 agent.db 'PRAGMA journal_mode = WAL')" wal
		umask 000
		begin || return
		check "has a change" admin add group wal
		kept "and a reader" --alias bob block
		for file in agent.db agent.db-wal agent.db-shm; do
			is "$file is its owner's" "$(mode $file)" -rw-------
		done
		check "the group is deleted" admin delete group wal
		end
		umask 022
		is "no write-ahead log" "$(sqlite3 agent.db \
			'PRAGMA journal_mode = DELETE')" delete
	else
		skip "modes of a write-ahead log" "sqlite3 is not here"
	fi
	verified "modes: the chain of the log"
}

# ---- the seamkey command ---------------------------------------------------

# asks STATUS TITLE OPTION...: of seamkey request, by way of the agent
asks() {
	want=$1
	title=$2
	shift 2
	"$S" request --agent "127.0.0.1:$port" --answer answer "$@" >out 2>err
	is "$title" "$? $(cat out)" "$want "
}

# opens TITLE BLOCK: Alice does, with the answer
opens() {
	"$S" open --key alice.key --request request --answer answer \
		"$2" >got 2>err
	is "$1" "$? $(cat got)" "0 $(cat message)"
}

# What a user has: requests for several blocks, approvals, and again.
test_command() {
	if [ ! -x "$S" ]; then
		skip "the seamkey command" "build/seamkey is not here"
		return
	fi
	check "another access identifier" admin add access board
	check "with a key pair" admin add key board 0b --import carol.key
	check "sealed to it" "$S" seal --to carol.crt --id 0b --out other \
		message
	begin || return
	asks 0 "a request is answered" --alias alice --out request block
	opens "which opens the block" block
	asks 1 "for two blocks" --alias alice --out request block other
	is "what was not released is told" "$(cat err)" \
		"seamkey: other: the key was not released"
	opens "the other is opened" block
	told 1 "answer: the key was not released" "nor is it there" \
		"$S" open --key alice.key --request request --answer answer \
		other
	asks 1 "the same again" --request request
	is "tells which" "$(cat err)" \
		"seamkey: request: the key of block 2 was not released"
	check "a board" admin add group board
	check "with Bob" admin add member board CN=bob,O=Acme
	check "and Carol" admin add member board CN=carol,O=Acme
	check "a rule asks for two approvals" admin replace rule lawyers \
		'all(group("legal"), approval(2, "board"))'
	asks 1 "a request without" --as CN=alice,O=Acme --out request block
	for who in bob carol; do
		check "$who approves" "$S" approve --yes --key $who.key \
			--cert $who.crt --request request \
			--agent "127.0.0.1:$port"
		[ $who = carol ] || asks 1 "one is not enough" --request request
	done
	# the last refusal, when there was one approval
	is "one block has no number" "$(cat err)" \
		"seamkey: request: the key was not released"
	is "both are there" "$(admin list approval | wc -l)" 2
	asks 0 "two are" --request request
	opens "and the block is opened" block
	asks 1 "another request has none" --alias alice --out request block
	# from what the agent lists
	pending=$(admin list pending | tail -n 1)
	for who in bob carol; do
		check "$who approves of what is listed" "$S" approve --yes \
			--key $who.key --cert $who.crt \
			--id "$("$S" show request |
				sed -n 's/^request id *//p')" \
			--recipients "$(echo "$pending" | cut -d ' ' -f 3)" \
			--decryptor CN=alice,O=Acme --out $who.approval
		check "and the administrator takes it" \
			admin approve $who.approval
	done
	asks 0 "it is released" --request request
	opens "and opened" block
	check "a forged approval has the same receipt" "$S" approve --yes \
		--key alice.key --as CN=bob,O=Acme --request request \
		--decryptor CN=alice,O=Acme --agent "127.0.0.1:$port"
	check "the rule as it was" admin replace rule lawyers 'group("legal")'
	end
	for line in $(admin list approval | cut -d ' ' -f 2,3 | tr -d '"' |
		tr ' ' :); do
		check "an approval is withdrawn" \
			admin delete approval "${line%:*}" "${line#*:}"
	done
	is "no approvals are left" "$(admin list approval)" ""
	asks 2 "no agent is there" --alias alice --out request block
	check "it is told" grep -q "127.0.0.1:$port: Connection refused" err
	check "the key pair is deleted" admin delete --yes key board 0b
	check "and the access identifier" admin delete access board
	verified "the command: the chain of the log"
}

# fake OCTETS SECONDS: none.py, which waits so long before it listens, as $none
# on $at
fake() {
	rm -f none.port
	python3 none.py "$@" >none.port 2>none.err &
	none=$!
	try=0
	while [ $try -lt 200 ]; do
		at=$(cat none.port 2>/dev/null)
		[ -z "$at" ] || return 0
		try=$((try + 1))
		sleep 0.1
	done
	kill $none
	wait $none
	fail "$1: a server begins" "after $try looks: $(cat none.err)"
	return 1
}

# Nobody there who speaks as an agent does.
test_command_refused() {
	[ -x "$S" ] || return
	ask="$S request --alias alice --out request --answer answer --agent"
	for agent in : :1 a: a:b:c "[::1" "[::1]x" "[]:1"; do
		# shellcheck disable=SC2086 # words
		told 2 "$agent: is not HOST:PORT" "agent '$agent'" \
			$ask $agent block
	done
	told 2 "--agent and --answer need one another" "no answer" "$S" \
		request --alias alice --out request --agent a block
	told 2 "--agent needs --out" "no place for the request" "$S" request \
		--alias alice --agent a --answer answer block
	told 2 "and nothing else" "an old request and a new one" "$S" request \
		--alias alice --request request --agent a --answer answer
	told 2 "and nothing else" "an old request and a block" "$S" request \
		--request request --agent a --answer answer block
	told 1 "block: is the input" "the answer over the block" "$S" request \
		--alias alice --out request --agent a --answer block block
	told 2 "this is no message" "an old request that is none" "$S" \
		request --request message --agent a --answer answer
	if ! have python3; then
		skip "agents that are none" "python3 is not here"
		return
	fi
	# after a message of any length it sends these octets, and closes; the
	# first one is slow to begin
	cat >none.py <<-END
	import socket, sys, time
	socket.setdefaulttimeout(20)
	time.sleep(int(sys.argv[2]))
	s = socket.create_server(("127.0.0.1", 0))
	print(s.getsockname()[1], flush=True)
	c = s.accept()[0]
	c.recv(65536)
	c.sendall(bytes.fromhex(sys.argv[1]))
	c.shutdown(socket.SHUT_WR)
	c.recv(65536)
	END
	late=1
	while read -r octets text; do
		fake "$octets" $late || continue
		late=0
		# shellcheck disable=SC2086 # words
		told "${text%% *}" "${text#* }" "an answer of $octets" \
			within 30 $ask "127.0.0.1:$at" block
		wait $none
	done <<-END
	00 2 closed the connection without an answer
	00000004aa 2 closed the connection without an answer
	7fffffff00 2 the answer is longer than any that is one
	0000000000 2 an element is missing
	00000003630100 2 this is no message of key release
	END
	rm -f answer
}

# ---- crashes -------------------------------------------------------------

# was_made LIST-LINE: is it there? Listing says nothing else.
was_made() {
	admin list >out 2>err || wrong="$wrong list"
	[ ! -s err ] || wrong="$wrong $(cat err)"
	grep -qxF -- "$1" out
}

# killed WHAT LINE VERB KIND WORD...: killed at some moment, the change has
# been made or has not, as LINE is there or not (there: -, then it goes away);
# the log has announced it. The moment moves towards the one at which the
# database takes it, from both sides.
killed() {
	what=$1
	line=$2
	shift 2
	timeout -s KILL "0.$(printf %03d "$delay")" "$A" admin \
		--config conf "$@" >killed 2>&1
	status=$?
	changed=no
	case $line in
	-*) was_made "${line#-}" || changed=yes ;;
	*) was_made "$line" && changed=yes ;;
	esac
	if [ "$changed" = yes ]; then
		made=$((made + 1))
		delay=$((delay * 3 / 4 + 1))
		grep -q "changing .* $what" audit.log ||
			wrong="$wrong not-announced"
	else
		lost=$((lost + 1))
		delay=$((delay * 5 / 4 + 2))
		[ "$status" -ne 0 ] || wrong="$wrong not-made"
	fi
	[ "$delay" -lt 1000 ] || delay=999
	"$A" audit verify audit.log >out || wrong="$wrong log"
}

# Whole, whatever was cut short: the private half is that of the file.
whole() {
	admin export legal "$1" >out 2>err && cmp -s out bob.pub ||
		wrong="$wrong key-$1"
}

kill_add_key() {
	killed "add key=\"legal\" key=$1" "key \"legal\" $1 current" \
		add key legal "$1" --import bob.key
	if [ "$changed" = no ]; then
		admin add key legal "$1" --import bob.key >out ||
			wrong="$wrong again-$1"
	fi
	whole "$1"
	admin delete --yes key legal "$1" 2>err || wrong="$wrong delete-$1"
}

kill_retire() {
	admin add key legal "$1" --import bob.key >out
	killed "retire key=\"legal\" key=$1" "key \"legal\" $1 retired" \
		retire key legal "$1"
	[ "$changed" = yes ] || was_made "key \"legal\" $1 current" ||
		wrong="$wrong gone-$1"
	whole "$1"
	admin retire key legal "$1" || wrong="$wrong retire-$1"
	admin delete --yes key legal "$1" 2>err || wrong="$wrong delete-$1"
}

kill_delete_key() {
	admin add key legal "$1" --import bob.key >out
	killed "delete key=\"legal\" key=$1" "-key \"legal\" $1 current" \
		delete --yes key legal "$1"
	[ "$changed" = yes ] || whole "$1"
	[ "$changed" = yes ] || admin delete --yes key legal "$1" 2>err ||
		wrong="$wrong delete-$1"
}

kill_bind_rule() {
	admin add rule "crash$1" 'clearance(1)'
	killed "add binding=\"legal\" rule=\"crash$1\"" \
		"binding \"legal\" \"crash$1\"" add binding legal "crash$1"
	[ "$changed" = no ] || admin delete binding legal "crash$1" ||
		wrong="$wrong delete-$1"
	admin delete rule "crash$1" || wrong="$wrong rule-$1"
}

test_kills() {
	if ! have timeout; then
		skip "kills during administration" "no timeout is here"
		return
	fi
	openssl pkey -in bob.key -pubout -out bob.pub
	for change in add_key retire delete_key bind_rule; do
		wrong='' made=0 lost=0 delay=8 n=0
		while [ $n -lt 20 ]; do
			n=$((n + 1))
			"kill_$change" "$(printf 'c0%02x' $n)"
		done
		is "$change: none of $n kills left something half done" \
			"$wrong" ""
		check "$change: some were made ($made), some not ($lost)" \
			test $made -gt 0 -a $lost -gt 0
	done
	is "all key pairs are as before" "$(admin list key)" \
		'key "legal" 6c6567616c current'
	is "all bindings are" "$(admin list binding)" \
		'binding "legal" "lawyers"'
	verified "kills: the chain of the log"
}

test_names
test_export
test_bad_keys
test_loss
test_words
test_later
test_lines
test_replace
test_many
test_long_rules
test_modes
test_command
test_command_refused
test_kills
summary agent_admin
