/*
 * test_rule.c - rules: text, DER, decisions, malformed
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "seamkey_rule.h"

#include "hex.h"
#include "rsa_tools.h"

#define ROOM  8192
#define RULES (SEAMKEY_RULE_MAX + 1)

static unsigned char one[ROOM], two[ROOM], three[ROOM];
static seamkey_rule rules[RULES], others[RULES];

static seamkey_span
words(const char *s)
{
	return seamkey_span_of(s, strlen(s));
}

/* ---- status -------------------------------------------------------------- */

/* clang-format off */
#define CODE(name, value, text) { #name, name, text },
/* clang-format on */

static const struct {
	const char *what;
	int status;
	const char *text;
} codes[] = { SEAMKEY_RULE_ERRORS(CODE) };

static void
rule_codes_have_texts(void)
{
	size_t u;

	for (u = 0; u < COUNT(codes); u++) {
		int status = codes[u].status;

		what = codes[u].what;
		CHECK_INT(status, -520 - (int)u);
		CHECK_INT(strcmp(seamkey_rule_text(status), codes[u].text), 0);
		CHECK_INT(strcmp(seamkey_text(status), codes[u].text), 0);
	}
	CHECK_INT(strcmp(seamkey_rule_text(SEAMKEY_ERR_NAME),
			  seamkey_name_text(SEAMKEY_ERR_NAME)),
		0);
	CHECK_INT(strcmp(seamkey_rule_text(-539), "unknown status"), 0);
	CHECK_INT(strcmp(seamkey_text(-539), "unknown status"), 0);
}

/* ---- text, DER and array ------------------------------------------------- */

/* A span over a string literal, as an initialiser. */
#define S(chars) \
	{ \
		(const unsigned char *)("" chars), sizeof(chars) - 1 \
	}
#define NONE \
	{ \
		NULL, 0 \
	}

#define ALICE \
	S("\x30\x1F\x31\x0D\x30\x0B\x06\x03\x55\x04\x0A\x0C\x04" \
	  "Acme" \
	  "\x31\x0E\x30\x0C\x06\x03\x55\x04\x03\x0C\x05" \
	  "Alice")
#define ALICE_HEX \
	"301F 310D300B060355040A0C0441636D65" \
	"310E300C06035504030C05416C696365"

#define COMBINE(k, n) \
	{ \
		SEAMKEY_RULE_COMBINE, 0, n, k, 0, NONE, NONE \
	}
#define GROUP(name) \
	{ \
		SEAMKEY_RULE_GROUP, 0, 0, 0, 0, S(name), NONE \
	}
#define CLEARANCE(n) \
	{ \
		SEAMKEY_RULE_CLEARANCE, 0, 0, n, 0, NONE, NONE \
	}
#define APPROVAL(n, group) \
	{ \
		SEAMKEY_RULE_APPROVAL, 0, 0, n, 0, S(group), NONE \
	}

/* clang-format off */
static const struct {
	const char *text, *hex;
	size_t count;
	seamkey_rule rule[7];
} forms[] = {
	{ "name(\"CN=Alice,O=Acme\")", "A121" ALICE_HEX,
		1, { { SEAMKEY_RULE_NAME, 0, 0, 0, 0, NONE, ALICE } } },
	{ "portion(\"CN=Alice,O=Acme\")", "A221" ALICE_HEX,
		1, { { SEAMKEY_RULE_PORTION, 0, 0, 0, 0, NONE, ALICE } } },
	{ "name(\"CN=\\\\\\\"\\\\\\\\\\\\C3\\\\BC\")", /* \"\\\C3\BC */
		"A111 300F310D300B06035504030C04225CC3BC",
		1, { { SEAMKEY_RULE_NAME, 0, 0, 0, 0, NONE,
			S("\x30\x0F\x31\x0D\x30\x0B\x06\x03\x55\x04\x03\x0C"
			  "\x04\"\\\xC3\xBC") } } },
	{ "attribute(\"badge\")", "A30A 0C056261646765 020100",
		1, { { SEAMKEY_RULE_ATTRIBUTE, SEAMKEY_RULE_PRESENT, 0, 0, 0,
			S("badge"), NONE } } },
	{ "attribute(\"colour\" = \"blue\")",
		"A311 0C06636F6C6F7572 020101 0C04626C7565",
		1, { { SEAMKEY_RULE_ATTRIBUTE, SEAMKEY_RULE_EQUAL, 0, 0, 0,
			S("colour"), S("blue") } } },
	{ "attribute(\"colour\" = \"\")",
		"A30D 0C06636F6C6F7572 020101 0C00",
		1, { { SEAMKEY_RULE_ATTRIBUTE, SEAMKEY_RULE_EQUAL, 0, 0, 0,
			S("colour"), NONE } } },
	{ "attribute(\"rank\" >= 3)", "A30C 0C0472616E6B 020102 0C0133",
		1, { { SEAMKEY_RULE_ATTRIBUTE, SEAMKEY_RULE_AT_LEAST, 0, 0, 0,
			S("rank"), S("3") } } },
	{ "attribute(\"rank\" <= 007)",
		"A30E 0C0472616E6B 020103 0C03303037",
		1, { { SEAMKEY_RULE_ATTRIBUTE, SEAMKEY_RULE_AT_MOST, 0, 0, 0,
			S("rank"), S("007") } } },
	{ "group(\"legal\")", "8405 6C6567616C", 1, { GROUP("legal") } },
	{ "group(\"\xC3\xBC \\\"\\\\\")", "8405 C3BC20225C",
		1, { GROUP("\xC3\xBC \"\\") } },
	{ "role(\"teller\")", "8506 74656C6C6572",
		1, { { SEAMKEY_RULE_ROLE, 0, 0, 0, 0, S("teller"), NONE } } },
	{ "clearance(3)", "860103", 1, { CLEARANCE(3) } },
	{ "clearance(127)", "86017F", 1, { CLEARANCE(127) } },
	{ "clearance(128)", "86020080", 1, { CLEARANCE(128) } },
	{ "clearance(32767)", "86027FFF", 1, { CLEARANCE(32767) } },
	{ "clearance(65535)", "860300FFFF", 1, { CLEARANCE(65535) } },
	{ "clearance(16777216)", "860401000000", 1, { CLEARANCE(16777216) } },
	{ "clearance(2147483648)", "86050080000000",
		1, { CLEARANCE(2147483648u) } },
	{ "clearance(4294967295)", "860500FFFFFFFF",
		1, { CLEARANCE(4294967295u) } },
	{ "period(20260101000000Z, 20261231235959Z)",
		"A722 180F32303236303130313030303030305A"
		"180F32303236313233313233353935395A",
		1, { { SEAMKEY_RULE_PERIOD, 0, 0, 0, 0, S("20260101000000Z"),
			S("20261231235959Z") } } },
	{ "time(08:00, 18:30)", "A809 02027080 0203010428",
		1, { { SEAMKEY_RULE_TIME, 0, 0, 28800, 66600, NONE, NONE } } },
	{ "time(22:00:01, 06:00)", "A809 0203013561 02025460",
		1, { { SEAMKEY_RULE_TIME, 0, 0, 79201, 21600, NONE, NONE } } },
	{ "time(00:00, 24:00)", "A808 020100 0203015180",
		1, { { SEAMKEY_RULE_TIME, 0, 0, 0, 86400, NONE, NONE } } },
	{ "time(23:59:59, 00:00)", "A808 020301517F 020100",
		1, { { SEAMKEY_RULE_TIME, 0, 0, 86399, 0, NONE, NONE } } },
	{ "days(mon)", "890101",
		1, { { SEAMKEY_RULE_DAYS, 0, 0, 1, 0, NONE, NONE } } },
	{ "days(tue, wed, sat)", "890126",
		1, { { SEAMKEY_RULE_DAYS, 0, 0, 38, 0, NONE, NONE } } },
	{ "days(mon, tue, wed, thu, fri, sat, sun)", "89017F",
		1, { { SEAMKEY_RULE_DAYS, 0, 0, 127, 0, NONE, NONE } } },
	{ "location(\"building 7\")", "8A0A 6275696C64696E672037",
		1, { { SEAMKEY_RULE_LOCATION, 0, 0, 0, 0, S("building 7"),
			NONE } } },
	{ "function(\"f\")", "AB05 0C0166 0C00",
		1, { { SEAMKEY_RULE_FUNCTION, 0, 0, 0, 0, S("f"), NONE } } },
	{ "function(\"f\", \"a\")", "AB06 0C0166 0C0161",
		1, { { SEAMKEY_RULE_FUNCTION, 0, 0, 0, 0, S("f"), S("a") } } },
	{ "approval(2, \"board\")", "AC0A 020102 0C05626F617264",
		1, { APPROVAL(2, "board") } },
	{ "approval(64, \"board\")", "AC0A 020140 0C05626F617264",
		1, { APPROVAL(64, "board") } },
	{ "all(group(\"a\"), group(\"b\"))",
		"A00B 020102 3006 840161 840162",
		3, { COMBINE(2, 2), GROUP("a"), GROUP("b") } },
	{ "any(group(\"a\"), group(\"b\"))",
		"A00B 020101 3006 840161 840162",
		3, { COMBINE(1, 2), GROUP("a"), GROUP("b") } },
	{ "all(group(\"a\"))", "A008 020101 3003 840161",
		2, { COMBINE(1, 1), GROUP("a") } },
	{ "2 of (group(\"a\"), group(\"b\"), group(\"c\"))",
		"A00E 020102 3009 840161 840162 840163",
		4, { COMBINE(2, 3), GROUP("a"), GROUP("b"), GROUP("c") } },
	{ "all(group(\"legal\"), any(clearance(3), approval(2, \"board\")))",
		"A022 020102 301D 84056C6567616C"
		"A014 020101 300F 860103 AC0A 020102 0C05626F617264",
		5, { COMBINE(2, 2), GROUP("legal"), COMBINE(1, 2),
			CLEARANCE(3), APPROVAL(2, "board") } },
	{ "any(all(group(\"a\"), group(\"b\")), group(\"c\"))",
		"A015 020101 3010 A00B 020102 3006 840161 840162 840163",
		5, { COMBINE(1, 2), COMBINE(2, 2), GROUP("a"), GROUP("b"),
			GROUP("c") } },
	{ "all(all(all(group(\"a\"))), any(group(\"b\"), group(\"c\")))",
		"A023020102301EA00F020101300AA00802010130"
		"03840161A00B0201013006840162840163",
		7, { COMBINE(2, 2), COMBINE(1, 1), COMBINE(1, 1), GROUP("a"),
			COMBINE(1, 2), GROUP("b"), GROUP("c") } }
};
/* clang-format on */

static void
check_rules(const seamkey_rule *got, const seamkey_rule *want, size_t count)
{
	size_t u;

	for (u = 0; u < count; u++) {
		CHECK_INT(got[u].kind, want[u].kind);
		CHECK_INT(got[u].compare, want[u].compare);
		CHECK_INT(got[u].count, want[u].count);
		CHECK_INT(got[u].least, want[u].least);
		CHECK_INT(got[u].most, want[u].most);
		CHECK_INT(seamkey_span_match(got[u].name, want[u].name), 1);
		CHECK_INT(seamkey_span_match(got[u].value, want[u].value), 1);
	}
}

