import { describe, expect, test } from '@jest/globals';
import {
  escapeMarkdown,
  escapeTerminal,
  markdownCode,
  markdownLink,
  percentEncode,
  truncate,
  visible,
} from '../../src/report/escape.ts';
import { hostileTexts } from './report-builder.ts';

describe('visible', () => {
  test.each([
    ['plain text, Grüße, 船 🚢', 'plain text, Grüße, 船 🚢'],
    ['a\nb\r\tc', 'a\\u000ab\\u000d\\u0009c'],
    ['\u001b[31m\u0000\u007f\u009b', '\\u001b[31m\\u0000\\u007f\\u009b'],
    ['\u202e\u2066\u200b\u2028\ufeff', '\\u202e\\u2066\\u200b\\u2028\\ufeff'],
    ['\u{e0041}', '\\udb40\\udc41'],
    ['\ud83d x \udea2', '\\ud83d x \\udea2'],
  ])('%j', (text, expected) => {
    expect(visible(text)).toBe(expected);
  });
});

describe('escapeTerminal', () => {
  test.each([
    ['Container app runs privileged.', 'Container app runs privileged.'],
    ['a::b', 'a::b'],
    ['::error::x', '\\u003a:error::x'],
    [' \u3000::error::x', ' \u3000\\u003a:error::x'],
    ['a\n::error::x', 'a\\u000a::error::x'],
    ['see ##[error]x and ##[x]', 'see #\\u0023[error]x and #\\u0023[x]'],
    ['###[x', '##\\u0023[x'],
  ])('%j', (text, expected) => {
    expect(escapeTerminal(text)).toBe(expected);
  });
});

describe('escapeMarkdown', () => {
  // The zero-width space that keeps GitHub from linking.
  const z = '\u200b';
  test.each([
    ['Container app runs privileged.', 'Container app runs privileged.'],
    ['a|b', 'a&#124;b'],
    ['\\|', '&#92;&#124;'],
    ['`` ` ``', '&#96;&#96; &#96; &#96;&#96;'],
    ['--> </details>', '&#45;-&#62; &#60;/details&#62;'],
    ['<!-- plimsoll -->', '&#60;!-- plimsoll --&#62;'],
    ['&lt;', '&#38;lt;'],
    ['*a* _b_ ~c~', '&#42;a&#42; &#95;b&#95; &#126;c&#126;'],
    ['![x](y)', '!&#91;x&#93;(y)'],
    ['ask @acme/team', `ask @${z}acme/team`],
    ['#123 and acme/shop#4', `&#35;${z}123 and acme/shop#${z}4`],
    ['GH-5', `GH${z}-5`],
    ['at 0123abcdef012', `at 0123ab${z}cdef01${z}2`],
    ['defect 123456', 'defect 123456'],
    ['https://x www.x.y a@b.c', `https:${z}//x www${z}.x.y a@${z}b.c`],
    ['$(A) $B', '<span>$</span>(A) <span>$</span>B'],
    ['# a', '&#35; a'],
    ['- a', '&#45; a'],
    ['    a', '&#32;   a'],
    ['1. a', '1&#46; a'],
    ['12) a', '12&#41; a'],
    ['2027-03-31', '2027-03-31'],
    ['a\n\nb', 'a&#92;u000a&#92;u000ab'],
    ['\u202ea', '&#92;u202ea'],
  ])('%j', (text, expected) => {
    expect(escapeMarkdown(text)).toBe(expected);
  });
});

describe('markdownCode', () => {
  test.each([
    ['deploy/api.yaml:14', '`deploy/api.yaml:14`'],
    ['@acme/team #1 <b> \\', '`@acme/team #1 <b> \\`'],
    ['a|b', '<code>a&#124;b</code>'],
    ['`', '<code>&#96;</code>'],
    ['``` a `` b', '<code>&#96;&#96;&#96; a &#96;&#96; b</code>'],
    ['##[error]', '<code>&#35;#&#91;error&#93;</code>'],
    ['', '<code></code>'],
    [' a', '<code>&#32;a</code>'],
    ['a\nb', '`a\\u000ab`'],
  ])('%j', (text, expected) => {
    expect(markdownCode(text)).toBe(expected);
  });
});

test.each([
  ['https://ghe.example/a/b.yaml?plain=1#L3', 'https://ghe.example/a/b.yaml?plain=1#L3'],
  ['https://ghe.example/a%20b', 'https://ghe.example/a%20b'],
  ['https://x/a) [b](<c>|`', 'https://x/a%29%20%5Bb%5D%28%3Cc%3E%7C%60'],
  ['https://x/Ü\n\ud800$', 'https://x/%C3%9C%0A%EF%BF%BD%24'],
  ['https://x/?a=1&copy=2', 'https://x/?a=1&amp;copy=2'],
])('markdownLink to %j', (url, expected) => {
  expect(markdownLink('x', url)).toBe(`[x](${expected})`);
});

test('percentEncode writes each byte of UTF-8', () => {
  expect(percentEncode('a€🚢b', /[^ab]/gu)).toBe('a%E2%82%AC%F0%9F%9A%A2b');
});

test.each([
  ['short', 5, 'short'],
  ['longer', 5, 'long…'],
  ['ab🚢🚢', 4, 'ab…'],
  ['ab🚢🚢', 5, 'ab🚢…'],
])('truncate %j to %i units', (text, length, expected) => {
  expect(truncate(text, length)).toBe(expected);
});

describe.each(hostileTexts.map((text) => [text]))('hostile text %j', (text) => {
  test('has no effect on a terminal or the workflow runner', () => {
    const escaped = escapeTerminal(text);
    expect(escaped).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]|^\s*::|##\[/u);
  });

  test('stays one cell of one table row without elements, mentions or links', () => {
    const escaped = escapeMarkdown(text);
    expect(escaped).not.toMatch(/[|`\\\n\r]/);
    expect(escaped.replaceAll('<span>$</span>', '')).not.toMatch(/[<>$]|@\w|:\/\/|[\da-f]{7}|\]\(/i);
    expect(markdownCode(text)).toMatch(/^(?:`[^`|\n]+`|<code>(?:[^<>`|\n]|<span>\$<\/span>)*<\/code>)$/);
  });
});
