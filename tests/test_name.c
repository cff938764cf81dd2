/*
 * test_name.c - text, times, distinguished names
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * The DER of names is what "openssl req -utf8 -multivalue-rdn -subj" writes,
 * where nothing else is said.
 */
#include <stdio.h>

#include "seamkey_name.h"

#include "hex.h"
#include "rsa_tools.h"

#define ROOM SEAMKEY_NAME_MAX_TEXT

static unsigned char one[ROOM + 1], two[ROOM + 1], three[ROOM + 1];

/* A string of C without its end. */
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
} codes[] = { SEAMKEY_NAME_ERRORS(CODE) };

/* In the part of der's band that der leaves. */
static void
name_codes_have_texts(void)
{
	size_t u;

	for (u = 0; u < COUNT(codes); u++) {
		int status = codes[u].status;

		what = codes[u].what;
		CHECK_INT(status, -160 - (int)u);
		CHECK_INT(strcmp(seamkey_name_text(status), codes[u].text), 0);
		CHECK_INT(strcmp(seamkey_text(status), codes[u].text), 0);
		CHECK_INT(
			strcmp(seamkey_der_text(status), "unknown status"), 0);
	}
	CHECK_INT(strcmp(seamkey_name_text(SEAMKEY_ERR_DER_TAG),
			  seamkey_der_text(SEAMKEY_ERR_DER_TAG)),
		0);
	CHECK_INT(strcmp(seamkey_name_text(-169), "unknown status"), 0);
	CHECK_INT(strcmp(seamkey_text(-169), "unknown status"), 0);
}

/* ---- text ---------------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *what;
	const char *hex;
	int ok;
} texts[] = {
	{ "nothing",                     "", 1 },
	{ "letters",                     "41 6C 69 63 65", 1 },
	{ "the first that is printed",   "20", 1 },
	{ "the last that is printed",    "7E", 1 },
	{ "NUL",                         "41 00", 0 },
	{ "tab",                         "09", 0 },
	{ "line feed",                   "41 0A 42", 0 },
	{ "carriage return",             "41 0D", 0 },
	{ "escape",                      "1B 5B 32 4A", 0 },
	{ "the last of C0",              "1F", 0 },
	{ "delete",                      "7F", 0 },
	{ "the first of C1",             "C2 80", 0 },
	{ "CSI, of C1",                  "C2 9B", 0 },
	{ "the last of C1",              "C2 9F", 0 },
	{ "no-break space",              "C2 A0", 1 },
	{ "U+07FF",                      "DF BF", 1 },
	{ "U+0800",                      "E0 A0 80", 1 },
	{ "U+FFFF",                      "EF BF BF", 1 },
	{ "U+10000",                     "F0 90 80 80", 1 },
	{ "U+10FFFF",                    "F4 8F BF BF", 1 },
	{ "U+110000",                    "F4 90 80 80", 0 },
	{ "U+140000",                    "F5 80 80 80", 0 },
	{ "five octets",                 "F8 88 80 80 80", 0 },
	{ "six octets",                  "FC 84 80 80 80 80", 0 },
	{ "FE",                          "FE", 0 },
	{ "FF",                          "FF", 0 },
	{ "slash in two octets",         "C0 AF", 0 },
	{ "NUL in two octets",           "C0 80", 0 },
	{ "U+007F in two octets",        "C1 BF", 0 },
	{ "U+07FF in three octets",      "E0 9F BF", 0 },
	{ "U+FFFF in four octets",       "F0 8F BF BF", 0 },
	{ "before the surrogates",       "ED 9F BF", 1 },
	{ "the first surrogate",         "ED A0 80", 0 },
	{ "the last surrogate",          "ED BF BF", 0 },
	{ "behind the surrogates",       "EE 80 80", 1 },
	{ "a pair of surrogates",        "ED A0 BD ED B8 80", 0 },
	{ "continued without beginning", "80", 0 },
	{ "continued once more",         "C3 BC BC", 0 },
	{ "cut after one of two",        "41 C3", 0 },
	{ "cut after one of three",      "E2", 0 },
	{ "cut after two of three",      "E2 82", 0 },
	{ "cut after three of four",     "F0 9F 98", 0 },
	{ "ASCII in the second octet",   "C3 41", 0 },
	{ "ASCII in the third octet",    "E2 82 41", 0 },
	{ "ASCII in the fourth octet",   "F0 9F 98 41", 0 },
	{ "C0 in the second octet",      "C3 C0", 0 },
	{ "U+2027",                      "E2 80 A7", 1 },
	{ "line separator",              "E2 80 A8", 0 },
	{ "paragraph separator",         "E2 80 A9", 0 },
	{ "right-to-left embedding",     "E2 80 AB", 0 },
	{ "right-to-left override",      "E2 80 AE", 0 },
	{ "U+202F",                      "E2 80 AF", 1 },
	{ "U+2065",                      "E2 81 A5", 1 },
	{ "left-to-right isolate",       "E2 81 A6", 0 },
	{ "the end of an isolate",       "E2 81 A9", 0 },
	{ "U+206A",                      "E2 81 AA", 1 }
};
/* clang-format on */

static void
name_text_is_printable_utf8(void)
{
	size_t u;

	for (u = 0; u < COUNT(texts); u++) {
		what = texts[u].what;
		CHECK_INT(seamkey_name_check_text(
				  unhex(texts[u].hex, one, sizeof one), 0, 100),
			texts[u].ok ? SEAMKEY_OK : SEAMKEY_ERR_NAME_TEXT);
	}
}

static void
name_text_has_bounds(void)
{
	seamkey_span five = BYTES("\xC3\xBC"
				  "abc");

	CHECK_INT(seamkey_name_check_text(five, 5, 5), SEAMKEY_OK);
	CHECK_INT(seamkey_name_check_text(five, 6, 9), SEAMKEY_ERR_NAME_TEXT);
	CHECK_INT(seamkey_name_check_text(five, 0, 4), SEAMKEY_ERR_NAME_TEXT);
	CHECK_INT(seamkey_name_check_text(seamkey_span_of(NULL, 0), 0, 0),
		SEAMKEY_OK);
	CHECK_INT(seamkey_name_check_text(seamkey_span_of(NULL, 0), 1, 9),
		SEAMKEY_ERR_NAME_TEXT);
}