static void
rule_text_der_and_array(void)
{
	seamkey_span der, text;
	size_t u, len, count, at;

	for (u = 0; u < COUNT(forms); u++) {
		const seamkey_rule *rule = forms[u].rule;

		what = forms[u].text;
		text = words(what);
		der = unhex(forms[u].hex, one, sizeof one);
		len = count = at = 0;
		CHECK_INT(seamkey_rule_decode_text(two, ROOM, &len, text, &at),
			SEAMKEY_OK);
		CHECK_INT(at, text.len);
		CHECK_INT(len, der.len);
		CHECK_MEM(two, der.p, der.len);
		CHECK_INT(seamkey_rule_decode(rules, RULES, &count, der),
			SEAMKEY_OK);
		CHECK_INT(count, forms[u].count);
		check_rules(rules, rule, count);
		CHECK_INT(seamkey_rule_check(rule, count), SEAMKEY_OK);
		CHECK_INT(seamkey_rule_encode(two, ROOM, &len, rule, count),
			SEAMKEY_OK);
		CHECK_INT(len, der.len);
		CHECK_MEM(two, der.p, der.len);
		CHECK_INT(
			seamkey_rule_encode_text(two, ROOM, &len, rule, count),
			SEAMKEY_OK);
		CHECK_INT(len, text.len);
		CHECK_MEM(two, text.p, text.len);
	}
}

/* clang-format off */
static const struct {
	const char *text, *shown;
} other_texts[] = {
	{ " \t\r\n group \n(\t\"a\" ) ", "group(\"a\")" },
	{ "all ( group ( \"a\" ) , role(\"b\"))",
		"all(group(\"a\"), role(\"b\"))" },
	{ "any(group(\"a\"))", "all(group(\"a\"))" },
	{ "1of(group(\"a\"),group(\"b\"))", "any(group(\"a\"), group(\"b\"))" },
	{ "2 of (group(\"a\"), group(\"b\"))",
		"all(group(\"a\"), group(\"b\"))" },
	{ "time( 08:00:00 ,09:00 )", "time(08:00, 09:00)" },
	{ "days(sun,mon)", "days(mon, sun)" },
	{ "clearance(0007)", "clearance(7)" },
	{ "attribute(\"a\"> =1)", "attribute(\"a\" >= 1)" },
	{ "function(\"f\" , \"\")", "function(\"f\")" },
	{ "name(\"CN=\xC3\xBC\")", "name(\"CN=\\\\C3\\\\BC\")" },
	{ "name(\"UID=b+CN=a\")", "name(\"CN=a+UID=b\")" },
	{ "name(\"2.5.4.3=#130141\")", "name(\"CN=A\")" },
	{ "name(\"CN=#0C0109\")", "name(\"CN=#0C0109\")" }
};

static const struct {
	const char *text;
	int status;
	size_t at;
} wrong_texts[] = {
	{ "",                               SEAMKEY_ERR_RULE_TEXT, 0 },
	{ "  ",                             SEAMKEY_ERR_RULE_TEXT, 2 },
	{ "(",                              SEAMKEY_ERR_RULE_TEXT, 0 },
	{ "group",                          SEAMKEY_ERR_RULE_TEXT, 5 },
	{ "group(",                         SEAMKEY_ERR_RULE_TEXT, 6 },
	{ "group(legal)",                   SEAMKEY_ERR_RULE_TEXT, 6 },
	{ "group(\"legal",                  SEAMKEY_ERR_RULE_TEXT, 12 },
	{ "group(\"legal\"",                SEAMKEY_ERR_RULE_TEXT, 13 },
	{ "group(\"a\" \"b\")",             SEAMKEY_ERR_RULE_TEXT, 10 },
	{ "group(\"a\") x",                 SEAMKEY_ERR_RULE_TEXT, 11 },
	{ "group(\"a\"))",                  SEAMKEY_ERR_RULE_TEXT, 10 },
	{ "group(\"a\"), group(\"b\")",     SEAMKEY_ERR_RULE_TEXT, 10 },
	{ "grp(\"a\")",                     SEAMKEY_ERR_RULE_TEXT, 0 },
	{ " Group(\"a\")",                  SEAMKEY_ERR_RULE_TEXT, 1 },
	{ "groups(\"a\")",                  SEAMKEY_ERR_RULE_TEXT, 0 },
	{ "not(group(\"a\"))",              SEAMKEY_ERR_RULE_TEXT, 0 },
	{ "group(\"\")",                    SEAMKEY_ERR_RULE_VALUE, 0 },
	{ "group(\"a\\n\")",                SEAMKEY_ERR_RULE_TEXT, 8 },
	{ "group(\"a\\",                    SEAMKEY_ERR_RULE_TEXT, 8 },
	{ "group(\"a\nb\")",                SEAMKEY_ERR_RULE_VALUE, 0 },
	{ "all(group(\"a\\\"\nb\"))",       SEAMKEY_ERR_RULE_VALUE, 4 },
	{ "group(\"\xC3\")",                SEAMKEY_ERR_RULE_VALUE, 0 },
	{ "role(\"\")",                     SEAMKEY_ERR_RULE_VALUE, 0 },
	{ "location(\"\")",                 SEAMKEY_ERR_RULE_VALUE, 0 },
	{ "clearance(0)",                   SEAMKEY_ERR_RULE_VALUE, 0 },
	{ "clearance(4294967296)",          SEAMKEY_ERR_RULE_TEXT, 10 },
	{ "clearance(18446744073709551617)", SEAMKEY_ERR_RULE_TEXT, 10 },
	{ "clearance( -1)",                 SEAMKEY_ERR_RULE_TEXT, 11 },
	{ "clearance()",                    SEAMKEY_ERR_RULE_TEXT, 10 },
	{ "clearance(1",                    SEAMKEY_ERR_RULE_TEXT, 11 },
	{ "clearance(0x1)",                 SEAMKEY_ERR_RULE_TEXT, 11 },
	{ "clearance(1 2)",                 SEAMKEY_ERR_RULE_TEXT, 12 },
	{ "all()",                          SEAMKEY_ERR_RULE_TEXT, 4 },
	{ "any()",                          SEAMKEY_ERR_RULE_TEXT, 4 },
	{ "1 of ()",                        SEAMKEY_ERR_RULE_TEXT, 6 },
	{ "all",                            SEAMKEY_ERR_RULE_TEXT, 3 },
	{ "all(",                           SEAMKEY_ERR_RULE_TEXT, 4 },
	{ "all(group(\"a\")",               SEAMKEY_ERR_RULE_TEXT, 14 },
	{ "all(group(\"a\"),)",             SEAMKEY_ERR_RULE_TEXT, 15 },
	{ "all(,group(\"a\"))",             SEAMKEY_ERR_RULE_TEXT, 4 },
	{ "all(group(\"a\") group(\"b\"))", SEAMKEY_ERR_RULE_TEXT, 15 },
	{ "all(any(group(\"a\"))",          SEAMKEY_ERR_RULE_TEXT, 19 },
	{ "alll(group(\"a\"))",             SEAMKEY_ERR_RULE_TEXT, 0 },
	{ "2 of (group(\"a\"))",            SEAMKEY_ERR_RULE_COUNT, 17 },
	{ "all(2 of (group(\"a\")))",       SEAMKEY_ERR_RULE_COUNT, 21 },
	{ "0 of (group(\"a\"))",            SEAMKEY_ERR_RULE_COUNT, 0 },
	{ " 65 of (group(\"a\"))",          SEAMKEY_ERR_RULE_COUNT, 1 },
	{ "4294967296 of (group(\"a\"))",   SEAMKEY_ERR_RULE_TEXT, 0 },
	{ "2 off (group(\"a\"))",           SEAMKEY_ERR_RULE_TEXT, 0 },
	{ "2 (group(\"a\"))",               SEAMKEY_ERR_RULE_TEXT, 2 },
	{ "2 of group(\"a\")",              SEAMKEY_ERR_RULE_TEXT, 5 },
	{ "time(8:00, 18:00)",              SEAMKEY_ERR_RULE_TEXT, 5 },
	{ "time(008:00, 18:00)",            SEAMKEY_ERR_RULE_TEXT, 5 },
	{ "time(25:00, 26:00)",             SEAMKEY_ERR_RULE_TEXT, 5 },
	{ "time(08:60, 09:00)",             SEAMKEY_ERR_RULE_TEXT, 8 },
	{ "time(08:00:60, 09:00)",          SEAMKEY_ERR_RULE_TEXT, 11 },
	{ "time(08, 09:00)",                SEAMKEY_ERR_RULE_TEXT, 7 },
	{ "time(08:00:00:00, 09:00)",       SEAMKEY_ERR_RULE_TEXT, 13 },
	{ "time(08:00)",                    SEAMKEY_ERR_RULE_TEXT, 10 },
	{ "time(08:00, 08:00)",             SEAMKEY_ERR_RULE_VALUE, 0 },
	{ "time(00:00, 00:00)",             SEAMKEY_ERR_RULE_VALUE, 0 },
	{ "time(24:00, 08:00)",             SEAMKEY_ERR_RULE_VALUE, 0 },
	{ "time(08:00, 24:00:01)",          SEAMKEY_ERR_RULE_VALUE, 0 },
	{ "days()",                         SEAMKEY_ERR_RULE_TEXT, 5 },
	{ "days(mon, mon)",                 SEAMKEY_ERR_RULE_TEXT, 10 },
	{ "days(monday)",                   SEAMKEY_ERR_RULE_TEXT, 5 },
	{ "days(Mon)",                      SEAMKEY_ERR_RULE_TEXT, 5 },
	{ "days(mon tue)",                  SEAMKEY_ERR_RULE_TEXT, 9 },
	{ "days(mon,)",                     SEAMKEY_ERR_RULE_TEXT, 9 },
	{ "days(1)",                        SEAMKEY_ERR_RULE_TEXT, 5 },
	{ "period(20260101000000Z)",        SEAMKEY_ERR_RULE_TEXT, 22 },
	{ "period(20260101000000, 20270101000000Z)",
		SEAMKEY_ERR_RULE_VALUE, 0 },
	{ "period(20260101000000Z, 20270101000000ZZ)",
		SEAMKEY_ERR_RULE_TEXT, 39 },
	{ "period(20270101000000Z, 20260101000000Z)",
		SEAMKEY_ERR_RULE_VALUE, 0 },
	{ "period(20260230000000Z, 20270101000000Z)",
		SEAMKEY_ERR_RULE_VALUE, 0 },
	{ "attribute(badge)",               SEAMKEY_ERR_RULE_TEXT, 10 },
	{ "attribute(\"\")",                SEAMKEY_ERR_RULE_VALUE, 0 },
	{ "attribute(\"a\" > 3)",           SEAMKEY_ERR_RULE_TEXT, 16 },
	{ "attribute(\"a\" < 3)",           SEAMKEY_ERR_RULE_TEXT, 16 },
	{ "attribute(\"a\" != \"b\")",      SEAMKEY_ERR_RULE_TEXT, 14 },
	{ "attribute(\"a\" = 3)",           SEAMKEY_ERR_RULE_TEXT, 16 },
	{ "attribute(\"a\" == \"b\")",      SEAMKEY_ERR_RULE_TEXT, 15 },
	{ "attribute(\"a\" >= \"3\")",      SEAMKEY_ERR_RULE_TEXT, 17 },
	{ "attribute(\"a\" >= -3)",         SEAMKEY_ERR_RULE_TEXT, 17 },
	{ "attribute(\"a\" >= )",           SEAMKEY_ERR_RULE_TEXT, 17 },
	{ "attribute(\"a\" >= 1000000000000000000)",
		SEAMKEY_ERR_RULE_VALUE, 0 },
	{ "attribute(\"a\" = \"\x7F\")",    SEAMKEY_ERR_RULE_VALUE, 0 },
	{ "name(CN=a)",                     SEAMKEY_ERR_RULE_TEXT, 5 },
	{ "name(\"\")",                     SEAMKEY_ERR_RULE_VALUE, 0 },
	{ "portion( \"cn=a\")",             SEAMKEY_ERR_NAME_TYPE, 9 },
	{ "name(\"CN=a;\")",                SEAMKEY_ERR_NAME, 5 },
	{ "name(\"CN=\\\\0A\")",            SEAMKEY_ERR_NAME_TEXT, 5 },
	{ "name(\"CN=\\0A\")",              SEAMKEY_ERR_RULE_TEXT, 9 },
	{ "name(\"CN=a)",                   SEAMKEY_ERR_RULE_TEXT, 11 },
	{ "name(\"CN=#0C0241\")",           SEAMKEY_ERR_DER_TRUNCATED, 5 },
	{ "function()",                     SEAMKEY_ERR_RULE_TEXT, 9 },
	{ "function(\"\")",                 SEAMKEY_ERR_RULE_VALUE, 0 },
	{ "function(\"f\", )",              SEAMKEY_ERR_RULE_TEXT, 14 },
	{ "function(\"f\", \"\t\")",        SEAMKEY_ERR_RULE_VALUE, 0 },
	{ "approval(\"b\")",                SEAMKEY_ERR_RULE_TEXT, 9 },
	{ "approval(2)",                    SEAMKEY_ERR_RULE_TEXT, 10 },
	{ "approval(0, \"b\")",             SEAMKEY_ERR_RULE_VALUE, 0 },
	{ "approval(65, \"b\")",            SEAMKEY_ERR_RULE_VALUE, 0 },
	{ "approval(2, \"\")",              SEAMKEY_ERR_RULE_VALUE, 0 }
};
/* clang-format on */

