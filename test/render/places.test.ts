import { describe, expect, test } from '@jest/globals';
import { foundAt, lineInScalar, Places } from '../../src/render/places.ts';
import { actionAt } from '../../src/render/template-action.ts';
import { Utf8Offsets } from '../../src/render/utf8.ts';
import { markOf } from '../../src/yaml/find.ts';
import { parseYaml } from '../../src/yaml/parse.ts';
import { generator } from '../random.ts';
import { sourcesOf } from './chart-builder.ts';

describe('bytes and units', () => {
  test('agree with the encoder at every character of random texts', () => {
    const random = generator(7);
    for (let round = 0; round < 20; round++) {
      const letters = ['a', 'é', '€', '😀', '\n'].slice(0, 1 + random(5));
      const characters = Array.from({ length: 2000 }, () => letters[random(letters.length)] ?? 'a');
      const offsets = new Utf8Offsets(characters.join(''));
      let unit = 0;
      let byte = 0;
      for (const character of characters) {
        if (offsets.toBytes(unit) !== byte || offsets.toUnits(byte) !== unit)
          throw new Error(`unit ${unit} is byte ${byte}`);
        unit += character.length;
        byte += Buffer.byteLength(character);
      }
      expect(offsets.toUnits(byte)).toBe(unit);
      expect(offsets.toUnits(byte + 10)).toBe(unit);
    }
  });
});

describe('what stands at an offset', () => {
  const text = 'a:\n  - b: 1\n    c: {d: 2}\n  - - e\ng: |\n  text\n';
  const [document] = parseYaml(text).documents;
  test.each([
    ['a:', 'a'],
    ['b: 1', 'b: 1'],
    ['1', 'b: 1'],
    ['c:', 'c'],
    ['{d', 'c'],
    ['d:', 'd: 2'],
    ['2}', 'd: 2'],
    ['- e', '- e'],
    ['e\n', 'e'],
    ['g:', 'g'],
    ['text', 'g'],
  ])('%j', (at, mark) => {
    const found = document && foundAt(document.root, text.indexOf(at));
    const span = found && markOf(found, text);
    expect(text.slice(span?.start, span?.end)).toBe(mark);
  });

  test('a line and a column in bytes', () => {
    const places = new Places(sourcesOf({ 'a.yaml': 'ä: "é" # €\nb: {ü: 1, c: 2}\n' }));
    expect(places.offsetAt('a.yaml', 1, 1)).toBe(0);
    expect(places.offsetAt('a.yaml', 2, 12)).toBe('ä: "é" # €\nb: {ü: 1, '.length);
    expect(places.find('nowhere.yaml', ['a'])).toBeUndefined();
  });
});

describe('lines inside scalars', () => {
  test.each<[string, string, number, string | undefined]>([
    ['a literal block', 'a: |\n  one\n\n    two\n  three\n', 5, '  two'],
    ['its first line', 'a: |\n  one\n  two\n', 0, 'one'],
    ['its last line', 'a: |-\n  one\n  two', 6, 'two'],
    ['with Windows line ends', 'a: |\r\n  one\r\n  two\r\n', 4, 'two'],
    ['a plain scalar', 'a: one two\n', 4, 'one two'],
    ['a quoted scalar', "a: 'one two'\n", 4, 'one two'],
    ['a quoted scalar with escapes', 'a: "one\\ttwo"\n', 4, undefined],
    ['a folded block', 'a: >\n  one\n  two\n', 4, undefined],
  ])('%s', (_, text, offset, line) => {
    const [document] = parseYaml(text).documents;
    const value = document?.root.type === 'map' ? document.root.entries[0]?.value : undefined;
    const found = value?.type === 'scalar' ? lineInScalar(text, value, offset) : undefined;
    expect(found && text.slice(found.span.start, found.span.end)).toBe(line);
  });
});

describe('the action at an offset', () => {
  test.each([
    ['a {{ .x }} b', '.x', '{{ .x }}'],
    ['a {{ .x }} b', '{{', '{{ .x }}'],
    ['{{- printf "}}" .x -}} b', '.x', '{{- printf "}}" .x -}}'],
    ['{{ `}}` }}{{ .y }}', '`', '{{ `}}` }}'],
    ['{{ .x }}{{ .y }}', '.y', '{{ .y }}'],
    ['{{ .never\nclosed', '.never', '.never'],
    ['no action', 'action', 'action'],
  ])('%j at %j', (text, at, action) => {
    const { start, end } = actionAt(text, text.indexOf(at));
    expect(text.slice(start, end)).toBe(action);
  });
});