/* Each character that there is, written by another text than the header's. */
static void
name_text_of_each_character(void)
{
	static const unsigned first[5] = { 0, 0, 0xC0, 0xE0, 0xF0 };
	unsigned long c, rest, wrong = 0;
	size_t n, u;

	for (c = 0; c < 0x110000; c++) {
		int bad = c < 0x20 || (c >= 0x7F && c < 0xA0) || c / 0x800 == 27
			|| (c >= 0x2028 && c < 0x202F)
			|| (c >= 0x2066 && c < 0x206A) || c == 0x061C
			|| c == 0x200E || c == 0x200F;

		n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
		rest = c;
		for (u = n; u-- > 1; rest /= 64) {
			one[u] = (unsigned char)(0x80 + rest % 64);
		}
		one[0] = (unsigned char)(first[n] + rest);
		wrong += (seamkey_name_check_text(seamkey_span_of(one, n), 0, 4)
				 == SEAMKEY_OK)
			== bad;
	}
	CHECK_INT(wrong, 0);
}

/* ---- times --------------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *text;
	long long seconds; /* by "date -u -d ... +%s"; -1: none */
} times[] = {
	{ "19700101000000Z", 0 },
	{ "19700101000001Z", 1 },
	{ "19700301000000Z", 5097600 },
	{ "19691231235959Z", -1 },
	{ "00010101000000Z", -1 },
	{ "19960229000000Z", 825552000 },
	{ "19970228235959Z", 857174399 },
	{ "19970229000000Z", -1 },
	{ "20000229000000Z", 951782400 },
	{ "20000301000000Z", 951868800 },
	{ "20010908184640Z", 999974800 },
	{ "20380119031408Z", 2147483648 },
	{ "20991231235959Z", 4102444799 },
	{ "21000228235959Z", 4107542399 },
	{ "21000229000000Z", -1 },
	{ "21000301000000Z", 4107542400 },
	{ "21060207062816Z", 4294967296 },
	{ "24000229000000Z", 13574563200 },
	{ "99991231235959Z", 253402300799 },
	{ "20260430120000Z", 1777550400 },
	{ "20260431120000Z", -1 },
	{ "20260631120000Z", -1 },
	{ "20260931120000Z", -1 },
	{ "20261131120000Z", -1 },
	{ "20261231235959Z", 1798761599 },
	{ "20261232000000Z", -1 },
	{ "20260100000000Z", -1 },
	{ "20260001000000Z", -1 },
	{ "20261301000000Z", -1 },
	{ "20260101240000Z", -1 },
	{ "20260101236000Z", -1 },
	{ "20260101235960Z", -1 },
	{ "20161231235960Z", -1 },
	{ "20260101000000",  -1 },
	{ "20260101000000z", -1 },
	{ "20260101000000+", -1 },
	{ "202601010000Z",   -1 },
	{ "2026010100000Z",  -1 },
	{ "260101000000Z",   -1 },
	{ "20260101000000.5Z", -1 },
	{ "20260101000000+0000", -1 },
	{ "020260101000000Z", -1 },
	{ "2026-101000000Z", -1 },
	{ "2026 101000000Z", -1 },
	{ "202601010000:0Z", -1 },
	{ "2026010100000/Z", -1 },
	{ "",                -1 },
	{ "Z",               -1 }
};
/* clang-format on */

static void
name_times(void)
{
	size_t u;

	for (u = 0; u < COUNT(times); u++) {
		uint64_t seconds = 42;
		int ok = times[u].seconds >= 0;

		what = times[u].text;
		CHECK_INT(seamkey_name_decode_time(
				  &seconds, words(times[u].text)),
			ok ? SEAMKEY_OK : SEAMKEY_ERR_NAME_TIME);
		CHECK_INT(seconds, ok ? times[u].seconds : 42);
	}
}

static void
put_digits(unsigned char *p, unsigned n, unsigned v)
{
	while (n-- != 0) {
		p[n] = (unsigned char)('0' + v % 10);
		v /= 10;
	}
}

/* 1 if the day number from 1970, at 01:02:03, has the text y, m, d; or with
 * no day number, if there is no such day. */
static int
is_day(unsigned y, unsigned m, unsigned d, long long day)
{
	unsigned char text[16] = "YYYYMMDD010203Z";
	uint64_t seconds = 0;
	int status;

	put_digits(text, 4, y);
	put_digits(text + 4, 2, m);
	put_digits(text + 6, 2, d);
	status = seamkey_name_decode_time(&seconds, seamkey_span_of(text, 15));
	return day < 0 ? status == SEAMKEY_ERR_NAME_TIME
		       : status == SEAMKEY_OK
			&& seconds == (uint64_t)day * 86400 + 3723;
}

/* Every day counted on, up to the year 9999. */
static void
name_time_of_each_day(void)
{
	static const unsigned longest[13] = { 0, 31, 28, 31, 30, 31, 30, 31, 31,
		30, 31, 30, 31 };
	unsigned long day = 0, wrong = 0;
	unsigned y, m, d, last;

	for (y = 1970; y < 10000; y++) {
		for (m = 1; m <= 12; m++) {
			last = longest[m];
			if (m == 2 && y % 4 == 0
				&& (y % 100 != 0 || y % 400 == 0)) {
				last = 29;
			}
			for (d = 1; d <= last; d++, day++) {
				/* all of 1970 to 2110, then first and last */
				if (y < 2110 || d == 1 || d == last) {
					wrong += !is_day(
						y, m, d, (long long)day);
				}
			}
			wrong += !is_day(y, m, last + 1, -1);
		}
	}
	CHECK_INT(wrong, 0);
	CHECK_INT(day, 2932897);
}

/* ---- names and their text ------------------------------------------------ */