/* DER in two[0..result), of text. */
static size_t
der_of(seamkey_span text)
{
	size_t len = 0;

	CHECK_INT(seamkey_rule_decode_text(two, ROOM, &len, text, NULL),
		SEAMKEY_OK);
	return len;
}

/* Structs in rules[0..result), of text. */
static size_t
rules_of(const char *text)
{
	size_t count = 0;

	CHECK_INT(seamkey_rule_decode(rules, RULES, &count,
			  seamkey_span_of(two, der_of(words(text)))),
		SEAMKEY_OK);
	return count;
}

static void
rule_other_texts(void)
{
	size_t u, len = 0, count;

	for (u = 0; u < COUNT(other_texts); u++) {
		what = other_texts[u].text;
		count = rules_of(other_texts[u].text);
		CHECK_INT(
			seamkey_rule_encode_text(one, ROOM, &len, rules, count),
			SEAMKEY_OK);
		CHECK_INT(len, strlen(other_texts[u].shown));
		CHECK_MEM(one, other_texts[u].shown, len);
		CHECK_INT(rules_of(other_texts[u].shown), count);
	}
}

static void
rule_wrong_texts(void)
{
	size_t u, len, at;

	memset(one, 0xEE, sizeof one);
	for (u = 0; u < COUNT(wrong_texts); u++) {
		what = wrong_texts[u].text;
		len = at = 4242;
		memset(two, 0xEE, sizeof two);
		CHECK_INT(seamkey_rule_decode_text(
				  two, ROOM, &len, words(what), &at),
			wrong_texts[u].status);
		CHECK_INT(at, wrong_texts[u].at);
		CHECK_INT(len, 4242);
		CHECK_MEM(two, one, ROOM);
		CHECK_INT(seamkey_rule_decode_text(
				  NULL, 0, &len, words(what), NULL),
			wrong_texts[u].status);
	}
	CHECK_INT(seamkey_rule_decode_text(
			  two, ROOM, &len, seamkey_span_of(NULL, 0), &at),
		SEAMKEY_ERR_RULE_TEXT);
	CHECK_INT(at, 0);
	CHECK_INT(seamkey_rule_decode_text(
			  two, ROOM, &len, BYTES("group(\"a\0b\")"), &at),
		SEAMKEY_ERR_RULE_VALUE);
	what = "letters from right to left";
	memcpy(two, "group(\"\xE2\x80?\")", 12);
	two[9] = 0xAE;
	CHECK_INT(seamkey_rule_decode_text(
			  NULL, 0, &len, seamkey_span_of(two, 12), &at),
		SEAMKEY_ERR_RULE_VALUE);
	CHECK_INT(seamkey_rule_decode_text(
			  two, ROOM, &len, BYTES("group(\"a\")\0"), &at),
		SEAMKEY_ERR_RULE_TEXT);
	CHECK_INT(at, 10);
}

/* A good text cut anywhere is none, and what is understood of it is all
 * that there is, or all before something that cannot be cut. */
static void
rule_text_cut(void)
{
	size_t u, n, len, at;

	for (u = 0; u < COUNT(forms); u++) {
		what = forms[u].text;
		for (n = 0; n < strlen(what); n++) {
			at = len = 4242;
			CHECK_INT(seamkey_rule_decode_text(two, ROOM, &len,
					  seamkey_span_of(what, n), &at)
					!= SEAMKEY_OK,
				1);
			CHECK_INT(at <= n, 1);
			CHECK_INT(len, 4242);
		}
	}
}

/* ---- limits -------------------------------------------------------------- */

/* prefix depth times, a group, and as many ")", to one[]. */
static seamkey_span
nested(const char *prefix, size_t depth)
{
	size_t at = 0, u;

	for (u = 0; u < depth; u++) {
		memcpy(one + at, prefix, strlen(prefix));
		at += strlen(prefix);
	}
	memcpy(one + at, "group(\"g\")", 10);
	memset(one + at + 10, ')', depth);
	return seamkey_span_of(one, at + 10 + depth);
}

/* DER of depth combinations around a group, to three[]. */
static seamkey_span
nested_der(size_t depth)
{
	size_t at = sizeof three - 3;

	memcpy(three + at, "\x84\1g", 3);
	for (; depth != 0; depth--) {
		size_t len = sizeof three - at;

		at -= 7;
		three[at] = 0xA0;
		three[at + 1] = (unsigned char)(len + 5);
		memcpy(three + at + 2, "\2\1\1\x30", 4);
		three[at + 6] = (unsigned char)len;
	}
	return seamkey_span_of(three + at, sizeof three - at);
}

static void
rule_depth(void)
{
	seamkey_span text = nested("all(", SEAMKEY_RULE_MAX_DEPTH), der;
	size_t len = 0, count = 0, at = 0;

	der = nested_der(SEAMKEY_RULE_MAX_DEPTH);
	CHECK_INT(seamkey_rule_decode_text(two, ROOM, &len, text, &at),
		SEAMKEY_OK);
	CHECK_INT(len, der.len);
	CHECK_MEM(two, der.p, len);
	CHECK_INT(seamkey_rule_decode(rules, RULES, &count, der), SEAMKEY_OK);
	CHECK_INT(count, SEAMKEY_RULE_MAX_DEPTH + 1);
	CHECK_INT(
		seamkey_rule_encode(two, ROOM, &len, rules, count), SEAMKEY_OK);
	CHECK_INT(len, der.len);
	CHECK_MEM(two, der.p, len);
	CHECK_INT(seamkey_rule_encode_text(two, ROOM, &len, rules, count),
		SEAMKEY_OK);
	CHECK_INT(len, text.len);
	CHECK_MEM(two, text.p, len);
	text = nested("all(", SEAMKEY_RULE_MAX_DEPTH + 1);
	CHECK_INT(seamkey_rule_decode_text(two, ROOM, &len, text, &at),
		SEAMKEY_ERR_RULE_DEPTH);
	CHECK_INT(at, 4 * SEAMKEY_RULE_MAX_DEPTH + 3);
	text = nested("1 of (", SEAMKEY_RULE_MAX_DEPTH + 1);
	CHECK_INT(seamkey_rule_decode_text(two, ROOM, &len, text, &at),
		SEAMKEY_ERR_RULE_DEPTH);
	CHECK_INT(seamkey_rule_decode(rules, RULES, &count,
			  nested_der(SEAMKEY_RULE_MAX_DEPTH + 1)),
		SEAMKEY_ERR_RULE_DEPTH);
	CHECK_INT(seamkey_rule_decode(rules + 1, RULES - 1, &count,
			  nested_der(SEAMKEY_RULE_MAX_DEPTH)),
		SEAMKEY_OK);
	rules[0] = rules[1];
	CHECK_INT(seamkey_rule_check(rules + 1, SEAMKEY_RULE_MAX_DEPTH + 1),
		SEAMKEY_OK);
	CHECK_INT(seamkey_rule_check(rules, SEAMKEY_RULE_MAX_DEPTH + 2),
		SEAMKEY_ERR_RULE_DEPTH);
	/* the bound is the rule's, and it is not too deep elsewhere */
	text = nested("all(group(\"x\"),any(", SEAMKEY_RULE_MAX_DEPTH / 2);
	text.len += SEAMKEY_RULE_MAX_DEPTH / 2;
	memset(one + text.len - SEAMKEY_RULE_MAX_DEPTH, ')',
		SEAMKEY_RULE_MAX_DEPTH);
	CHECK_INT(seamkey_rule_decode(rules, RULES, &count,
			  seamkey_span_of(two, der_of(text))),
		SEAMKEY_OK);
	CHECK_INT(count, SEAMKEY_RULE_MAX_DEPTH * 3 / 2 + 1);
}

/* Thousands of levels in text and DER cost no stack. */
static void
rule_depth_without_end(void)
{
	size_t len, count, at, u;

	CHECK_INT(seamkey_rule_decode_text(
			  two, ROOM, &len, nested("all(", 1500), &at),
		SEAMKEY_ERR_RULE_DEPTH);
	memset(one, 0, sizeof one);
	for (u = 0; u + 11 < sizeof one; u += 11) {
		size_t rest = sizeof one - u - 4;

		one[u] = 0xA0;
		one[u + 1] = 0x82;
		one[u + 2] = (unsigned char)(rest >> 8);
		one[u + 3] = (unsigned char)rest;
		rest -= 7;
		memcpy(one + u + 4, "\2\1\1\x30\x82", 5);
		one[u + 9] = (unsigned char)(rest >> 8);
		one[u + 10] = (unsigned char)rest;
	}
	CHECK_INT(seamkey_rule_decode(rules, RULES, &count, SPAN(one)),
		SEAMKEY_ERR_RULE_DEPTH);
}

/* all(clearance(1),...) of n, to one[]. */
static seamkey_span
many(size_t n)
{
	size_t at = 4, u;

	memcpy(one, "all(", 4);
	for (u = 0; u < n; u++) {
		memcpy(one + at, "clearance(1),", 13);
		at += 13;
	}
	one[at - 1] = ')';
	return seamkey_span_of(one, at);
}

static void
rule_count(void)
{
	seamkey_rule_facts facts;
	size_t len = 0, count = 0, at = 0, n = SEAMKEY_RULE_MAX - 1;

	memset(&facts, 0, sizeof facts);
	len = der_of(many(n));
	CHECK_INT(seamkey_rule_decode(
			  rules, RULES, &count, seamkey_span_of(two, len)),
		SEAMKEY_OK);
	CHECK_INT(count, SEAMKEY_RULE_MAX);
	CHECK_INT(rules[0].least, n);
	CHECK_INT(rules[0].count, n);
	CHECK_INT(seamkey_rule_decide(rules, count, &facts),
		SEAMKEY_ERR_RULE_FAILED);
	facts.clearance = 1;
	CHECK_INT(seamkey_rule_decide(rules, count, &facts), SEAMKEY_OK);
	rules[count - 1].least = 2;
	CHECK_INT(seamkey_rule_decide(rules, count, &facts),
		SEAMKEY_ERR_RULE_FAILED);
	CHECK_INT(seamkey_rule_decode(others, SEAMKEY_RULE_MAX, &count,
			  seamkey_span_of(two, len)),
		SEAMKEY_OK);
	CHECK_INT(seamkey_rule_decode(others, SEAMKEY_RULE_MAX - 1, &count,
			  seamkey_span_of(two, len)),
		SEAMKEY_ERR_SPACE);
	CHECK_INT(seamkey_rule_decode_text(two, ROOM, &len, many(n + 1), &at),
		SEAMKEY_ERR_RULE_DEPTH);
	CHECK_INT(at, 4 + 13 * n);
	rules[0].least = rules[0].count = (uint16_t)(n + 1);
	rules[SEAMKEY_RULE_MAX] = rules[1];
	rules[SEAMKEY_RULE_MAX - 1] = rules[1];
	CHECK_INT(seamkey_rule_check(rules, SEAMKEY_RULE_MAX + 1),
		SEAMKEY_ERR_RULE_DEPTH);
	CHECK_INT(
		seamkey_rule_check(rules, SEAMKEY_RULE_MAX), SEAMKEY_ERR_RULE);
	/* the same in DER: A0 L 02 01 40 30 L, 64 times 86 01 01 */
	memcpy(one, "\xA0\x81\xC6\2\1\x40\x30\x81\xC0", 9);
	for (at = 9; at < 9 + 3 * (n + 1); at += 3) {
		memcpy(one + at, "\x86\1\1", 3);
	}
	for (n = SEAMKEY_RULE_MAX; n <= RULES; n++) {
		CHECK_INT(seamkey_rule_decode(
				  rules, n, &count, seamkey_span_of(one, at)),
			SEAMKEY_ERR_RULE_DEPTH);
	}
}

