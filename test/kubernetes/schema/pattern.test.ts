import { describe, expect, test } from '@jest/globals';
import { compilePattern } from '../../../src/kubernetes/schema/pattern.ts';

describe('patterns', () => {
  const texts = [
    '',
    'a',
    'aa',
    'aab',
    'aabb',
    'abc',
    'a\nc',
    'A',
    'bc',
    'a.b',
    '-a',
    '1.2.3.4',
    '1.2.3',
    '1Gi',
    '.5',
    '1e3',
    '10s',
    '1h30m',
    'foo/bar',
    'https://a.b/c',
    'xxy',
    'xxxy',
    'foobarbaz',
    'me@x.y',
    ']',
    '-',
    '_',
    '😀b',
    'a b',
    '{a}',
  ];
  test.each([
    '',
    'a|bc',
    'a.c',
    '^$|^a{2,}$',
    '^a{2}b{1,}$',
    'x{0,2}y',
    '^.{2}$',
    '^[^/]+$',
    '[\\]\\-_]$',
    '\\{a\\}',
    '^(?:foo|bar)*?baz$',
    '^\\S+$',
    '^\\p{L}+$',
    '^https?:\\/\\/\\S+$',
    '^[\\w.-]+@[\\w.-]+$',
    '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$',
    '^\\d{1,3}(\\.\\d{1,3}){3}$',
    '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$',
    '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$',
  ])('%s matches what JavaScript matches', (pattern) => {
    const expression = new RegExp(pattern, 'u');
    const matches = compilePattern(pattern);
    expect(texts.filter((text) => matches?.(text))).toEqual(texts.filter((text) => expression.test(text)));
  });

  test.each([
    ['(?i)^abc$', 'ABC', true],
    ['^[[:alpha:]]+$', 'ab', true],
    ['^[[:^digit:]]+$', 'a', undefined],
    ['^[^[:space:]]+$', 'a b', false],
    ['^(?P<name>a)\\z', 'a', true],
    ['[]a]', ']', true],
    ['\\_\\@\\ x', '_@ x', true],
    ['^a\\-b$', 'a-b', true],
    ['^[\\\\@]+$', '\\@', true],
    ['^[+\\--]$', '-', true],
    ['{a}', '{a}', true],
    ['a{,3}', 'a{,3}', true],
  ])('%s is read as RE2 reads it', (pattern, text, expected) => {
    expect(compilePattern(pattern)?.(text)).toBe(expected);
  });

  test.each([
    '(',
    ')',
    '[a',
    '*a',
    'a**',
    '(?=a)',
    'a{2000}',
    '[z-a]',
    '\\bword',
    '(?m)^a',
    `${'a'.repeat(1001)}`,
  ])('%s is not used', (pattern) => {
    expect(compilePattern(pattern)).toBeUndefined();
  });

  test.each([
    ['^(a+)+$', 'a'.repeat(40), false],
    ['^(a|a)*$', 'a'.repeat(40), false],
    ['^(.*)(.*)(.*)(.*)(.*)x$', 'a'.repeat(400), false],
    ['^((a?){1000}){1000}$', 'a'.repeat(5000), true],
    [`^${'('.repeat(300)}a${')*'.repeat(300)}$`, 'a'.repeat(100), true],
  ])('%s ends at once on a text that almost matches', (pattern, text, givesUp) => {
    expect(compilePattern(pattern)?.(`${text}!`)).toBe(givesUp);
  });
});
