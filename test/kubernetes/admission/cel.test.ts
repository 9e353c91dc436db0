import { describe, expect, test } from '@jest/globals';
import { syntaxProblem, unknownVariables, usedMembers } from '../../../src/kubernetes/admission/cel.ts';

describe('syntax', () => {
  test.each([
    'true',
    '-1 < 2u && !false',
    'a.b[0].c(1, 2)["d"]',
    'a ? b : c',
    "{'a': 1, 'b': [1, 2,],}",
    '{}',
    '[]',
    'f()',
    'a.?b[?"c"].orValue([?d, e])',
    'Object{spec: Object.spec{replicas: 1}}',
    '// a comment\na // and one more "\n',
    `r'\\d' + "\\"" + '''it's''' + b"\\x00"`,
    '0x1F + 1.5e-3',
    'a.`b-c` in d',
    '.a.b',
    '- - 1',
  ])('%s', (text) => expect(syntaxProblem(text)).toBeUndefined());

  test.each([
    ['', 'it ends too early'],
    ['a &&', 'it ends too early'],
    ['a b', 'a and b stand next to each other'],
    ['(a', 'a ( is not closed'],
    ['a)', 'a ) closes nothing'],
    ['(a]', 'a ] closes nothing'],
    ['f(a,)', 'nothing stands before a )'],
    ['a == == b', 'nothing stands before =='],
    ['a ! b', '! is not expected after a'],
    ['a = b', 'it has a character or an open string that CEL does not know'],
    ["'a", 'it has a character or an open string that CEL does not know'],
    ['a & b', 'it has a character or an open string that CEL does not know'],
    ['"a\nb"', 'it has a character or an open string that CEL does not know'],
  ])('%j', (text, problem) => expect(syntaxProblem(text)).toBe(problem));
});

describe('variables that are not declared', () => {
  const declared = new Set(['object']);
  test.each<[string, string[]]>([
    ['object.spec.a', []],
    ['objects.spec + objects.a', ['objects']],
    ['object.spec.all(c, c.a == d)', ['d']],
    ['object.a.all(i, v, i < v)', []],
    ['object.a.map(c, c.b.filter(p, p > c))', []],
    ["has(object.a) && int('1') == 1 && null == object", []],
    ['type(object) == string', []],
    ['Object{spec: Object.spec{a: object}}', []],
    ["math.greatest(1, 2) + jsonpatch.escapeKey('a')", []],
    ['maths.pi', ['maths']],
    ["{'a': b}", ['b']],
    ['object.?b.c', []],
  ])('%s', (text, unknown) => expect(unknownVariables(text, declared)).toEqual(unknown));
});

test('the members of a variable', () => {
  const text = "variables.a + variables.b.c + variables.a + object.variables.d + 'variables.e'";
  expect(usedMembers(text, 'variables')).toEqual(['a', 'b']);
});

test('a long expression is read in time that grows with its length', () => {
  expect(syntaxProblem(`${'('.repeat(50_000)}a${')'.repeat(50_000)}`)).toBeUndefined();
});