/* Strings and names as long as is admitted, and one octet longer. */
static void
rule_lengths(void)
{
	static const struct {
		const char *before, *behind;
		size_t most;
		int status; /* of one more, in text */
	} limits[] = { { "group(\"", "\")", 64, SEAMKEY_ERR_RULE_VALUE },
		{ "role(\"", "\")", 64, SEAMKEY_ERR_RULE_VALUE },
		{ "attribute(\"", "\" = \"b\")", 64, SEAMKEY_ERR_RULE_VALUE },
		{ "attribute(\"a\" = \"", "\")", 256, SEAMKEY_ERR_RULE_VALUE },
		{ "function(\"f\", \"", "\")", 256, SEAMKEY_ERR_RULE_VALUE },
		{ "approval(1, \"", "\")", 64, SEAMKEY_ERR_RULE_VALUE },
		/* 1003 octets of value are a Name of 1024 */
		{ "name(\"CN=", "\")", 1003, SEAMKEY_ERR_NAME } };
	size_t u, len, n;

	for (u = 0; u < COUNT(limits); u++) {
		size_t before = strlen(limits[u].before);
		size_t behind = strlen(limits[u].behind);

		what = limits[u].before;
		for (n = limits[u].most; n < limits[u].most + 2; n++) {
			memcpy(one, limits[u].before, before);
			memset(one + before, 'a', n);
			memcpy(one + before + n, limits[u].behind, behind);
			CHECK_INT(seamkey_rule_decode_text(two, ROOM, &len,
					  seamkey_span_of(
						  one, before + n + behind),
					  NULL),
				n == limits[u].most ? SEAMKEY_OK
						    : limits[u].status);
		}
	}
}

/* A string that does not fit is not read on. */
static void
rule_strings_without_end(void)
{
	size_t len, at;

	memset(one, 'a', sizeof one);
	memcpy(one, "group(\"", 7);
	CHECK_INT(seamkey_rule_decode_text(two, ROOM, &len, SPAN(one), &at),
		SEAMKEY_ERR_RULE_TEXT);
	CHECK_INT(at, 7 + SEAMKEY_RULE_MAX_NAME + 1);
	memcpy(one, "function(\"a\",\"", 14);
	CHECK_INT(seamkey_rule_decode_text(two, ROOM, &len, SPAN(one), &at),
		SEAMKEY_ERR_RULE_TEXT);
	CHECK_INT(at, 14 + SEAMKEY_RULE_MAX_VALUE + 1);
	memset(one, 'a', 20);
	memcpy(one, "name(\"CN=", 9);
	CHECK_INT(seamkey_rule_decode_text(two, ROOM, &len, SPAN(one), &at),
		SEAMKEY_ERR_RULE_TEXT);
	CHECK_INT(at, 6 + SEAMKEY_RULE_MAX_TEXT_NAME);
	memset(one, '7', sizeof one);
	memcpy(one, "clearance(", 10);
	CHECK_INT(seamkey_rule_decode_text(two, ROOM, &len, SPAN(one), &at),
		SEAMKEY_ERR_RULE_TEXT);
	CHECK_INT(at, 10);
}

/* Every second of a day comes back. */
static void
rule_every_second(void)
{
	seamkey_rule time = { SEAMKEY_RULE_TIME, 0, 0, 0, 1, NONE, NONE };
	size_t len = 0, again = 0;

	for (time.most = 1; time.most <= 86400; time.most++) {
		CHECK_INT(seamkey_rule_encode_text(one, ROOM, &len, &time, 1),
			SEAMKEY_OK);
		CHECK_INT(seamkey_rule_encode(three, ROOM, &again, &time, 1),
			SEAMKEY_OK);
		CHECK_INT(der_of(seamkey_span_of(one, len)), again);
		CHECK_MEM(two, three, again);
	}
}

/* A name is in a rule if its text has 1024 characters, not with one more. */
static void
rule_name_text_fits(void)
{
	size_t len = 0, at, n;

	for (n = 1; n < 3; n++) {
		/* n letters, and 170 that are \C3\BC */
		memcpy(one, "name(\"CN=aa", 11);
		for (at = 9 + n; at < 9 + n + 340; at += 2) {
			memcpy(one + at, "\xC3\xBC", 2);
		}
		memcpy(one + at, "\")", 2);
		CHECK_INT(seamkey_name_encode(two, ROOM, &len,
				  seamkey_span_of(one + 6, at - 6)),
			SEAMKEY_OK);
		CHECK_INT(seamkey_name_decode(
				  NULL, 0, &len, seamkey_span_of(two, len)),
			SEAMKEY_OK);
		CHECK_INT(len, SEAMKEY_RULE_MAX_TEXT_NAME - 1 + n);
		CHECK_INT(seamkey_rule_decode_text(two, ROOM, &len,
				  seamkey_span_of(one, at + 2), NULL),
			n == 1 ? SEAMKEY_OK : SEAMKEY_ERR_RULE_VALUE);
	}
	/* and is read as long as it is written */
	memcpy(one, "name(\"CN=a", 10);
	for (at = 10; at < 10 + 170 * 8; at += 8) {
		memcpy(one + at, "\\\\C3\\\\BC", 8);
	}
	memcpy(one + at, "\")", 2);
	CHECK_INT(seamkey_rule_decode_text(
			  two, ROOM, &len, seamkey_span_of(one, at + 2), NULL),
		SEAMKEY_OK);
}

/* ---- arrays -------------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *what;
	int status;
	size_t count;
	seamkey_rule rule[3];
} bad_arrays[] = {
	{ "none", SEAMKEY_ERR_RULE, 0, { GROUP("a") } },
	{ "two", SEAMKEY_ERR_RULE, 2, { GROUP("a"), GROUP("b") } },
	{ "kind 0", SEAMKEY_ERR_RULE, 1,
		{ { 0, 0, 0, 0, 0, NONE, NONE } } },
	{ "kind 14", SEAMKEY_ERR_RULE, 1,
		{ { SEAMKEY_RULE_APPROVAL + 1, 0, 0, 1, 0, S("a"), NONE } } },
	{ "kind 255", SEAMKEY_ERR_RULE, 1,
		{ { 255, 0, 0, 1, 0, S("a"), NONE } } },
	{ "a combination alone", SEAMKEY_ERR_RULE, 1, { COMBINE(1, 1) } },
	{ "one rule less", SEAMKEY_ERR_RULE, 2,
		{ COMBINE(1, 2), GROUP("a") } },
	{ "one rule more", SEAMKEY_ERR_RULE, 3,
		{ COMBINE(1, 1), GROUP("a"), GROUP("b") } },
	{ "none of one", SEAMKEY_ERR_RULE_COUNT, 2,
		{ COMBINE(0, 1), GROUP("a") } },
	{ "two of one", SEAMKEY_ERR_RULE_COUNT, 2,
		{ COMBINE(2, 1), GROUP("a") } },
	{ "one of none", SEAMKEY_ERR_RULE_COUNT, 2,
		{ COMBINE(1, 0), GROUP("a") } },
	{ "none of none", SEAMKEY_ERR_RULE_COUNT, 1, { COMBINE(0, 0) } },
	{ "65536 rules and one", SEAMKEY_ERR_RULE_COUNT, 2,
		{ COMBINE(65537, 1), GROUP("a") } },
	{ "65535 of them", SEAMKEY_ERR_RULE, 2,
		{ COMBINE(1, 65535), GROUP("a") } },
	{ "a group without a name", SEAMKEY_ERR_RULE_VALUE, 1,
		{ GROUP("") } },
	{ "a group of two lines", SEAMKEY_ERR_RULE_VALUE, 1,
		{ GROUP("a\nb") } },
	{ "a name of no part", SEAMKEY_ERR_RULE_VALUE, 1,
		{ { SEAMKEY_RULE_NAME, 0, 0, 0, 0, NONE, S("\x30\0") } } },
	{ "no name", SEAMKEY_ERR_RULE_VALUE, 1,
		{ { SEAMKEY_RULE_NAME, 0, 0, 0, 0, NONE, NONE } } },
	{ "a malformed portion", SEAMKEY_ERR_RULE_VALUE, 1,
		{ { SEAMKEY_RULE_PORTION, 0, 0, 0, 0, NONE,
			S("\x30\x02\x31\0") } } },
	{ "a type of name that has no text", SEAMKEY_ERR_RULE_VALUE, 1,
		{ { SEAMKEY_RULE_NAME, 0, 0, 0, 0, NONE,
			S("\x30\x0E\x31\x0C\x30\x0A\x06\x05\x90\x80\x80\x80"
			  "\x50\x0C\1\x61") } } },
	{ "compare 4", SEAMKEY_ERR_RULE_VALUE, 1,
		{ { SEAMKEY_RULE_ATTRIBUTE, 4, 0, 0, 0, S("a"), NONE } } },
	{ "a value that is not compared", SEAMKEY_ERR_RULE_VALUE, 1,
		{ { SEAMKEY_RULE_ATTRIBUTE, 0, 0, 0, 0, S("a"), S("b") } } },
	{ "no number", SEAMKEY_ERR_RULE_VALUE, 1,
		{ { SEAMKEY_RULE_ATTRIBUTE, 2, 0, 0, 0, S("a"), NONE } } },
	{ "a negative number", SEAMKEY_ERR_RULE_VALUE, 1,
		{ { SEAMKEY_RULE_ATTRIBUTE, 3, 0, 0, 0, S("a"), S("-1") } } },
	{ "clearance 0", SEAMKEY_ERR_RULE_VALUE, 1, { CLEARANCE(0) } },
	{ "a period that ends before", SEAMKEY_ERR_RULE_VALUE, 1,
		{ { SEAMKEY_RULE_PERIOD, 0, 0, 0, 0, S("20260101000001Z"),
			S("20260101000000Z") } } },
	{ "a period without an end", SEAMKEY_ERR_RULE_VALUE, 1,
		{ { SEAMKEY_RULE_PERIOD, 0, 0, 0, 0, S("20260101000000Z"),
			NONE } } },
	{ "a time that does not end", SEAMKEY_ERR_RULE_VALUE, 1,
		{ { SEAMKEY_RULE_TIME, 0, 0, 5, 5, NONE, NONE } } },
	{ "from 24:00", SEAMKEY_ERR_RULE_VALUE, 1,
		{ { SEAMKEY_RULE_TIME, 0, 0, 86400, 5, NONE, NONE } } },
	{ "to 24:00:01", SEAMKEY_ERR_RULE_VALUE, 1,
		{ { SEAMKEY_RULE_TIME, 0, 0, 5, 86401, NONE, NONE } } },
	{ "no day", SEAMKEY_ERR_RULE_VALUE, 1,
		{ { SEAMKEY_RULE_DAYS, 0, 0, 0, 0, NONE, NONE } } },
	{ "an eighth day", SEAMKEY_ERR_RULE_VALUE, 1,
		{ { SEAMKEY_RULE_DAYS, 0, 0, 129, 0, NONE, NONE } } },
	{ "no approvals", SEAMKEY_ERR_RULE_VALUE, 1, { APPROVAL(0, "a") } },
	{ "65 approvals", SEAMKEY_ERR_RULE_VALUE, 1, { APPROVAL(65, "a") } },
	/* what would be lost */
	{ "a group with a value", SEAMKEY_ERR_RULE_VALUE, 1,
		{ { SEAMKEY_RULE_GROUP, 0, 0, 0, 0, S("a"), S("b") } } },
	{ "a group with a least", SEAMKEY_ERR_RULE_VALUE, 1,
		{ { SEAMKEY_RULE_GROUP, 0, 0, 1, 0, S("a"), NONE } } },
	{ "a clearance up to a level", SEAMKEY_ERR_RULE_VALUE, 1,
		{ { SEAMKEY_RULE_CLEARANCE, 0, 0, 1, 3, NONE, NONE } } },
	{ "a clearance with a name", SEAMKEY_ERR_RULE_VALUE, 1,
		{ { SEAMKEY_RULE_CLEARANCE, 0, 0, 1, 0, S("a"), NONE } } },
	{ "a clearance that compares", SEAMKEY_ERR_RULE_VALUE, 1,
		{ { SEAMKEY_RULE_CLEARANCE, 3, 0, 1, 0, NONE, NONE } } },
	{ "a group of rules", SEAMKEY_ERR_RULE_VALUE, 1,
		{ { SEAMKEY_RULE_GROUP, 0, 1, 0, 0, S("a"), NONE } } },
	{ "a combination with a name", SEAMKEY_ERR_RULE_VALUE, 2,
		{ { SEAMKEY_RULE_COMBINE, 0, 1, 1, 0, S("a"), NONE },
			GROUP("a") } },
	{ "a combination with a most", SEAMKEY_ERR_RULE_VALUE, 2,
		{ { SEAMKEY_RULE_COMBINE, 0, 1, 1, 1, NONE, NONE },
			GROUP("a") } }
};
/* clang-format on */