/* clang-format off */
static const struct {
	const char *text, *hex;
} names[] = {
	{ "", "3000" },
	{ "CN=Alice,OU=Legal,O=Acme,C=DE",
		"303C310B3009060355040613024445310D300B060355040A0C0441636D65"
		"310E300C060355040B0C054C6567616C310E300C06035504030C05416C69"
		"6365" },
	{ "serialNumber=4711,STREET=1,L=K\\C3\\B6ln,ST=Bavaria,DC=example,"
	  "DC=com",
		"306B31133011060A0992268993F22C6401191603636F6D31173015060A09"
		"92268993F22C64011916076578616D706C653110300E06035504080C0742"
		"617661726961310E300C06035504070C054BC3B66C6E310A300806035504"
		"090C0131310D300B0603550405130434373131" },
	{ "CN=\\C5\\81ukasz", "30123110300E06035504030C07C581756B61737A" },
	{ "CN=a\\,b", "300E310C300A06035504030C03612C62" },
	{ "CN=\\ x\\+y\\\"\\\\z\\;\\<\\>\\ ",
		"30163114301206035504030C0B20782B79225C7A3B3C3E20" },
	{ "O=A/B\\=C#", "3011310F300D060355040A0C06412F423D4323" },
	{ "CN=\\#x", "300D310B300906035504030C022378" },
	{ "CN=b+UID=a", /* as DER sorts them, by the length */
		"301D311B300806035504030C0162300F060A0992268993F22C6401010C01"
		"61" },
	{ "CN=a+OU=b+CN=zz",
		"3021311F300806035504030C01613008060355040B0C0162300906035504"
		"030C027A7A" },
	/* by hand, from here */
	{ "CN=", "300B3109300706035504030C00" },
	{ "CN=\\ ", "300C310A300806035504030C0120" },
	{ "CN=a b", "300E310C300A06035504030C03612062" },
	{ "2.5.4.12=#0C03626172", "300E310C300A060355040C0C03626172" },
	{ "1.2.840.113549.1.9.1=#16016B",
		"3012 3110 300E 06092A864886F70D010901 16016B" },
	{ "0.39.1=#0500", "300A 3108 3006 06022701 0500" },
	{ "1.0=#0500", "3009 3107 3005 060128 0500" },
	{ "2.0=#0500", "3009 3107 3005 060150 0500" },
	{ "2.47=#0500", "3009 3107 3005 06017F 0500" },
	{ "2.48=#0500", "300A 3108 3006 06028100 0500" },
	{ "2.4294967295.4294967295=#0500",
		"3012 3110 300E 060A 90808080 4F 8FFFFFFF 7F 0500" },
	{ "CN=#1E020041", "300D 310B 3009 0603550403 1E020041" },
	{ "CN=#02017F", "300C 310A 3008 0603550403 02017F" }
};
/* clang-format on */

/* The text of the Name of DER in hex to buf. */
static seamkey_span
text_of(seamkey_span name, unsigned char *buf)
{
	size_t len = 0;

	CHECK_INT(seamkey_name_decode(buf, ROOM, &len, name), SEAMKEY_OK);
	return seamkey_span_of(buf, len);
}

static void
name_text_and_der(void)
{
	seamkey_span want, text;
	size_t u, len;

	for (u = 0; u < COUNT(names); u++) {
		what = names[u].text;
		want = unhex(names[u].hex, one, sizeof one);
		len = 0;
		CHECK_INT(seamkey_name_encode(
				  two, ROOM, &len, words(names[u].text)),
			SEAMKEY_OK);
		CHECK_INT(len, want.len);
		CHECK_MEM(two, want.p, want.len);
		CHECK_INT(seamkey_name_check(want), SEAMKEY_OK);
		text = text_of(want, two);
		CHECK_INT(text.len, strlen(names[u].text));
		CHECK_MEM(text.p, names[u].text, text.len);
	}
}

/* clang-format off */
static const struct {
	const char *text, *hex;
	const char *shown; /* the text of that */
} other_texts[] = {
	{ "CN=#0c0141", "300C 310A 3008 0603550403 0C0141", "CN=A" },
	{ "CN=\\41\\42", "300D 310B 3009 0603550403 0C024142", "CN=AB" },
	{ "CN=#130141+O=#0C0142,C=#130144",
		"3022 310A 3008 0603550406 130144"
		"3114 3008 0603550403 130141 3008 060355040A 0C0142",
		"CN=A+O=B,C=D" },
	{ "CN=\xC5\x81ukasz", "30123110300E06035504030C07C581756B61737A",
		"CN=\\C5\\81ukasz" },
	{ "2.5.4.3=Al", "300D 310B 3009 0603550403 0C02416C", "CN=Al" },
	{ "2.5.4.6=DE", "300D 310B 3009 0603550406 13024445", "C=DE" },
	{ "1.2.3=abc", "300D 310B 3009 06022A03 0C03616263",
		"1.2.3=#0C03616263" },
	{ "UID=a+CN=b",
		"301D311B300806035504030C0162300F060A0992268993F22C6401010C01"
		"61", "CN=b+UID=a" },
	{ "CN=zz+CN=a+OU=b",
		"3021311F300806035504030C01613008060355040B0C0162300906035504"
		"030C027A7A", "CN=a+OU=b+CN=zz" },
	{ "CN=zz+OU=b+CN=a",
		"3021311F300806035504030C01613008060355040B0C0162300906035504"
		"030C027A7A", "CN=a+OU=b+CN=zz" },
	{ "CN=a=b#c", "3010 310E 300C 0603550403 0C05613D622363",
		"CN=a\\=b#c" }
};

