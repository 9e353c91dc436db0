import { expect, test } from '@jest/globals';
import { explainSyntax } from '../../src/yaml/explain.ts';
import { parseYaml } from '../../src/yaml/parse.ts';

test.each([
  ['a: b\n c: d\n', 2, 'This line is indented more than the lines it belongs with'],
  ['spec:\n  a: 1\n   b: 2\n', 3, 'This line is indented more than the lines it belongs with'],
  ['a:\n\tb: 1\n', 2, 'A tab indents this line; YAML allows only spaces'],
  ['x: 1\na: "b\nc: d\n', 2, 'This quoted text is never closed'],
  [
    'a: b: c\n',
    1,
    'A second ": " on the line: put the value in quotes, or the second key on a line of its own',
  ],
  ['a: [1, 2\nb: 3\n', 2, 'The bracket that was opened before is never closed by ]'],
  ['a: @x\n', 1, 'A value cannot start with @; put it in quotes'],
  ['key\nother: 1\n', 1, 'A ":" is missing after this key'],
  [
    'metadata:\n  name: x\n labels:\n   a: b\n',
    3,
    'This line is not indented like the lines it belongs with',
  ],
  [
    'ok: 1\n---\n- a\nb: c\n',
    4,
    'This does not belong here; check the indentation, the quotes and the brackets before it',
  ],
])('%j', (text, line, message) => {
  const [problem] = parseYaml(text).problems;
  if (problem === undefined) throw new Error('no problem');
  const explained = explainSyntax(text, problem);
  expect(explained.message).toBe(message);
  expect(text.slice(0, explained.start).split('\n')).toHaveLength(line);
});