static void
rule_bad_arrays(void)
{
	seamkey_rule_facts facts;
	size_t u, len;

	memset(&facts, 0, sizeof facts);
	memset(two, 0xEE, sizeof two);
	for (u = 0; u < COUNT(bad_arrays); u++) {
		const seamkey_rule *rule = bad_arrays[u].rule;
		size_t count = bad_arrays[u].count;
		int status = bad_arrays[u].status;

		what = bad_arrays[u].what;
		len = 42;
		memset(one, 0xEE, sizeof one);
		CHECK_INT(seamkey_rule_check(rule, count), status);
		CHECK_INT(seamkey_rule_decide(rule, count, &facts), status);
		CHECK_INT(seamkey_rule_encode(one, ROOM, &len, rule, count),
			status);
		CHECK_INT(
			seamkey_rule_encode_text(one, ROOM, &len, rule, count),
			status);
		CHECK_INT(len, 42);
		CHECK_MEM(one, two, ROOM);
	}
}

static void
rule_space(void)
{
	size_t u, len, need, cap, count;

	memset(three, 0xEE, sizeof three);
	for (u = 0; u < COUNT(forms); u++) {
		what = forms[u].text;
		count = rules_of(what);
		need = der_of(words(what));
		memcpy(one, two, need); /* rules[] views two[], the same */
		(void)seamkey_rule_decode(
			rules, RULES, &count, seamkey_span_of(one, need));
		for (cap = 0; cap <= need; cap++) {
			int status =
				cap < need ? SEAMKEY_ERR_SPACE : SEAMKEY_OK;

			memset(two, 0xEE, sizeof two);
			len = 0;
			CHECK_INT(seamkey_rule_encode(
					  two, cap, &len, rules, count),
				status);
			CHECK_INT(len, need);
			CHECK_MEM(two + (cap == need ? cap : 0), three, 40);
			memset(two, 0xEE, sizeof two);
			len = 0;
			CHECK_INT(seamkey_rule_decode_text(
					  two, cap, &len, words(what), NULL),
				status);
			CHECK_INT(len, need);
			CHECK_MEM(two + (cap == need ? cap : 0), three, 40);
		}
		need = strlen(what);
		for (cap = 0; cap <= need; cap++) {
			memset(two, 0xEE, sizeof two);
			len = 0;
			CHECK_INT(seamkey_rule_encode_text(
					  two, cap, &len, rules, count),
				cap < need ? SEAMKEY_ERR_SPACE : SEAMKEY_OK);
			CHECK_INT(len, need);
			CHECK_MEM(two + (cap == need ? cap : 0), three, 40);
		}
		len = 0;
		CHECK_INT(seamkey_rule_encode_text(NULL, 0, &len, rules, count),
			SEAMKEY_OK);
		CHECK_INT(len, need);
	}
}

/* ---- decisions ----------------------------------------------------------- */

/* What the hooks of the tests know. Several values of an attribute stand in
 * one row each. */
static const char *const attributes[][2] = { { "badge", "" }, { "rank", "5" },
	{ "colour", "red" }, { "colour", "blue" }, { "age", "old" },
	{ "age", "30" } };

#define ATTRIBUTES (sizeof attributes / sizeof attributes[0])

/* Bits say which of it is known: of an attribute, its row; of a group, role
 * or function "a" to "h", its letter. */
struct known {
	unsigned attributes, groups, roles, functions;
	size_t approvals;
	int status;       /* SEAMKEY_OK, or what every hook answers */
	unsigned asked;   /* calls of all hooks */
	unsigned fail_at; /* the call that answers status, from 1; 0: all */
};

/* 1 if this call is one to fail. */
static int
fails(struct known *k)
{
	k->asked++;
	return k->status != SEAMKEY_OK
		&& (k->fail_at == 0 || k->fail_at == k->asked);
}

static int
has_letter(unsigned bits, seamkey_span name)
{
	return name.len == 1 && name.p[0] >= 'a' && name.p[0] <= 'h'
			&& (bits >> (name.p[0] - 'a') & 1) != 0
		? SEAMKEY_OK
		: SEAMKEY_ERR_RULE_FAILED;
}

static int
get_attribute(void *ctx, seamkey_span type, size_t n, seamkey_span *value)
{
	struct known *k = (struct known *)ctx;
	size_t u;

	if (fails(k)) {
		return k->status;
	}
	for (u = 0; u < ATTRIBUTES; u++) {
		if ((k->attributes >> u & 1) != 0
			&& seamkey_span_match(type, words(attributes[u][0]))
			&& n-- == 0) {
			*value = words(attributes[u][1]);
			return SEAMKEY_OK;
		}
	}
	return SEAMKEY_ERR_RULE_NONE;
}

static int
is_member(void *ctx, seamkey_span group)
{
	struct known *k = (struct known *)ctx;

	return fails(k) ? k->status : has_letter(k->groups, group);
}

static int
has_role(void *ctx, seamkey_span role)
{
	struct known *k = (struct known *)ctx;

	return fails(k) ? k->status : has_letter(k->roles, role);
}

static int
call_function(void *ctx, seamkey_span name, seamkey_span argument)
{
	struct known *k = (struct known *)ctx;

	if (fails(k)) {
		return k->status;
	}
	return argument.len == 0 || seamkey_span_match(argument, words("yes"))
		? has_letter(k->functions, name)
		: SEAMKEY_ERR_RULE_FAILED;
}

static int
count_approvals(void *ctx, seamkey_span group, size_t least, size_t *count)
{
	struct known *k = (struct known *)ctx;

	(void)group;
	CHECK_INT(least >= 1 && least <= SEAMKEY_RULE_MAX, 1);
	*count = k->approvals;
	return fails(k) ? k->status : SEAMKEY_OK;
}

static const seamkey_rule_hooks hooks = { get_attribute, is_member, has_role,
	call_function, count_approvals };

static struct known known;

/* Somebody of whom a lot is known, on Wednesday, 1 July 2026, at noon. */
static seamkey_rule_facts
somebody(void)
{
	static const seamkey_span alice = ALICE, place = S("building 7");
	seamkey_rule_facts f;

	memset(&known, 0, sizeof known);
	known.attributes = 63;
	known.groups = known.roles = known.functions = 1;
	known.approvals = 2;
	memset(&f, 0, sizeof f);
	f.name = alice;
	f.clearance = 3;
	f.has_time = 1;
	f.now = 1782907200;
	f.second = 43200;
	f.weekday = 2;
	f.location = place;
	f.hooks = &hooks;
	f.ctx = &known;
	return f;
}

static int
decide(const char *text, const seamkey_rule_facts *facts)
{
	size_t count = rules_of(text);

	return seamkey_rule_decide(rules, count, facts);
}

/* clang-format off */
static const struct {
	const char *text;
	int passes;
} decisions[] = {
	{ "name(\"CN=Alice,O=Acme\")", 1 },
	{ "name(\"CN=Alice\")", 0 },
	{ "name(\"CN=alice,O=Acme\")", 0 },
	{ "name(\"CN=#1305416C696365,O=Acme\")", 1 },
	{ "portion(\"CN=Alice,O=Acme\")", 1 },
	{ "portion(\"O=Acme\")", 1 },
	{ "portion(\"O=Acm\")", 0 },
	{ "portion(\"O=Acme,CN=Alice\")", 0 },
	{ "attribute(\"badge\")", 1 },
	{ "attribute(\"wings\")", 0 },
	{ "attribute(\"badge\" = \"\")", 1 },
	{ "attribute(\"badge\" = \"1\")", 0 },
	{ "attribute(\"colour\" = \"red\")", 1 },
	{ "attribute(\"colour\" = \"blue\")", 1 },
	{ "attribute(\"colour\" = \"blu\")", 0 },
	{ "attribute(\"colour\" = \"Blue\")", 0 },
	{ "attribute(\"rank\" >= 5)", 1 },
	{ "attribute(\"rank\" >= 6)", 0 },
	{ "attribute(\"rank\" <= 5)", 1 },
	{ "attribute(\"rank\" <= 4)", 0 },
	{ "attribute(\"rank\" >= 0)", 1 },
	{ "attribute(\"badge\" >= 0)", 0 },
	{ "attribute(\"colour\" >= 0)", 0 },
	{ "attribute(\"age\" >= 30)", 1 },
	{ "attribute(\"age\" <= 30)", 1 },
	{ "attribute(\"age\" <= 29)", 0 },
	{ "group(\"a\")", 1 },
	{ "group(\"b\")", 0 },
	{ "group(\"A\")", 0 },
	{ "role(\"a\")", 1 },
	{ "role(\"b\")", 0 },
	{ "clearance(1)", 1 },
	{ "clearance(3)", 1 },
	{ "clearance(4)", 0 },
	{ "location(\"building 7\")", 1 },
	{ "location(\"building\")", 0 },
	{ "location(\"building 71\")", 0 },
	{ "function(\"a\")", 1 },
	{ "function(\"a\", \"yes\")", 1 },
	{ "function(\"a\", \"no\")", 0 },
	{ "function(\"b\")", 0 },
	{ "approval(2, \"board\")", 1 },
	{ "approval(1, \"board\")", 1 },
	{ "days(wed)", 1 },
	{ "days(mon, tue, thu, fri, sat, sun)", 0 },
	{ "time(08:00, 18:00)", 1 },
	{ "period(20260101000000Z, 20261231235959Z)", 1 },
	{ "all(group(\"a\"), clearance(3))", 1 },
	{ "all(group(\"a\"), clearance(4))", 0 },
	{ "any(group(\"b\"), clearance(3))", 1 },
	{ "any(group(\"b\"), clearance(4))", 0 },
	{ "2 of (group(\"b\"), clearance(3), role(\"a\"))", 1 },
	{ "2 of (group(\"b\"), clearance(3), role(\"b\"))", 0 }
};
/* clang-format on */