static const struct {
	const char *text;
	int status;
} wrong_texts[] = {
	{ "CN",                  SEAMKEY_ERR_NAME_TYPE },
	{ "=a",                  SEAMKEY_ERR_NAME_TYPE },
	{ "cn=a",                SEAMKEY_ERR_NAME_TYPE },
	{ "CNN=a",               SEAMKEY_ERR_NAME_TYPE },
	{ "CN =a",               SEAMKEY_ERR_NAME_TYPE },
	{ " CN=a",               SEAMKEY_ERR_NAME_TYPE },
	{ "emailAddress=a",      SEAMKEY_ERR_NAME_TYPE },
	{ "CN= a",               SEAMKEY_ERR_NAME },
	{ "CN=a ",               SEAMKEY_ERR_NAME },
	{ "CN= ",                SEAMKEY_ERR_NAME },
	{ "CN=a ,O=b",           SEAMKEY_ERR_NAME },
	{ "CN=a +O=b",           SEAMKEY_ERR_NAME },
	{ "CN=a, O=b",           SEAMKEY_ERR_NAME_TYPE },
	{ ",",                   SEAMKEY_ERR_NAME },
	{ ",CN=a",               SEAMKEY_ERR_NAME },
	{ "CN=a,",               SEAMKEY_ERR_NAME_TYPE },
	{ "CN=a,,O=b",           SEAMKEY_ERR_NAME_TYPE },
	{ "+CN=a",               SEAMKEY_ERR_NAME_TYPE },
	{ "CN=a+",               SEAMKEY_ERR_NAME_TYPE },
	{ "CN=a++O=b",           SEAMKEY_ERR_NAME_TYPE },
	{ "CN=\"a\"",            SEAMKEY_ERR_NAME },
	{ "CN=a\"",              SEAMKEY_ERR_NAME },
	{ "CN=a;O=b",            SEAMKEY_ERR_NAME },
	{ "CN=<a",               SEAMKEY_ERR_NAME },
	{ "CN=a>",               SEAMKEY_ERR_NAME },
	{ "CN=a\\",              SEAMKEY_ERR_NAME },
	{ "CN=a\\x",             SEAMKEY_ERR_NAME },
	{ "CN=a\\4",             SEAMKEY_ERR_NAME },
	{ "CN=a\\4G",            SEAMKEY_ERR_NAME },
	{ "CN=a\\G4",            SEAMKEY_ERR_NAME },
	{ "CN=\\00",             SEAMKEY_ERR_NAME_TEXT },
	{ "CN=\\0A",             SEAMKEY_ERR_NAME_TEXT },
	{ "CN=a\nb",             SEAMKEY_ERR_NAME_TEXT },
	{ "CN=\\C3",             SEAMKEY_ERR_NAME_TEXT },
	{ "CN=\\E2\\80\\AE",     SEAMKEY_ERR_NAME_TEXT },
	{ "CN=\xFF",             SEAMKEY_ERR_NAME_TEXT },
	{ "C=\\C3\\9C",          SEAMKEY_ERR_NAME_TEXT },
	{ "C=a_b",               SEAMKEY_ERR_NAME_TEXT },
	{ "C=[",                 SEAMKEY_ERR_NAME_TEXT },
	{ "serialNumber=a@b",    SEAMKEY_ERR_NAME_TEXT },
	{ "DC=\\C3\\BC",         SEAMKEY_ERR_NAME_TEXT },
	{ "CN=#",                SEAMKEY_ERR_DER_TRUNCATED },
	{ "CN=#0C",              SEAMKEY_ERR_DER_TRUNCATED },
	{ "CN=#0C0241",          SEAMKEY_ERR_DER_TRUNCATED },
	{ "CN=#0C01410C0141",    SEAMKEY_ERR_DER_TRAILING },
	{ "CN=#3080",            SEAMKEY_ERR_DER_LENGTH },
	{ "CN=#0",               SEAMKEY_ERR_NAME },
	{ "CN=#0C014",           SEAMKEY_ERR_NAME },
	{ "CN=#0C01 41",         SEAMKEY_ERR_NAME },
	{ "CN=#xx",              SEAMKEY_ERR_NAME },
	{ "1=#0500",             SEAMKEY_ERR_NAME_TYPE },
	{ "3.1=#0500",           SEAMKEY_ERR_NAME_TYPE },
	{ "0.40=#0500",          SEAMKEY_ERR_NAME_TYPE },
	{ "1.40=#0500",          SEAMKEY_ERR_NAME_TYPE },
	{ "1.2.=#0500",          SEAMKEY_ERR_NAME_TYPE },
	{ "1..2=#0500",          SEAMKEY_ERR_NAME_TYPE },
	{ ".1=#0500",            SEAMKEY_ERR_NAME_TYPE },
	{ "01.2=#0500",          SEAMKEY_ERR_NAME_TYPE },
	{ "1.02=#0500",          SEAMKEY_ERR_NAME_TYPE },
	{ "1.00=#0500",          SEAMKEY_ERR_NAME_TYPE },
	{ "-1.2=#0500",          SEAMKEY_ERR_NAME_TYPE },
	{ "1.2.4294967296=#0500", SEAMKEY_ERR_NAME_TYPE },
	{ "2.4294967296=#0500",  SEAMKEY_ERR_NAME_TYPE },
	{ "1.2.42949672950=#0500", SEAMKEY_ERR_NAME_TYPE },
	{ "1.2.18446744073709551617=#0500", SEAMKEY_ERR_NAME_TYPE },
	{ "1.2.3",               SEAMKEY_ERR_NAME_TYPE },
	{ "1.2.3 =#0500",        SEAMKEY_ERR_NAME_TYPE },
	{ "OID.1.2.3=#0500",     SEAMKEY_ERR_NAME_TYPE }
};
/* clang-format on */

static void
name_other_texts(void)
{
	seamkey_span want, text;
	size_t u, len;

	for (u = 0; u < COUNT(other_texts); u++) {
		what = other_texts[u].text;
		want = unhex(other_texts[u].hex, one, sizeof one);
		len = 0;
		CHECK_INT(seamkey_name_encode(
				  two, ROOM, &len, words(other_texts[u].text)),
			SEAMKEY_OK);
		CHECK_INT(len, want.len);
		CHECK_MEM(two, want.p, want.len);
		text = text_of(want, two);
		CHECK_INT(text.len, strlen(other_texts[u].shown));
		CHECK_MEM(text.p, other_texts[u].shown, text.len);
	}
}

static void
name_wrong_texts(void)
{
	size_t u, len;

	for (u = 0; u < COUNT(wrong_texts); u++) {
		what = wrong_texts[u].text;
		len = 42;
		memset(one, 0xEE, sizeof one);
		memset(two, 0xEE, sizeof two);
		CHECK_INT(seamkey_name_encode(
				  one, ROOM, &len, words(wrong_texts[u].text)),
			wrong_texts[u].status);
		CHECK_INT(len, 42);
		CHECK_MEM(one, two, ROOM);
	}
	CHECK_INT(seamkey_name_encode(one, ROOM, &len, BYTES("CN=a\0b")),
		SEAMKEY_ERR_NAME_TEXT);
}

