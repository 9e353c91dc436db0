import { describe, expect, test } from '@jest/globals';
import { LineIndex } from '../../src/files/lines.ts';

describe('LineIndex', () => {
  test.each<[name: string, text: string, lines: string[]]>([
    ['nothing', '', ['']],
    ['one line', 'a', ['a']],
    ['LF', 'a\n\nb\n', ['a', '', 'b', '']],
    ['CR LF', 'a\r\n\r\nb', ['a', '', 'b']],
    ['CR', 'a\r\rb', ['a', '', 'b']],
    ['a mixture', 'a\n\rb\r\n', ['a', '', 'b', '']],
    ['no break at NEL, LS, PS, FF and VT', 'a\u0085b\u2028c\u2029d\fe\vf', ['a\u0085b\u2028c\u2029d\fe\vf']],
  ])('%s', (_name, text, lines) => {
    const index = new LineIndex(text);
    expect(lines.map((_, at) => index.lineText(at + 1))).toEqual(lines);
    expect(index.position(text.length).line).toBe(lines.length);
  });

  // One row for each offset: the line and column of every character, and of the end.
  test.each<[text: string, positions: string[]]>([
    ['', ['1:1']],
    ['ab\nc', ['1:1', '1:2', '1:3', '2:1', '2:2']],
    ['a\r\nb', ['1:1', '1:2', '1:3', '2:1', '2:2']],
    ['a\rb', ['1:1', '1:2', '2:1', '2:2']],
    ['\n\n', ['1:1', '2:1', '3:1']],
    ['\u{1F6A2}a', ['1:1', '1:2', '1:3', '1:4']],
  ])('positions in %j', (text, positions) => {
    const index = new LineIndex(text);
    const found = Array.from({ length: text.length + 1 }, (_, offset) => index.position(offset));
    expect(found.map(({ line, column }) => `${line}:${column}`)).toEqual(positions);
  });

  test('a line starts where its first character is', () => {
    const text = 'one\ntwo\r\n\rfour';
    const index = new LineIndex(text);
    expect([1, 2, 3, 4].map((line) => index.lineStart(line))).toEqual([0, 4, 9, 10]);
  });

  test('a line that is not there starts at the end and is empty', () => {
    const index = new LineIndex('a\nb');
    expect([0, 3, 99].map((line) => [index.lineStart(line), index.lineText(line)])).toEqual([
      [3, ''],
      [3, ''],
      [3, ''],
    ]);
  });

  test('position and lineStart agree in a long text', () => {
    const text = Array.from({ length: 5000 }, (_, line) => 'x'.repeat(line % 7)).join('\n');
    const index = new LineIndex(text);
    const lines = Array.from({ length: 5000 }, (_, line) => line + 1);
    expect(lines.map((line) => index.position(index.lineStart(line)))).toEqual(
      lines.map((line) => ({ line, column: 1 })),
    );
  });
});