/* With what is known; and with nothing, with no name, with no hook. */
static void
rule_decisions(void)
{
	static const seamkey_rule_hooks none;
	seamkey_rule_facts f, nothing;
	size_t u;

	memset(&nothing, 0, sizeof nothing);
	for (u = 0; u < COUNT(decisions); u++) {
		int no = strncmp(decisions[u].text, "approval", 8) == 0
			? SEAMKEY_ERR_RULE_APPROVAL
			: SEAMKEY_ERR_RULE_FAILED;

		what = decisions[u].text;
		f = somebody();
		CHECK_INT(decide(what, &f),
			decisions[u].passes ? SEAMKEY_OK
					    : SEAMKEY_ERR_RULE_FAILED);
		CHECK_INT(decide(what, &nothing), no);
		nothing.hooks = &none;
		CHECK_INT(decide(what, &nothing), no);
		nothing.hooks = NULL;
	}
	f = somebody();
	what = "a name that is malformed";
	f.name = BYTES("\x30\x02\x31\0");
	CHECK_INT(decide("any(name(\"CN=Alice,O=Acme\"), portion(\"O=Acme\"))",
			  &f),
		SEAMKEY_ERR_RULE_FAILED);
}

static void
rule_approvals_are_pending(void)
{
	seamkey_rule_facts f = somebody();

	CHECK_INT(decide("approval(3, \"board\")", &f),
		SEAMKEY_ERR_RULE_APPROVAL);
	CHECK_INT(decide("all(group(\"a\"), approval(3, \"board\"))", &f),
		SEAMKEY_ERR_RULE_APPROVAL);
	CHECK_INT(decide("all(group(\"b\"), approval(3, \"board\"))", &f),
		SEAMKEY_ERR_RULE_FAILED);
	CHECK_INT(decide("any(group(\"a\"), approval(3, \"board\"))", &f),
		SEAMKEY_OK);
	CHECK_INT(decide("any(group(\"b\"), approval(3, \"board\"))", &f),
		SEAMKEY_ERR_RULE_APPROVAL);
	CHECK_INT(decide("2 of (group(\"a\"), group(\"b\"),"
			 " approval(3, \"board\"))",
			  &f),
		SEAMKEY_ERR_RULE_APPROVAL);
	CHECK_INT(decide("2 of (group(\"c\"), group(\"b\"),"
			 " approval(3, \"board\"))",
			  &f),
		SEAMKEY_ERR_RULE_FAILED);
	known.approvals = 3;
	CHECK_INT(decide("approval(3, \"board\")", &f), SEAMKEY_OK);
	known.approvals = 65535;
	CHECK_INT(decide("approval(64, \"board\")", &f), SEAMKEY_OK);
}

/* ---- time ---------------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *text;
	uint32_t second;
	int passes;
} hours[] = {
	{ "time(08:00, 18:30)", 28799, 0 },
	{ "time(08:00, 18:30)", 28800, 1 },
	{ "time(08:00, 18:30)", 66599, 1 },
	{ "time(08:00, 18:30)", 66600, 0 },
	{ "time(22:00, 06:00)", 79199, 0 },
	{ "time(22:00, 06:00)", 79200, 1 },
	{ "time(22:00, 06:00)", 86399, 1 },
	{ "time(22:00, 06:00)", 0, 1 },
	{ "time(22:00, 06:00)", 21599, 1 },
	{ "time(22:00, 06:00)", 21600, 0 },
	{ "time(22:00, 06:00)", 43200, 0 },
	{ "time(12:00, 00:00)", 43199, 0 },
	{ "time(12:00, 00:00)", 86399, 1 },
	{ "time(12:00, 00:00)", 0, 0 },
	{ "time(12:00, 24:00)", 86399, 1 },
	{ "time(12:00, 24:00)", 0, 0 },
	{ "time(00:00, 24:00)", 0, 1 },
	{ "time(00:00, 24:00)", 86399, 1 },
	{ "time(00:00, 24:00)", 86400, 0 }, /* no second of a day */
	{ "time(22:00, 06:00)", 86400, 0 },
	{ "time(22:00, 06:00)", 0xFFFFFFFF, 0 },
	{ "time(00:00, 00:00:01)", 0, 1 },
	{ "time(00:00, 00:00:01)", 1, 0 }
};

static const struct {
	const char *text;
	uint64_t now;
	int passes;
} periods[] = {
	{ "period(20260101000000Z, 20261231235959Z)", 1767225599, 0 },
	{ "period(20260101000000Z, 20261231235959Z)", 1767225600, 1 },
	{ "period(20260101000000Z, 20261231235959Z)", 1798761599, 1 },
	{ "period(20260101000000Z, 20261231235959Z)", 1798761600, 0 },
	{ "period(20260101000000Z, 20260101000000Z)", 1767225600, 1 },
	{ "period(20260101000000Z, 20260101000000Z)", 1767225601, 0 },
	{ "period(19700101000000Z, 99991231235959Z)", 0, 1 },
	{ "period(19700101000000Z, 99991231235959Z)", 253402300799, 1 },
	{ "period(19700101000000Z, 99991231235959Z)", 253402300800, 0 },
	{ "period(19700101000000Z, 99991231235959Z)", 0xFFFFFFFFFFFFFFFF, 0 }
};
/* clang-format on */

static void
rule_times(void)
{
	seamkey_rule_facts f = somebody();
	char text[16];
	size_t u, v;

	for (u = 0; u < COUNT(hours); u++) {
		what = hours[u].text;
		f.second = hours[u].second;
		CHECK_INT(decide(what, &f),
			hours[u].passes ? SEAMKEY_OK : SEAMKEY_ERR_RULE_FAILED);
	}
	f = somebody();
	for (u = 0; u < COUNT(periods); u++) {
		what = periods[u].text;
		f.now = periods[u].now;
		CHECK_INT(decide(what, &f),
			periods[u].passes ? SEAMKEY_OK
					  : SEAMKEY_ERR_RULE_FAILED);
	}
	for (u = 0; u < 7; u++) {
		(void)snprintf(text, sizeof text, "days(%.3s)",
			&"montuewedthufrisatsun"[3 * u]);
		what = text;
		for (v = 0; v < 10; v++) {
			f.weekday = (unsigned)v;
			CHECK_INT(decide(text, &f),
				u == v ? SEAMKEY_OK : SEAMKEY_ERR_RULE_FAILED);
		}
		f.weekday = 32 + (unsigned)u;
		CHECK_INT(decide(text, &f), SEAMKEY_ERR_RULE_FAILED);
	}
	what = "no clock";
	f = somebody();
	f.has_time = 0;
	CHECK_INT(decide("any(time(00:00, 24:00), days(mon, tue, wed, thu,"
			 " fri, sat, sun), period(19700101000000Z,"
			 " 99991231235959Z))",
			  &f),
		SEAMKEY_ERR_RULE_FAILED);
}

/* ---- values -------------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *value;
	int compare;
	const char *want;
	int passes;
} values[] = {
	{ "", SEAMKEY_RULE_PRESENT, "", 1 },
	{ "x", SEAMKEY_RULE_PRESENT, "y", 1 },
	{ "", SEAMKEY_RULE_EQUAL, "", 1 },
	{ "x", SEAMKEY_RULE_EQUAL, "x", 1 },
	{ "x", SEAMKEY_RULE_EQUAL, "X", 0 },
	{ "x", SEAMKEY_RULE_EQUAL, "", 0 },
	{ "7", SEAMKEY_RULE_EQUAL, "07", 0 },
	{ "7", SEAMKEY_RULE_AT_LEAST, "7", 1 },
	{ "07", SEAMKEY_RULE_AT_LEAST, "7", 1 },
	{ "7", SEAMKEY_RULE_AT_LEAST, "007", 1 },
	{ "7", SEAMKEY_RULE_AT_MOST, "007", 1 },
	{ "10", SEAMKEY_RULE_AT_LEAST, "9", 1 },
	{ "9", SEAMKEY_RULE_AT_LEAST, "10", 0 },
	{ "9", SEAMKEY_RULE_AT_MOST, "10", 1 },
	{ "10", SEAMKEY_RULE_AT_MOST, "9", 0 },
	{ "0", SEAMKEY_RULE_AT_MOST, "0", 1 },
	{ "999999999999999999", SEAMKEY_RULE_AT_LEAST,
		"999999999999999999", 1 },
	{ "999999999999999998", SEAMKEY_RULE_AT_LEAST,
		"999999999999999999", 0 },
	{ "999999999999999999", SEAMKEY_RULE_AT_MOST,
		"999999999999999998", 0 },
	{ "4294967297", SEAMKEY_RULE_AT_MOST, "1", 0 },
	{ "000000000000000001", SEAMKEY_RULE_AT_LEAST, "1", 1 },
	{ "0000000000000000001", SEAMKEY_RULE_AT_LEAST, "1", 0 },
	{ "1000000000000000000", SEAMKEY_RULE_AT_LEAST, "1", 0 },
	{ "1000000000000000000", SEAMKEY_RULE_AT_MOST,
		"999999999999999999", 0 },
	{ "18446744073709551616", SEAMKEY_RULE_AT_MOST, "5", 0 },
	{ "1", SEAMKEY_RULE_AT_MOST, "1000000000000000000", 0 },
	{ "", SEAMKEY_RULE_AT_MOST, "9", 0 },
	{ "", SEAMKEY_RULE_AT_LEAST, "0", 0 },
	{ "5", SEAMKEY_RULE_AT_LEAST, "", 0 },
	{ "-1", SEAMKEY_RULE_AT_MOST, "9", 0 },
	{ "+1", SEAMKEY_RULE_AT_MOST, "9", 0 },
	{ " 1", SEAMKEY_RULE_AT_MOST, "9", 0 },
	{ "1 ", SEAMKEY_RULE_AT_MOST, "9", 0 },
	{ "1.5", SEAMKEY_RULE_AT_MOST, "9", 0 },
	{ "1e9", SEAMKEY_RULE_AT_LEAST, "0", 0 },
	{ "0x1", SEAMKEY_RULE_AT_LEAST, "0", 0 },
	{ "1/", SEAMKEY_RULE_AT_LEAST, "0", 0 },
	{ "1:", SEAMKEY_RULE_AT_LEAST, "0", 0 },
	{ "1", 4, "1", 0 },
	{ "1", -1, "1", 0 }
};
/* clang-format on */

static void
rule_values(void)
{
	size_t u;

	for (u = 0; u < COUNT(values); u++) {
		what = values[u].value;
		CHECK_INT(
			seamkey_rule_match_value(values[u].compare,
				words(values[u].value), words(values[u].want)),
			values[u].passes);
	}
}

/* ---- hooks --------------------------------------------------------------- */

#define EACH_HOOK \
	"all(group(\"a\"), role(\"a\"), attribute(\"rank\" >= 1)," \
	" function(\"a\"), approval(2, \"b\"))"

/* Each of their calls fails once: the rule does not pass, the status is that
 * of the hook, and all hooks are asked. */
static void
rule_hooks_fail(void)
{
	/* clang-format off */
	static const struct {
		const char *what;
		int status, want;
	} answers[] = {
		{ "a status of its own", -1234, -1234 },
		{ "a status of base", SEAMKEY_ERR_RANDOM, SEAMKEY_ERR_RANDOM },
		{ "not yet", SEAMKEY_AGAIN, SEAMKEY_ERR_HOOK },
		{ "a positive number", 2, SEAMKEY_ERR_HOOK },
		{ "approvals", SEAMKEY_ERR_RULE_APPROVAL, SEAMKEY_ERR_HOOK },
		{ "no", SEAMKEY_ERR_RULE_FAILED, SEAMKEY_ERR_RULE_FAILED },
		{ "none", SEAMKEY_ERR_RULE_NONE, SEAMKEY_ERR_RULE_FAILED }
	};
	/* clang-format on */
	seamkey_rule_facts f;
	unsigned at;
	size_t u;

	for (u = 0; u < COUNT(answers); u++) {
		for (at = 0; at <= 6; at++) {
			int no = answers[u].want;

			what = answers[u].what;
			f = somebody();
			known.status = answers[u].status;
			known.fail_at = at;
			if (no == SEAMKEY_ERR_RULE_FAILED && at == 4) {
				no = SEAMKEY_OK; /* the end of the values */
			} else if (no == SEAMKEY_ERR_RULE_FAILED && at == 6) {
				no = SEAMKEY_ERR_RULE_APPROVAL;
			}
			CHECK_INT(decide(EACH_HOOK, &f), no);
			CHECK_INT(known.asked, at == 0 || at == 3 ? 5 : 6);
		}
	}
	what = "the others are enough";
	f = somebody();
	known.status = -1234;
	known.fail_at = 1;
	CHECK_INT(decide("any(group(\"a\"), role(\"a\"))", &f), SEAMKEY_OK);
	known.asked = 0;
	CHECK_INT(decide("any(group(\"a\"), role(\"b\"))", &f), -1234);
	known.asked = 0;
	CHECK_INT(decide("any(group(\"a\"), approval(3, \"b\"))", &f), -1234);
}