/* clang-format off */
static const struct {
	const char *what, *hex, *text;
} shown[] = {
	{ "PrintableString", "300C 310A 3008 0603550403 130141", "CN=A" },
	{ "IA5String", "300E 310C 300A 0603550403 1603614062", "CN=a@b" },
	{ "a character that PrintableString does not have",
		"300E 310C 300A 0603550403 1303614062", "CN=a@b" },
	{ "UTF8String where PrintableString is usual",
		"300D 310B 3009 0603550406 0C024445", "C=DE" },
	{ "and a character that one does not have",
		"300D 310B 3009 0603550406 0C02C39C", "C=#0C02C39C" },
	{ "the same of a serial number",
		"300E 310C 300A 0603550405 0C03615F62",
		"serialNumber=#0C03615F62" },
	{ "BMPString", "300D 310B 3009 0603550403 1E020041",
		"CN=#1E020041" },
	{ "TeletexString", "300C 310A 3008 0603550403 1401FC",
		"CN=#1401FC" },
	{ "NULL", "300B 3109 3007 0603550403 0500", "CN=#0500" },
	{ "SEQUENCE", "3010 310E 300C 0603550403 30050C03414243",
		"CN=#30050C03414243" },
	{ "no UTF-8", "300C 310A 3008 0603550403 0C01FC", "CN=#0C01FC" },
	{ "a new line", "300E 310C 300A 0603550403 0C03610A62",
		"CN=#0C03610A62" },
	{ "NUL", "300E 310C 300A 0603550403 0C03610062",
		"CN=#0C03610062" },
	{ "text from right to left", "300E 310C 300A 0603550403 0C03E280AE",
		"CN=#0C03E280AE" },
	{ "a set that is not in order",
		"3017 3115 3009 0603550403 0C027A7A 3008 060355040B 0C0162",
		"CN=zz+OU=b" },
	{ "a value twice",
		"3016 3114 3008 0603550403 0C0161 3008 0603550403 0C0161",
		"CN=a+CN=a" }
};
/* clang-format on */

/* The text encodes to a name that matches, whose text is then the same
 * always. 1 if there is a text. */
static int
check_shown(seamkey_span name)
{
	size_t first = 0, len = 0, again = 0;
	int status = seamkey_name_decode(two, ROOM, &first, name);

	if (status == SEAMKEY_ERR_NAME_TYPE) {
		return 0; /* a number that is too large */
	}
	CHECK_INT(status, SEAMKEY_OK);
	CHECK_INT(seamkey_name_encode(
			  three, ROOM, &len, seamkey_span_of(two, first)),
		SEAMKEY_OK);
	CHECK_INT(seamkey_name_match(name, seamkey_span_of(three, len)), 1);
	CHECK_INT(seamkey_name_decode(
			  two, ROOM, &first, seamkey_span_of(three, len)),
		SEAMKEY_OK);
	CHECK_INT(seamkey_name_encode(
			  three, ROOM, &len, seamkey_span_of(two, first)),
		SEAMKEY_OK);
	CHECK_INT(seamkey_name_decode(three + len, ROOM - len, &again,
			  seamkey_span_of(three, len)),
		SEAMKEY_OK);
	CHECK_INT(again, first);
	CHECK_MEM(three + len, two, again);
	return 1;
}

static void
name_shown(void)
{
	seamkey_span name, text;
	size_t u;

	for (u = 0; u < COUNT(shown); u++) {
		what = shown[u].what;
		name = unhex(shown[u].hex, one, sizeof one);
		text = text_of(name, two);
		CHECK_INT(text.len, strlen(shown[u].text));
		CHECK_MEM(text.p, shown[u].text, text.len);
		CHECK_INT(check_shown(name), 1);
	}
}

/* clang-format off */
static const struct {
	const char *what, *hex;
} too_large[] = {
	{ "2^32", "300F 310D 300B 06062A9080808000 0C0161" },
	{ "2^32 behind a 2", "300E 310C 300A 06059080808050 0C0161" },
	{ "of nine octets",
		"3012 3110 300E 06098FFFFFFFFFFFFFFF7F 0C0161" }
};
/* clang-format on */

/* Names that are well formed, match, and have no text. */
static void
name_of_a_type_too_large(void)
{
	seamkey_span name;
	size_t u, len;

	for (u = 0; u < COUNT(too_large); u++) {
		what = too_large[u].what;
		name = unhex(too_large[u].hex, one, sizeof one);
		len = 42;
		CHECK_INT(seamkey_name_check(name), SEAMKEY_OK);
		CHECK_INT(seamkey_name_match(name, name), 1);
		CHECK_INT(seamkey_name_decode(two, ROOM, &len, name),
			SEAMKEY_ERR_NAME_TYPE);
		CHECK_INT(len, 42);
	}
}

/* ---- space --------------------------------------------------------------- */

/* what is SPACE in [0..len) is not touched. */
static void
name_space(void)
{
	seamkey_span text = words(names[2].text);
	seamkey_span name = unhex(names[2].hex, one, sizeof one);
	size_t cap, len;

	memset(three, 0xEE, sizeof three);
	for (cap = 0; cap < text.len; cap++) {
		memset(two, 0xEE, sizeof two);
		len = 0;
		CHECK_INT(seamkey_name_decode(two, cap, &len, name),
			SEAMKEY_ERR_SPACE);
		CHECK_INT(len, text.len);
		CHECK_MEM(two, three, text.len);
	}
	for (cap = 0; cap < name.len; cap++) {
		memset(two, 0xEE, sizeof two);
		len = 0;
		CHECK_INT(seamkey_name_encode(two, cap, &len, text),
			SEAMKEY_ERR_SPACE);
		CHECK_INT(len, name.len);
		CHECK_MEM(two, three, name.len);
	}
	len = 0;
	CHECK_INT(seamkey_name_decode(NULL, 0, &len, name), SEAMKEY_OK);
	CHECK_INT(len, text.len);
	CHECK_INT(seamkey_name_decode(two, len, &len, name), SEAMKEY_OK);
	CHECK_INT(len, text.len);
	CHECK_INT(two[len], 0xEE);
	len = 0;
	CHECK_INT(seamkey_name_encode(NULL, 0, &len, text), SEAMKEY_OK);
	CHECK_INT(len, name.len);
	memset(two, 0xEE, sizeof two);
	CHECK_INT(seamkey_name_encode(two, len, &len, text), SEAMKEY_OK);
	CHECK_INT(len, name.len);
	CHECK_INT(two[len], 0xEE);
}

