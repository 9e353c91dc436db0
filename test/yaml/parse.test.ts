import { describe, expect, test } from '@jest/globals';
import { find, markOf } from '../../src/yaml/find.ts';
import { defaultLimits, parseYaml } from '../../src/yaml/parse.ts';

/** The text that a path is marked with, in the first document. */
function marked(text: string, ...path: (string | number)[]): string {
  const root = parseYaml(text).documents[0]?.root;
  if (root === undefined) throw new Error('no document');
  const { start, end } = markOf(find(root, path), text);
  return text.slice(start, end);
}

describe('values', () => {
  test.each<[string, string, unknown[]]>([
    ['several documents', 'a: 1\n---\nb: 2\n---\n', [{ a: 1 }, { b: 2 }]],
    ['nothing', '', []],
    ['comments only', '# hello\n# there\n', []],
    ['JSON', '{"a": [1, true, null, "x"]}', [{ a: [1, true, null, 'x'] }]],
    ['JSON indented with tabs', '{\n\t"a": {\n\t\t"b": 1\n\t}\n}\n', [{ a: { b: 1 } }]],
    ['CRLF', 'a: 1\r\nb:\r\n  - x\r\n', [{ a: 1, b: ['x'] }]],
    ['block scalars', 'a: |\n  one\n  two\nb: >-\n  one\n  two\n', [{ a: 'one\ntwo\n', b: 'one two' }]],
    ['aliases', 'a: &x {k: 1}\nb: *x\n', [{ a: { k: 1 }, b: { k: 1 } }]],
    [
      'merge key, own keys win',
      'a: &x {k: 1, m: 2}\nb: {<<: *x, k: 3}\n',
      [{ a: { k: 1, m: 2 }, b: { k: 3, m: 2 } }],
    ],
    [
      'merge list, earlier maps win',
      'x: &x {k: 1}\nz: &z {k: 2, m: 2}\nb:\n  <<: [*x, *z]\n',
      [{ x: { k: 1 }, z: { k: 2, m: 2 }, b: { k: 1, m: 2 } }],
    ],
    ['a quoted << is an ordinary key', '"<<": 1\n', [{ '<<': 1 }]],
    ['keys that are no strings', '1: a\ny: b\nnull: c\n', [{ 1: 'a', true: 'b', null: 'c' }]],
    ['tags', 'a: !!str 1\nb: !custom x\nc: !!int "3"\n', [{ a: '1', b: 'x', c: 3 }]],
    ['a bracket that closes at the key', 'm:\n  a: [\n    x,\n  ]\n  b: 1\n', [{ m: { a: ['x'], b: 1 } }]],
    [
      'lines in brackets that are not indented',
      'm:\n  a: [ # c, d\n"x",\nz\n]\n  b: {\n  c: 1, # e\n  # f\n}\n',
      [{ m: { a: ['x', 'z'], b: { c: 1 } } }],
    ],
    ['empty values', 'a:\nb: {c: , d}\n', [{ a: null, b: { c: null, d: null } }]],
  ])('%s', (_, text, expected) => {
    const { documents, problems } = parseYaml(text);
    expect(problems).toEqual([]);
    expect(documents.map(({ value }) => value)).toEqual(expected);
  });

  test('places in brackets that are not indented', () => {
    const text = 'm:\n  a: [\n"x",\ny\n]\n';
    expect(marked(text, 'm', 'a', 1)).toBe('y');
  });

  test('__proto__ is a key like any other', () => {
    const [document] = parseYaml('__proto__: {polluted: true}\nconstructor: 1\n').documents;
    expect(Object.keys(Object(document?.value))).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(document?.value)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('places', () => {
  const text = [
    'spec:',
    '  containers:',
    '    - name: app # first',
    '      securityContext:',
    '        privileged: true',
    '      args: ["-v", \'two\']',
    '      script: |',
    '        echo',
    '    - image: x',
    '      empty:',
  ].join('\n');
  test.each<[string, (string | number)[]]>([
    ['privileged: true', ['spec', 'containers', 0, 'securityContext', 'privileged']],
    ['securityContext', ['spec', 'containers', 0, 'securityContext']],
    ['securityContext', ['spec', 'containers', 0, 'securityContext', 'runAsNonRoot']],
    ['name: app', ['spec', 'containers', 0]],
    ['name: app', ['spec', 'containers', 0, 'resources', 'limits', 'memory']],
    ['image: x', ['spec', 'containers', 1]],
    ["'two'", ['spec', 'containers', 0, 'args', 1]],
    ['"-v"', ['spec', 'containers', 0, 'args', 0]],
    ['script', ['spec', 'containers', 0, 'script']],
    ['empty', ['spec', 'containers', 1, 'empty']],
    ['spec', ['spec', 'nothing']],
    ['spec', ['nothing']],
  ])('%j for %j', (expected, path) => {
    expect(marked(text, ...path)).toBe(expected);
  });

  test('a field behind an alias is at the anchor, and the alias is known', () => {
    const aliased = 'base: &c\n  privileged: true\nspec: {securityContext: *c}\n';
    const root = parseYaml(aliased).documents[0]?.root;
    if (root === undefined) throw new Error('no document');
    const found = find(root, ['spec', 'securityContext', 'privileged']);
    const { start, end } = markOf(found, aliased);
    expect(aliased.slice(start, end)).toBe('privileged: true');
    expect(found.aliases.map((alias) => aliased.slice(alias.start, alias.end))).toEqual(['*c']);
  });

  test('a field that a merge key brings is at the anchor', () => {
    const merged = 'base: &c\n  privileged: true\nspec:\n  <<: *c\n  other: 1\n';
    expect(marked(merged, 'spec', 'privileged')).toBe('privileged: true');
  });
});

describe('problems', () => {
  test.each<[string, string, string, number[], unknown[]]>([
    ['bad indentation', 'a: b\n c: d\n---\nok: 1\n', 'syntax', [1], [{ ok: 1 }]],
    ['a tab', 'ok: 1\n---\na:\n\tb: 1\n', 'syntax', [3], [{ ok: 1 }]],
    ['an unclosed quote', 'ok: 1\n---\na: "b\n---\nok: 2\n', 'syntax', [3], [{ ok: 1 }, { ok: 2 }]],
    ['an unknown alias', 'a: *nope\n---\nok: 1\n', 'syntax', [0], [{ ok: 1 }]],
    ['an alias inside its anchor', 'a: &a [*a]\n---\nok: 1\n', 'syntax', [0], [{ ok: 1 }]],
    ['a merge of a scalar', '<<: 1\n---\nok: 1\n', 'syntax', [0], [{ ok: 1 }]],
    ['a key twice', 'a: 1\nb: 2\na: 3\n', 'duplicate-key', [2], [{ a: 3, b: 2 }]],
    ['a NUL', 'a: \0\n---\nok: 1\n', 'syntax', [0], [{ ok: 1 }]],
  ])('%s', (_, text, kind, lines, values) => {
    const { documents, problems } = parseYaml(text);
    expect(problems.map((problem) => problem.kind)).toEqual(lines.map(() => kind));
    expect(problems.map(({ start }) => text.slice(0, start).split('\n').length - 1)).toEqual(lines);
    expect(documents.map(({ value }) => value)).toEqual(values);
  });

  test('20,000 levels of nesting are given up', () => {
    const { documents, problems } = parseYaml(`ok: 1\n---\n${'['.repeat(20_000)}`);
    expect(problems.map(({ kind }) => kind)).toEqual(['limit']);
    expect(documents).toHaveLength(1);
  });

  test('aliases that grow without end are given up', () => {
    const bomb = ['a0: &a0 [x, x]'];
    for (let i = 1; i < 60; i++) bomb.push(`a${i}: &a${i} [*a${i - 1}, *a${i - 1}]`);
    const { documents, problems } = parseYaml(bomb.join('\n'));
    expect(problems.map(({ kind }) => kind)).toEqual(['limit']);
    expect(documents).toEqual([]);
  });

  test('merge keys that grow without end are given up', () => {
    const bomb = ['a0: &a0 {k: x}'];
    for (let i = 1; i < 60; i++) bomb.push(`a${i}: &a${i} {<<: [*a${i - 1}, *a${i - 1}], k${i}: x}`);
    expect(parseYaml(bomb.join('\n')).problems.map(({ kind }) => kind)).toEqual(['limit']);
  });

  test('the number of problems is bounded', () => {
    const text = 'a: *nope\n---\n'.repeat(defaultLimits.problems + 10);
    expect(parseYaml(text).problems).toHaveLength(defaultLimits.problems);
  });

  test.each([
    ['plain', 'x'.repeat(10_000_000), 10_000_000],
    ['quoted', `"${'x'.repeat(10_000_000)}"`, 10_000_000],
    ['escapes', `"${'\\n'.repeat(5_000_000)}"`, 5_000_000],
    ['apostrophes', `'${"''".repeat(5_000_000)}'`, 5_000_000],
    ['a flow list', `[${'x,'.repeat(3_000_000)}]`, 3_000_000],
  ])('a line of 10 MB is read: %s', (_, value, length) => {
    const { documents, problems } = parseYaml(`a: ${value}\n`, { ...defaultLimits, nodes: 10_000_000 });
    expect(problems).toEqual([]);
    expect(documents[0]?.value).toHaveProperty('a.length', length);
  });
});