static int
say_1234(void *ctx, seamkey_span name)
{
	(void)ctx;
	(void)name;
	return -1234;
}

static int
say_1235(void *ctx, seamkey_span name)
{
	(void)ctx;
	(void)name;
	return -1235;
}

static void
rule_first_failure_is_told(void)
{
	seamkey_rule_hooks h = hooks;
	seamkey_rule_facts f = somebody();

	h.member = say_1234;
	h.role = say_1235;
	f.hooks = &h;
	CHECK_INT(decide("any(group(\"a\"), role(\"a\"))", &f), -1234);
	CHECK_INT(decide("any(role(\"a\"), group(\"a\"))", &f), -1235);
	CHECK_INT(decide("any(role(\"a\"), approval(3, \"a\"))", &f), -1235);
}

static int endless_calls;

static int
get_endless(void *ctx, seamkey_span type, size_t n, seamkey_span *value)
{
	(void)ctx;
	(void)type;
	endless_calls++;
	*value = n == 15 ? words("last") : n == 16 ? words("more") : words("x");
	return SEAMKEY_OK;
}

/* *ctx: a length without a place. */
static int
get_nowhere(void *ctx, seamkey_span type, size_t n, seamkey_span *value)
{
	(void)type;
	value->len = *(const size_t *)ctx;
	return n == 0 ? SEAMKEY_OK : SEAMKEY_ERR_RULE_NONE;
}

static int
get_untouched(void *ctx, seamkey_span type, size_t n, seamkey_span *value)
{
	(void)ctx;
	(void)type;
	(void)value;
	return n == 0 ? SEAMKEY_OK : SEAMKEY_ERR_RULE_NONE;
}

static void
rule_hooks_lie(void)
{
	static const size_t counts[] = { 65536, 0x7FFFFFFF, (size_t)-1 };
	seamkey_rule_hooks h = hooks;
	seamkey_rule_facts f = somebody();
	size_t u, len;

	f.hooks = &h;
	for (u = 0; u < COUNT(counts); u++) {
		known.approvals = counts[u];
		CHECK_INT(decide("approval(2, \"b\")", &f), SEAMKEY_ERR_HOOK);
		CHECK_INT(decide("any(approval(2, \"b\"), group(\"a\"))", &f),
			SEAMKEY_OK);
	}
	h.attribute = get_endless;
	CHECK_INT(decide("attribute(\"x\" = \"last\")", &f), SEAMKEY_OK);
	CHECK_INT(endless_calls, SEAMKEY_RULE_MAX_VALUES);
	CHECK_INT(decide("attribute(\"x\" = \"more\")", &f),
		SEAMKEY_ERR_RULE_FAILED);
	h.attribute = get_nowhere;
	f.ctx = &len;
	for (len = 1; len < 3; len++) {
		CHECK_INT(decide("attribute(\"x\")", &f), SEAMKEY_ERR_HOOK);
		CHECK_INT(decide("attribute(\"x\" = \"y\")", &f),
			SEAMKEY_ERR_HOOK);
		CHECK_INT(
			decide("attribute(\"x\" >= 1)", &f), SEAMKEY_ERR_HOOK);
	}
	h.attribute = get_untouched; /* an empty value */
	CHECK_INT(decide("attribute(\"x\" = \"\")", &f), SEAMKEY_OK);
	CHECK_INT(decide("attribute(\"x\" = \"y\")", &f),
		SEAMKEY_ERR_RULE_FAILED);
}

/* ---- combinations against an oracle -------------------------------------- */

/* A small generator, always the same. */
static uint32_t seed;

static uint32_t
draw(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)(((uint64_t)seed * below) >> 32);
}

/* Leaves that say no, pending and yes to a facts of clearance 1 and no
 * hooks. */
static const seamkey_rule verdicts[3] = { CLEARANCE(2), APPROVAL(1, "b"),
	CLEARANCE(1) };

static const seamkey_rule combination = COMBINE(1, 1);

/* Does the rule at *at pass, if what is pending passes or not? Moves *at
 * behind it. By counting, one combination inside the other. */
static int
/* NOLINTNEXTLINE(misc-no-recursion) */
passes(const seamkey_rule *rule, size_t *at, int pending)
{
	const seamkey_rule *r = &rule[(*at)++];
	uint32_t yes = 0, u;

	if (r->kind != SEAMKEY_RULE_COMBINE) {
		return r->kind == SEAMKEY_RULE_APPROVAL ? pending
							: r->least == 1;
	}
	for (u = 0; u < r->count; u++) {
		yes += (uint32_t)passes(rule, at, pending);
	}
	return yes >= r->least;
}

/* What must be decided. */
static int
oracle(const seamkey_rule *rule)
{
	size_t a = 0, b = 0;

	return passes(rule, &a, 0)    ? SEAMKEY_OK
		: passes(rule, &b, 1) ? SEAMKEY_ERR_RULE_APPROVAL
				      : SEAMKEY_ERR_RULE_FAILED;
}

static unsigned
kind_of(int status)
{
	if (status == SEAMKEY_OK) {
		return 0;
	}
	return status == SEAMKEY_ERR_RULE_FAILED ? 1 : 2;
}

/* All of n rules with all of their verdicts, and each k. */
static void
rule_every_combination(void)
{
	seamkey_rule_facts f;
	uint32_t n, k, code, all, rest;
	unsigned counts[3] = { 0, 0, 0 }, u;

	memset(&f, 0, sizeof f);
	f.clearance = 1;
	for (n = 1, all = 3; n <= 5; n++, all *= 3) {
		for (k = 1; k <= n; k++) {
			for (code = 0; code < all; code++) {
				unsigned yes = 0, maybe = 0;
				int want;

				rules[0] = combination;
				rules[0].least = k;
				rules[0].count = (uint16_t)n;
				for (u = 1, rest = code; u <= n; u++) {
					rules[u] = verdicts[rest % 3];
					yes += rest % 3 == 2;
					maybe += rest % 3 != 0;
					rest /= 3;
				}
				want = yes >= k      ? SEAMKEY_OK
					: maybe >= k ? SEAMKEY_ERR_RULE_APPROVAL
						     : SEAMKEY_ERR_RULE_FAILED;
				CHECK_INT(oracle(rules), want);
				CHECK_INT(seamkey_rule_decide(rules, n + 1, &f),
					want);
				counts[kind_of(want)]++;
			}
		}
	}
	CHECK_INT(counts[0] > 300 && counts[1] > 300 && counts[2] > 300, 1);
}

/* Structs to rule[0..left): a random rule of at most left; its size. leaf
 * makes the rules that are no combination. */
static size_t
/* NOLINTNEXTLINE(misc-no-recursion) */
grow(seamkey_rule *rule, size_t left, unsigned depth,
	void (*leaf)(seamkey_rule *))
{
	size_t size = 1;
	uint32_t count, u;

	if (depth == SEAMKEY_RULE_MAX_DEPTH || left < 3
		|| (depth != 0 && draw(3) == 0)) {
		leaf(rule);
		return 1;
	}
	count = 1 + draw(left - 1 < 4 ? (uint32_t)left - 1 : 4);
	*rule = combination;
	rule->count = (uint16_t)count;
	rule->least = 1 + draw(count);
	for (u = 0; u < count; u++) {
		size += grow(rule + size, left - size - (count - u - 1),
			depth + 1, leaf);
	}
	return size;
}

static void
verdict_leaf(seamkey_rule *rule)
{
	*rule = verdicts[draw(3)];
}

static void
rule_nested_combinations(void)
{
	seamkey_rule_facts f;
	unsigned deep = 0, u, seen[3] = { 0, 0, 0 };
	size_t n;

	memset(&f, 0, sizeof f);
	f.clearance = 1;
	seed = 1;
	for (u = 0; u < 20000; u++) {
		int want;

		n = grow(rules, SEAMKEY_RULE_MAX, 0, verdict_leaf);
		deep += n > 40;
		want = oracle(rules);
		CHECK_INT(seamkey_rule_decide(rules, n, &f), want);
		seen[kind_of(want)]++;
	}
	CHECK_INT(deep > 100, 1);
	CHECK_INT(seen[0] > 1000 && seen[1] > 1000 && seen[2] > 1000, 1);
}

/* ---- knowing more -------------------------------------------------------- */

/* A leaf that the facts of more_or_less() decide either way. */
static void
any_leaf(seamkey_rule *rule)
{
	static const seamkey_span alice = ALICE, place = S("building 7");
	static const seamkey_span acme = S("\x30\x0F\x31\x0D\x30\x0B\x06\x03"
					   "\x55\x04\x0A\x0C\x04"
					   "Acme");
	static const char letters[] = "abcdefgh";
	uint32_t u;

	memset(rule, 0, sizeof *rule);
	rule->kind = (uint8_t)(SEAMKEY_RULE_NAME
		+ draw(SEAMKEY_RULE_APPROVAL - SEAMKEY_RULE_COMBINE));
	rule->name = seamkey_span_of(letters + draw(8), 1);
	switch (rule->kind) {
	case SEAMKEY_RULE_NAME:
	case SEAMKEY_RULE_PORTION:
		rule->name.len = 0;
		rule->value = rule->kind == SEAMKEY_RULE_NAME ? alice : acme;
		break;
	case SEAMKEY_RULE_ATTRIBUTE:
		u = draw(ATTRIBUTES);
		rule->name = words(attributes[u][0]);
		rule->compare = (uint8_t)draw(4);
		if (rule->compare == SEAMKEY_RULE_EQUAL) {
			rule->value = words(attributes[u][1]);
		} else if (rule->compare != SEAMKEY_RULE_PRESENT) {
			rule->value = words(draw(2) ? "5" : "30");
		}
		break;
	case SEAMKEY_RULE_PERIOD:
		rule->name = words("20260101000000Z");
		rule->value = words("20261231235959Z");
		break;
	case SEAMKEY_RULE_LOCATION:
		rule->name = place;
		break;
	case SEAMKEY_RULE_APPROVAL:
		rule->least = 1 + draw(3);
		break;
	case SEAMKEY_RULE_FUNCTION:
		rule->value = words(draw(2) ? "yes" : "");
		break;
	case SEAMKEY_RULE_CLEARANCE:
	case SEAMKEY_RULE_TIME:
	case SEAMKEY_RULE_DAYS:
		rule->name.len = 0;
		rule->least = 1 + draw(4);
		rule->most = rule->kind == SEAMKEY_RULE_TIME ? 86400 : 0;
		break;
	default:
		break;
	}
}

/* Something more of what can be known, or nothing. */
static void
know_more(seamkey_rule_facts *f, struct known *k)
{
	seamkey_rule_facts all = somebody();

	f->name = draw(3) == 0 ? all.name : f->name;
	f->location = draw(3) == 0 ? all.location : f->location;
	f->clearance += draw(2);
	if (draw(3) == 0) {
		f->has_time = 1;
		f->now = all.now;
		f->second = all.second;
		f->weekday = all.weekday;
	}
	k->attributes |= 1u << draw(ATTRIBUTES);
	k->groups |= 1u << draw(8);
	k->roles |= 1u << draw(8);
	k->functions |= 1u << draw(8);
	k->approvals += draw(2);
	f->hooks = draw(2) ? &hooks : f->hooks;
	f->ctx = k;
}