/* A name of one part with an identifier of that many octets, to buf. */
static seamkey_span
long_name(unsigned char *buf, size_t oid_len, unsigned octet)
{
	static unsigned char oid[SEAMKEY_NAME_MAX];
	seamkey_der_writer w;
	size_t seq, set, pair;

	memset(oid, (int)octet, oid_len);
	memset(&w, 0, sizeof w);
	w.buf = buf;
	w.cap = ROOM;
	seq = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
	set = seamkey_der_begin(&w, SEAMKEY_DER_SET);
	pair = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
	seamkey_der_put_element(
		&w, SEAMKEY_DER_OID, seamkey_span_of(oid, oid_len));
	seamkey_der_put(&w, "\x05\0", 2);
	seamkey_der_end(&w, pair);
	seamkey_der_end(&w, set);
	seamkey_der_end(&w, seq);
	CHECK_INT(w.err, SEAMKEY_OK);
	return seamkey_span_of(buf, w.len);
}

/* The longest name has the longest text: four characters for an octet. */
static void
name_longest(void)
{
	seamkey_span name = long_name(one, SEAMKEY_NAME_MAX - 18, 0x7F);
	seamkey_span text;
	size_t len = 0, u;

	CHECK_INT(name.len, SEAMKEY_NAME_MAX);
	CHECK_INT(seamkey_name_check(name), SEAMKEY_OK);
	text = text_of(name, two);
	CHECK_INT(text.len > 4000, 1);
	CHECK_INT(seamkey_name_encode(three, ROOM, &len, text), SEAMKEY_OK);
	CHECK_INT(len, name.len);
	CHECK_MEM(three, name.p, len);
	name = long_name(one, SEAMKEY_NAME_MAX - 17, 0x7F);
	CHECK_INT(name.len, SEAMKEY_NAME_MAX + 1);
	CHECK_INT(seamkey_name_check(name), SEAMKEY_ERR_NAME);
	CHECK_INT(seamkey_name_match(name, name), 0);
	CHECK_INT(seamkey_name_decode(two, ROOM, &len, name), SEAMKEY_ERR_NAME);
	/* one value too long, and text too long for every name */
	memset(two, 'a', sizeof two);
	memcpy(two, "CN=", 3);
	CHECK_INT(seamkey_name_encode(
			  one, ROOM, &len, seamkey_span_of(two, 3 + 1003)),
		SEAMKEY_OK);
	CHECK_INT(len, SEAMKEY_NAME_MAX);
	CHECK_INT(seamkey_name_encode(
			  one, ROOM, &len, seamkey_span_of(two, 3 + 1004)),
		SEAMKEY_ERR_NAME);
	for (u = 0; u < ROOM; u += 4) {
		memcpy(two + u, "C=,", 4);
	}
	CHECK_INT(seamkey_name_encode(
			  one, ROOM, &len, seamkey_span_of(two, ROOM + 1)),
		SEAMKEY_ERR_NAME);
}

/* ---- matches ------------------------------------------------------------- */

#define BMP_A "300D 310B 3009 0603550403 1E020041"

/* clang-format off */
static const struct {
	const char *what;
	const char *a, *b; /* text; hex if it begins with 30 */
	int same;
} matches[] = {
	{ "the same", "CN=Alice,O=Acme", "CN=Alice,O=Acme", 1 },
	{ "without parts", "3000", "3000", 1 },
	{ "lower case", "CN=Alice", "CN=alice", 0 },
	{ "a space more", "CN=Alice", "CN=Alice\\ ", 0 },
	{ "a space more inside", "CN=a b", "CN=a  b", 0 },
	{ "a beginning", "CN=Alice", "CN=Ali", 0 },
	{ "an empty value", "CN=", "CN=a", 0 },
	{ "another type", "CN=Alice", "O=Alice", 0 },
	{ "a part more", "CN=Alice,O=Acme", "O=Acme", 0 },
	{ "a part more, first", "CN=Alice,O=Acme", "CN=Alice", 0 },
	{ "another order", "CN=Alice,O=Acme", "O=Acme,CN=Alice", 0 },
	{ "composed and decomposed", "CN=\\C3\\BC", "CN=u\\CC\\88", 0 },
	{ "PrintableString", "CN=A", "300C 310A 3008 0603550403 130141", 1 },
	{ "IA5String", "CN=A", "300C 310A 3008 0603550403 160141", 1 },
	{ "IA5String and PrintableString",
		"300C 310A 3008 0603550403 130141",
		"300C 310A 3008 0603550403 160141", 1 },
	{ "BMPString", "300C 310A 3008 0603550403 0C0141", BMP_A, 0 },
	{ "the octets of a BMPString",
		"300D 310B 3009 0603550403 0C020041", BMP_A, 0 },
	{ "both BMPString", BMP_A, BMP_A, 1 },
	{ "TeletexString", "CN=A", "300C 310A 3008 0603550403 140141", 0 },
	{ "OCTET STRING", "CN=A", "300C 310A 3008 0603550403 040141", 0 },
	{ "several values", "CN=a+UID=b", "CN=a+UID=b", 1 },
	{ "in another order", "CN=zz+OU=b",
		"3017 3115 3009 0603550403 0C027A7A 3008 060355040B 0C0162",
		1 },
	{ "one less", "CN=a+UID=b", "CN=a", 0 },
	{ "another one", "CN=a+UID=b", "CN=a+UID=c", 0 },
	{ "one twice", "CN=a+CN=a", "CN=a", 0 },
	{ "one twice, another twice", "CN=a+CN=a+UID=b", "CN=a+UID=b+UID=b",
		0 },
	{ "one twice at both", "CN=a+CN=a+UID=b", "UID=b+CN=a+CN=a", 1 },
	{ "two parts of them", "CN=a+UID=b", "CN=a,UID=b", 0 },
	{ "malformed", "30023100", "30023100", 0 },
	{ "with something behind", "3000", "300000", 0 }
};

static const struct {
	const char *what;
	const char *name, *portion;
	int in;
} portions[] = {
	{ "the last part", "CN=Al,OU=Legal,O=Acme", "CN=Al", 1 },
	{ "one in the middle", "CN=Al,OU=Legal,O=Acme", "OU=Legal", 1 },
	{ "the first part", "CN=Al,OU=Legal,O=Acme", "O=Acme", 1 },
	{ "two", "CN=Al,OU=Legal,O=Acme", "OU=Legal,O=Acme", 1 },
	{ "two, one between them", "CN=Al,OU=Legal,O=Acme", "CN=Al,O=Acme", 1 },
	{ "all", "CN=Al,OU=Legal,O=Acme", "CN=Al,OU=Legal,O=Acme", 1 },
	{ "more than all", "OU=Legal,O=Acme", "CN=Al,OU=Legal,O=Acme", 0 },
	{ "another order", "CN=Al,OU=Legal,O=Acme", "O=Acme,OU=Legal", 0 },
	{ "one twice", "CN=Al,OU=Legal,O=Acme", "OU=Legal,OU=Legal", 0 },
	{ "one that is there twice", "OU=a,OU=b,OU=a", "OU=a,OU=a", 1 },
	{ "behind one that is there twice", "OU=a,OU=b,OU=a", "OU=a,OU=b", 1 },
	{ "three of two", "OU=a,OU=b,OU=a", "OU=a,OU=a,OU=a", 0 },
	{ "none", "CN=Al,OU=Legal,O=Acme", "3000", 0 },
	{ "none of none", "3000", "3000", 0 },
	{ "one of none", "3000", "CN=Al", 0 },
	{ "lower case", "CN=Al,OU=Legal,O=Acme", "OU=legal", 0 },
	{ "a piece of a value", "CN=Al,OU=Legal,O=Acme", "OU=Leg", 0 },
	{ "one value of two", "CN=a+UID=b,O=x", "CN=a", 0 },
	{ "one that is twice in the part", "CN=a+CN=a,O=x", "CN=a", 0 },
	{ "both", "CN=a+UID=b,O=x", "CN=a+UID=b", 1 },
	{ "both, in another order", "CN=a+UID=b,O=x", "UID=b+CN=a,O=x", 1 },
	{ "PrintableString", "CN=B,CN=A", "300C310A30080603550403130141", 1 },
	{ "malformed", "CN=Al", "30023100", 0 },
	{ "of what is malformed", "30023100", "CN=Al", 0 },
	{ "nothing", "CN=Al", "30", 0 }
};
/* clang-format on */

/* A Name to buf, of its text or its hex. */
static seamkey_span
name_of(const char *text, unsigned char *buf)
{
	size_t len = 0;

	if (strncmp(text, "30", 2) == 0) {
		return unhex(text, buf, ROOM);
	}
	CHECK_INT(
		seamkey_name_encode(buf, ROOM, &len, words(text)), SEAMKEY_OK);
	return seamkey_span_of(buf, len);
}

static void
name_matches(void)
{
	seamkey_span a, b, none = { NULL, 0 };
	size_t u;

	for (u = 0; u < COUNT(matches); u++) {
		what = matches[u].what;
		a = name_of(matches[u].a, one);
		b = name_of(matches[u].b, two);
		CHECK_INT(seamkey_name_match(a, b), matches[u].same);
		CHECK_INT(seamkey_name_match(b, a), matches[u].same);
		CHECK_INT(seamkey_name_match(none, a), 0);
	}
	CHECK_INT(seamkey_name_match(none, none), 0);
}

/* A value of as many levels as are read: the name matches itself. */
static void
name_matches_itself_however_deep(void)
{
	char text[4 + 4 * 40], *p;
	unsigned depth, n;
	size_t len;

	for (depth = 1; depth < 40; depth++) {
		memcpy(text, "CN=#", 4);
		for (n = depth, p = text + 4; n-- > 0; p += 4) {
			p[0] = '3';
			p[1] = '0';
			p[2] = "0123456789ABCDEF"[2 * n >> 4];
			p[3] = "0123456789ABCDEF"[2 * n & 15];
		}
		len = sizeof one;
		if (seamkey_name_encode(one, sizeof one, &len,
			    seamkey_span_of(text, (size_t)(p - text)))
			!= SEAMKEY_OK) {
			break;
		}
		CHECK_INT(seamkey_name_match(seamkey_span_of(one, len),
				  seamkey_span_of(one, len)),
			1);
	}
	CHECK_INT(depth, SEAMKEY_DER_MAX_DEPTH + 1);
}

static void
name_portions(void)
{
	seamkey_span name, portion, none = { NULL, 0 };
	size_t u;

	for (u = 0; u < COUNT(portions); u++) {
		what = portions[u].what;
		name = name_of(portions[u].name, one);
		portion = name_of(portions[u].portion, two);
		CHECK_INT(seamkey_name_match_portion(name, portion),
			portions[u].in);
		CHECK_INT(seamkey_name_match_portion(name, none), 0);
		CHECK_INT(seamkey_name_match_portion(none, portion), 0);
	}
}

/* ---- malformed ----------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *what, *hex;
	int status;
} malformed[] = {
	{ "nothing", "", SEAMKEY_ERR_DER_TRUNCATED },
	{ "no length", "30", SEAMKEY_ERR_DER_TRUNCATED },
	{ "SET for SEQUENCE", "3100", SEAMKEY_ERR_DER_TAG },
	{ "a part that is empty", "30023100", SEAMKEY_ERR_NAME },
	{ "an empty part behind a good one",
		"300D 3109 3007 0603550403 0C00 3100", SEAMKEY_ERR_NAME },
	{ "half a part", "300131", SEAMKEY_ERR_DER_TRUNCATED },
	{ "two names", "30003000", SEAMKEY_ERR_DER_TRAILING },
	{ "the indefinite form", "30800000", SEAMKEY_ERR_DER_LENGTH },
	{ "the long form", "308100", SEAMKEY_ERR_DER_LENGTH },
	{ "SEQUENCE for SET", "300B 3009 3007 0603550403 0500",
		SEAMKEY_ERR_DER_TAG },
	{ "SET for SEQUENCE, inside", "300B 3109 3107 0603550403 0500",
		SEAMKEY_ERR_DER_TAG },
	{ "no type", "3004 3102 3000", SEAMKEY_ERR_DER_TRUNCATED },
	{ "no value", "3009 3107 3005 0603550403",
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "two values", "300D 310B 3009 0603550403 0500 0500",
		SEAMKEY_ERR_DER_TRAILING },
	{ "a type of no octets", "3008 3106 3004 0600 0500",
		SEAMKEY_ERR_DER_OID },
	{ "a type that begins with 80", "300B 3109 3007 0603805503 0500",
		SEAMKEY_ERR_DER_OID },
	{ "a type that does not end", "300B 3109 3007 0603550483 0500",
		SEAMKEY_ERR_DER_OID },
	{ "a type that is text", "300B 3109 3007 0C03550403 0500",
		SEAMKEY_ERR_DER_TAG },
	{ "BOOLEAN 01", "300C 310A 3008 0603550403 010101",
		SEAMKEY_ERR_DER_BOOLEAN },
	{ "an INTEGER that begins with 00",
		"300D 310B 3009 0603550403 02020001",
		SEAMKEY_ERR_DER_INTEGER },
	{ "NULL with contents", "300C 310A 3008 0603550403 050100",
		SEAMKEY_ERR_DER_NULL },
	{ "a value beyond its part", "300C 310A 3008 0603550403 0C0241",
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "a value of tag 0", "300B 3109 3007 0603550403 0000",
		SEAMKEY_ERR_DER_TAG },
	{ "a tag of two octets", "300C 310A 3008 0603550403 1F2100",
		SEAMKEY_ERR_DER_TAG },
	{ "a SEQUENCE that is primitive", "300B 3109 3007 0603550403 1000",
		SEAMKEY_ERR_DER_TAG },
	{ "a string that is constructed", "300B 3109 3007 0603550403 2C00",
		SEAMKEY_ERR_DER_TAG },
	{ "a value in the long form",
		"300D 310B 3009 0603550403 0C810141",
		SEAMKEY_ERR_DER_LENGTH },
	{ "a part longer than its name",
		"300C 310B 3008 0603550403 0C0141",
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "a part shorter than its contents",
		"300C 3109 3008 0603550403 0C0141",
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "a name shorter than its parts",
		"300B 310A 3008 0603550403 0C0141",
		SEAMKEY_ERR_DER_TRUNCATED }
};
/* clang-format on */