static void
rule_more_never_takes_away(void)
{
	static const int order[3] = { SEAMKEY_ERR_RULE_FAILED,
		SEAMKEY_ERR_RULE_APPROVAL, SEAMKEY_OK };
	seamkey_rule_facts f;
	struct known k;
	unsigned u, v, better = 0, passed = 0;
	size_t n;

	seed = 2;
	for (u = 0; u < 5000; u++) {
		int before = 0, now;

		n = grow(rules, 24, 0, any_leaf);
		memset(&f, 0, sizeof f);
		memset(&k, 0, sizeof k);
		for (v = 0; v < 6; v++) {
			int status = seamkey_rule_decide(rules, n, &f);

			for (now = 0; now < 2 && order[now] != status; now++) {
			}
			CHECK_INT(status, order[now]);
			CHECK_INT(now >= before, 1);
			better += now > before;
			passed += now == 2;
			before = now;
			know_more(&f, &k);
		}
	}
	CHECK_INT(better > 1000 && passed > 1000 && passed < 25000, 1);
}

/* Such rules come back from DER and text, too. */
static void
rule_of_every_kind_comes_back(void)
{
	size_t n, len = 0, again = 0, count = 0;
	unsigned u;

	seed = 3;
	for (u = 0; u < 3000; u++) {
		n = grow(rules, SEAMKEY_RULE_MAX, 0, any_leaf);
		CHECK_INT(seamkey_rule_encode(one, ROOM, &len, rules, n),
			SEAMKEY_OK);
		CHECK_INT(seamkey_rule_decode(others, RULES, &count,
				  seamkey_span_of(one, len)),
			SEAMKEY_OK);
		CHECK_INT(count, n);
		check_rules(others, rules, n);
		CHECK_INT(seamkey_rule_encode_text(two, ROOM, &again, rules, n),
			SEAMKEY_OK);
		CHECK_INT(seamkey_rule_decode_text(three, ROOM, &count,
				  seamkey_span_of(two, again), NULL),
			SEAMKEY_OK);
		CHECK_INT(count, len);
		CHECK_MEM(three, one, len);
	}
}

/* ---- malformed DER ------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *what, *hex;
	int status;
} malformed[] = {
	{ "nothing", "", SEAMKEY_ERR_RULE },
	{ "a tag alone", "84", SEAMKEY_ERR_DER_TRUNCATED },
	{ "another class", "0C0161", SEAMKEY_ERR_RULE },
	{ "tag [13]", "AD00", SEAMKEY_ERR_RULE },
	{ "tag [31]", "9F1F00", SEAMKEY_ERR_RULE },
	{ "a group that is constructed", "A403840161", SEAMKEY_ERR_RULE },
	{ "a combination that is primitive", "8008020101 3003840161",
		SEAMKEY_ERR_RULE },
	{ "a name that is primitive", "8103 300161", SEAMKEY_ERR_RULE },
	{ "something behind", "84016100", SEAMKEY_ERR_DER_TRAILING },
	{ "two rules", "840161840162", SEAMKEY_ERR_DER_TRAILING },
	{ "the long form", "84810161", SEAMKEY_ERR_DER_LENGTH },
	{ "the indefinite form", "A080020101 3003840161 0000",
		SEAMKEY_ERR_DER_LENGTH },
	{ "no rules", "A005 020101 3000", SEAMKEY_ERR_RULE_COUNT },
	{ "none of one", "A008 020100 3003 840161", SEAMKEY_ERR_RULE_COUNT },
	{ "two of one", "A008 020102 3003 840161", SEAMKEY_ERR_RULE_COUNT },
	{ "a combination without its rules", "A003 020101",
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "an empty combination", "A000", SEAMKEY_ERR_DER_TRUNCATED },
	{ "a combination of a SET", "A008 020101 3103 840161",
		SEAMKEY_ERR_DER_TAG },
	{ "a combination without its number", "A005 3003 840161",
		SEAMKEY_ERR_DER_TAG },
	{ "a number that begins with 00", "A009 02020001 3003 840161",
		SEAMKEY_ERR_DER_INTEGER },
	{ "a negative number", "A008 0201FF 3003 840161",
		SEAMKEY_ERR_DER_INTEGER },
	{ "something behind the rules", "A00A 020101 3003 840161 0500",
		SEAMKEY_ERR_DER_TRAILING },
	{ "no rule among the rules", "A00A 020101 3005 840161 0500",
		SEAMKEY_ERR_RULE },
	{ "the same, deeper", "A00F 020101 300A A008 020101 3003 0C0161",
		SEAMKEY_ERR_RULE },
	{ "something behind the rules, deeper",
		"A011 020101 300C A00A 020101 3003 840161 0500",
		SEAMKEY_ERR_DER_TRAILING },
	{ "clearance without octets", "8600", SEAMKEY_ERR_DER_INTEGER },
	{ "clearance 0", "860100", SEAMKEY_ERR_RULE_VALUE },
	{ "clearance -1", "8601FF", SEAMKEY_ERR_DER_INTEGER },
	{ "clearance 00 7F", "8602007F", SEAMKEY_ERR_DER_INTEGER },
	{ "clearance 2^32", "86050100000000", SEAMKEY_ERR_DER_INTEGER },
	{ "clearance of six octets", "8606000100000000",
		SEAMKEY_ERR_DER_INTEGER },
	{ "clearance 00 00 80", "8603000080", SEAMKEY_ERR_DER_INTEGER },
	{ "clearance 2^39 + 1", "8606008000000001", SEAMKEY_ERR_DER_INTEGER },
	{ "no day", "890100", SEAMKEY_ERR_RULE_VALUE },
	{ "the eighth day", "89020080", SEAMKEY_ERR_RULE_VALUE },
	{ "compare 4", "A309 0C0161 020104 0C0162", SEAMKEY_ERR_RULE_VALUE },
	{ "compare 256", "A30A 0C0161 02020100 0C0162",
		SEAMKEY_ERR_RULE_VALUE },
	{ "compare 2^32 + 1", "A30D 0C0161 02050100000001 0C0162",
		SEAMKEY_ERR_DER_INTEGER },
	{ "present, with a value", "A309 0C0161 020100 0C0162",
		SEAMKEY_ERR_DER_TRAILING },
	{ "equal, without a value", "A306 0C0161 020101",
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "a value in PrintableString", "A309 0C0161 020101 130162",
		SEAMKEY_ERR_DER_TAG },
	{ "a period in UTCTime",
		"A71E 170D3236303130313030303030305A"
		"170D3236303130313030303030305A", SEAMKEY_ERR_DER_TAG },
	{ "a period of one time", "A711 180F32303236303130313030303030305A",
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "a time that does not end", "A806 020101 020101",
		SEAMKEY_ERR_RULE_VALUE },
	{ "a function without its argument", "AB03 0C0166",
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "a function with two", "AB09 0C0166 0C0161 0C0162",
		SEAMKEY_ERR_DER_TRAILING },
	{ "no approvals", "AC06 020100 0C0162", SEAMKEY_ERR_RULE_VALUE },
	{ "an approval without a group", "AC05 020101 0C00",
		SEAMKEY_ERR_RULE_VALUE },
	{ "a name of no part", "A102 3000", SEAMKEY_ERR_RULE_VALUE },
	{ "an empty name", "A100", SEAMKEY_ERR_DER_TRUNCATED },
	{ "two names",
		"A11A 300B3109300706035504030C00 300B3109300706035504030C00",
		SEAMKEY_ERR_DER_TRAILING },
	{ "a name of an empty part", "A104 30023100", SEAMKEY_ERR_RULE_VALUE },
	{ "a group with a line feed", "8403 610A62", SEAMKEY_ERR_RULE_VALUE },
	{ "a group of Latin-1", "8401FC", SEAMKEY_ERR_RULE_VALUE }
};
/* clang-format on */

static void
rule_malformed(void)
{
	size_t u, count;

	for (u = 0; u < COUNT(malformed); u++) {
		what = malformed[u].what;
		count = 42;
		CHECK_INT(seamkey_rule_decode(rules, RULES, &count,
				  unhex(malformed[u].hex, one, sizeof one)),
			malformed[u].status);
		CHECK_INT(count, 42);
	}
}

static void
rule_cut(void)
{
	unsigned char part[200];
	seamkey_span der;
	size_t u, n, count;

	for (u = 0; u < COUNT(forms); u++) {
		what = forms[u].text;
		der = unhex(forms[u].hex, one, sizeof one);
		for (n = 0; n < der.len; n++) {
			count = 42;
			memcpy(part, der.p, n);
			CHECK_INT(seamkey_rule_decode(rules, RULES, &count,
					  seamkey_span_of(part, n))
					!= SEAMKEY_OK,
				1);
			CHECK_INT(count, 42);
		}
	}
}

/* A rule with a bit flipped is none, or another one, of the same octets; and
 * so is its text. */
static void
rule_flipped(void)
{
	static unsigned char other[200];
	unsigned long good = 0, bad = 0;
	seamkey_span der;
	size_t u, n, count, len;

	for (u = 0; u < COUNT(forms); u++) {
		what = forms[u].text;
		der = unhex(forms[u].hex, one, sizeof one);
		for (n = 0; n < 8 * der.len; n++) {
			memcpy(other, der.p, der.len);
			other[n / 8] ^= (unsigned char)(1 << n % 8);
			if (seamkey_rule_decode(rules, RULES, &count,
				    seamkey_span_of(other, der.len))
				!= SEAMKEY_OK) {
				bad++;
				continue;
			}
			good++;
			len = 0;
			CHECK_INT(seamkey_rule_encode(
					  two, ROOM, &len, rules, count),
				SEAMKEY_OK);
			CHECK_INT(len, der.len);
			CHECK_MEM(two, other, der.len);
			CHECK_INT(seamkey_rule_encode_text(
					  two, ROOM, &len, rules, count),
				SEAMKEY_OK);
			CHECK_INT(seamkey_rule_decode_text(NULL, 0, &len,
					  seamkey_span_of(two, len), NULL),
				SEAMKEY_OK);
		}
	}
	CHECK_INT(good > 500 && bad > 1000, 1);
}

const struct test test_rule_table[] = { { "rule_codes_have_texts",
						rule_codes_have_texts },
	{ "rule_text_der_and_array", rule_text_der_and_array },
	{ "rule_other_texts", rule_other_texts },
	{ "rule_wrong_texts", rule_wrong_texts },
	{ "rule_text_cut", rule_text_cut }, { "rule_depth", rule_depth },
	{ "rule_depth_without_end", rule_depth_without_end },
	{ "rule_count", rule_count }, { "rule_lengths", rule_lengths },
	{ "rule_strings_without_end", rule_strings_without_end },
	{ "rule_every_second", rule_every_second },
	{ "rule_name_text_fits", rule_name_text_fits },
	{ "rule_bad_arrays", rule_bad_arrays }, { "rule_space", rule_space },
	{ "rule_decisions", rule_decisions },
	{ "rule_approvals_are_pending", rule_approvals_are_pending },
	{ "rule_times", rule_times }, { "rule_values", rule_values },
	{ "rule_hooks_fail", rule_hooks_fail },
	{ "rule_first_failure_is_told", rule_first_failure_is_told },
	{ "rule_hooks_lie", rule_hooks_lie },
	{ "rule_every_combination", rule_every_combination },
	{ "rule_nested_combinations", rule_nested_combinations },
	{ "rule_more_never_takes_away", rule_more_never_takes_away },
	{ "rule_of_every_kind_comes_back", rule_of_every_kind_comes_back },
	{ "rule_malformed", rule_malformed }, { "rule_cut", rule_cut },
	{ "rule_flipped", rule_flipped }, { NULL, NULL } };