static void
name_malformed(void)
{
	seamkey_span name;
	size_t u, len;

	for (u = 0; u < COUNT(malformed); u++) {
		what = malformed[u].what;
		name = unhex(malformed[u].hex, one, sizeof one);
		len = 42;
		memset(two, 0xEE, sizeof two);
		memset(three, 0xEE, sizeof three);
		CHECK_INT(seamkey_name_check(name), malformed[u].status);
		CHECK_INT(seamkey_name_match(name, name), 0);
		CHECK_INT(seamkey_name_decode(two, ROOM, &len, name),
			malformed[u].status);
		CHECK_INT(len, 42);
		CHECK_MEM(two, three, ROOM);
	}
}

/* A value that is nested as deeply as DER's reader walks, and one more. */
static void
name_deep(void)
{
	seamkey_span name;
	size_t depth, u, at;

	for (depth = SEAMKEY_DER_MAX_DEPTH; depth < SEAMKEY_DER_MAX_DEPTH + 2;
		depth++) {
		at = 11;
		memcpy(one, "\x30\0\x31\0\x30\0\x06\x03\x55\x04\x03", 11);
		for (u = 0; u < depth; u++) {
			one[at++] = 0x30;
			one[at++] = (unsigned char)(2 * (depth - u - 1));
		}
		one[5] = (unsigned char)(at - 6);
		one[3] = (unsigned char)(at - 4);
		one[1] = (unsigned char)(at - 2);
		name = seamkey_span_of(one, at);
		CHECK_INT(seamkey_name_check(name),
			depth == SEAMKEY_DER_MAX_DEPTH ? SEAMKEY_OK
						       : SEAMKEY_ERR_DER_DEPTH);
	}
}

/* Cut anywhere, nothing is left of a name. */
static void
name_cut(void)
{
	unsigned char part[300];
	seamkey_span name;
	size_t u, len, n;

	for (u = 0; u < COUNT(names); u++) {
		what = names[u].text;
		name = unhex(names[u].hex, one, sizeof one);
		for (n = 0; n < name.len; n++) {
			len = 42;
			memcpy(part, name.p, n);
			CHECK_INT(seamkey_name_check(seamkey_span_of(part, n))
					!= SEAMKEY_OK,
				1);
			CHECK_INT(seamkey_name_match(
					  name, seamkey_span_of(part, n)),
				0);
			CHECK_INT(seamkey_name_decode(two, ROOM, &len,
					  seamkey_span_of(part, n))
					!= SEAMKEY_OK,
				1);
			CHECK_INT(len, 42);
		}
	}
}

/* Of a name with a bit flipped: refused, or another name, that has a text. */
static void
name_flipped(void)
{
	unsigned char other[300];
	unsigned long good = 0, bad = 0;
	seamkey_span name;
	size_t u, n;

	for (u = 0; u < COUNT(names); u++) {
		what = names[u].text;
		name = unhex(names[u].hex, one, sizeof one);
		for (n = 0; n < 8 * name.len; n++) {
			seamkey_span v = seamkey_span_of(other, name.len);

			memcpy(other, name.p, name.len);
			other[n / 8] ^= (unsigned char)(1 << n % 8);
			CHECK_INT(seamkey_name_match(name, v), 0);
			CHECK_INT(seamkey_name_match_portion(name, v), 0);
			if (seamkey_name_check(v) != SEAMKEY_OK) {
				bad++;
			} else if (check_shown(v)) {
				good++;
			}
		}
	}
	CHECK_INT(good > 1000 && bad > 1000, 1);
}

const struct test test_name_table[] = { { "name_codes_have_texts",
						name_codes_have_texts },
	{ "name_text_is_printable_utf8", name_text_is_printable_utf8 },
	{ "name_text_has_bounds", name_text_has_bounds },
	{ "name_text_of_each_character", name_text_of_each_character },
	{ "name_times", name_times },
	{ "name_time_of_each_day", name_time_of_each_day },
	{ "name_text_and_der", name_text_and_der },
	{ "name_other_texts", name_other_texts },
	{ "name_wrong_texts", name_wrong_texts }, { "name_shown", name_shown },
	{ "name_of_a_type_too_large", name_of_a_type_too_large },
	{ "name_space", name_space }, { "name_longest", name_longest },
	{ "name_matches", name_matches },
	{ "name_matches_itself_however_deep",
		name_matches_itself_however_deep },
	{ "name_portions", name_portions },
	{ "name_malformed", name_malformed }, { "name_deep", name_deep },
	{ "name_cut", name_cut }, { "name_flipped", name_flipped },
	{ NULL, NULL } };
